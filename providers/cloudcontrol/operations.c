#include "providers/cloudcontrol/operations.h"

const struct aws_service cloudcontrol_service = {
    .name = "cloudcontrol",
    .signing_name = "cloudcontrolapi",
    .endpoint_prefix = "cloudcontrolapi",
    .protocol = AWS_JSON_1_0,
    .api_version = "",
    .target_prefix = "CloudApiService",
    .rate = 10,
    .burst = 20,
};

#define ROW(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &cloudcontrol_service, .name = NAME, .safety = SAFETY,                                    \
        .iam_action = "cloudformation:" NAME, .iam_resource = "*", __VA_ARGS__                               \
    }

const struct aws_operation cloudcontrol_operations[CLOUDCONTROL_OPERATION_COUNT] = {
    [CLOUDCONTROL_CREATE_RESOURCE] = ROW("CreateResource", AWS_TOKEN, .bucket = "writes"),
    [CLOUDCONTROL_DELETE_RESOURCE] = ROW("DeleteResource", AWS_TOKEN, .bucket = "writes"),
    [CLOUDCONTROL_GET_RESOURCE] = ROW("GetResource", AWS_READ, .bucket = "reads"),
    [CLOUDCONTROL_GET_RESOURCE_REQUEST_STATUS] = ROW("GetResourceRequestStatus", AWS_READ, .bucket = "reads"),
    [CLOUDCONTROL_LIST_RESOURCES] = ROW("ListResources", AWS_READ, .bucket = "reads", .page_in = "NextToken",
                                        .page_out = "NextToken", .page_items = "ResourceDescriptions"),
    [CLOUDCONTROL_UPDATE_RESOURCE] = ROW("UpdateResource", AWS_TOKEN, .bucket = "writes"),
};
