#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "git_server.h"
#include "gitsync/mirror_private.h"
#include "relay.h"

#define OLD "1111111111111111111111111111111111111111"
#define WATCHED STR("HEAD"), STR(REF)

/* A bare repository with two commits, main at the first, and a mirror of it. */
struct stand {
    struct place place;
    struct git_server *server;
    struct http_client *client;
    struct http http;
    const char *bare, *first, *second;
    struct mirror_options options;
    struct mirror *mirror;
};

static void open_at(struct stand *stand, const char *url, const char *token, int64_t timeout_ms)
{
    struct error error = ERROR_INIT;
    mirror_close(stand->mirror);
    stand->options = mirror_defaults(&stand->place, url, "cache");
    stand->options.http = &stand->http;
    stand->options.token = str_from(token);
    stand->options.timeout_ms = timeout_ms;
    DONE(mirror_open(&stand->options, &stand->mirror, &error));
    DONE(mirror_fetch(stand->mirror, &error));
}

static const char *http_url(struct stand *stand)
{
    return git_server_url(stand->server, &stand->place, "bare.git");
}

static void begin(struct stand *stand)
{
    struct error error = ERROR_INIT;
    struct http_client_options client = {.connections_per_host = 0};
    *stand = (struct stand){.place = place_new()};
    struct place *place = &stand->place;
    stand->bare = make_bare(place, "bare.git");
    const char *origin = make_origin(place);
    stand->first = GIT(place, origin, "rev-parse", "main").ptr;
    commit_all(place, origin, "Second");
    stand->second = GIT(place, origin, "rev-parse", "main").ptr;
    GIT(place, origin, "push", "-q", stand->bare, "main");
    GIT(place, stand->bare, "update-ref", "refs/heads/main", stand->first);
    stand->server = git_server_start(place);
    DONE(http_client_new(&client, &stand->client, &error));
    stand->http = http_client_http(stand->client);
}

static void end(struct stand *stand)
{
    mirror_close(stand->mirror);
    git_server_stop(stand->server);
    http_client_free(stand->client);
    place_end(&stand->place);
}

static bool has_moved(struct stand *stand, const struct str *refs, size_t count)
{
    struct error error = ERROR_INIT;
    bool moved;
    DONE(mirror_poll(stand->mirror, refs, count, &moved, &error));
    return moved;
}

static bool watched_has_moved(struct stand *stand)
{
    const struct str refs[] = {WATCHED};
    return has_moved(stand, refs, ARRAY_LENGTH(refs));
}

/* ---- what counts ---- */

/* One after the other; "1" and "2" stand for the commits. */
static const struct step {
    const char *command[5];
    bool watched, branch, ledgers; /* which of three lists of refs has moved */
} steps[] = {
    {{"update-ref", "refs/heads/main", "2"}, .watched = true, .branch = true},
    {{"update-ref", "refs/heads/other", "2"}, .watched = false},
    {{"update-ref", "refs/heads/other", "1"}, .watched = false},
    {{"update-ref", "refs/heads/main-2", "1"}, .watched = false},
    {{"update-ref", "refs/heads/other", "2"}, .watched = false},
    {{"update-ref", REF, "1"}, .watched = true, .ledgers = true},
    {{"update-ref", REF, "2"}, .watched = true, .ledgers = true},
    {{"update-ref", "refs/plumb/444444444444", "1"}, .ledgers = true},
    {{"symbolic-ref", "HEAD", "refs/heads/other"}, .watched = true}, /* at the same commit */
    {{"update-ref", "-d", REF}, .watched = true, .ledgers = true},
    {{"update-ref", "-d", "refs/heads/other"}, .watched = true}, /* HEAD names what is not there */
    {{"symbolic-ref", "HEAD", "refs/heads/main"}, .watched = true},
    {{"update-ref", "-d", "refs/heads/main"}, .watched = true, .branch = true},
    {{"update-ref", "--no-deref", "HEAD", "1"}, .watched = true}, /* a bare commit */
    {{"update-ref", "--no-deref", "HEAD", "2"}, .watched = true},
    {{"symbolic-ref", "HEAD", "refs/heads/main-2"}, .watched = true},
    {{"update-ref", "-d", "refs/plumb/444444444444"}, .ledgers = true},
};

static void run_step(struct stand *stand, const struct step *step)
{
    const char *arguments[7] = {"git"};
    for (size_t i = 0; step->command[i]; i++) {
        struct str word = str_from(step->command[i]);
        arguments[i + 1] = str_is(word, "1") ? stand->first : str_is(word, "2") ? stand->second : word.ptr;
    }
    run_in(&stand->place, stand->bare, arguments);
}

