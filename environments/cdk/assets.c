#include "environments/cdk/cdk.h"
#include "environments/fields.h"

/*
 * A manifest of assets names files of the assembly and where the templates expect them in S3.  The key holds
 * the digest of the source as CDK takes it, so a zip need not be the same byte for byte.
 */

static const struct field manifest_fields[] = {{.name = "dockerImages", .form = FIELD_MAP},
                                               {.name = "files", .form = FIELD_MAP},
                                               {.name = "version", .form = FIELD_SCALAR | FIELD_REQUIRED}};

static const struct field asset_fields[] = {{.name = "destinations", .form = FIELD_MAP | FIELD_REQUIRED},
                                            {.name = "displayName", .form = FIELD_SCALAR},
                                            {.name = "source", .form = FIELD_MAP | FIELD_REQUIRED}};

static const struct field source_fields[] = {{.name = "executable", .form = FIELD_LIST},
                                             {.name = "packaging", .form = FIELD_SCALAR},
                                             {.name = "path", .form = FIELD_SCALAR}};

static const struct field destination_fields[] = {
    {.name = "assumeRoleAdditionalOptions", .form = FIELD_MAP},
    {.name = "assumeRoleArn", .form = FIELD_SCALAR},
    {.name = "assumeRoleExternalId", .form = FIELD_SCALAR},
    {.name = "bucketName", .form = FIELD_SCALAR | FIELD_REQUIRED},
    {.name = "objectKey", .form = FIELD_SCALAR | FIELD_REQUIRED},
    {.name = "region", .form = FIELD_SCALAR},
};

static const struct field image_destination_fields[] = {
    {.name = "assumeRoleAdditionalOptions", .form = FIELD_MAP},
    {.name = "assumeRoleArn", .form = FIELD_SCALAR},
    {.name = "assumeRoleExternalId", .form = FIELD_SCALAR},
    {.name = "imageTag", .form = FIELD_SCALAR | FIELD_REQUIRED},
    {.name = "repositoryName", .form = FIELD_SCALAR | FIELD_REQUIRED},
    {.name = "region", .form = FIELD_SCALAR},
};

struct assets {
    const struct assembly *assembly;
    struct front_end_result *result;
    struct value *seen; /* manifests that were read */
};

static struct value *text_of(const struct assets *assets, const struct value *map, const char *key)
{
    const struct value *found = value_get(map, key);
    return value_at_position_of(value_string(assets->assembly->arena, value_text(found)), found);
}

bool assembly_add_asset(const struct assembly *assembly, struct front_end_result *result,
                        const struct value *at, const struct desired_asset *asset, struct error *error)
{
    if (result->asset_count == CDK_ASSETS_MAX)
        return value_error(at, error, ERROR_OUT_OF_MEMORY, "the cloud assembly has more than %d assets",
                           CDK_ASSETS_MAX);
    if (!result->assets)
        result->assets = arena_array(assembly->arena, CDK_ASSETS_MAX, sizeof *result->assets);
    result->assets[result->asset_count++] = *asset;
    return true;
}

bool assembly_add_image(const struct assembly *assembly, struct front_end_result *result,
                        const struct value *at, const struct desired_image *image, struct error *error)
{
    if (result->image_count == CDK_IMAGES_MAX)
        return value_error(at, error, ERROR_OUT_OF_MEMORY, "the cloud assembly has more than %d images",
                           CDK_IMAGES_MAX);
    if (!result->images)
        result->images = arena_array(assembly->arena, CDK_IMAGES_MAX, sizeof *result->images);
    /* One that is named by its digest is there already. */
    if (!str_starts(image->tag, "sha256:"))
        result->images[result->image_count++] = *image;
    return true;
}

/* Assets lie in the environment's region; a stack of another one is refused before. */
static bool check_destination(const struct assets *assets, const struct value *destination,
                              const struct value_entry *asset, const struct field *fields, size_t count,
                              struct error *error)
{
    const struct template_options *options = assets->assembly->options;
    const struct value *region = value_get(destination, "region");
    const char *what =
        arena_printf(assets->assembly->arena, "a destination of asset '%.*s'", STR_ARG(asset->key)).ptr;
    if (!fields_check(destination, what, fields, count, error))
        return false;
    return !region || !options->account.len || str_contains(value_text(region), "${") ||
           str_equal(value_text(region), options->region) ||
           value_error(region, error, ERROR_INVALID,
                       "asset '%.*s' belongs into region %.*s, and the environment's is %.*s",
                       STR_ARG(asset->key), STR_ARG(value_text(region)), STR_ARG(options->region));
}

/* An `executable` makes the file when it is run. */
static bool check_source(const struct assets *assets, const struct value_entry *asset, bool *zip,
                         struct error *error)
{
    const struct value *source = value_get(asset->value, "source");
    const char *what =
        arena_printf(assets->assembly->arena, "'source' of asset '%.*s'", STR_ARG(asset->key)).ptr;
    const struct value *packaging = value_get(source, "packaging");
    if (value_get(source, "executable"))
        return value_error(source, error, ERROR_INVALID,
                           "asset '%.*s' is made by a command ('executable'), and plumb runs no code of a "
                           "repository: commit what the command makes, as an asset of a file or directory",
                           STR_ARG(asset->key));
    if (!fields_check(source, what, source_fields, ARRAY_LENGTH(source_fields), error))
        return false;
    *zip = value_is_text(packaging, "zip");
    return *zip || !packaging || value_is_text(packaging, "file") ||
           value_error(packaging, error, ERROR_INVALID,
                       "'packaging' of asset '%.*s' must be 'file' or 'zip', not '%.*s'", STR_ARG(asset->key),
                       STR_ARG(value_text(packaging)));
}

