import harness
from harness import BETA, Case

NAME = "/aws/lambda/orders"
ARN = f"arn:aws:logs:us-east-1:{BETA}:log-group:{NAME}"


class Groups(Case):
    def setUp(self):
        super().setUp()
        self.logs = self.client("logs")

    def read(self):
        return self.logs.describe_log_groups(logGroupNamePrefix=NAME)["logGroups"][0]

    def test_life(self):
        self.logs.create_log_group(logGroupName=NAME, tags={"team": "orders"})
        self.refused("ResourceAlreadyExistsException", self.logs.create_log_group, logGroupName=NAME)
        read = self.read()
        self.assertEqual((read["arn"], read["logGroupArn"], read["logGroupClass"], "retentionInDays" in read),
                         (ARN + ":*", ARN, "STANDARD", False))
        self.logs.put_retention_policy(logGroupName=NAME, retentionInDays=14)
        self.refused("InvalidParameterException", self.logs.put_retention_policy, logGroupName=NAME,
                     retentionInDays=15)
        self.assertEqual(self.read()["retentionInDays"], 14)
        self.logs.delete_retention_policy(logGroupName=NAME)
        self.assertNotIn("retentionInDays", self.read())
        self.logs.associate_kms_key(logGroupName=NAME, kmsKeyId="arn:aws:kms:us-east-1:1:key/a")
        self.assertIn("kmsKeyId", self.read())
        self.logs.disassociate_kms_key(logGroupName=NAME)
        self.logs.put_log_group_deletion_protection(logGroupIdentifier=NAME, deletionProtectionEnabled=True)
        self.refused("ValidationException", self.logs.delete_log_group, logGroupName=NAME)
        self.logs.put_log_group_deletion_protection(logGroupIdentifier=ARN, deletionProtectionEnabled=False)
        self.logs.delete_log_group(logGroupName=NAME)
        self.refused("ResourceNotFoundException", self.logs.delete_log_group, logGroupName=NAME)
        self.assertEqual(self.logs.describe_log_groups()["logGroups"], [])

    def test_tags(self):
        self.logs.create_log_group(logGroupName=NAME)
        self.logs.tag_resource(resourceArn=ARN, tags={"a": "1", "b": "2"})
        self.logs.untag_resource(resourceArn=ARN, tagKeys=["a"])
        self.assertEqual(self.logs.list_tags_for_resource(resourceArn=ARN)["tags"], {"b": "2"})
        self.logs.tag_log_group(logGroupName=NAME, tags={"c": "3"})
        self.logs.untag_log_group(logGroupName=NAME, tags=["b"])
        self.assertEqual(self.logs.list_tags_log_group(logGroupName=NAME)["tags"], {"c": "3"})

    def test_filters(self):
        self.logs.create_log_group(logGroupName=NAME)
        transformation = {"metricName": "Errors", "metricNamespace": "orders", "metricValue": "1"}
        self.logs.put_metric_filter(logGroupName=NAME, filterName="errors", filterPattern="ERROR",
                                    metricTransformations=[transformation])
        self.assertEqual(self.logs.describe_metric_filters(logGroupName=NAME)["metricFilters"][0]
                         ["metricTransformations"], [transformation])
        self.assertEqual(self.read()["metricFilterCount"], 1)
        for name in ("a", "b"):
            self.logs.put_subscription_filter(logGroupName=NAME, filterName=name, filterPattern="",
                                              destinationArn="arn:aws:lambda:us-east-1:1:function:x")
        self.refused("LimitExceededException", self.logs.put_subscription_filter, logGroupName=NAME, filterName="c",
                     filterPattern="", destinationArn="arn:aws:lambda:us-east-1:1:function:x")
        self.assertEqual(len(self.logs.describe_subscription_filters(logGroupName=NAME)["subscriptionFilters"]), 2)
        self.logs.delete_subscription_filter(logGroupName=NAME, filterName="a")
        self.logs.delete_metric_filter(logGroupName=NAME, filterName="errors")
        self.refused("ResourceNotFoundException", self.logs.delete_metric_filter, logGroupName=NAME,
                     filterName="errors")

    def test_pages(self):
        for number in range(55):
            self.logs.create_log_group(logGroupName=f"/g/{number:02}")
        pages = list(self.logs.get_paginator("describe_log_groups").paginate())
        self.assertEqual([len(page["logGroups"]) for page in pages], [50, 5])


if __name__ == "__main__":
    harness.main()
