#!/usr/bin/env python3
"""Every operation of gitsync/forge.h against a real Gitea."""
import http.server
import json
import sys
import threading
import time
import urllib.error
import urllib.request

import gitea
from client import Client, refused

SECRET = "a secret of the webhook"


def world():
    """A repository of plumb-bot, with a reviewer who may write, a reader, and somebody who forks it."""
    server = gitea.Gitea()
    w = {"server": server, "repository": "plumb-bot/orders"}
    for name in ("plumb-bot", "reviewer", "reader", "stranger"):
        w[name] = server.user(name)
    w["url"] = server.repository("plumb-bot", "orders", w["plumb-bot"])
    for name, permission in (("reviewer", "write"), ("reader", "read")):
        server.api("PUT", f"repos/{w['repository']}/collaborators/{name}", {"permission": permission}, w["plumb-bot"])
    return w


def open_client(w, token=None, **options):
    return Client(**{"kind": "gitea", "repository": w["url"], "token": token or w["plumb-bot"], **options})


def branch(w, name, text="x", path="a.txt", repository=None, token=None):
    return w["server"].commit(repository or w["repository"], "main", path, text, token or w["plumb-bot"],
                              new_branch=name)


def review(w, number, commit, event, who="reviewer"):
    return w["server"].api("POST", f"repos/{w['repository']}/pulls/{number}/reviews",
                           {"event": event, "body": "words", "commit_id": commit}, w[who])


def check_who(w):
    with open_client(w) as c:
        assert c.opened == {"name": "Gitea", "repository": "plumb-bot/orders"}, c.opened
        assert c.self() == "plumb-bot"
        assert c.git_token() == w["plumb-bot"]
        assert [c.permission(login=n) for n in ("plumb-bot", "reviewer", "reader", "stranger", "nobody-at-all")] == \
            ["admin", "write", "read", "read", "none"]  # the repository is public


def check_pulls(w):
    sha = branch(w, "promote/prod", "one", "promote.txt")
    with open_client(w) as c:
        assert c.pulls() == []
        p = c.open_pull(head="promote/prod", base="main", title="Promote orders", body="line 1\nline 2 \u00e9 <b>")
        assert (p["head_sha"], p["head_ref"], p["base_ref"], p["fork"], p["draft"], p["author"], p["state"]) == \
            (sha, "promote/prod", "main", False, False, "plumb-bot", "open"), p
        assert p["title"] == "Promote orders" and p["body"] == "line 1\nline 2 \u00e9 <b>"
        assert len(p["base_sha"]) == 40 and abs(p["updated_ms"] / 1000 - time.time()) < 60
        assert p["url"] == f"{w['url']}/pulls/{p['number']}"
        again = c.open_pull(head="promote/prod", base="main", title="Promote orders to prod", body="other")
        assert (again["number"], again["title"]) == (p["number"], "Promote orders to prod")
        c.update_pull(number=p["number"], title="Third title", body="")
        now = c.pull(number=p["number"])
        assert (now["title"], now["body"]) == ("Third title", ""), now
        w["server"].api("POST", f"repos/{w['repository']}/labels", {"name": "plumb", "color": "#00aabb"},
                        w["plumb-bot"])
        w["server"].api("POST", f"repos/{w['repository']}/issues/{p['number']}/labels", {"labels": ["plumb"]},
                        w["plumb-bot"])
        assert [q["labels"] for q in c.pulls(base="main")] == [["plumb"]]
        assert c.pulls(head="other") == [] and c.pulls(base="other") == []
        assert [q["number"] for q in c.pulls(head="promote/prod")] == [p["number"]]
        refused("not found", "404", c.pull, number=999)
        refused("invalid", "", c.open_pull, head="", base="main", title="x", body="")
        refused("not found", "404", c.open_pull, head="no-such-branch", base="main", title="x", body="")
        c.close_pull(number=p["number"])
        c.close_pull(number=p["number"])
        assert c.pull(number=p["number"])["state"] == "closed" and c.pulls() == []


def check_fork(w):
    server = w["server"]
    server.api("POST", f"repos/{w['repository']}/forks", {}, w["stranger"])
    branch(w, "promote/fork", "evil", "evil.txt", "stranger/orders", w["stranger"])
    server.api("POST", f"repos/{w['repository']}/pulls", {"title": "WIP: Mine", "head": "stranger:promote/fork",
                                                          "base": "main"}, w["stranger"])
    with open_client(w) as c:
        p, = c.pulls()
        assert p["fork"] and p["draft"] and p["author"] == "stranger" and p["head_ref"] == "promote/fork", p
        assert c.pulls(head="promote/fork") == []  # a fork's branch is not ours
        c.close_pull(number=p["number"])


