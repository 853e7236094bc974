/* Amazon API Gateway (REST APIs), as of its API reference: APIs, deployments, stages and tags. */

#include "tests/simulator/services/apigateway.h"

#include <string.h>

#include "base/json.h"

enum { PAGE = 25, PAGE_MAX = 500 };

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static const struct sim_paging paging = {.size_member = "limit",
                                         .token_member = "position",
                                         .size = PAGE,
                                         .size_max = PAGE_MAX,
                                         .error_code = "BadRequestException"};

static struct value *apis(struct call *call)
{
    return state_map(call, "apis");
}

static bool bad_request(struct call *call, const char *what)
{
    return call_fail(call, 400, "BadRequestException", "%s", what);
}

struct value *apigateway_api(struct call *call)
{
    struct value *api = value_get_str(apis(call), call_text(call, "restapi_id"));
    if (!api)
        call_fail(call, 404, "NotFoundException", "Invalid API identifier specified %.*s:%.*s",
                  STR_ARG(call->account), STR_ARG(call_text(call, "restapi_id")));
    return api;
}

/* --- patches --- */

bool apigateway_patches(struct call *call, struct patch **patches, size_t *count)
{
    struct value *given = call_list(call, "patchOperations");
    *patches = arena_array(call->arena, given->count, sizeof **patches);
    *count = given->count;
    for (size_t i = 0; i < given->count; i++) {
        struct str op = value_get_text(given->items[i], "op"), path = value_get_text(given->items[i], "path");
        if (!str_is(op, "add") && !str_is(op, "replace") && !str_is(op, "remove"))
            return bad_request(call, "Invalid patch operation specified. Must be 'add'|'remove'|'replace'");
        if (!str_starts(path, "/"))
            return bad_request(call, "Invalid patch path specified");
        (*patches)[i] = (struct patch){str_is(op, "remove"), path, value_get_text(given->items[i], "value")};
    }
    return true;
}

static struct str unescape(struct call *call, struct str part)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < part.len; i++) {
        bool escaped = part.ptr[i] == '~' && i + 1 < part.len && strchr("01", part.ptr[i + 1]);
        buf_addc(&text, escaped ? (part.ptr[i + 1] == '1' ? '/' : '~') : part.ptr[i]);
        i += escaped;
    }
    struct str result = arena_str(call->arena, buf_str(&text));
    buf_release(&text);
    return result;
}

size_t apigateway_path(struct call *call, struct str path, struct str *parts, size_t max)
{
    struct str rest = str_from_index(path, 1), part;
    size_t count = 0;
    while (count < max && str_split(&rest, '/', &part))
        parts[count++] = unescape(call, part);
    return count;
}

/* --- APIs --- */

static void put_api(struct call *call, const struct value *api, struct value *out)
{
    static const char *const members[] = {
        "id",
        "name",
        "description",
        "version",
        "binaryMediaTypes",
        "policy",
        "apiKeySource",
        "tags",
        "rootResourceId",
        "minimumCompressionSize",
        "endpointConfiguration",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        const struct value *member = value_get(api, members[i]);
        if (member && !(value_is(member, VALUE_MAP) && member->count == 0) &&
            !(value_is(member, VALUE_LIST) && member->count == 0))
            put(call, out, members[i], value_get(api, members[i]));
    }
    put_time(call, out, "createdDate", value_get_int(api, "created", 0));
    put_bool(call, out, "disableExecuteApiEndpoint", value_get_bool(api, "disableExecuteApiEndpoint", false));
}

static struct value *default_endpoint(struct call *call)
{
    struct value *endpoint = value_map(call->arena), *types = value_list(call->arena);
    value_append(call->arena, types, value_stringz(call->arena, "EDGE"));
    put(call, endpoint, "types", types);
    put_text(call, endpoint, "ipAddressType", STR("ipv4"));
    return endpoint;
}

