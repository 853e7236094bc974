import harness
from harness import BETA, Case


class Events(Case):
    def test_rule(self):
        events = self.client("events")
        arn = events.put_rule(Name="failures", EventPattern='{"source": ["aws.states"]}', Description="d",
                              Tags=[{"Key": "team", "Value": "orders"}])["RuleArn"]
        self.assertEqual(arn, f"arn:aws:events:us-east-1:{BETA}:rule/failures")
        events.put_rule(Name="failures", ScheduleExpression="rate(1 hour)", State="DISABLED")
        rule = events.describe_rule(Name="failures")
        self.assertEqual((rule["ScheduleExpression"], rule["State"]), ("rate(1 hour)", "DISABLED"))
        self.assertNotIn("Description", rule)
        self.assertNotIn("EventPattern", rule)
        self.refused("InvalidEventPatternException", events.put_rule, Name="x", EventPattern="{")
        self.refused("ValidationException", events.put_rule, Name="x")
        events.tag_resource(ResourceARN=arn, Tags=[{"Key": "stage", "Value": "beta"}])
        self.assertEqual(events.list_tags_for_resource(ResourceARN=arn)["Tags"],
                         [{"Key": "team", "Value": "orders"}, {"Key": "stage", "Value": "beta"}])
        events.delete_rule(Name="failures")
        self.refused("ResourceNotFoundException", events.describe_rule, Name="failures")

    def test_targets(self):
        events = self.client("events")
        events.create_event_bus(Name="orders")
        where = {"EventBusName": "orders"}
        arn = events.put_rule(Name="r", EventPattern='{"source": ["x"]}', **where)["RuleArn"]
        self.assertEqual(arn, f"arn:aws:events:us-east-1:{BETA}:rule/orders/r")
        target = {"Id": "queue", "Arn": f"arn:aws:sqs:us-east-1:{BETA}:q", "InputPath": "$.detail"}
        self.assertEqual(events.put_targets(Rule="r", Targets=[target], **where)["FailedEntryCount"], 0)
        self.assertEqual(events.list_targets_by_rule(Rule="r", **where)["Targets"], [target])
        self.refused("ValidationException", events.delete_rule, Name="r", **where)
        more = [dict(target, Id=f"t{i}") for i in range(5)]
        self.refused("LimitExceededException", events.put_targets, Rule="r", Targets=more, **where)
        events.remove_targets(Rule="r", Ids=["queue"], **where)
        events.delete_rule(Name="r", **where)
        self.refused("ResourceNotFoundException", events.put_targets, Rule="r", Targets=[target], **where)


if __name__ == "__main__":
    harness.main()
