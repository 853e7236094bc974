#!/usr/bin/env python3
"""Pull requests: the comment, the statuses, the commands, and what is applied after a merge.  A forge that answers
as Gitea does, the simulator, and plumb's own passes."""
import json
import os
import re
import subprocess
import time
import unittest

import changes_test
from changes_test import ACCOUNT, REGION, function, name, queue, role, table, topic
from fake_gitea import FakeGitea

CLIENT = os.environ.get("PLUMB_PULLS_CLIENT", os.path.join(
    os.path.dirname(changes_test.harness.PLUMB), "tests/pulls_client"))


class Client:
    """The program of the passes."""

    def __init__(self, repository, account, gitea, whose=ACCOUNT):
        self.process = subprocess.Popen(
            [CLIENT, repository.path, gitea.page, whose], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=repository.environment(account))

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError("the client ended: " + self.process.stderr.read())
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        said = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        if self.process.returncode:
            raise AssertionError(f"the client ended with {self.process.returncode}: {said}")
        return said


def visible(body):
    """As a reader sees it, nearly: entities read, the hidden lines gone."""
    text = re.sub(r"<!--.*?-->", "", body)
    text = re.sub(r"</?(code|strong|sub|details|summary)>|<br>", "", text)
    return re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), text).replace("\u200b", "")


class Pulls(changes_test.Changes):
    def setUp(self):
        super().setUp()
        self.gitea = FakeGitea()
        self.addCleanup(self.gitea.close)
        self.client_process = None

    def tearDown(self):
        if self.client_process:
            self.client_process.close()

    def ask(self, line):
        if not self.client_process:
            self.client_process = Client(self.repository, self.account, self.gitea)
        return self.client_process.ask(line)

    def passes(self):
        self.assertEqual(self.ask("pass"), {"done": "pass"})

    def passes_when_quiet(self):
        """The second of the last change is over: nothing can be said in it any more."""
        self.passes()
        time.sleep(1.1)
        self.passes()

    def policy(self, **pull_requests):
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": REGION, "pullRequests": pull_requests}))
        self.repository.commit("Policy")

    def branch(self, branch, resources, number=7, new=True, **others):
        """A branch off main with this template, as a pull request; main is checked out again."""
        self.repository.git("switch", "-q", *(["-c"] if new else []), branch)
        self.commit(resources, allow=others.pop("allow", None))
        sha = self.repository.git("rev-parse", "HEAD").strip()
        self.repository.git("switch", "-q", "main")
        if number in self.gitea.pulls:
            self.gitea.push(number, sha)
        else:
            self.gitea.open_pull(number, branch, sha, **others)
        return sha

    def comment(self, number=7):
        bodies = self.gitea.ours(number)
        self.assertEqual(len(bodies), 1, bodies)
        return visible(bodies[0])

    def hash(self, number=7):
        return re.search(r"\| ([0-9a-f]{12})( approved)? \|", self.comment(number))[1]

    def reads(self):
        log = self.account.requests()
        return [r for r in log if r["service"] != "sts"]

    def merge(self, branch):
        self.repository.git("merge", "-q", "--no-ff", "--no-edit", branch)
        self.gitea.close_pull(7, merged=True)


