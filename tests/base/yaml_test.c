#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/yaml_reader.h"

typedef bool read_function(struct arena *, struct str file, struct str bytes, struct value **,
                           struct error *);

static struct value *read_ok_with(read_function *read, struct arena *arena, struct str text)
{
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    if (!read(arena, STR("t.yaml"), text, &value, &error))
        fail_msg("%.*s: %s", STR_ARG(text), error.message);
    return value;
}

static struct value *read_ok(struct arena *arena, struct str text)
{
    return read_ok_with(yaml_read, arena, text);
}

struct reading {
    struct str text;
    const char *json;
};

static void check_readings(const struct reading *readings, size_t count)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < count; i++)
        assert_string_equal(json_text(arena, read_ok(arena, readings[i].text), JSON_COMPACT).ptr,
                            readings[i].json);
    arena_free(arena);
}

static void test_plain_scalars(void **state)
{
    static const struct reading readings[] = {
        {STR("[~, null, Null, NULL, nUll]"), "[null,null,null,null,\"nUll\"]"},
        {STR("a:"), "{\"a\":null}"},
        {STR("[true, True, TRUE, tRue]"), "[true,true,true,\"tRue\"]"},
        {STR("[false, False, FALSE]"), "[false,false,false]"},
        {STR("[yes, no, on, off, y, n]"), "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\"]"},
        {STR("[0, -0, 1, -17, 1.5, 1e3, -1.5E+07]"), "[0,-0,1,-17,1.5,1e3,-1.5E+07]"},
        {STR("[9007199254740993, 0.30000000000000004, 1.10]"), "[9007199254740993,0.30000000000000004,1.10]"},
        {STR("[+1, .5, -.5, +.5e1, 5., -5.e2, +0]"), "[1,0.5,-0.5,0.5e1,5,-5e2,0]"},
        {STR("[0x1F, 0xdeadBEEF, 0o17, 0xFFFFFFFFFFFFFFFF]"), "[31,3735928559,15,18446744073709551615]"},
        {STR("[0x, 0o8, 0xg, -0x1, 0x10000000000000000]"),
         "[\"0x\",\"0o8\",\"0xg\",\"-0x1\",\"0x10000000000000000\"]"},
        {STR("[012, 00, -012, +012, 00.5, 012345678901]"),
         "[\"012\",\"00\",\"-012\",\"+012\",\"00.5\",\"012345678901\"]"},
        {STR("[123456789012, 4e10]"), "[123456789012,4e10]"},
        {STR("[2010-09-09, 12:30:45, 1_000, 1.2.3, 1-2, --1, +-1, -+1]"),
         "[\"2010-09-09\",\"12:30:45\",\"1_000\",\"1.2.3\",\"1-2\",\"--1\",\"+-1\",\"-+1\"]"},
        {STR("[., +, -., e5, .e5, 1e, 1e+, .inf, -.Inf, .nan, =]"),
         "[\".\",\"+\",\"-.\",\"e5\",\".e5\",\"1e\",\"1e+\",\".inf\",\"-.Inf\",\".nan\",\"=\"]"},
    };
    (void)state;
    check_readings(readings, ARRAY_LENGTH(readings));
}

