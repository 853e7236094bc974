#include "providers/ec2/operations.h"

const struct aws_service ec2_service = {
    .name = "ec2",
    .signing_name = "ec2",
    .endpoint_prefix = "ec2",
    .protocol = AWS_EC2,
    .api_version = "2016-11-15",
    .rate = 20,
    .burst = 100,
};

const struct aws_operation ec2_operations[EC2_OPERATION_COUNT] = {
    [EC2_DESCRIBE_AVAILABILITY_ZONES] =
        {
            .service = &ec2_service,
            .name = "DescribeAvailabilityZones",
            .safety = AWS_READ,
            .iam_resource = "*",
        },
};
