#ifndef PLUMB_TESTS_BASE_JSON_LINES_H
#define PLUMB_TESTS_BASE_JSON_LINES_H

/* For programs that a test in Python asks: one JSON request a line on standard input, one answer a line on
 * standard output. */

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

/* Answers until the input ends; the exit status, 1 where a line is no JSON. */
static inline int json_lines(struct value *(*answer)(struct arena *, const struct value *))
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) > 0) {
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct value *asked;
        if (!json_read(arena, STR_EMPTY, (struct str){line, (size_t)length}, &asked, &error)) {
            fprintf(stderr, "%s\n", error.message);
            return 1;
        }
        printf("%.*s\n", STR_ARG(json_text(arena, answer(arena, asked), JSON_COMPACT)));
        arena_free(arena);
    }
    free(line);
    return 0;
}

#endif
