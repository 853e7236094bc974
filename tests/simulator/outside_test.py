import harness
from harness import BETA, Case


class Ssm(Case):
    def test_parameters(self):
        ssm = self.client("ssm")
        self.assertEqual(ssm.put_parameter(Name="/db/url", Value="a", Type="String")["Version"], 1)
        self.refused("ParameterAlreadyExists", ssm.put_parameter, Name="/db/url", Value="b", Type="String")
        ssm.put_parameter(Name="/db/url", Value="b", Overwrite=True)
        ssm.put_parameter(Name="list", Value="x,y", Type="StringList")
        ssm.put_parameter(Name="/key", Value="hunter2", Type="SecureString")
        newest = ssm.get_parameter(Name="/db/url")["Parameter"]
        self.assertEqual((newest["Value"], newest["Version"], newest["Type"], newest["ARN"]),
                         ("b", 2, "String", f"arn:aws:ssm:us-east-1:{BETA}:parameter/db/url"))
        older = ssm.get_parameter(Name="/db/url:1")["Parameter"]
        self.assertEqual((older["Value"], older["Version"], older["Selector"]), ("a", 1, ":1"))
        self.assertEqual(ssm.get_parameter(Name=f"arn:aws:ssm:us-east-1:{BETA}:parameter/list")["Parameter"]["Value"],
                         "x,y")
        self.assertNotIn("hunter2", ssm.get_parameter(Name="/key")["Parameter"]["Value"])
        self.assertEqual(ssm.get_parameter(Name="/key", WithDecryption=True)["Parameter"]["Value"], "hunter2")
        several = ssm.get_parameters(Names=["list", "/db/url:1", "/db/url:9", "none"])
        self.assertEqual([p["Value"] for p in several["Parameters"]], ["x,y", "a"])
        self.assertEqual(several["InvalidParameters"], ["/db/url:9", "none"])
        self.refused("ParameterNotFound", ssm.get_parameter, Name="none")
        self.refused("ParameterVersionNotFound", ssm.get_parameter, Name="/db/url:3")
        self.refused("ValidationException", ssm.get_parameters, Names=[str(n) for n in range(11)])
        ssm.delete_parameter(Name="list")
        self.refused("ParameterNotFound", ssm.get_parameter, Name="list")

    def described(self, name):
        return self.client("ssm").describe_parameters(
            ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [name]}])["Parameters"]

    def test_what_stays_when_a_parameter_is_overwritten(self):
        ssm = self.client("ssm")
        ssm.put_parameter(Name="a", Value="1", Type="String", Description="d", AllowedPattern=".*",
                          Tags=[{"Key": "team", "Value": "orders"}])
        self.refused("ValidationException", ssm.put_parameter, Name="a", Value="2", Overwrite=True,
                     Tags=[{"Key": "team", "Value": "orders"}])
        ssm.put_parameter(Name="a", Value="2", Overwrite=True, AllowedPattern="")
        found = self.described("a")[0]
        self.assertEqual((found["Description"], found["Tier"], found["DataType"], found["Version"]),
                         ("d", "Standard", "text", 2))
        self.assertNotIn("AllowedPattern", found)
        ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId="a", Tags=[{"Key": "stage", "Value": "beta"}])
        ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId="a", TagKeys=["team"])
        self.assertEqual(ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="a")["TagList"],
                         [{"Key": "stage", "Value": "beta"}])
        self.refused("InvalidResourceId", ssm.list_tags_for_resource, ResourceType="Parameter", ResourceId="b")

    def test_tiers_and_policies(self):
        ssm = self.client("ssm")
        policy = '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2036-12-02T21:34:33.000Z"}}]'
        self.refused("ValidationException", ssm.put_parameter, Name="a", Value="1", Type="String", Policies=policy)
        ssm.put_parameter(Name="a", Value="1", Type="String", Tier="Intelligent-Tiering", Policies=policy)
        found = self.described("a")[0]
        self.assertEqual((found["Tier"], found["Policies"][0]["PolicyText"], found["Policies"][0]["PolicyType"]),
                         ("Advanced", policy[1:-1], "Expiration"))
        self.refused("ValidationException", ssm.put_parameter, Name="a", Value="1", Overwrite=True, Tier="Standard")
        ssm.put_parameter(Name="a", Value="1", Overwrite=True, Policies="[{}]")
        self.assertEqual(self.described("a")[0]["Policies"], [])
        self.assertEqual(self.described("b"), [])

    def test_pages_of_parameters(self):
        ssm = self.client("ssm")
        for number in range(5):
            ssm.put_parameter(Name=f"p{number}", Value="1", Type="String")
        page = ssm.describe_parameters(MaxResults=3)
        rest = ssm.describe_parameters(MaxResults=3, NextToken=page["NextToken"])
        self.assertEqual([p["Name"] for p in page["Parameters"] + rest["Parameters"]], [f"p{n}" for n in range(5)])
        self.assertNotIn("NextToken", rest)


class SecretsManager(Case):
    def test_secret(self):
        manager = self.client("secretsmanager")
        made = manager.create_secret(Name="db", SecretString='{"password": "one"}')
        self.refused("ResourceExistsException", manager.create_secret, Name="db", SecretString="x")
        second = manager.put_secret_value(SecretId="db", SecretString="two")["VersionId"]
        current = manager.get_secret_value(SecretId=made["ARN"])
        self.assertEqual((current["SecretString"], current["VersionId"], current["VersionStages"]),
                         ("two", second, ["AWSCURRENT"]))
        previous = manager.get_secret_value(SecretId="db", VersionStage="AWSPREVIOUS")
        self.assertEqual((previous["SecretString"], previous["VersionId"]), ('{"password": "one"}', made["VersionId"]))
        self.assertEqual(manager.get_secret_value(SecretId="db", VersionId=second)["SecretString"], "two")
        manager.put_secret_value(SecretId="db", SecretString="three")
        self.refused("ResourceNotFoundException", manager.get_secret_value, SecretId="db", VersionId=made["VersionId"])
        manager.delete_secret(SecretId="db", ForceDeleteWithoutRecovery=True)
        self.refused("ResourceNotFoundException", manager.get_secret_value, SecretId="db")


class CloudFormation(Case):
    def test_there_are_no_stacks(self):
        stacks = self.client("cloudformation")
        self.assertEqual((stacks.list_exports()["Exports"], stacks.describe_stacks()["Stacks"]), ([], []))
        self.refused("ValidationError", stacks.describe_stacks, StackName="network")


class Ec2(Case):
    def test_zones(self):
        zones = self.client("ec2", region="eu-west-1").describe_availability_zones()["AvailabilityZones"]
        self.assertEqual([(z["ZoneName"], z["ZoneType"]) for z in zones],
                         [("eu-west-1-lax-1a", "local-zone")] +
                         [(f"eu-west-1{c}", "availability-zone") for c in "cba"])
        self.refused("InvalidAction", self.client("ec2").describe_vpcs)


if __name__ == "__main__":
    harness.main()
