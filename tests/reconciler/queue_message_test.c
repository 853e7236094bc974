#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/queue.h"
#include "reconciler/queue_message.h"

static struct str text_of(struct arena *arena, const struct queue_message *message)
{
    const struct resource_event *event = &message->resource;
    struct buf out = BUF_INIT(BUF_SMALL);
    if (message->kind == QUEUE_NOTHING)
        buf_printf(&out, "nothing: %s", message->why);
    if (message->kind == QUEUE_EVENT)
        buf_printf(&out, "event %.*s", STR_ARG(message->body));
    if (message->kind == QUEUE_WEBHOOK) {
        buf_printf(&out, "webhook %.*s", STR_ARG(message->body));
        for (size_t i = 0; i < message->header_count; i++)
            buf_printf(&out, " %.*s=%.*s", STR_ARG(message->headers[i].name),
                       STR_ARG(message->headers[i].value));
    }
    if (message->kind == QUEUE_RESOURCE) {
        buf_printf(&out, "%.*s %.*s %.*s %.*s by %.*s", STR_ARG(event->account), STR_ARG(event->region),
                   STR_ARG(event->service), STR_ARG(event->event), STR_ARG(event->principal));
        for (size_t i = 0; i < event->name_count; i++)
            buf_printf(&out, " [%.*s]", STR_ARG(event->names[i]));
    }
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

/* JSON with ' for ". */
static struct str json(struct arena *arena, const char *text)
{
    char *copy = arena_strz(arena, str_from(text));
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return str_from(copy);
}

#define EVENT(type, resources, detail)                                                                       \
    "{'version':'0','id':'e-1','detail-type':'" type "','source':'aws.any','account':'111111111111',"        \
    "'time':'2026-11-22T20:18:37Z','region':'us-east-1','resources':[" resources "],'detail':" detail "}"
#define CALL(more)                                                                                           \
    EVENT("AWS API Call via CloudTrail", "",                                                                 \
          "{'userIdentity':{'type':'AssumedRole',"                                                           \
          "'arn':'arn:aws:sts::111111111111:assumed-role/Admin/ann'},'eventTime':'2026-11-22T20:18:30Z',"    \
          "'awsRegion':'eu-west-1','sourceIPAddress':'203.0.113.7','userAgent':'aws-cli/2'," more "}")
#define BY_ANN " by arn:aws:sts::111111111111:assumed-role/Admin/ann"

static void reads_messages(void **state)
{
    (void)state;
    static const struct {
        const char *message, *text;
    } cases[] = {
        {CALL("'eventSource':'lambda.amazonaws.com','eventName':'UpdateFunctionConfiguration20150331v2',"
              "'requestParameters':{'functionName':'beta-orders','memorySize':256,'description':'x',"
              "'layers':[],'vpcConfig':{'subnetIds':['subnet-1','subnet-2']}}"),
         "111111111111 eu-west-1 lambda UpdateFunctionConfiguration" BY_ANN
         " [beta-orders] [subnet-1] [subnet-2]"},
        {CALL("'eventSource':'lambda.amazonaws.com','eventName':'AddPermission20150331v2',"
              "'requestParameters':{'functionName':'beta-orders','statementId':'s'},"
              "'responseElements':{'statement':'{}'}"),
         "111111111111 eu-west-1 lambda AddPermission" BY_ANN " [beta-orders] [s]"},
        {CALL("'eventSource':'dynamodb.amazonaws.com','eventName':'UpdateTable','requestParameters':"
              "{'tableName':'orders'},'responseElements':{'tableDescription':{'tableName':'orders',"
              "'tableArn':'arn:aws:dynamodb:eu-west-1:111111111111:table/orders'}},"
              "'resources':[{'ARN':'arn:aws:dynamodb:eu-west-1:111111111111:table/orders',"
              "'accountId':'111111111111'}]"),
         "111111111111 eu-west-1 dynamodb UpdateTable" BY_ANN
         " [orders] [arn:aws:dynamodb:eu-west-1:111111111111:table/orders] [111111111111]"},
        {CALL("'eventSource':'s3.amazonaws.com','eventName':'PutBucketPolicy','requestParameters':"
              "{'bucketName':'b','Host':'b.s3.amazonaws.com'}"),
         "111111111111 eu-west-1 s3 PutBucketPolicy" BY_ANN " [b]"},
        {CALL("'eventSource':'iam.amazonaws.com','eventName':'PutRolePolicy','recipientAccountId':"
              "'222222222222','requestParameters':null"),
         "222222222222 eu-west-1 iam PutRolePolicy" BY_ANN},
        {CALL("'eventSource':'sqs.amazonaws.com','eventName':'ListQueues','readOnly':true"),
         "nothing: a read"},
        {CALL("'eventSource':'sqs.amazonaws.com','eventName':'DeleteQueue','errorCode':'AccessDenied'"),
         "nothing: a call that failed"},
        {EVENT("AWS API Call via CloudTrail", "",
               "{'eventSource':'sqs.amazonaws.com','eventName':'SetQueueAttributes','userAgent':"
               "'plumb/0.1.0'}"),
         "nothing: a call of plumb"},
        {EVENT("AWS API Call via CloudTrail", "",
               "{'eventSource':'lambda.amazonaws.com','eventName':'UpdateAlias20150331','userIdentity':"
               "{'type':'AWSService','invokedBy':'codedeploy.amazonaws.com'},'requestParameters':"
               "{'functionName':'f','name':'live'}}"),
         "111111111111 us-east-1 lambda UpdateAlias by codedeploy.amazonaws.com [f] [live]"},
        {EVENT("CodeDeploy Deployment State-change Notification",
               "'arn:aws:codedeploy:us-east-1:111111111111:application:beta-orders'",
               "{'application':'beta-orders','deploymentId':'d-1','deploymentGroup':'g','state':'FAILURE',"
               "'region':'us-east-1'}"),
         "111111111111 us-east-1 codedeploy FAILURE by  [beta-orders] [g] [d-1] "
         "[arn:aws:codedeploy:us-east-1:111111111111:application:beta-orders]"},
        {EVENT("CloudWatch Alarm State Change",
               "'arn:aws:cloudwatch:us-east-1:111111111111:alarm:OrderErrors'",
               "{'alarmName':'OrderErrors','state':{'value':'ALARM','reason':'r'},'previousState':{}}"),
         "111111111111 us-east-1 cloudwatch ALARM by  [OrderErrors] "
         "[arn:aws:cloudwatch:us-east-1:111111111111:alarm:OrderErrors]"},
        {EVENT("EC2 Instance State-change Notification", "", "{'state':'running'}"),
         "nothing: an event of a kind that plumb does not look at"},
        {"{'headers':{'X-GitHub-Event':'push','x-number':7},'body':'{}'}", "webhook {} X-GitHub-Event=push"},
        {"{'version':'2.0','routeKey':'$default','headers':{'a':'b'},'body':'e30=','isBase64Encoded':true}",
         "webhook {} a=b"},
        {"{'ref':'refs/heads/main'}", "event {\"ref\":\"refs/heads/main\"}"},
        {"{'environment':'beta'}", "event {\"environment\":\"beta\"}"},
        {"{'Type':'Notification','MessageId':'m','Message':'{\\'environment\\':\\'beta\\'}'}",
         "event {\"environment\":\"beta\"}"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct queue_message message;
        struct error error = ERROR_INIT;
        if (!queue_message_read(arena, json(arena, cases[i].message), &message, &error))
            fail_msg("%s: %s", cases[i].message, error.message);
        assert_string_equal(text_of(arena, &message).ptr, cases[i].text);
    }
    arena_free(arena);
}

static void refuses_messages(void **state)
{
    (void)state;
    static const struct {
        const char *message, *why;
    } cases[] = {
        {"", "found the end of the text"},
        {"[]", "it is a list, not a mapping"},
        {"{}", "names no ref, repository or environment"},
        {"{'Type':'Notification','Message':'hello'}", "the message in SNS's envelope"},
        {"{'Type':'Notification','Message':'{}'}", "names no ref, repository or environment"},
        {"{'Type':'Notification','Message':'{\\'Type\\':\\'Notification\\',\\'Message\\':\\'x\\'}'}",
         "names no ref, repository or environment"}, /* one envelope is opened */
        {"{'headers':[],'body':'x'}", "a webhook that is passed on has"},
        {"{'headers':{},'body':{}}", "a webhook that is passed on has"},
        {"{'headers':{},'body':'?','isBase64Encoded':true}", "said to be base64 and is not"},
        {"{'detail-type':'AWS API Call via CloudTrail','account':'1','detail':{}}",
         "an event has \"detail\""},
        {"{'detail-type':'AWS API Call via CloudTrail','account':'111111111111','detail':[]}",
         "an event has \"detail\""},
        {CALL("'eventSource':['lambda.amazonaws.com'],'eventName':'X'"), "no eventSource or no eventName"},
        {CALL("'eventSource':'lambda.amazonaws.com','eventName':7"), "no eventSource or no eventName"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct queue_message message;
        struct error error = ERROR_INIT;
        assert_false(queue_message_read(arena, json(arena, cases[i].message), &message, &error));
        if (error.code != ERROR_INVALID || !strstr(error.message, cases[i].why))
            fail_msg("'%s' is not in '%s'", cases[i].why, error.message);
    }
    arena_free(arena);
}

static void bounds_what_it_keeps(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct queue_message message;
    struct error error = ERROR_INIT;
    struct buf text = BUF_INIT(BUF_LARGE);
    buf_addz(&text, "'eventSource':'ec2.amazonaws.com','eventName':'X','requestParameters':{'ids':[");
    for (int i = 0; i < 1000; i++)
        buf_printf(&text, "%s'id-%d'", i ? "," : "", i);
    buf_addz(&text, "],'longName':'");
    for (int i = 0; i <= RESOURCE_NAME_MAX; i++)
        buf_addc(&text, 'x');
    buf_addz(&text, "'}");
    struct str whole = arena_printf(arena, "%s%s%s",
                                    "{'detail-type':'AWS API Call via CloudTrail',"
                                    "'account':'111111111111','detail':{",
                                    text.ptr, "}}");
    assert_true(queue_message_read(arena, json(arena, whole.ptr), &message, &error));
    assert_int_equal(message.resource.name_count, RESOURCE_NAMES_MAX);
    buf_clear(&text);
    buf_addz(&text, "{'body':'x','headers':{");
    for (int i = 0; i <= QUEUE_HEADERS_MAX; i++)
        buf_printf(&text, "%s'h%d':'x'", i ? "," : "", i);
    buf_addz(&text, "}}");
    assert_false(queue_message_read(arena, json(arena, text.ptr), &message, &error));
    assert_non_null(strstr(error.message, "it has 65 headers"));
    buf_release(&text);
    arena_free(arena);
}

static void reads_urls_of_queues(void **state)
{
    (void)state;
    static const struct {
        const char *url, *region; /* NULL: refused */
    } cases[] = {
        {"https://sqs.eu-west-1.amazonaws.com/111111111111/plumb", "eu-west-1"},
        {"https://sqs.cn-north-1.amazonaws.com.cn/111111111111/plumb", "cn-north-1"},
        {"https://vpce-1-a.sqs.us-east-1.vpce.amazonaws.com/111111111111/plumb", "us-east-1"},
        {"https://queue.example/111111111111/plumb", ""},
        {"http://127.0.0.1:4566/111111111111/plumb", ""},
    };
    static const char *const refused[] = {
        "",
        "plumb",
        "arn:aws:sqs:us-east-1:111111111111:plumb",
        "http://sqs.us-east-1.amazonaws.com/111111111111/p",
        "https://sqs.us-east-1.amazonaws.com/plumb",
        "https://sqs.us-east-1.amazonaws.com/111111111111/",
        "https://sqs.us-east-1.amazonaws.com/111111111111/a/b",
        "https:///111111111111/plumb",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_true(str_is(queue_region(str_from(cases[i].url)), cases[i].region));
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        const struct queue_options options = {.url = str_from(refused[i])};
        struct queue *queue;
        struct error error = ERROR_INIT;
        assert_false(queue_start(&options, &queue, &error));
        assert_int_equal(error.code, ERROR_INVALID);
        assert_non_null(strstr(error.message, "is not the URL of a queue"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_messages),
        cmocka_unit_test(refuses_messages),
        cmocka_unit_test(bounds_what_it_keeps),
        cmocka_unit_test(reads_urls_of_queues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
