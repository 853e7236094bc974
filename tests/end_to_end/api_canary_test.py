#!/usr/bin/env python3
"""The canary of a REST API's stage: set as it is declared, read back without differences, promoted by the template; one
that a deployment brings with it; and one that the steps of `deployment:` move, with an alarm that takes it back."""
import time
import unittest

import harness

TEMPLATE = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: shop
      Body:
        openapi: 3.0.1
        info: {title: shop, version: '1'}
        paths:
          /orders:
            get:
              x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com/'}
              responses: {'200': {description: ok}}
  One: {Type: 'AWS::ApiGateway::Deployment', Properties: {RestApiId: !Ref Api, Description: one}}
  Two: {Type: 'AWS::ApiGateway::Deployment', Properties: {RestApiId: !Ref Api, Description: two}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, StageName: live, DeploymentId: !Ref One}
"""
STAGE = "DeploymentId: !Ref One}"
CANARY = ("DeploymentId: !Ref One, CanarySetting: {DeploymentId: !Ref Two, PercentTraffic: %s, UseStageCache: false, "
          "StageVariableOverrides: {level: debug}}}")
THREE = """  Three:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Stage
    Properties:
      RestApiId: !Ref Api
      Description: three
      StageName: live
      DeploymentCanarySettings: {PercentTraffic: 5, UseStageCache: true}
"""


STEPS = "deployment: {steps: [{weight: 10, for: 3s}, {weight: 50, for: 1s}], alarms: [red]}\n"
MOVED = """
  Red:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: red, Namespace: AWS/ApiGateway, MetricName: 5XXError, Statistic: Sum, Period: 60,
                 EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold}
