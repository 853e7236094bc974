#include "base/json.h"
#include "environments/cdk/cdk.h"
#include "environments/fields.h"

static const char manifest_file[] = "manifest.json";

static const struct field manifest_fields[] = {
    {.name = "artifacts", .form = FIELD_MAP},
    {.name = "minimumCliVersion", .form = FIELD_SCALAR},
    {.name = "missing", .form = FIELD_LIST},
    {.name = "runtime", .form = FIELD_MAP},
    {.name = "version", .form = FIELD_SCALAR | FIELD_REQUIRED},
};

static const struct field artifact_fields[] = {
    {.name = "additionalMetadataFile", .form = FIELD_SCALAR},
    {.name = "dependencies", .form = FIELD_LIST},
    {.name = "displayName", .form = FIELD_SCALAR},
    {.name = "environment", .form = FIELD_SCALAR},
    {.name = "metadata", .form = FIELD_MAP},
    {.name = "properties", .form = FIELD_MAP},
    {.name = "type", .form = FIELD_SCALAR | FIELD_REQUIRED},
};

static const struct field stack_fields[] = {
    {.name = "additionalDependencies", .form = FIELD_LIST},
    {.name = "assumeRoleAdditionalOptions", .form = FIELD_MAP},
    {.name = "assumeRoleArn", .form = FIELD_SCALAR},
    {.name = "assumeRoleExternalId", .form = FIELD_SCALAR},
    {.name = "bootstrapStackVersionSsmParameter", .form = FIELD_SCALAR},
    {.name = "cloudFormationExecutionRoleArn", .form = FIELD_SCALAR},
    {.name = "lookupRole", .form = FIELD_MAP},
    {.name = "notificationArns", .form = FIELD_LIST},
    {.name = "parameters", .form = FIELD_MAP},
    {.name = "requiresBootstrapStackVersion", .form = FIELD_SCALAR},
    {.name = "stackName", .form = FIELD_SCALAR},
    {.name = "stackTemplateAssetObjectUrl", .form = FIELD_SCALAR},
    {.name = "tags", .form = FIELD_MAP},
    {.name = "templateFile", .form = FIELD_SCALAR | FIELD_REQUIRED},
    {.name = "terminationProtection", .form = FIELD_SCALAR},
    {.name = "validateOnSynth", .form = FIELD_SCALAR},
};

static const struct field assets_fields[] = {
    {.name = "bootstrapStackVersionSsmParameter", .form = FIELD_SCALAR},
    {.name = "file", .form = FIELD_SCALAR | FIELD_REQUIRED},
    {.name = "requiresBootstrapStackVersion", .form = FIELD_SCALAR},
};

static const struct field stage_fields[] = {
    {.name = "directoryName", .form = FIELD_SCALAR | FIELD_REQUIRED},
    {.name = "displayName", .form = FIELD_SCALAR},
};

/* Those without fields say nothing about what is deployed. */
static const struct {
    const char *type;
    const struct field *fields;
    size_t count;
} artifact_types[] = {
    {"aws:cloudformation:stack", stack_fields, ARRAY_LENGTH(stack_fields)},
    {"cdk:asset-manifest", assets_fields, ARRAY_LENGTH(assets_fields)},
    {"cdk:cloud-assembly", stage_fields, ARRAY_LENGTH(stage_fields)},
    {"cdk:feature-flag-report", NULL, 0},
    {"cdk:tree", NULL, 0},
    {"none", NULL, 0},
};

bool assembly_is(const struct value *artifact, const char *type)
{
    return value_is_text(value_get(artifact, "type"), type);
}

