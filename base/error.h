#ifndef PLUMB_BASE_ERROR_H
#define PLUMB_BASE_ERROR_H

/*
 * What went wrong, and what the caller may do about it.
 *
 * A function that can fail takes `struct error *` as its last parameter (never NULL), returns bool, and is
 * marked WARN_UNUSED.  On true the error is untouched; on false it is set.  No allocation, so that an error
 * can always be reported.  Messages are lower case, without a full stop; what failed comes first; names are
 * quoted 'so'.  Context is put in front on the way up with error_prefix; a user's message ends with the
 * position "(file:line:column)" where one exists (see value.h: value_error).
 */

#include <stdarg.h>
#include <stdbool.h>

#include "base/compiler.h"

enum error_code {
    ERROR_NONE = 0,
    ERROR_INVALID,       /* the input is wrong: do not retry, tell its author */
    ERROR_NOT_FOUND,     /* the named thing does not exist */
    ERROR_CONFLICT,      /* somebody else changed it, or holds it: look again */
    ERROR_THROTTLED,     /* asked too often: slow down, then retry */
    ERROR_DENIED,        /* not allowed: a person must change permissions */
    ERROR_TIMEOUT,       /* no answer in time: the outcome is unknown */
    ERROR_UNAVAILABLE,   /* the other side is broken or unreachable: retry later */
    ERROR_CORRUPT,       /* data that should be sound is not: stop */
    ERROR_CANCELLED,     /* we were asked to stop */
    ERROR_OUT_OF_MEMORY, /* a stated limit on memory was reached */
    ERROR_BUG,           /* cannot happen: a mistake in plumb */
};

enum { ERROR_MESSAGE_MAX = 1536, ERROR_NAME_MAX = 96 };

struct error {
    enum error_code code;
    char name[ERROR_NAME_MAX]; /* the remote's own code ("ResourceNotFoundException"), or "" */
    char message[ERROR_MESSAGE_MAX];
};

#define ERROR_INIT                                                                                           \
    {                                                                                                        \
        .code = ERROR_NONE                                                                                   \
    }

/* Sets the error; a message that is too long is cut.  Always returns false: `return error_set(...)`. */
bool error_set(struct error *, enum error_code, const char *format, ...) PRINTF_LIKE(3, 4);
bool error_setv(struct error *, enum error_code, const char *format, va_list) PRINTF_LIKE(3, 0);

/* Puts "<text>: " in front of the message.  Always returns false. */
bool error_prefix(struct error *, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds text behind the message, which is cut where both do not fit: a position is never lost.  Always returns
 * false. */
bool error_suffix(struct error *, const char *format, ...) PRINTF_LIKE(2, 3);

/* Remembers the remote's own name of the error. */
void error_set_name(struct error *, const char *name);

/* True if the remote named the error exactly so. */
bool error_is(const struct error *, const char *name);

void error_clear(struct error *);

/* "invalid", "not found", ...: for logs and JSON. */
const char *error_code_name(enum error_code);

#endif
