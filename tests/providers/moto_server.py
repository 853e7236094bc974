#!/usr/bin/env python3
"""`python -m moto.server`, which asks its own disk and its own classes the same at each request, told the answers once:
a third of its time."""
import functools
import sys

import moto.backends
import moto.core.responses
import moto.server


def remember():
    modules = frozenset(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    moto.core.responses.method_names_from_class = functools.cache(moto.core.responses.method_names_from_class)


if __name__ == "__main__":
    remember()
    moto.server.main(sys.argv[1:])
