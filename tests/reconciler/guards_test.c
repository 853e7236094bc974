#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/yaml_reader.h"
#include "environments/environment.h"
#include "providers/resource.h"
#include "reconciler/guards.h"
#include "tests/providers/fake_aws.h"

static struct value *parse(struct arena *arena, const char *file, const char *yaml)
{
    struct value *value;
    struct error error = ERROR_INIT;
    if (!yaml_read(arena, str_from(file), str_from(yaml), &value, &error))
        fail_msg("%s", error.message);
    return value;
}

static void read_guards(struct arena *arena, const char *file, const char *yaml, struct guards *out)
{
    struct error error = ERROR_INIT;
    if (!guards_read(arena, parse(arena, file, yaml), out, &error))
        fail_msg("%s", error.message);
}

struct case_ {
    const char *repository, *environment; /* guards */
    const char *type, *properties;
    const char *wanted; /* "rule value; ...", then "?" where something is undecided */
};

/* A plan that creates one resource. */
static struct str judge(struct arena *arena, const struct case_ *one)
{
    struct guards repository;
    struct environment environment = {.name = STR("prod"), .tags = value_map(arena)};
    const struct owner owner = {
        .account = STR("111111111111"), .environment = STR("prod"), .application = STR("orders")};
    read_guards(arena, "plumb.yaml", one->repository, &repository);
    read_guards(arena, "environment.yaml", one->environment, &environment.guards);
    guards_join(&repository, &environment.guards);
    struct value *properties = parse(arena, "template.yaml", one->properties);
    fake_unknowns(arena, properties);
    struct str type = arena_printf(arena, "AWS::%s", one->type);
    const struct desired_resource desired = {.properties = properties, .node = properties};
    struct change change = {.logical_id = STR("R"),
                            .type_name = type,
                            .type = resource_type_find(type),
                            .action = CHANGE_CREATE,
                            .desired = &desired,
                            .properties = properties,
                            .arena = arena};
    struct guard_findings found;
    struct plan plan = {.input = {.owner = &owner, .environment = &environment, .now_ms = 1},
                        .changes = &change,
                        .count = 1,
                        .refused = &found};
    guards_check(&plan, arena, &found);
    struct buf out = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < found.count; i++)
        buf_printf(&out, "%s%.*s %s %.*s", i ? "; " : "", STR_ARG(str_slice(found.items[i].rule_at, 0, 5)),
                   guard_rule_name(found.items[i].rule), STR_ARG(found.items[i].value));
    buf_addz(&out, found.undecided ? "?" : "");
    struct error error = ERROR_INIT;
    assert_int_equal(guards_permit(&plan, &error), !found.count);
    assert_int_equal(error.code, found.count ? ERROR_DENIED : ERROR_NONE);
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static void check(const struct case_ *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = judge(arena, &cases[i]);
        if (!str_is(found, cases[i].wanted))
            print_error("case %zu\n found  %.*s\n wanted %s\n", i, STR_ARG(found), cases[i].wanted);
        assert_true(str_is(found, cases[i].wanted));
        arena_free(arena);
    }
}

#define LAYER "{Layers: [\"arn:aws:lambda:us-east-1:222222222222:layer:x:1\"]}"
#define LAYER_ARN "arn:aws:lambda:us-east-1:222222222222:layer:x:1"
#define EXCEPT "[{rule: accounts, resource: R, reason: why}]"

