#include "providers/scheduler/operations.h"

const struct aws_service scheduler_service = {
    .name = "scheduler",
    .signing_name = "scheduler",
    .endpoint_prefix = "scheduler",
    .protocol = AWS_REST_JSON,
    .api_version = "",
    .target_prefix = "",
    .rate = 50,
    .burst = 50,
};

#define ROW(NAME, SAFETY, METHOD, PATH, RESOURCE, ...)                                                       \
    {                                                                                                        \
        .service = &scheduler_service, .name = NAME, .safety = SAFETY, .method = METHOD, .path = PATH,       \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }
#define SCHEDULE "arn:{partition}:scheduler:{region}:{account}:schedule/*/{Name}"
#define GROUP "arn:{partition}:scheduler:{region}:{account}:schedule-group/{Name}"
#define GROUPS "arn:{partition}:scheduler:{region}:{account}:schedule-group/*"
#define SLOWLY .bucket = "groups", .rate = 10, .burst = 10

const struct aws_operation scheduler_operations[SCHEDULER_OPERATION_COUNT] = {
    [SCHEDULER_CREATE_SCHEDULE] = ROW("CreateSchedule", AWS_TOKEN, "POST", "/schedules/{Name}", SCHEDULE),
    [SCHEDULER_CREATE_SCHEDULE_GROUP] =
        ROW("CreateScheduleGroup", AWS_TOKEN, "POST", "/schedule-groups/{Name}", GROUP, SLOWLY),
    [SCHEDULER_DELETE_SCHEDULE] = ROW("DeleteSchedule", AWS_NATURAL, "DELETE", "/schedules/{Name}", SCHEDULE,
                                      .query = "GroupName=groupName"),
    [SCHEDULER_DELETE_SCHEDULE_GROUP] =
        ROW("DeleteScheduleGroup", AWS_NATURAL, "DELETE", "/schedule-groups/{Name}", GROUP, SLOWLY),
    [SCHEDULER_GET_SCHEDULE] =
        ROW("GetSchedule", AWS_READ, "GET", "/schedules/{Name}", SCHEDULE, .query = "GroupName=groupName"),
    [SCHEDULER_GET_SCHEDULE_GROUP] =
        ROW("GetScheduleGroup", AWS_READ, "GET", "/schedule-groups/{Name}", GROUP, SLOWLY),
    [SCHEDULER_LIST_SCHEDULES] =
        ROW("ListSchedules", AWS_READ, "GET", "/schedules", "*",
            .query = "NamePrefix=NamePrefix,NextToken=NextToken", .page_in = "NextToken",
            .page_out = "NextToken", .page_items = "Schedules"),
    [SCHEDULER_LIST_TAGS_FOR_RESOURCE] =
        ROW("ListTagsForResource", AWS_READ, "GET", "/tags/{ResourceArn}", GROUPS, SLOWLY),
    [SCHEDULER_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "POST", "/tags/{ResourceArn}", GROUPS, SLOWLY),
    [SCHEDULER_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, "DELETE", "/tags/{ResourceArn}", GROUPS,
                                     .query = "TagKeys=TagKeys", SLOWLY),
    [SCHEDULER_UPDATE_SCHEDULE] = ROW("UpdateSchedule", AWS_NATURAL, "PUT", "/schedules/{Name}", SCHEDULE),
};
