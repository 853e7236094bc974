#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gitsync/mirror_private.h"
#include "repositories.h"

static void check_revision(struct mirror *mirror, const char *revision, struct str expected)
{
    struct error error = ERROR_INIT;
    struct commit_id id;
    DONE(mirror_resolve(mirror, str_from(revision), &id, &error));
    assert_true(str_is(expected, id.hex));
}

static void mirrors_a_work_tree(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    GIT(&place, origin, "tag", "-a", "v1", "-m", "one");
    struct str first = GIT(&place, origin, "rev-parse", "HEAD"), name;
    const char *urls[] = {origin, arena_printf(place.arena, "file://%s", origin).ptr};
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        struct mirror *mirror = open_mirror(&place, urls[i], "cache");
        DONE(mirror_fetch(mirror, &error));
        DONE(mirror_fetch(mirror, &error));
        DONE(mirror_default_branch(mirror, place.arena, &name, &error));
        assert_true(str_is(name, "main"));
        assert_true(str_is(mirror_url(mirror), origin));
        const char *revisions[] = {"", "HEAD", "main", "refs/heads/main", "v1", "refs/tags/v1", first.ptr};
        for (size_t r = 0; r < ARRAY_LENGTH(revisions); r++)
            check_revision(mirror, revisions[r], first);
        check_revision(mirror, arena_strz(place.arena, str_slice(first, 0, 8)), first);
        mirror_close(mirror);
    }
    place_end(&place);
}

static void refuses_unknown_revisions(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    struct mirror *mirror = open_mirror(&place, make_origin(&place), "cache");
    struct commit_id id;
    FAILED(mirror_resolve(mirror, STR_EMPTY, &id, &error), ERROR_NOT_FOUND,
           "no commit on its default branch");
    DONE(mirror_fetch(mirror, &error));
    static const char *const unknown[] = {"nothing",         "main~1", "main^{tree}", "@{-1}",
                                          "main:readme.txt", "abc",    "-main",       "../main"};
    for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++)
        FAILED(mirror_resolve(mirror, str_from(unknown[i]), &id, &error), ERROR_NOT_FOUND, unknown[i]);
    mirror_close(mirror);
    place_end(&place);
}

static void follows_the_remote(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct commit_id id, first;
    bool yes;
    GIT(&place, origin, "branch", "a");
    struct mirror *mirror = open_mirror(&place, origin, "cache");
    DONE(mirror_fetch(mirror, &error));
    DONE(mirror_resolve(mirror, STR("main"), &first, &error));

    /* A branch goes and makes room for one below its name; another is rewritten. */
    GIT(&place, origin, "branch", "-D", "a");
    GIT(&place, origin, "branch", "a/b");
    GIT(&place, origin, "commit", "-q", "--amend", "-m", "Rewritten");
    DONE(mirror_fetch(mirror, &error));
    FAILED(mirror_resolve(mirror, STR("a"), &id, &error), ERROR_NOT_FOUND, "'a'");
    check_revision(mirror, "a/b", str_from(first.hex));
    check_revision(mirror, "main", GIT(&place, origin, "rev-parse", "main"));
    DONE(mirror_resolve(mirror, STR("main"), &id, &error));
    DONE(mirror_is_ancestor(mirror, &first, &id, &yes, &error));
    assert_false(yes);

    commit_all(&place, origin, "Next");
    GIT(&place, origin, "branch", "-m", "main", "trunk");
    DONE(mirror_fetch(mirror, &error));
    struct commit_id next;
    struct str name;
    DONE(mirror_resolve(mirror, STR(""), &next, &error));
    DONE(mirror_is_ancestor(mirror, &id, &next, &yes, &error));
    assert_true(yes);
    DONE(mirror_is_ancestor(mirror, &next, &next, &yes, &error));
    assert_true(yes);
    DONE(mirror_default_branch(mirror, place.arena, &name, &error));
    assert_true(str_is(name, "trunk"));
    mirror_close(mirror);
    place_end(&place);
}

