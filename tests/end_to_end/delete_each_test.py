#!/usr/bin/env python3
"""Every resource of the example is deleted once by another client: drift names it as missing and nothing besides
what went with it, apply makes it again, and then nothing is to do.  delete_each_test.py simulator|moto"""
import contextlib
import json
import sys
import unittest

import harness

ACCOUNT = harness.Simulator


def empty_role(iam, name):
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)


def empty_policy(iam, arn):
    for role in iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]:
        iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)


def empty_rule(events, name):
    ids = [t["Id"] for t in events.list_targets_by_rule(Rule=name)["Targets"]]
    events.remove_targets(Rule=name, Ids=ids)
    events.delete_rule(Name=name)


def delete_inline(iam, entry):
    for role in entry["properties"]["Roles"]:
        iam.delete_role_policy(RoleName=role, PolicyName=entry["properties"]["PolicyName"])


def remove_permission(function, entry):
    """moto keeps an alias's permissions when the alias goes, and then has them twice: until none is left."""
    with contextlib.suppress(function.exceptions.ResourceNotFoundException):
        for _ in range(3):
            function.remove_permission(FunctionName=entry["properties"]["FunctionName"],
                                       StatementId=entry["physicalId"])


# Type -> service and what deletes it: called with the client and the entry of the inventory.
DELETE = {
    "AWS::ApiGateway::RestApi": ("apigateway", lambda c, e: c.delete_rest_api(restApiId=e["physicalId"])),
    "AWS::ApiGateway::Stage": ("apigateway", lambda c, e: c.delete_stage(
        restApiId=e["properties"]["RestApiId"], stageName=e["physicalId"])),
    "AWS::CloudWatch::Alarm": ("cloudwatch", lambda c, e: c.delete_alarms(AlarmNames=[e["physicalId"]])),
    "AWS::DynamoDB::Table": ("dynamodb", lambda c, e: c.delete_table(TableName=e["physicalId"])),
    "AWS::Events::Rule": ("events", lambda c, e: empty_rule(c, e["physicalId"])),
    "AWS::IAM::ManagedPolicy": ("iam", lambda c, e: empty_policy(c, e["physicalId"])),
    "AWS::IAM::Policy": ("iam", delete_inline),
    "AWS::IAM::Role": ("iam", lambda c, e: empty_role(c, e["physicalId"])),
    "AWS::Lambda::Alias": ("lambda", lambda c, e: c.delete_alias(
        FunctionName=e["properties"]["FunctionName"], Name=e["properties"]["Name"])),
    "AWS::Lambda::EventSourceMapping": ("lambda", lambda c, e: c.delete_event_source_mapping(UUID=e["physicalId"])),
    "AWS::Lambda::Function": ("lambda", lambda c, e: c.delete_function(FunctionName=e["physicalId"])),
    "AWS::Lambda::Permission": ("lambda", remove_permission),
    "AWS::Logs::LogGroup": ("logs", lambda c, e: c.delete_log_group(logGroupName=e["physicalId"])),
    "AWS::S3::Bucket": ("s3", lambda c, e: c.delete_bucket(Bucket=e["physicalId"])),
    "AWS::S3::BucketPolicy": ("s3", lambda c, e: c.delete_bucket_policy(Bucket=e["properties"]["Bucket"])),
    "AWS::SNS::Subscription": ("sns", lambda c, e: c.unsubscribe(SubscriptionArn=e["physicalId"])),
    "AWS::SNS::Topic": ("sns", lambda c, e: c.delete_topic(TopicArn=e["physicalId"])),
    "AWS::SQS::Queue": ("sqs", lambda c, e: c.delete_queue(QueueUrl=e["physicalId"])),
    "AWS::SQS::QueuePolicy": ("sqs", lambda c, e: c.set_queue_attributes(
        QueueUrl=e["properties"]["Queues"][0], Attributes={"Policy": ""})),
    "AWS::StepFunctions::StateMachine": ("stepfunctions", lambda c, e: c.delete_state_machine(
        stateMachineArn=e["physicalId"])),
}
# What AWS does not let go while something points to it; taking the pointer away is tried instead.
HELD_BY_AWS = {"AWS::ApiGateway::Deployment", "AWS::Lambda::Version"}


class DeleteEach(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = ACCOUNT()
        cls.addClassCleanup(cls.account.close)
        cls.account.prepare()
        cls.repository = harness.Repository()
        cls.addClassCleanup(cls.repository.close)
        cls.repository.plumb(cls.account, "apply", "beta", expect=0)

    def inventory(self):
        text = self.repository.git("show", "refs/plumb/111111111111:us-east-1/beta/orders/inventory.json")
        return {e["logicalId"]: e for e in json.loads(text)["resources"]}

    def depend_on(self, inventory, gone):
        """Everything that refers to it, directly or not: what may go with it."""
        found = {gone}
        while True:
            more = {i for i, e in inventory.items() if found & set(e["dependsOn"])} - found
            if not more:
                return found
            found |= more

    def test_each(self):
        for logical_id, kind in sorted((i, e["type"]) for i, e in self.inventory().items()):
            if kind in HELD_BY_AWS:
                continue
            with self.subTest(logical_id):
                inventory = self.inventory()
                service, delete = DELETE[kind]
                delete(self.account.client(service, "beta"), inventory[logical_id])
                drift = self.repository.json(self.account, "drift", "beta")[0]["drift"]
                found = {d["logicalId"]: d["kind"] for d in drift}
                self.assertEqual(found.get(logical_id), "missing")
                self.assertLessEqual(set(found), self.depend_on(inventory, logical_id))
                self.repository.plumb(self.account, "apply", "beta", expect=0)
                again = self.repository.plumb(self.account, "plan", "beta")
                self.assertEqual((again.returncode, again.stderr), (0, ""), again.stdout)
                again = self.repository.plumb(self.account, "drift", "beta")
                self.assertEqual((again.returncode, again.stderr), (0, ""), again.stdout)


if __name__ == "__main__":
    which = sys.argv.pop(1) if len(sys.argv) > 1 else "simulator"
    ACCOUNT = {"simulator": harness.Simulator, "moto": harness.Moto}[which]
    unittest.main(verbosity=2)
