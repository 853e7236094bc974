/*
 * AWS::ApiGatewayV2::Api: an HTTP or a WebSocket API.  Its name is not unique, so it is found again by its
 * ownership tags; an import cannot carry tags, so an API with a document is made empty, with its tags, and
 * takes the document in then.  A document overwrites the other properties too: these come after it.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
 */

#include "providers/apigatewayv2/api_body.h"
#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "ApiKeySelectionExpression", .otherwise = "\"$request.header.x-api-key\""},
    {.path = "Body", .kind = SHAPE_JSON},
    {.path = "CorsConfiguration.AllowCredentials", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "CorsConfiguration.AllowHeaders", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "CorsConfiguration.AllowMethods", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "CorsConfiguration.AllowOrigins", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "CorsConfiguration.ExposeHeaders", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "DisableExecuteApiEndpoint", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "DisableSchemaValidation", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "IpAddressType", .otherwise = "\"ipv4\""},
    {.path = "RouteSelectionExpression", .otherwise = "\"$request.method $request.path\""},
    {.path = "Version", .otherwise = "\"\""},
    {.facts = "AWS::ApiGatewayV2::Api"},
};

static const char *const readable[] = {"Body", "BodyS3Location", NULL}; /* as far as api_body.h says */
static const char *const apart[] = {"BasePath", "Body", "BodyS3Location", "FailOnWarnings", NULL};
static const struct plain_key keys[] = {{"apiId", NULL}, {NULL, NULL}};

/* --- reading --- */

/* The tags that the document puts on are the document's: nobody added them. */
static void drop_tags_of_document(const struct resource_call *call, const struct value *declared,
                                  struct resource_state *state)
{
    const struct value *all = value_path(declared, "Body", "tags", NULL);
    const struct value *own = tags_as_map(call->arena, value_get(declared, "Tags"), "Key", "Value");
    struct value *left = value_copy(call->arena, state->tags);
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct str key = value_get_text(all->items[i], "name"),
                   text = value_get_text(all->items[i], "x-amazon-apigateway-tag-value");
        if (!value_get_str(own, key) && str_equal(value_text(value_get_str(left, key)), text))
            value_remove(left, key);
    }
    state->tags = left;
    value_setz(call->arena, state->properties, "Tags",
               tags_as_list(call->arena, tags_of_user(call, left), "Key", "Value"));
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct arena *arena = call->arena;
    struct value *declared = call->properties ? value_copy(arena, call->properties) : value_map(arena);
    (void)item;
    and_with(arena, state->attributes, "ExecuteApiArn",
             arena_printf(arena, "arn:%.*s:execute-api:%.*s:%.*s:%.*s", STR_ARG(aws_partition(call->aws)),
                          STR_ARG(aws_region(call->aws)), STR_ARG(aws_account(call->aws)),
                          STR_ARG(state->physical_id)));
    shape_normalize(rules, arena, declared);
    drop_tags_of_document(call, declared, state);
    return api_read_body(call, declared, state, error);
}

static bool extras(const struct resource_call *call, struct value **all, struct error *error)
{
    struct value *declared = call->properties ? value_copy(call->arena, call->properties) : NULL;
    if (declared)
        shape_normalize(rules, call->arena, declared);
    return api_extra_routes(call, declared, all, error);
}

static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    struct value *input = plain_input(call, keys);
    return call_or_absent(call, &apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE],
                          and_with(call->arena, input, "routeId", value_get_text(extra, "Id")), error);
}

static bool has_ownership(const struct value *tags)
{
    for (size_t i = 0; value_is(tags, VALUE_MAP) && i < tags->count; i++)
        if (str_starts(tags->entries[i].key, "plumb:"))
            return true;
    return false;
}

static bool find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *apis, *input = input_with(call->arena, "MaxResults", STR("500"));
    if (!aws_list(call->aws, &apigatewayv2_operations[APIGATEWAYV2_GET_APIS], call->arena, input, &apis,
                  error))
        return false;
    for (size_t i = 0; has_ownership(call->tags) && i < apis->count; i++) {
        struct resource_call there = *call;
        there.physical_id = value_get_text(apis->items[i], "apiId");
        if (carries_our_tags(call, value_get(apis->items[i], "tags")))
            return plain_read(&there, state, error);
    }
    return error_set(error, ERROR_NOT_FOUND, "there is no API with the tags of '%.*s'",
                     STR_ARG(call->logical_id));
}

/* --- writing --- */

/* What a create needs and the document says, or gives later. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    struct str title = value_text(value_path(target, "Body", "info", "title", NULL));
    (void)error;
    if (live)
        return true;
    if (!value_get(input, "name"))
        and_with(call->arena, input, "name", title.len ? title : call->name);
    if (!value_get(input, "protocolType"))
        and_with(call->arena, input, "protocolType", STR("HTTP"));
    return true;
}

static bool write_apart(const struct resource_call *call, const struct value *target,
                        const struct resource_state *live, struct error *error)
{
    const struct value *cors = value_get(target, "CorsConfiguration");
    return !cors || cors->kind != VALUE_NULL || !value_get(live->properties, "CorsConfiguration") ||
           call_or_absent(call, &apigatewayv2_operations[APIGATEWAYV2_DELETE_CORS_CONFIGURATION],
                          plain_input(call, keys), error);
}

static bool is_as_before(struct arena *arena, const struct value *target, const struct value *previous,
                         const char *property)
{
    struct value *old = previous ? value_copy(arena, previous) : value_map(arena);
    const struct value *now = value_get(target, property);
    shape_normalize(rules, arena, old);
    return !now || (value_get(old, property) && value_equal(now, value_get(old, property)));
}

/* The digest does not see what is secret, so the documents are compared too. */
static bool body_must_be_put(struct arena *arena, const struct value *target, const struct value *previous,
                             const struct value *live)
{
    return shape_differs_at_all(target, live, "Body") ||
           shape_differs_at_all(target, live, "BodyS3Location") ||
           (previous && !(is_as_before(arena, target, previous, "Body") &&
                          is_as_before(arena, target, previous, "BodyS3Location")));
}

