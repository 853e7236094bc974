#!/usr/bin/env python3
"""A release on a real Gitea, from a developer's push to production and back.

Three `plumb run`, one for each account, clone from Gitea over HTTP and poll once an hour: what happens within seconds
happens because a webhook came.  No webhook tells of what another account's ledger says: that is looked at each minute.
"""
import json
import os
import re
import signal
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../end_to_end"))
import gitea

gitea.require("a release on a real Gitea")
import harness
from pulls_test import visible

SECRET = "a secret of thirty-two characters"
SHOP = "plumb-bot/shop"
STAGES = ("beta", "gamma", "prod")
PROMOTIONS = {"gamma": "{from: beta, soak: 1s, approvals: 0, auto: true}",
              "prod": "{from: gamma, approvals: 1, auto: true}"}
ENVIRONMENT = '''\
account: "%s"
region: %s
tags: {team: shop}
drift: {mode: report, every: 1s}
'''
HOSTILE = "Wait longer `x` | @reviewer <script>alert(1)</script> <img src=x onerror=y> ![x](http://evil/x.png) \u202e$(id)"
SECONDS = 30  # for what a webhook brings; a busy machine needs some of them
A_MINUTE = 90  # for what an instance sees by itself


class Story:
    def __init__(self):
        self.server, self.account = gitea.Gitea(), harness.Simulator()
        self.tokens = {name: self.server.user(name) for name in ("plumb-bot", "ann", "reviewer")}
        self.server.api("POST", "user/repos", {"name": "shop", "default_branch": "main"}, self.tokens["plumb-bot"])
        for name in ("ann", "reviewer"):
            self.api("PUT", f"collaborators/{name}", {"permission": "write"})
        self.url = f"{self.server.url}/{SHOP}"
        self.repository = harness.Repository(example=None)
        self.repository.git("config", "user.name", "Ann Example")
        self.repository.git("config", "user.email", "ann@example.com")
        self.repository.git("remote", "add", "origin", self.url.replace("://", f"://ann:{self.tokens['ann']}@"))
        self.running, self.ports = {}, {}

    def close(self):
        for running in self.running.values():
            running.close()
        self.account.close()
        self.repository.close()

    # --- Gitea ---

    def api(self, method, path, body=None, who="plumb-bot"):
        return self.server.api(method, f"repos/{SHOP}/{path}", body, self.tokens[who])

    def pulls(self, branch, state="open"):
        return [p for p in self.api("GET", f"pulls?state={state}&limit=50") if p["head"]["ref"] == branch]

    def ours(self, number):
        """The account of each comment of plumb's, and what it says."""
        bodies = [c["body"] for c in self.api("GET", f"issues/{number}/comments") if c["user"]["login"] == "plumb-bot"]
        accounts = [re.search(r"what a merge does in account (\d+)", visible(b))[1] for b in bodies]
        assert len(set(accounts)) == len(accounts), accounts
        return dict(zip(accounts, map(visible, bodies)))

    def statuses(self, sha):
        return {s["context"]: s["status"] for s in self.api("GET", f"commits/{sha}/status")["statuses"] or []}

    def approve(self, number, who):
        """Gives what Gitea answers: 200, or why not."""
        try:
            self.api("POST", f"pulls/{number}/reviews", {"event": "APPROVED", "body": "Good"}, who)
            return 200
        except urllib.error.HTTPError as error:
            return error.code

    def merge(self, number, who):
        """Gitea says 405 as long as it has not found out whether it can be merged."""
        for _ in range(100):
            try:
                return self.api("POST", f"pulls/{number}/merge", {"Do": "merge"}, who)
            except urllib.error.HTTPError as error:
                said = error.code, error.read().decode()
                time.sleep(0.2)
        raise AssertionError(said)

    # --- Git ---

    def git(self, *arguments):
        return self.repository.git(*arguments)

    def head(self):
        return self.git("rev-parse", "HEAD").strip()

    def main(self, path):
        self.git("fetch", "-q", "origin", "main")
        return self.git("show", f"origin/main:{path}")

    def ledger(self, stage):
        """The events of an account, the newest first."""
        self.git("fetch", "-q", "origin", "+refs/plumb/*:refs/plumb/*")
        refs = self.git("for-each-ref", "--format=%(refname)", f"refs/plumb/{harness.ACCOUNTS[stage]}").split()
        return self.git("log", "--format=%s", *refs, "--").splitlines() if refs else []

    def write_stage(self, stage, revision=None):
        number = harness.ACCOUNTS[stage]
        self.repository.write(f"environments/{stage}/environment.yaml", ENVIRONMENT % (number, harness.REGIONS[stage]))
        text = "template: template.yaml\n"
        if revision:
            text += f"revision: {revision}\npromotion: {PROMOTIONS[stage]}\n"
        self.repository.write(f"environments/{stage}/orders.yaml", text)

    # --- plumb ---

    def variables(self, stage, who="plumb-bot"):
        number, token = harness.ACCOUNTS[stage], self.tokens[who]
        return {"AWS_ACCESS_KEY_ID": number, "AWS_SECRET_ACCESS_KEY": number[::-1], "PLUMB_FORGE": "gitea",
                "PLUMB_FORGE_TOKEN": token, "PLUMB_GIT_TOKEN": token, "PLUMB_REPO": self.url,
                "PLUMB_WEBHOOK_SECRET": SECRET}

    def plumb(self, stage, *arguments, who="plumb-bot"):
        return self.repository.plumb(self.account, *arguments, variables=self.variables(stage, who), expect=0).stdout

    def start(self, stage):
        """`plumb run` of an account, which has Gitea send it webhooks."""
        self.ports[stage] = port = harness.free_port()
        running = harness.Running(self.repository, self.account, "--poll", "1h", "--listen", f"127.0.0.1:{port}",
                                  "--webhook-url", f"http://127.0.0.1:{port}/webhook/shop",
                                  variables=self.variables(stage))
        self.running[stage] = running
        self.wait(lambda: running.told("the forge sends webhooks"), f"{stage} listens")

    def look(self, stage):
        """Asks an instance to look, and gives it time for that."""
        self.plumb(stage, "sync", stage, "--address", f"http://127.0.0.1:{self.ports[stage]}")
        time.sleep(5)

    def heard(self, stage, name):
        """How many webhooks of that name came."""
        return sum(e["event"] == "webhook" and e["name"] == name for e in self.running[stage].events())

    def waits(self, stage, words):
        return any(e["event"] == "promotion waits" and words in e["words"] for e in self.running[stage].events())

    def timeout(self, stage):
        sqs = self.account.client("sqs", stage)
        url = sqs.get_queue_url(QueueName=f"Orders{stage.capitalize()}")["QueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        return int(answer["Attributes"]["VisibilityTimeout"])

    def timeouts(self):
        return [self.timeout(stage) for stage in STAGES]

    def wait(self, what, words, seconds=SECONDS):
        """Waits for it, gives it, and tells how long that took."""
        start = time.monotonic()
        while time.monotonic() < start + seconds:
            found = what()
            if found:
                print(f"{time.monotonic() - start:6.1f} s  {words}", flush=True)
                return found
            time.sleep(0.1)
        for stage, running in self.running.items():
            print(f"--- {stage}", *running.events()[-40:], sep="\n")
        raise AssertionError(f"not within {seconds} s: {words}")


def begin(s):
    """beta has released the first commit; gamma and prod are pinned to it, and three instances are started."""
    s.repository.write("template.yaml", harness.ONE_QUEUE)
    s.write_stage("beta")
    s.repository.commit("The shop")
    s.git("push", "-q", "origin", "main")
    s.first = s.head()
    s.plumb("beta", "apply", "beta")
    for stage in ("gamma", "prod"):
        s.write_stage(stage, s.first)
    s.repository.commit("Two more stages")
    s.git("push", "-q", "origin", "main")
    s.wait(lambda: not s.server.api("GET", f"repos/{SHOP}", None, s.tokens["plumb-bot"])["empty"], "Gitea knows of the push")  # before, it has no pull requests
    for stage in STAGES:
        s.start(stage)
    for stage in STAGES:
        s.wait(lambda: f"{stage}/orders: released {s.first[:7]}" in s.ledger(stage), f"{stage} has the first release")
    assert s.timeouts() == [60, 60, 60]


def push_branch(s, timeout):
    text = s.repository.read("template.yaml")
    s.repository.write("template.yaml", re.sub(r"Timeout: \d+", f"Timeout: {timeout}", text))
    s.repository.commit(f"Wait {timeout} s")
    s.git("push", "-q", "origin", "longer")
    return s.head()


def open_pull(s):
    """Gitea knows of a branch that was pushed a moment later."""
    for _ in range(100):
        try:
            return s.api("POST", "pulls", {"head": "longer", "base": "main", "title": HOSTILE, "body": HOSTILE}, "ann")["number"]
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            time.sleep(0.1)
    raise AssertionError(said)


def review(s):
    """Each instance comments once and sets its status; what is pushed later is in the same comment."""
    s.git("switch", "-q", "-c", "longer")
    for stage in ("gamma", "prod"):
        s.repository.edit(f"environments/{stage}/environment.yaml", "team: shop", "team: orders")
    sha = push_branch(s, 80)
    number = open_pull(s)
    accounts = set(harness.ACCOUNTS.values())
    wanted = {f"plumb/{stage}": "success" for stage in STAGES}
    s.wait(lambda: s.ours(number).keys() == accounts, "each account has its comment")
    s.wait(lambda: s.statuses(sha) == wanted, "each stage has its status")
    comments = s.ours(number)
    assert "| update | Orders | VisibilityTimeout | 60 | 80 |" in comments[harness.ACCOUNTS["beta"]], comments
    for stage in ("gamma", "prod"):
        text = comments[harness.ACCOUNTS[stage]]
        assert "shop" in text and "VisibilityTimeout" not in text, text  # its revision stays: only the tag changes
    sha = push_branch(s, 90)
    s.wait(lambda: "| 60 | 90 |" in s.ours(number)[harness.ACCOUNTS["beta"]], "the comment is brought up to date")
    s.wait(lambda: s.statuses(sha) == wanted, "the new head has its statuses")
    assert s.ours(number).keys() == accounts
    assert s.timeouts() == [60, 60, 60]
    assert s.approve(number, "reviewer") == 200
    return number


def check_page(s, number):
    """What people wrote is text, also where Gitea has rendered it."""
    with urllib.request.urlopen(f"{s.url}/pulls/{number}", timeout=30) as answer:
        page = answer.read().decode()
    for words in ("<script>alert(1)", "<img src=x", "http://evil/x.png\""):
        assert words not in page, words
    assert "@reviewer" in page


def release(s, number):
    """The merge is told by a webhook; beta follows, gamma is promoted when beta is healthy."""
    s.second = s.merge(number, "ann") or s.api("GET", f"pulls/{number}")["merge_commit_sha"]
    s.wait(lambda: s.timeout("beta") == 90, "beta has it: no poll was waited for")
    s.wait(lambda: f"beta/orders: released {s.second[:7]}" in s.ledger("beta"), "beta has recorded it")
    assert s.timeouts() == [90, 60, 60]
    pull, = s.wait(lambda: s.pulls("plumb/promote/gamma-orders", "all"), "gamma is proposed", A_MINUTE)
    assert pull["user"]["login"] == "plumb-bot" and pull["title"] == f"Promote gamma/orders to {s.second[:7]}", pull
    check_page(s, pull["number"])
    s.wait(lambda: s.api("GET", f"pulls/{pull['number']}")["merged"], "gamma is merged", A_MINUTE)
    s.wait(lambda: s.timeout("gamma") == 90, "gamma has it")
    assert f"revision: {s.second}" in s.main("environments/gamma/orders.yaml")


def promote_prod(s):
    """It waits for somebody who is neither plumb nor an author."""
    pull, = s.wait(lambda: s.pulls("plumb/promote/prod-orders"), "prod is proposed", A_MINUTE)
    s.wait(lambda: s.waits("prod", "approved by 0 of 1"), "prod waits for an approval", A_MINUTE)
    number = pull["number"]
    s.wait(lambda: s.statuses(pull["head"]["sha"]).get("plumb/prod") == "success", "the proposal has its status")
    assert s.approve(number, "plumb-bot") == 422  # Gitea itself does not let it approve its own
    heard = s.heard("prod", "pull_request_approved")
    assert s.approve(number, "ann") == 200
    s.wait(lambda: s.heard("prod", "pull_request_approved") > heard, "the author's approval is heard")
    s.look("prod")
    pull = s.api("GET", f"pulls/{number}")
    assert not pull["merged"] and s.timeouts() == [90, 90, 60], pull
    assert s.approve(number, "reviewer") == 200
    s.wait(lambda: s.api("GET", f"pulls/{number}")["merged"], "the approval is heard, and prod merged")
    s.wait(lambda: s.timeout("prod") == 90, "prod has it")
    s.wait(lambda: f"prod/orders: released {s.second[:7]}" in s.ledger("prod"), "prod has recorded it")
    assert s.running["prod"].told("promoted", words="approved by 1 of 1 that are needed: reviewer")


def roll_back(s):
    """By a pull request of a person; what is undone is not promoted again."""
    told = s.plumb("prod", "rollback", "prod/orders", who="reviewer")
    assert f"prod/orders: back from {s.second[:7]} to {s.first[:7]}: {s.url}/pulls/" in told, told
    pull, = s.pulls("plumb/rollback/prod-orders")
    assert pull["user"]["login"] == "reviewer", pull
    s.merge(pull["number"], "reviewer")
    s.wait(lambda: s.timeout("prod") == 60, "prod is back")
    s.wait(lambda: s.ledger("prod")[0] == f"prod/orders: released {s.first[:7]}", "prod has recorded it")
    s.look("prod")
    answer = json.loads(s.plumb("prod", "promote", "gamma", "prod", "-o", "json"))["applications"][0]
    assert answer["state"] == "nothing" and f"{s.second[:7]} is held since" in answer["reasons"][0], answer
    assert not s.pulls("plumb/promote/prod-orders")
    assert f"revision: {s.first}" in s.main("environments/prod/orders.yaml")
    assert s.timeouts() == [90, 90, 60]


def end(s):
    for stage, running in s.running.items():
        status, _ = running.send(signal.SIGTERM)
        assert status == 0, stage
        wrong = [e for e in running.events() if e["level"] == "error"]
        assert not wrong, (stage, wrong)
    s.close()


def main():
    s = Story()
    begin(s)
    number = review(s)
    release(s, number)
    promote_prod(s)
    roll_back(s)
    end(s)
    print("ok")


if __name__ == "__main__":
    main()
