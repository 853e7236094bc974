#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "providers/iam/types.h"
#include "providers/lambda/operations.h"
#include "providers/lambda/types.h"
#include "tests/providers/live/live.h"

#define ROLE "arn:aws:iam::123456789012:role/lambda"
#define ROLE_PROPERTIES                                                                                      \
    "{'RoleName':'lambda','AssumeRolePolicyDocument':{'Version':'2012-10-17','Statement':[{'Effect':"        \
    "'Allow','Principal':{'Service':'lambda.amazonaws.com'},'Action':'sts:AssumeRole'}]}}"
#define ARTIFACT(DIGEST) "'Code':{'Plumb::Artifact':{'Digest':'" DIGEST "','Path':'src'}}"
#define BASE "'FunctionName':'orders','Role':'" ROLE "','Runtime':'python3.12','Handler':'app.handler'"

static int open_with_role(void **state)
{
    live_open(state);
    live_make(*state, &iam_role_type, "lambda", ROLE_PROPERTIES);
    return 0;
}

/* The digest that Lambda shows must be that of the bytes that were given. */
static void digest_is_shown(struct live *live, const struct live_run *run, size_t step,
                            const struct resource_state *state)
{
    static const char *const digests[] = {"d1", "d2", "d2"};
    unsigned char sum[SHA256_SIZE];
    (void)run;
    sha256(live_zip(live->arena, str_from(digests[step])), sum);
    struct str expected =
        base64_encode(live->arena, (struct str){.ptr = (const char *)sum, .len = sizeof(sum)});
    assert_string_equal(value_get_text(state->attributes, "CodeSha256").ptr, expected.ptr);
}

static void a_function_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{" BASE "," ARTIFACT(
             "d1") ",'Description':'one','MemorySize':'256','Timeout':10,'Architectures':['arm64'],"
                   "'Environment':{'Variables':{'AA':'1','BB':2}},'Tags':[{'Key':'app','Value':'orders'}],"
                   "'ReservedConcurrentExecutions':5,'TracingConfig':{'Mode':'Active'},"
                   "'EphemeralStorage':{'Size':1024},'SnapStart':{'ApplyOn':'None'}}",
         "{'MemorySize':256,'Environment':{'Variables':{'AA':'1','BB':'2'}},"
         "'Tags':[{'Key':'app','Value':'orders'}],'Layers':[]}"},
        {"{'FunctionName':'orders','Role':'" ROLE
         "','Runtime':'python3.13','Handler':'main.handler'," ARTIFACT(
             "d2") ",'Description':'two','MemorySize':512,'Timeout':20,'Architectures':['arm64'],"
                   "'Environment':{'Variables':{'AA':'1','CC':'3'}},'Tags':[{'Key':'app','Value':'2'}],"
                   "'ReservedConcurrentExecutions':'7'}",
         "{'Environment':{'Variables':{'AA':'1','CC':'3'}},'ReservedConcurrentExecutions':7}"},
        {"{" BASE "," ARTIFACT("d2") ",'Architectures':['arm64']}",
         "{'Description':'','MemorySize':128,'Timeout':3,'Environment':{'Variables':{}},'Tags':[]}"},
    };
    live_drive(*state, &(struct live_run){.type = &lambda_function_type,
                                          .name = "unused",
                                          .steps = steps,
                                          .count = ARRAY_LENGTH(steps),
                                          .look = digest_is_shown});
}

/* Counts the writes of an update. */
struct counter {
    int code, configuration;
};

static void count_writes(void *self, const struct aws_operation *operation, const struct value *input)
{
    struct counter *counter = self;
    counter->code +=
        operation == &lambda_operations[LAMBDA_UPDATE_FUNCTION_CODE] && !value_get(input, "DryRun");
    counter->configuration += operation == &lambda_operations[LAMBDA_UPDATE_FUNCTION_CONFIGURATION];
}

static void only_what_differs_is_written(void **state)
{
    static const struct {
        const char *previous, *properties;
        int code, configuration;
    } cases[] = {
        {"{" BASE "," ARTIFACT("d1") "}", "{" BASE "," ARTIFACT("d1") "}", 0, 0},
        {"{" BASE "," ARTIFACT("d1") "}", "{" BASE "," ARTIFACT("d2") "}", 1, 0},
        {"{" BASE "," ARTIFACT("d2") "}", "{" BASE "," ARTIFACT("d2") ",'Timeout':'9'}", 0, 1},
        {"{" BASE "," ARTIFACT("d2") ",'Timeout':9}", "{" BASE "," ARTIFACT("d2") ",'Timeout':9}", 0, 0},
        {"{" BASE "," ARTIFACT("d2") ",'Timeout':9}", "{" BASE "," ARTIFACT("d3") "}", 1, 1},
    };
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct resource_state made = live_make(live, &lambda_function_type, "orders", cases[0].previous);
    static struct counter counter; /* the session watches for as long as it lives */
    aws_session_observe(live->session, &(struct aws_observer){.self = &counter, .before = count_writes});
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        counter = (struct counter){0, 0};
        struct resource_call call =
            live_call(live, "orders", made.physical_id, live_json(live, cases[i].properties));
        call.previous = live_json(live, cases[i].previous);
        if (!lambda_function_type.update(&call, &made, &error))
            fail_msg("case %zu: %s", i, error.message);
        assert_int_equal(counter.code, cases[i].code);
        assert_int_equal(counter.configuration, cases[i].configuration);
    }
    live_unmake(live, &lambda_function_type, made.physical_id, cases[0].previous);
}

static void inline_code_gives_the_same_digest_every_time(void **state)
{
    static const char *const properties =
        "{" BASE ",'Code':{'ZipFile':'def handler(event, context):\\n    return 1\\n'}}";
    struct live *live = *state;
    struct resource_state first = live_make(live, &lambda_function_type, "orders", properties);
    live_unmake(live, &lambda_function_type, first.physical_id, properties);
    struct resource_state again = live_make(live, &lambda_function_type, "orders", properties);
    live_unmake(live, &lambda_function_type, again.physical_id, properties);
    assert_string_equal(value_get_text(first.attributes, "CodeSha256").ptr,
                        value_get_text(again.attributes, "CodeSha256").ptr);
}

static void what_cannot_be_done_is_refused(void **state)
{
    static const struct {
        const char *properties, *text;
    } cases[] = {
        {"{" BASE "}", "Code needs one of"},
        {"{" BASE ",'Code':{'ZipFile':'x','S3Bucket':'b'}}", "Code needs one of"},
        {"{" BASE ",'Code':{'ZipFile':'import cfnresponse'}}", "CloudFormation's response module"},
        {"{'FunctionName':'x','Role':'" ROLE "','Runtime':'java21','Code':{'ZipFile':'x'}}",
         "needs a Python or Node.js runtime, not 'java21'"},
        {"{" BASE "," ARTIFACT("d1") ",'PublishToLatestPublished':true}",
         "property 'PublishToLatestPublished' of AWS::Lambda::Function is not supported"},
        {"{" BASE "," ARTIFACT("d1") ",'VpcConfig':{'SubnetIDs':[]}}",
         "has no property 'VpcConfig.SubnetIDs'; did you mean 'SubnetIds'?"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        live_refused(*state, &lambda_function_type, cases[i].properties, cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_lives),
        cmocka_unit_test(only_what_differs_is_written),
        cmocka_unit_test(inline_code_gives_the_same_digest_every_time),
        cmocka_unit_test(what_cannot_be_done_is_refused),
    };
    return cmocka_run_group_tests(tests, open_with_role, live_close);
}
