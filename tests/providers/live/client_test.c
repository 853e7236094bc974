#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/dynamodb/operations.h"
#include "providers/iam/operations.h"
#include "providers/lambda/operations.h"
#include "providers/logs/operations.h"
#include "providers/sqs/operations.h"
#include "tests/providers/live/live.h"

struct absence {
    const struct aws_operation *operation;
    const char *input;
    const char *name;
};

/* Every protocol says in its own way that a thing is not there. */
static void absence_is_told_apart(void **state)
{
    struct live *live = *state;
    const struct absence cases[] = {
        {&iam_operations[IAM_GET_ROLE], "{'RoleName':'none'}", "NoSuchEntity"},
        {&lambda_operations[LAMBDA_GET_FUNCTION], "{'FunctionName':'none'}", "ResourceNotFoundException"},
        {&lambda_operations[LAMBDA_GET_FUNCTION],
         "{'FunctionName':'arn:aws:lambda:us-east-1:123456789012:function:none'}",
         "ResourceNotFoundException"},
        {&dynamodb_operations[DYNAMODB_DESCRIBE_TABLE], "{'TableName':'none'}", "ResourceNotFoundException"},
        {&sqs_operations[SQS_GET_QUEUE_URL], "{'QueueName':'none'}", "QueueDoesNotExist"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        assert_false(aws_call(live->aws, cases[i].operation, live->arena, live_json(live, cases[i].input),
                              NULL, &error));
        if (error.code != ERROR_NOT_FOUND || !error_is(&error, cases[i].name))
            fail_msg("%s: %s", error_code_name(error.code), error.message);
    }
}

static void pages_of_one(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct value *groups;
    for (int i = 0; i < 3; i++) {
        struct value *input = live_jsonf(live, "{'logGroupName':'paged/%d'}", i);
        assert_true(
            aws_call(live->aws, &logs_operations[LOGS_CREATE_LOG_GROUP], live->arena, input, NULL, &error));
    }
    int64_t calls = aws_session_counters(live->session).calls;
    struct value *input = live_json(live, "{'logGroupNamePrefix':'paged/','limit':1}");
    if (!aws_list(live->aws, &logs_operations[LOGS_DESCRIBE_LOG_GROUPS], live->arena, input, &groups, &error))
        fail_msg("%s", error.message);
    assert_int_equal(groups->count, 3);
    for (size_t i = 0; i < groups->count; i++)
        assert_true(str_equal(value_get_text(groups->items[i], "logGroupName"),
                              arena_printf(live->arena, "paged/%zu", i)));
    assert_true(aws_session_counters(live->session).calls >= calls + 3);
}

/* The role of another account: what is made there is not seen here. */
static void another_accounts_role(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct aws *other, *wrong;
    struct aws_target target = {.region = STR("us-east-1"),
                                .role_arn = STR("arn:aws:iam::333333333333:role/plumb"),
                                .external_id = STR("x"),
                                .account = STR("333333333333")};
    if (!aws_open(live->session, &target, &other, &error))
        fail_msg("%s", error.message);
    assert_true(str_is(aws_account(other), "333333333333"));
    struct value *input = live_json(live, "{'QueueName':'theirs'}");
    assert_true(aws_call(other, &sqs_operations[SQS_CREATE_QUEUE], live->arena, input, NULL, &error));
    assert_true(aws_call(other, &sqs_operations[SQS_GET_QUEUE_URL], live->arena, input, NULL, &error));
    assert_false(aws_call(live->aws, &sqs_operations[SQS_GET_QUEUE_URL], live->arena, input, NULL, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    aws_close(other);
    target.account = STR("444444444444");
    assert_false(aws_open(live->session, &target, &wrong, &error));
    assert_int_equal(error.code, ERROR_INVALID);
}

static const struct aws_service s3 = {.name = "s3",
                                      .signing_name = "s3",
                                      .endpoint_prefix = "s3",
                                      .protocol = AWS_REST_XML,
                                      .xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/",
                                      .rate = 100,
                                      .burst = 100};

enum { MAKE_BUCKET, HEAD_BUCKET, PUT_TAGS, GET_TAGS, PUT_OBJECT, GET_OBJECT, LIST_OBJECTS };

#define S3_ROW(NAME, SAFETY, METHOD, PATH, ...)                                                              \
    {                                                                                                        \
        .service = &s3, .name = NAME, .safety = SAFETY, .method = METHOD,                                    \
        .path = PATH __VA_OPT__(, ) __VA_ARGS__                                                              \
    }

static const struct aws_operation s3_rows[] = {
    [MAKE_BUCKET] = S3_ROW("CreateBucket", AWS_NATURAL, "PUT", "/{Bucket}"),
    [HEAD_BUCKET] = S3_ROW("HeadBucket", AWS_READ, "HEAD", "/{Bucket}"),
    [PUT_TAGS] = S3_ROW("PutBucketTagging", AWS_NATURAL, "PUT", "/{Bucket}?tagging", .payload = "Tagging",
                        .xml_root = "Tagging"),
    [GET_TAGS] = S3_ROW("GetBucketTagging", AWS_READ, "GET", "/{Bucket}?tagging"),
    [PUT_OBJECT] = S3_ROW("PutObject", AWS_NATURAL, "PUT", "/{Bucket}/{Key+}", .payload = "Body"),
    [GET_OBJECT] = S3_ROW("GetObject", AWS_READ, "GET", "/{Bucket}/{Key+}", .answer_payload = "Body"),
    [LIST_OBJECTS] =
        S3_ROW("ListObjectsV2", AWS_READ, "GET", "/{Bucket}?list-type=2",
               .query = "MaxKeys=max-keys,ContinuationToken=continuation-token",
               .page_in = "ContinuationToken", .page_out = "NextContinuationToken", .page_items = "Contents"),
};

/* The protocol of S3, with rows of the test's own. */
static void buckets_and_objects(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct value *keys;
    struct value *none = live_json(live, "{'Bucket':'plumb-none'}");
    assert_false(aws_call(live->aws, &s3_rows[HEAD_BUCKET], live->arena, none, NULL, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    live_ask(live, &s3_rows[MAKE_BUCKET], "{'Bucket':'plumb-bucket'}");
    live_ask(live, &s3_rows[HEAD_BUCKET], "{'Bucket':'plumb-bucket'}");
    live_ask(live, &s3_rows[PUT_TAGS],
             "{'Bucket':'plumb-bucket','Tagging':{'TagSet':{'Tag':[{'Key':'a','Value':'1 < 2 & \u00e9'}]}}}");
    struct value *tags = live_ask(live, &s3_rows[GET_TAGS], "{'Bucket':'plumb-bucket'}");
    assert_true(str_is(value_text(value_path(tags, "TagSet", "Tag", "Value", NULL)), "1 < 2 & \u00e9"));
    for (int i = 0; i < 3; i++) {
        struct value *input =
            live_jsonf(live, "{'Bucket':'plumb-bucket','Key':'a b/%d+=&?','Body':'text %d'}", i, i);
        assert_true(aws_call(live->aws, &s3_rows[PUT_OBJECT], live->arena, input, NULL, &error));
    }
    struct value *body = live_ask(live, &s3_rows[GET_OBJECT], "{'Bucket':'plumb-bucket','Key':'a b/1+=&?'}");
    assert_true(str_is(value_get_text(body, "Body"), "text 1"));
    struct value *input = live_json(live, "{'Bucket':'plumb-bucket','MaxKeys':2}");
    if (!aws_list(live->aws, &s3_rows[LIST_OBJECTS], live->arena, input, &keys, &error))
        fail_msg("%s", error.message);
    assert_int_equal(keys->count, 3);
    assert_true(str_is(value_get_text(keys->items[2], "Key"), "a b/2+=&?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absence_is_told_apart),
        cmocka_unit_test(pages_of_one),
        cmocka_unit_test(another_accounts_role),
        cmocka_unit_test(buckets_and_objects),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
