/* Custom resources: the names of their types, and what is taken as an answer of their handlers. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/json.h"
#include "providers/cloudformation/custom_answer.h"
#include "providers/cloudformation/types.h"
#include "providers/s3/operations.h"
#include "tests/providers/fake_aws.h"

#define SIXTY "a23456789_b23456789-c23456789@d23456789_e23456789_f23456789_"

static void knows_custom_types(void **state)
{
    static const struct {
        const char *name;
        const struct resource_type *type;
    } cases[] = {
        {"AWS::CloudFormation::CustomResource", &custom_resource_type},
        {"AWS::CloudFormation::WaitConditionHandle", &wait_condition_handle_type},
        {"Custom::S3AutoDeleteObjects", &custom_resource_type},
        {"Custom::" SIXTY, &custom_resource_type},
        {"Custom::" SIXTY "x", NULL},
        {"Custom::", NULL},
        {"Custom::A::B", NULL},
        {"Custom::A B", NULL},
        {"custom::A", NULL},
        {"AWS::CloudFormation::WaitCondition", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (resource_type_find(str_from(cases[i].name)) != cases[i].type)
            fail_msg("%s", cases[i].name);
}

/* Of the request "r" of stack "s" for "Thing"; %s is the rest of the answer. */
#define MINE "'RequestId':'r','StackId':'s','LogicalResourceId':'Thing',"

/* The answer as one line: what it says, or the refusal. */
static struct str read(struct arena *arena, const char *text)
{
    struct resource_call call = {.arena = arena, .stack_id = STR("s"), .logical_id = STR("Thing")};
    struct custom_request request = {.call = &call, .id = STR("r")};
    struct custom_answer answer = {.reason = STR_EMPTY, .physical_id = STR_EMPTY};
    struct error error = ERROR_INIT;
    bool mine = false;
    char *bytes = arena_strz(arena, str_from(text));
    for (char *c = bytes; *c; c++)
        if (*c == '\'')
            *c = '"';
    if (!custom_answer_read(&request, str_from(bytes), &mine, &answer, &error)) {
        assert_true(error_is(&error, CUSTOM_RESOURCE_FAILED));
        return str_from_index(arena_str(arena, str_from(error.message)),
                              sizeof "its handler's answer is not valid: " - 1);
    }
    if (!mine)
        return STR("not mine");
    return arena_printf(arena, "%s %.*s %.*s", answer.success ? "yes" : arena_strz(arena, answer.reason),
                        STR_ARG(answer.physical_id), STR_ARG(json_text(arena, answer.data, JSON_COMPACT)));
}