static void walk(struct stand *stand, const char *url)
{
    const struct str branch = STR("refs/heads/main"), ledgers = STR("refs/plumb/");
    const struct str all[] = {WATCHED, branch, ledgers};
    struct error error = ERROR_INIT;
    open_at(stand, url, "", 20 * 1000);
    assert_false(has_moved(stand, all, ARRAY_LENGTH(all)));
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
        run_step(stand, &steps[i]);
        if (watched_has_moved(stand) != steps[i].watched || has_moved(stand, &branch, 1) != steps[i].branch ||
            has_moved(stand, &ledgers, 1) != steps[i].ledgers)
            fail_msg("step %zu ('%s %s'): a wrong answer", i, steps[i].command[0], steps[i].command[1]);
        DONE(mirror_fetch(stand->mirror, &error));
        if (has_moved(stand, all, ARRAY_LENGTH(all)))
            fail_msg("step %zu ('%s %s'): moved after a fetch", i, steps[i].command[0], steps[i].command[1]);
    }
}

static void tells_what_moved_over_http(void **state)
{
    (void)state;
    struct stand stand;
    begin(&stand);
    walk(&stand, http_url(&stand));
    int before = git_server_requests(stand.server);
    assert_false(watched_has_moved(&stand));
    assert_int_equal(git_server_requests(stand.server) - before, 1);
    end(&stand);
}

static void tells_what_moved_by_the_older_protocol(void **state)
{
    (void)state;
    struct stand stand;
    begin(&stand);
    git_server_break(stand.server, FAULT_OLDER, "", 1000000);
    walk(&stand, http_url(&stand));
    int before = git_server_requests(stand.server);
    assert_false(watched_has_moved(&stand));
    assert_int_equal(git_server_requests(stand.server) - before, 1); /* it is not asked for v2 again */
    end(&stand);
}

static void tells_what_moved_in_a_local_repository(void **state)
{
    (void)state;
    struct stand stand;
    begin(&stand);
    walk(&stand, stand.bare);
    end(&stand);
}

/* Puts a script of the name git before git; `git` in it is the real one. */
static const char *shadow_git(struct stand *stand, const char *script)
{
    struct place *place = &stand->place;
    const char *path = arena_strz(place->arena, str_from(getenv("PATH")));
    write_script(place, place_path(place, "bin/git"),
                 arena_printf(place->arena,
                              "#!/bin/sh\nPATH=%s\n[ \"$1\" = upload-pack ] || exec git \"$@\"\n%s\n", path,
                              script)
                     .ptr);
    setenv("PATH", arena_printf(place->arena, "%s:%s", place_path(place, "bin"), path).ptr, 1);
    return path;
}

/* So git itself is asked for its refs: what it hides is not to be seen. */
static void hide_some(struct stand *stand)
{
    GIT(&stand->place, stand->bare, "config", "transfer.hideRefs", "refs/hidden");
}

static void tells_what_moved_as_git_says(void **state)
{
    (void)state;
    struct stand stand;
    begin(&stand);
    hide_some(&stand);
    walk(&stand, stand.bare);
    end(&stand);
}

static void tells_what_moved_by_an_older_git(void **state)
{
    (void)state;
    struct stand stand;
    begin(&stand);
    hide_some(&stand);
    const char *path = shadow_git(&stand, "unset GIT_PROTOCOL; exec git \"$@\"");
    walk(&stand, stand.bare);
    setenv("PATH", path, 1);
    end(&stand);
}

static void an_unchanged_local_repository_starts_no_process(void **state)
{
    (void)state;
    const struct str refs[] = {WATCHED}, hidden = STR(REF);
    struct error error = ERROR_INIT;
    struct stand stand;
    bool moved = true;
    begin(&stand);
    open_at(&stand, stand.bare, "", 3000);
    const char *path = shadow_git(&stand, "exit 128");
    DONE(mirror_poll(stand.mirror, refs, 2, &moved, &error));
    assert_false(moved);
    DONE(mirror_fetch(stand.mirror, &error));
    GIT(&stand.place, stand.bare, "config", "uploadpack.hideRefs", "refs/plumb");
    FAILED(mirror_poll(stand.mirror, &hidden, 1, &moved, &error), ERROR_UNAVAILABLE, "cannot poll");
    setenv("PATH", path, 1);
    end(&stand);
}

