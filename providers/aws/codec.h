#ifndef PLUMB_PROVIDERS_AWS_CODEC_H
#define PLUMB_PROVIDERS_AWS_CODEC_H

/*
 * Operations to and from HTTP, driven by the call table.  Nothing here is signed or sent; all results live in
 * the arena and may point into the input.
 *
 * A path parameter that is missing, empty, "." or ".." is ERROR_INVALID: it would address something else.
 * An input that holds a value which is only known after apply is ERROR_BUG.
 */

#include "base/http.h"
#include "base/value.h"
#include "providers/aws/endpoint.h"

enum {
    MESSAGE_HEADERS_MAX = 24,
    MESSAGE_BODY_MAX = 64 * 1024 * 1024, /* Lambda takes 50 MB zipped, in base64 */
};

struct aws_message {
    struct str method, host, path, query, body;
    struct http_header headers[MESSAGE_HEADERS_MAX];
    size_t header_count;
};

void message_add_header(struct aws_message *, const char *name, struct str value);

WARN_UNUSED bool codec_encode(struct arena *, const struct aws_operation *, const struct aws_endpoint *,
                              const struct value *input, struct aws_message *, struct error *);

/* Of an answer with a 2xx status.  ERROR_CORRUPT where the body is not what the protocol promises. */
WARN_UNUSED bool codec_decode(struct arena *, const struct aws_operation *, const struct http_response *,
                              struct value **output, struct error *);

/* One protocol; codec.c chooses. */
struct codec {
    bool (*encode)(struct arena *, const struct aws_operation *, const struct value *input,
                   struct aws_message *, struct error *);
    bool (*decode)(struct arena *, const struct aws_operation *, const struct http_response *,
                   struct value **output, struct error *);
};
extern const struct codec codec_json, codec_query, codec_rest_json, codec_rest_xml;

/* For the rest protocols: fills path, query and headers, and gives the members that are left for the body. */
WARN_UNUSED bool rest_bind(struct arena *, const struct aws_operation *, const struct value *input,
                           struct aws_message *, struct value **left, struct error *);
/* The row's answer_payload and answer_headers; true where the body was such a payload. */
bool rest_answer_payload(struct arena *, const struct aws_operation *, const struct http_response *,
                         struct value **output);
void rest_answer_headers(struct arena *, const struct aws_operation *, const struct http_response *,
                         struct value *output);

/* Cuts "Member=name" off a binding of a row ("A=a,B=b"); false at its end. */
bool binding_next(struct str *rest, struct str *member, struct str *name);
/* The text of a scalar as it goes into a URL, a header or a form; secrets in clear. */
struct str codec_scalar(const struct value *);
/* A JSON body; an empty one is an empty map. */
WARN_UNUSED bool codec_read_json(struct arena *, struct str body, struct value **output, struct error *);
WARN_UNUSED bool codec_take(struct arena *, struct buf *, struct str *text, struct error *);

#endif
