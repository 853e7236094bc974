/*
 * AWS::Events::Connection: how to be let in at an HTTP endpoint.  AWS keeps its secrets in Secrets Manager
 * and never gives them back, so every update tells all of them again.  The values of parameters that are
 * marked as secret go by another name in the one form that is compared: SecretValue, which nobody can read.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-connection.html
 */

#include "providers/events/common.h"
#include "providers/events/operations.h"
#include "providers/events/types.h"

enum { SETTLE_MS = 5 * 60 * 1000 };

#define NO_PARAMETERS "{\"HeaderParameters\":[],\"QueryStringParameters\":[],\"BodyParameters\":[]}"
#define PARAMETERS(PATH)                                                                                     \
    {.path = PATH, .kind = SHAPE_MAP, .otherwise = NO_PARAMETERS},                                           \
        {.path = PATH ".HeaderParameters", .kind = SHAPE_SET, .key = "Key", .otherwise = "[]"},              \
        {.path = PATH ".QueryStringParameters", .kind = SHAPE_SET, .key = "Key", .otherwise = "[]"},         \
    {                                                                                                        \
        .path = PATH ".BodyParameters", .kind = SHAPE_SET, .key = "Key", .otherwise = "[]"                   \
    }
#define INVOCATION "AuthParameters.InvocationHttpParameters"
#define OAUTH "AuthParameters.OAuthParameters.OAuthHttpParameters"

static const struct shape rules[] = {
    PARAMETERS(INVOCATION),
    PARAMETERS(OAUTH),
    {.path = "Description", .otherwise = "\"\""},
    {.path = "KmsKeyIdentifier", .otherwise = "\"\""},
    {.facts = "AWS::Events::Connection"},
};

static const char *const readable[] = {INVOCATION, OAUTH, NULL};
static const char *const unreadable[] = {
    "AuthParameters.ApiKeyAuthParameters.ApiKeyValue",
    "AuthParameters.BasicAuthParameters.Password",
    "AuthParameters.OAuthParameters.ClientParameters.ClientSecret",
    INVOCATION ".HeaderParameters.SecretValue",
    INVOCATION ".QueryStringParameters.SecretValue",
    INVOCATION ".BodyParameters.SecretValue",
    OAUTH ".HeaderParameters.SecretValue",
    OAUTH ".QueryStringParameters.SecretValue",
    OAUTH ".BodyParameters.SecretValue",
    NULL,
};

static void without_association(struct value *connectivity)
{
    struct value *resource = value_get(connectivity, "ResourceParameters");
    if (resource)
        (void)value_remove(resource, STR("ResourceAssociationArn"));
}

/* What only AWS sets is no part of a request. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    static const char *const type[] = {"AuthorizationType", NULL};
    (void)error;
    if (live)
        members_copy(call->arena, input, target, type);
    without_association(value_get(input, "InvocationConnectivityParameters"));
    without_association(value_path(input, "AuthParameters", "ConnectivityParameters", NULL));
    return true;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)error;
    events_arn_for_policy(call, state, value_get_text(item, "ConnectionArn"));
    return true;
}

static void name_secrets(struct arena *arena, struct value *list)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++) {
        struct value *secret = value_get(list->items[i], "Value");
        if (!secret || !value_get_bool(list->items[i], "IsValueSecret", false))
            continue;
        value_setz(arena, list->items[i], "SecretValue", secret);
        (void)value_remove(list->items[i], STR("Value"));
    }
}

static void name_all_secrets(struct arena *arena, struct value *parameters)
{
    name_secrets(arena, value_get(parameters, "HeaderParameters"));
    name_secrets(arena, value_get(parameters, "QueryStringParameters"));
    name_secrets(arena, value_get(parameters, "BodyParameters"));
}

static void connection_normalize(struct arena *arena, struct value *properties)
{
    struct value *auth = value_get(properties, "AuthParameters");
    name_all_secrets(arena, value_get(auth, "InvocationHttpParameters"));
    name_all_secrets(arena, value_path(auth, "OAuthParameters", "OAuthHttpParameters", NULL));
}

static const struct plain_key keys[] = {{"Name", NULL}, {NULL, NULL}};

static const struct plain connection = {
    .rules = rules,
    .create = &events_operations[EVENTS_CREATE_CONNECTION],
    .read = &events_operations[EVENTS_DESCRIBE_CONNECTION],
    .update = &events_operations[EVENTS_UPDATE_CONNECTION],
    .remove = &events_operations[EVENTS_DELETE_CONNECTION],
    .keys = keys,
    .settling = {.member = "ConnectionState",
                 .ready = "AUTHORIZED,ACTIVE",
                 .failed = "DEAUTHORIZED,FAILED_CONNECTIVITY",
                 .reason = "StateReason",
                 .timeout_ms = SETTLE_MS},
    .waits_for_removal = true,
    .hurdles = events_hurdles,
    .hurdles_ms = EVENTS_BUSY_MS,
    .send = send,
    .receive = receive,
};

const struct resource_type events_connection_type = {
    .name = "AWS::Events::Connection",
    .name_property = "Name",
    .name_max = 64,
    .unreadable = unreadable,
    .readable = readable,
    .plain = &connection,
    PLAIN_LIFE,
    .normalize = connection_normalize,
    .arn = "arn:{partition}:events:{region}:{account}:connection/{Name}/*",
};
