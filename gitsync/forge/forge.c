/* Opening a forge, and the operations that need no care beyond their arguments. */

#include <inttypes.h>

#include "base/digest.h"
#include "base/files.h"
#include "gitsync/forge/check.h"

static bool token_is_plain(struct str token)
{
    for (size_t i = 0; i < token.len; i++)
        if ((unsigned char)token.ptr[i] <= 0x20 || (unsigned char)token.ptr[i] >= 0x7f)
            return false;
    return token.len < FORGE_TOKEN_MAX;
}

static bool check_credentials(const struct forge_options *options, const struct forge_place *place,
                              struct error *error)
{
    bool app = options->app_id.len || options->private_key.len || options->installation_id.len;
    if (app && place->api != &forge_github)
        return error_set(error, ERROR_INVALID, "only GitHub has Apps: give a token for %s", place->api->name);
    if (app && options->token.len)
        return error_set(error, ERROR_INVALID, "give either a token or a GitHub App, not both");
    if (app && (options->app_id.len == 0 || options->private_key.len == 0))
        return error_set(error, ERROR_INVALID, "a GitHub App needs its id and its private key");
    if (!token_is_plain(options->token))
        return error_set(error, ERROR_INVALID,
                         "the forge's token must be one word of less than %d plain characters",
                         FORGE_TOKEN_MAX);
    return true;
}

static struct str project_path(struct arena *arena, const struct forge_place *place)
{
    return arena_printf(
        arena, "%s%.*s", place->api->project,
        STR_ARG(place->api->flat ? place->repository : uri_encode(arena, place->repository, "")));
}

static bool fill(struct forge *forge, const struct forge_options *options, struct error *error)
{
    struct forge_place place;
    if (!forge_find_place(forge->arena, options, &place, error))
        return false;
    forge->api = place.api;
    forge->base = place.base;
    forge->repository = place.repository;
    if (!place.api)
        return true;
    if (!check_credentials(options, &place, error))
        return false;
    forge->project = project_path(forge->arena, &place);
    forge->token = arena_str(forge->arena, options->token);
    forge->app_id = arena_str(forge->arena, options->app_id);
    return options->app_id.len == 0 || forge_app_new(options, &forge->app, error);
}

bool forge_open(const struct forge_options *options, struct forge **out, struct error *error)
{
    struct forge *forge = memory_alloc(sizeof *forge);
    *forge = (struct forge){.arena = arena_new(),
                            .token = STR_EMPTY,
                            .http = options->http,
                            .clock = options->clock,
                            .random = options->random,
                            .cancelled = options->cancelled};
    pthread_mutex_init(&forge->lock, NULL);
    if (!fill(forge, options, error)) {
        forge_free(forge);
        return error_prefix(error, "the repository's forge");
    }
    *out = forge;
    return true;
}

void forge_free(struct forge *forge)
{
    if (!forge)
        return;
    forge_app_free(forge->app);
    arena_wipe(forge->arena);
    pthread_mutex_destroy(&forge->lock);
    free(forge);
}

enum forge_kind forge_kind(const struct forge *forge)
{
    return forge->api ? forge->api->kind : FORGE_NONE;
}

const char *forge_name(const struct forge *forge)
{
    return forge->api ? forge->api->name : "no forge";
}

struct str forge_repository(const struct forge *forge)
{
    return forge->repository;
}

/* ---- Arguments ---- */

bool forge_check(const struct forge *forge, struct error *error)
{
    return forge->api || error_set(error, ERROR_NOT_FOUND, "no forge is configured");
}

bool forge_check_pull(const struct forge *forge, int64_t number, struct error *error)
{
    if (!forge_check(forge, error))
        return false;
    return number > 0 ||
           error_set(error, ERROR_INVALID, "%" PRId64 " is no number of a pull request", number);
}