static bool refuse_type(const struct value *type, struct str id, struct error *error)
{
    const char *names[ARRAY_LENGTH(artifact_types)];
    for (size_t i = 0; i < ARRAY_LENGTH(artifact_types); i++)
        names[i] = artifact_types[i].type;
    const char *near = str_nearest(value_text(type), names, ARRAY_LENGTH(names));
    return value_error(type, error, ERROR_INVALID,
                       "artifact '%.*s' of the cloud assembly has the unknown type '%.*s'%s%s%s", STR_ARG(id),
                       STR_ARG(value_text(type)), near ? ", did you mean '" : "", near ? near : "",
                       near ? "'?" : "");
}

static bool check_artifact(struct arena *arena, const struct value_entry *artifact, struct error *error)
{
    const char *what = arena_printf(arena, "artifact '%.*s'", STR_ARG(artifact->key)).ptr;
    const struct value *properties = value_get(artifact->value, "properties");
    size_t i = 0;
    if (!fields_check(artifact->value, what, artifact_fields, ARRAY_LENGTH(artifact_fields), error))
        return false;
    while (i < ARRAY_LENGTH(artifact_types) && !assembly_is(artifact->value, artifact_types[i].type))
        i++;
    if (i == ARRAY_LENGTH(artifact_types))
        return refuse_type(value_get(artifact->value, "type"), artifact->key, error);
    if (!artifact_types[i].fields)
        return true;
    if (!properties)
        return value_error(artifact->value, error, ERROR_INVALID, "%s has no 'properties'", what);
    return fields_check(properties, arena_printf(arena, "'properties' of %s", what).ptr,
                        artifact_types[i].fields, artifact_types[i].count, error);
}

bool assembly_check_version(const struct value *manifest, struct error *error)
{
    const struct value *version = value_get(manifest, "version");
    struct str rest = value_text(version), part = STR_EMPTY;
    uint64_t major = 0;
    if (!str_split(&rest, '.', &part) || !str_to_uint(part, 1000 * 1000, &major))
        return value_error(version ? version : manifest, error, ERROR_INVALID,
                           "'version' of a cloud assembly must look like '55.0.0', not '%.*s'",
                           STR_ARG(value_text(version)));
    if (major > CDK_SCHEMA_MAX)
        return value_error(version, error, ERROR_INVALID,
                           "the cloud assembly has schema version %llu, and this plumb knows %d to %d: use a "
                           "newer plumb, or synthesise with an older aws-cdk-lib",
                           (unsigned long long)major, CDK_SCHEMA_MIN, CDK_SCHEMA_MAX);
    return major >= CDK_SCHEMA_MIN ||
           value_error(
               version, error, ERROR_INVALID,
               "the cloud assembly has schema version %llu, and this plumb knows %d to %d: synthesise "
               "with a newer aws-cdk-lib",
               (unsigned long long)major, CDK_SCHEMA_MIN, CDK_SCHEMA_MAX);
}

/* What CDK would have to look up in an account while it synthesises; the templates hold made-up values. */
static bool check_missing(const struct value *missing, struct error *error)
{
    const struct value *first = value_at(missing, 0);
    if (!first)
        return true;
    return value_error(first, error, ERROR_INVALID,
                       "the cloud assembly was synthesised without the context '%.*s' (provider '%.*s'): run "
                       "`cdk synth` where it can be looked up, commit cdk.context.json, and synthesise again",
                       STR_ARG(value_get_text(first, "key")), STR_ARG(value_get_text(first, "provider")));
}

bool assembly_json(const struct assembly *assembly, struct str path, const char *what, struct value **out,
                   struct error *error)
{
    struct str bytes;
    if (!files_read(assembly->options->files, assembly->arena, path, CDK_MANIFEST_BYTES_MAX, &bytes, error) ||
        !json_read_max(assembly->arena, path, bytes, CDK_MANIFEST_NODES_MAX, out, error))
        return error_prefix(error, "%s", what);
    return value_is(*out, VALUE_MAP) ||
           value_error(*out, error, ERROR_INVALID, "%s must be a mapping, not %s", what,
                       value_kind_name((*out)->kind));
}

