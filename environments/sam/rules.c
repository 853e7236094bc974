#include <string.h>

#include "environments/sam/transform.h"

/* What the events that become EventBridge rules have in common. */

enum { TARGET_ID_MAX = 64 };

void rule_state(struct sam *sam, struct event *event, struct made *rule)
{
    struct value *state = value_get(event->properties, "State"),
                 *enabled = value_get(event->properties, "Enabled");
    if (is_truthy(state) && !is_none(enabled))
        sam_fail(sam, enabled, event->function_id, "event '%s': 'State' and 'Enabled' cannot both be set",
                 event->relative);
    if (is_truthy(state))
        made_set(sam, rule, "State", state);
    else if (!is_none(enabled))
        made_set(sam, rule, "State", make_text(sam, is_truthy(enabled) ? "ENABLED" : "DISABLED"));
}

static bool check_queue(struct sam *sam, const struct event *event, const struct value *config)
{
    bool arn = value_get(config, "Arn"), type = value_get(config, "Type");
    const struct value *id = value_get(config, "QueueLogicalId");
    if (arn == type)
        sam_fail(sam, config, event->function_id,
                 "event '%s': 'DeadLetterConfig' needs either 'Arn' or 'Type'", event->relative);
    if (type && !value_is_text(value_get(config, "Type"), "SQS"))
        sam_fail(sam, config, event->function_id, "event '%s': 'Type' of 'DeadLetterConfig' must be SQS",
                 event->relative);
    if (!arn && !is_none(id) && !value_is(id, VALUE_STRING))
        sam_fail(sam, id, event->function_id, "event '%s': 'QueueLogicalId' must be a text", event->relative);
    return !sam->failed;
}

struct value *dead_letter_queue(struct sam *sam, struct event *event, struct value *rule_arn,
                                struct value *attributes, struct made_list *list)
{
    const struct value *config = value_get(event->properties, "DeadLetterConfig");
    if (is_none(config) || !check_queue(sam, event, config))
        return NULL;
    if (!is_none(value_get(config, "Arn")))
        return value_get(config, "Arn");
    const struct value *given = value_get(config, "QueueLogicalId");
    const char *id = is_truthy(given) ? given->text.ptr : text(sam, "%sQueue", event->id);
    struct value *arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", id);
    made_add(sam, list, made_new(sam, id, "AWS::SQS::Queue", attributes));
    if (!rule_arn)
        return arn;
    struct made *policy =
        made_new(sam, text(sam, "%sQueuePolicy", event->id), "AWS::SQS::QueuePolicy", attributes);
    made_set(sam, policy, "PolicyDocument",
             make(sam,
                  "{'Version': '2012-10-17', 'Statement': [{'Action': 'sqs:SendMessage', 'Effect': 'Allow', "
                  "'Principal': {'Service': 'events.amazonaws.com'}, 'Resource': %v, "
                  "'Condition': {'ArnEquals': {'aws:SourceArn': %v}}}]}",
                  arn, rule_arn));
    made_set(sam, policy, "Queues", make(sam, "[{'Ref': '%s'}]", id));
    made_add(sam, list, policy);
    return arn;
}

static struct value *target_id(struct sam *sam, const struct event *event, const char *suffix)
{
    struct value *given = value_path(event->properties, "Target", "Id", NULL);
    if (given)
        return given;
    struct str own = str_slice(str_from(event->id), 0, TARGET_ID_MAX - strlen(suffix));
    return value_stringf(sam->arena, "%.*s%s", STR_ARG(own), suffix);
}

static struct value *given_or_absent(const struct event *event, const char *name)
{
    struct value *value = value_get(event->properties, name);
    return is_none(value) ? NULL : value;
}

struct value *rule_target(struct sam *sam, struct event *event, struct target *target, struct value *role_arn,
                          struct value *queue_arn, const char *suffix)
{
    bool queue = given_or_absent(event, "DeadLetterConfig");
    return make(sam,
                "{'Arn': %v, 'Id': %v, 'RoleArn': %v, 'Input': %v, 'InputPath': %v, 'DeadLetterConfig': %v, "
                "'RetryPolicy': %v, 'InputTransformer': %v}",
                target->arn, target_id(sam, event, suffix), role_arn, given_or_absent(event, "Input"),
                given_or_absent(event, "InputPath"), queue ? make(sam, "{'Arn': %v}", queue_arn) : NULL,
                given_or_absent(event, "RetryPolicy"), given_or_absent(event, "InputTransformer"));
}
