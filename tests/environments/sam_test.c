#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "environments/desired.h"
#include "memory_files.h"

/*
 * Logical ids and types as AWS's own transform (aws-sam-translator 1.110.0) makes them.  The ids hold hashes
 * over code, definitions and layers, so one that is right says that what it was taken over is right as well.
 * The whole output is compared by sam_corpora_test.py, where the corpora are there.
 */
static const struct {
    const char *template, *wanted;
} cases[] = {
    {"Globals:\n"
     "  Api:\n"
     "    Cors: \"'*'\"\n"
     "    Auth: {DefaultAuthorizer: Own, Authorizers: {Own: {FunctionArn: !GetAtt Guard.Arn, Identity: "
     "{ReauthorizeEvery: 30}}}}\n"
     "  Function: {Runtime: python3.12, Handler: a.b, CodeUri: s3://b/k}\n"
     "Conditions: {Wide: !Equals [!Ref AWS::Region, eu-west-1]}\n"
     "Resources:\n"
     "  Guard: {Type: AWS::Serverless::Function}\n"
     "  Orders:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Condition: Wide\n"
     "    Properties:\n"
     "      AutoPublishAlias: live\n"
     "      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [!Ref Alarm]}\n"
     "      Policies: [{SQSPollerPolicy: {QueueName: q}}, AmazonSQSReadOnlyAccess]\n"
     "      Events:\n"
     "        Take: {Type: Api, Properties: {Path: /orders, Method: POST}}\n"
     "        Show: {Type: Api, Properties: {Path: \"/orders/{id}\", Method: get, RequestParameters: "
     "[method.request.header.X]}}\n"
     "        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}\n"
     "  Other:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Properties:\n"
     "      Events:\n"
     "        Any: {Type: Api, Properties: {Path: \"/{proxy+}\", Method: any, Auth: {Authorizer: NONE}}}\n",
     "CodeDeployServiceRole AWS::IAM::Role;"
     "Guard AWS::Lambda::Function;"
     "GuardRole AWS::IAM::Role;"
     "Orders AWS::Lambda::Function;"
     "OrdersAliaslive AWS::Lambda::Alias;"
     "OrdersDeploymentGroup AWS::CodeDeploy::DeploymentGroup;"
     "OrdersNightly AWS::Events::Rule;"
     "OrdersNightlyPermission AWS::Lambda::Permission;"
     "OrdersNightlyQueue AWS::SQS::Queue;"
     "OrdersNightlyQueuePolicy AWS::SQS::QueuePolicy;"
     "OrdersRole AWS::IAM::Role;"
     "OrdersShowPermissionProd AWS::Lambda::Permission;"
     "OrdersTakePermissionProd AWS::Lambda::Permission;"
     "OrdersVersion03ba323aca AWS::Lambda::Version;"
     "Other AWS::Lambda::Function;"
     "OtherAnyPermissionProd AWS::Lambda::Permission;"
     "OtherRole AWS::IAM::Role;"
     "ServerlessDeploymentApplication AWS::CodeDeploy::Application;"
     "ServerlessRestApi AWS::ApiGateway::RestApi;"
     "ServerlessRestApiDeploymentccc73b5cf7 AWS::ApiGateway::Deployment;"
     "ServerlessRestApiOwnAuthorizerPermission AWS::Lambda::Permission;"
     "ServerlessRestApiProdStage AWS::ApiGateway::Stage;"},
    {"Resources:\n"
     "  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://b/k, CompatibleRuntimes: "
     "[python3.12]}}\n"
     "  Table: {Type: AWS::Serverless::SimpleTable, Connectors: {Feed: {Properties: {Destination: {Id: "
     "Reader}, Permissions: [Read]}}}}\n"
     "  Reader:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Properties:\n"
     "      Runtime: nodejs22.x\n"
     "      Handler: a.b\n"
     "      CodeUri: {Bucket: b, Key: k, Version: \"7\"}\n"
     "      Layers: [!Ref Layer]\n"
     "      AutoPublishAlias: a-b_c\n"
     "      Events:\n"
     "        Web: {Type: HttpApi, Properties: {Path: \"/x/{id}\", Method: get}}\n"
     "        Topic: {Type: SNS, Properties: {Topic: t, SqsSubscription: true}}\n"
     "  Flow:\n"
     "    Type: AWS::Serverless::StateMachine\n"
     "    Properties:\n"
     "      Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Reader.Arn, End: true}}}\n"
     "      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Reader}}]\n"
     "      Events: {Start: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour)}}}\n",
     "Flow AWS::StepFunctions::StateMachine;"
     "FlowRole AWS::IAM::Role;"
     "FlowStart AWS::Scheduler::Schedule;"
     "FlowStartRole AWS::IAM::Role;"
     "Layer98331b10ed AWS::Lambda::LayerVersion;"
     "Reader AWS::Lambda::Function;"
     "ReaderAliasaDbUc AWS::Lambda::Alias;"
     "ReaderRole AWS::IAM::Role;"
     "ReaderTopic AWS::SNS::Subscription;"
     "ReaderTopicEventSourceMapping AWS::Lambda::EventSourceMapping;"
     "ReaderTopicQueue AWS::SQS::Queue;"
     "ReaderTopicQueuePolicy AWS::SQS::QueuePolicy;"
     "ReaderVersion34947c0952 AWS::Lambda::Version;"
     "ReaderWebPermission AWS::Lambda::Permission;"
     "ServerlessHttpApi AWS::ApiGatewayV2::Api;"
     "ServerlessHttpApiApiGatewayDefaultStage AWS::ApiGatewayV2::Stage;"
     "Table AWS::DynamoDB::Table;"
     "TableFeedPolicy AWS::IAM::ManagedPolicy;"},
};

static int compare(const void *left, const void *right)
{
    return str_compare(((const struct value_entry *)left)->key, ((const struct value_entry *)right)->key);
}

static void gives_the_ids_of_awss_transform(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct memory_file file = {"t.yaml", cases[i].template, false};
        struct memory_files all = {.entries = &file, .count = 1};
        struct files files = memory_files(&all);
        const struct template_options options = {
            .files = &files, .path = STR("t.yaml"), .region = STR("eu-west-1"), .stack_name = STR("s")};
        struct value *template;
        struct error error = ERROR_INIT;
        struct buf found = BUF_INIT(BUF_SMALL);
        if (!template_transform(arena, &options, &template, &error))
            fail_msg("%s", error.message);
        struct value *resources = value_get(template, "Resources");
        qsort(resources->entries, resources->count, sizeof *resources->entries, compare);
        for (size_t k = 0; k < resources->count; k++)
            buf_printf(&found, "%.*s %.*s;", STR_ARG(resources->entries[k].key),
                       STR_ARG(value_get_text(resources->entries[k].value, "Type")));
        assert_string_equal(found.ptr, cases[i].wanted);
        buf_release(&found);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gives_the_ids_of_awss_transform)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
