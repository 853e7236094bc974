/* Writes to a forge: whatever is lost on the way, twice does no more than once. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fake.h"
#include "repositories.h"

#define GITHUB "https://github.com/acme/orders"
#define WHO                                                                                                  \
    {                                                                                                        \
        "GET /user", .body = "{\"login\":\"plumb-bot\"}"                                                     \
    }
#define COMMENTS "GET issues/7/comments?per_page=100"
#define MARK "<!-- plumb plan -->"
#define COMMENT(id, login, text)                                                                             \
    "{\"id\":" #id ",\"user\":{\"login\":\"" login "\"},\"body\":\"" text                                    \
    "\",\"created_at\":\"2026-11-27T11:00:00Z\"}"

static bool say(struct fake *fake, int64_t *id, struct error *error)
{
    return forge_put_comment(fake->forge, fake->arena, 7, STR("plan"), STR("2 changes\nin all"), id, error);
}

static void writes_a_comment_once(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    int64_t id;
    forge_fake_open(&fake, GITHUB);
    /* Another's copy of the marker, and one of ours with a longer marker, are not it. */
    SCRIPT(&fake, WHO,
           {COMMENTS, .body = "[" COMMENT(1, "eve", MARK "\\n2 changes") "," COMMENT(
                          2, "plumb-bot", "<!-- plumb plan-2 -->\\nx") "]"},
           {"POST issues/7/comments", .sent = "{\"body\":\"" MARK "\\n2 changes\\nin all\"}", .status = 201,
            .body = "{\"id\":3}"});
    DONE(say(&fake, &id, &error));
    assert_int_equal(id, 3);
    /* It is there, with the forge's own line ends: nothing is written. */
    SCRIPT(&fake,
           {COMMENTS, .body = "[" COMMENT(3, "Plumb-Bot", MARK "\\r\\n2 changes\\r\\nin all\\r\\n") "]"});
    DONE(say(&fake, &id, &error));
    SCRIPT(&fake, {COMMENTS, .body = "[" COMMENT(3, "plumb-bot", MARK "\\nold") "]"},
           {"PATCH issues/comments/3", .sent = "2 changes", .fault = FAKE_LOST},
           {"PATCH issues/comments/3", .sent = "2 changes", .body = "{}"});
    DONE(say(&fake, &id, &error));
    assert_int_equal(id, 3);
    forge_fake_close(&fake);
}

static void finds_a_comment_whose_answer_was_lost(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    int64_t id;
    forge_fake_open(&fake, GITHUB);
    SCRIPT(&fake, WHO, {COMMENTS, .body = "[]"}, {"POST issues/7/comments", .fault = FAKE_LOST},
           {COMMENTS, .body = "[" COMMENT(4, "plumb-bot", MARK "\\n2 changes\\nin all") "]"});
    DONE(say(&fake, &id, &error));
    assert_int_equal(id, 4);
    /* Not there: it is written again, once. */
    SCRIPT(&fake, {COMMENTS, .body = "[]"}, {"POST issues/7/comments", .status = 502},
           {COMMENTS, .body = "[]"}, {"POST issues/7/comments", .status = 201, .body = "{\"id\":5}"});
    DONE(say(&fake, &id, &error));
    assert_int_equal(id, 5);
    SCRIPT(&fake, {COMMENTS, .body = "[]"}, {"POST issues/7/comments", .status = 502},
           {COMMENTS, .body = "[]"}, {"POST issues/7/comments", .fault = FAKE_LOST});
    FAILED(say(&fake, &id, &error), ERROR_TIMEOUT, "cannot write a comment of acme/orders");
    /* Without a connection nothing was sent: it is sent again at once. */
    SCRIPT(&fake, {COMMENTS, .body = "[]"}, {"POST issues/7/comments", .fault = FAKE_NO_CONNECTION},
           {"POST issues/7/comments", .status = 201, .body = "{\"id\":6}"});
    DONE(say(&fake, &id, &error));
    /* A refusal is no lost answer. */
    SCRIPT(&fake, {COMMENTS, .body = "[]"},
           {"POST issues/7/comments", .status = 403, .body = "{\"message\":\"locked\"}"});
    FAILED(say(&fake, &id, &error), ERROR_DENIED, "locked; needed is: Pull requests: write");
    forge_fake_close(&fake);
}

