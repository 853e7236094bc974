#include "providers/apigatewayv2/common.h"

const struct hurdle apigatewayv2_busy[] = {
    {"ConflictException", "concurrent modification"},
    {"ConflictException", "try again"},
    {NULL, NULL},
};

const struct tag_calls apigatewayv2_tag_calls = {
    .tag = &apigatewayv2_operations[APIGATEWAYV2_TAG_RESOURCE],
    .untag = &apigatewayv2_operations[APIGATEWAYV2_UNTAG_RESOURCE],
    .resource = "resource-arn",
    .tags = "tags",
    .names = "TagKeys",
};

const struct plain_key apigatewayv2_inside[] = {{"apiId", "ApiId"}, {NULL, NULL}};

struct str apigatewayv2_arn(const struct resource_call *call, struct str path)
{
    return arena_printf(call->arena, "arn:%.*s:apigateway:%.*s::/%.*s", STR_ARG(aws_partition(call->aws)),
                        STR_ARG(aws_region(call->aws)), STR_ARG(path));
}

struct value *apigatewayv2_keys_gone(const struct resource_call *call, const struct value *target,
                                     const struct resource_state *live, const char *property)
{
    struct value *gone = value_list(call->arena);
    const struct value *wanted = value_get(target, property),
                       *now = live ? value_get(live->properties, property) : NULL;
    for (size_t i = 0; wanted && value_is(now, VALUE_MAP) && i < now->count; i++) {
        const struct value *one = value_get_str(wanted, now->entries[i].key);
        if (!one || one->kind == VALUE_NULL)
            value_append(call->arena, gone, value_string(call->arena, now->entries[i].key));
    }
    return gone;
}

void apigatewayv2_drop_keys(const struct resource_call *call, const struct value *target,
                            const struct resource_state *live, const char *property, struct value *input,
                            const char *member, const struct value *gone)
{
    const struct value *keys = apigatewayv2_keys_gone(call, target, live, property);
    if (!keys->count)
        return;
    struct value *map = value_get(input, member);
    if (!value_is(map, VALUE_MAP)) {
        map = value_map(call->arena);
        value_setz(call->arena, input, member, map);
    }
    for (size_t i = 0; i < keys->count; i++)
        value_set(call->arena, map, value_text(keys->items[i]), value_copy(call->arena, gone));
}
