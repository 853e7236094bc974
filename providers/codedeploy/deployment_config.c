/*
 * AWS::CodeDeploy::DeploymentConfig: how traffic moves.  It cannot be changed, and carries no tags.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-codedeploy-deploymentconfig.html
 */

#include "providers/codedeploy/common.h"
#include "providers/codedeploy/types.h"

static const struct shape rules[] = {
    {.facts = "AWS::CodeDeploy::DeploymentConfig"},
};

static const struct plain_key keys[] = {{"deploymentConfigName", NULL}, {NULL, NULL}};

static const struct plain config = {
    .rules = rules,
    .small_letters = true,
    .create = &codedeploy_operations[CODEDEPLOY_CREATE_DEPLOYMENT_CONFIG],
    .read = &codedeploy_operations[CODEDEPLOY_GET_DEPLOYMENT_CONFIG],
    .remove = &codedeploy_operations[CODEDEPLOY_DELETE_DEPLOYMENT_CONFIG],
    .keys = keys,
    .item = "deploymentConfigInfo",
};

const struct resource_type codedeploy_deployment_config_type = {
    .name = "AWS::CodeDeploy::DeploymentConfig",
    .traits = RESOURCE_IMMUTABLE,
    .name_property = "DeploymentConfigName",
    .name_max = 100,
    .plain = &config,
    .read = plain_read,
    .find = plain_find,
    .create = plain_create,
    .remove = plain_remove,
    .arn = "arn:{partition}:codedeploy:{region}:{account}:deploymentconfig:{DeploymentConfigName}",
};
