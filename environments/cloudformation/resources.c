#include <string.h>

#include "environments/cloudformation/template.h"

static const char *const resource_keys[] = {
    "Condition",  "DeletionPolicy", "DependsOn",           "Metadata",
    "Properties", "Type",           "UpdateReplacePolicy", "UpdatePolicy"};

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

static bool check_logical_id(const struct value *resources, const struct value_entry *entry,
                             struct error *error)
{
    bool sound = entry->key.len > 0 && entry->key.len <= 255;
    for (size_t i = 0; i < entry->key.len; i++) {
        char c = entry->key.ptr[i];
        sound = sound && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    }
    return sound ||
           value_key_error(resources, entry, error, ERROR_INVALID,
                           "logical id '%.*s' must be 1 to 255 letters and digits", STR_ARG(entry->key));
}

static bool check_resource(struct arena *arena, const struct value *resources,
                           const struct value_entry *entry, struct error *error)
{
    const struct value *node = entry->value;
    if (!check_logical_id(resources, entry, error))
        return false;
    if (!value_is(node, VALUE_MAP) || !value_is(value_get(node, "Type"), VALUE_STRING))
        return value_key_error(resources, entry, error, ERROR_INVALID,
                               "resource '%.*s' must be a mapping with a 'Type'", STR_ARG(entry->key));
    for (size_t i = 0; i < node->count; i++) {
        bool known = false;
        for (size_t k = 0; k < ARRAY_LENGTH(resource_keys); k++)
            known = known || str_is(node->entries[i].key, resource_keys[k]);
        if (str_is(node->entries[i].key, "CreationPolicy"))
            return value_key_error(node, &node->entries[i], error, ERROR_INVALID,
                                   "resource '%.*s': 'CreationPolicy' is not supported", STR_ARG(entry->key));
        if (!known)
            return value_key_error(
                node, &node->entries[i], error, ERROR_INVALID, "resource '%.*s' has the unknown key '%.*s'%s",
                STR_ARG(entry->key), STR_ARG(node->entries[i].key),
                nearest_name(arena, node->entries[i].key, resource_keys, ARRAY_LENGTH(resource_keys)));
    }
    return true;
}

static bool presence(struct evaluation *evaluation, const struct value *resources, struct error *error)
{
    evaluation->present = value_map(evaluation->arena);
    for (size_t i = 0; i < resources->count; i++) {
        const struct value_entry *entry = &resources->entries[i];
        bool holds = true;
        if (!check_resource(evaluation->arena, resources, entry, error))
            return false;
        const struct value *condition = value_get(entry->value, "Condition");
        if (condition && !value_is(condition, VALUE_STRING))
            return value_error(condition, error, ERROR_INVALID,
                               "'Condition' of resource '%.*s' must be a condition's name",
                               STR_ARG(entry->key));
        if (condition && !condition_holds(evaluation, condition, condition->text, &holds, error))
            return false;
        value_set(evaluation->arena, evaluation->present, entry->key, value_bool(evaluation->arena, holds));
    }
    return true;
}

static bool removal(const struct value *resource, const char *key, bool replaces, enum removal_policy *out,
                    struct error *error)
{
    const struct value *node = value_get(resource, key);
    *out = REMOVAL_DELETE;
    if (!node)
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(removal_policies); i++)
        if (value_is_text(node, removal_policies[i].name) && (!replaces || removal_policies[i].replaces)) {
            *out = removal_policies[i].policy;
            return true;
        }
    return value_error(node, error, ERROR_INVALID, "'%s' must be Delete, Retain%s or Snapshot", key,
                       replaces ? "" : ", RetainExceptOnCreate");
}

/* The logical ids that a resource depends on, as a set. */
struct edges {
    struct evaluation *evaluation;
    struct value *set;
    struct str self;
};

static void collect(struct edges *edges, const struct value *value)
{
    const struct value_entry *call = function_call(value);
    if (call && (str_is(call->key, "Ref") || str_is(call->key, "Fn::GetAtt"))) {
        struct str id =
            value_is(call->value, VALUE_LIST) ? value_text(call->value->items[0]) : value_text(call->value);
        if (value_get_str(edges->evaluation->present, id))
            value_set(edges->evaluation->arena, edges->set, id, value_null(edges->evaluation->arena));
        return;
    }
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            collect(edges, value->items[i]);
    if (value_is(value, VALUE_MAP))
        for (size_t i = 0; i < value->count; i++)
            collect(edges, value->entries[i].value);
}

static bool add_dependency(struct edges *edges, const struct value *node, struct error *error)
{
    if (!value_is(node, VALUE_STRING))
        return value_error(node, error, ERROR_INVALID,
                           "'DependsOn' of '%.*s' must be a name or a list of names", STR_ARG(edges->self));
    const struct value *present = value_get_str(edges->evaluation->present, node->text);
    if (!present)
        return value_error(node, error, ERROR_INVALID, "'DependsOn' of '%.*s': there is no resource '%.*s'%s",
                           STR_ARG(edges->self), STR_ARG(node->text),
                           nearest_key(edges->evaluation->arena, node->text, edges->evaluation->present));
    /* CloudFormation ignores a dependency on what its condition leaves out. */
    if (present->boolean)
        value_set(edges->evaluation->arena, edges->set, node->text, value_null(edges->evaluation->arena));
    return true;
}

