/* Amazon API Gateway's HTTP and WebSocket APIs, as of its V2 API reference: APIs and tags. */

#include "tests/simulator/services/apigatewayv2.h"

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static const struct sim_paging paging = {.size_member = "maxResults",
                                         .token_member = "nextToken",
                                         .size = 25,
                                         .size_max = 500,
                                         .error_code = "BadRequestException"};

static struct value *apis(struct call *call)
{
    return state_map(call, "apis");
}

struct value *apigatewayv2_api(struct call *call)
{
    struct value *api = value_get_str(apis(call), call_text(call, "apiId"));
    if (!api)
        call_fail(call, 404, "NotFoundException", "Invalid API identifier specified %.*s:%.*s",
                  STR_ARG(call->account), STR_ARG(call_text(call, "apiId")));
    return api;
}

bool apigatewayv2_is_http(const struct value *api)
{
    return str_is(value_text(value_path(api, "shape", "protocolType", NULL)), "HTTP");
}

struct value *apigatewayv2_id(struct call *call, const char *member, struct value *shape, size_t length)
{
    put_text(call, shape, member, call_id(call, id_letters, length));
    return value_get(shape, member);
}

struct value *apigatewayv2_things(struct call *call, struct value *of, const char *collection)
{
    struct value *map = value_get(of, collection);
    return map ? map : state_put(call, of, str_from(collection), value_map(call->arena));
}

void apigatewayv2_take(struct call *call, struct value *shape, const char *const *members)
{
    for (; *members; members++) {
        const struct value *given = value_get(call->input, *members);
        bool empty = value_is_text(given, "") || (value_is(given, VALUE_MAP) && !given->count);
        if (empty)
            (void)value_remove(shape, str_from(*members));
        else if (given && given->kind != VALUE_NULL)
            state_put(call, shape, str_from(*members), given);
    }
}

/* Names of headers come back in small letters. */
static void lower_headers(struct value *cors)
{
    static const char *const lists[] = {"allowHeaders", "exposeHeaders"};
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        const struct value *list = value_get(cors, lists[i]);
        for (size_t k = 0; value_is(list, VALUE_LIST) && k < list->count; k++) {
            char *text = (char *)(uintptr_t)list->items[k]->text.ptr; /* a copy of our own */
            for (size_t c = 0; c < list->items[k]->text.len; c++)
                text[c] = text[c] >= 'A' && text[c] <= 'Z' ? (char)(text[c] - 'A' + 'a') : text[c];
        }
    }
}

void apigatewayv2_put_cors(struct call *call, struct value *shape, const struct value *cors)
{
    (void)value_remove(shape, STR("corsConfiguration"));
    if (value_is(cors, VALUE_MAP))
        lower_headers(state_put(call, shape, STR("corsConfiguration"), cors));
}

void apigatewayv2_merge(struct call *call, struct value *shape, const char *member)
{
    const struct value *given = value_get(call->input, member);
    for (size_t i = 0; value_is(given, VALUE_MAP) && i < given->count; i++) {
        struct value *map = apigatewayv2_things(call, shape, member), *value = given->entries[i].value;
        if (value_is_text(value, "") || (value_is(value, VALUE_MAP) && !value->count))
            (void)value_remove(map, given->entries[i].key);
        else
            state_put(call, map, given->entries[i].key, value);
    }
    if (value_get(shape, member) && !value_get(shape, member)->count)
        (void)value_remove(shape, str_from(member));
}

void apigatewayv2_default(struct call *call, struct value *shape, const char *member, const char *text)
{
    if (!value_get(shape, member))
        state_text(call, shape, member, str_from(text));
}

bool apigatewayv2_need(struct call *call, const char *const *members)
{
    for (; *members; members++)
        if (!call_has(call, *members) || value_is_text(value_get(call->input, *members), ""))
            return call_fail(call, 400, "BadRequestException", "%s is a required parameter", *members);
    return true;
}

