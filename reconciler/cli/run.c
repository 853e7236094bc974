#include "reconciler/cli/forge.h"
#include "reconciler/loop.h"

/* In one sentence of the log, and by the exit status. */
static enum exit_status run_once(const struct loop_options *options, struct error *error)
{
    struct loop *loop;
    struct loop_result result;
    if (!loop_open(options, &loop, error))
        return EXIT_ERROR;
    bool ok = loop_pass(loop, INT64_MAX, &result, error);
    loop_close(loop);
    if (ok && result.failures)
        error_set(error, ERROR_UNAVAILABLE, "%zu of the applications could not be kept: the log says why",
                  result.failures);
    else if (ok && !result.complete)
        error_set(error, ERROR_CANCELLED, "the pass was interrupted: the next one goes on from here");
    else if (ok && !result.environments)
        error_set(
            error, ERROR_NOT_FOUND,
            "no environment of the repository is in the credentials' account: name one to run it anyway");
    return error->code == ERROR_NONE ? EXIT_DONE : EXIT_ERROR;
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct loop_options options = {
        .session = context_session_options(context),
        .target = context->options.target,
        .poll_ms = context->options.poll_ms,
        .workers = (size_t)context->options.workers,
        .inbound = context->options.inbound,
        .drains = context->cancelled,
        .told = context->told,
    };
    enum exit_status status = EXIT_DONE;
    log_info(context->log, "started", LOG_STRZ("version", PLUMB_VERSION));
    if (!context_open_forge(context, &options.forge, error))
        return EXIT_ERROR;
    if (context->options.once)
        status = run_once(&options, error);
    else if (!loop_run(&options, error))
        status = EXIT_ERROR;
    forge_free(options.forge);
    if (status == EXIT_DONE)
        log_info(context->log, "stopped");
    return status;
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
        "unless that is a terminal.\n\n"
        "With --once it looks at everything once, waits for the rollouts that come out of it, and ends: "
        "exit\n"
        "status 1 where something is not as Git wants it.  What it breaks off the next pass continues.",
    .options = OPTION_POLL | OPTION_WORKERS | OPTION_INBOUND | OPTION_SECRETS | OPTION_ONCE,
    .targets = 1,
    .run = run,
};
