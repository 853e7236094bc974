#!/usr/bin/env python3
"""plumb's refusals of files in a repository beside those of its own JSON Schemas, as `jsonschema` understands them.

Usage: schema_oracle_test.py PLUMB READ_FILES UNIT-TEST...

What must agree: the examples, the files in the documentation, every case of the unit tests, and mutations of the valid
ones: at each place every kind of wrong value, a key that is not known, a key that is not there.  What only one of them
refuses must match a row of PLUMB_ALONE: a schema cannot say it, and the row says why.
"""

import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: JSON Schemas beside plumb's own checks: {missing.name} is not installed (pip install cfn-lint)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KINDS = ("environment", "application", "plumb")

# What plumb refuses and the schema lets pass: (part of the message, why the schema cannot say it).
PLUMB_ALONE = (
    (r"must be at least 1", "a schema cannot compare durations"),
    (r"must be from 1\w+ to 1", "a schema cannot compare durations"),
    (r"is longer than 366 days", "a schema cannot compare durations"),
    (r"must be whole minutes, at most a day", "a schema cannot compare durations"),
    (r"is not in the account", "it compares two values"),
    (r"there is no template", "it looks for a file"),
    (r"must be a path in the repository", "'.git' in any case, control characters"),
    (r"may have 'type' or 'steps', not both", "the reason is better said by plumb"),
    (r"must be more than \d+, that of the step before", "it compares two values"),
    (r"there is no check '", "it compares two values"),
    (r"is named twice", "of texts alone a schema could, but only for the whole list"),
    (r"there are two of the name", "it compares one key of several entries"),
    (r"needs 'max' or 'min', or both", "the reason is better said by plumb"),
    (r"needs a 'resource' or a 'path'", "the reason is better said by plumb"),
    (r"must be a number of at most 32 signs", "a schema knows a number's value, not its text"),
    (r"CodeDeploy (cannot|waits|can only|takes|watches|always)", "it depends on 'driver'"),
    (r"must be a percentile, as 'p90', or 'off'", "true where only false and a text are meant"),
    (r"is no date", "a day that its month does not have"),
    (r"dimension '.*' must not", "values of dimensions are counted in bytes"),
    (r"tag '.*' must not", "values of tags are counted in bytes"),
    (r"'requireTags' must be a list of names", "a mapping in it has one key"),
    (r"the values of tag '.*' must be", "what is in a mapping of the user's own is not described"),
    (r"what is protected needs a 'type' or a 'name'", "the reason is better said by plumb"),
    (r"'forbid\w+' must have from 1 to 512", "texts in lists are counted by plumb"),
    (r"account .* 12 digits", "numbers in a list have no limits of their own"),
    (r"'signatures: required' needs", "it depends on a value"),
    (r"'rules' need 'signatures: required'", "it depends on a value"),
    (r"'apply: ask' needs 'approvers'", "it depends on a value"),
    (r"is no login: write it", "texts in lists are read by plumb"),
    (r"is no day: write mon", "texts in lists have no pattern of their own"),
    (r"the name of a check has at most", "texts in lists are counted by plumb"),
    (r"a window must end after it begins", "it compares two values"),
    (r"a freeze must end after it begins", "it compares two values"),
    (r"needs a 'reason' of at most 500 bytes", "it is counted in bytes"),
    (r"header '.*' must have a name", "values of headers are of one line"),
)

REPLACEMENTS = (None, True, False, 0, 5, -1, 1.5, 10 ** 12, "", "x", "x y", "10 minutes", "5m", "1ms", "100%", "0%", "*",
                "2026-13-01", "999999999999", [], ["x"], [5], ["x", "x"], [{}], {}, {"x": "y"}, {"x": ["y", 1]},
                {"x": {"y": "z"}}, "y" * 1100, "../x", "https://example.com/x", "http://example.com", "all",
                "{{resolve:ssm:/a}}", "{{resolve:nothing:/a}}")


