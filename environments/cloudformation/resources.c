#include <string.h>

#include "environments/cloudformation/template.h"

bool resource_is_nothing(const struct value *resource)
{
    return value_is_text(value_get(resource, "Type"), "AWS::CDK::Metadata");
}

static bool presence(struct evaluation *evaluation, struct error *error)
{
    const struct value *resources = value_get(evaluation->template, "Resources");
    evaluation->present = value_map(evaluation->arena);
    for (size_t i = 0; i < resources->count; i++) {
        const struct value_entry *entry = &resources->entries[i];
        bool holds = !resource_is_nothing(entry->value);
        if (!attributes_check(evaluation->arena, resources, entry, error))
            return false;
        const struct value *condition = value_get(entry->value, "Condition");
        if (condition && !value_is(condition, VALUE_STRING))
            return value_error(condition, error, ERROR_INVALID,
                               "'Condition' of resource '%.*s' must be a condition's name",
                               STR_ARG(entry->key));
        if (condition && holds && !condition_holds(evaluation, condition, condition->text, &holds, error))
            return false;
        value_set(evaluation->arena, evaluation->present, entry->key, value_bool(evaluation->arena, holds));
    }
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
    resource->node = entry->value;
    resource->type = value_get_text(entry->value, "Type");
    struct value *creation;
    if (!evaluate_part(evaluation, resource, "Properties", &resource->properties, error) ||
        !evaluate_part(evaluation, resource, "CreationPolicy", &creation, error) ||
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
    if (!removal_evaluate(evaluation, resource, error) ||
        !policies_check(evaluation->arena, resource, creation, error))
        return false;
    if (evaluation->own && evaluation->own->retain)
        resource->deletion_policy = REMOVAL_RETAIN;
    return true;
}

static void make_room(struct build *build)
{
    struct arena *arena = build->root->arena;
    size_t count = build->desired->count;
    if (count < build->capacity)
        return;
    build->capacity = count ? 2 * count : 64;
    struct desired_resource *resources = arena_array(arena, build->capacity, sizeof *resources);
    struct built *built = arena_array(arena, build->capacity, sizeof *built);
    if (count) {
        memcpy(resources, build->desired->resources, count * sizeof *resources);
        memcpy(built, build->built, count * sizeof *built);
    }
    build->desired->resources = resources;
    build->built = built;
}

static bool add_resource(struct build *build, struct evaluation *scope, const struct value_entry *entry,
                         struct error *error)
{
    const struct value *resources = value_get(scope->template, "Resources");
    struct str id = application_id(scope, entry->key);
    size_t at = build->desired->count;
    if (value_get_str(build->numbers, id))
        return value_key_error(resources, entry, error, ERROR_INVALID,
                               "there are two resources '%.*s' with the names of their nested stacks in "
                               "front: rename one",
                               STR_ARG(id));
    if (at == APPLICATION_RESOURCES_MAX)
        return value_key_error(resources, entry, error, ERROR_OUT_OF_MEMORY,
                               "the application has more than %d resources with those of its nested stacks",
                               APPLICATION_RESOURCES_MAX);
    make_room(build);
    value_set(scope->arena, build->numbers, id, value_int(scope->arena, (int64_t)at));
    build->desired->resources[at].logical_id = id;
    build->desired->resources[at].tags = scope->tags;
    build->built[at] = (struct built){.scope = scope, .entry = entry, .uses = value_map(scope->arena)};
    build->desired->count++;
    scope->uses = build->built[at].uses;
    bool built = build_one(scope, entry, &build->desired->resources[at], error);
    scope->uses = NULL;
    return built;
}

static bool build_scope(struct build *build, struct evaluation *scope, struct error *error)
{
    const struct value *resources = value_get(scope->template, "Resources");
    for (size_t i = 0; i < resources->count; i++) {
        const struct value_entry *entry = &resources->entries[i];
        struct nested_stack *nested = nested_get(scope, entry->key);
        if (!value_get_str(scope->present, entry->key)->boolean)
            continue;
        if (!nested) {
            if (!add_resource(build, scope, entry, error))
                return false;
            continue;
        }
        nested->first = build->desired->count;
        if (!nested_open(nested, error) || !build_scope(build, &nested->scope, error))
            return false;
        nested->end = build->desired->count;
    }
    return true;
}

bool scope_open(struct evaluation *scope, struct error *error)
{
    scope->root->values += template_count_values(scope->template);
    return template_check_sections(scope->template, error) &&
           parameters_evaluate(scope->arena, scope->template, scope->options, &scope->parameters, error) &&
           conditions_evaluate(scope, error) && rules_check(scope, error) && presence(scope, error) &&
           nested_find_all(scope, error);
}

bool resources_build(struct evaluation *root, struct desired *desired, struct error *error)
{
    struct build build = {.root = root, .desired = desired, .numbers = value_map(root->arena)};
    desired->count = 0;
    make_room(&build);
    return build_scope(&build, root, error) && outputs_build(root, desired, error) &&
           dependencies_link(&build, error) && graph_order(root->arena, desired, error);
}

const struct desired_resource *desired_find(const struct desired *desired, struct str logical_id)
{
    for (size_t i = 0; i < desired->count; i++)
        if (str_equal(desired->resources[i].logical_id, logical_id))
            return &desired->resources[i];
    return NULL;
}
