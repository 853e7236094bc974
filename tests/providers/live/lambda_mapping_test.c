/* AWS::Lambda::EventSourceMapping. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/dynamodb/types.h"
#include "providers/iam/types.h"
#include "providers/lambda/types.h"
#include "providers/sqs/types.h"
#include "tests/providers/live/live.h"

#define ROLE                                                                                                 \
    "{'RoleName':'lambda','AssumeRolePolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':"        \
    "'Allow','Principal':{'Service':'lambda.amazonaws.com'},'Action':'sts:AssumeRole'}]}}"
#define FUNCTION(NAME)                                                                                       \
    "{'FunctionName':'" NAME "','Role':'arn:aws:iam::123456789012:role/lambda','Runtime':'python3.12',"      \
    "'Handler':'app.handler','Code':{'Plumb::Artifact':{'Digest':'d','Path':'src'}}}"
#define TABLE                                                                                                \
    "{'TableName':'orders','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'id','KeyType':"    \
    "'HASH'}],'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"                          \
    "'StreamSpecification':{'StreamViewType':'NEW_IMAGE'}}"

static int open_with_functions(void **state)
{
    live_open(state);
    live_make(*state, &iam_role_type, "lambda", ROLE);
    live_make(*state, &lambda_function_type, "orders", FUNCTION("orders"));
    live_make(*state, &lambda_function_type, "other", FUNCTION("other"));
    live_make(*state, &sqs_queue_type, "queue", "{'QueueName':'queue'}");
    return 0;
}

static void a_mapping_of_a_queue_lives(void **state)
{
#define QUEUE "'EventSourceArn':'arn:aws:sqs:us-east-1:123456789012:queue'"
    static const struct live_step steps[] = {
        {"{'FunctionName':'orders'," QUEUE ",'BatchSize':'5','Enabled':'false','FunctionResponseTypes':"
         "['ReportBatchItemFailures'],'ScalingConfig':{'MaximumConcurrency':2},'FilterCriteria':{'Filters':"
         "[{'Pattern':'{\\'b\\':[1]}'},{'Pattern':{'a':['x']}}]},'Tags':[{'Key':'app','Value':'orders'}]}",
         "{'BatchSize':5,'Enabled':false,'Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{'FunctionName':'orders'," QUEUE ",'BatchSize':7,'Enabled':true}", NULL},
        {"{'FunctionName':'arn:aws:lambda:us-east-1:123456789012:function:orders'," QUEUE "}",
         "{'BatchSize':10,'Enabled':true}"},
    };
    live_drive(*state, &(struct live_run){.type = &lambda_event_source_mapping_type,
                                          .name = "x",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps)});
#undef QUEUE
}

static void a_mapping_of_a_stream_lives(void **state)
{
    struct live *live = *state;
    struct resource_state table = live_make(live, &dynamodb_table_type, "orders", TABLE);
    const char *stream = value_get_text(table.attributes, "StreamArn").ptr;
    struct live_step steps[] = {
        {arena_printf(live->arena,
                      "{'FunctionName':'orders','EventSourceArn':'%s','StartingPosition':'LATEST',"
                      "'MaximumRetryAttempts':3,'BisectBatchOnFunctionError':true,'ParallelizationFactor':2,"
                      "'MaximumRecordAgeInSeconds':60,'DestinationConfig':{'OnFailure':{'Destination':"
                      "'arn:aws:sqs:us-east-1:123456789012:queue'}}}",
                      stream)
             .ptr,
         NULL},
    };
    live_drive(live, &(struct live_run){.type = &lambda_event_source_mapping_type,
                                        .name = "x",
                                        .steps = steps,
                                        .count = ARRAY_LENGTH(steps)});
    live_unmake(live, &dynamodb_table_type, table.physical_id, TABLE);
}

static void two_functions_on_one_source_are_told_apart(void **state)
{
    static const char *const first =
        "{'FunctionName':'orders','EventSourceArn':'arn:aws:sqs:us-east-1:123456789012:queue'}";
    static const char *const second =
        "{'FunctionName':'other','EventSourceArn':'arn:aws:sqs:us-east-1:123456789012:queue'}";
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state one = live_make(live, &lambda_event_source_mapping_type, "x", first), found;
    struct resource_call call = live_call(live, "x", STR_EMPTY, live_json(live, second));
    assert_false(lambda_event_source_mapping_type.find(&call, &found, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    live_unmake(live, &lambda_event_source_mapping_type, one.physical_id, first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapping_of_a_queue_lives),
        cmocka_unit_test(a_mapping_of_a_stream_lives),
        cmocka_unit_test(two_functions_on_one_source_are_told_apart),
    };
    return cmocka_run_group_tests(tests, open_with_functions, live_close);
}
