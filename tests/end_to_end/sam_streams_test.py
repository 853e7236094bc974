#!/usr/bin/env python3
"""SAM templates with streams, secrets, parameters and instance profiles that users wrote, from PLUMB_CORPORA: each is
applied on the simulator, is in sync then, gets back what somebody changed by hand, and goes without a rest."""
import glob
import json
import os
import sys

import harness
from sam_apis_test import LAST, in_sync, prepare, read, refusals, write

CORPORA = os.environ.get("PLUMB_CORPORA")
LEAST = 15  # templates that must be applied
EVERY = 3  # of them in the daily run; with the argument "all" all of them
# Templates that need more than these types.
LACKS = {"apigw-kinesis": "its deployment waits for one of its methods only, and may come before another's integration",
         "docdb-lambda": "AWS Cloud Control has no clusters of DocumentDB",
         "eventbridge-batch-sam": "the simulator's job definitions are no ARNs with a revision",
         "eventbridge-scheduled-batch-sam": "the simulator's job definitions are no ARNs with a revision",
         "kds-kdf-opensearch": "one of its role's policies reads back differently on the simulator",
         "lambda-durable-investigation-escalation": "a REST API that has neither a name nor a title",
         "qldb-kinesis-lambda-dynamodb": "it imports from another stack",
         "systems-manager-automation-to-stepfunctions": "plumb takes no DefinitionS3Location of a state machine"}
TYPES = ("AWS::Kinesis::", "AWS::KMS::", "AWS::SSM::Parameter\"", "AWS::SecretsManager::", "AWS::IAM::InstanceProfile")


def templates():
    for path in sorted(glob.glob(os.path.join(CORPORA, "sam-patterns", "input", "*.json"))):
        text = read(path)
        if any(t in text for t in TYPES):
            yield path, text


def resources(repository):
    text = repository.git("show", "refs/plumb/111111111111:us-east-1/beta/shop/inventory.json")
    return json.loads(text)["resources"]


def meddle(repository, account):
    """Changes by hand what is declared, and gives how many things."""
    kinesis, ssm, count = account.client("kinesis", "beta"), account.client("ssm", "beta"), 0
    for resource in resources(repository):
        name, properties = resource["physicalId"], resource["properties"]
        if resource["type"] == "AWS::Kinesis::Stream" and properties.get("ShardCount"):
            kinesis.update_shard_count(StreamName=name, TargetShardCount=2 * int(properties["ShardCount"]),
                                       ScalingType="UNIFORM_SCALING")
            count += 1
        if resource["type"] == "AWS::SSM::Parameter":
            ssm.put_parameter(Name=name, Value="by hand", Overwrite=True)
            count += 1
    return count


def heal(repository, account):
    count = meddle(repository, account)
    if not count:
        return 0
    found = repository.plumb(account, "drift")
    assert found.returncode == 2, f"what somebody changed is no drift: {found.stdout}{found.stderr}"
    healed = repository.plumb(account, "apply")
    assert healed.returncode == 0, f"heal: {healed.stdout}{healed.stderr}"
    in_sync(repository, account, "the heal")
    return count


def left_behind(account):
    ssm, manager = account.client("ssm", "beta"), account.client("secretsmanager", "beta")
    left = [p["Name"] for p in ssm.describe_parameters()["Parameters"]]
    for name in ("orders", "shop"):
        try:
            manager.describe_secret(SecretId=name)
            left.append(name)
        except manager.exceptions.ResourceNotFoundException:
            pass
    return left


def remove(repository, account):
    made = resources(repository)
    write(repository, json.dumps(LAST), {}, {"delete": [r["logicalId"] for r in made], "manyDeletes": True})
    removed = repository.plumb(account, "apply")
    assert removed.returncode == 0, f"remove: {removed.stdout}{removed.stderr}"
    assert [r["logicalId"] for r in resources(repository)] == ["Last"], "remove: the ledger holds more"
    kinesis = account.client("kinesis", "beta")
    for resource in made:
        if resource["type"] == "AWS::Kinesis::Stream":
            try:
                kinesis.describe_stream_summary(StreamName=resource["physicalId"])
                raise AssertionError(f"left behind: {resource['physicalId']}")
            except kinesis.exceptions.ResourceNotFoundException:
                pass
    assert not left_behind(account), f"left behind: {left_behind(account)}"


def run(account, text, parameters):
    """How many changes were healed; else why it was not applied."""
    repository = harness.Repository(example=None)
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
        healed = heal(repository, account)
        remove(repository, account)
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
        parameters = json.loads(read(given) or "{}") if os.path.exists(given) else {}
        try:
            results.append(run(account, text, parameters))
            print(f"{os.path.basename(path)}: {results[-1]}"[:300], flush=True)
        except AssertionError as error:
            results.append(error)
            print(f"{os.path.basename(path)}: FAILED: {error}"[:1500], flush=True)
    return results


def main():
    if not CORPORA or not os.path.isdir(os.path.join(CORPORA, "sam-patterns")):
        print("skipped: SAM templates with streams and secrets: set PLUMB_CORPORA to a directory with sam-patterns/")
        return 77
    account = harness.Simulator()
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        results = run_all(account, only)
    finally:
        account.close()
    applied = [r for r in results if isinstance(r, int)]
    print(f"{len(applied)} of {len(results)} templates applied and removed, {sum(applied)} changes by hand healed")
    failed = [r for r in results if isinstance(r, AssertionError)]
    least = LEAST if only == "all" else 0 if only else LEAST // EVERY - 1
    return 0 if not failed and len(applied) >= least else 1


if __name__ == "__main__":
    sys.exit(main())
