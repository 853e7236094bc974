#include "environments/deployment.h"

#include "environments/deployment_parts.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, NAME_MAX_BYTES = 255 };
enum { MINIMUM_INVOCATIONS = 10, INVOCATIONS_MAX = 1000 * 1000 * 1000, VERSIONS_MAX = 10 * 1000 };

static const struct field deployment_fields[] = {
    {"alarms", FIELD_LIST},   {"checks", FIELD_LIST},         {"compare", FIELD_MAP},
    {"driver", FIELD_SCALAR}, {"fixForward", FIELD_SCALAR},   {"holdLimit", FIELD_SCALAR},
    {"hooks", FIELD_MAP},     {"keepVersions", FIELD_SCALAR}, {"minimumInvocations", FIELD_SCALAR},
    {"notify", FIELD_LIST},   {"steps", FIELD_LIST},          {"synthetic", FIELD_LIST},
    {"type", FIELD_SCALAR},
};

static const struct field hook_fields[] = {
    {"afterAllowTraffic", FIELD_SCALAR},
    {"beforeAllowTraffic", FIELD_SCALAR},
    {"report", FIELD_SCALAR},
    {"timeout", FIELD_SCALAR},
};

bool deployment_count(const struct value *list, const char *what, size_t most, struct error *error)
{
    return !list || list->count <= most ||
           value_error(list->items[most], error, ERROR_INVALID, "'%s' may have at most %zu entries", what,
                       most);
}

bool deployment_name(const struct value *list, size_t index, const char *what, struct error *error)
{
    const struct value *name = value_get(list->items[index], "name");
    if (!field_name(name, what, error))
        return false;
    for (size_t i = 0; i < index; i++)
        if (str_equal(value_get_text(list->items[i], "name"), name->text))
            return value_error(name, error, ERROR_INVALID, "there are two of the name '%.*s' in the list",
                               STR_ARG(name->text));
    return true;
}

void deployment_fill(struct arena *arena, struct value *map, const char *key, struct value *value,
                     const struct value *node)
{
    value_setz(arena, map, key, value_at_position_of(value, node));
}

bool deployment_texts(struct arena *arena, const struct value *node, const char *what, size_t most,
                      struct value **out, struct error *error)
{
    *out = value_map(arena);
    if (node)
        value_at_position_of(*out, node);
    for (size_t i = 0; node && i < node->count; i++) {
        const struct value_entry *entry = &node->entries[i];
        bool scalar = value_is(entry->value, VALUE_STRING) || value_is(entry->value, VALUE_NUMBER) ||
                      value_is(entry->value, VALUE_BOOL);
        if (!scalar || !entry->key.len)
            return value_key_error(node, entry, error, ERROR_INVALID, "'%.*s' in '%s' must be a text",
                                   STR_ARG(entry->key), what);
        if (i == most)
            return value_key_error(node, entry, error, ERROR_INVALID, "'%s' may have at most %zu entries",
                                   what, most);
        struct value *text = value_string(arena, value_text(entry->value));
        value_set_entry(arena, *out, node, entry, value_at_position_of(text, entry->value));
    }
    return true;
}

/* A logical id or name; *out stays empty where it is left out. */
static bool read_name(const struct value *value, const char *what, struct str *out, struct error *error)
{
    *out = value_text(value);
    return !value || (value_is(value, VALUE_STRING) && out->len > 0 && out->len <= NAME_MAX_BYTES) ||
           value_error(value, error, ERROR_INVALID, "'%s' must be a name of 1 to %d characters", what,
                       NAME_MAX_BYTES);
}

static bool read_driver(const struct value *node, struct deployment *out, struct error *error)
{
    static const char *const drivers[] = {"plumb", "codedeploy"};
    const struct value *driver = value_get(node, "driver");
    size_t index = 0;
    if (!field_choice(driver, "driver", drivers, ARRAY_LENGTH(drivers), &index, error))
        return false;
    if (driver)
        out->driver = index ? DEPLOYMENT_BY_CODEDEPLOY : DEPLOYMENT_BY_PLUMB;
    return true;
}

static bool read_type(const struct value *node, struct deployment *out, struct error *error)
{
    const struct value *type = value_get(node, "type");
    if (type && value_get(node, "steps"))
        return value_error(type, error, ERROR_INVALID,
                           "'deployment' may have 'type' or 'steps', not both: each says how traffic moves");
    return read_name(type, "type", &out->type, error);
}

