#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git_server.h"
#include "race.h"

struct net {
    struct place place;
    struct git_server *server;
    struct http_client *client;
    struct http http;
    const char *bare, *url;
    struct mirror_options options;
    struct mirror *mirror;
};

/* A bare repository with one commit on main, served, and a mirror of it. */
static void begin(struct net *net, int64_t timeout_ms)
{
    struct error error = ERROR_INIT;
    struct http_client_options client = {.connections_per_host = 0};
    *net = (struct net){.place = place_new()};
    net->bare = make_bare(&net->place, "bare.git");
    GIT(&net->place, make_origin(&net->place), "push", "-q", net->bare, "main");
    net->server = git_server_start(&net->place);
    net->url = git_server_url(net->server, &net->place, "bare.git");
    DONE(http_client_new(&client, &net->client, &error));
    net->http = http_client_http(net->client);
    net->options = mirror_defaults(&net->place, net->url, "cache");
    net->options.http = &net->http;
    net->options.timeout_ms = timeout_ms;
    DONE(mirror_open(&net->options, &net->mirror, &error));
}

static void end(struct net *net)
{
    mirror_close(net->mirror);
    git_server_stop(net->server);
    http_client_free(net->client);
    place_end(&net->place);
}

static void mirrors_and_polls(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    struct commit_id id;
    struct str name;
    begin(&net, 20 * 1000);
    DONE(mirror_fetch(net.mirror, &error));
    DONE(mirror_resolve(net.mirror, STR_EMPTY, &id, &error));
    assert_true(str_is(GIT(&net.place, net.bare, "rev-parse", "main"), id.hex));
    DONE(mirror_default_branch(net.mirror, net.place.arena, &name, &error));
    assert_true(str_is(name, "main"));
    int before = git_server_requests(net.server);
    DONE(mirror_fetch(net.mirror, &error));
    assert_int_equal(git_server_requests(net.server) - before, 1); /* nothing new costs one request */

    for (int i = 0; i < 40; i++)
        commit_all(&net.place, place_path(&net.place, "origin"), "More");
    GIT(&net.place, place_path(&net.place, "origin"), "push", "-q", net.bare, "main", "main:other");
    DONE(mirror_fetch(net.mirror, &error));
    DONE(mirror_resolve(net.mirror, STR("other"), &id, &error));
    assert_true(str_is(GIT(&net.place, net.bare, "rev-parse", "main"), id.hex));
    end(&net);
}

static void keeps_a_ledger(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    begin(&net, 20 * 1000);
    struct ledger *ledger = open_ledger(net.mirror);
    DONE(ledger_refresh(ledger, &error));
    DONE(append(ledger, "one", "x", "1", &error));
    DONE(append(ledger, "two", "x", "2", &error));
    assert_true(str_is(GIT(&net.place, net.bare, "log", "--format=%s", REF), "two\none"));
    assert_true(
        str_is(GIT(&net.place, net.bare, "for-each-ref", "--format=%(refname)"), "refs/heads/main\n" REF));
    write_script(&net.place, place_path(&net.place, "bare.git/hooks/pre-receive"),
                 "#!/bin/sh\necho 'only on weekdays' >&2\nexit 1\n");
    FAILED(append(ledger, "three", "x", "3", &error), ERROR_DENIED, "only on weekdays");
    ledger_close(ledger);
    end(&net);
}

static void sends_the_token(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    static const struct {
        const char *user, *token, *header;
    } cases[] = {
        {"", "s3cr3t", "Basic eC1hY2Nlc3MtdG9rZW46czNjcjN0"},
        {"deploy@", "s3cr3t", "Basic ZGVwbG95OnMzY3IzdA=="},
    };
    begin(&net, 20 * 1000);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct mirror *mirror;
        struct mirror_options options = net.options;
        options.token = str_from(cases[i].token);
        options.url =
            arena_printf(net.place.arena, "http://%s%s", cases[i].user, net.url + sizeof "http://" - 1);
        git_server_require(net.server, cases[i].header);
        FAILED(mirror_fetch(net.mirror, &error), ERROR_DENIED,
               "a token is needed (HTTP status 401): who are you?");
        DONE(mirror_open(&options, &mirror, &error));
        DONE(mirror_fetch(mirror, &error));
        struct ledger *ledger = open_ledger(mirror);
        DONE(ledger_refresh(ledger, &error));
        DONE(append(ledger, "s", "x", cases[i].user, &error));
        ledger_close(ledger);
        git_server_require(net.server, "Basic other");
        FAILED(mirror_fetch(mirror, &error), ERROR_DENIED, "the token was not accepted");
        assert_false(str_contains(str_from(error.message), "s3cr3t"));
        mirror_close(mirror);
    }
    end(&net);
}

