/* API keys, usage plans, the keys in them, and the account's settings. */

#include "tests/simulator/services/apigateway.h"

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static bool bad(struct call *call, const char *what)
{
    return call_fail(call, 400, "BadRequestException", "%s", what);
}

static struct value *one_of(struct call *call, const char *map, const char *label, const char *what)
{
    struct value *one = value_get_str(state_map(call, map), call_text(call, label));
    if (!one)
        call_fail(call, 404, "NotFoundException", "Invalid %s identifier specified", what);
    return one;
}

static void tags_of_input(struct call *call, struct value *one)
{
    state_put(call, one, STR("tags"),
              call_has(call, "tags") ? value_get(call->input, "tags") : value_map(call->arena));
}

/* --- API keys --- */

static struct value *key_shape(struct call *call, const struct value *key, bool value)
{
    struct value *shape = value_copy(call->arena, key);
    if (!value)
        (void)value_remove(shape, STR("value"));
    (void)value_remove(shape, STR("created"));
    put_time(call, shape, "createdDate", value_get_int(key, "created", 0));
    return shape;
}

static bool has_stage(struct call *call, struct str api, struct str stage)
{
    const struct value *one = value_get_str(state_map(call, "apis"), api);
    return value_get_str(value_get(one, "stages"), stage) ||
           call_fail(call, 400, "BadRequestException", "Invalid API Stage specified: %.*s:%.*s", STR_ARG(api),
                     STR_ARG(stage));
}

/* [{restApiId, stageName}] as the texts that are answered. */
static bool stage_texts(struct call *call, struct value *texts)
{
    const struct value *given = call_list(call, "stageKeys");
    for (size_t i = 0; i < given->count; i++) {
        struct str api = value_get_text(given->items[i], "restApiId"),
                   stage = value_get_text(given->items[i], "stageName");
        if (!has_stage(call, api, stage))
            return false;
        value_append(call->arena, texts,
                     value_stringf(call->arena, "%.*s/%.*s", STR_ARG(api), STR_ARG(stage)));
    }
    return true;
}

bool apigateway_create_api_key(struct call *call)
{
    static const char *const members[] = {"name", "description", "customerId"};
    struct value *keys = state_map(call, "apikeys"), *stages = value_list(call->arena);
    struct str value = call_text(call, "value");
    if (value.len && value.len < 20)
        return bad(call, "API Key value should be at least 20 characters");
    for (size_t i = 0; value.len && i < keys->count; i++)
        if (str_equal(value_get_text(keys->entries[i].value, "value"), value))
            return call_fail(call, 409, "ConflictException", "API Key already exists");
    if (!stage_texts(call, stages))
        return false;
    struct str id = call_id(call, id_letters, 10);
    struct value *key = state_put(call, keys, id, value_map(call->arena));
    state_text(call, key, "id", id);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        (void)state_member(call, key, members[i]);
    state_text(call, key, "value", value.len ? value : call_id(call, id_letters, 40));
    state_bool(call, key, "enabled", value_get_bool(call->input, "enabled", false));
    state_put(call, key, STR("stageKeys"), stages);
    tags_of_input(call, key);
    state_int(call, key, "created", call->now);
    call->output = key_shape(call, key, true);
    call->status = 201;
    return true;
}

bool apigateway_get_api_key(struct call *call)
{
    const struct value *key = one_of(call, "apikeys", "api_Key", "API Key");
    if (key)
        call->output = key_shape(call, key, str_is(call_text(call, "includeValue"), "true"));
    return key != NULL;
}

bool apigateway_get_api_keys(struct call *call)
{
    const struct value *keys = state_map(call, "apikeys");
    struct value *shapes = value_map(call->arena);
    struct str prefix = call_text(call, "name");
    for (size_t i = 0; i < keys->count; i++)
        if (!prefix.len ||
            str_equal(str_slice(value_get_text(keys->entries[i].value, "name"), 0, prefix.len), prefix))
            value_set(
                call->arena, shapes, keys->entries[i].key,
                key_shape(call, keys->entries[i].value, str_is(call_text(call, "includeValues"), "true")));
    return apigateway_page(call, shapes);
}

