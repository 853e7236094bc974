#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/json.h"
#include "providers/aws/sigv4.h"

enum { HEADERS_MAX = 32 };

/* One folder of published cases, or one case of our own. */
struct signing_case {
    struct sigv4_scope scope;
    struct sigv4_request request;
    struct http_header headers[HEADERS_MAX];
    struct str date, token, body;
    bool sign_body, token_signed;
    int64_t expires;
};

static void add_header(struct signing_case *c, struct str name, struct str value)
{
    assert_true(c->request.header_count < HEADERS_MAX);
    c->headers[c->request.header_count++] = (struct http_header){name, value};
    c->request.headers = c->headers;
}

static struct str read_text(struct arena *arena, const struct files *files, const char *folder,
                            const char *name)
{
    struct str bytes;
    struct error error = ERROR_INIT;
    if (!files_read(files, arena, arena_printf(arena, "%s/%s", folder, name), 65536, &bytes, &error))
        fail_msg("%s", error.message);
    return bytes;
}

static void read_context(struct arena *arena, struct str text, struct signing_case *c)
{
    struct value *context;
    struct error error = ERROR_INIT;
    assert_true(json_read(arena, STR_EMPTY, text, &context, &error));
    const struct value *keys = value_get(context, "credentials");
    c->scope = (struct sigv4_scope){.access_key = value_get_text(keys, "access_key_id"),
                                    .secret_key = value_get_text(keys, "secret_access_key"),
                                    .region = value_get_text(context, "region"),
                                    .service = value_get_text(context, "service")};
    assert_true(time_parse(value_get_text(context, "timestamp"), &c->scope.time_ms));
    c->date = time_basic(arena, c->scope.time_ms);
    c->token = value_get_text(keys, "token");
    c->token_signed = c->token.len && !value_get_bool(context, "omit_session_token", false);
    c->sign_body = value_get_bool(context, "sign_body", false);
    c->expires = value_get_int(context, "expiration_in_seconds", 0);
    c->request.path_rule =
        value_get_bool(context, "normalize", true) ? SIGV4_PATH_NORMALIZED : SIGV4_PATH_ENCODED;
}

/* "GET /path?query HTTP/1.1", header lines (a line that starts with a space continues), blank, body. */
static void read_request(struct arena *arena, struct str text, struct signing_case *c)
{
    struct str line;
    assert_true(str_split(&text, '\n', &line));
    size_t space = str_find(line, ' ');
    struct str target = str_slice(line, space + 1, line.len - space - 1 - sizeof " HTTP/1.1" + 1);
    size_t question = str_find(target, '?');
    c->request.method = str_slice(line, 0, space);
    c->request.path = str_slice(target, 0, question);
    c->request.query = str_from_index(target, question + 1);
    while (str_split(&text, '\n', &line) && line.len) {
        size_t colon = str_find(line, ':');
        if (str_starts(line, " ")) {
            struct http_header *last = &c->headers[c->request.header_count - 1];
            last->value = arena_printf(arena, "%.*s\n%.*s", STR_ARG(last->value), STR_ARG(line));
        } else {
            add_header(c, str_slice(line, 0, colon), str_from_index(line, colon + 1));
        }
    }
    c->body = text;
}

static void assert_file(struct arena *arena, const struct files *files, const char *folder, const char *name,
                        struct str got)
{
    struct str wanted = read_text(arena, files, folder, name);
    if (!str_equal(wanted, got))
        fail_msg("%s/%s:\nwanted:\n%.*s\ngot:\n%.*s", folder, name, STR_ARG(wanted), STR_ARG(got));
}

static void check(struct arena *arena, const struct files *files, const char *folder, const char *form,
                  const struct signing_case *c)
{
    struct sigv4_signature got = sigv4_sign(arena, &c->scope, &c->request);
    char name[64];
    snprintf(name, sizeof name, "%s-canonical-request.txt", form);
    assert_file(arena, files, folder, name, got.canonical_request);
    snprintf(name, sizeof name, "%s-string-to-sign.txt", form);
    assert_file(arena, files, folder, name, got.string_to_sign);
    snprintf(name, sizeof name, "%s-signature.txt", form);
    assert_file(arena, files, folder, name, got.signature);
}

static void check_header_form(struct arena *arena, const struct files *files, const char *folder,
                              struct signing_case c)
{
    c.request.headers = c.headers;
    add_header(&c, STR("X-Amz-Date"), c.date);
    if (c.token_signed)
        add_header(&c, STR("X-Amz-Security-Token"), c.token);
    if (c.sign_body)
        add_header(&c, STR("x-amz-content-sha256"), c.request.payload_hash);
    check(arena, files, folder, "header", &c);
}

/* The signature in the URL: what would be headers stands in the query. */
static void check_query_form(struct arena *arena, const struct files *files, const char *folder,
                             struct signing_case c)
{
    c.request.headers = c.headers;
    c.request.query =
        sigv4_query(arena, &c.scope, &c.request, c.token_signed ? c.token : STR_EMPTY, c.expires);
    check(arena, files, folder, "query", &c);
}

