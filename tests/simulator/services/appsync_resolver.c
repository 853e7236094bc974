/* The functions and resolvers of a GraphQL API: code, or mapping templates. */

#include "tests/simulator/services/appsync.h"

static struct value *part(struct value *api, const char *name)
{
    return value_path(api, "inner", name, NULL);
}

/* Code with a runtime, or templates; a data source that is there. */
static bool check_body(struct call *call, struct value *api, bool source_needed)
{
    struct str source = call_text(call, "dataSourceName");
    if (call_has(call, "code") != call_has(call, "runtime"))
        return appsync_bad(call, "Code and runtime must be given together.");
    if (call_has(call, "runtime") &&
        (!value_is_text(value_path(call->input, "runtime", "name", NULL), "APPSYNC_JS") ||
         !value_path(call->input, "runtime", "runtimeVersion", NULL)))
        return appsync_bad(call, "Invalid runtime.");
    if (call_has(call, "code") &&
        (call_has(call, "requestMappingTemplate") || call_has(call, "responseMappingTemplate")))
        return appsync_bad(call, "Code and mapping templates exclude each other.");
    if (!source.len)
        return !source_needed || appsync_bad(call, "Data source is required.");
    return value_get_str(part(api, "sources"), source) ||
           appsync_absent(call, "Data source with name %.*s not found.", STR_ARG(source));
}

/* --- functions ---------------------------------------------------------------------------------------- */

static const char *const of_function[] = {"name",
                                          "description",
                                          "dataSourceName",
                                          "requestMappingTemplate",
                                          "responseMappingTemplate",
                                          "functionVersion",
                                          "syncConfig",
                                          "maxBatchSize",
                                          "runtime",
                                          "code"};

static void set_function(struct call *call, struct value *one)
{
    appsync_set(call, one, of_function, ARRAY_LENGTH(of_function));
    if (!value_get(one, "maxBatchSize"))
        state_int(call, one, "maxBatchSize", 0);
    if (!value_get(one, "functionVersion") && !value_get(one, "runtime"))
        state_text(call, one, "functionVersion", STR("2018-05-29"));
    put(call, call->output, "functionConfiguration", one);
}

bool appsync_create_function(struct call *call)
{
    struct value *api = appsync_still_api(call);
    if (!api || !call_need(call, "name", 400, "BadRequestException") || !check_body(call, api, true))
        return false;
    struct str id = arena_printf(call->arena, "f%.*s", /* never a digit first */
                                 STR_ARG(call_id(call, "abcdefghijklmnopqrstuvwxyz234567", 25)));
    struct value *one = state_put(call, part(api, "functions"), id, value_map(call->arena));
    state_text(call, one, "functionId", id);
    state_text(
        call, one, "functionArn",
        arn(call, "appsync", "apis/%.*s/functions/%.*s", STR_ARG(call_text(call, "apiId")), STR_ARG(id)));
    set_function(call, one);
    return true;
}

static struct value *function_of(struct call *call, struct value *api)
{
    struct value *one = api ? value_get_str(part(api, "functions"), call_text(call, "functionId")) : NULL;
    if (api && !one)
        appsync_absent(call, "Function not found.");
    return one;
}

bool appsync_get_function(struct call *call)
{
    struct value *one = function_of(call, appsync_api(call));
    if (one)
        put(call, call->output, "functionConfiguration", one);
    return one;
}

bool appsync_update_function(struct call *call)
{
    struct value *api = appsync_still_api(call), *one = function_of(call, api);
    if (!one || !call_need(call, "name", 400, "BadRequestException") || !check_body(call, api, true))
        return false;
    set_function(call, one);
    return true;
}

static bool is_used(struct value *api, struct str id)
{
    const struct value *resolvers = part(api, "resolvers");
    for (size_t i = 0; i < resolvers->count; i++) {
        const struct value *list =
            value_path(resolvers->entries[i].value, "pipelineConfig", "functions", NULL);
        for (size_t k = 0; list && k < list->count; k++)
            if (str_equal(value_text(list->items[k]), id))
                return true;
    }
    return false;
}

bool appsync_delete_function(struct call *call)
{
    struct value *api = appsync_still_api(call);
    struct str id = call_text(call, "functionId");
    if (!function_of(call, api))
        return false;
    if (is_used(api, id))
        return appsync_bad(call, "Cannot delete a function which is currently used by a resolver");
    return value_remove(part(api, "functions"), id);
}

