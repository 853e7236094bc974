#!/usr/bin/env python3
"""Fills in what Serverless Framework 3.40.0 makes of the variables in variables.json: resolve_variables.py SERVERLESS

SERVERLESS is the framework's bin/serverless.js (npm install serverless@3.40.0).  To be run by hand when a case is added;
"metadata" of each case is what the framework prints as resources.Metadata, null where it refuses.
"""
import json
import os
import subprocess
import sys
import tempfile

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "variables.json")


def write(directory, case):
    for path, text in {"serverless.yml": case["service"], "index.js": "//\n", **case.get("files", {})}.items():
        full = os.path.join(directory, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)


def resolved(serverless, case):
    options = ["--stage", case["stage"]] if "stage" in case else []
    options += [f"--param={name}={value}" for name, value in case.get("parameters", {}).items()]
    variables = dict(os.environ, SLS_TELEMETRY_DISABLED="1", SLS_NOTIFICATIONS_MODE="off")
    with tempfile.TemporaryDirectory() as directory:
        write(directory, case)
        done = subprocess.run(["node", serverless, "print", "--format", "json", *options], cwd=directory,
                              capture_output=True, text=True, env=variables)
    return json.loads(done.stdout)["resources"]["Metadata"] if done.returncode == 0 else None


def main(serverless):
    with open(CASES, encoding="utf-8") as f:
        cases = json.load(f)
    for case in cases.values():
        if "metadata" in case:
            continue
        case["metadata"] = resolved(os.path.abspath(serverless), case)
        with open(CASES, "w", encoding="utf-8") as f:
            json.dump(cases, f, indent=1, ensure_ascii=False)
            f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
