/* What must not be, whatever happens.  From the state of the account and what went over the wire alone. */

#include <inttypes.h>
#include <stdio.h>

#include "tests/reconciler/rollouts/rollouts.h"

/* A reading is good for a minute; the last tick before it ended may have been a while ago. */
enum { READING_MS = BOARD_FRESH_MS, WRITING_MS = 5 * 60 * 1000 };

/* --- where the aliases are --- */

/* "1 2=0.1" -> 10 */
static int64_t weight_of(const char *text)
{
    double share;
    if (strcmp(text, "1") == 0 || strcmp(text, "2") == 0)
        return text[0] == '1' ? 0 : 100;
    if ((strncmp(text, "1 2=", 4) != 0 && strncmp(text, "2 1=", 4) != 0) ||
        !number_parse(str_from(text + 4), &share))
        return FOREIGN;
    int64_t percent = (int64_t)(share * 100 + 0.5);
    double off = share * 100 - (double)percent;
    if (off > 1e-6 || off < -1e-6)
        return FOREIGN;
    return text[0] == '1' ? percent : 100 - percent;
}

static bool is_planned(const struct plan *plan, int64_t weight)
{
    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].weight == weight)
            return true;
    return weight == 0 || weight == 100;
}

static int64_t weight_at(const struct plan *plan, int64_t position)
{
    if (position < 2)
        return 0;
    return position - 2 < (int64_t)plan->step_count ? plan->steps[position - 2].weight : 100;
}

/* --- writes of plumb's --- */

static bool is_ignored(const struct rollout *rollout, size_t alarm)
{
    for (size_t i = 0; i < rollout->ignored_alarm_count; i++)
        if (rollout->ignored_alarms[i].len == 2 && rollout->ignored_alarms[i].ptr[1] == '0' + (char)alarm)
            return true;
    return false;
}

/* `strict`: OK alone will do; else all but ALARM. */
static void check_alarms(struct life *life, const struct rollout *rollout, bool strict, int64_t age_ms,
                         const char *what)
{
    struct world *world = life->world;
    bool unread = !life->alarms.at_ms || clock_wall(&world->clock) - life->alarms.at_ms > age_ms;
    for (size_t i = 0; i < world->plan.alarms; i++) {
        if (is_ignored(rollout, i))
            continue;
        if (unread)
            world_fail(world, "%s, and the alarms were not read", what);
        if (life->alarms.states[i] == 'A' || (strict && life->alarms.states[i] != 'O'))
            world_fail(world, "%s, and alarm a%zu was %c", what, i, life->alarms.states[i]);
    }
}

static void check_fence(struct life *life, const char *what)
{
    if (life->epoch != life->world->epoch)
        world_fail(life->world, "instance %zu, which is fenced, %s", life->number, what);
}

static void check_forward(struct life *life, size_t target, int64_t weight)
{
    struct world *world = life->world;
    struct sight *sight = &world->sights[target];
    if (world->record_position >= 0)
        world->forward_ms[world->record_position] = clock_wall(&world->clock);
    if (weight > weight_at(&world->plan, world->record_position))
        world_fail(world, "target %zu goes to %" PRId64 " %%, and the ledger is at position %" PRId64, target,
                   weight, world->record_position);
    if (sight->returned)
        world_fail(world, "target %zu goes forward to %" PRId64 " %% after it went back", target, weight);
    if (life->stopped)
        world_fail(world, "target %zu goes forward to %" PRId64 " %%, and the instance was told to stop",
                   target, weight);
    if (world->recorded.paused)
        world_fail(world, "target %zu goes forward to %" PRId64 " %%, and it is paused", target, weight);
    check_alarms(life, &world->recorded, false, WRITING_MS, "traffic goes forward");
}

