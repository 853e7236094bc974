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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_lives),
        cmocka_unit_test(a_fifo_topic_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
