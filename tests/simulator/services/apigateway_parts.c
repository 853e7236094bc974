/* What else hangs on a REST API: models, request validators, authorizers, gateway responses. */

#include <string.h>

#include "base/json.h"
#include "tests/simulator/services/apigateway.h"

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static bool bad(struct call *call, const char *what)
{
    return call_fail(call, 400, "BadRequestException", "%s", what);
}

/* One of the API's map by the path's label; NULL after call_fail. */
static struct value *part_of(struct call *call, struct value *api, const char *map, const char *label,
                             const char *what)
{
    struct value *one = api ? value_get_str(value_get(api, map), call_text(call, label)) : NULL;
    if (api && !one)
        call_fail(call, 404, "NotFoundException", "Invalid %s identifier specified", what);
    return one;
}

static bool give(struct call *call, const struct value *one)
{
    if (one)
        call->output = value_copy(call->arena, one);
    return one != NULL;
}

static bool give_page(struct call *call, const char *map)
{
    struct value *api = apigateway_api(call);
    return api && apigateway_page(call, value_get(api, map));
}

static bool has_named(const struct value *map, struct str name)
{
    for (size_t i = 0; map && i < map->count; i++)
        if (str_equal(value_get_text(map->entries[i].value, "name"), name))
            return true;
    return false;
}

static struct value *make_part(struct call *call, struct value *api, const char *map, struct str key,
                               const char *const *members)
{
    struct value *one = state_put(call, value_get(api, map), key, value_map(call->arena));
    for (; *members; members++)
        (void)state_member(call, one, *members);
    call->status = 201;
    return one;
}

static bool patch_part(struct call *call, struct value *one, const struct patch_member *members,
                       bool (*check)(struct call *, const struct value *))
{
    struct value *patched = one ? apigateway_patched(call, one, members) : NULL;
    if (!patched || (check && !check(call, patched)))
        return false;
    apigateway_replace(call, one, patched);
    return give(call, one);
}

/* --- models --- */

static bool check_model(struct call *call, const struct value *model)
{
    struct value *schema;
    struct error error = ERROR_INIT;
    struct str text = value_get_text(model, "schema");
    if (text.len && !json_read(call->arena, STR_EMPTY, text, &schema, &error))
        return bad(call, "Invalid model specified: Validation Result: errors : [Invalid model schema]");
    return true;
}

bool apigateway_create_model(struct call *call)
{
    static const char *const members[] = {"name", "description", "schema", "contentType", NULL};
    struct value *api = apigateway_api(call);
    struct str name = call_text(call, "name");
    if (!api)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", name.ptr[i]))
            return bad(call, "Model name must be alphanumeric");
    if (!name.len || !call_text(call, "contentType").len)
        return bad(call, "Model name and content type must be non-empty");
    if (value_get_str(value_get(api, "models"), name))
        return call_fail(call, 409, "ConflictException", "Model name already exists for this REST API");
    if (!check_model(call, call->input))
        return false;
    struct value *one = make_part(call, api, "models", name, members);
    state_text(call, one, "id", call_id(call, id_letters, 6));
    return give(call, one);
}

bool apigateway_get_model(struct call *call)
{
    return give(call, part_of(call, apigateway_api(call), "models", "model_name", "Model"));
}

bool apigateway_get_models(struct call *call)
{
    return give_page(call, "models");
}

bool apigateway_update_model(struct call *call)
{
    static const struct patch_member members[] = {{"description", PATCHES_TEXT, false, NULL},
                                                  {"schema", PATCHES_TEXT, false, NULL},
                                                  {NULL, PATCHES_TEXT, false, NULL}};
    return patch_part(call, part_of(call, apigateway_api(call), "models", "model_name", "Model"), members,
                      check_model);
}

bool apigateway_delete_model(struct call *call)
{
    struct value *api = apigateway_api(call);
    call->status = 202;
    return part_of(call, api, "models", "model_name", "Model") &&
           value_remove(value_get(api, "models"), call_text(call, "model_name"));
}

/* --- request validators --- */