static void published_cases(void **state)
{
    (void)state;
    const char *corpora = getenv("PLUMB_CORPORA");
    if (!corpora || !*corpora) {
        print_message("SKIPPED: set PLUMB_CORPORA to a directory with sigv4/ for the published cases\n");
        skip();
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/sigv4", corpora);
    struct error error = ERROR_INIT;
    struct files_local *local;
    if (!files_local_new(path, &local, &error))
        fail_msg("%s", error.message);
    struct files files = files_local_files(local);
    struct arena *arena = arena_new();
    struct file_list folders;
    assert_true(files_list(&files, arena, STR_EMPTY, &folders, &error));
    for (size_t i = 0; i < folders.count; i++) {
        const char *folder = arena_strz(arena, folders.entries[i].name);
        struct signing_case c = {.body = STR_EMPTY};
        read_context(arena, read_text(arena, &files, folder, "context.json"), &c);
        read_request(arena, read_text(arena, &files, folder, "request.txt"), &c);
        c.request.payload_hash = sha256_hex(arena, c.sign_body ? c.body : STR_EMPTY);
        check_header_form(arena, &files, folder, c);
        check_query_form(arena, &files, folder, c);
    }
    print_message("%zu cases, header and query form\n", folders.count);
    assert_true(folders.count >= 38);
    arena_free(arena);
    files_local_free(local);
}

struct documented_case {
    const char *method, *host, *path, *query, *header, *value, *payload, *service, *time, *signature;
    enum sigv4_path rule;
    bool s3;
};

/* The worked examples of AWS's documentation: IAM's "Create a signed request" and Amazon S3's "Signature
 * Calculations for the Authorization Header". */
static const struct documented_case documented[] = {
    {.method = "GET",
     .host = "iam.amazonaws.com",
     .path = "/",
     .query = "Action=ListUsers&Version=2010-05-08",
     .header = "Content-Type",
     .value = "application/x-www-form-urlencoded; charset=utf-8",
     .payload = "",
     .service = "iam",
     .time = "20150830T123600Z",
     .signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
     .rule = SIGV4_PATH_NORMALIZED},
    {.method = "GET",
     .host = "examplebucket.s3.amazonaws.com",
     .path = "/test.txt",
     .query = "",
     .header = "Range",
     .value = "bytes=0-9",
     .payload = "",
     .service = "s3",
     .time = "20130524T000000Z",
     .signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
     .s3 = true},
    {.method = "GET",
     .host = "examplebucket.s3.amazonaws.com",
     .path = "/",
     .query = "lifecycle",
     .payload = "",
     .service = "s3",
     .time = "20130524T000000Z",
     .signature = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
     .s3 = true},
};

static void documented_examples(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(documented); i++) {
        const struct documented_case *d = &documented[i];
        struct signing_case c = {
            .request = {.method = str_from(d->method),
                        .path = str_from(d->path),
                        .query = str_from(d->query),
                        .payload_hash = sha256_hex(arena, str_from(d->payload)),
                        .path_rule = d->rule},
            .scope = {.access_key = d->s3 ? STR("AKIAIOSFODNN7EXAMPLE") : STR("AKIDEXAMPLE"),
                      .secret_key = d->s3 ? STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
                                          : STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                      .region = STR("us-east-1"),
                      .service = str_from(d->service)}};
        assert_true(time_parse(str_from(d->time), &c.scope.time_ms));
        add_header(&c, STR("Host"), str_from(d->host));
        add_header(&c, STR("X-Amz-Date"), str_from(d->time));
        if (d->header)
            add_header(&c, str_from(d->header), str_from(d->value));
        if (d->s3)
            add_header(&c, STR("x-amz-content-sha256"), c.request.payload_hash);
        struct str got = sigv4_sign(arena, &c.scope, &c.request).signature;
        assert_string_equal(arena_strz(arena, got), d->signature);
    }
    arena_free(arena);
}

/* The worked example of Amazon S3's "Authenticating Requests: Using Query Parameters". */
static void documented_url(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct signing_case c = {.request = {.method = STR("GET"),
                                         .path = STR("/test.txt"),
                                         .query = STR_EMPTY,
                                         .payload_hash = STR("UNSIGNED-PAYLOAD")},
                             .scope = {.access_key = STR("AKIAIOSFODNN7EXAMPLE"),
                                       .secret_key = STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                                       .region = STR("us-east-1"),
                                       .service = STR("s3")}};
    assert_true(time_parse(STR("20130524T000000Z"), &c.scope.time_ms));
    add_header(&c, STR("Host"), STR("examplebucket.s3.amazonaws.com"));
    assert_string_equal(
        arena_strz(arena, sigv4_presign(arena, &c.scope, &c.request, STR_EMPTY, 86400)),
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
        "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    arena_free(arena);
}

static void ignores_headers_that_proxies_change(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct signing_case c = {.request = {.method = STR("GET"), .path = STR("/"), .payload_hash = STR("-")}};
    add_header(&c, STR("Host"), STR("a"));
    struct str before = sigv4_sign(arena, &c.scope, &c.request).signature;
    add_header(&c, STR("User-Agent"), STR("plumb"));
    add_header(&c, STR("Authorization"), STR("old"));
    add_header(&c, STR("X-Amzn-Trace-Id"), STR("Root=1"));
    assert_true(str_equal(before, sigv4_sign(arena, &c.scope, &c.request).signature));
    add_header(&c, STR("X-Amz-Target"), STR("T"));
    assert_false(str_equal(before, sigv4_sign(arena, &c.scope, &c.request).signature));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_cases),
        cmocka_unit_test(documented_examples),
        cmocka_unit_test(documented_url),
        cmocka_unit_test(ignores_headers_that_proxies_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
