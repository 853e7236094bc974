/* Deployments and stages of HTTP and WebSocket APIs. */

#include "tests/simulator/services/apigatewayv2.h"

static const char *const stage_members[] = {
    "description",          "autoDeploy", "accessLogSettings", "clientCertificateId", "deploymentId",
    "defaultRouteSettings", NULL};

static bool bad_request(struct call *call, const char *what)
{
    return call_fail(call, 400, "BadRequestException", "%s", what);
}

/* --- deployments --- */

static struct value *add_deployment(struct call *call, struct value *api, bool automatic)
{
    struct value *shape = value_map(call->arena);
    put_bool(call, shape, "autoDeployed", automatic);
    put_text(call, shape, "createdDate", time_text(call, call->now));
    put_text(call, shape, "deploymentStatus", STR("DEPLOYED"));
    if (automatic)
        put_text(call, shape, "description", STR("Automatic deployment triggered by changes to the Api"));
    return apigatewayv2_add(call, api, "deployments", "deploymentId", shape);
}

static void point_to(struct call *call, struct value *stage, const struct value *deployment)
{
    state_text(call, stage, "deploymentId", value_get_text(deployment, "deploymentId"));
    state_text(call, stage, "lastUpdatedDate", time_text(call, call->now));
}

void apigatewayv2_auto_deploy(struct call *call, struct value *api)
{
    const struct value *stages = value_get(api, "stages"), *routes = value_get(api, "routes");
    for (size_t i = 0; stages && routes && routes->count && i < stages->count; i++) {
        struct value *stage = value_get(stages->entries[i].value, "shape");
        if (!value_get_bool(stage, "autoDeploy", false))
            continue;
        point_to(call, stage, add_deployment(call, api, true));
        state_text(call, stage, "lastDeploymentStatusMessage",
                   arena_printf(call->arena, "Successfully deployed stage with deployment ID '%.*s'",
                                STR_ARG(value_get_text(stage, "deploymentId"))));
    }
}

bool apigatewayv2_create_deployment(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    const struct value *routes = value_get(api, "routes");
    struct str name = call_text(call, "stageName");
    if (!api)
        return false;
    if (!routes || !routes->count)
        return bad_request(call, "At least one route is required before deploying the Api.");
    struct value *stage = value_get(value_get_str(value_get(api, "stages"), name), "shape");
    if (name.len && !stage)
        return call_fail(call, 404, "NotFoundException", "Invalid stage identifier specified");
    if (stage && value_get_bool(stage, "autoDeploy", false))
        return bad_request(call, "Deployment ID cannot be set on a stage with autoDeploy enabled");
    struct value *shape = add_deployment(call, api, false);
    apigatewayv2_take(call, shape, (const char *const[]){"description", NULL});
    if (stage)
        point_to(call, stage, shape);
    call->output = shape;
    return true;
}

bool apigatewayv2_delete_deployment(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    struct str id = call_text(call, "deploymentId");
    const struct value *stages = value_get(api, "stages");
    if (!api)
        return false;
    for (size_t i = 0; stages && i < stages->count; i++)
        if (str_equal(value_text(value_path(stages->entries[i].value, "shape", "deploymentId", NULL)), id))
            return bad_request(call, "Active stages pointing to this deployment must be moved or deleted");
    return value_remove(apigatewayv2_things(call, api, "deployments"), id) ||
           call_fail(call, 404, "NotFoundException", "Invalid Deployment identifier specified");
}

/* --- stages --- */

static struct value *stage_of(struct call *call, struct value **api)
{
    *api = apigatewayv2_api(call);
    struct value *stage =
        *api ? value_get_str(value_get(*api, "stages"), call_text(call, "stageName")) : NULL;
    if (*api && !stage)
        call_fail(call, 404, "NotFoundException", "Invalid stage identifier specified");
    return value_get(stage, "shape");
}

static bool check_settings(struct call *call, const struct value *api, const struct value *settings)
{
    bool logs = value_get(settings, "loggingLevel") || value_get_bool(settings, "dataTraceEnabled", false);
    return !(logs && apigatewayv2_is_http(api)) ||
           bad_request(call, "Execution logs are not supported on protocolType HTTP");
}

