/* Who may call a function: its resource policies, one for each qualifier. */

#include "base/json.h"
#include "tests/simulator/services/lambda.h"

enum { POLICY_MAX = 20480 };

static void add_condition(struct call *call, struct value *condition, const char *test, const char *key,
                          struct str text)
{
    if (!text.len)
        return;
    struct value *tests = value_get(condition, test);
    if (!tests) {
        tests = value_map(call->arena);
        put(call, condition, test, tests);
    }
    put_text(call, tests, key, text);
}

static struct value *conditions(struct call *call)
{
    struct value *condition = value_map(call->arena);
    struct str source = call_text(call, "SourceArn");
    add_condition(call, condition, "StringEquals", "AWS:SourceAccount", call_text(call, "SourceAccount"));
    add_condition(call, condition, "ArnLike", "AWS:SourceArn", source);
    add_condition(call, condition, "StringEquals", "lambda:EventSourceToken",
                  call_text(call, "EventSourceToken"));
    add_condition(call, condition, "StringEquals", "lambda:FunctionUrlAuthType",
                  call_text(call, "FunctionUrlAuthType"));
    add_condition(call, condition, "StringEquals", "aws:PrincipalOrgID", call_text(call, "PrincipalOrgID"));
    add_condition(call, condition, "Bool", "lambda:InvokedViaFunctionUrl",
                  call_text(call, "InvokedViaFunctionUrl"));
    return condition;
}

/* "*", a service, an account or an ARN, as the policy names it. */
static struct value *principal_shape(struct call *call, struct str principal)
{
    struct value *shape = value_map(call->arena);
    if (str_is(principal, "*"))
        return value_string(call->arena, principal);
    if (principal.len == 12 && lambda_is_number(principal))
        put_textf(call, shape, "AWS", "arn:aws:iam::%.*s:root", STR_ARG(principal));
    else if (str_starts(principal, "arn:"))
        put_text(call, shape, "AWS", principal);
    else
        put_text(call, shape, "Service", principal);
    return shape;
}

static struct value *statement_shape(struct call *call, const struct lambda_target *target)
{
    struct value *statement = value_map(call->arena), *condition = conditions(call);
    put_text(call, statement, "Sid", call_text(call, "StatementId"));
    put_text(call, statement, "Effect", STR("Allow"));
    put(call, statement, "Principal", principal_shape(call, call_text(call, "Principal")));
    put_text(call, statement, "Action", call_text(call, "Action"));
    put_text(call, statement, "Resource", lambda_arn(call, target->name, target->qualifier));
    if (condition->count)
        put(call, statement, "Condition", condition);
    return statement;
}

static struct value *policy_document(struct call *call, const struct value *policy)
{
    struct value *document = value_map(call->arena), *list = value_list(call->arena);
    const struct value *statements = value_get(policy, "statements");
    for (size_t i = 0; i < statements->count; i++)
        value_append(call->arena, list, statements->entries[i].value);
    put_text(call, document, "Version", STR("2012-10-17"));
    put_text(call, document, "Id", STR("default"));
    put(call, document, "Statement", list);
    return document;
}

static bool permission_is_complete(struct call *call)
{
    struct str principal = call_text(call, "Principal"), action = call_text(call, "Action");
    if (!call_need(call, "StatementId", 400, "ValidationException") ||
        !call_need(call, "Action", 400, "ValidationException") ||
        !call_need(call, "Principal", 400, "ValidationException"))
        return false;
    if (!str_starts(action, "lambda:") && !str_is(action, "*"))
        return call_fail(
            call, 400, "ValidationException",
            "1 validation error detected: Value '%.*s' at 'action' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])",
            STR_ARG(action));
    bool known = str_is(principal, "*") || str_starts(principal, "arn:") || lambda_is_number(principal) ||
                 str_contains(principal, ".");
    return known ||
           call_fail(call, 400, LAMBDA_INVALID,
                     "The provided principal was invalid. Please check the principal and try again.");
}

bool lambda_AddPermission(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version, sid = call_text(call, "StatementId");
    if (!permission_is_complete(call) || !lambda_find_qualified(call, &target, &record, &version))
        return false;
    if (str_is(target.qualifier, "$LATEST"))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "We currently do not support adding policies for $LATEST.");
    struct value *policies = value_get(target.function, "policies");
    struct value *policy = value_get_str(policies, target.qualifier);
    if (!lambda_revision(call, value_get_text(policy, "revision"), "GetPolicy"))
        return false;
    if (value_get_str(value_get(policy, "statements"), sid))
        return call_fail(
            call, 409, LAMBDA_CONFLICT,
            "The statement id (%.*s) provided already exists. Please provide a new statement id, or "
            "remove the existing statement.",
            STR_ARG(sid));
    struct value *statement = statement_shape(call, &target);
    struct str text = json_text(call->arena, statement, JSON_COMPACT);
    if (policy &&
        json_text(call->arena, policy_document(call, policy), JSON_COMPACT).len + text.len > POLICY_MAX)
        return call_fail(call, 400, "PolicyLengthExceededException",
                         "The final policy size is bigger than the limit "
                         "(%d).",
                         POLICY_MAX);
    if (!policy) {
        policy = state_put(call, policies, target.qualifier, value_map(call->arena));
        state_put(call, policy, STR("statements"), value_map(call->arena));
    }
    state_put(call, value_get(policy, "statements"), sid, statement);
    state_text(call, policy, "revision", call_uuid(call));
    put_text(call, call->output, "Statement", text);
    return true;
}

static bool no_policy(struct call *call)
{
    return call_fail(call, 404, LAMBDA_MISSING, "The resource you requested does not exist.");
}

bool lambda_GetPolicy(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version;
    if (!lambda_find_qualified(call, &target, &record, &version))
        return false;
    struct value *policy = value_get_str(value_get(target.function, "policies"), target.qualifier);
    if (!policy)
        return no_policy(call);
    put_text(call, call->output, "Policy",
             json_text(call->arena, policy_document(call, policy), JSON_COMPACT));
    put(call, call->output, "RevisionId", value_get(policy, "revision"));
    return true;
}

bool lambda_RemovePermission(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version, sid = call_text(call, "StatementId");
    if (!lambda_find_qualified(call, &target, &record, &version))
        return false;
    struct value *policies = value_get(target.function, "policies");
    struct value *policy = value_get_str(policies, target.qualifier);
    if (!policy)
        return call_fail(call, 404, LAMBDA_MISSING, "No policy is associated with the given resource.");
    if (!lambda_revision(call, value_get_text(policy, "revision"), "GetPolicy"))
        return false;
    if (!value_remove(value_get(policy, "statements"), sid))
        return call_fail(call, 404, LAMBDA_MISSING, "Statement %.*s is not found in resource policy.",
                         STR_ARG(sid));
    if (!value_get(policy, "statements")->count)
        return value_remove(policies, target.qualifier);
    state_text(call, policy, "revision", call_uuid(call));
    return true;
}
