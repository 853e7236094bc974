#!/usr/bin/env python3
"""`plumb run`: applies what is committed, heals or reports drift, goes on after mistakes and kills, stops when told.
What one instance goes on with that another began is tried with two builds of plumb, too (PLUMB_BEFORE, see harness.py)."""
import os
import signal
import subprocess
import time
import unittest

import harness

ENVIRONMENT = '''\
account: "111111111111"
region: us-east-1
drift: {mode: %s, every: 1s}
'''
TEMPLATE = harness.ONE_QUEUE + '''\
  Alerts: {Type: AWS::SNS::Topic}
  Bills: {Type: AWS::SNS::Topic, DependsOn: Alerts}
  News: {Type: AWS::SNS::Topic, DependsOn: Bills}
'''
TEMPLATE_FILE = "apps/orders/template.yaml"
CREATES = ["sns.CreateTopic"] * 3 + ["sqs.CreateQueue"]


class Case(unittest.TestCase):
    """An account, a repository with one small application, and what runs there."""

    def setUp(self):
        self.account = harness.Simulator()
        self.repository = harness.Repository(example=None)
        self.running = []
        self.addCleanup(self.clean_up)
        self.fill_repository()

    def fill_repository(self):
        self.repository.write(TEMPLATE_FILE, TEMPLATE)
        self.add_environment("prod", "heal")

    def clean_up(self):
        for running in self.running:
            running.close()
        self.account.close()
        self.repository.close()

    def add_environment(self, name, mode, text=None):
        self.repository.write(f"environments/{name}/environment.yaml", text or ENVIRONMENT % mode)
        self.repository.write(f"environments/{name}/orders.yaml", f"template: {TEMPLATE_FILE}\n")
        self.repository.commit(f"Environment {name}")

    def run_plumb(self, *arguments, **options):
        self.running.append(harness.Running(self.repository, self.account, *arguments, **options))
        return self.running[-1]

    def eventually(self, what, timeout=30):
        """Waits until `what` gives something true, and gives it."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            found = what()
            if found:
                return found
            time.sleep(0.1)
        logs = ["\n".join(map(str, r.events())) for r in self.running]
        self.fail("\n\n".join([f"it did not happen within {timeout} s", *self.subjects(), *logs]))

    def subjects(self):
        """The ledger's events, the oldest first."""
        refs = self.repository.git("for-each-ref", "--format=%(refname)", "refs/plumb").split()
        return self.repository.git("log", "--reverse", "--format=%s", refs[0]).splitlines() if refs else []

    def released(self, environment="prod"):
        """Is the newest commit released there?"""
        head = self.repository.git("rev-parse", "--short=7", "HEAD").strip()
        return f"{environment}/orders: released {head}" in self.subjects()

    def timeout_of_queue(self, stage="Prod"):
        sqs = self.account.client("sqs", "beta")
        url = sqs.get_queue_url(QueueName=f"Orders{stage}")["QueueUrl"]
        return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"]

    def edit_queue(self, value, stage="Prod"):
        """By another hand than plumb's."""
        sqs = self.account.client("sqs", "beta")
        url = sqs.get_queue_url(QueueName=f"Orders{stage}")["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": value})

    def commit_timeout(self, old, new):
        self.repository.edit(TEMPLATE_FILE, f"VisibilityTimeout: {old}", f"VisibilityTimeout: {new}")
        self.repository.commit(f"A timeout of {new}")

    def creates(self):
        return sorted(c for c in self.account.mutating() if ".Create" in c)

    def stops(self, running):
        status, seconds = running.send(signal.SIGTERM)
        self.assertEqual(status, 0)
        self.assertLess(seconds, 10)
        self.assertTrue(running.told("stopped"))


