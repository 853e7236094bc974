#include "environments/selection.h"

#include <string.h>

#include "base/digest.h"

struct rule {
    struct str pattern; /* without braces */
    bool out;
};

struct selection {
    struct rule *rules;
    size_t count;
};

/* "[a-c]" at the start of the pattern: does it have the character?  *length: of the class. */
static bool class_matches(struct str pattern, char c, size_t *length)
{
    size_t i = 1;
    bool inverse = pattern.len > 1 && pattern.ptr[1] == '^', found = false;
    if (inverse)
        i++;
    for (size_t start = i; i < pattern.len && (pattern.ptr[i] != ']' || i == start); i++) {
        bool range = i + 2 < pattern.len && pattern.ptr[i + 1] == '-' && pattern.ptr[i + 2] != ']';
        char from = pattern.ptr[i], to = range ? pattern.ptr[i + 2] : from;
        found = found || (c >= from && c <= to);
        i += range ? 2 : 0;
    }
    *length = i < pattern.len ? i + 1 : 0;
    return found != inverse;
}

/* Does the pattern's first element take the character?  *length: of the element. */
static bool element_matches(struct str pattern, char c, size_t *length)
{
    char first = pattern.ptr[0];
    *length = 1;
    if (first == '?')
        return true;
    if (first == '[') {
        bool found = class_matches(pattern, c, length);
        if (*length)
            return found;
        *length = 1; /* without its end it stands for itself */
    }
    if (first == '\\' && pattern.len > 1) {
        *length = 2;
        return pattern.ptr[1] == c;
    }
    return first == c;
}

