#include "environments/deployment_parts.h"

/* CodeDeploy's predefined configurations for Lambda, by the names that SAM gives them. */
static const struct {
    const char *name;
    struct deployment_shape shape; /* 0 %: all at once */
} types[] = {
    {"AllAtOnce", {false, 0, 0}},
    {"Canary10Percent10Minutes", {false, 10, 10}},
    {"Canary10Percent15Minutes", {false, 10, 15}},
    {"Canary10Percent30Minutes", {false, 10, 30}},
    {"Canary10Percent5Minutes", {false, 10, 5}},
    {"Linear10PercentEvery10Minutes", {true, 10, 10}},
    {"Linear10PercentEvery1Minute", {true, 10, 1}},
    {"Linear10PercentEvery2Minutes", {true, 10, 2}},
    {"Linear10PercentEvery3Minutes", {true, 10, 3}},
};

enum { MINUTE_MS = 60 * 1000 };

static const char *const holds[] = {"approval"};

const struct field deployment_step_fields[] = {
    {"check", FIELD_LIST, .help = "Names from 'checks' that decide in this step; left out: all of them",
     .items = FIELD_TEXT, .fewest = 1, .many = DEPLOYMENT_CHECKS_MAX},
    {"for", FIELD_DURATION, .help = "How long it lasts at least; left out: until there is evidence"},
    {"hold", FIELD_TEXT, .help = "Then wait until somebody says `plumb rollout promote`", WORDS(holds)},
    {"weight", FIELD_WHOLE | FIELD_REQUIRED,
     .help = "Percent of the traffic for the new version, more than in the step before", .least = 1,
     .most = 100},
};

void deployment_steps_of(struct arena *arena, bool linear, int64_t percent, int64_t minutes,
                         struct deployment_step **steps, size_t *count)
{
    *steps = NULL;
    *count = 0;
    if (percent < 1 || percent > 99)
        return;
    *steps = arena_array(arena, DEPLOYMENT_STEPS_MAX, sizeof **steps);
    for (int64_t weight = percent; weight < 100 && (linear || *count == 0); weight += percent)
        (*steps)[(*count)++] = (struct deployment_step){.weight = weight, .for_ms = minutes * MINUTE_MS};
}

bool deployment_type_steps(struct arena *arena, struct str type, struct deployment_step **steps,
                           size_t *count)
{
    static const char prefix[] = "CodeDeployDefault.Lambda";
    struct str name = str_starts(type, prefix) ? str_from_index(type, sizeof prefix - 1) : type;
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (!str_is(name, types[i].name))
            continue;
        struct deployment_shape shape = types[i].shape;
        deployment_steps_of(arena, shape.linear, shape.percent, shape.minutes, steps, count);
        return true;
    }
    return false;
}

const char *deployment_type_of(struct deployment_shape shape)
{
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (types[i].shape.linear == shape.linear && types[i].shape.percent == shape.percent &&
            types[i].shape.minutes == shape.minutes)
            return types[i].name;
    return NULL;
}

bool deployment_type_known(struct str type)
{
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (str_is(type, types[i].name))
            return true;
    return false;
}

static bool find_check(const struct deployment *deployment, const struct value *name, struct error *error)
{
    const char *known[DEPLOYMENT_CHECKS_MAX];
    size_t count = deployment->checks->count;
    for (size_t i = 0; i < count; i++) {
        const struct value *one = value_get(deployment->checks->items[i], "name");
        known[i] = one->text.ptr;
        if (str_equal(one->text, name->text))
            return true;
    }
    const char *near = str_nearest(name->text, known, count);
    return value_error(name, error, ERROR_INVALID, "there is no check '%.*s' in 'checks'%s%s%s",
                       STR_ARG(name->text), near ? ", did you mean '" : "", near ? near : "",
                       near ? "'?" : "");
}

static bool read_step_checks(struct arena *arena, const struct value *list,
                             const struct deployment *deployment, struct deployment_step *out,
                             struct error *error)
{
    if (!list)
        return true;
    if (list->count == 0)
        return value_error(list, error, ERROR_INVALID,
                           "'check' must name a check: where it is left out, all of them decide");
    if (!deployment_count(list, "check", DEPLOYMENT_CHECKS_MAX, error) ||
        !field_names(arena, list, "check", &out->checks, &out->check_count, error))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!find_check(deployment, list->items[i], error))
            return false;
    return true;
}

