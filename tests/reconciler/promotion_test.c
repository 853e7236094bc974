/* May a release go on?  Judged on ledgers in a real repository; and what the ledger keeps for it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "reconciler/approvals.h"
#include "reconciler/health.h"
#include "reconciler/holds.h"
#include "reconciler/promotion.h"
#include "tests/gitsync/repositories.h"

#define MINUTE ((int64_t)60 * 1000)
#define HOUR (60 * MINUTE)
#define NOW ((int64_t)1795780800000) /* 2026-11-27T12:00:00Z, a Friday */

struct stand {
    struct place place;
    const char *origin;
    struct commit_id commits[3]; /* one after the other, then those that set up the stages */
    struct session *session;
    struct ledger *beta, *gamma;
};

static struct arena *arena_of(struct stand *stand)
{
    return stand->place.arena;
}

static void write_to(struct stand *stand, const char *path, const char *text)
{
    write_file(&stand->place, arena_printf(arena_of(stand), "%s/%s", stand->origin, path).ptr, text);
}

static void take_head(struct stand *stand, struct commit_id *id)
{
    struct str head = GIT(&stand->place, stand->origin, "rev-parse", "HEAD");
    memcpy(id->hex, head.ptr, COMMIT_ID_SIZE);
}

/* `revision`: the index of gamma's commit, or -1: it has no such line. */
static void stand_up(struct stand *stand, int revision, const char *promotion, const char *environment)
{
    struct error error = ERROR_INIT;
    *stand = (struct stand){.place = place_new()};
    stand->origin = make_origin(&stand->place);
    for (size_t i = 0; i < ARRAY_LENGTH(stand->commits); i++) {
        write_to(stand, "t.yaml", arena_printf(arena_of(stand), "Resources: {} # %zu\n", i).ptr);
        commit_all(&stand->place, stand->origin, "Another template");
        take_head(stand, &stand->commits[i]);
    }
    write_to(stand, "environments/beta/environment.yaml", "account: \"111111111111\"\nregion: us-east-1\n");
    write_to(stand, "environments/beta/orders.yaml", "template: t.yaml\n");
    write_to(
        stand, "environments/gamma/environment.yaml",
        arena_printf(arena_of(stand), "account: \"222222222222\"\nregion: eu-west-1\n%s", environment).ptr);
    struct str line = revision < 0
                          ? STR_EMPTY
                          : arena_printf(arena_of(stand), "revision: \"%s\"\n", stand->commits[revision].hex);
    write_to(stand, "environments/gamma/orders.yaml",
             arena_printf(arena_of(stand), "template: t.yaml\n%.*spromotion: {from: beta%s}\n", STR_ARG(line),
                          promotion)
                 .ptr);
    commit_all(&stand->place, stand->origin, "Stages");
    const struct session_options options = {.repository = str_from(stand->origin),
                                            .git.cache = str_from(place_path(&stand->place, "cache")),
                                            .clock = &system_clock,
                                            .random = &system_random};
    DONE(session_open(&options, &stand->session, &error));
    DONE(session_ledger(stand->session, STR("111111111111"), &stand->beta, &error));
    DONE(session_ledger(stand->session, STR("222222222222"), &stand->gamma, &error));
}

static void stand_down(struct stand *stand)
{
    session_close(stand->session);
    place_end(&stand->place);
}

static void put(struct ledger *ledger, struct str path, struct str bytes)
{
    struct error error = ERROR_INIT;
    const struct ledger_file file = {.path = path, .bytes = bytes};
    const struct ledger_event event = {.subject = STR("x"), .files = &file, .file_count = 1};
    DONE(ledger_append(ledger, &event, &error));
}

/* The release of a stage, so long ago. */
static void release(struct stand *stand, struct ledger *ledger, const char *directory,
                    enum release_state state, int commit, int64_t ago_ms)
{
    struct arena *arena = arena_of(stand);
    struct release record = {.state = state,
                             .commit = stand->commits[commit],
                             .started = time_iso8601(arena, NOW - ago_ms - MINUTE),
                             .finished = time_iso8601(arena, NOW - ago_ms),
                             .verdict = STR("a verdict")};
    record.rollout.history = value_list(arena);
    put(ledger, arena_printf(arena, "%s/release.json", directory), release_text(arena, &record));
}

