#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "gitsync/mirror.h"

static bool has(const char *directory, const char *name)
{
    char path[PATH_MAX + 16];
    struct stat facts;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return stat(path, &facts) == 0;
}

static bool is_top(const char *directory)
{
    return has(directory, ".git") ||
           (has(directory, "HEAD") && has(directory, "objects") && has(directory, "refs"));
}

bool mirror_discover(struct arena *arena, struct str directory, struct str *top, struct error *error)
{
    char path[PATH_MAX];
    if (!realpath(arena_strz(arena, directory.len ? directory : STR(".")), path))
        return error_set(error, ERROR_NOT_FOUND, "there is no directory '%.*s'", STR_ARG(directory));
    while (!is_top(path)) {
        char *slash = strrchr(path, '/');
        if (!slash || path[1] == '\0')
            return error_set(error, ERROR_NOT_FOUND,
                             "'%.*s' is not in a Git repository: name one with --repo", STR_ARG(directory));
        slash[slash == path] = '\0'; /* the root keeps its slash */
    }
    *top = arena_str(arena, str_from(path));
    return true;
}
