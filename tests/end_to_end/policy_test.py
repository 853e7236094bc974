#!/usr/bin/env python3
"""`plumb policy`: the policies for planning and applying, from Git and the ledger alone."""
import json
import unittest

import harness

TEMPLATE = """
Parameters:
  Url: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/url}
Resources:
  Queue: {Type: 'AWS::SQS::Queue', Properties: {VisibilityTimeout: 7}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: /shop/
      AssumeRolePolicyDocument:
        {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sts:AssumeRole',
                                             Principal: {Service: lambda.amazonaws.com}}]}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub '${AWS::StackName}-f'
      Role: !GetAtt Role.Arn
      Runtime: python3.12
      Handler: index.handle
      Code: {ZipFile: 'def handle(event, context): pass'}
      Environment: {Variables: {URL: !Ref Url, KEY: '{{resolve:secretsmanager:shop/key}}',
                                Q: !Ref Queue, OTHER: '{{resolve:ssm:/shop/other}}'}}
"""


def allowed(documents):
    """{(action, resource): condition} of policy documents."""
    out = {}
    for document in documents:
        assert document["Version"] == "2012-10-17"
        for statement in document["Statement"]:
            actions, resources = statement["Action"], statement["Resource"]
            for action in actions if isinstance(actions, list) else [actions]:
                for resource in resources if isinstance(resources, list) else [resources]:
                    out.setdefault((action, resource), []).append(statement.get("Condition"))
    return out


