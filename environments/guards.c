#include "environments/guards.h"

#include "environments/fields.h"

enum { DELETES_MAX = 1000 * 1000 };

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

static const char *const changes[] = {"update", "replace", "delete"}, *const forbid[] = {"forbid"};

static const struct field protect_fields[] = {
    {"application", FIELD_SCALAR, .longest = GUARD_PATTERN_MAX, .help = "Pattern of applications",
     .otherwise = "*"},
    {"from", FIELD_LIST, .help = "From what; left out: delete and replace", .items = FIELD_TEXT,
     WORDS(changes), .fewest = 1},
    {"name", FIELD_SCALAR, .longest = GUARD_PATTERN_MAX, .help = "Pattern of logical or physical ids",
     .otherwise = "*"},
    {"type", FIELD_SCALAR, .longest = GUARD_PATTERN_MAX,
     .help = "Pattern of resource types, as AWS::DynamoDB::*", .otherwise = "*"},
};

static const struct field policies_fields[] = {
    {"forbidActions", FIELD_LIST, .help = "Actions that no policy may allow", .items = FIELD_TEXT},
    {"forbidManaged", FIELD_LIST, .help = "Patterns of managed policies that no role may have",
     .items = FIELD_TEXT},
    {"forbidPrincipals", FIELD_LIST, .help = "Principals that no policy may let in", .items = FIELD_TEXT},
};

static const struct field public_fields[] = {
    {"apis", FIELD_TEXT, .help = "APIs without authorization", WORDS(forbid)},
    {"buckets", FIELD_TEXT, .help = "Buckets that anybody may read or write", WORDS(forbid)},
    {"urls", FIELD_TEXT, .help = "Function URLs without authorization", WORDS(forbid)},
};

static const struct field exception_fields[] = {
    {"application", FIELD_SCALAR, .longest = GUARD_PATTERN_MAX, .help = "Pattern of applications",
     .otherwise = "*"},
    {"environment", FIELD_SCALAR, .longest = GUARD_PATTERN_MAX, .help = "Pattern of environments",
     .otherwise = "*"},
    {"expires", FIELD_DATE, .help = "The day at whose end, in UTC, the exception ends, as in 2026-12-31"},
    {"reason", FIELD_SCALAR | FIELD_REQUIRED, .help = "Why it is right here", .pattern = "\\S"},
    {"resource", FIELD_SCALAR | FIELD_REQUIRED, .longest = GUARD_PATTERN_MAX,
     .help = "Pattern of logical ids"},
    {"rule", FIELD_TEXT | FIELD_REQUIRED, .help = "The guard that it is from", .words = rule_names,
     .word_count = GUARD_RULES},
    {"value", FIELD_SCALAR, .longest = GUARD_PATTERN_MAX, .help = "Pattern of what the guard would refuse",
     .otherwise = "*"},
};

const struct field guard_fields[] = {
    {"accounts", FIELD_LIST, .help = "The accounts that policies may let in, in quotes",
     .items = FIELD_TEXT | FIELD_NUMBER},
    {"allow", FIELD_LIST, .help = "Exceptions, each with a reason", KEYS(exception_fields)},
    {"maxDeletes", FIELD_WHOLE, .help = "How many resources one release may delete", .most = DELETES_MAX},
    {"permissionsBoundary", FIELD_SCALAR, .longest = GUARD_PATTERN_MAX,
     .help = "Pattern of the boundary that every role must have"},
    {"policies", FIELD_MAP, .help = "What policies may not say", KEYS(policies_fields)},
    {"protect", FIELD_LIST, .help = "What may not go or change", KEYS(protect_fields)},
    {"public", FIELD_TEXT | FIELD_MAP,
     .help = "What may not be open to everybody; 'forbid': buckets and URLs", WORDS(forbid),
     KEYS(public_fields)},
    {"requireTags", FIELD_LIST, .help = "Tags that resources must have: 'team', or {team: [orders, billing]}",
     .items = FIELD_TEXT | FIELD_MAP},
};

