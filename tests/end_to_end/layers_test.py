#!/usr/bin/env python3
"""Layers out of the repository: a changed one is a new version that functions take up before the old one goes, or stays
where the template keeps it; nothing else is published."""
import json
import unittest

import harness

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Common:
    Type: AWS::Serverless::LayerVersion
    Properties: {LayerName: common, ContentUri: layer, CompatibleRuntimes: [python3.12], RetentionPolicy: %s}
  Share:
    Type: AWS::Lambda::LayerVersionPermission
    Properties: {LayerVersionArn: !Ref Common, Action: 'lambda:GetLayerVersion', Principal: '222222222222'}
  Take:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.handler
      Runtime: python3.12
      Layers: [!Ref Common]
      FunctionUrlConfig: {AuthType: AWS_IAM}
      EventInvokeConfig: {MaximumRetryAttempts: 1}
"""


class Layers(unittest.TestCase):
    def setUp(self):
        self.account = harness.Simulator()
        self.repository = harness.Repository(example=None)
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": harness.ACCOUNTS["beta"], "region": harness.REGIONS["beta"]}))
        self.repository.write("environments/beta/shop.yaml", json.dumps({"template": "template.yaml"}))
        self.repository.write("src/app.py", "def handler(event, context): pass\n")
        self.client = self.account.client("lambda", "beta")

    def tearDown(self):
        self.repository.close()
        self.account.close()

    def release(self, layer, policy):
        self.repository.write("layer/python/common.py", layer)
        self.repository.write("template.yaml", TEMPLATE % policy)
        self.repository.commit("A layer")
        self.repository.plumb(self.account, "apply", expect=0)
        self.repository.plumb(self.account, "plan", expect=0)
        self.repository.plumb(self.account, "drift", expect=0)

    def versions(self):
        listed = self.client.list_layer_versions(LayerName="common")["LayerVersions"]
        return sorted(version["Version"] for version in listed)

    def used(self):
        function = self.client.list_functions()["Functions"][0]["FunctionName"]
        layers = self.client.get_function(FunctionName=function)["Configuration"]["Layers"]
        return [int(layer["Arn"].rsplit(":", 1)[1]) for layer in layers]

    def test_a_changed_layer_takes_the_place_of_the_old_one(self):
        self.release("one", "Delete")
        self.assertEqual((self.versions(), self.used()), ([1], [1]))
        self.release("one", "Delete")
        self.assertEqual(self.versions(), [1])
        self.release("two", "Delete")
        self.assertEqual((self.versions(), self.used()), ([2], [2]))
        policy = json.loads(self.client.get_layer_version_policy(LayerName="common", VersionNumber=2)["Policy"])
        self.assertEqual(len(policy["Statement"]), 1)

    def test_an_old_version_is_kept_where_the_template_says_so(self):
        self.release("one", "Retain")
        self.release("two", "Retain")
        self.assertEqual((self.versions(), self.used()), ([1, 2], [2]))


if __name__ == "__main__":
    unittest.main()
