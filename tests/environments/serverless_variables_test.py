#!/usr/bin/env python3
"""Variables of serverless.yml beside what Serverless Framework 3.40.0 makes of them: serverless_variables_test.py PLUMB

Each case of serverless/variables.json is a service whose resources.Metadata says what its variables gave; null: the
framework refuses it, and so must we.  serverless/resolve_variables.py recorded them.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "serverless"))
from resolve_variables import CASES, write  # noqa: E402


def without_nulls(value):
    """A template takes none: they are left out."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(v) for v in value] if isinstance(value, list) else value


def found(plumb, case):
    """What plumb makes of the case, and what it said."""
    options = ["--stage", case["stage"]] if "stage" in case else []
    for name, value in case.get("parameters", {}).items():
        options += ["--parameter", f"{name}={value}"]
    with tempfile.TemporaryDirectory() as directory:
        write(directory, case)
        done = subprocess.run([plumb, "render", "--transform-only", *options, directory + "/serverless.yml"],
                              capture_output=True, text=True, timeout=60)
    if done.returncode == 0:
        return json.loads(done.stdout).get("Metadata"), ""
    return None, done.stderr.strip() if done.returncode == 1 else f"exit status {done.returncode}"


def main(plumb):
    with open(CASES, encoding="utf-8") as f:
        cases = json.load(f)
    wrong = 0
    for name, case in cases.items():
        metadata, said = found(plumb, case)
        if metadata != without_nulls(case["metadata"]) or said.startswith("exit status"):
            wrong += 1
            print(f"{name}\n found  {json.dumps(metadata)} {said}\n wanted {json.dumps(case['metadata'])}")
    print(f"{len(cases) - wrong} of {len(cases)} services have the framework's variables")
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
