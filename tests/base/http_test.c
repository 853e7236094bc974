#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/http.h"
#include "http_server.h"

/* The names that the tests use: "plain.test" is this machine, "hang.test" takes three seconds to be unknown.
 */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    if (strcmp(name, "hang.test") == 0) {
        sleep(3);
        return EAI_NONAME;
    }
    if (strcmp(name, "none.test") == 0)
        return EAI_NONAME;
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(strcmp(name, "plain.test") == 0 ? "127.0.0.1" : name, service, hints, found);
}

struct fixture {
    struct server server;
    struct http_client *client;
    struct http http;
    struct arena *arena;
    struct http_response response;
    struct error error;
};

static int setup_with(void **state, struct http_client_options options)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    server_start(&fixture->server);
    assert_true(http_client_new(&options, &fixture->client, &fixture->error));
    fixture->http = http_client_http(fixture->client);
    fixture->arena = arena_new();
    *state = fixture;
    return 0;
}

static int setup(void **state)
{
    static const char *const hosts[] = {"plain.test"};
    return setup_with(state, (struct http_client_options){.plain_hosts = hosts, .plain_host_count = 1});
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    http_client_free(fixture->client);
    server_stop(&fixture->server);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static struct str url(struct fixture *fixture, const char *origin, const char *path)
{
    return arena_printf(fixture->arena, "%s:%d%s", origin, fixture->server.port, path);
}

static struct http_request get(struct fixture *fixture, const char *path)
{
    return (struct http_request){.method = STR("GET"), .url = url(fixture, "http://127.0.0.1", path)};
}

static bool perform(struct fixture *fixture, struct http_request request)
{
    error_clear(&fixture->error);
    return http_perform(&fixture->http, fixture->arena, &request, &fixture->response, &fixture->error);
}

/* "200 hello", or the error's code and message, with the port taken out. */
static const char *outcome(struct fixture *fixture, struct http_request request)
{
    char port[16];
    if (perform(fixture, request))
        return arena_printf(fixture->arena, "%d %.*s", fixture->response.status,
                            STR_ARG(fixture->response.body))
            .ptr;
    struct str text =
        arena_printf(fixture->arena, "%s: %s", error_code_name(fixture->error.code), fixture->error.message);
    snprintf(port, sizeof port, ":%d'", fixture->server.port);
    const char *at = strstr(text.ptr, port);
    if (!at)
        return text.ptr;
    return arena_printf(fixture->arena, "%.*s'%s", (int)(at - text.ptr), text.ptr, at + strlen(port)).ptr;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_answers(void **state)
{
    static const struct {
        const char *method, *path, *outcome;
    } cases[] = {
        {"GET", "/ok", "200 hello"},
        {"HEAD", "/ok", "200 "},
        {"DELETE", "/ok", "200 hello"},
        {"GET", "/empty", "204 "},
        {"GET", "/html", "502 <html>Bad gateway</html>"},
        {"GET", "/redirect", "302 "},
        {"GET", "/interim", "200 hi"},
        {"GET", "/lie", "200 abc"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct http_request request = get(fixture, cases[i].path);
        request.method = str_from(cases[i].method);
        assert_string_equal(outcome(fixture, request), cases[i].outcome);
    }
}

static void test_headers(void **state)
{
    struct fixture *fixture = *state;
    assert_true(perform(fixture, get(fixture, "/ok")));
    assert_int_equal(fixture->response.header_count, 4);
    assert_true(str_is(http_header(&fixture->response, "x-one"), "1"));
    assert_true(str_is(http_header(&fixture->response, "X-TWO"), "two words"));
    assert_true(str_is(http_header(&fixture->response, "X-Three"), ""));
    assert_true(perform(fixture, get(fixture, "/interim")));
    assert_true(str_is(http_header(&fixture->response, "X-Early"), ""));
    assert_true(str_is(http_header(&fixture->response, "X-Late"), "1"));
    assert_true(str_is(http_header(&fixture->response, "X-Trailer"), ""));
}

/* The request goes out as it was given: path not normalised, no header that was not asked for. */
static void test_request_is_sent_as_given(void **state)
{
    static const struct http_header headers[] = {
        {STR("X-Amz-Target"), STR("DynamoDB.List")},
        {STR("Host"), STR("example.com")},
        {STR("X-Empty"), STR("")},
        {STR("X-Amz-Target"), STR("again")},
        {STR("content-length"), STR("999")},
    };
    static const struct {
        const char *method, *body, *sent;
    } cases[] = {
        {"POST", "a=1", "Content-Length: 3\r\n\r\na=1"},
        {"POST", "", "Content-Length: 0\r\n\r\n"},
        {"PUT", "", "Content-Length: 0\r\n\r\n"},
        {"DELETE", "x", "Content-Length: 1\r\n\r\nx"},
        {"GET", "", "\r\n"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct http_request request = get(fixture, "/echo/a//../b/./arn%3Aaws:x?b=2&a=1&c");
        request.method = str_from(cases[i].method);
        request.headers = headers;
        request.header_count = ARRAY_LENGTH(headers);
        request.body = str_from(cases[i].body);
        const char *expected =
            arena_printf(fixture->arena,
                         "200 %s /echo/a//../b/./arn%%3Aaws:x?b=2&a=1&c HTTP/1.1\r\nHost: example.com\r\n"
                         "User-Agent: plumb/%s\r\nX-Amz-Target: DynamoDB.List\r\nX-Empty:\r\n"
                         "X-Amz-Target: again\r\n%s",
                         cases[i].method, PLUMB_VERSION, cases[i].sent)
                .ptr;
        assert_string_equal(outcome(fixture, request), expected);
    }
}

static void test_refused_before_sending(void **state)
{
    static const struct {
        const char *method, *url, *header, *value, *message;
    } cases[] = {
        {"GET", "http://example.com/x", "A", "b",
         "'http://example.com' is not allowed: use https (plain http is for loopback addresses only)"},
        {"GET", "http://127.0.0.1.example.com/", "A", "b",
         "'http://127.0.0.1.example.com' is not allowed: use https (plain http is for loopback addresses "
         "only)"},
        {"GET", "http://xlocalhost:80/", "A", "b",
         "'http://xlocalhost:80' is not allowed: use https (plain http is for loopback addresses only)"},
        {"GET", "file:///etc/passwd", "A", "b", "URL is malformed: it must look like 'https://host/path'"},
        {"GET", "ftp://127.0.0.1/x", "A", "b", "'ftp://127.0.0.1' is not an https URL"},
        {"GET", "https://user:secret@example.com/", "A", "b",
         "URL of 'https://example.com' holds credentials: pass them another way"},
        {"GET", "https://example.com/a b", "A", "b", "URL holds a character that must be percent-encoded"},
        {"GET", "https://example.com/\xc3\xa9", "A", "b",
         "URL holds a character that must be percent-encoded"},
        {"GET", "", "A", "b", "URL is malformed: it must look like 'https://host/path'"},
        {"GET\r\nX: y", "https://example.com/", "A", "b", "'GET\r\nX: y' is not an HTTP method"},
        {"", "https://example.com/", "A", "b", "request without a method"},
        {"GET", "https://example.com/", "A", "b\r\nInjected: 1",
         "header 'A' holds a character that HTTP does not allow"},
        {"GET", "https://example.com/", "A:", "b", "header 'A:' holds a character that HTTP does not allow"},
        {"GET", "https://example.com/", "", "b", "header '' holds a character that HTTP does not allow"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct http_header header = {str_from(cases[i].header), str_from(cases[i].value)};
        assert_false(perform(fixture, (struct http_request){.method = str_from(cases[i].method),
                                                            .url = str_from(cases[i].url),
                                                            .headers = &header,
                                                            .header_count = 1}));
        assert_string_equal(fixture->error.message, cases[i].message);
        assert_int_equal(fixture->error.code, ERROR_INVALID);
    }
}

/* Not processed for certain. */
static void test_no_connection_is_unavailable(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request = {.method = STR("POST"), .url = STR("https://none.test/x")};
    assert_string_equal(outcome(fixture, request), "unavailable: POST 'https://none.test': no connection: "
                                                   "Could not resolve host: none.test");
    request.url = STR("http://127.0.0.1:1/x");
    const char *refused = outcome(fixture, request);
    assert_non_null(
        strstr(refused, "unavailable: POST 'http://127.0.0.1:1': no connection: Failed to connect"));
    request.url = url(fixture, "https://127.0.0.1", "/x"); /* a server that does not speak TLS */
    const char *tls = outcome(fixture, request);
    assert_non_null(strstr(tls, "unavailable: POST 'https://127.0.0.1': no connection: "));
    assert_int_equal(fixture->server.requests, 0);
}

/* The request was read: its fate is unknown. */
static void test_lost_answers_are_timeouts(void **state)
{
    static const struct {
        const char *path, *outcome;
    } cases[] = {
        {"/reset", "timeout: POST 'http://127.0.0.1': no complete answer: Recv failure: Connection reset by "
                   "peer; the request may have been carried out"},
        {"/drop", "timeout: POST 'http://127.0.0.1': no complete answer: Empty reply from server; "
                  "the request may have been carried out"},
        {"/cut", "timeout: POST 'http://127.0.0.1': no complete answer: transfer closed with 89 bytes "
                 "remaining to read; the request may have been carried out"},
        {"/garbage", "timeout: POST 'http://127.0.0.1': no complete answer: Received HTTP/0.9 when not "
                     "allowed; the request may have been carried out"},
        {"/stall", "timeout: POST 'http://127.0.0.1': no answer within 300 ms; "
                   "the request may have been carried out"},
        {"/slow", "timeout: POST 'http://127.0.0.1': no answer within 300 ms; "
                  "the request may have been carried out"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct http_request request = get(fixture, cases[i].path);
        request.method = STR("POST");
        request.timeout_ms = 300;
        int64_t start = now_ms();
        assert_string_equal(outcome(fixture, request), cases[i].outcome);
        assert_in_range(now_ms() - start, 0, 600);
        assert_int_equal(fixture->server.requests, i + 1);
    }
}

/* libcurl sends again when a reused connection dies before the answer (as GET shows): never what may write.
 */
static void test_writes_are_sent_once(void **state)
{
    static const struct {
        const char *method;
        int sent;
    } cases[] = {{"POST", 1}, {"PUT", 1}, {"DELETE", 1}, {"GET", 2}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_string_equal(outcome(fixture, get(fixture, "/ok")), "200 hello");
        int before = fixture->server.requests;
        struct http_request request = get(fixture, i % 2 ? "/reset" : "/drop");
        request.method = str_from(cases[i].method);
        assert_false(perform(fixture, request));
        assert_int_equal(fixture->error.code, ERROR_TIMEOUT);
        assert_int_equal(fixture->server.requests - before, cases[i].sent);
    }
}

static void test_response_is_bounded(void **state)
{
    static const struct {
        const char *path;
        size_t max;
        const char *outcome;
    } cases[] = {
        {"/ok", 5, "200 hello"},
        {"/ok", 4, "out of memory: GET 'http://127.0.0.1': answer is larger than 4 bytes"},
        {"/endless", 100000, "out of memory: GET 'http://127.0.0.1': answer is larger than 100000 bytes"},
        {"/endless-head", 10,
         "out of memory: GET 'http://127.0.0.1': answer's head is larger than 262144 bytes"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct http_request request = get(fixture, cases[i].path);
        request.response_max = cases[i].max;
        assert_string_equal(outcome(fixture, request), cases[i].outcome);
    }
}

static void *raise_flag(void *flag)
{
    usleep(350 * 1000);
    atomic_store((atomic_bool *)flag, true);
    return NULL;
}

static void test_cancel(void **state)
{
    struct fixture *fixture = *state;
    atomic_bool cancelled = false;
    pthread_t thread;
    struct http_request request = get(fixture, "/stall");
    request.cancelled = &cancelled;
    int64_t start = now_ms();
    assert_int_equal(pthread_create(&thread, NULL, raise_flag, &cancelled), 0);
    assert_string_equal(outcome(fixture, request), "cancelled: GET 'http://127.0.0.1': cancelled; "
                                                   "the request may have been carried out");
    assert_in_range(now_ms() - start, 350, 450);
    pthread_join(thread, NULL);
    assert_string_equal(outcome(fixture, request), "cancelled: cancelled before the request was sent");
    assert_int_equal(fixture->server.requests, 1);
}

/* A name server that does not answer holds up nobody, and giving up does not wait for it. */
static void test_slow_names_hold_up_nobody(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request = {.method = STR("GET"), .url = STR("https://hang.test/"), .timeout_ms = 300};
    int64_t start = now_ms();
    assert_string_equal(outcome(fixture, get(fixture, "/ok")), "200 hello");
    assert_false(perform(fixture, request));
    assert_int_equal(fixture->error.code, ERROR_UNAVAILABLE);
    assert_string_equal(outcome(fixture, get(fixture, "/ok")), "200 hello");
    assert_in_range(now_ms() - start, 300, 900);
    sleep(3); /* the resolver's thread ends by itself */
}

enum { THREADS = 8, REQUESTS = 200 };

static void *many(void *self)
{
    struct fixture *fixture = self;
    struct arena *arena = arena_new();
    size_t good = 0;
    for (int i = 0; i < REQUESTS; i++) {
        char text[64];
        int size = snprintf(text, sizeof text, "http://127.0.0.1:%d/ok", fixture->server.port);
        struct http_request request = {.method = STR("POST"), .url = {.ptr = text, .len = (size_t)size}};
        struct http_response response;
        struct error error;
        good += http_perform(&fixture->http, arena, &request, &response, &error) &&
                str_is(response.body, "hello");
    }
    arena_free(arena);
    return (void *)good;
}

static int run_many(struct fixture *fixture)
{
    pthread_t threads[THREADS];
    size_t good = 0;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, many, fixture), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *count;
        pthread_join(threads[i], &count);
        good += (size_t)count;
    }
    assert_int_equal(good, THREADS * REQUESTS);
    return fixture->server.accepts;
}

static void test_connections_are_reused(void **state)
{
    assert_in_range(run_many(*state), 1, THREADS);
}

static void test_connections_per_host_are_bounded(void **state)
{
    assert_in_range(run_many(*state), 1, 2);
}

static void *stalled(void *self)
{
    struct fixture *fixture = self;
    struct arena *arena = arena_new();
    char text[64];
    int size = snprintf(text, sizeof text, "http://127.0.0.1:%d/stall", fixture->server.port);
    struct http_request request = {
        .method = STR("GET"), .url = {.ptr = text, .len = (size_t)size}, .timeout_ms = 1000};
    struct http_response response;
    struct error error = ERROR_INIT;
    bool answered = http_perform(&fixture->http, arena, &request, &response, &error);
    arena_free(arena);
    return (void *)(size_t)(!answered && error.code == ERROR_TIMEOUT);
}

/* With its only connections taken, a request that runs out of time was certainly not sent. */
static void test_waiting_for_a_connection_is_unavailable(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, stalled, fixture), 0);
    while (fixture->server.requests < 2)
        usleep(1000);
    struct http_request request = get(fixture, "/ok");
    request.timeout_ms = 200;
    assert_string_equal(outcome(fixture, request),
                        "unavailable: GET 'http://127.0.0.1': no connection within 200 ms");
    for (size_t i = 0; i < 2; i++) {
        void *timed_out;
        pthread_join(threads[i], &timed_out);
        assert_non_null(timed_out);
    }
    assert_string_equal(outcome(fixture, get(fixture, "/ok")), "200 hello");
}

static int setup_two(void **state)
{
    return setup_with(state, (struct http_client_options){.connections_per_host = 2});
}

static void test_proxies(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request = {.method = STR("GET"), .url = STR("https://example.test/")};
    char proxy[64];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", fixture->server.port);
    setenv("https_proxy", proxy, 1);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    const char *refused = outcome(fixture, request);
    assert_non_null(strstr(refused, "unavailable: GET 'https://example.test': no connection: "));
    assert_int_equal(fixture->server.requests, 1); /* the CONNECT */
    assert_string_equal(outcome(fixture, get(fixture, "/ok")), "200 hello");
    request.url = url(fixture, "http://plain.test", "/ok");
    assert_string_equal(outcome(fixture, request), "200 hello");
    unsetenv("https_proxy");
    unsetenv("http_proxy");
}

/* A name that resolves to this machine, and addresses in all their spellings: no connection is made. */
static void test_public_only(void **state)
{
#define NOT_PUBLIC(host, address)                                                                            \
    "invalid: POST '" host "': refused, because its address " address " is not a public one"
#define NOT_PLAIN(host)                                                                                      \
    "invalid: '" host "' is not allowed: use https (plain http is for loopback addresses only)"
    static const struct {
        const char *url, *outcome;
    } rows[] = {
        {"https://plain.test/services/secret", NOT_PUBLIC("https://plain.test", "127.0.0.1")},
        {"https://127.0.0.1/secret", NOT_PUBLIC("https://127.0.0.1", "127.0.0.1")},
        {"https://2130706433/secret", NOT_PUBLIC("https://127.0.0.1", "127.0.0.1")},
        {"https://0x7f.1/secret", NOT_PUBLIC("https://127.0.0.1", "127.0.0.1")},
        {"https://169.254.169.254/latest/meta-data/",
         NOT_PUBLIC("https://169.254.169.254", "169.254.169.254")},
        {"https://10.0.0.1:8443/secret", NOT_PUBLIC("https://10.0.0.1:8443", "10.0.0.1")},
        {"https://0.0.0.0/secret", NOT_PUBLIC("https://0.0.0.0", "0.0.0.0")},
        {"https://[::ffff:169.254.170.2]/",
         NOT_PUBLIC("https://[::ffff:169.254.170.2]", "::ffff:169.254.170.2")},
        {"https://[fd00:ec2::254]/secret", NOT_PUBLIC("https://[fd00:ec2::254]", "fd00:ec2::254")},
        {"http://plain.test/secret", NOT_PLAIN("http://plain.test")},
        {"http://127.0.0.1/secret", NOT_PLAIN("http://127.0.0.1")},
        {"http://example.com/secret", NOT_PLAIN("http://example.com")},
        {"file:///etc/passwd", "invalid: URL is malformed: it must look like 'https://host/path'"},
        {"gopher://127.0.0.1/x", "invalid: 'gopher://127.0.0.1' is not an https URL"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_string_equal(outcome(fixture, (struct http_request){.method = STR("POST"),
                                                                   .url = str_from(rows[i].url),
                                                                   .public_only = true}),
                            rows[i].outcome);
    struct http_request request = {
        .method = STR("GET"), .url = url(fixture, "https://localhost", "/ok"), .public_only = true};
    assert_false(perform(fixture, request));
    assert_int_equal(fixture->server.accepts, 0);
    assert_string_equal(outcome(fixture, get(fixture, "/ok")), "200 hello"); /* of plumb's own are free */
}

/* A proxy would resolve the name where nobody looks. */
static void test_public_only_passes_no_proxy(void **state)
{
    struct fixture *fixture = *state;
    char proxy[64];
    struct http_request request = {
        .method = STR("GET"), .url = STR("https://plain.test/"), .public_only = true};
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", fixture->server.port);
    setenv("https_proxy", proxy, 1);
    assert_string_equal(outcome(fixture, request),
                        "invalid: GET 'https://plain.test': refused, because its address 127.0.0.1 is not a "
                        "public one");
    assert_int_equal(fixture->server.requests, 0);
    unsetenv("https_proxy");
}

/* Where the account is on this machine, what belongs to it is, too; and nothing else. */
static void test_loopback_is_public(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request = get(fixture, "/ok");
    request.public_only = true;
    assert_string_equal(outcome(fixture, request), "200 hello");
    request.url = url(fixture, "http://localhost", "/redirect");
    assert_string_equal(outcome(fixture, request), "302 ");
    request.url = STR("https://10.0.0.1/");
    assert_string_equal(outcome(fixture, request), "invalid: GET 'https://10.0.0.1': refused, because its "
                                                   "address 10.0.0.1 is not a public one");
    request.url = url(fixture, "http://plain.test", "/ok"); /* a name is no loopback, wherever it leads */
    assert_false(perform(fixture, request));
    assert_int_equal(fixture->error.code, ERROR_INVALID);
    assert_int_equal(fixture->server.requests, 2);
}

static int setup_loopback(void **state)
{
    static const char *const hosts[] = {"plain.test"};
    return setup_with(state, (struct http_client_options){
                                 .plain_hosts = hosts, .plain_host_count = 1, .loopback_is_public = true});
}

static void test_loopback_urls(void **state)
{
    static const struct {
        const char *url;
        bool loopback;
    } rows[] = {
        {"http://localhost:4566", true},
        {"http://127.0.0.1:5000/x", true},
        {"https://[::1]:1", true},
        {"http://aws.localhost", true},
        {"http://2130706433", true},
        {"http://10.0.0.1", false},
        {"http://127.0.0.1.example.com", false},
        {"https://sns.eu-west-1.amazonaws.com", false},
        {"localhost", false},
        {"", false},
        {NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_int_equal(http_is_loopback_url(rows[i].url), rows[i].loopback);
}

static void test_ca_file_must_be_there(void **state)
{
    struct http_client *client;
    struct error error = ERROR_INIT;
    (void)state;
    assert_false(
        http_client_new(&(struct http_client_options){.ca_file = "/nonexistent.pem"}, &client, &error));
    assert_string_equal(error.message,
                        "cannot read the CA file '/nonexistent.pem': No such file or directory");
    http_client_free(NULL);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_answers),
        CASE(test_headers),
        CASE(test_request_is_sent_as_given),
        CASE(test_refused_before_sending),
        CASE(test_no_connection_is_unavailable),
        CASE(test_lost_answers_are_timeouts),
        CASE(test_writes_are_sent_once),
        CASE(test_response_is_bounded),
        CASE(test_cancel),
        CASE(test_slow_names_hold_up_nobody),
        CASE(test_connections_are_reused),
        cmocka_unit_test_setup_teardown(test_connections_per_host_are_bounded, setup_two, teardown),
        cmocka_unit_test_setup_teardown(test_waiting_for_a_connection_is_unavailable, setup_two, teardown),
        CASE(test_proxies),
        CASE(test_public_only),
        CASE(test_public_only_passes_no_proxy),
        cmocka_unit_test_setup_teardown(test_loopback_is_public, setup_loopback, teardown),
        cmocka_unit_test(test_loopback_urls),
        cmocka_unit_test(test_ca_file_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
