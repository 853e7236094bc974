/*
 * GitLab, gitlab.com and self-managed from 15.0: https://docs.gitlab.com/api/rest/.  Its merge requests are
 * the pull requests here, its notes the comments.
 */

#include <inttypes.h>

#include "base/digest.h"
#include "gitsync/forge/alike.h"

/* ---- Merge requests ---- */

static enum pull_state state_of(const struct value *value)
{
    const struct value *state = value_get(value, "state");
    return value_is_text(state, "merged")   ? PULL_MERGED
           : value_is_text(state, "closed") ? PULL_CLOSED
                                            : PULL_OPEN; /* "locked": a merge is under way */
}

/* https://docs.gitlab.com/api/merge_requests/#merge-status */
static bool is_checking(const struct value *status)
{
    return value_is_text(status, "checking") || value_is_text(status, "unchecked") ||
           value_is_text(status, "preparing") || value_is_text(status, "approvals_syncing");
}

/* A fast-forward makes no commit: the head itself is what the branch is at. */
static struct str merge_sha_of(const struct value *value)
{
    struct str sha = value_get_text(value, "merge_commit_sha");
    if (!sha.len)
        sha = value_get_text(value, "squash_commit_sha");
    return sha.len ? sha : value_get_text(value, "sha");
}

static void read_labels(struct arena *arena, const struct value *labels, struct pull *pull)
{
    if (!value_is(labels, VALUE_LIST))
        return;
    pull->labels = arena_array(arena, labels->count, sizeof *pull->labels);
    for (size_t i = 0; i < labels->count; i++)
        pull->labels[pull->label_count++] = value_text(labels->items[i]);
}

static bool read_pull(struct forge *forge, struct arena *arena, const struct value *value, struct pull *pull,
                      struct error *error)
{
    const struct value *source = value_get(value, "source_project_id");
    *pull = (struct pull){
        .state = state_of(value),
        .body = value_get_text(value, "description"),
        .author = forge_login_of(value_get(value, "author"), "username"),
        .url = value_get_text(value, "web_url"),
        .base_sha = value_get_text(value_get(value, "diff_refs"), "start_sha"),
        .fork = !source || !value_equal(source, value_get(value, "target_project_id")),
        .draft = value_get_bool(value, "draft", false),
        .checking = is_checking(value_get(value, "detailed_merge_status")),
        .updated_ms = forge_time(value, "updated_at"),
    };
    if (pull->state == PULL_MERGED)
        pull->merge_sha = merge_sha_of(value);
    read_labels(arena, value_get(value, "labels"), pull);
    return forge_number(forge, value, "iid", &pull->number, error) &&
           forge_text(forge, value, "title", &pull->title, error) &&
           forge_text(forge, value, "source_branch", &pull->head_ref, error) &&
           forge_sha(forge, value, "sha", &pull->head_sha, error) &&
           forge_text(forge, value, "target_branch", &pull->base_ref, error);
}

static bool pulls(struct forge *forge, struct arena *arena, struct str base, struct str head,
                  struct pulls *out, struct error *error)
{
    struct value *list;
    struct str query = STR("state=opened&scope=all&order_by=created_at&sort=asc");
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.read, .what = "list the merge requests"};
    if (base.len)
        query = arena_printf(arena, "%.*s&target_branch=%.*s", STR_ARG(query),
                             STR_ARG(uri_encode(arena, base, "")));
    if (head.len)
        query = arena_printf(arena, "%.*s&source_branch=%.*s", STR_ARG(query),
                             STR_ARG(uri_encode(arena, head, "")));
    call.path = forge_path(forge, arena, "merge_requests?%.*s&%s", STR_ARG(query), forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    *out = (struct pulls){.items = arena_array(arena, list->count, sizeof *out->items)};
    for (size_t i = 0; i < list->count; i++) {
        if (value_is(value_get(list->items[i], "sha"), VALUE_NULL))
            continue; /* without a commit: its branch is gone or still empty */
        if (!read_pull(forge, arena, list->items[i], &out->items[out->count++], error))
            return false;
    }
    return true;
}