static bool read_step(struct arena *arena, const struct value *node, const struct deployment *deployment,
                      struct deployment_step *out, struct error *error)
{
    if (!fields_check(node, "a step", deployment_step_fields, ARRAY_LENGTH(deployment_step_fields), error))
        return false;
    *out = (struct deployment_step){
        .weight = value_get_int(node, "weight", 0),
        .for_ms = field_ms(node, "for", 0),
        .approval = value_get(node, "hold") != NULL,
    };
    return read_step_checks(arena, value_get(node, "check"), deployment, out, error);
}

bool deployment_read_steps(struct arena *arena, const struct value *node, struct deployment *out,
                           struct error *error)
{
    if (!node)
        return true;
    if (node->count == 0)
        return value_error(node, error, ERROR_INVALID,
                           "'steps' has no step: write 'type: AllAtOnce' to move everything at once");
    if (!deployment_count(node, "steps", DEPLOYMENT_STEPS_MAX, error))
        return false;
    out->steps = arena_array(arena, node->count, sizeof *out->steps);
    out->step_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!read_step(arena, node->items[i], out, &out->steps[i], error))
            return false;
        if (i > 0 && out->steps[i].weight <= out->steps[i - 1].weight)
            return value_error(value_get(node->items[i], "weight"), error, ERROR_INVALID,
                               "weight %lld must be more than %lld, that of the step before it",
                               (long long)out->steps[i].weight, (long long)out->steps[i - 1].weight);
    }
    return true;
}

#define ELSE ", or write 'driver: plumb'"

static bool step_fits(const struct value *node, const struct deployment_step *step, struct error *error)
{
    if (step->approval)
        return value_error(value_get(node, "hold"), error, ERROR_INVALID,
                           "CodeDeploy cannot wait for an approval: leave 'hold' out" ELSE);
    if (step->check_count)
        return value_error(value_get(node, "check"), error, ERROR_INVALID,
                           "CodeDeploy cannot have checks for one step: leave 'check' out" ELSE);
    return (step->for_ms >= MINUTE_MS && step->for_ms % MINUTE_MS == 0) ||
           value_error(node, error, ERROR_INVALID,
                       "CodeDeploy waits whole minutes: give each step 'for', as in '5m'" ELSE);
}

/* One step, or equal ones of equal weight up to the last before 100 %. */
static bool steps_fit(const struct deployment *deployment, const struct value *nodes,
                      struct deployment_shape *out, struct error *error)
{
    const struct deployment_step *steps = deployment->steps;
    size_t count = deployment->step_count;
    bool even = steps->weight < 100 && (count == 1 || steps[count - 1].weight + steps->weight >= 100);
    for (size_t i = 0; i < count; i++) {
        if (!step_fits(nodes->items[i], &steps[i], error))
            return false;
        even = even && steps[i].weight == steps->weight * (int64_t)(i + 1) && steps[i].weight < 100 &&
               steps[i].for_ms == steps->for_ms;
    }
    *out = (struct deployment_shape){
        .linear = count > 1, .percent = steps->weight, .minutes = steps->for_ms / MINUTE_MS};
    if (!even)
        return value_error(nodes, error, ERROR_INVALID,
                           "CodeDeploy can only shift once (one step below 100) or by equal steps in equal "
                           "times up to the last below 100 (as 25, 50, 75): write such steps" ELSE);
    return out->minutes * (int64_t)count <= CODEDEPLOY_MINUTES_MAX ||
           value_error(nodes, error, ERROR_INVALID,
                       "CodeDeploy takes at most 48 hours from the first step to the last: write shorter "
                       "ones" ELSE);
}

bool deployment_fits_codedeploy(const struct deployment *deployment, struct deployment_shape *out,
                                struct error *error)
{
    const struct value *node = deployment->node, *alarms = value_get(node, "alarms");
    const struct value *timeout = value_path(node, "hooks", "timeout", NULL);
    *out = (struct deployment_shape){.percent = 0};
    if (deployment->alarm_count > CODEDEPLOY_ALARMS_MAX)
        return value_error(alarms->items[CODEDEPLOY_ALARMS_MAX], error, ERROR_INVALID,
                           "CodeDeploy watches at most %d alarms: name fewer" ELSE, CODEDEPLOY_ALARMS_MAX);
    if (timeout)
        return value_error(timeout, error, ERROR_INVALID,
                           "CodeDeploy always waits an hour for a hook: leave 'timeout' out" ELSE);
    return !deployment->step_count || steps_fit(deployment, value_get(node, "steps"), out, error);
}
