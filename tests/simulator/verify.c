/*
 * Checks a SigV4 signature as AWS documents it ("Create a signed AWS API request").  The secret of an access
 * key is the key id reversed; of a key issued by AssumeRole the one that it was issued with.  S3 also takes
 * the signature from the query: a presigned URL.
 */

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "tests/simulator/internal.h"

enum { SKEW_MAX_MS = 5 * 60 * 1000, PARTS_MAX = 512 };

struct signature {
    struct str date, region, service; /* of the scope */
    struct str signed_headers, signature, time, token;
    bool in_query;
    int64_t expires_s; /* of a presigned URL */
};

static bool wrong(struct call *call, const char *json, const char *xml, const char *message)
{
    bool query = call->protocol == SIM_QUERY || call->protocol == SIM_RESTXML;
    return call_fail(call, 403, query ? xml : json, "%s", message);
}

static bool mismatch(struct call *call)
{
    return wrong(
        call, "InvalidSignatureException", "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS "
        "Secret Access Key and signing method. Consult the service documentation for details.");
}

static bool read_scope(struct str credential, struct signature *out)
{
    struct str key;
    return str_split(&credential, '/', &key) && str_split(&credential, '/', &out->date) &&
           str_split(&credential, '/', &out->region) && str_split(&credential, '/', &out->service);
}

static bool read_presigned(const struct call *call, struct signature *out)
{
    const struct value *query = query_parameters(call->arena, call->request->query);
    out->in_query = true;
    out->signed_headers = value_get_text(query, "X-Amz-SignedHeaders");
    out->signature = value_get_text(query, "X-Amz-Signature");
    out->time = value_get_text(query, "X-Amz-Date");
    out->token = value_get_text(query, "X-Amz-Security-Token");
    const struct value *expires = value_get(query, "X-Amz-Expires");
    return expires && value_to_int(expires, &out->expires_s) &&
           read_scope(value_get_text(query, "X-Amz-Credential"), out) && out->signature.len &&
           str_is(value_get_text(query, "X-Amz-Algorithm"), "AWS4-HMAC-SHA256");
}

static bool read_signature(const struct call *call, struct signature *out)
{
    if (!call_header(call, "authorization").len)
        return read_presigned(call, out);
    struct str header = str_from_index(call_header(call, "authorization"), 17), part;
    while (str_split(&header, ',', &part)) {
        part = str_trim(part);
        struct str value = str_from_index(part, str_find(part, '=') + 1);
        if (str_starts(part, "SignedHeaders="))
            out->signed_headers = value;
        if (str_starts(part, "Signature="))
            out->signature = value;
        if (str_starts(part, "Credential=") && !read_scope(value, out))
            return false;
    }
    out->time = call_header(call, "x-amz-date");
    out->token = call_header(call, "x-amz-security-token");
    return out->signature.len && out->signed_headers.len && out->time.len && out->date.len;
}

static int compare_texts(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_compare(*x, *y);
}

/* Pairs "key\0value" sort as AWS wants them: by key, then by value. */
static void add_query(struct call *call, bool presigned, struct buf *out)
{
    struct str pairs[PARTS_MAX], query = call->request->query, pair;
    size_t count = 0;
    while (count < PARTS_MAX && str_split(&query, '&', &pair)) {
        if (!pair.len || (presigned && str_starts(pair, "X-Amz-Signature=")))
            continue;
        size_t equals = str_find(pair, '=');
        struct str key = str_slice(pair, 0, equals), value = str_from_index(pair, equals + 1), decoded;
        key = uri_decode(call->arena, key, &decoded) ? decoded : key;
        key = uri_encode(call->arena, key, "");
        value = uri_decode(call->arena, value, &decoded) ? decoded : value;
        value = uri_encode(call->arena, value, "");
        pairs[count++] = arena_printf(call->arena, "%.*s%c%.*s", STR_ARG(key), '\1', STR_ARG(value));
    }
    qsort(pairs, count, sizeof *pairs, compare_texts);
    for (size_t i = 0; i < count; i++) {
        size_t mark = str_find(pairs[i], '\1');
        buf_printf(out, "%s%.*s=%.*s", i ? "&" : "", STR_ARG(str_slice(pairs[i], 0, mark)),
                   STR_ARG(str_from_index(pairs[i], mark + 1)));
    }
    buf_addc(out, '\n');
}

/* Trimmed, with runs of spaces made one. */
static void add_header_value(struct buf *out, struct str value)
{
    value = str_trim(value);
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] != ' ' || value.ptr[i - 1] != ' ')
            buf_addc(out, value.ptr[i]);
}

static void add_headers(struct call *call, struct str names, struct buf *out)
{
    struct str name;
    while (str_split(&names, ';', &name)) {
        buf_add(out, name);
        buf_addc(out, ':');
        bool first = true;
        for (size_t i = 0; i < call->request->header_count; i++) {
            if (!str_equal_nocase(call->request->headers[i].name, name))
                continue;
            if (!first)
                buf_addc(out, ',');
            add_header_value(out, call->request->headers[i].value);
            first = false;
        }
        buf_addc(out, '\n');
    }
    buf_addc(out, '\n');
}

