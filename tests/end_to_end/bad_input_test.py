#!/usr/bin/env python3
"""Mistakes, and the one sentence that each of them gets: on standard error, with a position or a name in it, exit
status 1, and no call that changes anything."""
import json
import os
import re
import socket
import time
import unittest

import harness

ENVIRONMENT = '''\
stage: Prod
account: "111111111111"
region: us-east-1
tags: {team: orders}
'''
APPLICATION = '''\
template: apps/orders/template.yaml
parameters: {Days: 7}
'''
TEMPLATE = '''\
Parameters:
  Stage: {Type: String, AllowedValues: [Beta, Prod]}
  Days: {Type: Number, AllowedValues: [7, 14], Default: 7}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub Orders${Stage}
      VisibilityTimeout: 60
  Logs:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /orders/${Stage}
      RetentionInDays: !Ref Days
  Customers:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub Customers${Stage}
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Alerts: {Type: AWS::SNS::Topic}
  Bills: {Type: AWS::SNS::Topic}
  News: {Type: AWS::SNS::Topic}
'''
ENV_FILE = "environments/prod/environment.yaml"
APP_FILE = "environments/prod/orders.yaml"
TEMPLATE_FILE = "apps/orders/template.yaml"


class Case:
    """One mistake: text replaced in one file, or a function that makes it; other arguments and variables."""

    def __init__(self, name, message, file=None, old="", new="", do=None, run=("apply", "prod"), env=None):
        self.name, self.message, self.file, self.old, self.new = name, message, file, old, new
        self.do, self.run, self.env = do, run, env or {}

    def make(self, repository):
        if self.file:
            repository.edit(self.file, self.old, self.new)
        if self.do:
            self.do(repository)
        repository.commit(self.name)


def remove(path):
    return lambda repository: os.unlink(os.path.join(repository.path, path))


def link_template(repository):
    remove(TEMPLATE_FILE)(repository)
    os.symlink("other.yaml", os.path.join(repository.path, TEMPLATE_FILE))


def add_submodule(repository):
    head = repository.git("rev-parse", "HEAD").strip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{head},vendor")
    repository.git("commit", "-q", "-m", "A submodule")
    os.makedirs(os.path.join(repository.path, "vendor"))
    repository.edit(APP_FILE, TEMPLATE_FILE, "vendor/template.yaml")


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


PORT = closed_port()

