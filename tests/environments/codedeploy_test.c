#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/yaml_reader.h"
#include "environments/deployment.h"
#include "environments/desired.h"
#include "memory_files.h"

struct case_ {
    const char *template, *child; /* app/template.yaml; app/child.yaml or NULL */
    const char *deployment;       /* YAML */
    /* Every resource of CodeDeploy and every role: "id properties (condition) <- dependencies;", every alias:
     * "id policy <- dependencies;"; or the error. */
    const char *wanted;
    const char *region; /* eu-west-1 where left out */
};

static void tell_resource(struct arena *arena, const struct desired_resource *one, struct buf *out)
{
    bool alias = str_is(one->type, "AWS::Lambda::Alias"), role = str_is(one->type, "AWS::IAM::Role");
    const struct value *condition = value_get(one->node, "Condition");
    if (!alias && !role && !str_starts(one->type, "AWS::CodeDeploy::") &&
        !str_is(one->type, "AWS::IAM::Policy"))
        return;
    const struct value *shown = alias ? one->update_policy : one->properties;
    buf_printf(out, "%.*s %.*s", STR_ARG(one->logical_id),
               STR_ARG(shown ? json_text(arena, shown, JSON_COMPACT) : STR("-")));
    if (condition)
        buf_printf(out, " (%.*s)", STR_ARG(value_text(condition)));
    for (size_t k = 0; k < one->depends_count; k++)
        buf_printf(out, "%s%.*s", k ? "," : " <- ", STR_ARG(one->depends_on[k]));
    buf_addz(out, "; ");
}

static bool build(struct arena *arena, const struct case_ *one, struct desired *desired, struct error *error)
{
    struct memory_file entries[] = {{"app/template.yaml", one->template, false},
                                    {"app/src/index.py", "pass\n", false},
                                    {"app/child.yaml", one->child, false}};
    struct memory_files all = {.entries = entries, .count = one->child ? 3 : 2};
    struct files files = memory_files(&all);
    struct value *node;
    struct deployment deployment;
    if (!yaml_read(arena, STR("prod/orders.yaml"), str_from(one->deployment), &node, error) ||
        !deployment_read(arena, value_get(node, "deployment"), &deployment, error))
        return false;
    const struct template_options options = {.files = &files,
                                             .path = STR("app/template.yaml"),
                                             .region = one->region ? str_from(one->region) : STR("eu-west-1"),
                                             .account = STR("123456789012"),
                                             .stack_name = STR("prod-orders"),
                                             .deployment = &deployment};
    return desired_build(arena, &options, desired, error);
}

static struct str tell(struct arena *arena, const struct case_ *one)
{
    struct desired desired;
    struct error error = ERROR_INIT;
    if (!build(arena, one, &desired, &error))
        return arena_str(arena, str_from(error.message));
    struct buf out = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < desired.count; i++)
        tell_resource(arena, &desired.resources[i], &out);
    struct str text = arena_str(arena, str_trim(buf_str(&out)));
    buf_release(&out);
    return text;
}

