#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/providers/fake_aws.h" /* assert_text */
#include "tests/reconciler/releases/stage.h"

/*
 * How the weight of an alias moves in time, for every deployment type, beside what AWS's documentation says
 * of it: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */

enum driver { PLUMB, CODEDEPLOY, DRIVERS };
static const char *const drivers[DRIVERS] = {"plumb", "codedeploy"};

struct type_case {
    const char *preference; /* of the template's DeploymentPreference */
    const char *file;       /* in the application file, besides the driver */
    const char *documented;
    const char *shifts;
};

#define CANARY(minutes)                                                                                      \
    "Shifts 10 percent of traffic in the first increment. The remaining 90 percent is deployed " minutes     \
    " minutes later."

#define LINEAR(every) "Shifts 10 percent of traffic every " every " until all traffic is shifted."

static const struct type_case sam_types[] = {
    {"Type: Canary10Percent5Minutes", "", CANARY("five"), "10 at 0, 100 at 5"},
    {"Type: Canary10Percent10Minutes", "", CANARY("10"), "10 at 0, 100 at 10"},
    {"Type: Canary10Percent15Minutes", "", CANARY("15"), "10 at 0, 100 at 15"},
    {"Type: Canary10Percent30Minutes", "", CANARY("30"), "10 at 0, 100 at 30"},
    {"Type: Linear10PercentEvery1Minute", "", LINEAR("minute"),
     "10 at 0, 20 at 1, 30 at 2, 40 at 3, 50 at 4, 60 at 5, 70 at 6, 80 at 7, 90 at 8, 100 at 9"},
    {"Type: Linear10PercentEvery2Minutes", "", LINEAR("two minutes"),
     "10 at 0, 20 at 2, 30 at 4, 40 at 6, 50 at 8, 60 at 10, 70 at 12, 80 at 14, 90 at 16, 100 at 18"},
    {"Type: Linear10PercentEvery3Minutes", "", LINEAR("three minutes"),
     "10 at 0, 20 at 3, 30 at 6, 40 at 9, 50 at 12, 60 at 15, 70 at 18, 80 at 21, 90 at 24, 100 at 27"},
    {"Type: Linear10PercentEvery10Minutes", "", LINEAR("10 minutes"),
     "10 at 0, 20 at 10, 30 at 20, 40 at 30, 50 at 40, 60 at 50, 70 at 60, 80 at 70, 90 at 80, 100 at 90"},
    {"Type: AllAtOnce", "", "Shifts all traffic to the updated Lambda functions at once.", "100 at 0"},
};

/* https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations-create.html: "The number
 * of minutes between the first and second traffic shifts of a TimeBasedCanary deployment", "The number of
 * minutes between each incremental traffic shift of a TimeBasedLinear deployment". */
static const struct type_case other_types[] = {
    {"Type: !Ref Quarter", "", "TimeBasedCanary, CanaryPercentage 25, CanaryInterval 7", "25 at 0, 100 at 7"},
    {"Type: !Ref Thirds", "", "TimeBasedLinear, LinearPercentage 30, LinearInterval 2",
     "30 at 0, 60 at 2, 90 at 4, 100 at 6"},
    {"Type: AllAtOnce", "  type: Linear10PercentEvery1Minute\n", LINEAR("minute"),
     "10 at 0, 20 at 1, 30 at 2, 40 at 3, 50 at 4, 60 at 5, 70 at 6, 80 at 7, 90 at 8, 100 at 9"},
    {"Type: AllAtOnce", "  type: CodeDeployDefault.LambdaCanary10Percent5Minutes\n", CANARY("five"),
     "10 at 0, 100 at 5"},
    {"Type: AllAtOnce", "  steps: [{weight: 20, for: 3m}]\n", "as a TimeBasedCanary", "20 at 0, 100 at 3"},
    {"Type: AllAtOnce", "  steps: [{weight: 25, for: 2m}, {weight: 50, for: 2m}, {weight: 75, for: 2m}]\n",
     "as a TimeBasedLinear", "25 at 0, 50 at 2, 75 at 4, 100 at 6"},
    {"Enabled: false, Type: Canary10Percent5Minutes", "", "nothing is gradual", "100 at 0"},
    {"Enabled: false, Type: AllAtOnce", "  steps: [{weight: 50, for: 1m}]\n", "the file's steps",
     "50 at 0, 100 at 1"},
};

