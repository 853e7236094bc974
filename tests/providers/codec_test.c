#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/aws/codec.h"
#include "tests/providers/fake_aws.h"

static const struct aws_service dynamodb = {.name = "dynamodb",
                                            .endpoint_prefix = "dynamodb",
                                            .protocol = AWS_JSON_1_0,
                                            .target_prefix = "DynamoDB_20120810"},
                                sns = {.name = "sns",
                                       .endpoint_prefix = "sns",
                                       .protocol = AWS_QUERY,
                                       .api_version = "2010-03-31"},
                                lambda = {.name = "lambda",
                                          .endpoint_prefix = "lambda",
                                          .protocol = AWS_REST_JSON},
                                s3 = {.name = "s3",
                                      .signing_name = "s3",
                                      .endpoint_prefix = "s3",
                                      .protocol = AWS_REST_XML,
                                      .xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"};

static const struct aws_operation describe_table = {.service = &dynamodb, .name = "DescribeTable"},
                                  create_topic = {.service = &sns,
                                                  .name = "CreateTopic",
                                                  .maps = "Attributes,Marks=Name/Value"},
                                  get_alias = {.service = &lambda,
                                               .name = "GetAlias",
                                               .method = "GET",
                                               .path = "/2015-03-31/functions/{FunctionName}/aliases/{Name}"},
                                  untag = {.service = &lambda,
                                           .name = "UntagResource",
                                           .method = "DELETE",
                                           .path = "/2017-03-31/tags/{Resource}",
                                           .query = "TagKeys=tagKeys,Marker=Marker,More=more"},
                                  invoke = {.service = &lambda,
                                            .name = "Invoke",
                                            .method = "POST",
                                            .path = "/2015-03-31/functions/{FunctionName}/invocations",
                                            .query = "Qualifier=Qualifier",
                                            .headers = "InvocationType=X-Amz-Invocation-Type",
                                            .payload = "Payload",
                                            .answer_headers = "FunctionError=X-Amz-Function-Error",
                                            .answer_payload = "Payload"},
                                  update = {.service = &lambda,
                                            .name = "UpdateFunctionCode",
                                            .method = "PUT",
                                            .path = "/2015-03-31/functions/{FunctionName}/code"},
                                  put_tagging = {.service = &s3,
                                                 .name = "PutBucketTagging",
                                                 .method = "PUT",
                                                 .path = "/{Bucket}?tagging",
                                                 .headers = "ExpectedBucketOwner=x-amz-expected-bucket-owner",
                                                 .payload = "Tagging",
                                                 .xml_root = "Tagging"},
                                  put_policy = {.service = &s3,
                                                .name = "PutBucketPolicy",
                                                .method = "PUT",
                                                .path = "/{Bucket}?policy",
                                                .payload = "Policy"},
                                  get_object = {.service = &s3,
                                                .name = "GetObject",
                                                .method = "GET",
                                                .path = "/{Bucket}/{Key+}",
                                                .query = "VersionId=versionId",
                                                .answer_headers = "ETag=ETag",
                                                .answer_payload = "Body"},
                                  list_objects = {.service = &s3,
                                                  .name = "ListObjectsV2",
                                                  .method = "GET",
                                                  .path = "/{Bucket}?list-type=2",
                                                  .query = "Prefix=prefix"};

struct encode_case {
    const struct aws_operation *operation;
    const char *input, *wanted;
};

static const struct encode_case encode_cases[] = {
    {&describe_table, "{'TableName':'t','N':12345678901234567890}",
     "POST dynamodb.us-east-1.amazonaws.com / | Content-Type: application/x-amz-json-1.0 | "
     "X-Amz-Target: DynamoDB_20120810.DescribeTable | {'TableName':'t','N':12345678901234567890}"},
    {&describe_table, NULL,
     "POST dynamodb.us-east-1.amazonaws.com / | Content-Type: application/x-amz-json-1.0 | "
     "X-Amz-Target: DynamoDB_20120810.DescribeTable | {}"},
    {&create_topic,
     "{'Name':'a "
     "b','Tags':[{'Key':'k','Value':'v&=é'}],'Attributes':{'P':'1'},'Deep':{'X':{'Y':true}},'No':[]}",
     "POST sns.us-east-1.amazonaws.com / | Content-Type: application/x-www-form-urlencoded; charset=utf-8 | "
     "Action=CreateTopic&Version=2010-03-31&Name=a%20b&Tags.member.1.Key=k&Tags.member.1.Value=v%26%3D%C3%A9"
     "&Attributes.entry.1.key=P&Attributes.entry.1.value=1&Deep.X.Y=true&No="},
    {&create_topic,
     "{'Marks':{'a':{'DataType':'String','StringValue':'b c'},'d':'e'},'M':{'Marks':{'x':'y'}}}",
     "POST sns.us-east-1.amazonaws.com / | Content-Type: application/x-www-form-urlencoded; charset=utf-8 | "
     "Action=CreateTopic&Version=2010-03-31&Marks.entry.1.Name=a&Marks.entry.1.Value.DataType=String"
     "&Marks.entry.1.Value.StringValue=b%20c&Marks.entry.2.Name=d&Marks.entry.2.Value=e&M.Marks.x=y"},
    {&create_topic, NULL,
     "POST sns.us-east-1.amazonaws.com / | Content-Type: application/x-www-form-urlencoded; charset=utf-8 | "
     "Action=CreateTopic&Version=2010-03-31"},
    {&get_alias, "{'FunctionName':'arn:aws:lambda:us-east-1:1:function:f','Name':'a/b'}",
     "GET lambda.us-east-1.amazonaws.com "
     "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af/aliases/a%2Fb | "
     "Accept: application/json | "},
    {&untag, "{'Resource':'r','TagKeys':['a','b c']}",
     "DELETE lambda.us-east-1.amazonaws.com /2017-03-31/tags/r?tagKeys=a&tagKeys=b%20c | "
     "Accept: application/json | "},
    {&untag, "{'Resource':'r','More':{'a b':'1','c':'&'},'TagKeys':[]}",
     "DELETE lambda.us-east-1.amazonaws.com /2017-03-31/tags/r?a%20b=1&c=%26 | Accept: application/json | "},
    {&invoke, "{'FunctionName':'f','InvocationType':'Event','Payload':'{}','Qualifier':'live'}",
     "POST lambda.us-east-1.amazonaws.com /2015-03-31/functions/f/invocations?Qualifier=live | "
     "X-Amz-Invocation-Type: Event | Accept: application/json | {}"},
    {&update, "{'FunctionName':'f','S3Bucket':'b','Publish':false}",
     "PUT lambda.us-east-1.amazonaws.com /2015-03-31/functions/f/code | Accept: application/json | "
     "Content-Type: application/json | {'S3Bucket':'b','Publish':false}"},
    {&put_tagging,
     "{'Bucket':'my-bucket','ExpectedBucketOwner':'1','Tagging':{'TagSet':{'Tag':[{'Key':'a','Value':'1'},"
     "{'Key':'b','Value':'<'}]}}}",
     "PUT my-bucket.s3.us-east-1.amazonaws.com /?tagging | x-amz-expected-bucket-owner: 1 | "
     "Content-Type: application/xml | Content-MD5: ml+0vmnBvGgzDV9LPVDSTg== | "
     "<Tagging "
     "xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><TagSet><Tag><Key>a</Key><Value>1</Value></Tag>"
     "<Tag><Key>b</Key><Value>&lt;</Value></Tag></TagSet></Tagging>"},
    {&put_policy, "{'Bucket':'my.bucket','Policy':'{}'}",
     "PUT s3.us-east-1.amazonaws.com /my.bucket?policy | Content-MD5: mZFLkyvTelC5g8XnyQrpOw== | {}"},
    {&get_object, "{'Bucket':'my-bucket','Key':'a/b c.zip','VersionId':'1'}",
     "GET my-bucket.s3.us-east-1.amazonaws.com /a/b%20c.zip?versionId=1 | "},
    {&list_objects, "{'Bucket':'my-bucket','Prefix':'p/'}",
     "GET my-bucket.s3.us-east-1.amazonaws.com /?list-type=2&prefix=p%2F | "},
    {&get_alias, "{'FunctionName':'..','Name':'a'}", "invalid: 'FunctionName' cannot be '..'"},
    {&get_alias, "{'Name':'a'}", "invalid: 'FunctionName' cannot be ''"},
    {&invoke, "{'FunctionName':'f','InvocationType':'a\\r\\nX: y'}",
     "invalid: 'InvocationType' holds a control character"},
};

static struct str single_quoted(struct arena *arena, struct str text)
{
    char *copy = arena_strz(arena, text);
    for (char *c = copy; *c; c++)
        *c = *c == '"' ? '\'' : *c;
    return str_from(copy);
}

static struct str encoded(struct arena *arena, const struct aws_operation *operation,
                          const struct aws_endpoint *endpoint, const struct value *input)
{
    struct error error = ERROR_INIT;
    struct aws_message message;
    if (!codec_encode(arena, operation, endpoint, input, &message, &error))
        return arena_printf(arena, "%s: %s", error_code_name(error.code), error.message);
    struct str text =
        arena_printf(arena, "%.*s %.*s %.*s%s%.*s | ", STR_ARG(message.method), STR_ARG(message.host),
                     STR_ARG(message.path), message.query.len ? "?" : "", STR_ARG(message.query));
    for (size_t i = 0; i < message.header_count; i++)
        text = arena_printf(arena, "%.*s%.*s: %.*s | ", STR_ARG(text), STR_ARG(message.headers[i].name),
                            STR_ARG(message.headers[i].value));
    return single_quoted(arena, arena_printf(arena, "%.*s%.*s", STR_ARG(text), STR_ARG(message.body)));
}

static void encodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(encode_cases); i++) {
        const struct encode_case *c = &encode_cases[i];
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct aws_environment none = {.get = NULL};
        struct aws_endpoint endpoint;
        assert_true(
            endpoint_resolve(arena, &none, c->operation->service, STR("us-east-1"), &endpoint, &error));
        struct value *input = c->input ? fake_json(arena, c->input) : NULL;
        assert_text(encoded(arena, c->operation, &endpoint, input), c->wanted);
        arena_free(arena);
    }
}