bool apigateway_update_api_key(struct call *call)
{
    static const struct patch_member members[] = {
        {"name", PATCHES_TEXT, false, NULL},           {"description", PATCHES_TEXT, false, NULL},
        {"customerId", PATCHES_TEXT, false, NULL},     {"enabled", PATCHES_BOOL, true, NULL},
        {"stageKeys", PATCHES_ITEMS, false, "stages"}, {NULL, PATCHES_TEXT, false, NULL},
    };
    struct value *key = one_of(call, "apikeys", "api_Key", "API Key");
    struct value *patched = key ? apigateway_patched(call, key, members) : NULL;
    const struct value *stages = value_get(patched, "stageKeys");
    for (size_t i = 0; stages && i < stages->count; i++) {
        struct str text = value_text(stages->items[i]);
        size_t slash = str_find(text, '/');
        if (!has_stage(call, str_slice(text, 0, slash), str_from_index(text, slash + 1)))
            return false;
    }
    if (!patched)
        return false;
    apigateway_replace(call, key, patched);
    call->output = key_shape(call, key, false);
    return true;
}

bool apigateway_delete_api_key(struct call *call)
{
    call->status = 202;
    return one_of(call, "apikeys", "api_Key", "API Key") &&
           value_remove(state_map(call, "apikeys"), call_text(call, "api_Key"));
}

/* --- usage plans --- */

static struct value *plan_shape(struct call *call, const struct value *plan)
{
    struct value *shape = value_copy(call->arena, plan);
    (void)value_remove(shape, STR("keys"));
    return shape;
}

static struct value *plan_of(struct call *call)
{
    return one_of(call, "usageplans", "usageplanId", "Usage Plan");
}

static bool check_plan(struct call *call, const struct value *plan)
{
    const struct value *stages = value_get(plan, "apiStages"), *quota = value_get(plan, "quota");
    struct str period = value_get_text(quota, "period");
    for (size_t i = 0; stages && i < stages->count; i++) {
        if (!has_stage(call, value_get_text(stages->items[i], "apiId"),
                       value_get_text(stages->items[i], "stage")))
            return false;
        for (size_t k = 0; k < i; k++)
            if (value_equal(value_get(stages->items[i], "apiId"), value_get(stages->items[k], "apiId")) &&
                value_equal(value_get(stages->items[i], "stage"), value_get(stages->items[k], "stage")))
                return bad(call, "Duplicate API Stage specified");
    }
    if (quota && (!value_get(quota, "limit") ||
                  !(str_is(period, "DAY") || str_is(period, "WEEK") || str_is(period, "MONTH"))))
        return bad(call, "Usage Plan quota limit and period must be set");
    return value_get_text(plan, "name").len || bad(call, "Usage Plan name must be non-empty");
}

bool apigateway_create_usage_plan(struct call *call)
{
    static const char *const members[] = {"name", "description", "apiStages", "throttle", "quota"};
    if (!check_plan(call, call->input))
        return false;
    struct str id = call_id(call, id_letters, 6);
    struct value *plan = state_put(call, state_map(call, "usageplans"), id, value_map(call->arena));
    state_text(call, plan, "id", id);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        (void)state_member(call, plan, members[i]);
    struct value *quota = value_get(plan, "quota");
    if (quota && !value_get(quota, "offset"))
        state_int(call, quota, "offset", 0);
    if (!value_get(plan, "apiStages"))
        state_put(call, plan, STR("apiStages"), value_list(call->arena));
    state_put(call, plan, STR("keys"), value_map(call->arena));
    tags_of_input(call, plan);
    call->output = plan_shape(call, plan);
    call->status = 201;
    return true;
}

bool apigateway_get_usage_plan(struct call *call)
{
    const struct value *plan = plan_of(call);
    if (plan)
        call->output = plan_shape(call, plan);
    return plan != NULL;
}

bool apigateway_get_usage_plans(struct call *call)
{
    const struct value *plans = state_map(call, "usageplans");
    struct value *shapes = value_map(call->arena);
    for (size_t i = 0; i < plans->count; i++)
        value_set(call->arena, shapes, plans->entries[i].key, plan_shape(call, plans->entries[i].value));
    return apigateway_page(call, shapes);
}

