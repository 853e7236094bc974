#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/diff.h"

static const char *const unreadable[] = {"Code.ZipFile", NULL};
static const struct resource_type function_type = {.name = "AWS::Lambda::Function", .unreadable = unreadable};
static const char *const readable[] = {"Body", NULL};
static const char *const changed_in_place[] = {"DurableConfig", NULL};
static const struct resource_type durable_type = {.name = "AWS::Lambda::Function",
                                                  .changed_in_place = changed_in_place};
static const char *const pipe_readable[] = {"SourceParameters", NULL};
static const struct resource_type pipe_type = {.name = "AWS::Pipes::Pipe", .readable = pipe_readable};
static const struct resource_type api_type = {.name = "AWS::ApiGateway::RestApi", .readable = readable};
static const struct resource_type role_type = {.name = "AWS::IAM::Role"};
static const struct resource_type table_type = {.name = "AWS::DynamoDB::Table"};
static const struct resource_type bucket_type = {.name = "AWS::S3::Bucket"};
static const struct resource_type http_api_type = {.name = "AWS::ApiGatewayV2::Api"};
static const struct resource_type rule_type = {.name = "AWS::Events::Rule"};

static const struct resource_type database_type = {.name = "AWS::RDS::DBInstance",
                                                   .traits = RESOURCE_BY_FACTS};
static const struct resource_type group_type = {.name = "AWS::EC2::SecurityGroup",
                                                .traits = RESOURCE_BY_FACTS};

struct scenario {
    const char *what;
    const struct resource_type *type;
    const char *desired, *live, *last;
    const char *differences; /* "PATH before -> after[!][~]" joined by "; ": ! recreates, ~ drift */
    size_t not_comparable;
};

