/* IAM managed policies: their versions, and the ones that AWS owns. */

#include "tests/simulator/services/iam.h"

enum { POLICY_NAME_MAX = 128 };

/* AWS's own policies that serverless applications attach, with their paths. */
static const char *const aws_policies[] = {
    "AWSCodeDeployDeployerAccess",
    "AWSIoTDataAccess",
    "AWSLambdaExecute",
    "AWSLambdaInvocation-DynamoDB",
    "AWSLambda_FullAccess",
    "AWSLambda_ReadOnlyAccess",
    "AWSPrivateCAReadOnly",
    "AWSStepFunctionsFullAccess",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayFullAccess",
    "AWSXrayReadOnlyAccess",
    "AWSXrayWriteOnlyAccess",
    "AdministratorAccess",
    "AmazonAPIGatewayAdministrator",
    "AmazonAPIGatewayInvokeFullAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEventBridgeFullAccess",
    "AmazonKinesisFullAccess",
    "AmazonOpenSearchIngestionFullAccess",
    "AmazonOpenSearchServiceFullAccess",
    "AmazonRoute53ReadOnlyAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSNSFullAccess",
    "AmazonSQSFullAccess",
    "AmazonSSMReadOnlyAccess",
    "AmazonTextractFullAccess",
    "CloudWatchFullAccess",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "CloudWatchLogsFullAccess",
    "IAMFullAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "service-role/AWSAppSyncPushToCloudWatchLogs",
    "service-role/AWSBatchServiceRole",
    "service-role/AWSCodeDeployRoleForLambda",
    "service-role/AWSCodeDeployRoleForLambdaLimited",
    "service-role/AWSGlueServiceRole",
    "service-role/AWSIoTRuleActions",
    "service-role/AWSLambdaBasicDurableExecutionRolePolicy",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaDynamoDBExecutionRole",
    "service-role/AWSLambdaENIManagementAccess",
    "service-role/AWSLambdaKinesisExecutionRole",
    "service-role/AWSLambdaMSKExecutionRole",
    "service-role/AWSLambdaRole",
    "service-role/AWSLambdaSQSQueueExecutionRole",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    "service-role/AmazonEC2ContainerServiceforEC2Role",
    "service-role/AmazonECSTaskExecutionRolePolicy",
    "service-role/AmazonS3ObjectLambdaExecutionRolePolicy",
};

static struct value *aws_policy(struct call *call, struct str path)
{
    for (size_t i = 0; i < ARRAY_LENGTH(aws_policies); i++) {
        if (!str_is(path, aws_policies[i]))
            continue;
        struct value *policy = value_map(call->arena);
        size_t slash = str_find_last(path, '/');
        bool nested = slash < path.len;
        put_text(call, policy, "PolicyName", nested ? str_from_index(path, slash + 1) : path);
        put_text(call, policy, "Path",
                 nested ? arena_printf(call->arena, "/%.*s", (int)slash + 1, path.ptr) : STR("/"));
        put_textf(call, policy, "Arn", "arn:aws:iam::aws:policy/%.*s", STR_ARG(path));
        put_textf(call, policy, "PolicyId", "ANPA%017zu", i);
        put_text(call, policy, "default", STR("v1"));
        return policy;
    }
    return NULL;
}

struct value *iam_policy(struct call *call, struct str policy_arn)
{
    static const char aws_prefix[] = "arn:aws:iam::aws:policy/";
    if (str_starts(policy_arn, aws_prefix))
        return aws_policy(call, str_from_index(policy_arn, sizeof aws_prefix - 1));
    return value_get_str(state_map(call, "policies"), policy_arn);
}

int64_t iam_attachments(struct call *call, struct str policy_arn)
{
    struct value *roles = state_map(call, "roles");
    int64_t count = 0;
    for (size_t i = 0; i < roles->count; i++)
        count += value_get_str(value_get(roles->entries[i].value, "attached"), policy_arn) ? 1 : 0;
    return count;
}

static int64_t boundaries(struct call *call, struct str policy_arn)
{
    struct value *roles = state_map(call, "roles");
    int64_t count = 0;
    for (size_t i = 0; i < roles->count; i++)
        count += str_equal(value_get_text(roles->entries[i].value, "PermissionsBoundary"), policy_arn);
    return count;
}

