#!/usr/bin/env python3
"""Compares plumb's signatures with botocore's on random requests: sigv4_oracle.py PROGRAM [COUNT [SEED]]

The requests are what a codec could produce: paths and queries that are already percent-encoded, headers with
odd spaces and repeats, bodies of any text.  Exit status 77 says that botocore is not installed.
"""
import datetime
import json
import random
import subprocess
import sys
import unittest.mock
import urllib.parse

try:
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
except ImportError:
    print("SKIPPED: needs botocore", file=sys.stderr)
    sys.exit(77)

LETTERS = "abcXYZ019-._~ /:@!$&'()*+,;=%?#[]\"<>\\^`{|}äሴ🙂"


def text(rng, most, letters=LETTERS):
    return "".join(rng.choice(letters) for _ in range(rng.randrange(most + 1)))


def make(rng):
    s3 = rng.random() < 0.3
    parts = [urllib.parse.quote(text(rng, 8), safe="") for _ in range(rng.randrange(5))]
    pairs = [(text(rng, 6) or "k", text(rng, 6)) for _ in range(rng.randrange(5))]
    names = rng.sample(["X-Amz-Target", "Content-Type", "My-Header", "x-amz-meta-b", "User-Agent"], rng.randrange(4))
    return {
        "s3": s3,
        "access_key": "AKIDEXAMPLE",
        "secret_key": text(rng, 40, "abcDEF123/+") or "s",
        "token": text(rng, 60, "abcDEF123/+=") if rng.random() < 0.5 else "",
        "region": rng.choice(["us-east-1", "eu-central-1", "cn-north-1"]),
        "service": "s3" if s3 else rng.choice(["lambda", "iam", "execute-api"]),
        "time_ms": rng.randrange(0, 4102444800) * 1000,
        "method": rng.choice(["GET", "PUT", "POST", "DELETE", "HEAD"]),
        "host": rng.choice(["example.amazonaws.com", "localhost:4566"]),
        "path": "/" + rng.choice(["", "/"]) + "/".join(parts),
        "query": "&".join(f"{urllib.parse.quote(k, safe='')}={urllib.parse.quote(v, safe='')}" for k, v in pairs),
        "headers": [[name, text(rng, 10, "ab c  /=,;")] for name in names],
        "body": text(rng, 30),
    }


def reference(asked):
    """botocore's signature, and the headers that it has signed with."""
    time = datetime.datetime.fromtimestamp(asked["time_ms"] / 1000, datetime.timezone.utc)
    kind = botocore.auth.S3SigV4Auth if asked["s3"] else botocore.auth.SigV4Auth
    keys = botocore.credentials.Credentials(asked["access_key"], asked["secret_key"], asked["token"] or None)
    signer = kind(keys, asked["service"], asked["region"])
    url = f"https://{asked['host']}{asked['path']}" + (f"?{asked['query']}" if asked["query"] else "")
    request = botocore.awsrequest.AWSRequest(asked["method"], url, data=asked["body"].encode())
    for name, value in asked["headers"]:
        request.headers[name] = value
    request.context["timestamp"] = time.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    if asked["token"]:
        request.headers["X-Amz-Security-Token"] = asked["token"]
    if asked["s3"]:
        request.headers["X-Amz-Content-SHA256"] = signer.payload(request)
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    return signature, canonical, [["Host", asked["host"]], *([k, v] for k, v in request.headers.items())]


def presigned(asked):
    """The query of botocore's presigned URL for S3, as pairs."""
    time = datetime.datetime.fromtimestamp(asked["time_ms"] / 1000, datetime.timezone.utc)
    keys = botocore.credentials.Credentials(asked["access_key"], asked["secret_key"], asked["token"] or None)
    signer = botocore.auth.S3SigV4QueryAuth(keys, "s3", asked["region"], expires=asked["expires"])
    url = f"https://{asked['host']}{asked['path']}" + (f"?{asked['query']}" if asked["query"] else "")
    request = botocore.awsrequest.AWSRequest(asked["method"], url)
    with unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: time.replace(tzinfo=None)):
        signer.add_auth(request)
    return sorted(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query, keep_blank_values=True))


def check_presigned(program, rng, count):
    asked = []
    for _ in range(count):
        one = make(rng) | {"s3": True, "service": "s3", "body": "", "expires": rng.randrange(1, 604800)}
        names = dict(urllib.parse.parse_qsl(one["query"], keep_blank_values=True))  # botocore knows a name once
        one["query"] = urllib.parse.urlencode(names, quote_via=urllib.parse.quote)
        asked.append(one | {"headers": [["Host", one["host"]]]})
    output = subprocess.run([program], input="\n".join(map(json.dumps, asked)) + "\n", capture_output=True, text=True,
                            check=True).stdout
    for one, line in zip(asked, output.splitlines(), strict=True):
        got = sorted(urllib.parse.parse_qsl(json.loads(line)["query"], keep_blank_values=True))
        if got != presigned(one):
            sys.exit(f"{json.dumps(one)}\nbotocore: {presigned(one)}\nplumb:    {got}")
    print(f"{count} random URLs presigned as botocore does")


def main(program, count=400, seed=None):
    seed = int(seed) if seed is not None else random.randrange(2**32)
    rng = random.Random(seed)
    asked = [make(rng) for _ in range(int(count))]
    wanted = [reference(one) for one in asked]
    lines = [json.dumps(one | {"headers": headers}) for one, (_, _, headers) in zip(asked, wanted)]
    output = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True).stdout
    answers = [json.loads(line) for line in output.splitlines()]
    if len(answers) != len(asked):
        sys.exit(f"{len(answers)} answers to {len(asked)} requests")
    for one, (signature, canonical, _), got in zip(asked, wanted, answers):
        if got["signature"] != signature:
            sys.exit(f"seed {seed}: {json.dumps(one)}\nbotocore:\n{canonical}\nplumb:\n{got['canonical']}")
    print(f"{len(asked)} random requests signed as botocore does (seed {seed})")
    check_presigned(program, rng, int(count) // 4)


if __name__ == "__main__":
    main(*sys.argv[1:])