static bool check_stage(struct call *call, const struct value *api, const struct value *old)
{
    struct str deployment = call_text(call, "deploymentId");
    const struct value *routes = value_get(call->input, "routeSettings"),
                       *log = value_get(call->input, "accessLogSettings");
    bool automatic = value_get_bool(call->input, "autoDeploy", value_get_bool(old, "autoDeploy", false));
    if (deployment.len && automatic)
        return bad_request(call, "Deployment ID cannot be set on a stage with autoDeploy enabled");
    if (deployment.len && !value_get_str(value_get(api, "deployments"), deployment))
        return call_fail(call, 404, "NotFoundException", "Invalid Deployment identifier specified");
    if (log && log->count && !value_get_text(log, "format").len)
        return bad_request(call, "Format is a required parameter of access log settings");
    for (size_t i = 0; value_is(routes, VALUE_MAP) && i < routes->count; i++) {
        struct str key = routes->entries[i].key;
        if (!apigatewayv2_route(api, key))
            return call_fail(call, 404, "NotFoundException",
                             "Unable to find Route by key %.*s within the provided RouteSettings",
                             STR_ARG(key));
        if (!check_settings(call, api, routes->entries[i].value))
            return false;
    }
    return check_settings(call, api, value_get(call->input, "defaultRouteSettings"));
}

static void put_settings(struct call *call, struct value *shape)
{
    apigatewayv2_take(call, shape, stage_members);
    struct value *log = value_get(shape, "accessLogSettings");
    struct str where = value_get_text(log, "destinationArn");
    if (str_ends(where, ":*"))
        state_text(call, log, "destinationArn", str_slice(where, 0, where.len - 2));
    apigatewayv2_merge(call, shape, "stageVariables");
    apigatewayv2_merge(call, shape, "routeSettings");
    struct value *settings = value_get(shape, "defaultRouteSettings");
    if (!settings)
        settings = state_put(call, shape, STR("defaultRouteSettings"), value_map(call->arena));
    if (!value_get(settings, "detailedMetricsEnabled"))
        state_bool(call, settings, "detailedMetricsEnabled", false);
    state_text(call, shape, "lastUpdatedDate", time_text(call, call->now));
}

struct value *apigatewayv2_add_stage(struct call *call, struct value *api, struct str name, bool auto_deploy)
{
    struct value *stage = value_map(call->arena), *shape = value_map(call->arena);
    put_text(call, shape, "stageName", name);
    put_bool(call, shape, "autoDeploy", auto_deploy);
    put_text(call, shape, "createdDate", time_text(call, call->now));
    put(call, shape, "routeSettings", value_map(call->arena));
    put(call, shape, "stageVariables", value_map(call->arena));
    put(call, shape, "tags", value_map(call->arena));
    put(call, stage, "shape", shape);
    return value_get(state_put(call, apigatewayv2_things(call, api, "stages"), name, stage), "shape");
}

bool apigatewayv2_create_stage(struct call *call)
{
    static const char *const required[] = {"stageName", NULL};
    struct value *api = apigatewayv2_api(call);
    struct str name = call_text(call, "stageName");
    if (!api || !apigatewayv2_need(call, required) || !check_stage(call, api, NULL))
        return false;
    if (value_get_str(value_get(api, "stages"), name))
        return call_fail(call, 409, "ConflictException", "Stage already exists");
    struct value *shape = apigatewayv2_add_stage(call, api, name, false);
    put_settings(call, shape);
    state_merge(call, shape, "tags", value_get(call->input, "tags"));
    if (value_get_bool(shape, "autoDeploy", false))
        apigatewayv2_auto_deploy(call, api);
    call->output = shape;
    return true;
}

bool apigatewayv2_get_stage(struct call *call)
{
    struct value *api, *stage = stage_of(call, &api);
    if (stage)
        call->output = stage;
    return stage != NULL;
}

bool apigatewayv2_get_stages(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    return api && apigatewayv2_page(call, value_get(api, "stages"), STR_EMPTY);
}

bool apigatewayv2_update_stage(struct call *call)
{
    struct value *api, *stage = stage_of(call, &api);
    if (!stage || !check_stage(call, api, stage))
        return false;
    bool before = value_get_bool(stage, "autoDeploy", false);
    put_settings(call, stage);
    if (!before && value_get_bool(stage, "autoDeploy", false))
        apigatewayv2_auto_deploy(call, api);
    call->output = stage;
    return true;
}

bool apigatewayv2_delete_stage(struct call *call)
{
    struct value *api;
    return stage_of(call, &api) && value_remove(value_get(api, "stages"), call_text(call, "stageName"));
}

bool apigatewayv2_delete_access_log(struct call *call)
{
    struct value *api, *stage = stage_of(call, &api);
    if (stage)
        (void)value_remove(stage, STR("accessLogSettings"));
    return stage != NULL;
}

bool apigatewayv2_delete_route_settings(struct call *call)
{
    struct value *api, *stage = stage_of(call, &api);
    if (!stage)
        return false;
    struct value *settings = value_get(stage, "routeSettings");
    return (settings && value_remove(settings, call_text(call, "routeKey"))) ||
           call_fail(call, 404, "NotFoundException", "Invalid route settings key specified");
}
