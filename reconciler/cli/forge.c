#include "reconciler/cli/forge.h"

#include <stdlib.h>

bool context_forge(const struct context *context, struct session *session, struct forge **out,
                   struct error *error)
{
    struct str kind = str_from(getenv("PLUMB_FORGE"));
    struct forge_options options = {.kind = FORGE_AUTO,
                                    .repository = session_options(session)->repository,
                                    .api = str_from(getenv("PLUMB_FORGE_API")),
                                    .token = str_from(getenv("PLUMB_FORGE_TOKEN")),
                                    .http = &context->http,
                                    .clock = context->clock,
                                    .random = context->random,
                                    .cancelled = context->cancelled};
    *out = NULL;
    if (kind.len && !forge_kind_read(kind, &options.kind, error))
        return error_prefix(error, "PLUMB_FORGE");
    if (options.kind == FORGE_NONE || (!kind.len && !options.token.len))
        return true;
    return forge_open(&options, out, error);
}

bool context_names_forge(void)
{
    const char *kind = getenv("PLUMB_FORGE"), *token = getenv("PLUMB_FORGE_TOKEN");
    return (kind && *kind) || (token && *token);
}
