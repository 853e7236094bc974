/* What plumb says on a forge, brought to a state: one comment a marker, one status a context, one webhook. */

#include "gitsync/forge/check.h"

/* ---- Comments ---- */

struct saying {
    struct forge *forge;
    struct arena *arena;
    int64_t number;
    struct str self, mark, text; /* the text has the mark as its first line */
};

static bool check_marker(struct str marker, struct error *error)
{
    bool fine = marker.len > 0 && marker.len <= FORGE_MARKER_MAX;
    for (size_t i = 0; fine && i < marker.len; i++) {
        char c = marker.ptr[i];
        fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == ':' || c == '/' || (c == '-' && i > 0 && marker.ptr[i - 1] != '-');
    }
    return fine || error_set(error, ERROR_INVALID, "'%.*s' is no marker of a comment", STR_ARG(marker));
}

static bool find_comment(const struct saying *saying, const struct comment **found, struct error *error)
{
    struct comments comments;
    *found = NULL;
    if (!saying->forge->api->comments(saying->forge, saying->arena, saying->number, &comments, error))
        return false;
    for (size_t i = 0; i < comments.count && !*found; i++)
        if (str_equal_nocase(comments.items[i].author, saying->self) &&
            str_starts(comments.items[i].body, saying->mark.ptr))
            *found = &comments.items[i];
    return true;
}

static bool bring_comment(const struct saying *saying, const struct comment *comment, int64_t *id,
                          struct error *error)
{
    *id = comment->id;
    return forge_same_text(comment->body, saying->text) ||
           saying->forge->api->update_comment(saying->forge, saying->arena, saying->number, comment->id,
                                              saying->text, error);
}

static bool create_comment(const struct saying *saying, int64_t *id, struct error *error)
{
    return saying->forge->api->create_comment(saying->forge, saying->arena, saying->number, saying->text, id,
                                              error);
}

static bool put(const struct saying *saying, int64_t *id, struct error *error)
{
    const struct comment *found;
    struct error failure = ERROR_INIT;
    if (!find_comment(saying, &found, error))
        return false;
    if (found)
        return bring_comment(saying, found, id, error);
    if (create_comment(saying, id, &failure))
        return true;
    if (!forge_answer_lost(&failure)) {
        *error = failure;
        return false;
    }
    if (!forge_sleep(saying->forge, FORGE_SETTLE_MS, error) || !find_comment(saying, &found, error))
        return false;
    return found ? bring_comment(saying, found, id, error) : create_comment(saying, id, error);
}

bool forge_put_comment(struct forge *forge, struct arena *arena, int64_t number, struct str marker,
                       struct str body, int64_t *id, struct error *error)
{
    struct saying saying = {.forge = forge, .arena = arena, .number = number};
    if (!forge_check_pull(forge, number, error) || !check_marker(marker, error) ||
        !forge_check_body(body, error) || !forge_self(forge, arena, &saying.self, error))
        return false;
    saying.mark = arena_printf(arena, "<!-- plumb %.*s -->", STR_ARG(marker));
    saying.text = arena_printf(arena, "%.*s\n%.*s", STR_ARG(saying.mark), STR_ARG(body));
    return put(&saying, id, error);
}

/* ---- Statuses ---- */

/* At most that many characters, the last an ellipsis where something is cut off. */
static struct str cut(struct arena *arena, struct str text, size_t characters)
{
    size_t count = 0, fits = 0;
    text.len = str_utf8_prefix(text);
    for (size_t i = 0; i < text.len; i++) {
        if (((unsigned char)text.ptr[i] & 0xc0) == 0x80)
            continue;
        if (count == characters - 1)
            fits = i;
        count++;
    }
    return count <= characters ? text : arena_printf(arena, "%.*s\xe2\x80\xa6", (int)fits, text.ptr);
}

static bool check_url(struct arena *arena, struct str url, const char *what, struct error *error)
{
    if (str_starts(url, "https://"))
        return true;
    return http_is_loopback_url(arena_strz(arena, url)) ||
           error_set(error, ERROR_INVALID, "the URL of a %s must be https", what);
}

bool forge_set_status(struct forge *forge, struct arena *arena, struct str sha, const struct status *status,
                      struct error *error)
{
    struct status wanted = *status;
    bool there;
    if (!forge_check(forge, error) || !forge_check_sha(sha, error) ||
        (status->url.len && !check_url(arena, status->url, "status", error)))
        return false;
    if (status->context.len == 0 || status->context.len > FORGE_CONTEXT_MAX)
        return error_set(error, ERROR_INVALID, "the context of a status must have 1 to %d bytes",
                         FORGE_CONTEXT_MAX);
    wanted.description = cut(arena, status->description, FORGE_DESCRIPTION_MAX);
    if (!forge->api->has_status(forge, arena, sha, &wanted, &there, error))
        return false;
    return there || forge->api->create_status(forge, arena, sha, &wanted, error);
}

/* ---- Webhooks ---- */

/* Where a secret cannot be changed, a new webhook takes the place of the old. */
static bool write_hook(struct forge *forge, struct arena *arena, struct forge_hook *hook, struct error *error)
{
    struct forge_ids ids;
    if (!forge->api->hooks(forge, arena, hook->url, &ids, error))
        return false;
    bool changes = ids.count > 0 && !forge->api->keeps_secret;
    hook->id = changes ? ids.items[0] : 0;
    if (!forge->api->write_hook(forge, arena, hook, error))
        return false;
    for (size_t i = changes ? 1 : 0; i < ids.count; i++)
        if (!forge->api->delete_hook(forge, arena, ids.items[i], error))
            return false;
    return true;
}

bool forge_ensure_webhook(struct forge *forge, struct arena *arena, struct str url, struct str secret,
                          struct error *error)
{
    struct forge_hook hook = {.url = url, .secret = secret};
    struct error failure = ERROR_INIT;
    if (!forge_check(forge, error) || !check_url(arena, url, "webhook", error))
        return false;
    if (secret.len < FORGE_SECRET_LEAST || secret.len > FORGE_SECRET_MAX || !str_is_utf8(secret))
        return error_set(error, ERROR_INVALID, "the secret of a webhook must have %d to %d bytes of UTF-8",
                         FORGE_SECRET_LEAST, FORGE_SECRET_MAX);
    if (write_hook(forge, arena, &hook, &failure))
        return true;
    if (forge_answer_lost(&failure))
        return forge_sleep(forge, FORGE_SETTLE_MS, error) && write_hook(forge, arena, &hook, error);
    *error = failure;
    return false;
}
