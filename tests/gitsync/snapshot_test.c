#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "repositories.h"

struct opened {
    struct place place;
    const char *origin;
    struct mirror *mirror;
    struct snapshot *snapshot;
    struct files files;
};

static struct opened begin(void)
{
    struct opened opened = {.place = place_new()};
    opened.origin = make_origin(&opened.place);
    return opened;
}

static void look(struct opened *opened, const char *revision)
{
    struct error error = ERROR_INIT;
    struct commit_id id;
    opened->mirror = open_mirror(&opened->place, opened->origin, "cache");
    DONE(mirror_fetch(opened->mirror, &error));
    DONE(mirror_resolve(opened->mirror, str_from(revision), &id, &error));
    DONE(snapshot_open(opened->mirror, &id, &opened->snapshot, &error));
    assert_string_equal(snapshot_commit(opened->snapshot)->hex, id.hex);
    opened->files = snapshot_files(opened->snapshot);
}

static void end(struct opened *opened)
{
    snapshot_close(opened->snapshot);
    mirror_close(opened->mirror);
    place_end(&opened->place);
}

static const char *list_text(struct opened *opened, const char *directory)
{
    static const char *const kinds[] = {"file", "program", "directory", "link", "submodule"};
    struct error error = ERROR_INIT;
    struct file_list list;
    struct buf text = BUF_INIT(BUF_SMALL);
    DONE(opened->files.list(opened->files.self, opened->place.arena, str_from(directory), &list, &error));
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&text, "%.*s:%s:%d ", STR_ARG(list.entries[i].name), kinds[list.entries[i].kind],
                   (int)list.entries[i].size);
    const char *copy = arena_strz(opened->place.arena, str_trim(buf_str(&text)));
    buf_release(&text);
    return copy;
}

static void reads_files_of_a_commit(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct opened opened = begin();
    struct str first = GIT(&opened.place, opened.origin, "rev-parse", "HEAD"), bytes;
    write_file(&opened.place, place_path(&opened.place, "origin/dir/a.txt"), "changed\n");
    write_file(&opened.place, place_path(&opened.place, "origin/dir.txt"), "");
    commit_all(&opened.place, opened.origin, "Second");
    look(&opened, first.ptr);
    struct files *files = &opened.files;
    DONE(files->read(files->self, opened.place.arena, STR("dir/a.txt"), 2, &bytes, &error));
    assert_true(str_is(bytes, "a\n"));
    FAILED(files->read(files->self, opened.place.arena, STR("dir/a.txt"), 1, &bytes, &error),
           ERROR_OUT_OF_MEMORY, "'dir/a.txt' has 2 bytes, more than 1");
    FAILED(files->read(files->self, opened.place.arena, STR("dir"), 9, &bytes, &error), ERROR_INVALID,
           "a directory, not a file");
    FAILED(files->read(files->self, opened.place.arena, STR("dir/b.txt"), 9, &bytes, &error), ERROR_NOT_FOUND,
           "there is no 'dir/b.txt'");
    FAILED(files->read(files->self, opened.place.arena, STR("readme.txt/b.txt"), 9, &bytes, &error),
           ERROR_INVALID, "'readme.txt' is a file, not a directory");
    assert_string_equal(list_text(&opened, ""), "dir:directory:0 readme.txt:file:8");
    assert_string_equal(list_text(&opened, "dir"), "a.txt:file:2 run.sh:program:10");
    end(&opened);
}

static void tells_kind_and_digest(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct opened opened = begin();
    look(&opened, "");
    static const struct {
        const char *path;
        enum file_kind kind;
    } cases[] = {{"readme.txt", FILE_REGULAR}, {"dir/run.sh", FILE_EXECUTABLE}, {"dir", FILE_DIRECTORY}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        enum file_kind kind;
        struct str digest, path = str_from(cases[i].path);
        DONE(opened.files.kind(opened.files.self, path, &kind, &error));
        assert_int_equal(kind, cases[i].kind);
        DONE(opened.files.digest(opened.files.self, opened.place.arena, path, &digest, &error));
        const char *name = arena_printf(opened.place.arena, "HEAD:%s", cases[i].path).ptr;
        assert_true(str_equal(digest, GIT(&opened.place, opened.origin, "rev-parse", name)));
    }
    end(&opened);
}

