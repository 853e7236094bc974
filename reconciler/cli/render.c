#include "base/json.h"
#include "reconciler/cli/template_file.h"
#include "reconciler/stack_tags.h"

static struct value *resource_json(struct arena *arena, const struct desired_resource *resource)
{
    struct value *node = value_map(arena), *depends = value_list(arena);
    value_setz(arena, node, "Type", value_string(arena, resource->type));
    value_setz(arena, node, "Properties", value_copy(arena, resource->properties));
    if (resource->update_policy)
        value_setz(arena, node, "UpdatePolicy", value_copy(arena, resource->update_policy));
    for (size_t i = 0; i < resource->depends_count; i++)
        value_append(arena, depends, value_string(arena, resource->depends_on[i]));
    if (depends->count)
        value_setz(arena, node, "DependsOn", depends);
    return node;
}

static struct value *desired_json(struct arena *arena, const struct desired *desired)
{
    struct value *root = value_map(arena), *resources = value_map(arena);
    for (size_t i = 0; i < desired->count; i++)
        value_set(arena, resources, desired->resources[i].logical_id,
                  resource_json(arena, &desired->resources[i]));
    value_setz(arena, root, "Resources", resources);
    if (value_is(desired->outputs, VALUE_MAP) && desired->outputs->count)
        value_setz(arena, root, "Outputs", value_copy(arena, desired->outputs));
    return root;
}

static void write_dot(struct buf *out, const struct desired *desired)
{
    buf_addz(out, "digraph resources {\n  rankdir=LR;\n  node [shape=box];\n");
    for (size_t i = 0; i < desired->count; i++) {
        const struct desired_resource *resource = &desired->resources[i];
        buf_printf(out, "  \"%.*s\" [label=\"%.*s\\n%.*s\"];\n", STR_ARG(resource->logical_id),
                   STR_ARG(resource->logical_id), STR_ARG(resource->type));
        for (size_t k = 0; k < resource->depends_count; k++)
            buf_printf(out, "  \"%.*s\" -> \"%.*s\";\n", STR_ARG(resource->logical_id),
                       STR_ARG(resource->depends_on[k]));
    }
    buf_addz(out, "}\n");
}

static void print_value(const struct value *value)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    json_write(&text, value, JSON_PRETTY);
    buf_addc(&text, '\n');
    print_text(buf_str(&text));
    buf_release(&text);
}

static void print_desired(struct context *context, const struct desired *desired)
{
    if (!context->options.graph) {
        print_value(desired_json(context->arena, desired));
        return;
    }
    struct buf text = BUF_INIT(BUF_LARGE);
    write_dot(&text, desired);
    print_text(buf_str(&text));
    buf_release(&text);
}

static bool render(struct context *context, const struct template_options *options, struct error *error)
{
    struct value *template;
    struct desired desired;
    if (context->options.transform_only) {
        if (!template_transform(context->arena, options, &template, error))
            return false;
        print_value(template);
        return true;
    }
    if (!desired_build(context->arena, options, &desired, error))
        return false;
    stack_tags_apply(context->arena, &desired);
    print_desired(context, &desired);
    return true;
}

static bool render_file(struct context *context, struct error *error)
{
    struct template_file file;
    if (!template_file_open(context, context->options.target, &file, error))
        return false;
    file.options.parameters = context->options.parameters;
    bool ok = render(context, &file.options, error);
    template_file_close(&file);
    return ok;
}

static bool render_application(struct context *context, struct error *error)
{
    struct session *session = NULL;
    struct subject *subject = NULL;
    struct str target = context->options.target;
    size_t slash = str_find(target, '/');
    bool ok = context_session(context, &session, error) &&
              subject_open(session, str_slice(target, 0, slash), str_from_index(target, slash + 1), &subject,
                           error) &&
              subject_render(subject, error);
    if (ok) {
        struct template_options options = subject_template(subject);
        ok = render(context, &options, error);
    }
    subject_close(subject);
    session_close(session);
    return ok;
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct str target = context->options.target;
    bool file = template_file_is_meant(context, target);
    if (!file && (str_find(target, '/') == target.len || !target.len)) {
        error_set(error, ERROR_INVALID, "name an application as ENV/APP, or a template file or directory");
        return EXIT_ERROR;
    }
    bool ok = file ? render_file(context, error) : render_application(context, error);
    return ok ? EXIT_DONE : EXIT_ERROR;
}

const struct command command_render = {
    .name = "render",
    .arguments = "[OPTIONS] ENV/APP|FILE",
    .summary = "show the resources that a template asks for",
    .help = "Prints the desired resources of an application, or of a template file (.yaml, .yml, .json,\n"
            ".template) or a directory that a tool packages into (cdk.out, .serverless), as CloudFormation\n"
            "JSON.  Nested stacks are part of the application: their resources have the stack's logical id\n"
            "in front of theirs.  So have the stacks of a cloud assembly of CDK, unless there is only one;\n"
            "--transform-only prints several as a map from their names.  Runs no code and calls nobody:\n"
            "SAM's AlwaysDeploy, too, makes a new deployment of an API only where its content is new.",
    .options =
        OPTION_TRANSFORM_ONLY | OPTION_REGION | OPTION_PARAMETER | OPTION_GRAPH | OPTION_STACK | OPTION_STAGE,
    .targets = 1,
    .run = run,
};
