#include "reconciler/pulls.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "reconciler/pull_commands.h"
#include "reconciler/pulls_private.h"
#include "reconciler/review.h"

enum {
    EVERY_LEAST_MS = 60 * 1000,
    EVERY_MOST_MS = 60 * 60 * 1000,
    SOON_MS = 60 * 1000,
    LATER_MS = 10 * 60 * 1000
};

/* ---- Memory ---- */

struct pulls_memory *pulls_memory_new(void)
{
    struct pulls_memory *memory = memory_alloc(sizeof *memory);
    *memory = (struct pulls_memory){.pulls = NULL};
    return memory;
}

static void forget(struct pull_memory *one)
{
    pull_preview_free(one->preview);
    free(one);
}

void pulls_memory_free(struct pulls_memory *memory)
{
    while (memory && memory->pulls) {
        struct pull_memory *next = memory->pulls->next;
        forget(memory->pulls);
        memory->pulls = next;
    }
    free(memory);
}

static struct pull_memory *memory_of(struct pulls_memory *memory, int64_t number)
{
    for (struct pull_memory *one = memory->pulls; one; one = one->next)
        if (one->number == number)
            return one;
    struct pull_memory *fresh = memory_alloc(sizeof *fresh);
    *fresh = (struct pull_memory){.next = memory->pulls, .number = number};
    memory->pulls = fresh;
    return fresh;
}

/* ---- What a pass begins with ---- */

const struct session_options *pulls_session(const struct pulls_at_work *work)
{
    return session_options(work->options->session);
}

static bool find_branch(struct pulls_at_work *work, struct error *error)
{
    struct str revision = pulls_session(work)->revision;
    if (revision.len && !str_is(revision, "HEAD")) {
        bool full = str_starts(revision, "refs/heads/");
        work->branch = full ? str_from_index(revision, sizeof "refs/heads/" - 1) : revision;
        return true;
    }
    return mirror_default_branch(session_mirror(work->options->session), work->arena, &work->branch, error);
}

/* Environments that cannot be read are told of by who keeps them. */
static void read_policies(struct pulls_at_work *work)
{
    const struct files *files = session_files(work->options->session);
    struct error ignored = ERROR_INIT;
    struct str *names;
    size_t count = 0;
    work->every_ms = EVERY_MOST_MS;
    if (!environments_list(files, work->arena, &names, &count, &ignored))
        return;
    for (size_t i = 0; i < count; i++) {
        struct environment environment;
        if (!environment_load(files, work->arena, names[i], &environment, &ignored) ||
            !str_equal(environment.account, work->options->account))
            continue;
        work->forks = work->forks || environment.pull_requests.forks;
        if (environment.drift_every_ms < work->every_ms)
            work->every_ms = environment.drift_every_ms;
    }
    if (work->every_ms < EVERY_LEAST_MS)
        work->every_ms = EVERY_LEAST_MS;
}

static bool feed_application(struct pulls_at_work *work, struct sha256_stream *digest, struct str directory,
                             struct error *error)
{
    struct release release;
    struct str path = arena_printf(work->arena, "%.*s/inventory.json", STR_ARG(directory)), bytes = STR_EMPTY;
    if (!ledger_read(work->ledger, work->arena, path, &bytes, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
    }
    path = arena_printf(work->arena, "%.*s/release.json", STR_ARG(directory));
    if (!release_load(work->ledger, work->arena, path, &release, error))
        return false;
    sha256_feed(digest, arena_printf(work->arena, "%.*s %zu %s %s ", STR_ARG(directory), bytes.len,
                                     release.commit.hex, release_state_name(release.state)));
    sha256_feed(digest, bytes);
    return true;
}

static bool feed_below(struct pulls_at_work *work, struct sha256_stream *digest, struct str directory,
                       int depth, struct error *error)
{
    struct file_list list;
    if (depth == 0)
        return feed_application(work, digest, directory, error);
    if (!ledger_list(work->ledger, work->arena, directory, &list, error))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct str name = list.entries[i].name;
        struct str below =
            directory.len ? arena_printf(work->arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(name)) : name;
        if (list.entries[i].kind == FILE_DIRECTORY && !feed_below(work, digest, below, depth - 1, error))
            return false;
    }
    return true;
}

