#include "gitsync/forge/alike.h"

#include <inttypes.h>

#include "base/digest.h"

static const char *const states[] = {
    [STATUS_PENDING] = "pending",
    [STATUS_SUCCESS] = "success",
    [STATUS_FAILURE] = "failure",
    [STATUS_ERROR] = "error",
};

bool alike_self(struct forge *forge, struct arena *arena, struct str *login, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "GET",
                              .path = STR("user"),
                              .needs = forge->api->needs.self,
                              .what = "ask whose token it is, for pull requests"};
    return forge_call(forge, arena, &call, &answer, error) &&
           forge_text(forge, answer.value, forge->api->login, login, error);
}

/* ---- Pull requests ---- */

bool alike_pulls(struct forge *forge, struct arena *arena, struct str query, struct pulls *pulls,
                 struct error *error)
{
    struct value *list;
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.read, .what = "list the pull requests"};
    call.path = forge_path(forge, arena, "pulls?%.*s&%s", STR_ARG(query), forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    *pulls = (struct pulls){.items = arena_array(arena, list->count, sizeof *pulls->items)};
    for (; pulls->count < list->count; pulls->count++)
        if (!forge_read_pull(forge, arena, list->items[pulls->count], &pulls->items[pulls->count], error))
            return false;
    return true;
}

/* One request about one pull request; *pull of the answer, or NULL. */
static bool one_pull(struct forge *forge, struct arena *arena, const char *method, struct str path,
                     const struct value *body, struct pull *pull, struct error *error)
{
    bool get = body == NULL, post = str_is(str_from(method), "POST");
    struct forge_answer answer;
    struct forge_call call = {.method = method,
                              .path = path,
                              .body = body,
                              .natural = !post,
                              .needs = get ? forge->api->needs.read : forge->api->needs.pull,
                              .what = get    ? "read a pull request"
                                      : post ? "open a pull request"
                                             : "change a pull request"};
    return forge_call(forge, arena, &call, &answer, error) &&
           (!pull || forge_read_pull(forge, arena, answer.value, pull, error));
}

static struct str pull_path(struct forge *forge, struct arena *arena, int64_t number)
{
    return forge_path(forge, arena, "pulls/%" PRId64, number);
}

bool alike_pull(struct forge *forge, struct arena *arena, int64_t number, struct pull *pull,
                struct error *error)
{
    return one_pull(forge, arena, "GET", pull_path(forge, arena, number), NULL, pull, error);
}

bool alike_create_pull(struct forge *forge, struct arena *arena, struct str head, struct str base,
                       const struct pull_text *text, struct pull *pull, struct error *error)
{
    struct value *body =
        forge_body(arena, "title", text->title, "head", head, "base", base, "body", text->body, NULL);
    return one_pull(forge, arena, "POST", forge_path(forge, arena, "pulls"), body, pull, error);
}

bool alike_update_pull(struct forge *forge, struct arena *arena, int64_t number, const struct pull_text *text,
                       struct error *error)
{
    struct value *body = forge_body(arena, "title", text->title, NULL);
    value_setz(arena, body, "body", value_string(arena, text->body));
    return one_pull(forge, arena, "PATCH", pull_path(forge, arena, number), body, NULL, error);
}

bool alike_close_pull(struct forge *forge, struct arena *arena, int64_t number, struct error *error)
{
    struct value *body = forge_body(arena, "state", STR("closed"), NULL);
    return one_pull(forge, arena, "PATCH", pull_path(forge, arena, number), body, NULL, error);
}

struct str alike_merge_method(enum merge_method method)
{
    static const char *const methods[] = {
        [MERGE_COMMIT] = "merge", [MERGE_SQUASH] = "squash", [MERGE_REBASE] = "rebase"};
    return str_from(methods[method]);
}

/* ---- Comments and reviews ---- */

bool alike_comments(struct forge *forge, struct arena *arena, int64_t number, struct comments *comments,
                    struct error *error)
{
    struct value *list;
    struct forge_call call = {.method = "GET", .needs = forge->api->needs.read, .what = "list the comments"};
    call.path = forge_path(forge, arena, "issues/%" PRId64 "/comments?%s", number, forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    *comments = (struct comments){.items = arena_array(arena, list->count, sizeof *comments->items)};
    for (; comments->count < list->count; comments->count++)
        if (!forge_read_comment(forge, list->items[comments->count], "user",
                                &comments->items[comments->count], error))
            return false;
    return true;
}

bool alike_create_comment(struct forge *forge, struct arena *arena, int64_t number, struct str body,
                          int64_t *id, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "POST",
                              .path = forge_path(forge, arena, "issues/%" PRId64 "/comments", number),
                              .body = forge_body(arena, "body", body, NULL),
                              .needs = forge->api->needs.comment,
                              .what = "write a comment"};
    return forge_call(forge, arena, &call, &answer, error) &&
           forge_number(forge, answer.value, "id", id, error);
}

