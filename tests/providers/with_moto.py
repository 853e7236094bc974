#!/usr/bin/env python3
"""Runs a program against a fresh moto: with_moto.py PROGRAM [ARGUMENT...]

moto listens on a free port of the loopback address and keeps nothing.  The program finds it by
AWS_ENDPOINT_URL, in account 123456789012 and region us-east-1.  Its exit status is ours; 77 says that moto is
not installed (ctest shows the test as skipped).  What it sent is then checked against AWS's own models, since
moto lets much pass that AWS refuses.
"""
import importlib.util
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

MOTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "moto_server.py")
SKIPPED = 77
START_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(url, server):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url + "/moto-api/data.json", timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def run(command, url):
    """The program's exit status; 1 where it is good but what was sent is not."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "shapes"))
    import shapes  # it needs botocore, which is there with moto
    with tempfile.TemporaryDirectory() as directory:
        log = pathlib.Path(directory) / "requests"
        log.touch()
        status = subprocess.run(command, env=environment(url) | {"PLUMB_REQUEST_LOG": str(log)}).returncode
        if status == 0 and log.stat().st_size > 0 and not shapes.check_logs([log]):
            return 1
        return status


def environment(url):
    ours = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    return ours | {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def main(command):
    if not command:
        sys.exit("usage: with_moto.py PROGRAM [ARGUMENT...]")
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
        print("SKIPPED: needs moto: pip install 'moto[server]'", file=sys.stderr)
        return SKIPPED
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, MOTO, "-H", "127.0.0.1", "-p", str(port)],
        env=os.environ | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if "MOTO_LOG" not in os.environ else None,
    )
    try:
        if not wait_until_ready(url, server):
            print(f"moto did not answer at {url}", file=sys.stderr)
            return 1
        return run(command, url)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
