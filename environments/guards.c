#include "environments/guards.h"

#include "environments/fields.h"

static const char *const rule_names[GUARD_RULES] = {
    [GUARD_PROTECT] = "protect",
    [GUARD_MAX_DELETES] = "maxDeletes",
    [GUARD_REQUIRE_TAGS] = "requireTags",
    [GUARD_ACTIONS] = "policies.forbidActions",
    [GUARD_PRINCIPALS] = "policies.forbidPrincipals",
    [GUARD_MANAGED] = "policies.forbidManaged",
    [GUARD_BUCKETS] = "public.buckets",
    [GUARD_URLS] = "public.urls",
    [GUARD_APIS] = "public.apis",
    [GUARD_BOUNDARY] = "permissionsBoundary",
    [GUARD_ACCOUNTS] = "accounts",
};

const char *guard_rule_name(enum guard_rule rule)
{
    return rule_names[rule];
}

static const struct field guard_fields[] = {
    {"accounts", FIELD_LIST},
    {"allow", FIELD_LIST},
    {"maxDeletes", FIELD_SCALAR},
    {"permissionsBoundary", FIELD_SCALAR},
    {"policies", FIELD_MAP},
    {"protect", FIELD_LIST},
    {"public", FIELD_SCALAR | FIELD_MAP},
    {"requireTags", FIELD_LIST},
};

static const struct field protect_fields[] = {
    {"application", FIELD_SCALAR},
    {"from", FIELD_LIST},
    {"name", FIELD_SCALAR},
    {"type", FIELD_SCALAR},
};

static const struct field policies_fields[] = {
    {"forbidActions", FIELD_LIST},
    {"forbidManaged", FIELD_LIST},
    {"forbidPrincipals", FIELD_LIST},
};

static const struct field public_fields[] = {
    {"apis", FIELD_SCALAR},
    {"buckets", FIELD_SCALAR},
    {"urls", FIELD_SCALAR},
};

static const struct field exception_fields[] = {
    {"application", FIELD_SCALAR},
    {"environment", FIELD_SCALAR},
    {"expires", FIELD_SCALAR},
    {"reason", FIELD_SCALAR | FIELD_REQUIRED},
    {"resource", FIELD_SCALAR | FIELD_REQUIRED},
    {"rule", FIELD_SCALAR | FIELD_REQUIRED},
    {"value", FIELD_SCALAR},
};

static bool read_pattern(const struct value *node, const char *what, struct str *out, struct error *error)
{
    *out = node ? value_text(node) : STR("*");
    return (out->len > 0 && out->len <= GUARD_PATTERN_MAX) ||
           value_error(node, error, ERROR_INVALID, "'%s' must have from 1 to %d characters", what,
                       GUARD_PATTERN_MAX);
}

/* A list of patterns. */
static bool read_patterns(const struct value *list, const char *what, const struct value **out,
                          struct error *error)
{
    struct str ignored;
    *out = list;
    for (size_t i = 0; list && i < list->count; i++) {
        if (!value_is(list->items[i], VALUE_STRING))
            return value_error(list->items[i], error, ERROR_INVALID, "'%s' must be a list of texts", what);
        if (!read_pattern(list->items[i], what, &ignored, error))
            return false;
    }
    return true;
}

/* --- protect --- */

static bool read_from(const struct value *from, struct guard_protection *out, struct error *error)
{
    static const char *const words[] = {"update", "replace", "delete"};
    bool said[ARRAY_LENGTH(words)] = {false, from == NULL, from == NULL};
    size_t word;
    if (from && !from->count)
        return value_error(from, error, ERROR_INVALID,
                           "'from' names nothing: leave it out for delete, replace");
    for (size_t i = 0; from && i < from->count; i++) {
        if (!field_choice(from->items[i], "'from'", words, ARRAY_LENGTH(words), &word, error))
            return false;
        said[word] = true;
    }
    out->from_update = said[0];
    out->from_replace = said[1];
    out->from_delete = said[2];
    return true;
}

static bool read_protection(const struct value *node, struct guard_protection *out, struct error *error)
{
    out->node = node;
    if (!fields_check(node, "what is protected", protect_fields, ARRAY_LENGTH(protect_fields), error))
        return false;
    if (!value_get(node, "type") && !value_get(node, "name"))
        return value_error(node, error, ERROR_INVALID,
                           "what is protected needs a 'type' or a 'name': '*' stands for all");
    return read_pattern(value_get(node, "type"), "type", &out->type, error) &&
           read_pattern(value_get(node, "name"), "name", &out->name, error) &&
           read_pattern(value_get(node, "application"), "application", &out->application, error) &&
           read_from(value_get(node, "from"), out, error);
}

static bool read_protections(struct arena *arena, const struct value *list, struct guards *out,
                             struct error *error)
{
    out->protection_count = list ? list->count : 0;
    out->protections = arena_array(arena, out->protection_count, sizeof *out->protections);
    for (size_t i = 0; i < out->protection_count; i++)
        if (!read_protection(list->items[i], &out->protections[i], error))
            return false;
    return true;
}

/* --- tags --- */