static bool read_alarms(struct arena *arena, const struct value *list, struct deployment *out,
                        struct error *error)
{
    if (!deployment_count(list, "alarms", DEPLOYMENT_ALARMS_MAX, error) ||
        !field_names(arena, list, "alarms", &out->alarms, &out->alarm_count, error))
        return false;
    for (size_t i = 0; i < out->alarm_count; i++)
        for (size_t k = 0; k < i; k++)
            if (str_equal(out->alarms[i], out->alarms[k]))
                return value_error(list->items[i], error, ERROR_INVALID, "alarm '%.*s' is named twice",
                                   STR_ARG(out->alarms[i]));
    return true;
}

static bool read_hooks(const struct value *hooks, struct deployment *out, struct error *error)
{
    static const char *const reports[] = {"answer", "codedeploy"};
    const struct value *timeout = value_get(hooks, "timeout");
    size_t report = 0;
    if (!hooks)
        return true;
    if (!fields_check(hooks, "'hooks'", hook_fields, ARRAY_LENGTH(hook_fields), error) ||
        !read_name(value_get(hooks, "beforeAllowTraffic"), "beforeAllowTraffic", &out->before_allow_traffic,
                   error) ||
        !read_name(value_get(hooks, "afterAllowTraffic"), "afterAllowTraffic", &out->after_allow_traffic,
                   error) ||
        !field_choice(value_get(hooks, "report"), "report", reports, ARRAY_LENGTH(reports), &report, error) ||
        (timeout && !field_duration(timeout, &out->hook_timeout_ms, error)))
        return false;
    out->hooks_by_codedeploy = report == 1;
    return (out->hook_timeout_ms >= SECOND && out->hook_timeout_ms <= HOUR) ||
           value_error(timeout, error, ERROR_INVALID, "'timeout' of hooks must be from 1s to 1h");
}

static bool read_limits(const struct value *node, struct deployment *out, struct error *error)
{
    const struct value *hold = value_get(node, "holdLimit"), *keep = value_get(node, "keepVersions");
    if (!field_number(value_get(node, "minimumInvocations"), "minimumInvocations", 0, INVOCATIONS_MAX,
                      &out->minimum_invocations, error) ||
        !field_flag(value_get(node, "fixForward"), "fixForward", &out->fix_forward, error) ||
        (hold && !field_duration(hold, &out->hold_limit_ms, error)))
        return false;
    if (out->hold_limit_ms < MINUTE)
        return value_error(hold, error, ERROR_INVALID, "'holdLimit' must be at least 1m");
    if (!keep || value_is_text(keep, "all"))
        return true;
    return field_number(keep, "keepVersions", 1, VERSIONS_MAX, &out->keep_versions, error) ||
           value_error(keep, error, ERROR_INVALID, "'keepVersions' must be a number from 1 to %d, or 'all'",
                       VERSIONS_MAX);
}

static bool read_lists(struct arena *arena, const struct value *node, struct deployment *out,
                       struct error *error)
{
    return deployment_read_compare(arena, value_get(node, "compare"), out, error) &&
           deployment_read_checks(arena, value_get(node, "checks"), out, error) &&
           deployment_read_synthetic(arena, value_get(node, "synthetic"), out, error) &&
           deployment_read_notify(arena, value_get(node, "notify"), out, error) &&
           deployment_read_steps(arena, value_get(node, "steps"), out, error);
}

bool deployment_read(struct arena *arena, const struct value *node, struct deployment *out,
                     struct error *error)
{
    struct deployment_shape shape;
    *out = (struct deployment){
        .present = node != NULL,
        .node = node,
        .hook_timeout_ms = HOUR,
        .minimum_invocations = MINIMUM_INVOCATIONS,
        .hold_limit_ms = HOUR,
        .keep_versions = -1,
    };
    if (node &&
        !fields_check(node, "'deployment'", deployment_fields, ARRAY_LENGTH(deployment_fields), error))
        return false;
    return read_driver(node, out, error) && read_type(node, out, error) &&
           read_alarms(arena, value_get(node, "alarms"), out, error) &&
           read_hooks(value_get(node, "hooks"), out, error) && read_limits(node, out, error) &&
           read_lists(arena, node, out, error) &&
           (out->driver != DEPLOYMENT_BY_CODEDEPLOY || deployment_fits_codedeploy(out, &shape, error));
}
