#!/usr/bin/env python3
"""Commits that are not signed as `trust:` demands, and histories that were rewritten: refused, shown, nothing changed;
`plumb run` goes on with the other environments."""
import os
import shutil
import subprocess
import time
import unittest

import harness
import rollout_run_test
import run_test
from run_test import TEMPLATE_FILE

DEMANDS = "trust: {signatures: required, signers: trust/signers, revoked: trust/revoked}\n"


class Signer:
    """Keys by ssh-keygen, and a repository whose commits are signed by them."""

    def __init__(self, repository):
        self.repository, self.lines = repository, {}

    def key(self, who, allowed=True, options=""):
        path = os.path.join(self.repository.home, who)
        if not os.path.exists(path):
            subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "", "-f", path, "-t", "ed25519"], check=True)
        with open(path + ".pub", encoding="utf-8") as f:
            public = f.read().strip()
        if allowed:
            self.lines[who] = f"{who}@example.com {options}{' ' if options else ''}{public}\n"
            self.repository.write("trust/signers", "".join(self.lines.values()))
        return public

    def commit(self, message, who=None):
        self.repository.git("add", "-A")
        sign = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={self.repository.home}/{who}"] if who else []
        self.repository.git(*sign, "commit", "-q", "--allow-empty", "-m", message, *(["-S"] if who else []))


class Case(run_test.Case):
    def fill_repository(self):
        self.signer = Signer(self.repository)
        self.signer.key("ann")
        self.signer.key("bob")
        self.signer.key("eve", allowed=False)
        self.repository.write("trust/revoked", "")
        self.repository.write(TEMPLATE_FILE, harness.ONE_QUEUE)

    def environment(self, name, trust=""):
        self.repository.write(f"environments/{name}/environment.yaml", run_test.ENVIRONMENT % "heal" + trust)
        self.repository.write(f"environments/{name}/orders.yaml", f"template: {TEMPLATE_FILE}\n")

    def timeout(self, value):
        text = self.repository.read(TEMPLATE_FILE)
        before, _, rest = text.partition("VisibilityTimeout: ")
        self.repository.write(TEMPLATE_FILE, f"{before}VisibilityTimeout: {value}{rest[rest.index('}'):]}")

    def head(self, revision="HEAD"):
        return self.repository.git("rev-parse", revision).strip()

    def plumb(self, *arguments, expect):
        return self.repository.plumb(self.account, *arguments, expect=expect)

    def refused(self, words, rule, environment="prod"):
        """apply says why and changes nothing; plan and status show it."""
        before = (self.account.mutating(), self.subjects())
        self.assertIn(words, self.plumb("apply", environment, expect=1).stderr)
        self.assertEqual((self.account.mutating(), self.subjects()), before)
        plan = self.repository.plumb(self.account, "plan", environment)
        self.assertIn(plan.returncode, (0, 2))
        self.assertIn("not trusted: ", plan.stdout)
        self.assertIn(words, plan.stdout)
        self.assertIn(words, self.repository.json(self.account, "plan", environment)[0]["untrusted"])
        self.assertIn(words, self.plumb("status", environment, expect=0).stdout)
        trust = self.repository.json(self.account, "status", environment)[0]["trust"]
        self.assertEqual((trust["trusted"], trust["rule"]), (False, rule))
        self.assertIn(words, trust["reason"])
        return trust

    def releases(self, environment="prod"):
        self.plumb("apply", environment, expect=0)
        status = self.repository.json(self.account, "status", environment)[0]
        self.assertTrue(status["trust"]["trusted"])
        self.assertNotIn("not trusted", self.plumb("status", environment, expect=0).stdout)
        return status


