import base64
import hashlib
import io
import json
import urllib.request
import zipfile

import harness
from harness import BETA, GAMMA, Case

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ROLE = f"arn:aws:iam::{BETA}:role/orders"
ARN = f"arn:aws:lambda:us-east-1:{BETA}:function:orders"


def zipped(text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", text)
    return buffer.getvalue()


CODE = zipped("one")


class LambdaCase(Case):
    DELAYS = {}

    def setUp(self):
        super().setUp()
        settled = {"lambda.pending": 0, "lambda.update": 0, "lambda.mapping": 0, "lambda.concurrency": 0,
                   "iam.propagation": 0}
        self.simulator.control("POST", "delays", settled | self.DELAYS)
        self.iam = self.client("iam")
        self.iam.create_role(RoleName="orders", AssumeRolePolicyDocument=TRUST)
        self.functions = self.client("lambda")

    def create(self, name="orders", **more):
        arguments = {"FunctionName": name, "Role": ROLE, "Runtime": "python3.12", "Handler": "index.handler",
                     "Code": {"ZipFile": CODE}} | more
        return self.functions.create_function(**arguments)


class Functions(LambdaCase):
    def test_life(self):
        made = self.create(Environment={"Variables": {"A": "1"}}, Tags={"team": "orders"}, Timeout=10)
        self.assertEqual((made["FunctionArn"], made["Version"], made["State"]), (ARN, "$LATEST", "Active"))
        self.assertEqual(made["CodeSha256"], base64.b64encode(hashlib.sha256(CODE).digest()).decode())
        read = self.functions.get_function(FunctionName="orders")
        self.assertEqual(read["Tags"], {"team": "orders"})
        with urllib.request.urlopen(read["Code"]["Location"], timeout=5) as response:
            self.assertEqual(response.read(), CODE)
        config = read["Configuration"]
        self.assertEqual((config["Timeout"], config["MemorySize"], config["Environment"], config["TracingConfig"],
                          config["LoggingConfig"]),
                         (10, 128, {"Variables": {"A": "1"}}, {"Mode": "PassThrough"},
                          {"LogFormat": "Text", "LogGroup": "/aws/lambda/orders"}))
        changed = self.functions.update_function_configuration(FunctionName=ARN, MemorySize=256,
                                                               Environment={"Variables": {}})
        self.assertEqual((changed["MemorySize"], changed["Timeout"], "Environment" in changed), (256, 10, False))
        self.assertNotEqual(changed["RevisionId"], made["RevisionId"])
        self.functions.tag_resource(Resource=ARN, Tags={"stage": "beta"})
        self.functions.untag_resource(Resource=ARN, TagKeys=["team", "other"])
        self.assertEqual(self.functions.list_tags(Resource=ARN)["Tags"], {"stage": "beta"})
        self.functions.delete_function(FunctionName="orders")
        self.refused("ResourceNotFoundException", self.functions.get_function, FunctionName="orders")

    def test_refusals(self):
        self.create()
        for code, change in (
                ("ResourceConflictException", {}),
                ("InvalidParameterValueException", {"Role": ROLE + "x"}),
                ("ValidationException", {"Role": "arn:aws:iam::1:role/x"}),
                ("AccessDeniedException", {"Role": f"arn:aws:iam::{GAMMA}:role/orders"}),
                ("InvalidParameterValueException", {"Runtime": "python2.7"}),
                ("InvalidParameterValueException", {"Code": {"ZipFile": b"not a zip"}}),
                ("InvalidParameterValueException", {"Code": {"S3Bucket": "none", "S3Key": "k"}}),
                ("InvalidParameterValueException", {"Environment": {"Variables": {"AWS_REGION": "x"}}}),
                ("InvalidParameterValueException", {"Environment": {"Variables": {"A": "x" * 4096}}}),
                ("ValidationException", {"Timeout": 901}),
                ("InvalidParameterValueException", {"Layers": [f"arn:aws:lambda:us-east-1:{BETA}:layer:none:1"]})):
            with self.subTest(change):
                self.refused(code, self.create, **({"name": "other"} if change else {}), **change)
        self.refused("ValidationException", self.create, name="a.b")
        self.refused("ResourceNotFoundException", self.functions.get_function, FunctionName="orders", Qualifier="9")

    def test_role_must_trust_lambda(self):
        self.iam.create_role(RoleName="ecs", AssumeRolePolicyDocument=TRUST.replace("lambda.", "ecs."))
        self.refused("InvalidParameterValueException", self.create, name="a", Role=ROLE.replace("orders", "ecs"))

    def test_revisions(self):
        revision = self.create()["RevisionId"]
        self.refused("PreconditionFailedException", self.functions.update_function_code, FunctionName="orders",
                     ZipFile=CODE, RevisionId="11111111-1111-1111-1111-111111111111")
        changed = self.functions.update_function_code(FunctionName="orders", ZipFile=zipped("two"),
                                                      RevisionId=revision)
        self.refused("PreconditionFailedException", self.functions.update_function_configuration,
                     FunctionName="orders", Timeout=5, RevisionId=revision)
        dry = self.functions.update_function_code(FunctionName="orders", ZipFile=zipped("three"), DryRun=True)
        self.assertNotEqual(dry["CodeSha256"], changed["CodeSha256"])
        self.assertEqual(self.functions.get_function_configuration(FunctionName="orders")["RevisionId"],
                         changed["RevisionId"])

    def test_pages(self):
        for number in range(60):
            self.create(name=f"f{number:02}")
        first = self.functions.list_functions()
        self.assertEqual(len(first["Functions"]), 50)
        self.assertNotIn("State", first["Functions"][0])
        self.assertIn("RevisionId", first["Functions"][0])
        rest = self.functions.list_functions(Marker=first["NextMarker"])
        self.assertEqual([len(rest["Functions"]), "NextMarker" in rest], [10, False])

    def test_code_in_s3(self):
        self.client("s3").create_bucket(Bucket="code")
        self.client("s3", key=GAMMA).create_bucket(Bucket="foreign")
        self.client("s3").put_object(Bucket="code", Key="a/orders.zip", Body=CODE)
        made = self.create(Code={"S3Bucket": "code", "S3Key": "a/orders.zip"})
        self.assertEqual(made["CodeSha256"], base64.b64encode(hashlib.sha256(CODE).digest()).decode())
        for code, key, bucket in (("InvalidParameterValueException", "none", "code"),
                                  ("AccessDeniedException", "a", "foreign"),
                                  ("InvalidParameterValueException", "a", "nobodys")):
            self.refused(code, self.functions.update_function_code, FunctionName="orders", S3Bucket=bucket,
                         S3Key=key)

    def test_image(self):
        digest = "ab" * 32
        made = self.functions.create_function(
            FunctionName="image", Role=ROLE, PackageType="Image", ImageConfig={"Command": ["a"]},
            Code={"ImageUri": f"{BETA}.dkr.ecr.us-east-1.amazonaws.com/orders@sha256:{digest}"})
        self.assertEqual((made["CodeSha256"], made["ImageConfigResponse"]),
                         (digest, {"ImageConfig": {"Command": ["a"]}}))


class Asynchronous(LambdaCase):
    OPTIONS = ("--clock", "virtual:1700000000")
    DELAYS = {"lambda.pending": 3000, "lambda.update": 3000, "lambda.mapping": 3000, "iam.propagation": 10000}

    def advance(self, ms):
        self.simulator.control("POST", f"clock?advance={ms}")

    def create_when_role_is_known(self):
        self.advance(9999)
        refused = self.refused("InvalidParameterValueException", self.create)
        self.assertEqual(refused["Error"]["Message"],
                         "The role defined for the function cannot be assumed by Lambda.")
        self.advance(1)
        return self.create()

    def read(self):
        return self.functions.get_function_configuration(FunctionName="orders")

    def test_states(self):
        made = self.create_when_role_is_known()
        self.assertEqual((made["State"], made["StateReasonCode"]), ("Pending", "Creating"))
        self.refused("ResourceConflictException", self.functions.publish_version, FunctionName="orders")
        self.refused("ResourceConflictException", self.functions.invoke, FunctionName="orders")
        self.advance(3000)
        active = self.read()
        self.assertEqual((active["State"], active["LastUpdateStatus"]), ("Active", "Successful"))
        self.assertNotEqual(active["RevisionId"], made["RevisionId"])
        changed = self.functions.update_function_code(FunctionName="orders", ZipFile=zipped("two"))
        self.assertEqual((changed["State"], changed["LastUpdateStatus"]), ("Active", "InProgress"))
        self.refused("ResourceConflictException", self.functions.update_function_configuration,
                     FunctionName="orders", Timeout=4)
        self.functions.invoke(FunctionName="orders")
        self.advance(3000)
        self.assertEqual(self.read()["LastUpdateStatus"], "Successful")
        self.functions.update_function_configuration(
            FunctionName="orders", Environment={"Variables": {"SIMULATOR_UPDATE_FAILS": "InvalidSubnet"}})
        self.advance(3000)
        failed = self.read()
        self.assertEqual((failed["LastUpdateStatus"], failed["LastUpdateStatusReasonCode"]),
                         ("Failed", "InvalidSubnet"))

    def test_mapping_states(self):
        self.create_when_role_is_known()
        self.client("sqs").create_queue(QueueName="q")
        made = self.functions.create_event_source_mapping(EventSourceArn=f"arn:aws:sqs:us-east-1:{BETA}:q",
                                                          FunctionName="orders")
        self.assertEqual(made["State"], "Creating")
        uuid = made["UUID"]
        self.refused("ResourceInUseException", self.functions.update_event_source_mapping, UUID=uuid, BatchSize=5)
        self.advance(3000)
        self.assertEqual(self.functions.get_event_source_mapping(UUID=uuid)["State"], "Enabled")
        self.assertEqual(self.functions.delete_event_source_mapping(UUID=uuid)["State"], "Deleting")
        self.assertEqual(len(self.functions.list_event_source_mappings()["EventSourceMappings"]), 1)
        self.advance(3000)
        self.assertEqual(self.functions.list_event_source_mappings()["EventSourceMappings"], [])
        self.refused("ResourceNotFoundException", self.functions.get_event_source_mapping, UUID=uuid)


class Versions(LambdaCase):
    def setUp(self):
        super().setUp()
        self.create()

    def publish(self, text=None, **more):
        if text:
            self.functions.update_function_code(FunctionName="orders", ZipFile=zipped(text))
        return self.functions.publish_version(FunctionName="orders", **more)

    def test_publish(self):
        first = self.publish(Description="first")
        self.assertEqual((first["Version"], first["FunctionArn"], first["Description"]), ("1", ARN + ":1", "first"))
        self.assertEqual(self.publish()["Version"], "1")
        self.assertEqual(self.publish("two")["Version"], "2")
        self.refused("InvalidParameterValueException", self.publish, CodeSha256="x")
        old = self.functions.get_function(FunctionName="orders", Qualifier="1")["Configuration"]
        self.assertEqual((old["CodeSha256"], old["Version"]), (first["CodeSha256"], "1"))
        versions = self.functions.list_versions_by_function(FunctionName="orders")["Versions"]
        self.assertEqual([row["Version"] for row in versions], ["$LATEST", "1", "2"])
        self.functions.delete_function(FunctionName="orders", Qualifier="1")
        self.refused("ResourceNotFoundException", self.functions.get_function, FunctionName="orders:1")
        self.assertEqual(self.publish("three")["Version"], "3")
        made = self.create(name="other", Publish=True)
        self.assertEqual(made["Version"], "1")
        latest = self.functions.get_function_configuration(FunctionName="other")
        self.assertEqual(latest["Version"], "$LATEST")

    def test_aliases(self):
        self.publish()
        self.publish("two")
        made = self.functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
        self.assertNotIn("RoutingConfig", made)
        self.refused("ResourceConflictException", self.functions.create_alias, FunctionName="orders", Name="live",
                     FunctionVersion="1")
        shifted = self.functions.update_alias(FunctionName="orders", Name="live", RevisionId=made["RevisionId"],
                                              RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}})
        self.assertEqual((shifted["FunctionVersion"], shifted["RoutingConfig"]),
                         ("1", {"AdditionalVersionWeights": {"2": 0.1}}))
        self.refused("PreconditionFailedException", self.functions.update_alias, FunctionName="orders",
                     Name="live", FunctionVersion="2", RevisionId=made["RevisionId"])
        for code, weights in (("ValidationException", {"2": 1.5}), ("InvalidParameterValueException", {"1": 0.5}),
                              ("ResourceNotFoundException", {"7": 0.5}), ("ValidationException", {"$LATEST": 0.5}),
                              ("InvalidParameterValueException", {"2": 0.1, "3": 0.1})):
            self.refused(code, self.functions.update_alias, FunctionName="orders", Name="live",
                         RoutingConfig={"AdditionalVersionWeights": weights})
        # The weight on version 2 is still there: version 2 cannot be both.
        self.refused("InvalidParameterValueException", self.functions.update_alias, FunctionName="orders",
                     Name="live", FunctionVersion="2")
        self.refused("ResourceConflictException", self.functions.delete_function, FunctionName="orders",
                     Qualifier="2")
        done = self.functions.update_alias(FunctionName="orders", Name="live", FunctionVersion="2",
                                           RoutingConfig={})
        self.assertNotIn("RoutingConfig", done)
        config = self.functions.get_function(FunctionName=ARN + ":live")["Configuration"]
        self.assertEqual((config["Version"], config["FunctionArn"]), ("2", ARN + ":live"))
        self.refused("ResourceNotFoundException", self.functions.create_alias, FunctionName="orders", Name="x",
                     FunctionVersion="9")
        self.refused("ValidationException", self.functions.create_alias, FunctionName="orders", Name="12",
                     FunctionVersion="1")
        self.assertEqual(len(self.functions.list_aliases(FunctionName="orders", FunctionVersion="2")["Aliases"]), 1)
        self.functions.delete_alias(FunctionName="orders", Name="live")
        self.functions.delete_alias(FunctionName="orders", Name="live")
        self.refused("ResourceNotFoundException", self.functions.get_alias, FunctionName="orders", Name="live")

    def test_invoke_follows_the_weights(self):
        self.publish()
        self.publish("two")
        self.functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1",
                                    RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
        seen = [self.functions.invoke(FunctionName="orders", Qualifier="live", Payload=b'{"a": 1}')
                for _ in range(200)]
        self.assertEqual(json.load(seen[0]["Payload"]), {"a": 1})
        share = sum(answer["ExecutedVersion"] == "2" for answer in seen)
        self.assertTrue(30 < share < 70, share)
        self.assertEqual(self.functions.invoke(FunctionName="orders", InvocationType="Event")["StatusCode"], 202)
        self.functions.update_function_configuration(
            FunctionName="orders", Environment={"Variables": {"SIMULATOR_ERROR": "no stock"}})
        answer = self.functions.invoke(FunctionName="orders")
        self.assertEqual((answer["FunctionError"], json.load(answer["Payload"])["errorMessage"]),
                         ("Unhandled", "no stock"))


