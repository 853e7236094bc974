#include "providers/cloudcontrol/request.h"

#include <string.h>

#include "base/digest.h"
#include "providers/cloudcontrol/operations.h"
#include "providers/policy.h"

enum {
    ATTEMPTS_MAX = 8,
    UNKNOWN_MAX = 20, /* a new request may not be known at once */
    BUSY_MS = 10 * 60 * 1000,
    DONE_MS = 2 * 60 * 60 * 1000, /* the longest handlers: databases, distributions */
    PAUSE_MS = 2000,
};

/* Another request on the same resource is under way. */
static const struct hurdle busy[] = {
    {.name = "ConcurrentOperationException"}, {.name = "ResourceConflictException"}, {.name = NULL}};

/* https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html */
static const struct {
    const char *name;
    enum error_code code;
    bool passes; /* another try may do */
} codes[] = {
    {"AccessDenied", ERROR_DENIED, false},
    {"AlreadyExists", ERROR_CONFLICT, false},
    {"GeneralServiceException", ERROR_INVALID, false},
    {"InternalFailure", ERROR_UNAVAILABLE, false},
    {"InvalidCredentials", ERROR_DENIED, false},
    {"InvalidRequest", ERROR_INVALID, false},
    {"NetworkFailure", ERROR_UNAVAILABLE, true},
    {"NotFound", ERROR_NOT_FOUND, false},
    {"NotStabilized", ERROR_UNAVAILABLE, false},
    {"NotUpdatable", ERROR_INVALID, false},
    {"ResourceConflict", ERROR_CONFLICT, true},
    {"ServiceInternalError", ERROR_UNAVAILABLE, true},
    {"ServiceLimitExceeded", ERROR_INVALID, false},
    {"ServiceTimeout", ERROR_UNAVAILABLE, false},
    {"Throttling", ERROR_THROTTLED, true},
    {"UnauthorizedTaggingOperation", ERROR_DENIED, false},
};

static struct str status_of(const struct value *event)
{
    return value_get_text(event, "OperationStatus");
}

static bool is_over(const struct value *event)
{
    struct str status = status_of(event);
    return str_is(status, "SUCCESS") || str_is(status, "FAILED") || str_is(status, "CANCEL_COMPLETE");
}

struct progress {
    const struct resource_call *call;
    struct value *event;
    int unknown;
};

static bool look(void *self, bool *done, struct error *error)
{
    struct progress *progress = self;
    const struct resource_call *call = progress->call;
    struct value *input =
        input_with(call->arena, "RequestToken", value_get_text(progress->event, "RequestToken"));
    struct value *answer;
    if (!aws_call(call->aws, &cloudcontrol_operations[CLOUDCONTROL_GET_RESOURCE_REQUEST_STATUS], call->arena,
                  input, &answer, error)) {
        if (!error_is(error, "RequestTokenNotFoundException") || ++progress->unknown > UNKNOWN_MAX)
            return false;
        error_clear(error);
        return true;
    }
    progress->event = value_get(answer, "ProgressEvent");
    *done = is_over(progress->event);
    return true;
}

/* Made of what is asked, too: a token that comes again with another request is refused. */
static struct value *input_of(const struct request *request)
{
    struct arena *arena = request->call->arena;
    struct value *input = value_copy(arena, request->input);
    struct str text = json_for_request(arena, request->input);
    struct str intent = arena_printf(arena, "%.*s/%s/%d/%.*s", STR_ARG(request->call->token),
                                     request->operation->name, request->attempt, STR_ARG(text));
    return and_with(arena, input, "ClientToken", sha256_hex(arena, intent));
}

static bool fail(const struct request *request, const struct value *event, bool *passes, struct error *error)
{
    struct str name = value_get_text(event, "ErrorCode"), words = value_get_text(event, "StatusMessage");
    struct str type = value_get_text(request->input, "TypeName");
    enum error_code code = ERROR_UNAVAILABLE;
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
        if (str_is(name, codes[i].name)) {
            code = codes[i].code;
            *passes = codes[i].passes;
        }
    if (str_is(status_of(event), "CANCEL_COMPLETE"))
        error_set(error, ERROR_CONFLICT, "somebody cancelled the request");
    else
        error_set(error, code, "%s %.*s: %.*s%s%.*s", request->operation->name, STR_ARG(type), STR_ARG(name),
                  words.len ? ": " : "", STR_ARG(str_clip(words, 1000)));
    error_set_name(error, arena_strz(request->call->arena, name));
    return false;
}

static bool send_once(struct request *request, struct value **event, struct error *error)
{
    const struct resource_call *call = request->call;
    struct value *answer;
    request->attempt++;
    if (!call_over_hurdles(call->aws, request->operation, call->arena, input_of(request), busy, BUSY_MS,
                           &answer, error))
        return false;
    struct progress progress = {.call = call, .event = value_get(answer, "ProgressEvent")};
    request->old = is_over(progress.event);
    if (!request->old && !wait_until(call, request->operation->name, DONE_MS, look, &progress, error))
        return false;
    *event = progress.event;
    return true;
}

bool request_run(struct request *request, struct error *error)
{
    for (;;) {
        struct value *event;
        bool passes = false;
        if (!send_once(request, &event, error))
            return false;
        request->identifier = value_get_text(event, "Identifier");
        if (str_is(status_of(event), "SUCCESS"))
            return true;
        fail(request, event, &passes, error);
        if ((!request->old && !passes) || request->attempt >= ATTEMPTS_MAX)
            return false;
        error_clear(error);
        if (!request->old)
            clock_sleep(aws_clock(request->call->aws), PAUSE_MS * request->attempt);
    }
}
