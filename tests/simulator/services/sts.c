/* AWS STS: who am I, and roles of other accounts. */

#include "base/digest.h"
#include "base/json.h"
#include "tests/simulator/service.h"

enum { DURATION_MIN = 900, DURATION_MAX = 43200, DURATION_DEFAULT = 3600 };

static const char id_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char secret_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* All issued keys, of every account. */
static struct value *issued_keys(struct call *call, struct arena **keep)
{
    struct value *state = call_state_of(call, "sts", STR_EMPTY, STR_EMPTY, keep);
    if (!value_get(state, "keys"))
        value_setz(*keep, state, "keys", value_map(*keep));
    return value_get(state, "keys");
}

static bool get_caller_identity(struct call *call)
{
    struct arena *keep;
    struct value *key = value_get_str(issued_keys(call, &keep), call->access_key);
    put_text(call, call->output, "UserId",
             key ? value_get_text(key, "user")
                 : arena_printf(call->arena, "AIDA%.*s", STR_ARG(call->account)));
    put_text(call, call->output, "Account", call->account);
    put_text(call, call->output, "Arn",
             key ? value_get_text(key, "arn")
                 : arena_printf(call->arena, "arn:aws:iam::%.*s:user/simulator", STR_ARG(call->account)));
    return true;
}

/* "arn:aws:iam::222222222222:role/path/name" */
static bool read_role_arn(struct str text, struct str *account, struct str *name)
{
    struct str part, field = STR_EMPTY;
    for (size_t i = 0; i < 5; i++) {
        if (!str_split(&text, ':', &part))
            return false;
        field = part;
    }
    *account = field;
    if (account->len != 12 || !str_starts(text, "role/"))
        return false;
    *name = str_from_index(text, str_find_last(text, '/') + 1);
    return name->len > 0;
}

static bool principal_allows(const struct call *call, const struct value *principals)
{
    struct value *list = list_of(call, principals);
    for (size_t i = 0; i < list->count; i++) {
        struct str text = value_text(list->items[i]);
        struct str account = arena_printf(call->arena, "arn:aws:iam::%.*s:", STR_ARG(call->account));
        if (str_is(text, "*") || str_equal(text, call->account) || str_starts(text, account.ptr))
            return true;
    }
    return false;
}

/* Which ExternalId the condition asks for; "" for none. */
static struct str external_id_of(const struct value *statement)
{
    return value_text(value_path(statement, "Condition", "StringEquals", "sts:ExternalId", NULL));
}

static bool statement_allows(const struct call *call, const struct value *statement, const char *action)
{
    struct value *actions = list_of(call, value_get(statement, "Action"));
    struct value *principal = value_get(statement, "Principal");
    bool named = false;
    for (size_t i = 0; i < actions->count; i++)
        named =
            named || value_is_text(actions->items[i], action) || value_is_text(actions->items[i], "sts:*");
    if (!named || !str_is(value_get_text(statement, "Effect"), "Allow"))
        return false;
    if (!str_is(str_from(action), "sts:AssumeRole"))
        return value_get(principal, "Federated");
    struct str external_id = external_id_of(statement);
    return (value_is_text(principal, "*") || principal_allows(call, value_get(principal, "AWS"))) &&
           (!external_id.len || str_equal(external_id, call_text(call, "ExternalId")));
}

/* A role that IAM knows must trust the caller; roles that nobody made can be assumed by anybody, so that
 * tests need no setting up. */
static bool role_trusts(struct call *call, const struct value *role, const char *action)
{
    struct error error = ERROR_INIT;
    struct value *policy = NULL;
    if (!role)
        return true;
    if (!json_read(call->arena, STR_EMPTY, value_get_text(role, "AssumeRolePolicyDocument"), &policy, &error))
        return false;
    struct value *statements = list_of(call, value_get(policy, "Statement"));
    for (size_t i = 0; i < statements->count; i++)
        if (statement_allows(call, statements->items[i], action))
            return true;
    return false;
}

struct role_session {
    struct str account, name, role_id, session, arn, user;
    int64_t expires;
};

