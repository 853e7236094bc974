#!/usr/bin/env python3
"""Templates that users wrote, of types that moto has: applied there, in sync then, and removed without rest.  The second
witness of sam_patterns_test.py.

    sam_patterns_moto_test.py [EVERY [FIRST | WORD,...]]    the sample: every how manyeth of those that fit (4)
"""
import sys

import boto3

import harness
import sam_patterns_test as users

LEAST = 0.85  # of the sample; some ask for what moto does otherwise
TYPES = {"AWS::" + name for name in (
    "DynamoDB::Table", "Events::Rule", "IAM::ManagedPolicy", "IAM::Policy", "IAM::Role", "Lambda::EventSourceMapping",
    "Lambda::Function", "Lambda::Permission", "Logs::LogGroup", "S3::Bucket", "SNS::Subscription", "SNS::Topic",
    "SQS::Queue", "SQS::QueuePolicy", "StepFunctions::StateMachine")}
# What an account may hold: service, call, list, name of one.
HELD = [("dynamodb", "list_tables", "TableNames", None), ("events", "list_rules", "Rules", "Name"),
        ("iam", "list_roles", "Roles", "RoleName"), ("lambda", "list_functions", "Functions", "FunctionName"),
        ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
        ("logs", "describe_log_groups", "logGroups", "logGroupName"), ("s3", "list_buckets", "Buckets", "Name"),
        ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"), ("sns", "list_topics", "Topics", "TopicArn"),
        ("sqs", "list_queues", "QueueUrls", None), ("stepfunctions", "list_state_machines", "stateMachines", "name")]


class MotoBatch(users.Batch):
    def __init__(self, patterns):
        self.patterns = patterns
        self.simulator = harness.Moto()
        self.repository = harness.Repository(example=None)
        self.keys = {}

    def client(self, service, pattern):
        if pattern.account not in self.keys:
            sts = boto3.client("sts", endpoint_url=self.simulator.url, region_name="us-east-1",
                               aws_access_key_id="testing", aws_secret_access_key="testing")
            self.keys[pattern.account] = sts.assume_role(
                RoleArn=f"arn:aws:iam::{pattern.account}:role/plumb", RoleSessionName="other")["Credentials"]
        keys = self.keys[pattern.account]
        return boto3.client(service, endpoint_url=self.simulator.url, region_name="us-east-1",
                            aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                            aws_session_token=keys["SessionToken"])

    def prepare(self, pattern):
        harness.make_role(self.client("iam", pattern))
        super().prepare(pattern)

    def left(self):
        return {pattern.account: set(self.lines(pattern)) for pattern in self.patterns}

    def lines(self, pattern):
        for service, call, items, name in HELD:
            for one in getattr(self.client(service, pattern), call)().get(items, []):
                yield f"{service}/{one[name] if name else one}"

    def close(self):
        self.simulator.close()
        self.repository.close()


def lacks(value):
    """What moto does otherwise than AWS: policies need a version; a bucket forgets that it tells EventBridge, a function
    its dead letters, a state machine that it is an express one."""
    if isinstance(value, list):
        return any(lacks(item) for item in value)
    if not isinstance(value, dict):
        return False
    policy = value.get("PolicyDocument")
    forgotten = {"EventBridgeConfiguration", "DeadLetterConfig", "StateMachineType"}
    return (not forgotten.isdisjoint(value) or isinstance(policy, dict) and "Version" not in policy
            or any(lacks(item) for item in value.values()))


def fits(pattern):
    """Words of cookiecutter in the place of values are nothing that AWS would take."""
    return "cookie" not in str(pattern.template) and not lacks(pattern.rendered) and all(resource.get("Type") in TYPES for resource in pattern.rendered.get("Resources", {}).values())


def main():
    if not users.CORPORA:
        print("skipped: templates of users on moto: set PLUMB_CORPORA to a directory with sam-patterns/")
        return 77
    arguments = sys.argv[1:] + ["4", "0"][len(sys.argv) - 1:]
    found = [p for p in users.chosen(1, arguments[1] if not arguments[1].isdigit() else "0") if fits(p)]
    sample = found[int(arguments[1]) if arguments[1].isdigit() else 0::int(arguments[0])]
    batch = MotoBatch(sample)
    try:
        batch.lead()
    finally:
        batch.close()
    for pattern in sample:
        if pattern.why:
            print(f"{pattern.name}: {pattern.stage}: {pattern.why[:400]}")
    gone = [p for p in sample if p.stage == "gone"]
    print(f"{len(found)} templates have only types that moto has; of a sample of {len(sample)}, {len(gone)} were applied, "
          "in sync, and removed without rest")
    return 0 if sample and len(gone) >= LEAST * len(sample) else 1


if __name__ == "__main__":
    sys.exit(main())
