#ifndef PLUMB_TESTS_ENVIRONMENTS_MEMORY_FILES_H
#define PLUMB_TESTS_ENVIRONMENTS_MEMORY_FILES_H

/* A tree of files that a test writes down: paths and contents. */

#include "base/files.h"

struct memory_file {
    const char *path, *content;
    bool executable;
};

struct memory_files {
    const struct memory_file *entries;
    size_t count;
};

struct files memory_files(struct memory_files *);

/* Fails the test, and says both, where they differ. */
void assert_case(size_t number, struct str found, const char *wanted);

/* Where PLUMB_CASES names a file, a line of JSON goes there: {"kind": "application", "text": "template:
 * ..."}. schema_oracle_test.py takes these cases. */
void give_case(const char *kind, const char *text);

#endif
