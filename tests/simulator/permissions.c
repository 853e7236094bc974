#include "tests/simulator/permissions.h"

#include "tests/simulator/internal.h"

void sim_policies_release(struct sim_policies *policies)
{
    arena_free(policies->arena);
    *policies = (struct sim_policies){.arena = NULL};
}

bool sim_policies_set(struct sim_policies *policies, const struct value *body, struct error *error)
{
    struct str account = value_get_text(body, "account");
    const struct value *documents = value_get(body, "documents");
    if (account.len != 12 || (documents && !value_is(documents, VALUE_LIST)))
        return error_set(error, ERROR_INVALID,
                         "policies need {\"account\": \"111111111111\", \"documents\": [...]}");
    if (!policies->arena) {
        policies->arena = arena_new();
        policies->by_account = value_map(policies->arena);
    }
    policies->asked = value_map(policies->arena);
    if (documents)
        value_set(policies->arena, policies->by_account, arena_str(policies->arena, account),
                  value_copy(policies->arena, documents));
    else
        (void)value_remove(policies->by_account, account);
    return true;
}

/* "*" and "?"; at most one star is tried at a time, so that a pattern costs its length times the text's. */
static bool matches(struct str pattern, struct str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    while (t < text.len) {
        if (p < pattern.len && (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t]) &&
            pattern.ptr[p] != '*') {
            p++;
            t++;
        } else if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = t;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

static bool one_matches(const struct value *patterns, struct str text)
{
    if (!value_is(patterns, VALUE_LIST))
        return matches(value_text(patterns), text);
    for (size_t i = 0; i < patterns->count; i++)
        if (matches(value_text(patterns->items[i]), text))
            return true;
    return false;
}

static bool holds(const struct value *statement, const struct asked *asked)
{
    const struct value *condition = value_get(statement, "Condition");
    const struct value *passed = value_path(condition, "StringEquals", "iam:PassedToService", NULL);
    return one_matches(value_get(statement, "Action"), asked->action) &&
           (!asked->resource.len || one_matches(value_get(statement, "Resource"), asked->resource)) &&
           (!condition || (passed && one_matches(passed, asked->passed_to)));
}

static bool allows(const struct value *documents, const struct asked *asked)
{
    bool allowed = false;
    for (size_t i = 0; i < documents->count; i++) {
        const struct value *statements = value_get(documents->items[i], "Statement");
        for (size_t k = 0; value_is(statements, VALUE_LIST) && k < statements->count; k++) {
            if (!holds(statements->items[k], asked))
                continue;
            if (!value_is_text(value_get(statements->items[k], "Effect"), "Allow"))
                return false;
            allowed = true;
        }
    }
    return allowed;
}

struct value *sim_policies_asked(struct arena *arena, const struct sim_policies *policies)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; policies->asked && i < policies->asked->count; i++) {
        struct value *parts = value_list(arena);
        struct str rest = policies->asked->entries[i].key, part;
        while (str_split(&rest, ' ', &part))
            value_append(arena, parts, value_string(arena, part));
        value_append(arena, list, parts);
    }
    return list;
}

static void note(struct sim_policies *policies, const struct call *call, const struct asked *asked)
{
    struct arena *arena = policies->arena;
    struct str key = arena_printf(call->arena, "%.*s %.*s %.*s", STR_ARG(call->account),
                                  STR_ARG(asked->action), STR_ARG(asked->resource));
    if (policies->asked->count < POLICIES_ASKED_MAX && !value_get_str(policies->asked, key))
        value_set(arena, policies->asked, arena_str(arena, key), value_null(arena));
}

bool sim_policies_decide(const struct sim_policies *policies, struct str account, const struct asked *asked)
{
    const struct value *documents = value_get_str(policies->by_account, account);
    return !documents || allows(documents, asked);
}

bool sim_policies_allow(struct sim_policies *policies, struct call *call)
{
    const struct value *documents = value_get_str(policies->by_account, call->account);
    struct asked asked[ASKED_MAX];
    size_t count = documents ? permissions_asked(call, asked) : 0;
    for (size_t i = 0; i < count; i++) {
        note(policies, call, &asked[i]);
        if (allows(documents, &asked[i]))
            continue;
        bool short_code = call->protocol == SIM_QUERY || call->protocol == SIM_RESTXML;
        return call_fail(
            call, 403, short_code ? "AccessDenied" : "AccessDeniedException",
            "User: arn:aws:sts::%.*s:assumed-role/plumb/test is not authorized to perform: %.*s on "
            "resource: %.*s because no identity-based policy allows the %.*s action",
            STR_ARG(call->account), STR_ARG(asked[i].action), STR_ARG(asked[i].resource),
            STR_ARG(asked[i].action));
    }
    return true;
}
