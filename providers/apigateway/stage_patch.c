#include "providers/apigateway/stage_patch.h"

#include "base/json.h"

/* --- method settings --- */

static const struct {
    const char *property, *name, *path;
    const char *otherwise; /* AWS's own default, in JSON */
} settings[] = {
    {"CacheDataEncrypted", "cacheDataEncrypted", "caching/dataEncrypted", "false"},
    {"CacheTtlInSeconds", "cacheTtlInSeconds", "caching/ttlInSeconds", "300"},
    {"CachingEnabled", "cachingEnabled", "caching/enabled", "false"},
    {"DataTraceEnabled", "dataTraceEnabled", "logging/dataTrace", "false"},
    {"LoggingLevel", "loggingLevel", "logging/loglevel", "\"OFF\""},
    {"MetricsEnabled", "metricsEnabled", "metrics/enabled", "false"},
    {"ThrottlingBurstLimit", "throttlingBurstLimit", "throttling/burstLimit", "-1"},
    {"ThrottlingRateLimit", "throttlingRateLimit", "throttling/rateLimit", "-1"},
};

struct value *method_settings_in(struct arena *arena, const struct value *map)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++) {
        struct str key = map->entries[i].key;
        size_t slash = str_find_last(key, '/');
        struct str path = str_slice(key, 0, slash);
        struct value *item = input_with(arena, "HttpMethod", str_from_index(key, slash + 1));
        and_with(arena, item, "ResourcePath", arena_printf(arena, "/%.*s", STR_ARG(path)));
        for (size_t k = 0; k < ARRAY_LENGTH(settings); k++)
            if (value_get(map->entries[i].value, settings[k].name))
                value_setz(arena, item, settings[k].property,
                           value_get(map->entries[i].value, settings[k].name));
        value_append(arena, list, item);
    }
    return list;
}

/* "/~1orders~1new" is so already; "/orders/new" is written that way; "/" alone is the root, "~1" in the API.
 */
static struct str one_path(struct arena *arena, struct str path)
{
    if (str_is(path, "*") || str_is(path, "/*"))
        return STR("/*");
    if (str_starts(path, "/~1"))
        return path;
    struct str slash = str_starts(path, "/") ? STR_EMPTY : STR("/");
    return arena_printf(
        arena, "/%.*s",
        STR_ARG(patch_part(arena, arena_printf(arena, "%.*s%.*s", STR_ARG(slash), STR_ARG(path)))));
}

void method_settings_normalize(struct arena *arena, struct value *list)
{
    if (!value_is(list, VALUE_LIST))
        return;
    for (size_t i = 0; i < list->count; i++) {
        const struct value *path = value_get(list->items[i], "ResourcePath");
        if (value_is(path, VALUE_STRING))
            value_setz(arena, list->items[i], "ResourcePath",
                       value_at_position_of(value_string(arena, one_path(arena, path->text)), path));
    }
    value_sort(arena, list, "HttpMethod");
    value_sort(arena, list, "ResourcePath"); /* keeps the order of equals */
}

/* "/~1orders/GET": also the beginning of its patches' paths. */
static struct str setting_key(struct arena *arena, const struct value *item)
{
    return arena_printf(arena, "%.*s/%.*s", STR_ARG(value_get_text(item, "ResourcePath")),
                        STR_ARG(value_get_text(item, "HttpMethod")));
}

static const struct value *find_setting(struct arena *arena, const struct value *list, struct str key)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(setting_key(arena, list->items[i]), key))
            return list->items[i];
    return NULL;
}

static struct value *default_of(struct arena *arena, const char *json)
{
    struct error ignored = ERROR_INIT;
    struct value *value;
    return json_read(arena, STR_EMPTY, str_from(json), &value, &ignored) ? value : value_null(arena);
}

void method_settings_reset(struct arena *arena, struct value *wanted, const struct value *previous)
{
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        struct value *item = wanted->items[i];
        const struct value *old = find_setting(arena, previous, setting_key(arena, item));
        for (size_t k = 0; k < ARRAY_LENGTH(settings); k++)
            if (value_get(old, settings[k].property) && !value_get(item, settings[k].property))
                value_setz(arena, item, settings[k].property, default_of(arena, settings[k].otherwise));
    }
}

