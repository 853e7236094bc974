#!/usr/bin/env python3
"""AWS on a bad day: the example's first apply converges, or fails with one clear sentence and the next apply
converges; in the end the account is that of an undisturbed apply, with nothing doubled, lost or left over."""
import re
import unittest

import harness
from account_survey import survey

TARGET = "prod/orders"


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = harness.Simulator()
        cls.repository = harness.Repository()
        cls.start_again(cls)
        cls.repository.plumb(cls.account, "apply", TARGET, expect=0)
        cls.want = survey(cls.account, "prod")
        cls.operations = sorted(set(cls.account.mutating()))

    @classmethod
    def tearDownClass(cls):
        cls.account.close()
        cls.repository.close()

    def start_again(self):
        self.account.post("reset", {})
        self.account.prepare()
        self.repository.forget_ledgers()

    def setUp(self):
        self.start_again()

    def fault(self, fault, times=1, **more):
        match = {k: more.pop(k) for k in ("service", "operation", "nth", "mutating") if k in more}
        self.account.post("faults", dict(more, match=dict(match, account=harness.ACCOUNTS["prod"]), fault=fault,
                                         times=times))

    def apply(self):
        return self.repository.plumb(self.account, "apply", TARGET, timeout=120)

    def sentences(self, done):
        """What is on standard error besides the progress: a line an error."""
        return [line for line in done.stderr.splitlines() if not re.match(r"  \[\d+/\d+\] ", line)]

    def converges(self, tries=2):
        """Applies until it is done, at most `tries` times; then all must be as after an undisturbed apply."""
        for _ in range(tries):
            done = self.apply()
            if done.returncode == 0:
                break
            self.assertEqual(done.returncode, 1, done.stderr)
            for line in self.sentences(done):
                self.assertTrue(line.startswith(f"plumb: {TARGET}: "), line)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.account.post("stale", {"ms": 0})
        self.assertEqual(survey(self.account, "prod"), self.want)
        plan = self.repository.plumb(self.account, "plan", TARGET)
        self.assertEqual(plan.returncode, 0, plan.stdout + plan.stderr)

    def test_every_service_throttles(self):
        for service in sorted({o.split(".")[0] for o in self.operations}):
            self.fault("throttle", times=2, service=service)  # three tries, as the SDKs' standard mode
        self.converges(tries=1)

    def test_throttling_that_lasts_is_an_error(self):
        self.fault("throttle", times=3, service="sqs", operation="CreateQueue")
        done = self.apply()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(self.sentences(done)[0], "cannot create AWS::SQS::Queue '.*': sqs CreateQueue: .*Throttl")
        self.converges(tries=1)

    def test_every_service_fails_for_a_while(self):
        for service in sorted({o.split(".")[0] for o in self.operations}):
            self.fault("500", times=1, service=service)
            self.fault("503", times=1, service=service, nth=3)
        self.converges(tries=1)

    def test_a_proxy_answers_with_a_page(self):
        for service in sorted({o.split(".")[0] for o in self.operations}):
            self.fault("html", times=2, service=service)
        self.converges(tries=1)

    def test_answers_are_lost(self):
        """Each operation once: done, and the answer lost."""
        for operation in self.operations:
            with self.subTest(operation):
                self.start_again()
                service, name = operation.split(".")
                self.fault("drop-after", service=service, operation=name)
                self.converges()

    def test_answers_are_cut(self):
        for operation in self.operations:
            service, name = operation.split(".")
            self.fault("truncate", service=service, operation=name)
        self.converges()

    def test_requests_are_lost(self):
        for operation in self.operations:
            service, name = operation.split(".")
            self.fault("drop-before", service=service, operation=name)
        self.converges(tries=1)

    def test_answers_are_late(self):
        for operation in self.operations:
            service, name = operation.split(".")
            self.fault("delay", service=service, operation=name, ms=1500)
        self.converges(tries=1)

    def test_reads_are_stale(self):
        """Of the services that say so of themselves."""
        self.account.post("stale", {"ms": 2000, "services": ["iam", "sqs", "sns"]})
        self.converges()

    def test_rate_limits(self):
        self.account.post("limits", {"enabled": True})
        self.converges(tries=1)

    def test_one_action_is_denied(self):
        """What depends on it is skipped, the rest is done, and the sentence names action and resource."""
        self.fault("error", times=0, service="sns", operation="CreateTopic", status=403,
                   code="AuthorizationError")
        done = self.apply()
        self.assertEqual(done.returncode, 1)
        said = re.sub(r"\(request [-0-9a-f]+\)", "(request ID)", "\n".join(self.sentences(done)))
        denied = "sns CreateTopic: AuthorizationError: ordered by a fault rule (request ID)"
        self.assertEqual(said, (
            f"plumb: {TARGET}: cannot create AWS::SNS::Topic 'OrderTopic': {denied}\n"
            f"plumb: {TARGET}: cannot create AWS::SNS::Topic 'OrderAlerts': {denied}\n"
            f"plumb: {TARGET}: 2 failed, 21 skipped because of them; the next apply goes on from here"))
        done_without = survey(self.account, "prod")
        self.assertIn("table OrderTableProd", done_without)
        self.assertEqual([line for line in done_without if line.startswith(("topic", "subscription", "alarm"))], [])
        harness.fetch(self.account.url + "/_simulator/faults", method="DELETE")
        self.converges(tries=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
