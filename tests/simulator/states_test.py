import json

import harness
from harness import BETA, Case

DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
ROLE = f"arn:aws:iam::{BETA}:role/r"


class States(Case):
    def test_machine(self):
        states = self.client("stepfunctions")
        arn = states.create_state_machine(name="orders", definition=DEFINITION, roleArn=ROLE,
                                          tags=[{"key": "team", "value": "orders"}])["stateMachineArn"]
        self.assertEqual(arn, f"arn:aws:states:us-east-1:{BETA}:stateMachine:orders")
        self.assertEqual(states.create_state_machine(name="orders", definition=DEFINITION,
                                                     roleArn=ROLE)["stateMachineArn"], arn)
        self.refused("StateMachineAlreadyExists", states.create_state_machine, name="orders",
                     definition=DEFINITION, roleArn=ROLE + "x")
        self.refused("InvalidDefinition", states.create_state_machine, name="x", definition="{}", roleArn=ROLE)
        self.refused("InvalidName", states.create_state_machine, name="a b", definition=DEFINITION, roleArn=ROLE)
        before = states.describe_state_machine(stateMachineArn=arn)
        self.assertEqual((before["type"], before["status"], before["loggingConfiguration"]["level"]),
                         ("STANDARD", "ACTIVE", "OFF"))
        states.update_state_machine(stateMachineArn=arn, tracingConfiguration={"enabled": True})
        after = states.describe_state_machine(stateMachineArn=arn)
        self.assertTrue(after["tracingConfiguration"]["enabled"])
        self.assertNotIn("revisionId", before)
        self.assertIn("revisionId", after)
        states.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "beta"}])
        states.untag_resource(resourceArn=arn, tagKeys=["team"])
        self.assertEqual(states.list_tags_for_resource(resourceArn=arn)["tags"],
                         [{"key": "stage", "value": "beta"}])
        self.assertEqual([m["name"] for m in states.list_state_machines()["stateMachines"]], ["orders"])
        states.delete_state_machine(stateMachineArn=arn)
        self.refused("StateMachineDoesNotExist", states.describe_state_machine, stateMachineArn=arn)

    def machine(self, name="orders"):
        return self.client("stepfunctions").create_state_machine(name=name, definition=DEFINITION,
                                                                 roleArn=ROLE)["stateMachineArn"]

    def test_versions(self):
        states, arn = self.client("stepfunctions"), self.machine()
        self.refused("ConflictException", states.publish_state_machine_version, stateMachineArn=arn, revisionId="x")
        first = states.publish_state_machine_version(stateMachineArn=arn, revisionId="INITIAL",
                                                     description="d")["stateMachineVersionArn"]
        self.assertEqual(first, arn + ":1")
        self.assertEqual(states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"], first)
        states.update_state_machine(stateMachineArn=arn, roleArn=ROLE + "2")
        second = states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
        found = [states.describe_state_machine(stateMachineArn=a) for a in (first, second)]
        self.assertEqual([(f["stateMachineArn"], f["roleArn"], f.get("description")) for f in found],
                         [(first, ROLE, "d"), (second, ROLE + "2", None)])
        self.assertEqual([v["stateMachineVersionArn"] for v in
                          states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]],
                         [second, first])
        states.delete_state_machine_version(stateMachineVersionArn=first)
        states.delete_state_machine_version(stateMachineVersionArn=first)
        self.refused("StateMachineDoesNotExist", states.describe_state_machine, stateMachineArn=first)

    def test_aliases(self):
        states, arn = self.client("stepfunctions"), self.machine()
        version = states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
        route = [{"stateMachineVersionArn": version, "weight": 100}]
        self.refused("ValidationException", states.create_state_machine_alias, name="live",
                     routingConfiguration=[{"stateMachineVersionArn": version, "weight": 99}])
        self.refused("ResourceNotFound", states.create_state_machine_alias, name="live",
                     routingConfiguration=[{"stateMachineVersionArn": arn + ":9", "weight": 100}])
        alias = states.create_state_machine_alias(name="live", routingConfiguration=route)["stateMachineAliasArn"]
        self.assertEqual(alias, arn + ":live")
        states.create_state_machine_alias(name="live", routingConfiguration=route)
        self.refused("ConflictException", states.create_state_machine_alias, name="live", description="d",
                     routingConfiguration=route)
        states.update_state_machine_alias(stateMachineAliasArn=alias, description="d")
        found = states.describe_state_machine_alias(stateMachineAliasArn=alias)
        self.assertEqual((found["name"], found["description"], found["routingConfiguration"]), ("live", "d", route))
        self.assertEqual([a["stateMachineAliasArn"] for a in
                          states.list_state_machine_aliases(stateMachineArn=arn)["stateMachineAliases"]], [alias])
        self.refused("ConflictException", states.delete_state_machine_version, stateMachineVersionArn=version)
        states.delete_state_machine_alias(stateMachineAliasArn=alias)
        self.refused("ResourceNotFound", states.delete_state_machine_alias, stateMachineAliasArn=alias)

    def test_activities(self):
        states = self.client("stepfunctions")
        arn = states.create_activity(name="pick", tags=[{"key": "team", "value": "orders"}])["activityArn"]
        self.assertEqual(arn, f"arn:aws:states:us-east-1:{BETA}:activity:pick")
        self.assertEqual(states.create_activity(name="pick")["activityArn"], arn)
        self.assertEqual(states.describe_activity(activityArn=arn)["name"], "pick")
        self.assertEqual(states.list_tags_for_resource(resourceArn=arn)["tags"], [{"key": "team", "value": "orders"}])
        states.delete_activity(activityArn=arn)
        self.refused("ActivityDoesNotExist", states.describe_activity, activityArn=arn)


if __name__ == "__main__":
    harness.main()