#define OPEN                                                                                                 \
    "GET pulls?state=open&sort=created&direction=asc&base=main&head=acme%3Apromote%2Fprod&per_page=100"

static bool open_pull(struct fake *fake, struct pull *pull, struct error *error)
{
    static const struct pull_text text = {{"Promote", 7}, {"words", 5}};
    return forge_open_pull(fake->forge, fake->arena, STR("promote/prod"), STR("main"), &text, pull, error);
}

static const char *listed(struct fake *fake, const char *pull)
{
    return arena_printf(fake->arena, "[%s]", pull).ptr;
}

static void opens_a_pull_request_once(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct pull pull;
    forge_fake_open(&fake, GITHUB);
    const char *ours = forge_fake_pull(&fake, 8, "promote/prod", SHA_A, "");
    const char *other = forge_fake_pull(&fake, 8, "promote/prod", SHA_A, ",\"x\":1");
    const char *forked =
        "[{\"number\":6,\"title\":\"t\",\"state\":\"open\",\"head\":{\"ref\":\"promote/prod\","
        "\"sha\":\"" SHA_B "\",\"repo\":null},\"base\":{\"ref\":\"main\",\"repo\":{\"id\":1}}}]";
    SCRIPT(&fake, {OPEN, .body = forked},
           {"POST pulls",
            .sent = "{\"title\":\"Promote\",\"head\":\"promote/prod\",\"base\":\"main\",\"body\":\"words\"}",
            .status = 201, .body = ours});
    DONE(open_pull(&fake, &pull, &error));
    assert_int_equal(pull.number, 8);
    assert_true(str_is(pull.head_sha, SHA_A) && str_is(pull.base_sha, SHA_C) && !pull.fork);
    SCRIPT(&fake, {OPEN, .body = listed(&fake, ours)}); /* it is as wanted */
    DONE(open_pull(&fake, &pull, &error));
    SCRIPT(&fake, {OPEN, .body = "[]"}, {"POST pulls", .fault = FAKE_LOST},
           {OPEN, .body = listed(&fake, other)});
    DONE(open_pull(&fake, &pull, &error));
    /* Another instance was faster. */
    SCRIPT(&fake, {OPEN, .body = "[]"},
           {"POST pulls", .status = 422, .body = "{\"message\":\"A pull request already exists\"}"},
           {OPEN, .body = listed(&fake, ours)});
    DONE(open_pull(&fake, &pull, &error));
    SCRIPT(&fake, {OPEN, .body = "[]"},
           {"POST pulls", .status = 422, .body = "{\"message\":\"No commits between main and x\"}"},
           {OPEN, .body = "[]"});
    FAILED(open_pull(&fake, &pull, &error), ERROR_INVALID, "No commits between");
    forge_fake_close(&fake);
}

static void brings_the_text(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct pull pull;
    forge_fake_open(&fake, GITHUB);
    const char *old =
        "[{\"number\":8,\"title\":\"Old\",\"state\":\"open\",\"body\":null,\"head\":{\"ref\":"
        "\"promote/prod\",\"sha\":\"" SHA_B "\",\"repo\":{\"id\":1}},\"base\":{\"ref\":\"main\","
        "\"repo\":{\"id\":1}}}]";
    SCRIPT(&fake, {OPEN, .body = old},
           {"PATCH pulls/8", .sent = "{\"title\":\"Promote\",\"body\":\"words\"}", .body = "{}"});
    DONE(open_pull(&fake, &pull, &error));
    assert_true(str_is(pull.title, "Promote") && str_is(pull.body, "words"));
    forge_fake_close(&fake);
}

