#include "environments/sam/transform.h"

/* DeploymentPreference: one CodeDeploy application and role for all functions, a deployment group each. */

#define APPLICATION "ServerlessDeploymentApplication"
#define SERVICE_ROLE "CodeDeployServiceRole"
#define CONDITION "ServerlessCodeDeployCondition"

static const char *const predefined[] = {
    "AllAtOnce",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Canary10Percent5Minutes",
    "Linear10PercentEvery10Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
};

static bool is_predefined(const struct value *value)
{
    for (size_t i = 0; i < ARRAY_LENGTH(predefined); i++)
        if (value_is_text(value, predefined[i]))
            return true;
    return false;
}

static struct value *alarms(struct sam *sam, const char *id, const struct value *names)
{
    struct value *list = value_list(sam->arena);
    if (!value_is(names, VALUE_LIST)) {
        sam_fail(sam, names, id, "'Alarms' must be a list");
        return list;
    }
    if (names->count == 0 || is_no_value(names->items[0]))
        return value_map(sam->arena);
    for (size_t i = 0; i < names->count; i++)
        value_append(sam->arena, list, make(sam, "{'Name': %v}", names->items[i]));
    return make(sam, "{'Enabled': true, 'Alarms': %v}", list);
}

static struct value *alarm_configuration(struct sam *sam, const char *id, struct value *names)
{
    if (!is_truthy(names) || is_no_value(names))
        return NULL;
    if (!is_intrinsic_if(names))
        return alarms(sam, id, names);
    const struct value *branches = names->entries[0].value;
    if (!value_is(branches, VALUE_LIST) || branches->count != 3) {
        sam_fail(sam, names, id, "'Fn::If' of 'Alarms' needs a condition and two values");
        return NULL;
    }
    return make(sam, "{'Fn::If': [%v, %v, %v]}", branches->items[0], alarms(sam, id, branches->items[1]),
                alarms(sam, id, branches->items[2]));
}

/* "AllAtOnce" is a configuration of AWS, also inside functions; other names are the user's own. */
static struct value *configuration(struct sam *sam, struct value *type, bool in_sub)
{
    if (value_is(type, VALUE_LIST)) {
        struct value *list = value_list(sam->arena);
        for (size_t i = 0; i < type->count; i++)
            value_append(sam->arena, list, configuration(sam, type->items[i], false));
        return list;
    }
    if (is_intrinsic(type)) {
        struct value *map = value_map(sam->arena);
        struct str key = type->entries[0].key;
        value_set(sam->arena, map, key, configuration(sam, type->entries[0].value, str_is(key, "Fn::Sub")));
        return map;
    }
    if (!is_predefined(type))
        return type;
    struct value *parts = make(sam, "['CodeDeployDefault.Lambda${ConfigName}', {'ConfigName': %v}]", type);
    return in_sub ? parts : make(sam, "{'Fn::Sub': %v}", parts);
}

static struct made *deployment_group(struct sam *sam, const char *id, const struct value *preference)
{
    struct made *group =
        made_new(sam, text(sam, "%sDeploymentGroup", id), "AWS::CodeDeploy::DeploymentGroup", NULL);
    struct value *role = value_get(preference, "Role"), *condition = value_get(preference, "Condition");
    made_set(sam, group, "AlarmConfiguration", alarm_configuration(sam, id, value_get(preference, "Alarms")));
    made_set(sam, group, "ApplicationName", make(sam, "{'Ref': '" APPLICATION "'}"));
    made_set(sam, group, "AutoRollbackConfiguration",
             make(sam, "{'Enabled': true, 'Events': ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', "
                       "'DEPLOYMENT_STOP_ON_REQUEST']}"));
    made_set(sam, group, "DeploymentConfigName", configuration(sam, value_get(preference, "Type"), false));
    made_set(sam, group, "DeploymentStyle",
             make(sam, "{'DeploymentType': 'BLUE_GREEN', 'DeploymentOption': 'WITH_TRAFFIC_CONTROL'}"));
    made_set(sam, group, "ServiceRoleArn",
             is_truthy(role) ? role : make(sam, "{'Fn::GetAtt': ['" SERVICE_ROLE "', 'Arn']}"));
    if (is_truthy(value_get(preference, "TriggerConfigurations")))
        made_set(sam, group, "TriggerConfigurations", value_get(preference, "TriggerConfigurations"));
    if (is_truthy(value_get(preference, "Tags")))
        made_set(sam, group, "Tags", tag_list(sam, value_get(preference, "Tags")));
    if (is_truthy(condition))
        value_setz(sam->arena, group->attributes, "Condition", condition);
    return group;
}