static void test_template_scalars(void **state)
{
    static const struct reading readings[] = {
        {STR("[yes, Yes, YES, on, On, ON, true, y, Y, yEs]"),
         "[true,true,true,true,true,true,true,\"y\",\"Y\",\"yEs\"]"},
        {STR("[no, No, NO, off, Off, OFF, false, n]"), "[false,false,false,false,false,false,false,\"n\"]"},
        {STR("[012, 0_7, -012, 00, 0x1F, +0x1F, 0x_1, 0b101, -0b11]"), "[10,7,-10,0,31,31,1,5,-3]"},
        {STR("[08, 0o17, 0b, 0b2, 0xg, 012345678901]"),
         "[\"08\",\"0o17\",\"0b\",\"0b2\",\"0xg\",\"012345678901\"]"},
        {STR("[1_000, -1_000, 1_, 1_0.5_0, 123456789012]"), "[1000,-1000,1,10.50,123456789012]"},
        {STR("[_1, 1e3, 1.5e3, 1e+3, +.5, ._5]"), "[\"_1\",\"1e3\",\"1.5e3\",\"1e+3\",\"+.5\",\"._5\"]"},
        {STR("[1.5e+3, 1.5E-03, .5, 5., 1.10, 00.5, 012.5, +1, -0]"),
         "[1.5e+3,1.5E-03,0.5,5,1.10,0.5,12.5,1,-0]"},
        {STR("[1:20, 190:20:30, -1:20, 0:10, 1:60, 1:200]"), "[80,685230,-80,\"0:10\",\"1:60\",\"1:200\"]"},
        {STR("[2010-09-09, 2010-09-09T00:00:00Z, 1.2.3, .inf, .NaN, ~, null]"),
         "[\"2010-09-09\",\"2010-09-09T00:00:00Z\",\"1.2.3\",\".inf\",\".NaN\",null,null]"},
        {STR("['yes', \"012\", !Sub on]"), "[\"yes\",\"012\",{\"Fn::Sub\":\"on\"}]"},
        {STR("[0x10000000000000000, 0777777777777777777777777]"),
         "[\"0x10000000000000000\",\"0777777777777777777777777\"]"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++)
        assert_string_equal(
            json_text(arena, read_ok_with(yaml_read_template, arena, readings[i].text), JSON_COMPACT).ptr,
            readings[i].json);
    arena_free(arena);
}

static void test_documents(void **state)
{
    static const struct reading readings[] = {
        {STR(""), "null"},
        {STR("\n# nothing\n"), "null"},
        {STR("---\n"), "null"},
        {STR("--- a\n...\n"), "\"a\""},
        {STR("%YAML 1.2\n---\na: 1\n"), "{\"a\":1}"},
        {STR("\xef\xbb\xbf"
             "a: 1\n"),
         "{\"a\":1}"},
        {STR("\xef\xbb\xbf{\"a\": 1}"), "{\"a\":1}"},
        {STR("a:\r\n  - b\r\n  - |\r\n    c\r\n    d\r\n"), "{\"a\":[\"b\",\"c\\nd\\n\"]}"},
        {STR("a: 'it''s'\nb: \"x\\ty\\u00e9\"\nc: \"1\"\nd: 'true'\n"),
         "{\"a\":\"it's\",\"b\":\"x\\ty\xc3\xa9\",\"c\":\"1\",\"d\":\"true\"}"},
        {STR("a: >-\n  one\n  two\nb: |+\n  x\n\n"), "{\"a\":\"one two\",\"b\":\"x\\n\\n\"}"},
        {STR("1: a\ntrue: b\n1.5: c\n'~': d\n\"\": e\n"),
         "{\"1\":\"a\",\"true\":\"b\",\"1.5\":\"c\",\"~\":\"d\",\"\":\"e\"}"},
        {STR("'<<': a\n"), "{\"<<\":\"a\"}"},
        {STR("a: ! 12\n"), "{\"a\":\"12\"}"},
        {STR("a: # comment\n  - b # other\n"), "{\"a\":[\"b\"]}"},
        {STR("a: &x {b: [1]}\nc: *x\nd: &x 2\ne: *x\n"),
         "{\"a\":{\"b\":[1]},\"c\":{\"b\":[1]},\"d\":2,\"e\":2}"},
        {STR("&k a: 1\nb: *k\n"), "{\"a\":1,\"b\":\"a\"}"},
        {STR("a: 50%TAG\n"), "{\"a\":\"50%TAG\"}"},
    };
    (void)state;
    check_readings(readings, ARRAY_LENGTH(readings));
}

static void test_functions(void **state)
{
    static const struct reading readings[] = {
        {STR("!Ref A"), "{\"Ref\":\"A\"}"},
        {STR("!Condition C"), "{\"Condition\":\"C\"}"},
        {STR("!GetAtt A.B.C"), "{\"Fn::GetAtt\":[\"A\",\"B.C\"]}"},
        {STR("!GetAtt [A, !Ref B]"), "{\"Fn::GetAtt\":[\"A\",{\"Ref\":\"B\"}]}"},
        {STR("!GetAtt A"), "{\"Fn::GetAtt\":[\"A\"]}"},
        {STR("!GetAtt 'A.'"), "{\"Fn::GetAtt\":[\"A\",\"\"]}"},
        {STR("Fn::GetAtt: A.B"), "{\"Fn::GetAtt\":\"A.B\"}"},
        {STR("!Sub 12"), "{\"Fn::Sub\":\"12\"}"},
        {STR("!Sub\n  - ${a}\n  - a: 1\n"), "{\"Fn::Sub\":[\"${a}\",{\"a\":1}]}"},
        {STR("a: !GetAZs\nb: !GetAZs ''\n"), "{\"a\":{\"Fn::GetAZs\":\"\"},\"b\":{\"Fn::GetAZs\":\"\"}}"},
        {STR("!Join ['', [!Ref A, !Sub b]]"), "{\"Fn::Join\":[\"\",[{\"Ref\":\"A\"},{\"Fn::Sub\":\"b\"}]]}"},
        {STR("!Base64\n  Fn::Sub: x\n"), "{\"Fn::Base64\":{\"Fn::Sub\":\"x\"}}"},
        {STR("!If [C, !Ref 'AWS::NoValue', 1]"), "{\"Fn::If\":[\"C\",{\"Ref\":\"AWS::NoValue\"},1]}"},
        {STR("a: &f !Ref X\nb: *f\n"), "{\"a\":{\"Ref\":\"X\"},\"b\":{\"Ref\":\"X\"}}"},
        {STR("!Transform {Name: AWS::Include, Parameters: {Location: s3}}"),
         "{\"Fn::Transform\":{\"Name\":\"AWS::Include\",\"Parameters\":{\"Location\":\"s3\"}}}"},
        {STR("[!And [], !Cidr [], !Equals [], !FindInMap [], !ImportValue x, !Length [], !Not [], !Or [], "
             "!Select [], !Split [], !ToJsonString {}]"),
         "[{\"Fn::And\":[]},{\"Fn::Cidr\":[]},{\"Fn::Equals\":[]},{\"Fn::FindInMap\":[]},"
         "{\"Fn::ImportValue\":\"x\"},{\"Fn::Length\":[]},{\"Fn::Not\":[]},{\"Fn::Or\":[]},"
         "{\"Fn::Select\":[]},{\"Fn::Split\":[]},{\"Fn::ToJsonString\":{}}]"},
    };
    (void)state;
    check_readings(readings, ARRAY_LENGTH(readings));
}

/* JSON where it is JSON, a YAML flow mapping where it is that. */
static void test_braces(void **state)
{
    static const struct reading readings[] = {
        {STR("  {\"a\": \"\\ud83d\\ude00\", \"b\": 1e400}"), "{\"a\":\"\xf0\x9f\x98\x80\",\"b\":1e400}"},
        {STR("{\"a\":\t1}"), "{\"a\":1}"},
        {STR("{a: b, \"c\": 012,}"), "{\"a\":\"b\",\"c\":\"012\"}"},
        {STR("{\"a\": 1} # done"), "{\"a\":1}"},
    };
    (void)state;
    check_readings(readings, ARRAY_LENGTH(readings));
}

static void test_merges(void **state)
{
    static const struct reading readings[] = {
        {STR("a: &a {k: 1, l: 2}\nb:\n  <<: *a\n  l: 3\n  m: 4\n"),
         "{\"a\":{\"k\":1,\"l\":2},\"b\":{\"l\":3,\"m\":4,\"k\":1}}"},
        {STR("b: {<<: [{k: 1}, {k: 2, l: 2}], '<<': x}"), "{\"b\":{\"<<\":\"x\",\"k\":1,\"l\":2}}"},
        {STR("b: &b {<<: {k: 1}}\nc: *b"), "{\"b\":{\"k\":1},\"c\":{\"k\":1}}"},
        {STR("b: {<<: [1]}"),
         "a merge key ('<<') takes a mapping or a list of mappings, not a number (t:1:5)"},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
        struct value *value;
        struct error error = ERROR_INIT;
        bool read = yaml_read_merging(arena, STR("t"), readings[i].text, &value, &error);
        assert_string_equal(read ? json_text(arena, value, JSON_COMPACT).ptr : error.message,
                            readings[i].json);
    }
    arena_free(arena);
}

static void test_refuses(void **state)
{
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        {STR("a: 1\nb:\n  c: 1\n  \"c\": 2\n"), "key 'c' is given twice, first at 3:3 (t.yaml:4:3)"},
        {STR("1: a\n'1': b\n"), "key '1' is given twice, first at 1:1 (t.yaml:2:1)"},
        {STR("[a]: b\n"), "a key must be a string (t.yaml:1:1)"},
        {STR("? {a: b}\n: c\n"), "a key must be a string (t.yaml:1:3)"},
        {STR("a: &x b\n*x : c\n"), "a key must be a string (t.yaml:2:1)"},
        {STR("~: b\n"), "a key must be a string, not null (t.yaml:1:1)"},
        {STR("? \n: b\n"), "a key must be a string, not null (t.yaml:1:2)"},
        {STR("!Ref a: b\n"), "key 'a' has a tag (t.yaml:1:1)"},
        {STR("a: &x {b: 1}\nc:\n  <<: *x\n"),
         "merge keys ('<<') are not supported: write the keys out (t.yaml:3:3)"},
        {STR("a: 1\n---\nb: 2\n"), "a second document starts here, a file may hold one (t.yaml:2:1)"},
        {STR("a:\n\tb: 1\n"), "invalid YAML: a tab is used as indentation, use spaces (t.yaml:2:1)"},
        {STR("a: @b\n"), "invalid YAML: '@' cannot start a value, quote it (t.yaml:1:4)"},
        {STR("a: [1, 2\nb: 3\n"),
         "invalid YAML: did not find expected ',' or ']' while parsing a flow sequence from line 1 "
         "(t.yaml:2:2)"},
        {STR("a: 'b\n"), "invalid YAML: found unexpected end of stream while scanning a quoted scalar from "
                         "line 1 (t.yaml:2:1)"},
        {STR("a: b: c\n"), "invalid YAML: mapping values are not allowed in this context (t.yaml:1:5)"},
        {STR("a: !Base64 !Sub x\n"),
         "invalid YAML: did not find expected key while parsing a block mapping from line 1 (t.yaml:1:12)"},
        {STR("a: b\xc3\n"), "byte 0xc3 is not UTF-8 (t.yaml:1:5)"},
        {STR("\xff\xfe"
             "a\0"),
         "byte 0xff is not UTF-8 (t.yaml:1:1)"},
        {STR("\xc3\xa9: b\n\xc3\xa9: \xed\xa0\x80"), "byte 0xed is not UTF-8 (t.yaml:2:4)"},
        {STR("\xc3\xa9: b\nc: \x01"), "invalid YAML: control characters are not allowed (0x01) (t.yaml:2:4)"},
        {STR("a: \0b\n"), "invalid YAML: control characters are not allowed (0x00) (t.yaml:1:4)"},
        {STR("a: \"\\0\"\n"), "a string holds a NUL character (t.yaml:1:4)"},
        {STR("\"a\\0\": b\n"), "a string holds a NUL character (t.yaml:1:1)"},
        {STR("a: *b\n"), "alias '*b' has no anchor before it (t.yaml:1:4)"},
        {STR("a: &b [*b]\n"), "alias '*b' has no anchor before it (t.yaml:1:8)"},
        {STR("a: !Reff b\n"), "tag '!Reff' is not supported, did you mean '!Ref'? (t.yaml:1:4)"},
        {STR("a: !python/object:os.system b\n"),
         "tag '!python/object:os.system' is not supported (t.yaml:1:4)"},
        {STR("a: !!python/object b\n"), "tag '!!python/object' is not supported (t.yaml:1:4)"},
        {STR("a: !!binary aGk=\n"), "tag '!!binary' is not supported (t.yaml:1:4)"},
        {STR("%TAG !e! tag:x,2000:\n---\na: b\n"), "tag directives ('%TAG') are not supported (t.yaml:1:1)"},
        {STR("a: b\n...\n%TAG !e! x\n"), "tag directives ('%TAG') are not supported (t.yaml:3:1)"},
        {STR("%YAML 2.0\n---\n"), "invalid YAML: found incompatible YAML document (t.yaml:1:1)"},
        {STR("{\"a\": 1 \"b\": 2}"), "invalid JSON: expected ',' or '}', found '\"' (t.yaml:1:9)"},
        {STR("{\"a\": 1,\n \"a\": 2}"), "invalid JSON: key 'a' is given twice, first at 1:2 (t.yaml:2:2)"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *value = NULL;
        struct error error = ERROR_INIT;
        if (yaml_read(arena, STR("t.yaml"), cases[i].text, &value, &error))
            fail_msg("'%.*s' was taken", STR_ARG(cases[i].text));
        assert_string_equal(error.message, cases[i].message);
        assert_int_equal(error.code, ERROR_INVALID);
    }
    arena_free(arena);
}

static void position_text(struct buf *out, const struct value *value)
{
    buf_printf(out, "%u:%u", value->line, value->column);
    for (size_t i = 0; i < value->count; i++) {
        const struct value_entry *entry = value->kind == VALUE_MAP ? &value->entries[i] : NULL;
        if (entry)
            buf_printf(out, " %.*s@%u:%u", STR_ARG(entry->key), entry->line, entry->column);
        buf_addc(out, '(');
        position_text(out, entry ? entry->value : value->items[i]);
        buf_addc(out, ')');
    }
}

static void test_positions(void **state)
{
    static const struct {
        struct str text;
        const char *positions;
    } cases[] = {
        {STR("a: 1\nb:\n  - x\n  - \xc3\xa9: [y]\n"),
         "1:1 a@1:1(1:4) b@2:1(3:3(3:5)(4:5 \xc3\xa9@4:5(4:8(4:9))))"},
        {STR("\xef\xbb\xbf# bom\r\nk: !GetAtt A.B\r\n"), "2:1 k@2:1(2:4 Fn::GetAtt@2:4(2:4(2:4)(2:4)))"},
        {STR("a: &x [1]\nb: *x\n"), "1:1 a@1:1(1:4(1:8)) b@2:1(1:4(1:8))"},
        {STR("{\n \"a\": {\"b\": null}}"), "1:1 a@2:2(2:7 b@2:8(2:13))"},
        {STR("# empty\n"), "2:1"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buf buf = BUF_INIT(BUF_SMALL);
        position_text(&buf, read_ok(arena, cases[i].text));
        assert_string_equal(buf.ptr, cases[i].positions);
        buf_release(&buf);
    }
    arena_free(arena);
}

static void test_message_names_file(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char file[] = "t.yaml";
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    assert_true(yaml_read(arena, str_from(file), STR("a: {b: c}"), &value, &error));
    memset(file, 'x', sizeof file - 1);
    value_error(value_path(value, "a", "b", NULL), &error, ERROR_INVALID, "no '%s'", "c");
    assert_string_equal(error.message, "no 'c' (t.yaml:1:8)");
    arena_free(arena);
}

static void add_times(struct buf *buf, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        buf_addz(buf, text);
}

/* Hostile input is refused quickly and in little memory. */
static void check_refused(struct buf *text, enum error_code code, const char *message)
{
    struct arena *arena = arena_new();
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    int64_t start = clock_monotonic(&system_clock);
    assert_false(text->overflow);
    assert_false(yaml_read(arena, STR("t"), buf_str(text), &value, &error));
    assert_string_equal(error.message, message);
    assert_int_equal(error.code, code);
    assert_true(clock_monotonic(&system_clock) - start < 30000); /* a quadratic reader takes minutes */
    assert_true(arena_used(arena) < 64 * 1024 * 1024);
    arena_free(arena);
    buf_clear(text);
}

static void test_depth(void **state)
{
    static const char *const nesting[] = {"[", "{a: ", "- ", "? ", "!If [", "{ ? "};
    static const char *const messages[] = {
        "nested deeper than 64 levels (t:1:65)",
        "invalid JSON: expected a key in double quotes, found 'a' (t:1:2)",
        "nested deeper than 64 levels (t:1:129)",
        "a key must be a string (t:1:3)",
        "nested deeper than 64 levels (t:1:161)",
        "invalid JSON: expected a key in double quotes, found '?' (t:1:3)",
    };
    (void)state;
    struct buf text = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < ARRAY_LENGTH(nesting); i++) {
        add_times(&text, 200 * 1000, nesting[i]);
        check_refused(&text, ERROR_INVALID, messages[i]);
    }
    struct arena *arena = arena_new();
    add_times(&text, YAML_DEPTH_MAX, "[");
    add_times(&text, YAML_DEPTH_MAX, "]");
    read_ok(arena, buf_str(&text));
    arena_free(arena);
    buf_release(&text);
}

static void test_alias_bombs(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(BUF_LARGE);
    buf_addz(&text, "a0: &a0 [lol]\n");
    for (int i = 1; i < 30; i++)
        buf_printf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    check_refused(&text, ERROR_OUT_OF_MEMORY,
                  "aliases make the document larger than 150000 values or 8388608 bytes (t:16:18)");
    buf_addz(&text, "a0: &a0 ");
    add_times(&text, 1024 * 1024, "x");
    buf_addz(&text, "\nb: [");
    add_times(&text, 1000, "*a0,");
    buf_addz(&text, "]\n");
    check_refused(&text, ERROR_OUT_OF_MEMORY,
                  "aliases make the document larger than 150000 values or 8388608 bytes (t:2:37)");
    buf_addz(&text, "a0: &a0 [1]\n");
    for (int i = 1; i < 100; i++)
        buf_printf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    check_refused(&text, ERROR_INVALID, "nested deeper than 64 levels through an alias (t:63:12)");
    buf_release(&text);
}

static void test_many(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(BUF_LARGE);
    buf_addz(&text, "- a");
    add_times(&text, YAML_NODES_MAX, "\n- b");
    check_refused(&text, ERROR_OUT_OF_MEMORY, "more than 150000 values (t:150000:3)");
    buf_addz(&text, "{\"a\":[");
    add_times(&text, YAML_NODES_MAX, "1,");
    buf_addz(&text, "1]}");
    check_refused(&text, ERROR_OUT_OF_MEMORY, "invalid JSON: more than 150000 values (t:1:300003)");
    add_times(&text, YAML_BYTES_MAX + 1, "x");
    check_refused(&text, ERROR_OUT_OF_MEMORY, "file is larger than 8388608 bytes (t)");
    add_times(&text, 400 * 1000, "%TAG !a! b\n");
    check_refused(&text, ERROR_INVALID, "tag directives ('%TAG') are not supported (t:1:1)");
    for (int i = 0; i < 140 * 1000; i++)
        buf_printf(&text, "k%d: v\n", i);
    buf_addz(&text, "k7: v\n");
    check_refused(&text, ERROR_INVALID, "key 'k7' is given twice, first at 8:1 (t:140001:1)");
    buf_release(&text);
}

static size_t files_seen;

static int read_file(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    struct str name = str_from(path);
    (void)where;
    if (kind != FTW_F || status->st_size > YAML_BYTES_MAX ||
        !(str_ends(name, ".template.json") || str_contains(name, "/input/")))
        return 0;
    struct arena *arena = arena_new();
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    size_t size = (size_t)status->st_size;
    char *bytes = arena_alloc(arena, size);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    if (!yaml_read(arena, name, (struct str){bytes, size}, &value, &error))
        fail_msg("%s", error.message);
    files_seen++;
    arena_free(arena);
    return 0;
}

/* Every template of the public corpora that other tools are measured with. */
static void test_corpora(void **state)
{
    static const char *const folders[] = {"sam/input", "sam-patterns/input", "cdk"};
    (void)state;
    const char *corpora = getenv("PLUMB_CORPORA");
    if (!corpora) {
        print_message("SKIPPED: PLUMB_CORPORA is not set, no corpus was read\n");
        skip();
    }
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        size_t before = files_seen;
        const char *folder = arena_printf(arena, "%s/%s", corpora, folders[i]).ptr;
        assert_int_equal(nftw(folder, read_file, 16, FTW_PHYS), 0);
        assert_true(files_seen > before);
    }
    print_message("read %zu files\n", files_seen);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_scalars),
        cmocka_unit_test(test_template_scalars),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_braces),
        cmocka_unit_test(test_merges),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_message_names_file),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_alias_bombs),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_corpora),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
