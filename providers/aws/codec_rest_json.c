/* rest-json: Lambda, API Gateway. */

#include "base/json.h"
#include "providers/aws/codec.h"

static bool encode_body(struct arena *arena, const struct value *body, struct aws_message *message,
                        struct error *error)
{
    if (!value_is(body, VALUE_MAP) && !value_is(body, VALUE_LIST)) {
        message->body = codec_scalar(body);
        return true;
    }
    struct buf text = BUF_INIT(MESSAGE_BODY_MAX);
    json_write_revealed(&text, body);
    message_add_header(message, "Content-Type", STR("application/json"));
    return codec_take(arena, &text, &message->body, error);
}

static bool encode(struct arena *arena, const struct aws_operation *operation, const struct value *input,
                   struct aws_message *message, struct error *error)
{
    struct value *left;
    if (!rest_bind(arena, operation, input, message, &left, error))
        return false;
    message_add_header(message, "Accept", STR("application/json")); /* API Gateway gives HAL without */
    if (operation->payload)
        return encode_body(arena, value_get(left, operation->payload), message, error);
    return left->count == 0 || encode_body(arena, left, message, error);
}

static bool decode(struct arena *arena, const struct aws_operation *operation,
                   const struct http_response *response, struct value **output, struct error *error)
{
    if (!rest_answer_payload(arena, operation, response, output) &&
        !codec_read_json(arena, response->body, output, error))
        return false;
    rest_answer_headers(arena, operation, response, *output);
    return true;
}

const struct codec codec_rest_json = {encode, decode};
