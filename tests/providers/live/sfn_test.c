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

static struct value *normalized(struct live *live, const struct value *properties)
{
    struct value *copy = value_copy(live->arena, properties);
    sfn_state_machine_type.normalize(live->arena, copy);
    return copy;
}

static void equal_definitions_compare_equal(void **state)
{
    struct live *live = *state;
    static const struct {
        const char *declared, *same;
    } cases[] = {
        {"{'DefinitionString':'{ \\'a\\' : [1.0, true] }'}", "{'DefinitionString':{'a':[1,true]}}"},
        {"{'Definition':{'a':'${X}/${X}/${Y}'},'DefinitionSubstitutions':{'X':1}}",
         "{'DefinitionString':{'a':'1/1/${Y}'}}"},
        {"{'DefinitionString':'{\\'a\\':${X}}','DefinitionSubstitutions':{'X':'[1]'}}",
         "{'DefinitionString':{'a':[1]}}"},
        {"{'DefinitionString':'{\\'a\\':\\'${X\\'}','DefinitionSubstitutions':{'X':1}}",
         "{'DefinitionString':{'a':'${X'}}"},
        {"{'DefinitionString':'no JSON'}", "{'DefinitionString':'no JSON'}"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (!value_equal(normalized(live, live_json(live, cases[i].declared)),
                         live_json(live, cases[i].same)))
            fail_msg(
                "%s is %s", cases[i].declared,
                json_text(live->arena, normalized(live, live_json(live, cases[i].declared)), JSON_CANONICAL)
                    .ptr);
}

/* As long as a substitution is only known after apply, so is the definition. */
static void an_unknown_substitution_makes_an_unknown_definition(void **state)
{
    struct live *live = *state;
    struct value *properties = live_json(live, "{'DefinitionString':'{}','DefinitionSubstitutions':{}}");
    value_setz(live->arena, value_get(properties, "DefinitionSubstitutions"), "Arn",
               value_unknown(live->arena, STR("Topic.Arn")));
    properties = normalized(live, properties);
    assert_int_equal(value_get(properties, "DefinitionString")->kind, VALUE_UNKNOWN);
    assert_string_equal(value_get(properties, "DefinitionString")->text.ptr, "Topic.Arn");
    assert_int_equal(properties->count, 1);
}

static void what_cannot_be_done_is_refused(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state made = {.properties = NULL};
    const struct resource_type *type = &sfn_state_machine_type;
    live_refused(live, type, "{'DefinitionS3Location':{'Bucket':'b'}}",
                 "property 'DefinitionS3Location' of AWS::StepFunctions::StateMachine is not supported");
    live_refused(live, type, "{" ROLE("r") "}",
                 "a state machine needs a 'Definition' or a 'DefinitionString'");
    live_refused(live, type, "{" ROLE("r") ",'DefinitionString':'{'}",
                 "the definition of the state machine is not JSON");
    live_refused(live, type, "{'LoggingConfiguration':{'Levl':'ALL'}}",
                 "has no property 'LoggingConfiguration.Levl'; did you mean");
    struct value *secret =
        live_json(live, "{" ROLE("r") ",'Definition':{'a':'${Key}'},'DefinitionSubstitutions':{}}");
    value_setz(live->arena, value_get(secret, "DefinitionSubstitutions"), "Key",
               value_secret(live->arena, STR("hush")));
    struct resource_call call = live_call(live, "refused", STR_EMPTY, secret);
    assert_false(type->create(&call, &made, &error));
    assert_non_null(strstr(error.message, "cannot hold a secret"));
    assert_null(strstr(error.message, "hush"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_machine_lives),
        cmocka_unit_test(equal_definitions_compare_equal),
        cmocka_unit_test(an_unknown_substitution_makes_an_unknown_definition),
        cmocka_unit_test(what_cannot_be_done_is_refused),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
