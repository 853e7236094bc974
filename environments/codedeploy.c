#include "environments/codedeploy.h"

#include <string.h>

#include "environments/cloudformation/template.h"
#include "environments/make.h"

#define APPLICATION "PlumbDeploymentApplication"
#define ROLE "PlumbDeploymentRole"
#define HOOKS "PlumbDeploymentHooks"
#define GROUP "PlumbDeploymentGroup"
#define CONFIG "PlumbDeploymentConfig"

struct rewrite {
    struct arena *arena;
    const struct deployment *deployment;
    struct str region, prefix;
    const struct value *template;
    struct value *resources;       /* a copy, which changes */
    struct value *configuration;   /* name of it, or NULL: the file says nothing */
    struct str configuration_id;   /* of the one that is made for the steps, or empty */
    struct deployment_shape shape; /* of the steps */
    const struct value *condition; /* of the last alias that was added to */
    size_t added;
    bool unconditional; /* not all of them have the same condition */
};

static struct value *make(struct rewrite *rewrite, const char *shape, ...)
{
    va_list arguments;
    va_start(arguments, shape);
    struct value *made = make_shape(rewrite->arena, shape, &arguments);
    va_end(arguments);
    return made;
}

/* What is made stands where the deployment does, unless it has a place of its own. */
static void place(struct value *value, const struct value *from)
{
    if (!value->line)
        value_at_position_of(value, from);
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        place(value->items[i], from);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        place(value->entries[i].value, from);
}

static bool is_type(const struct value *resource, const char *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (value_is_text(value_get(resource, "Type"), types[i]))
            return true;
    return false;
}

/* A resource by its logical id in this template, also as it is called in the application; or NULL. */
static const struct value *find(const struct rewrite *rewrite, struct str name, struct str *id)
{
    struct str prefix = rewrite->prefix;
    const struct value *resource = value_get_str(rewrite->resources, name);
    *id = name;
    if (!resource && prefix.len && name.len > prefix.len &&
        str_equal(str_slice(name, 0, prefix.len), prefix)) {
        *id = str_from_index(name, prefix.len);
        resource = value_get_str(rewrite->resources, *id);
    }
    return resource;
}

/* A logical id as a reference, else the name. */
static bool reference(struct rewrite *rewrite, const struct value *name, const char *const *types,
                      size_t count, struct value **out, struct error *error)
{
    struct str id;
    const struct value *resource = find(rewrite, name->text, &id);
    *out = value_at_position_of(value_string(rewrite->arena, resource ? id : name->text), name);
    if (!resource)
        return true;
    *out = value_at_position_of(make(rewrite, "{'Ref': %v}", *out), name);
    return is_type(resource, types, count) ||
           value_error(name, error, ERROR_INVALID, "'%.*s' is a resource of type %.*s, not of type %s",
                       STR_ARG(name->text), STR_ARG(value_get_text(resource, "Type")), types[0]);
}

/* Nothing of the template may have the name of what is made. */
static bool add(struct rewrite *rewrite, struct str id, struct value *resource, struct error *error)
{
    static const char *const sections[] = {"Resources", "Parameters"};
    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++) {
        const struct value *section = value_get(rewrite->template, sections[i]);
        const struct value_entry *taken = value_is(section, VALUE_MAP) ? value_entry(section, id) : NULL;
        if (taken)
            return value_key_error(section, taken, error, ERROR_INVALID,
                                   "'%.*s' is the name of what plumb makes for CodeDeploy: rename it",
                                   STR_ARG(id));
    }
    place(resource, rewrite->deployment->node);
    value_set(rewrite->arena, rewrite->resources, id, resource);
    return true;
}

