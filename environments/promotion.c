#include "environments/promotion.h"

#include "base/clock.h"
#include "environments/fields.h"

#define TIME_PATTERN "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"

enum { DAY_MIN = 24 * 60, OFFSET_MAX = 14 * 60, CONTEXT_MAX = 200, REASON_MAX = 500 };

static const struct field window_fields[] = {
    {"days", FIELD_LIST, .help = "Days of the week, or spans of them; left out: all", .items = FIELD_TEXT,
     .fewest = 1},
    {"from", FIELD_TEXT | FIELD_REQUIRED, .help = "The time of day at which it begins, as in 09:00",
     .pattern = TIME_PATTERN},
    {"to", FIELD_TEXT | FIELD_REQUIRED, .help = "The time of day at which it is over",
     .pattern = TIME_PATTERN},
    {"zone", FIELD_TEXT, .help = "UTC, or an offset from it such as +01:00", .otherwise = "UTC",
     .pattern = "^(UTC|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$"},
};

const struct field promotion_fields[] = {
    {"approvals", FIELD_WHOLE, .help = "How many people must agree", .most = PROMOTION_APPROVALS_MAX,
     .otherwise = "0"},
    {"auto", FIELD_FLAG, .help = "plumb merges it itself when all conditions hold", .otherwise = "false"},
    {"checks", FIELD_LIST, .help = "Statuses that the revision must have on the forge", .items = FIELD_TEXT,
     .many = PROMOTION_CHECKS_MAX},
    {"from", FIELD_TEXT | FIELD_REQUIRED, .help = "The environment that must be healthy first",
     .pattern = FIELD_NAME_PATTERN},
    {"soak", FIELD_DURATION, .help = "For how long it must have been healthy", .otherwise = "0s"},
    {"windows", FIELD_LIST, .help = "The only times at which it may happen", KEYS(window_fields), .fewest = 1,
     .many = PROMOTION_WINDOWS_MAX},
};

const struct field freeze_fields[] = {
    {"from", FIELD_TEXT, .help = "The day with which it begins, in UTC, or a time; left out: it has begun"},
    {"reason", FIELD_SCALAR | FIELD_REQUIRED, .help = "Why nothing may be released", .pattern = "\\S"},
    {"until", FIELD_TEXT | FIELD_REQUIRED, .help = "The day at whose end it is over, in UTC, or a time"},
};

const struct field stop_fields[] = {
    {"reason", FIELD_SCALAR | FIELD_REQUIRED, .help = "Why nothing may be released", .pattern = "\\S"},
    {"since", FIELD_TEXT, .help = "Since when, for people: a day or a time"},
};

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* --- windows --- */

/* "mon", or "fri-mon" over the end of the week. */
static bool read_days(const struct value *node, unsigned *days, struct error *error)
{
    struct str text = value_text(node), first = str_slice(text, 0, str_find(text, '-'));
    struct str last = first.len < text.len ? str_from_index(text, first.len + 1) : first;
    size_t from = 0, to = 0;
    while (from < ARRAY_LENGTH(day_names) && !str_is(first, day_names[from]))
        from++;
    while (to < ARRAY_LENGTH(day_names) && !str_is(last, day_names[to]))
        to++;
    if (!value_is(node, VALUE_STRING) || from == ARRAY_LENGTH(day_names) || to == ARRAY_LENGTH(day_names))
        return value_error(
            node, error, ERROR_INVALID,
            "'%.*s' is no day: write mon, tue, wed, thu, fri, sat, sun or a span such as mon-fri",
            STR_ARG(text));
    for (size_t day = from;; day = (day + 1) % ARRAY_LENGTH(day_names)) {
        *days |= 1U << day;
        if (day == to)
            return true;
    }
}

static bool is_time(struct str text, uint64_t hours_max, int64_t *minutes)
{
    uint64_t hour, minute;
    if (text.len != 5 || text.ptr[2] != ':' || !str_to_uint(str_slice(text, 0, 2), hours_max, &hour) ||
        !str_to_uint(str_slice(text, 3, 2), 59, &minute))
        return false;
    *minutes = (int64_t)(hour * 60 + minute);
    return true;
}

static bool read_time(const struct value *node, int64_t *minutes, struct error *error)
{
    return (is_time(value_text(node), 24, minutes) && *minutes <= DAY_MIN) ||
           value_error(node, error, ERROR_INVALID, "'%.*s' is no time of day: write it as in \"09:00\"",
                       STR_ARG(value_text(node)));
}

