#ifndef PLUMB_PROVIDERS_COGNITO_OPERATIONS_H
#define PLUMB_PROVIDERS_COGNITO_OPERATIONS_H

/*
 * Amazon Cognito user pools (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/).
 * Rates are the defaults of https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html: 15 a
 * second for the calls that read or change user pools, 20 for those of clients and resource servers.
 */

#include "providers/aws/operation.h"

extern const struct aws_service cognito_service;

enum cognito_operation {
    COGNITO_ADD_CUSTOM_ATTRIBUTES,
    COGNITO_CREATE_GROUP,
    COGNITO_CREATE_RESOURCE_SERVER,
    COGNITO_CREATE_USER_POOL,
    COGNITO_CREATE_USER_POOL_CLIENT,
    COGNITO_CREATE_USER_POOL_DOMAIN,
    COGNITO_DELETE_GROUP,
    COGNITO_DELETE_RESOURCE_SERVER,
    COGNITO_DELETE_USER_POOL,
    COGNITO_DELETE_USER_POOL_CLIENT,
    COGNITO_DELETE_USER_POOL_DOMAIN,
    COGNITO_DESCRIBE_RESOURCE_SERVER,
    COGNITO_DESCRIBE_USER_POOL,
    COGNITO_DESCRIBE_USER_POOL_CLIENT,
    COGNITO_DESCRIBE_USER_POOL_DOMAIN,
    COGNITO_GET_GROUP,
    COGNITO_GET_USER_POOL_MFA_CONFIG,
    COGNITO_LIST_USER_POOL_CLIENTS,
    COGNITO_LIST_USER_POOLS,
    COGNITO_SET_USER_POOL_MFA_CONFIG,
    COGNITO_TAG_RESOURCE,
    COGNITO_UNTAG_RESOURCE,
    COGNITO_UPDATE_GROUP,
    COGNITO_UPDATE_RESOURCE_SERVER,
    COGNITO_UPDATE_USER_POOL,
    COGNITO_UPDATE_USER_POOL_CLIENT,
    COGNITO_UPDATE_USER_POOL_DOMAIN,
    COGNITO_OPERATION_COUNT,
};

extern const struct aws_operation cognito_operations[COGNITO_OPERATION_COUNT];

#endif
