#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "repositories.h"

enum { WRITERS = 8, EVENTS = 25 };

struct stand {
    struct place place;
    const char *bare;
    struct ledger_hub *hub;
};

/* Every push leaves a line in the file "pushes". */
static void count_pushes(struct stand *stand)
{
    write_script(&stand->place, arena_printf(stand->place.arena, "%s/hooks/post-receive", stand->bare).ptr,
                 "#!/bin/sh\necho push >> pushes\n");
}

static size_t pushes(struct stand *stand)
{
    struct str all = run_in(&stand->place, stand->bare, (const char *const[]){"cat", "pushes", NULL}), line;
    size_t count = 0;
    while (str_split(&all, '\n', &line))
        count++;
    return count;
}

static int begin(void **state)
{
    struct error error = ERROR_INIT;
    struct stand *stand = calloc(1, sizeof *stand);
    stand->place = place_new();
    stand->bare = make_bare(&stand->place, "bare.git");
    DONE(ledger_hub_new(open_mirror(&stand->place, stand->bare, "cache"), ACCOUNT, &stand->hub, &error));
    *state = stand;
    return 0;
}

static int end(void **state)
{
    struct stand *stand = *state;
    ledger_hub_free(stand->hub);
    place_end(&stand->place);
    free(stand);
    return 0;
}

struct member {
    struct mirror *mirror;
    struct ledger *ledger;
};

static struct member join(struct stand *stand)
{
    struct member member = {.mirror = open_mirror(&stand->place, stand->bare, "cache")};
    member.ledger = open_ledger(member.mirror);
    ledger_join(member.ledger, stand->hub);
    return member;
}

static void leave(struct member *member)
{
    ledger_close(member->ledger);
    mirror_close(member->mirror);
}

/* --- many threads --- */

struct writer {
    struct member member;
    int number, conflicts;
    struct error error;
};

static void *write_events(void *argument)
{
    struct writer *writer = argument;
    char path[32], text[32];
    snprintf(path, sizeof path, "writer/%d/file", writer->number);
    for (int done = 0; done < EVENTS;) {
        snprintf(text, sizeof text, "%d", done + 1);
        if (append(writer->member.ledger, path, path, text, &writer->error)) {
            done++;
            continue;
        }
        if (writer->error.code != ERROR_CONFLICT || !ledger_refresh(writer->member.ledger, &writer->error))
            return NULL;
        error_clear(&writer->error);
        writer->conflicts++;
    }
    return NULL;
}

static void check_events(struct stand *stand, const char *total)
{
    struct place *place = &stand->place;
    assert_true(str_is(GIT(place, stand->bare, "rev-list", "--count", REF), total));
    assert_true(str_is(GIT(place, stand->bare, "rev-list", "--count", "--min-parents=2", REF), "0"));
    for (int i = 0; i < WRITERS; i++) {
        const char *path = arena_printf(place->arena, "writer/%d/file", i).ptr;
        const char *name = arena_printf(place->arena, "%s:%s", REF, path).ptr;
        assert_true(str_is(GIT(place, stand->bare, "cat-file", "blob", name), "25"));
        assert_true(str_is(GIT(place, stand->bare, "rev-list", "--count", REF, "--", path), "25"));
    }
}

static void write_all(struct stand *stand, bool rival)
{
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    struct error error = ERROR_INIT;
    struct mirror *other = open_mirror(&stand->place, stand->bare, "other");
    struct ledger *alone = open_ledger(other);
    int conflicts = 0;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.member = join(stand), .number = i, .error = ERROR_INIT};
        assert_int_equal(pthread_create(&threads[i], NULL, write_events, &writers[i]), 0);
    }
    for (int i = 0; rival && i < 5; i++) {
        do
            DONE(ledger_refresh(alone, &error));
        while (!append(alone, "rival", "rival/file", "x", &error) && error.code == ERROR_CONFLICT);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_done(writers[i].error.code == ERROR_NONE, &writers[i].error);
        conflicts += writers[i].conflicts;
        leave(&writers[i].member);
    }
    assert_true(rival || conflicts == 0);
    ledger_close(alone);
    mirror_close(other);
}

static void events_are_pushed_together(void **state)
{
    struct stand *stand = *state;
    count_pushes(stand);
    write_all(stand, false);
    check_events(stand, "200");
    print_message("200 events, %zu pushes\n", pushes(stand));
    assert_true(pushes(stand) < 150);
}

static void another_instance_is_noticed(void **state)
{
    struct stand *stand = *state;
    write_all(stand, true);
    check_events(stand, "205");
}

/* --- one after the other --- */