/* What a person set.  Between reading what has no revision and writing it nobody can see a change. */
static void check_person(struct life *life, size_t target, int64_t weight)
{
    struct world *world = life->world;
    const struct sight *sight = &world->sights[target];
    int64_t least = weight_at(&world->plan, world->record_position - 1);
    bool unseen =
        account_kind(world, target) != TRAFFIC_FUNCTION && sight->moved_ms >= life->looked_ms[target];
    if (sight->author != AUTHOR_PERSON || unseen)
        return;
    if (!world->plan.codedeploy && sight->weight > weight_at(&world->plan, world->furthest))
        world_fail(world, "target %zu goes to %" PRId64 " %%, over '%s', to which plumb never came", target,
                   weight, sight->text);
    if (sight->weight == FOREIGN || (weight > sight->weight && sight->weight < least))
        world_fail(world, "target %zu goes to %" PRId64 " %%, over '%s', which a person set", target, weight,
                   sight->text);
}

static void check_plumb(struct life *life, size_t target, int64_t weight)
{
    const struct sight *sight = &life->world->sights[target];
    check_fence(life, "moved an alias");
    check_person(life, target, weight);
    if (weight > sight->weight && sight->weight != FOREIGN)
        check_forward(life, target, weight);
}

/* CodeDeploy does not wait for evidence; plumb, where nothing keeps it, stops it in time. */
static void check_codedeploy(struct world *world, size_t target, int64_t weight)
{
    struct sight *sight = &world->sights[target];
    int64_t had =
        account_invocations(world, target, sight->shifted_ms) + sight->all_sent - sight->shifted_sent;
    if (weight <= sight->weight)
        return;
    if (sight->returned && sight->author != AUTHOR_PERSON)
        world_fail(world, "CodeDeploy moves target %zu to %" PRId64 " %% after it went back", target, weight);
    if (world->plan.calm && sight->weight > 0 && had < world->plan.minimum)
        world_fail(world, "CodeDeploy moves target %zu on after %" PRId64 " of %" PRId64 " invocations",
                   target, had, world->plan.minimum);
    sight->shifted_ms = clock_wall(&world->clock);
    sight->shifted_sent = sight->all_sent;
}

static void moved(struct world *world, size_t target, const char *text, enum author author, struct life *life)
{
    struct sight *sight = &world->sights[target];
    static const char *const names[] = {"nobody", "plumb", "CodeDeploy", "a person"};
    int64_t weight = weight_of(text);
    world_note(world, "target %zu: '%s' to '%s' by %s", target, sight->text, text, names[author]);
    if (author != AUTHOR_PERSON && sight->author != AUTHOR_NOBODY) {
        if (weight == FOREIGN || !is_planned(&world->plan, weight))
            world_fail(world, "target %zu goes to '%s', which is not planned", target, text);
        if (weight < sight->weight && weight != 0)
            world_fail(world, "target %zu goes back to '%s', not to all old", target, text);
        if (author == AUTHOR_PLUMB)
            check_plumb(life, target, weight);
        else
            check_codedeploy(world, target, weight);
        sight->returned = sight->returned || weight < sight->weight;
    }
    if (author == AUTHOR_PERSON)
        sight->moved_ms = clock_wall(&world->clock);
    sight->author = author;
    sight->weight = weight;
    snprintf(sight->text, sizeof sight->text, "%s", text);
}

void watch_aliases(struct world *world, enum author author, struct life *life)
{
    char text[200];
    for (size_t i = 0; i < world->plan.targets; i++) {
        account_alias(world, i, text, sizeof text);
        if (strcmp(text, world->sights[i].text) != 0)
            moved(world, i, text, author, life);
    }
}

void watch_time(struct world *world)
{
    world->simulator->virtual_now = clock_wall(&world->clock);
    timeline_advance(world->simulator);
    watch_aliases(world, AUTHOR_CODEDEPLOY, NULL);
}

/* --- requests --- */

static void read_alarms(struct life *life)
{
    for (size_t i = 0; i < life->world->plan.alarms; i++)
        life->sent.states[i] = account_alarm(life->world, i);
    life->sent.at_ms = clock_wall(&life->world->clock);
}

