/* The account of one seed: what there is, and what people and chance do to it.  Its state is written as it
 * is, without the calls that would make it: a seed has to be cheap. */

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "tests/reconciler/rollouts/rollouts.h"

#define MACHINE "arn:aws:states:" REGION ":" ACCOUNT ":stateMachine:m"

enum { STATE_MAX = 64 * 1024, TRAFFIC_BEFORE_MS = 3 * 60 * 1000 };

#define STAGE "restapis/api1/stages/" ALIAS

enum traffic_kind account_kind(const struct world *world, size_t target)
{
    return target + 1 == world->plan.targets ? world->plan.last : TRAFFIC_FUNCTION;
}

struct str account_name(struct arena *arena, const struct world *world, size_t target)
{
    enum traffic_kind kind = account_kind(world, target);
    return kind == TRAFFIC_FUNCTION        ? arena_printf(arena, "f%zu", target)
           : kind == TRAFFIC_STATE_MACHINE ? STR("m")
                                           : STR("api1");
}

static struct store *store_of(const struct world *world, const char *service)
{
    struct str region = strcmp(service, "iam") == 0 ? STR_EMPTY : STR(REGION);
    return stores_of(&world->simulator->stores, str_from(service), STR(ACCOUNT), region);
}

/* --- making it --- */

static void put_state(struct world *world, const char *service, struct buf *text)
{
    struct store *store = store_of(world, service);
    struct error error = ERROR_INIT;
    struct value *state;
    if (text->overflow || !json_read(world->arena, STR_EMPTY, buf_str(text), &state, &error)) {
        fprintf(stderr, "the state of %s: %s\n", service, error.message);
        abort();
    }
    for (size_t i = 0; i < state->count; i++)
        value_set(store->arena, store->root, arena_str(store->arena, state->entries[i].key),
                  value_copy(store->arena, state->entries[i].value));
    buf_clear(text);
}

static void add_version(struct buf *text, const char *number, const char *variable, const char *value)
{
    buf_printf(text,
               "\"%s\":{\"config\":{\"Role\":\"arn:aws:iam::" ACCOUNT ":role/f\",\"Environment\":"
               "{\"Variables\":{\"%s\":%s}}},\"sha256\":\"\",\"revision\":\"v\",\"settled\":\"v\"}",
               number, variable, value);
}

static void begin_function(struct buf *text, const char *name, const char *variable, const char *value)
{
    buf_printf(text, "%s\"%s\":{\"name\":\"%s\",\"tags\":{},", text->ptr[text->len - 1] == '{' ? "" : ",",
               name, name);
    add_version(text, "latest", variable, value);
}

/* What the hooks say, to whichever driver. */
static void add_hook(const struct world *world, struct buf *text, const char *name, bool fails)
{
    const struct plan *plan = &world->plan;
    char value[200];
    if (plan->codedeploy)
        snprintf(value, sizeof value, "\"{\\\"status\\\":\\\"%s\\\",\\\"after\\\":%lld,\\\"times\\\":%lld}\"",
                 fails ? "Failed" : "Succeeded", (long long)plan->hooks_after_ms,
                 plan->hooks_silent ? 0LL : (long long)plan->hooks_times);
    else
        snprintf(value, sizeof value, "\"{\\\"status\\\":\\\"%s\\\"}\"", fails ? "Failed" : "Succeeded");
    bool breaks = fails && !plan->codedeploy && plan->hooks_times == 2;
    begin_function(text, name,
                   breaks             ? "SIMULATOR_ERROR"
                   : plan->codedeploy ? "SIMULATOR_HOOK"
                                      : "SIMULATOR_ANSWER",
                   breaks ? "\"broken\"" : value);
    buf_addz(text, ",\"versions\":{},\"last\":0,\"aliases\":{}}");
}

