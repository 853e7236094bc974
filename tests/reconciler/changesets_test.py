#!/usr/bin/env python3
"""`plumb diff` beside the change sets that AWS reported for the same pairs of templates.

    changesets_test.py PLUMB

PLUMB_CORPORA names a directory with changesets/changesets.json: for each case two templates with their parameters,
and what DescribeChangeSet said with IncludePropertyValues of the first one on its own (changes1) and of the second
after the first (changes2).  Compared one by one: actions, replacements, and for each detail its target, recreation,
kind of change, evaluation, source and cause; then the scope, the policy action, and all values.

Two things of the recordings are not compared: `Replacement` of an Add, which is said of a Modify alone
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html) and which AWS stopped
to write in May 2025; and PhysicalResourceId, which no template knows.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

# Shares that must be equal; they only rise.
FLOORS = {"actions": 1.0, "replacements": 0.96, "details": 0.95, "scopes and policy actions": 1.0, "values": 0.98}
SKIPPED = 77
# Cases with details that plumb cannot know, with the reason.
KNOWN = {
    "test_embedded_macro_fn_transform": "the tags are a macro's, which only the account can run; plumb says that it "
                                        "may change any property",
}
# What an account or a recording fills in where plumb has a reference: {"Ref": "Topic1"} for an ARN.
MASKED = re.compile(r"arn:<partition>|<[a-z-]+(:\d+)?>|KNOWN_AFTER_APPLY|^(aws|url_suffix|[0-9]{12})$")


# A name that is unique in the templates; recordings rename it as they like.
UNIQUE = re.compile(r"-uid\d+$")


def run(plumb, directory, before, after, old_parameters, parameters):
    command = [plumb, "diff", "-o", "json"]
    for name, value in (old_parameters or {}).items():
        command += ["--old-parameter", f"{name}={value}"]
    for name, value in (parameters or {}).items():
        command += ["--parameter", f"{name}={value}"]
    for name, template in ("old.json", before), ("new.json", after):
        if template is None:
            command.append("/dev/null")
            continue
        command.append(os.path.join(directory, name))
        with open(command[-1], "w", encoding="utf-8") as file:
            json.dump(template, file)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 1:
        return done.stderr.strip()
    changes = json.loads(done.stdout)["Changes"]
    assert done.returncode == (2 if changes else 0), done.returncode
    return changes


def resources(changes):
    return {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in changes}


def replacement(change):
    return change.get("Replacement") if change["Action"] == "Modify" else None


def details(change):
    """Each detail by its target and source: what it says of them."""
    found = {}
    for detail in change["Details"]:
        target = detail["Target"]
        key = (target["Attribute"], target.get("Name"), target.get("Path"), detail["ChangeSource"],
               detail.get("CausingEntity"))
        found[key] = (target["RequiresRecreation"], target.get("AttributeChangeType"), detail["Evaluation"])
    return found


def plain(value):
    """Texts that hold JSON as what they hold."""
    if isinstance(value, str):
        try:
            decoded = json.loads(value)
        except ValueError:
            return value
        return plain(decoded) if isinstance(decoded, (dict, list)) else value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def alike(got, wanted):
    """Equal, but for what only the account knows and for unique names."""
    got, wanted = plain(got), plain(wanted)
    if isinstance(wanted, str) and (MASKED.search(wanted) or UNIQUE.search(str(got))):
        return True
    if isinstance(wanted, dict) and isinstance(got, dict):
        return set(got) == set(wanted) and all(alike(got[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(got) == len(wanted) and all(map(alike, got, wanted))
    return got == wanted


def values(change):
    found = {key: change.get(key) for key in ("BeforeContext", "AfterContext")}
    for detail in change["Details"]:
        for key in ("BeforeValue", "AfterValue"):
            found[key, detail["Target"].get("Path"), detail["ChangeSource"]] = detail["Target"].get(key)
    return found


class Score:
    def __init__(self):
        self.counts, self.failures = {}, []

    def add(self, what, ok, *words):
        right, total = self.counts.get(what, (0, 0))
        self.counts[what] = (right + bool(ok), total + 1)
        if not ok:
            self.failures.append(" ".join(map(str, (what, *words))))

    def compare(self, case, got, wanted):
        for logical_id in sorted(set(got) | set(wanted)):
            mine, theirs = got.get(logical_id), wanted.get(logical_id)
            where = (case, logical_id)
            self.add("actions", mine and theirs and mine["Action"] == theirs["Action"], *where)
            mine, theirs = mine or {"Action": None, "Details": []}, theirs or {"Action": None, "Details": []}
            if "Modify" in (mine["Action"], theirs["Action"]):
                self.add("replacements", replacement(mine) == replacement(theirs), *where)
            one, other = details(mine), details(theirs)
            for key in sorted(set(one) | set(other), key=str):
                self.add("details", one.get(key) == other.get(key), *where, key, one.get(key), other.get(key))
            self.add("scopes and policy actions", set(mine.get("Scope", [])) == set(theirs.get("Scope", [])) and
                     mine.get("PolicyAction") == theirs.get("PolicyAction"), *where)
            one, other = values(mine), values(theirs)
            for key in sorted(set(one) | set(other), key=str):
                self.add("values", alike(one.get(key), other.get(key)), *where, key, one.get(key), "not",
                         other.get(key))


def main():
    corpora = os.environ.get("PLUMB_CORPORA", "")
    if not corpora:
        print("skipped: plumb diff beside AWS's change sets: PLUMB_CORPORA is not set")
        return SKIPPED
    with open(os.path.join(corpora, "changesets", "changesets.json"), encoding="utf-8") as file:
        cases = json.load(file)
    score, wrong = Score(), []
    with tempfile.TemporaryDirectory() as directory:
        for name, case in cases.items():
            short = name.split("::")[-1]
            pairs = ((None, case["template1"], None, case["parameters1"], case["changes1"]),
                     (case["template1"], case["template2"], case["parameters1"], case["parameters2"],
                      case["changes2"]))
            for number, (before, after, old_parameters, parameters, changes) in enumerate(pairs, 1):
                got = run(sys.argv[1], directory, before, after, old_parameters, parameters)
                if isinstance(got, str):
                    print(f"refused: {short} {number}: {got}")
                    wrong.append(short)
                    got = []
                score.compare(f"{short} {number}", resources(got), resources(changes))
    for failure in score.failures:
        print("differs:", failure)
    for case, why in KNOWN.items():
        print(f"{case}: {why}")
    for what, (right, total) in score.counts.items():
        print(f"{what}: {right} of {total} equal ({100 * right / total:.1f} %)")
        if right < FLOORS[what] * total:
            wrong.append(what)
    print(f"{len(cases)} pairs, each from nothing and from old to new")
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
