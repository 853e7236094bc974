#ifndef PLUMB_PROVIDERS_SSM_OPERATIONS_H
#define PLUMB_PROVIDERS_SSM_OPERATIONS_H

/*
 * AWS Systems Manager's Parameter Store
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).  The calls that
 * read values share a quota of 40 a second, PutParameter has three
 * (https://docs.aws.amazon.com/general/latest/gr/ssm.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service ssm_service;

enum ssm_operation {
    SSM_ADD_TAGS_TO_RESOURCE,
    SSM_DELETE_PARAMETER,
    SSM_DESCRIBE_PARAMETERS,
    SSM_GET_PARAMETER,
    SSM_GET_PARAMETERS,
    SSM_LIST_TAGS_FOR_RESOURCE,
    SSM_PUT_PARAMETER,
    SSM_REMOVE_TAGS_FROM_RESOURCE,
    SSM_OPERATION_COUNT,
};

extern const struct aws_operation ssm_operations[SSM_OPERATION_COUNT];

#endif
