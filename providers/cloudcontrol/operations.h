#ifndef PLUMB_PROVIDERS_CLOUDCONTROL_OPERATIONS_H
#define PLUMB_PROVIDERS_CLOUDCONTROL_OPERATIONS_H

/*
 * AWS Cloud Control API (https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/).  Its permissions
 * are CloudFormation's; what a type's handlers call is allowed or not as if the caller called it.  No quota
 * of calls is published; the buckets are guesses on the safe side.
 */

#include "providers/aws/operation.h"

extern const struct aws_service cloudcontrol_service;

enum cloudcontrol_operation {
    CLOUDCONTROL_CREATE_RESOURCE,
    CLOUDCONTROL_DELETE_RESOURCE,
    CLOUDCONTROL_GET_RESOURCE,
    CLOUDCONTROL_GET_RESOURCE_REQUEST_STATUS,
    CLOUDCONTROL_LIST_RESOURCES,
    CLOUDCONTROL_UPDATE_RESOURCE,
    CLOUDCONTROL_OPERATION_COUNT,
};

extern const struct aws_operation cloudcontrol_operations[CLOUDCONTROL_OPERATION_COUNT];

#endif