static const struct scenario scenarios[] = {
    {"equal", &function_type, "{\"MemorySize\":128}", "{\"MemorySize\":128}", "{\"MemorySize\":128}", "", 0},
    {"a change", &function_type, "{\"MemorySize\":256}", "{\"MemorySize\":128}", "{\"MemorySize\":128}",
     "MemorySize 128 -> 256", 0},
    {"drift", &function_type, "{\"MemorySize\":128}", "{\"MemorySize\":512}", "{\"MemorySize\":128}",
     "MemorySize 512 -> 128~", 0},
    {"undeclared stays", &function_type, "{\"MemorySize\":128}", "{\"MemorySize\":128,\"Timeout\":3}", NULL,
     "", 0},
    {"number or text", &function_type, "{\"MemorySize\":\"128\"}", "{\"MemorySize\":128}", NULL, "", 0},
    {"truth or text", &table_type, "{\"DeletionProtectionEnabled\":\"true\"}",
     "{\"DeletionProtectionEnabled\":true}", NULL, "", 0},
    {"removal", &function_type, "{}", "{\"Timeout\":9}", "{\"Timeout\":9}", "Timeout 9 -> none", 0},
    {"removal of what AWS has filled in", &function_type, "{}",
     "{\"LoggingConfig\":{\"LogFormat\":\"JSON\",\"LogGroup\":\"/a\"}}",
     "{\"LoggingConfig\":{\"LogFormat\":\"JSON\"}}",
     "LoggingConfig {\"LogFormat\":\"JSON\",\"LogGroup\":\"/a\"} -> none", 0},
    {"removal of what says nothing", &function_type, "{}", "{\"LoggingConfig\":{\"LogFormat\":\"Text\"}}",
     "{\"LoggingConfig\":{}}", "", 0},
    {"removal of what live has otherwise", &function_type, "{}", "{\"Timeout\":3}", "{\"Timeout\":9}", "", 0},
    {"missing member", &function_type, "{\"Environment\":{\"Variables\":{\"A\":\"1\"}}}", "{}", NULL,
     "Environment.Variables.A none -> \"1\"", 0},
    {"the user's own keys are compared whole", &function_type,
     "{\"Environment\":{\"Variables\":{\"A\":\"1\"}}}",
     "{\"Environment\":{\"Variables\":{\"A\":\"1\",\"B\":\"2\"}}}", NULL,
     "Environment.Variables.B \"2\" -> none", 0},
    {"a key that somebody added is drift", &function_type, "{\"Environment\":{\"Variables\":{\"A\":\"1\"}}}",
     "{\"Environment\":{\"Variables\":{\"A\":\"1\",\"B\":\"2\"}}}",
     "{\"Environment\":{\"Variables\":{\"A\":\"1\"}}}", "Environment.Variables.B \"2\" -> none~", 0},
    {"tags in a map that others added are theirs", &http_api_type, "{\"Tags\":{\"a\":\"1\"}}",
     "{\"Tags\":{\"a\":\"1\",\"x\":\"9\"}}", "{\"Tags\":{\"a\":\"1\"}}", "", 0},
    {"a tag in a map that is not declared any more", &http_api_type, "{\"Tags\":{\"a\":\"1\"}}",
     "{\"Tags\":{\"a\":\"1\",\"b\":\"2\"}}", "{\"Tags\":{\"a\":\"1\",\"b\":\"2\"}}", "Tags.b \"2\" -> none",
     0},
    {"what AWS gives back in another form", &database_type,
     "{\"Engine\":\"MySQL\",\"EngineVersion\":\"8.0\"}",
     "{\"Engine\":\"mysql\",\"EngineVersion\":\"8.0.35\"}", NULL, "", 0},
    {"and what that form does not explain", &database_type, "{\"EngineVersion\":\"8.0\"}",
     "{\"EngineVersion\":\"8.4.1\"}", "{\"EngineVersion\":\"8.0\"}", "EngineVersion \"8.4.1\" -> \"8.0\"~",
     0},
    {"a form that is not understood says nothing", &group_type,
     "{\"SecurityGroupEgress\":[{\"IpProtocol\":\"6\"}]}",
     "{\"SecurityGroupEgress\":[{\"IpProtocol\":\"tcp\"}]}",
     "{\"SecurityGroupEgress\":[{\"IpProtocol\":\"6\"}]}", "", 0},
    {"unless something else is declared", &group_type, "{\"SecurityGroupEgress\":[{\"IpProtocol\":\"17\"}]}",
     "{\"SecurityGroupEgress\":[{\"IpProtocol\":\"tcp\"}]}",
     "{\"SecurityGroupEgress\":[{\"IpProtocol\":\"6\"}]}",
     "SecurityGroupEgress [{\"IpProtocol\":\"tcp\"}] -> [{\"IpProtocol\":\"17\"}]", 0},
    {"documents in texts, whatever their white space", &database_type, "{\"Engine\":\"{\\\"a\\\": [1]}\"}",
     "{\"Engine\":\"{\\\"a\\\":[1]}\"}", NULL, "", 0},
    {"empty is absent", &function_type, "{\"Layers\":[],\"Environment\":{}}", "{}", NULL, "", 0},
    {"recreates", &function_type, "{\"FunctionName\":\"b\"}", "{\"FunctionName\":\"a\"}",
     "{\"FunctionName\":\"a\"}", "FunctionName \"a\" -> \"b\"!", 0},
    {"what only recreates now and then", &table_type, "{\"KeySchema\":[{\"AttributeName\":\"b\"}]}",
     "{\"KeySchema\":[{\"AttributeName\":\"a\"}]}", NULL, "KeySchema[0].AttributeName \"a\" -> \"b\"!", 0},
    {"what can be changed as long as it is there", &durable_type,
     "{\"DurableConfig\":{\"ExecutionTimeout\":2}}", "{\"DurableConfig\":{\"ExecutionTimeout\":1}}", NULL,
     "DurableConfig.ExecutionTimeout 1 -> 2", 0},
    {"but cannot come", &durable_type, "{\"DurableConfig\":{\"ExecutionTimeout\":2}}", "{}", NULL,
     "DurableConfig.ExecutionTimeout none -> 2!", 0},
    {"nor go", &durable_type, "{}", "{\"DurableConfig\":{\"ExecutionTimeout\":1}}",
     "{\"DurableConfig\":{\"ExecutionTimeout\":1}}", "DurableConfig {\"ExecutionTimeout\":1} -> none!", 0},
    {"a part that recreates makes the whole do so", &pipe_type,
     "{\"SourceParameters\":{\"KinesisStreamParameters\":[{\"StartingPosition\":\"LATEST\"}]}}",
     "{\"SourceParameters\":1}", NULL,
     "SourceParameters 1 -> {\"KinesisStreamParameters\":[{\"StartingPosition\":\"LATEST\"}]}!", 0},
    {"unreadable and the same", &function_type, "{\"Code\":{\"ZipFile\":\"x\"}}", "{}",
     "{\"Code\":{\"ZipFile\":\"x\"}}", "", 0},
    {"unreadable and another", &function_type, "{\"Code\":{\"ZipFile\":\"y\"}}", "{}",
     "{\"Code\":{\"ZipFile\":\"x\"}}", "Code.ZipFile \"x\" -> \"y\"", 0},
    {"unreadable and new", &function_type, "{\"Code\":{\"ZipFile\":\"y\"}}", "{}", "{\"MemorySize\":1}",
     "Code.ZipFile none -> \"y\"", 0},
    {"unreadable and taken away", &bucket_type, "{}", "{}", "{\"AccessControl\":\"PublicRead\"}",
     "AccessControl \"PublicRead\" -> none", 0},
    {"unreadable and unknown", &function_type, "{\"Code\":{\"ZipFile\":\"y\"}}", "{}", NULL, "", 1},
    {"the schema calls it write-only, the type reads it", &api_type, "{\"Body\":{\"paths\":{\"/a\":\"b\"}}}",
     "{\"Body\":{\"paths\":{}}}", "{\"Body\":{\"paths\":{\"/a\":\"b\"}}}", "Body.paths./a none -> \"b\"~", 0},
    {"the schema calls it write-only, and so it is", &api_type, "{\"Mode\":\"merge\"}", "{}",
     "{\"Mode\":\"merge\"}", "", 0},
    {"a masked secret says nothing", &function_type, "{\"Description\":\"****\"}", "{\"Description\":\"s\"}",
     "{\"Description\":\"****\"}", "", 1},
    {"the order of some lists means nothing", &role_type, "{\"ManagedPolicyArns\":[\"a\",\"b\"]}",
     "{\"ManagedPolicyArns\":[\"b\",\"a\"]}", NULL, "", 0},
    {"the length of a list counts", &role_type, "{\"ManagedPolicyArns\":[\"a\"]}",
     "{\"ManagedPolicyArns\":[\"b\",\"a\"]}", NULL, "ManagedPolicyArns [\"b\",\"a\"] -> [\"a\"]", 0},
    {"tags that others added are theirs", &table_type, "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"}]}",
     "{\"Tags\":[{\"Key\":\"x\",\"Value\":\"9\"},{\"Key\":\"a\",\"Value\":\"1\"}]}", NULL, "", 0},
    {"a tag with another value", &table_type, "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"}]}",
     "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"2\"}]}", NULL,
     "Tags [{\"Key\":\"a\",\"Value\":\"2\"}] -> [{\"Key\":\"a\",\"Value\":\"1\"}]", 0},
    {"a tag that is not declared any more", &table_type, "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"}]}",
     "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"},{\"Key\":\"b\",\"Value\":\"2\"}]}",
     "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"},{\"Key\":\"b\",\"Value\":\"2\"}]}",
     "Tags [{\"Key\":\"a\",\"Value\":\"1\"},{\"Key\":\"b\",\"Value\":\"2\"}] -> "
     "[{\"Key\":\"a\",\"Value\":\"1\"}]",
     0},
    {"what AWS fills in is no difference in an item", &rule_type, "{\"Targets\":[{\"Id\":\"a\"}]}",
     "{\"Targets\":[{\"Id\":\"a\",\"RoleArn\":\"r\"}]}", "{\"Targets\":[{\"Id\":\"a\"}]}", "", 0},
    {"a member taken out of an item", &rule_type, "{\"Targets\":[{\"Id\":\"a\"}]}",
     "{\"Targets\":[{\"Id\":\"a\",\"RoleArn\":\"r\"}]}", "{\"Targets\":[{\"Id\":\"a\",\"RoleArn\":\"r\"}]}",
     "Targets [{\"Id\":\"a\",\"RoleArn\":\"r\"}] -> [{\"Id\":\"a\"}]", 0},
    {"items alike but for a member", &rule_type,
     "{\"Targets\":[{\"Arn\":\"x\"},{\"Arn\":\"x\",\"Id\":\"b\"}]}",
     "{\"Targets\":[{\"Arn\":\"x\",\"Id\":\"b\"},{\"Arn\":\"x\"}]}",
     "{\"Targets\":[{\"Arn\":\"x\"},{\"Arn\":\"x\",\"Id\":\"b\"}]}", "", 0},
    {"a document counts whole", &rule_type, "{\"EventPattern\":{\"detail\":{\"a\":[1]}}}",
     "{\"EventPattern\":{\"detail\":{\"a\":[1],\"b\":[2]},\"source\":[\"s\"]}}", NULL,
     "EventPattern.detail.b [2] -> none; EventPattern.source [\"s\"] -> none", 0},
};

