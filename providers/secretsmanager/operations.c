#include "providers/secretsmanager/operations.h"

const struct aws_service secretsmanager_service = {
    .name = "secrets_manager",
    .signing_name = "secretsmanager",
    .endpoint_prefix = "secretsmanager",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "secretsmanager",
    .rate = 40,
    .burst = 40,
};

#define ROW(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &secretsmanager_service, .name = NAME, .safety = SAFETY,                                  \
        .iam_resource =                                                                                      \
            "arn:{partition}:secretsmanager:{region}:{account}:secret:*" __VA_OPT__(, ) __VA_ARGS__          \
    }

/* CreateSecret answers a second time with the same token only where the secret says the same, so it is looked
 * after.  UpdateSecret may make a new version. */
const struct aws_operation secretsmanager_operations[SECRETSMANAGER_OPERATION_COUNT] = {
    [SECRETSMANAGER_CREATE_SECRET] = ROW("CreateSecret", AWS_READ_BACK),
    [SECRETSMANAGER_DELETE_RESOURCE_POLICY] = ROW("DeleteResourcePolicy", AWS_NATURAL),
    [SECRETSMANAGER_DELETE_SECRET] = ROW("DeleteSecret", AWS_READ_BACK),
    [SECRETSMANAGER_DESCRIBE_SECRET] = ROW("DescribeSecret", AWS_READ),
    [SECRETSMANAGER_GET_RANDOM_PASSWORD] = {.service = &secretsmanager_service,
                                            .name = "GetRandomPassword",
                                            .safety = AWS_READ,
                                            .iam_resource = "*"},
    [SECRETSMANAGER_GET_RESOURCE_POLICY] = ROW("GetResourcePolicy", AWS_READ),
    [SECRETSMANAGER_GET_SECRET_VALUE] =
        ROW("GetSecretValue", AWS_READ, .bucket = "GetSecretValue", .rate = 100, .burst = 100),
    [SECRETSMANAGER_PUT_RESOURCE_POLICY] = ROW("PutResourcePolicy", AWS_NATURAL),
    [SECRETSMANAGER_REMOVE_REGIONS_FROM_REPLICATION] = ROW("RemoveRegionsFromReplication", AWS_READ_BACK),
    [SECRETSMANAGER_REPLICATE_SECRET_TO_REGIONS] = ROW("ReplicateSecretToRegions", AWS_READ_BACK),
    [SECRETSMANAGER_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL),
    [SECRETSMANAGER_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL),
    [SECRETSMANAGER_UPDATE_SECRET] = ROW("UpdateSecret", AWS_READ_BACK),
};