/* The account's own policy that PolicyArn names, or NULL after call_fail. */
static struct value *own_policy(struct call *call)
{
    struct str policy_arn = call_text(call, "PolicyArn");
    struct value *policy = value_get_str(state_map(call, "policies"), policy_arn);
    if (policy)
        return policy;
    if (iam_policy(call, policy_arn))
        call_fail(call, 403, "AccessDenied", "%.*s is owned by AWS", STR_ARG(policy_arn));
    else
        call_fail(call, 404, "NoSuchEntity", "Policy %.*s was not found.", STR_ARG(policy_arn));
    return NULL;
}

static struct value *version_shape(struct call *call, const struct value *policy, struct str id,
                                   const struct value *version, bool document)
{
    struct value *shape = value_map(call->arena);
    if (document)
        iam_put_document(call, shape, "Document", value_get_text(version, "document"));
    put_text(call, shape, "VersionId", id);
    put_bool(call, shape, "IsDefaultVersion", str_equal(id, value_get_text(policy, "default")));
    put_time(call, shape, "CreateDate", value_get_int(version, "created", 0));
    return shape;
}

static struct value *version_list(struct call *call, const struct value *policy, bool document)
{
    const struct value *versions = value_get(policy, "versions");
    struct value *list = value_list(call->arena);
    for (size_t i = versions ? versions->count : 0; i > 0; i--) /* the newest first */
        value_append(call->arena, list,
                     version_shape(call, policy, versions->entries[i - 1].key, versions->entries[i - 1].value,
                                   document));
    return list;
}

/* `full` is the form of GetAccountAuthorizationDetails, with all versions. */
struct value *iam_policy_shape(struct call *call, const struct value *policy, bool full)
{
    static const char *const texts[] = {"PolicyName", "PolicyId", "Arn", "Path"};
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        put(call, shape, texts[i], value_get(policy, texts[i]));
    put(call, shape, "DefaultVersionId", value_get(policy, "default"));
    put_int(call, shape, "AttachmentCount", iam_attachments(call, value_get_text(policy, "Arn")));
    put_int(call, shape, "PermissionsBoundaryUsageCount", boundaries(call, value_get_text(policy, "Arn")));
    put_bool(call, shape, "IsAttachable", true);
    put_time(call, shape, "CreateDate", value_get_int(policy, "created", 0));
    put_time(call, shape, "UpdateDate", value_get_int(policy, "changed", 0));
    if (full)
        put(call, shape, "PolicyVersionList", version_list(call, policy, true));
    return shape;
}

static struct str add_version(struct call *call, struct value *policy, bool is_default)
{
    int64_t number = value_get_int(policy, "last", 0) + 1;
    struct str id = arena_printf(call->arena, "v%lld", (long long)number);
    struct value *version = state_put(call, value_get(policy, "versions"), id, value_map(call->arena));
    state_text(call, version, "document", call_text(call, "PolicyDocument"));
    state_int(call, version, "created", call->now);
    state_int(call, policy, "last", number);
    state_int(call, policy, "changed", call->now);
    if (is_default)
        state_text(call, policy, "default", id);
    return id;
}

static bool document_fits(struct call *call)
{
    if (!iam_document_is_valid(call, "PolicyDocument", IAM_IDENTITY))
        return false;
    return iam_document_size(call_text(call, "PolicyDocument")) <= IAM_MANAGED_MAX ||
           call_fail(call, 409, "LimitExceeded", "Cannot exceed quota for PolicySize: %d", IAM_MANAGED_MAX);
}

