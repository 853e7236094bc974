"""A forge on this machine: the part of Gitea's API that plumb asks, beside Git over http from bare repositories.

What people would do (review, merge, close, set a status) is a method here.
"""
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import urllib.parse

GIT_BACKEND = os.path.join(subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip(),
                           "git-http-backend")


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """plumb is killed at the end of each test, also in the middle of an answer."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FakeGitea:
    def __init__(self, root):
        self.root = root
        self.repository = os.path.join(root, "acme", "shop.git")
        os.makedirs(os.path.dirname(self.repository))
        self.git("init", "-q", "--bare", "-b", "main", self.repository, cwd=root)
        self.git("config", "http.receivepack", "true")
        self.self = "plumb-bot"
        self.pulls, self.reviews, self.statuses = {}, {}, {}
        self.permissions = {"plumb-bot": "write"}
        self.requests = []  # "POST pulls"
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.clone = self.url + "/acme/shop.git"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def git(self, *arguments, cwd=None):
        return subprocess.run(["git", *arguments], cwd=cwd or self.repository, check=True, capture_output=True,
                              text=True).stdout.strip()

    def tip(self, branch):
        return self.git("rev-parse", "refs/heads/" + branch)

    # --- what people do ---

    def review(self, number, login, state="APPROVED", sha=None, permission="write"):
        self.permissions.setdefault(login, permission)
        self.reviews.setdefault(number, []).append(
            {"user": {"login": login}, "state": state, "commit_id": sha or self.head(number),
             "submitted_at": "2026-11-27T12:00:00Z"})

    def shut(self, number):
        self.pulls[number].update(sha=self.head(number), state="closed")

    def status(self, sha, context, state):
        self.statuses.setdefault(sha, {})[context] = state

    def count(self, request):
        return self.requests.count(request)

    # --- what the API says ---

    def head(self, number):
        pull = self.pulls[number]
        return pull["sha"] if pull["state"] != "open" else self.tip(pull["head"])

    def show(self, number):
        pull = self.pulls[number]
        repository = {"full_name": "acme/shop", "id": 1}
        return {"number": number, "state": pull["state"], "merged": pull["merged"], "title": pull["title"],
                "body": pull["body"], "user": {"login": pull["user"]}, "mergeable": True, "draft": False, "labels": [],
                "html_url": f"{self.url}/acme/shop/pulls/{number}", "updated_at": "2026-11-27T12:00:00Z",
                "merge_commit_sha": pull["merge"],
                "head": {"ref": pull["head"], "sha": self.head(number), "repo": repository},
                "base": {"ref": pull["base"], "sha": self.tip(pull["base"]), "repo": repository}}

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
        pull.update(state="closed", merged=True, merge=commit, sha=head)
        return 200, None

    def create(self, body):
        if any(p["state"] == "open" and p["head"] == body["head"] for p in self.pulls.values()):
            return 409, {"message": "pull request already exists"}
        number = len(self.pulls) + 1
        self.pulls[number] = {"state": "open", "merged": False, "title": body["title"], "body": body["body"],
                              "user": self.self, "head": body["head"], "base": body["base"], "merge": None, "sha": None}
        return 201, self.show(number)

    def change(self, number, body):
        pull = self.pulls[number]
        if body.get("state") == "closed":
            pull.update(sha=self.head(number), state="closed")
        pull.update({k: body[k] for k in ("title", "body") if k in body})
        return 201, self.show(number)

    def list(self, query):
        base = query.get("base_branch", [None])[0]
        return 200, [self.show(n) for n, p in self.pulls.items()
                     if p["state"] == "open" and base in (None, p["base"])]

    def statuses_of(self, sha):
        return 200, {"statuses": [{"context": c, "status": s} for c, s in self.statuses.get(sha, {}).items()]}

    def answer(self, method, path, query, body):
        routes = [
            ("GET", r"user", lambda: (200, {"login": self.self})),
            ("GET", r"pulls", lambda: self.list(query)),
            ("POST", r"pulls", lambda: self.create(body)),
            ("GET", r"pulls/(\d+)", lambda n: (200, self.show(int(n)))),
            ("PATCH", r"pulls/(\d+)", lambda n: self.change(int(n), body)),
            ("POST", r"pulls/(\d+)/merge", lambda n: self.merge(int(n), body["head_commit_id"])),
            ("GET", r"pulls/(\d+)/reviews", lambda n: (200, self.reviews.get(int(n), []))),
            ("GET", r"collaborators/([^/]+)/permission", lambda l: (200, {"permission": self.permissions.get(l, "read")})),
            ("GET", r"commits/([0-9a-f]{40})/status", lambda s: self.statuses_of(s)),
        ]
        for wanted, pattern, run in routes:
            match = re.fullmatch(pattern, path)
            if wanted == method and match:
                with self.lock:
                    self.requests.append(f"{method} {path}")
                    return run(*match.groups())
        raise AssertionError(f"nobody asks a forge for {method} {path}")

    # --- http ---

    def handler(self):
        forge = self

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
                if self.headers.get("Authorization") != "token s3cret":
                    self.reply(401, [], b'{"message": "token is required"}')
                    return
                path = url.path.removeprefix("/api/v1/").removeprefix("repos/acme/shop/")
                status, value = forge.answer(self.command, path, urllib.parse.parse_qs(url.query),
                                             json.loads(body or b"null"))
                self.reply(status, [("Content-Type", "application/json")],
                           b"" if value is None else json.dumps(value).encode())

            def smart(self, url, body):
                environment = {"GIT_PROJECT_ROOT": forge.root, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": url.path,
                               "REQUEST_METHOD": self.command, "QUERY_STRING": url.query, "REMOTE_USER": "plumb",
                               "CONTENT_TYPE": self.headers.get("Content-Type", ""), "PATH": os.environ["PATH"],
                               "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1",
                               "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", "")}
                done = subprocess.run([GIT_BACKEND], input=body, env=environment, capture_output=True, check=False)
                head, _, rest = done.stdout.partition(b"\r\n\r\n")
                headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if line]
                status = next((int(v.split()[0]) for n, v in headers if n == "Status"), 200)
                self.reply(status, [h for h in headers if h[0] != "Status"], rest)

            def serve(self):
                url = urllib.parse.urlparse(self.path)
                body = self.body()
                (self.api if url.path.startswith("/api/") else self.smart)(url, body)

            do_GET = do_POST = do_PATCH = serve

        return Handler
