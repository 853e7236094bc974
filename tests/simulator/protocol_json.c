/* AWS JSON 1.0 and 1.1 and rest-json: answers and errors. */

#include "base/json.h"
#include "tests/simulator/internal.h"

static void encode_error(struct call *call, struct buf *out)
{
    struct value *error = value_map(call->arena);
    bool lambda = call->service && str_is(str_from(call->service->name), "lambda");
    if (lambda) {
        put_text(call, error, "Type", call->status < 500 ? STR("User") : STR("Service"));
        put_text(call, error, "Message", call->error_message);
    } else {
        if (call->protocol == SIM_JSON)
            put_text(call, error, "__type", str_from(call->error_code));
        put_text(call, error, "message", call->error_message);
    }
    for (size_t i = 0; call->error_details && i < call->error_details->count; i++)
        value_set(call->arena, error, call->error_details->entries[i].key,
                  call->error_details->entries[i].value);
    json_write(out, error, JSON_COMPACT);
}

void encode_json(struct call *call, bool succeeded, struct buf *out)
{
    if (!succeeded)
        encode_error(call, out);
    else if (call->status != 204)
        json_write(out, call->output, JSON_COMPACT);
}
