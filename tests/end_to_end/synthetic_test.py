#!/usr/bin/env python3
"""Synthetic requests in rollouts: evidence for a version that nobody calls, and a wrong answer takes it back, before
any traffic moved and in the middle of a step."""
import http.server
import json
import os
import ssl
import subprocess
import threading
import time
import unittest

import rollout_run_test as runs

APPLICATION = '''\
template: apps/orders/template.yaml
deployment:
  steps: [{weight: 10, for: 1s}, {weight: 50}]
  minimumInvocations: 4
'''
ITEM = '''\
  synthetic:
    - name: List
      function: Orders
      payload: {path: /orders}
      perMinute: 600
      expect: {status: 200, body: {orders: []}, latency: 1s}
'''
VARIABLES = "      Environment: {Variables: {SIMULATOR_LATENCY: '%s', SIMULATOR_ANSWER: '%s'}}\n"


def answer(status, body):
    return json.dumps({"statusCode": status, "body": json.dumps(body)})


class Site(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the test says."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Synthetic(runs.Case):
    application = APPLICATION
    base = runs.TEMPLATE

    def release_as(self, latency, text, item=ITEM):
        """A commit whose version answers so."""
        self.repository.write("environments/beta/orders.yaml", APPLICATION + item)
        self.repository.write("apps/orders/template.yaml", self.base + VARIABLES % (latency, text))
        self.repository.commit("another answer")

    def history(self):
        return [line["event"] for line in self.release()["rollout"]["history"]]

    def wait_for(self, what):
        deadline = time.monotonic() + 60
        while not what():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_they_are_evidence(self):
        """Without traffic a version holds; a commit that adds requests goes through on them alone."""
        self.release_as(5, answer(200, {"orders": []}), item="")
        self.start("run", "--poll", "1s", "beta")
        self.wait_for(lambda: "hold" in self.release().get("rollout", {}))
        self.assertIn("has had no invocations yet", self.release()["rollout"]["hold"])
        self.release_as(5, answer(200, {"orders": [], "more": 1}))
        self.watch.wait(("3",), 90)
        self.ends("released")
        rollout = self.release()["rollout"]
        self.assertGreaterEqual(rollout["syntheticSent"], 9)  # one before, four in each step
        self.assertNotIn("syntheticFailed", rollout)
        self.assertRegex(self.release()["verdict"], r"invocations of the new version in this step, \d+ of them synthetic")
        sent = [i["payload"] for i in self.account.post("invocations", {})["invocations"]]
        self.assertEqual(sent, [])  # they are waited for, and no events
        log = self.account.requests()
        self.assertGreaterEqual(len([r for r in log if r["operation"] == "Invoke"]), 9)

    def test_plan_says_that_they_count(self):
        self.release_as(5, answer(200, {}))
        plan = self.repository.plumb(self.account, "plan", "beta").stdout
        self.assertIn("a step needs 4 invocations of the new version, synthetic requests among them", plan)

    def test_a_wrong_answer_before_traffic(self):
        for latency, text, why in ((5, answer(500, {"orders": []}), "List: status 500 instead of 200"),
                                   (5, answer(200, {"order": []}), "List: "),
                                   (1500, answer(200, {"orders": []}), "List: ")):
            with self.subTest(why=why, latency=latency):
                self.release_as(latency, text)
                self.repository.plumb(self.account, "apply", "beta", expect=1)
                self.assertEqual(self.release()["state"], "failed")
                self.assertIn("synthetic request " + why, self.release()["verdict"])
                rollout = self.release()["rollout"]
                self.assertEqual((rollout["syntheticSent"], rollout["syntheticFailed"]), (1, 1))
        self.assertEqual(self.watch.seen, [("1",)])

    def serve(self):
        """A site with TLS, and the certificate that it is known by."""
        home = self.repository.home
        key, certificate = os.path.join(home, "key.pem"), os.path.join(home, "site.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=site",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        site.socket = context.wrap_socket(site.socket, server_side=True)
        site.asked, site.status = [], 200
        threading.Thread(target=site.serve_forever, daemon=True).start()
        self.addCleanup(site.server_close)
        self.addCleanup(site.shutdown)
        plain = self.repository.environment
        self.repository.environment = lambda account: dict(plain(account), AWS_CA_BUNDLE=certificate)
        return site

    def test_a_wrong_answer_of_a_site_in_a_step(self):
        site = self.serve()
        self.release_as(5, answer(200, {"orders": []}),
                        item="  synthetic:\n    - name: Front\n      perMinute: 600\n"
                             f"      url: https://127.0.0.1:{site.server_port}/front\n      expect: {{status: 200}}\n")
        self.start("apply", "beta")
        self.watch.wait(("1", ("2", 0.1)))
        self.wait_for(lambda: len(site.asked) >= 3)  # the version gets none of these: it holds, and they go on
        self.assertEqual(self.watch.seen[-1], ("1", ("2", 0.1)))
        site.status = 503
        self.watch.wait(("1",), 15)
        self.ends("failed")
        self.assertIn("synthetic request Front: status 503 instead of 200", self.release()["verdict"])
        self.assertEqual(set(site.asked), {"/front"})
        self.assertEqual(self.watch.seen, [("1",), ("1", ("2", 0.1)), ("1",)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
