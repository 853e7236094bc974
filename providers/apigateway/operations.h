#ifndef PLUMB_PROVIDERS_APIGATEWAY_OPERATIONS_H
#define PLUMB_PROVIDERS_APIGATEWAY_OPERATIONS_H

/*
 * Amazon API Gateway, REST APIs (https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html).  All
 * its operations share 10 calls a second and bursts of 40 in one account and region; some have less of their
 * own (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service apigateway_service;

enum apigateway_operation {
    APIGATEWAY_CREATE_DEPLOYMENT,
    APIGATEWAY_CREATE_REST_API,
    APIGATEWAY_CREATE_STAGE,
    APIGATEWAY_DELETE_DEPLOYMENT,
    APIGATEWAY_DELETE_REST_API,
    APIGATEWAY_DELETE_STAGE,
    APIGATEWAY_GET_DEPLOYMENT,
    APIGATEWAY_GET_DEPLOYMENTS,
    APIGATEWAY_GET_RESOURCES,
    APIGATEWAY_GET_REST_API,
    APIGATEWAY_GET_REST_APIS,
    APIGATEWAY_GET_STAGE,
    APIGATEWAY_PUT_REST_API,
    APIGATEWAY_TAG_RESOURCE,
    APIGATEWAY_UNTAG_RESOURCE,
    APIGATEWAY_UPDATE_REST_API,
    APIGATEWAY_UPDATE_STAGE,
    APIGATEWAY_OPERATION_COUNT,
};

extern const struct aws_operation apigateway_operations[APIGATEWAY_OPERATION_COUNT];

#endif
