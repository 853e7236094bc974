#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "base/json.h"

static struct value *read_ok(struct arena *arena, struct str text)
{
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    if (!json_read(arena, STR("t.json"), text, &value, &error))
        fail_msg("%s", error.message);
    return value;
}

static void test_reads_and_writes(void **state)
{
    static const struct {
        const char *text, *compact;
    } cases[] = {
        {"null", "null"},
        {" \t\r\n true \n", "true"},
        {"false", "false"},
        {"0", "0"},
        {"-0", "-0"},
        {"9007199254740993", "9007199254740993"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"123456789012345678901234567890.5e-400", "123456789012345678901234567890.5e-400"},
        {"1E+2", "1E+2"},
        {"\"\"", "\"\""},
        {"\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"", "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\""},
        {"\"\\u001f\\u000b\\u007f\"", "\"\\u001f\\u000b\x7f\""},
        {"\"\\u00e9\\u20ac\\ud83d\\ude00\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"\"\\uD83D\\uDE00\"", "\"\xf0\x9f\x98\x80\""},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"[1,[2,[3]],{}]", "[1,[2,[3]],{}]"},
        {"{ }", "{}"},
        {"{\"b\":1,\"a\":{\"\":[null]}}", "{\"b\":1,\"a\":{\"\":[null]}}"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *value = read_ok(arena, str_from(cases[i].text));
        assert_string_equal(json_text(arena, value, JSON_COMPACT).ptr, cases[i].compact);
    }
    arena_free(arena);
}

static void test_refuses(void **state)
{
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        {STR(""), "expected a value, found the end of the text (t.json:1:1)"},
        {STR("  \n "), "expected a value, found the end of the text (t.json:2:2)"},
        {STR("\xef\xbb\xbf{}"), "expected a value, found byte 0xef (t.json:1:1)"},
        {STR("{'a':1}"), "expected a key in double quotes, found ''' (t.json:1:2)"},
        {STR("{\"a\":1,}"), "expected a key in double quotes, found '}' (t.json:1:8)"},
        {STR("[1,]"), "expected a value, found ']' (t.json:1:4)"},
        {STR("[1 2]"), "expected ',' or ']', found '2' (t.json:1:4)"},
        {STR("{\"a\" 1}"), "expected ':' behind a key, found '1' (t.json:1:6)"},
        {STR("{\"a\":1\n \"b\":2}"), "expected ',' or '}', found '\"' (t.json:2:2)"},
        {STR("{\"a\":1"), "expected ',' or '}', found the end of the text (t.json:1:7)"},
        {STR("{} x"), "expected the end of the text, found 'x' (t.json:1:4)"},
        {STR("nul"), "expected a value, found 'n' (t.json:1:1)"},
        {STR("nullx"), "expected the end of the text, found 'x' (t.json:1:5)"},
        {STR("NaN"), "expected a value, found 'N' (t.json:1:1)"},
        {STR("+1"), "expected a value, found '+' (t.json:1:1)"},
        {STR("01"), "a number has a leading zero, or lacks digits where they must stand (t.json:1:1)"},
        {STR("[-]"), "a number has a leading zero, or lacks digits where they must stand (t.json:1:2)"},
        {STR("1."), "a number has a leading zero, or lacks digits where they must stand (t.json:1:1)"},
        {STR("1e+"), "a number has a leading zero, or lacks digits where they must stand (t.json:1:1)"},
        {STR(".5"), "expected a value, found '.' (t.json:1:1)"},
        {STR("0x10"), "expected the end of the text, found 'x' (t.json:1:2)"},
        {STR("\"a"), "a string has no closing quote (t.json:1:1)"},
        {STR("\"a\\"), "a string has no closing quote (t.json:1:1)"},
        {STR("\"a\\\""), "a string has no closing quote (t.json:1:1)"},
        {STR("\"\\x\""), "a string holds an unknown escape (t.json:1:1)"},
        {STR("\"\\\n\""), "a string holds an unknown escape (t.json:1:1)"},
        {STR("\"\\u12g4\""), "a string has \\u without four hexadecimal digits (t.json:1:1)"},
        {STR("\"\\u12\""), "a string has \\u without four hexadecimal digits (t.json:1:1)"},
        {STR("\"\\u0000\""), "a string holds a NUL character (t.json:1:1)"},
        {STR("\"\0\""), "a string holds a raw control character (0x00): write it as an escape (t.json:1:1)"},
        {STR("[\"a\nb\"]"),
         "a string holds a raw control character (0x0a): write it as an escape (t.json:1:2)"},
        {STR("\"\\ud83d\""), "a string holds half of a surrogate pair (t.json:1:1)"},
        {STR("\"\\ude00\\ud83d\""), "a string holds half of a surrogate pair (t.json:1:1)"},
        {STR("\"\\ud83d\\u0041\""), "a string holds half of a surrogate pair (t.json:1:1)"},
        {STR("\"\xc0\xaf\""), "a string is not UTF-8 (t.json:1:1)"},
        {STR("\"\xed\xa0\x80\""), "a string is not UTF-8 (t.json:1:1)"},
        {STR("\"\xe2\x82\""), "a string is not UTF-8 (t.json:1:1)"},
        {STR("{\"a\":1,\n \"\\u0061\":2}"), "key 'a' is given twice, first at 1:2 (t.json:2:2)"},
        {STR("\0"), "expected a value, found byte 0x00 (t.json:1:1)"},
        {STR("1\0"), "expected the end of the text, found byte 0x00 (t.json:1:2)"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *value = NULL;
        struct error error = ERROR_INIT;
        assert_false(json_read(arena, STR("t.json"), cases[i].text, &value, &error));
        assert_int_equal(error.code, ERROR_INVALID);
        assert_true(str_starts(str_from(error.message), "invalid JSON: "));
        assert_string_equal(error.message + sizeof "invalid JSON: " - 1, cases[i].message);
    }
    arena_free(arena);
}

