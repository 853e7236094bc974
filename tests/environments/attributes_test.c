#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "template_cases.h"

#define RESOURCE(type, attributes) "Resources: {T: {Type: " type ", " attributes "}}"
#define ALIAS(policy) RESOURCE("AWS::Lambda::Alias", "UpdatePolicy: " policy)
#define INSTANCE(policy) RESOURCE("AWS::EC2::Instance", "CreationPolicy: " policy)
#define EXTENDED "Transform: AWS::LanguageExtensions\n"

static void checks_resource_attributes(void **state)
{
    static const struct template_case cases[] = {
        {RESOURCE("X", "DeletionPolicy: Retain, UpdateReplacePolicy: Delete"), NULL, "T {} kept;"},
        {RESOURCE("AWS::EC2::Volume", "UpdateReplacePolicy: Snapshot"), NULL, "T {} shot;"},
        {RESOURCE("AWS::SNS::Topic", "DeletionPolicy: Snapshot"), NULL,
         "'DeletionPolicy' of 'T' cannot be Snapshot: AWS takes none of the type 'AWS::SNS::Topic'" HERE(
             "1:56")},
        {RESOURCE("X", "UpdateReplacePolicy: RetainExceptOnCreate"), NULL,
         "'UpdateReplacePolicy' of 'T' must be Delete, Retain or Snapshot" HERE("1:47")},
        {RESOURCE("X", "DeletionPolicy: Keep"), NULL,
         "'DeletionPolicy' of 'T' must be Delete, Retain, RetainExceptOnCreate or Snapshot" HERE("1:42")},
        /* functions, with the transform */
        {EXTENDED
         "Parameters: {P: {Type: String, Default: Retain}}\nConditions: {C: !Equals [!Ref P, Retain]}\n"
         "Resources: {A: {Type: X, DeletionPolicy: !Ref P}, B: {Type: X, DeletionPolicy: !If [C, Retain, "
         "Delete]}, D: {Type: X, DeletionPolicy: !If [C, !Ref AWS::NoValue, Retain]}}",
         NULL, "A {} kept; B {} kept; D {};"},
        {EXTENDED RESOURCE("X", "DeletionPolicy: !Ref T"), NULL,
         "resource 'T': DeletionPolicy cannot refer to the resource 'T'" HERE("2:42")},
        {EXTENDED RESOURCE("X", "DeletionPolicy: !Sub Keep"), NULL,
         "'DeletionPolicy' of 'T' must be Delete, Retain, RetainExceptOnCreate or Snapshot" HERE("2:42")},
        /* policies of updates and creations */
        {ALIAS("{CodeDeployLambdaAliasUpdate: {ApplicationName: a, DeploymentGroupName: b}}"), NULL, "T {};"},
        {ALIAS("{CodeDeployLambdaAliasUpdat: {}}"), NULL,
         "resource 'T': 'UpdatePolicy' has the unknown key 'CodeDeployLambdaAliasUpdat', did you mean "
         "'CodeDeployLambdaAliasUpdate'?" HERE("1:58")},
        {ALIAS("{CodeDeployLambdaAliasUpdate: {Application: a}}"), NULL,
         "resource 'T': 'CodeDeployLambdaAliasUpdate' has the unknown key 'Application': it may have "
         "AfterAllowTrafficHook ApplicationName BeforeAllowTrafficHook DeploymentGroupName" HERE("1:88")},
        {ALIAS("{CodeDeployLambdaAliasUpdate: 1}"), NULL,
         "resource 'T': 'CodeDeployLambdaAliasUpdate' must be a mapping" HERE("1:87")},
        {RESOURCE("AWS::SNS::Topic", "UpdatePolicy: {AutoScalingRollingUpdate: {}}"), NULL,
         "resource 'T': the type 'AWS::SNS::Topic' has no 'UpdatePolicy'" HERE("1:54")},
        {RESOURCE("AWS::AutoScaling::AutoScalingGroup",
                  "CreationPolicy: {AutoScalingCreationPolicy: {MinSuccessfulInstancesPercent: 50}}, "
                  "UpdatePolicy: "
                  "{AutoScalingScheduledAction: {IgnoreUnmodifiedGroupSizeProperties: true}}"),
         NULL, "T {};"},
        {INSTANCE("{ResourceSignal: {Timeout: PT5M}}"), NULL,
         "resource 'T': 'ResourceSignal' waits for a signal to a CloudFormation stack, which does not exist "
         "here: "
         "remove it, or set its Count to 0" HERE("1:76")},
        {INSTANCE("{ResourceSignal: {Count: 0}}"), NULL, "T {};"},
        {INSTANCE("{Signal: {Count: 0}}"), NULL,
         "resource 'T': 'CreationPolicy' has the unknown key 'Signal'" HERE("1:60")},
        {RESOURCE("AWS::AppStream::Fleet", "CreationPolicy: {StartFleet: true}"), NULL,
         "resource 'T': 'StartFleet' is not supported: start the fleet when it is made" HERE("1:75")},
        {RESOURCE("Custom::X", "Version: '1.0'"), NULL, "T {};"},
        {RESOURCE("AWS::SNS::Topic", "Version: '1.0'"), NULL,
         "resource 'T' has the unknown key 'Version'" HERE("1:40")},
        {RESOURCE("X", "Properties: {P: }"), NULL,
         "null is no value in a template: leave the key out, or write {Ref: AWS::NoValue}" HERE("1:42")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

#define OUTPUT(output) "Resources: {T: {Type: X}}\nOutputs: {O: " output "}"

static void checks_outputs(void **state)
{
    static const struct template_case cases[] = {
        {OUTPUT("{Value: 1, Description: d, Export: {Name: 'a:b-C1'}}"), NULL,
         "T {}; {\"O\":{\"Value\":1,\"Description\":\"d\",\"Export\":{\"Name\":\"a:b-C1\"}}}"},
        {OUTPUT("{Value: !GetAtt T.List}"), NULL,
         "T {}; {\"O\":{\"Value\":{\"Fn::GetAtt\":[\"T\",\"List\"]}}}"},
        {OUTPUT("{Valu: 1}"), NULL, "output 'O' has no 'Value'" HERE("2:11")},
        {OUTPUT("{Value: 1, Exports: {Name: a}}"), NULL,
         "output 'O' has the unknown key 'Exports', did you mean 'Export'?" HERE("2:25")},
        {OUTPUT("{Value: 1, Description: !Sub d}"), NULL,
         "'Description' of output 'O' must be a text of at most 1024 bytes" HERE("2:38")},
        {OUTPUT("{Value: [a]}"), NULL, "'Value' of output 'O' must be a text, not a list" HERE("2:22")},
        {OUTPUT("{Value: !Ref AWS::NoValue}"), NULL,
         "'Value' of output 'O' must be a text, not AWS::NoValue" HERE("2:22")},
        {OUTPUT("{Value: 1, Export: a}"), NULL,
         "'Export' of output 'O' must be a mapping of 'Name'" HERE("2:33")},
        {OUTPUT("{Value: 1, Export: {Name: a_b}}"), NULL,
         "output 'O': the name of an export must be 1 to 255 letters, digits, colons and hyphens" HERE(
             "2:40")},
        {OUTPUT("{Value: 1, Export: {Name: !Ref T}}"), NULL,
         "output 'O': the name of an export cannot refer to the resource 'T'" HERE("2:40")},
        {OUTPUT("{Value: 1, Export: {Name: !Sub '${AWS::StackName}-x'}}, P: {Value: 2, Export: {Name: "
                "prod-orders-x}}"),
         NULL, "outputs 'O' and 'P' have the same name as exports" HERE("2:99")},
        {OUTPUT("{Value: 1}, a-b: {Value: 1}"), NULL,
         "output 'a-b' must be 1 to 255 letters and digits" HERE("2:26")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

#define MAPPING(mapping) "Mappings: {M: " mapping "}\n" ONE("1")

static void checks_sections(void **state)
{
    static const struct template_case cases[] = {
        {MAPPING("{a: {b: [1, c, true]}}"), NULL, IS("1")},
        {MAPPING("{}"), NULL, "mapping 'M' must have 1 to 200 keys" HERE("1:12")},
        {MAPPING("{a: b}"), NULL, "'a' of mapping 'M' must be a mapping of 1 to 200 keys" HERE("1:16")},
        {MAPPING("{a: {b: {c: d}}}"), NULL,
         "mapping 'M': a mapping gives a text or a list of texts, not a mapping" HERE("1:23")},
        {MAPPING("{a: {b: !Ref T}}"), NULL,
         "mapping 'M': a mapping gives a text or a list of texts, not a mapping: it cannot use "
         "functions" HERE("1:23")},
        {MAPPING("{a: {b: [[c]]}}"), NULL,
         "mapping 'M': a list in a mapping must hold texts, not a list" HERE("1:24")},
        {"AWSTemplateFormatVersion: 2010-09-09\n" ONE("1"), NULL, IS("1")},
        {"AWSTemplateFormatVersion: 2010-09-10\n" ONE("1"), NULL,
         "'AWSTemplateFormatVersion' must be '2010-09-09'" HERE("1:27")},
        {"Parameters:\n" ONE("1"), NULL, IS("1")},
        {"Parameters: {a_b: {Type: String, Default: a}}\n" ONE("1"), NULL,
         "parameter 'a_b' must be 1 to 255 letters and digits" HERE("1:14")},
        {"Hooks: {}\n" ONE("1"), NULL,
         "section 'Hooks': blue/green deployments by CloudFormation are not supported" HERE("1:1")},
    };
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

/* "SECTION: {A0: ENTRY, A1: ENTRY, ...}" of one entry more than the limit. */
static void limits_counts(void **state)
{
    static const struct {
        const char *section, *entry;
        int limit;
    } sections[] = {
        {"Resources", "{Type: X}", 500},
        {"Parameters", "{Type: String, Default: a}", 200},
        {"Outputs", "{Value: 1}", 200},
        {"Mappings", "{a: {b: c}}", 200},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
        for (int over = 0; over < 2; over++) {
            struct arena *arena = arena_new();
            struct desired desired;
            struct error error = ERROR_INIT;
            struct buf template = BUF_INIT(BUF_LARGE);
            if (i > 0)
                buf_addz(&template, "Resources: {T: {Type: X}}\n");
            buf_printf(&template, "%s:\n", sections[i].section);
            for (int k = 0; k < sections[i].limit + over; k++)
                buf_printf(&template, "  A%d: %s\n", k, sections[i].entry);
            bool built = build_template(arena, template.ptr, NULL, &desired, &error);
            assert_int_equal(built, !over);
            if (over)
                assert_string_equal(
                    error.message,
                    arena_printf(arena,
                                 "section '%s' has %d entries, and CloudFormation's limit is %d" HERE("%d:1"),
                                 sections[i].section, sections[i].limit + 1, sections[i].limit, i > 0 ? 2 : 1)
                        .ptr);
            buf_release(&template);
            arena_free(arena);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_resource_attributes),
        cmocka_unit_test(checks_outputs),
        cmocka_unit_test(checks_sections),
        cmocka_unit_test(limits_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