static int compare_names(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

static bool dependencies(struct evaluation *evaluation, struct desired_resource *resource,
                         struct error *error)
{
    struct edges edges = {
        .evaluation = evaluation, .set = value_map(evaluation->arena), .self = resource->logical_id};
    const struct value *depends_on = value_get(resource->node, "DependsOn");
    if (value_is(depends_on, VALUE_LIST)) {
        for (size_t i = 0; i < depends_on->count; i++)
            if (!add_dependency(&edges, depends_on->items[i], error))
                return false;
    } else if (depends_on && !add_dependency(&edges, depends_on, error)) {
        return false;
    }
    collect(&edges, resource->properties);
    collect(&edges, resource->update_policy);
    collect(&edges, resource->metadata);
    resource->depends_count = edges.set->count;
    resource->depends_on = arena_array(evaluation->arena, edges.set->count + 1, sizeof *resource->depends_on);
    for (size_t i = 0; i < edges.set->count; i++)
        resource->depends_on[i] = edges.set->entries[i].key;
    if (edges.set->count)
        qsort(resource->depends_on, edges.set->count, sizeof *resource->depends_on, compare_names);
    return true;
}

static bool evaluate_part(struct evaluation *evaluation, const struct desired_resource *resource,
                          const char *key, struct value **out, struct error *error)
{
    const struct value *node = value_get(resource->node, key);
    *out = NULL;
    if (!node || node->kind == VALUE_NULL)
        return true;
    if (!value_is(node, VALUE_MAP))
        return value_error(node, error, ERROR_INVALID, "'%s' of resource '%.*s' must be a mapping", key,
                           STR_ARG(resource->logical_id));
    return evaluate(evaluation, node, out, error) ||
           error_prefix(error, "resource '%.*s'", STR_ARG(resource->logical_id));
}

static bool build_one(struct evaluation *evaluation, const struct value_entry *entry,
                      struct desired_resource *resource, struct error *error)
{
    resource->logical_id = entry->key;
    resource->node = entry->value;
    resource->type = value_get_text(entry->value, "Type");
    if (!evaluate_part(evaluation, resource, "Properties", &resource->properties, error) ||
        !evaluate_part(evaluation, resource, "UpdatePolicy", &resource->update_policy, error) ||
        !evaluate_part(evaluation, resource, "Metadata", &resource->metadata, error))
        return false;
    if (!resource->properties)
        resource->properties = value_at_position_of(value_map(evaluation->arena), entry->value);
    if (!value_is(resource->properties, VALUE_MAP) || function_call(resource->properties))
        return value_error(entry->value, error, ERROR_INVALID,
                           "'Properties' of resource '%.*s' must be a mapping",
                           STR_ARG(resource->logical_id));
    if (!outside_check(evaluation, resource->type, resource->properties, error))
        return error_prefix(error, "resource '%.*s'", STR_ARG(resource->logical_id));
    return removal(entry->value, "DeletionPolicy", false, &resource->deletion_policy, error) &&
           removal(entry->value, "UpdateReplacePolicy", true, &resource->update_replace_policy, error) &&
           dependencies(evaluation, resource, error);
}

static bool build_outputs(struct evaluation *evaluation, struct desired *desired, struct error *error)
{
    const struct value *outputs = value_get(evaluation->template, "Outputs");
    desired->outputs = value_map(evaluation->arena);
    for (size_t i = 0; value_is(outputs, VALUE_MAP) && i < outputs->count; i++) {
        const struct value_entry *entry = &outputs->entries[i];
        const struct value *condition = value_get(entry->value, "Condition");
        struct value *output;
        bool holds = true;
        if (!value_get(entry->value, "Value"))
            return value_key_error(outputs, entry, error, ERROR_INVALID, "output '%.*s' has no 'Value'",
                                   STR_ARG(entry->key));
        if (condition && !condition_holds(evaluation, condition, value_text(condition), &holds, error))
            return false;
        if (!holds)
            continue;
        if (!evaluate(evaluation, entry->value, &output, error))
            return error_prefix(error, "output '%.*s'", STR_ARG(entry->key));
        if (!outside_check(evaluation, STR_EMPTY, output, error))
            return error_prefix(error, "output '%.*s'", STR_ARG(entry->key));
        value_remove(output, STR("Condition"));
        value_set(evaluation->arena, desired->outputs, entry->key, output);
    }
    return true;
}

bool resources_build(struct evaluation *evaluation, struct desired *desired, struct error *error)
{
    const struct value *resources = value_get(evaluation->template, "Resources");
    if (!presence(evaluation, resources, error))
        return false;
    desired->resources = arena_array(evaluation->arena, resources->count, sizeof *desired->resources);
    desired->count = 0;
    for (size_t i = 0; i < resources->count; i++) {
        if (!value_get_str(evaluation->present, resources->entries[i].key)->boolean)
            continue;
        if (!build_one(evaluation, &resources->entries[i], &desired->resources[desired->count++], error))
            return false;
    }
    return build_outputs(evaluation, desired, error) && graph_order(evaluation->arena, desired, error);
}

const struct desired_resource *desired_find(const struct desired *desired, struct str logical_id)
{
    for (size_t i = 0; i < desired->count; i++)
        if (str_equal(desired->resources[i].logical_id, logical_id))
            return &desired->resources[i];
    return NULL;
}
