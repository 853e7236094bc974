/* What GitLab has otherwise: merge requests, notes, approvals without commits, levels of access. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fake.h"
#include "repositories.h"

#define GITLAB "https://gitlab.com/acme/team/orders"
#define HEAD                                                                                                 \
    "{\"iid\":7,\"title\":\"Promote\",\"description\":\"words\",\"author\":{\"username\":\"ann\"},"          \
    "\"source_branch\":\"promote/prod\",\"target_branch\":\"main\",\"target_project_id\":1,"                 \
    "\"labels\":[\"x\"],\"updated_at\":\"2026-11-27T11:00:00.123Z\",\"web_url\":\"https://gitlab.com/x\","
#define OURS "\"source_project_id\":1,"
#define OPEN HEAD OURS "\"state\":\"opened\",\"draft\":true,\"sha\":\"" SHA_A "\","
#define LIST "GET merge_requests?state=opened&scope=all&order_by=created_at&sort=asc"

static void reads_merge_requests(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct pulls pulls;
    struct pull pull;
    forge_fake_open(&fake, GITLAB);
    SCRIPT(&fake, {LIST "&target_branch=main&source_branch=promote%2Fprod&per_page=100",
                   .body = "[" OPEN "\"detailed_merge_status\":\"checking\"}," HEAD
                           "\"source_project_id\":2,\"state\":\"opened\",\"sha\":\"" SHA_B "\"}," HEAD
                           "\"state\":\"opened\",\"sha\":null}]"});
    DONE(forge_pulls(fake.forge, fake.arena, STR("main"), STR("promote/prod"), &pulls, &error));
    assert_string_equal(fake.authorization, "Bearer t0ken");
    assert_int_equal(pulls.count, 1); /* neither the fork's nor the one without a commit */
    pull = pulls.items[0];
    assert_true(pull.number == 7 && pull.draft && !pull.fork && pull.checking && pull.state == PULL_OPEN);
    assert_true(str_is(pull.author, "ann") && str_is(pull.labels[0], "x") && str_is(pull.body, "words"));
    static const struct {
        const char *more;
        enum pull_state state;
        const char *merge_sha;
    } cases[] = {
        {"\"state\":\"merged\",\"merge_commit_sha\":\"" SHA_B "\",\"sha\":\"" SHA_A "\"}", PULL_MERGED,
         SHA_B},
        {"\"state\":\"merged\",\"merge_commit_sha\":null,\"squash_commit_sha\":\"" SHA_C "\",\"sha\":\"" SHA_A
         "\"}",
         PULL_MERGED, SHA_C},
        {"\"state\":\"merged\",\"merge_commit_sha\":null,\"squash_commit_sha\":null,\"sha\":\"" SHA_A "\"}",
         PULL_MERGED, SHA_A},
        {"\"state\":\"closed\",\"sha\":\"" SHA_A "\"}", PULL_CLOSED, ""},
        {"\"state\":\"locked\",\"sha\":\"" SHA_A "\"}", PULL_OPEN, ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        SCRIPT(&fake, {"GET merge_requests/7",
                       .body = arena_printf(fake.arena, "%s%s", HEAD OURS, cases[i].more).ptr});
        DONE(forge_pull(fake.forge, fake.arena, 7, &pull, &error));
        assert_int_equal(pull.state, cases[i].state);
        assert_true(str_is(pull.merge_sha, cases[i].merge_sha));
    }
    forge_fake_close(&fake);
}

#define MERGE "PUT merge_requests/7/merge"

