/* rest-xml: answers and S3's errors.  Lists repeat their element: wrapping is the handler's. */

#include "base/xml.h"
#include "tests/simulator/internal.h"

static void encode_error(struct call *call, struct buf *out)
{
    struct value *error = value_map(call->arena);
    put_text(call, error, "Code", str_from(call->error_code));
    put_text(call, error, "Message", call->error_message);
    for (size_t i = 0; call->error_details && i < call->error_details->count; i++)
        value_set(call->arena, error, call->error_details->entries[i].key,
                  call->error_details->entries[i].value);
    put_text(call, error, "Resource", call->request->path);
    put_text(call, error, "RequestId", call->request_id);
    put_text(call, error, "HostId", SIM_HOST_ID);
    xml_write(out, "Error", NULL, error);
}

void encode_restxml(struct call *call, bool succeeded, struct buf *out)
{
    if (!succeeded) {
        encode_error(call, out);
        return;
    }
    if (!call->xml_root && !call->output->count)
        return;
    const char *root =
        call->xml_root ? call->xml_root : arena_printf(call->arena, "%sResult", call->operation->name).ptr;
    buf_addz(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml_write(out, root, call->service->xml_namespace, call->output);
}
