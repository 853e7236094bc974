/* Signs what sigv4_oracle.py asks for: one JSON request a line on standard input, one signature or query of a
 * presigned URL a line on standard output. */

#include "base/digest.h"
#include "providers/aws/sigv4.h"
#include "tests/base/json_lines.h"

static struct value *sign(struct arena *arena, const struct value *asked)
{
    const struct value *headers = value_get(asked, "headers");
    struct sigv4_scope scope = {.access_key = value_get_text(asked, "access_key"),
                                .secret_key = value_get_text(asked, "secret_key"),
                                .region = value_get_text(asked, "region"),
                                .service = value_get_text(asked, "service"),
                                .time_ms = value_get_int(asked, "time_ms", 0)};
    struct http_header *list = arena_array(arena, headers->count + 1, sizeof *list);
    for (size_t i = 0; i < headers->count; i++)
        list[i] = (struct http_header){value_text(value_at(headers->items[i], 0)),
                                       value_text(value_at(headers->items[i], 1))};
    struct sigv4_request request = {.method = value_get_text(asked, "method"),
                                    .path = value_get_text(asked, "path"),
                                    .query = value_get_text(asked, "query"),
                                    .headers = list,
                                    .header_count = headers->count,
                                    .payload_hash = sha256_hex(arena, value_get_text(asked, "body")),
                                    .path_rule = value_get_bool(asked, "s3", false) ? SIGV4_PATH_AS_IS
                                                                                    : SIGV4_PATH_NORMALIZED};
    struct value *answer = value_map(arena);
    int64_t expires = value_get_int(asked, "expires", 0);
    if (expires) {
        request.payload_hash = STR("UNSIGNED-PAYLOAD");
        value_setz(arena, answer, "query",
                   value_string(arena, sigv4_presign(arena, &scope, &request, value_get_text(asked, "token"),
                                                     expires)));
        return answer;
    }
    struct sigv4_signature signature = sigv4_sign(arena, &scope, &request);
    value_setz(arena, answer, "signature", value_string(arena, signature.signature));
    value_setz(arena, answer, "canonical", value_string(arena, signature.canonical_request));
    return answer;
}

int main(void)
{
    return json_lines(sign);
}
