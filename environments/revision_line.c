#include "environments/revision_line.h"

#include "base/yaml_reader.h"

/* One line of the file: [from, end), and its end of line up to `next`. */
struct line {
    size_t from, end, next;
};

static struct line line_at(struct str bytes, size_t from)
{
    struct line line = {.from = from, .end = from};
    while (line.end < bytes.len && bytes.ptr[line.end] != '\n' && bytes.ptr[line.end] != '\r')
        line.end++;
    line.next = line.end;
    if (line.next < bytes.len && bytes.ptr[line.next] == '\r')
        line.next++;
    if (line.next < bytes.len && bytes.ptr[line.next] == '\n')
        line.next++;
    return line;
}

/* The number-th line, from 1; past the end an empty one there. */
static struct line line_of(struct str bytes, uint32_t number)
{
    struct line line = line_at(bytes, 0);
    for (uint32_t i = 1; i < number; i++)
        line = line_at(bytes, line.next);
    return line;
}

/* The byte of a column (characters, from 1) of a line. */
static size_t place_of(struct str bytes, const struct line *line, uint32_t column)
{
    size_t at = line->from;
    if (line->from == 0 && str_starts(bytes, "\xef\xbb\xbf"))
        at += 3;
    for (uint32_t i = 1; i < column && at < line->end; i++)
        do
            at++;
        while (at < line->end && ((unsigned char)bytes.ptr[at] & 0xc0) == 0x80);
    return at;
}

static bool starts_at(struct str bytes, size_t at, const char *text)
{
    return str_starts(str_from_index(bytes, at), text);
}

/* "revision:" stands there; *at is then behind the colon. */
static bool take_key(struct str bytes, size_t *at, const char *key)
{
    size_t length = str_from(key).len;
    char quote = *at < bytes.len ? bytes.ptr[*at] : 0;
    bool quoted = quote == '"' || quote == '\'';
    size_t from = *at + quoted, end = from + length;
    if (!starts_at(bytes, from, key) || (quoted && (end >= bytes.len || bytes.ptr[end] != quote)))
        return false;
    end += quoted;
    while (end < bytes.len && bytes.ptr[end] == ' ')
        end++;
    if (end >= bytes.len || bytes.ptr[end] != ':')
        return false;
    *at = end + 1;
    return true;
}

/* The scalar that begins at *from on this line, with its quotes; false where it goes on below or is no plain
 * or quoted text. */
static bool scalar_extent(struct str bytes, const struct line *line, size_t *from, size_t *end)
{
    while (*from < line->end && (bytes.ptr[*from] == ' ' || bytes.ptr[*from] == '\t'))
        ++*from;
    char first = *from < line->end ? bytes.ptr[*from] : 0;
    if (!first || str_find(STR("&*!|>[{#%@`"), first) < sizeof "&*!|>[{#%@`" - 1)
        return false;
    *end = *from + 1;
    if (first == '"' || first == '\'') {
        while (*end < line->end && bytes.ptr[*end] != first)
            ++*end;
        return (*end)++ < line->end;
    }
    while (*end < line->end &&
           !(bytes.ptr[*end] == '#' && (bytes.ptr[*end - 1] == ' ' || bytes.ptr[*end - 1] == '\t')))
        ++*end;
    while (bytes.ptr[*end - 1] == ' ' || bytes.ptr[*end - 1] == '\t')
        --*end;
    return true;
}

static struct str spliced(struct arena *arena, struct str bytes, size_t from, size_t end, struct str text)
{
    char *out = arena_alloc(arena, bytes.len + text.len + 1);
    struct str parts[] = {str_slice(bytes, 0, from), text, str_from_index(bytes, end)};
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        for (size_t k = 0; k < parts[i].len; k++)
            out[at++] = parts[i].ptr[k];
    return (struct str){.ptr = out, .len = at};
}

/* The same tree, but for the revision? */
static bool says_the_same(struct arena *arena, struct str file, const struct value *before, struct str bytes,
                          struct str revision)
{
    struct value *after, *wanted = value_copy(arena, before);
    struct error ignored = ERROR_INIT;
    value_setz(arena, wanted, "revision", value_string(arena, revision));
    return yaml_read(arena, file, bytes, &after, &ignored) &&
           value_is(value_get(after, "revision"), VALUE_STRING) && value_equal(after, wanted);
}

struct edit_place {
    size_t from, end;
    const char *before, *after; /* around the revision */
    char quote;                 /* 0: plain */
};

static bool try_edit(struct arena *arena, struct str file, const struct value *before, struct str bytes,
                     struct str revision, const struct edit_place *place, struct str *out)
{
    char quote[2] = {place->quote, 0};
    struct str text =
        arena_printf(arena, "%s%s%.*s%s%s", place->before, quote, STR_ARG(revision), quote, place->after);
    *out = spliced(arena, bytes, place->from, place->end, text);
    return says_the_same(arena, file, before, *out, revision);
}

static bool find_place(struct arena *arena, struct str bytes, const struct value *node,
                       struct edit_place *place)
{
    const struct value_entry *revision = value_entry(node, STR("revision"));
    const struct value_entry *entry = revision ? revision : value_entry(node, STR("template"));
    if (!entry || !entry->line)
        return false;
    struct line line = line_of(bytes, entry->line);
    size_t key = place_of(bytes, &line, entry->column), at = key, indent = key - line.from;
    if (!take_key(bytes, &at, revision ? "revision" : "template") ||
        !scalar_extent(bytes, &line, &at, &place->end))
        return false;
    if (revision) {
        *place = (struct edit_place){.from = at, .end = place->end, .before = "", .after = ""};
        place->quote = bytes.ptr[at] == '"' || bytes.ptr[at] == '\'' ? bytes.ptr[at] : 0;
        return true;
    }
    /* Behind its line, with the same indentation and end of line; the last line may have none. */
    bool bare = line.next == line.end;
    struct line first = line_at(bytes, 0);
    struct str eol =
        bare ? (first.next > first.end ? str_slice(bytes, first.end, first.next - first.end) : STR("\n"))
             : str_slice(bytes, line.end, line.next - line.end);
    struct str blanks = str_starts(bytes, "\xef\xbb\xbf") && line.from == 0
                            ? str_slice(bytes, 3, indent - 3)
                            : str_slice(bytes, line.from, indent);
    *place = (struct edit_place){
        .from = line.next,
        .end = line.next,
        .before =
            arena_printf(arena, "%.*s%.*srevision: ", STR_ARG(bare ? eol : STR_EMPTY), STR_ARG(blanks)).ptr,
        .after = arena_strz(arena, bare ? STR_EMPTY : eol),
    };
    return true;
}

bool revision_line_set(struct arena *arena, struct str file, struct str bytes, struct str revision,
                       struct str *out, struct error *error)
{
    struct value *node;
    struct edit_place place = {.from = 0};
    if (!yaml_read(arena, file, bytes, &node, error))
        return false;
    if (!value_is(node, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "'%.*s' must be a mapping", STR_ARG(file));
    if (find_place(arena, bytes, node, &place)) {
        if (try_edit(arena, file, node, bytes, revision, &place, out))
            return true;
        place.quote = '"'; /* "12e4567" would be a number */
        if (try_edit(arena, file, node, bytes, revision, &place, out))
            return true;
    }
    const struct value *where = value_get(node, "revision");
    return value_error(
        where ? where : node, error, ERROR_INVALID,
        "'revision' cannot be moved here without touching the rest: write 'revision: %.*s' on a "
        "line of its own, without anchors and tags",
        STR_ARG(revision));
}
