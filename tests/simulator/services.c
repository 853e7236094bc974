#include "tests/simulator/internal.h"

/* One row a service, sorted; of services with one signing name the first that knows the operation answers. */
/* clang-format off */
#define SERVICES(X)     \
    X(apigateway)       \
    X(apigatewayv2)     \
    X(appsync)          \
    X(cloudcontrol)     \
    X(cloudformation)   \
    X(cloudwatch)       \
    X(codedeploy)       \
    X(cognito)          \
    X(cognitoidentity)  \
    X(dynamodb)         \
    X(ec2)              \
    X(events)           \
    X(glue)             \
    X(iam)              \
    X(kinesis)          \
    X(kms)              \
    X(lambda)           \
    X(logs)             \
    X(pipes)            \
    X(route53)          \
    X(s3)               \
    X(scheduler)        \
    X(secretsmanager)   \
    X(sns)              \
    X(sqs)              \
    X(ssm)              \
    X(states)           \
    X(sts)
/* clang-format on */

#define DECLARE(NAME) extern const struct sim_service sim_##NAME;
SERVICES(DECLARE)

#define ROW(NAME) &sim_##NAME,
static const struct sim_service *const services[] = {SERVICES(ROW)};

const struct sim_service *sim_service_at(size_t index)
{
    return index < ARRAY_LENGTH(services) ? services[index] : NULL;
}