bool apigatewayv2_page(struct call *call, const struct value *things, struct str parent)
{
    struct value *shapes = value_map(call->arena);
    struct str next;
    for (size_t i = 0; things && i < things->count; i++)
        if (!parent.len || str_equal(value_get_text(things->entries[i].value, "parent"), parent))
            value_set(call->arena, shapes, things->entries[i].key,
                      value_get(things->entries[i].value, "shape"));
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "items", page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

/* --- APIs --- */

static const char *const api_members[] = {"name",
                                          "description",
                                          "version",
                                          "routeSelectionExpression",
                                          "apiKeySelectionExpression",
                                          "disableSchemaValidation",
                                          "disableExecuteApiEndpoint",
                                          "ipAddressType",
                                          NULL};

static bool check_api(struct call *call, bool http)
{
    if (!http && call_has(call, "corsConfiguration"))
        return call_fail(call, 400, "BadRequestException",
                         "CORS configuration is not supported for protocol type WEBSOCKET");
    if (!http && call_has(call, "target"))
        return call_fail(call, 400, "BadRequestException",
                         "Quick create is not supported for protocol type WEBSOCKET");
    struct str expression = call_text(call, "routeSelectionExpression");
    if (http && expression.len && !str_is(expression, "$request.method $request.path") &&
        !str_is(expression, "${request.method} ${request.path}"))
        return call_fail(call, 400, "BadRequestException",
                         "RouteSelectionExpression must be ${request.method} ${request.path} for HTTP APIs");
    return true;
}

/* What one call with a target makes beside the API. */
static void quick_create(struct call *call, struct value *api)
{
    struct value *integration = value_map(call->arena), *route = value_map(call->arena);
    struct str target = call_text(call, "target");
    bool lambda = str_starts(target, "arn:");
    put_bool(call, integration, "apiGatewayManaged", true);
    put_text(call, integration, "connectionType", STR("INTERNET"));
    put_text(call, integration, "integrationType", lambda ? STR("AWS_PROXY") : STR("HTTP_PROXY"));
    put_text(call, integration, "integrationMethod", lambda ? STR("POST") : STR("ANY"));
    put_text(call, integration, "integrationUri", target);
    put_text(call, integration, "payloadFormatVersion", lambda ? STR("2.0") : STR("1.0"));
    put_int(call, integration, "timeoutInMillis", 30000);
    if (call_text(call, "credentialsArn").len)
        put_text(call, integration, "credentialsArn", call_text(call, "credentialsArn"));
    struct value *made = apigatewayv2_add(call, api, "integrations", "integrationId", integration);
    struct str key = call_text(call, "routeKey");
    put_bool(call, route, "apiGatewayManaged", true);
    put_bool(call, route, "apiKeyRequired", false);
    put_text(call, route, "authorizationType", STR("NONE"));
    put_text(call, route, "routeKey", key.len ? key : STR("$default"));
    put_textf(call, route, "target", "integrations/%.*s", STR_ARG(value_get_text(made, "integrationId")));
    apigatewayv2_add(call, api, "routes", "routeId", route);
    struct value *stage = apigatewayv2_add_stage(call, api, STR("$default"), true);
    state_bool(call, stage, "apiGatewayManaged", true);
    apigatewayv2_auto_deploy(call, api);
}

static struct value *managed(const struct value *api, const char *collection)
{
    const struct value *all = value_get(api, collection);
    for (size_t i = 0; all && i < all->count; i++)
        if (value_get_bool(value_get(all->entries[i].value, "shape"), "apiGatewayManaged", false))
            return value_get(all->entries[i].value, "shape");
    return NULL;
}

static bool update_quick_create(struct call *call, struct value *api)
{
    struct value *integration = managed(api, "integrations"), *route = managed(api, "routes");
    if (!call_has(call, "target") && !call_has(call, "routeKey") && !call_has(call, "credentialsArn"))
        return true;
    if (!integration || !route)
        return call_fail(call, 400, "BadRequestException",
                         "Target, RouteKey and CredentialsArn can only be updated for quick create APIs");
    if (call_text(call, "target").len)
        state_text(call, integration, "integrationUri", call_text(call, "target"));
    if (call_has(call, "credentialsArn"))
        apigatewayv2_take(call, integration, (const char *const[]){"credentialsArn", NULL});
    if (call_text(call, "routeKey").len)
        state_text(call, route, "routeKey", call_text(call, "routeKey"));
    return true;
}

static struct value *new_api(struct call *call, struct str protocol)
{
    struct value *api = value_map(call->arena), *shape = value_map(call->arena);
    struct str id = value_text(apigatewayv2_id(call, "apiId", shape, 10));
    bool http = str_is(protocol, "HTTP");
    put_text(call, shape, "protocolType", protocol);
    put_textf(call, shape, "apiEndpoint", "%s://%.*s.execute-api.%.*s.amazonaws.com", http ? "https" : "wss",
              STR_ARG(id), STR_ARG(call->region));
    put_text(call, shape, "createdDate", time_text(call, call->now));
    put_bool(call, shape, "disableExecuteApiEndpoint", false);
    put_text(call, shape, "ipAddressType", STR("ipv4"));
    put_text(call, shape, "apiKeySelectionExpression", STR("$request.header.x-api-key"));
    if (http)
        put_text(call, shape, "routeSelectionExpression", STR("$request.method $request.path"));
    put(call, shape, "tags", value_map(call->arena));
    put(call, api, "shape", shape);
    return state_put(call, apis(call), id, api);
}

static bool create_api(struct call *call)
{
    static const char *const required[] = {"name", "protocolType", NULL};
    struct str protocol = call_text(call, "protocolType");
    bool http = str_is(protocol, "HTTP");
    if (!apigatewayv2_need(call, required))
        return false;
    if (!http && !str_is(protocol, "WEBSOCKET"))
        return call_fail(call, 400, "BadRequestException", "Invalid protocol type specified");
    if (!http && !call_has(call, "routeSelectionExpression"))
        return call_fail(call, 400, "BadRequestException",
                         "RouteSelectionExpression is a required parameter for WEBSOCKET APIs");
    if (!check_api(call, http))
        return false;
    struct value *api = new_api(call, protocol), *shape = value_get(api, "shape");
    apigatewayv2_take(call, shape, api_members);
    apigatewayv2_put_cors(call, shape, value_get(call->input, "corsConfiguration"));
    state_merge(call, shape, "tags", value_get(call->input, "tags"));
    if (call_text(call, "target").len)
        quick_create(call, api);
    call->output = shape;
    return true;
}

static bool get_api(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    if (api)
        call->output = value_get(api, "shape");
    return api != NULL;
}

static bool get_apis(struct call *call)
{
    return apigatewayv2_page(call, apis(call), STR_EMPTY);
}

static bool update_api(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    if (!api || !check_api(call, apigatewayv2_is_http(api)) || !update_quick_create(call, api))
        return false;
    apigatewayv2_take(call, value_get(api, "shape"), api_members);
    if (call_has(call, "corsConfiguration"))
        apigatewayv2_put_cors(call, value_get(api, "shape"), value_get(call->input, "corsConfiguration"));
    call->output = value_get(api, "shape");
    return true;
}

static bool delete_api(struct call *call)
{
    const struct value *domains = state_map(call, "domains");
    struct str id = call_text(call, "apiId");
    if (!apigatewayv2_api(call))
        return false;
    for (size_t i = 0; i < domains->count; i++) {
        const struct value *mappings = value_get(domains->entries[i].value, "mappings");
        for (size_t k = 0; mappings && k < mappings->count; k++)
            if (str_equal(value_text(value_path(mappings->entries[k].value, "shape", "apiId", NULL)), id))
                return call_fail(call, 400, "BadRequestException",
                                 "Deleting API '%.*s' failed. Please remove all base path mappings related "
                                 "to the API in your account",
                                 STR_ARG(id));
    }
    return value_remove(apis(call), id);
}

static bool import_api(struct call *call)
{
    struct value *document;
    if (!apigatewayv2_document(call, &document))
        return false;
    struct value *api = new_api(call, STR("HTTP"));
    if (!apigatewayv2_import(call, api))
        return false;
    call->output = value_get(api, "shape");
    return true;
}

static bool reimport_api(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    if (!api || !apigatewayv2_import(call, api))
        return false;
    apigatewayv2_auto_deploy(call, api);
    call->output = value_get(api, "shape");
    return true;
}

static bool delete_cors(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    if (api)
        (void)value_remove(value_get(api, "shape"), STR("corsConfiguration"));
    return api != NULL;
}

/* --- tags: of "arn:aws:apigateway:REGION::/apis/ID[/stages/NAME]", "/domainnames/NAME", "/vpclinks/ID" ---
 */

static struct value *tagged(struct call *call)
{
    struct str wanted = call_text(call, "resource-arn"), part,
               rest = str_from_index(wanted, str_find(wanted, '/') + 1), parts[4];
    size_t count = 0;
    while (count < ARRAY_LENGTH(parts) && str_split(&rest, '/', &part))
        parts[count++] = part;
    const char *where = count < 2                         ? ""
                        : str_is(parts[0], "apis")        ? "apis"
                        : str_is(parts[0], "domainnames") ? "domains"
                        : str_is(parts[0], "vpclinks")    ? "links"
                                                          : "";
    struct value *found = *where ? value_get_str(state_map(call, where), parts[1]) : NULL;
    if (found && count == 4 && str_is(parts[2], "stages"))
        found = value_get_str(value_get(found, "stages"), parts[3]);
    if (!found)
        call_fail(call, 404, "NotFoundException", "Invalid resource identifier specified");
    return found ? value_get(found, "shape") : NULL;
}

static bool tag_resource(struct call *call)
{
    struct value *one = tagged(call);
    if (one)
        state_merge(call, one, "tags", value_get(call->input, "tags"));
    return one != NULL;
}

static bool untag_resource(struct call *call)
{
    struct value *one = tagged(call);
    if (one)
        state_remove_keys(one, "tags", call_list(call, "tagKeys"));
    return one != NULL;
}

static bool get_tags(struct call *call)
{
    struct value *one = tagged(call);
    if (one)
        put(call, call->output, "tags", value_get(one, "tags"));
    return one != NULL;
}

#define API "/v2/apis/{apiId}"
#define INTEGRATION API "/integrations/{integrationId}"
#define ROUTE API "/routes/{routeId}"
#define STAGE API "/stages/{stageName}"
#define DOMAIN "/v2/domainnames/{domainName}"
#define ROW(NAME, EFFECT, METHOD, PATH, STATUS, HANDLE)                                                      \
    {                                                                                                        \
        .name = NAME, .effect = EFFECT, .method = METHOD, .path = PATH, .status = STATUS, .handle = HANDLE   \
    }
#define KIND_(NAME, PATH, ID)                                                                                \
    ROW("Get" NAME, SIM_READ, "GET", PATH "/{" ID "}", 200, apigatewayv2_get),                               \
        ROW("Get" NAME "s", SIM_READ, "GET", PATH, 200, apigatewayv2_list),                                  \
        ROW("Update" NAME, SIM_WRITE, "PATCH", PATH "/{" ID "}", 200, apigatewayv2_update)
#define KIND(NAME, PATH, ID)                                                                                 \
    KIND_(NAME, PATH, ID), ROW("Create" NAME, SIM_WRITE, "POST", PATH, 201, apigatewayv2_create),            \
        ROW("Delete" NAME, SIM_WRITE, "DELETE", PATH "/{" ID "}", 204, apigatewayv2_delete)
#define OWN(NAME, PATH, ID, THING)                                                                           \
    ROW("Create" NAME, SIM_WRITE, "POST", PATH, 201, apigatewayv2_create_##THING),                           \
        ROW("Get" NAME, SIM_READ, "GET", PATH "/{" ID "}", 200, apigatewayv2_get_##THING),                   \
        ROW("Get" NAME "s", SIM_READ, "GET", PATH, 200, apigatewayv2_get_##THING##s),                        \
        ROW("Update" NAME, SIM_WRITE, "PATCH", PATH "/{" ID "}", 200, apigatewayv2_update_##THING),          \
        ROW("Delete" NAME, SIM_WRITE, "DELETE", PATH "/{" ID "}", 204, apigatewayv2_delete_##THING)

static const struct sim_operation operations[] = {
    ROW("CreateApi", SIM_WRITE, "POST", "/v2/apis", 201, create_api),
    ROW("DeleteApi", SIM_WRITE, "DELETE", API, 204, delete_api),
    ROW("DeleteAccessLogSettings", SIM_WRITE, "DELETE", STAGE "/accesslogsettings", 204,
        apigatewayv2_delete_access_log),
    ROW("DeleteCorsConfiguration", SIM_WRITE, "DELETE", API "/cors", 204, delete_cors),
    ROW("DeleteRouteRequestParameter", SIM_WRITE, "DELETE", ROUTE "/requestparameters/{requestParameterKey}",
        204, apigatewayv2_delete_request_parameter),
    ROW("DeleteRouteSettings", SIM_WRITE, "DELETE", STAGE "/routesettings/{routeKey}", 204,
        apigatewayv2_delete_route_settings),
    ROW("GetApi", SIM_READ, "GET", API, 200, get_api),
    ROW("GetApis", SIM_READ, "GET", "/v2/apis", 200, get_apis),
    ROW("GetTags", SIM_READ, "GET", "/v2/tags/{resource-arn+}", 200, get_tags),
    ROW("ImportApi", SIM_WRITE, "PUT", "/v2/apis", 201, import_api),
    ROW("ReimportApi", SIM_WRITE, "PUT", API, 201, reimport_api),
    ROW("TagResource", SIM_WRITE, "POST", "/v2/tags/{resource-arn+}", 201, tag_resource),
    ROW("UntagResource", SIM_WRITE, "DELETE", "/v2/tags/{resource-arn+}", 204, untag_resource),
    ROW("UpdateApi", SIM_WRITE, "PATCH", API, 200, update_api),
    KIND("Authorizer", API "/authorizers", "authorizerId"),
    KIND("Integration", API "/integrations", "integrationId"),
    KIND("IntegrationResponse", INTEGRATION "/integrationresponses", "integrationResponseId"),
    KIND("Model", API "/models", "modelId"),
    KIND("Route", API "/routes", "routeId"),
    KIND("RouteResponse", ROUTE "/routeresponses", "routeResponseId"),
    KIND_("Deployment", API "/deployments", "deploymentId"),
    ROW("CreateDeployment", SIM_WRITE, "POST", API "/deployments", 201, apigatewayv2_create_deployment),
    ROW("DeleteDeployment", SIM_WRITE, "DELETE", API "/deployments/{deploymentId}", 204,
        apigatewayv2_delete_deployment),
    OWN("Stage", API "/stages", "stageName", stage),
    OWN("DomainName", "/v2/domainnames", "domainName", domain),
    OWN("ApiMapping", DOMAIN "/apimappings", "apiMappingId", mapping),
    OWN("VpcLink", "/v2/vpclinks", "vpcLinkId", link),
};

const struct sim_service sim_apigatewayv2 = {
    .name = "apigatewayv2",
    .signing_name = "apigateway",
    .rest = true,
    .rest_protocol = SIM_RESTJSON,
    .throttle_status = 429,
    .throttle_code = "TooManyRequestsException",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