static void patch_setting(struct arena *arena, struct value *patch, const struct value *item,
                          const struct value *live)
{
    struct str key = setting_key(arena, item);
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        const struct value *wanted = value_get(item, settings[i].property);
        if (wanted && !shape_covers(wanted, value_get(live, settings[i].property)))
            patch_add(arena, patch, "replace", arena_printf(arena, "%.*s/%s", STR_ARG(key), settings[i].path),
                      wanted);
    }
}

static void patch_methods(struct arena *arena, struct value *patch, const struct value *wanted,
                          const struct value *live)
{
    for (size_t i = 0; value_is(live, VALUE_LIST) && i < live->count; i++) {
        struct str key = setting_key(arena, live->items[i]);
        if (!find_setting(arena, wanted, key))
            patch_add(arena, patch, "remove", key, NULL);
    }
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++)
        patch_setting(arena, patch, wanted->items[i],
                      find_setting(arena, live, setting_key(arena, wanted->items[i])));
}

/* --- the rest --- */

/* Puts the steps behind the others. */
static void patch_with(struct arena *arena, struct value *patch, const struct patch_row *rows,
                       const struct value *wanted, const struct value *live)
{
    const struct value *steps = patch_between(arena, rows, wanted, live);
    for (size_t i = 0; i < steps->count; i++)
        value_append(arena, patch, steps->items[i]);
}

static void patch_access_log(struct arena *arena, struct value *patch, const struct value *wanted,
                             const struct value *live)
{
    static const struct patch_row rows[] = {
        {"DestinationArn", "/accessLogSettings/destinationArn", PATCH_FIXED},
        {"Format", "/accessLogSettings/format", PATCH_FIXED},
        {NULL, NULL, PATCH_TEXT}};
    if (shape_covers(NULL, wanted))
        patch_add(arena, patch, "remove", STR("/accessLogSettings"), NULL);
    else
        patch_with(arena, patch, rows, wanted, live);
}

static void patch_canary(struct arena *arena, struct value *patch, const struct value *wanted,
                         const struct value *live)
{
    static const struct patch_row rows[] = {
        {"DeploymentId", "/canarySettings/deploymentId", PATCH_FIXED},
        {"PercentTraffic", "/canarySettings/percentTraffic", PATCH_TEXT},
        {"StageVariableOverrides", "/canarySettings/stageVariableOverrides", PATCH_VARIABLES},
        {"UseStageCache", "/canarySettings/useStageCache", PATCH_TEXT},
        {NULL, NULL, PATCH_TEXT},
    };
    if (shape_covers(NULL, wanted))
        patch_add(arena, patch, "remove", STR("/canarySettings"), NULL);
    else
        patch_with(arena, patch, rows, wanted, live);
}

struct value *stage_patch(struct arena *arena, const struct value *target, const struct value *live)
{
    static const struct patch_row rows[] = {
        {"CacheClusterEnabled", "/cacheClusterEnabled", PATCH_TEXT},
        {"CacheClusterSize", "/cacheClusterSize", PATCH_FIXED},
        {"ClientCertificateId", "/clientCertificateId", PATCH_TEXT},
        {"DeploymentId", "/deploymentId", PATCH_FIXED},
        {"Description", "/description", PATCH_TEXT},
        {"DocumentationVersion", "/documentationVersion", PATCH_TEXT},
        {"TracingEnabled", "/tracingEnabled", PATCH_TEXT},
        {"Variables", "/variables", PATCH_VARIABLES},
        {NULL, NULL, PATCH_TEXT},
    };
    static const struct {
        const char *property;
        void (*patch)(struct arena *, struct value *patch, const struct value *wanted,
                      const struct value *live);
    } parts[] = {
        {"AccessLogSetting", patch_access_log},
        {"CanarySetting", patch_canary},
        {"MethodSettings", patch_methods},
    };
    struct value *patch = patch_between(arena, rows, target, live);
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (shape_differs(target, live, parts[i].property))
            parts[i].patch(arena, patch, value_get(target, parts[i].property),
                           value_get(live, parts[i].property));
    return patch;
}
