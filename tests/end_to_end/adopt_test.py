#!/usr/bin/env python3
"""Taking over what exists: made by hand, by another tool, by a CloudFormation stack.  Only tags and the ledger are
written; what another calls its own is refused with its name."""
import io
import json
import unittest
import zipfile

import changes_test
import harness
from changes_test import ACCOUNT, REGION, TRUST, queue, resource, role, table, topic

POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"Service": "sns.amazonaws.com"}, "Resource": "*"}]}


def archive(files):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as packed:
        for path, text in files.items():
            packed.writestr(path, text)
    return memory.getvalue()


class ByHand(changes_test.Changes):
    def adopt(self, *words, expect=0):
        return self.repository.plumb(self.account, "adopt", "beta/shop", *words, expect=expect)

    def written(self):
        return sorted(set(self.account.mutating()))

    def make(self):
        """What a person made; the table's name is nowhere in the template."""
        sqs, iam = self.client("sqs"), self.client("iam")
        url = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "45", "Policy": json.dumps(POLICY)},
                               tags={"team": "a"})["QueueUrl"]
        self.client("sns").create_topic(Name="news", Attributes={"DisplayName": "News"})
        self.client("dynamodb").create_table(
            TableName="legacy", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName="worker", PolicyName="logs", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}))
        self.account.post("delays", {"iam.propagation": 0})
        self.client("lambda").create_function(
            FunctionName="worker", Runtime="python3.12", Handler="index.handler", Timeout=30,
            Role=f"arn:aws:iam::{ACCOUNT}:role/worker", Environment={"Variables": {"A": "1"}},
            Code={"ZipFile": archive({"index.py": "def handler(e, c): pass"})})
        return url

    def resources(self, **queue_properties):
        return {
            "Queue": queue(**dict({"QueueName": "orders", "VisibilityTimeout": 45}, **queue_properties)),
            "Access": resource("SQS::QueuePolicy", {"Queues": [{"Ref": "Queue"}], "PolicyDocument": POLICY}),
            "News": topic(TopicName="news", DisplayName="News"),
            "Table": table(),
            "Role": role(RoleName="worker"),
            "Logs": resource("IAM::Policy", {"PolicyName": "logs", "Roles": [{"Ref": "Role"}], "PolicyDocument": {
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}}),
            "Worker": resource("Lambda::Function", {
                "FunctionName": "worker", "Runtime": "python3.12", "Handler": "index.handler", "Timeout": 30,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Environment": {"Variables": {"A": "1"}},
                "Code": {"ZipFile": "def handler(e, c): pass"}}),
        }

    def test_only_tags_and_the_ledger_are_written(self):
        url = self.make()
        self.commit(self.resources())
        self.assertIn("was not made by plumb", self.apply(expect=1).stderr)
        self.account.forget()
        told = self.adopt("Table=legacy")
        self.assertIn("beta/shop: adopted 7, nothing else was changed", told.stdout)
        self.assertEqual(self.written(), ["dynamodb.TagResource", "iam.TagRole", "lambda.TagResource", "sns.TagResource",
                                          "sqs.TagQueue"])
        self.assertEqual(self.client("sqs").list_queue_tags(QueueUrl=url)["Tags"], {
            "team": "a", "plumb:repository": "shop", "plumb:environment": "beta", "plumb:application": "shop",
            "plumb:logical-id": "Queue"})
        self.assertIn("beta/shop: adopted", self.repository.git("log", "-1", "--format=%s", f"refs/plumb/{ACCOUNT}"))
        self.account.forget()
        self.assertIn("beta/shop: nothing to adopt", self.adopt().stdout)
        self.assertEqual(self.written(), [])
        # its code cannot be read, so that it is written once
        self.assertEqual(self.plan(), ["update Worker", '  Code.ZipFile: - -> "def handler(e, c): pass"'])
        self.apply()
        self.assertEqual(self.plan(), [])
        self.assertEqual(self.drift(), ["Queue extra tag.team"])

    def test_what_differs_is_a_change_and_no_drift(self):
        self.make()
        self.commit(self.resources(VisibilityTimeout=60))
        told = self.adopt("Table=legacy").stdout
        self.assertRegex(told, r"VisibilityTimeout +45 -> 60\n")
        self.assertEqual(self.plan(), ["update Queue", "  VisibilityTimeout: 45 -> 60", "update Worker", '  Code.ZipFile: - -> "def handler(e, c): pass"'])
        self.assertEqual(self.drift(), ["Queue extra tag.team"])
        self.apply()
        self.assertEqual(self.plan(), [])

    def test_what_is_not_there_is_made_by_the_next_apply(self):
        self.client("sqs").create_queue(QueueName="orders")
        self.commit({"Queue": queue(QueueName="orders"), "Other": queue(QueueName="other")})
        self.assertIn("adopted 1,", self.adopt().stdout)
        self.assertEqual(self.plan(), ["create Other"])
        self.apply()
        self.in_sync()

    def test_words_that_fit_nothing_are_refused(self):
        self.client("sqs").create_queue(QueueName="orders")
        self.commit({"Queue": queue(QueueName="orders"), "Table": table()})
        for words, sentence in (
                (["Queu=x"], "the template has no resource 'Queu', did you mean 'Queue'?"),
                (["Queue"], "'Queue' is not of the form LOGICAL=PHYSICAL"),
                (["Table=missing"], "there is no AWS::DynamoDB::Table 'missing' that 'Table' could be"),
                (["--from-stack", "none"], "none")):
            self.assertIn(sentence, self.adopt(*words, expect=1).stderr)
        self.assertIn("name one application, as in plumb adopt prod/orders",
                      self.repository.plumb(self.account, "adopt", "beta", expect=1).stderr)
        self.adopt()
        url = self.client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
        self.assertIn(f"'Queue' is managed already: it is '{url}'", self.adopt("Queue=x", expect=1).stderr)

    def test_what_another_environment_has_is_refused_with_its_name(self):
        self.release({"Queue": queue(QueueName="orders"), "Access": resource("SQS::QueuePolicy", {
            "Queues": [{"Ref": "Queue"}], "PolicyDocument": POLICY})})
        self.repository.write("environments/twin/environment.yaml", f'account: "{ACCOUNT}"\nregion: {REGION}\n')
        self.repository.write("environments/twin/shop.yaml", "template: template.json\n")
        self.repository.commit("A twin in the same account")
        owner = "belongs to 'beta/shop' of repository 'shop' as 'Queue'"
        for command in (["plan", "twin"], ["adopt", "twin/shop"]):
            told = self.repository.plumb(self.account, *command)
            self.assertIn(owner, told.stdout + told.stderr)
        self.assertIn(owner, self.repository.plumb(self.account, "apply", "twin", expect=1).stderr)

    def test_an_untagged_resource_of_another_environment_is_known_by_the_ledger(self):
        self.client("iam").create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
        policy = resource("IAM::Policy", {"PolicyName": "logs", "Roles": ["worker"], "PolicyDocument": document})
        self.release({"Logs": policy})
        self.repository.write("environments/twin/environment.yaml", f'account: "{ACCOUNT}"\nregion: {REGION}\n')
        self.repository.write("environments/twin/shop.yaml", "template: template.json\n")
        self.repository.commit("A twin in the same account")
        told = self.repository.plumb(self.account, "apply", "twin", expect=1).stderr
        self.assertIn("'logs' is 'Logs' of 'beta/shop' in the ledger", told)


