#include "environments/serverless/compile.h"

/* `resources` of the service, merged over what the framework makes, and `extensions` of it. */

static void export_outputs(struct sls *sls)
{
    for (size_t i = 0; i < sls->outputs->count; i++) {
        struct value_entry *output = &sls->outputs->entries[i];
        if (!truthy(value_get(output->value, "Export")))
            value_setz(sls->arena, output->value, "Export",
                       form(sls, "{'Name': '%s'}",
                            textf(sls, "sls-%s-%s-%.*s", sls->name, sls->stage, STR_ARG(output->key))));
    }
}

static void append_depends_on(struct sls *sls, struct value *resource, const struct value *more)
{
    struct value *depends_on = value_get(resource, "DependsOn");
    struct value *list = value_is(depends_on, VALUE_LIST) ? depends_on : form(sls, "[%v]", depends_on);
    for (size_t i = 0; i < more->count; i++)
        value_append(sls->arena, list, more->items[i]);
    value_setz(sls->arena, resource, "DependsOn", list);
}

static void extend_part(struct sls *sls, struct value *resource, const struct value_entry *part)
{
    bool map = str_is(part->key, "Properties") || str_is(part->key, "Metadata");
    if (str_is(part->key, "DependsOn")) {
        append_depends_on(sls, resource, part->value);
        return;
    }
    if (!map || !value_is(value_get_str(resource, part->key), VALUE_MAP)) {
        value_set(sls->arena, resource, part->key, part->value);
        return;
    }
    for (size_t i = 0; i < part->value->count; i++)
        value_set(sls->arena, value_get_str(resource, part->key), part->value->entries[i].key,
                  part->value->entries[i].value);
}

static void extend(struct sls *sls, struct value *extensions)
{
    for (size_t i = 0; value_is(extensions, VALUE_MAP) && i < extensions->count; i++) {
        struct value_entry *entry = &extensions->entries[i];
        struct value *resource = value_get_str(sls->resources, entry->key);
        schema_check(sls, "extension", textf(sls, "extension of '%.*s'", STR_ARG(entry->key)), &entry->value);
        if (!value_is(resource, VALUE_MAP))
            sls_fail(sls, entry->value, "'extensions' names '%.*s', which is not in the template",
                     STR_ARG(entry->key));
        for (size_t k = 0; !sls->failed && value_is(entry->value, VALUE_MAP) && k < entry->value->count; k++)
            extend_part(sls, resource, &entry->value->entries[k]);
    }
}

/* Properties that are null are left out; items of lists stay. */
static void strip_nulls(struct value *value)
{
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        strip_nulls(value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count;) {
        if (value->entries[i].value->kind == VALUE_NULL) {
            value_remove(value, value->entries[i].key);
        } else {
            strip_nulls(value->entries[i].value);
            i++;
        }
    }
}

void compile_resources(struct sls *sls)
{
    struct value_entry *entry = value_entry(sls->service, STR("resources"));
    struct value *own = entry ? entry->value : NULL, *extensions = NULL;
    export_outputs(sls);
    if (truthy(own)) {
        schema_check(sls, "resources", "'resources'", &entry->value);
        if (sls->failed)
            return;
        own = value_copy(sls->arena, entry->value);
        extensions = value_get(own, "extensions");
        value_remove(own, STR("extensions"));
        /* An empty section is none. */
        strip_nulls(own->kind == VALUE_MAP ? own : NULL);
        sls_merge(sls, sls->template, own);
    }
    if (!sls->failed)
        extend(sls, extensions);
    for (size_t i = 0; i < sls->resources->count; i++) {
        struct value *resource = sls->resources->entries[i].value;
        struct value *properties = value_get(resource, "Properties");
        if (properties && properties->kind == VALUE_NULL)
            value_remove(resource, STR("Properties"));
        else
            strip_nulls(properties);
    }
}