static void released(struct stand *stand, int commit, int64_t ago_ms)
{
    release(stand, stand->beta, "us-east-1/beta/orders", RELEASE_RELEASED, commit, ago_ms);
}

static void health(struct stand *stand, int commit, const char *reason, int64_t since_ago_ms,
                   int64_t looked_ago_ms)
{
    struct arena *arena = arena_of(stand);
    put(stand->beta, STR("us-east-1/beta/orders/health.json"),
        arena_printf(arena,
                     "{\"version\":1,\"commit\":\"%s\",\"drift\":%s,\"alarms\":false,\"reason\":\"%s\","
                     "\"sinceMs\":%lld,"
                     "\"lookedMs\":%lld}",
                     stand->commits[commit].hex, *reason ? "true" : "false", reason,
                     (long long)(NOW - since_ago_ms), (long long)(NOW - looked_ago_ms)));
}

/* "ready 0>1", "waits: ...; ...", "nothing: ...", with commits as their index. */
static struct str judged(struct stand *stand)
{
    struct error error = ERROR_INIT;
    struct arena *arena = arena_of(stand);
    struct environment environment;
    struct promotion_verdict verdict;
    DONE(environment_load(session_files(stand->session), arena, STR("gamma"), &environment, &error));
    const struct application *application = environment_application(&environment, STR("orders"));
    const struct promotion_question question = {.session = stand->session,
                                                .environment = &environment,
                                                .application = application,
                                                .from = application->promotion.from,
                                                .now_ms = NOW};
    if (!promotion_judge(&question, arena, &verdict, &error))
        return arena_printf(arena, "error: %s", error.message);
    static const char *const states[] = {"nothing", "waits", "ready"};
    struct buf text = BUF_INIT(BUF_SMALL);
    buf_printf(&text, "%s", states[verdict.state]);
    for (size_t i = 0; i < verdict.reason_count; i++)
        buf_printf(&text, "%s%.*s", i ? "; " : ": ", STR_ARG(verdict.reasons[i]));
    struct str all = arena_str(arena, buf_str(&text));
    buf_release(&text);
    for (size_t i = 0; i < ARRAY_LENGTH(stand->commits); i++) { /* ids become C0, C1, C2 */
        char *found, id[8];
        snprintf(id, sizeof id, "%.7s", stand->commits[i].hex);
        while ((found = strstr(all.ptr, id)) != NULL) {
            memcpy(found, "C", 1);
            found[1] = (char)('0' + i);
            memmove(found + 2, found + 7, strlen(found + 7) + 1);
            all.len -= 5;
        }
    }
    return all;
}

static void expect(struct stand *stand, const char *wanted)
{
    struct str found = judged(stand);
    if (!str_is(found, wanted))
        fail_msg("found  %.*s\nwanted %s", STR_ARG(found), wanted);
}

static void by_the_release_of_the_earlier_stage(void **state)
{
    static const struct {
        enum release_state state;
        const char *wanted;
    } cases[] = {
        {RELEASE_RELEASED, "ready"},
        {RELEASE_FAILED, "waits: the last release of beta/orders failed: a verdict"},
        {RELEASE_APPLYING, "waits: beta/orders is being released"},
        {RELEASE_ROLLING, "waits: the traffic of beta/orders still moves: 0 %"},
        {RELEASE_ADOPTED, "waits: beta/orders was only adopted so far, not released"},
    };
    (void)state;
    struct stand stand;
    stand_up(&stand, 0, "", "");
    expect(&stand, "waits: beta/orders was never released");
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        release(&stand, stand.beta, "us-east-1/beta/orders", cases[i].state, 1, HOUR);
        expect(&stand, cases[i].wanted);
    }
    stand_down(&stand);
}