#define MERGE "PUT pulls/7/merge"

static bool merge(struct fake *fake, struct str *sha, struct error *error)
{
    static const struct merge wanted = {.head_sha = {SHA_A, 40}};
    return forge_merge_pull(fake->forge, fake->arena, 7, &wanted, sha, error);
}

static void merges_what_was_looked_at(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct str sha;
    forge_fake_open(&fake, GITHUB);
    const char *merged =
        forge_fake_pull(&fake, 7, "a", SHA_A, ",\"merged\":true,\"merge_commit_sha\":\"" SHA_B "\"");
    const char *unmerged = forge_fake_pull(&fake, 7, "a", SHA_A, ""),
               *moved = forge_fake_pull(&fake, 7, "a", SHA_B, "");
    const char *moved_merged = forge_fake_pull(&fake, 7, "a", SHA_B, ",\"merged\":true");
    SCRIPT(&fake,
           {MERGE, .sent = "{\"sha\":\"" SHA_A "\",\"merge_method\":\"merge\"}", .body = "{\"merged\":true}"},
           {"GET pulls/7", .body = merged});
    DONE(merge(&fake, &sha, &error));
    assert_true(str_is(sha, SHA_B));
    SCRIPT(&fake, {MERGE, .fault = FAKE_LOST}, {"GET pulls/7", .body = merged});
    DONE(merge(&fake, &sha, &error));
    SCRIPT(&fake, {MERGE, .fault = FAKE_LOST}, {"GET pulls/7", .body = unmerged});
    FAILED(merge(&fake, &sha, &error), ERROR_TIMEOUT, "connection was reset");
    SCRIPT(&fake, {MERGE, .status = 409, .body = "{\"message\":\"Head branch was modified\"}"},
           {"GET pulls/7", .body = moved});
    FAILED(merge(&fake, &sha, &error), ERROR_CONFLICT, "has another head of the pull request by now: " SHA_B);
    /* Merged, but not with the head that was looked at. */
    SCRIPT(&fake, {MERGE, .status = 405}, {"GET pulls/7", .body = moved_merged});
    FAILED(merge(&fake, &sha, &error), ERROR_CONFLICT, "has another head");
    SCRIPT(&fake, {MERGE, .status = 405, .body = "{\"message\":\"2 approvals are missing\"}"},
           {"GET pulls/7", .body = unmerged});
    FAILED(merge(&fake, &sha, &error), ERROR_CONFLICT, "2 approvals are missing");
    SCRIPT(&fake, {MERGE, .status = 403});
    FAILED(merge(&fake, &sha, &error), ERROR_DENIED, "Contents: write");
    forge_fake_close(&fake);
}

static void merges_when_the_forge_has_found_out(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct str sha;
    forge_fake_open(&fake, GITHUB);
    const char *unmerged = forge_fake_pull(&fake, 7, "a", SHA_A, "");
    const char *unsure =
        "{\"number\":7,\"title\":\"t\",\"state\":\"open\",\"mergeable\":null,\"head\":{\"ref\":\"a\","
        "\"sha\":\"" SHA_A "\"},\"base\":{\"ref\":\"main\"}}";
    SCRIPT(&fake, {MERGE, .status = 405}, {"GET pulls/7", .body = unsure},
           {MERGE, .status = 405,
            .body = "{\"message\":\"Base branch was modified. Review and try the merge again.\"}"},
           {"GET pulls/7", .body = unmerged}, {MERGE, .body = "{}"}, {"GET pulls/7", .status = 404});
    DONE(merge(&fake, &sha, &error));
    assert_int_equal(sha.len, 0); /* merged, but not told as what */
    struct exchange never[12];
    for (size_t i = 0; i < ARRAY_LENGTH(never); i += 2) {
        never[i] = (struct exchange){MERGE, .status = 405};
        never[i + 1] = (struct exchange){"GET pulls/7", .body = unsure};
    }
    forge_fake_script(&fake, never, ARRAY_LENGTH(never));
    FAILED(merge(&fake, &sha, &error), ERROR_UNAVAILABLE, "refuses it as things are");
    forge_fake_close(&fake);
}

