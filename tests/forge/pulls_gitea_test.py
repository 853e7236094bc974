#!/usr/bin/env python3
"""Pull requests on a real Gitea: what hostile names look like when it has rendered the comment, and an approval."""
import html.parser
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../end_to_end"))
import gitea

gitea.require("pull requests on a real Gitea")
import harness
import pulls_test

ACCOUNT, REGION = pulls_test.ACCOUNT, pulls_test.REGION
EVIL = "<script>alert(1)</script> `x` | @reviewer #1 ![x](http://evil/x.png) [y](http://evil) https://evil www.evil.com " \
       "</code></td></table><img src=x onerror=y> :tada: **b** &lt; a@evil.com 0123456789abcdef0123456789abcdef01234567"
TAGS = {"h3", "h4", "p", "code", "strong", "table", "thead", "tbody", "tr", "th", "td", "details", "summary",
        "blockquote", "ul", "li", "sub", "br", "div", "span", "svg", "path"}


class Page(html.parser.HTMLParser):
    """Counts tags and cells, and keeps the text."""

    def __init__(self):
        super().__init__()
        self.tags, self.rows, self.words = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1

    def handle_data(self, data):
        self.words.append(data)


def topic(**properties):
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def write(repository, resources):
    repository.write("template.json", json.dumps({"Resources": resources}))
    repository.commit("Change")
    return repository.git("rev-parse", "HEAD").strip()


def push(repository, server, token, *refs):
    repository.git("push", "-q", "-f", server.url.replace("http://", f"http://plumb-bot:{token}@") + "/plumb-bot/shop", *refs)


def open_pull(server, token):
    """Gitea knows of a branch that was pushed a moment later."""
    for _ in range(100):
        try:
            return server.api("POST", "repos/plumb-bot/shop/pulls", {
                "head": "evil-branch", "base": "main", "title": EVIL[:200], "body": EVIL}, token)["number"]
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            time.sleep(0.1)
    raise AssertionError(said)


def rendered(server, number):
    """The comment of plumb as the page of the pull request has it."""
    with urllib.request.urlopen(f"{server.url}/plumb-bot/shop/pulls/{number}", timeout=30) as answer:
        text = answer.read().decode()
    parts = [part.partition('<div id="issuecomment-')[0]
             for part in text.split('<div class="render-content markup" >')]
    found = [part for part in parts if "plumb: what a merge does" in part]
    assert len(found) == 1, len(parts)
    page = Page()
    page.feed(re.sub(r"</div>\s*$", "", found[0]))
    return page


def check_page(page):
    unknown = {tag for tag, _ in page.tags} - TAGS
    assert not unknown, unknown
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name in ("href", "src") for name in attributes), (tag, attributes)
    assert set(page.rows) == {5}, page.rows
    assert "<script>alert(1)</script>" in "".join(page.words)


def main():
    server, account = gitea.Gitea(), harness.Simulator()
    tokens = {name: server.user(name) for name in ("plumb-bot", "ann", "reviewer")}
    server.api("POST", "user/repos", {"name": "shop", "default_branch": "main"}, tokens["plumb-bot"])
    for name in ("ann", "reviewer"):
        server.api("PUT", f"repos/plumb-bot/shop/collaborators/{name}", {"permission": "write"}, tokens["plumb-bot"])
    repository = harness.Repository(example=None)
    repository.write("environments/beta/environment.yaml", json.dumps({
        "account": ACCOUNT, "region": REGION, "pullRequests": {"approvers": ["reviewer"], "apply": "ask"}}))
    repository.write("environments/beta/shop.yaml", json.dumps({"template": "template.json"}))
    write(repository, {"Topic": topic(DisplayName="one")})
    repository.plumb(account, "apply", expect=0)
    repository.git("switch", "-q", "-c", "evil-branch")
    sha = write(repository, {"Topic": topic(DisplayName=EVIL), "Other": topic(DisplayName=EVIL)})
    repository.git("switch", "-q", "main")
    push(repository, server, tokens["plumb-bot"], "main", "evil-branch")
    number = open_pull(server, tokens["ann"])

    os.environ["PLUMB_FORGE_TOKEN"] = tokens["plumb-bot"]
    environment = repository.environment
    repository.environment = lambda a: dict(environment(a), PLUMB_FORGE_TOKEN=tokens["plumb-bot"])
    client = pulls_test.Client(repository, account, type("At", (), {"page": server.url + "/plumb-bot/shop"}))

    def ours():
        all_of_them = server.api("GET", f"repos/plumb-bot/shop/issues/{number}/comments")
        found = [c["body"] for c in all_of_them if c["user"]["login"] == "plumb-bot"]
        assert len(found) == 1, found
        return found[0]

    def state():
        return server.api("GET", f"repos/plumb-bot/shop/commits/{sha}/status")["statuses"][0]["status"]

    assert client.ask("pass") == {"done": "pass"}
    body = ours()
    check_page(rendered(server, number))
    assert state() == "pending", state()
    shown = re.search(r"<code>([0-9a-f]{12})</code> \|", body)[1]
    server.api("POST", f"repos/plumb-bot/shop/issues/{number}/comments", {"body": f"plumb approve beta/shop {shown}"},
               tokens["ann"])
    server.api("POST", f"repos/plumb-bot/shop/issues/{number}/comments", {"body": f"plumb approve beta/shop {shown}"},
               tokens["reviewer"])
    assert client.ask("pass") == {"done": "pass"}
    text = pulls_test.visible(ours())
    assert f"- reviewer: plumb approve beta/shop {shown} - approved beta/shop {shown}" in text, text
    assert "- ann: " in text and "does not name them" in text, text
    check_page(rendered(server, number))
    assert state() == "success", state()
    repository.git("merge", "-q", "--no-ff", "--no-edit", "evil-branch")
    assert client.ask("check beta shop") == {"goes": ""}
    client.close()
    repository.close()
    account.close()
    print("ok")


if __name__ == "__main__":
    main()
