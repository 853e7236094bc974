/*
 * AWS::ApiGateway::RestApi.  Its name is not unique, so it is found again by its ownership tags.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-restapi.html
 */

#include "base/json.h"
#include "providers/apigateway/patch.h"
#include "providers/apigateway/rest_api_body.h"
#include "providers/apigateway/rest_api_extras.h"
#include "providers/apigateway/types.h"
#include "providers/policy.h"
#include "providers/shape.h"
#include "providers/wire.h"

static const struct shape shape[] = {
    {.path = "ApiKeySourceType", .otherwise = "\"HEADER\""},
    {.path = "BinaryMediaTypes", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Body", .kind = SHAPE_JSON},
    {.path = "BodyS3Location", .refused = "put the document into 'Body'"},
    {.path = "CloneFrom", .refused = "put the document into 'Body'"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "DisableExecuteApiEndpoint", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "EndpointAccessMode"},
    {.path = "EndpointConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Types\":[\"EDGE\"]}"},
    {.path = "EndpointConfiguration.IpAddressType"},
    {.path = "EndpointConfiguration.Types", .kind = SHAPE_LIST, .otherwise = "[\"EDGE\"]"},
    {.path = "EndpointConfiguration.VpcEndpointIds", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "FailOnWarnings", .kind = SHAPE_BOOL},
    {.path = "MinimumCompressionSize", .kind = SHAPE_NUMBER},
    {.path = "Mode"},
    {.path = "Name"},
    {.path = "Parameters", .kind = SHAPE_TEXTS},
    {.path = "Policy", .kind = SHAPE_POLICY},
    {.path = "SecurityPolicy"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};
static const char *const unreadable[] = {"FailOnWarnings", "Mode", "Parameters", NULL};
static const char *const readable[] = {"Body", NULL}; /* as far as rest_api_body.h says */

static const struct wire_name names[] = {{"ApiKeySourceType", "apiKeySource"}, {NULL, NULL}};
static const struct wire wire = {.shape = shape, .names = names, .small_letters = true};

/* --- reading --- */

/* API Gateway gives the policy as the inside of a JSON string, with all quotes escaped. */
static struct str unescaped(struct arena *arena, struct str text)
{
    struct value *inner;
    struct error ignored = ERROR_INIT;
    if (!str_starts(text, "{\\\"") ||
        !json_read(arena, STR_EMPTY, arena_printf(arena, "\"%.*s\"", STR_ARG(text)), &inner, &ignored))
        return text;
    return value_text(inner);
}

/* "execute-api:/..." is stored with the API's whole ARN in front: it is shortened again where it was written
 * so. */
static struct str shortened(const struct resource_call *call, struct str api, struct str text)
{
    struct arena *arena = call->arena;
    const struct value *written = value_get(call->properties, "Policy");
    struct str before =
        arena_printf(arena, "arn:%.*s:execute-api:%.*s:%.*s:%.*s/", STR_ARG(aws_partition(call->aws)),
                     STR_ARG(aws_region(call->aws)), STR_ARG(aws_account(call->aws)), STR_ARG(api));
    if (!written || str_contains(policy_text(arena, written), arena_strz(arena, before)))
        return text;
    struct buf out = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < text.len;) {
        bool here = str_equal(str_slice(text, i, before.len), before);
        buf_add(&out, here ? STR("execute-api:/") : str_slice(text, i, 1));
        i += here ? before.len : 1;
    }
    struct str result = out.overflow ? text : arena_str(arena, buf_str(&out));
    buf_release(&out);
    return result;
}

static bool read_policy(const struct resource_call *call, struct str api, const struct value *answer,
                        struct value *live, struct error *error)
{
    struct str text = value_get_text(answer, "policy");
    struct value *policy;
    value_remove(live, STR("Policy"));
    if (!text.len)
        return true;
    if (!json_of_answer(call->arena, shortened(call, api, unescaped(call->arena, text)), &policy, error))
        return false;
    value_setz(call->arena, live, "Policy", policy);
    return true;
}

static bool give(const struct resource_call *call, const struct value *answer, const struct value *asked,
                 struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct str api = value_get_text(answer, "id");
    state->physical_id = api;
    state->attributes = input_with(arena, "RestApiId", api);
    and_with(arena, state->attributes, "RootResourceId", value_get_text(answer, "rootResourceId"));
    state->tags = value_get(answer, "tags") ? value_get(answer, "tags") : value_map(arena);
    struct value *live = state->properties = wire_in(&wire, arena, "", answer);
    if (!read_policy(call, api, answer, live, error))
        return false;
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(shape, arena, live);
    shape_normalize(shape, arena, live);
    struct value *declared = asked ? value_copy(arena, asked) : value_map(arena);
    shape_normalize(shape, arena, declared);
    return !value_get(declared, "Body") || rest_api_read_body(call, api, declared, state, error);
}

static bool read_as(const struct resource_call *call, const struct value *asked, struct resource_state *state,
                    struct error *error)
{
    struct value *answer;
    return aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_REST_API], call->arena,
                    api_input(call->arena, call->physical_id), &answer, error) &&
           give(call, answer, asked, state, error);
}