class Comment(Pulls):
    def test_one_comment_and_one_status(self):
        self.release({"Topic": topic(), "Queue": queue(VisibilityTimeout=30)})
        sha = self.branch("longer", {"Topic": topic(), "Queue": queue(VisibilityTimeout=60), "More": topic()})
        written = self.account.mutating()
        self.passes()
        text = self.comment()
        self.assertIn("plumb: what a merge does in account 111111111111", text)
        self.assertRegex(text, r"\| 🟢 beta \| shop \| 1 to create, 1 to update \| - \| [0-9a-f]{12} \|")
        self.assertIn("| update | Queue | VisibilityTimeout | 30 | 60 | ", text)
        self.assertIn("| new | More | AWS::SNS::Topic |", text)
        self.assertEqual(self.gitea.status(sha), {"plumb/beta": ("success", "shop: 1 to create, 1 to update")})
        self.assertEqual(self.account.mutating(), written)  # only reads

        # As it was: the list alone, after one more look at the comments, which our own comment has moved.
        self.passes_when_quiet()
        self.gitea.asked.clear()
        reads = len(self.reads())
        self.passes()
        self.assertEqual(self.gitea.asked, ["GET pulls"])
        self.assertEqual(len(self.reads()), reads)

        # After a start it is planned once, and nothing is said again.
        self.ask("forget")
        self.gitea.asked.clear()
        self.passes()
        self.assertGreater(len(self.reads()), reads)
        self.assertEqual([w for w in self.gitea.writes() if "statuses" in w], [])
        self.comment()

        # A new head brings the same comment up to date.
        sha = self.branch("longer", {"Topic": topic(), "Queue": queue(VisibilityTimeout=90)}, new=False)
        self.passes()
        self.assertIn("| 30 | 90 | ", self.comment())
        self.assertNotIn("More", self.comment())
        self.assertEqual(self.gitea.status(sha), {"plumb/beta": ("success", "shop: 1 to update")})

    def test_what_touches_nothing_is_not_spoken_of(self):
        self.release({"Topic": topic()})
        self.repository.git("switch", "-q", "-c", "words")
        self.repository.write("README.md", "words\n")
        self.repository.commit("Words")
        sha = self.repository.git("rev-parse", "HEAD").strip()
        self.repository.git("switch", "-q", "main")
        self.gitea.open_pull(7, "words", sha)
        self.passes()
        self.assertEqual(self.gitea.writes(), [])

    def test_it_is_judged_as_it_would_be_merged(self):
        self.release({"Topic": topic(), "Queue": queue(VisibilityTimeout=30)})
        self.branch("more", {"Topic": topic(), "Queue": queue(VisibilityTimeout=30), "More": topic()})
        self.passes()
        self.assertIn("1 to create", self.comment())
        # Main moves, also elsewhere in the template: the pull request does not take that back.
        text = self.repository.read("template.json").replace("30", "45")
        self.repository.write("template.json", text)
        self.repository.commit("45")
        self.passes()
        self.assertIn("| 30 | 45 | ", self.comment())
        self.apply()
        self.passes()
        self.assertNotIn("VisibilityTimeout", self.comment())
        self.assertIn("1 to create", self.comment())

    def test_conflicts_are_said(self):
        self.release({"Queue": queue(VisibilityTimeout=30)})
        sha = self.branch("sixty", {"Queue": queue(VisibilityTimeout=60)})
        self.release({"Queue": queue(VisibilityTimeout=45)})
        self.passes()
        self.assertIn("It cannot be merged as it is", self.comment())
        self.assertIn("- template.json", self.comment())
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "pending")

    def test_what_is_lost_comes_first(self):
        self.release({"Table": table(), "Queue": queue(), "Topic": topic(TopicName="one")})
        sha = self.branch("other", {"Table": table(key="name"), "Topic": topic(TopicName="two")},
                          allow={"replace": ["Table"], "delete": ["Queue"], "manyDeletes": True})
        self.passes()
        text = self.comment()
        order = [text.index(part) for part in (
            "| 🔴 beta", "> Replaced: Table AWS::DynamoDB::Table", "> Deleted: Queue AWS::SQS::Queue",
            "What it costs to be wrong", "All changes:")]
        self.assertEqual(order, sorted(order))
        self.assertIn("All items in it are lost; without a backup there is no way back. Because of KeySchema", text)
        self.assertIn("Messages in it are lost; there is no way back.", text)
        self.assertIn("A new one takes its place: who knows it by its name or ARN", text)
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "success")

        # Without the mark in Git a merge would be held.
        sha = self.branch("other", {"Topic": topic(TopicName="one"), "Queue": queue()}, new=False)
        self.passes()
        self.assertIn("Held: would not be done as things are", self.comment())
        self.assertIn("Table: deleting it would lose its data: add it to allow.delete", self.comment())
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "failure")

    def test_what_somebody_did_by_hand_is_shown(self):
        self.release({"Queue": queue(VisibilityTimeout=30, DelaySeconds=1), "Topic": topic(DisplayName="one")})
        sqs = self.client("sqs")
        sqs.set_queue_attributes(QueueUrl=self.queue_url(name("Queue")),
                                 Attributes={"VisibilityTimeout": "31", "DelaySeconds": "7"})
        self.branch("sixty", {"Queue": queue(VisibilityTimeout=60, DelaySeconds=1),
                              "Topic": topic(DisplayName="two")})
        self.passes()
        text = self.comment()
        self.assertIn("Somebody changed this by hand, and a merge would overwrite it.", text)
        self.assertIn("| Queue | VisibilityTimeout | 31 | 30 | 60 | ", text)
        self.assertIn("| Queue | DelaySeconds | 7 | 1 | 1 | ", text)
        self.assertIn("overwrites 2 changes made by hand", text)
        self.assertNotIn("| Topic | DisplayName | one | one |", text)

    def test_no_secret_is_shown(self):
        clear, by_hand = "hunter2-Zm9vYmFy", "sesame-cXV1eA"
        self.client("secretsmanager").create_secret(Name="db", SecretString=clear)
        resolved = {"Variables": {"PASSWORD": "{{resolve:secretsmanager:db}}", "AA": "1"}}
        self.release({"Role": role(), "Function": function(Environment=resolved)})
        fn = self.client("lambda")
        fn.update_function_configuration(FunctionName=name("Function"), Environment={
            "Variables": {"PASSWORD": clear, "AA": "2", "API_TOKEN": by_hand}})
        self.branch("plain", {"Role": role(), "Function": function(
            Environment={"Variables": {"PASSWORD": "in the open", "AA": "3"}})})
        self.passes()
        text = self.comment()
        self.assertIn("Environment.Variables.PASSWORD", text)
        self.assertIn("| Function | Environment.Variables.AA | 2 | 1 | 3 | ", text)
        said = self.client_process.close()
        self.client_process = None
        for secret in (clear, by_hand):
            self.assertNotIn(secret, json.dumps(self.gitea.comments))
            self.assertNotIn(secret, json.dumps(self.gitea.statuses))
            self.assertNotIn(secret, said)

    def test_nothing_escapes_its_place(self):
        evil = "<script>alert(1)</script> `x` | @ann ![x](http://evil) \n# title\n</code><img src=x onerror=y>\x1b[31m"
        self.release({"Topic": topic(DisplayName="one")})
        sha = self.branch("e" + "vil/$(id)", {"Topic": topic(DisplayName=evil)},
                          title="<script>alert(2)</script> @all", body="plumb approve")
        self.passes()
        body = self.gitea.ours(7)[0]
        for text in ("<script", "<img", "@ann", "![x]", "http:", "\x1b", "\n# title", "@all"):
            self.assertNotIn(text, body)
        self.assertIn("alert", visible(body))
        rows = [line for line in body.splitlines() if "DisplayName" in line]
        self.assertEqual([row.count("|") for row in rows], [6])
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "success")

    def test_a_mistake_is_told(self):
        self.release({"Topic": topic()})
        sha = self.branch("wrong", {"Topic": changes_test.resource("SNS::Topik")})
        self.passes()
        self.assertIn("It cannot be planned, so a merge could not be applied.", self.comment())
        self.assertIn("AWS::SNS::Topik", self.comment())
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "failure")

    def test_one_ones_trouble_is_its_own(self):
        self.release({"Topic": topic()})
        self.branch("one", {"Topic": topic(), "One": topic()}, number=7)
        self.branch("two", {"Topic": topic(), "Two": topic()}, number=8)
        self.gitea.failures["POST issues/7/comments"] = 422
        self.passes()
        self.assertEqual(self.gitea.ours(7), [])
        self.assertIn("Two", self.comment(8))
        self.gitea.failures.clear()
        self.passes()
        self.assertIn("One", self.comment(7))

    def test_a_token_that_is_not_accepted(self):
        self.release({"Topic": topic()})
        self.gitea.failures["GET pulls"] = 401
        self.assertRegex(self.ask("pass")["error"], "pull requests: .*Gitea")

    def test_a_forge_that_wants_to_be_left_alone(self):
        self.release({"Topic": topic()})
        self.branch("one", {"Topic": topic(), "One": topic()}, number=7)
        self.branch("two", {"Topic": topic(), "Two": topic()}, number=8)
        self.gitea.failures["GET issues/7/comments"] = 429
        self.assertRegex(self.ask("pass")["error"], "pull requests: pull request #7: ")
        asked = len(self.gitea.asked)
        self.assertIn("error", self.ask("pass"))
        self.assertEqual(self.gitea.asked[asked:], [])


