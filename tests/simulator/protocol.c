/* What all protocols share: the way in and the way out. */

#include "base/clock.h"
#include "base/json.h"
#include "base/xml.h"
#include "tests/simulator/internal.h"

static bool bad_body(struct call *call, const struct error *error)
{
    return call_fail(call, 400, call->protocol == SIM_RESTXML ? "MalformedXML" : "SerializationException",
                     "%s", error->message);
}

static bool decode_json(struct call *call)
{
    struct error error = ERROR_INIT;
    struct value *body = NULL;
    if (!json_read(call->arena, STR_EMPTY, call->request->body, &body, &error))
        return bad_body(call, &error);
    if (body->kind != VALUE_MAP)
        return call_fail(call, 400, "SerializationException",
                         "Start of structure or map found where not expected");
    for (size_t i = 0; i < call->input->count; i++) /* path and query win */
        value_set(call->arena, body, call->input->entries[i].key, call->input->entries[i].value);
    call->input = body;
    return true;
}

static bool decode_xml(struct call *call)
{
    struct error error = ERROR_INIT;
    struct value *body = NULL;
    if (!xml_read(call->arena, call->request->body, NULL, &body, &error))
        return bad_body(call, &error);
    for (size_t i = 0; value_is(body, VALUE_MAP) && i < body->count; i++)
        if (!value_get_str(call->input, body->entries[i].key))
            value_set(call->arena, call->input, body->entries[i].key, body->entries[i].value);
    return true;
}

bool decode_input(struct call *call)
{
    struct str body = call->request->body;
    if (call->operation->raw_input)
        return true;
    switch (call->protocol) {
    case SIM_QUERY:
        call->input = decode_query(call, str_is(call->request->method, "POST") ? body : call->request->query);
        return call->input || call_fail(call, 400, "MalformedInput", "the simulator cannot read this form");
    case SIM_RESTXML:
        return !str_trim(body).len || decode_xml(call);
    default:
        return !str_trim(body).len || decode_json(call);
    }
}

static void add_header(struct sim_answer *answer, const char *name, struct str value)
{
    answer->headers[answer->header_count++] = (struct sim_header){.name = str_from(name), .value = value};
}

static const char *content_type(const struct call *call)
{
    if (call->protocol == SIM_JSON)
        return call->service && str_is(str_from(call->service->json_version), "1.0")
                   ? "application/x-amz-json-1.0"
                   : "application/x-amz-json-1.1";
    return call->protocol == SIM_RESTJSON ? "application/json"
           : call->protocol == SIM_QUERY  ? "text/xml"
                                          : "application/xml";
}

static void add_headers(struct call *call, bool succeeded, struct sim_answer *answer)
{
    enum { OWN_HEADERS = 6 };
    answer->headers = arena_array(call->arena, call->headers->count + OWN_HEADERS, sizeof *answer->headers);
    if (call->protocol == SIM_RESTXML) {
        add_header(answer, "x-amz-request-id", call->request_id);
        add_header(answer, "x-amz-id-2", SIM_HOST_ID);
    } else {
        add_header(answer, "x-amzn-RequestId", call->request_id);
    }
    if (!succeeded && (call->protocol == SIM_RESTJSON || call->protocol == SIM_JSON))
        add_header(answer, "x-amzn-ErrorType", str_from(call->error_code));
    if (succeeded && call->raw && call->raw_type.len)
        add_header(answer, "Content-Type", call->raw_type);
    else if (answer->body.len)
        add_header(answer, "Content-Type", str_from(content_type(call)));
    for (size_t i = 0; i < call->headers->count; i++)
        add_header(answer, call->headers->entries[i].key.ptr, value_text(call->headers->entries[i].value));
}

void encode_answer(struct call *call, bool succeeded, struct sim_answer *answer)
{
    struct buf body = BUF_INIT(BUF_LARGE);
    answer->status = call->status;
    if (succeeded && call->raw)
        answer->body = call->raw_body;
    else if (call->protocol == SIM_QUERY)
        encode_query(call, succeeded, &body);
    else if (call->protocol == SIM_RESTXML)
        encode_restxml(call, succeeded, &body);
    else
        encode_json(call, succeeded, &body);
    if (body.len)
        answer->body = arena_str(call->arena, buf_str(&body));
    buf_release(&body);
    if (str_is(call->request->method, "HEAD") && !call->raw)
        answer->body = STR_EMPTY;
    add_headers(call, succeeded, answer);
}