class Policy(unittest.TestCase):
    def setUp(self):
        self.repository = harness.Repository()
        self.addCleanup(self.repository.close)
        self.account = type("Nobody", (), {"url": "http://127.0.0.1:1"})()

    def policies(self, target):
        node = self.repository.json(self.account, "policy", target, expect=0)[0]
        return allowed(node["planning"]), allowed(node["applying"]), node

    def write_shop(self, template=TEMPLATE):
        self.repository.write("apps/shop/template.yaml", template)
        self.repository.write("environments/beta/shop.yaml", "template: apps/shop/template.yaml\n")
        self.repository.commit("A shop")

    def test_names_and_what_is_asked_besides(self):
        self.write_shop()
        planning, applying, node = self.policies("beta/shop")
        account = "us-east-1:111111111111"
        self.assertIn(("sqs:GetQueueAttributes", f"arn:aws:sqs:{account}:beta-shop-*"), planning)
        self.assertIn(("lambda:GetFunction", f"arn:aws:lambda:{account}:function:beta-shop-f"), planning)
        self.assertIn(("ssm:GetParameters", f"arn:aws:ssm:{account}:parameter/shop/url"), planning)
        self.assertIn(("ssm:GetParameter", f"arn:aws:ssm:{account}:parameter/shop/other"), planning)
        self.assertIn(("secretsmanager:GetSecretValue",
                       f"arn:aws:secretsmanager:{account}:secret:shop/key-??????"), planning)
        self.assertEqual(applying[("iam:PassRole", "arn:aws:iam::111111111111:role/shop/beta-shop-*")],
                         [{"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}])
        self.assertIn(("iam:CreateRole", "arn:aws:iam::111111111111:role/shop/beta-shop-*"), applying)
        self.assertTrue(set(planning) <= set(applying))
        self.assertEqual(len(node["notes"]), 2)

    def test_only_what_is_declared(self):
        """Calls for the sake of one property are granted with it, and as long as it was applied."""
        self.write_shop()
        put = ("lambda:PutFunctionConcurrency", "arn:aws:lambda:us-east-1:111111111111:function:beta-shop-f")
        self.assertNotIn(put, self.policies("beta/shop")[1])
        self.write_shop(TEMPLATE.replace("      Handler:", "      ReservedConcurrentExecutions: 3\n      Handler:"))
        self.assertIn(put, self.policies("beta/shop")[1])

    def test_imports(self):
        """What no ledger has is asked of CloudFormation; nobody is asked for it now."""
        self.write_shop(TEMPLATE.replace("!Ref Queue", "!ImportValue network-queue"))
        planning, applying, _ = self.policies("beta/shop")
        self.assertIn(("cloudformation:ListExports", "*"), planning)
        self.assertIn(("cloudformation:ListExports", "*"), applying)
        self.write_shop()
        self.assertNotIn(("cloudformation:ListExports", "*"), self.policies("beta/shop")[0])

    def test_extras(self):
        """To take off what nobody declared is granted where the environment wants it."""
        url = ("lambda:DeleteFunctionUrlConfig", "arn:aws:lambda:us-east-1:111111111111:function:beta-shop-f")
        self.write_shop()
        self.assertNotIn(url, self.policies("beta/shop")[1])
        self.repository.edit("environments/beta/environment.yaml", "drift: {", "drift: {extras: remove, ")
        self.repository.commit("Remove extras")
        planning, applying, _ = self.policies("beta/shop")
        self.assertIn(url, applying)
        self.assertNotIn(url, planning)

    def test_traffic(self):
        """Where traffic moves in steps: what is looked at meanwhile, the hooks, and CodeDeploy where it moves it."""
        account = "us-west-2:333333333333"
        planning, applying, _ = self.policies("prod/orders")
        metrics = ("cloudwatch:GetMetricData", "*")
        self.assertIn(("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{account}:alarm:*"), applying)
        self.assertIn(metrics, applying)
        self.assertNotIn(metrics, planning)
        self.assertNotIn(metrics, self.policies("beta/orders")[1])
        self.assertEqual([r for a, r in sorted(applying) if a == "lambda:InvokeFunction"], [
            f"arn:aws:lambda:{account}:function:CodeDeployHook_Order{when}TrafficProd" for when in ("Post", "Pre")])
        self.assertFalse([a for a, _ in applying if a.startswith("codedeploy:")])
        self.repository.edit(
            "apps/orders/template.yaml", "      AutoPublishAlias: live\n",
            "      AutoPublishAlias: live\n      DeploymentPreference: {Type: Linear10PercentEvery1Minute}\n")
        self.repository.commit("By CodeDeploy")
        applying = self.policies("prod/orders")[1]
        for action in ("BatchGetDeployments", "CreateDeployment", "ListDeployments"):
            group = f"arn:aws:codedeploy:{account}:deploymentgroup:prod-orders-*/*"
            self.assertIn((f"codedeploy:{action}", group), applying)
        self.assertIn(("codedeploy:StopDeployment", "*"), applying)
        self.repository.edit("environments/prod/orders.yaml", "deployment:\n", "deployment:\n  driver: plumb\n")
        self.repository.commit("By plumb")
        actions = {a for a, _ in self.policies("prod/orders")[1]}
        self.assertNotIn("codedeploy:CreateDeployment", actions)
        self.assertIn("codedeploy:CreateDeploymentGroup", actions)

    def test_cloud_control(self):
        """What the handlers of a type call is needed too; roles are passed only where a property names them."""
        self.write_shop("""
Resources:
  Cluster: {Type: 'AWS::ECS::Cluster', Properties: {ClusterName: shop}}
  Task: {Type: 'AWS::ECS::TaskDefinition', Properties: {TaskRoleArn: 'arn:aws:iam::111111111111:role/task'}}
""")
        planning, applying, node = self.policies("beta/shop")
        self.assertIn(("cloudformation:GetResource", "*"), planning)
        self.assertIn(("ecs:DescribeClusters", "*"), planning)
        self.assertNotIn(("ecs:CreateCluster", "*"), planning)
        self.assertIn(("ecs:CreateCluster", "*"), applying)
        self.assertEqual([r for a, r in applying if a == "iam:PassRole"], ["arn:aws:iam::111111111111:role/task"])
        self.assertEqual(len(node["notes"]), 3)

    def test_planning_only_reads(self):
        for action, _ in self.policies("prod/orders")[0]:
            self.assertRegex(action, r"^\w+:(Get|List|Describe|GET$)", action)

    def test_sizes(self):
        """40 functions with names of their own do not fit in one policy."""
        one = TEMPLATE[TEMPLATE.index("  Function:"):TEMPLATE.index("      Environment:")]
        self.write_shop(TEMPLATE[:TEMPLATE.index("  Function:")] + "".join(
            one.replace("  Function:", f"  Function{i}:").replace("-f'", "-" + "n" * 40 + f"{i}'")
            for i in range(40)))
        documents = self.policies("beta/shop")[2]["applying"]
        self.assertGreater(len(documents), 1)
        for document in documents:
            self.assertLessEqual(len(json.dumps(document, separators=(",", ":"))), 6144)

    def test_text(self):
        text = self.repository.plumb(self.account, "policy", "prod", expect=0).stdout
        self.assertTrue(text.startswith("prod/orders in account 333333333333, us-west-2\n"), text[:80])
        self.assertIn("\nto plan and to look for drift, reading only (", text)
        self.assertIn("\nto apply, policy 1 of 2 (", text)
        self.assertIn("\nnote: these policies belong to arn:aws:iam::333333333333:role/plumb;", text)

    def test_refusals(self):
        done = self.repository.plumb(self.account, "policy", "bta", expect=1)
        self.assertIn("did you mean 'beta'?", done.stderr)
        self.write_shop(TEMPLATE.replace("AWS::SQS::Queue", "AWS::SQS::Que"))
        done = self.repository.plumb(self.account, "policy", "beta/shop", expect=1)
        self.assertIn("AWS::SQS::Que", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
