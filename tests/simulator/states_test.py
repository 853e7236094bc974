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
        self.assertNotEqual(before["revisionId"], after["revisionId"])
        states.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "beta"}])
        states.untag_resource(resourceArn=arn, tagKeys=["team"])
        self.assertEqual(states.list_tags_for_resource(resourceArn=arn)["tags"],
                         [{"key": "stage", "value": "beta"}])
        self.assertEqual([m["name"] for m in states.list_state_machines()["stateMachines"]], ["orders"])
        states.delete_state_machine(stateMachineArn=arn)
        self.refused("StateMachineDoesNotExist", states.describe_state_machine, stateMachineArn=arn)


if __name__ == "__main__":
    harness.main()
