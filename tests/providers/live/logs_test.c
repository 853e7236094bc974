#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/logs/types.h"
#include "tests/providers/live/live.h"

#define KEY(ID) "arn:aws:kms:us-east-1:123456789012:key/" ID

/* moto has no AssociateKmsKey, DisassociateKmsKey, PutLogGroupDeletionProtection,
 * PutBearerTokenAuthentication, PutDataProtectionPolicy, PutIndexPolicy and no resource policy of one log
 * group. */
static void a_log_group_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'LogGroupName':'/aws/lambda/orders','RetentionInDays':'7','KmsKeyId':'" KEY(
             "a") "',"
                  "'LogGroupClass':'STANDARD','Tags':[{'Key':'app','Value':'orders'}]}",
         "{'RetentionInDays':7,'Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{'LogGroupName':'/aws/lambda/orders','RetentionInDays':30,'KmsKeyId':'" KEY(
             "a") "',"
                  "'Tags':[{'Key':'app','Value':'2'},{'Key':'b','Value':'c'}]}",
         NULL},
        {"{'LogGroupName':'/aws/lambda/orders','KmsKeyId':'" KEY("a") "'}", "{'Tags':[]}"},
    };
    live_drive(*state, &(struct live_run){.type = &logs_log_group_type,
                                          .name = "unused",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps)});
}

static void a_longer_name_is_another_group(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state longer = live_make(live, &logs_log_group_type, "x", "{'LogGroupName':'/a/bc'}");
    struct resource_call call = live_call(live, "x", STR("/a/b"), live_json(live, "{'LogGroupName':'/a/b'}"));
    assert_false(logs_log_group_type.read(&call, &longer, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    live_unmake(live, &logs_log_group_type, STR("/a/bc"), "{}");
}

static void what_cannot_be_done_is_refused(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    live_refused(live, &logs_log_group_type, "{'FieldIndexPolicies':[{'Fields':['a']},{'Fields':['b']}]}",
                 "can have one index policy, not 2");
    live_refused(live, &logs_log_group_type, "{'RetentionDays':1}", "did you mean 'RetentionInDays'?");
    struct resource_state made = live_make(live, &logs_log_group_type, "class", "{}");
    struct resource_call call =
        live_call(live, "class", made.physical_id, live_json(live, "{'LogGroupClass':'INFREQUENT_ACCESS'}"));
    assert_false(logs_log_group_type.update(&call, &made, &error));
    assert_non_null(strstr(error.message, "the class of log group 'class' cannot be changed"));
    live_unmake(live, &logs_log_group_type, STR("class"), "{}");
}

/* moto's PutMetricFilter adds a second filter of the same name instead of changing it. */
static void a_filter_lives(void **state)
{
    static const struct live_step metric[] = {
        {"{'LogGroupName':'/orders','FilterName':'errors','FilterPattern':'ERROR','MetricTransformations':[{"
         "'MetricName':'Errors','MetricNamespace':'Orders','MetricValue':1,'DefaultValue':'0'}]}",
         NULL},
    };
    struct live *live = *state;
    live_make(live, &logs_log_group_type, "x", "{'LogGroupName':'/orders'}");
    live_drive(live, &(struct live_run){.type = &logs_metric_filter_type,
                                        .name = "unused",
                                        .steps = metric,
                                        .count = ARRAY_LENGTH(metric)});
    live_unmake(live, &logs_log_group_type, STR("/orders"), "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_group_lives),
        cmocka_unit_test(a_longer_name_is_another_group),
        cmocka_unit_test(what_cannot_be_done_is_refused),
        cmocka_unit_test(a_filter_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
