#!/usr/bin/env python3
"""Custom resources on the simulator: a Python thread plays the handler.  Each case compares what the handler was asked,
what it holds in the end, the plan and the ledger."""
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

import custom_handler
import harness
from changes_test import ACCOUNT, REGION, Changes, function, name, queue, role
import shapes

BUCKET = f"plumb-{ACCOUNT}-{REGION}"
STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/beta-shop/"
TOKEN = {"Fn::GetAtt": ["Function", "Arn"]}


def custom(answer=None, kind="Custom::Thing", others=None, **properties):
    given = dict({"ServiceToken": TOKEN}, **properties)
    if answer:
        given["Answer"] = answer
    return dict({"Type": kind, "Properties": given}, **(others or {}))


class Custom(Changes):
    def setUp(self):
        super().setUp()
        self.account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "iam.propagation": 0})
        self.handler = custom_handler.of_simulator(self.account)
        self.addCleanup(self.handler.close)

    def shop(self, **resources):
        return dict({"Role": role(), "Function": function()}, **resources)

    def keys(self):
        """What plumb keeps in its own bucket."""
        return [o["Key"] for o in self.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def why(self, done):
        """The first line of the failure."""
        return [line for line in done.stderr.splitlines() if "cannot " in line][0].split(": ", 2)[-1]


class Protocol(Custom):
    def test_what_is_asked(self):
        self.release(self.shop(Thing=custom(Count=3, On=True, List=[1, {"Half": 0.5}], Text="x",
                                            ServiceTimeout=60)))
        request = self.handler.requests[0]
        self.assertTrue(request["ResponseURL"].startswith(f"{self.account.url}/{BUCKET}/custom-resources/"))
        self.assertTrue(request["StackId"].startswith(STACK))
        self.assertRegex(request["RequestId"], "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        known = {k: v for k, v in request.items() if k not in ("ResponseURL", "StackId", "RequestId")}
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name('Function')}"
        self.assertEqual(known, {
            "RequestType": "Create", "ServiceToken": arn, "ResourceType": "Custom::Thing",
            "LogicalResourceId": "Thing", "ResourceProperties": {
                "ServiceToken": arn, "Count": "3", "On": "true", "List": ["1", {"Half": "0.5"}], "Text": "x",
                "ServiceTimeout": "60"}})
        self.assertEqual(self.handler.refused, [])

    def test_its_bucket_is_private_and_forgets(self):
        self.release(self.shop(Thing=custom()))
        s3 = self.client("s3")
        self.assertEqual(set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()),
                         {True})
        rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
        self.assertEqual([(r["Filter"]["Prefix"] if "Filter" in r else r["Prefix"], r["Expiration"]["Days"])
                          for r in rules], [("custom-resources/", 1)])
        self.assertEqual(self.keys(), [])

    def test_a_bucket_that_is_not_plumbs_is_not_used(self):
        self.client("s3").create_bucket(Bucket=BUCKET)
        done = self.release(self.shop(Thing=custom()), expect=1)
        self.assertIn(f"bucket '{BUCKET}' exists already and is not plumb's", done.stderr)
        self.assertEqual(self.handler.types(), [])

    def test_no_bucket_without_a_custom_resource(self):
        self.release({"Queue": queue()})
        self.assertEqual(self.client("s3").list_buckets()["Buckets"], [])


