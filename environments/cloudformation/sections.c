#include "environments/cloudformation/template.h"

/* Names of a template's sections; Globals is gone after the SAM transform. */
static const struct {
    const char *name;
    enum value_kind kind;
    size_t max;
    const char *later; /* why it is refused */
} sections[] = {
    {"AWSTemplateFormatVersion", VALUE_STRING, 0, NULL},
    {"Conditions", VALUE_MAP, 0, NULL},
    {"Description", VALUE_STRING, 0, NULL},
    {"Hooks", VALUE_MAP, 0, "blue/green deployments by CloudFormation are not supported"},
    {"Mappings", VALUE_MAP, TEMPLATE_MAPPINGS_MAX, NULL},
    {"Metadata", VALUE_MAP, 0, NULL},
    {"Outputs", VALUE_MAP, TEMPLATE_OUTPUTS_MAX, NULL},
    {"Parameters", VALUE_MAP, TEMPLATE_PARAMETERS_MAX, NULL},
    {"Resources", VALUE_MAP, TEMPLATE_RESOURCES_MAX, NULL},
    {"Rules", VALUE_MAP, 0, NULL},
};

const char *nearest_name(struct arena *arena, struct str name, const char *const *known, size_t count)
{
    const char *near = str_nearest(name, known, count);
    return near ? arena_printf(arena, ", did you mean '%s'?", near).ptr : "";
}

const char *nearest_key(struct arena *arena, struct str name, const struct value *map)
{
    if (!value_is(map, VALUE_MAP) || map->count == 0)
        return "";
    const char **keys = arena_array(arena, map->count, sizeof *keys);
    for (size_t i = 0; i < map->count; i++)
        keys[i] = arena_strz(arena, map->entries[i].key);
    return nearest_name(arena, name, keys, map->count);
}

static const char *nearest_section(struct str name)
{
    const char *names[ARRAY_LENGTH(sections)];
    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
        names[i] = sections[i].name;
    return str_nearest(name, names, ARRAY_LENGTH(names));
}

static bool check_section(const struct value *template, const struct value_entry *entry, struct error *error)
{
    size_t i = 0;
    while (i < ARRAY_LENGTH(sections) && !str_is(entry->key, sections[i].name))
        i++;
    if (i == ARRAY_LENGTH(sections)) {
        const char *near = nearest_section(entry->key);
        return value_key_error(template, entry, error, ERROR_INVALID, "unknown section '%.*s'%s%s%s",
                               STR_ARG(entry->key), near ? ", did you mean '" : "", near ? near : "",
                               near ? "'?" : "");
    }
    if (sections[i].later)
        return value_key_error(template, entry, error, ERROR_INVALID, "section '%s': %s", sections[i].name,
                               sections[i].later);
    if (value_is(entry->value, VALUE_NULL) && !str_is(entry->key, "Resources"))
        return true;
    if (!value_is(entry->value, sections[i].kind))
        return value_key_error(template, entry, error, ERROR_INVALID, "section '%s' must be %s, not %s",
                               sections[i].name, value_kind_name(sections[i].kind),
                               value_kind_name(entry->value->kind));
    if (sections[i].max && entry->value->count > sections[i].max)
        return value_key_error(template, entry, error, ERROR_INVALID,
                               "section '%s' has %zu entries, and CloudFormation's limit is %zu",
                               sections[i].name, entry->value->count, sections[i].max);
    return true;
}

/* The values of a second key: scalars or lists of them, and no functions. */
static bool check_mapped(const struct value *value, struct error *error)
{
    struct str ignored;
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            if (!scalar_text(value->items[i], &ignored))
                return value_error(value->items[i], error, ERROR_INVALID,
                                   "a list in a mapping must hold texts, not %s",
                                   value_kind_name(value->items[i]->kind));
    return value_is(value, VALUE_LIST) || scalar_text(value, &ignored) ||
           value_error(value, error, ERROR_INVALID, "a mapping gives a text or a list of texts, not %s%s",
                       value_kind_name(value->kind), function_call(value) ? ": it cannot use functions" : "");
}

