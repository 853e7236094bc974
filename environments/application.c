#include "environments/fields.h"

static const struct field application_fields[] = {
    {"allow", FIELD_MAP},
    {"deployment", FIELD_MAP},
    {"parameters", FIELD_MAP},
    {"promotion", FIELD_MAP},
    {"revision", FIELD_SCALAR},
    {"stack", FIELD_SCALAR},
    {"template", FIELD_SCALAR | FIELD_REQUIRED},
};

static const struct field allow_fields[] = {
    {"delete", FIELD_LIST},
    {"manyDeletes", FIELD_SCALAR},
    {"replace", FIELD_LIST},
};

static bool read_allow(struct arena *arena, const struct value *node, struct application *out,
                       struct error *error)
{
    if (!node)
        return true;
    if (!fields_check(node, "'allow'", allow_fields, ARRAY_LENGTH(allow_fields), error))
        return false;
    const struct value *many = value_get(node, "manyDeletes");
    if (many && !value_is(many, VALUE_BOOL))
        return value_error(many, error, ERROR_INVALID, "'manyDeletes' must be true or false");
    out->allow_many_deletes = many && many->boolean;
    return field_names(arena, value_get(node, "delete"), "delete", &out->allow_delete,
                       &out->allow_delete_count, error) &&
           field_names(arena, value_get(node, "replace"), "replace", &out->allow_replace,
                       &out->allow_replace_count, error);
}

/* A commit such as 12e4567 reads as a number; its digits would be lost. */
static bool read_revision(const struct value *node, struct application *out, struct error *error)
{
    out->revision_node = node;
    out->revision = value_text(node);
    if (!node || (value_is(node, VALUE_STRING) && node->text.len > 0 && node->text.len <= 255))
        return true;
    return value_error(
        node, error, ERROR_INVALID,
        "'revision' must be a commit, tag or branch: write it in quotes if it has only digits");
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
    return read_revision(value_get(node, "revision"), out, error) &&
           check_template(files, value_get(node, "template"), out, error) &&
           field_parameters(arena, value_get(node, "parameters"), &out->parameters, error) &&
           deployment_read(arena, value_get(node, "deployment"), &out->deployment, error) &&
           promotion_read(arena, value_get(node, "promotion"), &out->promotion, error) &&
           read_allow(arena, value_get(node, "allow"), out, error);
}
