#!/usr/bin/env python3
"""That walls_test.py finds what it is there to find."""

import pathlib
import subprocess
import sys
import tempfile

LONG = "static void f(void)\n{\n" + "    g();\n" * 79 + "}\n"
GOOD = {
    "base/a.c": '#include <curl/curl.h>\n#include <yaml.h>\n#include "base/a.h"\n',
    "base/table.c": "/* Made by base/x.py.  Not to be edited. */\n" + "\n" * 700,
    "gitsync/a.c": '#include <git2.h>\n#include <git2/sys/transport.h>\n#include "base/a.h"\n',
    "reconciler/cli/a.c": '#include "providers/a.h"\n#include "gitsync/a.h"\n',
    "providers/s/a.c": "static void f(void)\n{\n" + "    g();\n" * 78 + "}\nstatic int t[] = {\n    1,\n};\n",
    "tests/a.c": '#include <curl/curl.h>\n#include "reconciler/a.h"\n#include "beside.h"\n',
}
BAD = {
    "base/b.c": '#include "gitsync/a.h"\n',
    "environments/b.c": '#include "base/a.h"\n#include "providers/a.h"\n#include <yaml.h>\n',
    "gitsync/deep/b.h": '#include "reconciler/a.h"\n#  include <curl/curl.h>\n',
    "providers/b.c": "\n" * 601,
    "reconciler/b.c": '#include <git2/oid.h>\n#include "../base/a.h"\n' + LONG,
}
EXPECTED = """\
base/b.c:1: base must not include 'gitsync/a.h'
gitsync/deep/b.h:1: gitsync must not include 'reconciler/a.h'
gitsync/deep/b.h:2: 'curl/curl.h' belongs to base alone
environments/b.c:2: environments must not include 'providers/a.h'
environments/b.c:3: 'yaml.h' belongs to base alone
providers/b.c:601: file of 601 lines, at most 600 are allowed
reconciler/b.c:1: 'git2/oid.h' belongs to gitsync alone
reconciler/b.c:2: '../base/a.h' climbs out of its folder: name the room
reconciler/b.c:4: function of 81 lines, at most 80 are allowed
"""


def run(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        walls = pathlib.Path(__file__).parent / "walls_test.py"
        done = subprocess.run([sys.executable, walls, root], capture_output=True, text=True, check=False)
        return done.stdout, done.returncode


def main():
    for files, expected in ((GOOD, ("", 0)), (GOOD | BAD, (EXPECTED, 1))):
        got = run(files)
        if got != expected:
            sys.exit(f"expected {expected[1]}:\n{expected[0]}\ngot {got[1]}:\n{got[0]}")


if __name__ == "__main__":
    main()
