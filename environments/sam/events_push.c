#include "environments/sam/editor.h"

/* Events that call the function: each gives it a permission and makes the source call it. */

struct made *lambda_permission(struct sam *sam, const struct target *target, const char *prefix,
                               const char *suffix, const char *principal)
{
    const char *base = text(sam, "%sPermission", prefix);
    const char *id = is_alphanumeric(str_from(suffix)) ? text(sam, "%s%s", base, suffix)
                                                       : hashed_id(sam, base, make_text(sam, suffix));
    struct made *permission = made_new(sam, id, "AWS::Lambda::Permission", target->attributes);
    made_set(sam, permission, "Action", make_text(sam, "lambda:InvokeFunction"));
    made_set(sam, permission, "FunctionName", target->name);
    made_set(sam, permission, "Principal", make_text(sam, principal));
    return permission;
}

static void build_rule(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    struct made *rule = made_new(sam, event->id, "AWS::Events::Rule", target->attributes);
    struct value *arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", event->id);
    bool schedule = str_is(str_from(event->type), "Schedule");
    made_set(sam, rule, "ScheduleExpression", schedule ? value_get(event->properties, "Schedule") : NULL);
    made_set(sam, rule, "EventBusName", value_get(event->properties, "EventBusName"));
    made_set(sam, rule, "EventPattern", value_get(event->properties, "Pattern"));
    made_set(sam, rule, "Name", value_get(event->properties, schedule ? "Name" : "RuleName"));
    made_set(sam, rule, "Description", value_get(event->properties, "Description"));
    rule_state(sam, event, rule);
    made_add(sam, list, rule);
    struct value *queue = dead_letter_queue(sam, event, arn, target->attributes, list);
    made_set(sam, rule, "Targets",
             make(sam, "[%v]", rule_target(sam, event, target, NULL, queue, "LambdaTarget")));
    struct made *permission = lambda_permission(sam, target, event->id, "", "events.amazonaws.com");
    made_set(sam, permission, "SourceArn", arn);
    made_add(sam, list, permission);
}

/* A resource of the template that an event refers to and edits. */
static struct value *linked(struct sam *sam, struct event *event, const char *property, const char *what,
                            const char **id)
{
    struct value *name = value_path(event->properties, property, "Ref", NULL);
    struct value *resource = value_get_str(sam->resources, value_text(name));
    *id = value_text(name).ptr;
    if (!value_is(name, VALUE_STRING) || !resource)
        sam_fail(sam, event->node, event->function_id, "event '%s' must refer to a %s of this template",
                 event->relative, what);
    return resource;
}

void event_link(struct sam *sam, struct event *event)
{
    struct str type = str_from(event->type);
    struct value *api_id, *api, *stage;
    const char *id;
    if (str_is(type, "Api"))
        link_rest_api(sam, event, &api_id, &api, &stage);
    else if (str_is(type, "HttpApi"))
        link_http_api(sam, event, &api_id, &api);
    else if (str_is(type, "S3"))
        linked(sam, event, "Bucket", "bucket", &id);
    else if (str_is(type, "Cognito"))
        linked(sam, event, "UserPool", "Cognito UserPool", &id);
}

/* The linked resource takes the place of its older form. */
static void add_linked(struct sam *sam, const char *id, const char *type, struct value *resource,
                       struct made_list *list)
{
    struct made *made = made_new(sam, id, type, own_attributes(sam, resource));
    struct value *properties = value_get(resource, "Properties");
    if (!value_is_text(value_get(resource, "Type"), type))
        sam_fail(sam, resource, id, "must be of type '%s'", type);
    made->depends_on = value_get(resource, "DependsOn");
    check_properties(sam, resource, id, type, linked_properties(type), properties);
    made->properties = properties ? properties : made->properties;
    made_add(sam, list, made);
}

static struct value *child_map(struct sam *sam, struct value *map, const char *key)
{
    struct value *child = value_get(map, key);
    if (!is_none(child))
        return child;
    child = value_map(sam->arena);
    if (value_is(map, VALUE_MAP)) /* else the caller says that it is not */
        value_setz(sam->arena, map, key, child);
    return child;
}

