#include <stdio.h>
#include <stdlib.h>

#include "base/files.h"
#include "environments/desired.h"

/*
 * render_loop FILE N REGION: transforms a template N times in one process and prints nothing, for a benchmark
 * beside transforms that stay in memory.  Reading the file and parsing it is part of each round.
 */

static bool transform_once(const struct template_options *options, struct error *error)
{
    struct arena *arena = arena_new();
    struct value *template;
    bool done = template_transform(arena, options, &template, error);
    arena_free(arena);
    return done;
}

int main(int count, char **arguments)
{
    struct files_local *local;
    struct error error = ERROR_INIT;
    uint64_t rounds;
    if (count != 4 || !str_to_uint(str_from(arguments[2]), 1000 * 1000, &rounds)) {
        fprintf(stderr, "usage: render_loop FILE N REGION\n");
        return 2;
    }
    struct str path = str_from(arguments[1]);
    size_t slash = str_find_last(path, '/');
    struct arena *arena = arena_new();
    struct str directory = slash < path.len ? str_slice(path, 0, slash ? slash : 1) : STR(".");
    bool done = files_local_new(arena_strz(arena, directory), &local, &error);
    if (done) {
        struct files files = files_local_files(local);
        const struct template_options options = {
            .files = &files,
            .path = slash < path.len ? str_from_index(path, slash + 1) : path,
            .region = str_from(arguments[3]),
            .stack_name = STR("template"),
        };
        while (done && rounds-- > 0)
            done = transform_once(&options, &error);
        files_local_free(local);
    }
    arena_free(arena);
    if (!done)
        fprintf(stderr, "render_loop: %s\n", error.message);
    return done ? 0 : 1;
}