static struct str pull_path(struct forge *forge, struct arena *arena, int64_t number, const char *below)
{
    return forge_path(forge, arena, "merge_requests/%" PRId64 "%s", number, below);
}

static bool pull(struct forge *forge, struct arena *arena, int64_t number, struct pull *out,
                 struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "GET",
                              .path = pull_path(forge, arena, number, ""),
                              .needs = forge->api->needs.read,
                              .what = "read a merge request"};
    return forge_call(forge, arena, &call, &answer, error) &&
           read_pull(forge, arena, answer.value, out, error);
}

static bool create_pull(struct forge *forge, struct arena *arena, struct str head, struct str base,
                        const struct pull_text *text, struct pull *out, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "POST",
                              .path = forge_path(forge, arena, "merge_requests"),
                              .needs = forge->api->needs.pull,
                              .what = "open a merge request"};
    call.body = forge_body(arena, "title", text->title, "source_branch", head, "target_branch", base,
                           "description", text->body, NULL);
    return forge_call(forge, arena, &call, &answer, error) &&
           read_pull(forge, arena, answer.value, out, error);
}

static bool change_pull(struct forge *forge, struct arena *arena, int64_t number, const struct value *body,
                        struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "PUT",
                              .path = pull_path(forge, arena, number, ""),
                              .body = body,
                              .natural = true,
                              .needs = forge->api->needs.pull,
                              .what = "change a merge request"};
    return forge_call(forge, arena, &call, &answer, error);
}

static bool update_pull(struct forge *forge, struct arena *arena, int64_t number,
                        const struct pull_text *text, struct error *error)
{
    struct value *body = forge_body(arena, "title", text->title, NULL);
    value_setz(arena, body, "description", value_string(arena, text->body));
    return change_pull(forge, arena, number, body, error);
}

static bool close_pull(struct forge *forge, struct arena *arena, int64_t number, struct error *error)
{
    return change_pull(forge, arena, number, forge_body(arena, "state_event", STR("close"), NULL), error);
}

/* With a merge commit, by rebase or by fast-forward is a setting of the project: only squashing can be asked.
 * 422 is a branch that cannot be merged. */
static bool merge_pull(struct forge *forge, struct arena *arena, int64_t number, const struct merge *merge,
                       struct error *error)
{
    bool squash = merge->method == MERGE_SQUASH;
    struct str message = merge->title;
    struct forge_answer answer = {.status = 0};
    struct forge_call call = {.method = "PUT",
                              .path = pull_path(forge, arena, number, "/merge"),
                              .needs = forge->api->needs.merge,
                              .what = "merge a merge request"};
    if (merge->method == MERGE_REBASE)
        return error_set(error, ERROR_INVALID,
                         "GitLab cannot be asked to merge by rebase: it does so where the project is set to");
    if (merge->title.len && merge->message.len)
        message = arena_printf(arena, "%.*s\n\n%.*s", STR_ARG(merge->title), STR_ARG(merge->message));
    struct value *body = forge_body(arena, "sha", merge->head_sha,
                                    squash ? "squash_commit_message" : "merge_commit_message", message, NULL);
    value_setz(arena, body, "squash", value_bool(arena, squash));
    call.body = body;
    if (forge_call(forge, arena, &call, &answer, error))
        return true;
    if (answer.status == 422)
        error->code = ERROR_CONFLICT;
    return false;
}

/* ---- Notes ---- */

/* Neither what GitLab itself notes down nor what is said at a line of the difference. */
static bool is_comment(const struct value *note)
{
    return !value_get_bool(note, "system", false) && !value_is_text(value_get(note, "type"), "DiffNote");
}

