#include "providers/aws/sigv4.h"

#include <openssl/crypto.h>

#include "base/clock.h"
#include "base/digest.h"

enum { CANONICAL_MAX = 1024 * 1024 };

static const char *const unsigned_headers[] = {
    "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
};

struct pair {
    struct str name, value;
    size_t position;
};

static int by_name_then_value(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    int order = str_compare(left->name, right->name);
    return order ? order : str_compare(left->value, right->value);
}

/* Values of one header keep the order in which they are sent. */
static int by_name_then_position(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    int order = str_compare(left->name, right->name);
    return order ? order : (left->position > right->position) - (left->position < right->position);
}

static struct str buf_take(struct arena *arena, struct buf *buf)
{
    struct str text = arena_str(arena, buf_str(buf));
    buf_release(buf);
    return text;
}

/* Drops "." and empty parts, and each ".." with the part before it; a closing '/' stays. */
static struct str normalized(struct arena *arena, struct str path)
{
    char *out = arena_alloc(arena, path.len + 2), *to = out;
    struct str rest = str_from_index(path, 1), part;
    *to++ = '/';
    while (str_split(&rest, '/', &part)) {
        if (part.len == 0 || str_is(part, "."))
            continue;
        if (str_is(part, "..")) {
            for (to -= to > out + 1; to > out + 1 && to[-1] != '/'; to--)
                continue;
            continue;
        }
        memcpy(to, part.ptr, part.len);
        to += part.len;
        *to++ = '/';
    }
    if (to > out + 1 && !str_ends(path, "/"))
        to--;
    return (struct str){.ptr = out, .len = (size_t)(to - out)};
}

static struct str canonical_path(struct arena *arena, const struct sigv4_request *request)
{
    struct str path = request->path.len ? request->path : STR("/");
    if (request->path_rule == SIGV4_PATH_AS_IS)
        return path;
    if (request->path_rule == SIGV4_PATH_NORMALIZED)
        path = normalized(arena, path);
    return uri_encode(arena, path, "/");
}

/* Encoded exactly once, however it was written on the wire. */
static struct str encoded(struct arena *arena, struct str text)
{
    struct str plain;
    return uri_encode(arena, uri_decode(arena, text, &plain) ? plain : text, "");
}

static size_t count_parts(struct str text, char separator)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == separator;
    return count;
}

static struct str canonical_query(struct arena *arena, struct str query)
{
    struct pair *pairs = arena_array(arena, count_parts(query, '&'), sizeof *pairs);
    size_t count = 0;
    struct str rest = query, part;
    while (str_split(&rest, '&', &part)) {
        size_t equals = str_find(part, '=');
        if (part.len == 0)
            continue;
        pairs[count++] = (struct pair){.name = encoded(arena, str_slice(part, 0, equals)),
                                       .value = encoded(arena, str_from_index(part, equals + 1))};
    }
    qsort(pairs, count, sizeof *pairs, by_name_then_value);
    struct buf text = BUF_INIT(CANONICAL_MAX);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%.*s=%.*s", i ? "&" : "", STR_ARG(pairs[i].name), STR_ARG(pairs[i].value));
    return buf_take(arena, &text);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Trimmed, each run of spaces one space. */
static struct str canonical_value(struct arena *arena, struct str value)
{
    value = str_trim(value);
    char *out = arena_alloc(arena, value.len + 1), *to = out;
    for (size_t i = 0; i < value.len; i++) {
        if (!is_space(value.ptr[i]))
            *to++ = value.ptr[i];
        else if (!is_space(value.ptr[i - 1]))
            *to++ = ' ';
    }
    return (struct str){.ptr = out, .len = (size_t)(to - out)};
}

static struct str lowercase(struct arena *arena, struct str text)
{
    char *out = arena_strz(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] - 'A' + 'a');
    return (struct str){.ptr = out, .len = text.len};
}

static bool is_signed(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(unsigned_headers); i++)
        if (str_is(name, unsigned_headers[i]))
            return false;
    return true;
}

static void canonical_headers(struct arena *arena, const struct sigv4_request *request, struct str *lines,
                              struct str *names)
{
    struct pair *pairs = arena_array(arena, request->header_count + 1, sizeof *pairs);
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        struct str name = lowercase(arena, request->headers[i].name);
        if (is_signed(name))
            pairs[count++] = (struct pair){
                .name = name, .value = canonical_value(arena, request->headers[i].value), .position = i};
    }
    qsort(pairs, count, sizeof *pairs, by_name_then_position);
    struct buf all = BUF_INIT(CANONICAL_MAX), list = BUF_INIT(CANONICAL_MAX);
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && str_equal(pairs[i].name, pairs[i - 1].name);
        if (again)
            buf_printf(&all, ",%.*s", STR_ARG(pairs[i].value));
        else
            buf_printf(&all, "%s%.*s:%.*s", i ? "\n" : "", STR_ARG(pairs[i].name), STR_ARG(pairs[i].value));
        if (!again)
            buf_printf(&list, "%s%.*s", i ? ";" : "", STR_ARG(pairs[i].name));
    }
    *lines = buf_take(arena, &all);
    *names = buf_take(arena, &list);
}

