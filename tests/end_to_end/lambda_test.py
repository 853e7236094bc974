#!/usr/bin/env python3
"""`plumb lambda` against a runtime API of its own: events in, answers out, one pass each; the deadline; what fails."""
import hashlib
import hmac
import http.server
import json
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import harness
import run_test

SECRET = "a secret of thirty-two characters"
SCHEDULE = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events",
            "account": "111111111111", "time": "2026-11-27T12:00:00Z", "region": "us-east-1", "resources": [], "detail": {}}


class RuntimeApi:
    """What Lambda offers to a custom runtime: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

    def __init__(self):
        self.events, self.answers, self.asked = queue.Queue(), queue.Queue(), 0
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                assert self.path == "/2018-06-01/runtime/invocation/next", self.path
                api.asked += 1
                event = api.events.get()
                if event is None:  # the end of the test: the caller may be gone
                    self.close_connection = True
                    return
                name, body, seconds = event
                self.answer(200, body, Lambda_Runtime_Aws_Request_Id=name,
                            Lambda_Runtime_Deadline_Ms=str(int((time.time() + seconds) * 1000)))

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name, what = self.path.removeprefix("/2018-06-01/runtime/invocation/").split("/")
                now = time.time()
                self.answer(202, b'{"status": "OK"}')
                api.answers.put((name, what, body, now))  # the test may end the caller from here on

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


class Lambda(run_test.Case):
    def setUp(self):
        super().setUp()
        self.repository.edit("environments/prod/environment.yaml", "1s", "1h")  # by itself nothing is due
        self.repository.commit("Look seldom")
        self.api = RuntimeApi()
        self.addCleanup(self.api.close)
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.addCleanup(self.log.close)
        self.count = 0

    def begin(self, *arguments):
        cache = tempfile.mkdtemp(prefix="cache-", dir=self.repository.home)
        self.process = subprocess.Popen(
            [harness.PLUMB, "lambda", *arguments], cwd=self.repository.path, stderr=self.log,
            env=dict(self.repository.environment(self.account), PLUMB_CACHE=cache, PLUMB_WEBHOOK_SECRET=SECRET,
                     AWS_LAMBDA_RUNTIME_API=self.api.address))
        self.addCleanup(self.end)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def told(self, what):
        with open(self.log.name, encoding="utf-8") as f:
            return [e for e in map(json.loads, f.read().splitlines()) if e["event"] == what]

    def invoke(self, event, seconds=60):
        """What is answered: ("response" or "error", body)."""
        self.count += 1
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        self.api.events.put((f"id-{self.count}", body, seconds))
        name, what, answer, self.answered = self.api.answers.get(timeout=max(seconds, 30))
        self.assertEqual(name, f"id-{self.count}")
        return what, answer

    def waits(self):
        """Until it asks for the next event: what it did is done."""
        self.eventually(lambda: self.api.asked == self.count + 1)

    def webhook(self, body, secret=SECRET):
        text, now = json.dumps(body), str(int(time.time()))
        mac = hmac.new(secret.encode(), f"{now}.{text}".encode(), hashlib.sha256).hexdigest()
        return {"version": "2.0", "rawPath": "/", "headers": {"x-plumb-signature": f"t={now},v1={mac}"}, "body": text,
                "isBase64Encoded": False, "requestContext": {"http": {"method": "POST"}}}

    def message(self, body):
        return {"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": json.dumps(body),
                             "attributes": {"SentTimestamp": str(int(time.time() * 1000))}}]}

    def changed(self, identity):
        url = self.account.client("sqs", "beta").get_queue_url(QueueName="OrdersProd")["QueueUrl"]
        return {"id": identity, "version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.sqs",
                "account": "111111111111", "region": "us-east-1", "time": "2026-11-27T12:00:00Z", "resources": [],
                "detail": {"eventSource": "sqs.amazonaws.com", "eventName": "SetQueueAttributes", "userAgent": "console",
                           "userIdentity": {"arn": "arn:aws:iam::111111111111:user/ann"},
                           "requestParameters": {"queueUrl": url}}}

    def test_each_event_is_a_pass(self):
        self.begin()
        self.assertEqual(self.invoke(SCHEDULE), ("response", {"looks": 1, "complete": True}))
        self.assertTrue(self.released())
        self.assertEqual(self.invoke(SCHEDULE), ("response", {"looks": 0, "complete": True}))  # nothing is due
        self.commit_timeout(60, 61)
        self.assertEqual(self.invoke({}), ("response", {"looks": 1, "complete": True}))
        self.assertEqual(self.timeout_of_queue(), "61")
        # What somebody changed, by EventBridge itself and by a queue and a topic.
        for number, wrap in enumerate([lambda e: e, self.message,
                                       lambda e: {"Records": [{"EventSource": "aws:sns", "Sns": {
                                           "Message": json.dumps(e), "Timestamp": "2026-11-27T12:00:00.000Z"}}]}]):
            self.edit_queue("77")
            self.assertEqual(self.invoke(wrap(self.changed(str(number)))), ("response", {"looks": 1, "complete": True}))
            self.assertEqual(self.timeout_of_queue(), "61")
        self.assertEqual(self.invoke(self.changed("0"))[1]["looks"], 0)  # told before
        self.assertEqual(self.invoke({"environment": "prod", "application": "orders"})[1]["looks"], 1)
        self.assertEqual(self.invoke(self.message("what is this?"))[1]["looks"], 0)
        self.assertTrue(self.told("a message cannot be read and is deleted"))

    def test_a_webhook_is_answered_before_the_pass(self):
        self.begin()
        self.invoke(SCHEDULE)
        self.commit_timeout(60, 62)
        head = self.repository.git("rev-parse", "HEAD").strip()
        push = {"ref": "refs/heads/main", "after": head, "repository": "https://git.example/any/shop.git"}
        what, answer = self.invoke(self.webhook(push))
        self.assertEqual((what, answer), ("response", {"statusCode": 202, "body": "accepted\n"}))
        self.waits()
        self.assertEqual(self.timeout_of_queue(), "62")
        passes = len(self.told("pass"))
        self.assertEqual(self.invoke(self.webhook(push, secret="not the secret"))[1]["statusCode"], 401)
        self.assertEqual(self.invoke({"headers": {}, "requestContext": {}})[1]["statusCode"], 400)
        self.waits()
        self.assertEqual(len(self.told("pass")), passes)  # what is refused costs no pass

    def test_a_pass_that_fails_is_told_and_the_next_goes_on(self):
        self.repository.edit(run_test.TEMPLATE_FILE, "AWS::SNS::Topic}", "AWS::SNS::Topic, Properties: {Nonsense: 1}}")
        self.repository.commit("A mistake")
        self.begin()
        what, answer = self.invoke(SCHEDULE)
        self.assertEqual((what, answer["errorType"]), ("error", "Plumb.Pass"))
        self.assertEqual(answer["errorMessage"], "1 of the applications could not be kept: the log says why")
        what, answer = self.invoke(b"not json")
        self.assertEqual(what, "error")
        self.repository.edit(run_test.TEMPLATE_FILE, ", Properties: {Nonsense: 1}}", "}")
        self.repository.commit("Mended")
        self.assertEqual(self.invoke(SCHEDULE), ("response", {"looks": 1, "complete": True}))
        self.assertTrue(self.released())

    def test_a_repository_that_comes_later(self):
        elsewhere = self.repository.path + ".away"
        self.begin("--repo", self.repository.path)
        os.rename(self.repository.path, elsewhere)
        self.assertEqual(self.invoke(SCHEDULE)[0], "error")
        os.rename(elsewhere, self.repository.path)
        self.assertEqual(self.invoke(SCHEDULE), ("response", {"looks": 1, "complete": True}))

    def test_the_deadline_breaks_a_release_off_and_the_next_pass_continues_it(self):
        self.account.post("faults", {"match": {"service": "sns", "operation": "CreateTopic"}, "fault": "delay", "ms": 1500, "times": 0})
        self.begin()
        self.invoke({"environment": "nowhere"}, seconds=0.1)  # no time for anything
        start = time.time()
        what, answer = self.invoke(SCHEDULE, seconds=3)  # three topics, one after another
        self.assertEqual((what, answer), ("response", {"looks": 1, "complete": False}))
        self.assertLess(self.answered - start, 3.2)
        self.assertTrue(self.told("interrupted"))
        self.assertFalse(self.released())
        self.assertIn("sns.CreateTopic", self.creates())
        self.assertEqual(self.invoke(SCHEDULE), ("response", {"looks": 1, "complete": True}))
        self.assertTrue(self.released())
        self.assertEqual(self.creates().count("sqs.CreateQueue"), 1)
        self.assertEqual(len(self.account.client("sns", "beta").list_topics()["Topics"]), 3)

    def test_it_ends_when_it_is_told(self):
        self.begin()
        self.invoke(SCHEDULE)
        self.waits()
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(10), 0)

    def test_without_lambda_it_says_so(self):
        done = self.repository.plumb(self.account, "lambda", expect=1)
        self.assertIn("AWS_LAMBDA_RUNTIME_API is not set: `plumb lambda` is started by Lambda", done.stderr)
        done = self.repository.plumb(self.account, "lambda", expect=1, variables={
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{harness.free_port()}"})
        self.assertIn("cannot ask Lambda for the next event", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