/* The id says all that it holds: it cannot be changed, and a new one gets a new name. */
static bool make_configuration(struct rewrite *rewrite, struct error *error)
{
    struct deployment_shape shape = rewrite->shape;
    const char *kind = shape.linear ? "Linear" : "Canary";
    struct value *percent = value_int(rewrite->arena, shape.percent);
    struct value *minutes = value_int(rewrite->arena, shape.minutes);
    rewrite->configuration_id =
        arena_printf(rewrite->arena, CONFIG "%s%lldPercent%s%lldMinute%s", kind, (long long)shape.percent,
                     shape.linear ? "Every" : "", (long long)shape.minutes, shape.minutes > 1 ? "s" : "");
    rewrite->configuration = make(rewrite, "{'Ref': '%s'}", rewrite->configuration_id.ptr);
    return add(rewrite, rewrite->configuration_id,
               make(rewrite,
                    "{'Type': 'AWS::CodeDeploy::DeploymentConfig', 'Properties': {'ComputePlatform': "
                    "'Lambda', 'TrafficRoutingConfig': {'Type': 'TimeBased%s', 'TimeBased%s': "
                    "{'%sPercentage': %v, '%sInterval': %v}}}}",
                    kind, kind, kind, percent, kind, minutes),
               error);
}

/* What traffic moves by: of AWS, of the template, or a name that the account may know. */
static bool find_configuration(struct rewrite *rewrite, struct error *error)
{
    static const char *const types[] = {"AWS::CodeDeploy::DeploymentConfig"};
    const struct deployment *deployment = rewrite->deployment;
    struct str type = deployment->type;
    if (rewrite->configuration)
        return true;
    if (deployment->step_count)
        type = str_from(deployment_type_of(rewrite->shape));
    if (deployment->step_count && !type.len)
        return make_configuration(rewrite, error);
    if (!type.len)
        return true;
    if (!deployment_type_known(type))
        return reference(rewrite, value_get(deployment->node, "type"), types, ARRAY_LENGTH(types),
                         &rewrite->configuration, error);
    rewrite->configuration = make(rewrite, "'CodeDeployDefault.Lambda%s'", arena_strz(rewrite->arena, type));
    return true;
}

/* NULL where there are none. */
static bool alarm_configuration(struct rewrite *rewrite, struct value **out, struct error *error)
{
    static const char *const types[] = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"};
    const struct value *alarms = value_get(rewrite->deployment->node, "alarms");
    struct value *list = value_list(rewrite->arena);
    *out = NULL;
    for (size_t i = 0; alarms && i < alarms->count; i++) {
        struct value *name;
        if (!reference(rewrite, alarms->items[i], types, ARRAY_LENGTH(types), &name, error))
            return false;
        value_append(rewrite->arena, list, make(rewrite, "{'Name': %v}", name));
    }
    if (list->count)
        *out = make(rewrite, "{'Enabled': true, 'Alarms': %v}", list);
    return true;
}

/* Puts the file's hooks into the members of a CodeDeployLambdaAliasUpdate. */
static bool set_hooks(struct rewrite *rewrite, struct value *policy, struct error *error)
{
    static const char *const types[] = {"AWS::Lambda::Function", "AWS::Lambda::Alias",
                                        "AWS::Lambda::Version"};
    static const struct {
        const char *key, *member;
    } hooks[] = {{"beforeAllowTraffic", "BeforeAllowTrafficHook"},
                 {"afterAllowTraffic", "AfterAllowTrafficHook"}};
    for (size_t i = 0; i < ARRAY_LENGTH(hooks); i++) {
        const struct value *name = value_path(rewrite->deployment->node, "hooks", hooks[i].key, NULL);
        struct value *hook;
        if (!name)
            continue;
        if (!reference(rewrite, name, types, ARRAY_LENGTH(types), &hook, error))
            return false;
        value_setz(rewrite->arena, policy, hooks[i].member, hook);
    }
    return true;
}