class Rollout(unittest.TestCase):
    """The example: how its traffic would move, and what it costs."""

    def test_the_example(self):
        account = changes_test.harness.Simulator()
        self.addCleanup(account.close)
        account.prepare()
        repository = changes_test.harness.Repository()
        self.addCleanup(repository.close)
        gitea = FakeGitea()
        self.addCleanup(gitea.close)
        repository.plumb(account, "apply", "prod", expect=0)
        repository.git("switch", "-q", "-c", "faster")
        repository.write("apps/orders/src/orders.py", repository.read("apps/orders/src/orders.py") + "\n# faster\n")
        repository.commit("Faster")
        gitea.open_pull(7, "faster", repository.git("rev-parse", "HEAD").strip())
        repository.git("switch", "-q", "main")
        client = Client(repository, account, gitea, changes_test.harness.ACCOUNTS["prod"])
        self.addCleanup(client.close)
        account.forget()
        self.assertEqual(client.ask("pass"), {"done": "pass"})
        self.assertEqual(account.mutating(), [])
        text = visible(gitea.ours(7)[0])
        self.assertRegex(text, r"\| \S+ prod \| orders \| .* \| 10 % for 5 min, then all \|")
        self.assertRegex(text, "New code: 10 % of the requests see it for 5 min; .* (bad evidence|goes red)")
        self.assertIn("OrderWorker: all that calls it meets its new code at once", text)
        self.assertNotIn("OrderService: all that calls it", text)
        self.assertIn("OrderServiceProd:live: 10 % for 5 min, then all", text)
        self.assertNotIn("beta", text)


