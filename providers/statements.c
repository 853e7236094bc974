/* What a statement gives, and to whom. */

#include "providers/statements.h"

#include "base/wildcard.h"

enum { ACCOUNT_DIGITS = 12 };

/* One that says neither is refused by AWS; an effect that is not known yet may be Allow. */
static bool allows(const struct statement *statement)
{
    return !value_is_text(value_get(statement->tree, "Effect"), "Deny");
}

bool statement_names_principals(const struct statement *statement)
{
    return value_get(statement->tree, "Principal") || value_get(statement->tree, "NotPrincipal");
}

/* "*", also as "**" and "*:*". */
static bool is_everything(struct str pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (pattern.ptr[i] != '*' && pattern.ptr[i] != ':')
            return false;
    return str_find(pattern, '*') < pattern.len;
}

/* Unknown is what decides only where nothing known does. */
static void note(enum reach *reach, enum reach other, const struct value **which, const struct value *value)
{
    if (*reach == REACH_YES || other == REACH_NO)
        return;
    *reach = other;
    *which = value;
}

static enum reach action_gives(struct arena *arena, const struct value *action, struct str pattern)
{
    struct str text = action->text;
    if (value_is(action, VALUE_UNKNOWN))
        return REACH_UNKNOWN;
    bool gives =
        is_everything(pattern) ? is_everything(text) : wildcards_meet(arena, text, pattern, WILDCARD_FOLDED);
    return gives ? REACH_YES : REACH_NO;
}

static enum reach gives_by_exception(const struct value *exceptions, struct str pattern)
{
    enum reach reach = REACH_YES;
    for (size_t i = 0; i < exceptions->count; i++) {
        const struct value *one = exceptions->items[i];
        if (value_is(one, VALUE_UNKNOWN))
            reach = REACH_UNKNOWN;
        else if (!is_everything(pattern) && wildcard_covers(one->text, pattern, WILDCARD_FOLDED))
            return REACH_NO;
    }
    return reach;
}

enum reach statement_gives(struct arena *arena, const struct statement *statement, struct str pattern,
                           const struct value **which)
{
    const struct value *actions = value_get(statement->tree, "Action"),
                       *exceptions = value_get(statement->tree, "NotAction");
    enum reach reach = REACH_NO;
    if (!allows(statement))
        return REACH_NO;
    for (size_t i = 0; actions && i < actions->count; i++)
        note(&reach, action_gives(arena, actions->items[i], pattern), which, actions->items[i]);
    if (exceptions)
        note(&reach, gives_by_exception(exceptions, pattern), which, exceptions);
    return reach;
}

/* --- conditions --- */

/* Keys that say who asks, or whence.  The first part is S3's own list, the second what other services and IAM
 * have for the same
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). */
static const char *const restricting_keys[] = {
    "aws:PrincipalOrgID",
    "aws:SourceIp",
    "aws:SourceArn",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceOwner",
    "aws:SourceAccount",
    "aws:userid",
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgPaths",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpcArn",
    "kms:CallerAccount",
};

static bool restricts(struct str key)
{
    for (size_t i = 0; i < ARRAY_LENGTH(restricting_keys); i++)
        if (str_equal_nocase(key, str_from(restricting_keys[i])))
            return true;
    return false;
}

/* Those that hold only where the key is there and has one of the values: not the negated ones, not
 * "...IfExists", and not "ForAllValues:", which holds where the key is missing. */
static bool demands(struct str name)
{
    static const char *const operators[] = {
        "StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress"};
    static const char any[] = "ForAnyValue:";
    if (str_equal_nocase(str_slice(name, 0, sizeof any - 1), STR("ForAnyValue:")))
        name = str_from_index(name, sizeof any - 1);
    for (size_t i = 0; i < ARRAY_LENGTH(operators); i++)
        if (str_equal_nocase(name, str_from(operators[i])))
            return true;
    return false;
}

static bool has_wildcard(struct str text)
{
    return str_find(text, '*') < text.len || str_find(text, '?') < text.len || str_contains(text, "${");
}

/* S3 takes wide ranges for public: an IPv4 prefix below 8 bits, an IPv6 prefix below 32. */
static bool is_narrow(struct str range)
{
    enum { IPV4_BITS = 8, IPV6_BITS = 32 };
    size_t slash = str_find(range, '/');
    bool ipv6 = str_find(range, ':') < range.len;
    uint64_t bits;
    if (slash == range.len)
        return true;
    return str_to_uint(str_from_index(range, slash + 1), 128, &bits) &&
           bits >= (uint64_t)(ipv6 ? IPV6_BITS : IPV4_BITS);
}

static bool has_fixed_account(struct str arn)
{
    struct str part = STR_EMPTY;
    uint64_t number;
    for (size_t i = 0; i < 5; i++)
        if (!str_split(&arn, ':', &part))
            return false;
    return part.len == ACCOUNT_DIGITS && str_to_uint(part, UINT64_MAX, &number);
}

