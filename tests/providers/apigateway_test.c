/* What API Gateway is asked where moto cannot answer: tags of APIs, escaped policies, canaries. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/json.h"
#include "providers/apigateway/types.h"
#include "tests/providers/fake_aws.h"

struct world {
    struct fake_aws fake;
    struct aws *aws;
};

static int open_world(void **state)
{
    struct world *world = memory_alloc(sizeof(*world));
    fake_init(&world->fake);
    world->fake.account = "123456789012";
    fake_start(&world->fake);
    world->aws = fake_open(&world->fake);
    fake_requests(&world->fake);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    aws_close(world->aws);
    fake_release(&world->fake);
    free(world);
    return 0;
}

static struct resource_call call_of(struct world *world, const char *id, const char *properties,
                                    const char *previous)
{
    return (struct resource_call){
        .aws = world->aws,
        .arena = world->fake.arena,
        .logical_id = STR("Thing"),
        .physical_id = str_from(id),
        .name = STR("named-by-plumb"),
        .properties = fake_json(world->fake.arena, properties),
        .previous = previous ? fake_json(world->fake.arena, previous) : NULL,
        .tags = fake_json(world->fake.arena, "{'plumb:application':'orders'}"),
    };
}

typedef bool (*step)(const struct resource_call *, struct resource_state *, struct error *);

static struct resource_state run(struct world *world, const char *what, step take,
                                 const struct resource_call *call, const struct fake_answer *answers,
                                 size_t count)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    struct fake_answer *own = arena_array(world->fake.arena, count, sizeof *own);
    for (size_t i = 0; i < count; i++) {
        own[i] = answers[i];
        own[i].body = answers[i].body ? json_text(world->fake.arena,
                                                  fake_json(world->fake.arena, answers[i].body), JSON_COMPACT)
                                            .ptr
                                      : NULL;
    }
    fake_script(&world->fake, own, count);
    if (!take(call, &state, &error))
        fail_msg("%s: %s", what, error.message);
    return state;
}

static void assert_requests(struct world *world, const char *wanted)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    struct str all = fake_requests(&world->fake), line;
    while (str_split(&all, '\n', &line)) { /* without the host, which is always the same */
        size_t host = 0;
        while (host < line.len && !str_starts(str_from_index(line, host), ".com"))
            host++;
        if (line.len)
            buf_printf(&text, "%.*s%.*s\n", STR_ARG(str_slice(line, 0, str_find(line, ' ') + 1)),
                       STR_ARG(str_from_index(line, host + 4)));
    }
    for (char *c = text.ptr; c && *c; c++)
        *c = *c == '"' ? '\'' : *c;
    assert_text(arena_str(world->fake.arena, buf_str(&text)), wanted);
    buf_release(&text);
}

static void assert_value(struct world *world, const struct value *value, const char *wanted)
{
    assert_text(json_text(world->fake.arena, value, JSON_CANONICAL),
                json_text(world->fake.arena, fake_json(world->fake.arena, wanted), JSON_CANONICAL).ptr);
}

#define INTEGRATION(URI)                                                                                     \
    "'x-amazon-apigateway-integration':{'type':'aws_proxy','httpMethod':'POST','uri':'" URI "'}"
#define DOCUMENT(PATHS) "{'info':{'title':'t'},'paths':" PATHS "}"
#define ANY_A "{'/a/':{'x-amazon-apigateway-any-method':{" INTEGRATION("u") "}}}"
#define LIVE_METHOD(METHOD, URI)                                                                             \
    "'" METHOD "':{'httpMethod':'" METHOD                                                                    \
    "','methodIntegration':{'type':'AWS_PROXY','httpMethod':'POST','uri':'" URI "'}}"
#define API(MORE)                                                                                            \
    "{'id':'api1','name':'t','rootResourceId':'r','endpointConfiguration':{'types':['EDGE']}" MORE "}"

static struct str digest_of(struct world *world, const char *properties)
{
    return sha256_hex(world->fake.arena,
                      json_text(world->fake.arena, fake_json(world->fake.arena, properties), JSON_CANONICAL));
}

