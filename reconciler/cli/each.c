#include "reconciler/cli/each.h"

#include "base/json.h"

void each_tell(struct each *each, const struct subject *subject, const char *order, struct str text)
{
    struct arena *arena = each->context->arena;
    struct value *node = value_map(arena);
    text_escape(each->text, subject->environment.name);
    buf_addc(each->text, '/');
    text_escape(each->text, subject->application->name);
    buf_addz(each->text, ": ");
    text_escape(each->text, text);
    buf_addc(each->text, '\n');
    value_setz(arena, node, "environment", value_string(arena, subject->environment.name));
    value_setz(arena, node, "application", value_string(arena, subject->application->name));
    if (order)
        value_setz(arena, node, "order", value_stringz(arena, order));
    value_setz(arena, node, "message", value_string(arena, text));
    value_append(arena, each->list, node);
}

static void note_failure(struct each *each, const struct target *target, const struct error *error)
{
    struct context *context = each->context;
    struct value *node = value_map(context->arena);
    value_setz(context->arena, node, "environment", value_string(context->arena, target->environment));
    value_setz(context->arena, node, "application", value_string(context->arena, target->application));
    value_setz(context->arena, node, "error", value_stringz(context->arena, error->message));
    value_append(context->arena, each->list, node);
    print_failure(context, target, error);
}

static bool visit_target(struct each *each, const struct target *target, visit_function *visit,
                         bool *differences)
{
    struct error error = target->error;
    struct subject *subject = NULL;
    bool ok = error.code == ERROR_NONE &&
              subject_open(each->session, target->environment, target->application, &subject, &error) &&
              visit(each, subject, differences, &error);
    if (each->context->options.output == OUTPUT_TEXT)
        print_text(buf_str(each->text));
    buf_clear(each->text);
    if (!ok)
        note_failure(each, target, &error);
    subject_close(subject);
    return ok;
}

void print_applications(struct context *context, struct value *list)
{
    struct value *root = value_map(context->arena);
    value_setz(context->arena, root, "applications", list);
    print_text(json_text(context->arena, root, JSON_PRETTY));
    print_text(STR("\n"));
}

static bool check_targets(const struct context *context, size_t count, struct error *error)
{
    if (count)
        return true;
    if (context->options.target.len)
        return error_set(error, ERROR_NOT_FOUND, "environment '%.*s' has no applications",
                         STR_ARG(context->options.target));
    return error_set(error, ERROR_NOT_FOUND,
                     "the repository has no environments: add "
                     "environments/NAME/environment.yaml and an application beside it");
}

static enum exit_status for_each(struct context *context, visit_function *visit, bool in_order,
                                 struct error *error)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    struct each each = {.context = context, .list = value_list(context->arena), .text = &text};
    struct target *targets;
    size_t count = 0, failed = 0;
    bool differences = false;
    bool ok = context_session(context, &each.session, error) &&
              (!in_order || session_repository(each.session, error)) &&
              context_targets(context, each.session, &targets, &count, error) &&
              check_targets(context, count, error);
    if (ok && in_order)
        context_order(context, each.session, targets, count);
    for (size_t i = 0; ok && i < count && !atomic_load(context->cancelled); i++)
        failed += !visit_target(&each, &targets[i], visit, &differences);
    if (ok && context->options.output == OUTPUT_JSON)
        print_applications(context, each.list);
    buf_release(&text);
    session_close(each.session);
    if (!ok || failed || each.refused)
        return EXIT_ERROR;
    return differences ? EXIT_DIFFERENCES : EXIT_DONE;
}

enum exit_status for_each_application(struct context *context, visit_function *visit, struct error *error)
{
    return for_each(context, visit, false, error);
}

enum exit_status for_each_in_order(struct context *context, visit_function *visit, struct error *error)
{
    return for_each(context, visit, true, error);
}
