#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/cloudwatch/types.h"
#include "tests/providers/live/live.h"

#define TOPIC(NAME) "'arn:aws:sns:us-east-1:123456789012:" NAME "'"

static void an_alarm_of_one_metric_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'AlarmName':'OrderErrors','AlarmDescription':'fails','Namespace':'AWS/Lambda',"
         "'MetricName':'Errors','Dimensions':[{'Name':'Resource','Value':'f:live'},"
         "{'Name':'FunctionName','Value':'f'}],'Statistic':'Sum','Period':60,'EvaluationPeriods':'2',"
         "'DatapointsToAlarm':1,'Threshold':'1','ComparisonOperator':'GreaterThanOrEqualToThreshold',"
         "'TreatMissingData':'notBreaching','AlarmActions':[" TOPIC("b") "," TOPIC(
             "a") "],"
                  "'OKActions':[" TOPIC("a") "],'InsufficientDataActions':[" TOPIC(
                      "a") "],'Unit':'Count',"
                           "'Tags':[{'Key':'app','Value':'orders'}]}",
         "{'Threshold':1,'ActionsEnabled':true,'AlarmActions':[" TOPIC("a") "," TOPIC(
             "b") "],"
                  "'Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{'AlarmName':'OrderErrors','Namespace':'AWS/Lambda','MetricName':'Duration',"
         "'ExtendedStatistic':'p99.5','Period':300,'EvaluationPeriods':3,'Threshold':0.5,"
         "'ComparisonOperator':'LessThanThreshold','ActionsEnabled':'false',"
         "'EvaluateLowSampleCountPercentile':'ignore','Tags':[{'Key':'a','Value':'1'}]}",
         "{'AlarmDescription':'','Dimensions':[],'AlarmActions':[],'OKActions':[],'Metrics':[],"
         "'TreatMissingData':'missing','Tags':[{'Key':'a','Value':'1'}]}"},
        {"{'AlarmName':'OrderErrors','EvaluationPeriods':1,'ComparisonOperator':'GreaterThanThreshold',"
         "'Threshold':5,'Metrics':[{'Id':'rate','Expression':'100*e/i','Label':'rate'},"
         "{'Id':'e','ReturnData':'false','MetricStat':{'Stat':'Sum','Period':'60','Metric':{"
         "'Namespace':'AWS/"
         "Lambda','MetricName':'Errors','Dimensions':[{'Name':'FunctionName','Value':'f'}]}}},"
         "{'Id':'i','ReturnData':false,'MetricStat':{'Stat':'Sum','Period':60,'Metric':{"
         "'Namespace':'AWS/Lambda','MetricName':'Invocations'}}}]}",
         "{'ActionsEnabled':true,'Tags':[]}"},
    };
    live_drive(*state, &(struct live_run){.type = &cloudwatch_alarm_type,
                                          .name = "unused",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps)});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_of_one_metric_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
