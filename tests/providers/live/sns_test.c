#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/sns/operations.h"
#include "providers/sns/types.h"
#include "tests/providers/live/live.h"

#define QUEUE(NAME) "arn:aws:sqs:us-east-1:123456789012:" NAME

/* moto's GetTopicAttributes shows no SignatureVersion, TracingConfig, ArchivePolicy, FifoThroughputScope and
 * delivery logging, and it has no GetDataProtectionPolicy: see tests/providers/sns_test.c. */
static void a_topic_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'TopicName':'OrderTopic','DisplayName':'What happens to orders','Subscription':["
         "{'Protocol':'sqs','Endpoint':'" QUEUE("a") "'},{'Endpoint':'" QUEUE(
             "b") "','Protocol':'sqs'}],"
                  "'Tags':[{'Key':'app','Value':'orders'}]}",
         "{'FifoTopic':false,'KmsMasterKeyId':'','Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{'TopicName':'OrderTopic','DisplayName':'Orders','KmsMasterKeyId':'alias/aws/sns','Subscription':["
         "{'Protocol':'sqs','Endpoint':'" QUEUE("b") "'}],'Tags':[{'Key':'a','Value':'1'}]}",
         NULL},
        {"{'TopicName':'OrderTopic'}",
         "{'DisplayName':'','KmsMasterKeyId':'','DeliveryStatusLogging':[],'Tags':[]}"},
    };
    live_drive(*state,
               &(struct live_run){
                   .type = &sns_topic_type, .name = "unused", .steps = steps, .count = ARRAY_LENGTH(steps)});
}

static void a_fifo_topic_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'FifoTopic':'true','ContentBasedDeduplication':true}", "{'TopicName':'beta-orders.fifo'}"},
        {"{'FifoTopic':true,'ContentBasedDeduplication':'false'}", NULL},
    };
    live_drive(*state, &(struct live_run){.type = &sns_topic_type,
                                          .name = "beta-orders",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps)});
}

#define TOPIC "arn:aws:sns:us-east-1:123456789012:news"
#define WHO "'TopicArn':'" TOPIC "','Protocol':'sqs','Endpoint':'" QUEUE("a") "'"

/* moto's SetSubscriptionAttributes refuses ReplayPolicy; it confirms every subscription at once. */
static void a_subscription_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{" WHO ",'RawMessageDelivery':'true','FilterPolicyScope':'MessageBody',"
         "'FilterPolicy':{'status':['shipped'],'order':{'price':[{'numeric':['>',1.0]}]}},"
         "'RedrivePolicy':{'deadLetterTargetArn':'" QUEUE(
             "dead") "'},"
                     "'DeliveryPolicy':{'healthyRetryPolicy':{'numRetries':'5'}},'SubscriptionRoleArn':'arn:"
                     "aws:iam::1:role/r'}",
         "{'Region':'us-east-1'}"},
        {"{" WHO ",'RawMessageDelivery':false,'FilterPolicy':{'a':[1]},'Region':'us-east-1'}",
         "{'FilterPolicyScope':'MessageAttributes','FilterPolicy':{'a':[1]}}"},
        {"{" WHO "}", "{'FilterPolicy':{}}"},
    };
    live_make(*state, &sns_topic_type, "news", "{}");
    live_drive(*state,
               &(struct live_run){
                   .type = &sns_subscription_type, .name = "", .steps = steps, .count = ARRAY_LENGTH(steps)});
    live_unmake(*state, &sns_topic_type, STR(TOPIC), "{}");
}

/* Nothing of what is there under the wanted name may change. */
static void a_foreign_topic_is_left_alone(void **state)
{
    struct live *live = *state;
    live_ask(live, &sns_operations[SNS_CREATE_TOPIC],
             "{'Name':'taken','Attributes':{'DisplayName':'theirs'}}");
    live_refused(live, &sns_topic_type, "{'TopicName':'taken'}", "exists already and is not plumb's");
    struct error error = ERROR_INIT;
    struct resource_state found = {.properties = NULL};
    struct resource_call call = live_call(live, "x", STR_EMPTY, live_json(live, "{'TopicName':'taken'}"));
    if (!sns_topic_type.find(&call, &found, &error))
        fail_msg("%s", error.message);
    assert_true(value_is_text(value_get(found.properties, "DisplayName"), "theirs"));
    live_unmake(live, &sns_topic_type, found.physical_id, "{}");
}

static void what_nobody_declared_is_an_extra(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct value *extras = NULL;
    live_make(live, &sns_topic_type, "news", "{}");
    live_ask(live, &sns_operations[SNS_SUBSCRIBE],
             "{'TopicArn':'" TOPIC "','Protocol':'sqs','Endpoint':'" QUEUE("theirs") "'}");
    struct resource_state ours = live_make(live, &sns_subscription_type, "", "{" WHO "}");
    struct resource_call call =
        live_call(live, "news", STR(TOPIC),
                  live_json(live, "{'Subscription':[{'Protocol':'sqs','Endpoint':'" QUEUE("a") "'}]}"));
    if (!sns_topic_type.extras(&call, &extras, &error))
        fail_msg("%s", error.message);
    assert_int_equal(extras->count, 1);
    assert_true(value_is_text(value_get(extras->items[0], "Detail"), "sqs " QUEUE("theirs")));
    assert_false(str_equal(value_get_text(extras->items[0], "Name"), ours.physical_id));
    live_unmake(live, &sns_topic_type, STR(TOPIC), "{}");
}

static void mistakes_are_named(void **state)
{
    live_refused(*state, &sns_topic_type, "{'Subscriptions':[]}", "did you mean 'Subscription'?");
    live_refused(*state, &sns_subscription_type, "{" WHO ",'Region':'eu-west-1'}",
                 "property 'Region' says 'eu-west-1', but the topic is '" TOPIC "': name the topic's region");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_lives),
        cmocka_unit_test(a_fifo_topic_lives),
        cmocka_unit_test(a_subscription_lives),
        cmocka_unit_test(a_foreign_topic_is_left_alone),
        cmocka_unit_test(what_nobody_declared_is_an_extra),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
