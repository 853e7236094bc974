#!/usr/bin/env python3
"""The secrets of an event connection, written down in the template: a change of one is found and applied, and neither
plan, ledger, cache nor request log ever shows one."""
import json
import os
import unittest

import harness


def template(key, header):
    return json.dumps({"Resources": {"Bank": {"Type": "AWS::Events::Connection", "Properties": {
        "AuthorizationType": "API_KEY", "AuthParameters": {
            "ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": key},
            "InvocationHttpParameters": {"HeaderParameters": [
                {"Key": "plain", "Value": "shown", "IsValueSecret": False},
                {"Key": "secret", "Value": header, "IsValueSecret": True}]}}}}}})


class Connections(unittest.TestCase):
    def setUp(self):
        self.account = harness.Simulator()
        self.repository = harness.Repository(example=None)
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": harness.ACCOUNTS["beta"], "region": harness.REGIONS["beta"]}))
        self.repository.write("environments/beta/shop.yaml", json.dumps({"template": "template.json"}))
        self.said = ""

    def tearDown(self):
        self.repository.close()
        self.account.close()

    def plumb(self, *arguments, expect):
        done = self.repository.plumb(self.account, *arguments, expect=expect)
        self.said += done.stdout + done.stderr
        return done.stdout

    def written(self):
        """All that plumb left on the disk, and its ledger."""
        texts = []
        for ref in self.repository.git("for-each-ref", "--format=%(refname)", "refs/plumb").split():
            texts.append(self.repository.git("log", "-p", ref))
        for folder, _, names in os.walk(self.repository.home):
            for name in names if not folder.startswith(self.repository.path) else []:
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    texts.append(file.read())
        return "".join(texts)

    def test_secrets_change_and_are_never_shown(self):
        changes = [("canary-1", "canary-2", None), ("canary-3", "canary-2", "ApiKeyValue"),
                   ("canary-3", "canary-4", "HeaderParameters[1].SecretValue")]
        for key, header, differs in changes:
            self.repository.write("template.json", template(key, header))
            self.repository.commit("A secret")
            planned = self.plumb("plan", expect=2)
            self.assertIn(differs or "+ create", planned)
            self.plumb("plan", "-o", "json", expect=2)
            self.plumb("apply", expect=0)
            self.plumb("plan", expect=0)
            self.plumb("drift", expect=0)
        events = self.account.client("events", "beta")
        name = events.list_connections()["Connections"][0]["Name"]
        events.update_connection(Name=name, AuthParameters={"InvocationHttpParameters": {"HeaderParameters": [
            {"Key": "plain", "Value": "another", "IsValueSecret": False},
            {"Key": "secret", "Value": "canary-5", "IsValueSecret": True}]}})
        self.assertIn("HeaderParameters[0].Value", self.plumb("drift", expect=2))
        self.plumb("apply", expect=0)
        found = events.describe_connection(Name=name)["AuthParameters"]["InvocationHttpParameters"]
        self.assertEqual(found["HeaderParameters"][0]["Value"], "shown")
        written = self.written()
        self.assertIn("ApiKeyName", written)
        for place in (self.said, written):
            self.assertNotIn("canary", place)


if __name__ == "__main__":
    unittest.main()
