import datetime
import json

import harness
from harness import BETA, Case


class Scheduler(Case):
    def setUp(self):
        super().setUp()
        self.simulator.control("POST", "delays", {"iam.propagation": 0})

    def role(self, service="scheduler.amazonaws.com"):
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
        return self.client("iam").create_role(RoleName=service.split(".")[0],
                                              AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]

    def test_schedule(self):
        scheduler = self.client("scheduler")
        start = datetime.datetime(2026, 12, 1, 8, tzinfo=datetime.timezone.utc)
        wanted = {"Name": "nightly", "ScheduleExpression": "rate(1 days)", "FlexibleTimeWindow": {"Mode": "OFF"},
                  "Target": {"Arn": f"arn:aws:sqs:us-east-1:{BETA}:q", "RoleArn": self.role()}}
        arn = scheduler.create_schedule(**wanted, StartDate=start, Description="d", ClientToken="t")["ScheduleArn"]
        self.assertEqual(arn, f"arn:aws:scheduler:us-east-1:{BETA}:schedule/default/nightly")
        scheduler.create_schedule(**wanted, StartDate=start, Description="d", ClientToken="t")
        self.refused("ConflictException", scheduler.create_schedule, **wanted)
        found = scheduler.get_schedule(Name="nightly")
        self.assertEqual((found["StartDate"], found["GroupName"], found["State"], found["Description"]),
                         (start, "default", "ENABLED", "d"))
        self.assertEqual((found["ScheduleExpressionTimezone"], found["ActionAfterCompletion"]), ("UTC", "NONE"))
        self.assertEqual(found["Target"]["RetryPolicy"],
                         {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185})
        scheduler.update_schedule(**dict(wanted, State="DISABLED"))
        found = scheduler.get_schedule(Name="nightly")
        self.assertEqual(found["State"], "DISABLED")
        self.assertNotIn("Description", found)
        self.assertNotIn("StartDate", found)
        self.refused("ResourceNotFoundException", scheduler.update_schedule, **dict(wanted, Name="other"))
        self.refused("ResourceNotFoundException", scheduler.create_schedule, **dict(wanted, GroupName="none"))
        self.refused("ValidationException", scheduler.create_schedule,
                     **dict(wanted, Name="x", ScheduleExpression="daily"))
        self.refused("ValidationException", scheduler.create_schedule,
                     **dict(wanted, Name="x", FlexibleTimeWindow={"Mode": "FLEXIBLE"}))
        lambdas = self.role("lambda.amazonaws.com")
        error = self.refused("ValidationException", scheduler.create_schedule,
                             **dict(wanted, Name="x", Target=dict(wanted["Target"], RoleArn=lambdas)))
        self.assertIn("must allow AWS EventBridge Scheduler to assume the role", error["Error"]["Message"])
        self.assertEqual([s["Name"] for s in scheduler.list_schedules(NamePrefix="night")["Schedules"]], ["nightly"])
        scheduler.delete_schedule(Name="nightly")
        self.refused("ResourceNotFoundException", scheduler.get_schedule, Name="nightly")

    def test_groups(self):
        scheduler = self.client("scheduler")
        arn = scheduler.create_schedule_group(Name="orders", Tags=[{"Key": "team", "Value": "a"}])["ScheduleGroupArn"]
        self.refused("ConflictException", scheduler.create_schedule_group, Name="orders")
        self.refused("ConflictException", scheduler.create_schedule_group, Name="default")
        scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "beta"}])
        scheduler.untag_resource(ResourceArn=arn, TagKeys=["team"])
        self.assertEqual(scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"],
                         [{"Key": "stage", "Value": "beta"}])
        scheduler.create_schedule(Name="s", GroupName="orders", ScheduleExpression="cron(0 8 * * ? *)",
                                  FlexibleTimeWindow={"Mode": "OFF"},
                                  Target={"Arn": f"arn:aws:sqs:us-east-1:{BETA}:q", "RoleArn": self.role()})
        self.assertEqual(scheduler.get_schedule(Name="s", GroupName="orders")["GroupName"], "orders")
        self.refused("ResourceNotFoundException", scheduler.get_schedule, Name="s")
        self.simulator.control("POST", "delays", {"scheduler.deleting": 100000})
        scheduler.delete_schedule_group(Name="orders")
        self.assertEqual(scheduler.get_schedule_group(Name="orders")["State"], "DELETING")
        self.refused("ConflictException", scheduler.create_schedule_group, Name="orders")
        self.simulator.control("POST", "delays", {"scheduler.deleting": 0})
        scheduler.create_schedule_group(Name="x")
        scheduler.delete_schedule_group(Name="x")
        self.refused("ResourceNotFoundException", scheduler.get_schedule_group, Name="x")
        self.assertEqual([g["Name"] for g in scheduler.list_schedule_groups()["ScheduleGroups"]],
                         ["default", "orders"])


if __name__ == "__main__":
    harness.main()