bool iam_CreatePolicy(struct call *call)
{
    struct value *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    struct str path = call_has(call, "Path") ? call_text(call, "Path") : STR("/");
    struct str name = call_text(call, "PolicyName");
    if (!iam_name_is_valid(call, "PolicyName", POLICY_NAME_MAX) || !document_fits(call) ||
        !iam_tags_fit(call, NULL, tags))
        return false;
    struct str policy_arn = arn(call, "iam", "policy%.*s%.*s", STR_ARG(path), STR_ARG(name));
    struct value *policies = state_map(call, "policies");
    for (size_t i = 0; i < policies->count; i++)
        if (str_equal_nocase(value_get_text(policies->entries[i].value, "PolicyName"), name))
            return call_fail(call, 409, "EntityAlreadyExists",
                             "A policy called %.*s already exists. Duplicate names are not allowed.",
                             STR_ARG(name));
    struct value *policy = state_put(call, policies, policy_arn, value_map(call->arena));
    state_text(call, policy, "PolicyName", name);
    state_text(call, policy, "PolicyId", iam_id(call, "ANPA"));
    state_text(call, policy, "Arn", policy_arn);
    state_text(call, policy, "Path", path);
    state_member(call, policy, "Description");
    state_put(call, policy, STR("tags"), tags);
    state_put(call, policy, STR("versions"), value_map(call->arena));
    state_int(call, policy, "created", call->now);
    add_version(call, policy, true);
    struct value *shape = iam_policy_shape(call, policy, false);
    if (tags->count)
        put(call, shape, "Tags", tags_to_list(call, tags, "Key", "Value"));
    put(call, call->output, "Policy", shape);
    return true;
}

bool iam_GetPolicy(struct call *call)
{
    struct str policy_arn = call_text(call, "PolicyArn");
    struct value *policy = iam_policy(call, policy_arn);
    if (!policy)
        return call_fail(call, 404, "NoSuchEntity", "Policy %.*s was not found.", STR_ARG(policy_arn));
    struct value *shape = iam_policy_shape(call, policy, false), *tags = value_get(policy, "tags");
    put(call, shape, "Description", value_get(policy, "Description"));
    if (tags && tags->count)
        put(call, shape, "Tags", tags_to_list(call, tags, "Key", "Value"));
    put(call, call->output, "Policy", shape);
    return true;
}

