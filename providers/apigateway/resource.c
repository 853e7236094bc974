/*
 * AWS::ApiGateway::Resource: one part of the paths of a REST API.  There is one of a name below each parent,
 * by which it is found again.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-resource.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "ParentId"},
    {.path = "PathPart"},
    {.path = "RestApiId"},
    {.path = NULL},
};
static const struct table_key keys[] = {{"restApiId", "RestApiId"}, {"resourceId", NULL}, {NULL, NULL}};
static const struct table_key inside[] = {{"restApiId", "RestApiId"}, {"parentId", "ParentId"}, {NULL, NULL}};
static const struct table_key listed[] = {{"restApiId", "RestApiId"}, {NULL, NULL}};
static const char *const not_in_create[] = {"ParentId", "RestApiId", NULL};
static const char *const same[] = {"ParentId", "PathPart", NULL};
static const enum apigateway_operation list = APIGATEWAY_GET_RESOURCES;

static const struct table table = {
    .shape = shape,
    .keys = keys,
    .inside = inside,
    .listed = listed,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_RESOURCE,
    .read = APIGATEWAY_GET_RESOURCE,
    .remove = APIGATEWAY_DELETE_RESOURCE,
    .list = &list,
    .same = same,
    .id = "id",
    .attribute = "ResourceId",
};
TABLE_LIFE(table, apigateway_resource_type)

const struct resource_type apigateway_resource_type = {
    .name = "AWS::ApiGateway::Resource",
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/resources/{ResourceId}",
};