static bool is_python_bool(const struct value *value, bool which)
{
    return value_is_text(value, which ? "true" : "false") || value_is_text(value, which ? "True" : "False") ||
           (value_is(value, VALUE_BOOL) && value->boolean == which) ||
           (value_is(value, VALUE_NUMBER) && str_is(value->text, which ? "1" : "0"));
}

/* A property that may be a Ref to a parameter or a mapping. */
static struct value *known_value(struct sam *sam, struct value *preference, const char *key)
{
    struct value *value = value_get(preference, key);
    if (!value)
        return NULL;
    value = resolve_mappings(sam, resolve_parameters(sam, value));
    value_setz(sam->arena, preference, key, value);
    return value;
}

static bool passes_condition(struct sam *sam, const struct source_resource *source, struct value *preference)
{
    struct value *value = known_value(sam, preference, "PassthroughCondition");
    bool yes = is_python_bool(value, true);
    if (value && !yes && !is_python_bool(value, false))
        sam_fail(sam, value, source->id,
                 "'PassthroughCondition' must be true or false, or a Ref or FindInMap of it");
    return yes;
}

static struct value *preference_of(struct sam *sam, struct source_resource *source, bool *enabled)
{
    struct value *given = value_get(source->properties, "DeploymentPreference");
    struct value *switched = known_value(sam, given, "Enabled"), *type = known_value(sam, given, "Type");
    struct value *hooks = value_get(given, "Hooks"), *tags = value_get(source->properties, "Tags");
    bool passes = passes_condition(sam, source, given);
    bool propagates = is_truthy(value_get(source->properties, "PropagateTags"));
    *enabled = !switched || (is_truthy(switched) && !value_is_text(switched, "false") &&
                             !value_is_text(switched, "False"));
    if (!*enabled)
        return value_map(sam->arena);
    if (!type)
        sam_fail(sam, given, source->id, "'DeploymentPreference' needs a 'Type'");
    if (hooks && !value_is(hooks, VALUE_MAP))
        sam_fail(sam, hooks, source->id, "'Hooks' of 'DeploymentPreference' must be a mapping");
    return make(sam,
                "{'Type': %v, 'PreTraffic': %v, 'PostTraffic': %v, 'Alarms': %v, 'Role': %v, "
                "'TriggerConfigurations': %v, 'Condition': %v, 'Tags': %v, 'Enabled': true}",
                type, value_get(hooks, "PreTraffic"), value_get(hooks, "PostTraffic"),
                value_get(given, "Alarms"), value_get(given, "Role"),
                value_get(given, "TriggerConfigurations"),
                passes ? value_get(source->attributes, "Condition") : NULL, propagates ? tags : NULL);
}

static struct value *without_none(struct value *hook)
{
    return is_none(hook) ? NULL : hook;
}