/* A document that AWS has not yet: put, what it overwrote put right, and the tag last. */
static void a_document_is_put_and_then_said_to_be(void **state)
{
    struct world *world = *state;
    struct resource_call call =
        call_of(world, "api1",
                "{'Name':'orders','Body':" DOCUMENT(
                    ANY_A) ",'FailOnWarnings':'true','Parameters':{'ignore':'documentation'}}",
                NULL);
    const struct fake_answer answers[] = {
        {.body = API(",'tags':{'plumb:application':'orders','plumb:body':'old'}")},
        {.body = "{'item':[{'id':'r','path':'/'}]}"},
        {.body = API("")},
        {.body = API(",'tags':{'plumb:application':'orders','plumb:body':'old'}")},
        {.body = API("")},
        {.status = 204},
    };
    run(world, "update", apigateway_rest_api_type.update, &call, answers, ARRAY_LENGTH(answers));
    assert_requests(
        world,
        arena_printf(
            world->fake.arena,
            "GET /restapis/api1\nGET /restapis/api1/resources?limit=500&embed=methods\nPUT "
            "/restapis/api1?mode=overwrite&failonwarnings=true&ignore=documentation " DOCUMENT(
                ANY_A) "\nGET /restapis/api1\nPATCH /restapis/api1 "
                       "{'patchOperations':[{'op':'replace','path':'/name','value':'orders'}]}\nPUT "
                       "/tags/arn%%3Aaws%%3Aapigateway%%3Aus-east-1%%3A%%3A%%2Frestapis%%2Fapi1 "
                       "{'tags':{'plumb:body':'%.*s'}}\n",
            STR_ARG(digest_of(world, "{'Body':" DOCUMENT(ANY_A) ",'Parameters':{'ignore':'documentation'}}")))
            .ptr);
}

/* Reads with the tag that says that the document is in. */
static struct resource_state read_with(struct world *world, const char *resources)
{
    struct resource_call call = call_of(world, "api1", "{'Body':" DOCUMENT(ANY_A) "}", NULL);
    struct str digest = digest_of(world, "{'Body':" DOCUMENT(ANY_A) "}");
    const struct fake_answer answers[] = {
        {.body = arena_printf(world->fake.arena, API(",'tags':{'plumb:body':'%.*s'}"), STR_ARG(digest)).ptr},
        {.body = resources},
    };
    return run(world, "read", apigateway_rest_api_type.read, &call, answers, ARRAY_LENGTH(answers));
}

static void methods_and_integrations_are_compared(void **state)
{
    struct world *world = *state;
    struct resource_state live = read_with(
        world, "{'item':[{'path':'/'},{'path':'/a','resourceMethods':{" LIVE_METHOD("ANY", "u") "}}]}");
    assert_value(world, value_get(live.properties, "Body"), DOCUMENT(ANY_A));
    assert_null(live.extras);
    live = read_with(world, "{'item':[{'path':'/'},{'id':'a1','path':'/a','resourceMethods':{" LIVE_METHOD(
                                "ANY", "v") "," LIVE_METHOD("GET", "w") "}}]}");
    assert_value(world, value_get(live.properties, "Body"),
                 DOCUMENT("{'/a/':{'x-amazon-apigateway-any-method':{" INTEGRATION("v") "}}}"));
    assert_value(world, live.extras, "[{'Kind':'method','Name':'GET /a','Detail':'w','Id':'api1|a1|GET'}]");
    live = read_with(world, "{'item':[{'path':'/'}]}");
    assert_value(world, value_get(live.properties, "Body"), DOCUMENT("{'/a/':{}}"));
    /* Another document's digest: nothing else is known. */
    struct resource_call call = call_of(world, "api1", "{'Body':" DOCUMENT("{}") "}", NULL);
    const struct fake_answer answers[] = {{.body = API(",'tags':{'plumb:body':'other'}")},
                                          {.body = "{'item':[]}"}};
    live = run(world, "read", apigateway_rest_api_type.read, &call, answers, 2);
    assert_value(world, value_get(live.properties, "Body"), "{'plumb:body':'other'}");
}

