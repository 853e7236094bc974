#include "environments/cdk/cdk.h"
#include "environments/cloudformation/template.h"

/*
 * Assets as the legacy synthesizer of CDK leaves them: the template has three parameters for each (bucket,
 * "prefix||key", digest), and the stack's metadata tells which file they are for.  CDK fills them in when it
 * deploys; here the files go to the same bucket as other assets do.
 */

static const char bucket_prefix[] = "cdk-hnb659fds-assets-"; /* of the default bootstrap stack */

struct legacy {
    const struct assembly *assembly;
    struct front_end_result *result;
    struct value *parameters; /* of the stack */
};

static bool wants_parameters(const struct value *template)
{
    const struct value *parameters = value_get(template, "Parameters");
    bool found = false;
    for (size_t i = 0; value_is(parameters, VALUE_MAP) && i < parameters->count && !found; i++)
        found = str_starts(parameters->entries[i].key, "AssetParameters");
    return found;
}

static void set(const struct legacy *legacy, const struct value *data, const char *name, struct value *value)
{
    const struct value *parameter = value_get(data, name);
    if (value_is(parameter, VALUE_STRING))
        value_set(legacy->assembly->arena, legacy->parameters, parameter->text, value);
}

/* As evaluating it would leave it. */
static struct value *bucket_name(const struct legacy *legacy)
{
    const struct template_options *options = legacy->assembly->options;
    struct arena *arena = legacy->assembly->arena;
    struct str account = options->account, region = options->region;
    if (account.len)
        return value_stringf(arena, "%s%.*s-%.*s", bucket_prefix, STR_ARG(account), STR_ARG(region));
    struct value *parts = value_list(arena), *pieces = value_list(arena), *ref = value_map(arena);
    struct value *join = value_map(arena);
    value_setz(arena, ref, "Ref", value_stringz(arena, "AWS::AccountId"));
    value_append(arena, pieces, value_stringz(arena, bucket_prefix));
    value_append(arena, pieces, ref);
    value_append(arena, pieces, value_stringf(arena, "-%.*s", STR_ARG(region)));
    value_append(arena, parts, value_string(arena, STR_EMPTY));
    value_append(arena, parts, pieces);
    value_setz(arena, join, "Fn::Join", parts);
    return join;
}

static bool add_image(const struct legacy *legacy, const struct value *data, struct error *error)
{
    struct str tag = value_get_text(data, "imageTag");
    const struct desired_image image = {.name = value_get_text(data, "id"),
                                        .tag = tag.len ? tag : value_get_text(data, "sourceHash"),
                                        .node = data};
    if (value_get(data, "imageNameParameter"))
        set(legacy, data, "imageNameParameter", value_string(legacy->assembly->arena, image.tag));
    return assembly_add_image(legacy->assembly, legacy->result, data, &image, error);
}

/* "asset.<digest>.json" keeps its ending, as CDK's own key does. */
static struct str object_key(const struct legacy *legacy, const struct value *data, bool zip)
{
    struct str path = value_get_text(data, "path");
    size_t dot = str_find_last(path, '.');
    struct str ending = zip ? STR(".zip") : str_from_index(path, dot);
    return arena_printf(legacy->assembly->arena, "%.*s%.*s", STR_ARG(value_get_text(data, "sourceHash")),
                        STR_ARG(ending));
}

static bool add_asset(const struct legacy *legacy, const struct value *data, struct error *error)
{
    struct arena *arena = legacy->assembly->arena;
    const struct value *path = value_get(data, "path"), *packaging = value_get(data, "packaging");
    struct desired_asset asset = {.node = data};
    if (value_is_text(packaging, "container-image"))
        return add_image(legacy, data, error);
    asset.zip = value_is_text(packaging, "zip");
    if (!asset.zip && !value_is_text(packaging, "file"))
        return value_error(data, error, ERROR_INVALID,
                           "'packaging' of asset '%.*s' must be 'file', 'zip' or 'container-image'",
                           STR_ARG(value_get_text(data, "id")));
    if (!value_is(path, VALUE_STRING) ||
        !path_join(arena, legacy->assembly->directory, path->text, &asset.path))
        return value_error(data, error, ERROR_INVALID,
                           "'path' of asset '%.*s' must be a path in the repository, not '%.*s'",
                           STR_ARG(value_get_text(data, "id")), STR_ARG(value_text(path)));
    if (!asset.zip)
        value_set(arena, legacy->result->nested, value_get_text(data, "sourceHash"),
                  value_string(arena, asset.path));
    struct str key = object_key(legacy, data, asset.zip), hash = value_get_text(data, "sourceHash");
    asset.bucket = value_stringf(arena, "%s${AWS::AccountId}-${AWS::Region}", bucket_prefix);
    asset.key = value_string(arena, key);
    set(legacy, data, "s3BucketParameter", bucket_name(legacy));
    set(legacy, data, "s3KeyParameter", value_stringf(arena, "||%.*s", STR_ARG(key)));
    set(legacy, data, "artifactHashParameter", value_string(arena, hash));
    return assembly_add_asset(legacy->assembly, legacy->result, data, &asset, error);
}

static bool read_metadata(const struct legacy *legacy, const struct value *metadata, struct error *error)
{
    for (size_t i = 0; value_is(metadata, VALUE_MAP) && i < metadata->count; i++) {
        const struct value *entries = metadata->entries[i].value;
        for (size_t k = 0; value_is(entries, VALUE_LIST) && k < entries->count; k++)
            if (value_is_text(value_get(entries->items[k], "type"), "aws:cdk:asset") &&
                !add_asset(legacy, value_get(entries->items[k], "data"), error))
                return false;
    }
    return true;
}

/* Newer versions keep the metadata in a file of its own. */
static bool read_metadata_file(const struct legacy *legacy, const struct value *artifact, struct error *error)
{
    const struct value *file = value_get(artifact, "additionalMetadataFile");
    struct value *metadata;
    struct str path;
    if (!file)
        return true;
    if (!path_join(legacy->assembly->arena, legacy->assembly->directory, value_text(file), &path))
        return value_error(file, error, ERROR_INVALID,
                           "'additionalMetadataFile' must be a path in the repository, not '%.*s'",
                           STR_ARG(value_text(file)));
    return assembly_json(legacy->assembly, path, "metadata of a stack", &metadata, error) &&
           read_metadata(legacy, metadata, error);
}

bool assembly_legacy_assets(const struct assembly *assembly, struct front_end_result *result,
                            struct front_end_stack *stack, struct error *error)
{
    struct legacy legacy = {.assembly = assembly, .result = result};
    const struct value *artifact = value_get_str(assembly->artifacts, stack->id);
    if (!wants_parameters(stack->template))
        return true;
    legacy.parameters =
        stack->parameters ? value_copy(assembly->arena, stack->parameters) : value_map(assembly->arena);
    stack->parameters = legacy.parameters;
    return read_metadata(&legacy, value_get(artifact, "metadata"), error) &&
           read_metadata_file(&legacy, artifact, error);
}
