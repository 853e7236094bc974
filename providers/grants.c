#include "providers/grants.h"

#include <string.h>

#include "providers/apigateway/operations.h"
#include "providers/cloudcontrol/permissions.h"
#include "providers/iam/operations.h"
#include "providers/lambda/operations.h"
#include "providers/logs/operations.h"
#include "providers/s3/operations.h"
#include "providers/sns/operations.h"

static const char custom_resource[] = "AWS::CloudFormation::CustomResource";

const struct grants_of_type *grants_find(struct str type)
{
    const struct grants_of_type *other = NULL;
    const char *name = str_starts(type, "Custom::") ? custom_resource : NULL;
    for (const struct grants_of_type *row = grants_table; row->type; row++) {
        if (name ? strcmp(row->type, name) == 0 : str_is(type, row->type))
            return row;
        if (strcmp(row->type, "AWS::*") == 0 && cloudcontrol_permissions_find(type))
            other = row;
    }
    return other;
}

/* Calls for the sake of one property, where code and not a table says so. */
static const struct {
    const struct aws_operation *operation;
    const char *type;     /* NULL: of any */
    const char *property; /* "": code that types share never gets there for this one */
} only_for[] = {
    {&apigateway_operations[APIGATEWAY_DELETE_STAGE], "AWS::ApiGateway::Deployment", "StageName"},
    {&apigateway_operations[APIGATEWAY_GET_RESOURCES], "AWS::ApiGateway::RestApi", "Body"},
    {&apigateway_operations[APIGATEWAY_GET_STAGE], "AWS::ApiGateway::Deployment", "StageName"},
    {&apigateway_operations[APIGATEWAY_PUT_REST_API], NULL, "Body"},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], "AWS::ApiGateway::Resource", ""},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], "AWS::ApiGateway::Resource", ""},
    {&iam_operations[IAM_ATTACH_ROLE_POLICY], "AWS::IAM::Role", "ManagedPolicyArns"},
    {&iam_operations[IAM_DELETE_ROLE_PERMISSIONS_BOUNDARY], NULL, "PermissionsBoundary"},
    {&iam_operations[IAM_DELETE_ROLE_POLICY], "AWS::IAM::Role", "Policies"},
    {&iam_operations[IAM_DETACH_ROLE_POLICY], "AWS::IAM::Role", "ManagedPolicyArns"},
    {&iam_operations[IAM_PUT_ROLE_PERMISSIONS_BOUNDARY], NULL, "PermissionsBoundary"},
    {&iam_operations[IAM_PUT_ROLE_POLICY], "AWS::IAM::Role", "Policies"},
    {&lambda_operations[LAMBDA_DELETE_FUNCTION_CONCURRENCY], NULL, "ReservedConcurrentExecutions"},
    {&lambda_operations[LAMBDA_DELETE_PROVISIONED_CONCURRENCY_CONFIG], NULL, "ProvisionedConcurrencyConfig"},
    {&lambda_operations[LAMBDA_DELETE_PROVISIONED_CONCURRENCY_CONFIG], "AWS::Lambda::Version", ""},
    {&lambda_operations[LAMBDA_GET_FUNCTION_SCALING_CONFIG], NULL, "FunctionScalingConfig"},
    {&lambda_operations[LAMBDA_GET_PROVISIONED_CONCURRENCY_CONFIG], NULL, "ProvisionedConcurrencyConfig"},
    {&lambda_operations[LAMBDA_GET_RUNTIME_MANAGEMENT_CONFIG], "AWS::Lambda::Version", "RuntimePolicy"},
    {&lambda_operations[LAMBDA_PUT_FUNCTION_CONCURRENCY], NULL, "ReservedConcurrentExecutions"},
    {&lambda_operations[LAMBDA_PUT_FUNCTION_SCALING_CONFIG], NULL, "FunctionScalingConfig"},
    {&lambda_operations[LAMBDA_PUT_PROVISIONED_CONCURRENCY_CONFIG], NULL, "ProvisionedConcurrencyConfig"},
    {&lambda_operations[LAMBDA_PUT_RUNTIME_MANAGEMENT_CONFIG], "AWS::Lambda::Version", "RuntimePolicy"},
    {&logs_operations[LOGS_DESCRIBE_INDEX_POLICIES], NULL, "FieldIndexPolicies"},
    {&logs_operations[LOGS_DESCRIBE_RESOURCE_POLICIES], NULL, "ResourcePolicyDocument"},
    {&logs_operations[LOGS_GET_DATA_PROTECTION_POLICY], NULL, "DataProtectionPolicy"},
    {&s3_operations[S3_DELETE_BUCKET_TAGGING], "AWS::S3::Bucket", ""}, /* ours always stay */
    {&s3_operations[S3_GET_OBJECT], "AWS::ApiGatewayV2::Api", "BodyS3Location"},
    {&s3_operations[S3_GET_OBJECT], "AWS::AppSync::ChannelNamespace", "CodeS3Location"},
    {&s3_operations[S3_GET_OBJECT], "AWS::AppSync::GraphQLSchema", "DefinitionS3Location"},
    {&s3_operations[S3_PUT_BUCKET_ACL], NULL, "AccessControl"},
    {&sns_operations[SNS_GET_DATA_PROTECTION_POLICY], NULL, "DataProtectionPolicy"},
    {&sns_operations[SNS_LIST_SUBSCRIPTIONS], "AWS::SNS::Topic", ""},
    {&sns_operations[SNS_PUT_DATA_PROTECTION_POLICY], NULL, "DataProtectionPolicy"},
    {&sns_operations[SNS_SUBSCRIBE], "AWS::SNS::Topic", "Subscription"},
    {&sns_operations[SNS_UNSUBSCRIBE], "AWS::SNS::Topic", "Subscription"},
};

