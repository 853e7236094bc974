/*
 * AWS::Events::Connection: how to be let in at an HTTP endpoint.  AWS keeps its secrets in Secrets Manager
 * and never gives them back, so every update tells all of them again; the ledger and plans have digests of
 * them.  The values of parameters that are marked as secret go by another name in the one form that is
 * compared: SecretValue, which nobody can read.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-connection.html
 */

#include "base/digest.h"
#include "providers/events/common.h"
#include "providers/events/operations.h"
#include "providers/events/types.h"

enum { SETTLE_MS = 5 * 60 * 1000, DIGEST_SHOWN = 16 };

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

/* --- secrets --- */

/* Calls `change` for every text that is a secret: the map that holds it, and its name there. */
static void each_secret(struct arena *arena, struct value *auth,
                        void (*change)(struct arena *, struct value *map, const char *name))
{
    static const char *const lists[] = {"HeaderParameters", "QueryStringParameters", "BodyParameters"};
    struct value *places[] = {value_get(auth, "InvocationHttpParameters"),
                              value_path(auth, "OAuthParameters", "OAuthHttpParameters", NULL)};
    change(arena, value_get(auth, "ApiKeyAuthParameters"), "ApiKeyValue");
    change(arena, value_get(auth, "BasicAuthParameters"), "Password");
    change(arena, value_path(auth, "OAuthParameters", "ClientParameters", NULL), "ClientSecret");
    for (size_t p = 0; p < ARRAY_LENGTH(places); p++)
        for (size_t l = 0; l < ARRAY_LENGTH(lists); l++) {
            struct value *list = value_get(places[p], lists[l]);
            for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
                if (value_get_bool(list->items[i], "IsValueSecret", false))
                    change(arena, list->items[i], "Value");
        }
}

/* A digest where the template has it in clear; what came by a reference, or is hidden already, stays. */
static void digest_it(struct arena *arena, struct value *map, const char *name)
{
    const struct value *text = value_get(map, name);
    if (!value_is(text, VALUE_STRING) || value_reference(text).len || str_starts(text->text, "****") ||
        str_starts(text->text, "sha256:") || str_contains(text->text, "{{resolve:"))
        return;
    struct str digest = str_slice(sha256_hex(arena, text->text), 0, DIGEST_SHOWN);
    value_setz(arena, map, name,
               value_at_position_of(value_stringf(arena, "sha256:%.*s", STR_ARG(digest)), text));
}

/* For the log of requests. */
static void mark_it(struct arena *arena, struct value *map, const char *name)
{
    const struct value *text = value_get(map, name);
    if (value_is(text, VALUE_STRING))
        value_setz(arena, map, name, value_secret(arena, text->text));
}

static void rename_it(struct arena *arena, struct value *map, const char *name)
{
    struct value *text = value_get(map, name);
    if (!text || !value_get(map, "IsValueSecret"))
        return;
    value_setz(arena, map, "SecretValue", text);
    (void)value_remove(map, str_from(name));
}

static void connection_hide(struct arena *arena, struct value *properties)
{
    each_secret(arena, value_get(properties, "AuthParameters"), digest_it);
}

static void connection_normalize(struct arena *arena, struct value *properties)
{
    connection_hide(arena, properties);
    each_secret(arena, value_get(properties, "AuthParameters"), rename_it);
}

/* --- calls --- */

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
    each_secret(call->arena, value_get(input, "AuthParameters"), mark_it);
    return true;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)error;
    events_arn_for_policy(call, state, value_get_text(item, "ConnectionArn"));
    return true;
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
    .hide = connection_hide,
    .arn = "arn:{partition}:events:{region}:{account}:connection/{Name}/*",
};
