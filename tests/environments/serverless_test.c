#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "environments/serverless/native.h"
#include "memory_files.h"

/* A service before it is compiled: `custom` where there is one, else what is behind the lines that all have.
 */

#define HEAD "service: demo\nprovider: {name: aws, runtime: nodejs20.x}\n"
#define CUSTOM HEAD "custom:\n"

static const struct memory_file around[] = {
    {"app/data.yml", "x: {y: \"${self:service}\"}\nlist: [p, q]\nref: !Ref Table\n", false},
    {"app/more.json", "{\"k\": [1, {\"z\": \"${sls:stage}\"}]}", false},
    {"app/note.txt", "of ${self:service}", false},
    {"app/loop.yml", "a: ${file(loop.yml)}\n", false},
    {"app/functions.yml", "second: {handler: c.d}\nfirst: {timeout: 5}\n", false},
    {"app/.env", "A=wrong\n", false},
    {"app/.env.prod", "# names\nA = a b # not this\nexport B=\"x\\ny # z\"\nC='q'\nLEVEL=own\nD=\n", false},
    {"app/.env.beta", "A=$HOME\n", false},
    {"shared/common.yml", "team: orders\n", false},
};

struct reading {
    const char *text, *stage, *wanted;
};

static bool read_service(struct arena *arena, const char *text, const char *stage, struct value **service,
                         struct error *error)
{
    struct memory_file *entries = arena_array(arena, ARRAY_LENGTH(around) + 1, sizeof *entries);
    memcpy(entries, around, sizeof around);
    entries[ARRAY_LENGTH(around)] = (struct memory_file){"app/serverless.yml", text, false};
    struct memory_files *all = arena_alloc(arena, sizeof *all);
    *all = (struct memory_files){.entries = entries, .count = ARRAY_LENGTH(around) + 1};
    struct value *own = value_map(arena), *shared = value_map(arena), *taken;
    value_setz(arena, own, "LEVEL", value_stringz(arena, "warn"));
    value_setz(arena, shared, "TEAM", value_stringz(arena, "red"));
    struct files files = memory_files(all);
    const struct template_options options = {.files = &files,
                                             .path = STR("app/serverless.yml"),
                                             .parameters = own,
                                             .shared_parameters = shared,
                                             .region = STR("eu-west-1"),
                                             .environment = str_from(stage),
                                             .stage = str_from(stage)};
    return native_read(arena, &options, service, &taken, error);
}

/* The service without the two lines that all have, as JSON; or the error. */
static struct str tell(struct arena *arena, const char *text, const char *stage)
{
    struct value *service;
    struct error error = ERROR_INIT;
    if (!read_service(arena, text, stage, &service, &error))
        return arena_str(arena, str_from(error.message));
    if (strstr(text, "nodejs20.x")) {
        value_remove(service, STR("service"));
        value_remove(service, STR("provider"));
    }
    if (value_get(service, "custom"))
        service = value_get(service, "custom");
    return json_text(arena, service, JSON_COMPACT);
}

static void check(const struct reading *readings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = tell(arena, readings[i].text, readings[i].stage ? readings[i].stage : "");
        assert_case(i, found, readings[i].wanted);
        arena_free(arena);
    }
}

#define HERE(position) " (app/serverless.yml:" position ")"
#define ADVICE ": run 'serverless package' and commit its folder .serverless as the template"

