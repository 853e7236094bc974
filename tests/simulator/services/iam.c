/* AWS IAM, as of its API reference: what roles and policies share. */

#include "tests/simulator/services/iam.h"

#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "tests/simulator/internal.h"

const struct sim_paging iam_paging = {.size_member = "MaxItems",
                                      .token_member = "Marker",
                                      .size = 100,
                                      .size_max = 1000,
                                      .error_code = "ValidationError"};

bool iam_name_is_valid(struct call *call, const char *member, size_t max)
{
    struct str name = call_text(call, member);
    bool valid = name.len > 0 && name.len <= max;
    for (size_t i = 0; i < name.len && valid; i++)
        valid = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-", name.ptr[i]);
    if (valid)
        return true;
    return call_fail(
        call, 400, "ValidationError",
        "The specified value for %s is invalid. It must contain only alphanumeric characters and/or "
        "the following: +=,.@_- and be 1 to %zu characters long",
        member, max);
}

static bool malformed(struct call *call, const char *message)
{
    return call_fail(call, 400, "MalformedPolicyDocument", "%s", message);
}

static bool statement_is_valid(struct call *call, const struct value *statement, enum iam_policy_use use)
{
    struct str effect = value_get_text(statement, "Effect");
    bool principal = value_get(statement, "Principal") || value_get(statement, "NotPrincipal");
    bool resource = value_get(statement, "Resource") || value_get(statement, "NotResource");
    if (!value_is(statement, VALUE_MAP) || (!str_is(effect, "Allow") && !str_is(effect, "Deny")))
        return malformed(call, "Syntax errors in policy.");
    if (!value_get(statement, "Action") && !value_get(statement, "NotAction"))
        return malformed(call, "Policy statement must contain actions.");
    if (use == IAM_TRUST && resource)
        return malformed(call, "Has prohibited field Resource");
    if (use == IAM_TRUST && !principal)
        return malformed(call, "Missing required field Principal");
    if (use == IAM_IDENTITY && principal)
        return malformed(call, "Policy document should not specify a principal.");
    if (use == IAM_IDENTITY && !resource)
        return malformed(call, "Policy statement must contain resources.");
    return true;
}

bool iam_document_is_valid(struct call *call, const char *member, enum iam_policy_use use)
{
    struct error error = ERROR_INIT;
    struct value *document = NULL;
    if (!call_need(call, member, 400, "ValidationError"))
        return false;
    if (!json_read(call->arena, STR_EMPTY, call_text(call, member), &document, &error) ||
        !value_is(document, VALUE_MAP))
        return malformed(call,
                         use == IAM_TRUST ? "This policy contains invalid Json" : "Syntax errors in policy.");
    struct str version = value_get_text(document, "Version");
    if (version.len && !str_is(version, "2012-10-17") && !str_is(version, "2008-10-17"))
        return malformed(call, "Syntax errors in policy.");
    struct value *statements = list_of(call, value_get(document, "Statement"));
    if (!statements->count)
        return malformed(call, "Syntax errors in policy.");
    for (size_t i = 0; i < statements->count; i++)
        if (!statement_is_valid(call, statements->items[i], use))
            return false;
    return true;
}

size_t iam_document_size(struct str document)
{
    size_t size = 0;
    for (size_t i = 0; i < document.len; i++)
        size += !strchr(" \t\r\n", document.ptr[i]);
    return size;
}

bool iam_tags_fit(struct call *call, const struct value *there, const struct value *added)
{
    size_t count = there ? there->count : 0;
    for (size_t i = 0; i < added->count; i++) {
        struct str key = added->entries[i].key;
        if (!key.len || key.len > 128 || value_text(added->entries[i].value).len > 256)
            return call_fail(
                call, 400, "ValidationError",
                "1 validation error detected: a tag key must have 1 to 128 characters, its value at "
                "most 256");
        if (str_starts(key, "aws:"))
            return call_fail(call, 400, "InvalidInput",
                             "Tag keys starting with 'aws:' are reserved for system use");
        count += !value_get_str(there, key);
    }
    return count <= IAM_TAGS_MAX ||
           call_fail(call, 409, "LimitExceeded", "Cannot exceed quota for TagsPerResource: %d", IAM_TAGS_MAX);
}

struct str iam_id(struct call *call, const char *prefix)
{
    return arena_printf(call->arena, "%s%.*s", prefix,
                        STR_ARG(call_id(call, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17)));
}

void iam_put_document(struct call *call, struct value *map, const char *key, struct str document)
{
    put_text(call, map, key, uri_encode(call->arena, document, ""));
}

void iam_put_page(struct call *call, const char *key, struct value *page, struct str next)
{
    put(call, call->output, key, page);
    put_bool(call, call->output, "IsTruncated", next.len > 0);
    if (next.len)
        put_text(call, call->output, "Marker", next);
}

