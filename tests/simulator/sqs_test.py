import hashlib
import json
import time

import harness
from harness import BETA, GAMMA, Case


class Sqs(Case):
    def test_queue(self):
        queues = self.client("sqs")
        url = queues.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "60"},
                                  tags={"team": "orders"})["QueueUrl"]
        self.assertEqual(queues.create_queue(QueueName="orders")["QueueUrl"], url)
        self.refused("QueueAlreadyExists", queues.create_queue, QueueName="orders",
                     Attributes={"VisibilityTimeout": "61"})
        self.refused("InvalidAttributeValue", queues.set_queue_attributes, QueueUrl=url,
                     Attributes={"VisibilityTimeout": "43201"})
        queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": '{"Version": "2012-10-17"}'})
        attributes = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual((attributes["VisibilityTimeout"], attributes["Policy"], attributes["QueueArn"]),
                         ("60", '{"Version": "2012-10-17"}', f"arn:aws:sqs:us-east-1:{BETA}:orders"))
        queues.tag_queue(QueueUrl=url, Tags={"stage": "beta"})
        queues.untag_queue(QueueUrl=url, TagKeys=["team"])
        self.assertEqual(queues.list_queue_tags(QueueUrl=url)["Tags"], {"stage": "beta"})
        self.simulator.control("POST", "delays", {"sqs.deleted": 60000})
        queues.delete_queue(QueueUrl=url)
        self.refused("AWS.SimpleQueueService.QueueDeletedRecently", queues.create_queue, QueueName="orders")
        self.refused("AWS.SimpleQueueService.NonExistentQueue", queues.delete_queue, QueueUrl=url)

    def test_messages(self):
        queues = self.client("sqs")
        url = queues.create_queue(QueueName="hooks", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
        receive = dict(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
        sent = [queues.send_message(QueueUrl=url, MessageBody=f"body {n}") for n in range(12)]
        self.assertEqual(sent[0]["MD5OfMessageBody"], hashlib.md5(b"body 0").hexdigest())
        first = queues.receive_message(**receive)["Messages"]
        self.assertEqual([m["Body"] for m in first], [f"body {n}" for n in range(10)])
        self.assertEqual((first[0]["MessageId"], first[0]["MD5OfBody"], first[0]["Attributes"]["ApproximateReceiveCount"]),
                         (sent[0]["MessageId"], sent[0]["MD5OfMessageBody"], "1"))
        self.assertLess(abs(int(first[0]["Attributes"]["SentTimestamp"]) - time.time() * 1000), 60000)
        self.assertEqual(len(queues.receive_message(**receive)["Messages"]), 2)  # the others are hidden
        self.assertNotIn("Messages", queues.receive_message(**receive))
        counts = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual((counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]),
                         ("0", "12"))
        queues.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
        queues.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
        entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(first[1:9])]
        answer = queues.delete_message_batch(QueueUrl=url, Entries=entries + [{"Id": "x", "ReceiptHandle": "x"}])
        self.assertEqual(len(answer["Successful"]), 8)
        self.assertEqual([(f["Id"], f["Code"]) for f in answer["Failed"]], [("x", "ReceiptHandleIsInvalid")])
        time.sleep(1.1)  # what was not deleted comes back, and an old handle deletes nothing
        again = queues.receive_message(**receive)["Messages"]
        self.assertEqual([m["Body"] for m in again], ["body 9", "body 10", "body 11"])
        self.assertEqual(again[0]["Attributes"]["ApproximateReceiveCount"], "2")
        queues.delete_message(QueueUrl=url, ReceiptHandle=first[9]["ReceiptHandle"])
        time.sleep(1.1)
        self.assertEqual(len(queues.receive_message(**receive)["Messages"]), 3)

    def test_refused_messages(self):
        queues = self.client("sqs")
        url = queues.create_queue(QueueName="hooks")["QueueUrl"]
        self.refused("AWS.SimpleQueueService.NonExistentQueue", queues.receive_message, QueueUrl=url + "x")
        self.refused("ReceiptHandleIsInvalid", queues.delete_message, QueueUrl=url, ReceiptHandle="x")
        self.refused("AWS.SimpleQueueService.EmptyBatchRequest", queues.delete_message_batch, QueueUrl=url, Entries=[])
        self.refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", queues.delete_message_batch, QueueUrl=url,
                     Entries=[{"Id": "a", "ReceiptHandle": "x"}] * 2)
        self.refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", queues.delete_message_batch, QueueUrl=url,
                     Entries=[{"Id": str(n), "ReceiptHandle": "x"} for n in range(11)])
        self.refused("InvalidParameterValue", queues.receive_message, QueueUrl=url, WaitTimeSeconds=21)
        self.refused("InvalidParameterValue", queues.receive_message, QueueUrl=url, MaxNumberOfMessages=11)
        self.refused("InvalidParameterValue", queues.send_message, QueueUrl=url, MessageBody="x" * (1024 * 1024 + 1))

    def test_waits_for_messages(self):
        queues = self.client("sqs")
        url = queues.create_queue(QueueName="hooks")["QueueUrl"]
        start = time.monotonic()
        self.assertNotIn("Messages", queues.receive_message(QueueUrl=url))
        self.assertLess(time.monotonic() - start, 0.2)
        self.assertNotIn("Messages", queues.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        self.assertGreater(time.monotonic() - start, 0.24)
        queues.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)
        self.assertNotIn("Messages", queues.receive_message(QueueUrl=url))
        time.sleep(1.1)
        self.assertEqual(queues.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]["Body"], "later")
        queues.delete_queue(QueueUrl=url)
        queues.create_queue(QueueName="hooks")
        self.assertNotIn("Messages", queues.receive_message(QueueUrl=url))

    def test_topics_deliver(self):
        queues, topics = self.client("sqs"), self.client("sns")
        topic = topics.create_topic(Name="hooks")["TopicArn"]
        other = self.client("sqs", key=GAMMA)
        urls = [client.create_queue(QueueName=name)["QueueUrl"]
                for client, name in ((queues, "raw"), (queues, "wrapped"), (other, "wrapped"))]
        for account, name, raw in ((BETA, "raw", "true"), (BETA, "wrapped", "false"), (GAMMA, "wrapped", "false"),
                                   (GAMMA, "nowhere", "false")):
            topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{account}:{name}",
                             Attributes={"RawMessageDelivery": raw})
        topics.publish(TopicArn=topic, Message="hello")
        bodies = [client.receive_message(QueueUrl=url)["Messages"][0]["Body"]
                  for client, url in zip((queues, queues, other), urls)]
        self.assertEqual(bodies[0], "hello")
        for body in bodies[1:]:
            self.assertEqual({k: json.loads(body)[k] for k in ("Type", "TopicArn", "Message")},
                             {"Type": "Notification", "TopicArn": topic, "Message": "hello"})

    def test_pages(self):
        queues = self.client("sqs")
        for number in range(5):
            queues.create_queue(QueueName=f"q{number}")
        page = queues.list_queues(MaxResults=3)
        self.assertEqual(len(page["QueueUrls"]), 3)
        queues.delete_queue(QueueUrl=page["QueueUrls"][0])
        rest = queues.list_queues(MaxResults=3, NextToken=page["NextToken"])
        self.assertEqual([url.rsplit("/", 1)[1] for url in rest["QueueUrls"]], ["q3", "q4"])
        self.assertNotIn("NextToken", rest)


if __name__ == "__main__":
    harness.main()