static void make_functions(struct world *world, struct buf *text)
{
    char rate[40], name[8];
    buf_addz(text, "{\"functions\":{");
    snprintf(rate, sizeof rate, "\"%s\"", world->plan.error_rate);
    for (size_t i = 0; i < world->plan.targets; i++) {
        if (account_kind(world, i) != TRAFFIC_FUNCTION)
            continue;
        snprintf(name, sizeof name, "f%zu", i);
        begin_function(text, name, "NAME", "\"\"");
        buf_addz(text, ",\"versions\":{");
        for (int k = 0; k < 3; k++) {
            static const char *const numbers[] = {"1", "2", "3"};
            buf_addz(text, k ? "," : "");
            add_version(text, numbers[k], k == 1 ? "SIMULATOR_ERROR_RATE" : "NAME", k == 1 ? rate : "\"\"");
        }
        buf_addz(text, "},\"last\":3,\"aliases\":{\"" ALIAS "\":{\"FunctionVersion\":\"1\",\"weights\":{},"
                       "\"revision\":\"r0\"}}}");
    }
    add_hook(world, text, "before", world->plan.before_fails);
    add_hook(world, text, "after", world->plan.after_fails);
    buf_addz(text, "}}");
    put_state(world, "lambda", text);
}

static void make_machine(struct world *world, struct buf *text)
{
    buf_addz(text,
             "{\"machines\":{\"" MACHINE "\":{\"name\":\"m\",\"versions\":{\"1\":{},\"2\":{},\"3\":{}},"
             "\"aliases\":{\"" ALIAS "\":{\"routingConfiguration\":[{\"stateMachineVersionArn\":\"" MACHINE
             ":1\",\"weight\":100}]}}}}}");
    put_state(world, "states", text);
}

static void make_stage(struct world *world, struct buf *text)
{
    buf_addz(text, "{\"apis\":{\"api1\":{\"deployments\":{\"1\":{},\"2\":{},\"3\":{}},\"stages\":{\"" ALIAS
                   "\":{\"stageName\":\"" ALIAS "\",\"deploymentId\":\"1\"}}}}}");
    put_state(world, "apigateway", text);
}

static void add_alarm(const struct world *world, struct buf *text, size_t index)
{
    const struct plan *plan = &world->plan;
    buf_printf(text,
               "%s\"a%zu\":{\"AlarmName\":\"a%zu\",\"StateValue\":\"%s\",\"Namespace\":\"%s\","
               "\"MetricName\":\"Errors\",\"Dimensions\":[{\"Name\":\"FunctionName\",\"Value\":\"f0\"}],"
               "\"Statistic\":\"Sum\",\"Period\":60,\"EvaluationPeriods\":1,\"Threshold\":20,"
               "\"ComparisonOperator\":\"GreaterThanThreshold\",\"TreatMissingData\":\"%s\"}",
               text->ptr[text->len - 1] == '{' ? "" : ",", index, index, plan->first_state[index],
               plan->measured[index] ? "AWS/Lambda" : "None",
               plan->measured[index] ? "notBreaching" : "missing");
}

static void make_alarms(struct world *world, struct buf *text)
{
    buf_addz(text, "{\"alarms\":{");
    for (size_t i = 0; i < world->plan.alarms; i++)
        if (*world->plan.first_state[i])
            add_alarm(world, text, i);
    buf_addz(text, "}}");
    put_state(world, "cloudwatch", text);
}

static void add_group(const struct world *world, struct buf *text, size_t index)
{
    const struct plan *plan = &world->plan;
    buf_printf(text,
               "%s\"g%zu\":{\"id\":\"g%zu\",\"deploymentConfigName\":\"%s%s\",\"serviceRoleArn\":"
               "\"arn:aws:iam::" ACCOUNT ":role/deploy\",\"autoRollbackConfiguration\":{\"enabled\":true,"
               "\"events\":[\"DEPLOYMENT_FAILURE\",\"DEPLOYMENT_STOP_ON_ALARM\","
               "\"DEPLOYMENT_STOP_ON_REQUEST\"]},\"alarmConfiguration\":{\"enabled\":%s,\"alarms\":[",
               index ? "," : "", index, index, plan->configuration ? "CodeDeployDefault." : "",
               plan->configuration ? plan->configuration : "own", plan->alarms ? "true" : "false");
    for (size_t i = 0; i < plan->alarms; i++)
        buf_printf(text, "%s{\"name\":\"a%zu\"}", i ? "," : "", i);
    buf_addz(text, "]}}");
}

