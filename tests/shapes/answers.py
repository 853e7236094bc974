#!/usr/bin/env python3
"""Checks the simulator's answers against AWS's own service models, as botocore carries them.

    answers.py LOG...

LOG is what the simulator writes where --answers or PLUMB_ANSWER_LOG names it: one line an answer, {"service",
"operation", "status", "headers", "body"}.  No member that the model has not, the right kinds, what is required, known
values of enumerations; of errors, codes that the operation can answer.  Exit status 1 where an answer is wrong, or
where there is none: that proves nothing.
"""
import collections
import functools
import json
import re
import sys
import xml.etree.ElementTree

import botocore.session

import quick_botocore  # noqa: F401
import shapes

# What the simulator calls a service, where botocore calls it otherwise.
BOTOCORE_NAMES = {"cognito": "cognito-idp", "cloudcontrol": "cloudcontrol", "states": "stepfunctions"}

KINDS = {"string": str, "character": str, "boolean": bool, "integer": int, "long": int, "float": (int, float),
         "double": (int, float), "list": list, "map": dict, "structure": dict, "blob": str}

# Any operation may answer these.
COMMON_ERRORS = re.compile(
    r"AccessDenied(Exception)?|Throttling(Exception)?|TooManyRequestsException|InternalServer(Error|Exception)|"
    r"InternalFailure|ServiceUnavailable(Exception)?|InvalidSignatureException|SignatureDoesNotMatch|"
    r"UnrecognizedClientException|InvalidClientTokenId|ExpiredToken(Exception)?|SerializationException|"
    r"Validation(Exception|Error)|MalformedXML|MalformedInput|UnknownOperationException|SlowDown|404|403")

# Texts that AWS answers beyond its models, and why that is known.
BEYOND_TEXTS = [
    (r".*SchemaAttributes\[\]\.Name: \d+ characters, .*", "its own 'phone_number_verified' has 21"),
    (r"CreateUserPoolDomain\.CloudFrontDomain: '\w+\.cloudfront\.net' does not match .*", "a domain has dots"),
    (r".*Domain: '[a-z0-9-]+(\.[a-z0-9-]+)+' does not match .*", "a custom domain has dots"),
    (r".*\.ResourceAssociationArn: .* does not match .*", "its pattern has a backslash too many"),
    (r".*SecretArn: '.*:secret:events!connection/.*' does not match .*", "EventBridge's own secrets are named so"),
]

# Errors that AWS answers beyond its models: service, operation, code, why that is known.
BEYOND = [
    ("cloudwatch", "DeleteDashboards", "ResourceNotFound", "the API reference has it: DashboardNotFoundError"),
]


@functools.cache
def service_model(service):
    return botocore.session.get_session().get_service_model(BOTOCORE_NAMES.get(service, service))


def wire_name(name, member):
    return member.serialization.get("name", name)


def kind_fault(shape, value, where):
    wanted = KINDS.get(shape.type_name)
    if shape.type_name == "timestamp":
        format = shape.serialization.get("timestampFormat", "unixTimestamp")
        wanted = (int, float) if format == "unixTimestamp" else str
    if isinstance(value, bool) and wanted is not bool or not isinstance(value, wanted):
        return [f"{where} should be of kind {shape.type_name} and is {json.dumps(value)[:80]}"]
    return []


def text_faults(shape, value, where):
    return [fault for fault in shapes.text_limits(shape, value, where)
            if not any(re.fullmatch(known, fault) for known, _ in BEYOND_TEXTS)]


def json_faults(shape, value, where):
    """What is wrong with a value as it travels in JSON."""
    if getattr(shape, "is_document_type", False) or shape.serialization.get("eventstream"):
        return []
    found = kind_fault(shape, value, where)
    if found:
        return found
    if shape.type_name == "structure":
        by_name = {wire_name(name, member): (name, member) for name, member in shape.members.items()
                   if member.serialization.get("location") is None}
        for key, item in value.items():
            if key not in by_name:
                found.append(f"{where} has no member '{key}'")
            else:
                found += json_faults(by_name[key][1], item, f"{where}.{key}")
        found += [f"{where} lacks '{name}'" for name in shape.required_members
                  if shape.members[name].serialization.get("location") is None and
                  wire_name(name, shape.members[name]) not in value]
    elif shape.type_name == "list":
        for item in value:
            found += json_faults(shape.member, item, where + "[]")
    elif shape.type_name == "map":
        for key, item in value.items():
            found += text_faults(shape.key, key, where + " (key)") + json_faults(shape.value, item, where + ".*")
    elif shape.type_name == "string":
        found += text_faults(shape, value, where)
    return found


