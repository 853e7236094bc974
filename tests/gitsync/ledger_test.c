#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "race.h"
#include "repositories.h"

static void begins_and_reads_back(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct mirror *mirror = open_mirror(&place, origin, "cache"),
                  *other = open_mirror(&place, origin, "other");
    struct ledger *ledger = open_ledger(mirror), *reader = open_ledger(other);
    struct str bytes;
    struct file_list list;
    DONE(ledger_refresh(ledger, &error));
    assert_string_equal(ledger_tip(ledger)->hex, "");
    DONE(ledger_list(ledger, place.arena, STR("us-east-1"), &list, &error));
    assert_int_equal(list.count, 0);
    FAILED(ledger_read(ledger, place.arena, STR("x"), &bytes, &error), ERROR_NOT_FOUND, "empty");

    DONE(append(ledger, "prod/orders: released 1", "us-east-1/prod/orders/release.json", "{}", &error));
    DONE(append(ledger, "prod/users: released 2", "us-east-1/prod/users/release.json", "[]", &error));
    struct ledger_file removed = {.path = STR("us-east-1/prod/users/release.json"), .remove = true};
    struct ledger_event removal = {.subject = STR("prod/users: removed"), .files = &removed, .file_count = 1};
    DONE(ledger_append(ledger, &removal, &error));
    DONE(ledger_append(ledger, &removal, &error)); /* what is not there is removed already */

    DONE(ledger_refresh(reader, &error));
    assert_string_equal(ledger_tip(reader)->hex, ledger_tip(ledger)->hex);
    DONE(ledger_read(reader, place.arena, STR("us-east-1/prod/orders/release.json"), &bytes, &error));
    assert_true(str_is(bytes, "{}"));
    DONE(ledger_list(reader, place.arena, STR("us-east-1/prod"), &list, &error));
    assert_int_equal(list.count, 1);
    assert_true(str_is(list.entries[0].name, "orders"));
    assert_true(str_is(GIT(&place, origin, "ls-tree", "-r", "--name-only", REF),
                       "VERSION\nus-east-1/prod/orders/release.json"));
    assert_true(
        str_is(GIT(&place, origin, "log", "--format=%s", REF),
               "prod/users: removed\nprod/users: removed\nprod/users: released 2\nprod/orders: released 1"));
    assert_true(str_is(GIT(&place, origin, "fsck", "--strict", "--no-dangling"), ""));
    ledger_close(ledger);
    ledger_close(reader);
    mirror_close(mirror);
    mirror_close(other);
    place_end(&place);
}