/* `moves`: the traffic, and not hooks alone, which plumb's own judges surround. */
static bool add_group(struct rewrite *rewrite, struct str alias, struct value *condition, bool moves,
                      struct error *error)
{
    struct value *alarms = NULL, *configuration = moves ? rewrite->configuration : NULL;
    if (moves && !alarm_configuration(rewrite, &alarms, error))
        return false;
    if (!configuration)
        configuration = make(rewrite, "'CodeDeployDefault.LambdaAllAtOnce'");
    struct value *group = make(
        rewrite,
        "{'Type': 'AWS::CodeDeploy::DeploymentGroup', 'Condition': %v, 'Properties': {"
        "'AlarmConfiguration': %v, 'ApplicationName': {'Ref': '" APPLICATION "'}, "
        "'AutoRollbackConfiguration': {'Enabled': true, 'Events': ['DEPLOYMENT_FAILURE', "
        "'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']}, 'DeploymentConfigName': %v, "
        "'DeploymentStyle': {'DeploymentType': 'BLUE_GREEN', 'DeploymentOption': 'WITH_TRAFFIC_CONTROL'}, "
        "'ServiceRoleArn': {'Fn::GetAtt': ['" ROLE "', 'Arn']}}}",
        condition, alarms, configuration);
    return add(rewrite, arena_printf(rewrite->arena, GROUP "%.*s", STR_ARG(alias)), group, error);
}

static void note_condition(struct rewrite *rewrite, const struct value *condition)
{
    bool same = !rewrite->added || str_equal(value_text(condition), value_text(rewrite->condition));
    rewrite->unconditional = rewrite->unconditional || !condition || !same;
    rewrite->condition = condition;
    rewrite->added++;
}

/* An alias without a policy of its own. */
static bool add_policy(struct rewrite *rewrite, const struct value_entry *entry, bool moves,
                       struct error *error)
{
    struct value *alias = value_copy(rewrite->arena, entry->value);
    struct value *condition = value_get(alias, "Condition");
    struct value *update =
        make(rewrite,
             "{'ApplicationName': {'Ref': '" APPLICATION "'}, 'DeploymentGroupName': {'Ref': '" GROUP "%s'}}",
             arena_strz(rewrite->arena, entry->key));
    if ((moves && !set_hooks(rewrite, update, error)) ||
        !add_group(rewrite, entry->key, condition, moves, error))
        return false;
    struct value *policy = make(rewrite, "{'CodeDeployLambdaAliasUpdate': %v}", update);
    place(policy, rewrite->deployment->node);
    value_setz(rewrite->arena, alias, "UpdatePolicy", policy);
    value_set(rewrite->arena, rewrite->resources, entry->key, alias);
    note_condition(rewrite, condition);
    return true;
}

/* The member of `deployment:` that changes a group, or NULL. */
static const struct value *group_change(const struct rewrite *rewrite)
{
    static const char *const keys[] = {"type", "steps", "alarms"};
    const struct value *found = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(keys) && !found; i++)
        found = value_get(rewrite->deployment->node, keys[i]);
    return found;
}

static bool change_group(struct rewrite *rewrite, struct str alias, const struct value *name,
                         struct error *error)
{
    struct arena *arena = rewrite->arena;
    const struct value *ref = value_get(name, "Ref"), *change = group_change(rewrite);
    const struct value *group = value_get_str(rewrite->resources, value_text(ref));
    struct value *alarms;
    if (!change)
        return true;
    if (!value_is_text(value_get(group, "Type"), "AWS::CodeDeploy::DeploymentGroup") ||
        !value_is(value_get(group, "Properties"), VALUE_MAP))
        return value_error(change, error, ERROR_INVALID,
                           "the deployment group of the alias '%.*s' is not in its template, and cannot be "
                           "told this from here: leave it out, or write 'driver: plumb'",
                           STR_ARG(alias));
    if (!alarm_configuration(rewrite, &alarms, error))
        return false;
    struct value *copy = value_copy(arena, group), *properties = value_get(copy, "Properties");
    if (rewrite->configuration)
        value_setz(arena, properties, "DeploymentConfigName", rewrite->configuration);
    if (alarms)
        value_setz(arena, properties, "AlarmConfiguration", alarms);
    else if (value_get(rewrite->deployment->node, "alarms"))
        value_remove(properties, STR("AlarmConfiguration"));
    place(copy, rewrite->deployment->node);
    value_set(arena, rewrite->resources, ref->text, copy);
    return true;
}

