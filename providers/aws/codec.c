#include "providers/aws/codec.h"

#include "base/json.h"

static const struct codec *codec_of(enum aws_protocol protocol)
{
    switch (protocol) {
    case AWS_JSON_1_0:
    case AWS_JSON_1_1:
        return &codec_json;
    case AWS_QUERY:
    case AWS_EC2:
        return &codec_query;
    case AWS_REST_JSON:
        return &codec_rest_json;
    case AWS_REST_XML:
        return &codec_rest_xml;
    }
    return &codec_json;
}

void message_add_header(struct aws_message *message, const char *name, struct str value)
{
    if (message->header_count < MESSAGE_HEADERS_MAX)
        message->headers[message->header_count++] =
            (struct http_header){.name = str_from(name), .value = value};
}

bool binding_next(struct str *rest, struct str *member, struct str *name)
{
    struct str part;
    if (rest->len == 0 || !str_split(rest, ',', &part))
        return false;
    size_t equals = str_find(part, '=');
    *member = str_slice(part, 0, equals);
    *name = str_from_index(part, equals + 1);
    return true;
}

struct str codec_scalar(const struct value *value)
{
    return value_is(value, VALUE_SECRET) ? value->text : value_text(value);
}

bool codec_read_json(struct arena *arena, struct str body, struct value **output, struct error *error)
{
    if (str_trim(body).len == 0) {
        *output = value_map(arena);
        return true;
    }
    if (json_read(arena, STR_EMPTY, body, output, error))
        return true;
    error->code = ERROR_CORRUPT;
    return error_prefix(error, "answer is not JSON");
}

bool codec_take(struct arena *arena, struct buf *buf, struct str *text, struct error *error)
{
    bool fits = !buf->overflow;
    if (fits)
        *text = arena_str(arena, buf_str(buf));
    buf_release(buf);
    return fits || error_set(error, ERROR_INVALID, "the request is larger than %d bytes", MESSAGE_BODY_MAX);
}

/* Can stand as one label before S3's host, where the certificate is for one label only. */
static bool is_host_label(struct str bucket)
{
    for (size_t i = 0; i < bucket.len; i++) {
        char c = bucket.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return bucket.len >= 3 && bucket.len <= 63;
}

static void address_bucket_by_host(struct arena *arena, const struct aws_operation *operation,
                                   const struct aws_endpoint *endpoint, const struct value *input,
                                   struct aws_message *message)
{
    struct str bucket = value_get_text(input, "Bucket");
    if (endpoint->overridden || operation->service->protocol != AWS_REST_XML ||
        !str_starts(str_from(operation->path), "/{Bucket}") || !is_host_label(bucket))
        return;
    message->host = arena_printf(arena, "%.*s.%.*s", STR_ARG(bucket), STR_ARG(endpoint->host));
    struct str rest = str_from_index(message->path, bucket.len + 1);
    message->path = rest.len ? rest : STR("/");
}

bool codec_encode(struct arena *arena, const struct aws_operation *operation,
                  const struct aws_endpoint *endpoint, const struct value *input, struct aws_message *message,
                  struct error *error)
{
    const struct value *unknown = value_find_unknown(input);
    if (unknown)
        return error_set(error, ERROR_BUG, "'%.*s' is not known yet", STR_ARG(unknown->text));
    *message = (struct aws_message){.method = STR("POST"),
                                    .host = endpoint->host,
                                    .path = STR("/"),
                                    .query = STR_EMPTY,
                                    .body = STR_EMPTY};
    if (!codec_of(operation->service->protocol)->encode(arena, operation, input, message, error))
        return false;
    address_bucket_by_host(arena, operation, endpoint, input, message);
    message->path = arena_printf(arena, "%.*s%.*s", STR_ARG(endpoint->path), STR_ARG(message->path));
    return true;
}

bool codec_decode(struct arena *arena, const struct aws_operation *operation,
                  const struct http_response *response, struct value **output, struct error *error)
{
    return codec_of(operation->service->protocol)->decode(arena, operation, response, output, error);
}
