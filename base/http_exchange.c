#include "base/http_exchange.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/http_address.h"

enum {
    CONNECT_MAX_MS = 10 * 1000,
    SILENCE_MAX_MS = 60 * 1000, /* between two bytes of an answer that has begun */
    HEAD_MAX = 256 * 1024,
};

int64_t http_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the outcome ---- */

static void fail(struct http_exchange *exchange, enum error_code code, const char *what)
{
    error_set(&exchange->error, code, "%s", what);
    if (exchange->sending && code != ERROR_OUT_OF_MEMORY)
        error_suffix(&exchange->error, "; the request may have been carried out");
    error_prefix(&exchange->error, "%s '%s'", exchange->method, exchange->origin);
}

/* A failure before the request was begun to be sent is certain; after that only the other side knows. */
static void fail_unanswered(struct http_exchange *exchange, const char *what)
{
    fail(exchange, exchange->sending ? ERROR_TIMEOUT : ERROR_UNAVAILABLE, what);
}

void http_exchange_finish(struct http_exchange *exchange, CURLcode code)
{
    char text[CURL_ERROR_SIZE + 64];
    long status = 0;
    if (code == CURLE_OK) {
        curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
        exchange->status = (int)status;
        exchange->good = true;
    } else if (exchange->refused[0]) {
        snprintf(text, sizeof text, "refused, because its address %s is not a public one", exchange->refused);
        fail(exchange, ERROR_INVALID, text);
    } else if (exchange->too_large) {
        bool head = exchange->head.overflow;
        snprintf(text, sizeof text, "%s is larger than %zu bytes", head ? "answer's head" : "answer",
                 head ? exchange->head.max : exchange->body.max);
        fail(exchange, ERROR_OUT_OF_MEMORY, text);
    } else {
        const char *detail = exchange->detail[0] ? exchange->detail : curl_easy_strerror(code);
        snprintf(text, sizeof text, "%s: %s", exchange->sending ? "no complete answer" : "no connection",
                 detail);
        fail_unanswered(exchange, text);
    }
}

bool http_exchange_give_up(struct http_exchange *exchange, int64_t now_ms)
{
    char text[64];
    const struct http_request *request = exchange->request;
    if (request->cancelled && atomic_load(request->cancelled)) {
        fail(exchange, ERROR_CANCELLED, "cancelled");
        return true;
    }
    if (now_ms >= exchange->deadline_ms)
        snprintf(text, sizeof text, "%s within %lld ms", exchange->sending ? "no answer" : "no connection",
                 (long long)request->timeout_ms);
    else if (exchange->last_byte_ms && now_ms - exchange->last_byte_ms >= SILENCE_MAX_MS)
        snprintf(text, sizeof text, "answer stopped for %d ms", SILENCE_MAX_MS);
    else
        return false;
    fail_unanswered(exchange, text);
    return true;
}

void http_exchange_stop(struct http_exchange *exchange)
{
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    exchange->easy = NULL;
    exchange->headers = NULL;
}

/* ---- libcurl's callbacks, in the I/O thread ---- */

static size_t on_head(char *bytes, size_t one, size_t size, void *self)
{
    struct http_exchange *exchange = self;
    struct str line = {.ptr = bytes, .len = one * size};
    exchange->last_byte_ms = http_now_ms();
    if (str_starts(line, "HTTP/")) { /* also after an interim answer (1xx) */
        buf_clear(&exchange->head);
        exchange->head_done = false;
        return line.len;
    }
    if (exchange->head_done)
        return line.len;
    exchange->head_done = str_trim(line).len == 0;
    buf_add(&exchange->head, line);
    exchange->too_large = exchange->head.overflow;
    return exchange->too_large ? 0 : line.len;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *self)
{
    struct http_exchange *exchange = self;
    exchange->last_byte_ms = http_now_ms();
    buf_add(&exchange->body, (struct str){.ptr = bytes, .len = one * size});
    exchange->too_large = exchange->body.overflow;
    return exchange->too_large ? 0 : one * size;
}

