#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/small_file.h"

static void write_file(const char *path, struct str bytes)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

static void test_reads_at_most_so_much(void **state)
{
    static const struct {
        size_t max;
        const char *bytes;
    } cases[] = {{100, "secret\nmore"}, {11, "secret\nmore"}, {6, "secret"}};
    char path[] = "/tmp/plumb-small-file-XXXXXX";
    int fd = mkstemp(path);
    struct arena *a = arena_new();
    struct str bytes;
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    write_file(path, STR("secret\nmore"));
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_true(small_file_read(a, str_from(path), cases[i].max, &bytes));
        assert_true(str_is(bytes, cases[i].bytes));
    }
    write_file(path, STR_EMPTY);
    assert_true(small_file_read(a, str_from(path), 100, &bytes));
    assert_int_equal(bytes.len, 0);
    unlink(path);
    arena_free(a);
}

static void test_says_what_cannot_be_read(void **state)
{
    struct arena *a = arena_new();
    struct str bytes = STR("old");
    (void)state;
    assert_false(small_file_read(a, STR("/nowhere/at/all"), 100, &bytes));
    assert_int_equal(bytes.len, 0);
    bytes = STR("old");
    assert_false(small_file_read(a, STR("/tmp"), 100, &bytes)); /* a directory */
    assert_int_equal(bytes.len, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_at_most_so_much),
        cmocka_unit_test(test_says_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
