#!/usr/bin/env python3
"""Promotion with a forge: the pull request is opened, kept up to date, approved by the right people for the right plan,
merged by plumb itself, and closed when it has lost its sense."""
import json
import os
import unittest

import harness
from fake_gitea import TOKEN, FakeGitea
from promotion_test import Stages


class Forge(Stages):
    def setUp(self):
        super().setUp()
        root = os.path.join(self.repository.home, "forge")
        os.makedirs(root)
        self.forge = FakeGitea(root)
        self.addCleanup(self.forge.close)
        self.repository.git("remote", "add", "origin", self.forge.repository)
        plain = self.repository.environment
        self.repository.environment = lambda account: dict(
            plain(account), PLUMB_FORGE="gitea", PLUMB_FORGE_TOKEN=TOKEN)
        self.publish()

    def publish(self):
        self.repository.git("push", "-q", "origin", "main")

    def pull(self):
        self.repository.git("pull", "-q", "origin", "main")

    def plumb(self, *arguments, **options):
        return super().plumb(*arguments, "--repo", self.forge.clone, **options)

    def change(self, timeout, author=None):
        self.pull()
        if author:
            self.repository.git("config", "user.name", author[0])
            self.repository.git("config", "user.email", author[1])
        commit = super().change(timeout)
        self.publish()
        return commit

    def run_prod(self, stage="gamma"):
        running = harness.Running(self.repository, self.account, stage, "--repo", self.forge.clone)
        self.addCleanup(running.close)
        return running

    def commit(self, message):
        self.repository.commit(message)
        self.publish()

    def subject(self, number):
        return self.forge.git("log", "-1", "--format=%s", self.forge.head(number))

    def waits_for(self, running, words):
        self.wait(lambda: any(e["event"] == "promotion waits" and words in e["words"] for e in running.events()))

    def test_it_is_opened_and_kept_up_to_date_by_hand(self):
        self.plumb("apply", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        answer = self.promote("beta", "gamma")
        self.assertEqual((answer["pullRequest"], answer["url"]), (1, f"{self.forge.url}/acme/shop/pulls/1"))
        shown = self.forge.pulls[1]
        self.assertEqual((shown["title"], shown["base"], shown["head"]),
                         (f"Promote gamma/orders to {second[:7]}", "main", "plumb/promote/gamma-orders"))
        for words in (f"Promotes `gamma/orders` from `{self.first[:12]}` to `{second[:12]}`, which `beta/orders` released",
                      f"- `{second[:7]}` `Wait 90 s` by `Test`", "The plan against the account 222222222222",
                      f"plan hash `{answer['planHash']}`", "VisibilityTimeout", "It is merged by people"):
            self.assertIn(words, shown["body"])
        self.assertNotIn("The application", shown["body"])  # gamma has that commit already
        # Again: nothing is written.
        self.promote("beta", "gamma")
        self.assertEqual((self.forge.count("POST pulls"), self.forge.count("PATCH pulls/1")), (1, 0))
        third = self.change(120)
        self.plumb("apply", "beta", expect=0)
        moved = self.promote("beta", "gamma")
        self.assertEqual((moved["pullRequest"], moved["to"]), (1, third))
        self.assertNotEqual(moved["commit"], answer["commit"])
        self.assertEqual(shown["title"], f"Promote gamma/orders to {third[:7]}")
        self.assertIn("`Wait 120 s`", shown["body"])
        self.assertEqual(self.forge.merge(1, moved["commit"])[0], 200)
        self.plumb("apply", "gamma", expect=0)
        self.assertEqual(self.timeout("gamma"), 120)
        # The way back by a pull request of its own.
        back = json.loads(self.plumb("rollback", "gamma/orders", self.first, "-o", "json", expect=0).stdout)
        self.assertEqual(back["url"], f"{self.forge.url}/acme/shop/pulls/2")
        self.assertEqual(self.forge.pulls[2]["title"], f"Roll back gamma/orders to {self.first[:7]}")
        self.assertEqual(self.forge.merge(2, back["commit"])[0], 200)
        self.plumb("apply", "gamma", expect=0)
        self.assertEqual(self.timeout("gamma"), 60)

    def test_hostile_words_stay_words(self):
        self.plumb("apply", expect=0)
        self.pull()
        self.repository.write("x", "x")
        self.commit("`</code>` @everyone ![x](http://evil) \x1b[31m <script>")
        self.change(90)
        self.plumb("apply", "beta", expect=0)
        self.promote("beta", "gamma")
        lines = [line for line in self.forge.pulls[1]["body"].splitlines() if "evil" in line]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"^- `[0-9a-f]{7}` `'</code>' @everyone !\[x\]\(http://evil\) [^`\x1b]* <script>` by `Test`$")

    def test_approvals(self):
        self.promotion("gamma", "from: beta, approvals: 2, auto: true")
        self.commit("Two have to agree")
        self.plumb("apply", expect=0)
        self.change(70, ("Ann Example", "ann@example.com"))
        second = self.change(90, ("Bob", "7+bobby@users.noreply.github.com"))
        self.plumb("apply", "beta", expect=0)
        gamma = self.run_prod()
        self.wait(lambda: 1 in self.forge.pulls)
        self.waits_for(gamma, "approved by 0 of 2")
        # Authors, plumb itself, and those who may not write do not count, nor does an approval of another commit.
        for login in ("ann", "bobby", "plumb-bot"):
            self.forge.review(1, login)
        self.forge.review(1, "reader", permission="read")
        self.forge.review(1, "carla", sha=self.first)
        self.forge.review(1, "dora")
        self.waits_for(gamma, "approved by 1 of 2 that are needed: dora")
        # The environment changes: what was said of the old plan is void.
        before = self.forge.head(1)
        self.repository.edit("environments/gamma/environment.yaml", "every: 1s", "every: 2s")
        self.commit("Look less often")
        self.wait(lambda: self.forge.head(1) != before)
        self.forge.review(1, "carla")
        self.waits_for(gamma, "approved by 1 of 2 that are needed: carla")
        self.assertEqual(self.forge.pulls[1]["state"], "open")
        # Somebody who may write asks for changes: it waits, though two agree.
        self.forge.review(1, "erik", "REQUEST_CHANGES")
        self.forge.review(1, "dora")
        self.waits_for(gamma, "'erik' asks for changes")
        self.assertEqual(self.forge.pulls[1]["state"], "open")
        self.forge.review(1, "erik")
        self.wait(lambda: self.forge.pulls[1]["merged"])
        self.wait(lambda: self.timeout("gamma") == 90)
        self.assertIn(f"revision: {second} # moved by plumb",
                      self.forge.git("show", "main:environments/gamma/orders.yaml"))

    def test_what_is_live_changes_and_approvals_are_void(self):
        self.promotion("gamma", "from: beta, approvals: 1, auto: true")
        self.commit("One has to agree")
        self.plumb("apply", expect=0)
        self.change(90)
        self.plumb("apply", "beta", expect=0)
        gamma = self.run_prod()
        self.wait(lambda: 1 in self.forge.pulls)
        before = self.forge.head(1)
        # The plan is made anew when what is live may have changed; an approval of the old one is void.
        sqs, url = self.queue("gamma")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "13"})
        self.wait(lambda: self.forge.head(1) != before)
        self.forge.review(1, "dora", sha=before)
        asked = self.forge.count("GET pulls/1/reviews")
        self.wait(lambda: self.forge.count("GET pulls/1/reviews") > asked + 2)
        self.waits_for(gamma, "approved by 0 of 1")
        self.assertFalse(self.forge.pulls[1]["merged"])
        self.forge.review(1, "dora")
        self.wait(lambda: self.forge.pulls[1]["merged"])

    def test_checks_windows_and_freezes(self):
        self.promotion("gamma", "from: beta, auto: true, checks: [build, scan]")
        self.repository.edit("environments/gamma/environment.yaml", "drift:",
                             "freeze: [{until: 2999-12-31, reason: a big fair}]\ndrift:")
        self.commit("Checks")
        self.plumb("apply", "beta", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        self.forge.set_status(second, "scan", "failure")
        gamma = self.run_prod()
        for words in (f"the check 'build' of {second[:7]} has not reported", f"the check 'scan' of {second[:7]} failed",
                      "gamma: frozen until 2999-12-31: a big fair"):
            self.waits_for(gamma, words)
        self.forge.set_status(second, "scan", "success")
        self.forge.set_status(second, "build", "pending")
        self.waits_for(gamma, "is pending")
        self.forge.set_status(second, "build", "success")
        self.repository.edit("environments/gamma/orders.yaml", "auto: true", "auto: true, windows: [{days: [mon], "
                             "from: \"00:00\", to: \"00:01\"}]")
        self.repository.edit("environments/gamma/environment.yaml", "freeze: [{until: 2999-12-31, reason: a big fair}]\n", "")
        self.commit("A window in place of the freeze")
        self.waits_for(gamma, "no window is open: mon 00:00-00:01 UTC")
        self.assertEqual(self.forge.pulls, {})
        self.repository.edit("environments/gamma/orders.yaml", "days: [mon], from: \"00:00\", to: \"00:01\"",
                             "from: \"00:00\", to: \"24:00\"")
        self.commit("At any time")
        self.wait(lambda: 1 in self.forge.pulls and self.forge.pulls[1]["merged"])
        self.wait(lambda: f"gamma/orders: released {second[:7]}" in self.forge.git(
            "log", "--format=%s", "refs/plumb/222222222222"))

    def test_what_is_closed_stays_closed_until_something_newer(self):
        self.plumb("apply", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        gamma = self.run_prod()
        self.wait(lambda: 1 in self.forge.pulls)
        self.forge.close_pull(1)
        self.wait(lambda: gamma.told("promotion refused", words="its pull request was closed"))
        self.wait(lambda: "plumb/promote" not in self.forge.git("for-each-ref"))
        self.assertEqual(list(self.forge.pulls), [1])
        answer = self.promote("beta", "gamma")
        self.assertEqual(answer["state"], "nothing")
        self.assertIn(f"{second[:7]} is held since", answer["reasons"][0])
        third = self.change(120)
        self.plumb("apply", "beta", expect=0)
        self.wait(lambda: 2 in self.forge.pulls)
        self.assertEqual(self.forge.pulls[2]["title"], f"Promote gamma/orders to {third[:7]}")
        # Moved by hand: the pull request has lost its sense.
        self.pull()
        self.repository.edit("environments/gamma/orders.yaml", self.first, third)
        self.commit("By hand")
        self.wait(lambda: self.forge.pulls[2]["state"] == "closed")
        self.assertFalse(self.forge.pulls[2]["merged"])

    def test_a_forge_that_says_no_is_told_in_a_sentence(self):
        self.plumb("apply", expect=0)
        self.change(90)
        self.plumb("apply", "beta", expect=0)
        refused = self.plumb("promote", "beta", "gamma", expect=1, variables={"PLUMB_FORGE_TOKEN": "wrong"})
        self.assertIn("gamma/orders: cannot list the pull requests of acme/shop", refused.stderr)
        self.assertNotIn("wrong", refused.stderr)
        refused = self.plumb("promote", "beta", "gamma", expect=1, variables={"PLUMB_FORGE": "gitee"})
        self.assertIn("PLUMB_FORGE: ", refused.stderr)
        self.assertIn("did you mean 'gitea'?", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
