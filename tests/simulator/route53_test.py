import harness
from harness import Case


class Route53(Case):
    def setUp(self):
        super().setUp()
        self.dns = self.client("route53")
        self.zone = self.create("example.com", "one")

    def create(self, name, reference, **more):
        return self.dns.create_hosted_zone(Name=name, CallerReference=reference, **more)["HostedZone"]["Id"].split("/")[-1]

    def change(self, *given, changes=()):
        return self.dns.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": [
            {"Action": action, "ResourceRecordSet": record} for action, record in given or changes]})

    def names(self, **where):
        got = self.dns.list_resource_record_sets(HostedZoneId=self.zone, **where)
        return [(r["Name"], r["Type"], r.get("SetIdentifier", "")) for r in got["ResourceRecordSets"]], got

    @staticmethod
    def record(name="www.example.com", value="192.0.2.1", **more):
        return {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value}], **more}

    def test_zone(self):
        dns = self.dns
        got = dns.get_hosted_zone(Id=self.zone)
        self.assertEqual((got["HostedZone"]["Name"], got["HostedZone"]["ResourceRecordSetCount"],
                          len(got["DelegationSet"]["NameServers"])), ("example.com.", 2, 4))
        self.refused("HostedZoneAlreadyExists", dns.create_hosted_zone, Name="example.com", CallerReference="one")
        other = self.create("example.com", "two")
        self.create("a.example.org", "three")
        named = dns.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
        self.assertEqual([z["Name"] for z in named], ["example.com.", "example.com."])
        dns.update_hosted_zone_comment(Id=other, Comment="c")
        self.assertEqual(dns.get_hosted_zone(Id=other)["HostedZone"]["Config"]["Comment"], "c")
        dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=other,
                                     AddTags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=other, RemoveTagKeys=["a"])
        self.assertEqual(dns.list_tags_for_resource(ResourceType="hostedzone", ResourceId=other)
                         ["ResourceTagSet"]["Tags"], [{"Key": "b", "Value": "2"}])
        log = dns.create_query_logging_config(HostedZoneId=other, CloudWatchLogsLogGroupArn="arn:aws:logs:x:1:log-group:y")
        self.refused("QueryLoggingConfigAlreadyExists", dns.create_query_logging_config, HostedZoneId=other,
                     CloudWatchLogsLogGroupArn="arn:aws:logs:x:1:log-group:z")
        self.assertEqual(len(dns.list_query_logging_configs(HostedZoneId=other)["QueryLoggingConfigs"]), 1)
        dns.delete_query_logging_config(Id=log["QueryLoggingConfig"]["Id"])
        dns.delete_hosted_zone(Id=other)
        self.refused("NoSuchHostedZone", dns.get_hosted_zone, Id=other)

    def test_private_zone(self):
        dns = self.dns
        zone = self.create("in.side", "four", VPC={
            "VPCRegion": "us-east-1", "VPCId": "vpc-1"})
        self.refused("PublicZoneVPCAssociation", dns.associate_vpc_with_hosted_zone, HostedZoneId=self.zone,
                     VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-1"})
        dns.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-2"})
        dns.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-1"})
        self.refused("LastVPCAssociation", dns.disassociate_vpc_from_hosted_zone, HostedZoneId=zone,
                     VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-2"})
        self.assertEqual([v["VPCId"] for v in dns.get_hosted_zone(Id=zone)["VPCs"]], ["vpc-2"])

    def test_records(self):
        made = self.change(("CREATE", self.record()), ("CREATE", self.record("*.Example.com")))["ChangeInfo"]
        self.assertEqual(made["Status"], "PENDING")
        self.assertIn(self.dns.get_change(Id=made["Id"])["ChangeInfo"]["Status"], ("PENDING", "INSYNC"))
        self.refused("InvalidChangeBatch", self.change, changes=[("CREATE", self.record())])
        self.refused("InvalidChangeBatch", self.change, changes=[("DELETE", self.record("no.example.com"))])
        self.refused("InvalidChangeBatch", self.change, changes=[("DELETE", self.record(value="192.0.2.9"))])
        self.refused("InvalidChangeBatch", self.change, changes=[("UPSERT", self.record("www.example.org"))])
        self.refused("InvalidInput", self.change, changes=[("UPSERT", {"Name": "x.example.com", "Type": "A"})])
        self.refused("InvalidInput", self.change, changes=[("UPSERT", self.record(Weight=1))])
        # All of a batch or nothing.
        self.refused("InvalidChangeBatch", self.change, changes=[("CREATE", self.record("a.example.com")),
                     ("CREATE", self.record())])
        names, _ = self.names()
        self.assertEqual([n for n, kind, _ in names if kind == "A"], ["\\052.example.com.", "www.example.com."])
        self.change(("DELETE", self.record()), ("CREATE", self.record(Weight=1, SetIdentifier="one")),
                    ("CREATE", self.record(Weight=2, SetIdentifier="two")))
        names, page = self.names(StartRecordName="www.example.com", StartRecordType="A", StartRecordIdentifier="two",
                                 MaxItems="1")
        self.assertEqual(names, [("www.example.com.", "A", "two")])
        names, page = self.names(MaxItems="3")
        self.assertEqual((page["IsTruncated"], page["NextRecordName"]), (True, "www.example.com."))
        self.refused("HostedZoneNotEmpty", self.dns.delete_hosted_zone, Id=self.zone)
        self.refused("NoSuchChange", self.dns.get_change, Id="no")


if __name__ == "__main__":
    harness.main()
