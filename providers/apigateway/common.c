#include "providers/apigateway/common.h"

const struct hurdle apigateway_busy[] = {
    {"ConflictException", "concurrent modification"},
    {"ConflictException", "try again"},
    {NULL, NULL},
};

bool api_of(const struct resource_call *call, struct str *api, struct error *error)
{
    const struct value *id = value_get(call->properties, "RestApiId");
    if (!id)
        id = value_get(call->previous, "RestApiId");
    *api = value_text(id);
    if (value_is(id, VALUE_UNKNOWN))
        return error_set(error, ERROR_NOT_FOUND, "the API of '%.*s' does not exist yet",
                         STR_ARG(call->logical_id));
    return api->len ||
           error_set(error, ERROR_INVALID, "'RestApiId' is missing: it names the API that '%.*s' belongs to",
                     STR_ARG(call->logical_id));
}

struct value *api_input(struct arena *arena, struct str api)
{
    return input_with(arena, "restApiId", api);
}

struct str apigateway_arn(const struct resource_call *call, struct str path)
{
    return arena_printf(call->arena, "arn:%.*s:apigateway:%.*s::/%.*s", STR_ARG(aws_partition(call->aws)),
                        STR_ARG(aws_region(call->aws)), STR_ARG(path));
}

static const struct tag_calls tag_calls = {
    .tag = &apigateway_operations[APIGATEWAY_TAG_RESOURCE],
    .untag = &apigateway_operations[APIGATEWAY_UNTAG_RESOURCE],
    .resource = "resourceArn",
    .tags = "tags",
    .names = "tagKeys",
};

bool apigateway_write_tags(const struct resource_call *call, struct str arn, const struct value *live_tags,
                           const struct value *more, struct error *error)
{
    struct value *set, *gone;
    tags_compare(call, live_tags, &set, &gone);
    for (size_t i = 0; value_is(more, VALUE_MAP) && i < more->count; i++)
        if (!str_equal(value_text(value_get_str(live_tags, more->entries[i].key)),
                       value_text(more->entries[i].value)))
            value_set(call->arena, set, more->entries[i].key, more->entries[i].value);
    return tags_send(call, &tag_calls, arn, set, gone, error);
}
