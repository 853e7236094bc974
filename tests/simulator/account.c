/* Who calls: from the Authorization header or the query of a presigned URL. */

#include "tests/simulator/internal.h"

static bool is_account(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len == 12;
}

/* "AKID/20261122/us-east-1/sqs/aws4_request", or "" for an unsigned call. */
static struct str credential_of(struct call *call)
{
    struct str header = call_header(call, "authorization"), part;
    if (!header.len)
        return value_get_text(query_parameters(call->arena, call->request->query), "X-Amz-Credential");
    if (!str_starts(header, "AWS4-HMAC-SHA256 "))
        return STR_EMPTY;
    header = str_from_index(header, 17);
    while (str_split(&header, ',', &part)) {
        part = str_trim(part);
        if (str_starts(part, "Credential="))
            return str_from_index(part, 11);
    }
    return STR_EMPTY;
}

/* A key of AssumeRole is its role's account, as long as it has not expired. */
static bool account_of_key(struct call *call)
{
    struct value *keys = value_get(call_state_of(call, "sts", STR_EMPTY, STR_EMPTY, NULL), "keys");
    struct value *key = value_get_str(keys, call->access_key);
    if (key) {
        call->account = value_get_text(key, "account");
        if (value_get_int(key, "expires", 0) > call->now)
            return true;
        bool query = call->protocol == SIM_QUERY || call->protocol == SIM_RESTXML;
        return call_fail(call, query ? 403 : 400, query ? "ExpiredToken" : "ExpiredTokenException",
                         "The security token included in the request is expired");
    }
    call->account =
        is_account(call->access_key) ? call->access_key : str_from(call->simulator->options.account);
    return true;
}

/* Some calls of STS need no credentials. */
static bool unsigned_call(struct call *call, struct str *scope)
{
    struct value *form = query_parameters(call->arena, call->request->body);
    if (!str_starts(value_get_text(form, "Action"), "AssumeRoleWith"))
        return call_fail(call, 403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    *scope = STR("sts");
    call->region = STR("us-east-1");
    call->account = str_from(call->simulator->options.account);
    return true;
}

bool identify(struct call *call, struct str *scope)
{
    struct str credential = credential_of(call), parts[5];
    if (!credential.len)
        return unsigned_call(call, scope);
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (!str_split(&credential, '/', &parts[i]) || !parts[i].len)
            return call_fail(call, 403, "IncompleteSignatureException",
                             "Credential must have exactly 5 slash-delimited elements");
    call->access_key = parts[0];
    call->region = parts[2];
    *scope = parts[3];
    return true;
}

bool sim_account(struct call *call)
{
    return !call->access_key.len || account_of_key(call);
}
