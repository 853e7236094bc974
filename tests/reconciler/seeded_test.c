#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/workers.h"
#include "reconciler/session.h"
#include "tests/gitsync/repositories.h"
#include "tests/simulator/inprocess.h"

/*
 * Whole applies of the example, with the simulator in this process, under the seeded scheduler.  A failure
 * names its seed; PLUMB_SEED=N runs that one alone.
 */

enum { SEEDS = 16, SEEDS_WITH_FAULTS = 32, PASSES_MAX = 3, SINGLES = 4, BURSTS = 2, BURST = 5 };

static const int64_t epoch_ms = INT64_C(1750000000000);

struct stand {
    struct place place;
    const char *origin;
    uint64_t first, count; /* seeds */
    uint64_t caches;
    const char *cache;
};

/* One account and all that plumb needs to work on it. */
struct world {
    struct stand *stand;
    uint64_t seed;
    struct arena *arena;
    struct scheduler *scheduler;
    struct inprocess account;
    struct http http;
    struct clock clock;
    struct random random;
    struct log log;
    struct aws_session *aws;
};

static void set_seeds(struct stand *stand, uint64_t count)
{
    const char *wanted = getenv("PLUMB_SEED");
    stand->first = 1;
    stand->count = count;
    if (!wanted)
        return;
    assert_true(str_to_uint(str_from(wanted), UINT64_MAX, &stand->first));
    stand->count = 1;
}

static int stand_up(void **state)
{
    struct stand *stand = memory_alloc(sizeof *stand);
    stand->place = place_new();
    stand->origin = place_path(&stand->place, "shop");
    run_in(&stand->place, ".", (const char *const[]){"cp", "-R", "examples/orders", stand->origin, NULL});
    GIT(&stand->place, stand->origin, "init", "-q", "-b", "main");
    commit_all(&stand->place, stand->origin, "The order service");
    *state = stand;
    return 0;
}

static int stand_down(void **state)
{
    struct stand *stand = *state;
    place_end(&stand->place);
    free(stand);
    return 0;
}

/* As if nothing had ever been applied from here: a cache that remembers would refuse that. */
static void forget_ledger(struct stand *stand)
{
    const char *name =
        arena_printf(stand->place.arena, "cache-%llu", (unsigned long long)++stand->caches).ptr;
    stand->cache = place_path(&stand->place, name);
    if (try_in(&stand->place, stand->origin,
               (const char *const[]){"git", "show-ref", "--quiet", "refs/plumb/111111111111", NULL}) == 0)
        GIT(&stand->place, stand->origin, "update-ref", "-d", "refs/plumb/111111111111");
}

static struct world *world_new(struct stand *stand, uint64_t seed)
{
    struct world *world = memory_alloc(sizeof *world);
    world->stand = stand;
    world->seed = seed;
    world->arena = arena_new();
    world->scheduler = scheduler_new(seed, epoch_ms);
    world->clock = scheduler_clock(world->scheduler);
    world->random = scheduler_random(world->scheduler);
    world->account.scheduler = world->scheduler;
    world->account.simulator = simulator_new(&(struct sim_options){
        .seed = seed, .verify = true, .virtual_clock = true, .virtual_epoch = epoch_ms});
    world->http = inprocess_http(&world->account);
    world->log = (struct log){.fd = 2, .least = LOG_ERROR, .form = LOG_TEXT, .clock = &world->clock};
    world->aws = aws_session_new(&(struct aws_session_options){.http = &world->http,
                                                               .clock = &world->clock,
                                                               .random = &world->random,
                                                               .log = &world->log,
                                                               .environment = inprocess_variable,
                                                               .environment_self = "111111111111",
                                                               .pacing = true});
    forget_ledger(stand);
    return world;
}

static void world_free(struct world *world)
{
    aws_session_free(world->aws);
    simulator_free(world->account.simulator);
    scheduler_free(world->scheduler);
    arena_free(world->arena);
    free(world);
}

