#!/usr/bin/env python3
"""Leads all types through their lives on the simulator, and compares every request and every answer with AWS's own
models: contract.py LIVES [FILE...]"""
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile


def check(requests, answers):
    if importlib.util.find_spec("botocore") is None:
        print("skipped: requests and answers beside AWS's models: botocore is not installed")
        return True
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "shapes"))
    import answers as answered
    import shapes
    return all([shapes.check_logs([requests]), answered.check_logs([answers])])


def main(lives, *files):
    with tempfile.TemporaryDirectory() as directory:
        requests, answers = os.path.join(directory, "requests"), os.path.join(directory, "answers")
        environment = os.environ | {"PLUMB_REQUEST_LOG": requests, "PLUMB_ANSWER_LOG": answers}
        status = subprocess.run([lives, "simulator", *files], env=environment).returncode
        return status if status else 0 if check(requests, answers) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
