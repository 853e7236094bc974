#!/usr/bin/env python3
"""What one release after another does to an account: replacement, removal, renaming, partial failure, drift that
meets a change, secrets.  Small templates on the simulator; each case compares the whole plan, account or ledger."""
import functools
import hashlib
import json
import re
import shutil
import subprocess
import unittest

import harness
from account_survey import survey
from crash_proxy import CrashProxy

ACCOUNT, REGION = harness.ACCOUNTS["beta"], harness.REGIONS["beta"]
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}


def resource(kind, properties=None, **others):
    return dict({"Type": "AWS::" + kind, "Properties": properties or {}}, **others)


def queue(**properties):
    return resource("SQS::Queue", properties)


def topic(**properties):
    return resource("SNS::Topic", properties)


def role(**properties):
    return resource("IAM::Role", dict({"AssumeRolePolicyDocument": TRUST}, **properties))


def function(role_id="Role", code="def handler(e, c): pass", **properties):
    return resource("Lambda::Function", dict({
        "Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": code},
        "Role": {"Fn::GetAtt": [role_id, "Arn"]}}, **properties))


def table(key="id", **properties):
    return resource("DynamoDB::Table", dict({
        "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}]}, **properties))


def name(logical_id, generation=0):
    """The name that plumb gives to a resource whose template names none."""
    intent = f"{ACCOUNT}/{REGION}/beta/shop/{logical_id}/{generation}/"
    return f"beta-shop-{logical_id}-{hashlib.sha256(intent.encode()).hexdigest()[:12]}"


def shown(value):
    if isinstance(value, dict) and list(value) == ["KnownAfterApply"]:
        return f"({value['KnownAfterApply']})"
    return "-" if value is None else json.dumps(value)


class Changes(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.account = harness.Simulator()
        cls.account.client = functools.lru_cache(None)(cls.account.client)

    @classmethod
    def tearDownClass(cls):
        cls.account.close()

    def setUp(self):
        self.account.post("reset", {})
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml",
                              f'account: "{ACCOUNT}"\nregion: {REGION}\n')

    def commit(self, resources, allow=None, parameters=None, environment=None, **template):
        """A commit with this template; `parameters` are the application's, `environment` the environment's."""
        self.repository.write("template.json", json.dumps(dict(template, Resources=resources), indent=1))
        application = {"template": "template.json", "parameters": parameters or {}, "allow": allow or {}}
        self.repository.write("environments/beta/shop.yaml", json.dumps(application))
        if environment:
            self.repository.write("environments/beta/environment.yaml", json.dumps(
                {"account": ACCOUNT, "region": REGION, "parameters": environment}))
        self.repository.commit("Change")

    def apply(self, expect=0):
        return self.repository.plumb(self.account, "apply", expect=expect)

    def release(self, resources, expect=0, **others):
        self.commit(resources, **others)
        return self.apply(expect)

    def plan(self):
        """One line a change: action, logical id, what is said of it; then its differences, but for creates."""
        lines = []
        for change in self.repository.json(self.account, "plan")[0]["changes"]:
            notes = " retained" if change.get("retained") else ""
            if "reason" in change:
                notes += ", " + self.shorten(change["reason"])
            if "held" in change:
                notes += ", held: " + self.shorten(change["held"])
            lines.append(f"{change['action']} {change['logicalId']}{notes}")
            if change["action"] != "create":
                lines += [f"  {d['path']}: {shown(d['before'])} -> {shown(d['after'])}"
                          + " !" * bool(d.get("recreates")) + " (drift)" * bool(d.get("drift"))
                          for d in change["differences"]]
        return [self.shorten(line) for line in lines]

    def drift(self):
        found = self.repository.json(self.account, "drift")[0]["drift"]
        return [" ".join([d["logicalId"], d["kind"], *(x["path"] for x in d["differences"]), d.get("reason", "")])
                .strip() for d in found]

    def shorten(self, text):
        """URLs and ARNs down to the name."""
        return re.sub(r"(https?://[\w.-]+(:\d+)?/|arn:aws:\w+:[\w-]*:)\d{12}[/:](\w+:|role/)?", "", text)

    def holds(self, *lines):
        """The whole account."""
        self.assertEqual([self.shorten(line) for line in survey(self.account, "beta")], sorted(lines))

    def inventory(self):
        text = self.repository.git("show", f"refs/plumb/{ACCOUNT}:{REGION}/beta/shop/inventory.json")
        return [f"{e['logicalId']} {self.shorten(e['physicalId'])}" + " leaving" * e.get("leaving", False)
                for e in json.loads(text)["resources"]]

    def last_release(self):
        return json.loads(self.repository.git(
            "show", f"refs/plumb/{ACCOUNT}:{REGION}/beta/shop/release.json"))

    def in_sync(self):
        """Plan and drift find nothing, and another apply writes nothing."""
        self.assertEqual(self.plan(), [])
        self.assertEqual(self.drift(), [])
        before = len(self.account.mutating())
        self.apply()
        self.assertEqual(self.account.mutating()[before:], [])

    def client(self, service):
        return self.account.client(service, "beta")

    def calls(self, *operations):
        """The calls of these operations that succeeded so far, in order."""
        log = self.account.requests()
        return [r["operation"] for r in log if r["operation"] in operations and r["status"] < 300]

    def queue_url(self, queue_name):
        return self.client("sqs").get_queue_url(QueueName=queue_name)["QueueUrl"]

    def queue_attribute(self, queue_name, attribute):
        return self.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url(queue_name), AttributeNames=["All"])["Attributes"].get(attribute)


class Replacement(Changes):
    def test_a_nameless_one_gets_a_successor_then_goes(self):
        self.release({"Role": role(), "Function": function()})
        self.holds(f"function {name('Function')}", f"{name('Function')} version $LATEST", f"role {name('Role')}")
        self.account.forget()
        self.commit({"Role": role(Path="/shop/"), "Function": function()})
        self.assertEqual(self.plan(), [
            "replace Role", '  Path: "/" -> "/shop/" !',
            "update Function", f'  Role: "{name("Role")}" -> (Role.Arn)'])
        applied = self.apply()
        self.assertEqual(applied.stderr.splitlines(), [
            "  [1/2] ! replace  Role  done", "  [2/2] ~ update   Function  done",
            "        ! replace  Role  the old one is deleted"])
        self.assertRegex(applied.stdout, "released [0-9a-f]{7}: 1 updated, 1 replaced\n$")
        self.assertEqual(self.calls("CreateRole", "UpdateFunctionConfiguration", "DeleteRole"),
                         ["CreateRole", "UpdateFunctionConfiguration", "DeleteRole"])
        self.holds(f"function {name('Function')}", f"{name('Function')} version $LATEST",
                   f"role {name('Role', 1)}")
        self.assertEqual(self.inventory(), [f"Function {name('Function')}", f"Role {name('Role', 1)}"])
        self.in_sync()

    def test_an_explicitly_named_one_goes_first(self):
        self.release({"Role": role(RoleName="shop"), "Function": function()})
        self.account.forget()
        self.commit({"Role": role(RoleName="shop", Path="/shop/"), "Function": function()})
        self.assertEqual(self.plan(), [
            "replace Role", '  Path: "/" -> "/shop/" !',
            "update Function", '  Role: "shop" -> (Role.Arn)'])
        self.apply()
        self.assertEqual(self.calls("CreateRole", "UpdateFunctionConfiguration", "DeleteRole"),
                         ["DeleteRole", "CreateRole", "UpdateFunctionConfiguration"])
        self.holds(f"function {name('Function')}", f"{name('Function')} version $LATEST", "role shop")
        self.in_sync()

    def test_a_new_name_makes_a_new_one(self):
        self.release({"Topic": topic(TopicName="one")})
        self.commit({"Topic": topic(TopicName="two")})
        self.assertEqual(self.plan(), ["replace Topic", '  TopicName: "one" -> "two" !'])
        self.apply()
        self.holds("topic two")
        self.in_sync()

    def test_a_new_name_that_somebody_else_has_is_left_to_them(self):
        self.client("sns").create_topic(Name="two")
        self.release({"Topic": topic(TopicName="one")})
        self.commit({"Topic": topic(TopicName="two", DisplayName="ours")})
        self.assertEqual(self.plan(), [
            "replace Topic, held: 'two' already exists and was not made by plumb: rename ours in the template or "
            "remove theirs", '  TopicName: "one" -> "two" !', '  DisplayName: "" -> "ours"'])
        self.apply(expect=1)
        self.holds("topic one", "topic two")

    def test_a_stateful_one_is_held_until_git_allows_it(self):
        self.release({"Table": table()})
        self.commit({"Table": table(key="order")})
        self.assertEqual(self.plan()[0], "replace Table, held: replacing it would lose its data: add it to "
                         "allow.replace in environments/beta/shop.yaml to do so")
        refused = self.apply(expect=1)
        self.assertIn("held, nothing was changed: AWS::DynamoDB::Table 'Table': replacing it would lose its data",
                      refused.stderr)
        self.holds(f"table {name('Table')}")
        self.release({"Table": table(key="order")}, allow={"replace": ["Table"]})
        self.holds(f"table {name('Table', 1)}")
        self.in_sync()

    def test_update_replace_policy_retain_keeps_the_old_one(self):
        keeping = {"UpdateReplacePolicy": "Retain"}
        self.release({"Table": dict(table(), **keeping)})
        self.release({"Table": dict(table(key="order"), **keeping)}, allow={"replace": ["Table"]})
        self.holds(f"table {name('Table')}", f"table {name('Table', 1)}")
        self.assertEqual(self.inventory(), [f"Table {name('Table', 1)}"])
        self.in_sync()

    def test_update_replace_policy_retain_needs_another_name(self):
        self.release({"Role": dict(role(RoleName="shop"), UpdateReplacePolicy="Retain")})
        self.commit({"Role": dict(role(RoleName="shop", Path="/shop/"), UpdateReplacePolicy="Retain")})
        self.assertEqual(self.plan(), [
            "replace Role, held: UpdateReplacePolicy keeps 'shop', whose name the new one needs: give the new one "
            "another RoleName", '  Path: "/" -> "/shop/" !'])
        self.apply(expect=1)
        self.holds("role shop")

    def test_an_immutable_version(self):
        version = resource("Lambda::Version", {"FunctionName": {"Ref": "Function"}, "Description": "one"})
        alias = resource("Lambda::Alias", {"FunctionName": {"Ref": "Function"}, "Name": "live",
                                           "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]}})
        self.release({"Role": role(), "Function": function(FunctionName="shop"), "Version": version, "Alias": alias})
        version = resource("Lambda::Version", {"FunctionName": {"Ref": "Function"}, "Description": "two"})
        self.commit({"Role": role(), "Function": function(code="def handler(e, c): return 2", FunctionName="shop"),
                     "Version": version, "Alias": alias})
        self.assertEqual(self.plan(), [
            "update Function", '  Code.ZipFile: "def handler(e, c): pass" -> "def handler(e, c): return 2"',
            "replace Version", '  Description: "one" -> "two" !',
            "update Alias", '  FunctionVersion: "1" -> (Version.Version)'])
        self.apply()
        self.holds("function shop", "shop version $LATEST", "shop version 2", "shop alias live=2",
                   f"role {name('Role')}")
        self.in_sync()

    def test_an_immutable_deployment(self):
        def api(description):
            return {
                "Api": resource("ApiGateway::RestApi", {"Body": {
                    "openapi": "3.0.1", "info": {"title": "shop", "version": "1"},
                    "paths": {"/orders": {"get": {"x-amazon-apigateway-integration": {
                        "type": "http", "httpMethod": "GET", "uri": "https://example.com/" + description}}}}}}),
                "Deployment": resource("ApiGateway::Deployment", {
                    "RestApiId": {"Ref": "Api"}, "Description": description}),
                "Stage": resource("ApiGateway::Stage", {
                    "RestApiId": {"Ref": "Api"}, "StageName": "live", "DeploymentId": {"Ref": "Deployment"}})}
        self.release(api("one"))
        self.commit(api("two"))
        lines = [line for line in self.plan() if not line.startswith("  ")]
        self.assertEqual(lines, ["update Api", "replace Deployment", "update Stage"])
        self.apply()
        self.holds("api shop", "shop deployment two", "shop stage live")
        self.in_sync()

    def test_what_need_not_be_replaced_after_all_stays(self):
        """A queue is made again under its old name: the mapping that reads it is as it should be."""
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": "sqs:*"}]}
        resources = {
            "Role": role(Policies=[{"PolicyName": "read", "PolicyDocument": policy}]), "Function": function(),
            "Queue": queue(),
            "Mapping": resource("Lambda::EventSourceMapping", {
                "FunctionName": {"Ref": "Function"}, "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}})}
        self.release(resources)
        before = survey(self.account, "beta")
        mapping = self.client("lambda").list_event_source_mappings()["EventSourceMappings"][0]["UUID"]
        self.client("sqs").delete_queue(QueueUrl=self.queue_url(name("Queue")))
        self.apply()
        self.assertEqual(survey(self.account, "beta"), before)
        after = self.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        self.assertEqual([m["UUID"] for m in after], [mapping])
        self.in_sync()


class Interrupted(Changes):
    """plumb is killed at every changing call of a replacement, before and after it."""

    def setUp(self):
        super().setUp()
        self.proxy = CrashProxy(self.account.url)
        self.addCleanup(self.proxy.close)

    def apply_until_killed(self, at, before):
        self.proxy.arm(None, 0, False)
        process = subprocess.Popen(
            [harness.PLUMB, "apply"], cwd=self.repository.path, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(self.repository.environment(self.account), AWS_ENDPOINT_URL=self.proxy.url))
        self.proxy.arm(process.pid, at, before)
        process.wait(120)
        return self.proxy.struck

    def survives(self, first, second, *want, allow=None):
        """Every kill of the release of `second` over `first` ends, after one more apply, in `want`."""
        at, before, points = 1, True, 0
        while True:
            self.start_again()
            self.release(first)
            self.commit(second, allow=allow)
            struck = self.apply_until_killed(at, before)
            with self.subTest(at=at, before=before):
                self.apply()
                self.holds(*want)
                self.in_sync()
            if not struck:
                self.assertGreater(points, 3)
                return
            points += 1
            at, before = (at, False) if before else (at + 1, True)

    def start_again(self):
        self.account.post("reset", {})
        self.repository.git("update-ref", "-d", f"refs/plumb/{ACCOUNT}")
        shutil.rmtree(self.repository.home + "/cache", ignore_errors=True)

    def test_a_nameless_one(self):
        self.survives({"Role": role(), "Function": function()},
                      {"Role": role(Path="/shop/"), "Function": function()},
                      f"function {name('Function')}", f"{name('Function')} version $LATEST",
                      f"role {name('Role', 1)}")

    def test_a_named_one(self):
        self.survives({"Role": role(RoleName="shop"), "Other": topic()},
                      {"Role": role(RoleName="shop", Path="/shop/"), "Other": topic(DisplayName="x")},
                      "role shop", f"topic {name('Other')}")

    def test_then_another_commit(self):
        """The half-made successor is brought to what the newest commit says."""
        self.release({"Role": role(), "Function": function()})
        self.commit({"Role": role(Path="/shop/", Description="one"), "Function": function()})
        self.assertTrue(self.apply_until_killed(1, before=False))
        self.release({"Role": role(Path="/shop/", Description="two"), "Function": function()})
        self.holds(f"function {name('Function')}", f"{name('Function')} version $LATEST",
                   f"role {name('Role', 1)}")
        self.in_sync()

    def test_then_taken_back(self):
        """A revert takes the half-made successor away again."""
        self.release({"Role": role(), "Function": function()})
        self.commit({"Role": role(Path="/shop/"), "Function": function()})
        self.assertTrue(self.apply_until_killed(1, before=False))
        self.release({"Role": role(), "Function": function()})
        self.holds(f"function {name('Function')}", f"{name('Function')} version $LATEST", f"role {name('Role')}")
        self.in_sync()

    def test_a_create_taken_back(self):
        """What holds no data goes with the commit that asked for it; a queue stays, and the plan says so."""
        self.release({"Kept": topic()})
        for made, plan, left in ((topic(TopicName="new"), ["delete New"], []),
                                 (topic(), ["delete New"], []),
                                 (queue(QueueName="new"), ["delete New retained, a release that did not finish made "
                                                           "it, and it may hold data"], ["queue new"])):
            with self.subTest(made=made):
                self.commit({"Kept": topic(), "New": made})
                self.assertTrue(self.apply_until_killed(1, before=False))
                self.commit({"Kept": topic()})
                self.assertEqual(self.plan(), plan)
                self.apply()
                self.holds(f"topic {name('Kept')}", *left)
                self.in_sync()



class Removal(Changes):
    def test_in_reverse_order_of_dependencies(self):
        self.release({"Topic": topic(), "Role": role(), "Function": function()})
        self.account.forget()
        self.commit({"Topic": topic()}, allow={"manyDeletes": True})
        self.assertEqual(self.plan(), ["delete Function", "delete Role"])
        self.apply()
        self.assertEqual(self.calls("DeleteFunction", "DeleteRole"), ["DeleteFunction", "DeleteRole"])
        self.holds(f"topic {name('Topic')}")
        self.in_sync()

    def test_deletion_policy_leaves_it_and_adding_it_again_takes_it_back(self):
        for policy in ("Retain", "RetainExceptOnCreate"):
            with self.subTest(policy):
                kept = dict(queue(QueueName="kept"), DeletionPolicy=policy)
                self.release({"Topic": topic(), "Queue": kept})
                self.commit({"Topic": topic()})
                self.assertEqual(self.plan(), ["delete Queue retained"])
                self.apply()
                self.holds("queue kept", f"topic {name('Topic')}")
                self.assertEqual(self.inventory(), [f"Topic {name('Topic')}"])
                self.in_sync()
                kept["Properties"]["VisibilityTimeout"] = 45
                self.commit({"Topic": topic(), "Queue": kept})
                self.assertEqual(self.plan(), ["adopt Queue", "  VisibilityTimeout: 30 -> 45"])
                self.apply()
                self.assertEqual(self.queue_attribute("kept", "VisibilityTimeout"), "45")
                self.in_sync()
                self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url("kept"),
                                                        Attributes={"VisibilityTimeout": "30"})

    def test_a_deletion_policy_alone_counts(self):
        self.release({"Other": queue(), "Topic": topic(TopicName="kept")})
        self.commit({"Other": queue(), "Topic": dict(topic(TopicName="kept"), DeletionPolicy="Retain")})
        self.assertEqual(self.plan(), ["adopt Topic"])
        self.account.forget()
        self.apply()
        self.assertEqual(self.account.mutating(), [])
        self.release({"Other": queue()})
        self.holds(f"queue {name('Other')}", "topic kept")

    def test_a_stateful_one_is_held_until_git_allows_it(self):
        many = {"manyDeletes": True}
        self.release({"Topic": topic(), "Queue": queue()})
        self.commit({"Topic": topic()}, allow=many)
        self.assertEqual(self.plan(), ["delete Queue, held: deleting it would lose its data: add it to allow.delete "
                                       "in environments/beta/shop.yaml to do so"])
        self.apply(expect=1)
        self.holds(f"queue {name('Queue')}", f"topic {name('Topic')}")
        self.release({"Topic": topic()}, allow=dict(many, delete=["Queue"]))
        self.holds(f"topic {name('Topic')}")
        self.in_sync()

    def test_a_stateful_one_that_is_gone_already_is_not_held(self):
        self.release({"Topic": topic(), "Queue": queue()})
        self.client("sqs").delete_queue(QueueUrl=self.queue_url(name("Queue")))
        self.commit({"Topic": topic()})
        self.assertEqual(self.plan(), ["delete Queue"])
        self.apply()
        self.in_sync()

    def test_more_than_a_fifth_is_held(self):
        topics = {f"Topic{i}": topic() for i in range(10)}
        self.release(topics)
        self.commit({i: t for i, t in topics.items() if i > "Topic2"})
        sentence = "3 of 10 resources would go: set allow.manyDeletes in environments/beta/shop.yaml to do so"
        self.assertEqual(self.plan(), [f"delete Topic{i}, held: {sentence}" for i in range(3)])
        self.apply(expect=1)
        self.release({i: t for i, t in topics.items() if i > "Topic1"})
        self.holds(*(f"topic {name(i)}" for i in topics if i > "Topic1"))

    def test_properties_tags_and_variables_are_taken_away(self):
        tag = lambda key: {"Key": key, "Value": "x"}
        variables = lambda **v: {"Variables": v}
        self.release({"Role": role(), "Queue": queue(VisibilityTimeout=45, Tags=[tag("a"), tag("b")]),
                      "Function": function(Environment=variables(AA="1", BB="2"), MemorySize=512)})
        self.commit({"Role": role(), "Queue": queue(Tags=[tag("a")]),
                     "Function": function(Environment=variables(AA="1"))})
        self.assertEqual(sorted(line for line in self.plan() if "Tags" not in line), sorted([
            "update Queue", "  VisibilityTimeout: 45 -> -",
            "update Function", "  MemorySize: 512 -> -", '  Environment.Variables.BB: "2" -> -']))
        self.apply()
        self.assertEqual(self.queue_attribute(name("Queue"), "VisibilityTimeout"), "30")
        tags = self.client("sqs").list_queue_tags(QueueUrl=self.queue_url(name("Queue")))["Tags"]
        self.assertEqual(sorted(t for t in tags if not t.startswith("plumb:")), ["a"])
        live = self.client("lambda").get_function_configuration(FunctionName=name("Function"))
        self.assertEqual((live["Environment"], live["MemorySize"]), (variables(AA="1"), 128))
        self.in_sync()

    def test_what_was_skipped_and_taken_back_stays(self):
        """The removal waits because something else fails; the next commit takes it back."""
        both = {"Topic": topic(TopicName="one"), "Other": topic(TopicName="other"), "Queue": queue()}
        self.release(both)
        self.account.post("faults", {"match": {"operation": "SetQueueAttributes"}, "fault": "error", "times": 0,
                                     "status": 403, "code": "AccessDenied"})
        self.release({"Other": topic(TopicName="other"), "Queue": queue(DelaySeconds=1)}, expect=1,
                     allow={"manyDeletes": True})
        harness.fetch(self.account.url + "/_simulator/faults", method="DELETE")
        self.release(both)
        self.holds(f"queue {name('Queue')}", "topic one", "topic other")
        self.in_sync()


class Renaming(Changes):
    def test_a_queue_is_held_with_a_sentence(self):
        self.release({"Old": queue(QueueName="orders"), "Topic": topic()})
        self.commit({"New": queue(QueueName="orders", DelaySeconds=1), "Topic": topic()},
                    allow={"manyDeletes": True, "delete": ["Old"]})
        self.assertEqual(self.plan(), [
            "adopt New, held: 'orders' is 'Old' of this application: keep that logical id, or give it to the new one "
            "by setting its tag plumb:logical-id to 'New'", "  DelaySeconds: 0 -> 1"])
        self.apply(expect=1)
        self.client("sqs").tag_queue(QueueUrl=self.queue_url("orders"), Tags={"plumb:logical-id": "New"})
        self.assertEqual(self.plan(), ["adopt New", "  DelaySeconds: 0 -> 1"])
        self.apply()
        self.holds("queue orders", f"topic {name('Topic')}")
        self.assertEqual(self.inventory(), ["New orders", f"Topic {name('Topic')}"])
        self.in_sync()

    def test_two_resources_with_one_name(self):
        self.release({"One": topic(TopicName="orders")})
        self.commit({"One": topic(TopicName="orders"), "Two": topic(TopicName="orders")})
        self.assertEqual(self.plan(), [
            "adopt Two, held: 'orders' is 'One' of this application: give one of them another name"])

    def test_a_resource_without_tags_stays(self):
        """An inline policy has no tags to tell whose it is: the role that it hangs on does."""
        policy = {"PolicyName": "read", "Roles": [{"Ref": "Role"}], "PolicyDocument": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": "sqs:*"}]}}
        self.release({"Role": role(), "Old": resource("IAM::Policy", policy)})
        self.commit({"Role": role(), "New": resource("IAM::Policy", policy)})
        self.assertEqual(self.plan(), ["adopt New"])
        self.apply()
        self.holds(f"role {name('Role')}", f"{name('Role')} inline read")
        self.in_sync()

    def test_the_policy_of_a_queue_stays(self):
        """It has neither tags nor a name: it is where it is."""
        policy = {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Resource": "*",
                                                    "Action": "sqs:SendMessage"}]}}
        self.release({"Queue": queue(), "Old": resource("SQS::QueuePolicy", policy)})
        before = self.queue_attribute(name("Queue"), "Policy")
        self.commit({"Queue": queue(), "New": resource("SQS::QueuePolicy", policy)})
        self.assertEqual(self.plan(), ["adopt New"])
        self.apply()
        self.assertEqual(self.queue_attribute(name("Queue"), "Policy"), before)
        self.in_sync()

    def test_another_type_under_the_same_logical_id(self):
        self.release({"Orders": queue(), "Topic": topic()})
        self.account.forget()
        self.commit({"Orders": topic(), "Topic": topic()}, allow={"manyDeletes": True, "delete": ["Orders"]})
        self.assertEqual(self.plan(), ["create Orders", "delete Orders"])
        self.apply()
        self.assertEqual(self.calls("CreateTopic", "DeleteQueue"), ["CreateTopic", "DeleteQueue"])
        self.holds(f"topic {name('Orders')}", f"topic {name('Topic')}")
        self.assertEqual(self.inventory(), [f"Orders {name('Orders')}", f"Topic {name('Topic')}"])
        self.in_sync()


class PartialFailure(Changes):
    def test_what_stops_a_create_half_way_is_named(self):
        missing = "arn:aws:iam::aws:policy/NoSuchPolicy"
        told = self.release({"Role": role(ManagedPolicyArns=[missing])}, expect=1).stderr
        self.assertIn(missing, told)
        self.assertNotIn("reads back differently", told)
        self.release({"Role": role()})
        self.in_sync()

    def test_the_rest_goes_on_and_the_next_apply_completes(self):
        self.release({"Gone": topic(), "Kept": topic()})
        resources = {"Kept": topic(), "Queue": queue(), "Topic": topic(),
                     "Dependent": topic(DisplayName={"Fn::GetAtt": ["Queue", "QueueName"]})}
        self.account.post("faults", {"match": {"service": "sqs", "operation": "CreateQueue"}, "fault": "error",
                                     "times": 1, "status": 403, "code": "AccessDenied"})
        failed = self.release(resources, expect=1, allow={"manyDeletes": True})
        self.assertRegex(failed.stderr, "cannot create AWS::SQS::Queue 'Queue': sqs CreateQueue: AccessDenied")
        self.holds(f"topic {name('Gone')}", f"topic {name('Kept')}", f"topic {name('Topic')}")
        self.assertEqual(self.inventory(), [f"{i} {name(i)}" for i in ("Gone", "Kept", "Topic")])
        release = self.last_release()
        self.assertEqual(release["state"], "failed")
        self.assertRegex(release["verdict"], "^1 of 4 changes failed, 2 were skipped; first: cannot create "
                                             "AWS::SQS::Queue 'Queue': sqs CreateQueue: AccessDenied")
        self.apply()
        self.holds(*(f"topic {name(i)}" for i in ("Dependent", "Kept", "Topic")), f"queue {name('Queue')}")
        self.in_sync()


    def test_a_replacement_whose_old_one_stays_is_not_done(self):
        self.release({"Role": role(), "Function": function(), "Topic": topic()})
        self.account.post("faults", {"match": {"service": "iam", "operation": "DeleteRole"}, "fault": "error",
                                     "times": 1, "status": 403, "code": "AccessDenied"})
        self.commit({"Role": role(Path="/shop/"), "Function": function(), "Topic": topic(DisplayName="x")})
        done = self.repository.plumb(self.account, "apply", "-o", "json", expect=1)
        counts = json.loads(done.stdout)["applications"][0]
        self.assertEqual([counts.get(k) for k in ("done", "failed", "skipped")], [2, 1, 0])
        self.assertEqual(done.stderr.splitlines()[3], "        ! replace  Role  the old one stays")
        self.assertRegex(self.last_release()["verdict"], "^1 of 3 changes failed, 0 were skipped; first: cannot delete "
                                             "AWS::IAM::Role 'Role'")
        self.apply()
        self.holds(f"function {name('Function')}", f"{name('Function')} version $LATEST", f"role {name('Role', 1)}",
                   f"topic {name('Topic')}")
        self.in_sync()


class DriftMeetsChange(Changes):
    def test_the_same_edit_by_hand_and_in_git(self):
        self.release({"Queue": queue(VisibilityTimeout=45)})
        self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url(name("Queue")),
                                                Attributes={"VisibilityTimeout": "60"})
        self.commit({"Queue": queue(VisibilityTimeout=60)})
        self.assertEqual(self.plan(), ["adopt Queue"])
        self.account.forget()
        self.apply()
        self.assertEqual(self.account.mutating(), [])
        self.in_sync()

    def test_another_edit_by_hand_than_in_git(self):
        self.release({"Queue": queue(VisibilityTimeout=45)})
        self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url(name("Queue")),
                                                Attributes={"VisibilityTimeout": "50", "DelaySeconds": "7"})
        self.commit({"Queue": queue(VisibilityTimeout=60)})
        self.assertEqual(self.plan(), ["update Queue", "  VisibilityTimeout: 50 -> 60"])
        self.apply()
        self.assertEqual(self.queue_attribute(name("Queue"), "VisibilityTimeout"), "60")
        self.assertEqual(self.queue_attribute(name("Queue"), "DelaySeconds"), "7")  # nobody declared it
        self.in_sync()

    def test_stolen_tags(self):
        """What carries another environment's tags is changed and deleted by nobody here."""
        self.release({"Queue": queue(QueueName="orders"), "Topic": topic()})
        self.client("sqs").tag_queue(QueueUrl=self.queue_url("orders"), Tags={"plumb:environment": "prod"})
        self.assertEqual(self.drift(), ["Queue foreign it belongs to 'prod/shop' of repository 'shop' as 'Queue'"])
        self.commit({"Queue": queue(QueueName="orders", DelaySeconds=1), "Topic": topic()})
        self.assertEqual(self.plan(), [
            "update Queue, held: 'orders' belongs to 'prod/shop' of repository 'shop' as 'Queue' by its tags: take "
            "it out of the template, or set its tags back if it is ours", "  DelaySeconds: 0 -> 1"])
        self.apply(expect=1)
        self.assertEqual(self.queue_attribute("orders", "DelaySeconds"), "0")
        self.commit({"Topic": topic()})
        self.assertEqual(self.plan(), ["delete Queue retained, it belongs to 'prod/shop' of repository 'shop' as "
                                       "'Queue'"])
        self.apply()
        self.holds("queue orders", f"topic {name('Topic')}")
        self.in_sync()


class Known(Changes):
    def test_an_update_in_place_keeps_references_known(self):
        refers = lambda: topic(DisplayName={"Fn::GetAtt": ["Queue", "QueueName"]})
        self.release({"Queue": queue(), "Topic": refers()})
        self.commit({"Queue": queue(DelaySeconds=1), "Topic": refers()})
        self.assertEqual(self.plan(), ["update Queue", "  DelaySeconds: 0 -> 1"])

    def test_the_text_says_through_what_a_value_becomes_another(self):
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT},
                                                          "Resource": "*", "Action": "sqs:SendMessage"}]}
        resources = lambda queue_name: {
            "Role": role(), "Function": function(), "Queue": queue(QueueName=queue_name),
            "Policy": resource("SQS::QueuePolicy", {"Queues": [{"Ref": "Queue"}], "PolicyDocument": policy}),
            "Permission": resource("Lambda::Permission", {
                "Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Function"}, "Principal": "sqs.amazonaws.com",
                "SourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}})}
        self.release(resources("one"))
        self.commit(resources("two"), allow={"replace": ["Queue"]})
        text = self.repository.plumb(self.account, "plan", expect=2).stdout
        self.assertEqual([self.shorten(re.sub(" +", " ", line)) for line in text.splitlines() if "->" in line], [
            " QueueName one -> two needs a new one",
            " SourceArn one -> (known after apply) needs a new one by Queue.Arn",
            ' Queues ["one"] -> ["(known after apply)"] by Queue'])

    def test_a_create_shows_what_is_unknown(self):
        self.commit({"Queue": queue(), "Topic": topic(DisplayName={"Fn::GetAtt": ["Queue", "QueueName"]})})
        changes = self.repository.json(self.account, "plan")[0]["changes"]
        self.assertEqual({c["logicalId"]: c["differences"] for c in changes}, {"Queue": [], "Topic": [
            {"path": "DisplayName", "before": None, "after": {"KnownAfterApply": "Queue.QueueName"}}]})


class Agreement(Changes):
    """The plan replaces what CloudFormation's change set would, because of the same properties: `plumb diff`,
    which is measured against AWS, says of the two templates what the plan says of the account."""
    MAPPING = resource("Lambda::EventSourceMapping", {
        "FunctionName": {"Ref": "Function"}, "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}})
    READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": "sqs:*"}]}
    SEND = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Resource": "*",
                                                    "Action": "sqs:SendMessage"}]}

    def said_by_plan(self):
        words = {"create": "Add", "update": "False", "replace": "True", "delete": "Remove"}
        changes = self.repository.json(self.account, "plan")[0]["changes"]
        return {c["logicalId"]: (words[c["action"]], c["action"] == "replace" and sorted(
            {d["path"].split(".")[0].split("[")[0] for d in c["differences"] if d.get("recreates")})) for c in changes}

    def said_by_diff(self, before):
        self.repository.write("before.json", json.dumps(before))
        done = self.repository.plumb(self.account, "diff", "-o", "json", "before.json", "template.json", expect=2)
        said = {}
        for change in (c["ResourceChange"] for c in json.loads(done.stdout)["Changes"]):
            # What AWS may have to replace, plumb does replace.
            word = change.get("Replacement", change["Action"]).replace("Conditional", "True")
            said[change["LogicalResourceId"]] = (word, word == "True" and sorted(
                {d["Target"]["Name"] for d in change["Details"] if d["Target"].get("RequiresRecreation") != "Never"}))
        return said

    def agrees(self, first, second, **want):
        """`want`: the properties that make a resource a replacement; else the action."""
        allow = {"manyDeletes": True, "replace": sorted(second)}
        self.release(first)
        self.commit(second, allow=allow)
        plan = self.said_by_plan()
        self.assertEqual(plan, self.said_by_diff({"Resources": first}))
        self.assertEqual({i: " ".join(why) or word for i, (word, why) in
                          ((i, (w, y or [])) for i, (w, y) in plan.items())}, want)
        self.apply()
        self.in_sync()

    def test_a_queue_of_another_name(self):
        def resources(queue_name):
            return {
                "Role": role(Policies=[{"PolicyName": "read", "PolicyDocument": self.READ}]),
                "Function": function(Environment={"Variables": {"QUEUE": {"Ref": "Queue"}}}),
                "Queue": queue(QueueName=queue_name), "Mapping": self.MAPPING,
                "Policy": resource("SQS::QueuePolicy", {"Queues": [{"Ref": "Queue"}], "PolicyDocument": self.SEND}),
                "Alarm": resource("CloudWatch::Alarm", {
                    "MetricName": "x", "Namespace": "AWS/SQS", "ComparisonOperator": "GreaterThanThreshold",
                    "EvaluationPeriods": 1, "Period": 60, "Statistic": "Sum", "Threshold": 1,
                    "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}]})}
        self.agrees(resources("one"), resources("two"), Queue="QueueName", Mapping="EventSourceArn", Policy="False",
                    Function="False", Alarm="False")

    def test_a_function_of_another_name(self):
        def resources(function_name):
            return {
                "Role": role(), "Function": function(FunctionName=function_name),
                "Topic": topic(),
                "Subscription": resource("SNS::Subscription", {
                    "TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": {"Fn::GetAtt": ["Function", "Arn"]}}),
                "Permission": resource("Lambda::Permission", {
                    "Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Function"},
                    "Principal": "sns.amazonaws.com", "SourceArn": {"Ref": "Topic"}})}
        self.agrees(resources("one"), resources("two"), Function="FunctionName", Subscription="Endpoint",
                    Permission="FunctionName")

    def test_a_topic_of_another_name(self):
        def resources(topic_name):
            return {
                "Role": role(), "Function": function(), "Topic": topic(TopicName=topic_name), "Other": topic(),
                "Subscription": resource("SNS::Subscription", {
                    "TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": {"Fn::GetAtt": ["Function", "Arn"]}}),
                "Permission": resource("Lambda::Permission", {
                    "Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Function"},
                    "Principal": "sns.amazonaws.com", "SourceArn": {"Ref": "Topic"}})}
        self.agrees(resources("one"), resources("two"), Topic="TopicName", Subscription="TopicArn",
                    Permission="SourceArn")

    def test_a_bucket_of_another_name(self):
        def resources(bucket_name):
            return {
                "Bucket": resource("S3::Bucket", {"BucketName": bucket_name}), "Topic": topic(),
                "Policy": resource("S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {
                    "Version": "2012-10-17", "Statement": [{
                        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                        "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}})}
        self.agrees(resources("one-shop"), resources("two-shop"), Bucket="BucketName", Policy="Bucket")

    def test_another_key_of_a_table(self):
        def resources(key):
            return {
                "Role": role(Policies=[{"PolicyName": "read", "PolicyDocument": {
                    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": "dynamodb:*"}]}}]),
                "Function": function(Environment={"Variables": {"TABLE": {"Ref": "Table"}}}),
                "Table": table(key, StreamSpecification={"StreamViewType": "KEYS_ONLY"}),
                "Mapping": resource("Lambda::EventSourceMapping", {
                    "FunctionName": {"Ref": "Function"}, "StartingPosition": "LATEST",
                    "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}})}
        self.agrees(resources("one"), resources("two"), Table="KeySchema", Function="False", Mapping="EventSourceArn")

    def test_another_path_of_a_role_and_changes_in_place(self):
        def resources(path, description, **others):
            return dict({
                "Role": role(Path=path), "Function": function(Description=description),
                "Managed": resource("IAM::ManagedPolicy", {
                    "PolicyDocument": self.READ, "Roles": [{"Ref": "Role"}]}),
                "Inline": resource("IAM::Policy", {
                    "PolicyName": "inline", "PolicyDocument": self.READ, "Roles": [{"Ref": "Role"}]})}, **others)
        self.agrees(resources("/", "one", Goes=topic()), resources("/shop/", "two", Comes=topic()),
                    Role="Path", Function="False", Managed="False", Inline="False", Goes="Remove", Comes="Add")


class Parameters(Changes):
    SECRET = "hunter2-Zm9vYmFy"

    def test_a_secret_reaches_aws_and_nothing_else(self):
        template = {"Parameters": {"Password": {"Type": "String", "NoEcho": True}}}
        resources = {"Role": role(), "Function": function(Environment={"Variables": {
            "PASSWORD": {"Ref": "Password"}, "URL": {"Fn::Sub": "db://u:${Password}@h"}, "LEVEL": "a"}})}
        said = ""

        def run(*arguments):
            done = self.repository.plumb(self.account, *arguments, variables={"PLUMB_LOG_LEVEL": "debug"})
            return done.stdout + done.stderr
        every = [("plan",), ("plan", "-o", "json"), ("apply",), ("drift",), ("drift", "-o", "json"), ("status",),
                 ("log",), ("render", "beta/shop")]
        for secret, level in ((self.SECRET, "a"), (self.SECRET, "b"), (self.SECRET + "2", "b"), (None, None)):
            if secret:
                resources["Function"]["Properties"]["Environment"]["Variables"]["LEVEL"] = level
            else:
                resources["Function"]["Properties"]["Environment"] = {"Variables": {"LEVEL": "c"}}
            self.commit(resources, environment={"Password": secret or "none"}, **template)
            for arguments in every:
                said += run(*arguments)
            live = self.client("lambda").get_function_configuration(FunctionName=name("Function"))
            want = {"PASSWORD": secret, "URL": f"db://u:{secret}@h", "LEVEL": level} if secret else {"LEVEL": "c"}
            self.assertEqual(live["Environment"]["Variables"], want)
            self.in_sync()
        self.assertEqual([line for line in said.splitlines() if self.SECRET in line], [])
        ledger = self.repository.git("log", "-p", f"refs/plumb/{ACCOUNT}")
        self.assertEqual([line for line in ledger.splitlines() if self.SECRET in line], [])

    def test_the_application_wins_over_the_environment(self):
        template = {"Parameters": {"Delay": {"Type": "Number", "Default": 1}, "Wait": {"Type": "Number"}}}
        resources = {"Queue": queue(DelaySeconds={"Ref": "Delay"},
                                    ReceiveMessageWaitTimeSeconds={"Ref": "Wait"})}
        self.release(resources, environment={"Delay": 2, "Wait": 3}, parameters={"Wait": 4}, **template)
        self.assertEqual([self.queue_attribute(name("Queue"), a) for a in
                          ("DelaySeconds", "ReceiveMessageWaitTimeSeconds")], ["2", "4"])
        self.in_sync()

    def test_a_condition_makes_a_resource_come_and_go(self):
        template = {"Parameters": {"Extra": {"Type": "String", "Default": "no"}},
                    "Conditions": {"HasExtra": {"Fn::Equals": [{"Ref": "Extra"}, "yes"]}},
                    "Outputs": {"Name": {"Condition": "HasExtra", "Value": {"Ref": "Extra"}}}}
        resources = {"Topic": topic(), "Second": dict(topic(), Condition="HasExtra")}
        self.release(resources, **template)
        self.holds(f"topic {name('Topic')}")
        self.release(resources, parameters={"Extra": "yes"}, **template)
        self.holds(f"topic {name('Second')}", f"topic {name('Topic')}")
        self.in_sync()
        self.release(resources, parameters={"Extra": "no"}, allow={"manyDeletes": True}, **template)
        self.holds(f"topic {name('Topic')}")

    def test_depends_on_is_the_order(self):
        self.release({"A": dict(topic(), DependsOn="B"), "B": dict(queue(), DependsOn="C"), "C": topic()})
        self.assertEqual(self.calls("CreateTopic", "CreateQueue"), ["CreateTopic", "CreateQueue", "CreateTopic"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
