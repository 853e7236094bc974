#ifndef PLUMB_BASE_LOG_H
#define PLUMB_BASE_LOG_H

/*
 * Structured log: one event a line, to a file descriptor (standard error).  As JSON lines for machines, or
 * as readable text on a terminal.  Values are escaped (control characters, ANSI, line ends), so that nothing
 * that comes from a repository or from AWS can forge a line.  Safe from any thread; one write(2) a line.
 *
 *     log_info(log, "applied", LOG_STR("environment", env), LOG_INT("calls", n));
 *
 * A struct value of kind VALUE_SECRET has no LOG_ form on purpose.
 */

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_form { LOG_TEXT, LOG_JSON };

struct log {
    int fd;
    enum log_level least;
    enum log_form form;
    bool color;
    const struct clock *clock;
};

struct log_field {
    const char *key; /* NULL ends the list */
    bool is_int;
    struct str text;
    int64_t number;
};

#define LOG_STR(name, value) ((struct log_field){.key = (name), .text = (value)})
#define LOG_STRZ(name, value) ((struct log_field){.key = (name), .text = str_from(value)})
#define LOG_INT(name, value) ((struct log_field){.key = (name), .is_int = true, .number = (value)})
#define LOG_ERROR_FIELD(error) ((struct log_field){.key = "error", .text = str_from((error)->message)})

void log_write(const struct log *, enum log_level, const char *event, const struct log_field *fields);
#define LOG_FIELDS(...) ((const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){.key = NULL}})
#define log_debug(log, event, ...) log_write((log), LOG_DEBUG, (event), LOG_FIELDS(__VA_ARGS__))
#define log_info(log, event, ...) log_write((log), LOG_INFO, (event), LOG_FIELDS(__VA_ARGS__))
#define log_warn(log, event, ...) log_write((log), LOG_WARN, (event), LOG_FIELDS(__VA_ARGS__))
#define log_error(log, event, ...) log_write((log), LOG_ERROR, (event), LOG_FIELDS(__VA_ARGS__))

/* Appends text with control characters, ANSI escapes and invalid UTF-8 made visible: for terminals. */
void text_escape(struct buf *, struct str);

#endif
