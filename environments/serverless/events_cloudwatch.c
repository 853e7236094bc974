#include "base/json.h"
#include "environments/serverless/compile.h"

/* Events `cloudwatchEvent` and `cloudwatchLog`. */

/* Line ends inside of texts are left out, as the framework does. */
static struct value *without_line_ends(struct sls *sls, const struct value *value)
{
    struct error error = ERROR_INIT;
    struct value *read;
    const char *json = name_replace(sls, str_from(json_of(sls, value)), "\\n", "");
    json = name_replace(sls, str_from(json), "\\r", "");
    return json_read(sls->arena, STR_EMPTY, str_from(json), &read, &error) ? read
                                                                           : value_copy(sls->arena, value);
}

static const char *one_line(struct sls *sls, struct str text)
{
    const char *line = name_replace(sls, text, "\r\n", "");
    return name_replace(sls, str_from(line), "\n", "");
}

static struct value *event_input(struct sls *sls, struct value *input)
{
    if (!truthy(input))
        return NULL;
    return input->kind == VALUE_STRING ? input : form_text(sls, json_of(sls, without_line_ends(sls, input)));
}

static void compile_event(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    const struct value *given = event->value, *transformer = value_get(given, "inputTransformer");
    const struct value *enabled = value_get(given, "enabled"), *pattern = value_get(given, "event");
    struct value *path = if_truthy(value_get(given, "inputPath")), *input = value_get(given, "input");
    const char *id = textf(sls, "%sEventsRuleCloudWatchEvent%zu", f->id, event->number);
    (void)self;
    if (!pattern || (truthy(input) ? 1 : 0) + (path ? 1 : 0) + (truthy(transformer) ? 1 : 0) > 1) {
        sls_fail(sls, given,
                 "event 'cloudwatchEvent' of function '%s' needs 'event', and takes one of 'input', "
                 "'inputPath' and 'inputTransformer'",
                 f->key);
        return;
    }
    bool off = value_is(enabled, VALUE_BOOL) && !enabled->boolean;
    sls_add(sls, id,
            form(sls,
                 "{'Type': 'AWS::Events::Rule', 'DependsOn': %v, 'Properties': {'EventPattern': %v, 'State': "
                 "'%s', 'Description': %v, 'Name': %v, 'Targets': [{'Input': %v, 'InputPath': %v, "
                 "'InputTransformer': %v, 'Arn': %v, 'Id': '%sCloudWatchEvent'}]}}",
                 alias_of(sls, f), without_line_ends(sls, pattern), off ? "DISABLED" : "ENABLED",
                 if_truthy(value_get(given, "description")), if_truthy(value_get(given, "name")),
                 event_input(sls, input), path,
                 truthy(transformer) ? form(sls, "{'InputTemplate': %v, 'InputPathsMap': %v}",
                                            value_get(transformer, "inputTemplate"),
                                            if_truthy(value_get(transformer, "inputPathsMap")))
                                     : NULL,
                 sls_target(sls, f), f->key),
            given);
    sls_add(sls, textf(sls, "%sLambdaPermissionEventsRuleCloudWatchEvent%zu", f->id, event->number),
            sls_permission(sls, f, "events.amazonaws.com", form(sls, "{'Fn::GetAtt': ['%s', 'Arn']}", id)),
            given);
}

void compile_cloudwatch_event(struct sls *sls)
{
    each_event(sls, "cloudwatchEvent", compile_event, NULL);
}

enum { FILTERS_PER_GROUP_MAX = 2 };

struct log_events {
    const struct sls_function *function;
    const char *common;   /* what the names of the function's groups start with */
    struct value *counts; /* group -> list of as many items as filters */
};

/* Quotes are unescaped once where the first one is escaped. */
static const char *filter_pattern(struct sls *sls, const char *pattern)
{
    struct str text = str_from(pattern);
    size_t slash = str_find(text, '\\'), quote = str_find(text, '"');
    struct buf out = BUF_INIT(BUF_SMALL);
    if (slash == text.len || quote == text.len || quote < slash)
        return pattern;
    for (size_t i = 0; i < text.len; i++) {
        char next = i + 1 < text.len ? text.ptr[i + 1] : 0;
        if (text.ptr[i] == '\\' && (next == '"' || next == '\\' || next == '\''))
            i++;
        buf_addc(&out, text.ptr[i]);
    }
    const char *copy = arena_strz(sls->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

static const char *common_start(struct sls *sls, const char *one, const char *other)
{
    size_t length = 0;
    while (one[length] && one[length] == other[length])
        length++;
    return textf(sls, "%.*s", (int)length, one);
}

static void count_filter(struct sls *sls, struct log_events *logs, const struct sls_event *event,
                         const char *group)
{
    struct value *list = value_get(logs->counts, group);
    if (!list) {
        list = value_list(sls->arena);
        value_setz(sls->arena, logs->counts, group, list);
    }
    value_append(sls->arena, list, event->value);
    if (list->count > FILTERS_PER_GROUP_MAX)
        sls_fail(sls, event->value, "log group '%s' takes at most %d subscription filters", group,
                 FILTERS_PER_GROUP_MAX);
}

static void compile_log(struct sls *sls, const struct sls_event *event, void *self)
{
    struct log_events *logs = self;
    const struct sls_function *f = event->function;
    bool map = event->value->kind == VALUE_MAP, first = logs->function != f;
    const char *group = one_line(sls, value_text(map ? value_get(event->value, "logGroup") : event->value));
    const char *pattern = one_line(sls, map ? value_get_text(event->value, "filter") : STR_EMPTY);
    const char *permission = textf(sls, "%sLambdaPermissionLogsSubscriptionFilterCloudWatchLog", f->id);
    count_filter(sls, logs, event, group);
    logs->common = first ? group : common_start(sls, logs->common, group);
    logs->function = f;
    sls_add(sls, textf(sls, "%sLogsSubscriptionFilterCloudWatchLog%zu", f->id, event->number),
            form(sls,
                 "{'Type': 'AWS::Logs::SubscriptionFilter', 'DependsOn': ['%s', %v], 'Properties': "
                 "{'LogGroupName': '%s', 'FilterPattern': '%s', 'DestinationArn': %v}}",
                 permission, alias_of(sls, f), group, filter_pattern(sls, pattern), sls_target(sls, f)),
            event->value);
    const char *star = first || str_ends(str_from(logs->common), "*") ? "" : "*";
    sls_add(sls, permission,
            form(sls,
                 "{'Type': 'AWS::Lambda::Permission', 'DependsOn': %v, 'Properties': {'FunctionName': %v, "
                 "'Action': 'lambda:InvokeFunction', 'Principal': {'Fn::Join': ['', ['logs.', {'Ref': "
                 "'AWS::Region'}, '.amazonaws.com']]}, 'SourceArn': {'Fn::Join': ['', ['arn:', {'Ref': "
                 "'AWS::Partition'}, ':logs:', {'Ref': 'AWS::Region'}, ':', {'Ref': 'AWS::AccountId'}, "
                 "':log-group:', '%s%s', ':*']]}}}",
                 f->alias ? form(sls, "[%v]", alias_of(sls, f)) : NULL, sls_target(sls, f), logs->common,
                 star),
            event->value);
}

void compile_cloudwatch_log(struct sls *sls)
{
    struct log_events logs = {.counts = value_map(sls->arena)};
    each_event(sls, "cloudwatchLog", compile_log, &logs);
}