/* The ref in the cache lags behind, and would cost a fetch after each write. */
static void what_was_appended_here_is_no_news(void **state)
{
    (void)state;
    const struct str ledgers = STR("refs/plumb/");
    struct error error = ERROR_INIT;
    struct stand stand;
    bool behind;
    begin(&stand);
    open_at(&stand, stand.bare, "", 20 * 1000);
    struct ledger *ledger = open_ledger(stand.mirror);
    for (int i = 0; i < 2; i++) {
        DONE(append(ledger, "one", "x", "1", &error));
        assert_false(watched_has_moved(&stand));
        assert_false(has_moved(&stand, &ledgers, 1));
        DONE(ledger_is_behind(ledger, &behind, &error));
        assert_false(behind);
    }
    struct mirror *elsewhere = open_mirror(&stand.place, stand.bare, "elsewhere");
    struct ledger *other = open_ledger(elsewhere);
    DONE(ledger_refresh(other, &error));
    DONE(append(other, "two", "x", "2", &error));
    assert_true(watched_has_moved(&stand));
    assert_true(has_moved(&stand, &ledgers, 1));
    DONE(mirror_fetch(stand.mirror, &error));
    assert_false(watched_has_moved(&stand));
    DONE(ledger_is_behind(ledger, &behind, &error)); /* the fetch did not bring it there */
    assert_true(behind);
    DONE(ledger_refresh(ledger, &error));
    DONE(ledger_is_behind(ledger, &behind, &error));
    assert_false(behind);
    ledger_close(other);
    mirror_close(elsewhere);
    ledger_close(ledger);
    end(&stand);
}

static void other_refs_are_not_watched(void **state)
{
    (void)state;
    static const char *const names[] = {
        "main", "refs/heads/", "refs/pull/1/head", "refs/heads/a b", "refs/plumb", "refs/heads/..", "", "/"};
    struct stand stand;
    begin(&stand);
    open_at(&stand, stand.bare, "", 20 * 1000);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct error error = ERROR_INIT;
        struct str name = str_from(names[i]);
        bool moved;
        if (str_is(name, "refs/heads/"))
            DONE(mirror_poll(stand.mirror, &name, 1, &moved, &error));
        else
            FAILED(mirror_poll(stand.mirror, &name, 1, &moved, &error), ERROR_INVALID, "cannot be watched");
    }
    end(&stand);
}

/* ---- what it costs ---- */

enum { MANY = 10000 };

static void make_many_refs(struct stand *stand)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    buf_addz(&text, "# pack-refs with: peeled fully-peeled sorted\n");
    for (int i = 0; i < MANY - 2; i++)
        buf_printf(&text, "%s refs/heads/topic/%06d\n", stand->first, i);
    write_file(&stand->place, place_path(&stand->place, "bare.git/packed-refs"), text.ptr);
    buf_release(&text);
    GIT(&stand->place, stand->bare, "update-ref", REF, stand->first);
}

static void an_unchanged_poll_is_small(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct stand stand;
    begin(&stand);
    make_many_refs(&stand);
    const char *url = http_url(&stand);
    uint64_t port;
    assert_true(str_to_uint(str_slice(str_from(url + sizeof "http://127.0.0.1:" - 1), 0, 5), 65535, &port));
    struct relay *relay = relay_start((uint16_t)port);
    url = arena_printf(stand.place.arena, "http://127.0.0.1:%u/bare.git", relay_port(relay)).ptr;
    /* as long as the longest token of a forge that is known: 93 bytes */
    open_at(&stand, url,
            "github_pat_0123456789012345678901_01234567890123456789012345678901234567890123456789012345678",
            60 * 1000);
    relay_bytes(relay);
    assert_false(watched_has_moved(&stand));
    size_t first = relay_bytes(relay);
    assert_in_range(first, 1, 2047); /* it also asks what the server speaks */
    for (int i = 0; i < 3; i++) {
        int before = git_server_requests(stand.server);
        assert_false(watched_has_moved(&stand));
        assert_int_equal(git_server_requests(stand.server) - before, 1);
        size_t bytes = relay_bytes(relay);
        print_message("%d refs: a poll moves %zu bytes (the first one %zu)\n", MANY, bytes, first);
        assert_in_range(bytes, 1, 1023);
    }
    DONE(mirror_fetch_ref(stand.mirror, REF, &error)); /* as a ledger is refreshed */
    assert_in_range(relay_bytes(relay), 1, 1023);
    GIT(&stand.place, stand.bare, "update-ref", "refs/heads/main", stand.second);
    assert_true(watched_has_moved(&stand));
    assert_in_range(relay_bytes(relay), 1, 1023);
    relay_stop(relay);
    end(&stand);
}

