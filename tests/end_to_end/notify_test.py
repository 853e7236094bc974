#!/usr/bin/env python3
"""Who is told how a rollout goes: a topic, a bus, Slack and a signed webhook, in order, once, and never a secret where
it does not belong; channels that are dead cost the rollout nothing; what a killed plumb had not told is told later."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

import harness
import rollout_run_test as runs

KEY, TOKEN = "hush-0123456789abcdef", "T0000-token-of-slack"
NOTIFY = '''\
  notify:
    - {sns: Told}
    - {eventBus: default, on: [rollback]}
    - {slack: "{{resolve:ssm:/plumb/slack}}"}
    - {webhook: "{{resolve:ssm-secure:/plumb/hook}}", secret: "{{resolve:secretsmanager:plumb/hook:SecretString:key}}"}
'''
DEAD = '''\
    - {webhook: "{{resolve:ssm:/plumb/dead}}", on: [start, step, hold, rollback]}
    - {slack: "{{resolve:ssm:/plumb/dead}}", on: [start, step, hold, rollback]}
    - {webhook: "{{resolve:ssm:/plumb/missing}}"}
'''
GOOD = [("start", 0), ("step", 10), ("step", 50), ("step", 100), ("success", 100)]


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.delay:
            time.sleep(self.server.delay)
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Told(runs.Case):
    application = runs.APPLICATION.replace("for: 3s", "for: 2s") + NOTIFY
    template = runs.TEMPLATE + "  Told: {Type: 'AWS::SNS::Topic'}\n"

    def make_account(self):
        account = harness.Simulator()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.server.got, self.server.delay = [], 0
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.silent = socket.create_server(("127.0.0.1", 0))  # the kernel connects; nobody ever answers
        self.addCleanup(self.silent.close)
        url = f"http://127.0.0.1:{self.server.server_port}"
        ssm = account.client("ssm", "beta")
        ssm.put_parameter(Name="/plumb/slack", Type="String", Value=f"{url}/services/{TOKEN}")
        ssm.put_parameter(Name="/plumb/hook", Type="SecureString", Value=f"{url}/hook/{TOKEN}")
        ssm.put_parameter(Name="/plumb/dead", Type="String",
                          Value=f"http://127.0.0.1:{self.silent.getsockname()[1]}/{TOKEN}")
        account.client("secretsmanager", "beta").create_secret(Name="plumb/hook",
                                                               SecretString=json.dumps({"key": KEY}))
        return account

    def setUp(self):
        super().setUp()
        self.account.post("messages", {})

    def posted(self, path):
        return [(headers, body) for where, headers, body in list(self.server.got) if where == f"/{path}/{TOKEN}"]

    def hooks(self):
        """The documents of the webhook, each one's signature and headers checked."""
        documents = []
        for headers, body in self.posted("hook"):
            document = json.loads(body)
            t, signature = (part.split("=")[1] for part in headers["X-Plumb-Signature"].split(","))
            wanted = hmac.new(KEY.encode(), t.encode() + b"." + body, hashlib.sha256).hexdigest()
            self.assertTrue(hmac.compare_digest(wanted, signature))
            self.assertLess(abs(time.time() - int(t)), 120)
            self.assertEqual(headers["X-Plumb-Event"], document["kind"])
            self.assertEqual(headers["X-Plumb-Delivery"], document["id"])
            documents.append(document)
        return documents

    def messages(self):
        """(documents of the topic, documents of the bus) since the last time."""
        topic, bus = [], []
        for message in self.account.post("messages", {})["messages"]:
            if message["service"] == "sns":
                text = json.loads(message["message"])
                topic.append(json.loads(text["default"] if "default" in text else message["message"]))
            else:
                self.assertEqual((message["source"], message["bus"]), ("plumb", "default"))
                detail = message["detail"]
                bus.append((message["detailType"], json.loads(detail) if isinstance(detail, str) else detail))
        return topic, bus

    def kinds(self, documents):
        return [(document["kind"], document["weight"]) for document in documents]

    def check_common(self, documents):
        head = self.repository.git("rev-parse", "HEAD").strip()
        for document in documents:
            self.assertEqual(document["commit"], head)
            self.assertEqual(document["author"], "Test <test@example.com>")
            self.assertEqual((document["environment"], document["application"], document["account"],
                              document["region"]), ("beta", "orders", "111111111111", "us-east-1"))
        self.assertEqual(len({document["id"] for document in documents}), len(documents))
        self.assertEqual([d["time"] for d in documents], sorted(d["time"] for d in documents))

    def check_nothing_leaked(self):
        """Neither secret nor URL is in what plumb says, in the ledger, or in anything that Git or the cache holds."""
        words = [KEY, TOKEN, base64.b64encode(KEY.encode()).decode()]
        self.assertTrue(any(TOKEN in path for path, _, _ in self.server.got))
        objects = subprocess.run(["git", "cat-file", "--batch-all-objects", "--batch"], cwd=self.repository.path,
                                 check=True, capture_output=True).stdout
        texts = {"objects": objects.decode("latin-1")}
        for command in (["plan", "beta"], ["log"], ["policy", "beta/orders"], ["drift", "beta"],
                        ["plan", "beta", "-o", "json"]):
            done = self.repository.plumb(self.account, *command)
            texts[" ".join(command)] = done.stdout + done.stderr
        for process in self.running:
            with open(process.log, encoding="utf-8", errors="replace") as f:
                texts[process.log] = f.read()
        for top, _, names in os.walk(self.repository.home):
            for name in names:
                path = os.path.join(top, name)
                if path != os.path.join(self.repository.home, "requests"):  # what the test lets plumb write down
                    with open(path, "rb") as f:
                        texts[path] = f.read().decode("latin-1")
        for where, text in texts.items():
            for word in words:
                self.assertNotIn(word, text, where)

    def test_a_good_release(self):
        self.code("two")
        self.start("apply", "beta").wait(60)
        documents = self.hooks()
        self.assertEqual(self.kinds(documents), GOOD)
        self.check_common(documents)
        topic, bus = self.messages()
        self.assertEqual(topic, documents)
        self.assertEqual(bus, [])
        lines = [json.loads(body)["text"].splitlines()[0] for _, body in self.posted("services")]
        commit = documents[0]["commit"][:7]
        self.assertEqual(lines, [f"beta/orders: rollout of {commit} {words}" for words in (
            "started", "goes on: 10% of the traffic", "goes on: 50% of the traffic",
            "goes on: 100% of the traffic", "succeeded")])
        self.assertEqual(documents[0]["reason"], "10 % for 2 s, 50 % for 2 s, then all")
        self.check_nothing_leaked()

    def test_one_that_an_alarm_takes_back(self):
        alarms = self.alarm()
        self.repository.edit("environments/beta/orders.yaml", "for: 2s}, {weight: 50", "for: 60s}, {weight: 50")
        self.code("two")
        self.start("apply", "beta")
        self.watch.wait(("1", ("2", 0.1)))
        alarms.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")
        self.ends("failed")
        documents = self.hooks()
        self.assertEqual(self.kinds(documents), [("start", 0), ("step", 10), ("rollback", 0)])
        self.check_common(documents)
        self.assertIn("alarm errors is red", documents[-1]["reason"])
        topic, bus = self.messages()
        self.assertEqual(topic, documents)
        self.assertEqual(bus, [("Rollout Rolled Back", documents[-1])])
        text = json.loads(self.posted("services")[-1][1])["text"]
        for word in (documents[-1]["commit"], "Test &lt;test@", documents[-1]["reason"]):
            self.assertIn(word, text)
        self.check_nothing_leaked()

    def test_a_hold_is_told_once(self):
        self.repository.edit("environments/beta/orders.yaml", "{weight: 50, for: 2s}", "{weight: 50, hold: approval}")
        self.code("two")
        self.start("apply", "beta")
        self.watch.wait(("1", ("2", 0.5)))
        time.sleep(5)
        self.assertEqual(self.kinds(self.hooks()), GOOD[:3] + [("hold", 50)])
        self.assertIn("waits for approval", self.hooks()[-1]["reason"])
        self.code("three")
        until = time.monotonic() + 60
        while len(self.hooks()) < 5:  # the next rollout begins at once
            self.assertLess(time.monotonic(), until, self.logs())
            time.sleep(0.1)
        self.assertEqual(self.kinds(self.hooks())[:5], GOOD[:3] + [("hold", 50), ("rollback", 0)])
        self.assertIn("takes its place", self.hooks()[4]["reason"])

    def test_dead_channels_hold_up_nothing(self):
        """Two that never answer and one that is not there: 10 s a notice, and the alarm takes it back at once."""
        alarms = self.alarm()
        text = self.repository.read("environments/beta/orders.yaml")
        self.repository.write("environments/beta/orders.yaml",
                              text.replace("  notify:\n", "  notify:\n" + DEAD).replace("for: 2s}]", "for: 60s}]"))
        self.code("two")
        began = time.monotonic()
        run = self.start("apply", "beta")
        self.watch.wait(("1", ("2", 0.1)))
        self.watch.wait(("1", ("2", 0.5)), 8)
        alarms.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")
        self.watch.wait(("1",), 5)
        self.assertLess(time.monotonic() - began, 25)
        self.ends("failed", 90)
        run.wait(30)
        with open(run.log, encoding="utf-8") as f:
            log = f.read()
        self.assertIn("/plumb/missing", log)
        self.assertIn("cannot tell webhook", log)
        kinds = self.kinds(self.hooks())
        wanted = [("start", 0), ("step", 10), ("step", 50), ("rollback", 0)]
        self.assertEqual(kinds, wanted[:len(kinds)])
        self.assertGreaterEqual(len(kinds), 2)
        self.check_nothing_leaked()

    def test_what_was_not_told_is_told_by_who_takes_over(self):
        """Killed while the webhook is slow: nothing is left out, and what comes twice has the same id."""
        self.server.delay = 1.5
        first = self.start("run", "--poll", "1s", "beta")
        self.code("two")
        self.watch.wait(("1", ("2", 0.1)))
        first.send_signal(signal.SIGKILL)
        first.wait()
        self.server.delay = 0
        self.start("run", "--poll", "1s", "beta")
        self.watch.wait(("2",))
        self.ends("released")
        time.sleep(2)
        once = {document["id"]: document for document in self.hooks()}
        self.assertEqual(self.kinds(once.values()), GOOD)
        self.check_common(once.values())

    def test_killed_between_the_end_and_its_record(self):
        self.server.delay = 2
        self.code("two")
        first = self.start("apply", "beta")
        self.watch.wait(("2",))
        deadline = time.monotonic() + 10
        while self.release()["rollout"]["phase"] != "succeeded":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.assertEqual(self.release()["state"], "rolling")
        first.kill()
        first.wait()
        self.assertLess(len(self.hooks()), len(GOOD))
        self.server.delay = 0
        self.repository.plumb(self.account, "apply", "beta", expect=0)
        self.ends("released", 1)
        once = {document["id"]: document for document in self.hooks()}
        self.assertEqual(self.kinds(once.values()), GOOD)
        self.check_common(once.values())


if __name__ == "__main__":
    unittest.main(verbosity=2)
