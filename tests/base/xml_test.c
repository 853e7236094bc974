#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/xml.h"

static struct value *read_ok(struct arena *arena, struct str text)
{
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    if (!xml_read(arena, text, NULL, &value, &error))
        fail_msg("%.*s: %s", STR_ARG(text), error.message);
    return value;
}

static void test_reads(void **state)
{
    static const struct {
        struct str text;
        const char *json;
    } cases[] = {
        {STR("<r/>"), "\"\""},
        {STR("<LocationConstraint xmlns=\"x\">eu-west-1</LocationConstraint>"), "\"eu-west-1\""},
        {STR("<r><a>1</a><b/><c></c></r>"), "{\"a\":\"1\",\"b\":\"\",\"c\":\"\"}"},
        {STR("<?xml version=\"1.0\"?>\n<r>\n <a>\n  <b> x </b>\n </a>\n</r>\n"), "{\"a\":{\"b\":\" x \"}}"},
        {STR("<r><m>1</m><n/><m>2</m><m><k>3</k></m></r>"), "{\"m\":[\"1\",\"2\",{\"k\":\"3\"}],\"n\":\"\"}"},
        {STR("<r><m/><m/></r>"), "{\"m\":[\"\",\"\"]}"},
        {STR("<s:r xmlns:s=\"u\"><s:a t=\"1\" s:t=\"2\">x</s:a></s:r>"), "{\"a\":\"x\"}"},
        {STR("<r><a>&lt;&amp;&quot;&#x20AC;&#10;</a></r>"), "{\"a\":\"<&\\\"\xe2\x82\xac\\n\"}"},
        {STR("<r><a>x<![CDATA[<y>&]]>z</a></r>"), "{\"a\":\"x<y>&z\"}"},
        {STR("<r><a>one<b>two</b>three</a></r>"), "{\"a\":{\"b\":\"two\"}}"},
        {STR("<r><a>x<!-- y --><?z?>w</a></r>"), "{\"a\":\"xw\"}"},
        {STR("<?xml version='1.0' encoding='ISO-8859-1'?><r><a>\xe9</a></r>"), "{\"a\":\"\xc3\xa9\"}"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_string_equal(json_text(arena, read_ok(arena, cases[i].text), JSON_COMPACT).ptr, cases[i].json);
    arena_free(arena);
}

static void test_root_name(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct str root;
    struct value *value;
    struct error error = ERROR_INIT;
    assert_true(xml_read(arena, STR("<x:ErrorResponse xmlns:x='u'><Error/></x:ErrorResponse>"), &root, &value,
                         &error));
    assert_string_equal(root.ptr, "ErrorResponse");
    arena_free(arena);
}

static void test_refuses(void **state)
{
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        {STR(""), "no element found (line 1, column 1)"},
        {STR("{\"a\":1}"), "not well-formed (invalid token) (line 1, column 1)"},
        {STR("<r>\n<a>"), "no element found (line 2, column 4)"},
        {STR("<r><a></b></r>"), "mismatched tag (line 1, column 9)"},
        {STR("<r/><r/>"), "junk after document element (line 1, column 5)"},
        {STR("<r>&x;</r>"), "undefined entity (line 1, column 4)"},
        {STR("<r>\xff</r>"), "not well-formed (invalid token) (line 1, column 4)"},
        {STR("<r>\0</r>"), "not well-formed (invalid token) (line 1, column 4)"},
        {STR("<r>&#0;</r>"), "reference to invalid character number (line 1, column 4)"},
        {STR("<!DOCTYPE html>\n<html></html>"),
         "a document type declaration is not allowed (line 1, column 15)"},
        {STR("<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r>&a;</r>"),
         "a document type declaration is not allowed (line 1, column 13)"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *value;
        struct error error = ERROR_INIT;
        assert_false(xml_read(arena, cases[i].text, NULL, &value, &error));
        assert_int_equal(error.code, ERROR_INVALID);
        assert_true(str_starts(str_from(error.message), "invalid XML: "));
        assert_string_equal(error.message + sizeof "invalid XML: " - 1, cases[i].message);
    }
    arena_free(arena);
}

static void add_times(struct buf *buf, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        buf_addz(buf, text);
}

static void check_limit(struct str text, enum error_code code, const char *message)
{
    struct arena *arena = arena_new();
    struct value *value;
    struct error error = ERROR_INIT;
    assert_false(xml_read(arena, text, NULL, &value, &error));
    assert_string_equal(error.message, message);
    assert_int_equal(error.code, code);
    arena_free(arena);
}

static void test_limits(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf text = BUF_INIT(BUF_LARGE);
    add_times(&text, XML_DEPTH_MAX, "<a>");
    add_times(&text, XML_DEPTH_MAX, "</a>");
    read_ok(arena, buf_str(&text));
    buf_clear(&text);
    add_times(&text, XML_DEPTH_MAX + 1, "<a>");
    check_limit(buf_str(&text), ERROR_INVALID,
                "invalid XML: nested deeper than 64 levels (line 1, column 193)");
    buf_clear(&text);
    buf_addz(&text, "<r>");
    add_times(&text, XML_NODES_MAX, "<a/>");
    check_limit(buf_str(&text), ERROR_OUT_OF_MEMORY,
                "invalid XML: more than 1000000 elements (line 1, column 4000000)");
    add_times(&text, XML_BYTES_MAX / 4, "    ");
    check_limit(buf_str(&text), ERROR_OUT_OF_MEMORY, "invalid XML: larger than 33554432 bytes");
    buf_release(&text);
    arena_free(arena);
}

static void test_items(void **state)
{
    static const struct {
        struct str text;
        const char *json;
    } cases[] = {
        {STR("<r/>"), "[]"},
        {STR("<r><other/></r>"), "[]"},
        {STR("<r><Rules/></r>"), "[]"},
        {STR("<r><Rules>\n</Rules></r>"), "[]"},
        {STR("<r><Rules><member>a</member></Rules></r>"), "[\"a\"]"},
        {STR("<r><Rules><member>a</member><member>b</member></Rules></r>"), "[\"a\",\"b\"]"},
        {STR("<r><Rules><member><k>a</k></member></Rules></r>"), "[{\"k\":\"a\"}]"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *rules = value_get(read_ok(arena, cases[i].text), "Rules");
        assert_string_equal(json_text(arena, xml_items(arena, rules, "member"), JSON_COMPACT).ptr,
                            cases[i].json);
    }
    arena_free(arena);
}

static void test_writes(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value *map = NULL;
    struct error error = ERROR_INIT;
    struct buf buf = BUF_INIT(BUF_SMALL);
    assert_true(json_read(arena, STR_EMPTY,
                          STR("{\"Rule\":[{\"Id\":\"a<&>\\\"\\r\\n'\"},{\"Days\":30}],\"On\":true,"
                              "\"Empty\":\"\",\"None\":null,\"NoItems\":[]}"),
                          &map, &error));
    value_setz(arena, map, "Key", value_secret(arena, STR("hunter2")));
    xml_write(&buf, "Config", "http://s3.amazonaws.com/doc/2006-03-01/", map);
    assert_string_equal(buf.ptr,
                        "<Config xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        "<Rule><Id>a&lt;&amp;&gt;&quot;&#xD;\n'</Id></Rule><Rule><Days>30</Days></Rule>"
                        "<On>true</On><Empty></Empty><Key>hunter2</Key></Config>");
    struct value *back = read_ok(arena, buf_str(&buf));
    assert_string_equal(json_text(arena, back, JSON_COMPACT).ptr,
                        "{\"Rule\":[{\"Id\":\"a<&>\\\"\\r\\n'\"},{\"Days\":\"30\"}],\"On\":\"true\","
                        "\"Empty\":\"\",\"Key\":\"hunter2\"}");
    buf_clear(&buf);
    xml_write(&buf, "R", NULL, value_map(arena));
    assert_string_equal(buf.ptr, "<R></R>");
    buf_release(&buf);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),  cmocka_unit_test(test_root_name), cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_items),     cmocka_unit_test(test_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