static void only_to_something_newer(void **state)
{
    (void)state;
    struct stand stand;
    struct error error = ERROR_INIT;
    stand_up(&stand, 1, "", "");
    released(&stand, 1, HOUR);
    expect(&stand, "nothing: gamma has C1 already");
    released(&stand, 0, HOUR);
    expect(&stand, "nothing: gamma has C1, which is newer than C0 of beta/orders");
    released(&stand, 2, HOUR);
    expect(&stand, "ready");
    /* Held, until something newer: by its own commit alone. */
    struct hold hold = {.revision = stand.commits[2], .reason = STR("it hurt"), .by = STR("Ann")};
    DONE(holds_add(stand.gamma, &system_clock, arena_of(&stand), STR("eu-west-1"), STR("gamma"),
                   STR("orders"), &hold, &error));
    struct str found = judged(&stand);
    assert_true(str_starts(found, "nothing: C2 is held since 20"));
    assert_true(str_ends(found, ": it hurt (by Ann); a newer revision is promoted again"));
    stand_down(&stand);
    /* Without a line what was released counts, and the first promotion writes it. */
    stand_up(&stand, -1, "", "");
    released(&stand, 1, HOUR);
    expect(&stand, "ready");
    release(&stand, stand.gamma, "eu-west-1/gamma/orders", RELEASE_RELEASED, 1, HOUR);
    expect(&stand, "ready");
    release(&stand, stand.gamma, "eu-west-1/gamma/orders", RELEASE_RELEASED, 2, HOUR);
    expect(&stand, "nothing: gamma has C2, which is newer than C1 of beta/orders");
    stand_down(&stand);
}

static void a_commit_of_another_line_is_not_newer(void **state)
{
    (void)state;
    struct stand stand;
    struct error error = ERROR_INIT;
    bool moved;
    stand_up(&stand, 2, "", "");
    GIT(&stand.place, stand.origin, "checkout", "-q", "-b", "side", stand.commits[0].hex);
    write_to(&stand, "t.yaml", "Resources: {} # side\n");
    commit_all(&stand.place, stand.origin, "Beside");
    take_head(&stand, &stand.commits[1]);
    GIT(&stand.place, stand.origin, "checkout", "-q", "main");
    DONE(session_refresh(stand.session, &moved, &error));
    released(&stand, 1, HOUR);
    expect(&stand, "nothing: C1 of beta/orders does not descend from C2, which gamma has");
    memcpy(stand.commits[1].hex, "0123456701234567012345670123456701234567", COMMIT_ID_SIZE);
    released(&stand, 1, HOUR);
    expect(&stand, "waits: beta/orders released C1, which is in no branch here: not yet, or not any more");
    stand_down(&stand);
}

