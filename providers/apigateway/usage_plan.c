/*
 * AWS::ApiGateway::UsagePlan.  Its name is not unique, so it is found again by its ownership tags.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-usageplan.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "ApiStages", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "ApiStages.ApiId"},
    {.path = "ApiStages.Stage"},
    {.path = "ApiStages.Throttle", .kind = SHAPE_JSON},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Quota", .kind = SHAPE_MAP},
    {.path = "Quota.Limit", .kind = SHAPE_NUMBER},
    {.path = "Quota.Offset", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "Quota.Period"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "Throttle", .kind = SHAPE_MAP},
    {.path = "Throttle.BurstLimit", .kind = SHAPE_NUMBER},
    {.path = "Throttle.RateLimit", .kind = SHAPE_NUMBER},
    {.path = "UsagePlanName"},
    {.path = NULL},
};
static const struct wire_name names[] = {{"UsagePlanName", "name"}, {NULL, NULL}};
static const struct table_key keys[] = {{"usageplanId", NULL}, {NULL, NULL}};
static const enum apigateway_operation list = APIGATEWAY_GET_USAGE_PLANS;

static const struct patch_row patch[] = {
    {"Description", "/description", PATCH_TEXT},
    {"UsagePlanName", "/name", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};
static const struct patch_row of_quota[] = {
    {"Limit", "/quota/limit", PATCH_FIXED},
    {"Offset", "/quota/offset", PATCH_FIXED},
    {"Period", "/quota/period", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};
static const struct patch_row of_throttle[] = {
    {"BurstLimit", "/throttle/burstLimit", PATCH_FIXED},
    {"RateLimit", "/throttle/rateLimit", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};

/* --- a stage's own limits: "/orders/GET" -> {BurstLimit, RateLimit} --- */

static const char *const limits[][2] = {{"BurstLimit", "burstLimit"}, {"RateLimit", "rateLimit"}};

/* Renames the limits of every method; `from` and `to` are columns. */
static struct value *renamed(struct arena *arena, const struct value *throttle, size_t from, size_t to)
{
    struct value *map = value_map(arena);
    for (size_t i = 0; value_is(throttle, VALUE_MAP) && i < throttle->count; i++) {
        struct value *one = value_map(arena);
        for (size_t k = 0; k < ARRAY_LENGTH(limits); k++) {
            const struct value *limit = value_get(throttle->entries[i].value, limits[k][from]);
            if (limit)
                value_setz(arena, one, limits[k][to], value_number(arena, value_text(limit)));
        }
        value_set(arena, map, throttle->entries[i].key, one);
    }
    return map;
}

static void normalize_plan(struct arena *arena, struct value *properties)
{
    const struct value *stages = value_get(properties, "ApiStages");
    for (size_t i = 0; value_is(stages, VALUE_LIST) && i < stages->count; i++) {
        const struct value *throttle = value_get(stages->items[i], "Throttle");
        if (value_is(throttle, VALUE_MAP) && throttle->count)
            value_setz(arena, stages->items[i], "Throttle", renamed(arena, throttle, 0, 0));
        else if (value_is(throttle, VALUE_MAP))
            value_remove(stages->items[i], STR("Throttle"));
    }
    value_sort(arena,
               value_get(properties, "ApiStages") ? value_get(properties, "ApiStages") : value_list(arena),
               NULL);
}

static void send(const struct resource_call *call, struct value *input)
{
    const struct value *stages = value_get(input, "apiStages");
    for (size_t i = 0; value_is(stages, VALUE_LIST) && i < stages->count; i++)
        if (value_get(stages->items[i], "throttle"))
            value_setz(call->arena, stages->items[i], "throttle",
                       renamed(call->arena, value_get(stages->items[i], "throttle"), 0, 1));
}

static void receive(const struct resource_call *call, const struct value *answer,
                    struct resource_state *state)
{
    const struct value *stages = value_get(state->properties, "ApiStages");
    (void)answer;
    for (size_t i = 0; value_is(stages, VALUE_LIST) && i < stages->count; i++)
        if (value_get(stages->items[i], "Throttle"))
            value_setz(call->arena, stages->items[i], "Throttle",
                       renamed(call->arena, value_get(stages->items[i], "Throttle"), 1, 0));
}

/* --- patches --- */

static void patch_part_of(struct arena *arena, const struct patch_row *rows, const char *path,
                          const struct value *wanted, const struct value *live, struct value *steps)
{
    if (!wanted)
        return;
    if (shape_covers(NULL, wanted)) {
        if (!shape_covers(NULL, live))
            patch_add(arena, steps, "remove", str_from(path), NULL);
        return;
    }
    const struct value *more = patch_between(arena, rows, wanted, live);
    for (size_t i = 0; i < more->count; i++)
        value_append(arena, steps, more->items[i]);
}

