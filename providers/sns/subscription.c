/*
 * AWS::SNS::Subscription.  It has neither name nor tags: its topic, protocol and endpoint say which one it
 * is. Every call goes to the topic's region.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-subscription.html
 */

#include "providers/policy.h"
#include "providers/shape.h"
#include "providers/sns/attributes.h"
#include "providers/sns/operations.h"
#include "providers/sns/types.h"

#define RETRY(NAME) "DeliveryPolicy.healthyRetryPolicy." NAME

static const struct shape shape[] = {
    {.path = "DeliveryPolicy", .kind = SHAPE_JSON},
    {.path = "DeliveryPolicy.guaranteed", .kind = SHAPE_BOOL},
    {.path = RETRY("backoffFunction")},
    {.path = RETRY("maxDelayTarget"), .kind = SHAPE_NUMBER},
    {.path = RETRY("minDelayTarget"), .kind = SHAPE_NUMBER},
    {.path = RETRY("numMaxDelayRetries"), .kind = SHAPE_NUMBER},
    {.path = RETRY("numMinDelayRetries"), .kind = SHAPE_NUMBER},
    {.path = RETRY("numNoDelayRetries"), .kind = SHAPE_NUMBER},
    {.path = RETRY("numRetries"), .kind = SHAPE_NUMBER},
    {.path = "DeliveryPolicy.healthyRetryPolicy", .kind = SHAPE_MAP},
    {.path = "DeliveryPolicy.throttlePolicy", .kind = SHAPE_MAP},
    {.path = "DeliveryPolicy.throttlePolicy.maxReceivesPerSecond", .kind = SHAPE_NUMBER},
    {.path = "Endpoint"},
    {.path = "FilterPolicy", .kind = SHAPE_JSON, .otherwise = "{}"},
    {.path = "FilterPolicyScope", .otherwise = "\"MessageAttributes\""},
    {.path = "Protocol"},
    {.path = "RawMessageDelivery", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "RedrivePolicy", .kind = SHAPE_JSON},
    {.path = "Region"},
    {.path = "ReplayPolicy", .kind = SHAPE_JSON, .otherwise = "{}"},
    {.path = "SubscriptionRoleArn"},
    {.path = "TopicArn"},
    {.path = NULL},
};

/* Properties that are attributes of the same name and can be changed; a filter's scope comes before it. */
static const char *const settings[] = {
    "FilterPolicyScope", "FilterPolicy", "RawMessageDelivery",  "RedrivePolicy",
    "DeliveryPolicy",    "ReplayPolicy", "SubscriptionRoleArn", NULL,
};

static const char *const identity[] = {"Endpoint", "Protocol", "TopicArn", NULL};

/* Only a confirmed subscription, or one that we made, is known by its ARN. */
static bool is_arn(struct str id)
{
    return str_starts(id, "arn:");
}

/* --- the topic's region --- */

static struct str arn_field(struct str arn, int field)
{
    struct str part = STR_EMPTY;
    while (field-- >= 0)
        if (!str_split(&arn, ':', &part))
            return STR_EMPTY;
    return part;
}

static const struct value *declared(const struct resource_call *call)
{
    return call->properties ? call->properties : call->previous;
}

/* A copy of the call that goes to the topic's region; close_call ends it. */
static bool open_call(const struct resource_call *call, struct resource_call *there, struct error *error)
{
    struct str topic = value_get_text(declared(call), "TopicArn");
    struct str region = arn_field(is_arn(call->physical_id) ? call->physical_id : topic, 3);
    *there = *call;
    if (!region.len || str_equal(region, aws_region(call->aws)))
        return true;
    return aws_in_region(call->aws, region, &there->aws, error);
}

static void close_call(const struct resource_call *call, const struct resource_call *there)
{
    if (there->aws != call->aws)
        aws_close(there->aws);
}

static bool check(const struct resource_call *call, struct error *error)
{
    const struct value *region = value_get(call->properties, "Region");
    struct str topic = value_get_text(call->properties, "TopicArn");
    if (!shape_check(shape, sns_subscription_type.name, call->properties, error))
        return false;
    if (!region || str_equal(value_text(region), arn_field(topic, 3)))
        return true;
    return value_error(region, error, ERROR_INVALID,
                       "property 'Region' says '%.*s', but the topic is '%.*s': name the topic's region",
                       STR_ARG(value_text(region)), STR_ARG(topic));
}

/* What SNS fills in where a delivery policy leaves it out
 * (https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html). */
