#include "reconciler/cli/template_file.h"

#include <sys/stat.h>

/* What tools package into a directory has one of these in it. */
static const char *const packages[] = {"manifest.json", "serverless-state.json"};

static bool is_package(struct context *context, struct str target)
{
    struct stat status;
    for (size_t i = 0; i < ARRAY_LENGTH(packages); i++)
        if (stat(arena_printf(context->arena, "%.*s/%s", STR_ARG(target), packages[i]).ptr, &status) == 0)
            return true;
    return false;
}

bool template_file_is_meant(struct context *context, struct str target)
{
    return str_ends(target, ".yaml") || str_ends(target, ".yml") || str_ends(target, ".json") ||
           str_ends(target, ".template") || (target.len && is_package(context, target));
}

/* "." and ".." are directories of their own, not names in another one. */
static bool ends_with_dots(struct str target)
{
    size_t slash = str_find_last(target, '/');
    struct str last = slash < target.len ? str_from_index(target, slash + 1) : target;
    return str_is(last, ".") || str_is(last, "..");
}

static struct str without_slash(struct str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

bool template_file_open(struct context *context, struct str target, struct template_file *file,
                        struct error *error)
{
    const struct options *options = &context->options;
    target = without_slash(target);
    size_t slash = str_find_last(target, '/');
    struct str directory = slash < target.len ? str_slice(target, 0, slash ? slash : 1) : STR(".");
    struct str path = slash < target.len ? str_from_index(target, slash + 1) : target;
    if (ends_with_dots(target)) {
        directory = target;
        path = STR_EMPTY;
    }
    if (!files_local_new(arena_strz(context->arena, directory), &file->local, error))
        return false;
    file->files = files_local_files(file->local);
    file->options = (struct template_options){
        .files = &file->files,
        .path = path,
        .region = options->region.len ? options->region : STR("us-east-1"),
        .parameters_open = true,
        .region_assumed = options->region.len == 0,
        .stack_name = STR("template"),
        .environment = options->stage,
        .stage = options->stage,
        .stack = options->stack,
    };
    return true;
}

void template_file_close(struct template_file *file)
{
    files_local_free(file->local);
}