bool alike_update_comment(struct forge *forge, struct arena *arena, int64_t number, int64_t id,
                          struct str body, struct error *error)
{
    (void)number;
    struct forge_answer answer;
    struct forge_call call = {.method = "PATCH",
                              .path = forge_path(forge, arena, "issues/comments/%" PRId64, id),
                              .body = forge_body(arena, "body", body, NULL),
                              .natural = true,
                              .needs = forge->api->needs.comment,
                              .what = "change a comment"};
    return forge_call(forge, arena, &call, &answer, error);
}

bool alike_reviews(struct forge *forge, struct arena *arena, int64_t number, struct reviews *reviews,
                   struct error *error)
{
    struct value *list;
    struct forge_call call = {.method = "GET", .needs = forge->api->needs.read, .what = "list the reviews"};
    call.path = forge_path(forge, arena, "pulls/%" PRId64 "/reviews?%s", number, forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    *reviews = (struct reviews){.items = arena_array(arena, list->count, sizeof *reviews->items)};
    for (size_t i = 0; i < list->count; i++) {
        const struct value *item = list->items[i];
        struct review review = {.author = forge_login_of(value_get(item, "user"), "login"),
                                .commit = value_get_text(item, "commit_id"),
                                .time_ms = forge_time(item, "submitted_at")};
        if (!forge_is_sha(review.commit))
            review.commit = STR_EMPTY;
        if (forge->api->read_review(item, &review))
            forge_add_review(reviews, &review);
    }
    return true;
}

bool alike_permission(struct forge *forge, struct arena *arena, struct str login, enum permission *permission,
                      struct error *error)
{
    struct value *answer;
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.permission, .what = "ask what somebody may do"};
    call.path =
        forge_path(forge, arena, "collaborators/%.*s/permission", STR_ARG(uri_encode(arena, login, "")));
    if (!forge_call_maybe(forge, arena, &call, &answer, error))
        return false;
    struct str text = value_get_text(answer, "permission");
    *permission = str_is(text, "admin") || str_is(text, "owner") ? PERMISSION_ADMIN
                  : str_is(text, "write")                        ? PERMISSION_WRITE
                  : str_is(text, "read")                         ? PERMISSION_READ
                                                                 : PERMISSION_NONE;
    return true;
}

/* ---- Statuses ---- */

bool alike_list_statuses(struct forge *forge, struct arena *arena, struct str sha, struct value **list,
                         struct error *error)
{
    struct forge_call call = {
        .method = "GET", .needs = forge->api->needs.status, .what = "list the statuses of a commit"};
    call.path = forge_path(forge, arena, "commits/%.*s/status?%s", STR_ARG(sha), forge->api->page);
    return forge_call_list(forge, arena, &call, "statuses", list, error);
}

bool alike_lists_status(const struct forge *forge, const struct value *list, const char *name,
                        const char *word, const struct status *status)
{
    bool there = false;
    for (size_t i = 0; i < list->count && !there; i++) {
        const struct value *item = list->items[i];
        there = str_equal(value_get_text(item, name), status->context) &&
                value_is_text(value_get(item, forge->api->status_state), word) &&
                str_equal(value_get_text(item, "description"), status->description) &&
                str_equal(value_get_text(item, "target_url"), status->url);
    }
    return there;
}

bool alike_has_status(struct forge *forge, struct arena *arena, struct str sha, const struct status *status,
                      bool *there, struct error *error)
{
    struct value *list;
    if (!alike_list_statuses(forge, arena, sha, &list, error))
        return false;
    *there = alike_lists_status(forge, list, "context", states[status->state], status);
    return true;
}

bool alike_create_status(struct forge *forge, struct arena *arena, struct str sha,
                         const struct status *status, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "POST",
                              .path = forge_path(forge, arena, "statuses/%.*s", STR_ARG(sha)),
                              .natural = true,
                              .needs = forge->api->needs.status,
                              .what = "set a status of a commit"};
    call.body = forge_body(arena, "state", str_from(states[status->state]), "context", status->context,
                           "description", status->description, "target_url", status->url, NULL);
    return forge_call(forge, arena, &call, &answer, error);
}

/* ---- Files ---- */

/* On GitHub what is larger than 1 MiB comes as a blob only. */
static bool read_blob(struct forge *forge, struct arena *arena, const struct value *file, size_t max,
                      struct str *bytes, struct error *error)
{
    struct str sha;
    struct forge_answer answer;
    if (!forge_sha(forge, file, "sha", &sha, error))
        return false;
    struct forge_call call = {.method = "GET",
                              .path = forge_path(forge, arena, "git/blobs/%.*s", STR_ARG(sha)),
                              .accept = forge->api->blob_accept,
                              .needs = forge->api->needs.file,
                              .what = "read a file",
                              .raw = true,
                              .answer_max = max + 1};
    if (!forge_call(forge, arena, &call, &answer, error))
        return false;
    *bytes = answer.body;
    return true;
}

