#!/usr/bin/env python3
"""One service throttles every change for a minute, under AWS's rate limits: the others go on meanwhile, the one is asked
less and less, and afterwards everything is made, nothing twice.  (A read that is throttled for so long stops the plan of
its application: without proof nothing is done.)"""
import time
import unittest

import harness
from account_survey import survey

TARGET, ACCOUNT = "prod/orders", harness.ACCOUNTS["prod"]
THROTTLED_S = 60
# Two queues, a few calls each, three tries a call, every pass; passes come at growing distances.
CALLS_MAX = 40
# The next try comes at most 64 s after the last one that failed; the release itself takes some seconds.
CONVERGED_S = 90


class Throttling(unittest.TestCase):
    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        self.repository = harness.Repository()
        self.addCleanup(self.repository.close)

    def calls(self):
        log = self.account.requests()
        return [(r["service"], r["operation"], r["status"]) for r in log if r["account"] == ACCOUNT]

    def start_again(self):
        self.account.post("reset", {})
        self.account.prepare()
        self.repository.forget_ledgers()

    def test_one_service_for_a_minute(self):
        self.start_again()
        self.repository.plumb(self.account, "apply", TARGET, expect=0)
        want, made = survey(self.account, "prod"), sorted(
            c for c in self.calls() if c[1].startswith("Create") and c[2] in (200, 201))
        self.start_again()
        self.account.post("limits", {"enabled": True})
        self.account.post("faults", {"match": {"service": "sqs", "mutating": True, "account": ACCOUNT},
                                     "fault": "throttle", "times": 0})
        running = harness.Running(self.repository, self.account, TARGET)
        self.addCleanup(running.close)
        time.sleep(THROTTLED_S)
        during = self.calls()
        asked = [c for c in during if c[0] == "sqs" and c[2] != 200 and c[1].startswith("Create")]
        print(f"{len(asked)} changes were asked for in {THROTTLED_S} s", flush=True)
        self.assertTrue(0 < len(asked) <= CALLS_MAX, len(asked))
        done = {operation for _, operation, status in during if status in (200, 201)}
        self.assertLessEqual({"CreateTable", "CreateTopic", "CreateRole", "CreateFunction", "CreateBucket"}, done)
        harness.fetch(self.account.url + "/_simulator/faults", method="DELETE")
        until = time.monotonic() + CONVERGED_S
        while not running.told("released") and time.monotonic() < until:
            time.sleep(1)
        self.assertTrue(running.told("released"), running.events()[-5:])
        self.account.post("limits", {"enabled": False})
        self.assertEqual(survey(self.account, "prod"), want)
        self.assertEqual(sorted(c for c in self.calls() if c[1].startswith("Create") and c[2] in (200, 201)), made)


if __name__ == "__main__":
    unittest.main(verbosity=2)
