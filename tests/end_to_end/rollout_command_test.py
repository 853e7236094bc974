#!/usr/bin/env python3
"""`plumb rollout`: a rollout that `plumb apply` carries out in the background is watched and steered."""
import fcntl
import os
import pty
import pwd
import signal
import socket
import struct
import subprocess
import termios
import threading
import time
import unittest

import harness

APPLICATION = """template: apps/orders/template.yaml
deployment:
  driver: plumb
  steps: [{weight: 10, for: 1s}, {weight: 50, hold: approval}]
  alarms: [OrderErrors]
  compare: {errors: false, throttles: false}
  minimumInvocations: 0
"""
FUNCTION, ALIAS, TARGET = "OrderServiceBeta", "live", "beta/orders"
ESCAPE = "\x1b"
PATIENCE = 60


class Terminal:
    """plumb on a pseudo terminal of so many columns and rows; what it writes is kept."""

    def __init__(self, repository, account, *arguments, columns=90, rows=40):
        self.output = b""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen([harness.PLUMB, *arguments], cwd=repository.path, stdout=follower,
                                        stderr=subprocess.PIPE, text=True, env=repository.environment(account))
        os.close(follower)
        self.reader = threading.Thread(target=self.read, args=[leader])
        self.reader.start()

    def read(self, leader):
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # Linux says so when the other side is closed
                part = b""
            if not part:
                os.close(leader)
                return
            self.output += part

    def end(self, timeout=PATIENCE):
        """Its exit status and what it wrote, line ends as they were written."""
        self.process.wait(timeout)
        self.reader.join(timeout)
        self.said = self.process.stderr.read()
        self.process.stderr.close()
        return self.process.returncode, self.output.decode().replace("\r\n", "\n")


