/* Deployment configurations: AWS's own and custom ones. */

#include "tests/simulator/services/codedeploy.h"

enum {
    PAGE = 100,              /* assumed */
    MINUTES_MAX = 2880,      /* [guide] limits: between the first and the last shift of traffic */
    PERCENT_MAX = 99,        /* [guide] limits: in one increment */
    CUSTOM_CONFIGS_MAX = 25, /* [guide] limits */
    CONFIG_NAME_MAX = 100,
};

#define PREFIX "CodeDeployDefault."

/* [guide] deployment-configurations: what they are called and what they do. */
static const struct predefined {
    const char *name, *platform;
    const char *type;          /* of traffic, or of minimum healthy hosts */
    int64_t percent, interval; /* minutes; of servers: their number, 0 */
} predefined[] = {
    {PREFIX "AllAtOnce", "Server", "HOST_COUNT", 0, 0},
    {PREFIX "HalfAtATime", "Server", "FLEET_PERCENT", 50, 0},
    /* [api] MinimumHealthyHosts, though its enumeration has no such type */
    {PREFIX "OneAtATime", "Server", "MOST_CONCURRENCY", 1, 0},
    {PREFIX "ECSAllAtOnce", "ECS", "AllAtOnce", 0, 0},
    {PREFIX "ECSCanary10Percent15Minutes", "ECS", "TimeBasedCanary", 10, 15},
    {PREFIX "ECSCanary10Percent5Minutes", "ECS", "TimeBasedCanary", 10, 5},
    {PREFIX "ECSLinear10PercentEvery1Minutes", "ECS", "TimeBasedLinear", 10, 1},
    {PREFIX "ECSLinear10PercentEvery3Minutes", "ECS", "TimeBasedLinear", 10, 3},
    {PREFIX "LambdaAllAtOnce", "Lambda", "AllAtOnce", 0, 0},
    {PREFIX "LambdaCanary10Percent10Minutes", "Lambda", "TimeBasedCanary", 10, 10},
    {PREFIX "LambdaCanary10Percent15Minutes", "Lambda", "TimeBasedCanary", 10, 15},
    {PREFIX "LambdaCanary10Percent30Minutes", "Lambda", "TimeBasedCanary", 10, 30},
    {PREFIX "LambdaCanary10Percent5Minutes", "Lambda", "TimeBasedCanary", 10, 5},
    {PREFIX "LambdaLinear10PercentEvery10Minutes", "Lambda", "TimeBasedLinear", 10, 10},
    {PREFIX "LambdaLinear10PercentEvery1Minute", "Lambda", "TimeBasedLinear", 10, 1},
    {PREFIX "LambdaLinear10PercentEvery2Minutes", "Lambda", "TimeBasedLinear", 10, 2},
    {PREFIX "LambdaLinear10PercentEvery3Minutes", "Lambda", "TimeBasedLinear", 10, 3},
};

static const char *const members[] = {"computePlatform", "minimumHealthyHosts", "trafficRoutingConfig",
                                      "zonalConfig", NULL};

static void put_routing(struct call *call, struct value *config, const struct predefined *known)
{
    struct value *routing = value_map(call->arena), *by_time = value_map(call->arena);
    bool canary = str_is(str_from(known->type), "TimeBasedCanary");
    put_text(call, routing, "type", str_from(known->type));
    put_int(call, by_time, canary ? "canaryPercentage" : "linearPercentage", known->percent);
    put_int(call, by_time, canary ? "canaryInterval" : "linearInterval", known->interval);
    if (known->interval)
        put(call, routing, canary ? "timeBasedCanary" : "timeBasedLinear", by_time);
    put(call, config, "trafficRoutingConfig", routing);
}

static void put_hosts(struct call *call, struct value *config, const struct predefined *known)
{
    struct value *hosts = value_map(call->arena);
    put_text(call, hosts, "type", str_from(known->type));
    put_int(call, hosts, "value", known->percent);
    put(call, config, "minimumHealthyHosts", hosts);
}

/* Their ids and the time of their making are assumed. */
static struct value *predefined_config(struct call *call, struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(predefined); i++) {
        const struct predefined *known = &predefined[i];
        struct value *config = value_map(call->arena);
        if (!str_is(name, known->name))
            continue;
        put_text(call, config, "computePlatform", str_from(known->platform));
        if (str_is(str_from(known->platform), "Server"))
            put_hosts(call, config, known);
        else
            put_routing(call, config, known);
        put_textf(call, config, "id", "00000000-0000-0000-0000-%012zu", i + 1);
        return config;
    }
    return NULL;
}

struct value *codedeploy_config(struct call *call, struct str name)
{
    return str_starts(name, PREFIX) ? predefined_config(call, name)
                                    : value_get_str(state_map(call, "configs"), name);
}

static bool no_config(struct call *call, struct str name)
{
    return call_fail(call, 400, CODEDEPLOY_NO_CONFIG, "No deployment configuration found for name: %.*s",
                     STR_ARG(name));
}

bool codedeploy_config_exists(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName");
    if (name.len > CONFIG_NAME_MAX)
        return call_fail(call, 400, "InvalidDeploymentConfigNameException",
                         "deploymentConfigName is too long");
    return !name.len || codedeploy_config(call, name) || no_config(call, name);
}