bool assembly_file(const struct assembly *assembly, const struct value_entry *artifact, const char *property,
                   struct str *path, struct error *error)
{
    const struct value *name = value_path(artifact->value, "properties", property, NULL);
    return (value_is(name, VALUE_STRING) &&
            path_join(assembly->arena, assembly->directory, name->text, path)) ||
           value_error(name, error, ERROR_INVALID,
                       "'%s' of artifact '%.*s' must be a path in the repository, not '%.*s'", property,
                       STR_ARG(artifact->key), STR_ARG(value_text(name)));
}

bool assembly_read(struct arena *arena, const struct template_options *options, struct str directory,
                   struct assembly *out, struct error *error)
{
    struct value *manifest;
    *out = (struct assembly){.arena = arena, .options = options, .directory = directory};
    if (!path_join(arena, directory, str_from(manifest_file), &out->file))
        return error_set(error, ERROR_INVALID, "'%.*s' is no path in the repository", STR_ARG(directory));
    if (!assembly_json(out, out->file, "cloud assembly", &manifest, error) ||
        !assembly_check_version(manifest, error) ||
        !fields_check(manifest, "the manifest of a cloud assembly", manifest_fields,
                      ARRAY_LENGTH(manifest_fields), error) ||
        !check_missing(value_get(manifest, "missing"), error))
        return false;
    const struct value *artifacts = value_get(manifest, "artifacts");
    out->artifacts = artifacts ? artifacts : value_map(arena);
    if (out->artifacts->count > CDK_ARTIFACTS_MAX)
        return value_error(artifacts, error, ERROR_OUT_OF_MEMORY,
                           "the cloud assembly has %zu artifacts, and the limit is %d", artifacts->count,
                           CDK_ARTIFACTS_MAX);
    for (size_t i = 0; i < out->artifacts->count; i++)
        if (!check_artifact(arena, &out->artifacts->entries[i], error))
            return false;
    return true;
}

/* The source is the directory, or the manifest in it. */
static struct str directory_of(struct str path)
{
    struct str directory = path_directory(path);
    struct str name = str_from_index(path, directory.len ? directory.len + 1 : 0);
    return str_is(name, manifest_file) ? directory : path;
}

static bool takes_assembly(const struct template_options *options)
{
    char path[1100]; /* longer than any that is safe */
    enum file_kind kind;
    struct error ignored = ERROR_INIT;
    struct str directory = directory_of(options->path);
    if (directory.len && (!files_kind(options->files, directory, &kind, &ignored) || kind != FILE_DIRECTORY))
        return false;
    int length =
        snprintf(path, sizeof path, "%.*s%s%s", STR_ARG(directory), directory.len ? "/" : "", manifest_file);
    return length > 0 && (size_t)length < sizeof path && files_exist(options->files, str_from(path));
}

/* A stack that the stage does not have may be one beside the stages: the pipeline that deploys them. */
static bool find_stacks(struct assembly *assembly, struct front_end_result *result, struct error *error)
{
    struct assembly outermost = *assembly;
    struct error missed = ERROR_INIT, ignored = ERROR_INIT;
    if (!assembly_choose_stage(assembly, error))
        return false;
    if (assembly_stacks(assembly, result, &missed))
        return true;
    bool staged = assembly->artifacts != outermost.artifacts;
    *assembly = outermost;
    *result = (struct front_end_result){.stack_count = 0};
    if (missed.code == ERROR_NOT_FOUND && assembly->options->stack.len && staged &&
        assembly_stacks(assembly, result, &ignored))
        return true;
    *error = missed;
    return false;
}

static bool read_assembly(struct arena *arena, const struct template_options *options,
                          struct front_end_result *result, struct error *error)
{
    struct assembly assembly;
    return assembly_read(arena, options, directory_of(options->path), &assembly, error) &&
           find_stacks(&assembly, result, error) && assembly_assets(&assembly, result, error);
}

const struct front_end cdk_assembly = {.takes = takes_assembly, .read_all = read_assembly};
