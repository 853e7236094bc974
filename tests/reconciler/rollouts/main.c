/*
 * rollouts [-j PROCESSES] [-k EVERY] [-v] COUNT [FIRST]: plays so many seeds.  Every `EVERY`th is played
 * twice, and both runs must make the same calls.  A failure tells its seed and what happened last; `rollouts
 * -v 1 SEED` shows that one from its begin.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/reconciler/rollouts/rollouts.h"

enum { PROCESSES_MAX = 64, FAILURES_MAX = 20, EVERY = 100 };

struct order {
    uint64_t count, first, every, processes;
    bool loud;
};

/* The seeds of one of the processes: every one that is its turn. */
static struct outcome play(const struct order *order, uint64_t turn)
{
    struct outcome outcome = {.rollouts = 0}, again;
    for (uint64_t i = turn; i < order->count && outcome.failures < FAILURES_MAX; i += order->processes) {
        uint64_t seed = order->first + i;
        if (!world_play(seed, order->loud, &outcome) || seed % order->every)
            continue;
        again = (struct outcome){.rollouts = 0};
        if (world_play(seed, false, &again) && again.hash == outcome.hash)
            continue;
        fprintf(stderr, "seed %" PRIu64 ": a second run makes other calls\n", seed);
        outcome.failures++;
    }
    return outcome;
}

static void add(struct outcome *sum, const struct outcome *part)
{
    sum->rollouts += part->rollouts;
    sum->lives += part->lives;
    sum->calls += part->calls;
    sum->failures += part->failures;
    for (size_t i = 0; i < ARRAY_LENGTH(sum->phases); i++)
        sum->phases[i] += part->phases[i];
}

/* A process that dies is a failure, too. */
static struct outcome play_in_processes(const struct order *order)
{
    struct outcome sum = {.rollouts = 0}, part;
    int ends[PROCESSES_MAX][2], status;
    for (uint64_t i = 0; i < order->processes; i++) {
        if (pipe(ends[i]) != 0)
            abort();
        pid_t child = fork();
        if (child == 0) {
            part = play(order, i);
            _exit(write(ends[i][1], &part, sizeof part) != sizeof part);
        }
        close(ends[i][1]);
    }
    for (uint64_t i = 0; i < order->processes; i++) {
        if (read(ends[i][0], &part, sizeof part) == sizeof part)
            add(&sum, &part);
        else
            sum.failures++;
        close(ends[i][0]);
        (void)wait(&status);
    }
    return sum;
}

static bool read_number(const char *text, uint64_t most, uint64_t *out)
{
    return text && str_to_uint(str_from(text), most, out) && *out > 0;
}

static bool read_order(int count, char **arguments, struct order *order)
{
    int letter;
    *order = (struct order){.first = 1, .every = EVERY, .processes = 1};
    while ((letter = getopt(count, arguments, "j:k:v")) != -1) {
        if (letter == 'v')
            order->loud = true;
        else if (letter == 'j' ? !read_number(optarg, PROCESSES_MAX, &order->processes)
                               : letter != 'k' || !read_number(optarg, UINT64_MAX, &order->every))
            return false;
    }
    int left = count - optind;
    return (left == 1 || left == 2) && read_number(arguments[optind], UINT64_MAX, &order->count) &&
           (left == 1 || read_number(arguments[optind + 1], UINT64_MAX - order->count, &order->first));
}

int main(int count, char **arguments)
{
    struct order order;
    if (!read_order(count, arguments, &order)) {
        fprintf(stderr, "usage: rollouts [-j PROCESSES] [-k EVERY] [-v] COUNT [FIRST]\n");
        return 2;
    }
    int64_t began = clock_monotonic(&system_clock);
    struct outcome sum = order.processes == 1 ? play(&order, 0) : play_in_processes(&order);
    int64_t took = clock_monotonic(&system_clock) - began;
    printf("%" PRIu64 " rollouts: %" PRIu64 " succeeded, %" PRIu64 " rolled back, %" PRIu64 " left; %" PRIu64
           " instances, %" PRIu64 " calls, %" PRId64 " s; %" PRIu64 " failures\n",
           sum.rollouts, sum.phases[ROLLOUT_SUCCEEDED], sum.phases[ROLLOUT_ROLLED_BACK],
           sum.phases[ROLLOUT_LEFT], sum.lives, sum.calls, took / 1000, sum.failures);
    return sum.failures != 0;
}