static bool read_zone(const struct value *node, int64_t *offset, struct error *error)
{
    struct str text = value_text(node);
    bool east = str_starts(text, "+");
    *offset = 0;
    if (!node || str_is(text, "UTC"))
        return true;
    if ((!east && !str_starts(text, "-")) || !is_time(str_from_index(text, 1), 14, offset) ||
        *offset > OFFSET_MAX)
        return value_error(
            node, error, ERROR_INVALID,
            "zone '%.*s' must be UTC or an offset such as \"+01:00\": names of zones are not known here",
            STR_ARG(text));
    *offset = east ? *offset : -*offset;
    return true;
}

static bool read_window(struct arena *arena, const struct value *node, struct promotion_window *out,
                        struct error *error)
{
    const struct value *days = value_get(node, "days"), *zone = value_get(node, "zone");
    struct buf words = BUF_INIT(BUF_SMALL);
    if (!fields_check(node, "a window", window_fields, ARRAY_LENGTH(window_fields), error))
        return false;
    *out = (struct promotion_window){.days = days ? 0 : (1U << ARRAY_LENGTH(day_names)) - 1};
    for (size_t i = 0; days && i < days->count; i++)
        if (!read_days(days->items[i], &out->days, error))
            return false;
    if (!out->days)
        return value_error(days, error, ERROR_INVALID, "'days' must name a day, or be left out for all");
    if (!read_time(value_get(node, "from"), &out->from, error) ||
        !read_time(value_get(node, "to"), &out->to, error) || !read_zone(zone, &out->offset_min, error))
        return false;
    if (out->from >= out->to)
        return value_error(value_get(node, "to"), error, ERROR_INVALID,
                           "a window must end after it begins on the same day: over midnight, write two");
    for (size_t i = 0; days && i < days->count; i++)
        buf_printf(&words, "%.*s%s", STR_ARG(value_text(days->items[i])), i + 1 < days->count ? ", " : " ");
    buf_printf(&words, "%.*s-%.*s %.*s", STR_ARG(value_get_text(node, "from")),
               STR_ARG(value_get_text(node, "to")), STR_ARG(zone ? value_text(zone) : STR("UTC")));
    out->words = arena_str(arena, buf_str(&words));
    buf_release(&words);
    return true;
}

static bool read_windows(struct arena *arena, const struct value *node, struct promotion *out,
                         struct error *error)
{
    if (!node)
        return true;
    if (node->count == 0 || node->count > PROMOTION_WINDOWS_MAX)
        return value_error(node, error, ERROR_INVALID, "'windows' must have 1 to %d entries",
                           PROMOTION_WINDOWS_MAX);
    out->windows = arena_array(arena, node->count, sizeof *out->windows);
    for (; out->window_count < node->count; out->window_count++)
        if (!read_window(arena, node->items[out->window_count], &out->windows[out->window_count], error))
            return false;
    return true;
}

static bool is_in(const struct promotion_window *window, int64_t now_ms)
{
    int64_t minute = now_ms / 60000 + window->offset_min, day = minute / DAY_MIN, of_day = minute % DAY_MIN;
    /* 1970-01-01 was a Thursday */
    return (window->days >> ((day + 3) % 7) & 1) && of_day >= window->from && of_day < window->to;
}

bool promotion_window_open(const struct promotion *promotion, struct arena *arena, int64_t now_ms,
                           struct str *why)
{
    struct buf words = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < promotion->window_count; i++)
        if (is_in(&promotion->windows[i], now_ms))
            return true;
    if (!promotion->window_count)
        return true;
    for (size_t i = 0; i < promotion->window_count; i++)
        buf_printf(&words, "%s%.*s", i ? "; " : "", STR_ARG(promotion->windows[i].words));
    *why = arena_printf(arena, "no window is open: %.*s", STR_ARG(buf_str(&words)));
    buf_release(&words);
    return false;
}

/* --- promotion --- */

static bool read_checks(struct arena *arena, const struct value *node, struct promotion *out,
                        struct error *error)
{
    if (node && node->count > PROMOTION_CHECKS_MAX)
        return value_error(node, error, ERROR_INVALID, "'checks' must have at most %d entries",
                           PROMOTION_CHECKS_MAX);
    for (size_t i = 0; node && i < node->count; i++)
        if (value_text(node->items[i]).len > CONTEXT_MAX)
            return value_error(node->items[i], error, ERROR_INVALID,
                               "the name of a check has at most %d bytes", CONTEXT_MAX);
    return field_names(arena, node, "checks", &out->checks, &out->check_count, error);
}

