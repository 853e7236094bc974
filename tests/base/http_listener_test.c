#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/http_listener.h"

enum { BODY_MAX = 1000, PATIENCE_MS = 5000 };

/* Says what it was asked. */
static void echo(void *self, const struct http_listener_request *request, struct http_listener_answer *answer)
{
    struct str tag = http_listener_header(request, "x-tag");
    size_t tags = 0;
    for (size_t i = 0; i < request->header_count; i++)
        tags += str_equal_nocase(request->headers[i].name, STR("X-Tag"));
    answer->status = 200;
    answer->body = arena_printf(request->arena, "%s %.*s %.*s ?%.*s tag=%.*s/%zu peer=%.*s body=%.*s",
                                (const char *)self, STR_ARG(request->method), STR_ARG(request->path),
                                STR_ARG(request->query), STR_ARG(tag), tags, STR_ARG(request->peer),
                                STR_ARG(request->body));
    answer->headers[answer->header_count++] = (struct http_header){STR("X-Answer"), STR("yes")};
}

static const struct http_route routes[] = {
    {"GET", "/health", echo, "health"},
    {"POST", "/hook/", echo, "hook"},
    {"POST", "/hook", echo, "hook"},
};

static struct http_listener *start(struct http_listener_options options)
{
    struct http_listener *listener;
    struct error error = ERROR_INIT;
    options.listen = STR("127.0.0.1:0");
    options.routes = routes;
    options.route_count = ARRAY_LENGTH(routes);
    options.body_max = BODY_MAX;
    if (!http_listener_start(&options, &listener, &error))
        fail_msg("%s", error.message);
    return listener;
}

static int connect_to(const struct http_listener *listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(http_listener_port(listener))};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void put(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* it has been cut off */
        bytes = str_from_index(bytes, (size_t)sent);
    }
}

/* All that comes until the connection is closed. */
static struct str get(struct arena *arena, int fd)
{
    struct buf answer = BUF_INIT(BUF_SMALL);
    char bytes[4096];
    int64_t end = clock_monotonic(&system_clock) + PATIENCE_MS;
    for (;;) {
        struct pollfd pollfd = {.fd = fd, .events = POLLIN};
        if (clock_monotonic(&system_clock) > end || poll(&pollfd, 1, PATIENCE_MS) != 1)
            fail_msg("the connection is not closed; it said '%s'", answer.ptr ? answer.ptr : "");
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got <= 0)
            break;
        buf_add(&answer, (struct str){.ptr = bytes, .len = (size_t)got});
    }
    close(fd);
    struct str text = arena_str(arena, buf_str(&answer));
    buf_release(&answer);
    return text;
}

static struct str ask(struct arena *arena, const struct http_listener *listener, struct str request)
{
    int fd = connect_to(listener);
    put(fd, request);
    return get(arena, fd);
}

