#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "providers/sts/operations.h"
#include "tests/providers/fake_aws.h"

/* One line a call, however often it is sent; secrets masked. */
static void one_line_a_call(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {
        {.lost = ERROR_TIMEOUT}, {.body = "<AssumeRoleResponse></AssumeRoleResponse>"}, {.status = 403}};
    char path[] = "/tmp/plumb-request-log-XXXXXX", text[1024];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    const struct fake_variable variables[] = {fake_keys[0], fake_keys[1], {"PLUMB_REQUEST_LOG", path}, {0}};
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    fake_init(&fake);
    fake.variables = variables;
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    struct value *input = fake_json(fake.arena, "{'RoleArn':'a\\n'}");
    value_setz(fake.arena, input, "ExternalId", value_secret(fake.arena, STR("canary")));
    assert_true(aws_call(aws, &sts_operations[STS_ASSUME_ROLE], fake.arena, input, NULL, &error));
    assert_false(aws_call(aws, &sts_operations[STS_ASSUME_ROLE], fake.arena, NULL, NULL, &error));
    ssize_t size = read(fd, text, sizeof text);
    assert_true(size > 0);
    assert_text((struct str){text, (size_t)size},
                "{\"service\":\"sts\",\"operation\":\"GetCallerIdentity\",\"params\":{}}\n"
                "{\"service\":\"sts\",\"operation\":\"AssumeRole\",\"params\":{\"RoleArn\":\"a\\n\","
                "\"ExternalId\":\"****\"}}\n"
                "{\"service\":\"sts\",\"operation\":\"AssumeRole\",\"params\":{}}\n");
    close(fd);
    unlink(path);
    aws_close(aws);
    fake_release(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
