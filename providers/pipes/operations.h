#ifndef PLUMB_PROVIDERS_PIPES_OPERATIONS_H
#define PLUMB_PROVIDERS_PIPES_OPERATIONS_H

/*
 * Amazon EventBridge Pipes (https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/).  No figures of
 * its control plane are published: 10 calls a second are asked for.
 */

#include "providers/aws/operation.h"

extern const struct aws_service pipes_service;

enum pipes_operation {
    PIPES_CREATE_PIPE,
    PIPES_DELETE_PIPE,
    PIPES_DESCRIBE_PIPE,
    PIPES_TAG_RESOURCE,
    PIPES_UNTAG_RESOURCE,
    PIPES_UPDATE_PIPE,
    PIPES_OPERATION_COUNT,
};

extern const struct aws_operation pipes_operations[PIPES_OPERATION_COUNT];

#endif
