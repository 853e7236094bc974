#include "tree_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/yaml_reader.h"

static bool options_of(struct arena *arena, const char *path, const struct tree_case *one,
                       struct template_options *options, struct error *error)
{
    struct memory_files *all = arena_alloc(arena, sizeof *all);
    struct files *files = arena_alloc(arena, sizeof *files);
    struct value *given = NULL;
    *all = (struct memory_files){.entries = one->files};
    while (all->count < ARRAY_LENGTH(one->files) && one->files[all->count].path)
        all->count++;
    *files = memory_files(all);
    if (one->parameters &&
        !yaml_read(arena, STR("prod/orders.yaml"), str_from(one->parameters), &given, error))
        return false;
    *options = (struct template_options){.files = files,
                                         .path = str_from(path),
                                         .parameters = given,
                                         .region = STR("eu-west-1"),
                                         .account = one->offline ? STR_EMPTY : STR("123456789012"),
                                         .stack_name = STR("prod-orders"),
                                         .stage = str_from(one->stage),
                                         .stack = str_from(one->stack)};
    return true;
}

static void tell_resource(struct arena *arena, const struct desired_resource *resource, struct buf *out)
{
    buf_printf(out, "%.*s", STR_ARG(resource->logical_id));
    if (resource->properties->count)
        buf_printf(out, " %.*s", STR_ARG(json_text(arena, resource->properties, JSON_COMPACT)));
    for (size_t k = 0; k < resource->depends_count; k++)
        buf_printf(out, "%s%.*s", k ? "," : " <- ", STR_ARG(resource->depends_on[k]));
    buf_printf(out, "%s; ", resource->deletion_policy == REMOVAL_RETAIN ? " kept" : "");
}

static void tell_asset(struct arena *arena, const struct desired_asset *asset, struct buf *out)
{
    struct str bucket = value_is(asset->bucket, VALUE_STRING) ? asset->bucket->text
                                                              : json_text(arena, asset->bucket, JSON_COMPACT);
    buf_printf(out, "%.*s/%.*s <- %.*s (%s); ", STR_ARG(bucket), STR_ARG(value_text(asset->key)),
               STR_ARG(asset->path),
               !asset->digest.len ? "gone"
               : asset->zip       ? "zip"
                                  : "file");
}

static struct str told(struct arena *arena, const char *path, const struct tree_case *one)
{
    struct template_options options;
    struct desired desired;
    struct error error = ERROR_INIT;
    if (!options_of(arena, path, one, &options, &error) || !desired_build(arena, &options, &desired, &error))
        return arena_str(arena, str_from(error.message));
    struct buf out = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < desired.count; i++)
        tell_resource(arena, &desired.resources[i], &out);
    if (desired.outputs->count)
        buf_printf(&out, "%.*s ", STR_ARG(json_text(arena, desired.outputs, JSON_COMPACT)));
    for (size_t i = 0; i < desired.asset_count; i++)
        tell_asset(arena, &desired.assets[i], &out);
    for (size_t i = 0; i < desired.image_count; i++)
        buf_printf(&out, "image %.*s; ", STR_ARG(desired.images[i].tag));
    struct str text = arena_str(arena, str_trim(buf_str(&out)));
    buf_release(&out);
    return text;
}

static struct str transformed(struct arena *arena, const char *path, const struct tree_case *one)
{
    struct template_options options;
    struct value *template;
    struct error error = ERROR_INIT;
    if (options_of(arena, path, one, &options, &error) &&
        template_transform(arena, &options, &template, &error))
        return json_text(arena, template, JSON_COMPACT);
    return arena_str(arena, str_from(error.message));
}

static void check(const char *path, const struct tree_case *cases, size_t count,
                  struct str (*tell)(struct arena *, const char *path, const struct tree_case *))
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = tell(arena, path, &cases[i]);
        bool same = str_is(found, cases[i].wanted);
        if (!same)
            print_error("case %zu\n found  %.*s\n wanted %s\n", i, STR_ARG(found), cases[i].wanted);
        wrong += !same;
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

void check_trees(const char *path, const struct tree_case *cases, size_t count)
{
    check(path, cases, count, told);
}

void check_transforms(const char *path, const struct tree_case *cases, size_t count)
{
    check(path, cases, count, transformed);
}
