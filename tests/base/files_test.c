#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/files.h"

static const char long_part[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void test_path_is_safe(void **state)
{
    static const struct {
        const char *path;
        bool safe;
    } cases[] = {
        {"a", true},
        {"a/b.yaml", true},
        {".github/x", true},
        {"a/..b/...", true},
        {"a/.gitignore", true},
        {"caf\xc3\xa9/x", true},
        {"with space", true},
        {"", false},
        {"/a", false},
        {"a/", false},
        {"a//b", false},
        {".", false},
        {"a/./b", false},
        {"..", false},
        {"a/../b", false},
        {".git", false},
        {"a/.GIT/config", false},
        {"a\\b", false},
        {"a\nb", false},
        {"a\x7f", false},
        {"a\x1b[31m", false},
        {"a\xc2\x9b"
         "31m",
         false},
        {"a\xff", false},
        {"a\xed\xa0\x80", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (path_is_safe(str_from(cases[i].path)) != cases[i].safe)
            fail_msg("path_is_safe('%s') is not %d", cases[i].path, cases[i].safe);
    assert_false(path_is_safe((struct str){.ptr = "a\0b", .len = 3}));
}

static void test_path_length_is_bounded(void **state)
{
    struct buf path = BUF_INIT(BUF_SMALL);
    (void)state;
    for (int i = 0; i < 10; i++)
        buf_printf(&path, "%s%.99s", i ? "/" : "", long_part);
    buf_printf(&path, "/%.24s", long_part);
    assert_int_equal(path.len, 1024);
    assert_true(path_is_safe(buf_str(&path)));
    buf_addc(&path, 'a');
    assert_false(path_is_safe(buf_str(&path)));
    buf_release(&path);
}

static void test_path_join(void **state)
{
    static const struct {
        const char *directory, *relative, *joined; /* NULL: refused */
    } cases[] = {
        {"a/b", "../c", "a/c"},
        {"a/b", "c", "a/b/c"},
        {"a/b", "./c/./d", "a/b/c/d"},
        {"a/b", "src/", "a/b/src"},
        {"a/b", "..", "a"},
        {"a/b", "../..", ""},
        {"a/b", "../../c", "c"},
        {"a/b", "../../../c", NULL},
        {"a/b", "c/../../../../d", NULL},
        {"a", ".", "a"},
        {"", ".", ""},
        {"", "./", ""},
        {"", "a", "a"},
        {"", "..", NULL},
        {"a", "", NULL},
        {"a", "/etc/passwd", NULL},
        {"a", "b//c", NULL},
        {"a", ".git/config", NULL},
        {"a", "b\\c", NULL},
        {"../x", "a", NULL},
        {"a/", "b", NULL},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str joined = STR("untouched");
        bool good = path_join(arena, str_from(cases[i].directory), str_from(cases[i].relative), &joined);
        if (!str_is(joined, good ? (cases[i].joined ? cases[i].joined : "(refused)") : "untouched") ||
            good != (cases[i].joined != NULL))
            fail_msg("'%s' and '%s' give %d '%.*s'", cases[i].directory, cases[i].relative, good,
                     STR_ARG(joined));
    }
    arena_free(arena);
}

static void test_path_directory(void **state)
{
    (void)state;
    assert_true(str_is(path_directory(STR("a/b/c.yaml")), "a/b"));
    assert_true(str_is(path_directory(STR("c.yaml")), ""));
    assert_true(str_is(path_directory(STR_EMPTY), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_is_safe),
        cmocka_unit_test(test_path_length_is_bounded),
        cmocka_unit_test(test_path_join),
        cmocka_unit_test(test_path_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
