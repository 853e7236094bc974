#include "providers/policy.h"

#include "base/digest.h"
#include "base/json.h"
#include "providers/shape.h"

enum { ACCOUNT_DIGITS = 12 };

static bool is_account(struct str text)
{
    uint64_t number;
    return text.len == ACCOUNT_DIGITS && str_to_uint(text, UINT64_MAX, &number);
}

struct str policy_principal(struct str principal)
{
    struct str rest = principal, part;
    size_t field = 0;
    struct str account = STR_EMPTY;
    if (!str_starts(principal, "arn:") || !str_ends(principal, ":root"))
        return principal;
    while (str_split(&rest, ':', &part)) {
        if (field == 2 && !str_is(part, "iam"))
            return principal;
        if (field++ == 4)
            account = part;
    }
    return field == 6 && is_account(account) ? account : principal;
}

static struct value *text_of(struct arena *arena, struct value *item)
{
    bool scalar = value_is(item, VALUE_NUMBER) || value_is(item, VALUE_BOOL);
    return scalar ? value_string(arena, value_text(item)) : item;
}

/* A scalar or list as a sorted list of texts without repeats. */
static struct value *text_set(struct arena *arena, struct value *value)
{
    struct value *all = value_list(arena), *set = value_list(arena);
    if (!value_is(value, VALUE_LIST))
        value_append(arena, all, text_of(arena, value));
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        value_append(arena, all, text_of(arena, value->items[i]));
    value_sort(arena, all, NULL);
    for (size_t i = 0; i < all->count; i++)
        if (i == 0 || !value_equal(all->items[i - 1], all->items[i]))
            value_append(arena, set, all->items[i]);
    return value_at_position_of(set, value);
}

static void principals(struct arena *arena, struct value *statement, const char *name)
{
    struct value *principal = value_get(statement, name);
    if (!principal)
        return;
    if (!value_is(principal, VALUE_MAP)) {
        struct value *map = value_at_position_of(value_map(arena), principal);
        value_setz(arena, map, "AWS", principal);
        value_setz(arena, statement, name, map);
        principal = map;
    }
    for (size_t i = 0; i < principal->count; i++) {
        struct value *set = text_set(arena, principal->entries[i].value);
        for (size_t k = 0; k < set->count; k++)
            if (value_is(set->items[k], VALUE_STRING))
                set->items[k] = value_at_position_of(
                    value_string(arena, policy_principal(set->items[k]->text)), set->items[k]);
        principal->entries[i].value = text_set(arena, set);
    }
}

static void conditions(struct arena *arena, struct value *statement)
{
    struct value *condition = value_get(statement, "Condition");
    for (size_t i = 0; value_is(condition, VALUE_MAP) && i < condition->count; i++) {
        struct value *keys = condition->entries[i].value;
        for (size_t k = 0; value_is(keys, VALUE_MAP) && k < keys->count; k++)
            keys->entries[k].value = text_set(arena, keys->entries[k].value);
    }
}

static void normalize_statement(struct arena *arena, struct value *statement)
{
    static const char *const sets[] = {"Action", "NotAction", "Resource", "NotResource"};
    if (!value_is(statement, VALUE_MAP))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(sets); i++) {
        struct value *value = value_get(statement, sets[i]);
        if (value)
            value_setz(arena, statement, sets[i], text_set(arena, value));
    }
    principals(arena, statement, "Principal");
    principals(arena, statement, "NotPrincipal");
    conditions(arena, statement);
    if (value_is_text(value_get(statement, "Sid"), ""))
        value_remove(statement, STR("Sid"));
}

struct value *policy_normalize(struct arena *arena, struct value *policy)
{
    struct error ignored = ERROR_INIT;
    struct value *tree = policy;
    if (value_is(policy, VALUE_STRING)) {
        if (!json_read(arena, STR_EMPTY, policy->text, &tree, &ignored))
            return policy;
        value_at_position_of(tree, policy);
    }
    struct value *statements = value_get(tree, "Statement");
    if (!statements)
        return tree;
    if (!value_is(statements, VALUE_LIST)) {
        struct value *list = value_at_position_of(value_list(arena), statements);
        value_append(arena, list, statements);
        statements = list;
        value_setz(arena, tree, "Statement", list);
    }
    for (size_t i = 0; i < statements->count; i++)
        normalize_statement(arena, statements->items[i]);
    value_sort(arena, statements, NULL);
    if (!value_get(tree, "Version")) /* what a policy without one means, and what some services add */
        value_setz(arena, tree, "Version", value_stringz(arena, "2008-10-17"));
    return tree;
}

struct str json_for_request(struct arena *arena, const struct value *value)
{
    struct buf buf = BUF_INIT(BUF_LARGE);
    json_write_revealed(&buf, value);
    struct str text = arena_str(arena, buf_str(&buf));
    buf_release(&buf);
    return text;
}

struct str policy_text(struct arena *arena, const struct value *policy)
{
    bool text = value_is(policy, VALUE_STRING) || value_is(policy, VALUE_SECRET);
    return text ? policy->text : json_for_request(arena, policy);
}

bool policy_decode(struct arena *arena, struct str encoded, struct value **out, struct error *error)
{
    struct str text;
    if (!uri_decode(arena, encoded, &text))
        return error_set(error, ERROR_CORRUPT, "the policy that IAM answered is not percent-encoded");
    return json_of_answer(arena, text, out, error);
}

bool json_of_answer(struct arena *arena, struct str text, struct value **out, struct error *error)
{
    return json_read(arena, STR_EMPTY, text, out, error) ||
           error_prefix(error, "a document that AWS answered");
}