def check_many(w):
    """More than a page of statuses: none that is there is written again."""
    sha = branch(w, "many", "x", "many.txt")
    path = f"repos/{w['repository']}/statuses/{sha}"
    for i in range(53):
        w["server"].api("POST", path, {"context": f"c{i}", "state": "success"}, w["plumb-bot"])
    with open_client(w) as c:
        for i in (0, 1, 25, 51, 52):
            c.set_status(sha=sha, context=f"c{i}", state="success")
    path = f"repos/{w['repository']}/commits/{sha}/statuses?limit=50&page=2"
    told = w["server"].api("GET", path, token=w["plumb-bot"])
    assert len(told) == 3, told


def check_merge(w):
    for method in ("merge", "squash", "rebase"):
        sha = branch(w, "m-" + method, method, method + ".txt")
        with open_client(w) as c:
            p = c.open_pull(head="m-" + method, base="main", title="Merge " + method, body="")
            stale = refused("conflict", "", c.merge_pull, number=p["number"], head_sha="0" * 40, method=method)
            assert "another head" in stale, stale
            merged = c.merge_pull(number=p["number"], head_sha=sha, method=method, title="Title of " + method,
                                  message="Message of it")
            now = c.pull(number=p["number"])
            assert now["state"] == "merged" and now["merge_sha"] == merged and len(merged) == 40, (now, merged)
            main = w["server"].api("GET", f"repos/{w['repository']}/branches/main", token=w["plumb-bot"])["commit"]
            assert main["id"] == merged, (main["id"], merged)
            if method != "rebase":
                assert main["message"].startswith("Title of " + method) and "Message of it" in main["message"], main
            assert c.merge_pull(number=p["number"], head_sha=sha, method=method) == merged  # done already
            assert c.read_file(path=method + ".txt", ref=merged) == method
    # What cannot be merged: both sides wrote the same file.
    sha = branch(w, "clash", "theirs", "clash.txt")
    w["server"].commit(w["repository"], "main", "clash.txt", "ours", w["plumb-bot"])
    with open_client(w) as c:
        p = c.open_pull(head="clash", base="main", title="Clash", body="")
        refused("conflict", "", c.merge_pull, number=p["number"], head_sha=sha)
        c.close_pull(number=p["number"])
        refused("conflict", "closed", c.merge_pull, number=p["number"], head_sha=sha)


def check_protected(w):
    """A branch that wants an approval."""
    server, repository = w["server"], w["repository"]
    server.api("POST", f"repos/{repository}/branch_protections",
               {"rule_name": "main", "required_approvals": 1, "dismiss_stale_approvals": True}, w["plumb-bot"])
    sha = branch(w, "careful", "x", "careful.txt")
    with open_client(w) as c:
        p = c.open_pull(head="careful", base="main", title="Careful", body="")
        message = refused("conflict", "", c.merge_pull, number=p["number"], head_sha=sha)
        assert "405" in message, message
        review(w, p["number"], sha, "APPROVED")
        c.merge_pull(number=p["number"], head_sha=sha)
    server.api("DELETE", f"repos/{repository}/branch_protections/main", token=w["plumb-bot"])


def check_comments(w):
    branch(w, "talk", "x", "talk.txt")
    with open_client(w) as c:
        n = c.open_pull(head="talk", base="main", title="Talk", body="")["number"]
        # Somebody copies our marker.
        w["server"].api("POST", f"repos/{w['repository']}/issues/{n}/comments",
                        {"body": "<!-- plumb plan:prod/orders -->\nnot plumb's"}, w["reader"])
        first = c.put_comment(number=n, marker="plan:prod/orders", body="2 changes")
        assert c.put_comment(number=n, marker="plan:prod/orders", body="3 changes\n\n* a\n") == first
        assert c.put_comment(number=n, marker="plan:prod/orders", body="3 changes\n\n* a\n") == first
        other = c.put_comment(number=n, marker="plan:prod/orders-2", body="another")
        assert other != first
        said = c.comments(number=n)
        assert [(s["author"], s["body"]) for s in said] == [
            ("reader", "<!-- plumb plan:prod/orders -->\nnot plumb's"),
            ("plumb-bot", "<!-- plumb plan:prod/orders -->\n3 changes\n\n* a\n"),
            ("plumb-bot", "<!-- plumb plan:prod/orders-2 -->\nanother")], said
        refused("invalid", "no marker", c.put_comment, number=n, marker="a --> b", body="x")
        refused("unavailable", "500", c.put_comment, number=999, marker="a", body="x")  # Gitea's own way
        c.close_pull(number=n)