bool apigateway_create_validator(struct call *call)
{
    static const char *const members[] = {"name", NULL};
    struct value *api = apigateway_api(call);
    if (!api)
        return false;
    struct str id = call_id(call, id_letters, 6);
    struct value *one = make_part(call, api, "requestvalidators", id, members);
    state_text(call, one, "id", id);
    state_bool(call, one, "validateRequestBody", value_get_bool(call->input, "validateRequestBody", false));
    state_bool(call, one, "validateRequestParameters",
               value_get_bool(call->input, "validateRequestParameters", false));
    return give(call, one);
}

static struct value *validator(struct call *call, struct value *api)
{
    return part_of(call, api, "requestvalidators", "requestvalidator_id", "Request Validator");
}

bool apigateway_get_validator(struct call *call)
{
    return give(call, validator(call, apigateway_api(call)));
}

bool apigateway_get_validators(struct call *call)
{
    return give_page(call, "requestvalidators");
}

bool apigateway_update_validator(struct call *call)
{
    static const struct patch_member members[] = {{"name", PATCHES_TEXT, true, NULL},
                                                  {"validateRequestBody", PATCHES_BOOL, true, NULL},
                                                  {"validateRequestParameters", PATCHES_BOOL, true, NULL},
                                                  {NULL, PATCHES_TEXT, false, NULL}};
    return patch_part(call, validator(call, apigateway_api(call)), members, NULL);
}

bool apigateway_delete_validator(struct call *call)
{
    struct value *api = apigateway_api(call);
    call->status = 202;
    return validator(call, api) &&
           value_remove(value_get(api, "requestvalidators"), call_text(call, "requestvalidator_id"));
}

/* --- authorizers --- */

static bool check_authorizer(struct call *call, const struct value *one)
{
    struct str type = value_get_text(one, "type");
    const struct value *pools = value_get(one, "providerARNs");
    int64_t ttl = value_get_int(one, "authorizerResultTtlInSeconds", 300);
    if (!str_is(type, "TOKEN") && !str_is(type, "REQUEST") && !str_is(type, "COGNITO_USER_POOLS"))
        return bad(call, "Invalid authorizer type specified");
    if (str_is(type, "COGNITO_USER_POOLS") ? !pools || !pools->count
                                           : !value_get_text(one, "authorizerUri").len)
        return bad(call, "Invalid Authorizer: what it asks is missing");
    if (str_is(type, "TOKEN") && !value_get_text(one, "identitySource").len)
        return bad(call, "Invalid Authorizer: a token authorizer needs an identity source");
    if (ttl < 0 || ttl > 3600)
        return bad(call, "Authorizer result ttl must be between 0 and 3600 seconds");
    return true;
}

bool apigateway_create_authorizer(struct call *call)
{
    static const char *const members[] = {"name",
                                          "type",
                                          "providerARNs",
                                          "authType",
                                          "authorizerUri",
                                          "authorizerCredentials",
                                          "identitySource",
                                          "identityValidationExpression",
                                          "authorizerResultTtlInSeconds",
                                          NULL};
    struct value *api = apigateway_api(call);
    struct str name = call_text(call, "name");
    if (!api)
        return false;
    if (!name.len)
        return bad(call, "Authorizer name must be non-empty");
    if (has_named(value_get(api, "authorizers"), name))
        return call_fail(call, 409, "ConflictException",
                         "Authorizer name must be unique. Authorizer %.*s already exists in this RestApi.",
                         STR_ARG(name));
    if (!check_authorizer(call, call->input))
        return false;
    struct str id = call_id(call, id_letters, 6);
    struct value *one = make_part(call, api, "authorizers", id, members);
    state_text(call, one, "id", id);
    if (!value_get(one, "authType"))
        state_text(call, one, "authType",
                   str_starts(call_text(call, "type"), "COGNITO") ? STR("cognito_user_pools")
                                                                  : STR("custom"));
    if (!value_get(one, "authorizerResultTtlInSeconds"))
        state_int(call, one, "authorizerResultTtlInSeconds", 300);
    return give(call, one);
}

static struct value *authorizer(struct call *call, struct value *api)
{
    return part_of(call, api, "authorizers", "authorizer_id", "Authorizer");
}

bool apigateway_get_authorizer(struct call *call)
{
    return give(call, authorizer(call, apigateway_api(call)));
}

bool apigateway_get_authorizers(struct call *call)
{
    return give_page(call, "authorizers");
}

