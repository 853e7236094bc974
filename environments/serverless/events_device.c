#include "environments/serverless/compile.h"

/* Events `alexaSkill`, `alexaSmartHome`, `iot` and `iotFleetProvisioning`. */

static void compile_alexa(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    const char *kind = self;
    bool skill = str_is(str_from(kind), "Skill"), map = event->value->kind == VALUE_MAP;
    const struct value *enabled = map ? value_get(event->value, "enabled") : NULL;
    bool off = value_is(enabled, VALUE_BOOL) && !enabled->boolean;
    sls_add(sls, textf(sls, "%sLambdaPermissionAlexa%s%zu", f->id, kind, event->number),
            form(sls,
                 "{'Type': 'AWS::Lambda::Permission', 'DependsOn': %v, 'Properties': {'FunctionName': %v, "
                 "'Action': '%s', 'Principal': '%s', 'EventSourceToken': %v}}",
                 alias_of(sls, f), sls_target(sls, f),
                 off ? "lambda:DisableInvokeFunction" : "lambda:InvokeFunction",
                 skill ? "alexa-appkit.amazon.com" : "alexa-connectedhome.amazon.com",
                 map ? value_get(event->value, "appId") : event->value),
            event->value);
}

void compile_alexa_skill(struct sls *sls)
{
    each_event(sls, "alexaSkill", compile_alexa, "Skill");
}

void compile_alexa_smart_home(struct sls *sls)
{
    each_event(sls, "alexaSmartHome", compile_alexa, "SmartHome");
}

static struct value *one_line(struct sls *sls, const struct value *text)
{
    if (!truthy(text))
        return NULL;
    const char *line = name_replace(sls, value_text(text), "\r\n", "");
    return form_text(sls, name_replace(sls, str_from(line), "\n", ""));
}

static void compile_topic_rule(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    const struct value *given = event->value, *enabled = value_get(given, "enabled");
    const char *id = textf(sls, "%sIotTopicRule%zu", f->id, event->number);
    bool off = value_is(enabled, VALUE_BOOL) && !enabled->boolean;
    (void)self;
    sls_add(
        sls, id,
        form(sls,
             "{'Type': 'AWS::IoT::TopicRule', 'DependsOn': %v, 'Properties': {'TopicRulePayload': "
             "{'RuleDisabled': %v, 'Sql': %v, 'Actions': [{'Lambda': {'FunctionArn': %v}}], 'Description': "
             "%v, 'AwsIotSqlVersion': %v}, 'RuleName': %v}}",
             alias_of(sls, f), value_bool(sls->arena, off), one_line(sls, value_get(given, "sql")),
             sls_target(sls, f), one_line(sls, value_get(given, "description")),
             one_line(sls, value_get(given, "sqlVersion")), one_line(sls, value_get(given, "name"))),
        given);
    sls_add(sls, textf(sls, "%sLambdaPermissionIotTopicRule%zu", f->id, event->number),
            sls_permission(
                sls, f, "iot.amazonaws.com",
                form(sls,
                     "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':iot:', {'Ref': 'AWS::Region'}, "
                     "':', {'Ref': 'AWS::AccountId'}, ':rule/', {'Ref': '%s'}]]}",
                     id)),
            given);
}

void compile_iot(struct sls *sls)
{
    each_event(sls, "iot", compile_topic_rule, NULL);
}

static void compile_provisioning(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    const struct value *given = event->value;
    struct value *enabled = value_get(given, "enabled");
    const char *permission = textf(sls, "%sLambdaPermissionIotProvisioningTemplate", f->id);
    (void)self;
    if (event->number > 1)
        sls_fail(sls, given, "function '%s' takes one event 'iotFleetProvisioning'", f->key);
    sls_put(sls, textf(sls, "%sIotProvisioningTemplate", f->id),
            form(sls,
                 "{'Type': 'AWS::IoT::ProvisioningTemplate', 'Properties': {'Enabled': %v, "
                 "'PreProvisioningHook': {'TargetArn': %v}, 'ProvisioningRoleArn': %v, 'TemplateBody': '%s', "
                 "'TemplateName': %v}, 'DependsOn': ['%s', %v]}",
                 enabled ? enabled : value_bool(sls->arena, true), sls_target(sls, f),
                 value_get(given, "provisioningRoleArn"), json_of(sls, value_get(given, "templateBody")),
                 if_truthy(value_get(given, "templateName")), permission, alias_of(sls, f)),
            given);
    sls_put(sls, permission, sls_permission(sls, f, "iot.amazonaws.com", NULL), given);
}

void compile_iot_fleet_provisioning(struct sls *sls)
{
    each_event(sls, "iotFleetProvisioning", compile_provisioning, NULL);
}
