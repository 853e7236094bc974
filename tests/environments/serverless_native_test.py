#!/usr/bin/env python3
"""serverless.yml compiled here beside what Serverless Framework 3.40.0 packages: serverless_native_test.py COMPILE_DUMP

Services of our own that cover each feature, with the framework's templates (serverless/package_services.py), have to
be equal but for code and clocks.
"""

import json, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "serverless"))
from templates import canonical, differences  # noqa: E402

SERVICES = os.path.join(HERE, "serverless", "services")


def compiled(program, name):
    with tempfile.TemporaryDirectory() as directory:
        os.mkdir(directory + "/layer")
        for file in ("index.js", "layer/data.txt"):
            open(f"{directory}/{file}", "w").write("//\n")
        shutil.copy(f"{SERVICES}/{name}.yml", directory + "/serverless.yml")
        return subprocess.run([program, directory], capture_output=True, text=True)


def check(program, name):
    done = compiled(program, name)
    if done.returncode:
        return [done.stderr.strip()]
    wanted = json.load(open(f"{SERVICES}/{name}.json"))
    return list(differences(canonical(wanted), canonical(json.loads(done.stdout))))


def main(program):
    names = sorted(name[:-4] for name in os.listdir(SERVICES) if name.endswith(".yml"))
    wrong = 0
    for name in names:
        found = check(program, name)
        wrong += bool(found)
        for line in found:
            print(f"{name}: {line}")
    print(f"{len(names) - wrong} of {len(names)} own services equal")
    return 1 if wrong or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
