#include "base/small_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool small_file_read(struct arena *arena, struct str path, size_t max, struct str *bytes)
{
    char *text = memory_alloc(max);
    FILE *file = fopen(arena_strz(arena, path), "re");
    size_t size = file ? fread(text, 1, max, file) : 0;
    bool done = file && !ferror(file);
    if (file)
        fclose(file);
    *bytes = arena_str(arena, (struct str){.ptr = text, .len = done ? size : 0});
    explicit_bzero(text, max); /* a secret, as often as not */
    free(text);
    return done;
}
