#include <stdlib.h>
#include <string.h>

#include "reconciler/pulls_private.h"

/* One pull request: is it as it was, what would it do, what was said. */

enum { SOON_MS = 60 * 1000, LATER_MS = 10 * 60 * 1000, FORGE_TICK_MS = 1000 };

struct pull_memory *pulls_memory_of(struct pulls_memory *memory, int64_t number)
{
    for (struct pull_memory *one = memory->pulls; one; one = one->next)
        if (one->number == number)
            return one;
    struct pull_memory *fresh = memory_alloc(sizeof *fresh);
    *fresh = (struct pull_memory){.next = memory->pulls, .number = number};
    memory->pulls = fresh;
    return fresh;
}

static int64_t now_ms(const struct pulls_at_work *work)
{
    return clock_monotonic(pulls_session(work)->clock);
}

static bool is_stale(const struct pulls_at_work *work, const struct pull *pull,
                     const struct pull_memory *memory)
{
    return !memory->preview || !str_is(pull->head_sha, memory->head) ||
           strcmp(memory->base, work->base.hex) != 0 || strcmp(memory->facts, work->memory->facts) != 0 ||
           now_ms(work) >= memory->again_ms;
}

static bool find_head(struct pulls_at_work *work, const struct pull *pull, struct commit_id *head,
                      struct error *error)
{
    struct mirror *mirror = session_mirror(work->options->session);
    const char *form = forge_kind(work->options->forge) == FORGE_GITLAB ? "refs/merge-requests/%lld/head"
                                                                        : "refs/pull/%lld/head";
    struct error ignored = ERROR_INIT;
    char ref[64];
    if (mirror_resolve(mirror, pull->head_sha, head, &ignored) && str_is(pull->head_sha, head->hex))
        return true; /* a branch may have the name of another commit */
    if (!pull->fork)
        return error_set(error, ERROR_CONFLICT,
                         "its head '%.*s' has not come with the branches: looked at again",
                         STR_ARG(pull->head_sha));
    snprintf(ref, sizeof ref, form, (long long)pull->number);
    if (!mirror_fetch_pull(mirror, str_from(ref), head, error))
        return false;
    return str_is(pull->head_sha, head->hex) ||
           error_set(error, ERROR_CONFLICT, "its head moved: looked at again");
}

static const struct told_application *shown_before(const struct pull_preview *before, struct str stage,
                                                   const struct told_application *one)
{
    for (size_t i = 0; before && i < before->told.count; i++)
        for (size_t k = 0; k < before->told.stages[i].count; k++) {
            const struct told_application *old = &before->told.stages[i].applications[k];
            if (str_equal(before->told.stages[i].name, stage) && str_equal(old->name, one->name) &&
                str_equal(old->hash, one->hash))
                return old;
        }
    return NULL;
}

/* What is shown as before keeps its approval, and since when it is shown. */
static void carry_over(const struct pull_preview *before, struct pull_preview *now)
{
    for (size_t i = 0; i < now->told.count; i++)
        for (size_t k = 0; k < now->told.stages[i].count; k++) {
            struct told_application *one = &now->told.stages[i].applications[k];
            const struct told_application *old = shown_before(before, now->told.stages[i].name, one);
            one->shown_ms = old ? old->shown_ms : INT64_MAX;
            if (!old || !one->hash.len)
                continue;
            one->approved_by = arena_str(now->arena, old->approved_by);
            one->approved_at = arena_str(now->arena, old->approved_at);
        }
}

/* Where only the time is another, the comment stays as it is. */
static void keep_time(struct arena *arena, const struct pull_preview *before, struct pull_preview *now)
{
    if (!before)
        return;
    struct told_pull same = now->told;
    same.time = before->told.time;
    if (str_equal(pull_comment(arena, &same, FORGE_BODY_MAX),
                  pull_comment(arena, &before->told, FORGE_BODY_MAX)))
        now->told.time = arena_str(now->arena, before->told.time);
}

/* What is in no comment yet was not looked at, whatever the clocks say. */
static void set_shown(struct pull_preview *preview, int64_t from_ms, int64_t to_ms)
{
    for (size_t i = 0; i < preview->told.count; i++)
        for (size_t k = 0; k < preview->told.stages[i].count; k++)
            if (preview->told.stages[i].applications[k].shown_ms == from_ms)
                preview->told.stages[i].applications[k].shown_ms = to_ms;
}