/* Every API has these two. */
static void make_models(struct call *call, struct value *api)
{
    static const char *const names[] = {"Empty", "Error"};
    struct value *models = state_put(call, api, STR("models"), value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct value *model = state_put(call, models, str_from(names[i]), value_map(call->arena));
        state_text(call, model, "id", call_id(call, id_letters, 6));
        state_text(call, model, "name", str_from(names[i]));
        state_text(call, model, "contentType", STR("application/json"));
        state_text(call, model, "schema", STR("{\"type\": \"object\"}"));
    }
}

static bool create_rest_api(struct call *call)
{
    static const char *const members[] = {"name",
                                          "description",
                                          "version",
                                          "binaryMediaTypes",
                                          "policy",
                                          "apiKeySource",
                                          "endpointConfiguration",
                                          "minimumCompressionSize",
                                          "disableExecuteApiEndpoint"};
    if (!call_text(call, "name").len)
        return bad_request(call, "Invalid API name specified");
    struct str id = call_id(call, id_letters, 10);
    struct value *api = state_put(call, apis(call), id, value_map(call->arena));
    state_text(call, api, "id", id);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        (void)state_member(call, api, members[i]);
    if (!value_get(api, "apiKeySource"))
        state_text(call, api, "apiKeySource", STR("HEADER"));
    if (!value_get(api, "endpointConfiguration"))
        state_put(call, api, STR("endpointConfiguration"), default_endpoint(call));
    state_put(call, api, STR("tags"),
              call_has(call, "tags") ? value_get(call->input, "tags") : value_map(call->arena));
    state_int(call, api, "created", call->now);
    state_text(call, api, "rootResourceId", call_id(call, id_letters, 10));
    state_put(call, api, STR("deployments"), value_map(call->arena));
    state_put(call, api, STR("stages"), value_map(call->arena));
    state_put(call, api, STR("authorizers"), value_map(call->arena));
    state_put(call, api, STR("requestvalidators"), value_map(call->arena));
    state_put(call, api, STR("gatewayresponses"), value_map(call->arena));
    make_models(call, api);
    apigateway_import(call, api, NULL);
    put_api(call, api, call->output);
    call->status = 201;
    return true;
}

static bool get_rest_api(struct call *call)
{
    struct value *api = apigateway_api(call);
    if (!api)
        return false;
    put_api(call, api, call->output);
    return true;
}

bool apigateway_page(struct call *call, const struct value *shapes)
{
    struct str next;
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "item", page);
    if (next.len)
        put_text(call, call->output, "position", next);
    return true;
}

static bool get_rest_apis(struct call *call)
{
    struct value *all = apis(call), *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        struct value *shape = value_map(call->arena);
        put_api(call, all->entries[i].value, shape);
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    return apigateway_page(call, shapes);
}

static bool put_rest_api(struct call *call)
{
    struct value *api = apigateway_api(call), *document;
    struct error error = ERROR_INIT;
    struct str mode = call_text(call, "mode");
    if (!api)
        return false;
    if (mode.len && !str_is(mode, "merge") && !str_is(mode, "overwrite"))
        return bad_request(call, "Invalid mode specified");
    if (!json_read(call->arena, STR_EMPTY, call->request->body, &document, &error) ||
        !(value_get(document, "swagger") || value_get(document, "openapi")))
        return bad_request(call, "Unable to parse the API definition");
    apigateway_import(call, api, document);
    put_api(call, api, call->output);
    return true;
}

static bool delete_rest_api(struct call *call)
{
    call->status = 202;
    return apigateway_api(call) && value_remove(apis(call), call_text(call, "restapi_id"));
}

static void patch_list(struct call *call, struct value *api, const struct patch *patch, struct str item)
{
    struct value *old = value_get(api, "binaryMediaTypes"), *fresh = value_list(call->arena);
    for (size_t i = 0; old && i < old->count; i++)
        if (!str_equal(value_text(old->items[i]), item))
            value_append(call->arena, fresh, old->items[i]);
    if (!patch->remove)
        value_append(call->arena, fresh, value_string(call->arena, item));
    state_put(call, api, STR("binaryMediaTypes"), fresh);
}

