/* Which forge it is, and what is asked of it in which way: requests, refusals, limits, pages. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fake.h"
#include "repositories.h"

#define PULLS "GET pulls?state=open&sort=created&direction=asc&per_page=100"

static void reads_kinds(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    enum forge_kind kind;
    DONE(forge_kind_read(STR("forgejo"), &kind, &error));
    assert_int_equal(kind, FORGE_GITEA);
    DONE(forge_kind_read(STR("auto"), &kind, &error));
    assert_int_equal(kind, FORGE_AUTO);
    FAILED(forge_kind_read(STR("gihub"), &kind, &error), ERROR_INVALID, "did you mean 'github'?");
}

/* The address that is asked for the list of pull requests, or why it is refused. */
static const struct {
    enum forge_kind kind;
    const char *repository, *api, *expected;
} places[] = {
    {FORGE_AUTO, "https://github.com/acme/orders.git", "", "https://api.github.com/repos/acme/orders/pulls?"},
    {FORGE_AUTO, "git@github.com:acme/orders", "", "https://api.github.com/repos/acme/orders/pulls?"},
    {FORGE_AUTO, "ssh://git@ssh.github.com:443/acme/orders.git", "",
     "https://api.github.com/repos/acme/orders/pulls?"},
    {FORGE_AUTO, "https://acme.ghe.com/acme/orders", "", "https://api.acme.ghe.com/repos/acme/orders/pulls?"},
    {FORGE_GITHUB, "https://git.acme.com/acme/orders/", "",
     "https://git.acme.com/api/v3/repos/acme/orders/pulls?"},
    {FORGE_AUTO, "git@gitlab.com:acme/team/orders.git", "",
     "https://gitlab.com/api/v4/projects/acme%2Fteam%2Forders/merge_requests?"},
    {FORGE_GITLAB, "ssh://git@git.acme.com:2222/acme/orders.git", "",
     "https://git.acme.com/api/v4/projects/acme%2Forders/merge_requests?"},
    {FORGE_GITLAB, "https://acme.com/gitlab/acme/orders", "https://acme.com/gitlab/api/v4/",
     "https://acme.com/gitlab/api/v4/projects/acme%2Forders/merge_requests?"},
    {FORGE_AUTO, "https://codeberg.org/acme/orders", "",
     "https://codeberg.org/api/v1/repos/acme/orders/pulls?"},
    {FORGE_GITEA, "http://127.0.0.1:3000/acme/orders", "",
     "http://127.0.0.1:3000/api/v1/repos/acme/orders/pulls?"},
    {FORGE_GITEA, "https://acme.com:8443/git/acme/orders", "",
     "https://acme.com:8443/git/api/v1/repos/acme/orders/pulls?"},
    {FORGE_GITEA, "git@acme.com:acme/orders.git", "https://git.acme.com/api/v1",
     "https://git.acme.com/api/v1/repos/acme/orders/pulls?"},
    {FORGE_AUTO, "https://git.acme.com/acme/orders", "", "not known which forge is at 'git.acme.com'"},
    {FORGE_AUTO, "https://github.com.evil.org/acme/orders", "", "not known which forge is at"},
    {FORGE_AUTO, "https://github.com/acme/orders/more", "", "it must be owner/name"},
    {FORGE_AUTO, "https://github.com/orders", "", "must name owner and repository"},
    {FORGE_AUTO, "git@github.com:acme/team/orders", "", "it must be owner/name"},
    {FORGE_AUTO, "https://github.com/acme/..", "", "is no name on a forge"},
    {FORGE_AUTO, "https://gitlab.com/acme/a%2Fb", "", "is no name on a forge"},
    {FORGE_AUTO, "https://user:secret@github.com/acme/orders", "", "has a password in it"},
    {FORGE_GITEA, "https://git.acme.com/acme/orders", "http://git.acme.com/api/v1", "must be at an https://"},
    {FORGE_GITEA, "https://git.acme.com/acme/orders", "https://u@git.acme.com/api/v1", "no user in it"},
    {FORGE_GITEA, "https://git.acme.com/acme/orders", "https://git.acme.com/api/v1?x", "must be plain"},
    {FORGE_GITEA, "https://git.acme.com/acme/orders", "https:///api/v1", "names no host"},
    {FORGE_GITEA, "file:///tmp", "", "is on no forge"},
};

