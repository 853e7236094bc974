#ifndef PLUMB_PROVIDERS_EC2_OPERATIONS_H
#define PLUMB_PROVIDERS_EC2_OPERATIONS_H

/*
 * Amazon EC2, for what a template may ask of a region.  Describe calls have a bucket of 100 that fills by 20
 * a second (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service ec2_service;

enum ec2_operation {
    EC2_DESCRIBE_AVAILABILITY_ZONES,
    EC2_OPERATION_COUNT,
};

extern const struct aws_operation ec2_operations[EC2_OPERATION_COUNT];

#endif
