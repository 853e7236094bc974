#!/usr/bin/env python3
"""Settings: help, the documentation and the program have the same; a flag goes before a variable; schemas are published.
Runs the program, needs no account.

    configuration_test.py PLUMB
"""
import base64
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

PLUMB = os.path.abspath(sys.argv.pop()) if len(sys.argv) > 1 else os.path.abspath("build/dev/plumb")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = ("deployment", "guards", "trust")
SECRET = "ghp_0123456789abcdef"


def plumb(*arguments, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PLUMB_") and k != "NO_COLOR"}
    return subprocess.run([PLUMB, *arguments], capture_output=True, text=True, timeout=60,
                          env=dict(environment, **variables))


def table_of_help():
    """(flag, variable, key, default, meaning) of each row of `plumb help configuration`."""
    lines = plumb("help", "configuration").stdout.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split() == ["flag", "variable", "plumb.yaml", "meaning"])
    for line in lines[head + 1:]:
        flag, variable, key, meaning = line.split(None, 3)
        meaning, _, default = meaning.partition(" (default: ")
        yield flag, variable, key, default.removesuffix(")"), meaning


def table_of_documentation():
    text = (ROOT / "docs/configuration.md").read_text()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    head = next(i for i, row in enumerate(rows) if row[:2] == ["flag", "variable"])
    for row in rows[head + 1:]:
        if len(row) != 5:
            break
        flag, variable, key, default, meaning = (cell.replace("`", "") for cell in row)
        yield flag or "-", variable or "-", key or "-", default, meaning


def keys_of(schema, prefix=""):
    """The keys of a schema by their paths, "drift.ignore.reason"; what is below PAGES has a page of its own."""
    for name, node in schema["properties"].items():
        inner = node.get("items", {}) if node.get("type") == "array" else node
        if "properties" in inner and name not in PAGES:
            yield from keys_of(inner, f"{prefix}{name}.")
        else:
            yield prefix + name, node.get("default")


