/*
 * AWS::AppSync::Api: an API of events.  UpdateApi replaces the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-api.html
 */

#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

#define CONFIG(NAME) "EventConfig." NAME

static const struct shape rules[] = {
    {.path = CONFIG("AuthProviders"), .kind = SHAPE_SET, .key = "AuthType"},
    {.path = CONFIG("ConnectionAuthModes"), .kind = SHAPE_SET, .key = "AuthType"},
    {.path = CONFIG("DefaultPublishAuthModes"), .kind = SHAPE_SET, .key = "AuthType"},
    {.path = CONFIG("DefaultSubscribeAuthModes"), .kind = SHAPE_SET, .key = "AuthType"},
    {.facts = "AWS::AppSync::Api"},
};

static const struct plain_key keys[] = {{.member = "apiId", .from = "/"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {{"ApiArn", "apiArn"},
                                                    {"ApiId", "apiId"},
                                                    {"Dns.Http", "dns.HTTP"},
                                                    {"Dns.Realtime", "dns.REALTIME"},
                                                    {NULL, NULL}};

static const struct plain event_api = {
    .rules = rules,
    .small_letters = true,
    .create = &appsync_operations[APPSYNC_CREATE_API],
    .read = &appsync_operations[APPSYNC_GET_API],
    .update = &appsync_operations[APPSYNC_UPDATE_API],
    .remove = &appsync_operations[APPSYNC_DELETE_API],
    .keys = keys,
    .item = "api",
    .id = "apiArn",
    .updates_whole = true,
    .list = &appsync_operations[APPSYNC_LIST_APIS],
    .names_repeat = true,
    .attributes = attributes,
    .hurdles = appsync_hurdles,
    .hurdles_ms = APPSYNC_HURDLES_MS,
    .tags = "tags",
    .tags_read = "tags",
    .tag_calls = &appsync_tag_calls,
};

const struct resource_type appsync_api_type = {
    .name = "AWS::AppSync::Api",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 50,
    .plain = &event_api,
    PLAIN_LIFE,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/*",
};
