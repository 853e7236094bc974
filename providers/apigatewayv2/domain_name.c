/*
 * AWS::ApiGatewayV2::DomainName.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-domainname.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "RoutingMode", .otherwise = "\"API_MAPPING_ONLY\""},
    {.facts = "AWS::ApiGatewayV2::DomainName"},
};

static const struct plain_key keys[] = {{"domainName", NULL}, {NULL, NULL}};

static const struct plain_attribute attributes[] = {
    {"RegionalDomainName", "domainNameConfigurations.0.apiGatewayDomainName"},
    {"RegionalHostedZoneId", "domainNameConfigurations.0.hostedZoneId"},
    {NULL, NULL},
};

/* Mutual TLS goes by a trust store without a place. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    const struct value *tls = value_get(target, "MutualTlsAuthentication");
    (void)error;
    if (live && tls && tls->kind == VALUE_NULL)
        value_setz(call->arena, input, "mutualTlsAuthentication",
                   input_with(call->arena, "truststoreUri", STR_EMPTY));
    return true;
}

static const struct plain domain_name = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_DOMAIN_NAME],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_DOMAIN_NAME],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_DOMAIN_NAME],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_DOMAIN_NAME],
    .keys = keys,
    .id = "domainName",
    .attributes = attributes,
    /* A certificate whose owner must be checked first is the user's to settle. */
    .settling = {.member = "domainNameConfigurations.0.domainNameStatus",
                 .ready = ",AVAILABLE",
                 .failed = "PENDING_CERTIFICATE_REIMPORT,PENDING_OWNERSHIP_VERIFICATION",
                 .reason = "domainNameConfigurations.0.domainNameStatusMessage",
                 .timeout_ms = 15 * 60 * 1000},
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .tags = "tags",
    .tags_read = "tags",
    .tag_calls = &apigatewayv2_tag_calls,
    .tagged = "DomainNameArn",
    .send = send,
};

const struct resource_type apigatewayv2_domain_name_type = {
    .name = "AWS::ApiGatewayV2::DomainName",
    .traits = RESOURCE_TAGGED,
    .name_property = "DomainName",
    .name_max = 512,
    .plain = &domain_name,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/domainnames/{DomainName}",
};
