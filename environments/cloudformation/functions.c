#include "base/digest.h"
#include "base/json.h"
#include "environments/cloudformation/template.h"

static bool two_arguments(const struct value *argument, struct error *error, const char *usage)
{
    return (value_is(argument, VALUE_LIST) && argument->count == 2) ||
           value_error(argument, error, ERROR_INVALID, "%s", usage);
}

static bool join(struct evaluation *evaluation, const struct value *argument, struct value **out,
                 struct error *error)
{
    static const char usage[] = "'Fn::Join' needs a list of a delimiter and a list of texts";
    if (!two_arguments(argument, error, usage))
        return false;
    struct str delimiter, text;
    const struct value *list = argument->items[1];
    if (!value_is(list, VALUE_LIST) || !scalar_text(argument->items[0], &delimiter))
        return value_error(argument, error, ERROR_INVALID, "%s", usage);
    struct buf joined = BUF_INIT(EVALUATED_TEXT_MAX);
    bool sound = true;
    for (size_t i = 0; i < list->count && sound; i++) {
        if (i > 0)
            buf_add(&joined, delimiter);
        sound = scalar_text(list->items[i], &text) ||
                value_error(list->items[i], error, ERROR_INVALID, "'Fn::Join' cannot join %s",
                            value_kind_name(list->items[i]->kind));
        if (sound)
            buf_add(&joined, text);
    }
    if (sound && joined.overflow)
        sound = value_error(argument, error, ERROR_OUT_OF_MEMORY, "'Fn::Join' makes more than 1 MiB of text");
    if (sound)
        *out = value_at_position_of(value_string(evaluation->arena, buf_str(&joined)), argument);
    buf_release(&joined);
    return sound && evaluation_count(evaluation, *out, error);
}

static bool select_item(struct evaluation *evaluation, const struct value *argument, struct value **out,
                        struct error *error)
{
    static const char usage[] = "'Fn::Select' needs a list of an index and a list";
    int64_t index;
    if (!two_arguments(argument, error, usage))
        return false;
    if (!value_is(argument->items[1], VALUE_LIST) || !value_to_int(argument->items[0], &index))
        return value_error(argument, error, ERROR_INVALID, "%s", usage);
    size_t count = argument->items[1]->count;
    if (index < 0 || (uint64_t)index >= count)
        return value_error(argument, error, ERROR_INVALID, "'Fn::Select' asks for item %lld of a list of %zu",
                           (long long)index, count);
    *out = argument->items[1]->items[index];
    if (!evaluation_count(evaluation, *out, error))
        return false;
    *out = value_copy(evaluation->arena, *out);
    return true;
}

/* The item is there although others are not known yet. */
static bool select_early(struct evaluation *evaluation, const struct value *argument, struct value **out)
{
    int64_t index;
    const struct value *list = value_at(argument, 1);
    if (!value_is(list, VALUE_LIST) || !value_to_int(value_at(argument, 0), &index) || index < 0)
        return false;
    struct value *item = value_at(list, (size_t)index);
    if (!item)
        return false;
    *out = value_copy(evaluation->arena, item);
    return true;
}

static bool split(struct evaluation *evaluation, const struct value *argument, struct value **out,
                  struct error *error)
{
    static const char usage[] = "'Fn::Split' needs a list of a delimiter and a text";
    struct str delimiter, text;
    if (!two_arguments(argument, error, usage))
        return false;
    if (!scalar_text(argument->items[0], &delimiter) || !scalar_text(argument->items[1], &text) ||
        delimiter.len == 0)
        return value_error(argument, error, ERROR_INVALID, "%s", usage);
    *out = value_list(evaluation->arena);
    size_t begin = 0;
    for (size_t i = 0; i + delimiter.len <= text.len;) {
        if (!str_equal(str_slice(text, i, delimiter.len), delimiter)) {
            i++;
            continue;
        }
        struct value *part = value_string(evaluation->arena, str_slice(text, begin, i - begin));
        value_at_position_of(part, argument);
        if (!evaluation_count(evaluation, part, error))
            return false;
        value_append(evaluation->arena, *out, part);
        begin = i += delimiter.len;
    }
    value_append(evaluation->arena, *out, value_string(evaluation->arena, str_from_index(text, begin)));
    return true;
}

static bool base64(struct evaluation *evaluation, const struct value *argument, struct value **out,
                   struct error *error)
{
    struct str text;
    if (!scalar_text(argument, &text))
        return value_error(argument, error, ERROR_INVALID, "'Fn::Base64' needs a text");
    *out = value_string(evaluation->arena, base64_encode(evaluation->arena, text));
    value_at_position_of(*out, argument);
    return evaluation_count(evaluation, *out, error);
}