static bool is_plain(struct str text, size_t max)
{
    if (text.len == 0 || text.len > max || text.ptr[0] == '-' || !str_is_utf8(text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= 0x20 || text.ptr[i] == 0x7f)
            return false;
    return true;
}

bool forge_check_ref(struct str ref, struct error *error)
{
    return is_plain(ref, FORGE_REF_MAX) ||
           error_set(error, ERROR_INVALID, "'%.*s' is no name of a branch, tag or commit", STR_ARG(ref));
}

bool forge_check_sha(struct str sha, struct error *error)
{
    return forge_is_sha(sha) || error_set(error, ERROR_INVALID, "'%.*s' is no whole commit id", STR_ARG(sha));
}

bool forge_check_text(const struct pull_text *text, struct error *error)
{
    if (text->title.len == 0 || text->title.len > FORGE_TITLE_MAX || !str_is_utf8(text->title))
        return error_set(error, ERROR_INVALID, "the title of a pull request must have 1 to %d bytes of UTF-8",
                         FORGE_TITLE_MAX);
    return forge_check_body(text->body, error);
}

bool forge_check_body(struct str body, struct error *error)
{
    return (body.len <= FORGE_BODY_MAX && str_is_utf8(body)) ||
           error_set(error, ERROR_INVALID, "a text for a forge must have at most %d bytes of UTF-8, not %zu",
                     FORGE_BODY_MAX, body.len);
}

/* ---- Operations ---- */

bool forge_self(struct forge *forge, struct arena *arena, struct str *login, struct error *error)
{
    if (!forge_check(forge, error))
        return false;
    pthread_mutex_lock(&forge->lock);
    *login = arena_str(arena, str_from(forge->login));
    pthread_mutex_unlock(&forge->lock);
    if (login->len)
        return true;
    if (!(forge->app ? forge_app_login(forge, arena, login, error)
                     : forge->api->self(forge, arena, login, error)))
        return false;
    if (login->len >= FORGE_LOGIN_MAX)
        return forge_corrupt(forge, "a longer login than there are", error);
    pthread_mutex_lock(&forge->lock);
    memcpy(forge->login, login->ptr, login->len);
    forge->login[login->len] = '\0';
    pthread_mutex_unlock(&forge->lock);
    return true;
}

bool forge_git_token(struct forge *forge, struct arena *arena, struct str *token, struct error *error)
{
    if (!forge_check(forge, error))
        return false;
    *token = arena_str(arena, forge->token);
    return !forge->app || forge_app_token(forge, arena, token, error);
}

bool forge_pull(struct forge *forge, struct arena *arena, int64_t number, struct pull *pull,
                struct error *error)
{
    return forge_check_pull(forge, number, error) && forge->api->pull(forge, arena, number, pull, error);
}

bool forge_update_pull(struct forge *forge, struct arena *arena, int64_t number, const struct pull_text *text,
                       struct error *error)
{
    return forge_check_pull(forge, number, error) && forge_check_text(text, error) &&
           forge->api->update_pull(forge, arena, number, text, error);
}

bool forge_comments(struct forge *forge, struct arena *arena, int64_t number, struct comments *comments,
                    struct error *error)
{
    return forge_check_pull(forge, number, error) &&
           forge->api->comments(forge, arena, number, comments, error);
}

static int by_author(const void *left, const void *right)
{
    return str_compare(((const struct review *)left)->author, ((const struct review *)right)->author);
}

bool forge_reviews(struct forge *forge, struct arena *arena, int64_t number, struct reviews *reviews,
                   struct error *error)
{
    if (!forge_check_pull(forge, number, error) || !forge->api->reviews(forge, arena, number, reviews, error))
        return false;
    if (reviews->count)
        qsort(reviews->items, reviews->count, sizeof *reviews->items, by_author);
    return true;
}

bool forge_permission(struct forge *forge, struct arena *arena, struct str login, enum permission *permission,
                      struct error *error)
{
    if (!forge_check(forge, error))
        return false;
    if (!is_plain(login, FORGE_LOGIN_MAX - 1) || str_find(login, '/') < login.len)
        return error_set(error, ERROR_INVALID, "'%.*s' is no login", STR_ARG(login));
    return forge->api->permission(forge, arena, login, permission, error);
}

bool forge_statuses(struct forge *forge, struct arena *arena, struct str sha, struct statuses *statuses,
                    struct error *error)
{
    *statuses = (struct statuses){.count = 0};
    return forge_check(forge, error) && forge_check_sha(sha, error) &&
           forge->api->statuses(forge, arena, sha, statuses, error);
}

bool forge_read_file(struct forge *forge, struct arena *arena, struct str path, struct str ref, size_t max,
                     struct str *bytes, struct error *error)
{
    if (!forge_check(forge, error) || !forge_check_ref(ref, error))
        return false;
    if (!path_is_safe(path))
        return error_set(error, ERROR_INVALID, "'%.*s' is no path of a file in a repository", STR_ARG(path));
    size_t most = max < FORGE_FILE_MAX ? max : FORGE_FILE_MAX;
    if (!forge->api->read_file(forge, arena, path, ref, most, bytes, error))
        return error_prefix(error, "'%.*s' at '%.*s'", STR_ARG(path), STR_ARG(ref));
    return bytes->len <= most ||
           error_set(error, ERROR_OUT_OF_MEMORY, "'%.*s' at '%.*s' has %zu bytes, more than %zu",
                     STR_ARG(path), STR_ARG(ref), bytes->len, most);
}