static void reads_answers_strictly(void **state)
{
    static const struct {
        const char *answer, *wanted;
    } cases[] = {
        {"{" MINE "'Status':'SUCCESS','PhysicalResourceId':'p'}", "yes p {}"},
        {"{" MINE "'Status':'SUCCESS','Data':{'A':1,'B':true,'C.D':['x',2.5],'E':{'F':null}}}",
         "yes  {\"A\":\"1\",\"B\":\"true\",\"C.D\":[\"x\",\"2.5\"],\"E\":{\"F\":null}}"},
        {"{" MINE "'Status':'SUCCESS','NoEcho':true,'Data':{'A':'canary','B':[1]}}",
         "yes  {\"A\":\"****\",\"B\":[\"****\"]}"},
        {"{" MINE "'Status':'SUCCESS','NoEcho':'false','Data':null,'Reason':null,'More':1}", "yes  {}"},
        {"{" MINE "'Status':'FAILED','Reason':' out of cheese ','PhysicalResourceId':'p'}",
         "out of cheese p {}"},
        {"{" MINE "'Status':'FAILED'}", "no reason given  {}"},
        {"{" MINE "'Status':'FAILED','Reason':'a\\r\\nTrailer: b\\u001b[1m'}", "a  Trailer: b [1m  {}"},
        {"{" MINE "'Status':'FAILED','Reason':' \\n '}", "no reason given  {}"},
        {"{'RequestId':'x','StackId':'s','LogicalResourceId':'Thing','Status':'SUCCESS'}", "not mine"},
        {"{'RequestId':'r','StackId':'x','LogicalResourceId':'Thing','Status':'SUCCESS'}", "not mine"},
        {"{'RequestId':'r','StackId':'s','LogicalResourceId':'x','Status':7}", "not mine"},
        {"{'StackId':'s','LogicalResourceId':'Thing','Status':'SUCCESS'}", "'RequestId' is missing"},
        {"{'RequestId':1}", "'RequestId' must be a string, not a number"},
        {"{" MINE "'Status':'MAYBE'}", "'Status' must be SUCCESS or FAILED, not 'MAYBE'"},
        {"{" MINE "'Status':true}", "'Status' must be a string, not a boolean"},
        {"{" MINE "'Status':'SUCCESS','PhysicalResourceId':7}",
         "'PhysicalResourceId' must be a string, not a number"},
        {"{" MINE "'Status':'SUCCESS','Data':[]}", "'Data' must be a mapping, not a list"},
        {"{" MINE "'Status':'SUCCESS','NoEcho':'perhaps'}", "'NoEcho' must be true or false"},
        {"[]", "it must be a mapping, not a list"},
        {"null", "it must be a mapping, not null"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_text(read(arena, cases[i].answer), cases[i].wanted);
    arena_free(arena);
}

/* As many bytes as an answer may have, and an id as long as it may be; and one more. */
static void bounds_answers(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *letters = arena_alloc(arena, CUSTOM_ANSWER_MAX + 1);
    memset(letters, 'x', CUSTOM_ANSWER_MAX);
    const char *start = "{" MINE "'Status':'FAILED','PhysicalResourceId':'";
    for (int over = 0; over < 2; over++) {
        struct str text = arena_printf(arena, "%s%.*s'}", start, CUSTOM_PHYSICAL_ID_MAX + over, letters);
        struct str got = read(arena, arena_strz(arena, text));
        assert_true(over ? str_is(got, "'PhysicalResourceId' has more than 1024 bytes")
                         : str_starts(got, "no reason given xxx"));
        int room = CUSTOM_ANSWER_MAX - (int)strlen("{" MINE "'Status':'FAILED','Reason':''}");
        text = arena_printf(arena, "{" MINE "'Status':'FAILED','Reason':'%.*s'}", room + over, letters);
        got = read(arena, arena_strz(arena, text));
        assert_true(over ? str_is(got, "it has more than 4096 bytes") : str_starts(got, "xxx"));
    }
    assert_true(str_starts(read(arena, ""), "it is no JSON: "));
    assert_true(str_starts(read(arena, "{"), "it is no JSON: "));
    assert_true(str_starts(read(arena, "{'RequestId':'r','RequestId':'r'}"), "it is no JSON: "));
    arena_free(arena);
}

static void checks_properties(void **state)
{
    static const struct {
        const char *properties, *refusal; /* NULL: none */
    } cases[] = {
        {"{'ServiceToken':'arn:aws:lambda:us-east-1:111111111111:function:f'}", NULL},
        {"{'ServiceToken':'arn:aws-cn:lambda:cn-north-1:111111111111:function:f:live'}", NULL},
        {"{'ServiceToken':'arn:aws:sns:us-east-1:111111111111:topic','ServiceTimeout':'60','Any':{'Thing':[]}"
         "}",
         NULL},
        {"{}", "property 'ServiceToken' is missing"},
        {"{'ServiceToken':'f'}", "ServiceToken must be the ARN of a Lambda function or SNS topic, not 'f'"},
        {"{'ServiceToken':'arn:aws:sqs:us-east-1:111111111111:queue'}",
         "ServiceToken must be the ARN of a Lambda function or SNS topic, not "
         "'arn:aws:sqs:us-east-1:111111111111:queue'"},
        {"{'ServiceToken':'arn:aws:sns:us-east-1:111111111111:t','ServiceTimeout':0}",
         "ServiceTimeout must be 1 to 3600 seconds"},
        {"{'ServiceToken':'arn:aws:sns:us-east-1:111111111111:t','ServiceTimeout':'1h'}",
         "ServiceTimeout must be 1 to 3600 seconds"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        bool taken = custom_properties_check(fake_json(arena, cases[i].properties), &error);
        assert_text(taken ? STR("taken") : str_from(error.message),
                    cases[i].refusal ? cases[i].refusal : "taken");
    }
    arena_free(arena);
}

/* As botocore presigns it. */
static void presigns(void **state)
{
    (void)state;
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    struct str url;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    const struct value *input = fake_json(fake.arena, "{'Bucket':'answers','Key':'a/b c.json'}");
    assert_true(aws_presign(aws, &s3_operations[S3_PUT_OBJECT], fake.arena, input, 900, &url, &error));
    assert_text(url, "https://answers.s3.us-east-1.amazonaws.com/a/b%20c.json?X-Amz-Algorithm=AWS"
                     "4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fs3%2Faws4_request"
                     "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Si"
                     "gnature=0789f3b2123d6163ce0db0708575282753e2a9d8ac0c3d73e4ff7762bfcc9dae"
                     "");
    assert_text(fake_requests(&fake), "");
    aws_close(aws);
    fake_release(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_custom_types), cmocka_unit_test(reads_answers_strictly),
        cmocka_unit_test(bounds_answers),     cmocka_unit_test(checks_properties),
        cmocka_unit_test(presigns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
