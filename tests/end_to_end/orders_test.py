#!/usr/bin/env python3
"""The order service from an empty account and back to "nothing to do", on the simulator or on moto:
orders_test.py simulator|moto"""
import json
import pathlib
import sys
import unittest

import harness
import shapes

ACCOUNT = harness.Simulator
ENVIRONMENTS = ("beta", "gamma", "prod")
# One route of the service, to somebody else's function.
OTHER_DOCUMENT = json.dumps({"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {"/orders": {
    "get": {"responses": {}, "x-amazon-apigateway-integration": {
        "type": "aws_proxy", "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/"
        "functions/arn:aws:lambda:us-east-1:333333333333:function:other/invocations"}}}}})


class Orders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = ACCOUNT()
        cls.addClassCleanup(cls.account.close)
        cls.account.prepare()
        cls.repository = harness.Repository()
        cls.addClassCleanup(cls.repository.close)
        cls.repository.hurry_production()
        cls.repository.plumb(cls.account, "plan", expect=2)
        cls.repository.plumb(cls.account, "apply", expect=0)

    @classmethod
    def tearDownClass(cls):
        good = shapes.check_logs([pathlib.Path(cls.repository.home, "requests")])
        assert good, "plumb sent requests that AWS's models do not know"

    def plan(self, target="prod"):
        return self.repository.json(self.account, "plan", target)[0]["changes"]

    def drift(self, target="prod"):
        return [(d["logicalId"], d["kind"], [x["path"] for x in d["differences"]])
                for d in self.repository.json(self.account, "drift", target)[0]["drift"]]

    def in_sync(self, target="prod"):
        """Plan and drift find nothing, and a second apply changes nothing."""
        self.assertEqual(self.plan(target), [])
        self.assertEqual(self.drift(target), [])

    def heal(self, target="prod"):
        self.repository.plumb(self.account, "apply", target, expect=0)
        self.in_sync(target)

    def client(self, service):
        return self.account.client(service, "prod")

    def test_a_second_pass_changes_nothing(self):
        for environment in ENVIRONMENTS:
            self.in_sync(environment)
        if isinstance(self.account, harness.Simulator):
            before = len(self.account.mutating())
            self.repository.plumb(self.account, "apply", expect=0)
            self.assertEqual(self.account.mutating()[before:], [])
        self.assertEqual(self.repository.plumb(self.account, "plan").returncode, 0)

    def test_names_carry_the_stage(self):
        table = self.account.client("dynamodb", "beta").describe_table(TableName="OrderTableBeta")
        self.assertEqual(table["Table"]["TableName"], "OrderTableBeta")
        apis = self.account.client("apigateway", "gamma").get_rest_apis()["items"]
        self.assertEqual([a["name"] for a in apis], ["OrderAPIGamma"])

    def test_an_edited_property_is_found_and_healed(self):
        self.client("lambda").update_function_configuration(FunctionName="OrderServiceProd", MemorySize=512)
        self.assertEqual(self.drift(), [("OrderService", "changed", ["MemorySize"])])
        changes = self.plan()
        self.assertEqual([(c["logicalId"], c["action"]) for c in changes], [("OrderService", "update")])
        self.assertEqual(changes[0]["differences"],
                         [{"path": "MemorySize", "before": 512, "after": 256, "drift": True}])
        self.heal()

    def test_an_expected_edit_is_left_alone(self):
        rule = "{mode: report, every: 10m, ignore: [{resource: OrderWorker, path: Timeout, reason: being tried out%s}]}"
        where, plain = "environments/prod/environment.yaml", "{mode: report, every: 10m}"
        self.client("lambda").update_function_configuration(FunctionName="OrderWorkerProd", Timeout=33)
        self.repository.edit(where, plain, rule % ", expires: 2999-12-31")
        self.repository.commit("Expect an edit")
        self.in_sync()
        self.assertEqual(self.repository.json(self.account, "drift", "prod")[0]["ignored"], 1)
        self.repository.edit(where, "2999-12-31", "2020-12-31")
        self.repository.commit("Expect it no longer")
        self.assertEqual(self.drift(), [("OrderWorker", "changed", ["Timeout"])])
        self.repository.edit(where, rule % ", expires: 2020-12-31", plain)
        self.repository.commit("Forget the rule")
        self.heal()

    def test_other_code_is_found_and_healed(self):
        import io
        import zipfile
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("orders.py", "def handle(event, context): return 'mine'")
        before = self.client("lambda").get_function(FunctionName="OrderServiceProd")
        self.client("lambda").update_function_code(FunctionName="OrderServiceProd", ZipFile=data.getvalue())
        self.assertEqual(self.drift(), [("OrderService", "code", ["Code"])])
        self.heal()
        after = self.client("lambda").get_function(FunctionName="OrderServiceProd")
        self.assertEqual(after["Configuration"]["CodeSha256"], before["Configuration"]["CodeSha256"])

    def test_a_deleted_resource_is_found_and_made_again(self):
        self.client("cloudwatch").delete_alarms(AlarmNames=["OrderErrorsProd"])
        self.assertEqual(self.drift(), [("OrderErrors", "missing", [])])
        self.heal()

    def test_edits_of_other_types(self):
        """Each edit is found as exactly that difference."""
        url = self.client("sqs").get_queue_url(QueueName="OrderQueueProd")["QueueUrl"]
        # moto's SetQueueAttributes takes the policy away where it is not sent along.
        policy = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        api, machines = self.client("apigateway"), self.client("stepfunctions")
        api_id = [a["id"] for a in api.get_rest_apis()["items"] if a["name"] == "OrderAPIProd"][0]
        machine = machines.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        definition = machines.describe_state_machine(stateMachineArn=machine)["definition"]
        edits = [
            (lambda: api.put_rest_api(restApiId=api_id, mode="overwrite", body=OTHER_DOCUMENT),
             ("OrderApi", "changed", None)),
            (lambda: api.update_stage(restApiId=api_id, stageName="Prod", patchOperations=[
                {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "7"}]),
             ("OrderApiStage", "changed", ["MethodSettings"])),
            (lambda: machines.update_state_machine(
                stateMachineArn=machine, definition=definition.replace('"Tell"', '"Say"')),
             ("OrderStateMachine", "changed", None)),
            (lambda: self.client("s3").delete_bucket_lifecycle(Bucket="orderbucket-prod-333333333333"),
             ("OrderBucket", "changed", ["LifecycleConfiguration.Rules"])),
            (lambda: self.client("sqs").set_queue_attributes(QueueUrl=url,
                                                             Attributes=dict(policy, VisibilityTimeout="10")),
             ("OrderQueue", "changed", ["VisibilityTimeout"])),
            (lambda: self.client("logs").put_retention_policy(logGroupName="/aws/lambda/OrderServiceProd", retentionInDays=1),
             ("OrderLogs", "changed", ["RetentionInDays"])),
            (lambda: self.client("dynamodb").update_continuous_backups(
                TableName="OrderTableProd",
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}),
             ("OrderTable", "changed", ["PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"])),
            (lambda: self.client("events").put_rule(Name="OrderFailuresProd", EventPattern='{"source":["x"]}',
                                                    Description="Orders that stopped on their way"),
             ("OrderFailures", "changed", None)),
            (lambda: self.client("s3").put_bucket_versioning(
                Bucket="orderbucket-prod-333333333333", VersioningConfiguration={"Status": "Suspended"}),
             ("OrderBucket", "changed", ["VersioningConfiguration.Status"])),
        ]
        for edit, (logical_id, kind, paths) in edits:
            with self.subTest(logical_id):
                edit()
                found = self.drift()
                self.assertEqual([(f[0], f[1]) for f in found], [(logical_id, kind)])
                if paths is not None:
                    self.assertEqual(found[0][2], paths)
                self.heal()

    def test_a_new_route_is_deployed(self):
        """The document is put, a new deployment made of it, the stage moved to it, the old one deleted."""
        if isinstance(self.account, harness.Moto):
            self.skipTest("moto cannot tag an API")
        self.repository.edit("apps/orders/template.yaml", "        List:\n", "        Drop:\n          Type: Api\n"
                             "          Properties: {RestApiId: !Ref OrderApi, Path: /drops, Method: delete}\n"
                             "        List:\n")
        self.repository.commit("A route")
        self.addCleanup(self.repository.plumb, self.account, "apply", expect=0)
        self.heal("gamma")
        api = self.account.client("apigateway", "gamma")
        api_id = api.get_rest_apis()["items"][0]["id"]
        routes = {r["path"]: sorted(r.get("resourceMethods", {}))
                  for r in api.get_resources(restApiId=api_id, embed=["methods"])["items"]}
        self.assertEqual(routes["/drops"], ["DELETE"])
        deployments = api.get_deployments(restApiId=api_id)["items"]
        stages = api.get_stages(restApiId=api_id)["item"]
        self.assertEqual([d["id"] for d in deployments], [s["deploymentId"] for s in stages])

    def test_a_commit_is_released(self):
        self.repository.edit("apps/orders/template.yaml", "MemorySize: 256", "MemorySize: 256 # plenty")
        self.repository.commit("A comment changes nothing")
        self.in_sync()
        self.repository.edit("apps/orders/src/orders.py", '"""', '"""New. ')
        self.repository.commit("Another code")
        self.addCleanup(self.repository.plumb, self.account, "apply", expect=0)  # for the other tests
        actions = {c["logicalId"]: c["action"] for c in self.plan("beta")}
        self.assertEqual(actions["OrderService"], "update")
        self.assertEqual(actions["OrderServiceAliaslive"], "update")
        self.assertEqual(sorted(a for i, a in actions.items() if i.startswith("OrderServiceVersion")),
                         ["create", "delete"])
        self.heal("beta")
        versions = self.account.client("lambda", "beta").list_versions_by_function(
            FunctionName="OrderServiceBeta")["Versions"]
        self.assertEqual([v["Version"] for v in versions], ["$LATEST", "1", "2"])
        log = self.repository.git("log", "--format=%s", "refs/plumb/111111111111").splitlines()
        head = self.repository.git("rev-parse", "--short=7", "HEAD").strip()
        self.assertEqual(log[0], f"beta/orders: released {head}")
        self.heal("prod")
        log = self.repository.git("log", "--format=%s", "refs/plumb/333333333333").splitlines()
        self.assertEqual([s for s in log if s.endswith(f" % {head}")],
                         [f"prod/orders: {weight} % {head}" for weight in (100, 10)])
        newest = self.client("lambda").list_versions_by_function(FunctionName="OrderServiceProd")["Versions"][-1]
        alias = self.client("lambda").get_alias(FunctionName="OrderServiceProd", Name="live")
        self.assertEqual((alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})),
                         (newest["Version"], {}))


if __name__ == "__main__":
    which = sys.argv.pop(1) if len(sys.argv) > 1 else "simulator"
    ACCOUNT = {"simulator": harness.Simulator, "moto": harness.Moto}[which]
    unittest.main(verbosity=2)
