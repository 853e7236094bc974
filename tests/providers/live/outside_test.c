#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "live.h"
#include "providers/ec2/zones.h"
#include "providers/secretsmanager/operations.h"
#include "providers/secretsmanager/secret.h"
#include "providers/ssm/operations.h"
#include "providers/ssm/parameters.h"

/* What plumb itself never calls. */
static const struct aws_operation put_parameter = {.service = &ssm_service,
                                                   .name = "PutParameter",
                                                   .safety = AWS_NATURAL},
                                  create_secret = {.service = &secretsmanager_service,
                                                   .name = "CreateSecret",
                                                   .safety = AWS_READ_BACK},
                                  put_secret_value = {.service = &secretsmanager_service,
                                                      .name = "PutSecretValue",
                                                      .safety = AWS_READ_BACK};

static struct str parameter(struct live *live, const char *name, const char *version, bool secure)
{
    struct error error = ERROR_INIT;
    struct ssm_parameter found;
    if (!ssm_parameter_read(live->aws, live->arena, str_from(name), str_from(version), secure, &found,
                            &error))
        return arena_printf(live->arena, "%s", error_code_name(error.code));
    return arena_printf(live->arena, "%.*s v%.*s", STR_ARG(found.value), STR_ARG(found.version));
}

static void reads_ssm_parameters(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    live_ask(live, &put_parameter, "{'Name': '/db/url', 'Value': 'a', 'Type': 'String'}");
    live_ask(live, &put_parameter, "{'Name': '/db/url', 'Value': 'b', 'Type': 'String', 'Overwrite': true}");
    live_ask(live, &put_parameter, "{'Name': '/key', 'Value': 'hunter2', 'Type': 'SecureString'}");
    assert_string_equal(parameter(live, "/db/url", "", false).ptr, "b v2");
    assert_string_equal(parameter(live, "/db/url", "1", false).ptr, "a v1");
    assert_string_equal(parameter(live, "/key", "", true).ptr, "hunter2 v1");
    assert_string_equal(parameter(live, "/key", "", false).ptr, "invalid");
    assert_string_equal(parameter(live, "/db/url", "", true).ptr, "invalid");
    assert_string_equal(parameter(live, "/none", "", false).ptr, "not found");
    assert_string_equal(parameter(live, "/db/url", "7", false).ptr, "not found");

    /* More than go into one call, one of them twice, one that is not there. */
    struct value *names = value_list(live->arena), *found;
    for (int i = 0; i < 12; i++) {
        struct str name = arena_printf(live->arena, "/many/%02d", i);
        value_append(live->arena, names, value_string(live->arena, name));
        live_ask(live, &put_parameter,
                 arena_printf(live->arena, "{'Name': '%.*s', 'Value': '%d', 'Type': 'StringList'}",
                              STR_ARG(name), i)
                     .ptr);
    }
    value_append(live->arena, names, value_stringz(live->arena, "/many/00"));
    value_append(live->arena, names, value_stringz(live->arena, "/none"));
    assert_true(ssm_parameters_read(live->aws, live->arena, names, &found, &error));
    assert_string_equal(json_text(live->arena, found, JSON_CANONICAL).ptr,
                        "{\"/many/00\":\"0\",\"/many/01\":\"1\",\"/many/02\":\"2\",\"/many/03\":\"3\","
                        "\"/many/04\":\"4\",\"/many/05\":\"5\",\"/many/06\":\"6\",\"/many/07\":\"7\","
                        "\"/many/08\":\"8\",\"/many/09\":\"9\",\"/many/10\":\"10\",\"/many/11\":\"11\"}");
}

static struct str secret(struct live *live, const char *key, const char *stage, struct str version)
{
    struct error error = ERROR_INIT;
    const struct secret_name name = {
        .id = STR("db"), .key = str_from(key), .stage = str_from(stage), .version = version};
    struct secret found;
    if (!secret_read(live->aws, live->arena, &name, &found, &error)) {
        assert_null(strstr(error.message, "hunter"));
        return arena_printf(live->arena, "%s", error_code_name(error.code));
    }
    return found.text;
}

static void reads_secrets(void **state)
{
    struct live *live = *state;
    struct value *made =
        live_ask(live, &create_secret,
                 "{'Name': 'db', 'SecretString': '{\\\"user\\\": \\\"hunter\\\", \\\"port\\\": 5432, "
                 "\\\"more\\\": {}}'}");
    assert_string_equal(secret(live, "user", "", STR_EMPTY).ptr, "hunter");
    assert_string_equal(secret(live, "port", "", STR_EMPTY).ptr, "5432");
    assert_string_equal(secret(live, "more", "", STR_EMPTY).ptr, "invalid");
    assert_string_equal(secret(live, "none", "", STR_EMPTY).ptr, "invalid");
    live_ask(live, &put_secret_value, "{'SecretId': 'db', 'SecretString': 'hunter3'}");
    assert_string_equal(secret(live, "", "", STR_EMPTY).ptr, "hunter3");
    assert_string_equal(secret(live, "user", "AWSPREVIOUS", STR_EMPTY).ptr, "hunter");
    assert_string_equal(secret(live, "user", "", value_get_text(made, "VersionId")).ptr, "hunter");
    assert_string_equal(secret(live, "user", "", STR_EMPTY).ptr, "invalid");
    assert_string_equal(secret(live, "", "AWSPENDING", STR_EMPTY).ptr, "not found");
}

static void reads_zones(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct value *zones;
    assert_true(zones_read(live->aws, live->arena, &zones, &error));
    struct str text = json_text(live->arena, zones, JSON_COMPACT);
    assert_true(str_starts(text, "[\"us-east-1a\",\"us-east-1b\",\"us-east-1c\""));
    assert_false(str_contains(text, "lax"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ssm_parameters),
        cmocka_unit_test(reads_secrets),
        cmocka_unit_test(reads_zones),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
