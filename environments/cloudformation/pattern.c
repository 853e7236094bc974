#include "environments/cloudformation/template.h"

enum { PATTERN_MAX = 1024 };

/*
 * CloudFormation's patterns are Java's; ours are POSIX extended.  \d, \w, \s and (?: are rewritten, inside
 * brackets too; what has no POSIX form (look-around, back references, lazy repeats) is refused.
 */
static const char *class_text(char letter, bool inside)
{
    switch (letter) {
    case 'd':
        return inside ? "0-9" : "[0-9]";
    case 'w':
        return inside ? "A-Za-z0-9_" : "[A-Za-z0-9_]";
    case 's':
        return inside ? " \t\n\r\f\v" : "[ \t\n\r\f\v]";
    case 'D':
        return inside ? NULL : "[^0-9]";
    case 'W':
        return inside ? NULL : "[^A-Za-z0-9_]";
    case 'S':
        return inside ? NULL : "[^ \t\n\r\f\v]";
    default:
        return NULL;
    }
}

static bool add_escape(struct buf *out, char letter, bool inside, struct buf *last)
{
    const char *known = class_text(letter, inside);
    bool alphanumeric = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                        (letter >= 'a' && letter <= 'z');
    if (known)
        buf_addz(out, known);
    else if (letter == 'n' || letter == 't' || letter == 'r')
        buf_addc(out, letter == 'n' ? '\n' : letter == 't' ? '\t' : '\r');
    else if (alphanumeric)
        return false;
    else if (inside && (letter == ']' || letter == '-' || letter == '^'))
        buf_addc(last, letter);
    else if (inside)
        buf_addc(out, letter);
    else
        buf_printf(out, "\\%c", letter);
    return true;
}

/* In a POSIX bracket ']' must come first and '-' last. */
static void close_bracket(struct buf *out, size_t opened, struct buf *last)
{
    struct str text = buf_str(last);
    struct buf whole = BUF_INIT(BUF_SMALL);
    struct str body = str_from_index(buf_str(out), opened);
    bool negated = str_starts(body, "^");
    buf_addz(&whole, negated ? "^" : "");
    if (str_find(text, ']') < text.len)
        buf_addc(&whole, ']');
    buf_add(&whole, str_from_index(body, negated));
    if (str_find(text, '^') < text.len)
        buf_addc(&whole, '^');
    if (str_find(text, '-') < text.len)
        buf_addc(&whole, '-');
    out->len = opened;
    buf_add(out, buf_str(&whole));
    buf_addc(out, ']');
    buf_release(&whole);
    buf_clear(last);
}

struct translation {
    struct str pattern;
    size_t at;
    struct buf *out;
    struct buf last; /* what must stand at an end of the open bracket */
    bool inside;     /* a bracket */
    size_t opened, repeats;
};

static char character(const struct translation *translation, size_t ahead)
{
    size_t at = translation->at + ahead;
    return at < translation->pattern.len ? translation->pattern.ptr[at] : '\0';
}

/* "{m,n}": nested repeats multiply, and so does the time that they take. */
static bool count_repeats(struct translation *translation)
{
    struct str bounds = str_from_index(translation->pattern, translation->at + 1);
    uint64_t most = 0;
    bounds = str_slice(bounds, 0, str_find(bounds, '}'));
    size_t comma = str_find(bounds, ',');
    struct str upper =
        comma + 1 < bounds.len ? str_from_index(bounds, comma + 1) : str_slice(bounds, 0, comma);
    if (!str_to_uint(upper, 1024, &most))
        return false;
    translation->repeats *= most ? (size_t)most : 1;
    return translation->repeats <= PATTERN_REPEAT_MAX;
}

static void open_bracket(struct translation *translation)
{
    translation->inside = true;
    translation->opened = translation->out->len;
    if (character(translation, 1) == '^') {
        buf_addc(translation->out, '^');
        translation->at++;
    }
}

static bool translate_outside(struct translation *translation, char c, char next)
{
    bool repeat = c == '*' || c == '+' || c == '?' || c == '}';
    if (repeat && (next == '?' || next == '+'))
        return false;
    if (c == '{' && !count_repeats(translation))
        return false;
    buf_addc(translation->out, c);
    if (c == '(' && next == '?') {
        translation->at += 2;
        return character(translation, 0) == ':';
    }
    if (c == '[')
        open_bracket(translation);
    return true;
}

static bool translate_one(struct translation *translation)
{
    char c = character(translation, 0), next = character(translation, 1);
    if (c == '\\') {
        translation->at++;
        return next != '\0' && add_escape(translation->out, next, translation->inside, &translation->last);
    }
    if (!translation->inside)
        return translate_outside(translation, c, next);
    if (c == ']' && translation->out->len > translation->opened) {
        close_bracket(translation->out, translation->opened, &translation->last);
        translation->inside = false;
    } else {
        buf_addc(translation->out, c);
    }
    return true;
}

bool pattern_to_posix(struct str pattern, struct buf *out)
{
    struct translation translation = {
        .pattern = pattern, .out = out, .last = BUF_INIT(BUF_SMALL), .repeats = 1};
    bool sound = pattern.len <= PATTERN_MAX;
    buf_addz(out, "^(");
    for (; sound && translation.at < pattern.len; translation.at++)
        sound = translate_one(&translation);
    buf_addz(out, ")$");
    buf_release(&translation.last);
    return sound && !translation.inside && !out->overflow;
}
