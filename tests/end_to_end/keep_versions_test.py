#!/usr/bin/env python3
"""`keepVersions`: after each rollout the oldest versions that plumb published go, with the permissions that `plumb
policy` gives and no others; what others published, and what somebody refers to, stays."""
import json
import unittest

import harness

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Order:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Runtime: nodejs22.x
      AutoPublishAlias: live
      InlineCode: "exports.handler = async () => NUMBER"
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      AutoPublishAlias: live
      Role: arn:aws:iam::111111111111:role/flow
      Definition: {Comment: "NUMBER", StartAt: Only, States: {Only: {Type: Succeed}}}
"""
KEEP = "template: apps/keep/template.yaml\ndeployment: {type: AllAtOnce, minimumInvocations: 0%s}\n"


class KeepVersions(unittest.TestCase):
    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.account.prepare()
        self.account.post("delays", {"lambda.pending": 0})
        self.repository = harness.Repository(None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml", "stage: Beta\naccount: '111111111111'\n"
                              "region: us-east-1\n")
        self.awslambda = self.account.client("lambda", "beta")
        self.states = self.account.client("stepfunctions", "beta")

    def write(self, number, keep=", keepVersions: 2"):
        self.repository.write("environments/beta/keep.yaml", KEEP % keep)
        self.repository.write("apps/keep/template.yaml", TEMPLATE.replace("NUMBER", str(number)))
        self.repository.commit(f"number {number}")

    def deploy(self, number, keep=", keepVersions: 2"):
        """Under the policy that plumb itself asks for."""
        self.write(number, keep)
        node = self.repository.json(self.account, "policy", "beta/keep", expect=0)[0]
        self.account.post("policies", {"account": "111111111111", "documents": node["applying"]})
        done = self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.account.post("policies", {"account": "111111111111"})
        log = self.account.requests()
        self.assertEqual([r for r in log if r["status"] == 403 and not r["fault"]], [])
        self.assertEqual(self.repository.json(self.account, "plan", "beta", expect=0)[0]["changes"], [])
        return done

    def inventory(self):
        return json.loads(self.repository.git("show", "refs/plumb/111111111111:us-east-1/beta/keep/inventory.json"))

    def name(self, kind):
        [found] = [r["physicalId"] for r in self.inventory()["resources"] if r["type"] == kind]
        return found

    def versions(self):
        answer = self.awslambda.list_versions_by_function(FunctionName=self.name("AWS::Lambda::Function"))
        return [v["Version"] for v in answer["Versions"] if v["Version"] != "$LATEST"]

    def machine_versions(self):
        answer = self.states.list_state_machine_versions(
            stateMachineArn=self.name("AWS::StepFunctions::StateMachine"))["stateMachineVersions"]
        return sorted(v["stateMachineVersionArn"].rsplit(":", 1)[1] for v in answer)

    def both(self):
        return self.versions(), self.machine_versions()

    def events(self):
        """What happened in the rollout that ended last."""
        for commit in self.repository.git("log", "-9", "--format=%H", "refs/plumb/111111111111").split():
            release = json.loads(self.repository.git("show", commit + ":us-east-1/beta/keep/release.json"))
            if release.get("rollout", {}).get("phase") == "succeeded":
                return [line["event"] for line in release["rollout"]["history"]]
        return []

    def test_a_life(self):
        for number in range(1, 4):
            self.deploy(number, "")
        self.assertEqual(self.both(), (["1", "2", "3"], ["1", "2", "3"]))
        function = self.name("AWS::Lambda::Function")
        self.awslambda.update_function_configuration(FunctionName=function, Timeout=9)
        self.awslambda.get_waiter("function_updated").wait(FunctionName=function, WaiterConfig={"Delay": 1})
        self.assertEqual(self.awslambda.publish_version(FunctionName=function)["Version"], "4")
        self.awslambda.update_function_configuration(FunctionName=function, Timeout=3)
        self.write(4)
        plan = self.repository.plumb(self.account, "plan", "beta", expect=2).stdout
        self.assertIn(f"keeps the newest 2 old versions of {function}, ", plan)
        self.deploy(4)
        self.assertEqual(self.both(), (["2", "3", "4", "5"], ["2", "3", "4"]))
        self.awslambda.create_alias(FunctionName=function, Name="old", FunctionVersion="2")
        self.deploy(5)
        self.deploy(6)
        self.assertEqual(self.both(), (["2", "4", "5", "6", "7"], ["4", "5", "6"]))
        self.assertIn("2 old versions deleted", self.events())
        self.awslambda.delete_alias(FunctionName=function, Name="old")
        self.deploy(7)
        self.assertEqual(self.both(), (["4", "6", "7", "8"], ["5", "6", "7"]))
        self.assertEqual(len(self.inventory()["formerVersions"]), 4)

    def test_what_cannot_be_deleted_stays(self):
        for number in range(1, 4):
            self.deploy(number, "")
        self.account.post("faults", [{"match": {"service": "lambda", "operation": "DeleteFunction"}, "fault": "error",
                                      "status": 403, "code": "AccessDeniedException"}])
        self.write(4, ", keepVersions: 1")
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.assertEqual(self.both(), (["1", "2", "3", "4"], ["3", "4"]))
        self.deploy(5, ", keepVersions: 1")
        self.assertEqual(self.both(), (["4", "5"], ["4", "5"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
