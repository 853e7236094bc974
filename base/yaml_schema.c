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

static const char decimal_digits[] = "0123456789";

/* The length of the run of these characters and underscores that the text starts with. */
static size_t run_of(struct str text, const char *characters)
{
    size_t length = 0;
    while (length < text.len && text.ptr[length] &&
           (strchr(characters, text.ptr[length]) || text.ptr[length] == '_'))
        length++;
    return length;
}

/* Digits of a base, underscores between them; false where it does not fit 64 bits. */
static bool add_digits(struct str digits, uint64_t base, uint64_t *sum)
{
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        if (c == '_')
            continue;
        uint64_t digit = (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        if (*sum > (UINT64_MAX - digit) / base)
            return false;
        *sum = *sum * base + digit;
    }
    return true;
}

/* "0b11", "017", "0x1F" and, with colons, base 60: "190:20:30". */
static bool read_odd_integer(struct str text, uint64_t *out)
{
    bool binary = str_starts(text, "0b"), hex = str_starts(text, "0x");
    struct str digits = str_from_index(text, binary || hex ? 2 : 1), part;
    *out = 0;
    if (binary || hex)
        return digits.len > 0 && run_of(digits, binary ? "01" : "0123456789abcdefABCDEF") == digits.len &&
               add_digits(digits, binary ? 2 : 16, out);
    if (str_starts(text, "0"))
        return digits.len > 0 && run_of(digits, "01234567") == digits.len && add_digits(digits, 8, out);
    for (bool first = true; str_split(&text, ':', &part); first = false) {
        uint64_t number = 0;
        bool plain = part.len > 0 && part.ptr[0] != '_' && run_of(part, decimal_digits) == part.len &&
                     (first || (str_find(part, '_') == part.len && part.len <= 2));
        if (!plain || !add_digits(part, 10, &number) || (!first && number > 59) || *out > UINT64_MAX / 64)
            return false;
        *out = *out * 60 + number;
    }
    return true;
}

/* Digits with a point, or digits alone that do not start with a zero; the exponent of a number with a point
 * has a sign.  Gives the text without underscores. */
static bool read_decimal(struct arena *arena, struct str text, struct str *out)
{
    size_t whole = run_of(text, decimal_digits), point = whole < text.len && text.ptr[whole] == '.';
    size_t fraction = point ? run_of(str_from_index(text, whole + 1), decimal_digits) : 0;
    struct str rest = str_from_index(text, whole + point + fraction);
    bool starts = (whole > 0 && text.ptr[0] != '_') || (whole == 0 && fraction > 0 && text.ptr[1] != '_');
    if (!starts || (!point && (rest.len > 0 || (text.ptr[0] == '0' && whole > 1))))
        return false;
    if (rest.len > 0 &&
        (rest.len < 3 || !strchr("eE", rest.ptr[0]) || !strchr("+-", rest.ptr[1]) ||
         run_of(str_from_index(rest, 2), decimal_digits) + 2 != rest.len || str_find(rest, '_') < rest.len))
        return false;
    char *digits = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '_')
            digits[length++] = text.ptr[i];
    while (length > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') {
        digits++;
        length--;
    }
    *out = (struct str){.ptr = digits, .len = length};
    return true;
}

static struct value *plain_number_1_1(struct arena *arena, struct str text)
{
    const char *sign = str_starts(text, "-") ? "-" : "";
    struct str unsigned_text = *sign || str_starts(text, "+") ? str_from_index(text, 1) : text, decimal;
    uint64_t number;
    bool has_sign = unsigned_text.len < text.len;
    if (unsigned_text.len == 0 || (has_sign && unsigned_text.ptr[0] == '.'))
        return NULL;
    if (read_decimal(arena, unsigned_text, &decimal))
        return value_number(arena,
                            as_json_number(arena, arena_printf(arena, "%s%.*s", sign, STR_ARG(decimal))));
    if (read_odd_integer(unsigned_text, &number))
        return value_number(arena, arena_printf(arena, "%s%llu", sign, (unsigned long long)number));
    return NULL;
}

struct value *yaml_plain_1_1(struct arena *arena, struct str text)
{
    static const char *const words[][3] = {
        {"true", "True", "TRUE"},    {"yes", "Yes", "YES"}, {"on", "On", "ON"},
        {"false", "False", "FALSE"}, {"no", "No", "NO"},    {"off", "Off", "OFF"},
    };
    if (yaml_is_null(text))
        return value_null(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (is_one_of(text, words[i][0], words[i][1], words[i][2]))
            return value_bool(arena, i < 3);
    struct value *number = memchr("+-.0123456789", text.ptr[0], 13) ? plain_number_1_1(arena, text) : NULL;
    return number ? number : value_string(arena, text);
}
