#!/usr/bin/env python3
"""Hook functions that know CodeDeploy alone, each really run as a process: they are told a deployment and an execution,
look at the new version, and report by PutLifecycleEventHookExecutionStatus.  Both drivers take their word."""
import json
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import harness
import rollout_run_test as runs
from policy_test import allowed

ACCOUNT = "111111111111"
ENVIRONMENT = '''\
account: "111111111111"
region: us-east-1
roleArn: arn:aws:iam::111111111111:role/plumb
drift: {mode: heal, every: 1s}
'''
CODEDEPLOY = "  driver: codedeploy\n  type: AllAtOnce\n"
PLUMB = "  steps: [{weight: 50, for: 1s}]\n"
APPLICATION = '''\
template: apps/orders/template.yaml
deployment:
%s  minimumInvocations: 0
  hooks: {beforeAllowTraffic: Pre, afterAllowTraffic: Post%s}
'''
TEMPLATE = '''\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, Handler: hook.handle, CodeUri: hooks/}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: Orders
      Handler: orders.handle
      CodeUri: src/
      AutoPublishAlias: live
      Environment: {Variables: {SIMULATOR_ANSWER: '{"orders": "%s"}'}}
  Pre:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: CodeDeployHook_Pre
      Environment: {Variables: {LOOK_AT: !Ref Orders.Version}}
  Post:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: CodeDeployHook_Post
      Environment: {Variables: {LOOK_AT: !Sub "${Orders.Arn}:live"}}
'''
HOOK = '''\
import json
import os

import boto3


def check():
    reply = boto3.client("lambda").invoke(FunctionName=os.environ["LOOK_AT"])
    answer = json.load(reply["Payload"])["orders"]
    if answer == "raises":
        raise RuntimeError("out of order")
    return answer not in ("bad", os.environ["AWS_LAMBDA_FUNCTION_NAME"])


def handle(event, context):
    deployment, execution = event["DeploymentId"], event["LifecycleEventHookExecutionId"]
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=deployment, lifecycleEventHookExecutionId=execution,
        status="Succeeded" if check() else "Failed")
'''
RUNTIME = "import json, sys, hook; hook.handle(json.load(sys.stdin), None)"


class Lambda(threading.Thread):
    """Runs the hooks that were invoked, as Lambda would: their code, their variables, their event."""

    def __init__(self, test):
        super().__init__(daemon=True)
        self.test, self.stopped, self.asleep = test, False, False
        self.invoked, self.waiting, self.raised = [], [], []
        self.start()

    def run(self):
        while not self.stopped:
            for one in self.test.account.post("invocations", {})["invocations"]:
                self.invoked.append(one["function"])
                self.waiting.append(one)
            while self.waiting and not self.asleep:
                self.play(self.waiting.pop(0))
            time.sleep(0.1)

    def play(self, one):
        name = one["function"].split(":")[-1]
        declared = self.test.client("lambda").get_function_configuration(FunctionName=name)
        payload = one["payload"] if isinstance(one["payload"], str) else json.dumps(one["payload"])
        done = subprocess.run(
            [sys.executable, "-c", RUNTIME], input=payload, text=True, timeout=60, capture_output=True,
            cwd=os.path.join(self.test.repository.path, "apps/orders/hooks"),
            env=dict(self.test.repository.environment(self.test.account), AWS_DEFAULT_REGION="us-east-1",
                     PYTHONDONTWRITEBYTECODE="1", AWS_LAMBDA_FUNCTION_NAME=name,
                     **declared["Environment"]["Variables"]))
        if done.returncode:
            self.raised.append(done.stderr)


