#!/usr/bin/env python3
"""Templates that users wrote, PLUMB_CORPORA/sam-patterns: all but a few plan whole; a fixed sample of them (all would
take a quarter of an hour) is applied on the simulator, is in sync then and without drift, gets back what somebody
changed by hand, and is removed without rest.  Those that fail are named, with the reason.

    sam_patterns_test.py [EVERY [FIRST | WORD,...]]    the sample: every how manyeth (8), from which on (0), which names

In the daily sample is also every third of some families of types, and what is written for this test alone.  Every
template is an application in an account of its own.  What the corpus leaves out of a template's surroundings is
made up: its code, parameters without a value, files that it includes, runtimes that Lambda no longer takes.
"""
import concurrent.futures
import contextlib
import glob
import io
import json
import os
import re
import shutil
import sys
import zipfile

import boto3

import custom_handler
import harness

CORPORA = os.environ.get("PLUMB_CORPORA")
LEAST_PLANNED = 0.98
WORKERS = 2
ACCOUNTS_MAX = 48  # a repository has at most 64
LEAST_APPLIED = 0.95  # some ask for what no account would allow, or the simulator does not know


# What the templates of users lack: documents in S3, a domain name with its records, authorizers.
OWN = {
    "own-document-in-s3": {"HttpApi": {"Type": "AWS::Serverless::HttpApi", "Properties": {
        "DefinitionUri": "s3://bucket/document", "StageVariables": {"level": "debug"},
        "DefaultRouteSettings": {"ThrottlingBurstLimit": 50},
        "RouteSettings": {"GET /": {"ThrottlingBurstLimit": 5}}}}},
    "own-domain-name": {
        "Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com"}},
        "Record": {"Type": "AWS::Route53::RecordSet", "Properties": {
            "HostedZoneId": {"Ref": "Zone"}, "Name": "*.example.com", "Type": "TXT", "TTL": 60,
            "ResourceRecords": ['"one"', '"two"']}},
        "HttpApi": {"Type": "AWS::Serverless::HttpApi", "Properties": {
            "Auth": {"DefaultAuthorizer": "Jwt", "Authorizers": {"Jwt": {
                "IdentitySource": "$request.header.Authorization",
                "JwtConfiguration": {"issuer": "https://example.com", "audience": ["shop"]}}}},
            "CorsConfiguration": {"AllowOrigins": ["*"], "AllowHeaders": ["X-Own"], "MaxAge": 60},
            "Tags": {"team": "shop"},
            "Domain": {"DomainName": "api.example.com",
                       "CertificateArn": "arn:aws:acm:us-east-1:111111111111:certificate/a",
                       "BasePath": ["orders"], "Route53": {"HostedZoneId": {"Ref": "Zone"}}}}},
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "app.run", "InlineCode": "def run(e, c): pass",
            "Events": {"Orders": {"Type": "HttpApi", "Properties": {
                "ApiId": {"Ref": "HttpApi"}, "Method": "get", "Path": "/orders"}}}}}},
}


def zipped(name, text):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, text)
    return data.getvalue()


CODE = zipped("index.js", "left out")
# In the place of files that the corpus leaves out.
INCLUDED = {"openapi": "3.0.1", "info": {"title": "left out", "version": "1"}, "paths": {"/": {"get": {
    "responses": {}, "x-amazon-apigateway-integration": {"type": "mock"}}}}}