/* Where the argument ends with {DefaultValue: x}: *out is x, or NULL for AWS::NoValue. */
static bool map_default(const struct value *argument, struct value **out)
{
    const struct value *last = value_at(argument, 3);
    *out = value_get(last, "DefaultValue");
    return value_is(last, VALUE_MAP) && last->count <= 1 && (last->count == 0 || *out);
}

static bool find_in_map(struct evaluation *evaluation, const struct value *argument, struct value **out,
                        struct error *error)
{
    const struct value *level = value_get(evaluation->template, "Mappings");
    static const char *const what[] = {"mapping", "first key", "second key"};
    struct value *otherwise;
    bool has_default = map_default(argument, &otherwise);
    if (value_is(argument, VALUE_LIST) && argument->count == 4 && !has_default)
        return value_error(argument->items[3], error, ERROR_INVALID,
                           "the last part of 'Fn::FindInMap' must be a mapping of 'DefaultValue'");
    if (!value_is(argument, VALUE_LIST) || (argument->count != 3 && argument->count != 4))
        return value_error(argument, error, ERROR_INVALID,
                           "'Fn::FindInMap' needs a list of a mapping, a first and a second key");
    for (size_t i = 0; i < 3; i++) {
        struct str key;
        if (!scalar_text(argument->items[i], &key))
            return value_error(argument->items[i], error, ERROR_INVALID,
                               "the %s of 'Fn::FindInMap' must be a text", what[i]);
        const struct value *next = value_get_str(level, key);
        if (!next && has_default) {
            *out = otherwise;
            return true;
        }
        if (!next)
            return value_error(argument, error, ERROR_INVALID, "'Fn::FindInMap': there is no %s '%.*s'%s",
                               what[i], STR_ARG(key), nearest_key(evaluation->arena, key, level));
        level = next;
    }
    if (!evaluation_count(evaluation, level, error))
        return false;
    *out = value_copy(evaluation->arena, level);
    return true;
}

/* The keys are known although the default is not. */
static bool find_early(struct evaluation *evaluation, const struct value *argument, struct value **out)
{
    struct error ignored = ERROR_INIT;
    struct str key;
    struct value *otherwise;
    for (size_t i = 0; i < 3; i++)
        if (!scalar_text(value_at(argument, i), &key))
            return false;
    return map_default(argument, &otherwise) && find_in_map(evaluation, argument, out, &ignored);
}

static bool length(struct evaluation *evaluation, const struct value *argument, struct value **out,
                   struct error *error)
{
    if (!value_is(argument, VALUE_LIST))
        return value_error(argument, error, ERROR_INVALID, "'Fn::Length' needs a list, not %s",
                           value_kind_name(argument->kind));
    *out = value_int(evaluation->arena, (int64_t)argument->count);
    return true;
}

/* Items that are not known yet count as well. */
static bool length_early(struct evaluation *evaluation, const struct value *argument, struct value **out)
{
    struct error ignored = ERROR_INIT;
    return length(evaluation, argument, out, &ignored);
}

static bool to_json_string(struct evaluation *evaluation, const struct value *argument, struct value **out,
                           struct error *error)
{
    if (!value_is(argument, VALUE_LIST) && !value_is(argument, VALUE_MAP))
        return value_error(argument, error, ERROR_INVALID,
                           "'Fn::ToJsonString' needs a mapping or a list, not %s",
                           value_kind_name(argument->kind));
    struct buf json = BUF_INIT(EVALUATED_TEXT_MAX);
    json_write_revealed(&json, argument); /* a secret makes the whole text one */
    bool fits = !json.overflow || value_error(argument, error, ERROR_OUT_OF_MEMORY,
                                              "'Fn::ToJsonString' makes more than 1 MiB of text");
    if (fits)
        *out = value_at_position_of(value_string(evaluation->arena, buf_str(&json)), argument);
    buf_release(&json);
    return fits && evaluation_count(evaluation, *out, error);
}

static const struct pure_function pure_functions[] = {
    {"Fn::Base64", base64, NULL, NULL},
    {"Fn::Cidr", cidr_function, NULL, NULL},
    {"Fn::FindInMap", find_in_map, find_early, NULL},
    {"Fn::Join", join, NULL, "delimiter"},
    {"Fn::Length", length, length_early, NULL},
    {"Fn::Select", select_item, select_early, NULL},
    {"Fn::Split", split, NULL, "delimiter"},
    {"Fn::ToJsonString", to_json_string, NULL, NULL},
};

const struct pure_function *pure_function_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(pure_functions); i++)
        if (str_is(name, pure_functions[i].name))
            return &pure_functions[i];
    return NULL;
}
