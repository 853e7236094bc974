#include "environments/deployment_parts.h"

/* What a new version is judged by: the old one, and metrics of the user's own. */

enum {
    METRIC_NAME_MAX = 255, /* and namespace: the API reference of GetMetricData */
    DIMENSIONS_MAX = 30,
    EXPRESSION_MAX = 2048,
    PERIOD_S = 60,
    PERIOD_MAX_S = 24 * 60 * 60,
    RISK_DECIMALS = 6,
};

#define SHARE "(0*[1-9][0-9]?(\\.[0-9]{1,10})?|0+\\.0*[1-9][0-9]*)" /* more than 0 and less than 100 */
#define LIMIT "(-?[0-9]+(\\.[0-9]{1,10})?)?"

const struct field deployment_compare_fields[] = {
    {"duration", FIELD_TEXT | FIELD_FLAG, .help = "The percentile of the duration to compare, as p90, or off",
     .pattern = "^(off|p" SHARE ")$", .otherwise = "off"},
    {"errors", FIELD_FLAG, .help = "Compare the share of errors", .otherwise = "true"},
    {"risk", FIELD_TEXT, .help = "How often an equal version may be rolled back by chance, at most 50%",
     .pattern = "^(0*([1-9]|[1-4][0-9])(\\.[0-9]{1,6})?|0*50(\\.0{1,6})?|0+\\.(?!0+%)[0-9]{1,6})%$",
     .otherwise = "1%"},
    {"throttles", FIELD_FLAG, .help = "Compare the share of throttled invocations", .otherwise = "true"},
};

const struct field deployment_check_fields[] = {
    {"dimensions", FIELD_MAP, .help = "The metric's dimensions; ${Version} is the new version's number",
     .items = FIELD_SCALAR, .many = DIMENSIONS_MAX, .pattern = "^[^:][\\s\\S]{0,254}$", .needs = {"metric"}},
    {"expression", FIELD_TEXT | FIELD_ONE_OF, .help = "A metric math expression or Metrics Insights query",
     .longest = EXPRESSION_MAX},
    {"max", FIELD_NUMBER, .help = "Above it the new version goes back"},
    {"metric", FIELD_TEXT | FIELD_ONE_OF, .help = "The metric's name", .longest = METRIC_NAME_MAX,
     .needs = {"namespace", "statistic"}},
    {"min", FIELD_NUMBER, .help = "Below it the new version goes back"},
    {"name", FIELD_TEXT | FIELD_REQUIRED, .help = "What steps and messages call it",
     .pattern = FIELD_NAME_PATTERN},
    {"namespace", FIELD_TEXT, .help = "The metric's namespace", .pattern = "^[^:]",
     .longest = METRIC_NAME_MAX, .needs = {"metric"}},
    {"period", FIELD_DURATION, .help = "Whole minutes, at most a day, or 1s, 5s, 10s, 20s or 30s",
     .otherwise = "1m"},
    {"statistic", FIELD_TEXT,
     .help = "A statistic of CloudWatch, as Sum, Average, Maximum, p99.9, tm90 or PR(:300)",
     .pattern = "^(Average|IQM|Maximum|Minimum|SampleCount|Sum|(p|tc|tm|ts|wm)" SHARE "|PR\\((?!:\\))" LIMIT
                ":" LIMIT "\\)|(TC|TM|TS|WM)\\((?!:\\))(" LIMIT "|" SHARE "%):(" LIMIT "|" SHARE "%)\\))$",
     .longest = METRIC_NAME_MAX, .needs = {"metric"}},
};

/* Digits, and at most `decimals` more behind a point; *whole and *parts (of 10^-decimals) are the value. */
static bool read_decimal(struct str text, size_t decimals, uint64_t *whole, uint64_t *parts)
{
    size_t point = str_find(text, '.');
    struct str behind = str_from_index(text, point + 1);
    *parts = 0;
    if (!str_to_uint(str_slice(text, 0, point), 1000 * 1000, whole))
        return false;
    if (point == text.len)
        return true;
    if (behind.len > decimals || !str_to_uint(behind, UINT64_MAX, parts))
        return false;
    for (size_t i = behind.len; i < decimals; i++)
        *parts *= 10;
    return true;
}

