#!/usr/bin/env python3
"""Synthesized CDK applications that users wrote, PLUMB_CORPORA/cdk: nearly all plan whole, every resource by calls of
plumb's own, by Cloud Control or by a custom resource's handler.  Those that do not are named, with the reason.

Each is planned in the account and region that it was synthesized for; parameters without a value get one, and images
count as built and pushed."""
import glob
import json
import os
import re
import shutil
import sys

import cdk_apps_test as cdk
import harness

LEAST = 0.98


def place_of(directory, number):
    """The account and region in the assembly, or invented ones."""
    for artifact in json.loads(cdk.read(directory + "/manifest.json")).get("artifacts", {}).values():
        known = re.fullmatch(r"aws://(\d+)/([a-z0-9-]+)", artifact.get("environment", ""))
        if known:
            return known[1], known[2]
    return f"{600000000000 + number}", "us-east-1"


def count_images_as_pushed(directory):
    for path in glob.glob(directory + "/**/*.assets.json", recursive=True):
        assets = json.loads(cdk.read(path))
        if assets.pop("dockerImages", None):
            with open(path, "w", encoding="utf-8") as f:
                json.dump(assets, f)


def parameters_of(directory):
    """A value for every parameter that has none."""
    found = {}
    for path in glob.glob(directory + "/*.template.json"):
        for name, parameter in json.loads(cdk.read(path)).get("Parameters", {}).items():
            if "Default" not in parameter:
                found[name] = "somebody@example.com"
    return found


def write(repository, directory, number):
    folder, (account, region) = f"{repository.path}/apps/{number}", place_of(directory, number)
    shutil.copytree(directory, folder)
    cdk.fill_in(folder)
    count_images_as_pushed(folder)
    repository.write(f"environments/c{number}/environment.yaml", json.dumps(
        {"account": account, "region": region, "roleArn": f"arn:aws:iam::{account}:role/plumb",
         "allow": {"createAssetBucket": True}}))
    repository.write(f"environments/c{number}/app.yaml", json.dumps(
        {"template": f"apps/{number}", "parameters": parameters_of(folder)}))


def main():
    if not cdk.CORPORA or not os.path.isdir(os.path.join(cdk.CORPORA, "cdk")):
        print("skipped: CDK applications: set PLUMB_CORPORA to a directory with cdk/")
        return 77
    directories = sorted(glob.glob(os.path.join(cdk.CORPORA, "cdk", "*", "")))
    account, repository = harness.Simulator(), harness.Repository(example=None)
    try:
        for number, directory in enumerate(directories):
            write(repository, directory, number)
        repository.commit("Applications")
        plans = repository.json(account, "plan")
    finally:
        account.close()
        repository.close()
    failed = [one for one in plans if "error" in one]
    for one in failed:
        print(f"{os.path.basename(directories[int(one['environment'][1:])][:-1])}: {one['error']}")
    print(f"{len(plans) - len(failed)} of {len(directories)} applications plan whole")
    return 0 if len(plans) == len(directories) and len(plans) - len(failed) >= LEAST * len(directories) else 1


if __name__ == "__main__":
    sys.exit(main())
