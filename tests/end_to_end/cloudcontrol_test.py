#!/usr/bin/env python3
"""Types that plumb has no calls of its own for, through Cloud Control: applied, in sync, drifted and healed, updated,
replaced, failed and finished, refused where a foreign one stands, and removed without rest."""
import json
import time
import unittest

import harness

TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": True}},
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {
            "GroupDescription": "orders", "VpcId": {"Ref": "Network"},
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": "443", "ToPort": 443, "CidrIp": "0.0.0.0/0"}]}},
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {
            "ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}],
            "Tags": [{"Key": "team", "Value": "orders"}]}},
        "Service": {"Type": "AWS::ECS::Service", "Properties": {
            "Cluster": {"Ref": "Cluster"}, "DesiredCount": 1, "TaskDefinition": "orders:1"}},
        "Stream": {"Type": "AWS::Logs::LogStream", "Properties": {"LogGroupName": "/orders", "LogStreamName": "a"}},
        "Shares": {"Type": "AWS::Batch::SchedulingPolicy", "Properties": {
            "FairsharePolicy": {"ComputeReservation": "5"}, "Tags": {"team": "orders"}}},
        "User": {"Type": "AWS::ElastiCache::User", "Properties": {
            "UserId": "orders", "UserName": "orders", "Engine": "redis", "NoPasswordRequired": True,
            "AccessString": "on ~* +@read"}},
        "Association": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {
            "SubnetId": "subnet-1", "RouteTableId": "rtb-1"}},
    },
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Cluster", "Arn"]}},
                "Group": {"Value": {"Fn::GetAtt": ["Group", "GroupId"]}},
                "Service": {"Value": {"Fn::GetAtt": ["Service", "Name"]}}},
}
NOTHING = {"AWSTemplateFormatVersion": "2010-09-09",
           "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}


class CloudControl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = harness.Simulator()

    @classmethod
    def tearDownClass(cls):
        cls.account.close()

    def setUp(self):
        self.account.post("reset", {})
        self.control = self.account.client("cloudcontrol", "beta")
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)
        self.template = json.loads(json.dumps(TEMPLATE))
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": harness.ACCOUNTS["beta"], "region": "us-east-1", "tags": {"stage": "beta"}}))
        self.commit()

    def commit(self, template=None, **allow):
        self.repository.write("environments/beta/shop.yaml", json.dumps({"template": "shop.json", "allow": allow}))
        self.repository.write("shop.json", json.dumps(template or self.template))
        self.repository.commit("Another template")

    def properties(self, logical_id):
        return self.template["Resources"][logical_id]["Properties"]

    def apply(self, expect=0):
        return self.repository.plumb(self.account, "apply", expect=expect)

    def plan(self):
        """What would be done: logical id -> action, and the paths that differ."""
        changes = self.repository.json(self.account, "plan")[0]["changes"]
        return {change["logicalId"]: (change["action"], [d["path"] for d in change["differences"]])
                for change in changes}

    def in_sync(self):
        self.assertEqual(self.plan(), {})
        self.account.forget()
        self.apply()
        self.assertEqual(self.account.mutating(), [])

    def models(self, kind):
        listed = self.control.list_resources(TypeName=kind)["ResourceDescriptions"]
        return [self.model(kind, one["Identifier"]) for one in listed]

    def model(self, kind, identifier):
        answer = self.control.get_resource(TypeName=kind, Identifier=identifier)
        return json.loads(answer["ResourceDescription"]["Properties"])

    def change_outside(self, kind, identifier, *patch):
        self.control.update_resource(TypeName=kind, Identifier=identifier, PatchDocument=json.dumps(patch))
        time.sleep(0.1)

    def cluster(self):
        return self.models("AWS::ECS::Cluster")[0]

    def test_life(self):
        self.apply()
        self.in_sync()
        tags = {tag["Key"]: tag["Value"] for tag in self.cluster()["Tags"]}
        self.assertEqual((tags["team"], tags["stage"], tags["plumb:logical-id"]), ("orders", "beta", "Cluster"))
        self.assertEqual(self.models("AWS::EC2::SecurityGroup")[0]["VpcId"],
                         self.models("AWS::EC2::VPC")[0]["VpcId"])
        self.commit(NOTHING, manyDeletes=True)
        self.apply()
        left = [line for line in harness.fetch(self.account.url + "/_simulator/summary")["lines"]
                if line.startswith("cloudcontrol/") and ".resources" in line]
        self.assertEqual(left, [])

    def test_drift_is_found_and_healed(self):
        self.apply()
        name = self.cluster()["ClusterName"]
        self.change_outside("AWS::ECS::Cluster", name, {"op": "replace", "path": "/ClusterSettings/0/Value",
                                                        "value": "disabled"})
        drift = self.repository.json(self.account, "drift", expect=2)[0]["drift"]
        self.assertEqual([(one["logicalId"], [d["path"] for d in one["differences"]]) for one in drift],
                         [("Cluster", ["ClusterSettings[0].Value"])])
        for _ in range(2):  # the same drift at the same commit: the same request once more
            self.apply()
            self.assertEqual(self.cluster()["ClusterSettings"][0]["Value"], "enabled")
            self.in_sync()
            self.change_outside("AWS::ECS::Cluster", name, {"op": "replace", "path": "/ClusterSettings/0/Value",
                                                            "value": "disabled"})
        self.control.delete_resource(TypeName="AWS::Logs::LogStream", Identifier="/orders|a")
        time.sleep(0.1)
        self.assertEqual(self.plan()["Stream"][0], "create")
        self.apply()
        self.in_sync()

    def test_what_is_not_declared_is_left_alone(self):
        self.apply()
        network = self.models("AWS::EC2::VPC")[0]["VpcId"]
        self.change_outside("AWS::EC2::VPC", network, {"op": "add", "path": "/EnableDnsHostnames", "value": True})
        self.in_sync()
        self.properties("Network")["EnableDnsSupport"] = False
        self.commit()
        self.assertEqual(self.plan(), {"Network": ("update", ["EnableDnsSupport"])})
        self.apply()
        model = self.model("AWS::EC2::VPC", network)
        self.assertEqual((model["EnableDnsSupport"], model["EnableDnsHostnames"]), (False, True))

    def test_updates_and_replacements(self):
        self.apply()
        self.properties("User")["AccessString"] = "on ~* +@all"
        self.properties("Shares")["FairsharePolicy"] = {"ComputeReservation": 6}
        self.properties("Cluster")["Tags"] = []
        self.properties("Stream")["LogStreamName"] = "b"
        self.properties("Association")["RouteTableId"] = "rtb-2"
        self.properties("Group")["GroupDescription"] = "all orders"
        self.commit(manyDeletes=True)
        self.assertEqual({name: action for name, (action, _) in self.plan().items()},
                         {"User": "update", "Shares": "update", "Cluster": "update", "Stream": "replace",
                          "Association": "replace", "Group": "replace"})
        self.apply()
        self.in_sync()
        self.assertEqual([one["LogStreamName"] for one in self.models("AWS::Logs::LogStream")], ["b"])
        self.assertEqual([one["GroupDescription"] for one in self.models("AWS::EC2::SecurityGroup")], ["all orders"])
        self.assertNotIn("team", [tag["Key"] for tag in self.cluster()["Tags"]])

    def test_a_foreign_one_is_not_taken_over(self):
        self.control.create_resource(TypeName="AWS::ECS::Cluster", DesiredState='{"ClusterName": "theirs"}')
        self.properties("Cluster")["ClusterName"] = "theirs"
        self.commit()
        time.sleep(0.1)
        held = {change["logicalId"]: change.get("held", "")
                for change in self.repository.json(self.account, "plan")[0]["changes"]}
        self.assertIn("'theirs' already exists and was not made by plumb", held["Cluster"])
        self.apply(expect=1)
        self.assertEqual(len(self.models("AWS::EC2::VPC")), 0)

    def test_handlers_that_fail(self):
        self.properties("Cluster")["Tags"] = [{"Key": "a", "Value": "SIMULATOR_FAILS:Throttling"}]
        self.properties("Network")["Tags"] = [{"Key": "a", "Value": "SIMULATOR_FAILS:NotStabilized"}]
        self.commit()
        answer = self.apply(expect=1)
        self.assertIn("cannot create AWS::EC2::VPC 'Network': CreateResource AWS::EC2::VPC: NotStabilized",
                      answer.stderr)
        self.apply()  # the same commit again: not the failed request again
        self.in_sync()
        self.assertEqual((len(self.models("AWS::EC2::VPC")), len(self.models("AWS::ECS::Cluster"))), (1, 1))

    def test_lost_answers(self):
        for operation in ("CreateResource", "UpdateResource", "GetResourceRequestStatus", "GetResource"):
            self.account.post("faults", {"match": {"service": "cloudcontrol", "operation": operation, "nth": 2},
                                         "fault": "drop-after", "times": 2})
        self.apply()
        self.in_sync()
        self.properties("Cluster")["ClusterSettings"][0]["Value"] = "disabled"
        self.properties("Network")["EnableDnsSupport"] = False
        self.properties("Shares")["FairsharePolicy"] = {"ComputeReservation": 6}
        self.commit()
        self.apply()
        self.in_sync()
        kinds = {resource["Type"] for resource in self.template["Resources"].values()}
        self.assertEqual({kind: len(self.models(kind)) for kind in kinds}, {kind: 1 for kind in kinds})


if __name__ == "__main__":
    unittest.main()
