#ifndef PLUMB_RECONCILER_REPORT_STYLE_H
#define PLUMB_RECONCILER_REPORT_STYLE_H

/* Columns and colours of what people read. */

#include "base/log.h"
#include "base/value.h"

enum {
    REPORT_VALUE_MAX = 72,
    REPORT_CODE_MAX = 12,
    REPORT_PATH_WIDTH = 28,
    REPORT_ID_WIDTH = 24,
    REPORT_TYPE_WIDTH = 32
};

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define BLUE "\033[34m"
#define OFF "\033[0m"

/* The code, or nothing where no colour is wanted. */
const char *paint(bool color, const char *code);

/* Escaped, and spaces up to the width; one space at least. */
void padded(struct buf *out, struct str text, size_t width);

/* The column of logical ids: as wide as the widest that is shown, up to 48. */
size_t wider(size_t width, struct str logical_id);

/* "1 value", "2 values". */
void add_count(struct buf *out, size_t count, const char *noun);

/* A value on one line, cut to `max` characters, escaped. */
void report_value(struct buf *, const struct value *, size_t max);

#endif
