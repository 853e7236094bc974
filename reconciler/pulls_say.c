#include "reconciler/pulls_private.h"
#include "reconciler/review.h"

/* The one comment of this account, the statuses of its stages, and what the ledger has to remember. */

static struct str marker_of(const struct pulls_at_work *work)
{
    return arena_printf(work->arena, "pull/%.*s", STR_ARG(work->options->account));
}

static struct value *state_of(const struct pulls_at_work *work, const struct pull_memory *memory)
{
    struct value *state = value_map(work->arena), *answers = value_list(work->arena);
    for (size_t i = 0; i < memory->answer_count; i++) {
        struct value *answer = value_map(work->arena);
        value_setz(work->arena, answer, "by", value_stringz(work->arena, memory->answers[i].by));
        value_setz(work->arena, answer, "asked", value_stringz(work->arena, memory->answers[i].asked));
        value_setz(work->arena, answer, "outcome", value_stringz(work->arena, memory->answers[i].outcome));
        value_append(work->arena, answers, answer);
    }
    value_setz(work->arena, state, "version", value_int(work->arena, 1));
    value_setz(work->arena, state, "heard", value_int(work->arena, memory->handled));
    value_setz(work->arena, state, "answers", answers);
    return state;
}

static bool put_comment(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                        struct error *error)
{
    struct told_pull told = memory->preview->told;
    struct told_answer answers[TOLD_ANSWERS_MAX];
    int64_t id;
    if (!told.count && !memory->commented)
        return true;
    for (size_t i = 0; i < memory->answer_count; i++)
        answers[i] = (struct told_answer){.by = str_from(memory->answers[i].by),
                                          .asked = str_from(memory->answers[i].asked),
                                          .outcome = str_from(memory->answers[i].outcome)};
    told.answers = answers;
    told.answer_count = memory->answer_count;
    told.state = state_of(work, memory);
    struct str body = pull_comment(work->arena, &told, FORGE_BODY_MAX);
    if (!forge_put_comment(work->options->forge, work->arena, pull->number, marker_of(work), body, &id,
                           error))
        return false;
    memory->commented = true;
    return true;
}

/* ---- Statuses ---- */

static bool waits_for_approval(const struct told_stage *stage)
{
    for (size_t i = 0; stage->needs_approval && i < stage->count; i++)
        if (stage->applications[i].substance.len && stage->applications[i].level != TOLD_QUIET &&
            !stage->applications[i].approved_by.len)
            return true;
    return false;
}

static bool set_status(struct pulls_at_work *work, const struct pull *pull, struct str stage,
                       enum status_state state, struct str line, struct error *error)
{
    const struct status status = {
        .context = arena_printf(work->arena, "plumb/%.*s", STR_ARG(stage)),
        .state = state,
        .description = line,
        .url = str_starts(pull->url, "https://") ? pull->url : STR_EMPTY,
    };
    return forge_set_status(work->options->forge, work->arena, pull->head_sha, &status, error);
}

static bool tell_stage(struct pulls_at_work *work, const struct pull *pull, const struct told_pull *told,
                       const struct told_stage *stage, struct error *error)
{
    struct str line = pull_stage_line(work->arena, stage);
    enum status_state state = STATUS_SUCCESS;
    if (told->conflict_count) {
        state = STATUS_PENDING;
        line = STR("conflicts with the base branch: planned when it does not");
    } else if (told_stage_level(stage) == TOLD_BLOCKED) {
        state = STATUS_FAILURE;
    } else if (waits_for_approval(stage)) {
        state = STATUS_PENDING;
        line = arena_printf(work->arena, "needs approval: %.*s", STR_ARG(line));
    }
    return set_status(work, pull, stage->name, state, line, error);
}

bool pulls_unsay(struct pulls_at_work *work, const struct pull *pull, const struct pull_preview *before,
                 const struct pull_preview *now, struct error *error)
{
    if (!before || now->told.merged || !str_equal(before->told.head, now->told.head))
        return true;
    for (size_t i = 0; i < before->told.count; i++) {
        bool still = false;
        for (size_t k = 0; k < now->told.count; k++)
            still = still || str_equal(before->told.stages[i].name, now->told.stages[k].name);
        if (!still && !set_status(work, pull, before->told.stages[i].name, STATUS_SUCCESS,
                                  STR("not touched any more"), error))
            return false;
    }
    return true;
}

/* ---- Reviews ---- */

static bool record_one(struct pulls_at_work *work, const struct pull *pull, const struct told_pull *told,
                       const struct told_stage *stage, const struct told_application *one,
                       struct error *error)
{
    struct review_approval approval = {.by = one->approved_by, .time = one->approved_at};
    const struct review_place place = {.ledger = work->ledger,
                                       .region = stage->region,
                                       .environment = stage->name,
                                       .application = one->name};
    const struct plan_review review = {
        .pull = pull->number,
        .head = told->head,
        .base = told->base,
        .substance = one->substance,
        .asked = one->asked,
        .time = time_iso8601(work->arena, one->shown_ms),
        .approvals = &approval,
        .approval_count = one->approved_by.len > 0,
    };
    return review_record(&place, pulls_session(work)->clock, work->arena, &review, error);
}

static bool record_reviews(struct pulls_at_work *work, const struct pull *pull,
                           const struct pull_preview *preview, struct error *error)
{
    const struct told_pull *told = &preview->told;
    for (size_t i = 0; i < told->count; i++)
        for (size_t k = 0; preview->policies[i].apply != PULL_APPLY_ALWAYS && k < told->stages[i].count;
             k++) {
            const struct told_application *one = &told->stages[i].applications[k];
            bool counts = one->level != TOLD_QUIET && (!told->merged || one->approved_by.len);
            if (one->substance.len && counts && !record_one(work, pull, told, &told->stages[i], one, error))
                return false;
        }
    return true;
}

/* First the ledger: what a person reads is what counts. */
bool pulls_say(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
               struct error *error)
{
    const struct told_pull *told = &memory->preview->told;
    if (!record_reviews(work, pull, memory->preview, error) || !put_comment(work, pull, memory, error))
        return false;
    for (size_t i = 0; !told->merged && i < told->count; i++)
        if (!tell_stage(work, pull, told, &told->stages[i], error))
            return false;
    return true;
}
