#!/usr/bin/env python3
"""SAM templates with HTTP and WebSocket APIs that users wrote, from PLUMB_CORPORA: each whose resource types plumb manages
is applied on the simulator, is in sync then, without drift, also where somebody takes a route away; what is taken out of the
template goes, and nothing of the API is left.  Documents that the corpora left out are a small one in their place."""
import glob
import io
import json
import os
import sys
import zipfile

import harness

CORPORA = os.environ.get("PLUMB_CORPORA")
LEAST = 20  # templates that must be applied
EVERY = 3  # of them in the daily run; with the argument "all" all of them
ENVIRONMENT = {"account": harness.ACCOUNTS["beta"], "region": harness.REGIONS["beta"], "drift": {"extras": "remove"}}
LAST = {"Resources": {"Last": {"Type": "AWS::SQS::Queue"}}}
DOCUMENT = {"openapi": "3.0.1", "info": {"title": "left out", "version": "1"}, "paths": {"/": {"get": {
    "x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "uri": "https://example.com",
                                        "payloadFormatVersion": "1.0"}}}}}
SECRET = {"username": "user", "password": "word"}
# What those templates lack: documents in S3, a domain name with its records, authorizers.
OWN = {
    "own-document-in-s3": {"HttpApi": {"Type": "AWS::Serverless::HttpApi", "Properties": {
        "DefinitionUri": "s3://bucket/document", "StageVariables": {"level": "debug"},
        "DefaultRouteSettings": {"ThrottlingBurstLimit": 50}, "RouteSettings": {"GET /": {"ThrottlingBurstLimit": 5}}}}},
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
            "Domain": {"DomainName": "api.example.com", "CertificateArn": "arn:aws:acm:us-east-1:111111111111:certificate/a",
                       "BasePath": ["orders"], "Route53": {"HostedZoneId": {"Ref": "Zone"}}}}},
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "app.run", "InlineCode": "def run(e, c): pass",
            "Events": {"Orders": {"Type": "HttpApi", "Properties": {
                "ApiId": {"Ref": "HttpApi"}, "Method": "get", "Path": "/orders"}}}}}},
}
# Templates that need more than these APIs.
LACKS = {"apigw-sfn": "plumb takes no DefinitionS3Location of a state machine",
         "graalvm": "its architecture is a placeholder, which AWS's models refuse",
         "apigw-vpclink-alb-ecs": "the simulator's REST APIs have no endpointAccessMode"}
TYPES = ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::", '"HttpApi"')


def templates():
    for name, resources in OWN.items():
        yield name, json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources})
    for path in sorted(glob.glob(os.path.join(CORPORA, "sam-patterns", "input", "*.json"))):
        text = read(path)
        if any(t in text for t in TYPES):
            yield path, text


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write(repository, template, parameters, allow):
    repository.write("template.json", template)
    repository.write("api.yaml", json.dumps(DOCUMENT))
    repository.write("environments/beta/environment.yaml", json.dumps(dict(ENVIRONMENT, parameters=parameters)))
    repository.write("environments/beta/shop.yaml", json.dumps({"template": "template.json", "allow": allow}))
    repository.commit("An application")


def prepare(account):
    account.post("reset", {})
    account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "iam.propagation": 0})
    s3 = account.client("s3", "beta")
    s3.create_bucket(Bucket="bucket")
    account.client("secretsmanager", "beta").create_secret(Name="pval", SecretString=json.dumps(SECRET))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "left out")
    s3.put_object(Bucket="bucket", Key="key", Body=code.getvalue())
    s3.put_object(Bucket="bucket", Key="document", Body=json.dumps(DOCUMENT).encode())


def in_sync(repository, account, what):
    for command in ("plan", "drift"):
        done = repository.plumb(account, command)
        assert done.returncode == 0, f"{what}: {command} after {what}: {done.stdout}{done.stderr}"


def is_http(api, api_id):
    return api.get_api(ApiId=api_id)["ProtocolType"] == "HTTP"