class Settings(LambdaCase):
    def setUp(self):
        super().setUp()
        self.create()
        self.functions.publish_version(FunctionName="orders")
        self.functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")

    def test_permissions(self):
        self.refused("ResourceNotFoundException", self.functions.get_policy, FunctionName="orders")
        rule = {"FunctionName": "orders", "StatementId": "api", "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com", "SourceArn": "arn:aws:execute-api:us-east-1:1:x"}
        made = json.loads(self.functions.add_permission(**rule)["Statement"])
        self.assertEqual(made, {
            "Sid": "api", "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "lambda:InvokeFunction", "Resource": ARN,
            "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-east-1:1:x"}}})
        self.refused("ResourceConflictException", self.functions.add_permission, **rule)
        self.functions.add_permission(**rule, Qualifier="live")
        policy = self.functions.get_policy(FunctionName="orders", Qualifier="live")
        self.assertEqual(json.loads(policy["Policy"])["Statement"][0]["Resource"], ARN + ":live")
        self.refused("PreconditionFailedException", self.functions.remove_permission, FunctionName="orders",
                     StatementId="api", RevisionId="none")
        self.functions.remove_permission(FunctionName="orders", StatementId="api")
        self.refused("ResourceNotFoundException", self.functions.remove_permission, FunctionName="orders",
                     StatementId="api")
        self.functions.get_policy(FunctionName="orders", Qualifier="live")

    def test_concurrency(self):
        self.assertNotIn("ReservedConcurrentExecutions",
                         self.functions.get_function_concurrency(FunctionName="orders"))
        self.functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=5)
        self.assertEqual(self.functions.get_function(FunctionName="orders")["Concurrency"],
                         {"ReservedConcurrentExecutions": 5})
        self.refused("InvalidParameterValueException", self.functions.put_function_concurrency,
                     FunctionName="orders", ReservedConcurrentExecutions=901)
        self.functions.delete_function_concurrency(FunctionName="orders")
        self.refused("ProvisionedConcurrencyConfigNotFoundException",
                     self.functions.get_provisioned_concurrency_config, FunctionName="orders", Qualifier="live")
        self.functions.put_provisioned_concurrency_config(FunctionName="orders", Qualifier="live",
                                                          ProvisionedConcurrentExecutions=2)
        self.assertEqual(self.functions.get_provisioned_concurrency_config(FunctionName="orders",
                                                                           Qualifier="live")["Status"], "READY")
        listed = self.functions.list_provisioned_concurrency_configs(FunctionName="orders")
        self.assertEqual(listed["ProvisionedConcurrencyConfigs"][0]["FunctionArn"], ARN + ":live")
        self.functions.delete_provisioned_concurrency_config(FunctionName="orders", Qualifier="live")

    def test_event_invoke_config(self):
        self.refused("ResourceNotFoundException", self.functions.get_function_event_invoke_config,
                     FunctionName="orders")
        made = self.functions.put_function_event_invoke_config(FunctionName="orders", MaximumRetryAttempts=1)
        self.assertEqual((made["FunctionArn"], made["DestinationConfig"]),
                         (ARN + ":$LATEST", {"OnSuccess": {}, "OnFailure": {}}))
        self.functions.update_function_event_invoke_config(FunctionName="orders", MaximumEventAgeInSeconds=60)
        listed = self.functions.list_function_event_invoke_configs(FunctionName="orders")
        self.assertEqual(listed["FunctionEventInvokeConfigs"][0]["MaximumRetryAttempts"], 1)
        self.functions.delete_function_event_invoke_config(FunctionName="orders")

    def test_urls(self):
        made = self.functions.create_function_url_config(FunctionName="orders", Qualifier="live", AuthType="NONE",
                                                         Cors={"AllowOrigins": ["*"]})
        self.refused("ResourceConflictException", self.functions.create_function_url_config,
                     FunctionName="orders", Qualifier="live", AuthType="NONE")
        self.functions.update_function_url_config(FunctionName="orders", Qualifier="live", AuthType="AWS_IAM")
        read = self.functions.get_function_url_config(FunctionName="orders", Qualifier="live")
        self.assertEqual((read["AuthType"], read["FunctionUrl"], read["FunctionArn"]),
                         ("AWS_IAM", made["FunctionUrl"], ARN + ":live"))
        self.assertEqual(len(self.functions.list_function_url_configs(FunctionName="orders")["FunctionUrlConfigs"]),
                         1)
        self.functions.delete_function_url_config(FunctionName="orders", Qualifier="live")
        self.refused("ResourceNotFoundException", self.functions.get_function_url_config, FunctionName="orders",
                     Qualifier="live")

    def test_mappings(self):
        queues = self.client("sqs")
        queues.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "2"})
        source = f"arn:aws:sqs:us-east-1:{BETA}:q"
        wanted = {"EventSourceArn": source, "FunctionName": "orders:live"}
        self.refused("InvalidParameterValueException", self.functions.create_event_source_mapping, **wanted)
        queues.set_queue_attributes(QueueUrl="http://x/1/q", Attributes={"VisibilityTimeout": "30"})
        made = self.functions.create_event_source_mapping(**wanted)
        self.assertEqual((made["BatchSize"], made["FunctionArn"], made["MaximumBatchingWindowInSeconds"]),
                         (10, ARN + ":live", 0))
        self.refused("ResourceConflictException", self.functions.create_event_source_mapping, **wanted)
        self.refused("InvalidParameterValueException", self.functions.create_event_source_mapping,
                     EventSourceArn=source + "x", FunctionName="orders")
        self.refused("InvalidParameterValueException", self.functions.create_event_source_mapping,
                     EventSourceArn=f"arn:aws:dynamodb:us-east-1:{BETA}:table/t/stream/1", FunctionName="orders")
        self.functions.update_event_source_mapping(UUID=made["UUID"], Enabled=False, FilterCriteria={
            "Filters": [{"Pattern": "{}"}]})
        read = self.functions.get_event_source_mapping(UUID=made["UUID"])
        self.assertEqual((read["State"], read["FilterCriteria"]), ("Disabled", {"Filters": [{"Pattern": "{}"}]}))
        self.functions.tag_resource(Resource=made["EventSourceMappingArn"], Tags={"a": "b"})
        self.assertEqual(self.functions.list_tags(Resource=made["EventSourceMappingArn"])["Tags"], {"a": "b"})
        self.assertEqual(len(self.functions.list_event_source_mappings(FunctionName="orders:live")
                             ["EventSourceMappings"]), 1)

    def test_layers(self):
        made = self.functions.publish_layer_version(LayerName="shared", Content={"ZipFile": CODE},
                                                    CompatibleRuntimes=["python3.12"])
        self.assertEqual((made["Version"], made["LayerArn"] + ":1"), (1, made["LayerVersionArn"]))
        self.functions.publish_layer_version(LayerName="shared", Content={"ZipFile": zipped("two")})
        self.assertEqual([row["Version"] for row in
                          self.functions.list_layer_versions(LayerName="shared")["LayerVersions"]], [2, 1])
        self.assertEqual(self.functions.list_layers()["Layers"][0]["LatestMatchingVersion"]["Version"], 2)
        self.assertEqual(self.functions.get_layer_version_by_arn(Arn=made["LayerVersionArn"])["Version"], 1)
        changed = self.functions.update_function_configuration(FunctionName="orders",
                                                               Layers=[made["LayerVersionArn"]])
        self.assertEqual(changed["Layers"], [{"Arn": made["LayerVersionArn"], "CodeSize": len(CODE)}])
        self.functions.add_layer_version_permission(LayerName="shared", VersionNumber=1, StatementId="all",
                                                    Action="lambda:GetLayerVersion", Principal="*")
        policy = self.functions.get_layer_version_policy(LayerName="shared", VersionNumber=1)["Policy"]
        self.assertEqual(json.loads(policy)["Statement"][0]["Principal"], "*")
        self.functions.remove_layer_version_permission(LayerName="shared", VersionNumber=1, StatementId="all")
        self.functions.delete_layer_version(LayerName="shared", VersionNumber=1)
        self.refused("ResourceNotFoundException", self.functions.get_layer_version, LayerName="shared",
                     VersionNumber=1)

    def test_runtime_management(self):
        self.assertEqual(self.functions.get_runtime_management_config(FunctionName="orders")["UpdateRuntimeOn"],
                         "Auto")
        self.functions.put_runtime_management_config(FunctionName="orders", UpdateRuntimeOn="FunctionUpdate")
        self.assertEqual(self.functions.get_runtime_management_config(FunctionName="orders")["UpdateRuntimeOn"],
                         "FunctionUpdate")
        self.assertEqual(self.functions.get_account_settings()["AccountUsage"]["FunctionCount"], 1)