class Signatures(Case):
    def setUp(self):
        super().setUp()
        self.environment("prod", DEMANDS)
        self.signer.commit("Begin", "ann")
        self.releases()
        self.timeout(61)

    def test_a_signed_commit_is_released(self):
        self.signer.commit("Change", "bob")
        trust = self.releases()["trust"]
        self.assertEqual(self.timeout_of_queue(), "61")
        self.assertTrue(trust["trusted"])

    def test_an_unsigned_commit_is_not_and_a_signed_one_on_top_mends_it(self):
        self.signer.commit("Change")
        self.assertEqual(self.refused(f"commit '{self.head()}' is not signed", "signature")["signature"], "missing")
        self.assertEqual(self.timeout_of_queue(), "60")
        self.signer.commit("Vouch", "ann")
        self.releases()
        self.assertEqual(self.timeout_of_queue(), "61")

    def test_a_stranger_signs_in_vain(self):
        self.signer.commit("Change", "eve")
        trust = self.refused("which nobody vouches for", "signature")
        self.assertEqual(trust["signature"], "unknown")
        self.assertTrue(trust["fingerprint"].startswith("SHA256:"))

    def test_a_changed_commit_does_not_fit_its_signature(self):
        self.signer.commit("Change", "ann")
        raw = self.repository.git("cat-file", "commit", "HEAD").replace("\nChange", "\nChance")
        made = subprocess.run(["git", "hash-object", "-t", "commit", "-w", "--stdin"], cwd=self.repository.path,
                              input=raw, text=True, check=True, capture_output=True).stdout.strip()
        self.repository.git("reset", "-q", "--hard", made)
        self.assertEqual(self.refused("does not fit its signature", "signature")["signature"], "bad")

    def test_a_key_that_has_expired_signs_in_vain(self):
        self.timeout(60)
        self.signer.key("bob", options='valid-before="20200101"')
        self.signer.commit("Bob has left", "ann")
        self.releases()
        self.timeout(61)
        self.signer.commit("Change", "bob")
        trust = self.refused("is signed by 'bob@example.com' with the key 'SHA256:", "signature")
        self.assertIn("which has expired", trust["reason"])
        self.assertEqual((trust["signature"], trust["signer"]), ("expired", "bob@example.com"))

    def test_a_key_that_was_revoked_in_the_same_push_signs_in_vain(self):
        self.timeout(60)
        self.repository.write("trust/revoked", self.signer.key("bob") + "\n")
        self.signer.commit("Bob's key is lost", "ann")
        self.timeout(61)
        self.signer.commit("Change", "bob")
        self.assertEqual(self.refused("by the revoked key", "signature")["signature"], "revoked")

    def test_a_revocation_without_a_release_is_remembered(self):
        self.timeout(60)
        self.repository.write("trust/revoked", self.signer.key("bob") + "\n")
        self.signer.commit("Bob's key is lost", "ann")
        self.releases()
        self.assertEqual(self.subjects()[-1], f"prod: trusts {self.head()[:7]}")
        count = len(self.subjects())
        self.releases()
        self.assertEqual(len(self.subjects()), count)
        self.repository.git("reset", "-q", "--hard", "HEAD^")
        self.timeout(61)
        self.signer.commit("Change", "bob")
        self.refused("by the revoked key", "signature")

    def test_the_policy_is_not_for_its_breaker_to_lift(self):
        self.environment("prod")
        self.signer.commit("Lift")
        self.refused("is not signed", "signature")
        self.signer.key("eve")
        self.environment("prod", DEMANDS)
        self.signer.commit("Take", "eve")
        self.signer.commit("More", "eve")
        self.refused("which nobody vouches for", "signature")

    def test_a_new_environment_is_no_way_around(self):
        self.timeout(60)
        self.environment("beta")
        self.signer.commit("Beta")
        self.refused("is not signed: the environment 'beta'", "signature", environment="beta")
        self.signer.commit("Vouch", "ann")
        self.releases("beta")

    def test_an_old_signed_commit_is_not_replayed(self):
        self.signer.commit("Change", "ann")
        self.releases()
        old, new = self.head("HEAD^"), self.head()
        self.repository.git("reset", "-q", "--hard", old)
        self.refused(f"commit '{old}' is older than '{new}', which 'prod' was released from last", "history")
        self.assertEqual(self.timeout_of_queue(), "61")
        self.repository.git("reset", "-q", "--hard", new)
        self.timeout(60)
        self.signer.commit("Revert", "ann")
        self.releases()
        self.assertEqual(self.timeout_of_queue(), "60")

    def test_a_revert_within_seconds_is_what_is_released(self):
        self.timeout(99)
        self.signer.commit("Wrong", "ann")
        self.timeout(60)
        self.signer.commit("Revert", "ann")
        before = self.account.mutating()
        self.releases()
        self.assertEqual(self.account.mutating(), before)

    def test_a_revision_must_be_vouched_for(self):
        self.repository.git("checkout", "-q", "-b", "side")
        self.timeout(70)
        self.signer.commit("Side")
        self.repository.git("checkout", "-q", "main")
        self.repository.write("environments/prod/orders.yaml", f"template: {TEMPLATE_FILE}\nrevision: side\n")
        self.signer.commit("Take it from there", "ann")
        self.refused("the template's revision does not come before commit", "revision")
        self.repository.git("checkout", "-q", "side")
        self.signer.commit("Vouch", "bob")
        self.repository.git("checkout", "-q", "main")
        self.releases()
        self.assertEqual(self.timeout_of_queue(), "70")

    def test_adopt_asks_as_well(self):
        self.signer.commit("Change")
        self.account.client("sqs", "beta").create_queue(QueueName="OrdersBeta")
        self.environment("beta")
        self.signer.commit("Beta")
        done = self.plumb("adopt", "beta/orders", expect=1)
        self.assertIn("nothing was adopted: commit", done.stderr)


