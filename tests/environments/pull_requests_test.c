#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "environments/environment.h"
#include "memory_files.h"

#define WHERE "account: \"333333333333\"\nregion: us-east-1\n"

/* What is read, or the error. */
static struct str load(struct arena *arena, const char *policy)
{
    struct str where = arena_printf(arena, WHERE "%s", policy);
    give_case("environment", where.ptr);
    struct memory_file entries[] = {{"environments/prod/environment.yaml", where.ptr, false}};
    struct memory_files all = {.entries = entries, .count = 1};
    struct files files = memory_files(&all);
    struct environment environment;
    struct error error = ERROR_INIT;
    struct buf text = BUF_INIT(BUF_SMALL);
    if (!environment_load(&files, arena, STR("prod"), &environment, &error))
        return arena_str(arena, str_from(error.message));
    const struct pull_policy *read = &environment.pull_requests;
    buf_printf(&text, "%s forks=%d", pull_apply_name(read->apply), read->forks);
    for (size_t i = 0; i < read->approver_count; i++)
        buf_printf(&text, " %.*s", STR_ARG(read->approvers[i]));
    struct str result = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return result;
}

static void reads_who_may_say_what(void **state)
{
    (void)state;
    static const struct {
        const char *policy, *wanted;
    } cases[] = {
        {"", "always forks=0"},
        {"pullRequests: {}\n", "always forks=0"},
        {"pullRequests: {approvers: [ann, bob-b, 'plumb[bot]'], forks: true, apply: reviewed}\n",
         "reviewed forks=1 ann bob-b plumb[bot]"},
        {"pullRequests: {apply: ask, approvers: [ann]}\n", "ask forks=0 ann"},
        {"pullRequests: {apply: ask}\n", "'apply: ask' needs 'approvers': nobody could approve anything "
                                         "(environments/prod/environment.yaml:3:23)"},
        {"pullRequests: {apply: review}\n",
         "apply 'review' must be 'always', 'reviewed' or 'ask', did you mean 'reviewed'? "
         "(environments/prod/environment.yaml:3:23)"},
        {"pullRequests: {forks: maybe}\n", "'forks' must be true or false "
                                           "(environments/prod/environment.yaml:3:23)"},
        {"pullRequests: {approvers: ['@ann']}\n",
         "approver '@ann' is no login: write it as at the forge, without '@' "
         "(environments/prod/environment.yaml:3:28)"},
        {"pullRequests: {approvers: [{a: b}]}\n", "'approvers' must be a list of names "
                                                  "(environments/prod/environment.yaml:3:28)"},
        {"pullRequests: {approver: [ann]}\n",
         "unknown key 'approver' in 'pullRequests', did you mean 'approvers'? "
         "(environments/prod/environment.yaml:3:16)"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str found = load(arena, cases[i].policy);
        assert_case(i, found, cases[i].wanted);
        arena_free(arena);
    }
}

static void logins_are_the_same_in_any_case(void **state)
{
    (void)state;
    struct str names[] = {STR("Ann"), STR("bob")};
    struct pull_policy policy = {.approvers = names, .approver_count = 2};
    assert_true(pull_policy_names(&policy, STR("ann")));
    assert_true(pull_policy_names(&policy, STR("BOB")));
    assert_false(pull_policy_names(&policy, STR("bo")));
    assert_false(pull_policy_names(&policy, STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_who_may_say_what),
        cmocka_unit_test(logins_are_the_same_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
