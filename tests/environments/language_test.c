#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "template_cases.h"

#define EXTENDED "Transform: AWS::LanguageExtensions\n"
#define NEEDS " needs 'Transform: AWS::LanguageExtensions'"

static void writes_out_loops(void **state)
{
    static const struct template_case cases[] = {
        /* keys, texts, Ref and Fn::Sub; only letters and digits behind '&' */
        {EXTENDED "Resources:\n"
                  "  'Fn::ForEach::Topics':\n"
                  "    - X\n"
                  "    - [a, b-1]\n"
                  "    - 'T&{X}': {Type: AWS::SNS::Topic, Properties: {N: '${X}.fifo', R: !Ref X, S: !Sub "
                  "'${X}-${AWS::Region}', L: '${!X}', G: !GetAtt 'Q&{X}.Arn'}}\n"
                  "      'Q&{X}': {Type: Y}\n",
         NULL,
         "Qa {}; Ta "
         "{\"N\":\"a.fifo\",\"R\":\"a\",\"S\":\"a-eu-west-1\",\"L\":\"${!X}\",\"G\":{\"Fn::GetAtt\":[\"Qa\","
         "\"Arn\"]}} <- Qa; Qb1 {}; Tb1 "
         "{\"N\":\"b-1.fifo\",\"R\":\"b-1\",\"S\":\"b-1-eu-west-1\",\"L\":\"${!X}\",\"G\":{"
         "\"Fn::GetAtt\":[\"Qb1\",\"Arn\"]}} <- Qb1;"},
        /* nested, over parameters and functions, in every section and in properties */
        {EXTENDED "Parameters: {Names: {Type: CommaDelimitedList}, Stage: {Type: String}}\n"
                  "Mappings: {M: {prod: {Zones: [x, y]}}}\n"
                  "Conditions:\n"
                  "  'Fn::ForEach::C': [N, !Ref Names, {'Is${N}': !Equals [!Ref Stage, '${N}']}]\n"
                  "Resources:\n"
                  "  'Fn::ForEach::Outer':\n"
                  "    - N\n"
                  "    - !Ref Names\n"
                  "    - 'Fn::ForEach::Inner':\n"
                  "        - Z\n"
                  "        - !FindInMap [M, !Ref Stage, Zones]\n"
                  "        - 'T${N}${Z}':\n"
                  "            Type: X\n"
                  "            Condition: 'Is${N}'\n"
                  "            Properties: {'Fn::ForEach::P': [K, [k, l], {'${K}${Z}': !Ref K}], Own: 1}\n"
                  "  Last: {Type: Y}\n"
                  "Outputs:\n"
                  "  'Fn::ForEach::O': [Z, [x], {'O${Z}': {Value: !Ref 'Last', Description: 'of ${Z}'}}]\n",
         "{Names: 'prod,beta', Stage: prod}",
         "Tprodx {\"kx\":\"k\",\"lx\":\"l\",\"Own\":1}; Tprody {\"ky\":\"k\",\"ly\":\"l\",\"Own\":1}; Last "
         "{}; "
         "{\"Ox\":{\"Value\":{\"Ref\":\"Last\"},\"Description\":\"of x\"}}"},
        /* names made by functions, also where no loop is */
        {EXTENDED
         "Parameters: {S: {Type: String, Default: A}}\n"
         "Mappings: {M: {c: {A: Holds}}}\n"
         "Conditions: {Holds: !Equals [a, a]}\n"
         "Resources:\n"
         "  T: {Type: X, Condition: !FindInMap [M, c, !Ref S, {DefaultValue: !Ref AWS::NoValue}],\n"
         "      Properties: {P: !Ref {'Fn::Sub': 'Q${S}'}, G: !GetAtt [!Sub 'Q${S}', !Join ['', [Ar, n]]]}}\n"
         "  QA: {Type: Y, Condition: !FindInMap [M, c, none, {DefaultValue: !Ref AWS::NoValue}]}\n",
         NULL, "QA {}; T {\"P\":{\"Ref\":\"QA\"},\"G\":{\"Fn::GetAtt\":[\"QA\",\"Arn\"]}} <- QA;"},
        /* what a mapping has for a turn, or not */
        {EXTENDED
         "Mappings: {M: {Size: {A: 1, B: 2}}}\n"
         "Resources: {'Fn::ForEach::T': [N, [A, C], {'T${N}': {Type: X, Properties: {P: !FindInMap [M, Size, "
         "!Ref N, {DefaultValue: 9}], Q: !FindInMap [M, !Sub Size, !Ref N, {DefaultValue: !Ref "
         "AWS::NoValue}]}}}]}",
         NULL, "TA {\"P\":1,\"Q\":1}; TC {\"P\":9};"},
        /* before SAM */
        {"Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n"
         "Resources: {'Fn::ForEach::T': [N, [A], {'T${N}': {Type: AWS::Serverless::SimpleTable}}]}",
         NULL,
         "TA {\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"KeySchema\":[{"
         "\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"BillingMode\":\"PAY_PER_REQUEST\"};"},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

#define LOOP(loop)                                                                                           \
    EXTENDED "Parameters: {Hush: {Type: CommaDelimitedList, NoEcho: true, Default: a}}\nResources: {R: "     \
             "{Type: X}, Fn::ForEach::L: " loop "}"

static void refuses_loops(void **state)
{
    static const struct template_case cases[] = {
        {EXTENDED "Parameters: [a]\nResources: {'Fn::ForEach::L': [X, [!Ref P], {'T${X}': {Type: X}}]}", NULL,
         "section 'Resources': 'P' is neither a parameter nor a resource" HERE("3:36")},
        {LOOP("{}"), NULL,
         "section 'Resources': 'Fn::ForEach::L' needs a list of an identifier, a collection and a "
         "mapping" HERE("3:27")},
        {LOOP("[X, a, {'T${X}': {Type: X}}]"), NULL,
         "section 'Resources': the collection of Fn::ForEach must be a list, not a string" HERE("3:47")},
        {LOOP("[X, [{a: b}], {'T${X}': {Type: X}}]"), NULL,
         "section 'Resources': an item of Fn::ForEach's collection must be a text, not a mapping" HERE(
             "3:48")},
        {LOOP("[X, [!Ref R], {'T${X}': {Type: X}}]"), NULL,
         "section 'Resources': the collection of Fn::ForEach cannot refer to the resource 'R'" HERE("3:48")},
        {LOOP("[X, !GetAtt R.List, {'T${X}': {Type: X}}]"), NULL,
         "section 'Resources': the collection of Fn::ForEach cannot refer to the resource 'R'" HERE("3:47")},
        {LOOP("[X, !Ref Hush, {'T${X}': {Type: X}}]"), NULL,
         "section 'Resources': the collection of Fn::ForEach cannot be a parameter with NoEcho" HERE("3:47")},
        {LOOP("[X, [a, a], {'T${X}': {Type: X}}]"), NULL,
         "section 'Resources': Fn::ForEach makes 'Ta' twice: use its identifier in the key" HERE("3:56")},
        {LOOP("[X, [a], {R: {Type: X}}]"), NULL,
         "section 'Resources': Fn::ForEach makes 'R' twice: use its identifier in the key" HERE("3:53")},
        {LOOP("[R, [a], {'T${R}': {Type: X}}]"), NULL,
         "section 'Resources': the identifier 'R' is also the name of a resource: rename it" HERE("3:44")},
        {LOOP("[X, [a], {Fn::ForEach::Hush: [Y, [b], {'T${Y}': {Type: X}}]}]"), NULL,
         "section 'Resources': the loop's name 'Hush' is also the name of a parameter: rename it" HERE(
             "3:72")},
        {LOOP("[X, [a], {Fn::ForEach::I: [X, [b], {'T${X}': {Type: X}}]}]"), NULL,
         "section 'Resources': the identifier 'X' is that of a loop around this one: rename it" HERE("3:70")},
        {LOOP("[A, [a], {Fn::ForEach::B: [B, [a], {Fn::ForEach::C: [C, [a], {Fn::ForEach::D: [D, [a], "
              "{Fn::ForEach::E: [E, [a], {Fn::ForEach::F: [F, [a], {T: {Type: X}}]}]}]}]}]}]"),
         NULL, "section 'Resources': Fn::ForEach is nested deeper than 5 levels" HERE("3:157")},
        {LOOP("[X, [a-b], {'T${X}': {Type: X}}]"), NULL,
         "logical id 'Ta-b' must be 1 to 255 letters and digits" HERE("3:55")},
        {EXTENDED "Mappings: {'Fn::ForEach::M': [X, [a], {'${X}': {b: c}}]}\n" ONE("1"), NULL,
         "'Fn::ForEach::M' stands where no loop may be: only Conditions, Resources and Outputs have "
         "them" HERE("2:12")},
        {"Resources: {Fn::ForEach::M: [X, [a], {'${X}': {Type: c}}]}", NULL,
         "Fn::ForEach" NEEDS HERE("1:29")},
        {"Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]\n"
         "Resources: {Fn::ForEach::M: [X, [a], {'${X}': {Type: c}}]}",
         NULL,
         "Fn::ForEach needs 'AWS::LanguageExtensions' before 'AWS::Serverless-2016-10-31' in "
         "'Transform'" HERE("2:13")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

static void extends_functions(void **state)
{
    static const struct template_case cases[] = {
        {EXTENDED ONE("!Length [a, !Ref AWS::NoValue, c]"), NULL, IS("2")},
        {EXTENDED "Parameters: {L: {Type: CommaDelimitedList, Default: 'a,b,c'}}\n" ONE("!Length {Ref: L}"),
         NULL, IS("3")},
        {EXTENDED ONE("!Length [!GetAtt U.Arn, b]"), NULL,
         "resource 'T': 'U' is neither a parameter nor a resource, did you mean 'T'?" HERE("2:65")},
        {EXTENDED ONE("!Length x"), NULL,
         "resource 'T': 'Fn::Length' needs a list, not a string" HERE("2:56")},
        {EXTENDED ONE("!ToJsonString {b: [1, 1.50, true, \"a\\\"\"], a: !Ref AWS::Region}"), NULL,
         IS("\"{\\\"b\\\":[1,1.50,true,\\\"a\\\\\\\"\\\"],\\\"a\\\":\\\"eu-west-1\\\"}\"")},
        {EXTENDED ONE("!ToJsonString {}"), NULL, IS("\"{}\"")},
        {EXTENDED ONE("!ToJsonString x"), NULL,
         "resource 'T': 'Fn::ToJsonString' needs a mapping or a list, not a string" HERE("2:56")},
        {EXTENDED "Parameters: {S: {Type: String, NoEcho: true, Default: x}}\n" ONE("!ToJsonString [!Ref S]"),
         NULL, IS("\"****\"")},
        {EXTENDED "Mappings: {M: {a: {b: c}}}\n" ONE("!FindInMap [M, x, b, {DefaultValue: d}]"), NULL,
         IS("\"d\"")},
        {EXTENDED
         "Mappings: {M: {a: {b: c}}}\n" ONE("!FindInMap [M, !Join ['', [a]], !Sub b, {DefaultValue: d}]"),
         NULL, IS("\"c\"")},
        {EXTENDED
         "Mappings: {M: {a: {b: c}}}\n" ONE("[!FindInMap [X, a, b, {DefaultValue: !Ref AWS::NoValue}], 1]"),
         NULL, IS("[1]")},
        {EXTENDED "Mappings: {M: {a: {b: c}}}\n" ONE("!FindInMap [M, a, b, {Default: d}]"), NULL,
         "resource 'T': the last part of 'Fn::FindInMap' must be a mapping of 'DefaultValue'" HERE("3:77")},
        /* without the transform */
        {ONE("!Length [a]"), NULL, "Fn::Length" NEEDS HERE("1:56")},
        {ONE("!ToJsonString [a]"), NULL, "Fn::ToJsonString" NEEDS HERE("1:56")},
        {ONE("!Ref {'Fn::Sub': T}"), NULL, "a function in 'Ref'" NEEDS HERE("1:56")},
        {ONE("!GetAtt [!Sub T, Arn]"), NULL,
         "a function for the resource of 'Fn::GetAtt'" NEEDS HERE("1:65")},
        {ONE("!GetAtt [T, !Sub Arn]"), NULL,
         "a function other than Ref for the attribute of 'Fn::GetAtt'" NEEDS HERE("1:68")},
        {ONE("!FindInMap [M, !Sub a, b]"), NULL,
         "a function other than Ref and Fn::FindInMap in 'Fn::FindInMap'" NEEDS HERE("1:71")},
        {ONE("!FindInMap [M, a, b, {DefaultValue: d}]"), NULL,
         "the default of 'Fn::FindInMap'" NEEDS HERE("1:77")},
        {"Resources: {T: {Type: X, DeletionPolicy: !Sub Retain}}", NULL,
         "a function in 'DeletionPolicy'" NEEDS HERE("1:42")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

#define INCLUDE(path) "Fn::Transform: {Name: AWS::Include, Parameters: {Location: " path "}}"

static void includes_files(void **state)
{
    static const struct template_case cases[] = {
        {ONE("{" INCLUDE("tags.json") "}"), NULL, IS("{\"A\":\"eu-west-1\",\"B\":2}")},
        {ONE("{Z: 1, " INCLUDE("./tags.json") ", C: 3}"), NULL,
         IS("{\"Z\":1,\"A\":\"eu-west-1\",\"B\":2,\"C\":3}")},
        {"Parameters: {F: {Type: String}}\n" ONE("{" INCLUDE("!Sub '${F}.json'") "}"), "F: tags",
         IS("{\"A\":\"eu-west-1\",\"B\":2}")},
        {"Parameters: {Nam: {Type: String}}\nResources: {Q: {" INCLUDE("queue.yaml") "}}", "Nam: n",
         "Q {\"Name\":\"n\"};"},
        {"Transform: {Name: AWS::Include, Parameters: {Location: ../shared/mappings.yaml}}\n" ONE(
             "!FindInMap [M, eu-west-1, Size]"),
         NULL, IS("3")},
        {"Transform: [{Name: AWS::Include, Parameters: {Location: ../shared/mappings.yaml}}, "
         "AWS::LanguageExtensions]\n" ONE("!Length [!FindInMap [M, eu-west-1, Size]]"),
         NULL, IS("1")},
        /* mistakes name the file that they are in */
        {"Resources: {Q: {" INCLUDE("queue.yaml") "}}", NULL,
         "resource 'Q': 'Nam' is neither a parameter nor a resource (app/queue.yaml:3:9)"},
        {ONE("{" INCLUDE("list.yaml") "}"), NULL,
         "an included file must hold a mapping, not a list (app/list.yaml:1:1)"},
        {ONE("{" INCLUDE("broken.yaml") "}"), NULL,
         "AWS::Include: invalid YAML: did not find expected node content while parsing a flow node from line "
         "2 "
         "(app/broken.yaml:2:1)"},
        {ONE("{" INCLUDE("twice.yaml") "}"), NULL,
         "an included file cannot include or call a macro: CloudFormation does not transform what it "
         "includes "
         "(app/twice.yaml:1:16)"},
        {ONE("{A: 1, " INCLUDE("tags.json") "}"), NULL,
         "'A' is included where it is given already, at line 1 (app/tags.json:1:2)"},
        {ONE("{" INCLUDE("none.yaml") "}"), NULL,
         "AWS::Include: there is no 'none.yaml' in the repository, seen from 'app/template.yaml'" HERE(
             "1:116")},
        {ONE("{" INCLUDE("../../x") "}"), NULL,
         "AWS::Include: '../../x' leads out of the repository" HERE("1:116")},
        {ONE("{" INCLUDE("s3://bucket/tags.json") "}"), NULL,
         "AWS::Include 's3://bucket/tags.json': includes are read from the repository only: commit the file "
         "and "
         "name its path from 'app/template.yaml'" HERE("1:116")},
        {ONE("{" INCLUDE("!Ref T") "}"), NULL,
         "AWS::Include: an include's location cannot refer to the resource 'T'" HERE("1:116")},
        {ONE("{Fn::Transform: {Name: AWS::Include, Parameters: {Locaton: a}}}"), NULL,
         "AWS::Include needs 'Name' and 'Parameters' with a 'Location', and nothing else" HERE("1:72")},
        {ONE("{Fn::Transform: {Name: Mine, Parameters: {}}}"), NULL,
         "macro 'Mine' cannot be run here: write out what it would insert" HERE("1:72")},
        {"Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}\n" ONE("1"), NULL,
         "AWS::Include 's3://a/b': includes are read from the repository only: commit the file and name its "
         "path "
         "from 'app/template.yaml'" HERE("1:56")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_out_loops),
        cmocka_unit_test(refuses_loops),
        cmocka_unit_test(extends_functions),
        cmocka_unit_test(includes_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
