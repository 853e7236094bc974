#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/cloudwatch/operations.h"
#include "providers/cloudwatch/types.h"
#include "tests/providers/live/live.h"

#define TOPIC(NAME) "'arn:aws:sns:us-east-1:123456789012:" NAME "'"

static void an_alarm_lives(void **state)
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

#define ALARM(NAME)                                                                                          \
    "'AlarmName':'" NAME "','Namespace':'N','MetricName':'M','Statistic':'Sum','Period':60,"                 \
    "'EvaluationPeriods':1,'ComparisonOperator':'GreaterThanThreshold','Threshold':1"

/* Nothing of what is there under the wanted name may change. */
static void a_foreign_alarm_is_left_alone(void **state)
{
    struct live *live = *state;
    live_ask(live, &cloudwatch_operations[CLOUDWATCH_PUT_METRIC_ALARM],
             "{" ALARM("taken") ",'AlarmDescription':'theirs'}");
    live_refused(live, &cloudwatch_alarm_type, "{" ALARM("taken") "}", "exists already and is not plumb's");
    struct error error = ERROR_INIT;
    struct resource_state found = {.properties = NULL};
    struct resource_call call = live_call(live, "x", STR_EMPTY, live_json(live, "{'AlarmName':'taken'}"));
    if (!cloudwatch_alarm_type.find(&call, &found, &error))
        fail_msg("%s", error.message);
    assert_true(value_is_text(value_get(found.properties, "AlarmDescription"), "theirs"));
    live_unmake(live, &cloudwatch_alarm_type, found.physical_id, "{}");
}

/* Somebody silenced it, and the template says nothing about that. */
static void what_is_not_declared_stays(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct value *declared = live_json(live, "{" ALARM("quiet") "}");
    struct resource_state found = live_make(live, &cloudwatch_alarm_type, "x", "{" ALARM("quiet") "}");
    live_ask(live, &cloudwatch_operations[CLOUDWATCH_PUT_METRIC_ALARM],
             "{" ALARM("quiet") ",'ActionsEnabled':false,'Unit':'Count'}");
    struct resource_call call = live_call(live, "x", found.physical_id, declared);
    value_setz(live->arena, declared, "Threshold", value_int(live->arena, 7));
    if (!cloudwatch_alarm_type.update(&call, &found, &error) ||
        !cloudwatch_alarm_type.read(&call, &found, &error))
        fail_msg("%s", error.message);
    assert_true(value_equal(value_get(found.properties, "Threshold"), value_int(live->arena, 7)));
    assert_false(value_get_bool(found.properties, "ActionsEnabled", true));
    assert_true(value_is_text(value_get(found.properties, "Unit"), "Count"));
    live_unmake(live, &cloudwatch_alarm_type, STR("quiet"), "{}");
}

static void what_cannot_be_done_is_refused(void **state)
{
    live_refused(*state, &cloudwatch_alarm_type,
                 "{" ALARM("x") ",'EvaluationWindow':{'WallClockWindow':{'Timezone':'UTC'}}}",
                 "property 'EvaluationWindow' of AWS::CloudWatch::Alarm is not supported");
    live_refused(*state, &cloudwatch_alarm_type, "{" ALARM("x") ",'Metric':[]}", "did you mean 'Metrics'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_lives),
        cmocka_unit_test(a_foreign_alarm_is_left_alone),
        cmocka_unit_test(what_is_not_declared_stays),
        cmocka_unit_test(what_cannot_be_done_is_refused),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
