#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/yaml_reader.h"
#include "environments/revision_line.h"

#define OLD "1111111111111111111111111111111111111111"
#define NEW "4f2c1e0a1b2c3d4e5f60718293a4b5c6d7e8f901"
#define DIGITS "1234567890123456789012345678901234567890"
#define FLOAT "12e4567890123456789012345678901234567890"

static struct str moved(struct arena *arena, struct str bytes, const char *revision)
{
    struct str out;
    struct error error = ERROR_INIT;
    if (!revision_line_set(arena, STR("a.yaml"), bytes, str_from(revision), &out, &error))
        return arena_str(arena, str_from(error.message));
    return out;
}

static void keeps_everything_else(void **state)
{
    static const struct {
        const char *before, *revision, *after;
    } cases[] = {
        {"template: t.yaml\nrevision: " OLD "\n", NEW, "template: t.yaml\nrevision: " NEW "\n"},
        {"# a\ntemplate: t.yaml  # b\n\nrevision:   " OLD "   # moved by plumb\n# c\n", NEW,
         "# a\ntemplate: t.yaml  # b\n\nrevision:   " NEW "   # moved by plumb\n# c\n"},
        {"revision: '" OLD "' # x\ntemplate: t\n", NEW, "revision: '" NEW "' # x\ntemplate: t\n"},
        {"\"revision\" : \"v1\"\ntemplate: t\n", NEW, "\"revision\" : \"" NEW "\"\ntemplate: t\n"},
        {"template: t\r\nrevision: v1\r\nparameters: {A: 1}\r\n", NEW,
         "template: t\r\nrevision: " NEW "\r\nparameters: {A: 1}\r\n"},
        {"template: t\nrevision: v1", NEW, "template: t\nrevision: " NEW},
        /* What would be read as a number gets quotes. */
        {"revision: v1 # x\ntemplate: t\n", DIGITS, "revision: \"" DIGITS "\" # x\ntemplate: t\n"},
        {"revision: v1\ntemplate: t\n", FLOAT, "revision: \"" FLOAT "\"\ntemplate: t\n"},
        /* Another `revision:` is none of ours. */
        {"template: t\nparameters:\n  revision: v1\n", NEW,
         "template: t\nrevision: " NEW "\nparameters:\n  revision: v1\n"},
        {"template: t\nparameters:\n  A: \"revision: v1\"\nrevision: v2\n", NEW,
         "template: t\nparameters:\n  A: \"revision: v1\"\nrevision: " NEW "\n"},
        /* Inserted behind the template's line. */
        {"# c\ntemplate: t.yaml # why\n# below\nparameters: {}\n", NEW,
         "# c\ntemplate: t.yaml # why\nrevision: " NEW "\n# below\nparameters: {}\n"},
        {"template: t", NEW, "template: t\nrevision: " NEW},
        {"---\r\nstack: s\r\ntemplate: t", NEW, "---\r\nstack: s\r\ntemplate: t\r\nrevision: " NEW},
        {"  template: t\n  stack: s\n", NEW, "  template: t\n  revision: " NEW "\n  stack: s\n"},
        {"\xef\xbb\xbftemplate: t\n", NEW, "\xef\xbb\xbftemplate: t\nrevision: " NEW "\n"},
        {"parameters: {A: \"\xc3\xa4\xe2\x82\xac\"}\ntemplate: t\n", NEW,
         "parameters: {A: \"\xc3\xa4\xe2\x82\xac\"}\ntemplate: t\nrevision: " NEW "\n"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str found = moved(arena, str_from(cases[i].before), cases[i].revision);
        if (!str_is(found, cases[i].after))
            fail_msg("case %zu: %.*s", i, STR_ARG(found));
        arena_free(arena);
    }
}

static void refuses_what_is_not_one_line(void **state)
{
    static const char *const cases[] = {
        "{template: t, revision: v1}\n",
        "{\"template\": \"t\"}\n",
        "template: t\nrevision: &a v1\nstack: *a\n",
        "stack: &a v1\ntemplate: t\nrevision: *a\n",
        "template: t\nrevision: >-\n  v1\n",
        "template: t\nrevision: !Sub v1\n",
        "template: t\nrevision:\n  v1\n",
        "template: t\nrevision: v1\n  and more\n",
        "template: t\nrevision: \"v1\n  and more\"\n",
        "? revision\n: v1\ntemplate: t\n",
        "template:\n  t\n",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str found = moved(arena, str_from(cases[i]), NEW);
        if (!str_contains(found, "'revision' cannot be moved here without touching the rest"))
            fail_msg("case %zu: %.*s", i, STR_ARG(found));
        arena_free(arena);
    }
    struct arena *arena = arena_new();
    assert_true(str_contains(moved(arena, STR("template: t\n---\ntemplate: u\n"), NEW), "document"));
    assert_true(str_contains(moved(arena, STR("- t\n"), NEW), "'a.yaml' must be a mapping"));
    arena_free(arena);
}

/* Files made of pieces by chance: each result says the same but for the revision, and differs from the file
 * in one line only. */
static void differs_in_one_line(void **state)
{
    static const char *const pieces[] = {
        "template: t.yaml",
        "template: 't' # x",
        "revision: v1",
        "revision: \"v1\"   # y",
        "# revision: v0",
        "parameters: {A: '#'}",
        "stack: \"re: x\"",
        "parameters:\n  revision: v1\n  B: |\n    revision: v3",
        "",
        "allow: {delete: [A]}",
        "deployment:\n    type: AllAtOnce # revision: v4",
    };
    (void)state;
    size_t moved_count = 0;
    for (size_t round = 0; round < 4000; round++) {
        struct arena *arena = arena_new();
        struct buf text = BUF_INIT(BUF_SMALL);
        const char *eol = random_below(&system_random, 2) ? "\r\n" : "\n";
        for (size_t i = 1 + random_below(&system_random, 6); i > 0; i--)
            buf_printf(&text, "%s%s", pieces[random_below(&system_random, ARRAY_LENGTH(pieces))],
                       i == 1 && random_below(&system_random, 2) ? "" : eol);
        struct value *before, *after;
        struct str out;
        struct error error = ERROR_INIT;
        if (yaml_read(arena, STR("a"), buf_str(&text), &before, &error) && value_is(before, VALUE_MAP) &&
            revision_line_set(arena, STR("a"), buf_str(&text), STR(NEW), &out, &error)) {
            assert_true(yaml_read(arena, STR("a"), out, &after, &error));
            value_setz(arena, before, "revision", value_stringz(arena, NEW));
            assert_true(value_equal(before, after));
            size_t head = 0, tail = 0, least = text.len < out.len ? text.len : out.len;
            while (head < least && text.ptr[head] == out.ptr[head])
                head++;
            while (tail < least - head && text.ptr[text.len - 1 - tail] == out.ptr[out.len - 1 - tail])
                tail++;
            assert_true(str_find(str_slice(str_trim(str_slice(out, head, out.len - tail - head)), 0, 1000),
                                 '\n') == str_trim(str_slice(out, head, out.len - tail - head)).len);
            moved_count++;
        }
        buf_release(&text);
        arena_free(arena);
    }
    assert_true(moved_count > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_everything_else),
        cmocka_unit_test(refuses_what_is_not_one_line),
        cmocka_unit_test(differs_in_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
