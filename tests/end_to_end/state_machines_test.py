#!/usr/bin/env python3
"""A state machine with AutoPublishAlias and DeploymentPreference: its alias moves in the preference's steps, or in the
application file's; an alarm takes it back; what somebody else sets on the way is left alone."""
import time
import unittest

import harness

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Red:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: red, Namespace: AWS/States, MetricName: ExecutionsFailed, Statistic: Sum, Period: 60,
                 EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: flow
      AutoPublishAlias: live
      DeploymentPreference: {Type: PREFERENCE, Percentage: 10, Interval: 1, Alarms: [!Ref Red]}
      Role: arn:aws:iam::111111111111:role/flow
      Definition: {Comment: "NUMBER", StartAt: Only, States: {Only: {Type: Succeed}}}
"""
MACHINE = "arn:aws:states:us-east-1:111111111111:stateMachine:flow"
STEPS = "deployment: {steps: [{weight: 10, for: 3s}, {weight: 50, for: 1s}]}\n"


class StateMachines(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.account.prepare()
        self.repository = harness.Repository(None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml", "stage: Beta\naccount: '111111111111'\n"
                              "region: us-east-1\n")
        self.states = self.account.client("stepfunctions", "beta")
        self.cloudwatch = self.account.client("cloudwatch", "beta")
        self.write(1)
        self.plumb("apply", 0)
        self.alarm("OK")

    def write(self, number, deployment="", preference="CANARY"):
        self.repository.write("environments/beta/flow.yaml", "template: apps/flow/template.yaml\n" + deployment)
        self.repository.write("apps/flow/template.yaml",
                              TEMPLATE.replace("NUMBER", str(number)).replace("PREFERENCE", preference))
        self.repository.commit(f"number {number}")

    def plumb(self, command, expect):
        return self.repository.plumb(self.account, command, "beta", expect=expect)

    def alarm(self, state):
        self.cloudwatch.set_alarm_state(AlarmName="red", StateValue=state, StateReason="the test says so")

    def traffic(self):
        answer = self.states.describe_state_machine_alias(stateMachineAliasArn=MACHINE + ":live")
        return {route["stateMachineVersionArn"].rsplit(":", 1)[1]: route["weight"]
                for route in answer["routingConfiguration"]}

    def begin(self):
        """Applies, and waits until the new version has its first traffic."""
        process = self.repository.begin(self.account, "apply", "beta")
        self.addCleanup(process.kill)
        for _ in range(200):
            if self.traffic() == {"1": 90, "2": 10}:
                return process
            time.sleep(0.1)
        raise AssertionError(f"no traffic on the new version: {self.traffic()}\n{process.communicate()[0]}")

    def test_moves_in_steps(self):
        self.write(2, STEPS)
        plan = self.plumb("plan", 2).stdout
        for line in ("traffic: flow:live: 10 % for 3 s, 50 % for 1 s, then all (by plumb)", "judged by: alarm red\n",
                     "flow:live: a state machine is judged by alarms and checks alone\n"):
            self.assertIn(line, plan)
        self.assertNotIn("invocations", plan)
        process = self.begin()
        told = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, 0, told)
        self.assertEqual(self.traffic(), {"2": 100})
        weights = [line.split()[1] for line in told.splitlines() if line.startswith("  traffic ")]
        self.assertEqual(list(dict.fromkeys(weights)), ["0", "10", "50", "100"], told)
        self.plumb("plan", 0)

    def test_goes_back_on_an_alarm(self):
        self.write(2)
        self.assertIn("traffic: flow:live: 10 % for 1 min, then all (by plumb)", self.plumb("plan", 2).stdout)
        process = self.begin()
        self.alarm("ALARM")
        told = process.communicate(timeout=60)[0]
        self.assertNotEqual(process.returncode, 0, told)
        self.assertIn("alarm red is red", told)
        self.assertEqual(self.traffic(), {"1": 100})
        self.assertIn("rolled back", self.plumb("plan", 2).stdout)
        self.alarm("OK")
        self.write(1, STEPS)
        self.plumb("apply", 0)
        self.plumb("plan", 0)

    def test_leaves_what_others_set(self):
        self.write(2, STEPS.replace("3s", "60s"))
        process = self.begin()
        self.states.update_state_machine_alias(
            stateMachineAliasArn=MACHINE + ":live",
            routingConfiguration=[{"stateMachineVersionArn": MACHINE + ":1", "weight": 70},
                                  {"stateMachineVersionArn": MACHINE + ":2", "weight": 30}])
        self.alarm("ALARM")
        told = process.communicate(timeout=60)[0]
        self.assertNotEqual(process.returncode, 0, told)
        self.assertEqual(self.traffic(), {"1": 70, "2": 30}, told)

    def test_heals_all_at_once(self):
        """What somebody else set where Git has changed nothing is no rollout."""
        self.states.publish_state_machine_version(stateMachineArn=MACHINE)
        self.write(2, preference="ALL_AT_ONCE")
        self.plumb("apply", 0)
        self.assertEqual(self.traffic(), {"2": 100})
        self.write(2, preference="LINEAR")
        self.assertIn("1 to adopt", self.plumb("plan", 2).stdout)  # only to be recorded
        self.plumb("apply", 0)
        self.states.update_state_machine_alias(
            stateMachineAliasArn=MACHINE + ":live",
            routingConfiguration=[{"stateMachineVersionArn": MACHINE + ":1", "weight": 100}])
        self.plumb("apply", 0)
        self.assertEqual(self.traffic(), {"2": 100})

    def test_refuses_steps_without_numbers(self):
        self.write(2)
        self.repository.edit("apps/flow/template.yaml", "Percentage: 10, ", "")
        self.repository.commit("no percentage")
        self.assertIn("needs Percentage, from 1 to 99", self.plumb("plan", 1).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
