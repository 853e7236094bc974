#!/usr/bin/env python3
"""What nobody declared hangs on resources that are ours: it is reported, and removed only where the environment says
so.  What another application of the account declares is none."""
import json
import unittest

import changes_test
from changes_test import ACCOUNT, REGION, function, name, resource, role, topic

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def resources():
    return {
        "Role": role(Policies=[{"PolicyName": "own", "PolicyDocument": DOCUMENT}]),
        "Function": function(),
        "News": topic(),
        "Nightly": resource("Events::Rule", {"ScheduleExpression": "rate(1 day)", "State": "DISABLED", "Targets": [
            {"Id": "own", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}]}),
        "Allow": resource("Lambda::Permission", {
            "FunctionName": {"Ref": "Function"}, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}),
    }


class Extras(changes_test.Changes):
    def setUp(self):
        super().setUp()
        self.account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "lambda.publish": 0})

    def environment(self, extras):
        self.repository.write("environments/beta/environment.yaml",
                              f'account: "{ACCOUNT}"\nregion: {REGION}\ndrift: {{extras: {extras}}}\n')

    def hang(self):
        """What somebody hung on each of them."""
        iam, functions = self.client("iam"), self.client("lambda")
        target = functions.get_function(FunctionName=name("Function"))["Configuration"]["FunctionArn"]
        iam.put_role_policy(RoleName=name("Role"), PolicyName="theirs", PolicyDocument=json.dumps(DOCUMENT))
        iam.attach_role_policy(RoleName=name("Role"), PolicyArn=READ_ONLY)
        iam.tag_role(RoleName=name("Role"), Tags=[{"Key": "owner", "Value": "me"}])
        functions.add_permission(FunctionName=name("Function"), StatementId="theirs", Action="lambda:InvokeFunction",
                                 Principal="s3.amazonaws.com")
        functions.update_function_configuration(FunctionName=name("Function"), Environment={"Variables": {"DEBUG": "1"}})
        version = functions.publish_version(FunctionName=name("Function"))["Version"]
        functions.create_alias(FunctionName=name("Function"), Name="theirs", FunctionVersion=version)
        self.client("events").put_targets(Rule=name("Nightly"), Targets=[{"Id": "theirs", "Arn": target}])
        self.topic = next(t["TopicArn"] for t in self.client("sns").list_topics()["Topics"] if "News" in t["TopicArn"])
        self.subscription = self.client("sns").subscribe(TopicArn=self.topic, Protocol="lambda", Endpoint=target,
                                                         ReturnSubscriptionArn=True)["SubscriptionArn"]
        return {
            "Function": {"alias." + target + ":theirs", "environment variable.DEBUG", "permission.theirs"},
            "News": {"subscription." + self.subscription},
            "Nightly": {"target.theirs"},
            "Role": {"attached policy." + READ_ONLY, "inline policy.theirs", "tag.owner"},
        }

    def found(self):
        report = self.repository.json(self.account, "drift")[0]["drift"]
        self.assertEqual({d["kind"] for d in report}, {"extra"})
        return {d["logicalId"]: {x["path"] for x in d["differences"]} for d in report}

    def test_they_are_reported_and_stay(self):
        self.release(resources())
        self.in_sync()
        hung = self.hang()
        self.assertEqual(self.found(), hung)
        self.assertEqual(self.plan(), [])

    def test_they_go_where_the_environment_says_so(self):
        self.environment("remove")
        self.release(resources())
        self.in_sync()
        hung = self.hang()
        planned = {c["logicalId"]: {d["path"] for d in c["differences"]}
                   for c in self.repository.json(self.account, "plan")[0]["changes"]}
        self.assertEqual(planned, hung)
        self.assertIn("healed", self.apply().stdout)
        self.in_sync()
        self.assertNotIn("Environment", self.client("lambda").get_function_configuration(FunctionName=name("Function")))
        self.assertEqual(self.client("iam").list_role_policies(RoleName=name("Role"))["PolicyNames"], ["own"])
        self.assertEqual(self.client("sns").list_subscriptions_by_topic(TopicArn=self.topic)["Subscriptions"], [])

    def tags(self, tags):
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": REGION, "tags": tags}))
        self.repository.commit("Tags")

    def live_tags(self):
        tags = self.client("sqs").list_queue_tags(QueueUrl=self.client("sqs").list_queues()["QueueUrls"][0])["Tags"]
        return {k: v for k, v in tags.items() if not k.startswith("plumb:")}

    def test_the_environments_tags_follow_git(self):
        self.tags({"team": "a", "app": "env"})
        self.release({"Queue": changes_test.queue(Tags=[{"Key": "app", "Value": "own"}])})
        self.in_sync()
        self.assertEqual(self.live_tags(), {"team": "a", "app": "own"})  # the resource's own win
        self.tags({"team": "b", "cost": "1"})
        self.assertEqual(self.plan(), ["update Queue", '  tag.team: "a" -> "b"', '  tag.cost: - -> "1"'])
        self.assertEqual(self.drift(), [])
        self.apply()
        self.assertEqual(self.live_tags(), {"team": "b", "cost": "1", "app": "own"})
        self.in_sync()
        self.client("sqs").untag_queue(QueueUrl=self.client("sqs").list_queues()["QueueUrls"][0], TagKeys=["cost"])
        self.assertEqual(self.drift(), ["Queue changed tag.cost"])
        self.assertEqual(self.plan(), ["update Queue", '  tag.cost: - -> "1" (drift)'])
        self.tags({})
        self.apply()
        self.assertEqual(self.live_tags(), {"app": "own"})
        self.in_sync()

    def test_one_that_is_expected_stays(self):
        self.repository.write("environments/beta/environment.yaml", json.dumps({
            "account": ACCOUNT, "region": REGION, "drift": {"extras": "remove", "ignore": [
                {"resource": "Role", "path": "inline policy.theirs", "reason": "an audit"}]}}))
        self.release(resources())
        self.client("iam").put_role_policy(RoleName=name("Role"), PolicyName="theirs",
                                           PolicyDocument=json.dumps(DOCUMENT))
        self.in_sync()

    def test_what_another_application_declares_is_none(self):
        self.environment("remove")
        self.release(resources())
        self.repository.write("other.json", json.dumps({"Resources": {"Invoke": resource("Lambda::Permission", {
            "FunctionName": name("Function"), "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"})}}))
        self.repository.write("environments/beta/other.yaml", "template: other.json\n")
        self.repository.commit("Another application calls it")
        self.apply()
        self.in_sync()

    def test_traffic_that_was_moved_by_hand_is_only_told(self):
        self.environment("remove")
        alias = {"Version": resource("Lambda::Version", {"FunctionName": {"Ref": "Function"}}),
                 "Live": resource("Lambda::Alias", {"FunctionName": {"Ref": "Function"}, "Name": "live",
                                                    "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]}})}
        self.release(dict(resources(), **alias))
        functions = self.client("lambda")
        functions.update_function_configuration(FunctionName=name("Function"), MemorySize=256)
        version = functions.publish_version(FunctionName=name("Function"))["Version"]
        functions.update_function_configuration(FunctionName=name("Function"), MemorySize=128)
        functions.update_alias(FunctionName=name("Function"), Name="live",
                               RoutingConfig={"AdditionalVersionWeights": {version: 0.1}})
        self.assertEqual(self.found(), {"Live": {"version with traffic." + version}})
        self.assertEqual(self.plan(), [])


if __name__ == "__main__":
    unittest.main()
