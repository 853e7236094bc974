#!/usr/bin/env python3
"""A function's code is compared by its digest, wherever it came from: the repository, S3, an image.  What went live
without plumb is drift, and healing brings the released code back."""
import io
import unittest
import zipfile

import changes_test
from changes_test import name, resource, role


def archive(text):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as packed:
        packed.writestr("index.py", text)
    return memory.getvalue()


IMAGE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/orders@sha256:"


class Code(changes_test.Changes):
    def setUp(self):
        super().setUp()
        self.account.post("delays", {"lambda.pending": 0, "lambda.update": 0})
        self.functions = self.client("lambda")
        s3 = self.client("s3")
        s3.create_bucket(Bucket="builds")
        s3.put_object(Bucket="builds", Key="orders.zip", Body=archive("def handler(e, c): return 's3'"))

    def resources(self):
        def one(**properties):
            return resource("Lambda::Function", dict({"Role": {"Fn::GetAtt": ["Role", "Arn"]}}, **properties))
        runtime = {"Runtime": "python3.12", "Handler": "index.handler"}
        return {"Role": role(),
                "Zip": one(Code={"ZipFile": "def handler(e, c): pass"}, **runtime),
                "Store": one(Code={"S3Bucket": "builds", "S3Key": "orders.zip"}, **runtime),
                "Image": one(PackageType="Image", Code={"ImageUri": IMAGE + "a" * 64})}

    def digest(self, logical_id):
        return self.functions.get_function_configuration(FunctionName=name(logical_id))["CodeSha256"]

    def test_code_from_outside_is_found_and_the_released_one_comes_back(self):
        self.release(self.resources())
        self.in_sync()
        released = {i: self.digest(i) for i in ("Zip", "Store", "Image")}
        for logical_id in ("Zip", "Store"):
            self.functions.update_function_code(FunctionName=name(logical_id), ZipFile=archive("theirs"))
        self.functions.update_function_code(FunctionName=name("Image"), ImageUri=IMAGE + "b" * 64)
        for logical_id in released:
            self.assertNotEqual(self.digest(logical_id), released[logical_id])
        self.assertEqual(self.drift(), ["Image code Code", "Store code Code", "Zip code Code"])
        self.assertEqual([line for line in self.plan() if not line.startswith(" ")],
                         ["update Zip", "update Store", "update Image"])
        self.assertIn("healed", self.apply().stdout)
        self.assertEqual({i: self.digest(i) for i in released}, released)
        self.in_sync()

    def test_an_archive_that_is_another_one_now_is_told(self):
        """The released bytes are gone from S3: what is there goes live, and the ledger knows its digest."""
        self.release(self.resources())
        released = self.digest("Store")
        self.client("s3").put_object(Bucket="builds", Key="orders.zip", Body=archive("def handler(e, c): return 2"))
        self.assertEqual(self.plan(), [])  # the same place is no change, as for CloudFormation
        self.functions.update_function_code(FunctionName=name("Store"), ZipFile=archive("theirs"))
        self.assertEqual(self.drift(), ["Store code Code"])
        self.apply()
        self.assertNotEqual(self.digest("Store"), released)
        self.in_sync()


if __name__ == "__main__":
    unittest.main()
