#include "reconciler/cli/forge.h"
#include "reconciler/loop.h"

/* For the address of the repository, which may be the one that one stands in. */
static bool open_forge(struct context *context, struct forge **forge, struct error *error)
{
    struct session *session = NULL;
    if (!context_names_forge(context))
        return true;
    bool ok = context_session(context, &session, error) && context_forge(context, session, forge, error);
    session_close(session);
    return ok;
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct loop_options options = {
        .session = context_session_options(context),
        .target = context->options.target,
        .poll_ms = context->options.poll_ms,
        .workers = (size_t)context->options.workers,
        .inbound = context->options.inbound,
    };
    log_info(context->log, "started", LOG_STRZ("version", PLUMB_VERSION));
    bool ok = open_forge(context, &options.forge, error) && loop_run(&options, error);
    forge_free(options.forge);
    if (!ok)
        return EXIT_ERROR;
    log_info(context->log, "stopped");
    return EXIT_DONE;
}

const struct command command_run = {
    .name = "run",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "keep the account true to Git, for ever",
    .help =
        "Polls the repository, applies what changed in the environments of this account, and checks drift "
        "at\n"
        "each environment's interval.  Without ENV: the environments whose account is that of the\n"
        "credentials.  With --listen or --queue it looks at once when a webhook comes or somebody changes a\n"
        "resource.  Stops cleanly on SIGTERM; goes on after any kill.  Logs to standard error, as JSON "
        "lines\n"
        "unless that is a terminal.",
    .options = OPTION_POLL | OPTION_WORKERS | OPTION_INBOUND,
    .targets = 1,
    .run = run,
};
