/*
 * AWS::ApiGatewayV2::ApiMapping: which stage a path of a domain name leads to.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-apimapping.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "ApiMappingKey", .otherwise = "\"\""},
    {.facts = "AWS::ApiGatewayV2::ApiMapping"},
};

static const struct plain_key keys[] = {{"domainName", "DomainName"}, {"apiMappingId", NULL}, {NULL, NULL}};
static const struct plain_key inside[] = {{"domainName", "DomainName"}, {NULL, NULL}};
static const char *const same[] = {"ApiId", "ApiMappingKey", NULL};

/* UpdateApiMapping wants the API each time. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)live;
    (void)error;
    and_with(call->arena, input, "apiId", value_get_text(target, "ApiId"));
    return true;
}

static const struct plain api_mapping = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_API_MAPPING],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_API_MAPPING],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_API_MAPPING],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_API_MAPPING],
    .keys = keys,
    .inside = inside,
    .id = "apiMappingId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_API_MAPPINGS],
    .same = same,
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .send = send,
};

const struct resource_type apigatewayv2_api_mapping_type = {
    .name = "AWS::ApiGatewayV2::ApiMapping",
    .plain = &api_mapping,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/domainnames/{DomainName}/apimappings/*",
};
