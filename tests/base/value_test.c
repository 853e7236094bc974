#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/value.h"

static struct value *parse(struct arena *arena, const char *text)
{
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    if (!json_read(arena, STR("t.json"), str_from(text), &value, &error))
        fail_msg("%s", error.message);
    return value;
}

static const char *text_of(struct arena *arena, const struct value *value)
{
    return json_text(arena, value, JSON_COMPACT).ptr;
}

static void test_makers(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    char text[] = "ab";
    struct value *list = value_list(a);
    struct value *string = value_string(a, str_from(text));
    value_append(a, list, value_null(a));
    value_append(a, list, value_bool(a, true));
    value_append(a, list, value_int(a, INT64_MIN));
    value_append(a, list, value_number(a, STR("1.50")));
    value_append(a, list, string);
    value_append(a, list, value_stringf(a, "%s-%d", "x", 3));
    value_append(a, list, value_map(a));
    value_append(a, list, value_unknown(a, STR("T.Arn")));
    text[0] = 'z';
    assert_string_equal(text_of(a, list), "[null,true,-9223372036854775808,1.50,\"ab\",\"x-3\",{},"
                                          "{\"KnownAfterApply\":\"T.Arn\"}]");
    assert_ptr_equal(value_at(list, 4), string);
    assert_null(value_at(list, 8));
    assert_null(value_at(string, 0));
    assert_null(value_at(NULL, 0));
    arena_free(a);
}

static void test_lookups_take_anything(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct value *map =
        parse(a, "{\"a\":{\"b\":{\"c\":\"deep\"}},\"s\":\"x\",\"n\":12,\"t\":true,\"l\":[1]}");
    assert_string_equal(value_path(map, "a", "b", "c", NULL)->text.ptr, "deep");
    assert_null(value_path(map, "a", "x", "c", NULL));
    assert_null(value_path(map, "s", "b", NULL));
    assert_null(value_path(NULL, "a", NULL));
    assert_ptr_equal(value_path(map, NULL), map);
    assert_null(value_get(NULL, "a"));
    assert_null(value_get(value_get(map, "l"), "a"));
    assert_true(str_is(value_get_text(map, "n"), "12"));
    assert_true(str_is(value_get_text(map, "t"), "true"));
    assert_true(str_is(value_get_text(map, "l"), ""));
    assert_true(str_is(value_text(NULL), ""));
    assert_true(str_is(value_text(value_secret(a, STR("x"))), ""));
    assert_true(value_is_text(value_get(map, "s"), "x"));
    assert_false(value_is_text(value_get(map, "n"), "12"));
    assert_false(value_is_text(NULL, ""));
    arena_free(a);
}

static void test_readings(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct value *map =
        parse(a, "{\"i\":-7,\"s\":\"42\",\"f\":1.5,\"t\":true,\"T\":\"false\",\"Y\":\"True\"}");
    assert_int_equal(value_get_int(map, "i", 0), -7);
    assert_int_equal(value_get_int(map, "s", 0), 42);
    assert_int_equal(value_get_int(map, "f", 9), 9);
    assert_int_equal(value_get_int(map, "t", 9), 9);
    assert_int_equal(value_get_int(map, "none", 9), 9);
    assert_true(value_get_bool(map, "t", false));
    assert_false(value_get_bool(map, "T", true));
    assert_true(value_get_bool(map, "Y", true));
    assert_false(value_get_bool(map, "Y", false));
    assert_false(value_get_bool(map, "i", false));
    arena_free(a);
}

static void test_maps_keep_order(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct value *map = parse(a, "{\"c\":1,\"a\":2,\"b\":3}");
    value_setz(a, map, "a", value_int(a, 9));
    value_setz(a, map, "d", value_int(a, 4));
    assert_true(value_remove(map, STR("c")));
    assert_false(value_remove(map, STR("c")));
    assert_false(value_remove(NULL, STR("c")));
    assert_string_equal(text_of(a, map), "{\"a\":9,\"b\":3,\"d\":4}");
    value_setz(a, map, "c", value_null(a));
    assert_string_equal(text_of(a, map), "{\"a\":9,\"b\":3,\"d\":4,\"c\":null}");
    arena_free(a);
}

/* The index of a large map and the search through a small one give the same answers. */
static void test_large_maps(void **state)
{
    enum { KEYS = 700 };
    (void)state;
    struct arena *a = arena_new();
    struct value *map = value_map(a);
    bool there[KEYS] = {false};
    size_t count = 0;
    uint32_t random = 1;
    for (int step = 0; step < 20000; step++) {
        random = random * 1664525u + 1013904223u;
        size_t number = (random >> 8) % (step < 10000 ? KEYS : 40);
        struct str key = arena_printf(a, "key%zu", number);
        assert_int_equal(value_get_str(map, key) != NULL, there[number]);
        if (random >> 30) {
            value_set(a, map, key, value_int(a, step));
            count += !there[number];
            there[number] = true;
            assert_int_equal(value_get_int(map, key.ptr, -1), step);
        } else {
            assert_int_equal(value_remove(map, key), there[number]);
            count -= there[number];
            there[number] = false;
        }
        assert_int_equal(map->count, count);
    }
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(value_get_str(map, arena_printf(a, "key%zu", i)) != NULL, there[i]);
    arena_free(a);
}

