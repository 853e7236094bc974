"""Cloud Control: resources of any type, by the published schemas."""
import json
import time

import harness
from harness import BETA, Case

GROUP = "AWS::EC2::SecurityGroup"
CLUSTER = "AWS::ECS::Cluster"
STREAM = "AWS::Logs::LogStream"


class CloudControl(Case):
    def setUp(self):
        super().setUp()
        self.control = self.client("cloudcontrol")
        self.wait(0.02)

    def create(self, kind, **model):
        return self.control.create_resource(TypeName=kind, DesiredState=json.dumps(model))["ProgressEvent"]

    def ended(self, event):
        return self.control.get_resource_request_status(RequestToken=event["RequestToken"])["ProgressEvent"]

    def read(self, kind, identifier):
        answer = self.control.get_resource(TypeName=kind, Identifier=identifier)
        return json.loads(answer["ResourceDescription"]["Properties"])

    def settled(self, event):
        self.settle()
        event = self.ended(event)
        self.assertEqual(event["OperationStatus"], "SUCCESS", event)
        return event["Identifier"]

    def wait(self, seconds):
        """How long requests take from here on."""
        self.seconds = seconds
        self.simulator.control("POST", "delays", {"cloudcontrol.pending": int(1000 * seconds)})

    def settle(self):
        time.sleep(self.seconds + 0.03)

    def update(self, kind, identifier, *patch, **more):
        return self.control.update_resource(TypeName=kind, Identifier=identifier, PatchDocument=json.dumps(patch),
                                            **more)["ProgressEvent"]

    def test_life(self):
        self.wait(1)  # a slow machine looks too late else
        event = self.create(GROUP, GroupDescription="orders", GroupName="orders", VpcId="vpc-1")
        self.assertEqual((event["OperationStatus"], event["Operation"], event["TypeName"]),
                         ("IN_PROGRESS", "CREATE", GROUP))
        self.refused("ResourceNotFoundException", lambda: self.read(GROUP, event["Identifier"]))
        group = self.settled(event)
        self.assertEqual(self.read(GROUP, group)["GroupName"], "orders")
        listed = self.control.list_resources(TypeName=GROUP)["ResourceDescriptions"]
        self.assertEqual([(one["Identifier"], json.loads(one["Properties"])) for one in listed],
                         [(group, {"Id": group})])
        rules = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]
        event = self.update(GROUP, group, {"op": "add", "path": "/SecurityGroupIngress", "value": rules})
        self.refused("ConcurrentOperationException", self.control.delete_resource, TypeName=GROUP,
                     Identifier=group)
        self.settled(event)
        self.assertEqual(self.read(GROUP, group)["SecurityGroupIngress"], rules)
        self.settled(self.control.delete_resource(TypeName=GROUP, Identifier=group)["ProgressEvent"])
        self.refused("ResourceNotFoundException", lambda: self.read(GROUP, group))
        event = self.ended(self.control.delete_resource(TypeName=GROUP, Identifier=group)["ProgressEvent"])
        self.settle()
        self.assertEqual(self.ended(event)["ErrorCode"], "NotFound")

    def test_schema(self):
        self.refused("TypeNotFoundException", lambda: self.create("AWS::EC2::Thing"))
        self.refused("UnsupportedActionException", lambda: self.create("AWS::CodeBuild::Project"))
        for model in ({"VpcId": "vpc-1"}, {"GroupDescription": "a", "GroupNme": "a"},
                      {"GroupDescription": "a", "Id": "sg-1"},
                      {"GroupDescription": "a", "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": "443"}]}):
            self.refused("InvalidRequestException", lambda: self.create(GROUP, **model))

    def test_names(self):
        self.settled(self.create(CLUSTER, ClusterName="orders"))
        event = self.create(CLUSTER, ClusterName="orders")
        self.settle()
        self.assertEqual((self.ended(event)["OperationStatus"], self.ended(event)["ErrorCode"]),
                         ("FAILED", "AlreadyExists"))
        made = self.settled(self.create(CLUSTER))
        self.assertEqual(self.read(CLUSTER, made)["Arn"], f"arn:aws:ecs:us-east-1:{BETA}:cluster/{made}")

    def test_compound_identifiers(self):
        stream = self.settled(self.create(STREAM, LogGroupName="/a", LogStreamName="b"))
        self.assertEqual(stream, "/a|b")
        self.settled(self.create(STREAM, LogGroupName="/c", LogStreamName="b"))
        listed = self.control.list_resources(TypeName=STREAM, ResourceModel='{"LogGroupName": "/a"}')
        self.assertEqual([one["Identifier"] for one in listed["ResourceDescriptions"]], ["/a|b"])
        self.refused("UnsupportedActionException", lambda: self.update(STREAM, stream))

    def test_tokens(self):
        model = json.dumps({"ClusterName": "orders"})
        first, again = (self.control.create_resource(TypeName=CLUSTER, DesiredState=model, ClientToken="one")
                        for _ in range(2))
        self.assertEqual(first["ProgressEvent"]["RequestToken"], again["ProgressEvent"]["RequestToken"])
        self.refused("ClientTokenConflictException", self.control.create_resource, TypeName=CLUSTER,
                     DesiredState='{"ClusterName": "other"}', ClientToken="one")
        self.settle()
        old = self.control.create_resource(TypeName=CLUSTER, DesiredState=model, ClientToken="one")
        self.assertEqual(old["ProgressEvent"]["OperationStatus"], "SUCCESS")
        self.refused("RequestTokenNotFoundException", self.control.get_resource_request_status, RequestToken="two")

    def test_patches(self):
        cluster = self.settled(self.create(CLUSTER, ClusterSettings=[{"Name": "a", "Value": "1"}]))
        self.refused("NotUpdatableException", lambda: self.update(CLUSTER, cluster,
                     {"op": "replace", "path": "/ClusterName", "value": "other"}))
        self.refused("InvalidRequestException", lambda: self.update(CLUSTER, cluster,
                     {"op": "remove", "path": "/Configuration"}))
        self.settled(self.update(CLUSTER, cluster, {"op": "replace", "path": "/ClusterSettings/0/Value", "value": "2"},
                                 {"op": "add", "path": "/ClusterSettings/-", "value": {"Name": "b"}}))
        self.assertEqual(self.read(CLUSTER, cluster)["ClusterSettings"], [{"Name": "a", "Value": "2"}, {"Name": "b"}])

    def test_write_only(self):
        user = self.settled(self.create("AWS::ElastiCache::User", UserId="a", UserName="a", Engine="redis",
                                        Passwords=["secret"]))
        self.assertNotIn("Passwords", self.read("AWS::ElastiCache::User", user))

    def test_failures(self):
        event = self.create(CLUSTER, ClusterName="SIMULATOR_FAILS:Throttling")
        self.settle()
        self.assertEqual(self.ended(event)["ErrorCode"], "Throttling")
        self.settled(self.create(CLUSTER, ClusterName="SIMULATOR_FAILS:Throttling"))

    def test_pages(self):
        for number in range(25):
            self.create(CLUSTER, ClusterName=f"c{number:02}")
        self.settle()
        pages = list(self.control.get_paginator("list_resources").paginate(TypeName=CLUSTER))
        self.assertEqual([len(page["ResourceDescriptions"]) for page in pages], [20, 5])


if __name__ == "__main__":
    harness.main()
