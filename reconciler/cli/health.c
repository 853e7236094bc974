#include "reconciler/cli/command.h"

enum { TIMEOUT_MS = 4 * 1000, ANSWER_MAX = 4096 };

static enum exit_status run(struct context *context, struct error *error)
{
    struct str address = context->options.address;
    struct http_response answer;
    const struct http_request request = {.method = STR("GET"),
                                         .url = arena_printf(context->arena, "%.*s%sreadyz", STR_ARG(address),
                                                             str_ends(address, "/") ? "" : "/"),
                                         .timeout_ms = TIMEOUT_MS,
                                         .response_max = ANSWER_MAX,
                                         .cancelled = context->cancelled};
    if (!http_perform(&context->http, context->arena, &request, &answer, error))
        return EXIT_ERROR;
    struct str why = str_trim(answer.body);
    if (answer.status == 200) {
        print_text(arena_printf(context->arena, "%.*s\n", STR_ARG(why)));
        return EXIT_DONE;
    }
    error_set(error, ERROR_UNAVAILABLE, "not ready: %.*s (%d)", STR_ARG(why), answer.status);
    return EXIT_ERROR;
}

const struct command command_health = {
    .name = "health",
    .arguments = "[OPTIONS]",
    .summary = "ask a running plumb whether it is ready",
    .help = "Asks /readyz of the `plumb run --listen` at --address, for health checks of containers without "
            "curl: "
            "exit\nstatus 0 where it is ready, else 1 and why.",
    .options = OPTION_ADDRESS,
    .run = run,
};
