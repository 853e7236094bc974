#ifndef PLUMB_PROVIDERS_CLOUDFORMATION_OPERATIONS_H
#define PLUMB_PROVIDERS_CLOUDFORMATION_OPERATIONS_H

/*
 * AWS CloudFormation (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/), to read what
 * stacks export and hold, and for stacks whose template lies behind a URL.  It publishes no rate; the bucket
 * is a guess on the safe side.
 */

#include "providers/aws/operation.h"

extern const struct aws_service cloudformation_service;

enum cloudformation_operation {
    CLOUDFORMATION_CREATE_STACK,
    CLOUDFORMATION_DELETE_STACK,
    CLOUDFORMATION_DESCRIBE_STACKS,
    CLOUDFORMATION_LIST_EXPORTS,
    CLOUDFORMATION_LIST_STACK_RESOURCES,
    CLOUDFORMATION_UPDATE_STACK,
    CLOUDFORMATION_OPERATION_COUNT,
};

extern const struct aws_operation cloudformation_operations[CLOUDFORMATION_OPERATION_COUNT];

#endif