class Trust(Pulls):
    def test_forks_are_off_by_default(self):
        self.release({"Topic": topic()})
        sha = self.branch("fork", {"Topic": topic(), "More": topic()}, fork=True)
        self.repository.git("update-ref", "refs/pull/7/head", "fork")
        self.repository.git("branch", "-q", "-D", "fork")
        self.passes()
        self.assertEqual(self.gitea.writes(), [])
        # One stage takes them; the other is not even planned for one.
        self.repository.write("environments/other/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": "eu-west-1"}))
        self.repository.write("environments/other/shop.yaml", json.dumps({"template": "template.json"}))
        self.policy(forks=True)
        self.passes()
        self.assertIn("1 to create", self.comment())
        self.assertNotIn("other", self.comment())
        self.assertEqual([r for r in self.reads() if r.get("region") == "eu-west-1"], [])
        self.assertEqual({k: v[0] for k, v in self.gitea.status(sha).items()}, {"plumb/beta": "success"})

    def test_a_pull_request_does_not_choose_where_plumb_goes(self):
        self.release({"Topic": topic()})
        self.repository.git("switch", "-q", "-c", "away")
        self.repository.write("environments/beta/environment.yaml", json.dumps({
            "account": ACCOUNT, "region": "eu-west-1", "pullRequests": {"approvers": ["eve"]},
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/other"}))
        self.repository.write("environments/new/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": "eu-west-1"}))
        self.repository.write("environments/new/shop.yaml", json.dumps({"template": "template.json"}))
        self.repository.commit("Away")
        sha = self.repository.git("rev-parse", "HEAD").strip()
        self.repository.git("switch", "-q", "main")
        self.gitea.open_pull(7, "away", sha)
        calls = len(self.reads())
        self.gitea.say(7, "eve", "plumb plan")
        self.passes()
        text = self.comment()
        self.assertEqual(len(self.reads()), calls)  # AWS is asked nothing
        self.assertIn("Not planned: account, region or role are others than on the base branch", text)
        self.assertIn("environment.yaml` changes region, pullRequests, roleArn", text)
        self.assertIn("the environment is not on the base branch yet", text)
        self.assertIn("1 resource, rendered only", text)
        self.assertIn("pullRequests.approvers of beta does not name them", text)
        self.assertEqual({k: v[0] for k, v in self.gitea.status(sha).items()},
                         {"plumb/beta": "failure", "plumb/new": "success"})

    def test_the_guards_of_the_base_branch_judge(self):
        self.release({"Topic": topic()})
        guards = {"account": ACCOUNT, "region": REGION, "guards": {"maxDeletes": 0}}
        self.repository.write("environments/beta/environment.yaml", json.dumps(guards))
        self.repository.commit("Guards")
        self.repository.git("switch", "-q", "-c", "none")
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": REGION}))
        sha = self.branch("none", {"Other": topic()}, new=False, allow={"manyDeletes": True})
        self.passes()
        self.assertIn("refused by guards:", self.comment())
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "failure")

    def test_a_commit_is_trusted_or_not_when_it_is_merged(self):
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": REGION, "trust": {"branches": ["main"]}}))
        self.release({"Topic": topic()})
        sha = self.branch("more", {"Topic": topic(), "More": topic()})
        self.repository.write("README.md", "words\n")
        self.repository.commit("Words")
        self.passes()
        self.assertIn("1 to create", self.comment())
        self.assertNotIn("Held", self.comment())
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "success")

    def test_the_guards_of_the_whole_repository_are_those_of_the_base_branch(self):
        self.repository.write("plumb.yaml", json.dumps({"guards": {"maxDeletes": 0}}))
        self.release({"Topic": topic()})
        self.repository.git("switch", "-q", "-c", "none")
        self.repository.git("rm", "-q", "plumb.yaml")
        self.branch("none", {"Other": topic()}, new=False, allow={"manyDeletes": True})
        self.passes()
        self.assertIn("refused by guards:", self.comment())

    def test_another_accounts_stage_is_left_to_it(self):
        self.release({"Topic": topic()})
        self.repository.write("environments/gamma/environment.yaml", json.dumps(
            {"account": "222222222222", "region": REGION}))
        self.repository.write("environments/gamma/shop.yaml", json.dumps({"template": "template.json"}))
        self.repository.commit("Gamma")
        sha = self.branch("more", {"Topic": topic(), "More": topic()})
        self.passes()
        self.assertNotIn("gamma", self.comment())
        self.assertEqual(list(self.gitea.status(sha)), ["plumb/beta"])

    def test_a_branch_that_is_named_like_a_commit(self):
        self.release({"Topic": topic()})
        harmless = self.repository.git("rev-parse", "HEAD").strip()
        sha = self.branch("more", {"Topic": topic(), "More": topic()})
        self.repository.git("update-ref", "refs/heads/" + sha, harmless)
        self.passes()
        self.assertEqual(self.gitea.ours(7), [])
        self.repository.git("update-ref", "-d", "refs/heads/" + sha)
        self.passes()
        self.assertIn("1 to create", self.comment())