static bool contains(const struct value *list, const struct value *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (value_equal(list->items[i], item))
            return true;
    return false;
}

/* With a condition, a tag makes the bucket depend on a permission that may not be there. */
static void depend_on_permission(struct sam *sam, struct value *bucket, const char *bucket_id,
                                 const struct made *permission)
{
    struct value *condition = value_get(permission->attributes, "Condition");
    if (condition) {
        struct value *properties = child_map(sam, bucket, "Properties"),
                     *tags = value_get(properties, "Tags");
        struct value *all = value_list(sam->arena);
        if (!expect(sam, properties, bucket, bucket_id, "Properties", VALUE_MAP) ||
            (!is_none(tags) && !expect(sam, tags, bucket, bucket_id, "Tags", VALUE_LIST)))
            return;
        append_all(sam, all, tags);
        value_append(sam->arena, all,
                     make(sam, "{'Key': 'sam:ConditionalDependsOn:%s', 'Value': %v}", permission->id,
                          make_if(sam, condition, make(sam, "{'Ref': '%s'}", permission->id),
                                  make_text(sam, "no dependency"))));
        value_setz(sam->arena, properties, "Tags", all);
        return;
    }
    struct value *depends_on = value_get(bucket, "DependsOn"), *all = value_list(sam->arena);
    struct value *own = make_text(sam, permission->id);
    if (value_is(depends_on, VALUE_STRING))
        value_append(sam->arena, all, depends_on);
    for (size_t i = 0; value_is(depends_on, VALUE_LIST) && i < depends_on->count; i++)
        if (!contains(all, depends_on->items[i]))
            value_append(sam->arena, all, depends_on->items[i]);
    if (!contains(all, own))
        value_append(sam->arena, all, own);
    value_setz(sam->arena, bucket, "DependsOn", all);
}

static void notify(struct sam *sam, struct event *event, struct target *target, struct value *bucket,
                   const char *id)
{
    struct value *events = value_get(event->properties, "Events"),
                 *filter = value_get(event->properties, "Filter");
    struct value *condition = value_get(target->attributes, "Condition");
    struct value *properties = child_map(sam, bucket, "Properties");
    if (!expect(sam, properties, bucket, id, "Properties", VALUE_MAP))
        return;
    struct value *configuration = child_map(sam, properties, "NotificationConfiguration");
    if (!expect(sam, configuration, bucket, id, "NotificationConfiguration", VALUE_MAP))
        return;
    struct value *list = value_get(configuration, "LambdaConfigurations");
    if (is_none(list))
        list = value_list(sam->arena);
    value_setz(sam->arena, configuration, "LambdaConfigurations", list);
    if (!expect(sam, list, bucket, id, "LambdaConfigurations", VALUE_LIST))
        return;
    if (value_is(events, VALUE_STRING))
        events = make(sam, "[%v]", events);
    for (size_t i = 0; i < events->count; i++) {
        struct value *one = make(sam, "{'Function': %v, 'Filter': %v, 'Event': %v}", target->arn,
                                 is_none(filter) ? NULL : filter, events->items[i]);
        if (condition)
            one = make_if(sam, condition, one, NULL);
        if (!contains(list, one))
            value_append(sam->arena, list, one);
    }
}

static void build_s3(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    const char *id;
    struct value *bucket = linked(sam, event, "Bucket", "bucket", &id);
    if (sam->failed)
        return;
    struct made *permission = lambda_permission(sam, target, event->id, "", "s3.amazonaws.com");
    made_set(sam, permission, "SourceAccount", make(sam, "{'Ref': 'AWS::AccountId'}"));
    depend_on_permission(sam, bucket, id, permission);
    made_add(sam, list, permission);
    notify(sam, event, target, bucket, id);
    add_linked(sam, id, "AWS::S3::Bucket", bucket, list);
}

