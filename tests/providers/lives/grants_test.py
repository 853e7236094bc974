#!/usr/bin/env python3
"""Which operations a type may call (providers/grants_table.c) beside those that it does call in its lives:
grants_test.py LIVES

A life makes no call that is not granted to its types; and every operation that is granted to a type is called in some
life of it, unless it is told here why not."""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(TOP, "providers"))
import generate_grants

# Type, operations, why no life of it makes these calls.
NEVER = [
    (r"AWS::ApiGateway::Deployment", r"DeleteStage", "a stage that nobody manages: tests/providers/live"),
    (r"AWS::ApiGateway::Method", r"DeleteIntegration", "an integration that is taken away: tests/providers/live"),
    (r"AWS::(ApiGatewayV2|AppSync)::\w+", r"GetObject", "a document in S3: no life can put it there"),
    (r"AWS::Cognito::UserPool", r"AddCustomAttributes", "an attribute more would make the next life another one"),
    (r"AWS::DynamoDB::Table", r"DeleteResourcePolicy", "a policy that is taken away: live/dynamodb"),
    (r"AWS::IAM::(ManagedPolicy|Policy)", r"\w+(Group|User)Policy", "the simulator has roles alone: live/iam_policy"),
    (r"AWS::IAM::InstanceProfile", r"(Tag|Untag)InstanceProfile", "tags of the environment alone change them"),
    (r"AWS::IAM::ManagedPolicy", r"TagPolicy", "tags that are made with it: end_to_end/permissions changes them"),
    (r"AWS::Kinesis::Stream", r"UpdateStreamWarmThroughput", "of streams on demand"),
    (r"AWS::Lambda::(Alias|Function)", r"GetFunctionUrlConfig|GetPolicy|ListAliases|ListEventSourceMappings",
     "what hangs on them, for drift: end_to_end/permissions"),
    (r"AWS::Lambda::Function", r"\w+CodeSigningConfig", "needs a signing profile"),
    (r"AWS::Lambda::Version", r"(Get|Put)(FunctionScaling|RuntimeManagement)Config", "no life declares them"),
    (r"AWS::S3::Bucket", r"\w+BucketReplication", "needs a bucket elsewhere: tests/providers/s3_bucket_test"),
    (r"AWS::S3::Bucket", r"DeleteBucketOwnershipControls|DeletePublicAccessBlock", "no life takes them away"),
    (r"AWS::SNS::Subscription", r"ListSubscriptions", "a topic of another account"),
    (r"AWS::Scheduler::Schedule", r"ListSchedules", "a schedule whose group the ledger does not know"),
]


def operations():
    """Enumerator -> "service.Operation"."""
    out = {}
    for path in set(glob.glob("providers/*/operations.c", root_dir=TOP)) - {"providers/aws/operations.c"}:
        text = generate_grants.preprocessed(path)[0].replace("\n", " ")
        service = re.search(r'aws_service \w+ = \{.*?\.name\s*=\s*"(\w+)"', text)[1]
        for name, row in re.findall(r"\[([A-Z0-9_]+)\]\s*=\s*(.*?)(?=\[[A-Z0-9_]+\]\s*=|\Z)", text, re.S):
            told = re.search(r'\.name\s*=\s*((?:"\w*"\s*)+)', row)
            if told:
                out[name] = service + "." + re.sub(r'[" ]', "", told[1])
    return out


def grants():
    """Type -> the operations that are granted to it."""
    text, names = open(os.path.join(TOP, "providers/grants_table.c")).read(), operations()
    lists = {name: {names[e] for e in re.findall(r"\[([A-Z0-9_]+)\]", body)} for name, body in re.findall(
        r"struct grant (\w+)\[\] = \{\n(.*?)\n\};", text, re.S)}
    rows = re.findall(r'\{"(AWS::[^"]+)", (\w+), (\w+), \w+\}', text)
    shared = re.findall(r'\[(\w+)\],\s*"(AWS::[^"]+)",\s*""', open(os.path.join(TOP, "providers/grants.c")).read())
    return {t: (lists.get(reads, set()) | lists.get(writes, set())) - {names[e] for e, u in shared if u == t}
            for t, reads, writes in rows}


def told(kind, operation):
    """Is it said why no life of the type makes the call?"""
    return any(re.fullmatch(t, kind) and re.fullmatch(o, operation.split(".")[1]) for t, o, _ in NEVER)


def types_of(path):
    text = open(path).read()
    return re.search(r"^Type: (\S+)", text, re.M)[1], set(re.findall(r"\bType: '?(AWS::\w+::\w+)", text))


def calls_of(program, path):
    with tempfile.TemporaryDirectory() as directory:
        log = os.path.join(directory, "log")
        done = subprocess.run([program, "simulator", path], cwd=TOP, text=True, stdout=subprocess.PIPE,
                              env=dict(os.environ, PLUMB_REQUEST_LOG=log))
        if done.returncode:
            print(done.stdout)
        lines = open(log).read().splitlines() if os.path.exists(log) else []
    calls = (json.loads(line) for line in lines)
    return {f"{c['service']}.{c['operation']}" for c in calls if c["service"] != "sts"}


def main():
    granted, bad, lives = grants(), 0, collections.defaultdict(set)
    paths = sorted(glob.glob(os.path.join(HERE, "*.yaml")))
    for path in paths:
        own, types = types_of(path)
        seen = calls_of(sys.argv[1], path)
        lives[own if own in granted else "AWS::*"] |= seen
        outside = seen - {o for t in types for o in granted.get(t, granted.get("AWS::*", set()))}
        for operation in sorted(outside):
            bad += 1
            print(f"{os.path.basename(path)}: {operation} is called and not granted")
    for kind, seen in sorted(lives.items()):
        for operation in sorted(granted[kind] - seen):
            if not told(kind, operation):
                bad += 1
                print(f"{kind}: {operation} is granted and never called")
    print(f"{len(paths)} lives of {len(lives)} types, {sum(len(granted[k]) for k in lives)} grants, {bad} in trouble; "
          f"types without a life: {', '.join(sorted(set(granted) - set(lives))) or 'none'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
