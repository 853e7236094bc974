#include "base/yaml_reader.h"
#include "environments/cloudformation/template.h"

/*
 * AWS::Include: the mapping in a file takes the place of {"Fn::Transform": {"Name": "AWS::Include",
 * "Parameters":
 * {"Location": path}}}; entries beside it stay.  Includes come before every other transform, as macros are
 * run from the inside out.  The file is one of the repository, its path is relative to the template's
 * directory.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
 */

static const char INCLUDE[] = "AWS::Include";

struct includer {
    struct arena *arena;
    const struct template_options *options;
    const struct value *template;
    struct evaluation *evaluation; /* for locations that are functions; made when it is needed */
    size_t left;                   /* bytes that may still be read */
};

static bool is_include(const struct value *macro)
{
    return value_is_text(value_get(macro, "Name"), INCLUDE);
}

static bool check_form(const struct value *macro, const struct value **location, struct error *error)
{
    const struct value *parameters = value_get(macro, "Parameters");
    *location = value_get(parameters, "Location");
    bool alone = *location && parameters->count == 1;
    for (size_t i = 0; i < macro->count; i++)
        if (!str_is(macro->entries[i].key, "Name") && !str_is(macro->entries[i].key, "Parameters"))
            alone = false;
    return alone ||
           value_error(macro, error, ERROR_INVALID,
                       "AWS::Include needs 'Name' and 'Parameters' with a 'Location', and nothing else");
}

static bool location_text(struct includer *includer, const struct value *location, struct str *out,
                          struct error *error)
{
    struct value *value = (struct value *)location;
    if (value_is(location, VALUE_MAP)) {
        if (!includer->evaluation && !evaluation_begin(includer->arena, includer->options, includer->template,
                                                       "an include's location", &includer->evaluation, error))
            return false;
        if (!evaluate(includer->evaluation, location, &value, error))
            return error_prefix(error, "AWS::Include");
    }
    *out = value_text(value);
    return value_is(value, VALUE_STRING) ||
           value_error(location, error, ERROR_INVALID, "the 'Location' of AWS::Include must be a text");
}

/* Finds the file; *found is false where it is not one of the repository (include_left tells why). */
static bool locate(struct includer *includer, const struct value *macro, struct str *path, bool *found,
                   struct error *error)
{
    const struct value *location;
    struct str text;
    *found = false;
    if (!check_form(macro, &location, error) || !location_text(includer, location, &text, error))
        return false;
    if (str_contains(text, "://"))
        return true;
    if (!path_join(includer->arena, path_directory(includer->options->path), text, path))
        return value_error(location, error, ERROR_INVALID, "AWS::Include: '%.*s' leads out of the repository",
                           STR_ARG(text));
    *found = files_exist(includer->options->files, *path);
    return true;
}

static const struct value *find_macro(const struct value *value)
{
    const struct value *found = value_get(value, "Fn::Transform");
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count && !found; i++)
            found = find_macro(value->items[i]);
    if (value_is(value, VALUE_MAP))
        for (size_t i = 0; i < value->count && !found; i++)
            found = find_macro(value->entries[i].value);
    return found;
}

static bool read_snippet(struct includer *includer, const struct value *macro, struct str path,
                         struct value **out, struct error *error)
{
    struct str bytes;
    if (!files_read(includer->options->files, includer->arena, path, includer->left, &bytes, error))
        return value_error(macro, error, error->code, "AWS::Include: %s",
                           arena_str(includer->arena, str_from(error->message)).ptr);
    includer->left -= bytes.len;
    if (!yaml_read_template(includer->arena, path, bytes, out, error))
        return error_prefix(error, "AWS::Include");
    if (!value_is(*out, VALUE_MAP))
        return value_error(*out, error, ERROR_INVALID, "an included file must hold a mapping, not %s",
                           value_kind_name((*out)->kind));
    const struct value *nested = find_macro(*out);
    return !nested || value_error(nested, error, ERROR_INVALID,
                                  "an included file cannot include or call a macro: CloudFormation does not "
                                  "transform what it includes");
}

static bool add_entry(struct arena *arena, struct value *map, const struct value *from,
                      const struct value_entry *entry, struct error *error)
{
    const struct value_entry *first = value_entry(map, entry->key);
    if (first)
        return value_key_error(from, entry, error, ERROR_INVALID,
                               "'%.*s' is included where it is given already, at line %u",
                               STR_ARG(entry->key), first->line);
    value_set_entry(arena, map, from, entry, entry->value);
    return true;
}

