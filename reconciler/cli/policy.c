#include "base/json.h"
#include "reconciler/cli/each.h"
#include "reconciler/permissions.h"

static void print_documents(struct buf *text, struct arena *arena, const char *what,
                            const struct value *documents)
{
    for (size_t i = 0; i < documents->count; i++) {
        buf_printf(text, "\n%s", what);
        if (documents->count > 1)
            buf_printf(text, ", policy %zu of %zu", i + 1, documents->count);
        buf_printf(text, " (%zu of %d characters)\n", policy_document_size(arena, documents->items[i]),
                   POLICY_SIZE_MAX);
        json_write(text, documents->items[i], JSON_PRETTY);
        buf_addc(text, '\n');
    }
    if (!documents->count)
        buf_printf(text, "\n%s: nothing has to be allowed\n", what);
}

static void print_subject(struct buf *text, const struct subject *subject)
{
    text_escape(text, subject->environment.name);
    buf_addc(text, '/');
    text_escape(text, subject->application->name);
    buf_printf(text, " in account %.*s, %.*s\n", STR_ARG(subject->environment.account),
               STR_ARG(subject->environment.region));
}

static void set_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
}

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    struct permissions permissions;
    struct arena *arena = each->context->arena;
    (void)differences;
    if (!permissions_find(subject, &permissions, error))
        return false;
    struct value *planning = permissions_documents(subject->arena, &permissions.planning);
    struct value *applying = permissions_documents(subject->arena, &permissions.applying);
    print_subject(each->text, subject);
    print_documents(each->text, subject->arena, "to plan and to look for drift, reading only", planning);
    print_documents(each->text, subject->arena, "to apply", applying);
    for (size_t i = 0; i < permissions.notes->count; i++) {
        buf_addz(each->text, i ? "note: " : "\nnote: ");
        text_escape(each->text, value_text(permissions.notes->items[i]));
        buf_addc(each->text, '\n');
    }
    struct value *node = value_map(arena);
    set_text(arena, node, "environment", subject->environment.name);
    set_text(arena, node, "application", subject->application->name);
    set_text(arena, node, "account", subject->environment.account);
    set_text(arena, node, "region", subject->environment.region);
    value_setz(arena, node, "planning", value_copy(arena, planning));
    value_setz(arena, node, "applying", value_copy(arena, applying));
    value_setz(arena, node, "notes", value_copy(arena, permissions.notes));
    value_append(arena, each->list, node);
    return true;
}

static enum exit_status run(struct context *context, struct error *error)
{
    return for_each_application(context, visit, error);
}

const struct command command_policy = {
    .name = "policy",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "show the IAM policies that plan and apply need",
    .help =
        "Prints the smallest policies with which an application can be planned, and applied: from the calls\n"
        "that its resource types make, with the names that Git knows.  Asks no account.  A policy that\n"
        "would be larger than IAM takes is given as several.  Run it again when the application has other\n"
        "types or names of its own; what was applied and has to be taken away counts, too.",
    .targets = 1,
    .run = run,
};
