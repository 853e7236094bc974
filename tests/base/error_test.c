#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"

static void test_set_prefix_suffix(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    assert_false(error_set(&error, ERROR_NOT_FOUND, "no table '%s'", "Orders"));
    error_set_name(&error, "ResourceNotFoundException");
    assert_false(error_prefix(&error, "read %d", 7));
    assert_false(error_suffix(&error, " (%s:%d)", "t.yaml", 3));
    assert_string_equal(error.message, "read 7: no table 'Orders' (t.yaml:3)");
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_true(error_is(&error, "ResourceNotFoundException"));
    assert_false(error_is(&error, "ResourceNotFound"));
    assert_false(error_is(&error, ""));
    error_set(&error, ERROR_DENIED, "other");
    assert_true(error_is(&error, ""));
    error_clear(&error);
    assert_int_equal(error.code, ERROR_NONE);
    assert_string_equal(error.message, "");
}

/* The arguments may be the error's own text. */
static void test_own_message_as_argument(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_BUG, "a");
    error_set(&error, ERROR_INVALID, "<%s>", error.message);
    error_prefix(&error, "[%s]", error.message);
    error_suffix(&error, "{%s}", error.message);
    assert_string_equal(error.message, "[<a>]: <a>{[<a>]: <a>}");
}

static void test_long_messages(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    char full[ERROR_MESSAGE_MAX], longer[2 * ERROR_MESSAGE_MAX];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    memcpy(full, longer, sizeof full);
    full[sizeof full - 1] = '\0';
    error_set(&error, ERROR_INVALID, "%s", longer);
    assert_string_equal(error.message, full);
    error_suffix(&error, " (t.yaml:1:2)");
    assert_int_equal(strlen(error.message), ERROR_MESSAGE_MAX - 1);
    assert_true(str_ends(str_from(error.message), "xx (t.yaml:1:2)"));
    error_prefix(&error, "read");
    assert_int_equal(strlen(error.message), ERROR_MESSAGE_MAX - 1);
    assert_true(str_starts(str_from(error.message), "read: xx"));
    error_prefix(&error, "%s", longer);
    assert_string_equal(error.message, full);
    error_suffix(&error, "%s", longer);
    assert_string_equal(error.message, full);
    full[ERROR_MESSAGE_MAX - 2] = '\0'; /* room for one byte: prefix of one byte less than all */
    error_prefix(&error, "%s", full);
    assert_int_equal(strlen(error.message), ERROR_MESSAGE_MAX - 1);
    error_set_name(&error, longer);
    assert_int_equal(strlen(error.name), ERROR_NAME_MAX - 1);
}

/* A message is cut between characters. */
static void test_suffix_keeps_utf8(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct buf text = BUF_INIT(ERROR_MESSAGE_MAX - 1);
    buf_addc(&text, 'a');
    while (!text.overflow && text.max - text.len >= 3)
        buf_addz(&text, "\xe2\x82\xac");
    for (size_t length = 1; length < 8; length++) {
        error_set(&error, ERROR_INVALID, "%s", text.ptr);
        error_suffix(&error, "%.*s", (int)length, "(1:2:3)");
        assert_true(str_is_utf8(str_from(error.message)));
    }
    buf_release(&text);
}

static void test_code_names(void **state)
{
    (void)state;
    for (int code = ERROR_NONE; code <= ERROR_BUG; code++)
        assert_string_not_equal(error_code_name((enum error_code)code), "unknown");
    assert_string_equal(error_code_name(ERROR_OUT_OF_MEMORY), "out of memory");
    assert_string_equal(error_code_name((enum error_code)(ERROR_BUG + 1)), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_prefix_suffix), cmocka_unit_test(test_own_message_as_argument),
        cmocka_unit_test(test_long_messages),     cmocka_unit_test(test_suffix_keeps_utf8),
        cmocka_unit_test(test_code_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
