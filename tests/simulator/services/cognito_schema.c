/* The attributes that the users of a pool have: standard ones, and custom ones that are never taken away. */

#include "tests/simulator/services/cognito.h"

#include "base/json.h"

enum { ATTRIBUTES_MAX = 50 };

static const char *const texts[] = {
    "profile",  "address",      "birthdate",  "gender",   "preferred_username", "email",
    "website",  "family_name",  "given_name", "locale",   "middle_name",        "name",
    "nickname", "phone_number", "picture",    "zoneinfo",
};

static void add_standard(struct call *call, struct value *list, const char *json)
{
    struct value *one;
    struct error ignored = ERROR_INIT;
    if (json_read(call->arena, STR_EMPTY, str_from(json), &one, &ignored))
        value_append(call->arena, list, one);
}

struct value *cognito_standard_attributes(struct call *call)
{
    struct value *list = value_list(call->arena);
    add_standard(call, list,
                 "{\"Name\": \"sub\", \"AttributeDataType\": \"String\", \"DeveloperOnlyAttribute\": false,"
                 " \"Mutable\": false, \"Required\": true,"
                 " \"StringAttributeConstraints\": {\"MinLength\": \"1\", \"MaxLength\": \"2048\"}}");
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        bool birth = str_is(str_from(texts[i]), "birthdate");
        struct str json = arena_printf(
            call->arena,
            "{\"Name\": \"%s\", \"AttributeDataType\": \"String\", \"DeveloperOnlyAttribute\": false,"
            " \"Mutable\": true, \"Required\": false, \"StringAttributeConstraints\":"
            " {\"MinLength\": \"%s\", \"MaxLength\": \"%s\"}}",
            texts[i], birth ? "10" : "0", birth ? "10" : "2048");
        add_standard(call, list, json.ptr);
    }
    add_standard(call, list,
                 "{\"Name\": \"email_verified\", \"AttributeDataType\": \"Boolean\","
                 " \"DeveloperOnlyAttribute\": false, \"Mutable\": true, \"Required\": false}");
    add_standard(call, list,
                 "{\"Name\": \"phone_number_verified\", \"AttributeDataType\": \"Boolean\","
                 " \"DeveloperOnlyAttribute\": false, \"Mutable\": true, \"Required\": false}");
    add_standard(call, list,
                 "{\"Name\": \"updated_at\", \"AttributeDataType\": \"Number\","
                 " \"DeveloperOnlyAttribute\": false, \"Mutable\": true, \"Required\": false,"
                 " \"NumberAttributeConstraints\": {\"MinValue\": \"0\"}}");
    return list;
}

static struct value *attribute_named(const struct value *list, struct str name)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "Name"), name))
            return list->items[i];
    return NULL;
}

/* "custom:NAME", "dev:custom:NAME", or the standard one's name. */
static struct str full_name(struct call *call, const struct value *standard, const struct value *given)
{
    struct str name = value_get_text(given, "Name");
    if (attribute_named(standard, name))
        return name;
    return arena_printf(call->arena, "%scustom:%.*s",
                        value_get_bool(given, "DeveloperOnlyAttribute", false) ? "dev:" : "", STR_ARG(name));
}

static bool check_custom(struct call *call, const struct value *there, const struct value *one,
                         struct str name)
{
    struct str kind = value_get_text(one, "AttributeDataType");
    if (!str_is(kind, "String") && !str_is(kind, "Number") && !str_is(kind, "DateTime") &&
        !str_is(kind, "Boolean"))
        return cognito_invalid(call, "Invalid AttributeDataType input, consider using the provided "
                                     "AttributeDataType enum.");
    if (value_get_bool(one, "Required", false))
        return cognito_invalid(call, "Required custom attributes are not supported currently.");
    return !attribute_named(there, name) ||
           cognito_invalid(call, "%.*s: Existing attribute already has name %.*s.", STR_ARG(name),
                           STR_ARG(name));
}

bool cognito_check_attributes(struct call *call, const struct value *there, const struct value *given,
                              bool standard_too)
{
    const struct value *standard = cognito_standard_attributes(call);
    size_t custom = there ? there->count - standard->count : 0;
    for (size_t i = 0; i < given->count; i++) {
        const struct value *one = given->items[i];
        struct str name = value_get_text(one, "Name"), kind = value_get_text(one, "AttributeDataType");
        const struct value *known = attribute_named(standard, name);
        if (!name.len || name.len > 20)
            return cognito_invalid(call,
                                   "1 validation error detected: Value '%.*s' at 'schema.name' failed to "
                                   "satisfy constraint",
                                   STR_ARG(name));
        if (known &&
            (!standard_too || (kind.len && !str_equal(kind, value_get_text(known, "AttributeDataType")))))
            return cognito_invalid(call,
                                   "You can not change AttributeDataType or set developerOnlyAttribute "
                                   "for standard schema attribute %.*s",
                                   STR_ARG(name));
        if (!known && !check_custom(call, there, one, full_name(call, standard, one)))
            return false;
        custom += !known;
    }
    return custom <= ATTRIBUTES_MAX ||
           call_fail(call, 400, "LimitExceededException", "A pool has at most 50 custom attributes.");
}

static struct value *custom_attribute(struct call *call, const struct value *given, struct str name)
{
    struct value *one = value_copy(call->arena, given);
    put_text(call, one, "Name", name);
    if (!value_get(one, "Mutable"))
        put_bool(call, one, "Mutable", false);
    if (!value_get(one, "Required"))
        put_bool(call, one, "Required", false);
    if (!value_get(one, "DeveloperOnlyAttribute"))
        put_bool(call, one, "DeveloperOnlyAttribute", false);
    struct str kind = value_get_text(one, "AttributeDataType");
    if (str_is(kind, "String") && !value_get(one, "StringAttributeConstraints"))
        put(call, one, "StringAttributeConstraints", value_map(call->arena));
    if (str_is(kind, "Number") && !value_get(one, "NumberAttributeConstraints"))
        put(call, one, "NumberAttributeConstraints", value_map(call->arena));
    return one;
}

void cognito_add_attributes(struct call *call, struct value *pool, const struct value *given)
{
    const struct value *standard = cognito_standard_attributes(call);
    struct value *all = value_copy(call->arena, value_get(pool, "SchemaAttributes"));
    for (size_t i = 0; i < given->count; i++) {
        const struct value *one = given->items[i];
        struct value *known = attribute_named(all, value_get_text(one, "Name"));
        if (!known)
            value_append(call->arena, all, custom_attribute(call, one, full_name(call, standard, one)));
        for (size_t k = 0; known && k < one->count; k++)
            value_set(call->arena, known, one->entries[k].key, one->entries[k].value);
    }
    state_put(call, pool, STR("SchemaAttributes"), all);
}