/* The entries of `map` with those of the snippet in the place of the macro. */
static bool splice(struct includer *includer, struct value *map, const struct value *snippet,
                   struct error *error)
{
    struct value *merged = value_map(includer->arena);
    value_at_position_of(merged, map->count == 1 ? snippet : map);
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        if (!str_is(entry->key, "Fn::Transform")) {
            if (!add_entry(includer->arena, merged, map, entry, error))
                return false;
            continue;
        }
        for (size_t k = 0; k < snippet->count; k++)
            if (!add_entry(includer->arena, merged, snippet, &snippet->entries[k], error))
                return false;
    }
    *map = *merged;
    return true;
}

static bool include_all(struct includer *, struct value *, struct error *);

static bool include_one(struct includer *includer, struct value *map, struct error *error)
{
    const struct value *macro = value_get(map, "Fn::Transform");
    struct value *snippet;
    struct str path;
    bool found;
    if (!is_include(macro))
        return true;
    if (!locate(includer, macro, &path, &found, error))
        return false;
    return !found ||
           (read_snippet(includer, macro, path, &snippet, error) && splice(includer, map, snippet, error));
}

static bool include_all(struct includer *includer, struct value *value, struct error *error)
{
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            if (!include_all(includer, value->items[i], error))
                return false;
    if (!value_is(value, VALUE_MAP))
        return true;
    for (size_t i = 0; i < value->count; i++)
        if (!include_all(includer, value->entries[i].value, error))
            return false;
    return include_one(includer, value, error);
}

bool include_nested(struct arena *arena, const struct template_options *options, struct value *template,
                    struct error *error)
{
    struct includer includer = {
        .arena = arena, .options = options, .template = template, .left = TEMPLATE_BYTES_MAX};
    for (size_t i = 0; i < template->count; i++)
        if (!str_is(template->entries[i].key, "Parameters") &&
            !str_is(template->entries[i].key, "Transform") &&
            !include_all(&includer, template->entries[i].value, error))
            return false;
    return true;
}

bool include_sections(struct arena *arena, const struct template_options *options, struct value *template,
                      const struct value *macro, struct error *error)
{
    struct includer includer = {
        .arena = arena, .options = options, .template = template, .left = TEMPLATE_BYTES_MAX};
    struct value *snippet;
    struct str path;
    bool found;
    if (!locate(&includer, macro, &path, &found, error))
        return false;
    if (!found)
        return include_left(options, macro, error);
    if (!read_snippet(&includer, macro, path, &snippet, error))
        return false;
    for (size_t i = 0; i < snippet->count; i++)
        if (!add_entry(arena, template, snippet, &snippet->entries[i], error))
            return false;
    return true;
}

/* A macro, or a file in S3, that the account alone can run or read. */
static bool is_foreign(const struct value *macro)
{
    const struct value *location = value_path(macro, "Parameters", "Location", NULL);
    return !is_include(macro) || value_is(location, VALUE_MAP) || str_contains(value_text(location), "://");
}

bool include_left(const struct template_options *options, const struct value *macro, struct error *error)
{
    struct str name = value_text(value_is(macro, VALUE_MAP) ? value_get(macro, "Name") : macro);
    const struct value *location = value_path(macro, "Parameters", "Location", NULL);
    struct str text = value_text(location);
    if (options->foreign_macros && is_foreign(macro)) {
        options->foreign_macros->met(options->foreign_macros->self, name);
        return true;
    }
    if (!is_include(macro))
        return value_error(macro, error, ERROR_INVALID,
                           "macro '%.*s' cannot be run here: write out what it would insert", STR_ARG(name));
    if (str_contains(text, "://"))
        return value_error(
            location, error, ERROR_INVALID,
            "AWS::Include '%.*s': includes are read from the repository only: commit the file and "
            "name its path from '%.*s'",
            STR_ARG(text), STR_ARG(options->path));
    return value_error(location, error, ERROR_NOT_FOUND,
                       "AWS::Include: there is no '%.*s' in the repository, seen from '%.*s'", STR_ARG(text),
                       STR_ARG(options->path));
}

bool include_check(const struct template_options *options, const struct value *template, struct error *error)
{
    const struct value *left = value_get(template, "Fn::Transform");
    if (left && !include_left(options, left, error))
        return false;
    for (size_t i = 0; value_is(template, VALUE_LIST) && i < template->count; i++)
        if (!include_check(options, template->items[i], error))
            return false;
    for (size_t i = 0; value_is(template, VALUE_MAP) && i < template->count; i++)
        if (!include_check(options, template->entries[i].value, error))
            return false;
    return true;
}