/* What was released in the account, without leases and what is said of pull requests. */
static bool read_facts(struct pulls_at_work *work, struct error *error)
{
    enum { DIRECTORIES_DEEP = 3 }; /* region, environment, application */
    struct pulls_memory *memory = work->memory;
    const char *tip = ledger_tip(work->ledger)->hex;
    unsigned char sum[SHA256_SIZE];
    if (memory->facts[0] && strcmp(memory->tip, tip) == 0)
        return true;
    struct sha256_stream *digest = sha256_begin();
    bool done = feed_below(work, digest, STR_EMPTY, DIRECTORIES_DEEP, error);
    sha256_end(digest, sum);
    if (!done)
        return false;
    struct str hex = hex_encode(work->arena, (struct str){.ptr = (const char *)sum, .len = sizeof sum});
    snprintf(memory->facts, sizeof memory->facts, "%.*s", STR_ARG(hex));
    snprintf(memory->tip, sizeof memory->tip, "%s", tip);
    return true;
}

static bool begin(struct pulls_at_work *work, struct error *error)
{
    const struct pulls_options *options = work->options;
    bool moved;
    if (!session_refresh(options->session, &moved, error) || !find_branch(work, error) ||
        !session_ledger(options->session, options->account, &work->ledger, error) ||
        !forge_self(options->forge, work->arena, &work->self, error) || !read_facts(work, error))
        return false;
    work->base = *session_commit(options->session);
    read_policies(work);
    return true;
}

/* ---- One pull request ---- */

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

