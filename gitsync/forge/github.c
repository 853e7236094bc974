/*
 * GitHub, github.com and Enterprise Server: https://docs.github.com/en/rest?apiVersion=2022-11-28.
 */

#include <inttypes.h>

#include "base/digest.h"
#include "gitsync/forge/alike.h"

static bool pulls(struct forge *forge, struct arena *arena, struct str base, struct str head,
                  struct pulls *out, struct error *error)
{
    struct str owner = str_slice(forge->repository, 0, str_find(forge->repository, '/'));
    struct str query = STR("state=open&sort=created&direction=asc");
    if (base.len)
        query = arena_printf(arena, "%.*s&base=%.*s", STR_ARG(query), STR_ARG(uri_encode(arena, base, "")));
    if (head.len)
        query = arena_printf(arena, "%.*s&head=%.*s%%3A%.*s", STR_ARG(query), STR_ARG(owner),
                             STR_ARG(uri_encode(arena, head, "")));
    return alike_pulls(forge, arena, query, out, error);
}

static bool merge_pull(struct forge *forge, struct arena *arena, int64_t number, const struct merge *merge,
                       struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "PUT",
                              .path = forge_path(forge, arena, "pulls/%" PRId64 "/merge", number),
                              .needs = forge->api->needs.merge,
                              .what = "merge a pull request"};
    call.body = forge_body(arena, "sha", merge->head_sha, "merge_method", alike_merge_method(merge->method),
                           "commit_title", merge->title, "commit_message", merge->message, NULL);
    return forge_call(forge, arena, &call, &answer, error);
}

static bool read_review(const struct value *item, struct review *review)
{
    static const struct {
        const char *name;
        enum review_state state;
    } words[] = {
        {"APPROVED", REVIEW_APPROVED},
        {"CHANGES_REQUESTED", REVIEW_CHANGES_REQUESTED},
        {"DISMISSED", REVIEW_DISMISSED},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (value_is_text(value_get(item, "state"), words[i].name)) {
            review->state = words[i].state;
            return true;
        }
    return false;
}

const struct forge_api forge_github = {
    .kind = FORGE_GITHUB,
    .name = "GitHub",
    .accept = "application/vnd.github+json",
    .scheme = "Bearer",
    .project = "repos/",
    .page = "per_page=100",
    .file_accept = "application/vnd.github.object+json",
    .blob_accept = "application/vnd.github.raw+json",
    .version_name = "X-GitHub-Api-Version",
    .version = "2022-11-28",
    .login = "login",
    .status_state = "state",
    .flat = true,
    .hook = {.key = "name",
             .word = "web",
             .events = {"push", "pull_request", "pull_request_review", "issue_comment"},
             .insecure = "insecure_ssl"},
    .needs = {.self = "a token of a person or a GitHub App",
              .read = "Pull requests: read",
              .pull = "Pull requests: write",
              .merge = "Contents: write, and what the branch's rules ask for",
              .comment = "Pull requests: write",
              .permission = "Metadata: read",
              .status = "Commit statuses: write",
              .file = "Contents: read",
              .hook = "Webhooks: write"},
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
    .statuses = github_statuses,
    .has_status = alike_has_status,
    .create_status = alike_create_status,
    .read_file = alike_read_file,
    .hooks = alike_hooks,
    .write_hook = alike_write_hook,
    .delete_hook = alike_delete_hook,
};