class Case(runs.Case):
    driver, report, template = PLUMB, ", report: codedeploy", TEMPLATE

    def setUp(self):
        self.account = harness.Simulator()
        self.account.prepare()
        self.repository = harness.Repository(example=None)
        self.running = []
        self.addCleanup(self.clean_up)
        self.repository.write("environments/beta/environment.yaml", ENVIRONMENT)
        self.repository.write("environments/beta/orders.yaml", APPLICATION % (self.driver, self.report))
        self.repository.write("apps/orders/hooks/hook.py", HOOK)
        self.orders("first")
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.lambdas = Lambda(self)

    def clean_up(self):
        if hasattr(self, "lambdas"):
            self.lambdas.stopped = True
            self.lambdas.join(60)
        super().clean_up()

    def orders(self, answer):
        self.repository.write("apps/orders/template.yaml", self.template.replace("%s", answer))
        self.repository.write("apps/orders/src/orders.py", f"def handle(event, context):\n    return {answer!r}\n")
        self.repository.commit(answer)

    def apply(self, expect):
        return self.repository.plumb(self.account, "apply", "beta", expect=expect, timeout=100)

    def kill(self, process):
        process.send_signal(signal.SIGKILL)
        process.wait()

    def wait(self, what, seconds=40):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, f"not within {seconds} s; invoked: {self.lambdas.invoked}")
            time.sleep(0.1)

    def aliases(self):
        return {one["Name"]: one["FunctionVersion"]
                for one in self.client("lambda").list_aliases(FunctionName="Orders")["Aliases"]}

    def deployments(self):
        """Status and description, the oldest first."""
        client = self.client("codedeploy")
        ids = client.list_deployments()["deployments"]
        all_of = client.batch_get_deployments(deploymentIds=ids)["deploymentsInfo"] if ids else []
        return [(one["status"], one.get("description", "")) for one in sorted(all_of, key=lambda one: one["createTime"])]

    def check_steps(self, with_it, without):
        events = [line["event"] for line in self.release()["rollout"]["history"]]
        self.assertTrue(any(with_it in event for event in events), events)
        self.assertFalse(any(without in event for event in events), events)

    def hooks(self):
        return [function.split(":")[-1] for function in self.lambdas.invoked]


class Verdicts:
    """The same of each driver."""

    def test_a_good_version_gets_all_traffic(self):
        self.orders("second")
        self.apply(0)
        self.assertEqual(self.aliases(), {"live": "2"})
        self.assertEqual(self.hooks(), ["CodeDeployHook_Pre", "CodeDeployHook_Post"])
        self.assertEqual(self.lambdas.raised, [])
        self.assertEqual(self.release()["state"], "released")
        self.check_deployments()
        self.repository.plumb(self.account, "plan", "beta", expect=0)
        self.repository.plumb(self.account, "drift", "beta", expect=0)

    def test_failed_before_traffic(self):
        self.orders("bad")
        done = self.apply(1)
        self.assertIn("one or more of the lifecycle event validation functions failed", done.stdout + done.stderr)
        self.assertEqual(self.hooks(), ["CodeDeployHook_Pre"])
        self.assertEqual(self.aliases(), {"live": "1"})
        self.assertIn("validation functions failed", self.release()["verdict"])

    def test_failed_after_traffic(self):
        self.orders("CodeDeployHook_Post")
        self.apply(1)
        self.assertEqual(self.hooks(), ["CodeDeployHook_Pre", "CodeDeployHook_Post"])
        self.assertEqual(self.aliases(), {"live": "1"})
        self.assertIn("validation functions failed", self.release()["verdict"])


class ByCodeDeploy(Verdicts, Case):
    driver, report = CODEDEPLOY, ""

    def check_deployments(self):
        """One moves the traffic and runs both hooks."""
        [(status, description)] = self.deployments()
        self.assertEqual(status, "Succeeded")
        self.assertTrue(description.startswith("plumb "), description)


