#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/changeset.h"
#include "tests/environments/memory_files.h"

/*
 * Two versions of a template, and what is said of them: one line a change,
 *
 *   Action Id [Replacement]
 *     Path [Name] Recreation Evaluation Source [Cause]: before -> after
 *
 * A template is one line of YAML; each case adds one rule.
 */
struct scenario {
    const char *what, *before, *after, *expected;
};

#define FUNCTION_START "F: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}, Role: r"
#define FUNCTION FUNCTION_START "}}"
#define NAMED(name) FUNCTION_START ", FunctionName: " name "}}"
#define TABLE(key, others)                                                                                   \
    "T: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [{AttributeName: " key                          \
    ", KeyType: HASH}], AttributeDefinitions: [{AttributeName: id, AttributeType: S}]" others "}}"
#define QUEUE(properties) "Q: {Type: AWS::SQS::Queue, Properties: {" properties "}}"
#define PERMISSION(function)                                                                                 \
    "P: {Type: AWS::Lambda::Permission, Properties: {Action: lambda:InvokeFunction, Principal: p, "          \
    "FunctionName: " function "}}"
#define PIPE(others) "A: {Type: AWS::Pipes::Pipe, Properties: {RoleArn: r, Source: s, Target: t" others "}}"
#define PARAMETER(type, value) "Parameters: {N: {Type: " type ", Default: " value "}}\n"
#define SSM "'AWS::SSM::Parameter::Value<String>'"
#define R(resources) "Resources: {" resources "}\n"