class OfAStack(unittest.TestCase):
    """On moto, whose CloudFormation makes real resources."""

    def setUp(self):
        self.account = harness.Moto()
        self.addCleanup(self.account.close)
        self.account.prepare()
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)
        self.repository.write("environments/beta/environment.yaml",
                              f'account: "{ACCOUNT}"\nregion: {REGION}\nroleArn: arn:aws:iam::{ACCOUNT}:role/plumb\n')

    def test_it_is_the_stacks_until_that_is_deleted(self):
        resources = {"Queue": queue(VisibilityTimeout=45), "News": topic(DisplayName="News"), "Table": table(),
                     "Role": role()}
        for one in resources.values():
            one["DeletionPolicy"] = "Retain"
        self.repository.write("template.json", json.dumps({"Resources": resources}))
        self.repository.write("environments/beta/shop.yaml", "template: template.json\n")
        self.repository.commit("As the stack has it")
        stacks = self.account.client("cloudformation", "beta")
        stack = stacks.create_stack(StackName="shop", TemplateBody=json.dumps({"Resources": resources}))["StackId"]
        told = self.repository.plumb(self.account, "adopt", "beta/shop", "--from-stack", "shop", expect=1)
        self.assertIn("nothing was adopted", told.stderr)
        self.assertIn("CloudFormation stack 'shop' owns it", told.stderr)
        stacks.delete_stack(StackName="shop")
        told = self.repository.plumb(self.account, "adopt", "beta/shop", "--from-stack", stack, expect=0)
        self.assertIn("adopted 4,", told.stdout)
        self.assertIn("beta/shop: nothing to do, 4 of 4", self.repository.plumb(self.account, "plan", expect=0).stdout)


if __name__ == "__main__":
    unittest.main()
