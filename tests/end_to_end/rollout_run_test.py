#!/usr/bin/env python3
"""Rollouts in `plumb run`, the alias watched by another client: stopped, killed, taken over also by another build of plumb
(PLUMB_BEFORE, see harness.py), overtaken by a newer commit."""
import itertools
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import harness

ENVIRONMENT = '''\
account: "111111111111"
region: us-east-1
roleArn: arn:aws:iam::111111111111:role/plumb
drift: {mode: heal, every: 1s}
'''
APPLICATION = '''\
template: apps/orders/template.yaml
deployment:
  steps: [{weight: 10, for: 3s}, {weight: 50, for: 2s}]
  minimumInvocations: 0
'''
TEMPLATE = '''\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: Orders
      Runtime: python3.12
      Handler: orders.handle
      CodeUri: src/
      AutoPublishAlias: live
'''
# Three steps, and two hooks, which answer that all is well.
RELAY_APPLICATION = '''\
template: apps/orders/template.yaml
deployment:
  steps: [{weight: 10, for: 3s}, {weight: 30, for: 3s}, {weight: 60, for: 3s}]
  minimumInvocations: 0
  hooks: {beforeAllowTraffic: Before, afterAllowTraffic: After}
'''
RELAY_TEMPLATE = TEMPLATE + '''\
  Before: &hook
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: hook.handle, InlineCode: "def handle(event, context): pass"}
  After: *hook
'''


