/* Guards on policies: actions, principals, managed policies, the permissions boundary. */

#include "reconciler/guards_private.h"

static void note_reach(struct guard_look *look, enum reach reach)
{
    look->undecided = look->undecided || reach == REACH_UNKNOWN;
}

/* What a statement allows as people wrote it; of NotAction and NotPrincipal the names that are left out. */
static struct str shown_of(const struct guard_look *look, const struct value *which, bool hidden)
{
    struct str text = guard_shown(which, hidden);
    if (text.len || !value_is(which, VALUE_LIST))
        return text.len ? text : STR("all but some");
    for (size_t i = 0; i < which->count; i++)
        text = arena_printf(look->arena, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "all but ",
                            STR_ARG(guard_shown(which->items[i], hidden)));
    return text;
}

static void check_actions(struct guard_look *look, const struct statement *statement)
{
    const struct value *forbidden = look->guards->actions;
    for (size_t i = 0; forbidden && i < forbidden->count; i++) {
        const struct value *which = NULL;
        enum reach reach = statement_gives(look->arena, statement, value_text(forbidden->items[i]), &which);
        note_reach(look, reach);
        if (reach != REACH_YES)
            continue;
        const struct guard_offence offence = {
            .rule = GUARD_ACTIONS,
            .rule_node = forbidden->items[i],
            .place = guard_place(statement, which),
            .value = shown_of(look, which, statement->hidden),
            .what = "the action",
            .remedy = "name only the actions that are needed",
        };
        guard_refuse(look, &offence);
    }
}

static void check_principals(struct guard_look *look, const struct statement *statement)
{
    const struct value *forbidden = look->guards->principals;
    for (size_t i = 0; forbidden && i < forbidden->count; i++) {
        const struct value *which = NULL;
        enum reach reach = statement_admits(look->arena, statement, value_text(forbidden->items[i]), &which);
        note_reach(look, reach);
        if (reach != REACH_YES)
            continue;
        const struct guard_offence offence = {
            .rule = GUARD_PRINCIPALS,
            .rule_node = forbidden->items[i],
            .place = guard_place(statement, which),
            .value = shown_of(look, which, statement->hidden),
            .what = "the principal",
            .remedy = "name who needs it, or add a condition with fixed values that says who may ask, as "
                      "aws:SourceArn or aws:PrincipalOrgID",
        };
        guard_refuse(look, &offence);
    }
}

static void check_statement(void *self, const struct statement *statement)
{
    struct guard_look *look = self;
    if (statement_names_principals(statement))
        check_principals(look, statement);
    else
        check_actions(look, statement);
}

static void check_managed(struct guard_look *look, const struct value *forbidden, const struct value *list)
{
    if (value_is(list, VALUE_UNKNOWN))
        look->undecided = true;
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++) {
        const struct value *policy = list->items[i];
        look->undecided = look->undecided || value_is(policy, VALUE_UNKNOWN);
        if (value_is(policy, VALUE_UNKNOWN) || !guard_matches(value_text(forbidden), policy->text))
            continue;
        const struct guard_offence offence = {
            .rule = GUARD_MANAGED,
            .rule_node = forbidden,
            .place = policy,
            .value = guard_shown(policy, false),
            .what = "the managed policy",
            .remedy = "attach one that gives less",
        };
        guard_refuse(look, &offence);
    }
}

static bool has_boundary(const struct change *change)
{
    return str_is(change->type_name, "AWS::IAM::Role") || str_is(change->type_name, "AWS::IAM::User");
}

static void check_boundary(struct guard_look *look)
{
    const struct value *wanted = look->guards->boundary,
                       *boundary = value_get(look->change->properties, "PermissionsBoundary");
    if (!wanted || !has_boundary(look->change))
        return;
    if (value_is(boundary, VALUE_UNKNOWN)) {
        look->undecided = true;
        return;
    }
    if (boundary && guard_matches(value_text(wanted), boundary->text))
        return;
    const struct guard_offence offence = {
        .rule = GUARD_BOUNDARY,
        .rule_node = wanted,
        .place = boundary,
        .value = boundary ? guard_shown(boundary, false) : look->change->logical_id,
        .what = boundary ? "the permissions boundary" : "a role or user without a permissions boundary:",
        .remedy = arena_printf(look->arena, "set PermissionsBoundary to what '%.*s' stands for",
                               STR_ARG(value_text(wanted)))
                      .ptr,
    };
    guard_refuse(look, &offence);
}

/* Is there a whole policy that is known only after apply? */
static bool hides_policy(const struct value *value)
{
    bool hides = false;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count && !hides; i++)
        hides = hides_policy(value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count && !hides; i++) {
        const struct value_entry *entry = &value->entries[i];
        hides = (value_is(entry->value, VALUE_UNKNOWN) && str_contains(entry->key, "Policy")) ||
                hides_policy(entry->value);
    }
    return hides;
}

void guard_policies(struct guard_look *look)
{
    /* as IAM's types and the permission sets of IAM Identity Center call them */
    static const char *const lists[] = {"ManagedPolicyArns", "ManagedPolicies"};
    const struct guards *guards = look->guards;
    const struct change *change = look->change;
    if (guards->actions || guards->principals) {
        statements_each(look->arena, change->type_name, change->properties, check_statement, look);
        look->undecided = look->undecided || hides_policy(change->properties);
    }
    for (size_t i = 0; guards->managed && i < guards->managed->count; i++)
        for (size_t k = 0; k < ARRAY_LENGTH(lists); k++)
            check_managed(look, guards->managed->items[i], value_get(change->properties, lists[k]));
    check_boundary(look);
}