class Commands(Pulls):
    def set_up_policy(self, apply="ask"):
        self.release({"Topic": topic()})
        self.policy(approvers=["bob", "ann"], apply=apply)
        self.apply()
        return self.branch("more", {"Topic": topic(), "More": topic()}, author="ann")

    def test_an_approval(self):
        sha = self.set_up_policy()
        self.passes()
        self.assertEqual(self.gitea.status(sha)["plumb/beta"],
                         ("pending", "needs approval: shop: 1 to create"))
        self.gitea.say(7, "eve", "plumb approve beta")
        self.gitea.say(7, "ann", "plumb approve beta")
        self.gitea.say(7, "bob", "Looks good.\n```\nplumb approve beta\n```\n> plumb approve beta\nplumb is nice")
        self.gitea.say(7, "bob", f"plumb approve beta/shop {self.hash()}", edited=True)
        self.gitea.say(7, "bob", "plumb approve beta/shop 0123456789ab")
        self.gitea.say(7, "bob", "plumb approve gamma")
        self.passes()
        text = self.comment()
        self.assertIn("- eve: plumb approve beta - not done: pullRequests.approvers of beta does not name them", text)
        self.assertIn("- ann: plumb approve beta - not done: who made the pull request does not approve it", text)
        self.assertIn("not done: the comment was edited", text)
        self.assertIn(f"not done: the plan of shop is {self.hash()} by now", text)
        self.assertEqual(text.count("\n- bob"), 2)
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "pending")
        self.gitea.say(7, "Bob", f"I have looked.\n\nplumb approve beta/shop {self.hash()}")
        self.passes()
        self.assertIn(f"approved beta/shop {self.hash()}", self.comment())
        self.assertEqual(self.gitea.status(sha)["plumb/beta"], ("success", "shop: 1 to create"))
        self.assertEqual(self.repository.git("log", "-1", "--format=%s", f"refs/plumb/{ACCOUNT}").strip(),
                         "beta/shop: plan of pull request #7 approved")

        # After a start the approval stands, and no command is obeyed again.
        answers = self.comment().count("\n- ")
        self.ask("forget")
        self.passes()
        self.assertEqual(self.comment().count("\n- "), answers)
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "success")

        # Another head is another plan.
        sha = self.branch("more", {"Topic": topic(), "More": topic(DisplayName="x")}, new=False)
        self.passes()
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "pending")

    def test_an_approval_falls_when_the_base_moves(self):
        sha = self.set_up_policy()
        self.passes()
        self.gitea.say(7, "bob", f"plumb approve {self.hash()}")
        self.passes()
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "success")
        self.repository.write("README.md", "words\n")
        self.repository.commit("Words")
        self.passes()
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "pending")

    def test_an_approval_without_a_hash_is_of_what_was_shown(self):
        sha = self.set_up_policy()
        self.passes()
        shown = self.gitea.clock()
        sha = self.branch("more", {"Topic": topic(), "More": topic(DisplayName="x")}, new=False)
        self.gitea.say(7, "bob", "plumb approve", at=shown)
        self.passes()
        self.assertIn("the plan of shop is another since", self.comment())
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "pending")
        self.gitea.say(7, "bob", "plumb approve", at=self.gitea.clock() + 5)
        self.passes()
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "success")

    def test_an_approval_in_the_second_of_the_comment(self):
        """The forge tells time in whole seconds: the approval does not move what it says of the pull request."""
        now = self.gitea.clock()
        self.gitea.clock = lambda: now
        sha = self.set_up_policy()
        self.passes()
        self.passes()
        self.gitea.say(7, "bob", f"plumb approve beta/shop {self.hash()}", at=now + 5)
        time.sleep(1.1)
        self.passes()
        self.assertEqual(self.gitea.status(sha)["plumb/beta"][0], "success")

    def test_plan_reads_the_account_again(self):
        self.set_up_policy("always")
        self.passes()
        self.client("sns").set_topic_attributes(
            TopicArn=[t["TopicArn"] for t in self.client("sns").list_topics()["Topics"]][0],
            AttributeName="DisplayName", AttributeValue="by hand")
        self.gitea.say(7, "eve", "plumb plan")
        self.passes()
        reads = len(self.reads())
        self.assertIn("- eve: plumb plan - not done", self.comment())
        self.gitea.say(7, "ann", "plumb plan beta")
        self.passes()
        self.assertGreater(len(self.reads()), reads)
        self.assertIn("- ann: plumb plan beta - planned beta again", self.comment())


