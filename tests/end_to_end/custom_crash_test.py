#!/usr/bin/env python3
"""Kill plumb at every changing call of a release with a custom resource, before and after the call.  Whatever the next
commit says, its apply must end with exactly the things that the handler should hold: none lost, doubled or orphaned."""
import concurrent.futures
import json
import subprocess
import sys
import urllib.parse

import custom_handler
import harness
from account_survey import survey
from changes_test import ACCOUNT, REGION, function, role, topic
from crash_proxy import CrashProxy

TOKEN = {"Fn::GetAtt": ["Function", "Arn"]}


def shop(size=None, answer=None):
    """A role, a function, a thing of this size that the function handles, and a topic that is told of it."""
    resources = {"Role": role(), "Function": function()}
    if size:
        thing = {"ServiceToken": TOKEN, "Size": size, **({"Answer": answer} if answer else {})}
        resources["Thing"] = {"Type": "Custom::Thing", "Properties": thing}
        resources["Topic"] = topic(Tags=[{"Key": "thing", "Value": {"Ref": "Thing"}}])
    return resources


ANOTHER = {"Update": {"PhysicalResourceId": "another"}}
NAMED = {"Create": {"PhysicalResourceId": "first"}}
# What is there before, what is killed, what is applied then, and what the handler holds in the end: sizes.
SCENARIOS = {
    "create": (None, shop(1), shop(1), ["1"]),
    "create, then another one is wanted": (None, shop(1), shop(2), ["2"]),
    "create, then none is wanted": (None, shop(1), shop(), []),
    "update": (shop(1), shop(2), shop(2), ["2"]),
    "update to another id": (shop(1, NAMED), shop(2, ANOTHER), shop(2, ANOTHER), ["2"]),
    "update to another id, taken back": (shop(1, NAMED), shop(2, ANOTHER), shop(1, NAMED), ["1"]),
    "update to another id, then none is wanted": (shop(1, NAMED), shop(2, ANOTHER), shop(), []),
    "delete": (shop(1), shop(), shop(), []),
}
# What the suite runs; `custom_crash_test.py all` takes them all, or name some.
USUAL = ["create, then another one is wanted", "update to another id, taken back", "delete"]


class Stand:
    """One account behind a proxy, one repository, one handler that answers past the proxy."""

    def __init__(self):
        self.account = harness.Simulator()
        self.proxy = CrashProxy(self.account.url)
        self.repository = harness.Repository(example=None)
        self.handler = custom_handler.of_simulator(self.account)
        self.handler.straight_to = urllib.parse.urlsplit(self.account.url).netloc
        self.repository.write("environments/beta/environment.yaml", f'account: "{ACCOUNT}"\nregion: {REGION}\n')

    def commit(self, resources):
        self.repository.write("template.json", json.dumps({"Resources": resources}))
        self.repository.write("environments/beta/shop.yaml", json.dumps(
            {"template": "template.json", "allow": {"manyDeletes": True}}))
        self.repository.commit("Change")

    def start_again(self):
        self.account.post("reset", {})
        self.account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "iam.propagation": 0})
        self.repository.forget_ledgers()
        self.handler.forget()

    def start(self, through_proxy):
        url = self.proxy.url if through_proxy else self.account.url
        return subprocess.Popen(
            [harness.PLUMB, "apply"], cwd=self.repository.path, text=True,
            env=dict(self.repository.environment(self.account), AWS_ENDPOINT_URL=url,
                     PLUMB_CACHE=self.repository.home + f"/cache-{url[-5:]}"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def apply(self, resources):
        self.commit(resources)
        process = self.start(False)
        output, _ = process.communicate(timeout=120)
        return None if process.returncode == 0 else f"apply exits {process.returncode}: {output[-900:]}"

    def killed(self, resources, at, before):
        """Applies and kills; true if that call was ever reached."""
        self.commit(resources)
        self.proxy.arm(None, 0, False)
        process = self.start(True)
        self.proxy.arm(process.pid, at, before)
        process.communicate(timeout=120)
        struck = self.proxy.struck
        self.proxy.arm(None, 0, False)
        return struck

    def judge(self, sizes):
        held = sorted(properties["Size"] for _, properties in self.handler.made.values())
        if held != sizes:
            return f"the handler holds {self.handler.made}, should hold sizes {sizes}; asked {self.handler.types()}"
        plan = self.repository.plumb(self.account, "plan")
        if plan.returncode:
            return f"not in sync: {plan.stdout[-700:]}{plan.stderr[-300:]}"
        topics = [line for line in survey(self.account, "beta") if line.startswith("topic")]
        return None if len(topics) == len(sizes) else f"topics {topics}"

    def close(self):
        self.handler.close()
        self.proxy.close()
        self.account.close()
        self.repository.close()


def crash_once(stand, name, at, before):
    """False where the release has no such call; else what is wrong, or None."""
    there, killed, then, sizes = SCENARIOS[name]
    stand.start_again()
    wrong = stand.apply(there) if there else None
    if wrong:
        return wrong
    if not stand.killed(killed, at, before):
        return False
    return stand.apply(then) or stand.judge(sizes)


def sweep(name):
    """All points of one scenario."""
    stand, results = Stand(), []
    try:
        for at in range(1, 60):
            for before in (True, False):
                wrong = crash_once(stand, name, at, before)
                if wrong is False:
                    return results
                results.append((name, at, before, wrong))
        return results + [(name, 60, True, "there is no end to the calls")]
    finally:
        stand.close()


def main():
    names = list(SCENARIOS) if sys.argv[1:] == ["all"] else sys.argv[1:] or USUAL
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = [r for part in pool.map(sweep, names) for r in part]
    failures = [r for r in results if r[3]]
    for name, at, before, why in failures[:20]:
        print(f"{name}: killed {'before' if before else 'after'} call {at}: {why}")
    print(f"{len(results) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not results else 0


if __name__ == "__main__":
    sys.exit(main())
