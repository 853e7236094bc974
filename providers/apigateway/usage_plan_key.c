/*
 * AWS::ApiGateway::UsagePlanKey: an API key in a usage plan, which are its physical id: "KEY:PLAN".
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-usageplankey.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "KeyId"},
    {.path = "KeyType"},
    {.path = "UsagePlanId"},
    {.path = NULL},
};
static const struct wire_name names[] = {{"KeyId", "id"}, {"KeyType", "type"}, {NULL, NULL}};
static const struct table_key keys[] = {{"usageplanId", "UsagePlanId"}, {"keyId", "KeyId"}, {NULL, NULL}};
static const struct table_key inside[] = {
    {"usageplanId", "UsagePlanId"}, {"keyId", "KeyId"}, {"keyType", "KeyType"}, {NULL, NULL}};
static const char *const not_in_create[] = {"KeyId", "KeyType", "UsagePlanId", NULL};

static void receive(const struct resource_call *call, const struct value *answer,
                    struct resource_state *state)
{
    state->physical_id = arena_printf(call->arena, "%.*s:%.*s", STR_ARG(value_get_text(answer, "id")),
                                      STR_ARG(value_get_text(state->properties, "UsagePlanId")));
    and_with(call->arena, state->attributes, "Id", state->physical_id);
}

static const struct table table = {
    .shape = shape,
    .names = names,
    .keys = keys,
    .inside = inside,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_USAGE_PLAN_KEY,
    .read = APIGATEWAY_GET_USAGE_PLAN_KEY,
    .remove = APIGATEWAY_DELETE_USAGE_PLAN_KEY,
    .id = "id",
    .receive = receive,
};
TABLE_LIFE(table, apigateway_usage_plan_key_type)

const struct resource_type apigateway_usage_plan_key_type = {
    .name = "AWS::ApiGateway::UsagePlanKey",
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/usageplans/{UsagePlanId}/keys/{KeyId}",
};
