/*
 * AWS::Events::ApiDestination.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-apidestination.html
 */

#include "providers/events/common.h"
#include "providers/events/operations.h"
#include "providers/events/types.h"

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "InvocationRateLimitPerSecond", .kind = SHAPE_NUMBER, .otherwise = "300"},
    {.facts = "AWS::Events::ApiDestination"},
};

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)error;
    events_arn_for_policy(call, state, value_get_text(item, "ApiDestinationArn"));
    return true;
}

static const struct plain_key keys[] = {{"Name", NULL}, {NULL, NULL}};

static const struct plain destination = {
    .rules = rules,
    .create = &events_operations[EVENTS_CREATE_API_DESTINATION],
    .read = &events_operations[EVENTS_DESCRIBE_API_DESTINATION],
    .update = &events_operations[EVENTS_UPDATE_API_DESTINATION],
    .remove = &events_operations[EVENTS_DELETE_API_DESTINATION],
    .keys = keys,
    .hurdles = events_hurdles,
    .hurdles_ms = EVENTS_BUSY_MS,
    .receive = receive,
};

const struct resource_type events_api_destination_type = {
    .name = "AWS::Events::ApiDestination",
    .name_property = "Name",
    .name_max = 64,
    .plain = &destination,
    PLAIN_LIFE,
    .arn = "arn:{partition}:events:{region}:{account}:api-destination/{Name}/*",
};