/* More than 0 and less than 100. */
static bool is_share(struct str text)
{
    enum { DECIMALS = 10 }; /* CloudWatch's own limit */
    uint64_t whole, parts;
    return read_decimal(text, DECIMALS, &whole, &parts) && whole < 100 && (whole || parts);
}

bool deployment_is_percentile(struct str text)
{
    return str_starts(text, "p") && is_share(str_from_index(text, 1));
}

/* One end of a range: a number, or a percentage where those are allowed; it may be left out. */
static bool is_end(struct str text, bool percentages)
{
    uint64_t whole, parts;
    if (percentages && str_ends(text, "%"))
        return is_share(str_slice(text, 0, text.len - 1));
    if (str_starts(text, "-"))
        text = str_from_index(text, 1);
    return !text.len || read_decimal(text, 10, &whole, &parts);
}

/* "(10%:90%)", "(:100)" */
static bool is_range(struct str text, bool percentages)
{
    size_t colon = str_find(text, ':');
    if (text.len < 4 || colon == text.len || !str_starts(text, "(") || !str_ends(text, ")"))
        return false;
    return is_end(str_slice(text, 1, colon - 1), percentages) &&
           is_end(str_slice(text, colon + 1, text.len - colon - 2), percentages);
}

/* https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
static bool is_statistic(struct str text)
{
    static const char *const plain[] = {"Average", "IQM", "Maximum", "Minimum", "SampleCount", "Sum"};
    static const char *const trimmed[] = {"tc", "tm", "ts", "wm"}, *const ranges[] = {"TC", "TM", "TS", "WM"};
    struct str prefix = str_slice(text, 0, 2), rest = str_from_index(text, 2);
    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
        if (str_is(text, plain[i]))
            return true;
    for (size_t i = 0; i < ARRAY_LENGTH(trimmed); i++)
        if ((str_is(prefix, trimmed[i]) && is_share(rest)) ||
            (str_is(prefix, ranges[i]) && is_range(rest, true)))
            return true;
    return deployment_is_percentile(text) || (str_is(prefix, "PR") && is_range(rest, false));
}

/* "1%" gives "1". */
static bool read_risk(const struct value *risk, struct str *out, struct error *error)
{
    struct str text = value_text(risk), number = str_slice(text, 0, text.len ? text.len - 1 : 0);
    uint64_t whole, parts;
    if (!risk)
        return true;
    if (!str_ends(text, "%") || !read_decimal(number, RISK_DECIMALS, &whole, &parts) || (!whole && !parts) ||
        whole > 50 || (whole == 50 && parts))
        return value_error(risk, error, ERROR_INVALID,
                           "risk '%.*s' must be more than 0%% and at most 50%%, as 1%% is, with at most %d "
                           "digits behind the point",
                           STR_ARG(text), RISK_DECIMALS);
    *out = number;
    return true;
}

static bool read_duration(const struct value *duration, struct str *out, struct error *error)
{
    struct str text = value_text(duration);
    bool off = value_is_text(duration, "off") || (value_is(duration, VALUE_BOOL) && !duration->boolean);
    if (!duration || off)
        return true;
    *out = text;
    return deployment_is_percentile(text) ||
           value_error(duration, error, ERROR_INVALID,
                       "duration '%.*s' must be a percentile, as 'p90', or 'off'", STR_ARG(text));
}

bool deployment_read_compare(struct arena *arena, const struct value *node, struct deployment *out,
                             struct error *error)
{
    struct str duration = STR_EMPTY, risk = STR("1");
    if (node && (!fields_check(node, "'compare'", deployment_compare_fields,
                               ARRAY_LENGTH(deployment_compare_fields), error) ||
                 !read_duration(value_get(node, "duration"), &duration, error) ||
                 !read_risk(value_get(node, "risk"), &risk, error)))
        return false;
    struct value *compare = value_map(arena);
    value_setz(arena, compare, "errors", value_bool(arena, value_get_bool(node, "errors", true)));
    value_setz(arena, compare, "throttles", value_bool(arena, value_get_bool(node, "throttles", true)));
    value_setz(arena, compare, "duration", value_string(arena, duration));
    value_setz(arena, compare, "risk", value_string(arena, risk));
    out->compare = node ? value_at_position_of(compare, node) : compare;
    return true;
}

