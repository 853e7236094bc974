#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/files.h"

/* A fresh directory, removed at the end, with the files seam over it. */
struct tree {
    char root[64];
    struct files_local *local;
    struct files files;
    struct arena *arena;
    struct error error;
};

static void shell(const struct tree *tree, const char *command, char *output, size_t size)
{
    char line[2048];
    snprintf(line, sizeof line, "cd '%s' && exec 2>&1; set -e; %s", tree->root, command);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    char ignored[4096];
    size_t got = fread(output ? output : ignored, 1, output ? size - 1 : sizeof ignored, pipe);
    if (output)
        output[got] = '\0';
    assert_int_equal(pclose(pipe), 0);
}

static void run(const struct tree *tree, const char *command)
{
    shell(tree, command, NULL, 0);
}

static int setup(void **state)
{
    struct tree *tree = memory_alloc(sizeof *tree);
    snprintf(tree->root, sizeof tree->root, "/tmp/plumb-files-XXXXXX");
    assert_non_null(mkdtemp(tree->root));
    assert_true(files_local_new(tree->root, &tree->local, &tree->error));
    tree->files = files_local_files(tree->local);
    tree->arena = arena_new();
    *state = tree;
    return 0;
}

static int teardown(void **state)
{
    struct tree *tree = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", tree->root);
    assert_int_equal(system(command), 0);
    files_local_free(tree->local);
    arena_free(tree->arena);
    free(tree);
    return 0;
}

static const char *read_text(struct tree *tree, const char *path, size_t max)
{
    struct str bytes;
    error_clear(&tree->error);
    if (!files_read(&tree->files, tree->arena, str_from(path), max, &bytes, &tree->error))
        return tree->error.message;
    return arena_strz(tree->arena, bytes);
}

static const char *list_text(struct tree *tree, const char *path)
{
    static const char kinds[] = {[FILE_REGULAR] = 'f',
                                 [FILE_EXECUTABLE] = 'x',
                                 [FILE_DIRECTORY] = 'd',
                                 [FILE_SYMLINK] = 'l',
                                 [FILE_SUBMODULE] = 's'};
    struct file_list list;
    struct buf text = BUF_INIT(BUF_SMALL);
    error_clear(&tree->error);
    if (!files_list(&tree->files, tree->arena, str_from(path), &list, &tree->error))
        return tree->error.message;
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&text, "%c %.*s %zu\n", kinds[list.entries[i].kind], STR_ARG(list.entries[i].name),
                   (size_t)list.entries[i].size);
    const char *copy = arena_strz(tree->arena, buf_str(&text));
    buf_release(&text);
    return copy;
}

static const char *digest_text(struct tree *tree, const char *path)
{
    struct str hex;
    error_clear(&tree->error);
    if (!files_digest(&tree->files, tree->arena, str_from(path), &hex, &tree->error))
        return tree->error.message;
    return arena_strz(tree->arena, hex);
}

static void test_read(void **state)
{
    struct tree *tree = *state;
    run(tree, "mkdir -p a/b; printf hello > a/b/c.txt; : > empty; ln -s /etc/passwd link; ln -s a linkdir;"
              "mkfifo pipe; git init -q a/sub; printf x > a/sub/x");
    static const struct {
        const char *path, *text;
        enum error_code code;
    } cases[] = {
        {"a/b/c.txt", "hello", ERROR_NONE},
        {"empty", "", ERROR_NONE},
        {"a/b", "'a/b' is a directory, not a file", ERROR_INVALID},
        {"", "'' is a directory, not a file", ERROR_INVALID},
        {"link", "'link' is a symbolic link: put a plain file or directory in its place", ERROR_INVALID},
        {"linkdir/b/c.txt", "'linkdir' is a symbolic link: put a plain file or directory in its place",
         ERROR_INVALID},
        {"pipe", "'pipe' is neither a file nor a directory: put a plain file or directory in its place",
         ERROR_INVALID},
        {"a/sub/x", "'a/sub' is a submodule: put a plain file or directory in its place", ERROR_INVALID},
        {"none", "cannot find 'none': No such file or directory", ERROR_NOT_FOUND},
        {"a/none/x", "cannot find 'a/none': No such file or directory", ERROR_NOT_FOUND},
        {"empty/x", "'empty' is a file, not a directory", ERROR_NOT_FOUND},
        {"../etc/passwd",
         "path '../etc/passwd' is not allowed: use a relative path without '.', '..' or '.git' in it",
         ERROR_INVALID},
        {"a/b/../../link",
         "path 'a/b/../../link' is not allowed: use a relative path without '.', '..' or '.git' in it",
         ERROR_INVALID},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_string_equal(read_text(tree, cases[i].path, 100), cases[i].text);
        assert_int_equal(tree->error.code, cases[i].code);
    }
}

static void test_read_is_bounded(void **state)
{
    struct tree *tree = *state;
    run(tree, "printf 12345 > five; truncate -s 1T huge");
    assert_string_equal(read_text(tree, "five", 5), "12345");
    assert_string_equal(read_text(tree, "five", 4), "'five' is larger than 4 bytes");
    assert_int_equal(tree->error.code, ERROR_OUT_OF_MEMORY);
    assert_string_equal(read_text(tree, "huge", 1 << 20), "'huge' is larger than 1048576 bytes");
}

