#!/usr/bin/env python3
"""Webhooks and the queue, seen from outside: signatures made here by Python, replays, malformed bodies, junk, slow and
idle connections, and what comes by SNS and SQS."""
import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import harness

TRIGGERS = os.environ.get("PLUMB_TRIGGERS", os.path.join(harness.TOP, "build/dev/tests/plumb-triggers"))
SLOW = bool(os.environ.get("PLUMB_SANITIZE"))
SECRET = "It's a secret"
NEW, OLD = "2" * 40, "1" * 40
REPOSITORY = {"full_name": "shop/orders", "clone_url": "https://git.example/shop/orders.git"}
PUSH = {"ref": "refs/heads/main", "before": OLD, "after": NEW, "repository": REPOSITORY, "sender": {"login": "ann"}}


def mac(body, secret=SECRET):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def github(body, event="push", delivery="1", signature=None):
    return {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery, "Content-Type": "application/json",
            "X-Hub-Signature-256": "sha256=" + mac(body) if signature is None else signature}


def encode(document):
    return json.dumps(document).encode()


class Program:
    """plumb-triggers with what it says."""

    def __init__(self, *arguments, account=None):
        variables = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        if account:
            variables.update(AWS_ENDPOINT_URL=account.url, AWS_ACCESS_KEY_ID="111111111111",
                             AWS_SECRET_ACCESS_KEY="111111111111"[::-1], AWS_EC2_METADATA_DISABLED="true")
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([TRIGGERS, *arguments], stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env=variables)
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.eventually(lambda: self.lines)
        self.port = self.lines.pop(0)["port"]

    def read(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def eventually(self, what, seconds=20):
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"it never came; told: {self.lines}, logged: {self.logged()}")
            time.sleep(0.02)

    def logged(self):
        self.log.seek(0)
        return [json.loads(line) for line in self.log.read().splitlines() if line.startswith("{")]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def send(self, request):
        """The whole answer to these bytes, as text."""
        with self.connect() as connection:
            answer = b""
            try:
                connection.sendall(request)
                while part := connection.recv(65536):
                    answer += part
            except ConnectionError:
                pass
        return answer.decode()

    def ask(self, body=b"", headers=(), method="POST", path="/webhook"):
        """Status and body of the answer."""
        headers = headers.items() if isinstance(headers, dict) else headers
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        answer = self.send(f"{method} {path} HTTP/1.1\r\nHost: h\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
                           + body)
        return int(answer[9:12]), answer.split("\r\n\r\n", 1)[1].strip()

    def memory_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))

    def stop(self):
        """What it counted."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(30):
            raise AssertionError(f"exit status {self.process.returncode}: {self.logged()}")
        self.reader.join(10)
        self.process.stdout.close()
        self.log.close()
        return self.lines[-1]


class Webhooks(unittest.TestCase):
    arguments = ("--listen", "127.0.0.1:0", "--secret", "any=" + SECRET)

    def setUp(self):
        self.program = Program(*self.arguments)
        self.addCleanup(lambda: self.program.process.poll() is None and self.program.stop())

    def takes(self, body, headers, **expected):
        before = len(self.program.lines)
        self.assertEqual(self.program.ask(body, headers), (202, "accepted"))
        self.program.eventually(lambda: len(self.program.lines) > before)
        self.assertEqual({k: self.program.lines[-1][k] for k in expected}, expected)

    def test_each_forge_is_heard(self):
        body = encode(PUSH)
        pushed = dict(kind="push", repository="shop/orders", ref="refs/heads/main", commit=NEW)
        self.takes(body, github(body), url=REPOSITORY["clone_url"], **pushed)
        self.takes(body, {"X-Gitea-Event": "push", "X-Gitea-Delivery": "1", "X-Gitea-Signature": mac(body)}, **pushed)
        self.takes(body, {"X-Forgejo-Event": "push", "X-Forgejo-Delivery": "1", "X-Forgejo-Signature": mac(body)},
                   **pushed)
        lab = encode({"object_kind": "push", "ref": "refs/heads/main", "after": NEW,
                      "project": {"path_with_namespace": "shop/orders"}})
        self.takes(lab, {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Event-UUID": "1", "X-Gitlab-Token": SECRET}, **pushed)
        cloud = encode({"repository": {"full_name": "shop/orders"}, "push": {"changes": [
            {"new": {"type": "branch", "name": "main", "target": {"hash": NEW}}, "old": None}]}})
        self.takes(cloud, {"X-Event-Key": "repo:push", "X-Request-UUID": "1", "X-Hub-Signature": "sha256=" + mac(cloud)},
                   **pushed)
        generic, now = encode({"environment": "beta", "application": "orders"}), int(time.time())
        self.takes(generic, {"X-Plumb-Signature": f"t={now},v1=" + mac(f"{now}.".encode() + generic)}, kind="sync",
                   environment="beta", application="orders")
        pull = encode({"action": "created", "issue": {"number": 7, "pull_request": {}}, "repository": REPOSITORY,
                       "comment": {"id": 5, "body": "/plumb plan", "user": {"login": "bob"}}})
        self.takes(pull, github(pull, "issue_comment", "2"), kind="comment", number=7, text="/plumb plan")
        ping = encode({"zen": "x"})
        self.assertEqual(self.program.ask(ping, github(ping, "ping", "3"), path="/webhook/orders"),
                         (202, "nothing to do"))

    def test_what_is_not_signed_so_is_denied(self):
        body = encode(PUSH)
        good = github(body)
        wrong = [
            {k: v for k, v in good.items() if k != "X-Hub-Signature-256"},
            github(body, signature=""), github(body, signature="sha256="), github(body, signature=mac(body)),
            github(body, signature="sha256=" + mac(body, "another")), github(body, signature="sha256=" + mac(body)[:-1]),
            github(body, signature="sha256=" + mac(body) + "0"), github(body, signature="SHA256=" + mac(body)),
            github(body, signature="sha256=" + mac(body).upper()), github(body, signature="sha256=" + "0" * 5000),
            [*good.items(), ("X-Hub-Signature-256", good["X-Hub-Signature-256"])],
            [*good.items(), ("x-hub-signature-256", "sha256=" + mac(body, "another"))],
            {"X-GitHub-Event": "push",
             "X-Hub-Signature": "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()},
            {"X-Hub-Signature-256": good["X-Hub-Signature-256"]}, {},
        ]
        for headers in wrong:
            self.assertEqual(self.program.ask(body, headers), (401, "not signed as it should be"), headers)
        encoded_anew = json.dumps(PUSH, separators=(",", ":")).encode()
        self.assertEqual(self.program.ask(encoded_anew, good)[0], 401)
        self.assertEqual(self.program.ask(b"no JSON", github(body))[0], 401)  # and not 400: it was not looked at
        self.assertEqual(self.program.ask(b"no JSON", github(b"no JSON"))[0], 400)
        self.assertEqual(self.program.lines, [])
        self.assertEqual(self.program.ask(body, good)[0], 202)
        logged = [line for line in self.program.logged() if line["event"] == "webhook refused"]
        self.assertEqual(len(logged), 1)  # the others are counted: nobody fills a disk by junk

    def test_malformed_bodies_are_refused_and_the_process_lives(self):
        def places(document, path=()):
            for key, value in (document.items() if isinstance(document, dict) else ()):
                yield (*path, key)
                yield from places(value, (*path, key))

        others = [None, True, 7, 1e400, -1, "", "x" * 5000, "\x00", [], {}, [[]]]
        statuses = {}
        for path in places(PUSH):
            for other in others:
                document = json.loads(json.dumps(PUSH))
                at = document
                for key in path[:-1]:
                    at = at[key]
                at[path[-1]] = other
                body = json.dumps(document).replace("Infinity", "1e400").encode()
                status, _ = self.program.ask(body, github(body, delivery=f"{path}{other}"))
                statuses.setdefault(status, []).append((path, other))
        self.assertEqual(set(statuses), {202, 400})
        for path in (("ref",), ("after",), ("repository",), ("repository", "full_name")):
            self.assertIn((path, 7), statuses[400])
            self.assertIn((path, None), statuses[400])
        for body in (b"", b"{", b"[" * 100000, b'{"a":' * 1000, b"\xff\xfe", b'{"ref":"\\ud800"}', b'{"a":1,"a":2}',
                     b"[" + b"0," * 400000 + b"0]"):
            self.assertEqual(self.program.ask(body, github(body))[0], 400, body[:20])
        self.assertEqual(self.program.ask(method="GET", path="/healthz"), (200, "ok"))

    def test_a_delivery_is_worked_on_once(self):
        body = encode(PUSH)
        self.assertEqual(self.program.ask(body, github(body)), (202, "accepted"))
        for number in range(1000):  # also under other ids, which nobody has signed
            self.assertEqual(self.program.ask(body, github(body, delivery=str(number % 10))), (202, "seen before"))
        for after in (OLD, NEW[:-1] + "3"):  # others, in whatever order, and of repositories that nobody knows
            other = encode(dict(PUSH, after=after, repository={"full_name": "who/knows"}))
            self.assertEqual(self.program.ask(other, github(other, delivery="x" + after)), (202, "accepted"))
        self.program.eventually(lambda: len(self.program.lines) == 3)
        self.assertEqual([line["commit"] for line in self.program.lines], [NEW, OLD, NEW[:-1] + "3"])

    def test_health_and_readiness(self):
        self.assertEqual(self.program.ask(method="GET", path="/healthz"), (200, "ok"))
        self.assertEqual(self.program.ask(method="GET", path="/readyz"), (200, "all is well"))
        self.assertEqual(self.program.ask(method="GET", path="/webhook")[0], 405)
        self.assertEqual(self.program.ask(method="GET", path="/metrics")[0], 404)
        self.program.stop()
        self.program = Program("--listen", "127.0.0.1:0", "--not-ready", "the ledger was not read for 5 minutes")
        self.assertEqual(self.program.ask(method="GET", path="/readyz"), (503, "the ledger was not read for 5 minutes"))
        self.assertEqual(self.program.ask(method="GET", path="/healthz"), (200, "ok"))
        body = encode(PUSH)
        self.assertEqual(self.program.ask(body, github(body))[0], 401)  # there is no secret
        self.assertEqual(self.program.ask(body, github(body, signature="sha256=" + mac(body, "")))[0], 401)

    def test_large_webhooks_are_answered_in_time(self):
        times = []
        for number in range(9):
            body = encode(dict(PUSH, after=str(number) * 40, commits=[{"message": "m" * 100, "n": n}
                                                                       for n in range(2000)]))
            start = time.monotonic()
            self.assertEqual(self.program.ask(body, github(body, delivery=str(number))), (202, "accepted"))
            times.append((time.monotonic() - start) * 1000)
        times.sort()
        print(f"{len(body)} bytes are answered in {times[4]:.0f} ms, at most in {times[-1]:.0f} ms")
        self.assertLess(times[4], 1000 if SLOW else 100)


# Junk for so many seconds by three threads: wrong signatures, wrong requests, bodies that are too large.  Who attacks
# does it by a machine of his own: here he takes the processor from nobody.
JUNK = r"""
import os, socket, sys, threading, time
os.nice(19)
port, end = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
body = b"{" * 2000
kinds = [
    b"POST /webhook HTTP/1.1\r\nHost: h\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: sha256=00\r\n"
    b"Content-Length: 2000\r\n\r\n" + body,
    b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET /healthz\r\n\r\n",
    b"POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 104857600\r\n\r\n",
    b"POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /webhook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 2000,
    b"GET /healthz HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 3000 + b"\r\n",
    b"\x16\x03\x01" + bytes(200),
]
count = [0] * 3
def attack(which):
    n = which
    while time.monotonic() < end:
        n += 1
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.2) as connection:
                connection.sendall(kinds[n % len(kinds)])
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass
        except OSError:
            pass
        count[which] += 1