def keys_in_documentation(title):
    """(key, default) of the table below that title."""
    section = (ROOT / "docs/configuration.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
    for key, default in re.findall(r"^\| `([\w.]+)` \| .* \| (.*) \|$", section, re.M):
        yield key, default


def commands():
    text = plumb("help").stdout
    return re.findall(r"^  (\w+) ", text.split("commands:\n")[1].split("\n\n")[0], re.M)


def option_lines(command):
    return re.findall(r"^  (--[\w-]+ ?\S*) ", plumb(command, "--help").stdout, re.M)


def flags_of(command):
    return re.findall(r"^  --([\w-]+)", plumb(command, "--help").stdout, re.M)


class Help(unittest.TestCase):
    maxDiff = None

    def test_the_documentation_has_exactly_the_table(self):
        self.assertEqual(list(table_of_documentation()), list(table_of_help()))
        self.assertGreater(len(list(table_of_help())), 15)

    def test_each_flag_is_in_the_help_of_a_command(self):
        shown = {flag for command in commands() for flag in flags_of(command)}
        self.assertEqual(shown, {flag[2:] for flag, *_ in table_of_help() if flag != "-"})

    def test_each_flag_that_help_shows_is_taken(self):
        for command in commands():
            for flag, _, value in (line.partition(" ") for line in option_lines(command)):
                done = plumb(command, *([flag, "1s"] if value else [flag]), "--help")
                self.assertNotIn("is no option", done.stderr)
                done = plumb(command, flag) if value else plumb(command, f"{flag}=x")
                why = "needs a value" if value else "takes no value"
                self.assertIn(f"' {why}: see plumb {command} --help\n", done.stderr)

    def test_a_variable_is_named_as_its_flag(self):
        for flag, variable, *_ in table_of_help():
            if "-" not in (flag, variable) and variable != "NO_COLOR":
                self.assertEqual(variable, "PLUMB_" + flag[2:].upper().replace("-", "_"))

    def test_lines_are_short_and_commands_are_told_apart(self):
        for command in commands():
            text = plumb(command, "--help").stdout
            self.assertEqual(text, plumb("help", command).stdout)
            self.assertIn("\noptions of every command:\n", text)
            self.assertLessEqual(max(map(len, text.splitlines())), 120, command)
        self.assertIn("\noptions:\n  --poll DURATION ", plumb("run", "--help").stdout)
        self.assertNotIn("--poll", plumb("plan", "--help").stdout)

    def test_an_unknown_topic_is_refused(self):
        done = plumb("help", "aply")
        self.assertEqual((done.returncode, done.stderr), (1, "plumb: unknown command 'aply', did you mean 'apply'?\n"))


    def test_the_documentation_has_exactly_the_keys_of_each_file(self):
        for title, name in (("environment.yaml", "environment"), ("Application files", "application"),
                            ("plumb.yaml", "plumb")):
            wanted = list(keys_of(json.loads(plumb("schema", name).stdout)))
            found = list(keys_in_documentation(title))
            self.assertEqual([key for key, _ in found], [key for key, _ in wanted])
            for (key, told), (_, default) in zip(found, wanted):
                self.assertIn(f"`{json.dumps(default)}`".replace('"', "") if default is not None else "", told, key)


class Precedence(unittest.TestCase):
    def test_a_flag_goes_before_a_variable_and_that_before_the_default(self):
        for arguments, variables, wanted in (
                ((), {}, "plumb 0"), ((), {"PLUMB_OUTPUT": "json"}, '{"version"'), ((), {"PLUMB_OUTPUT": ""}, "plumb 0"),
                (("-o", "text"), {"PLUMB_OUTPUT": "json"}, "plumb 0"),
                (("--output", "json"), {"PLUMB_OUTPUT": "text"}, '{"version"'),
                (("-otext",), {"PLUMB_OUTPUT": "nothing"}, "plumb 0")):
            self.assertTrue(plumb("version", *arguments, **variables).stdout.startswith(wanted), (arguments, variables))

    def test_a_repository_by_variable(self):
        with tempfile.TemporaryDirectory() as home:
            done = plumb("status", PLUMB_REPO="/no/such/shop", PLUMB_CACHE=home)
            self.assertIn("there is no repository at '/no/such/shop'", done.stderr)
            done = plumb("status", "--repo", "/no/other/shop", PLUMB_REPO="/no/such/shop", PLUMB_CACHE=home)
            self.assertIn("there is no repository at '/no/other/shop'", done.stderr)


class Refusals(unittest.TestCase):
    def test_each_wrong_value_is_refused_with_its_source(self):
        for arguments, variables, wanted in (
                (("version",), {"PLUMB_OUTPUT": "yaml"}, "PLUMB_OUTPUT 'yaml' must be 'text' or 'json'"),
                (("version", "-o", "yaml"), {}, "--output 'yaml' must be 'text' or 'json'"),
                (("run",), {"PLUMB_POLL": "99ms"}, "'PLUMB_POLL' must be at least 100ms"),
                (("run", "--poll", "99ms"), {}, "'--poll' must be at least 100ms"),
                (("run", "--poll", "30"), {}, "--poll: '30' is no duration: write it as in '10m' or '1h30m'"),
                (("version", "--log-level", "trace"), {},
                 "--log-level 'trace' must be 'debug', 'info', 'warn' or 'error'"),
                (("version",), {"PLUMB_LOG_FORMAT": "xml"}, "PLUMB_LOG_FORMAT 'xml' must be 'text' or 'json'"),
                (("log", "-n", "0"), {}, "'--max-count' must be a number from 1 to 1000000"),
                (("log", "-n", "many"), {}, "'--max-count' must be a number from 1 to 1000000"),
                (("plan", "-n", "3"), {}, "'-n' is no option of this command: see plumb plan --help"),
                (("plan", "--git-token", "x"), {}, "'--git-token' is no option of this command: see plumb plan --help"),
                (("render", "--parameter", "A"), {}, "--parameter 'A' is not of the form NAME=VALUE"),
                (("schema",), {}, "name a schema: environment, application or plumb"),
                (("schema", "plum"), {}, "there is no schema 'plum', did you mean 'plumb'?"),
                (("schema", "xyz"), {}, "there is no schema 'xyz': there are environment, application and plumb")):
            done = plumb(*arguments, **variables)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", f"plumb: {wanted}\n"))

    def test_another_commands_variable_is_nobodys_mistake(self):
        self.assertEqual(plumb("version", PLUMB_POLL="nothing").returncode, 0)


class Refusing(http.server.BaseHTTPRequestHandler):
    """A Git server that lets nobody in, and remembers with what they tried."""

    def do_GET(self):
        self.server.seen.append(base64.b64decode(self.headers.get("Authorization", "Basic ").split(" ")[1]).decode())
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Secrets(unittest.TestCase):
    def test_the_token_goes_to_the_server_from_variable_or_file(self):
        with http.server.HTTPServer(("127.0.0.1", 0), Refusing) as server, tempfile.TemporaryDirectory() as home:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            file, empty = pathlib.Path(home, "token"), pathlib.Path(home, "empty")
            file.write_text(f"{SECRET}\nanother line\n")
            empty.touch()
            both = {"PLUMB_GIT_TOKEN": "first", "PLUMB_GIT_TOKEN_FILE": str(file)}
            for variables, wanted, message in (
                    ({}, [""], "a token is needed (HTTP status 401)"),
                    ({"PLUMB_GIT_TOKEN": SECRET}, [f"x-access-token:{SECRET}"], "the token was not accepted"),
                    ({"PLUMB_GIT_TOKEN_FILE": str(file)}, [f"x-access-token:{SECRET}"], "the token was not accepted"),
                    (both, ["x-access-token:first"], "the token was not accepted"),
                    ({"PLUMB_GIT_TOKEN_FILE": str(empty)}, [], f"names '{empty}', which holds no token")):
                server.seen = []
                done = plumb("status", "--repo", f"http://127.0.0.1:{server.server_port}/shop.git", PLUMB_CACHE=home,
                             **variables)
                self.assertEqual((done.returncode, server.seen), (1, wanted))
                self.assertIn(message, done.stderr)
                self.assertNotIn(SECRET, done.stdout + done.stderr)
            server.shutdown()

    def test_a_secret_is_shown_nowhere(self):
        with tempfile.TemporaryDirectory() as home:
            for arguments in (("help", "configuration"), ("status", "--log-level", "debug", "--repo", "/no/such/shop"),
                              ("run", "--repo", "https://127.0.0.1:1/shop.git"), ("doctor", "--repo", "/no/such/shop")):
                done = plumb(*arguments, PLUMB_GIT_TOKEN=SECRET, PLUMB_CACHE=home)
                self.assertNotIn(SECRET, done.stdout + done.stderr)

    def test_a_secret_has_no_flag_and_no_key(self):
        for flag, variable, key, *_ in table_of_help():
            if re.search(r"(TOKEN|SECRET|PRIVATE_KEY)$", variable):
                self.assertEqual((flag, key), ("-", "-"), variable)


class Schemas(unittest.TestCase):
    def test_the_published_ones_are_what_the_program_prints(self):
        names = ("environment", "application", "plumb")
        self.assertEqual(sorted(p.name for p in (ROOT / "schemas").iterdir()), sorted(f"{n}.schema.json" for n in names))
        for name in names:
            published = (ROOT / f"schemas/{name}.schema.json").read_text()
            self.assertEqual(published, plumb("schema", name).stdout,
                             f"make it anew: plumb schema {name} > schemas/{name}.schema.json")
            self.assertEqual(json.loads(published)["additionalProperties"], False)


if __name__ == "__main__":
    unittest.main(verbosity=2)