static void make_codedeploy(struct world *world, struct buf *text)
{
    const struct plan *plan = &world->plan;
    buf_addz(text, "{\"applications\":{\"app\":{\"id\":\"app\",\"computePlatform\":\"Lambda\",\"groups\":{");
    for (size_t i = 0; i < plan->targets; i++)
        add_group(world, text, i);
    buf_printf(text,
               "}}},\"configs\":{\"own\":{\"computePlatform\":\"Lambda\",\"trafficRoutingConfig\":{\"type\":"
               "\"%s\",\"%s\":{\"%s\":%lld,\"%s\":%lld}}}}}",
               plan->linear ? "TimeBasedLinear" : "TimeBasedCanary",
               plan->linear ? "timeBasedLinear" : "timeBasedCanary",
               plan->linear ? "linearPercentage" : "canaryPercentage", (long long)plan->percent,
               plan->linear ? "linearInterval" : "canaryInterval", (long long)plan->minutes);
    put_state(world, "codedeploy", text);
    buf_addz(text, "{\"roles\":{\"deploy\":{\"Arn\":\"arn:aws:iam::" ACCOUNT ":role/deploy\"}}}");
    put_state(world, "iam", text);
}

static void set_traffic(struct world *world, int64_t per_minute)
{
    char name[8];
    for (size_t i = 0; i < world->plan.targets; i++) {
        snprintf(name, sizeof name, "f%zu", i);
        const struct traffic_source wanted = {.account = (char[]){ACCOUNT},
                                              .region = (char[]){REGION},
                                              .function = name,
                                              .alias = (char[]){ALIAS},
                                              .per_minute = per_minute};
        if (account_kind(world, i) == TRAFFIC_FUNCTION)
            traffic_set(world->simulator, &wanted);
    }
}

/* The rollout begins when traffic has run for some minutes. */
void account_make(struct world *world)
{
    struct buf text = BUF_INIT(STATE_MAX);
    make_functions(world, &text);
    make_alarms(world, &text);
    if (world->plan.last == TRAFFIC_STATE_MACHINE)
        make_machine(world, &text);
    if (world->plan.last == TRAFFIC_API_STAGE)
        make_stage(world, &text);
    if (world->plan.codedeploy)
        make_codedeploy(world, &text);
    set_traffic(world, world->plan.per_minute);
    buf_release(&text);
    clock_sleep(&world->clock, TRAFFIC_BEFORE_MS);
}

/* --- the rollout on it --- */

static struct value *synthetic_of(struct arena *arena)
{
    struct value *list, *copy = value_list(arena);
    struct error error = ERROR_INIT;
    if (json_read(
            arena, STR_EMPTY,
            STR("[{\"name\":\"Ask\",\"function\":\"f0\",\"payload\":{},\"perMinute\":60,\"expect\":{}}]"),
            &list, &error))
        copy = list;
    return copy;
}

static struct value *compare_of(struct arena *arena, bool compare)
{
    struct value *map = value_map(arena);
    value_setz(arena, map, "errors", value_bool(arena, compare));
    value_setz(arena, map, "throttles", value_bool(arena, compare));
    value_setz(arena, map, "duration", value_stringz(arena, ""));
    value_setz(arena, map, "risk", value_stringz(arena, "1"));
    return map;
}

static struct rollout_target target_of(struct world *world, size_t index)
{
    struct arena *arena = world->arena;
    const struct plan *plan = &world->plan;
    struct str name = account_name(arena, world, index);
    struct rollout_target target = {.kind = account_kind(world, index),
                                    .logical_id = name,
                                    .function = name,
                                    .alias = STR(ALIAS),
                                    .old_version = STR("1"),
                                    .new_version = STR("2"),
                                    .before_hook = plan->before ? STR("before") : STR_EMPTY,
                                    .after_hook = plan->after ? STR("after") : STR_EMPTY};
    if (target.kind == TRAFFIC_API_STAGE)
        target.physical_id = STR(STAGE);
    if (target.kind == TRAFFIC_STATE_MACHINE) {
        target.physical_id = STR(MACHINE ":" ALIAS);
        target.old_version = STR(MACHINE ":1");
        target.new_version = STR(MACHINE ":2");
    }
    if (plan->codedeploy) {
        target.application = STR("app");
        target.group = arena_printf(arena, "g%zu", index);
    }
    return target;
}

