import json

import harness
from harness import BETA, Case


class Sns(Case):
    def test_topic(self):
        sns = self.client("sns")
        arn = sns.create_topic(Name="orders", Attributes={"DisplayName": "Orders"},
                               Tags=[{"Key": "team", "Value": "orders"}])["TopicArn"]
        self.assertEqual(arn, f"arn:aws:sns:us-east-1:{BETA}:orders")
        self.assertEqual(sns.create_topic(Name="orders")["TopicArn"], arn)
        self.refused("InvalidParameter", sns.create_topic, Name="orders", Attributes={"DisplayName": "Other"})
        self.refused("InvalidParameter", sns.create_topic, Name="or ders")
        sns.set_topic_attributes(TopicArn=arn, AttributeName="TracingConfig", AttributeValue="Active")
        self.refused("InvalidParameter", sns.set_topic_attributes, TopicArn=arn, AttributeName="Colour",
                     AttributeValue="red")
        attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        self.assertEqual((attributes["DisplayName"], attributes["TracingConfig"], attributes["Owner"]),
                         ("Orders", "Active", BETA))
        self.assertEqual(json.loads(attributes["Policy"])["Statement"][0]["Resource"], arn)
        sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "beta"}])
        sns.untag_resource(ResourceArn=arn, TagKeys=["team"])
        self.assertEqual(sns.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "stage", "Value": "beta"}])
        self.assertEqual(sns.list_topics()["Topics"], [{"TopicArn": arn}])
        sns.delete_topic(TopicArn=arn)
        sns.delete_topic(TopicArn=arn)
        self.refused("NotFound", sns.get_topic_attributes, TopicArn=arn)

    def test_subscription(self):
        sns = self.client("sns")
        topic = sns.create_topic(Name="orders")["TopicArn"]
        queue = f"arn:aws:sqs:us-east-1:{BETA}:orders"
        wanted = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue}
        arn = sns.subscribe(**wanted, Attributes={"FilterPolicy": '{"a": ["b"]}'})["SubscriptionArn"]
        self.assertEqual(sns.subscribe(**wanted)["SubscriptionArn"], arn)
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="RawMessageDelivery",
                                        AttributeValue="true")
        attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        self.assertEqual((attributes["Endpoint"], attributes["RawMessageDelivery"], attributes["FilterPolicy"],
                          attributes["FilterPolicyScope"]), (queue, "true", '{"a": ["b"]}', "MessageAttributes"))
        listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.assertEqual([(s["SubscriptionArn"], s["Protocol"]) for s in listed], [(arn, "sqs")])
        sns.unsubscribe(SubscriptionArn=arn)
        self.refused("NotFound", sns.get_subscription_attributes, SubscriptionArn=arn)
        self.refused("NotFound", sns.subscribe, TopicArn=topic + "x", Protocol="sqs", Endpoint=queue)

    def test_publish(self):
        sns = self.client("sns")
        topic = sns.create_topic(Name="orders")["TopicArn"]
        self.assertTrue(sns.publish(TopicArn=topic, Subject="A rollout ended", Message="it is well")["MessageId"])
        sns.publish(TargetArn=topic, Message="again")
        self.refused("InvalidParameter", sns.publish, TopicArn=topic, Message="")
        self.refused("InvalidParameter", sns.publish, TopicArn=topic, Message="m", Subject="two\nlines")
        self.refused("NotFound", sns.publish, TopicArn=topic + "x", Message="m")
        fifo = sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
        self.refused("InvalidParameter", sns.publish, TopicArn=fifo, Message="m")
        self.assertEqual(self.simulator.control("POST", "messages"), {"messages": [
            {"service": "sns", "topic": topic, "subject": "A rollout ended", "message": "it is well"},
            {"service": "sns", "topic": topic, "subject": "", "message": "again"}]})
        self.assertEqual(self.simulator.control("POST", "messages"), {"messages": []})

    def test_pages(self):
        sns = self.client("sns")
        for number in range(103):
            sns.create_topic(Name=f"t{number:03}")
        page = sns.list_topics()
        self.assertEqual(len(page["Topics"]), 100)
        self.assertEqual(len(sns.list_topics(NextToken=page["NextToken"])["Topics"]), 3)


if __name__ == "__main__":
    harness.main()
