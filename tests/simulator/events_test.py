import json

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

    def test_put_events(self):
        events = self.client("events")
        event = {"Source": "shop.rollouts", "DetailType": "Rollout ended", "Detail": '{"state": "done"}'}
        answer = events.put_events(Entries=[event, dict(event, EventBusName="orders"), dict(event, Detail="[1]"),
                                            {"Source": "shop"}])
        self.assertEqual((answer["FailedEntryCount"], [e.get("ErrorCode") for e in answer["Entries"]]),
                         (2, [None, None, "MalformedDetail", "InvalidArgument"]))
        self.assertTrue(answer["Entries"][0]["EventId"])
        self.refused("ValidationException", events.put_events, Entries=[event] * 11)
        self.refused("ValidationException", events.put_events, Entries=[{"Source": "shop"}])
        self.refused("ValidationException", events.put_events, Entries=[dict(event, Detail=f'"{"x" * 300000}"')])
        kept = {"service": "events", "bus": "default", "detailType": "Rollout ended", "source": "shop.rollouts",
                "detail": {"state": "done"}}
        self.assertEqual(self.simulator.control("POST", "messages"), {"messages": [kept, dict(kept, bus="orders")]})

    def test_buses(self):
        events = self.client("events")
        arn = f"arn:aws:events:us-east-1:{BETA}:event-bus/orders"
        dead = {"Arn": f"arn:aws:sqs:us-east-1:{BETA}:dead"}
        answer = events.create_event_bus(Name="orders", Description="d", DeadLetterConfig=dead,
                                         LogConfig={"Level": "INFO", "IncludeDetail": "FULL"},
                                         Tags=[{"Key": "team", "Value": "orders"}])
        self.assertEqual((answer["EventBusArn"], answer["Description"]), (arn, "d"))
        self.refused("ResourceAlreadyExistsException", events.create_event_bus, Name="orders")
        self.refused("ResourceAlreadyExistsException", events.create_event_bus, Name="default")
        self.refused("ValidationException", events.create_event_bus, Name="a/b")
        events.update_event_bus(Name="orders", Description="e", LogConfig={"Level": "OFF"})
        bus = events.describe_event_bus(Name=arn)
        self.assertEqual((bus["Description"], bus["LogConfig"], bus["DeadLetterConfig"]), ("e", {"Level": "OFF"}, dead))
        self.assertNotIn("Policy", bus)
        self.assertEqual([b["Name"] for b in events.list_event_buses()["EventBuses"]], ["default", "orders"])
        self.refused("ResourceNotFoundException", events.update_event_bus, Name="other")
        self.assertEqual(events.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "team", "Value": "orders"}])
        events.put_rule(Name="r", EventBusName="orders", EventPattern='{"source": ["x"]}')
        self.refused("ValidationException", events.delete_event_bus, Name="orders")
        events.delete_rule(Name="r", EventBusName=arn)
        events.delete_event_bus(Name="orders")
        events.delete_event_bus(Name="orders")
        self.refused("ResourceNotFoundException", events.describe_event_bus, Name="orders")
        self.refused("ValidationException", events.delete_event_bus, Name="default")

    def test_permissions(self):
        events = self.client("events")
        events.put_permission(StatementId="gamma", Action="events:PutEvents", Principal="222222222222")
        statement = {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents",
                     "Resource": f"arn:aws:events:us-east-1:{BETA}:event-bus/default"}
        policy = json.loads(events.describe_event_bus()["Policy"])
        self.assertEqual(policy["Statement"][0]["Principal"], {"AWS": "arn:aws:iam::222222222222:root"})
        events.put_permission(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        self.assertEqual(json.loads(events.describe_event_bus()["Policy"])["Statement"], [statement])
        self.refused("ValidationException", events.put_permission, Policy="{")
        self.refused("ResourceNotFoundException", events.put_permission, EventBusName="x", Policy="{}")
        self.refused("ResourceNotFoundException", events.remove_permission, StatementId="gamma")
        events.remove_permission(StatementId="all")
        self.assertNotIn("Policy", events.describe_event_bus())

    def test_connections(self):
        events = self.client("events")
        auth = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hush"},
                "InvocationHttpParameters": {"HeaderParameters": [
                    {"Key": "a", "Value": "1", "IsValueSecret": False},
                    {"Key": "b", "Value": "hush", "IsValueSecret": True}]}}
        self.simulator.control("POST", "delays", {"events.connection": 100000})
        self.refused("ValidationException", events.create_connection, Name="c", AuthorizationType="BASIC",
                     AuthParameters=auth)
        made = events.create_connection(Name="c", AuthorizationType="API_KEY", AuthParameters=auth)
        self.assertEqual(made["ConnectionState"], "CREATING")
        self.refused("ResourceAlreadyExistsException", events.create_connection, Name="c",
                     AuthorizationType="API_KEY", AuthParameters=auth)
        self.simulator.control("POST", "delays", {"events.connection": 0})
        events.update_connection(Name="c", Description="d")
        live = events.describe_connection(Name="c")
        self.assertEqual((live["ConnectionState"], live["Description"]), ("AUTHORIZED", "d"))
        self.assertEqual(live["AuthParameters"], {
            "ApiKeyAuthParameters": {"ApiKeyName": "x-key"},
            "InvocationHttpParameters": {"HeaderParameters": [
                {"Key": "a", "Value": "1", "IsValueSecret": False}, {"Key": "b", "IsValueSecret": True}]}})
        self.assertIn("secret:events!connection/c/", live["SecretArn"])
        events.update_connection(Name="c", AuthorizationType="BASIC", AuthParameters={
            "BasicAuthParameters": {"Username": "u", "Password": "hush"}})
        self.assertEqual(events.describe_connection(Name="c")["AuthParameters"]["BasicAuthParameters"],
                         {"Username": "u"})
        self.assertNotIn("hush", str(events.describe_connection(Name="c")))

        where = {"ConnectionArn": live["ConnectionArn"], "InvocationEndpoint": "https://example.com/*",
                 "HttpMethod": "POST"}
        self.refused("ResourceNotFoundException", events.create_api_destination, Name="d",
                     **dict(where, ConnectionArn=where["ConnectionArn"][:-1] + "x"))
        events.create_api_destination(Name="d", **where)
        events.update_api_destination(Name="d", HttpMethod="PUT")
        found = events.describe_api_destination(Name="d")
        self.assertEqual((found["HttpMethod"], found["InvocationRateLimitPerSecond"], found["ApiDestinationState"]),
                         ("PUT", 300, "ACTIVE"))
        self.assertEqual(len(events.list_api_destinations()["ApiDestinations"]), 1)
        events.delete_api_destination(Name="d")
        self.refused("ResourceNotFoundException", events.describe_api_destination, Name="d")
        self.assertEqual(events.deauthorize_connection(Name="c")["ConnectionState"], "DEAUTHORIZED")
        self.assertEqual(len(events.list_connections()["Connections"]), 1)
        events.delete_connection(Name="c")
        self.refused("ResourceNotFoundException", events.describe_connection, Name="c")

    def test_archives(self):
        events = self.client("events")
        bus = events.create_event_bus(Name="orders")["EventBusArn"]
        events.create_archive(ArchiveName="a", EventSourceArn=bus, RetentionDays=3)
        self.refused("ResourceAlreadyExistsException", events.create_archive, ArchiveName="a", EventSourceArn=bus)
        self.refused("InvalidEventPatternException", events.update_archive, ArchiveName="a", EventPattern="{")
        events.update_archive(ArchiveName="a", EventPattern='{"source": ["x"]}', Description="d")
        found = events.describe_archive(ArchiveName="a")
        self.assertEqual((found["RetentionDays"], found["Description"], found["State"]), (3, "d", "ENABLED"))
        self.assertEqual(len(events.list_archives()["Archives"]), 1)
        events.delete_archive(ArchiveName="a")
        self.refused("ResourceNotFoundException", events.describe_archive, ArchiveName="a")


if __name__ == "__main__":
    harness.main()
