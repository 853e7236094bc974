#include "base/xml.h"

#include <expat.h>

struct reader {
    struct arena *arena;
    XML_Parser parser;
    struct value *maps[XML_DEPTH_MAX]; /* of the open elements; NULL before the first child */
    size_t depth, nodes;
    struct buf text;     /* of the innermost open element */
    struct str root;     /* its name */
    struct value *value; /* of the root, at the end */
    struct error *error;
    bool failed;
};

/* The name behind its namespace's prefix. */
static struct str local_name(const XML_Char *name)
{
    struct str whole = str_from(name);
    size_t colon = str_find(whole, ':');
    return colon < whole.len ? str_from_index(whole, colon + 1) : whole;
}

PRINTF_LIKE(3, 4)
static void fail(struct reader *reader, enum error_code code, const char *format, ...)
{
    va_list arguments;
    if (reader->failed)
        return;
    reader->failed = true;
    va_start(arguments, format);
    error_setv(reader->error, code, format, arguments);
    va_end(arguments);
    error_prefix(reader->error, "invalid XML");
    error_suffix(reader->error, " (line %lu, column %lu)",
                 (unsigned long)XML_GetCurrentLineNumber(reader->parser),
                 (unsigned long)XML_GetCurrentColumnNumber(reader->parser) + 1);
    XML_StopParser(reader->parser, XML_FALSE);
}

static void XMLCALL start_element(void *self, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = self;
    (void)attributes;
    if (reader->depth == XML_DEPTH_MAX) {
        fail(reader, ERROR_INVALID, "nested deeper than %d levels", XML_DEPTH_MAX);
        return;
    }
    if (++reader->nodes > XML_NODES_MAX) {
        fail(reader, ERROR_OUT_OF_MEMORY, "more than %d elements", XML_NODES_MAX);
        return;
    }
    if (reader->depth == 0)
        reader->root = arena_str(reader->arena, local_name(name));
    else if (!reader->maps[reader->depth - 1])
        reader->maps[reader->depth - 1] = value_map(reader->arena);
    reader->maps[reader->depth++] = NULL;
    buf_clear(&reader->text);
}

/* A child whose name is there already makes a list, or joins it. */
static void add_child(struct arena *arena, struct value *map, struct str name, struct value *child)
{
    struct value_entry *entry = value_entry(map, name);
    if (!entry) {
        value_set(arena, map, name, child);
        return;
    }
    if (entry->value->kind != VALUE_LIST) {
        struct value *list = value_list(arena);
        value_append(arena, list, entry->value);
        entry->value = list;
    }
    value_append(arena, entry->value, child);
}

static void XMLCALL end_element(void *self, const XML_Char *name)
{
    struct reader *reader = self;
    if (reader->failed)
        return;
    struct value *value = reader->maps[--reader->depth];
    if (!value)
        value = value_string(reader->arena, buf_str(&reader->text));
    buf_clear(&reader->text);
    if (reader->depth == 0)
        reader->value = value;
    else
        add_child(reader->arena, reader->maps[reader->depth - 1], local_name(name), value);
}

static void XMLCALL add_text(void *self, const XML_Char *text, int length)
{
    struct reader *reader = self;
    buf_add(&reader->text, (struct str){.ptr = text, .len = (size_t)length});
}

static void XMLCALL refuse_doctype(void *self, const XML_Char *name, const XML_Char *system,
                                   const XML_Char *public, int has_subset)
{
    (void)name, (void)system, (void)public, (void)has_subset;
    fail(self, ERROR_INVALID, "a document type declaration is not allowed");
}

static void parse(struct reader *reader, struct str bytes)
{
    reader->parser = XML_ParserCreate(NULL);
    if (!reader->parser)
        memory_exhausted();
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, start_element, end_element);
    XML_SetCharacterDataHandler(reader->parser, add_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, refuse_doctype);
    if (XML_Parse(reader->parser, bytes.len ? bytes.ptr : "", (int)bytes.len, 1) != XML_STATUS_OK) {
        enum XML_Error code = XML_GetErrorCode(reader->parser);
        if (code == XML_ERROR_NO_MEMORY)
            memory_exhausted();
        fail(reader, ERROR_INVALID, "%s", XML_ErrorString(code));
    }
    XML_ParserFree(reader->parser);
}

bool xml_read(struct arena *arena, struct str bytes, struct str *root, struct value **out,
              struct error *error)
{
    struct reader reader = {.arena = arena, .text = BUF_INIT(XML_BYTES_MAX), .error = error};
    if (bytes.len > XML_BYTES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "invalid XML: larger than %d bytes", XML_BYTES_MAX);
    parse(&reader, bytes);
    buf_release(&reader.text);
    if (reader.failed)
        return false;
    if (root)
        *root = reader.root;
    *out = reader.value;
    return true;
}

struct value *xml_items(struct arena *arena, const struct value *parent, const char *name)
{
    struct value *child = value_get(parent, name);
    if (value_is(child, VALUE_LIST))
        return child;
    struct value *list = value_list(arena);
    if (child && !value_is_text(child, ""))
        value_append(arena, list, child);
    return list;
}

void xml_escape(struct buf *buf, struct str text)
{
    static const struct {
        char c;
        const char *reference;
    } references[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\r', "&#xD;"}};
    for (size_t i = 0; i < text.len; i++) {
        const char *reference = NULL;
        for (size_t k = 0; k < ARRAY_LENGTH(references) && !reference; k++)
            if (text.ptr[i] == references[k].c)
                reference = references[k].reference;
        if (reference)
            buf_addz(buf, reference);
        else
            buf_addc(buf, text.ptr[i]);
    }
}

static void write_children(struct buf *, const struct value *map);

static void write_element(struct buf *buf, struct str name, const struct value *value)
{
    if (value->kind == VALUE_NULL)
        return;
    if (value->kind == VALUE_LIST) {
        for (size_t i = 0; i < value->count; i++)
            write_element(buf, name, value->items[i]);
        return;
    }
    buf_printf(buf, "<%.*s>", STR_ARG(name));
    if (value->kind == VALUE_MAP)
        write_children(buf, value);
    else
        xml_escape(buf, value->kind == VALUE_SECRET ? value->text : value_text(value));
    buf_printf(buf, "</%.*s>", STR_ARG(name));
}

static void write_children(struct buf *buf, const struct value *map)
{
    for (size_t i = 0; i < map->count; i++)
        write_element(buf, map->entries[i].key, map->entries[i].value);
}

void xml_write(struct buf *buf, const char *root, const char *ns, const struct value *map)
{
    buf_printf(buf, "<%s", root);
    if (ns) {
        buf_addz(buf, " xmlns=\"");
        xml_escape(buf, str_from(ns));
        buf_addc(buf, '"');
    }
    buf_addc(buf, '>');
    write_children(buf, map);
    buf_printf(buf, "</%s>", root);
}