/* An alias with a policy of the template's: the file wins, member by member. */
static bool change_policy(struct rewrite *rewrite, const struct value_entry *entry, struct error *error)
{
    struct value *alias = value_copy(rewrite->arena, entry->value);
    struct value *policy = value_path(alias, "UpdatePolicy", "CodeDeployLambdaAliasUpdate", NULL);
    if (!set_hooks(rewrite, policy, error) ||
        !change_group(rewrite, entry->key, value_get(policy, "DeploymentGroupName"), error))
        return false;
    value_set(rewrite->arena, rewrite->resources, entry->key, alias);
    return true;
}

static bool by_plumb(const struct deployment *deployment)
{
    return deployment->driver == DEPLOYMENT_BY_PLUMB ||
           (deployment->driver == DEPLOYMENT_BY_TEMPLATE && deployment->step_count);
}

static bool hooks_report(const struct deployment *deployment)
{
    return deployment->hooks_by_codedeploy &&
           (deployment->before_allow_traffic.len || deployment->after_allow_traffic.len);
}

/* What stands in the place of a policy and is none is refused later, as in every template. */
static bool rewrite_alias(struct rewrite *rewrite, const struct value_entry *entry, struct error *error)
{
    const struct deployment *deployment = rewrite->deployment;
    const struct value *policy = value_get(entry->value, "UpdatePolicy");
    bool empty = !policy || value_is(policy, VALUE_NULL) || (value_is(policy, VALUE_MAP) && !policy->count);
    bool grouped = value_is(value_get(policy, "CodeDeployLambdaAliasUpdate"), VALUE_MAP);
    bool moves = grouped ? !by_plumb(deployment) : deployment->driver == DEPLOYMENT_BY_CODEDEPLOY;
    if (!grouped && (!empty || !(moves || hooks_report(deployment))))
        return true;
    if (!moves)
        return grouped || add_policy(rewrite, entry, false, error);
    return deployment_fits_codedeploy(deployment, &rewrite->shape, error) &&
           find_configuration(rewrite, error) &&
           (grouped ? change_policy(rewrite, entry, error) : add_policy(rewrite, entry, true, error));
}

static bool add_shared(struct rewrite *rewrite, struct str id, struct value *resource, struct error *error)
{
    if (!rewrite->unconditional)
        value_setz(rewrite->arena, resource, "Condition",
                   value_string(rewrite->arena, value_text(rewrite->condition)));
    return add(rewrite, id, resource, error);
}

/* By AWS's policy CodeDeploy may invoke functions whose names start so, and no others. */
#define HOOK_NAMES "CodeDeployHook_"
#define FUNCTION_ARN "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"

static bool function_is_covered(const struct value *resource)
{
    const struct value *name = value_path(resource, "Properties", "FunctionName", NULL);
    const struct value *sub = value_get(name, "Fn::Sub"), *text = sub ? sub : name;
    return str_starts(value_text(value_is(text, VALUE_LIST) ? value_at(text, 0) : text), HOOK_NAMES);
}

/* What the role must be let invoke besides; NULL: nothing. */
static struct value *hook_arn(struct rewrite *rewrite, const struct value *name)
{
    struct str id;
    const struct value *resource = find(rewrite, name->text, &id);
    if (resource && value_is_text(value_get(resource, "Type"), "AWS::Lambda::Function"))
        return function_is_covered(resource)
                   ? NULL
                   : make(rewrite, "{'Fn::GetAtt': ['%s', 'Arn']}", arena_strz(rewrite->arena, id));
    if (resource)
        return make(rewrite, "{'Ref': '%s'}", arena_strz(rewrite->arena, id));
    if (str_starts(name->text, HOOK_NAMES) || str_contains(name->text, ":function:" HOOK_NAMES))
        return NULL;
    if (str_starts(name->text, "arn:"))
        return value_string(rewrite->arena, name->text);
    return make(rewrite, "{'Fn::Sub': '" FUNCTION_ARN "%s'}", arena_strz(rewrite->arena, name->text));
}