/* The bucket for the answers of custom resources has settings of its own: cloudformation/custom_request.c. */
static bool of_answers(const char *property)
{
    static const char *const settings[] = {"PublicAccessBlockConfiguration", "BucketEncryption",
                                           "LifecycleConfiguration"};
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        if (strcmp(property, settings[i]) == 0)
            return true;
    return false;
}

/* All subscriptions are listed only to find those of a topic that somebody else has. */
static bool has_foreign_topic(const struct value *properties, struct str account)
{
    struct str topic = value_get_text(properties, "TopicArn"), part = STR_EMPTY;
    for (int i = 0; i < 5 && str_split(&topic, ':', &part); i++)
        ;
    return !str_equal(part, account);
}

/* Which of the two ways there are to ask a handler. */
static bool asks_by(const struct aws_operation *operation, const struct value *properties)
{
    struct str token = value_get_text(properties, "ServiceToken");
    if (operation == &sns_operations[SNS_PUBLISH])
        return !str_contains(token, ":lambda:");
    return operation != &lambda_operations[LAMBDA_INVOKE] || !str_contains(token, ":sns:");
}

bool grant_applies(const struct grants_of_type *type, const struct grant *grant,
                   const struct value *properties, struct str account)
{
    bool custom = strcmp(type->type, custom_resource) == 0;
    if (custom && grant->operation == &s3_operations[S3_PUT_BUCKET_ACL])
        return false;
    if (custom)
        return grant->property ? of_answers(grant->property) : asks_by(grant->operation, properties);
    /* For drift notifications are looked for because nobody declares them. */
    if (grant->operation == &s3_operations[S3_GET_BUCKET_NOTIFICATION_CONFIGURATION])
        return true;
    if (grant->property && !value_get(properties, grant->property))
        return false;
    if (grant->operation == &sns_operations[SNS_LIST_SUBSCRIPTIONS] &&
        !has_foreign_topic(properties, account))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(only_for); i++)
        if (only_for[i].operation == grant->operation &&
            (!only_for[i].type || strcmp(only_for[i].type, type->type) == 0) &&
            !value_get(properties, only_for[i].property))
            return false;
    return true;
}

static const struct {
    const char *type, *member, *property;
} places[] = {
    {"AWS::CloudFormation::CustomResource", "FunctionName", "ServiceToken"},
    {"AWS::CloudFormation::CustomResource", "TopicArn", "ServiceToken"},
    {"AWS::IAM::ManagedPolicy", "GroupName", "Groups"},
    {"AWS::IAM::ManagedPolicy", "PolicyName", "ManagedPolicyName"},
    {"AWS::IAM::ManagedPolicy", "RoleName", "Roles"},
    {"AWS::IAM::ManagedPolicy", "UserName", "Users"},
    {"AWS::IAM::Policy", "GroupName", "Groups"},
    {"AWS::IAM::Policy", "RoleName", "Roles"},
    {"AWS::IAM::Policy", "UserName", "Users"},
    {"AWS::Logs::LogGroup", "logGroupIdentifier", "LogGroupName"},
    {"AWS::Logs::LogGroup", "logGroupName", "LogGroupName"},
    {"AWS::Logs::LogGroup", "resourceArn", "LogGroupName"},
    {"AWS::S3::Bucket", "Bucket", "BucketName"},
    {"AWS::SNS::Subscription", "SubscriptionArn", "TopicArn"},
    {"AWS::SNS::Topic", "Name", "TopicName"},
    {"AWS::SQS::Queue", "QueueUrl", "QueueName"},
    {"AWS::SQS::QueueInlinePolicy", "QueueUrl", "Queue"},
    {"AWS::SQS::QueuePolicy", "QueueUrl", "Queues"},
    {"AWS::StepFunctions::StateMachine", "name", "StateMachineName"},
};

