#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "providers/lambda/inline_zip.h"

/* The whole zip of the source "x": read once with Python's zipfile (testzip, name, mode, time), then frozen,
 * since another byte would be another code for every function that has inline source. */
static void the_zip_never_changes(void **state)
{
    static const char *const expected =
        "504b0304140000080000000021008316dc8c010000000100000008000000696e6465782e707978504b01021403"
        "140000080000000021008316dc8c0100000001000000080000000000000000000000a48100000000696e646578"
        "2e7079504b0506000000000100010036000000270000000000";
    struct error error = ERROR_INIT;
    struct arena *arena = arena_new();
    struct str zip;
    (void)state;
    assert_true(inline_zip(arena, STR("python3.12"), STR("x"), &zip, &error));
    assert_string_equal(hex_encode(arena, zip).ptr, expected);
    arena_free(arena);
}

static void the_file_is_named_by_the_runtime(void **state)
{
    static const struct {
        const char *runtime, *source, *file, *message;
    } cases[] = {
        {"python3.12", "x", "index.py", NULL},
        {"nodejs22.x", "x", "index.js", NULL},
        {"nodejs22.x", "", "index.js", NULL},
        {"java21", "x", NULL, "needs a Python or Node.js runtime, not 'java21'"},
        {"", "x", NULL, "needs a Python or Node.js runtime, not ''"},
        {"nodejs22.x", "require('cfn-response')", NULL, "CloudFormation's response module"},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct str zip = STR_EMPTY;
        bool made = inline_zip(arena, str_from(cases[i].runtime), str_from(cases[i].source), &zip, &error);
        assert_int_equal(made, cases[i].file != NULL);
        if (made)
            assert_true(str_contains(zip, cases[i].file));
        else
            assert_non_null(strstr(error.message, cases[i].message));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zip_never_changes),
        cmocka_unit_test(the_file_is_named_by_the_runtime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
