#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "environments/repository.h"
#include "memory_files.h"

/* plumb.yaml (NULL: none) as "poll 30000", or the error. */
static struct str load(struct arena *arena, const char *text)
{
    struct memory_file entries[] = {{"README.md", "read me", false}, {"plumb.yaml", text, false}};
    struct memory_files all = {.entries = entries, .count = text ? 2 : 1};
    struct files files = memory_files(&all);
    struct repository repository;
    struct error error = ERROR_INIT;
    if (text)
        give_case("plumb", text);
    if (!repository_load(&files, arena, &repository, &error))
        return arena_printf(arena, "%s; poll %lld", error.message, (long long)repository.poll_ms);
    return arena_printf(arena, "%s poll %lld%s", repository.node ? "file" : "none",
                        (long long)repository.poll_ms, repository.guards.buckets ? " guarded" : "");
}

static void reads_or_refuses_with_one_sentence(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {NULL, "none poll 30000"},
        {"{}\n", "file poll 30000"},
        {"poll: 1m30s\n", "file poll 90000"},
        {"poll: 100ms\n", "file poll 100"},
        {"poll: 99ms\n", "'poll' must be at least 100ms (plumb.yaml:1:7); poll 30000"},
        {"poll: 30\n", "'30' is no duration: write it as in '10m' or '1h30m' (plumb.yaml:1:7); poll 30000"},
        {"poll: [30s]\n", "'poll' must be a single value, not a list (plumb.yaml:1:7); poll 30000"},
        {"# of all\npol: 30s\n",
         "unknown key 'pol' in plumb.yaml, did you mean 'poll'? (plumb.yaml:2:1); poll 30000"},
        {"token: abc\n", "unknown key 'token' in plumb.yaml (plumb.yaml:1:1); poll 30000"},
        {"poll: 30s\npoll: 40s\n", "key 'poll' is given twice, first at 1:1 (plumb.yaml:2:1); poll 30000"},
        {"guards: {public: forbid}\n", "file poll 30000 guarded"},
        {"poll: 1s\nguards: {public: allow}\n",
         "public 'allow' must be 'forbid' (plumb.yaml:2:18); poll 30000"},
        {"- a\n", "'plumb.yaml' must be a mapping, not a list; poll 30000"},
    };
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str found = load(arena, cases[i].text);
        if (!str_is(found, cases[i].wanted)) {
            print_error("case %zu\n found  %.*s\n wanted %s\n", i, STR_ARG(found), cases[i].wanted);
            wrong++;
        }
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_or_refuses_with_one_sentence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
