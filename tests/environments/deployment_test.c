#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "environments/environment.h"
#include "memory_files.h"

#define TEMPLATE "template: apps/orders/template.yaml\n"

/* `deployment:` of prod/orders.yaml, whose node begins in line 2. */
static bool read_application(struct arena *arena, const char *deployment, struct deployment *out,
                             struct error *error)
{
    struct str text = arena_printf(arena, TEMPLATE "%s", deployment);
    struct memory_file entries[] = {
        {"apps/orders/template.yaml", "Resources: {}", false},
        {"environments/prod/environment.yaml", "account: \"333333333333\"\nregion: us-east-1\n", false},
        {"environments/prod/orders.yaml", arena_strz(arena, text), false}};
    struct memory_files all = {.entries = entries, .count = ARRAY_LENGTH(entries)};
    struct files files = memory_files(&all);
    struct environment environment;
    give_case("application", entries[2].content);
    if (!environment_load(&files, arena, STR("prod"), &environment, error))
        return false;
    *out = environment.applications[0].deployment;
    return true;
}

static void tell_steps(struct buf *out, const struct deployment_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct deployment_step *step = &steps[i];
        buf_printf(out, "%s%lld%%/%llds%s", i ? " " : "", (long long)step->weight,
                   (long long)(step->for_ms / 1000), step->approval ? "/hold" : "");
        for (size_t k = 0; k < step->check_count; k++)
            buf_printf(out, "/%.*s", STR_ARG(step->checks[k]));
    }
}

/* Driver, type, steps; alarms; hooks and timeout; minimum, hold limit, fix forward, versions. */
static void tell_plain(struct buf *out, const struct deployment *one)
{
    static const char *const drivers[] = {"template", "plumb", "codedeploy"};
    buf_printf(out, "%s %.*s [", drivers[one->driver], STR_ARG(one->type));
    tell_steps(out, one->steps, one->step_count);
    buf_addz(out, "] alarms");
    for (size_t i = 0; i < one->alarm_count; i++)
        buf_printf(out, " %.*s", STR_ARG(one->alarms[i]));
    buf_printf(out, "; hooks %.*s,%.*s %s%llds; %lld %llds %d %lld", STR_ARG(one->before_allow_traffic),
               STR_ARG(one->after_allow_traffic), one->hooks_by_codedeploy ? "codedeploy " : "",
               (long long)(one->hook_timeout_ms / 1000), (long long)one->minimum_invocations,
               (long long)(one->hold_limit_ms / 1000), one->fix_forward, (long long)one->keep_versions);
}

enum part { PLAIN, COMPARE, CHECKS, SYNTHETIC, NOTIFY };

static struct str tell(struct arena *arena, const char *text, enum part part)
{
    struct deployment one;
    struct error error = ERROR_INIT;
    struct buf out = BUF_INIT(BUF_SMALL);
    if (!read_application(arena, text, &one, &error))
        return arena_str(arena, str_from(error.message));
    if (part == PLAIN)
        tell_plain(&out, &one);
    else
        json_write(&out,
                   part == COMPARE     ? one.compare
                   : part == CHECKS    ? one.checks
                   : part == SYNTHETIC ? one.synthetic
                                       : one.notify,
                   JSON_COMPACT);
    struct str told = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return told;
}

struct case_ {
    const char *text;
    enum part part;
    const char *wanted;
};

