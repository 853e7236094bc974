/* AWS::IAM::Policy and AWS::IAM::ManagedPolicy. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/xml.h"
#include "providers/iam/operations.h"
#include "providers/iam/types.h"
#include "tests/providers/live/live.h"

#define ROLE                                                                                                 \
    "{'AssumeRolePolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':"        \
    "{'Service':'lambda.amazonaws.com'},'Action':'sts:AssumeRole'}]}}"
#define ALLOW(ACTION)                                                                                        \
    "'PolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'" ACTION              \
    "','Resource':'*'}]}"

/* Users and groups are nothing that plumb makes. */
static const struct aws_operation create_user = {
    .service = &iam_service, .name = "CreateUser", .safety = AWS_READ_BACK};
static const struct aws_operation create_group = {
    .service = &iam_service, .name = "CreateGroup", .safety = AWS_READ_BACK};

static int open_with_principals(void **state)
{
    live_open(state);
    live_make(*state, &iam_role_type, "one", ROLE);
    live_make(*state, &iam_role_type, "two", ROLE);
    live_ask(*state, &create_user, "{'UserName':'user'}");
    live_ask(*state, &create_group, "{'GroupName':'group'}");
    return 0;
}

/* clang-format off */

static void an_inline_policy_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'PolicyName':'orders','Roles':['one']," ALLOW("s3:GetObject") "}", NULL},
        {"{'PolicyName':'orders','Roles':['two','one'],'Users':['user'],'Groups':['group'],"
         ALLOW("s3:PutObject") "}", NULL},
        {"{'PolicyName':'orders','Groups':['group']," ALLOW("s3:*") "}", "{'Roles':[],'Users':[]}"},
    };
    live_drive(*state, &(struct live_run){
                           .type = &iam_policy_type, .name = "x", .steps = steps, .count = ARRAY_LENGTH(steps)});
}

static void a_managed_policy_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'ManagedPolicyName':'orders','Path':'/app/','Description':'of orders','Roles':['one'],"
         ALLOW("s3:a") "}", NULL},
        {"{'ManagedPolicyName':'orders','Path':'/app/','Description':'of orders','Roles':['two','one'],"
         "'Users':['user'],'Groups':['group']," ALLOW("s3:b") "}", NULL},
        {"{'ManagedPolicyName':'orders','Path':'/app/','Description':'of orders','Users':['user'],"
         ALLOW("s3:c") "}", "{'Roles':[],'Groups':[]}"},
        {"{'ManagedPolicyName':'orders','Path':'/app/','Description':'of orders'," ALLOW("s3:d") "}",
         "{'Users':[]}"},
        {"{'ManagedPolicyName':'orders','Path':'/app/','Description':'of orders'," ALLOW("s3:e") "}", NULL},
        {"{'ManagedPolicyName':'orders','Path':'/app/','Description':'of orders'," ALLOW("s3:f") "}", NULL},
        {"{'ManagedPolicyName':'orders','Path':'/app/','Description':'of orders'," ALLOW("s3:g") "}", NULL},
    };
    live_drive(*state, &(struct live_run){.type = &iam_managed_policy_type,
                                          .name = "x",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps)});
}

/* clang-format on */

static void a_renamed_policy_leaves_nothing_behind(void **state)
{
    static const char *const old = "{'PolicyName':'old','Roles':['one']," ALLOW("s3:a") "}";
    static const char *const new = "{'PolicyName':'new','Roles':['one']," ALLOW("s3:a") "}";
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state made = live_make(live, &iam_policy_type, "x", old);
    struct resource_call call = live_call(live, "x", made.physical_id, live_json(live, new));
    call.previous = live_json(live, old);
    assert_true(iam_policy_type.update(&call, &made, &error));
    assert_string_equal(made.physical_id.ptr, "new");
    struct value *answer = live_ask(live, &iam_operations[IAM_LIST_ROLE_POLICIES], "{'RoleName':'one'}");
    assert_string_equal(json_text(live->arena,
                                  xml_items(live->arena, value_get(answer, "PolicyNames"), "member"),
                                  JSON_COMPACT)
                            .ptr,
                        "[\"new\"]");
    live_unmake(live, &iam_policy_type, STR("new"), new);
}

static void a_drifted_copy_is_shown(void **state)
{
    static const char *const properties = "{'PolicyName':'same','Roles':['one','two']," ALLOW("s3:a") "}";
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state made = live_make(live, &iam_policy_type, "x", properties);
    live_make(live, &iam_policy_type, "x", "{'PolicyName':'same','Roles':['two']," ALLOW("s3:*") "}");
    struct resource_call call = live_call(live, "x", made.physical_id, live_json(live, properties));
    assert_true(iam_policy_type.read(&call, &made, &error));
    assert_string_equal(
        json_text(live->arena, value_get(made.properties, "PolicyDocument"), JSON_CANONICAL).ptr,
        "{\"Statement\":[{\"Action\":[\"s3:*\"],\"Effect\":\"Allow\",\"Resource\":[\"*\"]}],"
        "\"Version\":\"2012-10-17\"}");
    live_unmake(live, &iam_policy_type, made.physical_id, properties);
}

/* moto's DeletePolicy knows no DeleteConflict: it deletes a policy that is still attached. */
static void attachments_of_others_stay(void **state)
{
    static const char *const properties = "{'Roles':['one']," ALLOW("s3:a") "}";
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state made = live_make(live, &iam_managed_policy_type, "shared", properties);
    const char *theirs =
        arena_printf(live->arena, "{'RoleName':'two','PolicyArn':'%.*s'}", STR_ARG(made.physical_id)).ptr;
    live_ask(live, &iam_operations[IAM_ATTACH_ROLE_POLICY], theirs);
    struct resource_call call = live_call(live, "shared", made.physical_id, live_json(live, properties));
    call.previous = call.properties;
    assert_true(iam_managed_policy_type.update(&call, &made, &error));
    assert_true(iam_managed_policy_type.read(&call, &made, &error));
    assert_string_equal(json_text(live->arena, value_get(made.properties, "Roles"), JSON_COMPACT).ptr,
                        "[\"one\"]");
    assert_string_equal(json_text(live->arena, made.extras, JSON_COMPACT).ptr,
                        "[{\"Kind\":\"attachment\",\"Name\":\"two\",\"Detail\":\"Roles\"}]");
    live_ask(live, &iam_operations[IAM_DETACH_ROLE_POLICY], theirs);
    live_unmake(live, &iam_managed_policy_type, made.physical_id, properties);
}

static void what_cannot_be_done_is_refused(void **state)
{
    live_refused(*state, &iam_policy_type, "{'PolicyName':'x'," ALLOW("s3:a") "}",
                 "needs at least one of Roles, Users and Groups");
    live_refused(*state, &iam_managed_policy_type, "{'PolicyName':'x'," ALLOW("s3:a") "}",
                 "AWS::IAM::ManagedPolicy has no property 'PolicyName'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inline_policy_lives),
        cmocka_unit_test(a_managed_policy_lives),
        cmocka_unit_test(a_renamed_policy_leaves_nothing_behind),
        cmocka_unit_test(a_drifted_copy_is_shown),
        cmocka_unit_test(attachments_of_others_stay),
        cmocka_unit_test(what_cannot_be_done_is_refused),
    };
    return cmocka_run_group_tests(tests, open_with_principals, live_close);
}
