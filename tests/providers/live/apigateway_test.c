#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/apigateway/operations.h"
#include "providers/apigateway/types.h"
#include "tests/providers/live/live.h"

#define INTEGRATION(TO)                                                                                      \
    "'x-amazon-apigateway-integration':{'type':'aws_proxy','httpMethod':'POST',"                             \
    "'uri':'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" TO "/invocations'}"
#define BODY(PATHS) "'Body':{'openapi':'3.0.1','info':{'title':'t','version':'1'},'paths':{" PATHS "}}"
#define GET(TO) "'get':{'responses':{}," INTEGRATION(TO) "}"
#define POST(TO) "'post':{'responses':{}," INTEGRATION(TO) "}"

static void drive(struct live *live, const struct resource_type *type, const struct live_step *steps,
                  size_t count)
{
    live_drive(live, &(struct live_run){.type = type, .name = "unnamed", .steps = steps, .count = count});
}

/* moto has no TagResource for /restapis/ID (the path ends at its first slash), so that an API's tags, and
 * with them the digest of its document, stay here as they were made. */
#define TAGS "'Tags':[{'Key':'app','Value':'orders'}]"
#define PATHS "'/orders':{" POST("A") "," GET("A") "},'/orders/{orderId}':{" GET("A") "}"

static void an_api_with_a_body_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{'Name':'orders'," BODY(
             PATHS) "," TAGS ",'Parameters':{'endpointConfigurationTypes':'REGIONAL'},"
                    "'EndpointConfiguration':{'Types':['REGIONAL']},'Description':'takes orders'}",
         "{" TAGS ",'ApiKeySourceType':'HEADER'}"},
        {"{'Name':'orders2'," BODY(
             PATHS) "," TAGS ",'Parameters':{'endpointConfigurationTypes':'REGIONAL'},"
                    "'ApiKeySourceType':'AUTHORIZER','EndpointConfiguration':{'Types':['EDGE']}}",
         "{'Description':''}"},
    };
    drive(*state, &apigateway_rest_api_type, steps, ARRAY_LENGTH(steps));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_api_with_a_body_lives),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
