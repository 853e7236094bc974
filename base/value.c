#include "base/value.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDEX_FROM = 16 };

static struct value *value_new(struct arena *arena, enum value_kind kind)
{
    struct value *value = arena_alloc(arena, sizeof *value);
    value->kind = kind;
    value->text = STR_EMPTY;
    return value;
}

static struct value *with_text(struct arena *arena, enum value_kind kind, struct str text)
{
    struct value *value = value_new(arena, kind);
    value->text = arena_str(arena, text);
    return value;
}

struct value *value_null(struct arena *arena)
{
    return value_new(arena, VALUE_NULL);
}

struct value *value_bool(struct arena *arena, bool boolean)
{
    struct value *value = value_new(arena, VALUE_BOOL);
    value->boolean = boolean;
    return value;
}

struct value *value_int(struct arena *arena, int64_t number)
{
    struct value *value = value_new(arena, VALUE_NUMBER);
    value->text = arena_printf(arena, "%lld", (long long)number);
    return value;
}

struct value *value_number(struct arena *arena, struct str text)
{
    return with_text(arena, VALUE_NUMBER, text);
}

struct value *value_string(struct arena *arena, struct str text)
{
    return with_text(arena, VALUE_STRING, text);
}

struct value *value_stringz(struct arena *arena, const char *text)
{
    return value_string(arena, str_from(text));
}

struct value *value_stringf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        memory_exhausted();
    struct value *value = value_string(arena, (struct str){.ptr = text, .len = (size_t)length});
    free(text);
    return value;
}

struct value *value_list(struct arena *arena)
{
    return value_new(arena, VALUE_LIST);
}

struct value *value_map(struct arena *arena)
{
    return value_new(arena, VALUE_MAP);
}

struct value *value_unknown(struct arena *arena, struct str of)
{
    return with_text(arena, VALUE_UNKNOWN, of);
}

struct value *value_secret(struct arena *arena, struct str clear_text)
{
    return with_text(arena, VALUE_SECRET, clear_text);
}

struct value *value_came_by(struct arena *arena, struct value *value, struct str reference)
{
    value->count = 0;
    value_append(arena, value, value_string(arena, reference));
    return value;
}

struct value *value_secret_unread(struct arena *arena, struct str reference)
{
    struct value *secret = value_came_by(arena, value_secret(arena, STR_EMPTY), reference);
    secret->boolean = true;
    return secret;
}

struct value *value_at_position_of(struct value *value, const struct value *from)
{
    if (from) {
        value->source = from->source;
        value->line = from->line;
        value->column = from->column;
    }
    return value;
}

/* Doubles the room of an array in the arena; the old one stays there until the arena goes. */
static void *grow(struct arena *arena, const void *old, size_t count, size_t *capacity, size_t size)
{
    *capacity = *capacity ? *capacity * 2 : 4;
    void *bigger = arena_array(arena, *capacity, size);
    if (count)
        memcpy(bigger, old, count * size);
    return bigger;
}

