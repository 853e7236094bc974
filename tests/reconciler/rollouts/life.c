/* Instances of plumb: each begins with nothing but the ledger, and is killed, or stands still for minutes, at
 * a call that the plan names. */

#include <stdlib.h>

#include "base/json.h"
#include "tests/reconciler/rollouts/rollouts.h"

enum { AGAIN_MS = 5000 };

void life_rest(struct life *life)
{
    int64_t now;
    while ((now = clock_wall(&life->world->clock)) < life->asleep_until && !life->world->over)
        clock_sleep(&life->world->clock, life->asleep_until - now);
}

/* From here on nothing that it does reaches anybody. */
void life_kill(struct life *life)
{
    if (!atomic_load(&life->dead))
        world_note(life->world, "%zu dies", life->number);
    atomic_store(&life->dead, true);
}

static void stand_still(struct life *life)
{
    world_note(life->world, "%zu stands still for %lld s", life->number,
               (long long)life->blow.sleep_ms / 1000);
    life->asleep_until = clock_wall(&life->world->clock) + life->blow.sleep_ms;
    life_rest(life);
}

/* --- its way to the outside --- */

static struct str target_of(const struct http_request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, STR("x-amz-target")))
            return request->headers[i].value;
    return STR_EMPTY;
}

/* A request that is on its way cannot be called back: before one that moves traffic nobody stands still. */
static bool moves(const struct http_request *request, struct str target)
{
    return str_is(request->method, "PUT") || str_is(request->method, "PATCH") ||
           str_ends(target, ".UpdateStateMachineAlias") || str_ends(target, ".CreateDeployment") ||
           str_ends(target, ".StopDeployment");
}

static bool perform(void *self, struct arena *arena, const struct http_request *request,
                    struct http_response *response, struct error *error)
{
    struct life *life = self;
    const struct http inner = inprocess_http(&life->account);
    struct str target = target_of(request);
    life_rest(life);
    int64_t call = ++life->calls;
    bool kill = call == life->blow.kill_at, sleep = call == life->blow.sleep_at,
         late = moves(request, target);
    if (kill && !life->blow.after)
        life_kill(life);
    if (sleep && !late)
        stand_still(life);
    if (atomic_load(&life->dead))
        return error_set(error, ERROR_CANCELLED, "killed");
    bool done = http_perform(&inner, arena, request, response, error);
    if (done && response->status == 200 && str_ends(target, ".DescribeAlarms"))
        life->alarms = life->sent;
    if (kill)
        life_kill(life);
    if (sleep && late)
        stand_still(life);
    life_rest(life);
    return atomic_load(&life->dead) ? error_set(error, ERROR_CANCELLED, "killed") : done;
}

/* --- its days --- */

static bool tick(struct life *life, bool *ended)
{
    struct error error = ERROR_INIT;
    struct world *world = life->world;
    life_rest(life);
    if (rollout_tick(life->run, ended, &error) && (*ended || ledger_prolong(life, &error)))
        return true;
    world_note(world, "%zu gives up: %s", life->number, error.message);
    if (error.code != ERROR_CONFLICT && error.code != ERROR_CANCELLED)
        world_fail(world, "a tick ended with %s: %s", error_code_name(error.code), error.message);
    if (error.code == ERROR_CANCELLED && !atomic_load(&life->dead))
        world_fail(world, "cancelled, and nobody asked for it: %s", error.message);
    return false;
}

static void work(struct life *life)
{
    struct world *world = life->world;
    bool ended = false;
    while (!world->over && !ended && tick(life, &ended)) {
        (void)!workers_wait_for(world->work, 0); /* takes threads away that have ended */
        if (!ended)
            clock_sleep(&world->clock, world->plan.tick_ms);
    }
    if (ended && !world->over)
        watch_end(world, rollout_of(life->run));
    life_kill(life);
    rollout_run_free(life->run);
}

static void live(struct life *life, struct aws *aws)
{
    struct world *world = life->world;
    struct arena *arena = arena_new();
    struct value *record = NULL;
    struct error error = ERROR_INIT;
    struct board *board = board_new(aws);
    if (!json_read(arena, STR_EMPTY, world->record, &record, &error))
        abort();
    const struct rollout rollout = rollout_read(arena, record);
    const struct rollout_options options = {.aws = aws,
                                            .http = &life->http,
                                            .clock = &world->clock,
                                            .log = &world->log,
                                            .workers = world->work,
                                            .board = board,
                                            .keeper = ledger_keeper(life),
                                            .label = STR("prod/orders"),
                                            .environment = STR("prod"),
                                            .application = STR("orders"),
                                            .commit = STR("4f2c1e0")};
    life->run = rollout_run_new(&options, &rollout);
    work(life);
    board_free(board);
    arena_free(arena);
}

static struct life *life_new(struct world *world)
{
    struct life *life = memory_alloc(sizeof *life);
    *life = (struct life){.world = world,
                          .number = ++world->lives,
                          .account = {.simulator = world->simulator, .scheduler = world->scheduler}};
    life->account.watch = watch_request;
    life->account.watch_self = life;
    life->http = (struct http){.self = life, .perform = perform};
    if (life->number <= BLOWS_MAX)
        life->blow = world->plan.blows[life->number - 1];
    return life;
}

/* What an instance does from its start to its end; how long until the next one starts. */
static int64_t once(struct world *world)
{
    struct life *life = life_new(world);
    struct error error = ERROR_INIT;
    struct aws *aws = NULL;
    struct aws_session *session =
        aws_session_new(&(struct aws_session_options){.http = &life->http,
                                                      .clock = &world->clock,
                                                      .random = &world->random,
                                                      .log = &world->log,
                                                      .environment = inprocess_variable,
                                                      .environment_self = ACCOUNT,
                                                      .cancelled = &life->dead,
                                                      .pacing = true});
    const struct aws_target target = {.region = STR(REGION), .account = STR(ACCOUNT)};
    world_note(world, "%zu starts", life->number);
    bool open = aws_open(session, &target, &aws, &error);
    while (open && !world->over && !ledger_take(life))
        clock_sleep(&world->clock, AGAIN_MS);
    if (open && !world->over) {
        world_note(world, "%zu takes the claim over", life->number);
        live(life, aws);
    }
    aws_close(aws);
    aws_session_free(session);
    int64_t pause = life->blow.restart_ms;
    free(life);
    return pause > 1000 ? pause : 1000;
}

void life_run(struct world *world)
{
    while (!world->over)
        clock_sleep(&world->clock, once(world));
}