/* One part of a path.  Goes back to the last star only, so that the time is bounded by the product. */
static bool part_matches(struct str pattern, struct str part)
{
    size_t at = 0, i = 0, star = SIZE_MAX, from = 0, length;
    while (i < part.len) {
        if (at < pattern.len && pattern.ptr[at] == '*') {
            star = at++;
            from = i;
        } else if (at < pattern.len && element_matches(str_from_index(pattern, at), part.ptr[i], &length)) {
            at += length;
            i++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (at < pattern.len && pattern.ptr[at] == '*')
        at++;
    return at == pattern.len;
}

static struct str first_part(struct str path)
{
    return str_slice(path, 0, str_find(path, '/'));
}

static struct str behind_part(struct str path)
{
    return str_from_index(path, str_find(path, '/') + 1);
}

static bool path_matches(struct str pattern, struct str path)
{
    struct str star = {.ptr = NULL}, from = {.ptr = NULL}, part = STR_EMPTY;
    while (path.len) {
        part = first_part(pattern);
        if (pattern.len && str_is(part, "**")) {
            star = pattern = behind_part(pattern);
            from = path;
            if (!pattern.len)
                return true;
        } else if (pattern.len && part_matches(part, first_part(path))) {
            bool last = part.len == pattern.len, end = first_part(path).len == path.len;
            if (last && end)
                return true;
            pattern = last ? STR_EMPTY : behind_part(pattern);
            path = behind_part(path);
            /* "a/" wants something behind. */
            if (!last && !pattern.len)
                return false;
        } else if (star.ptr && from.len) {
            from = behind_part(from);
            pattern = star;
            path = from;
        } else {
            return false;
        }
    }
    return str_is(pattern, "**") && !str_ends(part, "*");
}

bool selection_has(const struct selection *selection, struct str path)
{
    bool in = true;
    for (size_t i = 0; i < selection->count; i++)
        if (path_matches(selection->rules[i].pattern, path))
            in = !selection->rules[i].out;
    return in;
}

static bool add_rule(struct selection *selection, struct str pattern, bool out, struct error *error)
{
    if (selection->count == PATTERNS_MAX)
        return error_set(error, ERROR_INVALID, "more than %d patterns", PATTERNS_MAX);
    selection->rules[selection->count++] = (struct rule){.pattern = pattern, .out = out};
    return true;
}

/* The end of the brace at the start, or 0; the commas of its own level are counted. */
static size_t brace_end(struct str text, size_t *commas)
{
    int depth = 0;
    *commas = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        depth += (c == '{') - (c == '}');
        *commas += depth == 1 && c == ',';
        if (depth == 0)
            return i;
    }
    return 0;
}

/* "a{b,c}d" gives "abd" and "acd". */
static bool write_out(struct arena *arena, struct selection *selection, struct str pattern, bool out,
                      struct error *error)
{
    size_t open = str_find(pattern, '{'), commas;
    if (pattern.len > PATTERN_BYTES_MAX)
        return error_set(error, ERROR_INVALID, "longer than %d bytes", PATTERN_BYTES_MAX);
    if (open == pattern.len)
        return add_rule(selection, pattern, out, error);
    struct str brace = str_from_index(pattern, open), choice;
    size_t end = brace_end(brace, &commas);
    if (!end || !commas)
        return error_set(error, ERROR_INVALID, "a brace must be like '{a,b}'");
    struct str inner = str_slice(brace, 1, end - 1), behind = str_from_index(brace, end + 1);
    while (inner.ptr) {
        size_t at = 0;
        for (int depth = 0; at < inner.len && (depth || inner.ptr[at] != ','); at++)
            depth += (inner.ptr[at] == '{') - (inner.ptr[at] == '}');
        choice = str_slice(inner, 0, at);
        inner = at < inner.len ? str_from_index(inner, at + 1) : (struct str){.ptr = NULL};
        struct str one =
            arena_printf(arena, "%.*s%.*s%.*s", (int)open, pattern.ptr, STR_ARG(choice), STR_ARG(behind));
        if (!write_out(arena, selection, one, out, error))
            return false;
    }
    return true;
}

static bool check_pattern(struct str pattern, struct error *error)
{
    if (str_starts(pattern, "("))
        return error_set(error, ERROR_INVALID, "a pattern that begins with '(' is not supported");
    for (size_t i = 0; i + 1 < pattern.len; i++)
        if (strchr("!@+?*", pattern.ptr[i]) && pattern.ptr[i + 1] == '(')
            return error_set(error, ERROR_INVALID, "'%.2s...)' is not supported", pattern.ptr + i);
    if (str_starts(pattern, "/") || str_starts(pattern, "../") || str_contains(pattern, "/../"))
        return error_set(error, ERROR_INVALID, "it leads out of the directory");
    return pattern.len || error_set(error, ERROR_INVALID, "it is empty");
}

struct selection *selection_all(struct arena *arena)
{
    struct selection *selection = arena_alloc(arena, sizeof *selection);
    selection->rules = arena_array(arena, PATTERNS_MAX, sizeof *selection->rules);
    return selection;
}

bool selection_add(struct arena *arena, struct selection *selection, struct str text, struct error *error)
{
    struct str pattern = text;
    bool out = str_starts(text, "!");
    if (out)
        pattern = str_from_index(pattern, 1);
    if (str_starts(pattern, "./"))
        pattern = str_from_index(pattern, 2);
    return (check_pattern(pattern, error) && write_out(arena, selection, pattern, out, error)) ||
           error_prefix(error, "pattern '%.*s'", STR_ARG(text));
}

bool selection_new(struct arena *arena, const struct value *patterns, struct selection **out,
                   struct error *error)
{
    *out = selection_all(arena);
    for (size_t i = 0; value_is(patterns, VALUE_LIST) && i < patterns->count; i++)
        if (!selection_add(arena, *out, value_text(patterns->items[i]), error))
            return false;
    return true;
}

struct walk {
    const struct selection *selection;
    const struct files *files;
    struct arena *arena;
    struct buf text;
    size_t count;
};

static bool add_line(struct walk *walk, struct str path, struct str below, enum file_kind kind,
                     struct error *error)
{
    struct str digest;
    if (kind == FILE_SYMLINK || kind == FILE_SUBMODULE)
        return error_set(error, ERROR_INVALID, "'%.*s' is a %s, which is not packaged", STR_ARG(path),
                         kind == FILE_SYMLINK ? "symbolic link" : "submodule");
    if (!files_digest(walk->files, walk->arena, path, &digest, error))
        return false;
    if (++walk->count > SELECTED_FILES_MAX)
        return error_set(error, ERROR_INVALID, "more than %d files", SELECTED_FILES_MAX);
    buf_printf(&walk->text, "%.*s %s %.*s\n", STR_ARG(digest), kind == FILE_EXECUTABLE ? "755" : "644",
               STR_ARG(below));
    return true;
}

static bool walk_directory(struct walk *walk, struct str directory, struct str below, size_t depth,
                           struct error *error)
{
    struct file_list list;
    if (depth > SELECTED_DEPTH_MAX)
        return error_set(error, ERROR_INVALID, "directories deeper than %d", SELECTED_DEPTH_MAX);
    if (!files_list(walk->files, walk->arena, directory, &list, error))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct str name = list.entries[i].name;
        struct str path = arena_printf(walk->arena, "%.*s%s%.*s", STR_ARG(directory),
                                       directory.len ? "/" : "", STR_ARG(name));
        struct str inside =
            arena_printf(walk->arena, "%.*s%s%.*s", STR_ARG(below), below.len ? "/" : "", STR_ARG(name));
        bool done = list.entries[i].kind == FILE_DIRECTORY
                        ? walk_directory(walk, path, inside, depth + 1, error)
                        : !selection_has(walk->selection, inside) ||
                              add_line(walk, path, inside, list.entries[i].kind, error);
        if (!done)
            return false;
    }
    return true;
}

bool selection_digest(const struct selection *selection, const struct files *files, struct arena *arena,
                      struct str directory, struct str *hex, struct error *error)
{
    struct walk walk = {.selection = selection, .files = files, .arena = arena, .text = BUF_INIT(BUF_LARGE)};
    bool done = walk_directory(&walk, directory, STR_EMPTY, 0, error);
    if (done && !walk.count)
        done = error_set(error, ERROR_INVALID, "no file is selected");
    if (done)
        *hex = sha1_hex(arena, buf_str(&walk.text));
    buf_release(&walk.text);
    return done;
}