static bool update_with_body(const struct resource_call *call, struct resource_state *state,
                             struct error *error)
{
    struct arena *arena = call->arena;
    struct value *target = shape_target(rules, arena, call->properties, NULL);
    struct value *tags = call->tags ? value_copy(arena, call->tags) : value_map(arena);
    struct resource_call marked = *call;
    if (!plain_read(call, state, error) ||
        (body_must_be_put(arena, target, call->previous, state->properties) &&
         !api_put_body(call, target, error)))
        return false;
    value_setz(arena, tags, API_BODY_TAG, value_get(api_body_tag(arena, target), API_BODY_TAG));
    marked.tags = tags;
    return plain_update(&marked, state, error);
}

static bool update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *properties = shape_target(rules, call->arena, call->properties, NULL);
    return api_has_body(properties) ? update_until_answered(update_with_body, call, state, error)
                                    : plain_update(call, state, error);
}

static bool create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *properties = shape_target(rules, call->arena, call->properties, NULL);
    if (!plain_create(call, state, error))
        return false;
    struct resource_call made = *call;
    made.physical_id = state->physical_id;
    made.previous = NULL;
    return !api_has_body(properties) || update_until_answered(update_with_body, &made, state, error);
}

/* --- comparing --- */

static void lower(struct arena *arena, struct value *list)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++) {
        struct str text = value_text(list->items[i]);
        char *copy = arena_alloc(arena, text.len + 1);
        for (size_t k = 0; k < text.len; k++)
            copy[k] =
                text.ptr[k] >= 'A' && text.ptr[k] <= 'Z' ? (char)(text.ptr[k] - 'A' + 'a') : text.ptr[k];
        list->items[i] =
            value_at_position_of(value_string(arena, (struct str){copy, text.len}), list->items[i]);
    }
    if (value_is(list, VALUE_LIST))
        value_sort(arena, list, NULL);
}

/* "${request.method} ${request.path}" is another writing of "$request.method $request.path". */
static struct value *plain_expression(struct arena *arena, const struct value *value)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    struct str text = value_text(value);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '{' && text.ptr[i] != '}')
            buf_addc(&out, text.ptr[i]);
    struct value *result = value_at_position_of(value_string(arena, buf_str(&out)), value);
    buf_release(&out);
    return result;
}

/* AWS gives names of headers back in small letters. */
static void normalize(struct arena *arena, struct value *properties)
{
    static const char *const lists[] = {"AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders"};
    const struct value *cors = value_get(properties, "CorsConfiguration");
    const struct value *expression = value_get(properties, "RouteSelectionExpression");
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        lower(arena, value_get(cors, lists[i]));
    if (value_is(expression, VALUE_STRING))
        value_setz(arena, properties, "RouteSelectionExpression", plain_expression(arena, expression));
}

static bool check(const struct value *properties, struct error *error)
{
    const struct value *body = value_get(properties, "Body");
    if (body && !value_is(body, VALUE_MAP) && !value_is(body, VALUE_STRING) && !value_is(body, VALUE_UNKNOWN))
        return value_error(body, error, ERROR_INVALID, "'Body' is not an OpenAPI document");
    if (body || value_get(properties, "BodyS3Location"))
        return true;
    if (!value_get(properties, "Name") || !value_get(properties, "ProtocolType"))
        return value_error(properties, error, ERROR_INVALID,
                           "an API needs a 'Name' and a 'ProtocolType', or a 'Body'");
    return true;
}

static struct str tagged_by(const struct resource_call *call, struct str id)
{
    return apigatewayv2_arn(call, arena_printf(call->arena, "apis/%.*s", STR_ARG(id)));
}

static const struct plain api = {
    .rules = rules,
    .small_letters = true,
    .apart = apart,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_API],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_API],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_API],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_API],
    .keys = keys,
    .id = "apiId",
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .tags = "tags",
    .tags_read = "tags",
    .tag_calls = &apigatewayv2_tag_calls,
    .tagged_by = tagged_by,
    .send = send,
    .receive = receive,
    .write_apart = write_apart,
};

const struct resource_type apigatewayv2_api_type = {
    .name = "AWS::ApiGatewayV2::Api",
    .traits = RESOURCE_TAGGED,
    .name_max = 128,
    .readable = readable,
    .read = plain_read,
    .find = find,
    .create = create,
    .update = update,
    .remove = plain_remove,
    .extras = extras,
    .remove_extra = remove_extra,
    .normalize = normalize,
    .check = check,
    .plain = &api,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}",
};
