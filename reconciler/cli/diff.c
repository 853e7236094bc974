#include "base/json.h"
#include "reconciler/changeset.h"
#include "reconciler/cli/template_file.h"

/* One version of the template and what it asks for; `file` is open while `named` is set. */
struct version {
    struct str named;
    struct template_file file;
    struct desired desired;
};

/* Parameters that are given for both versions are taken where the version declares them. */
static bool load(struct context *context, struct version *version, struct str target, const struct value *own,
                 struct error *error)
{
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
    return desired_build(context->arena, &version->file.options, &version->desired, error);
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

static bool compare(struct context *context, struct version versions[2], struct changeset *changes,
                    struct error *error)
{
    const struct options *options = &context->options;
    return load(context, &versions[0], options->target, options->old_parameters, error) &&
           load(context, &versions[1], options->second_target, NULL, error) &&
           check_parameters(context, &versions[0].desired, &versions[1].desired, error) &&
           changeset_make(context->arena, &versions[0].desired, &versions[1].desired, changes, error);
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct version versions[2] = {{.named = STR_EMPTY}, {.named = STR_EMPTY}};
    struct changeset changes;
    if (!context->options.second_target.len) {
        error_set(error, ERROR_INVALID, "name two versions of a template: see plumb diff --help");
        return EXIT_ERROR;
    }
    bool ok = compare(context, versions, &changes, error);
    if (ok)
        print(context, &changes);
    for (int i = 0; i < 2; i++)
        if (versions[i].named.len)
            template_file_close(&versions[i].file);
    return !ok ? EXIT_ERROR : changes.count ? EXIT_DIFFERENCES : EXIT_DONE;
}

const struct command command_diff = {
    .name = "diff",
    .arguments = "[OPTIONS] OLD NEW",
    .summary = "show what would change between two versions of a template",
    .help =
        "Compares two templates (files, or directories that hold one) as CloudFormation's change sets do:\n"
        "what is created, changed in place, replaced and deleted, and because of what.  Asks no account.\n"
        "OLD or NEW may be /dev/null.  -o json gives the form of DescribeChangeSet.  Exit status 2 if there\n"
        "are differences.",
    .options = OPTION_REGION | OPTION_PARAMETER | OPTION_OLD_PARAMETER | OPTION_STACK | OPTION_STAGE,
    .targets = 2,
    .run = run,
};