/* An endpoint of one's own: buckets by path, and its path in front. */
static void overridden_endpoint(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct aws_endpoint endpoint = {
        .scheme = STR("http"), .host = STR("localhost:4566"), .path = STR("/base"), .overridden = true};
    assert_text(encoded(arena, &list_objects, &endpoint, fake_json(arena, "{'Bucket':'my-bucket'}")),
                "GET localhost:4566 /base/my-bucket?list-type=2 | ");
    assert_text(encoded(arena, &put_policy, &endpoint, fake_json(arena, "{'Bucket':'b','Policy':''}")),
                "PUT localhost:4566 /base/b?policy | ");
    arena_free(arena);
}

static void secrets_and_unknowns(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct aws_endpoint endpoint = {.scheme = STR("https"), .host = STR("h"), .path = STR("")};
    struct value *input = value_map(arena);
    value_setz(arena, input, "Secret", value_secret(arena, STR("s3cret")));
    assert_true(str_ends(encoded(arena, &create_topic, &endpoint, input), "2010-03-31&Secret=s3cret"));
    assert_true(str_contains(encoded(arena, &describe_table, &endpoint, input), "{'Secret':'s3cret'}"));
    value_setz(arena, input, "Arn", value_unknown(arena, STR("Topic.Arn")));
    assert_text(encoded(arena, &create_topic, &endpoint, input), "bug: 'Topic.Arn' is not known yet");
    arena_free(arena);
}

