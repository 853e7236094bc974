#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

bool error_setv(struct error *error, enum error_code code, const char *format, va_list arguments)
{
    char text[ERROR_MESSAGE_MAX]; /* the arguments may point into the old message */
    vsnprintf(text, sizeof text, format, arguments);
    error->code = code;
    error->name[0] = '\0';
    memcpy(error->message, text, sizeof text);
    return false;
}

bool error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_setv(error, code, format, arguments);
    va_end(arguments);
    return false;
}

static void copy_bounded(char *to, size_t size, size_t at, const char *from)
{
    if (at < size)
        snprintf(to + at, size - at, "%s", from);
}

bool error_prefix(struct error *error, const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t used = strlen(text);
    copy_bounded(text, sizeof text, used, ": ");
    copy_bounded(text, sizeof text, used + 2, error->message);
    memcpy(error->message, text, sizeof text);
    return false;
}

bool error_suffix(struct error *error, const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t at = str_clip(str_from(error->message), sizeof error->message - 1 - strlen(text)).len;
    copy_bounded(error->message, sizeof error->message, at, text);
    return false;
}

void error_set_name(struct error *error, const char *name)
{
    snprintf(error->name, sizeof error->name, "%s", name);
}

bool error_is(const struct error *error, const char *name)
{
    return strcmp(error->name, name) == 0;
}

void error_clear(struct error *error)
{
    error->code = ERROR_NONE;
    error->name[0] = '\0';
    error->message[0] = '\0';
}

const char *error_code_name(enum error_code code)
{
    static const char *const names[] = {
        [ERROR_NONE] = "none",
        [ERROR_INVALID] = "invalid",
        [ERROR_NOT_FOUND] = "not found",
        [ERROR_CONFLICT] = "conflict",
        [ERROR_THROTTLED] = "throttled",
        [ERROR_DENIED] = "denied",
        [ERROR_TIMEOUT] = "timeout",
        [ERROR_UNAVAILABLE] = "unavailable",
        [ERROR_CORRUPT] = "corrupt",
        [ERROR_CANCELLED] = "cancelled",
        [ERROR_OUT_OF_MEMORY] = "out of memory",
        [ERROR_BUG] = "bug",
    };
    return (size_t)code < ARRAY_LENGTH(names) ? names[code] : "unknown";
}
