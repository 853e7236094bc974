#include "reconciler/cli/forge.h"

bool context_forge(const struct context *context, struct session *session, struct forge **out,
                   struct error *error)
{
    const struct options *set = &context->options;
    struct forge_options options = {.kind = FORGE_AUTO,
                                    .repository = session_options(session)->repository,
                                    .api = set->forge.api,
                                    .token = set->forge.token ? set->forge.token->text : STR_EMPTY,
                                    .http = &context->http,
                                    .clock = context->clock,
                                    .random = context->random,
                                    .cancelled = context->cancelled};
    *out = NULL;
    if (set->forge.kind.len && !forge_kind_read(set->forge.kind, &options.kind, error))
        return error_prefix(error, "PLUMB_FORGE");
    if (options.kind == FORGE_NONE || !context_names_forge(context))
        return true;
    return forge_open(&options, out, error);
}

bool context_names_forge(const struct context *context)
{
    return context->options.forge.kind.len || context->options.forge.token;
}

bool context_open_forge(struct context *context, struct forge **forge, struct error *error)
{
    struct session *session = NULL;
    *forge = NULL;
    if (!context_names_forge(context))
        return true;
    bool ok = context_session(context, &session, error) && context_forge(context, session, forge, error);
    session_close(session);
    return ok;
}