/* What is shown as before keeps its approval, and since when it is shown. */
static void carry_over(const struct pull_preview *before, struct pull_preview *now, int64_t wall_ms)
{
    for (size_t i = 0; i < now->told.count; i++)
        for (size_t k = 0; k < now->told.stages[i].count; k++)
            now->told.stages[i].applications[k].shown_ms = wall_ms;
    for (size_t b = 0; before && b < before->told.count; b++)
        for (size_t c = 0; c < before->told.stages[b].count; c++)
            for (size_t i = 0; i < now->told.count; i++)
                for (size_t k = 0; k < now->told.stages[i].count; k++) {
                    const struct told_application *old = &before->told.stages[b].applications[c];
                    struct told_application *one = &now->told.stages[i].applications[k];
                    if (!one->hash.len || !str_equal(old->hash, one->hash) ||
                        !str_equal(old->name, one->name) ||
                        !str_equal(before->told.stages[b].name, now->told.stages[i].name))
                        continue;
                    one->shown_ms = old->shown_ms;
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

/* A stage that takes no forks is not shown for one. */
static void drop_forks(const struct pull *pull, struct pull_preview *preview)
{
    size_t kept = 0;
    for (size_t i = 0; pull->fork && i < preview->told.count; i++) {
        if (!preview->policies[i].forks)
            continue;
        preview->policies[kept] = preview->policies[i];
        preview->told.stages[kept++] = preview->told.stages[i];
    }
    if (pull->fork)
        preview->told.count = kept;
}

static bool look_again(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                       struct error *error)
{
    struct preview_options options = {.session = work->options->session,
                                      .pull = pull,
                                      .account = work->options->account,
                                      .branch = work->branch};
    struct pull_preview *preview;
    if (!find_head(work, pull, &options.head, error) || !pull_preview_make(&options, &preview, error))
        return false;
    drop_forks(pull, preview);
    carry_over(memory->preview, preview, clock_wall(pulls_session(work)->clock));
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

/* Comments come before the plan, so that what is shown answers them. */
static bool attend(struct pulls_at_work *work, const struct pull *pull, struct pull_memory *memory,
                   struct error *error)
{
    struct comments comments = {.count = 0};
    struct pull_command *commands;
    bool stale = is_stale(work, pull, memory);
    bool said = !memory->met || pull->updated_ms != memory->updated_ms;
    if (!stale && !said)
        return true;
    if ((said || stale) && !forge_comments(work->options->forge, work->arena, pull->number, &comments, error))
        return false;
    if (!memory->met)
        pulls_recall(work, &comments, memory);
    size_t count = pull_commands_read(work->arena, &comments, memory->handled, work->self, &commands);
    stale = stale || pulls_asked_to_plan(memory, pull, commands, count);
    if (!stale && !count) {
        memory->updated_ms = pull->updated_ms;
        return true;
    }
    if (stale && !look_again(work, pull, memory, error))
        return false;
    pulls_obey(work, pull, memory, commands, count);
    for (size_t i = 0; i < count; i++)
        memory->handled = commands[i].comment > memory->handled ? commands[i].comment : memory->handled;
    if (!pulls_say(work, pull, memory, error)) {
        memory->again_ms = 0; /* the same plan, and said once more */
        return false;
    }
    memory->updated_ms = pull->updated_ms;
    return true;
}

/* ---- All of them ---- */

/* What others will meet, too, and what wants to be left alone. */
static bool is_everybodys(const struct pulls_at_work *work, const struct error *error)
{
    const atomic_bool *cancelled = pulls_session(work)->cancelled;
    return (cancelled && atomic_load(cancelled)) || error->code == ERROR_CANCELLED ||
           error->code == ERROR_BUG || error->code == ERROR_DENIED || forge_wait_ms(work->options->forge) > 0;
}

static bool look_at(struct pulls_at_work *work, const struct pull *pull, struct error *error)
{
    struct pull_memory *memory = memory_of(work->memory, pull->number);
    struct error why = ERROR_INIT;
    memory->present = true;
    if (pull->head_sha.len != PULL_SHA_SIZE || (pull->fork && !work->forks) ||
        (memory->failures && now_ms(work) < memory->again_ms && str_is(pull->head_sha, memory->head)))
        return true;
    if (attend(work, pull, memory, &why)) {
        memory->failures = 0;
        return true;
    }
    if (is_everybodys(work, &why)) {
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

/* One that was closed without a merge is no review of anything. */
static void leave(struct pulls_at_work *work, const struct pull_memory *memory)
{
    struct error error = ERROR_INIT;
    struct pull pull;
    bool recorded = false;
    const struct pull_preview *preview = memory->preview;
    for (size_t i = 0; preview && i < preview->told.count; i++)
        recorded = recorded || preview->policies[i].apply != PULL_APPLY_ALWAYS;
    if (!recorded)
        return;
    bool done = forge_pull(work->options->forge, work->arena, memory->number, &pull, &error);
    for (size_t i = 0; done && pull.state == PULL_CLOSED && i < preview->told.count; i++)
        for (size_t k = 0; done && k < preview->told.stages[i].count; k++) {
            const struct told_stage *stage = &preview->told.stages[i];
            const struct review_place place = {.ledger = work->ledger,
                                               .region = stage->region,
                                               .environment = stage->name,
                                               .application = stage->applications[k].name};
            done = review_forget(&place, pulls_session(work)->clock, work->arena, memory->number, &error);
        }
    if (!done)
        log_warn(pulls_session(work)->log, "closed pull request not forgotten",
                 LOG_INT("number", memory->number), LOG_ERROR_FIELD(&error));
}

static void leave_absent(struct pulls_at_work *work)
{
    for (struct pull_memory **at = &work->memory->pulls; *at;) {
        struct pull_memory *one = *at;
        if (one->present) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        leave(work, one);
        forget(one);
    }
}

static bool pass(struct pulls_at_work *work, struct error *error)
{
    struct pulls pulls;
    if (!begin(work, error) ||
        !forge_pulls(work->options->forge, work->arena, work->branch, STR_EMPTY, &pulls, error))
        return false;
    for (struct pull_memory *one = work->memory->pulls; one; one = one->next)
        one->present = false;
    for (size_t i = 0; i < pulls.count; i++)
        if (!look_at(work, &pulls.items[i], error))
            return false;
    leave_absent(work);
    return true;
}

bool pulls_pass(const struct pulls_options *options, struct pulls_memory *memory, struct error *error)
{
    struct pulls_at_work work = {.options = options, .memory = memory, .arena = arena_new()};
    bool done = pass(&work, error);
    arena_free(work.arena);
    return done || error_prefix(error, "pull requests");
}
