#!/usr/bin/env python3
"""Guards: each rule tried both ways.  What is refused is said with the line of the rule and of the template, by plan and
apply, and nothing is written; what the rule lets pass is applied; an exception lets it pass, one that expired does not;
what is known only after apply is judged right before its write."""
import json
import unittest

import harness

ACCOUNT = harness.ACCOUNTS["beta"]
REGION = harness.REGIONS["beta"]
OTHER = harness.ACCOUNTS["gamma"]
EVERYBODY = {"AWS": "*"}
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
BLOCK = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}
LAYER = "arn:aws:lambda:us-east-1:%s:layer:tools:1"


def resource(kind, **properties):
    return {"Type": "AWS::" + kind, "Properties": properties}


def document(**statement):
    return {"Version": "2012-10-17", "Statement": [dict({"Effect": "Allow"}, **statement)]}


def trust(**principal):
    return document(Action="sts:AssumeRole", Principal=principal or {"Service": "lambda.amazonaws.com"})


def role(statement=None, **more):
    made = resource("IAM::Role", AssumeRolePolicyDocument=trust(), **more)
    if statement:
        made["Properties"]["Policies"] = [{"PolicyName": "own", "PolicyDocument": document(Resource="*", **statement)}]
    return made


def function(**more):
    return resource("Serverless::Function", InlineCode="def handler(event, context): return event", Handler="index.handler",
                    Runtime="python3.12", **more)


def queue_policy(principal, **more):
    return {"Line": resource("SQS::Queue"), "R": resource("SQS::QueuePolicy", Queues=[{"Ref": "Line"}], PolicyDocument=document(
        Action="sqs:SendMessage", Principal=principal, Resource="*", **more))}


def bucket_policy(principal, **more):
    return {"Store": resource("S3::Bucket", PublicAccessBlockConfiguration=BLOCK),
            "R": resource("S3::BucketPolicy", Bucket={"Ref": "Store"}, PolicyDocument=document(
                Action="s3:GetObject", Resource={"Fn::Sub": "arn:aws:s3:::${Store}/*"}, Principal=principal, **more))}


def route(**more):
    return {"Api": resource("ApiGatewayV2::Api", Name="shop", ProtocolType="HTTP"),
            "R": resource("ApiGatewayV2::Route", ApiId={"Ref": "Api"}, RouteKey="GET /orders", **more)}


def method(**more):
    return {"Api": resource("ApiGateway::RestApi", Name="shop"),
            "R": resource("ApiGateway::Method", RestApiId={"Ref": "Api"}, HttpMethod="GET",
                          ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]}, Integration={"Type": "MOCK"}, **more)}


def passes_role(arn):
    return {"R": role(Policies=[{"PolicyName": "own", "PolicyDocument": document(Action="iam:PassRole", Resource=arn)}])}


ACTIONS = {"policies": {"forbidActions": ["iam:*", "*"]}}
PRINCIPALS = {"policies": {"forbidPrincipals": ["*", f"arn:aws:iam::{OTHER}:*"]}}
ACCOUNTS = {"accounts": ["333333333333"]}
SOURCE = {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}
LOOSE = {"Condition": {"StringLike": {"aws:SourceArn": "arn:aws:s3:::*"}}}

