#include "reconciler/attendant.h"

#include <pthread.h>
#include <stdlib.h>

enum { NAP_MS = 50 };

struct attendant {
    struct attendant_options options;
    atomic_bool awake;
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
    const struct clock *clock = attendant->options.clock;
    int64_t again_ms = INT64_MAX;
    while (!is_cancelled(attendant)) {
        if (!atomic_exchange(&attendant->awake, false) && clock_monotonic(clock) < again_ms) {
            clock_sleep(clock, NAP_MS);
            continue;
        }
        struct attendant_rest rest = attendant->options.pass(attendant->options.self);
        again_ms = rest.most_ms ? clock_monotonic(clock) + rest.most_ms : INT64_MAX;
        leave_alone(attendant, rest.least_ms);
    }
    return NULL;
}

struct attendant *attendant_start(const struct attendant_options *options)
{
    struct attendant *attendant = memory_alloc(sizeof *attendant);
    attendant->options = *options;
    atomic_init(&attendant->awake, true);
    if (pthread_create(&attendant->thread, NULL, run, attendant) != 0)
        memory_exhausted();
    return attendant;
}

void attendant_wake(struct attendant *attendant)
{
    if (attendant)
        atomic_store(&attendant->awake, true);
}

void attendant_stop(struct attendant *attendant)
{
    if (!attendant)
        return;
    pthread_join(attendant->thread, NULL);
    free(attendant);
}