/* Remembers an address that the request may not go to. */
static bool may_reach(struct http_exchange *exchange, const struct sockaddr *address)
{
    const void *bytes = address->sa_family == AF_INET6
                            ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
                            : (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (!exchange->request->public_only || address_is_public(address) ||
        (exchange->loopback_too && address_is_loopback(address)))
        return true;
    if (!inet_ntop(address->sa_family, bytes, exchange->refused, sizeof exchange->refused))
        snprintf(exchange->refused, sizeof exchange->refused, "of an unknown family");
    return false;
}

/* Of the connection, which may be one that another request has opened. */
static bool peer_is_allowed(struct http_exchange *exchange, const char *peer)
{
    struct sockaddr_storage address;
    if (!exchange->request->public_only)
        return true;
    if (address_read(str_from(peer), &address))
        return may_reach(exchange, (const struct sockaddr *)&address);
    snprintf(exchange->refused, sizeof exchange->refused, "of an unknown form");
    return false;
}

/*
 * Called with the connection up, just before the request is sent.  libcurl sends a request again by itself
 * when a reused connection dies without an answer; that could carry out a write twice, so only reads may.
 */
static int on_send(void *self, char *peer, char *local, int peer_port, int local_port)
{
    struct http_exchange *exchange = self;
    struct str method = exchange->request->method;
    (void)local, (void)peer_port, (void)local_port;
    if (!peer_is_allowed(exchange, peer))
        return CURL_PREREQFUNC_ABORT;
    exchange->refused[0] = 0; /* another address of the name did it */
    if (exchange->sending && !str_is(method, "GET") && !str_is(method, "HEAD"))
        return CURL_PREREQFUNC_ABORT;
    exchange->sending = true;
    return CURL_PREREQFUNC_OK;
}

/* Programs that plumb starts (ssh, git) must not inherit connections. */
static curl_socket_t on_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    if (!may_reach(self, &address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- setting up ---- */

static bool has_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, str_from(name)))
            return true;
    return false;
}

static void add_header(struct http_exchange *exchange, const char *line)
{
    struct curl_slist *longer = curl_slist_append(exchange->headers, line);
    if (!longer)
        memory_exhausted();
    exchange->headers = longer;
}

/* The caller's headers, and none that libcurl would add on its own.  Content-Length is that of the body. */
static void add_headers(struct http_exchange *exchange)
{
    static const char *const unwanted[] = {"Accept", "Content-Type", "Expect"};
    const struct http_request *request = exchange->request;
    struct buf line = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        if (str_equal_nocase(header->name, STR("Content-Length")))
            continue;
        buf_clear(&line);
        if (header->value.len)
            buf_printf(&line, "%.*s: %.*s", STR_ARG(header->name), STR_ARG(header->value));
        else
            buf_printf(&line, "%.*s;", STR_ARG(header->name)); /* libcurl's way to send an empty one */
        add_header(exchange, line.ptr);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(unwanted); i++) {
        buf_clear(&line);
        buf_printf(&line, "%s:", unwanted[i]); /* libcurl's way to leave one out */
        if (!has_header(request, unwanted[i]))
            add_header(exchange, line.ptr);
    }
    buf_release(&line);
}

static bool sends_body(const struct http_request *request)
{
    return request->body.len || str_is(request->method, "POST") || str_is(request->method, "PUT") ||
           str_is(request->method, "PATCH");
}

/* libcurl's options are void-typed varargs; a refused one is a mistake here, and they are summed up. */
#define SET(option, value) refused |= (unsigned)curl_easy_setopt(exchange->easy, option, value)

static unsigned set_request(struct http_exchange *exchange)
{
    unsigned refused = 0;
    const struct http_request *request = exchange->request;
    SET(CURLOPT_URL, exchange->url);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_CUSTOMREQUEST, exchange->method);
    SET(CURLOPT_HTTPHEADER, exchange->headers);
    SET(CURLOPT_USERAGENT, "plumb/" PLUMB_VERSION);
    if (str_is(request->method, "HEAD")) {
        SET(CURLOPT_NOBODY, 1L);
    } else if (sends_body(request)) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(CURLOPT_POSTFIELDS, request->body.len ? request->body.ptr : "");
    }
    return refused;
}

