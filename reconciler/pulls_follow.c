#include "reconciler/pulls_private.h"
#include "reconciler/review.h"

/*
 * Pull requests that are not open any more, as long as something that they showed is held: their comment says
 * why, and an approval there lets it go.  Those that were closed without a merge are no review of anything.
 */

/* Calls for each application of ours. */
static bool for_each_place(struct pulls_at_work *work, void *self,
                           bool (*visit)(struct pulls_at_work *, void *self, const struct review_place *,
                                         struct error *),
                           struct error *error)
{
    const struct files *files = session_files(work->options->session);
    struct str *names;
    size_t count = 0;
    if (!files_exist(files, STR("environments")))
        return true;
    if (!environments_list(files, work->arena, &names, &count, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct environment environment;
        struct error ignored = ERROR_INIT;
        if (!environment_load(files, work->arena, names[i], &environment, &ignored) ||
            !str_equal(environment.account, work->options->account))
            continue;
        for (size_t k = 0; k < environment.application_count; k++) {
            const struct review_place place = {.ledger = work->ledger,
                                               .region = environment.region,
                                               .environment = environment.name,
                                               .application = environment.applications[k].name};
            if (!visit(work, self, &place, error))
                return false;
        }
    }
    return true;
}

/* ---- After a start ---- */

/* The newest one of an application is the one that may be held. */
static bool note_newest(struct pulls_at_work *work, void *self, const struct review_place *place,
                        struct error *error)
{
    const struct pulls *open = self;
    struct plan_reviews reviews;
    if (!reviews_load(place, work->arena, &reviews, error))
        return false;
    int64_t number = reviews.count ? reviews.items[reviews.count - 1].pull : 0;
    for (size_t i = 0; i < open->count; i++)
        if (open->items[i].number == number)
            return true;
    if (number > 0)
        pulls_memory_of(work->memory, number)->followed = true;
    return true;
}

/* ---- One of them ---- */

static bool forget_review(struct pulls_at_work *work, void *self, const struct review_place *place,
                          struct error *error)
{
    return review_forget(place, pulls_session(work)->clock, work->arena, *(const int64_t *)self, error);
}

static bool is_finished(const struct pull_memory *memory)
{
    return memory->failures == 0 && memory->preview && !memory->preview->told.count &&
           !memory->preview->again;
}

/* `over`: there is nothing to follow any more. */
static bool follow_one(struct pulls_at_work *work, struct pull_memory *memory, bool *over,
                       struct error *error)
{
    struct pull pull;
    if (!forge_pull(work->options->forge, work->arena, memory->number, &pull, error)) {
        *over = error->code == ERROR_NOT_FOUND;
        if (*over)
            error_clear(error);
        return *over;
    }
    if (pull.state == PULL_CLOSED && !for_each_place(work, &memory->number, forget_review, error))
        return false;
    if (pull.state == PULL_MERGED && !pulls_look_at(work, &pull, memory, error))
        return false;
    *over = pull.state == PULL_CLOSED || (pull.state == PULL_MERGED && is_finished(memory));
    return true;
}

bool pulls_follow(struct pulls_at_work *work, const struct pulls *open, struct error *error)
{
    struct pulls_memory *memory = work->memory;
    if (!memory->found_merged && !for_each_place(work, (void *)open, note_newest, error))
        return false;
    memory->found_merged = true;
    for (struct pull_memory **at = &memory->pulls; *at;) {
        struct pull_memory *one = *at;
        struct error why = ERROR_INIT;
        bool over = false;
        if (one->followed && !follow_one(work, one, &over, &why)) {
            if (pulls_is_everybodys(work, &why)) {
                *error = why;
                return false;
            }
            log_warn(pulls_session(work)->log, "merged pull request not looked at",
                     LOG_INT("number", one->number), LOG_ERROR_FIELD(&why));
        }
        if (over)
            pulls_forget(at);
        else
            at = &one->next;
    }
    return true;
}
