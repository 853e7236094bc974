"""The handler of custom resources that tests play: a function of the simulator, invoked as an event, or what hears an
SNS topic.  What it answers is written in the resource's own properties:

    Answer: {"Create": {"Status": "FAILED", ...}, "Update": {"PhysicalResourceId": "two"}, "Delete": {"Silent": true}}

where members of the answer stand as they are sent; "Silent" sends nothing, "Body" is sent as it is, "Nameless" leaves
the physical id out, and "Leaves" makes something although it fails, and "DeniedOnce" fails the
first time as a role does that is not known yet.
"""
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


class Handler:
    """Keeps what it has made: {physical id: (logical id, properties)}; the same request is answered the same."""

    def __init__(self, take):
        self.take = take  # gives the requests that have come since the last time
        self.straight_to = None  # where the account is, if a URL leads there by a detour
        self.lock = threading.Lock()
        self.forget()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def forget(self):
        with self.lock:
            self.made, self.requests, self.answers, self.refused, self.override = {}, [], {}, [], {}

    def run(self):
        while not self.stopped.wait(0.02):
            for request in self.take():
                with self.lock:
                    self.handle(request)

    def orders(self, request):
        """What this request is to be answered."""
        kind = request["RequestType"]
        told = request["ResourceProperties"].get("Answer", {}).get(kind, {})
        return dict(told, **self.override.get(kind, {}))

    def handle(self, request):
        self.requests.append(request)
        if request["RequestId"] not in self.answers:
            self.answers[request["RequestId"]] = self.answer(request)
        body = self.answers[request["RequestId"]]
        if body is None:
            return
        # As Node's and Python's helpers of AWS do: no content type.
        url = urllib.parse.urlsplit(request["ResponseURL"])
        host, url = url.netloc, urllib.parse.urlunsplit(url._replace(netloc=self.straight_to or url.netloc))
        put = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": "", "Host": host})
        try:
            urllib.request.urlopen(put, timeout=10).read()
        except urllib.error.HTTPError as error:
            self.refused.append(error.read().decode())

    def answer(self, request):
        orders = self.orders(request)
        if orders.get("Silent"):
            return None
        if "Body" in orders:
            return orders["Body"].encode()
        kind, properties = request["RequestType"], request["ResourceProperties"]
        if orders.pop("DeniedOnce", None) and sum(r["RequestType"] == kind for r in self.requests) == 1:
            orders = {"Status": "FAILED", "Reason": "AccessDenied: not authorized to perform s3:PutObject"}
        old = request.get("PhysicalResourceId")
        new = orders.get("PhysicalResourceId") or old or f"made-{len(self.requests)}-{request['LogicalResourceId']}"
        answer = {"Status": "SUCCESS", "PhysicalResourceId": new}
        answer.update({k: request[k] for k in ("StackId", "RequestId", "LogicalResourceId")})
        answer.update(orders)
        if kind == "Delete" and answer["Status"] == "SUCCESS":
            self.made.pop(old, None)
        elif kind != "Delete" and (answer["Status"] == "SUCCESS" or orders.get("Leaves")):
            self.made[new] = (request["LogicalResourceId"], properties)
        if orders.get("Nameless"):
            del answer["PhysicalResourceId"]
        for own in ("Leaves", "Nameless"):
            answer.pop(own, None)
        return json.dumps(answer).encode()

    def types(self):
        """The requests so far: "Create", "Update one", ..."""
        with self.lock:
            return [f"{r['RequestType']} {r.get('PhysicalResourceId', '')}".strip() for r in self.requests]

    def holds(self):
        with self.lock:
            return sorted(self.made)

    def close(self):
        self.stopped.set()
        self.thread.join(10)


def of_simulator(account):
    def take():
        try:
            return [i["payload"] for i in account.post("invocations", {})["invocations"]]
        except OSError:
            time.sleep(0.1)
            return []
    return Handler(take)


def of_queue(sqs, url):
    """What an SQS queue that is subscribed to the topic receives."""
    def take():
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(json.loads(m["Body"])["Message"]) for m in messages]
    return Handler(take)