static unsigned set_connection(struct http_exchange *exchange, const struct http_client_options *options,
                               CURLSH *share)
{
    unsigned refused = 0;
    int64_t timeout = exchange->request->timeout_ms;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, exchange->plain ? "http" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(timeout < CONNECT_MAX_MS ? timeout : CONNECT_MAX_MS));
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(CURLOPT_OPENSOCKETDATA, exchange);
    SET(CURLOPT_QUICK_EXIT, 1L); /* giving up on a name does not wait for the resolver */
    SET(CURLOPT_SHARE, share);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (options->ca_file)
        SET(CURLOPT_CAINFO, options->ca_file);
    if (exchange->direct)
        SET(CURLOPT_PROXY, "");
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    return refused;
}

static unsigned set_callbacks(struct http_exchange *exchange)
{
    unsigned refused = 0;
    SET(CURLOPT_PRIVATE, exchange);
    SET(CURLOPT_ERRORBUFFER, exchange->detail);
    SET(CURLOPT_HEADERFUNCTION, on_head);
    SET(CURLOPT_HEADERDATA, exchange);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, exchange);
    SET(CURLOPT_PREREQFUNCTION, on_send);
    SET(CURLOPT_PREREQDATA, exchange);
    return refused;
}

bool http_exchange_start(struct http_exchange *exchange, const struct http_client_options *options,
                         CURLSH *share)
{
    exchange->easy = curl_easy_init();
    if (!exchange->easy)
        memory_exhausted();
    add_headers(exchange);
    if (set_request(exchange) | set_connection(exchange, options, share) | set_callbacks(exchange)) {
        fail(exchange, ERROR_BUG, "libcurl refused an option");
        return false;
    }
    return true;
}

/* ---- the worker's part ---- */

static bool check_header(const struct http_header *header, struct error *error)
{
    bool good = header->name.len > 0;
    for (size_t i = 0; good && i < header->name.len; i++) {
        char c = header->name.ptr[i];
        good = c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
    }
    for (size_t i = 0; good && i < header->value.len; i++) {
        unsigned char c = (unsigned char)header->value.ptr[i];
        good = (c >= ' ' || c == '\t') && c != 0x7f;
    }
    return good || error_set(error, ERROR_INVALID, "header '%.*s' holds a character that HTTP does not allow",
                             STR_ARG(header->name));
}

static bool check_text(const struct http_request *request, struct error *error)
{
    struct str method = request->method, url = request->url;
    for (size_t i = 0; i < method.len; i++)
        if (method.ptr[i] < 'A' || method.ptr[i] > 'Z')
            return error_set(error, ERROR_INVALID, "'%.*s' is not an HTTP method", STR_ARG(method));
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] <= ' ' || url.ptr[i] >= 0x7f)
            return error_set(error, ERROR_INVALID, "URL holds a character that must be percent-encoded");
    for (size_t i = 0; i < request->header_count; i++)
        if (!check_header(&request->headers[i], error))
            return false;
    return method.len || error_set(error, ERROR_INVALID, "request without a method");
}

/* libcurl resolves "localhost" and names below it to loopback by itself (since 7.79), and has brought IPv4
 * addresses into their usual form here. */
static bool is_loopback(const char *host)
{
    struct str name = str_from(host);
    return str_equal_nocase(name, STR("localhost")) || str_equal_nocase(name, STR("[::1]")) ||
           (name.len > 10 && str_equal_nocase(str_from_index(name, name.len - 10), STR(".localhost"))) ||
           (str_starts(name, "127.") && strspn(host, "0123456789.") == name.len);
}

/* An IPv6 address may be named with or without its brackets. */
static bool is_plain_host(const char *host, const struct http_client_options *options)
{
    struct str name = str_from(host);
    struct str bare = name.len && host[0] == '[' ? str_slice(name, 1, name.len - 2) : name;
    for (size_t i = 0; i < options->plain_host_count; i++) {
        struct str plain = str_from(options->plain_hosts[i]);
        if (str_equal_nocase(plain, name) || str_equal_nocase(plain, bare))
            return true;
    }
    return false;
}

struct url_parts {
    char *scheme, *host, *port, *user;
};

/* Plain http: to loopback and the hosts named at birth; of what is public_only to loopback where that counts.
 */