static void test_equality(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"null", "null", true},
        {"null", "false", false},
        {"\"1\"", "1", false},
        {"\"a\"", "\"b\"", false},
        {"[1,2]", "[1,2]", true},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,1]", false},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", false},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"{\"a\":[{\"b\":1.0}]}", "{\"a\":[{\"b\":1}]}", true},
        {"1", "1.0", true},
        {"1", "1e0", true},
        {"100", "1E+2", true},
        {"0.001", "1e-3", true},
        {"-0", "0", true},
        {"0e9", "0.00", true},
        {"1", "-1", false},
        {"1", "10", false},
        {"1", "1.01", false},
        {"9007199254740993", "9007199254740992", false},
        {"9007199254740993", "9007199254740993.000", true},
        {"1e999999", "1e999998", false},
        {"1e1000000000", "1e1000000000", true},
        {"1e1000000000", "1e1000000001", false},
        {"0.30000000000000004", "0.3", false},
    };
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *x = parse(a, cases[i].a), *y = parse(a, cases[i].b);
        assert_int_equal(value_equal(x, y), cases[i].equal);
        assert_int_equal(value_equal(y, x), cases[i].equal);
    }
    struct value *unknown = value_unknown(a, STR("T.Arn"));
    assert_false(value_equal(unknown, unknown));
    assert_true(value_equal(value_secret(a, STR("s")), value_secret(a, STR("s"))));
    assert_false(value_equal(value_secret(a, STR("s")), value_secret(a, STR("t"))));
    assert_false(value_equal(value_secret(a, STR("s")), value_stringz(a, "s")));
    struct value *secret = value_came_by(a, value_secret(a, STR("s")), STR("{{resolve:ssm:x}}"));
    assert_true(value_equal(secret, value_secret(a, STR("s"))));
    assert_true(str_is(value_reference(value_copy(a, secret)), "{{resolve:ssm:x}}"));
    assert_true(str_is(value_reference(value_secret(a, STR("s"))), ""));
    assert_false(
        value_equal(value_secret_unread(a, STR("r")), value_copy(a, value_secret_unread(a, STR("r")))));
    assert_true(value_equal(NULL, NULL));
    assert_false(value_equal(NULL, value_null(a)));
    arena_free(a);
}

static void test_copy(void **state)
{
    (void)state;
    struct arena *a = arena_new(), *b = arena_new();
    struct value *from = parse(a, "{\"a\":[1,{\"b\":\"\"}],\n \"c\":true,\"d\":null,\"e\":\"x\"}");
    struct value *copy = value_copy(b, from);
    assert_string_equal(text_of(b, copy), text_of(a, from));
    assert_int_equal(copy->entries[1].line, 2);
    assert_int_equal(copy->entries[1].column, 2);
    assert_int_equal(value_get(copy, "c")->column, 6);
    assert_ptr_equal(copy->source, from->source);
    value_setz(b, value_at(value_get(copy, "a"), 1), "b", value_stringz(b, "changed"));
    assert_string_equal(text_of(a, value_get(from, "a")), "[1,{\"b\":\"\"}]");
    assert_null(value_copy(b, NULL));
    arena_free(b);
    arena_free(a);
}

static void test_find_unknown(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct value *map = parse(a, "{\"a\":[1,{\"b\":null}],\"c\":\"x\"}");
    assert_null(value_find_unknown(map));
    assert_null(value_find_unknown(NULL));
    struct value *unknown = value_unknown(a, STR("T.Arn"));
    value_setz(a, value_at(value_get(map, "a"), 1), "b", unknown);
    assert_ptr_equal(value_find_unknown(map), unknown);
    arena_free(a);
}

static void test_errors_name_positions(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct error error = ERROR_INIT;
    struct value *map = parse(a, "{\n  \"Key\": {\"x\": 1}}");
    assert_false(value_error(value_get(map, "Key"), &error, ERROR_INVALID, "bad '%s'", "x"));
    assert_string_equal(error.message, "bad 'x' (t.json:2:10)");
    assert_false(value_key_error(map, value_entry(map, STR("Key")), &error, ERROR_INVALID, "bad key"));
    assert_string_equal(error.message, "bad key (t.json:2:3)");
    struct value *made = value_at_position_of(value_map(a), map);
    struct error ignored = ERROR_INIT;
    struct value *other = NULL;
    assert_true(json_read(a, STR("other.json"), STR("\n[1]"), &other, &ignored));
    value_setz(a, map, "New", value_at(other, 0));
    value_key_error(map, value_entry(map, STR("New")), &error, ERROR_INVALID, "bad key");
    assert_string_equal(error.message, "bad key (other.json:2:2)");
    value_error(made, &error, ERROR_CONFLICT, "made");
    assert_string_equal(error.message, "made (t.json:1:1)");
    assert_int_equal(error.code, ERROR_CONFLICT);
    value_error(value_map(a), &error, ERROR_INVALID, "nowhere");
    assert_string_equal(error.message, "nowhere");
    value_error(NULL, &error, ERROR_INVALID, "nothing");
    assert_string_equal(error.message, "nothing");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_makers),
        cmocka_unit_test(test_lookups_take_anything),
        cmocka_unit_test(test_readings),
        cmocka_unit_test(test_maps_keep_order),
        cmocka_unit_test(test_large_maps),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_find_unknown),
        cmocka_unit_test(test_errors_name_positions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