static bool rest_api_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_as(call, call->properties, state, error);
}

static bool has_ownership(const struct value *tags)
{
    for (size_t i = 0; value_is(tags, VALUE_MAP) && i < tags->count; i++)
        if (str_starts(tags->entries[i].key, "plumb:"))
            return true;
    return false;
}

static bool rest_api_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *apis, *input = value_map(call->arena);
    value_setz(call->arena, input, "limit", value_int(call->arena, 500));
    if (!aws_list(call->aws, &apigateway_operations[APIGATEWAY_GET_REST_APIS], call->arena, input, &apis,
                  error))
        return false;
    for (size_t i = 0; has_ownership(call->tags) && i < apis->count; i++)
        if (carries_our_tags(call, value_get(apis->items[i], "tags")))
            return give(call, apis->items[i], call->properties, state, error);
    return error_set(error, ERROR_NOT_FOUND, "there is no REST API with the tags of '%.*s'",
                     STR_ARG(call->logical_id));
}

/* --- writing --- */

static const struct patch_row rows[] = {
    {"ApiKeySourceType", "/apiKeySource", PATCH_FIXED},
    {"BinaryMediaTypes", "/binaryMediaTypes", PATCH_NAMES},
    {"Description", "/description", PATCH_TEXT},
    {"DisableExecuteApiEndpoint", "/disableExecuteApiEndpoint", PATCH_FIXED},
    {"EndpointAccessMode", "/endpointAccessMode", PATCH_FIXED},
    {"MinimumCompressionSize", "/minimumCompressionSize", PATCH_TEXT},
    {"Name", "/name", PATCH_FIXED},
    {"SecurityPolicy", "/securityPolicy", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};

/* As it was written, if it is a text. */
static void patch_policy(struct arena *arena, const struct value *target, const struct value *live,
                         struct value *patch)
{
    const struct value *wanted = value_get(target, "Policy");
    bool nothing = shape_covers(NULL, wanted);
    if (shape_differs(target, live, "Policy"))
        patch_add(arena, patch, "replace", STR("/policy"),
                  value_string(arena, nothing ? STR_EMPTY : policy_text(arena, wanted)));
}

static void patch_endpoint(struct arena *arena, const struct value *wanted, const struct value *live,
                           struct value *patch)
{
#define ENDPOINT "/endpointConfiguration/"
    const struct value *ids = value_get(wanted, "VpcEndpointIds"), *old = value_get(live, "VpcEndpointIds");
    if (shape_differs(wanted, live, "Types")) {
        struct str type = value_text(value_at(value_get(live, "Types"), 0));
        patch_add(arena, patch, "replace", arena_printf(arena, ENDPOINT "types/%.*s", STR_ARG(type)),
                  value_at(value_get(wanted, "Types"), 0));
    }
    if (shape_differs(wanted, live, "IpAddressType") && value_get_text(wanted, "IpAddressType").len)
        patch_add(arena, patch, "replace", STR(ENDPOINT "ipAddressType"), value_get(wanted, "IpAddressType"));
    for (size_t i = 0; value_is(ids, VALUE_LIST) && i < ids->count; i++)
        if (!list_has(old, value_text(ids->items[i])))
            patch_add(arena, patch, "add", STR(ENDPOINT "vpcEndpointIds"), ids->items[i]);
    for (size_t i = 0; ids && value_is(old, VALUE_LIST) && i < old->count; i++)
        if (!list_has(ids, value_text(old->items[i])))
            patch_add(arena, patch, "remove", STR(ENDPOINT "vpcEndpointIds"), old->items[i]);
#undef ENDPOINT
}

static bool write_plain(const struct resource_call *call, const struct value *target,
                        const struct value *live, struct error *error)
{
    struct value *patch = patch_between(call->arena, rows, target, live);
    patch_policy(call->arena, target, live, patch);
    if (shape_differs(target, live, "EndpointConfiguration"))
        patch_endpoint(call->arena, value_get(target, "EndpointConfiguration"),
                       value_get(live, "EndpointConfiguration"), patch);
    return patch_send(call, APIGATEWAY_UPDATE_REST_API, api_input(call->arena, call->physical_id), patch,
                      error);
}

/* The digest does not see what is secret, so the documents are compared too. */
static bool body_must_be_put(struct arena *arena, const struct value *target, const struct value *previous,
                             const struct value *live)
{
    if (!value_is(value_get(target, "Body"), VALUE_MAP))
        return false;
    struct value *old = previous ? value_copy(arena, previous) : value_map(arena);
    shape_normalize(shape, arena, old);
    return shape_differs(target, live, "Body") ||
           (previous &&
            !(value_get(old, "Body") && value_equal(value_get(target, "Body"), value_get(old, "Body"))));
}

/* In the tags from the create on: a create that goes no further is noticed by the missing methods. */
static const struct value *body_tag(struct arena *arena, const struct value *target)
{
    return value_is(value_get(target, "Body"), VALUE_MAP) ? rest_api_body_tag(arena, target) : NULL;
}

/* A document overwrites the API's other properties too, so that these come after it. */
static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    if (!read_as(call, target, state, error))
        return false;
    if (body_must_be_put(call->arena, target, call->previous, state->properties)) {
        if (!rest_api_put_body(call, call->physical_id, target, error) || !read_as(call, NULL, state, error))
            return false;
    }
    struct str path = arena_printf(call->arena, "restapis/%.*s", STR_ARG(call->physical_id));
    return write_plain(call, target, state->properties, error) &&
           apigateway_write_tags(call, apigateway_arn(call, path), state->tags, body_tag(call->arena, target),
                                 error);
}

