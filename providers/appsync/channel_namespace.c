/*
 * AWS::AppSync::ChannelNamespace.  UpdateChannelNamespace replaces the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-channelnamespace.html
 */

#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

static const struct shape rules[] = {
    {.path = "PublishAuthModes", .kind = SHAPE_SET, .key = "AuthType"},
    {.path = "SubscribeAuthModes", .kind = SHAPE_SET, .key = "AuthType"},
    {.facts = "AWS::AppSync::ChannelNamespace"},
};

static const struct wire_name names[] = {{"CodeS3Location", ""}, {NULL, NULL}};
static const struct appsync_place places[] = {{"CodeS3Location", "codeHandlers"}, {NULL, NULL}};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)live;
    return appsync_fetch(call, places, target, input, error);
}

static const struct plain_key keys[] = {
    {.member = "apiId", .from = "ApiId"}, {.member = "name", .from = "Name"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {{"ChannelNamespaceArn", "channelNamespaceArn"},
                                                    {NULL, NULL}};

static const struct plain channel_namespace = {
    .rules = rules,
    .names = names,
    .small_letters = true,
    .create = &appsync_operations[APPSYNC_CREATE_CHANNEL_NAMESPACE],
    .read = &appsync_operations[APPSYNC_GET_CHANNEL_NAMESPACE],
    .update = &appsync_operations[APPSYNC_UPDATE_CHANNEL_NAMESPACE],
    .remove = &appsync_operations[APPSYNC_DELETE_CHANNEL_NAMESPACE],
    .keys = keys,
    .item = "channelNamespace",
    .id = "channelNamespaceArn",
    .updates_whole = true,
    .attributes = attributes,
    .hurdles = appsync_hurdles,
    .hurdles_ms = APPSYNC_HURDLES_MS,
    .tags = "tags",
    .tags_read = "tags",
    .tag_calls = &appsync_tag_calls,
    .send = send,
};

static const char *const unreadable[] = {"CodeS3Location", NULL};

const struct resource_type appsync_channel_namespace_type = {
    .name = "AWS::AppSync::ChannelNamespace",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 50,
    .unreadable = unreadable,
    .plain = &channel_namespace,
    PLAIN_LIFE,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}/channelNamespace/{Name}",
};