struct rollout account_rollout(struct world *world)
{
    struct arena *arena = world->arena;
    struct plan *plan = &world->plan;
    struct rollout rollout = {.phase = ROLLOUT_WAITING,
                              .codedeploy = plan->codedeploy,
                              .id = STR("5eed"),
                              .key = STR("key"),
                              .target_count = plan->targets,
                              .steps = plan->steps,
                              .step_count = plan->step_count,
                              .started_ms = clock_wall(&world->clock),
                              .history = value_list(arena)};
    rollout.targets = arena_array(arena, plan->targets, sizeof *rollout.targets);
    for (size_t i = 0; i < plan->targets; i++)
        rollout.targets[i] = target_of(world, i);
    struct rollout_settings *settings = &rollout.settings;
    *settings =
        (struct rollout_settings){.alarm_count = plan->alarms,
                                  .hook_timeout_ms = plan->hook_timeout_ms,
                                  .minimum_invocations = plan->minimum,
                                  .hold_limit_ms = plan->hold_limit_ms,
                                  .keep_versions = -1,
                                  .fix_forward = plan->fix_forward,
                                  .compare = compare_of(arena, plan->compare),
                                  .checks = value_list(arena),
                                  .synthetic = plan->synthetic ? synthetic_of(arena) : value_list(arena),
                                  .notify = value_list(arena)};
    settings->alarms = arena_array(arena, plan->alarms, sizeof *settings->alarms);
    for (size_t i = 0; i < plan->alarms; i++)
        settings->alarms[i] = arena_printf(arena, "a%zu", i);
    return rollout;
}

/* --- looking at it --- */

static struct value *alias_state(const struct world *world, size_t target)
{
    char name[8];
    if (account_kind(world, target) == TRAFFIC_STATE_MACHINE)
        return value_path(store_of(world, "states")->root, "machines", MACHINE, "aliases", ALIAS, NULL);
    if (account_kind(world, target) == TRAFFIC_API_STAGE)
        return value_path(store_of(world, "apigateway")->root, "apis", "api1", "stages", ALIAS, NULL);
    snprintf(name, sizeof name, "f%zu", target);
    return value_path(store_of(world, "lambda")->root, "functions", name, "aliases", ALIAS, NULL);
}

static void machine_text(const struct value *alias, char *text, size_t size)
{
    const struct value *routes = value_get(alias, "routingConfiguration");
    for (size_t i = 0; routes && i < routes->count; i++) {
        struct str arn = value_get_text(routes->items[i], "stateMachineVersionArn");
        struct str number = str_from_index(arn, str_find_last(arn, ':') + 1);
        size_t used = strlen(text);
        int64_t weight = value_get_int(routes->items[i], "weight", 0);
        if (i == 0)
            snprintf(text, size, "%.*s", STR_ARG(number));
        else
            snprintf(text + used, size - used, " %.*s=%.2f", STR_ARG(number), (double)weight / 100);
    }
}

static void stage_text(const struct value *stage, char *text, size_t size)
{
    const struct value *canary = value_get(stage, "canarySettings");
    struct str own = value_get_text(stage, "deploymentId"), other = value_get_text(canary, "deploymentId"),
               share = value_get_text(canary, "percentTraffic");
    if (canary)
        snprintf(text, size, "%.*s %.*s=0.%s%.*s", STR_ARG(own), STR_ARG(other),
                 str_find(share, '.') == 1 || share.len == 1 ? "0" : "", STR_ARG(share));
    else
        snprintf(text, size, "%.*s", STR_ARG(own));
}

void account_alias(const struct world *world, size_t target, char *text, size_t size)
{
    const struct value *alias = alias_state(world, target), *weights = value_get(alias, "weights");
    *text = '\0';
    if (account_kind(world, target) == TRAFFIC_STATE_MACHINE) {
        machine_text(alias, text, size);
    } else if (account_kind(world, target) == TRAFFIC_API_STAGE) {
        stage_text(alias, text, size);
    } else if (weights && weights->count) {
        snprintf(text, size, "%.*s %.*s=%.*s", STR_ARG(value_get_text(alias, "FunctionVersion")),
                 STR_ARG(weights->entries[0].key), STR_ARG(value_text(weights->entries[0].value)));
    } else {
        snprintf(text, size, "%.*s", STR_ARG(value_get_text(alias, "FunctionVersion")));
    }
}

static struct value *alarm_state(const struct world *world, size_t index)
{
    char name[8];
    snprintf(name, sizeof name, "a%zu", index);
    return value_path(store_of(world, "cloudwatch")->root, "alarms", name, NULL);
}

char account_alarm(const struct world *world, size_t index)
{
    const struct value *alarm = alarm_state(world, index);
    return alarm ? value_get_text(alarm, "StateValue").ptr[0] : 'D';
}