static void issue_key(struct call *call, const struct role_session *session)
{
    struct arena *keep;
    struct value *keys = issued_keys(call, &keep), *key = value_map(keep), *out = value_map(call->arena);
    struct str id = arena_printf(call->arena, "ASIA%.*s", STR_ARG(call_id(call, id_letters, 16)));
    struct str secret = call_id(call, secret_letters, 40), token = call_id(call, secret_letters, 160);
    value_setz(keep, key, "account", value_string(keep, session->account));
    value_setz(keep, key, "arn", value_string(keep, session->arn));
    value_setz(keep, key, "user", value_string(keep, session->user));
    value_setz(keep, key, "secret", value_string(keep, secret));
    value_setz(keep, key, "token", value_string(keep, token));
    value_setz(keep, key, "expires", value_int(keep, session->expires));
    value_set(keep, keys, id, key);
    put_text(call, out, "AccessKeyId", id);
    put_text(call, out, "SecretAccessKey", secret);
    put_text(call, out, "SessionToken", token);
    put_time(call, out, "Expiration", session->expires);
    put(call, call->output, "Credentials", out);
}

static void issue(struct call *call, struct role_session *session, const struct value *role)
{
    struct value *user = value_map(call->arena);
    session->role_id =
        role ? value_get_text(role, "RoleId")
             : arena_printf(call->arena, "AROA%.16s", sha256_hex(call->arena, session->name).ptr);
    session->arn = arena_printf(call->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
                                STR_ARG(session->account), STR_ARG(session->name), STR_ARG(session->session));
    session->user =
        arena_printf(call->arena, "%.*s:%.*s", STR_ARG(session->role_id), STR_ARG(session->session));
    issue_key(call, session);
    put_text(call, user, "AssumedRoleId", session->user);
    put_text(call, user, "Arn", session->arn);
    put(call, call->output, "AssumedRoleUser", user);
}

static bool assume(struct call *call, const char *action)
{
    struct role_session session = {.session = call_text(call, "RoleSessionName")};
    struct str role_arn = call_text(call, "RoleArn");
    int64_t duration = value_get_int(call->input, "DurationSeconds", DURATION_DEFAULT);
    if (!call_need(call, "RoleArn", 400, "ValidationError") ||
        !call_need(call, "RoleSessionName", 400, "ValidationError"))
        return false;
    if (!read_role_arn(role_arn, &session.account, &session.name))
        return call_fail(call, 400, "ValidationError", "%.*s is invalid", STR_ARG(role_arn));
    if (duration < DURATION_MIN || duration > DURATION_MAX)
        return call_fail(call, 400, "ValidationError",
                         "1 validation error detected: Value '%lld' at 'durationSeconds' failed to satisfy "
                         "constraint: Member must have value between 900 and 43200",
                         (long long)duration);
    struct value *iam = call_state_of(call, "iam", session.account, STR_EMPTY, NULL);
    struct value *role = value_get_str(value_get(iam, "roles"), session.name);
    if (!role_trusts(call, role, action))
        return call_fail(
            call, 403, "AccessDenied",
            "User: arn:aws:iam::%.*s:user/simulator is not authorized to perform: %s on resource: %.*s",
            STR_ARG(call->account), action, STR_ARG(role_arn));
    session.expires = call->now + duration * 1000;
    issue(call, &session, role);
    return true;
}

static bool assume_role(struct call *call)
{
    return assume(call, "sts:AssumeRole");
}

static bool assume_role_with_web_identity(struct call *call)
{
    if (!call_need(call, "WebIdentityToken", 400, "ValidationError") ||
        !assume(call, "sts:AssumeRoleWithWebIdentity"))
        return false;
    put_text(call, call->output, "SubjectFromWebIdentityToken", STR("simulator"));
    put_text(call, call->output, "Audience", STR("sts.amazonaws.com"));
    put_text(call, call->output, "Provider", STR("simulator"));
    return true;
}

/* None of these changes anything that a deployer manages. */
static const struct sim_operation operations[] = {
    {.name = "AssumeRole", .effect = SIM_READ, .handle = assume_role},
    {.name = "AssumeRoleWithWebIdentity", .effect = SIM_READ, .handle = assume_role_with_web_identity},
    {.name = "GetCallerIdentity", .effect = SIM_READ, .handle = get_caller_identity},
};

const struct sim_service sim_sts = {
    .name = "sts",
    .global = true,
    .query = true,
    .xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
