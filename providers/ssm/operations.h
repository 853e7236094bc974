#ifndef PLUMB_PROVIDERS_SSM_OPERATIONS_H
#define PLUMB_PROVIDERS_SSM_OPERATIONS_H

/*
 * AWS Systems Manager's Parameter Store
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).  Both calls share
 * a quota of 40 a second (https://docs.aws.amazon.com/general/latest/gr/ssm.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service ssm_service;

enum ssm_operation {
    SSM_GET_PARAMETER,
    SSM_GET_PARAMETERS,
    SSM_OPERATION_COUNT,
};

extern const struct aws_operation ssm_operations[SSM_OPERATION_COUNT];

#endif
