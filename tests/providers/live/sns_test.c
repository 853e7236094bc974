#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/sns/types.h"
#include "tests/providers/live/live.h"

#define QUEUE(NAME) "arn:aws:sqs:us-east-1:123456789012:" NAME

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

/* moto knows no DeliveryPolicy of a subscription by Subscribe, and no ReplayPolicy. */
static void a_subscription_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{" WHO ",'RawMessageDelivery':'true','FilterPolicyScope':'MessageBody',"
         "'FilterPolicy':{'status':['shipped'],'order':{'price':[{'numeric':['>',1.0]}]}},"
         "'RedrivePolicy':{'deadLetterTargetArn':'" QUEUE("dead") "'}}",
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_lives),
        cmocka_unit_test(a_fifo_topic_lives),
        cmocka_unit_test(a_subscription_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