static bool check_mapping(const struct value *mappings, const struct value_entry *mapping,
                          struct error *error)
{
    const struct value *top = mapping->value;
    if (!name_check(mappings, mapping, "mapping", error))
        return false;
    if (!value_is(top, VALUE_MAP) || top->count == 0 || top->count > TEMPLATE_MAPPING_KEYS_MAX)
        return value_key_error(mappings, mapping, error, ERROR_INVALID,
                               "mapping '%.*s' must have 1 to %d keys", STR_ARG(mapping->key),
                               TEMPLATE_MAPPING_KEYS_MAX);
    for (size_t i = 0; i < top->count; i++) {
        const struct value *second = top->entries[i].value;
        if (!value_is(second, VALUE_MAP) || function_call(second) || second->count == 0 ||
            second->count > TEMPLATE_MAPPING_KEYS_MAX)
            return value_key_error(top, &top->entries[i], error, ERROR_INVALID,
                                   "'%.*s' of mapping '%.*s' must be a mapping of 1 to %d keys",
                                   STR_ARG(top->entries[i].key), STR_ARG(mapping->key),
                                   TEMPLATE_MAPPING_KEYS_MAX);
        for (size_t k = 0; k < second->count; k++)
            if (!check_mapped(second->entries[k].value, error))
                return error_prefix(error, "mapping '%.*s'", STR_ARG(mapping->key));
    }
    return true;
}

static bool check_names(const struct value *template, const char *section, const char *what,
                        struct error *error)
{
    const struct value *map = value_get(template, section);
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        if (!name_check(map, &map->entries[i], what, error))
            return false;
    return true;
}

static bool check_head(const struct value *template, struct error *error)
{
    const struct value *version = value_get(template, "AWSTemplateFormatVersion");
    const struct value *description = value_get(template, "Description");
    if (version && !value_is_text(version, "2010-09-09"))
        return value_error(version, error, ERROR_INVALID, "'AWSTemplateFormatVersion' must be '2010-09-09'");
    return !description || description->text.len <= TEMPLATE_DESCRIPTION_MAX ||
           value_error(description, error, ERROR_INVALID, "'Description' is longer than %d bytes",
                       TEMPLATE_DESCRIPTION_MAX);
}

size_t template_count_values(const struct value *value)
{
    size_t count = 1;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        count += template_count_values(value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        count += template_count_values(value->entries[i].value);
    return count;
}

/* The first null that stands in the file itself; documents that are read into it may have them. */
static bool is_null_of(const struct value *value, const void *file)
{
    return value->kind == VALUE_NULL && value->source == file;
}

static const struct value *find_null(const struct value *value, const struct source *file)
{
    return value_find(value, is_null_of, file);
}

bool template_check_nulls(const struct value *template, const struct source *file, struct error *error)
{
    const struct value *found = NULL;
    for (size_t i = 0; file && value_is(template, VALUE_MAP) && i < template->count && !found; i++)
        found = value_is(template->entries[i].value, VALUE_NULL)
                    ? NULL
                    : find_null(template->entries[i].value, file);
    return !found ||
           value_error(found, error, ERROR_INVALID,
                       "null is no value in a template: leave the key out, or write {Ref: AWS::NoValue}");
}

bool template_check_sections(const struct value *template, struct error *error)
{
    if (template_count_values(template) > TEMPLATE_VALUES_MAX) /* before anything is copied */
        return value_error(template, error, ERROR_OUT_OF_MEMORY, "the template has more than %d values",
                           TEMPLATE_VALUES_MAX);
    if (!value_is(template, VALUE_MAP))
        return value_error(template, error, ERROR_INVALID, "a template must be a mapping with 'Resources'");
    for (size_t i = 0; i < template->count; i++)
        if (!check_section(template, &template->entries[i], error))
            return false;
    const struct value *resources = value_get(template, "Resources"),
                       *mappings = value_get(template, "Mappings");
    if (!resources || resources->count == 0)
        return value_error(template, error, ERROR_INVALID, "the template has no 'Resources'");
    for (size_t i = 0; value_is(mappings, VALUE_MAP) && i < mappings->count; i++)
        if (!check_mapping(mappings, &mappings->entries[i], error))
            return false;
    return check_head(template, error) && check_names(template, "Parameters", "parameter", error) &&
           check_names(template, "Outputs", "output", error) && check_names(template, "Rules", "rule", error);
}