/* "team", or {team: [orders, billing]}. */
static bool read_tag(const struct value *node, struct guard_tag *out, struct error *error)
{
    out->node = node;
    out->key = value_text(node);
    if (value_is(node, VALUE_MAP) && node->count == 1) {
        out->key = node->entries[0].key;
        out->allowed = node->entries[0].value;
        if (!value_is(out->allowed, VALUE_LIST) || !out->allowed->count)
            return value_key_error(node, &node->entries[0], error, ERROR_INVALID,
                                   "the values of tag '%.*s' must be a list", STR_ARG(out->key));
        for (size_t i = 0; i < out->allowed->count; i++)
            if (!value_text(out->allowed->items[i]).len)
                return value_error(out->allowed->items[i], error, ERROR_INVALID,
                                   "the values of tag '%.*s' must be texts", STR_ARG(out->key));
    } else if (!value_is(node, VALUE_STRING) || !out->key.len) {
        return value_error(node, error, ERROR_INVALID,
                           "'requireTags' must be a list of names, as 'team' or {team: [orders, billing]}");
    }
    return true;
}

static bool read_tags(struct arena *arena, const struct value *list, struct guards *out, struct error *error)
{
    out->tag_count = list ? list->count : 0;
    out->tags = arena_array(arena, out->tag_count, sizeof *out->tags);
    for (size_t i = 0; i < out->tag_count; i++)
        if (!read_tag(list->items[i], &out->tags[i], error))
            return false;
    return true;
}

/* --- policies, what is public, accounts --- */

static bool read_policies(const struct value *node, struct guards *out, struct error *error)
{
    if (!node)
        return true;
    return fields_check(node, "'policies'", policies_fields, ARRAY_LENGTH(policies_fields), error) &&
           read_patterns(value_get(node, "forbidActions"), "forbidActions", &out->actions, error) &&
           read_patterns(value_get(node, "forbidManaged"), "forbidManaged", &out->managed, error) &&
           read_patterns(value_get(node, "forbidPrincipals"), "forbidPrincipals", &out->principals, error);
}

/* There is no word for allowing: who does not want a guard leaves it out. */
static bool read_forbid(const struct value *node, const char *what, const struct value **out,
                        struct error *error)
{
    *out = node;
    return !node || value_is_text(node, "forbid") ||
           value_error(node, error, ERROR_INVALID, "%s '%.*s' must be 'forbid'", what,
                       STR_ARG(value_text(node)));
}

/* APIs are public more often than not: they are meant only where they are named. */
static bool read_public(const struct value *node, struct guards *out, struct error *error)
{
    if (value_is(node, VALUE_MAP))
        return fields_check(node, "'public'", public_fields, ARRAY_LENGTH(public_fields), error) &&
               read_forbid(value_get(node, "buckets"), "buckets", &out->buckets, error) &&
               read_forbid(value_get(node, "urls"), "urls", &out->urls, error) &&
               read_forbid(value_get(node, "apis"), "apis", &out->apis, error);
    return read_forbid(node, "public", &out->buckets, error) &&
           read_forbid(node, "public", &out->urls, error);
}

static bool read_accounts(const struct value *list, struct guards *out, struct error *error)
{
    out->accounts = list;
    for (size_t i = 0; list && i < list->count; i++)
        if (!field_account(list->items[i], error))
            return false;
    return true;
}

static bool read_boundary(const struct value *node, struct guards *out, struct error *error)
{
    struct str ignored;
    out->boundary = node;
    return !node || read_pattern(node, "permissionsBoundary", &ignored, error);
}

/* --- exceptions --- */

static bool read_exception(const struct value *node, struct guard_exception *out, struct error *error)
{
    size_t rule;
    out->node = node;
    if (!fields_check(node, "an exception", exception_fields, ARRAY_LENGTH(exception_fields), error) ||
        !field_choice(value_get(node, "rule"), "rule", rule_names, GUARD_RULES, &rule, error))
        return false;
    out->rule = (enum guard_rule)rule;
    out->reason = str_trim(value_get_text(node, "reason"));
    out->expires = value_get_text(node, "expires");
    if (!out->reason.len)
        return value_error(value_get(node, "reason"), error, ERROR_INVALID, "an exception needs a 'reason'");
    if (value_get(node, "expires") && !field_date(value_get(node, "expires"), &out->expires_ms, error))
        return false;
    return read_pattern(value_get(node, "resource"), "resource", &out->resource, error) &&
           read_pattern(value_get(node, "application"), "application", &out->application, error) &&
           read_pattern(value_get(node, "environment"), "environment", &out->environment, error) &&
           read_pattern(value_get(node, "value"), "value", &out->value, error);
}

static bool read_exceptions(struct arena *arena, const struct value *list, struct guards *out,
                            struct error *error)
{
    out->exception_count = list ? list->count : 0;
    out->exceptions = arena_array(arena, out->exception_count, sizeof *out->exceptions);
    for (size_t i = 0; i < out->exception_count; i++)
        if (!read_exception(list->items[i], &out->exceptions[i], error))
            return false;
    return true;
}

bool guards_read(struct arena *arena, const struct value *node, struct guards *out, struct error *error)
{
    enum { DELETES_MAX = 1000 * 1000 };
    *out = (struct guards){.max_deletes = value_get(node, "maxDeletes")};
    if (!node)
        return true;
    return fields_check(node, "'guards'", guard_fields, ARRAY_LENGTH(guard_fields), error) &&
           read_protections(arena, value_get(node, "protect"), out, error) &&
           field_number(out->max_deletes, "maxDeletes", 0, DELETES_MAX, &out->most_deletes, error) &&
           read_tags(arena, value_get(node, "requireTags"), out, error) &&
           read_policies(value_get(node, "policies"), out, error) &&
           read_public(value_get(node, "public"), out, error) &&
           read_boundary(value_get(node, "permissionsBoundary"), out, error) &&
           read_accounts(value_get(node, "accounts"), out, error) &&
           read_exceptions(arena, value_get(node, "allow"), out, error);
}

void guards_join(const struct guards *repository, struct guards *environment)
{
    environment->above = repository;
}
