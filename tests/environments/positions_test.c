#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "template_cases.h"

/* A mistake is found after the transforms, where a value has gone far from where it was written: into a
 * generated role, another resource, every turn of a loop.  Its message names the place in the file all the
 * same. */
static const struct template_case cases[] = {
    /* from Globals */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Globals:\n"
     "  Function:\n"
     "    Runtime: python3.12\n"
     "    Environment:\n"
     "      Variables:\n"
     "        A: !Ref Nobody\n"
     "        B: !Sub 'x-${Nothing}'\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Properties: {InlineCode: x, Handler: a.b}\n",
     NULL, "resource 'F': 'Nobody' is neither a parameter nor a resource (app/template.yaml:7:12)"},
    /* merged with Globals */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Globals:\n"
     "  Function:\n"
     "    Runtime: python3.12\n"
     "    Environment:\n"
     "      Variables:\n"
     "        A: a\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Properties:\n"
     "      InlineCode: x\n"
     "      Handler: a.b\n"
     "      Environment:\n"
     "        Variables:\n"
     "          C: !GetAtt Nobody.Arn\n",
     NULL, "resource 'F': 'Nobody' is neither a parameter nor a resource (app/template.yaml:16:14)"},
    /* in a generated event source */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Properties:\n"
     "      InlineCode: x\n"
     "      Handler: a.b\n"
     "      Runtime: python3.12\n"
     "      Events:\n"
     "        Q:\n"
     "          Type: SQS\n"
     "          Properties:\n"
     "            Queue: !GetAtt Nobody.Arn\n",
     NULL, "resource 'FQ': 'Nobody' is neither a parameter nor a resource (app/template.yaml:13:20)"},
    /* in a policy template of a generated role */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Properties:\n"
     "      InlineCode: x\n"
     "      Handler: a.b\n"
     "      Runtime: python3.12\n"
     "      Policies:\n"
     "        - SQSSendMessagePolicy:\n"
     "            QueueName: !Ref Nobody\n",
     NULL, "resource 'FRole': 'Nobody' is neither a parameter nor a resource (app/template.yaml:11:24)"},
    /* in a definition */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  A:\n"
     "    Type: AWS::Serverless::Api\n"
     "    Properties:\n"
     "      StageName: !Ref Nobody\n"
     "      DefinitionBody:\n"
     "        openapi: 3.0.1\n"
     "        paths:\n"
     "          /a:\n"
     "            get: {x-amazon-apigateway-integration: {uri: !Sub '${Nowhere.Arn}'}}\n",
     NULL, "resource 'A': 'Nowhere' is neither a parameter nor a resource (app/template.yaml:11:58)"},
    /* in a loop */
    {"Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n"
     "Resources:\n"
     "  Fn::ForEach::L:\n"
     "    - X\n"
     "    - [A, B]\n"
     "    - F${X}:\n"
     "        Type: AWS::Serverless::Function\n"
     "        Properties:\n"
     "          InlineCode: x\n"
     "          Handler: a.b\n"
     "          Runtime: python3.12\n"
     "          Environment: {Variables: {V: !Ref 'Nobody${X}'}}\n",
     NULL, "resource 'FA': 'NobodyA' is neither a parameter nor a resource (app/template.yaml:12:40)"},
    /* attributes that generated resources inherit */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Condition: Never\n"
     "    Properties:\n"
     "      InlineCode: x\n"
     "      Handler: a.b\n"
     "      Runtime: python3.12\n",
     NULL, "there is no condition 'Never' (app/template.yaml:5:16)"},
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::SimpleTable\n"
     "    DeletionPolicy: Keep\n",
     NULL,
     "'DeletionPolicy' of 'F' must be Delete, Retain, RetainExceptOnCreate or Snapshot "
     "(app/template.yaml:5:21)"},
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::SimpleTable\n"
     "    DependsOn: [Nobody]\n",
     NULL, "'DependsOn' of 'F': there is no resource 'Nobody' (app/template.yaml:5:17)"},
    /* as a list of tags */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  F:\n"
     "    Type: AWS::Serverless::Function\n"
     "    Properties:\n"
     "      InlineCode: x\n"
     "      Handler: a.b\n"
     "      Runtime: python3.12\n"
     "      Tags:\n"
     "        K: !Ref Nobody\n",
     NULL, "resource 'F': 'Nobody' is neither a parameter nor a resource (app/template.yaml:10:12)"},
    /* inside of a definition's text */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  M:\n"
     "    Type: AWS::Serverless::StateMachine\n"
     "    Properties:\n"
     "      Role: !GetAtt Nobody.Arn\n"
     "      Definition:\n"
     "        StartAt: A\n"
     "        States: {A: {Type: Task, Resource: !Ref Nix, End: true}}\n",
     NULL, "resource 'M': 'Nix' is neither a parameter nor a resource (app/template.yaml:9:44)"},
    /* in an included file, of an API that SAM has gone over */
    {"Transform: AWS::Serverless-2016-10-31\n"
     "Resources:\n"
     "  A:\n"
     "    Type: AWS::Serverless::Api\n"
     "    Properties:\n"
     "      StageName: live\n"
     "      DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: "
     "included.yaml}}}\n",
     NULL, "resource 'A': 'Nobody' is neither a parameter nor a resource (app/included.yaml:4:50)"},
};

static void names_the_place_after_transforms(void **state)
{
    (void)state;
    check_templates(cases, ARRAY_LENGTH(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_place_after_transforms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
