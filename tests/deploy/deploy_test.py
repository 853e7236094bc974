#!/usr/bin/env python3
"""What lies in deploy/: templates that cfn-lint accepts and plumb renders, what they grant, the unit, Lambda's zip file.

usage: deploy_test.py PLUMB
"""
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(TOP, "deploy")
PLUMB = os.path.join(TOP, "build/dev/plumb")
ACCOUNT = "123456789012"  # of a template that is rendered alone
TEMPLATES = {
    "ecs/template.yaml": {"Image": "plumb:1", "Repository": "https://git.example/shop.git"},
    "lambda/template.yaml": {"CodeBucket": "code", "CodeKey": "plumb.zip", "Repository": "https://git.example/shop.git"},
    "stackset/roles.yaml": {},
    "stackset/template.yaml": {"OrganizationalUnitIds": "ou-ab12-11111111", "Region": "eu-west-1", "Image": "plumb:1",
                               "RolesTemplateUrl": "https://b.s3.eu-west-1.amazonaws.com/roles.yaml",
                               "PlumbTemplateUrl": "https://b.s3.eu-west-1.amazonaws.com/plumb.yaml",
                               "Repository": "https://git.example/shop.git"},
}
OPTIONAL = {"GitTokenSecretArn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:git-AbCdEf",
            "WebhookSecretArn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:hook-AbCdEf",
            "TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:webhooks", "PermissionsBoundary": "bound",
            "Target": "prod", "Subnets": "subnet-11111111,subnet-22222222", "SecurityGroups": "sg-11111111",
            "ExternalId": "shop", "RunnerAccountId": "999999999999"}


def run(*arguments, **options):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=120, **options)


def lint(path):
    return run(sys.executable, "-c", "import sys; from cfnlint import runner; sys.exit(runner.main())", path)


def in_account(node):
    """What plumb leaves open where no environment says the account."""
    if isinstance(node, list):
        return [in_account(value) for value in node]
    if not isinstance(node, dict):
        return node
    if node == {"Ref": "AWS::AccountId"}:
        return ACCOUNT
    node = {key: in_account(value) for key, value in node.items()}
    join = node.get("Fn::Join")
    return join[0].join(join[1]) if join and all(isinstance(part, str) for part in join[1]) else node


def render(path, parameters):
    """The resources that plumb makes of it."""
    given = [f"--parameter={name}={value}" for name, value in parameters.items()]
    done = run(PLUMB, "render", path, "-o", "json", *given)
    assert done.returncode == 0, done.stderr
    return in_account(json.loads(done.stdout)["Resources"])


def parameters_of(path):
    with open(path, encoding="utf-8") as f:
        head = f.read().split("\nParameters:\n")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+):$", head, re.M)


