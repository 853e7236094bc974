#!/usr/bin/env python3
"""What the call table says of IAM beside AWS's service reference (as cfn-lint carries it), and the table of grants
beside the sources: permissions_oracle.py operations_dump

Every action exists; an action that IAM grants on no single resource has "*"; every other has a resource of a form
that the action knows."""
import json
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import handlers_oracle

try:
    import cfnlint
except ImportError:
    print("skipped: IAM actions beside AWS's service reference: cfn-lint is not installed")
    sys.exit(77)

# "service Operation": what the reference that cfn-lint carries does not say, and why ours is right.
KNOWN = {
    "apigatewayv2 TagResource": "tags of HTTP APIs are set by POST; the reference has REST APIs' PUT alone",
}


def reference():
    path = os.path.join(os.path.dirname(cfnlint.__file__), "data/AdditionalSpecs/Policies.json")
    with open(path) as file:
        return json.load(file)


def form(text):
    """An ARN of ours as a sample that AWS's pattern must match."""
    text = text.replace("{partition}", "aws").replace("{region}", "us-east-1").replace("{account}", "111111111111")
    return re.sub(r"\{\w+\}|\*", "x", text)


def matches(sample, pattern):
    pattern = re.sub(r"\$\{(\w+)\}", ".+", pattern.replace("*", ".*").replace("..*", ".*"))
    return re.fullmatch(pattern, sample)


def holds(resource, pattern):
    """Does ours end in "*" before the kinds part?"""
    sample = form(pattern.replace("${Partition}", "aws").replace("${Region}", "us-east-1")
                  .replace("${Account}", "111111111111").replace(".*", "x"))
    return resource.endswith("*") and sample.startswith(form(resource)[:-1])


def trouble_of(row, known):
    for action in (row.get("iam_action") or f"{row['service']['signing_name']}:{row['name']}").split(","):
        prefix, name = action.split(":")
        service = known.get(prefix)
        there = service and service["Actions"].get(name.lower())
        if there is None:
            yield action, "no such action"
            continue
        kinds = there.get("Resources", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        formats = [f for k in kinds for f in service["Resources"].get(k.lower(), {}).get("ARNFormats", [])]
        if not formats and row["iam_resource"] != "*":
            yield action, f"is granted on all resources only, not on {row['iam_resource']}"
        elif formats and row["iam_resource"] == "*":
            yield action, f"could be granted on {' or '.join(formats)}"
        for resource in row["iam_resource"].split(",") if formats else []:
            if re.fullmatch(r"\*|\{\w+Arn\}(:\*)?", resource):
                continue
            if not any(matches(form(resource), f) or holds(resource, f) for f in formats):
                yield action, f"is granted on {' or '.join(formats)}, not on {resource}"


def main():
    rows = json.loads(subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, check=True).stdout)
    known, bad, met = reference(), 0, set()
    for row in rows:
        for action, what in trouble_of(row, known):
            known_as = f"{row['service']['name']} {row['name']}"
            if known_as in KNOWN:
                met.add(known_as)
                continue
            bad += 1
            print(f"{known_as}: {action} {what}")
    for operation in sorted(set(KNOWN) - met):
        bad += 1
        print(f"{operation}: the reference knows it now: strike it out of KNOWN")
    for kind, actions in sorted(handlers_oracle.beside().items()):
        for action in sorted(actions):
            prefix, name = action.split(":")
            if name.lower() not in known.get(prefix, {"Actions": {}})["Actions"]:
                bad += 1
                print(f"{kind}: {action}: no such action")
    print(f"{len(rows)} operations compared, {bad} in trouble")
    check = [sys.executable, os.path.join(TOP, "providers/generate_grants.py"), "--check",
             os.path.join(TOP, "providers/grants_table.c")]
    return 1 if bad or subprocess.run(check).returncode else 0


if __name__ == "__main__":
    sys.exit(main())
