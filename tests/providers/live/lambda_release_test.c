/* AWS::Lambda::Version, Alias and Permission. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/iam/types.h"
#include "providers/lambda/operations.h"
#include "providers/lambda/types.h"
#include "tests/providers/live/live.h"

#define FUNCTION_ARN "arn:aws:lambda:us-east-1:123456789012:function:orders"
#define ROLE                                                                                                 \
    "{'RoleName':'lambda','AssumeRolePolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':"        \
    "'Allow','Principal':{'Service':'lambda.amazonaws.com'},'Action':'sts:AssumeRole'}]}}"
#define FUNCTION(DIGEST)                                                                                     \
    "{'FunctionName':'orders','Role':'arn:aws:iam::123456789012:role/lambda','Runtime':'python3.12',"        \
    "'Handler':'app.handler','Code':{'Plumb::Artifact':{'Digest':'" DIGEST "','Path':'src'}}}"

static int open_with_function(void **state)
{
    live_open(state);
    live_make(*state, &iam_role_type, "lambda", ROLE);
    live_make(*state, &lambda_function_type, "orders", FUNCTION("d1"));
    return 0;
}

static void change_code(struct live *live, const char *properties)
{
    struct error error = ERROR_INIT;
    struct resource_state state;
    struct resource_call call = live_call(live, "orders", STR("orders"), live_json(live, properties));
    call.previous = call.properties;
    if (!lambda_function_type.update(&call, &state, &error))
        fail_msg("%s", error.message);
}

static void a_version_lives(void **state)
{
    static const struct live_step steps[] = {
        {.properties = "{'FunctionName':'" FUNCTION_ARN "','Description':'first'}"}};
    live_drive(*state,
               &(struct live_run){.type = &lambda_version_type, .name = "x", .steps = steps, .count = 1});
}

static void the_same_code_is_published_once(void **state)
{
    static const char *const properties = "{'FunctionName':'orders'}";
    struct live *live = *state;
    struct resource_state one = live_make(live, &lambda_version_type, "x", properties);
    struct resource_state same = live_make(live, &lambda_version_type, "x", properties);
    assert_string_equal(one.physical_id.ptr, same.physical_id.ptr);
    assert_true(str_starts(one.physical_id, FUNCTION_ARN ":"));
    change_code(live, FUNCTION("d2"));
    struct resource_state other = live_make(live, &lambda_version_type, "x", properties);
    assert_string_not_equal(one.physical_id.ptr, other.physical_id.ptr);
    live_unmake(live, &lambda_version_type, one.physical_id, properties);
    live_unmake(live, &lambda_version_type, other.physical_id, properties);
}

static void an_alias_lives(void **state)
{
    struct live *live = *state;
    struct resource_state one = live_make(live, &lambda_version_type, "x", "{'FunctionName':'orders'}");
    change_code(live, FUNCTION("d3"));
    struct resource_state two = live_make(live, &lambda_version_type, "x", "{'FunctionName':'orders'}");
    const char *v1 = value_get_text(one.attributes, "Version").ptr;
    const char *v2 = value_get_text(two.attributes, "Version").ptr;
    struct live_step steps[] = {
        {arena_printf(live->arena,
                      "{'FunctionName':'orders','Name':'live','FunctionVersion':'%s','Description':'one'}",
                      v1)
             .ptr,
         "{'RoutingConfig':{'AdditionalVersionWeights':[]}}"},
        {arena_printf(live->arena,
                      "{'FunctionName':'orders','Name':'live','FunctionVersion':'%s','RoutingConfig':"
                      "{'AdditionalVersionWeights':[{'FunctionVersion':'%s','FunctionWeight':'0.25'}]}}",
                      v1, v2)
             .ptr,
         "{'Description':''}"},
        {arena_printf(live->arena, "{'FunctionName':'orders','Name':'live','FunctionVersion':%s}", v2).ptr,
         "{'RoutingConfig':{'AdditionalVersionWeights':[]}}"},
    };
    live_drive(live,
               &(struct live_run){
                   .type = &lambda_alias_type, .name = "x", .steps = steps, .count = ARRAY_LENGTH(steps)});
    live_unmake(live, &lambda_version_type, one.physical_id, "{'FunctionName':'orders'}");
    live_unmake(live, &lambda_version_type, two.physical_id, "{'FunctionName':'orders'}");
}

/* A rollout moves the weights of an alias that declares none: an update must leave them. */
static void weights_that_nobody_declared_stay(void **state)
{
    static const char *const function = "{'FunctionName':'orders'}";
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state one = live_make(live, &lambda_version_type, "x", function);
    change_code(live, FUNCTION("d4"));
    struct resource_state two = live_make(live, &lambda_version_type, "x", function);
    const char *v1 = value_get_text(one.attributes, "Version").ptr;
    const char *v2 = value_get_text(two.attributes, "Version").ptr;
    struct value *plain =
        live_jsonf(live, "{'FunctionName':'orders','Name':'moving','FunctionVersion':'%s'}", v1);
    struct resource_call call = live_call(live, "x", STR_EMPTY, plain);
    struct resource_state alias;
    assert_true(lambda_alias_type.create(&call, &alias, &error));
    live_ask(live, &lambda_operations[LAMBDA_UPDATE_ALIAS],
             arena_printf(live->arena,
                          "{'FunctionName':'orders','Name':'moving','RoutingConfig':"
                          "{'AdditionalVersionWeights':{'%s':0.1}}}",
                          v2)
                 .ptr);
    call.physical_id = alias.physical_id;
    call.previous = plain;
    call.properties = live_jsonf(
        live, "{'FunctionName':'orders','Name':'moving','FunctionVersion':'%s','Description':'new'}", v1);
    assert_true(lambda_alias_type.update(&call, &alias, &error));
    assert_true(lambda_alias_type.read(&call, &alias, &error));
    struct value *weights = value_path(alias.properties, "RoutingConfig", "AdditionalVersionWeights", NULL);
    assert_string_equal(
        json_text(live->arena, weights, JSON_COMPACT).ptr,
        arena_printf(live->arena, "[{\"FunctionVersion\":\"%s\",\"FunctionWeight\":0.1}]", v2).ptr);
    assert_true(lambda_alias_type.remove(&call, &error));
    live_unmake(live, &lambda_version_type, one.physical_id, function);
    live_unmake(live, &lambda_version_type, two.physical_id, function);
}