static bool record(void *self, struct arena *arena, const struct http_request *request,
                   struct http_response *response, struct error *error)
{
    (void)error;
    *(struct str *)self = arena_str(arena, request->url);
    *response = (struct http_response){.status = 200, .body = STR("[]")};
    return true;
}

static void finds_the_api(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct str url = STR_EMPTY;
        struct http http = {.self = &url, .perform = record};
        struct forge *forge = NULL;
        struct pulls pulls;
        struct forge_options options = {.kind = places[i].kind,
                                        .repository = str_from(places[i].repository),
                                        .api = str_from(places[i].api),
                                        .http = &http,
                                        .clock = &system_clock,
                                        .random = &system_random};
        bool done = forge_open(&options, &forge, &error) &&
                    forge_pulls(forge, arena, STR_EMPTY, STR_EMPTY, &pulls, &error);
        struct str got = done ? url : str_from(error.message);
        if (!str_contains(got, places[i].expected) || str_contains(got, "secret"))
            fail_msg("%s: %.*s, not %s", places[i].repository, STR_ARG(got), places[i].expected);
        forge_free(forge);
        arena_free(arena);
    }
}

static void is_none(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct arena *arena = arena_new();
    struct pulls pulls;
    struct str text;
    static const struct forge_options none[] = {
        {.kind = FORGE_NONE, .repository = {"https://git.acme.com/x", 22}},
        {.kind = FORGE_AUTO, .repository = {"/tmp", 4}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++) {
        struct forge_options options = none[i];
        struct forge *forge;
        options.clock = &system_clock;
        DONE(forge_open(&options, &forge, &error));
        assert_int_equal(forge_kind(forge), FORGE_NONE);
        assert_int_equal(forge_wait_ms(forge), 0);
        FAILED(forge_pulls(forge, arena, STR_EMPTY, STR_EMPTY, &pulls, &error), ERROR_NOT_FOUND,
               "no forge is configured");
        FAILED(forge_git_token(forge, arena, &text, &error), ERROR_NOT_FOUND, "no forge is configured");
        forge_free(forge);
    }
    arena_free(arena);
}

static void checks_credentials(void **state)
{
    (void)state;
    static const struct {
        const char *repository, *token, *app, *key, *installation, *words;
    } cases[] = {
        {"https://gitlab.com/a/b", "", "1", "k", "", "only GitHub has Apps"},
        {"https://github.com/a/b", "t", "1", "k", "", "not both"},
        {"https://github.com/a/b", "", "1", "", "", "needs its id and its private key"},
        {"https://github.com/a/b", "", "", "k", "", "needs its id and its private key"},
        {"https://github.com/a/b", "", "1", "k3y", "", "must be an RSA key of 2048 bits"},
        {"https://github.com/a/b", "", "1\"", "k3y", "", "is no id of a GitHub App"},
        {"https://github.com/a/b", "", "1", "k3y", "x", "is no id of an installation"},
        {"https://github.com/a/b", "t0k3n\r\nX: y", "", "", "", "must be one word"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct forge *forge;
        struct forge_options options = {.repository = str_from(cases[i].repository),
                                        .token = str_from(cases[i].token),
                                        .app_id = str_from(cases[i].app),
                                        .private_key = str_from(cases[i].key),
                                        .installation_id = str_from(cases[i].installation)};
        FAILED(forge_open(&options, &forge, &error), ERROR_INVALID, cases[i].words);
        assert_false(str_contains(str_from(error.message), "k3"));
    }
}

static bool list(struct fake *fake, struct error *error)
{
    struct pulls pulls;
    return forge_pulls(fake->forge, fake->arena, STR_EMPTY, STR_EMPTY, &pulls, error);
}

/* One answer, and the error that it is. */
static const struct {
    struct exchange exchange;
    enum error_code code;
    const char *words;
} refusals[] = {
    {{PULLS, .status = 401, .body = "{\"message\":\"Bad credentials\"}"},
     ERROR_DENIED,
     "GitHub does not accept the token (HTTP status 401): Bad credentials; needed is: Pull requests: read"},
    {{PULLS, .status = 403, .body = "{\"message\":\"Resource not accessible by\\u001b[2J t0ken\"}"},
     ERROR_DENIED,
     "GitHub forbids it (HTTP status 403); needed is: Pull requests: read"},
    {{PULLS, .status = 403, .body = "{\"message\":\"Not\\u001b[2J so\\nfast\"}"},
     ERROR_DENIED,
     "(HTTP status 403): Not [2J so fast; needed"},
    {{PULLS, .status = 404, .body = "{}"}, ERROR_NOT_FOUND, "or does not show it to this token"},
    {{PULLS, .status = 301, .headers = "Location: https://evil.example"}, ERROR_NOT_FOUND, "another address"},
    {{PULLS, .status = 409, .body = "<html>"}, ERROR_CONFLICT, "refuses it as things are (HTTP status 409)"},
    {{PULLS, .status = 422, .body = "{\"message\":{\"base\":[\"is bad\"]},\"errors\":[{\"code\":\"x\"}]}"},
     ERROR_INVALID,
     "does not take the request (HTTP status 422): {\"base\":[\"is bad\"]}: [{\"code\":\"x\"}]"},
    {{PULLS, .status = 199}, ERROR_CORRUPT, "is not described to"},
    {{PULLS, .body = "<html>"}, ERROR_CORRUPT, "GitHub's answer is no JSON"},
    {{PULLS, .body = "{}"}, ERROR_CORRUPT, "no list"},
    {{PULLS, .body = "[{}]"}, ERROR_CORRUPT, "has no number 'number'"},
    {{PULLS, .body = "[{\"number\":1.5}]"}, ERROR_CORRUPT, "has no number 'number'"},
    {{PULLS, .body = "[{\"number\":1,\"title\":\"t\",\"head\":{\"ref\":\"a\",\"sha\":\"--upload-pack=x\"}}]"},
     ERROR_CORRUPT,
     "a 'sha' that is no commit id"},
    {{PULLS, .headers = "Link: <https://api.github.com.evil.org/x>; rel=\"next\"", .body = "[]"},
     ERROR_CORRUPT,
     "outside of 'https://api.github.com'"},
    {{PULLS, .headers = "Link: <https://api.github.com/../x>; rel=\"next\"", .body = "[]"},
     ERROR_CORRUPT,
     "outside of 'https://api.github.com'"},
};

static void names_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        struct error error = ERROR_INIT;
        struct fake fake;
        forge_fake_open(&fake, "https://github.com/acme/orders");
        forge_fake_script(&fake, &refusals[i].exchange, 1);
        FAILED(list(&fake, &error), refusals[i].code, refusals[i].words);
        assert_false(str_contains(str_from(error.message), "t0ken"));
        assert_string_equal(fake.authorization, "Bearer t0ken");
        forge_fake_close(&fake);
    }
}