bool appsync_list_functions(struct call *call)
{
    struct value *api = appsync_api(call);
    return api && appsync_page(call, part(api, "functions"), "functions");
}

/* --- resolvers ---------------------------------------------------------------------------------------- */

static const char *const of_resolver[] = {
    "dataSourceName", "requestMappingTemplate", "responseMappingTemplate",
    "kind",           "pipelineConfig",         "syncConfig",
    "cachingConfig",  "maxBatchSize",           "runtime",
    "code",           "metricsConfig"};

static struct str resolver_key(struct call *call)
{
    return arena_printf(call->arena, "%.*s.%.*s", STR_ARG(call_text(call, "typeName")),
                        STR_ARG(call_text(call, "fieldName")));
}

static bool check_resolver(struct call *call, struct value *api)
{
    bool pipeline = str_is(call_text(call, "kind"), "PIPELINE");
    const struct value *list = value_path(call->input, "pipelineConfig", "functions", NULL);
    struct str type = call_text(call, "typeName"), field = call_text(call, "fieldName");
    if (!appsync_has_field(call, api, type, field))
        return appsync_absent(call, "No field named %.*s found on type %.*s", STR_ARG(field), STR_ARG(type));
    if (list && !pipeline)
        return appsync_bad(call, "Only pipeline resolvers have a pipeline configuration.");
    for (size_t i = 0; list && i < list->count; i++)
        if (!value_get_str(part(api, "functions"), value_text(list->items[i])))
            return appsync_absent(call, "Function %.*s not found.", STR_ARG(value_text(list->items[i])));
    return check_body(call, api, !pipeline);
}

static void set_resolver(struct call *call, struct value *one)
{
    appsync_set(call, one, of_resolver, ARRAY_LENGTH(of_resolver));
    if (!value_get(one, "kind"))
        state_text(call, one, "kind", STR("UNIT"));
    if (!value_get(one, "maxBatchSize"))
        state_int(call, one, "maxBatchSize", 0);
    if (!value_get(one, "metricsConfig"))
        state_text(call, one, "metricsConfig", STR("DISABLED"));
    put(call, call->output, "resolver", one);
}

bool appsync_create_resolver(struct call *call)
{
    struct value *api = appsync_still_api(call);
    struct str type = call_text(call, "typeName"), field = call_text(call, "fieldName");
    if (!api || !call_need(call, "fieldName", 400, "BadRequestException") || !check_resolver(call, api))
        return false;
    if (value_get_str(part(api, "resolvers"), resolver_key(call)))
        return appsync_bad(call, "Only one resolver is allowed per field.");
    struct value *one = state_put(call, part(api, "resolvers"), resolver_key(call), value_map(call->arena));
    state_text(call, one, "typeName", type);
    state_text(call, one, "fieldName", field);
    state_text(call, one, "resolverArn",
               arn(call, "appsync", "apis/%.*s/types/%.*s/resolvers/%.*s", STR_ARG(call_text(call, "apiId")),
                   STR_ARG(type), STR_ARG(field)));
    set_resolver(call, one);
    return true;
}

static struct value *resolver_of(struct call *call, struct value *api)
{
    struct value *one = api ? value_get_str(part(api, "resolvers"), resolver_key(call)) : NULL;
    if (api && !one)
        appsync_absent(call, "No resolver found.");
    return one;
}

bool appsync_get_resolver(struct call *call)
{
    struct value *one = resolver_of(call, appsync_api(call));
    if (one)
        put(call, call->output, "resolver", one);
    return one;
}

bool appsync_update_resolver(struct call *call)
{
    struct value *api = appsync_still_api(call), *one = resolver_of(call, api);
    if (!one || !check_resolver(call, api))
        return false;
    set_resolver(call, one);
    return true;
}

bool appsync_delete_resolver(struct call *call)
{
    struct value *api = appsync_still_api(call);
    return resolver_of(call, api) && value_remove(part(api, "resolvers"), resolver_key(call));
}

bool appsync_list_resolvers(struct call *call)
{
    struct value *api = appsync_api(call), *found = value_map(call->arena);
    const struct value *all = api ? part(api, "resolvers") : NULL;
    for (size_t i = 0; all && i < all->count; i++)
        if (str_equal(value_get_text(all->entries[i].value, "typeName"), call_text(call, "typeName")))
            value_set(call->arena, found, all->entries[i].key, all->entries[i].value);
    return api && appsync_page(call, found, "resolvers");
}
