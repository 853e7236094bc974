/*
 * AWS::Scheduler::ScheduleGroup.  Only its tags can change.  A group goes with its schedules, and takes its
 * time.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedulegroup.html
 */

#include "base/clock.h"
#include "providers/plain.h"
#include "providers/scheduler/operations.h"
#include "providers/scheduler/types.h"

static const struct shape rules[] = {
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.facts = "AWS::Scheduler::ScheduleGroup"},
};

/* Times are seconds in the API and texts for GetAtt. */
static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    static const char *const times[] = {"CreationDate", "LastModificationDate"};
    (void)error;
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
        if (value_get(item, times[i]))
            and_with(call->arena, state->attributes, times[i],
                     time_iso8601(call->arena, value_get_int(item, times[i], 0) * 1000));
    return true;
}

static const struct tag_calls tag_calls = {
    .tag = &scheduler_operations[SCHEDULER_TAG_RESOURCE],
    .untag = &scheduler_operations[SCHEDULER_UNTAG_RESOURCE],
    .resource = "ResourceArn",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

static const struct plain_key keys[] = {{"Name", NULL}, {NULL, NULL}};

static const struct plain group = {
    .rules = rules,
    .create = &scheduler_operations[SCHEDULER_CREATE_SCHEDULE_GROUP],
    .read = &scheduler_operations[SCHEDULER_GET_SCHEDULE_GROUP],
    .remove = &scheduler_operations[SCHEDULER_DELETE_SCHEDULE_GROUP],
    .keys = keys,
    .token = "ClientToken",
    .waits_for_removal = true,
    .tags = "Tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .list_tags = &scheduler_operations[SCHEDULER_LIST_TAGS_FOR_RESOURCE],
    .list_tags_item = "Tags",
    .tag_calls = &tag_calls,
    .tagged = "Arn",
    .receive = receive,
};

const struct resource_type scheduler_schedule_group_type = {
    .name = "AWS::Scheduler::ScheduleGroup",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 64,
    .plain = &group,
    PLAIN_LIFE,
    .arn = "arn:{partition}:scheduler:{region}:{account}:schedule-group/{Name}",
};
