/*
 * AWS::CloudFormation::CustomResource and Custom::ANYTHING: a resource that only its handler, a Lambda
 * function or what hears an SNS topic, can make and knows.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
 */

#include "providers/cloudformation/custom_request.h"
#include "providers/cloudformation/types.h"

/* Nobody can be asked: what was applied last stands. */
static bool custom_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (!call->physical_id.len)
        return error_set(error, ERROR_NOT_FOUND, "it was never made");
    *state = (struct resource_state){
        .physical_id = call->physical_id,
        .properties = call->properties ? value_copy(call->arena, call->properties) : value_map(call->arena),
        .attributes = call->attributes ? value_copy(call->arena, call->attributes) : value_map(call->arena),
    };
    return true;
}

/* What a request of this intent may have made. */
static bool custom_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct custom_request *left;
    size_t count;
    if (!custom_requests_left(call, NULL, &left, &count, error))
        return false;
    if (!count)
        return error_set(error, ERROR_NOT_FOUND, "nothing was asked of its handler");
    *state = (struct resource_state){.physical_id = call->name,
                                     .properties = value_copy(call->arena, left[0].properties),
                                     .attributes = value_map(call->arena)};
    return true;
}

static bool refused(const struct custom_answer *answer, struct error *error)
{
    error_set(error, ERROR_INVALID, "its handler says: %.*s", STR_ARG(answer->reason));
    error_set_name(error, CUSTOM_RESOURCE_FAILED);
    return false;
}

static bool take_away(const struct resource_call *call, struct str physical_id,
                      const struct value *properties, struct error *error)
{
    struct custom_request request = custom_request_of(call, "Delete", physical_id, properties, NULL);
    struct custom_answer answer;
    return custom_request_perform(&request, &answer, error) && (answer.success || refused(&answer, error));
}

/* What else was asked in this intent, by a pass that was cut off and had other properties: it is brought to
 * its end, and what it made goes, unless that is `kept`. */
static bool undo_others(const struct resource_call *call, const struct custom_request *except,
                        struct str kept, struct error *error)
{
    struct custom_request *left;
    size_t count;
    if (!custom_requests_left(call, except, &left, &count, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct custom_answer answer;
        if (!custom_request_perform(&left[i], &answer, error))
            return error_prefix(error, "what was begun before cannot be ended");
        struct str made = answer.physical_id.len    ? answer.physical_id
                          : left[i].physical_id.len ? left[i].physical_id
                                                    : call->name;
        if ((!str_equal(made, kept) && !take_away(call, made, left[i].properties, error)) ||
            !custom_request_forget(&left[i], error))
            return error_prefix(error, "what was begun before, '%.*s', cannot be undone", STR_ARG(made));
    }
    return true;
}

static void give(const struct custom_answer *answer, struct str physical_id, struct resource_state *state)
{
    *state = (struct resource_state){.physical_id = physical_id, .attributes = answer->data};
}

/* As CloudFormation does: what a refused request may have left goes.  Where not even that can be done, its
 * physical id is given. */
static bool clean_up(const struct resource_call *call, const struct custom_answer *answer, struct str made,
                     struct resource_state *state, struct error *error)
{
    struct error failure = ERROR_INIT;
    refused(answer, error);
    if (take_away(call, made, call->properties, &failure))
        return false;
    state->physical_id = made;
    return error_suffix(error, "; what it left, '%.*s', stays, because %s", STR_ARG(made), failure.message);
}

/* Roles and policies that were just made reach other services after seconds, and a handler that is not
 * allowed yet is asked once more; CloudFormation waits before. */
static bool may_be_allowed_soon(const struct resource_call *call, const struct custom_answer *answer)
{
    static const char *const words[] = {"AccessDenied", "not authorized", "Access Denied"};
    bool denied = false;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        denied = denied || str_contains(answer->reason, words[i]);
    return call->new_permissions && !answer->success && denied;
}

static struct str made_by(const struct resource_call *call, const struct custom_answer *answer)
{
    return answer->physical_id.len ? answer->physical_id
           : call->physical_id.len ? call->physical_id
                                   : call->name;
}

static bool perform(const struct resource_call *call, const struct custom_request *request,
                    struct custom_answer *answer, struct error *error)
{
    enum { ATTEMPTS = 5, PAUSE_MS = 3000 };
    for (int attempt = 0;; attempt++) {
        struct custom_request again = custom_request_again(request, attempt);
        struct error failure = ERROR_INIT;
        if (!custom_request_perform(&again, answer, error))
            return false;
        if (attempt == ATTEMPTS - 1 || !may_be_allowed_soon(call, answer))
            return true;
        struct str made = made_by(call, answer);
        if (!str_equal(made, call->physical_id) && !take_away(call, made, call->properties, &failure))
            return true; /* that too is the last answer */
        clock_sleep(aws_clock(call->aws), (int64_t)PAUSE_MS << attempt);
    }
}

static bool custom_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct custom_request request = custom_request_of(call, "Create", STR_EMPTY, call->properties, NULL);
    struct custom_answer answer;
    *state = (struct resource_state){.physical_id = STR_EMPTY};
    if (!custom_properties_check(call->properties, error) || !undo_others(call, &request, STR_EMPTY, error) ||
        !perform(call, &request, &answer, error))
        return false;
    struct str made = made_by(call, &answer);
    if (!answer.success)
        return clean_up(call, &answer, made, state, error);
    give(&answer, made, state);
    return true;
}

static bool custom_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct custom_request request =
        custom_request_of(call, "Update", call->physical_id, call->properties, call->previous);
    struct custom_answer answer;
    *state = (struct resource_state){.physical_id = STR_EMPTY};
    if (!custom_properties_check(call->properties, error))
        return false;
    if (!str_equal(value_get_text(call->properties, "ServiceToken"),
                   value_get_text(call->previous, "ServiceToken")))
        return error_set(error, ERROR_INVALID,
                         "its ServiceToken cannot be changed: give the resource another logical id");
    if (!undo_others(call, &request, call->physical_id, error) || !perform(call, &request, &answer, error))
        return false;
    struct str made = made_by(call, &answer);
    if (answer.success) {
        give(&answer, made, state);
        return true;
    }
    return str_equal(made, call->physical_id) ? refused(&answer, error)
                                              : clean_up(call, &answer, made, state, error);
}

/* What was only begun has no properties: undoing it is all. */
static bool custom_remove(const struct resource_call *call, struct error *error)
{
    return (call->superseded || undo_others(call, NULL, call->physical_id, error)) &&
           (!value_get(call->previous, "ServiceToken") ||
            take_away(call, call->physical_id, call->previous, error));
}

static bool custom_settled(const struct resource_call *call, struct error *error)
{
    return custom_requests_forget_all(call, error);
}

const struct resource_type custom_resource_type = {
    .name = "AWS::CloudFormation::CustomResource",
    .traits = RESOURCE_OPAQUE,
    .name_max = 64,
    .unchangeable = "ServiceToken",
    .read = custom_read,
    .find = custom_find,
    .create = custom_create,
    .update = custom_update,
    .remove = custom_remove,
    .settled = custom_settled,
    .check = custom_properties_check,
};
