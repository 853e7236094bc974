#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "environments/environment.h"
#include "memory_files.h"

#define WHERE "account: \"333333333333\"\nregion: us-east-1\n"

/* The environment "prod" of two files, as JSON, or the error. */
static struct str load(struct arena *arena, const char *where, const char *what)
{
    struct memory_file entries[] = {{"apps/orders/template.yaml", "Resources: {}", false},
                                    {"environments/README.md", "read me", false},
                                    {"environments/prod/environment.yaml", where, false},
                                    {"environments/prod/orders.yaml", what, false}};
    struct memory_files all = {.entries = entries, .count = what ? 4 : 3};
    struct files files = memory_files(&all);
    struct environment environment;
    struct error error = ERROR_INIT;
    give_case("environment", where);
    if (what)
        give_case("application", what);
    if (!environment_load(&files, arena, STR("prod"), &environment, &error))
        return arena_str(arena, str_from(error.message));
    struct value *out = value_map(arena);
    value_setz(arena, out, "stage", value_string(arena, environment.stage));
    value_setz(arena, out, "account", value_string(arena, environment.account));
    value_setz(arena, out, "region", value_string(arena, environment.region));
    value_setz(arena, out, "role", value_string(arena, environment.role_arn));
    value_setz(arena, out, "parameters", environment.parameters);
    value_setz(arena, out, "tags", environment.tags);
    value_setz(arena, out, "heal", value_bool(arena, environment.drift_mode == DRIFT_HEAL));
    value_setz(arena, out, "every", value_int(arena, environment.drift_every_ms));
    if (environment.drift_share != 50)
        value_setz(arena, out, "share", value_int(arena, environment.drift_share));
    for (size_t i = 0; i < environment.ignore_count; i++) {
        const struct drift_ignore *ignore = &environment.ignores[i];
        value_setz(arena, out, "ignore",
                   value_stringf(arena, "%.*s %.*s %.*s %lld", STR_ARG(ignore->resource),
                                 STR_ARG(ignore->path), STR_ARG(ignore->reason),
                                 (long long)ignore->expires_ms));
    }
    for (size_t i = 0; i < environment.application_count; i++) {
        const struct application *one = &environment.applications[i];
        value_set(arena, out, one->name,
                  value_stringf(arena, "%.*s@%.*s %d %.*s %zu %.*s %.*s %d %.*s %lld %lld %zu %zu %d",
                                STR_ARG(one->template), STR_ARG(one->revision), one->deployment.present,
                                STR_ARG(one->deployment.type), one->deployment.alarm_count,
                                STR_ARG(one->deployment.before_allow_traffic),
                                STR_ARG(one->deployment.after_allow_traffic), one->promotion.present,
                                STR_ARG(one->promotion.from), (long long)one->promotion.soak_ms,
                                (long long)one->promotion.approvals, one->allow_delete_count,
                                one->allow_replace_count, one->allow_many_deletes));
    }
    return json_text(arena, out, JSON_COMPACT);
}

struct case_ {
    const char *where, *what, *wanted;
};

static void check(const struct case_ *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str found = load(arena, cases[i].where, cases[i].what);
        assert_case(i, found, cases[i].wanted);
        arena_free(arena);
    }
}

