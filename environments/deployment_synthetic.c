#include <string.h>

#include "environments/deployment_parts.h"

/* Requests that plumb itself sends to the new version. */

enum { PER_MINUTE = 60, PER_MINUTE_MAX = 600, HEADERS_MAX = 50, URL_MAX = 2048, FUNCTION_MAX = 255 };
enum { LATENCY_MAX_MS = 15 * 60 * 1000 }; /* no function runs longer */

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

static const struct field expect_fields[] = {
    {"body", FIELD_ANY, .help = "What the answer must be, or hold: a text of it, or members of its JSON"},
    {"latency", FIELD_DURATION, .help = "How long it may take", .least = 1, .most = LATENCY_MAX_MS},
    {"status", FIELD_WHOLE, .help = "The HTTP status, of a function its statusCode", .least = 100,
     .most = 599},
};

const struct field deployment_synthetic_fields[] = {
    {"body", FIELD_ANY, .help = "The body: a text as it is, all else as JSON", .needs = {"url"}},
    {"expect", FIELD_MAP, .help = "What the answer must be; left out: no error", KEYS(expect_fields)},
    {"function", FIELD_TEXT | FIELD_ONE_OF, .help = "The function to invoke", .longest = FUNCTION_MAX},
    {"headers", FIELD_MAP, .help = "Headers of the request", .items = FIELD_SCALAR, .many = HEADERS_MAX,
     .pattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$", .needs = {"url"}},
    {"method", FIELD_TEXT, .help = "The request's method", WORDS(methods), .otherwise = "GET",
     .needs = {"url"}},
    {"name", FIELD_TEXT | FIELD_REQUIRED, .help = "What messages call it", .pattern = FIELD_NAME_PATTERN},
    {"payload", FIELD_ANY, .help = "The event for the function; left out: {}", .needs = {"function"}},
    {"perMinute", FIELD_WHOLE, .help = "How many requests a minute", .least = 1, .most = PER_MINUTE_MAX,
     .otherwise = "60"},
    {"url", FIELD_TEXT | FIELD_ONE_OF, .help = "The https URL to ask", .pattern = "^" DEPLOYMENT_URL "$"},
};

bool deployment_url(const struct value *value, const char *what, struct error *error)
{
    struct str text = value_text(value), host = str_from_index(text, 8);
    bool sound = value_is(value, VALUE_STRING) && str_starts(text, "https://") && text.len <= URL_MAX;
    host = str_slice(host, 0, str_find(host, '/'));
    for (size_t i = 0; i < text.len; i++)
        sound = sound && (unsigned char)text.ptr[i] > ' ' && (unsigned char)text.ptr[i] < 0x7f;
    if (sound && str_find(host, '@') < host.len)
        return value_error(value, error, ERROR_INVALID,
                           "'%s' must not have a user or password in it: Git is no place for secrets", what);
    return (sound && host.len > 0 && host.ptr[0] != '?' && host.ptr[0] != '#') ||
           value_error(value, error, ERROR_INVALID,
                       "'%s' must start with 'https://' and a host, without blanks, at most %d characters",
                       what, URL_MAX);
}

/* Names are RFC 9110's tokens; a line end in a value would begin another header. */
static bool check_headers(const struct value *headers, struct error *error)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < headers->count; i++) {
        const struct value_entry *one = &headers->entries[i];
        bool sound = one->key.len > 0 && one->key.len <= 256 && one->value->text.len <= 8192;
        for (size_t k = 0; k < one->key.len; k++) {
            char c = one->key.ptr[k];
            sound = sound && c &&
                    ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     strchr(marks, c));
        }
        for (size_t k = 0; k < one->value->text.len; k++)
            sound =
                sound && ((unsigned char)one->value->text.ptr[k] >= ' ' || one->value->text.ptr[k] == '\t');
        if (!sound)
            return value_key_error(headers, one, error, ERROR_INVALID,
                                   "header '%.*s' must have a name of letters, digits and '-', and a value "
                                   "of one line",
                                   STR_ARG(one->key));
    }
    return true;
}

static void read_function(struct arena *arena, const struct value *node, struct value *out)
{
    struct value *payload = value_get(node, "payload");
    value_setz(arena, out, "function", value_get(node, "function"));
    value_setz(arena, out, "payload", payload ? payload : value_at_position_of(value_map(arena), node));
}

static bool read_request(struct arena *arena, const struct value *node, struct value *out,
                         struct error *error)
{
    struct value *headers, *body = value_get(node, "body"), *method = value_get(node, "method");
    if (!deployment_url(value_get(node, "url"), "url", error) ||
        !deployment_texts(arena, value_get(node, "headers"), "headers", HEADERS_MAX, &headers, error) ||
        !check_headers(headers, error))
        return false;
    value_setz(arena, out, "url", value_get(node, "url"));
    deployment_fill(arena, out, "method", method ? method : value_stringz(arena, methods[0]), node);
    value_setz(arena, out, "headers", headers);
    if (body)
        value_setz(arena, out, "body", body);
    return true;
}

static bool read_expect(struct arena *arena, const struct value *expect, const struct value *node,
                        struct value *out, struct error *error)
{
    struct value *made = value_at_position_of(value_map(arena), expect ? expect : node);
    struct value *status = value_get(expect, "status"), *body = value_get(expect, "body");
    int64_t latency = field_ms(expect, "latency", 0);
    if (expect && !fields_check(expect, "'expect'", expect_fields, ARRAY_LENGTH(expect_fields), error))
        return false;
    if (status)
        value_setz(arena, made, "status", status);
    if (body)
        value_setz(arena, made, "body", body);
    if (latency)
        deployment_fill(arena, made, "latency", value_int(arena, latency), value_get(expect, "latency"));
    value_setz(arena, out, "expect", made);
    return true;
}

static bool read_one(struct arena *arena, const struct value *list, size_t index, struct value *all,
                     struct error *error)
{
    const struct value *node = list->items[index];
    struct value *made = value_at_position_of(value_map(arena), node);
    if (!fields_check(node, "a synthetic request", deployment_synthetic_fields,
                      ARRAY_LENGTH(deployment_synthetic_fields), error) ||
        !deployment_name(list, index, "synthetic request", error))
        return false;
    value_setz(arena, made, "name", value_get(node, "name"));
    if (value_get(node, "function"))
        read_function(arena, node, made);
    else if (!read_request(arena, node, made, error))
        return false;
    if (!read_expect(arena, value_get(node, "expect"), node, made, error))
        return false;
    deployment_fill(arena, made, "perMinute", value_int(arena, value_get_int(node, "perMinute", PER_MINUTE)),
                    node);
    value_append(arena, all, made);
    return true;
}

bool deployment_read_synthetic(struct arena *arena, const struct value *node, struct deployment *out,
                               struct error *error)
{
    struct value *all = value_list(arena);
    if (!deployment_count(node, "synthetic", DEPLOYMENT_SYNTHETIC_MAX, error))
        return false;
    for (size_t i = 0; node && i < node->count; i++)
        if (!read_one(arena, node, i, all, error))
            return false;
    out->synthetic = all;
    return true;
}
