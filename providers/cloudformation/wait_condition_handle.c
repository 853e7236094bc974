/*
 * AWS::CloudFormation::WaitConditionHandle: a place to send signals to.  Nobody waits for signals here;
 * templates use it as a resource that does nothing, so that is what it is: a text that looks like a URL.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-waitconditionhandle.html
 */

#include "providers/cloudformation/types.h"

static bool handle_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (!call->physical_id.len)
        return error_set(error, ERROR_NOT_FOUND, "it was never made");
    *state = (struct resource_state){.physical_id = call->physical_id,
                                     .properties = value_map(call->arena),
                                     .attributes = value_map(call->arena)};
    return true;
}

static bool handle_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    (void)error;
    *state = (struct resource_state){
        .physical_id = arena_printf(call->arena, "https://plumb.invalid/%.*s", STR_ARG(call->name)),
        .attributes = value_map(call->arena)};
    return true;
}

static bool handle_remove(const struct resource_call *call, struct error *error)
{
    (void)call;
    (void)error;
    return true;
}

const struct resource_type wait_condition_handle_type = {
    .name = "AWS::CloudFormation::WaitConditionHandle",
    .traits = RESOURCE_OPAQUE,
    .name_max = 64,
    .read = handle_read,
    .find = handle_read,
    .create = handle_create,
    .update = handle_read,
    .remove = handle_remove,
};
