#include "base/digest.h"
#include "base/json.h"
#include "environments/selection.h"
#include "environments/serverless/compile.h"

/*
 * The code of functions and layers: the files of the service's directory that the framework would put into
 * its zip, or an archive that is there already.
 *
 * What the framework leaves out because `npm ls` calls it a development dependency cannot be known without
 * npm: such a service is refused, unless `package.excludeDevDependencies` is false or there is no
 * node_modules to look at.
 */

enum { PACKAGE_JSON_MAX = 1024 * 1024 };

static const char *const usual_excludes[] = {
    ".git/**",
    ".gitignore",
    ".DS_Store",
    "npm-debug.log",
    "yarn-*.log",
    ".serverless/**",
    ".serverless_plugins/**",
};

static bool take_error(struct sls *sls, const struct value *at, const struct error *error)
{
    sls_fail(sls, at, "%s", error->message);
    return false;
}

static struct str service_directory(const struct sls *sls)
{
    return path_directory(sls->options->path);
}

static struct value *package_of_service(const struct sls *sls)
{
    return value_get(sls->service, "package");
}

/* Once each, where it came first. */
static void add_pattern(struct sls *sls, struct value *list, struct str pattern, bool out)
{
    struct str text = pattern;
    if (out && str_starts(pattern, "!"))
        text = str_from_index(pattern, 1);
    else if (out)
        text = arena_printf(sls->arena, "!%.*s", STR_ARG(pattern));
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->items[i]->text, text))
            return;
    value_append(sls->arena, list, value_string(sls->arena, text));
}

static void add_patterns(struct sls *sls, struct value *list, const struct value *package, const char *name,
                         bool out)
{
    const struct value *given = value_get(package, name);
    for (size_t i = 0; value_is(given, VALUE_LIST) && i < given->count; i++) {
        size_t count = list->count;
        add_pattern(sls, list, value_text(given->items[i]), out);
        if (list->count > count)
            value_at_position_of(list->items[count], given->items[i]);
    }
}

static void add_usual_excludes(struct sls *sls, struct value *list)
{
    struct str path = sls->options->path;
    size_t slash = str_find_last(path, '/');
    const struct value *plugins = value_path(sls->service, "plugins", "localPath", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(usual_excludes); i++)
        add_pattern(sls, list, str_from(usual_excludes[i]), true);
    add_pattern(sls, list, slash < path.len ? str_from_index(path, slash + 1) : path, true);
    if (value_is(plugins, VALUE_STRING))
        add_pattern(sls, list, plugins->text, true);
}

static void add_layer_excludes(struct sls *sls, struct value *list)
{
    const struct value *layers = value_get(sls->service, "layers");
    for (size_t i = 0; value_is(layers, VALUE_MAP) && i < layers->count; i++) {
        struct str path = value_get_text(layers->entries[i].value, "path");
        if (path.len)
            add_pattern(sls, list, arena_printf(sls->arena, "%.*s/**", STR_ARG(path)), true);
    }
}

/* The framework's order: what is left out, then what is taken in again. */
static struct value *patterns_of(struct sls *sls, const struct value *own, bool of_layer)
{
    struct value *list = value_list(sls->arena), *again = value_list(sls->arena);
    const struct value *shared = package_of_service(sls);
    add_usual_excludes(sls, list);
    add_patterns(sls, list, shared, "exclude", true);
    if (!of_layer)
        add_layer_excludes(sls, list);
    if (truthy(value_get(sls->service, "useDotenv")))
        add_pattern(sls, list, STR(".env*"), true);
    add_patterns(sls, list, own, "exclude", true);
    add_patterns(sls, again, shared, "include", false);
    add_patterns(sls, again, shared, "patterns", false);
    add_patterns(sls, again, own, "include", false);
    add_patterns(sls, again, own, "patterns", false);
    for (size_t i = 0; i < again->count; i++)
        value_append(sls->arena, list, again->items[i]);
    return list;
}

static struct str below(struct sls *sls, struct str directory, const char *name)
{
    return arena_printf(sls->arena, "%.*s%s%s", STR_ARG(directory), directory.len ? "/" : "", name);
}

static bool has_dev_dependencies(struct sls *sls, struct str directory)
{
    struct error ignored = ERROR_INIT;
    struct value *package;
    struct str bytes, path = below(sls, directory, "package.json");
    if (!files_exist(sls->options->files, path) ||
        !files_exist(sls->options->files, below(sls, directory, "node_modules")))
        return false;
    if (!files_read(sls->options->files, sls->arena, path, PACKAGE_JSON_MAX, &bytes, &ignored) ||
        !json_read(sls->arena, path, bytes, &package, &ignored))
        return true;
    const struct value *dependencies = value_get(package, "devDependencies");
    return value_is(dependencies, VALUE_MAP) && dependencies->count;
}

static bool check_dev_dependencies(struct sls *sls)
{
    const struct value *given = if_given(value_get(package_of_service(sls), "excludeDevDependencies"));
    if ((given && !truthy(given)) || !has_dev_dependencies(sls, service_directory(sls)))
        return true;
    sls_unsupported(sls, value_get(sls->service, "service"),
                    "'node_modules' beside devDependencies of package.json is not supported without "
                    "'package.excludeDevDependencies: false'");
    return false;
}

