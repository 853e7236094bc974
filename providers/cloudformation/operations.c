#include "providers/cloudformation/operations.h"

const struct aws_service cloudformation_service = {
    .name = "cloudformation",
    .signing_name = "cloudformation",
    .endpoint_prefix = "cloudformation",
    .protocol = AWS_QUERY,
    .api_version = "2010-05-15",
    .rate = 5,
    .burst = 10,
};

const struct aws_operation cloudformation_operations[CLOUDFORMATION_OPERATION_COUNT] = {
    [CLOUDFORMATION_CREATE_STACK] =
        {
            .service = &cloudformation_service,
            .name = "CreateStack",
            .safety = AWS_READ_BACK,
            .iam_resource = "arn:{partition}:cloudformation:{region}:{account}:stack/{StackName}/*",
        },
    [CLOUDFORMATION_DELETE_STACK] =
        {
            .service = &cloudformation_service,
            .name = "DeleteStack",
            .safety = AWS_NATURAL,
            .iam_resource = "arn:{partition}:cloudformation:{region}:{account}:stack/{StackName}/*",
        },
    [CLOUDFORMATION_DESCRIBE_STACKS] =
        {
            .service = &cloudformation_service,
            .name = "DescribeStacks",
            .safety = AWS_READ,
            .page_in = "NextToken",
            .page_out = "NextToken",
            .page_items = "Stacks",
            .iam_resource = "arn:{partition}:cloudformation:{region}:{account}:stack/{StackName}/*",
        },
    [CLOUDFORMATION_LIST_EXPORTS] =
        {
            .service = &cloudformation_service,
            .name = "ListExports",
            .safety = AWS_READ,
            .page_in = "NextToken",
            .page_out = "NextToken",
            .page_items = "Exports",
            .iam_resource = "*",
        },
    [CLOUDFORMATION_LIST_STACK_RESOURCES] =
        {
            .service = &cloudformation_service,
            .name = "ListStackResources",
            .safety = AWS_READ,
            .page_in = "NextToken",
            .page_out = "NextToken",
            .page_items = "StackResourceSummaries",
            .iam_resource = "arn:{partition}:cloudformation:{region}:{account}:stack/{StackName}/*",
        },
    [CLOUDFORMATION_UPDATE_STACK] =
        {
            .service = &cloudformation_service,
            .name = "UpdateStack",
            .safety = AWS_NATURAL,
            .iam_resource = "arn:{partition}:cloudformation:{region}:{account}:stack/{StackName}/*",
        },
};
