#include "reconciler/attendant.h"

#include <pthread.h>
#include <stdlib.h>

enum { NAP_MS = 50 };

struct attendant {
    struct attendant_options options;
    atomic_bool awake;
    int64_t alone_until_ms; /* monotonic; without a thread */
    pthread_t thread;
};

static bool is_cancelled(const struct attendant *attendant)
{
    return atomic_load(attendant->options.cancelled);
}

static void leave_alone(const struct attendant *attendant, int64_t ms)
{
    const struct clock *clock = attendant->options.clock;
    int64_t until = clock_monotonic(clock) + ms;
    while (!is_cancelled(attendant) && clock_monotonic(clock) < until)
        clock_sleep(clock, NAP_MS);
}

static void *run(void *argument)
{
    struct attendant *attendant = argument;
    while (!is_cancelled(attendant)) {
        if (atomic_exchange(&attendant->awake, false))
            leave_alone(attendant, attendant->options.pass(attendant->options.self));
        else
            clock_sleep(attendant->options.clock, NAP_MS);
    }
    return NULL;
}

struct attendant *attendant_start(const struct attendant_options *options)
{
    struct attendant *attendant = memory_alloc(sizeof *attendant);
    attendant->options = *options;
    if (!options->by_hand && pthread_create(&attendant->thread, NULL, run, attendant) != 0)
        memory_exhausted();
    return attendant;
}

static void make_pass(struct attendant *attendant)
{
    const struct clock *clock = attendant->options.clock;
    if (clock_monotonic(clock) < attendant->alone_until_ms)
        return;
    int64_t pause = attendant->options.pass(attendant->options.self);
    attendant->alone_until_ms = clock_monotonic(clock) + pause;
}

void attendant_wake(struct attendant *attendant)
{
    if (attendant && attendant->options.by_hand)
        make_pass(attendant);
    else if (attendant)
        atomic_store(&attendant->awake, true);
}

void attendant_stop(struct attendant *attendant)
{
    if (!attendant)
        return;
    if (!attendant->options.by_hand)
        pthread_join(attendant->thread, NULL);
    free(attendant);
}
