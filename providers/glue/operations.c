#include "providers/glue/operations.h"

const struct aws_service glue_service = {
    .name = "glue",
    .signing_name = "glue",
    .endpoint_prefix = "glue",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "AWSGlue",
    .rate = 5,
    .burst = 10,
};

/* Each is allowed on the catalogue, the database and the table together. */
#define ROW(NAME, SAFETY)                                                                                    \
    {                                                                                                        \
        .service = &glue_service, .name = NAME, .safety = SAFETY,                                            \
        .iam_resource = "arn:{partition}:glue:{region}:{account}:*"                                          \
    }

const struct aws_operation glue_operations[GLUE_OPERATION_COUNT] = {
    [GLUE_CREATE_TABLE] = ROW("CreateTable", AWS_READ_BACK),
    [GLUE_DELETE_TABLE] = ROW("DeleteTable", AWS_NATURAL),
    [GLUE_GET_TABLE] = ROW("GetTable", AWS_READ),
    [GLUE_UPDATE_TABLE] = ROW("UpdateTable", AWS_NATURAL),
};