class Merge(Pulls):
    def set_up(self, apply):
        self.release({"Topic": topic(), "Queue": queue(VisibilityTimeout=30)})
        self.policy(approvers=["bob"], apply=apply)
        self.apply()
        self.branch("sixty", {"Topic": topic(), "Queue": queue(VisibilityTimeout=60)})
        self.passes()

    def check(self):
        return self.ask("check beta shop")

    def test_the_plan_that_was_shown_goes(self):
        self.set_up("reviewed")
        self.merge("sixty")
        self.ask("forget")
        self.passes()
        self.assertEqual(self.check(), {"goes": ""})
        # Also when main went on elsewhere.
        self.repository.write("README.md", "words\n")
        self.repository.commit("Words")
        self.assertEqual(self.check(), {"goes": ""})

    def test_live_moved_since(self):
        self.set_up("reviewed")
        self.merge("sixty")
        self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url(name("Queue")),
                                                Attributes={"VisibilityTimeout": "31"})
        self.assertRegex(self.check()["holds"], r"this is not the plan that pull request #7 showed \([0-9a-f]{12}, now "
                                                r"[0-9a-f]{12}\): Git or the account has moved since; approve it there, or do it "
                                                r"by `plumb apply beta/shop`")

    def test_git_moved_since(self):
        self.set_up("reviewed")
        self.merge("sixty")
        self.commit({"Topic": topic(), "Queue": queue(VisibilityTimeout=61)})
        self.assertRegex(self.check()["holds"], "this is not the plan that pull request #7 showed")

    def test_nobody_showed_it(self):
        self.release({"Topic": topic()})
        self.policy(apply="reviewed")
        self.apply()
        self.commit({"Topic": topic(), "More": topic()})
        self.assertRegex(self.check()["holds"], "no pull request showed this plan, and pullRequests.apply of 'beta' is "
                                                "'reviewed': look at it by `plumb plan beta/shop`")

    def test_ask_wants_an_approval(self):
        self.set_up("ask")
        self.repository.git("merge", "-q", "--no-ff", "--no-edit", "sixty")
        self.assertRegex(self.check()["holds"], "nobody has approved the plan that pull request #7 showed")
        self.repository.git("reset", "-q", "--hard", "HEAD~1")
        self.gitea.say(7, "bob", f"plumb approve beta {self.hash()}")
        self.passes()
        self.merge("sixty")
        self.assertEqual(self.check(), {"goes": ""})

    def test_always_is_always(self):
        self.set_up("always")
        self.merge("sixty")
        self.assertEqual(self.check(), {"goes": ""})
        self.assertNotIn("reviews.json", self.repository.git(
            "ls-tree", "-r", "--name-only", f"refs/plumb/{ACCOUNT}"))

    def test_a_merge_does_not_loosen_its_own_rule(self):
        self.set_up("reviewed")
        self.policy(approvers=["bob"], apply="always")
        self.commit({"Topic": topic(), "Queue": queue(VisibilityTimeout=99)}, environment=None)
        self.assertIn("holds", self.check())
        self.apply()
        self.commit({"Topic": topic(), "Queue": queue(VisibilityTimeout=100)})
        self.assertEqual(self.check(), {"goes": ""})

    def test_what_only_heals_and_what_goes_on_is_not_held(self):
        self.set_up("reviewed")
        self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url(name("Queue")),
                                                Attributes={"VisibilityTimeout": "31"})
        self.assertEqual(self.check(), {"goes": ""})  # main alone: it would only heal

    def test_a_release_that_was_cut_off_goes_on(self):
        self.release({"Topic": topic()})
        self.policy(apply="reviewed")
        self.apply()
        self.branch("two", {"Topic": topic(), "One": topic(), "Two": queue(VisibilityTimeout=99999999)})
        self.passes()
        self.merge("two")
        self.assertEqual(self.check(), {"goes": ""})
        self.apply(expect=1)  # one is made, AWS refuses the other
        self.assertEqual(self.last_release()["state"], "failed")
        self.assertEqual(self.check(), {"goes": ""})

    def test_what_is_held_is_said_and_goes_by_an_approval(self):
        self.set_up("reviewed")
        self.gitea.say(7, "bob", f"plumb approve beta {self.hash()}")
        self.passes()
        self.merge("sixty")
        self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url(name("Queue")),
                                                Attributes={"VisibilityTimeout": "31"})
        self.assertIn("holds", self.check())
        self.ask("forget")
        self.passes()
        text = self.comment()
        self.assertIn("plumb: merged, and held in account 111111111111", text)
        self.assertIn("this is not the plan that pull request #7 showed", text)
        self.assertIn("| Queue | VisibilityTimeout | 31 | 30 | 60 | ", text)
        self.assertIn("holds", self.check())  # to be told of it is not to approve it
        self.gitea.say(7, "eve", f"plumb approve beta {self.hash()}")
        self.passes()
        self.assertIn("holds", self.check())
        self.gitea.say(7, "bob", f"plumb approve beta {self.hash()}")
        self.passes()
        self.assertEqual(self.check(), {"goes": ""})
        self.apply()
        self.passes()
        self.assertIn("Nothing of it is held.", self.comment())
        self.passes_when_quiet()
        self.gitea.asked.clear()
        self.passes()
        self.assertEqual(self.gitea.asked, ["GET pulls"])

    def test_a_closed_one_is_no_review(self):
        self.set_up("reviewed")
        self.gitea.close_pull(7)
        self.passes()
        self.assertEqual(self.repository.git("log", "-1", "--format=%s", f"refs/plumb/{ACCOUNT}").strip(),
                         "beta/shop: plan of pull request #7 forgotten")
        self.repository.git("merge", "-q", "--no-ff", "--no-edit", "sixty")
        self.assertRegex(self.check()["holds"], "no pull request showed this plan")



if __name__ == "__main__":
    unittest.main(verbosity=2)
