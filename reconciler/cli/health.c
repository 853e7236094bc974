#include <string.h>

#include "reconciler/cli/command.h"

enum { TIMEOUT_MS = 4 * 1000, ANSWER_MAX = 4096 };

/* Whoever listens everywhere is asked at loopback. */
static struct str asked_at(struct arena *arena, struct str listen)
{
    static const char *const everywhere[][2] = {{"0.0.0.0:", "127.0.0.1:"}, {"[::]:", "[::1]:"}};
    for (size_t i = 0; i < ARRAY_LENGTH(everywhere); i++)
        if (str_starts(listen, everywhere[i][0]))
            return arena_printf(arena, "%s%.*s", everywhere[i][1],
                                STR_ARG(str_from_index(listen, strlen(everywhere[i][0]))));
    return listen;
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct http_response answer;
    struct http_request request = {.method = STR("GET"),
                                   .timeout_ms = TIMEOUT_MS,
                                   .response_max = ANSWER_MAX,
                                   .cancelled = context->cancelled};
    if (!context->options.inbound.listen.len) {
        error_set(error, ERROR_INVALID, "say by --listen or PLUMB_LISTEN where the other plumb listens");
        return EXIT_ERROR;
    }
    request.url = arena_printf(context->arena, "http://%.*s/readyz",
                               STR_ARG(asked_at(context->arena, context->options.inbound.listen)));
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
    .arguments = "[--listen ADDRESS:PORT]",
    .summary = "ask a `plumb run` on this machine whether it is ready",
    .help =
        "Asks /readyz of the plumb that listens there, for health checks of containers without curl: exit "
        "status 0\n"
        "where it is ready, else 1 and why.",
    .options = OPTION_LISTEN,
    .run = run,
};
