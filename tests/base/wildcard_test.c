#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wildcard.h"

struct case_ {
    const char *a, *b;
    bool covers, meet; /* does a cover b; do they meet */
};

static void compares_patterns(void **state)
{
    static const struct case_ cases[] = {
        {"*", "", true, true},
        {"", "", true, true},
        {"", "a", false, false},
        {"?", "", false, false},
        {"iam:*", "iam:PassRole", true, true},
        {"IAM:passrole", "iam:PassRole", true, true},
        {"iam:PassRole", "*", false, true},
        {"iam:PassRole", "iam:*", false, true},
        {"*", "iam:*", true, true},
        {"iam:*", "*", false, true},
        {"iam:Pass*", "iam:*Role", false, true},
        {"iam:Pass*", "iam:*Rule?", false, true},
        {"iam:Get*", "iam:Put*", false, false},
        {"iam:*Role", "iam:PassRoles", false, false},
        {"i?m:*", "iam:Pass*", true, true},
        {"?*", "*", false, true},
        {"a*b*c", "axbyc", true, true},
        {"a*b*c", "acb", false, false},
        {"a*b", "a*b*b", true, true},
        {"**", "*", true, true},
        {"a?c", "abbc", false, false},
        {"a?c", "a*c", false, true},
        {"a?c", "a?c", true, true},
        {"abc", "a?c", false, true},
        {"AWS::DynamoDB::*", "AWS::DynamoDB::Table", true, true},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str a = str_from(cases[i].a), b = str_from(cases[i].b);
        bool covers = wildcard_covers(a, b, WILDCARD_FOLDED);
        bool meet = wildcards_meet(arena, a, b, WILDCARD_FOLDED);
        bool back = wildcards_meet(arena, b, a, WILDCARD_FOLDED);
        if (covers != cases[i].covers || meet != cases[i].meet || back != meet)
            print_error("'%s' and '%s': covers %d, meet %d and %d\n", cases[i].a, cases[i].b, covers, meet,
                        back);
        assert_true(covers == cases[i].covers && meet == cases[i].meet && back == meet);
    }
    assert_false(wildcard_covers(STR("IAM:*"), STR("iam:PassRole"), WILDCARD_EXACT));
    assert_false(wildcards_meet(arena, STR("IAM:*"), STR("iam:*"), WILDCARD_EXACT));
    arena_free(arena);
}

/* The texts of at most `length` letters of "ab", in turn. */
static bool next_text(char *text, size_t *length, size_t max)
{
    for (size_t i = 0; i < *length; i++) {
        if (text[i] == 'a') {
            text[i] = 'b';
            return true;
        }
        text[i] = 'a';
    }
    return (*length)++ < max ? (text[*length - 1] = 'a', true) : false;
}

/* Beside the plain meaning: every short text tried on every pair of short patterns. */
static void is_what_trying_all_texts_shows(void **state)
{
    enum { PATTERNS = 4 * 4 * 4 * 4, TEXT_MAX = 6 };
    static const char letters[] = {'a', 'b', '*', '?'};
    (void)state;
    for (int one = 0; one < PATTERNS; one += 3) {
        for (int two = 0; two < PATTERNS; two++) {
            char a[4], b[4], text[TEXT_MAX + 1] = "";
            size_t length = 0;
            bool meet = false, covers = true;
            for (int k = 0, x = one, y = two; k < 4; k++, x /= 4, y /= 4) {
                a[k] = letters[x % 4];
                b[k] = letters[y % 4];
            }
            struct str left = {.ptr = a, .len = 4}, right = {.ptr = b, .len = 4};
            do {
                struct str tried = {.ptr = text, .len = length};
                bool in_a = wildcard_covers(left, tried, WILDCARD_EXACT);
                bool in_b = wildcard_covers(right, tried, WILDCARD_EXACT);
                meet = meet || (in_a && in_b);
                covers = covers && (in_a || !in_b);
            } while (next_text(text, &length, TEXT_MAX));
            struct arena *arena = arena_new();
            assert_int_equal(wildcards_meet(arena, left, right, WILDCARD_EXACT), meet);
            arena_free(arena);
            if (wildcard_covers(left, right, WILDCARD_EXACT))
                assert_true(covers);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_patterns),
        cmocka_unit_test(is_what_trying_all_texts_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