static struct str call_log(struct world *world)
{
    return inprocess_control(&world->account, world->arena, "GET", "/_simulator/requests?since=0", STR_EMPTY);
}

/* One pass of a plumb that has just started.  `changed` tells whether there was anything to do. */
static bool pass(struct world *world, bool *changed, struct error *error)
{
    const struct session_options options = {.repository = str_from(world->stand->origin),
                                            .git.cache = str_from(world->stand->cache),
                                            .clock = &world->clock,
                                            .random = &world->random,
                                            .log = &world->log,
                                            .http = &world->http,
                                            .aws = world->aws};
    struct session *session = NULL;
    struct subject *subject = NULL;
    struct plan *plan = NULL;
    struct apply_result result = {.failed = 0};
    bool done = session_open(&options, &session, error) &&
                subject_open(session, STR("beta"), STR("orders"), &subject, error) &&
                subject_plan(subject, &plan, error);
    *changed = !done || plan_has_changes(plan);
    const struct apply_options apply = {.ledger = done ? subject->ledger : NULL, .clock = &world->clock};
    done = done && apply_plan(plan, &apply, &result, error);
    if (done && result.failed)
        *error = result.first;
    plan_free(plan);
    subject_close(subject);
    session_close(session);
    return done && !result.failed;
}

static void must_pass(struct world *world, bool changes)
{
    struct error error = ERROR_INIT;
    bool changed;
    if (!pass(world, &changed, &error))
        fail_msg("PLUMB_SEED=%llu: %s", (unsigned long long)world->seed, error.message);
    if (changed != changes)
        fail_msg("PLUMB_SEED=%llu: the plan %s", (unsigned long long)world->seed,
                 changed ? "is not empty" : "is empty");
}

/* Applies without faults: what stands then, and the log of the calls. */
static struct str clean_run(struct stand *stand, uint64_t seed, struct str *log)
{
    struct world *world = world_new(stand, seed);
    must_pass(world, true);
    assert_true(scheduler_choices(world->scheduler) > 100);
    must_pass(world, false);
    struct arena *arena = stand->place.arena;
    struct str summary = simulator_summary(world->account.simulator, arena);
    *log = arena_str(arena, call_log(world));
    world_free(world);
    return summary;
}

static void assert_same(uint64_t seed, const char *what, struct str one, struct str other)
{
    size_t i = 0, from;
    if (str_equal(one, other))
        return;
    while (i < one.len && i < other.len && one.ptr[i] == other.ptr[i])
        i++;
    from = i > 200 ? i - 200 : 0;
    fail_msg("PLUMB_SEED=%llu: %s differ:\n%.*s\n-- and --\n%.*s", (unsigned long long)seed, what,
             STR_ARG(str_slice(one, from, 600)), STR_ARG(str_slice(other, from, 600)));
}

static void every_interleaving_ends_in_sync(void **state)
{
    struct stand *stand = *state;
    struct str first = STR_EMPTY, log;
    set_seeds(stand, SEEDS);
    for (uint64_t seed = stand->first; seed < stand->first + stand->count; seed++) {
        struct str summary = clean_run(stand, seed, &log);
        if (first.len)
            assert_same(seed, "what stands", first, summary);
        first = summary;
    }
    assert_true(str_contains(first, "sqs/111111111111/us-east-1.queues "));
}

static void a_seed_replays_its_run(void **state)
{
    struct stand *stand = *state;
    struct str first, again, other;
    set_seeds(stand, 1);
    (void)clean_run(stand, stand->first, &first);
    (void)clean_run(stand, stand->first, &again);
    (void)clean_run(stand, stand->first + 1, &other);
    assert_same(stand->first, "the calls of two runs", first, again);
    assert_false(str_equal(first, other));
}