class ByPlumb(Verdicts, Case):
    def check_deployments(self):
        """Each hook has one of its own, and plumb moves the traffic."""
        told = self.deployments()
        self.assertEqual([status for status, _ in told], ["Succeeded", "Succeeded"])
        self.assertEqual([" ".join(text.split()[2:]) for _, text in told],
                         ["hook BeforeAllowTraffic CodeDeployHook_Pre", "hook AfterAllowTraffic CodeDeployHook_Post"])
        self.check_steps("the new version gets 50 %", "by CodeDeploy")

    def test_what_the_policy_grants_is_enough(self):
        node = self.repository.json(self.account, "policy", "beta/orders", expect=0)[0]
        others = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": [
            "codedeploy:PutLifecycleEventHookExecutionStatus", "lambda:InvokeFunction",
            "lambda:GetFunctionConfiguration", "sts:AssumeRole"]}]}
        self.account.post("policies", {"account": ACCOUNT, "documents": node["applying"] + [others]})
        self.orders("CodeDeployHook_Post")
        self.apply(1)
        asked = {action for _, action, _ in self.account.post("policies", {"account": ACCOUNT})["asked"]}
        self.assertIn("validation functions failed", self.release()["verdict"])
        self.assertEqual(self.aliases(), {"live": "1"})
        self.assertLessEqual({"lambda:CreateAlias", "lambda:DeleteAlias", "codedeploy:CreateDeployment",
                              "codedeploy:ListDeployments", "codedeploy:BatchGetDeployments",
                              "codedeploy:BatchGetDeploymentTargets"}, asked)
        invoking = [one for one in allowed(node["applying"]) if one[0] == "lambda:InvokeFunction"]
        self.assertEqual(invoking, [])
        self.repository.edit("environments/beta/orders.yaml", "report: codedeploy", "report: answer")
        self.repository.commit("answering")
        node = self.repository.json(self.account, "policy", "beta/orders", expect=0)[0]
        self.assertFalse([a for a, _ in allowed(node["applying"]) if a in (
            "codedeploy:CreateDeployment", "codedeploy:BatchGetDeploymentTargets")])

    def test_who_raises_has_reported_nothing(self):
        self.repository.edit("environments/beta/orders.yaml", "report: codedeploy", "report: codedeploy, timeout: 4s")
        self.orders("raises")
        self.apply(1)
        self.assertIn("RuntimeError: out of order", "".join(self.lambdas.raised))
        self.assertIn("hook CodeDeployHook_Pre reported nothing to CodeDeploy within 4 s", self.release()["verdict"])
        self.assertEqual(self.aliases(), {"live": "1"})
        self.assertEqual([status for status, _ in self.deployments()], ["Stopped"])

    def test_killed_while_a_hook_runs_it_is_run_once(self):
        for hook, version in (("CodeDeployHook_Pre", "1"), ("CodeDeployHook_Post", "2")):
            self.lambdas.invoked.clear()
            self.lambdas.asleep = True
            self.orders("for " + hook)
            first = self.start("run", "--poll", "1s", "beta")
            if hook == "CodeDeployHook_Post":
                self.wait(lambda: self.lambdas.waiting)
                self.lambdas.play(self.lambdas.waiting.pop())
            self.wait(lambda: self.lambdas.waiting and self.hooks()[-1] == hook)
            self.kill(first)
            self.assertEqual(len(self.aliases()), 2, self.aliases())
            self.repository.plumb(self.account, "drift", "beta", expect=0)
            second = self.start("run", "--poll", "1s", "beta")
            time.sleep(2)
            self.lambdas.asleep = False
            self.wait(lambda: self.release()["state"] == "released" and len(self.aliases()) == 1)
            self.kill(second)
            self.assertEqual(self.hooks(), ["CodeDeployHook_Pre", "CodeDeployHook_Post"])
            self.assertEqual(self.aliases(), {"live": str(int(version) + 1)})
            self.assertEqual({status for status, _ in self.deployments()}, {"Succeeded"})

    def test_a_newer_commit_stops_the_hook_and_takes_its_alias_away(self):
        self.lambdas.asleep = True
        self.orders("second")
        first = self.start("run", "--poll", "1s", "beta")
        self.wait(lambda: self.lambdas.waiting)
        self.kill(first)
        self.orders("first")
        self.start("run", "--poll", "1s", "beta")
        self.wait(lambda: list(self.aliases()) == ["live"])
        self.wait(lambda: self.release()["state"] in ("released", "failed"))
        self.assertEqual([status for status, _ in self.deployments()], ["Stopped"])
        self.assertEqual(self.hooks(), ["CodeDeployHook_Pre"])

    def test_another_deployment_in_the_group_is_waited_for(self):
        self.orders("second")
        codedeploy, functions = self.client("codedeploy"), self.client("lambda")
        self.lambdas.asleep = True
        functions.create_alias(FunctionName="Orders", Name="other", FunctionVersion="1")
        spec = {"version": 0.0, "Resources": [{"Orders": {"Type": "AWS::Lambda::Function", "Properties": {
            "Name": "Orders", "Alias": "other", "CurrentVersion": "1", "TargetVersion": "1"}}}],
            "Hooks": [{"BeforeAllowTraffic": "CodeDeployHook_Pre"}]}
        other = codedeploy.create_deployment(
            applicationName=self.physical_id("PlumbDeploymentApplication"),
            deploymentGroupName=self.physical_id("PlumbDeploymentGroupOrdersAliaslive"),
            deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce",
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": json.dumps(spec)}})["deploymentId"]
        self.wait(lambda: self.lambdas.waiting)
        apply = self.start("apply", "beta")
        time.sleep(4)
        self.assertEqual(len(self.deployments()), 1)
        codedeploy.stop_deployment(deploymentId=other, autoRollbackEnabled=False)
        functions.delete_alias(FunctionName="Orders", Name="other")
        self.lambdas.waiting.clear()
        self.lambdas.asleep = False
        self.assertEqual(apply.wait(60), 0)
        self.assertEqual(self.aliases(), {"live": "2"})

    def physical_id(self, logical_id):
        text = self.repository.git("show", "refs/plumb/111111111111:us-east-1/beta/orders/inventory.json")
        [found] = [one for one in json.loads(text)["resources"] if one["logicalId"] == logical_id]
        return found["physicalId"]


class OwnGroup(Case):
    """A template that has CodeDeploy's resources itself, and names the hooks; the driver is asked for or left out."""
    driver, report = "", ""
    template = TEMPLATE.replace("AutoPublishAlias: live\n", "AutoPublishAlias: live\n      DeploymentPreference:\n"
                                "        {Type: AllAtOnce, Hooks: {PreTraffic: !Ref Pre}}\n")

    def deploy(self, deployment):
        self.repository.write("environments/beta/orders.yaml",
                              "template: apps/orders/template.yaml\ndeployment:\n" + deployment)
        self.orders("second")
        self.apply(0)
        self.assertEqual(self.hooks(), ["CodeDeployHook_Pre"])
        self.assertEqual(self.aliases(), {"live": "2"})
        self.assertEqual([status for status, _ in self.deployments()], ["Succeeded"])

    def test_left_out_codedeploy_moves(self):
        self.deploy("  minimumInvocations: 0\n  hooks: {report: codedeploy}\n")
        self.check_steps("CodeDeploy's deployment", "runs hook")

    def test_plumb_moves_where_it_is_asked(self):
        self.deploy("  driver: plumb\n  minimumInvocations: 0\n  hooks: {report: codedeploy}\n")
        self.check_steps("runs hook", "by CodeDeploy")


class Unanswered(Case):
    """Without `report` the hook is invoked by plumb, whose deployment CodeDeploy does not know."""
    report = ""

    def test_what_to_do_is_said(self):
        self.lambdas.play({"function": "CodeDeployHook_Pre", "payload": {
            "DeploymentId": "d-123456789", "LifecycleEventHookExecutionId": "aa5e1963bc15c1a6", "Plumb": {}}})
        answer = self.lambdas.raised[0].splitlines()[-1].partition(": ")[2]  # as Lambda gives it on
        self.assertIn("(DeploymentDoesNotExistException)", answer)
        text = self.repository.read("apps/orders/template.yaml").replace(
            "LOOK_AT: !Ref Orders.Version", f"LOOK_AT: !Ref Orders.Version, SIMULATOR_ERROR: {json.dumps(answer)}")
        self.repository.write("apps/orders/template.yaml", text.replace("first", "second"))
        self.repository.commit("second")
        self.apply(1)
        self.assertIn("hooks: {report: codedeploy}", self.release()["verdict"])
        self.assertEqual(self.aliases(), {"live": "1"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
