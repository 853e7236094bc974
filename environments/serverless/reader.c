#include "environments/serverless/native.h"

#include "base/yaml_reader.h"
#include "environments/cloudformation/template.h"
#include "environments/serverless/service.h"
#include "environments/serverless/variables.h"

/* Each makes resources, of which a template of CloudFormation takes 500. */
enum { FUNCTIONS_MAX = 1000, EVENTS_MAX = 2500 };

bool native_is_program(struct str path)
{
    return str_ends(path, ".ts") || str_ends(path, ".js") || str_ends(path, ".cjs") || str_ends(path, ".mjs");
}

static bool read_service(struct arena *arena, const struct template_options *options, struct value **out,
                         struct error *error)
{
    struct str bytes;
    if (native_is_program(options->path))
        return error_set(error, ERROR_INVALID,
                         "template '%.*s' is a program, which is not run: " SERVERLESS_ADVICE,
                         STR_ARG(options->path));
    if (!files_read(options->files, arena, options->path, TEMPLATE_BYTES_MAX, &bytes, error))
        return error_prefix(error, "template");
    if (!yaml_read_merging(arena, options->path, bytes, out, error))
        return false;
    return value_is(*out, VALUE_MAP) ||
           value_error(*out, error, ERROR_INVALID,
                       "'%.*s' must be a mapping with 'service' and 'provider', not %s",
                       STR_ARG(options->path), value_kind_name((*out)->kind));
}

/* Maps merge, lists item by item; else the later one wins. */
static void merge(struct arena *arena, struct value *into, const struct value *from)
{
    for (size_t i = 0; i < from->count; i++) {
        bool map = value_is(from, VALUE_MAP);
        struct value *item = map ? from->entries[i].value : from->items[i];
        struct value *old = map ? value_get_str(into, from->entries[i].key) : value_at(into, i);
        bool both =
            old && old->kind == item->kind && (value_is(item, VALUE_MAP) || value_is(item, VALUE_LIST));
        if (both)
            merge(arena, old, item);
        else if (map)
            value_set(arena, into, from->entries[i].key, item);
        else if (i < into->count)
            into->items[i] = item;
        else
            value_append(arena, into, item);
    }
}

/* `functions: [${file(a.yml)}, ${file(b.yml)}]` is one map. */
static bool merge_fragments(struct arena *arena, struct value *service, const char *key, struct error *error)
{
    struct value *list = value_get(service, key);
    if (!value_is(list, VALUE_LIST))
        return true;
    struct value *merged = value_at_position_of(value_map(arena), list);
    for (size_t i = 0; i < list->count; i++) {
        if (value_is(list->items[i], VALUE_NULL))
            continue;
        if (!value_is(list->items[i], VALUE_MAP))
            return value_error(list->items[i], error, ERROR_INVALID,
                               "an item of '%s' must be a mapping, not %s", key,
                               value_kind_name(list->items[i]->kind));
        merge(arena, merged, list->items[i]);
    }
    value_setz(arena, service, key, merged);
    return true;
}

static bool settle_provider(struct variables *variables, struct error *error)
{
    struct arena *arena = variables->arena;
    struct value *service = variables->service, *provider = value_get(service, "provider"), *stage, *region;
    if (value_is(provider, VALUE_STRING)) {
        struct value *map = value_at_position_of(value_map(arena), provider);
        value_setz(arena, map, "name", provider);
        value_setz(arena, service, "provider", map);
        provider = map;
    }
    if (!provider)
        return value_error(service, error, ERROR_INVALID, "the service needs 'provider'");
    if (!variables_stage(variables, provider, &stage, error) ||
        !variables_region(variables, provider, &region, error))
        return false;
    if (value_is(provider, VALUE_MAP)) {
        value_setz(arena, provider, "stage", stage);
        value_setz(arena, provider, "region", region);
    }
    return true;
}

/* `sqs: ${cf:net.Queue}` was a text; what stands for one goes where a function may stand: {arn: ...}. */
static void wrap_arns(struct arena *arena, struct value *event)
{
    static const char *const by_arn[] = {"sns", "sqs", "stream"};
    for (size_t i = 0; i < ARRAY_LENGTH(by_arn); i++) {
        struct value *arn = value_get(event, by_arn[i]);
        if (!value_is(arn, VALUE_MAP) || !(arn->mark & VARIABLE_OF_ACCOUNT))
            continue;
        struct value *wrapped = value_at_position_of(value_map(arena), arn);
        value_setz(arena, wrapped, "arn", arn);
        value_setz(arena, event, by_arn[i], wrapped);
    }
}

static bool take_events(struct arena *arena, const struct value *functions, struct error *error)
{
    size_t count = 0;
    if (value_is(functions, VALUE_MAP) && functions->count > FUNCTIONS_MAX)
        return value_error(functions, error, ERROR_OUT_OF_MEMORY, "more than %d functions", FUNCTIONS_MAX);
    for (size_t i = 0; value_is(functions, VALUE_MAP) && i < functions->count; i++) {
        const struct value *events = value_get(functions->entries[i].value, "events");
        for (size_t k = 0; value_is(events, VALUE_LIST) && k < events->count; k++) {
            if (++count > EVENTS_MAX)
                return value_error(events->items[k], error, ERROR_OUT_OF_MEMORY, "more than %d events",
                                   EVENTS_MAX);
            wrap_arns(arena, events->items[k]);
        }
    }
    return true;
}

/* The framework's schema makes lists of single values where it wants lists. */
static void make_list(struct arena *arena, struct value *map, const char *key)
{
    struct value *one = value_get(map, key);
    if (!value_is(one, VALUE_STRING))
        return;
    struct value *list = value_at_position_of(value_list(arena), one);
    value_append(arena, list, one);
    value_setz(arena, map, key, list);
}

static void make_lists(struct arena *arena, struct value *resources)
{
    static const char *const sections[] = {"Resources", "extensions"};
    make_list(arena, resources, "Transform");
    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++) {
        const struct value *section = value_get(resources, sections[i]);
        for (size_t k = 0; value_is(section, VALUE_MAP) && k < section->count; k++)
            make_list(arena, section->entries[k].value, "DependsOn");
    }
}

bool native_read(struct arena *arena, const struct template_options *options, struct value **service,
                 struct value **taken, struct error *error)
{
    struct variables variables = {.arena = arena,
                                  .options = options,
                                  .directory = path_directory(options->path),
                                  .files = value_map(arena),
                                  .taken = value_map(arena)};
    if (!read_service(arena, options, service, error))
        return false;
    variables.service = *service;
    *taken = variables.taken;
    if (!variables_resolve(&variables, error) || !settle_provider(&variables, error) ||
        !native_check(arena, *service, error) || !merge_fragments(arena, *service, "functions", error) ||
        !merge_fragments(arena, *service, "resources", error))
        return false;
    make_lists(arena, value_get(*service, "resources"));
    native_mend_substitutions(arena, *service);
    return take_events(arena, value_get(*service, "functions"), error);
}
