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

    def test_description(self):
        manager = self.client("secretsmanager")
        arn = manager.create_secret(Name="db", Description="d", Tags=[{"Key": "a", "Value": "1"}])["ARN"]
        found = manager.describe_secret(SecretId="db")
        self.assertEqual((found["ARN"], found["Description"], found["Tags"], found["VersionIdsToStages"]),
                         (arn, "d", [{"Key": "a", "Value": "1"}], {}))
        self.assertTrue(arn.startswith(f"arn:aws:secretsmanager:us-east-1:{BETA}:secret:db-"))
        self.refused("ResourceNotFoundException", manager.get_secret_value, SecretId="db")
        version = manager.update_secret(SecretId=arn, Description="", KmsKeyId="alias/k", SecretString="x")["VersionId"]
        self.refused("ResourceExistsException", manager.update_secret, SecretId=arn, SecretString="y",
                     ClientRequestToken=version)
        manager.tag_resource(SecretId=arn, Tags=[{"Key": "b", "Value": "2"}])
        manager.untag_resource(SecretId=arn, TagKeys=["a"])
        found = manager.describe_secret(SecretId="db")
        self.assertEqual((found["KmsKeyId"], found["Tags"]), ("alias/k", [{"Key": "b", "Value": "2"}]))
        self.assertNotIn("Description", found)

    def test_a_token_makes_a_create_safe(self):
        manager = self.client("secretsmanager")
        token = "0123456789abcdef0123456789abcdef"
        made = manager.create_secret(Name="db", SecretString="x", ClientRequestToken=token)
        again = manager.create_secret(Name="db", SecretString="x", ClientRequestToken=token)
        self.assertEqual((made["ARN"], made["VersionId"]), (again["ARN"], token))
        self.refused("ResourceExistsException", manager.create_secret, Name="db", SecretString="y",
                     ClientRequestToken=token)

    def test_recovery(self):
        manager = self.client("secretsmanager")
        manager.create_secret(Name="db", SecretString="x")
        self.refused("InvalidParameterException", manager.delete_secret, SecretId="db", RecoveryWindowInDays=6)
        manager.delete_secret(SecretId="db")
        self.assertIn("DeletedDate", manager.describe_secret(SecretId="db"))
        self.refused("InvalidRequestException", manager.get_secret_value, SecretId="db")
        self.refused("InvalidRequestException", manager.delete_secret, SecretId="db")
        self.refused("InvalidRequestException", manager.create_secret, Name="db", SecretString="y")
        manager.restore_secret(SecretId="db")
        self.assertEqual(manager.get_secret_value(SecretId="db")["SecretString"], "x")

    def test_passwords(self):
        manager = self.client("secretsmanager")
        one, two = (manager.get_random_password()["RandomPassword"] for _ in range(2))
        self.assertEqual((len(one), one == two), (32, False))
        digits = manager.get_random_password(PasswordLength=50, ExcludeUppercase=True, ExcludeLowercase=True,
                                             ExcludePunctuation=True, ExcludeCharacters="0")["RandomPassword"]
        self.assertEqual((len(digits), set(digits) - set("123456789")), (50, set()))
        self.refused("InvalidParameterException", manager.get_random_password, PasswordLength=3)

    def test_replicas_and_policy(self):
        manager = self.client("secretsmanager")
        manager.create_secret(Name="db", SecretString="x", AddReplicaRegions=[{"Region": "eu-west-1"}])
        self.refused("InvalidParameterException", manager.replicate_secret_to_regions, SecretId="db",
                     AddReplicaRegions=[{"Region": "eu-west-1"}])
        status = manager.replicate_secret_to_regions(
            SecretId="db", AddReplicaRegions=[{"Region": "us-west-2", "KmsKeyId": "alias/k"}])["ReplicationStatus"]
        self.assertEqual([(r["Region"], r["KmsKeyId"], r["Status"]) for r in status],
                         [("eu-west-1", "alias/aws/secretsmanager", "InSync"), ("us-west-2", "alias/k", "InSync")])
        self.refused("InvalidParameterException", manager.delete_secret, SecretId="db")
        manager.remove_regions_from_replication(SecretId="db", RemoveReplicaRegions=["eu-west-1", "us-west-2"])
        self.assertNotIn("ReplicationStatus", manager.describe_secret(SecretId="db"))
        self.refused("MalformedPolicyDocumentException", manager.put_resource_policy, SecretId="db", ResourcePolicy="{}")
        manager.put_resource_policy(SecretId="db", ResourcePolicy='{"Statement": []}')
        self.assertEqual(manager.get_resource_policy(SecretId="db")["ResourcePolicy"], '{"Statement": []}')
        manager.delete_resource_policy(SecretId="db")
        self.assertNotIn("ResourcePolicy", manager.get_resource_policy(SecretId="db"))


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
