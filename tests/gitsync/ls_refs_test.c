#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gitsync/ls_refs.h"
#include "repositories.h"

#define OLD "1111111111111111111111111111111111111111"
#define ZERO "0000000000000000000000000000000000000000"

static void reads_a_list(void **state)
{
    (void)state;
    static const char answer[] = "0050" OLD " HEAD symref-target:refs/heads/main\n"
                                 "0041" OLD " refs/tags/v peeled:x0000";
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct remote_refs list;
    bool refused;
    DONE(ls_refs_read(arena, STR(answer), &list, &refused, &error));
    assert_false(refused);
    assert_int_equal(list.count, 2);
    assert_true(str_is(list.refs[0].name, "HEAD"));
    assert_true(str_is(list.refs[0].target, "refs/heads/main"));
    assert_string_equal(list.refs[0].id.hex, OLD);
    assert_true(str_is(list.refs[1].name, "refs/tags/v"));
    assert_int_equal(list.refs[1].target.len, 0);
    arena_free(arena);
}

static void refuses_what_is_no_list(void **state)
{
    (void)state;
    static const struct {
        struct str answer;
        enum error_code code;
    } cases[] = {
        {STR("0"), ERROR_UNAVAILABLE},
        {STR("0032" OLD " a\n"), ERROR_UNAVAILABLE}, /* the line is shorter than it says */
        {STR("002f" OLD " a\n"), ERROR_UNAVAILABLE}, /* no end of the list */
        {STR("002g" OLD " a\n0000"), ERROR_CORRUPT},
        {STR("-02f" OLD " a\n0000"), ERROR_CORRUPT},
        {STR("0002"), ERROR_CORRUPT},
        {STR("0003"), ERROR_CORRUPT},
        {STR("fff1"), ERROR_CORRUPT}, /* longer than any line may be */
        {STR("0001"), ERROR_CORRUPT},
        {STR("00040000"), ERROR_CORRUPT},
        {STR("00000000"), ERROR_CORRUPT},
        {STR("002d" OLD "\n0000"), ERROR_CORRUPT},
        {STR("002e" OLD " \n0000"), ERROR_CORRUPT},
        {STR("002f" ZERO " a\n0000"), ERROR_CORRUPT},
        {STR("002fAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA a\n0000"), ERROR_CORRUPT},
        {STR("002e111111111111111111111111111111111111111 a\n0000"), ERROR_CORRUPT},
        {STR("0030" OLD "1 a\n0000"), ERROR_CORRUPT},
        {STR("002f" OLD "\ta\n0000"), ERROR_CORRUPT},
        {STR("0030" OLD "  a\n0000"), ERROR_CORRUPT},
        {STR("0030" OLD " a\1\n0000"), ERROR_CORRUPT},
        {STR("0030" OLD " a\0\n0000"), ERROR_CORRUPT},
        {STR("003e" OLD " a symref-target:\n0000"), ERROR_CORRUPT},
        {STR("0017unborn refs/heads/x0000"), ERROR_CORRUPT},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct remote_refs list;
        bool refused;
        FAILED(ls_refs_read(arena, cases[i].answer, &list, &refused, &error), cases[i].code, "");
        arena_free(arena);
    }
}

static void refuses_too_many_refs(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct remote_refs list;
    struct buf answer = BUF_INIT(BUF_LARGE);
    bool refused;
    for (int i = 0; i < REFS_MAX; i++)
        buf_addz(&answer, "002f" OLD " a\n");
    size_t full = answer.len;
    buf_addz(&answer, "0000");
    DONE(ls_refs_read(arena, buf_str(&answer), &list, &refused, &error));
    answer.len = full;
    buf_addz(&answer, "002f" OLD " b\n0000");
    FAILED(ls_refs_read(arena, buf_str(&answer), &list, &refused, &error), ERROR_OUT_OF_MEMORY,
           "more than 200000 refs");
    buf_release(&answer);
    arena_free(arena);
}

static void reads_what_a_server_offers(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        bool offered;
        const char *rest;
    } cases[] = {
        {"000eversion 2\n0013ls-refs=unborn\n0000rest", true, "rest"},
        {"000eversion 2\n000bls-refs0000", true, ""},
        {"001e# service=git-upload-pack\n0000000eversion 2\n000cls-refs\n0000", true, ""},
        {"000eversion 2\n000dls-refsx\n0000", false, NULL},
        {"000eversion 1\n0000", false, NULL},
        {"001e# service=git-upload-pack\n00000032" OLD " HEAD\n0000", false, NULL},
        {"0032" OLD " HEAD\n0000", false, NULL},
        {"0000", false, NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct str rest = str_from(cases[i].answer);
        bool offered;
        DONE(ls_refs_read_offer(&rest, &offered, &error));
        assert_int_equal(offered, cases[i].offered);
        if (cases[i].rest)
            assert_true(str_is(rest, cases[i].rest));
    }
}

static void writes_a_request(void **state)
{
    (void)state;
    const struct str refs[] = {STR("HEAD"), STR(REF)};
    struct buf buf = BUF_INIT(BUF_SMALL);
    ls_refs_write(&buf, refs, ARRAY_LENGTH(refs));
    assert_string_equal(buf.ptr, "0014command=ls-refs\n0001000csymrefs\n0014ref-prefix HEAD\n"
                                 "0027ref-prefix refs/plumb/333333333333\n0000");
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_list),          cmocka_unit_test(refuses_what_is_no_list),
        cmocka_unit_test(refuses_too_many_refs), cmocka_unit_test(reads_what_a_server_offers),
        cmocka_unit_test(writes_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