/* An access point may have any name where its account is fixed. */
static bool is_fixed(struct str key, struct str value)
{
    if (str_equal_nocase(key, STR("s3:DataAccessPointArn")))
        return has_fixed_account(value) && !str_contains(value, "${");
    if (str_equal_nocase(key, STR("aws:SourceIp")))
        return !has_wildcard(value) && is_narrow(value);
    return value.len > 0 && !has_wildcard(value);
}

/* One loose value is enough to let everybody in. */
static enum reach restricts_by(const struct value_entry *key)
{
    const struct value *values = key->value;
    enum reach reach = value_is(values, VALUE_LIST) && values->count ? REACH_YES : REACH_NO;
    if (value_is(values, VALUE_UNKNOWN))
        return REACH_UNKNOWN;
    for (size_t i = 0; reach != REACH_NO && i < values->count; i++) {
        if (value_is(values->items[i], VALUE_UNKNOWN))
            reach = REACH_UNKNOWN;
        else if (!is_fixed(key->key, values->items[i]->text))
            reach = REACH_NO;
    }
    return reach;
}

/* Any one of the conditions is enough to keep everybody out. */
static enum reach is_restricted(const struct value *condition)
{
    enum reach reach = value_is(condition, VALUE_UNKNOWN) ? REACH_UNKNOWN : REACH_NO;
    for (size_t i = 0; value_is(condition, VALUE_MAP) && i < condition->count; i++) {
        const struct value *keys = condition->entries[i].value;
        if (!demands(condition->entries[i].key))
            continue;
        if (value_is(keys, VALUE_UNKNOWN))
            reach = REACH_UNKNOWN;
        for (size_t k = 0; value_is(keys, VALUE_MAP) && k < keys->count; k++) {
            enum reach by = restricts(keys->entries[k].key) ? restricts_by(&keys->entries[k]) : REACH_NO;
            if (by == REACH_YES)
                return REACH_YES;
            reach = by == REACH_UNKNOWN ? by : reach;
        }
    }
    return reach;
}

/* --- principals --- */

typedef enum reach principal_test(struct arena *, const struct value *principal, struct str pattern);

static enum reach any_principal(struct arena *arena, const struct statement *statement, struct str pattern,
                                principal_test *test, const struct value **which)
{
    const struct value *kinds = value_get(statement->tree, "Principal");
    enum reach reach = REACH_NO;
    for (size_t i = 0; value_is(kinds, VALUE_MAP) && i < kinds->count; i++) {
        const struct value *all = kinds->entries[i].value;
        for (size_t k = 0; value_is(all, VALUE_LIST) && k < all->count; k++)
            note(&reach, test(arena, all->items[k], pattern), which, all->items[k]);
    }
    return reach;
}

static enum reach is_everybody(struct arena *arena, const struct value *principal, struct str pattern)
{
    (void)arena;
    (void)pattern;
    if (value_is(principal, VALUE_UNKNOWN))
        return REACH_UNKNOWN;
    return is_everything(principal->text) ? REACH_YES : REACH_NO;
}

enum reach statement_is_public(const struct statement *statement, const struct value **which)
{
    const struct value *others = value_get(statement->tree, "NotPrincipal");
    if (!allows(statement))
        return REACH_NO;
    const struct value *one = NULL;
    enum reach reach = any_principal(NULL, statement, STR_EMPTY, is_everybody, &one);
    if (others)
        reach = REACH_YES;
    if (reach == REACH_NO)
        return REACH_NO;
    *which = others ? others : one;
    enum reach restricted = is_restricted(value_get(statement->tree, "Condition"));
    if (restricted == REACH_YES)
        return REACH_NO;
    return restricted == REACH_UNKNOWN ? REACH_UNKNOWN : reach;
}

/* The ARN of an account's root is the account. */
static bool is_root_of(struct arena *arena, struct str pattern, struct str account)
{
    static const char *const partitions[] = {"aws", "aws-cn", "aws-us-gov"};
    uint64_t number;
    if (account.len != ACCOUNT_DIGITS || !str_to_uint(account, UINT64_MAX, &number))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(partitions); i++)
        if (wildcard_covers(pattern,
                            arena_printf(arena, "arn:%s:iam::%.*s:root", partitions[i], STR_ARG(account)),
                            WILDCARD_EXACT))
            return true;
    return false;
}

static enum reach is_meant(struct arena *arena, const struct value *principal, struct str pattern)
{
    struct str text = principal->text;
    if (value_is(principal, VALUE_UNKNOWN))
        return REACH_UNKNOWN;
    if (is_everything(text)) /* statement_is_public says whether a condition keeps them out */
        return REACH_NO;
    bool meant = wildcard_covers(pattern, text, WILDCARD_EXACT) || is_root_of(arena, pattern, text);
    return meant ? REACH_YES : REACH_NO;
}

enum reach statement_admits(struct arena *arena, const struct statement *statement, struct str pattern,
                            const struct value **which)
{
    enum reach reach = statement_is_public(statement, which);
    const struct value *one = NULL;
    if (is_everything(pattern) || reach == REACH_YES || !allows(statement))
        return reach;
    enum reach meant = any_principal(arena, statement, pattern, is_meant, &one);
    note(&reach, meant, which, one);
    return reach;
}