class OpenPgp(Case):
    def setUp(self):
        super().setUp()
        if not shutil.which("gpg"):
            print("skipped: OpenPGP signatures: gpg is not installed")
            self.skipTest("no gpg")
        self.home = os.path.join(self.repository.home, "gnupg")
        os.mkdir(self.home, 0o700)
        self.addCleanup(lambda: subprocess.run(["gpgconf", "--kill", "all"], env=dict(os.environ, GNUPGHOME=self.home)))

    def gpg(self, *arguments):
        return subprocess.run(["gpg", "--batch", "--quiet", "--passphrase", "", *arguments], check=True, text=True,
                              capture_output=True, env=dict(os.environ, GNUPGHOME=self.home)).stdout

    def commit(self, message, who):
        subprocess.run(["git", "add", "-A"], cwd=self.repository.path, check=True)
        subprocess.run(["git", "-c", f"user.signingkey={who}", "commit", "-q", "--allow-empty", "-S", "-m", message],
                       cwd=self.repository.path, check=True, env=dict(os.environ, GNUPGHOME=self.home))

    def test_keys_of_gpg(self):
        for who in ("carl", "mallory"):
            self.gpg("--quick-gen-key", f"{who} <{who}@example.com>", "ed25519", "sign", "0")
        self.repository.write("trust/carl.asc", self.gpg("--armor", "--export", "carl"))
        self.environment("prod", "trust: {signatures: required, keys: [trust/carl.asc]}\n")
        self.commit("Begin", "mallory")
        self.refused("which nobody vouches for", "signature")
        self.commit("Begin", "carl")
        self.assertEqual(self.repository.json(self.account, "status", "prod")[0]["trust"]["signer"],
                         "carl <carl@example.com>")
        self.releases()
        self.timeout(61)
        self.signer.commit("Another kind of key", "ann")
        self.refused("which nobody vouches for", "signature")


class Histories(Case):
    """Without any `trust:`."""

    def setUp(self):
        super().setUp()
        self.environment("prod")
        self.signer.commit("Begin")
        self.timeout(61)
        self.signer.commit("Change")
        self.releases()
        self.old = self.head()

    def rewrite(self):
        self.repository.git("reset", "-q", "--hard", "HEAD^")
        self.timeout(62)
        self.signer.commit("Another change")

    def test_a_rewritten_history_stops_until_it_is_accepted(self):
        self.rewrite()
        self.refused(f"does not follow from '{self.old}', which 'prod' was released from last", "history")
        self.environment("prod", f'trust: {{acceptRewrite: "{self.old}"}}\n')
        self.signer.commit("Accept")
        self.releases()
        self.assertEqual(self.timeout_of_queue(), "62")
        self.environment("prod")
        self.signer.commit("Tidy")
        self.releases()

    def test_a_rewritten_history_that_changes_nothing_is_remembered(self):
        self.repository.git("commit", "-q", "--amend", "-m", "The same")
        self.refused("does not follow from", "history")
        self.environment("prod", f'trust: {{acceptRewrite: "{self.old}"}}\n')
        self.signer.commit("Accept")
        self.releases()
        self.assertEqual(self.subjects()[-1], f"prod: trusts {self.head()[:7]}")
        self.environment("prod")
        self.signer.commit("Tidy")
        self.releases()

    def test_a_rewritten_history_is_seen_without_a_cache(self):
        self.rewrite()
        self.repository.git("reflog", "expire", "--expire=now", "--all")
        self.repository.git("gc", "-q", "--prune=now")
        shutil.rmtree(os.path.join(self.repository.home, "cache"))
        self.refused("does not follow from", "history")

    def test_it_is_followed_where_that_was_said_before(self):
        self.environment("prod", "trust: {forcePush: follow}\n")
        self.signer.commit("Follow")
        self.releases()
        self.rewrite()
        self.releases()

    def test_a_branch_that_is_gone_changes_nothing(self):
        self.repository.git("checkout", "-q", "-b", "other")
        self.repository.git("branch", "-q", "-D", "main")
        before = (self.account.mutating(), self.subjects())
        done = self.plumb("apply", "--revision", "main", "prod", expect=1)
        self.assertIn("there is no branch, tag or commit 'main'", done.stderr)
        self.assertEqual((self.account.mutating(), self.subjects()), before)

    def test_only_branches_that_are_named(self):
        self.environment("prod", "trust: {branches: [release/*]}\n")
        self.signer.commit("Release branches")
        self.repository.git("branch", "release/1")
        self.releases()
        self.timeout(63)
        self.signer.commit("Ahead")
        self.refused("is on none of the branches that the environment 'prod' is released from: 'release/*'", "branch")
        self.repository.git("branch", "-f", "release/1")
        self.releases()

    def test_a_ledger_that_was_set_back_stops(self):
        ref = "refs/plumb/111111111111"
        self.timeout(64)
        self.signer.commit("More")
        self.releases()
        tip = self.head(ref)
        self.repository.git("update-ref", ref, f"{ref}~2")
        done = self.plumb("apply", "prod", expect=1)
        self.assertIn(f"was at '{tip}' and is now at '{self.head(ref)}', which does not follow from it", done.stderr)
        self.repository.git("update-ref", ref, tip)
        self.releases()


