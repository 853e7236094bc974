#include "base/json.h"
#include "environments/serverless/compile.h"

/* Events `schedule`: a rule of EventBridge, or a schedule of EventBridge Scheduler. */

struct schedules {
    size_t number;                 /* of the rate in the function */
    const struct sls_function *in; /* what `number` counts in */
    struct value *scheduled;       /* functions of the scheduler, as a map */
};

static bool is_scheduler(const struct value *schedule)
{
    return value_is_text(value_get(schedule, "method"), "scheduler");
}

/* As a JSON text; a `body` that is JSON itself becomes what it says. */
static struct value *input_of(struct sls *sls, struct value *input)
{
    if (!truthy(input) || input->kind == VALUE_STRING)
        return if_truthy(input);
    struct value *body = value_get(input, "body"), *parsed;
    struct error error = ERROR_INIT;
    if (value_is(body, VALUE_STRING)) {
        if (json_read(sls->arena, STR_EMPTY, body->text, &parsed, &error))
            value_setz(sls->arena, input, "body", parsed);
        else
            sls_fail(sls, body, "'body' of the schedule's input is not JSON: %s", error.message);
    }
    return form_text(sls, json_of(sls, input));
}

static void check_method(struct sls *sls, const struct sls_event *event)
{
    static const char *const of_rules[] = {"inputTransformer", "inputPath"};
    const struct value *schedule = event->value, *rates = value_get(schedule, "rate");
    const char *key = event->function->key;
    for (size_t i = 0; is_scheduler(schedule) && i < ARRAY_LENGTH(of_rules); i++)
        if (truthy(value_get(schedule, of_rules[i])))
            sls_fail(sls, schedule, "schedule of function '%s': '%s' does not go with method 'scheduler'",
                     key, of_rules[i]);
    if (!is_scheduler(schedule) && truthy(value_get(schedule, "timezone")))
        sls_fail(sls, schedule, "schedule of function '%s': 'timezone' needs method 'scheduler'", key);
    if (value_is(rates, VALUE_LIST) && rates->count > 1 && truthy(value_get(schedule, "name")))
        sls_fail(sls, schedule, "schedule of function '%s': a name goes with one rate only", key);
}

static const char *state_of(const struct value *schedule)
{
    const struct value *enabled = value_get(schedule, "enabled");
    return value_is(enabled, VALUE_BOOL) && !enabled->boolean ? "DISABLED" : "ENABLED";
}

static void compile_scheduler(struct sls *sls, const struct sls_event *event, size_t number,
                              struct value *rate)
{
    const struct sls_function *f = event->function;
    const struct value *schedule = event->value;
    sls_put(
        sls, textf(sls, "%sSchedulerSchedule%zu", f->id, number),
        form(sls,
             "{'Type': 'AWS::Scheduler::Schedule', 'DependsOn': %v, 'Properties': {'ScheduleExpression': %v, "
             "'State': '%s', 'Target': {'Arn': %v, 'RoleArn': %v, 'Input': %v}, 'FlexibleTimeWindow': "
             "{'Mode': 'OFF'}, 'Name': %v, 'Description': %v, 'ScheduleExpressionTimezone': %v}}",
             alias_of(sls, f), rate, state_of(schedule), sls_target(sls, f),
             value_path(sls->resources, f->lambda, "Properties", "Role", NULL),
             input_of(sls, value_get(schedule, "input")), value_get(schedule, "name"),
             value_get(schedule, "description"), value_get(schedule, "timezone")),
        schedule);
}

static struct value *transformer_of(struct sls *sls, const struct value *transformer)
{
    if (!truthy(transformer))
        return NULL;
    return form(sls, "{'InputTemplate': %v, 'InputPathsMap': %v}", value_get(transformer, "inputTemplate"),
                if_truthy(value_get(transformer, "inputPathsMap")));
}

static void compile_rule(struct sls *sls, const struct sls_event *event, size_t number, struct value *rate)
{
    const struct sls_function *f = event->function;
    const struct value *schedule = event->value;
    const char *id = textf(sls, "%sEventsRuleSchedule%zu", f->id, number);
    sls_put(sls, id,
            form(sls,
                 "{'Type': 'AWS::Events::Rule', 'DependsOn': %v, 'Properties': {'ScheduleExpression': %v, "
                 "'State': '%s', 'Name': %v, 'Description': %v, 'Targets': [{'Input': %v, 'InputPath': %v, "
                 "'InputTransformer': %v, 'Arn': %v, 'Id': '%sSchedule'}]}}",
                 alias_of(sls, f), rate, state_of(schedule), if_truthy(value_get(schedule, "name")),
                 if_truthy(value_get(schedule, "description")), input_of(sls, value_get(schedule, "input")),
                 if_truthy(value_get(schedule, "inputPath")),
                 transformer_of(sls, value_get(schedule, "inputTransformer")), sls_target(sls, f), f->key),
            schedule);
    sls_put(sls, textf(sls, "%sLambdaPermissionEventsRuleSchedule%zu", f->id, number),
            sls_permission(sls, f, "events.amazonaws.com", form(sls, "{'Fn::GetAtt': ['%s', 'Arn']}", id)),
            schedule);
}

static void compile_one(struct sls *sls, const struct sls_event *event, void *self)
{
    struct schedules *schedules = self;
    struct value *rates = value_is(event->value, VALUE_MAP) ? value_get(event->value, "rate") : NULL;
    if (schedules->in != event->function)
        schedules->number = 0;
    schedules->in = event->function;
    check_method(sls, event);
    if (!rates)
        rates = form(sls, "[%v]", event->value);
    for (size_t i = 0; i < rates->count && !sls->failed; i++) {
        schedules->number++;
        if (is_scheduler(event->value)) {
            value_setz(sls->arena, schedules->scheduled, event->function->name, event->value);
            compile_scheduler(sls, event, schedules->number, rates->items[i]);
        } else {
            compile_rule(sls, event, schedules->number, rates->items[i]);
        }
    }
}

/* The scheduler takes on the default role to call the functions. */
static void allow_scheduler(struct sls *sls, const struct value *scheduled)
{
    struct value *services = sls_role_services(sls);
    struct value *arns = value_list(sls->arena);
    for (size_t i = 0; i < scheduled->count; i++)
        for (int any = 0; any < 2; any++)
            value_append(sls->arena, arns,
                         form(sls,
                              "{'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:"
                              "function:%s%s'}",
                              scheduled->entries[i].key.ptr, any ? ":*" : ""));
    if (services)
        value_append(sls->arena, services, form_text(sls, "scheduler.amazonaws.com"));
    sls_allow(sls,
              form(sls, "{'Effect': 'Allow', 'Action': ['lambda:InvokeFunction'], 'Resource': %v}", arns));
}

void compile_schedule(struct sls *sls)
{
    struct schedules schedules = {.scheduled = value_map(sls->arena)};
    each_event(sls, "schedule", compile_one, &schedules);
    if (schedules.scheduled->count)
        allow_scheduler(sls, schedules.scheduled);
}
