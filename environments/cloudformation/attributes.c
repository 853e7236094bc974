#include "environments/cloudformation/template.h"

/*
 * What stands beside the Properties of a resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html
 */

static const char *const resource_keys[] = {
    "Condition",  "CreationPolicy", "DeletionPolicy", "DependsOn",           "Metadata",
    "Properties", "Type",           "UpdatePolicy",   "UpdateReplacePolicy", "Version"};

static const struct {
    const char *name;
    enum removal_policy policy;
    bool replaces; /* also a value of UpdateReplacePolicy */
} removal_policies[] = {
    {"Delete", REMOVAL_DELETE, true},
    {"Retain", REMOVAL_RETAIN, true},
    {"RetainExceptOnCreate", REMOVAL_RETAIN_EXCEPT_ON_CREATE, false},
    {"Snapshot", REMOVAL_SNAPSHOT, true},
};

/* Types of which AWS takes snapshots. */
static const char *const snapshot_types[] = {
    "AWS::DocDB::DBCluster",          "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup",

    "AWS::Neptune::DBCluster",        "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",           "AWS::Redshift::Cluster",
};

/* Type, attribute, its member, and the members of that ("" where it is no mapping). */
static const struct {
    const char *type, *attribute, *name, *members;
} policies[] = {
    {"AWS::AppStream::Fleet", "CreationPolicy", "StartFleet", ""},
    {"AWS::AppStream::Fleet", "UpdatePolicy", "StartAfterUpdate", "Type"},
    {"AWS::AppStream::Fleet", "UpdatePolicy", "StopBeforeUpdate", "Type"},
    {"AWS::AutoScaling::AutoScalingGroup", "CreationPolicy", "AutoScalingCreationPolicy",
     "MinSuccessfulInstancesPercent"},
    {"AWS::AutoScaling::AutoScalingGroup", "CreationPolicy", "ResourceSignal", "Count Timeout"},
    {"AWS::AutoScaling::AutoScalingGroup", "UpdatePolicy", "AutoScalingReplacingUpdate", "WillReplace"},
    {"AWS::AutoScaling::AutoScalingGroup", "UpdatePolicy", "AutoScalingRollingUpdate",
     "MaxBatchSize MinActiveInstancesPercent MinInstancesInService MinSuccessfulInstancesPercent PauseTime "
     "SuspendProcesses WaitOnResourceSignals"},
    {"AWS::AutoScaling::AutoScalingGroup", "UpdatePolicy", "AutoScalingScheduledAction",
     "IgnoreUnmodifiedGroupSizeProperties"},
    {"AWS::CloudFormation::WaitCondition", "CreationPolicy", "ResourceSignal", "Count Timeout"},
    {"AWS::EC2::Instance", "CreationPolicy", "ResourceSignal", "Count Timeout"},
    {"AWS::ElastiCache::ReplicationGroup", "UpdatePolicy", "UseOnlineResharding", ""},
    {"AWS::Elasticsearch::Domain", "UpdatePolicy", "EnableVersionUpgrade", ""},
    {"AWS::Lambda::Alias", "UpdatePolicy", "CodeDeployLambdaAliasUpdate",
     "AfterAllowTrafficHook ApplicationName BeforeAllowTrafficHook DeploymentGroupName"},
    {"AWS::OpenSearchService::Domain", "UpdatePolicy", "EnableVersionUpgrade", ""},
};

bool name_check(const struct value *section, const struct value_entry *entry, const char *what,
                struct error *error)
{
    bool sound = entry->key.len > 0 && entry->key.len <= LOGICAL_ID_MAX;
    for (size_t i = 0; i < entry->key.len; i++) {
        char c = entry->key.ptr[i];
        sound = sound && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    }
    return sound ||
           value_key_error(section, entry, error, ERROR_INVALID,
                           "%s '%.*s' must be 1 to 255 letters and digits", what, STR_ARG(entry->key));
}

static bool is_custom(struct str type)
{
    return str_starts(type, "Custom::") || str_is(type, "AWS::CloudFormation::CustomResource");
}

bool attributes_check(struct arena *arena, const struct value *resources, const struct value_entry *entry,
                      struct error *error)
{
    const struct value *node = entry->value;
    if (!name_check(resources, entry, "logical id", error))
        return false;
    if (!value_is(node, VALUE_MAP) || !value_is(value_get(node, "Type"), VALUE_STRING))
        return value_key_error(resources, entry, error, ERROR_INVALID,
                               "resource '%.*s' must be a mapping with a 'Type'", STR_ARG(entry->key));
    for (size_t i = 0; i < node->count; i++) {
        bool known = false;
        for (size_t k = 0; k < ARRAY_LENGTH(resource_keys); k++)
            known = known || str_is(node->entries[i].key, resource_keys[k]);
        if (str_is(node->entries[i].key, "Version"))
            known = is_custom(value_get_text(node, "Type"));
        if (!known)
            return value_key_error(
                node, &node->entries[i], error, ERROR_INVALID, "resource '%.*s' has the unknown key '%.*s'%s",
                STR_ARG(entry->key), STR_ARG(node->entries[i].key),
                nearest_name(arena, node->entries[i].key, resource_keys, ARRAY_LENGTH(resource_keys) - 1));
    }
    return true;
}

static bool has_snapshots(struct str type)
{
    bool found = !str_starts(type, "AWS::");
    for (size_t i = 0; i < ARRAY_LENGTH(snapshot_types); i++)
        found = found || str_is(type, snapshot_types[i]);
    return found;
}

