#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/diff.h"
#include "reconciler/secret_mark.h"

static struct value *marked(struct arena *arena, const char *secret, const char *place)
{
    return secrets_marked(arena, value_secret(arena, str_from(secret)), str_from(place));
}

static void a_mark_tells_another_secret_and_no_more(void **state)
{
    struct arena *arena = arena_new();
    const struct value *mark = marked(arena, "sesame", "db/Password");
    (void)state;
    assert_true(secret_is_marked(mark));
    assert_null(strstr(mark->text.ptr, "sesame"));
    assert_int_equal(secret_compare(mark, STR("sesame")), SECRET_SAME);
    assert_int_equal(secret_compare(mark, STR("sesam")), SECRET_OTHER);
    assert_int_equal(secret_compare(mark, STR_EMPTY), SECRET_OTHER);
    arena_free(arena);
}

static void the_same_secret_elsewhere_has_another_mark(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    assert_true(value_equal(marked(arena, "sesame", "a"), marked(arena, "sesame", "a")));
    assert_false(value_equal(marked(arena, "sesame", "a"), marked(arena, "sesame", "b")));
    arena_free(arena);
}

static void a_mark_that_is_none_says_nothing(void **state)
{
    static const char *const texts[] = {"****", "****#", "****#a$b", "****#aa", "sesame", ""};
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_int_equal(secret_compare(value_stringz(arena, texts[i]), STR("sesame")), SECRET_UNKNOWN);
    arena_free(arena);
}

static void only_secrets_are_marked_and_only_marks_are_hidden(void **state)
{
    struct arena *arena = arena_new();
    struct value *properties = value_map(arena), *list = value_list(arena);
    (void)state;
    value_append(arena, list, value_secret(arena, STR("sesame")));
    value_append(arena, list, value_stringz(arena, "plain"));
    value_setz(arena, properties, "List", list);
    struct value *kept = secrets_marked(arena, properties, STR("db"));
    assert_true(secret_is_marked(value_at(value_get(kept, "List"), 0)));
    assert_true(value_is(value_at(list, 0), VALUE_SECRET)); /* a copy was marked */
    assert_string_equal(json_text(arena, secrets_hidden(arena, kept), JSON_COMPACT).ptr,
                        "{\"List\":[\"****\",\"plain\"]}");
    arena_free(arena);
}

static struct value *connection(struct arena *arena, struct value *key)
{
    struct value *properties = value_map(arena), *parameters = value_map(arena), *by_key = value_map(arena);
    value_setz(arena, by_key, "ApiKeyValue", key);
    value_setz(arena, parameters, "ApiKeyAuthParameters", by_key);
    value_setz(arena, properties, "AuthParameters", parameters);
    return properties;
}

static size_t differences(struct arena *arena, const char *secret, const char *last)
{
    const struct resource_type *type = resource_type_find(STR("AWS::Events::Connection"));
    struct differences found = {.count = 0};
    diff_properties(arena, type, connection(arena, value_secret(arena, str_from(secret))), value_map(arena),
                    connection(arena, marked(arena, last, "place")), &found);
    assert_int_equal(found.not_comparable, 0);
    return found.count;
}

static void a_secret_that_cannot_be_read_is_compared_by_its_mark(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    assert_int_equal(differences(arena, "sesame", "sesame"), 0);
    assert_int_equal(differences(arena, "sesame2", "sesame"), 1);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_tells_another_secret_and_no_more),
        cmocka_unit_test(the_same_secret_elsewhere_has_another_mark),
        cmocka_unit_test(a_mark_that_is_none_says_nothing),
        cmocka_unit_test(only_secrets_are_marked_and_only_marks_are_hidden),
        cmocka_unit_test(a_secret_that_cannot_be_read_is_compared_by_its_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
