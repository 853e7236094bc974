#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "reconciler/session.h"
#include "tests/gitsync/repositories.h"

struct stand {
    struct place place;
    const char *origin, *first;
    struct session *session;
};

static struct session *open_session(struct stand *stand, const char *revision)
{
    struct error error = ERROR_INIT;
    struct session *session = NULL;
    const struct session_options options = {.repository = str_from(stand->origin),
                                            .revision = str_from(revision),
                                            .git.cache = str_from(place_path(&stand->place, "cache")),
                                            .clock = &system_clock};
    DONE(session_open(&options, &session, &error));
    return session;
}

static void begin(struct stand *stand, const char *revision)
{
    *stand = (struct stand){.place = place_new()};
    stand->origin = make_origin(&stand->place);
    stand->first = GIT(&stand->place, stand->origin, "rev-parse", "main").ptr;
    GIT(&stand->place, stand->origin, "branch", "other");
    GIT(&stand->place, stand->origin, "tag", "v1");
    stand->session = open_session(stand, revision);
}

static void end(struct stand *stand)
{
    session_close(stand->session);
    place_end(&stand->place);
}

static bool polls(struct session *session, const char *account)
{
    struct error error = ERROR_INIT;
    bool moved;
    DONE(session_poll(session, str_from(account), &moved, &error));
    return moved;
}

static void refresh(struct session *session)
{
    struct error error = ERROR_INIT;
    bool moved;
    DONE(session_refresh(session, &moved, &error));
}

/* Another commit, of the branch main, of HEAD and of the tag v1 where it is moved. */
static void polls_its_revision(void **state)
{
    (void)state;
    static const struct {
        const char *revision;
        bool main, other, tag; /* which of these moves is one of the revision */
    } cases[] = {
        {"", .main = true},
        {"HEAD", .main = true},
        {"main", .main = true},
        {"refs/heads/main", .main = true},
        {"other", .other = true},
        {"v1", .tag = true},
        {"refs/tags/v1", .tag = true},
        {NULL, .main = false}, /* the first commit itself */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct stand stand;
        begin(&stand, "");
        session_close(stand.session);
        stand.session = open_session(&stand, cases[i].revision ? cases[i].revision : stand.first);
        assert_false(polls(stand.session, ""));
        commit_all(&stand.place, stand.origin, "Second");
        assert_int_equal(polls(stand.session, ""), cases[i].main);
        refresh(stand.session);
        assert_false(polls(stand.session, ""));
        GIT(&stand.place, stand.origin, "update-ref", "refs/heads/other", "main");
        assert_int_equal(polls(stand.session, ""), cases[i].other);
        refresh(stand.session);
        GIT(&stand.place, stand.origin, "update-ref", "refs/tags/v1", "main");
        assert_int_equal(polls(stand.session, ""), cases[i].tag);
        end(&stand);
    }
}

static void polls_one_ledger(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct stand stand;
    struct ledger *ledger;
    begin(&stand, "");
    assert_false(polls(stand.session, "333333333333"));
    GIT(&stand.place, stand.origin, "update-ref", "refs/plumb/444444444444", "main");
    assert_false(polls(stand.session, "333333333333"));
    DONE(session_ledger(stand.session, ACCOUNT, &ledger, &error));
    DONE(append(ledger, "one", "x", "1", &error));
    assert_false(polls(stand.session, "333333333333")); /* its own words */
    GIT(&stand.place, stand.origin, "update-ref", "-d", REF);
    assert_true(polls(stand.session, "333333333333"));
    assert_false(polls(stand.session, ""));
    end(&stand);
}

/* Two sessions on one cache, as the environments of one process have them: what one fetches moves the other
 * too. */
static void sees_what_another_has_fetched(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct stand stand;
    struct ledger *ledger, *others;
    begin(&stand, "");
    struct session *other = open_session(&stand, "");
    DONE(session_ledger(stand.session, ACCOUNT, &ledger, &error));
    DONE(session_ledger(other, ACCOUNT, &others, &error));
    commit_all(&stand.place, stand.origin, "Second");
    refresh(other);
    assert_false(polls(other, "333333333333"));
    assert_true(polls(stand.session, "333333333333"));
    refresh(stand.session);
    assert_false(polls(stand.session, "333333333333"));
    DONE(append(others, "one", "x", "1", &error));
    assert_false(polls(other, "333333333333"));
    assert_true(polls(stand.session, "333333333333"));
    DONE(session_ledger(stand.session, ACCOUNT, &ledger, &error));
    assert_false(polls(stand.session, "333333333333"));
    session_close(other);
    end(&stand);
}

/* Whoever looks for commits tells the others. */
static void a_share_is_asked_instead(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct stand stand;
    struct session *shared = NULL;
    struct ledger *ledger;
    begin(&stand, "");
    struct session_options options = *session_options(stand.session);
    options.share = session_share_new();
    session_share_set(options.share, session_commit(stand.session));
    DONE(session_open(&options, &shared, &error));
    commit_all(&stand.place, stand.origin, "Second");
    assert_true(polls(stand.session, ""));
    assert_false(polls(shared, ""));
    refresh(stand.session);
    session_share_set(options.share, session_commit(stand.session));
    assert_true(polls(shared, ""));
    refresh(shared);
    assert_false(polls(shared, "333333333333"));
    DONE(session_ledger(shared, ACCOUNT, &ledger, &error));
    DONE(append(ledger, "one", "x", "1", &error));
    assert_false(polls(shared, "333333333333"));
    GIT(&stand.place, stand.origin, "update-ref", "-d", REF);
    assert_true(polls(shared, "333333333333"));
    session_close(shared);
    session_share_free(options.share);
    end(&stand);
}

static void a_remote_that_is_gone_is_an_error(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct stand stand;
    bool moved;
    begin(&stand, "");
    assert_int_equal(rename(place_path(&stand.place, "origin"), place_path(&stand.place, "gone")), 0);
    FAILED(session_poll(stand.session, ACCOUNT, &moved, &error), ERROR_NOT_FOUND,
           "does not appear to be a git repository");
    end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polls_its_revision),
        cmocka_unit_test(polls_one_ledger),
        cmocka_unit_test(sees_what_another_has_fetched),
        cmocka_unit_test(a_share_is_asked_instead),
        cmocka_unit_test(a_remote_that_is_gone_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
