#!/usr/bin/env python3
"""The canary of a REST API's stage: set as it is declared, read back without differences, promoted by the template; and
one that a deployment brings with it."""
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


class Canary(unittest.TestCase):
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
        plan = self.repository.plumb(self.account, "plan", "beta", expect=2).stdout
        return [line.strip() for line in plan.splitlines() if line.startswith("  traffic:")]

    def stage(self):
        [api] = self.gateway.get_rest_apis()["items"]
        return api["id"], self.gateway.get_stage(restApiId=api["id"], stageName="live")

    def deployment(self, description):
        found = self.gateway.get_deployments(restApiId=self.stage()[0])["items"]
        return next(one["id"] for one in found if one["description"] == description)

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


if __name__ == "__main__":
    unittest.main(verbosity=2)
