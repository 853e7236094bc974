#include "providers/codedeploy/operations.h"

const struct aws_service codedeploy_service = {
    .name = "codedeploy",
    .signing_name = "codedeploy",
    .endpoint_prefix = "codedeploy",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "CodeDeploy_20141006",
    .rate = 5,
    .burst = 10,
};

#define ROW(NAME, SAFETY, RESOURCE, ...)                                                                     \
    {                                                                                                        \
        .service = &codedeploy_service, .name = NAME, .safety = SAFETY,                                      \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }
#define APPLICATION "arn:{partition}:codedeploy:{region}:{account}:application:{applicationName}"
#define CONFIG "arn:{partition}:codedeploy:{region}:{account}:deploymentconfig:{deploymentConfigName}"
#define GROUP(NAME) "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{applicationName}/" NAME
/* A deployment is granted by its group, which its id does not tell. */
#define GROUPS "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:*"
#define TAGGED "arn:{partition}:codedeploy:{region}:{account}:*"
#define PAGES(ITEMS) .page_in = "nextToken", .page_out = "nextToken", .page_items = ITEMS

const struct aws_operation codedeploy_operations[CODEDEPLOY_OPERATION_COUNT] = {
    [CODEDEPLOY_BATCH_GET_DEPLOYMENTS] =
        ROW("BatchGetDeployments", AWS_READ, GROUPS, .timeout_ms = 15000), /* for evidence: no use later */
    [CODEDEPLOY_BATCH_GET_DEPLOYMENT_TARGETS] = ROW("BatchGetDeploymentTargets", AWS_READ, "*"),
    [CODEDEPLOY_CREATE_APPLICATION] = ROW("CreateApplication", AWS_READ_BACK, APPLICATION),
    [CODEDEPLOY_CREATE_DEPLOYMENT] = ROW("CreateDeployment", AWS_READ_BACK, GROUP("{deploymentGroupName}")),
    [CODEDEPLOY_CREATE_DEPLOYMENT_CONFIG] = ROW("CreateDeploymentConfig", AWS_READ_BACK, CONFIG),
    [CODEDEPLOY_CREATE_DEPLOYMENT_GROUP] =
        ROW("CreateDeploymentGroup", AWS_READ_BACK, GROUP("{deploymentGroupName}")),
    [CODEDEPLOY_DELETE_APPLICATION] = ROW("DeleteApplication", AWS_NATURAL, APPLICATION),
    [CODEDEPLOY_DELETE_DEPLOYMENT_CONFIG] = ROW("DeleteDeploymentConfig", AWS_NATURAL, CONFIG),
    [CODEDEPLOY_DELETE_DEPLOYMENT_GROUP] =
        ROW("DeleteDeploymentGroup", AWS_NATURAL, GROUP("{deploymentGroupName}")),
    [CODEDEPLOY_GET_APPLICATION] = ROW("GetApplication", AWS_READ, APPLICATION),
    [CODEDEPLOY_GET_DEPLOYMENT] = ROW("GetDeployment", AWS_READ, GROUPS),
    [CODEDEPLOY_GET_DEPLOYMENT_CONFIG] = ROW("GetDeploymentConfig", AWS_READ, CONFIG),
    [CODEDEPLOY_GET_DEPLOYMENT_GROUP] = ROW("GetDeploymentGroup", AWS_READ, GROUP("{deploymentGroupName}")),
    [CODEDEPLOY_LIST_DEPLOYMENTS] =
        ROW("ListDeployments", AWS_READ, GROUP("{deploymentGroupName}"), PAGES("deployments")),
    [CODEDEPLOY_LIST_DEPLOYMENT_TARGETS] = ROW("ListDeploymentTargets", AWS_READ, "*", PAGES("targetIds")),
    [CODEDEPLOY_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, TAGGED),
    [CODEDEPLOY_STOP_DEPLOYMENT] =
        ROW("StopDeployment", AWS_READ_BACK, "*") /* one that has ended is refused */,
    [CODEDEPLOY_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, TAGGED),
    [CODEDEPLOY_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, TAGGED),
    [CODEDEPLOY_UPDATE_DEPLOYMENT_GROUP] =
        ROW("UpdateDeploymentGroup", AWS_NATURAL, GROUP("{currentDeploymentGroupName}")),
};
