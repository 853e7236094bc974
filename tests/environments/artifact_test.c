#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zip.h>

#include "base/digest.h"
#include "environments/desired.h"
#include "memory_files.h"

static const struct memory_file tree[] = {
    {"app/src/b.py", "print('b')\n", false},     {"app/src/a.sh", "#!/bin/sh\n", true},
    {"app/src/lib/c.py", "print('c')\n", false}, {"app/src/lib/empty", "", false},
    {"app/ready.zip", "PK-not-really", false},   {"other", "x", false},
};

static struct str zipped(struct arena *arena, const char *path)
{
    struct memory_files all = {.entries = tree, .count = ARRAY_LENGTH(tree)};
    struct files files = memory_files(&all);
    struct error error = ERROR_INIT;
    struct str zip = STR_EMPTY;
    if (!artifact_zip(&files, arena, &(struct artifact){.path = str_from(path)}, &zip, &error))
        fail_msg("%s", error.message);
    return zip;
}

/* "name mode content;" of every entry, as a reader sees them. */
static void list_entries(struct str zip, struct buf *out)
{
    zip_source_t *source = zip_source_buffer_create(zip.ptr, zip.len, 0, NULL);
    zip_t *archive = zip_open_from_source(source, ZIP_RDONLY, NULL);
    assert_non_null(archive);
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); i++) {
        zip_uint8_t system;
        zip_uint32_t attributes;
        char content[256] = "";
        zip_file_t *file = zip_fopen_index(archive, (zip_uint64_t)i, 0);
        assert_non_null(file);
        zip_int64_t length = zip_fread(file, content, sizeof content - 1);
        assert_true(length >= 0);
        zip_fclose(file);
        assert_int_equal(zip_file_get_external_attributes(archive, (zip_uint64_t)i, 0, &system, &attributes),
                         0);
        buf_printf(out, "%s %o %.*s;", zip_get_name(archive, (zip_uint64_t)i, 0), attributes >> 16,
                   (int)length, content);
    }
    zip_discard(archive);
}

static void holds_the_files_with_their_modes(void **state)
{
    struct arena *arena = arena_new();
    struct buf entries = BUF_INIT(BUF_SMALL);
    (void)state;
    list_entries(zipped(arena, "app/src"), &entries);
    assert_string_equal(entries.ptr, "a.sh 100755 #!/bin/sh\n;b.py 100644 print('b')\n;"
                                     "lib/c.py 100644 print('c')\n;lib/empty 100644 ;");
    buf_clear(&entries);
    list_entries(zipped(arena, "app/src/b.py"), &entries);
    assert_string_equal(entries.ptr, "b.py 100644 print('b')\n;");
    buf_release(&entries);
    arena_free(arena);
}

static void holds_the_files_that_patterns_select(void **state)
{
    struct arena *arena = arena_new();
    struct memory_files all = {.entries = tree, .count = ARRAY_LENGTH(tree)};
    struct files files = memory_files(&all);
    struct error error = ERROR_INIT;
    struct value *patterns = value_list(arena);
    struct artifact artifact = {.path = STR("app"), .patterns = patterns};
    struct buf entries = BUF_INIT(BUF_SMALL);
    struct str zip;
    (void)state;
    value_append(arena, patterns, value_stringz(arena, "!src/**"));
    value_append(arena, patterns, value_stringz(arena, "src/lib/*.py"));
    value_append(arena, patterns, value_stringz(arena, "!*.zip"));
    assert_true(artifact_zip(&files, arena, &artifact, &zip, &error));
    list_entries(zip, &entries);
    assert_string_equal(entries.ptr, "src/lib/c.py 100644 print('c')\n;");
    value_append(arena, patterns, value_stringz(arena, "!**"));
    assert_false(artifact_zip(&files, arena, &artifact, &zip, &error));
    assert_string_equal(error.message, "artifact 'app': the directory is empty");
    buf_release(&entries);
    arena_free(arena);
}

static void is_the_same_in_every_zone(void **state)
{
    static const char *const zones[] = {"UTC", "Asia/Kathmandu", "America/St_Johns"};
    struct arena *arena = arena_new();
    struct str first = STR_EMPTY;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(zones); i++) {
        setenv("TZ", zones[i], 1);
        tzset();
        struct str zip = zipped(arena, "app/src");
        first = i == 0 ? zip : first;
        assert_true(str_equal(zip, first));
    }
    arena_free(arena);
}

static void takes_an_archive_as_it_is(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    assert_true(str_is(zipped(arena, "app/ready.zip"), "PK-not-really"));
    arena_free(arena);
}

static void names_what_is_missing(void **state)
{
    struct memory_files all = {.entries = tree, .count = ARRAY_LENGTH(tree)};
    struct files files = memory_files(&all);
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct str zip;
    (void)state;
    assert_false(artifact_zip(&files, arena, &(struct artifact){.path = STR("app/none")}, &zip, &error));
    assert_string_equal(error.message, "artifact 'app/none': 'app/none' does not exist");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_the_files_with_their_modes),
        cmocka_unit_test(holds_the_files_that_patterns_select),
        cmocka_unit_test(is_the_same_in_every_zone),
        cmocka_unit_test(takes_an_archive_as_it_is),
        cmocka_unit_test(names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
