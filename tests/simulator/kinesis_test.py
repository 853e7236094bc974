import harness
from harness import BETA, Case


class Kinesis(Case):
    def setUp(self):
        super().setUp()
        self.simulator.control("POST", "delays", {"kinesis.creating": 0, "kinesis.updating": 0, "kinesis.deleting": 0})
        self.kinesis = self.client("kinesis")

    def summary(self, name="orders"):
        return self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]

    def test_stream(self):
        kinesis = self.kinesis
        self.refused("InvalidArgumentException", kinesis.create_stream, StreamName="orders")
        kinesis.create_stream(StreamName="orders", ShardCount=2, Tags={"team": "orders"})
        self.refused("ResourceInUseException", kinesis.create_stream, StreamName="orders", ShardCount=2)
        stream = self.summary()
        self.assertEqual((stream["StreamStatus"], stream["OpenShardCount"], stream["RetentionPeriodHours"],
                          stream["EncryptionType"], stream["StreamModeDetails"]),
                         ("ACTIVE", 2, 24, "NONE", {"StreamMode": "PROVISIONED"}))
        arn = stream["StreamARN"]
        self.assertEqual(arn, f"arn:aws:kinesis:us-east-1:{BETA}:stream/orders")
        for target in (5, 40):
            self.refused("LimitExceededException", kinesis.update_shard_count,
                         StreamName="orders", TargetShardCount=target, ScalingType="UNIFORM_SCALING")
        kinesis.update_shard_count(StreamName="orders", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
        kinesis.increase_stream_retention_period(StreamName="orders", RetentionPeriodHours=48)
        self.refused("InvalidArgumentException", kinesis.increase_stream_retention_period, StreamName="orders",
                     RetentionPeriodHours=36)
        kinesis.start_stream_encryption(StreamName="orders", EncryptionType="KMS", KeyId="alias/aws/kinesis")
        kinesis.enable_enhanced_monitoring(StreamName="orders", ShardLevelMetrics=["ALL"])
        kinesis.disable_enhanced_monitoring(StreamName="orders", ShardLevelMetrics=["IncomingBytes"])
        kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=2048)
        stream = self.summary()
        self.assertEqual((stream["OpenShardCount"], stream["RetentionPeriodHours"], stream["KeyId"],
                          len(stream["EnhancedMonitoring"][0]["ShardLevelMetrics"]), stream["MaxRecordSizeInKiB"]),
                         (4, 48, "alias/aws/kinesis", 6, 2048))
        kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.refused("ValidationException", kinesis.update_shard_count, StreamName="orders", TargetShardCount=4,
                     ScalingType="UNIFORM_SCALING")
        kinesis.stop_stream_encryption(StreamName="orders", EncryptionType="KMS", KeyId="alias/aws/kinesis")
        self.assertEqual(self.summary()["EncryptionType"], "NONE")

    def test_tags(self):
        kinesis = self.kinesis
        kinesis.create_stream(StreamName="orders", ShardCount=1, Tags={"team": "orders"})
        kinesis.add_tags_to_stream(StreamName="orders", Tags={"stage": "beta"})
        kinesis.remove_tags_from_stream(StreamName="orders", TagKeys=["team"])
        self.assertEqual(kinesis.list_tags_for_stream(StreamName="orders")["Tags"], [{"Key": "stage", "Value": "beta"}])
        self.assertEqual(kinesis.list_tags_for_resource(ResourceARN=self.summary()["StreamARN"])["Tags"],
                         [{"Key": "stage", "Value": "beta"}])

    def test_one_change_at_a_time(self):
        kinesis = self.kinesis
        kinesis.create_stream(StreamName="orders", ShardCount=1)
        self.simulator.control("POST", "delays", {"kinesis.updating": 60000})
        self.assertEqual(self.summary()["StreamStatus"], "ACTIVE")
        kinesis.increase_stream_retention_period(StreamName="orders", RetentionPeriodHours=48)
        self.assertEqual(self.summary()["StreamStatus"], "UPDATING")
        self.refused("ResourceInUseException", kinesis.decrease_stream_retention_period, StreamName="orders",
                     RetentionPeriodHours=24)

    def test_consumers(self):
        kinesis = self.kinesis
        kinesis.create_stream(StreamName="orders", ShardCount=1)
        arn = self.summary()["StreamARN"]
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="bills", Tags={"a": "1"})["Consumer"]
        self.refused("ResourceInUseException", kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="bills")
        for named in ({"ConsumerARN": consumer["ConsumerARN"]}, {"StreamARN": arn, "ConsumerName": "bills"}):
            found = kinesis.describe_stream_consumer(**named)["ConsumerDescription"]
            self.assertEqual((found["ConsumerStatus"], found["StreamARN"]), ("ACTIVE", arn))
        self.assertEqual(kinesis.list_tags_for_resource(ResourceARN=consumer["ConsumerARN"])["Tags"],
                         [{"Key": "a", "Value": "1"}])
        self.refused("ResourceInUseException", kinesis.delete_stream, StreamName="orders")
        kinesis.deregister_stream_consumer(ConsumerARN=consumer["ConsumerARN"])
        self.refused("ResourceNotFoundException", kinesis.describe_stream_consumer, ConsumerARN=consumer["ConsumerARN"])
        kinesis.delete_stream(StreamName="orders")
        self.refused("ResourceNotFoundException", kinesis.describe_stream_summary, StreamName="orders")

    def test_deleting(self):
        kinesis = self.kinesis
        self.simulator.control("POST", "delays", {"kinesis.deleting": 60000})
        kinesis.create_stream(StreamName="orders", ShardCount=1)
        kinesis.delete_stream(StreamName="orders")
        self.assertEqual(self.summary()["StreamStatus"], "DELETING")
        self.refused("ResourceInUseException", kinesis.create_stream, StreamName="orders", ShardCount=1)


if __name__ == "__main__":
    harness.main()