static bool may_be_plain(const struct http_exchange *exchange, bool loopback)
{
    return exchange->request->public_only ? loopback && exchange->loopback_too : exchange->direct;
}

static bool check_target(struct http_exchange *exchange, struct arena *arena, const struct url_parts *parts,
                         const struct http_client_options *options, struct error *error)
{
    bool loopback = is_loopback(parts->host);
    exchange->plain = strcmp(parts->scheme, "http") == 0;
    exchange->loopback_too = options->loopback_is_public;
    exchange->direct = loopback || exchange->request->public_only || is_plain_host(parts->host, options);
    struct str origin = arena_printf(arena, "%s://%s%s%s", parts->scheme, parts->host, parts->port ? ":" : "",
                                     parts->port ? parts->port : "");
    exchange->origin = origin.ptr;
    if (parts->user)
        return error_set(error, ERROR_INVALID, "URL of '%s' holds credentials: pass them another way",
                         exchange->origin);
    if (!exchange->plain && strcmp(parts->scheme, "https") != 0)
        return error_set(error, ERROR_INVALID, "'%s' is not an https URL", exchange->origin);
    if (exchange->plain && !may_be_plain(exchange, loopback))
        return error_set(error, ERROR_INVALID,
                         "'%s' is not allowed: use https (plain http is for loopback addresses only)",
                         exchange->origin);
    return true;
}

static bool check_url(struct http_exchange *exchange, struct arena *arena,
                      const struct http_client_options *options, struct error *error)
{
    CURLU *url = curl_url();
    struct url_parts parts = {.scheme = NULL};
    if (!url)
        memory_exhausted();
    bool good = curl_url_set(url, CURLUPART_URL, exchange->url,
                             CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_SCHEME, &parts.scheme, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_HOST, &parts.host, 0) == CURLUE_OK;
    curl_url_get(url, CURLUPART_PORT, &parts.port, 0);
    curl_url_get(url, CURLUPART_USER, &parts.user, 0);
    if (good)
        good = check_target(exchange, arena, &parts, options, error);
    else
        error_set(error, ERROR_INVALID, "URL is malformed: it must look like 'https://host/path'");
    curl_free(parts.scheme);
    curl_free(parts.host);
    curl_free(parts.port);
    curl_free(parts.user);
    curl_url_cleanup(url);
    return good;
}

bool http_is_loopback_url(const char *text)
{
    CURLU *url = curl_url();
    char *host = NULL;
    if (!url)
        memory_exhausted();
    bool loopback = text && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
                    curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && is_loopback(host);
    curl_free(host);
    curl_url_cleanup(url);
    return loopback;
}

bool http_exchange_prepare(struct http_exchange *exchange, struct arena *arena,
                           const struct http_request *request, const struct http_client_options *options,
                           struct error *error)
{
    *exchange = (struct http_exchange){
        .request = request,
        .url = arena_strz(arena, request->url),
        .method = arena_strz(arena, request->method),
        .head = BUF_INIT(HEAD_MAX),
        .body = BUF_INIT(request->response_max),
        .deadline_ms = http_now_ms() + request->timeout_ms,
    };
    return check_text(request, error) && check_url(exchange, arena, options, error);
}

static void parse_head(struct str head, struct arena *arena, struct http_response *response)
{
    size_t lines = 0;
    struct str line, rest = head;
    while (str_split(&rest, '\n', &line))
        lines++;
    response->headers = arena_array(arena, lines, sizeof *response->headers);
    while (str_split(&head, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (colon < line.len)
            response->headers[response->header_count++] =
                (struct http_header){.name = str_trim(str_slice(line, 0, colon)),
                                     .value = str_trim(str_from_index(line, colon + 1))};
    }
}

bool http_exchange_result(struct http_exchange *exchange, struct arena *arena, struct http_response *response,
                          struct error *error)
{
    if (exchange->good) {
        response->status = exchange->status;
        response->body = arena_str(arena, buf_str(&exchange->body));
        parse_head(arena_str(arena, buf_str(&exchange->head)), arena, response);
    } else {
        *error = exchange->error;
    }
    buf_release(&exchange->head);
    buf_release(&exchange->body);
    return exchange->good;
}
