#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/ownership.h"

static const struct owner prod = {.repository = STR("shop"),
                                  .account = STR("333333333333"),
                                  .region = STR("us-west-2"),
                                  .environment = STR("prod"),
                                  .application = STR("orders")};

static void names_a_repository_by_its_last_part(void **state)
{
    static const char *const cases[][2] = {
        {"https://github.com/acme/shop.git", "shop"},
        {"git@github.com:acme/shop.git", "shop"},
        {"/srv/git/shop", "shop"},
        {"/srv/shop/.git", "shop"},
        {"file:///srv/shop.git/", "shop"},
        {"host:shop", "shop"},
        {"shop", "shop"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str name = repository_name(str_from(cases[i][0]));
        if (!str_is(name, cases[i][1]))
            fail_msg("%s: got %.*s", cases[i][0], STR_ARG(name));
    }
}

static void reads_ownership_from_tags(void **state)
{
    static const struct {
        const char *tags;
        enum ownership want;
        const char *who;
        int64_t generation;
    } cases[] = {
        {"{}", OWNED_BY_NOBODY, "", 0},
        {"{\"team\":\"x\"}", OWNED_BY_NOBODY, "", 0},
        {"{\"plumb:repository\":\"shop\",\"plumb:environment\":\"prod\",\"plumb:application\":\"orders\","
         "\"plumb:logical-id\":\"Table\"}",
         OWNED_BY_US, "'prod/orders' of repository 'shop' as 'Table'", 0},
        {"{\"plumb:repository\":\"shop\",\"plumb:environment\":\"prod\",\"plumb:application\":\"orders\","
         "\"plumb:logical-id\":\"Table/12\"}",
         OWNED_BY_US, "'prod/orders' of repository 'shop' as 'Table/12'", 12},
        {"{\"plumb:repository\":\"shop\",\"plumb:environment\":\"prod\",\"plumb:application\":\"orders\","
         "\"plumb:logical-id\":\"Tables/1\"}",
         OWNED_BY_SIBLING, "Tables", 1},
        {"{\"plumb:repository\":\"shop\",\"plumb:environment\":\"beta\",\"plumb:application\":\"orders\","
         "\"plumb:logical-id\":\"Table\"}",
         OWNED_BY_OTHER, "'beta/orders' of repository 'shop' as 'Table'", 0},
        {"{\"plumb:repository\":\"other\",\"plumb:environment\":\"prod\",\"plumb:application\":\"orders\","
         "\"plumb:logical-id\":\"Table\"}",
         OWNED_BY_OTHER, "'prod/orders' of repository 'other' as 'Table'", 0},
        {"{\"aws:cloudformation:stack-name\":\"old\"}", OWNED_BY_OTHER, "CloudFormation stack 'old'", 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct value *tags;
        struct ownership_label label;
        assert_true(json_read(arena, STR_EMPTY, str_from(cases[i].tags), &tags, &error));
        enum ownership got = ownership_of(arena, &prod, STR("Table"), tags, &label);
        if (got != cases[i].want || !str_is(label.who, cases[i].who) ||
            label.generation != cases[i].generation)
            fail_msg("case %zu: got %d, '%.*s', %lld", i, (int)got, STR_ARG(label.who),
                     (long long)label.generation);
        arena_free(arena);
    }
}

static void names_are_stable_short_and_distinct(void **state)
{
    static const struct resource_type queue = {.name = "queue", .name_max = 40};
    static const struct resource_type bucket = {.name = "bucket", .name_max = 63, .name_lowercase = true};
    (void)state;
    struct arena *arena = arena_new();
    struct str first = resource_name(arena, &prod, STR("OrderQueueForDeadLetters"), 0, &queue);
    struct str again = resource_name(arena, &prod, STR("OrderQueueForDeadLetters"), 0, &queue);
    struct str next = resource_name(arena, &prod, STR("OrderQueueForDeadLetters"), 1, &queue);
    struct str near = resource_name(arena, &prod, STR("OrderQueueForDeadLetterz"), 0, &queue);
    assert_true(str_equal(first, again));
    assert_false(str_equal(first, next));
    assert_false(str_equal(first, near));
    assert_int_equal(first.len, 40);
    assert_true(str_starts(first, "prod-orders-OrderQueueForDe-"));
    struct str lower = resource_name(arena, &prod, STR("Papers"), 0, &bucket);
    assert_true(str_starts(lower, "prod-orders-papers-"));
    arena_free(arena);
}

static void tags_carry_the_environment_and_the_generation(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct value *team = value_map(arena);
    value_setz(arena, team, "team", value_stringz(arena, "orders"));
    struct owner owner = prod;
    owner.environment_tags = team;
    struct str text = json_text(arena, ownership_tags(arena, &owner, STR("Table"), 2), JSON_CANONICAL);
    assert_string_equal(text.ptr, "{\"plumb:application\":\"orders\",\"plumb:environment\":\"prod\","
                                  "\"plumb:logical-id\":\"Table/2\",\"plumb:repository\":\"shop\","
                                  "\"team\":\"orders\"}");
    assert_int_equal(team->count, 1); /* the environment's own map is left alone */
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_a_repository_by_its_last_part),
        cmocka_unit_test(reads_ownership_from_tags),
        cmocka_unit_test(names_are_stable_short_and_distinct),
        cmocka_unit_test(tags_carry_the_environment_and_the_generation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
