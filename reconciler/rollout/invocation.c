#include "reconciler/rollout/invocation.h"

#include "base/json.h"
#include "providers/lambda/operations.h"

enum { MESSAGE_MAX = 500 };

/* {"errorMessage": "...", "errorType": "..."}; a runtime of one's own may answer anything
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html). */
static struct str message_of(struct arena *arena, struct str answer)
{
    struct value *document = NULL;
    struct error error = ERROR_INIT;
    struct str words = STR("it gives no reason");
    if (json_read(arena, STR_EMPTY, answer, &document, &error)) {
        struct str message = value_get_text(document, "errorMessage"),
                   type = value_get_text(document, "errorType");
        words = message.len ? message : type.len ? type : words;
    }
    struct buf out = BUF_INIT(BUF_SMALL);
    text_escape(&out, str_clip(words, MESSAGE_MAX));
    struct str shown = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return shown;
}

bool invocation_make(struct aws *aws, struct arena *arena, struct invocation *invocation, struct error *error)
{
    const struct aws_limits limits = {
        .total_ms = invocation->timeout_ms, .attempts = 1, .took_ms = &invocation->took_ms};
    struct value *input = value_map(arena), *output;
    value_setz(arena, input, "FunctionName", value_string(arena, invocation->function));
    value_setz(arena, input, "InvocationType", value_stringz(arena, "RequestResponse"));
    if (invocation->qualifier.len)
        value_setz(arena, input, "Qualifier", value_string(arena, invocation->qualifier));
    value_setz(arena, input, "Payload", value_copy(arena, invocation->payload));
    if (!aws_call_within(aws, &lambda_operations[LAMBDA_INVOKE], arena, input, &limits, &output, error))
        return false;
    invocation->answer = value_get_text(output, "Payload");
    invocation->failed = value_get_text(output, "FunctionError").len > 0;
    if (invocation->failed)
        invocation->message = message_of(arena, invocation->answer);
    return true;
}