static bool read_period(const struct value *period, int64_t *seconds, struct error *error)
{
    int64_t ms;
    if (!period)
        return true;
    if (!field_duration(period, &ms, error))
        return false;
    *seconds = ms / 1000;
    bool fine = *seconds == 1 || *seconds == 5 || *seconds == 10 || *seconds == 20 || *seconds == 30;
    bool sound = ms % 1000 == 0 && (fine || (*seconds > 0 && *seconds % PERIOD_S == 0));
    return (sound && *seconds <= PERIOD_MAX_S) ||
           value_error(period, error, ERROR_INVALID,
                       "period '%.*s' must be whole minutes, at most a day, or 1s, 5s, 10s, 20s or 30s",
                       STR_ARG(value_text(period)));
}

/* A limit that is crossed is a verdict: there must be one. */
static bool check_limits(const struct value *node, struct error *error)
{
    const struct value *max = value_get(node, "max"), *min = value_get(node, "min");
    const char *names[] = {"max", "min"};
    if (!max && !min)
        return value_error(node, error, ERROR_INVALID, "check '%.*s' needs 'max' or 'min', or both",
                           STR_ARG(value_get_text(node, "name")));
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const struct value *limit = value_get(node, names[i]);
        if (limit && limit->text.len > 32)
            return value_error(limit, error, ERROR_INVALID, "'%s' must be a number of at most 32 signs",
                               names[i]);
    }
    return true;
}

static bool check_metric(const struct value *node, struct error *error)
{
    struct str namespace = value_get_text(node, "namespace"), statistic = value_get_text(node, "statistic");
    if (!value_is(value_get(node, "namespace"), VALUE_STRING) || str_starts(namespace, ":"))
        return value_error(value_get(node, "namespace"), error, ERROR_INVALID,
                           "namespace '%.*s' must be a text that does not start with ':'",
                           STR_ARG(namespace));
    return is_statistic(statistic) ||
           value_error(value_get(node, "statistic"), error, ERROR_INVALID,
                       "statistic '%.*s' must be one of CloudWatch's: Sum, Average, Minimum, Maximum, "
                       "SampleCount, a percentile as p90 or p99.9, IQM, a trimmed one as tm90, or a range as "
                       "PR(:300)",
                       STR_ARG(statistic));
}

static bool check_dimensions(const struct value *dimensions, struct error *error)
{
    for (size_t i = 0; i < dimensions->count; i++) {
        const struct value_entry *one = &dimensions->entries[i];
        if (one->key.len > 255 || str_starts(one->key, ":") || !one->value->text.len ||
            one->value->text.len > 1024)
            return value_key_error(
                dimensions, one, error, ERROR_INVALID,
                "dimension '%.*s' must not start with ':', nor be empty or longer than 255 "
                "and 1024 characters",
                STR_ARG(one->key));
    }
    return true;
}

static bool read_check(struct arena *arena, const struct value *list, size_t index, struct value *checks,
                       struct error *error)
{
    const struct value *node = list->items[index];
    const bool expression = value_get(node, "expression") != NULL;
    int64_t period = PERIOD_S;
    struct value *dimensions;
    if (!fields_check(node, "a check", deployment_check_fields, ARRAY_LENGTH(deployment_check_fields),
                      error) ||
        !deployment_name(list, index, "check", error) || (!expression && !check_metric(node, error)) ||
        !check_limits(node, error) || !read_period(value_get(node, "period"), &period, error) ||
        !deployment_texts(arena, value_get(node, "dimensions"), "dimensions", DIMENSIONS_MAX, &dimensions,
                          error) ||
        !check_dimensions(dimensions, error))
        return false;
    struct value *check = value_at_position_of(value_map(arena), node);
    for (size_t i = 0; i < node->count; i++)
        value_set_entry(arena, check, node, &node->entries[i], node->entries[i].value);
    if (!expression)
        value_setz(arena, check, "dimensions", dimensions);
    deployment_fill(arena, check, "period", value_int(arena, period), node);
    value_append(arena, checks, check);
    return true;
}

bool deployment_read_checks(struct arena *arena, const struct value *node, struct deployment *out,
                            struct error *error)
{
    struct value *checks = value_list(arena);
    if (!deployment_count(node, "checks", DEPLOYMENT_CHECKS_MAX, error))
        return false;
    for (size_t i = 0; node && i < node->count; i++)
        if (!read_check(arena, node, i, checks, error))
            return false;
    out->checks = checks;
    return true;
}