/* What only plumb can. */
static const struct type_case steps[] = {
    {"Type: AllAtOnce", "  steps: [{weight: 1, for: 2m}, {weight: 10, for: 5m}, {weight: 50, for: 90s}]\n",
     "docs/deployment.md: any steps", "1 at 0, 10 at 2, 50 at 7, 100 at 8m30s"},
    {"Type: AllAtOnce", "  minimumInvocations: 0\n  steps: [{weight: 5, for: 30s}, {weight: 6, for: 30s}]\n",
     "docs/deployment.md: 0: time alone is enough", "5 at 0, 6 at 0m30s, 100 at 1"},
};

static const char template[] =
    "Transform: AWS::Serverless-2016-10-31\n"
    "Globals: {Function: {Runtime: python3.12, Handler: shop.handle, CodeUri: src/}}\n"
    "Resources:\n"
    "  Shop:\n"
    "    Type: AWS::Serverless::Function\n"
    "    Properties:\n"
    "      FunctionName: Shop\n"
    "      AutoPublishAlias: live\n"
    "      DeploymentPreference: %s\n"
    "  ShopErrors:\n"
    "    Type: AWS::CloudWatch::Alarm\n"
    "    Properties:\n"
    "      AlarmName: ShopErrors\n"
    "      Namespace: AWS/Lambda\n"
    "      MetricName: Errors\n"
    "      Dimensions: [{Name: FunctionName, Value: !Ref Shop}, {Name: Resource, Value: !Sub "
    "'${Shop}:live'}]\n"
    "      Statistic: Sum\n"
    "      Period: 60\n"
    "      EvaluationPeriods: 1\n"
    "      Threshold: 1\n"
    "      ComparisonOperator: GreaterThanOrEqualToThreshold\n"
    "      TreatMissingData: notBreaching\n"
    "  Before:\n"
    "    Type: AWS::Serverless::Function\n"
    "    Properties:\n"
    "      FunctionName: CodeDeployHook_Before\n"
    "      Environment: {Variables: &hook {SIMULATOR_ANSWER: '{\"status\": \"Succeeded\"}', SIMULATOR_HOOK: "
    "'{\"after\": 2000}'}}\n"
    "  After:\n"
    "    Type: AWS::Serverless::Function\n"
    "    Properties:\n"
    "      FunctionName: CodeDeployHook_After\n"
    "      Environment: {Variables: *hook}\n"
    "  Quarter:\n"
    "    Type: AWS::CodeDeploy::DeploymentConfig\n"
    "    Properties: {DeploymentConfigName: Quarter, ComputePlatform: Lambda, TrafficRoutingConfig: {Type: "
    "TimeBasedCanary, TimeBasedCanary: {CanaryPercentage: 25, CanaryInterval: 7}}}\n"
    "  Thirds:\n"
    "    Type: AWS::CodeDeploy::DeploymentConfig\n"
    "    Properties: {DeploymentConfigName: Thirds, ComputePlatform: Lambda, TrafficRoutingConfig: {Type: "
    "TimeBasedLinear, TimeBasedLinear: {LinearPercentage: 30, LinearInterval: 2}}}\n";

static const char guards[] =
    ", Alarms: [!Ref ShopErrors], Hooks: {PreTraffic: !Ref Before, PostTraffic: !Ref After}";

static void write_application(struct stage *stage, const struct type_case *test, const char *driver,
                              bool guarded)
{
    struct arena *arena = stage->arena;
    struct str preference = arena_printf(arena, "{%s%s}", test->preference, guarded ? guards : "");
    stage_write(stage, "template.yaml", arena_printf(arena, template, preference.ptr).ptr);
    stage_write(stage, "environments/prod/environment.yaml",
                "stage: Prod\naccount: \"333333333333\"\nregion: us-west-2\n");
    stage_write(stage, "environments/prod/shop.yaml",
                arena_printf(arena,
                             driver ? "template: template.yaml\ndeployment:\n  driver: %s\n%s"
                                    : "template: template.yaml\n",
                             driver, test->file)
                    .ptr);
}

