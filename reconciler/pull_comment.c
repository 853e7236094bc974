#include "reconciler/pull_comment.h"

#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "reconciler/markdown.h"

enum {
    NAME_MAX_SHOWN = 100,
    VALUE_MAX_SHOWN = 120,
    SENTENCE_MAX = 600,
    HASH_SHOWN = 12,
    COMMIT_SHOWN = 7,
    ASKED_MAX_SHOWN = 60,
    LOGIN_MAX_SHOWN = 40,
    FOOT_MAX = 32 * 1024,
    ROOM_LEFT = 512, /* for what closes tables, and the line that says what was cut */
};

#define STATE_BEGIN "<!-- plumb-state "
#define STATE_END " -->"

/* Adds whole blocks while they fit; the rest is counted. */
struct page {
    struct buf out;
    size_t room;
    size_t cut;
};

static bool add_block(struct page *page, struct buf *block)
{
    bool fits = page->out.len + block->len <= page->room;
    if (fits)
        buf_add(&page->out, buf_str(block));
    page->cut += !fits;
    buf_release(block);
    return fits;
}

void told_row_add(struct arena *arena, struct told_rows *rows, struct told_row row)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity ? rows->capacity * 2 : 8;
        struct told_row *bigger = arena_array(arena, rows->capacity, sizeof *bigger);
        if (rows->count)
            memcpy(bigger, rows->items, rows->count * sizeof *bigger);
        rows->items = bigger;
    }
    rows->items[rows->count++] = row;
}

void told_text_add(struct arena *arena, struct told_texts *texts, struct str text)
{
    if (texts->count == texts->capacity) {
        texts->capacity = texts->capacity ? texts->capacity * 2 : 8;
        struct str *bigger = arena_array(arena, texts->capacity, sizeof *bigger);
        if (texts->count)
            memcpy(bigger, texts->items, texts->count * sizeof *bigger);
        texts->items = bigger;
    }
    texts->items[texts->count++] = text;
}

static struct str first(struct str text, size_t max)
{
    return str_slice(text, 0, max);
}

static const char *mark_of(enum told_level level)
{
    static const char *const marks[] = {
        [TOLD_QUIET] = "\xe2\x9a\xaa",       /* white circle */
        [TOLD_CHANGES] = "\xf0\x9f\x9f\xa2", /* green */
        [TOLD_CARE] = "\xf0\x9f\x9f\xa1",    /* yellow */
        [TOLD_DANGER] = "\xf0\x9f\x94\xb4",  /* red */
        [TOLD_BLOCKED] = "\xe2\x9b\x94",     /* no entry */
    };
    return marks[level];
}

enum told_level told_stage_level(const struct told_stage *stage)
{
    enum told_level level = stage->blocked         ? TOLD_BLOCKED
                            : stage->note.len      ? TOLD_CARE
                            : stage->changed.count ? TOLD_CHANGES
                                                   : TOLD_QUIET;
    for (size_t i = 0; i < stage->count; i++)
        if (stage->applications[i].level > level)
            level = stage->applications[i].level;
    return level;
}

/* ---- The table at the top ---- */

static void add_row(struct page *page, const struct told_stage *stage, const struct told_application *one)
{
    struct buf row = BUF_INIT(BUF_SMALL);
    buf_printf(&row, "| %s <strong>", mark_of(one ? one->level : told_stage_level(stage)));
    markdown_code(&row, stage->name, NAME_MAX_SHOWN);
    buf_addz(&row, "</strong> | ");
    markdown_code(&row, one ? one->name : STR_EMPTY, NAME_MAX_SHOWN);
    buf_addz(&row, " | ");
    if (one && one->failure.len)
        buf_addz(&row, "**cannot be planned**");
    else if (one)
        buf_printf(&row, one->gone.count ? "**%.*s**" : "%.*s", STR_ARG(one->headline));
    else
        buf_addz(&row, stage->note.len ? "**not planned**" : "settings only");
    if (one && one->drift.count)
        buf_printf(&row, "; overwrites %zu change%s made by hand", one->drift.count,
                   one->drift.count == 1 ? "" : "s");
    if (one && one->held.count)
        buf_printf(&row, "; **%zu held**", one->held.count);
    buf_printf(&row, " | %.*s | ", STR_ARG(one && one->traffic.len ? one->traffic : STR("-")));
    markdown_code(&row, one ? first(one->hash, HASH_SHOWN) : STR_EMPTY, HASH_SHOWN);
    buf_printf(&row, "%s |\n", one && one->approved_by.len ? " approved" : "");
    add_block(page, &row);
}