static bool check(const struct resource_call *call, struct error *error)
{
    const struct value *body = value_get(call->properties, "Body");
    struct value *properties =
        call->properties ? value_copy(call->arena, call->properties) : value_map(call->arena);
    shape_normalize(shape, call->arena, properties);
    if (body && !value_is(value_get(properties, "Body"), VALUE_MAP))
        return value_error(body, error, ERROR_INVALID, "'Body' is not an OpenAPI document in JSON");
    if (!value_get_text(properties, "Name").len &&
        !value_text(value_path(properties, "Body", "info", "title", NULL)).len)
        return value_error(call->properties, error, ERROR_INVALID,
                           "a REST API needs a 'Name' or a 'Body' with a title");
    return shape_check(shape, apigateway_rest_api_type.name, call->properties, error);
}

static bool rest_api_update(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    return check(call, error) && update_until_answered(update_once, call, state, error);
}

static bool rest_api_create(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    static const char *const given[] = {"ApiKeySourceType",
                                        "BinaryMediaTypes",
                                        "Description",
                                        "DisableExecuteApiEndpoint",
                                        "EndpointAccessMode",
                                        "EndpointConfiguration",
                                        "MinimumCompressionSize",
                                        "Name",
                                        "SecurityPolicy",
                                        NULL};
    struct arena *arena = call->arena;
    if (!check(call, error))
        return false;
    struct value *target = shape_target(shape, arena, call->properties, NULL), *made = value_map(arena);
    members_copy(arena, made, target, given);
    if (!value_get(made, "Name"))
        value_setz(arena, made, "Name", value_path(target, "Body", "info", "title", NULL));
    struct value *input = wire_out(&wire, arena, "", made), *answer;
    struct value *tags = resource_tags(call);
    const struct value *tag = body_tag(arena, target);
    if (tag)
        value_setz(arena, tags, REST_API_BODY_TAG, value_get(tag, REST_API_BODY_TAG));
    value_setz(arena, input, "tags", tags);
    if (!create_once(call, &apigateway_rest_api_type, &apigateway_operations[APIGATEWAY_CREATE_REST_API],
                     input, apigateway_busy, APIGATEWAY_BUSY_MS, &answer, error))
        return false;
    if (!answer && !rest_api_find(call, state, error))
        return false;
    struct resource_call found = *call;
    found.physical_id = answer ? value_get_text(answer, "id") : state->physical_id;
    found.previous = NULL;
    return update_until_answered(update_once, &found, state, error);
}

/* Looks first: AWS takes one deletion in 30 seconds, which would be lost on an API that is gone. */
static bool rest_api_remove(const struct resource_call *call, struct error *error)
{
    struct value *input = api_input(call->arena, call->physical_id);
    if (call_simply(call, &apigateway_operations[APIGATEWAY_GET_REST_API], input, error))
        return call_or_absent(call, &apigateway_operations[APIGATEWAY_DELETE_REST_API], input, error);
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

/* The Serverless Framework writes "" where there is no policy. */
static void rest_api_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    if (value_is_text(value_get(properties, "Policy"), ""))
        value_remove(properties, STR("Policy"));
}

const struct resource_type apigateway_rest_api_type = {
    .name = "AWS::ApiGateway::RestApi",
    .traits = RESOURCE_TAGGED,
    .unreadable = unreadable,
    .readable = readable,
    .read = rest_api_read,
    .find = rest_api_find,
    .create = rest_api_create,
    .update = rest_api_update,
    .remove = rest_api_remove,
    .extras = rest_api_extras,
    .remove_extra = rest_api_remove_extra,
    .normalize = rest_api_normalize,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}",
};