static void test_list(void **state)
{
    struct tree *tree = *state;
    run(tree, "mkdir -p d/b d/.git; printf x > d/b.txt; printf xyz > d/a; chmod +x d/a; printf x > d/B;"
              "ln -s a d/link; git init -q d/mod");
    assert_string_equal(list_text(tree, ""), "s d 0\n"); /* for the ".git" in it */
    run(tree, "rmdir d/.git");
    assert_string_equal(list_text(tree, "d"), "f B 1\nx a 3\nd b 0\nf b.txt 1\nl link 0\ns mod 0\n");
    assert_string_equal(list_text(tree, "d/b"), "");
    assert_string_equal(list_text(tree, "d/a"), "'d/a' is a file, not a directory");
    assert_string_equal(list_text(tree, "d/link"),
                        "'d/link' is a symbolic link: put a plain file or directory in its place");
    run(tree, "mkfifo d/b/pipe");
    assert_string_equal(
        list_text(tree, "d/b"),
        "'d/b/pipe' is neither a file nor a directory: put a plain file or directory in its place");
    run(tree, "rm d/b/pipe; touch 'd/b/x\\y'");
    assert_string_equal(list_text(tree, "d/b"), "'d/b/x\\y' is not an allowed name: rename it");
}

static void test_kind(void **state)
{
    struct tree *tree = *state;
    enum file_kind kind;
    run(tree, "mkdir d; : > f; ln -s f link; ln -s nowhere dangling");
    assert_true(files_kind(&tree->files, STR("link"), &kind, &tree->error));
    assert_int_equal(kind, FILE_SYMLINK);
    assert_true(files_kind(&tree->files, STR_EMPTY, &kind, &tree->error));
    assert_int_equal(kind, FILE_DIRECTORY);
    assert_true(files_exist(&tree->files, STR("dangling")));
    assert_false(files_exist(&tree->files, STR("f/x")));
    assert_false(files_exist(&tree->files, STR("g")));
    assert_false(files_kind(&tree->files, STR("g"), &kind, &tree->error));
    assert_int_equal(tree->error.code, ERROR_NOT_FOUND);
}

/* Names that sort differently as files and as directories, modes, nested and empty directories. */
static void test_digest_equals_git(void **state)
{
    static const char content[] =
        "mkdir -p w/a w/a.b w/a0 w/deep/er/st w/empty/empty w/a-b 'w/caf\xc3\xa9';"
        "printf 1 > w/a/x; printf 2 > w/a.b/x; printf 3 > w/a0/x; printf 4 > w/a-b/x; printf 5 > w/a.c;"
        "printf 6 > w/deep/er/st/x; : > w/zero; printf 7 > w/run; chmod +x w/run; printf 8 > "
        "'w/caf\xc3\xa9/x';"
        "head -c 300000 /dev/zero > w/large";
    struct tree *tree = *state;
    char expected[128];
    run(tree, content);
    shell(tree, "export GIT_DIR=$PWD/g; git init -q --bare g; cd w; git --work-tree=. add -A; git write-tree",
          expected, sizeof expected);
    expected[40] = '\0';
    assert_string_equal(digest_text(tree, "w"), expected);
    shell(tree, "git --git-dir=g hash-object w/large", expected, sizeof expected);
    expected[40] = '\0';
    assert_string_equal(digest_text(tree, "w/large"), expected);
    assert_string_equal(digest_text(tree, "w/empty"), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

static void test_digest_refuses(void **state)
{
    struct tree *tree = *state;
    struct buf deep = BUF_INIT(BUF_SMALL);
    run(tree, "mkdir l; ln -s x l/link; git init -q m/sub");
    assert_string_equal(digest_text(tree, "l"),
                        "'l/link' is a symbolic link: put a plain file or directory in its place");
    assert_string_equal(digest_text(tree, "m"),
                        "'m/sub' is a submodule: put a plain file or directory in its place");
    assert_string_equal(digest_text(tree, "n"), "cannot find 'n': No such file or directory");
    for (int i = 0; i < 66; i++)
        buf_addz(&deep, "d/");
    char command[256];
    snprintf(command, sizeof command, "mkdir -p %s", buf_str(&deep).ptr);
    run(tree, command);
    buf_release(&deep);
    assert_non_null(strstr(digest_text(tree, "d"), "is more than 64 directories deep"));
    assert_int_equal(tree->error.code, ERROR_OUT_OF_MEMORY);
}

static void test_new_names_the_directory(void **state)
{
    struct tree *tree = *state;
    struct files_local *none = NULL;
    assert_false(files_local_new("/nonexistent", &none, &tree->error));
    assert_string_equal(tree->error.message, "cannot open '/nonexistent': No such file or directory");
    assert_null(none);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_read),
        CASE(test_read_is_bounded),
        CASE(test_list),
        CASE(test_kind),
        CASE(test_digest_equals_git),
        CASE(test_digest_refuses),
        CASE(test_new_names_the_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
