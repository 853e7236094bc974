#include "tests/simulator/roles.h"

#include "base/json.h"

static bool names_principal(const struct call *call, const struct value *statement, const char *principal)
{
    struct value *services = list_of(call, value_path(statement, "Principal", "Service", NULL));
    for (size_t i = 0; i < services->count; i++)
        if (value_is_text(services->items[i], principal))
            return str_is(value_get_text(statement, "Effect"), "Allow");
    return false;
}

static bool trusts(struct call *call, const struct value *role, const char *principal)
{
    struct error error = ERROR_INIT;
    struct value *policy = NULL;
    if (!json_read(call->arena, STR_EMPTY, value_get_text(role, "AssumeRolePolicyDocument"), &policy, &error))
        return false;
    struct value *statements = list_of(call, value_get(policy, "Statement"));
    for (size_t i = 0; i < statements->count; i++)
        if (names_principal(call, statements->items[i], principal))
            return true;
    return false;
}

enum role_answer role_check(struct call *call, struct str role_arn, const char *principal)
{
    struct str parts[5], rest = role_arn;
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (!str_split(&rest, ':', &parts[i]))
            return ROLE_MALFORMED;
    if (!str_starts(role_arn, "arn:aws:iam::") || parts[4].len != 12 || !str_starts(rest, "role/"))
        return ROLE_MALFORMED;
    if (!str_equal(parts[4], call->account))
        return ROLE_FOREIGN;
    struct value *iam = call_state_of(call, "iam", call->account, STR_EMPTY, NULL);
    struct value *role =
        value_get_str(value_get(iam, "roles"), str_from_index(rest, str_find_last(rest, '/') + 1));
    int64_t delay = call_delay(call, "iam.propagation");
    if (!role || !str_equal(value_get_text(role, "Arn"), role_arn) ||
        value_get_int(role, "created", 0) + delay > call->now)
        return ROLE_UNKNOWN;
    return trusts(call, role, principal) && value_get_int(role, "changed", 0) + delay <= call->now
               ? ROLE_GOOD
               : ROLE_UNTRUSTING;
}
