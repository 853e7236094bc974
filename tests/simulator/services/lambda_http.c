/*
 * Requests by HTTP, as a function URL or an API Gateway passes them on: the answer of a function is what its
 * SIMULATOR_ANSWER says, as {"statusCode", "headers", "body", "isBase64Encoded"} or, without a statusCode, as
 * the body of a 200; one that has none answers what it was sent.  A function that fails gives 502, a
 * throttled one 429 (function URLs: "Invoking Lambda function URLs").  The answer takes as long as the
 * version does.
 */

#include "base/digest.h"
#include "base/http.h"
#include "base/json.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/lambda.h"
#include "tests/simulator/services/lambda_behaviour.h"

static const char prefix[] = "/_simulator/http/";

static bool next_part(struct arena *arena, struct str *rest, struct str *part)
{
    struct str raw;
    return str_split(rest, '/', &raw) && raw.len && uri_decode(arena, raw, part);
}

static void answer_text(struct arena *arena, struct sim_answer *answer, int status, struct str body)
{
    answer->status = status;
    answer->body = arena_str(arena, body);
    answer->headers = arena_alloc(arena, sizeof *answer->headers);
    answer->headers[0] = (struct sim_header){.name = STR("Content-Type"), .value = STR("application/json")};
    answer->header_count = 1;
}

/* {"statusCode": ...} of a function. */
static void answer_proxied(struct arena *arena, struct sim_answer *answer, const struct value *told)
{
    const struct value *headers = value_get(told, "headers");
    struct str body = value_get_text(told, "body"), bytes;
    size_t count = value_is(headers, VALUE_MAP) ? headers->count : 0;
    if (value_get_bool(told, "isBase64Encoded", false) && base64_decode(arena, body, &bytes))
        body = bytes;
    answer_text(arena, answer, (int)value_get_int(told, "statusCode", 502), body);
    if (!count)
        return;
    answer->headers = arena_array(arena, count, sizeof *answer->headers);
    answer->header_count = count;
    for (size_t i = 0; i < count; i++)
        answer->headers[i] =
            (struct sim_header){.name = arena_str(arena, headers->entries[i].key),
                                .value = arena_str(arena, value_text(headers->entries[i].value))};
}

static void answer_told(struct arena *arena, struct sim_answer *answer, const struct value *record,
                        struct str sent)
{
    const struct value *variables = value_path(record, "config", "Environment", "Variables", NULL);
    struct str text = value_get_text(variables, "SIMULATOR_ANSWER");
    struct error ignored = ERROR_INIT;
    struct value *told = NULL;
    if (text.len && json_read(arena, STR_EMPTY, text, &told, &ignored) && value_get(told, "statusCode"))
        answer_proxied(arena, answer, told);
    else
        answer_text(arena, answer, 200, text.len ? text : sent);
}

/* A call of Lambda that asks for this name, read from "NAME[:QUALIFIER]". */
static bool find(struct call *call, struct str named, struct lambda_target *target, struct value **record,
                 struct str *version)
{
    put_text(call, call->input, "FunctionName", named);
    if (!lambda_find_qualified(call, target, record, version))
        return false;
    *record = lambda_chosen(call, target, version);
    return true;
}

bool lambda_http(struct simulator *simulator, struct arena *arena, const struct sim_request *request,
                 struct sim_answer *answer)
{
    struct str rest, account, region, kind, named, version;
    struct lambda_target target;
    struct value *record;
    if (!str_starts(request->path, prefix))
        return false;
    rest = str_from_index(request->path, sizeof prefix - 1);
    if (!next_part(arena, &rest, &account) || !next_part(arena, &rest, &region) ||
        !next_part(arena, &rest, &kind) || !str_is(kind, "function") || !next_part(arena, &rest, &named)) {
        answer_text(arena, answer, 404, STR("{\"message\":\"Not Found\"}"));
        return true;
    }
    struct call call =
        simulator_own_call(simulator, arena, &sim_lambda,
                           stores_of(&simulator->stores, STR("lambda"), account, region), sim_now(simulator));
    if (!find(&call, named, &target, &record, &version)) {
        answer_text(arena, answer, 404, STR("{\"message\":\"Not Found\"}"));
        return true;
    }
    struct lambda_once once = lambda_invoke_once(&call, &target, record, version);
    answer->delay_ms = once.ms;
    if (once.throttled)
        answer_text(arena, answer, 429, STR("{\"message\":\"Rate Exceeded.\"}"));
    else if (once.failed)
        answer_text(arena, answer, 502, STR("{\"message\":\"Internal server error\"}"));
    else
        answer_told(arena, answer, record, request->body);
    return true;
}
