#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"

/* FIPS 180-4 and RFC 1321 samples. */
static void test_digests(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    assert_string_equal(sha256_hex(a, STR("abc")).ptr,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(sha256_hex(a, (struct str){NULL, 0}).ptr,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(sha1_hex(a, STR("abc")).ptr, "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_string_equal(md5_base64(a, STR("")).ptr, "1B2M2Y8AsgTpgAmY7PhCfg==");
    arena_free(a);
}

/* RFC 4231, cases 2 and 6 (a key longer than a block), and an empty key. */
static void test_hmac(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    char long_key[131];
    memset(long_key, 0xaa, sizeof long_key);
    const struct {
        struct str key, data;
        const char *expected;
    } cases[] = {
        {STR("Jefe"), STR("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{long_key, sizeof long_key},
         STR("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {{NULL, 0}, {NULL, 0}, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        unsigned char out[SHA256_SIZE];
        hmac_sha256(cases[i].key, cases[i].data, out);
        assert_string_equal(hex_encode(a, (struct str){(char *)out, sizeof out}).ptr, cases[i].expected);
    }
    arena_free(a);
}

static void test_stream_equals_whole(void **state)
{
    (void)state;
    unsigned char whole[SHA256_SIZE], parts[SHA256_SIZE];
    struct sha256_stream *stream = sha256_begin();
    sha256_feed(stream, STR("a"));
    sha256_feed(stream, (struct str){NULL, 0});
    sha256_feed(stream, STR("bc"));
    sha256_end(stream, parts);
    sha256(STR("abc"), whole);
    assert_memory_equal(whole, parts, sizeof whole);
}

/* RFC 4648, section 10. */
static void test_base64(void **state)
{
    static const struct {
        struct str bytes;
        const char *text;
    } cases[] = {
        {STR(""), ""},
        {STR("f"), "Zg=="},
        {STR("fo"), "Zm8="},
        {STR("foo"), "Zm9v"},
        {STR("foob"), "Zm9vYg=="},
        {STR("fooba"), "Zm9vYmE="},
        {STR("\0\xff\xfb\xef"), "AP/77w=="},
    };
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str back;
        assert_string_equal(base64_encode(a, cases[i].bytes).ptr, cases[i].text);
        assert_true(base64_decode(a, str_from(cases[i].text), &back));
        assert_true(str_equal(back, cases[i].bytes));
    }
    arena_free(a);
}

static void test_base64_refuses(void **state)
{
    static const char *const cases[] = {
        "Z",     "Zg",   "Zg=",  "=",    "====", "Z===",  "Zg==Zg==", "Zm9v ",
        "Zm\n9", "Zm-_", "Zh==", "Zm9=", "Z=g=", "Zm9v=", "Zm9v====", "\xc3\xa9\xc3\xa9"};
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str bytes;
        if (base64_decode(a, str_from(cases[i]), &bytes))
            fail_msg("'%s' was taken", cases[i]);
    }
    arena_free(a);
}

static void test_uri(void **state)
{
    static const struct {
        struct str text;
        const char *keep, *encoded;
    } cases[] = {
        {STR(""), "", ""},
        {STR("AZaz09-._~"), "", "AZaz09-._~"},
        {STR("a b+c/d"), "", "a%20b%2Bc%2Fd"},
        {STR("a b+c/d"), "/", "a%20b%2Bc/d"},
        {STR("arn:aws:lambda"), ":", "arn:aws:lambda"},
        {STR("\xe1\x88\xb4%\0"), "", "%E1%88%B4%25%00"},
    };
    static const char *const broken[] = {"%", "%4", "%zz", "a%2", "%%20"};
    (void)state;
    struct arena *a = arena_new();
    struct str back;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_string_equal(uri_encode(a, cases[i].text, cases[i].keep).ptr, cases[i].encoded);
        assert_true(uri_decode(a, str_from(cases[i].encoded), &back));
        assert_true(str_equal(back, cases[i].text));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++)
        assert_false(uri_decode(a, str_from(broken[i]), &back));
    assert_true(uri_decode(a, STR("%2f+%2F"), &back));
    assert_string_equal(back.ptr, "/+/");
    arena_free(a);
}

static void test_equal_constant_time(void **state)
{
    (void)state;
    assert_true(equal_constant_time(STR("abc"), STR("abc")));
    assert_true(equal_constant_time((struct str){NULL, 0}, STR("")));
    assert_false(equal_constant_time(STR("abc"), STR("abd")));
    assert_false(equal_constant_time(STR("abc"), STR("ab")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_stream_equals_whole),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_refuses),
        cmocka_unit_test(test_uri),
        cmocka_unit_test(test_equal_constant_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
