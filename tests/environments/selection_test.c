#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "environments/selection.h"

static const char *const paths[] = {
    "a",
    "a/b",
    "a/b/c",
    "a/x/b",
    "a/x/y/b",
    "a.js",
    "x/a.js",
    ".a",
    ".a/b",
    ".env",
    "x/.env",
    "abc",
    "abd",
    "ad",
    "foobar",
    "foo/bar",
    "x/y/w",
    "x/z/p/w",
    "x/z/w",
    "*x",
    "node_modules/m/i.js",
    "x/node_modules/m/i.js",
    "x.test.js",
    "y/x.test.js",
    "aXbYc",
};

/* What micromatch 4 says of these paths, with its option `dot`. */
static const struct {
    const char *pattern, *matches;
} matches[] = {
    {"*", "a a.js .a .env abc abd ad foobar *x x.test.js aXbYc "},
    {"**", "a a/b a/b/c a/x/b a/x/y/b a.js x/a.js .a .a/b .env x/.env abc abd ad foobar foo/bar x/y/w "
           "x/z/p/w x/z/w *x node_modules/m/i.js x/node_modules/m/i.js x.test.js y/x.test.js aXbYc "},
    {"a/*", "a/b "},
    {"a/**", "a a/b a/b/c a/x/b a/x/y/b "},
    {"**/a", "a "},
    {"**/*.js", "a.js x/a.js node_modules/m/i.js x/node_modules/m/i.js x.test.js y/x.test.js "},
    {"*.js", "a.js x.test.js "},
    {"a/**/b", "a/b a/x/b a/x/y/b "},
    {"?", "a "},
    {"a?c", "abc "},
    {"[ab].js", "a.js "},
    {"[!ab].js", "a.js "},
    {"[^ab]*", ".a .env foobar *x x.test.js "},
    {"a{b,c}d", "abd "},
    {"{a,{x,y}}/**",
     "a a/b a/b/c a/x/b a/x/y/b x/a.js x/.env x/y/w x/z/p/w x/z/w x/node_modules/m/i.js y/x.test.js "},
    {"*.test.js", "x.test.js "},
    {".env*", ".env "},
    {"**/.*", ".a .env x/.env "},
    {"a/b/", ""},
    {"./a/*", "a/b "},
    {"foo**", "foobar "},
    {"a**b", ""},
    {"**a", "a .a "},
    {"x/{y,z/{p,q}}/w", "x/y/w x/z/p/w "},
    {"\\*x", "*x "},
    {"**/node_modules/**", "node_modules/m/i.js x/node_modules/m/i.js "},
    {"a/*/c", "a/b/c "},
    {"*/b", "a/b .a/b "},
    {"a*b*c", "abc aXbYc "},
    {"*/**", "a/b a/b/c a/x/b a/x/y/b x/a.js .a/b x/.env foo/bar x/y/w x/z/p/w x/z/w node_modules/m/i.js "
             "x/node_modules/m/i.js y/x.test.js "},
    {"a/**/*", "a/b a/b/c a/x/b a/x/y/b "},
    {"**/a/**", "a a/b a/b/c a/x/b a/x/y/b "},
    {"[a-c]*", "a a.js abc abd ad aXbYc "},
    {"a[", ""},
    {"a?/**", "ad "},
};

static struct selection *selection_of(struct arena *arena, const char *const *patterns, size_t count)
{
    struct value *list = value_list(arena);
    struct selection *selection;
    struct error error = ERROR_INIT;
    for (size_t i = 0; i < count; i++)
        value_append(arena, list, value_stringz(arena, patterns[i]));
    if (!selection_new(arena, list, &selection, &error))
        fail_msg("%s", error.message);
    return selection;
}

static void matches_as_micromatch(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(matches); i++) {
        const char *patterns[] = {"!**", matches[i].pattern};
        struct selection *selection = selection_of(arena, patterns, ARRAY_LENGTH(patterns));
        struct buf found = BUF_INIT(BUF_SMALL);
        buf_addz(&found, "");
        for (size_t k = 0; k < ARRAY_LENGTH(paths); k++)
            if (selection_has(selection, str_from(paths[k])))
                buf_printf(&found, "%s ", paths[k]);
        if (!str_equal(buf_str(&found), str_from(matches[i].matches)))
            fail_msg("'%s' matches '%.*s', not '%s'", matches[i].pattern, STR_ARG(buf_str(&found)),
                     matches[i].matches);
        buf_release(&found);
    }
    arena_free(arena);
}

static void lets_the_last_pattern_decide(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *patterns[] = {"!a/**", "a/b/**", "!a/b/c"};
    struct selection *selection = selection_of(arena, patterns, ARRAY_LENGTH(patterns));
    assert_true(selection_has(selection, STR("x")));
    assert_false(selection_has(selection, STR("a/x")));
    assert_true(selection_has(selection, STR("a/b/x")));
    assert_false(selection_has(selection, STR("a/b/c")));
    arena_free(arena);
}

static const struct {
    const char *pattern, *message;
} refused[] = {
    {"!(a)", "pattern '!(a)': a pattern that begins with '(' is not supported"},
    {"a/@(b|c)", "pattern 'a/@(b|c)': '@(...)' is not supported"},
    {"../a", "pattern '../a': it leads out of the directory"},
    {"!/a", "pattern '!/a': it leads out of the directory"},
    {"a{b", "pattern 'a{b': a brace must be like '{a,b}'"},
    {"a{1..3}", "pattern 'a{1..3}': a brace must be like '{a,b}'"},
    {"", "pattern '': it is empty"},
    {"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
     "pattern '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}': more than 512 patterns"},
};

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        struct error error = ERROR_INIT;
        struct selection *selection;
        struct value *list = value_list(arena);
        value_append(arena, list, value_stringz(arena, refused[i].pattern));
        assert_false(selection_new(arena, list, &selection, &error));
        assert_string_equal(error.message, refused[i].message);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_as_micromatch),
        cmocka_unit_test(lets_the_last_pattern_decide),
        cmocka_unit_test(refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