static void tries_reads_again(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    forge_fake_open(&fake, "https://github.com/acme/orders");
    SCRIPT(&fake, {PULLS, .status = 502}, {PULLS, .fault = FAKE_LOST}, {PULLS, .body = "[]"});
    DONE(list(&fake, &error));
    SCRIPT(&fake, {PULLS, .status = 500}, {PULLS, .status = 500},
           {PULLS, .status = 503, .body = "{\"message\":\"later\"}"});
    FAILED(list(&fake, &error), ERROR_UNAVAILABLE, "GitHub failed (HTTP status 503): later");
    error_clear(&error);
    SCRIPT(&fake, {PULLS, .status = 500});
    fake.cancel_in_sleep = true;
    FAILED(list(&fake, &error), ERROR_CANCELLED, "asked to stop");
    forge_fake_close(&fake);
}

/* How long an answer makes plumb wait. */
static const struct {
    int status;
    const char *headers, *body;
    int64_t wait_s;
} limits[] = {
    {429, "Retry-After: 7", "", 7},
    {429, "Retry-After: 0", "", 60},
    {429, "", "", 60},
    {429, "Retry-After: 99999999", "", 3600},
    {429, "Retry-After: -1", "", 60},
    {429, "Date: Fri, 27 Nov 2026 12:00:00 GMT\nRetry-After: Fri, 27 Nov 2026 12:00:20 GMT", "", 20},
    {403, "Retry-After: 30", "", 30},
    {403, "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1795780890", "", 90},
    /* their clock is an hour ahead */
    {403, "Date: Fri, 27 Nov 2026 13:00:00 GMT\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1795784490", "",
     90},
    {403, "", "{\"message\":\"You have exceeded a secondary rate limit\"}", 60},
    {429, "RateLimit-Remaining: 0\nRateLimit-Reset: 1795780845", "", 45},
    {429, "RateLimit-Remaining: 0\nRateLimit-Reset: 15", "", 15},
};