const char *grants_place(struct str type, struct str member)
{
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
        if (str_is(type, places[i].type) && str_is(member, places[i].member))
            return places[i].property;
    return NULL;
}

#define PASS(TYPE, PROPERTY, SERVICE)                                                                        \
    {                                                                                                        \
        TYPE, PROPERTY, "iam:PassRole", "{}", SERVICE ".amazonaws.com"                                       \
    }
#define KEY(TYPE, PROPERTY, ACTIONS, SERVICE)                                                                \
    {                                                                                                        \
        TYPE, PROPERTY, ACTIONS, "{}", SERVICE                                                               \
    }

/* What logs are delivered by. */
#define DELIVERY                                                                                             \
    "logs:CreateLogDelivery,logs:DeleteLogDelivery,logs:DescribeLogGroups,logs:DescribeResourcePolicies,"    \
    "logs:GetLogDelivery,logs:ListLogDeliveries,logs:PutResourcePolicy,logs:UpdateLogDelivery"
#define CONNECTION_SECRETS                                                                                   \
    "secretsmanager:CreateSecret,secretsmanager:DeleteSecret,secretsmanager:DescribeSecret,"                 \
    "secretsmanager:GetSecretValue,secretsmanager:PutSecretValue,secretsmanager:UpdateSecret"
#define ENDPOINT_SERVICES                                                                                    \
    "ec2:CreateVpcEndpointServiceConfiguration,ec2:DeleteVpcEndpointServiceConfigurations,"                  \
    "ec2:DescribeVpcEndpointServiceConfigurations,ec2:ModifyVpcEndpointServicePermissions"
/* The first time that a service does something in an account. */
#define LINKED_ROLE(TYPE, PROPERTY, SERVICE)                                                                 \
    {                                                                                                        \
        TYPE, PROPERTY, "iam:CreateServiceLinkedRole",                                                       \
            "arn:{partition}:iam::{account}:role/aws-service-role/" SERVICE "/*", NULL                       \
    }

