#!/usr/bin/env python3
"""Makes providers/grants_table.c: which AWS operations each resource type may call.

    providers/generate_grants.py > providers/grants_table.c
    providers/generate_grants.py --check providers/grants_table.c

Read from the sources, so that nothing has to be kept up by hand.  From a type's functions everything that they name
is followed: functions, and constant tables, of which a cell counts where its member is used ("setting->put") by a
function on the way.  Every operation that is met may be called; one that is met only in rows of tables that begin
with the name of a property ({"CorsConfiguration", ...}) is called for that property alone.  Reads are what `read`,
`find` and `extras` come to, as far as the call table says AWS_READ; writes are all the rest, but for what
`remove_extra` alone comes to: that is extras.
"""
import glob
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
READING = ("read", "find", "extras")
WORD = re.compile(r'(?:(\.|->)\s*)?\b([A-Za-z_]\w*)\b|"((?:\\.|[^"\\])*)"')
# All types of Cloud Control have the same functions: one row stands for them.
CLOUD_CONTROL = """const struct resource_type cloudcontrol_any_type = {.name = "AWS::*", .read = cloudcontrol_read,
    .find = cloudcontrol_find, .create = cloudcontrol_create, .update = cloudcontrol_update,
    .remove = cloudcontrol_remove};"""
PASSED = ("operations.c", "facts_table.c", "grants_table.c", "registry.c", "permissions_table.c")


def named(text):
    return {w for member, w, _ in WORD.findall(text) if w and not member}


def used(text):
    return {w for member, w, _ in WORD.findall(text) if w and member}


def parts(text):
    """Splits at commas that stand outside of brackets and strings."""
    depth, start, out, string = 0, 0, [], False
    for at, letter in enumerate(text + ","):
        if letter == '"' and text[at - 1:at] != "\\":
            string = not string
        if not string:
            depth += letter in "({[" and 1 or letter in ")}]" and -1 or 0
        if letter == "," and depth == 0 and not string:
            out.append(text[start:at].strip())
            start = at + 1
    return [p for p in out if p]


class Function:
    def __init__(self, path, text):
        self.path, self.names, self.used = path, named(text), used(text)


class Table:
    """A constant: its cells are (member or None, names in it, property or None)."""

    def __init__(self, path, text, fields):
        self.path, self.kind, self.cells, self.words = path, None, [], {}
        self.list = bool(re.match(r"[^={]*(\{[^}]*\}[^={]*)?\[[^\]]*\]\s*=", text, re.S)) or bool(
            re.search(r"\]\s*=\s*\{", text))
        body = text[re.search(r"=\s*\{", text).end():text.rindex("}")]
        for row in parts(body) if self.list else [body]:
            row = re.sub(r"^\[[^\]]*\]\s*=\s*", "", row)
            row = row[1:-1] if row.startswith("{") and row.endswith("}") else row
            self.add_row(row, fields)

    def add_row(self, row, fields):
        cells = []
        for place, cell in enumerate(parts(row)):
            member = re.match(r"\.(\w+)\s*=(.*)", cell, re.S)
            name = member[1] if member else fields[place] if place < len(fields) else None
            cells.append((name, (member[2] if member else cell).strip()))
            if not self.list:
                self.words[name] = cells[-1][1]
        first = next((c for n, c in cells if n in ("property", None) or (cells and c is cells[0][1])), "")
        text = re.match(r'"([A-Z][A-Za-z0-9]*)"$', first)
        self.cells += [(n, named(c), text[1] if text and self.list else None) for n, c in cells]


def preprocessed(path):
    """The file's own lines after the preprocessor, and those of the headers that it includes from here."""
    command = [os.environ.get("CC", "cc"), "-E", "-std=c17", "-D_GNU_SOURCE", '-DPLUMB_VERSION="x"', "-I.", path]
    own, headers, into = [], [], None
    for line in subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            name = os.path.normpath(marker[1])
            into = own if name == path else headers if name.startswith(("providers/", "base/")) else None
        elif into is not None:
            into.append(line)
    return "\n".join(own), "\n".join(headers)


