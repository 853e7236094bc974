#include "base/yaml_reader.h"

#include <string.h>
#include <yaml.h>

#include "base/json.h"
#include "base/yaml_schema.h"

struct reader {
    struct arena *arena;
    const struct source *source;
    struct str bytes; /* without byte order mark */
    yaml_parser_t parser;
    struct value *anchors;       /* name to value */
    size_t depth, nodes, copied; /* copied: bytes of text that aliases repeated */
    bool merges;                 /* "<<" is a merge key */
    bool old;                    /* scalars are those of YAML 1.1 */
    struct error *error;
};

struct position {
    size_t line, column; /* from 1 */
};

static bool read_node(struct reader *, const yaml_event_t *, struct value **out);

PRINTF_LIKE(4, 5)
static bool fail(struct reader *reader, struct position position, enum error_code code, const char *format,
                 ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_setv(reader->error, code, format, arguments);
    va_end(arguments);
    return error_suffix(reader->error, " (%.*s:%zu:%zu)", STR_ARG(reader->source->file), position.line,
                        position.column);
}

static struct position at_mark(yaml_mark_t mark)
{
    return (struct position){mark.line + 1, mark.column + 1};
}

static struct position at_offset(struct str bytes, size_t offset)
{
    struct position position = {1, 1};
    for (size_t i = 0; i < offset && i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c == '\n') {
            position.line++;
            position.column = 1;
        } else if ((c & 0xc0) != 0x80) {
            position.column++;
        }
    }
    return position;
}

/* libyaml's own words, made one sentence. */
static bool fail_parser(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        memory_exhausted();
    if (parser->error == YAML_READER_ERROR)
        return fail(reader, at_offset(reader->bytes, parser->problem_offset), ERROR_INVALID,
                    "invalid YAML: %s (0x%02x)", parser->problem, (unsigned)parser->problem_value);
    if (strcmp(parser->problem, "found character that cannot start any token") == 0)
        return fail(reader, at_mark(parser->problem_mark), ERROR_INVALID,
                    *parser->buffer.pointer == '\t' ? "invalid YAML: a tab is used as indentation, use spaces"
                                                    : "invalid YAML: '%c' cannot start a value, quote it",
                    *parser->buffer.pointer);
    if (!parser->context)
        return fail(reader, at_mark(parser->problem_mark), ERROR_INVALID, "invalid YAML: %s",
                    parser->problem);
    return fail(reader, at_mark(parser->problem_mark), ERROR_INVALID, "invalid YAML: %s %s from line %zu",
                parser->problem, parser->context, parser->context_mark.line + 1);
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    return yaml_parser_parse(&reader->parser, event) ? true : fail_parser(reader);
}

static struct str text_of(const yaml_event_t *scalar)
{
    return (struct str){.ptr = (const char *)scalar->data.scalar.value, .len = scalar->data.scalar.length};
}

/* The tag of a node, or the empty text; "!" alone only says "no plain scalar". */
static struct str tag_of(const yaml_event_t *event)
{
    const yaml_char_t *tag = event->type == YAML_SCALAR_EVENT           ? event->data.scalar.tag
                             : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.tag
                                                                        : event->data.mapping_start.tag;
    return str_from((const char *)tag);
}

static struct str anchor_of(const yaml_event_t *event)
{
    const yaml_char_t *anchor = event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
                                : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
                                                                           : event->data.mapping_start.anchor;
    return str_from((const char *)anchor);
}

static struct value *place(struct reader *reader, struct value *value, yaml_mark_t mark)
{
    value->source = reader->source;
    value->line = (uint32_t)mark.line + 1;
    value->column = (uint32_t)mark.column + 1;
    return value;
}

/* Counts a tree's nodes and bytes of text, and gives its height. */
static size_t measure(const struct value *value, size_t *nodes, size_t *bytes)
{
    size_t height = 0;
    *nodes += 1;
    *bytes += value->text.len;
    for (size_t i = 0; i < value->count; i++) {
        const struct value *child = value->kind == VALUE_MAP ? value->entries[i].value : value->items[i];
        size_t below = measure(child, nodes, bytes);
        *bytes += value->kind == VALUE_MAP ? value->entries[i].key.len : 0;
        height = below > height ? below : height;
    }
    return height + 1;
}

/* An alias stands for a copy, so that each place may be changed by itself.  The budget is checked before the
 * copy is made: a document that doubles itself again and again ends here. */
