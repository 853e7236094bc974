#!/usr/bin/env python3
"""Two instances of `plumb run` for a minute (instances.py), and one that stands still for longer than its lease."""
import os
import signal
import subprocess
import sys
import time
import unittest

import instances

PAUSE_S = 125  # a lease is 120


class Instances(unittest.TestCase):
    def test_killed_paused_and_restarted(self):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instances.py")
        done = subprocess.run([sys.executable, program, "1", "30"], timeout=400, check=False)
        self.assertEqual(done.returncode, 0)

    def test_one_that_was_fenced_writes_nothing_more(self):
        """It stands still in the middle of a function: its code is written, its settings are not."""
        world = instances.World()
        running = []
        try:
            running.append(instances.Instance(world, "a"))
            self.eventually(lambda: instances.is_settled(world))
            world.account.post("delays", {"lambda.update": 3000})
            world.source(1)
            world.set("alpha", "orders", 31)
            world.push("both of a function", [("alpha", "orders")])
            self.eventually(lambda: "lambda.UpdateFunctionCode" in self.calls(world, running[0]))
            running[0].pause(PAUSE_S)
            before = self.calls(world, running[0])
            running.append(instances.Instance(world, "b"))
            time.sleep(PAUSE_S)  # what the other does meanwhile, and may not, is checked below
            self.eventually(lambda: instances.is_settled(world))
            running[0].go_on()
            time.sleep(5)
            self.assertEqual(self.calls(world, running[0]), before)
            self.assertIn("lambda.UpdateFunctionConfiguration", self.calls(world, running[1]))
            for instance in running:
                instance.end(signal.SIGTERM)
            instances.check(world, running)
            self.assertIn("stands by", [e["event"] for e in running[1].events()])
        finally:
            for instance in running:
                instance.close()
            world.close()

    def calls(self, world, instance):
        """What the newest start of it has changed."""
        key = world.keys[instances.start_of(instance.process.pid)]
        return [f"{r['service']}.{r['operation']}" for r in world.account.requests()
                if r["mutating"] and r["service"] != "sts" and r["key"] == key]

    def eventually(self, what, timeout=60):
        until = time.monotonic() + timeout
        while not what():
            self.assertLess(time.monotonic(), until, f"it did not happen within {timeout} s")
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
