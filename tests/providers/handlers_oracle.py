#!/usr/bin/env python3
"""What plumb's own types are granted beside what the registry says that their handlers call: a second opinion.

What only the handlers call is told here, type by type, with the reason; anything else may be a permission that plumb
forgot."""
import json
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "providers"), os.path.join(TOP, "tests/providers/lives")]
import generate_grants
import grants_test

# Types, actions of the handlers alone, why plumb can go without.
WITHOUT = [
    (r".*", r"\w[\w-]*:List\w+", "what is looked for has a name"),
    (r"AWS::(SNS|IAM|ApiGateway)::\w+", r"iam:GetRole", "roles are handed over, not read"),
    (r"AWS::ApiGateway::\w+", r"apigateway:(PATCH|PUT)", "such types are not patched, and tags are another row"),
    (r"AWS::ApiGateway::RestApi", r"s3:GetObject", "plumb reads documents from Git"),
    (r"AWS::ApiGatewayV2::\w+", r"apigateway:(PUT|(Tag|[Uu]n[Tt]ag)Resource)", "tags are set by POST on /tags"),
    (r"AWS::ApiGatewayV2::\w+", r"iam:(Delete|Get)ServiceLinkedRole\w*", "the service's role stays"),
    (r"AWS::CloudFormation::Stack", r"\w+:\w+", "what is left of it is only read and deleted"),
    (r"AWS::CodeDeploy::DeploymentGroup", r"codedeploy:\w+", "the handler deploys a first revision"),
    (r"AWS::Lambda::Alias", r"codedeploy:\w+", "plumb moves the traffic itself"),
    (r"AWS::Cognito::\w+", r"cognito-sync:\w+|iam:(Put|Delete)RolePolicy|iam:CreateServiceLinkedRole|kms:\w+",
     "Cognito Sync, mail by SES and keys of domains: not managed"),
    (r"AWS::DynamoDB::Table", r"dynamodb:\w*(Replica|Item|Import\w*|Query|Scan|Destination)|iam:\w+|s3:\w+|logs:\w+|"
     r"kms:(RevokeGrant)|dynamodb:(ImportTable|DescribeImport)", "replicas and imports are other types or none"),
    (r"AWS::Events::\w+|AWS::Pipes::Pipe", r"kms:(ReEncrypt\w*|Encrypt|GenerateDataKeyWithoutPlaintext)",
     "the service does that with its own grant"),
    (r"AWS::IAM::Role", r"iam:UpdateRoleDescription", "iam:UpdateRole does both"),
    (r"AWS::Kinesis::\w+", r"kinesis:(Un)?[tT]agResource", "older calls do the same"),
    (r"AWS::Lambda::EventInvokeConfig", r"lambda:UpdateFunctionEventInvokeConfig", "it is put as a whole"),
    (r"AWS::Lambda::Function", r"ec2:DescribeNetworkInterfaces|lambda:(Get|Put)FunctionScalingConfig|"
     r"lambda:PublishVersion", "versions are a type of their own; nobody waits for interfaces"),
    (r"AWS::Lambda::Version", r"lambda:GetFunctionConfiguration", "lambda:GetFunction says the same and more"),
    (r"AWS::Logs::LogGroup|AWS::Pipes::Pipe", r"firehose:TagDeliveryStream|logs:CreateLogDelivery",
     "delivery classes that plumb refuses, or granted with the property"),
    (r"AWS::Pipes::Pipe", r"iam:CreateServiceLinkedRole|s3:\w+", "logs of pipes in buckets: the bucket's own policy"),
    (r"AWS::S3::Bucket", r"s3tables:\w+|s3:(Delete|Get|Create|Update)BucketMetadata\w+|s3:DeleteBucket\w+|"
     r"s3:(PutBucketReplication|PutObjectLockConfiguration|PutObjectAcl|DeleteObject|GetBucketAcl|UntagResource)",
     "no such actions, or of things that plumb does not manage"),
    (r"AWS::SSM::Parameter", r"ssm:GetParameters", "one is read"),
    (r"AWS::Scheduler::ScheduleGroup", r"scheduler:DeleteSchedule", "AWS deletes what is in it"),
    (r"AWS::SecretsManager::Secret", r"secretsmanager:GetSecretValue", "values are written, never read"),
    (r"AWS::StepFunctions::StateMachineAlias", r"cloudwatch:DescribeAlarms", "plumb watches no alarm for it"),
]


def told(kind, action):
    return any(re.fullmatch(t, kind) and re.fullmatch(a, action) for t, a, _ in WITHOUT)


def handlers():
    """Type -> actions, of the registry."""
    out = {}
    text = open(os.path.join(TOP, "providers/cloudcontrol/permissions_table.c")).read()
    for name, *lists in re.findall(r'\{"(AWS::[^"]+)", "([^"]*)", "([^"]*)"\}', text):
        parts = [part.split(":") for part in " ".join(lists).split()]
        out[name] = {f"{service}:{action}" for service, actions in parts for action in actions.split(",")}
    return out


def beside():
    """Type -> actions that grants.c adds."""
    text, out = re.sub(r'"\s*"', "", generate_grants.preprocessed("providers/grants.c")[0]), {}
    for name, actions in re.findall(r'\{\s*"(AWS::[^"]+)",\s*"[^"]+",\s*"([\w:,-]+)",', text):
        out.setdefault(name, set()).update(actions.split(","))
    return out


def main():
    rows = json.loads(subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, check=True).stdout)
    actions = {f"{r['service']['name']}.{r['name']}": set(
        (r.get("iam_action") or f"{r['service']['signing_name']}:{r['name']}").split(",")) for r in rows}
    theirs, more, bad, compared = handlers(), beside(), 0, 0
    for kind, operations in sorted(grants_test.grants().items()):
        ours = {a.lower() for o in operations for a in actions[o]} | {a.lower() for a in more.get(kind, ())}
        for action in sorted(theirs.get(kind, ())):
            compared += 1
            if action.lower() not in ours and not told(kind, action):
                bad += 1
                print(f"{kind}: {action} is called by the registry's handler, and not granted to plumb")
    print(f"{compared} permissions of handlers compared, {bad} unexplained")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
