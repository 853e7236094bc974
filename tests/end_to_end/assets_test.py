#!/usr/bin/env python3
"""Assets of a small cloud assembly: what a plan says of them, and that they lie in the bucket before the first resource
needs them.  `assets_test.py simulator` or `moto`."""
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import unittest
import zipfile

import harness
from crash_proxy import CrashProxy
import shapes

WHERE = sys.argv.pop() if sys.argv[-1] in ("simulator", "moto") else "simulator"
ACCOUNT, REGION = harness.ACCOUNTS["beta"], harness.REGIONS["beta"]
BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
ON_SIMULATOR = unittest.skipIf(WHERE == "moto", "moto starts slowly: it has the two stories")
ANY = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
CODE = "def handler(event, context):\n    return event\n"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def template(code, parameter):
    bucket = {"Fn::Sub": ANY}
    made = {"Resources": {
        "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:none"}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"S3Bucket": bucket, "S3Key": digest(code) + ".zip"}}}}}
    if parameter:
        made["Parameters"] = {"BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}}
        made["Rules"] = {"CheckBootstrapVersion": {"Assertions": [{"AssertDescription": "too old", "Assert": {
            "Fn::Not": [{"Fn::Contains": [["1", "2", "3", "4", "5"], {"Ref": "BootstrapVersion"}]}]}}]}}
    return made


class Assets(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.account = getattr(harness, WHERE.capitalize())()
        self.addCleanup(self.account.close)
        if WHERE == "simulator":
            self.account.post("delays", {"lambda.pending": 0, "lambda.update": 0, "iam.propagation": 0})
        harness.make_role(self.client("iam"))
        self.repository = harness.Repository(example=None)
        self.addCleanup(self.repository.close)

    def client(self, service):
        return self.account.client(service, "beta")

    def commit(self, code=CODE, allow=None, bucket=ANY, left_out=(), parameter=False, data="words"):
        """A cloud assembly with one directory and one file as assets."""
        def asset(path, packaging, key):
            return {"displayName": path, "source": {"path": path, "packaging": packaging},
                    "destinations": {"here": {"bucketName": bucket, "objectKey": key, "assumeRoleArn":
                                              "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/publishing"}}}
        folder, file = f"asset.{digest(code)}", f"asset.{digest(data)}.txt"
        written = template(code, parameter)
        files = {
            "manifest.json": {"version": "40.0.0", "artifacts": {
                "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}},
                "Shop": {"type": "aws:cloudformation:stack", "environment": f"aws://{ACCOUNT}/{REGION}",
                         "properties": {"templateFile": "Shop.template.json"}, "dependencies": ["Shop.assets"]}}},
            "Shop.template.json": written,
            "Shop.assets.json": {"version": "40.0.0", "dockerImages": {}, "files": {
                digest(code): asset(folder, "zip", digest(code) + ".zip"),
                digest(data): asset(file, "file", digest(data) + ".txt"),
                "own": asset("Shop.template.json", "file", "own.json")}},
            f"{folder}/index.py": code, f"{folder}/lib/more.py": "x = 1\n", file: data}
        for path, content in files.items():
            if path not in left_out:
                text = content if isinstance(content, str) else json.dumps(content, indent=1)
                self.repository.write(f"cdk.out/{path}", text)
        self.repository.write("environments/beta/shop.yaml", "template: cdk.out\n")
        self.repository.write("environments/beta/environment.yaml", json.dumps(
            {"account": ACCOUNT, "region": REGION, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/plumb", "allow": allow or {}}))
        self.repository.commit("Change")
        return digest(code) + ".zip", digest(data) + ".txt"

    def bootstrap(self):
        self.client("s3").create_bucket(Bucket=BUCKET)

    def keys(self):
        return sorted(o["Key"] for o in self.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", []))

    def planned(self):
        return self.repository.json(self.account, "plan")[0].get("assets")

    def apply(self, expect=0):
        return self.repository.plumb(self.account, "apply", expect=expect)

    def test_what_is_missing_is_published_before_the_first_resource(self):
        self.bootstrap()
        zipped, file = self.commit()
        self.assertEqual(self.planned(), {"toPublish": 2, "published": 0})
        self.assertIn("  assets: 2 to publish, 0 published already\n",
                      self.repository.plumb(self.account, "plan").stdout)
        self.apply()
        self.assertEqual(self.keys(), sorted([zipped, file]))
        body = self.client("s3").get_object(Bucket=BUCKET, Key=zipped)["Body"].read()
        archive = zipfile.ZipFile(io.BytesIO(body))
        self.assertEqual({n: archive.read(n).decode() for n in archive.namelist()},
                         {"index.py": CODE, "lib/more.py": "x = 1\n"})
        self.assertEqual(self.client("s3").get_object(Bucket=BUCKET, Key=file)["Body"].read(), b"words")
        self.assertIsNone(self.planned())
        self.assertTrue(shapes.check_logs([pathlib.Path(self.repository.home, "requests")]))
        if WHERE == "simulator":
            mutating = self.account.mutating()
            self.assertLess(max(i for i, call in enumerate(mutating) if call == "s3.PutObject"),
                            mutating.index("lambda.CreateFunction"))
            self.account.forget()
            self.apply()
            self.assertEqual(self.account.mutating(), [])

    @ON_SIMULATOR
    def test_what_is_there_is_left(self):
        self.bootstrap()
        zipped, file = self.commit()
        self.client("s3").put_object(Bucket=BUCKET, Key=file, Body=b"as it was")
        self.assertEqual(self.planned(), {"toPublish": 1, "published": 1})
        self.apply()
        self.assertEqual(self.client("s3").get_object(Bucket=BUCKET, Key=file)["Body"].read(), b"as it was")
        newer, _ = self.commit(code=CODE + "# more\n")
        self.assertEqual(self.planned(), {"toPublish": 1, "published": 1})
        self.apply()
        self.assertEqual(self.keys(), sorted([zipped, newer, file]))

    @ON_SIMULATOR
    def test_a_missing_bucket_is_refused(self):
        self.commit()
        why = (f"bucket '{BUCKET}', into which assets belong, does not exist: run `cdk bootstrap`, or set "
               "allow.createAssetBucket in environments/beta/environment.yaml")
        self.assertEqual(self.planned(), {"toPublish": 2, "published": 0, "held": why})
        self.assertIn(why, self.apply(expect=1).stderr)
        self.assertEqual(self.client("s3").list_buckets()["Buckets"], [])

    def test_a_missing_bucket_is_made_where_that_is_allowed(self):
        zipped, file = self.commit(allow={"createAssetBucket": True})
        self.apply()
        self.assertEqual(self.keys(), sorted([zipped, file]))
        s3 = self.client("s3")
        self.assertEqual(s3.get_bucket_versioning(Bucket=BUCKET)["Status"], "Enabled")
        self.assertEqual(set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()),
                         {True})
        self.commit(code=CODE + "# more\n", allow={"createAssetBucket": True})
        self.apply()
        self.assertEqual(len(self.keys()), 3)

    @ON_SIMULATOR
    def test_a_bootstrapped_bucket_is_left_as_it_is(self):
        self.bootstrap()
        self.commit(allow={"createAssetBucket": True})
        self.apply()
        self.assertNotIn("Status", self.client("s3").get_bucket_versioning(Bucket=BUCKET))

    @ON_SIMULATOR
    def test_what_can_never_be_published(self):
        gone = f"asset.{digest(CODE)}"
        for arguments, why in [
                ({"left_out": (f"{gone}/index.py", f"{gone}/lib/more.py")},
                 f"asset 'cdk.out/{gone}' is not in the repository: commit the packaged folder whole "
                 "(cdk.out/Shop.assets.json:"),
                ({"bucket": f"cdk-x-assets-222222222222-{REGION}"},
                 f"belongs into account 222222222222 (bucket 'cdk-x-assets-222222222222-{REGION}'), and the environment "
                 f"is in {ACCOUNT}: synthesize for that account, or without one (cdk.out/Shop.assets.json:")]:
            with self.subTest(why=why):
                self.commit(**arguments)
                self.assertIn(why, self.repository.plumb(self.account, "plan", expect=1).stderr)
        self.repository.write("environments/beta/environment.yaml", f'account: "{ACCOUNT}"\nregion: {REGION}\n'
                              "allow: {createAssetsBucket: true}\n")
        self.repository.commit("A key that is none")
        self.assertIn("did you mean 'createAssetBucket'?", self.repository.plumb(self.account, "plan", expect=1).stderr)

    @ON_SIMULATOR
    def test_nothing_is_made_where_publishing_fails(self):
        self.bootstrap()
        self.commit()
        self.account.forget()
        self.account.post("faults", {"match": {"service": "s3", "operation": "PutObject"}, "fault": "error",
                                     "status": 403, "code": "AccessDenied", "times": 0})
        done = self.apply(expect=1)
        self.assertIn(f"cannot publish asset 'cdk.out/asset.", done.stderr)
        self.assertIn(f"to bucket '{BUCKET}': s3 PutObject: AccessDenied", done.stderr)
        self.assertEqual([call for call in self.account.mutating() if not call.startswith("s3.")], [])
        harness.fetch(self.account.url + "/_simulator/faults", method="DELETE")
        self.apply()

    @ON_SIMULATOR
    def test_killed_at_each_call_that_publishes(self):
        zipped, file = self.commit(allow={"createAssetBucket": True})
        proxy = CrashProxy(self.account.url)
        self.addCleanup(proxy.close)
        for at in range(1, 6):  # the bucket, its two settings beside AWS's defaults, two objects
            self.account.post("reset", {})
            harness.make_role(self.client("iam"))
            self.repository.forget_ledgers()
            proxy.arm(None, 0, False)
            process = subprocess.Popen([harness.PLUMB, "apply"], cwd=self.repository.path, stderr=subprocess.DEVNULL,
                                       env=dict(self.repository.environment(self.account), AWS_ENDPOINT_URL=proxy.url),
                                       stdout=subprocess.DEVNULL)
            proxy.arm(process.pid, at, before=False)
            process.wait(60)
            self.assertTrue(proxy.struck)
            self.apply()
            self.assertEqual(self.keys(), sorted([zipped, file]))
            self.assertEqual(self.client("s3").get_bucket_versioning(Bucket=BUCKET).get("Status"), "Enabled")

    @ON_SIMULATOR
    def test_an_account_that_was_not_bootstrapped(self):
        zipped, file = self.commit(allow={"createAssetBucket": True}, parameter=True)
        self.apply()
        self.assertEqual(self.keys(), sorted([zipped, file]))


if __name__ == "__main__":
    unittest.main()