/* Where a process is killed while it writes a ref, its lock file stays. */
static void goes_on_after_a_kill(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    GIT(&place, origin, "branch", "old");
    struct mirror *mirror = open_mirror(&place, origin, "cache");
    struct ledger *ledger = open_ledger(mirror);
    DONE(mirror_fetch(mirror, &error));
    DONE(append(ledger, "One", "a/b/c/release.json", "1", &error));
    GIT(&place, mirror->directory, "pack-refs", "--all");

    static const char *const left[] = {"refs/heads/main",       "refs/heads/new", "refs/heads/old",
                                       "packed-refs",           "HEAD",           REF,
                                       "refs/seen/333333333333"};
    for (size_t i = 0; i < ARRAY_LENGTH(left); i++)
        write_file(&place, arena_printf(place.arena, "%s/%s.lock", mirror->directory, left[i]).ptr, "");
    commit_all(&place, origin, "Next");
    GIT(&place, origin, "branch", "-D", "old");
    GIT(&place, origin, "branch", "new");
    GIT(&place, origin, "checkout", "-q", "new");
    DONE(append(ledger, "Two", "a/b/c/release.json", "2", &error));
    DONE(mirror_fetch(mirror, &error));
    struct commit_id id;
    struct str name;
    check_revision(mirror, "main", GIT(&place, origin, "rev-parse", "main"));
    check_revision(mirror, "new", GIT(&place, origin, "rev-parse", "new"));
    FAILED(mirror_resolve(mirror, STR("old"), &id, &error), ERROR_NOT_FOUND, "'old'");
    DONE(mirror_default_branch(mirror, place.arena, &name, &error));
    assert_true(str_is(name, "new"));
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void reads_a_detached_head(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct str name;
    GIT(&place, origin, "checkout", "-q", "--detach");
    commit_all(&place, origin, "On no branch");
    struct mirror *mirror = open_mirror(&place, origin, "cache");
    DONE(mirror_fetch(mirror, &error));
    check_revision(mirror, "", GIT(&place, origin, "rev-parse", "HEAD"));
    FAILED(mirror_default_branch(mirror, place.arena, &name, &error), ERROR_NOT_FOUND, "no default branch");
    GIT(&place, origin, "checkout", "-q", "main");
    DONE(mirror_fetch(mirror, &error));
    check_revision(mirror, "", GIT(&place, origin, "rev-parse", "main"));
    mirror_close(mirror);
    place_end(&place);
}

static void reads_commits(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    struct mirror *mirror = open_mirror(&place, make_origin(&place), "cache");
    struct commit_id id;
    struct commit_facts facts;
    DONE(mirror_fetch(mirror, &error));
    DONE(mirror_resolve(mirror, STR_EMPTY, &id, &error));
    DONE(mirror_commit(mirror, place.arena, &id, &facts, &error));
    assert_true(str_is(facts.author_name, "Ann Author"));
    assert_true(str_is(facts.author_email, "ann@example.com"));
    assert_true(str_is(facts.subject, "First"));
    assert_true(str_is(facts.body, "With a body."));
    assert_in_range(clock_wall(&system_clock) - facts.time_ms, 0, 100 * 1000);
    struct commit_id missing = {.hex = "0123456789012345678901234567890123456789"};
    FAILED(mirror_commit(mirror, place.arena, &missing, &facts, &error), ERROR_CORRUPT, "missing");
    assert_false(mirror->damaged); /* nobody said that it is there */
    mirror_close(mirror);
    place_end(&place);
}

static void mirrors_an_empty_repository(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    struct mirror *mirror = open_mirror(&place, bare, "cache");
    struct commit_id id;
    DONE(mirror_fetch(mirror, &error));
    FAILED(mirror_resolve(mirror, STR_EMPTY, &id, &error), ERROR_NOT_FOUND, "no commit");
    const char *origin = make_origin(&place);
    GIT(&place, origin, "push", "-q", bare, "main");
    DONE(mirror_fetch(mirror, &error));
    check_revision(mirror, "", GIT(&place, origin, "rev-parse", "HEAD"));
    mirror_close(mirror);
    place_end(&place);
}

static void says_what_is_no_repository(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    struct mirror *mirror = open_mirror(&place, place.directory, "cache");
    FAILED(mirror_fetch(mirror, &error), ERROR_NOT_FOUND, "does not appear to be a git repository");
    mirror_close(mirror);
    place_end(&place);
}

static void obeys_cancellation_and_size(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    atomic_bool cancelled = true;
    struct mirror *mirror;
    struct mirror_options options = mirror_defaults(&place, origin, "cache");
    options.cancelled = &cancelled;
    options.fetch_max = 100;
    DONE(mirror_open(&options, &mirror, &error));
    FAILED(mirror_fetch(mirror, &error), ERROR_CANCELLED, "cancelled");
    cancelled = false;
    FAILED(mirror_fetch(mirror, &error), ERROR_OUT_OF_MEMORY, "more than 100 bytes");
    mirror_close(mirror);
    place_end(&place);
}

static void discovers_the_top(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct str top;
    DONE(mirror_discover(place.arena, str_from(place_path(&place, "origin/dir")), &top, &error));
    assert_true(str_is(top, origin));
    const char *bare = make_bare(&place, "bare.git");
    DONE(mirror_discover(place.arena, str_from(place_path(&place, "bare.git/refs")), &top, &error));
    assert_true(str_is(top, bare));
    FAILED(mirror_discover(place.arena, str_from(place.directory), &top, &error), ERROR_NOT_FOUND,
           "not in a Git repository");
    place_end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mirrors_a_work_tree),         cmocka_unit_test(refuses_unknown_revisions),
        cmocka_unit_test(follows_the_remote),          cmocka_unit_test(goes_on_after_a_kill),
        cmocka_unit_test(reads_a_detached_head),       cmocka_unit_test(reads_commits),
        cmocka_unit_test(mirrors_an_empty_repository), cmocka_unit_test(says_what_is_no_repository),
        cmocka_unit_test(obeys_cancellation_and_size), cmocka_unit_test(discovers_the_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
