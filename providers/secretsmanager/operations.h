#ifndef PLUMB_PROVIDERS_SECRETSMANAGER_OPERATIONS_H
#define PLUMB_PROVIDERS_SECRETSMANAGER_OPERATIONS_H

/*
 * AWS Secrets Manager.  GetSecretValue may be called 10,000 times a second, what changes secrets 50 times
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html); we ask far less.
 */

#include "providers/aws/operation.h"

extern const struct aws_service secretsmanager_service;

enum secretsmanager_operation {
    SECRETSMANAGER_CREATE_SECRET,
    SECRETSMANAGER_DELETE_RESOURCE_POLICY,
    SECRETSMANAGER_DELETE_SECRET,
    SECRETSMANAGER_DESCRIBE_SECRET,
    SECRETSMANAGER_GET_RANDOM_PASSWORD,
    SECRETSMANAGER_GET_RESOURCE_POLICY,
    SECRETSMANAGER_GET_SECRET_VALUE,
    SECRETSMANAGER_PUT_RESOURCE_POLICY,
    SECRETSMANAGER_REMOVE_REGIONS_FROM_REPLICATION,
    SECRETSMANAGER_REPLICATE_SECRET_TO_REGIONS,
    SECRETSMANAGER_TAG_RESOURCE,
    SECRETSMANAGER_UNTAG_RESOURCE,
    SECRETSMANAGER_UPDATE_SECRET,
    SECRETSMANAGER_OPERATION_COUNT,
};

extern const struct aws_operation secretsmanager_operations[SECRETSMANAGER_OPERATION_COUNT];

#endif