static void test_wire_has_no_file(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    assert_false(json_read(arena, STR_EMPTY, STR("{\n?"), &value, &error));
    assert_string_equal(error.message,
                        "invalid JSON: expected a key in double quotes, found '?' (line 2, column 1)");
    assert_false(json_read(arena, STR_EMPTY, (struct str){NULL, 0}, &value, &error));
    assert_true(json_read(arena, STR_EMPTY, STR("1"), &value, &error));
    value_error(value, &error, ERROR_INVALID, "bad");
    assert_string_equal(error.message, "bad");
    arena_free(arena);
}

static void test_positions(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value *map = read_ok(arena, STR("{ \"\xc3\xa9\xe2\x82\xac\": [1,\r\n\t\"x\"],\n\"k\":\n {}}"));
    struct value *list = map->entries[0].value, *inner = map->entries[1].value;
    struct {
        uint32_t line, column, expected_line, expected_column;
    } cases[] = {
        {map->line, map->column, 1, 1},
        {map->entries[0].line, map->entries[0].column, 1, 3},
        {list->line, list->column, 1, 9},
        {list->items[0]->line, list->items[0]->column, 1, 10},
        {list->items[1]->line, list->items[1]->column, 2, 2},
        {map->entries[1].line, map->entries[1].column, 3, 1},
        {inner->line, inner->column, 4, 2},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(cases[i].line, cases[i].expected_line);
        assert_int_equal(cases[i].column, cases[i].expected_column);
    }
    struct error error = ERROR_INIT;
    value_error(inner, &error, ERROR_INVALID, "no");
    assert_string_equal(error.message, "no (t.json:4:2)");
    arena_free(arena);
}

static struct str repeated(struct arena *arena, const char *open, size_t count, const char *close)
{
    struct buf buf = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < count; i++)
        buf_addz(&buf, open);
    for (size_t i = 0; i < count; i++)
        buf_addz(&buf, close);
    struct str text = arena_str(arena, buf_str(&buf));
    buf_release(&buf);
    return text;
}

static void test_limits(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    read_ok(arena, repeated(arena, "[", JSON_DEPTH_MAX, "]"));
    assert_false(json_read(arena, STR("t"), repeated(arena, "[", JSON_DEPTH_MAX + 1, "]"), &value, &error));
    assert_string_equal(error.message, "invalid JSON: nested deeper than 128 levels (t:1:129)");
    struct str many = arena_printf(arena, "[%s0]", repeated(arena, "0,", JSON_NODES_MAX - 2, "").ptr);
    assert_int_equal(read_ok(arena, many)->count, JSON_NODES_MAX - 1);
    many = arena_printf(arena, "[0,%s", many.ptr + 1);
    assert_false(json_read(arena, STR("t"), many, &value, &error));
    assert_int_equal(error.code, ERROR_OUT_OF_MEMORY);
    assert_string_equal(error.message, "invalid JSON: more than 2000000 values (t:1:4000000)");
    arena_free(arena);
}

static struct value *sample(struct arena *arena)
{
    struct value *map = read_ok(arena, STR("{\"b\":[1,{\"x\":[],\"e\":{}}],\"a\":\"t\",\"B\":true,\"\":0}"));
    value_setz(arena, map, "secret", value_secret(arena, STR("hunter2")));
    value_setz(arena, map, "later", value_unknown(arena, STR("Table.Arn")));
    return map;
}

