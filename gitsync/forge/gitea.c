/*
 * Gitea and Forgejo: their swagger description, /api/swagger of each installation.
 */

#include <inttypes.h>

#include "base/digest.h"
#include "gitsync/forge/alike.h"

/* Forgejo and Gitea before 1.25 do not select by base: forge_pulls does. */
static bool pulls(struct forge *forge, struct arena *arena, struct str base, struct str head,
                  struct pulls *out, struct error *error)
{
    (void)head;
    struct str query = STR("state=open&sort=oldest");
    if (base.len)
        query = arena_printf(arena, "%.*s&base_branch=%.*s", STR_ARG(query),
                             STR_ARG(uri_encode(arena, base, "")));
    return alike_pulls(forge, arena, query, out, error);
}

/* Title and message have two names: what Gitea calls them now, and what it did until 1.25 and Forgejo does.
 */
static bool merge_pull(struct forge *forge, struct arena *arena, int64_t number, const struct merge *merge,
                       struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "POST",
                              .path = forge_path(forge, arena, "pulls/%" PRId64 "/merge", number),
                              .needs = forge->api->needs.merge,
                              .what = "merge a pull request"};
    call.body = forge_body(arena, "do", alike_merge_method(merge->method), "head_commit_id", merge->head_sha,
                           "merge_title_field", merge->title, "merge_message_field", merge->message,
                           "MergeTitleField", merge->title, "MergeMessageField", merge->message, NULL);
    return forge_call(forge, arena, &call, &answer, error);
}

static bool read_review(const struct value *item, struct review *review)
{
    const struct value *state = value_get(item, "state");
    if (!value_is_text(state, "APPROVED") && !value_is_text(state, "REQUEST_CHANGES"))
        return false;
    review->state = value_get_bool(item, "dismissed", false) ? REVIEW_DISMISSED
                    : value_is_text(state, "APPROVED")       ? REVIEW_APPROVED
                                                             : REVIEW_CHANGES_REQUESTED;
    return true;
}

const struct forge_api forge_gitea = {
    .kind = FORGE_GITEA,
    .name = "Gitea",
    .accept = "application/json",
    .scheme = "token",
    .project = "repos/",
    .page = "limit=50", /* the most that Gitea gives unless told otherwise */
    .login = "login",
    .status_state = "status",
    .flat = true,
    .keeps_secret = true,
    /* "pull_request" stands for all about pull requests, their reviews and comments too. */
    .hook = {.key = "type", .word = "gitea", .events = {"push", "pull_request"}},
    .needs = {.self = "the scope read:user",
              .read = "the scopes read:repository and read:issue",
              .pull = "the scopes write:repository and write:issue, and to write in the repository",
              .merge = "the scope write:repository, and to be let merge by the branch's protection",
              .comment = "the scope write:issue",
              .permission = "the scope read:repository, of an administrator of the repository",
              .status = "the scope write:repository, and to write in the repository",
              .file = "the scope read:repository",
              .hook = "the scope write:repository, of an administrator of the repository"},
    .self = alike_self,
    .pulls = pulls,
    .pull = alike_pull,
    .create_pull = alike_create_pull,
    .update_pull = alike_update_pull,
    .close_pull = alike_close_pull,
    .merge_pull = merge_pull,
    .comments = alike_comments,
    .create_comment = alike_create_comment,
    .update_comment = alike_update_comment,
    .reviews = alike_reviews,
    .read_review = read_review,
    .permission = alike_permission,
    .statuses = alike_statuses,
    .has_status = alike_has_status,
    .create_status = alike_create_status,
    .read_file = alike_read_file,
    .hooks = alike_hooks,
    .write_hook = alike_write_hook,
    .delete_hook = alike_delete_hook,
};
