#!/usr/bin/env python3
"""Serverless patterns that others wrote, from PLUMB_CORPORA: each with URLs, layers, buses, connections, schedules or
pipes whose resource types plumb manages is applied on the simulator, is in sync then, and is taken away until nothing of
it is left.  sam_events_test.py [all | PART OF A NAME]: every third, where nothing is said"""
import glob
import io
import json
import os
import re
import sys
import zipfile

import harness

CORPORA = os.environ.get("PLUMB_CORPORA")
LEAST = 30  # templates that must be applied
EVERY = 3  # of them in the daily run
TYPES = re.compile(r"AWS::(Lambda::(Url|LayerVersion|EventInvokeConfig)|Serverless::LayerVersion|Scheduler::|Pipes::|"
                   r"Events::(EventBus|Connection|ApiDestination|Archive))|ScheduleV2|FunctionUrlConfig|EventInvokeConfig")
# What is no fault of these types: the end of a run's errors.
ELSEWHERE = ("is no longer supported", "'DefinitionS3Location'", "cannot create AWS::AppSync::", "'JobDefinitionName'",
             "cannot create AWS::ApiGateway::BasePathMapping")
EMPTY = {"Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}


def templates(part):
    for path in sorted(glob.glob(os.path.join(CORPORA, "sam-patterns", "input", "*.json"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        # Words of cookiecutter in the place of values are nothing that AWS would take.
        if TYPES.search(text) and part in path and "cookie" not in text:
            with open(path[:-5] + ".parameters", encoding="utf-8") as file:
                yield os.path.basename(path)[:-5], text, json.load(file)


def mended(template, parameters):
    """Values where the corpora have none that AWS would take."""
    values = {}
    for name, parameter in (template.get("Parameters") or {}).items():
        value = parameters.get(name, parameter.get("Default", ""))
        if value in ("", "pval") or "<<" in str(value):
            made_up = "value-" + name.lower() if "bucket" in name.lower() else "value"
            value = next((good for part, good in GOOD.items() if re.search(part, name)), made_up)
        values[name] = value
    return values


GOOD = {"(?i)url|endpoint|TicketsAPI": "https://example.com/in",
        "MSKCluster": "arn:aws:kafka:us-east-1:111111111111:cluster/c/11111111-1111-1111-1111-111111111111-1"}


def prepare(account, template):
    """What "s3://bucket/key" is, and a bus that one template takes as given."""
    account.post("reset", {})
    account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "iam.propagation": 0})
    if '"AWS::Events::EventBus"' not in template:
        account.client("events", "beta").create_event_bus(Name="MyEventBus")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.js"), "exports.handler = async () => ({})")
    s3 = account.client("s3", "beta")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=packed.getvalue())


def allow_all(repository, account):
    resources = [change["logicalId"] for one in repository.json(account, "plan") for change in one["changes"]]
    return {"manyDeletes": True, "delete": resources}


def application(repository, parameters, allow=None):
    repository.write("environments/beta/shop.yaml", json.dumps(
        {"template": "template.json", "parameters": parameters, "allow": allow or {}}))


def take_away(repository, account, name):
    repository.write("template.json", json.dumps(EMPTY))
    application(repository, {})
    repository.commit("Nothing")
    application(repository, {}, allow_all(repository, account))
    repository.commit("Allowed")
    gone = repository.plumb(account, "apply")
    assert gone.returncode == 0, f"{name} cannot be taken away: {gone.stdout}{gone.stderr}"
    repository.plumb(account, "plan", expect=0)


def run(account, name, template, parameters):
    """None where it was applied; else why not."""
    repository = harness.Repository(example=None)
    try:
        repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": harness.ACCOUNTS["beta"], "region": harness.REGIONS["beta"]}))
        repository.write("template.json", template)
        application(repository, parameters)
        repository.commit("A pattern")
        planned = repository.plumb(account, "plan")
        if planned.returncode == 1:
            return planned.stderr.strip().splitlines()[-1]
        applied = repository.plumb(account, "apply")
        for line in applied.stderr.splitlines():
            if any(reason in line for reason in ELSEWHERE):
                return line.strip()
        assert applied.returncode == 0, f"{name}: {applied.stdout}{applied.stderr}"
        again = repository.plumb(account, "plan")
        assert again.returncode == 0, f"{name} is not in sync: {again.stdout}{again.stderr}"
        take_away(repository, account, name)
        return None
    finally:
        repository.close()


def main():
    if not CORPORA or not os.path.isdir(os.path.join(CORPORA, "sam-patterns")):
        print("skipped: serverless patterns: set PLUMB_CORPORA to a directory with sam-patterns/")
        return 77
    account = harness.Simulator()
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    applied = failed = 0
    for name, template, parameters in list(templates("" if part == "all" else part))[::1 if part else EVERY]:
        prepare(account, template)
        try:
            why = run(account, name, template, mended(json.loads(template), parameters))
        except AssertionError as error:
            why, failed = str(error), failed + 1
        applied += why is None
        print(f"{name}: {why or 'applied, in sync, taken away'}", flush=True)
    account.close()
    print(f"{applied} templates applied, {failed} failed")
    least = LEAST if part == "all" else 0 if part else LEAST // EVERY - 1
    return 0 if not failed and applied >= least else 1


if __name__ == "__main__":
    sys.exit(main())