static void a_policy_is_read_as_it_was_written(void **state)
{
    struct world *world = *state;
    struct resource_call call = call_of(world, "api1",
                                        "{'Name':'t','Policy':{'Statement':{'Effect':'Allow','Principal':'*',"
                                        "'Action':'execute-api:Invoke','Resource':'execute-api:/*'}}}",
                                        NULL);
    static const char raw[] =
        "{\"id\":\"api1\",\"name\":\"t\",\"policy\":\"{\\\\\\\"Version\\\\\\\":\\\\\\\"2008-10-17\\\\\\\","
        "\\\\\\\"Statement\\\\\\\":[{\\\\\\\"Effect\\\\\\\":\\\\\\\"Allow\\\\\\\",\\\\\\\"Principal\\\\\\\":"
        "\\\\\\\"*\\\\\\\",\\\\\\\"Action\\\\\\\":\\\\\\\"execute-api:Invoke\\\\\\\","
        "\\\\\\\"Resource\\\\\\\":\\\\\\\"arn:aws:execute-api:us-east-1:123456789012:api1/*\\\\\\\"}]}\"}";
    const struct fake_answer answer = {.body = raw};
    struct error error = ERROR_INIT;
    struct resource_state live = {.properties = NULL};
    fake_script(&world->fake, &answer, 1);
    if (!apigateway_rest_api_type.read(&call, &live, &error))
        fail_msg("%s", error.message);
    struct value *declared = value_copy(world->fake.arena, call.properties);
    apigateway_rest_api_type.normalize(world->fake.arena, declared);
    assert_text(
        json_text(world->fake.arena, value_path(live.properties, "Policy", "Statement", NULL),
                  JSON_CANONICAL),
        json_text(world->fake.arena, value_path(declared, "Policy", "Statement", NULL), JSON_CANONICAL).ptr);
}

static void an_api_is_found_by_all_its_tags(void **state)
{
    struct world *world = *state;
    struct resource_call call = call_of(world, "", "{'Name':'t'}", NULL);
    const struct fake_answer answers[] = {
        {.body = "{'position':'2','item':[{'id':'a','name':'t'},{'id':'b','name':'t','tags':{'plumb:"
                 "application':'bills'}}]}"},
        {.body = "{'item':[{'id':'c','name':'other','tags':{'plumb:application':'orders'}}]}"},
    };
    assert_text(run(world, "find", apigateway_rest_api_type.find, &call, answers, 2).physical_id, "c");
    assert_requests(world, "GET /restapis?limit=500\nGET /restapis?position=2&limit=500\n");
}

static void an_api_is_patched(void **state)
{
    struct world *world = *state;
    struct resource_call call = call_of(world, "api1",
                                        "{'Name':'t','BinaryMediaTypes':['image/"
                                        "png'],'EndpointConfiguration':{'Types':['PRIVATE'],'VpcEndpointIds':"
                                        "['vpce-2'],'IpAddressType':'dualstack'}}",
                                        "{'Policy':{'Id':'x'},'MinimumCompressionSize':5,'"
                                        "DisableExecuteApiEndpoint':true,'SecurityPolicy':'TLS_1_2'}");
    const struct fake_answer answers[] = {
        {.body = API(
             ",'tags':{'plumb:application':'orders'},'binaryMediaTypes':['a~b'],'minimumCompressionSize':5,'"
             "policy':'{\\'Id\\':\\'x\\'}','disableExecuteApiEndpoint':true,'securityPolicy':'TLS_1_2'")},
        {.body = API("")},
    };
    run(world, "update", apigateway_rest_api_type.update, &call, answers, ARRAY_LENGTH(answers));
    assert_requests(world,
                    "GET /restapis/api1\nPATCH /restapis/api1 "
                    "{'patchOperations':[{'op':'add','path':'/binaryMediaTypes/"
                    "image~1png'},{'op':'remove','path':'/binaryMediaTypes/a~0b'},{'op':'replace','path':'/"
                    "disableExecuteApiEndpoint','value':'false'},{'op':'replace','path':'/"
                    "minimumCompressionSize','value':''},{'op':'replace','path':'/"
                    "policy','value':''},{'op':'replace','path':'/"
                    "endpointConfiguration/types/EDGE','value':'PRIVATE'},{'op':'replace','path':'/"
                    "endpointConfiguration/ipAddressType','value':'dualstack'},{'op':'add','path':'/"
                    "endpointConfiguration/vpcEndpointIds','value':'vpce-2'}]}\n");
}