/* Not the raw file: GitHub gives the list of a directory as if it were one, and Gitea the file of the default
 * branch where the ref is not there. */
bool alike_read_file(struct forge *forge, struct arena *arena, struct str path, struct str ref, size_t max,
                     struct str *bytes, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = "GET",
                              .accept = forge->api->file_accept,
                              .needs = forge->api->needs.file,
                              .what = "read a file"};
    call.path = forge_path(forge, arena, "contents/%.*s?ref=%.*s", STR_ARG(uri_encode(arena, path, "/")),
                           STR_ARG(uri_encode(arena, ref, "")));
    if (!forge_call(forge, arena, &call, &answer, error))
        return false;
    if (!value_is_text(value_get(answer.value, "type"), "file"))
        return error_set(error, ERROR_INVALID, "it is no file");
    int64_t size = value_get_int(answer.value, "size", 0);
    if (size < 0 || (uint64_t)size > max)
        return error_set(error, ERROR_OUT_OF_MEMORY, "it has %" PRId64 " bytes, more than %zu", size, max);
    if (!value_is_text(value_get(answer.value, "encoding"), "base64") && forge->api->blob_accept)
        return read_blob(forge, arena, answer.value, max, bytes, error);
    return forge_base64(arena, value_get_text(answer.value, "content"), bytes) ||
           forge_corrupt(forge, "no base64", error);
}

/* ---- Webhooks ---- */

bool alike_hooks_by(struct forge *forge, struct arena *arena, struct str url, const char *member,
                    struct forge_ids *ids, struct error *error)
{
    struct value *list;
    struct forge_call call = {.method = "GET", .needs = forge->api->needs.hook, .what = "list the webhooks"};
    call.path = forge_path(forge, arena, "hooks?%s", forge->api->page);
    if (!forge_call_list(forge, arena, &call, NULL, &list, error))
        return false;
    *ids = (struct forge_ids){.items = arena_array(arena, list->count, sizeof *ids->items)};
    for (size_t i = 0; i < list->count; i++) {
        const struct value *item = list->items[i], *holder = member ? value_get(item, member) : item;
        if (str_equal(value_get_text(holder, "url"), url) &&
            !forge_number(forge, item, "id", &ids->items[ids->count++], error))
            return false;
    }
    return true;
}

bool alike_hooks(struct forge *forge, struct arena *arena, struct str url, struct forge_ids *ids,
                 struct error *error)
{
    return alike_hooks_by(forge, arena, url, "config", ids, error);
}

bool alike_delete_hook(struct forge *forge, struct arena *arena, int64_t id, struct error *error)
{
    struct value *ignored;
    struct forge_call call = {.method = "DELETE",
                              .path = forge_path(forge, arena, "hooks/%" PRId64, id),
                              .natural = true,
                              .needs = forge->api->needs.hook,
                              .what = "delete a webhook"};
    return forge_call_maybe(forge, arena, &call, &ignored, error);
}

bool alike_send_hook(struct forge *forge, struct arena *arena, const struct forge_hook *hook,
                     const char *change, struct value *body, struct error *error)
{
    struct forge_answer answer;
    struct forge_call call = {.method = hook->id ? change : "POST",
                              .path = hook->id ? forge_path(forge, arena, "hooks/%" PRId64, hook->id)
                                               : forge_path(forge, arena, "hooks"),
                              .body = body,
                              .natural = hook->id != 0,
                              .needs = forge->api->needs.hook,
                              .what = "write a webhook"};
    return forge_call(forge, arena, &call, &answer, error);
}

bool alike_write_hook(struct forge *forge, struct arena *arena, const struct forge_hook *hook,
                      struct error *error)
{
    const struct forge_hook_form *form = &forge->api->hook;
    struct value *body = value_map(arena), *events = value_list(arena);
    struct value *config = forge_body(arena, "url", hook->url, "content_type", STR("json"), NULL);
    if (!hook->id)
        value_setz(arena, body, form->key, value_stringz(arena, form->word));
    for (size_t i = 0; i < ARRAY_LENGTH(form->events) && form->events[i]; i++)
        value_append(arena, events, value_stringz(arena, form->events[i]));
    value_setz(arena, body, "events", events);
    value_setz(arena, config, "secret", value_secret(arena, hook->secret));
    if (form->insecure)
        value_setz(arena, config, form->insecure, value_stringz(arena, "0"));
    value_setz(arena, body, "config", config);
    value_setz(arena, body, "active", value_bool(arena, true));
    return alike_send_hook(forge, arena, hook, "PATCH", body, error);
}
