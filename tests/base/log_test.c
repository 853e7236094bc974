#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static int64_t fixed_time(void *self)
{
    (void)self;
    return INT64_C(1795378717000); /* 2026-11-22T20:18:37Z */
}

static const struct clock fixed_clock = {.wall_ms = fixed_time};

/* What one log call writes: the calls of a test go through a pipe. */
struct sink {
    int fds[2];
    struct log log;
    char text[128 * 1024];
};

static struct sink sink_open(enum log_form form)
{
    struct sink sink = {.log = {.form = form, .least = LOG_INFO, .clock = &fixed_clock}};
    assert_int_equal(pipe(sink.fds), 0);
    assert_true(fcntl(sink.fds[1], F_SETPIPE_SZ, 256 * 1024) > 0);
    fcntl(sink.fds[0], F_SETFL, O_NONBLOCK);
    sink.log.fd = sink.fds[1];
    return sink;
}

static const char *sink_text(struct sink *sink)
{
    ssize_t got = read(sink->fds[0], sink->text, sizeof sink->text - 1);
    sink->text[got > 0 ? got : 0] = '\0';
    return sink->text;
}

static void sink_close(struct sink *sink)
{
    close(sink->fds[0]);
    close(sink->fds[1]);
}

static void test_text(void **state)
{
    struct sink sink = sink_open(LOG_TEXT);
    (void)state;
    log_debug(&sink.log, "hidden");
    assert_string_equal(sink_text(&sink), "");
    log_info(&sink.log, "started");
    assert_string_equal(sink_text(&sink), "20:18:37 info  started\n");
    log_warn(&sink.log, "applied", LOG_STRZ("environment", "prod"), LOG_INT("calls", -3), LOG_STRZ("why", ""),
             LOG_STRZ("note", "say \"hi\" k=v"));
    assert_string_equal(sink_text(&sink),
                        "20:18:37 warn  applied                      environment=prod calls=-3 "
                        "why=\"\" note=\"say \\\"hi\\\" k=v\"\n");
    sink.log.color = true;
    log_error(&sink.log, "x", LOG_STRZ("a", "\x1b[2J\n20:18:37 forged"));
    assert_string_equal(sink_text(&sink), "20:18:37 \x1b[31merror\x1b[0m x                            "
                                          "a=\"\\x1b[2J\\n20:18:37 forged\"\n");
    sink_close(&sink);
}

static void test_json(void **state)
{
    struct sink sink = sink_open(LOG_JSON);
    (void)state;
    log_info(&sink.log, "a \"b\"", LOG_STRZ("k\n", "\x01\\ caf\xc3\xa9 \xff"), LOG_INT("n", 7));
    assert_string_equal(sink_text(&sink), "{\"time\":\"2026-11-22T20:18:37Z\",\"level\":\"info\","
                                          "\"event\":\"a \\\"b\\\"\",\"k\\u000a\":\"\\u0001\\\\ caf\xc3\xa9 "
                                          "\\ufffd\",\"n\":7}\n");
    sink_close(&sink);
}

static void test_long_lines_stay_lines(void **state)
{
    static char large[100 * 1024];
    struct sink sink = sink_open(LOG_JSON);
    (void)state;
    memset(large, 'a', sizeof large - 1);
    log_error(&sink.log, "x", LOG_STRZ("a", large));
    assert_string_equal(
        sink_text(&sink),
        "{\"time\":\"2026-11-22T20:18:37Z\",\"level\":\"error\",\"event\":\"log line too long\"}\n");
    sink_close(&sink);
}

static void test_text_escape(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"plain caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x89",
         "plain caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x89"},
        {"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
        {"a\r\n\tb\x7f", "a\\r\\n\\tb\\x7f"},
        {"\xc2\x9b"
         "31m",
         "\\xc2\\x9b"
         "31m"},
        {"\xe2\x80\xae"
         "gpj",
         "\\xe2\\x80\\xae"
         "gpj"},
        {"\xe2\x80\xa8"
         "x\xe2\x81\xa6",
         "\\xe2\\x80\\xa8"
         "x\\xe2\\x81\\xa6"},
        {"cut \xe2\x82", "cut \\xe2\\x82"},
        {"\xff\xc0\x80", "\\xff\\xc0\\x80"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buf out = BUF_INIT(BUF_SMALL);
        text_escape(&out, str_from(cases[i].text));
        assert_string_equal(out.ptr, cases[i].shown);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_long_lines_stay_lines),
        cmocka_unit_test(test_text_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
