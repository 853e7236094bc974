#!/usr/bin/env python3
"""Templates that try to make `plumb render` slow or large: each is refused by a clear sentence, in little memory.

usage: hostile_test.py PLUMB
"""
import os
import subprocess
import sys
import tempfile

MEGABYTES = 64
SECONDS = 0.5  # of the processor; a release build needs 0.05 where nothing else runs
EXTENSIONS = "Transform: AWS::LanguageExtensions\n"


def property_of(value, before=""):
    return before + "Resources: {T: {Type: X, Properties: {P: " + value + "}}}\n"


def long_scalar(before, after):
    """100 MB, a piece at a time: what this program needs itself is counted where the child starts."""
    yield before
    for _ in range(100):
        yield "a" * 1_000_000
    yield after


def parameter(declaration):
    return "Parameters: {P: {" + declaration + "}}\n"


def loops(body):
    numbers = ",".join(map(str, range(1000)))
    lines, indent = [EXTENSIONS, "Resources:\n  Own: {Type: X}\n"], "  "
    for name in "ABC":
        lines.append(f"{indent}Fn::ForEach::{name}:\n{indent}  - {name}\n{indent}  - [{numbers}]\n{indent}  - ")
        indent += "    "
        lines.append("\n" if name != "C" else body + "\n")
    return "".join(lines).replace("- \n", "-\n")


def doubling(depth):
    text = "aaaaaaaaaa"
    for _ in range(depth):
        text = "{'Fn::Sub': ['${x}${x}', {x: %s}]}" % text
    return text


def service(custom, more=""):
    return "service: demo\nprovider: aws\ncustom:\n" + custom + more


def chained(value, last):
    return service("".join(f"  a{i}: " + value.replace("X", "${self:custom.a%d}" % (i + 1)) + "\n" for i in range(50)),
                   f"  a50: {last}\n")


LARGE = parameter("Type: String, Default: '" + "a" * 4000 + "'")
ALIASES = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10))

