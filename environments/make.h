#ifndef PLUMB_ENVIRONMENTS_MAKE_H
#define PLUMB_ENVIRONMENTS_MAKE_H

/*
 * Values from a shape: JSON with single quotes, a literal of the program.  Inside a shape %v is a struct
 * value * (NULL: its entry or item is left out) and %s a const char *, alone or inside a quoted text:
 * {'Fn::GetAtt': ['%s', 'Arn']}.  Inside this room only.
 */

#include <stdarg.h>

#include "base/value.h"

struct value *make_shape(struct arena *, const char *shape, va_list *arguments);
/* The text in the arena, with a NUL behind. */
const char *make_textv(struct arena *, const char *format, va_list arguments) PRINTF_LIKE(2, 0);

#endif
