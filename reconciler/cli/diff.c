#include "base/json.h"
#include "reconciler/changeset.h"
#include "reconciler/cli/template_file.h"
#include "reconciler/stack_tags.h"

/* One version of the template and what it asks for; `file` is open while `named` is set. */
struct version {
    struct str named;
    struct template_file file;
    struct desired desired;
};

struct comparison {
    struct context *context;
    struct version before, after;
    struct foreign_macros macros;
    struct value *told; /* the macros that were told of */
    struct changeset changes;
};

/* Once for each macro, so that nobody takes what is shown for all that changes. */
static void tell_of_macro(void *self, struct str name)
{
    struct comparison *comparison = self;
    struct error note = ERROR_INIT;
    if (value_get_str(comparison->told, name))
        return;
    value_set(comparison->context->arena, comparison->told, name, value_null(comparison->context->arena));
    error_set(&note, ERROR_INVALID,
              "macro '%.*s' runs only in the account: what goes into it is compared, not what comes out",
              STR_ARG(name));
    print_failure(comparison->context, NULL, &note);
}

/* Parameters that are given for both versions are taken where the version declares them. */
static bool load(struct comparison *comparison, struct version *version, struct str target,
                 const struct value *own, struct error *error)
{
    struct context *context = comparison->context;
    if (str_is(target, "/dev/null")) {
        version->desired.parameters = value_map(context->arena);
        return true;
    }
    if (!template_file_is_meant(context, target))
        return error_set(
            error, ERROR_INVALID,
            "'%.*s' is no template: name a file (.yaml, .yml, .json, .template) or a directory that "
            "holds one, or /dev/null for none",
            STR_ARG(target));
    if (!template_file_open(context, target, &version->file, error))
        return error_prefix(error, "%.*s", STR_ARG(target));
    version->named = target;
    version->file.options.shared_parameters = context->options.parameters;
    version->file.options.parameters = own;
    version->file.options.foreign_macros = &comparison->macros;
    if (!desired_build(context->arena, &version->file.options, &version->desired, error))
        return false;
    stack_tags_apply(context->arena, &version->desired);
    return true;
}

static bool check_parameters(struct context *context, const struct desired *before,
                             const struct desired *after, struct error *error)
{
    const struct value *given = context->options.parameters;
    for (size_t i = 0; i < given->count; i++)
        if (!value_get_str(before->parameters, given->entries[i].key) &&
            !value_get_str(after->parameters, given->entries[i].key))
            return error_set(error, ERROR_INVALID, "neither template has a parameter '%.*s'",
                             STR_ARG(given->entries[i].key));
    return true;
}

static void print(struct context *context, const struct changeset *changes)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    const struct options *options = &context->options;
    if (options->output == OUTPUT_JSON) {
        json_write(&text, changeset_json(context->arena, changes), JSON_PRETTY);
        buf_addc(&text, '\n');
    } else {
        changeset_text(&text, changes, options->target, options->second_target, options->color);
    }
    print_text(buf_str(&text));
    buf_release(&text);
}

static bool compare(struct comparison *comparison, struct error *error)
{
    struct context *context = comparison->context;
    const struct options *options = &context->options;
    const struct desired *before = &comparison->before.desired, *after = &comparison->after.desired;
    return load(comparison, &comparison->before, options->target, options->old_parameters, error) &&
           load(comparison, &comparison->after, options->second_target, NULL, error) &&
           check_parameters(context, before, after, error) &&
           changeset_make(context->arena, before, after, &comparison->changes, error);
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct comparison comparison = {.context = context, .told = value_map(context->arena)};
    comparison.macros = (struct foreign_macros){.self = &comparison, .met = tell_of_macro};
    if (!context->options.second_target.len) {
        error_set(error, ERROR_INVALID, "name two versions of a template: see plumb diff --help");
        return EXIT_ERROR;
    }
    bool ok = compare(&comparison, error);
    if (ok)
        print(context, &comparison.changes);
    if (comparison.before.named.len)
        template_file_close(&comparison.before.file);
    if (comparison.after.named.len)
        template_file_close(&comparison.after.file);
    return !ok ? EXIT_ERROR : comparison.changes.count ? EXIT_DIFFERENCES : EXIT_DONE;
}

const struct command command_diff = {
    .name = "diff",
    .arguments = "[OPTIONS] OLD NEW",
    .summary = "show what would change between two versions of a template",
    .help =
        "Compares two templates (files, or directories that hold one) as CloudFormation's change sets do:\n"
        "what is created, changed in place, replaced and deleted, and because of what.  Asks no account.\n"
        "OLD or NEW may be /dev/null.  -o json gives the form of DescribeChangeSet.  Exit status 2 if there\n"
        "are differences.  Macros that only the account can run are not run, and named.",
    .options = OPTION_REGION | OPTION_PARAMETER | OPTION_OLD_PARAMETER | OPTION_STACK | OPTION_STAGE,
    .targets = 2,
    .run = run,
};
