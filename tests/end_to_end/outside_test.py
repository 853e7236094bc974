#!/usr/bin/env python3
"""Values that only the account or another application knows: dynamic references, parameters that lie in SSM, zones of
availability, outputs and exports.  Small templates on the simulator; moto is the second witness."""
import json
import os
import re
import subprocess
import time
import unittest

import changes_test
import harness
from crash_proxy import CrashProxy
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

    def test_a_release_that_was_cut_off_goes_on_with_what_it_read(self):
        manager = self.client("secretsmanager")
        manager.create_secret(Name="db", SecretString=SECRET)
        reference = "{{resolve:secretsmanager:db}}"
        self.release(variables(PASSWORD=reference, LEVEL="a"))
        newest = manager.put_secret_value(SecretId="db", SecretString=SECRET + "2")["VersionId"]
        self.commit(variables(PASSWORD=reference, LEVEL="b"))
        proxy = CrashProxy(self.account.url)
        self.addCleanup(proxy.close)
        process = subprocess.Popen(
            [harness.PLUMB, "apply"], cwd=self.repository.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(self.repository.environment(self.account), AWS_ENDPOINT_URL=proxy.url))
        proxy.arm(process.pid, 1, False)
        process.wait(120)
        self.assertEqual(self.variables(), {"PASSWORD": SECRET + "2", "LEVEL": "b"})
        self.assertEqual(self.plan(), ["adopt Function"])
        self.apply()
        self.assertEqual(self.references()[1], {reference: newest})
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

    def test_a_resource_is_found_and_deleted_by_what_its_references_gave(self):
        queue_name = {"Queue": changes_test.queue(QueueName="other")}
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",
                                                          "Resource": "{{resolve:ssm:/arn}}"}]}
        self.release(queue_name)
        url = self.queue_url("other")
        self.put("/url", url)
        self.put("/arn", self.queue_attribute("other", "QueueArn"))
        resources = dict(queue_name, Policy=changes_test.resource("SQS::QueuePolicy", {
            "Queues": ["{{resolve:ssm:/url}}"], "PolicyDocument": policy}), Named=topic(TopicName="{{resolve:ssm:/name}}"))
        self.put("/name", "first")
        self.release(resources)
        self.assertIn(self.queue_attribute("other", "QueueArn"), self.queue_attribute("other", "Policy"))
        self.in_sync()
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
        self.assertEqual(self.plan(), ["create Policy"])
        self.apply()
        self.in_sync()
        # another name is another topic
        self.put("/name", "second")
        self.assertEqual(self.plan(), ["replace Named", '  TopicName: "****" -> "{{resolve:ssm:/name}}" !'])
        said = self.repository.plumb(self.account, "plan", expect=2).stdout
        self.assertIn("TopicName                   **** -> {{resolve:ssm:/name}}", said)
        self.apply()
        self.holds("queue other", "topic second")
        self.in_sync()
        self.release(queue_name, allow={"manyDeletes": True})
        self.assertIsNone(self.queue_attribute("other", "Policy"))
        self.holds("queue other")
        self.in_sync()

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
                PASSWORD="{{resolve:secretsmanager:db:SecretString:password}}", KEY="{{resolve:ssm:/plain}}", LEVEL=level,
                URL={"Fn::Sub": "x-${Role}-{{resolve:secretsmanager:db:SecretString:password}}"}))
            for arguments in every:
                done = self.repository.plumb(self.account, *arguments, variables={"PLUMB_LOG_LEVEL": "debug"})
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


def exporter(resources, **outputs):
    """A template whose outputs are exported under their own names, with the environment in front."""
    return {"Resources": resources, "Outputs": {
        key: {"Value": value, "Export": {"Name": {"Fn::Sub": "${Stage}-" + key}}} for key, value in outputs.items()},
        "Parameters": {"Stage": {"Type": "String"}}}


def importing(export, topic_id="Topic"):
    return {"Resources": {topic_id: topic(DisplayName={"Fn::ImportValue": export})}}


