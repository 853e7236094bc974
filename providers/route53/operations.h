#ifndef PLUMB_PROVIDERS_ROUTE53_OPERATIONS_H
#define PLUMB_PROVIDERS_ROUTE53_OPERATIONS_H

/*
 * Amazon Route 53 (https://docs.aws.amazon.com/Route53/latest/APIReference/).  An account has five calls a
 * second for all its operations
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service route53_service;

enum route53_operation {
    ROUTE53_ASSOCIATE_VPC_WITH_HOSTED_ZONE,
    ROUTE53_CHANGE_RESOURCE_RECORD_SETS,
    ROUTE53_CHANGE_TAGS_FOR_RESOURCE,
    ROUTE53_CREATE_HOSTED_ZONE,
    ROUTE53_CREATE_QUERY_LOGGING_CONFIG,
    ROUTE53_DELETE_HOSTED_ZONE,
    ROUTE53_DELETE_QUERY_LOGGING_CONFIG,
    ROUTE53_DISASSOCIATE_VPC_FROM_HOSTED_ZONE,
    ROUTE53_GET_CHANGE,
    ROUTE53_GET_HOSTED_ZONE,
    ROUTE53_LIST_HOSTED_ZONES_BY_NAME,
    ROUTE53_LIST_QUERY_LOGGING_CONFIGS,
    ROUTE53_LIST_RESOURCE_RECORD_SETS,
    ROUTE53_LIST_TAGS_FOR_RESOURCE,
    ROUTE53_UPDATE_HOSTED_ZONE_COMMENT,
    ROUTE53_UPDATE_HOSTED_ZONE_FEATURES,
    ROUTE53_OPERATION_COUNT,
};

extern const struct aws_operation route53_operations[ROUTE53_OPERATION_COUNT];

#endif
