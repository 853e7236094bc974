#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/resource_type.h"
#include "tests/providers/fake_aws.h"

static const char ours[] = "{'team':'orders','stage':'beta','plumb:application':'orders'}";

struct tag_case {
    const char *properties, *live, *put, *shown;
};

static const struct tag_case cases[] = {
    {"{}", "{}", "{'team':'orders','stage':'beta','plumb:application':'orders'}", "{}"},
    /* The template wins, but cannot say whose the resource is. */
    {"{'Tags':[{'Key':'team','Value':'mine'},{'Key':'plumb:application','Value':'x'},{'Key':'a'}]}",
     "{'team':'mine','stage':'beta','a':'','plumb:application':'orders','aws:cloudformation:stack-name':'s'}",
     "{'team':'mine','stage':'beta','plumb:application':'orders','a':''}", "{'team':'mine','a':''}"},
    /* Declared with the environment's value: shown, so that it is no drift. */
    {"{'Tags':{'team':'orders'}}", "{'team':'orders','stage':'beta'}",
     "{'team':'orders','stage':'beta','plumb:application':'orders'}", "{'team':'orders'}"},
    /* Changed by hand: shown. */
    {"{}", "{'team':'theirs','by':'hand'}", "{'team':'orders','stage':'beta','plumb:application':'orders'}",
     "{'team':'theirs','by':'hand'}"},
};

static void merges_and_splits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct resource_call call = {.arena = arena,
                                     .properties = fake_json(arena, cases[i].properties),
                                     .tags = fake_json(arena, ours)};
        struct value *put = fake_json(arena, cases[i].put), *shown = fake_json(arena, cases[i].shown);
        assert_text(json_text(arena, resource_tags(&call), JSON_COMPACT),
                    json_text(arena, put, JSON_COMPACT).ptr);
        assert_text(json_text(arena, tags_of_user(&call, fake_json(arena, cases[i].live)), JSON_COMPACT),
                    json_text(arena, shown, JSON_COMPACT).ptr);
        arena_free(arena);
    }
}

static void lists_are_sorted(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value *list =
        tags_as_list(arena, fake_json(arena, "{'b':'1','a':'2','B':''}"), "TagKey", "TagValue");
    assert_text(json_text(arena, list, JSON_COMPACT),
                "[{\"TagKey\":\"B\",\"TagValue\":\"\"},{\"TagKey\":\"a\",\"TagValue\":\"2\"},"
                "{\"TagKey\":\"b\",\"TagValue\":\"1\"}]");
    assert_text(json_text(arena, tags_as_map(arena, list, "TagKey", "TagValue"), JSON_COMPACT),
                "{\"B\":\"\",\"a\":\"2\",\"b\":\"1\"}");
    assert_text(json_text(arena, tags_as_list(arena, NULL, "Key", "Value"), JSON_COMPACT), "[]");
    assert_text(json_text(arena, tags_as_map(arena, NULL, "Key", "Value"), JSON_COMPACT), "{}");
    arena_free(arena);
}

static void registry_is_sorted(void **state)
{
    (void)state;
    size_t count;
    const struct resource_type *const *types = resource_types(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(types[i - 1]->name, types[i]->name) < 0);
        assert_ptr_equal(resource_type_find(str_from(types[i]->name)), types[i]);
        assert_non_null(types[i]->read);
        assert_non_null(types[i]->find);
        assert_non_null(types[i]->create);
        assert_non_null(types[i]->remove);
        assert_true((types[i]->update != NULL) != ((types[i]->traits & RESOURCE_IMMUTABLE) != 0));
    }
    assert_null(resource_type_find(STR("AWS::Nothing::AtAll")));
    assert_null(resource_type_find(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merges_and_splits),
        cmocka_unit_test(lists_are_sorted),
        cmocka_unit_test(registry_is_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