static void a_stage_is_patched(void **state)
{
    struct world *world = *state;
    struct resource_call call =
        call_of(world, "prod",
                "{'RestApiId':'api1','DeploymentId':'d2','CanarySetting':{'PercentTraffic':'10','"
                "StageVariableOverrides':{'a':'1'},'DeploymentId':'d3'},'MethodSettings':[{'ResourcePath':'/"
                "','HttpMethod':'GET','LoggingLevel':'INFO'},{'ResourcePath':'/a/"
                "b','HttpMethod':'PUT','CachingEnabled':true}]}",
                "{'AccessLogSetting':{'Format':'f'},'MethodSettings':[{'ResourcePath':'/"
                "~1a~1b','HttpMethod':'PUT','ThrottlingRateLimit':5}],'Variables':{'v':'1'},'"
                "ClientCertificateId':'c'}");
    const struct fake_answer answers[] = {
        {.body = "{'stageName':'prod','deploymentId':'d1','clientCertificateId':'c','variables':{'v':'1'},'"
                 "accessLogSettings':{'format':'f'},'methodSettings':{'~1a~1b/"
                 "PUT':{'throttlingRateLimit':5,'cachingEnabled':false},'*/"
                 "*':{'metricsEnabled':true}},'tags':{'plumb:application':'orders'}}"},
        {.body = "{}"},
    };
    run(world, "update", apigateway_stage_type.update, &call, answers, ARRAY_LENGTH(answers));
    assert_requests(
        world, "GET /restapis/api1/stages/prod\nPATCH /restapis/api1/stages/prod "
               "{'patchOperations':[{'op':'replace','path':'/"
               "clientCertificateId','value':''},{'op':'replace','path':'/"
               "deploymentId','value':'d2'},{'op':'remove','path':'/variables/v'},{'op':'remove','path':'/"
               "accessLogSettings'},{'op':'replace','path':'/canarySettings/"
               "deploymentId','value':'d3'},{'op':'replace','path':'/canarySettings/"
               "percentTraffic','value':'10'},{'op':'replace','path':'/canarySettings/stageVariableOverrides/"
               "a','value':'1'},{'op':'remove','path':'/*/*'},{'op':'replace','path':'/~1/GET/logging/"
               "loglevel','value':'INFO'},{'op':'replace','path':'/~1a~1b/PUT/caching/"
               "enabled','value':'true'},{'op':'replace','path':'/~1a~1b/PUT/throttling/"
               "rateLimit','value':'-1'}]}\n");
}

static void a_deployment_can_make_its_stage(void **state)
{
    struct world *world = *state;
    const char *properties =
        "{'RestApiId':'api1','StageName':'live','StageDescription':{'Description':'s','Variables':{'a':1},'"
        "TracingEnabled':'true'},'DeploymentCanarySettings':{'PercentTraffic':'5'}}";
    struct resource_call call = call_of(world, "", properties, NULL);
    const struct fake_answer made = {.body = "{'id':'d1'}"};
    run(world, "create", apigateway_deployment_type.create, &call, &made, 1);
    assert_requests(world, "POST /restapis/api1/deployments "
                           "{'stageName':'live','canarySettings':{'percentTraffic':5},'stageDescription':'s',"
                           "'variables':{'a':'1'},'tracingEnabled':true,'description':'named-by-plumb'}\n");
}

/* Looks for the deployment before it makes a second one. */
static void a_lost_deployment_is_found_again(void **state)
{
    struct world *world = *state;
    struct resource_call call = call_of(world, "", "{'RestApiId':'api1','Description':'digest 1'}", NULL);
    const struct fake_answer answers[] = {
        {.lost = ERROR_TIMEOUT},
        {.body =
             "{'item':[{'id':'d1','description':'digest 1','createdDate':5},{'id':'d2','description':'digest "
             "1','createdDate':7},{'id':'d3','description':'other','createdDate':9}]}"},
        {.body = "{'item':[{'id':'d1','description':'digest "
                 "1','createdDate':5},{'id':'d2','description':'digest 1','createdDate':7}]}"},
    };
    assert_text(run(world, "create", apigateway_deployment_type.create, &call, answers, ARRAY_LENGTH(answers))
                    .physical_id,
                "d2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_document_is_put_and_then_said_to_be, open_world, close_world),
        cmocka_unit_test_setup_teardown(methods_and_integrations_are_compared, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_policy_is_read_as_it_was_written, open_world, close_world),
        cmocka_unit_test_setup_teardown(an_api_is_found_by_all_its_tags, open_world, close_world),
        cmocka_unit_test_setup_teardown(an_api_is_patched, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_stage_is_patched, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_deployment_can_make_its_stage, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_lost_deployment_is_found_again, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