def lose_a_route(repository, account, api):
    """Drift names what a route that is gone belongs to, and one that somebody made; apply sets both right."""
    apis = [a["ApiId"] for a in api.get_apis()["Items"]]
    routes = [(a, r["RouteId"]) for a in apis for r in api.get_routes(ApiId=a)["Items"] if not r.get("ApiGatewayManaged")]
    if not routes:
        return 0
    api.delete_route(ApiId=routes[0][0], RouteId=routes[0][1])
    found = repository.plumb(account, "drift")
    assert found.returncode == 2, f"a lost route is no drift: {found.stdout}{found.stderr}"
    api.create_route(ApiId=routes[0][0], RouteKey="GET /by/hand" if is_http(api, routes[0][0]) else "by-hand")
    shown = repository.plumb(account, "drift").stdout
    assert "by" in shown and "hand" in shown, f"a route made by hand is not shown: {shown}"
    healed = repository.plumb(account, "apply")
    assert healed.returncode == 0, f"{healed.stdout}{healed.stderr}"
    left = [r["RouteKey"] for r in api.get_routes(ApiId=routes[0][0])["Items"] if "hand" in r["RouteKey"]]
    assert not left, f"apply leaves {left}"
    in_sync(repository, account, "the heal")
    return 1


def refusals(stderr):
    """Why AWS, as the simulator plays it, would not make it: an old runtime, a service that it has not."""
    words = ("UnknownOperationException", "is no longer supported", "UnknownService", "the simulator has no")
    return [line for line in stderr.splitlines() if any(word in line for word in words)]


def run(account, text, parameters):
    """How many routes were lost and healed; else why it was not applied."""
    repository = harness.Repository(example=None)
    api = account.client("apigatewayv2", "beta")
    try:
        write(repository, text, parameters, {})
        planned = repository.plumb(account, "plan")
        if planned.returncode == 1:
            return planned.stderr.strip().splitlines()[-1]
        applied = repository.plumb(account, "apply")
        if applied.returncode and refusals(applied.stderr):
            return refusals(applied.stderr)[-1]
        assert applied.returncode == 0, f"{applied.stdout}{applied.stderr}"
        in_sync(repository, account, "apply")
        # Of a document in S3 plumb knows the place, and that it took it in.
        healed = 0 if "DefinitionUri" in text else lose_a_route(repository, account, api)
        ids = [c["logicalId"] for c in json.loads(repository.git(
            "show", "refs/plumb/111111111111:us-east-1/beta/shop/inventory.json"))["resources"]]
        write(repository, json.dumps(LAST), {}, {"delete": ids, "manyDeletes": True})
        removed = repository.plumb(account, "apply")
        assert removed.returncode == 0, f"remove: {removed.stdout}{removed.stderr}"
        left = api.get_apis()["Items"] + api.get_domain_names()["Items"] + api.get_vpc_links()["Items"]
        left += account.client("route53", "beta").list_hosted_zones_by_name()["HostedZones"]
        assert not left, f"left behind: {left}"
        return healed
    finally:
        repository.close()


def run_all(account, only):
    results = []
    for path, text in list(templates())[::1 if only else EVERY]:
        why = [reason for name, reason in LACKS.items() if f"+{name}+" in path]
        if (only not in path and only != "all") or why:
            print(*(f"{os.path.basename(path)}: {reason}" for reason in why), end="\n" if why else "")
            continue
        prepare(account)
        given = path.replace(".json", ".parameters")
        parameters = json.loads(read(given) or "{}") if os.path.exists(given) and path not in OWN else {}
        try:
            results.append(run(account, text, parameters))
            print(f"{os.path.basename(path)}: {results[-1]}"[:240], flush=True)
        except AssertionError as error:
            results.append(error)
            print(f"{os.path.basename(path)}: FAILED: {error}", flush=True)
    return results


def main():
    if not CORPORA or not os.path.isdir(os.path.join(CORPORA, "sam-patterns")):
        print("skipped: SAM templates with APIs: set PLUMB_CORPORA to a directory with sam-patterns/")
        return 77
    account = harness.Simulator()
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        results = run_all(account, only)
    finally:
        account.close()
    applied = [r for r in results if isinstance(r, int)]
    print(f"{len(applied)} of {len(results)} templates applied and removed, {sum(applied)} lost routes healed")
    failed = [r for r in results if isinstance(r, AssertionError)]
    least = LEAST if only == "all" else 0 if only else LEAST // EVERY - 1
    return 0 if not failed and len(applied) >= least else 1


if __name__ == "__main__":
    sys.exit(main())