/* Of its own, for a hook may refer to the alias, which needs the role. */
static bool add_hook_policy(struct rewrite *rewrite, struct error *error)
{
    static const char *const hooks[] = {"beforeAllowTraffic", "afterAllowTraffic"};
    struct value *arns = value_list(rewrite->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(hooks); i++) {
        const struct value *name = value_path(rewrite->deployment->node, "hooks", hooks[i], NULL);
        struct value *arn = name ? hook_arn(rewrite, name) : NULL;
        if (arn)
            value_append(rewrite->arena, arns, arn);
    }
    if (!arns->count)
        return true;
    struct value *policy =
        make(rewrite,
             "{'Type': 'AWS::IAM::Policy', 'Properties': {'PolicyName': 'InvokeHooks', 'PolicyDocument': "
             "{'Version': '2012-10-17', 'Statement': [{'Action': ['lambda:InvokeFunction'], 'Effect': "
             "'Allow', 'Resource': %v}]}, 'Roles': [{'Ref': '" ROLE "'}]}}",
             arns);
    return add_shared(rewrite, STR(HOOKS), policy, error);
}

/* One application and role for all groups that were added; as SAM makes them. */
static bool add_application(struct rewrite *rewrite, struct error *error)
{
    struct str partition = partition_of_region(rewrite->region);
    bool iso = str_is(partition, "aws-iso") || str_is(partition, "aws-iso-b");
    if (!rewrite->added)
        return true;
    struct value *application = make(
        rewrite, "{'Type': 'AWS::CodeDeploy::Application', 'Properties': {'ComputePlatform': 'Lambda'}}");
    struct value *role = make(
        rewrite,
        "{'Type': 'AWS::IAM::Role', 'Properties': {'AssumeRolePolicyDocument': {'Version': '2012-10-17', "
        "'Statement': [{'Action': ['sts:AssumeRole'], 'Effect': 'Allow', 'Principal': {'Service': "
        "['codedeploy.amazonaws.com']}}]}, 'ManagedPolicyArns': "
        "['arn:%s:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda%s']}}",
        arena_strz(rewrite->arena, partition), iso ? "Limited" : "");
    return add_shared(rewrite, STR(APPLICATION), application, error) &&
           add_shared(rewrite, STR(ROLE), role, error) && add_hook_policy(rewrite, error);
}

/* Another map with the same entries. */
static struct value *shallow_copy(struct arena *arena, const struct value *map)
{
    struct value *copy = value_at_position_of(value_map(arena), map);
    for (size_t i = 0; i < map->count; i++)
        value_set_entry(arena, copy, map, &map->entries[i], map->entries[i].value);
    return copy;
}

bool codedeploy_rewrite(struct arena *arena, const struct template_options *options, struct str prefix,
                        struct value **template, struct error *error)
{
    const struct value *resources = value_get(*template, "Resources");
    if (!options->deployment || !options->deployment->present || !value_is(resources, VALUE_MAP))
        return true;
    if (by_plumb(options->deployment) && !hooks_report(options->deployment))
        return true;
    struct rewrite rewrite = {.arena = arena,
                              .deployment = options->deployment,
                              .region = options->region,
                              .prefix = prefix,
                              .template = *template,
                              .resources = shallow_copy(arena, resources)};
    for (size_t i = 0; i < resources->count; i++)
        if (value_is_text(value_get(resources->entries[i].value, "Type"), "AWS::Lambda::Alias") &&
            !rewrite_alias(&rewrite, &resources->entries[i], error))
            return false;
    if (!add_application(&rewrite, error))
        return false;
    *template = shallow_copy(arena, *template);
    value_setz(arena, *template, "Resources", rewrite.resources);
    return true;
}

bool deployment_group_is_added(const struct value *update_policy, struct str alias_id)
{
    struct str name = value_text(
        value_path(update_policy, "CodeDeployLambdaAliasUpdate", "DeploymentGroupName", "Ref", NULL));
    size_t prefix = 0; /* of a nested stack */
    while (prefix < name.len && !str_starts(str_from_index(name, prefix), GROUP))
        prefix++;
    struct str rest = str_from_index(name, prefix + strlen(GROUP));
    return prefix < name.len && str_equal(str_slice(alias_id, 0, prefix), str_slice(name, 0, prefix)) &&
           str_equal(str_from_index(alias_id, prefix), rest);
}
