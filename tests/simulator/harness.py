"""The simulator seen by boto3: every answer is parsed by botocore and checked against its models.

A test is NAME_test.py PATH/plumb-simulator [unittest's arguments]; it ends in harness.main().
"""

import json
import os
import re
import subprocess
import sys
import unittest
import urllib.request

try:
    import boto3
    import botocore.config
    import botocore.exceptions
    import botocore.model

    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../shapes"))
    import quick_botocore  # noqa: F401
except ImportError:
    print("skipped: the simulator's answers: boto3 is not installed")
    sys.exit(77)

# Of the protocols that a service offers the simulator speaks the oldest: CloudWatch's query, not its CBOR.
botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("query", "ec2", "rest-json", "rest-xml", "json")

BINARY = sys.argv[1] if len(sys.argv) > 1 else "build/tests/plumb-simulator"
BETA, GAMMA = "111111111111", "222222222222"


def check_shape(value, shape, where):
    """Every member of a parsed answer is in botocore's shape, and enumerations hold known values."""
    if value is None:
        raise AssertionError(f"{where}: null")
    if shape.type_name == "structure":
        for name, member in value.items():
            if name == "ResponseMetadata":
                continue
            if name not in shape.members:
                raise AssertionError(f"{where}: unknown member {name}")
            check_shape(member, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for item in value:
            check_shape(item, shape.member, where + "[]")
    elif shape.type_name == "map":
        for item in value.values():
            check_shape(item, shape.value, where + "{}")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        raise AssertionError(f"{where}: {value!r} is not one of {shape.enum}")


def wire_names(shape):
    """The names that a structure's members have on the wire."""
    return {member.serialization.get("name", name) for name, member in shape.members.items()}


def check_wire(value, shape, where):
    """botocore drops what it does not know: JSON is looked at before it is parsed."""
    if shape.type_name == "structure" and isinstance(value, dict) and not shape.serialization.get("eventstream"):
        unknown = set(value) - wire_names(shape)
        if unknown:
            raise AssertionError(f"{where}: the wire has unknown members {sorted(unknown)}")
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            if value.get(wire) is not None:
                check_wire(value[wire], member, f"{where}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            check_wire(item, shape.member, where + "[]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for item in value.values():
            check_wire(item, shape.value, where + "{}")


def check_response(http_response, parsed, model, **_):
    status = parsed["ResponseMetadata"]["HTTPStatusCode"]
    if status >= 300:
        names = {error.error_code for error in model.error_shapes} | {error.name for error in model.error_shapes}
        code = parsed["Error"]["Code"]
        protocol = model.service_model.protocol
        names |= MORE_ERRORS.get(f"{model.service_model.service_name}.{model.name}", set())
        if names and protocol == "rest-json" and code not in names | COMMON_ERRORS:
            raise AssertionError(f"{model.name} must not answer {code}")
        return
    if not model.output_shape:
        return
    check_shape(parsed, model.output_shape, model.name)
    payload = model.output_shape.serialization.get("payload")
    if payload is None and model.service_model.protocol in ("json", "rest-json") and http_response.content:
        check_wire(json.loads(http_response.content), model.output_shape, model.name)


COMMON_ERRORS = {"AccessDeniedException", "ThrottlingException", "InternalServerError", "ServiceUnavailable",
                 "InvalidSignatureException", "UnrecognizedClientException", "ExpiredTokenException",
                 "SerializationException", "ValidationException", "502"}

# What AWS answers beyond its own models: a thing that something else still uses is not deleted.
MORE_ERRORS = {"apigatewayv2.DeleteApi": {"BadRequestException"},
               "apigatewayv2.DeleteAuthorizer": {"ConflictException"},
               "apigatewayv2.DeleteDeployment": {"BadRequestException"},
               "apigatewayv2.DeleteIntegration": {"ConflictException"}}


class Simulator:
    """One process; calls itself over HTTP below /_simulator/."""

    def __init__(self, *options):
        self.process = subprocess.Popen([BINARY, "--port", "0", *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line).group(1)

    def stop(self):
        self.process.terminate()
        status = self.process.wait(10)
        self.process.stdout.close()
        return status

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_simulator/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def client(self, service, key=BETA, secret=None, token=None, region="us-east-1", retries=1, **config):
        session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret or key[::-1],
                                        aws_session_token=token, region_name=region)
        client = session.client(service, endpoint_url=self.url, config=botocore.config.Config(
            retries={"total_max_attempts": retries, "mode": "standard"}, read_timeout=10,
            s3={"addressing_style": "path"}, **config))
        client.meta.events.register("response-received", self.check)
        client.meta.events.register("before-call", lambda model, params, **_: models.__setitem__(0, model))
        return client

    @staticmethod
    def check(response_dict=None, parsed_response=None, exception=None, **_):
        if parsed_response is not None:
            check_response(Wire(response_dict), parsed_response, models[0])


models = [None]


class Wire:
    def __init__(self, response):
        self.content = response["body"] if isinstance(response.get("body"), bytes) else b""


class Case(unittest.TestCase):
    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator(*cls.OPTIONS)

    @classmethod
    def tearDownClass(cls):
        assert cls.simulator.stop() == 0

    def setUp(self):
        self.simulator.control("POST", "reset")

    def client(self, *arguments, **options):
        return self.simulator.client(*arguments, **options)

    def refused(self, code, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response


def main():
    unittest.main(module="__main__", argv=sys.argv[:1] + sys.argv[2:])
