#!/usr/bin/env python3
"""Adds to roles.yaml what the role may do: the policies of `plumb policy`, made for the account that the stack is in.

    plumb policy prod -o json | deploy/stackset/policies.py [planning] > roles.yaml

"planning" takes what only reads.  The accounts of the environments become the stack's own; several environments of the
same applications in several accounts give the same policies, and one of each is taken.
"""
import json
import pathlib
import re
import sys

MAX_POLICIES, MAX_TEMPLATE = 10, 1_000_000  # what a role takes; bytes of a template by URL


def localized(node, accounts):
    """The same with the accounts as those of the stack.  IAM's own variables ("${aws:username}") stay what they are."""
    if isinstance(node, dict):
        return {key: localized(value, accounts) for key, value in node.items()}
    if isinstance(node, list):
        return [localized(value, accounts) for value in node]
    if not isinstance(node, str) or not any(account in node for account in accounts):
        return node
    text = node.replace("${", "${!")
    return {"Fn::Sub": re.sub("|".join(accounts), "${AWS::AccountId}", text)}


def main():
    which = sys.argv[1] if len(sys.argv) > 1 else "applying"
    if which not in ("planning", "applying"):
        sys.exit(f"policies.py: '{which}' is neither planning nor applying")
    applications = json.load(sys.stdin)["applications"]
    accounts = sorted({a["account"] for a in applications})
    policies = {}
    for application in applications:
        for document in application[which]:
            document = localized(document, accounts)
            policies.setdefault(json.dumps(document, sort_keys=True), document)
    if not policies:
        sys.exit("policies.py: there are no policies in what plumb policy printed")
    if len(policies) > MAX_POLICIES:
        sys.exit(f"policies.py: a role takes {MAX_POLICIES} policies, and these are {len(policies)}: give the "
                 "applications roles of their own, by environments of their own")
    # JSON is YAML: each resource is one line.
    roles = pathlib.Path(__file__).with_name("roles.yaml").read_text(encoding="utf-8")
    lines = [f"  Policy{number}: " + json.dumps({"Type": "AWS::IAM::ManagedPolicy", "Properties": {
        "Description": "What plumb policy printed", "Roles": [{"Ref": "Role"}], "PolicyDocument": document}})
        for number, document in enumerate(policies.values(), 1)]
    text = roles.replace("\nOutputs:\n", "\n".join(["", *lines, "", "Outputs:", ""]))
    if len(text.encode()) > MAX_TEMPLATE:
        sys.exit("policies.py: the template is larger than CloudFormation takes")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