# name: guards, rule, what is refused in which resource, the value that is told, what passes (None: not applied)
CASES = {
    "action": (ACTIONS, "policies.forbidActions", {"R": role({"Action": "iam:PassRole"})}, "iam:PassRole",
               {"R": role({"Action": "sqs:SendMessage"})}),
    "wildcard": (ACTIONS, "policies.forbidActions", {"R": role({"Action": ["sqs:*", "I*"]})}, "I*",
                 {"R": role({"Action": "sqs:*"})}),
    "all": ({"policies": {"forbidActions": ["*"]}}, "policies.forbidActions", {"R": role({"Action": "*"})}, "*",
            {"R": role({"Action": ["iam:GetRole", "s3:*"]})}),
    "notaction": (ACTIONS, "policies.forbidActions", {"R": role({"NotAction": ["s3:*", "sqs:*"]})}, "all but s3:*, sqs:*",
                  {"R": role({"Action": "s3:*"})}),
    "managed": ({"policies": {"forbidManaged": [ADMIN]}}, "policies.forbidManaged", {"R": role(ManagedPolicyArns=[ADMIN])},
                ADMIN, {"R": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])}),
    "policy": (ACTIONS, "policies.forbidActions",
               {"R": resource("IAM::ManagedPolicy", PolicyDocument=document(Action="iam:CreateUser", Resource="*"))},
               "iam:CreateUser",
               {"R": resource("IAM::ManagedPolicy", PolicyDocument=document(Action="s3:GetObject", Resource="*"))}),
    "queue": (PRINCIPALS, "policies.forbidPrincipals", queue_policy("*"), "*", queue_policy(EVERYBODY, **SOURCE)),
    "loose": (PRINCIPALS, "policies.forbidPrincipals", queue_policy("*", **LOOSE), "*",
              queue_policy({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    "topic": (PRINCIPALS, "policies.forbidPrincipals",
              {"Top": resource("SNS::Topic"), "R": resource("SNS::TopicPolicy", Topics=[{"Ref": "Top"}], PolicyDocument=document(
                  Action="sns:Publish", Principal=EVERYBODY, Resource="*"))}, "*", None),
    "key": (PRINCIPALS, "policies.forbidPrincipals",
            {"R": resource("KMS::Key", KeyPolicy=document(Action="kms:*", Principal=EVERYBODY, Resource="*"))}, "*", None),
    "trust": (PRINCIPALS, "policies.forbidPrincipals",
              {"R": resource("IAM::Role", AssumeRolePolicyDocument=trust(AWS=OTHER))}, OTHER, {"R": role()}),
    "permission": (PRINCIPALS, "policies.forbidPrincipals",
                   {"F": function(), "R": resource("Lambda::Permission", FunctionName={"Ref": "F"}, Principal="*",
                                                   Action="lambda:InvokeFunction")}, "*",
                   {"F": function(), "R": resource("Lambda::Permission", FunctionName={"Ref": "F"}, Principal="*",
                                                   Action="lambda:InvokeFunction", SourceAccount=ACCOUNT)}),
    "bus": (PRINCIPALS, "policies.forbidPrincipals",
            {"R": resource("Events::EventBusPolicy", StatementId="all", Statement={
                "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"})}, "*", None),
    "bucket": ({"public": "forbid"}, "public.buckets", {"R": resource("S3::Bucket")}, "R",
               {"R": resource("S3::Bucket", PublicAccessBlockConfiguration=BLOCK)}),
    "setting": ({"public": {"buckets": "forbid"}}, "public.buckets",
                {"R": resource("S3::Bucket", PublicAccessBlockConfiguration=dict(BLOCK, IgnorePublicAcls=False))},
                "IgnorePublicAcls", None),
    "acl": ({"public": "forbid"}, "public.buckets",
            {"R": resource("S3::Bucket", PublicAccessBlockConfiguration=BLOCK, AccessControl="PublicRead")}, "PublicRead", None),
    "bucketpolicy": ({"public": "forbid"}, "public.buckets", bucket_policy("*"), "*", bucket_policy("*", **SOURCE)),
    "url": ({"public": "forbid"}, "public.urls",
            {"F": function(), "R": resource("Lambda::Url", TargetFunctionArn={"Ref": "F"}, AuthType="NONE")}, "NONE",
            {"F": function(), "R": resource("Lambda::Url", TargetFunctionArn={"Ref": "F"}, AuthType="AWS_IAM")}),
    "route": ({"public": {"apis": "forbid"}}, "public.apis", route(), "GET /orders", route(AuthorizationType="AWS_IAM")),
    "method": ({"public": {"apis": "forbid"}}, "public.apis", method(AuthorizationType="NONE"), "R",
               method(AuthorizationType="AWS_IAM")),
    "body": ({"public": {"apis": "forbid"}}, "public.apis",
             {"R": resource("ApiGatewayV2::Api", Body={"openapi": "3.0.1", "info": {"title": "shop", "version": "1"}, "paths": {
                 "/orders": {"get": {}, "options": {}}}})}, "get /orders", None),
    "boundary": ({"permissionsBoundary": "arn:aws:iam::*:policy/boundary"}, "permissionsBoundary", {"R": role()}, "R", None),
    "otherboundary": ({"permissionsBoundary": BOUNDARY}, "permissionsBoundary",
                      {"R": role(PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/wide")},
                      f"arn:aws:iam::{ACCOUNT}:policy/wide", None),
    "tags": ({"requireTags": ["team"]}, "requireTags", {"R": resource("SQS::Queue")}, "team",
             {"R": resource("SQS::Queue", Tags=[{"Key": "team", "Value": "x"}])}),
    "tagvalues": ({"requireTags": [{"team": ["orders", "billing"]}]}, "requireTags",
                  {"R": resource("SQS::Queue", Tags=[{"Key": "team", "Value": "shop"}])}, "team=shop",
                  {"R": resource("SQS::Queue", Tags=[{"Key": "team", "Value": "billing"}])}),
    "layer": (ACCOUNTS, "accounts", {"R": function(Layers=[LAYER % OTHER])}, LAYER % OTHER, {"R": function()}),
    "passrole": (ACCOUNTS, "accounts", passes_role(f"arn:aws:iam::{OTHER}:role/x"), f"arn:aws:iam::{OTHER}:role/x",
                 passes_role(f"arn:aws:iam::{ACCOUNT}:role/x")),
    "role": (ACCOUNTS, "accounts", {"R": function(Role=f"arn:aws:iam::{OTHER}:role/x")}, f"arn:aws:iam::{OTHER}:role/x", None),
    "source": (ACCOUNTS, "accounts",
               {"F": function(), "R": resource("Lambda::EventSourceMapping", FunctionName={"Ref": "F"},
                                               EventSourceArn=f"arn:aws:sqs:us-east-1:{OTHER}:line")},
               f"arn:aws:sqs:us-east-1:{OTHER}:line", None),
    "image": (ACCOUNTS, "accounts", {"R": resource(
        "Lambda::Function", PackageType="Image", Role=f"arn:aws:iam::{ACCOUNT}:role/plumb",
        Code={"ImageUri": f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:" + "a" * 64})},
        f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:" + "a" * 64, None),
    "principal": (ACCOUNTS, "accounts", queue_policy({"AWS": OTHER}), OTHER, queue_policy({"AWS": "333333333333"})),
    "sourceaccount": (ACCOUNTS, "accounts", queue_policy("*", Condition={"StringEquals": {"aws:SourceAccount": OTHER}}), OTHER,
                      queue_policy({"Service": "sns.amazonaws.com"}, **SOURCE)),
    "text": (ACCOUNTS, "accounts", {"R": resource("SSM::Parameter", Type="String", Value=json.dumps(
        {"queue": f"https://sqs.us-east-1.amazonaws.com/{OTHER}/line"}))},
        f"https://sqs.us-east-1.amazonaws.com/{OTHER}/line", {"R": resource("SSM::Parameter", Type="String", Value=json.dumps(
            {"queue": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/line"}))}),
}


class Guards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = harness.Simulator()
        cls.account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "lambda.publish": 0})
        cls.repository = harness.Repository(example=None)

    @classmethod
    def tearDownClass(cls):
        cls.repository.close()
        cls.account.close()

    def setUp(self):
        self.account.forget()

    def write(self, name, guards, resources, application=None, **environment):
        """One environment for each test, so that none sees another's guards."""
        self.name = name
        self.repository.write(f"environments/{name}/environment.yaml", json.dumps(
            dict({"account": ACCOUNT, "region": REGION, "guards": guards}, **environment), indent=1))
        self.repository.write(f"environments/{name}/shop.yaml", json.dumps(
            dict({"template": f"{name}.json"}, **(application or {}))))
        self.repository.write(f"{name}.json", json.dumps(
            {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}, indent=1))
        self.repository.commit(name)

    def plumb(self, command, expect):
        done = self.repository.plumb(self.account, command, self.name, expect=expect)
        return done.stdout + done.stderr

    def line(self, place):
        """What stands at "file:line:column"."""
        path, number, _ = place.rsplit(":", 2)
        return self.repository.read(path).splitlines()[int(number) - 1]

    def refusals(self):
        """As JSON tells them; text, exit status and apply must agree, and nothing may be written."""
        found = self.repository.json(self.account, "plan", self.name, expect=1)[0]
        text = self.plumb("plan", expect=1)
        for one in found["refused"]:
            self.assertIn("refused: " + one["message"], text)
            self.assertIn(f"guard {one['rule']} ({one['ruleAt']}) refuses", one["message"])
            self.assertIn(one["value"], one["message"])
            self.assertTrue(one["at"] is None or f"({one['at']})" in one["message"], one)
        self.assertIn(f"{len(found['refused'])} refused by guards\n", text)
        self.account.forget()
        ledger = self.repository.git("for-each-ref", "refs/plumb")
        said = self.plumb("apply", expect=1)
        self.assertIn(f"refused, nothing was changed: '{found['refused'][0]['logicalId']}': ", said)
        self.assertIn(found["refused"][0]["message"], said)
        self.assertEqual(self.account.mutating(), [])
        self.assertEqual(self.repository.git("for-each-ref", "refs/plumb"), ledger)
        return found["refused"]

    def test_each_rule_both_ways(self):
        for case, (guards, rule, bad, value, good) in CASES.items():
            with self.subTest(case):
                self.write(case, guards, bad)
                refused = [r for r in self.refusals() if r["logicalId"] == "R"]
                self.assertEqual([(r["rule"], r["value"]) for r in refused], [(rule, value)])
                self.assertTrue(refused[0]["ruleAt"].startswith(f"environments/{case}/environment.yaml:"))
                self.assertTrue(refused[0]["at"].startswith(f"{case}.json:"))
                line = self.line(refused[0]["at"])
                shown = {"text": "amazonaws", "body": '"get"', "notaction": "[", "method": "NONE"}.get(case, value.split("=")[-1])
                self.assertTrue(shown in line or '"R": {' in line, refused)
                if good:
                    self.write(case, guards, good)
                    self.plumb("plan", expect=2)
                    self.plumb("apply", expect=0)
                    self.assertNotEqual(self.account.mutating(), [])

    def test_an_exception_lets_pass_and_one_that_expired_does_not(self):
        for case, (guards, rule, bad, value, _) in CASES.items():
            with self.subTest(case):
                name = "x" + case
                excepted = {"rule": rule, "resource": "*", "reason": "it must be so"}
                self.write(name, dict(guards, allow=[dict(excepted, expires="2199-12-31")]), bad)
                self.assertNotIn("refused", self.repository.json(self.account, "plan", name, expect=2)[0])
                self.write(name, dict(guards, allow=[dict(excepted, expires="2020-01-31")]), bad)
                refused = self.repository.json(self.account, "plan", name, expect=1)[0]["refused"]
                self.assertRegex(refused[0]["message"], rf"the exception at environments/{name}/environment.yaml:\d+:\d+ "
                                 "expired on 2020-01-31$")

    def test_an_exception_is_for_what_it_names(self):
        excepted = {"rule": "policies.forbidActions", "resource": "R", "reason": "it must be so"}
        for other in ({"resource": "Q"}, {"environment": "prod"}, {"application": "bills"}, {"value": "iam:?"},
                      {"rule": "maxDeletes"}):
            self.write("named", dict(ACTIONS, allow=[dict(excepted, **other)]), {"R": role({"Action": "iam:*"})})
            self.plumb("plan", expect=1)
        self.write("named", dict(ACTIONS, allow=[dict(excepted, environment="n*", application="shop", value="iam:*")]),
                   {"R": role({"Action": "iam:*"})})
        self.plumb("plan", expect=2)

    def test_exception_for_one_value_leaves_the_others(self):
        both = {"R": function(Layers=[LAYER % OTHER, LAYER % "444444444444"])}
        allow = [{"rule": "accounts", "resource": "R", "value": f"arn:aws:lambda:*:{OTHER}:layer:*", "reason": "theirs"}]
        self.write("one-value", dict(ACCOUNTS, allow=allow), both)
        self.assertEqual([r["value"] for r in self.refusals()], [LAYER % "444444444444"])

    def test_templates_that_sam_expands_are_judged_as_they_are_applied(self):
        self.write("sam", {"policies": {"forbidManaged": ["*AdministratorAccess"]}, "public": "forbid"}, {
            "F": function(Policies=["AdministratorAccess"], FunctionUrlConfig={"AuthType": "NONE"})})
        rules = {(r["rule"], r["value"]) for r in self.refusals()}
        self.assertEqual(rules, {("policies.forbidManaged", ADMIN), ("public.urls", "NONE")})

    def test_what_is_known_late_is_judged_before_its_write(self):
        late = {
            "Word": resource("SSM::Parameter", Type="String", Value="iam:*"),
            "R": role({"Action": {"Fn::GetAtt": ["Word", "Value"]}}),
            "After": resource("SNS::Topic") | {"DependsOn": "R"},
        }
        self.write("late", ACTIONS, late)
        planned = self.repository.json(self.account, "plan", "late", expect=2)[0]
        self.assertNotIn("refused", planned)
        self.assertEqual(planned["undecided"], 1)
        self.assertIn("guards: 1 judged again before their write", self.plumb("plan", expect=2))
        said = self.plumb("apply", expect=1)
        self.assertIn("cannot create AWS::IAM::Role 'R': refused before its write: guard policies.forbidActions "
                      "(environments/late/environment.yaml:", said)
        self.assertEqual(self.account.mutating(), ["ssm.PutParameter"])
        # now it is known, and refused whole
        self.assertEqual([r["value"] for r in self.refusals()], ["iam:*"])
        self.write("late", dict(ACTIONS, allow=[{"rule": "policies.forbidActions", "resource": "R", "reason": "why"}]), late)
        self.plumb("apply", expect=0)
        self.plumb("plan", expect=0)

    def test_what_is_known_late_and_lets_nobody_in_is_written(self):
        for name, source, expect in (("late-fixed", "${Top}", 0), ("late-loose", "${Top}*", 1)):
            self.account.forget()
            self.write(name, {"public": "forbid"}, {"Top": resource("SNS::Topic"), **bucket_policy(
                "*", Condition={"StringLike": {"aws:SourceArn": {"Fn::Sub": source}}})})
            self.plumb("plan", expect=2)
            self.plumb("apply", expect=expect)
            self.assertEqual("s3.PutBucketPolicy" in self.account.mutating(), expect == 0)

    def test_secrets_are_judged_and_not_shown(self):
        arn = f"arn:aws:iam::{OTHER}:role/hidden-canary"
        self.account.client("secretsmanager", "beta").create_secret(Name="who", SecretString=arn)
        self.write("secret", ACCOUNTS, {"R": resource("IAM::Role", AssumeRolePolicyDocument=trust(
            AWS="{{resolve:secretsmanager:who}}"))})
        refused = self.refusals()
        self.assertEqual(len(refused), 1)
        self.assertNotIn("canary", json.dumps(refused) + self.plumb("plan", expect=1) + self.plumb("apply", expect=1))

    def test_what_stays_as_it_is_is_not_judged(self):
        topic = {"News": resource("SNS::Topic")}
        self.write("stays", {}, {"R": role({"Action": "iam:PassRole"}), **topic})
        self.plumb("apply", expect=0)
        self.write("stays", ACTIONS, {"R": role({"Action": "iam:PassRole"}), **topic})
        self.plumb("plan", expect=0)
        topic["More"] = resource("SNS::Topic")
        self.write("stays", ACTIONS, {"R": role({"Action": "iam:PassRole"}), **topic})
        self.plumb("apply", expect=0)
        self.write("stays", ACTIONS, {"R": role({"Action": "iam:PassRole"}, Description="new"), **topic})
        self.assertEqual([r["logicalId"] for r in self.refusals()], ["R"])

    def test_protected_resources_stay_even_where_the_application_says_that_they_may_go(self):
        table = resource("DynamoDB::Table", BillingMode="PAY_PER_REQUEST",
                         AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                         KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
        other = json.loads(json.dumps(table).replace('"id"', '"key"'))
        updated = json.loads(json.dumps(table))
        updated["Properties"]["TableClass"] = "STANDARD_INFREQUENT_ACCESS"
        marks = {"allow": {"delete": ["R"], "replace": ["R"], "manyDeletes": True}}
        protect = {"protect": [{"type": "AWS::DynamoDB::*"}]}
        self.write("protect", protect, {"R": table, "News": resource("SNS::Topic")}, marks)
        self.plumb("apply", expect=0)
        for wanted, words in ((None, "the deletion of 'R'"), (other, "a new one in place of 'R'")):
            resources = {"News": resource("SNS::Topic"), **({"R": wanted} if wanted else {})}
            self.write("protect", protect, resources, marks)
            self.assertIn(words, self.refusals()[0]["message"])
            self.write("protect", dict(protect, allow=[{"rule": "protect", "resource": "R", "reason": "moved"}]), resources, marks)
            self.plumb("plan", expect=2)
        self.write("protect", {"protect": [{"name": "R", "application": "bills"}]}, {"News": resource("SNS::Topic")}, marks)
        self.plumb("plan", expect=2)
        for rule, expect in (({"name": "R"}, 2), ({"name": "R", "from": ["update"]}, 1), ({"type": "AWS::SQS::*"}, 2)):
            self.write("protect", {"protect": [rule]}, {"R": updated, "News": resource("SNS::Topic")}, marks)
            self.plumb("plan", expect=expect)
        # one that is kept in the account does not go
        self.write("protect", protect, {"R": dict(table, DeletionPolicy="Retain"), "News": resource("SNS::Topic")}, marks)
        self.plumb("apply", expect=0)
        self.write("protect", protect, {"News": resource("SNS::Topic")}, marks)
        self.plumb("plan", expect=2)

    def test_no_more_go_at_once_than_may(self):
        topics = {f"T{i}": resource("SNS::Topic") for i in range(6)}
        self.write("many", {"maxDeletes": 2}, topics)
        self.plumb("apply", expect=0)
        marks = {"allow": {"manyDeletes": True}}
        fewer = {k: topics[k] for k in ("T0", "T1", "T2")}
        self.write("many", {"maxDeletes": 2}, fewer, marks)
        refused = self.refusals()
        self.assertEqual([(r["rule"], r["logicalId"], r["at"]) for r in refused],
                         [("maxDeletes", f"T{i}", None) for i in (3, 4, 5)])
        self.assertIn("that 3 resources go at once where 2 may, among them 'T3'", refused[0]["message"])
        self.write("many", {"maxDeletes": 2, "allow": [{"rule": "maxDeletes", "resource": "T5", "reason": "old"}]}, fewer, marks)
        self.plumb("apply", expect=0)
        self.assertEqual(self.account.mutating().count("sns.DeleteTopic"), 3)

    def test_tags_of_the_environment_count(self):
        self.write("env-tags", {"requireTags": [{"team": ["orders"]}]}, {"R": resource("SQS::Queue")}, tags={"team": "orders"})
        self.plumb("apply", expect=0)
        self.write("env-tags", {"requireTags": [{"team": ["billing"]}]}, {"R": resource("SQS::Queue", DelaySeconds=1)},
                   tags={"team": "orders"})
        refused = self.refusals()[0]
        self.assertIn('"team": "orders"', self.line(refused["at"]))

    def test_what_was_copied_from_another_stage_is_refused(self):
        """U5: the parameters still name production's account."""
        arn = f"arn:aws:sqs:us-west-2:{harness.ACCOUNTS['prod']}:line"
        self.write("copied", {"accounts": []}, {}, parameters={"Queue": arn})
        self.repository.write("copied.json", json.dumps({"Parameters": {"Queue": {"Type": "String"}}, "Resources": {
            "R": resource("SSM::Parameter", Type="String", Value={"Ref": "Queue"})}}, indent=1))
        self.repository.commit("A copy")
        refused = self.refusals()
        self.assertEqual([r["value"] for r in refused], [arn])
        self.assertIn("\"Value\"", self.line(refused[0]["at"]))

    def test_run_writes_nothing_that_is_refused(self):
        self.write("running", ACTIONS, {"R": role({"Action": "*"}), "News": resource("SNS::Topic")})
        running = harness.Running(self.repository, self.account, "running")
        try:
            for _ in range(200):
                if running.told("failed", application="running/shop"):
                    break
                harness.time.sleep(0.1)
            failed = [e for e in running.events() if e["event"] == "failed"]
            self.assertIn("refused, nothing was changed: 'R': guard policies.forbidActions", json.dumps(failed))
            self.assertEqual(self.account.mutating(), [])
        finally:
            running.close()

    def test_adopting_takes_what_is_there(self):
        self.account.client("sqs", "beta").create_queue(QueueName="adopted-line")
        self.write("adopting", {"requireTags": ["team"]}, {"R": resource("SQS::Queue", QueueName="adopted-line")})
        self.repository.plumb(self.account, "adopt", "adopting/shop", expect=0)
        self.plumb("plan", expect=0)

    def test_mistakes_in_guards_are_told_with_their_place(self):
        self.write("mistaken", {"publik": "forbid"}, {"R": resource("SNS::Topic")})
        self.assertIn("unknown key 'publik' in 'guards', did you mean 'public'? (environments/mistaken/environment.yaml:5:3)",
                      self.plumb("plan", expect=1))


if __name__ == "__main__":
    unittest.main()
