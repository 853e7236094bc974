#include "environments/deployment.h"

#include "environments/deployment_parts.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, NAME_MAX_BYTES = 255 };
enum { MINIMUM_INVOCATIONS = 10, INVOCATIONS_MAX = 1000 * 1000 * 1000, VERSIONS_MAX = 10 * 1000 };

static const char *const drivers[] = {"plumb", "codedeploy"}, *const reports[] = {"answer", "codedeploy"};
static const char *const all_versions[] = {"all"};

static const struct field hook_fields[] = {
    {"afterAllowTraffic", FIELD_TEXT, .help = "Function that judges when the new version has all traffic",
     .longest = NAME_MAX_BYTES},
    {"beforeAllowTraffic", FIELD_TEXT, .help = "Function that judges before the new version gets traffic",
     .longest = NAME_MAX_BYTES},
    {"report", FIELD_TEXT, .help = "How hooks say their verdict: by their answer, or to CodeDeploy",
     WORDS(reports), .otherwise = "answer"},
    {"timeout", FIELD_DURATION, .help = "How long a hook may take", .least = SECOND, .most = HOUR,
     .otherwise = "1h"},
};

const struct field deployment_fields[] = {
    {"alarms", FIELD_LIST, .help = "Alarms that roll back when they go red; left out: the template's",
     .items = FIELD_TEXT, .many = DEPLOYMENT_ALARMS_MAX},
    {"checks", FIELD_LIST,
     .help = "CloudWatch metrics of your own that the new version must keep within limits",
     KEYS(deployment_check_fields), .many = DEPLOYMENT_CHECKS_MAX},
    {"compare", FIELD_MAP, .help = "By what the new version is compared with the old",
     KEYS(deployment_compare_fields)},
    {"driver", FIELD_TEXT, .help = "Who moves the traffic; left out: the template says", WORDS(drivers)},
    {"fixForward", FIELD_FLAG, .help = "Go on although an alarm is red already", .otherwise = "false"},
    {"holdLimit", FIELD_DURATION, .help = "How long to wait for evidence or approval before rolling back",
     .least = MINUTE, .otherwise = "1h"},
    {"hooks", FIELD_MAP, .help = "Functions that say whether the new version may have traffic",
     KEYS(hook_fields)},
    {"keepVersions", FIELD_WHOLE | FIELD_TEXT, .help = "How many old versions of a function stay",
     WORDS(all_versions), .least = 1, .most = VERSIONS_MAX, .otherwise = "all"},
    {"minimumInvocations", FIELD_WHOLE, .help = "Invocations that each step needs; 0: time alone is evidence",
     .most = INVOCATIONS_MAX, .otherwise = "10"},
    {"notify", FIELD_LIST, .help = "Who is told of a rollout", KEYS(deployment_notify_fields),
     .many = DEPLOYMENT_NOTIFY_MAX},
    {"steps", FIELD_LIST, .help = "How much traffic the new version gets, step by step; not beside 'type'",
     KEYS(deployment_step_fields), .fewest = 1, .many = DEPLOYMENT_STEPS_MAX},
    {"synthetic", FIELD_LIST, .help = "Requests that plumb itself sends to the new version",
     KEYS(deployment_synthetic_fields), .many = DEPLOYMENT_SYNTHETIC_MAX},
    {"type", FIELD_TEXT,
     .help = "AllAtOnce, Canary10Percent5Minutes, Linear10PercentEvery1Minute, ..., or a configuration of "
             "CodeDeploy; left out: the template's",
     .longest = NAME_MAX_BYTES},
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

static void read_driver(const struct value *node, struct deployment *out)
{
    const struct value *driver = value_get(node, "driver");
    if (driver)
        out->driver = value_is_text(driver, "codedeploy") ? DEPLOYMENT_BY_CODEDEPLOY : DEPLOYMENT_BY_PLUMB;
}

static bool read_type(const struct value *node, struct deployment *out, struct error *error)
{
    const struct value *type = value_get(node, "type");
    if (type && value_get(node, "steps"))
        return value_error(type, error, ERROR_INVALID,
                           "'deployment' may have 'type' or 'steps', not both: each says how traffic moves");
    out->type = value_text(type);
    return true;
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
    if (hooks && !fields_check(hooks, "'hooks'", hook_fields, ARRAY_LENGTH(hook_fields), error))
        return false;
    out->before_allow_traffic = value_get_text(hooks, "beforeAllowTraffic");
    out->after_allow_traffic = value_get_text(hooks, "afterAllowTraffic");
    out->hooks_by_codedeploy = value_is_text(value_get(hooks, "report"), "codedeploy");
    out->hook_timeout_ms = field_ms(hooks, "timeout", HOUR);
    return true;
}

static void read_limits(const struct value *node, struct deployment *out)
{
    bool keeps_all = value_is_text(value_get(node, "keepVersions"), "all");
    out->minimum_invocations = value_get_int(node, "minimumInvocations", MINIMUM_INVOCATIONS);
    out->fix_forward = value_get_bool(node, "fixForward", false);
    out->hold_limit_ms = field_ms(node, "holdLimit", HOUR);
    out->keep_versions = keeps_all ? -1 : value_get_int(node, "keepVersions", -1);
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
    };
    if (node &&
        !fields_check(node, "'deployment'", deployment_fields, ARRAY_LENGTH(deployment_fields), error))
        return false;
    read_driver(node, out);
    read_limits(node, out);
    return read_type(node, out, error) && read_alarms(arena, value_get(node, "alarms"), out, error) &&
           read_hooks(value_get(node, "hooks"), out, error) && read_lists(arena, node, out, error) &&
           (out->driver != DEPLOYMENT_BY_CODEDEPLOY || deployment_fits_codedeploy(out, &shape, error));
}