static void waits_as_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
        struct error error = ERROR_INIT;
        struct fake fake;
        forge_fake_open(&fake, "https://github.com/acme/orders");
        SCRIPT(&fake,
               {PULLS, .status = limits[i].status, .headers = limits[i].headers, .body = limits[i].body});
        FAILED(list(&fake, &error), ERROR_THROTTLED, "asked too often");
        assert_int_equal(forge_wait_ms(fake.forge), limits[i].wait_s * 1000);
        FAILED(list(&fake, &error), ERROR_THROTTLED, "may be asked again in"); /* without a request */
        fake.monotonic_ms += limits[i].wait_s * 1000;
        SCRIPT(&fake, {PULLS, .body = "[]"});
        DONE(list(&fake, &error));
        forge_fake_close(&fake);
    }
}

static void waits_longer_each_time(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    forge_fake_open(&fake, "https://github.com/acme/orders");
    static const int64_t waits[] = {60, 120, 240, 480, 960, 1920, 1920};
    for (size_t i = 0; i < ARRAY_LENGTH(waits); i++) {
        SCRIPT(&fake, {PULLS, .status = 429});
        FAILED(list(&fake, &error), ERROR_THROTTLED, "");
        assert_int_equal(forge_wait_ms(fake.forge), waits[i] * 1000);
        fake.monotonic_ms += waits[i] * 1000;
    }
    SCRIPT(&fake, {PULLS, .body = "[]"}, {PULLS, .status = 429});
    DONE(list(&fake, &error));
    FAILED(list(&fake, &error), ERROR_THROTTLED, "again in 60 s");
    forge_fake_close(&fake);
}

/* The last request of an hour is answered; the next is not sent. */
static void stops_before_it_is_told(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    forge_fake_open(&fake, "https://github.com/acme/orders");
    SCRIPT(&fake,
           {PULLS, .headers = "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1795780830", .body = "[]"});
    DONE(list(&fake, &error));
    FAILED(list(&fake, &error), ERROR_THROTTLED, "GitHub may be asked again in 30 s");
    forge_fake_close(&fake);
}

static void follows_pages(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct pulls pulls;
    forge_fake_open(&fake, "https://github.com/acme/orders");
    const char *two = arena_printf(fake.arena, "[%s,%s]", forge_fake_pull(&fake, 9, "a", SHA_A, ""),
                                   forge_fake_pull(&fake, 2, "b", SHA_B, ",\"draft\":true"))
                          .ptr;
    const char *one = arena_printf(fake.arena, "[%s]",
                                   forge_fake_pull(&fake, 5, "c", SHA_C, ",\"labels\":[{\"name\":\"x\"}]"))
                          .ptr;
    SCRIPT(&fake,
           {PULLS, .body = two,
            .headers = "Link: <https://api.github.com/x?page=1>; rel=\"prev\", "
                       "<https://api.github.com/repositories/1/pulls?page=2>; rel=\"next\""},
           {"GET /repositories/1/pulls?page=2", .body = one,
            .headers = "Link: <https://api.github.com/x?page=1>; rel=\"first\""});
    DONE(forge_pulls(fake.forge, fake.arena, STR_EMPTY, STR_EMPTY, &pulls, &error));
    assert_int_equal(pulls.count, 3);
    assert_int_equal(pulls.items[0].number, 2);
    assert_true(pulls.items[0].draft && !pulls.items[1].draft);
    assert_true(str_is(pulls.items[1].labels[0], "x"));
    assert_int_equal(pulls.items[2].updated_ms, ((int64_t)FAKE_NOW_S - 3600) * 1000);
    forge_fake_close(&fake);
}

