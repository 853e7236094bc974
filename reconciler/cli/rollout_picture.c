/* The live view of a rollout as lines of a terminal: what is, the weight over time, what is measured, what
 * happened last. */

#include <inttypes.h>

#include "reconciler/cli/rollout.h"

enum { CHART_ROWS = 5, CHART_MARGIN = 6, HISTORY_LINES = 8, FINDINGS_MAX = 200, NAME_MAX_WIDTH = 36 };

struct page {
    struct buf *text;
    size_t width, left; /* lines that still fit */
};

/* One line, cut to the terminal's width between characters. */
static void put(struct page *page, struct str line)
{
    struct buf escaped = BUF_INIT(BUF_SMALL);
    size_t columns = 0, end = 0;
    if (!page->left)
        return;
    text_escape(&escaped, line);
    while (end < escaped.len) {
        size_t next = end + 1;
        while (next < escaped.len && ((unsigned char)escaped.ptr[next] & 0xc0) == 0x80)
            next++;
        if (++columns > page->width)
            break;
        end = next;
    }
    buf_add(page->text, (struct str){.ptr = escaped.ptr ? escaped.ptr : "", .len = end});
    buf_addc(page->text, '\n');
    page->left--;
    buf_release(&escaped);
}

/* --- the weight over time --- */

struct span {
    int64_t from_ms, to_ms;
};

static struct span span_of(const struct sight *sight)
{
    const struct value *history = sight->release.rollout.history;
    struct span span = {.from_ms = value_get_int(value_at(history, 0), "time", 0)};
    span.to_ms = sight->under_way ? sight->now_ms : value_get_int(sight_history(sight, 0), "time", 0);
    if (span.to_ms <= span.from_ms)
        span.to_ms = span.from_ms + 1;
    return span;
}

/* Percent of the new version at a time. */
static int64_t weight_at(const struct sight *sight, int64_t at_ms)
{
    const struct value *history = sight->release.rollout.history;
    int64_t weight = 0;
    for (size_t i = 0; i < history->count && value_get_int(history->items[i], "time", 0) <= at_ms; i++)
        weight = value_get_int(history->items[i], "weight", 0);
    return weight;
}

/* A row stands for a fifth of the traffic; anything at all is seen in the lowest. */
static char cell(int64_t weight, int row)
{
    int64_t low = (CHART_ROWS - 1 - row) * 100 / CHART_ROWS, part = weight - low;
    if (part >= 100 / CHART_ROWS)
        return '#';
    if (part >= 100 / CHART_ROWS / 2)
        return '=';
    return part > 0 ? '-' : ' ';
}

static void chart(struct page *page, struct arena *arena, const struct sight *sight)
{
    const struct value *history = sight->release.rollout.history;
    if (!history->count || page->left < CHART_ROWS + 2)
        return;
    struct span span = span_of(sight);
    size_t columns = page->width - CHART_MARGIN - 1;
    columns = columns > 100 ? 100 : columns;
    char *cells = arena_alloc(arena, columns + 1);
    for (int row = 0; row < CHART_ROWS; row++) {
        for (size_t i = 0; i < columns; i++)
            cells[i] = cell(weight_at(sight, span.from_ms + (span.to_ms - span.from_ms) * (int64_t)(i + 1) /
                                                                (int64_t)columns),
                            row);
        put(page, arena_printf(arena, "%3d %% |%s", (CHART_ROWS - row) * 100 / CHART_ROWS, cells));
    }
    struct str from = time_iso8601(arena, span.from_ms), to = time_iso8601(arena, span.to_ms);
    size_t room = columns > from.len + to.len ? columns - from.len - to.len : 0;
    put(page, room ? arena_printf(arena, "      %.*s%*s%.*s", STR_ARG(from), (int)room, "", STR_ARG(to))
                   : arena_printf(arena, "      %.*s", STR_ARG(from)));
}

/* --- what is measured --- */

static void findings(struct page *page, struct arena *arena, const struct evidence *evidence,
                     const struct rollout *rollout)
{
    static const char *const words[] = {
        [VERDICT_GOOD] = "good", [VERDICT_BAD] = "BAD", [VERDICT_UNKNOWN] = "unknown"};
    int name_width = 0;
    for (size_t i = 0; i < evidence->finding_count; i++)
        if ((int)evidence->findings[i].name.len > name_width)
            name_width = (int)evidence->findings[i].name.len;
    name_width = name_width > NAME_MAX_WIDTH ? NAME_MAX_WIDTH : name_width;
    for (size_t i = 0; i < evidence->finding_count && i < FINDINGS_MAX; i++) {
        const struct finding *one = &evidence->findings[i];
        put(page,
            arena_printf(arena, "%-7s  %-*.*s  %.*s%s%.*s%s", words[one->verdict], name_width, name_width,
                         arena_strz(arena, one->name), STR_ARG(one->value.len ? one->value : STR("no data")),
                         one->limit.len ? "  (" : "", STR_ARG(one->limit), one->limit.len ? ")" : ""));
    }
    if (rollout->traffic_ms)
        put(page, arena_printf(arena, "%-7s  invocations in this step: %" PRId64 ", at least %" PRId64,
                               evidence->thin ? "unknown" : "good", evidence->invocations,
                               rollout->settings.minimum_invocations));
}

/* --- what happened --- */

static void last_events(struct page *page, struct arena *arena, const struct sight *sight)
{
    size_t count = sight->release.rollout.history->count;
    count = count > HISTORY_LINES ? HISTORY_LINES : count;
    count = count > page->left ? page->left : count;
    while (count-- > 0) {
        const struct value *one = sight_history(sight, count);
        put(page, arena_printf(arena, "%.*s  %3" PRId64 " %%  %.*s",
                               STR_ARG(time_iso8601(arena, value_get_int(one, "time", 0))),
                               value_get_int(one, "weight", 0), STR_ARG(value_get_text(one, "event"))));
    }
}

void picture_draw(struct buf *text, struct arena *arena, const struct picture *picture)
{
    const struct sight *sight = picture->sight;
    struct page page = {.text = text, .width = picture->width, .left = picture->height};
    struct sight_line lines[SIGHT_LINES_MAX];
    size_t count = sight_lines(arena, sight, lines);
    put(&page, sight_title(arena, sight));
    for (size_t i = 0; i < count; i++)
        put(&page, arena_printf(arena, "  %-10s %.*s", lines[i].label, STR_ARG(lines[i].text)));
    if (picture->trouble.len)
        put(&page, arena_printf(arena, "  not known: %.*s", STR_ARG(picture->trouble)));
    chart(&page, arena, sight);
    if (picture->evidence)
        findings(&page, arena, picture->evidence, &sight->release.rollout);
    last_events(&page, arena, sight);
}
