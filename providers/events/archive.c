/*
 * AWS::Events::Archive: the events of a bus, kept.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-archive.html
 */

#include "providers/events/common.h"
#include "providers/events/operations.h"
#include "providers/events/types.h"

enum { SETTLE_MS = 5 * 60 * 1000 };

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "EventPattern", .kind = SHAPE_JSON, .otherwise = "{}", .in_text = true},
    {.path = "KmsKeyIdentifier", .otherwise = "\"\""},
    {.path = "RetentionDays", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.facts = "AWS::Events::Archive"},
};

static const struct wire_name names[] = {{"SourceArn", "EventSourceArn"}, {NULL, NULL}};

/* A pattern that is taken away is an empty text. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)target;
    (void)live;
    (void)error;
    if (value_is_text(value_get(input, "EventPattern"), "{}"))
        and_with(call->arena, input, "EventPattern", STR_EMPTY);
    return true;
}

static const struct plain_key keys[] = {{"ArchiveName", NULL}, {NULL, NULL}};
static const struct plain_attribute attributes[] = {
    {"ArchiveName", "ArchiveName"}, {"Arn", "ArchiveArn"}, {NULL, NULL}};

static const struct plain archive = {
    .rules = rules,
    .names = names,
    .create = &events_operations[EVENTS_CREATE_ARCHIVE],
    .read = &events_operations[EVENTS_DESCRIBE_ARCHIVE],
    .update = &events_operations[EVENTS_UPDATE_ARCHIVE],
    .remove = &events_operations[EVENTS_DELETE_ARCHIVE],
    .keys = keys,
    .attributes = attributes,
    .settling = {.member = "State",
                 .ready = "ENABLED,DISABLED",
                 .failed = "CREATE_FAILED,UPDATE_FAILED",
                 .reason = "StateReason",
                 .timeout_ms = SETTLE_MS},
    .hurdles = events_hurdles,
    .hurdles_ms = EVENTS_BUSY_MS,
    .send = send,
};

const struct resource_type events_archive_type = {
    .name = "AWS::Events::Archive",
    .traits = RESOURCE_STATEFUL,
    .name_property = "ArchiveName",
    .name_max = 48,
    .plain = &archive,
    PLAIN_LIFE,
    .arn = "arn:{partition}:events:{region}:{account}:archive/{ArchiveName}",
};