static const struct {
    const char *part, *name, *otherwise;
} filled_in[] = {
    {"healthyRetryPolicy", "backoffFunction", "linear"}, {"healthyRetryPolicy", "maxDelayTarget", "20"},
    {"healthyRetryPolicy", "minDelayTarget", "20"},      {"healthyRetryPolicy", "numMaxDelayRetries", "0"},
    {"healthyRetryPolicy", "numMinDelayRetries", "0"},   {"healthyRetryPolicy", "numNoDelayRetries", "0"},
    {"healthyRetryPolicy", "numRetries", "3"},           {NULL, "guaranteed", "false"},
};

static void drop_filled_in(struct value *policy)
{
    for (size_t i = 0; i < ARRAY_LENGTH(filled_in); i++) {
        struct value *part = filled_in[i].part ? value_get(policy, filled_in[i].part) : policy;
        if (value_is(part, VALUE_MAP) &&
            str_is(value_get_text(part, filled_in[i].name), filled_in[i].otherwise))
            value_remove(part, str_from(filled_in[i].name));
    }
}

/* --- reading --- */

static bool read_attribute(struct arena *arena, const struct value *attributes, const char *name,
                           struct value *live, struct error *error)
{
    struct value *value = value_get(attributes, name);
    bool json = str_ends(str_from(name), "Policy");
    if (!value || !value_text(value).len)
        return true;
    if (json && !json_of_answer(arena, value_text(value), &value, error))
        return false;
    value_setz(arena, live, name, value);
    return true;
}

static bool read_arn(const struct resource_call *call, struct str arn, struct resource_state *state,
                     struct error *error)
{
    struct arena *arena = call->arena;
    struct value *attributes;
    if (!sns_read_attributes(call, &sns_operations[SNS_GET_SUBSCRIPTION_ATTRIBUTES], "SubscriptionArn", arn,
                             &attributes, error))
        return false;
    struct value *live = state->properties = value_map(arena);
    members_copy(arena, live, attributes, identity);
    for (const char *const *name = settings; *name; name++)
        if (!read_attribute(arena, attributes, *name, live, error))
            return false;
    and_with(arena, live, "Region", arn_field(arn, 3));
    state->physical_id = arena_str(arena, arn);
    state->attributes = input_with(arena, "Arn", arn);
    shape_fill(shape, arena, live);
    shape_normalize(shape, arena, live);
    drop_filled_in(value_get(live, "DeliveryPolicy"));
    return true;
}

/* While nobody has confirmed it SNS shows no ARN, and without one nothing more can be read: what was declared
 * stands. */
static void give_pending(const struct resource_call *call, const struct value *properties,
                         struct resource_state *state)
{
    state->physical_id = STR(SNS_PENDING);
    state->properties = value_copy(call->arena, properties);
    state->attributes = input_with(call->arena, "Arn", state->physical_id);
}

/* Looks among the topic's subscriptions. */
static bool find_there(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *properties = declared(call);
    const struct value *endpoint = value_get(properties, "Endpoint");
    struct str topic = value_get_text(properties, "TopicArn");
    struct value *items;
    if (!sns_subscriptions(call->aws, call->arena, topic, &items, error))
        return false;
    const struct value *found = sns_subscription_of(
        call->arena, items, value_get_text(properties, "Protocol"), endpoint ? endpoint->text : STR_EMPTY);
    if (!found)
        return error_set(error, ERROR_NOT_FOUND, "topic '%.*s' has no such subscription", STR_ARG(topic));
    struct str arn = value_get_text(found, "SubscriptionArn");
    if (is_arn(arn))
        return read_arn(call, arn, state, error);
    give_pending(call, properties, state);
    return true;
}

static bool subscription_find(const struct resource_call *call, struct resource_state *state,
                              struct error *error)
{
    struct resource_call there;
    if (!open_call(call, &there, error))
        return false;
    bool ok = find_there(&there, state, error);
    close_call(call, &there);
    return ok;
}

static bool read_there(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (is_arn(call->physical_id))
        return read_arn(call, call->physical_id, state, error);
    return find_there(call, state, error);
}

static bool subscription_read(const struct resource_call *call, struct resource_state *state,
                              struct error *error)
{
    struct resource_call there;
    if (!open_call(call, &there, error))
        return false;
    bool ok = read_there(&there, state, error);
    close_call(call, &there);
    return ok;
}

/* --- writing --- */