static bool config_name(struct call *call)
{
    return codedeploy_name_is_valid(call, "deploymentConfigName", "DeploymentConfigNameRequiredException",
                                    "InvalidDeploymentConfigNameException");
}

static bool bad_routing(struct call *call, const char *what)
{
    return call_fail(call, 400, "InvalidTrafficRoutingConfigurationException", "%s", what);
}

/* The type says which of the two it must have. */
static bool routing_is_valid(struct call *call)
{
    const struct value *routing = value_get(call->input, "trafficRoutingConfig");
    struct str type = value_get_text(routing, "type");
    bool canary = str_is(type, "TimeBasedCanary");
    const struct value *by_time = value_get(routing, canary ? "timeBasedCanary" : "timeBasedLinear");
    int64_t percent = value_get_int(by_time, canary ? "canaryPercentage" : "linearPercentage", 0);
    int64_t minutes = value_get_int(by_time, canary ? "canaryInterval" : "linearInterval", 0);
    if (str_is(type, "AllAtOnce"))
        return true;
    if (!canary && !str_is(type, "TimeBasedLinear"))
        return bad_routing(call, "The traffic routing configuration has no valid type.");
    if (percent < 1 || percent > PERCENT_MAX)
        return bad_routing(call, "The percentage must be from 1 to 99.");
    int64_t shifts = canary ? 1 : (100 + percent - 1) / percent - 1;
    return (minutes >= 1 && minutes <= MINUTES_MAX / shifts) ||
           bad_routing(call, "The traffic must be shifted within 1 to 2880 minutes.");
}

bool codedeploy_CreateDeploymentConfig(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName"), platform = call_text(call, "computePlatform");
    struct value *all = state_map(call, "configs");
    if (!config_name(call) || !codedeploy_platform_is_valid(call))
        return false;
    if (value_get_str(all, name) || str_starts(name, PREFIX))
        return call_fail(call, 400, "DeploymentConfigAlreadyExistsException",
                         "Deployment configuration name already exists: %.*s", STR_ARG(name));
    bool server = !platform.len || str_is(platform, "Server");
    if (!server && !call_has(call, "trafficRoutingConfig"))
        return bad_routing(call, "The traffic routing configuration must be specified.");
    if (!server && !routing_is_valid(call))
        return false;
    if (all->count >= CUSTOM_CONFIGS_MAX)
        return call_fail(call, 400, "DeploymentConfigLimitExceededException",
                         "The maximum number of custom deployment configurations (25) was reached.");
    struct str id = call_uuid(call);
    struct value *config = state_put(call, all, name, value_map(call->arena));
    state_text(call, config, "computePlatform", STR("Server"));
    for (const char *const *member = members; *member; member++)
        (void)state_member(call, config, *member);
    state_text(call, config, "id", id);
    state_int(call, config, "created", call->now);
    put_text(call, call->output, "deploymentConfigId", id);
    return true;
}

bool codedeploy_GetDeploymentConfig(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName");
    if (!config_name(call))
        return false;
    const struct value *config = codedeploy_config(call, name);
    if (!config)
        return no_config(call, name);
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "deploymentConfigId", value_get_text(config, "id"));
    put_text(call, shape, "deploymentConfigName", name);
    put_time(call, shape, "createTime", value_get_int(config, "created", 0));
    for (const char *const *member = members; *member; member++)
        put(call, shape, *member, value_get(config, *member));
    put(call, call->output, "deploymentConfigInfo", shape);
    return true;
}

/* [api] "including built-in configurations". */
bool codedeploy_ListDeploymentConfigs(struct call *call)
{
    static const struct sim_paging paging = {
        .token_member = "nextToken", .size = PAGE, .error_code = "InvalidNextTokenException"};
    const struct value *custom = state_map(call, "configs");
    struct value *names = value_map(call->arena);
    struct str next;
    for (size_t i = 0; i < ARRAY_LENGTH(predefined); i++)
        put_text(call, names, predefined[i].name, str_from(predefined[i].name));
    for (size_t i = 0; i < custom->count; i++)
        value_set(call->arena, names, custom->entries[i].key,
                  value_string(call->arena, custom->entries[i].key));
    struct value *page = call_page(call, names, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "deploymentConfigsList", page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

static bool is_in_use(struct call *call, struct str config)
{
    const struct value *applications = state_map(call, "applications");
    for (size_t i = 0; i < applications->count; i++) {
        const struct value *groups = value_get(applications->entries[i].value, "groups");
        for (size_t k = 0; k < groups->count; k++)
            if (str_equal(value_get_text(groups->entries[k].value, "deploymentConfigName"), config))
                return true;
    }
    return false;
}

bool codedeploy_DeleteDeploymentConfig(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName");
    if (!config_name(call))
        return false;
    if (str_starts(name, PREFIX))
        return call_fail(call, 400, "InvalidOperationException", "The configuration is a predefined one.");
    if (is_in_use(call, name))
        return call_fail(call, 400, "DeploymentConfigInUseException",
                         "The deployment configuration is still in use.");
    (void)value_remove(state_map(call, "configs"), name);
    return true;
}
