#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/apigateway/operations.h"
#include "providers/apigateway/types.h"
#include "tests/providers/live/live.h"

#define INTEGRATION(TO)                                                                                      \
    "'x-amazon-apigateway-integration':{'type':'aws_proxy','httpMethod':'POST',"                             \
    "'uri':'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" TO "/invocations'}"
#define BODY(PATHS) "'Body':{'openapi':'3.0.1','info':{'title':'t','version':'1'},'paths':{" PATHS "}}"
#define GET(TO) "'get':{'responses':{}," INTEGRATION(TO) "}"
#define POST(TO) "'post':{'responses':{}," INTEGRATION(TO) "}"

static void drive(struct live *live, const struct resource_type *type, const struct live_step *steps,
                  size_t count)
{
    live_drive(live, &(struct live_run){.type = type, .name = "unnamed", .steps = steps, .count = count});
}

/* moto has no TagResource for /restapis/ID (the path ends at its first slash), so that an API's tags, and
 * with them the digest of its document, stay here as they were made. */
#define TAGS "'Tags':[{'Key':'app','Value':'orders'}]"
#define PATHS "'/orders':{" POST("A") "," GET("A") "},'/orders/{orderId}':{" GET("A") "}"

static void an_api_with_a_body_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'Name':'orders'," BODY(
             PATHS) "," TAGS ",'Parameters':{'endpointConfigurationTypes':'REGIONAL'},'EndpointConfiguration'"
                    ":{'Types':['REGIONAL']},'Description':'takes orders'}",
         "{" TAGS ",'ApiKeySourceType':'HEADER'}"},
        {"{'Name':'orders2'," BODY(
             PATHS) "," TAGS ",'Parameters':{'endpointConfigurationTypes':'REGIONAL'},'ApiKeySourceType':'"
                    "AUTHORIZER','EndpointConfiguration':{'Types':['EDGE']}}",
         "{'Description':''}"},
    };
    drive(*state, &apigateway_rest_api_type, steps, ARRAY_LENGTH(steps));
}

/* moto forgets binary media types, and takes a false 'DisableExecuteApiEndpoint' for true. */
static void an_api_without_a_body_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'Name':'plain','Description':'empty','DisableExecuteApiEndpoint':true}",
         "{'ApiKeySourceType':'HEADER'}"},
        {"{'Name':'renamed','DisableExecuteApiEndpoint':true}", "{'Description':''}"},
    };
    drive(*state, &apigateway_rest_api_type, steps, ARRAY_LENGTH(steps));
}

static void what_cannot_be_done_is_refused(void **state)
{
    struct live *live = *state;
    const struct resource_type *type = &apigateway_rest_api_type;
    live_refused(live, type, "{'BodyS3Location':{'Bucket':'b'},'Name':'n'}",
                 "property 'BodyS3Location' of AWS::ApiGateway::RestApi is not supported: put the document "
                 "into 'Body'");
    live_refused(live, type, "{'Description':'d'}", "a REST API needs a 'Name' or a 'Body' with a title");
    live_refused(live, type, "{'Name':'n','Body':'openapi: 3'}", "'Body' is not an OpenAPI document in JSON");
    live_refused(live, &apigateway_stage_type, "{'RestApiId':'a','StageName':'s'}",
                 "a stage needs a 'DeploymentId'");
    live_refused(live, &apigateway_stage_type, "{'DeploymentId':'a','StageName':'s'}",
                 "'RestApiId' is missing");
    live_refused(live, &apigateway_deployment_type,
                 "{'RestApiId':'a','StageDescription':{'MetricsEnabled':true}}",
                 "declare the stage as an AWS::ApiGateway::Stage");
}

static struct str make_api(struct live *live)
{
    return live_make(live, &apigateway_rest_api_type, "api", "{'Name':'orders'," BODY(PATHS) "}").physical_id;
}

static const char *text(struct live *live, const struct value *value)
{
    return json_text(live->arena, value, JSON_CANONICAL).ptr;
}

static void live_is(struct live *live, const struct resource_type *type, const struct resource_call *call,
                    bool find, const char *properties)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    if (!(find ? type->find : type->read)(call, &state, &error))
        fail_msg("%s: %s: %s", type->name, find ? "find" : "read", error.message);
    assert_string_equal(text(live, state.properties), text(live, live_json(live, properties)));
}

