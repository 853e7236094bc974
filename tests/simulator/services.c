#include "tests/simulator/internal.h"

extern const struct sim_service sim_apigateway, sim_cloudformation, sim_cloudwatch, sim_cognito, sim_dynamodb,
    sim_ec2, sim_events, sim_iam, sim_lambda, sim_logs, sim_s3, sim_secretsmanager, sim_sns, sim_sqs, sim_ssm,
    sim_states, sim_sts;

/* One row a service; of services with one signing name the first that knows the operation answers. */
static const struct sim_service *const services[] = {
    &sim_apigateway, &sim_cloudformation,
    &sim_cloudwatch, &sim_cognito,
    &sim_dynamodb,   &sim_ec2,
    &sim_events,     &sim_iam,
    &sim_lambda,     &sim_logs,
    &sim_s3,         &sim_secretsmanager,
    &sim_sns,        &sim_sqs,
    &sim_ssm,        &sim_states,
    &sim_sts,
};

const struct sim_service *sim_service_at(size_t index)
{
    return index < ARRAY_LENGTH(services) ? services[index] : NULL;
}
