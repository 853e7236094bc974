#include "base/yaml_schema.h"

#include <string.h>

#include "base/json.h"

/* The intrinsic, condition and rule functions of the CloudFormation template reference. */
static const char *const functions[] = {
    "Fn::And",          "Fn::Base64",       "Fn::Cidr",
    "Condition",        "Fn::Contains",     "Fn::EachMemberEquals",
    "Fn::EachMemberIn", "Fn::Equals",       "Fn::FindInMap",
    "Fn::GetAZs",       "Fn::GetAtt",       "Fn::If",
    "Fn::ImportValue",  "Fn::Join",         "Fn::Length",
    "Fn::Not",          "Fn::Or",           "Ref",
    "Fn::RefAll",       "Fn::Select",       "Fn::Split",
    "Fn::Sub",          "Fn::ToJsonString", "Fn::Transform",
    "Fn::ValueOf",      "Fn::ValueOfAll",
};

/* A tag is '!' and the function's name without "Fn::". */
static struct str short_name(const char *function)
{
    struct str name = str_from(function);
    return str_starts(name, "Fn::") ? str_from_index(name, 4) : name;
}

const char *yaml_function(struct str tag)
{
    if (!str_starts(tag, "!"))
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++)
        if (str_equal(str_from_index(tag, 1), short_name(functions[i])))
            return functions[i];
    return NULL;
}

const char *yaml_nearest_tag(struct str tag)
{
    const char *names[ARRAY_LENGTH(functions)];
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++)
        names[i] = short_name(functions[i]).ptr;
    return str_starts(tag, "!") ? str_nearest(str_from_index(tag, 1), names, ARRAY_LENGTH(names)) : NULL;
}

static bool is_one_of(struct str text, const char *a, const char *b, const char *c)
{
    return str_is(text, a) || str_is(text, b) || str_is(text, c);
}

/* "0x1F" or "0o17", where it fits 64 bits. */
static bool read_base(struct str text, uint64_t *out)
{
    static const char digits[] = "0123456789abcdef";
    bool hex = str_starts(text, "0x");
    uint64_t base = hex ? 16 : 8;
    if (text.len < 3 || (!hex && !str_starts(text, "0o")))
        return false;
    *out = 0;
    for (size_t i = 2; i < text.len; i++) {
        char c = text.ptr[i] >= 'A' && text.ptr[i] <= 'F' ? (char)(text.ptr[i] | 0x20) : text.ptr[i];
        const char *digit = c ? strchr(digits, c) : NULL;
        if (!digit || (uint64_t)(digit - digits) >= base || *out > UINT64_MAX / base)
            return false;
        *out = *out * base + (uint64_t)(digit - digits);
    }
    return true;
}

/* The forms of the core schema that JSON lacks: a plus, and no digit on one side of the point. */
static struct str as_json_number(struct arena *arena, struct str text)
{
    const char *sign = str_starts(text, "-") ? "-" : "";
    if (*sign || str_starts(text, "+"))
        text = str_from_index(text, 1);
    size_t point = str_find(text, '.');
    struct str whole = str_slice(text, 0, point), rest = str_from_index(text, point + 1);
    if (point == text.len || rest.len == 0 || rest.ptr[0] == 'e' || rest.ptr[0] == 'E')
        return arena_printf(arena, "%s%.*s%.*s", sign, STR_ARG(whole), STR_ARG(rest));
    return arena_printf(arena, "%s%.*s.%.*s", sign, STR_ARG(whole.len ? whole : STR("0")), STR_ARG(rest));
}

static struct value *plain_number(struct arena *arena, struct str text)
{
    uint64_t number;
    if (json_is_number(text))
        return value_number(arena, text);
    if (read_base(text, &number))
        return value_number(arena, arena_printf(arena, "%llu", (unsigned long long)number));
    struct str json = as_json_number(arena, text);
    if (!json_is_number(json) || str_starts(text, "+-"))
        return NULL;
    return value_number(arena, json);
}

bool yaml_is_null(struct str text)
{
    return text.len == 0 || str_is(text, "~") || is_one_of(text, "null", "Null", "NULL");
}

struct value *yaml_plain(struct arena *arena, struct str text)
{
    if (yaml_is_null(text))
        return value_null(arena);
    if (is_one_of(text, "true", "True", "TRUE"))
        return value_bool(arena, true);
    if (is_one_of(text, "false", "False", "FALSE"))
        return value_bool(arena, false);
    struct value *number = memchr("+-.0123456789", text.ptr[0], 13) ? plain_number(arena, text) : NULL;
    return number ? number : value_string(arena, text);
}