int64_t account_invocations(struct world *world, size_t target, int64_t from_ms)
{
    char name[8], resource[20];
    struct statistic sum;
    struct buf key = BUF_INIT(BUF_SMALL);
    double count = 0;
    snprintf(name, sizeof name, "f%zu", target);
    snprintf(resource, sizeof resource, "%s:" ALIAS, name);
    struct dimension dimensions[] = {{STR("FunctionName"), str_from(name)},
                                     {STR("Resource"), str_from(resource)},
                                     {STR("ExecutedVersion"), STR("2")}};
    struct metrics_region *region = metrics_find(&world->simulator->metrics, STR(ACCOUNT), STR(REGION));
    traffic_advance(world->simulator, clock_wall(&world->clock));
    metrics_key(&key, STR("AWS/Lambda"), STR("Invocations"), dimensions, ARRAY_LENGTH(dimensions));
    const struct series *series = region ? metrics_series(region, buf_str(&key)) : NULL;
    if (!series || !statistic_parse(STR("Sum"), &sum) ||
        !series_statistic(series, from_ms - from_ms % METRICS_MINUTE, INT64_MAX, &sum, &count))
        count = 0;
    buf_release(&key);
    return (int64_t)count;
}

/* --- what happens to it --- */

static void set_text(struct store *store, struct value *map, const char *key, struct str text)
{
    value_setz(store->arena, map, key, value_string(store->arena, text));
}

static void set_alarm(struct world *world, const struct event *event)
{
    struct store *store = store_of(world, "cloudwatch");
    struct value *alarm = alarm_state(world, event->which);
    struct buf text = BUF_INIT(STATE_MAX);
    if (!*event->word) {
        if (alarm)
            (void)value_remove(value_get(store->root, "alarms"),
                               arena_printf(world->arena, "a%zu", event->which));
        return;
    }
    if (!alarm) {
        struct error error = ERROR_INIT;
        struct value *made;
        buf_addz(&text, "{");
        add_alarm(world, &text, event->which);
        buf_addz(&text, "}");
        if (!json_read(world->arena, STR_EMPTY, buf_str(&text), &made, &error))
            abort();
        alarm = value_copy(store->arena, made->entries[0].value);
        value_set(store->arena, value_get(store->root, "alarms"),
                  arena_str(store->arena, made->entries[0].key), alarm);
        buf_release(&text);
    }
    set_text(store, alarm, "StateValue", str_from(event->word));
}

static int64_t person_weight(struct world *world, int64_t move)
{
    struct plan *plan = &world->plan;
    switch ((enum person_move)move) {
    case PERSON_OLD:
        return 0;
    case PERSON_NEW:
        return 100;
    case PERSON_PLANNED:
        return plan->step_count ? plan->steps[plan_below(plan, plan->step_count)].weight : 100;
    default:
        return 33;
    }
}

static void move_machine(struct world *world, int64_t move, int64_t weight)
{
    struct store *store = store_of(world, "states");
    struct value *alias = alias_state(world, world->plan.targets - 1), *routes = value_list(store->arena);
    const int64_t weights[] = {move == PERSON_OTHER ? 0 : 100 - weight, move == PERSON_OTHER ? 0 : weight,
                               move == PERSON_OTHER ? 100 : 0};
    static const char *const versions[] = {MACHINE ":1", MACHINE ":2", MACHINE ":3"};
    for (size_t i = 0; i < ARRAY_LENGTH(weights); i++) {
        struct value *route = value_map(store->arena);
        set_text(store, route, "stateMachineVersionArn", str_from(versions[i]));
        value_setz(store->arena, route, "weight", value_int(store->arena, weights[i]));
        if (weights[i])
            value_append(store->arena, routes, route);
    }
    value_setz(store->arena, alias, "routingConfiguration", routes);
}

static void move_stage(struct world *world, int64_t move, int64_t weight)
{
    struct store *store = store_of(world, "apigateway");
    struct value *stage = alias_state(world, world->plan.targets - 1), *canary = value_map(store->arena);
    bool other = move == PERSON_OTHER;
    set_text(store, stage, "deploymentId", other ? STR("3") : weight == 100 ? STR("2") : STR("1"));
    set_text(store, canary, "deploymentId", STR("2"));
    value_setz(store->arena, canary, "percentTraffic",
               value_number(store->arena, arena_printf(store->arena, "%lld%s", (long long)weight,
                                                       move == PERSON_BROKEN ? ".3" : "")));
    (void)value_remove(stage, STR("canarySettings"));
    if (!other && weight > 0 && weight < 100)
        value_setz(store->arena, stage, "canarySettings", canary);
}

