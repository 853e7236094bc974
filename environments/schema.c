#include "environments/schema.h"

#include "base/json.h"
#include "environments/fields.h"

const struct schema schemas[SCHEMA_COUNT] = {
    {"environment", "environments/NAME/environment.yaml"},
    {"application", "environments/NAME/APPLICATION.yaml"},
    {"plumb", "plumb.yaml"},
};

/* In the order of `schemas`. */
static const struct field *const files[SCHEMA_COUNT] = {&environment_file, &application_file,
                                                        &repository_file};

static struct value *map_of_keys(struct arena *, const struct field *keys, size_t count);

static void set(struct arena *arena, struct value *schema, const char *key, struct value *value)
{
    value_setz(arena, schema, key, value);
}

static void append(struct arena *arena, struct value *list, const char *text)
{
    value_append(arena, list, value_stringz(arena, text));
}

static bool has(unsigned form, unsigned bits)
{
    return (form & bits) == bits;
}

static void add_type(struct arena *arena, struct value *schema, unsigned form)
{
    struct value *types = value_list(arena);
    if (form & FIELD_TEXT)
        append(arena, types, "string");
    if (form & FIELD_NUMBER)
        append(arena, types, has(form, FIELD_WHOLE) ? "integer" : "number");
    if (form & FIELD_FLAG)
        append(arena, types, "boolean");
    if (form & FIELD_MAP)
        append(arena, types, "object");
    if (form & FIELD_LIST)
        append(arena, types, "array");
    set(arena, schema, "type", types->count == 1 ? types->items[0] : types);
}

static struct value *words_of(struct arena *arena, const struct field *field)
{
    struct value *words = value_list(arena);
    for (size_t i = 0; i < field->word_count; i++)
        append(arena, words, field->words[i]);
    return words;
}

/* Units in the order of field_duration, which takes as many parts as there are units. */
static const char *pattern_of(const struct field *field)
{
    if (has(field->form, FIELD_DURATION))
        return "^([0-9]+(ms|s|m|h|d)){1,5}$";
    if (has(field->form, FIELD_DATE))
        return "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
    return field->form & FIELD_TEXT ? field->pattern : NULL;
}

static void add_limits(struct arena *arena, struct value *schema, const struct field *field)
{
    if (field->form & FIELD_NUMBER && (has(field->form, FIELD_WHOLE) || field->most))
        set(arena, schema, "minimum", value_int(arena, field->least));
    if (field->form & FIELD_NUMBER && field->most)
        set(arena, schema, "maximum", value_int(arena, field->most));
    if (pattern_of(field))
        set(arena, schema, "pattern", value_stringz(arena, pattern_of(field)));
    if (field->longest) {
        set(arena, schema, "minLength", value_int(arena, 1));
        set(arena, schema, "maxLength", value_int(arena, (int64_t)field->longest));
    }
}

/* The words stand in the place of any text; what else the value may be keeps its own limits. */
static struct value *with_words(struct arena *arena, struct value *schema, unsigned form,
                                const struct field *field)
{
    unsigned others = form & FIELD_ANY & ~(unsigned)FIELD_TEXT;
    if (!field->word_count || !(form & FIELD_TEXT))
        return schema;
    if (!others) {
        set(arena, schema, "enum", words_of(arena, field));
        return schema;
    }
    struct value *either = value_list(arena), *words = value_map(arena), *all = value_map(arena);
    add_type(arena, schema, form & ~(unsigned)FIELD_TEXT);
    set(arena, words, "enum", words_of(arena, field));
    value_append(arena, either, schema);
    value_append(arena, either, words);
    set(arena, all, "anyOf", either);
    return all;
}

/* What is in a list, or in a mapping with keys of the user's own. */
static struct value *entry_of(struct arena *arena, const struct field *field)
{
    unsigned form = field->items ? field->items : field->keys ? FIELD_MAP : 0;
    bool keyed = form & FIELD_MAP && field->keys;
    struct value *entry = keyed ? map_of_keys(arena, field->keys, field->key_count) : value_map(arena);
    if (form)
        add_type(arena, entry, form);
    if (field->form & FIELD_LIST && form == FIELD_TEXT)
        set(arena, entry, "minLength", value_int(arena, 1));
    if (form & FIELD_LIST) {
        struct value *deepest = value_map(arena);
        add_type(arena, deepest, form & FIELD_SCALAR);
        set(arena, entry, "items", deepest);
    }
    return with_words(arena, entry, form, field);
}

