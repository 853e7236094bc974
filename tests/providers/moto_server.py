#!/usr/bin/env python3
"""`python -m moto.server`, told once what it asks its own disk and its own classes at each request, and AWS's managed
policies, which it reads anew for each account: most of its time."""
import copy
import functools
import sys

import moto.backends
import moto.core.responses
import moto.iam.models
import moto.server

# Of the backend of an account: AWS's managed policies.
read_policies = moto.iam.models.IAMBackend._init_aws_policies
policies = []


def account_policies(backend):
    if not policies:
        policies.extend(read_policies(backend))
    copies = [copy.copy(policy) for policy in policies]
    for policy in copies:
        policy.account_id = backend.account_id
    return copies


def remember():
    moto.iam.models.IAMBackend._init_aws_policies = account_policies
    modules = frozenset(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    moto.core.responses.method_names_from_class = functools.cache(moto.core.responses.method_names_from_class)


if __name__ == "__main__":
    remember()
    moto.server.main(sys.argv[1:])