static const struct scenario scenarios[] = {
    {"nothing", R(QUEUE("DelaySeconds: 1")), R(QUEUE("DelaySeconds: 1")), "1 unchanged"},
    {"a number may be text", R(QUEUE("DelaySeconds: 1")), R(QUEUE("DelaySeconds: '1'")), "1 unchanged"},
    {"what comes and what goes", R("A: {Type: AWS::SQS::Queue}"), R("B: {Type: AWS::SQS::Queue}"),
     "Remove A\nAdd B\n"},
    {"another type under the same id", R("A: {Type: AWS::SQS::Queue}"), R("A: {Type: AWS::SNS::Topic}"),
     "Remove A\nAdd A\n"},

    {"in place", R(QUEUE("DelaySeconds: 1")), R(QUEUE("DelaySeconds: 2")),
     "Modify Q False\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: 1 -> 2\n"},
    {"create-only", R(NAMED("a")), R(NAMED("b")),
     "Modify F True\n"
     "  /Properties/FunctionName FunctionName Always Static DirectModification: \"a\" -> \"b\"\n"},
    {"create-only now and then", R(TABLE("id", "")), R(TABLE("key", "")),
     "Modify T Conditional\n"
     "  /Properties/KeySchema/0/AttributeName KeySchema Conditionally Static DirectModification: \"id\" -> "
     "\"key\"\n"},
    {"a property appears and another goes", R(QUEUE("DelaySeconds: 1")), R(QUEUE("QueueName: q")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static DirectModification: none -> \"q\"\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: 1 -> none\n"},
    {"a whole thing is as hard as its parts", R(PIPE("")),
     R(PIPE(", SourceParameters: {KinesisStreamParameters: {BatchSize: 1, StartingPosition: LATEST}}")),
     "Modify A True\n"
     "  /Properties/SourceParameters SourceParameters Always Static DirectModification: none -> "
     "{\"KinesisStreamParameters\":{\"BatchSize\":1,\"StartingPosition\":\"LATEST\"}}\n"},
    {"and no harder",
     R(PIPE(", SourceParameters: {KinesisStreamParameters: {BatchSize: 1, StartingPosition: LATEST}}")),
     R(PIPE(", SourceParameters: {KinesisStreamParameters: {BatchSize: 2, StartingPosition: LATEST}}")),
     "Modify A False\n"
     "  /Properties/SourceParameters/KinesisStreamParameters/BatchSize SourceParameters Never Static "
     "DirectModification: 1 -> 2\n"},
    {"a type that nobody can update", R(PERMISSION("a")), R(PERMISSION("b")),
     "Modify P True\n"
     "  /Properties/FunctionName FunctionName Always Static DirectModification: \"a\" -> \"b\"\n"},

    {"inside maps and lists",
     R(FUNCTION_START ", Environment: {Variables: {A: 1, B: 2, a/b: c}}, Layers: [l, m]}}"),
     R(FUNCTION_START ", Environment: {Variables: {B: 3, C: 4, a/b: d}}, Layers: [l, n, o]}}"),
     "Modify F False\n"
     "  /Properties/Environment/Variables/B Environment Never Static DirectModification: 2 -> 3\n"
     "  /Properties/Environment/Variables/C Environment Never Static DirectModification: none -> 4\n"
     "  /Properties/Environment/Variables/a~1b Environment Never Static DirectModification: \"c\" -> \"d\"\n"
     "  /Properties/Environment/Variables/A Environment Never Static DirectModification: 1 -> none\n"
     "  /Properties/Layers/1 Layers Never Static DirectModification: \"m\" -> \"n\"\n"
     "  /Properties/Layers/2 Layers Never Static DirectModification: none -> \"o\"\n"},
    {"tags are an attribute of their own", R(QUEUE("Tags: [{Key: a, Value: b}]")),
     R(QUEUE("Tags: [{Key: a, Value: c}]")),
     "Modify Q False [Tags]\n  /Properties/Tags/0/Value Never Static DirectModification: \"b\" -> \"c\"\n"},
    {"but not where they are a map",
     R("A: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: v}}"),
     R("A: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: v, Tags: {a: b}}}"),
     "Modify A False\n"
     "  /Properties/Tags Tags Never Static DirectModification: none -> {\"a\":\"b\"}\n"},
    {"the order of a set",
     R("A: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}, ManagedPolicyArns: [a, b]}}"),
     R("A: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}, ManagedPolicyArns: [b, a]}}"),
     "1 unchanged"},

    {"metadata and policies", R("A: {Type: AWS::SQS::Queue, Metadata: {v: 1}}"),
     R("A: {Type: AWS::SQS::Queue, Metadata: {v: 2}, DeletionPolicy: Retain, UpdateReplacePolicy: Delete}"),
     "Modify A False [Metadata DeletionPolicy]\n"
     "  /Metadata/v Never Static DirectModification: 1 -> 2\n"
     "  /DeletionPolicy Never Static DirectModification: none -> \"Retain\"\n"},
    {"dependencies are no change", R("A: {Type: AWS::SQS::Queue}, " QUEUE("")),
     R("A: {Type: AWS::SQS::Queue, DependsOn: Q}, " QUEUE("")), "2 unchanged"},
    {"a custom resource decides itself", R("C: {Type: Custom::Seed, Properties: {ServiceToken: t, Rows: 1}}"),
     R("C: {Type: Custom::Seed, Properties: {ServiceToken: t, Rows: 2}}"),
     "Modify C Conditional\n"
     "  /Properties/Rows Rows Conditionally Static DirectModification: 1 -> 2\n"},
    {"but not of its function", R("C: {Type: Custom::Seed, Properties: {ServiceToken: t}}"),
     R("C: {Type: Custom::Seed, Properties: {ServiceToken: u}}"),
     "Modify C True\n"
     "  /Properties/ServiceToken ServiceToken Always Static DirectModification: \"t\" -> \"u\"\n"},

    {"through a parameter", PARAMETER("String", "a") R(QUEUE("QueueName: {Ref: N}")),
     PARAMETER("String", "b") R(QUEUE("QueueName: {Ref: N}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static ParameterReference N: \"a\" -> \"b\"\n"
     "  /Properties/QueueName QueueName Always Dynamic DirectModification: \"a\" -> \"b\"\n"},
    {"a parameter's type alone", PARAMETER("String", "1") R(QUEUE("DelaySeconds: {Ref: N}")),
     PARAMETER("Number", "1") R(QUEUE("DelaySeconds: {Ref: N}")), "1 unchanged"},
    {"through a new parameter inside a text", R(QUEUE("QueueName: a-b")),
     PARAMETER("String", "c") R(QUEUE("QueueName: {Fn::Sub: 'a-${N}'}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static ParameterReference N: \"a-b\" -> \"a-c\"\n"
     "  /Properties/QueueName QueueName Always Dynamic DirectModification: \"a-b\" -> \"a-c\"\n"},
    {"not through a variable of the same name", PARAMETER("String", "a") R(QUEUE("QueueName: a")),
     PARAMETER("String", "b") R(QUEUE("QueueName: {Fn::Sub: ['${N}', {N: c}]}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static DirectModification: \"a\" -> \"c\"\n"},
    {"through one item of a list",
     PARAMETER("CommaDelimitedList", "'a,b'") R(FUNCTION_START ", Layers: {Ref: N}}}"),
     PARAMETER("CommaDelimitedList", "'a,c'") R(FUNCTION_START ", Layers: {Ref: N}}}"),
     "Modify F False\n"
     "  /Properties/Layers/1 Layers Never Static ParameterReference N: \"b\" -> \"c\"\n"
     "  /Properties/Layers/1 Layers Never Dynamic DirectModification: \"b\" -> \"c\"\n"},
    {"a parameter that leads to the same",
     PARAMETER("String", "a") "Mappings: {M: {a: {v: 1}, b: {v: 1}}}\n" R(
         QUEUE("DelaySeconds: {Fn::FindInMap: [M, {Ref: N}, v]}")),
     PARAMETER("String", "b") "Mappings: {M: {a: {v: 1}, b: {v: 1}}}\n" R(
         QUEUE("DelaySeconds: {Fn::FindInMap: [M, {Ref: N}, v]}")),
     "1 unchanged"},
    {"a condition is no source",
     PARAMETER("String", "a") "Conditions: {C: {Fn::Equals: [{Ref: N}, a]}}\n" R(
         QUEUE("DelaySeconds: {Fn::If: [C, 1, 2]}")),
     PARAMETER("String", "b") "Conditions: {C: {Fn::Equals: [{Ref: N}, a]}}\n" R(
         QUEUE("DelaySeconds: {Fn::If: [C, 1, 2]}")),
     "Modify Q False\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: 1 -> 2\n"},
    {"only the branch that holds",
     PARAMETER("String", "a") "Conditions: {C: {Fn::Equals: [x, x]}}\n" R(
         QUEUE("DelaySeconds: {Fn::If: [C, 1, {Ref: N}]}")),
     PARAMETER("String", "b") "Conditions: {C: {Fn::Equals: [x, x]}}\n" R(
         QUEUE("DelaySeconds: {Fn::If: [C, 2, {Ref: N}]}")),
     "Modify Q False\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: 1 -> 2\n"},
    {"no value", "Conditions: {C: {Fn::Equals: [x, x]}}\n" R(QUEUE("DelaySeconds: 1")),
     "Conditions: {C: {Fn::Equals: [x, x]}}\n" R(
         QUEUE("DelaySeconds: {Fn::If: [C, {Ref: AWS::NoValue}, 1]}")),
     "Modify Q False\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: 1 -> none\n"},
    {"a condition that fails takes the resource away", R(QUEUE("")),
     "Conditions: {C: {Fn::Equals: [x, y]}}\n" R("Q: {Type: AWS::SQS::Queue, Condition: C}"), "Remove Q\n"},
    {"a secret",
     "Parameters: {N: {Type: String, NoEcho: true, Default: a}}\n" R(QUEUE("QueueName: {Ref: N}")),
     "Parameters: {N: {Type: String, NoEcho: true, Default: b}}\n" R(QUEUE("QueueName: {Ref: N}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static ParameterReference N: \"****\" -> \"****\"\n"
     "  /Properties/QueueName QueueName Always Dynamic DirectModification: \"****\" -> \"****\"\n"},

    {"a parameter whose value lies in SSM", PARAMETER(SSM, "/a") R(QUEUE("QueueName: {Ref: N}")),
     PARAMETER(SSM, "/b") R(QUEUE("QueueName: {Ref: N}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static ParameterReference N: \"{{resolve:ssm:/a}}\" -> "
     "\"{{resolve:ssm:/b}}\"\n"
     "  /Properties/QueueName QueueName Always Dynamic DirectModification: \"{{resolve:ssm:/a}}\" -> "
     "\"{{resolve:ssm:/b}}\"\n"},
    {"and stays there", PARAMETER(SSM, "/a") R(QUEUE("QueueName: {Fn::Sub: 'x-${N}'}")),
     PARAMETER(SSM, "/a") R(QUEUE("QueueName: {Fn::Sub: 'x-${N}'}")), "1 unchanged"},
    {"a dynamic reference", R(QUEUE("DelaySeconds: '{{resolve:ssm:/delay:1}}'")),
     R(QUEUE("DelaySeconds: '{{resolve:ssm:/delay:2}}'")),
     "Modify Q False\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: "
     "\"{{resolve:ssm:/delay:1}}\" -> \"{{resolve:ssm:/delay:2}}\"\n"},
    {"an export of another application",
     R(QUEUE("QueueName: {Fn::Sub: ['${a}', {a: {Fn::ImportValue: x}}]}")),
     R(QUEUE("QueueName: {Fn::Sub: ['${a}', {a: {Fn::ImportValue: y}}]}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static DirectModification: "
     "{\"Fn::Join\":[\"\",[{\"Fn::ImportValue\":\"x\"}]]} -> "
     "{\"Fn::Join\":[\"\",[{\"Fn::ImportValue\":\"y\"}]]}\n"},

    {"what a macro of the account makes",
     R(QUEUE("QueueName: {Fn::Transform: {Name: M, Parameters: {a: 1}}}")),
     R(QUEUE("QueueName: {Fn::Transform: {Name: M, Parameters: {a: 2}}}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static DirectModification: "
     "{\"Fn::Transform\":{\"Name\":\"M\",\"Parameters\":{\"a\":1}}} -> "
     "{\"Fn::Transform\":{\"Name\":\"M\",\"Parameters\":{\"a\":2}}}\n"},
    {"from the same", PARAMETER("String", "a") R(QUEUE("QueueName: {Fn::Transform: {Name: M}}")),
     PARAMETER("String", "a") R(QUEUE("QueueName: {Fn::Transform: {Name: M}}")), "1 unchanged"},
    {"with another parameter", PARAMETER("String", "a") R(QUEUE("QueueName: {Fn::Transform: {Name: M}}")),
     PARAMETER("String", "b") R(QUEUE("QueueName: {Fn::Transform: {Name: M}}")),
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static DirectModification: "
     "{\"Fn::Transform\":{\"Name\":\"M\"}} -> (Fn::Transform)\n"},
    {"a macro beside properties", R(QUEUE("DelaySeconds: 1")), R(QUEUE("DelaySeconds: 1, Fn::Transform: M")),
     "Modify Q Conditional\n"
     "  /Properties/Fn::Transform Fn::Transform Conditionally Static DirectModification: none -> \"M\"\n"},
    {"a macro over the whole template", "Transform: [M]\n" R(QUEUE("DelaySeconds: 1")),
     "Transform: M\n" R(QUEUE("DelaySeconds: 2")),
     "Modify Q False\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: 1 -> 2\n"},

    {"what refers to a replaced one",
     R(NAMED("a") ", " PERMISSION("{Ref: F}") ", " QUEUE("QueueName: {Fn::Sub: 'x-${F.Arn}'}")),
     R(NAMED("b") ", " PERMISSION("{Ref: F}") ", " QUEUE("QueueName: {Fn::Sub: 'x-${F.Arn}'}")),
     "Modify F True\n"
     "  /Properties/FunctionName FunctionName Always Static DirectModification: \"a\" -> \"b\"\n"
     "Modify P True\n"
     "  /Properties/FunctionName FunctionName Always Static ResourceReference F: \"a\" -> (F)\n"
     "  /Properties/FunctionName FunctionName Always Dynamic DirectModification: \"a\" -> (F)\n"
     "Modify Q True\n"
     "  /Properties/QueueName QueueName Always Static ResourceAttribute F.Arn: "
     "{\"Fn::Join\":[\"\",[\"x-\",{\"Fn::GetAtt\":[\"F\",\"Arn\"]}]]} -> (F.Arn)\n"
     "  /Properties/QueueName QueueName Always Dynamic DirectModification: "
     "{\"Fn::Join\":[\"\",[\"x-\",{\"Fn::GetAtt\":[\"F\",\"Arn\"]}]]} -> (F.Arn)\n"},
    {"what refers to one that may be replaced",
     R(TABLE("id", "") ", " FUNCTION_START ", Environment: {Variables: {T: {Ref: T}}}}}, "
                       "M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: f, "
                       "EventSourceArn: {Fn::GetAtt: T.StreamArn}}}"),
     R(TABLE("key", "") ", " FUNCTION_START ", Environment: {Variables: {T: {Ref: T}}}}}, "
                        "M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: f, "
                        "EventSourceArn: {Fn::GetAtt: T.StreamArn}}}"),
     "Modify F False\n"
     "  /Properties/Environment/Variables/T Environment Never Dynamic ResourceReference T: {\"Ref\":\"T\"} "
     "-> (T)\n"
     "  /Properties/Environment/Variables/T Environment Never Dynamic DirectModification: {\"Ref\":\"T\"} -> "
     "(T)\n"
     "Modify M Conditional\n"
     "  /Properties/EventSourceArn EventSourceArn Always Dynamic ResourceAttribute T.StreamArn: "
     "{\"Fn::GetAtt\":[\"T\",\"StreamArn\"]} -> (T.StreamArn)\n"
     "  /Properties/EventSourceArn EventSourceArn Always Dynamic DirectModification: "
     "{\"Fn::GetAtt\":[\"T\",\"StreamArn\"]} -> (T.StreamArn)\n"
     "Modify T Conditional\n"
     "  /Properties/KeySchema/0/AttributeName KeySchema Conditionally Static DirectModification: \"id\" -> "
     "\"key\"\n"},
    {"on and on",
     R("A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, ApiKeySourceType: HEADER}}, "
       "B: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: {Ref: A}, ParentId: p, PathPart: x}}, "
       "C: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: {Ref: A}, ResourceId: {Ref: B}, "
       "HttpMethod: "
       "GET}}"),
     R("A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, ApiKeySourceType: HEADER}}, "
       "B: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: {Ref: A}, ParentId: p, PathPart: y}}, "
       "C: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: {Ref: A}, ResourceId: {Ref: B}, "
       "HttpMethod: "
       "GET}}"),
     "Modify B True\n"
     "  /Properties/PathPart PathPart Always Static DirectModification: \"x\" -> \"y\"\n"
     "Modify C True\n"
     "  /Properties/ResourceId ResourceId Always Static ResourceReference B: {\"Ref\":\"B\"} -> (B)\n"
     "  /Properties/ResourceId ResourceId Always Dynamic DirectModification: {\"Ref\":\"B\"} -> (B)\n"
     "1 unchanged"},
    {"what refers to a new one", R(QUEUE("RedrivePolicy: {deadLetterTargetArn: x}")),
     R(QUEUE("RedrivePolicy: {deadLetterTargetArn: {Fn::GetAtt: D.Arn}}") ", D: {Type: AWS::SQS::Queue}"),
     "Add D\n"
     "Modify Q False\n"
     "  /Properties/RedrivePolicy/deadLetterTargetArn RedrivePolicy Never Static ResourceAttribute D.Arn: "
     "\"x\" -> (D.Arn)\n"
     "  /Properties/RedrivePolicy/deadLetterTargetArn RedrivePolicy Never Dynamic DirectModification: "
     "\"x\" -> (D.Arn)\n"},
    {"what refers to one that is changed in place", R(QUEUE("DelaySeconds: 1") ", " PERMISSION("{Ref: Q}")),
     R(QUEUE("DelaySeconds: 2") ", " PERMISSION("{Ref: Q}")),
     "Modify Q False\n"
     "  /Properties/DelaySeconds DelaySeconds Never Static DirectModification: 1 -> 2\n1 unchanged"},
    {"a reference in the place of what it stands for", R(NAMED("a") ", " PERMISSION("a")),
     R(NAMED("a") ", " PERMISSION("{Ref: F}")), "2 unchanged"},
    {"a reference to another one", R(FUNCTION ", G: {Type: AWS::SQS::Queue}, " PERMISSION("{Ref: F}")),
     R(FUNCTION ", G: {Type: AWS::SQS::Queue}, " PERMISSION("{Ref: G}")),
     "Modify P True\n"
     "  /Properties/FunctionName FunctionName Always Static DirectModification: {\"Ref\":\"F\"} -> "
     "{\"Ref\":\"G\"}\n2 unchanged"},
};

static void met(void *self, struct str name)
{
    (void)self;
    assert_true(str_is(name, "M"));
}

static void build(struct arena *arena, const char *text, struct desired *desired)
{
    static const struct foreign_macros macros = {.met = met};
    const struct memory_file file = {.path = "template.yaml", .content = text};
    struct memory_files all = {.entries = &file, .count = 1};
    struct files files = memory_files(&all);
    struct template_options options = {.files = &files,
                                       .path = STR("template.yaml"),
                                       .region = STR("eu-west-1"),
                                       .stack_name = STR("shop"),
                                       .foreign_macros = &macros};
    struct error error = ERROR_INIT;
    if (!desired_build(arena, &options, desired, &error))
        fail_msg("%s: %s", text, error.message);
}

static void add_value(struct buf *out, const struct value *value)
{
    if (!value)
        buf_addz(out, "none");
    else if (value->kind == VALUE_UNKNOWN)
        buf_printf(out, "(%.*s)", STR_ARG(value->text));
    else
        json_write(out, value, JSON_COMPACT);
}

static void describe(struct buf *out, const struct changeset_change *change)
{
    static const char *const actions[] = {"Add", "Modify", "Remove"};
    static const char *const recreations[] = {"Never", "Conditionally", "Always"};
    static const char *const replacements[] = {"False", "Conditional", "True"};
    static const char *const sources[] = {"DirectModification", "ParameterReference", "ResourceReference",
                                          "ResourceAttribute"};
    const struct desired_resource *resource = change->after ? change->after : change->before;
    buf_printf(out, "%s %.*s", actions[change->action], STR_ARG(resource->logical_id));
    if (change->action == CHANGESET_MODIFY)
        buf_printf(out, " %s", replacements[change->replacement]);
    const char *scope = "Properties";
    for (size_t i = 0, shown = 0; i < change->count; scope = change->details[i++].attribute)
        if (!str_is(str_from(scope), change->details[i].attribute))
            buf_printf(out, "%s%s", shown++ ? " " : " [", change->details[i].attribute);
    if (!str_is(str_from(scope), "Properties"))
        buf_addc(out, ']');
    buf_addc(out, '\n');
    for (size_t i = 0; i < change->count; i++) {
        const struct changeset_detail *d = &change->details[i];
        buf_printf(out, "  %.*s%s%.*s %s %s %s%s%.*s: ", STR_ARG(d->path), d->name.len ? " " : "",
                   STR_ARG(d->name), recreations[d->recreation], d->dynamic ? "Dynamic" : "Static",
                   sources[d->source], d->causing_entity.len ? " " : "", STR_ARG(d->causing_entity));
        add_value(out, d->before);
        buf_addz(out, " -> ");
        add_value(out, d->after);
        buf_addc(out, '\n');
    }
}

static void says_what_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(scenarios); i++) {
        const struct scenario *s = &scenarios[i];
        struct arena *arena = arena_new();
        struct desired before, after;
        struct changeset changes;
        struct error error = ERROR_INIT;
        struct buf text = BUF_INIT(BUF_SMALL);
        build(arena, s->before, &before);
        build(arena, s->after, &after);
        if (!changeset_make(arena, &before, &after, &changes, &error))
            fail_msg("%s: %s", s->what, error.message);
        for (size_t k = 0; k < changes.count; k++)
            describe(&text, &changes.changes[k]);
        if (changes.unchanged)
            buf_printf(&text, "%zu unchanged", changes.unchanged);
        if (!str_is(buf_str(&text), s->expected))
            fail_msg("%s: got\n%.*s\nand not\n%s", s->what, STR_ARG(buf_str(&text)), s->expected);
        buf_release(&text);
        arena_free(arena);
    }
}

static const struct {
    const char *before, *after, *message;
} refusals[] = {
    {R(QUEUE("")), R("Q: {Type: AWS::SQS::Que}"),
     "Q: unknown resource type 'AWS::SQS::Que', did you mean 'AWS::SQS::Queue'? (template.yaml:1:16)"},
    {R("Q: {Type: AWS::SQS::Que}"), R(QUEUE("")),
     "Q: unknown resource type 'AWS::SQS::Que', did you mean 'AWS::SQS::Queue'? (template.yaml:1:16)"},
    {R(QUEUE("")), R(QUEUE("DelaySecond: 1")),
     "Q: unknown property 'DelaySecond' in AWS::SQS::Queue: did you mean 'DelaySeconds'? "
     "(template.yaml:1:53)"},
};

static void refuses_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        struct arena *arena = arena_new();
        struct desired before, after;
        struct changeset changes;
        struct error error = ERROR_INIT;
        build(arena, refusals[i].before, &before);
        build(arena, refusals[i].after, &after);
        assert_false(changeset_make(arena, &before, &after, &changes, &error));
        assert_string_equal(error.message, refusals[i].message);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_changes),
        cmocka_unit_test(refuses_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