static void build_cognito(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    const char *id;
    struct value *pool = linked(sam, event, "UserPool", "Cognito UserPool", &id);
    struct value *triggers = value_get(event->properties, "Trigger");
    if (sam->failed)
        return;
    struct made *permission = lambda_permission(sam, target, text(sam, "%sCognito", target->function->id), "",
                                                "cognito-idp.amazonaws.com");
    made_set(sam, permission, "SourceArn", make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", id));
    made_add(sam, list, permission);
    struct value *properties = child_map(sam, pool, "Properties");
    struct value *config = child_map(sam, properties, "LambdaConfig");
    if (!expect(sam, properties, pool, id, "Properties", VALUE_MAP) ||
        !expect(sam, config, pool, id, "LambdaConfig", VALUE_MAP))
        return;
    if (value_is(triggers, VALUE_STRING))
        triggers = make(sam, "[%v]", triggers);
    for (size_t i = 0; i < triggers->count; i++) {
        if (value_get_str(config, triggers->items[i]->text))
            sam_fail(sam, triggers->items[i], event->function_id, "event '%s': trigger '%.*s' is set already",
                     event->relative, STR_ARG(triggers->items[i]->text));
        value_set(sam->arena, config, triggers->items[i]->text, target->arn);
    }
    add_linked(sam, id, "AWS::Cognito::UserPool", pool, list);
}

static void subscribe(struct sam *sam, struct event *event, struct target *target, const char *protocol,
                      struct value *endpoint, struct made_list *list)
{
    static const char *const same[] = {"Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"};
    struct made *subscription = made_new(sam, event->id, "AWS::SNS::Subscription", target->attributes);
    made_set(sam, subscription, "Protocol", make_text(sam, protocol));
    made_set(sam, subscription, "Endpoint", endpoint);
    made_set(sam, subscription, "TopicArn", value_get(event->properties, "Topic"));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, subscription, same[i], value_get(event->properties, same[i]));
    made_add(sam, list, subscription);
}

static void map_queue(struct sam *sam, struct event *event, struct target *target, struct value *arn,
                      struct value *batch, struct made_list *list)
{
    struct event queue = *event;
    queue.id = text(sam, "%sEventSourceMapping", event->id);
    queue.type = "SQS";
    queue.properties = make(sam, "{'Queue': %v, 'BatchSize': %v, 'Enabled': true}", arn,
                            is_truthy(batch) ? batch : value_int(sam->arena, 10));
    build_pull_event(sam, &queue, target, list);
}

static void queue_policy(struct sam *sam, struct event *event, struct target *target, const char *id,
                         struct value *arn, struct value *url, struct made_list *list)
{
    struct made *policy = made_new(sam, id, "AWS::SQS::QueuePolicy", target->attributes);
    made_set(sam, policy, "PolicyDocument",
             make(sam,
                  "{'Version': '2012-10-17', 'Statement': [{'Action': 'sqs:SendMessage', 'Effect': 'Allow', "
                  "'Principal': '*', 'Resource': %v, 'Condition': {'ArnEquals': {'aws:SourceArn': %v}}}]}",
                  arn, value_get(event->properties, "Topic")));
    made_set(sam, policy, "Queues", make(sam, "[%v]", url));
    made_add(sam, list, policy);
}