static void test_styles(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value *map = sample(arena);
    assert_string_equal(json_text(arena, map, JSON_COMPACT).ptr,
                        "{\"b\":[1,{\"x\":[],\"e\":{}}],\"a\":\"t\",\"B\":true,\"\":0,"
                        "\"secret\":\"****\",\"later\":{\"KnownAfterApply\":\"Table.Arn\"}}");
    assert_string_equal(json_text(arena, map, JSON_CANONICAL).ptr,
                        "{\"\":0,\"B\":true,\"a\":\"t\",\"b\":[1,{\"e\":{},\"x\":[]}],"
                        "\"later\":{\"KnownAfterApply\":\"Table.Arn\"},\"secret\":\"****\"}");
    assert_string_equal(json_text(arena, map, JSON_PRETTY).ptr,
                        "{\n"
                        "  \"b\": [\n"
                        "    1,\n"
                        "    {\n"
                        "      \"x\": [],\n"
                        "      \"e\": {}\n"
                        "    }\n"
                        "  ],\n"
                        "  \"a\": \"t\",\n"
                        "  \"B\": true,\n"
                        "  \"\": 0,\n"
                        "  \"secret\": \"****\",\n"
                        "  \"later\": {\"KnownAfterApply\": \"Table.Arn\"}\n"
                        "}");
    assert_string_equal(json_text(arena, NULL, JSON_COMPACT).ptr, "null");
    arena_free(arena);
}

static void test_revealed(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf buf = BUF_INIT(BUF_SMALL);
    struct value *map = value_map(arena);
    value_setz(arena, map, "password", value_secret(arena, STR("hunt\"er2")));
    value_setz(arena, map, "url",
               value_came_by(arena, value_secret(arena, STR("hunter3")), STR("{{resolve:ssm:url}}")));
    value_setz(arena, map, "level",
               value_came_by(arena, value_stringz(arena, "info"), STR("{{resolve:ssm:l}}")));
    json_write_revealed(&buf, map);
    assert_string_equal(buf.ptr, "{\"password\":\"hunt\\\"er2\",\"url\":\"hunter3\",\"level\":\"info\"}");
    assert_string_equal(
        json_text(arena, map, JSON_COMPACT).ptr,
        "{\"password\":\"****\",\"url\":\"{{resolve:ssm:url}}\",\"level\":\"{{resolve:ssm:l}}\"}");
    buf_release(&buf);
    arena_free(arena);
}

static void test_strings_are_always_json(void **state)
{
    static const struct {
        struct str text;
        const char *literal;
    } cases[] = {
        {STR(""), "\"\""},
        {STR("\0\x01\x08\t\n\x0b\f\r\x1f"), "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\""},
        {STR("\xff"), "\"\xef\xbf\xbd\""},
        {STR("a\xe2\x82z\xc3\xa9\"\xc3"), "\"a\xef\xbf\xbd\xef\xbf\xbdz\xc3\xa9\\\"\xef\xbf\xbd\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buf buf = BUF_INIT(BUF_SMALL);
        json_write_string(&buf, cases[i].text);
        assert_string_equal(buf.ptr, cases[i].literal);
        buf_release(&buf);
    }
}

/* Another reader must agree on what was written. */
static void test_cjson_reads_what_is_written(void **state)
{
    static const enum json_style styles[] = {JSON_COMPACT, JSON_PRETTY, JSON_CANONICAL};
    (void)state;
    struct arena *arena = arena_new();
    struct value *map = sample(arena);
    value_setz(arena, map, "hard", value_string(arena, STR("\x01\"\\/\xf0\x9f\x98\x80\xe2\x80\xa8")));
    cJSON *first = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(styles); i++) {
        cJSON *other = cJSON_ParseWithOpts(json_text(arena, map, styles[i]).ptr, NULL, true);
        assert_non_null(other);
        assert_string_equal(cJSON_GetObjectItemCaseSensitive(other, "hard")->valuestring,
                            value_get_text(map, "hard").ptr);
        if (first)
            assert_true(cJSON_Compare(first, other, true));
        cJSON_Delete(first);
        first = other;
    }
    cJSON_Delete(first);
    arena_free(arena);
}

static void test_is_number(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0", "-0", "10", "1.5", "1e5", "1.0E-07", "-12.34e+56"};
    static const char *const others[] = {"", "-", "01", "-01", "1.", ".1", "+1", "1e", "1 ", "0x1", "1_0"};
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        assert_true(json_is_number(str_from(numbers[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        assert_false(json_is_number(str_from(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_and_writes),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_wire_has_no_file),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_revealed),
        cmocka_unit_test(test_strings_are_always_json),
        cmocka_unit_test(test_cjson_reads_what_is_written),
        cmocka_unit_test(test_is_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
