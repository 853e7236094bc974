#!/usr/bin/env python3
"""REST APIs of resources and methods: one of our own, and those that users wrote with the CDK and with the Serverless
Framework, from PLUMB_CORPORA: each whose resource types
plumb manages is applied on the simulator and is in sync then; a method that somebody made by hand is found, and taken away
where the environment says so.  Those with custom resources are in cdk_apps_test.py."""
import base64
import glob
import hashlib
import io
import json
import os
import re
import shutil
import sys
import zipfile

import harness

CORPORA = os.environ.get("PLUMB_CORPORA")
LEAST = 16  # applications that must be applied
# Whose names are longer than AWS takes.
NOT_FOR_AWS = ("aws-node-auth0-cognito-custom-authorizers-api",)
METHOD = '"AWS::ApiGateway::Method"'
OWN = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop}}
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
  Order: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: '{id}'}}
  GetOrder:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Order
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}], RequestTemplates: {application/json: '{}'}}
      MethodResponses: [{StatusCode: 200, ResponseModels: {application/json: !Ref Model}}]
  Model: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, ContentType: application/json, Schema: {}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: GetOrder, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties: {ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage}], Throttle: {BurstLimit: 1, RateLimit: 2}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
  KeyOfPlan: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def templates(kind, pattern):
    for directory in sorted(glob.glob(os.path.join(CORPORA, kind, "*", ""))):
        text = "".join(read(path) for path in glob.glob(directory + pattern))
        named = os.path.basename(directory[:-1])
        if METHOD in text and '"Custom::' not in text and named not in NOT_FOR_AWS:
            yield directory[:-1]


def a_zip():
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as z:
        z.writestr(zipfile.ZipInfo("index.js"), "exports.handler = async () => 1\n")
    return zipped.getvalue()


def rewrite(path, pattern, text):
    before = read(path)
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(pattern, text, before))


def modernise(folder):
    """Functions can no longer be made with old runtimes."""
    for path in glob.glob(folder + "/*.json"):
        rewrite(path, r'"nodejs1\d\.x"', '"nodejs22.x"')
        rewrite(path, r'"python3\.[5-8]"', '"python3.13"')


def fill_in_cdk(folder):
    """Files that the corpora left out; stacks for one account are for ours."""
    for path in glob.glob(folder + "/*.json"):
        rewrite(path, "123456789012", harness.ACCOUNTS["beta"])
        rewrite(path, "us-east-1", harness.REGIONS["beta"])
    for manifest in glob.glob(folder + "/*.assets.json"):
        for file in json.loads(read(manifest))["files"].values():
            path = os.path.join(folder, file["source"]["path"])
            if os.path.exists(path):
                continue
            if file["source"].get("packaging") == "zip":
                os.makedirs(path)
                path = os.path.join(path, "index.js")
            with open(path, "w", encoding="utf-8") as f:
                f.write("left out\n")


def fill_in_serverless(folder):
    artifacts = set(re.findall(r'"artifact": *"([^"]+)"', read(folder + "/serverless-state.json")))
    for name in artifacts:
        with open(os.path.join(folder, os.path.basename(name)), "wb") as f:
            f.write(a_zip())
    digest = base64.b64encode(hashlib.sha256(a_zip()).digest()).decode()
    for path in glob.glob(folder + "/*.json"):
        rewrite(path, r'"CodeSha256": *"[^"]+"', f'"CodeSha256": "{digest}"')


def make_writable(folder):
    for path, _, files in os.walk(folder):
        os.chmod(path, 0o755)
        for name in files:
            os.chmod(os.path.join(path, name), 0o644)