# name, what gives the template in pieces, what the message holds
CASES = [
    ("aliases.yaml", lambda: ALIASES + property_of("*a9"), "aliases make the document larger than"),
    ("lists.yaml", lambda: "Resources: " + "[" * 10000 + "]" * 10000, "nested deeper than 64 levels"),
    ("maps.yaml", lambda: "Resources: " + "{a: " * 10000 + "1" + "}" * 10000, "nested deeper than 64 levels"),
    ("blocks.yaml", lambda: "Resources:\n  " + "- " * 10000 + "x\n", "nested deeper than 64 levels"),
    ("maps.json", lambda: '{"Resources":' + '{"a":' * 10000 + "1" + "}" * 10001, "nested deeper than 128 levels"),
    ("lists.json", lambda: '{"Resources":' + "[" * 10000 + "]" * 10000 + "}", "nested deeper than 128 levels"),
    ("scalar.yaml", lambda: long_scalar("Resources: {T: '", "'}\n"), "is larger than 1048576 bytes"),
    ("scalar.json", lambda: long_scalar('{"Resources": "', '"}'), "is larger than 1048576 bytes"),
    ("values.yaml", lambda: "Resources: [" + "a," * 500_000 + "]\n", "more than 150000 values"),
    ("values.json", lambda: '{"Resources": [' + "1," * 500_000 + "1]}", "more than 150000 values"),
    ("small.yaml", lambda: property_of("[" + "{a: 1}," * 70_000 + "1]"), "the template has more than 120000 values"),
    ("same.yaml", lambda: "Resources: {" + "a: 1," * 200_000 + "}\n", "key 'a' is given twice"),
    ("directives.yaml", lambda: "%TAG !a! tag:b\n" * 60_000 + "--- a\n", "tag directives"),
    ("loops.yaml", lambda: loops("'T${A}x${B}x${C}': {Type: X, Properties: {A: {B: {C: !Ref A}}}}"), "Fn::ForEach makes more than"),
    ("nothing.yaml", lambda: loops("{}"), "Fn::ForEach makes more than"),
    ("repeated.yaml", lambda: EXTENSIONS + parameter("Type: CommaDelimitedList, Default: '" + "a" * 4000 + "'") +
     "Resources: {'Fn::ForEach::L': [A, !Ref P, {T: {Type: X, Properties: {P: '" + "${A}" * 200_000 + "'}}}]}\n",
     "Fn::ForEach makes more than"),
    ("looked.yaml", lambda: EXTENSIONS + "Mappings: {M: {a: {b: [" + "1," * 20_000 + "1]}}}\nResources: {'Fn::ForEach::L': [X, [" +
     ",".join(map(str, range(400))) + "], {'T${X}': {Type: X, Properties: {P: !FindInMap [M, a, b]}}}]}\n",
     "Fn::ForEach makes more than"),
    ("split.yaml", lambda: property_of("!Split [',', '" + "," * 1_000_000 + "']"), "the template evaluates to"),
    ("splits.yaml", lambda: property_of("[" + "!Split [',', !Ref P]," * 20_000 + "]",
                                parameter("Type: String, Default: '" + "," * 4000 + "'")), "the template evaluates to"),
    ("mapped.yaml", lambda: property_of("[" + "!FindInMap [M, a, b]," * 10_000 + "]",
                                "Mappings: {M: {a: {b: [" + "1," * 50_000 + "1]}}}\n"), "the template evaluates to"),
    ("lists_of.yaml", lambda: property_of("[" + "!Ref P," * 50_000 + "]",
                                  parameter("Type: CommaDelimitedList, Default: '" + "1," * 2000 + "1'")), "the template evaluates to"),
    ("doubled.yaml", lambda: property_of(doubling(18)), "makes more than 1 MiB of text"),
    ("wide.yaml", lambda: property_of("!Sub '" + "${P}" * 200_000 + "'", LARGE), "the template evaluates to"),
    ("joined.yaml", lambda: property_of("[" + "!Sub 'a${P}'," * 40_000 + "]", LARGE), "the template evaluates to"),
    ("base64.yaml", lambda: property_of("[" + "!Base64 {Ref: P}," * 20_000 + "]", LARGE), "the template evaluates to"),
    ("pattern.yaml", lambda: property_of("1", parameter(
        "Type: String, AllowedPattern: '(a*)*(a*)*(a|a)*(a|aa)*b', Default: '" + "a" * 4000 + "'")), "does not match"),
    ("group.yaml", lambda: property_of("1", parameter(
        "Type: String, AllowedPattern: '(a|aa)*\\1b', Default: '" + "a" * 4000 + "'")), "takes too long to check"),
    ("globals.yaml", lambda: "Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Environment: {Variables: {" +
     ",".join(f"A{i}: x" for i in range(50_000)) + "}}}}\nResources:\n" + "".join(
         f"  F{i}: {{Type: AWS::Serverless::Function, Properties: {{InlineCode: x, Handler: a.b, Runtime: r}}}}\n"
         for i in range(450)), "'Globals' gives resources more than 120000 values together"),
    ("serverless.text.yml", lambda: chained("XX", "aaaaaaaaaa"), "variables give more than 8388608 bytes of text"),
    ("serverless.list.yml", lambda: chained("['X', 'X']", "a"), "variables give more than 50000 values"),
    ("serverless.long.yml", lambda: service(f"  a: {'a' * 900_000}\n" + "".join(
        f"  b{i}: '${{self:custom.a}}'\n" for i in range(1000))), "variables give more than 8388608 bytes of text"),
    ("serverless.many.yml", lambda: service("  a:\n" + "  - ${self:service}\n" * 45_000),
     "more than 20000 variables are looked up"),
    ("serverless.escapes.yml", lambda: service("  a:\n" + "  - \\${a}\n" * 80_000), "more than 20000 variables are looked up"),
    ("serverless.one.yml", lambda: service("  a: '" + "${self:service}" * 60_000 + "'\n"), "too many variables in one text"),
    ("serverless.brackets.yml", lambda: service("  a: '" + "${a:" * 200_000 + "'\n"), "brackets are too deep"),
    ("serverless.itself.yml", lambda: service("  a: ${file(serverless.itself.yml)}\n"),
     "values hold variables in values more than 10 deep"),
    ("serverless.cycle.yml", lambda: service("".join(f"  a{i}: '${{self:custom.a{(i + 1) % 60}}}'\n" for i in range(60))),
     "variables lead back to themselves"),
    ("serverless.functions.yml", lambda: service("  a: b\n", "functions:\n" + "".join(
        f"  f{i}: {{handler: a.b}}\n" for i in range(30_000))), "more than 1000 functions"),
    ("conditions.yaml", lambda: "Conditions:\n" + "".join(
        f"  C{i}: !And [!Condition C{i + 1}, !Condition C{i + 1}]\n" for i in range(5000)) +
     "  C5000: !Equals [a, a]\n" + property_of("1"), "conditions need each other more than 64 deep"),
]


def run(plumb, path):
    """Status, standard error, seconds of the processor, megabytes."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([plumb, "render", path], stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        return process.returncode, errors.read().decode(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    plumb, failed = sys.argv[1], 0
    sanitized = bool(os.environ.get("PLUMB_SANITIZE"))
    most_seconds = most_megabytes = 0
    with tempfile.TemporaryDirectory() as directory:
        for name, template, wanted in CASES:
            path = os.path.join(directory, name)
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(template())
            status, message, seconds, megabytes = run(plumb, path)
            os.unlink(path)
            slow = not sanitized and (seconds > SECONDS or megabytes > MEGABYTES)
            if status != 1 or wanted not in message or slow:
                failed += 1
                print(f"FAIL {name}: status {status}, {seconds:.3f} s, {megabytes:.0f} MB: {message[:200]}")
            most_seconds, most_megabytes = max(most_seconds, seconds), max(most_megabytes, megabytes)
    print(f"at most {most_seconds:.3f} s of the processor and {most_megabytes:.0f} MB each")
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