static bool patch_api(struct call *call, struct value *api, const struct patch *patch)
{
    static const char *const plain[] = {"name", "description", "policy", "apiKeySource", "version"};
    struct str parts[4] = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    size_t count = apigateway_path(call, patch->path, parts, ARRAY_LENGTH(parts));
    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
        if (count == 1 && str_is(parts[0], plain[i])) {
            if (patch->remove || !patch->value.len)
                (void)value_remove(api, parts[0]);
            else
                state_text(call, api, plain[i], patch->value);
            return true;
        }
    if (str_is(parts[0], "binaryMediaTypes") && count == 2) {
        patch_list(call, api, patch, parts[1]);
        return true;
    }
    if (str_is(parts[0], "minimumCompressionSize")) {
        int64_t size;
        (void)value_remove(api, parts[0]);
        if (str_to_int(patch->value, &size))
            state_int(call, api, "minimumCompressionSize", size);
        return true;
    }
    if (str_is(parts[0], "disableExecuteApiEndpoint")) {
        state_bool(call, api, "disableExecuteApiEndpoint",
                   str_is(patch->value, "true") || str_is(patch->value, "True"));
        return true;
    }
    if (str_is(parts[0], "endpointConfiguration") && str_is(parts[1], "types")) {
        struct value *endpoint = value_copy(call->arena, value_get(api, "endpointConfiguration"));
        struct value *types = value_list(call->arena);
        value_append(call->arena, types, value_string(call->arena, patch->value));
        put(call, endpoint, "types", types);
        state_put(call, api, STR("endpointConfiguration"), endpoint);
        return true;
    }
    return call_fail(call, 400, "BadRequestException", "Invalid patch path '%.*s' specified",
                     STR_ARG(patch->path));
}

