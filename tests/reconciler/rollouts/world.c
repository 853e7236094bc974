/* One seed. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/reconciler/rollouts/rollouts.h"

enum { LOOK_MS = 5000, BOUND_MS = 30 * 60 * 1000 };

static const int64_t epoch_ms = INT64_C(1750000000000);

int64_t world_now(const struct world *world)
{
    return clock_wall(&world->clock) - world->begin_ms;
}

static void say(struct world *world, const char *format, va_list arguments)
{
    char *line = world->lines[world->line_count++ % LINES];
    int64_t now = world_now(world);
    int used = snprintf(line, LINE_MAX, "%6" PRId64 ".%03" PRId64 " ", now / 1000,
                        now < 0 ? -now % 1000 : now % 1000);
    vsnprintf(line + used, (size_t)(LINE_MAX - used), format, arguments);
    if (world->loud)
        fprintf(stderr, "%s\n", line);
}

void world_note(struct world *world, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(world, format, arguments);
    va_end(arguments);
}

/* The first one counts, and ends the run. */
void world_fail(struct world *world, const char *format, ...)
{
    va_list arguments;
    char text[sizeof world->failure];
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (*world->failure)
        return;
    world_note(world, "FAILURE: %s", text);
    snprintf(world->failure, sizeof world->failure, "%s", text);
    world->over = true;
}

static void sleep_until(struct world *world, int64_t at_ms)
{
    while (!world->over && world_now(world) < at_ms) {
        int64_t left = at_ms - world_now(world);
        clock_sleep(&world->clock, left < LOOK_MS ? left : LOOK_MS);
        if (world->plan.codedeploy && !world->over)
            watch_time(world);
    }
}

static void note_event(struct world *world, const struct event *event)
{
    static const char *const kinds[] = {"alarm", "traffic", "person", "delete", "fault",
                                        "git",   "order",   "newer",  "quiet"};
    world_note(world, "event %s: %zu %" PRId64 " %s %s %s", kinds[event->kind], event->which, event->number,
               event->word ? event->word : "", event->other ? event->other : "",
               event->fault ? event->fault : "");
}

/* As long as it may take from the moment at which nothing goes wrong any more. */
static int64_t bound_of(const struct plan *plan)
{
    int64_t bound = plan->quiet_ms + BOUND_MS + ((int64_t)plan->step_count + 4) * plan->hold_limit_ms;
    for (size_t i = 0; i < plan->step_count; i++)
        bound += plan->steps[i].for_ms;
    return bound + (plan->hooks_silent ? 2 * 3600 * 1000 : 0);
}

static void direct(struct world *world)
{
    const struct plan *plan = &world->plan;
    for (size_t i = 0; i < plan->event_count; i++) {
        sleep_until(world, plan->events[i].at_ms);
        if (world->over)
            return;
        note_event(world, &plan->events[i]);
        world->simulator->virtual_now = clock_wall(&world->clock);
        timeline_advance(world->simulator);
        watch_aliases(world, AUTHOR_CODEDEPLOY, NULL);
        traffic_advance(world->simulator, clock_wall(&world->clock));
        account_play(world, &plan->events[i]);
        watch_aliases(world, AUTHOR_PERSON, NULL);
    }
    sleep_until(world, bound_of(plan));
    if (!world->over)
        world_fail(world, "it has not ended: phase %s, step %zu, holds: %.*s",
                   rollout_phase_name(world->recorded.phase), world->recorded.step,
                   STR_ARG(world->recorded.hold));
}

static void slot(void *self)
{
    life_run(self);
}

static void play(struct world *world)
{
    struct workers *slots = workers_new(SLOTS);
    world->work = workers_new(SLOTS);
    account_make(world);
    world->begin_ms = clock_wall(&world->clock);
    const struct rollout rollout = account_rollout(world);
    ledger_give(world, &rollout);
    watch_aliases(world, AUTHOR_NOBODY, NULL);
    for (int i = 0; i < (world->plan.rival ? SLOTS : 1); i++)
        workers_submit(slots, slot, world);
    direct(world);
    workers_free(slots);
    workers_free(world->work);
}

static void tell(const struct world *world)
{
    uint64_t first = world->line_count > LINES ? world->line_count - LINES : 0;
    fprintf(stderr, "seed %" PRIu64 ": %s\n", world->plan.seed, world->failure);
    for (uint64_t i = first; i < world->line_count && !world->loud; i++)
        fprintf(stderr, "  %s\n", world->lines[i % LINES]);
}

static void add(struct outcome *outcome, const struct world *world)
{
    outcome->rollouts++;
    outcome->phases[world->phase]++;
    outcome->lives += world->lives;
    outcome->calls += world->calls;
    outcome->hash = world->hash;
    outcome->failures += *world->failure != '\0';
}

bool world_play(uint64_t seed, bool loud, struct outcome *outcome)
{
    struct world *world = memory_alloc(sizeof *world);
    world->loud = loud;
    plan_draw(&world->plan, seed);
    world->arena = arena_new();
    world->scheduler = scheduler_new(seed, epoch_ms);
    world->clock = scheduler_clock(world->scheduler);
    world->random = scheduler_random(world->scheduler);
    world->begin_ms = epoch_ms;
    world->log = (struct log){.fd = 2,
                              .least = loud ? LOG_INFO : (enum log_level)(LOG_ERROR + 1),
                              .form = LOG_TEXT,
                              .clock = &world->clock};
    world->simulator =
        simulator_new(&(struct sim_options){.seed = seed, .virtual_clock = true, .virtual_epoch = epoch_ms});
    play(world);
    bool good = !*world->failure;
    if (!good)
        tell(world);
    add(outcome, world);
    simulator_free(world->simulator);
    scheduler_free(world->scheduler);
    arena_free(world->record_arena);
    arena_free(world->arena);
    free(world);
    return good;
}