/* "200 BODY" of an answer. */
static struct str short_form(struct arena *arena, struct str answer)
{
    size_t body = 0;
    for (size_t i = 0; i + 4 <= answer.len && !body; i++)
        if (memcmp(answer.ptr + i, "\r\n\r\n", 4) == 0)
            body = i + 4;
    if (!answer.len)
        return STR("closed");
    return arena_printf(arena, "%.*s %.*s", STR_ARG(str_slice(answer, 9, 3)),
                        STR_ARG(str_trim(str_from_index(answer, body))));
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST(path, headers, body) "POST " path " HTTP/1.1\r\nHost: h\r\n" headers "\r\n" body

static void answers_requests(void **state)
{
    (void)state;
    static const struct {
        const char *request, *answer;
    } cases[] = {
        {GET("/health"), "200 health GET /health ? tag=/0 peer=127.0.0.1 body="},
        {GET("/health?a=%2f&b"), "200 health GET /health ?a=%2f&b tag=/0 peer=127.0.0.1 body="},
        {"GET /health HTTP/1.0\r\n\r\n", "200 health GET /health ? tag=/0 peer=127.0.0.1 body="},
        {"HEAD /health HTTP/1.1\r\nHost: h\r\n\r\n", "200 "},
        {POST("/hook/a/b", "X-Tag: 1\r\nx-tag: 2\r\nContent-Length: 4\r\n", "a\r\nb"),
         "200 hook POST /hook/a/b ? tag=1/2 peer=127.0.0.1 body=a\r\nb"},
        {POST("/hook", "Transfer-Encoding: chunked\r\n", "2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n"),
         "200 hook POST /hook ? tag=/0 peer=127.0.0.1 body=abc"},
        {POST("/hook", "Content-Length: 0\r\n", ""), "200 hook POST /hook ? tag=/0 peer=127.0.0.1 body="},
        {GET("/"), "404 not found"},
        {GET("/health/x"), "404 not found"},
        {GET("/%68ealth"), "404 not found"},
        {POST("/health", "Content-Length: 1\r\n", "x"), "405 method not allowed"},
        {GET("/hook"), "405 method not allowed"},
        {POST("/hook", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         "400 both Content-Length and Transfer-Encoding"},
        {POST("/hook", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
         "400 both Content-Length and Transfer-Encoding"},
        {POST("/hook", "Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"),
         "400 the length of the body is given twice"},
        {POST("/hook", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
         "400 only the transfer coding chunked is known"},
        {POST("/hook", "Transfer-Encoding: xchunked\r\n", ""),
         "400 only the transfer coding chunked is known"},
        {POST("/hook", "Content-Length: 104857600\r\n", ""), "413 the body is too large"},
        {POST("/hook", "Content-Length: 1001\r\n", ""), "413 the body is too large"},
        {"GET /health HTTP/2.0\r\nHost: h\r\n\r\n", "505 "},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 "},
    };
    struct arena *arena = arena_new();
    struct http_listener *listener = start((struct http_listener_options){.timeout_ms = 2000});
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str answer = short_form(arena, ask(arena, listener, str_from(cases[i].request)));
        if (!str_starts(answer, cases[i].answer) ||
            (!str_ends(str_from(cases[i].answer), " ") && !str_is(answer, cases[i].answer)))
            fail_msg("%s\ngives '%s', not '%s'", cases[i].request, answer.ptr, cases[i].answer);
    }
    http_listener_stop(listener);
    arena_free(arena);
}

/* What is no request is no business of a handler; how the library says so is its own. */
static void refuses_what_is_no_request(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "GET /health\r\n\r\n", /* HTTP/0.9 */
        "GET /health HTTP/0.9\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", /* TLS */
        "GET /health HTTP/1.1\r\n\r\n",                 /* without Host */
        POST("/hook", "Content-Length: -1\r\n", "x"),
        POST("/hook", "Content-Length: 0x1\r\n", "x"),
        POST("/hook", "Content-Length: 99999999999999999999999\r\n", "x"),
        POST("/hook", "Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\nab"),
        POST("/hook", "Transfer-Encoding: chunked\r\n", "zz\r\nab"),
        "\r\n\r\n\r\n\r\n",
    };
    struct arena *arena = arena_new();
    struct http_listener *listener = start((struct http_listener_options){.timeout_ms = 500});
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str answer = ask(arena, listener, str_from(cases[i]));
        if (str_contains(answer, " 200 ") || str_contains(answer, " 500 "))
            fail_msg("%s\ngives '%s'", cases[i], answer.ptr);
    }
    assert_int_equal(http_listener_counters(listener).requests, 0);
    http_listener_stop(listener);
    arena_free(arena);
}

static void bounds_heads(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct http_listener *listener = start((struct http_listener_options){.timeout_ms = 2000});
    struct buf request = BUF_INIT(BUF_LARGE);
    buf_addz(&request, "GET /health HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < 64; i++)
        buf_printf(&request, "H%d: x\r\n", i);
    buf_addz(&request, "\r\n");
    assert_string_equal(short_form(arena, ask(arena, listener, buf_str(&request))).ptr,
                        "431 too many headers");
    for (int large = 0; large < 2; large++) { /* one header of 1 MiB, or 60,000 small ones */
        buf_clear(&request);
        buf_addz(&request, "GET /health HTTP/1.1\r\nHost: h\r\n");
        for (int i = 0; i < (large ? 1024 * 1024 : 60000); i++)
            buf_addz(&request, large ? "x" : "A: b\r\n");
        struct str answer = ask(arena, listener, buf_str(&request));
        assert_false(str_contains(answer, " 200 "));
    }
    assert_int_equal(http_listener_counters(listener).requests, 0);
    buf_release(&request);
    http_listener_stop(listener);
    arena_free(arena);
}

/* One byte a chunk, and more of them than a body may have; what is sent behind is not waited for. */
static void bounds_chunked_bodies(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct http_listener *listener = start((struct http_listener_options){.timeout_ms = 2000});
    int fd = connect_to(listener);
    put(fd, STR(POST("/hook", "Transfer-Encoding: chunked\r\n", "")));
    for (int i = 0; i < BODY_MAX + 1; i++)
        put(fd, STR("1\r\nx\r\n"));
    struct str answer = get(arena, fd);
    if (answer.len) /* it is lost where more had been sent */
        assert_true(str_contains(answer, "413"));
    assert_int_equal(http_listener_counters(listener).requests, 0);
    assert_int_equal(http_listener_counters(listener).refused, 1);
    http_listener_stop(listener);
    arena_free(arena);
}

static void bounds_all_bodies_together(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct http_listener *listener =
        start((struct http_listener_options){.timeout_ms = 3000, .bodies_max = 1500});
    char bytes[900];
    memset(bytes, 'x', sizeof bytes);
    int held = connect_to(listener), other = connect_to(listener);
    put(held, STR(POST("/hook", "Content-Length: 901\r\n", "")));
    put(held, (struct str){.ptr = bytes, .len = sizeof bytes});
    clock_sleep(&system_clock, 200);
    put(other, STR(POST("/hook", "Content-Length: 900\r\n", "")));
    put(other, (struct str){.ptr = bytes, .len = sizeof bytes});
    assert_true(str_starts(short_form(arena, get(arena, other)), "503"));
    put(held, STR("x"));
    assert_true(str_starts(short_form(arena, get(arena, held)), "200"));
    struct str again = ask(arena, listener,
                           arena_printf(arena, "%s%.*s", POST("/hook", "Content-Length: 900\r\n", ""),
                                        (int)sizeof bytes, bytes)); /* what was given back */
    assert_true(str_starts(short_form(arena, again), "200"));
    http_listener_stop(listener);
    arena_free(arena);
}

/* A byte each 50 ms would keep a time-out for silence from ever coming. */
static void cuts_off_who_is_slow(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct http_listener *listener = start((struct http_listener_options){.timeout_ms = 400});
    int64_t begin = clock_monotonic(&system_clock);
    int slow = connect_to(listener), silent = connect_to(listener);
    put(slow, STR("GET /health HTTP/1.1\r\nHost: h\r\nX: "));
    for (int i = 0; i < 20; i++) {
        put(slow, STR("a"));
        clock_sleep(&system_clock, 50);
    }
    assert_string_equal(get(arena, slow).ptr, "");
    assert_string_equal(get(arena, silent).ptr, "");
    assert_in_range(clock_monotonic(&system_clock) - begin, 400, 4000);
    assert_int_equal(http_listener_counters(listener).expired, 2);
    http_listener_stop(listener);
    arena_free(arena);
}

/* Who has begun a body stays before those who say nothing. */
static void lets_newcomers_in_before_who_is_idle(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    int idle[200];
    struct http_listener *listener =
        start((struct http_listener_options){.timeout_ms = 30 * 1000, .connections_max = 10});
    int sender = connect_to(listener);
    put(sender, STR(POST("/hook", "Content-Length: 2\r\n", "a")));
    clock_sleep(&system_clock, 200);
    for (size_t i = 0; i < ARRAY_LENGTH(idle); i++)
        idle[i] = connect_to(listener);
    for (int i = 0; i < 50; i++)
        assert_true(str_starts(short_form(arena, ask(arena, listener, STR(GET("/health")))), "200 health"));
    put(sender, STR("b"));
    assert_true(str_ends(get(arena, sender), "body=ab"));
    assert_true(http_listener_counters(listener).displaced >= ARRAY_LENGTH(idle) - 10);
    for (size_t i = 0; i < ARRAY_LENGTH(idle); i++)
        close(idle[i]);
    http_listener_stop(listener);
    arena_free(arena);
}

/* Every place is held by somebody who has sent a head and goes on slowly, and newcomers come in crowds. */
static void lets_nobody_be_swept_out_by_a_crowd(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    enum { HELD = 10, CROWD = 8, ROUNDS = 20 };
    int held[HELD], crowd[CROWD];
    struct http_listener *listener =
        start((struct http_listener_options){.timeout_ms = 30 * 1000, .connections_max = HELD});
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < HELD; i++) {
            held[i] = connect_to(listener);
            put(held[i], STR(POST("/hook", "Content-Length: 2\r\n", "a")));
        }
        clock_sleep(&system_clock, 300);
        int health = connect_to(listener);
        put(health, STR(GET("/health")));
        for (int i = 0; i < CROWD; i++)
            crowd[i] = connect_to(listener);
        assert_true(str_starts(short_form(arena, get(arena, health)), "200 health"));
        for (int i = 0; i < HELD; i++)
            close(held[i]);
        for (int i = 0; i < CROWD; i++)
            close(crowd[i]);
    }
    http_listener_stop(listener);
    arena_free(arena);
}