class Handler(LambdaCase):
    OPTIONS = ("--verify",)

    def test_a_handler_of_custom_resources(self):
        self.create()
        s3 = self.client("s3", signature_version="s3v4")
        s3.create_bucket(Bucket="answers")
        self.create("handler", Environment={"Variables": {
            "SIMULATOR_CUSTOM_RESOURCE": '{"Update": {"Status": "FAILED"}}'}})

        def ask(kind, change=lambda url: url, function="handler", seconds=60):
            url = s3.generate_presigned_url("put_object", Params={"Bucket": "answers", "Key": kind},
                                            ExpiresIn=seconds)
            request = {"RequestType": kind, "ResponseURL": change(url), "StackId": "s", "RequestId": "r",
                       "LogicalResourceId": "Thing"}
            self.functions.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(request).encode())
            keys = [o["Key"] for o in s3.list_objects_v2(Bucket="answers").get("Contents", [])]
            return json.loads(s3.get_object(Bucket="answers", Key=kind)["Body"].read()) if kind in keys else None
        same = {"StackId": "s", "RequestId": "r", "LogicalResourceId": "Thing",
                "PhysicalResourceId": "made-for-Thing"}
        self.assertEqual(ask("Delete", lambda url: url[:-1] + ("0" if url[-1] != "0" else "1")), None)
        self.assertEqual(ask("Delete", lambda url: url.replace("/Delete", "/Deleted")), None)
        self.assertEqual(ask("Delete", seconds=-1), None)
        self.assertEqual(ask("Create"), {"Status": "SUCCESS", **same})
        self.assertEqual(ask("Update"), {"Status": "FAILED", **same})
        self.simulator.control("POST", "invocations")
        self.assertEqual(ask("Delete", function="orders"), None)
        waiting = self.simulator.control("POST", "invocations")["invocations"]
        self.assertEqual([(i["function"], i["payload"]["RequestType"]) for i in waiting], [("orders", "Delete")])
        self.assertEqual(self.simulator.control("POST", "invocations"), {"invocations": []})


