#!/usr/bin/env python3
"""The SAM transform beside AWS's own, on templates that plumb's authors did not write.

    sam_corpora_test.py PLUMB

PLUMB_CORPORA names a directory with sam/ and sam-patterns/, each with input/NAME.yaml (or .json) and
output/[aws-cn/|aws-us-gov/]NAME.json.  A success case passes when the printed template equals the expected one,
lists in any order.  An error case passes when plumb exits 1 and names every resource that the expected message names.
The floors below only rise.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys

FLOORS = {"sam": {"success": 883, "error": 154}, "sam-patterns": {"success": 385, "error": 0}}
REGIONS = {"": "ap-southeast-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
SKIPPED = 77


def canonical(value):
    if isinstance(value, dict):
        return {k: canonical(v) for k, v in value.items()}
    if isinstance(value, list):
        return sorted((canonical(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    return value


def strict(value):
    """JSON text, so that 1, 1.0 and true differ."""
    return json.dumps(canonical(value), sort_keys=True)


def passes(plumb, corpus, entry, partition):
    name = os.path.splitext(entry)[0]
    path = os.path.join(corpus, "input", entry)
    region, parameters = REGIONS[partition], {"param1": "value1", "param2": "value2"}
    given = os.path.splitext(path)[0] + ".parameters"
    if os.path.exists(given):
        with open(given, encoding="utf-8") as f:
            region, parameters = "us-east-1", json.load(f)
    command = [plumb, "render", "--transform-only", "--region", region]
    for key, value in parameters.items():
        command += ["--parameter", f"{key}={value}"]
    with open(os.path.join(corpus, "output", partition, name + ".json"), encoding="utf-8") as f:
        wanted = json.load(f)
    done = subprocess.run(command + [path], capture_output=True, text=True, timeout=60)
    if name.startswith("error_"):
        ids = set(re.findall(r"[Rr]esource with id \[([^\]]+)\]", wanted.get("errorMessage", "")))
        return done.returncode == 1 and all(i in done.stderr + done.stdout for i in ids)
    return done.returncode == 0 and strict(json.loads(done.stdout)) == strict(wanted)


def cases(corpus):
    for entry in sorted(os.listdir(os.path.join(corpus, "input"))):
        name = os.path.splitext(entry)[0]
        if entry.endswith(".parameters") or name.startswith(("translate_", "feature_toggle_")):
            continue
        for partition in REGIONS:
            if os.path.exists(os.path.join(corpus, "output", partition, name + ".json")):
                yield entry, partition


def main():
    plumb, corpora = sys.argv[1], os.environ.get("PLUMB_CORPORA", "")
    if not os.path.isdir(os.path.join(corpora, "sam")):
        print("SKIPPED: set PLUMB_CORPORA to the directory with the SAM corpora to compare with AWS's transform")
        return SKIPPED
    low = False
    for corpus, floors in FLOORS.items():
        directory = os.path.join(corpora, corpus)
        every = list(cases(directory))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda c: passes(plumb, directory, *c), every))
        for kind, floor in floors.items():
            of_kind = [(c, r) for c, r in zip(every, results) if c[0].startswith("error_") == (kind == "error")]
            good = sum(r for _, r in of_kind)
            print(f"{corpus}: {good} of {len(of_kind)} {kind} cases, floor {floor}")
            if good < floor:
                low = True
                print("\n".join(f"  failed: {partition or 'aws'}/{entry}" for (entry, partition), r in of_kind if not r))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
