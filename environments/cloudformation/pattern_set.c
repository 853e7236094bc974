#include "environments/cloudformation/pattern.h"

#include <string.h>

/* Character classes: "[a-z]", "\d", "\p{Alpha}"; they may be nested, "[a-z&&[^b]]". */

enum { CHARACTER_MAX = 0x10FFFF, SET_DEPTH_MAX = 16 };

static const struct {
    const char *name;
    uint32_t ranges[8]; /* pairs */
    size_t count;
} named_sets[] = {
    {"d", {'0', '9'}, 1},
    {"w", {'0', '9', 'A', 'Z', 'a', 'z', '_', '_'}, 4},
    {"s", {'\t', '\r', ' ', ' '}, 2},
    {"h", {'\t', '\t', ' ', ' ', 0xA0, 0xA0, 0x3000, 0x3000}, 4},
    {"v", {'\n', '\r', 0x85, 0x85, 0x2028, 0x2029}, 3},
    {"Lower", {'a', 'z'}, 1},
    {"Upper", {'A', 'Z'}, 1},
    {"Alpha", {'A', 'Z', 'a', 'z'}, 2},
    {"Digit", {'0', '9'}, 1},
    {"Alnum", {'0', '9', 'A', 'Z', 'a', 'z'}, 3},
    {"Punct", {'!', '/', ':', '@', '[', '`', '{', '~'}, 4},
    {"Graph", {'!', '~'}, 1},
    {"Print", {' ', '~'}, 1},
    {"Blank", {'\t', '\t', ' ', ' '}, 2},
    {"Cntrl", {0, 0x1F, 0x7F, 0x7F}, 2},
    {"XDigit", {'0', '9', 'A', 'F', 'a', 'f'}, 3},
    {"Space", {'\t', '\r', ' ', ' '}, 2},
    {"ASCII", {0, 0x7F}, 1},
    /* Letters beyond ASCII are taken for what is above its symbols. */
    {"L", {'A', 'Z', 'a', 'z', 0xC0, CHARACTER_MAX}, 3},
    {"IsAlphabetic", {'A', 'Z', 'a', 'z', 0xC0, CHARACTER_MAX}, 3},
    {"Lu", {'A', 'Z'}, 1},
    {"Ll", {'a', 'z'}, 1},
    {"N", {'0', '9'}, 1},
    {"Nd", {'0', '9'}, 1},
    {"IsDigit", {'0', '9'}, 1},
};

static void add_term(struct arena *arena, struct pattern_set *set, uint32_t low, uint32_t high,
                     const struct pattern_set *inner)
{
    struct pattern_term *term = arena_alloc(arena, sizeof *term);
    *term = (struct pattern_term){.low = low, .high = high, .set = inner, .next = set->terms};
    set->terms = term;
}

static struct pattern_set *named_set(struct arena *arena, struct str name, bool negated)
{
    struct pattern_set *set = arena_alloc(arena, sizeof *set);
    size_t i = 0;
    while (i < sizeof named_sets / sizeof *named_sets && !str_is(name, named_sets[i].name))
        i++;
    if (i == sizeof named_sets / sizeof *named_sets)
        return NULL;
    set->negated = negated;
    for (size_t k = 0; k < named_sets[i].count; k++)
        add_term(arena, set, named_sets[i].ranges[2 * k], named_sets[i].ranges[2 * k + 1], NULL);
    return set;
}

static uint32_t peek(const struct pattern_reader *reader, size_t ahead)
{
    size_t at = reader->at + ahead;
    return at < reader->pattern.count ? reader->pattern.characters[at] : 0;
}

/* "p{Name}" or "pL"; the letter is upper case where the set is negated. */
static struct pattern_set *property_set(struct pattern_reader *reader)
{
    char name[32];
    size_t length = 0;
    bool negated = peek(reader, 0) == 'P', braced = peek(reader, 1) == '{';
    reader->at += braced ? 2 : 1;
    while (reader->at < reader->pattern.count && peek(reader, 0) != '}' && peek(reader, 0) < 0x80 &&
           length < sizeof name && (braced || length == 0))
        name[length++] = (char)reader->pattern.characters[reader->at++];
    if (braced && peek(reader, 0) != '}')
        return NULL;
    reader->at += braced;
    return named_set(reader->arena, (struct str){.ptr = name, .len = length}, negated);
}

