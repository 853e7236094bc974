#!/usr/bin/env python3
"""Runs a program again and again against the simulator, each time under another fault:
with_simulator.py SIMULATOR PROGRAM [ARGUMENT...]

First in peace; then with an account where everything takes its time (functions stay pending, a new role is
unknown to other services); then with the answer of the 1st, 2nd, 3rd... change lost although it was carried
out; then with changes that are throttled.  The program must end well every time.
"""
import json
import subprocess
import sys
import urllib.request

from with_moto import environment

LOST_ANSWERS = 4  # lives/faults loses each one of every type
SLOW = {
    "lambda.pending": 400, "lambda.update": 400, "lambda.publish": 300, "lambda.mapping": 400,
    "iam.propagation": 2000, "dynamodb.creating": 300, "dynamodb.updating": 200, "dynamodb.deleting": 300,
    "dynamodb.index": 300,
}


def fault(kind, nth, times):
    return {"match": {"mutating": True, "nth": nth}, "fault": kind, "times": times}


def rounds():
    yield "peace", None, None
    yield "a slow account", "delays", SLOW
    for nth in range(1, LOST_ANSWERS + 1):
        yield f"the answer of change {nth} lost", "faults", fault("drop-after", nth, 1)
    for nth in (1, 4):
        yield f"changes throttled from {nth} on", "faults", fault("throttle", nth, 2)


def post(url, path, body=None):
    data = b"" if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{url}/_simulator/{path}", data=data, timeout=10) as answer:
        answer.read()


def main(simulator, command):
    server = subprocess.Popen([simulator, "--account", "123456789012"], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().split()[-1]
        for name, path, body in rounds():
            post(url, "reset")
            if path:
                post(url, path, body)
            done = subprocess.run(command, env=environment(url), capture_output=True, text=True, timeout=120)
            if done.returncode != 0:
                print(f"with {name}:\n{done.stdout}{done.stderr}", file=sys.stderr)
                return 1
        return 0
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: with_simulator.py SIMULATOR PROGRAM [ARGUMENT...]")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