/* "/2015-03-31/functions/f0/..." */
static size_t target_in(const struct world *world, struct str path)
{
    size_t at = strlen("/2015-03-31/functions/");
    bool one = path.len > at + 1 && path.ptr[at] == 'f' && path.ptr[at + 1] >= '0' && path.ptr[at + 1] <= '9';
    return one ? (size_t)(path.ptr[at + 1] - '0') : world->plan.targets;
}

static void carried_out(struct life *life, const struct sim_request *request, const struct sim_answer *answer)
{
    struct world *world = life->world;
    struct str operation = sim_header(request, "x-amz-target");
    size_t target = target_in(world, request->path);
    bool told = answer->ending == SIM_ANSWERED && answer->status == 200;
    if (told && (str_ends(operation, ".DescribeAlarms") || str_contains(request->body, "=DescribeAlarms")))
        read_alarms(life);
    if (str_ends(operation, ".DescribeStateMachineAlias") ||
        (str_is(request->method, "GET") && str_starts(request->path, "/restapis/")))
        life->looked_ms[world->plan.targets - 1] = clock_wall(&world->clock);
    if (str_ends(operation, ".CreateDeployment") || str_ends(operation, ".StopDeployment"))
        check_fence(life, "made or stopped a deployment");
    if (str_ends(request->path, "/invocations") && target < world->plan.targets) {
        world->sights[target].sent[world->record_position < 0 ? 0 : world->record_position]++;
        world->sights[target].all_sent++;
    }
    watch_aliases(world, AUTHOR_PLUMB, life);
}

static uint64_t mix(uint64_t hash, struct str text)
{
    return (hash ^ str_hash(text)) * UINT64_C(0x100000001b3);
}

void watch_request(void *self, const struct sim_request *request, const struct sim_answer *answer)
{
    struct life *life = self;
    struct world *world = life->world;
    if (!answer) {
        watch_time(world);
        return;
    }
    const int64_t numbers[] = {world_now(world), answer->status, answer->ending, (int64_t)life->number};
    world->calls++;
    world->hash = mix(world->hash, request->path);
    world->hash = mix(world->hash, request->body);
    world->hash = mix(world->hash, answer->body);
    world->hash = mix(world->hash, (struct str){.ptr = (const char *)numbers, .len = sizeof numbers});
    world_note(world, "%zu: %.*s %.*s%.*s: %d%s", life->number, STR_ARG(request->method),
               STR_ARG(request->path), STR_ARG(sim_header(request, "x-amz-target")), answer->status,
               answer->ending == SIM_ANSWERED ? "" : ", lost");
    carried_out(life, request, answer);
}

/* --- steps --- */

/* One more position may have been in the ledger meanwhile, and been taken back. */
static void check_invocations(struct world *world, size_t step)
{
    for (size_t i = 0; i < world->plan.targets; i++) {
        if (account_kind(world, i) != TRAFFIC_FUNCTION)
            continue;
        const int64_t *sent = world->sights[i].sent;
        int64_t had =
            account_invocations(world, i, world->forward_ms[step + 2]) + sent[step + 2] + sent[step + 3];
        if (had < world->plan.minimum)
            world_fail(world, "step %zu is left, and target %zu had %" PRId64 " of %" PRId64 " invocations",
                       step, i, had, world->plan.minimum);
    }
}

static void check_step_left(struct life *life, const struct rollout *rollout, size_t step)
{
    struct world *world = life->world;
    const struct deployment_step *left = &world->plan.steps[step];
    bool promoted = world->promoted == (int64_t)step + 2;
    int64_t since = clock_wall(&world->clock) - world->forward_ms[step + 2];
    if (since < left->for_ms && !promoted)
        world_fail(world, "step %zu is left after %" PRId64 " of %" PRId64 " ms", step, since, left->for_ms);
    if (left->approval && !promoted)
        world_fail(world, "step %zu is left without approval", step);
    check_alarms(life, rollout, true, READING_MS, "a step is left");
    check_invocations(world, step);
}

