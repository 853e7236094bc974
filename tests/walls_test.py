#!/usr/bin/env python3
"""The walls of the house: who may include whom, and how long a function and a file may be.

Usage: walls_test.py [ROOT].  Prints each finding as file:line: sentence, and exits 1 if there is one.
The sources are expected to be formatted by .clang-format: a function's body starts with '{' and ends with '}'
in the first column.
"""

import pathlib
import re
import sys

FUNCTION_MAX = 80
FILE_MAX = 600

ROOMS = ("base", "gitsync", "environments", "providers", "reconciler", "tests")
MAY_INCLUDE = {
    "base": {"base"},
    "gitsync": {"gitsync", "base"},
    "environments": {"environments", "base"},
    "providers": {"providers", "base"},
    "reconciler": {"reconciler", "gitsync", "environments", "providers", "base"},
    "tests": set(ROOMS),
}
# Third-party headers (and all below that folder) that only these rooms may include.
OWNED = {
    "git2": {"gitsync", "tests"},
    "curl": {"base", "tests"},
    "microhttpd": {"base", "tests"},
    "yaml": {"base", "tests"},
}
INCLUDE = re.compile(r'\s*#\s*include\s*["<]([^">]+)[">]')


def check_include(room, number, header):
    first = header.split("/")[0]
    owner = first.removesuffix(".h")
    if ".." in header.split("/"):
        yield number, f"'{header}' climbs out of its folder: name the room"
    elif "/" in header and first in ROOMS and first not in MAY_INCLUDE[room]:
        yield number, f"{room} must not include '{header}'"
    elif owner in OWNED and room not in OWNED[owner]:
        yield number, f"'{header}' belongs to {min(OWNED[owner])} alone"


def check_functions(lines):
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start:
            length = number - start + 1
            if line == "}" and length > FUNCTION_MAX:
                yield start, f"function of {length} lines, at most {FUNCTION_MAX} are allowed"
            start = None


def check_file(root, path):
    room = path.relative_to(root).parts[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    made = lines and lines[0].lower().startswith("/* made by")
    if len(lines) > FILE_MAX and not made:
        yield FILE_MAX + 1, f"file of {len(lines)} lines, at most {FILE_MAX} are allowed"
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if include:
            yield from check_include(room, number, include.group(1))
    yield from check_functions(lines)


def findings(root):
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.[ch]")):
            for number, sentence in check_file(root, path):
                yield f"{path.relative_to(root)}:{number}: {sentence}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    found = list(findings(root))
    for line in found:
        print(line)
    if not any(root.glob("base/*.c")):
        sys.exit(f"{root}: no sources found")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