static void reads_what_is_written(void **state)
{
    static const struct case_ cases[] = {
        {WHERE, NULL,
         "{\"stage\":\"Prod\",\"account\":\"333333333333\",\"region\":\"us-east-1\",\"role\":\"\","
         "\"parameters\":{},\"tags\":{},\"heal\":false,\"every\":600000}"},
        {"stage: Live\naccount: 333333333333\nregion: us-gov-west-1\n"
         "roleArn: arn:aws-us-gov:iam::333333333333:role/a/plumb\nparameters: {LogLevel: warn, Zones: [a, "
         "b]}\n"
         "tags: {team: orders, cost: 12}\ndrift: {mode: heal, every: 1h30m, share: 30%, ignore: [{resource: "
         "Table, "
         "path: Tags, reason: set by finance, expires: 2028-02-29}]}\n",
         "template: apps/orders/template.yaml\nparameters: {A: 1}\n"
         "deployment: {type: AllAtOnce, alarms: [A, B], hooks: {beforeAllowTraffic: Pre, afterAllowTraffic: "
         "Post}}\n"
         "promotion: {from: gamma, soak: 30m, approvals: 1}\n"
         "allow: {delete: [Table], replace: [Queue, Topic], manyDeletes: true}\n",
         "{\"stage\":\"Live\",\"account\":\"333333333333\",\"region\":\"us-gov-west-1\","
         "\"role\":\"arn:aws-us-gov:iam::333333333333:role/a/plumb\","
         "\"parameters\":{\"LogLevel\":\"warn\",\"Zones\":[\"a\",\"b\"]},"
         "\"tags\":{\"team\":\"orders\",\"cost\":\"12\"},\"heal\":true,\"every\":5400000,\"share\":30,"
         "\"ignore\":\"Table Tags set by finance 1835481600000\","
         "\"orders\":\"apps/orders/template.yaml@ 1 AllAtOnce 2 Pre Post 1 gamma 1800000 1 1 2 1\"}"},
        {WHERE "freeze: [{from: 2026-12-20, until: 2027-01-04, reason: fair}]\nstopTheLine: {reason: "
               "incident, since: 2026-11-27}\n",
         "template: apps/orders/template.yaml\npromotion: {from: gamma, soak: 30m, approvals: 1, auto: true, "
         "checks: "
         "[build], windows: [{days: [mon-thu, sat], from: 09:00, to: 16:00, zone: +01:00}]}\n",
         "{\"stage\":\"Prod\",\"account\":\"333333333333\",\"region\":\"us-east-1\",\"role\":\"\","
         "\"parameters\":{},\"tags\":{},\"heal\":false,\"every\":600000,"
         "\"orders\":\"apps/orders/template.yaml@ 0  0   1 gamma 1800000 1 0 0 0\"}"},
        {WHERE, "template: not/yet.yaml\nrevision: v1.2\n",
         "{\"stage\":\"Prod\",\"account\":\"333333333333\",\"region\":\"us-east-1\",\"role\":\"\","
         "\"parameters\":{},\"tags\":{},\"heal\":false,\"every\":600000,"
         "\"orders\":\"not/yet.yaml@v1.2 0  0   0  0 0 0 0 0\"}"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

#define E "environments/prod/environment.yaml:"
#define A "environments/prod/orders.yaml:"

static void refuses_each_mistake_with_one_sentence(void **state)
{
    static const struct case_ cases[] = {
        {"region: us-east-1\n", NULL, "environment.yaml needs 'account' (" E "1:1)"},
        {"account: \"33333333333\"\nregion: us-east-1\n", NULL,
         "account '33333333333' must have 12 digits (" E "1:10)"},
        {"account: 12345678901\nregion: us-east-1\n", NULL,
         "account 12345678901 does not have 12 digits: write it in quotes, so that zeros are kept (" E
         "1:10)"},
        {"account: \"333333333333\"\nregion: Ireland\n", NULL,
         "region 'Ireland' must look like 'eu-west-1' (" E "2:9)"},
        {WHERE "regoin: x\n", NULL,
         "unknown key 'regoin' in environment.yaml, did you mean 'region'? (" E "3:1)"},
        {WHERE "tags: [a]\n", NULL, "'tags' must be a mapping, not a list (" E "3:7)"},
        {WHERE "tags: {\"aws:x\": y}\n", NULL,
         "tag 'aws:x' must not start with 'aws:' nor be longer than 128 and 256 characters (" E "3:8)"},
        {WHERE "roleArn: arn:aws:iam::444444444444:role/plumb\n", NULL,
         "roleArn 'arn:aws:iam::444444444444:role/plumb' is not in the account 333333333333 (" E "3:10)"},
        {WHERE "roleArn: plumb\n", NULL,
         "roleArn 'plumb' must look like 'arn:aws:iam::123456789012:role/plumb' (" E "3:10)"},
        {WHERE "externalId: x\n", NULL, "'externalId' needs 'roleArn' beside it (" E "3:13)"},
        {WHERE "parameters: {A: {B: c}}\n", NULL,
         "parameter 'A' must be a single value or a list of single values (" E "3:14)"},
        {WHERE "drift: {mode: repair}\n", NULL, "mode 'repair' must be 'report' or 'heal' (" E "3:15)"},
        {WHERE "drift: {share: 101%}\n", NULL,
         "drift share '101%' must be from 1% to 100%, as 50% is (" E "3:16)"},
        {WHERE "drift: {share: 0.5}\n", NULL,
         "drift share '0.5' must be from 1% to 100%, as 50% is (" E "3:16)"},
        {WHERE "drift: {share: 0%}\n", NULL,
         "drift share '0%' must be from 1% to 100%, as 50% is (" E "3:16)"},
        {WHERE "drift: {every: 10 minutes}\n", NULL,
         "'10 minutes' is no duration: write it as in '10m' or '1h30m' (" E "3:16)"},
        {WHERE "drift: {every: 500d}\n", NULL, "'500d' is longer than 366 days (" E "3:16)"},
        {WHERE "drift: {every: 10ms}\n", NULL, "'every' must be at least 1s (" E "3:16)"},
        {WHERE "drift: {ignore: [{resource: A}]}\n", NULL, "an ignore rule needs 'reason' (" E "3:18)"},
        {WHERE "drift: {ignore: [{reason: why}]}\n", NULL,
         "an ignore rule needs a 'resource' or a 'path': '*' stands for all (" E "3:18)"},
        {WHERE "drift: {ignore: [{resource: A, reason: why, expires: 2027-02-29}]}\n", NULL,
         "'2027-02-29' is no date: write it as in '2026-12-31' (" E "3:54)"},
        {"- a\n", NULL, "'environments/prod/environment.yaml' must be a mapping, not a list"},
        {WHERE, "revision: x\n", "an application file needs 'template' (" A "1:1)"},
        {WHERE, "template: apps/none.yaml\n",
         "there is no template 'apps/none.yaml' in the repository (" A "1:11)"},
        {WHERE, "template: ../secret.yaml\n",
         "template '../secret.yaml' must be a path in the repository, from its root, without '..' (" A
         "1:11)"},
        {WHERE, "template: apps/orders/template.yaml\nrevision: 1234567\n",
         "'revision' must be a text: write it in quotes (" A "2:11)"},
        {WHERE "freeze: [{from: 2026-12-20, reason: fair}]\n", NULL, "a freeze needs 'until' (" E "3:10)"},
        {WHERE "freeze: [{until: 2026-12-32, reason: fair}]\n", NULL,
         "'2026-12-32' is no date: write it as in '2026-12-31' or '2026-12-31T18:00:00Z' (" E "3:18)"},
        {WHERE "freeze: [{from: 2027-01-05, until: 2027-01-04, reason: fair}]\n", NULL,
         "a freeze must end after it begins (" E "3:36)"},
        {WHERE,
         "template: apps/orders/template.yaml\npromotion: {from: beta, windows: [{from: 09:00, to: "
         "08:00}]}\n",
         "a window must end after it begins on the same day: over midnight, write two (" A "2:53)"},
        {WHERE "stopTheLine: {}\n", NULL, "'stopTheLine' needs 'reason' (" E "3:14)"},
        {WHERE,
         "template: apps/orders/template.yaml\npromotion: {from: beta, windows: [{days: [mo], from: 09:00, "
         "to: 10:00}]}\n",
         "'mo' is no day: write mon, tue, wed, thu, fri, sat, sun or a span such as mon-fri (" A "2:43)"},
        {WHERE,
         "template: apps/orders/template.yaml\npromotion: {from: beta, windows: [{from: 09:00, to: "
         "25:00}]}\n",
         "'25:00' is no time of day: write it as in \"09:00\" (" A "2:53)"},
        {WHERE, "template: apps/orders/template.yaml\npromotion: {soak: 1h}\n",
         "'promotion' needs 'from' (" A "2:12)"},
        {WHERE, "template: apps/orders/template.yaml\npromotion: {from: beta, approvals: -1}\n",
         "'approvals' must be a number from 0 to 100 (" A "2:36)"},
        {WHERE, "template: apps/orders/template.yaml\ndeployment: {type: x, hook: {}}\n",
         "unknown key 'hook' in 'deployment', did you mean 'hooks'? (" A "2:23)"},
        {WHERE, "template: apps/orders/template.yaml\nallow: {manyDeletes: yes}\n",
         "'manyDeletes' must be true or false (" A "2:22)"},
        {WHERE, "template: apps/orders/template.yaml\nallow: {delete: [{}]}\n",
         "'delete' must be a list of names (" A "2:18)"},
    };
    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void names_files_that_are_not_there(void **state)
{
    struct memory_file entries[] = {{"environments/beta/orders.yml", "", false},
                                    {"environments/beta/environment.yaml", WHERE, false},
                                    {"environments/alpha/notes.md", "", false}};
    struct memory_files all = {.entries = entries, .count = ARRAY_LENGTH(entries)};
    struct files files = memory_files(&all);
    struct arena *arena = arena_new();
    struct environment environment;
    struct error error = ERROR_INIT;
    struct str *names;
    size_t count;
    (void)state;
    assert_true(environments_list(&files, arena, &names, &count, &error));
    assert_int_equal(count, 2);
    assert_true(str_is(names[0], "alpha") && str_is(names[1], "beta"));
    assert_false(environment_load(&files, arena, STR("alpha"), &environment, &error));
    assert_string_equal(error.message,
                        "environment 'alpha' has no file 'environments/alpha/environment.yaml'");
    assert_false(environment_load(&files, arena, STR("beta"), &environment, &error));
    assert_string_equal(error.message,
                        "'environments/beta/orders.yml' must be named 'orders.yaml' to be an application");
    assert_false(environment_load(&files, arena, STR("../x"), &environment, &error));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_written),
        cmocka_unit_test(refuses_each_mistake_with_one_sentence),
        cmocka_unit_test(names_files_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