class Life(Custom):
    def test_created_updated_deleted(self):
        one = {"Create": {"PhysicalResourceId": "one", "Data": {"Name": "first", "Some.Number": 7}}}
        named = queue(QueueName={"Fn::Join": ["-", [{"Fn::GetAtt": ["Thing", "Name"]}, {"Ref": "Thing"},
                                                    {"Fn::GetAtt": ["Thing", "Some.Number"]}]]})
        self.release(self.shop(Thing=custom(one, Size=1), Queue=named))
        self.assertEqual(self.handler.types(), ["Create"])
        self.queue_url("first-one-7")
        self.in_sync()
        self.commit(self.shop(Thing=custom(one, Size=2), Queue=queue(QueueName="plain")),
                    allow={"replace": ["Queue"]})
        self.assertEqual(self.plan(), ["update Thing", "  Size: 1 -> 2", "replace Queue",
                                       '  QueueName: "first-one-7" -> "plain" !'])
        self.apply()
        self.assertEqual(self.handler.types(), ["Create", "Update one"])
        self.assertEqual(self.handler.requests[1]["OldResourceProperties"]["Size"], "1")
        self.in_sync()
        self.release(self.shop(), allow={"delete": ["Queue"], "manyDeletes": True})
        self.assertEqual(self.handler.types(), ["Create", "Update one", "Delete one"])
        self.assertEqual(self.handler.holds(), [])
        self.assertEqual(self.keys(), [])
        self.in_sync()

    def test_another_physical_id_is_a_replacement(self):
        def things(size, **answer):
            return self.shop(Thing=custom({"Create": {"PhysicalResourceId": "one"}, **answer}, Size=size),
                             Queue=queue(Tags=[{"Key": "thing", "Value": {"Ref": "Thing"}}]))
        self.release(things(1))
        self.commit(things(2, Update={"PhysicalResourceId": "two"}))
        self.assertEqual([line for line in self.plan() if "Tags" in line], ['  Tags: [{"Key": "thing", "Value": "one"}] '
                         '-> [{"Key": "thing", "Value": {"KnownAfterApply": "Thing"}}]'])
        self.apply()
        self.assertEqual(self.handler.types(), ["Create", "Update one", "Delete one"])
        self.assertEqual(self.handler.requests[2]["ResourceProperties"]["Size"], "1")
        self.assertEqual(self.handler.holds(), ["two"])
        self.assertIn("Thing two", self.inventory())
        self.in_sync()

    def test_an_update_that_changes_nothing_leaves_dependents(self):
        def things(size):
            return self.shop(Thing=custom({"Create": {"PhysicalResourceId": "one"}}, Size=size),
                             Queue=queue(QueueName={"Fn::Sub": "${Thing}-queue"}))
        self.release(things(1), allow={"replace": ["Queue"]})
        self.account.forget()
        self.release(things(2), allow={"replace": ["Queue"]})
        self.assertEqual(self.calls("CreateQueue", "DeleteQueue", "SetQueueAttributes"), [])
        self.in_sync()

    def test_a_name_is_made_up_where_the_handler_gives_none(self):
        self.release(self.shop(Thing=custom({"Create": {"Nameless": True}})))
        self.assertIn(f"Thing {name('Thing')}", self.inventory())

    def test_retained(self):
        self.release(self.shop(Thing=custom(others={"DeletionPolicy": "Retain"})))
        self.release(self.shop())
        self.assertEqual(self.handler.types(), ["Create"])

    def test_the_cdks_metadata_is_left_out_and_a_handle_does_nothing(self):
        self.release({"CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:x"}},
                      "Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
                      "Queue": queue(Tags=[{"Key": "url", "Value": {"Ref": "Nothing"}}])})
        self.assertEqual([line.split("/")[-1] for line in self.inventory()], [name("Nothing"), f"Queue {name('Queue')}"])
        self.in_sync()
        self.release({"Queue": queue()}, allow={"manyDeletes": True})
        self.in_sync()

    def test_drift_counts_what_cannot_be_compared(self):
        self.release(self.shop(Thing=custom(Size=1)))
        found = self.repository.json(self.account, "drift")[0]
        self.assertEqual((found["drift"], found["notComparable"]), ([], 2))


    def test_what_a_handler_hangs_on_another_resource_is_no_drift(self):
        topics = [f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}" for topic in ("asked", "not-asked")]
        self.release(self.shop(Bucket={"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "notifying"}},
                               Thing=custom(BucketName={"Ref": "Bucket"}, Notify=[{"TopicArn": topics[0]}])))
        for count, found in ((1, []), (2, ["Bucket extra notification.s3:ObjectCreated:*"])):
            self.client("s3").put_bucket_notification_configuration(
                Bucket="notifying", SkipDestinationValidation=True, NotificationConfiguration={"TopicConfigurations": [
                    {"TopicArn": arn, "Events": ["s3:ObjectCreated:*"]} for arn in topics[:count]]})
            self.assertEqual(self.drift(), found)


class Secrets(Custom):
    def things(self, size, **more):
        answer = {"Create": {"NoEcho": True, "Data": {"Password": "canary-1"}},
                  "Update": {"NoEcho": True, "Data": {"Password": "canary-2"}}}
        variables = {"URL": {"Fn::Sub": "db://${Thing.Password}@host"}, **more}
        return self.shop(Thing=custom(answer, Size=size), User=function(Environment={"Variables": variables}))

    def url(self):
        return self.client("lambda").get_function_configuration(
            FunctionName=name("User"))["Environment"]["Variables"]["URL"]

    def test_no_echo(self):
        outputs = {"Outputs": {"Password": {"Value": {"Fn::GetAtt": ["Thing", "Password"]}}}}
        self.release(self.things(1), **outputs)
        self.assertEqual(self.url(), "db://canary-1@host")
        self.in_sync()
        ledger = self.repository.git("log", "-p", f"refs/plumb/{ACCOUNT}")
        self.assertIn("canary-1", ledger)  # in the test's own order to the handler
        self.assertNotIn("db://canary", ledger)
        self.assertNotIn('"Password": "canary-1"', self.repository.git(
            "show", f"refs/plumb/{ACCOUNT}:{REGION}/beta/shop/inventory.json").split('"attributes"')[-1])

    def test_a_secret_parameter_goes_to_the_handler_only(self):
        word = {"Word": {"Type": "String", "NoEcho": True}}
        self.release(self.shop(Thing=custom(Word={"Ref": "Word"})), Parameters=word, environment={"Word": "canary-3"})
        self.assertEqual(self.handler.requests[0]["ResourceProperties"]["Word"], "canary-3")
        self.in_sync()
        for commit in (True, False):  # an update, then the end
            self.release(self.shop(**({"Thing": custom(Word={"Ref": "Word"}, Size=1)} if commit else {})),
                         Parameters=word if commit else {}, allow={"manyDeletes": True})
        kept = self.repository.git("log", "-p", f"refs/plumb/{ACCOUNT}")
        with open(os.path.join(self.repository.home, "requests"), encoding="utf-8") as log:
            kept += log.read()
        self.assertTrue(shapes.check_logs([pathlib.Path(self.repository.home, "requests")]))
        self.assertIn("InvocationType", kept)
        self.assertNotIn("canary", kept)
        self.assertNotIn("X-Amz-Signature", kept)

    def test_what_needs_it_waits_until_the_handler_gives_it_again(self):
        self.release(self.things(1))
        self.commit(self.things(1, More="x"))
        self.assertEqual([line for line in self.plan() if "held" in line], [
            "update User, held: it needs a secret that only the handler of a custom resource knows: change a property "
            "of that one too, so that its handler gives it again"])
        self.release(self.things(2, More="x"))
        self.assertEqual(self.url(), "db://canary-2@host")
        self.in_sync()


class Refusals(Custom):
    def test_create_fails(self):
        answer = {"Create": {"Status": "FAILED", "Reason": "out of cheese", "PhysicalResourceId": "half",
                             "Leaves": True}}
        done = self.release(self.shop(Thing=custom(answer)), expect=1)
        self.assertEqual(self.why(done), "cannot create Custom::Thing 'Thing': its handler says: out of cheese")
        self.assertEqual(self.handler.types(), ["Create", "Delete half"])
        self.assertEqual(self.handler.holds(), [])
        self.apply(expect=1)
        self.assertEqual(self.handler.types(), ["Create", "Delete half"] * 2)
        self.assertEqual(len({r["RequestId"] for r in self.handler.requests}), 4)
        self.release(self.shop(Thing=custom()))
        self.in_sync()

    def test_a_handler_whose_role_is_not_known_yet_is_asked_again(self):
        denied = {"Create": {"DeniedOnce": True}}
        self.release(self.shop(Thing=custom(denied)))
        self.assertEqual([t.split()[0] for t in self.handler.types()], ["Create", "Delete", "Create"])
        self.assertEqual(len(self.handler.holds()), 1)
        self.in_sync()
        self.handler.forget()
        done = self.release(self.shop(Thing=custom(), Second=custom(denied)), expect=1)
        self.assertIn("not authorized to perform s3:PutObject", done.stderr)  # no role is new

    def test_what_a_failed_create_left_and_cannot_be_undone_stays_known(self):
        answer = {"Create": {"Status": "FAILED", "PhysicalResourceId": "half", "Leaves": True},
                  "Delete": {"Status": "FAILED", "Reason": "not today"}}
        done = self.release(self.shop(Thing=custom(answer)), expect=1)
        self.assertIn("no reason given; what it left, 'half', stays, because its handler says: not today", done.stderr)
        self.assertIn("Thing half leaving", self.inventory())
        self.handler.override = {"Delete": {"Status": "SUCCESS"}}
        self.release(self.shop(Thing=custom()))
        self.assertEqual(len(self.handler.holds()), 1)
        self.assertNotIn("half", self.handler.holds())
        self.in_sync()

    def test_update_fails_and_is_taken_back(self):
        def things(size, **answer):
            return self.shop(Thing=custom(dict({"Create": {"PhysicalResourceId": "one"}}, **answer), Size=size))
        self.release(things(1))
        self.handler.override = {"Update": {"Status": "FAILED", "Reason": "too big"}}
        done = self.release(things(2), expect=1)
        self.assertEqual(self.why(done), "cannot update Custom::Thing 'Thing': its handler says: too big")
        self.handler.override = {}
        self.commit(things(1))
        self.assertEqual(self.plan(), ["update Thing"])
        self.apply()
        last = self.handler.requests[-1]
        self.assertEqual((last["RequestType"], last["ResourceProperties"]["Size"],
                          last["OldResourceProperties"]["Size"]), ("Update", "1", "2"))
        self.in_sync()

    def test_delete_fails(self):
        self.release(self.shop(Thing=custom({"Create": {"PhysicalResourceId": "one"}})))
        self.handler.override = {"Delete": {"Status": "FAILED", "Reason": "still in use"}}
        done = self.release(self.shop(), expect=1, allow={"manyDeletes": True})
        self.assertEqual(self.why(done), "cannot delete Custom::Thing 'Thing': its handler says: still in use")
        self.assertIn("Thing one", self.inventory())
        self.handler.override = {}
        self.apply()
        self.assertEqual(self.handler.holds(), [])
        self.in_sync()

    def test_a_timeout_and_a_late_answer(self):
        self.handler.override = {"Create": {"Silent": True}}
        done = self.release(self.shop(Thing=custom(ServiceTimeout=1)), expect=1)
        self.assertRegex(self.why(done), "^cannot create Custom::Thing 'Thing': its handler 'arn:.*' has not answered "
                                         "within 1 s: see the handler's log")
        late = self.handler.requests[0]
        self.handler.override = {}
        self.handler.answers.clear()
        with self.handler.lock:
            self.handler.handle(late)
        self.apply()
        self.assertEqual(self.handler.types(), ["Create", "Create"])  # both times the test itself
        self.assertEqual(len(self.handler.holds()), 1)
        self.in_sync()

    def test_asked_to_stop_while_a_handler_works(self):
        self.handler.override = {"Create": {"Silent": True}}
        self.commit(self.shop(Thing=custom()))
        process = subprocess.Popen([harness.PLUMB, "apply"], cwd=self.repository.path, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=self.repository.environment(self.account))
        for _ in range(300):
            if self.handler.types():
                break
            time.sleep(0.1)
        process.terminate()
        process.communicate(timeout=30)
        request = self.handler.requests[0]
        self.handler.override = {}
        self.handler.answers.clear()
        with self.handler.lock:
            self.handler.handle(request)
        self.apply()
        self.assertEqual({r["RequestId"] for r in self.handler.requests}, {request["RequestId"]})
        self.assertEqual(len(self.handler.requests), 2)  # the one, and the test that plays it once more
        self.in_sync()

    def test_an_answer_that_is_none(self):
        self.handler.override = {"Create": {"Body": "x" * 4097}}
        done = self.release(self.shop(Thing=custom()), expect=1)
        self.assertEqual(self.why(done), "cannot create Custom::Thing 'Thing': its handler's answer is not valid: it has "
                                         "more than 4096 bytes")
        self.handler.override = {"Create": {"Body": ""}}
        self.assertIn("its handler's answer is not valid: it is no JSON", self.apply(expect=1).stderr)

    def test_the_answer_to_another_request_is_none(self):
        self.handler.override = {"Create": {"RequestId": "another"}}
        done = self.release(self.shop(Thing=custom(ServiceTimeout=1)), expect=1)
        self.assertIn("has not answered within 1 s", done.stderr)

    def test_the_service_token_cannot_change(self):
        self.release(self.shop(Other=function(), Thing=custom()))
        self.commit(self.shop(Other=function(), Thing=custom(ServiceToken={"Fn::GetAtt": ["Other", "Arn"]})))
        self.assertEqual(self.plan()[0], "update Thing, held: ServiceToken cannot be changed: give the resource another "
                                         "logical id")

    def test_what_cannot_be_asked(self):
        for resource, why in [
                (custom(ServiceToken="thing"), "Thing: ServiceToken must be the ARN of a Lambda function or SNS topic, "
                                               "not 'thing' (template.json:"),
                (custom(ServiceTimeout=3601), "Thing: ServiceTimeout must be 1 to 3600 seconds (template.json:"),
                ({"Type": "Custom::Thing"}, "property 'ServiceToken' is missing in AWS::CloudFormation::CustomResource"),
                (custom(kind="Custom::A/B"), "Thing: a custom type is named by 1 to 60 letters, digits, '_', '@' and "
                                             "'-', not 'Custom::A/B' (template.json:"),
                ({"Type": "AWS::CloudFormation::WaitCondition", "Properties": {}}, "WaitCondition")]:
            with self.subTest(why=why):
                self.commit(self.shop(Thing=resource))
                self.assertIn(why, self.repository.plumb(self.account, "plan").stderr)


if __name__ == "__main__":
    unittest.main()
