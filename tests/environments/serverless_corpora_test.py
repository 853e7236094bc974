#!/usr/bin/env python3
"""Services that plumb's authors did not write, packaged with the Serverless Framework.

    serverless_corpora_test.py PLUMB

PLUMB_CORPORA names a directory with serverless/NAME/: a service, and what `serverless package` made of it.  Each must
load; the resources must be the framework's, but for ids and keys that the framework takes from the clock; and packaging
again, which changes only the clocks, must change nothing that is printed.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
TEMPLATE = "cloudformation-template-update-stack.json"
# Without the account, an import has no value.
NOT_WHOLE = {"aws-node-shared-gateway+transactions", "aws-node-shared-gateway+users"}


def render(plumb, path, *options):
    done = subprocess.run([plumb, "render", *options, path], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def masked(text):
    """The template with neither clocks nor code."""
    template = json.loads(re.sub(r"ApiGatewayDeployment\d+", "ApiGatewayDeployment", text))
    for resource in template["Resources"].values():
        for key in ("Code", "Content"):
            if key in resource.get("Properties", {}):
                resource["Properties"][key] = "code"
    return template


def package_again(folder):
    """Changes the epoch, the date and the deployment's id as the framework does."""
    for name in os.listdir(folder):
        if not name.endswith(".json"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r"\d{13}-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "1800000000123-2027-01-15T08:00:00.123Z", text)
        text = re.sub(r"ApiGatewayDeployment\d{13}", "ApiGatewayDeployment1800000000456", text)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)


def failures_of(plumb, source, name, scratch):
    folder = os.path.join(scratch, name, ".serverless")
    shutil.copytree(source, folder)
    os.chmod(folder, 0o755)
    for entry in os.listdir(folder):
        os.chmod(os.path.join(folder, entry), 0o644)
    with open(os.path.join(folder, "serverless-state.json"), encoding="utf-8") as f:
        archive = json.load(f)["package"]["artifact"]
    before = {}
    for there in (False, True):
        if there and archive:
            with open(os.path.join(folder, archive), "w", encoding="utf-8") as f:
                f.write("archive")
        before[there] = render(plumb, folder, "--transform-only")
        code, printed, said = before[there]
        if code != 0:
            return [f"{name}: {said.strip()}"]
        code, _, said = render(plumb, folder)
        if code != 0 and not (name in NOT_WHOLE and "ImportValue" in said):
            return [f"{name}: {said.strip()}"]
    found = []
    with open(os.path.join(folder, TEMPLATE), encoding="utf-8") as f:
        if masked(printed) != masked(f.read()):
            found.append(f"{name}: is not what was packaged")
    if archive and not re.search(r'"Digest": "[0-9a-f]{40}"', printed):
        found.append(f"{name}: its code is no artifact")
    if re.search(r"\d{13}-\d{4}-", printed):
        found.append(f"{name}: a clock is left")
    package_again(folder)
    if render(plumb, folder, "--transform-only") != before[True]:
        found.append(f"{name}: packaging again changes it")
    return found


def main():
    corpora = os.environ.get("PLUMB_CORPORA", "")
    corpus = os.path.join(corpora, "serverless")
    if not corpora or not os.path.isdir(corpus):
        print("skipped: packaged services: PLUMB_CORPORA does not name a directory with serverless/")
        return SKIPPED
    names, failures = sorted(os.listdir(corpus)), []
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            failures += failures_of(os.path.abspath(sys.argv[1]), os.path.join(corpus, name), name, scratch)
    print("\n".join(failures))
    print(f"serverless: {len(names)} packaged services, {len(failures)} failures")
    return 1 if failures or not names else 0


if __name__ == "__main__":
    sys.exit(main())
