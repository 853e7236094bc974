#!/usr/bin/env python3
"""A life that lies must fail, with the sentence that says what is wrong: lies_test.py PATH/lives"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TRUE = """
Type: AWS::SQS::Queue
Properties: {DelaySeconds: 5, VisibilityTimeout: 60}
Changes: {DelaySeconds: [7, ~]}
Equal: {DelaySeconds: ['5']}
Replaces: {QueueName: other}
"""

# What is changed in the true life, into what, and the line that must come.
LIES = (
    ("AWS::SQS::Queue", "AWS::SQS::Que", "file: no native type 'AWS::SQS::Que'"),
    ("Changes:", "Change:", "file: unknown key 'Change'"),
    ("DelaySeconds: 5,", "DelaySecond: 5,", "AWS::SQS::Queue: file: unknown property 'DelaySecond'"),
    ("VisibilityTimeout: 60", "VisibilityTimeout: {Ref: Nobody}", "needs: no need is called 'Nobody'"),
    ("VisibilityTimeout: 60", "VisibilityTimeout: 99999", "AWS::SQS::Queue: create: "),
    ("[7, ~]", "[5]", "AWS::SQS::Queue: change DelaySeconds: nothing differs"),
    ("{DelaySeconds: [7, ~]}", "{QueueName: [other]}", "change QueueName: QueueName needs a new resource"),
    ("{DelaySeconds: [7, ~]}", "{'DelaySeconds,FifoQueue': [[7, true]]}", "FifoQueue needs a new resource"),
    ("{DelaySeconds: ['5']}", "{DelaySeconds: ['6']}", "equal: value 1: DelaySeconds is 5 and should be 6"),
    ("{QueueName: other}", "{DelaySeconds: 6}", "replace: DelaySeconds needs no new resource"),
    ("Replaces:", "Unreadable: [VisibilityTimeout]\nReplaces:",
     "create: 0 properties are not comparable, Unreadable says 1"),
)


class Lies(unittest.TestCase):
    def lead(self, text, mode="simulator"):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "life.yaml"
            path.write_text(text, encoding="utf-8")
            return subprocess.run([LIVES, mode, str(path)], capture_output=True, text=True, timeout=60)

    def test_the_truth_passes(self):
        done = self.lead(TRUE)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("1 files, 0 failed; 3 read-backs, 2 drifts, 1 replacements, 1 other writings", done.stdout)

    def test_lies_fail(self):
        for true, lie, sentence in LIES:
            with self.subTest(sentence):
                self.assertIn(true, TRUE)
                done = self.lead(TRUE.replace(true, lie))
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(sentence, done.stdout)

    def test_faults_are_led_through(self):
        done = self.lead(TRUE, "faults")
        self.assertEqual(done.returncode, 0, done.stdout)
        writes, kinds, parts = 1, 6, 3  # of a create, a change and a removal each
        self.assertIn(f"; {parts * (writes * kinds + 1)} faults", done.stdout)
        done = self.lead(TRUE.replace("VisibilityTimeout: 60", "VisibilityTimeout: 99999"), "faults")
        self.assertEqual(done.returncode, 1, done.stdout)


if __name__ == "__main__":
    LIVES = sys.argv.pop(1)
    unittest.main()
