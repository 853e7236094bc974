#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "race.h"

enum { RACERS = 8 };

struct racer {
    const struct mirror_options *options;
    int number, appends, conflicts;
    struct error error;
};

static bool run(struct racer *racer, struct ledger *ledger)
{
    char path[32], text[32];
    unsigned streak = 0;
    snprintf(path, sizeof path, "racer/%d", racer->number);
    for (int done = 0; done < racer->appends;) {
        snprintf(text, sizeof text, "%d", done + 1);
        if (append(ledger, path, path, text, &racer->error)) {
            done++;
            streak = 0;
            continue;
        }
        /* Losers wait a little, longer each time, as callers of the ledger do. */
        streak += streak < 8;
        clock_sleep(&system_clock, (int64_t)random_below(&system_random, 12ull << streak));
        if (racer->error.code != ERROR_CONFLICT || !ledger_refresh(ledger, &racer->error))
            return false;
        error_clear(&racer->error);
        racer->conflicts++;
    }
    return true;
}

/* An assertion may not fail here, off the test's own thread: the error is left for it. */
static void *run_racer(void *argument)
{
    struct racer *racer = argument;
    struct mirror *mirror = NULL;
    struct ledger *ledger = NULL;
    if (mirror_open(racer->options, &mirror, &racer->error) &&
        ledger_open(mirror, ACCOUNT, &ledger, &racer->error))
        (void)run(racer, ledger);
    ledger_close(ledger);
    mirror_close(mirror);
    return NULL;
}

static void check_ledger(struct place *place, const char *bare, int appends)
{
    const char *total = arena_printf(place->arena, "%d", RACERS * appends).ptr;
    const char *each = arena_printf(place->arena, "%d", appends).ptr;
    assert_true(str_is(GIT(place, bare, "rev-list", "--count", REF), total));
    assert_true(str_is(GIT(place, bare, "rev-list", "--count", "--min-parents=2", REF), "0"));
    for (int i = 0; i < RACERS; i++) {
        const char *path = arena_printf(place->arena, "racer/%d", i).ptr;
        const char *name = arena_printf(place->arena, "%s:%s", REF, path).ptr;
        assert_true(str_is(GIT(place, bare, "cat-file", "blob", name), each));
        assert_true(str_is(GIT(place, bare, "rev-list", "--count", REF, "--", path), each));
    }
}

void race(struct place *place, const char *bare, const char *url, const struct http *http, int appends)
{
    struct mirror_options options[RACERS];
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    int conflicts = 0;
    for (int i = 0; i < RACERS; i++) {
        options[i] = mirror_defaults(place, url, arena_printf(place->arena, "racer-%d", i / 2).ptr);
        options[i].http = http;
        options[i].timeout_ms = 120 * 1000;
        racers[i] =
            (struct racer){.options = &options[i], .number = i, .appends = appends, .error = ERROR_INIT};
        assert_int_equal(pthread_create(&threads[i], NULL, run_racer, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < RACERS; i++) {
        assert_done(racers[i].error.code == ERROR_NONE, &racers[i].error);
        conflicts += racers[i].conflicts;
    }
    check_ledger(place, bare, appends);
    print_message("%d appends, %d conflicts\n", RACERS * appends, conflicts);
    assert_true(conflicts > 0); /* else there was no race */
}
