#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "environments/fields.h"
#include "environments/schema.h"

/* What a row lacks for an editor, or says of itself that does not hold; "" where it is sound. */
static const char *complaint(const struct field *field)
{
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct str otherwise = str_from(field->otherwise);
    bool number = field->form & FIELD_NUMBER && json_is_number(otherwise);
    const struct value *value = str_is(otherwise, "true") || str_is(otherwise, "false")
                                    ? value_bool(arena, str_is(otherwise, "true"))
                                : number ? value_number(arena, otherwise)
                                         : value_string(arena, otherwise);
    bool fits = !field->otherwise || field_check(value, field, &error);
    arena_free(arena);
    return !field->name                                  ? "has no name"
           : !field->help || !*field->help               ? "has no help"
           : field->help[strlen(field->help) - 1] == '.' ? "has a full stop in its help"
           : field->form & FIELD_LIST && !field->keys && !field->items && !(field->form & FIELD_SCALAR)
               ? "does not say what is in the list"
           : !fits ? "does not take its own default"
                   : "";
}

static void look_at(const struct field *field, size_t *count, size_t *wrong)
{
    const char *found = complaint(field);
    if (*found)
        print_error("'%s' %s\n", field->name ? field->name : "(a row)", found);
    *wrong += *found != '\0';
    ++*count;
    for (size_t i = 0; i < field->key_count; i++) {
        if (i > 0 && field->keys[i].name && field->keys[i - 1].name &&
            strcmp(field->keys[i - 1].name, field->keys[i].name) >= 0) {
            print_error("'%s' is not in the order of names\n", field->keys[i].name);
            ++*wrong;
        }
        look_at(&field->keys[i], count, wrong);
    }
}

static void every_row_is_whole(void **state)
{
    size_t count = 0, wrong = 0;
    (void)state;
    look_at(&environment_file, &count, &wrong);
    look_at(&application_file, &count, &wrong);
    look_at(&repository_file, &count, &wrong);
    assert_int_equal(wrong, 0);
    assert_true(count > 80);
}

static void makes_a_schema_of_each_kind(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        const struct value *schema = schema_make(arena, str_from(schemas[i].name));
        assert_true(
            value_is_text(value_get(schema, "$schema"), "https://json-schema.org/draft/2020-12/schema"));
        assert_true(value_get(schema, "properties")->count > 0);
        assert_false(value_get(schema, "additionalProperties")->boolean);
    }
    assert_null(schema_make(arena, STR("enviroment")));
    struct value *steps = value_path(schema_make(arena, STR("application")), "properties", "deployment",
                                     "properties", "steps", "items", "properties", NULL);
    assert_string_equal(arena_strz(arena, json_text(arena, value_get(steps, "weight"), JSON_COMPACT)),
                        "{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"description\":\"Percent of "
                        "the traffic for the "
                        "new version, more than in the step before\"}");
    assert_string_equal(
        arena_strz(arena, json_text(arena, value_get(steps, "check"), JSON_COMPACT)),
        "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":1},\"minItems\":1,"
        "\"maxItems\":50,\"description\":\"Names from 'checks' that decide in this step; left "
        "out: all of them\"}");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(makes_a_schema_of_each_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
