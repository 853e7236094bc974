#!/usr/bin/env python3
"""serverless.yml compiled here beside what Serverless Framework 3.40.0 packages: serverless_native_test.py PLUMB

Services of our own that cover each feature, with the framework's templates (serverless/package_services.py), and
those of PLUMB_CORPORA, which plumb's authors did not write: each is to be equal but for code and clocks, or refused
with the advice to package it; no more than a fifth of those that we did not write may be refused.
"""

import json, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "serverless"))
from templates import canonical, differences  # noqa: E402

SERVICES = os.path.join(HERE, "serverless", "services")
PACKAGED = "cloudformation-template-update-stack.json"
SKIPPED = 77
ADVICE = "run 'serverless package'"


def check(plumb, directory, packaged):
    done = subprocess.run([plumb, "render", "--transform-only", directory + "/serverless.yml"],
                          capture_output=True, text=True)
    if done.returncode:
        return [done.stderr.strip()]
    wanted = json.load(open(packaged))
    return list(differences(canonical(wanted), canonical(json.loads(done.stdout))))


def own_services(plumb):
    for name in sorted(name[:-4] for name in os.listdir(SERVICES) if name.endswith(".yml")):
        with tempfile.TemporaryDirectory() as directory:
            os.mkdir(directory + "/layer")
            for file in ("index.js", "layer/data.txt"):
                open(f"{directory}/{file}", "w").write("//\n")
            shutil.copy(f"{SERVICES}/{name}.yml", directory + "/serverless.yml")
            yield name, check(plumb, directory, f"{SERVICES}/{name}.json")


def corpora_services(plumb, corpora):
    for name in sorted(os.listdir(corpora)):
        directory = os.path.join(corpora, name)
        if os.path.exists(directory + "/serverless.yml"):
            yield name, check(plumb, directory, os.path.join(directory, PACKAGED))


def report(what, results, refused_at_most):
    total = equal = refused = 0
    for name, found in results:
        total += 1
        equal += not found
        refused += any(ADVICE in line for line in found)
        for line in found:
            print(f"{name}: {line}")
    print(f"{equal} of {total} {what} equal, {refused} refused")
    return total > 0 and equal + refused == total and refused <= refused_at_most * total


def main(plumb):
    good = report("own services", own_services(plumb), 0)
    corpora = os.environ.get("PLUMB_CORPORA")
    if corpora:
        good &= report("services of the corpora", corpora_services(plumb, os.path.join(corpora, "serverless")), 0.2)
    if not good:
        return 1
    if not corpora:
        print("skipped: services that we did not write: PLUMB_CORPORA names no corpora")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
