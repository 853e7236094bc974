/* AWS AppSync, as of its API reference: GraphQL APIs, their tags and variables, and the table of operations.
 */

#include "tests/simulator/services/appsync.h"

#include <stdarg.h>
#include <stdio.h>

#include "tests/simulator/roles.h"

enum { PAGE = 25, TAGS_MAX = 50, MESSAGE_MAX = 512, VARIABLES_MAX = 50 };

static void fail_text(struct call *call, int status, const char *code, const char *format, va_list arguments)
{
    char text[MESSAGE_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    call_fail(call, status, code, "%s", text);
}

bool appsync_bad(struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_text(call, 400, "BadRequestException", format, arguments);
    va_end(arguments);
    return false;
}

bool appsync_absent(struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_text(call, 404, "NotFoundException", format, arguments);
    va_end(arguments);
    return false;
}

bool appsync_page(struct call *call, const struct value *items, const char *list)
{
    static const struct sim_paging paging = {.size_member = "maxResults",
                                             .token_member = "nextToken",
                                             .size = PAGE,
                                             .size_max = PAGE,
                                             .error_code = "BadRequestException"};
    struct str next;
    struct value *page = call_page(call, items, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, list, page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

void appsync_set(struct call *call, struct value *map, const char *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!state_member(call, map, members[i]))
            (void)value_remove(map, str_from(members[i]));
}

bool appsync_check_role(struct call *call, struct str role_arn)
{
    enum role_answer answer = role_check(call, role_arn, "appsync.amazonaws.com");
    return answer == ROLE_GOOD ||
           appsync_bad(call, "%s",
                       answer == ROLE_MALFORMED ? "Invalid role ARN." : "The role cannot be assumed.");
}

static struct value *apis(struct call *call)
{
    return state_map(call, "apis");
}

static struct value *graphql_api(struct call *call)
{
    struct value *api = value_get_str(apis(call), call_text(call, "apiId"));
    if (!api)
        appsync_absent(call, "GraphQL API %.*s not found.", STR_ARG(call_text(call, "apiId")));
    return api;
}

struct value *appsync_api(struct call *call)
{
    struct value *api = value_get_str(apis(call), call_text(call, "apiId"));
    if (!api)
        api = appsync_event_api(call);
    if (!api)
        appsync_absent(call, "GraphQL API %.*s not found.", STR_ARG(call_text(call, "apiId")));
    return api;
}

struct value *appsync_still_api(struct call *call)
{
    struct value *api = appsync_api(call);
    if (!api || !appsync_schema_is_new(call, api))
        return api;
    call_fail(call, 409, "ConcurrentModificationException",
              "Schema is currently being altered, please wait until that is complete.");
    return NULL;
}

/* --- APIs --------------------------------------------------------------------------------------------- */

static const char *const changeable[] = {"name",
                                         "logConfig",
                                         "authenticationType",
                                         "userPoolConfig",
                                         "openIDConnectConfig",
                                         "additionalAuthenticationProviders",
                                         "xrayEnabled",
                                         "lambdaAuthorizerConfig",
                                         "mergedApiExecutionRoleArn",
                                         "ownerContact",
                                         "introspectionConfig",
                                         "queryDepthLimit",
                                         "resolverCountLimit",
                                         "enhancedMetricsConfig"};

static bool check_provider(struct call *call, const struct value *provider, bool first)
{
    static const char *const needs[][2] = {{"AMAZON_COGNITO_USER_POOLS", "userPoolConfig"},
                                           {"OPENID_CONNECT", "openIDConnectConfig"},
                                           {"AWS_LAMBDA", "lambdaAuthorizerConfig"},
                                           {"API_KEY", NULL},
                                           {"AWS_IAM", NULL}};
    struct str kind = value_get_text(provider, "authenticationType");
    for (size_t i = 0; i < ARRAY_LENGTH(needs); i++) {
        const struct value *config = needs[i][1] ? value_get(provider, needs[i][1]) : NULL;
        if (!str_is(kind, needs[i][0]))
            continue;
        if (needs[i][1] && !config)
            return appsync_bad(call, "%s is required for authentication type %s", needs[i][1], needs[i][0]);
        if (i == 0 &&
            (!value_get_text(config, "userPoolId").len || !value_get_text(config, "awsRegion").len ||
             (first && !value_get_text(config, "defaultAction").len)))
            return appsync_bad(
                call, "Invalid userPoolConfig: userPoolId, awsRegion and defaultAction are required");
        return true;
    }
    return appsync_bad(call, "Invalid authentication type: %.*s", STR_ARG(kind));
}

static bool check_api(struct call *call)
{
    const struct value *more = call_list(call, "additionalAuthenticationProviders");
    struct value *log = value_get(call->input, "logConfig");
    if (!call_need(call, "name", 400, "BadRequestException") || !check_provider(call, call->input, true))
        return false;
    for (size_t i = 0; i < more->count; i++)
        if (!check_provider(call, more->items[i], false))
            return false;
    return !log || appsync_check_role(call, value_get_text(log, "cloudWatchLogsRoleArn"));
}

static void set_api(struct call *call, struct value *api)
{
    appsync_set(call, api, changeable, ARRAY_LENGTH(changeable));
    if (!value_get(api, "xrayEnabled"))
        state_bool(call, api, "xrayEnabled", false);
    if (!value_get(api, "introspectionConfig"))
        state_text(call, api, "introspectionConfig", STR("ENABLED"));
    if (!value_get(api, "queryDepthLimit"))
        state_int(call, api, "queryDepthLimit", 0);
    if (!value_get(api, "resolverCountLimit"))
        state_int(call, api, "resolverCountLimit", 0);
}

static void set_places(struct call *call, struct value *api)
{
    struct str label = call_id(call, "abcdefghijklmnopqrstuvwxyz234567", 26);
    struct value *dns = value_map(call->arena), *uris = value_map(call->arena);
    struct str region = call->region;
    struct str graphql =
        arena_printf(call->arena, "%.*s.appsync-api.%.*s.amazonaws.com", STR_ARG(label), STR_ARG(region));
    struct str realtime = arena_printf(call->arena, "%.*s.appsync-realtime-api.%.*s.amazonaws.com",
                                       STR_ARG(label), STR_ARG(region));
    put_text(call, dns, "GRAPHQL", graphql);
    put_text(call, dns, "REALTIME", realtime);
    put_textf(call, uris, "GRAPHQL", "https://%.*s/graphql", STR_ARG(graphql));
    put_textf(call, uris, "REALTIME", "wss://%.*s/graphql", STR_ARG(realtime));
    state_put(call, api, STR("dns"), dns);
    state_put(call, api, STR("uris"), uris);
}

static struct value *api_shape(struct call *call, const struct value *api)
{
    static const char *const inner[] = {"inner", "schema"};
    struct value *shape = value_copy(call->arena, api);
    for (size_t i = 0; i < ARRAY_LENGTH(inner); i++)
        (void)value_remove(shape, str_from(inner[i]));
    return shape;
}

static bool create_api(struct call *call)
{
    static const char *const parts[] = {"keys", "sources", "functions", "resolvers", "variables"};
    if (!check_api(call))
        return false;
    struct str id = call_id(call, "abcdefghijklmnopqrstuvwxyz234567", 26);
    struct value *api = state_put(call, apis(call), id, value_map(call->arena));
    state_text(call, api, "apiId", id);
    state_text(call, api, "arn", arn(call, "appsync", "apis/%.*s", STR_ARG(id)));
    state_text(call, api, "owner", call->account);
    state_text(call, api, "visibility",
               call_has(call, "visibility") ? call_text(call, "visibility") : STR("GLOBAL"));
    state_text(call, api, "apiType", call_has(call, "apiType") ? call_text(call, "apiType") : STR("GRAPHQL"));
    state_put(call, api, STR("tags"),
              call_has(call, "tags") ? value_get(call->input, "tags") : value_map(call->arena));
    set_places(call, api);
    struct value *inner = state_put(call, api, STR("inner"), value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        state_put(call, inner, str_from(parts[i]), value_map(call->arena));
    set_api(call, api);
    put(call, call->output, "graphqlApi", api_shape(call, api));
    return true;
}

static bool get_api(struct call *call)
{
    struct value *api = graphql_api(call);
    if (api)
        put(call, call->output, "graphqlApi", api_shape(call, api));
    return api;
}

static bool update_api(struct call *call)
{
    struct value *api = graphql_api(call) ? appsync_still_api(call) : NULL;
    if (!api || !check_api(call))
        return false;
    set_api(call, api);
    put(call, call->output, "graphqlApi", api_shape(call, api));
    return true;
}

static bool delete_api(struct call *call)
{
    return graphql_api(call) && appsync_still_api(call) && value_remove(apis(call), call_text(call, "apiId"));
}

static bool list_apis(struct call *call)
{
    struct value *all = apis(call), *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++)
        value_set(call->arena, shapes, all->entries[i].key, api_shape(call, all->entries[i].value));
    return appsync_page(call, shapes, "graphqlApis");
}

/* --- variables ---------------------------------------------------------------------------------------- */

static bool get_variables(struct call *call)
{
    struct value *api = appsync_api(call);
    if (api)
        put(call, call->output, "environmentVariables", value_path(api, "inner", "variables", NULL));
    return api;
}

static bool put_variables(struct call *call)
{
    struct value *api = appsync_still_api(call), *given = value_get(call->input, "environmentVariables");
    if (!api)
        return false;
    if (!value_is(given, VALUE_MAP) || given->count > VARIABLES_MAX)
        return appsync_bad(call, "environmentVariables must be a map of at most 50");
    state_put(call, value_get(api, "inner"), STR("variables"), given);
    put(call, call->output, "environmentVariables", given);
    return true;
}

/* --- tags --------------------------------------------------------------------------------------------- */

static struct value *tagged(struct call *call)
{
    struct str text = call_text(call, "resourceArn"), rest = str_from_index(text, str_find(text, '/') + 1);
    struct value *api = value_get_str(apis(call), rest);
    if (!api)
        api = appsync_event_tagged(call, rest);
    if (!api)
        appsync_absent(call, "Resource %.*s not found.", STR_ARG(text));
    return api;
}

static bool tag_resource(struct call *call)
{
    struct value *api = tagged(call), *tags = value_get(call->input, "tags");
    if (!api)
        return false;
    if (!tags || tags->count > TAGS_MAX)
        return appsync_bad(call, "Invalid tags");
    state_merge(call, api, "tags", tags);
    return true;
}

static bool untag_resource(struct call *call)
{
    struct value *api = tagged(call);
    if (api)
        state_remove_keys(api, "tags", call_list(call, "tagKeys"));
    return api;
}

static bool list_tags(struct call *call)
{
    struct value *api = tagged(call);
    if (api)
        put(call, call->output, "tags", value_get(api, "tags"));
    return api;
}

#define API "/v1/apis/{apiId}"
#define EVENTS "/v2/apis/{apiId}"
#define NAMESPACES EVENTS "/channelNamespaces"
#define RESOLVERS API "/types/{typeName}/resolvers"
#define ROW(NAME, EFFECT, METHOD, PATH, HANDLE)                                                              \
    {                                                                                                        \
        .name = NAME, .effect = EFFECT, .method = METHOD, .path = PATH, .handle = HANDLE                     \
    }

static const struct sim_operation operations[] = {
    ROW("CreateApi", SIM_WRITE, "POST", "/v2/apis", appsync_create_event_api),
    ROW("CreateChannelNamespace", SIM_WRITE, "POST", NAMESPACES, appsync_create_namespace),
    ROW("DeleteApi", SIM_WRITE, "DELETE", EVENTS, appsync_delete_event_api),
    ROW("DeleteChannelNamespace", SIM_WRITE, "DELETE", NAMESPACES "/{name}", appsync_delete_namespace),
    ROW("GetApi", SIM_READ, "GET", EVENTS, appsync_get_event_api),
    ROW("GetChannelNamespace", SIM_READ, "GET", NAMESPACES "/{name}", appsync_get_namespace),
    ROW("ListApis", SIM_READ, "GET", "/v2/apis", appsync_list_event_apis),
    ROW("UpdateApi", SIM_WRITE, "POST", EVENTS, appsync_update_event_api),
    ROW("UpdateChannelNamespace", SIM_WRITE, "POST", NAMESPACES "/{name}", appsync_update_namespace),
    ROW("CreateApiKey", SIM_WRITE, "POST", API "/apikeys", appsync_create_key),
    ROW("CreateDataSource", SIM_WRITE, "POST", API "/datasources", appsync_create_source),
    ROW("CreateFunction", SIM_WRITE, "POST", API "/functions", appsync_create_function),
    ROW("CreateGraphqlApi", SIM_WRITE, "POST", "/v1/apis", create_api),
    ROW("CreateResolver", SIM_WRITE, "POST", RESOLVERS, appsync_create_resolver),
    ROW("DeleteApiKey", SIM_WRITE, "DELETE", API "/apikeys/{id}", appsync_delete_key),
    ROW("DeleteDataSource", SIM_WRITE, "DELETE", API "/datasources/{name}", appsync_delete_source),
    ROW("DeleteFunction", SIM_WRITE, "DELETE", API "/functions/{functionId}", appsync_delete_function),
    ROW("DeleteGraphqlApi", SIM_WRITE, "DELETE", API, delete_api),
    ROW("DeleteResolver", SIM_WRITE, "DELETE", RESOLVERS "/{fieldName}", appsync_delete_resolver),
    ROW("GetDataSource", SIM_READ, "GET", API "/datasources/{name}", appsync_get_source),
    ROW("GetFunction", SIM_READ, "GET", API "/functions/{functionId}", appsync_get_function),
    ROW("GetGraphqlApi", SIM_READ, "GET", API, get_api),
    ROW("GetGraphqlApiEnvironmentVariables", SIM_READ, "GET", API "/environmentVariables", get_variables),
    ROW("GetIntrospectionSchema", SIM_READ, "GET", API "/schema", appsync_introspection),
    ROW("GetResolver", SIM_READ, "GET", RESOLVERS "/{fieldName}", appsync_get_resolver),
    ROW("GetSchemaCreationStatus", SIM_READ, "GET", API "/schemacreation", appsync_schema_status),
    ROW("ListApiKeys", SIM_READ, "GET", API "/apikeys", appsync_list_keys),
    ROW("ListDataSources", SIM_READ, "GET", API "/datasources", appsync_list_sources),
    ROW("ListFunctions", SIM_READ, "GET", API "/functions", appsync_list_functions),
    ROW("ListGraphqlApis", SIM_READ, "GET", "/v1/apis", list_apis),
    ROW("ListResolvers", SIM_READ, "GET", RESOLVERS, appsync_list_resolvers),
    ROW("ListTagsForResource", SIM_READ, "GET", "/v1/tags/{resourceArn}", list_tags),
    ROW("PutGraphqlApiEnvironmentVariables", SIM_WRITE, "PUT", API "/environmentVariables", put_variables),
    ROW("StartSchemaCreation", SIM_WRITE, "POST", API "/schemacreation", appsync_start_schema),
    ROW("TagResource", SIM_WRITE, "POST", "/v1/tags/{resourceArn}", tag_resource),
    ROW("UntagResource", SIM_WRITE, "DELETE", "/v1/tags/{resourceArn}", untag_resource),
    ROW("UpdateApiKey", SIM_WRITE, "POST", API "/apikeys/{id}", appsync_update_key),
    ROW("UpdateDataSource", SIM_WRITE, "POST", API "/datasources/{name}", appsync_update_source),
    ROW("UpdateFunction", SIM_WRITE, "POST", API "/functions/{functionId}", appsync_update_function),
    ROW("UpdateGraphqlApi", SIM_WRITE, "POST", API, update_api),
    ROW("UpdateResolver", SIM_WRITE, "POST", RESOLVERS "/{fieldName}", appsync_update_resolver),
};

const struct sim_service sim_appsync = {
    .name = "appsync",
    .rest = true,
    .rest_protocol = SIM_RESTJSON,
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