/* At a call of the clean run: the rule hits that operation, or whatever call comes at its place. */
static void order_fault(struct world *world, const struct value *calls, uint64_t times)
{
    static const char *const kinds[] = {"drop-before", "drop-after", "throttle", "500", "delay"};
    uint64_t nth = random_below(&world->random, calls->count);
    const struct value *call = calls->items[nth];
    struct arena *arena = world->arena;
    struct value *rule = value_map(arena), *match = value_map(arena);
    if (random_below(&world->random, 2)) {
        value_setz(arena, match, "service", value_get(call, "service"));
        value_setz(arena, match, "operation", value_get(call, "operation"));
    } else {
        value_setz(arena, match, "nth", value_int(arena, (int64_t)nth + 1));
    }
    value_setz(arena, rule, "match", match);
    value_setz(arena, rule, "fault",
               value_stringz(arena, kinds[random_below(&world->random, ARRAY_LENGTH(kinds))]));
    value_setz(arena, rule, "times", value_int(arena, (int64_t)times));
    value_setz(arena, rule, "ms", value_int(arena, (int64_t)random_below(&world->random, 90 * 1000)));
    (void)inprocess_control(&world->account, arena, "POST", "/_simulator/faults",
                            json_text(arena, rule, JSON_COMPACT));
}

/* How long things take to settle: up to what AWS needs. */
static void order_delays(struct world *world)
{
    static const char *const names[] = {"lambda.pending", "lambda.update", "lambda.mapping",
                                        "iam.propagation", "dynamodb.creating"};
    struct arena *arena = world->arena;
    struct value *delays = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        value_setz(arena, delays, names[i],
                   value_int(arena, (int64_t)random_below(&world->random, 15 * 1000)));
    (void)inprocess_control(&world->account, arena, "POST", "/_simulator/delays",
                            json_text(arena, delays, JSON_COMPACT));
}

/* A burst outlasts the attempts of a call, so that the pass fails and the next one has to put it right. */
static void order_faults(struct world *world, const struct value *calls)
{
    for (uint64_t left = random_below(&world->random, SINGLES + 1); left; left--)
        order_fault(world, calls, 1);
    for (uint64_t left = random_below(&world->random, BURSTS + 1); left; left--)
        order_fault(world, calls, BURST);
}

static void converge(struct world *world)
{
    struct error error = ERROR_INIT;
    bool changed = true, done = false;
    for (int i = 0; i < PASSES_MAX && !done; i++) {
        error_clear(&error);
        done = pass(world, &changed, &error);
    }
    if (!done)
        fail_msg("PLUMB_SEED=%llu: no success in %d passes: %s", (unsigned long long)world->seed, PASSES_MAX,
                 error.message);
    (void)inprocess_control(&world->account, world->arena, "DELETE", "/_simulator/faults", STR_EMPTY);
    must_pass(world, false);
}

static const struct value *calls_of(struct stand *stand, struct str log)
{
    struct error error = ERROR_INIT;
    struct value *read = NULL;
    DONE(json_read(stand->place.arena, STR_EMPTY, log, &read, &error));
    return value_get(read, "requests");
}

static void faults_delay_and_double_nothing(void **state)
{
    struct stand *stand = *state;
    struct str log;
    struct str clean = clean_run(stand, 1, &log);
    const struct value *calls = calls_of(stand, log);
    set_seeds(stand, SEEDS_WITH_FAULTS);
    for (uint64_t seed = stand->first; seed < stand->first + stand->count; seed++) {
        struct world *world = world_new(stand, seed);
        order_delays(world);
        order_faults(world, calls);
        converge(world);
        assert_same(seed, "what stands after faults", clean,
                    simulator_summary(world->account.simulator, world->arena));
        world_free(world);
    }
}

/* A task that waits for itself. */
static void wait_for_pool(void *pool)
{
    workers_wait(pool);
}

static void a_stall_is_found(void **state)
{
    int status;
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit no_core = {.rlim_cur = 0, .rlim_max = 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        (void)scheduler_new(1, epoch_ms);
        struct workers *pool = workers_new(2);
        workers_submit(pool, wait_for_pool, pool);
        workers_wait(pool);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, stand_up, stand_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stall_is_found),
        CASE(a_seed_replays_its_run),
        CASE(every_interleaving_ends_in_sync),
        CASE(faults_delay_and_double_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
