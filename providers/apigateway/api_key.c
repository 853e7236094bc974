/*
 * AWS::ApiGateway::ApiKey.  Its name is not unique, so it is found again by its ownership tags.  A key whose
 * value AWS chose is lost for its callers when it goes.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-apikey.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "CustomerId"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Enabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "GenerateDistinctId", .kind = SHAPE_BOOL},
    {.path = "Name"},
    {.path = "StageKeys", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "StageKeys.RestApiId"},
    {.path = "StageKeys.StageName"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "Value"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"CustomerId", "/customerId", PATCH_TEXT},
    {"Description", "/description", PATCH_TEXT},
    {"Enabled", "/enabled", PATCH_FIXED},
    {"StageKeys", "/stages", PATCH_ITEMS},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {{"apiKey", NULL}, {NULL, NULL}};
static const enum apigateway_operation list = APIGATEWAY_GET_API_KEYS;
static const char *const unreadable[] = {"GenerateDistinctId", NULL};

static bool declares_value(const struct resource_call *call)
{
    return value_get(call->properties, "Value") != NULL;
}

/* The value is asked for only where it is declared. */
static void ask(const struct resource_call *call, struct value *input)
{
    if (declares_value(call))
        value_setz(call->arena, input, "includeValue", value_bool(call->arena, true));
}

/* "a1b2c3/prod" -> {RestApiId, StageName} */
static void receive(const struct resource_call *call, const struct value *answer,
                    struct resource_state *state)
{
    const struct value *stages = value_get(answer, "stageKeys");
    struct value *items = value_list(call->arena);
    for (size_t i = 0; value_is(stages, VALUE_LIST) && i < stages->count; i++) {
        struct str text = value_text(stages->items[i]);
        size_t slash = str_find(text, '/');
        struct value *item = input_with(call->arena, "RestApiId", str_slice(text, 0, slash));
        value_append(call->arena, items,
                     and_with(call->arena, item, "StageName", str_from_index(text, slash + 1)));
    }
    value_setz(call->arena, state->properties, "StageKeys", items);
    if (!declares_value(call))
        value_remove(state->properties, STR("Value"));
}

static void stages_as_texts(struct arena *arena, struct value *properties)
{
    const struct value *stages = value_get(properties, "StageKeys");
    struct value *texts = value_list(arena);
    for (size_t i = 0; value_is(stages, VALUE_LIST) && i < stages->count; i++)
        value_append(arena, texts,
                     value_stringf(arena, "%.*s/%.*s", STR_ARG(value_get_text(stages->items[i], "RestApiId")),
                                   STR_ARG(value_get_text(stages->items[i], "StageName"))));
    if (stages)
        value_setz(arena, properties, "StageKeys", texts);
}

static void aim(const struct resource_call *call, struct value *target, struct value *live)
{
    stages_as_texts(call->arena, target);
    stages_as_texts(call->arena, live);
}

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .create = APIGATEWAY_CREATE_API_KEY,
    .read = APIGATEWAY_GET_API_KEY,
    .update = APIGATEWAY_UPDATE_API_KEY,
    .remove = APIGATEWAY_DELETE_API_KEY,
    .list = &list,
    .id = "id",
    .name = "Name",
    .attribute = "APIKeyId",
    .tagged = "apikeys/",
    .write_tags = apigateway_write_tags,
    .ask = ask,
    .receive = receive,
    .aim = aim,
};
TABLE_LIFE(table, apigateway_api_key_type)

const struct resource_type apigateway_api_key_type = {
    .name = "AWS::ApiGateway::ApiKey",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_max = 128,
    .unreadable = unreadable,
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/apikeys/{APIKeyId}",
};