void preference_add(struct sam *sam, struct source_resource *source, struct made *alias)
{
    bool enabled;
    struct value *preference = preference_of(sam, source, &enabled);
    value_setz(sam->arena, sam->preferences, source->id, preference);
    if (!enabled || sam->failed)
        return;
    if (!alias) {
        sam_fail(sam, value_get(source->properties, "DeploymentPreference"), source->id,
                 "'DeploymentPreference' requires 'AutoPublishAlias'");
        return;
    }
    struct made *group = deployment_group(sam, source->id, preference);
    value_setz(sam->arena, alias->attributes, "UpdatePolicy",
               make(sam,
                    "{'CodeDeployLambdaAliasUpdate': {'ApplicationName': {'Ref': '" APPLICATION "'}, "
                    "'DeploymentGroupName': {'Ref': '%s'}, 'BeforeAllowTrafficHook': %v, "
                    "'AfterAllowTrafficHook': %v}}",
                    group->id, without_none(value_get(preference, "PreTraffic")),
                    without_none(value_get(preference, "PostTraffic"))));
}

/* What all preferences come to. */
struct summary {
    bool any, own_roles, unconditional;
    struct value *conditions, *tags;
};

static struct summary summarize(struct sam *sam)
{
    struct summary all = {
        .own_roles = true, .conditions = value_list(sam->arena), .tags = value_map(sam->arena)};
    for (size_t i = 0; i < sam->preferences->count; i++) {
        const struct value *one = sam->preferences->entries[i].value;
        struct value *condition = value_get(one, "Condition");
        if (!value_get(one, "Enabled"))
            continue;
        all.any = true;
        all.own_roles = all.own_roles && is_truthy(value_get(one, "Role"));
        all.unconditional = all.unconditional || !is_truthy(condition);
        if (is_truthy(value_get(one, "Tags")))
            python_update(sam->arena, all.tags, value_get(one, "Tags"));
        bool known = !is_truthy(condition);
        for (size_t k = 0; k < all.conditions->count; k++)
            known = known || value_equal(all.conditions->items[k], condition);
        if (!known)
            value_append(sam->arena, all.conditions, condition);
    }
    return all;
}

static void add_made(struct sam *sam, struct made *made, const struct summary *all, bool shared)
{
    if (shared && all->tags->count > 0)
        made_set(sam, made, "Tags", tag_list(sam, all->tags));
    if (shared && !all->unconditional && all->conditions->count > 0)
        value_setz(sam->arena, made->attributes, "Condition",
                   all->conditions->count == 1 ? all->conditions->items[0] : make_text(sam, CONDITION));
    value_setz(sam->arena, sam->output, made->id, made_value(sam, made));
}

void preferences_finish(struct sam *sam)
{
    struct summary all = summarize(sam);
    bool iso = str_is(str_from(sam->partition), "aws-iso") || str_is(str_from(sam->partition), "aws-iso-b");
    if (!all.any)
        return;
    struct made *application = made_new(sam, APPLICATION, "AWS::CodeDeploy::Application", NULL);
    made_set(sam, application, "ComputePlatform", make_text(sam, "Lambda"));
    add_made(sam, application, &all, true);
    if (!all.unconditional && all.conditions->count > 1 && sam->conditions)
        add_combined_condition(sam, sam->conditions, all.conditions, CONDITION);
    if (!all.own_roles) {
        struct made *role = made_new(sam, SERVICE_ROLE, "AWS::IAM::Role", NULL);
        made_set(sam, role, "AssumeRolePolicyDocument", assume_role_of(sam, "codedeploy.amazonaws.com"));
        made_set(sam, role, "ManagedPolicyArns",
                 make(sam, "[%v]",
                      managed_policy_arn(sam, iso ? "service-role/AWSCodeDeployRoleForLambdaLimited"
                                                  : "service-role/AWSCodeDeployRoleForLambda")));
        add_made(sam, role, &all, true);
    }
    for (size_t i = 0; i < sam->preferences->count; i++)
        if (value_get(sam->preferences->entries[i].value, "Enabled"))
            add_made(sam,
                     deployment_group(sam, sam->preferences->entries[i].key.ptr,
                                      sam->preferences->entries[i].value),
                     &all, false);
}
