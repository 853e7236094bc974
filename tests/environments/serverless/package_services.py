#!/usr/bin/env python3
"""Packages every services/NAME.yml with a Serverless Framework 3.40.0 of the caller's and keeps the template it makes:

    npm install serverless@3.40.0 && package_services.py node_modules/.bin/serverless [NAME...]

No account and no network is needed.  services/NAME.json is its update template, in one line a resource.
"""

import json, os, subprocess, sys, tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "services")
QUIET = {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off", "CI": "1", "AWS_ACCESS_KEY_ID": "x",
         "AWS_SECRET_ACCESS_KEY": "x"}


def package(program, name):
    with tempfile.TemporaryDirectory() as directory:
        os.mkdir(directory + "/layer")
        for file in ("index.js", "layer/data.txt"):
            open(f"{directory}/{file}", "w").write("//\n")
        text = open(f"{HERE}/{name}.yml").read()
        open(directory + "/serverless.yml", "w").write(text)
        done = subprocess.run([program, "package"], cwd=directory, env={**os.environ, **QUIET},
                              capture_output=True, text=True)
        path = directory + "/.serverless/cloudformation-template-update-stack.json"
        if done.returncode or not os.path.exists(path):
            sys.exit(f"{name}: {done.stdout}{done.stderr}")
        return json.load(open(path)), done.stdout + done.stderr


def lines(template):
    sections = []
    for section, content in template.items():
        if isinstance(content, dict):
            rows = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
            content = "{\n" + rows + "\n}" if rows else "{}"
        else:
            content = json.dumps(content)
        sections.append(f"{json.dumps(section)}: {content}")
    return "{" + ",\n".join(sections) + "}\n"


def main(program, names):
    names = names or sorted(name[:-4] for name in os.listdir(HERE) if name.endswith(".yml"))
    for name in names:
        template, said = package(os.path.abspath(program), name)
        print(name, *[line for line in said.splitlines() if line.startswith("  at ")], sep="\n")
        open(f"{HERE}/{name}.json", "w").write(lines(template))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