static void tells_its_history(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    struct mirror *mirror = open_mirror(&place, make_bare(&place, "bare.git"), "cache");
    struct ledger *ledger = open_ledger(mirror);
    struct ledger_record *records;
    struct str value;
    size_t count;
    DONE(ledger_history(ledger, place.arena, STR_EMPTY, 10, &records, &count, &error));
    assert_int_equal(count, 0);
    DONE(append(ledger, "one", "r/beta/orders/release.json", "1", &error));
    DONE(append(ledger, "two", "r/prod/orders/release.json", "2", &error));
    DONE(append(ledger, "three", "r/prod/orders/release.json", "3", &error));
    static const struct {
        const char *path;
        size_t max;
        const char *subjects;
    } cases[] = {
        {"", 10, "three two one "},     {"", 2, "three two "},
        {"r/prod", 10, "three two "},   {"r/beta/orders/release.json", 10, "one "},
        {"r/prod/orders", 1, "three "}, {"r/gamma", 10, ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buf subjects = BUF_INIT(BUF_SMALL);
        DONE(ledger_history(ledger, place.arena, str_from(cases[i].path), cases[i].max, &records, &count,
                            &error));
        for (size_t r = 0; r < count; r++)
            buf_printf(&subjects, "%.*s ", STR_ARG(records[r].subject));
        assert_true(str_is(buf_str(&subjects), cases[i].subjects));
        buf_release(&subjects);
    }
    DONE(ledger_history(ledger, place.arena, STR_EMPTY, 1, &records, &count, &error));
    assert_true(ledger_trailer(place.arena, &records[0], "Plan-Hash", &value));
    assert_true(str_is(value, "3"));
    assert_string_equal(records[0].id.hex, ledger_tip(ledger)->hex);
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void text_cannot_forge_a_trailer(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    struct mirror *mirror = open_mirror(&place, bare, "cache");
    struct ledger *ledger = open_ledger(mirror);
    struct ledger_trailer trailers[] = {
        {.key = "Commit", .value = STR("abc\nPlan-Hash: forged\n\nPlan-Hash: forged")},
        {.key = "Note", .value = STR("a \\n back\\slash \x1b[31m\t.")},
    };
    struct ledger_event event = {
        .subject = STR("subject\n\nPlan-Hash: forged"),
        .body = STR("words\r\n\nPlan-Hash: forged\nEvent : forged\n\nPlan-Hash: forged\n\n"),
        .trailers = trailers,
        .trailer_count = 2};
    struct ledger_record *records;
    struct str value;
    size_t count;
    DONE(ledger_append(ledger, &event, &error));
    DONE(ledger_history(ledger, place.arena, STR_EMPTY, 1, &records, &count, &error));
    assert_false(ledger_trailer(place.arena, &records[0], "Plan-Hash", &value));
    for (size_t i = 0; i < ARRAY_LENGTH(trailers); i++) {
        assert_true(ledger_trailer(place.arena, &records[0], trailers[i].key, &value));
        assert_true(str_equal(value, trailers[i].value));
    }
    assert_true(str_is(GIT(&place, bare, "log", "-1", "--format=%(trailers:key=Plan-Hash)", REF), ""));
    assert_true(
        str_starts(GIT(&place, bare, "log", "-1", "--format=%(trailers)", REF), "Commit: abc\\x0aPlan"));
    assert_true(
        str_is(GIT(&place, bare, "log", "-1", "--format=%s", REF), "subject\\x0a\\x0aPlan-Hash: forged"));
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void refuses_what_is_too_much(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    struct mirror *mirror = open_mirror(&place, make_bare(&place, "bare.git"), "cache");
    struct ledger *ledger = open_ledger(mirror), *other;
    static const char *const paths[] = {"",     "/x",      "../x",    "a/../b", ".git/config",
                                        "a//b", "VERSION", "a/.GIT/b"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        FAILED(append(ledger, "s", paths[i], "x", &error), ERROR_INVALID, "cannot be a path in the ledger");
    struct ledger_trailer trailer = {.key = "Key", .value = {.ptr = memory_alloc(5000), .len = 5000}};
    struct ledger_event event = {.subject = STR("s"), .trailers = &trailer, .trailer_count = 1};
    FAILED(ledger_append(ledger, &event, &error), ERROR_INVALID, "at most 4096 bytes");
    free((char *)trailer.value.ptr);
    trailer = (struct ledger_trailer){.key = "Key:", .value = STR("x")};
    FAILED(ledger_append(ledger, &event, &error), ERROR_BUG, "'Key:'");
    static const char *const accounts[] = {"", "12345678901", "1234567890123", "12345678901a",
                                           "../plumb/heads"};
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++)
        FAILED(ledger_open(mirror, str_from(accounts[i]), &other, &error), ERROR_INVALID,
               "must be 12 digits");
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void the_slower_one_looks_again(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    struct mirror *a = open_mirror(&place, bare, "a"), *b = open_mirror(&place, bare, "b");
    struct ledger *fast = open_ledger(a), *slow = open_ledger(b);
    DONE(append(fast, "one", "x", "1", &error));
    FAILED(append(slow, "two", "x", "2", &error), ERROR_CONFLICT, "changed meanwhile");
    assert_string_equal(ledger_tip(slow)->hex, "");
    DONE(ledger_refresh(slow, &error));
    DONE(append(slow, "two", "x", "2", &error));
    FAILED(append(fast, "three", "x", "3", &error), ERROR_CONFLICT, "changed meanwhile");
    assert_true(str_is(GIT(&place, bare, "log", "--format=%s", REF), "two\none"));
    ledger_close(fast);
    ledger_close(slow);
    mirror_close(a);
    mirror_close(b);
    place_end(&place);
}

static void notices_a_reset(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    struct mirror *mirror = open_mirror(&place, bare, "cache");
    struct ledger *ledger = open_ledger(mirror);
    DONE(append(ledger, "one", "x", "1", &error));
    struct commit_id first = *ledger_tip(ledger);
    DONE(append(ledger, "two", "x", "2", &error));
    struct commit_id second = *ledger_tip(ledger);
    struct str unrelated = GIT(&place, bare, "commit-tree", "-m", "other",
                               arena_printf(place.arena, "%s^{tree}", second.hex).ptr);
    struct str merge = GIT(&place, bare, "commit-tree", "-p", second.hex, "-p", unrelated.ptr, "-m", "merge",
                           arena_printf(place.arena, "%s^{tree}", second.hex).ptr);
    const struct {
        const char *to, *words;
    } cases[] = {
        {first.hex, "does not follow from it"},
        {unrelated.ptr, "does not follow from it"},
        {arena_strz(place.arena, merge), "merge"},
        {NULL, "now at 'nothing'"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        if (cases[i].to)
            GIT(&place, bare, "update-ref", REF, cases[i].to);
        else
            GIT(&place, bare, "update-ref", "-d", REF);
        FAILED(ledger_refresh(ledger, &error), ERROR_CORRUPT, cases[i].words);
        FAILED(append(ledger, "three", "x", "3", &error), ERROR_CONFLICT, "changed meanwhile");
    }
    ledger_close(ledger);
    ledger = open_ledger(mirror); /* the memory is in the cache */
    FAILED(ledger_refresh(ledger, &error), ERROR_CORRUPT, "somebody has reset it");
    GIT(&place, bare, "update-ref", REF, second.hex);
    DONE(ledger_refresh(ledger, &error));
    DONE(append(ledger, "three", "x", "3", &error));
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void refuses_a_newer_version(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *origin = make_origin(&place);
    struct mirror *mirror = open_mirror(&place, origin, "cache");
    struct ledger *ledger = open_ledger(mirror);
    static const struct {
        const char *version;
        enum error_code code;
        const char *words;
    } cases[] = {
        {"2\n", ERROR_INVALID, "written by a newer plumb (version 2"},
        {"one\n", ERROR_CORRUPT, "no valid VERSION"},
        {"-1\n", ERROR_CORRUPT, "no valid VERSION"},
        {NULL, ERROR_CORRUPT, "no valid VERSION"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        if (cases[i].version)
            write_file(&place, place_path(&place, "origin/VERSION"), cases[i].version);
        else
            GIT(&place, origin, "rm", "-q", "VERSION");
        commit_all(&place, origin, "ledger");
        GIT(&place, origin, "update-ref", REF, "HEAD");
        FAILED(ledger_refresh(ledger, &error), cases[i].code, cases[i].words);
        assert_string_equal(ledger_tip(ledger)->hex, "");
    }
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void hook(struct place *place, const char *repository, const char *script)
{
    write_script(place, arena_printf(place->arena, "%s/hooks/pre-receive", repository).ptr, script);
}

static void passes_on_a_refusal(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    struct mirror *mirror = open_mirror(&place, bare, "cache");
    struct ledger *ledger = open_ledger(mirror);
    hook(&place, bare, "#!/bin/sh\necho 'only on weekdays' >&2\nexit 1\n");
    FAILED(append(ledger, "one", "x", "1", &error), ERROR_DENIED, "only on weekdays");
    hook(&place, bare, "#!/bin/sh\nexit 0\n");
    GIT(&place, bare, "config", "receive.hideRefs", "refs/plumb");
    FAILED(append(ledger, "one", "x", "1", &error), ERROR_DENIED, "hidden ref");
    assert_string_equal(ledger_tip(ledger)->hex, "");
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void the_deadline_ends_a_stalled_push(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    struct mirror_options options = mirror_defaults(&place, bare, "cache");
    options.timeout_ms = 1500;
    struct mirror *mirror;
    DONE(mirror_open(&options, &mirror, &error));
    struct ledger *ledger = open_ledger(mirror);
    hook(&place, bare, "#!/bin/sh\nexec sleep 60\n");
    int64_t before = clock_monotonic(&system_clock);
    FAILED(append(ledger, "one", "x", "1", &error), ERROR_TIMEOUT, "it was not written");
    assert_in_range(clock_monotonic(&system_clock) - before, 1500, 10 * 1000);
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

static void racers_lose_nothing(void **state)
{
    (void)state;
    struct place place = place_new();
    const char *bare = make_bare(&place, "bare.git");
    race(&place, bare, bare, NULL, 40);
    place_end(&place);
}

static void names_one_of_equal_files(void **state)
{
    (void)state;
    static const char *const files[][2] = {{"t/a.json", "1"}, {"t/b.json", "2"}, {"t/c.json", "1"}};
    struct error error = ERROR_INIT;
    struct place place = place_new();
    struct mirror *mirror = open_mirror(&place, make_origin(&place), "cache");
    struct ledger *ledger = open_ledger(mirror);
    struct str *names;
    size_t count;
    DONE(ledger_refresh(ledger, &error));
    DONE(ledger_contents(ledger, place.arena, STR("t"), &names, &count, &error));
    assert_int_equal(count, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        DONE(append(ledger, "An event", files[i][0], files[i][1], &error));
    DONE(ledger_contents(ledger, place.arena, STR("t"), &names, &count, &error));
    assert_int_equal(count, 2);
    assert_false(str_equal(names[0], names[1]));
    DONE(ledger_contents(ledger, place.arena, STR("VERSION"), &names, &count, &error));
    assert_int_equal(count, 0);
    ledger_close(ledger);
    mirror_close(mirror);
    place_end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_and_reads_back),
        cmocka_unit_test(tells_its_history),
        cmocka_unit_test(text_cannot_forge_a_trailer),
        cmocka_unit_test(refuses_what_is_too_much),
        cmocka_unit_test(the_slower_one_looks_again),
        cmocka_unit_test(notices_a_reset),
        cmocka_unit_test(refuses_a_newer_version),
        cmocka_unit_test(passes_on_a_refusal),
        cmocka_unit_test(the_deadline_ends_a_stalled_push),
        cmocka_unit_test(racers_lose_nothing),
        cmocka_unit_test(names_one_of_equal_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