CASES = [
    Case("broken yaml in environment.yaml",
         "prod: invalid YAML: did not find expected ',' or '}' while parsing a flow mapping from "
         "line 4 (environments/prod/environment.yaml:5:1)",
         ENV_FILE, "tags: {team: orders}", "tags: {team: orders"),
    Case("broken yaml in the template",
         "prod/orders: invalid YAML: found a tab character that violates indentation while scanning "
         "a plain scalar from line 9 (apps/orders/template.yaml:10:1)",
         TEMPLATE_FILE, "  Logs:", "\tLogs:"),
    Case("a tab in an application file",
         "prod: invalid YAML: found a tab character that violates indentation while scanning a plain "
         "scalar from line 1 (environments/prod/orders.yaml:2:1)",
         APP_FILE, "parameters:", "\tparameters:"),
    Case("an empty environment.yaml",
         "prod: 'environments/prod/environment.yaml' must be a mapping, not null",
         do=lambda r: r.write(ENV_FILE, "")),
    Case("an empty template",
         "prod/orders: template 'apps/orders/template.yaml' must be a mapping with 'Resources', not "
         "null",
         do=lambda r: r.write(TEMPLATE_FILE, "")),
    Case("a template that is a list",
         "prod/orders: template 'apps/orders/template.yaml' must be a mapping with 'Resources', not "
         "a list",
         do=lambda r: r.write(TEMPLATE_FILE, "- a\n")),
    Case("a duplicate key",
         "prod: key 'stage' is given twice, first at 1:1 (environments/prod/environment.yaml:4:1)",
         ENV_FILE, "tags:", "stage: Beta\ntags:"),
    Case("a duplicate logical id",
         "prod/orders: key 'Alerts' is given twice, first at 22:3 (apps/orders/template.yaml:23:3)",
         TEMPLATE_FILE, "  Bills:", "  Alerts:"),
    Case("an unknown key in environment.yaml",
         "prod: unknown key 'regoin' in environment.yaml, did you mean 'region'? "
         "(environments/prod/environment.yaml:3:1)",
         ENV_FILE, "region:", "regoin:"),
    Case("an unknown key in the application file",
         "prod: unknown key 'paramters' in an application file, did you mean 'parameters'? "
         "(environments/prod/orders.yaml:2:1)",
         APP_FILE, "parameters:", "paramters:"),
    Case("an unknown nested key",
         "prod: unknown key 'mod' in 'drift', did you mean 'mode'? "
         "(environments/prod/environment.yaml:4:9)",
         ENV_FILE, "tags:", "drift: {mod: heal}\ntags:"),
    Case("a value that is not allowed",
         "prod: mode 'repair' must be 'report' or 'heal' "
         "(environments/prod/environment.yaml:4:15)",
         ENV_FILE, "tags:", "drift: {mode: repair}\ntags:"),
    Case("a duration that is none",
         "prod: 'soon' is no duration: write it as in '10m' or '1h30m' "
         "(environments/prod/environment.yaml:4:16)",
         ENV_FILE, "tags:", "drift: {every: soon}\ntags:"),
    Case("the account as a short number",
         "prod: account 11111111111 does not have 12 digits: write it in quotes, so that zeros are "
         "kept (environments/prod/environment.yaml:2:10)",
         ENV_FILE, '"111111111111"', "11111111111"),
    Case("no account",
         "prod: environment.yaml needs 'account' (environments/prod/environment.yaml:1:1)",
         ENV_FILE, 'account: "111111111111"\n', ""),
    Case("no region",
         "prod: environment.yaml needs 'region' (environments/prod/environment.yaml:1:1)",
         ENV_FILE, "region: us-east-1\n", ""),
    Case("a region that is none",
         "prod: region 'useast1' must look like 'eu-west-1' (environments/prod/environment.yaml:3:9)",
         ENV_FILE, "us-east-1", "useast1"),
    Case("a role of another account",
         "prod: roleArn 'arn:aws:iam::222222222222:role/plumb' is not in the account 111111111111 "
         "(environments/prod/environment.yaml:4:10)",
         ENV_FILE, "tags:",
         "roleArn: arn:aws:iam::222222222222:role/plumb\ntags:"),
    Case("a role that does not trust us",
         "prod/orders: cannot assume role 'arn:aws:iam::111111111111:role/closed': sts AssumeRole: "
         "AccessDenied: User: arn:aws:iam::111111111111:user/simulator is not authorized to perform: "
         "sts:AssumeRole on resource: arn:aws:iam::111111111111:role/closed (request ID)",
         ENV_FILE, "tags:",
         "roleArn: arn:aws:iam::111111111111:role/closed\ntags:"),
    Case("no template",
         "prod: an application file needs 'template' (environments/prod/orders.yaml:1:1)",
         APP_FILE, "template: apps/orders/template.yaml\n", ""),
    Case("a template that is missing",
         "prod: there is no template 'apps/orders/temple.yaml' in the repository "
         "(environments/prod/orders.yaml:1:11)",
         APP_FILE, "template.yaml", "temple.yaml"),
    Case("a template outside",
         "prod: template '../template.yaml' must be a path in the repository, from its root, without "
         "'..' (environments/prod/orders.yaml:1:11)",
         APP_FILE, "apps/orders/template.yaml", "../template.yaml"),
    Case("a template by absolute path",
         "prod: template '/etc/passwd' must be a path in the repository, from its root, without '..' "
         "(environments/prod/orders.yaml:1:11)",
         APP_FILE, "apps/orders/template.yaml", "/etc/passwd"),
    Case("a template that is a directory",
         "prod/orders: template: 'apps/orders' is a directory, not a file",
         APP_FILE, "apps/orders/template.yaml", "apps/orders"),
    Case("a template that is a symlink",
         "prod/orders: template: 'apps/orders/template.yaml' is a symbolic link, which is not followed",
         do=link_template),
    Case("a template in a submodule",
         "prod: template 'vendor/template.yaml': 'vendor' is a submodule, which is not followed "
         "(environments/prod/orders.yaml:1:11)",
         do=add_submodule),
    Case("a revision that is missing",
         "prod/orders: revision 'v9': there is no branch, tag or commit 'v9' in 'SHOP' (at least 7 "
         "digits of a commit id) (environments/prod/orders.yaml:2:11)",
         APP_FILE, "parameters:", "revision: v9\nparameters:"),
    Case("a revision of digits",
         "prod: 'revision' must be a text: write it in quotes "
         "(environments/prod/orders.yaml:2:11)",
         APP_FILE, "parameters:", "revision: 1234567\nparameters:"),
    Case("no Resources",
         "prod/orders: the template has no 'Resources' (apps/orders/template.yaml:1:1)",
         TEMPLATE_FILE, "Resources:", "Outputs:"),
    Case("an unknown section",
         "prod/orders: unknown section 'Resource', did you mean 'Resources'? "
         "(apps/orders/template.yaml:4:1)",
         TEMPLATE_FILE, "Resources:", "Resource:"),
    Case("a missing Type",
         "prod/orders: resource 'Alerts' must be a mapping with a 'Type' "
         "(apps/orders/template.yaml:22:3)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}", "Alerts: {Properties: {}}"),
    Case("an unknown type",
         "prod/orders: Alerts: unknown resource type 'AWS::SNS::Topik', did you mean "
         "'AWS::SNS::Topic'? (apps/orders/template.yaml:22:11)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}",
         "Alerts: {Type: AWS::SNS::Topik}"),
    Case("a type that plumb does not manage",
         "prod/orders: Alerts: plumb has no calls of its own for 'AWS::CodeBuild::Project', and AWS Cloud Control "
         "cannot manage it (it has no handler for: create, read, delete): leave it to a CloudFormation stack, and "
         "take it out of the template (apps/orders/template.yaml:22:11)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}",
         "Alerts: {Type: AWS::CodeBuild::Project}"),
    Case("an unknown property",
         "prod/orders: Orders: unknown property 'VisibilityTimeOut' in AWS::SQS::Queue: did you mean "
         "'VisibilityTimeout'? (apps/orders/template.yaml:9:7)",
         TEMPLATE_FILE, "VisibilityTimeout", "VisibilityTimeOut"),
    Case("an unknown nested property",
         "prod/orders: Customers: unknown property 'KeyTyp' in 'KeySchema[0]' of "
         "AWS::DynamoDB::Table: did you mean 'KeyType'? (apps/orders/template.yaml:21:39)",
         TEMPLATE_FILE, "KeyType: HASH", "KeyTyp: HASH"),
    Case("an unknown key of a resource",
         "prod/orders: resource 'Customers' has the unknown key 'DependOn', did you mean "
         "'DependsOn'? (apps/orders/template.yaml:22:5)",
         TEMPLATE_FILE, "  Alerts:", "    DependOn: Logs\n  Alerts:"),
    Case("a wrong kind",
         "prod/orders: Orders: 'VisibilityTimeout' of AWS::SQS::Queue must be a number, not a list "
         "(apps/orders/template.yaml:9:26)",
         TEMPLATE_FILE, "VisibilityTimeout: 60", "VisibilityTimeout: [60]"),
    Case("a word for a number",
         "prod/orders: Orders: 'VisibilityTimeout' of AWS::SQS::Queue must be a number, not a string "
         "(apps/orders/template.yaml:9:26)",
         TEMPLATE_FILE, "VisibilityTimeout: 60", "VisibilityTimeout: sixty"),
    Case("a nested wrong kind",
         "prod/orders: Customers: 'KeySchema' of AWS::DynamoDB::Table must be a list, not a mapping "
         "(apps/orders/template.yaml:21:18)",
         TEMPLATE_FILE, "KeySchema: [{AttributeName: id, KeyType: HASH}]",
         "KeySchema: {AttributeName: id, KeyType: HASH}"),
    Case("a missing property",
         "prod/orders: Customers: property 'KeySchema' is missing in AWS::DynamoDB::Table "
         "(apps/orders/template.yaml:18:7)",
         TEMPLATE_FILE,
         "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n", ""),
    Case("a missing nested property",
         "prod/orders: Customers: property 'AttributeName' is missing in 'KeySchema[0]' of "
         "AWS::DynamoDB::Table (apps/orders/template.yaml:21:19)",
         TEMPLATE_FILE, "AttributeName: id, KeyType: HASH", "KeyType: HASH"),
    Case("a cycle",
         "prod/orders: resources depend on each other in a circle: Alerts -> Bills -> Alerts "
         "(apps/orders/template.yaml:22:11)",
         TEMPLATE_FILE,
         "  Alerts: {Type: AWS::SNS::Topic}\n  Bills: {Type: AWS::SNS::Topic}",
         "  Alerts: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Bills}}\n"
         "  Bills: {Type: AWS::SNS::Topic, DependsOn: Alerts}"),
    Case("a reference to nothing",
         "prod/orders: resource 'Logs': 'Dayz' is neither a parameter nor a resource, did you mean "
         "'Days'? (apps/orders/template.yaml:14:24)",
         TEMPLATE_FILE, "!Ref Days", "!Ref Dayz"),
    Case("a reference to nothing in Sub",
         "prod/orders: resource 'Orders': 'Stagee' is neither a parameter nor a resource, did you "
         "mean 'Stage'? (apps/orders/template.yaml:8:18)",
         TEMPLATE_FILE, "Orders${Stage}", "Orders${Stagee}"),
    Case("GetAtt of nothing",
         "prod/orders: resource 'Alerts': 'Order' is neither a parameter nor a resource, did you "
         "mean 'Orders'? (apps/orders/template.yaml:22:61)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}",
         "Alerts: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Order.Arn}}"),
    Case("GetAtt of no attribute",
         "prod/orders: Alerts: 'Orders.Arm': AWS::SQS::Queue has no attribute 'Arm' "
         "(apps/orders/template.yaml:22:11)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}",
         "Alerts: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Orders.Arm}}"),
    Case("DependsOn nothing",
         "prod/orders: 'DependsOn' of 'Alerts': there is no resource 'Order', did you mean 'Orders'? "
         "(apps/orders/template.yaml:22:46)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}",
         "Alerts: {Type: AWS::SNS::Topic, DependsOn: Order}"),
    Case("an unknown condition",
         "prod/orders: there is no condition 'IsProd' (apps/orders/template.yaml:22:46)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}",
         "Alerts: {Type: AWS::SNS::Topic, Condition: IsProd}"),
    Case("an unknown function",
         "prod/orders: tag '!Reff' is not supported, did you mean '!Ref'? "
         "(apps/orders/template.yaml:14:24)",
         TEMPLATE_FILE, "!Ref Days", "!Reff Days"),
    Case("a function with wrong arguments",
         "prod/orders: resource 'Logs': 'Fn::FindInMap' needs a list of a mapping, a first and a "
         "second key (apps/orders/template.yaml:14:24)",
         TEMPLATE_FILE, "!Ref Days", "!FindInMap [Days]"),
    Case("a missing parameter",
         "prod/orders: parameter 'Owner' has no value: set it under 'parameters' or give it a "
         "Default (apps/orders/template.yaml:3:10)",
         TEMPLATE_FILE, "  Days:", "  Owner: {Type: String}\n  Days:"),
    Case("a parameter that is not allowed",
         "prod/orders: parameter 'Days' is '8' but must be one of: 7, 14 "
         "(environments/prod/orders.yaml:2:20)",
         APP_FILE, "Days: 7", "Days: 8"),
    Case("a parameter of the wrong type",
         "prod/orders: parameter 'Days' must be a number (environments/prod/orders.yaml:2:20)",
         APP_FILE, "Days: 7", "Days: week"),
    Case("an unknown parameter",
         "prod/orders: the template 'apps/orders/template.yaml' has no parameter 'Dys', did you mean "
         "'Days'? (environments/prod/orders.yaml:2:14)",
         APP_FILE, "Days: 7", "Dys: 7"),
    Case("a stage that is not allowed",
         "prod/orders: parameter 'Stage' is 'Gamma' but must be one of: Beta, Prod "
         "(environments/prod/environment.yaml:1:8)",
         ENV_FILE, "stage: Prod", "stage: Gamma"),
    Case("a deletion policy that is none",
         "prod/orders: 'DeletionPolicy' of 'Alerts' must be Delete, Retain, RetainExceptOnCreate or Snapshot "
         "(apps/orders/template.yaml:22:51)",
         TEMPLATE_FILE, "Alerts: {Type: AWS::SNS::Topic}",
         "Alerts: {Type: AWS::SNS::Topic, DeletionPolicy: Keep}"),
    Case("an unknown transform",
         "prod/orders: macro 'Mine' cannot be run here: only AWS::Include, AWS::LanguageExtensions and "
         "AWS::Serverless-2016-10-31 are supported (apps/orders/template.yaml:1:12)",
         TEMPLATE_FILE, "Parameters:", "Transform: Mine\nParameters:"),
    Case("an application without environment.yaml",
         "prod: environment 'prod' has no file 'environments/prod/environment.yaml'",
         do=remove(ENV_FILE)),
    Case("the wrong account",
         "prod/orders: wrong account: the credentials are of 222222222222, the environment is in "
         "111111111111; nothing is written",
         env={"AWS_ACCESS_KEY_ID": "222222222222", "AWS_SECRET_ACCESS_KEY": "222222222222"}),
    Case("a wrong secret",
         "prod/orders: sts GetCallerIdentity: SignatureDoesNotMatch: The request signature we calculated does not "
         "match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the "
         "service documentation for details. (request ID)",
         env={"AWS_SECRET_ACCESS_KEY": "222222222222"}),
    Case("no credentials",
         "prod/orders: no AWS credentials found; looked at environment (AWS_ACCESS_KEY_ID is not "
         "set), shared files (there is no profile 'default'), web identity "
         "(AWS_WEB_IDENTITY_TOKEN_FILE is not set), container "
         "(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set), instance metadata "
         "(AWS_EC2_METADATA_DISABLED is set)",
         env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}),
    Case("half of the credentials",
         "prod/orders: environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together",
         env={"AWS_SECRET_ACCESS_KEY": ""}),
    Case("a profile that does not exist",
         "prod/orders: shared files: there is no profile 'shop'",
         env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "shop"}),
    Case("an endpoint that is unreachable",
         "prod/orders: sts GetCallerIdentity: POST 'http://127.0.0.1:PORT': no connection: Failed to "
         "connect to 127.0.0.1 port PORT after N ms: Couldn't connect to server",
         env={"AWS_ENDPOINT_URL": f"http://127.0.0.1:{PORT}"}),
    Case("an endpoint without a name",
         "prod/orders: sts GetCallerIdentity: POST 'https://nowhere.invalid': no connection: Could "
         "not resolve host: nowhere.invalid",
         env={"AWS_ENDPOINT_URL": "https://nowhere.invalid"}),
    Case("an endpoint that is no address",
         "prod/orders: sts GetCallerIdentity: AWS_ENDPOINT_URL must be https://HOST or http://HOST, "
         "not 'here'",
         env={"AWS_ENDPOINT_URL": "here"}),
    Case("an unreachable repository",
         "cannot read 'http://127.0.0.1:PORT/shop.git': GET 'http://127.0.0.1:PORT': no connection: "
         "Failed to connect to 127.0.0.1 port PORT after N ms: Couldn't connect to server",
         run=("apply", "prod", "--repo", f"http://127.0.0.1:{PORT}/shop.git")),
    Case("a repository without a name",
         "cannot read 'https://nowhere.invalid/shop.git': GET 'https://nowhere.invalid': no "
         "connection: Could not resolve host: nowhere.invalid",
         run=("apply", "prod", "--repo", "https://nowhere.invalid/shop.git")),
    Case("a missing repository",
         "there is no repository at '/no/such/shop'",
         run=("apply", "prod", "--repo", "/no/such/shop")),
    Case("a repository that is none",
         "cannot read '/usr': fatal: '/usr' does not appear to be a git repository",
         run=("apply", "prod", "--repo", "/usr")),
    Case("a revision on the command line",
         "there is no branch, tag or commit 'v9' in 'SHOP' (at least 7 digits of a commit id)",
         run=("apply", "prod", "--revision", "v9")),
    Case("an unknown environment",
         "no environment 'prd' in the repository, did you mean 'prod'?",
         run=("apply", "prd")),
    Case("an unknown application",
         "prod/order: environment 'prod' has no application 'order', did you mean 'orders'?",
         run=("apply", "prod/order")),
    Case("a target with too many parts",
         "prod/orders/x: environment 'prod' has no application 'orders/x', did you mean 'orders'?",
         run=("apply", "prod/orders/x")),
    Case("an unknown command",
         "unknown command 'aply', did you mean 'apply'?",
         run=("aply", "prod")),
    Case("an unknown option",
         "'--recursive' is no option of this command: see plumb apply --help",
         run=("apply", "--recursive", "prod")),
    Case("an unknown short option",
         "'-x' is no option of this command: see plumb apply --help",
         run=("apply", "-x", "prod")),
    Case("an option without its value",
         "'--repo' needs a value: see plumb apply --help",
         run=("apply", "prod", "--repo")),
    Case("an option of another command",
         "'--poll' is no option of this command: see plumb apply --help",
         run=("apply", "prod", "--poll", "1s")),
    Case("an option with a bad value",
         "--output 'yaml' must be 'text' or 'json'",
         run=("apply", "prod", "-o", "yaml")),
    Case("a word too many",
         "'beta' is one word too many: see plumb apply --help",
         run=("apply", "prod", "beta")),
    Case("a poll that is too short",
         "--poll: '1' is no duration: write it as in '10m' or '1h30m'",
         run=("run", "prod", "--poll", "1")),
    Case("render without a target",
         "name an application as ENV/APP, or a template file or directory",
         run=("render",)),
    Case("render of a missing file",
         "template: cannot find 'nothing.yaml': No such file or directory",
         run=("render", "nothing.yaml")),
]


