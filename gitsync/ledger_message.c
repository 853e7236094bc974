#include "gitsync/ledger_private.h"

/*
 * The form: subject, empty line, body, empty line, trailers "Key: value".  The trailers are the last
 * paragraph and there is always one (Event), so that no paragraph of the body is ever taken for them.  A line
 * of the body that looks like a trailer is indented all the same, for readers that look at every line.
 * Control characters and line ends become visible escapes in subject and values.
 */

enum {
    SUBJECT_MAX = 200,
    BODY_MAX = 64 * 1024,
    VALUE_MAX = 4096,
    TRAILERS_MAX = 64,
    KEY_MAX = 40,
    MESSAGE_MAX = 512 * 1024,
};

static bool is_key_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static bool looks_like_trailer(struct str line)
{
    size_t i = 0;
    while (i < line.len && is_key_character(line.ptr[i]))
        i++;
    size_t key = i;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
        i++;
    return key > 0 && i < line.len && line.ptr[i] == ':';
}

/* Cuts at the limit, at a character's border. */
static struct str cut(struct str text, size_t max)
{
    if (text.len <= max)
        return text;
    while (max && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
        max--;
    return str_slice(text, 0, max);
}

/* Control characters, and all beyond ASCII in what is not UTF-8, become "\\x1b". */
static void add_visible(struct buf *out, struct str text)
{
    unsigned char limit = str_is_utf8(text) ? 0xff : 0x7f;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f || c > limit)
            buf_printf(out, "\\x%02x", c);
        else
            buf_addc(out, (char)c);
    }
}

/* The same, reversible: '\' becomes "\\\\". */
static void add_value(struct buf *out, struct str value)
{
    struct str part;
    for (bool first = true; str_split(&value, '\\', &part); first = false) {
        buf_addz(out, first ? "" : "\\\\");
        add_visible(out, part);
    }
}

static void add_body(struct buf *out, struct str body)
{
    struct str rest = cut(str_trim(body), BODY_MAX), line;
    bool cut_off = rest.len < str_trim(body).len;
    if (rest.len == 0)
        return;
    buf_addc(out, '\n');
    while (str_split(&rest, '\n', &line)) {
        if (str_ends(line, "\r"))
            line.len--;
        if (looks_like_trailer(line))
            buf_addc(out, ' ');
        add_visible(out, line);
        buf_addc(out, '\n');
    }
    if (cut_off)
        buf_addz(out, "(the rest is left out)\n");
}

static bool key_is_valid(struct str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (!is_key_character(key.ptr[i]))
            return false;
    return key.len > 0 && key.len <= KEY_MAX && !str_is(key, "Event");
}

static bool add_trailers(const struct ledger_event *event, struct buf *out, struct error *error)
{
    if (event->trailer_count > TRAILERS_MAX)
        return error_set(error, ERROR_INVALID, "an event has %zu trailers, more than %d",
                         event->trailer_count, TRAILERS_MAX);
    for (size_t i = 0; i < event->trailer_count; i++) {
        const struct ledger_trailer *trailer = &event->trailers[i];
        if (!key_is_valid(str_from(trailer->key)))
            return error_set(error, ERROR_BUG, "'%s' cannot be the key of a trailer", trailer->key);
        if (trailer->value.len > VALUE_MAX || !str_is_utf8(trailer->value))
            return error_set(error, ERROR_INVALID,
                             "the trailer '%s' is not valid: it must be UTF-8 of at most %d bytes",
                             trailer->key, VALUE_MAX);
        buf_printf(out, "%s: ", trailer->key);
        add_value(out, trailer->value);
        buf_addc(out, '\n');
    }
    return true;
}

bool ledger_message(const struct ledger_event *event, const char *nonce, struct buf *out, struct error *error)
{
    struct str subject = str_trim(event->subject);
    if (subject.len == 0)
        return error_set(error, ERROR_BUG, "an event must have a subject");
    *out = (struct buf)BUF_INIT(MESSAGE_MAX);
    add_visible(out, cut(subject, SUBJECT_MAX));
    buf_addc(out, '\n');
    add_body(out, event->body);
    buf_addc(out, '\n');
    if (add_trailers(event, out, error)) {
        buf_printf(out, "Event: %s\n", nonce);
        if (!out->overflow)
            return true;
        error_set(error, ERROR_OUT_OF_MEMORY, "an event's message has more than %d bytes", MESSAGE_MAX);
    }
    buf_release(out);
    return false;
}

/* Undoes add_value; an unknown escape stays as it is. */
static struct str read_value(struct arena *arena, struct str text)
{
    static const char digits[] = "0123456789abcdef";
    char *to = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_from_index(text, i);
        to[length] = text.ptr[i];
        if (str_starts(rest, "\\\\"))
            i++;
        else if (str_starts(rest, "\\x") && rest.len >= 4 && strchr(digits, rest.ptr[2]) &&
                 strchr(digits, rest.ptr[3])) {
            to[length] =
                (char)((strchr(digits, rest.ptr[2]) - digits) * 16 + (strchr(digits, rest.ptr[3]) - digits));
            i += 3;
        }
        length++;
    }
    return (struct str){.ptr = to, .len = length};
}

bool ledger_trailer(struct arena *arena, const struct ledger_record *record, const char *key,
                    struct str *value)
{
    struct str text = str_trim(record->body), line;
    const char *paragraph = text.ptr;
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '\n' && text.ptr[i + 1] == '\n')
            paragraph = text.ptr + i + 2;
    struct str rest = str_from_index(text, (size_t)(paragraph - text.ptr));
    while (str_split(&rest, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (!str_is(str_slice(line, 0, colon), key) || !str_starts(str_from_index(line, colon), ": "))
            continue;
        *value = read_value(arena, str_from_index(line, colon + 2));
        return true;
    }
    return false;
}
