#include <string.h>

#include "providers/resource_type.h"

#include "providers/apigateway/types.h"
#include "providers/apigatewayv2/types.h"
#include "providers/appsync/types.h"
#include "providers/cloudcontrol/types.h"
#include "providers/cloudformation/types.h"
#include "providers/cloudwatch/types.h"
#include "providers/codedeploy/types.h"
#include "providers/cognito/types.h"
#include "providers/cognitoidentity/types.h"
#include "providers/dynamodb/types.h"
#include "providers/events/types.h"
#include "providers/glue/types.h"
#include "providers/iam/types.h"
#include "providers/kinesis/types.h"
#include "providers/kms/types.h"
#include "providers/lambda/types.h"
#include "providers/logs/types.h"
#include "providers/pipes/types.h"
#include "providers/route53/types.h"
#include "providers/s3/types.h"
#include "providers/scheduler/types.h"
#include "providers/secretsmanager/types.h"
#include "providers/sfn/types.h"
#include "providers/sns/types.h"
#include "providers/sqs/types.h"
#include "providers/ssm/types.h"

/* One row a type, sorted by the type's name; NULL ends it. */
/* clang-format off */
static const struct resource_type *const types[] = {
    &apigateway_account_type,
    &apigateway_api_key_type,
    &apigateway_authorizer_type,
    &apigateway_base_path_mapping_type,
    &apigateway_client_certificate_type,
    &apigateway_deployment_type,
    &apigateway_documentation_part_type,
    &apigateway_documentation_version_type,
    &apigateway_domain_name_type,
    &apigateway_gateway_response_type,
    &apigateway_method_type,
    &apigateway_model_type,
    &apigateway_request_validator_type,
    &apigateway_resource_type,
    &apigateway_rest_api_type,
    &apigateway_stage_type,
    &apigateway_usage_plan_type,
    &apigateway_usage_plan_key_type,
    &apigateway_vpc_link_type,
    &apigatewayv2_api_type,
    &apigatewayv2_api_mapping_type,
    &apigatewayv2_authorizer_type,
    &apigatewayv2_deployment_type,
    &apigatewayv2_domain_name_type,
    &apigatewayv2_integration_type,
    &apigatewayv2_integration_response_type,
    &apigatewayv2_model_type,
    &apigatewayv2_route_type,
    &apigatewayv2_route_response_type,
    &apigatewayv2_stage_type,
    &apigatewayv2_vpc_link_type,
    &appsync_api_type,
    &appsync_api_key_type,
    &appsync_channel_namespace_type,
    &appsync_data_source_type,
    &appsync_function_configuration_type,
    &appsync_graphql_api_type,
    &appsync_graphql_schema_type,
    &appsync_resolver_type,
    &custom_resource_type,
    &cloudformation_stack_type,
    &wait_condition_handle_type,
    &cloudwatch_alarm_type,
    &cloudwatch_composite_alarm_type,
    &cloudwatch_dashboard_type,
    &codedeploy_application_type,
    &codedeploy_deployment_config_type,
    &codedeploy_deployment_group_type,
    &cognitoidentity_pool_type,
    &cognitoidentity_role_attachment_type,
    &cognito_user_pool_type,
    &cognito_user_pool_client_type,
    &cognito_user_pool_domain_type,
    &cognito_user_pool_group_type,
    &cognito_user_pool_resource_server_type,
    &dynamodb_table_type,
    &events_api_destination_type,
    &events_archive_type,
    &events_connection_type,
    &events_event_bus_type,
    &events_event_bus_policy_type,
    &events_rule_type,
    &glue_table_type,
    &iam_instance_profile_type,
    &iam_managed_policy_type,
    &iam_policy_type,
    &iam_role_type,
    &kms_alias_type,
    &kms_key_type,
    &kinesis_stream_type,
    &kinesis_stream_consumer_type,
    &lambda_alias_type,
    &lambda_code_signing_config_type,
    &lambda_event_invoke_config_type,
    &lambda_event_source_mapping_type,
    &lambda_function_type,
    &lambda_layer_version_type,
    &lambda_layer_version_permission_type,
    &lambda_permission_type,
    &lambda_url_type,
    &lambda_version_type,
    &logs_log_group_type,
    &logs_metric_filter_type,
    &logs_subscription_filter_type,
    &pipes_pipe_type,
    &route53_hosted_zone_type,
    &route53_record_set_type,
    &route53_record_set_group_type,
    &s3_bucket_type,
    &s3_bucket_policy_type,
    &sns_subscription_type,
    &sns_topic_type,
    &sns_topic_policy_type,
    &sqs_queue_type,
    &sqs_queue_policy_type,
    &ssm_parameter_type,
    &scheduler_schedule_type,
    &scheduler_schedule_group_type,
    &secretsmanager_resource_policy_type,
    &secretsmanager_secret_type,
    &sfn_activity_type,
    &sfn_state_machine_type,
    &sfn_state_machine_alias_type,
    &sfn_state_machine_version_type,
    NULL,
};
/* clang-format on */

const struct resource_type *const *resource_types(size_t *count)
{
    *count = ARRAY_LENGTH(types) - 1;
    return types;
}

/* https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html: 60 letters, digits, "_@-". */
static bool is_custom(struct str name)
{
    enum { CUSTOM_NAME_MAX = 60 };
    struct str own = str_from_index(name, sizeof "Custom::" - 1);
    if (!str_starts(name, "Custom::") || !own.len || own.len > CUSTOM_NAME_MAX)
        return false;
    for (size_t i = 0; i < own.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@-", own.ptr[i]))
            return false;
    return true;
}

const struct resource_type *resource_type_find(struct str name)
{
    if (is_custom(name))
        return &custom_resource_type;
    size_t low = 0, high = ARRAY_LENGTH(types) - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, str_from(types[middle]->name));
        if (order == 0)
            return types[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return cloudcontrol_type_find(name);
}