static struct value *parse(struct arena *arena, const char *text)
{
    struct value *value = NULL;
    struct error error = ERROR_INIT;
    if (text && !json_read(arena, STR("test"), str_from(text), &value, &error))
        fail_msg("%s", error.message);
    return value;
}

static void describe(struct arena *arena, const struct differences *found, struct buf *out)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct difference *d = &found->items[i];
        struct str before = d->before ? json_text(arena, d->before, JSON_COMPACT) : STR("none");
        struct str after = d->after ? json_text(arena, d->after, JSON_COMPACT) : STR("none");
        buf_printf(out, "%s%.*s %.*s -> %.*s%s%s", i ? "; " : "", STR_ARG(d->path), STR_ARG(before),
                   STR_ARG(after), d->recreates ? "!" : "", d->drift ? "~" : "");
    }
}

static void compares_three_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(scenarios); i++) {
        const struct scenario *s = &scenarios[i];
        struct arena *arena = arena_new();
        struct buf text = BUF_INIT(BUF_SMALL);
        struct differences found = {.count = 0};
        diff_properties(arena, s->type, parse(arena, s->desired), parse(arena, s->live),
                        parse(arena, s->last), &found);
        describe(arena, &found, &text);
        if (!str_is(buf_str(&text), s->differences) || found.not_comparable != s->not_comparable)
            fail_msg("%s: got '%.*s' and %zu not comparable", s->what, STR_ARG(buf_str(&text)),
                     found.not_comparable);
        buf_release(&text);
        arena_free(arena);
    }
}

static void what_is_unknown_is_a_difference(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct differences found = {.count = 0};
    struct value *desired = value_map(arena);
    value_setz(arena, desired, "Role", value_unknown(arena, STR("Role.Arn")));
    diff_properties(arena, &function_type, desired, parse(arena, "{\"Role\":\"arn\"}"), NULL, &found);
    assert_int_equal(found.count, 1);
    assert_false(found.items[0].recreates);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_three_states),
        cmocka_unit_test(what_is_unknown_is_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
