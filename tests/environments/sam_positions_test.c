#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "template_cases.h"

/*
 * Every mistake names the line where the user wrote it, also where the value came from Globals, from a merge,
 * or is found only in what the transform made.
 */

/* What follows is line 8. */
#define FUNCTION                                                                                             \
    "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: r\n"             \
    "      Handler: h\n      InlineCode: c\n"
#define API                                                                                                  \
    "Resources:\n  A:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: s\n"                \
    "      Cors: \"'*'\"\n      DefinitionBody: {openapi: 3.0.1, paths: {}, "
/* With Globals of three lines before: line 11. */
#define GLOBALS(section, property) "Globals:\n  " section ":\n    " property "\n" FUNCTION

static const struct template_case cases[] = {
    /* from Globals, into every resource of the type */
    {GLOBALS("Function", "Tags: [a]"), NULL,
     "resource 'F': property 'Tags' must be a mapping with values of the right kind" HERE("3:11")},
    {GLOBALS("Function", "Nothing: 1"), NULL, "section 'Globals': 'Function' has no 'Nothing'" HERE("3:14")},
    {GLOBALS("Function", "Environment: {Variables: {A: !Ref Missing}}"), NULL,
     "resource 'F': 'Missing' is neither a parameter nor a resource" HERE("3:34")},
    {GLOBALS("Function", "DeploymentPreference: {Type: AllAtOnce}"), NULL,
     "resource 'F': 'DeploymentPreference' requires 'AutoPublishAlias'" HERE("3:27")},
    {"Globals:\n  Function:\n    CodeUri: nowhere\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
     "    Properties: {Runtime: r, Handler: h}\n",
     NULL,
     "resource 'F': 'CodeUri' must be an S3 URI or a path: there is no 'nowhere' in the repository" HERE(
         "3:14")},
    /* of a merge, the part that is wrong */
    {GLOBALS("Function", "Layers: [a]") "      Layers:\n      - 1\n", NULL,
     "resource 'F': property 'Layers' has a value of the wrong kind" HERE("12:7")},
    {"Globals:\n  Api: {Auth: {DefaultAuthorizer: Own}}\nResources:\n  A:\n    Type: AWS::Serverless::Api\n"
     "    Properties:\n      StageName: s\n      Auth: {Authorizers: {Other: {UserPoolArn: a}}}\n",
     NULL, "resource 'A': 'DefaultAuthorizer' names 'Own', which 'Authorizers' does not define" HERE("2:35")},
    /* in an event, and in what an event is added to */
    {FUNCTION "      Events:\n        E: {Type: Api, Properties: {Path: 1, Method: get}}\n", NULL,
     "resource 'F': event 'E': 'Path' must be a text" HERE("9:43")},
    {FUNCTION "      Events:\n        E: {Type: SQS, Properties: {Queue: q, BatchSize: x}}\n", NULL,
     "resource 'FE': property 'BatchSize' has a value of the wrong kind" HERE("9:58")},
    {FUNCTION
     "      Events:\n        E: {Type: HttpApi, Properties: {ApiId: !Ref H, Path: /, Method: get}}\n"
     "  H:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n      DefinitionBody: {openapi: 3.0.1}\n",
     NULL,
     "resource 'H': 'DefinitionBody' must be an OpenAPI document with a version and 'paths', as event 'E' of "
     "'F' adds to it" HERE("13:23")},
    {API "components: [a]}\n", NULL,
     "resource 'A': 'components' in an API's definition must be a mapping" HERE("7:63")},
    {API "definitions: x}\n", NULL,
     "resource 'A': 'definitions' in an API's definition must be a mapping" HERE("7:64")},
    /* connectors, policies, and two mistakes at once */
    {FUNCTION "    Connectors:\n      To: {Properties: {Destination: {Id: Q}, Permissions: [Write]}}\n", NULL,
     "resource 'FTo': there is no resource 'Q'" HERE("9:43")},
    {FUNCTION "      Policies:\n      - SQSPollerPolicy: {Queue: q}\n", NULL,
     "resource 'F': policy template 'SQSPollerPolicy' needs the parameter 'QueueName'" HERE("9:26")},
    {FUNCTION "      Timeot: 3\n  G:\n    Type: AWS::Serverless::SimpleTable\n    Properties: {Tags: 3}\n",
     NULL,
     "resource 'F': property 'Timeot' is not defined for 'AWS::Serverless::Function'" HERE(
         "8:15") "; resource 'G': property 'Tags' must be a mapping with values of the right kind" HERE("11:"
                                                                                                        "2"
                                                                                                        "4")},
    {"Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: "
     "s3://b/k\n"
     "      AutoPublishAlias: a-b\n",
     NULL, "resource 'MAliasa-b': a logical id must be letters and digits" HERE("3:5")},
    /* after the transform, in what it made of the template */
    {FUNCTION "      Events:\n        E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}\n", NULL,
     "resource 'FE': 'Q' is neither a parameter nor a resource, did you mean 'F'?" HERE("9:44")},
    {FUNCTION "    DependsOn: [G]\n", NULL,
     "'DependsOn' of 'F': there is no resource 'G', did you mean 'F'?" HERE("8:17")},
};

static void names_the_line_that_the_user_wrote(void **state)
{
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_the_line_that_the_user_wrote)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