/* "a1b2c3:prod" */
static struct value *stage_in(struct value *plan, struct str key)
{
    const struct value *stages = value_get(plan, "apiStages");
    size_t colon = str_find(key, ':');
    for (size_t i = 0; stages && i < stages->count; i++)
        if (str_equal(value_get_text(stages->items[i], "apiId"), str_slice(key, 0, colon)) &&
            str_equal(value_get_text(stages->items[i], "stage"), str_from_index(key, colon + 1)))
            return stages->items[i];
    return NULL;
}

static bool patch_stage_list(struct call *call, struct value *plan, const struct patch *patch)
{
    struct value *stages = value_get(plan, "apiStages"), *there = stage_in(plan, patch->value);
    struct value *fresh = value_list(call->arena);
    if (patch->remove ? !there : there != NULL)
        return bad(call, patch->remove ? "Invalid API Stage specified" : "API Stage exists already");
    for (size_t i = 0; i < stages->count; i++)
        if (stages->items[i] != there)
            value_append(call->arena, fresh, stages->items[i]);
    if (!patch->remove) {
        size_t colon = str_find(patch->value, ':');
        struct value *one = value_map(call->arena);
        put_text(call, one, "apiId", str_slice(patch->value, 0, colon));
        put_text(call, one, "stage", str_from_index(patch->value, colon + 1));
        value_append(call->arena, fresh, one);
    }
    put(call, plan, "apiStages", fresh);
    return true;
}

/* "/apiStages/ID:STAGE/throttle/METHOD[/rateLimit]", the method with its slashes. */
static bool patch_stage_limits(struct call *call, struct value *plan, const struct patch *patch)
{
    struct str rest = str_from_index(patch->path, sizeof "/apiStages/" - 1), key, word;
    if (!str_split(&rest, '/', &key) || !str_split(&rest, '/', &word) || !str_is(word, "throttle"))
        return bad(call, "Invalid patch path specified");
    struct value *stage = stage_in(plan, key);
    if (!stage)
        return bad(call, "Invalid API Stage specified");
    struct value *throttle = value_get(stage, "throttle");
    if (!throttle)
        put(call, stage, "throttle", throttle = value_map(call->arena));
    if (patch->remove)
        return value_remove(throttle, rest) || bad(call, "Invalid patch path specified");
    size_t slash = str_find_last(rest, '/');
    struct str method = str_slice(rest, 0, slash), limit = str_from_index(rest, slash + 1);
    if (!str_is(limit, "rateLimit") && !str_is(limit, "burstLimit"))
        return bad(call, "Invalid patch path specified");
    struct value *one = value_get_str(throttle, method);
    if (!one)
        value_set(call->arena, throttle, method, one = value_map(call->arena));
    value_set(call->arena, one, limit, value_number(call->arena, patch->value));
    return true;
}

static bool patch_group(struct call *call, struct value *plan, const struct patch *patch, struct str group,
                        struct str member)
{
    static const char *const known[] = {"limit", "offset", "period", "rateLimit", "burstLimit"};
    bool found = false;
    if (!member.len)
        return (patch->remove && value_remove(plan, group)) || bad(call, "Invalid patch path specified");
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        found = found || (str_is(member, known[i]) && (i < 3) == str_is(group, "quota"));
    if (!found || patch->remove)
        return bad(call, "Invalid patch path specified");
    struct value *map = value_get_str(plan, group);
    if (!map)
        value_set(call->arena, plan, group, map = value_map(call->arena));
    value_set(call->arena, map, member,
              str_is(member, "period") ? value_string(call->arena, patch->value)
                                       : value_number(call->arena, patch->value));
    if (str_is(group, "quota") && !value_get(map, "offset"))
        put_int(call, map, "offset", 0);
    return true;
}

static bool patch_plan(struct call *call, struct value *plan, const struct patch *patch)
{
    struct str parts[3] = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
    size_t count = apigateway_path(call, patch->path, parts, ARRAY_LENGTH(parts));
    if (str_is(parts[0], "apiStages"))
        return count == 1 ? patch_stage_list(call, plan, patch) : patch_stage_limits(call, plan, patch);
    if ((str_is(parts[0], "quota") || str_is(parts[0], "throttle")) && count < 3)
        return patch_group(call, plan, patch, parts[0], parts[1]);
    if (count != 1 || !(str_is(parts[0], "name") || str_is(parts[0], "description")))
        return bad(call, "Invalid patch path specified");
    if (patch->remove || !patch->value.len)
        (void)value_remove(plan, parts[0]);
    else
        value_set(call->arena, plan, parts[0], value_string(call->arena, patch->value));
    return true;
}

