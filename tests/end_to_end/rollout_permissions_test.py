#!/usr/bin/env python3
"""The policy for applying is enough for whole rollouts by both drivers, with hooks, alarms, synthetic requests
and everybody told, forward and back, on a simulator that refuses everything else."""
import json
import unittest

import harness
import rollout_run_test as runs
from permissions_test import ACCOUNT, kind_of
from policy_test import allowed

DEPLOYMENT = '''\
template: apps/orders/template.yaml
deployment:
  driver: %s
  steps: [{weight: 10, for: %s}]
  minimumInvocations: 1
  holdLimit: 5m
  compare: {errors: true, throttles: true, duration: p90}
  alarms: [OrdersFail]
  hooks: {beforeAllowTraffic: Hook, afterAllowTraffic: Hook}
%s  notify:
    - {sns: Told}
    - {eventBus: default}
    - {webhook: "{{resolve:ssm:/plumb/hook}}", secret: "{{resolve:secretsmanager:plumb/hook}}"}
    - {slack: "{{resolve:ssm-secure:/plumb/slack}}"}
'''
MORE = '''\
  synthetic:
    - {name: List, function: Orders, perMinute: 600, expect: {status: 200}}
'''
TEMPLATE = runs.TEMPLATE + '''\
      Environment: {Variables: {SIMULATOR_ANSWER: '{"statusCode": 200}'}}
  Told: {Type: 'AWS::SNS::Topic'}
  Hook:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: CodeDeployHook_Orders
      Runtime: python3.12
      Handler: orders.handle
      CodeUri: src/
      Environment: {Variables: {SIMULATOR_HOOK: '{}', SIMULATOR_ANSWER: '{"status": "Succeeded"}'}}
  OrdersFail:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: OrdersFail, Namespace: Shop, MetricName: Failures, Statistic: Sum, Period: 60,
                 EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold}
'''
# What of a rollout is granted, and asked for here.
ROLLOUT = {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "lambda:InvokeFunction", "lambda:GetAlias",
           "lambda:UpdateAlias", "sns:Publish", "events:PutEvents", "ssm:GetParameter", "secretsmanager:GetSecretValue"}
CODEDEPLOY = {"codedeploy:CreateDeployment", "codedeploy:BatchGetDeployments"}


class Permissions(runs.Case):
    application = DEPLOYMENT % ("plumb", "1s", MORE)
    template = TEMPLATE

    def make_account(self):
        account = harness.Simulator()
        ssm = account.client("ssm", "beta")
        for name, kind in (("hook", "String"), ("slack", "SecureString")):
            ssm.put_parameter(Name="/plumb/" + name, Type=kind, Value="http://127.0.0.1:1/")
        account.client("secretsmanager", "beta").create_secret(Name="plumb/hook", SecretString="hush")
        account.post("delays", {"lambda.pending": 0})
        return account

    def setUp(self):
        super().setUp()
        self.client("cloudwatch").set_alarm_state(AlarmName="OrdersFail", StateValue="OK", StateReason="test")

    def log(self, since=0):
        return self.account.requests(since)

    def under(self, commit, expect):
        """Applies with the policy; returns what it grants and what was asked for."""
        self.code(commit)
        self.client("cloudwatch").set_alarm_state(AlarmName="OrdersFail", StateValue="OK", StateReason="test")
        node = self.repository.json(self.account, "policy", "beta/orders", expect=0)[0]
        self.account.post("policies", {"account": ACCOUNT, "documents": node["applying"]})
        before = self.log()[-1]["n"]
        done = self.repository.plumb(self.account, "apply", "beta", expect=expect)
        asked = {(a, r) for _, a, r in self.account.post("policies", {"account": ACCOUNT})["asked"]}
        refused = [f"{r['service']}.{r['operation']} {r['code']}" for r in self.log(before) if r["status"] == 403]
        self.assertEqual(refused, [])
        self.assertNotIn("AccessDenied", done.stderr)
        return allowed(node["applying"]), asked

    def check_used(self, granted, asked, actions):
        """Of a rollout's own actions nothing is granted that is not asked for, on no kind of resource."""
        kinds = {(a, kind_of(r)) for a, r in asked}
        self.assertEqual({a for a, _ in asked} & actions, actions)
        unused = sorted((a, r) for a, r in granted if a in actions and (a, kind_of(r)) not in kinds
                        and not a.startswith(("cloudwatch:", "events:")))  # whose resources the simulator does not name
        self.assertEqual(unused, [])

    def test_by_plumb(self):
        granted, asked = self.under("two", 0)
        self.assertEqual(self.release()["state"], "released")
        self.check_used(granted, asked, ROLLOUT)

    def test_by_plumb_and_back(self):
        self.repository.edit("apps/orders/template.yaml", '"statusCode": 200', '"statusCode": 500')
        self.under("two", 1)
        self.assertIn("status 500 instead of 200", self.release()["verdict"])
        function = self.client("lambda").get_function_configuration(FunctionName="Orders")
        self.assertIn("200", function["Environment"]["Variables"]["SIMULATOR_ANSWER"])

    def test_by_codedeploy(self):
        """Its steps are minutes: one of them, with traffic, to the end."""
        self.repository.write("environments/beta/orders.yaml", DEPLOYMENT % ("codedeploy", "1m", ""))
        self.repository.edit("environments/beta/orders.yaml", "steps: [{weight: 10, for: 1m}]",
                             "type: AllAtOnce")
        self.repository.commit("By CodeDeploy")
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.account.post("traffic", {"account": ACCOUNT, "region": "us-east-1", "function": "Orders",
                                      "alias": "live", "perMinute": 600})
        granted, asked = self.under("two", 0)
        self.assertEqual(self.release()["state"], "released")
        self.assertTrue(self.release()["rollout"]["targets"][0]["deployment"])
        self.assertEqual({a for a, _ in asked} & CODEDEPLOY, CODEDEPLOY)  # the simulator names no resources here

    def test_by_codedeploy_and_back(self):
        """A hook that fails: the deployment ends, and the functions get back what they had."""
        self.repository.write("environments/beta/orders.yaml", DEPLOYMENT % ("codedeploy", "1m", ""))
        self.repository.edit("environments/beta/orders.yaml", "steps: [{weight: 10, for: 1m}]", "type: AllAtOnce")
        self.repository.commit("By CodeDeploy")
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.client("lambda").update_function_configuration(
            FunctionName="CodeDeployHook_Orders",
            Environment={"Variables": {"SIMULATOR_HOOK": json.dumps({"status": "Failed"})}})
        self.repository.edit("apps/orders/template.yaml", "SIMULATOR_HOOK: '{}'", "SIMULATOR_HOOK: '{\"status\": \"Failed\"}'")
        self.under("two", 1)
        self.assertEqual(self.release()["state"], "failed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