bool promotion_read(struct arena *arena, const struct value *node, struct promotion *out, struct error *error)
{
    *out = (struct promotion){.present = node != NULL};
    if (!node)
        return true;
    if (!fields_check(node, "'promotion'", promotion_fields, ARRAY_LENGTH(promotion_fields), error) ||
        !field_name(value_get(node, "from"), "'from'", error))
        return false;
    out->from = value_get_text(node, "from");
    out->soak_ms = field_ms(node, "soak", 0);
    out->approvals = value_get_int(node, "approvals", 0);
    out->automatic = value_get_bool(node, "auto", false);
    return read_checks(arena, value_get(node, "checks"), out, error) &&
           read_windows(arena, value_get(node, "windows"), out, error);
}

/* --- freezes --- */

/* A date is its begin or its end, in UTC; or a time as in "2026-12-20T18:00:00Z". */
static bool read_moment(const struct value *node, bool end, int64_t *out, struct error *error)
{
    struct error ignored = ERROR_INIT;
    if (!node)
        return true;
    if (time_parse(value_text(node), out))
        return true;
    if (!field_date(node, out, &ignored))
        return value_error(node, error, ERROR_INVALID,
                           "'%.*s' is no date: write it as in '2026-12-31' or '2026-12-31T18:00:00Z'",
                           STR_ARG(value_text(node)));
    *out -= end ? 0 : (int64_t)DAY_MIN * 60 * 1000;
    return true;
}

static bool read_reason(const struct value *node, const char *what, struct str *out, struct error *error)
{
    const struct value *reason = value_get(node, "reason");
    *out = str_trim(value_text(reason));
    return (out->len > 0 && out->len <= REASON_MAX) ||
           value_error(reason, error, ERROR_INVALID, "%s needs a 'reason' of at most %d bytes", what,
                       REASON_MAX);
}

static bool read_freeze(const struct value *node, struct freeze *out, struct error *error)
{
    if (!fields_check(node, "a freeze", freeze_fields, ARRAY_LENGTH(freeze_fields), error))
        return false;
    const struct value *from = value_get(node, "from"), *until = value_get(node, "until");
    *out = (struct freeze){.from = value_text(from), .until = value_text(until)};
    if (!read_moment(from, false, &out->from_ms, error) || !read_moment(until, true, &out->until_ms, error) ||
        !read_reason(node, "a freeze", &out->reason, error))
        return false;
    return out->from_ms < out->until_ms ||
           value_error(until, error, ERROR_INVALID, "a freeze must end after it begins");
}

static bool read_stop(const struct value *node, struct freeze *out, struct error *error)
{
    if (!fields_check(node, "'stopTheLine'", stop_fields, ARRAY_LENGTH(stop_fields), error))
        return false;
    *out = (struct freeze){.from = value_get_text(node, "since"), .until_ms = INT64_MAX};
    /* It holds as soon as it is written: `since` is for people. */
    int64_t since;
    return read_moment(value_get(node, "since"), false, &since, error) &&
           read_reason(node, "'stopTheLine'", &out->reason, error);
}

bool freezes_read(struct arena *arena, const struct value *freeze, const struct value *stop_the_line,
                  struct freeze **out, size_t *count, struct error *error)
{
    size_t all = freeze ? freeze->count : 0;
    *count = 0;
    if (all > FREEZES_MAX)
        return value_error(freeze, error, ERROR_INVALID, "'freeze' must have at most %d entries",
                           FREEZES_MAX);
    *out = arena_array(arena, all + 1, sizeof **out);
    if (stop_the_line && !read_stop(stop_the_line, &(*out)[(*count)++], error))
        return false;
    for (size_t i = 0; i < all; i++)
        if (!read_freeze(freeze->items[i], &(*out)[(*count)++], error))
            return false;
    return true;
}

bool freeze_in_force(const struct freeze *freezes, size_t count, struct arena *arena, int64_t now_ms,
                     struct str *why)
{
    size_t i = 0;
    while (i < count && (now_ms < freezes[i].from_ms || now_ms >= freezes[i].until_ms))
        i++;
    if (i == count)
        return false;
    const struct freeze *freeze = &freezes[i];
    *why =
        freeze->until.len
            ? arena_printf(arena, "frozen until %.*s: %.*s", STR_ARG(freeze->until), STR_ARG(freeze->reason))
            : arena_printf(arena, "the line is stopped%s%.*s: %.*s", freeze->from.len ? " since " : "",
                           STR_ARG(freeze->from), STR_ARG(freeze->reason));
    return true;
}