class Exports(changes_test.Changes):
    def commit_all(self, **applications):
        """A commit with these applications and no others; names of files sort a before z."""
        for old in os.listdir(os.path.join(self.repository.path, "environments/beta")):
            if old != "environment.yaml":
                os.remove(os.path.join(self.repository.path, "environments/beta", old))
        for key, template in applications.items():
            self.repository.write(key + ".json", json.dumps(template, indent=1))
            self.repository.write(f"environments/beta/{key}.yaml", json.dumps({"template": key + ".json"}))
        self.repository.commit("Change")

    def plumb(self, *arguments, expect=0):
        done = self.repository.plumb(self.account, *arguments, expect=expect)
        return done.stdout + done.stderr

    def released(self):
        """The applications in the order in which they were released last."""
        refs = self.repository.git("for-each-ref", "--format=%(refname)", "refs/plumb").split()
        subjects = self.repository.git("log", "--reverse", "--format=%s", *refs).split("\n") if refs else []
        return [s.split(":")[0].split("/")[1] for s in subjects if ": released" in s]

    def record(self, application):
        return json.loads(self.repository.git(
            "show", f"refs/plumb/{ACCOUNT}:{REGION}/beta/{application}/inventory.json"))

    def display_name(self, application="a", topic_id="Topic"):
        return next(t for t in self.topics() if f"beta-{application}-{topic_id}-" in t["TopicArn"])["DisplayName"]

    def topics(self):
        sns = self.client("sns")
        return [sns.get_topic_attributes(TopicArn=t["TopicArn"])["Attributes"] for t in sns.list_topics()["Topics"]]

    def in_sync(self):
        self.assertIn("nothing to do", self.plumb("plan", "beta"))
        self.account.forget()
        self.plumb("apply", "beta")
        self.assertEqual(self.account.mutating(), [])

    def test_exporters_come_before_importers(self):
        network = exporter({"Queue": changes_test.queue()}, Name={"Fn::GetAtt": ["Queue", "QueueName"]})
        self.commit_all(a=importing("Beta-Name"), z=network)
        plan = {p["application"]: p for p in self.repository.json(self.account, "plan", "beta", expect=2)}
        self.assertEqual(list(plan), ["z", "a"])
        self.assertEqual(plan["a"]["changes"][0]["held"], "it imports from 'beta/z', which has to be released first")
        self.assertEqual(plan["a"]["changes"][0]["differences"],
                         [{"path": "DisplayName", "before": None, "after": {"KnownAfterApply": "beta/z"}}])
        self.assertRegex(self.plumb("apply", "beta/a", expect=1), "held, nothing was changed: .*'beta/z'")
        self.plumb("apply", "beta")
        self.assertEqual(self.released(), ["z", "a"])
        name = self.record("z")["outputs"]["Name"]["value"]
        self.assertEqual(self.record("z")["outputs"], {"Name": {"value": name, "export": "Beta-Name"}})
        self.assertEqual((self.record("a")["imports"], self.display_name()), (["Beta-Name"], name))
        self.in_sync()

    def test_an_export_in_use_stays(self):
        resources = {"Queue": changes_test.queue()}
        self.commit_all(a=importing("Beta-Text"), z=exporter(resources, Text="one"))
        self.plumb("apply", "beta")
        self.commit_all(a=importing("Beta-Text"), z=exporter(resources, Text="two"))
        self.account.forget()
        said = self.plumb("apply", "beta", expect=1)
        self.assertIn("held, nothing was changed: output 'Text': 'a' was released with the export 'Beta-Text', which "
                      "would change: take the import out of it first", said)
        self.assertIn("  output     Text                    one, exported as Beta-Text -> two, exported as Beta-Text",
                      self.plumb("plan", "beta/z", expect=2))
        self.commit_all(a=importing("Beta-Text"), z=exporter(resources))
        self.assertIn("'Beta-Text', which would go", self.plumb("apply", "beta", expect=1))
        self.assertEqual(self.account.mutating(), [])
        # an importer that goes without it is released first, and leaves the export free, though nothing else changes
        self.commit_all(a={"Resources": {"Topic": topic(DisplayName="one")}}, z=exporter(resources))
        self.plumb("apply", "beta")
        self.assertEqual(self.released()[-2:], ["a", "z"])
        self.assertEqual(self.account.mutating(), [])
        self.assertNotIn("outputs", self.record("z"))
        self.assertNotIn("imports", self.record("a"))
        self.in_sync()

    def test_outputs_alone_are_a_release(self):
        resources = {"Queue": changes_test.queue()}
        self.commit_all(z=exporter(resources))
        self.plumb("apply", "beta")
        self.commit_all(z=exporter(resources, Text="one"))
        self.assertIn("beta/z: outputs to record", self.plumb("plan", "beta", expect=2))
        self.assertRegex(self.plumb("apply", "beta"), "beta/z: released [0-9a-f]{7}: outputs recorded")
        self.in_sync()

    def test_names_are_told_where_they_are_wrong(self):
        one = exporter({"Queue": changes_test.queue()}, Name="x")
        self.commit_all(b=one)
        self.plumb("apply", "beta")
        self.commit_all(a=importing("Beta-Nam"), b=one, c=one)
        said = self.plumb("apply", "beta", expect=1)
        self.assertIn("'Fn::ImportValue' of 'Beta-Nam': no application of environment 'beta' exports it, did you mean "
                      "'Beta-Name'? (a.json:", said)
        self.assertIn("output 'Name': 'b' exports 'Beta-Name' already: give this export another name", said)
        self.account.post("faults", {"match": {"operation": "ListExports"}, "times": 0, "fault": "error", "status": 403,
                                     "code": "AccessDenied"})
        self.assertRegex(self.plumb("plan", "beta/a", expect=1), "exports it, did you mean 'Beta-Name'\\?; whether a stack of "
                         "CloudFormation has it cannot be told: cloudformation ListExports: AccessDenied: .*a.json:")

    def test_circles_are_refused_by_their_path(self):
        def both(gives, takes):
            return dict(exporter({"Topic": topic(DisplayName={"Fn::ImportValue": "Beta-" + takes})}, **{gives: "x"}))
        self.commit_all(a=both("A", "C"), b=both("B", "A"), c=both("C", "B"), d=importing("Beta-C"),
                        e={"Resources": {"Topic": topic()}})
        said = self.plumb("apply", "beta", expect=1)
        self.assertIn("beta/a: applications import from each other in a circle: a -> c -> b -> a", said)
        self.assertIn("beta/d: applications import from each other in a circle: a -> c -> b -> a", said)
        self.assertEqual(self.released(), ["e"])

    def test_a_reference_is_exported_as_such_and_a_secret_parameter_not_at_all(self):
        self.client("secretsmanager").create_secret(Name="db", SecretString=SECRET)
        reference = "{{resolve:secretsmanager:db}}"
        self.commit_all(a={"Resources": variables(PASSWORD={"Fn::ImportValue": "Beta-Password"})},
                        z=exporter({"Queue": changes_test.queue()}, Password=reference))
        self.plumb("apply", "beta")
        self.assertEqual(self.record("z")["outputs"]["Password"]["value"], reference)
        found = next(e for e in self.record("a")["resources"] if e["logicalId"] == "Function")
        self.assertEqual(found["properties"]["Environment"]["Variables"], {"PASSWORD": reference})
        functions = self.client("lambda").list_functions()["Functions"]
        self.assertEqual([f["Environment"]["Variables"] for f in functions], [{"PASSWORD": SECRET}])
        self.in_sync()
        secret = exporter({"Queue": changes_test.queue()}, Password={"Ref": "Secret"})
        secret["Parameters"]["Secret"] = {"Type": "String", "NoEcho": True, "Default": SECRET}
        self.commit_all(y=secret)
        said = self.plumb("apply", "beta", expect=1)
        self.assertIn("exports a secret, which the ledger cannot hold: export a dynamic reference to it", said)
        self.assertNotIn(SECRET, said)

    def test_outputs_of_other_stacks_are_taken_from_their_ledger(self):
        output = {"Fn::GetStackOutput": {"StackName": "beta-z", "OutputName": "Name"}}
        taking = {"Resources": {"Topic": topic(DisplayName=output)}}
        giving = {"Resources": {"Queue": changes_test.queue()},
                  "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}}}
        self.commit_all(a=taking, z=giving)
        self.plumb("apply", "beta")
        self.assertEqual(self.released(), ["z", "a"])
        name = self.record("z")["outputs"]["Name"]["value"]
        self.assertEqual(self.display_name(), name)
        # weak: it may change and go, and the other follows or is told
        giving["Outputs"]["Name"]["Value"] = "other"
        self.commit_all(a=taking, z=giving)
        self.plumb("apply", "beta")
        self.assertEqual(self.display_name(), "other")
        output["Fn::GetStackOutput"]["RoleArn"] = f"arn:aws:iam::{ACCOUNT}:role/reader"
        output["Fn::GetStackOutput"]["Region"] = REGION
        self.commit_all(a=taking, z=giving)
        self.in_sync()
        for change, why in (
                ({"OutputName": "Nam"}, "that application has released no such output"),
                ({"StackName": "prod-z"}, f"the ledger of account {ACCOUNT} has no application with that stack's name in "
                                          f"{REGION}"),
                ({"RoleArn": "arn:aws:iam::222222222222:role/reader"}, "the ledger of account 222222222222 has no")):
            wrong = {"Fn::GetStackOutput": dict(output["Fn::GetStackOutput"], **change)}
            self.commit_all(a={"Resources": {"Topic": topic(DisplayName=wrong)}})
            self.assertIn(why, self.plumb("plan", "beta/a", expect=1))

    def test_run_releases_in_order(self):
        network = exporter({"Queue": changes_test.queue()}, Text="one")
        self.commit_all(a=importing("Beta-Text"), m=importing("Beta-Text"), z=network)
        log = os.path.join(self.repository.home, "log")
        with open(log, "w", encoding="utf-8") as file:
            running = subprocess.Popen([harness.PLUMB, "run", "--poll", "1s"], cwd=self.repository.path, stderr=file,
                                       env=self.repository.environment(self.account))
        try:
            deadline = time.monotonic() + 60
            while len(self.released()) < 3 and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            running.terminate()
            running.wait(30)
        self.assertEqual(self.released(), ["z", "a", "m"])
        with open(log, encoding="utf-8") as file:
            self.assertNotIn('"failed"', file.read())


class Witness(unittest.TestCase):
    """The whole way against an account that we did not write."""

    def test_on_moto(self):
        account = harness.Moto()
        self.addCleanup(account.close)
        account.prepare()
        repository = harness.Repository(example=None)
        self.addCleanup(repository.close)
        client = lambda service: account.client(service, "beta")
        client("ssm").put_parameter(Name="/stage", Value="beta", Type="String")
        client("ssm").put_parameter(Name="/names", Value="a,b", Type="StringList")
        client("secretsmanager").create_secret(Name="db", SecretString=json.dumps({"password": SECRET}))
        resources = variables(
            PASSWORD="x-{{resolve:secretsmanager:db:SecretString:password}}", STAGE="{{resolve:ssm:/stage}}",
            NAME={"Fn::Select": [1, {"Ref": "Names"}]}, ZONE={"Fn::Select": [0, {"Fn::GetAZs": ""}]},
            IMPORTED={"Fn::ImportValue": "Beta-Text"}, STACKS={"Fn::ImportValue": "network-vpc"},
            OUTPUT={"Fn::GetStackOutput": {"StackName": "network", "OutputName": "Name"}})
        client("cloudformation").create_stack(StackName="network", TemplateBody=json.dumps({
            "Resources": {"Queue": changes_test.queue()}, "Outputs": {
                "Vpc": {"Value": "vpc-1", "Export": {"Name": "network-vpc"}}, "Name": {"Value": "net"}}}))
        resources["Function"]["Condition"] = "IsBeta"
        repository.write("a.json", json.dumps({
            "Resources": resources,
            "Parameters": {"Names": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/names"},
                           "Kind": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/stage"}},
            "Conditions": {"IsBeta": {"Fn::Equals": [{"Ref": "Kind"}, "beta"]}}}))
        repository.write("z.json", json.dumps(exporter({"Topic": topic()}, Text={"Fn::GetAtt": ["Topic", "TopicName"]})))
        for key in "az":
            repository.write(f"environments/beta/{key}.yaml", f"template: {key}.json\n")
        repository.write("environments/beta/environment.yaml", f'account: "{ACCOUNT}"\nregion: {REGION}\n'
                         f"roleArn: arn:aws:iam::{ACCOUNT}:role/plumb\n")
        repository.commit("All")
        repository.plumb(account, "apply", "beta", expect=0)
        function = client("lambda").list_functions()["Functions"][0]
        found = function["Environment"]["Variables"]
        self.assertRegex(found.pop("IMPORTED"), "^beta-z-Topic-[0-9a-f]{12}$")
        self.assertEqual(found, {"PASSWORD": "x-" + SECRET, "STAGE": "beta", "NAME": "b", "ZONE": REGION + "a",
                                 "STACKS": "vpc-1", "OUTPUT": "net"})
        client("secretsmanager").put_secret_value(SecretId="db", SecretString=json.dumps({"password": "new"}))
        repository.plumb(account, "plan", "beta", expect=0)
        repository.plumb(account, "drift", "beta", expect=0)
        client("lambda").update_function_configuration(FunctionName=function["FunctionName"],
                                                       Environment={"Variables": dict(found, PASSWORD="other")})
        said = repository.plumb(account, "drift", "beta", expect=2).stdout
        self.assertIn("Environment.Variables.PASSWORD", said)
        self.assertNotIn("other", said)
        repository.plumb(account, "apply", "beta", expect=0)
        variables_now = client("lambda").list_functions()["Functions"][0]["Environment"]["Variables"]
        self.assertEqual(variables_now["PASSWORD"], "x-new")
        repository.plumb(account, "plan", "beta", expect=0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
