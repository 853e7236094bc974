#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "environments/cloudformation/pattern.h"

/* The texts that match and those that do not, separated by spaces; "_" stands for the empty text. */
struct pattern_case {
    const char *pattern, *matching, *differing;
};

static void check_texts(const char *pattern, const char *texts, enum pattern_result wanted)
{
    static const char *const names[] = {"matches", "differs", "unsound", "slow"};
    struct str rest = str_from(texts), text;
    while (rest.len && str_split(&rest, ' ', &text)) {
        size_t steps = PATTERN_STEPS_MAX;
        enum pattern_result found =
            pattern_match(str_from(pattern), str_is(text, "_") ? STR_EMPTY : text, &steps);
        if (found != wanted)
            fail_msg("'%s' and '%.*s': %s, not %s", pattern, STR_ARG(text), names[found], names[wanted]);
    }
}

/* What Python's re.fullmatch says of the same, where it has the syntax. */
static void matches_the_whole_text(void **state)
{
    static const struct pattern_case cases[] = {
        {"", "_", "a"},
        {"abc", "abc", "ab abcd xabc"},
        {"a|bc|", "a bc _", "b abc"},
        {"^a$", "a", "b aa"},
        {"a.c", "abc a.c", "ac abbc"},
        {"a*b+c?", "b ab abbc aaab", "a ac _ abcc"},
        {"a{2}b{1,2}c{0,}", "aab aabbccc", "ab aabbb"},
        {"a{0}b", "b", "ab"},
        {"(ab){2,3}", "abab ababab", "ab abababab"},
        {"(a|b)*c", "c abbac", "abba"},
        {"a+?b*?c??", "a aabbc", "b"},
        {"[a-c]x[^a-c]", "axd cx-", "axb dxd"},
        {"[]a]+", "]a]", "b"},
        {"[a-]+[-b]", "a--b a-", "b"},
        {"[\\d\\-.]+", "1-2.3", "1_"},
        {"\\d+\\D\\w\\W\\S", "12a_-x", "12a_ab x"},
        {"[\\w.-]+@[\\w.-]+\\.\\w+", "a.b@c.de", "a@b a.b.c"},
        {"\\.\\*\\(\\)\\[\\{\\|\\\\", ".*()[{|\\", "x"},
        {"(?:\\d{1,3}\\.){3}\\d{1,3}(/\\d+)?", "10.0.0.1 10.0.0.0/16", "10.0.0 10.0.0.0/"},
        {"\\bab\\b.\\bc\\Bd\\b", "ab.cd ab-cd", "abxcd"},
        /* looking around, and giving nothing back */
        {"(?!xn--)(?!.*-s3alias$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "my-bucket a.b",
         "xn--abc a-s3alias A ab-"},
        {"(?=.*[A-Z])(?=.*\\d).{4,}", "abC1 1Abc", "abcd ABCD A1"},
        {"\\w+(?<=ing)", "going ing", "gone"},
        {"\\w+(?<!s)", "cat", "cats"},
        {"(?>a+)b", "aab", "aa"},
        {"a++ab|a*+c", "aac c", "aab"},
        {"(?>a|ab)c", "ac", "abc"},
        /* groups that come again */
        {"(a|b)-\\1", "a-a b-b", "a-b"},
        {"(?<x>\\d)\\1", "11 22", "12"},
        {"(a)(b)?\\2c", "abbc", "aac ac"},
        /* flags and classes of Java */
        {"(?i)ab[c-d]", "ABC abd", "abe"},
        {"a(?i:b)c", "abc aBc", "ABC abC"},
        {"[a-z&&[^b-d]]+", "aez", "abz"},
        {"[a-c[x-z]]+", "abxz", "m"},
        {"\\p{Alpha}\\p{Digit}\\P{Alpha}\\pL", "a1-b", "11-b a1bb"},
        {"\\u0041\\x42", "AB", "ab"},
        {"[\xc3\xa0-\xc3\xbf]+.", "\xc3\xa4\xc3\xb6\xc3\xbc", "a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_texts(cases[i].pattern, cases[i].matching, PATTERN_MATCHES);
        check_texts(cases[i].pattern, cases[i].differing, PATTERN_DIFFERS);
    }
}

static void refuses_what_is_none(void **state)
{
    static const char *const patterns[] = {
        "(",     "a)",    "[a",      "*a",   "a**",      "a{2",          "a{3,2}",      "\\",      "\\q",
        "[b-a]", "(?m)a", "\\p{Xy}", "(?<a", "a{99999}", "a{1000}{1,2}", "(a{70}){70}", "\\u00g0",
    };
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        check_texts(patterns[i], "a", PATTERN_UNSOUND);
}

/* Each pattern with 4,000 times "a": what makes others try every way. */
static void is_not_made_slow(void **state)
{
    static const struct {
        const char *pattern;
        enum pattern_result wanted;
    } cases[] = {
        {"(a*)*(a*)*(a|a)*(a|aa)*b", PATTERN_DIFFERS},
        {"(a+)+(a+)+$", PATTERN_MATCHES},
        {"(?:(?=a*b)a)*", PATTERN_DIFFERS},
        {"(a|aa)*\\1b", PATTERN_SLOW},
        {"((a?){30}){30}b", PATTERN_DIFFERS},
    };
    struct arena *arena = arena_new();
    char *text = arena_alloc(arena, 4000);
    (void)state;
    for (size_t i = 0; i < 4000; i++)
        text[i] = 'a';
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t steps = PATTERN_STEPS_MAX;
        struct str whole = {.ptr = text, .len = 4000};
        assert_int_equal(pattern_match(str_from(cases[i].pattern), whole, &steps), cases[i].wanted);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_the_whole_text),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(is_not_made_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