def make_repository():
    repository = harness.Repository(example=None)
    for path, text in ((ENV_FILE, ENVIRONMENT), (APP_FILE, APPLICATION), (TEMPLATE_FILE, TEMPLATE)):
        repository.write(path, text)
    repository.commit("Orders")
    return repository


LEDGER = "refs/plumb/111111111111"


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = harness.Simulator()
        cls.repository = make_repository()
        cls.start = cls.repository.git("rev-parse", "HEAD").strip()
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}]}
        cls.account.client("iam", "beta").create_role(RoleName="closed", AssumeRolePolicyDocument=json.dumps(trust))

    @classmethod
    def tearDownClass(cls):
        cls.repository.close()
        cls.account.close()

    def setUp(self):
        self.repository.git("reset", "-q", "--hard", self.start)
        self.repository.git("clean", "-fdq")

    def told(self, *arguments, variables=None, want=1):
        """What plumb says on standard error, without what differs from run to run; nothing may be changed."""
        before = len(self.account.mutating())
        done = self.repository.plumb(self.account, *arguments, variables=variables)
        self.assertEqual(self.account.mutating()[before:], [])
        self.assertEqual(done.returncode, want, done.stdout + done.stderr)
        said = done.stderr.replace(self.repository.path, "SHOP").replace(str(PORT), "PORT")
        said = re.sub(r"\(request [-0-9a-f]+\)", "(request ID)", said)
        return re.sub(r"after \d+ ms", "after N ms", said)

    def test_mistakes(self):
        for case in CASES:
            with self.subTest(case.name):
                self.setUp()
                case.make(self.repository)
                self.assertEqual(self.told(*case.run, variables=case.env), f"plumb: {case.message}\n")

    def test_everything_was_sound_before(self):
        """The mistakes above are the only ones."""
        self.assertEqual(self.told("plan", "prod", want=2), "")


