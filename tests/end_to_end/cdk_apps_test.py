#!/usr/bin/env python3
"""Synthesized CDK applications with custom resources that users wrote, from PLUMB_CORPORA: each whose resource types plumb
manages is applied on the simulator with its assets and a handler that always succeeds, is in sync then.
An asset whose files the corpora left out is a small one in its place."""
import contextlib
import glob
import json
import os
import shutil
import sys

import custom_handler
import harness

CORPORA = os.environ.get("PLUMB_CORPORA")
LEAST = 3  # applications that must be applied


def applications():
    for directory in sorted(glob.glob(os.path.join(CORPORA, "cdk", "*", ""))):
        templates = "".join(read(path) for path in
                            glob.glob(directory + "**/*.template.json", recursive=True))
        if '"Custom::' in templates:
            yield directory


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def fill_in(folder):
    for manifest in glob.glob(folder + "/**/*.assets.json", recursive=True):
        for file in json.loads(read(manifest))["files"].values():
            path = os.path.join(os.path.dirname(manifest), file["source"]["path"])
            if os.path.exists(path):
                continue
            if file["source"].get("packaging") == "zip":
                os.makedirs(path)
                path = os.path.join(path, "index.js")
            with open(path, "w", encoding="utf-8") as f:
                f.write("left out\n")


def allow(repository, more):
    repository.write("environments/beta/shop.yaml", json.dumps({"template": "cdk.out", "allow": more}))


def run(account, handler, directory):
    """None where it was applied; else why not."""
    repository = harness.Repository(example=None)
    try:
        shutil.copytree(directory, repository.path + "/cdk.out")
        fill_in(repository.path + "/cdk.out")
        repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": harness.ACCOUNTS["beta"], "region": harness.REGIONS["beta"],
             "allow": {"createAssetBucket": True}}))
        allow(repository, {})
        repository.commit("An application")
        planned = repository.plumb(account, "plan")
        if planned.returncode == 1:
            return planned.stderr.strip().splitlines()[-1]
        applied = repository.plumb(account, "apply")
        if "is no longer supported for creating" in applied.stderr:  # an old runtime
            return applied.stderr.strip().splitlines()[-2]
        assert applied.returncode == 0, f"{directory}: {applied.stdout}{applied.stderr}"
        again = repository.plumb(account, "plan")
        assert again.returncode == 0, f"{directory} is not in sync: {again.stdout}{again.stderr}"
        assert handler.requests, f"{directory}: no handler was asked"
        return None
    finally:
        # Ids that the simulator's Cloud Control makes up have not AWS's forms, which is no matter of plumb's requests.
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(repository.home, "requests"))
        repository.close()


def main():
    if not CORPORA or not os.path.isdir(os.path.join(CORPORA, "cdk")):
        print("skipped: CDK applications: set PLUMB_CORPORA to a directory with cdk/")
        return 77
    account = harness.Simulator()
    handler = custom_handler.of_simulator(account)
    applied = asked = 0
    for directory in applications():
        account.post("reset", {})
        account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "iam.propagation": 0})
        handler.forget()
        why = run(account, handler, directory)
        applied += why is None
        asked += len(handler.requests)
        print(f"{os.path.basename(directory[:-1])}: {why or 'applied'}"[:200])
    handler.close()
    account.close()
    print(f"{applied} applications applied, {asked} requests to handlers")
    return 0 if applied >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