class RolloutCommand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = harness.Simulator()
        cls.addClassCleanup(cls.account.close)
        cls.account.prepare()
        cls.repository = harness.Repository()
        cls.addClassCleanup(cls.repository.close)
        cls.repository.write("environments/beta/orders.yaml", APPLICATION)
        cls.repository.commit("move traffic step by step")
        cls.repository.plumb(cls.account, "rollout", "status", "beta", expect=0)
        cls.repository.plumb(cls.account, "apply", "beta", expect=0)
        cls.serial = 0

    # --- helpers ---

    def rollout(self, *arguments, expect=0):
        return self.repository.plumb(self.account, "rollout", *arguments, expect=expect, timeout=PATIENCE)

    def refused(self, *arguments):
        done = self.rollout(*arguments, expect=1)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def state(self):
        return self.repository.json(self.account, "rollout", "status", TARGET, expect=0)[0]

    def wait_for(self, condition, what):
        state = None
        for _ in range(PATIENCE * 4):
            state = self.state()
            if condition(state):
                return state
            time.sleep(0.25)
        raise AssertionError(f"{what}: {state}")

    def weights(self):
        alias = self.account.client("lambda", "beta").get_alias(FunctionName=FUNCTION, Name=ALIAS)
        return alias["FunctionVersion"], (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}

    def newest(self):
        versions = self.account.client("lambda", "beta").list_versions_by_function(FunctionName=FUNCTION)
        return max(int(v["Version"]) for v in versions["Versions"] if v["Version"] != "$LATEST")

    def start(self, commit=True):
        """A new version, and `plumb apply` that rolls it out in the background."""
        if commit:
            type(self).serial += 1
            self.repository.write("apps/orders/src/serial.py", f"SERIAL = {self.serial}\n")
            self.repository.commit(f"number {self.serial}")
        apply = self.repository.begin(self.account, "apply", TARGET)
        self.addCleanup(apply.stdout.close)
        self.addCleanup(apply.wait, PATIENCE)
        self.addCleanup(apply.kill)
        self.wait_for(lambda s: s["underWay"] and s["weight"] >= 10, "it does not begin")
        return apply

    def ends(self, apply, status):
        said = apply.communicate(timeout=PATIENCE)[0]
        self.assertEqual(apply.returncode, status, said)
        return said

    # --- the tests ---

    def test_pause_resume_promote(self):
        before = self.weights()[0]
        self.repository.git("config", "user.name", f"Eve{ESCAPE}[31m")
        apply = self.start()
        watch = Terminal(self.repository, self.account, "rollout", "watch", TARGET)
        said = self.rollout("pause", TARGET).stdout
        self.assertIn("beta/orders: asked to pause: ", said)
        self.repository.git("config", "user.name", "Test")
        state = self.wait_for(lambda s: "paused" in s and "hold" in s, "it does not pause")
        self.assertEqual(state["paused"]["by"], f"Eve{ESCAPE}[31m <test@example.com>")
        self.assertIn("is paused already, by Eve\\x1b[31m", self.refused("pause", TARGET))
        time.sleep(2)
        later = self.state()
        self.assertGreaterEqual(later["paused"]["ageMs"], 2000)
        self.assertEqual(later["weight"], state["weight"])
        self.assertNotIn("limitMs", later["hold"])
        text = self.rollout("status").stdout  # of all
        self.assertRegex(text, r"(?m)^  PAUSED     for \d+ s, by Eve\\x1b\[31m <test@example.com>, since 2")
        self.assertNotIn(ESCAPE, text)
        self.assertIn("gamma/orders: no rollout: it was never applied", text)
        self.assertRegex(self.repository.plumb(self.account, "status", TARGET, expect=0).stdout,
                         r"rolling .* \d0 % on the new version, paused: .* by .*/\d+/\d+")

        self.rollout("resume", TARGET)
        state = self.wait_for(lambda s: "paused" not in s and s["weight"] == 50 and "hold" in s, "it does not go on")
        self.assertIn("waits for approval", state["hold"]["reason"])
        self.assertEqual((state["step"], len(state["steps"]), state["driver"]), (1, 2, "plumb"))
        self.assertTrue(state["carriedOn"])
        self.assertEqual(self.weights(), (before, {str(self.newest()): 0.5}))
        self.rollout("promote", TARGET)
        self.ends(apply, 0)
        self.assertEqual(self.weights(), (str(self.newest()), {}))

        state = self.state()
        self.assertEqual((state["phase"], state["underWay"]), ("succeeded", False))
        events = [line["event"] for line in state["history"]]
        for wanted in ("the new version gets 10 %", "the new version gets 50 %", "paused: by Eve", "resumed: by Test <test@example.com>", "promoted: by Test"):
            self.assertTrue([e for e in events if e.startswith(wanted)], (wanted, events))
        self.assertIn("the last rollout succeeded at ", self.rollout("status", TARGET).stdout)
        self.check_picture(*watch.end())

    def check_picture(self, status, output):
        """It was drawn again and again in its place, and showed what there is to see."""
        self.assertEqual(status, 0, output)
        pictures = output.split(f"{ESCAPE}[J")
        self.assertGreater(len(pictures), 10)
        for picture in pictures[1:-1]:
            self.assertRegex(picture, rf"^{ESCAPE}\[\d+A\rbeta/orders: ")
            self.assertLessEqual(max(len(line) for line in picture.split(f"{ESCAPE}[K\n")[1:]), 90)
        shown = output.replace(f"{ESCAPE}[K", "").replace(f"{ESCAPE}[J", "")
        self.assertNotIn(f"{ESCAPE}[31m", shown)
        self.assertIn("PAUSED     for ", shown)
        self.assertIn("alarm OrderErrors", shown)
        self.assertRegex(shown, r"\n 20 % \| *[=#]")
        self.assertRegex(pictures[-2], r"(?s)the last rollout succeeded.*\n100 % \| *#+")

    def test_abort_and_try_again(self):
        before = self.weights()[0]
        apply = self.start()
        lines = subprocess.Popen([harness.PLUMB, "rollout", "watch", TARGET], cwd=self.repository.path, text=True,
                                 env=self.repository.environment(self.account), stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        self.rollout("abort", TARGET)
        said = self.ends(apply, 1)
        self.assertIn("rolled back: Test <test@example.com> stopped it", said)
        self.assertEqual(self.weights(), (before, {}))
        out, err = lines.communicate(timeout=PATIENCE)
        self.assertEqual(lines.returncode, 1)
        self.assertRegex(out, r"(?m)^beta/orders: .*\n(.*\n)*\S+Z   10 %  the new version gets 10 %")
        self.assertRegex(out, r"\S+Z    0 %  rolled back: Test <test@example.com> stopped it\n$")
        self.assertNotIn(ESCAPE, out)
        self.assertIn("rolled back: Test", err)
        state = self.state()
        self.assertEqual(state["phase"], "rolled-back")
        self.assertIn("again", self.rollout("status", TARGET).stdout)
        for verb in ("abort", "promote", "pause"):
            self.assertIn("there is no rollout under way: the last rollout was rolled back", self.refused(verb, TARGET))
        self.assertIn("held", self.repository.plumb(self.account, "apply", TARGET, expect=1).stderr)

        self.assertIn("may be tried again", self.rollout("resume", TARGET).stdout)
        self.refused("resume", TARGET)
        apply = self.start(commit=False)  # the abort was not meant for this one
        self.wait_for(lambda s: s["weight"] == 50 and "hold" in s, "it does not come to its second step")
        self.rollout("promote", TARGET)
        self.ends(apply, 0)
        self.assertEqual(self.weights(), (str(self.newest()), {}))

    def test_one_that_nobody_carries_on(self):
        before = self.weights()[0]
        apply = self.start()
        apply.kill()
        apply.wait(PATIENCE)
        state = self.state()
        self.assertFalse(state["carriedOn"])
        self.assertIn("nobody carries it on", self.rollout("status", TARGET).stdout)
        self.assertIn("nobody carries it on", self.repository.plumb(self.account, "status", TARGET, expect=0).stdout)
        self.repository.git("config", "--remove-section", "user")
        said = self.rollout("abort", TARGET).stdout
        self.repository.git("config", "user.name", "Test")
        self.repository.git("config", "user.email", "test@example.com")
        self.assertIn("`plumb apply beta/orders` or `plumb run` does", said)
        login = f"{pwd.getpwuid(os.getuid()).pw_name}@{socket.gethostname()}"
        self.assertIn(f"abort, of {login}, is not heard yet", self.refused("resume", TARGET))
        self.assertEqual(self.state()["notHeardYet"]["order"], "abort")
        watch = Terminal(self.repository, self.account, "rollout", "watch", TARGET, columns=40, rows=10)
        time.sleep(3)
        watch.process.send_signal(signal.SIGINT)  # ends the watching alone
        status, output = watch.end()
        self.assertEqual((status, watch.said), (0, ""))
        self.assertLessEqual(max(len(line) for line in output.split(f"{ESCAPE}[K\n")[:-1]), 40 + len(f"{ESCAPE}[J{ESCAPE}[9A\r"))
        self.assertTrue(self.state()["underWay"])
        self.repository.plumb(self.account, "apply", TARGET, expect=1)
        self.assertEqual(self.weights(), (before, {}))
        self.rollout("resume", TARGET)

    def test_refusals(self):
        self.assertIn("did you mean 'pause'?", self.refused("puase", TARGET))
        self.assertIn("say status, watch, abort", self.refused(TARGET))
        self.assertIn("name one application: plumb rollout abort ENV/APP", self.refused("abort"))
        self.assertIn("name one application", self.refused("promote", "beta"))
        self.assertIn("has no application 'order', did you mean 'orders'?", self.refused("pause", "beta/order"))
        for verb in ("abort", "promote", "pause", "resume"):
            self.assertIn("there is no rollout under way: it was never applied", self.refused(verb, "gamma/orders"))
        self.assertIn("there is no rollout to watch: it was never applied", self.refused("watch", "gamma/orders"))
        self.assertIn("one word too many", self.refused("abort", TARGET, "prod"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