/* What the account's policies would say: see permissions.h; without them everything is allowed. */
static bool simulate_principal_policy(struct call *call)
{
    struct value *actions = call_list(call, "ActionNames"), *resources = call_list(call, "ResourceArns");
    struct value *context = call_list(call, "ContextEntries"), *results = value_list(call->arena);
    struct str service =
        value_text(value_at(list_of(call, value_get(value_at(context, 0), "ContextKeyValues")), 0));
    if (!call_need(call, "PolicySourceArn", 400, "ValidationError") ||
        (!actions->count && !call_need(call, "ActionNames", 400, "ValidationError")))
        return false;
    for (size_t i = 0; i < actions->count; i++)
        for (size_t k = 0; k < resources->count; k++) {
            struct asked asked = {.action = value_text(actions->items[i]),
                                  .resource = value_text(resources->items[k]),
                                  .passed_to = service};
            struct value *result = value_map(call->arena);
            put_text(call, result, "EvalActionName", asked.action);
            put_text(call, result, "EvalResourceName", asked.resource);
            bool allowed = sim_policies_decide(&call->simulator->policies, call->account, &asked);
            put_text(call, result, "EvalDecision", allowed ? STR("allowed") : STR("implicitDeny"));
            value_append(call->arena, results, result);
        }
    put(call, call->output, "EvaluationResults", results);
    put_bool(call, call->output, "IsTruncated", false);
    return true;
}

#define IAM_ROW(operation, changes) {.name = #operation, .effect = (changes), .handle = iam_##operation},

static const struct sim_operation operations[] = {
    IAM_ROLE_OPERATIONS(IAM_ROW) IAM_POLICY_OPERATIONS(IAM_ROW) IAM_PROFILE_OPERATIONS(IAM_ROW){
        .name = "SimulatePrincipalPolicy", .effect = SIM_READ, .handle = simulate_principal_policy}};

/* What AWS answers with metadata alone. */
static const char *const silent[] = {"AcceptDelegationRequest",
                                     "AddClientIDToOpenIDConnectProvider",
                                     "AddRoleToInstanceProfile",
                                     "AddUserToGroup",
                                     "AssociateDelegationRequest",
                                     "AttachGroupPolicy",
                                     "AttachRolePolicy",
                                     "AttachUserPolicy",
                                     "ChangePassword",
                                     "CreateAccountAlias",
                                     "DeactivateMFADevice",
                                     "DeleteAccessKey",
                                     "DeleteAccountAlias",
                                     "DeleteAccountPasswordPolicy",
                                     "DeleteGroup",
                                     "DeleteGroupPolicy",
                                     "DeleteInstanceProfile",
                                     "DeleteLoginProfile",
                                     "DeleteOpenIDConnectProvider",
                                     "DeletePolicy",
                                     "DeletePolicyVersion",
                                     "DeleteRole",
                                     "DeleteRolePermissionsBoundary",
                                     "DeleteRolePolicy",
                                     "DeleteSAMLProvider",
                                     "DeleteSSHPublicKey",
                                     "DeleteServerCertificate",
                                     "DeleteServiceSpecificCredential",
                                     "DeleteSigningCertificate",
                                     "DeleteUser",
                                     "DeleteUserPermissionsBoundary",
                                     "DeleteUserPolicy",
                                     "DeleteVirtualMFADevice",
                                     "DetachGroupPolicy",
                                     "DetachRolePolicy",
                                     "DetachUserPolicy",
                                     "DisableOutboundWebIdentityFederation",
                                     "EnableMFADevice",
                                     "PutGroupPolicy",
                                     "PutRolePermissionsBoundary",
                                     "PutRolePolicy",
                                     "PutUserPermissionsBoundary",
                                     "PutUserPolicy",
                                     "RejectDelegationRequest",
                                     "RemoveClientIDFromOpenIDConnectProvider",
                                     "RemoveRoleFromInstanceProfile",
                                     "RemoveUserFromGroup",
                                     "ResyncMFADevice",
                                     "SendDelegationToken",
                                     "SetDefaultPolicyVersion",
                                     "SetSecurityTokenServicePreferences",
                                     "TagInstanceProfile",
                                     "TagMFADevice",
                                     "TagOpenIDConnectProvider",
                                     "TagPolicy",
                                     "TagRole",
                                     "TagSAMLProvider",
                                     "TagServerCertificate",
                                     "TagUser",
                                     "UntagInstanceProfile",
                                     "UntagMFADevice",
                                     "UntagOpenIDConnectProvider",
                                     "UntagPolicy",
                                     "UntagRole",
                                     "UntagSAMLProvider",
                                     "UntagServerCertificate",
                                     "UntagUser",
                                     "UpdateAccessKey",
                                     "UpdateAccountPasswordPolicy",
                                     "UpdateAssumeRolePolicy",
                                     "UpdateDelegationRequest",
                                     "UpdateGroup",
                                     "UpdateLoginProfile",
                                     "UpdateOpenIDConnectProviderThumbprint",
                                     "UpdateSSHPublicKey",
                                     "UpdateServerCertificate",
                                     "UpdateServiceSpecificCredential",
                                     "UpdateSigningCertificate",
                                     "UpdateUser",
                                     NULL};

const struct sim_service sim_iam = {
    .name = "iam",
    .global = true,
    .query = true,
    .silent = silent,
    .xml_namespace = "https://iam.amazonaws.com/doc/2010-05-08/",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