class Run(Case):
    def test_a_commit_is_applied_and_rest_is_quiet(self):
        running = self.run_plumb("prod")
        self.eventually(self.released)
        self.commit_timeout(60, 61)
        self.eventually(self.released)
        self.assertEqual(self.timeout_of_queue(), "61")
        before, events = len(self.account.mutating()), len(self.subjects())
        time.sleep(4)
        self.assertEqual((len(self.account.mutating()), len(self.subjects())), (before, events))
        self.stops(running)

    def test_it_begins_anew_where_its_cache_is_damaged(self):
        running = self.run_plumb("prod")
        self.eventually(self.released)
        for folder, _, files in os.walk(running.cache):
            for name in files if "objects" in folder else []:
                os.chmod(os.path.join(folder, name), 0o600)
                os.truncate(os.path.join(folder, name), os.path.getsize(os.path.join(folder, name)) // 2)
        self.commit_timeout(60, 61)
        self.eventually(self.released, 60)
        self.assertTrue(running.told("the cache was damaged: beginning anew"))
        self.assertEqual(self.timeout_of_queue(), "61")
        self.stops(running)

    def test_drift_is_healed_or_reported(self):
        self.add_environment("beta", "report")
        running = self.run_plumb()
        self.eventually(lambda: self.released("prod") and self.released("beta"))
        self.edit_queue("10", "Beta")
        self.edit_queue("10", "Prod")
        self.eventually(lambda: self.timeout_of_queue("Prod") == "60")
        self.eventually(lambda: running.told("drift", application="beta/orders", resources=1))
        self.assertEqual(self.timeout_of_queue("Beta"), "10")
        self.commit_timeout(60, 61)
        self.eventually(lambda: self.timeout_of_queue("Beta") == "61")
        self.stops(running)

    def test_a_bad_commit_does_not_block_its_fix(self):
        running = self.run_plumb("prod")
        self.eventually(self.released)
        self.commit_timeout(60, "sixty")
        self.eventually(lambda: running.told("failed", application="prod/orders"))
        self.commit_timeout("sixty", 99999)  # plumb cannot know that AWS refuses this
        self.eventually(lambda: any("failed" in s for s in self.subjects()))
        self.commit_timeout(99999, 62)
        self.eventually(self.released)
        self.assertEqual(self.timeout_of_queue(), "62")
        self.stops(running)

    def test_what_is_parked_shows_in_the_status_until_it_is_kept(self):
        port = harness.free_port()
        self.run_plumb("prod", "--listen", f"127.0.0.1:{port}", variables={"PLUMB_WEBHOOK_SECRET": "s" * 32})
        self.eventually(self.released)
        self.commit_timeout(60, "sixty")

        def asks():
            """Each look fails; without being asked for, the eighth comes after two minutes."""
            self.sync(port)
            return any(s == "prod/orders: parked" for s in self.subjects())
        self.eventually(asks)
        status = self.repository.plumb(self.account, "status", "prod", expect=0).stdout
        self.assertRegex(status, r"\n  parked since 20\S+ at commit [0-9a-f]{7}: .* must be a number")
        parked = self.repository.json(self.account, "status", "prod")[0]["parked"]
        self.assertEqual(parked["commit"], self.repository.git("rev-parse", "HEAD").strip())
        self.commit_timeout("sixty", 61)
        self.eventually(lambda: self.released() and self.subjects()[-1] == "prod/orders: not parked any more")
        self.assertNotIn("parked", self.repository.plumb(self.account, "status", "prod", expect=0).stdout)

    def sync(self, port):
        self.repository.plumb(self.account, "sync", "prod/orders", "--address", f"http://127.0.0.1:{port}",
                              variables={"PLUMB_WEBHOOK_SECRET": "s" * 32})

    def test_it_stops_in_the_middle_and_goes_on(self):
        self.account.post("faults", {"match": {"operation": "CreateTopic"}, "fault": "delay", "ms": 12000})
        running = self.run_plumb("prod", program=harness.BEFORE)
        self.eventually(lambda: any("applying" in s for s in self.subjects()))
        time.sleep(1)
        self.stops(running)
        self.assertTrue(running.told("interrupted", application="prod/orders"))
        self.assertIn("failed", self.subjects()[-1])  # recorded, so that another host need not wait for the lease
        self.assertFalse(running.told("failed"))
        running = self.run_plumb("prod", cache=running.cache)
        self.eventually(self.released)
        self.assertEqual(self.sums(), {"topics": 3, "queues": 1})
        self.stops(running)

    def test_it_goes_on_after_a_kill(self):
        for nth in (1, 2, 3):
            self.account.post("faults", {"match": {"operation": "CreateTopic", "nth": nth}, "fault": "delay",
                                         "ms": 1500})
        for seen, program in ((1, harness.BEFORE), (2, harness.PLUMB), (3, harness.BEFORE)):
            running = self.run_plumb("prod", program=program)
            self.eventually(lambda: self.account.mutating().count("sns.CreateTopic") >= seen)
            running.send(signal.SIGKILL)
        self.run_plumb("prod")
        self.eventually(self.released)
        self.assertEqual(self.sums(), {"topics": 3, "queues": 1})

    def sums(self):
        return {"topics": len(self.account.client("sns", "beta").list_topics()["Topics"]),
                "queues": len(self.account.client("sqs", "beta").list_queues()["QueueUrls"])}

    def test_two_instances_double_nothing(self):
        both = [self.run_plumb("prod", program=harness.BEFORE), self.run_plumb("prod")]
        self.eventually(self.released)
        for timeout in range(61, 65):
            self.commit_timeout(timeout - 1, timeout)
            self.eventually(self.released)
        time.sleep(2)
        self.assertEqual(self.creates(), CREATES)
        self.assertEqual(self.account.mutating().count("sqs.SetQueueAttributes"), 4)
        subjects = self.subjects()
        self.assertEqual(len(subjects), 10, subjects)
        self.assertEqual([s.split()[1] for s in subjects], ["applying", "released"] * 5)
        for running in both:
            self.stops(running)

    def test_a_broken_environment_is_its_own_trouble(self):
        self.add_environment("beta", "heal", "account: [\n")
        running = self.run_plumb()
        self.eventually(lambda: self.released("prod"))
        self.assertTrue(running.told("failed", environment="beta"))
        self.add_environment("beta", "heal")
        self.eventually(lambda: self.released("beta"))
        self.repository.write("environments/beta/orders.yaml", "template: [\n")
        self.repository.commit("Broken again")
        self.commit_timeout(60, 61)
        self.eventually(lambda: self.released("prod"))
        self.assertEqual(self.timeout_of_queue("Beta"), "60")
        self.stops(running)

    def test_only_broken_environments_are_waited_for(self):
        self.repository.write("environments/prod/environment.yaml", "account: [\n")
        self.repository.commit("Broken")
        running = self.run_plumb()
        self.eventually(lambda: running.told("failed", environment="prod"))
        self.repository.write("environments/prod/environment.yaml", ENVIRONMENT % "heal")
        self.repository.commit("Whole")
        self.eventually(self.released)
        self.stops(running)

    def test_what_is_suspended_is_left_alone(self):
        running = self.run_plumb("prod")
        self.eventually(self.released)
        told = self.repository.plumb(self.account, "suspend", "prod", "--for", "1h", "--reason", "the <incident>",
                                     expect=0).stdout
        self.assertRegex(told, r"^prod/orders: plumb run leaves it alone until 20\d\d-")
        self.eventually(lambda: running.told("suspended", application="prod/orders"))
        self.edit_queue("77")
        self.commit_timeout(60, 61)
        time.sleep(4)
        self.assertEqual(self.timeout_of_queue(), "77")
        status = self.repository.plumb(self.account, "status", "prod", expect=0).stdout
        self.assertRegex(status, r"suspended for .*, by Test <test@example.com>, until .*: the <incident>")
        self.assertEqual(self.repository.json(self.account, "status", "prod")[0]["suspended"]["reason"], "the <incident>")
        self.repository.plumb(self.account, "resume", "prod/orders", expect=0)
        self.eventually(self.released, timeout=60)
        self.assertEqual(self.timeout_of_queue(), "61")
        self.assertIn("nobody has suspended it by command",
                      self.repository.plumb(self.account, "resume", "prod/orders", expect=1).stderr)
        self.assertIn("say why", self.repository.plumb(self.account, "suspend", "prod", expect=1).stderr)
        self.assertEqual([s for s in self.subjects() if "sus" in s or "resumed" in s],
                         ["prod/orders: suspended", "prod/orders: resumed"])
        self.stops(running)

    def test_a_file_suspends_too(self):
        self.repository.write("environments/prod/orders.yaml", f"template: {TEMPLATE_FILE}\n"
                              "suspend: {reason: not yet, until: 2000-01-01}\n")
        self.add_environment("beta", "report")
        self.repository.write("environments/beta/orders.yaml", f"template: {TEMPLATE_FILE}\nsuspend: {{reason: not yet}}\n")
        self.repository.commit("beta is suspended, prod was")
        running = self.run_plumb()
        self.eventually(lambda: self.released("prod") and running.told("suspended", application="beta/orders"))
        self.assertFalse([s for s in self.subjects() if s.startswith("beta/")])
        self.stops(running)

    def test_what_a_newer_plumb_wrote_is_left_alone(self):
        """Another one keeps it: that this one cannot is in its log, not in the ledger."""
        self.add_environment("beta", "report")
        port = harness.free_port()
        running = self.run_plumb("--listen", f"127.0.0.1:{port}", variables={"PLUMB_WEBHOOK_SECRET": "s" * 32})
        self.eventually(lambda: self.released("prod") and self.released("beta"))
        ref, path = "refs/plumb/111111111111", "us-east-1/prod/orders/release.json"
        record = self.repository.git("show", f"{ref}:{path}")
        self.rewrite(ref, path, record.replace('"version": 1', '"version": 2'))
        self.commit_timeout(60, 61)
        self.eventually(lambda: self.released("beta"))
        self.eventually(lambda: self.sync(port) or running.told("parked"))
        [told] = {e["error"] for e in running.events() if e["event"] in ("failed", "parked")}
        self.assertEqual(told, f"'{path}' in the ledger has version 2, this plumb knows 1: use a newer plumb")
        self.assertEqual((self.timeout_of_queue("Prod"), self.timeout_of_queue("Beta")), ("60", "61"))
        time.sleep(1)  # it is noted after it is told
        self.assertNotIn("prod/orders: parked", self.subjects())
        self.rewrite(ref, path, record)
        self.eventually(lambda: self.sync(port) or self.released("prod"))
        self.stops(running)

    def rewrite(self, ref, path, text):
        """A commit on the ref that only exchanges that file, whoever else writes there."""
        blob = subprocess.run(["git", "hash-object", "-w", "--stdin"], cwd=self.repository.path, input=text, text=True,
                              check=True, capture_output=True).stdout.strip()
        tip = self.repository.git("rev-parse", ref).strip()
        self.repository.git("read-tree", tip)
        self.repository.git("update-index", "--cacheinfo", f"100644,{blob},{path}")
        tree = self.repository.git("write-tree").strip()
        self.repository.git("read-tree", "HEAD")
        commit = self.repository.git("commit-tree", tree, "-p", tip, "-m", "by another").strip()
        self.repository.git("update-ref", ref, commit, tip)

    def test_what_vanished_stays(self):
        self.add_environment("beta", "heal")
        running = self.run_plumb()
        self.eventually(lambda: self.released("prod") and self.released("beta"))
        self.repository.git("rm", "-r", "-q", "environments/beta")
        self.commit_timeout(60, 61)
        self.eventually(lambda: self.released("prod"))
        self.assertEqual(self.timeout_of_queue("Beta"), "60")
        self.assertFalse([c for c in self.account.mutating() if ".Delete" in c])
        self.stops(running)


if __name__ == "__main__":
    unittest.main(verbosity=2)
