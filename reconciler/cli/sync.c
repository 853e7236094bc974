#include "base/json.h"
#include "gitsync/webhook.h"
#include "reconciler/cli/command.h"

enum { ANSWER_MAX = 64 * 1024 };

/* {"environment": "prod", "application": "orders"}, and what makes each request one of its own. */
static struct str body_of(const struct context *context)
{
    struct arena *arena = context->arena;
    struct str target = context->options.target;
    size_t slash = str_find(target, '/');
    struct value *body = value_map(arena);
    value_setz(arena, body, "environment", value_string(arena, str_slice(target, 0, slash)));
    value_setz(arena, body, "application", value_string(arena, str_from_index(target, slash + 1)));
    value_setz(arena, body, "asked", value_int(arena, clock_wall(context->clock)));
    return json_text(arena, body, JSON_COMPACT);
}

static bool ask(const struct context *context, struct str body, struct str secret, struct error *error)
{
    struct arena *arena = context->arena;
    struct http_header headers[] = {
        {STR("Content-Type"), STR("application/json")},
        {STR("X-Plumb-Signature"), webhook_signature(arena, secret, clock_wall(context->clock) / 1000, body)},
    };
    struct str address = context->options.address;
    const struct http_request request = {
        .method = STR("POST"),
        .url = arena_printf(arena, "%.*s%swebhook", STR_ARG(address), str_ends(address, "/") ? "" : "/"),
        .headers = headers,
        .header_count = ARRAY_LENGTH(headers),
        .body = body,
        .response_max = ANSWER_MAX,
        .cancelled = context->cancelled};
    struct http_response response;
    if (!http_perform(&context->http, arena, &request, &response, error))
        return error_prefix(error, "'%.*s' cannot be asked", STR_ARG(address));
    if (response.status == 202)
        return true;
    return error_set(error, response.status == 401 ? ERROR_DENIED : ERROR_INVALID,
                     "'%.*s' answers with status %d: %.*s", STR_ARG(address), response.status,
                     STR_ARG(str_trim(response.body)));
}

static enum exit_status run(struct context *context, struct error *error)
{
    const struct value *secret = context->options.inbound.secret;
    struct str target = context->options.target;
    if (!secret) {
        error_set(error, ERROR_INVALID,
                  "PLUMB_WEBHOOK_SECRET is not set: it must be the one that `plumb run` there has");
        return EXIT_ERROR;
    }
    if (!ask(context, body_of(context), secret->text, error))
        return EXIT_ERROR;
    print_text(arena_printf(context->arena, "asked to look at %.*s now\n",
                            STR_ARG(target.len ? target : STR("everything"))));
    return EXIT_DONE;
}

const struct command command_sync = {
    .name = "sync",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "ask a running plumb to look now",
    .help =
        "Asks the `plumb run --listen` at --address to read the repository and to look at the application, "
        "the\nenvironment or everything at once, as a webhook does.  What it finds it does by itself; "
        "`plumb status`\ntells.  The request is signed with PLUMB_WEBHOOK_SECRET.",
    .options = OPTION_ADDRESS,
    .targets = 1,
    .run = run,
};
