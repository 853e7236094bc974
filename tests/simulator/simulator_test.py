"""The framework: accounts, signatures, faults, the clock, the log."""

import urllib.error

import harness
from harness import BETA, GAMMA, Case

import botocore.exceptions  # behind the harness, which says so where it is missing


POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'


class Framework(Case):
    def test_accounts_are_apart(self):
        beta, gamma = self.client("sqs"), self.client("sqs", key=GAMMA)
        beta.create_queue(QueueName="orders")
        self.assertEqual(len(beta.list_queues()["QueueUrls"]), 1)
        self.assertNotIn("QueueUrls", gamma.list_queues())
        self.assertNotIn("QueueUrls", self.client("sqs", region="eu-west-1").list_queues())
        self.assertEqual(self.client("sts", key=GAMMA).get_caller_identity()["Account"], GAMMA)
        self.assertEqual(self.client("sts", key="AKIAEXAMPLE").get_caller_identity()["Account"], BETA)

    def test_assumed_role_acts_in_its_account(self):
        answer = self.client("sts").assume_role(RoleArn=f"arn:aws:iam::{GAMMA}:role/plumb", RoleSessionName="test")
        keys = answer["Credentials"]
        client = self.client("sts", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
                             token=keys["SessionToken"])
        identity = client.get_caller_identity()
        self.assertEqual(identity["Account"], GAMMA)
        self.assertEqual(identity["Arn"], f"arn:aws:sts::{GAMMA}:assumed-role/plumb/test")

    def test_log_counts_mutating_calls(self):
        queues = self.client("sqs")
        queues.create_queue(QueueName="a")
        queues.list_queues()
        self.refused("AWS.SimpleQueueService.NonExistentQueue", queues.get_queue_url, QueueName="none")
        log = self.simulator.control("GET", "requests?since=1")
        self.assertEqual([(row["n"], row["operation"], row["mutating"], row["status"]) for row in log["requests"]],
                         [(2, "ListQueues", False, 200), (3, "GetQueueUrl", False, 400)])
        self.assertEqual(log["count"], 3)
        counters = self.simulator.control("GET", "counters")
        self.assertEqual((counters["total"], counters["mutating"]), (3, 1))

    def fault(self, **rule):
        self.simulator.control("POST", "faults", rule)

    def test_faults(self):
        queues = self.client("sqs")
        for kind, code in (("throttle", "ThrottlingException"), ("500", "InternalServerError"),
                           ("503", "ServiceUnavailable")):
            self.fault(match={"operation": "CreateQueue"}, fault=kind)
            self.refused(code, queues.create_queue, QueueName="a")
        self.fault(match={"service": "sqs"}, fault="error", status=403, code="AccessDeniedException")
        self.refused("AccessDeniedException", queues.list_queues)
        self.fault(match={"service": "sqs"}, fault="html")
        with self.assertRaises(botocore.exceptions.ClientError):
            queues.list_queues()
        self.assertNotIn("QueueUrls", queues.list_queues())

    def test_lost_answers(self):
        queues = self.client("sqs")
        for kind, made in (("drop-before", 0), ("drop-after", 1), ("truncate", 2)):
            self.fault(match={"operation": "CreateQueue"}, fault=kind)
            with self.assertRaises((botocore.exceptions.HTTPClientError, botocore.exceptions.ResponseStreamingError)):
                queues.create_queue(QueueName=kind)
            self.assertEqual(len(queues.list_queues().get("QueueUrls", [])), made)

    def test_the_nth_call_is_hit(self):
        queues = self.client("sqs")
        self.fault(match={"mutating": True, "nth": 2}, fault="500", times=2)
        outcome = []
        for name in "abcde":
            try:
                queues.create_queue(QueueName=name)
                outcome.append(True)
            except botocore.exceptions.ClientError:
                outcome.append(False)
            queues.list_queues()
        self.assertEqual(outcome, [True, False, False, True, True])

    def test_stale_reads(self):
        queues = self.client("sqs")
        queues.create_queue(QueueName="a")
        self.simulator.control("POST", "stale", {"ms": 600000})
        queues.create_queue(QueueName="b")
        self.assertEqual(len(queues.list_queues()["QueueUrls"]), 1)
        self.simulator.control("POST", "stale", {"ms": 0})
        self.assertEqual(len(queues.list_queues()["QueueUrls"]), 2)
        self.fault(match={"operation": "ListQueues"}, fault="stale")
        queues.create_queue(QueueName="c")
        self.assertEqual(len(queues.list_queues()["QueueUrls"]), 2)
        self.assertEqual(len(queues.list_queues()["QueueUrls"]), 3)

    def test_chunked_bodies(self):
        queues = self.client("sqs")
        chunks = [b'd;chunk-signature=0\r\n{"QueueName":\r\n4\r\n"a"}\r\n0\r\nx-amz-checksum-crc32: x\r\n\r\n',
                  b'ff\r\n{}\r\n0\r\n\r\n']

        def chunk(request, **_):
            request.headers["Content-Encoding"] = "aws-chunked"
            request.body = chunks.pop(0)
            request.headers["Content-Length"] = str(len(request.body))
        queues.meta.events.register("before-send", chunk)
        self.assertTrue(queues.create_queue(QueueName="other")["QueueUrl"].endswith("/a"))
        self.refused("IncompleteBody", queues.create_queue, QueueName="other")

    def test_control_refuses_nonsense(self):
        for path, body in (("faults", {"fault": "flood"}), ("faults", {"fault": "500", "matches": {}}),
                           ("faults", {"fault": "500", "match": {"service": "sqss"}}), ("faults", {"fault": "error"}),
                           ("faults", {"fault": "500", "match": {"service": "sqs", "operation": "GetRole"}}),
                           ("delays", {"lambda.pendin": 1}), ("limits", {}), ("stale", {}), ("clock?advance=1", {})):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.control("POST", path, body)
            self.assertEqual(caught.exception.code, 400)
            caught.exception.close()