static void check(const struct case_ *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = tell(arena, &cases[i]);
        bool same = str_is(found, cases[i].wanted);
        wrong += !same;
        if (!same)
            print_error("case %zu\n found  %.*s\n wanted %s\n", i, STR_ARG(found), cases[i].wanted);
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

#define D(rest) "deployment: {" rest "}\n"
#define R "Resources:\n"
#define ALIAS(id) "  " id ": {Type: AWS::Lambda::Alias, Properties: {Name: live}}\n"
#define CONDITIONAL(id, condition)                                                                           \
    "  " id ": {Type: AWS::Lambda::Alias, Condition: " condition ", Properties: {Name: live}}\n"
#define CONDITIONS "Conditions: {C: !Equals [a, a], N: !Equals [a, b]}\n"
#define OTHERS                                                                                               \
    "  Pre: {Type: AWS::Lambda::Function}\n"                                                                 \
    "  Errors: {Type: AWS::CloudWatch::Alarm}\n"                                                             \
    "  Slow: {Type: AWS::CloudWatch::CompositeAlarm}\n"                                                      \
    "  Own: {Type: AWS::CodeDeploy::DeploymentConfig}\n"

/* What is made, as the test tells it; P: the prefix of a nested stack, I: "" or the condition. */
#define APPLICATION(P, I) P "PlumbDeploymentApplication {\"ComputePlatform\":\"Lambda\"}" I "; "
#define ROLE(P, I, partition, policy)                                                                        \
    P "PlumbDeploymentRole {\"AssumeRolePolicyDocument\":{\"Version\":\"2012-10-17\",\"Statement\":[{"       \
      "\"Action\":[\"sts:AssumeRole\"],\"Effect\":\"Allow\",\"Principal\":{\"Service\":["                    \
      "\"codedeploy.amazonaws.com\"]}}]},\"ManagedPolicyArns\":[\"arn:" partition                            \
      ":iam::aws:policy/service-role/" policy "}" I "; "
#define SHARED(P, I) APPLICATION(P, I) ROLE(P, I, "aws", "AWSCodeDeployRoleForLambda\"]")
/* What the role must be let invoke, for the names of the hooks say nothing to AWS's policy. */
#define INVOKING(P, needs, arns)                                                                             \
    " " P                                                                                                    \
    "PlumbDeploymentHooks {\"PolicyName\":\"InvokeHooks\",\"PolicyDocument\":{\"Version\":\"2012-10-17\","   \
    "\"Statement\":[{\"Action\":[\"lambda:InvokeFunction\"],\"Effect\":\"Allow\",\"Resource\":[" arns        \
    "]}]},\"Roles\":[{\"Ref\":\"" P "PlumbDeploymentRole\"}]} <- " needs ";"
#define ARN(name) "\"arn:aws:lambda:eu-west-1:123456789012:function:" name "\""
#define GROUP(P, alias, I, alarms, config, needs)                                                            \
    P "PlumbDeploymentGroup" alias " {" alarms "\"ApplicationName\":{\"Ref\":\"" P                           \
      "PlumbDeploymentApplication\"},\"AutoRollbackConfiguration\":{\"Enabled\":true,\"Events\":["           \
      "\"DEPLOYMENT_FAILURE\",\"DEPLOYMENT_STOP_ON_ALARM\",\"DEPLOYMENT_STOP_ON_REQUEST\"]},"                \
      "\"DeploymentConfigName\":" config ",\"DeploymentStyle\":{\"DeploymentType\":\"BLUE_GREEN\","          \
      "\"DeploymentOption\":\"WITH_TRAFFIC_CONTROL\"},\"ServiceRoleArn\":{\"Fn::GetAtt\":[\"" P              \
      "PlumbDeploymentRole\",\"Arn\"]}}" I " <- " needs "; "
#define POLICY(P, alias, I, hooks, needs)                                                                    \
    P alias " {\"CodeDeployLambdaAliasUpdate\":{\"ApplicationName\":{\"Ref\":\"" P                           \
            "PlumbDeploymentApplication\"},\"DeploymentGroupName\":{\"Ref\":\"" P                            \
            "PlumbDeploymentGroup" alias "\"}" hooks "}}" I " <- " P "PlumbDeploymentApplication," P         \
            "PlumbDeploymentGroup" alias needs ";"
#define BOTH "PlumbDeploymentApplication,PlumbDeploymentRole"
/* One alias A whose group has this configuration. */
#define ONLY(config) SHARED("", "") GROUP("", "A", "", "", config, BOTH) POLICY("", "A", "", "", "")
#define CUSTOM(id, kind, percent, minutes)                                                                   \
    APPLICATION("", "")                                                                                      \
    id " {\"ComputePlatform\":\"Lambda\",\"TrafficRoutingConfig\":{\"Type\":\"TimeBased" kind                \
       "\",\"TimeBased" kind "\":{\"" kind "Percentage\":" percent ",\"" kind "Interval\":" minutes          \
       "}}}; " ROLE("", "", "aws", "AWSCodeDeployRoleForLambda\"]")                                          \
           GROUP("", "A", "", "", "{\"Ref\":\"" id "\"}",                                                    \
                 "PlumbDeploymentApplication," id ",PlumbDeploymentRole") POLICY("", "A", "", "", "")
#define AT_ONCE "\"CodeDeployDefault.LambdaAllAtOnce\""
#define ALARMS(list) "\"AlarmConfiguration\":{\"Enabled\":true,\"Alarms\":[" list "]},"

static void makes_what_codedeploy_needs(void **state)
{
    static const struct case_ cases[] = {
        /* Nothing is asked of CodeDeploy. */
        {R ALIAS("A"), NULL, "x: 1\n", "A -;", NULL},
        {R ALIAS("A"), NULL, D("driver: plumb"), "A -;", NULL},
        {R ALIAS("A"), NULL, D("type: AllAtOnce"), "A -;", NULL},
        {R "  Q: {Type: AWS::SQS::Queue}\n", NULL, D("driver: codedeploy"), "", NULL},
        /* One application and role for all, a group for each alias. */
        {R ALIAS("A") ALIAS("B"), NULL, D("driver: codedeploy"),
         ONLY(AT_ONCE) " " GROUP("", "B", "", "", AT_ONCE, BOTH) POLICY("", "B", "", "", ""), NULL},
        /* Logical ids become references, names stay names. */
        {R OTHERS ALIAS("A"), NULL,
         D("driver: codedeploy, type: Linear10PercentEvery3Minutes, alarms: [Errors, Slow, other-alarm], "
           "hooks: {beforeAllowTraffic: Pre, afterAllowTraffic: check-orders}"),
         "Own {}; " SHARED("", "") GROUP(
             "", "A", "",
             ALARMS(
                 "{\"Name\":{\"Ref\":\"Errors\"}},{\"Name\":{\"Ref\":\"Slow\"}},{\"Name\":\"other-alarm\"}"),
             "\"CodeDeployDefault.LambdaLinear10PercentEvery3Minutes\"", "Errors," BOTH ",Slow")
             POLICY(
                 "", "A", "",
                 ",\"BeforeAllowTrafficHook\":{\"Ref\":\"Pre\"},\"AfterAllowTrafficHook\":\"check-orders\"",
                 "") INVOKING("", "PlumbDeploymentRole,Pre",
                              "{\"Fn::GetAtt\":[\"Pre\",\"Arn\"]}," ARN("check-orders")),
         NULL},
        /* A hook may refer to the alias that it judges: no circle. */
        {R ALIAS("A") "  Post: {Type: AWS::Lambda::Function, Properties: {Description: !Ref A}}\n", NULL,
         D("driver: codedeploy, hooks: {afterAllowTraffic: Post}"),
         SHARED("", "") GROUP("", "A", "", "", AT_ONCE, BOTH)
             POLICY("", "A", "", ",\"AfterAllowTrafficHook\":{\"Ref\":\"Post\"}", "")
                 INVOKING("", "PlumbDeploymentRole,Post", "{\"Fn::GetAtt\":[\"Post\",\"Arn\"]}"),
         NULL},
        /* Configurations: of AWS in both spellings, of the template, of the account. */
        {R ALIAS("A"), NULL, D("driver: codedeploy, type: Canary10Percent5Minutes"),
         ONLY("\"CodeDeployDefault.LambdaCanary10Percent5Minutes\""), NULL},
        {R ALIAS("A"), NULL, D("driver: codedeploy, type: CodeDeployDefault.LambdaCanary10Percent5Minutes"),
         ONLY("\"CodeDeployDefault.LambdaCanary10Percent5Minutes\""), NULL},
        {R ALIAS("A"), NULL, D("driver: codedeploy, type: slowly"), ONLY("\"slowly\""), NULL},
        {R OTHERS ALIAS("A"), NULL, D("driver: codedeploy, type: Own"),
         "Own {}; " SHARED("", "") GROUP("", "A", "", "", "{\"Ref\":\"Own\"}", "Own," BOTH)
             POLICY("", "A", "", "", ""),
         NULL},
        /* Steps that AWS has a configuration for, and others. */
        {R ALIAS("A"), NULL, D("driver: codedeploy, steps: [{weight: 10, for: 15m}]"),
         ONLY("\"CodeDeployDefault.LambdaCanary10Percent15Minutes\""), NULL},
        {R ALIAS("A"), NULL, D("driver: codedeploy, steps: [{weight: 25, for: 7m}]"),
         CUSTOM("PlumbDeploymentConfigCanary25Percent7Minutes", "Canary", "25", "7"), NULL},
        {R ALIAS("A"), NULL, D("driver: codedeploy, steps: [{weight: 40, for: 1m}, {weight: 80, for: 1m}]"),
         CUSTOM("PlumbDeploymentConfigLinear40PercentEvery1Minute", "Linear", "40", "1"), NULL},
        /* Other partitions. */
        {R ALIAS("A"), NULL, D("driver: codedeploy"),
         APPLICATION("", "") ROLE("", "", "aws-cn", "AWSCodeDeployRoleForLambda\"]")
             GROUP("", "A", "", "", AT_ONCE, BOTH) POLICY("", "A", "", "", ""),
         "cn-north-1"},
        {R ALIAS("A"), NULL, D("driver: codedeploy"),
         APPLICATION("", "") ROLE("", "", "aws-iso", "AWSCodeDeployRoleForLambdaLimited\"]")
             GROUP("", "A", "", "", AT_ONCE, BOTH) POLICY("", "A", "", "", ""),
         "us-iso-east-1"},
        /* A condition that all aliases have is that of what they share. */
        {CONDITIONS R CONDITIONAL("A", "C"), NULL, D("driver: codedeploy"),
         SHARED("", " (C)") GROUP("", "A", " (C)", "", AT_ONCE, BOTH) POLICY("", "A", " (C)", "", ""), NULL},
        {CONDITIONS R CONDITIONAL("A", "N"), NULL, D("driver: codedeploy"), "", NULL},
        {CONDITIONS R CONDITIONAL("A", "C") CONDITIONAL("B", "N"), NULL, D("driver: codedeploy"),
         SHARED("", "") GROUP("", "A", " (C)", "", AT_ONCE, BOTH) POLICY("", "A", " (C)", "", ""), NULL},
        {CONDITIONS R CONDITIONAL("B", "N") ALIAS("A"), NULL, D("driver: codedeploy"), ONLY(AT_ONCE), NULL},
        /* Nested stacks have their own; a logical id is also known as it is called in the application. */
        {R "  In: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}\n",
         R OTHERS ALIAS("A"), D("driver: codedeploy, alarms: [InErrors], hooks: {beforeAllowTraffic: Pre}"),
         "InOwn {}; " SHARED("In", "")
             GROUP("In", "A", "", ALARMS("{\"Name\":{\"Ref\":\"InErrors\"}}"), AT_ONCE,
                   "InErrors,InPlumbDeploymentApplication,InPlumbDeploymentRole")
                 POLICY("In", "A", "", ",\"BeforeAllowTrafficHook\":{\"Ref\":\"InPre\"}", "")
                     INVOKING("In", "InPlumbDeploymentRole,InPre", "{\"Fn::GetAtt\":[\"InPre\",\"Arn\"]}"),
         NULL},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define HOOKS "hooks: {beforeAllowTraffic: Pre, afterAllowTraffic: CodeDeployHook_After, report: codedeploy}"
/* A hook of the template with this name, and one that refers to the alias. */
#define NAMED(name)                                                                                          \
    "  Pre: {Type: AWS::Lambda::Function, Properties: {FunctionName: " name ", Description: !Ref A}}\n"
#define FOR_HOOKS SHARED("", "") GROUP("", "A", "", "", AT_ONCE, BOTH) POLICY("", "A", "", "", "")

static void makes_what_hooks_report_to(void **state)
{
    static const struct case_ cases[] = {
        /* No hook, no group; plumb, whether it is named or not, moves by its own steps and alarms. */
        {R ALIAS("A"), NULL, D("hooks: {report: codedeploy}"), "A -;", NULL},
        {R ALIAS("A"), NULL, D("hooks: {beforeAllowTraffic: CodeDeployHook_a, report: answer}"), "A -;",
         NULL},
        {R ALIAS("A") NAMED("CodeDeployHook_Pre"), NULL, D(HOOKS), FOR_HOOKS, NULL},
        {R ALIAS("A") NAMED("!Sub 'CodeDeployHook_Pre${AWS::Region}'"), NULL, D("driver: plumb, " HOOKS),
         FOR_HOOKS, NULL},
        {R ALIAS("A") NAMED("pre"), NULL,
         D("steps: [{weight: 1, for: 1s}, {weight: 7, hold: approval}], alarms: [a], " HOOKS),
         FOR_HOOKS INVOKING("", "PlumbDeploymentRole,Pre", "{\"Fn::GetAtt\":[\"Pre\",\"Arn\"]}"), NULL},
        {R ALIAS("A") NAMED("!Sub '${AWS::Region}-pre'"), NULL, D("type: Canary10Percent5Minutes, " HOOKS),
         FOR_HOOKS INVOKING("", "PlumbDeploymentRole,Pre", "{\"Fn::GetAtt\":[\"Pre\",\"Arn\"]}"), NULL},
        {R ALIAS("A"), NULL,
         D("hooks: {beforeAllowTraffic: 'arn:aws:lambda:us-east-1:1:function:x', report: codedeploy}"),
         FOR_HOOKS INVOKING("", "PlumbDeploymentRole", "\"arn:aws:lambda:us-east-1:1:function:x\""), NULL},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void tells_its_own_groups(void **state)
{
    static const struct {
        const char *group, *alias;
        bool added;
    } cases[] = {
        {"{Ref: PlumbDeploymentGroupA}", "A", true},  {"{Ref: InPlumbDeploymentGroupA}", "InA", true},
        {"{Ref: PlumbDeploymentGroupB}", "A", false}, {"{Ref: InPlumbDeploymentGroupA}", "A", false},
        {"{Ref: ADeploymentGroup}", "A", false},      {"PlumbDeploymentGroupA", "A", false},
        {"{Ref: PlumbDeploymentGroup}", "", true},    {"{Ref: Plumb}", "A", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct value *policy;
        struct str text =
            arena_printf(arena, "{CodeDeployLambdaAliasUpdate: {DeploymentGroupName: %s}}", cases[i].group);
        assert_true(yaml_read(arena, STR("p"), text, &policy, &error));
        assert_int_equal(deployment_group_is_added(policy, str_from(cases[i].alias)), cases[i].added);
        arena_free(arena);
    }
}

/* What SAM makes of a preference. */
#define SAM                                                                                                  \
    "Transform: AWS::Serverless-2016-10-31\n" R "  F:\n"                                                     \
    "    Type: AWS::Serverless::Function\n"                                                                  \
    "    Properties:\n"                                                                                      \
    "      {Runtime: python3.12, Handler: index.handler, CodeUri: src/, AutoPublishAlias: live, Role: r,\n"  \
    "       DeploymentPreference: {Type: Canary10Percent10Minutes, Role: s, Alarms: [old],\n"                \
    "                              Hooks: {PreTraffic: before}}}\n"
#define MADE(alarms, config, config_needs, hooks)                                                            \
    "ServerlessDeploymentApplication {\"ComputePlatform\":\"Lambda\"}; "                                     \
    "FDeploymentGroup {" alarms "\"ApplicationName\":{\"Ref\":\"ServerlessDeploymentApplication\"},"         \
    "\"AutoRollbackConfiguration\":{\"Enabled\":true,\"Events\":[\"DEPLOYMENT_FAILURE\","                    \
    "\"DEPLOYMENT_STOP_ON_ALARM\",\"DEPLOYMENT_STOP_ON_REQUEST\"]},\"DeploymentConfigName\":" config         \
    ",\"DeploymentStyle\":{\"DeploymentType\":\"BLUE_GREEN\",\"DeploymentOption\":"                          \
    "\"WITH_TRAFFIC_CONTROL\"},\"ServiceRoleArn\":\"s\"" config_needs                                        \
    "ServerlessDeploymentApplication; FAliaslive {\"CodeDeployLambdaAliasUpdate\":{\"ApplicationName\":{"    \
    "\"Ref\":\"ServerlessDeploymentApplication\"},\"DeploymentGroupName\":{\"Ref\":\"FDeploymentGroup\"}"    \
    "," hooks "}} <- F,FDeploymentGroup,FVersionf658174e3d,ServerlessDeploymentApplication;"
#define OLD_ALARMS ALARMS("{\"Name\":\"old\"}")
#define OLD_TYPE "\"CodeDeployDefault.LambdaCanary10Percent10Minutes\""
#define OLD_HOOKS "\"BeforeAllowTrafficHook\":\"before\""
#define NO_NEEDS "} <- "

static void puts_the_file_before_the_template(void **state)
{
    static const struct case_ cases[] = {
        /* The template's own, where the file says nothing, or plumb moves the traffic. */
        {SAM, NULL, "x: 1\n", MADE(OLD_ALARMS, OLD_TYPE, NO_NEEDS, OLD_HOOKS), NULL},
        {SAM, NULL, D("minimumInvocations: 5"), MADE(OLD_ALARMS, OLD_TYPE, NO_NEEDS, OLD_HOOKS), NULL},
        {SAM, NULL, D("driver: codedeploy"), MADE(OLD_ALARMS, OLD_TYPE, NO_NEEDS, OLD_HOOKS), NULL},
        {SAM, NULL, D("driver: plumb, type: AllAtOnce, alarms: [new], hooks: {beforeAllowTraffic: x}"),
         MADE(OLD_ALARMS, OLD_TYPE, NO_NEEDS, OLD_HOOKS), NULL},
        {SAM, NULL, D("driver: plumb, hooks: {beforeAllowTraffic: x, report: codedeploy}"),
         MADE(OLD_ALARMS, OLD_TYPE, NO_NEEDS, OLD_HOOKS), NULL},
        {SAM, NULL, D("steps: [{weight: 1, hold: approval}], alarms: [new]"),
         MADE(OLD_ALARMS, OLD_TYPE, NO_NEEDS, OLD_HOOKS), NULL},
        /* Each member on its own. */
        {SAM, NULL, D("type: AllAtOnce"), MADE(OLD_ALARMS, AT_ONCE, NO_NEEDS, OLD_HOOKS), NULL},
        {SAM, NULL, D("alarms: [new]"), MADE(ALARMS("{\"Name\":\"new\"}"), OLD_TYPE, NO_NEEDS, OLD_HOOKS),
         NULL},
        {SAM, NULL, D("alarms: []"), MADE("", OLD_TYPE, NO_NEEDS, OLD_HOOKS), NULL},
        {SAM, NULL, D("hooks: {beforeAllowTraffic: other, afterAllowTraffic: F}"),
         MADE(OLD_ALARMS, OLD_TYPE, NO_NEEDS,
              "\"BeforeAllowTrafficHook\":\"other\",\"AfterAllowTrafficHook\":{\"Ref\":\"F\"}"),
         NULL},
        {SAM, NULL, D("driver: codedeploy, steps: [{weight: 25, for: 7m}]"),
         "PlumbDeploymentConfigCanary25Percent7Minutes "
         "{\"ComputePlatform\":\"Lambda\",\"TrafficRoutingConfig\":{\"Type\":\"TimeBasedCanary\","
         "\"TimeBasedCanary\":{\"CanaryPercentage\":25,\"CanaryInterval\":7}}}; " MADE(
             OLD_ALARMS, "{\"Ref\":\"PlumbDeploymentConfigCanary25Percent7Minutes\"}",
             "} <- PlumbDeploymentConfigCanary25Percent7Minutes,", OLD_HOOKS),
         NULL},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define AT(position) " (prod/orders.yaml:" position ")"
#define HERE(position) " (app/template.yaml:" position ")"
#define ELSEWHERE                                                                                            \
    R "  A: {Type: AWS::Lambda::Alias, UpdatePolicy: {CodeDeployLambdaAliasUpdate:\n"                        \
      "      {ApplicationName: a, DeploymentGroupName: g}}}\n"
#define NOT_HERE                                                                                             \
    "the deployment group of the alias 'A' is not in its template, and cannot be told this from here: "      \
    "leave "                                                                                                 \
    "it out, or write 'driver: plumb'"
#define TAKEN(id) "'" id "' is the name of what plumb makes for CodeDeploy: rename it"

static void refuses_what_cannot_be(void **state)
{
    static const struct case_ cases[] = {
        {R ALIAS("A") "  PlumbDeploymentApplication: {Type: X}\n", NULL, D("driver: codedeploy"),
         TAKEN("PlumbDeploymentApplication") HERE("3:3"), NULL},
        {R ALIAS("A") "  PlumbDeploymentRole: {Type: X}\n", NULL, D("driver: codedeploy"),
         TAKEN("PlumbDeploymentRole") HERE("3:3"), NULL},
        {R ALIAS("A") "  PlumbDeploymentGroupA: {Type: X}\n", NULL, D("driver: codedeploy"),
         TAKEN("PlumbDeploymentGroupA") HERE("3:3"), NULL},
        {R ALIAS("A") "  PlumbDeploymentConfigCanary9Percent1Minute: {Type: X}\n", NULL,
         D("driver: codedeploy, steps: [{weight: 9, for: 1m}]"),
         TAKEN("PlumbDeploymentConfigCanary9Percent1Minute") HERE("3:3"), NULL},
        {"Parameters: {PlumbDeploymentRole: {Type: String, Default: x}}\n" R ALIAS("A"), NULL,
         D("driver: codedeploy"), TAKEN("PlumbDeploymentRole") HERE("1:14"), NULL},
        /* Where nothing is made the names are free. */
        {R ALIAS("A") "  PlumbDeploymentRole: {Type: X}\n", NULL, D("driver: plumb"), "A -;", NULL},
        {R OTHERS ALIAS("A"), NULL, D("driver: codedeploy, alarms: [Pre]"),
         "'Pre' is a resource of type AWS::Lambda::Function, not of type AWS::CloudWatch::Alarm" AT("1:43"),
         NULL},
        {R OTHERS ALIAS("A"), NULL, D("driver: codedeploy, hooks: {afterAllowTraffic: Slow}"),
         "'Slow' is a resource of type AWS::CloudWatch::CompositeAlarm, not of type "
         "AWS::Lambda::Function" AT("1:61"),
         NULL},
        {R OTHERS ALIAS("A"), NULL, D("driver: codedeploy, type: Pre"),
         "'Pre' is a resource of type AWS::Lambda::Function, not of type "
         "AWS::CodeDeploy::DeploymentConfig" AT("1:40"),
         NULL},
        /* A group that is not in the template can be used, but not changed. */
        {ELSEWHERE, NULL, D("driver: codedeploy, hooks: {beforeAllowTraffic: h}"),
         "A {\"CodeDeployLambdaAliasUpdate\":{\"ApplicationName\":\"a\",\"DeploymentGroupName\":\"g\","
         "\"BeforeAllowTrafficHook\":\"h\"}};",
         NULL},
        {ELSEWHERE, NULL, D("type: AllAtOnce"), NOT_HERE AT("1:20"), NULL},
        {ELSEWHERE, NULL, D("alarms: [x]"), NOT_HERE AT("1:22"), NULL},
        {ELSEWHERE, NULL, D("driver: plumb, alarms: [x]"),
         "A {\"CodeDeployLambdaAliasUpdate\":{\"ApplicationName\":\"a\",\"DeploymentGroupName\":\"g\"}};",
         NULL},
        /* The template chose CodeDeploy, and the file asks for more than that can do. */
        {SAM, NULL, D("alarms: [A, B, C, D, E, F, G, H, I, J, K]"),
         "CodeDeploy watches at most 10 alarms: name fewer, or write 'driver: plumb'" AT("1:53"), NULL},
        {SAM, NULL, D("hooks: {timeout: 5m}"),
         "CodeDeploy always waits an hour for a hook: leave 'timeout' out, or write 'driver: plumb'" AT(
             "1:31"),
         NULL},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

/* The transform stays AWS's own. */
static void leaves_the_transform_alone(void **state)
{
    struct memory_file entries[] = {{"app/template.yaml", R ALIAS("A"), false}};
    struct memory_files all = {.entries = entries, .count = 1};
    struct files files = memory_files(&all);
    struct arena *arena = arena_new();
    struct error error = ERROR_INIT;
    struct value *node, *template;
    struct deployment deployment;
    (void)state;
    assert_true(yaml_read(arena, STR("o.yaml"), STR("driver: codedeploy"), &node, &error));
    assert_true(deployment_read(arena, node, &deployment, &error));
    const struct template_options options = {.files = &files,
                                             .path = STR("app/template.yaml"),
                                             .region = STR("eu-west-1"),
                                             .deployment = &deployment};
    assert_true(template_transform(arena, &options, &template, &error));
    assert_string_equal(
        arena_strz(arena, json_text(arena, template, JSON_COMPACT)),
        "{\"Resources\":{\"A\":{\"Type\":\"AWS::Lambda::Alias\",\"Properties\":{\"Name\":\"live\"}}}}");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_what_codedeploy_needs), cmocka_unit_test(makes_what_hooks_report_to),
        cmocka_unit_test(tells_its_own_groups),        cmocka_unit_test(puts_the_file_before_the_template),
        cmocka_unit_test(refuses_what_cannot_be),      cmocka_unit_test(leaves_the_transform_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
