#!/usr/bin/env python3
"""Patterns with user pools and GraphQL APIs that others wrote, from PLUMB_CORPORA: each whose resource types plumb manages
is applied on the simulator, is in sync then, and is taken away without leaving anything.

Texts and code that the corpus left out are small ones in their place: a schema with the fields that the resolvers name.
"""
import glob
import io
import json
import os
import re
import sys
import zipfile

import harness

CORPORA = os.environ.get("PLUMB_CORPORA")
LEAST = 13  # patterns that must be applied
EVERY = 3  # of them in the daily run; with the argument "all" all of them
PARAMETERS = {"ApplicationDomain": "example.com", "ApplicationName": "shop", "CallbackUrl": "https://example.com",
              "ClientDomain": "https://example.com", "Email": "someone@example.com"}
STATEFUL = ("AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::Cognito::IdentityPool", "AWS::Cognito::UserPoolUser",
            "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::SQS::Queue")


def patterns():
    for path in sorted(glob.glob(os.path.join(CORPORA, "sam-patterns", "output", "*.json"))):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        # The template of a nested stack is behind a URL that the corpus made up.
        if re.search(r"AWS::(Cognito|AppSync)::", text) and '"AWS::CloudFormation::Stack"' not in text:
            yield os.path.basename(path), json.loads(text)


def resources(template, kind):
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == kind]


def schema_of(template):
    fields = {}
    for resolver in resources(template, "AWS::AppSync::Resolver"):
        fields.setdefault(resolver["TypeName"], set()).add(resolver["FieldName"])
    fields.setdefault("Query", set()).add("nothing")
    return "\n".join("type %s {\n%s\n}" % (name, "\n".join(f"  {field}(input: String): String" for field in sorted(own)))
                     for name, own in sorted(fields.items()))


def code():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => {};\n")
    return data.getvalue()


def local_files(repository, template):
    for path in set(re.findall(r'"(\./[^"]+)"', json.dumps(template))):
        text = schema_of(template) if path.endswith(".graphql") else "export function request() { return {}; }\n"
        repository.write(os.path.join("apps/shop", path), text)


def outside_files(account, template):
    """The corpus has one place for all that lies in S3."""
    s3 = account.client("s3", "beta")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=schema_of(template).encode())
    s3.put_object(Bucket="bucket", Key="code.zip", Body=code())
    for kind, member in (("AWS::Lambda::Function", "Code"), ("AWS::Lambda::LayerVersion", "Content")):
        for properties in resources(template, kind):
            if "S3Bucket" in properties[member]:
                properties[member] = {"S3Bucket": "bucket", "S3Key": "code.zip"}
            if properties.get("Architectures") == ["cookie"]:  # a place to be filled in
                properties["Architectures"] = ["arm64"]


def declare(repository, template, **more):
    parameters = {k: PARAMETERS[k] for k in template.get("Parameters", {}) if k in PARAMETERS}
    repository.write("environments/beta/shop.yaml", json.dumps(
        {"template": "apps/shop/template.json", "parameters": parameters, **more}))


def run(account, name, template):
    """None where it was applied; else why not."""
    repository = harness.Repository(example=None)
    account.post("reset", {})
    account.prepare()
    try:
        outside_files(account, template)
        local_files(repository, template)
        repository.write("apps/shop/template.json", json.dumps(template))
        repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": harness.ACCOUNTS["beta"], "region": harness.REGIONS["beta"]}))
        declare(repository, template)
        repository.commit("A pattern")
        planned = repository.plumb(account, "plan")
        if planned.returncode == 1:
            return planned.stderr.strip().splitlines()[-1]
        applied = repository.plumb(account, "apply")
        assert applied.returncode == 0, f"{name}: {applied.stdout}{applied.stderr}"
        again = repository.plumb(account, "plan")
        assert again.returncode == 0, f"{name} is not in sync: {again.stdout}{again.stderr}"
        remove(account, repository, name, template)
        return None
    finally:
        repository.close()


def remove(account, repository, name, template):
    stateful = [k for k, r in template["Resources"].items() if r["Type"] in STATEFUL]
    empty = {"Resources": {"Rest": {"Type": "AWS::SNS::Topic"}}}
    repository.write("apps/shop/template.json", json.dumps(empty))
    declare(repository, empty, allow={"delete": stateful, "manyDeletes": True})
    repository.commit("No pattern")
    gone = repository.plumb(account, "apply")
    assert gone.returncode == 0, f"{name} cannot be removed: {gone.stdout}{gone.stderr}"
    for service, call, member in (("appsync", "list_graphql_apis", "graphqlApis"),
                                  ("cognito-idp", "list_user_pools", "UserPools")):
        more = {"MaxResults": 60} if service == "cognito-idp" else {}
        left = getattr(account.client(service, "beta"), call)(**more)[member]
        assert left == [], f"{name} leaves {left}"


def main():
    if not CORPORA or not os.path.isdir(os.path.join(CORPORA, "sam-patterns")):
        print("skipped: patterns with user pools and GraphQL APIs: set PLUMB_CORPORA to a directory with sam-patterns/")
        return 77
    account = harness.Simulator()
    applied = failed = 0
    try:
        for name, template in list(patterns())[::1 if "all" in sys.argv[1:] else EVERY]:
            try:
                why = run(account, name, template)
            except AssertionError as failure:
                failed += 1
                why = str(failure)
            applied += why is None
            print(f"{'applied' if why is None else why}: {name}")
    finally:
        account.close()
    least = LEAST if "all" in sys.argv[1:] else LEAST // EVERY - 1
    print(f"{applied} patterns applied, in sync, removed; at least {least} must be")
    return int(failed or applied < least)


if __name__ == "__main__":
    sys.exit(main())
