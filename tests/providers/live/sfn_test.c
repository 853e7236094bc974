#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/iam/types.h"
#include "providers/sfn/operations.h"
#include "providers/sfn/types.h"
#include "tests/providers/live/live.h"

#define ROLE(NAME) "'RoleArn':'arn:aws:iam::123456789012:role/" NAME "'"
#define TRUST                                                                                                \
    "{'AssumeRolePolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':"           \
    "'sts:AssumeRole','Principal':{'Service':'states.amazonaws.com'}}]}}"
#define PASS(RESULT) "{'StartAt':'A','States':{'A':{'Type':'Pass','Result':" RESULT ",'End':true}}}"
/* The same as a JSON text. */
#define PASS_TEXT(RESULT)                                                                                    \
    "'{\\'StartAt\\':\\'A\\',\\'States\\':{\\'A\\':{\\'Type\\':\\'Pass\\',\\'Result\\':" RESULT              \
    ",\\'End\\':true}}}'"
#define LOGS(LEVEL)                                                                                          \
    "'LoggingConfiguration':{'Level':'" LEVEL "','IncludeExecutionData':'true','Destinations':[{"            \
    "'CloudWatchLogsLogGroup':{'LogGroupArn':'arn:aws:logs:us-east-1:123456789012:log-group:x:*'}}]}"

static void a_state_machine_lives(void **state)
{
    struct live *live = *state;
    struct str one = live_make(live, &iam_role_type, "machine-one", TRUST).physical_id;
    struct str two = live_make(live, &iam_role_type, "machine-two", TRUST).physical_id;
    static const struct live_step steps[] = {
        {"{'StateMachineName':'orders'," ROLE("machine-one") ",'DefinitionString':" PASS_TEXT(
             "{\\'table\\':\\'${Table}\\',\\'of\\':\\'${Else}\\',\\'n\\':${N}}") ",'DefinitionSubstitutions':"
                                                                                 "{'Table':'Orders','N':5}"
                                                                                 "," LOGS("ALL") ",'Tags':[{'"
                                                                                                 "Key':'app',"
                                                                                                 "'Value':'"
                                                                                                 "orders'}]}",
         "{'StateMachineType':'STANDARD','DefinitionString':" PASS(
             "{'table':'Orders','of':'${Else}','n':5}") ","
                                                        "'TracingConfiguration':{'Enabled':false}}"},
        {"{'StateMachineName':'orders'," ROLE("machine-two") ",'Definition':" PASS(
             "'${What}'") ",'DefinitionSubstitutions':{'What':true},"
                          "'TracingConfiguration':{'Enabled':'true'}}",
         "{'DefinitionString':" PASS("'true'") ",'LoggingConfiguration':{'Level':'OFF'},'Tags':[]}"},
    };
    live_drive(live, &(struct live_run){.type = &sfn_state_machine_type,
                                        .name = "unnamed",
                                        .steps = steps,
                                        .count = ARRAY_LENGTH(steps)});
    live_unmake(live, &iam_role_type, one, TRUST);
    live_unmake(live, &iam_role_type, two, TRUST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_machine_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
