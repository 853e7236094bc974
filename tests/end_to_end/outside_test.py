#!/usr/bin/env python3
"""Values that only the account or another application knows: dynamic references, parameters that lie in SSM, zones of
availability, outputs and exports.  Small templates on the simulator; moto is the second witness."""
import json
import os
import re
import subprocess
import unittest

import changes_test
import harness
from changes_test import ACCOUNT, REGION, function, name, role, topic

SECRET, KEY = "hunter2-Zm9vYmFy", "sesame-cXV1eA"


def variables(**those):
    return {"Role": role(), "Function": function(Environment={"Variables": those})}


class References(changes_test.Changes):
    def variables(self):
        live = self.client("lambda").get_function_configuration(FunctionName=name("Function"))
        return live.get("Environment", {}).get("Variables", {})

    def put(self, parameter, value, kind="String"):
        self.client("ssm").put_parameter(Name=parameter, Value=value, Type=kind, Overwrite=True)

    def set_variables(self, **those):
        self.client("lambda").update_function_configuration(FunctionName=name("Function"),
                                                            Environment={"Variables": those})

    def references(self):
        """What the ledger says of the function's."""
        text = self.repository.git("show", f"refs/plumb/{ACCOUNT}:{REGION}/beta/shop/inventory.json")
        entry = next(e for e in json.loads(text)["resources"] if e["logicalId"] == "Function")
        return entry["properties"]["Environment"]["Variables"], entry.get("references")

    def test_they_reach_aws_and_are_recorded_as_references(self):
        self.put("/db/host", "db.example.com")
        secret = self.client("secretsmanager").create_secret(
            Name="db", SecretString=json.dumps({"user": "shop", "password": SECRET}))
        url = "pg://{{resolve:secretsmanager:db:SecretString:user}}@{{resolve:ssm:/db/host:1}}"
        password = "{{resolve:secretsmanager:%s:SecretString:password}}" % secret["ARN"]
        resources = variables(URL=url, PASSWORD=password)
        self.commit(resources)
        creates = self.repository.json(self.account, "plan")[0]["changes"]
        self.assertIn({"path": "Environment", "before": None, "after": {"Variables": {"URL": url, "PASSWORD": password}}},
                      next(c for c in creates if c["logicalId"] == "Function")["differences"])
        self.apply()
        self.assertEqual(self.variables(), {"URL": "pg://shop@db.example.com", "PASSWORD": SECRET})
        version = secret["VersionId"]
        self.assertEqual(self.references(), ({"URL": url, "PASSWORD": password}, {
            "{{resolve:secretsmanager:db:SecretString:user}}": version, "{{resolve:ssm:/db/host:1}}": "1",
            password: version}))
        self.in_sync()

    def test_a_rotated_secret_is_no_change_and_a_changed_live_value_is_drift(self):
        manager = self.client("secretsmanager")
        manager.create_secret(Name="db", SecretString=SECRET)
        reference = "{{resolve:secretsmanager:db}}"
        self.release(variables(PASSWORD=reference))
        manager.put_secret_value(SecretId="db", SecretString=SECRET + "2")
        self.in_sync()
        self.set_variables(PASSWORD="other")
        self.assertEqual(self.drift(), ["Function changed Environment.Variables.PASSWORD"])
        self.assertEqual(self.plan(), ["update Function", "  Environment.Variables.PASSWORD: "
                                       f'"****" -> "{reference}" (drift)'])
        self.set_variables(PASSWORD=SECRET)
        self.in_sync()
        # with the next change of the function it gets the newest, as CloudFormation does
        self.release(variables(PASSWORD=reference, LEVEL="b"))
        self.assertEqual(self.variables(), {"PASSWORD": SECRET + "2", "LEVEL": "b"})
        self.in_sync()
        # the version that was applied is gone: not comparable, and no reason to write
        for number in "34":
            manager.put_secret_value(SecretId="db", SecretString=SECRET + number)
        plan = self.repository.json(self.account, "plan")[0]
        self.assertEqual((plan["changes"], plan["notComparable"]), ([], 1))
        self.in_sync()
        # another reference is a change; so is none
        self.commit(variables(PASSWORD="{{resolve:secretsmanager:db::::}}", LEVEL="b"))
        self.assertEqual(self.plan(), ["update Function", "  Environment.Variables.PASSWORD: "
                                       '"****" -> "{{resolve:secretsmanager:db::::}}"'])
        self.apply()
        self.assertEqual(self.variables()["PASSWORD"], SECRET + "4")
        self.commit(variables(LEVEL="b"))
        self.assertEqual(self.plan(), ["update Function", '  Environment.Variables.PASSWORD: "****" -> -'])
        self.apply()
        self.in_sync()

    def test_a_plain_parameter_is_compared_by_value(self):
        self.put("/level", "info")
        self.release(variables(LEVEL="{{resolve:ssm:/level}}", FIRST="{{resolve:ssm:/level:1}}"))
        self.in_sync()
        self.put("/level", "info")
        self.in_sync()
        self.put("/level", "debug")
        self.assertEqual(self.drift(), [])
        self.assertEqual(self.plan(), ["update Function", '  Environment.Variables.LEVEL: "****" -> '
                                       '"{{resolve:ssm:/level}}"'])
        self.apply()
        self.assertEqual(self.variables(), {"LEVEL": "debug", "FIRST": "info"})
        self.in_sync()

    def test_what_cannot_be_read_is_refused_before_anything_is_written(self):
        for value, why in (
                ("{{resolve:ssm:/none}}", "ParameterNotFound"),
                ("{{resolve:ssm:/key}}", "is a SecureString: only ssm-secure may name it"),
                ("{{resolve:secretsmanager:none}}", "ResourceNotFoundException"),
                ("{{resolve:secretsmanager:db:SecretString:pasword}}", "the secret 'db' has no key 'pasword'")):
            self.account.post("reset", {})
            self.put("/key", KEY, "SecureString")
            self.client("secretsmanager").create_secret(Name="db", SecretString=json.dumps({"password": SECRET}))
            self.account.forget()
            self.commit(variables(A=value))
            said = self.apply(expect=1).stderr
            self.assertRegex(said, re.escape(value) + ": .*" + re.escape(why) + r".* \(template.json:\d+:\d+\)")
            self.assertNotIn(SECRET, said)
            self.assertEqual(self.account.mutating(), [])

    def test_a_parameter_in_ssm_decides_a_condition(self):
        template = {"Parameters": {"Stage": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/stage"},
                                   "Names": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/names"}},
                    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}}
        resources = {"Topic": topic(DisplayName={"Fn::Select": [1, {"Ref": "Names"}]}),
                     "Second": dict(topic(), Condition="IsProd")}
        self.commit(resources, environment={"Stage": "/stage"}, **template)
        said = self.apply(expect=1).stderr
        self.assertRegex(said, r"parameter 'Stage' takes its value from the SSM parameter '/stage', which does not exist "
                               r"\(environments/beta/environment.yaml:1:\d+\)")
        self.put("/stage", "beta")
        self.put("/names", "a, b", "StringList")
        self.account.forget()
        self.apply()
        self.assertEqual(self.calls("GetParameter", "GetParameters"), ["GetParameters"])
        self.holds(f"topic {name('Topic')}")
        self.in_sync()
        self.put("/stage", "prod")
        self.assertEqual(self.plan(), ["create Second"])
        said = self.repository.plumb(self.account, "render", "beta/shop", expect=1).stderr
        self.assertIn("condition 'IsProd' needs 'Stage', which is not known without an account", said)

    def test_zones(self):
        self.release({"Topic": topic(DisplayName={"Fn::Join": ["-", {"Fn::GetAZs": ""}]}),
                      "There": topic(DisplayName={"Fn::Select": [0, {"Fn::GetAZs": "eu-west-1"}]})})
        self.in_sync()
        attributes = lambda topic_id: self.client("sns").get_topic_attributes(
            TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:{name(topic_id)}")["Attributes"]["DisplayName"]
        self.assertEqual([attributes("Topic"), attributes("There")],
                         ["us-east-1a-us-east-1b-us-east-1c", "eu-west-1a"])


    def test_a_secret_reaches_aws_and_nothing_else(self):
        self.client("secretsmanager").create_secret(Name="db", SecretString=json.dumps({"password": SECRET}))
        self.put("/plain", KEY)
        said = ""
        every = [("plan",), ("plan", "-o", "json"), ("apply",), ("drift",), ("drift", "-o", "json"), ("status",),
                 ("log",), ("render", "beta/shop"), ("render", "--transform-only", "template.json")]
        for level in "ab":
            self.commit(variables(
                PASSWORD="{{resolve:secretsmanager:db:SecretString:password}}", KEY="{{resolve:ssm:/plain}}", L=level,
                URL={"Fn::Sub": "x-${Role}-{{resolve:secretsmanager:db:SecretString:password}}"}))
            for arguments in every:
                done = self.repository.plumb(self.account, *arguments, variables={"PLUMB_LOG": "debug"})
                said += done.stdout + done.stderr
            self.assertEqual(self.variables()["PASSWORD"], SECRET)
        # AWS refuses the next one and quotes it
        self.commit({"Role": role(), "Function": dict(function(), Properties=dict(
            function()["Properties"], Role="{{resolve:secretsmanager:db:SecretString:password}}"))})
        refused = self.apply(expect=1).stderr
        self.assertIn("Value '" + "*" * len(SECRET) + "' at 'role'", refused)
        said += refused
        with open(os.path.join(self.repository.home, "requests"), encoding="utf-8") as log:
            said += log.read()
        objects = subprocess.run(["git", "cat-file", "--batch-all-objects", "--batch"], cwd=self.repository.path,
                                 check=True, capture_output=True).stdout
        self.assertIn(b'"references"', objects)
        for canary in (SECRET, KEY):
            self.assertEqual([line for line in said.splitlines() if canary in line], [])
            self.assertNotIn(canary.encode(), objects)


if __name__ == "__main__":
    unittest.main(verbosity=2)
