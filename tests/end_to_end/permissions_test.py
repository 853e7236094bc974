#!/usr/bin/env python3
"""The policies of `plumb policy` are enough and no more: on a simulator that refuses what they do not allow, the order
service is planned with the one, applied with the other, changed in everything, checked for drift and taken away; and
every action on every resource that was granted was asked for."""
import json
import re
import unittest

import harness
from policy_test import allowed

ACCOUNT = "111111111111"
TEMPLATE = "apps/orders/template.yaml"
# What only a resource of its own shows.
MORE = """
  Spare:
    Type: AWS::IAM::Role
    Properties:
      Description: Nobody's
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
"""
# One change of every type; each is written by another call, or takes something away.
EDITS = [
    ("ThrottlingRateLimit: 100", "ThrottlingRateLimit: 90"),
    ("      OpenApiVersion: 3.0.1", "      Description: Orders\n      OpenApiVersion: 3.0.1"),
    ("        List:\n", "        Drop:\n          Type: Api\n"
     "          Properties: {RestApiId: !Ref OrderApi, Path: /drops, Method: delete}\n        List:\n"),
    ("MemorySize: 256", "MemorySize: 512"),
    ("Threshold: !If [IsProd, 1, 5]", "Threshold: 4"),
    ("      RetentionInDays: !FindInMap [Stages, !Ref Stage, LogDays]\n", ""),
    ("Action: dynamodb:UpdateItem", "Action: dynamodb:PutItem"),
    ("DisplayName: What happens to orders", "DisplayName: Orders"),
    ("RawMessageDelivery: true", "RawMessageDelivery: false"),
    ("- Id: queue\n", "- Id: line\n"),
    ("Description: Orders that stopped on their way", "Description: Orders that stopped"),
    ("VisibilityTimeout: 60", "VisibilityTimeout: 61"),
    ("Sid: FromTopic", "Sid: Topic"),
    ("BatchSize: 10", "BatchSize: 9"),
    ("PointInTimeRecoveryEnabled: !If [IsProd, true, false]", "PointInTimeRecoveryEnabled: true"),
    ("AttributeName: expiresAt", "AttributeName: goneAt"),
    ("SSEEnabled: true", "SSEEnabled: false"),
    ("VersioningConfiguration: {Status: Enabled}", "VersioningConfiguration: {Status: Suspended}"),
    ("NoncurrentDays: 30", "NoncurrentDays: 31"),
    ("{SSEAlgorithm: AES256}", "{SSEAlgorithm: AES256}\n            BucketKeyEnabled: true"),
    ("IgnorePublicAcls: true", "IgnorePublicAcls: false"),
    ("Sid: OnlyByTls", "Sid: ByTls"),
    ('"dynamodb:UpdateItem", "dynamodb:Query"', '"dynamodb:Query"'),
    ("Roles: [!Ref OrderServiceRole, !Ref OrderWorkerRole]", "Roles: [!Ref OrderServiceRole]"),
    ("Description: Nobody's", "MaxSessionDuration: 7200"),
    ("Principal: {Service: lambda.amazonaws.com}", "Principal: {Service: states.amazonaws.com}"),
]
# These have tags of their own at first: type -> how they are written.
TAGS = {"Tags: [{Key: a, Value: b}]": ["SQS::Queue", "SNS::Topic", "Events::Rule", "DynamoDB::Table", "CloudWatch::Alarm",
                                       "S3::Bucket", "Logs::LogGroup", "IAM::Role"],
        "PropagateTags: true\n      Tags: {a: b}": ["Serverless::Function", "Serverless::StateMachine"],
        "Tags: {a: b}": ["Serverless::Api"]}
# Creates whose answers are lost: they are looked for before they are tried again.
LOST = ["CreateRestApi", "CreateDeployment", "CreateStage", "CreateEventSourceMapping", "CreatePolicy"]
# Granted, and not asked for in this life: why.
CUT_OFF = "a plan after a release that was cut off looks for what it made: end_to_end/crash"
TOPIC_TOO = "AWS's reference has the topic as the resource, the simulator the subscription that is named"
ELSEWHERE = {
    ("apigateway:GET", "/restapis"): CUT_OFF,
    ("apigateway:GET", "/restapis/x/deployments"): CUT_OFF,
    ("lambda:ListVersionsByFunction", "lambda function"): CUT_OFF,
    ("lambda:UntagResource", "lambda event-source-mapping"): "SAM gives mappings no tags: live/lambda_mapping",
    ("sns:GetSubscriptionAttributes", "sns 0 0"): TOPIC_TOO,
    ("sns:SetSubscriptionAttributes", "sns 0 0"): TOPIC_TOO,
    ("sns:Unsubscribe", "sns 0 0"): TOPIC_TOO,
}
# Without one of these nothing is applied.
NEEDED = ["apigateway:POST", "dynamodb:CreateTable", "iam:PassRole", "lambda:PublishVersion", "s3:PutLifecycleConfiguration",
          "sqs:TagQueue"]