static bool read_alias(struct reader *reader, const yaml_event_t *event, struct value **out)
{
    struct str name = str_from((const char *)event->data.alias.anchor);
    struct position position = at_mark(event->start_mark);
    const struct value *anchored = value_get_str(reader->anchors, name);
    if (!anchored)
        return fail(reader, position, ERROR_INVALID, "alias '*%.*s' has no anchor before it",
                    STR_ARG(str_clip(name, 128)));
    size_t height = measure(anchored, &reader->nodes, &reader->copied);
    if (reader->depth + height > YAML_DEPTH_MAX)
        return fail(reader, position, ERROR_INVALID, "nested deeper than %d levels through an alias",
                    YAML_DEPTH_MAX);
    if (reader->nodes > YAML_NODES_MAX || reader->copied > YAML_BYTES_MAX)
        return fail(reader, position, ERROR_OUT_OF_MEMORY,
                    "aliases make the document larger than %d values or %d bytes", YAML_NODES_MAX,
                    YAML_BYTES_MAX);
    *out = value_copy(reader->arena, anchored);
    return true;
}

static bool refuse_nul(struct reader *reader, const yaml_event_t *scalar)
{
    if (str_find(text_of(scalar), '\0') == scalar->data.scalar.length)
        return true;
    return fail(reader, at_mark(scalar->start_mark), ERROR_INVALID, "a string holds a NUL character");
}

static bool is_plain(const yaml_event_t *scalar)
{
    return scalar->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && tag_of(scalar).len == 0;
}

static bool read_scalar(struct reader *reader, const yaml_event_t *event, struct value **out)
{
    if (!refuse_nul(reader, event))
        return false;
    *out = is_plain(event) ? (reader->old ? yaml_plain_1_1 : yaml_plain)(reader->arena, text_of(event))
                           : value_string(reader->arena, text_of(event));
    return true;
}

static bool read_list(struct reader *reader, struct value *list)
{
    for (;;) {
        yaml_event_t event;
        struct value *item;
        if (!next_event(reader, &event))
            return false;
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        bool read = end || read_node(reader, &event, &item);
        yaml_event_delete(&event);
        if (end || !read)
            return read;
        value_append(reader->arena, list, item);
    }
}

static bool is_merge(const yaml_event_t *event)
{
    return is_plain(event) && str_is(text_of(event), "<<");
}

static bool check_key(struct reader *reader, const yaml_event_t *event, const struct value *map)
{
    struct position position = at_mark(event->start_mark);
    if (event->type != YAML_SCALAR_EVENT)
        return fail(reader, position, ERROR_INVALID, "a key must be a string");
    struct str key = text_of(event), shown = str_clip(key, 128);
    if (tag_of(event).len)
        return fail(reader, position, ERROR_INVALID, "key '%.*s' has a tag", STR_ARG(shown));
    if (is_merge(event) && !reader->merges)
        return fail(reader, position, ERROR_INVALID,
                    "merge keys ('<<') are not supported: write the keys out");
    if (is_plain(event) && yaml_is_null(key))
        return fail(reader, position, ERROR_INVALID, "a key must be a string, not null");
    const struct value_entry *first = value_entry(map, key);
    if (first)
        return fail(reader, position, ERROR_INVALID, "key '%.*s' is given twice, first at %u:%u",
                    STR_ARG(shown), first->line, first->column);
    return refuse_nul(reader, event);
}

static bool read_next(struct reader *reader, struct value **out)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return false;
    bool read = read_node(reader, &event, out);
    yaml_event_delete(&event);
    return read;
}

static bool read_member(struct reader *reader, const yaml_event_t *key, struct value *map)
{
    struct value *value;
    if (!check_key(reader, key, map) || !read_next(reader, &value))
        return false;
    value_set(reader->arena, map, text_of(key), value);
    map->entries[map->count - 1].line = (uint32_t)key->start_mark.line + 1;
    map->entries[map->count - 1].column = (uint32_t)key->start_mark.column + 1;
    struct str anchor = anchor_of(key);
    if (anchor.len)
        value_set(reader->arena, reader->anchors, anchor,
                  place(reader, value_string(reader->arena, text_of(key)), key->start_mark));
    return true;
}

/* The value of a merge key: a mapping, or a list of them. */
static bool read_merged(struct reader *reader, const yaml_event_t *key, struct value **merged)
{
    struct value *value;
    if (!check_key(reader, key, NULL) || !read_next(reader, &value))
        return false;
    if (!*merged)
        *merged = value_list(reader->arena);
    bool list = value_is(value, VALUE_LIST);
    for (size_t i = 0; i < (list ? value->count : 1); i++) {
        struct value *map = list ? value->items[i] : value;
        if (!value_is(map, VALUE_MAP))
            return fail(reader, at_mark(key->start_mark), ERROR_INVALID,
                        "a merge key ('<<') takes a mapping or a list of mappings, not %s",
                        value_kind_name(map->kind));
        value_append(reader->arena, *merged, map);
    }
    return true;
}

