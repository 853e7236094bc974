import harness
from harness import BETA, GAMMA, Case

ARN = f"arn:aws:dynamodb:us-east-1:{BETA}:table/orders"


def attribute(name, kind="S"):
    return {"AttributeName": name, "AttributeType": kind}


def keys(hash_key, range_key=None):
    schema = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return schema + ([{"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else [])


def index(name, hash_key, **more):
    return {"IndexName": "by-" + name, "KeySchema": keys(hash_key), "Projection": {"ProjectionType": "ALL"}} | more


class Tables(Case):
    OPTIONS = ("--clock", "virtual:1700000000")

    def setUp(self):
        super().setUp()
        self.simulator.control("POST", "delays", {"dynamodb.creating": 1000, "dynamodb.updating": 1000,
                                                  "dynamodb.index": 3000, "dynamodb.deleting": 1000,
                                                  "dynamodb.ttl": 1000})
        self.tables = self.client("dynamodb")

    def advance(self, ms):
        self.simulator.control("POST", f"clock?advance={ms}")

    def create(self, name="orders", settle=True, **more):
        arguments = {"TableName": name, "AttributeDefinitions": [attribute("id")], "KeySchema": keys("id"),
                     "BillingMode": "PAY_PER_REQUEST"} | more
        made = self.tables.create_table(**arguments)["TableDescription"]
        if settle:
            self.advance(1000)
        return made

    def read(self):
        return self.tables.describe_table(TableName="orders")["Table"]

    def update(self, **more):
        return self.tables.update_table(TableName="orders", **more)["TableDescription"]

    def test_life(self):
        made = self.create(settle=False, Tags=[{"Key": "team", "Value": "orders"}],
                           DeletionProtectionEnabled=True, SSESpecification={"Enabled": True},
                           StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
        self.assertEqual((made["TableStatus"], made["TableArn"], made["BillingModeSummary"]["BillingMode"]),
                         ("CREATING", ARN, "PAY_PER_REQUEST"))
        self.refused("ResourceInUseException", self.create)
        self.refused("ResourceInUseException", self.update, TableClass="STANDARD")
        self.advance(1000)
        read = self.read()
        self.assertEqual((read["TableStatus"], read["DeletionProtectionEnabled"], read["SSEDescription"]["Status"],
                          read["LatestStreamArn"].startswith(ARN + "/stream/2023-11-14T")),
                         ("ACTIVE", True, "ENABLED", True))
        self.refused("ValidationException", self.tables.delete_table, TableName="orders")
        self.assertEqual(self.update(DeletionProtectionEnabled=False)["TableStatus"], "UPDATING")
        self.advance(1000)
        self.assertEqual(self.tables.delete_table(TableName="orders")["TableDescription"]["TableStatus"], "DELETING")
        self.assertEqual(self.read()["TableStatus"], "DELETING")
        self.refused("ResourceInUseException", self.create)
        self.advance(1000)
        self.refused("ResourceNotFoundException", self.read)
        self.create()
        self.refused("ResourceNotFoundException", self.client("dynamodb", key=GAMMA).describe_table,
                     TableName="orders")

    def test_refused_tables(self):
        throughput = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
        for change in ({"AttributeDefinitions": [attribute("other")]},
                       {"AttributeDefinitions": [attribute("id"), attribute("other")]},
                       {"KeySchema": [{"AttributeName": "id", "KeyType": "RANGE"}]},
                       {"ProvisionedThroughput": throughput},
                       {"BillingMode": "PROVISIONED"},
                       {"GlobalSecondaryIndexes": [index("i", "none")]},
                       {"GlobalSecondaryIndexes": [index("i", "id", Projection={"ProjectionType": "INCLUDE"})]},
                       {"StreamSpecification": {"StreamEnabled": True}},
                       {"TableName": "no spaces"}):
            with self.subTest(change):
                self.refused("ValidationException", self.create, **change)

    def test_one_index_at_a_time(self):
        self.create(AttributeDefinitions=[attribute("id"), attribute("a")], GlobalSecondaryIndexes=[index("a", "a")])
        define = [attribute("id"), attribute("b"), attribute("c")]
        self.refused("LimitExceededException", self.update, AttributeDefinitions=define,
                     GlobalSecondaryIndexUpdates=[{"Create": index("b", "b")}, {"Create": index("c", "c")}])
        self.refused("LimitExceededException", self.update, AttributeDefinitions=define,
                     GlobalSecondaryIndexUpdates=[{"Create": index("b", "b")}, {"Delete": {"IndexName": "by-a"}}])
        self.refused("ValidationException", self.update,
                     GlobalSecondaryIndexUpdates=[{"Create": index("b", "b")}])
        self.update(AttributeDefinitions=define[:2], GlobalSecondaryIndexUpdates=[{"Create": index("b", "b")}])
        self.advance(1000)
        states = {row["IndexName"]: row["IndexStatus"] for row in self.read()["GlobalSecondaryIndexes"]}
        self.assertEqual((self.read()["TableStatus"], states), ("ACTIVE", {"by-a": "ACTIVE", "by-b": "CREATING"}))
        self.refused("LimitExceededException", self.update,
                     GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-a"}}])
        self.advance(2000)
        self.update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-a"}}])
        self.advance(3000)
        read = self.read()
        self.assertEqual([row["IndexName"] for row in read["GlobalSecondaryIndexes"]], ["by-b"])
        self.assertEqual(sorted(row["AttributeName"] for row in read["AttributeDefinitions"]), ["b", "id"])
        self.refused("ResourceNotFoundException", self.update,
                     GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-a"}}])

    def test_billing_and_streams(self):
        self.create()
        throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
        self.refused("ValidationException", self.tables.update_table, TableName="orders")
        self.refused("ValidationException", self.update, BillingMode="PROVISIONED")
        self.update(BillingMode="PROVISIONED", ProvisionedThroughput=throughput)
        self.advance(1000)
        self.assertEqual(self.read()["ProvisionedThroughput"]["WriteCapacityUnits"], 6)
        self.refused("ValidationException", self.update, ProvisionedThroughput=throughput)
        view = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        self.refused("ValidationException", self.update, StreamSpecification={"StreamEnabled": False})
        self.refused("ValidationException", self.update, StreamSpecification=view,
                     ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 7})
        self.update(StreamSpecification=view)
        self.advance(1000)
        self.refused("ValidationException", self.update, StreamSpecification=view)
        self.update(StreamSpecification={"StreamEnabled": False})
        self.assertNotIn("StreamSpecification", self.read())

    def test_settings(self):
        self.create()
        spec = {"Enabled": True, "AttributeName": "expires"}
        self.tables.update_time_to_live(TableName="orders", TimeToLiveSpecification=spec)
        self.refused("ValidationException", self.tables.update_time_to_live, TableName="orders",
                     TimeToLiveSpecification=spec)
        self.advance(1000)
        self.assertEqual(self.tables.describe_time_to_live(TableName="orders")["TimeToLiveDescription"],
                         {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"})
        self.refused("ValidationException", self.tables.update_time_to_live, TableName="orders",
                     TimeToLiveSpecification=spec | {"AttributeName": "other"})
        self.tables.update_continuous_backups(
            TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        recovery = self.tables.describe_continuous_backups(TableName="orders")["ContinuousBackupsDescription"]
        self.assertEqual(recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"], "ENABLED")
        self.refused("TableNotFoundException", self.tables.describe_continuous_backups, TableName="none")
        self.tables.tag_resource(ResourceArn=ARN, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.tables.untag_resource(ResourceArn=ARN, TagKeys=["a"])
        self.assertEqual(self.tables.list_tags_of_resource(ResourceArn=ARN)["Tags"], [{"Key": "b", "Value": "2"}])
        self.refused("PolicyNotFoundException", self.tables.get_resource_policy, ResourceArn=ARN)
        self.tables.put_resource_policy(ResourceArn=ARN, Policy="{}")
        self.assertEqual(self.tables.get_resource_policy(ResourceArn=ARN)["Policy"], "{}")
        self.tables.delete_resource_policy(ResourceArn=ARN)
        self.tables.describe_kinesis_streaming_destination(TableName="orders")
        self.tables.describe_contributor_insights(TableName="orders")

    def test_pages(self):
        for number in range(105):
            self.create(name=f"table-{number:03}", settle=False)
        first = self.tables.list_tables()
        self.assertEqual((len(first["TableNames"]), first["LastEvaluatedTableName"]), (100, "table-099"))
        rest = self.tables.list_tables(ExclusiveStartTableName="table-099")
        self.assertEqual((len(rest["TableNames"]), "LastEvaluatedTableName" in rest), (5, False))


if __name__ == "__main__":
    harness.main()
