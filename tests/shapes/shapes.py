#!/usr/bin/env python3
"""Checks the requests that plumb sent against AWS's own service models, as botocore carries them.

    shapes.py LOG...

LOG is what plumb writes where PLUMB_REQUEST_LOG names it: one line a request, {"service", "operation", "params"}.
Exit status 1 where a request is wrong, or where there is none: that proves nothing.
"""
import base64
import binascii
import collections
import functools
import json
import re
import sys

import botocore.session
import botocore.validate

import quick_botocore  # noqa: F401

# plumb names a service as AWS_ENDPOINT_URL_<NAME> does; botocore sometimes otherwise.
BOTOCORE_NAMES = {"api_gateway": "apigateway", "cloudwatch_logs": "logs",
                  "cognito_identity": "cognito-identity", "cognito_identity_provider": "cognito-idp",
                  "eventbridge": "events",
                  "route_53": "route53", "secrets_manager": "secretsmanager", "sfn": "stepfunctions"}


@functools.cache
def service_model(service):
    model = botocore.session.get_session().get_service_model(BOTOCORE_NAMES.get(service, service))
    known = model.service_id.lower().replace(" ", "_")
    if known != service:
        raise ValueError(f"the service '{service}' is named '{known}' by AWS")
    return model


class Wire:
    """Turns what travels into what the model and its validator know: plumb speaks the names of the wire."""

    def __init__(self, protocol):
        self.xml = protocol == "rest-xml"
        self.text = protocol in ("rest-xml", "query")  # numbers and booleans are texts there

    def value(self, shape, value, text=False):
        text = text or self.text
        convert = {"structure": self.structure, "list": self.list, "map": self.map}.get(shape.type_name)
        if convert:
            return convert(shape, value)
        if shape.type_name == "blob" and isinstance(value, str):
            return self.blob(value)
        if text and isinstance(value, str):
            return self.scalar(shape.type_name, value)
        return value

    def structure(self, shape, value):
        if not isinstance(value, dict) or getattr(shape, "is_document_type", False):
            return value
        by_wire_name = {}
        for name, member in shape.members.items():
            located = member.serialization.get("location") in ("uri", "querystring", "header", "headers")
            wire = name if located else self.wire_name(name, member)
            by_wire_name[wire] = (name, member, located)
            if member.serialization.get("location") == "uri":  # in the path it may go by either name
                by_wire_name.setdefault(self.wire_name(name, member), (name, member, located))
        known = {}
        for key, item in value.items():
            unknown = f"{key} (not its name on the wire)" if key in shape.members else key
            name, member, located = by_wire_name.get(key, (unknown, None, False))
            known[name] = self.value(member, item, text=located) if member else item
            if name == shape.serialization.get("payload") and member.type_name == "blob":
                known[name] = json.dumps(item).encode()  # the whole body, which plumb wrote as JSON
        return known

    def wire_name(self, name, member):
        """A flattened list of XML repeats its items under their own name."""
        if self.xml and member.type_name == "list" and member.serialization.get("flattened"):
            return member.member.serialization.get("name") or member.serialization.get("name", name)
        return member.serialization.get("name", name)

    def list(self, shape, value):
        if self.xml and not shape.serialization.get("flattened"):
            item = shape.member.serialization.get("name", "member")
            if not isinstance(value, dict) or set(value) - {item}:
                return {item: value}  # for the validator to refuse
            value = value.get(item, [])
        if self.xml and not isinstance(value, list):
            value = [value]
        return [self.value(shape.member, item) for item in value] if isinstance(value, list) else value

    def map(self, shape, value):
        if not isinstance(value, dict):
            return value
        return {key: self.value(shape.value, item) for key, item in value.items()}

    @staticmethod
    def blob(value):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            return value.encode()

    @staticmethod
    def scalar(kind, value):
        try:
            if kind in ("integer", "long"):
                return int(value)
            if kind in ("float", "double"):
                return float(value)
        except ValueError:
            return value
        return {"true": True, "false": False}.get(value, value) if kind == "boolean" else value