static void add_count(struct arena *arena, struct value *schema, const char *least, const char *most,
                      const struct field *field)
{
    if (field->fewest)
        set(arena, schema, least, value_int(arena, (int64_t)field->fewest));
    if (field->many)
        set(arena, schema, most, value_int(arena, (int64_t)field->many));
}

static void add_entries(struct arena *arena, struct value *schema, const struct field *field)
{
    if (field->form & FIELD_LIST && (field->keys || field->items)) {
        set(arena, schema, "items", entry_of(arena, field));
        add_count(arena, schema, "minItems", "maxItems", field);
    } else if (field->form & FIELD_MAP && field->items) {
        set(arena, schema, "additionalProperties", entry_of(arena, field));
        add_count(arena, schema, "minProperties", "maxProperties", field);
        if (field->pattern) {
            struct value *names = value_map(arena);
            set(arena, names, "pattern", value_stringz(arena, field->pattern));
            set(arena, schema, "propertyNames", names);
        }
    }
}

static struct value *default_of(struct arena *arena, const struct field *field)
{
    struct str text = str_from(field->otherwise);
    if (field->form & FIELD_FLAG && (str_is(text, "true") || str_is(text, "false")))
        return value_bool(arena, str_is(text, "true"));
    if (field->form & FIELD_NUMBER && json_is_number(text))
        return value_number(arena, text);
    return value_string(arena, text);
}

static struct value *schema_of(struct arena *arena, const struct field *field)
{
    bool keyed = field->form & FIELD_MAP && field->keys;
    struct value *schema = keyed ? map_of_keys(arena, field->keys, field->key_count) : value_map(arena);
    add_type(arena, schema, field->form);
    add_limits(arena, schema, field);
    add_entries(arena, schema, field);
    if (!(field->form & FIELD_LIST)) /* a list's words are those in it */
        schema = with_words(arena, schema, field->form, field);
    set(arena, schema, "description", value_stringz(arena, field->help));
    if (field->otherwise)
        set(arena, schema, "default", default_of(arena, field));
    return schema;
}

static void add_needs(struct arena *arena, struct value *schema, const struct field *keys, size_t count)
{
    struct value *all = value_map(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *needs = value_list(arena);
        for (size_t k = 0; k < ARRAY_LENGTH(keys[i].needs) && keys[i].needs[k]; k++)
            append(arena, needs, keys[i].needs[k]);
        if (needs->count)
            value_setz(arena, all, keys[i].name, needs);
    }
    if (all->count)
        set(arena, schema, "dependentRequired", all);
}

static void add_one_of(struct arena *arena, struct value *schema, const struct field *keys, size_t count)
{
    struct value *all = value_list(arena);
    for (size_t i = 0; i < count; i++)
        if (keys[i].form & FIELD_ONE_OF) {
            struct value *names = value_list(arena), *one = value_map(arena);
            append(arena, names, keys[i].name);
            set(arena, one, "required", names);
            value_append(arena, all, one);
        }
    if (all->count)
        set(arena, schema, "oneOf", all);
}

static struct value *map_of_keys(struct arena *arena, const struct field *keys, size_t count)
{
    struct value *schema = value_map(arena), *properties = value_map(arena), *required = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        value_setz(arena, properties, keys[i].name, schema_of(arena, &keys[i]));
        if (keys[i].form & FIELD_REQUIRED)
            append(arena, required, keys[i].name);
    }
    set(arena, schema, "type", value_stringz(arena, "object"));
    set(arena, schema, "properties", properties);
    set(arena, schema, "additionalProperties", value_bool(arena, false));
    if (required->count)
        set(arena, schema, "required", required);
    add_needs(arena, schema, keys, count);
    add_one_of(arena, schema, keys, count);
    return schema;
}

struct value *schema_make(struct arena *arena, struct str name)
{
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        if (!str_is(name, schemas[i].name))
            continue;
        struct value *whole = value_map(arena), *schema = schema_of(arena, files[i]);
        set(arena, whole, "$schema", value_stringz(arena, "https://json-schema.org/draft/2020-12/schema"));
        set(arena, whole, "title", value_stringf(arena, "%s of plumb", schemas[i].file));
        for (size_t k = 0; k < schema->count; k++)
            value_set(arena, whole, schema->entries[k].key, schema->entries[k].value);
        return whole;
    }
    return NULL;
}