bool apigateway_update_authorizer(struct call *call)
{
    static const struct patch_member members[] = {
        {"name", PATCHES_TEXT, true, NULL},
        {"type", PATCHES_TEXT, true, NULL},
        {"providerARNs", PATCHES_ITEMS, false, NULL},
        {"authType", PATCHES_TEXT, false, NULL},
        {"authorizerUri", PATCHES_TEXT, false, NULL},
        {"authorizerCredentials", PATCHES_TEXT, false, NULL},
        {"identitySource", PATCHES_TEXT, false, NULL},
        {"identityValidationExpression", PATCHES_TEXT, false, NULL},
        {"authorizerResultTtlInSeconds", PATCHES_NUMBER, true, NULL},
        {NULL, PATCHES_TEXT, false, NULL},
    };
    return patch_part(call, authorizer(call, apigateway_api(call)), members, check_authorizer);
}

bool apigateway_delete_authorizer(struct call *call)
{
    struct value *api = apigateway_api(call);
    call->status = 202;
    return authorizer(call, api) &&
           value_remove(value_get(api, "authorizers"), call_text(call, "authorizer_id"));
}

/* --- gateway responses: every API has all of them --- */

static const char *const response_types[][2] = {
    {"DEFAULT_4XX", NULL},
    {"DEFAULT_5XX", NULL},
    {"RESOURCE_NOT_FOUND", "404"},
    {"UNAUTHORIZED", "401"},
    {"INVALID_API_KEY", "403"},
    {"ACCESS_DENIED", "403"},
    {"AUTHORIZER_FAILURE", "500"},
    {"AUTHORIZER_CONFIGURATION_ERROR", "500"},
    {"INVALID_SIGNATURE", "403"},
    {"EXPIRED_TOKEN", "403"},
    {"MISSING_AUTHENTICATION_TOKEN", "403"},
    {"INTEGRATION_FAILURE", "504"},
    {"INTEGRATION_TIMEOUT", "504"},
    {"API_CONFIGURATION_ERROR", "500"},
    {"UNSUPPORTED_MEDIA_TYPE", "415"},
    {"BAD_REQUEST_PARAMETERS", "400"},
    {"BAD_REQUEST_BODY", "400"},
    {"REQUEST_TOO_LARGE", "413"},
    {"THROTTLED", "429"},
    {"QUOTA_EXCEEDED", "429"},
    {"WAF_FILTERED", "403"},
};

static bool default_response(struct call *call, struct value *shape)
{
    struct str type = call_text(call, "response_type");
    for (size_t i = 0; i < ARRAY_LENGTH(response_types); i++) {
        if (!str_is(type, response_types[i][0]))
            continue;
        struct value *templates = value_map(call->arena);
        put_text(call, templates, "application/json", STR("{\"message\":$context.error.messageString}"));
        put_text(call, shape, "responseType", type);
        if (response_types[i][1])
            put_text(call, shape, "statusCode", str_from(response_types[i][1]));
        put(call, shape, "responseTemplates", templates);
        put(call, shape, "responseParameters", value_map(call->arena));
        return true;
    }
    return call_fail(call, 404, "NotFoundException", "Invalid gateway response type specified");
}

bool apigateway_get_gateway_response(struct call *call)
{
    struct value *api = apigateway_api(call);
    const struct value *own =
        api ? value_get_str(value_get(api, "gatewayresponses"), call_text(call, "response_type")) : NULL;
    if (!api || own)
        return give(call, own);
    put_bool(call, call->output, "defaultResponse", true);
    return default_response(call, call->output);
}

bool apigateway_put_gateway_response(struct call *call)
{
    static const char *const members[] = {"statusCode", "responseParameters", "responseTemplates"};
    struct value *api = apigateway_api(call), *fresh = value_map(call->arena);
    if (!api || !default_response(call, fresh))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, fresh, members[i], value_get(call->input, members[i]));
    put_bool(call, fresh, "defaultResponse", false);
    call->status = 201;
    return give(call,
                state_put(call, value_get(api, "gatewayresponses"), call_text(call, "response_type"), fresh));
}

bool apigateway_delete_gateway_response(struct call *call)
{
    struct value *api = apigateway_api(call);
    call->status = 202;
    return part_of(call, api, "gatewayresponses", "response_type", "gateway response") &&
           value_remove(value_get(api, "gatewayresponses"), call_text(call, "response_type"));
}