static void what_was_not_seen_is_not_overwritten(void **state)
{
    struct stand *stand = *state;
    struct error error = ERROR_INIT;
    struct str text;
    struct member one = join(stand), two = join(stand);
    DONE(append(one.ledger, "one", "a/x", "1", &error));
    DONE(append(two.ledger, "two", "b/x", "2", &error));
    FAILED(append(one.ledger, "three", "b/x", "3", &error), ERROR_CONFLICT,
           "'b/x' of the ledger 'refs/plumb/333333333333' was changed meanwhile");
    DONE(append(one.ledger, "four", "b/y", "4", &error));                         /* beside it */
    DONE(ledger_read(one.ledger, stand->place.arena, STR("b/x"), &text, &error)); /* seen with its own */
    DONE(append(one.ledger, "five", "b/x", "5", &error));
    FAILED(append(two.ledger, "six", "b/x", "6", &error), ERROR_CONFLICT, "changed meanwhile");
    DONE(ledger_refresh(two.ledger, &error));
    DONE(append(two.ledger, "six", "b/x", "6", &error));
    assert_true(
        str_is(GIT(&stand->place, stand->bare, "log", "--format=%s", REF), "six\nfive\nfour\ntwo\none"));
    leave(&one);
    leave(&two);
}

static void what_was_heard_lately_is_not_asked(void **state)
{
    struct stand *stand = *state;
    struct error error = ERROR_INIT;
    struct member one = join(stand), two = join(stand);
    DONE(append(one.ledger, "one", "a/x", "1", &error));
    ledger_hub_rest(stand->hub); /* it forgets nothing but what it can read again */
    (void)run_in(&stand->place, stand->place.directory,
                 (const char *const[]){"mv", "bare.git", "gone", NULL});
    DONE(ledger_refresh_within(two.ledger, 60 * 1000, &error));
    assert_string_equal(ledger_tip(two.ledger)->hex, ledger_tip(one.ledger)->hex);
    assert_false(ledger_refresh(two.ledger, &error));
    error_clear(&error);
    assert_false(append(two.ledger, "two", "b/x", "2", &error));
    error_clear(&error);
    (void)run_in(&stand->place, stand->place.directory,
                 (const char *const[]){"mv", "gone", "bare.git", NULL});
    DONE(append(two.ledger, "two", "b/x", "2", &error));
    leave(&one);
    leave(&two);
}

static void what_cannot_be_written_fails_alone(void **state)
{
    struct stand *stand = *state;
    struct error error = ERROR_INIT;
    struct member one = join(stand);
    char long_text[5000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    FAILED(append(one.ledger, "one", "a/x", long_text, &error), ERROR_INVALID, "cannot append to the ledger");
    DONE(append(one.ledger, "one", "a/x", "1", &error));
    leave(&one);
}

/* As in a process that is asked to stop while another one writes. */
static void who_is_shielded_is_not_cancelled_by_the_hub(void **state)
{
    struct stand *stand = *state;
    struct error error = ERROR_INIT;
    struct mirror *mirror, *own;
    struct ledger *ledger;
    struct ledger_hub *hub;
    atomic_bool cancelled = false;
    struct mirror_options options = mirror_defaults(&stand->place, stand->bare, "stopping");
    options.cancelled = &cancelled;
    DONE(mirror_open(&options, &mirror, &error));
    DONE(mirror_open(&options, &own, &error));
    DONE(ledger_hub_new(mirror, ACCOUNT, &hub, &error));
    ledger = open_ledger(own);
    ledger_join(ledger, hub);
    DONE(ledger_refresh(ledger, &error));
    struct member other = join(stand);
    DONE(append(other.ledger, "theirs", "a/x", "1", &error));
    cancelled = true;
    FAILED(ledger_refresh(ledger, &error), ERROR_CANCELLED, "cancelled");
    error_clear(&error);
    ledger_shield(ledger, true);
    FAILED(append(ledger, "ours", "b/x", "1", &error), ERROR_CONFLICT, "");
    error_clear(&error);
    DONE(ledger_refresh(ledger, &error));
    DONE(append(ledger, "ours", "b/x", "1", &error));
    ledger_shield(ledger, false);
    DONE(ledger_refresh(other.ledger, &error));
    DONE(append(other.ledger, "theirs", "a/x", "2", &error));
    FAILED(ledger_refresh(ledger, &error), ERROR_CANCELLED, "cancelled");
    leave(&other);
    ledger_close(ledger);
    mirror_close(own);
    ledger_hub_free(hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_are_pushed_together, begin, end),
        cmocka_unit_test_setup_teardown(another_instance_is_noticed, begin, end),
        cmocka_unit_test_setup_teardown(what_was_not_seen_is_not_overwritten, begin, end),
        cmocka_unit_test_setup_teardown(what_was_heard_lately_is_not_asked, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_fails_alone, begin, end),
        cmocka_unit_test_setup_teardown(who_is_shielded_is_not_cancelled_by_the_hub, begin, end),
    };
    return cmocka_run_group_tests_name("ledger hub", tests, NULL, NULL);
}
