/*
 * A function as the handler of custom resources, played by the simulator itself: its variable
 * SIMULATOR_CUSTOM_RESOURCE (JSON; "{}" will do) makes it answer each request of CloudFormation's protocol
 * with success.  {"Create": {...}, "Update": {...}, "Delete": {...}} there changes or adds members of the
 * answers.
 *
 * The answer is put to the request's ResponseURL as anybody would: signature, expiry and bucket are checked.
 */

#include "base/json.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/lambda.h"

static struct value *answer_to(struct call *call, const struct value *request, const struct value *told)
{
    static const char *const same[] = {"StackId", "RequestId", "LogicalResourceId"};
    struct value *answer = value_map(call->arena);
    struct str id = value_get_text(request, "PhysicalResourceId");
    put_text(call, answer, "Status", STR("SUCCESS"));
    if (!id.len)
        id =
            arena_printf(call->arena, "made-for-%.*s", STR_ARG(value_get_text(request, "LogicalResourceId")));
    put_text(call, answer, "PhysicalResourceId", id);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        put_text(call, answer, same[i], value_get_text(request, same[i]));
    const struct value *own = value_get_str(told, value_get_text(request, "RequestType"));
    for (size_t i = 0; value_is(own, VALUE_MAP) && i < own->count; i++)
        value_set(call->arena, answer, own->entries[i].key, own->entries[i].value);
    return answer;
}

/* "http://host:1/path?query" */
static bool send(struct call *call, struct str url, struct str body)
{
    struct str rest = str_from_index(url, str_find(url, ':') + sizeof "//");
    size_t slash = str_find(rest, '/'), question = str_find(rest, '?');
    struct sim_header host = {.name = STR("Host"), .value = str_slice(rest, 0, slash)};
    struct sim_request put = {.method = STR("PUT"),
                              .path = str_slice(rest, slash, question - slash),
                              .query = str_from_index(rest, question + 1),
                              .body = body,
                              .headers = &host,
                              .header_count = 1};
    struct sim_answer answer = {.body = STR_EMPTY};
    if (slash >= question)
        return false;
    simulator_call(call->simulator, call->arena, &put, &answer);
    return answer.status == 200;
}

bool lambda_answers_custom_resource(struct call *call, const struct value *record)
{
    const struct value *told =
        value_path(record, "config", "Environment", "Variables", "SIMULATOR_CUSTOM_RESOURCE", NULL);
    struct error ignored = ERROR_INIT;
    struct value *request, *orders;
    if (!told || !json_read(call->arena, STR_EMPTY, value_text(told), &orders, &ignored) ||
        !json_read(call->arena, STR_EMPTY, call->request->body, &request, &ignored) ||
        !value_get(request, "ResponseURL"))
        return false;
    struct str text = json_text(call->arena, answer_to(call, request, orders), JSON_COMPACT);
    return send(call, value_get_text(request, "ResponseURL"), text);
}
