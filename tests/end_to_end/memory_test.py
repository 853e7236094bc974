#!/usr/bin/env python3
"""A pass over the example that has nothing to do stays under 32 MB of resident memory."""
import os
import sys

import harness
from measure import measure

LIMIT_MIB = 32


def main():
    if os.environ.get("PLUMB_SANITIZE"):
        print("skipped: peak memory of a pass: sanitizers need memory of their own")
        return 77
    account, repository = harness.Simulator(), harness.Repository()
    try:
        account.prepare()
        repository.plumb(account, "apply", "prod", expect=0)
        cost = measure([harness.PLUMB, "plan", "prod"], repository.path, repository.environment(account))
        print(f"{cost.peak_mib:.1f} MiB of {LIMIT_MIB}")
        assert cost.status == 0, cost.output
        return 0 if cost.peak_mib < LIMIT_MIB else 1
    finally:
        account.close()
        repository.close()


if __name__ == "__main__":
    sys.exit(main())
