#include "providers/pipes/operations.h"

const struct aws_service pipes_service = {
    .name = "pipes",
    .signing_name = "pipes",
    .endpoint_prefix = "pipes",
    .protocol = AWS_REST_JSON,
    .api_version = "",
    .target_prefix = "",
    .rate = 10,
    .burst = 10,
};

#define ROW(NAME, SAFETY, METHOD, PATH, RESOURCE, ...)                                                       \
    {                                                                                                        \
        .service = &pipes_service, .name = NAME, .safety = SAFETY, .method = METHOD, .path = PATH,           \
        .iam_resource = "arn:{partition}:pipes:{region}:{account}:pipe/" RESOURCE __VA_OPT__(, ) __VA_ARGS__ \
    }

const struct aws_operation pipes_operations[PIPES_OPERATION_COUNT] = {
    [PIPES_CREATE_PIPE] = ROW("CreatePipe", AWS_READ_BACK, "POST", "/v1/pipes/{Name}", "{Name}"),
    [PIPES_DELETE_PIPE] = ROW("DeletePipe", AWS_NATURAL, "DELETE", "/v1/pipes/{Name}", "{Name}"),
    [PIPES_DESCRIBE_PIPE] = ROW("DescribePipe", AWS_READ, "GET", "/v1/pipes/{Name}", "{Name}"),
    [PIPES_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "POST", "/tags/{resourceArn}", "*"),
    [PIPES_UNTAG_RESOURCE] =
        ROW("UntagResource", AWS_NATURAL, "DELETE", "/tags/{resourceArn}", "*", .query = "tagKeys=tagKeys"),
    [PIPES_UPDATE_PIPE] = ROW("UpdatePipe", AWS_NATURAL, "PUT", "/v1/pipes/{Name}", "{Name}"),
};
