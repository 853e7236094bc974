#include "base/json.h"
#include "providers/aws/codec.h"
#include "providers/aws/failure.h"
#include "tests/fuzz/target.h"

/* Any bytes as AWS's answer, with any status, in every protocol: read, or refused with a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum aws_protocol protocols[] = {AWS_JSON_1_1, AWS_QUERY, AWS_EC2, AWS_REST_JSON,
                                                  AWS_REST_XML};
    if (size < 3)
        return 0;
    struct aws_service service = {.signing_name = "s3",
                                  .protocol = protocols[data[0] % ARRAY_LENGTH(protocols)]};
    struct aws_operation operation = {
        .service = &service, .name = "Get", .answer_headers = "A=x-amzn-ErrorType"};
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *output;
    struct str body = {.ptr = (const char *)data + 3, .len = size - 3};
    struct http_header header = {STR("x-amzn-ErrorType"), str_slice(body, 0, data[1] % 32)};
    struct http_response response = {
        .status = 200 + data[2] * 2, .headers = &header, .header_count = data[1] != 0, .body = body};
    if (response.status > 299) {
        check(!failure_read(arena, &operation, &response, &error));
        check(error.code != ERROR_NONE && error.message[0]);
    } else if (codec_decode(arena, &operation, &response, &output, &error)) {
        json_text(arena, output, JSON_COMPACT);
    } else {
        check(error.code != ERROR_NONE && error.message[0]);
    }
    arena_free(arena);
    return 0;
}