static struct str stage_key(struct arena *arena, const struct value *stage)
{
    return arena_printf(arena, "%.*s:%.*s", STR_ARG(value_get_text(stage, "ApiId")),
                        STR_ARG(value_get_text(stage, "Stage")));
}

static const struct value *find_stage(struct arena *arena, const struct value *stages, struct str key)
{
    for (size_t i = 0; value_is(stages, VALUE_LIST) && i < stages->count; i++)
        if (str_equal(stage_key(arena, stages->items[i]), key))
            return stages->items[i];
    return NULL;
}

/* The method stands in the path as it is, with its slashes. */
static void patch_limits(struct arena *arena, struct str key, const struct value *wanted,
                         const struct value *live, struct value *steps)
{
    for (size_t i = 0; value_is(wanted, VALUE_MAP) && i < wanted->count; i++) {
        const struct value_entry *method = &wanted->entries[i];
        for (size_t k = 0; k < ARRAY_LENGTH(limits); k++) {
            const struct value *limit = value_get(method->value, limits[k][0]);
            if (limit && !shape_covers(limit, value_get(value_get_str(live, method->key), limits[k][0])))
                patch_add(arena, steps, "replace",
                          arena_printf(arena, "/apiStages/%.*s/throttle/%.*s/%s", STR_ARG(key),
                                       STR_ARG(method->key), limits[k][1]),
                          limit);
        }
    }
    for (size_t i = 0; value_is(live, VALUE_MAP) && i < live->count; i++)
        if (!value_get_str(wanted, live->entries[i].key))
            patch_add(arena, steps, "remove",
                      arena_printf(arena, "/apiStages/%.*s/throttle/%.*s", STR_ARG(key),
                                   STR_ARG(live->entries[i].key)),
                      NULL);
}

static void patch_stages(struct arena *arena, const struct value *wanted, const struct value *live,
                         struct value *steps)
{
    for (size_t i = 0; value_is(live, VALUE_LIST) && i < live->count; i++) {
        struct str key = stage_key(arena, live->items[i]);
        if (!find_stage(arena, wanted, key))
            patch_add(arena, steps, "remove", STR("/apiStages"), value_string(arena, key));
    }
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        struct str key = stage_key(arena, wanted->items[i]);
        const struct value *now = find_stage(arena, live, key);
        if (!now)
            patch_add(arena, steps, "add", STR("/apiStages"), value_string(arena, key));
        patch_limits(arena, key, value_get(wanted->items[i], "Throttle"), value_get(now, "Throttle"), steps);
    }
}

static void more(const struct resource_call *call, const struct value *target, const struct value *live,
                 struct value *steps)
{
    struct arena *arena = call->arena;
    patch_part_of(arena, of_quota, "/quota", value_get(target, "Quota"), value_get(live, "Quota"), steps);
    patch_part_of(arena, of_throttle, "/throttle", value_get(target, "Throttle"), value_get(live, "Throttle"),
                  steps);
    if (value_get(target, "ApiStages"))
        patch_stages(arena, value_get(target, "ApiStages"), value_get(live, "ApiStages"), steps);
}

/* --- its life --- */

static bool clear(const struct resource_call *call, struct error *error);

static const struct table table = {
    .shape = shape,
    .names = names,
    .patch = patch,
    .keys = keys,
    .create = APIGATEWAY_CREATE_USAGE_PLAN,
    .read = APIGATEWAY_GET_USAGE_PLAN,
    .update = APIGATEWAY_UPDATE_USAGE_PLAN,
    .remove = APIGATEWAY_DELETE_USAGE_PLAN,
    .list = &list,
    .id = "id",
    .name = "UsagePlanName",
    .attribute = "Id",
    .tagged = "usageplans/",
    .write_tags = apigateway_write_tags,
    .normalize = normalize_plan,
    .send = send,
    .receive = receive,
    .more = more,
    .clear = clear,
};

/* A plan with stages cannot be deleted. */
static bool clear(const struct resource_call *call, struct error *error)
{
    struct resource_state state;
    if (!table_read(&table, call, &state, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    struct value *steps = value_list(call->arena);
    patch_stages(call->arena, value_list(call->arena), value_get(state.properties, "ApiStages"), steps);
    return patch_send(call, APIGATEWAY_UPDATE_USAGE_PLAN,
                      input_with(call->arena, "usageplanId", call->physical_id), steps, error);
}

TABLE_LIFE(table, apigateway_usage_plan_type)

const struct resource_type apigateway_usage_plan_type = {
    .name = "AWS::ApiGateway::UsagePlan",
    .traits = RESOURCE_TAGGED,
    .name_max = 128,
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/usageplans/{Id}",
};