class Limits(Case):
    OPTIONS = ("--clock", "virtual:1700000000")

    def test_buckets(self):
        functions = self.client("lambda")
        self.simulator.control("POST", "limits", {"enabled": True})
        for _ in range(15):
            functions.list_functions()
        refused = self.refused("TooManyRequestsException", functions.list_functions)
        self.assertEqual(refused["ResponseMetadata"]["HTTPStatusCode"], 429)
        self.refused("ResourceNotFoundException", functions.get_function, FunctionName="none")
        self.simulator.control("POST", "clock?advance=1000")
        for _ in range(15):
            functions.list_functions()
        self.refused("TooManyRequestsException", functions.list_functions)
        self.client("lambda", key=GAMMA).list_functions()
        self.assertEqual(self.simulator.control("GET", "counters")["throttled"], 2)

    def test_code_signing_configs(self):
        lambdas = self.client("lambda")
        profile = f"arn:aws:signer:us-east-1:{BETA}:/signing-profiles/one/abcdefghij"
        publishers = {"SigningProfileVersionArns": [profile]}
        made = lambdas.create_code_signing_config(AllowedPublishers=publishers, Description="d",
                                                  Tags={"team": "orders"})["CodeSigningConfig"]
        self.assertEqual(made["CodeSigningPolicies"], {"UntrustedArtifactOnDeployment": "Warn"})
        arn = made["CodeSigningConfigArn"]
        lambdas.update_code_signing_config(CodeSigningConfigArn=arn, Description="e", CodeSigningPolicies={
            "UntrustedArtifactOnDeployment": "Enforce"})
        found = lambdas.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
        self.assertEqual((found["Description"], found["AllowedPublishers"]), ("e", publishers))
        self.assertEqual(lambdas.list_tags(Resource=arn)["Tags"], {"team": "orders"})
        lambdas.untag_resource(Resource=arn, TagKeys=["team"])
        self.assertEqual(len(lambdas.list_code_signing_configs()["CodeSigningConfigs"]), 1)
        self.refused("InvalidParameterValueException", lambdas.update_code_signing_config, CodeSigningConfigArn=arn,
                     CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Ask"})
        lambdas.delete_code_signing_config(CodeSigningConfigArn=arn)
        self.refused("ResourceNotFoundException", lambdas.get_code_signing_config, CodeSigningConfigArn=arn)


if __name__ == "__main__":
    harness.main()
