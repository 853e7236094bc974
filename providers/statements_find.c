/* Where statements of policies are found. */

#include "base/json.h"
#include "providers/policy.h"
#include "providers/statements.h"

struct search {
    struct arena *arena;
    statement_function *found;
    void *self;
};

static void visit(const struct search *search, const struct value *tree, const struct value *place,
                  bool hidden)
{
    const struct statement statement = {.tree = tree, .place = place, .hidden = hidden};
    search->found(search->self, &statement);
}

/* Rules of WAF and of others have a "Statement" too, but none of them an effect. */
static bool is_policy(const struct value *value)
{
    const struct value *statements = value_get(value, "Statement");
    if (value_is(statements, VALUE_MAP))
        return value_get(statements, "Effect") != NULL;
    for (size_t i = 0; value_is(statements, VALUE_LIST) && i < statements->count; i++)
        if (value_get(statements->items[i], "Effect"))
            return true;
    return false;
}

static void visit_policy(const struct search *search, const struct value *policy, const struct value *place,
                         bool hidden)
{
    const struct value *tree = policy_normalize(search->arena, value_copy(search->arena, policy));
    const struct value *statements = value_get(tree, "Statement");
    for (size_t i = 0; i < statements->count; i++)
        if (value_is(statements->items[i], VALUE_MAP))
            visit(search, statements->items[i], place, hidden);
}

static void look_into(const struct search *, const struct value *, const struct value *place, bool hidden);

/* A document as JSON in a text. */
static void look_into_text(const struct search *search, const struct value *text, const struct value *place,
                           bool hidden)
{
    struct error ignored = ERROR_INIT;
    struct value *tree;
    struct str json = str_trim(text->text);
    if (!str_starts(json, "{") || !str_contains(json, "Statement") ||
        !json_read(search->arena, STR_EMPTY, json, &tree, &ignored))
        return;
    hidden = hidden || value_is(text, VALUE_SECRET) || value_reference(text).len;
    look_into(search, tree, place ? place : text, hidden);
}

/* `place` is the text that holds the tree, which knows no positions itself. */
static void look_into(const struct search *search, const struct value *value, const struct value *place,
                      bool hidden)
{
    if (value_is(value, VALUE_STRING) || value_is(value, VALUE_SECRET))
        look_into_text(search, value, place, hidden);
    if (is_policy(value)) {
        visit_policy(search, value, place ? place : value, hidden);
        return;
    }
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        look_into(search, value->items[i], place, hidden);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        look_into(search, value->entries[i].value, place, hidden);
}

/* --- statements that are spread over properties --- */

/* Condition by condition: what is not said restricts nothing. */
static void restrict_by(struct arena *arena, struct value *statement, const char *operator_, const char *key,
                        const struct value *value)
{
    struct value *condition = value_get(statement, "Condition"), *keys;
    if (!value)
        return;
    if (!condition) {
        condition = value_map(arena);
        value_setz(arena, statement, "Condition", condition);
    }
    keys = value_get(condition, operator_);
    if (!keys) {
        keys = value_map(arena);
        value_setz(arena, condition, operator_, keys);
    }
    value_setz(arena, keys, key, value_copy(arena, value));
}

static struct value *spread_statement(struct arena *arena, const struct value *properties)
{
    struct value *statement = value_at_position_of(value_map(arena), properties), *who = value_map(arena);
    const struct value *principal = value_get(properties, "Principal"),
                       *action = value_get(properties, "Action");
    bool service = str_find(value_text(principal), '.') < value_text(principal).len;
    value_setz(arena, statement, "Effect", value_stringz(arena, "Allow"));
    if (action)
        value_setz(arena, statement, "Action", value_copy(arena, action));
    value_setz(arena, who, service ? "Service" : "AWS", value_copy(arena, principal));
    value_setz(arena, statement, "Principal", who);
    return statement;
}

/* https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
 */
static struct value *lambda_statement(struct arena *arena, const struct value *properties)
{
    struct value *statement = spread_statement(arena, properties);
    restrict_by(arena, statement, "ArnLike", "aws:SourceArn", value_get(properties, "SourceArn"));
    restrict_by(arena, statement, "StringEquals", "aws:SourceAccount",
                value_get(properties, "SourceAccount"));
    restrict_by(arena, statement, "StringEquals", "aws:PrincipalOrgID",
                value_get(properties, "PrincipalOrgID"));
    return statement;
}

static struct value *layer_statement(struct arena *arena, const struct value *properties)
{
    struct value *statement = spread_statement(arena, properties);
    restrict_by(arena, statement, "StringEquals", "aws:PrincipalOrgID",
                value_get(properties, "OrganizationId"));
    return statement;
}

/* Its Condition is {Type, Key, Value}. */
static struct value *bus_statement(struct arena *arena, const struct value *properties)
{
    struct value *statement = spread_statement(arena, properties);
    const struct value *condition = value_get(properties, "Condition");
    if (value_is(condition, VALUE_UNKNOWN))
        value_setz(arena, statement, "Condition", value_copy(arena, condition));
    else if (condition)
        restrict_by(arena, statement, arena_strz(arena, value_get_text(condition, "Type")),
                    arena_strz(arena, value_get_text(condition, "Key")), value_get(condition, "Value"));
    return statement;
}

static const struct {
    const char *type;
    struct value *(*statement)(struct arena *, const struct value *properties);
} spread[] = {
    {"AWS::Events::EventBusPolicy", bus_statement},
    {"AWS::Lambda::LayerVersionPermission", layer_statement},
    {"AWS::Lambda::Permission", lambda_statement},
};

void statements_each(struct arena *arena, struct str type, const struct value *properties,
                     statement_function *found, void *self)
{
    const struct search search = {.arena = arena, .found = found, .self = self};
    for (size_t i = 0; i < ARRAY_LENGTH(spread); i++) {
        if (!str_is(type, spread[i].type) || !value_get(properties, "Principal"))
            continue;
        struct value *policy = value_map(arena);
        value_setz(arena, policy, "Statement", spread[i].statement(arena, properties));
        visit_policy(&search, policy, properties, false);
    }
    look_into(&search, properties, NULL, false);
}