static void check_bad(struct world *world)
{
    const struct plan *plan = &world->plan;
    bool without = plan->last != TRAFFIC_FUNCTION && plan->targets == 1;
    if (plan->codedeploy && !plan->calm)
        return; /* CodeDeploy goes on while no plumb looks */
    if (plan->compare && plan->step_count && plan->minimum >= 10 && plan->per_minute >= 600 && !without &&
        strcmp(plan->error_rate, "1") == 0)
        world_fail(world, "a version that always fails went through");
}

void watch_save(struct life *life, const struct rollout *rollout)
{
    struct world *world = life->world;
    int64_t from = world->record_position, to = position_of(rollout);
    int64_t end = 3 + (int64_t)rollout->step_count;
    if (to <= from || from < 0 || atomic_load(&life->dead) || life->epoch != world->epoch)
        return;
    bool by_person = false; /* CodeDeploy's weights are read, and may be a person's */
    for (size_t i = 0; i < world->plan.targets; i++)
        by_person = by_person || (world->plan.codedeploy && world->sights[i].moved_ms);
    if (to >= 2 && world->plan.before_fails && !by_person)
        world_fail(world, "the hook before traffic failed, and traffic moves");
    if (to == end && world->plan.after_fails)
        world_fail(world, "the hook after traffic failed, and it succeeds");
    if (to == end)
        check_bad(world);
    if (world->plan.codedeploy)
        return;
    if (life->stopped)
        world_fail(world, "position %" PRId64 ", and the instance was told to stop", to);
    if (!life->heard)
        world_fail(world, "position %" PRId64 ", and the instance has not heard whether it may", to);
    if (to != from + 1)
        world_fail(world, "from position %" PRId64 " to %" PRId64, from, to);
    if (from == 1)
        check_alarms(life, rollout, false, READING_MS, "the first traffic moves");
    if (from >= 2 && from < end - 1)
        check_step_left(life, rollout, (size_t)(from - 2));
}

void watch_saved(struct world *world, int64_t from)
{
    if (world->record_position > world->furthest)
        world->furthest = world->record_position;
    if (world->record_position > from && !world->forward_ms[world->record_position])
        world->forward_ms[world->record_position] = clock_wall(&world->clock);
}

/* --- the end --- */

void watch_end(struct world *world, const struct rollout *rollout)
{
    enum { LATER_MS = 3 * 3600 * 1000 };
    bool touched = false;
    world->over = true;
    world->phase = rollout->phase;
    world_note(world, "it ends as %s: %.*s", rollout_phase_name(rollout->phase), STR_ARG(rollout->reason));
    if (world->recorded.phase != rollout->phase)
        world_fail(world, "it ended, and the ledger says %s", rollout_phase_name(world->recorded.phase));
    watch_time(world);
    for (size_t i = 0; i < world->plan.targets; i++) {
        const struct sight *sight = &world->sights[i];
        int64_t wanted = rollout->phase == ROLLOUT_SUCCEEDED ? 100 : 0;
        touched = touched || sight->moved_ms;
        if (rollout->phase != ROLLOUT_LEFT && sight->weight != wanted && sight->author != AUTHOR_PERSON)
            world_fail(world, "it ended as %s, and target %zu is at '%s'", rollout_phase_name(rollout->phase),
                       i, sight->text);
    }
    if (rollout->phase == ROLLOUT_LEFT && !touched)
        world_fail(world, "it was left, and nobody had moved anything");
    if (!world->plan.codedeploy || rollout->phase == ROLLOUT_LEFT)
        return;
    uint64_t lines = world->line_count;
    world->simulator->virtual_now += LATER_MS;
    timeline_advance(world->simulator);
    watch_aliases(world, AUTHOR_CODEDEPLOY, NULL);
    if (world->line_count != lines && !touched)
        world_fail(world, "CodeDeploy went on after the end");
}
