#!/usr/bin/env python3
"""Makes providers/cloudcontrol/permissions_table.c from the registry's schemas: what the handlers of the types call.

    providers/cloudcontrol/generate_permissions.py SCHEMAS.tar.xz > providers/cloudcontrol/permissions_table.c

SCHEMAS.tar.xz holds the schemas as providers/generate_facts.py takes them; the types are those of types_table.c.
"""
import json
import os
import re
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
READING, WRITING = ("read", "list"), ("create", "update", "delete")
ACTION = re.compile(r"([A-Za-z0-9-]+):([A-Za-z0-9*]+)$")


def schemas(path):
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".json"):
                document = json.load(archive.extractfile(member))
                if isinstance(document, dict) and "typeName" in document:
                    yield document["typeName"], document


def actions(document, handlers):
    """As {(service, action)}; what is no action of IAM ("s3:REST.PUT.OBJECT") is left out."""
    texts = (p for h in handlers for p in document["handlers"].get(h, {}).get("permissions", []))
    return {(m[1].lower(), m[2]) for m in map(ACTION.match, texts) if m}


def packed(pairs):
    """"sqs:CreateQueue,TagQueue kms:Decrypt" """
    services = sorted({s for s, _ in pairs})
    return " ".join(s + ":" + ",".join(sorted(a for t, a in pairs if t == s)) for s in services)


def main():
    with open(os.path.join(HERE, "types_table.c")) as table:
        types = set(re.findall(r'CLOUDCONTROL_TYPE\("([^"]+)"', table.read()))
    print("/* Made by generate_permissions.py from the published schemas of CloudFormation's resource types\n"
          " * (pulumi/pulumi-aws-native, Apache-2.0).  Not to be edited: run the script again. */")
    print('/* clang-format off */\n\n#include "providers/cloudcontrol/permissions.h"\n')
    print("const struct cloudcontrol_permissions cloudcontrol_permissions[] = {")
    rows = {n: d for n, d in schemas(sys.argv[1]) if n in types}
    for name in sorted(rows):
        reading = actions(rows[name], READING)
        print(f'    {{"{name}", "{packed(reading)}", "{packed(actions(rows[name], WRITING) - reading)}"}},')
    print("};\n")
    print("const size_t cloudcontrol_permissions_count = ARRAY_LENGTH(cloudcontrol_permissions);")
    return 0


if __name__ == "__main__":
    sys.exit(main())