NOTHING = {"AWSTemplateFormatVersion": "2010-09-09",
           "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}
# So many of a family are in the daily sample.
FAMILY_EVERY = 3
FAMILIES = [re.compile(words) for words in (
    r'AWS::Serverless::HttpApi|AWS::ApiGatewayV2::|"HttpApi"',
    r'AWS::Kinesis::|AWS::KMS::|AWS::SSM::Parameter"|AWS::SecretsManager::|AWS::IAM::InstanceProfile',
    r"AWS::Lambda::(Url|LayerVersion|EventInvokeConfig)|AWS::Serverless::LayerVersion|AWS::Scheduler::|AWS::Pipes::|"
    r"AWS::Events::(EventBus|Connection|ApiDestination|Archive)|ScheduleV2|FunctionUrlConfig|EventInvokeConfig",
    r"AWS::Cognito::|AWS::AppSync::|AWS::Serverless::GraphQLApi")]
DEFINITION = b'{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'


def read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


class Pattern:
    """One template, its account and how far it came."""

    def __init__(self, name, number, sampled, template, rendered, given):
        self.name, self.sampled, self.rendered = name, sampled, rendered
        self.account = f"{500000000000 + number}"
        self.bucket = f"code-{self.account}"
        self.template = with_code(template, self.bucket)
        self.text = json.dumps(template)
        self.cookie = "cookie" in self.text
        self.parameters = self.invented({name for name, value in given.items() if value == "pval"})
        self.parameters.update((name, value) for name, value in given.items() if value != "pval")
        self.environment = f"p{number:03}"
        self.stage, self.why, self.meddled = "read", "", 0
        self.files = {}  # of the environment

    def invented(self, unsaid):
        """A value for every parameter that has none, or only the corpus's "pval"."""
        found = {}
        for name, parameter in (self.template.get("Parameters") or {}).items():
            if name in unsaid or re.match("$|<<|Enter ", str(parameter.get("Default", ""))):
                found[name] = invent(name, parameter, self.account)
        return found

    def write(self, repository, template=None, allow=None):
        folder = f"environments/{self.environment}"
        self.files[f"{folder}/environment.yaml"] = json.dumps(
            {"account": self.account, "region": "us-east-1",
             "roleArn": f"arn:aws:iam::{self.account}:role/plumb", "allow": {"createAssetBucket": True},
             "drift": {"extras": "remove"}})
        names = (template or self.template).get("Parameters") or {}
        self.files[f"{folder}/app.yaml"] = json.dumps(
            {"template": f"apps/{self.environment}.json", "allow": allow or {},
             "parameters": {name: value for name, value in self.parameters.items() if name in names}})
        repository.write(f"apps/{self.environment}.json", json.dumps(template or self.with_nested(repository)))

    def fill_in(self, batch):
        """Makes what was not there, in order to try again: a file, a secret, an export."""
        repository, secret = batch.repository, re.search(r"resolve:secretsmanager:([^:}]+)", self.why)
        wanted = re.search(r"'Fn::ImportValue' of '([^']+)'", self.why)
        if secret and "can't find" in self.why:
            batch.make_secret(self, secret[1])
            self.stage, self.why = "read", ""
            return True
        if wanted and "exports it" in self.why:
            output = {"Value": f"arn:aws:sqs:us-east-1:{self.account}:invented", "Export": {"Name": wanted[1]}}
            repository.write(f"apps/{self.environment}-exports.json", json.dumps(dict(NOTHING, Outputs={"A": output})))
            self.files[f"environments/{self.environment}/exports.yaml"] = json.dumps(
                {"template": f"apps/{self.environment}-exports.json"})
            self.stage, self.why = "read", ""
            return True
        missing = re.search(r"there is no '([^']+)' in the repository", self.why)
        if not missing:
            return False
        path = os.path.normpath(missing[1] if missing[1].startswith("apps/") else "apps/" + missing[1])
        repository.write(path, self.schema() if path.endswith(".graphql") else json.dumps(INCLUDED)
                         if path.endswith((".yaml", ".yml", ".json")) else "// left out\n")
        self.stage, self.why = "read", ""
        return True

    def schema(self):
        """One with the fields that resolvers name."""
        fields = {"Query": {"nothing"}}
        for resource in self.rendered.get("Resources", {}).values():
            if resource["Type"] == "AWS::AppSync::Resolver":
                fields.setdefault(resource["Properties"]["TypeName"], set()).add(resource["Properties"]["FieldName"])
        lines = {name: "\n".join(f"  {field}(input: String): String" for field in sorted(own))
                 for name, own in fields.items()}
        return "\n".join("type %s {\n%s\n}" % one for one in sorted(lines.items()))

    def with_nested(self, repository):
        """The template, with a template of the right parameters and outputs for every stack nested in it."""
        text = json.dumps(self.template)
        for name, resource in self.template["Resources"].items():
            if resource["Type"] not in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application"):
                continue
            properties, place = resource["Properties"], f"{self.environment}-{name}.json"
            outputs = re.findall(rf'"{name}",? ?"?\.?Outputs\.(\w+)|\b{name}\.Outputs\.(\w+)', text)
            nested = dict(NOTHING, Parameters={key: {"Type": "String"} for key in properties.get("Parameters", {})},
                          Outputs={one or other: {"Value": "left out"} for one, other in outputs})
            repository.write("apps/" + place, json.dumps({key: value for key, value in nested.items() if value}))
            properties["TemplateURL" if "TemplateURL" in properties else "Location"] = place
        return self.template

    def fail(self, stage, why):
        self.stage, self.why = stage, " ".join(why.split())
        return False


# Of each family one that Lambda still takes; the templates are some years old.
RUNTIMES = [("go1.", "provided.al2023"), ("provided", "provided.al2023"), ("nodejs", "nodejs22.x"),
            ("python", "python3.13"), ("java", "java21"), ("dotnet", "dotnet8"), ("ruby", "ruby3.3")]


def with_code(value, bucket, key="code.zip"):
    """The template with its code where it is in this account, with runtimes that can be had, and with values in the
    place of the words of cookiecutter."""
    if isinstance(value, list):
        return [with_code(item, bucket, key) for item in value]
    if isinstance(value, str):
        for family, runtime in RUNTIMES:
            if re.fullmatch(re.escape(family) + r"[a-z0-9.]*", value):
                return runtime
        return re.sub(r"^s3://bucket/(key|document)$", lambda m: f"s3://{bucket}/{m[1].replace('key', key)}", value)
    if not isinstance(value, dict):
        return value
    kind = str(value.get("Type", ""))
    if kind in ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"):
        key = "definition.json"
    if kind == "AWS::AppSync::GraphQLSchema":
        key = "schema.graphql"
    found = {name: with_code(item, bucket, "schema.graphql" if name == "SchemaUri" else key)
             for name, item in value.items()}
    for name, made_up in (("Runtime", "python3.13"), ("Path", "/cookie"), ("MemorySize", 128)):
        if "cookie" in str(value.get(name)):
            found[name] = made_up
    if kind == "AWS::Serverless::StateMachine" and "DefinitionUri" in value.get("Properties", {}):
        found["Properties"].update(Definition=json.loads(DEFINITION))
        del found["Properties"]["DefinitionUri"]
    for names in (("Bucket", "Key"), ("S3Bucket", "S3Key")):
        if [value.get(name) for name in names] == ["bucket", "key"]:
            found.update(zip(names, (bucket, key)))
    return found


def invent(name, parameter, account):
    kind = parameter.get("Type", "String")
    if "AllowedValues" in parameter:
        return str(parameter["AllowedValues"][0])
    if "AllowedPattern" in parameter:
        for value in ("/invented", "invented", "a@example.com", "https://example.com", "10.0.0.0/16", "1", "123456789012",
                      "fsvol-0123456789abcdef0"):
            if re.fullmatch(parameter["AllowedPattern"], value):
                return value
    if kind == "Number":
        return str(parameter.get("MinValue", 1))
    for word, value in VALUES:
        if word.lower() in (kind + " " + name).lower():
            return value.replace("ACCOUNT", account).replace("NAME", name.lower())
    return (f"value-{account}-" + "x" * 200)[:max(24, int(parameter.get("MinLength", 8)))]


VALUES = [
    ("AWS::SSM::Parameter::Value", "/invented"),
    ("List<AWS::EC2::Subnet", "subnet-11111111,subnet-22222222"),
    ("List<AWS::EC2::SecurityGroup", "sg-11111111"),
    ("List<AWS::EC2::AvailabilityZone", "us-east-1a,us-east-1b"),
    ("List", "a,b"),
    ("AvailabilityZone", "us-east-1a"),
    ("AWS::EC2::VPC", "vpc-11111111"),
    ("AWS::EC2::Subnet", "subnet-11111111"),
    ("AWS::EC2::SecurityGroup", "sg-11111111"),
    ("AWS::Route53::HostedZone", "Z0123456789ABCDEFGHIJ"),
    ("AWS::EC2::KeyPair", "key"),
    ("bucket", "bucket-ACCOUNT-NAME"),
    ("secret", "invented"),
    ("email", "somebody@example.com"),
    ("certificatearn", "arn:aws:acm:us-east-1:111111111111:certificate/11111111-1111-1111-1111-111111111111"),
    ("rolearn", "arn:aws:iam::111111111111:role/invented"),
    ("streamarn", "arn:aws:kinesis:us-east-1:111111111111:stream/invented"),
    ("clusterarn", "arn:aws:kafka:us-east-1:111111111111:cluster/invented/11111111-1111-1111-1111-111111111111-1"),
    ("secretarn", "arn:aws:secretsmanager:us-east-1:111111111111:secret:invented-abcdef"),
    ("arn", "arn:aws:sns:us-east-1:111111111111:invented"),
    ("cidr", "10.0.0.0/16"),
    ("url", "https://example.com"),
    ("domain", "example.com"),
    ("endpoint", "https://example.com/in"),
    ("mskcluster", "arn:aws:kafka:us-east-1:111111111111:cluster/invented/11111111-1111-1111-1111-111111111111-1"),
    ("vpcid", "vpc-11111111"),
    ("subnet", "subnet-11111111"),
    ("securitygroup", "sg-11111111"),
    ("hostedzone", "Z0123456789ABCDEFGHIJ"),
    ("imageuri", "111111111111.dkr.ecr.us-east-1.amazonaws.com/invented@sha256:" + "1" * 64),
]


class Batch:
    """A share of the templates, with a simulator and a repository of its own."""

    def __init__(self, patterns):
        self.patterns = patterns
        self.simulator = harness.Simulator()
        self.simulator.post("delays", {name: 0 for name in harness.fetch(self.simulator.url + "/_simulator/delays")})
        self.handler = custom_handler.of_simulator(self.simulator)
        self.repository = harness.Repository(example=None)

    def run(self, command, stage, accepted, done):
        """One command on all that came to `stage`; those that it finds well come to `done`."""
        standing = [p for p in self.patterns if p.stage == stage]
        shutil.rmtree(self.repository.path + "/environments", ignore_errors=True)
        for path, text in (file for pattern in standing for file in pattern.files.items()):
            self.repository.write(path, text)
        if not standing:
            return
        self.repository.commit(command)
        answer = self.repository.plumb(self.simulator, *command.split(), "-o", "json", timeout=900)
        assert answer.stdout, answer.stderr
        found = {one["environment"]: one for one in json.loads(answer.stdout)["applications"]
                 if one["application"] == "app"}
        for pattern in standing:
            one = found.get(pattern.environment, {})
            reasons = [line.split(": ", 2)[2] for line in answer.stderr.splitlines()
                       if line.startswith(f"plumb: {pattern.environment}/app: ")]
            why = "; ".join(reasons) or one.get("error") or accepted(one)
            if why:
                pattern.fail(stage + ", then " + command, why)
            else:
                pattern.stage = done

    def lead(self):
        for pattern in self.patterns:
            pattern.write(self.repository)
            self.prepare(pattern)
        self.before = self.left()
        for _ in range(8):
            self.run("plan", "read", held, "planned")
            if not any([p.fill_in(self) for p in self.patterns if p.stage.startswith("read")]):
                break
        for pattern in self.patterns:
            if pattern.stage == "planned" and not pattern.sampled:
                pattern.stage = "only planned"
        self.run("apply", "planned", lambda one: "", "applied")
        self.run("plan", "applied", changes, "planned again")
        self.run("drift", "planned again", drifted, "in sync")
        for pattern in self.patterns:
            if pattern.stage == "in sync":
                pattern.stage = "meddled" if self.meddle(pattern) else "healed"
        self.run("drift", "meddled", lambda one: not drifted(one) and "what somebody changed is no drift", "drifted")
        self.run("apply", "drifted", lambda one: "", "set right")
        self.run("plan", "set right", changes, "in sync again")
        self.run("drift", "in sync again", drifted, "healed")
        for pattern in self.patterns:
            if pattern.stage == "healed":
                self.empty(pattern)
        self.run("apply", "healed", lambda one: "", "emptied")
        after = self.left()
        for pattern in self.patterns:
            if pattern.stage == "emptied":
                self.look(pattern, after.get(pattern.account, set()) - self.before.get(pattern.account, set()))

    def resources(self, pattern):
        place = f"refs/plumb/{pattern.account}:us-east-1/{pattern.environment}/app/inventory.json"
        return json.loads(self.repository.git("show", place))["resources"]

    def meddle(self, pattern):
        """Changes by hand what is declared: shards, parameters, routes.  How many things."""
        for resource in self.resources(pattern):
            name, properties = resource["physicalId"], resource["properties"]
            if resource["type"] == "AWS::Kinesis::Stream" and properties.get("ShardCount"):
                self.client("kinesis", pattern).update_shard_count(
                    StreamName=name, TargetShardCount=2 * int(properties["ShardCount"]), ScalingType="UNIFORM_SCALING")
                pattern.meddled += 1
            if resource["type"] == "AWS::SSM::Parameter":
                self.client("ssm", pattern).put_parameter(Name=name, Value="by hand", Overwrite=True)
                pattern.meddled += 1
            # Of a document in S3 plumb knows the place, and that it took it in.
            if resource["type"] == "AWS::ApiGatewayV2::Api" and "DefinitionUri" not in pattern.text:
                pattern.meddled += self.change_routes(self.client("apigatewayv2", pattern), name)
        return pattern.meddled

    @staticmethod
    def change_routes(api, name):
        """One goes, one comes."""
        routes = [r for r in api.get_routes(ApiId=name)["Items"] if not r.get("ApiGatewayManaged")]
        if not routes:
            return 0
        api.delete_route(ApiId=name, RouteId=routes[0]["RouteId"])
        http = api.get_api(ApiId=name)["ProtocolType"] == "HTTP"
        api.create_route(ApiId=name, RouteKey="GET /by/hand" if http else "by-hand")
        return 2

    @staticmethod
    def look(pattern, rest):
        """What a template keeps, or a service makes by itself, may stay."""
        rest = sorted(line for line in rest if not line.startswith(("scheduler/us-east-1.groups 1", "logs/")))
        if rest and "Retain" not in json.dumps([pattern.template, pattern.rendered]):
            pattern.fail("emptied, then a look", ", ".join(rest))
        else:
            pattern.stage = "gone"

    def prepare(self, pattern):
        """What the templates take for granted in their accounts: their code."""
        text = json.dumps(pattern.template)
        if pattern.bucket in text:
            s3 = self.client("s3", pattern)
            s3.create_bucket(Bucket=pattern.bucket)
            for key, body in (("code.zip", CODE), ("definition.json", DEFINITION),
                              ("schema.graphql", pattern.schema().encode()),
                              ("document", json.dumps(INCLUDED).encode())):
                if key in text:
                    s3.put_object(Bucket=pattern.bucket, Key=key, Body=body)
        if '"MyEventBus"' in text and '"AWS::Events::EventBus"' not in text:
            self.client("events", pattern).create_event_bus(Name="MyEventBus")
        if "resolve:secretsmanager" in text:
            self.make_secret(pattern, "invented")
        for name, parameter in (pattern.template.get("Parameters") or {}).items():
            if "AWS::SSM::Parameter::Value" in str(parameter.get("Type")):
                self.client("ssm", pattern).put_parameter(
                    Name=parameter.get("Default") or pattern.parameters[name], Value="ami-1", Type="String",
                    Overwrite=True)

    def make_secret(self, pattern, name):
        self.client("secretsmanager", pattern).create_secret(
            Name=name, SecretString='{"username": "somebody", "password": "left-out"}')

    def client(self, service, pattern):
        return boto3.client(service, endpoint_url=self.simulator.url, region_name="us-east-1",
                            aws_access_key_id=pattern.account, aws_secret_access_key=pattern.account[::-1])

    def empty(self, pattern):
        pattern.write(self.repository, NOTHING,
                      {"manyDeletes": True, "delete": sorted(r["logicalId"] for r in self.resources(pattern))})

    def left(self):
        """account -> lines of what is there."""
        found = {}
        for line in harness.fetch(self.simulator.url + "/_simulator/summary")["lines"]:
            parts = line.split("/", 2)
            if len(parts) == 3 and not re.search(r"\.(deleted|requests|tokens)", line):
                found.setdefault(parts[1], set()).add(f"{parts[0]}/{parts[2]}")
        return found

    def close(self):
        self.handler.close()
        self.simulator.close()
        # Words of cookiecutter stand where AWS wants words of its own, which is no matter of plumb's requests.
        if any(pattern.cookie for pattern in self.patterns):
            with contextlib.suppress(FileNotFoundError):
                os.remove(os.path.join(self.repository.home, "requests"))
        self.repository.close()


def held(one):
    """Why a plan cannot be carried out."""
    return "; ".join(f"{c['logicalId']}: {c['held']}" for c in one["changes"]
                     if "has to be released first" not in c.get("held", "has to be released first"))


def changes(one):
    """Why a plan is not empty."""
    return "; ".join(f"{c['action']} {c['type']} {c['logicalId']}: {json.dumps(c['differences'])}"
                     for c in one["changes"]) + json.dumps(one.get("outputs", ""))[2:]


def drifted(one):
    """What is not as it was applied."""
    return "; ".join(f"{d['kind']} {d['type']} {d['logicalId']}" for d in one["drift"])


def main():
    if not CORPORA or not os.path.isdir(os.path.join(CORPORA, "sam-patterns")):
        print("skipped: templates of users: set PLUMB_CORPORA to a directory with sam-patterns/")
        return 77
    arguments = sys.argv[1:] + ["8", "0"][len(sys.argv) - 1:]
    patterns = chosen(int(arguments[0]), arguments[1], families=len(sys.argv) == 1)
    parts = []
    for cookie in (False, True):
        alike = [p for p in patterns if p.cookie == cookie]
        batches = -(-len(alike) // ACCOUNTS_MAX)
        parts += [alike[start::batches] for start in range(batches)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lead, parts))
    return judge(patterns)


def lead(patterns):
    batch = Batch(patterns)
    try:
        batch.lead()
    finally:
        batch.close()


def templates():
    """Name, template, what SAM makes of it, parameters."""
    for path in sorted(glob.glob(os.path.join(CORPORA, "sam-patterns", "input", "*.json"))):
        yield (os.path.basename(path)[:-len("+template.json")], read(path), read(path.replace("/input/", "/output/")),
               read(path[:-len("json")] + "parameters"))
    for name, resources in OWN.items():
        yield name, {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}, {}, {}


def chosen(every, which, families=False):
    patterns, seen = [], [0] * len(FAMILIES)
    for number, (name, template, rendered, given) in enumerate(templates()):
        named = not which.isdigit() and any(word in name for word in which.split(","))
        if not which.isdigit() and not named:
            continue
        pattern = Pattern(name, number, named or number % every == int(which) or name in OWN, template, rendered, given)
        for family, words in enumerate(FAMILIES):
            if families and words.search(pattern.text):
                pattern.sampled = pattern.sampled or seen[family] % FAMILY_EVERY == 0
                seen[family] += 1
        patterns.append(pattern)
    return patterns


def judge(patterns):
    """Names what failed; the exit status."""
    def at(stage):
        return [p for p in patterns if p.stage.startswith(stage)]
    for pattern in patterns:
        if pattern.why:
            print(f"{pattern.name}: {pattern.stage}: {pattern.why[:400]}")
    sample = [p for p in patterns if p.sampled and p not in at("read")]
    planned, gone = len(patterns) - len(at("read")), at("gone")
    before = ("read", "planned,", "only planned", "gone")  # what fails after it was applied is wrong
    wrong = [p for p in patterns if not p.stage.startswith(before)]
    healed = sum(p.meddled for p in gone)
    print(f"{planned} of {len(patterns)} templates plan whole; of a sample of {len(sample)}, {len(gone)} were applied, "
          f"in sync, and removed without rest, {len(wrong)} were not in sync or left something; "
          f"{healed} changes by hand were healed")
    enough = planned >= LEAST_PLANNED * len(patterns) and len(gone) >= LEAST_APPLIED * len(sample)
    return 0 if enough and not wrong and (healed or len(sys.argv) > 1) else 1


if __name__ == "__main__":
    sys.exit(main())
