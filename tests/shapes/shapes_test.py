#!/usr/bin/env python3
"""The check of request shapes: it must accept what AWS accepts and refuse what it refuses."""
import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import shapes

GOOD = [
    ("sts", "GetCallerIdentity", {}),
    ("lambda", "GetFunction", {"FunctionName": "f", "Qualifier": "live"}),
    ("lambda", "ListFunctions", {"MaxItems": "50"}),  # travels in the query: text
    ("lambda", "CreateFunction", {"FunctionName": "f", "Role": "arn:aws:iam::111111111111:role/r",
                                  "Code": {"ZipFile": "UEsDBA=="}, "Timeout": 10,
                                  "Environment": {"Variables": {"AA": "b"}}}),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": "3600",
                           "Tags": [{"Key": "a", "Value": "b"}]}),
    ("api_gateway", "GetResources", {"restApiId": "abc", "limit": 500, "embed": ["methods"]}),
    ("sfn", "CreateStateMachine", {"name": "s", "definition": "{}", "roleArn": "arn", "type": "STANDARD"}),
    ("eventbridge", "PutTargets", {"Rule": "r", "Targets": [{"Id": "a", "Arn": "b"}]}),
    ("cloudwatch_logs", "PutRetentionPolicy", {"logGroupName": "g", "retentionInDays": 7}),
    ("dynamodb", "DescribeTable", {"TableName": "OrderTableBeta"}),
    ("sqs", "CreateQueue", {"QueueName": "q", "Attributes": {"VisibilityTimeout": "60"}}),
    ("sns", "CreateTopic", {"Name": "t", "Attributes": {"DisplayName": "x"}}),
    ("s3", "PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": {"Tag": [{"Key": "a", "Value": "b"}]}}}),
    ("s3", "PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": {"Tag": {"Key": "a", "Value": "b"}}}}),
    ("cognito_identity_provider", "CreateUserPoolDomain", {"Domain": "auth.example.com", "UserPoolId": "us-east-1_a"}),
    ("s3", "PutBucketLifecycleConfiguration",
     {"Bucket": "b", "LifecycleConfiguration": {"Rule": [
         {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""},
          "NoncurrentVersionExpiration": {"NoncurrentDays": "30"}}]}}),
]
BAD = [
    ("nonesuch", "GetIt", {}, "Unknown service: 'nonesuch'"),
    ("events", "PutTargets", {}, "the service 'events' is named 'eventbridge' by AWS"),
    ("lambda", "GetFunctions", {}, "GetFunctions"),
    ("lambda", "GetFunction", {}, 'Missing required parameter in input: "FunctionName"'),
    ("lambda", "GetFunction", {"FunctionName": "f", "Qualifer": "x"},
     'Unknown parameter in input: "Qualifer"'),
    ("lambda", "GetFunction", {"FunctionName": ""}, "Invalid length for parameter FunctionName"),
    ("lambda", "GetFunction", {"FunctionName": "f" * 257}, "FunctionName: 257 characters, at most 256"),
    ("lambda", "CreateFunction", {"FunctionName": "f", "Role": "r", "Code": {}}, "Role: 'r' does not match arn:"),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Runtime": "cobol"}, "Runtime: 'cobol' is none of "),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Environment": {"Variables": {"1": "x"}}},
     "Environment.Variables (key): '1' does not match "),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "MemorySize": 1000000},
     "MemorySize: 1000000, at most "),
    ("cognito_identity_provider", "CreateUserPoolDomain", {"Domain": "auth.", "UserPoolId": "us-east-1_a"},
     "Domain: 'auth.' does not match "),
    # JSON tells a number from its text
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Timeout": "10"},
     "Invalid type for parameter Timeout"),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Environment": {"Variables": {"A": 1}}},
     "Invalid type for parameter Environment.Variables.A"),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": "long"},
     "Invalid type for parameter MaxSessionDuration"),
    ("iam", "TagRole", {"RoleName": "r", "Tags": [{"Key": "a"}]}, 'Missing required parameter in Tags[0]: "Value"'),
    ("iam", "TagRole", {"RoleName": "r", "Tags": {"member": []}}, "Invalid type for parameter Tags"),
    ("s3", "PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}},
     "Invalid type for parameter Tagging.TagSet"),
    ("s3", "PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": {"Tags": []}}},
     "Invalid type for parameter Tagging.TagSet"),
    ("s3", "PutBucketLifecycleConfiguration", {"Bucket": "b", "LifecycleConfiguration": {"Rules": []}},
     'Unknown parameter in LifecycleConfiguration: "Rules (not its name on the wire)"'),
]


class Validate(unittest.TestCase):
    def test_accepts(self):
        for service, operation, params in GOOD:
            with self.subTest(service=service, operation=operation, params=params):
                self.assertEqual(shapes.validate(service, operation, params), "")

    def test_refuses(self):
        for service, operation, params, fault in BAD:
            with self.subTest(service=service, operation=operation, params=params):
                self.assertIn(fault, shapes.validate(service, operation, params))


class Logs(unittest.TestCase):
    def check(self, requests):
        """Whether a log with these requests is accepted, and what is printed."""
        with tempfile.TemporaryDirectory() as directory:
            log = pathlib.Path(directory) / "log"
            log.write_text("".join(json.dumps(dict(zip(("service", "operation", "params"), r))) + "\n"
                                   for r in requests))
            with contextlib.redirect_stdout(io.StringIO()) as output:
                return shapes.check_logs([log]), output.getvalue()

    def test_counts_good_requests(self):
        self.assertEqual(self.check(GOOD[:2] * 2),
                         (True, "4 requests of 2 operations, 0 not as AWS's models want them\n"))

    def test_refuses_a_log_with_a_fault(self):
        bad = ("lambda", "GetFunction", {})
        self.assertEqual(self.check([GOOD[0], bad, bad]), (False, (
            '2 x lambda.GetFunction: Missing required parameter in input: "FunctionName"\n'
            "3 requests of 2 operations, 2 not as AWS's models want them\n")))

    def test_an_empty_log_proves_nothing(self):
        self.assertEqual(self.check([])[0], False)


if __name__ == "__main__":
    unittest.main()
