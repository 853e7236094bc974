#include <string.h>

#include "environments/deployment_parts.h"

/* Requests that plumb itself sends to the new version. */

enum { PER_MINUTE = 60, PER_MINUTE_MAX = 600, HEADERS_MAX = 50, URL_MAX = 2048, FUNCTION_MAX = 255 };
enum { LATENCY_MAX_MS = 15 * 60 * 1000 }; /* no function runs longer */

static const unsigned ANY = FIELD_SCALAR | FIELD_MAP | FIELD_LIST;

static const struct field synthetic_fields[] = {
    {"body", ANY},          {"expect", FIELD_MAP},       {"function", FIELD_SCALAR},
    {"headers", FIELD_MAP}, {"method", FIELD_SCALAR},    {"name", FIELD_SCALAR | FIELD_REQUIRED},
    {"payload", ANY},       {"perMinute", FIELD_SCALAR}, {"url", FIELD_SCALAR},
};

static const struct field expect_fields[] = {
    {"body", ANY},
    {"latency", FIELD_SCALAR},
    {"status", FIELD_SCALAR},
};

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

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

static bool refuse_members(const struct value *node, const char *kind, const char *const *names, size_t count,
                           struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (value_get(node, names[i]))
            return value_error(value_get(node, names[i]), error, ERROR_INVALID,
                               "a synthetic request with a '%s' must not have '%s'", kind, names[i]);
    return true;
}

static bool read_function(struct arena *arena, const struct value *node, struct value *out,
                          struct error *error)
{
    static const char *const others[] = {"body", "headers", "method", "url"};
    struct value *function = value_get(node, "function"), *payload = value_get(node, "payload");
    if (!refuse_members(node, "function", others, ARRAY_LENGTH(others), error))
        return false;
    if (!value_is(function, VALUE_STRING) || !function->text.len || function->text.len > FUNCTION_MAX)
        return value_error(function, error, ERROR_INVALID, "'function' must be a name of 1 to %d characters",
                           FUNCTION_MAX);
    value_setz(arena, out, "function", function);
    value_setz(arena, out, "payload", payload ? payload : value_at_position_of(value_map(arena), node));
    return true;
}

static bool read_request(struct arena *arena, const struct value *node, struct value *out,
                         struct error *error)
{
    static const char *const others[] = {"payload"};
    struct value *headers, *body = value_get(node, "body");
    size_t method = 0;
    if (!refuse_members(node, "url", others, ARRAY_LENGTH(others), error) ||
        !deployment_url(value_get(node, "url"), "url", error) ||
        !field_choice(value_get(node, "method"), "method", methods, ARRAY_LENGTH(methods), &method, error) ||
        !deployment_texts(arena, value_get(node, "headers"), "headers", HEADERS_MAX, &headers, error) ||
        !check_headers(headers, error))
        return false;
    value_setz(arena, out, "url", value_get(node, "url"));
    deployment_fill(arena, out, "method", value_stringz(arena, methods[method]), node);
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
    const struct value *latency = value_get(expect, "latency");
    int64_t number, ms = 0;
    if (expect && !fields_check(expect, "'expect'", expect_fields, ARRAY_LENGTH(expect_fields), error))
        return false;
    if (!field_number(status, "status", 100, 599, &number, error) ||
        (latency && !field_duration(latency, &ms, error)))
        return false;
    if (latency && (ms < 1 || ms > LATENCY_MAX_MS))
        return value_error(latency, error, ERROR_INVALID, "'latency' must be from 1ms to 15m");
    if (status)
        value_setz(arena, made, "status", status);
    if (body)
        value_setz(arena, made, "body", body);
    if (latency)
        deployment_fill(arena, made, "latency", value_int(arena, ms), latency);
    value_setz(arena, out, "expect", made);
    return true;
}

static bool read_one(struct arena *arena, const struct value *list, size_t index, struct value *all,
                     struct error *error)
{
    const struct value *node = list->items[index];
    const struct value *function = value_get(node, "function"), *url = value_get(node, "url");
    struct value *made = value_at_position_of(value_map(arena), node);
    int64_t per_minute = PER_MINUTE;
    if (!fields_check(node, "a synthetic request", synthetic_fields, ARRAY_LENGTH(synthetic_fields), error) ||
        !deployment_name(list, index, "synthetic request", error))
        return false;
    value_setz(arena, made, "name", value_get(node, "name"));
    if (!function == !url)
        return value_error(node, error, ERROR_INVALID,
                           "synthetic request '%.*s' needs a 'function' or a 'url', and not both",
                           STR_ARG(value_get_text(node, "name")));
    if (!(function ? read_function : read_request)(arena, node, made, error) ||
        !field_number(value_get(node, "perMinute"), "perMinute", 1, PER_MINUTE_MAX, &per_minute, error) ||
        !read_expect(arena, value_get(node, "expect"), node, made, error))
        return false;
    deployment_fill(arena, made, "perMinute", value_int(arena, per_minute), node);
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