threads = [threading.Thread(target=attack, args=(n,)) for n in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(count))
"""

# Holds idle connections, and some that send a byte now and then, and makes them anew where they are closed.
IDLE = r"""
import os, resource, socket, sys, time
os.nice(19)
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
port, end = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
idle, slow, made = [], [], 0
def connect():
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex(("127.0.0.1", port))
    return connection
while time.monotonic() < end:
    for held, wanted in ((idle, min(10000, most - 200)), (slow, 100)):
        while len(held) < wanted:
            held.append(connect())
            made += 1
    for held in (idle, slow):
        for connection in held[:]:
            try:
                if held is slow:
                    connection.send(b"G")
                if connection.recv(1) == b"":
                    raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                held.remove(connection)
                connection.close()
    time.sleep(0.05)
print(made)
"""


class Load(unittest.TestCase):
    def attack(self, script, seconds):
        return subprocess.Popen([sys.executable, "-c", script, str(self.program.port), str(seconds)],
                                stdout=subprocess.PIPE, text=True)

    def healthy(self, count):
        """The 99th of a hundred times that a health check takes, in ms."""
        times = []
        for _ in range(count):
            start = time.monotonic()
            self.assertEqual(self.program.ask(method="GET", path="/healthz"), (200, "ok"))
            times.append((time.monotonic() - start) * 1000)
            time.sleep(0.002)
        return sorted(times)[count * 99 // 100]

    def test_health_answers_under_junk_and_idle_connections(self):
        self.program = Program(*Webhooks.arguments)
        self.addCleanup(lambda: self.program.process.poll() is None and self.program.stop())
        calm, before = self.healthy(100), self.program.memory_mib()
        attackers = [self.attack(JUNK, 12), self.attack(IDLE, 12)]
        time.sleep(1.5)
        # Another test may need the processor just then: the best of five is what plumb does.
        under_load = min(self.healthy(200) for _ in range(5))
        body = encode(PUSH)
        self.assertEqual(self.program.ask(body, github(body)), (202, "accepted"))
        memory = self.program.memory_mib()
        junk, idle = (int(attacker.communicate(timeout=60)[0]) for attacker in attackers)
        counted = self.program.stop()
        print(f"/healthz p99 {calm:.1f} ms alone, {under_load:.1f} ms under {junk} junk requests and {idle} idle or slow "
              f"connections; {before} MiB, then {memory} MiB; {counted}")
        self.assertGreater(junk, 100)
        self.assertGreater(counted["displaced"], 1000)
        self.assertEqual(self.program.lines[0]["commit"], NEW)
        self.assertEqual(len(self.program.lines), 2)  # the push, and what was counted
        self.assertLess(under_load, 500 if SLOW else 50)
        self.assertLess(memory - before, 400 if SLOW else 64)

    def test_slow_connections_are_cut_off(self):
        self.program = Program(*Webhooks.arguments)
        self.addCleanup(lambda: self.program.process.poll() is None and self.program.stop())
        start = time.monotonic()
        with self.program.connect() as slow, self.program.connect() as silent:
            slow.sendall(b"POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n")
            slow.settimeout(0.5)
            while time.monotonic() < start + 20:  # a byte each half second
                try:
                    slow.send(b"x")
                    if slow.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
                except ConnectionError:
                    break
            took = time.monotonic() - start
            self.assertEqual(silent.recv(1), b"")
        self.assertLess(took, 15)
        self.assertEqual(self.program.stop()["expired"], 2)


class Queue(unittest.TestCase):
    """Two accounts whose queues are subscribed to one topic."""

    def setUp(self):
        self.account = harness.Simulator()
        self.addCleanup(self.account.close)
        topics = self.account.client("sns", "beta")
        self.topic = topics.create_topic(Name="webhooks")["TopicArn"]
        self.publish = lambda message: topics.publish(TopicArn=self.topic, Message=json.dumps(message))
        self.queues = self.account.client("sqs", "beta")
        self.url = self.queues.create_queue(QueueName="plumb", Attributes={"VisibilityTimeout": "2"})["QueueUrl"]
        topics.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:111111111111:plumb")
        self.program = Program("--queue", self.url, "--listen", "127.0.0.1:0", "--secret", "github=" + SECRET,
                               account=self.account)
        self.addCleanup(lambda: self.program.process.poll() is None and self.program.stop())

    def empty(self):
        counts = self.queues.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"

    def put(self, message):
        self.queues.send_message(QueueUrl=self.url,
                                 MessageBody=message if isinstance(message, str) else json.dumps(message))

    def test_webhooks_are_passed_on(self):
        body = encode(PUSH)
        start = time.monotonic()
        self.publish({"headers": github(body), "body": body.decode()})
        self.program.eventually(lambda: self.program.lines)
        print(f"by topic and queue in {(time.monotonic() - start) * 1000:.0f} ms")
        self.assertEqual((self.program.lines[0]["kind"], self.program.lines[0]["commit"]), ("push", NEW))
        self.assertEqual(self.program.ask(body, github(body)), (202, "seen before"))  # by the other way
        self.publish({"headers": github(body), "body": body.decode()})
        other = encode(dict(PUSH, after=OLD))
        self.publish({"headers": github(other, delivery="2"), "body": base64.b64encode(other).decode(),
                      "isBase64Encoded": True})
        forged = encode(dict(PUSH, after="3" * 40))
        self.publish({"headers": github(forged, signature="sha256=" + mac(forged, "x")), "body": forged.decode()})
        self.program.eventually(lambda: len(self.program.lines) == 2 and self.empty())
        self.assertEqual(self.program.lines[1]["commit"], OLD)
        self.assertTrue([line for line in self.program.logged() if line["event"] == "webhook refused"])

    def test_changed_resources_are_told(self):
        def call(number, name, agent="console.amazonaws.com", **more):
            return {"id": f"e-{number}", "detail-type": "AWS API Call via CloudTrail", "source": "aws.lambda",
                    "account": "111111111111", "region": "us-east-1", "resources": [], "detail": dict({
                        "eventSource": "lambda.amazonaws.com", "eventName": name, "userAgent": agent,
                        "userIdentity": {"arn": "arn:aws:iam::111111111111:user/ann"},
                        "requestParameters": {"functionName": "beta-orders", "memorySize": 512}}, **more)}
        self.put(call(1, "UpdateFunctionConfiguration20150331v2"))
        self.put(call(1, "UpdateFunctionConfiguration20150331v2"))  # queues deliver at least once
        self.put(call(2, "UpdateFunctionCode20150331v2", agent="plumb/0.1.0"))
        self.put(call(3, "GetFunction20150331", readOnly=True))
        self.put(call(4, "DeleteFunction20150331"))
        self.program.eventually(lambda: len(self.program.lines) == 2 and self.empty())
        self.assertEqual(self.program.lines[0], {
            "kind": "resource", "account": "111111111111", "region": "us-east-1", "service": "lambda",
            "event": "UpdateFunctionConfiguration", "principal": "arn:aws:iam::111111111111:user/ann",
            "userAgent": "console.amazonaws.com", "names": ["beta-orders"]})
        self.assertEqual(self.program.lines[1]["event"], "DeleteFunction")

    def test_what_cannot_be_read_is_logged_and_gone(self):
        for poison in ("hello", "{}", "[" * 100000, '{"headers": 7}', '{"detail-type": [], "detail": 7}'):
            self.put(poison)
        self.put({"environment": "beta"})
        self.program.eventually(lambda: self.program.lines and self.empty())
        self.assertEqual(self.program.lines, [{"kind": "sync", "environment": "beta"}])
        time.sleep(2.5)  # past the time after which they would come back
        logged = [line for line in self.program.logged() if "cannot be read" in line["event"]]
        self.assertEqual(len(logged), 5)

    def test_a_queue_that_fails_is_tried_again(self):
        self.account.post("faults", {"match": {"service": "sqs", "operation": "ReceiveMessage"}, "fault": "error",
                                     "status": 403, "code": "AccessDenied", "times": 2})
        self.program.eventually(lambda: [line for line in self.program.logged()
                                         if line["event"] == "cannot read the queue"])
        self.put({"environment": "beta"})
        self.program.eventually(lambda: self.program.lines)
        self.assertEqual(self.program.ask(method="GET", path="/healthz"), (200, "ok"))

    def test_a_lost_deletion_tells_nothing_twice(self):
        self.account.post("faults", {"match": {"service": "sqs", "operation": "DeleteMessageBatch"}, "fault": "error",
                                     "status": 400, "code": "InvalidAddress", "times": 1})
        body = encode(PUSH)
        self.publish({"headers": github(body), "body": body.decode()})
        self.program.eventually(lambda: self.program.lines)
        self.program.eventually(self.empty)
        self.assertEqual(len(self.program.lines), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
