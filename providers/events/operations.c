#include "providers/events/operations.h"

const struct aws_service events_service = {
    .name = "eventbridge",
    .signing_name = "events",
    .endpoint_prefix = "events",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "AWSEvents",
    .rate = 50,
    .burst = 50,
};

#define OF(KIND) "arn:{partition}:events:{region}:{account}:" KIND
#define RULE OF("rule/*") /* "rule/BUS/NAME" on a custom bus */
#define BUS OF("event-bus/*")
#define CONNECTION OF("connection/*")
#define DESTINATION OF("api-destination/*")
#define ARCHIVE OF("archive/*")
#define ANY OF("*")
#define ROW(NAME, SAFETY, RESOURCE, ...)                                                                     \
    {                                                                                                        \
        .service = &events_service, .name = NAME, .safety = SAFETY,                                          \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }

/* An event of plumb's carries the id of its notice: one that comes twice is known. */
const struct aws_operation events_operations[EVENTS_OPERATION_COUNT] = {
    [EVENTS_CREATE_API_DESTINATION] = ROW("CreateApiDestination", AWS_READ_BACK, DESTINATION),
    [EVENTS_CREATE_ARCHIVE] = ROW("CreateArchive", AWS_READ_BACK, ARCHIVE),
    [EVENTS_CREATE_CONNECTION] = ROW("CreateConnection", AWS_READ_BACK, CONNECTION),
    [EVENTS_CREATE_EVENT_BUS] = ROW("CreateEventBus", AWS_READ_BACK, BUS),
    [EVENTS_DELETE_API_DESTINATION] = ROW("DeleteApiDestination", AWS_NATURAL, DESTINATION),
    [EVENTS_DELETE_ARCHIVE] = ROW("DeleteArchive", AWS_NATURAL, ARCHIVE),
    [EVENTS_DELETE_CONNECTION] = ROW("DeleteConnection", AWS_NATURAL, CONNECTION),
    [EVENTS_DELETE_EVENT_BUS] = ROW("DeleteEventBus", AWS_NATURAL, BUS),
    [EVENTS_DELETE_RULE] = ROW("DeleteRule", AWS_NATURAL, RULE),
    [EVENTS_DESCRIBE_API_DESTINATION] = ROW("DescribeApiDestination", AWS_READ, DESTINATION),
    [EVENTS_DESCRIBE_ARCHIVE] = ROW("DescribeArchive", AWS_READ, ARCHIVE),
    [EVENTS_DESCRIBE_CONNECTION] = ROW("DescribeConnection", AWS_READ, CONNECTION),
    [EVENTS_DESCRIBE_EVENT_BUS] = ROW("DescribeEventBus", AWS_READ, BUS),
    [EVENTS_DESCRIBE_RULE] = ROW("DescribeRule", AWS_READ, RULE),
    [EVENTS_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, ANY),
    [EVENTS_LIST_TARGETS_BY_RULE] = ROW("ListTargetsByRule", AWS_READ, RULE, .page_in = "NextToken",
                                        .page_out = "NextToken", .page_items = "Targets"),
    [EVENTS_PUT_EVENTS] =
        ROW("PutEvents", AWS_NATURAL, BUS, .bucket = "PutEvents", .rate = 100, .burst = 100),
    [EVENTS_PUT_PERMISSION] = ROW("PutPermission", AWS_NATURAL, "*"),
    [EVENTS_PUT_RULE] = ROW("PutRule", AWS_NATURAL, RULE),
    [EVENTS_PUT_TARGETS] = ROW("PutTargets", AWS_NATURAL, RULE),
    [EVENTS_REMOVE_PERMISSION] = ROW("RemovePermission", AWS_NATURAL, "*"),
    [EVENTS_REMOVE_TARGETS] = ROW("RemoveTargets", AWS_NATURAL, RULE),
    [EVENTS_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, ANY),
    [EVENTS_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, ANY),
    [EVENTS_UPDATE_API_DESTINATION] = ROW("UpdateApiDestination", AWS_NATURAL, DESTINATION),
    [EVENTS_UPDATE_ARCHIVE] = ROW("UpdateArchive", AWS_NATURAL, ARCHIVE),
    [EVENTS_UPDATE_CONNECTION] = ROW("UpdateConnection", AWS_NATURAL, CONNECTION),
    [EVENTS_UPDATE_EVENT_BUS] = ROW("UpdateEventBus", AWS_NATURAL, BUS),
};
