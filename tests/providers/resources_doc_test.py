#!/usr/bin/env python3
"""docs/resources.md lists the types of the registry, no more and no fewer; README.md counts them."""
import glob
import re
import sys

listed = {f"AWS::{service}::{name}" for service, names in re.findall(
    r"^\| (\w+) \| ([\w, ]+) \|$", open("docs/resources.md", encoding="utf-8").read(), re.M)
    for name in names.split(", ") if service != "service"}
made = {}
for path in glob.glob("providers/*/*.c"):
    made.update(re.findall(r'^const struct resource_type (\w+) = \{\s*\.name = "([^"]+)"',
                           open(path, encoding="utf-8").read(), re.M))
registry = re.findall(r"^    &(\w+),$", open("providers/registry.c", encoding="utf-8").read(), re.M)
types = {made[symbol] for symbol in registry}
count = int(re.search(r"^\| (\d+) resource types by direct calls", open("README.md", encoding="utf-8").read(), re.M)[1])
for name in sorted(types - listed):
    print(f"docs/resources.md lacks {name}")
for name in sorted(listed - types):
    print(f"docs/resources.md lists {name}, which the registry has not")
if count != len(types):
    print(f"README.md counts {count} types, the registry {len(types)}")
sys.exit(not types or types != listed or count != len(types))