/* moto's GetPolicy does not show the conditions of FunctionUrlAuthType and EventSourceToken. */
static void permissions_live(void **state)
{
    static const struct live_step permissions[] = {
        {.properties = "{'FunctionName':'orders','Action':'lambda:InvokeFunction','Principal':"
                       "'sns.amazonaws.com','SourceArn':'arn:aws:sns:us-east-1:123456789012:topic'}"},
        {.properties =
             "{'FunctionName':'" FUNCTION_ARN "','Action':'lambda:InvokeFunction','Principal':"
             "'s3.amazonaws.com','SourceArn':'arn:aws:s3:::bucket','SourceAccount':'123456789012'}"},
        {.properties = "{'FunctionName':'orders','Action':'lambda:InvokeFunction','Principal':"
                       "'arn:aws:iam::123456789012:root'}"},
        {.properties = "{'FunctionName':'orders','Action':'lambda:InvokeFunction','Principal':'*',"
                       "'PrincipalOrgID':'o-1234567890'}"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(permissions); i++)
        live_drive(*state, &(struct live_run){.type = &lambda_permission_type,
                                              .name = "prod-orders-Permission",
                                              .steps = &permissions[i],
                                              .count = 1});
}

static void a_function_shows_what_hangs_on_it(void **state)
{
    static const char *const permission =
        "{'FunctionName':'orders','Action':'lambda:InvokeFunction','Principal':'sns.amazonaws.com'}";
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct value *extras = NULL;
    live_make(live, &lambda_permission_type, "mine", permission);
    struct resource_call call = live_call(live, "orders", STR("orders"), NULL);
    if (!lambda_function_type.extras(&call, &extras, &error))
        fail_msg("%s", error.message);
    assert_string_equal(json_text(live->arena, extras, JSON_COMPACT).ptr,
                        "[{\"Kind\":\"permission\",\"Name\":\"mine\",\"Detail\":"
                        "\"{\\\"Service\\\":\\\"sns.amazonaws.com\\\"}\"}]");
    live_unmake(live, &lambda_permission_type, STR("mine"), permission);
}

static void what_is_not_known_is_refused(void **state)
{
    live_refused(*state, &lambda_alias_type, "{'FunctionName':'orders','Name':'x','Version':'1'}",
                 "AWS::Lambda::Alias has no property 'Version'");
    live_refused(*state, &lambda_permission_type, "{'FunctionName':'orders','SourceARN':'x'}",
                 "did you mean 'SourceArn'?");
    live_refused(*state, &lambda_version_type, "{'FunctionName':'orders','CodeSha256':'bm90IHRoZSBjb2Rl'}",
                 "not the declared 'bm90IHRoZSBjb2Rl'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_lives),
        cmocka_unit_test(the_same_code_is_published_once),
        cmocka_unit_test(an_alias_lives),
        cmocka_unit_test(weights_that_nobody_declared_stay),
        cmocka_unit_test(permissions_live),
        cmocka_unit_test(a_function_shows_what_hangs_on_it),
        cmocka_unit_test(what_is_not_known_is_refused),
    };
    return cmocka_run_group_tests(tests, open_with_function, live_close);
}