def load_schemas(plumb):
    """As the program prints them, each sound by the meta-schema."""
    validators = {}
    for kind in KINDS:
        schema = json.loads(subprocess.run([plumb, "schema", kind], capture_output=True, check=True, timeout=30).stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[kind] = jsonschema.Draft202012Validator(schema)
    return validators


def read_all(reader, cases):
    """plumb's answers, {"value", "error"}, to cases of (kind, text)."""
    lines = "".join(json.dumps({"kind": kind, "text": text}) + "\n" for kind, text in cases)
    done = subprocess.run([reader], input=lines, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def unit_cases(programs):
    with tempfile.NamedTemporaryFile() as file:
        for program in programs:
            subprocess.run([program], env=dict(os.environ, PLUMB_CASES=file.name), capture_output=True, check=True,
                           timeout=120, cwd=ROOT)
        lines = file.read().decode().splitlines()
    return sorted({(case["kind"], case["text"]) for case in map(json.loads, lines)})


def example_cases():
    """(kind, text) of the examples and of what the documentation shows as a file, which its first line names."""
    for path in sorted(ROOT.glob("examples/*/environments/*/*.yaml")):
        yield ("environment" if path.name == "environment.yaml" else "application"), path.read_text()
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.S):
            first = block.splitlines()[0]
            if re.match(r"# environments/\w+/environment\.yaml", first):
                yield "environment", block
            elif re.match(r"# environments/\w+/\w+\.yaml", first):
                yield "application", block
            elif re.match(r"# plumb\.yaml", first):
                yield "plumb", block


def places(node, path=()):
    """The paths of all nodes below the root."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in entries:
        yield path + (key,)
        yield from places(child, path + (key,))


def parent_of(tree, path):
    for key in path[:-1]:
        tree = tree[key]
    return tree


def mutations(tree, seen):
    """Each place is taken from the first two trees that have it; entries of a list are one place."""
    for path in [(), *places(tree)]:
        place = tuple(key if isinstance(key, str) else "*" for key in path)
        seen[place] = seen.get(place, 0) + 1
        if seen[place] > 2:
            continue
        node = tree
        for key in path:
            node = node[key]
        if isinstance(node, dict):
            changed = copy.deepcopy(tree)
            (parent_of(changed, path + (None,)))["nobodyKnows"] = "x"
            yield changed
        if not path:
            continue
        for replacement in REPLACEMENTS:
            changed = copy.deepcopy(tree)
            parent_of(changed, path)[path[-1]] = replacement
            yield changed
        changed = copy.deepcopy(tree)
        del parent_of(changed, path)[path[-1]]
        yield changed
        if isinstance(path[-1], str):
            changed = copy.deepcopy(tree)
            holder = parent_of(changed, path)
            holder[path[-1] + "s"] = holder.pop(path[-1])
            yield changed


class Comparison:
    def __init__(self, validators):
        self.validators = validators
        self.used = set()
        self.count = {"both accept": 0, "both refuse": 0, "plumb alone refuses": 0}
        self.wrong = []

    def add(self, kind, text, answer):
        if "value" not in answer:
            return  # no YAML: no schema is asked
        found = next(self.validators[kind].iter_errors(answer["value"]), None)
        refusal = answer["error"]
        if not refusal and found is None:
            self.count["both accept"] += 1
        elif refusal and found is not None:
            self.count["both refuse"] += 1
        elif refusal:
            row = next((i for i, (part, _) in enumerate(PLUMB_ALONE) if re.search(part, refusal)), None)
            self.used.add(row)
            self.count["plumb alone refuses"] += 1
            if row is None:
                self.wrong.append(f"{kind}: plumb alone: {refusal}\n  {text[:300]}")
        else:
            self.wrong.append(f"{kind}: the schema alone: {found.message[:200]} at {found.json_path}\n  {text[:300]}")


def main():
    plumb, reader, *programs = sys.argv[1:]
    validators = load_schemas(plumb)
    comparison = Comparison(validators)
    examples = list(example_cases())
    cases = examples + unit_cases(programs)
    answers = read_all(reader, cases)
    for i, ((kind, text), answer) in enumerate(zip(cases, answers)):
        comparison.add(kind, text, answer)
        partly = re.search("there is no template|needs 'account'", answer["error"])  # the page shows only what it is about
        if i < len(examples) and "value" in answer and answer["error"] and not partly:
            comparison.wrong.append(f"an example is refused: {answer['error']}\n  {text}")
    sound = {(kind, json.dumps(answer["value"], sort_keys=True)) for (kind, _), answer in zip(cases, answers)
             if not answer["error"] and answer["value"]}
    seen = {kind: {} for kind in KINDS}
    mutated = sorted({(kind, json.dumps(changed)) for kind, tree in sorted(sound)
                      for changed in mutations(json.loads(tree), seen[kind])})
    for (kind, text), answer in zip(mutated, read_all(reader, mutated)):
        comparison.add(kind, text, answer)
    for line in comparison.wrong[:40]:
        print(line)
    for i, (part, _) in enumerate(PLUMB_ALONE):
        if i not in comparison.used:
            print(f"no case needs the exception '{part}'")
            comparison.wrong.append(part)
    print(f"{len(examples)} examples, {len(cases) - len(examples)} cases of unit tests, {len(mutated)} mutations: "
          + ", ".join(f"{count} {what}" for what, count in comparison.count.items()))
    enough = len(examples) >= 8 and len(mutated) > 1000 and all(comparison.count.values())
    sys.exit(0 if enough and not comparison.wrong else f"{len(comparison.wrong)} disagreements")


if __name__ == "__main__":
    main()
