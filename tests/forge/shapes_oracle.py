#!/usr/bin/env python3
"""plumb's requests to forges beside what others describe of their APIs, and described answers as plumb reads them.

A small server on loopback takes the requests of every operation.  Each must be one that the description has: path,
method, parameters, fields of the body with their types, nothing required left out.  It answers with the examples of the
description, or with values made of its schemas, and plumb must read them.
"""
import copy
import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import descriptions
from client import Client, Refused
from descriptions import SHA

MARKED = "<!-- plumb plan -->\nold"
URL = "https://plumb.example.com/hooks"
SECRET = "0123456789abcdef"
# Names that Gitea had before, and which Forgejo has.
OLDER = {"gitea": {"MergeTitleField", "MergeMessageField"}}


class Server:
    """Answers by the description; `change` has what is put in place of, or changed in, the answer of a request."""

    def __init__(self, name, description):
        self.name, self.description = name, description
        self.change, self.faults, self.seen = {}, [], set()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                length = int(self.headers.get("Content-Length", 0))
                status, body = server.answer(self.command, self.path, self.rfile.read(length), self.headers)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def fault(self, request, words):
        self.faults.append(f"{self.name}: {request}: {words}")

    def check_query(self, request, operation, query):
        given = urllib.parse.parse_qs(query, keep_blank_values=True)
        for name, values in given.items():
            # `limit` is said of every list in Gitea's words, not at each.
            if name not in operation.query and not (self.name == "gitea" and name == "limit"):
                self.fault(request, f"the parameter '{name}' is not described")
                continue
            if name in operation.query:
                schema = self.description.resolve(operation.query[name][0])
                if "enum" in schema and values[0] not in schema["enum"]:
                    self.fault(request, f"'{name}={values[0]}' is none of {schema['enum']}")
        for name, (_, required) in operation.query.items():
            if required and name not in given:
                self.fault(request, f"the parameter '{name}' is required")

    def check_body(self, request, operation, body):
        if not body:
            if operation.body and self.description.resolve(operation.body).get("required"):
                self.fault(request, "a body is required")
            return
        if operation.body is None:
            self.fault(request, "no body is described")
            return
        value = json.loads(body)
        for name in OLDER.get(self.name, ()):
            value.pop(name, None)
        for words in descriptions.faults(self.description, operation.body, value):
            self.fault(request, words)

    def answer(self, method, target, body, headers):
        path, _, query = target.partition("?")
        request = f"{method} {path}"
        operation = self.description.find(method, path)
        if operation is None:
            self.fault(request, "no such operation is described")
            return 500, b"{}"
        self.seen.add((method, operation.template))
        self.check_query(request, operation, query)
        self.check_body(request, operation, body)
        if not headers.get("Authorization") or not headers.get("User-Agent", "").startswith("plumb/"):
            self.fault(request, "Authorization and User-Agent are not there")
        status, (schema, value) = min(operation.answers.items())
        if value is None and schema is not None:
            value = descriptions.example(self.description, schema)
        value = self.changed(method, path, copy.deepcopy(value))
        return status, b"" if value is None else json.dumps(value).encode()

    def changed(self, method, path, value):
        for (wanted, end), change in self.change.items():
            if wanted == method and path.endswith(end):
                return change(value) if callable(change) else change
        return value


def pull_as(name, state="open"):
    """Makes a pull request of an example one that is open, or merged, with head SHA from the branch promote to main."""
    def change(pull):
        if isinstance(pull, list):
            return [change(p) for p in pull[:1]]
        if name == "gitlab":
            pull.update(state="opened" if state == "open" else state, sha=SHA, source_branch="promote",
                        target_branch="main", source_project_id=7, target_project_id=7)
            return pull
        pull.update(state="open" if state == "open" else "closed", merged=state == "merged",
                    merged_at="2026-11-27T11:00:00Z" if state == "merged" else None)
        pull["head"].update(sha=SHA, ref="promote")
        pull["base"].update(ref="main")
        repository = pull["base"].get("repo") or {"id": 7}
        pull["base"]["repo"] = pull["head"]["repo"] = repository
        return pull
    return change


def commented(name):
    def change(comments):
        author = {"gitlab": "author"}.get(name, "user")
        comments[0]["body"] = MARKED
        comments[0].setdefault(author, {}).update({"login": "octocat", "username": "octocat"})
        if name == "gitlab":
            comments[0].update(system=False, type=None)
        return comments[:1]
    return change