class AfterAnApply(BadInput):
    """Mistakes that need something live."""

    test_mistakes = test_everything_was_sound_before = None

    def setUp(self):
        super().setUp()
        self.account.post("reset", {})
        self.repository.forget_ledgers()

    def apply(self, target="prod"):
        self.repository.plumb(self.account, "apply", target, expect=0)

    def held(self, message):
        self.assertEqual(self.told("apply", "prod"), f"plumb: prod/orders: held, nothing was changed: {message}\n")

    def edit_ledger(self, file, **changed):
        """Another writer's commit in the ledger."""
        path = f"us-east-1/prod/orders/{file}"
        record = json.loads(self.repository.git("show", f"{LEDGER}:{path}"))
        name = os.path.join(self.repository.home, file)
        with open(name, "w", encoding="utf-8") as f:
            json.dump(dict(record, **changed), f)
        blob = self.repository.git("hash-object", "-w", name).strip()
        self.repository.git("read-tree", LEDGER)
        self.repository.git("update-index", "--cacheinfo", f"100644,{blob},{path}")
        tree = self.repository.git("write-tree").strip()
        self.repository.git("read-tree", "HEAD")
        commit = self.repository.git("commit-tree", tree, "-p", LEDGER, "-m", "by hand").strip()
        self.repository.git("update-ref", LEDGER, commit)

    def test_a_foreign_resource_has_the_name(self):
        self.account.client("sqs", "beta").create_queue(QueueName="OrdersProd")
        self.held("AWS::SQS::Queue 'Orders': 'https://sqs.us-east-1.amazonaws.com/111111111111/OrdersProd' already "
                  "exists and was not made by plumb: rename ours in the template or remove theirs")

    def test_a_stack_owns_the_name(self):
        self.account.client("logs", "beta").create_log_group(
            logGroupName="/orders/Prod", tags={"aws:cloudformation:stack-name": "shop"})
        self.held("AWS::Logs::LogGroup 'Logs': '/orders/Prod' already exists and belongs to CloudFormation stack "
                  "'shop': rename ours in the template or remove theirs")

    def test_two_environments_claim_one_name(self):
        self.repository.write("environments/live/environment.yaml", ENVIRONMENT)
        self.repository.write("environments/live/orders.yaml", APPLICATION)
        self.repository.commit("A second production")
        self.apply("live")
        self.held("AWS::SQS::Queue 'Orders': 'https://sqs.us-east-1.amazonaws.com/111111111111/OrdersProd' already "
                  "exists and belongs to 'live/orders' of repository 'shop' as 'Orders': rename ours in the "
                  "template or remove theirs")

    def test_stateful_resources_stay(self):
        self.apply()
        text = self.repository.read(TEMPLATE_FILE)
        table = text[text.index("  Customers:"):text.index("  Alerts:")]
        self.repository.write(TEMPLATE_FILE, text.replace(table, ""))
        self.repository.commit("No customers")
        self.held("AWS::DynamoDB::Table 'Customers': deleting it would lose its data: add it to allow.delete in "
                  "environments/prod/orders.yaml to do so")
        self.repository.write(APP_FILE, APPLICATION + "allow: {delete: [Customers]}\n")
        self.repository.commit("Really")
        self.apply()
        self.assertEqual(self.account.client("dynamodb", "beta").list_tables()["TableNames"], [])

    def test_more_than_a_fifth_stays(self):
        self.apply()
        for name in ("Alerts", "Bills"):
            self.repository.edit(TEMPLATE_FILE, f"  {name}: {{Type: AWS::SNS::Topic}}\n", "")
        self.repository.commit("Only news")
        self.held("AWS::SNS::Topic 'Alerts': 2 of 6 resources would go: set allow.manyDeletes in "
                  "environments/prod/orders.yaml to do so")

    def test_a_vanished_directory_deletes_nothing(self):
        self.repository.write("environments/beta/environment.yaml", ENVIRONMENT.replace("Prod", "Beta"))
        self.repository.write("environments/beta/orders.yaml", APPLICATION)
        self.repository.commit("Beta")
        self.apply()
        self.apply("beta")
        for path in (ENV_FILE, APP_FILE):
            os.unlink(os.path.join(self.repository.path, path))
        self.repository.commit("Who needs production?")
        self.assertEqual(self.told("apply", want=0), "")
        self.assertEqual(self.told("apply", "prod"), "plumb: no environment 'prod' in the repository\n")

    def test_a_vanished_application_deletes_nothing(self):
        self.apply()
        os.unlink(os.path.join(self.repository.path, APP_FILE))
        self.repository.commit("Who needs orders?")
        self.assertEqual(self.told("apply", "prod"), "plumb: environment 'prod' has no applications\n")

    def test_a_ledger_of_a_newer_plumb(self):
        self.apply()
        for file in ("inventory.json", "release.json"):
            with self.subTest(file):
                self.edit_ledger(file, version=99)
                self.assertEqual(self.told("apply", "prod"),
                                 f"plumb: prod/orders: 'us-east-1/prod/orders/{file}' in the ledger has version 99, "
                                 "this plumb knows 1: use a newer plumb\n")
                self.edit_ledger(file, version=1)

    def test_another_instance_is_at_work(self):
        self.apply()
        self.repository.edit(TEMPLATE_FILE, "VisibilityTimeout: 60", "VisibilityTimeout: 61")
        self.repository.commit("A second more")
        until = int(time.time() * 1000) + 60 * 1000
        self.edit_ledger("release.json", state="applying", holder="elsewhere/7/99", epoch=5, leaseUntil=until)
        said = self.told("apply", "prod")
        self.assertEqual(re.sub(r"\d+ s ", "N s ", said),
                         "plumb: prod/orders: 'elsewhere/7/99' is applying it: wait for it, or N s if that instance "
                         "is gone\n")
        self.edit_ledger("release.json", leaseUntil=until - 120 * 1000)
        self.apply()


if __name__ == "__main__":
    unittest.main(verbosity=2)