static void an_environment_adds_to_its_repository_and_never_weakens_it(void **state)
{
    static const struct case_ cases[] = {
        {"{}", "{}", "Lambda::Function", LAYER, ""},
        {"{accounts: []}", "{}", "Lambda::Function", LAYER, "plumb accounts " LAYER_ARN},
        {"{}", "{accounts: []}", "Lambda::Function", LAYER, "envir accounts " LAYER_ARN},
        /* both lists have to name it */
        {"{accounts: []}", "{accounts: [\"222222222222\"]}", "Lambda::Function", LAYER,
         "plumb accounts " LAYER_ARN},
        {"{accounts: [\"222222222222\"]}", "{accounts: []}", "Lambda::Function", LAYER,
         "envir accounts " LAYER_ARN},
        {"{accounts: [\"222222222222\"]}", "{accounts: [\"222222222222\"]}", "Lambda::Function", LAYER, ""},
        /* an exception is one of its own guards alone */
        {"{accounts: []}", "{allow: " EXCEPT "}", "Lambda::Function", LAYER, "plumb accounts " LAYER_ARN},
        {"{accounts: [], allow: " EXCEPT "}", "{accounts: []}", "Lambda::Function", LAYER,
         "envir accounts " LAYER_ARN},
        {"{accounts: [], allow: " EXCEPT "}", "{}", "Lambda::Function", LAYER, ""},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void finds_other_accounts_wherever_they_are_named(void **state)
{
#define OTHER "\"222222222222\""
    static const struct {
        const char *properties, *wanted;
    } cases[] = {
        {"{A: \"arn:aws:s3:::bucket\"}", ""},
        {"{A: \"arn:aws:iam::aws:policy/ReadOnlyAccess\"}", ""},
        {"{A: \"arn:aws:sqs:us-east-1:111111111111:line\"}", ""},
        {"{A: \"arn:aws:sqs:us-east-1:*:line\"}", ""},
        {"{A: [{B: \"arn:aws-cn:sqs:cn-north-1:222222222222:line\"}]}",
         "arn:aws-cn:sqs:cn-north-1:222222222222:line"},
        {"{Uri: \"arn:aws:apigateway:us-east-1:lambda:path/functions/arn:aws:lambda:us-east-1:222222222222:"
         "function:f/invocations\"}",
         "arn:aws:lambda:us-east-1:222222222222:function:f/invocations"},
        {"{A: '{\"B\": [\"arn:aws:sns:us-east-1:222222222222:t\"]}'}",
         "arn:aws:sns:us-east-1:222222222222:t"},
        {"{A: \"say arn:aws:sns:us-east-1:222222222222:t, please\"}", "arn:aws:sns:us-east-1:222222222222:t"},
        {"{ImageUri: \"222222222222.dkr.ecr.us-east-1.amazonaws.com/a:1\"}",
         "222222222222.dkr.ecr.us-east-1.amazonaws.com/a:1"},
        {"{Url: \"https://sqs.us-east-1.amazonaws.com/222222222222/line\"}",
         "https://sqs.us-east-1.amazonaws.com/222222222222/line"},
        {"{Principal: " OTHER "}", "222222222222"},
        {"{Principal: 222222222222}", "222222222222"},
        {"{Principal: {AWS: [\"111111111111\", " OTHER "]}}", "222222222222"},
        {"{SourceAccount: " OTHER "}", "222222222222"},
        {"{Condition: {StringEquals: {\"aws:PrincipalAccount\": " OTHER "}}}", "222222222222"},
        {"{A: '{\"Principal\": {\"AWS\": " OTHER "}}'}", "222222222222"},
        /* a number of twelve digits elsewhere is no account */
        {"{Phone: " OTHER "}", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str wanted =
            cases[i].wanted[0] ? arena_printf(arena, "envir accounts %s", cases[i].wanted) : STR_EMPTY;
        const struct case_ one = {"{}", "{accounts: []}", "Lambda::Function", cases[i].properties,
                                  arena_strz(arena, wanted)};
        check(&one, 1);
        arena_free(arena);
    }
}

#define BODY(security) "{Body: {paths: {/a: {get: {" security "}}}}}"
#define APIS "{public: {apis: forbid}}"

static void knows_what_anybody_can_call(void **state)
{
    static const struct case_ cases[] = {
        {"{}", APIS, "ApiGateway::RestApi", BODY(""), "envir public.apis get /a"},
        {"{}", APIS, "ApiGateway::RestApi", BODY("security: []"), "envir public.apis get /a"},
        {"{}", APIS, "ApiGateway::RestApi", BODY("security: [{}]"), "envir public.apis get /a"},
        {"{}", APIS, "ApiGateway::RestApi", BODY("security: [{api_key: []}]"), ""},
        {"{}", APIS, "ApiGateway::RestApi", BODY("security: \"?\""), "?"},
        {"{}", APIS, "ApiGateway::RestApi", BODY("x-amazon-apigateway-auth: {type: AWS_IAM}"), ""},
        {"{}", APIS, "ApiGateway::RestApi", BODY("x-amazon-apigateway-auth: {type: none}"),
         "envir public.apis get /a"},
        {"{}", APIS, "ApiGatewayV2::Api", "{Body: {security: [{a: []}], paths: {/a: {get: {}}}}}", ""},
        {"{}", APIS, "ApiGatewayV2::Api", "{Body: {security: [{a: []}], paths: {/a: {get: {security: []}}}}}",
         "envir public.apis get /a"},
        {"{}", APIS, "ApiGatewayV2::Api", "{Body: {paths: {/a: {options: {}, parameters: []}}}}", ""},
        {"{}", APIS, "ApiGateway::RestApi",
         "{EndpointConfiguration: {Types: [PRIVATE]}, Body: {paths: {/a: {get: {}}}}}", ""},
        {"{}", APIS, "ApiGateway::Method", "{HttpMethod: GET}", "envir public.apis R"},
        {"{}", APIS, "ApiGateway::Method", "{HttpMethod: OPTIONS, AuthorizationType: NONE}", ""},
        {"{}", APIS, "ApiGateway::Method", "{HttpMethod: GET, ApiKeyRequired: true}", ""},
        {"{}", APIS, "ApiGateway::Method", "{HttpMethod: GET, AuthorizationType: \"?\"}", "?"},
        {"{}", APIS, "ApiGatewayV2::Route", "{RouteKey: $default}", "envir public.apis $default"},
        {"{}", APIS, "ApiGatewayV2::Route", "{RouteKey: $connect}", "envir public.apis $connect"},
        {"{}", APIS, "ApiGatewayV2::Route", "{RouteKey: sendmessage}", ""},
        {"{}", APIS, "ApiGatewayV2::Route", "{RouteKey: \"OPTIONS /a\"}", ""},
        {"{}", APIS, "ApiGatewayV2::Route", "{RouteKey: \"GET /a\", AuthorizationType: JWT}", ""},
        /* only where it is asked for */
        {"{}", "{public: forbid}", "ApiGateway::Method", "{HttpMethod: GET}", ""},
        {"{}", "{public: {urls: forbid}}", "S3::Bucket", "{}", ""},
        {"{}", "{public: {buckets: forbid}}", "Lambda::Url", "{AuthType: NONE}", ""},
        {"{}", "{public: {urls: forbid}}", "Lambda::Permission", "{FunctionUrlAuthType: NONE}",
         "envir public.urls NONE"},
        {"{}", "{public: {urls: forbid}}", "Lambda::Url", "{AuthType: \"?\"}", "?"},
        {"{}", "{public: forbid}", "S3::Bucket", "{PublicAccessBlockConfiguration: \"?\"}", "?"},
        {"{}", "{public: forbid}", "S3::Bucket",
         "{PublicAccessBlockConfiguration: {BlockPublicAcls: \"true\", BlockPublicPolicy: true, "
         "IgnorePublicAcls: no}}",
         "envir public.buckets IgnorePublicAcls; envir public.buckets RestrictPublicBuckets"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define TAGS(value) "{Tags: [{Key: team, Value: " value "}]}"

static void tells_what_cannot_be_decided_yet(void **state)
{
    static const struct case_ cases[] = {
        {"{}", "{accounts: []}", "Lambda::Function", "{Role: \"?\"}", "?"},
        {"{}", "{permissionsBoundary: a}", "IAM::Role", "{PermissionsBoundary: \"?\"}", "?"},
        {"{}", "{permissionsBoundary: \"arn:*\"}", "IAM::User", "{}", "envir permissionsBoundary R"},
        {"{}", "{permissionsBoundary: a}", "IAM::Group", "{}", ""},
        {"{}", "{policies: {forbidManaged: [a]}}", "IAM::Role", "{ManagedPolicyArns: [\"?\"]}", "?"},
        {"{}", "{policies: {forbidActions: [\"*\"]}}", "IAM::Policy", "{PolicyDocument: \"?\"}", "?"},
        {"{}", "{policies: {forbidActions: [\"*\"]}}", "SQS::Queue", "{QueueName: \"?\"}", ""},
        {"{}", "{requireTags: [{team: [a]}]}", "SQS::Queue", TAGS("\"?\""), "?"},
        {"{}", "{requireTags: [team]}", "SQS::Queue", TAGS("\"?\""), ""},
        {"{}", "{requireTags: [team]}", "SQS::Queue", "{Tags: \"?\"}", "?"},
        {"{}", "{requireTags: [team]}", "Lambda::Permission", "{}", ""},
        {"{}", "{requireTags: [{team: [17]}]}", "SQS::Queue", TAGS("17"), ""},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_environment_adds_to_its_repository_and_never_weakens_it),
        cmocka_unit_test(finds_other_accounts_wherever_they_are_named),
        cmocka_unit_test(knows_what_anybody_can_call),
        cmocka_unit_test(tells_what_cannot_be_decided_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
