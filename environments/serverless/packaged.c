#include "base/json.h"
#include "environments/cloudformation/template.h"
#include "environments/serverless/serverless.h"
#include "environments/serverless/service.h"

enum { STATE_BYTES_MAX = 8 * 1024 * 1024 }; /* the service twice, and the template */

static const char state_file[] = "serverless-state.json",
                  template_file[] = "cloudformation-template-update-stack.json";

struct package {
    struct arena *arena;
    const struct template_options *options;
    struct str clocked; /* "serverless/orders/prod/1795372628180-2026-11-22T18:37:08.180Z/" */
};

static struct str inside(struct arena *arena, struct str directory, struct str name)
{
    return directory.len ? arena_printf(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(name)) : name;
}

static bool takes_packaged(const struct template_options *options)
{
    enum file_kind kind;
    struct error ignored = ERROR_INIT;
    if (options->path.len &&
        (!files_kind(options->files, options->path, &kind, &ignored) || kind != FILE_DIRECTORY))
        return false;
    struct arena *arena = arena_new();
    bool takes = files_exist(options->files, inside(arena, options->path, str_from(state_file)));
    arena_free(arena);
    return takes;
}

static bool read_json(const struct package *package, const char *name, size_t max, struct value **out,
                      struct error *error)
{
    struct str path = inside(package->arena, package->options->path, str_from(name)), bytes;
    if (!files_read(package->options->files, package->arena, path, max, &bytes, error)) {
        if (error->code == ERROR_NOT_FOUND)
            error_suffix(error, ": commit the folder of 'serverless package' whole");
        return error_prefix(error, "template");
    }
    if (!json_read(package->arena, path, bytes, out, error))
        return false;
    return value_is(*out, VALUE_MAP) ||
           value_error(*out, error, ERROR_INVALID, "'%s' must be a mapping, not %s", name,
                       value_kind_name((*out)->kind));
}

/* An archive of the folder: its digest is empty where it is not in the repository, which a plan refuses. */
static bool artifact_of(const struct package *package, const struct value *at, struct str name,
                        struct value **out, struct error *error)
{
    struct str path = inside(package->arena, package->options->path, name), digest = STR_EMPTY;
    if (!path_is_safe(path))
        return value_error(at, error, ERROR_INVALID, "'%.*s' is no file of the package", STR_ARG(name));
    if (files_exist(package->options->files, path) &&
        !files_digest(package->options->files, package->arena, path, &digest, error))
        return error_prefix(error, "artifact '%.*s'", STR_ARG(path));
    struct value *artifact = value_map(package->arena);
    value_setz(package->arena, artifact, "Digest", value_string(package->arena, digest));
    value_setz(package->arena, artifact, "Path", value_string(package->arena, path));
    *out = value_at_position_of(value_map(package->arena), at);
    value_setz(package->arena, *out, "Plumb::Artifact", artifact);
    return true;
}

/* {S3Bucket, S3Key} of an archive that `serverless deploy` would upload. */
static bool replace_code(const struct package *package, struct value *properties, const char *name,
                         struct error *error)
{
    const struct value *code = value_get(properties, name), *key = value_get(code, "S3Key");
    struct value *made;
    if (!package->clocked.len || !value_is(key, VALUE_STRING) || !str_starts(key->text, package->clocked.ptr))
        return true;
    if (!artifact_of(package, code, str_from_index(key->text, package->clocked.len), &made, error))
        return false;
    value_setz(package->arena, properties, name, made);
    return true;
}

/* The framework's own custom resources take the time as a property to be called at each deployment. */
static void remove_forced(const struct value *resource, struct value *properties)
{
    if (str_starts(value_get_text(resource, "Type"), "Custom::"))
        value_remove(properties, STR("ForceDeploy"));
}

/* "serverless/orders/prod/<clock>/x" is "serverless/orders/prod/x" wherever else a text holds it. */
static void drop_clocks(const struct package *package, struct value *template)
{
    struct str clocked = package->clocked;
    if (!clocked.len)
        return;
    struct str kept = str_slice(clocked, 0, str_find_last(str_slice(clocked, 0, clocked.len - 1), '/') + 1);
    serverless_replace_text(package->arena, template, clocked, kept);
}

static bool read_packaged(struct arena *arena, const struct template_options *options,
                          struct value **template, struct error *error)
{
    struct package package = {.arena = arena, .options = options};
    struct value *state;
    if (!read_json(&package, state_file, STATE_BYTES_MAX, &state, error) ||
        !read_json(&package, template_file, TEMPLATE_BYTES_MAX, template, error))
        return false;
    struct str directory = value_text(value_path(state, "package", "artifactDirectoryName", NULL));
    if (str_contains(directory, "/"))
        package.clocked = arena_printf(arena, "%.*s/", STR_ARG(directory));
    const struct value *resources = value_get(*template, "Resources");
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count; i++) {
        struct value *resource = resources->entries[i].value;
        struct value *properties = value_get(resource, "Properties");
        if (!replace_code(&package, properties, "Code", error) ||
            !replace_code(&package, properties, "Content", error))
            return error_prefix(error, "resource '%.*s'", STR_ARG(resources->entries[i].key));
        remove_forced(resource, properties);
    }
    drop_clocks(&package, *template);
    return serverless_settle(arena, *template, error);
}

const struct front_end serverless_packaged = {.takes = takes_packaged, .read = read_packaged};