def chunks(text):
    """Top-level definitions: brackets and semicolons say where each ends."""
    depth, start = 0, 0
    plain = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])+\'', lambda m: "_" * len(m[0]), text)
    for at, letter in enumerate(plain):
        depth += letter in "({[" and 1 or letter in ")}]" and -1 or 0
        rest = plain[at + 1:at + 80].lstrip()
        function = letter == "}" and re.match(r"[^={]*\w\s*\(", plain[start:at])
        if depth == 0 and (letter == ";" or (function and not rest.startswith(";"))):
            yield text[start:at + 1].strip()
            start = at + 1


def fields_of(body):
    """Members of a struct in their order; comments are gone already."""
    return [n for line in body.split(";") for n in re.findall(r"(\w+)\s*(?:\[[^\]]*\])?\s*(?:,|$)", re.sub(
        r"\(\*(\w+)\)\s*\(.*\)", r"\1", line.strip(), flags=re.S)) if line.strip()]


class Sources:
    def __init__(self):
        self.shared, self.own, self.types, self.visible = {}, {}, {}, {}
        self.operations, self.safety = enumerators()
        for path in sorted(glob.glob("providers/**/*.c", recursive=True, root_dir=TOP)):
            if not path.endswith(PASSED) and not path.startswith("providers/aws/"):
                self.add(path, *preprocessed(path))
        path = "providers/cloudcontrol/types_table.c"
        if os.path.exists(os.path.join(TOP, path)):
            self.types["cloudcontrol_any_type"] = Table(path, CLOUD_CONTROL, [])

    def add(self, path, text, headers):
        structs = {n: fields_of(b) for n, b in re.findall(r"\bstruct (\w+) \{([^{}]*)\}", headers + text)}
        self.visible[path] = set(re.findall(r"\w+", headers))
        for chunk in chunks(text):
            table = re.search(r"(\w+)\s*((?:\[[^\]]*\])*)\s*=\s*\{", chunk)
            scalar = re.match(r"(?:static )?const [^={(]*?(\w+)\s*=\s*[^{]*;$", chunk)
            function = re.match(r"[^={]*?(\w+)\s*\([^{;]*\)\s*\{", chunk, re.S)
            if function or scalar:
                name, what = (function or scalar)[1], Function(path, chunk)
            elif table and not chunk.startswith(("typedef", "extern")):
                head = chunk[:table.start()]
                inline = re.search(r"struct (?:\w+ )?\{([^{}]*)\}", head)
                struct = re.search(r"struct (\w+)", head)
                fields = fields_of(inline[1]) if inline else structs.get(struct[1], []) if struct else []
                name, what = table[1], Table(path, chunk, fields)
                what.kind = struct[1] if struct else None
            else:
                continue
            if chunk.startswith("static"):
                self.own[(path, name)] = what
            else:
                self.shared[name] = what
            if isinstance(what, Table) and what.kind == "resource_type" and not what.list:
                self.types[name] = what

    def look_up(self, path, name):
        shared = self.shared.get(name)
        there = shared and (shared.path == path or name in self.visible[path])
        return self.own.get((path, name)) or (shared if there else None)

    def reach(self, roots):
        """Operation -> the properties that it is called for; None among them: whatever is declared."""
        found, seen, members, tables, work = {}, set(), set(), [], list(roots)
        while work:
            while work:
                path, name, condition = work.pop()
                if name in self.operations:
                    found.setdefault(name, set()).add(condition)
                what = self.look_up(path, name)
                if not what or (what, condition) in seen:
                    continue
                seen.add((what, condition))
                if isinstance(what, Function):
                    members |= what.used
                    work += [(what.path, n, condition) for n in what.names]
                else:
                    tables.append((what, condition))
            for table, condition in tables:
                for at, (member, names, row) in enumerate(table.cells):
                    mark = (table, at, condition)
                    if mark not in seen and (member is None or member in members):
                        seen.add(mark)
                        work += [(table.path, n, condition or row) for n in names]
        return found

    def grants(self, what):
        cells = {m: w for m, w in what.words.items()}
        plain = [(what.path, n, None) for n in named(cells.get("plain", ""))]
        reading = [(what.path, n, None) for m in READING for n in named(cells.get(m, ""))]
        all_of = [(what.path, n, None) for m, w in cells.items() if m not in ("plain", "remove_extra") for n in named(w)]
        removal = [(what.path, n, None) for n in named(cells.get("remove_extra", ""))]
        reads = {o: c for o, c in self.reach(reading + plain).items() if self.safety[o] == "AWS_READ"}
        extras = {o: {None} for o in self.reach(removal) if o not in reads}
        return reads, {o: c for o, c in self.reach(all_of + plain).items() if o not in reads}, extras