static void build_sns(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    struct value *through = value_get(event->properties, "SqsSubscription");
    struct value *topic = value_get(event->properties, "Topic"), *arn, *url, *batch = NULL;
    const char *policy_id = text(sam, "%sQueuePolicy", event->id);
    if (!is_truthy(through)) {
        struct made *permission = lambda_permission(sam, target, event->id, "", "sns.amazonaws.com");
        made_set(sam, permission, "SourceArn", topic);
        made_add(sam, list, permission);
        subscribe(sam, event, target, "lambda", target->arn, list);
        return;
    }
    if (value_is(through, VALUE_BOOL)) {
        struct made *queue =
            made_new(sam, text(sam, "%sQueue", event->id), "AWS::SQS::Queue", target->attributes);
        const char *topic_id = id_of_intrinsic(sam, topic);
        struct value *fifo =
            topic_id ? value_path(sam->resources, topic_id, "Properties", "FifoTopic", NULL) : NULL;
        fifo = fifo ? resolve_parameters(sam, fifo) : NULL;
        made_set(sam, queue, "FifoQueue", is_truthy(fifo) ? fifo : NULL);
        made_add(sam, list, queue);
        arn = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", queue->id);
        url = make(sam, "{'Ref': '%s'}", queue->id);
    } else {
        arn = value_get(through, "QueueArn");
        url = value_get(through, "QueueUrl");
        batch = value_get(through, "BatchSize");
        if (!is_truthy(arn) || !is_truthy(url))
            sam_fail(sam, through, event->function_id,
                     "event '%s': 'SqsSubscription' needs 'QueueArn' and 'QueueUrl'", event->relative);
        if (is_truthy(value_get(through, "QueuePolicyLogicalId")))
            policy_id = value_get_text(through, "QueuePolicyLogicalId").ptr;
    }
    if (sam->failed)
        return;
    map_queue(sam, event, target, arn, batch, list);
    queue_policy(sam, event, target, policy_id, arn, url, list);
    subscribe(sam, event, target, "sqs", arn, list);
}

static void build_alexa(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    struct made *permission = lambda_permission(sam, target, event->id, "", "alexa-appkit.amazon.com");
    made_set(sam, permission, "EventSourceToken", value_get(event->properties, "SkillId"));
    made_add(sam, list, permission);
}

static void build_iot(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    struct value *version = value_get(event->properties, "AwsIotSqlVersion");
    struct made *permission = lambda_permission(sam, target, event->id, "", "iot.amazonaws.com");
    made_set(sam, permission, "SourceArn",
             make(sam,
                  "{'Fn::Sub': ['arn:%s:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}', "
                  "{'RuleName': {'Ref': '%s'}}]}",
                  sam->partition, event->id));
    made_set(sam, permission, "SourceAccount", make(sam, "{'Fn::Sub': '${AWS::AccountId}'}"));
    made_add(sam, list, permission);
    struct made *rule = made_new(sam, event->id, "AWS::IoT::TopicRule", target->attributes);
    made_set(sam, rule, "TopicRulePayload",
             make(sam,
                  "{'Sql': %v, 'RuleDisabled': false, 'Actions': [{'Lambda': {'FunctionArn': %v}}], "
                  "'AwsIotSqlVersion': %v}",
                  value_get(event->properties, "Sql"), target->arn, is_truthy(version) ? version : NULL));
    made_add(sam, list, rule);
}

static void build_logs(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    struct made *permission = lambda_permission(sam, target, event->id, "", "logs.amazonaws.com");
    made_set(
        sam, permission, "SourceArn",
        make(sam,
             "{'Fn::Sub': ['arn:%s:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*', "
             "{'__LogGroupName__': %v}]}",
             sam->partition, value_get(event->properties, "LogGroupName")));
    made_add(sam, list, permission);
    struct made *filter = made_new(sam, event->id, "AWS::Logs::SubscriptionFilter", target->attributes);
    filter->depends_on = make(sam, "['%s']", permission->id);
    made_set(sam, filter, "LogGroupName", value_get(event->properties, "LogGroupName"));
    made_set(sam, filter, "FilterPattern", value_get(event->properties, "FilterPattern"));
    made_set(sam, filter, "DestinationArn", target->arn);
    made_add(sam, list, filter);
}

void build_push_event(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    static const struct {
        const char *type;
        void (*build)(struct sam *, struct event *, struct target *, struct made_list *);
    } events[] = {
        {"AlexaSkill", build_alexa},
        {"CloudWatchEvent", build_rule},
        {"CloudWatchLogs", build_logs},
        {"Cognito", build_cognito},
        {"EventBridgeRule", build_rule},
        {"IoTRule", build_iot},
        {"S3", build_s3},
        {"SNS", build_sns},
        {"Schedule", build_rule},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(events); i++)
        if (str_is(str_from(event->type), events[i].type))
            events[i].build(sam, event, target, list);
}