static void bounds_each_address(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct http_listener *listener =
        start((struct http_listener_options){.timeout_ms = 30 * 1000, .per_address_max = 2});
    int first = connect_to(listener), second = connect_to(listener);
    clock_sleep(&system_clock, 200);
    assert_true(str_starts(short_form(arena, ask(arena, listener, STR(GET("/health")))), "200"));
    assert_string_equal(get(arena, first).ptr, ""); /* the oldest had to go */
    put(second, STR(GET("/health")));
    assert_true(str_starts(short_form(arena, get(arena, second)), "200"));
    http_listener_stop(listener);
    arena_free(arena);
}

static void answers_each_connection_once(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct http_listener *listener = start((struct http_listener_options){.timeout_ms = 2000});
    struct str answer = ask(arena, listener, STR(GET("/health") GET("/health")));
    assert_true(str_contains(answer, "Connection: close"));
    assert_int_equal(http_listener_counters(listener).requests, 1);
    http_listener_stop(listener);
    arena_free(arena);
}

static void refuses_addresses(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",         "127.0.0.1",    ":8080",   "localhost:80",    "127.0.0.1:",   "127.0.0.1:x",
        "::1:8080", "127.0.0.1:-1", "[::1:80", "127.0.0.1:65536", "1.2.3.4.5:80", "[]:80",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct http_listener_options options = {
            .listen = str_from(cases[i]), .routes = routes, .route_count = 1};
        struct http_listener *listener;
        struct error error = ERROR_INIT;
        assert_false(http_listener_start(&options, &listener, &error));
        assert_int_equal(error.code, ERROR_INVALID);
        assert_non_null(strstr(error.message, "is no address to listen at"));
    }
}

