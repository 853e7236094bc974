#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/iam/operations.h"
#include "providers/iam/types.h"
#include "tests/providers/live/live.h"

#define TRUST                                                                                                \
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':{'Service':'lambda.amazonaws.com'}," \
    "'Action':'sts:AssumeRole'}]}"
#define TRUST_TWO                                                                                            \
    "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':{'Service':['states.amazonaws.com',"  \
    "'lambda.amazonaws.com']},'Action':['sts:AssumeRole']}}"
#define LOGS "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
#define READ_ONLY "arn:aws:iam::aws:policy/ReadOnlyAccess"
#define GET(KEY)                                                                                             \
    "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'s3:GetObject','Resource':"             \
    "'arn:aws:s3:::bucket/" KEY "'}]}"

static void a_role_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'RoleName':'orders','AssumeRolePolicyDocument':" TRUST ",'Path':'/app/','Description':'one',"
         "'MaxSessionDuration':'7200','ManagedPolicyArns':['" LOGS "'],"
         "'Policies':[{'PolicyName':'b','PolicyDocument':" GET(
             "b") "},{'PolicyName':'a','PolicyDocument':" GET("a") "}],'Tags':[{'Key':'app','Value':'orders'}"
                                                                   "]}",
         "{'MaxSessionDuration':7200,'Path':'/app/','Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{'RoleName':'orders','AssumeRolePolicyDocument':" TRUST_TWO ",'Path':'/app/','Description':'two',"
         "'ManagedPolicyArns':['" READ_ONLY "','" LOGS "'],"
         "'Policies':[{'PolicyName':'b','PolicyDocument':" GET(
             "b/*") "}],"
                    "'PermissionsBoundary':'" READ_ONLY
                    "','Tags':[{'Key':'app','Value':'2'},{'Key':'b','Value':''}]}",
         "{'MaxSessionDuration':3600,'Description':'two'}"},
        {"{'RoleName':'orders','AssumeRolePolicyDocument':" TRUST_TWO ",'Path':'/app/'}",
         "{'Description':'','ManagedPolicyArns':[],'Policies':[],'Tags':[]}"},
    };
    live_drive(*state,
               &(struct live_run){
                   .type = &iam_role_type, .name = "unused", .steps = steps, .count = ARRAY_LENGTH(steps)});
}

static void a_name_is_given_where_none_is_declared(void **state)
{
    static const struct live_step steps[] = {{.properties = "{'AssumeRolePolicyDocument':" TRUST "}"}};
    live_drive(*state, &(struct live_run){
                           .type = &iam_role_type, .name = "beta-orders-Role", .steps = steps, .count = 1});
}

static void undeclared_policies_are_extras_and_stay(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    const char *properties = "{'AssumeRolePolicyDocument':" TRUST
                             ",'Policies':[{'PolicyName':'mine','PolicyDocument':" GET("a") "}]}";
    struct resource_state made = live_make(live, &iam_role_type, "extras", properties);
    live_ask(
        live, &iam_operations[IAM_PUT_ROLE_POLICY],
        "{'RoleName':'extras','PolicyName':'theirs','PolicyDocument':'{\\'Version\\':\\'2012-10-17\\',"
        "\\'Statement\\':[{\\'Effect\\':\\'Allow\\',\\'Action\\':\\'s3:*\\',\\'Resource\\':\\'*\\'}]}'}");
    live_ask(live, &iam_operations[IAM_ATTACH_ROLE_POLICY], "{'RoleName':'extras','PolicyArn':'" LOGS "'}");

    struct resource_call call = live_call(live, "extras", made.physical_id, live_json(live, properties));
    call.previous = call.properties;
    assert_true(iam_role_type.update(&call, &made, &error));
    assert_true(iam_role_type.read(&call, &made, &error));
    assert_string_equal(json_text(live->arena, made.extras, JSON_COMPACT).ptr,
                        "[{\"Kind\":\"inline policy\",\"Name\":\"theirs\",\"Detail\":\"\"},"
                        "{\"Kind\":\"attached policy\",\"Name\":\"" LOGS "\",\"Detail\":\"\"}]");
    assert_int_equal(value_get(made.properties, "Policies")->count, 1);

    assert_false(iam_role_type.remove(&call, &error));
    assert_non_null(strstr(error.message, "that plumb did not declare in role 'extras'"));
    live_ask(live, &iam_operations[IAM_DELETE_ROLE_POLICY], "{'RoleName':'extras','PolicyName':'theirs'}");
    live_ask(live, &iam_operations[IAM_DETACH_ROLE_POLICY], "{'RoleName':'extras','PolicyArn':'" LOGS "'}");
    error_clear(&error);
    assert_true(iam_role_type.remove(&call, &error));
}

static void what_is_not_known_is_refused(void **state)
{
    live_refused(*state, &iam_role_type, "{'AssumeRolePolicyDocument':{},'ManagedPolicies':[]}",
                 "has no property 'ManagedPolicies'; did you mean 'ManagedPolicyArns'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_lives),
        cmocka_unit_test(a_name_is_given_where_none_is_declared),
        cmocka_unit_test(undeclared_policies_are_extras_and_stay),
        cmocka_unit_test(what_is_not_known_is_refused),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