static bool comments(struct forge *forge, struct arena *arena, int64_t number, struct comments *out,
                     struct error *error)
{
    struct value *list;
    struct forge_call call = {.method = "GET", .needs = forge->api->needs.read, .what = "list the comments"};
    call.path = arena_printf(arena, "%.*s&%s",
                             STR_ARG(pull_path(forge, arena, number, "/notes?sort=asc&order_by=created_at")),
                             forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    *out = (struct comments){.items = arena_array(arena, list->count, sizeof *out->items)};
    for (size_t i = 0; i < list->count; i++) {
        const struct value *note = list->items[i];
        if (is_comment(note) && !forge_read_comment(forge, note, "author", &out->items[out->count++], error))
            return false;
    }
    return true;
}

static bool create_comment(struct forge *forge, struct arena *arena, int64_t number, struct str body,
                           int64_t *id, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "POST",
                              .path = pull_path(forge, arena, number, "/notes"),
                              .body = forge_body(arena, "body", body, NULL),
                              .needs = forge->api->needs.comment,
                              .what = "write a comment"};
    return forge_call(forge, arena, &call, &answer, error) &&
           forge_number(forge, answer.value, "id", id, error);
}

static bool update_comment(struct forge *forge, struct arena *arena, int64_t number, int64_t id,
                           struct str body, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "PUT",
                              .body = forge_body(arena, "body", body, NULL),
                              .natural = true,
                              .needs = forge->api->needs.comment,
                              .what = "change a comment"};
    call.path = forge_path(forge, arena, "merge_requests/%" PRId64 "/notes/%" PRId64, number, id);
    return forge_call(forge, arena, &call, &answer, error);
}

/* ---- Who may ---- */

enum { LEVEL_READ = 10, LEVEL_WRITE = 30, LEVEL_ADMIN = 40 }; /* guest, developer, maintainer */

static bool user_id(struct forge *forge, struct arena *arena, struct str login, int64_t *id,
                    struct error *error)
{
    struct value *list;
    struct forge_call call = {.method = "GET", .needs = forge->api->needs.self, .what = "ask for a person"};
    call.path = arena_printf(arena, "users?username=%.*s", STR_ARG(uri_encode(arena, login, "")));
    *id = 0;
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (str_equal_nocase(value_get_text(list->items[i], "username"), login))
            return forge_number(forge, list->items[i], "id", id, error);
    return true;
}

static bool permission(struct forge *forge, struct arena *arena, struct str login, enum permission *out,
                       struct error *error)
{
    int64_t id;
    struct value *member;
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.permission, .what = "ask what somebody may do"};
    *out = PERMISSION_NONE;
    if (!user_id(forge, arena, login, &id, error))
        return false;
    if (id == 0)
        return true;
    call.path = forge_path(forge, arena, "members/all/%" PRId64, id);
    if (!forge_call_maybe(forge, arena, &call, &member, error))
        return false;
    int64_t level = value_get_int(member, "access_level", 0);
    if (!member || !value_is_text(value_get(member, "state"), "active"))
        return true;
    *out = level >= LEVEL_ADMIN   ? PERMISSION_ADMIN
           : level >= LEVEL_WRITE ? PERMISSION_WRITE
           : level >= LEVEL_READ  ? PERMISSION_READ
                                  : PERMISSION_NONE;
    return true;
}

/* ---- Statuses ---- */

static const char *const states[] = {
    [STATUS_PENDING] = "pending",
    [STATUS_SUCCESS] = "success",
    [STATUS_FAILURE] = "failed",
    [STATUS_ERROR] = "failed", /* there is no other that means it */
};

static bool has_status(struct forge *forge, struct arena *arena, struct str sha, const struct status *status,
                       bool *there, struct error *error)
{
    struct value *list;
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.status, .what = "list the statuses of a commit"};
    call.path = forge_path(forge, arena, "repository/commits/%.*s/statuses?name=%.*s&%s", STR_ARG(sha),
                           STR_ARG(uri_encode(arena, status->context, "")), forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    *there = alike_lists_status(forge, list, "name", states[status->state], status);
    return true;
}