struct pattern_set *pattern_set_escape(struct pattern_reader *reader)
{
    uint32_t letter = peek(reader, 0);
    if (letter == 'p' || letter == 'P')
        return property_set(reader);
    if (letter == 0 || letter > 'z' || !strchr("dDwWsShHvV", (int)letter))
        return NULL;
    char name = (char)(letter | 0x20);
    reader->at++;
    return named_set(reader->arena, (struct str){.ptr = &name, .len = 1}, letter != (uint32_t)name);
}

static bool read_hex(struct pattern_reader *reader, size_t count, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef";
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t c = peek(reader, 0);
        const char *digit = c && c < 0x80 ? strchr(digits, (int)(c >= 'A' && c <= 'F' ? c | 0x20 : c)) : NULL;
        if (!digit)
            return false;
        *out = *out * 16 + (uint32_t)(digit - digits);
        reader->at++;
    }
    return true;
}

bool pattern_character_escape(struct pattern_reader *reader, uint32_t *out)
{
    static const char letters[] = "tnrfae", meant[] = "\t\n\r\f\a\033";
    uint32_t c = peek(reader, 0);
    if (reader->at >= reader->pattern.count)
        return false;
    reader->at++;
    const char *letter = c < 0x80 ? strchr(letters, (int)c) : NULL;
    if (letter && c)
        *out = (unsigned char)meant[letter - letters];
    else if (c == 'x' || c == 'u')
        return read_hex(reader, c == 'x' ? 2 : 4, out);
    else if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        return false;
    else
        *out = c;
    return true;
}

static struct pattern_set *read_set(struct pattern_reader *, size_t depth);

/* One character or class of a set; *single tells that it may begin a range. */
static bool read_item(struct pattern_reader *reader, size_t depth, struct pattern_set *set, bool *single,
                      uint32_t *character)
{
    *single = false;
    if (peek(reader, 0) == '[') {
        reader->at++;
        struct pattern_set *inner = read_set(reader, depth + 1);
        if (inner)
            add_term(reader->arena, set, 0, 0, inner);
        return inner != NULL;
    }
    *single = true;
    if (peek(reader, 0) != '\\') {
        *character = peek(reader, 0);
        reader->at++;
        return true;
    }
    reader->at++;
    struct pattern_set *known = pattern_set_escape(reader);
    if (!known)
        return pattern_character_escape(reader, character);
    *single = false;
    add_term(reader->arena, set, 0, 0, known);
    return true;
}

/* An item, or a range of two. */
static bool read_items(struct pattern_reader *reader, size_t depth, struct pattern_set *set)
{
    bool single, last_single;
    uint32_t low = 0, high;
    if (!read_item(reader, depth, set, &single, &low))
        return false;
    if (!single)
        return true;
    high = low;
    if (peek(reader, 0) == '-' && peek(reader, 1) != ']' && peek(reader, 1) != '[' &&
        reader->at + 1 < reader->pattern.count) {
        reader->at++;
        if (!read_item(reader, depth, set, &last_single, &high) || !last_single || high < low)
            return false;
    }
    add_term(reader->arena, set, low, high, NULL);
    return true;
}

static struct pattern_set *read_set(struct pattern_reader *reader, size_t depth)
{
    struct pattern_set *set = arena_alloc(reader->arena, sizeof *set), *part = set;
    if (depth > SET_DEPTH_MAX)
        return NULL;
    if (peek(reader, 0) == '^') {
        set->negated = true;
        reader->at++;
    }
    for (bool first = true; first || peek(reader, 0) != ']'; first = false) {
        if (reader->at >= reader->pattern.count)
            return NULL;
        if (peek(reader, 0) == '&' && peek(reader, 1) == '&') {
            reader->at += 2;
            part->and = arena_alloc(reader->arena, sizeof *part);
            part = part->and;
            continue;
        }
        if (!read_items(reader, depth, part))
            return NULL;
    }
    reader->at++;
    return set;
}

struct pattern_set *pattern_set_read(struct pattern_reader *reader)
{
    return read_set(reader, 0);
}

static bool has_exactly(const struct pattern_set *set, uint32_t character)
{
    bool found = false;
    for (const struct pattern_term *term = set->terms; term && !found; term = term->next)
        found =
            term->set ? has_exactly(term->set, character) : character >= term->low && character <= term->high;
    if (set->and &&found)
        found = has_exactly(set->and, character);
    return found != set->negated;
}

bool pattern_set_has(const struct pattern_set *set, uint32_t character, bool any_case)
{
    bool letter = (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
    return has_exactly(set, character) || (any_case && letter && has_exactly(set, character ^ 0x20));
}

bool pattern_is_word(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
