#!/usr/bin/env python3
"""The order service of examples/orders: a valid SAM template, and code that does what its README says."""
import importlib
import json
import os
import pathlib
import subprocess
import sys
import unittest
from unittest import mock

import boto3
import moto

APP = pathlib.Path(__file__).resolve().parents[2] / "examples/orders/apps/orders"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
    "STAGE": "Beta", "LOG_LEVEL": "warn", "TABLE_NAME": "OrderTableBeta", "BUCKET_NAME": "orderbucket-beta",
    "ORDER_DAYS": "30", "NEW_VERSION": "version", "LIVE_ALIAS": "alias",
}


def make_account():
    """What the template gives the functions, as far as they use it; returns the state machine's ARN."""
    boto3.client("dynamodb").create_table(
        TableName=ENVIRONMENT["TABLE_NAME"], BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"}
                              for name in ("orderId", "customerId", "placedAt")],
        KeySchema=[{"AttributeName": "orderId", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[{"IndexName": "ByCustomer", "Projection": {"ProjectionType": "ALL"},
                                 "KeySchema": [{"AttributeName": "customerId", "KeyType": "HASH"},
                                               {"AttributeName": "placedAt", "KeyType": "RANGE"}]}])
    boto3.client("s3").create_bucket(Bucket=ENVIRONMENT["BUCKET_NAME"])
    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    return boto3.client("stepfunctions").create_state_machine(
        name="orders", roleArn=role, definition=(APP / "order.asl.json").read_text())["stateMachineArn"]


class Template(unittest.TestCase):
    def test_is_accepted_by_cfn_lint(self):
        lint = "import sys; from cfnlint import runner; sys.exit(runner.main())"
        done = subprocess.run([sys.executable, "-c", lint, APP / "template.yaml"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)


class Functions(unittest.TestCase):
    def setUp(self):
        for patch in (mock.patch.dict(os.environ, ENVIRONMENT), moto.mock_aws(),
                      mock.patch.object(sys, "path", [str(APP / "src"), str(APP / "hooks"), *sys.path])):
            patch.start()
            self.addCleanup(patch.stop)
        os.environ["STATE_MACHINE_ARN"] = make_account()

    def load(self, name):
        """A module of the example, anew: it makes its clients when it is loaded."""
        sys.dont_write_bytecode = True
        for loaded in ("orders", "worker", "verdict", "pre_traffic", "post_traffic"):
            sys.modules.pop(loaded, None)
        return importlib.import_module(name)

    def request(self, method, path=None, query=None, body=None):
        reply = self.load("orders").handle({"httpMethod": method, "pathParameters": path,
                                            "queryStringParameters": query, "body": body}, None)
        return reply["statusCode"], json.loads(reply["body"])

    def place(self):
        status, order = self.request("POST", body=json.dumps({"customerId": "c1", "items": [1]}))
        self.assertEqual(status, 201)
        return order

    def test_places_shows_and_lists(self):
        order = self.place()
        self.assertEqual(self.request("GET", {"orderId": order["orderId"]}), (200, {**order, "expiresAt": mock.ANY}))
        self.assertEqual([o["orderId"] for o in self.request("GET", query={"customerId": "c1"})[1]["orders"]],
                         [order["orderId"]])
        self.assertEqual(self.request("GET", query={"customerId": "c2"}), (200, {"orders": []}))
        paper = boto3.client("s3").get_object(Bucket=ENVIRONMENT["BUCKET_NAME"], Key=order["orderId"] + ".json")
        self.assertEqual(json.loads(paper["Body"].read())["items"], [1])
        executions = boto3.client("stepfunctions").list_executions(
            stateMachineArn=os.environ["STATE_MACHINE_ARN"])["executions"]
        self.assertEqual([e["name"] for e in executions], [order["orderId"]])

    def test_refuses_what_is_no_order(self):
        for body in (None, "", "{", "[]", "1", "{}", '{"customerId": "c1"}'):
            self.assertEqual(self.request("POST", body=body)[0], 400, body)
        self.assertEqual(self.request("GET", {"orderId": "none"})[0], 404)
        self.assertEqual(self.request("GET")[0], 400)

    def test_worker_files_what_became_of_orders(self):
        shipped, failed = self.place()["orderId"], self.place()["orderId"]
        bodies = [{"orderId": shipped, "status": "shipped"},
                  {"stateMachineArn": "a", "status": "FAILED", "input": json.dumps({"orderId": failed})},
                  {"orderId": "none", "status": "shipped"}]
        records = [{"messageId": str(at), "body": json.dumps(body)} for at, body in enumerate(bodies)]
        worker = self.load("worker")
        with self.assertLogs(level="ERROR"):
            reply = worker.handle({"Records": records}, None)
        self.assertEqual(reply, {"batchItemFailures": [{"itemIdentifier": "2"}]})
        self.assertEqual([self.request("GET", {"orderId": o})[1]["status"] for o in (shipped, failed)],
                         ["shipped", "failed"])

    def verdict_of(self, hook, replies, more=None):
        """What the hook reports, or answers to plumb, when the service answers so."""
        module = self.load(hook)
        verdict = sys.modules["verdict"]
        payloads = [{"Payload": mock.Mock(read=mock.Mock(return_value=json.dumps(
            {"statusCode": status, "body": json.dumps({"orderId": "o"})}).encode()))} for status in replies]
        with mock.patch.object(verdict, "functions") as functions, \
                mock.patch.object(verdict, "deployments") as deployments:
            functions.invoke.side_effect = payloads
            answer = module.handle({"DeploymentId": "d", "LifecycleEventHookExecutionId": "h", **(more or {})}, None)
        report = deployments.put_lifecycle_event_hook_execution_status
        if more:
            report.assert_not_called()
            return answer
        self.assertIsNone(answer)
        report.assert_called_once_with(deploymentId="d", lifecycleEventHookExecutionId="h", status=mock.ANY)
        return report.call_args.kwargs["status"]

    def test_hooks_report_their_verdict(self):
        self.assertEqual(self.verdict_of("pre_traffic", [404]), "Succeeded")
        self.assertEqual(self.verdict_of("post_traffic", [201, 200]), "Succeeded")
        with self.assertLogs(level="ERROR"):
            self.assertEqual(self.verdict_of("pre_traffic", [500]), "Failed")
            self.assertEqual(self.verdict_of("post_traffic", [201, 404]), "Failed")
            self.assertEqual(self.verdict_of("post_traffic", []), "Failed")

    def test_hooks_answer_plumb(self):
        plumb = {"Plumb": {"event": "BeforeAllowTraffic"}}
        self.assertEqual(self.verdict_of("pre_traffic", [404], plumb), {"status": "Succeeded", "reason": ""})
        self.assertEqual(self.verdict_of("post_traffic", [201, 200], plumb), {"status": "Succeeded", "reason": ""})
        with self.assertLogs(level="ERROR"):
            self.assertEqual(self.verdict_of("pre_traffic", [500], plumb),
                             {"status": "Failed", "reason": "AssertionError(500)"})


if __name__ == "__main__":
    unittest.main()
