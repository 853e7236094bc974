#include "reconciler/cli/each.h"
#include "reconciler/cli/forge.h"
#include "reconciler/promoting.h"

/* What the visits of one command share. */
struct promotion_command {
    struct context *context;
    struct session *session;
    struct forge *forge;
    struct environment target;
    struct str from;
    struct buf *text;
    struct value *list;
    size_t failed, waiting;
};

static const char *const states[] = {
    [PROMOTION_NONE] = "nothing", [PROMOTION_WAITS] = "waits", [PROMOTION_READY] = "proposed"};

/* --- results --- */

static struct value *json_node(struct promotion_command *command, struct str application,
                               const struct promotion_outcome *outcome)
{
    struct arena *arena = command->context->arena;
    const struct promotion_verdict *verdict = &outcome->verdict;
    struct value *node = value_map(arena), *reasons = value_list(arena);
    for (size_t i = 0; i < verdict->reason_count; i++)
        value_append(arena, reasons, value_string(arena, verdict->reasons[i]));
    value_setz(arena, node, "environment", value_string(arena, command->target.name));
    value_setz(arena, node, "application", value_string(arena, application));
    value_setz(arena, node, "state", value_stringz(arena, states[verdict->state]));
    value_setz(arena, node, "from", value_stringz(arena, verdict->from.hex));
    value_setz(arena, node, "to", value_stringz(arena, verdict->to.hex));
    value_setz(arena, node, "reasons", reasons);
    if (verdict->state != PROMOTION_READY)
        return node;
    value_setz(arena, node, "branch",
               value_string(arena, proposal_branch(arena, "promote", command->target.name, application)));
    value_setz(arena, node, "commit", value_stringz(arena, outcome->proposed.head.hex));
    value_setz(arena, node, "planHash", value_string(arena, outcome->plan_hash));
    if (outcome->proposed.pull.number) {
        value_setz(arena, node, "pullRequest", value_int(arena, outcome->proposed.pull.number));
        value_setz(arena, node, "url", value_string(arena, outcome->proposed.pull.url));
    }
    return node;
}

static void ready_text(struct promotion_command *command, struct str application,
                       const struct promotion_outcome *outcome)
{
    const struct proposed *proposed = &outcome->proposed;
    struct arena *arena = command->context->arena;
    struct str branch = proposal_branch(arena, "promote", command->target.name, application);
    if (proposed->pull.number)
        buf_printf(command->text, "pull request #%lld", (long long)proposed->pull.number);
    else
        buf_printf(command->text, "branch '%.*s'", STR_ARG(branch));
    buf_printf(command->text, " moves it to %.7s", outcome->verdict.to.hex);
    if (proposed->pull.url.len) {
        buf_addz(command->text, ": ");
        text_escape(command->text, proposed->pull.url);
    } else if (!proposed->pull.number) {
        buf_addz(command->text, "; merge it to release it");
    }
    buf_addc(command->text, '\n');
}

static void tell(struct promotion_command *command, struct str application,
                 const struct promotion_outcome *outcome)
{
    const struct promotion_verdict *verdict = &outcome->verdict;
    text_escape(command->text, command->target.name);
    buf_addc(command->text, '/');
    text_escape(command->text, application);
    buf_addz(command->text, ": ");
    value_append(command->context->arena, command->list, json_node(command, application, outcome));
    if (verdict->state == PROMOTION_READY) {
        ready_text(command, application, outcome);
        return;
    }
    buf_addz(command->text, verdict->state == PROMOTION_WAITS ? "waits:" : "nothing to promote:");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        buf_addz(command->text, verdict->reason_count > 1 ? "\n    " : " ");
        text_escape(command->text, verdict->reasons[i]);
    }
    buf_addc(command->text, '\n');
}

/* --- one application --- */

