#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reconciler/cli/command.h"
#include "reconciler/order.h"

struct session_options context_session_options(const struct context *context)
{
    return (struct session_options){
        .repository = context->options.repository,
        .revision = context->options.revision,
        .git = context->options.git,
        .clock = context->clock,
        .random = context->random,
        .log = context->log,
        .http = &context->http,
        .aws = context->aws,
        .cancelled = context->cancelled,
        .trust = {.anchor = context->options.trust_anchor},
    };
}

bool context_session(struct context *context, struct session **out, struct error *error)
{
    const struct session_options options = context_session_options(context);
    return session_open(&options, out, error);
}

struct target_list {
    struct target *items;
    size_t count, capacity;
};

static void add_target(struct arena *arena, struct target_list *list, struct str environment,
                       struct str application)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        struct target *bigger = arena_array(arena, list->capacity, sizeof *bigger);
        if (list->count)
            memcpy(bigger, list->items, list->count * sizeof *bigger);
        list->items = bigger;
    }
    list->items[list->count++] = (struct target){.environment = arena_str(arena, environment),
                                                 .application = arena_str(arena, application)};
}

static void add_environment(struct context *context, struct session *session, struct str name,
                            struct target_list *list)
{
    struct environment environment;
    struct error error = ERROR_INIT;
    if (!environment_load(session_files(session), context->arena, name, &environment, &error)) {
        add_target(context->arena, list, name, STR_EMPTY);
        return;
    }
    for (size_t i = 0; i < environment.application_count; i++)
        add_target(context->arena, list, name, environment.applications[i].name);
}

static bool no_environment(struct context *context, struct str name, const struct str *names, size_t count,
                           struct error *error)
{
    const char **known = arena_array(context->arena, count, sizeof *known);
    for (size_t i = 0; i < count; i++)
        known[i] = arena_strz(context->arena, names[i]);
    const char *nearest = str_nearest(name, known, count);
    return error_set(error, ERROR_NOT_FOUND, "no environment '%.*s' in the repository%s%s%s", STR_ARG(name),
                     nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

bool context_targets(struct context *context, struct session *session, struct target **out, size_t *count,
                     struct error *error)
{
    struct str *names, wanted = context->options.target;
    size_t name_count, slash = str_find(wanted, '/');
    struct str environment = str_slice(wanted, 0, slash);
    struct target_list list = {.count = 0};
    bool found = false;
    if (!environments_list(session_files(session), context->arena, &names, &name_count, error))
        return false;
    for (size_t i = 0; i < name_count; i++) {
        if (environment.len && !str_equal(environment, names[i]))
            continue;
        found = true;
        if (slash < wanted.len)
            add_target(context->arena, &list, environment, str_from_index(wanted, slash + 1));
        else
            add_environment(context, session, names[i], &list);
    }
    if (!found && environment.len)
        return no_environment(context, environment, names, name_count, error);
    *out = list.items;
    *count = list.count;
    return true;
}

static void order_environment(struct context *context, struct session *session, struct target *targets,
                              size_t count)
{
    struct environment environment;
    struct error ignored = ERROR_INIT;
    if (!environment_load(session_files(session), context->arena, targets->environment, &environment,
                          &ignored) ||
        environment.application_count != count)
        return;
    const struct ordered_application *ordered = applications_order(session, context->arena, &environment);
    for (size_t i = 0; i < count; i++) {
        targets[i].application = ordered[i].name;
        targets[i].error = ordered[i].error;
    }
}

void context_order(struct context *context, struct session *session, struct target *targets, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && str_equal(targets[to].environment, targets[from].environment); to++)
            ;
        if (to - from > 1)
            order_environment(context, session, targets + from, to - from);
    }
}

void print_failure(const struct context *context, const struct target *target, const struct error *error)
{
    struct buf line = BUF_INIT(BUF_SMALL);
    bool color = context->options.error_color;
    buf_addz(&line, color ? "\033[31mplumb:\033[0m " : "plumb: ");
    if (target) {
        text_escape(&line, target->environment);
        if (target->application.len)
            buf_addc(&line, '/');
        text_escape(&line, target->application);
        buf_addz(&line, ": ");
    }
    text_escape(&line, str_from(error->message));
    buf_addc(&line, '\n');
    ssize_t ignored = write(STDERR_FILENO, line.ptr, line.len);
    (void)ignored;
    buf_release(&line);
}

void print_text(struct str text)
{
    while (text.len) {
        ssize_t written = write(STDOUT_FILENO, text.ptr, text.len);
        if (written < 0)
            _exit(EXIT_ERROR);
        text = str_from_index(text, (size_t)written);
    }
}