struct decode_case {
    const struct aws_operation *operation;
    const char *header, *value, *body, *wanted;
};

static const struct decode_case decode_cases[] = {
    {&describe_table, NULL, NULL, "{\"Table\":{\"N\":1.50}}", "{'Table':{'N':1.50}}"},
    {&describe_table, NULL, NULL, "", "{}"},
    {&create_topic, NULL, NULL,
     "<CreateTopicResponse xmlns=\"x\"><CreateTopicResult><TopicArn>a</TopicArn></CreateTopicResult>"
     "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></CreateTopicResponse>",
     "{'TopicArn':'a'}"},
    {&create_topic, NULL, NULL,
     "<CreateTopicResponse><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></"
     "CreateTopicResponse>",
     "{}"},
    {&invoke, "X-Amz-Function-Error", "Unhandled", "{\"e\":1}",
     "{'Payload':'{\\'e\\':1}','FunctionError':'Unhandled'}"},
    {&get_object, "etag", "'1'", "bytes", "{'Body':'bytes','ETag':''1''}"},
    {&list_objects, NULL, NULL,
     "<ListBucketResult><Name>b</Name><Contents><Key>k</Key></Contents></ListBucketResult>",
     "{'Name':'b','Contents':{'Key':'k'}}"},
    {&put_policy, NULL, NULL, "", "{}"},
    {&describe_table, NULL, NULL, "<html>", "corrupt"},
    {&create_topic, NULL, NULL, "{}", "corrupt"},
    {&create_topic, NULL, NULL, "", "corrupt"},
    {&list_objects, NULL, NULL, "<ListBucketResult><Name>", "corrupt"},
    {&list_objects, NULL, NULL, "<Error><Code>InternalError</Code><Message>oops</Message></Error>",
     "unavailable"},
};