/* GitLab refuses to set a state again, whatever else is new: then the state is as wanted. */
static bool create_status(struct forge *forge, struct arena *arena, struct str sha,
                          const struct status *status, struct error *error)
{
    struct forge_answer answer;
    struct error failure = ERROR_INIT;
    struct forge_call call = {.method = "POST",
                              .path = forge_path(forge, arena, "statuses/%.*s", STR_ARG(sha)),
                              .natural = true,
                              .needs = forge->api->needs.status,
                              .what = "set a status of a commit"};
    call.body = forge_body(arena, "state", str_from(states[status->state]), "name", status->context,
                           "description", status->description, "target_url", status->url, NULL);
    if (forge_call(forge, arena, &call, &answer, &failure))
        return true;
    if (failure.code == ERROR_INVALID && str_contains(str_from(failure.message), "Cannot transition status"))
        return true;
    *error = failure;
    return false;
}

/* ---- Files and webhooks ---- */

static bool read_file(struct forge *forge, struct arena *arena, struct str path, struct str ref, size_t max,
                      struct str *bytes, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "GET",
                              .needs = forge->api->needs.file,
                              .what = "read a file",
                              .raw = true,
                              .answer_max = max + 1};
    call.path = forge_path(forge, arena, "repository/files/%.*s/raw?ref=%.*s",
                           STR_ARG(uri_encode(arena, path, "")), STR_ARG(uri_encode(arena, ref, "")));
    if (!forge_call(forge, arena, &call, &answer, error))
        return false;
    *bytes = answer.body;
    return true;
}

static bool hooks(struct forge *forge, struct arena *arena, struct str url, struct forge_ids *ids,
                  struct error *error)
{
    return alike_hooks_by(forge, arena, url, NULL, ids, error);
}

static bool write_hook(struct forge *forge, struct arena *arena, const struct forge_hook *hook,
                       struct error *error)
{
    static const char *const on[] = {"push_events", "merge_requests_events", "note_events",
                                     "enable_ssl_verification"};
    struct value *body = forge_body(arena, "url", hook->url, NULL);
    value_setz(arena, body, "token", value_secret(arena, hook->secret));
    for (size_t i = 0; i < ARRAY_LENGTH(on); i++)
        value_setz(arena, body, on[i], value_bool(arena, true));
    return alike_send_hook(forge, arena, hook, "PUT", body, error);
}

const struct forge_api forge_gitlab = {
    .kind = FORGE_GITLAB,
    .name = "GitLab",
    .accept = "application/json",
    .scheme = "Bearer",
    .project = "projects/",
    .page = "per_page=100",
    .login = "username",
    .status_state = "status",
    .needs = {.self = "the scope api",
              .read = "the scope api, and the role Reporter",
              .pull = "the scope api, and the role Developer",
              .merge = "the scope api, and to be let merge into the branch",
              .comment = "the scope api, and the role Reporter",
              .permission = "the scope api, and the role Reporter",
              .status = "the scope api, and the role Developer",
              .file = "the scope api, and the role Reporter",
              .hook = "the scope api, and the role Maintainer"},
    .self = alike_self,
    .pulls = pulls,
    .pull = pull,
    .create_pull = create_pull,
    .update_pull = update_pull,
    .close_pull = close_pull,
    .merge_pull = merge_pull,
    .comments = comments,
    .create_comment = create_comment,
    .update_comment = update_comment,
    .reviews = gitlab_reviews,
    .permission = permission,
    .statuses = gitlab_statuses,
    .has_status = has_status,
    .create_status = create_status,
    .read_file = read_file,
    .hooks = hooks,
    .write_hook = write_hook,
    .delete_hook = alike_delete_hook,
};