/* Good for two requests, then none, then an error. */
static bool give_token(void *self, struct arena *arena, struct str *token, struct error *error)
{
    size_t *asked = self;
    (void)arena;
    *token = *asked == 2 ? STR("") : STR("s3cr3t");
    return ++*asked < 4 || error_set(error, ERROR_DENIED, "the App is gone");
}

static void asks_for_a_token_each_time(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    struct mirror *mirror;
    size_t asked = 0;
    begin(&net, 20 * 1000);
    struct mirror_options options = net.options;
    options.fresh_token = give_token;
    options.fresh_token_self = &asked;
    git_server_require(net.server, "Basic eC1hY2Nlc3MtdG9rZW46czNjcjN0");
    DONE(mirror_open(&options, &mirror, &error));
    DONE(mirror_fetch(mirror, &error)); /* two requests */
    FAILED(mirror_fetch(mirror, &error), ERROR_DENIED, "the token was not accepted");
    FAILED(mirror_fetch(mirror, &error), ERROR_DENIED, "the App is gone");
    mirror_close(mirror);
    end(&net);
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        enum git_server_fault fault;
        const char *part;
        enum error_code code;
        const char *words;
    } cases[] = {
        {FAULT_FORBID, "info/refs", ERROR_DENIED, "access is forbidden (HTTP status 403): not on a Sunday"},
        {FAULT_FAIL, "info/refs", ERROR_UNAVAILABLE, "the server failed (HTTP status 500)"},
        {FAULT_FAIL, "git-upload-pack", ERROR_UNAVAILABLE, "the server failed (HTTP status 500)"},
        {FAULT_MOVED, "info/refs", ERROR_INVALID, "it has moved"},
        {FAULT_PAGE, "info/refs", ERROR_INVALID, "no Git repository over smart HTTP"},
        {FAULT_STALL, "info/refs", ERROR_TIMEOUT, ""},
        {FAULT_STALL, "/git-upload-pack", ERROR_TIMEOUT, ""},
        {FAULT_CUT, "info/refs", ERROR_TIMEOUT, ""},
        {FAULT_CUT, "/git-upload-pack", ERROR_TIMEOUT, ""},
        {FAULT_FLIP, "/git-upload-pack", ERROR_CORRUPT, ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct net net;
        struct commit_id id;
        begin(&net, 1000);
        git_server_break(net.server, cases[i].fault, cases[i].part, 1);
        int64_t before = clock_monotonic(&system_clock);
        FAILED(mirror_fetch(net.mirror, &error), cases[i].code, cases[i].words);
        assert_in_range(clock_monotonic(&system_clock) - before, 0, 8 * 1000);
        FAILED(mirror_resolve(net.mirror, STR_EMPTY, &id, &error), ERROR_NOT_FOUND, "no commit");
        net.options.timeout_ms = 20 * 1000;
        mirror_close(net.mirror);
        DONE(mirror_open(&net.options, &net.mirror, &error));
        DONE(mirror_fetch(net.mirror, &error));
        end(&net);
    }
}

/* The good commit stays in force. */
static void a_promise_is_checked(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    struct commit_id before, after;
    begin(&net, 20 * 1000);
    DONE(mirror_fetch(net.mirror, &error));
    DONE(mirror_resolve(net.mirror, STR("main"), &before, &error));
    commit_all(&net.place, place_path(&net.place, "origin"), "More");
    GIT(&net.place, place_path(&net.place, "origin"), "push", "-q", net.bare, "main");
    git_server_lie(net.server, GIT(&net.place, net.bare, "rev-parse", "main").ptr);
    FAILED(mirror_fetch(net.mirror, &error), ERROR_CORRUPT, "but does not send it");
    DONE(mirror_resolve(net.mirror, STR("main"), &after, &error));
    assert_string_equal(before.hex, after.hex);
    end(&net);
}