static void ends_endless_pages(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct exchange pages[FORGE_PAGES_MAX];
    forge_fake_open(&fake, "https://github.com/acme/orders");
    for (size_t i = 0; i < ARRAY_LENGTH(pages); i++)
        pages[i] = (struct exchange){i ? "GET /again" : PULLS, .body = "[]",
                                     .headers = "Link: <https://api.github.com/again>; rel=next"};
    forge_fake_script(&fake, pages, ARRAY_LENGTH(pages));
    FAILED(list(&fake, &error), ERROR_OUT_OF_MEMORY, "more than 20 pages");
    forge_fake_close(&fake);
}

static void checks_arguments(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct pull pull;
    struct str text;
    int64_t id;
    enum permission permission;
    forge_fake_open(&fake, "https://github.com/acme/orders");
    struct forge *forge = fake.forge;
    struct arena *arena = fake.arena;
    char *large = arena_alloc(arena, FORGE_BODY_MAX + 1);
    memset(large, 'x', FORGE_BODY_MAX + 1);
    struct pull_text fine = {STR("t"), STR("b")}, untitled = {STR_EMPTY, STR("b")};
    struct merge merge = {.head_sha = STR("main")};
    struct status status = {.context = STR_EMPTY};
    FAILED(forge_pull(forge, arena, 0, &pull, &error), ERROR_INVALID, "0 is no number");
    FAILED(forge_open_pull(forge, arena, STR("-x"), STR("main"), &fine, &pull, &error), ERROR_INVALID,
           "'-x' is no name");
    FAILED(forge_open_pull(forge, arena, STR("a b"), STR("main"), &fine, &pull, &error), ERROR_INVALID,
           "is no name");
    FAILED(forge_open_pull(forge, arena, STR("a"), STR("main"), &untitled, &pull, &error), ERROR_INVALID,
           "the title");
    FAILED(forge_merge_pull(forge, arena, 1, &merge, &text, &error), ERROR_INVALID, "no whole commit id");
    FAILED(forge_put_comment(forge, arena, 1, STR("m"), (struct str){large, FORGE_BODY_MAX + 1}, &id, &error),
           ERROR_INVALID, "at most 60000 bytes");
    FAILED(forge_put_comment(forge, arena, 1, STR("m"), STR("\xff"), &id, &error), ERROR_INVALID, "UTF-8");
    FAILED(forge_put_comment(forge, arena, 1, STR("a--b"), STR("x"), &id, &error), ERROR_INVALID,
           "no marker");
    FAILED(forge_permission(forge, arena, STR("a/../b"), &permission, &error), ERROR_INVALID, "no login");
    FAILED(forge_set_status(forge, arena, STR(SHA_A), &status, &error), ERROR_INVALID, "the context");
    FAILED(forge_read_file(forge, arena, STR("/etc/passwd"), STR("main"), 10, &text, &error), ERROR_INVALID,
           "no path");
    FAILED(forge_ensure_webhook(forge, arena, STR("http://example.com"), STR("0123456789abcdef"), &error),
           ERROR_INVALID, "must be https");
    forge_fake_close(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_kinds),
        cmocka_unit_test(finds_the_api),
        cmocka_unit_test(is_none),
        cmocka_unit_test(checks_credentials),
        cmocka_unit_test(names_refusals),
        cmocka_unit_test(tries_reads_again),
        cmocka_unit_test(waits_as_told),
        cmocka_unit_test(waits_longer_each_time),
        cmocka_unit_test(stops_before_it_is_told),
        cmocka_unit_test(follows_pages),
        cmocka_unit_test(ends_endless_pages),
        cmocka_unit_test(checks_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
