#include "environments/pull_requests.h"

#include "environments/fields.h"

enum { LOGIN_MAX = 100 };

static const char *const applies[] = {
    [PULL_APPLY_ALWAYS] = "always",
    [PULL_APPLY_REVIEWED] = "reviewed",
    [PULL_APPLY_ASK] = "ask",
};

const struct field pull_fields[] = {
    {"apply", FIELD_TEXT, .help = "Which plan is applied after a merge without a further word",
     WORDS(applies), .otherwise = "always"},
    {"approvers", FIELD_LIST, .help = "Logins at the forge of those who may approve a plan",
     .items = FIELD_TEXT, .many = PULL_APPROVERS_MAX},
    {"forks", FIELD_FLAG, .help = "Look at pull requests of forks", .otherwise = "false"},
};

const char *pull_apply_name(enum pull_apply apply)
{
    return applies[apply];
}

/* Also "plumb[bot]". */
static bool is_login(struct str name)
{
    bool sound = name.len > 0 && name.len <= LOGIN_MAX;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        sound = sound && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          c == '-' || c == '_' || c == '.' || c == '[' || c == ']');
    }
    return sound;
}

static bool read_approvers(struct arena *arena, const struct value *list, struct pull_policy *out,
                           struct error *error)
{
    if (!field_names(arena, list, "approvers", &out->approvers, &out->approver_count, error))
        return false;
    if (out->approver_count > PULL_APPROVERS_MAX)
        return value_error(list, error, ERROR_INVALID, "'approvers' has more than %d names",
                           PULL_APPROVERS_MAX);
    for (size_t i = 0; i < out->approver_count; i++)
        if (!is_login(out->approvers[i]))
            return value_error(list->items[i], error, ERROR_INVALID,
                               "approver '%.*s' is no login: write it as at the forge, without '@'",
                               STR_ARG(out->approvers[i]));
    return true;
}

bool pull_policy_read(struct arena *arena, const struct value *node, struct pull_policy *out,
                      struct error *error)
{
    *out = (struct pull_policy){.apply = PULL_APPLY_ALWAYS};
    if (!node)
        return true;
    if (!fields_check(node, "'pullRequests'", pull_fields, ARRAY_LENGTH(pull_fields), error) ||
        !read_approvers(arena, value_get(node, "approvers"), out, error))
        return false;
    out->forks = value_get_bool(node, "forks", false);
    for (size_t i = 0; i < ARRAY_LENGTH(applies); i++)
        if (value_is_text(value_get(node, "apply"), applies[i]))
            out->apply = (enum pull_apply)i;
    return out->apply != PULL_APPLY_ASK || out->approver_count ||
           value_error(value_get(node, "apply"), error, ERROR_INVALID,
                       "'apply: ask' needs 'approvers': nobody could approve anything");
}

bool pull_policy_names(const struct pull_policy *policy, struct str login)
{
    for (size_t i = 0; i < policy->approver_count; i++)
        if (str_equal_nocase(policy->approvers[i], login))
            return true;
    return false;
}
