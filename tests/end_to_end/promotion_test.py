#!/usr/bin/env python3
"""Promotion and rollback with plain Git: conditions, the branch, its merge, holds, freezes, and what plumb merges
itself."""
import json
import time
import unittest

import harness

ENVIRONMENT = '''\
account: "%s"
region: %s
roleArn: arn:aws:iam::%s:role/plumb
drift: {mode: report, every: 1s}
'''
TEMPLATE_FILE = "apps/orders/template.yaml"
STAGES = ("beta", "gamma", "prod")


class Stages(unittest.TestCase):
    """Three stages of one small application; gamma and prod read it at a revision."""

    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.account.prepare()
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)
        self.repository.git("config", "receive.denyCurrentBranch", "updateInstead")
        self.repository.write(TEMPLATE_FILE, harness.ONE_QUEUE)
        self.repository.commit("The application")
        self.first = self.head()
        for stage in STAGES:
            number = harness.ACCOUNTS[stage]
            self.repository.write(f"environments/{stage}/environment.yaml", ENVIRONMENT % (number, harness.REGIONS[stage], number))
        self.repository.write("environments/beta/orders.yaml", f"template: {TEMPLATE_FILE}\n")
        self.promotion("gamma", "from: beta")
        self.promotion("prod", "from: gamma")
        self.repository.commit("Three stages")

    def promotion(self, stage, words):
        self.repository.write(f"environments/{stage}/orders.yaml",
                              f"# {stage}\ntemplate: {TEMPLATE_FILE}   # where\nrevision: {self.first} # moved by plumb\n"
                              f"promotion: {{{words}}}\n")

    def head(self, ref="HEAD"):
        return self.repository.git("rev-parse", ref).strip()

    def plumb(self, *arguments, **options):
        return self.repository.plumb(self.account, *arguments, **options)

    def change(self, timeout):
        text = self.repository.read(TEMPLATE_FILE)
        before = text.split("VisibilityTimeout: ")[1].split("}")[0]
        self.repository.write(TEMPLATE_FILE, text.replace(f"Timeout: {before}", f"Timeout: {timeout}"))
        self.repository.commit(f"Wait {timeout} s")
        return self.head()

    def queue(self, stage):
        sqs = self.account.client("sqs", stage)
        return sqs, sqs.get_queue_url(QueueName=f"Orders{stage.capitalize()}")["QueueUrl"]

    def timeout(self, stage):
        sqs, url = self.queue(stage)
        return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
                   ["VisibilityTimeout"])

    def merge(self, branch):
        self.repository.git("merge", "-q", "--no-edit", branch)

    def branches(self):
        return self.repository.git("for-each-ref", "--format=%(refname:short)", "refs/heads/plumb").split()

    def promote(self, *arguments, expect=0):
        return json.loads(self.plumb("promote", *arguments, "-o", "json", expect=expect).stdout)["applications"][0]

    def wait(self, what, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what():
                return
            time.sleep(0.2)
        self.fail("it did not happen")


class PlainGit(Stages):
    def test_a_release_goes_through_the_stages_and_back(self):
        self.plumb("apply", expect=0)
        done = self.plumb("promote", "beta", "gamma", "orders", expect=0).stdout
        # beta read its template at the commit that was checked out then; gamma has an older one.
        self.assertIn("branch 'plumb/promote/gamma-orders' moves it to", done)
        self.merge("plumb/promote/gamma-orders")
        self.plumb("apply", expect=0)

        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        self.assertEqual((self.timeout("beta"), self.timeout("gamma"), self.timeout("prod")), (90, 60, 60))
        before = self.repository.read("environments/gamma/orders.yaml")
        answer = self.promote("beta", "gamma")
        self.assertEqual((answer["state"], answer["to"], answer["reasons"]), ("proposed", second, []))
        # One commit of one line on the tip of the branch, with the plan's hash; nothing is merged by itself.
        branch = answer["branch"]
        self.assertEqual(branch, "plumb/promote/gamma-orders")
        self.assertEqual(self.head(branch), answer["commit"])
        self.assertEqual(self.head(branch + "^"), self.head())
        self.assertEqual(self.repository.git("show", branch + ":environments/gamma/orders.yaml"),
                         before.replace(before.split("revision: ")[1].split(" ")[0], second))
        message = self.repository.git("log", "-1", "--format=%an|%B", branch)
        self.assertTrue(message.startswith(f"plumb|Promote gamma/orders to {second[:7]}\n\nbeta/orders released it at "))
        self.assertIn(f"Plan-Hash: {answer['planHash']}", message)
        self.plumb("apply", "gamma", expect=0)
        self.assertEqual(self.timeout("gamma"), 60)
        # Done again, and after a commit that is no matter of gamma's, it stays where it is.
        self.repository.write("README.md", "Shop\n")
        self.repository.commit("Tell what it is")
        self.assertEqual(self.promote("beta", "gamma")["commit"], answer["commit"])
        # What changes the environment moves it.
        self.repository.edit("environments/gamma/environment.yaml", "every: 1s", "every: 2s")
        self.repository.commit("Look less often")
        moved = self.promote("beta", "gamma")
        self.assertNotEqual(moved["commit"], answer["commit"])
        self.assertEqual(self.head(branch + "^"), self.head())
        # prod waits for gamma.
        self.assertEqual(self.promote("gamma", "prod")["to"][:7], self.plumb("status", "gamma").stdout.split()[2])
        self.merge(branch)
        self.plumb("apply", "gamma", expect=0)
        self.assertEqual(self.timeout("gamma"), 90)
        self.assertIn(f"gamma has {second[:7]} already", self.plumb("promote", "beta", "gamma", expect=0).stdout)
        self.assertEqual(self.promote("gamma", "prod")["to"], second)
        self.merge("plumb/promote/prod-orders")
        self.plumb("apply", "prod", expect=0)
        self.assertEqual(self.timeout("prod"), 90)

        # And back at once: pushed, held, and not promoted again, whatever commit it comes with.
        back = json.loads(self.plumb("rollback", "prod/orders", "--now", "-o", "json", expect=0).stdout)
        self.assertEqual((back["from"], back["pushed"], back["branch"]), (second, True, None))
        self.assertEqual(self.head(), back["commit"])
        self.assertIn(f"revision: {back['to']} # moved by plumb", self.repository.read("environments/prod/orders.yaml"))
        self.plumb("apply", "prod", expect=0)
        self.assertEqual(self.timeout("prod"), 60)
        answer = self.promote("gamma", "prod")
        self.assertEqual(answer["state"], "nothing")
        self.assertIn(f"{second[:7]} is held since", answer["reasons"][0])
        self.assertIn(f"rolled back to {back['to'][:7]} (by Test <test@example.com>)", answer["reasons"][0])
        third = self.change(120)
        for earlier, stage in (("beta", "gamma"), ("gamma", "prod")):
            self.plumb("apply", earlier, expect=0)
            self.assertEqual(self.promote(earlier, stage)["to"], third)
            self.merge(f"plumb/promote/{stage}-orders")
        self.plumb("apply", "prod", expect=0)
        self.assertEqual(self.timeout("prod"), 120)

    def test_what_was_taken_back_does_not_come_again_under_another_commit(self):
        self.plumb("apply", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        self.promote("beta", "gamma")
        self.merge("plumb/promote/gamma-orders")
        self.plumb("apply", "gamma", expect=0)
        self.plumb("rollback", "gamma/orders", "--now", expect=0)
        self.plumb("apply", "gamma", expect=0)
        # beta heals at a newer commit: that is what it released last, and it is the same application.
        self.repository.write("README.md", "Shop\n")
        self.repository.commit("Tell what it is")
        sqs, url = self.queue("beta")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "13"})
        self.plumb("apply", "beta", expect=0)
        answer = self.promote("beta", "gamma")
        self.assertEqual((answer["state"], answer["to"]), ("nothing", self.head()))
        self.assertIn(f"{self.head()[:7]} comes to the same as {second[:7]}, which is held since", answer["reasons"][0])
        third = self.change(120)
        self.plumb("apply", "beta", expect=0)
        self.assertEqual(self.promote("beta", "gamma")["to"], third)

    def test_a_rollback_names_its_release(self):
        self.plumb("apply", "beta", expect=0)
        ids = [self.head(), self.change(61), None]
        self.plumb("apply", "beta", expect=0)
        ids[2] = self.change(62)
        self.plumb("apply", "beta", expect=0)
        refusals = [
            (("rollback", "beta"), "name one application: plumb rollback ENV/APP [RELEASE]"),
            (("rollback", "beta/orders", "abc"), "'abc' is too short: name at least 7 digits of the commit"),
            (("rollback", "beta/orders", "0123456"), "no release of beta/orders had the commit '0123456'"),
            (("rollback", "prod/orders"), "it was never released"),
            (("rollback", "beta/bills"), "environment 'beta' has no application 'bills'"),
            (("rollback", "beta/orders", "--revision", self.head()), "is no branch: a promotion or rollback is a commit on one"),
        ]
        for arguments, words in refusals:
            with self.subTest(words):
                self.assertIn(words, self.plumb(*arguments, expect=1).stderr)
        # beta follows the branch: the line is put in.
        self.assertIn("merge it to release it", self.plumb("rollback", "beta/orders", ids[0][:9], expect=0).stdout)
        self.assertEqual(self.repository.git("show", "plumb/rollback/beta-orders:environments/beta/orders.yaml"),
                         f"template: {TEMPLATE_FILE}\nrevision: {ids[0]}\n")
        self.merge("plumb/rollback/beta-orders")
        self.plumb("apply", "beta", expect=0)
        self.assertEqual(self.timeout("beta"), 60)

    def test_conditions(self):
        self.plumb("apply", expect=0)
        self.promotion("gamma", "from: beta, soak: 1h, checks: [build], windows: [{days: [mon-sun], from: \"00:00\", "
                                "to: \"00:01\", zone: \"%+03d:00\"}]" % (12 - time.gmtime().tm_hour if time.gmtime().tm_hour
                                                                        else 12))
        self.repository.edit("environments/gamma/environment.yaml", "drift:",
                             "freeze: [{until: 2999-12-31, reason: a big fair}]\ndrift:")
        self.repository.commit("Conditions")
        answer = self.promote("beta", "gamma", expect=1)
        self.assertEqual(answer["state"], "waits")
        for reason, wanted in zip(answer["reasons"], [
                "beta/orders has been healthy for ", "its checks cannot be read: no forge is configured",
                "no window is open: mon-sun 00:00-00:01 ", "gamma: frozen until 2999-12-31: a big fair"]):
            self.assertIn(wanted, reason)
        self.assertEqual(len(answer["reasons"]), 4)
        self.assertEqual(self.branches(), [])
        self.assertIn("it is promoted from 'beta', not from 'prod'",
                      self.plumb("promote", "prod", "gamma", expect=1).stderr)
        self.assertIn("name both environments", self.plumb("promote", "beta", expect=1).stderr)
        self.assertIn("environment 'gamma' has no application 'bills'",
                      self.plumb("promote", "beta", "gamma", "bills", expect=1).stderr)

    def test_only_what_was_released_well_goes_on(self):
        answer = self.promote("beta", "gamma", expect=1)
        self.assertEqual(answer["reasons"], ["beta/orders was never released"])
        self.plumb("apply", expect=0)
        self.repository.edit(TEMPLATE_FILE, "VisibilityTimeout: 60", "VisibilityTimeout: 99999")
        self.repository.commit("A mistake")
        self.plumb("apply", "beta", expect=1)
        answer = self.promote("beta", "gamma", expect=1)
        self.assertEqual(answer["state"], "waits")
        self.assertIn("the last release of beta/orders failed: ", answer["reasons"][0])

    def test_a_freeze_holds_all_but_the_way_back(self):
        self.plumb("apply", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        self.promote("beta", "gamma")
        self.merge("plumb/promote/gamma-orders")
        self.plumb("apply", "gamma", expect=0)
        third = self.change(120)
        self.plumb("apply", "beta", expect=0)
        self.promote("beta", "gamma")
        self.merge("plumb/promote/gamma-orders")
        self.repository.edit("environments/gamma/environment.yaml", "drift:",
                             "stopTheLine: {reason: incident 7, since: 2026-11-27}\ndrift:")
        self.repository.commit("Stop the line")
        held = self.plumb("apply", "gamma", expect=1)
        self.assertIn("held, nothing was changed: the line is stopped since 2026-11-27: incident 7", held.stderr)
        self.assertIn("held: the line is stopped since 2026-11-27: incident 7", self.plumb("plan", "gamma").stdout)
        self.assertEqual(self.timeout("gamma"), 90)
        # What was changed by hand is still put back, and the way back is open.
        self.repository.edit("environments/gamma/orders.yaml", third, second)
        self.repository.commit("Not yet")
        sqs_before = self.timeout("gamma")
        self.plumb("rollback", "gamma/orders", "--now", expect=0)
        self.plumb("apply", "gamma", expect=0)
        self.assertEqual((sqs_before, self.timeout("gamma")), (90, 60))


class Loop(Stages):
    def start(self, *stages):
        for stage in stages:
            running = harness.Running(self.repository, self.account, stage)
            self.addCleanup(running.close)
            yield running

    def test_plumb_promotes_by_itself_after_the_soak(self):
        self.promotion("gamma", "from: beta, soak: 4s, auto: true")
        self.repository.commit("By itself")
        list(self.start("beta", "gamma"))
        self.wait(lambda: "/orders: released" in self.repository.git("log", "--format=%s", "--all"))
        second = self.change(90)
        began = time.monotonic()
        self.wait(lambda: f"Promote gamma/orders to {second[:7]}" in self.repository.git("log", "--format=%s", "main"))
        self.assertGreater(time.monotonic() - began, 4)
        self.wait(lambda: f"gamma/orders: released {second[:7]}" in
                  self.repository.git("log", "--format=%s", "refs/plumb/222222222222"))
        self.assertEqual(self.timeout("gamma"), 90)
        self.assertIn("beta/orders: healthy", self.repository.git("log", "--format=%s", "refs/plumb/111111111111"))
        self.assertEqual(self.branches(), [])

    def test_it_looks_by_itself_where_polls_are_far_apart(self):
        """Nobody tells an instance of what another account's ledger has."""
        self.promotion("gamma", "from: beta, soak: 1s, auto: true")
        self.repository.commit("By itself")
        self.plumb("apply", expect=0)
        gamma = harness.Running(self.repository, self.account, "gamma", "--poll", "1h")
        self.addCleanup(gamma.close)
        self.wait(lambda: gamma.told("promotion waits"), 30)  # the first look is at once
        list(self.start("beta"))
        self.wait(lambda: "Promote gamma/orders" in self.repository.git("log", "--format=%s", "main"), 100)

    def test_drift_ends_the_soak(self):
        self.promotion("gamma", "from: beta, soak: 6s, auto: true")
        self.repository.commit("By itself")
        _, gamma = self.start("beta", "gamma")
        self.wait(lambda: "beta/orders: healthy" in self.repository.git("log", "--format=%s", "--all"))
        sqs, url = self.queue("beta")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "13"})
        self.wait(lambda: "beta/orders: not healthy" in self.repository.git("log", "--format=%s", "--all"))
        self.wait(lambda: any(e["event"] == "promotion waits" and
                              "beta/orders is not healthy: drift: 'Orders' is changed" in e["words"]
                              for e in gamma.events()))
        time.sleep(6)
        self.assertNotIn("Promote gamma", self.repository.git("log", "--format=%s", "main"))
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
        self.wait(lambda: "Promote gamma" in self.repository.git("log", "--format=%s", "main"))

    def test_an_alarm_ends_the_soak(self):
        self.repository.write(TEMPLATE_FILE, harness.ONE_QUEUE + """\
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: !Sub "Errors${Stage}", Namespace: Shop, MetricName: Errors, Statistic: Sum, Period: 60,
      EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore}
""")
        self.repository.write("environments/beta/orders.yaml",
                              f"template: {TEMPLATE_FILE}\ndeployment: {{alarms: [Errors]}}\n")
        self.promotion("gamma", "from: beta, soak: 4s, auto: true")
        self.repository.commit("Alarms")
        _, gamma = self.start("beta", "gamma")
        alarms = self.account.client("cloudwatch", "beta")

        def told(words):
            return any(e["event"] == "promotion waits" and words in e["words"] for e in gamma.events())
        # Without a state it proves nothing; red it speaks against the release.
        self.wait(lambda: told("beta/orders is not healthy: the alarm 'ErrorsBeta' has no data"))
        alarms.set_alarm_state(AlarmName="ErrorsBeta", StateValue="OK", StateReason="test")
        self.wait(lambda: "beta/orders: healthy" in self.repository.git("log", "--format=%s", "--all"))
        alarms.set_alarm_state(AlarmName="ErrorsBeta", StateValue="ALARM", StateReason="test")
        self.wait(lambda: told("the alarm 'ErrorsBeta' is red"))
        time.sleep(5)
        self.assertNotIn("Promote gamma", self.repository.git("log", "--format=%s", "main"))
        alarms.set_alarm_state(AlarmName="ErrorsBeta", StateValue="OK", StateReason="test")
        self.wait(lambda: "Promote gamma" in self.repository.git("log", "--format=%s", "main"))

    def test_a_wrong_promotion_is_taken_back_within_seconds(self):
        """The newest commit wins, whatever was begun: what is live in the end is what Git asks for."""
        self.plumb("apply", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        self.promote("beta", "gamma")
        gamma, = self.start("gamma")
        self.wait(lambda: gamma.events())
        self.merge("plumb/promote/gamma-orders")
        self.plumb("rollback", "gamma/orders", "--now", expect=0)
        back = self.head()
        self.wait(lambda: self.branches() == [])
        self.plumb("rollback", "gamma/orders", "--now", expect=1)  # there is nothing before the first release
        self.wait(lambda: not json.loads(self.plumb("plan", "gamma", "-o", "json").stdout)["applications"][0]["changes"])
        self.assertEqual(self.timeout("gamma"), 60)
        self.assertEqual(self.head(), back)
        time.sleep(3)
        self.assertEqual((self.branches(), self.timeout("gamma")), ([], 60))
        self.assertIn(f"{second[:7]} is held", self.promote("beta", "gamma")["reasons"][0])

    def test_an_obsolete_branch_goes(self):
        self.plumb("apply", "beta", expect=0)
        self.plumb("apply", "gamma", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        list(self.start("gamma"))
        self.wait(lambda: self.branches() == ["plumb/promote/gamma-orders"])
        # It moves on with the candidate, and goes when somebody has moved the line by hand.
        third = self.change(120)
        self.plumb("apply", "beta", expect=0)
        self.wait(lambda: f"to {third[:7]}" in self.repository.git("log", "-1", "--format=%s", "plumb/promote/gamma-orders"))
        self.repository.edit("environments/gamma/orders.yaml", self.first, third)
        self.repository.commit("By hand")
        self.wait(lambda: self.branches() == [])
        self.assertNotEqual(second, third)


if __name__ == "__main__":
    unittest.main(verbosity=2)
