import json

import harness
from harness import BETA, Case

QUEUE = f"arn:aws:sqs:us-east-1:{BETA}:from"
STREAM = f"arn:aws:kinesis:us-east-1:{BETA}:stream/s"
TARGET = f"arn:aws:sqs:us-east-1:{BETA}:to"


class Pipes(Case):
    def setUp(self):
        super().setUp()
        self.delay(0)
        self.simulator.control("POST", "delays", {"iam.propagation": 0})
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "pipes.amazonaws.com"},
                                "Action": "sts:AssumeRole"}]}
        self.role = self.client("iam").create_role(RoleName="pipe", AssumeRolePolicyDocument=json.dumps(trust)
                                                   )["Role"]["Arn"]

    def delay(self, ms):
        self.simulator.control("POST", "delays", {"pipes.settling": ms})

    def test_pipe(self):
        pipes = self.client("pipes")
        self.delay(100000)
        arn = pipes.create_pipe(Name="p", Source=QUEUE, Target=TARGET, RoleArn=self.role, Tags={"team": "a"},
                                SourceParameters={"SqsQueueParameters": {"BatchSize": 2}, "FilterCriteria": {
                                    "Filters": [{"Pattern": "{}"}]}})["Arn"]
        self.assertEqual(pipes.describe_pipe(Name="p")["CurrentState"], "CREATING")
        self.refused("ConflictException", pipes.update_pipe, Name="p", RoleArn=self.role, Description="d")
        self.refused("ConflictException", pipes.delete_pipe, Name="p")
        self.delay(0)
        self.simulator.control("POST", "reset")
        self.setUp()
        pipes.create_pipe(Name="p", Source=QUEUE, Target=TARGET, RoleArn=self.role, Tags={"team": "a"},
                          SourceParameters={"SqsQueueParameters": {"BatchSize": 2},
                                            "FilterCriteria": {"Filters": [{"Pattern": "{}"}]}})
        self.refused("ConflictException", pipes.create_pipe, Name="p", Source=QUEUE, Target=TARGET,
                     RoleArn=self.role)
        pipes.update_pipe(Name="p", RoleArn=self.role, Description="d",
                          SourceParameters={"SqsQueueParameters": {"MaximumBatchingWindowInSeconds": 5}})
        found = pipes.describe_pipe(Name="p")
        self.assertEqual((found["Description"], found["CurrentState"], found["DesiredState"]),
                         ("d", "RUNNING", "RUNNING"))
        self.assertEqual(found["SourceParameters"], {"SqsQueueParameters": {
            "MaximumBatchingWindowInSeconds": 5, "BatchSize": 10}, "FilterCriteria": {"Filters": [{"Pattern": "{}"}]}})
        self.assertEqual(pipes.stop_pipe(Name="p")["CurrentState"], "STOPPED")
        self.assertEqual(pipes.start_pipe(Name="p")["CurrentState"], "RUNNING")
        pipes.tag_resource(resourceArn=arn, tags={"stage": "beta"})
        pipes.untag_resource(resourceArn=arn, tagKeys=["team"])
        self.assertEqual(pipes.list_tags_for_resource(resourceArn=arn)["tags"], {"stage": "beta"})
        self.assertEqual([p["Name"] for p in pipes.list_pipes()["Pipes"]], ["p"])
        self.delay(100000)
        pipes.delete_pipe(Name="p")
        self.assertEqual(pipes.describe_pipe(Name="p")["CurrentState"], "DELETING")

    def test_refusals(self):
        pipes = self.client("pipes")
        wanted = {"Name": "p", "Source": STREAM, "Target": TARGET, "RoleArn": self.role}
        self.refused("ValidationException", pipes.create_pipe, **wanted)
        self.refused("ValidationException", pipes.create_pipe, **wanted, SourceParameters={"SqsQueueParameters": {}})
        pipes.create_pipe(**wanted, SourceParameters={"KinesisStreamParameters": {"StartingPosition": "LATEST"}})
        pipes.update_pipe(Name="p", RoleArn=self.role, SourceParameters={"KinesisStreamParameters": {"BatchSize": 5}})
        self.assertEqual(pipes.describe_pipe(Name="p")["SourceParameters"]["KinesisStreamParameters"],
                         {"BatchSize": 5, "StartingPosition": "LATEST"})
        self.refused("NotFoundException", pipes.update_pipe, Name="other", RoleArn=self.role)
        pipes.delete_pipe(Name="p")
        self.refused("NotFoundException", pipes.describe_pipe, Name="p")

    def test_role(self):
        pipes = self.client("pipes")
        pipes.create_pipe(Name="p", Source=QUEUE, Target=TARGET, RoleArn=self.role + "x")
        found = pipes.describe_pipe(Name="p")
        self.assertEqual(found["CurrentState"], "CREATE_FAILED")
        self.assertIn("customer role does not have permissions", found["StateReason"])


if __name__ == "__main__":
    harness.main()
