#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/yaml_reader.h"
#include "environments/serverless/service.h"
#include "memory_files.h"

/* What the native compiler says of services that it does not take, and what a version's id depends on.  What
 * it makes of the others is compared with the framework: serverless_native_test.py. */

#define HEAD "service: svc\nprovider: {name: aws, runtime: nodejs18.x}\n"
#define FUNCTION HEAD "functions:\n  f:\n    handler: a.b\n"
#define ADVICE ": run 'serverless package' and commit its folder .serverless as the template"

static bool compile(struct arena *arena, const char *yaml, const char *code, struct value **template,
                    struct error *error)
{
    const struct memory_file tree[] = {{"apps/serverless.yml", yaml, false}, {"apps/a.js", code, false}};
    struct memory_files all = {.entries = tree, .count = ARRAY_LENGTH(tree)};
    struct files files = memory_files(&all);
    struct template_options options = {.files = &files, .path = STR("apps/serverless.yml")};
    struct value *service;
    if (!yaml_read(arena, STR("serverless.yml"), str_from(yaml), &service, error))
        return false;
    value_setz(arena, value_get(service, "provider"), "stage", value_stringz(arena, "dev"));
    value_setz(arena, value_get(service, "provider"), "region", value_stringz(arena, "us-east-1"));
    return serverless_compile(arena, &options, service, template, error);
}

