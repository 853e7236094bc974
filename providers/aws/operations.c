#include "providers/aws/operation.h"

#include "providers/apigateway/operations.h"
#include "providers/apigatewayv2/operations.h"
#include "providers/appsync/operations.h"
#include "providers/cloudcontrol/operations.h"
#include "providers/cloudformation/operations.h"
#include "providers/cloudwatch/operations.h"
#include "providers/codedeploy/operations.h"
#include "providers/cognito/operations.h"
#include "providers/cognitoidentity/operations.h"
#include "providers/dynamodb/operations.h"
#include "providers/ec2/operations.h"
#include "providers/events/operations.h"
#include "providers/glue/operations.h"
#include "providers/iam/operations.h"
#include "providers/kinesis/operations.h"
#include "providers/kms/operations.h"
#include "providers/lambda/operations.h"
#include "providers/logs/operations.h"
#include "providers/pipes/operations.h"
#include "providers/route53/operations.h"
#include "providers/s3/operations.h"
#include "providers/scheduler/operations.h"
#include "providers/secretsmanager/operations.h"
#include "providers/sfn/operations.h"
#include "providers/sns/operations.h"
#include "providers/sqs/operations.h"
#include "providers/ssm/operations.h"
#include "providers/sts/operations.h"

/* One row a service, sorted. */
static const struct aws_operation_list lists[] = {
    {apigateway_operations, APIGATEWAY_OPERATION_COUNT},
    {apigatewayv2_operations, APIGATEWAYV2_OPERATION_COUNT},
    {appsync_operations, APPSYNC_OPERATION_COUNT},
    {cloudcontrol_operations, CLOUDCONTROL_OPERATION_COUNT},
    {cloudformation_operations, CLOUDFORMATION_OPERATION_COUNT},
    {cloudwatch_operations, CLOUDWATCH_OPERATION_COUNT},
    {codedeploy_operations, CODEDEPLOY_OPERATION_COUNT},
    {cognito_operations, COGNITO_OPERATION_COUNT},
    {cognitoidentity_operations, COGNITOIDENTITY_OPERATION_COUNT},
    {dynamodb_operations, DYNAMODB_OPERATION_COUNT},
    {ec2_operations, EC2_OPERATION_COUNT},
    {events_operations, EVENTS_OPERATION_COUNT},
    {glue_operations, GLUE_OPERATION_COUNT},
    {iam_operations, IAM_OPERATION_COUNT},
    {kinesis_operations, KINESIS_OPERATION_COUNT},
    {kms_operations, KMS_OPERATION_COUNT},
    {lambda_operations, LAMBDA_OPERATION_COUNT},
    {logs_operations, LOGS_OPERATION_COUNT},
    {pipes_operations, PIPES_OPERATION_COUNT},
    {route53_operations, ROUTE53_OPERATION_COUNT},
    {s3_operations, S3_OPERATION_COUNT},
    {scheduler_operations, SCHEDULER_OPERATION_COUNT},
    {secretsmanager_operations, SECRETSMANAGER_OPERATION_COUNT},
    {sfn_operations, SFN_OPERATION_COUNT},
    {sns_operations, SNS_OPERATION_COUNT},
    {sqs_operations, SQS_OPERATION_COUNT},
    {ssm_operations, SSM_OPERATION_COUNT},
    {sts_operations, STS_OPERATION_COUNT},
};

const struct aws_operation_list *aws_operation_lists(size_t *count)
{
    *count = ARRAY_LENGTH(lists);
    return lists;
}
