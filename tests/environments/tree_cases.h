#ifndef PLUMB_TESTS_ENVIRONMENTS_TREE_CASES_H
#define PLUMB_TESTS_ENVIRONMENTS_TREE_CASES_H

/* Tables of sources that are more than one file, and what they give. */

#include "environments/desired.h"
#include "memory_files.h"

enum { TREE_FILES_MAX = 12 };

struct tree_case {
    struct memory_file files[TREE_FILES_MAX];
    /* Every resource in order: "id properties <- dependencies;", "kept" where it is retained, then the
     * outputs; then "bucket/key <- path (zip|file|gone);" for every asset and "image tag;" for every image;
     * or the error. */
    const char *wanted;
    const char *parameters; /* YAML of the application, or NULL */
    const char *stage, *stack;
    bool offline; /* the account is not known; else it is 123456789012 */
};

/* Renders the source `path` for eu-west-1, stack prod-orders. */
void check_trees(const char *path, const struct tree_case *, size_t count);
/* The same of what --transform-only prints, as compact JSON. */
void check_transforms(const char *path, const struct tree_case *, size_t count);

#endif
