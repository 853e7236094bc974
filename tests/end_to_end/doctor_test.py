#!/usr/bin/env python3
"""`plumb doctor`: what has to be right, each wrong in turn; nothing is ever written."""
import json
import os
import stat
import time
import unittest

import harness

SIMULATE = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "iam:SimulatePrincipalPolicy", "Resource": "arn:aws:iam::111111111111:role/plumb"}]}


class Doctor(unittest.TestCase):
    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.account.prepare()
        self.repository = harness.Repository()
        self.addCleanup(self.repository.close)

    def checks(self, expect, *arguments, **variables):
        """{(subject, check): [state, message, fix]}; nothing was changed by it."""
        before = self.account.mutating(), self.repository.git("for-each-ref")
        done = self.repository.plumb(self.account, "doctor", "-o", "json", *arguments, expect=expect, variables=variables)
        self.assertEqual((self.account.mutating(), self.repository.git("for-each-ref")), before)
        return {(c["subject"], c["check"]): [c["state"], c["message"], c["fix"]]
                for c in json.loads(done.stdout)["checks"]}

    def allow(self, documents):
        self.account.post("policies", {"account": "111111111111", "documents": documents})

    def policies(self):
        return self.repository.json(self.account, "policy", "beta/orders", expect=0)[0]["applying"]

    def test_all_is_well(self):
        checks = self.checks(0)
        self.assertEqual({state for state, _, fix in checks.values()}, {"ok"})
        self.assertEqual({fix for _, _, fix in checks.values()}, {""})
        self.assertEqual([k for k in checks if k[0] in ("beta", "beta/orders", "repository")],
                         [("repository", "git"), ("repository", "push"), ("beta", "ledger"), ("beta", "clock"),
                          ("beta", "credentials"), ("beta/orders", "permissions")])
        self.assertIn("they are of account 111111111111: arn:aws:sts::111111111111:assumed-role/plumb/",
                      checks["beta", "credentials"][1])

    def test_text(self):
        done = self.repository.plumb(self.account, "doctor", "beta", expect=0)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 7)
        self.assertTrue(lines[0].startswith("ok       repository      git         '"), lines[0])
        self.assertEqual(lines[-1], "6 checks: plumb can work")

    def test_permissions(self):
        self.allow(self.policies() + [SIMULATE])
        self.assertEqual(self.checks(0, "beta")["beta/orders", "permissions"][0], "ok")
        less = json.loads(json.dumps(self.policies()).replace('"sqs:TagQueue", ', "").replace("iam:PassRole", "iam:Pass"))
        self.allow(less + [SIMULATE])
        state, message, fix = self.checks(1, "beta")["beta/orders", "permissions"]
        self.assertEqual(state, "failed")
        self.assertRegex(message, r"^4 of \d+ permissions are missing: iam:PassRole on arn:aws:iam::111111111111:role/")
        self.assertIn("`plumb policy beta/orders`", fix)
        self.assertIn("role/plumb", fix)

    def test_permissions_that_nobody_tells(self):
        """Without iam:SimulatePrincipalPolicy they are not known, which is no failure."""
        self.allow(self.policies())
        state, message, fix = self.checks(0, "beta")["beta/orders", "permissions"]
        self.assertEqual(state, "unknown")
        self.assertIn("iam:SimulatePrincipalPolicy", message + fix)
        done = self.repository.plumb(self.account, "doctor", "beta", expect=0)
        self.assertEqual(done.stdout.splitlines()[-1], "6 checks: plumb can work, 1 could not be made")

    def test_wrong_account(self):
        where = "environments/beta/environment.yaml"
        self.repository.edit(where, "roleArn: arn:aws:iam::111111111111:role/plumb\n", "")
        self.repository.edit(where, 'account: "111111111111"', 'account: "444444444444"')
        self.repository.commit("Another account")
        checks = self.checks(1, "beta")
        self.assertEqual(checks["beta", "credentials"][0], "failed")
        self.assertIn("wrong account", checks["beta", "credentials"][1])
        self.assertIn("environment.yaml", checks["beta", "credentials"][2])
        self.assertNotIn(("beta/orders", "permissions"), checks)

    def test_a_role_that_trusts_nobody(self):
        iam = self.account.client("iam", "beta")
        iam.update_assume_role_policy(RoleName="plumb", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
                "AWS": "arn:aws:iam::999999999999:root"}}]}))
        state, message, fix = self.checks(1, "beta")["beta", "credentials"]
        self.assertEqual(state, "failed")
        self.assertIn("trust policy", fix)

    def test_no_aws(self):
        checks = self.checks(1, "beta", AWS_ENDPOINT_URL="http://127.0.0.1:1")
        self.assertEqual(checks["beta", "aws"][0], "failed")
        self.assertIn("us-east-1", checks["beta", "aws"][2])

    def test_a_wrong_clock(self):
        account = harness.Simulator("--clock", f"virtual:{int(time.time()) - 1000}")
        self.addCleanup(account.close)
        self.account = account
        state, message, fix = self.checks(1, "beta")["beta", "clock"]
        self.assertEqual(state, "failed")
        self.assertRegex(message, r"^the clock is (99\d|100\d) s ahead of AWS's$")
        self.assertIn("NTP", fix)

    def test_files_and_templates(self):
        self.repository.edit("environments/beta/environment.yaml", "region:", "regoin:")
        self.repository.edit("environments/prod/orders.yaml", "TableBillingMode:", "TableBilingMode:")
        self.repository.commit("Slips")
        checks = self.checks(1)
        self.assertIn("did you mean 'region'?", checks["beta", "files"][1])
        self.assertEqual(checks["prod/orders", "template"][0], "failed")
        self.assertEqual(checks["gamma/orders", "permissions"][0], "ok")

    @unittest.skipIf(os.getuid() == 0, "root may write everywhere")
    def test_a_repository_that_cannot_be_written(self):
        objects = os.path.join(self.repository.path, ".git/objects")
        os.chmod(objects, stat.S_IRUSR | stat.S_IXUSR)
        self.addCleanup(os.chmod, objects, stat.S_IRWXU)
        self.assertEqual(self.checks(1, "beta")["repository", "push"][0], "failed")

    def test_no_repository(self):
        done = self.repository.plumb(self.account, "doctor", "--repo", "/nowhere/at/all", expect=1)
        self.assertTrue(done.stdout.startswith("failed   repository      git         "), done.stdout)
        self.assertEqual(done.stdout.splitlines()[-1], "1 check: 1 failed")

    def test_no_such_environment(self):
        self.assertIn("did you mean 'beta'?", self.repository.plumb(self.account, "doctor", "bta", expect=1).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
