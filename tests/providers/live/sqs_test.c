#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/sqs/types.h"
#include "tests/providers/live/live.h"

#define ARN(NAME) "arn:aws:sqs:us-east-1:123456789012:" NAME

static void a_queue_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'QueueName':'OrderQueue','VisibilityTimeout':'60','MessageRetentionPeriod':345600,"
         "'DelaySeconds':5,'MaximumMessageSize':1024,'ReceiveMessageWaitTimeSeconds':20,"
         "'SqsManagedSseEnabled':true,'RedrivePolicy':{'deadLetterTargetArn':'" ARN(
             "dead") "','maxReceiveCount':5},"
                     "'Tags':[{'Key':'app','Value':'orders'}]}",
         "{'VisibilityTimeout':60,'FifoQueue':false,'Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{'QueueName':'OrderQueue','KmsMasterKeyId':'alias/aws/sqs','KmsDataKeyReusePeriodSeconds':600,"
         "'RedrivePolicy':{'deadLetterTargetArn':'" ARN("dead") "','maxReceiveCount':'3'},"
                                                                "'Tags':[{'Key':'a','Value':'1'}]}",
         "{'VisibilityTimeout':30,'DelaySeconds':0,'MaximumMessageSize':1048576,"
         "'ReceiveMessageWaitTimeSeconds':0,'MessageRetentionPeriod':345600,"
         "'Tags':[{'Key':'a','Value':'1'}]}"},
        {"{'QueueName':'OrderQueue'}", "{'KmsMasterKeyId':'','Tags':[]}"},
    };
    live_make(*state, &sqs_queue_type, "dead", "{'RedriveAllowPolicy':{'redrivePermission':'allowAll'}}");
    live_drive(*state,
               &(struct live_run){
                   .type = &sqs_queue_type, .name = "unused", .steps = steps, .count = ARRAY_LENGTH(steps)});
}

static void a_fifo_queue_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'FifoQueue':true,'ContentBasedDeduplication':true,'DeduplicationScope':'messageGroup',"
         "'FifoThroughputLimit':'perMessageGroupId'}",
         "{'QueueName':'beta-orders.fifo'}"},
        {"{'FifoQueue':true,'DeduplicationScope':'queue','FifoThroughputLimit':'perQueue'}",
         "{'ContentBasedDeduplication':false}"},
    };
    live_drive(*state, &(struct live_run){.type = &sqs_queue_type,
                                          .name = "beta-orders",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps)});
}

#define POLICY(ACTION, QUEUE, SERVICE)                                                                       \
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':{'Service':'" SERVICE "'},"          \
    "'Action':" ACTION ",'Resource':'" ARN(QUEUE) "'}]}"

static void a_policy_of_two_queues_lives(void **state)
{
    struct live *live = *state;
    struct str a = live_make(live, &sqs_queue_type, "a", "{}").physical_id;
    struct str b = live_make(live, &sqs_queue_type, "b", "{}").physical_id;
    const char *both = arena_printf(live->arena,
                                    "{'Queues':['%.*s','%.*s'],'PolicyDocument':" POLICY(
                                        "'sqs:SendMessage'", "a", "sns.amazonaws.com") "}",
                                    STR_ARG(b), STR_ARG(a))
                           .ptr;
    const char *one = arena_printf(live->arena,
                                   "{'Queues':['%.*s'],'PolicyDocument':" POLICY("['sqs:SendMessage']", "a",
                                                                                 "events.amazonaws.com") "}",
                                   STR_ARG(a))
                          .ptr;
    const struct live_step steps[] = {{both, NULL}, {one, one}, {both, NULL}};
    live_drive(live, &(struct live_run){.type = &sqs_queue_policy_type,
                                        .name = "beta-policy",
                                        .steps = steps,
                                        .count = ARRAY_LENGTH(steps)});
    live_unmake(live, &sqs_queue_type, a, "{}");
    live_unmake(live, &sqs_queue_type, b, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_lives),
        cmocka_unit_test(a_fifo_queue_lives),
        cmocka_unit_test(a_policy_of_two_queues_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
