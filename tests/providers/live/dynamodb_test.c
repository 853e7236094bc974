#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/dynamodb/types.h"
#include "tests/providers/live/live.h"

#define ATTRIBUTE(NAME) "{'AttributeName':'" NAME "','AttributeType':'S'}"
#define KEYS(HASH) "'KeySchema':[{'AttributeName':'" HASH "','KeyType':'HASH'}]"
#define ALL "'Projection':{'ProjectionType':'ALL'}"
#define UNITS(R, W) "'ProvisionedThroughput':{'ReadCapacityUnits':" R ",'WriteCapacityUnits':" W "}"

#define POLICY(ACTION)                                                                                       \
    "'ResourcePolicy':{'PolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':" \
    "{'AWS':'arn:aws:iam::123456789012:root'},'Action':'dynamodb:" ACTION "','Resource':'*'}]}}"

static void drive(void **state, const struct live_step *steps, size_t count)
{
    live_drive(*state, &(struct live_run){
                           .type = &dynamodb_table_type, .name = "unnamed", .steps = steps, .count = count});
}

/* clang-format off */

/* moto cannot switch a stream on again: UpdateTable with StreamEnabled answers ResourceInUseException for ever
 * once a stream has been there.  It drops the ResourcePolicy of CreateTable and the SSESpecification
 * of UpdateTable, and has no DescribeContributorInsights. */
static void a_provisioned_table_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'TableName':'orders'," KEYS("id") "," UNITS("'5'", "5") ","
         "'AttributeDefinitions':[" ATTRIBUTE("id") "," ATTRIBUTE("by") "],"
         "'GlobalSecondaryIndexes':[{'IndexName':'by-buyer'," KEYS("by") "," ALL "," UNITS("1", "'1'") "}],"
         "'StreamSpecification':{'StreamViewType':'NEW_IMAGE'},"
         "'TimeToLiveSpecification':{'AttributeName':'until','Enabled':'true'},"
         "'PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true},"
         "'SSESpecification':{'SSEEnabled':true},'DeletionProtectionEnabled':true,"
         "'Tags':[{'Key':'app','Value':'orders'}]}",
         NULL},
        {"{'TableName':'orders'," KEYS("id") "," UNITS("7", "8") ","
         "'AttributeDefinitions':[" ATTRIBUTE("by") "," ATTRIBUTE("id") "],"
         "'GlobalSecondaryIndexes':[{'IndexName':'by-buyer'," KEYS("by") "," ALL "," UNITS("2", "3") "}],"
         "'StreamSpecification':{'StreamViewType':'NEW_IMAGE'},"
         "'TimeToLiveSpecification':{'AttributeName':'until','Enabled':false},"
         "'PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':'false'},"
         POLICY("PutItem") ",'Tags':[{'Key':'b','Value':'c'}]}",
         "{'DeletionProtectionEnabled':false,"
         "'Tags':[{'Key':'b','Value':'c'}]}"},
        {"{'TableName':'orders'," KEYS("id") ",'BillingMode':'PAY_PER_REQUEST',"
         "'AttributeDefinitions':[" ATTRIBUTE("id") "]}",
         "{'GlobalSecondaryIndexes':[]}"},
        {"{'TableName':'orders'," KEYS("id") ",'BillingMode':'PROVISIONED'," UNITS("1", "1") ","
         "'AttributeDefinitions':[" ATTRIBUTE("id") "]}",
         NULL},
    };
    drive(state, steps, ARRAY_LENGTH(steps));
}

#define LOCAL                                                                                                \
    "'AttributeDefinitions':[" ATTRIBUTE("a") "," ATTRIBUTE("b") "," ATTRIBUTE("c") "],"                     \
    "'BillingMode':'PAY_PER_REQUEST',"                                                                       \
    "'KeySchema':[{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'b','KeyType':'RANGE'}],"          \
    "'LocalSecondaryIndexes':[{'IndexName':'local',"                                                         \
    "'KeySchema':[{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'c','KeyType':'RANGE'}],"          \
    "'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['y','x']}}]"

static void indexes_come_go_and_are_rebuilt(void **state)
{
    static const struct live_step steps[] = {
        {"{" LOCAL "}", NULL},
        {"{" LOCAL ",'GlobalSecondaryIndexes':[{'IndexName':'two'," KEYS("c") "," ALL "},"
         "{'IndexName':'one'," KEYS("b") "," ALL "}]}", NULL},
        {"{" LOCAL ",'GlobalSecondaryIndexes':[{'IndexName':'two'," KEYS("b") "," ALL "},"
         "{'IndexName':'three'," KEYS("c") ",'Projection':{'ProjectionType':'KEYS_ONLY'}}]}", NULL},
        {"{" LOCAL "}", "{'GlobalSecondaryIndexes':[]}"},
    };
    drive(state, steps, ARRAY_LENGTH(steps));
}

/* clang-format on */

static void what_cannot_be_done_is_refused(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    const char *properties =
        "{'AttributeDefinitions':[" ATTRIBUTE("a") "]," KEYS("a") ",'BillingMode':'PAY_PER_REQUEST'}";
    live_refused(live, &dynamodb_table_type, "{" KEYS("a") ",'ImportSourceSpecification':{}}",
                 "property 'ImportSourceSpecification' of AWS::DynamoDB::Table is not supported");
    live_refused(live, &dynamodb_table_type, "{'KeySchema':{'HashKeyElement':{'AttributeName':'a'}}}",
                 "has no property 'KeySchema.HashKeyElement'");
    struct resource_state made = live_make(live, &dynamodb_table_type, "fixed", properties);
    struct resource_call call =
        live_call(live, "fixed", made.physical_id,
                  live_json(live, "{'AttributeDefinitions':[" ATTRIBUTE("b") "]," KEYS(
                                      "b") ",'BillingMode':'PAY_PER_REQUEST'}"));
    assert_false(dynamodb_table_type.update(&call, &made, &error));
    assert_non_null(strstr(error.message, "'KeySchema' of table 'fixed' cannot be changed"));
    live_unmake(live, &dynamodb_table_type, STR("fixed"), properties);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_provisioned_table_lives),
        cmocka_unit_test(indexes_come_go_and_are_rebuilt),
        cmocka_unit_test(what_cannot_be_done_is_refused),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