class Verified(Case):
    OPTIONS = ("--verify",)

    def test_signatures(self):
        self.client("sqs").create_queue(QueueName="a")
        self.client("sts").get_caller_identity()
        self.refused("InvalidSignatureException", self.client("sqs", secret="wrong").list_queues)
        self.refused("SignatureDoesNotMatch", self.client("sts", secret="wrong").get_caller_identity)

    def test_paths_and_queries_that_need_escapes(self):
        functions = self.client("lambda")
        arn = f"arn:aws:lambda:us-east-1:{BETA}:function:orders"
        self.refused("ResourceNotFoundException", functions.get_function, FunctionName=arn, Qualifier="$LATEST")
        self.refused("ResourceNotFoundException", functions.untag_resource, Resource=arn, TagKeys=["b c", "a/+é", "a"])
        self.refused("NoSuchEntity", self.client("iam").get_role, RoleName="a+=,.@-b")
        self.client("logs").create_log_group(logGroupName="/a#b", tags={"clé": "ü &=+"})
        self.client("dynamodb").list_tables()

    def test_presented_body_is_signed(self):
        client = self.client("sqs")
        client.meta.events.register("before-send", lambda request, **_: setattr(request, "body", b"{ }"))
        self.refused("InvalidSignatureException", client.list_queues)

    def test_time_is_part_of_the_signature(self):
        client = self.client("sqs")

        def old(request, **_):
            request.headers["X-Amz-Date"] = "20200101T000000Z"
        client.meta.events.register("before-send", old)
        self.refused("InvalidSignatureException", client.list_queues)

    def test_session_tokens(self):
        keys = self.client("sts").assume_role(RoleArn=f"arn:aws:iam::{GAMMA}:role/plumb",
                                              RoleSessionName="test")["Credentials"]
        key, secret, token = keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
        self.client("sqs", key=key, secret=secret, token=token).list_queues()
        self.refused("UnrecognizedClientException", self.client("sqs", key=key, secret=secret).list_queues)
        self.refused("InvalidClientTokenId",
                     self.client("sts", key=key, secret=secret, token="other").get_caller_identity)


class VirtualClock(Case):
    OPTIONS = ("--clock", "virtual:1700000000")

    def test_time_stands_still(self):
        start = self.simulator.control("GET", "clock")["ms"]
        self.simulator.control("POST", "clock?advance=1500")
        self.assertEqual(self.simulator.control("GET", "clock")["ms"], start + 1500)

    def test_keys_expire(self):
        keys = self.client("sts").assume_role(RoleArn=f"arn:aws:iam::{GAMMA}:role/plumb", RoleSessionName="test",
                                              DurationSeconds=900)["Credentials"]
        client = self.client("sqs", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
                             token=keys["SessionToken"])
        client.list_queues()
        self.simulator.control("POST", "clock?advance=900000")
        self.refused("ExpiredTokenException", client.list_queues)

    def test_unpublished_rates_are_no_limit(self):
        self.simulator.control("POST", "limits", {"enabled": True})
        queues = self.client("sqs")
        for _ in range(50):
            queues.list_queues()

    def test_runs_repeat(self):
        seen = []
        for _ in range(2):
            self.simulator.control("POST", "reset")
            made = self.client("iam").create_policy(PolicyName="p", PolicyDocument=POLICY)["Policy"]
            seen.append((made["PolicyId"], made["CreateDate"]))
            self.client("sts").get_caller_identity()
            seen.append([row["requestId"] for row in self.simulator.control("GET", "requests")["requests"]])
        self.assertEqual(seen[:2], seen[2:])


if __name__ == "__main__":
    harness.main()