static void merges(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct str sha;
    struct merge merge = {.head_sha = STR(SHA_A), .title = STR("Title"), .message = STR("Why")};
    forge_fake_open(&fake, GITLAB);
    SCRIPT(&fake,
           {MERGE,
            .sent = "{\"sha\":\"" SHA_A "\",\"merge_commit_message\":\"Title\\n\\nWhy\",\"squash\":false}"},
           {"GET merge_requests/7", .body = HEAD OURS "\"state\":\"merged\",\"merge_commit_sha\":\"" SHA_B
                                                      "\",\"sha\":\"" SHA_A "\"}"});
    DONE(forge_merge_pull(fake.forge, fake.arena, 7, &merge, &sha, &error));
    assert_true(str_is(sha, SHA_B));
    SCRIPT(&fake, {MERGE, .status = 422, .body = "{\"message\":\"Branch cannot be merged\"}"},
           {"GET merge_requests/7", .body = OPEN "\"detailed_merge_status\":\"conflict\"}"});
    FAILED(forge_merge_pull(fake.forge, fake.arena, 7, &merge, &sha, &error), ERROR_CONFLICT,
           "Branch cannot be merged");
    SCRIPT(&fake, {MERGE, .status = 401, .body = "{\"message\":\"401 Unauthorized\"}"});
    FAILED(forge_merge_pull(fake.forge, fake.arena, 7, &merge, &sha, &error), ERROR_DENIED,
           "to be let merge into the branch");
    merge.method = MERGE_REBASE;
    FAILED(forge_merge_pull(fake.forge, fake.arena, 7, &merge, &sha, &error), ERROR_INVALID,
           "cannot be asked to merge by rebase");
    forge_fake_close(&fake);
}

static void reads_notes(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct comments comments;
    forge_fake_open(&fake, GITLAB);
    SCRIPT(&fake,
           {"GET merge_requests/7/notes?sort=asc&order_by=created_at&per_page=100",
            .body = "[{\"id\":1,\"body\":\"approved this\",\"system\":true},"
                    "{\"id\":2,\"body\":\"at a line\",\"type\":\"DiffNote\",\"system\":false},"
                    "{\"id\":3,\"body\":\"/plumb promote\",\"type\":null,\"system\":false,"
                    "\"author\":{\"username\":\"ann\"},\"created_at\":\"2026-11-27T12:00:00.000Z\"},"
                    "{\"id\":4,\"body\":\"in a thread\",\"type\":\"DiscussionNote\",\"system\":false}]"});
    DONE(forge_comments(fake.forge, fake.arena, 7, &comments, &error));
    assert_int_equal(comments.count, 2);
    assert_true(comments.items[0].id == 3 && str_is(comments.items[0].author, "ann"));
    assert_int_equal(comments.items[0].created_ms, (int64_t)FAKE_NOW_S * 1000);
    assert_true(comments.items[1].id == 4 && str_is(comments.items[1].author, "ghost"));
    forge_fake_close(&fake);
}

#define VERSION(sha, time) "{\"head_commit_sha\":\"" sha "\",\"created_at\":\"2026-11-27T" time "Z\"}"
#define APPROVED(name, time) "{\"user\":{\"username\":\"" name "\"},\"approved_at\":\"2026-11-27T" time "Z\"}"

static void finds_what_was_approved(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct reviews reviews;
    forge_fake_open(&fake, GITLAB);
    SCRIPT(&fake,
           {"GET merge_requests/7/approvals",
            .body = "{\"approved_by\":[" APPROVED("ann", "10:30:00") "," APPROVED(
                "bob", "11:00:00") ","
                                   "{\"user\":{\"username\":\"old\"}}," APPROVED(
                                       "early", "09:00:00") "," APPROVED("both", "11:30:00") "]}"},
           {"GET merge_requests/7/versions?per_page=100",
            .body = "[" VERSION(SHA_B, "11:00:00") "," VERSION(SHA_A, "10:00:00") "]"},
           {"GET merge_requests/7/reviewers",
            .body = "[{\"user\":{\"username\":\"zoe\"},\"state\":\"requested_changes\"},"
                    "{\"user\":{\"username\":\"yan\"},\"state\":\"reviewed\"},"
                    "{\"user\":{\"username\":\"both\"},\"state\":\"requested_changes\"}]"});
    DONE(forge_reviews(fake.forge, fake.arena, 7, &reviews, &error));
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < reviews.count; i++)
        buf_printf(&text, "%.*s %d %.*s\n", STR_ARG(reviews.items[i].author), reviews.items[i].state,
                   (int)(reviews.items[i].commit.len ? 1 : 0), reviews.items[i].commit.ptr);
    assert_string_equal(text.ptr, "ann 0 a\nbob 0 b\nboth 1 \nearly 0 \nold 0 \nzoe 1 \n");
    buf_release(&text);
    forge_fake_close(&fake);
}

