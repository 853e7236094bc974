#!/usr/bin/env python3
"""A custom resource whose handler hears an SNS topic through an SQS queue.  On moto, which is not ours: SNS delivers, S3
takes the answers, and botocore's own presigner could have made their URLs."""
import json
import unittest

import custom_handler
import harness

ACCOUNT, REGION = harness.ACCOUNTS["beta"], harness.REGIONS["beta"]


class Topic(unittest.TestCase):
    def setUp(self):
        self.account = harness.Moto()
        self.addCleanup(self.account.close)
        harness.make_role(self.client("iam"))
        sns, sqs = self.client("sns"), self.client("sqs")
        self.topic = sns.create_topic(Name="handler")["TopicArn"]
        url = sqs.create_queue(QueueName="heard")["QueueUrl"]
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard")
        self.handler = custom_handler.of_queue(sqs, url)
        self.addCleanup(self.handler.close)
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)

    def client(self, service):
        return self.account.client(service, "beta")

    def release(self, size=None, **answer):
        resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
        if size:
            resources["Thing"] = {"Type": "AWS::CloudFormation::CustomResource", "Properties": {
                "ServiceToken": self.topic, "Size": size, "Answer": answer}}
            resources["Topic"]["Properties"] = {"DisplayName": {"Fn::GetAtt": ["Thing", "Name"]}}
        self.repository.write("template.json", json.dumps({"Resources": resources}))
        self.repository.write("environments/beta/shop.yaml", json.dumps(
            {"template": "template.json", "allow": {"manyDeletes": True}}))
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": REGION, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/plumb"}))
        self.repository.commit("Change")
        self.repository.plumb(self.account, "apply", expect=0)
        self.assertEqual(self.repository.json(self.account, "plan")[0]["changes"], [])

    def test_its_life(self):
        self.release(1, Create={"PhysicalResourceId": "one", "Data": {"Name": "first"}})
        self.assertEqual(self.handler.requests[0]["ResourceType"], "AWS::CloudFormation::CustomResource")
        self.release(2, Update={"PhysicalResourceId": "two", "Data": {"Name": "second"}})
        shown = [self.client("sns").get_topic_attributes(TopicArn=t["TopicArn"])["Attributes"].get("DisplayName")
                 for t in self.client("sns").list_topics()["Topics"] if "handler" not in t["TopicArn"]]
        self.assertEqual(shown, ["second"])
        self.release()
        self.assertEqual(self.handler.types(), ["Create", "Update one", "Delete one", "Delete two"])
        self.assertEqual((self.handler.holds(), self.handler.refused), ([], []))


if __name__ == "__main__":
    unittest.main()