def check_reviews(w):
    server = w["server"]
    sha = branch(w, "see", "x", "see.txt")
    with open_client(w) as c:
        n = c.open_pull(head="see", base="main", title="See", body="")["number"]
        assert c.reviews(number=n) == []
        review(w, n, sha, "REQUEST_CHANGES")
        review(w, n, sha, "APPROVED", "reader")
        assert [(r["author"], r["state"], r["commit"]) for r in c.reviews(number=n)] == [
            ("reader", "approved", sha), ("reviewer", "changes requested", sha)]
        last = review(w, n, sha, "APPROVED")
        review(w, n, sha, "COMMENT")
        told = c.reviews(number=n)
        assert [(r["author"], r["state"]) for r in told] == [("reader", "approved"), ("reviewer", "approved")]
        assert abs(told[0]["time_ms"] / 1000 - time.time()) < 60
        server.api("POST", f"repos/{w['repository']}/pulls/{n}/reviews/{last['id']}/dismissals",
                   {"message": "no"}, w["plumb-bot"])
        assert [(r["author"], r["state"]) for r in c.reviews(number=n)] == [
            ("reader", "approved"), ("reviewer", "dismissed")]
        new = server.commit(w["repository"], "see", "see.txt", "changed", w["plumb-bot"])
        assert c.pull(number=n)["head_sha"] == new and c.reviews(number=n)[0]["commit"] == sha
        c.close_pull(number=n)


def check_statuses(w):
    sha = branch(w, "state", "x", "state.txt")
    path = f"repos/{w['repository']}/commits/{sha}/statuses"
    with open_client(w) as c:
        for state in ("pending", "failure", "error", "success", "success"):
            c.set_status(sha=sha, context="plumb/prod/orders", state=state, description="d" * 200,
                         url="https://example.com/x")
        c.set_status(sha=sha, context="plumb/beta/orders", state="pending")
        told = w["server"].api("GET", path + "?sort=oldest", token=w["plumb-bot"])
        assert sorted((t["context"], t["status"]) for t in told) == [
            ("plumb/beta/orders", "pending"), ("plumb/prod/orders", "error"), ("plumb/prod/orders", "failure"),
            ("plumb/prod/orders", "pending"), ("plumb/prod/orders", "success")], told
        assert {t["description"] for t in told} == {"", "d" * 139 + "\u2026"}
        assert {t["target_url"] for t in told} == {"", "https://example.com/x"}
        refused("invalid", "https", c.set_status, sha=sha, context="a", state="success", url="http://example.com")
        refused("invalid", "commit id", c.set_status, sha="main", context="a", state="success")
        refused("not found", "404", c.set_status, sha="0" * 40, context="a", state="success")


def check_files(w):
    with open_client(w) as c:
        sha = branch(w, "files", "{\"a\": 1}\n", "dir with space/\u00e9#%.json")
        assert c.read_file(path="dir with space/\u00e9#%.json", ref="files") == "{\"a\": 1}\n"
        assert c.read_file(path="dir with space/\u00e9#%.json", ref=sha) == "{\"a\": 1}\n"
        refused("not found", "404", c.read_file, path="none.json", ref="files")
        refused("not found", "404", c.read_file, path="README.md", ref="no-such")
        refused("invalid", "no file", c.read_file, path="dir with space", ref="files")
        refused("invalid", "no path", c.read_file, path="../x", ref="files")
        refused("out of memory", "", c.read_file, path="dir with space/\u00e9#%.json", ref="files", max=3)


def listen():
    """A receiver of webhooks; `got` has what came."""
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/hooks/plumb", got


