/* The keys and the data sources of a GraphQL API. */

#include "tests/simulator/services/appsync.h"

#include <string.h>

enum { KEYS_MAX = 50, HOUR = 3600, DAY = 24 * HOUR, KEY_DAYS = 7, KEY_DAYS_MAX = 365, KEPT_DAYS = 60 };

static struct value *part(struct value *api, const char *name)
{
    return value_path(api, "inner", name, NULL);
}

/* --- keys: they end at full hours --------------------------------------------------------------------- */

static bool set_key(struct call *call, struct value *key)
{
    int64_t now = call->now / 1000, ends = value_get_int(call->input, "expires", now + KEY_DAYS * DAY);
    bool given = call_has(call, "expires");
    ends -= ends % HOUR;
    if (given && (ends < now + DAY - HOUR || ends > now + (int64_t)KEY_DAYS_MAX * DAY))
        return call_fail(call, 400, "ApiKeyValidityOutOfBoundsException",
                         "API key expiration must be between 1 and 365 days from now.");
    if (call_has(call, "description"))
        state_text(call, key, "description", call_text(call, "description"));
    if (given || !value_get(key, "expires")) {
        state_int(call, key, "expires", ends);
        state_int(call, key, "deletes", ends + KEPT_DAYS * DAY);
    }
    put(call, call->output, "apiKey", key);
    return true;
}

bool appsync_create_key(struct call *call)
{
    struct value *api = appsync_api(call), *fresh = value_map(call->arena);
    if (!api)
        return false;
    if (part(api, "keys")->count >= KEYS_MAX)
        return call_fail(call, 400, "ApiKeyLimitExceededException", "An API has at most 50 keys.");
    struct str id =
        arena_printf(call->arena, "da2-%.*s", STR_ARG(call_id(call, "abcdefghijklmnopqrstuvwxyz234567", 26)));
    state_text(call, fresh, "id", id);
    if (!set_key(call, fresh))
        return false;
    state_put(call, part(api, "keys"), id, fresh);
    return true;
}

static struct value *key_of(struct call *call)
{
    struct value *api = appsync_api(call);
    struct value *key = api ? value_get_str(part(api, "keys"), call_text(call, "id")) : NULL;
    if (api && !key)
        appsync_absent(call, "API key not found.");
    return key;
}

bool appsync_update_key(struct call *call)
{
    struct value *key = key_of(call);
    return key && set_key(call, key);
}

bool appsync_delete_key(struct call *call)
{
    return key_of(call) && value_remove(part(appsync_api(call), "keys"), call_text(call, "id"));
}

bool appsync_list_keys(struct call *call)
{
    struct value *api = appsync_api(call);
    return api && appsync_page(call, part(api, "keys"), "apiKeys");
}

/* --- data sources ------------------------------------------------------------------------------------- */

static const char *const changeable[] = {"description",
                                         "type",
                                         "serviceRoleArn",
                                         "dynamodbConfig",
                                         "lambdaConfig",
                                         "elasticsearchConfig",
                                         "openSearchServiceConfig",
                                         "httpConfig",
                                         "relationalDatabaseConfig",
                                         "eventBridgeConfig",
                                         "metricsConfig"};

static const struct {
    const char *type, *config;
    bool role;
} kinds[] = {
    {"AWS_LAMBDA", "lambdaConfig", true},
    {"AMAZON_DYNAMODB", "dynamodbConfig", true},
    {"AMAZON_ELASTICSEARCH", "elasticsearchConfig", true},
    {"AMAZON_OPENSEARCH_SERVICE", "openSearchServiceConfig", true},
    {"NONE", NULL, false},
    {"HTTP", "httpConfig", false},
    {"RELATIONAL_DATABASE", "relationalDatabaseConfig", true},
    {"AMAZON_EVENTBRIDGE", "eventBridgeConfig", true},
    {"AMAZON_BEDROCK_RUNTIME", NULL, true},
};

static bool check_source(struct call *call)
{
    struct str type = call_text(call, "type"), role = call_text(call, "serviceRoleArn");
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        if (!str_is(type, kinds[i].type))
            continue;
        if (kinds[i].config && !call_has(call, kinds[i].config))
            return appsync_bad(call, "%s is required for data source type %s", kinds[i].config,
                               kinds[i].type);
        if (kinds[i].role && !role.len)
            return appsync_bad(call, "serviceRoleArn is required for data source type %s", kinds[i].type);
        return !role.len || appsync_check_role(call, role);
    }
    return appsync_bad(call, "Invalid data source type: %.*s", STR_ARG(type));
}

static void set_source(struct call *call, struct value *source)
{
    appsync_set(call, source, changeable, ARRAY_LENGTH(changeable));
    if (!value_get(source, "metricsConfig"))
        state_text(call, source, "metricsConfig", STR("DISABLED"));
    put(call, call->output, "dataSource", source);
}

bool appsync_create_source(struct call *call)
{
    struct value *api = appsync_still_api(call);
    struct str name = call_text(call, "name");
    if (!api || !call_need(call, "name", 400, "BadRequestException") || !check_source(call))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", name.ptr[i]))
            return appsync_bad(call, "Invalid data source name: %.*s", STR_ARG(name));
    if (value_get_str(part(api, "sources"), name))
        return appsync_bad(call, "Data source with name %.*s already exists", STR_ARG(name));
    struct value *source = state_put(call, part(api, "sources"), name, value_map(call->arena));
    state_text(call, source, "name", name);
    state_text(
        call, source, "dataSourceArn",
        arn(call, "appsync", "apis/%.*s/datasources/%.*s", STR_ARG(call_text(call, "apiId")), STR_ARG(name)));
    set_source(call, source);
    return true;
}

static struct value *source_of(struct call *call, struct value *api)
{
    struct value *source = api ? value_get_str(part(api, "sources"), call_text(call, "name")) : NULL;
    if (api && !source)
        appsync_absent(call, "Data source not found.");
    return source;
}

bool appsync_get_source(struct call *call)
{
    struct value *source = source_of(call, appsync_api(call));
    if (source)
        put(call, call->output, "dataSource", source);
    return source;
}

bool appsync_update_source(struct call *call)
{
    struct value *source = source_of(call, appsync_still_api(call));
    if (!source || !check_source(call))
        return false;
    set_source(call, source);
    return true;
}

bool appsync_delete_source(struct call *call)
{
    struct value *api = appsync_still_api(call);
    return source_of(call, api) && value_remove(part(api, "sources"), call_text(call, "name"));
}

bool appsync_list_sources(struct call *call)
{
    struct value *api = appsync_api(call);
    return api && appsync_page(call, part(api, "sources"), "dataSources");
}