/* Lambda checks a version's code by the digest of the zip that it got. */
static bool digest_zip(struct sls *sls, const struct artifact *artifact, const struct value *at,
                       struct sls_code *code)
{
    struct arena *scratch = arena_new();
    struct error error = ERROR_INIT;
    struct str zip;
    unsigned char digest[SHA256_SIZE];
    bool done = artifact_zip(sls->options->files, scratch, artifact, &zip, &error);
    if (done) {
        sha256(zip, digest);
        struct str text = {.ptr = (char *)digest, .len = sizeof digest};
        code->code_sha256 = value_string(sls->arena, base64_encode(sls->arena, text));
    }
    arena_free(scratch);
    return done || take_error(sls, at, &error);
}

static bool read_patterns(struct sls *sls, const struct value *patterns, struct selection *selection)
{
    for (size_t i = 0; i < patterns->count; i++) {
        struct error error = ERROR_INIT;
        if (!selection_add(sls->arena, selection, patterns->items[i]->text, &error)) {
            sls_unsupported(sls, patterns->items[i], "'package': %s", error.message);
            return false;
        }
    }
    return true;
}

static bool select_files(struct sls *sls, struct str directory, struct value *patterns,
                         const struct value *at, struct sls_code *code)
{
    struct error error = ERROR_INIT;
    struct selection *selection = selection_all(sls->arena);
    struct artifact artifact = {.path = directory, .patterns = patterns};
    if (!read_patterns(sls, patterns, selection))
        return false;
    if (!selection_digest(selection, sls->options->files, sls->arena, directory, &code->digest, &error)) {
        error_prefix(&error, "'package'");
        return take_error(sls, at, &error);
    }
    code->artifact =
        form(sls, "{'Plumb::Artifact': {'Digest': %v, 'Path': %v, 'Patterns': %v}}",
             value_string(sls->arena, code->digest), value_string(sls->arena, directory), patterns);
    return digest_zip(sls, &artifact, at, code);
}

static bool take_archive(struct sls *sls, const struct value *given, struct sls_code *code)
{
    struct error error = ERROR_INIT;
    struct str path = given->text;
    if (str_starts(path, "./"))
        path = str_from_index(path, 2);
    if (str_contains(path, "://") || !(str_ends(path, ".zip") || str_ends(path, ".jar"))) {
        sls_unsupported(sls, given, "'package.artifact' must be a .zip or .jar of the repository");
        return false;
    }
    if (!path_join(sls->arena, service_directory(sls), path, &path)) {
        sls_fail(sls, given, "'package.artifact' leads out of the repository");
        return false;
    }
    struct artifact artifact = {.path = path};
    if (!files_digest(sls->options->files, sls->arena, path, &code->digest, &error)) {
        error_prefix(&error, "'package.artifact'");
        return take_error(sls, given, &error);
    }
    code->artifact = form(sls, "{'Plumb::Artifact': {'Digest': %v, 'Path': %v}}",
                          value_string(sls->arena, code->digest), value_string(sls->arena, path));
    return digest_zip(sls, &artifact, given, code);
}

/* Functions that share a package share the work. */
static bool shared_code(struct sls *sls, const struct value *at, struct sls_code *code)
{
    static const char key[] = "service";
    struct value *done = value_get(sls->packages, key);
    if (!done) {
        if (!check_dev_dependencies(sls) ||
            !select_files(sls, service_directory(sls), patterns_of(sls, NULL, false), at, code))
            return false;
        value_setz(sls->arena, sls->packages, key,
                   form(sls, "[%v, %v, %v]", code->artifact, code->code_sha256,
                        value_string(sls->arena, code->digest)));
        return true;
    }
    code->artifact = value_copy(sls->arena, done->items[0]);
    code->code_sha256 = value_copy(sls->arena, done->items[1]);
    code->digest = done->items[2]->text;
    return true;
}

bool code_of_function(struct sls *sls, const struct sls_function *f, struct sls_code *code)
{
    const struct value *own = value_get(f->config, "package"), *shared = package_of_service(sls);
    const struct value *archive = if_truthy(value_get(own, "artifact"));
    bool alone = truthy(value_get(own, "individually"));
    if (!archive && !alone)
        archive = if_truthy(value_get(shared, "artifact"));
    if (archive)
        return take_archive(sls, archive, code);
    if (!alone && !truthy(value_get(shared, "individually")))
        return shared_code(sls, f->config, code);
    return check_dev_dependencies(sls) &&
           select_files(sls, service_directory(sls), patterns_of(sls, own, false), f->config, code);
}

bool code_of_layer(struct sls *sls, struct str key, struct value *layer, struct sls_code *code)
{
    struct str directory, path = value_get_text(layer, "path");
    const struct value *own = value_get(layer, "package"), *archive = if_truthy(value_get(own, "artifact"));
    if (archive)
        return take_archive(sls, archive, code);
    if (str_starts(path, "./"))
        path = str_from_index(path, 2);
    if (!path.len || !path_join(sls->arena, service_directory(sls), path, &directory)) {
        sls_fail(sls, layer, "layer '%.*s' needs a 'path' in the repository", STR_ARG(key));
        return false;
    }
    return check_dev_dependencies(sls) &&
           select_files(sls, directory, patterns_of(sls, own, true), layer, code);
}
