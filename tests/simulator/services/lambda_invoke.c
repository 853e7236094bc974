/*
 * Invoke: no code runs.  A function answers its payload, or what its environment variables SIMULATOR_ANSWER
 * (a JSON text) or SIMULATOR_ERROR (a message) say, by the version that the alias' weights choose; it fails
 * or is throttled as often as lambda_behaviour.h says.  What is invoked as an event waits for a test to play
 * the function: POST /_simulator/invocations.
 */

#include "base/json.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/lambda.h"
#include "tests/simulator/services/lambda_behaviour.h"

struct value *lambda_chosen(struct call *call, const struct lambda_target *target, struct str *version)
{
    double share;
    if (lambda_weight(target->function, target->qualifier, version, &share) &&
        (double)call_random(call, 1000000) < share * 1000000)
        return lambda_record(target->function, *version, version);
    return lambda_record(target->function, target->qualifier, version);
}

static struct str error_payload(struct call *call, struct str message)
{
    struct value *payload = value_map(call->arena);
    put_text(call, payload, "errorMessage", message);
    put_text(call, payload, "errorType", STR("Error"));
    return json_text(call->arena, payload, JSON_COMPACT);
}

static struct str payload_of(struct call *call, const struct value *record, bool failed)
{
    const struct value *variables = value_path(record, "config", "Environment", "Variables", NULL);
    struct str failure = value_get_text(variables, "SIMULATOR_ERROR");
    struct str answer = value_get_text(variables, "SIMULATOR_ANSWER");
    if (failed) {
        call_set_header(call, "X-Amz-Function-Error", STR("Unhandled"));
        return error_payload(call, failure.len ? failure : STR("the function failed by its error rate"));
    }
    return answer.len ? answer : call->request->body.len ? call->request->body : STR("null");
}

struct lambda_once lambda_invoke_once(struct call *call, const struct lambda_target *target,
                                      const struct value *record, struct str version)
{
    const struct lambda_origin origin = {.account = call->account,
                                         .region = call->region,
                                         .function = target->name,
                                         .qualifier = target->qualifier,
                                         .now = call->now,
                                         .time = call->now};
    struct lambda_outcome outcome;
    lambda_behave(call->simulator, &origin, target->function, record, version, &call->simulator->random, 1,
                  &outcome);
    const struct lambda_once once = {
        .throttled = outcome.throttled, .failed = outcome.failed, .ms = (int64_t)outcome.durations.sum};
    lambda_outcome_release(&outcome);
    return once;
}

static bool payload_is_json(struct call *call)
{
    struct error error = ERROR_INIT;
    struct value *payload = NULL;
    if (!call->request->body.len || json_read(call->arena, STR_EMPTY, call->request->body, &payload, &error))
        return true;
    return call_fail(call, 400, "InvalidRequestContentException",
                     "Could not parse request body into json: %s", error.message);
}

bool lambda_Invoke(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version, type = call_header(call, "x-amz-invocation-type");
    if (!lambda_find_qualified(call, &target, &record, &version) || !payload_is_json(call))
        return false;
    record = lambda_chosen(call, &target, &version);
    if (value_get_bool(record, "fresh", false) && value_get_int(record, "until", 0) > call->now)
        return call_fail(call, 409, LAMBDA_CONFLICT,
                         "The operation cannot be performed at this time. The function is currently in the "
                         "following state: Pending");
    if (str_is(type, "DryRun")) {
        call->status = 204;
        call_answer_raw(call, "", STR_EMPTY);
        return true;
    }
    struct lambda_once once = lambda_invoke_once(call, &target, record, version);
    if (once.throttled)
        return call_fail(call, 429, "TooManyRequestsException", "Rate Exceeded.");
    if (str_is(type, "Event")) {
        if (!lambda_answers_custom_resource(call, record))
            invocations_add(&call->simulator->invocations, call->account, target.name, call->request->body);
        call->status = 202;
        call_answer_raw(call, "", STR_EMPTY);
        return true;
    }
    call->delay_ms = once.ms;
    call_set_header(call, "X-Amz-Executed-Version", version);
    call_answer_raw(call, "application/json", payload_of(call, record, once.failed));
    return true;
}
