/* The ledger and the claim, in memory, as reconciler/claim.h has them: a lease of two minutes, prolonged by
 * every record, and whoever has lost it writes nothing more. */

#include "base/json.h"
#include "reconciler/claim.h"
#include "tests/reconciler/rollouts/rollouts.h"

int64_t position_of(const struct rollout *rollout)
{
    switch (rollout->phase) {
    case ROLLOUT_WAITING:
        return 0;
    case ROLLOUT_BEFORE:
        return 1;
    case ROLLOUT_SHIFTING:
        return 2 + (int64_t)rollout->step;
    case ROLLOUT_AFTER:
        return 2 + (int64_t)rollout->step_count;
    case ROLLOUT_SUCCEEDED:
        return 3 + (int64_t)rollout->step_count;
    default:
        return -1; /* no way forward */
    }
}

void ledger_give(struct world *world, const struct rollout *rollout)
{
    struct arena *fresh = arena_new();
    struct value *written = rollout_write(fresh, rollout);
    world->record = json_text(fresh, written, JSON_COMPACT);
    world->recorded = rollout_read(fresh, written);
    world->record_position = position_of(rollout);
    arena_free(world->record_arena);
    world->record_arena = fresh;
    world->saves++;
}

bool ledger_take(struct life *life)
{
    struct world *world = life->world;
    int64_t now = clock_wall(&world->clock);
    bool free = !world->holder || now >= world->lease_until_ms;
    if (!free || now < world->git_down_until || now < world->saves_down_until)
        return false;
    world->holder = life;
    life->epoch = ++world->epoch;
    life->leased_ms = now;
    world->lease_until_ms = now + CLAIM_LEASE_MS;
    return true;
}

/* The process is gone, or its host cannot reach Git. */
static bool reaches(struct life *life, bool saving, struct error *error)
{
    struct world *world = life->world;
    life_rest(life);
    int64_t now = clock_wall(&world->clock);
    if (atomic_load(&life->dead))
        return error_set(error, ERROR_CANCELLED, "killed");
    if (now >= world->git_down_until && (!saving || now >= world->saves_down_until))
        return true;
    return error_set(error, ERROR_UNAVAILABLE, "Git is down");
}

static bool is_fenced(const struct life *life)
{
    return life->lost ||
           clock_wall(&life->world->clock) - life->leased_ms >= CLAIM_LEASE_MS - CLAIM_MARGIN_MS;
}

static bool check(void *self, struct error *error)
{
    struct life *life = self;
    life_rest(life);
    if (atomic_load(&life->dead))
        return error_set(error, ERROR_CANCELLED, "killed");
    life->lost = is_fenced(life);
    return !life->lost || error_set(error, ERROR_CONFLICT, "the lease ran out");
}

static bool record(struct life *life, const struct rollout *rollout, struct error *error)
{
    struct world *world = life->world;
    if (!check(life, error))
        return false;
    int64_t began = clock_wall(&world->clock);
    scheduler_pause(world->scheduler);
    if (!reaches(life, true, error))
        return false;
    if (life->epoch != world->epoch)
        return error_set(error, ERROR_CONFLICT, "another instance holds it");
    int64_t from = world->record_position;
    ledger_give(world, rollout);
    watch_saved(world, from);
    life->leased_ms = began;
    world->lease_until_ms = began + CLAIM_LEASE_MS;
    return true;
}

static bool save(void *self, const struct rollout *rollout, const char *what, struct error *error)
{
    struct life *life = self;
    struct world *world = life->world;
    if (!is_fenced(life)) /* who slept before it could save comes to nothing */
        watch_save(life, rollout);
    bool done = record(life, rollout, error);
    world_note(world, "%zu saves '%s' in phase %s, step %zu: %s", life->number, what,
               rollout_phase_name(rollout->phase), rollout->step, done ? "done" : error->message);
    if (!done || !world->plan.saves_lie || random_below(&world->random, 6))
        return done;
    world_note(world, "but its answer is lost");
    return error_set(error, ERROR_UNAVAILABLE, "the answer was lost");
}

bool ledger_prolong(struct life *life, struct error *error)
{
    struct world *world = life->world;
    const struct rollout *rollout = rollout_of(life->run);
    if (clock_wall(&world->clock) - life->leased_ms < CLAIM_RENEW_MS || rollout_is_over(rollout))
        return true;
    if (record(life, rollout, error) || (error->code != ERROR_CANCELLED && check(life, error)))
        error_clear(error);
    return error->code == ERROR_NONE;
}

static bool listen(void *self, struct arena *arena, struct rollout_orders *orders, struct error *error)
{
    struct life *life = self;
    struct world *world = life->world;
    scheduler_pause(world->scheduler);
    life->heard = reaches(life, false, error);
    if (!life->heard)
        return false;
    orders->number = world->order_number;
    if (world->order) {
        orders->abort = strcmp(world->order, "abort") == 0;
        orders->promote = strcmp(world->order, "promote") == 0;
        orders->pause = strcmp(world->order, "pause") == 0;
        orders->resume = strcmp(world->order, "resume") == 0;
        orders->by = arena_str(arena, STR("Ann"));
        if (orders->promote && orders->number > rollout_of(life->run)->order)
            world->promoted = position_of(rollout_of(life->run));
    }
    if (world->newer)
        orders->newer = STR("a newer commit takes its place");
    life->stopped =
        life->stopped || world->newer || (orders->abort && orders->number > rollout_of(life->run)->order);
    return true;
}

struct rollout_keeper ledger_keeper(struct life *life)
{
    return (struct rollout_keeper){.self = life, .save = save, .check = check, .listen = listen};
}