static void check(const struct case_ *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = tell(arena, cases[i].text, cases[i].part);
        bool same = str_is(found, cases[i].wanted);
        wrong += !same;
        if (!same)
            print_error("case %zu\n found  %.*s\n wanted %s\n", i, STR_ARG(found), cases[i].wanted);
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

#define D "deployment:\n  "

/* The example of docs/deployment.md. */
static const char whole[] =
    D "driver: plumb\n"
      "  steps:\n"
      "    - {weight: 1, for: 2m}\n"
      "    - {weight: 10, for: 5m, check: [Amounts]}\n"
      "    - {weight: 50, hold: approval}\n"
      "  alarms: [OrderErrors]\n"
      "  hooks: {beforeAllowTraffic: OrderPreTraffic, afterAllowTraffic: OrderPostTraffic, timeout: 10m}\n"
      "  minimumInvocations: 50\n"
      "  compare: {errors: true, throttles: false, duration: p99.9, risk: 0.5%}\n"
      "  checks:\n"
      "    - {name: Amounts, namespace: Shop, metric: OrderFailures, statistic: Sum,\n"
      "       dimensions: {Version: \"${Version}\", Part: 2}, max: 3}\n"
      "    - {name: Rate, expression: \"100 * a / b\", period: 5m, min: 0.5}\n"
      "  synthetic:\n"
      "    - {name: List, function: OrderService, payload: {path: /orders}, perMinute: 6,\n"
      "       expect: {status: 200, body: {a: [1]}, latency: 1s500ms}}\n"
      "    - {name: Health, url: \"https://${OrderApi}.execute-api.eu-west-1.amazonaws.com/Prod/orders\"}\n"
      "    - {name: Add, url: \"https://orders.example.com\", method: POST, headers: {X-Try: 1}, body: hi}\n"
      "  holdLimit: 2h\n"
      "  fixForward: true\n"
      "  keepVersions: 10\n"
      "  notify:\n"
      "    - {sns: OrderAlerts}\n"
      "    - {eventBus: default, on: [rollback]}\n"
      "    - {slack: \"{{resolve:ssm:/plumb/slack}}\"}\n"
      "    - {webhook: \"https://deploys.example.com/hook\",\n"
      "       secret: \"{{resolve:secretsmanager:plumb:SecretString:hook}}\", on: [start, success]}\n";

#define ALL_KINDS "[\"start\",\"step\",\"hold\",\"success\",\"rollback\"]"

static void reads_what_is_written(void **state)
{
    static const struct case_ cases[] = {
        {"", PLAIN, "template  [] alarms; hooks , 3600s; 10 3600s 0 -1"},
        {"", COMPARE, "{\"errors\":true,\"throttles\":true,\"duration\":\"\",\"risk\":\"1\"}"},
        {"", CHECKS, "[]"},
        {"", SYNTHETIC, "[]"},
        {"", NOTIFY, "[]"},
        {D "type: Canary10Percent5Minutes\n", PLAIN,
         "template Canary10Percent5Minutes [] alarms; hooks , 3600s; 10 3600s 0 -1"},
        {D "{minimumInvocations: 0, keepVersions: all, steps: [{weight: 100}], compare: {duration: off}}\n",
         PLAIN, "template  [100%/0s] alarms; hooks , 3600s; 0 3600s 0 -1"},
        {whole, PLAIN,
         "plumb  [1%/120s 10%/300s/Amounts 50%/0s/hold] alarms OrderErrors; hooks "
         "OrderPreTraffic,OrderPostTraffic 600s; 50 7200s 1 10"},
        {whole, COMPARE, "{\"errors\":true,\"throttles\":false,\"duration\":\"p99.9\",\"risk\":\"0.5\"}"},
        {whole, CHECKS,
         "[{\"name\":\"Amounts\",\"namespace\":\"Shop\",\"metric\":\"OrderFailures\",\"statistic\":\"Sum\","
         "\"dimensions\":{\"Version\":\"${Version}\",\"Part\":\"2\"},\"max\":3,\"period\":60},"
         "{\"name\":\"Rate\",\"expression\":\"100 * a / b\",\"period\":300,\"min\":0.5}]"},
        {whole, SYNTHETIC,
         "[{\"name\":\"List\",\"function\":\"OrderService\",\"payload\":{\"path\":\"/orders\"},\"expect\":{"
         "\"status\":200,\"body\":{\"a\":[1]},\"latency\":1500},\"perMinute\":6},"
         "{\"name\":\"Health\",\"url\":\"https://${OrderApi}.execute-api.eu-west-1.amazonaws.com/Prod/"
         "orders\","
         "\"method\":\"GET\",\"headers\":{},\"expect\":{},\"perMinute\":60},"
         "{\"name\":\"Add\",\"url\":\"https://orders.example.com\",\"method\":\"POST\",\"headers\":{\"X-"
         "Try\":\"1\"},\"body\":\"hi\",\"expect\":{},\"perMinute\":60}]"},
        {whole, NOTIFY,
         "[{\"sns\":\"OrderAlerts\",\"on\":" ALL_KINDS "},{\"eventBus\":\"default\",\"on\":[\"rollback\"]},"
         "{\"slack\":\"{{resolve:ssm:/plumb/slack}}\",\"on\":" ALL_KINDS "},"
         "{\"webhook\":\"https://deploys.example.com/hook\","
         "\"secret\":\"{{resolve:secretsmanager:plumb:SecretString:hook}}\","
         "\"on\":[\"start\",\"success\"]}]"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define A(position) " (environments/prod/orders.yaml:" position ")"
#define CHECK(rest) D "checks: [{name: C, " rest "}]\n"
#define METRIC(rest) CHECK("namespace: N, metric: M, max: 1, " rest)
#define SYNTH(rest) D "synthetic: [{name: S, " rest "}]\n"
#define TELL(rest) D "notify: [" rest "]\n"
#define STATISTIC(name)                                                                                      \
    "statistic '" name "' must be one of CloudWatch's: Sum, Average, Minimum, Maximum, SampleCount, a "      \
    "percentile as p90 or p99.9, IQM, a trimmed one as tm90, or a range as PR(:300)" A("3:66")

static void refuses_a_wrong_way_to_move_traffic(void **state)
{
    static const struct case_ cases[] = {
        {D "driver: codedeply\n", PLAIN, "driver 'codedeply' must be 'plumb' or 'codedeploy'" A("3:11")},
        {D "alarm: [A]\n", PLAIN, "unknown key 'alarm' in 'deployment', did you mean 'alarms'?" A("3:3")},
        {D "type: AllAtOnce\n  steps: [{weight: 1}]\n", PLAIN,
         "'deployment' may have 'type' or 'steps', not both: each says how traffic moves" A("3:9")},
        {D "type: ''\n", PLAIN, "'type' must be a text of 1 to 255 characters" A("3:9")},
        {D "steps: []\n", PLAIN,
         "'steps' has no step: write 'type: AllAtOnce' to move everything at once" A("3:10")},
        {D "steps: [5]\n", PLAIN, "a step must be a mapping" A("3:11")},
        {D "steps: [{for: 5m}]\n", PLAIN, "a step needs 'weight'" A("3:11")},
        {D "steps: [{weight: 0}]\n", PLAIN, "'weight' must be a number from 1 to 100" A("3:20")},
        {D "steps: [{weight: 101}]\n", PLAIN, "'weight' must be a number from 1 to 100" A("3:20")},
        {D "steps: [{weight: 2.5}]\n", PLAIN, "'weight' must be a number from 1 to 100" A("3:20")},
        {D "steps: [{weight: 10%}]\n", PLAIN, "'weight' must be a number from 1 to 100" A("3:20")},
        {D "steps: [{weight: 10}, {weight: 10}]\n", PLAIN,
         "weight 10 must be more than 10, that of the step before it" A("3:34")},
        {D "steps: [{weight: 10, wait: 5m}]\n", PLAIN, "unknown key 'wait' in a step" A("3:24")},
        {D "steps: [{weight: 10, for: 5}]\n", PLAIN,
         "'5' is no duration: write it as in '10m' or '1h30m'" A("3:29")},
        {D "steps: [{weight: 10, hold: aproval}]\n", PLAIN, "hold 'aproval' must be 'approval'" A("3:30")},
        {D "steps: [{weight: 10, check: []}]\n", PLAIN,
         "'check' must name a check: where it is left out, all of them decide" A("3:31")},
        {D "steps: [{weight: 10, check: [Amount]}]\n  checks: [{name: Amounts, expression: a, max: 1}]\n",
         PLAIN, "there is no check 'Amount' in 'checks', did you mean 'Amounts'?" A("3:32")},
        {D "steps: [{weight: 10, check: [A]}]\n", PLAIN, "there is no check 'A' in 'checks'" A("3:32")},
        {D "alarms: [A, B, A]\n", PLAIN, "alarm 'A' is named twice" A("3:18")},
        {D "alarms: [1]\n", PLAIN, "'alarms' must be a list of names" A("3:12")},
        {D "hooks: {timeout: 61m}\n", PLAIN, "'timeout' must be from 1s to 1h" A("3:20")},
        {D "hooks: {timeout: 0s}\n", PLAIN, "'timeout' must be from 1s to 1h" A("3:20")},
        {D "hooks: {report: answer}\n", PLAIN, "template  [] alarms; hooks , 3600s; 10 3600s 0 -1"},
        {D "hooks: {beforeAllowTraffic: A, report: codedeploy}\n", PLAIN,
         "template  [] alarms; hooks A, codedeploy 3600s; 10 3600s 0 -1"},
        {D "hooks: {report: codedeply}\n", PLAIN,
         "report 'codedeply' must be 'answer' or 'codedeploy'" A("3:19")},
        {D "hooks: {before: A}\n", PLAIN,
         "unknown key 'before' in 'hooks', did you mean 'report'?" A("3:11")},
        {D "hooks: {beforeAllowTraffic: ''}\n", PLAIN,
         "'beforeAllowTraffic' must be a text of 1 to 255 characters" A("3:31")},
        {D "minimumInvocations: -1\n", PLAIN,
         "'minimumInvocations' must be a number from 0 to 1000000000" A("3:23")},
        {D "holdLimit: 59s\n", PLAIN, "'holdLimit' must be at least 1m" A("3:14")},
        {D "fixForward: yes\n", PLAIN, "'fixForward' must be true or false" A("3:15")},
        {D "keepVersions: 0\n", PLAIN, "'keepVersions' must be a number from 1 to 10000, or 'all'" A("3:17")},
        {D "keepVersions: none\n", PLAIN,
         "'keepVersions' must be a number from 1 to 10000, or 'all'" A("3:17")},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void refuses_wrong_evidence(void **state)
{
    static const struct case_ cases[] = {
        {D "compare: {error: true}\n", PLAIN,
         "unknown key 'error' in 'compare', did you mean 'errors'?" A("3:13")},
        {D "compare: {duration: 90}\n", PLAIN,
         "duration '90' must be a percentile, as 'p90', or 'off'" A("3:23")},
        {D "compare: {duration: p100}\n", PLAIN,
         "duration 'p100' must be a percentile, as 'p90', or 'off'" A("3:23")},
        {D "compare: {risk: 1}\n", PLAIN,
         "risk '1' must be more than 0% and at most 50%, as 1% is, with at most 6 digits behind the "
         "point" A("3:19")},
        {D "compare: {risk: 0.0%}\n", PLAIN,
         "risk '0.0%' must be more than 0% and at most 50%, as 1% is, with at most 6 digits behind the "
         "point" A("3:19")},
        {D "compare: {risk: 50.1%}\n", PLAIN,
         "risk '50.1%' must be more than 0% and at most 50%, as 1% is, with at most 6 digits behind the "
         "point" A("3:19")},
        {METRIC("statistic: Sums"), PLAIN, STATISTIC("Sums")},
        {METRIC("statistic: p100"), PLAIN, STATISTIC("p100")},
        {METRIC("statistic: p"), PLAIN, STATISTIC("p")},
        {METRIC("statistic: PR(10)"), PLAIN, STATISTIC("PR(10)")},
        {METRIC("statistic: PR(1%:2%)"), PLAIN, STATISTIC("PR(1%:2%)")},
        {METRIC("statistic: PR(:)"), PLAIN, STATISTIC("PR(:)")},
        {METRIC("statistic: Sum, period: 90s"), PLAIN,
         "period '90s' must be whole minutes, at most a day, or 1s, 5s, 10s, 20s or 30s" A("3:79")},
        {METRIC("statistic: Sum, period: 500ms"), PLAIN,
         "period '500ms' must be whole minutes, at most a day, or 1s, 5s, 10s, 20s or 30s" A("3:79")},
        {METRIC("statistic: Sum, period: 25h"), PLAIN,
         "period '25h' must be whole minutes, at most a day, or 1s, 5s, 10s, 20s or 30s" A("3:79")},
        {METRIC("statistic: Sum, dimensions: {A: []}"), PLAIN,
         "'A' in 'dimensions' must be a text" A("3:84")},
        {METRIC("statistic: Sum, dimensions: {A: ''}"), PLAIN,
         "dimension 'A' must not start with ':', nor be empty or longer than 255 and 1024 "
         "characters" A("3:84")},
        {CHECK("metric: M, max: 1, statistic: Sum, namespace: ':x'"), PLAIN,
         "namespace ':x' must be a text that does not start with ':'" A("3:68")},
        {CHECK("metric: M, max: 1, statistic: Sum, namespace: 5"), PLAIN,
         "namespace '5' must be a text that does not start with ':'" A("3:68")},
        {METRIC("statistic: Sum, min: x"), PLAIN, "'min' must be a number" A("3:76")},
        {METRIC("statistic: Sum, min: 0.1234567890123456789012345678901"), PLAIN,
         "'min' must be a number of at most 32 signs" A("3:76")},
        {CHECK("namespace: N, metric: M, max: 1"), PLAIN, "'metric' needs 'statistic' beside it" A("3:44")},
        {CHECK("max: 1"), PLAIN, "a check needs one of 'expression' and 'metric'" A("3:12")},
        {CHECK("expression: a"), PLAIN, "check 'C' needs 'max' or 'min', or both" A("3:12")},
        {CHECK("expression: a, metric: b, max: 1"), PLAIN,
         "a check may have 'expression' or 'metric', not both" A("3:45")},
        {CHECK("expresion: a, max: 1"), PLAIN,
         "unknown key 'expresion' in a check, did you mean 'expression'?" A("3:22")},
        {D "checks: [{name: a b, expression: a, max: 1}]\n", PLAIN,
         "check 'a b' must be letters, digits, '-' and '_', at most 64" A("3:19")},
        {D "checks: [{name: A, expression: a, max: 1}, {name: A, expression: b, max: 1}]\n", PLAIN,
         "there are two of the name 'A' in the list" A("3:53")},
        {SYNTH("perMinute: 1"), PLAIN, "a synthetic request needs one of 'function' and 'url'" A("3:15")},
        {SYNTH("url: \"http://a.example\""), PLAIN,
         "'url' must start with 'https://' and a host, without blanks, at most 2048 characters" A("3:30")},
        {SYNTH("url: \"https:///orders\""), PLAIN,
         "'url' must start with 'https://' and a host, without blanks, at most 2048 characters" A("3:30")},
        {SYNTH("url: \"https://me:pw@a.example/\""), PLAIN,
         "'url' must not have a user or password in it: Git is no place for secrets" A("3:30")},
        {SYNTH("url: \"https://a.example\", payload: 1"), PLAIN,
         "'payload' needs 'function' beside it" A("3:60")},
        {SYNTH("url: \"https://a.example\", method: GETS"), PLAIN,
         "method 'GETS' must be 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE' or 'OPTIONS', did you mean "
         "'GET'?" A("3:59")},
        {SYNTH("url: \"https://a.example\", headers: {A: \"b\\r\\nC: d\"}"), PLAIN,
         "header 'A' must have a name of letters, digits and '-', and a value of one line" A("3:61")},
        {SYNTH("function: F, method: GET"), PLAIN, "'method' needs 'url' beside it" A("3:46")},
        {SYNTH("function: F, perMinute: 601"), PLAIN, "'perMinute' must be a number from 1 to 600" A("3:49")},
        {SYNTH("function: F, expect: {status: 20}"), PLAIN,
         "'status' must be a number from 100 to 599" A("3:55")},
        {SYNTH("function: F, expect: {latency: 0s}"), PLAIN, "'latency' must be from 1ms to 15m" A("3:56")},
        {SYNTH("function: F, expect: {code: 200}"), PLAIN,
         "unknown key 'code' in 'expect', did you mean 'body'?" A("3:47")},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define SECRET(what, position)                                                                               \
    "'" what "' is a secret: keep it in SSM or Secrets Manager, and write '{{resolve:ssm:/its/name}}' or "   \
    "'{{resolve:secretsmanager:NAME:SecretString:KEY}}'" A(position)

static void refuses_wrong_channels(void **state)
{
    static const struct case_ cases[] = {
        {TELL("{}"), PLAIN,
         "an entry of 'notify' needs one of 'eventBus', 'slack', 'sns' and 'webhook'" A("3:12")},
        {TELL("{sns: A, eventBus: B}"), PLAIN,
         "an entry of 'notify' may have 'eventBus' or 'sns', not both" A("3:18")},
        {TELL("{snss: A}"), PLAIN,
         "unknown key 'snss' in an entry of 'notify', did you mean 'sns'?" A("3:13")},
        {TELL("{sns: ''}"), PLAIN, "'sns' must be a text of 1 to 256 characters" A("3:18")},
        {TELL("{sns: A, on: []}"), PLAIN, "'on' is empty: leave it out to be told of everything" A("3:25")},
        {TELL("{sns: A, on: [rollbak]}"), PLAIN,
         "'on': 'rollbak' must be 'start', 'step', 'hold', 'success' or 'rollback', did you mean "
         "'rollback'?" A("3:26")},
        {TELL("{sns: A, secret: \"{{resolve:ssm:/a}}\"}"), PLAIN,
         "'secret' needs 'webhook' beside it" A("3:29")},
        {TELL("{slack: \"https://hooks.example.com/T1\"}"), PLAIN, SECRET("slack", "3:20")},
        {TELL("{webhook: \"https://a.example\", secret: hush}"), PLAIN, SECRET("secret", "3:51")},
        {TELL("{webhook: \"https://a.example\", secret: \"x{{resolve:ssm:/a}}\"}"), PLAIN,
         SECRET("secret", "3:51")},
        {TELL("{webhook: \"https://a.example\", secret: \"{{resolve:vault:/a}}\"}"), PLAIN,
         SECRET("secret", "3:51")},
        {TELL("{webhook: \"https://u:p@a.example\"}"), PLAIN,
         "'webhook' must not have a user or password in it: Git is no place for secrets" A("3:22")},
        {TELL("{webhook: \"http://a.example\"}"), PLAIN,
         "'webhook' must start with 'https://' and a host, without blanks, at most 2048 characters" A(
             "3:22")},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define C "deployment:\n  driver: codedeploy\n  "
#define ELSE ", or write 'driver: plumb'"
#define UNEVEN                                                                                               \
    "CodeDeploy can only shift once (one step below 100) or by equal steps in equal times up to the last "   \
    "below 100 (as 25, 50, 75): write such steps" ELSE A("4:10")

static void refuses_what_codedeploy_cannot_do(void **state)
{
    static const struct case_ cases[] = {
        {C "steps: [{weight: 20, for: 7m}]\n", PLAIN,
         "codedeploy  [20%/420s] alarms; hooks , 3600s; 10 3600s 0 -1"},
        {C "steps: [{weight: 40, for: 1h}, {weight: 80, for: 60m}]\n", PLAIN,
         "codedeploy  [40%/3600s 80%/3600s] alarms; hooks , 3600s; 10 3600s 0 -1"},
        {C "steps: [{weight: 20, hold: approval}]\n", PLAIN,
         "CodeDeploy cannot wait for an approval: leave 'hold' out" ELSE A("4:30")},
        {C "steps: [{weight: 20, for: 1m, check: [X]}]\n  checks: [{name: X, expression: a, max: 1}]\n",
         PLAIN, "CodeDeploy cannot have checks for one step: leave 'check' out" ELSE A("4:40")},
        {C "steps: [{weight: 20, for: 90s}]\n", PLAIN,
         "CodeDeploy waits whole minutes: give each step 'for', as in '5m'" ELSE A("4:11")},
        {C "steps: [{weight: 20}]\n", PLAIN,
         "CodeDeploy waits whole minutes: give each step 'for', as in '5m'" ELSE A("4:11")},
        {C "steps: [{weight: 1, for: 1m}, {weight: 10, for: 1m}]\n", PLAIN, UNEVEN},
        {C "steps: [{weight: 25, for: 1m}, {weight: 50, for: 1m}]\n", PLAIN, UNEVEN},
        {C "steps: [{weight: 40, for: 1m}, {weight: 80, for: 2m}]\n", PLAIN, UNEVEN},
        {C "steps: [{weight: 50, for: 1m}, {weight: 100, for: 1m}]\n", PLAIN, UNEVEN},
        {C "steps: [{weight: 100, for: 1m}]\n", PLAIN, UNEVEN},
        {C "steps: [{weight: 40, for: 24h}, {weight: 80, for: 24h}]\n", PLAIN,
         "codedeploy  [40%/86400s 80%/86400s] alarms; hooks , 3600s; 10 3600s 0 -1"},
        {C "steps: [{weight: 40, for: 24h1m}, {weight: 80, for: 24h1m}]\n", PLAIN,
         "CodeDeploy takes at most 48 hours from the first step to the last: write shorter ones" ELSE A(
             "4:10")},
        {C "alarms: [A, B, C, D, E, F, G, H, I, J, K]\n", PLAIN,
         "CodeDeploy watches at most 10 alarms: name fewer" ELSE A("4:42")},
        {C "hooks: {timeout: 10m}\n", PLAIN,
         "CodeDeploy always waits an hour for a hook: leave 'timeout' out" ELSE A("4:20")},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void accepts_each_statistic(void **state)
{
    static const char *const names[] = {"Sum",     "Average",     "Minimum",     "Maximum",  "SampleCount",
                                        "IQM",     "p0.1",        "p50",         "p99.99",   "tm90",
                                        "PR(:10)", "PR(1.5:100)", "TM(10%:90%)", "WM(:95%)", "ts99.5"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct arena *arena = arena_new();
        struct str text = arena_printf(arena, METRIC("statistic: \"%s\""), names[i]);
        struct str wanted = arena_printf(arena,
                                         "[{\"name\":\"C\",\"namespace\":\"N\",\"metric\":\"M\",\"max\":1,"
                                         "\"statistic\":\"%s\",\"dimensions\":{},\"period\":60}]",
                                         names[i]);
        assert_string_equal(arena_strz(arena, tell(arena, arena_strz(arena, text), CHECKS)),
                            arena_strz(arena, wanted));
        arena_free(arena);
    }
}

/* Lists that are one too long; the message names the first that is too much. */
static void keeps_lists_short(void **state)
{
    static const struct {
        const char *key, *item;
        int most;
    } lists[] = {
        {"steps", "{weight: %d}", DEPLOYMENT_STEPS_MAX},
        {"alarms", "A%d", DEPLOYMENT_ALARMS_MAX},
        {"checks", "{name: C%d, expression: a, max: 1}", DEPLOYMENT_CHECKS_MAX},
        {"synthetic", "{name: S%d, function: F}", DEPLOYMENT_SYNTHETIC_MAX},
        {"notify", "{sns: T%d}", DEPLOYMENT_NOTIFY_MAX},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        for (int count = lists[i].most; count <= lists[i].most + 1; count++) {
            struct arena *arena = arena_new();
            struct buf text = BUF_INIT(BUF_SMALL);
            buf_printf(&text, D "%s:\n", lists[i].key);
            for (int k = 1; k <= count; k++) {
                struct str item = str_from(lists[i].item);
                size_t mark = str_find(item, '%');
                buf_printf(&text, "    - %.*s%d%.*s\n", STR_ARG(str_slice(item, 0, mark)), k,
                           STR_ARG(str_from_index(item, mark + 2)));
            }
            struct deployment one;
            struct error error = ERROR_INIT;
            bool read = read_application(arena, text.ptr, &one, &error);
            struct str wanted = arena_printf(arena, "'%s' may have at most %d entries" A("%d:7"),
                                             lists[i].key, lists[i].most, count + 3);
            assert_int_equal(read, count == lists[i].most);
            if (!read)
                assert_string_equal(error.message, arena_strz(arena, wanted));
            buf_release(&text);
            arena_free(arena);
        }
    }
}

static void knows_the_types_as_steps(void **state)
{
    static const struct {
        const char *type, *wanted;
    } cases[] = {
        {"AllAtOnce", ""},
        {"Canary10Percent5Minutes", "10%/300s"},
        {"Canary10Percent10Minutes", "10%/600s"},
        {"Canary10Percent15Minutes", "10%/900s"},
        {"Canary10Percent30Minutes", "10%/1800s"},
        {"CodeDeployDefault.LambdaCanary10Percent30Minutes", "10%/1800s"},
        {"Linear10PercentEvery1Minute",
         "10%/60s 20%/60s 30%/60s 40%/60s 50%/60s 60%/60s 70%/60s 80%/60s 90%/60s"},
        {"CodeDeployDefault.LambdaLinear10PercentEvery2Minutes",
         "10%/120s 20%/120s 30%/120s 40%/120s 50%/120s 60%/120s 70%/120s 80%/120s 90%/120s"},
        {"Linear10PercentEvery3Minutes",
         "10%/180s 20%/180s 30%/180s 40%/180s 50%/180s 60%/180s 70%/180s 80%/180s 90%/180s"},
        {"Linear10PercentEvery10Minutes",
         "10%/600s 20%/600s 30%/600s 40%/600s 50%/600s 60%/600s 70%/600s 80%/600s 90%/600s"},
        {"Linear10PercentEvery5Minutes", "unknown"},
        {"CodeDeployDefault.AllAtOnce", "unknown"},
        {"", "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct buf out = BUF_INIT(BUF_SMALL);
        struct deployment_step *steps;
        size_t count;
        if (deployment_type_steps(arena, str_from(cases[i].type), &steps, &count))
            tell_steps(&out, steps, count);
        else
            buf_addz(&out, "unknown");
        assert_string_equal(arena_strz(arena, buf_str(&out)), cases[i].wanted);
        buf_release(&out);
        arena_free(arena);
    }
}

static void makes_steps_of_numbers(void **state)
{
    static const struct {
        bool linear;
        int64_t percent, minutes;
        const char *wanted;
    } cases[] = {
        {false, 99, 1, "99%/60s"}, {true, 30, 2, "30%/120s 60%/120s 90%/120s"},
        {true, 50, 1, "50%/60s"},  {false, 100, 1, ""},
        {true, 0, 1, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct buf out = BUF_INIT(BUF_SMALL);
        struct deployment_step *steps;
        size_t count;
        deployment_steps_of(arena, cases[i].linear, cases[i].percent, cases[i].minutes, &steps, &count);
        tell_steps(&out, steps, count);
        assert_string_equal(arena_strz(arena, buf_str(&out)), cases[i].wanted);
        buf_release(&out);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_written),
        cmocka_unit_test(refuses_a_wrong_way_to_move_traffic),
        cmocka_unit_test(refuses_wrong_evidence),
        cmocka_unit_test(refuses_wrong_channels),
        cmocka_unit_test(refuses_what_codedeploy_cannot_do),
        cmocka_unit_test(accepts_each_statistic),
        cmocka_unit_test(keeps_lists_short),
        cmocka_unit_test(knows_the_types_as_steps),
        cmocka_unit_test(makes_steps_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
