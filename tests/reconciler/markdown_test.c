#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconciler/markdown.h"

static void check(void (*write)(struct buf *, struct str, size_t), const char *text, size_t max,
                  const char *wanted)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    write(&out, str_from(text), max);
    if (!str_is(buf_str(&out), wanted))
        print_error("found  %s\nwanted %s\n", out.ptr ? out.ptr : "", wanted);
    assert_true(str_is(buf_str(&out), wanted));
    buf_release(&out);
}

static void code_is_code(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", ""},
        {"orders", "<code>orders</code>"},
        {"<script>", "<code>&#60;script&#62;</code>"},
        {"a | b", "<code>a &#124; b</code>"},
        {"`x`", "<code>&#96;x&#96;</code>"},
        {"</code>\n# title", "<code>&#60;/code&#62;&#92;n&#35; title</code>"},
        {"@ann #12 :tada:", "<code>&#64;\xe2\x80\x8b"
                            "ann &#35;12 &#58;tada&#58;</code>"},
        {"https://e.com www.e.com", "<code>https&#58;//e.com www&#46;e.com</code>"},
        {"*a* _b_ ~c~ [d](e)", "<code>&#42;a&#42; &#95;b&#95; &#126;c&#126; &#91;d&#93;&#40;e&#41;</code>"},
        {"&lt;", "<code>&#38;lt;</code>"},
        {"\x1b[31m\r\n\t", "<code>&#92;x1b&#91;31m&#92;r&#92;n&#92;t</code>"},
        {"a\xe2\x80\xae"
         "b",
         "<code>a&#92;xe2&#92;x80&#92;xae"
         "b</code>"},
        {"gr\xc3\xbc\xc3\x9f"
         "e",
         "<code>gr\xc3\xbc\xc3\x9f"
         "e</code>"},
        {"a\xff", "<code>a&#92;xff</code>"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check(markdown_code, cases[i].text, 100, cases[i].wanted);
    check(markdown_code, "abcdef", 3, "<code>abc...</code>");
    check(markdown_code,
          "gr\xc3\xbc\xc3\x9f"
          "e",
          3, "<code>gr...</code>");
}

static void what_would_be_a_link_in_a_sentence_is_parted(void **state)
{
    (void)state;
    check(markdown_text, "it is 10 % of https://e.com", 100, "it is 10 % of https&#58;\xe2\x80\x8b//e.com");
    check(markdown_text, "ask @ann, see #12: <b>", 100,
          "ask &#64;\xe2\x80\x8b"
          "ann, see &#35;\xe2\x80\x8b"
          "12&#58; &#60;b&#62;");
    check(markdown_text, "1. a", 100, "&#49;. a");
    check(markdown_text, "- a", 100, "&#45; a");
    check(markdown_text, "    a", 100, "&#32;   a");
    check(markdown_text, "abcdef", 3, "abc...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_is_code),
        cmocka_unit_test(what_would_be_a_link_in_a_sentence_is_parted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
