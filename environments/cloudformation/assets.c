#include "environments/cloudformation/template.h"

/* The bucket may name the account, and then stays a function until it is known. */
static bool build_asset(struct evaluation *root, struct desired_asset *asset, struct error *error)
{
    const struct files *files = root->options->files;
    if (!substitute(root, asset->bucket, &asset->bucket, error) ||
        !substitute(root, asset->key, &asset->key, error))
        return false;
    return !files_exist(files, asset->path) ||
           files_digest(files, root->arena, asset->path, &asset->digest, error);
}

static bool contains(const struct value *value, const void *part)
{
    return value->kind == VALUE_STRING && str_contains(value->text, part);
}

static bool names(const struct value *tree, const char *part)
{
    return value_find(tree, contains, part);
}

static void build_images(struct evaluation *root, struct desired *desired)
{
    const struct front_end_result *source = root->source;
    desired->images = arena_array(root->arena, source->image_count + 1, sizeof *desired->images);
    for (size_t i = 0; i < source->image_count; i++) {
        const char *tag = arena_strz(root->arena, source->images[i].tag);
        bool used = false;
        for (size_t k = 0; k < desired->count && !used; k++)
            used = names(desired->resources[k].properties, tag);
        if (used)
            desired->images[desired->image_count++] = source->images[i];
    }
}

bool assets_build(struct evaluation *root, struct desired *desired, struct error *error)
{
    const struct front_end_result *source = root->source;
    desired->assets = arena_array(root->arena, source->asset_count + 1, sizeof *desired->assets);
    for (size_t i = 0; i < source->asset_count; i++) {
        struct desired_asset *asset = &desired->assets[desired->asset_count];
        *asset = source->assets[i];
        if (value_get_str(root->read, asset->path) || str_equal(root->options->path, asset->path))
            continue;
        if (!build_asset(root, asset, error))
            return error_prefix(error, "asset '%.*s'", STR_ARG(asset->path));
        desired->asset_count++;
    }
    build_images(root, desired);
    return true;
}
