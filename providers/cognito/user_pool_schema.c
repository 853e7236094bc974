#include "providers/cognito/user_pool.h"

#include "providers/cognito/operations.h"

/* https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
static const char *const standard[] = {"address",      "birthdate",
                                       "email",        "email_verified",
                                       "family_name",  "gender",
                                       "given_name",   "identities",
                                       "locale",       "middle_name",
                                       "name",         "nickname",
                                       "phone_number", "phone_number_verified",
                                       "picture",      "preferred_username",
                                       "profile",      "sub",
                                       "updated_at",   "website",
                                       "zoneinfo",     NULL};

static bool is_standard(struct str name)
{
    for (size_t i = 0; standard[i]; i++)
        if (str_is(name, standard[i]))
            return true;
    return false;
}

/* "custom:tier" and "dev:custom:tier" are declared as "tier". */
static struct str own_name(struct str name)
{
    size_t colon = str_find_last(name, ':');
    return colon < name.len ? str_from_index(name, colon + 1) : name;
}

static const struct value *attribute_named(const struct value *list, struct str name)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "Name"), name))
            return list->items[i];
    return NULL;
}

void pool_schema_receive(const struct resource_call *call, const struct value *item,
                         struct resource_state *state)
{
    struct arena *arena = call->arena;
    const struct value *all = value_get(item, "SchemaAttributes");
    const struct value *declared = value_get(call->properties, "Schema");
    struct value *live = value_list(arena);
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct str full = value_get_text(all->items[i], "Name"), name = own_name(full);
        bool custom = !is_standard(full);
        if (custom && call->properties && !attribute_named(declared, name))
            add_extra(arena, &state->extras, "attribute", name, full);
        if (call->properties ? !attribute_named(declared, name) : !custom)
            continue;
        value_append(arena, live, and_with(arena, value_copy(arena, all->items[i]), "Name", name));
    }
    value_setz(arena, state->properties, "Schema", live);
}

bool pool_schema_check(const struct resource_call *call, const struct value *target,
                       const struct resource_state *live, struct error *error)
{
    const struct value *wanted = value_get(target, "Schema"), *now = value_get(live->properties, "Schema");
    const struct value *before = value_get(call->previous, "Schema");
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        struct str name = value_get_text(wanted->items[i], "Name");
        const struct value *there = attribute_named(now, name);
        if (there && !shape_covers(wanted->items[i], there))
            return error_set(
                error, ERROR_INVALID,
                "attribute '%.*s' of Schema differs from the user pool's: Cognito never changes an "
                "attribute that is there; give a new one another name",
                STR_ARG(name));
    }
    for (size_t i = 0; wanted && value_is(before, VALUE_LIST) && i < before->count; i++) {
        struct str name = value_get_text(before->items[i], "Name");
        if (!is_standard(name) && !attribute_named(wanted, name))
            return error_set(
                error, ERROR_INVALID,
                "attribute '%.*s' cannot be taken out of Schema: Cognito keeps custom attributes for "
                "ever; leave it in the template",
                STR_ARG(name));
    }
    return true;
}

bool pool_schema_add(const struct resource_call *call, const struct value *target,
                     const struct resource_state *live, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *wanted = value_get(target, "Schema"), *now = value_get(live->properties, "Schema");
    struct value *missing = value_list(arena);
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++)
        if (!attribute_named(now, value_get_text(wanted->items[i], "Name")))
            value_append(arena, missing, without_nulls(arena, wanted->items[i]));
    if (!missing->count)
        return true;
    struct value *input = input_with(arena, "UserPoolId", call->physical_id);
    value_setz(arena, input, "CustomAttributes", missing);
    return call_simply(call, &cognito_operations[COGNITO_ADD_CUSTOM_ATTRIBUTES], input, error);
}
