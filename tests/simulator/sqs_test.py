import harness
from harness import BETA, Case


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