static struct str pattern_of(const struct value *map, const char *key)
{
    const struct value *pattern = value_get(map, key);
    return pattern ? value_text(pattern) : STR("*");
}

/* A list of patterns. */
static bool read_patterns(const struct value *list, const char *what, const struct value **out,
                          struct error *error)
{
    *out = list;
    for (size_t i = 0; list && i < list->count; i++) {
        size_t length = value_text(list->items[i]).len;
        if (!value_is(list->items[i], VALUE_STRING))
            return value_error(list->items[i], error, ERROR_INVALID, "'%s' must be a list of texts", what);
        if (length == 0 || length > GUARD_PATTERN_MAX)
            return value_error(list->items[i], error, ERROR_INVALID, "'%s' must have from 1 to %d characters",
                               what, GUARD_PATTERN_MAX);
    }
    return true;
}

/* --- protect --- */

static bool read_from(const struct value *from, struct guard_protection *out, struct error *error)
{
    bool said[ARRAY_LENGTH(changes)] = {false, from == NULL, from == NULL};
    size_t word;
    if (from && !from->count)
        return value_error(from, error, ERROR_INVALID,
                           "'from' names nothing: leave it out for delete, replace");
    for (size_t i = 0; from && i < from->count; i++) {
        if (!field_choice(from->items[i], "'from'", changes, ARRAY_LENGTH(changes), &word, error))
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
    out->type = pattern_of(node, "type");
    out->name = pattern_of(node, "name");
    out->application = pattern_of(node, "application");
    return read_from(value_get(node, "from"), out, error);
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

/* There is no word for allowing: who does not want a guard leaves it out.
 * APIs are public more often than not: they are meant only where they are named. */
static bool read_public(const struct value *node, struct guards *out, struct error *error)
{
    bool both = value_is_text(node, forbid[0]);
    if (value_is(node, VALUE_MAP) &&
        !fields_check(node, "'public'", public_fields, ARRAY_LENGTH(public_fields), error))
        return false;
    out->buckets = both ? node : value_get(node, "buckets");
    out->urls = both ? node : value_get(node, "urls");
    out->apis = value_get(node, "apis");
    return true;
}

static bool read_accounts(const struct value *list, struct guards *out, struct error *error)
{
    out->accounts = list;
    for (size_t i = 0; list && i < list->count; i++)
        if (!field_account(list->items[i], error))
            return false;
    return true;
}

/* --- exceptions --- */

static bool read_exception(const struct value *node, struct guard_exception *out, struct error *error)
{
    out->node = node;
    if (!fields_check(node, "an exception", exception_fields, ARRAY_LENGTH(exception_fields), error))
        return false;
    while (!value_is_text(value_get(node, "rule"), rule_names[out->rule]))
        out->rule++;
    out->reason = str_trim(value_get_text(node, "reason"));
    out->expires = value_get_text(node, "expires");
    if (!out->reason.len)
        return value_error(value_get(node, "reason"), error, ERROR_INVALID, "an exception needs a 'reason'");
    out->resource = pattern_of(node, "resource");
    out->application = pattern_of(node, "application");
    out->environment = pattern_of(node, "environment");
    out->value = pattern_of(node, "value");
    return !value_get(node, "expires") || field_date(value_get(node, "expires"), &out->expires_ms, error);
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
    *out = (struct guards){.max_deletes = value_get(node, "maxDeletes"),
                           .most_deletes = value_get_int(node, "maxDeletes", 0),
                           .boundary = value_get(node, "permissionsBoundary")};
    if (!node)
        return true;
    return fields_check(node, "'guards'", guard_fields, ARRAY_LENGTH(guard_fields), error) &&
           read_protections(arena, value_get(node, "protect"), out, error) &&
           read_tags(arena, value_get(node, "requireTags"), out, error) &&
           read_policies(value_get(node, "policies"), out, error) &&
           read_public(value_get(node, "public"), out, error) &&
           read_accounts(value_get(node, "accounts"), out, error) &&
           read_exceptions(arena, value_get(node, "allow"), out, error);
}

void guards_join(const struct guards *repository, struct guards *environment)
{
    environment->above = repository;
}