class Runs(Case):
    def test_others_go_on(self):
        self.environment("prod", DEMANDS)
        self.signer.commit("Begin", "ann")
        running = self.run_plumb()
        self.eventually(lambda: self.released("prod"))
        self.timeout(61)
        self.environment("beta")
        self.signer.commit("Beta", "ann")
        self.eventually(lambda: self.released("prod") and self.released("beta"))
        self.timeout(62)
        self.signer.commit("Change")
        self.eventually(lambda: self.released("beta"))
        self.eventually(lambda: running.told("not trusted", application="prod/orders", rule="signature",
                                             commit=self.head()))
        self.assertEqual((self.timeout_of_queue("Prod"), self.timeout_of_queue("Beta")), ("61", "62"))
        self.signer.commit("Vouch", "bob")
        self.eventually(lambda: self.released("prod"))
        self.assertEqual(self.timeout_of_queue("Prod"), "62")
        self.repository.write("trust/revoked", self.signer.key("bob") + "\n")
        self.signer.commit("Bob's key is lost", "ann")
        self.eventually(lambda: f"prod: trusts {self.head()[:7]}" in self.subjects())
        self.assertFalse(running.told("failed"))

    def test_a_rewritten_history_and_a_lost_branch_stop_it_until_they_are_back(self):
        self.environment("prod")
        self.signer.commit("Begin")
        running = self.run_plumb("--revision", "main")
        self.eventually(lambda: self.released("prod"))
        self.timeout(61)
        self.signer.commit("Change")
        self.eventually(lambda: self.released("prod"))
        good = self.head()
        self.repository.git("checkout", "-q", "--detach")
        self.repository.git("branch", "-q", "-D", "main")
        self.eventually(lambda: running.told("cannot look for environments"))
        self.repository.git("branch", "main", good + "^")
        self.eventually(lambda: running.told("not trusted", application="prod/orders", rule="history"))
        before = self.account.mutating()
        time.sleep(2)
        self.assertEqual(self.account.mutating(), before)
        self.assertEqual(self.timeout_of_queue(), "61")
        self.repository.git("branch", "-f", "main", good)
        self.repository.git("checkout", "-q", "main")
        self.timeout(62)
        self.signer.commit("Go on")
        self.eventually(lambda: self.released("prod"))


class Rollouts(rollout_run_test.Case):
    def test_a_commit_that_is_not_trusted_stops_none(self):
        signer = Signer(self.repository)
        signer.key("ann")
        self.repository.write("environments/beta/environment.yaml", rollout_run_test.ENVIRONMENT +
                              "trust: {signatures: required, signers: trust/signers}\n")
        self.repository.commit("Sign from here on")
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        log = self.start("run", "--poll", "1s", "beta").log
        self.repository.write("apps/orders/src/orders.py", "def handle(event, context):\n    return 'two'\n")
        signer.commit("two", "ann")
        self.watch.wait(("1", ("2", 0.1)))
        self.repository.write("apps/orders/src/orders.py", "def handle(event, context):\n    return 'three'\n")
        signer.commit("three")
        self.watch.wait(("2",))
        self.ends("released")
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1", ("2", 0.5)), ("2",)])
        time.sleep(2)
        self.assertTrue([e for e in harness.events_of(log) if e["event"] == "not trusted" and e["rule"] == "signature"])
        self.assertEqual(self.watch.seen[-1], ("2",))


if __name__ == "__main__":
    unittest.main(verbosity=2)
