/*
 * AWS::ApiGatewayV2::VpcLink.  Names repeat: it is found by its ownership tags.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-vpclink.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.facts = "AWS::ApiGatewayV2::VpcLink"},
};

static const struct plain_key keys[] = {{"vpcLinkId", NULL}, {NULL, NULL}};
static const char *const same[] = {"Name", NULL};

static struct str tagged_by(const struct resource_call *call, struct str id)
{
    return apigatewayv2_arn(call, arena_printf(call->arena, "vpclinks/%.*s", STR_ARG(id)));
}

static const struct plain vpc_link = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_VPC_LINK],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_VPC_LINK],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_VPC_LINK],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_VPC_LINK],
    .keys = keys,
    .id = "vpcLinkId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_VPC_LINKS],
    .same = same,
    .names_repeat = true,
    /* A link without traffic becomes INACTIVE, and wakes up with the next. */
    .settling = {.member = "vpcLinkStatus",
                 .ready = "AVAILABLE,INACTIVE",
                 .failed = "FAILED",
                 .reason = "vpcLinkStatusMessage",
                 .timeout_ms = 15 * 60 * 1000},
    .waits_for_removal = true,
    .tags = "tags",
    .tags_read = "tags",
    .tag_calls = &apigatewayv2_tag_calls,
    .tagged_by = tagged_by,
};

const struct resource_type apigatewayv2_vpc_link_type = {
    .name = "AWS::ApiGatewayV2::VpcLink",
    .traits = RESOURCE_TAGGED,
    .plain = &vpc_link,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/vpclinks/*",
};