static void closes_what_is_open(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    forge_fake_open(&fake, GITHUB);
    SCRIPT(&fake, {"GET pulls/7", .body = forge_fake_pull(&fake, 7, "a", SHA_A, "")},
           {"PATCH pulls/7", .sent = "{\"state\":\"closed\"}", .status = 500},
           {"PATCH pulls/7", .body = "{}"});
    DONE(forge_close_pull(fake.forge, fake.arena, 7, &error));
    SCRIPT(&fake, {"GET pulls/7", .body = forge_fake_pull(&fake, 7, "a", SHA_A, ",\"merged\":true")});
    DONE(forge_close_pull(fake.forge, fake.arena, 7, &error));
    forge_fake_close(&fake);
}

#define STATUS "GET commits/" SHA_A "/status?per_page=100"

static void sets_a_status_once(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct status status = {.context = STR("plumb/prod"), .state = STATUS_FAILURE, .description = STR("why")};
    forge_fake_open(&fake, GITHUB);
    SCRIPT(
        &fake,
        {STATUS,
         .body = "{\"statuses\":[{\"context\":\"plumb/prod\",\"state\":\"pending\",\"description\":\"why\","
                 "\"target_url\":null}]}"},
        {"POST statuses/" SHA_A, .status = 201, .body = "{}",
         .sent = "{\"state\":\"failure\",\"context\":\"plumb/prod\",\"description\":\"why\"}"},
        {STATUS,
         .body = "{\"statuses\":[{\"context\":\"plumb/prod\",\"state\":\"failure\",\"description\":\"why\","
                 "\"target_url\":null}]}"});
    DONE(forge_set_status(fake.forge, fake.arena, STR(SHA_A), &status, &error));
    DONE(forge_set_status(fake.forge, fake.arena, STR(SHA_A), &status, &error));
    /* Characters are counted, not bytes. */
    struct buf text = BUF_INIT(BUF_SMALL), cut = BUF_INIT(BUF_SMALL);
    for (int i = 0; i < 150; i++)
        buf_addz(&text, "\xc3\xa9");
    for (int i = 0; i < 139; i++)
        buf_addz(&cut, "\xc3\xa9");
    buf_addz(&cut, "\xe2\x80\xa6\"");
    status.description = buf_str(&text);
    SCRIPT(&fake, {STATUS, .body = "{\"statuses\":[]}"},
           {"POST statuses/" SHA_A, .status = 201, .body = "{}", .sent = cut.ptr});
    DONE(forge_set_status(fake.forge, fake.arena, STR(SHA_A), &status, &error));
    buf_release(&text);
    buf_release(&cut);
    forge_fake_close(&fake);
}

#define HOOKS "GET hooks?per_page=100"
#define HOOK_URL "https://plumb.acme.com/hooks"

static bool hook(struct fake *fake, struct error *error)
{
    return forge_ensure_webhook(fake->forge, fake->arena, STR(HOOK_URL), STR("s3cret-s3cret-s3"), error);
}