static void asks_for_permissions(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    enum permission permission;
    static const struct {
        const char *member;
        int status;
        enum permission permission;
    } cases[] = {
        {"{\"access_level\":50,\"state\":\"active\"}", 200, PERMISSION_ADMIN},
        {"{\"access_level\":40,\"state\":\"active\"}", 200, PERMISSION_ADMIN},
        {"{\"access_level\":30,\"state\":\"active\"}", 200, PERMISSION_WRITE},
        {"{\"access_level\":20,\"state\":\"active\"}", 200, PERMISSION_READ},
        {"{\"access_level\":5,\"state\":\"active\"}", 200, PERMISSION_NONE},
        {"{\"access_level\":50,\"state\":\"blocked\"}", 200, PERMISSION_NONE},
        {"{}", 404, PERMISSION_NONE},
    };
    forge_fake_open(&fake, GITLAB);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        SCRIPT(&fake, {"GET /users?username=ann", .body = "[{\"id\":9,\"username\":\"Ann\"}]"},
               {"GET members/all/9", .status = cases[i].status, .body = cases[i].member});
        DONE(forge_permission(fake.forge, fake.arena, STR("ann"), &permission, &error));
        assert_int_equal(permission, cases[i].permission);
    }
    SCRIPT(&fake, {"GET /users?username=ann", .body = "[{\"id\":9,\"username\":\"anna\"}]"});
    DONE(forge_permission(fake.forge, fake.arena, STR("ann"), &permission, &error));
    assert_int_equal(permission, PERMISSION_NONE);
    forge_fake_close(&fake);
}

#define STATUSES "GET repository/commits/" SHA_A "/statuses?name=plumb%2Fprod&per_page=100"

static void sets_statuses(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct status status = {.context = STR("plumb/prod"), .state = STATUS_ERROR};
    forge_fake_open(&fake, GITLAB);
    SCRIPT(&fake, {STATUSES, .body = "[]"},
           {"POST statuses/" SHA_A, .sent = "{\"state\":\"failed\",\"name\":\"plumb/prod\"}", .status = 201,
            .body = "{}"},
           {STATUSES, .body = "[{\"name\":\"plumb/prod\",\"status\":\"failed\",\"description\":null}]"},
           {STATUSES, .body = "[]"},
           {"POST statuses/" SHA_A, .status = 400,
            .body = "{\"message\":\"Cannot transition status via :drop from :failed\"}"},
           {STATUSES, .body = "[]"}, {"POST statuses/" SHA_A, .status = 400, .body = "{\"message\":\"no\"}"});
    for (int i = 0; i < 3; i++)
        DONE(forge_set_status(fake.forge, fake.arena, STR(SHA_A), &status, &error));
    FAILED(forge_set_status(fake.forge, fake.arena, STR(SHA_A), &status, &error), ERROR_INVALID, "400): no");
    forge_fake_close(&fake);
}

static void writes(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    int64_t id;
    struct str bytes;
    forge_fake_open(&fake, GITLAB);
    SCRIPT(&fake, {"GET /user", .body = "{\"username\":\"bot\"}"},
           {"GET merge_requests/7/notes?sort=asc&order_by=created_at&per_page=100",
            .body = "[{\"id\":3,\"body\":\"<!-- plumb m -->\\nold\",\"author\":{\"username\":\"bot\"}}]"},
           {"PUT merge_requests/7/notes/3", .sent = "new", .body = "{}"},
           {"GET hooks?per_page=100", .body = "[{\"id\":5,\"url\":\"https://plumb.acme.com\"}]"},
           {"PUT hooks/5", .sent = "\"token\":\"0123456789abcdef\",\"push_events\":true", .body = "{}"},
           {"GET repository/files/a%20b%2Fc.json/raw?ref=main", .body = "raw\n"});
    DONE(forge_put_comment(fake.forge, fake.arena, 7, STR("m"), STR("new"), &id, &error));
    DONE(forge_ensure_webhook(fake.forge, fake.arena, STR("https://plumb.acme.com"), STR("0123456789abcdef"),
                              &error));
    DONE(forge_read_file(fake.forge, fake.arena, STR("a b/c.json"), STR("main"), 10, &bytes, &error));
    assert_true(str_is(bytes, "raw\n"));
    forge_fake_close(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_merge_requests),
        cmocka_unit_test(merges),
        cmocka_unit_test(reads_notes),
        cmocka_unit_test(finds_what_was_approved),
        cmocka_unit_test(asks_for_permissions),
        cmocka_unit_test(sets_statuses),
        cmocka_unit_test(writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
