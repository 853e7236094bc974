/* Stages of API Gateway's REST APIs. */

#include "tests/simulator/services/apigateway.h"

static struct value *stage_of(struct call *call, struct value *api)
{
    struct value *stage = api ? value_get_str(value_get(api, "stages"), call_text(call, "stage_name")) : NULL;
    if (api && !stage)
        call_fail(call, 404, "NotFoundException", "Invalid stage identifier specified");
    return stage;
}

static struct value *stage_shape(struct call *call, const struct value *stage)
{
    static const char *const members[] = {
        "stageName",           "deploymentId",     "description",
        "cacheClusterEnabled", "cacheClusterSize", "accessLogSettings",
        "tracingEnabled",      "canarySettings",   "documentationVersion",
        "clientCertificateId",
    };
    static const char *const maps[] = {"variables", "methodSettings", "tags"};
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(stage, members[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(maps); i++)
        if (value_get(stage, maps[i]) && (value_get(stage, maps[i])->count || i == 1))
            put(call, shape, maps[i], value_get(stage, maps[i]));
    put_text(call, shape, "cacheClusterStatus", STR("NOT_AVAILABLE"));
    put_time(call, shape, "createdDate", value_get_int(stage, "created", 0));
    put_time(call, shape, "lastUpdatedDate", value_get_int(stage, "updated", 0));
    return shape;
}

static bool has_deployment(struct call *call, const struct value *api, struct str id)
{
    if (value_get_str(value_get(api, "deployments"), id))
        return true;
    return call_fail(call, 400, "BadRequestException", "Deployment id does not exist");
}

bool apigateway_create_stage(struct call *call)
{
    static const char *const members[] = {"stageName",        "deploymentId",   "description",
                                          "cacheClusterSize", "canarySettings", "documentationVersion"};
    struct value *api = apigateway_api(call);
    struct str name = call_text(call, "stageName");
    if (!api || !has_deployment(call, api, call_text(call, "deploymentId")))
        return false;
    if (!name.len)
        return call_fail(call, 400, "BadRequestException", "Stage name must not be empty");
    if (value_get_str(value_get(api, "stages"), name))
        return call_fail(call, 409, "ConflictException", "Stage already exists");
    struct value *stage = state_put(call, value_get(api, "stages"), name, value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        (void)state_member(call, stage, members[i]);
    state_bool(call, stage, "cacheClusterEnabled", value_get_bool(call->input, "cacheClusterEnabled", false));
    state_bool(call, stage, "tracingEnabled", value_get_bool(call->input, "tracingEnabled", false));
    const struct value *variables = value_get(call->input, "variables"),
                       *tags = value_get(call->input, "tags");
    state_put(call, stage, STR("variables"), variables ? variables : value_map(call->arena));
    state_put(call, stage, STR("methodSettings"), value_map(call->arena));
    state_put(call, stage, STR("tags"), tags ? tags : value_map(call->arena));
    state_int(call, stage, "created", call->now);
    state_int(call, stage, "updated", call->now);
    call->output = stage_shape(call, stage);
    call->status = 201;
    return true;
}

bool apigateway_get_stage(struct call *call)
{
    struct value *stage = stage_of(call, apigateway_api(call));
    if (stage)
        call->output = stage_shape(call, stage);
    return stage != NULL;
}

bool apigateway_get_stages(struct call *call)
{
    struct value *api = apigateway_api(call), *items = value_list(call->arena);
    if (!api)
        return false;
    const struct value *stages = value_get(api, "stages");
    for (size_t i = 0; i < stages->count; i++)
        value_append(call->arena, items, stage_shape(call, stages->entries[i].value));
    put(call, call->output, "item", items);
    return true;
}

bool apigateway_delete_stage(struct call *call)
{
    struct value *api = apigateway_api(call);
    call->status = 202;
    return stage_of(call, api) && value_remove(value_get(api, "stages"), call_text(call, "stage_name"));
}

/* --- updates --- */

/* What may be set for a method or all of them ("*" and "*"), its path behind the method and its kind. */
static const struct setting {
    const char *group, *name, *member;
    enum value_kind kind;
    const char *otherwise;
} settings[] = {
    {"metrics", "enabled", "metricsEnabled", VALUE_BOOL, "false"},
    {"logging", "loglevel", "loggingLevel", VALUE_STRING, "OFF"},
    {"logging", "dataTrace", "dataTraceEnabled", VALUE_BOOL, "false"},
    {"throttling", "burstLimit", "throttlingBurstLimit", VALUE_NUMBER, "5000"},
    {"throttling", "rateLimit", "throttlingRateLimit", VALUE_NUMBER, "10000.0"},
    {"caching", "enabled", "cachingEnabled", VALUE_BOOL, "false"},
    {"caching", "ttlInSeconds", "cacheTtlInSeconds", VALUE_NUMBER, "300"},
    {"caching", "dataEncrypted", "cacheDataEncrypted", VALUE_BOOL, "false"},
    {"caching", "requireAuthorizationForCacheControl", "requireAuthorizationForCacheControl", VALUE_BOOL,
     "true"},
    {"caching", "unauthorizedCacheControlHeaderStrategy", "unauthorizedCacheControlHeaderStrategy",
     VALUE_STRING, "SUCCEED_WITH_RESPONSE_HEADER"},
};

static void set_setting(struct call *call, struct value *map, const struct setting *setting, struct str text)
{
    struct value *value = setting->kind == VALUE_STRING ? value_string(call->arena, text)
                          : setting->kind == VALUE_BOOL
                              ? value_bool(call->arena, str_equal_nocase(text, STR("true")))
                              : value_number(call->arena, text);
    state_put(call, map, str_from(setting->member), value);
}

/* The settings of a method come with all their defaults once one of them was set. */
static struct value *settings_of(struct call *call, struct value *stage, struct str key)
{
    struct value *all = value_get(stage, "methodSettings"), *one = value_get_str(all, key);
    if (one)
        return one;
    one = state_put(call, all, key, value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        set_setting(call, one, &settings[i], str_from(settings[i].otherwise));
    return one;
}

static struct str settings_key(struct call *call, struct str resource, struct str method)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < resource.len; i++)
        buf_addz(&text, resource.ptr[i] == '/' ? "~1" : (char[]){resource.ptr[i], '\0'});
    struct str key = arena_printf(call->arena, "%.*s/%.*s", STR_ARG(buf_str(&text)), STR_ARG(method));
    buf_release(&text);
    return key;
}

/* "/{resource}/{method}/{group}/{name}" */
static bool patch_settings(struct call *call, struct value *stage, const struct patch *patch,
                           const struct str *parts, size_t count)
{
    struct str key = settings_key(call, parts[0], parts[1]);
    if (count == 2 && patch->remove) {
        (void)value_remove(value_get(stage, "methodSettings"), key);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        if (count == 4 && str_is(parts[2], settings[i].group) && str_is(parts[3], settings[i].name)) {
            set_setting(call, settings_of(call, stage, key), &settings[i],
                        patch->remove ? str_from(settings[i].otherwise) : patch->value);
            return true;
        }
    return call_fail(call, 400, "BadRequestException", "Invalid patch path '%.*s' specified",
                     STR_ARG(patch->path));
}

/* "/{member}/{name}" of a map inside the stage */
static void patch_member(struct call *call, struct value *stage, const char *member,
                         const struct patch *patch, struct str name)
{
    struct value *map = value_get(stage, member);
    if (!map)
        map = state_put(call, stage, str_from(member), value_map(call->arena));
    if (patch->remove)
        (void)value_remove(map, name);
    else
        state_put(call, map, name, value_string(call->arena, patch->value));
    if (map->count == 0 && !str_is(str_from(member), "variables"))
        (void)value_remove(stage, str_from(member));
}

static bool patch_canary(struct call *call, struct value *stage, const struct patch *patch,
                         const struct str *parts, size_t count)
{
    struct value *canary = value_get(stage, "canarySettings");
    if (count == 1 && patch->remove)
        return value_remove(stage, STR("canarySettings")) || true;
    if (!canary)
        canary = state_put(call, stage, STR("canarySettings"), value_map(call->arena));
    if (count == 3 && str_is(parts[1], "stageVariableOverrides")) {
        patch_member(call, canary, "stageVariableOverrides", patch, parts[2]);
        return true;
    }
    struct value *value = str_is(parts[1], "percentTraffic") ? value_number(call->arena, patch->value)
                          : str_is(parts[1], "useStageCache")
                              ? value_bool(call->arena, str_is(patch->value, "true"))
                              : value_string(call->arena, patch->value);
    if (count != 2)
        return call_fail(call, 400, "BadRequestException", "Invalid patch path specified");
    state_put(call, canary, parts[1], value);
    return true;
}

static bool patch_stage(struct call *call, struct value *api, struct value *stage, const struct patch *patch)
{
    struct str parts[5] = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    size_t count = apigateway_path(call, patch->path, parts, ARRAY_LENGTH(parts));
    if (count == 1 && str_is(parts[0], "deploymentId")) {
        if (!has_deployment(call, api, patch->value))
            return false;
        state_text(call, stage, "deploymentId", patch->value);
    } else if (count == 1 &&
               (str_is(parts[0], "tracingEnabled") || str_is(parts[0], "cacheClusterEnabled"))) {
        state_put(call, stage, parts[0],
                  value_bool(call->arena, str_equal_nocase(patch->value, STR("true"))));
    } else if (count == 1 &&
               (str_is(parts[0], "description") || str_is(parts[0], "cacheClusterSize") ||
                str_is(parts[0], "documentationVersion") || str_is(parts[0], "clientCertificateId"))) {
        if (patch->remove || !patch->value.len)
            (void)value_remove(stage, parts[0]);
        else
            state_put(call, stage, parts[0], value_string(call->arena, patch->value));
    } else if (count == 2 && str_is(parts[0], "variables")) {
        patch_member(call, stage, "variables", patch, parts[1]);
    } else if (str_is(parts[0], "accessLogSettings")) {
        if (count == 1)
            return value_remove(stage, parts[0]) || true;
        patch_member(call, stage, "accessLogSettings", patch, parts[1]);
    } else if (str_is(parts[0], "canarySettings")) {
        return patch_canary(call, stage, patch, parts, count);
    } else {
        return patch_settings(call, stage, patch, parts, count);
    }
    return true;
}

bool apigateway_update_stage(struct call *call)
{
    struct value *api = apigateway_api(call), *stage = stage_of(call, api);
    struct patch *patches;
    size_t count;
    if (!stage || !apigateway_patches(call, &patches, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!patch_stage(call, api, stage, &patches[i]))
            return false;
    state_int(call, stage, "updated", call->now);
    call->output = stage_shape(call, stage);
    return true;
}