/* moto's GetDeployment of one that is gone is status 500, so that only find is asked then. */
static void a_deployment_is_found_by_its_description(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    const struct resource_type *type = &apigateway_deployment_type;
    struct str api = make_api(live);
    const char *first =
        text(live, live_jsonf(live, "{'RestApiId':'%.*s','Description':'digest 1'}", STR_ARG(api)));
    const char *nameless = text(live, live_jsonf(live, "{'RestApiId':'%.*s'}", STR_ARG(api)));
    struct resource_state one = live_make(live, type, "a", first), two = live_make(live, type, "b", nameless);
    struct resource_call call = live_call(live, "a", one.physical_id, live_json(live, first));
    live_is(live, type, &call, false, first);
    live_is(live, type, &call, true, first);
    assert_string_equal(text(live, one.attributes),
                        text(live, live_jsonf(live, "{'DeploymentId':'%.*s'}", STR_ARG(one.physical_id))));
    call = live_call(live, "b", STR_EMPTY, live_json(live, nameless));
    assert_true(type->find(&call, &one, &error));
    assert_true(str_equal(one.physical_id, two.physical_id));
    call = live_call(live, "c", STR_EMPTY, live_json(live, nameless));
    assert_false(type->find(&call, &one, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    live_unmake(live, type, two.physical_id, nameless);
    live_unmake(live, type, two.physical_id, nameless);
    call = live_call(live, "b", STR_EMPTY, live_json(live, nameless));
    assert_false(type->find(&call, &one, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    live_unmake(live, &apigateway_rest_api_type, api, "{}");
}

/* moto's stages know neither canary nor certificate nor documentation version, and cannot lose a method's
 * settings. */
static void a_stage_lives(void **state)
{
    struct live *live = *state;
    struct str api = make_api(live);
    struct value *properties =
        live_jsonf(live, "{'RestApiId':'%.*s','Description':'digest 1'}", STR_ARG(api));
    struct str one = live_make(live, &apigateway_deployment_type, "a", text(live, properties)).physical_id;
    struct str two = live_make(live, &apigateway_deployment_type, "b", text(live, properties)).physical_id;
    const struct live_step steps[] = {
        {text(live, live_jsonf(live,
                               "{'RestApiId':'%.*s','DeploymentId':'%.*s','StageName':'Prod','MethodSettings'"
                               ":[{'HttpMethod':'*','ResourcePath':'/"
                               "*','MetricsEnabled':true,'ThrottlingBurstLimit':50,'ThrottlingRateLimit':'"
                               "100'}],'Variables':{'a':'1','b':'2'},'TracingEnabled':'true','Tags':[{'Key':'"
                               "app','Value':'orders'}]}",
                               STR_ARG(api), STR_ARG(one))),
         "{'Description':'','CacheClusterEnabled':false}"},
        {text(live,
              live_jsonf(
                  live,
                  "{'RestApiId':'%.*s','DeploymentId':'%.*s','StageName':'Prod','Description':'new','"
                  "MethodSettings':[{'HttpMethod':'GET','ResourcePath':'/"
                  "orders','LoggingLevel':'INFO'},{'HttpMethod':'*','ResourcePath':'/"
                  "*','MetricsEnabled':false,'ThrottlingBurstLimit':'60'}],'AccessLogSetting':{'"
                  "DestinationArn':'arn:aws:logs:us-east-1:123456789012:log-group:x','Format':'$context."
                  "requestId'},'Variables':{'b':'3','c':'4'},'Tags':[{'Key':'tier','Value':'gold'}]}",
                  STR_ARG(api), STR_ARG(two))),
         "{'Variables':{'b':'3','c':'4'},'TracingEnabled':false,'Tags':[{'Key':'tier','Value':'gold'}]}"},
    };
    drive(live, &apigateway_stage_type, steps, ARRAY_LENGTH(steps));
    live_unmake(live, &apigateway_rest_api_type, api, "{}");
}

/* moto knows no patches of methods, so that nothing else changes here. */
static void a_method_loses_its_integration(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    const struct resource_type *type = &apigateway_method_type;
    struct resource_state found = {.properties = NULL},
                          made = live_make(live, &apigateway_rest_api_type, "api", "{'Name':'orders'}");
    struct str api = made.physical_id;
    struct resource_call call = live_call(live, "api", api, live_json(live, "{}"));
    assert_true(apigateway_rest_api_type.read(&call, &made, &error));
    struct str root = value_get_text(made.attributes, "RootResourceId");
    const struct value *with = live_jsonf(
        live, "{'RestApiId':'%.*s','ResourceId':'%.*s','HttpMethod':'PATCH','Integration':{'Type':'MOCK'}}",
        STR_ARG(api), STR_ARG(root));
    const struct value *without = live_jsonf(
        live, "{'RestApiId':'%.*s','ResourceId':'%.*s','HttpMethod':'PATCH'}", STR_ARG(api), STR_ARG(root));
    made = live_make(live, type, "a", text(live, with));
    call = live_call(live, "a", made.physical_id, without);
    call.previous = with;
    if (!type->update(&call, &made, &error) || !type->read(&call, &found, &error))
        fail_msg("%s", error.message);
    assert_null(value_get(found.properties, "Integration"));
    live_unmake(live, type, found.physical_id, text(live, without));
    live_unmake(live, &apigateway_rest_api_type, api, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_api_with_a_body_lives),
        cmocka_unit_test(an_api_without_a_body_lives),
        cmocka_unit_test(what_cannot_be_done_is_refused),
        cmocka_unit_test(a_deployment_is_found_by_its_description),
        cmocka_unit_test(a_stage_lives),
        cmocka_unit_test(a_method_loses_its_integration),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