def operations(name, server, client):
    """All operations, each in the ways that make it ask for different things."""
    pulls, pull, comments = {
        "gitlab": ("/merge_requests", "/merge_requests/7", "/merge_requests/7/notes")}.get(
            name, ("/pulls", "/pulls/7", "/issues/7/comments"))
    verb = "PUT" if name == "gitlab" else "PATCH"
    server.change.update({("GET", pulls): pull_as(name), ("POST", pulls): pull_as(name),
                          ("GET", pull): pull_as(name), ("GET", comments): commented(name)})
    assert client.self() in ("octocat", "plumb-acme[bot]")
    listed, = client.pulls(base="main", head="promote")
    assert listed["head_sha"] == SHA and listed["head_ref"] == "promote" and not listed["fork"], listed
    assert client.pull(number=7)["state"] == "open"
    client.update_pull(number=7, title="Title", body="Body")
    client.close_pull(number=7)
    assert client.open_pull(head="promote", base="main", title="Title", body="Body")["title"] == "Title"
    server.change["GET", pulls] = []
    assert client.open_pull(head="promote", base="main", title="Title", body="Body")["head_sha"] == SHA
    server.change["GET", pull] = pull_as(name, "merged")
    for method in ("merge", "squash") if name == "gitlab" else ("merge", "squash", "rebase"):
        client.merge_pull(number=7, head_sha=SHA, method=method, title="Title", message="Message")
    assert len(client.comments(number=7)) == 1
    client.put_comment(number=7, marker="plan", body="new")
    client.put_comment(number=7, marker="another", body="new")
    review(name, server, client)
    assert client.permission(login="octocat") in ("admin", "write", "read", "none")
    for state in ("pending", "success", "failure", "error"):
        client.set_status(sha=SHA, context="plumb/prod", state=state, description="why", url="https://example.com")
    server.change["GET", "/a/b.json"] = lambda f: {**f, "type": "file", "content": "aGVs\nbG8=\n", "size": 5,
                                                    "encoding": "base64"}
    if name != "gitlab":  # there the answer is the file itself
        assert client.read_file(path="a/b.json", ref="main", max=100000) == "hello"
        server.change["GET", "/a/b.json"] = lambda f: {**f, "type": "file", "encoding": "none", "sha": SHA}
    if name != "gitea":
        client.read_file(path="a/b.json", ref="main", max=100000)
    hooks(name, server, client, verb)


def review(name, server, client):
    if name == "gitlab":  # approved_at is newer than this client for Go
        server.change["GET", "/merge_requests/7/approvals"] = lambda a: {**a, "approved_by": [
            {**a["approved_by"][0], "approved_at": "2026-11-27T12:00:00Z"}]}
        server.change["GET", "/merge_requests/7/reviewers"] = lambda r: [{**r[0], "state": "requested_changes",
                                                                           "user": {"username": "ann"}}]
    else:
        state = {"github": "APPROVED", "gitea": "REQUEST_CHANGES"}[name]
        server.change["GET", "/pulls/7/reviews"] = lambda r: [{**r[0], "state": state}]
    told = client.reviews(number=7)
    expected = {"github": [("octocat", "approved")], "gitea": [("octocat", "changes requested")],
                "gitlab": [("ann", "changes requested"), ("octocat", "approved")]}[name]
    assert [(r["author"], r["state"]) for r in told] == expected, told
    assert told[-1]["commit"], told


def hooks(name, server, client, verb):
    server.change["GET", "/hooks"] = []
    client.ensure_webhook(url=URL, secret=SECRET)

    def twice(hooks):
        for hook in hooks:
            hook.setdefault("config", {})
            if hook["config"] is None:
                hook["config"] = {}
            hook["config"]["url"] = hook["url"] = URL
        return hooks + [{**hooks[0], "id": 8}]
    server.change["GET", "/hooks"] = twice
    client.ensure_webhook(url=URL, secret=SECRET)


def app_options():
    made = subprocess.run(["openssl", "genrsa", "-traditional", "2048"], check=True, capture_output=True, text=True)
    return {"app_id": "Iv23liabcdef", "private_key": made.stdout, "token": ""}


# What must be found wrong, or the check is worth nothing.
WRONG = {
    "github": ("POST", "/repos/a/b/pulls", [
        {"head": "x"}, {"head": "x", "base": 1}, {"head": "x", "base": "y", "z": 1}]),
    "gitea": ("POST", "/api/v1/repos/a/b/pulls/7/merge", [{"do": 1}, {"do": "x"}, {"do": "merge", "z": 1}, {}]),
    "gitlab": ("POST", "/api/v4/projects/a/merge_requests", [{"title": 1}, {"title": "x", "z": 1}]),
}


def check_the_check(name, description):
    method, path, bodies = WRONG[name]
    operation = description.find(method, path)
    for body in bodies:
        assert list(descriptions.faults(description, operation.body, body)), f"{name}: not found wrong: {body}"
    assert description.find("POST", "/api/v9/nothing") is None


def run(name, **options):
    description = descriptions.load(name)
    check_the_check(name, description)
    server = Server(name, description)
    if "app_id" in options:
        server.change["GET", "/app"] = lambda a: {**a, "slug": "plumb-acme"}
        server.change["POST", "/access_tokens"] = lambda t: {**t, "expires_at": "2999-01-01T00:00:00Z"}
    below = {"github": "", "gitea": "/api/v1", "gitlab": "/api/v4"}[name]
    with Client(**{"kind": name, "repository": f"https://{name}.example.com/acme/orders", "api": server.url + below,
                   "token": "t", **options}) as client:
        operations(name, server, client)
    for fault in server.faults:
        print(fault)
    if server.faults:
        sys.exit(1)
    print(f"{name}: {len(server.seen)} operations as described")


def main():
    skipped = 0
    for name, options in (("github", {}), ("github", app_options()), ("gitea", {}), ("gitlab", {})):
        try:
            run(name, **options)
        except descriptions.Missing as error:
            if "app_id" not in options:
                print(f"skipped: requests to {name} beside its description: {error}")
            skipped += 1
        except Refused as error:
            sys.exit(f"{name}: {error.code}: {error.message}")
    sys.exit(77 if skipped == 4 else 0)


if __name__ == "__main__":
    main()
