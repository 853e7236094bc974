#include "reconciler/proposal.h"

#include <string.h>

#include "environments/revision_line.h"
#include "gitsync/edit.h"
#include "gitsync/lineage.h"

enum { APPLICATION_FILE_MAX = 1024 * 1024 };

static const struct commit_id nowhere = {.hex = ""};

struct str proposal_branch(struct arena *arena, const char *kind, struct str environment,
                           struct str application)
{
    return arena_printf(arena, "plumb/%s/%.*s-%.*s", kind, STR_ARG(environment), STR_ARG(application));
}

/* The branch that the session watches; ERROR_INVALID where it looks at a tag or commit. */
static bool watched_branch(struct session *session, struct arena *arena, struct str *branch,
                           struct error *error)
{
    struct str revision = session_options(session)->revision;
    struct commit_id tip;
    if (!revision.len)
        return mirror_default_branch(session_mirror(session), arena, branch, error);
    static const char heads[] = "refs/heads/";
    *branch = str_starts(revision, heads) ? str_from_index(revision, sizeof heads - 1) : revision;
    struct error ignored = ERROR_INIT;
    return mirror_resolve(session_mirror(session), arena_printf(arena, "%s%.*s", heads, STR_ARG(*branch)),
                          &tip, &ignored) ||
           error_set(error, ERROR_INVALID, "'%.*s' is no branch: a promotion or rollback is a commit on one",
                     STR_ARG(revision));
}

/* The edit on top of `base`. */
static bool make_edit(const struct proposal *proposal, struct arena *arena, const struct commit_id *base,
                      struct edit_file *file, struct edit *edit, struct error *error)
{
    struct str bytes;
    file->path = proposal->application->file;
    *edit = (struct edit){.base = *base, .files = file, .count = 1};
    edit->message = arena_printf(arena, "%.*s\n\n%.*s", STR_ARG(proposal->title), STR_ARG(proposal->message));
    return files_read(session_files(proposal->session), arena, file->path, APPLICATION_FILE_MAX, &bytes,
                      error) &&
           revision_line_set(arena, file->path, bytes, str_from(proposal->revision.hex), &file->bytes, error);
}

/* Where the commit may stay: on the parent of the present tip, where nothing that matters has changed since.
 */
static bool find_base(const struct proposal *proposal, const struct commit_id *tip, struct commit_id *base,
                      struct error *error)
{
    struct mirror *mirror = session_mirror(proposal->session);
    const struct commit_id *newest = session_commit(proposal->session);
    struct commit_id parent = nowhere;
    struct error ignored = ERROR_INIT;
    bool before, same = false, also = false;
    *base = *newest;
    (void)!mirror_parent(mirror, tip, &parent, &ignored); /* none of a tip that is not in the mirror */
    if (!parent.hex[0])
        return true;
    if (!mirror_is_ancestor(mirror, &parent, newest, &before, error) ||
        !commits_agree(mirror, &parent, newest, proposal->environment->directory, &same, error) ||
        !commits_agree(mirror, &parent, newest, STR("plumb.yaml"), &also, error))
        return false;
    if (before && same && also)
        *base = parent;
    return true;
}

static bool put_branch(const struct proposal *proposal, struct arena *arena, struct proposed *out,
                       struct error *error)
{
    struct mirror *mirror = session_mirror(proposal->session);
    struct commit_id tip, base;
    struct edit_file file;
    struct edit edit;
    bool there;
    if (!edit_branch(mirror, proposal->branch, &tip, error) || !find_base(proposal, &tip, &base, error) ||
        !make_edit(proposal, arena, &base, &file, &edit, error) ||
        !edit_is(mirror, &edit, &tip, &there, error))
        return false;
    out->head = tip;
    if (there)
        return true;
    out->moved = true;
    return edit_commit(mirror, &edit, &out->head, error) &&
           edit_push(mirror, proposal->branch, &tip, &out->head, error);
}

bool proposal_put(const struct proposal *proposal, struct arena *arena, struct proposed *out,
                  struct error *error)
{
    struct str base;
    const struct pull_text text = {.title = str_clip(proposal->title, FORGE_TITLE_MAX),
                                   .body = str_clip(proposal->body, FORGE_BODY_MAX)};
    *out = (struct proposed){.moved = false};
    if (!watched_branch(proposal->session, arena, &base, error) || !put_branch(proposal, arena, out, error))
        return false;
    return !proposal->forge ||
           forge_open_pull(proposal->forge, arena, proposal->branch, base, &text, &out->pull, error);
}

bool proposal_push(const struct proposal *proposal, struct arena *arena, struct commit_id *out,
                   struct error *error)
{
    struct mirror *mirror = session_mirror(proposal->session);
    const struct commit_id *tip = session_commit(proposal->session);
    struct str base;
    struct edit_file file;
    struct edit edit;
    return watched_branch(proposal->session, arena, &base, error) &&
           make_edit(proposal, arena, tip, &file, &edit, error) && edit_commit(mirror, &edit, out, error) &&
           edit_push(mirror, base, tip, out, error);
}

bool proposal_close(struct session *session, struct forge *forge, struct arena *arena, struct str branch,
                    bool *was, struct error *error)
{
    struct mirror *mirror = session_mirror(session);
    struct commit_id tip;
    struct error ignored = ERROR_INIT;
    struct pulls pulls = {.count = 0};
    /* As the mirror was last fetched: what is not there costs nothing. */
    *was = mirror_resolve(mirror, arena_printf(arena, "refs/heads/%.*s", STR_ARG(branch)), &tip, &ignored);
    if (!*was)
        return true;
    if (forge && !forge_pulls(forge, arena, STR_EMPTY, branch, &pulls, error))
        return false;
    for (size_t i = 0; i < pulls.count; i++)
        if (!pulls.items[i].fork && !forge_close_pull(forge, arena, pulls.items[i].number, error))
            return false;
    if (!edit_branch(mirror, branch, &tip, error))
        return false;
    *was = tip.hex[0] != '\0';
    return !*was || edit_push(mirror, branch, &tip, &nowhere, error);
}