/* As version 3.40.0 of the framework resolves them. */
static void test_variables(void **state)
{
    static const struct reading readings[] = {
        {CUSTOM " a: 1\n b: ${self:custom.a}\n c: x${self:custom.a}y\n d: ${self:service}\n", NULL,
         "{\"a\":1,\"b\":1,\"c\":\"x1y\",\"d\":\"demo\"}"},
        {CUSTOM " l: [a, {c: d}]\n m: ${self:custom.l.1.c}\n n: ${self:custom.l}\n o: x${self:custom.p}\n p: "
                "[1, true]\n",
         NULL,
         "{\"l\":[\"a\",{\"c\":\"d\"}],\"m\":\"d\",\"n\":[\"a\",{\"c\":\"d\"}],\"o\":\"x1,true\",\"p\":[1,"
         "true]}"},
        {CUSTOM " a: ${self:custom.z, 'd'}\n b: ${self:custom.z.y, self:custom.x, \"q\\\"q\"}\n c: "
                "${self:custom.z, 5}\n"
                " d: ${self:custom.z, null}\n e: ${self:custom.z, ''}x\n",
         NULL, "{\"a\":\"d\",\"b\":\"q\\\"q\",\"c\":5,\"d\":null,\"e\":\"x\"}"},
        {CUSTOM " of: {dev: 1, prod: 2}\n a: ${self:custom.of.${sls:stage}}\n b: "
                "${self:custom.of.${opt:stage, 'dev'}}\n",
         "prod", "{\"of\":{\"dev\":1,\"prod\":2},\"a\":2,\"b\":2}"},
        {CUSTOM
         " a: ${sls:stage}-${opt:stage, 'none'}-${self:provider.stage, 'none'}-${aws:region}-${opt:region}\n",
         NULL, "{\"a\":\"dev-none-none-eu-west-1-eu-west-1\"}"},
        {CUSTOM " a: \\${self:x}\n b: \\\\${self:service}\n c: x\\y$ ${AWS::Region} ${Name} ${name} ${!x} "
                "$${self:service}\n",
         NULL,
         "{\"a\":\"${self:x}\",\"b\":\"\\\\demo\",\"c\":\"x\\\\y$ ${AWS::Region} ${Name} ${name} ${!x} "
         "demo\"}"},
        {CUSTOM
         " a: ${self:custom.b}\n b: ${self:custom.c}\n c: {d: \"${self:service}\"}\n e: ${self:custom.a.d}\n",
         NULL, "{\"a\":{\"d\":\"demo\"},\"b\":{\"d\":\"demo\"},\"c\":{\"d\":\"demo\"},\"e\":\"demo\"}"},
        {CUSTOM
         " a: 1.50\n b: x${self:custom.a}\n c: x${self:custom.d}\n d: 1e3\n e: x${self:custom.f}\n f: true\n",
         NULL, "{\"a\":1.50,\"b\":\"x1.5\",\"c\":\"x1000\",\"d\":1e3,\"e\":\"xtrue\",\"f\":true}"},
        {CUSTOM " a: ${file(data.yml):x.y}\n b: ${file(./more.json):k}\n c: ${file(note.txt)}\n d: "
                "${file(none.yml), 1}\n"
                " e: ${file(${self:custom.n}.yml)}\n n: data\n f: ${file(../shared/common.yml):team}\n",
         "Prod",
         "{\"a\":\"demo\",\"b\":[1,{\"z\":\"Prod\"}],\"c\":\"of demo\",\"d\":1,"
         "\"e\":{\"x\":{\"y\":\"demo\"},\"list\":[\"p\",\"q\"],\"ref\":{\"Ref\":\"Table\"}},\"n\":\"data\","
         "\"f\":\"orders\"}"},
        {CUSTOM " a: ${param:x} ${param:y} ${param:LEVEL} ${param:z, 'none'}\nparams: {default: {x: d, y: "
                "d}, prod: {x: p}}\n",
         "prod", "{\"a\":\"p d warn none\"}"},
        {CUSTOM " a: ${env:LEVEL} ${env:TEAM} ${env:HOME, 'none'} ${opt:LEVEL}\n", NULL,
         "{\"a\":\"warn red none warn\"}"},
        {CUSTOM " a: ${strToBool('TRUE')}\n b: ${strToBool(${self:custom.c})}\n c: '0'\n", NULL,
         "{\"a\":true,\"b\":false,\"c\":\"0\"}"},
        {"useDotenv: true\n" CUSTOM " a: ${env:A}-${env:B}-${env:C}-${env:LEVEL}-${env:D}-${env:E, 'e'}\n",
         "prod", "{\"a\":\"a b-x\\ny # z-q-warn--e\"}"},
        {CUSTOM " a: &a {k: v}\n b: {<<: *a, l: m}\n", NULL,
         "{\"a\":{\"k\":\"v\"},\"b\":{\"l\":\"m\",\"k\":\"v\"}}"},
    };
    (void)state;
    check(readings, ARRAY_LENGTH(readings));
}

