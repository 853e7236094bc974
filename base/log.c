#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 * 1024, EVENT_WIDTH = 28 };

static const struct {
    const char *name, *label, *color;
} levels[] = {
    [LOG_DEBUG] = {"debug", "debug", "\x1b[2m"},
    [LOG_INFO] = {"info", "info ", ""},
    [LOG_WARN] = {"warn", "warn ", "\x1b[33m"},
    [LOG_ERROR] = {"error", "error", "\x1b[31m"},
};

/* The length of the sequence at `at` if it may be shown as it is: valid UTF-8 that is no control (C0, DEL,
 * C1), no line end (U+2028, U+2029) and does not turn the direction of text (U+202A-202E, U+2066-2069). */
static size_t printable(struct str text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (p[0] < 0x20 || p[0] == 0x7f || at + length > text.len || !str_is_utf8(str_slice(text, at, length)))
        return 0;
    if (p[0] == 0xc2 && p[1] < 0xa0)
        return 0;
    if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
        return 0;
    if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
        return 0;
    return length;
}

void text_escape(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len;) {
        size_t length = printable(text, i);
        if (length)
            buf_add(out, str_slice(text, i, length));
        else if (text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\t')
            buf_addz(out, text.ptr[i] == '\n' ? "\\n" : text.ptr[i] == '\r' ? "\\r" : "\\t");
        else
            buf_printf(out, "\\x%02x", (unsigned char)text.ptr[i]);
        i += length ? length : 1;
    }
}

/* A JSON string; bytes that are not UTF-8 become U+FFFD. */
static void json_string(struct buf *out, struct str text)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        size_t length = printable(text, i);
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (length)
            buf_add(out, str_slice(text, i, length));
        else if (c < 0x80)
            buf_printf(out, "\\u%04x", c);
        else
            buf_addz(out, "\\ufffd");
        i += length ? length : 1;
    }
    buf_addc(out, '"');
}

static void write_json(struct buf *line, enum log_level level, struct str time, const char *event,
                       const struct log_field *fields)
{
    buf_printf(line, "{\"time\":\"%.*s\",\"level\":\"%s\",\"event\":", STR_ARG(time), levels[level].name);
    json_string(line, str_from(event));
    for (const struct log_field *field = fields; field->key; field++) {
        buf_addc(line, ',');
        json_string(line, str_from(field->key));
        buf_addc(line, ':');
        if (field->is_int)
            buf_printf(line, "%lld", (long long)field->number);
        else
            json_string(line, field->text);
    }
    buf_addc(line, '}');
}

/* Quoted where a reader could not tell where the value ends; a quote inside is \". */
static void text_value(struct buf *line, struct str text)
{
    struct str part, rest = text;
    bool bare = text.len && str_find(text, ' ') == text.len && str_find(text, '"') == text.len &&
                str_find(text, '=') == text.len;
    if (bare) {
        text_escape(line, text);
        return;
    }
    for (bool first = true; str_split(&rest, '"', &part); first = false) {
        buf_addz(line, first ? "\"" : "\\\"");
        text_escape(line, part);
    }
    buf_addc(line, '"');
}

/* "20:18:37 warn  event                        key=value". */
static void write_text(struct buf *line, const struct log *log, enum log_level level, struct str time,
                       const char *event, const struct log_field *fields)
{
    const char *color = log->color ? levels[level].color : "";
    buf_printf(line, "%.*s %s%s%s ", STR_ARG(str_slice(time, 11, 8)), color, levels[level].label,
               color[0] ? "\x1b[0m" : "");
    size_t start = line->len;
    text_escape(line, str_from(event));
    while (fields->key && line->len - start < EVENT_WIDTH)
        buf_addc(line, ' ');
    for (const struct log_field *field = fields; field->key; field++) {
        buf_addc(line, ' ');
        text_escape(line, str_from(field->key));
        buf_addc(line, '=');
        if (field->is_int)
            buf_printf(line, "%lld", (long long)field->number);
        else
            text_value(line, field->text);
    }
}

void log_write(const struct log *log, enum log_level level, const char *event, const struct log_field *fields)
{
    if (level < log->least)
        return;
    struct arena *arena = arena_new();
    struct buf line = BUF_INIT(LINE_MAX_BYTES);
    struct str time = time_iso8601(arena, clock_wall(log->clock));
    if (log->form == LOG_JSON)
        write_json(&line, level, time, event, fields);
    else
        write_text(&line, log, level, time, event, fields);
    if (line.overflow) { /* a cut line would not be JSON: say which event was too long */
        buf_clear(&line);
        buf_printf(&line,
                   log->form == LOG_JSON
                       ? "{\"time\":\"%.*s\",\"level\":\"%s\",\"event\":\"log line too long\"}"
                       : "%.*s %s log line too long",
                   STR_ARG(time), levels[level].name);
    }
    line.max++;
    buf_addc(&line, '\n');
    ssize_t written;
    do
        written = write(log->fd, line.ptr, line.len);
    while (written < 0 && errno == EINTR); /* a log that cannot be written must not stop the work */
    buf_release(&line);
    arena_free(arena);
}
