#include "environments/schema.h"
#include "base/json.h"
#include "reconciler/cli/command.h"

static bool refuse(struct str name, struct error *error)
{
    const char *names[SCHEMA_COUNT];
    for (size_t i = 0; i < SCHEMA_COUNT; i++)
        names[i] = schemas[i].name;
    const char *nearest = str_nearest(name, names, SCHEMA_COUNT);
    if (!name.len)
        return error_set(error, ERROR_INVALID, "name a schema: environment, application or plumb");
    return error_set(error, ERROR_INVALID, "there is no schema '%.*s'%s%s%s", STR_ARG(name),
                     nearest ? ", did you mean '" : ": there are environment, application and plumb",
                     nearest ? nearest : "", nearest ? "'?" : "");
}

static enum exit_status run(struct context *context, struct error *error)
{
    const struct value *schema = schema_make(context->arena, context->options.target);
    if (!schema)
        return refuse(context->options.target, error) ? EXIT_DONE : EXIT_ERROR;
    struct buf text = BUF_INIT(BUF_LARGE);
    json_write(&text, schema, JSON_PRETTY);
    buf_addc(&text, '\n');
    print_text(buf_str(&text));
    buf_release(&text);
    return EXIT_DONE;
}

const struct command command_schema = {
    .name = "schema",
    .arguments = "environment|application|plumb",
    .summary = "show the JSON Schema of a file in the repository, for editors",
    .help = "Prints the JSON Schema (2020-12) of environments/NAME/environment.yaml, of the application "
            "files beside\n"
            "it, or of plumb.yaml.  It is made of the tables by which plumb itself checks these files.\n"
            "docs/configuration.md says how an editor uses it.",
    .targets = 1,
    .run = run,
};