/* What only the account knows. */
static void test_open(void **state)
{
    static const struct reading readings[] = {
        {CUSTOM
         " a: ${ssm:/db/url}\n b: x${ssm(eu-west-1, raw):n:3}\n c: ${ssm:/aws/reference/secretsmanager/db}\n",
         NULL,
         "{\"a\":\"{{resolve:ssm:/db/"
         "url}}\",\"b\":\"x{{resolve:ssm:n:3}}\",\"c\":\"{{resolve:secretsmanager:db}}\"}"},
        {CUSTOM " a: ${ssm:/aws/reference/secretsmanager/db}\n b: ${self:custom.a.password}\n", NULL,
         "{\"a\":\"{{resolve:secretsmanager:db}}\",\"b\":\"{{resolve:secretsmanager:db:SecretString:password}"
         "}\"}"},
        {CUSTOM " a: ${cf:net-${sls:stage}.Vpc}\n b: ${cf(us-east-1):net.Vpc}\n c: ${self:custom.a}\n", NULL,
         "{\"a\":{\"Fn::GetStackOutput\":{\"StackName\":\"net-dev\",\"OutputName\":\"Vpc\"}},"
         "\"b\":{\"Fn::GetStackOutput\":{\"StackName\":\"net\",\"OutputName\":\"Vpc\",\"Region\":\"us-east-"
         "1\"}},"
         "\"c\":{\"Fn::GetStackOutput\":{\"StackName\":\"net-dev\",\"OutputName\":\"Vpc\"}}}"},
        {CUSTOM " a: ${aws:accountId}\n b: q-${aws:accountId}-${self:service}\n c: x${self:custom.b}\n", NULL,
         "{\"a\":{\"Ref\":\"AWS::AccountId\"},"
         "\"b\":{\"Fn::Join\":[\"\",[\"q-\",{\"Ref\":\"AWS::AccountId\"},\"-demo\"]]},"
         "\"c\":{\"Fn::Join\":[\"\",[\"x\",{\"Fn::Join\":[\"\",[\"q-\",{\"Ref\":\"AWS::AccountId\"},\"-"
         "demo\"]]}]]}}"},
        {CUSTOM " a: !Sub 'arn:${AWS::Region}:${aws:accountId}:${cf:n.o}'\n b: {Fn::Sub: ['${x}${cf:n.o}', "
                "{x: 1}]}\n"
                " c: !Sub '${aws:accountId}'\n",
         NULL,
         "{\"a\":{\"Fn::Sub\":[\"arn:${AWS::Region}:${AWS::AccountId}:${Variable1}\",{\"Variable1\":"
         "{\"Fn::GetStackOutput\":{\"StackName\":\"n\",\"OutputName\":\"o\"}}}]},"
         "\"b\":{\"Fn::Sub\":[\"${x}${Variable2}\",{\"x\":1,\"Variable2\":"
         "{\"Fn::GetStackOutput\":{\"StackName\":\"n\",\"OutputName\":\"o\"}}}]},"
         "\"c\":{\"Fn::Sub\":\"${AWS::AccountId}\"}}"},
    };
    (void)state;
    check(readings, ARRAY_LENGTH(readings));
}

