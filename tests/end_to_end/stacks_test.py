#!/usr/bin/env python3
"""Several stacks as one application, on the simulator: a nested stack whose template lies beside its parent's, and a
cloud assembly of CDK with a stage of two stacks that share an export."""
import json
import unittest

import harness

ACCOUNT, REGION = harness.ACCOUNTS["beta"], harness.REGIONS["beta"]

ROOT = """
Resources:
  Dead: {Type: AWS::SQS::Queue}
  Mail:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: nested/mail.yaml
      Tags: [{Key: part, Value: mail}, {Key: kind, Value: stack}]
      Parameters: {DeadArn: !GetAtt Dead.Arn, Seconds: "60"}
  Alarms:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub "of ${Mail.Outputs.Queue}"}
"""
MAIL = """
Parameters: {DeadArn: {Type: String}, Seconds: {Type: Number}}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: !Ref Seconds
      RedrivePolicy: {deadLetterTargetArn: !Ref DeadArn, maxReceiveCount: 3}
  Topic: {Type: AWS::SNS::Topic, Properties: {Tags: [{Key: kind, Value: topic}]}}
Outputs:
  Queue: {Value: !GetAtt Queue.QueueName}
"""


def artifact(name, environment="aws://unknown-account/unknown-region", dependencies=(), **properties):
    return {"type": "aws:cloudformation:stack", "environment": environment, "dependencies": list(dependencies),
            "properties": {"templateFile": f"{name}.template.json",
                           "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version", **properties}}


def template(resources, outputs=None):
    """With the parameter and rule that CDK puts into every template."""
    return {"Resources": resources, "Outputs": outputs or {},
            "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>",
                                                "Default": "/cdk-bootstrap/hnb659fds/version"}},
            "Rules": {"CheckBootstrapVersion": {"Assertions": [{"Assert": {"Fn::Not": [
                {"Fn::Contains": [["1", "2"], {"Ref": "BootstrapVersion"}]}]}}]}}}


class Stacks(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml", f'account: "{ACCOUNT}"\nregion: {REGION}\n')

    def plan(self):
        """One line a change."""
        return [f"{c['action']} {c['logicalId']} {c['type']}"
                for c in self.repository.json(self.account, "plan")[0]["changes"]]

    def commit(self, source):
        self.repository.write("environments/beta/shop.yaml", f"template: {source}\n")
        self.repository.commit("Change")

    def own_tags(self, tags):
        return {k: v for k, v in tags.items() if not k.startswith("plumb:")}

    def refused(self):
        return self.repository.plumb(self.account, "plan", expect=1).stderr.strip()

    def assembly(self, environment="aws://unknown-account/unknown-region", assets=None):
        stage = "cdk.out/assembly-Beta/"

        def write(name, content):
            self.repository.write(name, json.dumps(content, indent=1))
        write("cdk.out/manifest.json", {"version": "48.0.0", "artifacts": {"assembly-Beta": {
            "type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Beta"}}}})
        write(stage + "manifest.json", {"version": "48.0.0", "artifacts": {
            "Api": artifact("Api", environment, ["Data"], stackName="Beta-Api", tags={"team": "shop"}),
            "Data": artifact("Data", environment, ["Data.assets"], stackName="Beta-Data"),
            "Data.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Data.assets.json"}}}})
        write(stage + "Data.assets.json", dict({"version": "48.0.0"}, **(assets or {})))
        write(stage + "Data.template.json", template(
            {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}},
            {"Export": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "Beta-Data:QueueArn"}}}))
        write(stage + "Api.template.json", template(
            {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "AWS::StackName"}}},
             "Queue": {"Type": "AWS::SQS::Queue", "Properties": {
                 "FifoQueue": True,
                 "RedrivePolicy": {"deadLetterTargetArn": {"Fn::ImportValue": "Beta-Data:QueueArn"},
                                   "maxReceiveCount": 2}}}}))
        self.commit("cdk.out")

    def test_a_nested_stack(self):
        self.repository.write("app/root.yaml", ROOT)
        self.repository.write("app/nested/mail.yaml", MAIL)
        self.commit("app/root.yaml")
        self.assertEqual(self.plan(), ["create Dead AWS::SQS::Queue", "create MailQueue AWS::SQS::Queue",
                                       "create MailTopic AWS::SNS::Topic", "create Alarms AWS::SNS::Topic"])
        self.repository.plumb(self.account, "apply", expect=0)
        sqs = self.account.client("sqs", "beta")
        url = next(u for u in sqs.list_queues()["QueueUrls"] if "MailQueue" in u)
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(self.own_tags(sqs.list_queue_tags(QueueUrl=url)["Tags"]), {"part": "mail", "kind": "stack"})
        sns = self.account.client("sns", "beta")
        arn = next(t["TopicArn"] for t in sns.list_topics()["Topics"] if "MailTopic" in t["TopicArn"])
        tags = {t["Key"]: t["Value"] for t in sns.list_tags_for_resource(ResourceArn=arn)["Tags"]}
        self.assertEqual(self.own_tags(tags), {"part": "mail", "kind": "topic"})
        dead = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].split(":")[-1]
        self.assertEqual((attributes["MessageRetentionPeriod"], dead.rsplit("-", 1)[0]), ("60", "beta-shop-Dead"))
        self.assertEqual(self.plan(), [])
        self.repository.edit("app/root.yaml", '"60"', '"90"')
        self.commit("app/root.yaml")
        self.assertEqual(self.plan(), ["update MailQueue AWS::SQS::Queue"])
        self.repository.plumb(self.account, "apply", expect=0)
        self.assertEqual(self.plan(), [])

    def test_a_stage_of_two_stacks(self):
        self.assembly()
        self.assertEqual(self.plan(), ["create BetaDataQueue AWS::SQS::Queue", "create BetaApiTopic AWS::SNS::Topic",
                                       "create BetaApiQueue AWS::SQS::Queue"])
        self.repository.plumb(self.account, "apply", expect=0)
        sns = self.account.client("sns", "beta")
        arn = sns.list_topics()["Topics"][0]["TopicArn"]
        self.assertEqual(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"], "Beta-Api")
        tags = {t["Key"]: t["Value"] for t in sns.list_tags_for_resource(ResourceArn=arn)["Tags"]}
        self.assertEqual(self.own_tags(tags), {"team": "shop"})
        self.assertEqual(self.repository.json(self.account, "drift")[0]["drift"], [])
        self.assertEqual(self.plan(), [])

    def test_what_an_assembly_is_refused_for(self):
        self.assembly(environment=f"aws://{ACCOUNT}/eu-west-1")
        self.assertIn(f"stack 'Data' was synthesised for account {ACCOUNT}, region eu-west-1", self.refused())
        image = {"source": {"directory": "image"}, "destinations": {
            "here": {"repositoryName": "r", "imageTag": "Beta-Data"}}}
        self.assembly(assets={"dockerImages": {"app": image}})
        self.assertEqual(self.plan()[0], "create BetaDataQueue AWS::SQS::Queue", "nothing names the image")
        code = {"source": {"path": "asset.code", "packaging": "zip"}, "destinations": {
            "here": {"bucketName": "b", "objectKey": "k"}}}
        self.assembly(assets={"files": {"code": code}})
        self.assertIn("the asset 'cdk.out/assembly-Beta/asset.code' is not in the repository", self.refused())


if __name__ == "__main__":
    unittest.main(verbosity=2)