static void add_summary(struct page *page, const struct told_pull *pull)
{
    buf_addz(&page->out, "| stage | application | a merge would | traffic | plan |\n|:--|:--|:--|:--|:--|\n");
    for (size_t i = 0; i < pull->count; i++) {
        const struct told_stage *stage = &pull->stages[i];
        if (!stage->count)
            add_row(page, stage, NULL);
        for (size_t k = 0; k < stage->count; k++)
            add_row(page, stage, &stage->applications[k]);
    }
    buf_addc(&page->out, '\n');
}

/* ---- One application ---- */

static void add_sentence(struct buf *out, struct str sentence)
{
    markdown_text(out, sentence, SENTENCE_MAX);
}

static void add_list(struct page *page, const char *title, const struct told_texts *texts)
{
    if (!texts->count)
        return;
    struct buf head = BUF_INIT(BUF_SMALL);
    buf_printf(&head, "**%s**\n\n", title);
    if (!add_block(page, &head)) {
        page->cut += texts->count;
        return;
    }
    for (size_t i = 0; i < texts->count; i++) {
        struct buf line = BUF_INIT(BUF_SMALL);
        buf_addz(&line, "- ");
        add_sentence(&line, texts->items[i]);
        buf_addc(&line, '\n');
        add_block(page, &line);
    }
    buf_addc(&page->out, '\n');
}

/* What is lost is told above everything, each in a box of its own. */
static void add_gone(struct page *page, const struct told_application *one)
{
    for (size_t i = 0; i < one->gone.count; i++) {
        const struct told_row *row = &one->gone.items[i];
        struct buf box = BUF_INIT(BUF_SMALL);
        buf_printf(&box, "> [!CAUTION]\n> <strong>%.*s ", STR_ARG(row->path));
        markdown_code(&box, row->resource, NAME_MAX_SHOWN);
        buf_addz(&box, "</strong> ");
        markdown_code(&box, row->type, NAME_MAX_SHOWN);
        buf_addz(&box, row->before.len ? " " : "");
        markdown_code(&box, row->before, VALUE_MAX_SHOWN);
        buf_printf(&box, "<br>\n> %.*s", STR_ARG(row->note));
        buf_addz(&box, row->after.len ? " Because of " : "");
        markdown_code(&box, row->after, VALUE_MAX_SHOWN);
        buf_addz(&box, "\n\n");
        add_block(page, &box);
    }
}

static void add_cell(struct buf *out, struct str text, size_t max)
{
    markdown_code(out, text, max);
    buf_addz(out, " | ");
}

static void add_drift(struct page *page, const struct told_application *one)
{
    if (!one->drift.count)
        return;
    struct buf head = BUF_INIT(BUF_SMALL);
    buf_addz(&head, "> [!WARNING]\n> <strong>Somebody changed this by hand, and a merge would overwrite "
                    "it.</strong>\n\n| resource | property | live now | applied last | after a merge "
                    "|\n|:--|:--|:--|:--|:--|\n");
    if (!add_block(page, &head)) {
        page->cut += one->drift.count;
        return;
    }
    for (size_t i = 0; i < one->drift.count; i++) {
        const struct told_row *row = &one->drift.items[i];
        struct buf line = BUF_INIT(BUF_SMALL);
        buf_addz(&line, "| ");
        add_cell(&line, row->resource, NAME_MAX_SHOWN);
        add_cell(&line, row->path, NAME_MAX_SHOWN);
        add_cell(&line, row->before, VALUE_MAX_SHOWN);
        add_cell(&line, row->note, VALUE_MAX_SHOWN);
        add_cell(&line, row->after, VALUE_MAX_SHOWN);
        buf_addc(&line, '\n');
        add_block(page, &line);
    }
    buf_addc(&page->out, '\n');
}

