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
    {"Mappings", VALUE_MAP, 0, NULL},
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

bool template_check_sections(const struct value *template, struct error *error)
{
    if (!value_is(template, VALUE_MAP))
        return value_error(template, error, ERROR_INVALID, "a template must be a mapping with 'Resources'");
    for (size_t i = 0; i < template->count; i++)
        if (!check_section(template, &template->entries[i], error))
            return false;
    const struct value *resources = value_get(template, "Resources");
    if (!resources || resources->count == 0)
        return value_error(template, error, ERROR_INVALID, "the template has no 'Resources'");
    return true;
}