static void refuses_a_port_that_is_taken(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct http_listener *first = start((struct http_listener_options){.timeout_ms = 2000}), *second;
    struct error error = ERROR_INIT;
    const struct http_listener_options options = {
        .listen = arena_printf(arena, "127.0.0.1:%u", http_listener_port(first)),
        .routes = routes,
        .route_count = 1};
    assert_false(http_listener_start(&options, &second, &error));
    assert_int_equal(error.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(error.message, "cannot listen at 127.0.0.1:"));
    http_listener_stop(first);
    arena_free(arena);
}

/* With requests under way and connections open. */
static void stops_at_once(void **state)
{
    (void)state;
    struct http_listener *listener = start((struct http_listener_options){.timeout_ms = 60 * 1000});
    int silent = connect_to(listener), begun = connect_to(listener);
    put(begun, STR(POST("/hook", "Content-Length: 5\r\n", "abc")));
    clock_sleep(&system_clock, 100);
    int64_t begin = clock_monotonic(&system_clock);
    http_listener_stop(listener);
    assert_true(clock_monotonic(&system_clock) - begin < 2000);
    close(silent);
    close(begun);
    http_listener_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_requests),
        cmocka_unit_test(refuses_what_is_no_request),
        cmocka_unit_test(bounds_heads),
        cmocka_unit_test(bounds_chunked_bodies),
        cmocka_unit_test(bounds_all_bodies_together),
        cmocka_unit_test(cuts_off_who_is_slow),
        cmocka_unit_test(lets_newcomers_in_before_who_is_idle),
        cmocka_unit_test(lets_nobody_be_swept_out_by_a_crowd),
        cmocka_unit_test(bounds_each_address),
        cmocka_unit_test(answers_each_connection_once),
        cmocka_unit_test(refuses_addresses),
        cmocka_unit_test(refuses_a_port_that_is_taken),
        cmocka_unit_test(stops_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