/* Minutes ago: when it was released, since when the record says so, when it was looked at last. */
static void after_a_soak(void **state)
{
    static const struct {
        int64_t released, since, looked;
        int commit; /* of the record; -1: there is none */
        const char *reason, *wanted;
    } cases[] = {
        {10, 0, 0, -1, "", "waits: beta/orders has been healthy for 10 min, 30 min are asked for"},
        {40, 0, 0, -1, "",
         "waits: nobody has looked at beta/orders since it was released: `plumb run` there records its "
         "health"},
        {40, 90, 50, 1, "",
         "waits: nobody has looked at beta/orders since it was released: `plumb run` there records its "
         "health"},
        {40, 40, 35, 1, "",
         "waits: nobody has looked at beta/orders for 35 min: `plumb run` there has to see it healthy after "
         "the soak"},
        {40, 40, 5, 1, "", "ready"},
        {40, 40, 10, 1, "", "ready"},
        {40, 20, 5, 1, "", "waits: beta/orders has been healthy for 20 min, 30 min are asked for"},
        {90, 40, 40, 1, "",
         "waits: nobody has looked at beta/orders for 40 min: `plumb run` there has to see it healthy after "
         "the soak"},
        {40, 3, 3, 1, "drift: Queue", "waits: beta/orders is not healthy: drift: Queue"},
        /* Of an earlier release: it says nothing of this one. */
        {40, 40, 5, 0, "drift: Queue",
         "waits: nobody has looked at beta/orders since it was released: `plumb run` there records its "
         "health"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct stand stand;
        stand_up(&stand, 0, ", soak: 30m", "");
        released(&stand, 1, cases[i].released * MINUTE);
        if (cases[i].commit >= 0)
            health(&stand, cases[i].commit, cases[i].reason, cases[i].since * MINUTE,
                   cases[i].looked * MINUTE);
        expect(&stand, cases[i].wanted);
        stand_down(&stand);
    }
}

static void all_that_stands_against_it_is_told(void **state)
{
    (void)state;
    struct stand stand;
    stand_up(&stand, 0, ", soak: 2h, checks: [build], windows: [{days: [mon-thu], from: 09:00, to: 16:00}]",
             "stopTheLine: {reason: incident}\n");
    released(&stand, 1, HOUR);
    expect(&stand,
           "waits: beta/orders has been healthy for 1 h, 2 h are asked for; its checks cannot be read: no "
           "forge is "
           "configured; no window is open: mon-thu 09:00-16:00 UTC; gamma: the line is stopped: incident");
    stand_down(&stand);
    stand_up(&stand, 0, ", windows: [{days: [fri], from: 12:00, to: 12:01}]",
             "freeze: [{from: 2026-11-28, until: 2026-11-29, reason: x}]\n");
    released(&stand, 1, HOUR);
    expect(&stand, "ready");
    stand_down(&stand);
}

static void refuses_stages_that_are_not_there(void **state)
{
    (void)state;
    struct stand stand;
    struct error error = ERROR_INIT;
    bool moved;
    stand_up(&stand, 0, "", "");
    GIT(&stand.place, stand.origin, "rm", "-q", "environments/beta/orders.yaml");
    commit_all(&stand.place, stand.origin, "No orders");
    DONE(session_refresh(stand.session, &moved, &error));
    expect(&stand, "error: promotion from 'beta': there is no application 'orders'");
    GIT(&stand.place, stand.origin, "rm", "-q", "environments/beta/environment.yaml");
    commit_all(&stand.place, stand.origin, "No beta");
    DONE(session_refresh(stand.session, &moved, &error));
    assert_true(str_starts(judged(&stand), "error: promotion from 'beta': environment 'beta' has no file"));
    write_to(&stand, "environments/gamma/orders.yaml", "template: t.yaml\npromotion: {from: gamma}\n");
    commit_all(&stand.place, stand.origin, "From itself");
    DONE(session_refresh(stand.session, &moved, &error));
    expect(&stand, "error: 'gamma/orders' cannot be promoted to itself");
    stand_down(&stand);
}

static void knows_for_whom_it_is_soaked(void **state)
{
    (void)state;
    struct stand stand;
    struct promotion_index *index = promotion_index_new();
    int64_t soak;
    bool moved;
    struct error error = ERROR_INIT;
    stand_up(&stand, 0, ", soak: 30m", "");
    assert_true(promotion_soak(index, stand.session, STR("beta"), STR("orders"), &soak));
    assert_int_equal(soak, 30 * MINUTE);
    assert_false(promotion_soak(index, stand.session, STR("beta"), STR("bills"), &soak));
    assert_false(promotion_soak(index, stand.session, STR("gamma"), STR("orders"), &soak));
    /* The next commit is read anew. */
    write_to(&stand, "environments/gamma/orders.yaml",
             "template: t.yaml\npromotion: {from: beta, soak: 1h}\n");
    commit_all(&stand.place, stand.origin, "Longer");
    DONE(session_refresh(stand.session, &moved, &error));
    assert_true(promotion_soak(index, stand.session, STR("beta"), STR("orders"), &soak));
    assert_int_equal(soak, HOUR);
    promotion_index_free(index);
    stand_down(&stand);
}

/* --- what is recorded of health --- */

/* Minutes of wall time; the release ended at minute 100, the soak is 30. */
static void records_changes_only(void **state)
{
    static const struct {
        const char *before, *now_commit;
        bool was_good, is_good;
        int64_t since, looked, now;
        bool writes;
        int64_t next_since;
    } cases[] = {
        {"", "b", false, true, 0, 0, 105, true, 100},      /* the first look */
        {"", "b", false, false, 0, 0, 105, true, 105},     /* and it is not well */
        {"a", "b", true, true, 10, 90, 105, true, 100},    /* another release */
        {"b", "b", true, true, 10, 90, 105, true, 100},    /* the same commit once more */
        {"b", "b", true, true, 100, 105, 129, false, 100}, /* still well */
        {"b", "b", true, true, 100, 105, 131, true, 100},  /* and the soak is over */
        {"b", "b", true, true, 100, 131, 200, false, 100}, /* which is written once */
        {"b", "b", true, false, 100, 105, 110, true, 110}, /* something is wrong */
        {"b", "b", false, false, 110, 110, 150, false, 110},
        {"b", "b", false, true, 110, 110, 150, true, 150}, /* and well again: the soak begins anew */
        {"b", "b", true, true, 150, 150, 179, false, 150},
        {"b", "b", true, true, 150, 150, 180, true, 150},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct health before = {.drift = !cases[i].was_good,
                                .since_ms = cases[i].since * MINUTE,
                                .looked_ms = cases[i].looked * MINUTE},
                      seen = {.drift = !cases[i].is_good}, next;
        struct release record = {.state = RELEASE_RELEASED, .finished = time_iso8601(arena, 100 * MINUTE)};
        before.commit.hex[0] = cases[i].before[0];
        record.commit.hex[0] = cases[i].now_commit[0];
        bool writes = health_next(&before, &seen, &record, cases[i].now * MINUTE, 30 * MINUTE, &next);
        if (writes != cases[i].writes || next.since_ms != cases[i].next_since * MINUTE ||
            next.looked_ms != cases[i].now * MINUTE)
            fail_msg("case %zu: %d since %lld", i, writes, (long long)(next.since_ms / MINUTE));
    }
    arena_free(arena);
}

static void keeps_holds(void **state)
{
    (void)state;
    struct stand stand;
    struct error error = ERROR_INIT;
    struct holds holds;
    struct arena *arena;
    stand_up(&stand, 0, "", "");
    arena = arena_of(&stand);
    for (int i = 0; i < 3; i++) {
        struct hold hold = {.revision = stand.commits[i % 2],
                            .key = i == 1 ? STR("k1") : STR_EMPTY,
                            .reason = arena_printf(arena, "reason %d", i),
                            .by = STR("Ann")};
        DONE(holds_add(stand.gamma, &system_clock, arena, STR("eu-west-1"), STR("gamma"), STR("orders"),
                       &hold, &error));
    }
    DONE(holds_load(stand.gamma, arena, STR("eu-west-1"), STR("gamma"), STR("orders"), &holds, &error));
    assert_int_equal(holds.count, 2); /* the first was replaced */
    assert_true(str_is(holds_find(&holds, &stand.commits[0], STR_EMPTY)->reason, "reason 2"));
    assert_true(str_is(holds_find(&holds, &stand.commits[1], STR_EMPTY)->reason, "reason 1"));
    assert_null(holds_find(&holds, &stand.commits[2], STR_EMPTY));
    assert_null(holds_find(&holds, &stand.commits[2], STR("k2")));
    assert_true(str_is(holds_find(&holds, &stand.commits[2], STR("k1"))->reason, "reason 1"));
    DONE(holds_load(stand.gamma, arena, STR("eu-west-1"), STR("gamma"), STR("bills"), &holds, &error));
    assert_int_equal(holds.count, 0);
    put(stand.gamma, STR("eu-west-1/gamma/orders/holds.json"), STR("{\"version\": 2}"));
    FAILED(holds_load(stand.gamma, arena, STR("eu-west-1"), STR("gamma"), STR("orders"), &holds, &error),
           ERROR_INVALID, "use a newer plumb");
    stand_down(&stand);
}

static void knows_authors_again(void **state)
{
    static const struct {
        const char *login, *name, *email;
        bool author;
    } cases[] = {
        {"ann", "Ann Example", "ann@example.com", true},
        {"Ann", "Ann Example", "ann@example.com", true},
        {"annex", "AnnEx", "a.e@example.com", true},
        {"ann", "Ann Example", "12345+ann@users.noreply.github.com", true},
        {"ann", "Ann Example", "12345-ann@users.noreply.gitlab.com", true},
        {"ann", "Ann Example", "x+ann@example.com", false},
        {"ann", "Ann Example", "annabel@example.com", false},
        {"ann", "Bob", "bob@ann.com", false},
        {"", "", "", false},
        {"bob", "Ann", "", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct commit_facts commit = {.author_name = str_from(cases[i].name),
                                            .author_email = str_from(cases[i].email)};
        if (approvals_is_author(str_from(cases[i].login), &commit) != cases[i].author)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_release_of_the_earlier_stage),
        cmocka_unit_test(only_to_something_newer),
        cmocka_unit_test(a_commit_of_another_line_is_not_newer),
        cmocka_unit_test(after_a_soak),
        cmocka_unit_test(all_that_stands_against_it_is_told),
        cmocka_unit_test(refuses_stages_that_are_not_there),
        cmocka_unit_test(knows_for_whom_it_is_soaked),
        cmocka_unit_test(records_changes_only),
        cmocka_unit_test(keeps_holds),
        cmocka_unit_test(knows_authors_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
