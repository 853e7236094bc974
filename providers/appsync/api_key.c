/*
 * AWS::AppSync::ApiKey.  AppSync has keys end at full hours, and gives them only as a list.  The key is its
 * own id: what Ref gives holds it, as in CloudFormation; the attribute ApiKey is a secret.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-apikey.html
 */

#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

enum { HOUR = 3600 };

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.facts = "AWS::AppSync::ApiKey"},
};

static bool identify(const struct resource_call *call, const struct value *item, struct str *id,
                     struct error *error)
{
    (void)error;
    *id = arena_printf(call->arena, "arn:%.*s:appsync:%.*s:%.*s:apis/%.*s/apikey/%.*s",
                       STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                       STR_ARG(aws_account(call->aws)), STR_ARG(value_get_text(plain_known(call), "ApiId")),
                       STR_ARG(value_get_text(item, "id")));
    return true;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)error;
    value_setz(call->arena, state->attributes, "ApiKey",
               value_secret(call->arena, value_get_text(item, "id")));
    and_with(call->arena, state->attributes, "Arn", state->physical_id);
    return true;
}

static void round_down(struct arena *arena, struct value *properties)
{
    int64_t ends;
    if (value_to_int(value_get(properties, "Expires"), &ends))
        value_setz(
            arena, properties, "Expires",
            value_at_position_of(value_int(arena, ends - ends % HOUR), value_get(properties, "Expires")));
}

static const struct plain_key keys[] = {
    {.member = "apiId", .from = "ApiId"}, {.member = "id", .from = "/"}, {.member = NULL}};
static const struct plain_key inside[] = {{.member = "apiId", .from = "ApiId"}, {.member = NULL}};
static const char *const same[] = {"Description", NULL};
static const struct plain_attribute attributes[] = {{"ApiKeyId", "id"}, {NULL, NULL}};

static const struct plain api_key = {
    .rules = rules,
    .small_letters = true,
    .create = &appsync_operations[APPSYNC_CREATE_API_KEY],
    .read = &appsync_operations[APPSYNC_LIST_API_KEYS],
    .update = &appsync_operations[APPSYNC_UPDATE_API_KEY],
    .remove = &appsync_operations[APPSYNC_DELETE_API_KEY],
    .keys = keys,
    .read_keys = keys,
    .inside = inside,
    .item = "apiKey",
    .picked = "id",
    .list = &appsync_operations[APPSYNC_LIST_API_KEYS],
    .same = same,
    .attributes = attributes,
    .hurdles = appsync_hurdles,
    .hurdles_ms = APPSYNC_HURDLES_MS,
    .identify = identify,
    .receive = receive,
};

const struct resource_type appsync_api_key_type = {
    .name = "AWS::AppSync::ApiKey",
    .plain = &api_key,
    PLAIN_LIFE,
    .normalize = round_down,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}",
};
