#include "reconciler/changeset.h"

#include <stdlib.h>

#include "reconciler/changeset_private.h"

static const char *const policy_names[] = {
    [REMOVAL_DELETE] = "Delete",
    [REMOVAL_RETAIN] = "Retain",
    [REMOVAL_SNAPSHOT] = "Snapshot",
    [REMOVAL_RETAIN_EXCEPT_ON_CREATE] = "RetainExceptOnCreate",
};

static bool check_type(const struct desired_resource *resource, struct error *error)
{
    if (facts_find(resource->type) || str_starts(resource->type, "Custom::"))
        return true;
    facts_refuse_type(resource->type, resource->node, error);
    return error_prefix(error, "%.*s", STR_ARG(resource->logical_id));
}

static bool check(const struct desired *before, const struct desired *after, struct error *error)
{
    for (size_t i = 0; i < before->count; i++)
        if (!check_type(&before->resources[i], error))
            return false;
    for (size_t i = 0; i < after->count; i++) {
        const struct desired_resource *resource = &after->resources[i];
        const struct type_facts *facts = facts_find(resource->type);
        if (!check_type(resource, error))
            return false;
        if (facts && !changeset_holds_macro(resource->properties) &&
            !facts_check(facts, resource->properties, error))
            return error_prefix(error, "%.*s", STR_ARG(resource->logical_id));
    }
    return true;
}

static const struct value *policy(const struct changeset_making *making,
                                  const struct desired_resource *resource, const char *name)
{
    if (!resource || !value_get(resource->node, name))
        return NULL;
    bool deletion = str_is(str_from(name), "DeletionPolicy");
    return value_stringz(
        making->arena, policy_names[deletion ? resource->deletion_policy : resource->update_replace_policy]);
}

static const struct value *attribute(const struct changeset_making *making,
                                     const struct desired_resource *resource, const char *name)
{
    struct str which = str_from(name);
    if (!resource)
        return NULL;
    if (str_is(which, "Properties"))
        return resource->properties->count ? resource->properties : NULL;
    if (str_is(which, "Metadata"))
        return resource->metadata;
    return str_is(which, "UpdatePolicy") ? resource->update_policy : policy(making, resource, name);
}

/* In the order in which CloudFormation's contexts have them. */
static const char *const attributes[] = {"Properties", "Metadata", "UpdatePolicy", "UpdateReplacePolicy",
                                         "DeletionPolicy"};

static bool fill(const struct changeset_making *making, const struct desired_resource *resource, bool after,
                 struct value **context, struct error *error)
{
    *context = value_map(making->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++) {
        const struct value *open = attribute(making, resource, attributes[i]);
        struct value *filled;
        if (!open)
            continue;
        if (!changeset_values(making, open, after, &filled, error))
            return error_prefix(error, "%.*s", STR_ARG(resource->logical_id));
        value_setz(making->arena, *context, attributes[i], filled);
    }
    return true;
}

/* A policy that is written out as it would be anyway says nothing new. */
static bool is_same_policy(const struct changeset_change *change, const char *name)
{
    struct str which = str_from(name);
    return (str_is(which, "DeletionPolicy") &&
            change->before->deletion_policy == change->after->deletion_policy) ||
           (str_is(which, "UpdateReplacePolicy") &&
            change->before->update_replace_policy == change->after->update_replace_policy);
}

static void compare(const struct changeset_making *making, struct changeset_change *change)
{
    const struct value *none = value_map(making->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++) {
        const char *name = attributes[i];
        struct changeset_attribute part = {
            .name = name,
            .before = value_get(change->before_context, name),
            .after = value_get(change->after_context, name),
            .open = attribute(making, change->after, name),
            .written = value_get(change->after->node, name),
        };
        if (i == 0 && !part.before)
            part.before = none;
        if (i == 0 && !part.after)
            part.after = none;
        if (!is_same_policy(change, name))
            changeset_compare(making, change, &part);
    }
}

static enum replacement replacement(const struct changeset_change *change)
{
    enum replacement found = REPLACEMENT_FALSE;
    for (size_t i = 0; i < change->count; i++) {
        const struct changeset_detail *detail = &change->details[i];
        enum replacement one = detail->recreation == RECREATION_NEVER ? REPLACEMENT_FALSE
                               : detail->recreation == RECREATION_ALWAYS && !detail->dynamic
                                   ? REPLACEMENT_TRUE
                                   : REPLACEMENT_CONDITIONAL;
        found = one > found ? one : found;
    }
    return found;
}

/* The version before of a resource that is the same one. */
static const struct desired_resource *predecessor(const struct changeset_making *making,
                                                  const struct desired_resource *after)
{
    const struct desired_resource *before = desired_find(making->before, after->logical_id);
    return before && str_equal(before->type, after->type) ? before : NULL;
}

/* Every resource comes after those that it refers to, so that their fate is known. */
static bool judge(struct changeset_making *making, size_t index, struct changeset *changes,
                  struct error *error)
{
    const struct desired_resource *after = &making->after->resources[index];
    struct changeset_change change = {
        .action = CHANGESET_ADD, .before = predecessor(making, after), .after = after};
    if (!fill(making, after, true, &change.after_context, error))
        return false;
    if (!change.before) {
        making->fates[index] = FATE_IS_NEW;
        changes->changes[changes->count++] = change;
        return true;
    }
    change.action = CHANGESET_MODIFY;
    if (!fill(making, change.before, false, &change.before_context, error))
        return false;
    compare(making, &change);
    change.replacement = replacement(&change);
    making->fates[index] = change.replacement == REPLACEMENT_TRUE    ? FATE_IS_NEW
                           : change.replacement == REPLACEMENT_FALSE ? FATE_STAYS
                                                                     : FATE_MAY_BE_NEW;
    if (change.count)
        changes->changes[changes->count++] = change;
    else
        changes->unchanged++;
    return true;
}

static bool add_leaving(const struct changeset_making *making, struct changeset *changes, struct error *error)
{
    for (size_t i = 0; i < making->before->count; i++) {
        const struct desired_resource *before = &making->before->resources[i];
        const struct desired_resource *after = desired_find(making->after, before->logical_id);
        struct changeset_change change = {.action = CHANGESET_REMOVE, .before = before};
        if (after && str_equal(after->type, before->type))
            continue;
        if (!fill(making, before, false, &change.before_context, error))
            return false;
        changes->changes[changes->count++] = change;
    }
    return true;
}

static int compare_ids(const void *left, const void *right)
{
    const struct changeset_change *a = left, *b = right;
    int order = str_compare(a->after ? a->after->logical_id : a->before->logical_id,
                            b->after ? b->after->logical_id : b->before->logical_id);
    return order ? order : (b->action == CHANGESET_REMOVE) - (a->action == CHANGESET_REMOVE);
}

bool changeset_make(struct arena *arena, const struct desired *before, const struct desired *after,
                    struct changeset *out, struct error *error)
{
    struct changeset_making making = {.arena = arena,
                                      .before = before,
                                      .after = after,
                                      .parameters_change = changeset_parameters_change(before, after)};
    *out = (struct changeset){.count = 0};
    if (!check(before, after, error))
        return false;
    making.fates = arena_array(arena, after->count + 1, sizeof *making.fates);
    out->changes = arena_array(arena, before->count + after->count + 1, sizeof *out->changes);
    for (size_t i = 0; i < after->count; i++)
        if (!judge(&making, i, out, error))
            return false;
    if (!add_leaving(&making, out, error))
        return false;
    if (out->count)
        qsort(out->changes, out->count, sizeof *out->changes, compare_ids);
    return true;
}