static bool asset_path(const struct assets *assets, const struct value_entry *asset, struct str *path,
                       struct error *error)
{
    const struct value *written = value_path(asset->value, "source", "path", NULL);
    return (value_is(written, VALUE_STRING) &&
            path_join(assets->assembly->arena, assets->assembly->directory, written->text, path)) ||
           value_error(written ? written : asset->value, error, ERROR_INVALID,
                       "'path' of asset '%.*s' must be a path in the repository, not '%.*s'",
                       STR_ARG(asset->key), STR_ARG(value_text(written)));
}

static bool check_asset(const struct assets *assets, const struct value_entry *asset, struct error *error)
{
    const char *what = arena_printf(assets->assembly->arena, "asset '%.*s'", STR_ARG(asset->key)).ptr;
    return fields_check(asset->value, what, asset_fields, ARRAY_LENGTH(asset_fields), error);
}

static bool read_file(const struct assets *assets, const struct value_entry *file, struct error *error)
{
    struct arena *arena = assets->assembly->arena;
    struct desired_asset asset = {.node = file->value};
    if (!check_asset(assets, file, error) || !check_source(assets, file, &asset.zip, error) ||
        !asset_path(assets, file, &asset.path, error))
        return false;
    if (!asset.zip)
        value_set(arena, assets->result->nested, file->key, value_string(arena, asset.path));
    const struct value *destinations = value_get(file->value, "destinations");
    for (size_t i = 0; i < destinations->count; i++) {
        const struct value *destination = destinations->entries[i].value;
        if (!check_destination(assets, destination, file, destination_fields,
                               ARRAY_LENGTH(destination_fields), error))
            return false;
        asset.bucket = text_of(assets, destination, "bucketName");
        asset.key = text_of(assets, destination, "objectKey");
        if (!assembly_add_asset(assets->assembly, assets->result, file->value, &asset, error))
            return false;
    }
    return true;
}

/* What is built is the repository's code; only what the templates name of it matters. */
static bool read_image(const struct assets *assets, const struct value_entry *image, struct error *error)
{
    if (!check_asset(assets, image, error))
        return false;
    const struct value *destinations = value_get(image->value, "destinations");
    struct str name = value_get_text(image->value, "displayName");
    for (size_t i = 0; i < destinations->count; i++) {
        const struct value *destination = destinations->entries[i].value;
        if (!check_destination(assets, destination, image, image_destination_fields,
                               ARRAY_LENGTH(image_destination_fields), error))
            return false;
        const struct desired_image one = {.name = name.len ? name : image->key,
                                          .tag = value_get_text(destination, "imageTag"),
                                          .node = image->value};
        if (!assembly_add_image(assets->assembly, assets->result, image->value, &one, error))
            return false;
    }
    return true;
}

static bool read_manifest(const struct assets *assets, const struct value_entry *artifact,
                          struct error *error)
{
    struct str path;
    struct value *manifest;
    const char *what =
        arena_printf(assets->assembly->arena, "asset manifest '%.*s'", STR_ARG(artifact->key)).ptr;
    if (!assembly_file(assets->assembly, artifact, "file", &path, error) ||
        !assembly_json(assets->assembly, path, what, &manifest, error) ||
        !assembly_check_version(manifest, error) ||
        !fields_check(manifest, what, manifest_fields, ARRAY_LENGTH(manifest_fields), error))
        return false;
    const struct value *files = value_get(manifest, "files"), *images = value_get(manifest, "dockerImages");
    for (size_t i = 0; files && i < files->count; i++)
        if (!read_file(assets, &files->entries[i], error))
            return false;
    for (size_t i = 0; images && i < images->count; i++)
        if (!read_image(assets, &images->entries[i], error))
            return false;
    return true;
}

static bool each_dependency(void *self, const struct value_entry *artifact, struct error *error)
{
    struct assets *assets = self;
    if (!assembly_is(artifact->value, "cdk:asset-manifest") || value_get_str(assets->seen, artifact->key))
        return true;
    value_set(assets->assembly->arena, assets->seen, artifact->key, value_null(assets->assembly->arena));
    return read_manifest(assets, artifact, error);
}

bool assembly_assets(const struct assembly *assembly, struct front_end_result *result, struct error *error)
{
    struct assets assets = {.assembly = assembly, .result = result, .seen = value_map(assembly->arena)};
    result->nested = value_map(assembly->arena);
    for (size_t i = 0; i < result->stack_count; i++)
        if (!assembly_dependencies(assembly, value_entry(assembly->artifacts, result->stacks[i].id),
                                   each_dependency, &assets, error) ||
            !assembly_legacy_assets(assembly, result, &result->stacks[i], error))
            return false;
    return true;
}