/* What the mapping says itself comes first, then earlier mappings before later ones. */
static void merge(struct reader *reader, struct value *map, const struct value *merged)
{
    for (size_t i = 0; i < merged->count; i++)
        for (size_t k = 0; k < merged->items[i]->count; k++) {
            const struct value_entry *entry = &merged->items[i]->entries[k];
            if (value_entry(map, entry->key))
                continue;
            value_set(reader->arena, map, entry->key, entry->value);
            map->entries[map->count - 1].line = entry->line;
            map->entries[map->count - 1].column = entry->column;
        }
}

static bool read_map(struct reader *reader, struct value *map)
{
    struct value *merged = NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return false;
        bool end = event.type == YAML_MAPPING_END_EVENT;
        bool joins = reader->merges && event.type == YAML_SCALAR_EVENT && is_merge(&event);
        bool read = end || (joins ? read_merged(reader, &event, &merged) : read_member(reader, &event, map));
        yaml_event_delete(&event);
        if (end && merged)
            merge(reader, map, merged);
        if (end || !read)
            return read;
    }
}

/* The long form of the function that a tag names; NULL without a tag. */
static bool read_tag(struct reader *reader, const yaml_event_t *event, const char **function)
{
    static const char standard[] = "tag:yaml.org,2002:";
    struct str tag = tag_of(event);
    *function = yaml_function(tag);
    if (*function || tag.len == 0 || str_is(tag, "!"))
        return true;
    bool is_standard = str_starts(tag, standard);
    struct str shown = str_clip(is_standard ? str_from_index(tag, sizeof standard - 1) : tag, 128);
    const char *near = yaml_nearest_tag(tag);
    return fail(reader, at_mark(event->start_mark), ERROR_INVALID, "tag '%s%.*s' is not supported%s%s%s",
                is_standard ? "!!" : "", STR_ARG(shown), near ? ", did you mean '!" : "", near ? near : "",
                near ? "'?" : "");
}

/* {"Fn::Name": content}; the scalar "A.B.C" of GetAtt becomes ["A", "B.C"]. */
static struct value *expand(struct reader *reader, const char *function, struct value *content,
                            yaml_mark_t mark)
{
    if (strcmp(function, "Fn::GetAtt") == 0 && content->kind == VALUE_STRING) {
        struct str rest = content->text, part;
        content = place(reader, value_list(reader->arena), mark);
        reader->nodes += 2;
        str_split(&rest, '.', &part);
        value_append(reader->arena, content, place(reader, value_string(reader->arena, part), mark));
        if (rest.ptr)
            value_append(reader->arena, content, place(reader, value_string(reader->arena, rest), mark));
    }
    struct value *map = value_map(reader->arena);
    value_setz(reader->arena, map, function, content);
    return map;
}

static bool read_content(struct reader *reader, const yaml_event_t *event, struct value **out)
{
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(reader, event, out);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return read_list(reader, *out = value_list(reader->arena));
    return read_map(reader, *out = value_map(reader->arena));
}

static bool read_node(struct reader *reader, const yaml_event_t *event, struct value **out)
{
    const char *function;
    struct value *value;
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(reader, event, out);
    if (!read_tag(reader, event, &function))
        return false;
    size_t levels = function ? 2 : 1;
    reader->depth += levels;
    reader->nodes += levels;
    if (reader->depth > YAML_DEPTH_MAX)
        return fail(reader, at_mark(event->start_mark), ERROR_INVALID, "nested deeper than %d levels",
                    YAML_DEPTH_MAX);
    if (reader->nodes > YAML_NODES_MAX)
        return fail(reader, at_mark(event->start_mark), ERROR_OUT_OF_MEMORY, "more than %d values",
                    YAML_NODES_MAX);
    if (!read_content(reader, event, &value))
        return false;
    reader->depth -= levels;
    place(reader, value, event->start_mark);
    if (function)
        value = place(reader, expand(reader, function, value, event->start_mark), event->start_mark);
    if (anchor_of(event).len)
        value_set(reader->arena, reader->anchors, anchor_of(event), value);
    *out = value;
    return true;
}

