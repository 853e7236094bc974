#!/usr/bin/env python3
"""A nested stack whose template lies behind a URL: CloudFormation's own stack, made, changed and deleted by plumb.
nested_url_test.py simulator|moto"""
import json
import sys
import unittest

import harness

ACCOUNT, REGION = harness.ACCOUNTS["beta"], harness.REGIONS["beta"]
URL = "https://s3.amazonaws.com/templates/queue.json"
QUEUE = {"Parameters": {"Name": {"Type": "String"}, "Level": {"Type": "String", "Default": "low"}},
         "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}},
         "Outputs": {"Name": {"Value": {"Ref": "Name"}}}}


class NestedByUrl(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.account = harness.Simulator() if WHERE == "simulator" else harness.Moto()
        self.addCleanup(self.account.close)
        self.account.prepare()
        s3 = self.account.client("s3", "beta")
        s3.create_bucket(Bucket="templates")
        s3.put_object(Bucket="templates", Key="queue.json", Body=json.dumps(QUEUE))
        self.stacks = self.account.client("cloudformation", "beta")
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml", json.dumps({
            "account": ACCOUNT, "region": REGION, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/plumb",
            "tags": {"team": "orders"}}))

    def commit(self, allow=None, **properties):
        resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
        if properties:
            resources["Inner"] = {"Type": "AWS::CloudFormation::Stack", "Properties": dict({"TemplateURL": URL}, **properties)}
            resources["Topic"]["Properties"] = {"DisplayName": {"Fn::GetAtt": "Inner.Outputs.Name"}}
        self.repository.write("template.json", json.dumps({"Resources": resources}))
        self.repository.write("environments/beta/shop.yaml", json.dumps({"template": "template.json", "allow": allow or {}}))
        self.repository.commit("Change")

    def plumb(self, *command, expect=0):
        return self.repository.plumb(self.account, *command, expect=expect)

    def stack(self):
        return [s for s in self.stacks.describe_stacks()["Stacks"] if s["StackStatus"] != "DELETE_COMPLETE"]

    def in_sync(self):
        self.assertIn("nothing to do", self.plumb("plan").stdout)
        self.assertIn("no drift", self.plumb("drift").stdout)

    def test_a_life(self):
        self.commit(Parameters={"Name": "orders"}, Tags=[{"Key": "app", "Value": "shop"}])
        self.plumb("apply")
        self.in_sync()
        stack = self.stack()[0]
        self.assertTrue(stack["StackName"].startswith("beta-shop-Inner-"))
        tags = {t["Key"]: t["Value"] for t in stack["Tags"]}
        self.assertEqual((tags["app"], tags["team"], tags["plumb:logical-id"]), ("shop", "orders", "Inner"))
        topic = self.account.client("sns", "beta").list_topics()["Topics"][0]["TopicArn"]
        attributes = self.account.client("sns", "beta").get_topic_attributes(TopicArn=topic)["Attributes"]
        self.assertEqual(attributes["DisplayName"], "orders")
        # a parameter and a tag that are no more are set back
        self.commit(Parameters={"Name": "orders", "Level": "high"})
        self.assertIn("Parameters", self.plumb("plan", expect=2).stdout)
        self.plumb("apply")
        self.in_sync()
        parameters = {p["ParameterKey"]: p["ParameterValue"] for p in self.stack()[0]["Parameters"]}
        self.assertEqual(parameters, {"Name": "orders", "Level": "high"})
        self.assertNotIn("app", [t["Key"] for t in self.stack()[0]["Tags"]])
        # what goes needs a mark, since nobody can see what it holds
        self.commit()
        self.assertIn("add it to allow.delete", self.plumb("apply", expect=1).stderr)
        self.commit(allow={"delete": ["Inner"], "manyDeletes": True})
        self.plumb("apply")
        self.assertEqual(self.stack(), [])
        self.in_sync()

    def test_drift(self):
        self.commit(Parameters={"Name": "orders", "Level": "low"})
        self.plumb("apply")
        stack = self.stack()[0]
        self.stacks.update_stack(StackName=stack["StackId"], TemplateURL=URL, Tags=stack["Tags"], Parameters=[
            {"ParameterKey": "Name", "ParameterValue": "orders"}, {"ParameterKey": "Level", "ParameterValue": "high"}])
        self.assertIn("Parameters.Level", self.plumb("drift", expect=2).stdout)
        self.plumb("apply")
        self.in_sync()

    def test_a_template_that_is_not_there(self):
        self.commit(Parameters={"Name": "orders"}, TemplateURL="https://s3.amazonaws.com/templates/none.json")
        self.assertIn("AWS::CloudFormation::Stack 'Inner'", self.plumb("apply", expect=1).stderr)

    def test_what_cannot_be_done_is_refused_by_name(self):
        self.commit(Parameters={"Name": "orders"}, EnableTerminationProtection=True)
        self.assertIn("property 'EnableTerminationProtection' of AWS::CloudFormation::Stack is not supported",
                      self.plumb("plan", expect=1).stderr)


if __name__ == "__main__":
    WHERE = sys.argv.pop(1)
    if WHERE == "moto":  # one witness is enough: moto is slow to start
        sys.argv[1:] = ["NestedByUrl.test_a_life"]
    unittest.main()