/* ---- what goes wrong ---- */

static void names_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        enum git_server_fault fault;
        const char *part;
        enum error_code code;
        const char *words;
    } cases[] = {
        {FAULT_STALL, "info/refs", ERROR_TIMEOUT, ""},
        {FAULT_STALL, "/git-upload-pack", ERROR_TIMEOUT, ""},
        {FAULT_CUT, "info/refs", ERROR_TIMEOUT, ""},
        {FAULT_CUT, "/git-upload-pack", ERROR_TIMEOUT, ""},
        {FAULT_FORBID, "info/refs", ERROR_DENIED, "access is forbidden (HTTP status 403): not on a Sunday"},
        {FAULT_FORBID, "/git-upload-pack", ERROR_DENIED, "access is forbidden (HTTP status 403)"},
        {FAULT_FAIL, "/git-upload-pack", ERROR_UNAVAILABLE, "the server failed (HTTP status 500)"},
        {FAULT_MOVED, "/git-upload-pack", ERROR_INVALID, "it has moved"},
        {FAULT_PAGE, "info/refs", ERROR_INVALID, "no Git repository over smart HTTP"},
        {FAULT_PAGE, "/git-upload-pack", ERROR_INVALID, "no Git repository over smart HTTP"},
    };
    struct stand stand;
    begin(&stand);
    hide_some(&stand);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct str refs[] = {WATCHED};
        struct error error = ERROR_INIT;
        bool moved;
        open_at(&stand, http_url(&stand), "", 3000);
        git_server_break(stand.server, cases[i].fault, cases[i].part, 1);
        FAILED(mirror_poll(stand.mirror, refs, 2, &moved, &error), cases[i].code, cases[i].words);
        git_server_break(stand.server, FAULT_NONE, "", 0);
        mirror_close(stand.mirror);
        stand.options.timeout_ms = 20 * 1000;
        DONE(mirror_open(&stand.options, &stand.mirror, &error));
        assert_false(watched_has_moved(&stand));
    }
    end(&stand);
}

static void a_token_that_is_not_accepted_is_named(void **state)
{
    (void)state;
    const struct str refs[] = {WATCHED};
    struct error error = ERROR_INIT;
    struct stand stand;
    bool moved;
    begin(&stand);
    git_server_require(stand.server, "Basic eC1hY2Nlc3MtdG9rZW46czNjcjN0");
    open_at(&stand, http_url(&stand), "s3cr3t", 20 * 1000);
    assert_false(watched_has_moved(&stand));
    git_server_require(stand.server, "Basic other");
    FAILED(mirror_poll(stand.mirror, refs, 2, &moved, &error), ERROR_DENIED,
           "the token was not accepted (HTTP status 401): who are you?");
    assert_false(str_contains(str_from(error.message), "s3cr3t"));
    end(&stand);
}

/* A server that has lost its v2 answers with nothing or with an error: the whole list is read, and the next
 * poll asks again what it speaks. */
static void an_offer_taken_back_costs_the_list(void **state)
{
    (void)state;
    static const char *const answers[] = {"", "000fERR no such"};
    struct stand stand;
    begin(&stand);
    open_at(&stand, http_url(&stand), "", 20 * 1000);
    assert_false(watched_has_moved(&stand));
    for (size_t i = 0; i < ARRAY_LENGTH(answers); i++) {
        int before = git_server_requests(stand.server);
        git_server_say(stand.server, str_from(answers[i]), "/git-upload-pack", 1);
        assert_false(watched_has_moved(&stand));
        assert_int_equal(git_server_requests(stand.server) - before, 2);
        assert_false(watched_has_moved(&stand));
        assert_int_equal(git_server_requests(stand.server) - before, 4);
    }
    end(&stand);
}