static void add_changes(struct page *page, const struct told_application *one)
{
    if (!one->changes.count)
        return;
    struct buf head = BUF_INIT(BUF_SMALL);
    buf_printf(
        &head,
        "<details><summary>All changes: %.*s</summary>\n\n| | resource | property | now | after a merge "
        "|\n|:--|:--|:--|:--|:--|\n",
        STR_ARG(one->headline));
    if (!add_block(page, &head)) {
        page->cut += one->changes.count;
        return;
    }
    for (size_t i = 0; i < one->changes.count; i++) {
        const struct told_row *row = &one->changes.items[i];
        struct buf line = BUF_INIT(BUF_SMALL);
        buf_printf(&line, "| %.*s | ", STR_ARG(row->note));
        add_cell(&line, row->resource, NAME_MAX_SHOWN);
        add_cell(&line, row->path.len ? row->path : row->type, NAME_MAX_SHOWN);
        add_cell(&line, row->before, VALUE_MAX_SHOWN);
        add_cell(&line, row->after, VALUE_MAX_SHOWN);
        buf_addc(&line, '\n');
        add_block(page, &line);
    }
    buf_addz(&page->out, "\n</details>\n\n");
}

static void add_title(struct page *page, const struct told_stage *stage, struct str application)
{
    struct buf title = BUF_INIT(BUF_SMALL);
    buf_addz(&title, "#### ");
    markdown_code(&title, stage->name, NAME_MAX_SHOWN);
    if (application.len) {
        buf_addz(&title, " / ");
        markdown_code(&title, application, NAME_MAX_SHOWN);
    }
    buf_addz(&title, " in ");
    markdown_code(&title, stage->region, NAME_MAX_SHOWN);
    buf_addz(&title, "\n\n");
    add_block(page, &title);
}

static void add_application(struct page *page, const struct told_stage *stage,
                            const struct told_application *one)
{
    if (one->level == TOLD_QUIET)
        return;
    add_title(page, stage, one->name);
    if (one->failure.len) {
        struct buf box = BUF_INIT(BUF_SMALL);
        buf_addz(&box,
                 "> [!CAUTION]\n> <strong>It cannot be planned, so a merge could not be applied.</strong>"
                 "<br>\n> ");
        add_sentence(&box, one->failure);
        buf_addz(&box, "\n\n");
        add_block(page, &box);
        return;
    }
    add_gone(page, one);
    add_drift(page, one);
    add_list(page, "Held: would not be done as things are", &one->held);
    add_list(page, "What it costs to be wrong", &one->costs);
    add_list(page, "How traffic would move", &one->rollout);
    add_changes(page, one);
}

/* ---- Stages ---- */

static void add_stage(struct page *page, const struct told_stage *stage)
{
    if (stage->note.len || stage->changed.count) {
        struct buf box = BUF_INIT(BUF_SMALL);
        add_title(page, stage, STR_EMPTY);
        if (stage->note.len) {
            buf_addz(&box, stage->blocked ? "> [!CAUTION]\n> " : "> [!IMPORTANT]\n> ");
            add_sentence(&box, stage->note);
            buf_addz(&box, "\n\n");
        }
        for (size_t i = 0; i < stage->changed.count; i++) {
            buf_addz(&box, i ? ", " : "`environment.yaml` changes ");
            markdown_code(&box, stage->changed.items[i], NAME_MAX_SHOWN);
        }
        buf_addz(&box, stage->changed.count ? "\n\n" : "");
        add_block(page, &box);
    }
    for (size_t i = 0; i < stage->count; i++)
        add_application(page, stage, &stage->applications[i]);
}