/* The form that is handed over. */
static void test_forms(void **state)
{
    static const struct reading readings[] = {
        {"service: demo\nprovider: aws\n", NULL,
         "{\"service\":\"demo\",\"provider\":{\"name\":\"aws\",\"stage\":\"dev\",\"region\":\"eu-west-1\"}}"},
        {"service: demo\nprovider: {name: aws, stage: \"${opt:stage, 'qa'}\", region: us-east-1}\n", NULL,
         "{\"service\":\"demo\",\"provider\":{\"name\":\"aws\",\"stage\":\"qa\",\"region\":\"eu-west-1\"}}"},
        {HEAD "functions:\n - first: {handler: a.b, timeout: 3}\n - ${file(functions.yml)}\n", NULL,
         "{\"functions\":{\"first\":{\"handler\":\"a.b\",\"timeout\":5},\"second\":{\"handler\":\"c.d\"}}}"},
        {HEAD "resources:\n - Resources: {A: {Type: T, Properties: {L: [1, 2]}}}\n - Resources: {A: "
              "{Properties: {L: [3]}}}\n",
         NULL, "{\"resources\":{\"Resources\":{\"A\":{\"Type\":\"T\",\"Properties\":{\"L\":[3,2]}}}}}"},
        {HEAD
         "resources: {Transform: M, Resources: {A: {DependsOn: B}}, extensions: {C: {DependsOn: [D]}}}\n",
         NULL,
         "{\"resources\":{\"Transform\":[\"M\"],\"Resources\":{\"A\":{\"DependsOn\":[\"B\"]}},"
         "\"extensions\":{\"C\":{\"DependsOn\":[\"D\"]}}}}"},
        {HEAD "plugins: [serverless-offline]\nframeworkVersion: '>=2.0.0 <4.0.0'\n", NULL,
         "{\"plugins\":[\"serverless-offline\"],\"frameworkVersion\":\">=2.0.0 <4.0.0\"}"},
    };
    (void)state;
    check(readings, ARRAY_LENGTH(readings));
}

static void test_refuses(void **state)
{
    static const struct reading readings[] = {
        {CUSTOM " a: ${self:custom.b}\n b: x${self:custom.c}\n c: {d: \"${self:custom.a}\"}\n", NULL,
         "variables lead back to themselves: custom.a -> custom.b -> custom.c.d -> custom.a" HERE("4:5")},
        {CUSTOM " a: {b: \"${self:custom.a}\"}\n", NULL,
         "variables lead back to themselves: custom.a.b -> custom.a.b" HERE("4:9")},
        {CUSTOM " a: ${file(loop.yml)}\n", NULL,
         "values hold variables in values more than 10 deep (app/loop.yml:1:4)"},
        {CUSTOM " a: ${self:custom.z}\n", NULL,
         "variable '${self:custom.z}': it has no value: the service has no 'custom.z'" HERE("4:5")},
        {CUSTOM " a: x ${env:HOME}\n", NULL,
         "variable '${env:HOME}': it has no value: the environment and the options of this program are not "
         "read; "
         "set 'HOME' under 'parameters' of the application or give it a default" HERE("4:5")},
        {"useDotenv: true\n" CUSTOM " a: ${env:A}\n", "beta",
         "a value with '$' would be taken from the machine: write it out (app/.env.beta:1:1)"},
        {CUSTOM " a: ${param:HOME}\n", NULL,
         "variable '${param:HOME}': it has no value: set 'HOME' under 'parameters' of the application or "
         "under "
         "'params' of the service" HERE("4:5")},
        {CUSTOM " a: ${file(x.js):y}\n", NULL, "'x.js' is a program, which is not run" ADVICE HERE("4:5")},
        {CUSTOM " a: ${file(../../x.yml)}\n", NULL,
         "variable '${file(../../x.yml)}': '../../x.yml' leads out of the repository" HERE("4:5")},
        {CUSTOM " a: ${file(/etc/passwd)}\n", NULL,
         "variable '${file(/etc/passwd)}': '/etc/passwd' leads out of the repository" HERE("4:5")},
        {CUSTOM " a: ${sls:instanceId}\n", NULL,
         "variable '${sls:instanceId}': it changes with each run, so that nothing would ever be up to "
         "date" HERE("4:5")},
        {CUSTOM " a: ${s3:bucket/key}\n", NULL,
         "variable '${s3:bucket/key}': an object of S3 is not read: take its value as a parameter of the "
         "application, "
         "'${param:NAME}'" HERE("4:5")},
        {CUSTOM " a: ${ssm(us-east-1):x}\n", NULL,
         "variable '${ssm(us-east-1):x}': a parameter of another region ('us-east-1') cannot be referred "
         "to" HERE("4:5")},
        {CUSTOM " a: ${ssm:a}}x}\n", NULL, "{\"a\":\"{{resolve:ssm:a}}}x}\"}"},
        {CUSTOM " a: ${ssm:'a}}x'}\n", NULL,
         "variable '${ssm:'a}}x'}': 'a}}x' is no name of a parameter" HERE("4:5")},
        {CUSTOM " a: ${cf:stack}\n", NULL,
         "variable '${cf:stack}': its address must be the name of a stack, '.' and the name of an "
         "output" HERE("4:5")},
        {CUSTOM " a: ${strToBool(yes)}\n", NULL,
         "variable '${strToBool(yes)}': strToBool takes 'true', 'false', '1' or '0', not 'yes'" HERE("4:5")},
        {CUSTOM " a: ${slef:custom.b}\n", NULL,
         "variable '${slef:custom.b}' has the unknown source 'slef', did you mean 'self'?" ADVICE HERE(
             "4:5")},
        {CUSTOM " a: x${self:custom}\n b: {}\n", NULL,
         "variables lead back to themselves: custom.a -> custom.a" HERE("4:5")},
        {CUSTOM " a: x${self:custom.b}\n b: {}\n", NULL,
         "variable '${self:custom.b}' inside a text must give a text, not a mapping" HERE("4:5")},
        {CUSTOM " a: ${self:custom.b\n", NULL,
         "'}' is missing, at character 16 of '${self:custom.b'" HERE("4:5")},
        {CUSTOM " a: ${self:custom.${B}}\n", NULL,
         "a source of variables is expected, at character 18 of '${self:custom.${B}}'" HERE("4:5")},
        {CUSTOM " a: ${self:custom.b, word}\n", NULL,
         "a default must be a quoted text, a number, true, false or null, at character 22 of "
         "'${self:custom.b, word}'" HERE("4:5")},
        {"provider: aws\n", NULL, "'service' must be the name of the service, as a text" HERE("1:1")},
        {"service: demo\n", NULL, "the service needs 'provider'" HERE("1:1")},
        {"service: demo\nprovider: {name: google}\n", NULL,
         "the provider must have the name 'aws', not 'google'" HERE("2:18")},
        {HEAD "fucntions: {}\n", NULL,
         "the service has the unknown key 'fucntions', did you mean 'functions'?: take it away, or run "
         "'serverless "
         "package' and commit its folder .serverless as the template" HERE("3:1")},
        {HEAD "stepFunctions: {}\n", NULL,
         "'stepFunctions' is of a plugin or another version of the framework" ADVICE HERE("3:1")},
        {HEAD "plugins: [serverless-offline, serverless-webpack]\n", NULL,
         "plugin 'serverless-webpack' is not run" ADVICE HERE("3:31")},
        {HEAD "frameworkVersion: '4'\n", NULL,
         "frameworkVersion '4' is not 3, the version that is read here" ADVICE HERE("3:19")},
        {HEAD "functions: [5]\n", NULL,
         "an item of 'functions' must be a mapping, not a number" HERE("3:13")},
    };
    (void)state;
    check(readings, ARRAY_LENGTH(readings));
}

