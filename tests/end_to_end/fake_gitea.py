"""A Gitea on this machine: the part of its API that plumb asks, and, where it is given a place, Git over http from a bare
repository.  What people would do (open, push, say, review, merge, close, set a status) is a method here.

Only the shapes that plumb reads: https://docs.gitea.com/api/ has the rest.
"""
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse

SELF, TOKEN = "plumb-bot", "t0ken"


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class FakeGitea:
    """The repository acme/shop, kept below `root`; without that, commits are what the test says."""

    def __init__(self, root=None):
        self.root, self.repository = root, None
        self.pulls, self.comments, self.reviews, self.statuses = {}, {}, {}, {}
        self.permissions = {SELF: "write"}
        self.asked, self.failures = [], {}  # "POST pulls"; a pattern of that -> the status of the answer
        self.next_id, self.clock = 1, time.time
        self.lock = threading.Lock()
        if root:
            self.repository = os.path.join(root, "acme", "shop.git")
            os.makedirs(os.path.dirname(self.repository))
            self.git("init", "-q", "--bare", "-b", "main", self.repository, cwd=root)
            self.git("config", "http.receivepack", "true")
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.forge = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.page = self.url + "/acme/shop"
        self.clone = self.page + ".git"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def git(self, *arguments, cwd=None):
        return subprocess.run(["git", *arguments], cwd=cwd or self.repository, check=True, capture_output=True,
                              text=True).stdout.strip()

    def tip(self, branch):
        return self.git("rev-parse", "refs/heads/" + branch) if self.repository else ""

    def head(self, number):
        pull = self.pulls[number]
        return self.tip(pull["head"]) if self.repository and pull["state"] == "open" else pull["sha"]

    # --- what people do ---

    def open_pull(self, number, branch, sha=None, author="ann", title="Change", body="", base="main", fork=False):
        self.pulls[number] = {
            "state": "open", "merged": False, "title": title, "body": body, "user": author, "head": branch, "base": base,
            "fork": fork, "merge": None, "sha": sha, "updated": stamp(self.clock())}
        self.comments[number] = []

    def touch(self, number):
        self.pulls[number]["updated"] = stamp(self.clock())

    def push(self, number, sha):
        self.pulls[number]["sha"] = sha
        self.touch(number)

    def say(self, number, author, body, edited=False, at=None):
        at = self.clock() + 1 if at is None else at
        comment = {"id": self.next_id, "body": body, "user": {"login": author}, "created_at": stamp(at),
                   "updated_at": stamp(at + 60 if edited else at)}
        self.next_id += 1
        self.comments[number].append(comment)
        self.touch(number)
        return comment

    def review(self, number, login, state="APPROVED", sha=None, permission="write"):
        self.permissions.setdefault(login, permission)
        self.reviews.setdefault(number, []).append(
            {"user": {"login": login}, "state": state, "commit_id": sha or self.head(number),
             "submitted_at": "2026-11-27T12:00:00Z"})

    def close_pull(self, number, merged=False):
        self.pulls[number].update(sha=self.head(number), state="closed", merged=merged)

    def set_status(self, sha, context, state, description="", target_url=""):
        self.statuses.setdefault(sha, []).append(
            {"context": context, "status": state, "description": description, "target_url": target_url})

    # --- what it has been told ---

    def count(self, request):
        return self.asked.count(request)

    def writes(self):
        return [a for a in self.asked if not a.startswith("GET")]

    def ours(self, number):
        return [c["body"] for c in self.comments[number] if c["user"]["login"] == SELF]

    def newest(self, sha):
        """Of each context the newest status."""
        return {s["context"]: s for s in self.statuses.get(sha, [])}

    def status(self, sha):
        return {c: (s["status"], s["description"]) for c, s in self.newest(sha).items()}

    # --- what the API says ---

    def show(self, number):
        pull = self.pulls[number]
        ours = {"full_name": "acme/shop", "id": 1}
        return {"number": number, "state": pull["state"], "merged": pull["merged"], "title": pull["title"],
                "body": pull["body"], "user": {"login": pull["user"]}, "mergeable": True, "draft": False, "labels": [],
                "html_url": f"{self.page}/pulls/{number}", "updated_at": pull["updated"],
                "merge_commit_sha": pull["merge"],
                "head": {"ref": pull["head"], "sha": self.head(number),
                         "repo": {"full_name": "eve/shop", "id": 2} if pull["fork"] else ours},
                "base": {"ref": pull["base"], "sha": self.tip(pull["base"]), "repo": ours}}

    def list(self, query):
        base = query.get("base_branch", [None])[0]
        return 200, [self.show(n) for n, p in self.pulls.items() if p["state"] == "open" and base in (None, p["base"])
                     ] if query.get("page", ["1"]) == ["1"] else []

    def create(self, body):
        if any(p["state"] == "open" and p["head"] == body["head"] for p in self.pulls.values()):
            return 409, {"message": "pull request already exists"}
        number = len(self.pulls) + 1
        self.open_pull(number, body["head"], author=SELF, title=body["title"], body=body["body"], base=body["base"])
        return 201, self.show(number)

    def change(self, number, body):
        if body.get("state") == "closed":
            self.close_pull(number)
        self.pulls[number].update({k: body[k] for k in ("title", "body") if k in body})
        return 201, self.show(number)

    def merge(self, number, sha):
        """A merge commit, as Gitea makes it; 409 where the head has moved."""
        pull = self.pulls[number]
        head = self.head(number)
        if pull["state"] != "open" or head != sha:
            return 409, {"message": "head out of date"}
        base = self.tip(pull["base"])
        tree = self.git("merge-tree", "--write-tree", base, head)
        commit = self.git("-c", "user.name=Gitea", "-c", "user.email=gitea@example.com", "commit-tree", tree, "-p", base,
                          "-p", head, "-m", f"Merge pull request #{number}")
        self.git("update-ref", "refs/heads/" + pull["base"], commit, base)
        self.close_pull(number, merged=True)
        pull.update(merge=commit)
        return 200, None

    def edit(self, identity, body):
        for number, comments in self.comments.items():
            for comment in comments:
                if comment["id"] == identity:
                    comment["body"] = body
                    self.touch(number)
                    return 200, comment
        return 404, {"message": "not found"}

    def report(self, sha, body):
        self.set_status(sha, body["context"], body["state"], body["description"], body.get("target_url", ""))
        return 201, self.statuses[sha][-1]

    def statuses_of(self, sha):
        newest = list(self.newest(sha).values())
        return 200, {"statuses": newest, "total_count": len(newest)}

    def answer(self, method, path, query, body):
        routes = [
            ("GET", r"user", lambda: (200, {"login": SELF})),
            ("GET", r"pulls", lambda: self.list(query)),
            ("POST", r"pulls", lambda: self.create(body)),
            ("GET", r"pulls/(\d+)", lambda n: (200, self.show(int(n)))),
            ("PATCH", r"pulls/(\d+)", lambda n: self.change(int(n), body)),
            ("POST", r"pulls/(\d+)/merge", lambda n: self.merge(int(n), body["head_commit_id"])),
            ("GET", r"pulls/(\d+)/reviews", lambda n: (200, self.reviews.get(int(n), []))),
            ("GET", r"issues/(\d+)/comments", lambda n: (200, self.comments[int(n)])),
            ("POST", r"issues/(\d+)/comments", lambda n: (201, self.say(int(n), SELF, body["body"]))),
            ("PATCH", r"issues/comments/(\d+)", lambda i: self.edit(int(i), body["body"])),
            ("GET", r"collaborators/([^/]+)/permission", lambda l: (200, {"permission": self.permissions.get(l, "read")})),
            ("GET", r"commits/([0-9a-f]{40})/status", self.statuses_of),
            ("POST", r"statuses/([0-9a-f]{40})", lambda s: self.report(s, body)),
        ]
        with self.lock:
            self.asked.append(f"{method} {path}")
            for pattern, status in self.failures.items():
                if re.fullmatch(pattern, f"{method} {path}"):
                    return status, {"message": "no"}
            for wanted, pattern, run in routes:
                match = re.fullmatch(pattern, path)
                if wanted == method and match:
                    return run(*match.groups())
        raise AssertionError(f"nobody asks a forge for {method} {path}")


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """plumb is killed at the end of each test, also in the middle of an answer."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while (size := int(self.rfile.readline().split(b";")[0], 16)):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def api(self, url, body):
        if self.headers.get("Authorization") != "token " + TOKEN:
            self.reply(401, [], b'{"message": "token is required"}')
            return
        path = url.path.removeprefix("/api/v1/").removeprefix("repos/acme/shop/")
        status, value = self.server.forge.answer(self.command, path, urllib.parse.parse_qs(url.query),
                                                 json.loads(body or b"null"))
        self.reply(status, [("Content-Type", "application/json")], b"" if value is None else json.dumps(value).encode())

    def smart(self, url, body):
        environment = {"GIT_PROJECT_ROOT": self.server.forge.root, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": url.path,
                       "REQUEST_METHOD": self.command, "QUERY_STRING": url.query, "REMOTE_USER": "plumb",
                       "CONTENT_TYPE": self.headers.get("Content-Type", ""), "PATH": os.environ["PATH"],
                       "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1",
                       "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                       "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", "")}
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if line]
        status = next((int(v.split()[0]) for n, v in headers if n == "Status"), 200)
        self.reply(status, [h for h in headers if h[0] != "Status"], rest)

    def serve(self):
        url = urllib.parse.urlparse(self.path)
        body = self.body()
        (self.api if url.path.startswith("/api/") else self.smart)(url, body)

    do_GET = do_POST = do_PATCH = serve
