#!/usr/bin/env python3
"""The SAM transform beside aws-sam-translator, called here on the same templates.

    sam_differential_test.py PLUMB [--seed N] [--cases N] [--show N]

Templates are made of the transform's own models (sam_matrix.py) and of known ones that are changed (sam_mutations.py),
all from a seed.  What AWS's transform gives must be equal, lists in any order; what it refuses, plumb must refuse with
status 1 and every resource that it names.  Where it breaks down with an exception, plumb may do as it likes but break.
"""
import argparse
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile

SKIPPED = 77
try:
    import sam_matrix
    import sam_mutations
    import sam_reference
except ImportError as e:
    print(f"skipped: SAM beside aws-sam-translator: {e}")
    sys.exit(SKIPPED)

REGIONS = ("ap-southeast-1", "cn-north-1", "us-gov-west-1")
PARAMETERS = {"param1": "value1", "param2": "value2"}
# What plumb does otherwise, on purpose.
OWN_WAY = ("Serverless Application Repository",  # needs a call to AWS
           "must be a single value")             # a parameter's default, as CloudFormation has it


def canonical(value):
    if isinstance(value, dict):
        return {k: canonical(v) for k, v in value.items()}
    if isinstance(value, list):
        return sorted((canonical(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    return value


def first_difference(got, wanted, path="$"):
    if type(got) is type(wanted) and isinstance(got, dict):
        for key in sorted(set(got) | set(wanted)):
            if (key in got) != (key in wanted):
                return f"{path}.{key}: {'missing' if key in wanted else 'not wanted'}"
            found = first_difference(got[key], wanted[key], f"{path}.{key}")
            if found:
                return found
        return None
    if type(got) is type(wanted) and isinstance(got, list) and len(got) == len(wanted):
        return next(filter(None, (first_difference(g, w, f"{path}[{i}]") for i, (g, w) in enumerate(zip(got, wanted)))), None)
    same = type(got) is type(wanted) and got == wanted
    return None if same else f"{path}: got {json.dumps(got)[:100]}, wanted {json.dumps(wanted)[:100]}"


def render(plumb, path, region):
    command = [plumb, "render", "--transform-only", "--region", region]
    for name, value in PARAMETERS.items():
        command += ["--parameter", f"{name}={value}"]
    return subprocess.run(command + [path], capture_output=True, text=True, timeout=60)


def verdict(done, reference):
    """Why plumb's answer is not that of AWS's transform, or None."""
    if done.returncode not in (0, 1):
        return f"exit status {done.returncode}: {done.stderr[-300:]}"
    if reference[0] == "crash" or any(words in done.stderr for words in OWN_WAY):
        return None
    if reference[0] == "invalid":
        missing = sorted(i for i in reference[1] if i not in done.stderr)
        if done.returncode == 0:
            return f"accepted, but: {reference[2][:300]}"
        return f"does not name {missing}: {done.stderr[:300]}" if missing else None
    if done.returncode == 1:
        return f"refused: {done.stderr[:300]}"
    return first_difference(canonical(json.loads(done.stdout)), canonical(reference[1]))


def pool():
    """Templates to change: those of the corpora where they are there, and some of the matrix."""
    corpora, generator = os.environ.get("PLUMB_CORPORA", ""), random.Random(7)
    known = [sam_matrix.template(generator)[1] for _ in range(40)]
    for corpus in ("sam", "sam-patterns"):
        directory = os.path.join(corpora, corpus, "input")
        names = sorted(os.listdir(directory)) if corpora and os.path.isdir(directory) else []
        known += [sam_reference.read(os.path.join(directory, n)) for n in generator.sample(names, min(80, len(names)))
                  if not n.endswith(".parameters")]
    return sam_mutations.Pool(json.loads(json.dumps(known)))


def cases(seed, count):
    generator = random.Random(seed)
    yield from sam_matrix.policy_templates()
    yield from list(sam_matrix.connectors())[seed % 2::2]
    for _ in range(count // 2):
        yield sam_matrix.template(generator)
    known = pool()
    for _ in range(count - count // 2):
        yield sam_mutations.mutant(known, generator)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("plumb")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--cases", type=int, default=300)
    p.add_argument("--show", type=int, default=10, help="how many differences to print")
    a = p.parse_args()
    kinds, failures = {}, []
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(1) as other:
        for number, (what, template) in enumerate(cases(a.seed, a.cases)):
            template, region = json.loads(json.dumps(template)), REGIONS[number % len(REGIONS)]
            path = os.path.join(directory, f"{number}.json")
            with open(path, "w", encoding="utf-8") as f:
                json.dump(template, f)
            done = other.submit(render, a.plumb, path, region)
            reference = sam_reference.transform(template, PARAMETERS, region)
            kinds[reference[0]] = kinds.get(reference[0], 0) + 1
            why = verdict(done.result(), reference)
            if why:
                failures.append((what, why, json.dumps(template)))
    for what, why, template in failures[:a.show]:
        print(f"FAILED {what}\n  {why}\n  {template[:4000]}")
    print(f"seed {a.seed}: {sum(kinds.values())} templates, {kinds.get('done', 0)} valid, {kinds.get('invalid', 0)} not, "
          f"{kinds.get('crash', 0)} beyond the reference; {len(failures)} differ")
    return 1 if failures or kinds.get("done", 0) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