/* The declared digest, where it is that of the body; S3 may leave the payload unsigned. */
static bool payload_digest(struct call *call, struct str *digest)
{
    struct str declared = call_header(call, "x-amz-content-sha256");
    *digest = sha256_hex(call->arena, call->request->body);
    if (!declared.len || str_equal(declared, *digest))
        return true;
    bool s3 = str_is(str_from(call->service->name), "s3");
    if (s3 && (str_is(declared, "UNSIGNED-PAYLOAD") || str_starts(declared, "STREAMING-"))) {
        *digest = declared;
        return true;
    }
    return wrong(call, "InvalidSignatureException",
                 s3 ? "XAmzContentSHA256Mismatch" : "SignatureDoesNotMatch",
                 "The provided 'x-amz-content-sha256' header does not match what was computed.");
}

static struct str secret_of(struct call *call, struct str *token)
{
    struct value *keys = value_get(call_state_of(call, "sts", STR_EMPTY, STR_EMPTY, NULL), "keys");
    struct value *key = value_get_str(keys, call->access_key);
    *token = value_get_text(key, "token");
    if (key)
        return value_get_text(key, "secret");
    char *secret = arena_strz(call->arena, call->access_key);
    for (size_t i = 0; i < call->access_key.len; i++)
        secret[i] = call->access_key.ptr[call->access_key.len - 1 - i];
    return (struct str){.ptr = secret, .len = call->access_key.len};
}

static struct str signature_for(struct call *call, const struct signature *given, struct str secret,
                                struct str canonical)
{
    unsigned char key[SHA256_SIZE];
    struct str steps[] = {given->date, given->region, given->service, STR("aws4_request"),
                          arena_printf(call->arena,
                                       "AWS4-HMAC-SHA256\n%.*s\n%.*s/%.*s/%.*s/aws4_request\n%.*s",
                                       STR_ARG(given->time), STR_ARG(given->date), STR_ARG(given->region),
                                       STR_ARG(given->service), STR_ARG(sha256_hex(call->arena, canonical)))};
    struct str previous = arena_printf(call->arena, "AWS4%.*s", STR_ARG(secret));
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
        hmac_sha256(previous, steps[i], key);
        previous = arena_str(call->arena, (struct str){.ptr = (const char *)key, .len = sizeof key});
    }
    return hex_encode(call->arena, previous);
}

static bool is_fresh(struct call *call, const struct signature *given)
{
    int64_t time, skew;
    if (!time_parse(given->time, &time) || !str_equal(str_slice(given->time, 0, 8), given->date))
        return mismatch(call);
    if (given->in_query)
        return (call->now >= time - SKEW_MAX_MS && call->now <= time + given->expires_s * 1000) ||
               call_fail(call, 403, "AccessDenied", "Request has expired");
    skew = time > call->now ? time - call->now : call->now - time;
    if (skew <= SKEW_MAX_MS)
        return true;
    if (str_is(str_from(call->service->name), "s3"))
        return call_fail(call, 403, "RequestTimeTooSkewed",
                         "The difference between the request time and the current time is too large.");
    return wrong(call, "InvalidSignatureException", "SignatureDoesNotMatch",
                 time < call->now ? "Signature expired" : "Signature not yet current");
}

static bool compare_signature(struct call *call, const struct signature *given, struct str secret)
{
    struct str digest = STR("UNSIGNED-PAYLOAD"), path = call->request->path;
    if (!given->in_query && !payload_digest(call, &digest))
        return false;
    if (!str_is(str_from(call->service->name), "s3"))
        path = uri_encode(call->arena, path, "/");
    struct buf canonical = BUF_INIT(BUF_LARGE);
    buf_printf(&canonical, "%.*s\n%.*s\n", STR_ARG(call->request->method), STR_ARG(path));
    add_query(call, given->in_query, &canonical);
    add_headers(call, given->signed_headers, &canonical);
    buf_printf(&canonical, "%.*s\n%.*s", STR_ARG(given->signed_headers), STR_ARG(digest));
    struct str wanted = signature_for(call, given, secret, buf_str(&canonical));
    buf_release(&canonical);
    return equal_constant_time(wanted, given->signature) || mismatch(call);
}

bool verify_signature(struct call *call)
{
    struct signature given = {0};
    struct str token;
    if (!call->access_key.len)
        return true; /* identify let it through unsigned */
    if (!read_signature(call, &given))
        return wrong(
            call, "IncompleteSignatureException", "IncompleteSignature",
            "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.");
    struct str secret = secret_of(call, &token);
    if (!str_equal(token, given.token))
        return wrong(call, "UnrecognizedClientException", "InvalidClientTokenId",
                     "The security token included in the request is invalid.");
    return is_fresh(call, &given) && compare_signature(call, &given, secret);
}
