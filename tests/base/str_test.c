#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

static const struct str nothing = {NULL, 0};

static void test_comparing(void **state)
{
    (void)state;
    assert_true(str_equal(nothing, STR_EMPTY));
    assert_true(str_equal(STR("a\0b"), STR("a\0b")));
    assert_false(str_equal(STR("a\0b"), STR("a\0c")));
    assert_false(str_equal(STR("a"), STR("ab")));
    assert_true(str_is(str_from(NULL), ""));
    assert_true(str_equal_nocase(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_equal_nocase(STR("\xc3\x89"), STR("\xc3\xa9")));
    assert_false(str_equal_nocase(STR("@"), STR("`")));
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_true(str_compare(STR("a"), STR("ab")) < 0);
    assert_true(str_compare(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_compare(nothing, STR_EMPTY), 0);
    assert_int_equal(str_hash(STR("foobar")), 0x85944171f73967e8); /* the FNV authors' test vector */
}

static void test_searching(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), "ab") && str_starts(nothing, "") && !str_starts(STR("a"), "ab"));
    assert_true(str_ends(STR("abc"), "bc") && str_ends(nothing, "") && !str_ends(STR("c"), "bc"));
    assert_true(str_contains(STR("abc"), "b") && str_contains(nothing, "") && !str_contains(nothing, "a"));
    assert_false(str_contains((struct str){"abc", 2}, "c"));
    assert_int_equal(str_find(STR("abcb"), 'b'), 1);
    assert_int_equal(str_find_last(STR("abcb"), 'b'), 3);
    assert_int_equal(str_find(STR("abc"), 'x'), 3);
    assert_int_equal(str_find_last(nothing, 'x'), 0);
}

static void test_cutting(void **state)
{
    (void)state;
    assert_true(str_is(str_slice(STR("abc"), 1, 1), "b"));
    assert_true(str_is(str_slice(STR("abc"), 1, SIZE_MAX), "bc"));
    assert_true(str_is(str_slice(STR("abc"), 3, 1), ""));
    assert_true(str_is(str_slice(nothing, 0, 1), ""));
    assert_true(str_is(str_from_index(STR("abc"), SIZE_MAX), ""));
    assert_true(str_is(str_clip(STR("ab"), 2), "ab"));
    assert_true(str_is(str_clip(STR("a\xe2\x82\xac"), 4), "a\xe2\x82\xac"));
    assert_true(str_is(str_clip(STR("a\xe2\x82\xac"), 3), "a"));
    assert_true(str_is(str_clip(STR("a\xe2\x82\xac"), 0), ""));
    assert_true(str_is(str_clip(STR("\x80\x80"), 1), ""));
    assert_true(str_is(str_trim(STR("\r\n\t a b \v\f")), "a b"));
    assert_true(str_is(str_trim(STR(" \n ")), ""));
    assert_true(str_is(str_trim(nothing), ""));
    assert_true(str_is(str_trim(STR("\xc2\xa0")), "\xc2\xa0"));
}

