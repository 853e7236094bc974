#include <string.h>

#include "environments/serverless/compile.h"

/* Events `eventBridge`: rules, and the buses that they name. */

enum { NAME_MAX_LENGTH = 64 }; /* of rules and targets */

/* Long names end in the MD5 of themselves. */
static const char *short_name(struct sls *sls, const char *name, const char *suffix)
{
    if (strlen(name) <= NAME_MAX_LENGTH)
        return name;
    return textf(sls, "%.*s%s-%s", (int)(31 - strlen(suffix)), name, md5_of(sls, name), suffix);
}

static struct value *target_of(struct sls *sls, const struct sls_event *event, const char *rule)
{
    const struct value *given = event->value, *transformer = value_get(given, "inputTransformer");
    const struct value *retry = value_get(given, "retryPolicy");
    struct value *input = value_get(given, "input"), *path = if_truthy(value_get(given, "inputPath"));
    struct value *dead = if_truthy(value_get(given, "deadLetterQueueArn"));
    if ((truthy(input) ? 1 : 0) + (path ? 1 : 0) + (truthy(transformer) ? 1 : 0) > 1)
        sls_fail(sls, given,
                 "event 'eventBridge' of function '%s' takes one of 'input', 'inputPath' and "
                 "'inputTransformer'",
                 event->function->key);
    return form(
        sls,
        "{'Arn': %v, 'Id': '%s', 'RetryPolicy': %v, 'DeadLetterConfig': %v, 'Input': %v, 'InputPath': %v, "
        "'InputTransformer': %v}",
        sls_target(sls, event->function), short_name(sls, textf(sls, "%s-target", rule), "target"),
        truthy(retry) ? form(sls, "{'MaximumEventAgeInSeconds': %v, 'MaximumRetryAttempts': %v}",
                             value_get(retry, "maximumEventAge"), value_get(retry, "maximumRetryAttempts"))
                      : NULL,
        dead ? form(sls, "{'Arn': %v}", dead) : NULL,
        truthy(input) ? form_text(sls, json_of(sls, input)) : NULL, path,
        truthy(transformer)
            ? form(sls, "{'InputPathsMap': %v, 'InputTemplate': %v}", value_get(transformer, "inputPathsMap"),
                   value_get(transformer, "inputTemplate"))
            : NULL);
}

struct bus {
    struct value *name; /* or NULL: the default one */
    const char *made;   /* logical id where the service makes it, or NULL */
};

static struct bus bus_of(struct sls *sls, const struct value *given)
{
    struct bus bus = {.name = if_truthy(value_get(given, "eventBus"))};
    if (!value_is(bus.name, VALUE_STRING))
        return bus;
    struct str name = bus.name->text;
    if (str_starts(name, "arn")) {
        size_t slash = str_find(name, '/');
        bus.name = value_string(sls->arena, slash < name.len ? str_from_index(name, slash + 1) : name);
    } else if (!str_is(name, "default")) {
        bus.made = textf(sls, "%sEventBridgeEventBus", name_resource(sls, name));
        sls_put(sls, bus.made,
                form(sls, "{'Type': 'AWS::Events::EventBus', 'Properties': {'Name': %v}}", bus.name), given);
    }
    return bus;
}

static void compile_rule(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    const struct value *given = event->value, *enabled = value_get(given, "enabled");
    const struct value *settings = value_get(sls->provider, "eventBridge");
    const char *suffix = textf(sls, "rule-%zu", event->index);
    const char *usual = textf(sls, "%s-%s", f->name, suffix);
    struct value *named = value_get(given, "name");
    const char *name = truthy(named) ? text_of(sls, named) : short_name(sls, usual, suffix);
    (void)self;
    if (truthy(settings) && !truthy(value_get(settings, "useCloudFormation"))) {
        sls_unsupported(sls, settings, "'eventBridge' without 'useCloudFormation: true' is not supported");
        return;
    }
    struct bus bus = bus_of(sls, given);
    bool off = value_is(enabled, VALUE_BOOL) && !enabled->boolean;
    sls_put(
        sls, textf(sls, "%sEventBridgeRule", name_alphanumeric(sls, str_from(usual))),
        form(sls,
             "{'Type': 'AWS::Events::Rule', 'DependsOn': %v, 'Properties': {'Description': %v, "
             "'EventBusName': %v, 'EventPattern': %v, 'Name': '%s', 'ScheduleExpression': %v, 'State': '%s', "
             "'Targets': [%v]}}",
             bus.made ? form_text(sls, bus.made) : alias_of(sls, f), value_get(given, "description"),
             value_is_text(bus.name, "default") ? NULL : bus.name, value_get(given, "pattern"), name,
             value_get(given, "schedule"), off ? "DISABLED" : "ENABLED", target_of(sls, event, name)),
        given);
    sls_put(
        sls, textf(sls, "%sEventBridgeLambdaPermission%zu", f->id, event->index),
        sls_permission(
            sls, f, "events.amazonaws.com",
            form(sls,
                 "{'Fn::Join': [':', ['arn', {'Ref': 'AWS::Partition'}, 'events', {'Ref': 'AWS::Region'}, "
                 "{'Ref': 'AWS::AccountId'}, {'Fn::Join': ['/', ['rule', %v, '%s']]}]]}",
                 bus.name, name)),
        given);
}

void compile_event_bridge(struct sls *sls)
{
    each_event(sls, "eventBridge", compile_rule, NULL);
}