/* Ranges of versions that 3 may fulfil, and others. */
static void test_versions(void **state)
{
    static const struct {
        const char *range;
        bool taken;
    } cases[] = {
        {"3", true},
        {"^3.0.0", true},
        {"~3.2", true},
        {"v3.1.0", true},
        {"=3.0.0", true},
        {"*", true},
        {"3.x", true},
        {">=2.24.0 <4.0.0", true},
        {">=2", true},
        {">= 1.1.0 < 4.0.0", true},
        {">=1.1.0 <=3.9", true},
        {"2.0.0 - 4.0.0", true},
        {"2 || 3", true},
        {"2||^3", true},
        {"2 - 3", true},
        {"<= 3", true},
        {"2", false},
        {"4", false},
        {"^4.0.0", false},
        {"<3", false},
        {"< 3", false},
        {">=1.0.0 <3", false},
        {"2 || 4", false},
        {"1.0.0 - 2.9.9", false},
        {">3.9 <5", true},
        {">=4", false},
        {"4.0.0 - 5.0.0", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct value *service;
        struct error error = ERROR_INIT;
        const char *text = arena_printf(arena, HEAD "frameworkVersion: '%s'\n", cases[i].range).ptr;
        if (read_service(arena, text, "", &service, &error) != cases[i].taken)
            fail_msg("'%s' is %s", cases[i].range, cases[i].taken ? "refused" : "taken");
        arena_free(arena);
    }
}

/* What multiplies is refused quickly and in little memory. */
static void check_refused(const char *text, const char *wanted)
{
    struct arena *arena = arena_new();
    struct value *service;
    struct error error = ERROR_INIT;
    int64_t start = clock_monotonic(&system_clock);
    assert_false(read_service(arena, text, "", &service, &error));
    assert_string_equal(error.message, wanted);
    assert_true(clock_monotonic(&system_clock) - start < 2000); /* 50 ms, but not under sanitizers */
    assert_true(arena_used(arena) < 64 * 1024 * 1024);
    arena_free(arena);
}

static void test_explosions(void **state)
{
    struct buf text = BUF_INIT(BUF_LARGE), list = BUF_INIT(BUF_LARGE), chain = BUF_INIT(BUF_LARGE);
    (void)state;
    buf_addz(&text, CUSTOM);
    buf_addz(&list, CUSTOM);
    buf_addz(&chain, CUSTOM);
    for (int i = 0; i < 100; i++) {
        buf_printf(&text, " a%d: ${self:custom.a%d}${self:custom.a%d}\n", i, i + 1, i + 1);
        buf_printf(&list, " a%d: [\"${self:custom.a%d}\", \"${self:custom.a%d}\"]\n", i, i + 1, i + 1);
        buf_printf(&chain, " a%d: ${self:custom.a%d}\n", i, i + 1);
    }
    buf_addz(&chain, " a100: x\n");
    check_refused(chain.ptr, "variables lead to one another more than 64 times" HERE("68:7"));
    buf_clear(&text);
    buf_clear(&list);
    buf_addz(&text, CUSTOM);
    buf_addz(&list, CUSTOM);
    for (int i = 0; i < 40; i++) {
        buf_printf(&text, " a%d: ${self:custom.a%d}${self:custom.a%d}\n", i, i + 1, i + 1);
        buf_printf(&list, " a%d: [\"${self:custom.a%d}\", \"${self:custom.a%d}\"]\n", i, i + 1, i + 1);
    }
    buf_addz(&text, " a40: xxxxxxxxxx\n");
    buf_addz(&list, " a40: xxxxxxxxxx\n");
    check_refused(text.ptr, "variables give more than 8388608 bytes of text" HERE("28:7"));
    check_refused(list.ptr, "variables give more than 50000 values" HERE("30:30"));
    buf_clear(&text);
    buf_addz(&text, CUSTOM " a: \"");
    for (int i = 0; i < 100 * 1000; i++)
        buf_addz(&text, "${a:");
    buf_addz(&text, "\"\n");
    buf_clear(&list);
    buf_clear(&chain);
    buf_addz(&list, HEAD "functions:\n");
    buf_addz(&chain, HEAD "functions:\n f:\n  events:\n");
    for (int i = 0; i <= 2500; i++) {
        buf_printf(&list, " f%d: {}\n", i);
        buf_addz(&chain, "  - sqs: q\n");
    }
    check_refused(list.ptr, "more than 1000 functions" HERE("4:2"));
    check_refused(chain.ptr, "more than 2500 events" HERE("2506:5"));
    struct arena *arena = arena_new();
    struct str found = tell(arena, text.ptr, "");
    assert_true(str_starts(found, "brackets are too deep, at character 65 of '${a:"));
    arena_free(arena);
    buf_release(&text);
    buf_release(&list);
    buf_release(&chain);
}

/* A folder that the framework packaged at `clock`, an epoch of 13 digits; prints the template. */
static struct str tell_package(struct arena *arena, const char *clock, const char *method, bool archive)
{
    struct str state = arena_printf(arena,
                                    "{\"package\": {\"artifactDirectoryName\": "
                                    "\"serverless/demo/dev/%s-2026-11-22T18:37:08.180Z\"}}",
                                    clock);
    struct str template = arena_printf(
        arena,
        "{\"Resources\": {"
        "\"F\": {\"Type\": \"AWS::Lambda::Function\", \"Properties\": {\"Code\": {\"S3Bucket\": {\"Ref\": "
        "\"B\"}, "
        "\"S3Key\": \"serverless/demo/dev/%s-2026-11-22T18:37:08.180Z/demo.zip\"}}}, "
        "\"O\": {\"Type\": \"AWS::Lambda::Function\", \"Properties\": {\"Code\": {\"S3Bucket\": \"b\", "
        "\"S3Key\": "
        "\"own.zip\"}}}, "
        "\"C\": {\"Type\": \"Custom::S3\", \"Properties\": {\"ForceDeploy\": %s, \"Key\": "
        "\"k/serverless/demo/dev/%s-2026-11-22T18:37:08.180Z/x\"}}, "
        "\"M\": {\"Type\": \"AWS::ApiGateway::Method\", \"Properties\": {\"RestApiId\": {\"Ref\": \"A\"}, "
        "\"HttpMethod\": \"%s\"}}, "
        "\"ApiGatewayDeployment%s\": {\"Type\": \"AWS::ApiGateway::Deployment\", \"Properties\": "
        "{\"RestApiId\": "
        "{\"Ref\": \"A\"}}, \"DependsOn\": [\"M\"]}}, "
        "\"Outputs\": {\"D\": {\"Value\": {\"Ref\": \"ApiGatewayDeployment%s\"}}}}",
        clock, clock, clock, method, clock, clock);
    const struct memory_file entries[] = {
        {"app/.serverless/serverless-state.json", state.ptr, false},
        {"app/.serverless/cloudformation-template-update-stack.json", template.ptr, false},
        {archive ? "app/.serverless/demo.zip" : "app/other", "zip", false},
    };
    struct memory_files all = {.entries = entries, .count = ARRAY_LENGTH(entries)};
    struct files files = memory_files(&all);
    const struct template_options options = {
        .files = &files, .path = STR("app/.serverless"), .region = STR("eu-west-1")};
    struct value *made;
    struct error error = ERROR_INIT;
    if (!template_transform(arena, &options, &made, &error))
        return arena_str(arena, str_from(error.message));
    return json_text(arena, made, JSON_COMPACT);
}

static void test_packaged(void **state)
{
    struct arena *arena = arena_new();
    (void)state;
    struct str first = tell_package(arena, "1795372628180", "GET", true);
    assert_string_equal(
        first.ptr,
        "{\"Resources\":{"
        "\"F\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"Code\":{\"Plumb::Artifact\":{\"Digest\":"
        "\"dc0f84cde8016ea54ac9c3c5f91348648a70472b\",\"Path\":\"app/.serverless/demo.zip\"}}}},"
        "\"O\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"Code\":{\"S3Bucket\":\"b\",\"S3Key\":"
        "\"own.zip\"}}},"
        "\"C\":{\"Type\":\"Custom::S3\",\"Properties\":{\"Key\":\"k/serverless/demo/dev/x\"}},"
        "\"M\":{\"Type\":\"AWS::ApiGateway::Method\",\"Properties\":{\"RestApiId\":{\"Ref\":\"A\"},"
        "\"HttpMethod\":"
        "\"GET\"}},"
        "\"ApiGatewayDeployment3706249854716\":{\"Type\":\"AWS::ApiGateway::Deployment\",\"Properties\":{"
        "\"RestApiId\":{"
        "\"Ref\":"
        "\"A\"}},\"DependsOn\":[\"M\"]}},"
        "\"Outputs\":{\"D\":{\"Value\":{\"Ref\":\"ApiGatewayDeployment3706249854716\"}}}}");
    /* The clock says nothing; another method is another deployment; the archive may be missing. */
    assert_string_equal(tell_package(arena, "1800000000000", "GET", true).ptr, first.ptr);
    assert_string_not_equal(tell_package(arena, "1795372628180", "PUT", true).ptr, first.ptr);
    assert_true(str_contains(tell_package(arena, "1795372628180", "GET", false),
                             "{\"Digest\":\"\",\"Path\":\"app/.serverless/demo.zip\"}"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variables), cmocka_unit_test(test_open),       cmocka_unit_test(test_forms),
        cmocka_unit_test(test_refuses),   cmocka_unit_test(test_explosions), cmocka_unit_test(test_packaged),
        cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
