#include "environments/deployment_parts.h"

enum { REVISION_MAX = 255, TEMPLATE_PATH_MAX = 1024 };

static const struct field allow_fields[] = {
    {"delete", FIELD_LIST, .help = "Logical ids of stateful resources that may be deleted",
     .items = FIELD_TEXT},
    {"manyDeletes", FIELD_FLAG, .help = "More than a fifth of the application may be deleted at once",
     .otherwise = "false"},
    {"replace", FIELD_LIST, .help = "Logical ids of stateful resources that may be replaced",
     .items = FIELD_TEXT},
};

static const struct field suspend_fields[] = {
    {"reason", FIELD_SCALAR | FIELD_REQUIRED, .help = "Why", .pattern = "\\S"},
    {"until", FIELD_DATE, .help = "The day at whose end, in UTC, it ends; left out: until it is taken out"},
};

static const struct field application_fields[] = {
    {"allow", FIELD_MAP, .help = "What would lose data is done only where it is allowed here",
     KEYS(allow_fields)},
    {"deployment", FIELD_MAP, .help = "How traffic moves to a new version, and by what it is judged",
     KEYS(deployment_fields)},
    {"parameters", FIELD_MAP, .help = "Parameters for the template; they go before the environment's",
     .items = FIELD_SCALAR | FIELD_LIST},
    {"promotion", FIELD_MAP, .help = "From where a release comes, and what it must have behind it",
     KEYS(promotion_fields)},
    /* As a text alone: a commit such as 12e4567 reads as a number, and its digits would be lost. */
    {"revision", FIELD_TEXT, .help = "Commit, tag or branch of the template; left out: the commit itself",
     .longest = REVISION_MAX},
    {"stack", FIELD_SCALAR, .help = "The stack to take from a template that has several; left out: all"},
    {"suspend", FIELD_MAP, .help = "plumb run leaves the application alone", KEYS(suspend_fields)},
    {"template", FIELD_TEXT | FIELD_REQUIRED, .help = "Path of the template from the root of the repository",
     .longest = TEMPLATE_PATH_MAX, .pattern = FIELD_PATH_PATTERN},
};

const struct field application_file = {
    "NAME.yaml", FIELD_MAP, .help = "What an application is: environments/ENVIRONMENT/NAME.yaml of plumb",
    KEYS(application_fields)};

static bool read_allow(struct arena *arena, const struct value *node, struct application *out,
                       struct error *error)
{
    if (!node)
        return true;
    if (!fields_check(node, "'allow'", allow_fields, ARRAY_LENGTH(allow_fields), error))
        return false;
    out->allow_many_deletes = value_get_bool(node, "manyDeletes", false);
    return field_names(arena, value_get(node, "delete"), "delete", &out->allow_delete,
                       &out->allow_delete_count, error) &&
           field_names(arena, value_get(node, "replace"), "replace", &out->allow_replace,
                       &out->allow_replace_count, error);
}

static bool read_suspend(const struct value *node, struct suspend *out, struct error *error)
{
    const struct value *until = value_get(node, "until");
    if (!node)
        return true;
    if (!fields_check(node, "'suspend'", suspend_fields, ARRAY_LENGTH(suspend_fields), error))
        return false;
    *out = (struct suspend){.present = true, .reason = str_trim(value_get_text(node, "reason"))};
    if (!out->reason.len)
        return value_error(value_get(node, "reason"), error, ERROR_INVALID, "'suspend' needs a 'reason'");
    return !until || field_date(until, &out->until_ms, error);
}

/* With a revision of its own, the template is looked for there. */
static bool check_template(const struct files *files, const struct value *node, const struct application *out,
                           struct error *error)
{
    if (!value_is(node, VALUE_STRING) || !path_is_safe(out->template))
        return value_error(node, error, ERROR_INVALID,
                           "template '%.*s' must be a path in the repository, from its root, without '..'",
                           STR_ARG(out->template));
    enum file_kind kind;
    if (out->revision.len > 0 || files_kind(files, out->template, &kind, error))
        return true;
    if (error->code != ERROR_NOT_FOUND)
        return value_error(node, error, error->code, "template '%.*s': %s", STR_ARG(out->template),
                           error->message);
    return value_error(node, error, ERROR_NOT_FOUND, "there is no template '%.*s' in the repository",
                       STR_ARG(out->template));
}

bool application_read(const struct files *files, struct arena *arena, struct application *out,
                      struct error *error)
{
    struct value *node;
    if (!field_file(files, arena, out->file, &node, error) ||
        !fields_check(node, "an application file", application_fields, ARRAY_LENGTH(application_fields),
                      error))
        return false;
    out->template = value_get_text(node, "template");
    out->stack = value_get_text(node, "stack");
    out->revision_node = value_get(node, "revision");
    out->revision = value_get_text(node, "revision");
    return check_template(files, value_get(node, "template"), out, error) &&
           field_parameters(arena, value_get(node, "parameters"), &out->parameters, error) &&
           deployment_read(arena, value_get(node, "deployment"), &out->deployment, error) &&
           promotion_read(arena, value_get(node, "promotion"), &out->promotion, error) &&
           read_suspend(value_get(node, "suspend"), &out->suspend, error) &&
           read_allow(arena, value_get(node, "allow"), out, error);
}
