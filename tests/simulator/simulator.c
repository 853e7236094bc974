#include "tests/simulator/simulator.h"

#include <stdlib.h>

#include "base/clock.h"
#include "tests/simulator/internal.h"

struct str sim_header(const struct sim_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, str_from(name)))
            return request->headers[i].value;
    return STR_EMPTY;
}

int64_t sim_now(const struct simulator *simulator)
{
    return simulator->options.virtual_clock ? simulator->virtual_now : clock_wall(&system_clock);
}

void simulator_reset(struct simulator *simulator)
{
    stores_release(&simulator->stores);
    blobs_release(&simulator->blobs);
    limits_release(&simulator->limits);
    journal_release(&simulator->journal);
    invocations_release(&simulator->invocations);
    invocations_release(&simulator->messages);
    metrics_release(&simulator->metrics);
    traffic_release(&simulator->traffic);
    sim_policies_release(&simulator->policies);
    simulator->faults.count = 0;
    simulator->random = simulator->options.seed;
    delays_reset(&simulator->delays);
}

struct simulator *simulator_new(const struct sim_options *options)
{
    struct simulator *simulator = memory_alloc(sizeof *simulator);
    simulator->options = *options;
    if (!simulator->options.account)
        simulator->options.account = "111111111111";
    simulator->virtual_now = options->virtual_epoch;
    pthread_mutex_init(&simulator->lock, NULL);
    if (simulator->options.answers)
        simulator->answers = answers_open(simulator->options.answers);
    simulator_reset(simulator);
    return simulator;
}

void simulator_free(struct simulator *simulator)
{
    if (!simulator)
        return;
    simulator_reset(simulator);
    pthread_mutex_destroy(&simulator->lock);
    if (simulator->answers)
        fclose(simulator->answers);
    free(simulator);
}

static bool throttle(struct call *call)
{
    const struct sim_service *service = call->service;
    const char *code = service->throttle_code        ? service->throttle_code
                       : call->protocol == SIM_QUERY ? "Throttling"
                                                     : "ThrottlingException";
    call->simulator->journal.throttled++;
    return call_fail(call, service->throttle_status ? service->throttle_status : 400, code, "Rate exceeded");
}

/* The fault's failure before anything is done; true where the call goes on. */
static bool fault_before(struct call *call, const struct fault *fault)
{
    switch (fault ? fault->kind : FAULT_NONE) {
    case FAULT_THROTTLE:
        return throttle(call);
    case FAULT_500:
        return call_fail(call, 500,
                         call->protocol == SIM_QUERY     ? "InternalFailure"
                         : call->protocol == SIM_RESTXML ? "InternalError"
                                                         : "InternalServerError",
                         "We encountered an internal error. Please try again.");
    case FAULT_503:
        return call_fail(call, 503, "ServiceUnavailable", "Service is unable to handle request.");
    case FAULT_ERROR:
        return call_fail(call, fault->status, fault->code, "ordered by a fault rule");
    default:
        return true;
    }
}

/* Reads may see the state as it was before a write. */
static void choose_state(struct call *call, const struct fault *fault)
{
    struct simulator *simulator = call->simulator;
    struct str region = call->service->global ? STR_EMPTY : call->region;
    struct store *store = stores_of(&simulator->stores, str_from(call->service->name), call->account, region);
    bool ordered = fault && fault->kind == FAULT_STALE && store->old_root;
    if (call->operation->effect == SIM_WRITE)
        store_before_write(&simulator->stores, store, call->now,
                           faults_hold(&simulator->faults, FAULT_STALE));
    else if (ordered || store_is_stale(&simulator->stores, store, call->now)) {
        call->state = store->old_root;
        call->keep = store->old_arena;
        return;
    }
    call->state = store->root;
    call->keep = store->arena;
}

/* Handlers see the bytes themselves, however they were sent; a signature is over what was sent. */
static bool unpack_body(struct call *call)
{
    struct sim_request *unpacked;
    if (!str_contains(call_header(call, "content-encoding"), "aws-chunked"))
        return true;
    unpacked = arena_alloc(call->arena, sizeof *unpacked);
    *unpacked = *call->request;
    if (!decode_chunks(call->arena, call->request->body, &unpacked->body))
        return call_fail(call, 400, "IncompleteBody",
                         "The request body terminated unexpectedly or its chunks are broken");
    call->request = unpacked;
    return true;
}