"""
OURS = ("DeploymentId: !Ref One, CanarySetting: {PercentTraffic: 30, UseStageCache: false, "
        "StageVariableOverrides: {level: debug}}}")


class Shop(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.account.prepare()
        self.repository = harness.Repository(None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml", "stage: Beta\naccount: '111111111111'\n"
                              "region: us-east-1\n")
        self.repository.write("environments/beta/api.yaml", "template: apps/api/template.yaml\n"
                              "deployment: {steps: [{weight: 10}]}\n")
        self.gateway = self.account.client("apigateway", "beta")
        self.write(TEMPLATE)
        self.apply()

    def write(self, text):
        self.repository.write("apps/api/template.yaml", text)
        self.repository.commit("another template")

    def apply(self):
        """After it nothing differs, and drift sees nothing."""
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.repository.plumb(self.account, "plan", "beta", expect=0)
        self.repository.plumb(self.account, "drift", "beta", expect=0)

    def traffic(self):
        plan = self.repository.plumb(self.account, "plan", "beta", expect=2).stdout.splitlines()
        begin = next(i for i, line in enumerate(plan) if line.startswith("  traffic:"))
        return [plan[begin].strip(), *(line.strip() for line in plan[begin + 1:] if line.startswith("           "))]

    def stage(self):
        [api] = self.gateway.get_rest_apis()["items"]
        return api["id"], self.gateway.get_stage(restApiId=api["id"], stageName="live")

    def deployment(self, description):
        found = self.gateway.get_deployments(restApiId=self.stage()[0])["items"]
        return next(one["id"] for one in found if one["description"] == description)


class Declared(Shop):
    def test_is_set_and_promoted(self):
        for share in (10, 25):
            self.write(TEMPLATE.replace(STAGE, CANARY % share))
            self.assertEqual(self.traffic(), [f"traffic: Stage: {share} % of its requests go to its canary, as declared, "
                                              "until the template says otherwise"])
            self.apply()
            api, stage = self.stage()
            self.assertEqual(stage["deploymentId"], self.deployment("one"))
            self.assertEqual(stage["canarySettings"], {
                "percentTraffic": share, "deploymentId": self.deployment("two"), "useStageCache": False,
                "stageVariableOverrides": {"level": "debug"}})
        self.gateway.update_stage(restApiId=api, stageName="live", patchOperations=[
            {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "90"}])
        self.repository.plumb(self.account, "drift", "beta", expect=2)
        self.apply()
        self.assertEqual(self.stage()[1]["canarySettings"]["percentTraffic"], 25)
        self.write(TEMPLATE.replace(STAGE, "DeploymentId: !Ref Two}"))
        self.assertEqual(self.traffic(), ["traffic: Stage: its canary goes, all requests go to its DeploymentId"])
        self.apply()
        stage = self.stage()[1]
        self.assertEqual(stage["deploymentId"], self.deployment("two"))
        self.assertNotIn("canarySettings", stage)

    def test_comes_with_a_deployment(self):
        self.write(TEMPLATE + THREE)
        self.apply()
        stage = self.stage()[1]
        self.assertEqual(stage["deploymentId"], self.deployment("one"))
        self.assertEqual(stage["canarySettings"],
                         {"percentTraffic": 5, "deploymentId": self.deployment("three"), "useStageCache": True})


class Moved(Shop):
    """The stage serves One; the next template makes Two in its place and describes the stage."""

    def setUp(self):
        super().setUp()
        self.repository.write("environments/beta/api.yaml", "template: apps/api/template.yaml\n" + STEPS)
        self.one = TEMPLATE.replace(STAGE, OURS).replace(self.deployment_of("Two"), "") + MOVED
        self.two = TEMPLATE.replace(STAGE, OURS.replace("One", "Two, Description: second")).replace(
            self.deployment_of("One"), "") + MOVED
        self.write(self.one)
        self.apply()
        self.old = self.deployment("one")
        self.alarm("OK")
        self.assertNotIn("canarySettings", self.stage()[1])
        self.write(self.two)

    @staticmethod
    def deployment_of(name):
        return next(line + "\n" for line in TEMPLATE.splitlines() if line.startswith(f"  {name}:"))

    def alarm(self, state):
        self.account.client("cloudwatch", "beta").set_alarm_state(AlarmName="red", StateValue=state,
                                                                  StateReason="the test says so")

    def begin(self):
        """Applies, and waits until the new deployment has its first traffic."""
        process = self.repository.begin(self.account, "apply", "beta")
        self.addCleanup(process.kill)
        for _ in range(200):
            if self.stage()[1].get("canarySettings", {}).get("percentTraffic") == 10:
                return process
            time.sleep(0.1)
        raise AssertionError(f"no traffic on the new deployment: {self.stage()}\n{process.communicate()[0]}")

    def end(self, process, succeeds):
        told = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode == 0, succeeds, told)
        return told

    def test_goes_in_steps(self):
        self.assertEqual(self.traffic(), [
            "traffic: shop:live: 10 % for 3 s, 50 % for 1 s, then all (by plumb)", "judged by: alarm red",
            "shop:live: a stage of an API is judged by alarms and checks alone",
            "Stage: Description waits until all traffic has moved",
            "Stage: the steps say its canary's share, not its PercentTraffic of 30"])
        process = self.begin()
        stage = self.stage()[1]
        self.assertEqual(stage["deploymentId"], self.old)
        self.assertEqual(stage["canarySettings"], {
            "percentTraffic": 10, "deploymentId": self.deployment("two"), "useStageCache": False,
            "stageVariableOverrides": {"level": "debug"}})
        told = self.end(process, True)
        weights = [line.split()[1] for line in told.splitlines() if line.startswith("  traffic ")]
        self.assertEqual(list(dict.fromkeys(weights)), ["0", "10", "50", "100"], told)
        stage = self.stage()[1]
        self.assertEqual(stage["deploymentId"], self.deployment("two"))
        self.assertNotIn("canarySettings", stage)
        self.assertEqual(stage["description"], "second")
        self.assertEqual([one["description"] for one in self.gateway.get_deployments(restApiId=self.stage()[0])["items"]],
                         ["two"])
        self.repository.plumb(self.account, "plan", "beta", expect=0)

    def test_needs_permissions(self):
        """To look at alarms, and to change the stage."""
        policies = self.repository.plumb(self.account, "policy", "beta", expect=0).stdout
        for action in ("cloudwatch:DescribeAlarms", "apigateway:PATCH", "apigateway:GET"):
            self.assertIn(f'"{action}"', policies)
        self.assertNotIn("lambda:", policies)

    def test_goes_back_on_an_alarm(self):
        process = self.begin()
        self.alarm("ALARM")
        told = self.end(process, False)
        self.assertIn("alarm red is red", told)
        stage = self.stage()[1]
        self.assertEqual(stage["deploymentId"], self.old)
        self.assertNotIn("canarySettings", stage)
        self.assertIn("rolled back", self.repository.plumb(self.account, "plan", "beta", expect=2).stdout)
        self.alarm("OK")
        self.write(self.one)
        self.apply()
        self.assertEqual(self.stage()[1]["deploymentId"], self.old)

    def test_leaves_what_others_set(self):
        process = self.begin()
        api, _ = self.stage()
        self.gateway.update_stage(restApiId=api, stageName="live", patchOperations=[
            {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "33"}])
        before = self.stage()[1]["canarySettings"]
        self.alarm("ALARM")
        told = self.end(process, False)
        self.assertIn(f"shop:live was moved by somebody else: its traffic goes to deployment {self.old} with 33 % on "
                      "deployment", told)
        self.assertEqual(self.stage()[1]["canarySettings"], before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