static void a_server_may_say_anything(void **state)
{
    (void)state;
    static const struct {
        const char *part, *answer;
        enum error_code code;
        const char *words;
    } cases[] = {
        {"info/refs", "", ERROR_UNAVAILABLE, "the answer was cut off"},
        {"info/refs", "hello", ERROR_CORRUPT, "not Git's protocol"},
        {"info/refs", "000eversion 2\n0000000cls-refs\n", ERROR_NONE, ""}, /* offers nothing */
        {"info/refs", "000eversion 2\n000cls-refs\n", ERROR_UNAVAILABLE, "the answer was cut off"},
        {"info/refs", "0000", ERROR_NONE, ""}, /* the older one */
        {"/git-upload-pack", "hello", ERROR_CORRUPT, "not Git's protocol"},
        {"/git-upload-pack", "0013 refs/plumb/../x0000", ERROR_CORRUPT, "not valid"},
        {"/git-upload-pack", "0000junk", ERROR_CORRUPT, "not valid"},
    };
    struct stand stand;
    begin(&stand);
    hide_some(&stand);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct str refs[] = {WATCHED};
        struct error error = ERROR_INIT;
        bool moved = true;
        open_at(&stand, http_url(&stand), "", 20 * 1000);
        git_server_say(stand.server, str_from(cases[i].answer), cases[i].part, 1);
        bool done = mirror_poll(stand.mirror, refs, 2, &moved, &error);
        if (cases[i].code == ERROR_NONE) {
            DONE(done);
            assert_false(moved);
        } else {
            FAILED(done, cases[i].code, cases[i].words);
        }
    }
    end(&stand);
}

/* A name that no mirror can keep would otherwise count as moved for ever. */
static void names_that_git_refuses_do_not_count(void **state)
{
    (void)state;
    const struct str ledgers = STR("refs/plumb/");
    struct stand stand;
    begin(&stand);
    open_at(&stand, http_url(&stand), "", 20 * 1000);
    assert_false(has_moved(&stand, &ledgers, 1));
    git_server_say(stand.server, STR("003d" OLD " refs/plumb/../a\n0000"), "/git-upload-pack", 1);
    assert_false(has_moved(&stand, &ledgers, 1));
    git_server_say(stand.server, STR("003b" OLD " refs/plumb/aa\n0000"), "/git-upload-pack", 1);
    assert_true(has_moved(&stand, &ledgers, 1));
    end(&stand);
}

static void a_local_git_that_misbehaves_ends_in_time(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        enum error_code code;
        const char *words;
    } cases[] = {
        {"exec sleep 60", ERROR_TIMEOUT, "no end after 3 s"},
        {"printf 0100abc; exit 3", ERROR_UNAVAILABLE, "the answer was cut off"},
        {"echo 'fatal: the disk is on fire' >&2; exit 128", ERROR_UNAVAILABLE, "fatal: the disk is on fire"},
        {"echo \"fatal: '$2' does not appear to be a git repository\" >&2; exit 128", ERROR_NOT_FOUND,
         "does not appear to be a git repository"},
        {"printf 'HTTP/1.1 200 OK and a lot more'", ERROR_CORRUPT, "not Git's protocol"},
        {"exec yes", ERROR_OUT_OF_MEMORY, "bytes of refs"}, /* reads nothing and never ends */
        {"printf '000eversion 2\\n000cls-refs\\n00000050111'; head -c 20 >/dev/null", ERROR_UNAVAILABLE,
         "the answer was cut off"},
    };
    struct stand stand;
    begin(&stand);
    hide_some(&stand);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct str refs[] = {WATCHED};
        struct error error = ERROR_INIT;
        bool moved;
        open_at(&stand, stand.bare, "", 3000);
        const char *path = shadow_git(&stand, cases[i].script);
        bool done = mirror_poll(stand.mirror, refs, 2, &moved, &error);
        setenv("PATH", path, 1);
        FAILED(done, cases[i].code, cases[i].words);
    }
    end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_moved_over_http),
        cmocka_unit_test(tells_what_moved_by_the_older_protocol),
        cmocka_unit_test(tells_what_moved_in_a_local_repository),
        cmocka_unit_test(tells_what_moved_as_git_says),
        cmocka_unit_test(tells_what_moved_by_an_older_git),
        cmocka_unit_test(an_unchanged_local_repository_starts_no_process),
        cmocka_unit_test(what_was_appended_here_is_no_news),
        cmocka_unit_test(other_refs_are_not_watched),
        cmocka_unit_test(an_unchanged_poll_is_small),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(a_token_that_is_not_accepted_is_named),
        cmocka_unit_test(an_offer_taken_back_costs_the_list),
        cmocka_unit_test(a_server_may_say_anything),
        cmocka_unit_test(names_that_git_refuses_do_not_count),
        cmocka_unit_test(a_local_git_that_misbehaves_ends_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
