/* What checks have said of a commit, on each forge. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fake.h"
#include "gitsync/forge.h"
#include "repositories.h"

/* "build success, scan failure" */
static struct str told(struct fake *fake)
{
    static const char *const words[] = {[STATUS_PENDING] = "pending",
                                        [STATUS_SUCCESS] = "success",
                                        [STATUS_FAILURE] = "failure",
                                        [STATUS_ERROR] = "error"};
    struct statuses statuses;
    struct error error = ERROR_INIT;
    struct buf text = BUF_INIT(BUF_SMALL);
    DONE(forge_statuses(fake->forge, fake->arena, STR(SHA_A), &statuses, &error));
    for (size_t i = 0; i < statuses.count; i++)
        buf_printf(&text, "%s%.*s %s", i ? ", " : "", STR_ARG(statuses.items[i].context),
                   words[statuses.items[i].state]);
    struct str all = arena_str(fake->arena, buf_str(&text));
    buf_release(&text);
    return all;
}

static void github(void **state)
{
    (void)state;
    struct fake fake;
    forge_fake_open(&fake, "https://github.com/acme/orders");
    SCRIPT(
        &fake,
        {"GET commits/" SHA_A "/status?per_page=100",
         .body =
             "{\"statuses\":[{\"context\":\"build\",\"state\":\"success\"},{\"context\":\"scan\",\"state\":"
             "\"pending\"},{\"context\":\"lint\",\"state\":\"error\"}]}"},
        {"GET commits/" SHA_A "/check-runs?per_page=100",
         .body = "{\"check_runs\":[{\"name\":\"unit\",\"status\":\"completed\",\"conclusion\":\"success\"},"
                 "{\"name\":\"docs\",\"status\":\"completed\",\"conclusion\":\"skipped\"},"
                 "{\"name\":\"slow\",\"status\":\"in_progress\",\"conclusion\":null},"
                 "{\"name\":\"red\",\"status\":\"completed\",\"conclusion\":\"timed_out\"},"
                 "{\"name\":\"new\",\"status\":\"completed\",\"conclusion\":\"a_new_word\"}]}"});
    assert_true(str_is(told(&fake),
                       "build success, scan pending, lint error, unit success, docs success, slow pending, "
                       "red failure, new failure"));
    forge_fake_close(&fake);
}

static void gitlab(void **state)
{
    (void)state;
    struct fake fake;
    forge_fake_open(&fake, "https://gitlab.com/acme/orders");
    SCRIPT(&fake,
           {"GET /projects/acme%2Forders/repository/commits/" SHA_A "/statuses?per_page=100",
            .body = "[{\"name\":\"build\",\"status\":\"success\"},{\"name\":\"build\",\"status\":\"failed\"},"
                    "{\"name\":\"a\",\"status\":\"failed\"},{\"name\":\"b\",\"status\":\"canceled\"},"
                    "{\"name\":\"c\",\"status\":\"skipped\"},{\"name\":\"d\",\"status\":\"running\"},"
                    "{\"name\":\"e\",\"status\":\"manual\"}]"});
    assert_true(str_is(told(&fake), "build success, a failure, b failure, c pending, d pending, e pending"));
    forge_fake_close(&fake);
}

static void gitea(void **state)
{
    (void)state;
    struct fake fake;
    struct statuses statuses;
    struct error error = ERROR_INIT;
    forge_fake_open(&fake, "https://codeberg.org/acme/orders");
    SCRIPT(&fake,
           {"GET commits/" SHA_A "/status?limit=50",
            .body = "{\"statuses\":[{\"context\":\"build\",\"status\":\"success\"},{\"context\":\"scan\","
                    "\"status\":\"warning\"},{\"context\":\"x\",\"status\":\"failure\"}]}"});
    assert_true(str_is(told(&fake), "build success, scan success, x failure"));
    FAILED(forge_statuses(fake.forge, fake.arena, STR("main"), &statuses, &error), ERROR_INVALID, "main");
    forge_fake_close(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(github),
        cmocka_unit_test(gitlab),
        cmocka_unit_test(gitea),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
