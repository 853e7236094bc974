/*
 * AWS::IAM::Policy: one inline policy, put on roles, users and groups under the same name.  It exists only on
 * them, so its properties say where to look.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-policy.html
 */

#include "providers/policy.h"
#include "providers/iam/principals.h"
#include "providers/iam/types.h"
#include "providers/shape.h"

static const struct shape shape[] = {
    {.path = "Groups", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "PolicyDocument", .kind = SHAPE_POLICY},
    {.path = "PolicyName"},
    {.path = "Roles", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Users", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = NULL},
};

/* The document on one principal, or NULL. */
static bool get_document(const struct resource_call *call, const struct iam_principals *kind, struct str name,
                         struct str policy, struct value **document, struct error *error)
{
    struct value *answer;
    *document = NULL;
    if (!aws_call(call->aws, &iam_operations[kind->get], call->arena,
                  iam_on_principal(call->arena, kind, name, "PolicyName", policy), &answer, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    if (!policy_decode(call->arena, value_get_text(answer, "PolicyDocument"), document, error))
        return false;
    *document = policy_normalize(call->arena, *document);
    return true;
}

/* Looks on every principal that `where` names.  A document that differs from the declared one is shown rather
 * than one that agrees with it. */
static bool read_on(const struct resource_call *call, struct str name, const struct value *where,
                    struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *declared = value_get(where, "PolicyDocument"), *shown = NULL, *document;
    if (declared)
        declared = policy_normalize(arena, value_copy(arena, declared));
    state->physical_id = name;
    state->attributes = input_with(arena, "Id", name);
    state->properties = input_with(arena, "PolicyName", name);
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct iam_principals *kind = &iam_principals[k];
        const struct value *names = value_get(where, kind->property);
        struct value *found = value_list(arena);
        for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++) {
            if (!get_document(call, kind, value_text(names->items[i]), name, &document, error))
                return false;
            if (!document)
                continue;
            value_append(arena, found, value_copy(arena, names->items[i]));
            if (!shown || (declared && value_equal(shown, declared)))
                shown = document;
        }
        value_setz(arena, state->properties, kind->property, found);
    }
    if (!shown)
        return error_set(error, ERROR_NOT_FOUND,
                         "inline policy '%.*s' is on none of its roles, users and groups", STR_ARG(name));
    value_setz(arena, state->properties, "PolicyDocument", shown);
    shape_normalize(shape, arena, state->properties);
    return true;
}

static const struct value *known_properties(const struct resource_call *call)
{
    return call->properties ? call->properties : call->previous;
}

static bool inline_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_on(call, call->physical_id, known_properties(call), state, error);
}

static bool inline_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_on(call, wanted_name(call, "PolicyName"), call->properties, state, error);
}

static bool put_on(const struct resource_call *call, const struct iam_principals *kind, struct str principal,
                   struct str policy, const struct value *target, struct error *error)
{
    struct value *input = iam_on_principal(call->arena, kind, principal, "PolicyName", policy), *now;
    struct value *document = value_get(target, "PolicyDocument");
    if (!get_document(call, kind, principal, policy, &now, error))
        return false;
    if (now && value_equal(now, document))
        return true;
    and_with(call->arena, input, "PolicyDocument", policy_text(call->arena, document));
    return call_over_hurdles(call->aws, &iam_operations[kind->put], call->arena, input, iam_new_principal,
                             IAM_PROPAGATION_MS, NULL, error);
}

static bool put_all(const struct resource_call *call, struct str name, const struct value *target,
                    struct error *error)
{
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct value *names = value_get(target, iam_principals[k].property);
        for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++)
            if (!put_on(call, &iam_principals[k], value_text(names->items[i]), name, target, error))
                return false;
    }
    return true;
}

/* Takes the policy off the principals in `from` that are not in `kept` (NULL: off all). */
static bool take_off(const struct resource_call *call, struct str name, const struct value *from,
                     const struct value *kept, struct error *error)
{
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct iam_principals *kind = &iam_principals[k];
        const struct value *names = value_get(from, kind->property);
        for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++) {
            struct str principal = value_text(names->items[i]);
            if (list_has(value_get(kept, kind->property), principal))
                continue;
            if (!call_or_absent(call, &iam_operations[kind->delete],
                                iam_on_principal(call->arena, kind, principal, "PolicyName", name), error))
                return false;
        }
    }
    return true;
}

static bool check(const struct resource_call *call, struct error *error)
{
    size_t count = 0;
    if (!shape_check(shape, iam_policy_type.name, call->properties, error))
        return false;
    for (size_t k = 0; k < IAM_PRINCIPALS_COUNT; k++) {
        const struct value *names = value_get(call->properties, iam_principals[k].property);
        count += value_is(names, VALUE_LIST) ? names->count : names != NULL;
    }
    return count > 0 || value_error(call->properties, error, ERROR_INVALID,
                                    "an AWS::IAM::Policy needs at least one of Roles, Users and Groups");
}

/* Puts are idempotent, so that nothing needs to be looked up after a lost answer. */
static bool inline_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str name = wanted_name(call, "PolicyName");
    if (!check(call, error))
        return false;
    struct value *target = shape_target(shape, call->arena, call->properties, NULL);
    state->physical_id = name;
    state->attributes = input_with(call->arena, "Id", name);
    state->properties = target;
    return put_all(call, name, target, error);
}

/* A new name is a new inline policy: it is put before the old one goes. */
static bool inline_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str name = wanted_name(call, "PolicyName");
    if (!inline_create(call, state, error))
        return false;
    bool renamed = !str_equal(name, call->physical_id);
    const struct value *kept = renamed ? NULL : state->properties;
    return take_off(call, call->physical_id, call->previous, kept, error);
}

static bool inline_remove(const struct resource_call *call, struct error *error)
{
    const struct value *from = call->previous ? call->previous : call->properties;
    return take_off(call, call->physical_id, from, NULL, error);
}

static void inline_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type iam_policy_type = {
    .name = "AWS::IAM::Policy",
    .name_property = "PolicyName",
    .name_max = 128,
    .read = inline_read,
    .find = inline_find,
    .create = inline_create,
    .update = inline_update,
    .remove = inline_remove,
    .normalize = inline_normalize,
};
