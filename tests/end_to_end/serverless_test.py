#!/usr/bin/env python3
"""A service of the Serverless Framework on the simulator: from serverless.yml, then packaged, then packaged again."""
import base64
import hashlib
import io
import json
import os
import unittest
import zipfile

import harness

ACCOUNT, REGION = harness.ACCOUNTS["beta"], harness.REGIONS["beta"]

SERVICE = """
service: orders
frameworkVersion: '3'
provider:
  name: aws
  runtime: nodejs20.x
  deploymentBucket: {name: deployments-of-orders}
  environment:
    TABLE: ${self:service}-${sls:stage}
    LEVEL: ${param:Level, 'info'}
    QUEUE: arn:aws:sqs:${aws:region}:${aws:accountId}:q
functions:
  take:
    handler: index.handler
    events: [{schedule: rate(1 hour)}]
"""
CLOCKS = ("1795372628180-2026-11-22T18:37:08.180Z", "1800000000123-2027-01-15T08:00:00.123Z")


class Serverless(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml", f'account: "{ACCOUNT}"\nregion: {REGION}\n')
        self.repository.write("app/serverless.yml", SERVICE)
        self.repository.write("app/index.js", "exports.handler = async () => 1\n")

    def commit(self, template, parameters=""):
        self.repository.write("environments/beta/orders.yaml", f"template: {template}\n{parameters}")
        self.repository.commit("Change")

    def plan(self):
        """One line a change."""
        return [f"{c['action']} {c['logicalId']}" for c in self.repository.json(self.account, "plan")[0]["changes"]]

    def apply(self):
        self.repository.plumb(self.account, "apply", expect=0)

    def package(self, clock, archive):
        """What the framework would write at that time."""
        template = json.loads(self.template)
        prefix, folder = f"serverless/orders/beta/{clock}", os.path.join(self.repository.path, "app/.serverless")
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w") as z:
            z.writestr(zipfile.ZipInfo("index.js"), "exports.handler = async () => 2\n")
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Version":
                digest = hashlib.sha256(zipped.getvalue()).digest()
                resource["Properties"]["CodeSha256"] = base64.b64encode(digest).decode()
            if resource["Type"] == "AWS::Lambda::Function":
                resource["Properties"]["Code"] = {"S3Bucket": "deployments-of-orders", "S3Key": prefix + "/orders.zip"}
        self.repository.write("app/.serverless/cloudformation-template-update-stack.json", json.dumps(template))
        self.repository.write("app/.serverless/serverless-state.json", json.dumps(
            {"package": {"artifactDirectoryName": prefix, "artifact": "orders.zip"}}))
        if archive:
            with open(os.path.join(folder, "orders.zip"), "wb") as file:
                file.write(zipped.getvalue())

    def test_from_the_service_to_its_package(self):
        self.commit("app/serverless.yml", "parameters: {Level: warn}\n")
        self.assertEqual([line.split("Version")[0] for line in self.plan()], [
            "create TakeLogGroup", "create IamRoleLambdaExecution", "create TakeLambdaFunction", "create TakeLambda",
            "create TakeEventsRuleSchedule1", "create TakeLambdaPermissionEventsRuleSchedule1"])
        self.apply()
        function = self.account.client("lambda", "beta").get_function_configuration(FunctionName="orders-beta-take")
        self.assertEqual(function["Environment"]["Variables"], {
            "TABLE": "orders-beta", "LEVEL": "warn", "QUEUE": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"})
        self.assertEqual(self.plan(), [])
        # The package without its archive, with it, and packaged again.
        self.template = self.repository.plumb(self.account, "render", "--transform-only", "app/serverless.yml",
                                              "--stage", "beta", "--region", REGION, expect=0).stdout
        self.package(CLOCKS[0], archive=False)
        self.commit("app/.serverless")
        refused = self.repository.plumb(self.account, "plan", expect=1).stderr.strip()
        self.assertIn("'app/.serverless/orders.zip' is not in the repository: commit the packaged folder whole", refused)
        self.package(CLOCKS[0], archive=True)
        self.commit("app/.serverless")
        self.assertEqual([line.split("Version")[0] for line in self.plan()],
                         ["update TakeLambdaFunction", "create TakeLambda", "delete TakeLambda"])
        self.apply()
        self.package(CLOCKS[1], archive=True)
        self.commit("app/.serverless")
        self.assertEqual(self.plan(), [])

    def test_a_parameter_that_nobody_asks_for(self):
        self.commit("app/serverless.yml", "parameters: {Lvel: warn}\n")
        refused = self.repository.plumb(self.account, "plan", expect=1).stderr.strip()
        self.assertIn("has no parameter 'Lvel'", refused)


if __name__ == "__main__":
    unittest.main(verbosity=2)