static void has_one_webhook(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    forge_fake_open(&fake, GITHUB);
    static const char there[] = "[{\"id\":1,\"config\":{\"url\":\"https://other\"}},"
                                "{\"id\":2,\"config\":{\"url\":\"" HOOK_URL "\"}},"
                                "{\"id\":3,\"config\":{\"url\":\"" HOOK_URL "\"}}]";
    SCRIPT(&fake, {HOOKS, .body = "[]"},
           {"POST hooks", .sent = "\"secret\":\"s3cret-s3cret-s3\",\"insecure_ssl\":\"0\"", .status = 201,
            .body = "{}"});
    DONE(hook(&fake, &error));
    SCRIPT(&fake, {HOOKS, .body = there}, {"PATCH hooks/2", .sent = "\"active\":true", .body = "{}"},
           {"DELETE hooks/3", .status = 204});
    DONE(hook(&fake, &error));
    SCRIPT(&fake, {HOOKS, .body = "[]"}, {"POST hooks", .fault = FAKE_LOST},
           {HOOKS, .body = "[{\"id\":2,\"config\":{\"url\":\"" HOOK_URL "\"}}]"},
           {"PATCH hooks/2", .sent = "s3cret", .body = "{}"});
    DONE(hook(&fake, &error));
    SCRIPT(&fake, {HOOKS, .status = 404});
    FAILED(hook(&fake, &error), ERROR_NOT_FOUND, "cannot list the webhooks");
    assert_false(str_contains(str_from(error.message), "s3cret"));
    forge_fake_close(&fake);
}

static void replaces_a_webhook_that_keeps_its_secret(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    forge_fake_open(&fake, "https://codeberg.org/acme/orders");
    SCRIPT(&fake, {"GET hooks?limit=50", .body = "[{\"id\":2,\"config\":{\"url\":\"" HOOK_URL "\"}}]"},
           {"POST hooks", .sent = "\"type\":\"gitea\"", .status = 201, .body = "{}"},
           {"DELETE hooks/2", .status = 404});
    DONE(hook(&fake, &error));
    assert_string_equal(fake.authorization, "token t0ken");
    forge_fake_close(&fake);
}

static const struct {
    const char *answer;
    enum permission permission;
} permissions[] = {
    {"{\"permission\":\"admin\"}", PERMISSION_ADMIN}, {"{\"permission\":\"write\"}", PERMISSION_WRITE},
    {"{\"permission\":\"read\"}", PERMISSION_READ},   {"{\"permission\":\"none\"}", PERMISSION_NONE},
    {"{\"permission\":\"new\"}", PERMISSION_NONE},    {"{}", PERMISSION_NONE},
};

static void asks_for_permissions(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    enum permission permission;
    forge_fake_open(&fake, GITHUB);
    for (size_t i = 0; i < ARRAY_LENGTH(permissions); i++) {
        SCRIPT(&fake, {"GET collaborators/ann%5Bbot%5D/permission", .body = permissions[i].answer});
        DONE(forge_permission(fake.forge, fake.arena, STR("ann[bot]"), &permission, &error));
        assert_int_equal(permission, permissions[i].permission);
    }
    SCRIPT(&fake, {"GET collaborators/ann/permission", .status = 404});
    DONE(forge_permission(fake.forge, fake.arena, STR("ann"), &permission, &error));
    assert_int_equal(permission, PERMISSION_NONE);
    SCRIPT(&fake, {"GET collaborators/ann/permission", .status = 403});
    FAILED(forge_permission(fake.forge, fake.arena, STR("ann"), &permission, &error), ERROR_DENIED,
           "Metadata: read");
    forge_fake_close(&fake);
}

static void counts_the_last_word(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct reviews reviews;
    forge_fake_open(&fake, GITHUB);
#define REVIEW(login, state, sha)                                                                            \
    "{\"user\":{\"login\":\"" login "\"},\"state\":\"" state "\",\"commit_id\":\"" sha                       \
    "\",\"submitted_at\":\"2026-11-27T11:00:00Z\"}"
    SCRIPT(&fake,
           {"GET pulls/7/reviews?per_page=100",
            .body =
                "[" REVIEW("zoe", "APPROVED", SHA_A) "," REVIEW("ann", "CHANGES_REQUESTED", SHA_A) "," REVIEW(
                    "ann", "APPROVED",
                    SHA_B) "," REVIEW("ann", "COMMENTED",
                                      SHA_C) "," REVIEW("bob", "APPROVED",
                                                        SHA_A) "," REVIEW("bob", "DISMISSED",
                                                                          SHA_A) "," REVIEW("cy", "PENDING",
                                                                                            SHA_A) "]"});
    DONE(forge_reviews(fake.forge, fake.arena, 7, &reviews, &error));
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < reviews.count; i++)
        buf_printf(&text, "%.*s %d %.1s\n", STR_ARG(reviews.items[i].author), reviews.items[i].state,
                   reviews.items[i].commit.ptr);
    assert_string_equal(text.ptr, "ann 0 b\nbob 2 a\nzoe 0 a\n");
    buf_release(&text);
    forge_fake_close(&fake);
}

