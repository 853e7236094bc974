/* rest-xml: S3, Route 53. */

#include "base/digest.h"
#include "base/xml.h"
#include "providers/aws/codec.h"
#include "providers/aws/failure.h"

static bool encode_body(struct arena *arena, const struct aws_operation *operation, const struct value *body,
                        struct aws_message *message, struct error *error)
{
    if (!value_is(body, VALUE_MAP)) {
        message->body = codec_scalar(body);
        return true;
    }
    struct buf text = BUF_INIT(MESSAGE_BODY_MAX);
    xml_write(&text, operation->xml_root, operation->service->xml_namespace, body);
    message_add_header(message, "Content-Type", STR("application/xml"));
    return codec_take(arena, &text, &message->body, error);
}

static bool encode(struct arena *arena, const struct aws_operation *operation, const struct value *input,
                   struct aws_message *message, struct error *error)
{
    struct value *left;
    if (!rest_bind(arena, operation, input, message, &left, error))
        return false;
    const struct value *body = operation->payload    ? value_get(left, operation->payload)
                               : operation->xml_root ? left
                                                     : NULL;
    if (!encode_body(arena, operation, body, message, error))
        return false;
    if (message->body.len) /* S3 demands it for many bucket settings, and checks it wherever it stands */
        message_add_header(message, "Content-MD5", md5_base64(arena, message->body));
    return true;
}

/* S3 may find after its 200 that it has failed, and says so in the body.  What a write answers beside that
 * says nothing: AWS sends no body, some servers that speak its protocol repeat what was sent. */
static bool read_body(struct arena *arena, const struct aws_operation *operation,
                      const struct http_response *response, struct value **output, struct error *error)
{
    struct str root = STR_EMPTY;
    *output = value_map(arena);
    bool xml = str_starts(str_trim(response->body), "<");
    if (str_trim(response->body).len == 0 || (operation->safety != AWS_READ && !xml))
        return true;
    if (!xml_read(arena, response->body, &root, output, error)) {
        error->code = ERROR_CORRUPT;
        return error_prefix(error, "answer is not XML");
    }
    return !str_is(root, "Error") || failure_read(arena, operation, response, error);
}

static bool decode(struct arena *arena, const struct aws_operation *operation,
                   const struct http_response *response, struct value **output, struct error *error)
{
    if (!rest_answer_payload(arena, operation, response, output) &&
        !read_body(arena, operation, response, output, error))
        return false;
    rest_answer_headers(arena, operation, response, *output);
    return true;
}

const struct codec codec_rest_xml = {encode, decode};