static void decodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(decode_cases); i++) {
        const struct decode_case *c = &decode_cases[i];
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct value *output;
        struct http_header header = {str_from(c->header), str_from(c->value)};
        struct http_response response = {
            .status = 200, .headers = &header, .header_count = c->header != NULL, .body = str_from(c->body)};
        bool done = codec_decode(arena, c->operation, &response, &output, &error);
        assert_text(done ? single_quoted(arena, json_text(arena, output, JSON_COMPACT))
                         : str_from(error_code_name(error.code)),
                    c->wanted);
        arena_free(arena);
    }
}

struct endpoint_case {
    const char *region, *variable, *value;
    const struct aws_service *service;
    const char *wanted;
};

static const struct aws_service iam = {.name = "iam", .endpoint_prefix = "iam", .global = true},
                                gateway = {.name = "api_gateway", .endpoint_prefix = "apigateway"};

static const struct endpoint_case endpoint_cases[] = {
    {"eu-west-1", NULL, NULL, &gateway, "https://apigateway.eu-west-1.amazonaws.com eu-west-1"},
    {"cn-north-1", NULL, NULL, &gateway, "https://apigateway.cn-north-1.amazonaws.com.cn cn-north-1"},
    {"us-isob-east-1", NULL, NULL, &gateway,
     "https://apigateway.us-isob-east-1.sc2s.sgov.gov us-isob-east-1"},
    {"eu-west-1", NULL, NULL, &iam, "https://iam.amazonaws.com us-east-1"},
    {"us-gov-east-1", NULL, NULL, &iam, "https://iam.us-gov.amazonaws.com us-gov-west-1"},
    {"cn-northwest-1", NULL, NULL, &iam, "https://iam.cn-north-1.amazonaws.com.cn cn-north-1"},
    {"us-east-2", "AWS_USE_FIPS_ENDPOINT", "true", &gateway,
     "https://apigateway-fips.us-east-2.amazonaws.com us-east-2"},
    {"us-east-2", "AWS_ENDPOINT_URL", "http://127.0.0.1:5000/", &gateway, "http://127.0.0.1:5000 us-east-2"},
    {"us-east-2", "AWS_ENDPOINT_URL", "https://h/a/b/", &iam, "https://h/a/b us-east-1"},
    {"us-east-2", "AWS_ENDPOINT_URL_API_GATEWAY", "http://localhost:1", &gateway,
     "http://localhost:1 us-east-2"},
    {"us-east-2", "AWS_ENDPOINT_URL_API_GATEWAY", "http://localhost:1", &iam,
     "https://iam.amazonaws.com us-east-1"},
    {"us-east-2", "AWS_ENDPOINT_URL", "localhost:5000", &iam,
     "AWS_ENDPOINT_URL must be https://HOST or http://HOST, not 'localhost:5000'"},
    {"us-east-2", "AWS_ENDPOINT_URL", "http://user@h", &iam,
     "AWS_ENDPOINT_URL is not an endpoint: no spaces, '@', '?' or '#' in it"},
    {"us-east-1.evil.com/", NULL, NULL, &iam, "'us-east-1.evil.com/' is not an AWS region"},
};

static const char *one_variable(void *self, const char *name)
{
    const struct endpoint_case *c = self;
    return c->variable && strcmp(c->variable, name) == 0 ? c->value : NULL;
}

static void endpoints(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(endpoint_cases); i++) {
        struct endpoint_case c = endpoint_cases[i];
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct aws_environment environment = {.get = one_variable, .self = &c};
        struct aws_endpoint e;
        struct str got;
        if (endpoint_resolve(arena, &environment, c.service, str_from(c.region), &e, &error))
            got = arena_printf(arena, "%.*s://%.*s%.*s %.*s", STR_ARG(e.scheme), STR_ARG(e.host),
                               STR_ARG(e.path), STR_ARG(e.signing_region));
        else
            got = str_from(error.message);
        assert_text(got, c.wanted);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes),
        cmocka_unit_test(overridden_endpoint),
        cmocka_unit_test(secrets_and_unknowns),
        cmocka_unit_test(decodes),
        cmocka_unit_test(endpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
