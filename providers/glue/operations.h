#ifndef PLUMB_PROVIDERS_GLUE_OPERATIONS_H
#define PLUMB_PROVIDERS_GLUE_OPERATIONS_H

/*
 * AWS Glue's data catalogue (https://docs.aws.amazon.com/glue/latest/webapi/).  No quota of calls is
 * published; the bucket is a guess on the safe side.
 */

#include "providers/aws/operation.h"

extern const struct aws_service glue_service;

enum glue_operation {
    GLUE_CREATE_TABLE,
    GLUE_DELETE_TABLE,
    GLUE_GET_TABLE,
    GLUE_UPDATE_TABLE,
    GLUE_OPERATION_COUNT,
};

extern const struct aws_operation glue_operations[GLUE_OPERATION_COUNT];

#endif
