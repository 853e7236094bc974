#include "providers/sts/operations.h"

const struct aws_service sts_service = {
    .name = "sts",
    .signing_name = "sts",
    .endpoint_prefix = "sts",
    .protocol = AWS_QUERY,
    .api_version = "2011-06-15",
    .rate = 100,
    .burst = 100,
};

/* Assuming a role twice gives two sessions, which changes nothing that anybody could see. */
const struct aws_operation sts_operations[STS_OPERATION_COUNT] = {
    [STS_ASSUME_ROLE] =
        {
            .service = &sts_service,
            .name = "AssumeRole",
            .safety = AWS_READ,
            .iam_resource = "{RoleArn}",
        },
    [STS_ASSUME_ROLE_WITH_WEB_IDENTITY] =
        {
            .service = &sts_service,
            .name = "AssumeRoleWithWebIdentity",
            .safety = AWS_READ,
            .iam_resource = "{RoleArn}",
        },
    [STS_GET_CALLER_IDENTITY] =
        {
            .service = &sts_service,
            .name = "GetCallerIdentity",
            .safety = AWS_READ,
            .iam_resource = "*",
        },
};
