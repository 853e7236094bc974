"""A Gitea that answers what plumb asks about pull requests, from what a test puts into it; it keeps what is asked.

Only the shapes that plumb reads: https://docs.gitea.com/api/ has the rest.
"""
import http.server
import json
import re
import threading
import time
import urllib.parse

SELF = "plumb-bot"


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class FakeGitea:
    def __init__(self):
        self.pulls, self.comments, self.statuses, self.asked = {}, {}, {}, []
        self.next_id, self.failures = 1, {}
        self.clock = time.time
        gitea = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, method):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, value = gitea.serve(method, self.path, json.loads(body) if body else None)
                data = json.dumps(value).encode() if value is not None else b""
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                self.answer("GET")

            def do_POST(self):
                self.answer("POST")

            def do_PATCH(self):
                self.answer("PATCH")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/acme/shop"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # What a test puts in.

    def open_pull(self, number, branch, sha, author="ann", title="Change", fork=False, body=""):
        self.pulls[number] = {
            "id": 1000 + number, "number": number, "title": title, "body": body, "state": "open", "merged": False,
            "html_url": f"https://git.example.com/acme/shop/pulls/{number}", "user": {"login": author},
            "draft": False, "labels": [], "mergeable": True, "updated_at": stamp(self.clock()),
            "head": {"ref": branch, "sha": sha, "repo": {"id": 2 if fork else 1}},
            "base": {"ref": "main", "sha": "", "repo": {"id": 1}}}
        self.comments[number] = []

    def touch(self, number):
        self.pulls[number]["updated_at"] = stamp(self.clock())

    def push(self, number, sha):
        self.pulls[number]["head"]["sha"] = sha
        self.touch(number)

    def say(self, number, author, body, edited=False, at=None):
        at = self.clock() + 1 if at is None else at
        comment = {"id": self.next_id, "body": body, "user": {"login": author}, "created_at": stamp(at),
                   "updated_at": stamp(at + 60 if edited else at)}
        self.next_id += 1
        self.comments[number].append(comment)
        self.touch(number)
        return comment

    def close_pull(self, number, merged=False):
        self.pulls[number].update(state="closed", merged=merged)

    # What it has been told.

    def ours(self, number):
        return [c["body"] for c in self.comments[number] if c["user"]["login"] == SELF]

    def status(self, sha):
        """Of each context the newest."""
        return {s["context"]: (s["status"], s["description"]) for s in self.statuses.get(sha, [])}

    def writes(self):
        return [a for a in self.asked if not a.startswith("GET")]

    # The API.

    def serve(self, method, target, body):
        path = urllib.parse.urlsplit(target).path.removeprefix("/api/v1/").removeprefix("repos/acme/shop/")
        self.asked.append(f"{method} {path}")
        for pattern, status in self.failures.items():
            if re.fullmatch(pattern, f"{method} {path}"):
                return status, {"message": "no"}
        if path == "user":
            return 200, {"login": SELF}
        if path == "pulls":
            page = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query).get("page", ["1"])[0]
            return 200, [p for p in self.pulls.values() if p["state"] == "open"] if page == "1" else []
        if match := re.fullmatch(r"pulls/(\d+)", path):
            return 200, self.pulls[int(match[1])]
        if match := re.fullmatch(r"issues/(\d+)/comments", path):
            number = int(match[1])
            if method == "GET":
                return 200, self.comments[number]
            return 201, self.say(number, SELF, body["body"])
        if match := re.fullmatch(r"issues/comments/(\d+)", path):
            for number, comments in self.comments.items():
                for comment in comments:
                    if comment["id"] == int(match[1]):
                        comment["body"] = body["body"]
                        self.touch(number)
                        return 200, comment
        if match := re.fullmatch(r"commits/(\w+)/status", path):
            newest = {s["context"]: s for s in self.statuses.get(match[1], [])}
            return 200, {"statuses": list(newest.values()), "total_count": len(newest)}
        if match := re.fullmatch(r"statuses/(\w+)", path):
            self.statuses.setdefault(match[1], []).append(dict(body, status=body["state"],
                                                               target_url=body.get("target_url", "")))
            return 201, dict(body, status=body["state"])
        return 404, {"message": "not found"}