def enumerators():
    """Operation's enumerator -> its array, and -> how the call table says it is made safe."""
    arrays, safety = {}, {}
    for header in sorted(glob.glob("providers/*/operations.h", root_dir=TOP)):
        text = open(os.path.join(TOP, header)).read()
        array = re.search(r"extern const struct aws_operation (\w+)\[", text)[1]
        for name in re.findall(r"\b([A-Z][A-Z0-9_]+)\b", re.search(r"enum \w+ \{(.*?)\}", text, re.S)[1]):
            if not name.endswith("_OPERATION_COUNT"):
                arrays[name] = array
        rows = preprocessed(header[:-1] + "c")[0]
        for name, row in re.findall(r"\[([A-Z0-9_]+)\]\s*=\s*(.*?)(?=\[[A-Z0-9_]+\]\s*=\s*|\Z)", rows, re.S):
            if name in arrays:
                safety[name] = re.search(r"\bAWS_(?:READ_BACK|READ|NATURAL|TOKEN)\b", row)[0]
    return arrays, safety


def registered():
    with open(os.path.join(TOP, "providers/registry.c")) as file:
        return set(re.findall(r"&(\w+_type)\b", file.read()))


def table_text(sources):
    missing = registered() - set(sources.types)
    assert not missing, f"these types were not found in the sources: {missing}"
    arrays, body, rows = set(), [], []
    name_of = {symbol: what.words["name"].strip('"') for symbol, what in sources.types.items()}
    for symbol in sorted(sources.types, key=name_of.get):
        columns = []
        for what, operations in zip(("reads", "writes", "extras"), sources.grants(sources.types[symbol])):
            if not operations:
                columns.append("none")
                continue
            columns.append(re.sub(r"_type$", "", symbol) + "_" + what)
            body.append(f"static const struct grant {columns[-1]}[] = {{")
            for name in sorted(operations):
                arrays.add(sources.operations[name])
                for_what = [None] if None in operations[name] else sorted(operations[name])
                body += [f"    {{&{sources.operations[name]}[{name}], " + (f'"{p}"' if p else "NULL") + "},"
                         for p in for_what]
            body += ["    {NULL, NULL},", "};"]
        rows.append(f'    {{"{name_of[symbol]}", {", ".join(columns)}}},')
    headers = [h for h in sorted(glob.glob("providers/*/operations.h", root_dir=TOP))
               if re.search(r"aws_operation (\w+)\[", open(os.path.join(TOP, h)).read())[1] in arrays]
    return "\n".join(
        ["/* Made by providers/generate_grants.py: do not edit. */", "", '#include "providers/grants.h"', ""]
        + [f'#include "{h}"' for h in headers] + ["", "/* clang-format off */"]
        + ["static const struct grant none[] = {{NULL, NULL}};"] + body
        + ["", "const struct grants_of_type grants_table[] = {"] + rows
        + ["    {NULL, NULL, NULL, NULL},", "};", "/* clang-format on */", ""])


def main():
    text = table_text(Sources())
    if len(sys.argv) < 3 or sys.argv[1] != "--check":
        sys.stdout.write(text)
        return 0
    if open(sys.argv[2]).read() == text:
        return 0
    print("providers/grants_table.c is not what the sources say: "
          "run providers/generate_grants.py > providers/grants_table.c and read the difference")
    return 1


if __name__ == "__main__":
    sys.exit(main())
