/*
 * AWS::SNS::TopicPolicy: one policy on one or more topics.  SNS knows no such thing apart from the topic: a
 * topic always has a policy, and one that nobody wrote has SNS's own, which is set back where ours goes.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html
 */

#include "providers/policy.h"
#include "providers/shape.h"
#include "providers/sns/attributes.h"
#include "providers/sns/operations.h"
#include "providers/sns/types.h"

enum { PROPAGATION_MS = 30 * 1000 };

#define DEFAULT_SID "__default_statement_ID"

/* A role that was just made is not known everywhere at once. */
static const struct hurdle new_principal[] = {{"InvalidParameter", "Policy"}, {NULL, NULL}};

static const struct shape shape[] = {
    {.path = "Id"},
    {.path = "PolicyDocument", .kind = SHAPE_POLICY},
    {.path = "Topics", .kind = SHAPE_SET},
    {.path = NULL},
};

/* It has the id of the topic that sorts first, so that the same one under another logical id is known again.
 */
static struct str id_of(const struct resource_call *call, const struct value *topics)
{
    struct str first = STR_EMPTY;
    if (call->physical_id.len)
        return call->physical_id;
    for (size_t i = 0; value_is(topics, VALUE_LIST) && i < topics->count; i++)
        if (!first.len || str_compare(value_text(topics->items[i]), first) < 0)
            first = value_text(topics->items[i]);
    return first.len ? first : call->name;
}

static void give_id(const struct resource_call *call, struct resource_state *state)
{
    const struct value *known = call->properties ? call->properties : call->previous;
    state->physical_id = id_of(call, value_get(known, "Topics"));
    state->attributes = input_with(call->arena, "Id", state->physical_id);
}

/* https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html: the
 * owner may do all that a topic's policy can allow. */
static struct str default_policy(const struct resource_call *call, struct str topic)
{
    struct str rest = topic, part, account = aws_account(call->aws);
    for (int i = 0; i < 5 && str_split(&rest, ':', &part); i++)
        account = part;
    return arena_printf(call->arena,
                        "{\"Version\":\"2008-10-17\",\"Id\":\"__default_policy_ID\",\"Statement\":[{"
                        "\"Sid\":\"" DEFAULT_SID "\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},"
                        "\"Action\":[\"SNS:GetTopicAttributes\",\"SNS:SetTopicAttributes\","
                        "\"SNS:AddPermission\",\"SNS:RemovePermission\",\"SNS:DeleteTopic\","
                        "\"SNS:Subscribe\",\"SNS:ListSubscriptionsByTopic\",\"SNS:Publish\"],"
                        "\"Resource\":\"%.*s\",\"Condition\":{\"StringEquals\":{\"AWS:SourceOwner\":"
                        "\"%.*s\"}}}]}",
                        STR_ARG(topic), STR_ARG(account));
}

static bool is_default(const struct value *policy)
{
    const struct value *statements = value_get(policy, "Statement");
    const struct value *first = value_is(statements, VALUE_LIST) ? value_at(statements, 0) : statements;
    return str_is(value_get_text(first, "Sid"), DEFAULT_SID) &&
           (!value_is(statements, VALUE_LIST) || statements->count == 1);
}

/* --- reading --- */

/* The topic's own policy; *policy is NULL where it has none, or is gone. */
static bool read_topic(const struct resource_call *call, struct str topic, struct value **policy,
                       struct error *error)
{
    struct value *attributes;
    *policy = NULL;
    if (!sns_read_attributes(call, &sns_operations[SNS_GET_TOPIC_ATTRIBUTES], "TopicArn", topic, &attributes,
                             error)) {
        bool gone = error->code == ERROR_NOT_FOUND;
        if (gone)
            error_clear(error);
        return gone;
    }
    struct str text = value_get_text(attributes, "Policy");
    if (text.len && !json_of_answer(call->arena, text, policy, error))
        return false;
    *policy = *policy && !is_default(*policy) ? policy_normalize(call->arena, *policy) : NULL;
    return true;
}

/* Topics that have no policy, or are gone, are left out of Topics.  The policy that is shown is that of the
 * first topic whose policy is not the wanted one. */
static bool read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *known = call->properties ? call->properties : call->previous,
                       *topics = value_get(known, "Topics");
    struct value *with = value_list(arena), *shown = NULL, *policy;
    struct value *wanted = value_copy(arena, value_get(known, "PolicyDocument"));
    wanted = wanted ? policy_normalize(arena, wanted) : NULL;
    for (size_t i = 0; value_is(topics, VALUE_LIST) && i < topics->count; i++) {
        struct str topic = value_text(topics->items[i]);
        if (!read_topic(call, topic, &policy, error))
            return false;
        if (!policy)
            continue;
        value_append(arena, with, value_string(arena, topic));
        if (!shown || value_equal(shown, wanted))
            shown = policy;
    }
    if (!shown)
        return error_set(error, ERROR_NOT_FOUND, "no topic has the policy");
    state->properties = value_map(arena);
    value_setz(arena, state->properties, "Topics", with);
    value_setz(arena, state->properties, "PolicyDocument", shown);
    give_id(call, state);
    return true;
}

/* --- writing --- */

/* `policy` on all of these topics; empty: SNS's own. */
static bool set_policy(const struct resource_call *call, const struct value *topics, struct str policy,
                       struct error *error)
{
    struct arena *arena = call->arena;
    const struct hurdle *hurdles = str_contains(policy, ":iam::") ? new_principal : NULL;
    for (size_t i = 0; value_is(topics, VALUE_LIST) && i < topics->count; i++) {
        struct str topic = value_text(topics->items[i]);
        struct value *input = input_with(arena, "TopicArn", topic);
        and_with(arena, input, "AttributeName", STR("Policy"));
        and_with(arena, input, "AttributeValue", policy.len ? policy : default_policy(call, topic));
        if (call_over_hurdles(call->aws, &sns_operations[SNS_SET_TOPIC_ATTRIBUTES], arena, input, hurdles,
                              PROPAGATION_MS, NULL, error))
            continue;
        if (error->code != ERROR_NOT_FOUND || policy.len)
            return false;
        error_clear(error);
    }
    return true;
}

/* The topics of `before` that are not among `now`. */
static struct value *topics_left(struct arena *arena, const struct value *before, const struct value *now)
{
    struct value *left = value_list(arena);
    for (size_t i = 0; value_is(before, VALUE_LIST) && i < before->count; i++)
        if (!list_has(now, value_text(before->items[i])))
            value_append(arena, left, before->items[i]);
    return left;
}

static bool write(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *topics = value_get(call->properties, "Topics");
    struct str policy = policy_text(call->arena, value_get(call->properties, "PolicyDocument"));
    const struct value *left = topics_left(call->arena, value_get(call->previous, "Topics"), topics);
    if (!shape_check(shape, sns_topic_policy_type.name, call->properties, error) ||
        !set_policy(call, topics, policy, error) || !set_policy(call, left, STR_EMPTY, error))
        return false;
    give_id(call, state);
    return true;
}

static bool remove_policy(const struct resource_call *call, struct error *error)
{
    return set_policy(call, value_get(call->previous, "Topics"), STR_EMPTY, error);
}

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type sns_topic_policy_type = {
    .name = "AWS::SNS::TopicPolicy",
    .name_max = 256,
    .read = read,
    .find = read,
    .create = write,
    .update = write,
    .remove = remove_policy,
    .normalize = normalize,
    .arn = "arn:{partition}:sns:{region}:{account}:*",
};