static const struct {
    const char *yaml, *message;
} refused[] = {
    {FUNCTION "    memroySize: 3\n",
     "unknown key 'memroySize' in function 'f', did you mean 'memorySize'? (serverless.yml:6:5)"},
    {FUNCTION "    timeout: soon\n",
     "'timeout' of function 'f' must be an integer, not a string (serverless.yml:6:14)"},
    {FUNCTION "    environment: [A]\n",
     "'environment' of function 'f' must be a mapping, not a list (serverless.yml:6:18)"},
    {FUNCTION "    environment: {A: {b: c}}\n",
     "'A' of 'environment' of function 'f' must be '' or a string or a function of CloudFormation, not a "
     "mapping (serverless.yml:6:22)"},
    {FUNCTION "    events: [http]\n",
     "events of function 'f': an event must be a map like {http: ...}, not a string (serverless.yml:6:14)"},
    {FUNCTION "    events: [{htp: GET x}]\n",
     "unknown key 'htp' in events of function 'f', did you mean 'http'? (serverless.yml:6:15)"},
    {FUNCTION "    events: [{http: {path: x, method: get, cors: {orign: x}}}]\n",
     "unknown key 'orign' in 'cors' of event 'http' of function 'f', did you mean 'origin'? "
     "(serverless.yml:6:51)"},
    {FUNCTION "    events: [{http: {path: x}}]\n",
     "event 'http' of function 'f' needs 'method' (serverless.yml:6:21)"},
    {FUNCTION "    events: [{http: GET}]\n",
     "event 'http' of function 'f' must be like 'GET users/{id}' (serverless.yml:6:21)"},
    {FUNCTION "    events: [{http: {path: x, method: get, integration: lamda}}]\n",
     "integration 'lamda' is not known: lambda-proxy, lambda, http, http-proxy or mock "
     "(serverless.yml:6:57)"},
    {FUNCTION "    events: [{http: {path: x, method: get, integration: lambda}}]\n",
     "event 'http' of function 'f': integration 'lambda' without a 'request.template' for "
     "'application/json' takes the framework's own: run 'serverless package' and commit its folder "
     ".serverless as the template (serverless.yml:6:21)"},
    {FUNCTION "    events: [{http: {path: x, method: get, authorizer: nobody}}]\n",
     "authorizer 'nobody' of function 'f' is not a function of this service (serverless.yml:6:56)"},
    {FUNCTION "    events:\n      - http:\n        path: x\n        method: get\n",
     "event 'http' of function 'f' is empty: its settings are to be indented below it (serverless.yml:7:9)"},
    {FUNCTION "    events: [{cloudFront: {eventType: viewer-request}}]\n",
     "event 'cloudFront' of function 'f' needs 'origin' (serverless.yml:6:27)"},
    {FUNCTION "    events: [{s3: {bucket: b, existing: true}}]\n",
     "event 's3' of function 'f' has 'existing: true'" ADVICE " (serverless.yml:6:19)"},
    {FUNCTION "    events: [{cognitoUserPool: {pool: b, trigger: PreSignUp, existing: true}}]\n",
     "event 'cognitoUserPool' of function 'f' has 'existing: true'" ADVICE " (serverless.yml:6:32)"},
    {FUNCTION "    events: [{httpApi: {path: /x, method: got}}]\n",
     "event 'httpApi' of function 'f' needs a method and a path, like 'GET /x' (serverless.yml:6:24)"},
    {FUNCTION "    events: [{httpApi: {path: /x, method: get, authorizer: none}}]\n",
     "there is no authorizer 'none' in 'provider.httpApi.authorizers' (serverless.yml:6:60)"},
    {FUNCTION "    events: [{httpApi: GET /x}, {httpApi: GET /x}]\n",
     "route 'GET /x' is there twice (serverless.yml:6:43)"},
    {FUNCTION "    events: [{stream: {arn: {Ref: S}}}]\n",
     "an ARN of a stream's event that is no plain text needs 'type' beside it (serverless.yml:6:29)"},
    {FUNCTION "    events: [{sqs: {batchSize: 3}}]\n",
     "event 'sqs' of function 'f' needs 'arn' (serverless.yml:6:20)"},
    {FUNCTION "    events: [{sns: {displayName: x}}]\n",
     "event 'sns' of function 'f' needs 'arn' or 'topicName' (serverless.yml:6:20)"},
    {FUNCTION "    events: [{schedule: {rate: rate(1 hour), timezone: x}}]\n",
     "schedule of function 'f': 'timezone' needs method 'scheduler' (serverless.yml:6:25)"},
    {FUNCTION "    events: [{eventBridge: {pattern: {sorce: [a]}}}]\n",
     "unknown key 'sorce' in 'pattern' of event 'eventBridge' of function 'f', did you mean 'source'? "
     "(serverless.yml:6:39)"},
    {FUNCTION "    events: [{alb: {listenerArn: arn, priority: 1, conditions: {path: /}}}]\n",
     "event 'alb' of function 'f': 'listenerArn' is not one of a listener (serverless.yml:6:34)"},
    {FUNCTION "    events: [{websocket: {route: x, authorizer: nobody}}]\n",
     "authorizer of a websocket: there is no such function in this service (serverless.yml:6:49)"},
    {FUNCTION "    image: 1.dkr.ecr.us-east-1.amazonaws.com/a:b\n",
     "function 'f' needs only one of 'handler' and 'image' (serverless.yml:5:5)"},
    {HEAD "functions:\n  f: {image: \"1.dkr.ecr.us-east-1.amazonaws.com/a:b\"}\n",
     "function 'f' has an image without a digest ('...@sha256:...')" ADVICE " (serverless.yml:4:14)"},
    {HEAD "functions:\n  f: {timeout: 3}\n",
     "function 'f' needs one of 'handler' and 'image' (serverless.yml:4:6)"},
    {FUNCTION "    destinations: {onSuccess: nobody}\n",
     "destination 'nobody' is neither an ARN nor a function of this service (serverless.yml:6:31)"},
    {FUNCTION "    provisionedConcurrency: 1\n    snapStart: true\n",
     "function 'f' has both 'provisionedConcurrency' and 'snapStart' (serverless.yml:6:29)"},
    {FUNCTION "    package: {patterns: ['!(a)']}\npackage: {individually: true}\n",
     "'package': pattern '!(a)': a pattern that begins with '(' is not supported" ADVICE
     " (serverless.yml:6:26)"},
    {FUNCTION "    package: {artifact: s3://b/k.zip}\n",
     "'package.artifact' must be a .zip or .jar of the repository" ADVICE " (serverless.yml:6:25)"},
    {FUNCTION "resources: {extensions: {Nobody: {Properties: {}}}}\n",
     "'extensions' names 'Nobody', which is not in the template (serverless.yml:6:34)"},
    {FUNCTION "resources: {Resuorces: {}}\n",
     "unknown key 'Resuorces' in 'resources', did you mean 'Resources'? (serverless.yml:6:13)"},
    {"service: svc\nprovider: {name: aws, apiGateway: {restApiId: x}}\nfunctions: {f: {handler: a.b, events: "
     "[{http: GET x}]}}\n",
     "'restApiId' needs 'restApiRootResourceId' (serverless.yml:2:35)"},
    {"service: svc\nprovider: {name: aws, logs: {restApi: true}}\nfunctions: {f: {handler: a.b, events: "
     "[{http: GET x}]}}\n",
     "'logs.restApi' without 'roleManagedExternally: true' is not supported" ADVICE " (serverless.yml:2:39)"},
    {"service: svc\nprovider: {name: aws, eventBridge: {useCloudFormation: false}}\nfunctions: {f: {handler: "
     "a.b, events: [{eventBridge: {schedule: rate(1 hour)}}]}}\n",
     "'eventBridge' without 'useCloudFormation: true' is not supported" ADVICE " (serverless.yml:2:36)"},
    {"service: svc\nprovider: {name: aws, iam: {role: {statements: [{Efect: Allow}]}}}\nfunctions: {f: "
     "{handler: a.b}}\n",
     "unknown key 'Efect' in item 1 of 'statements' of 'role' of 'iam' of 'provider', did you mean 'Effect'? "
     "(serverless.yml:2:50)"},
    {HEAD "layers: {l: {}}\n", "layer 'l' needs a 'path' in the repository (serverless.yml:3:13)"},
};

