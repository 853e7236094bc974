#ifndef PLUMB_BASE_COMPILER_H
#define PLUMB_BASE_COMPILER_H

/* Attributes that every public header uses.  Included by error.h, so rarely by hand. */

#define WARN_UNUSED __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define NORETURN __attribute__((noreturn))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
