/* AWS JSON 1.0 and 1.1: the operation in X-Amz-Target, its input as the body. */

#include "base/json.h"
#include "providers/aws/codec.h"

static bool encode(struct arena *arena, const struct aws_operation *operation, const struct value *input,
                   struct aws_message *message, struct error *error)
{
    const struct aws_service *service = operation->service;
    struct buf body = BUF_INIT(MESSAGE_BODY_MAX);
    if (input)
        json_write_revealed(&body, input);
    else
        buf_addz(&body, "{}");
    message_add_header(message, "Content-Type",
                       service->protocol == AWS_JSON_1_0 ? STR("application/x-amz-json-1.0")
                                                         : STR("application/x-amz-json-1.1"));
    message_add_header(message, "X-Amz-Target",
                       arena_printf(arena, "%s.%s", service->target_prefix, operation->name));
    return codec_take(arena, &body, &message->body, error);
}

static bool decode(struct arena *arena, const struct aws_operation *operation,
                   const struct http_response *response, struct value **output, struct error *error)
{
    (void)operation;
    return codec_read_json(arena, response->body, output, error);
}

const struct codec codec_json = {encode, decode};