static void add_conflicts(struct page *page, const struct told_pull *pull)
{
    buf_addz(&page->out, "> [!IMPORTANT]\n> It cannot be merged as it is: these files conflict with the base "
                         "branch. It is planned when they do not.\n\n");
    for (size_t i = 0; i < pull->conflicts.count; i++) {
        struct buf line = BUF_INIT(BUF_SMALL);
        buf_addz(&line, "- ");
        markdown_code(&line, pull->conflicts.items[i], VALUE_MAX_SHOWN);
        buf_addc(&line, '\n');
        add_block(page, &line);
    }
    if (pull->conflict_count > pull->conflicts.count)
        buf_printf(&page->out, "- and %zu more\n", pull->conflict_count - pull->conflicts.count);
    buf_addc(&page->out, '\n');
}

/* ---- The foot ---- */

static void add_answers(struct buf *out, const struct told_pull *pull)
{
    size_t from = pull->answer_count > TOLD_ANSWERS_MAX ? pull->answer_count - TOLD_ANSWERS_MAX : 0;
    if (pull->answer_count)
        buf_addz(out, "**Answers**\n\n");
    for (size_t i = from; i < pull->answer_count; i++) {
        const struct told_answer *answer = &pull->answers[i];
        buf_addz(out, "- ");
        markdown_code(out, answer->by, LOGIN_MAX_SHOWN);
        buf_addz(out, ": ");
        markdown_code(out, answer->asked, ASKED_MAX_SHOWN);
        buf_addz(out, " - ");
        markdown_text(out, answer->outcome, 2 * NAME_MAX_SHOWN);
        buf_addc(out, '\n');
    }
    buf_addz(out, pull->answer_count ? "\n" : "");
}

static void add_how_to_answer(struct buf *out, struct arena *arena, const struct told_pull *pull)
{
    const struct told_stage *example = NULL;
    bool asks = false;
    for (size_t i = 0; i < pull->count; i++) {
        if (pull->stages[i].has_approvers && pull->stages[i].count &&
            pull->stages[i].applications[0].hash.len && !example)
            example = &pull->stages[i];
        asks = asks || pull->stages[i].needs_approval;
    }
    if (!example)
        return;
    buf_addz(out, pull->merged ? "<sub>It goes when an approver says so by a comment: "
                  : asks
                      ? "<sub>A merge is applied only when an approver has approved its plan by a comment: "
                      : "<sub>Approvers may say, in a comment of one line: ");
    const struct told_application *one = &example->applications[0];
    struct str command = arena_printf(arena, "plumb approve %.*s/%.*s %.*s", STR_ARG(example->name),
                                      STR_ARG(one->name), STR_ARG(first(one->hash, HASH_SHOWN)));
    markdown_code(out, command, 2 * NAME_MAX_SHOWN);
    buf_addz(out, "; <code>plumb plan</code> reads the account again.</sub>\n\n");
}

static void add_foot(struct buf *out, struct arena *arena, const struct told_pull *pull)
{
    add_answers(out, pull);
    add_how_to_answer(out, arena, pull);
    buf_addz(out, "<sub>");
    if (!pull->merged) {
        buf_addz(out, "Commit ");
        markdown_code(out, first(pull->head, COMMIT_SHOWN), COMMIT_SHOWN);
        buf_addz(out, " as merged into ");
    }
    markdown_code(out, pull->branch, NAME_MAX_SHOWN);
    buf_addz(out, " at ");
    markdown_code(out, first(pull->base, COMMIT_SHOWN), COMMIT_SHOWN);
    buf_printf(
        out,
        ", beside the account as it was at %.*s. Only read: nothing was changed, and no code of the pull "
        "request was run.</sub>\n",
        STR_ARG(pull->time));
    if (pull->state)
        buf_printf(out, STATE_BEGIN "%.*s" STATE_END "\n",
                   STR_ARG(base64_encode(arena, json_text(arena, pull->state, JSON_COMPACT))));
}