/* A cluster's instance goes with its cluster; databases on their own leave a snapshot. */
static enum removal_policy default_policy(const struct desired_resource *resource, bool replaces)
{
    bool database = str_is(resource->type, "AWS::RDS::DBCluster") ||
                    (str_is(resource->type, "AWS::RDS::DBInstance") &&
                     !value_get(resource->properties, "DBClusterIdentifier"));
    return database && !replaces ? REMOVAL_SNAPSHOT : REMOVAL_DELETE;
}

static bool removal(struct evaluation *evaluation, const struct desired_resource *resource, const char *key,
                    bool replaces, enum removal_policy *out, struct error *error)
{
    struct value *node = value_get(resource->node, key), *policy = node;
    *out = default_policy(resource, replaces);
    evaluation->before_resources = key;
    bool evaluated = !node || evaluate(evaluation, node, &policy, error);
    evaluation->before_resources = NULL;
    if (!evaluated)
        return error_prefix(error, "resource '%.*s'", STR_ARG(resource->logical_id));
    if (!policy) /* AWS::NoValue */
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(removal_policies); i++) {
        if (!value_is_text(policy, removal_policies[i].name) || (replaces && !removal_policies[i].replaces))
            continue;
        *out = removal_policies[i].policy;
        return *out != REMOVAL_SNAPSHOT || has_snapshots(resource->type) ||
               value_error(node, error, ERROR_INVALID,
                           "'%s' of '%.*s' cannot be Snapshot: AWS takes none of the type '%.*s'", key,
                           STR_ARG(resource->logical_id), STR_ARG(resource->type));
    }
    return value_error(node, error, ERROR_INVALID, "'%s' of '%.*s' must be Delete, Retain%s or Snapshot", key,
                       STR_ARG(resource->logical_id), replaces ? "" : ", RetainExceptOnCreate");
}

bool removal_evaluate(struct evaluation *evaluation, struct desired_resource *resource, struct error *error)
{
    return removal(evaluation, resource, "DeletionPolicy", false, &resource->deletion_policy, error) &&
           removal(evaluation, resource, "UpdateReplacePolicy", true, &resource->update_replace_policy,
                   error);
}

static bool lists_word(const char *words, struct str word)
{
    struct str rest = str_from(words), part;
    while (str_split(&rest, ' ', &part))
        if (str_equal(part, word))
            return true;
    return false;
}

static bool check_members(const struct desired_resource *resource, size_t row, const struct value *policy,
                          struct error *error)
{
    for (size_t i = 0; value_is(policy, VALUE_MAP) && !function_call(policy) && i < policy->count; i++)
        if (!lists_word(policies[row].members, policy->entries[i].key))
            return value_key_error(policy, &policy->entries[i], error, ERROR_INVALID,
                                   "resource '%.*s': '%s' has the unknown key '%.*s': it may have %s",
                                   STR_ARG(resource->logical_id), policies[row].name,
                                   STR_ARG(policy->entries[i].key), policies[row].members);
    return value_is(policy, VALUE_MAP) == (*policies[row].members != '\0') || function_call(policy) ||
           value_error(policy, error, ERROR_INVALID, "resource '%.*s': '%s' must be %s",
                       STR_ARG(resource->logical_id), policies[row].name,
                       *policies[row].members ? "a mapping" : "true or false");
}

static bool check_policy(struct arena *arena, const struct desired_resource *resource, const char *attribute,
                         const struct value *policy, struct error *error)
{
    const char *names[ARRAY_LENGTH(policies)];
    size_t rows[ARRAY_LENGTH(policies)], count = 0;
    if (!policy || function_call(policy))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++)
        if (str_is(resource->type, policies[i].type) && str_is(str_from(attribute), policies[i].attribute)) {
            names[count] = policies[i].name;
            rows[count++] = i;
        }
    if (count == 0)
        return value_error(policy, error, ERROR_INVALID, "resource '%.*s': the type '%.*s' has no '%s'",
                           STR_ARG(resource->logical_id), STR_ARG(resource->type), attribute);
    for (size_t i = 0; i < policy->count; i++) {
        const struct value_entry *entry = &policy->entries[i];
        size_t k = 0;
        while (k < count && !str_is(entry->key, names[k]))
            k++;
        if (k == count)
            return value_key_error(policy, entry, error, ERROR_INVALID,
                                   "resource '%.*s': '%s' has the unknown key '%.*s'%s",
                                   STR_ARG(resource->logical_id), attribute, STR_ARG(entry->key),
                                   nearest_name(arena, entry->key, names, count));
        if (!check_members(resource, rows[k], entry->value, error))
            return false;
    }
    return true;
}

/* A signal goes to a stack of CloudFormation, and there is none; one of no signals asks for nothing.  How
 * many of a group's instances must have sent one asks for nothing either. */
static bool check_signals(const struct desired_resource *resource, const struct value *creation,
                          struct error *error)
{
    const struct value *signal = value_get(creation, "ResourceSignal");
    if (value_get_bool(creation, "StartFleet", false))
        return value_error(value_get(creation, "StartFleet"), error, ERROR_INVALID,
                           "resource '%.*s': 'StartFleet' is not supported: start the fleet when it is made",
                           STR_ARG(resource->logical_id));
    return !signal || value_get_int(signal, "Count", 1) == 0 ||
           value_error(
               signal, error, ERROR_INVALID,
               "resource '%.*s': 'ResourceSignal' waits for a signal to a CloudFormation stack, which does "
               "not exist here: remove it, or set its Count to 0",
               STR_ARG(resource->logical_id));
}

bool policies_check(struct arena *arena, const struct desired_resource *resource,
                    const struct value *creation, struct error *error)
{
    return check_policy(arena, resource, "UpdatePolicy", resource->update_policy, error) &&
           check_policy(arena, resource, "CreationPolicy", creation, error) &&
           check_signals(resource, creation, error);
}