/* Release 1, then a change of the code under traffic: how release 2 went. */
static struct rollout release_twice(struct stage *stage)
{
    stage_write(stage, "src/shop.py", "def handle(event, context): return 1\n");
    stage_commit(stage, "First");
    assert_int_equal(stage_release(stage).phase, ROLLOUT_NONE);
    stage_settled(stage);
    stage_traffic(stage, "Shop", 1200);
    stage_pass_time(stage, 5 * 60 * 1000);
    stage_write(stage, "src/shop.py", "def handle(event, context): return 2\n");
    stage_commit(stage, "Second");
    stage_watch(stage, "Shop");
    stage_watch_begin(stage);
    stage_log_begin(stage);
    struct rollout outcome = stage_release(stage);
    stage->logs_calls = false;
    stage_pass_time(stage, 2 * 1000);
    stage_watch_end(stage);
    return outcome;
}

/* Each hook ran once. */
static bool hooks_ran(struct stage *stage, const struct rollout *outcome)
{
    if (!outcome->codedeploy)
        return stage_calls_with(stage, "/functions/CodeDeployHook_Before/invocations") == 1 &&
               stage_calls_with(stage, "/functions/CodeDeployHook_After/invocations") == 1;
    return stage_hooks_succeeded(stage, outcome) == 2;
}

static void moves_as_documented(const struct type_case *test, enum driver driver, bool guarded)
{
    struct stage *stage = stage_new("prod", "shop", "333333333333", "us-west-2");
    write_application(stage, test, drivers[driver], guarded);
    struct rollout outcome = release_twice(stage);
    struct str shifts = stage_shifts(stage, "Shop", "1");
    bool disabled = str_starts(str_from(test->preference), "Enabled: false");
    if (outcome.phase != ROLLOUT_SUCCEEDED || outcome.codedeploy != (driver == CODEDEPLOY) ||
        !str_is(shifts, test->shifts))
        fail_msg("%s, %s, %s: %s, %.*s\n  is:  %.*s\n  not: %s\n  AWS: %s", test->preference, drivers[driver],
                 guarded ? "guarded" : "bare", rollout_phase_name(outcome.phase), STR_ARG(outcome.reason),
                 STR_ARG(shifts), test->shifts, test->documented);
    if (guarded && !disabled && !hooks_ran(stage, &outcome))
        fail_msg("%s, %s: the hooks did not run once each", test->preference, drivers[driver]);
    assert_int_equal(outcome.settings.alarm_count, guarded && !disabled);
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

/* Each type with hooks and alarms under one driver, without them under the other. */
static void all_move_as_documented(enum driver driver)
{
    for (size_t i = 0; i < ARRAY_LENGTH(sam_types); i++)
        moves_as_documented(&sam_types[i], driver, (i + driver) % 2);
    for (size_t i = 0; i < ARRAY_LENGTH(other_types); i++)
        moves_as_documented(&other_types[i], driver, (i + driver) % 2);
}

static void plumb_moves_as_documented(void **state)
{
    (void)state;
    all_move_as_documented(PLUMB);
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++)
        moves_as_documented(&steps[i], PLUMB, i % 2);
}

static void codedeploy_moves_as_documented(void **state)
{
    (void)state;
    all_move_as_documented(CODEDEPLOY);
}

/* Where the application file says nothing. */
static void the_template_alone_means_codedeploy(void **state)
{
    (void)state;
    struct stage *stage = stage_new("prod", "shop", "333333333333", "us-west-2");
    write_application(stage, &sam_types[0], NULL, true);
    struct rollout outcome = release_twice(stage);
    assert_int_equal(outcome.phase, ROLLOUT_SUCCEEDED);
    assert_true(outcome.codedeploy && hooks_ran(stage, &outcome));
    assert_text(stage_shifts(stage, "Shop", "1"), sam_types[0].shifts);
    stage_free(stage);
}

static void disabled_in_the_template_means_no_rollout(void **state)
{
    static const struct type_case disabled = {.preference = "Enabled: false, Type: Canary10Percent5Minutes"};
    (void)state;
    struct stage *stage = stage_new("prod", "shop", "333333333333", "us-west-2");
    write_application(stage, &disabled, NULL, true);
    assert_int_equal(release_twice(stage).phase, ROLLOUT_NONE);
    assert_text(stage_shifts(stage, "Shop", "1"), "100 at 0");
    stage_settled(stage);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_template_alone_means_codedeploy),
        cmocka_unit_test(disabled_in_the_template_means_no_rollout),
        cmocka_unit_test(plumb_moves_as_documented),
        cmocka_unit_test(codedeploy_moves_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
