#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "template_cases.h"

#define PARAMETERS                                                                                           \
    "Parameters: {S: {Type: String, Default: a}, L: {Type: CommaDelimitedList, Default: 'a,b'}, "            \
    "V: {Type: 'AWS::EC2::VPC::Id', Default: vpc-1}, W: {Type: 'List<AWS::EC2::VPC::Id>', Default: "         \
    "'vpc-2'}, "                                                                                             \
    "N: {Type: String, Default: n, NoEcho: true}, "                                                          \
    "B: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /version}}\n"
#define RULE(rule)                                                                                           \
    PARAMETERS "Conditions: {Holds: !Equals [1, 1]}\nRules: {R: " rule "}\nResources: {T: {Type: X}}"
#define ASSERT(expression) RULE("{Assertions: [{Assert: " expression "}]}")
#define HOLDS "T {};"
#define FAILS "rule 'R': its assertion fails"

static void asserts(void **state)
{
    static const struct template_case cases[] = {
        {ASSERT("!Contains [[a, b], !Ref S]"), NULL, HOLDS},
        {ASSERT("!Contains [[b, c], !Ref S]"), NULL, FAILS " (parameter 'S' is 'a')" HERE("3:26")},
        {ASSERT("!Contains [!Ref L, b]"), NULL, HOLDS},
        {ASSERT("!Contains [!Ref L, b]"), "L: 'a,c'",
         FAILS " (parameter 'L' is '[\"a\",\"c\"]')" HERE("3:26")},
        {ASSERT("!EachMemberEquals [[a, a], !Ref S]"), NULL, HOLDS},
        {ASSERT("!EachMemberEquals [!Ref L, a]"), NULL,
         FAILS " (parameter 'L' is '[\"a\",\"b\"]')" HERE("3:26")},
        {ASSERT("!EachMemberIn [!Ref L, [a, b, c]]"), NULL, HOLDS},
        {ASSERT("!EachMemberIn [[a, d], !Ref L]"), NULL,
         FAILS " (parameter 'L' is '[\"a\",\"b\"]')" HERE("3:26")},
        {ASSERT("!EachMemberEquals [!RefAll 'AWS::EC2::VPC::Id', vpc-1]"), NULL, FAILS HERE("3:26")},
        {ASSERT("!EachMemberIn [!RefAll 'AWS::EC2::VPC::Id', [vpc-1, vpc-2]]"), NULL, HOLDS},
        {ASSERT("!And [!Equals [!Ref S, a], !Not [!Equals [1, 2]], !Condition Holds]"), NULL, HOLDS},
        {ASSERT("!Or [!Equals [!Ref S, x], !Equals [1, 2]]"), NULL,
         FAILS " (parameter 'S' is 'a')" HERE("3:26")},
        {ASSERT("!If [Holds, !Equals [1, 1], !Equals [1, 2]]"), NULL, HOLDS},
        {ASSERT("!Equals [!Ref N, x]"), NULL, FAILS " (parameter 'N' is '****')" HERE("3:26")},
        {ASSERT("!Equals [!Ref AWS::Region, eu-west-1]"), NULL, HOLDS},
        /* what only the account can tell decides nothing, unless the rest does */
        {ASSERT("!Not [!Contains [['1', '2'], !Ref B]]"), NULL, HOLDS},
        {ASSERT("!Contains [['1', '2'], !Ref B]"), NULL, HOLDS},
        {ASSERT("!EachMemberEquals [!ValueOf [W, Tags.Department], IT]"), NULL, HOLDS},
        {ASSERT("!EachMemberIn [!ValueOfAll ['AWS::EC2::VPC::Id', Tags.X], !RefAll 'AWS::EC2::VPC::Id']"),
         NULL, HOLDS},
        {ASSERT("!And [!Equals [!Ref B, x], !Equals [1, 2]]"), NULL,
         FAILS " (parameter 'B' is '/version')" HERE("3:26")},
        /* conditions and descriptions */
        {RULE("{RuleCondition: !Equals [!Ref S, b], Assertions: [{Assert: !Equals [1, 2]}]}"), NULL, HOLDS},
        {RULE("{RuleCondition: !Equals [!Ref S, a], Assertions: [{Assert: !Equals [1, 1]}, {Assert: !Equals "
              "[!Ref S, "
              "2], AssertDescription: S must be 2}]}"),
         NULL, "rule 'R': S must be 2 (parameter 'S' is 'a')" HERE("3:88")},
        {RULE("{RuleCondition: !Equals [!Ref B, a], Assertions: [{Assert: !Equals [1, 2]}]}"), NULL, HOLDS},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

static void refuses(void **state)
{
    static const struct template_case cases[] = {
        {RULE("[]"), NULL, "rule 'R': a rule must be a mapping, not a list" HERE("3:12")},
        {RULE("{Assertion: []}"), NULL,
         "rule 'R': a rule has the unknown key 'Assertion', did you mean 'Assertions'?" HERE("3:13")},
        {RULE("{Assertions: []}"), NULL, "rule 'R': a rule needs a list of 'Assertions'" HERE("3:12")},
        {RULE("{Assertions: [{Asert: 1}]}"), NULL,
         "rule 'R': an assertion has the unknown key 'Asert', did you mean 'Assert'?" HERE("3:27")},
        {RULE("{Assertions: [{AssertDescription: d}]}"), NULL,
         "rule 'R': an assertion needs 'Assert', and 'AssertDescription' must be a text" HERE("3:26")},
        {ASSERT("!Contains [a, b]"), NULL,
         "rule 'R': 'Fn::Contains' needs a list of texts and a text" HERE("3:35")},
        {ASSERT("!Contains [a]"), NULL,
         "rule 'R': 'Fn::Contains' needs a list of texts and a text" HERE("3:35")},
        {ASSERT("!EachMemberIn [[a], b]"), NULL,
         "rule 'R': 'Fn::EachMemberIn' needs two lists of texts" HERE("3:35")},
        {ASSERT("!And [!Equals [1, 1]]"), NULL,
         "rule 'R': 'Fn::And' needs a list of 2 to 10 conditions" HERE("3:35")},
        {ASSERT("!Equals [!Ref T, 1]"), NULL,
         "rule 'R': a rule cannot refer to the resource 'T'" HERE("3:44")},
        {ASSERT("!Equals [!Ref Q, 1]"), NULL,
         "rule 'R': 'Q' is neither a parameter nor a resource, did you mean 'T'?" HERE("3:44")},
        {ASSERT("!Condition No"), NULL, "rule 'R': there is no condition 'No'" HERE("3:35")},
        {ASSERT("!Join ['', [a]]"), NULL,
         "rule 'R': a rule must be one of Fn::And, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, "
         "Fn::Equals, "
         "Fn::If, Fn::Not, Fn::Or and Condition" HERE("3:35")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asserts),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
