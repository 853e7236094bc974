#!/usr/bin/env python3
"""`plumb run --once`: one pass, with the rollout that comes out of it, and an exit status; `plumb health`."""
import os
import signal
import subprocess
import tempfile
import unittest

import harness
import promotion_test
import rollout_run_test
import run_test


class Once(run_test.Case):
    def once(self, expect, *arguments, variables=None):
        cache = tempfile.mkdtemp(prefix="cache-", dir=self.repository.home)
        return self.repository.plumb(self.account, "run", "--once", *arguments, expect=expect,
                                     variables={"PLUMB_CACHE": cache, **(variables or {})})

    def test_it_does_what_there_is_to_do_and_ends(self):
        self.once(0)
        self.assertTrue(self.released())
        self.edit_queue("77")
        self.once(0, "prod/orders")
        self.assertEqual(self.timeout_of_queue(), "60")
        self.account.forget()
        self.once(0)
        self.assertEqual(self.account.mutating(), [])

    def test_what_fails_is_told_and_stops_no_other(self):
        self.add_environment("beta", "heal")
        self.repository.write("environments/beta/broken.yaml", "template: apps/nowhere/template.yaml\n")
        self.repository.commit("One more, which is broken")
        done = self.once(1)
        self.assertIn("plumb: 1 of the applications could not be kept: the log says why", done.stderr)
        self.assertTrue(self.released())

    def test_an_account_without_an_environment(self):
        elsewhere = run_test.ENVIRONMENT.replace("111111111111", "222222222222") % "heal"
        self.repository.write("environments/prod/environment.yaml", elsewhere)
        self.repository.commit("Prod is elsewhere")
        done = self.once(1)
        self.assertIn("no environment of the repository is in the credentials' account", done.stderr)
        self.assertIn("no environment 'gamma' in the repository", self.once(1, "gamma").stderr)
        running = self.run_plumb()  # it waits for one
        self.eventually(lambda: running.told("no environment of the repository is in this account", account="111111111111"))
        self.add_environment("beta", "heal")
        self.eventually(lambda: self.released("beta"))
        self.stops(running)

    def test_one_that_is_told_to_stop_says_so(self):
        self.account.post("faults", {"match": {"service": "sns", "operation": "CreateTopic"}, "fault": "delay",
                                     "ms": 2000, "times": 0})
        running = self.run_plumb("--once")
        self.eventually(lambda: running.told("applying"))
        status, seconds = running.send(signal.SIGTERM)
        self.assertEqual(status, 1)
        self.assertLess(seconds, 10)
        self.once(0)  # it waits for no lease: the holder is gone
        self.assertEqual(len(self.account.client("sns", "beta").list_topics()["Topics"]), 3)


class Rollout(rollout_run_test.Case):
    def test_it_waits_for_the_rollout(self):
        self.code("two")
        self.repository.plumb(self.account, "run", "--once", "beta", expect=0)
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1", ("2", 0.5)), ("2",)])
        self.assertEqual(self.release()["state"], "released")

    def test_a_rollout_that_goes_back_is_a_failure(self):
        self.repository.edit("environments/beta/orders.yaml", "weight: 10, for: 3s", "weight: 10, for: 60s")
        self.code("two")
        process = self.start("run", "--once", "beta")
        self.watch.wait(("1", ("2", 0.1)))
        self.repository.plumb(self.account, "rollout", "abort", "beta/orders")
        self.assertEqual(process.wait(60), 1)
        self.watch.wait(("1",))


class Promotion(promotion_test.Stages):
    def test_a_pass_promotes_what_is_released(self):
        self.plumb("apply", expect=0)
        second = self.change(90)
        self.plumb("apply", "beta", expect=0)
        self.plumb("run", "--once", "gamma", expect=0)
        self.assertEqual(self.branches(), ["plumb/promote/gamma-orders"])
        self.merge("plumb/promote/gamma-orders")
        self.plumb("run", "--once", "gamma", expect=0)
        self.assertEqual((self.timeout("gamma"), self.timeout("prod")), (90, 60))
        self.assertIn(second, self.repository.read("environments/gamma/orders.yaml"))


class Health(run_test.Case):
    def health(self, *arguments, **variables):
        environment = {k: v for k, v in os.environ.items() if k != "PLUMB_ADDRESS"}
        return subprocess.run([harness.PLUMB, "health", *arguments], env={**environment, **variables}, text=True,
                              capture_output=True, timeout=20)

    def test_it_asks_whoever_listens(self):
        port = harness.free_port()
        running = self.run_plumb("--listen", f"0.0.0.0:{port}")
        self.eventually(lambda: running.told("listening"))
        address = f"http://127.0.0.1:{port}"
        for done in (self.health("--address", address + "/"), self.health(PLUMB_ADDRESS=address)):
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout, r"^the repository was read \d+ s ago\n$")
        self.stops(running)

    def test_nobody_is_not_healthy(self):
        done = self.health("--address", f"http://127.0.0.1:{harness.free_port()}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no connection", done.stderr)
        self.assertIn("plain http is for loopback addresses only", self.health("--address", "http://192.0.2.1:8080").stderr)

    def test_one_that_is_not_ready_says_why(self):
        program = os.environ.get("PLUMB_TRIGGERS", os.path.join(harness.TOP, "build/dev/tests/plumb-triggers"))
        port = harness.free_port()
        process = subprocess.Popen([program, "--listen", f"127.0.0.1:{port}", "--not-ready", "the ledger is old"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdout.readline()
        done = self.health("--address", f"http://127.0.0.1:{port}")
        self.assertEqual((done.returncode, done.stderr), (1, "plumb: not ready: the ledger is old (503)\n"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