/* From the handlers' permissions in the registry's schemas and the API references of the calls. */
static const struct grant_beside beside[] = {
    PASS("AWS::ApiGateway::Account", "CloudWatchRoleArn", "apigateway"),
    PASS("AWS::ApiGateway::Authorizer", "AuthorizerCredentials", "apigateway"),
    PASS("AWS::ApiGateway::Method", "Integration.Credentials", "apigateway"),
    {"AWS::ApiGateway::RestApi", "Policy", "apigateway:UpdateRestApiPolicy",
     "arn:{partition}:apigateway:{region}::/restapis,arn:{partition}:apigateway:{region}::/restapis/*", NULL},
    PASS("AWS::ApiGateway::RestApi", "Body.**.authorizerCredentials", "apigateway"),
    PASS("AWS::ApiGateway::RestApi", "Body.**.credentials", "apigateway"),
    {"AWS::ApiGateway::VpcLink", "TargetArns", ENDPOINT_SERVICES, "*", NULL},
    PASS("AWS::ApiGatewayV2::Api", "Body.**.authorizerCredentials", "apigateway"),
    PASS("AWS::ApiGatewayV2::Api", "Body.**.credentials", "apigateway"),
    {"AWS::ApiGatewayV2::Api", "BodyS3Location.Bucket", "s3:GetObject,s3:GetObjectVersion",
     "arn:{partition}:s3:::{}/*", NULL},
    PASS("AWS::ApiGatewayV2::Api", "CredentialsArn", "apigateway"),
    PASS("AWS::ApiGatewayV2::Authorizer", "AuthorizerCredentialsArn", "apigateway"),
    PASS("AWS::ApiGatewayV2::Integration", "CredentialsArn", "apigateway"),
    /* https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.permissions.html */
    {"AWS::ApiGatewayV2::Stage", "AccessLogSettings.DestinationArn",
     "logs:CreateLogDelivery,logs:DeleteLogDelivery,logs:DescribeLogGroups,logs:DescribeResourcePolicies,"
     "logs:GetLogDelivery,logs:ListLogDeliveries,logs:PutResourcePolicy,logs:UpdateLogDelivery",
     "*", NULL},
    {"AWS::ApiGatewayV2::VpcLink", "SubnetIds",
     "iam:CreateServiceLinkedRole,iam:DeleteServiceLinkedRole,iam:GetServiceLinkedRoleDeletionStatus",
     "arn:{partition}:iam::{account}:role/aws-service-role/ops.apigateway.amazonaws.com/*", NULL},
    PASS("AWS::AppSync::Api", "EventConfig.LogConfig.CloudWatchLogsRoleArn", "appsync"),
    PASS("AWS::AppSync::DataSource", "ServiceRoleArn", "appsync"),
    PASS("AWS::AppSync::GraphQLApi", "LogConfig.CloudWatchLogsRoleArn", "appsync"),
    PASS("AWS::AppSync::GraphQLApi", "MergedApiExecutionRoleArn", "appsync"),
    {"AWS::ApiGatewayV2::Stage", "AccessLogSettings.DestinationArn", DELIVERY, "*", NULL},
    LINKED_ROLE("AWS::ApiGatewayV2::VpcLink", "SubnetIds", "ops.apigateway.amazonaws.com"),
    PASS("AWS::AppSync::Api", "EventConfig.LogConfig.CloudWatchLogsRoleArn", "appsync"),
    PASS("AWS::AppSync::DataSource", "ServiceRoleArn", "appsync"),
    PASS("AWS::AppSync::GraphQLApi", "LogConfig.CloudWatchLogsRoleArn", "appsync"),
    PASS("AWS::CodeDeploy::DeploymentGroup", "ServiceRoleArn", "codedeploy"),
    PASS("AWS::Cognito::IdentityPool", "CognitoStreams.RoleArn", "cognito-sync"),
    PASS("AWS::Cognito::IdentityPool", "PushSync.RoleArn", "cognito-sync"),
    PASS("AWS::Cognito::IdentityPoolRoleAttachment", "Roles.*", "cognito-identity"),
    KEY("AWS::Cognito::UserPool", "LambdaConfig.KMSKeyID", "kms:CreateGrant,kms:DescribeKey", "cognito-idp"),
    PASS("AWS::Cognito::UserPool", "SmsConfiguration.SnsCallerArn", "cognito-idp"),
    PASS("AWS::Cognito::UserPoolClient", "AnalyticsConfiguration.RoleArn", "cognito-idp"),
    PASS("AWS::Cognito::UserPoolGroup", "RoleArn", "cognito-idp"),
    {"AWS::Cognito::UserPool", "EmailConfiguration.SourceArn", "iam:CreateServiceLinkedRole",
     "arn:{partition}:iam::{account}:role/aws-service-role/email.cognito-idp.amazonaws.com/*", NULL},
    KEY("AWS::Cognito::UserPool", "LambdaConfig.KMSKeyID", "kms:CreateGrant", "cognito-idp"),
    {"AWS::Cognito::UserPoolDomain", "CustomDomainConfig.CertificateArn", "cloudfront:UpdateDistribution",
     "*", NULL},
    PASS("AWS::Cognito::UserPoolGroup", "RoleArn", "cognito-idp"),
    KEY("AWS::DynamoDB::Table", "SSESpecification.KMSMasterKeyId",
        "kms:CreateGrant,kms:Decrypt,kms:DescribeKey,kms:Encrypt,kms:GenerateDataKey", "dynamodb"),
    {"AWS::DynamoDB::Table", "KinesisStreamSpecification.StreamArn",
     "kinesis:DescribeStream,kinesis:PutRecord,kinesis:PutRecords", "{}", NULL},
    KEY("AWS::Events::Archive", "KmsKeyIdentifier", "kms:Decrypt,kms:DescribeKey,kms:GenerateDataKey",
        "events"),
    {"AWS::Events::Connection", "AuthParameters", CONNECTION_SECRETS,
     "arn:{partition}:secretsmanager:{region}:{account}:secret:events!connection/*", NULL},
    LINKED_ROLE("AWS::Events::Connection", "AuthorizationType", "apidestinations.events.amazonaws.com"),
    KEY("AWS::Events::Connection", "KmsKeyIdentifier", "kms:Decrypt,kms:DescribeKey,kms:GenerateDataKey",
        "events"),
    KEY("AWS::Events::EventBus", "KmsKeyIdentifier", "kms:Decrypt,kms:DescribeKey,kms:GenerateDataKey",
        "events"),
    PASS("AWS::Events::Rule", "RoleArn", "events"),
    PASS("AWS::Events::Rule", "Targets.RoleArn", "events"),
    {"AWS::IAM::InstanceProfile", "Roles", "iam:PassRole", "arn:{partition}:iam::{account}:role/{}",
     "ec2.amazonaws.com"},
    KEY("AWS::Lambda::EventSourceMapping", "KmsKeyArn", "kms:Decrypt,kms:DescribeKey,kms:GenerateDataKey",
        "lambda"),
    {"AWS::Lambda::Function", "CapacityProviderConfig.**.CapacityProviderArn", "lambda:PassCapacityProvider",
     "{}", NULL},
    {"AWS::Lambda::Function", "Code.ImageUri", "ecr:GetRepositoryPolicy,ecr:SetRepositoryPolicy",
     "arn:{partition}:ecr:{region}:*:repository/*", NULL},
    {"AWS::Lambda::Function", "Code.S3Bucket", "s3:GetObject,s3:GetObjectVersion",
     "arn:{partition}:s3:::{}/*", NULL},
    {"AWS::Lambda::Function", "CodeSigningConfigArn", "lambda:GetCodeSigningConfig", "{}", NULL},
    {"AWS::Lambda::Function", "FileSystemConfigs", "elasticfilesystem:DescribeMountTargets", "*", NULL},
    KEY("AWS::Lambda::Function", "KmsKeyArn",
        "kms:CreateGrant,kms:Decrypt,kms:DescribeKey,kms:Encrypt,kms:GenerateDataKey", "lambda"),
    {"AWS::Lambda::Function", "Layers", "lambda:GetLayerVersion", "{}", NULL},
    PASS("AWS::Lambda::Function", "Role", "lambda"),
    {"AWS::Lambda::Function", "VpcConfig.SubnetIds",
     "ec2:DescribeSecurityGroups,ec2:DescribeSubnets,ec2:DescribeVpcs", "*", NULL},
    {"AWS::Lambda::LayerVersion", "Content.S3Bucket", "s3:GetObject,s3:GetObjectVersion",
     "arn:{partition}:s3:::{}/*", NULL},
    PASS("AWS::Logs::SubscriptionFilter", "RoleArn", "logs"),
    KEY("AWS::Pipes::Pipe", "KmsKeyIdentifier", "kms:Decrypt,kms:DescribeKey,kms:GenerateDataKey", "pipes"),
    {"AWS::Pipes::Pipe", "LogConfiguration.CloudwatchLogsLogDestination", DELIVERY, "*", NULL},
    PASS("AWS::Pipes::Pipe", "RoleArn", "pipes"),
    {"AWS::Route53::HostedZone", "VPCs.VPCId", "ec2:DescribeVpcs", "*", NULL},
    PASS("AWS::S3::Bucket", "ReplicationConfiguration.Role", "s3"),
    PASS("AWS::SNS::Subscription", "SubscriptionRoleArn", "sns"),
    PASS("AWS::SNS::Topic", "DeliveryStatusLogging.FailureFeedbackRoleArn", "sns"),
    PASS("AWS::SNS::Topic", "DeliveryStatusLogging.SuccessFeedbackRoleArn", "sns"),
    PASS("AWS::Scheduler::Schedule", "Target.RoleArn", "scheduler"),
    KEY("AWS::SecretsManager::Secret", "KmsKeyId", "kms:Decrypt,kms:GenerateDataKey", "secretsmanager"),
    KEY("AWS::StepFunctions::Activity", "EncryptionConfiguration.KmsKeyId", "kms:DescribeKey", "states"),
    {"AWS::StepFunctions::StateMachine", "DefinitionS3Location.Bucket", "s3:GetObject,s3:GetObjectVersion",
     "arn:{partition}:s3:::{}/*", NULL},
    PASS("AWS::StepFunctions::StateMachine", "RoleArn", "states"),
    KEY("AWS::StepFunctions::StateMachine", "EncryptionConfiguration.KmsKeyId",
        "kms:Decrypt,kms:DescribeKey,kms:GenerateDataKey", "states"),
    {NULL, NULL, NULL, NULL, NULL},
};

const struct grant_beside *grants_beside(void)
{
    return beside;
}