def without(documents, action):
    """The same documents, but for one action."""
    documents = json.loads(json.dumps(documents))
    for document in documents:
        for statement in document["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            statement["Action"] = [a for a in actions if a != action]
    return documents


def kind_of(arn):
    """What sort of thing an ARN or a pattern names: actions are granted by the type."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return arn
    service, rest = parts[2], parts[5]
    if rest.startswith("/tags/"):
        return "tags"
    if service == "apigateway":
        return "/".join("x" if i % 2 == 0 and i else s for i, s in enumerate(rest.split("/")))
    if service in ("sqs", "sns", "s3"):
        return f"{service} {rest.count(':')} {rest.count('/')}"
    return f"{service} {re.split('[:/]', rest)[0]}"


class Permissions(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.account.prepare()
        self.account.post("delays", {"lambda.pending": 0})
        self.repository = harness.Repository()
        self.addCleanup(self.repository.close)
        self.granted = {"planning": {}, "applying": {}}
        self.asked = {"planning": set(), "applying": set()}
        self.repository.write(TEMPLATE, self.repository.read(TEMPLATE).replace(
            "DeletionPolicy: Retain", "DeletionPolicy: Delete").replace("Resources:\n", "Resources:\n" + MORE, 1))
        for tags, types in TAGS.items():
            for name in types:
                self.repository.write(TEMPLATE, re.sub(
                    rf"(    Type: AWS::{name}\n(    (?:DeletionP|UpdateReplaceP).*\n)*    Properties:\n)",
                    rf"\g<1>      {tags}\n", self.repository.read(TEMPLATE)))
        self.repository.commit("With a spare role and tags")

    def under(self, which, *command, expect):
        """Runs plumb with one of the policies; nothing that it asks for is refused."""
        node = self.repository.json(self.account, "policy", "beta/orders", expect=0)[0]
        self.granted[which].update(allowed(node[which]))
        self.account.post("policies", {"account": ACCOUNT, "documents": node[which]})
        before = self.log()[-1]["n"]
        self.repository.plumb(self.account, *command, "beta", expect=expect)
        refused = [r for r in self.log(before) if r["status"] == 403 and "AccessDenied" in (r["code"] or "")]
        self.assertEqual(refused, [])
        self.asked[which] |= {(a, r) for _, a, r in self.account.post("policies", {"account": ACCOUNT})["asked"]}

    def log(self, since=0):
        return self.account.requests(since)

    def pass_with_both(self, commit):
        self.repository.commit(commit)
        self.under("planning", "plan", expect=2)
        self.under("applying", "apply", expect=0)
        self.under("planning", "plan", expect=0)
        self.under("planning", "drift", expect=None)  # 2 where a tag of the environment before is left

    def change_everything(self):
        for old, new in EDITS:
            self.repository.edit(TEMPLATE, old, new)
        for tags in TAGS:
            self.repository.edit(TEMPLATE, f"      {tags}\n", "")
        self.repository.edit("apps/orders/order.asl.json", '"Comment": "', '"Comment": "New: ')
        self.repository.edit("apps/orders/src/orders.py", '"""', '"""New. ')
        self.repository.edit("environments/beta/environment.yaml", "tags: {team: orders}", "tags: {squad: orders}")

    def take_away(self):
        self.repository.write(TEMPLATE, "Resources:\n  Handle: {Type: 'AWS::CloudFormation::WaitConditionHandle'}\n")
        stateful = ["OrderTable", "OrderBucket", "OrderQueue", "OrderDeadLetters", "OrderLogs"]
        self.repository.write("environments/beta/orders.yaml", "template: apps/orders/template.yaml\nallow: {delete: "
                              f"[{', '.join(stateful)}], manyDeletes: true}}\n")

    def test_a_life(self):
        self.under("planning", "plan", expect=2)
        self.account.post("faults", [{"match": {"operation": o}, "fault": "drop-after"} for o in LOST])
        self.under("applying", "apply", expect=0)
        self.change_everything()
        self.pass_with_both("Everything else")
        self.take_away()
        self.pass_with_both("Nothing")
        for which in ("planning", "applying"):
            with self.subTest(which):
                asked = self.asked["planning"] | self.asked[which]
                kinds = {(a, kind_of(r)) for a, r in asked}
                unused = sorted(f"{a} {r} ({kind_of(r)})" for a, r in self.granted[which]
                                if (a, kind_of(r)) not in kinds and (a, kind_of(r)) not in ELSEWHERE)
                self.assertEqual("\n".join(unused), "")

    def test_nothing_can_be_taken_away(self):
        """Without any one action of the planning policy plan fails and names it, or drift sees less and counts that."""
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        node = self.repository.json(self.account, "policy", "beta/orders", expect=0)[0]
        seen = self.repository.json(self.account, "drift", "beta", expect=0)[0]["notComparable"]
        # Before a queue or version is known: test_a_life, end_to_end/crash.
        only_first = {"lambda:ListVersionsByFunction", "sqs:GetQueueUrl"}
        for action in sorted({a for a, _ in allowed(node["planning"])} - only_first):
            with self.subTest(action):
                self.account.post("policies", {"account": ACCOUNT, "documents": without(node["planning"], action)})
                done = self.repository.plumb(self.account, "plan", "beta")
                if done.returncode == 0:
                    drift = self.repository.json(self.account, "drift", "beta", expect=0)[0]
                    self.assertGreater(drift["notComparable"], seen)
                    continue
                self.assertEqual(done.returncode, 1)
                self.assertIn(action, done.stderr)

    def test_applying_needs(self):
        node = self.repository.json(self.account, "policy", "beta/orders", expect=0)[0]
        for action in NEEDED:
            with self.subTest(action):
                self.account.post("policies", {"account": ACCOUNT, "documents": without(node["applying"], action)})
                done = self.repository.plumb(self.account, "apply", "beta", expect=1)
                self.assertIn(f"is not authorized to perform: {action} on resource: ", done.stderr)
                self.account.post("reset", {})
                self.account.prepare()
                self.repository.forget_ledgers()


if __name__ == "__main__":
    unittest.main(verbosity=2)