static void a_missing_repository_is_not_found(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    begin(&net, 20 * 1000);
    struct mirror *mirror;
    net.options.url = str_from(git_server_url(net.server, &net.place, "other.git"));
    DONE(mirror_open(&net.options, &mirror, &error));
    FAILED(mirror_fetch(mirror, &error), ERROR_NOT_FOUND, "no such repository, or a token is needed");
    mirror_close(mirror);
    end(&net);
}

static void a_read_only_remote_denies(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    begin(&net, 20 * 1000);
    GIT(&net.place, net.bare, "config", "http.receivepack", "false");
    struct ledger *ledger = open_ledger(net.mirror);
    FAILED(append(ledger, "one", "x", "1", &error), ERROR_DENIED, "access is forbidden (HTTP status 403)");
    ledger_close(ledger);
    end(&net);
}

/* The push has happened, its answer has not arrived: the ref decides. */
static void a_lost_answer_is_looked_up(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    begin(&net, 20 * 1000);
    struct ledger *ledger = open_ledger(net.mirror);
    git_server_break(net.server, FAULT_LOSE_ANSWER, "/git-receive-pack", 1);
    DONE(append(ledger, "one", "x", "1", &error));
    git_server_break(net.server, FAULT_LOSE_ANSWER, "/git-receive-pack", 1);
    DONE(append(ledger, "two", "x", "2", &error));
    git_server_break(net.server, FAULT_REPEAT, "/git-receive-pack", 1);
    DONE(append(ledger, "three", "x", "3", &error));
    git_server_break(net.server, FAULT_FAIL, "/git-receive-pack", 1);
    FAILED(append(ledger, "four", "x", "4", &error), ERROR_UNAVAILABLE, "it was not written");
    git_server_break(net.server, FAULT_LOSE_ANSWER, "service=git-receive-pack", 9); /* nothing was sent */
    FAILED(append(ledger, "four", "x", "4", &error), ERROR_TIMEOUT, "");
    git_server_break(net.server, FAULT_NONE, "", 0);
    DONE(append(ledger, "four", "x", "4", &error));
    assert_true(str_is(GIT(&net.place, net.bare, "log", "--format=%s", REF), "four\nthree\ntwo\none"));
    ledger_close(ledger);
    end(&net);
}

static void an_unknown_outcome_is_said_so(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct net net;
    begin(&net, 20 * 1000);
    struct ledger *ledger = open_ledger(net.mirror);
    DONE(append(ledger, "one", "x", "1", &error));
    struct commit_id first = *ledger_tip(ledger);
    git_server_require(net.server, NULL);
    git_server_break(net.server, FAULT_LOSE_ANSWER, "/git-receive-pack", 1);
    write_script(&net.place, place_path(&net.place, "bare.git/hooks/post-receive"),
                 "#!/bin/sh\nmv hooks/../HEAD hooks/../HEAD.gone\n"); /* no repository any more */
    FAILED(append(ledger, "two", "x", "2", &error), ERROR_TIMEOUT, "whether it was written is unknown");
    assert_string_equal(ledger_tip(ledger)->hex, first.hex);
    GIT(&net.place, net.place.directory, "--version");
    assert_int_equal(
        rename(place_path(&net.place, "bare.git/HEAD.gone"), place_path(&net.place, "bare.git/HEAD")), 0);
    FAILED(append(ledger, "three", "x", "3", &error), ERROR_CONFLICT, "changed meanwhile");
    DONE(ledger_refresh(ledger, &error));
    assert_true(str_is(GIT(&net.place, net.bare, "log", "--format=%s", REF), "two\none"));
    ledger_close(ledger);
    end(&net);
}

static void racers_lose_nothing(void **state)
{
    (void)state;
    struct net net;
    begin(&net, 20 * 1000);
    race(&net.place, net.bare, net.url, &net.http, 25);
    end(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mirrors_and_polls),
        cmocka_unit_test(keeps_a_ledger),
        cmocka_unit_test(sends_the_token),
        cmocka_unit_test(asks_for_a_token_each_time),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(a_promise_is_checked),
        cmocka_unit_test(a_missing_repository_is_not_found),
        cmocka_unit_test(a_read_only_remote_denies),
        cmocka_unit_test(a_lost_answer_is_looked_up),
        cmocka_unit_test(an_unknown_outcome_is_said_so),
        cmocka_unit_test(racers_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
