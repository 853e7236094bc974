#ifndef PLUMB_PROVIDERS_COGNITOIDENTITY_OPERATIONS_H
#define PLUMB_PROVIDERS_COGNITOIDENTITY_OPERATIONS_H

/*
 * Amazon Cognito identity pools (https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/).  AWS
 * publishes no rates for the calls that manage them
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html): those here are careful ones.
 */

#include "providers/aws/operation.h"

extern const struct aws_service cognitoidentity_service;

enum cognitoidentity_operation {
    COGNITOIDENTITY_CREATE_IDENTITY_POOL,
    COGNITOIDENTITY_DELETE_IDENTITY_POOL,
    COGNITOIDENTITY_DESCRIBE_IDENTITY_POOL,
    COGNITOIDENTITY_GET_IDENTITY_POOL_ROLES,
    COGNITOIDENTITY_LIST_IDENTITY_POOLS,
    COGNITOIDENTITY_SET_IDENTITY_POOL_ROLES,
    COGNITOIDENTITY_TAG_RESOURCE,
    COGNITOIDENTITY_UNTAG_RESOURCE,
    COGNITOIDENTITY_UPDATE_IDENTITY_POOL,
    COGNITOIDENTITY_OPERATION_COUNT,
};

extern const struct aws_operation cognitoidentity_operations[COGNITOIDENTITY_OPERATION_COUNT];

#endif