bool iam_DeletePolicy(struct call *call)
{
    struct value *policy = own_policy(call);
    if (!policy)
        return false;
    struct str policy_arn = value_get_text(policy, "Arn");
    if (iam_attachments(call, policy_arn) || boundaries(call, policy_arn))
        return call_fail(call, 409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    if (value_get(policy, "versions")->count > 1)
        return call_fail(
            call, 409, "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the "
            "policy's versions. The default version is deleted with the policy.");
    return value_remove(state_map(call, "policies"), policy_arn);
}

static bool in_scope(struct call *call, const struct value *policy)
{
    struct str scope = call_text(call, "Scope"), prefix = call_text(call, "PathPrefix");
    bool attached = !value_get_bool(call->input, "OnlyAttached", false) ||
                    iam_attachments(call, value_get_text(policy, "Arn")) > 0;
    bool own = !str_starts(value_get_text(policy, "Arn"), "arn:aws:iam::aws:");
    return attached && (!str_is(scope, "AWS") || !own) && (!str_is(scope, "Local") || own) &&
           str_starts(value_get_text(policy, "Path"), arena_strz(call->arena, prefix));
}

bool iam_ListPolicies(struct call *call)
{
    struct value *own = state_map(call, "policies"), *items = value_map(call->arena);
    struct str next;
    for (size_t i = 0; i < own->count; i++)
        if (in_scope(call, own->entries[i].value))
            value_set(call->arena, items, own->entries[i].key, own->entries[i].value);
    for (size_t i = 0; i < ARRAY_LENGTH(aws_policies); i++) {
        struct value *policy = aws_policy(call, str_from(aws_policies[i]));
        if (in_scope(call, policy))
            value_set(call->arena, items, value_get_text(policy, "Arn"), policy);
    }
    struct value *page = call_page(call, items, &iam_paging, &next);
    if (!page)
        return false;
    for (size_t i = 0; i < page->count; i++)
        page->items[i] = iam_policy_shape(call, page->items[i], false);
    iam_put_page(call, "Policies", page, next);
    return true;
}

bool iam_CreatePolicyVersion(struct call *call)
{
    struct value *policy = own_policy(call);
    if (!policy || !document_fits(call))
        return false;
    if (value_get(policy, "versions")->count >= IAM_VERSIONS_MAX)
        return call_fail(
            call, 409, "LimitExceeded",
            "A managed policy can have up to %d versions. Before you create a new version, you must "
            "delete an existing version.",
            IAM_VERSIONS_MAX);
    struct str id = add_version(call, policy, value_get_bool(call->input, "SetAsDefault", false));
    put(call, call->output, "PolicyVersion",
        version_shape(call, policy, id, value_get_str(value_get(policy, "versions"), id), false));
    return true;
}

/* The version that VersionId names, or NULL after call_fail. */
static struct value *version_of(struct call *call, struct value *policy)
{
    struct str id = call_text(call, "VersionId");
    struct value *version = policy ? value_get_str(value_get(policy, "versions"), id) : NULL;
    if (policy && !version)
        call_fail(call, 404, "NoSuchEntity", "Policy %.*s version %.*s does not exist or is not attachable.",
                  STR_ARG(call_text(call, "PolicyArn")), STR_ARG(id));
    return version;
}

bool iam_GetPolicyVersion(struct call *call)
{
    struct value *policy = own_policy(call), *version = version_of(call, policy);
    if (!version)
        return false;
    put(call, call->output, "PolicyVersion",
        version_shape(call, policy, call_text(call, "VersionId"), version, true));
    return true;
}

bool iam_DeletePolicyVersion(struct call *call)
{
    struct value *policy = own_policy(call);
    struct str id = call_text(call, "VersionId");
    if (!version_of(call, policy))
        return false;
    if (str_equal(id, value_get_text(policy, "default")))
        return call_fail(call, 409, "DeleteConflict", "Cannot delete the default version of a policy.");
    return value_remove(value_get(policy, "versions"), id);
}

bool iam_SetDefaultPolicyVersion(struct call *call)
{
    struct value *policy = own_policy(call);
    if (!version_of(call, policy))
        return false;
    state_text(call, policy, "default", call_text(call, "VersionId"));
    state_int(call, policy, "changed", call->now);
    return true;
}

bool iam_ListPolicyVersions(struct call *call)
{
    struct value *policy = own_policy(call);
    if (!policy)
        return false;
    iam_put_page(call, "Versions", version_list(call, policy, false), STR_EMPTY);
    return true;
}

bool iam_TagPolicy(struct call *call)
{
    struct value *policy = own_policy(call);
    struct value *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    if (!policy || !iam_tags_fit(call, value_get(policy, "tags"), tags))
        return false;
    state_merge(call, policy, "tags", tags);
    return true;
}

bool iam_UntagPolicy(struct call *call)
{
    struct value *policy = own_policy(call);
    if (!policy)
        return false;
    state_remove_keys(policy, "tags", call_list(call, "TagKeys"));
    return true;
}

bool iam_ListPolicyTags(struct call *call)
{
    struct value *policy = own_policy(call);
    if (!policy)
        return false;
    iam_put_page(call, "Tags", tags_to_list(call, value_get(policy, "tags"), "Key", "Value"), STR_EMPTY);
    return true;
}

bool iam_ListEntitiesForPolicy(struct call *call)
{
    struct str policy_arn = call_text(call, "PolicyArn"), next;
    struct value *roles = state_map(call, "roles"), *found = value_map(call->arena);
    if (!iam_policy(call, policy_arn))
        return call_fail(call, 404, "NoSuchEntity", "Policy %.*s was not found.", STR_ARG(policy_arn));
    for (size_t i = 0; i < roles->count; i++) {
        const struct value *role = roles->entries[i].value;
        if (!value_get_str(value_get(role, "attached"), policy_arn))
            continue;
        struct value *shape = value_map(call->arena);
        put(call, shape, "RoleName", value_get(role, "RoleName"));
        put(call, shape, "RoleId", value_get(role, "RoleId"));
        value_set(call->arena, found, roles->entries[i].key, shape);
    }
    struct value *page = call_page(call, found, &iam_paging, &next);
    if (!page)
        return false;
    put(call, call->output, "PolicyGroups", value_list(call->arena));
    put(call, call->output, "PolicyUsers", value_list(call->arena));
    iam_put_page(call, "PolicyRoles", page, next);
    return true;
}