static struct str view(const unsigned char *bytes, size_t size)
{
    return (struct str){.ptr = (const char *)bytes, .len = size};
}

static struct str sign_text(struct arena *arena, const struct sigv4_scope *scope, struct str date,
                            struct str text)
{
    unsigned char key[SHA256_SIZE];
    size_t size = scope->secret_key.len + 4;
    char *first = memory_alloc(size);
    memcpy(first, "AWS4", 4);
    if (scope->secret_key.len > 0)
        memcpy(first + 4, scope->secret_key.ptr, scope->secret_key.len);
    hmac_sha256((struct str){.ptr = first, .len = size}, date, key);
    OPENSSL_cleanse(first, size);
    free(first);
    const struct str steps[] = {scope->region, scope->service, STR("aws4_request"), text};
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
        unsigned char next[SHA256_SIZE];
        hmac_sha256(view(key, sizeof key), steps[i], next);
        memcpy(key, next, sizeof key);
        OPENSSL_cleanse(next, sizeof next);
    }
    struct str signature = hex_encode(arena, view(key, sizeof key));
    OPENSSL_cleanse(key, sizeof key);
    return signature;
}

struct sigv4_signature sigv4_sign(struct arena *arena, const struct sigv4_scope *scope,
                                  const struct sigv4_request *request)
{
    struct sigv4_signature out;
    struct str headers, time = time_basic(arena, scope->time_ms), date = str_slice(time, 0, 8);
    canonical_headers(arena, request, &headers, &out.signed_headers);
    struct str path = canonical_path(arena, request), query = canonical_query(arena, request->query);
    out.canonical_request = arena_printf(
        arena, "%.*s\n%.*s\n%.*s\n%.*s\n\n%.*s\n%.*s", STR_ARG(request->method), STR_ARG(path),
        STR_ARG(query), STR_ARG(headers), STR_ARG(out.signed_headers), STR_ARG(request->payload_hash));
    struct str place = arena_printf(arena, "%.*s/%.*s/%.*s/aws4_request", STR_ARG(date),
                                    STR_ARG(scope->region), STR_ARG(scope->service));
    struct str hash = sha256_hex(arena, out.canonical_request);
    out.string_to_sign = arena_printf(arena, "AWS4-HMAC-SHA256\n%.*s\n%.*s\n%.*s", STR_ARG(time),
                                      STR_ARG(place), STR_ARG(hash));
    out.signature = sign_text(arena, scope, date, out.string_to_sign);
    out.authorization = arena_printf(
        arena, "AWS4-HMAC-SHA256 Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s",
        STR_ARG(scope->access_key), STR_ARG(place), STR_ARG(out.signed_headers), STR_ARG(out.signature));
    return out;
}

struct str sigv4_query(struct arena *arena, const struct sigv4_scope *scope,
                       const struct sigv4_request *request, struct str token, int64_t expires_s)
{
    struct str headers, names, time = time_basic(arena, scope->time_ms);
    canonical_headers(arena, request, &headers, &names);
    struct str credential =
        arena_printf(arena, "%.*s/%.*s/%.*s/%.*s/aws4_request", STR_ARG(scope->access_key),
                     STR_ARG(str_slice(time, 0, 8)), STR_ARG(scope->region), STR_ARG(scope->service));
    struct str session =
        token.len ? arena_printf(arena, "&X-Amz-Security-Token=%.*s", STR_ARG(uri_encode(arena, token, "")))
                  : STR_EMPTY;
    return arena_printf(
        arena,
        "%.*s%sX-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%.*s&X-Amz-Date=%.*s&X-Amz-Expires=%lld"
        "%.*s&X-Amz-SignedHeaders=%.*s",
        STR_ARG(request->query), request->query.len ? "&" : "", STR_ARG(uri_encode(arena, credential, "")),
        STR_ARG(time), (long long)expires_s, STR_ARG(session), STR_ARG(uri_encode(arena, names, "")));
}

struct str sigv4_presign(struct arena *arena, const struct sigv4_scope *scope,
                         const struct sigv4_request *request, struct str token, int64_t expires_s)
{
    struct sigv4_request asked = *request;
    asked.query = sigv4_query(arena, scope, request, token, expires_s);
    return arena_printf(arena, "%.*s&X-Amz-Signature=%.*s", STR_ARG(asked.query),
                        STR_ARG(sigv4_sign(arena, scope, &asked).signature));
}