# What AWS takes beyond its own models: service, fault, why that is known.
BEYOND = [
    ("cognito_identity_provider", r"Domain: '[a-z0-9-]+(\.[a-z0-9-]+)+' does not match .*",
     "a custom domain has dots: the documentation of CreateUserPoolDomain's CustomDomainConfig"),
    ("s3", r"ACL: 'log-delivery-write' is none of .*",
     "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"),
    ("appsync", r"resourceArn: \d+ characters, at most 75|resourceArn: '.*:apis/\w+/channelNamespace/.*' .*",
     "the registry's handlers of AWS::AppSync::ChannelNamespace tag it so"),
    ("appsync", r"(?s)(request|response)MappingTemplate: '.*' does not match \^\.\*\$",
     "templates have lines: every one of https://docs.aws.amazon.com/appsync/latest/devguide/"),
    ("appsync", r"resourceArn: '.*:apis/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' .*", "moto gives such ids"),
    ("apigatewayv2", r"ContentHandlingStrategy: '' is none of .*", "no other way is told to take it away"),
]


def is_beyond(service, fault):
    return any(service == name and re.fullmatch(pattern, fault) for name, pattern, _ in BEYOND)


@functools.cache
def pattern_of(text):
    """A model's pattern for Python, or None where it is written for another kind of expressions."""
    try:
        return re.compile(text)
    except re.error:
        return None


def too_many(shape, count, where, what):
    most = shape.metadata.get("max")
    return [f"{where}: {count} {what}, at most {most}"] if most is not None and count > most else []


def text_limits(shape, value, where):
    """Secrets are masked in the log, or are the reference that they came by: of those nothing can be told."""
    if "****" in value or "{{resolve:" in value:
        return []
    known, pattern = shape.metadata.get("enum"), pattern_of(shape.metadata.get("pattern", ""))
    found = too_many(shape, len(value), where, "characters")
    if known and value not in known:
        found.append(f"{where}: '{value}' is none of {', '.join(known)}")
    if pattern and pattern.pattern and not pattern.fullmatch(value):
        found.append(f"{where}: '{value}' does not match {pattern.pattern}")
    return found


def limits(shape, value, where=""):
    """What botocore's validator leaves to AWS: enumerations, patterns, the most of something."""
    kind, found = shape.type_name, []
    if kind == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        for name, item in value.items():
            if name in shape.members:
                found += limits(shape.members[name], item, f"{where}.{name}" if where else name)
    elif kind == "list" and isinstance(value, list):
        found += too_many(shape, len(value), where, "items")
        for i, item in enumerate(value):
            found += limits(shape.member, item, f"{where}[{i}]")
    elif kind == "map" and isinstance(value, dict):
        found += too_many(shape, len(value), where, "entries")
        for key, item in value.items():
            found += limits(shape.key, key, f"{where} (key)") + limits(shape.value, item, f"{where}.{key}")
    elif kind == "string" and isinstance(value, str):
        found += text_limits(shape, value, where)
    elif kind in ("integer", "long", "float", "double") and isinstance(value, (int, float)):
        most = shape.metadata.get("max")
        found += [f"{where}: {value}, at most {most}"] if most is not None and value > most else []
    return found


def validate(service, operation, params):
    """What is wrong with the request, one line a fault; empty where nothing is."""
    try:
        model = service_model(service)
        shape = model.operation_model(operation).input_shape
    except (ValueError, botocore.exceptions.UnknownServiceError,
            botocore.model.OperationNotFoundError) as error:
        return str(error)
    if shape is None:
        return f"{operation} takes no parameters" if params else ""
    wire = Wire(model.metadata["protocol"])
    known = wire.structure(shape, params)
    report = botocore.validate.ParamValidator().validate(known, shape).generate_report()
    more = [fault for fault in limits(shape, known) if not is_beyond(service, fault)]
    return "\n".join(([report] if report else []) + more)


def check_logs(paths):
    """Prints every fault once with its count; tells whether all requests were good, and that there were some."""
    faults, operations, lines = collections.Counter(), set(), collections.Counter()
    for path in paths:
        with open(path, encoding="utf-8") as log:
            lines.update(log)
    for line, count in lines.items():
        request = json.loads(line)
        name = f"{request['service']}.{request['operation']}"
        operations.add(name)
        fault = validate(request["service"], request["operation"], request["params"])
        faults.update({f"{name}: {fault}": count} if fault else {})
    requests = lines.total()
    for fault, count in sorted(faults.items()):
        print(f"{count} x {fault}")
    print(f"{requests} requests of {len(operations)} operations, {sum(faults.values())} not as AWS's models want them")
    return requests > 0 and not faults


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(0 if check_logs(sys.argv[1:]) else 1)
