#include "reconciler/pulls.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "reconciler/pulls_private.h"

enum { EVERY_LEAST_MS = 60 * 1000, EVERY_MOST_MS = 60 * 60 * 1000 };

/* ---- Memory ---- */

struct pulls_memory *pulls_memory_new(void)
{
    struct pulls_memory *memory = memory_alloc(sizeof *memory);
    *memory = (struct pulls_memory){.pulls = NULL};
    return memory;
}

void pulls_forget(struct pull_memory **at)
{
    struct pull_memory *one = *at;
    *at = one->next;
    pull_preview_free(one->preview);
    free(one);
}

void pulls_memory_free(struct pulls_memory *memory)
{
    while (memory && memory->pulls)
        pulls_forget(&memory->pulls);
    free(memory);
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

/* ---- All of them ---- */

/* What it showed may be held after its merge. */
static bool is_recorded(const struct pull_memory *memory)
{
    const struct pull_preview *preview = memory->preview;
    for (size_t i = 0; preview && i < preview->told.count; i++)
        if (preview->policies[i].apply != PULL_APPLY_ALWAYS)
            return true;
    return false;
}

static void leave_absent(struct pulls_at_work *work)
{
    for (struct pull_memory **at = &work->memory->pulls; *at;) {
        struct pull_memory *one = *at;
        if (!one->present && !one->followed && is_recorded(one)) {
            one->followed = true;
            pull_preview_free(one->preview);
            one->preview = NULL;
        }
        if (one->present || one->followed)
            at = &one->next;
        else
            pulls_forget(at);
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
    for (size_t i = 0; i < pulls.count; i++) {
        struct pull_memory *memory = pulls_memory_of(work->memory, pulls.items[i].number);
        memory->present = true;
        memory->followed = false;
        if (!pulls_look_at(work, &pulls.items[i], memory, error))
            return false;
    }
    leave_absent(work);
    return pulls_follow(work, &pulls, error);
}

bool pulls_pass(const struct pulls_options *options, struct pulls_memory *memory, struct error *error)
{
    struct pulls_at_work work = {.options = options, .memory = memory, .arena = arena_new()};
    bool done = pass(&work, error);
    arena_free(work.arena);
    return done || error_prefix(error, "pull requests");
}