static bool look_again(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                       struct error *error)
{
    struct preview_options options = {
        .session = work->options->session,
        .account = work->options->account,
        .branch = work->branch,
        .fork = pull->fork,
    };
    struct pull_preview *preview;
    if (memory->followed)
        options.head = work->base;
    else if (!find_head(work, pull, &options.head, error))
        return false;
    if (!(memory->followed ? pull_preview_held(&options, pull->number, &preview, error)
                           : pull_preview_make(&options, &preview, error)))
        return false;
    carry_over(memory->preview, preview);
    struct pull_preview *before = memory->preview;
    memory->preview = preview;
    bool done =
        pulls_recall_approvals(work, pull, memory, error) && pulls_unsay(work, pull, before, preview, error);
    keep_time(work->arena, before, preview);
    pull_preview_free(before);
    if (!done)
        return false;
    snprintf(memory->head, sizeof memory->head, "%.*s", STR_ARG(pull->head_sha));
    snprintf(memory->base, sizeof memory->base, "%s", work->base.hex);
    snprintf(memory->facts, sizeof memory->facts, "%s", work->memory->facts);
    memory->again_ms = now_ms(work) + (preview->again ? SOON_MS : work->every_ms);
    return true;
}

/* Is there something to hear?  A forge tells time in whole seconds: a comment in the second that it told of
 * last moves nothing, so that comments are read once more when that second is over. */
static bool may_be_said(const struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory)
{
    if (!memory->met || memory->updated_ms != pull->updated_ms)
        memory->settled_ms = now_ms(work) + FORGE_TICK_MS;
    memory->updated_ms = pull->updated_ms;
    return !memory->met || memory->heard_ms < memory->settled_ms;
}

/* Comments come before the plan, so that what is shown answers them. */
static bool attend(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                   struct error *error)
{
    struct comments comments = {.count = 0};
    struct pull_command *commands;
    bool stale = is_stale(work, pull, memory), said = may_be_said(work, pull, memory);
    int64_t heard_ms = now_ms(work);
    if (!stale && !said)
        return true;
    if (!forge_comments(work->options->forge, work->arena, pull->number, &comments, error))
        return false;
    if (!memory->met)
        pulls_recall(work, &comments, memory);
    size_t count = pull_commands_read(work->arena, &comments, memory->handled, work->self, &commands);
    stale = stale || pulls_asked_to_plan(memory, pull, commands, count);
    if (!stale && !count) {
        memory->heard_ms = heard_ms;
        return true;
    }
    if (stale && !look_again(work, pull, memory, error))
        return false;
    pulls_obey(work, pull, memory, commands, count);
    for (size_t i = 0; i < count; i++)
        memory->handled = commands[i].comment > memory->handled ? commands[i].comment : memory->handled;
    int64_t now = clock_wall(pulls_session(work)->clock);
    set_shown(memory->preview, INT64_MAX, now);
    if (!pulls_say(work, pull, memory, error)) {
        set_shown(memory->preview, now, INT64_MAX);
        memory->again_ms = 0; /* the same plan, and said once more */
        return false;
    }
    memory->heard_ms = heard_ms;
    return true;
}

/* What others will meet, too, and what wants to be left alone. */
bool pulls_is_everybodys(const struct pulls_at_work *work, const struct error *error)
{
    const atomic_bool *cancelled = pulls_session(work)->cancelled;
    return (cancelled && atomic_load(cancelled)) || error->code == ERROR_CANCELLED ||
           error->code == ERROR_BUG || error->code == ERROR_DENIED || forge_wait_ms(work->options->forge) > 0;
}

bool pulls_look_at(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                   struct error *error)
{
    struct error why = ERROR_INIT;
    if (pull->head_sha.len != PULL_SHA_SIZE || (pull->fork && !work->forks && !memory->followed) ||
        (memory->failures && now_ms(work) < memory->again_ms && str_is(pull->head_sha, memory->head)))
        return true;
    if (attend(work, pull, memory, &why)) {
        memory->failures = 0;
        return true;
    }
    if (pulls_is_everybodys(work, &why)) {
        *error = why;
        return error_prefix(error, "pull request #%lld", (long long)pull->number);
    }
    memory->failures++;
    snprintf(memory->head, sizeof memory->head, "%.*s", STR_ARG(pull->head_sha));
    memory->base[0] = '\0'; /* it is stale */
    memory->again_ms = now_ms(work) + (memory->failures > 3 ? LATER_MS : memory->failures > 1 ? SOON_MS : 0);
    log_warn(pulls_session(work)->log, "pull request not looked at", LOG_INT("number", pull->number),
             LOG_ERROR_FIELD(&why));
    return true;
}
