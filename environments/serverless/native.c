#include "environments/serverless/native.h"

#include "environments/cloudformation/template.h"
#include "environments/serverless/serverless.h"
#include "environments/serverless/service.h"

static struct str base_name(struct str path)
{
    size_t slash = str_find_last(path, '/');
    return slash < path.len ? str_from_index(path, slash + 1) : path;
}

/* Keys that begin a line tell a service from a template. */
struct keys {
    bool service, provider, resources;
};

static struct keys keys_of(const struct template_options *options)
{
    struct keys keys = {.service = false};
    struct error ignored = ERROR_INIT;
    struct arena *arena = arena_new();
    struct str text, line;
    if (!files_read(options->files, arena, options->path, TEMPLATE_BYTES_MAX, &text, &ignored))
        text = STR_EMPTY;
    while (str_split(&text, '\n', &line)) {
        keys.service = keys.service || str_starts(line, "service:");
        keys.provider = keys.provider || str_starts(line, "provider:");
        keys.resources = keys.resources || str_starts(line, "Resources:");
    }
    arena_free(arena);
    return keys;
}

/* serverless.yml, serverless.prod.yaml, serverless.json, serverless.ts, unless it is a template of that name;
 * or what has the keys of a service. */
static bool takes_native(const struct template_options *options)
{
    struct str name = base_name(options->path);
    bool data = str_ends(name, ".yml") || str_ends(name, ".yaml") || str_ends(name, ".json");
    bool named = str_starts(name, "serverless.");
    if (named && native_is_program(name))
        return true;
    if (!data)
        return false;
    struct keys keys = keys_of(options);
    return named ? keys.service || !keys.resources : keys.service && keys.provider && !keys.resources;
}

/* Parameters of the application that variables used are the template's parameters, so that another one, which
 * nobody asks for, is refused. */
static void declare_parameters(struct arena *arena, const struct value *taken, struct value *template)
{
    struct value *parameters = value_get(template, "Parameters");
    for (size_t i = 0; i < taken->count; i++) {
        struct value *declaration = value_map(arena);
        if (value_get_str(parameters, taken->entries[i].key))
            continue;
        if (!value_is(parameters, VALUE_MAP)) {
            parameters = value_map(arena);
            value_setz(arena, template, "Parameters", parameters);
        }
        bool list = value_is(taken->entries[i].value, VALUE_LIST);
        value_setz(arena, declaration, "Type", value_stringz(arena, list ? "CommaDelimitedList" : "String"));
        value_set(arena, parameters, taken->entries[i].key, declaration);
    }
}

static bool read_native(struct arena *arena, const struct template_options *options, struct value **template,
                        struct error *error)
{
    struct value *service, *taken;
    if (!native_read(arena, options, &service, &taken, error) ||
        !serverless_compile(arena, options, service, template, error) ||
        !serverless_settle(arena, *template, error))
        return false;
    declare_parameters(arena, taken, *template);
    return true;
}

const struct front_end serverless_native = {.takes = takes_native, .read = read_native};
