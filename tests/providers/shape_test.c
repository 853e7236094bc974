#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/policy.h"
#include "providers/shape.h"

static const struct shape rows[] = {
    {.path = "Name", .kind = SHAPE_TEXT},
    {.path = "Size", .kind = SHAPE_NUMBER, .otherwise = "128"},
    {.path = "On", .kind = SHAPE_BOOL},
    {.path = "Network", .kind = SHAPE_MAP, .otherwise = "{\"Subnets\":[]}"},
    {.path = "Network.Subnets", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Network.Dual", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "Variables", .kind = SHAPE_TEXTS},
    {.path = "Indexes", .kind = SHAPE_SET, .key = "IndexName"},
    {.path = "Indexes.IndexName", .kind = SHAPE_TEXT},
    {.path = "Indexes.Units", .kind = SHAPE_NUMBER},
    {.path = "Layers", .kind = SHAPE_LIST},
    {.path = "Body", .kind = SHAPE_JSON},
    {.path = "Redrive", .kind = SHAPE_JSON},
    {.path = "Redrive.Count", .kind = SHAPE_NUMBER},
    {.path = "Policy", .kind = SHAPE_POLICY},
    {.path = "Tags", .kind = SHAPE_TAGS},
    {.path = "Import", .kind = SHAPE_MAP, .refused = "create the table by hand"},
    {.path = NULL},
};

/* Single quotes stand for double ones. */
static struct value *json(struct arena *arena, const char *text)
{
    struct error error = ERROR_INIT;
    struct value *value;
    char *copy = arena_strz(arena, str_from(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (!json_read(arena, STR_EMPTY, str_from(copy), &value, &error))
        fail_msg("%s in %s", error.message, text);
    return value;
}

static void assert_same(struct arena *arena, const struct value *value, const char *expected)
{
    struct str text = json_text(arena, value, JSON_CANONICAL);
    struct str wanted = json_text(arena, json(arena, expected), JSON_CANONICAL);
    assert_string_equal(text.ptr, wanted.ptr);
}

static void equal_properties_take_one_form(void **state)
{
    static const struct {
        const char *given, *expected;
    } cases[] = {
        {"{'Size':'256','On':'true','Name':7}", "{'Size':256,'On':true,'Name':'7'}"},
        {"{'Size':'0256','On':'yes'}", "{'Size':'0256','On':'yes'}"},
        {"{'Size':'-1.50'}", "{'Size':-1.50}"},
        {"{'Size':null,'Name':'x'}", "{'Name':'x'}"},
        {"{'Redrive':'{\\'Count\\':\\'5\\',\\'Any\\':\\'6\\'}'}", "{'Redrive':{'Count':5,'Any':'6'}}"},
        {"{'Network':{'Subnets':['b','a'],'Dual':'false'}}",
         "{'Network':{'Subnets':['a','b'],'Dual':false}}"},
        {"{'Network':{'Subnets':'a'}}", "{'Network':{'Subnets':['a']}}"},
        {"{'Variables':{'A':1,'B':true,'C':'x'}}", "{'Variables':{'A':'1','B':'true','C':'x'}}"},
        {"{'Indexes':[{'IndexName':'z','Units':'1'},{'Units':2,'IndexName':'a'}]}",
         "{'Indexes':[{'IndexName':'a','Units':2},{'IndexName':'z','Units':1}]}"},
        {"{'Layers':['b','a']}", "{'Layers':['b','a']}"},
        {"{'Body':'{\\'a\\':1}'}", "{'Body':{'a':1}}"},
        {"{'Body':'not json'}", "{'Body':'not json'}"},
        {"{'Tags':{'b':2,'a':'1'}}", "{'Tags':[{'Key':'a','Value':'1'},{'Key':'b','Value':'2'}]}"},
        {"{'Tags':[{'Key':'b','Value':2},{'Key':'a','Value':'1'}]}",
         "{'Tags':[{'Key':'a','Value':'1'},{'Key':'b','Value':'2'}]}"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *value = json(arena, cases[i].given);
        shape_normalize(rows, arena, value);
        assert_same(arena, value, cases[i].expected);
    }
    arena_free(arena);
}

static void unknown_names_are_refused(void **state)
{
    static const struct {
        const char *given, *message; /* NULL: accepted */
    } cases[] = {
        {"{'Variables':{'anything':'x'},'Body':{'what':'ever'},'Tags':[{'Key':'a','Value':'b'}]}", NULL},
        {"{'Nmae':'x'}", "A::B::C has no property 'Nmae'; did you mean 'Name'?"},
        {"{'Network':{'Subnet':[]}}", "A::B::C has no property 'Network.Subnet'; did you mean 'Subnets'?"},
        {"{'Indexes':[{'IndexName':'a'},{'Wrong':1}]}", "A::B::C has no property 'Indexes.Wrong'"},
        {"{'Import':{}}", "property 'Import' of A::B::C is not supported: create the table by hand"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        bool accepted = shape_check(rows, "A::B::C", json(arena, cases[i].given), &error);
        assert_int_equal(accepted, cases[i].message == NULL);
        if (cases[i].message)
            assert_memory_equal(error.message, cases[i].message, str_from(cases[i].message).len);
    }
    arena_free(arena);
}

static void what_is_taken_away_is_reset(void **state)
{
    static const struct {
        const char *properties, *previous, *expected;
    } cases[] = {
        {"{'Name':'x'}", "{'Name':'y','Size':256,'Layers':['a']}", "{'Name':'x','Size':128,'Layers':null}"},
        {"{'Network':{'Subnets':['a']}}", "{'Network':{'Subnets':['b'],'Dual':true}}",
         "{'Network':{'Subnets':['a'],'Dual':false}}"},
        {"{}", "{'Network':{'Dual':true}}", "{'Network':{'Subnets':[]}}"},
        {"{'Size':'1'}", "{}", "{'Size':1}"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_same(
            arena,
            shape_target(rows, arena, json(arena, cases[i].properties), json(arena, cases[i].previous)),
            cases[i].expected);
    arena_free(arena);
}

static void only_what_is_declared_is_compared(void **state)
{
    static const struct {
        const char *declared, *live;
        bool covered;
    } cases[] = {
        {"{'a':1}", "{'a':1.0,'b':2}", true},
        {"{'a':1}", "{'b':1}", false},
        {"{'a':[]}", "{}", true},
        {"{'a':''}", "{'a':'x'}", false},
        {"{'a':null}", "{'a':{'b':1}}", false},
        {"{'a':{'b':''}}", "{}", true},
        {"{'a':{'b':1}}", "{}", false},
        {"{'a':[{'n':1}]}", "{'a':[{'n':1,'m':2}]}", true},
        {"{'a':[1]}", "{'a':[1,2]}", false},
        {"{'a':false}", "{}", false},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_int_equal(shape_covers(json(arena, cases[i].declared), json(arena, cases[i].live)),
                         cases[i].covered);
    assert_true(shape_covers(value_secret(arena, STR("s3cret")), value_string(arena, STR("s3cret"))));
    assert_false(shape_covers(value_secret(arena, STR("s3cret")), value_string(arena, STR("other"))));
    arena_free(arena);
}

static void a_document_differs_by_what_is_more(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct value *live = json(arena, "{'Body':{'a':1,'b':2},'Empty':{}}");
    assert_false(shape_differs(json(arena, "{'Body':{'a':1}}"), live, "Body"));
    assert_true(shape_differs_at_all(json(arena, "{'Body':{'a':1}}"), live, "Body"));
    assert_false(shape_differs_at_all(json(arena, "{'Body':{'b':2.0,'a':1}}"), live, "Body"));
    assert_false(shape_differs_at_all(json(arena, "{'Empty':null,'Absent':''}"), live, "Empty"));
    assert_false(shape_differs_at_all(json(arena, "{'Absent':''}"), live, "Absent"));
    assert_false(shape_differs_at_all(json(arena, "{}"), live, "Body"));
    arena_free(arena);
}

static void equal_policies_take_one_form(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"{'Statement':{'Effect':'Allow','Action':'s3:Get','Resource':'*'}}",
         "{'Statement':[{'Resource':['*'],'Action':['s3:Get'],'Effect':'Allow','Sid':''}]}", true},
        {"{'Statement':[{'Action':['b','a','b']}]}", "{'Statement':[{'Action':['a','b']}]}", true},
        {"{'Statement':[{'Action':['b','a']}]}", "{'Statement':[{'Action':['a']}]}", false},
        {"{'Statement':[{'Sid':'1'},{'Sid':'2'}]}", "{'Statement':[{'Sid':'2'},{'Sid':'1'}]}", true},
        {"{'Statement':[{'Principal':'*'}]}", "{'Statement':[{'Principal':{'AWS':['*']}}]}", true},
        {"{'Statement':[{'Principal':{'AWS':'123456789012'}}]}",
         "{'Statement':[{'Principal':{'AWS':'arn:aws:iam::123456789012:root'}}]}", true},
        {"{'Statement':[{'Principal':{'AWS':'arn:aws:iam::123456789012:role/root'}}]}",
         "{'Statement':[{'Principal':{'AWS':'123456789012'}}]}", false},
        {"{'Statement':[{'Condition':{'Bool':{'aws:SecureTransport':false}}}]}",
         "{'Statement':[{'Condition':{'Bool':{'aws:SecureTransport':['false']}}}]}", true},
        {"'{\\'Statement\\':[{\\'Action\\':\\'a\\'}]}'", "{'Statement':[{'Action':['a']}]}", true},
        {"{'Statement':[{'Effect':'Allow'}]}", "{'Statement':[{'Effect':'Deny'}]}", false},
        {"{'Statement':[{'Action':'a'}]}", "{'Version':'2008-10-17','Statement':[{'Action':'a'}]}", true},
        {"{'Statement':[{'Action':'a'}]}", "{'Version':'2012-10-17','Statement':[{'Action':'a'}]}", false},
        {"'no policy'", "'no policy'", true},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *a = policy_normalize(arena, json(arena, cases[i].a));
        struct value *b = policy_normalize(arena, json(arena, cases[i].b));
        if (value_equal(a, b) != cases[i].equal)
            fail_msg("case %zu: %s and %s", i, json_text(arena, a, JSON_CANONICAL).ptr,
                     json_text(arena, b, JSON_CANONICAL).ptr);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_properties_take_one_form),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(what_is_taken_away_is_reset),
        cmocka_unit_test(only_what_is_declared_is_compared),
        cmocka_unit_test(a_document_differs_by_what_is_more),
        cmocka_unit_test(equal_policies_take_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