static void refuses_with_name_and_position(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct value *template;
        assert_false(compile(arena, refused[i].yaml, "x", &template, &error));
        assert_string_equal(error.message, refused[i].message);
        arena_free(arena);
    }
}

static const char *version_of(struct arena *arena, const char *yaml, const char *code)
{
    struct error error = ERROR_INIT;
    struct value *template;
    if (!compile(arena, yaml, code, &template, &error))
        fail_msg("%s", error.message);
    const struct value *outputs = value_get(template, "Outputs");
    return arena_strz(arena,
                      value_text(value_path(outputs, "FLambdaFunctionQualifiedArn", "Value", "Ref", NULL)));
}

static const struct {
    const char *more, *code;
    bool same;
} versions[] = {
    {"", "x", true},
    {"# a comment\n", "x", true},
    {"    tags: {a: b}\n", "x", true},
    {"    reservedConcurrency: 3\n", "x", true},
    {"    events: [{http: GET x}]\n", "x", true},
    {"", "y", false},
    {"    memorySize: 512\n", "x", false},
    {"    environment: {A: b}\n", "x", false},
    {"package: {patterns: ['a.*']}\n", "x", true},
};

static void makes_a_version_of_what_it_is_a_snapshot_of(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *first = version_of(arena, FUNCTION, "x");
    for (size_t i = 0; i < ARRAY_LENGTH(versions); i++) {
        const char *yaml = arena_strz(arena, arena_printf(arena, "%s%s", FUNCTION, versions[i].more));
        const char *id = version_of(arena, yaml, versions[i].code);
        assert_true(str_starts(str_from(id), "FLambdaVersion"));
        assert_int_equal(str_is(str_from(id), first), versions[i].same);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_with_name_and_position),
        cmocka_unit_test(makes_a_version_of_what_it_is_a_snapshot_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