static void add_cut(struct page *page)
{
    if (page->cut)
        buf_printf(
            &page->out,
            "**%zu more line%s did not fit into this comment.** `plumb plan --revision BRANCH ENV/APP` "
            "shows all.\n\n",
            page->cut, page->cut == 1 ? "" : "s");
}

struct str pull_comment(struct arena *arena, const struct told_pull *pull, size_t max)
{
    struct buf foot = BUF_INIT(FOOT_MAX);
    add_foot(&foot, arena, pull);
    struct page page = {.out = BUF_INIT(max),
                        .room = max > foot.len + ROOM_LEFT ? max - foot.len - ROOM_LEFT : 0};
    buf_printf(&page.out, "### plumb: %s in account ",
               !pull->merged ? "what a merge does"
               : pull->count ? "merged, and held"
                             : "merged");
    markdown_code(&page.out, pull->account, NAME_MAX_SHOWN);
    buf_addz(&page.out, "\n\n");
    if (pull->conflict_count)
        add_conflicts(&page, pull);
    if (pull->count)
        add_summary(&page, pull);
    else if (!pull->conflict_count)
        buf_addz(&page.out, pull->merged ? "Nothing of it is held.\n\n"
                                         : "Nothing: it touches no stage of this account any more.\n\n");
    for (size_t i = 0; i < pull->count; i++)
        add_stage(&page, &pull->stages[i]);
    add_cut(&page);
    buf_add(&page.out, buf_str(&foot));
    struct str text = arena_str(arena, buf_str(&page.out));
    buf_release(&foot);
    buf_release(&page.out);
    return text;
}

struct value *pull_comment_state(struct arena *arena, struct str comment)
{
    struct str rest = comment, line, bytes;
    struct value *state = NULL;
    struct error ignored = ERROR_INIT;
    while (str_split(&rest, '\n', &line)) {
        line = str_trim(line);
        if (!str_starts(line, STATE_BEGIN) || !str_ends(line, STATE_END) ||
            line.len < sizeof STATE_BEGIN + sizeof STATE_END)
            continue;
        struct str code = str_slice(line, sizeof STATE_BEGIN - 1,
                                    line.len - (sizeof STATE_BEGIN - 1) - (sizeof STATE_END - 1));
        struct value *read;
        if (base64_decode(arena, code, &bytes) &&
            json_read_max(arena, STR_EMPTY, bytes, 1000, &read, &ignored) && value_is(read, VALUE_MAP))
            state = read;
    }
    return state;
}

struct str pull_stage_line(struct arena *arena, const struct told_stage *stage)
{
    struct buf line = BUF_INIT(BUF_SMALL);
    size_t quiet = 0;
    if (stage->note.len)
        buf_add(&line, stage->note);
    for (size_t i = 0; i < stage->count; i++) {
        const struct told_application *one = &stage->applications[i];
        quiet += one->level == TOLD_QUIET;
        if (one->level == TOLD_QUIET)
            continue;
        buf_printf(&line, "%s%.*s: ", line.len ? "; " : "", STR_ARG(one->name));
        if (one->failure.len)
            buf_printf(&line, "cannot be planned: %.*s", STR_ARG(one->failure));
        else
            buf_printf(&line, "%.*s", STR_ARG(one->headline));
        if (one->drift.count)
            buf_printf(&line, ", overwrites %zu made by hand", one->drift.count);
        if (one->held.count)
            buf_printf(&line, ", %zu held", one->held.count);
    }
    if (!line.len)
        buf_addz(&line, quiet ? "nothing to do" : "settings only");
    struct str text = arena_str(arena, buf_str(&line));
    buf_release(&line);
    return text;
}