static bool check_from(const struct promotion_command *command, const struct application *application,
                       struct error *error)
{
    const struct promotion *promotion = &application->promotion;
    return !promotion->present || str_equal(promotion->from, command->from) ||
           error_set(error, ERROR_INVALID, "it is promoted from '%.*s', not from '%.*s' (%.*s)",
                     STR_ARG(promotion->from), STR_ARG(command->from), STR_ARG(application->file));
}

static void visit(struct promotion_command *command, const struct application *application)
{
    struct context *context = command->context;
    struct promotion_outcome outcome;
    struct error error = ERROR_INIT;
    const struct promotion_question question = {.session = command->session,
                                                .forge = command->forge,
                                                .environment = &command->target,
                                                .application = application,
                                                .from = command->from,
                                                .now_ms = clock_wall(context->clock)};
    if (!check_from(command, application, &error) ||
        !promotion_propose(&question, PROMOTION_PROPOSE, context->arena, &outcome, &error)) {
        const struct target target = {.environment = command->target.name, .application = application->name};
        print_failure(context, &target, &error);
        command->failed++;
        return;
    }
    tell(command, application->name, &outcome);
    command->waiting += outcome.verdict.state == PROMOTION_WAITS;
}

static bool has_application(const struct environment *environment, struct str name, struct error *error)
{
    return environment_application(environment, name) != NULL ||
           error_set(error, ERROR_NOT_FOUND, "environment '%.*s' has no application '%.*s'",
                     STR_ARG(environment->name), STR_ARG(name));
}

/* All applications that both environments have, or the one. */
static bool visit_all(struct promotion_command *command, struct str wanted, struct error *error)
{
    struct environment earlier;
    const struct files *files = session_files(command->session);
    if (!environment_load(files, command->context->arena, command->from, &earlier, error) ||
        (wanted.len && !has_application(&command->target, wanted, error)))
        return false;
    for (size_t i = 0; i < command->target.application_count; i++) {
        const struct application *application = &command->target.applications[i];
        bool asked = wanted.len ? str_equal(wanted, application->name)
                                : environment_application(&earlier, application->name) != NULL;
        if (asked && !atomic_load(command->context->cancelled))
            visit(command, application);
    }
    return true;
}

static void print_result(struct promotion_command *command)
{
    struct context *context = command->context;
    if (context->options.output == OUTPUT_JSON)
        print_applications(context, command->list);
    else
        print_text(buf_str(command->text));
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    struct promotion_command command = {.context = context,
                                        .text = &text,
                                        .list = value_list(context->arena),
                                        .from = context->options.target};
    struct str to = context->options.second_target, wanted = value_text(value_at(context->options.words, 2));
    if (!to.len) {
        error_set(error, ERROR_INVALID, "name both environments: plumb promote FROM TO [APP]");
        return EXIT_ERROR;
    }
    bool ok = context_session(context, &command.session, error) &&
              environment_load(session_files(command.session), context->arena, to, &command.target, error) &&
              context_forge(context, command.session, &command.forge, error) &&
              visit_all(&command, wanted, error);
    if (ok)
        print_result(&command);
    buf_release(&text);
    forge_free(command.forge);
    session_close(command.session);
    return ok && !command.failed && !command.waiting ? EXIT_DONE : EXIT_ERROR;
}

const struct command command_promote = {
    .name = "promote",
    .arguments = "[OPTIONS] FROM TO [APP]",
    .summary = "propose that a release goes on to the next environment",
    .help =
        "Judges the conditions of `promotion:` in the application files of TO and, where they hold, proposes "
        "the\n"
        "revision that FROM released last: a pull request, or without a forge the branch "
        "plumb/promote/TO-APP.\n"
        "Nothing is released before that is merged.  Exit status 1 where a condition does not hold.\n\n"
        "PLUMB_FORGE_TOKEN is the token for the forge, PLUMB_FORGE its kind, PLUMB_FORGE_API its address.",
    .targets = 3,
    .run = run,
};