def check_webhook(w):
    import hashlib
    import hmac
    url, got = listen()
    path = f"repos/{w['repository']}/hooks"
    other = {"url": "http://127.0.0.1:1/other", "content_type": "json"}
    w["server"].api("POST", path, {"type": "gitea", "config": other, "events": ["push"], "active": True},
                    w["plumb-bot"])
    with open_client(w) as c:
        c.ensure_webhook(url=url, secret="an older secret of it")
        c.ensure_webhook(url=url, secret=SECRET)
        hooks = w["server"].api("GET", path, token=w["plumb-bot"])
        mine, = [h for h in hooks if h["config"]["url"] == url]
        assert len(hooks) == 2 and mine["active"] and {"push", "pull_request", "pull_request_comment",
                                                       "pull_request_review"} - set(mine["events"]) == set(), mine
        refused("invalid", "https", c.ensure_webhook, url="http://example.com/x", secret=SECRET)
        refused("invalid", "secret", c.ensure_webhook, url=url, secret="short")
    branch(w, "hooked", "x", "hooked.txt")
    for _ in range(300):  # what was pushed before may come late
        pushed = [g for g in list(got) if json.loads(g[1]).get("ref") == "refs/heads/hooked"]
        if pushed:
            break
        time.sleep(0.1)
    headers, body = pushed[0]
    assert headers["X-Gitea-Signature"] == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def losing(w):
    """A proxy before Gitea that lets the first request of each kind in `lose` through and loses its answer."""
    lose, lost = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "connection")}
            request = urllib.request.Request(w["server"].url + self.path, data=body or None, method=self.command,
                                             headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    status, text = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, text = error.code, error.read()
            kind = f"{self.command} {self.path.rstrip('0123456789').rsplit('/', 1)[-1]}"
            self.close_connection = True
            if kind in lose:
                lose.remove(kind)
                lost.append((kind, status))
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = forward

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/api/v1", lose, lost


def check_lost(w):
    """Each write is done once, though its first answer is lost."""
    api, lose, lost = losing(w)
    sha, url = branch(w, "lost", "x", "lost.txt"), "http://127.0.0.1:1/lost"
    with open_client(w, api=api) as c:
        lose += ["POST pulls"]
        n = c.open_pull(head="lost", base="main", title="Lost", body="")["number"]
        assert [p["number"] for p in c.pulls(head="lost")] == [n]
        lose += ["POST comments", "PATCH "]
        c.put_comment(number=n, marker="m", body="one")
        c.put_comment(number=n, marker="m", body="two")
        assert [s["body"] for s in c.comments(number=n)] == ["<!-- plumb m -->\ntwo"]
        lose += ["POST hooks"]
        c.ensure_webhook(url=url, secret=SECRET)
        c.ensure_webhook(url=url, secret=SECRET)
        hooks = w["server"].api("GET", f"repos/{w['repository']}/hooks", token=w["plumb-bot"])
        assert [h["config"]["url"] for h in hooks].count(url) == 1, hooks
        lose += ["POST merge"]
        main = w["server"].api("GET", f"repos/{w['repository']}/branches/main", token=w["plumb-bot"])["commit"]["id"]
        merged = c.merge_pull(number=n, head_sha=sha)
        now = w["server"].api("GET", f"repos/{w['repository']}/branches/main", token=w["plumb-bot"])["commit"]["id"]
        assert now == merged != main
        c.close_pull(number=n)
    assert [k for k, _ in lost] == ["POST pulls", "POST comments", "PATCH ", "POST hooks", "POST merge"], lost


def check_refusals(w):
    server = w["server"]
    with open_client(w, token="0" * 40) as c:
        message = refused("denied", "does not accept the token", c.pulls)
        assert "0" * 40 not in message
    with open_client(w, token=server.token("plumb-bot", "read:repository,read:issue")) as c:
        assert isinstance(c.pulls(), list)
        refused("denied", "the scope read:user", c.self)
        sha = branch(w, "denied", "x", "denied.txt")
        refused("denied", "write:repository", c.set_status, sha=sha, context="a", state="success")
        refused("denied", "write:repository", c.open_pull, head="denied", base="main", title="t", body="")
    with open_client(w, token=w["reader"]) as c:
        refused("denied", "the scope", c.ensure_webhook, url="https://example.com/x", secret=SECRET)
        refused("denied", "", c.permission, login="reviewer")
    server.api("PATCH", f"repos/{w['repository']}", {"private": True}, w["plumb-bot"])
    with open_client(w, token=w["stranger"]) as c:
        refused("not found", "does not show it", c.pulls)
    server.api("PATCH", f"repos/{w['repository']}", {"private": False}, w["plumb-bot"])
    server.api("PATCH", f"repos/{w['repository']}", {"name": "renamed"}, w["plumb-bot"])
    with open_client(w) as c:
        refused("not found", "another address", c.pulls)
    server.api("PATCH", "repos/plumb-bot/renamed", {"name": "orders"}, w["plumb-bot"])


def main():
    gitea.require("every operation on a real Gitea")
    w = world()
    for check in (check_who, check_pulls, check_fork, check_merge, check_protected, check_comments, check_reviews,
                  check_statuses, check_files, check_webhook, check_lost, check_refusals, check_many):
        start = time.monotonic()
        check(w)
        print(f"{check.__name__}: passed ({time.monotonic() - start:.1f} s)")


if __name__ == "__main__":
    try:
        main()
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.url}: {error.code}: {error.read().decode()[:1000]}")
