#include "providers/kms/operations.h"

const struct aws_service kms_service = {
    .name = "kms",
    .signing_name = "kms",
    .endpoint_prefix = "kms",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "TrentService",
    .rate = 5,
    .burst = 5,
};

#define ROW(NAME, SAFETY, RESOURCE, RATE, ...)                                                               \
    {                                                                                                        \
        .service = &kms_service, .name = NAME, .safety = SAFETY, .bucket = NAME, .rate = RATE,               \
        .burst = RATE, .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                   \
    }
#define KEY "arn:{partition}:kms:{region}:{account}:key/*"
/* Calls that take an alias ask IAM about the alias and about its key. */
#define ALIAS "arn:{partition}:kms:{region}:{account}:*"
#define PAGES(ITEMS) .page_in = "Marker", .page_out = "NextMarker", .page_items = ITEMS

/* Aliases and keys say when they are there already, or gone: CreateAlias is looked after, DeleteAlias' "not
 * found" is a success.  A second ScheduleKeyDeletion is refused, and then the key's state tells. */
const struct aws_operation kms_operations[KMS_OPERATION_COUNT] = {
    [KMS_CREATE_ALIAS] = ROW("CreateAlias", AWS_READ_BACK, ALIAS, 5),
    [KMS_CREATE_KEY] = ROW("CreateKey", AWS_READ_BACK, "*", 5),
    [KMS_DELETE_ALIAS] = ROW("DeleteAlias", AWS_NATURAL, ALIAS, 15),
    [KMS_DESCRIBE_KEY] = ROW("DescribeKey", AWS_READ, KEY, 100),
    [KMS_DISABLE_KEY] = ROW("DisableKey", AWS_NATURAL, KEY, 5),
    [KMS_DISABLE_KEY_ROTATION] = ROW("DisableKeyRotation", AWS_NATURAL, KEY, 5),
    [KMS_ENABLE_KEY] = ROW("EnableKey", AWS_NATURAL, KEY, 5),
    [KMS_ENABLE_KEY_ROTATION] = ROW("EnableKeyRotation", AWS_NATURAL, KEY, 15),
    [KMS_GET_KEY_POLICY] = ROW("GetKeyPolicy", AWS_READ, KEY, 100),
    [KMS_GET_KEY_ROTATION_STATUS] = ROW("GetKeyRotationStatus", AWS_READ, KEY, 100),
    [KMS_LIST_ALIASES] = ROW("ListAliases", AWS_READ, "*", 100, PAGES("Aliases")),
    [KMS_LIST_KEYS] = ROW("ListKeys", AWS_READ, "*", 100, PAGES("Keys")),
    [KMS_LIST_RESOURCE_TAGS] = ROW("ListResourceTags", AWS_READ, KEY, 200, PAGES("Tags")),
    [KMS_PUT_KEY_POLICY] = ROW("PutKeyPolicy", AWS_NATURAL, KEY, 15),
    [KMS_SCHEDULE_KEY_DELETION] = ROW("ScheduleKeyDeletion", AWS_NATURAL, KEY, 15),
    [KMS_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, KEY, 10),
    [KMS_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, KEY, 5),
    [KMS_UPDATE_ALIAS] = ROW("UpdateAlias", AWS_NATURAL, ALIAS, 5),
    [KMS_UPDATE_KEY_DESCRIPTION] = ROW("UpdateKeyDescription", AWS_NATURAL, KEY, 5),
};