static void test_splitting(void **state)
{
    static const struct {
        struct str text;
        const char *parts;
    } cases[] = {
        {STR("a.b.c"), "[a][b][c]"}, {STR("abc"), "[abc]"}, {STR(".a."), "[][a][]"}, {STR(""), "[]"},
        {STR("."), "[][]"},          {{NULL, 0}, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buf buf = BUF_INIT(BUF_SMALL);
        struct str rest = cases[i].text, part;
        while (str_split(&rest, '.', &part))
            buf_printf(&buf, "[%.*s]", STR_ARG(part));
        assert_true(str_is(buf_str(&buf), cases[i].parts));
        buf_release(&buf);
    }
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        bool is_uint, is_int;
        uint64_t number;
    } cases[] = {
        {"0", true, true, 0},
        {"007", true, true, 7},
        {"9223372036854775807", true, true, INT64_MAX},
        {"9223372036854775808", true, false, 9223372036854775808u},
        {"18446744073709551615", true, false, UINT64_MAX},
        {"18446744073709551616", false, false, 0},
        {"99999999999999999999", false, false, 0},
        {"-9223372036854775808", false, true, (uint64_t)INT64_MIN},
        {"-9223372036854775809", false, false, 0},
        {"-0", false, true, 0},
        {"-1", false, true, UINT64_MAX},
        {"", false, false, 0},
        {"-", false, false, 0},
        {"--1", false, false, 0},
        {"+1", false, false, 0},
        {" 1", false, false, 0},
        {"1 ", false, false, 0},
        {"0x1", false, false, 0},
        {"1.0", false, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        uint64_t u = 0;
        int64_t s = 0;
        assert_int_equal(str_to_uint(str_from(cases[i].text), UINT64_MAX, &u), cases[i].is_uint);
        assert_int_equal(str_to_int(str_from(cases[i].text), &s), cases[i].is_int);
        if (cases[i].is_uint)
            assert_int_equal(u, cases[i].number);
        if (cases[i].is_int)
            assert_int_equal((uint64_t)s, cases[i].number);
    }
    uint64_t most;
    assert_true(str_to_uint(STR("900"), 900, &most) && most == 900);
    assert_false(str_to_uint(STR("901"), 900, &most));
    assert_true(str_to_uint(STR("0"), 0, &most) && most == 0);
    assert_false(str_to_uint(STR("1"), 0, &most));
}

static void test_nearest(void **state)
{
    static const char *const known[] = {"account", "region", "parameters", "AWS::Lambda::Function"};
    static const struct {
        const char *name, *nearest;
    } cases[] = {
        {"acount", "account"},
        {"Region", "region"},
        {"paramters", "parameters"},
        {"AWS::Lamda::Function", "AWS::Lambda::Function"},
        {"zzz", NULL},
        {"", NULL},
        {"0123456789012345678901234567890123456789012345678901234567890123456789", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *nearest = str_nearest(str_from(cases[i].name), known, ARRAY_LENGTH(known));
        if (!cases[i].nearest)
            assert_null(nearest);
        else
            assert_string_equal(nearest, cases[i].nearest);
    }
    assert_null(str_nearest(STR("a"), known, 0));
}

/* Table 3-7 of the Unicode standard: each first byte's edges. */
static void test_hex(void **state)
{
    (void)state;
    assert_true(str_is_hex(STR("0189abef")));
    assert_true(str_is_hex(STR_EMPTY));
    assert_false(str_is_hex(STR("0189ABEF")));
    assert_false(str_is_hex(STR("abg")));
    assert_false(str_is_hex(STR("a/")));
    assert_false(str_is_hex(STR("a:")));
    assert_false(str_is_hex(STR("a`")));
    assert_false(str_is_hex(STR("a\0")));
}

static void test_utf8(void **state)
{
    static const struct {
        struct str text;
        size_t sound;
    } cases[] = {
        {STR(""), 0},
        {STR("a\0\x7f"), 3},
        {STR("\xc2\x80\xdf\xbf"), 4},
        {STR("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"), 12},
        {STR("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), 8},
        {STR("ab\x80"), 2},
        {STR("a\xc1\xbf"), 1},
        {STR("\xc2"), 0},
        {STR("\xc2 "), 0},
        {STR("\xe0\x9f\xbf"), 0},
        {STR("\xe1\x80"), 0},
        {STR("\xe1\x80\xc0"), 0},
        {STR("\xed\xa0\x80"), 0},
        {STR("\xf0\x8f\xbf\xbf"), 0},
        {STR("\xf1\x80\x80"), 0},
        {STR("\xf4\x90\x80\x80"), 0},
        {STR("\xf5\x80\x80\x80"), 0},
        {STR("\xff"), 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(str_utf8_prefix(cases[i].text), cases[i].sound);
        assert_int_equal(str_is_utf8(cases[i].text), cases[i].sound == cases[i].text.len);
    }
    assert_true(str_is_utf8(nothing));
}

static void test_buf_grows(void **state)
{
    (void)state;
    struct buf buf = BUF_INIT(BUF_SMALL);
    assert_true(str_is(buf_str(&buf), ""));
    buf_add(&buf, nothing);
    assert_string_equal(buf.ptr, "");
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i);
    assert_int_equal(buf.len, 10 * 2 + 90 * 3 + 900 * 4);
    assert_true(str_ends(buf_str(&buf), "998,999,"));
    buf_clear(&buf);
    assert_string_equal(buf.ptr, "");
    buf_add_hex(&buf, "\x00\x7f\xff", 3);
    assert_string_equal(buf.ptr, "007fff");
    assert_false(buf.overflow);
    buf_release(&buf);
    buf_release(&buf);
    assert_true(str_is(buf_str(&buf), ""));
}

static void test_buf_is_bounded(void **state)
{
    (void)state;
    struct buf buf = BUF_INIT(5);
    buf_addz(&buf, "abc");
    buf_addz(&buf, "de");
    assert_false(buf.overflow);
    buf_addz(&buf, "");
    assert_false(buf.overflow);
    buf_addc(&buf, 'f');
    assert_true(buf.overflow);
    assert_string_equal(buf.ptr, "abcde");
    buf_clear(&buf);
    assert_false(buf.overflow);
    buf_printf(&buf, "%s", "123456");
    assert_true(buf.overflow);
    assert_string_equal(buf.ptr, "12345");
    buf_release(&buf);
    assert_false(buf.overflow);
    assert_int_equal(buf.max, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparing), cmocka_unit_test(test_searching),
        cmocka_unit_test(test_cutting),   cmocka_unit_test(test_splitting),
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_hex),       cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_buf_grows), cmocka_unit_test(test_buf_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