class Templates(unittest.TestCase):
    def test_cfn_lint_accepts_them(self):
        for name in TEMPLATES:
            with self.subTest(name):
                done = lint(os.path.join(DEPLOY, name))
                self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_plumb_renders_them_with_everything_and_with_nothing(self):
        for name, needed in TEMPLATES.items():
            with self.subTest(name):
                path = os.path.join(DEPLOY, name)
                least = render(path, needed)
                most = render(path, needed | {k: v for k, v in OPTIONAL.items() if k in parameters_of(path)})
                self.assertTrue(least and most)
                self.assertNotEqual(least, most)

    def roles(self, resources):
        return {i: r["Properties"] for i, r in resources.items() if r["Type"] == "AWS::IAM::Role"}

    def test_the_runner_may_only_assume_the_role_and_read_its_queue(self):
        for name in ("ecs/template.yaml", "lambda/template.yaml"):
            with self.subTest(name):
                resources = render(os.path.join(DEPLOY, name), TEMPLATES[name])
                statements = self.roles(resources)["RunnerRole"]["Policies"][0]["PolicyDocument"]["Statement"]
                actions = [a for s in statements for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])]
                self.assertLessEqual(set(actions), {
                    "sts:AssumeRole", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
                    "logs:CreateLogStream", "logs:PutLogEvents"})
                self.assertEqual(statements[0]["Resource"], f"arn:aws:iam::{ACCOUNT}:role/plumb")
                self.assertNotIn("*", [s["Resource"] for s in statements])

    def test_boundaries_stand_at_every_role(self):
        for name, needed in TEMPLATES.items():
            path = os.path.join(DEPLOY, name)
            for role in self.roles(render(path, needed | {"PermissionsBoundary": "bound"})).values():
                self.assertEqual(role["PermissionsBoundary"], f"arn:aws:iam::{ACCOUNT}:policy/bound")

    def test_the_role_trusts_the_runner_alone(self):
        path = os.path.join(DEPLOY, "stackset/roles.yaml")
        role = self.roles(render(path, {}))["Role"]
        statement, = role["AssumeRolePolicyDocument"]["Statement"]
        self.assertEqual(statement["Principal"], {"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
        self.assertEqual(statement["Condition"], {"ArnEquals": {
            "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/plumb-runner"}})
        self.assertNotIn("ManagedPolicyArns", role)
        role = self.roles(render(path, {"RunnerAccountId": "999999999999", "ExternalId": "shop"}))["Role"]
        statement, = role["AssumeRolePolicyDocument"]["Statement"]
        self.assertEqual(statement["Condition"], {
            "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/plumb-runner"},
            "StringEquals": {"sts:ExternalId": "shop"}})

    def test_the_task_is_as_the_image_wants_it(self):
        resources = render(os.path.join(DEPLOY, "ecs/template.yaml"), TEMPLATES["ecs/template.yaml"])
        container, = resources["Task"]["Properties"]["ContainerDefinitions"]
        self.assertIs(container["ReadonlyRootFilesystem"], True)
        with open(os.path.join(TOP, "Dockerfile"), encoding="utf-8") as f:
            image = f.read()
        self.assertIn(f"USER {container['User']}", image)
        cache = container["MountPoints"][0]["ContainerPath"]
        self.assertIn(f"PLUMB_CACHE={cache} ", image)
        self.assertIn(f"VOLUME {cache}\n", image)
        self.assertIn(json.dumps(container["HealthCheck"]["Command"][1:]), image)
        # What it is told exists.
        table = run(PLUMB, "help", "configuration").stdout
        for variable in [*container["Environment"], *container.get("Secrets", [])]:
            self.assertRegex(table, rf"\b{variable['Name']}\b")


POLICY = {"applications": [{"environment": "prod", "application": "orders", "account": "333333333333",
                            "region": "us-west-2", "planning": [{"Version": "2012-10-17", "Statement": []}], "applying": [
                                {"Version": "2012-10-17", "Statement": [{
                                    "Effect": "Allow", "Action": "lambda:GetFunction",
                                    "Resource": "arn:aws:lambda:us-west-2:333333333333:function:Orders",
                                    "Condition": {"StringEquals": {"aws:username": "${aws:username}-333333333333"}}}]}]}]}


class Policies(unittest.TestCase):
    def add(self, policy, *arguments):
        return run(sys.executable, os.path.join(DEPLOY, "stackset/policies.py"), *arguments, input=json.dumps(policy))

    def test_they_become_those_of_the_stacks_account(self):
        done = self.add(POLICY)
        self.assertEqual(done.returncode, 0, done.stderr)
        with tempfile.TemporaryDirectory() as place:
            path = os.path.join(place, "roles.yaml")
            with open(path, "w", encoding="utf-8") as f:
                f.write(done.stdout)
            checked = lint(path)
            self.assertEqual((checked.returncode, checked.stdout), (0, ""), checked.stderr)
            resources = render(path, {})
        statement, = resources["Policy1"]["Properties"]["PolicyDocument"]["Statement"]
        self.assertEqual(statement["Resource"], f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:Orders")
        self.assertEqual(statement["Condition"]["StringEquals"]["aws:username"], f"${{aws:username}}-{ACCOUNT}")

    def test_one_of_each_is_taken(self):
        other = json.loads(json.dumps(POLICY).replace("333333333333", "222222222222"))
        both = {"applications": POLICY["applications"] + other["applications"]}
        self.assertEqual(self.add(both).stdout, self.add(POLICY).stdout)

    def test_what_cannot_be_is_refused(self):
        many = json.loads(json.dumps(POLICY))
        document = many["applications"][0]["applying"][0]
        many["applications"][0]["applying"] = [document | {"Id": str(i)} for i in range(11)]
        self.assertIn("a role takes 10 policies, and these are 11", self.add(many).stderr)
        self.assertIn("there are no policies", self.add({"applications": []}).stderr)
        self.assertIn("'all' is neither planning nor applying", self.add(POLICY, "all").stderr)


class Unit(unittest.TestCase):
    path = os.path.join(DEPLOY, "systemd/plumb.service")

    def test_systemd_accepts_it(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        with tempfile.TemporaryDirectory() as place:
            path = os.path.join(place, "plumb.service")
            with open(self.path, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
                out.write(f.read().replace("/usr/local/bin/plumb", PLUMB))  # it must be there
            done = run("systemd-analyze", "verify", "--man=no", path)
            told = [line for line in done.stderr.splitlines() if "plumb.service" in line]
            self.assertEqual((done.returncode, told), (0, []), done.stderr)
            done = run("systemd-analyze", "security", "--offline=true", "--threshold=20", path)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_says_each_thing_once_and_nothing_unknown(self):
        repeated = {"Environment", "SystemCallFilter"}
        with open(self.path, encoding="utf-8") as f:
            lines = [line for line in f.read().splitlines() if line and not line.startswith("#")]
        self.assertEqual([line for line in lines if line.startswith("[")], ["[Unit]", "[Service]", "[Install]"])
        keys = [line.split("=")[0] for line in lines if not line.startswith("[")]
        self.assertEqual([k for k in set(keys) if keys.count(k) > 1 and k not in repeated], [])
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str
        parser.read_string("\n".join(lines))
        service = parser["Service"]
        self.assertEqual((service["DynamicUser"], service["ProtectSystem"], service["CapabilityBoundingSet"]),
                         ("yes", "strict", ""))


class Package(unittest.TestCase):
    """Lambda's zip file, started as Lambda would, without its runtime API."""

    def test_it_holds_all_that_plumb_needs(self):
        if not os.path.exists("/etc/debian_version"):
            self.skipTest("package.sh runs on Debian alone")
        with tempfile.TemporaryDirectory() as place:
            path = os.path.join(place, "plumb.zip")
            made = run(os.path.join(DEPLOY, "lambda/package.sh"), PLUMB, path)
            self.assertEqual(made.returncode, 0, made.stderr)
            size = os.path.getsize(path)
            print(f"zip file for Lambda: {size / 1e6:.1f} MB")
            self.assertLess(size, 50_000_000)  # what Lambda takes without S3
            task = os.path.join(place, "task")
            with zipfile.ZipFile(path) as archive:
                for entry in archive.infolist():
                    archive.extract(entry, task)
                    os.chmod(os.path.join(task, entry.filename), entry.external_attr >> 16 & 0o777 or 0o755)
            done = run(os.path.join(task, "bootstrap"), cwd=task, env={"LAMBDA_TASK_ROOT": task, "PATH": "/usr/bin:/bin"})
            self.assertEqual((done.returncode, done.stderr), (
                1, "plumb: AWS_LAMBDA_RUNTIME_API is not set: `plumb lambda` is started by Lambda\n"))


if __name__ == "__main__":
    PLUMB = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else PLUMB
    unittest.main(verbosity=2)