void value_append(struct arena *arena, struct value *list, struct value *item)
{
    if (list->count == list->capacity)
        list->items = grow(arena, list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = item;
}

struct value *value_at(const struct value *list, size_t index)
{
    return value_is(list, VALUE_LIST) && index < list->count ? list->items[index] : NULL;
}

/* The index holds entry numbers plus one, by open addressing; it is at most half full. */
static void index_put(struct value *map, size_t number)
{
    size_t slot = str_hash(map->entries[number].key) & (map->index_size - 1);
    while (map->index[slot])
        slot = (slot + 1) & (map->index_size - 1);
    map->index[slot] = (uint32_t)number + 1;
}

static void index_rebuild(struct arena *arena, struct value *map)
{
    map->index_size = 4 * INDEX_FROM;
    while (map->index_size < 4 * map->count)
        map->index_size *= 2;
    map->index = arena_array(arena, map->index_size, sizeof *map->index);
    for (size_t i = 0; i < map->count; i++)
        index_put(map, i);
}

struct value_entry *value_entry(const struct value *map, struct str key)
{
    if (!value_is(map, VALUE_MAP))
        return NULL;
    if (!map->index) {
        for (size_t i = 0; i < map->count; i++)
            if (str_equal(map->entries[i].key, key))
                return &map->entries[i];
        return NULL;
    }
    for (size_t slot = str_hash(key) & (map->index_size - 1); map->index[slot];
         slot = (slot + 1) & (map->index_size - 1))
        if (str_equal(map->entries[map->index[slot] - 1].key, key))
            return &map->entries[map->index[slot] - 1];
    return NULL;
}

void value_set(struct arena *arena, struct value *map, struct str key, struct value *value)
{
    struct value_entry *entry = value_entry(map, key);
    if (entry) {
        entry->value = value;
        return;
    }
    if (map->count == map->capacity)
        map->entries = grow(arena, map->entries, map->count, &map->capacity, sizeof *map->entries);
    map->entries[map->count++] = (struct value_entry){
        .key = arena_str(arena, key), .value = value, .line = value->line, .column = value->column};
    if (map->count > INDEX_FROM && (!map->index || map->count * 2 > map->index_size))
        index_rebuild(arena, map);
    else if (map->index)
        index_put(map, map->count - 1);
}

void value_setz(struct arena *arena, struct value *map, const char *key, struct value *value)
{
    value_set(arena, map, str_from(key), value);
}

void value_set_entry(struct arena *arena, struct value *map, const struct value *from,
                     const struct value_entry *entry, struct value *value)
{
    value_set(arena, map, entry->key, value);
    if (map->source != from->source)
        return; /* the key's place is known by the map's file */
    struct value_entry *set = value_entry(map, entry->key);
    set->line = entry->line;
    set->column = entry->column;
}

struct value *value_get_str(const struct value *map, struct str key)
{
    struct value_entry *entry = value_entry(map, key);
    return entry ? entry->value : NULL;
}

struct value *value_get(const struct value *map, const char *key)
{
    return value_get_str(map, str_from(key));
}

bool value_remove(struct value *map, struct str key)
{
    struct value_entry *entry = value_entry(map, key);
    if (!entry)
        return false;
    size_t at = (size_t)(entry - map->entries);
    memmove(entry, entry + 1, (map->count - at - 1) * sizeof *entry);
    map->count--;
    if (map->index) {
        memset(map->index, 0, map->index_size * sizeof *map->index);
        for (size_t i = 0; i < map->count; i++)
            index_put(map, i);
    }
    return true;
}

struct value *value_path(const struct value *map, ...)
{
    va_list keys;
    const struct value *value = map;
    va_start(keys, map);
    for (const char *key = va_arg(keys, const char *); key && value; key = va_arg(keys, const char *))
        value = value_get(value, key);
    va_end(keys);
    return (struct value *)value;
}

bool value_is(const struct value *value, enum value_kind kind)
{
    return value && value->kind == kind;
}

bool value_is_text(const struct value *value, const char *text)
{
    return value_is(value, VALUE_STRING) && str_is(value->text, text);
}

struct str value_text(const struct value *value)
{
    if (value_is(value, VALUE_STRING) || value_is(value, VALUE_NUMBER))
        return value->text;
    if (value_is(value, VALUE_BOOL))
        return value->boolean ? STR("true") : STR("false");
    return STR_EMPTY;
}

struct str value_reference(const struct value *value)
{
    bool has = (value_is(value, VALUE_STRING) || value_is(value, VALUE_SECRET)) && value->count;
    return has ? value->items[0]->text : STR_EMPTY;
}

struct str value_get_text(const struct value *map, const char *key)
{
    return value_text(value_get(map, key));
}

bool value_to_int(const struct value *value, int64_t *out)
{
    return (value_is(value, VALUE_NUMBER) || value_is(value, VALUE_STRING)) && str_to_int(value->text, out);
}

bool value_to_bool(const struct value *value, bool *out)
{
    bool truth = value_is(value, VALUE_BOOL) ? value->boolean : value_is_text(value, "true");
    if (!truth && !value_is(value, VALUE_BOOL) && !value_is_text(value, "false"))
        return false;
    *out = truth;
    return true;
}

bool value_get_bool(const struct value *map, const char *key, bool otherwise)
{
    bool found;
    return value_to_bool(value_get(map, key), &found) ? found : otherwise;
}

int64_t value_get_int(const struct value *map, const char *key, int64_t otherwise)
{
    int64_t found;
    return value_to_int(value_get(map, key), &found) ? found : otherwise;
}

const char *value_kind_name(enum value_kind kind)
{
    static const char *const names[] = {
        [VALUE_NULL] = "null",
        [VALUE_BOOL] = "a boolean",
        [VALUE_NUMBER] = "a number",
        [VALUE_STRING] = "a string",
        [VALUE_LIST] = "a list",
        [VALUE_MAP] = "a mapping",
        [VALUE_UNKNOWN] = "a value known after apply",
        [VALUE_SECRET] = "a secret",
    };
    return (size_t)kind < ARRAY_LENGTH(names) ? names[kind] : "nothing";
}

struct value *value_copy(struct arena *arena, const struct value *from)
{
    if (!from)
        return NULL;
    struct value *copy = value_new(arena, from->kind);
    copy->boolean = from->boolean;
    copy->mark = from->mark;
    if (from->text.len)
        copy->text = arena_str(arena, from->text);
    value_at_position_of(copy, from);
    if (from->kind != VALUE_MAP)
        for (size_t i = 0; i < from->count; i++)
            value_append(arena, copy, value_copy(arena, from->items[i]));
    if (from->kind == VALUE_MAP)
        for (size_t i = 0; i < from->count; i++) {
            value_set(arena, copy, from->entries[i].key, value_copy(arena, from->entries[i].value));
            copy->entries[copy->count - 1].line = from->entries[i].line;
            copy->entries[copy->count - 1].column = from->entries[i].column;
        }
    return copy;
}

/* A JSON number as sign, digits without zeros at either end, and the power of ten of the last digit. */
struct decimal {
    bool negative;
    char digits[64];
    size_t count;
    int64_t exponent;
    bool exact; /* false: too long to take apart */
};

static void decimal_digits(struct str mantissa, struct decimal *out)
{
    bool fraction = false;
    for (size_t i = 0; i < mantissa.len; i++) {
        if (mantissa.ptr[i] == '.') {
            fraction = true;
            continue;
        }
        out->exponent -= fraction;
        if (out->count == 0 && mantissa.ptr[i] == '0')
            continue;
        if (out->count == sizeof out->digits) {
            out->exact = false;
            return;
        }
        out->digits[out->count++] = mantissa.ptr[i];
    }
}

static struct decimal decimal_of(struct str text)
{
    struct decimal d = {.exact = true};
    if (text.len && text.ptr[0] == '-') {
        d.negative = true;
        text = str_from_index(text, 1);
    }
    size_t e = str_find(text, 'e') < str_find(text, 'E') ? str_find(text, 'e') : str_find(text, 'E');
    if (e < text.len) {
        struct str power = str_from_index(text, e + 1);
        if (str_starts(power, "+"))
            power = str_from_index(power, 1);
        d.exact = power.len <= 6 && str_to_int(power, &d.exponent);
    }
    decimal_digits(str_slice(text, 0, e), &d);
    while (d.count && d.digits[d.count - 1] == '0') {
        d.count--;
        d.exponent++;
    }
    if (d.count == 0) {
        d.exponent = 0;
        d.negative = false;
    }
    return d;
}

static bool numbers_equal(struct str a, struct str b)
{
    if (str_equal(a, b))
        return true;
    struct decimal x = decimal_of(a), y = decimal_of(b);
    return x.exact && y.exact && x.negative == y.negative && x.exponent == y.exponent && x.count == y.count &&
           memcmp(x.digits, y.digits, x.count) == 0;
}

static bool lists_equal(const struct value *a, const struct value *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!value_equal(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool maps_equal(const struct value *a, const struct value *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct value *other = value_get_str(b, a->entries[i].key);
        if (!other || !value_equal(a->entries[i].value, other))
            return false;
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (!a || !b)
        return a == b;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_NUMBER:
        return numbers_equal(a->text, b->text);
    case VALUE_STRING:
        return str_equal(a->text, b->text);
    case VALUE_SECRET:
        return !a->boolean && !b->boolean && str_equal(a->text, b->text);
    case VALUE_LIST:
        return lists_equal(a, b);
    case VALUE_MAP:
        return maps_equal(a, b);
    case VALUE_UNKNOWN:
        return false;
    }
    return false;
}

const struct value *value_find(const struct value *value, bool (*is)(const struct value *, const void *self),
                               const void *self)
{
    const struct value *found = value && is(value, self) ? value : NULL;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count && !found; i++)
        found = value_find(value->items[i], is, self);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count && !found; i++)
        found = value_find(value->entries[i].value, is, self);
    return found;
}