#define FILE_CALL "GET contents/a%20b/c.json?ref=main"

static void reads_files(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct fake fake;
    struct str bytes;
    forge_fake_open(&fake, GITHUB);
    static const struct {
        const char *answer;
        enum error_code code;
        const char *expected;
    } cases[] = {
        {"{\"type\":\"file\",\"encoding\":\"base64\",\"size\":5,\"content\":\"aGVs\\nbG8=\\n\"}", ERROR_NONE,
         "hello"},
        {"{\"type\":\"file\",\"encoding\":\"base64\",\"size\":0,\"content\":\"\"}", ERROR_NONE, ""},
        {"{\"type\":\"dir\",\"entries\":[]}", ERROR_INVALID, "'a b/c.json' at 'main': it is no file"},
        {"{\"type\":\"symlink\",\"target\":\"x\"}", ERROR_INVALID, "it is no file"},
        {"{\"type\":\"file\",\"encoding\":\"base64\",\"size\":11}", ERROR_OUT_OF_MEMORY,
         "11 bytes, more than 10"},
        {"{\"type\":\"file\",\"encoding\":\"base64\",\"size\":1,\"content\":\"?\"}", ERROR_CORRUPT,
         "no base64"},
        {"{\"type\":\"file\",\"encoding\":\"base64\",\"size\":1,\"content\":\"YWFhYWFhYWFhYWFhYWFh\"}",
         ERROR_OUT_OF_MEMORY, "15 bytes, more than 10"},
        {"{\"type\":\"file\",\"encoding\":\"none\",\"size\":1,\"sha\":\"../x\"}", ERROR_CORRUPT,
         "no commit id"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        SCRIPT(&fake, {FILE_CALL, .body = cases[i].answer});
        bool done =
            forge_read_file(fake.forge, fake.arena, STR("a b/c.json"), STR("main"), 10, &bytes, &error);
        if (cases[i].code == ERROR_NONE)
            assert_true(done && str_is(bytes, cases[i].expected));
        else
            FAILED(done, cases[i].code, cases[i].expected);
    }
    SCRIPT(&fake,
           {FILE_CALL, .body = "{\"type\":\"file\",\"encoding\":\"none\",\"size\":3,\"sha\":\"" SHA_A "\"}"},
           {"GET git/blobs/" SHA_A, .body = "raw"});
    DONE(forge_read_file(fake.forge, fake.arena, STR("a b/c.json"), STR("main"), 10, &bytes, &error));
    assert_true(str_is(bytes, "raw"));
    forge_fake_close(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_comment_once),
        cmocka_unit_test(finds_a_comment_whose_answer_was_lost),
        cmocka_unit_test(opens_a_pull_request_once),
        cmocka_unit_test(brings_the_text),
        cmocka_unit_test(merges_what_was_looked_at),
        cmocka_unit_test(merges_when_the_forge_has_found_out),
        cmocka_unit_test(closes_what_is_open),
        cmocka_unit_test(sets_a_status_once),
        cmocka_unit_test(has_one_webhook),
        cmocka_unit_test(replaces_a_webhook_that_keeps_its_secret),
        cmocka_unit_test(asks_for_permissions),
        cmocka_unit_test(counts_the_last_word),
        cmocka_unit_test(reads_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
