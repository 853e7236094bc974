#include "reconciler/cli/forge.h"

#include "base/small_file.h"

enum { KEY_MAX = 64 * 1024 };

static bool read_key(const struct context *context, struct str *key, struct error *error)
{
    struct str path = context->options.forge.key_file;
    if (path.len && small_file_read(context->arena, path, KEY_MAX, key) && key->len && key->len < KEY_MAX)
        return true;
    return error_set(
        error, ERROR_INVALID,
        "PLUMB_FORGE_APP needs PLUMB_FORGE_APP_KEY_FILE, a file with the App's private key in PEM");
}

static bool open_at(const struct context *context, struct str repository, struct forge **out,
                    struct error *error)
{
    const struct options *set = &context->options;
    struct forge_options options = {.kind = FORGE_AUTO,
                                    .repository = repository,
                                    .api = set->forge.api,
                                    .token = set->forge.token ? set->forge.token->text : STR_EMPTY,
                                    .app_id = set->forge.app,
                                    .installation_id = set->forge.installation,
                                    .http = &context->http,
                                    .clock = context->clock,
                                    .random = context->random,
                                    .cancelled = context->cancelled};
    *out = NULL;
    if (set->forge.kind.len && !forge_kind_read(set->forge.kind, &options.kind, error))
        return error_prefix(error, "PLUMB_FORGE");
    if (options.kind == FORGE_NONE || !context_names_forge(context))
        return true;
    return (!set->forge.app.len || read_key(context, &options.private_key, error)) &&
           forge_open(&options, out, error);
}

bool context_forge(const struct context *context, struct session *session, struct forge **out,
                   struct error *error)
{
    return open_at(context, session_options(session)->repository, out, error);
}

bool context_names_forge(const struct context *context)
{
    return context->options.forge.kind.len || context->options.forge.token || context->options.forge.app.len;
}

static bool give_token(void *self, struct arena *arena, struct str *token, struct error *error)
{
    return forge_git_token(self, arena, token, error);
}

bool context_open_app(struct context *context, struct error *error)
{
    struct options *set = &context->options;
    if (!set->forge.app.len)
        return true;
    if (!set->repository.len)
        return error_set(error, ERROR_INVALID,
                         "with PLUMB_FORGE_APP the repository is named by --repo: its "
                         "https URL on GitHub");
    if (!open_at(context, set->repository, &context->app, error))
        return false;
    set->git.fresh_token = context->app ? give_token : NULL;
    set->git.fresh_token_self = context->app;
    return true;
}

bool context_open_forge(struct context *context, struct forge **forge, struct error *error)
{
    struct session *session = NULL;
    *forge = NULL;
    if (!context_names_forge(context))
        return true;
    if (context->options.repository.len)
        return open_at(context, context->options.repository, forge, error);
    bool ok = context_session(context, &session, error) && context_forge(context, session, forge, error);
    session_close(session);
    return ok;
}