bool apigateway_update_usage_plan(struct call *call)
{
    struct value *plan = plan_of(call), *copy = plan ? value_copy(call->arena, plan) : NULL;
    struct patch *patches;
    size_t count;
    if (!plan || !apigateway_patches(call, &patches, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!patch_plan(call, copy, &patches[i]))
            return false;
    if (!check_plan(call, copy))
        return false;
    apigateway_replace(call, plan, copy);
    call->output = plan_shape(call, plan);
    return true;
}

bool apigateway_delete_usage_plan(struct call *call)
{
    const struct value *plan = plan_of(call);
    if (!plan)
        return false;
    if (value_get(plan, "apiStages")->count)
        return bad(call, "Cannot delete usage plan because it is associated with API stages");
    call->status = 202;
    return value_remove(state_map(call, "usageplans"), call_text(call, "usageplanId"));
}

/* --- keys in plans --- */

static struct value *plan_key_shape(struct call *call, struct str id)
{
    const struct value *key = value_get_str(state_map(call, "apikeys"), id);
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "id", id);
    put_text(call, shape, "type", STR("API_KEY"));
    put(call, shape, "name", value_get(key, "name"));
    return shape;
}

static struct value *plan_with_key(struct call *call)
{
    struct value *plan = plan_of(call);
    if (plan && !value_get_str(value_get(plan, "keys"), call_text(call, "keyId"))) {
        call_fail(call, 404, "NotFoundException", "Invalid Usage Plan Key identifier specified");
        return NULL;
    }
    return plan;
}

bool apigateway_create_usage_plan_key(struct call *call)
{
    struct value *plan = plan_of(call);
    struct str id = call_text(call, "keyId");
    if (!plan)
        return false;
    if (!str_is(call_text(call, "keyType"), "API_KEY"))
        return bad(call, "Invalid Usage Plan Key type specified");
    if (!value_get_str(state_map(call, "apikeys"), id))
        return call_fail(call, 404, "NotFoundException", "Invalid API Key identifier specified");
    if (value_get_str(value_get(plan, "keys"), id))
        return call_fail(call, 409, "ConflictException", "Usage Plan Key already exists");
    state_put(call, value_get(plan, "keys"), id, value_bool(call->arena, true));
    call->output = plan_key_shape(call, id);
    call->status = 201;
    return true;
}

bool apigateway_get_usage_plan_key(struct call *call)
{
    if (!plan_with_key(call))
        return false;
    call->output = plan_key_shape(call, call_text(call, "keyId"));
    return true;
}

bool apigateway_delete_usage_plan_key(struct call *call)
{
    struct value *plan = plan_with_key(call);
    if (!plan)
        return false;
    call->status = 202;
    return value_remove(value_get(plan, "keys"), call_text(call, "keyId"));
}

/* --- the account --- */

static void put_account(struct call *call)
{
    struct value *throttle = value_map(call->arena);
    put(call, call->output, "cloudwatchRoleArn", value_get(state_map(call, "account"), "cloudwatchRoleArn"));
    put_int(call, throttle, "burstLimit", 5000);
    put_int(call, throttle, "rateLimit", 10000);
    put(call, call->output, "throttleSettings", throttle);
    put_text(call, call->output, "apiKeyVersion", STR("4"));
}

bool apigateway_get_account(struct call *call)
{
    put_account(call);
    return true;
}

bool apigateway_update_account(struct call *call)
{
    static const struct patch_member members[] = {{"cloudwatchRoleArn", PATCHES_TEXT, false, NULL},
                                                  {NULL, PATCHES_TEXT, false, NULL}};
    struct value *account = state_map(call, "account"), *patched = apigateway_patched(call, account, members);
    struct str role = value_get_text(patched, "cloudwatchRoleArn");
    if (!patched)
        return false;
    if (role.len && !str_starts(role, "arn:"))
        return bad(call, "The role ARN does not have required permissions configured");
    apigateway_replace(call, account, patched);
    put_account(call);
    return true;
}