static void follows_no_link(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct opened opened = begin();
    static const struct {
        const char *name, *target;
    } links[] = {{"environ", "/proc/self/environ"}, {"other", "../readme.txt"}, {"loop", "loop"}, {"d", "."}};
    for (size_t i = 0; i < ARRAY_LENGTH(links); i++) {
        const char *path = arena_printf(opened.place.arena, "%s/dir/%s", opened.origin, links[i].name).ptr;
        assert_int_equal(symlink(links[i].target, path), 0);
    }
    commit_all(&opened.place, opened.origin, "Links");
    GIT(&opened.place, opened.origin, "update-index", "--add", "--cacheinfo",
        "160000,0123456789012345678901234567890123456789,module");
    GIT(&opened.place, opened.origin, "commit", "-q", "-m", "Module");
    look(&opened, "");
    static const struct {
        const char *path, *words;
    } cases[] = {
        {"dir/environ", "'dir/environ' is a symbolic link"},
        {"dir/other", "'dir/other' is a symbolic link"},
        {"dir/loop", "'dir/loop' is a symbolic link"},
        {"dir/d/a.txt", "'dir/d' is a symbolic link"},
        {"module", "'module' is a submodule"},
        {"module/x", "'module' is a submodule"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str bytes, path = str_from(cases[i].path);
        struct file_list list;
        FAILED(opened.files.read(opened.files.self, opened.place.arena, path, 1000, &bytes, &error),
               ERROR_INVALID, cases[i].words);
        FAILED(opened.files.list(opened.files.self, opened.place.arena, path, &list, &error), ERROR_INVALID,
               cases[i].words);
    }
    assert_string_equal(list_text(&opened, "dir"),
                        "a.txt:file:2 d:link:0 environ:link:0 loop:link:0 other:link:0 run.sh:program:10");
    assert_string_equal(list_text(&opened, ""), "dir:directory:0 module:submodule:0 readme.txt:file:8");
    end(&opened);
}

static void refuses_unsafe_paths(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct opened opened = begin();
    look(&opened, "");
    static const char *const paths[] = {"/readme.txt", "../readme.txt", "dir/../readme.txt", "dir//a.txt",
                                        "dir/",        ".git/config",   "dir/.GIT",          "dir\\a.txt",
                                        "a\nb",        "./dir"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        struct str bytes;
        FAILED(
            opened.files.read(opened.files.self, opened.place.arena, str_from(paths[i]), 99, &bytes, &error),
            ERROR_INVALID, "no safe path");
    }
    end(&opened);
}

/* Names that no honest client would commit. */
static void refuses_crafted_trees(void **state)
{
    (void)state;
    struct opened opened = begin();
    struct place *place = &opened.place;
    static const struct {
        const char *names[2];
        const char *words;
    } cases[] = {
        {{".git", NULL}, "'.git' is no safe name"},     {{".GIT", NULL}, "'.GIT' is no safe name"},
        {{"..", NULL}, "'..' is no safe name"},         {{"a\\b", NULL}, "no safe name"},
        {{"\xff\xfe", NULL}, "no safe name"},           {{"a\x1b[31m", NULL}, "no safe name"},
        {{"Prod", "prod"}, "'Prod' and 'prod' differ"},
    };
    struct str blob = GIT(place, opened.origin, "rev-parse", "HEAD:readme.txt");
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buf entries = BUF_INIT(BUF_SMALL);
        for (size_t n = 0; n < ARRAY_LENGTH(cases[i].names) && cases[i].names[n]; n++)
            buf_printf(&entries, "100644 blob %.*s\t%s\n", STR_ARG(blob), cases[i].names[n]);
        write_file(place, place_path(place, "entries"), buf_str(&entries).ptr);
        buf_release(&entries);
        const char *const make[] = {"sh", "-c", "tr '\\n' '\\0' < ../entries | git mktree -z", NULL};
        struct str tree = run_in(place, opened.origin, make);
        struct str commit = GIT(place, opened.origin, "commit-tree", "-m", "crafted", tree.ptr);
        GIT(place, opened.origin, "update-ref", "refs/heads/crafted", commit.ptr);
        look(&opened, "crafted");
        struct error error = ERROR_INIT;
        struct file_list list;
        FAILED(opened.files.list(opened.files.self, place->arena, STR_EMPTY, &list, &error), ERROR_INVALID,
               cases[i].words);
        snapshot_close(opened.snapshot);
        mirror_close(opened.mirror);
    }
    place_end(place);
}

static void refuses_what_lies_elsewhere(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct opened opened = begin();
    struct str bytes;
    write_file(&opened.place, place_path(&opened.place, "origin/large.bin"),
               "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n");
    commit_all(&opened.place, opened.origin, "Pointer");
    look(&opened, "");
    FAILED(opened.files.read(opened.files.self, opened.place.arena, STR("large.bin"), 1000, &bytes, &error),
           ERROR_INVALID, "'large.bin' is a Git LFS pointer");
    end(&opened);
}

static void stops_at_its_depth(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct opened opened = begin();
    struct buf path = BUF_INIT(BUF_SMALL);
    struct str bytes;
    for (int i = 0; i < 64; i++)
        buf_addz(&path, "d/");
    buf_addz(&path, "f");
    write_file(&opened.place, arena_printf(opened.place.arena, "%s/%s", opened.origin, path.ptr).ptr, "x");
    commit_all(&opened.place, opened.origin, "Deep");
    look(&opened, "");
    FAILED(opened.files.read(opened.files.self, opened.place.arena, buf_str(&path), 9, &bytes, &error),
           ERROR_OUT_OF_MEMORY, "more than 64 directories deep");
    DONE(opened.files.read(opened.files.self, opened.place.arena, STR("readme.txt"), 9, &bytes, &error));
    buf_release(&path);
    end(&opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_files_of_a_commit), cmocka_unit_test(tells_kind_and_digest),
        cmocka_unit_test(follows_no_link),         cmocka_unit_test(refuses_unsafe_paths),
        cmocka_unit_test(refuses_crafted_trees),   cmocka_unit_test(refuses_what_lies_elsewhere),
        cmocka_unit_test(stops_at_its_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
