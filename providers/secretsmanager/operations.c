#include "providers/secretsmanager/operations.h"

const struct aws_service secretsmanager_service = {
    .name = "secrets_manager",
    .signing_name = "secretsmanager",
    .endpoint_prefix = "secretsmanager",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "secretsmanager",
    .rate = 100,
    .burst = 100,
};

const struct aws_operation secretsmanager_operations[SECRETSMANAGER_OPERATION_COUNT] = {
    [SECRETSMANAGER_GET_SECRET_VALUE] =
        {
            .service = &secretsmanager_service,
            .name = "GetSecretValue",
            .safety = AWS_READ,
            .iam_resource = "arn:{partition}:secretsmanager:{region}:{account}:secret:*",
        },
};