class Watch(threading.Thread):
    """Reads the alias again and again, and keeps every state that is not the last."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self.client, self.seen, self.stopped = client, [], False
        self.start()

    def run(self):
        while not self.stopped:
            try:
                alias = self.client.get_alias(FunctionName="Orders", Name="live")
            except self.client.exceptions.ResourceNotFoundException:
                time.sleep(0.1)
                continue
            weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
            state = (alias["FunctionVersion"], *[(v, round(w, 4)) for v, w in weights.items()])
            if not self.seen or self.seen[-1] != state:
                self.seen.append(state)
            time.sleep(0.02)

    def wait(self, state, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.seen and self.seen[-1] == state:
                return
            time.sleep(0.05)
        raise AssertionError(f"the alias is not {state} within {seconds} s: {self.seen}")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class Case(unittest.TestCase):
    application, template = APPLICATION, TEMPLATE

    def setUp(self):
        self.account = self.make_account()
        self.account.prepare()
        self.repository = harness.Repository(example=None)
        self.running = []
        self.addCleanup(self.clean_up)
        self.repository.write("environments/beta/environment.yaml", ENVIRONMENT)
        self.repository.write("environments/beta/orders.yaml", self.application)
        self.repository.write("apps/orders/template.yaml", self.template)
        self.code("one")
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.watch = Watch(self.client("lambda"))
        self.watch.wait(("1",))

    def make_account(self):
        return harness.Simulator()

    def client(self, service):
        return self.account.client(service, "beta")

    def clean_up(self):
        if hasattr(self, "watch"):
            self.watch.stopped = True
            self.watch.join(10)
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.account.close()
        self.repository.close()

    def code(self, text):
        self.repository.write("apps/orders/src/orders.py", f"def handle(event, context):\n    return {text!r}\n")
        self.repository.commit(text)

    def start(self, *arguments, program=harness.PLUMB, cache=None, variables=None):
        log = tempfile.NamedTemporaryFile("w", dir=self.repository.home, suffix=".log")
        cache = cache or tempfile.mkdtemp(prefix="cache-", dir=self.repository.home)
        self.addCleanup(log.close)
        process = subprocess.Popen([program, *arguments], cwd=self.repository.path,
                                   env=dict(self.repository.environment(self.account), PLUMB_CACHE=cache,
                                            **(variables or {})),
                                   stdout=log, stderr=log)
        process.log = log.name
        self.running.append(process)
        return process

    def alarm(self, beside=""):
        """One that is green, and judges the rollout; `beside`: other lines of its `deployment`."""
        alarms = self.client("cloudwatch")
        alarms.put_metric_alarm(AlarmName="errors", Namespace="Shop", MetricName="Errors", Statistic="Sum", Period=60,
                                EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold")
        alarms.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="test")
        self.repository.edit("environments/beta/orders.yaml", "  minimumInvocations: 0",
                             f"  minimumInvocations: 0\n{beside}  alarms: [errors]")
        return alarms

    def release(self):
        """The state in the ledger."""
        text = self.repository.git("show", "refs/plumb/111111111111:us-east-1/beta/orders/release.json")
        return json.loads(text)

    def logs(self):
        return "\n".join(f"{process.args} {process.poll()}:\n{read(process.log)}" for process in self.running)

    def ends(self, state, seconds=30):
        end = time.monotonic() + seconds
        while self.release()["state"] != state:
            if time.monotonic() > end:
                raise AssertionError(f"the release is {self.release()['state']}, not {state}\n{self.logs()}")
            time.sleep(0.1)


class Simulated(Case):
    def test_a_commit_goes_step_by_step(self):
        self.start("run", "--poll", "1s", "beta")
        self.code("two")
        self.watch.wait(("2",))
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1", ("2", 0.5)), ("2",)])
        self.ends("released")
        self.repository.plumb(self.account, "plan", "beta", expect=0)
        self.repository.plumb(self.account, "drift", "beta", expect=0)

    def test_a_commit_that_is_broken_keeps_nobody_from_going_on(self):
        first = self.start("run", "--poll", "1s", "beta")
        self.code("two")
        self.watch.wait(("1", ("2", 0.1)))
        first.send_signal(signal.SIGKILL)
        first.wait()
        self.repository.write("apps/orders/template.yaml", "Resources: {Orders: \n")
        self.repository.commit("broken")
        self.start("run", "--poll", "1s", "beta")
        self.watch.wait(("2",))
        self.ends("released")

    def test_a_newer_commit_takes_its_place(self):
        self.repository.edit("environments/beta/orders.yaml", "for: 3s", "for: 60s")
        self.code("two")
        self.start("run", "--poll", "1s", "beta")
        self.watch.wait(("1", ("2", 0.1)))
        self.repository.edit("environments/beta/orders.yaml", "for: 60s", "for: 2s")
        self.code("three")
        self.watch.wait(("3",))
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1",), ("1", ("3", 0.1)), ("1", ("3", 0.5)),
                                           ("3",)])
        self.ends("released")

    def test_apply_takes_over_what_nobody_carries_on(self):
        self.code("two")
        first = self.start("apply", "beta")
        self.watch.wait(("1", ("2", 0.1)))
        first.send_signal(signal.SIGKILL)
        first.wait()
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1", ("2", 0.5)), ("2",)])

    def test_an_alarm_takes_it_back_and_marks_the_commit(self):
        alarms = self.alarm()
        self.repository.edit("environments/beta/orders.yaml", "for: 3s", "for: 60s")
        before = self.client("lambda").get_function(FunctionName="Orders")["Configuration"]["CodeSha256"]
        self.code("two")
        self.start("run", "--poll", "1s", "beta")
        self.watch.wait(("1", ("2", 0.1)))
        alarms.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")
        self.watch.wait(("1",), 10)
        self.ends("failed")
        self.assertIn("alarm errors is red", self.release()["verdict"])
        self.assertEqual(before, self.client("lambda").get_function(FunctionName="Orders")["Configuration"]["CodeSha256"])
        time.sleep(3)
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1",)])
        plan = self.repository.plumb(self.account, "plan", "beta")
        self.assertIn("was rolled back: alarm errors is red", plan.stdout)
        alarms.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="test")
        self.repository.edit("environments/beta/orders.yaml", "for: 60s", "for: 1s")
        self.code("three")
        self.watch.wait(("3",))


class Relay(Case):
    """One rollout by several instances, each of the other build than the one before it.  Who is asked to stop leaves it to
    another host at once; of a process that was killed only its own host knows that it is gone."""
    application, template = RELAY_APPLICATION, RELAY_TEMPLATE

    def setUp(self):
        super().setUp()
        self.programs, self.host = itertools.cycle((harness.BEFORE, harness.PLUMB)), 0
        self.account.forget()

    def go_on(self, cache=None):
        return self.start("run", "--poll", "1s", "beta", program=next(self.programs), cache=cache,
                          variables={"AWS_LAMBDA_LOG_STREAM_NAME": f"host {self.host}"})

    def end(self, instance, number):
        begun = time.monotonic()
        instance.send_signal(number)
        status = instance.wait(60)
        if number == signal.SIGTERM:
            self.assertEqual(status, 0, read(instance.log))
            self.assertLess(time.monotonic() - begun, 10)
            self.host += 1

    def calls(self, operation):
        return sum(r["operation"] == operation and r["status"] < 300 for r in self.account.requests())

    def check_steps(self):
        """Every step once, in its order and for its time; each hook once."""
        rollout = self.release()["rollout"]
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1", ("2", 0.3)), ("1", ("2", 0.6)), ("2",)])
        self.assertEqual((self.calls("UpdateAlias"), self.calls("PublishVersion"), self.calls("Invoke")), (4, 1, 2))
        self.assertEqual(rollout["phase"], "succeeded")
        steps = {line["weight"]: line["time"] for line in rollout["history"] if line["event"].startswith("the new version gets")}
        self.assertEqual(list(steps), [10, 30, 60, 100], rollout["history"])
        for before, now in itertools.pairwise(steps.values()):
            self.assertGreaterEqual(now - before, 3000)

    def test_stopped_or_killed_at_a_step_it_goes_on_there(self):
        cache = os.path.join(self.repository.home, "cache-of-all")
        instance = self.go_on(cache)
        self.code("two")
        for weight, number, next_cache in ((0.1, signal.SIGTERM, cache), (0.3, signal.SIGKILL, None),
                                           (0.6, signal.SIGTERM, cache)):
            self.watch.wait(("1", ("2", weight)))
            self.end(instance, number)
            self.repository.plumb(self.account, "drift", "beta", expect=0)
            instance = self.go_on(next_cache)
        self.watch.wait(("2",))
        self.ends("released")
        self.check_steps()
        self.end(instance, signal.SIGTERM)

    def test_what_one_began_another_takes_back(self):
        alarms = self.alarm()
        instance = self.go_on()
        self.code("two")
        self.watch.wait(("1", ("2", 0.1)))
        self.end(instance, signal.SIGTERM)
        alarms.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")
        instance = self.go_on()
        self.ends("failed")
        self.end(instance, signal.SIGTERM)
        alarms.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="test")
        instance = self.go_on()
        time.sleep(3)
        self.end(instance, signal.SIGTERM)
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1",)])
        self.assertIn("errors' is red", self.release()["verdict"])


class OnMoto(Case):
    """An AWS server that others wrote."""

    def make_account(self):
        return harness.Moto()

    def test_the_alias_takes_the_planned_weights(self):
        self.code("two")
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1", ("2", 0.5)), ("2",)])

    def test_a_rollback_gives_the_old_version_everything(self):
        alarms = self.alarm("  compare: {errors: false, throttles: false}\n")
        self.repository.edit("environments/beta/orders.yaml", "for: 2s", "for: 60s")
        self.code("two")
        apply = self.start("apply", "beta")
        self.watch.wait(("1", ("2", 0.5)))
        alarms.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")
        self.watch.wait(("1",), 10)
        self.assertEqual(apply.wait(30), 1)
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1", ("2", 0.5)), ("1",)])


if __name__ == "__main__":
    unittest.main()
