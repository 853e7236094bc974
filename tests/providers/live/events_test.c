#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/events/types.h"
#include "tests/providers/live/live.h"

#define QUEUE(NAME) "arn:aws:sqs:us-east-1:123456789012:" NAME

static void a_rule_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'Name':'OrderFailures','Description':'Orders that stopped','State':'DISABLED',"
         "'EventPattern':{'source':['aws.states'],'detail':{'status':['FAILED','TIMED_OUT']}},"
         "'Targets':[{'Id':'queue','Arn':'" QUEUE(
             "q") "','InputPath':'$.detail','RetryPolicy':{"
                  "'MaximumRetryAttempts':'3'},'DeadLetterConfig':{'Arn':'" QUEUE(
                      "dead") "'}},"
                              "{'Id':'b','Arn':'" QUEUE("b") "'}],'Tags':[{'Key':'app','Value':'orders'}]}",
         "{'EventBusName':'default','Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{'Name':'OrderFailures','EventPattern':'{\\\"source\\\":[\\\"aws.states\\\"]}',"
         "'Targets':[{'Arn':'" QUEUE(
             "q") "','Id':'queue','InputTransformer':{'InputPathsMap':{'a':'$.detail'},"
                  "'InputTemplate':'<a>'}}],'Tags':[{'Key':'a','Value':'1'}]}",
         "{'Description':'','State':'ENABLED','EventPattern':{'source':['aws.states']},'Targets':["
         "{'Arn':'" QUEUE("q") "','Id':'queue','InputTransformer':{'InputPathsMap':{'a':'$.detail'},"
                               "'InputTemplate':'<a>'}}],'Tags':[{'Key':'a','Value':'1'}]}"},
        {"{'Name':'OrderFailures','ScheduleExpression':'rate(5 minutes)','RoleArn':'arn:aws:iam::1:role/r'}",
         "{'Targets':[],'Tags':[]}"},
    };
    live_drive(*state, &(struct live_run){.type = &events_rule_type,
                                          .name = "unused",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps)});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