/* SNS refuses an empty redrive policy and takes it away where no value is given. */
static bool write_setting(const struct resource_call *call, struct str arn, const char *name,
                          const struct value *wanted, struct error *error)
{
    const struct aws_operation *operation = &sns_operations[SNS_SET_SUBSCRIPTION_ATTRIBUTES];
    if (str_is(STR("RedrivePolicy"), name) && wanted->kind == VALUE_NULL) {
        struct value *input = input_with(call->arena, "SubscriptionArn", arn);
        return call_simply(call, operation, and_with(call->arena, input, "AttributeName", str_from(name)),
                           error);
    }
    return sns_write_attribute(call, operation, "SubscriptionArn", arn, name, wanted, error);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    struct value *compared = value_copy(call->arena, target);
    drop_filled_in(value_get(compared, "DeliveryPolicy"));
    if (!read_there(call, state, error))
        return false;
    if (!is_arn(state->physical_id))
        return true;
    for (const char *const *name = settings; *name; name++)
        if (shape_differs_at_all(compared, state->properties, *name) &&
            !write_setting(call, state->physical_id, *name, value_get(target, *name), error))
            return false;
    return true;
}

static bool subscription_update(const struct resource_call *call, struct resource_state *state,
                                struct error *error)
{
    struct resource_call there;
    if (!check(call, error) || !open_call(call, &there, error))
        return false;
    bool ok = update_until_answered(update_once, &there, state, error);
    close_call(call, &there);
    return ok;
}

/* With all settings at once, so that no message comes past the filter. */
static struct value *subscribe_input(const struct resource_call *call)
{
    struct arena *arena = call->arena;
    const struct value *target = shape_target(shape, arena, call->properties, NULL);
    struct value *input = value_map(arena), *attributes = value_map(arena);
    members_copy(arena, input, target, identity);
    for (const char *const *name = settings; *name; name++)
        if (value_get(target, *name))
            value_setz(arena, attributes, *name, sns_attribute(arena, value_get(target, *name)));
    if (attributes->count)
        value_setz(arena, input, "Attributes", attributes);
    value_setz(arena, input, "ReturnSubscriptionArn", value_bool(arena, true));
    return input;
}

static bool create_there(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call made = *call;
    struct value *answer;
    bool found;
    if (!find_ours(call, &sns_subscription_type, state, &found, error))
        return false;
    made.physical_id = state->physical_id;
    if (!found) {
        if (!aws_call(call->aws, &sns_operations[SNS_SUBSCRIBE], call->arena, subscribe_input(call), &answer,
                      error))
            return false;
        made.physical_id = value_get_text(answer, "SubscriptionArn");
    }
    return update_until_answered(update_once, &made, state, error);
}

static bool subscription_create(const struct resource_call *call, struct resource_state *state,
                                struct error *error)
{
    struct resource_call there;
    if (!check(call, error) || !open_call(call, &there, error))
        return false;
    bool ok = create_there(&there, state, error);
    close_call(call, &there);
    return ok;
}

/* What is not confirmed cannot be ended: SNS drops it by itself after two days
 * (https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html). */
static bool remove_there(const struct resource_call *call, struct error *error)
{
    struct resource_state state = {.physical_id = call->physical_id};
    if (!is_arn(call->physical_id) && !find_there(call, &state, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    if (!is_arn(state.physical_id) ||
        call_or_absent(call, &sns_operations[SNS_UNSUBSCRIBE],
                       input_with(call->arena, "SubscriptionArn", state.physical_id), error))
        return true;
    if (!str_contains(str_from(error->message), "pending confirmation"))
        return false;
    error_clear(error);
    return true;
}

static bool subscription_remove(const struct resource_call *call, struct error *error)
{
    struct resource_call there;
    if (!open_call(call, &there, error))
        return false;
    bool ok = remove_there(&there, error);
    close_call(call, &there);
    return ok;
}

static void subscription_normalize(struct arena *arena, struct value *properties)
{
    struct value *endpoint = value_get(properties, "Endpoint");
    shape_normalize(shape, arena, properties);
    drop_filled_in(value_get(properties, "DeliveryPolicy"));
    if (value_is(endpoint, VALUE_STRING))
        and_with(arena, properties, "Endpoint", sns_shown_endpoint(arena, endpoint->text));
}

const struct resource_type sns_subscription_type = {
    .name = "AWS::SNS::Subscription",
    .read = subscription_read,
    .find = subscription_find,
    .create = subscription_create,
    .update = subscription_update,
    .remove = subscription_remove,
    .normalize = subscription_normalize,
    .arn = "arn:{partition}:sns:{region}:{account}:*",
};
