/*
 * AWS::ApiGateway::VpcLink: the way from an API to a load balancer in a VPC.  Its name is not unique, so it
 * is found again by its ownership tags.  It takes minutes to make.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-vpclink.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

enum { SETTLE_MS = 20 * 60 * 1000 };

static const struct shape shape[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Name"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TargetArns", .kind = SHAPE_SET},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"Description", "/description", PATCH_TEXT},
    {"Name", "/name", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {{"vpcLinkId", NULL}, {NULL, NULL}};
static const enum apigateway_operation list = APIGATEWAY_GET_VPC_LINKS;

struct settling {
    const struct resource_call *call;
    struct str id;
};

static bool probe(void *self, bool *done, struct error *error)
{
    const struct settling *settling = self;
    const struct resource_call *call = settling->call;
    struct value *answer;
    if (!aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_VPC_LINK], call->arena,
                  input_with(call->arena, "vpcLinkId", settling->id), &answer, error))
        return false;
    struct str status = value_get_text(answer, "status");
    *done = !status.len || str_is(status, "AVAILABLE");
    return *done || str_is(status, "PENDING") ||
           error_set(error, ERROR_INVALID, "VPC link '%.*s' is %.*s: %.*s", STR_ARG(settling->id),
                     STR_ARG(status), STR_ARG(value_get_text(answer, "statusMessage")));
}

static bool settle(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct settling settling = {call, state->physical_id};
    return wait_until(call, "API Gateway's VPC link", SETTLE_MS, probe, &settling, error);
}

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .create = APIGATEWAY_CREATE_VPC_LINK,
    .read = APIGATEWAY_GET_VPC_LINK,
    .update = APIGATEWAY_UPDATE_VPC_LINK,
    .remove = APIGATEWAY_DELETE_VPC_LINK,
    .list = &list,
    .id = "id",
    .name = "Name",
    .attribute = "VpcLinkId",
    .tagged = "vpclinks/",
    .write_tags = apigateway_write_tags,
    .settle = settle,
};
TABLE_LIFE(table, apigateway_vpc_link_type)

const struct resource_type apigateway_vpc_link_type = {
    .name = "AWS::ApiGateway::VpcLink",
    .traits = RESOURCE_TAGGED,
    .name_max = 128,
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/vpclinks/{VpcLinkId}",
};
