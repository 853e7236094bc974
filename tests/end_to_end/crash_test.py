#!/usr/bin/env python3
"""Kill plumb at every second call that changes something of the example's first apply, after AWS has done it and before
plumb hears of it, and at every fourth before it is sent (with the argument "all" at each); then one more apply must end in
the same account as an undisturbed one: nothing lost, doubled or orphaned."""
import concurrent.futures
import subprocess
import sys

import harness
from account_survey import survey
from crash_proxy import CrashProxy

TARGET = "prod/orders"


class Stand:
    """One account behind a proxy, and one repository."""

    def __init__(self):
        self.account = harness.Simulator()
        self.proxy = CrashProxy(self.account.url)
        self.repository = harness.Repository()
        self.account.prepare()

    def start_again(self):
        self.account.post("reset", {})
        self.account.prepare()
        self.repository.forget_ledgers()

    def apply(self, through_proxy):
        url = self.proxy.url if through_proxy else self.account.url
        process = subprocess.Popen(
            [harness.PLUMB, "apply", TARGET], cwd=self.repository.path, text=True,
            env=dict(self.repository.environment(self.account), AWS_ENDPOINT_URL=url,
                     PLUMB_CACHE=self.repository.home + f"/cache-{url[-5:]}"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return process

    def close(self):
        self.proxy.close()
        self.account.close()
        self.repository.close()


def clean_run(stand):
    """The account after an undisturbed apply, and how many calls changed something."""
    before = len(stand.account.mutating())
    process = stand.apply(through_proxy=False)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return survey(stand.account, "prod"), len(stand.account.mutating()) - before


def crash_once(stand, at, before, want, calls):
    """None if all is well, else what is wrong."""
    stand.start_again()
    stand.proxy.arm(None, 0, False)
    process = stand.apply(through_proxy=True)
    stand.proxy.arm(process.pid, at, before)
    process.communicate(timeout=120)
    stand.proxy.arm(None, 0, False)
    again = stand.apply(through_proxy=False)
    output, _ = again.communicate(timeout=120)
    if again.returncode != 0:
        return f"the next apply exits {again.returncode}: {output[-700:]}"
    got = survey(stand.account, "prod")
    if got != want:
        return f"lost {sorted(set(want) - set(got))}, left over {sorted(set(got) - set(want))}"
    total = len(stand.account.mutating())
    if total > calls + 8:  # the preparing role, the call that was cut off, and what depended on it
        return f"{total} changing calls in both passes, {calls} would do"
    third = stand.repository.plumb(stand.account, "plan", TARGET)
    return None if third.returncode == 0 else f"not in sync afterwards: {third.stdout[-700:]}{third.stderr[-300:]}"


def work(points, want, calls):
    stand = Stand()
    try:
        return [(at, before, crash_once(stand, at, before, want, calls)) for at, before in points]
    finally:
        stand.close()


def main():
    stand = Stand()
    want, calls = clean_run(stand)
    stand.close()
    after, before = (1, 1) if "all" in sys.argv[1:] else (2, 4)
    points = ([(at, False) for at in range(1, calls + 1, after)] + [(at, True) for at in range(before, calls + 1, before)])
    jobs = 2
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        parts = [pool.submit(work, points[i::jobs], want, calls) for i in range(jobs)]
        results = sorted(r for part in parts for r in part.result())
    failures = [r for r in results if r[2]]
    for at, before, why in failures[:20]:
        print(f"killed {'before' if before else 'after'} call {at} of {calls}: {why}")
    print(f"{len(results) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not results else 0


if __name__ == "__main__":
    sys.exit(main())