static bool update_rest_api(struct call *call)
{
    struct value *api = apigateway_api(call);
    struct patch *patches;
    size_t count;
    if (!api || !apigateway_patches(call, &patches, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!patch_api(call, api, &patches[i]))
            return false;
    put_api(call, api, call->output);
    return true;
}

/* --- deployments --- */

/* [guide] create-canary-deployment: the stage must be there; its own deployment stays. */
static bool make_canary(struct call *call, const struct value *api, struct str deployment)
{
    const struct value *settings = value_get(call->input, "canarySettings");
    struct value *stage = value_get_str(value_get(api, "stages"), call_text(call, "stageName"));
    if (!settings)
        return true;
    if (!stage)
        return call_fail(call, 404, "NotFoundException", "Invalid stage identifier specified");
    struct value *canary = state_put(call, stage, STR("canarySettings"), settings);
    state_text(call, canary, "deploymentId", deployment);
    return true;
}

static bool create_deployment(struct call *call)
{
    struct value *api = apigateway_api(call);
    if (!api)
        return false;
    struct value *resources = value_get(api, "resources");
    size_t methods = 0;
    for (size_t i = 0; i < resources->count; i++) {
        const struct value *all = value_get(resources->entries[i].value, "resourceMethods");
        methods += all ? all->count : 0;
        for (size_t k = 0; all && k < all->count; k++)
            if (!value_get(all->entries[k].value, "methodIntegration"))
                return bad_request(call, "No integration defined for method");
    }
    if (!methods)
        return bad_request(call, "The REST API doesn't contain any methods");
    struct str id = call_id(call, id_letters, 6);
    if (!make_canary(call, api, id))
        return false;
    struct value *one = state_put(call, value_get(api, "deployments"), id, value_map(call->arena));
    state_text(call, one, "id", id);
    (void)state_member(call, one, "description");
    state_int(call, one, "created", call->now);
    put_text(call, call->output, "id", id);
    put(call, call->output, "description", value_get(one, "description"));
    put_time(call, call->output, "createdDate", call->now);
    call->status = 201;
    return true;
}

static struct value *deployment_shape(struct call *call, const struct value *one)
{
    struct value *shape = value_map(call->arena);
    put(call, shape, "id", value_get(one, "id"));
    put(call, shape, "description", value_get(one, "description"));
    put_time(call, shape, "createdDate", value_get_int(one, "created", 0));
    return shape;
}

static struct value *deployment_of(struct call *call, struct value *api)
{
    struct value *one = value_get_str(value_get(api, "deployments"), call_text(call, "deployment_id"));
    if (!one)
        call_fail(call, 404, "NotFoundException", "Invalid Deployment identifier specified");
    return one;
}

static bool get_deployment(struct call *call)
{
    struct value *api = apigateway_api(call), *one = api ? deployment_of(call, api) : NULL;
    if (!one)
        return false;
    call->output = deployment_shape(call, one);
    return true;
}

static bool get_deployments(struct call *call)
{
    struct value *api = apigateway_api(call), *shapes = value_map(call->arena);
    if (!api)
        return false;
    struct value *all = value_get(api, "deployments");
    for (size_t i = 0; i < all->count; i++)
        value_set(call->arena, shapes, all->entries[i].key, deployment_shape(call, all->entries[i].value));
    return apigateway_page(call, shapes);
}

static bool delete_deployment(struct call *call)
{
    struct value *api = apigateway_api(call);
    if (!api || !deployment_of(call, api))
        return false;
    struct value *stages = value_get(api, "stages");
    for (size_t i = 0; i < stages->count; i++)
        if (str_equal(value_get_text(stages->entries[i].value, "deploymentId"),
                      call_text(call, "deployment_id")))
            return bad_request(call, "Active stages pointing to this deployment must be moved or deleted");
        else if (str_equal(
                     value_text(value_path(stages->entries[i].value, "canarySettings", "deploymentId", NULL)),
                     call_text(call, "deployment_id")))
            return bad_request(call, "Active stages with canary settings pointing to this deployment must be "
                                     "moved or deleted");
    call->status = 202;
    return value_remove(value_get(api, "deployments"), call_text(call, "deployment_id"));
}

/* --- tags: of "arn:aws:apigateway:REGION::/restapis/ID[/stages/NAME]" --- */

static struct value *tagged(struct call *call)
{
    struct str wanted = call_text(call, "resource_arn"), parts[5];
    struct str path = str_from_index(wanted, str_find(wanted, '/'));
    size_t count = apigateway_path(call, path, parts, ARRAY_LENGTH(parts));
    struct value *api =
        count >= 2 && str_is(parts[0], "restapis") ? value_get_str(apis(call), parts[1]) : NULL;
    struct value *found = api;
    if (count == 4 && str_is(parts[2], "stages"))
        found = api ? value_get_str(value_get(api, "stages"), parts[3]) : NULL;
    static const char *const others[] = {"apikeys", "clientcertificates", "domainnames", "usageplans",
                                         "vpclinks"};
    for (size_t i = 0; count == 2 && i < ARRAY_LENGTH(others); i++)
        if (str_is(parts[0], others[i]))
            found = value_get_str(state_map(call, arena_strz(call->arena, parts[0])), parts[1]);
    if (!found)
        call_fail(call, 404, "NotFoundException", "Invalid resource identifier specified");
    return found;
}

static bool tag_resource(struct call *call)
{
    struct value *one = tagged(call);
    call->status = 204;
    if (one)
        state_merge(call, one, "tags", value_get(call->input, "tags"));
    return one != NULL;
}

static bool untag_resource(struct call *call)
{
    struct value *one = tagged(call);
    call->status = 204;
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

#define API "/restapis/{restapi_id}"
#define RESOURCE API "/resources/{resource_id}"
#define METHOD RESOURCE "/methods/{http_method}"
#define INTEGRATION METHOD "/integration"
#define ROW(NAME, EFFECT, VERB, PATH, HANDLE, ...)                                                           \
    {                                                                                                        \
        .name = NAME, .effect = EFFECT, .method = VERB, .path = PATH,                                        \
        .handle = HANDLE __VA_OPT__(, ) __VA_ARGS__                                                          \
    }

static const struct sim_operation operations[] = {
    ROW("CreateApiKey", SIM_WRITE, "POST", "/apikeys", apigateway_create_api_key),
    ROW("CreateAuthorizer", SIM_WRITE, "POST", API "/authorizers", apigateway_create_authorizer),
    ROW("CreateBasePathMapping", SIM_WRITE, "POST", "/domainnames/{domain_name}/basepathmappings",
        apigateway_create_mapping),
    ROW("CreateDeployment", SIM_WRITE, "POST", API "/deployments", create_deployment),
    ROW("CreateDocumentationPart", SIM_WRITE, "POST", API "/documentation/parts", apigateway_create_part),
    ROW("CreateDocumentationVersion", SIM_WRITE, "POST", API "/documentation/versions",
        apigateway_create_version),
    ROW("CreateDomainName", SIM_WRITE, "POST", "/domainnames", apigateway_create_domain_name),
    ROW("CreateModel", SIM_WRITE, "POST", API "/models", apigateway_create_model),
    ROW("CreateRequestValidator", SIM_WRITE, "POST", API "/requestvalidators", apigateway_create_validator),
    ROW("CreateResource", SIM_WRITE, "POST", API "/resources/{parent_id}", apigateway_create_resource),
    ROW("CreateRestApi", SIM_WRITE, "POST", "/restapis", create_rest_api),
    ROW("CreateStage", SIM_WRITE, "POST", API "/stages", apigateway_create_stage),
    ROW("CreateUsagePlan", SIM_WRITE, "POST", "/usageplans", apigateway_create_usage_plan),
    ROW("CreateUsagePlanKey", SIM_WRITE, "POST", "/usageplans/{usageplanId}/keys",
        apigateway_create_usage_plan_key),
    ROW("CreateVpcLink", SIM_WRITE, "POST", "/vpclinks", apigateway_create_link),
    ROW("DeleteApiKey", SIM_WRITE, "DELETE", "/apikeys/{api_Key}", apigateway_delete_api_key),
    ROW("DeleteAuthorizer", SIM_WRITE, "DELETE", API "/authorizers/{authorizer_id}",
        apigateway_delete_authorizer),
    ROW("DeleteBasePathMapping", SIM_WRITE, "DELETE",
        "/domainnames/{domain_name}/basepathmappings/{base_path}", apigateway_delete_mapping),
    ROW("DeleteClientCertificate", SIM_WRITE, "DELETE", "/clientcertificates/{clientcertificate_id}",
        apigateway_delete_certificate),
    ROW("DeleteDeployment", SIM_WRITE, "DELETE", API "/deployments/{deployment_id}", delete_deployment),
    ROW("DeleteDocumentationPart", SIM_WRITE, "DELETE", API "/documentation/parts/{part_id}",
        apigateway_delete_part),
    ROW("DeleteDocumentationVersion", SIM_WRITE, "DELETE", API "/documentation/versions/{doc_version}",
        apigateway_delete_version),
    ROW("DeleteDomainName", SIM_WRITE, "DELETE", "/domainnames/{domain_name}", apigateway_delete_domain_name),
    ROW("DeleteGatewayResponse", SIM_WRITE, "DELETE", API "/gatewayresponses/{response_type}",
        apigateway_delete_gateway_response),
    ROW("DeleteIntegration", SIM_WRITE, "DELETE", INTEGRATION, apigateway_delete_integration),
    ROW("DeleteIntegrationResponse", SIM_WRITE, "DELETE", INTEGRATION "/responses/{status_code}",
        apigateway_delete_integration_response),
    ROW("DeleteMethod", SIM_WRITE, "DELETE", METHOD, apigateway_delete_method),
    ROW("DeleteMethodResponse", SIM_WRITE, "DELETE", METHOD "/responses/{status_code}",
        apigateway_delete_method_response),
    ROW("DeleteModel", SIM_WRITE, "DELETE", API "/models/{model_name}", apigateway_delete_model),
    ROW("DeleteRequestValidator", SIM_WRITE, "DELETE", API "/requestvalidators/{requestvalidator_id}",
        apigateway_delete_validator),
    ROW("DeleteResource", SIM_WRITE, "DELETE", RESOURCE, apigateway_delete_resource),
    ROW("DeleteRestApi", SIM_WRITE, "DELETE", API, delete_rest_api),
    ROW("DeleteStage", SIM_WRITE, "DELETE", API "/stages/{stage_name}", apigateway_delete_stage),
    ROW("DeleteUsagePlan", SIM_WRITE, "DELETE", "/usageplans/{usageplanId}", apigateway_delete_usage_plan),
    ROW("DeleteUsagePlanKey", SIM_WRITE, "DELETE", "/usageplans/{usageplanId}/keys/{keyId}",
        apigateway_delete_usage_plan_key),
    ROW("DeleteVpcLink", SIM_WRITE, "DELETE", "/vpclinks/{vpclink_id}", apigateway_delete_link),
    ROW("GenerateClientCertificate", SIM_WRITE, "POST", "/clientcertificates",
        apigateway_generate_certificate),
    ROW("GetAccount", SIM_READ, "GET", "/account", apigateway_get_account),
    ROW("GetApiKey", SIM_READ, "GET", "/apikeys/{api_Key}", apigateway_get_api_key),
    ROW("GetApiKeys", SIM_READ, "GET", "/apikeys", apigateway_get_api_keys),
    ROW("GetAuthorizer", SIM_READ, "GET", API "/authorizers/{authorizer_id}", apigateway_get_authorizer),
    ROW("GetAuthorizers", SIM_READ, "GET", API "/authorizers", apigateway_get_authorizers),
    ROW("GetBasePathMapping", SIM_READ, "GET", "/domainnames/{domain_name}/basepathmappings/{base_path}",
        apigateway_get_mapping),
    ROW("GetClientCertificate", SIM_READ, "GET", "/clientcertificates/{clientcertificate_id}",
        apigateway_get_certificate),
    ROW("GetClientCertificates", SIM_READ, "GET", "/clientcertificates", apigateway_get_certificates),
    ROW("GetDeployment", SIM_READ, "GET", API "/deployments/{deployment_id}", get_deployment),
    ROW("GetDeployments", SIM_READ, "GET", API "/deployments", get_deployments),
    ROW("GetDocumentationPart", SIM_READ, "GET", API "/documentation/parts/{part_id}", apigateway_get_part),
    ROW("GetDocumentationParts", SIM_READ, "GET", API "/documentation/parts", apigateway_get_parts),
    ROW("GetDocumentationVersion", SIM_READ, "GET", API "/documentation/versions/{doc_version}",
        apigateway_get_version),
    ROW("GetDomainName", SIM_READ, "GET", "/domainnames/{domain_name}", apigateway_get_domain_name),
    ROW("GetGatewayResponse", SIM_READ, "GET", API "/gatewayresponses/{response_type}",
        apigateway_get_gateway_response),
    ROW("GetMethod", SIM_READ, "GET", METHOD, apigateway_get_method),
    ROW("GetModel", SIM_READ, "GET", API "/models/{model_name}", apigateway_get_model),
    ROW("GetModels", SIM_READ, "GET", API "/models", apigateway_get_models),
    ROW("GetRequestValidator", SIM_READ, "GET", API "/requestvalidators/{requestvalidator_id}",
        apigateway_get_validator),
    ROW("GetRequestValidators", SIM_READ, "GET", API "/requestvalidators", apigateway_get_validators),
    ROW("GetResource", SIM_READ, "GET", RESOURCE, apigateway_get_resource),
    ROW("GetResources", SIM_READ, "GET", API "/resources", apigateway_get_resources),
    ROW("GetRestApi", SIM_READ, "GET", API, get_rest_api),
    ROW("GetRestApis", SIM_READ, "GET", "/restapis", get_rest_apis),
    ROW("GetStage", SIM_READ, "GET", API "/stages/{stage_name}", apigateway_get_stage),
    ROW("GetStages", SIM_READ, "GET", API "/stages", apigateway_get_stages),
    ROW("GetTags", SIM_READ, "GET", "/tags/{resource_arn+}", get_tags),
    ROW("GetUsagePlan", SIM_READ, "GET", "/usageplans/{usageplanId}", apigateway_get_usage_plan),
    ROW("GetUsagePlanKey", SIM_READ, "GET", "/usageplans/{usageplanId}/keys/{keyId}",
        apigateway_get_usage_plan_key),
    ROW("GetUsagePlans", SIM_READ, "GET", "/usageplans", apigateway_get_usage_plans),
    ROW("GetVpcLink", SIM_READ, "GET", "/vpclinks/{vpclink_id}", apigateway_get_link),
    ROW("GetVpcLinks", SIM_READ, "GET", "/vpclinks", apigateway_get_links),
    ROW("PutGatewayResponse", SIM_WRITE, "PUT", API "/gatewayresponses/{response_type}",
        apigateway_put_gateway_response),
    ROW("PutIntegration", SIM_WRITE, "PUT", INTEGRATION, apigateway_put_integration),
    ROW("PutIntegrationResponse", SIM_WRITE, "PUT", INTEGRATION "/responses/{status_code}",
        apigateway_put_integration_response),
    ROW("PutMethod", SIM_WRITE, "PUT", METHOD, apigateway_put_method),
    ROW("PutMethodResponse", SIM_WRITE, "PUT", METHOD "/responses/{status_code}",
        apigateway_put_method_response),
    ROW("PutRestApi", SIM_WRITE, "PUT", API, put_rest_api, .raw_input = true),
    ROW("TagResource", SIM_WRITE, "PUT", "/tags/{resource_arn+}", tag_resource),
    ROW("UntagResource", SIM_WRITE, "DELETE", "/tags/{resource_arn+}", untag_resource),
    ROW("UpdateAccount", SIM_WRITE, "PATCH", "/account", apigateway_update_account),
    ROW("UpdateApiKey", SIM_WRITE, "PATCH", "/apikeys/{api_Key}", apigateway_update_api_key),
    ROW("UpdateAuthorizer", SIM_WRITE, "PATCH", API "/authorizers/{authorizer_id}",
        apigateway_update_authorizer),
    ROW("UpdateBasePathMapping", SIM_WRITE, "PATCH",
        "/domainnames/{domain_name}/basepathmappings/{base_path}", apigateway_update_mapping),
    ROW("UpdateClientCertificate", SIM_WRITE, "PATCH", "/clientcertificates/{clientcertificate_id}",
        apigateway_update_certificate),
    ROW("UpdateDocumentationPart", SIM_WRITE, "PATCH", API "/documentation/parts/{part_id}",
        apigateway_update_part),
    ROW("UpdateDocumentationVersion", SIM_WRITE, "PATCH", API "/documentation/versions/{doc_version}",
        apigateway_update_version),
    ROW("UpdateDomainName", SIM_WRITE, "PATCH", "/domainnames/{domain_name}", apigateway_update_domain_name),
    ROW("UpdateIntegration", SIM_WRITE, "PATCH", INTEGRATION, apigateway_update_integration),
    ROW("UpdateMethod", SIM_WRITE, "PATCH", METHOD, apigateway_update_method),
    ROW("UpdateMethodResponse", SIM_WRITE, "PATCH", METHOD "/responses/{status_code}",
        apigateway_update_method_response),
    ROW("UpdateModel", SIM_WRITE, "PATCH", API "/models/{model_name}", apigateway_update_model),
    ROW("UpdateRequestValidator", SIM_WRITE, "PATCH", API "/requestvalidators/{requestvalidator_id}",
        apigateway_update_validator),
    ROW("UpdateRestApi", SIM_WRITE, "PATCH", API, update_rest_api),
    ROW("UpdateStage", SIM_WRITE, "PATCH", API "/stages/{stage_name}", apigateway_update_stage),
    ROW("UpdateUsagePlan", SIM_WRITE, "PATCH", "/usageplans/{usageplanId}", apigateway_update_usage_plan),
    ROW("UpdateVpcLink", SIM_WRITE, "PATCH", "/vpclinks/{vpclink_id}", apigateway_update_link),
};

const struct sim_service sim_apigateway = {
    .name = "apigateway",
    .rest = true,
    .rest_protocol = SIM_RESTJSON,
    .throttle_status = 429,
    .throttle_code = "TooManyRequestsException",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
