#!/usr/bin/env python3
"""The check of answers: it must accept what AWS answers and refuse what it does not."""
import json
import unittest

import answers

NAMESPACE = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'
ROLE = ("<Role><Path>/</Path><RoleName>r</RoleName><RoleId>AROA0123456789ABCDEF</RoleId>"
        "<Arn>arn:aws:iam::111111111111:role/r</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>{}</Role>")


def query(operation, result):
    return f"<{operation}Response {NAMESPACE}>{result}<ResponseMetadata/></{operation}Response>"


def role(more=""):
    return query("GetRole", f"<GetRoleResult>{ROLE.format(more)}</GetRoleResult>")


GOOD = [
    ("sqs", "CreateQueue", 200, {}, '{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/q"}'),
    ("sqs", "DeleteQueue", 200, {}, ""),
    ("lambda", "GetAlias", 200, {}, '{"Name": "live", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.5}}}'),
    ("lambda", "GetAlias", 404, {"x-amzn-ErrorType": "ResourceNotFoundException"}, '{"Message": "none"}'),
    ("lambda", "GetAlias", 429, {"x-amzn-ErrorType": "TooManyRequestsException:x"}, '{"Message": "none"}'),
    ("dynamodb", "DescribeTable", 400, {}, '{"__type": "com.amazonaws#ResourceNotFoundException"}'),
    ("iam", "GetRole", 200, {}, role()),
    ("iam", "GetRole", 200, {}, role("<Tags><member><Key>a</Key><Value>b</Value></member></Tags>")),
    ("iam", "DeleteRole", 200, {}, query("DeleteRole", "")),
    ("iam", "GetRole", 404, {}, "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>"),
    ("s3", "GetBucketTagging", 200, {},
     "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"),
    ("s3", "GetBucketPolicy", 200, {}, '{"Version": "2012-10-17"}'),
]
BAD = [
    ("sqs", "MakeQueue", 200, {}, "{}", "MakeQueue: AWS has no such operation"),
    ("sqs", "CreateQueue", 200, {}, '{"QueueURL": "x"}', "CreateQueue has no member 'QueueURL'"),
    ("sqs", "CreateQueue", 200, {}, '{"QueueUrl": 1}', "CreateQueue.QueueUrl should be of kind string and is 1"),
    ("sqs", "DeleteQueue", 200, {}, '{"QueueUrl": "x"}', "DeleteQueue answers nothing by its model"),
    ("lambda", "GetAlias", 200, {}, '{"Description": null}', "GetAlias.Description should be of kind string"),
    ("lambda", "GetFunctionConcurrency", 200, {}, '{"ReservedConcurrentExecutions": true}',
     "ReservedConcurrentExecutions should be of kind integer and is true"),
    ("lambda", "GetFunctionConfiguration", 200, {}, '{"State": "Asleep"}', "State: 'Asleep' is none of Pending"),
    ("lambda", "GetFunctionUrlConfig", 200, {}, '{"AuthType": "NONE"}', "GetFunctionUrlConfig lacks 'FunctionUrl'"),
    ("lambda", "GetAlias", 409, {"x-amzn-ErrorType": "ResourceConflictException"}, "{}",
     "GetAlias must not answer ResourceConflictException"),
    ("iam", "GetRole", 200, {}, role("<Colour>red</Colour>"), "GetRole.Role has no member 'Colour'"),
    ("iam", "GetRole", 200, {}, role("<Tags><Tag><Key>a</Key></Tag></Tags>"),
     "GetRole.Role.Tags should be a list of <member> and has <Tag>"),
    ("iam", "GetRole", 200, {}, role("<MaxSessionDuration>long</MaxSessionDuration>"),
     "MaxSessionDuration should be of kind integer and is 'long'"),
    ("iam", "GetRole", 200, {}, query("GetRole", ""), "the answer has no <GetRoleResult>"),
    ("iam", "GetRole", 200, {}, query("GetRole", "<GetRoleResult/>"), "GetRole lacks 'Role'"),
    ("iam", "DeleteRole", 200, {}, query("DeleteRole", "<DeleteRoleResult/>"), "the answer has <DeleteRoleResult>"),
    ("s3", "GetBucketTagging", 200, {}, "<Tagging><Tags/></Tagging>", "GetBucketTagging has no member 'Tags'"),
]


def faults(service, operation, status, headers, body):
    return answers.faults({"service": service, "operation": operation, "status": status, "headers": headers,
                           "body": body})


class Answers(unittest.TestCase):
    def test_accepts(self):
        for answer in GOOD:
            with self.subTest(json.dumps(answer)):
                self.assertEqual(faults(*answer), [])

    def test_refuses(self):
        for *answer, fault in BAD:
            with self.subTest(json.dumps(answer)):
                self.assertIn(fault, "\n".join(faults(*answer)))


if __name__ == "__main__":
    unittest.main()
