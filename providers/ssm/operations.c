#include "providers/ssm/operations.h"

const struct aws_service ssm_service = {
    .name = "ssm",
    .signing_name = "ssm",
    .endpoint_prefix = "ssm",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "AmazonSSM",
    .rate = 40,
    .burst = 40,
};

#define ROW(NAME)                                                                                            \
    {                                                                                                        \
        .service = &ssm_service, .name = NAME, .safety = AWS_READ,                                           \
        .iam_resource = "arn:{partition}:ssm:{region}:{account}:parameter/*"                                 \
    }

const struct aws_operation ssm_operations[SSM_OPERATION_COUNT] = {
    [SSM_GET_PARAMETER] = ROW("GetParameter"),
    [SSM_GET_PARAMETERS] = ROW("GetParameters"),
};
