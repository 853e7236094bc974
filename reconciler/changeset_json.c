#include "base/json.h"
#include "reconciler/changeset.h"

/* CloudFormation's text for what is known only after apply. */
#define KNOWN_AFTER_APPLY "{{changeSet:KNOWN_AFTER_APPLY}}"

static void set_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
}

static void set_textz(struct arena *arena, struct value *map, const char *key, const char *text)
{
    value_setz(arena, map, key, value_stringz(arena, text));
}

/* Scalars are texts in a change set. */
static struct value *texts(struct arena *arena, const struct value *value)
{
    if (value->kind == VALUE_UNKNOWN)
        return value_stringz(arena, KNOWN_AFTER_APPLY);
    if (value->kind == VALUE_NUMBER || value->kind == VALUE_BOOL)
        return value_string(arena, value_text(value));
    if (value->kind != VALUE_LIST && value->kind != VALUE_MAP)
        return value_copy(arena, value);
    struct value *copy = value->kind == VALUE_LIST ? value_list(arena) : value_map(arena);
    for (size_t i = 0; i < value->count; i++)
        if (value->kind == VALUE_LIST)
            value_append(arena, copy, texts(arena, value->items[i]));
        else
            value_set(arena, copy, value->entries[i].key, texts(arena, value->entries[i].value));
    return copy;
}

/* A scalar as it is, anything else as JSON in a text. */
static struct value *encoded(struct arena *arena, const struct value *value)
{
    struct value *copy = texts(arena, value);
    bool scalar = copy->kind == VALUE_STRING || copy->kind == VALUE_SECRET;
    return scalar ? copy : value_string(arena, json_text(arena, copy, JSON_COMPACT));
}

static struct value *target_json(struct arena *arena, const struct changeset_detail *detail)
{
    static const char *const recreations[] = {"Never", "Conditionally", "Always"};
    struct value *target = value_map(arena);
    set_textz(arena, target, "Attribute", detail->attribute);
    if (detail->name.len)
        set_text(arena, target, "Name", detail->name);
    set_textz(arena, target, "RequiresRecreation", recreations[detail->recreation]);
    set_text(arena, target, "Path", detail->path);
    if (detail->before)
        value_setz(arena, target, "BeforeValue", encoded(arena, detail->before));
    if (detail->after)
        value_setz(arena, target, "AfterValue", encoded(arena, detail->after));
    set_textz(arena, target, "AttributeChangeType",
              !detail->before  ? "Add"
              : !detail->after ? "Remove"
                               : "Modify");
    return target;
}

static struct value *detail_json(struct arena *arena, const struct changeset_detail *detail)
{
    static const char *const sources[] = {"DirectModification", "ParameterReference", "ResourceReference",
                                          "ResourceAttribute"};
    struct value *node = value_map(arena);
    value_setz(arena, node, "Target", target_json(arena, detail));
    set_textz(arena, node, "Evaluation", detail->dynamic ? "Dynamic" : "Static");
    set_textz(arena, node, "ChangeSource", sources[detail->source]);
    if (detail->causing_entity.len)
        set_text(arena, node, "CausingEntity", detail->causing_entity);
    return node;
}

/* The attributes of all details, each once. */
static struct value *scope_json(struct arena *arena, const struct changeset_change *change)
{
    struct value *scope = value_list(arena);
    for (size_t i = 0; i < change->count; i++) {
        bool known = false;
        for (size_t k = 0; k < scope->count; k++)
            known = known || value_is_text(scope->items[k], change->details[i].attribute);
        if (!known)
            value_append(arena, scope, value_stringz(arena, change->details[i].attribute));
    }
    return scope;
}

/* What becomes of what stands in the account, or NULL. */
static const char *policy_action(const struct changeset_change *change)
{
    static const char *const removals[] = {"Delete", "Retain", "Snapshot", "Retain"};
    static const char *const replacements[] = {"ReplaceAndDelete", "ReplaceAndRetain", "ReplaceAndSnapshot",
                                               "ReplaceAndRetain"};
    if (change->action == CHANGESET_REMOVE)
        return removals[change->before->deletion_policy];
    if (change->action == CHANGESET_MODIFY && change->replacement == REPLACEMENT_TRUE)
        return replacements[change->after->update_replace_policy];
    return NULL;
}

static struct value *resource_change(struct arena *arena, const struct changeset_change *change)
{
    static const char *const actions[] = {"Add", "Modify", "Remove"};
    static const char *const replacements[] = {"False", "Conditional", "True"};
    const struct desired_resource *resource = change->after ? change->after : change->before;
    struct value *node = value_map(arena), *details = value_list(arena);
    set_textz(arena, node, "Action", actions[change->action]);
    set_text(arena, node, "LogicalResourceId", resource->logical_id);
    set_text(arena, node, "ResourceType", resource->type);
    if (policy_action(change))
        set_textz(arena, node, "PolicyAction", policy_action(change));
    if (change->action == CHANGESET_MODIFY)
        set_textz(arena, node, "Replacement", replacements[change->replacement]);
    for (size_t i = 0; i < change->count; i++)
        value_append(arena, details, detail_json(arena, &change->details[i]));
    value_setz(arena, node, "Scope", scope_json(arena, change));
    value_setz(arena, node, "Details", details);
    if (change->before_context)
        value_setz(arena, node, "BeforeContext", encoded(arena, change->before_context));
    if (change->after_context)
        value_setz(arena, node, "AfterContext", encoded(arena, change->after_context));
    return node;
}

struct value *changeset_json(struct arena *arena, const struct changeset *changes)
{
    struct value *root = value_map(arena), *list = value_list(arena);
    for (size_t i = 0; i < changes->count; i++) {
        struct value *node = value_map(arena);
        set_textz(arena, node, "Type", "Resource");
        value_setz(arena, node, "ResourceChange", resource_change(arena, &changes->changes[i]));
        value_append(arena, list, node);
    }
    value_setz(arena, root, "Changes", list);
    return root;
}