/* Takes the next event, which has no content, and tells where it stands and whether it is of this type. */
static bool next_is(struct reader *reader, yaml_event_type_t type, bool *is, yaml_mark_t *mark)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return false;
    *is = event.type == type;
    *mark = event.start_mark;
    yaml_event_delete(&event);
    return true;
}

static bool read_document(struct reader *reader, struct value **out)
{
    bool is;
    yaml_mark_t mark;
    if (!next_is(reader, YAML_STREAM_START_EVENT, &is, &mark))
        return false;
    if (!next_is(reader, YAML_STREAM_END_EVENT, &is, &mark))
        return false;
    if (is) {
        *out = place(reader, value_null(reader->arena), mark);
        return true;
    }
    if (!read_next(reader, out) || !next_is(reader, YAML_DOCUMENT_END_EVENT, &is, &mark) ||
        !next_is(reader, YAML_STREAM_END_EVENT, &is, &mark))
        return false;
    return is ||
           fail(reader, at_mark(mark), ERROR_INVALID, "a second document starts here, a file may hold one");
}

/* libyaml reads directives in quadratic time before it gives its first event, so they are looked for here. */
static bool refuse_tag_directives(struct reader *reader)
{
    for (struct str rest = reader->bytes; rest.len;) {
        const char *found = memmem(rest.ptr, rest.len, "%TAG", 4);
        if (!found)
            return true;
        if (found == reader->bytes.ptr || found[-1] == '\n' || found[-1] == '\r' || found[-1] & 0x80)
            return fail(reader, at_offset(reader->bytes, (size_t)(found - reader->bytes.ptr)), ERROR_INVALID,
                        "tag directives ('%%TAG') are not supported");
        rest = str_from_index(rest, (size_t)(found - rest.ptr) + 4);
    }
    return true;
}

static bool refuse_bytes(struct reader *reader)
{
    size_t sound = str_utf8_prefix(reader->bytes);
    if (sound < reader->bytes.len)
        return fail(reader, at_offset(reader->bytes, sound), ERROR_INVALID, "byte 0x%02x is not UTF-8",
                    (unsigned char)reader->bytes.ptr[sound]);
    return refuse_tag_directives(reader);
}

static bool read_yaml(struct reader *reader, struct value **out)
{
    if (!refuse_bytes(reader))
        return false;
    if (!yaml_parser_initialize(&reader->parser))
        memory_exhausted();
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->bytes.ptr,
                                 reader->bytes.len);
    bool read = read_document(reader, out);
    yaml_parser_delete(&reader->parser);
    return read;
}

/* What kinds of files differ in. */
struct dialect {
    bool merges; /* "<<" is a merge key */
    bool old;    /* scalars are those of YAML 1.1 */
};

static bool read_file(struct arena *arena, struct str file, struct str bytes, struct dialect dialect,
                      struct value **out, struct error *error)
{
    struct error json_error = ERROR_INIT;
    struct source *source = arena_alloc(arena, sizeof *source);
    source->file = arena_str(arena, file);
    if (str_starts(bytes, "\xef\xbb\xbf"))
        bytes = str_from_index(bytes, 3);
    if (bytes.len > YAML_BYTES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "file is larger than %d bytes (%.*s)", YAML_BYTES_MAX,
                         STR_ARG(file));
    bool braced = str_starts(str_trim(bytes), "{");
    if (braced && json_read_max(arena, file, bytes, YAML_NODES_MAX, out, &json_error))
        return true;
    if (braced && json_error.code == ERROR_OUT_OF_MEMORY) {
        *error = json_error;
        return false;
    }
    struct reader reader = {.arena = arena,
                            .source = source,
                            .bytes = bytes.len ? bytes : STR_EMPTY,
                            .anchors = value_map(arena),
                            .merges = dialect.merges,
                            .old = dialect.old,
                            .error = error};
    if (read_yaml(&reader, out))
        return true;
    if (braced)
        *error = json_error;
    return false;
}

bool yaml_read(struct arena *arena, struct str file, struct str bytes, struct value **out,
               struct error *error)
{
    return read_file(arena, file, bytes, (struct dialect){.merges = false}, out, error);
}

bool yaml_read_merging(struct arena *arena, struct str file, struct str bytes, struct value **out,
                       struct error *error)
{
    return read_file(arena, file, bytes, (struct dialect){.merges = true}, out, error);
}

bool yaml_read_template(struct arena *arena, struct str file, struct str bytes, struct value **out,
                        struct error *error)
{
    return read_file(arena, file, bytes, (struct dialect){.old = true}, out, error);
}