class Application:
    def __init__(self, account, directory, folder, fill_in):
        self.account, self.name, self.folder = account, os.path.basename(directory), folder
        self.repository = harness.Repository(example=None)
        place = os.path.join(self.repository.path, folder)
        if fill_in:
            shutil.copytree(directory, place)
            make_writable(place)
            fill_in(place)
            modernise(place)
            self.copy_gateway(directory, fill_in)
        else:
            self.repository.write(folder, OWN)
        self.repository.write("environments/beta/shop.yaml", json.dumps({"template": folder}))
        self.environment({})

    def copy_gateway(self, directory, fill_in):
        """The service whose API those beside it share."""
        gateway = directory.rpartition("+")[0] + "+gateway"
        if not os.path.isdir(gateway):
            return
        place = os.path.join(self.repository.path, "gateway/.serverless")
        shutil.copytree(gateway, place)
        make_writable(place)
        fill_in(place)
        self.repository.write("environments/beta/gateway.yaml", json.dumps({"template": "gateway/.serverless"}))

    def environment(self, more):
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": harness.ACCOUNTS["beta"], "region": harness.REGIONS["beta"],
             "allow": {"createAssetBucket": True}} | more))
        self.repository.commit("The environment")

    def plumb(self, *command, expect=0):
        done = self.repository.plumb(self.account, *command)
        assert done.returncode == expect, f"{self.name}: {command[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    def declare(self, template, allow):
        self.repository.write(self.folder, template)
        self.repository.write("environments/beta/shop.yaml", json.dumps({"template": self.folder, "allow": allow}))
        self.repository.commit("Another template")
        self.plumb("apply")
        self.plumb("plan")

    def change(self):
        """Another path is another resource, and so is what hangs on it; then all goes but the API."""
        client = self.account.client("apigateway", "beta")
        self.declare(OWN.replace("PathPart: orders", "PathPart: bills"), {"manyDeletes": True})
        assert self.methods() == ["GET /bills/{id}"], self.methods()
        self.declare("Resources: {Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop}}}\n",
                     {"manyDeletes": True, "delete": ["Key"]})
        api = client.get_rest_apis()["items"][0]["id"]
        left = [client.get_resources(restApiId=api)["items"][1:], client.get_models(restApiId=api)["items"][2:],
                client.get_stages(restApiId=api)["item"], client.get_usage_plans()["items"],
                client.get_api_keys()["items"]]
        assert not any(left), left

    def methods(self):
        client = self.account.client("apigateway", "beta")
        return sorted(f"{verb} {resource['path']}" for api in client.get_rest_apis()["items"]
                      for resource in client.get_resources(restApiId=api["id"], limit=500)["items"]
                      for verb in resource.get("resourceMethods", {}))

    def make_by_hand(self):
        client = self.account.client("apigateway", "beta")
        api = client.get_rest_apis()["items"][0]
        made = client.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="byhand")
        where = {"restApiId": api["id"], "resourceId": made["id"], "httpMethod": "GET"}
        client.put_method(**where, authorizationType="NONE")
        client.put_integration(**where, type="MOCK")

    def lead(self):
        """None where it was applied; else why not."""
        planned = self.repository.plumb(self.account, "plan")
        if planned.returncode == 1:
            return planned.stderr.strip().splitlines()[-1]
        self.plumb("apply")
        self.plumb("plan")
        methods = self.methods()
        assert methods, f"{self.name}: no method was made"
        assert "byhand" not in self.plumb("drift")
        self.make_by_hand()
        found = self.plumb("drift", expect=2)
        assert "method.GET /byhand" in found and "resource./byhand" in found, f"{self.name}: {found}"
        assert not any(method in found for method in methods), f"{self.name}: {found}"
        self.environment({"drift": {"extras": "remove"}})
        self.plumb("apply")
        assert self.methods() == methods, f"{self.name}: {self.methods()} is not {methods}"
        self.plumb("apply")  # the path goes when no method is on it
        assert "byhand" not in self.plumb("drift")
        self.plumb("plan")
        return None


def corpora():
    if not CORPORA or not os.path.isdir(os.path.join(CORPORA, "cdk")):
        print("skipped: REST APIs of other tools: set PLUMB_CORPORA to a directory with cdk/ and serverless/")
        return []
    found = [(directory, "cdk.out", fill_in_cdk) for directory in templates("cdk", "*.template.json")]
    return found + [(directory, "app/.serverless", fill_in_serverless)
                    for directory in templates("serverless", "cloudformation-template-update-stack.json")]


def main():
    account = harness.Simulator()
    applied, failures = 0, []
    found = [("our own", "template.yaml", None)] + corpora()
    try:
        for directory, folder, fill_in in found:
            account.post("reset", {})
            account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "iam.propagation": 0})
            application = Application(account, directory, folder, fill_in)
            try:
                why = application.lead()
                if not fill_in:
                    application.change()
            except AssertionError as error:
                failures.append(str(error))
                why = "FAILED"
            finally:
                application.repository.close()
            applied += why is None
            print(f"{application.name}: {why or 'applied'}"[:200])
    finally:
        account.close()
    print(*failures, f"{applied} of {len(found)} applications applied", sep="\n")
    return 0 if applied >= (LEAST if len(found) > 1 else 1) and not failures else 1


if __name__ == "__main__":
    sys.exit(main())
