#!/usr/bin/env python3
"""Many environments in one repository: a commit that touches one looks at that one only; one that touches all gives each
one claim and one release, in fewer pushes; one that is poisoned delays no other."""
import collections
import os
import time
import unittest

import harness
import run_test

COUNT = 50
TEMPLATE = '''\
Parameters:
  Word: {Type: Number, Default: 30}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Word}}
'''


class Environments(run_test.Case):
    def fill_repository(self):
        self.repository.write("apps/p/template.yaml", TEMPLATE)
        self.names = [f"e{number:02}" for number in range(COUNT)]
        for name in self.names:
            self.repository.write(f"environments/{name}/environment.yaml", run_test.ENVIRONMENT.replace("1s", "1h") % "report")
            self.repository.write(f"environments/{name}/p.yaml", "template: apps/p/template.yaml\n")
        self.repository.commit("all of them")
        hook = os.path.join(self.repository.path, ".git/hooks/post-receive")
        self.pushes_file = os.path.join(self.repository.home, "pushes")
        with open(hook, "w", encoding="utf-8") as f:
            f.write(f"#!/bin/sh\necho push >> {self.pushes_file}\n")
        os.chmod(hook, 0o755)

    def head(self):
        return self.repository.git("rev-parse", "--short=7", "HEAD").strip()

    def pushes(self):
        if not os.path.exists(self.pushes_file):
            return 0
        with open(self.pushes_file, encoding="utf-8") as f:
            return len(f.read().splitlines())

    def released_in(self):
        """The environments in which the newest commit is released, in that order."""
        end = f"/p: released {self.head()}"
        return [s.removesuffix(end) for s in self.subjects() if s.endswith(end)]

    def all_released(self, names):
        return set(names) <= set(self.released_in())

    def calls(self, since):
        log = harness.fetch(f"{self.account.url}/_simulator/requests?since={since}")
        return log["count"], [f"{r['service']}.{r['operation']}" for r in log["requests"] if r["service"] != "sts"]

    def words(self, *names):
        """Gives these environments a parameter of their own."""
        for name in names:
            path = f"environments/{name}/p.yaml"
            self.repository.write(path, self.repository.read(path) + "parameters: {Word: 33}\n")
        self.repository.commit(f"{len(names)} with a word of their own")

    def test_one_or_all_are_touched(self):
        running = self.run_plumb()
        self.eventually(lambda: self.all_released(self.names), 120)
        count, calls = self.calls(0)
        self.assertEqual(calls.count("sqs.CreateQueue"), COUNT)
        events, pushes = len(self.subjects()), self.pushes()
        self.repository.edit("apps/p/template.yaml", "Default: 30", "Default: 31")
        self.repository.commit("all are touched")
        self.eventually(lambda: self.all_released(self.names), 120)
        count, calls = self.calls(count)
        self.assertEqual(calls.count("sqs.SetQueueAttributes"), COUNT)
        ours = collections.Counter(self.subjects()[events:])
        self.assertEqual(ours, {f"{name}/p: {what} {self.head()}": 1 for name in self.names
                                for what in ("applying", "released")})
        self.assertLessEqual(self.pushes() - pushes, 2 * COUNT)  # never more than events; how many depends on the machine
        events, pushes = len(self.subjects()), self.pushes()
        self.words("e07")
        self.eventually(lambda: self.all_released(["e07"]))
        time.sleep(3)
        count, calls = self.calls(count)
        self.assertEqual(self.subjects()[events:], [f"e07/p: {what} {self.head()}" for what in ("applying", "released")])
        self.assertEqual(self.pushes() - pushes, 2)
        self.assertEqual(calls.count("sqs.SetQueueAttributes"), 1)
        self.assertLess(len(calls), 15, calls)  # of this queue alone
        self.stops(running)

    def test_a_template_that_is_poisoned_delays_no_other(self):
        self.repository.write("apps/p/poison.yaml", "Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {Nonsense: 1}}}\n")
        for name in self.names[:3]:
            self.repository.write(f"environments/{name}/p.yaml", "template: apps/p/poison.yaml\n")
        self.repository.write("environments/e03/environment.yaml", "account: [\n")
        self.repository.commit("poison")
        running = self.run_plumb()
        self.eventually(lambda: self.all_released(self.names[4:]), 120)
        self.assertEqual(sorted(self.released_in()), self.names[4:])
        for name in self.names[:3]:
            self.assertTrue(running.told("failed", application=f"{name}/p"))
        self.assertTrue(running.told("failed", environment="e03"))
        self.stops(running)

    def test_an_endpoint_that_hangs_delays_no_other(self):
        """With three workers two wait for answers, and the third serves all the others."""
        hanging, others = self.names[:2], self.names[2:]
        for name in hanging:
            self.repository.edit(f"environments/{name}/environment.yaml", "us-east-1", "eu-west-1")
            self.repository.write(f"environments/{name}/p.yaml", "template: apps/p/topic.yaml\n")
        self.repository.write("apps/p/topic.yaml", "Resources: {Topic: {Type: AWS::SNS::Topic}}\n")
        self.repository.commit("two that hang")
        self.account.post("faults", {"match": {"service": "sns"}, "fault": "delay", "ms": 50000, "times": 0})
        self.addCleanup(self.account.process.kill)  # it would answer first
        running = self.run_plumb("--workers", "3")
        self.eventually(lambda: self.all_released(others), 45)
        self.assertFalse(set(hanging) & set(self.released_in()))
        self.stops(running)


if __name__ == "__main__":
    unittest.main(verbosity=2)
