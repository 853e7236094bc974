#ifndef PLUMB_PROVIDERS_SECRETSMANAGER_OPERATIONS_H
#define PLUMB_PROVIDERS_SECRETSMANAGER_OPERATIONS_H

/*
 * AWS Secrets Manager.  GetSecretValue may be called 10,000 times a second
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html); we ask far less.
 */

#include "providers/aws/operation.h"

extern const struct aws_service secretsmanager_service;

enum secretsmanager_operation {
    SECRETSMANAGER_GET_SECRET_VALUE,
    SECRETSMANAGER_OPERATION_COUNT,
};

extern const struct aws_operation secretsmanager_operations[SECRETSMANAGER_OPERATION_COUNT];

#endif
