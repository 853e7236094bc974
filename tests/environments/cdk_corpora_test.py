#!/usr/bin/env python3
"""Cloud assemblies that plumb's authors did not write.

    cdk_corpora_test.py PLUMB

PLUMB_CORPORA names a directory with cdk/NAME/, each a `cdk.out`.  Every assembly must load; the template of every
stack must be printed as it is; and the resources must be those of the templates, save what conditions leave out.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

SKIPPED = 77


def render(plumb, *arguments, directory=None):
    done = subprocess.run([plumb, "render", *arguments], capture_output=True, text=True, timeout=60, cwd=directory)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    return json.loads(done.stdout)


def stacks_of(assembly):
    """Stack name -> template, in the order of the manifest."""
    with open(os.path.join(assembly, "manifest.json"), encoding="utf-8") as f:
        artifacts = json.load(f)["artifacts"]
    found = {}
    for name, artifact in artifacts.items():
        if artifact["type"] == "aws:cloudformation:stack":
            properties = artifact["properties"]
            with open(os.path.join(assembly, properties["templateFile"]), encoding="utf-8") as f:
                found[properties.get("stackName", name)] = json.load(f)
    return found


def check(plumb, assembly):
    """What is wrong with the assembly, or None."""
    stacks = stacks_of(assembly)
    try:
        printed = render(plumb, "--transform-only", assembly)
        if (printed if len(stacks) > 1 else {next(iter(stacks)): printed}) != stacks:
            return "the printed templates differ"
        if render(plumb, "--transform-only", ".", directory=assembly) != printed:
            return "the printed templates differ where the assembly is the working directory"
        for name, template in stacks.items():
            if render(plumb, "--transform-only", "--stack", name, assembly) != template:
                return f"the printed template of {name} differs"
        needed = [f"--parameter={name}=https://example.com/" for template in stacks.values()
                  for name, declared in template.get("Parameters", {}).items() if "Default" not in declared]
        desired = render(plumb, *needed, assembly)["Resources"]
    except ValueError as error:
        return str(error)
    wanted = sorted((prefix + logical_id, resource["Type"])
                    for name, template in stacks.items()
                    for prefix in [name if len(stacks) > 1 else ""]
                    for logical_id, resource in template["Resources"].items()
                    if "Condition" not in resource)
    found = sorted((k, v["Type"]) for k, v in desired.items())
    missing = [i for i in wanted if i not in found]
    return f"resources are missing: {missing[:3]}" if missing else None


def main():
    plumb, corpora = os.path.abspath(sys.argv[1]), os.environ.get("PLUMB_CORPORA", "")
    corpus = os.path.join(corpora, "cdk")
    if not os.path.isdir(corpus):
        print("skipped: cloud assemblies: PLUMB_CORPORA does not name the directory with cdk/")
        return SKIPPED
    names = sorted(n for n in os.listdir(corpus) if os.path.exists(os.path.join(corpus, n, "manifest.json")))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wrong = {n: w for n, w in zip(names, pool.map(lambda n: check(plumb, os.path.join(corpus, n)), names)) if w}
    for name, reason in wrong.items():
        print(f"  {name}: {reason}")
    print(f"cdk: {len(names) - len(wrong)} of {len(names)} assemblies")
    return 1 if wrong or not names else 0


if __name__ == "__main__":
    sys.exit(main())
