#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/events/operations.h"
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

/* Nothing of what is there under the wanted name may change. */
static void a_foreign_rule_is_left_alone(void **state)
{
    struct live *live = *state;
    live_ask(live, &events_operations[EVENTS_PUT_RULE],
             "{'Name':'taken','ScheduleExpression':'rate(1 hour)','Description':'theirs'}");
    live_refused(live, &events_rule_type, "{'Name':'taken','ScheduleExpression':'rate(1 day)'}",
                 "exists already and is not plumb's");
    struct error error = ERROR_INIT;
    struct resource_state found = {.properties = NULL};
    struct resource_call call = live_call(live, "x", STR_EMPTY, live_json(live, "{'Name':'taken'}"));
    if (!events_rule_type.find(&call, &found, &error))
        fail_msg("%s", error.message);
    assert_true(value_is_text(value_get(found.properties, "Description"), "theirs"));
    live_unmake(live, &events_rule_type, found.physical_id, "{}");
}

static const struct aws_operation create_bus = {
    .service = &events_service, .name = "CreateEventBus", .safety = AWS_READ_BACK};
static const struct aws_operation delete_bus = {
    .service = &events_service, .name = "DeleteEventBus", .safety = AWS_NATURAL};

/* Where its answer is lost it is there all the same. */
static void make_bus(struct live *live)
{
    struct error error = ERROR_INIT;
    if (!aws_call(live->aws, &create_bus, live->arena, live_json(live, "{'Name':'orders'}"), NULL, &error) &&
        error.code != ERROR_TIMEOUT)
        fail_msg("%s", error.message);
}

static void check_id(struct live *live, const struct live_run *run, size_t step,
                     const struct resource_state *state)
{
    (void)live;
    (void)run;
    (void)step;
    assert_true(str_is(state->physical_id, "orders|shipped"));
    assert_true(value_is_text(value_get(state->attributes, "Arn"),
                              "arn:aws:events:us-east-1:123456789012:rule/orders/shipped"));
}

/* Targets of every kind come back as they were declared. */
static void a_rule_of_a_custom_bus_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'Name':'shipped','EventBusName':'arn:aws:events:us-east-1:123456789012:event-bus/orders',"
         "'EventPattern':{'source':['orders']},'Targets':["
         "{'Id':'ecs','Arn':'arn:aws:ecs:us-east-1:1:cluster/c','RoleArn':'arn:aws:iam::1:role/r',"
         "'EcsParameters':{'TaskDefinitionArn':'t','TaskCount':'2','EnableExecuteCommand':'true',"
         "'CapacityProviderStrategy':[{'CapacityProvider':'FARGATE','Weight':'1','Base':0}],"
         "'NetworkConfiguration':{'AwsVpcConfiguration':{'Subnets':['s-2','s-1'],'AssignPublicIp':'DISABLED'}"
         "},"
         "'PlacementConstraints':[{'Type':'memberOf','Expression':'e'}],"
         "'PlacementStrategies':[{'Type':'spread','Field':'f'}],'TagList':[{'Key':'k','Value':'v'}]}},"
         "{'Id':'http','Arn':'arn:aws:events:us-east-1:1:api-destination/d','HttpParameters':{"
         "'HeaderParameters':{'X-A':1},'QueryStringParameters':{'q':'z'},'PathParameterValues':['p']}},"
         "{'Id':'batch','Arn':'arn:aws:batch:us-east-1:1:job-queue/q','BatchParameters':{'JobName':'n',"
         "'JobDefinition':'d','RetryStrategy':{'Attempts':'3'},'ArrayProperties':{'Size':2}}},"
         "{'Id':'fifo','Arn':'" QUEUE("q.fifo") "','SqsParameters':{'MessageGroupId':'g'},'Input':'{}'}]}",
         "{'EventBusName':'orders'}"},
        {"{'Name':'shipped','EventBusName':'orders','EventPattern':{'source':['orders']},'Targets':["
         "{'Id':'ecs','Arn':'arn:aws:sqs:us-east-1:1:q'},"
         "{'Id':'run','Arn':'arn:aws:ssm:us-east-1::document/"
         "d','RunCommandParameters':{'RunCommandTargets':["
         "{'Key':'InstanceIds','Values':['i']}]}},"
         "{'Id':'stream','Arn':'arn:aws:kinesis:us-east-1:1:stream/s','KinesisParameters':{"
         "'PartitionKeyPath':'$.id'}},"
         "{'Id':'data','Arn':'arn:aws:redshift:us-east-1:1:cluster:c','RedshiftDataParameters':"
         "{"
         "'Database':'d','DbUser':'u','Sql':'select 1','WithEvent':'false'}},"
         "{'Id':'pipe','Arn':'arn:aws:sagemaker:us-east-1:1:pipeline/"
         "p','SageMakerPipelineParameters':{"
         "'PipelineParameterList':[{'Name':'n','Value':'v'}]}}]}",
         NULL},
        {"{'Name':'shipped','EventBusName':'orders','EventPattern':{'source':['orders']},'Targets':["
         "{'Id':'graph','Arn':'arn:aws:appsync:us-east-1:1:endpoints/graphql-api/"
         "g','AppSyncParameters':{"
         "'GraphQLOperation':'mutation'}}]}",
         NULL},
        {"{'Name':'shipped','EventBusName':'orders','EventPattern':{'source':['orders']}}", "{'Targets':[]}"},
    };
    make_bus(*state);
    live_drive(*state, &(struct live_run){.type = &events_rule_type,
                                          .name = "unused",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps),
                                          .look = check_id});
    live_ask(*state, &delete_bus, "{'Name':'orders'}");
}

#define DECLARED                                                                                             \
    "{'Name':'shared','ScheduleExpression':'rate(1 hour)','Targets':[{'Id':'ours','Arn':'" QUEUE("q") "'}]}"

/* What somebody added stays while the rule stays, and goes with it. */
static void a_target_that_nobody_declared_is_an_extra(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state found = live_make(live, &events_rule_type, "x", DECLARED);
    live_ask(live, &events_operations[EVENTS_PUT_TARGETS],
             "{'Rule':'shared','Targets':[{'Id':'theirs','Arn':'" QUEUE("other") "'}]}");
    struct resource_call call = live_call(live, "x", found.physical_id, live_json(live, DECLARED));
    if (!events_rule_type.update(&call, &found, &error) || !events_rule_type.read(&call, &found, &error))
        fail_msg("%s", error.message);
    assert_int_equal(value_get(found.properties, "Targets")->count, 1);
    assert_int_equal(found.extras->count, 1);
    assert_true(value_is_text(value_get(found.extras->items[0], "Name"), "theirs"));
    live_unmake(live, &events_rule_type, STR("shared"), DECLARED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_lives),
        cmocka_unit_test(a_foreign_rule_is_left_alone),
        cmocka_unit_test(a_rule_of_a_custom_bus_lives),
        cmocka_unit_test(a_target_that_nobody_declared_is_an_extra),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