static bool is_unknown(const struct value *value, const void *self)
{
    (void)self;
    return value->kind == VALUE_UNKNOWN;
}

const struct value *value_find_unknown(const struct value *value)
{
    return value_find(value, is_unknown, NULL);
}

static bool is_secret(const struct value *value, const void *self)
{
    (void)self;
    return value->kind == VALUE_SECRET;
}

const struct value *value_find_secret(const struct value *value)
{
    return value_find(value, is_secret, NULL);
}

static bool position_error(const struct source *source, uint32_t line, uint32_t column, struct error *error,
                           enum error_code code, const char *format, va_list arguments)
{
    error_setv(error, code, format, arguments);
    if (source && line)
        error_suffix(error, " (%.*s:%u:%u)", STR_ARG(source->file), line, column);
    else if (source)
        error_suffix(error, " (%.*s)", STR_ARG(source->file));
    return false;
}

bool value_error(const struct value *value, struct error *error, enum error_code code, const char *format,
                 ...)
{
    va_list arguments;
    va_start(arguments, format);
    position_error(value ? value->source : NULL, value ? value->line : 0, value ? value->column : 0, error,
                   code, format, arguments);
    va_end(arguments);
    return false;
}

bool value_key_error(const struct value *map, const struct value_entry *entry, struct error *error,
                     enum error_code code, const char *format, ...)
{
    /* value_set gives a new key the position of its value, which may be from another file than the map */
    const struct value *value = entry->value;
    bool of_value = entry->line == value->line && entry->column == value->column;
    va_list arguments;
    va_start(arguments, format);
    position_error(of_value || !map->source ? value->source : map->source, entry->line, entry->column, error,
                   code, format, arguments);
    va_end(arguments);
    return false;
}