static bool carry_out(struct call *call, const struct fault *fault)
{
    struct simulator *simulator = call->simulator;
    if (!fault_before(call, fault) || (simulator->options.verify && !verify_signature(call)))
        return false;
    if (!limits_take(&simulator->limits, call))
        return throttle(call);
    if (!unpack_body(call) || !decode_input(call) || !sim_policies_allow(&simulator->policies, call))
        return false;
    choose_state(call, fault);
    call->status = call->operation->status ? call->operation->status : 200;
    return call->operation->handle(call);
}

static void html_answer(struct call *call, struct sim_answer *answer)
{
    answer->status = 502;
    answer->body =
        STR("<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>\n");
    answer->headers = arena_alloc(call->arena, sizeof *answer->headers);
    answer->headers[answer->header_count++] =
        (struct sim_header){.name = STR("Content-Type"), .value = STR("text/html")};
}

static void answer_with_fault(struct call *call, const struct fault *fault, struct sim_answer *answer)
{
    enum fault_kind kind = fault ? fault->kind : FAULT_NONE;
    answer->ending = kind == FAULT_DROP_BEFORE || kind == FAULT_DROP_AFTER ? SIM_DROPPED
                     : kind == FAULT_TRUNCATE                              ? SIM_TRUNCATED
                                                                           : SIM_ANSWERED;
    if (kind == FAULT_HTML)
        html_answer(call, answer);
    else if (kind != FAULT_DROP_BEFORE)
        encode_answer(call, carry_out(call, fault), answer);
    answer->delay_ms = call->delay_ms + (kind == FAULT_DELAY ? fault->ms : 0);
}

struct call simulator_own_call(struct simulator *simulator, struct arena *arena,
                               const struct sim_service *service, struct store *store, int64_t now)
{
    return (struct call){.simulator = simulator,
                         .service = service,
                         .protocol = SIM_RESTJSON,
                         .arena = arena,
                         .account = str_from(store->account),
                         .region = str_from(store->region),
                         .input = value_map(arena),
                         .output = value_map(arena),
                         .headers = value_map(arena),
                         .state = store->root,
                         .keep = store->arena,
                         .now = now};
}

void simulator_call(struct simulator *simulator, struct arena *arena, const struct sim_request *request,
                    struct sim_answer *answer)
{
    struct str scope;
    struct call call = {.simulator = simulator,
                        .request = request,
                        .arena = arena,
                        .protocol = SIM_RESTJSON,
                        .now = sim_now(simulator)};
    call.input = value_map(arena);
    call.output = value_map(arena);
    call.headers = value_map(arena);
    call.request_id = call_uuid(&call);
    const struct fault *fault = NULL;
    if (!identify(&call, &scope) || !route(&call, scope) || !sim_account(&call)) {
        encode_answer(&call, false, answer);
    } else {
        fault = faults_next(&simulator->faults, &call);
        answer_with_fault(&call, fault, answer);
        if (simulator->answers && !fault)
            answers_log(simulator->answers, &call, answer);
    }
    journal_add(&simulator->journal, &call, answer->ending == SIM_DROPPED ? 0 : answer->status,
                fault ? fault_kind_name(fault->kind) : NULL);
}

void simulator_handle(struct simulator *simulator, struct arena *arena, const struct sim_request *request,
                      struct sim_answer *answer)
{
    *answer = (struct sim_answer){.body = STR_EMPTY};
    pthread_mutex_lock(&simulator->lock);
    timeline_advance(simulator);
    traffic_advance(simulator, sim_now(simulator));
    if (str_starts(request->path, "/_simulator/"))
        control(simulator, arena, request, answer);
    else
        simulator_call(simulator, arena, request, answer);
    answer->date = sim_now(simulator);
    stores_clean(&simulator->stores);
    pthread_mutex_unlock(&simulator->lock);
}
