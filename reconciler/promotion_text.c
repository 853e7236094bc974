#include "reconciler/promotion_text.h"

#include "reconciler/report.h"

enum { PLAN_TEXT_MAX = 40 * 1000, SUBJECT_SHOWN = 120, COMMITS_SHOWN = 30 };

/* In a span of code nothing is markup; what would end it becomes an apostrophe. */
static void add_code(struct buf *out, struct str text)
{
    struct buf escaped = BUF_INIT(BUF_SMALL);
    text_escape(&escaped, str_clip(text, SUBJECT_SHOWN));
    buf_addc(out, '`');
    for (size_t i = 0; i < escaped.len; i++)
        buf_addc(out, escaped.ptr[i] == '`' ? '\'' : escaped.ptr[i]);
    buf_addz(out, escaped.len ? "`" : " `");
    buf_release(&escaped);
}

static void add_commits(struct buf *out, const struct commit_facts *commits, size_t count, bool more)
{
    size_t shown = count < COMMITS_SHOWN ? count : COMMITS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        buf_printf(out, "- `%.7s` ", commits[i].id.hex);
        add_code(out, commits[i].subject);
        buf_addz(out, " by ");
        add_code(out, commits[i].author_name);
        buf_addc(out, '\n');
    }
    if (more || shown < count)
        buf_addz(out, "- and others\n");
}

/* A fence that is longer than any in the text. */
static size_t fence_of(struct str text)
{
    size_t longest = 2, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest + 1;
}

static void add_plan(struct buf *out, struct subject *subject, struct plan *plan)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    report_plan(&text, subject, plan, false);
    struct str shown = str_clip(buf_str(&text), PLAN_TEXT_MAX);
    size_t fence = fence_of(shown);
    for (size_t i = 0; i < fence; i++)
        buf_addc(out, '`');
    buf_addz(out, "text\n");
    buf_add(out, shown);
    if (!str_ends(shown, "\n"))
        buf_addc(out, '\n');
    for (size_t i = 0; i < fence; i++)
        buf_addc(out, '`');
    buf_addc(out, '\n');
    if (shown.len < text.len)
        buf_addz(out, "\nThe plan is longer; `plumb plan` shows all of it.\n");
    buf_release(&text);
}

static void add_conditions(struct buf *out, const struct promotion_text *text)
{
    const struct promotion *promotion = text->promotion;
    if (promotion->approvals)
        buf_printf(
            out,
            "\nApprovals that are needed: %lld, of people who may write here and have not written what is "
            "promoted. They hold for this commit and its plan hash: what changes either voids them.\n",
            (long long)promotion->approvals);
    buf_addz(out, promotion->automatic ? "\nplumb merges this itself as soon as all conditions hold.\n"
                                       : "\nIt is merged by people; plumb keeps it up to date.\n");
}

struct str promotion_text(struct arena *arena, const struct promotion_text *text)
{
    struct buf out = BUF_INIT(BUF_LARGE);
    const struct promotion_verdict *verdict = text->verdict;
    buf_printf(&out, "Promotes `%.*s` ", STR_ARG(text->name));
    if (verdict->from.hex[0])
        buf_printf(&out, "from `%.12s` ", verdict->from.hex);
    buf_printf(&out, "to `%.12s`, which `%.*s` released at %.*s.\n\n", verdict->to.hex,
               STR_ARG(text->earlier), STR_ARG(verdict->release.finished));
    if (text->commit_count)
        buf_addz(&out, "What comes with it:\n\n");
    add_commits(&out, text->commits, text->commit_count, text->more);
    buf_printf(&out, "\nThe plan against the account %.*s as it is now, plan hash `%.*s`:\n\n",
               STR_ARG(text->subject->environment.account), STR_ARG(text->plan->hash));
    add_plan(&out, text->subject, text->plan);
    add_conditions(&out, text);
    struct str all = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return all;
}