class Xml:
    """What is wrong with an answer in XML: of the query, ec2 and rest-xml protocols."""

    def __init__(self, protocol):
        self.ec2 = protocol == "ec2"

    @staticmethod
    def name(node):
        return node.tag.rpartition("}")[2]

    def value(self, shape, node, where):
        check = {"structure": self.structure, "list": self.list, "map": self.map}.get(shape.type_name, self.scalar)
        return check(shape, node, where)

    def scalar(self, shape, node, where):
        text = node.text or ""
        patterns = {"boolean": r"true|false", "integer": r"-?\d+", "long": r"-?\d+",
                    "float": r"-?[\d.]+([eE][-+]?\d+)?", "double": r"-?[\d.]+([eE][-+]?\d+)?",
                    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"}
        if len(node):
            return [f"{where} should be of kind {shape.type_name} and has members"]
        if not re.fullmatch(patterns.get(shape.type_name, r"(?s).*"), text):
            return [f"{where} should be of kind {shape.type_name} and is '{text[:80]}'"]
        return text_faults(shape, text, where) if shape.type_name == "string" else []

    def structure(self, shape, node, where):
        found, seen, by_name = [], set(), {}
        for name, member in shape.members.items():
            if member.serialization.get("location") in ("header", "headers", "statusCode"):
                seen.add(name)
            by_name[self.member_name(name, member)] = (name, member)
        for child in node:
            name, member = by_name.get(self.name(child), (None, None))
            if not member:
                found.append(f"{where} has no member '{self.name(child)}'")
                continue
            seen.add(name)
            one = member.member if self.is_flat(member) else member
            found += self.value(one, child, f"{where}.{name}")
        return found + [f"{where} lacks '{name}'" for name in shape.required_members if name not in seen]

    @staticmethod
    def is_flat(shape):
        return shape.type_name == "list" and shape.serialization.get("flattened")

    def member_name(self, name, member):
        if self.is_flat(member):
            return member.member.serialization.get("name") or member.serialization.get("name", name)
        return wire_name(name, member)

    def list(self, shape, node, where):
        item_name, found = shape.member.serialization.get("name", "member"), []
        for child in node:
            if self.name(child) != item_name:
                found.append(f"{where} should be a list of <{item_name}> and has <{self.name(child)}>")
            else:
                found += self.value(shape.member, child, where + "[]")
        return found

    def map(self, shape, node, where):
        found = []
        names = (shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value"))
        for entry in node:
            parts = {self.name(child): child for child in entry}
            if self.name(entry) != "entry" or set(parts) != set(names):
                found.append(f"{where} should be a map of <entry> with {names}")
                continue
            found += self.value(shape.key, parts[names[0]], where + " (key)")
            found += self.value(shape.value, parts[names[1]], where + ".*")
        return found


def xml_faults(protocol, operation, shape, body):
    root = xml.etree.ElementTree.fromstring(body)
    if protocol == "query":
        result = shape.serialization.get("resultWrapper") if shape else None
        parts = {Xml.name(child): child for child in root}
        root = parts.get(result) if result else root
        if root is None:
            return [f"the answer has no <{result}>"]
        if not result:  # without output: only ResponseMetadata
            return [f"the answer has <{name}>" for name in parts if name != "ResponseMetadata"]
    elif protocol == "ec2":
        for child in [child for child in root if Xml.name(child) == "requestId"]:
            root.remove(child)
    return Xml(protocol).structure(shape, root, operation)


def success_faults(model, operation, answer):
    shape, protocol, body = operation.output_shape, model.metadata["protocol"], answer["body"]
    payload = shape.serialization.get("payload") if shape else None
    if payload:
        shape = shape.members[payload]
        if shape.type_name != "structure":
            return []  # raw data
    if body is None or (not body and not (shape and shape.required_members)):
        return []
    if protocol in ("query", "ec2", "rest-xml"):
        return xml_faults(protocol, operation.name, shape, body) if body else [f"{operation.name}: no body"]
    value = json.loads(body or "{}")
    if shape is None:
        return [f"{operation.name} answers nothing by its model: {body[:80]}"] if value else []
    return json_faults(shape, value, operation.name)


def error_code(answer):
    for name, value in answer["headers"].items():
        if name.lower() == "x-amzn-errortype":
            return value.partition(":")[0]
    body = answer["body"] or ""
    if body.startswith("{"):
        told = json.loads(body)
        return (told.get("__type") or told.get("code") or "").rpartition("#")[2]
    found = re.search(r"<Code>([^<]*)</Code>", body)
    return found[1] if found else str(answer["status"])


def failure_faults(model, operation, answer):
    code = error_code(answer)
    known = {name for error in operation.error_shapes for name in (error.name, error.error_code)}
    if model.service_name == "s3" or COMMON_ERRORS.fullmatch(code) or code in known:
        return []  # S3's codes are in none of its models
    if any(model.service_name == service and re.fullmatch(name, operation.name) and re.fullmatch(codes, code)
           for service, name, codes, _ in BEYOND):
        return []
    return [f"{operation.name} must not answer {code}"]


def faults(answer):
    model = service_model(answer["service"])
    if answer["operation"] not in model.operation_names:
        return [f"{answer['operation']}: AWS has no such operation"]
    operation = model.operation_model(answer["operation"])
    check = success_faults if answer["status"] < 300 else failure_faults
    return check(model, operation, answer)


def check_logs(paths):
    """Prints every fault once with its count; tells whether all answers were good, and that there were some."""
    found, operations, answers = collections.Counter(), set(), 0
    for path in paths:
        with open(path, encoding="utf-8") as log:
            for line in log:
                answer = json.loads(line)
                answers += 1
                operations.add((answer["service"], answer["operation"]))
                found.update(f"{answer['service']}.{fault}" for fault in faults(answer))
    for fault, count in sorted(found.items()):
        print(f"{count} x {fault}")
    print(f"{answers} answers of {len(operations)} operations, {sum(found.values())} faults by AWS's models")
    return answers > 0 and not found


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(0 if check_logs(sys.argv[1:]) else 1)
