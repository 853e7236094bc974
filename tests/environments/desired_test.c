#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "template_cases.h"

static void evaluates_functions(void **state)
{
    static const struct template_case cases[] = {
        {ONE("!Sub '${AWS::Region}-${AWS::Partition}-${AWS::URLSuffix}-${AWS::AccountId}-${AWS::StackName}'"),
         NULL, IS("\"eu-west-1-aws-amazonaws.com-123456789012-prod-orders\"")},
        {ONE("!Sub ['${A}${!B}$C{D}', {A: 1.50}]"), NULL, IS("\"1.50${B}$C{D}\"")},
        {ONE("!Join ['-', [a, !Ref AWS::Region, 7, true]]"), NULL, IS("\"a-eu-west-1-7-true\"")},
        {ONE("!Join ['', []]"), NULL, IS("\"\"")},
        {ONE("!Select [2, !Split ['/', 'a//b']]"), NULL, IS("\"b\"")},
        {ONE("!Split [',', '']"), NULL, IS("[\"\"]")},
        {ONE("!Base64 'Hello'"), NULL, IS("\"SGVsbG8=\"")},
        {ONE("{A: !Ref AWS::NoValue, B: [1, !Ref AWS::NoValue, 2]}"), NULL, IS("{\"B\":[1,2]}")},
        {ONE("!Cidr [10.0.1.7/22, 2, 9]"), NULL, IS("[\"10.0.0.0/23\",\"10.0.2.0/23\"]")},
        {ONE("!Cidr ['2001:db8::/56', 2, 64]"), NULL, IS("[\"2001:db8::/64\",\"2001:db8:0:1::/64\"]")},
        {"Mappings: {M: {eu-west-1: {Size: [3, 4]}}}\n" ONE("!FindInMap [M, !Ref AWS::Region, Size]"), NULL,
         IS("[3,4]")},
        {ONE("!Ref AWS::NotificationARNs"), NULL, IS("[]")},
        {ONE("{Condition: {StringEquals: {a: b}}}"), NULL,
         IS("{\"Condition\":{\"StringEquals\":{\"a\":\"b\"}}}")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

static void leaves_what_the_account_knows(void **state)
{
    static const struct template_case cases[] = {
        {"Resources:\n"
         "  B: {Type: X, Properties: {A: !GetAtt T.Arn, S: !Sub 'x-${T}-${T.Name.First}', J: !Join [',', "
         "[!Ref T, b]],\n"
         "      L: !Select [0, [a, !Ref T]], C: !Select [1, !Split ['/', !Ref T]]}}\n"
         "  T: {Type: Y, DeletionPolicy: Retain, UpdateReplacePolicy: Snapshot}\n"
         "  C: {Type: Z, DependsOn: [B, T]}\n"
         "Outputs: {O: {Value: !Ref B, Export: {Name: !Sub '${AWS::StackName}-b'}}}",
         NULL,
         "T {} kept shot; B {\"A\":{\"Fn::GetAtt\":[\"T\",\"Arn\"]},"
         "\"S\":{\"Fn::Join\":[\"\",[\"x-\",{\"Ref\":\"T\"},\"-\",{\"Fn::GetAtt\":[\"T\",\"Name.First\"]}]]},"
         "\"J\":{\"Fn::Join\":[\",\",[{\"Ref\":\"T\"},\"b\"]]},\"L\":\"a\","
         "\"C\":{\"Fn::Select\":[1,{\"Fn::Split\":[\"/\",{\"Ref\":\"T\"}]}]}} <- T; C {} <- B,T; "
         "{\"O\":{\"Value\":{\"Ref\":\"B\"},\"Export\":{\"Name\":\"prod-orders-b\"}}}"},
        /* a branch that is not taken refers to nothing */
        {"Conditions: {Holds: !Equals [a, a], Fails: !Not [!Condition Holds]}\n"
         "Resources:\n"
         "  A: {Type: X, Properties: {P: !If [Holds, one, !Ref B], Q: !If [Fails, two, !Ref AWS::NoValue]}, "
         "DependsOn: B}\n"
         "  B: {Type: Y, Condition: Fails}\n"
         "Outputs: {O: {Condition: Fails, Value: !Ref B}}",
         NULL, "A {\"P\":\"one\"};"},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

#define PARAMETER(declaration) "Parameters: {Q: {" declaration "}}\n" ONE("!Ref Q")

static void takes_parameters(void **state)
{
    static const struct template_case cases[] = {
        {PARAMETER("Type: String, Default: d"), NULL, IS("\"d\"")},
        {PARAMETER("Type: String, Default: d"), "Q: 12", IS("\"12\"")},
        {PARAMETER("Type: Number"), "Q: 1e3", IS("\"1e3\"")},
        {PARAMETER("Type: CommaDelimitedList"), "Q: 'a, b,c'", IS("[\"a\",\"b\",\"c\"]")},
        {PARAMETER("Type: List<Number>"), "Q: [1, 2]", IS("[\"1\",\"2\"]")},
        {PARAMETER("Type: 'List<AWS::EC2::Subnet::Id>'"), "Q: subnet-1", IS("[\"subnet-1\"]")},
        {PARAMETER("Type: String, NoEcho: true"), "Q: hush", IS("\"****\"")},
        {PARAMETER("Type: String, AllowedPattern: '[a-z\\d._\\-]+(?:\\.x)?'"), "Q: a-1.x", IS("\"a-1.x\"")},
        {PARAMETER("Type: String"), NULL,
         "parameter 'Q' has no value: set it under 'parameters' or give it a Default "
         "(app/template.yaml:1:17)"},
        {PARAMETER("Type: String"), "{Q: a, R: b}",
         "the template 'app/template.yaml' has no parameter 'R', did you mean 'Q'?" AT("1:8")},
        {PARAMETER("Type: Number"), "Q: x", "parameter 'Q' must be a number" AT("1:4")},
        {PARAMETER("Type: Number, MaxValue: 5"), "Q: 6",
         "parameter 'Q' must be at most its MaxValue of 5" AT("1:4")},
        {PARAMETER("Type: String, MinLength: 3"), "Q: ab",
         "parameter 'Q' must be at least its MinLength of 3" AT("1:4")},
        {PARAMETER("Type: String, AllowedValues: [a, b]"), "Q: c",
         "parameter 'Q' is 'c' but must be one of: a, b" AT("1:4")},
        {PARAMETER("Type: String, AllowedPattern: '[a-c]+'"), "Q: abcd",
         "parameter 'Q' does not match its AllowedPattern" AT("1:4")},
        {PARAMETER("Type: String, AllowedPattern: '[a-c]+', ConstraintDescription: only abc"), "Q: d",
         "parameter 'Q': only abc" AT("1:4")},
        {PARAMETER("Type: String, AllowedPattern: '(?!x)[a-z]+'"), "Q: d", IS("\"d\"")},
        {PARAMETER("Type: String, AllowedPattern: '(?!x)[a-z]+'"), "Q: xd",
         "parameter 'Q' does not match its AllowedPattern" AT("1:4")},
        {PARAMETER("Type: String, AllowedPattern: '(a'"), "Q: d",
         "AllowedPattern of parameter 'Q' is no regular expression of Java, or needs more than 4096 steps "
         "with its "
         "repeats written out" HERE("1:48")},
        {PARAMETER("Type: Number"), "Q: '0x10'", "parameter 'Q' must be a number" AT("1:4")},
        {PARAMETER("Type: String, MaxLength: 2"), "Q: \xc3\xa4\xc3\xb6", IS("\"\xc3\xa4\xc3\xb6\"")},
        {PARAMETER("Type: String, MinLength: two"), "Q: ab",
         "MinLength of parameter 'Q' must be a number" HERE("1:43")},
        {PARAMETER("Type: String, Default: c, AllowedValues: [a, b]"), "Q: a",
         "Default: parameter 'Q' is 'c' but must be one of: a, b" HERE("1:41")},
        {PARAMETER("Type: CommaDelimitedList, Default: [a, b]"), NULL,
         "Default of parameter 'Q' must be a text, not a list: lists are written with commas" HERE("1:53")},
        {PARAMETER("Type: String, NoEcho: perhaps"), "Q: a",
         "NoEcho of parameter 'Q' must be true or false" HERE("1:40")},
        {PARAMETER("Type: String, AllowedValues: [[a]]"), "Q: a",
         "AllowedValues of parameter 'Q' must be texts, not a list" HERE("1:48")},
        {PARAMETER("Type: String, Description: {a: b}"), "Q: a",
         "Description of parameter 'Q' must be a text of at most 4000 bytes" HERE("1:45")},
        {PARAMETER("Type: 'List<Number>'"), "Q: '1,x'", "parameter 'Q' must be a number" AT("1:4")},
        {PARAMETER("Type: 'AWS::EC2::VPC::Ids'"), "Q: a",
         "parameter 'Q' has the unknown type 'AWS::EC2::VPC::Ids', did you mean 'AWS::EC2::VPC::Id'?" HERE(
             "1:24")},
        {PARAMETER("Type: 'AWS::Route53::HostedZone::Id'"), "Q: Z1", IS("\"Z1\"")},
        {PARAMETER("Type: 'List<AWS::EC2::AvailabilityZone::Name>'"), "Q: 'a,b'", IS("[\"a\",\"b\"]")},
        {PARAMETER("Type: 'AWS::SSM::Parameter::Name'"), "Q: /a/b", IS("\"/a/b\"")},
        {PARAMETER("Type: Strin"), "Q: d",
         "parameter 'Q' has the unknown type 'Strin', did you mean 'String'? (app/template.yaml:1:24)"},
        {PARAMETER("Type: String, Defalt: x"), "Q: d",
         "parameter 'Q' has the unknown key 'Defalt', did you mean 'Default'? (app/template.yaml:1:32)"},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

static void refuses_by_name_and_position(void **state)
{
    static const struct template_case cases[] = {
        {"Resorces: {}", NULL, "unknown section 'Resorces', did you mean 'Resources'?" HERE("1:1")},
        {"Description: d", NULL, "the template has no 'Resources'" HERE("1:1")},
        {"Resources: []", NULL, "section 'Resources' must be a mapping, not a list" HERE("1:1")},
        {"Transform: Mine\n" ONE("1"), NULL,
         "macro 'Mine' cannot be run here: only AWS::Include, AWS::LanguageExtensions and "
         "AWS::Serverless-2016-10-31 are supported" HERE("1:12")},
        {"Resources: {T: {Properties: {}}}", NULL,
         "resource 'T' must be a mapping with a 'Type'" HERE("1:13")},
        {"Resources: {T: {Type: X, DependOn: Y}}", NULL,
         "resource 'T' has the unknown key 'DependOn', did you mean 'DependsOn'?" HERE("1:26")},
        {"Resources: {a-b: {Type: X}}", NULL,
         "logical id 'a-b' must be 1 to 255 letters and digits" HERE("1:13")},
        {"Resources: {T: {Type: X, DeletionPolicy: Keep}}", NULL,
         "'DeletionPolicy' of 'T' must be Delete, Retain, RetainExceptOnCreate or Snapshot" HERE("1:42")},
        {"Resources: {T: {Type: X, DependsOn: U}}", NULL,
         "'DependsOn' of 'T': there is no resource 'U', did you mean 'T'?" HERE("1:37")},
        {ONE("!Ref TT"), NULL,
         "resource 'T': 'TT' is neither a parameter nor a resource, did you mean 'T'?" HERE("1:56")},
        {ONE("!GetAtt T"), NULL,
         "resource 'T': 'Fn::GetAtt' needs a resource's name and an attribute, as in 'Table.Arn'" HERE(
             "1:56")},
        {ONE("!Sub '${a b}'"), NULL,
         "resource 'T': '${a b}' in 'Fn::Sub' is no name: write '${!a b}' for the literal text" HERE("1:56")},
        {ONE("!Sub '${a'"), NULL, "resource 'T': '${' without '}' in 'Fn::Sub'" HERE("1:56")},
        {ONE("!Join [!Ref AWS::Region, [a]]"), NULL,
         "resource 'T': the delimiter of 'Fn::Join' cannot be a function" HERE("1:63")},
        {ONE("!Split [!Ref AWS::Region, a]"), NULL,
         "resource 'T': the delimiter of 'Fn::Split' cannot be a function" HERE("1:64")},
        {ONE("!Join [',', [[a]]]"), NULL, "resource 'T': 'Fn::Join' cannot join a list" HERE("1:69")},
        {ONE("!Sub [!Ref AWS::Region, {}]"), NULL, "resource 'T': 'Fn::Sub' needs a text" HERE("1:56")},
        {ONE("!If [!Ref AWS::Region, a, b]"), NULL,
         "resource 'T': 'Fn::If' needs a list of a condition's name and two values" HERE("1:56")},
        {ONE("!Equals [a, a]"), NULL,
         "resource 'T': function 'Fn::Equals' belongs into the section 'Conditions'" HERE("1:56")},
        {ONE("!Select [a, [a]]"), NULL,
         "resource 'T': 'Fn::Select' needs a list of an index and a list" HERE("1:56")},
        {ONE("!Select [3, [a]]"), NULL,
         "resource 'T': 'Fn::Select' asks for item 3 of a list of 1" HERE("1:56")},
        {ONE("{'Fn::Nonsense': 1}"), NULL, "resource 'T': unknown function 'Fn::Nonsense'" HERE("1:56")},
        {ONE("!FindInMap [M, a, b]"), NULL,
         "resource 'T': 'Fn::FindInMap': there is no mapping 'M'" HERE("1:56")},
        {ONE("!Cidr [10.0.0.0/24, 5, 7]"), NULL,
         "resource 'T': 'Fn::Cidr' cannot cut 5 parts of 7 bits (at most 256) out of '10.0.0.0/24'" HERE(
             "1:56")},
        {"Conditions: {A: !Condition B, B: !Not [!Condition A]}\n" ONE("1"), NULL,
         "conditions refer to each other in a circle: A -> B -> A" HERE("1:40")},
        {"Conditions: {A: !Equals [!Ref T, x]}\n" ONE("1"), NULL,
         "a condition cannot refer to the resource 'T'" HERE("1:26")},
        {"Conditions: {A: !Equals [a, b]}\nResources: {B: {Type: X, Condition: A}, T: {Type: Y, Properties: "
         "{P: !Ref "
         "B}}}",
         NULL,
         "resource 'T': 'B' is not created because its condition 'A' is false, so nothing can refer to "
         "it" HERE("2:70")},
        {"Resources: {A: {Type: X, DependsOn: C}, B: {Type: X, DependsOn: A}, C: {Type: X, Properties: {P: "
         "!Ref B}}}",
         NULL, "resources depend on each other in a circle: A -> C -> B -> A" HERE("1:16")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

/* "Table.Arn" is known, everything else only after apply. */
static bool look_up(void *self, struct arena *arena, struct str id, struct str attribute, struct value **out,
                    struct error *error)
{
    (void)self;
    (void)error;
    struct str name =
        arena_printf(arena, "%.*s%s%.*s", STR_ARG(id), attribute.len ? "." : "", STR_ARG(attribute));
    *out =
        str_is(name, "Table.Arn") ? value_stringz(arena, "arn:aws:dynamodb:x") : value_unknown(arena, name);
    return true;
}

static void resolves_in_two_steps(void **state)
{
    static const struct template_case cases[] = {
        {ONE("!Sub 'a-${Table.Arn}'") "\n", NULL, "{\"P\":\"a-arn:aws:dynamodb:x\"}"},
        {ONE("!Select [1, !Split [':', !GetAtt Table.Arn]]"), NULL, "{\"P\":\"aws\"}"},
        {ONE("!Join ['-', [a, !Ref Table, !GetAtt Table.Id]]"), NULL,
         "{\"P\":{\"KnownAfterApply\":\"Table\"}}"},
        {ONE("[!GetAtt Table.Arn, !Ref Table]"), NULL,
         "{\"P\":[\"arn:aws:dynamodb:x\",{\"KnownAfterApply\":\"Table\"}]}"},
    };
    const struct resolver resolver = {.lookup = look_up};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct desired desired;
        struct error error = ERROR_INIT;
        struct value *resolved;
        /* the flow mapping of the case gets a second resource */
        size_t length = strlen(cases[i].template);
        while (cases[i].template[length - 1] != '}')
            length--;
        struct str template =
            arena_printf(arena, "%.*s, Table: {Type: Y}}", (int)length - 1, cases[i].template);
        if (!build_template(arena, template.ptr, NULL, &desired, &error) ||
            !desired_resolve(arena, desired_find(&desired, STR("T"))->properties, &resolver, &resolved,
                             &error))
            fail_msg("%s", error.message);
        assert_string_equal(json_text(arena, resolved, JSON_COMPACT).ptr, cases[i].wanted);
        arena_free(arena);
    }
}

static void packages_local_code(void **state)
{
    static const struct template_case cases[] = {
        {"Resources:\n"
         "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src/, Handler: a.b, Runtime: "
         "python3.12, Role: r,\n"
         "      AutoPublishAlias: live}}",
         NULL,
         "F "
         "{\"Handler\":\"a.b\",\"Runtime\":\"python3.12\",\"Role\":\"r\",\"Code\":{\"Plumb::Artifact\":{"
         "\"Digest\":"
         "\"0e2e32deb54ec86eb2b5e21b5c1d77d9c89edebf\",\"Path\":\"app/"
         "src\"}},\"Tags\":[{\"Key\":\"lambda:createdBy\","
         "\"Value\":\"SAM\"}]}; FVersionf658174e3d {\"FunctionName\":{\"Ref\":\"F\"}} <- F kept; FAliaslive "
         "{\"Name\":\"live\",\"FunctionName\":{\"Ref\":\"F\"},\"FunctionVersion\":{\"Fn::GetAtt\":"
         "[\"FVersionf658174e3d\",\"Version\"]}} <- F,FVersionf658174e3d;"},
        {"Resources: {M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: flow.asl.json, "
         "Role: r}}}",
         NULL,
         "M {\"DefinitionString\":\"{\\\"StartAt\\\": \\\"A\\\"}\",\"RoleArn\":\"r\",\"Tags\":[{\"Key\":"
         "\"stateMachine:createdBy\",\"Value\":\"SAM\"}]};"},
        {"Resources: {R: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: api.yaml}}}", NULL,
         "R {\"Body\":{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"t\"},\"paths\":{}}};"},
        {"Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: lib/}}}", NULL,
         "resource 'F': there is no 'app/lib' in the repository" HERE("1:65")},
        {"Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: ../../x}}}", NULL,
         "resource 'F': '../../x' leads out of the repository" HERE("1:65")},
        {"Resources: {F: {Type: AWS::Serverless::Function, Properties: {Handlr: x}}, G: {Type: "
         "AWS::Serverless::Function}}",
         NULL,
         "resource 'F': property 'Handlr' is not defined for 'AWS::Serverless::Function'" HERE(
             "1:71") "; resource "
                     "'G': 'InlineCode' or 'CodeUri' must be set" HERE("1:79")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluates_functions),   cmocka_unit_test(leaves_what_the_account_knows),
        cmocka_unit_test(takes_parameters),      cmocka_unit_test(refuses_by_name_and_position),
        cmocka_unit_test(resolves_in_two_steps), cmocka_unit_test(packages_local_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
