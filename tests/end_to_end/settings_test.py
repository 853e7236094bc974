#!/usr/bin/env python3
"""plumb.yaml at the root of the repository: what it says holds by the next commit, after flags and variables; a mistake in
it stops plan and apply, and not `plumb run`, `status` or `doctor`."""
import json
import signal
import subprocess
import tempfile
import time
import unittest

import harness

ENVIRONMENT = 'account: "111111111111"\nregion: us-east-1\n'
TEMPLATE = "Resources:\n  Alerts: {Type: AWS::SNS::Topic}\n"
UNKNOWN = "unknown key 'pol' in plumb.yaml, did you mean 'poll'? (plumb.yaml:1:1)"


class Settings(unittest.TestCase):
    def setUp(self):
        self.account = harness.Simulator()
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.account.close)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml", ENVIRONMENT)
        self.repository.write("environments/beta/orders.yaml", "template: template.yaml\n")
        self.repository.write("template.yaml", TEMPLATE)
        self.commit("poll: 200ms\n")

    def commit(self, text):
        self.repository.write("plumb.yaml", text)
        self.repository.commit("Settings")

    def start(self, *arguments, **variables):
        log = tempfile.NamedTemporaryFile("w+", dir=self.repository.home, suffix=".log")
        process = subprocess.Popen([harness.PLUMB, "run", "beta", *arguments], cwd=self.repository.path, stderr=log,
                                   env=dict(self.repository.environment(self.account), **variables))

        def stop():
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            log.close()
        self.addCleanup(stop)
        return log

    def wait(self, log, event, timeout=20, **fields):
        """Until such a line has been logged."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            with open(log.name, encoding="utf-8") as file:
                events = [json.loads(line) for line in file.read().splitlines()]
            if any(e["event"] == event and all(str(v) in str(e.get(k)) for k, v in fields.items()) for e in events):
                return
            time.sleep(0.1)
        self.fail(f"no {event} {fields} in {events}")

    def test_run_follows_the_file_and_outlives_a_mistake_in_it(self):
        log = self.start()
        self.wait(log, "settings", poll_ms=200)
        self.commit("poll: 250ms\n")
        self.wait(log, "settings", poll_ms=250)
        self.commit("pol: 1s\n")
        self.wait(log, "cannot read plumb.yaml", error=UNKNOWN)
        self.wait(log, "settings", poll_ms=30000)

    def test_a_variable_goes_before_the_file_and_a_flag_before_that(self):
        self.wait(self.start(PLUMB_POLL="300ms"), "settings", poll_ms=300)
        self.wait(self.start("--poll", "400ms", PLUMB_POLL="300ms"), "settings", poll_ms=400)

    def test_the_file_is_read_at_the_commit_and_not_from_the_directory(self):
        self.repository.write("plumb.yaml", "pol: 1s\n")
        self.repository.plumb(self.account, "plan", expect=2)

    def test_a_mistake_stops_what_changes_something(self):
        self.commit("pol: 1s\n")
        for command in ("plan", "apply"):
            done = self.repository.plumb(self.account, command, expect=1)
            self.assertEqual(done.stderr, f"plumb: {UNKNOWN}\n")
        self.repository.plumb(self.account, "status", expect=0)
        self.assertEqual(self.account.mutating(), [])

    def test_guards_of_the_repository_hold_beside_those_of_the_environment(self):
        self.commit("guards: {requireTags: [team]}\n")
        self.repository.write("environments/beta/environment.yaml", ENVIRONMENT + "guards: {allow: [{rule: requireTags, "
                              "resource: Alerts, reason: an environment cannot weaken them}]}\n")
        self.repository.commit("Guards")
        self.assertIn("refused: guard requireTags (plumb.yaml:1:24)",
                      self.repository.plumb(self.account, "plan", expect=1).stdout)
        self.repository.plumb(self.account, "apply", expect=1)
        self.assertEqual(self.account.mutating(), [])
        self.commit("guards: {requireTags: [team], allow: [{rule: requireTags, resource: Alerts, environment: beta, "
                    "reason: nobody owns it}]}\n")
        self.repository.plumb(self.account, "plan", expect=2)

    def test_the_doctor_looks_at_it(self):
        self.assertIn("its settings are sound", self.repository.plumb(self.account, "doctor").stdout)
        self.commit("pol: 1s\n")
        found = self.repository.plumb(self.account, "doctor", expect=1).stdout
        self.assertIn(f"{UNKNOWN}: correct it: plan and apply refuse until then", found)
        self.assertIn("can be read", found)


if __name__ == "__main__":
    unittest.main(verbosity=2)
