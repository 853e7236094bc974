#include <string.h>

#include "reconciler/pull_commands.h"
#include "reconciler/pulls_private.h"
#include "reconciler/review.h"

/* What people say in a pull request. */

static void keep(char *to, size_t size, struct str text)
{
    snprintf(to, size, "%.*s", STR_ARG(str_clip(text, size - 1)));
}

static void add_answer(struct pull_memory *memory, struct str by, struct str asked, struct str outcome)
{
    if (memory->answer_count == TOLD_ANSWERS_MAX) {
        memmove(memory->answers, memory->answers + 1, (TOLD_ANSWERS_MAX - 1) * sizeof *memory->answers);
        memory->answer_count--;
    }
    struct pull_answer *answer = &memory->answers[memory->answer_count++];
    keep(answer->by, sizeof answer->by, by);
    keep(answer->asked, sizeof answer->asked, asked);
    keep(answer->outcome, sizeof answer->outcome, outcome);
}

/* ---- After a start ---- */

static const struct comment *own_comment(const struct pulls_at_work *work, const struct comments *comments)
{
    struct str mark = arena_printf(work->arena, "<!-- plumb pull/%.*s -->", STR_ARG(work->options->account));
    for (size_t i = 0; i < comments->count; i++)
        if (str_equal_nocase(comments->items[i].author, work->self) &&
            str_starts(comments->items[i].body, mark.ptr))
            return &comments->items[i];
    return NULL;
}

/* Nothing that is approved rests on it: that is in the ledger. */
void pulls_recall(struct pulls_at_work *work, const struct comments *comments, struct pull_memory *memory)
{
    const struct comment *own = own_comment(work, comments);
    const struct value *state = own ? pull_comment_state(work->arena, own->body) : NULL;
    const struct value *answers = value_get(state, "answers");
    memory->met = true;
    memory->commented = own != NULL;
    memory->handled = value_get_int(state, "heard", 0);
    for (size_t i = 0; value_is(answers, VALUE_LIST) && i < answers->count; i++)
        add_answer(memory, value_get_text(answers->items[i], "by"),
                   value_get_text(answers->items[i], "asked"), value_get_text(answers->items[i], "outcome"));
}

static void recall_one(const struct pull_preview *preview, struct told_application *one,
                       const struct plan_review *review)
{
    int64_t time;
    if (!str_equal(review->head, preview->told.head) || !str_equal(review->base, preview->told.base) ||
        !str_equal(review->substance, one->substance))
        return;
    if (time_parse(review->time, &time) && time < one->shown_ms)
        one->shown_ms = time;
    if (review->approval_count) {
        one->approved_by = arena_str(preview->arena, review->approvals[0].by);
        one->approved_at = arena_str(preview->arena, review->approvals[0].time);
    }
}

bool pulls_recall_approvals(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                            struct error *error)
{
    struct pull_preview *preview = memory->preview;
    for (size_t i = 0; i < preview->told.count; i++) {
        struct told_stage *stage = &preview->told.stages[i];
        for (size_t k = 0; preview->policies[i].apply != PULL_APPLY_ALWAYS && k < stage->count; k++) {
            struct told_application *one = &stage->applications[k];
            const struct review_place place = {.ledger = work->ledger,
                                               .region = stage->region,
                                               .environment = stage->name,
                                               .application = one->name};
            struct plan_reviews reviews;
            if (!reviews_load(&place, work->arena, &reviews, error))
                return false;
            for (size_t r = 0; r < reviews.count; r++)
                if (reviews.items[r].pull == pull->number)
                    recall_one(preview, one, &reviews.items[r]);
        }
    }
    return true;
}

/* ---- Commands ---- */

/* By the policies that were read last; those of a pull request that nobody looked at yet are read anyway. */
bool pulls_asked_to_plan(const struct pull_memory *memory, const struct pull *pull,
                         const struct pull_command *commands, size_t count)
{
    const struct pull_preview *preview = memory->preview;
    struct arena *arena = arena_new();
    bool asked = false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; preview && commands[i].word == PULL_PLAN && k < preview->told.count; k++)
            asked = asked || (pull_command_is_about(&commands[i], &preview->told.stages[k]) &&
                              !pull_command_refusal(arena, &commands[i], &preview->told.stages[k],
                                                    &preview->policies[k], pull->author)
                                   .len);
    arena_free(arena);
    return asked;
}

static void obey(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                 const struct pull_command *command)
{
    struct pull_preview *preview = memory->preview;
    for (size_t i = 0; i < preview->told.count; i++) {
        struct told_stage *stage = &preview->told.stages[i];
        if (!pull_command_is_about(command, stage))
            continue;
        struct str outcome =
            pull_command_refusal(work->arena, command, stage, &preview->policies[i], pull->author);
        if (!outcome.len && command->word == PULL_APPROVE)
            outcome = pull_command_approve(preview->arena, command, stage);
        else if (!outcome.len)
            outcome = arena_printf(work->arena, "planned %.*s again", STR_ARG(stage->name));
        add_answer(memory, command->by, command->text, outcome);
        log_info(pulls_session(work)->log, "asked in a pull request", LOG_INT("number", pull->number),
                 LOG_STR("by", command->by), LOG_STR("what", command->text), LOG_STR("outcome", outcome));
    }
}

void pulls_obey(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                const struct pull_command *commands, size_t count)
{
    for (size_t i = 0; i < count; i++)
        obey(work, pull, memory, &commands[i]);
}