/* The alias has a revision of its own after it. */
static void move_alias(struct world *world, const struct event *event)
{
    struct store *store = store_of(world, "lambda");
    struct value *alias = alias_state(world, event->which), *weights = value_map(store->arena);
    int64_t weight = person_weight(world, event->number);
    bool other = event->number == PERSON_OTHER;
    if (account_kind(world, event->which) == TRAFFIC_STATE_MACHINE) {
        move_machine(world, event->number, weight);
        return;
    }
    if (account_kind(world, event->which) == TRAFFIC_API_STAGE) {
        move_stage(world, event->number, weight);
        return;
    }
    if (!other && weight > 0 && weight < 100)
        value_setz(store->arena, weights, "2",
                   value_number(store->arena, arena_printf(store->arena, "0.%02lld%s", (long long)weight,
                                                           event->number == PERSON_BROKEN ? "3" : "")));
    set_text(store, alias, "FunctionVersion", other ? STR("3") : weight == 100 ? STR("2") : STR("1"));
    value_setz(store->arena, alias, "weights", weights);
    set_text(store, alias, "revision",
             arena_printf(store->arena, "person-%lld", (long long)clock_wall(&world->clock)));
}

/* As AWS has it: not while an alias points there. */
static void delete_version(struct world *world, const struct event *event)
{
    char text[200], name[8];
    const char *number = event->number == 1 ? "1" : "2";
    snprintf(name, sizeof name, "f%zu", event->which);
    account_alias(world, event->which, text, sizeof text);
    bool needed = text[0] == number[0] || strchr(text, ' ');
    if (needed || account_kind(world, event->which) != TRAFFIC_FUNCTION)
        return;
    if (value_remove(value_path(store_of(world, "lambda")->root, "functions", name, "versions", NULL),
                     str_from(number)) &&
        event->number == 1)
        world->deleted[event->which] = true;
}

static void order_fault(struct world *world, const struct event *event)
{
    struct arena *arena = world->arena;
    struct value *rule = value_map(arena), *match = value_map(arena);
    struct error error = ERROR_INIT;
    value_setz(arena, match, "service", value_stringz(arena, event->word));
    if (*event->other)
        value_setz(arena, match, "operation", value_stringz(arena, event->other));
    value_setz(arena, rule, "match", match);
    value_setz(arena, rule, "fault", value_stringz(arena, event->fault));
    value_setz(arena, rule, "times", value_int(arena, event->number));
    value_setz(arena, rule, "ms", value_int(arena, event->ms));
    if (!faults_add(&world->simulator->faults, rule, &error))
        abort();
}

/* A version that is gone cannot come back in an account; here it does, so that a seed ends. */
static void make_quiet(struct world *world)
{
    struct store *store = store_of(world, "lambda");
    char name[8];
    world->simulator->faults.count = 0;
    world->git_down_until = world->saves_down_until = 0;
    for (size_t i = 0; i < world->plan.targets; i++) {
        snprintf(name, sizeof name, "f%zu", i);
        struct value *versions = value_path(store->root, "functions", name, "versions", NULL);
        if (world->deleted[i])
            value_setz(store->arena, versions, "1", value_copy(store->arena, value_get(versions, "3")));
    }
    if (world->paused && strcmp(world->order, "abort") != 0) {
        world->order_number++;
        world->order = "resume";
    }
}

void account_play(struct world *world, const struct event *event)
{
    switch (event->kind) {
    case EVENT_ALARM:
        set_alarm(world, event);
        break;
    case EVENT_TRAFFIC:
        set_traffic(world, event->number);
        break;
    case EVENT_PERSON:
        move_alias(world, event);
        break;
    case EVENT_DELETE:
        delete_version(world, event);
        break;
    case EVENT_FAULT:
        order_fault(world, event);
        break;
    case EVENT_GIT:
        *(event->which ? &world->saves_down_until : &world->git_down_until) =
            clock_wall(&world->clock) + event->number;
        break;
    case EVENT_ORDER:
        world->order_number++;
        world->order = event->word;
        world->paused = world->paused || strcmp(event->word, "pause") == 0;
        break;
    case EVENT_NEWER:
        world->newer = event->number;
        break;
    case EVENT_QUIET:
        make_quiet(world);
    }
}
