"""SAM templates out of the transform's own models of its resources: `templates(random)` yields them without end.

Every resource has a random choice of the properties that its model knows, each with a value of its type.  Names whose
values must fit others (paths, references, authorizers) take them from HINTS.
"""
import types
import typing

from samtranslator.compat import pydantic
from samtranslator.internal.schema_source import (
    aws_serverless_api, aws_serverless_application, aws_serverless_capacity_provider, aws_serverless_connector,
    aws_serverless_function, aws_serverless_graphqlapi, aws_serverless_httpapi, aws_serverless_layerversion,
    aws_serverless_simpletable, aws_serverless_statemachine, aws_serverless_websocketapi)
from samtranslator.internal.schema_source.common import PassThroughProp, Ref
from samtranslator.model import ResourceTypeResolver, eventsources, sam_resources
from samtranslator.model.eventsources import cloudwatchlogs, pull, push, scheduler
from samtranslator.model.stepfunctions import events as machine_events
from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor

RESOURCES = {
    "Api": aws_serverless_api, "CapacityProvider": aws_serverless_capacity_provider,
    "Function": aws_serverless_function, "GraphQLApi": aws_serverless_graphqlapi, "HttpApi": aws_serverless_httpapi,
    "LayerVersion": aws_serverless_layerversion, "SimpleTable": aws_serverless_simpletable,
    "StateMachine": aws_serverless_statemachine, "WebSocketApi": aws_serverless_websocketapi,
    "Application": aws_serverless_application,
}
# The transform's classes, whose tables say which kinds of values a property takes.
CLASSES = {"": ResourceTypeResolver(sam_resources).resource_types,
           "Function": ResourceTypeResolver(eventsources, pull, push, cloudwatchlogs, scheduler).resource_types,
           "StateMachine": ResourceTypeResolver(machine_events, scheduler).resource_types}
WEIGHTS = {"Function": 12, "Api": 8, "HttpApi": 5, "StateMachine": 4, "WebSocketApi": 3}

# What every template has, for others to refer to.
CONTEXT = {
    "Bucket": {"Type": "AWS::S3::Bucket"}, "Topic": {"Type": "AWS::SNS::Topic"}, "Queue": {"Type": "AWS::SQS::Queue"},
    "Pool": {"Type": "AWS::Cognito::UserPool"}, "Table": {"Type": "AWS::Serverless::SimpleTable"},
    "Guard": {"Type": "AWS::Serverless::Function",
              "Properties": {"Runtime": "python3.12", "Handler": "a.b", "CodeUri": "s3://bucket/key"}},
    "RestApi": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "Prod"}},
    "WebApi": {"Type": "AWS::Serverless::HttpApi"},
}
SECTIONS = {
    "Parameters": {"Param": {"Type": "String", "Default": "live"}, "Count": {"Type": "Number", "Default": 3}},
    "Conditions": {"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
    "Mappings": {"Map": {"ap-southeast-1": {"Name": "mapped"}, "us-east-1": {"Name": "mapped"}}},
}
TEMPLATES = PolicyTemplatesProcessor.get_default_policy_templates_json()["Templates"]
PREFERENCES = ["Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes",
               "Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes", "Linear10PercentEvery3Minutes",
               "Linear10PercentEvery10Minutes", "AllAtOnce", "MyOwn", {"Ref": "Param"}, {"Fn::If": ["Yes", "AllAtOnce", "MyOwn"]},
               {"Fn::Sub": "${Param}"}]
ARN = ["arn:aws:lambda:us-east-1:123456789012:function:f", {"Fn::GetAtt": ["Guard", "Arn"]}, {"Fn::GetAtt": "Guard.Arn"},
       {"Fn::Sub": "${Guard.Arn}"}, {"Ref": "Param"}, {"Fn::ImportValue": "x"}]
S3 = ["s3://bucket/key", "s3://bucket/a/b?versionId=7", {"Bucket": "b", "Key": "k"}, {"Bucket": "b", "Key": "k", "Version": "v"}]
SWAGGER = {"swagger": "2.0", "info": {"title": "t"}, "paths": {
    "/a": {"get": {"x-amazon-apigateway-integration": {"uri": "u", "type": "aws_proxy", "httpMethod": "POST"}}},
    "/b/{id}": {"Fn::If": ["Yes", {"post": {"x-amazon-apigateway-integration": {"uri": "u"}, "security": [{"Other": []}]}},
                           {"Ref": "AWS::NoValue"}]}}}
OPENAPI = {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {
    "/a": {"get": {"x-amazon-apigateway-integration": {"uri": "u", "payloadFormatVersion": "2.0"}}},
    "$default": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {"uri": {"Fn::Sub": "${Guard.Arn}"}}}}}}
AUTHORIZERS = {"One": {"UserPoolArn": {"Fn::GetAtt": ["Pool", "Arn"]}}, "Two": {"FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]}},
               "Three": {"FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]}, "FunctionPayloadType": "REQUEST",
                         "Identity": {"Headers": ["A"], "QueryStrings": ["B"], "ReauthorizeEvery": 0}},
               "Four": {"UserPoolArn": ["a", "b"], "AuthorizationScopes": ["x", "y"]}}
HTTP_AUTHORIZERS = {"One": {"JwtConfiguration": {"issuer": "i", "audience": ["a"]}, "IdentitySource": "$request.header.A"},
                    "Two": {"FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]}, "AuthorizerPayloadFormatVersion": "2.0",
                            "EnableSimpleResponses": True, "Identity": {"Headers": ["H"], "ReauthorizeEvery": 30}},
                    "Three": {"JwtConfiguration": {"issuer": "i", "audience": ["a"]}, "AuthorizationScopes": ["s"],
                              "IdentitySource": "$request.header.A"}}
HINTS = {
    "Path": ["/a", "/a/{id}", "/", "/{proxy+}", "/a/b/", "$default"], "Method": ["get", "POST", "any", "ANY", "options"],
    "RestApiId": [{"Ref": "RestApi"}, {"Ref": "Own"}, "RestApi"], "ApiId": [{"Ref": "WebApi"}, {"Ref": "Own"}, "WebApi"],
    "Bucket": [{"Ref": "Bucket"}], "UserPool": [{"Ref": "Pool"}], "Topic": [{"Ref": "Topic"}, "arn:topic"],
    "Queue": [{"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:us-east-1:1:q"], "QueueArn": [{"Fn::GetAtt": ["Queue", "Arn"]}],
    "Stream": ["arn:aws:kinesis:us-east-1:1:s", {"Fn::GetAtt": ["Table", "StreamArn"]}], "Role": ARN,
    "CodeUri": S3, "ContentUri": S3, "SchemaUri": ["s3://bucket/schema"], "InlineCode": ["code", {"Fn::Sub": "${Param}"}],
    "AutoPublishAlias": ["live", {"Ref": "Param"}, "a-b_c"], "StageName": ["Prod", "a_b", {"Ref": "Param"}, {"Fn::Sub": "${Param}"}],
    "Runtime": ["python3.12", {"Ref": "Param"}], "Handler": ["a.b"], "PackageType": ["Zip"], "OpenApiVersion": ["3.0.1", "2.0", 3.0],
    "Condition": ["Yes"], "DependsOn": ["Queue", ["Queue", "Topic"]], "DeletionPolicy": ["Retain", "Delete"],
    "UpdateReplacePolicy": ["Retain", "Snapshot"], "IgnoreGlobals": ["*"],
    "Tags": [{"Team": "orders"}, {"a": {"Ref": "Param"}, "b": "c"}], "Version": ["7", 7], "Name": ["name", {"Ref": "Param"}],
    "Location": ["https://s3/x", "./app.yaml"], "Authorizer": ["One", "Two", "NONE", "AWS_IAM"],
    "DefaultAuthorizer": ["One", "Two", "Three", "AWS_IAM"], "HostedZoneId": ["Z1", {"Ref": "Param"}],
    "EndpointConfiguration": ["REGIONAL", "EDGE", "PRIVATE", "REGIONAL", "EDGE", "REGIONAL", {"Type": "REGIONAL"},
                              {"Type": "PRIVATE", "VPCEndpointIds": ["vpce"], "IpAddressType": "dualstack"}],
    "DomainName": ["example.com", {"Ref": "Param"}], "CertificateArn": ["arn:cert", {"Ref": "Param"}],
    "BasePath": [["/a", "b-c"], "one", ["x"]], "Events": ["s3:ObjectCreated:*", ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]],
    "Trigger": ["PreSignUp", ["PreSignUp", "PostConfirmation"]], "State": ["ENABLED", "DISABLED", {"Ref": "Param"}],
    "StartingPosition": ["LATEST", "TRIM_HORIZON"], "Schedule": ["rate(1 day)"], "ScheduleExpression": ["rate(1 day)"],
    "RequestParameters": [["method.request.header.A"], [{"method.request.querystring.B": {"Required": True, "Caching": True}}]],
    "RequestModel": [{"Model": "User", "Required": True, "ValidateBody": True}, {"Model": "User", "ValidateParameters": True}],
    "Models": [{"User": {"type": "object"}}], "CreateUsagePlan": ["PER_API", "SHARED", "NONE"],
    "FunctionArn": ARN, "InvokeRole": ["CALLER_CREDENTIALS", "NONE", "arn:role"], "Definition": [
        {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": {"Fn::GetAtt": ["Guard", "Arn"]}, "End": True}}}],
    "GatewayResponses": [{"DEFAULT_4XX": {"StatusCode": 404, "ResponseParameters": {"Headers": {"A": "'b'"}}}},
                         {"UNAUTHORIZED": {"ResponseTemplates": {"application/json": "{}"}}}],
    "Cors": ["'*'", {"AllowOrigin": "'x'", "AllowHeaders": "'h'", "MaxAge": "'3'"}, {"AllowMethods": "'GET'", "AllowCredentials": True},
             {"Fn::If": ["Yes", "'a'", "'b'"]}],
    "CorsConfiguration": [True, {"AllowOrigins": ["x"], "MaxAge": 7, "AllowHeaders": ["h"]}, {"AllowOrigins": {"Ref": "Param"}}],
    "Permissions": [["Read"], ["Write"], ["Read", "Write"]], "SnapStart": [{"ApplyOn": "PublishedVersions"}, {"ApplyOn": "None"}],
    "PrimaryKey": [{"Name": "id", "Type": "Number"}, {"Name": "id", "Type": "String"}], "SqsSubscription": [
        True, False, {"QueueArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "QueueUrl": {"Ref": "Queue"}, "BatchSize": 5},
        {"QueueArn": "a", "QueueUrl": "u", "QueuePolicyLogicalId": "Own2"}],
    "SourceAccessConfigurations": [[{"Type": "BASIC_AUTH", "URI": "arn:secret"}, {"Type": "VIRTUAL_HOST", "URI": "v"}],
                                   [{"Type": "SASL_SCRAM_512_AUTH", "URI": "arn:secret"}, {"Type": "VPC_SUBNET", "URI": "s"},
                                    {"Type": "VPC_SECURITY_GROUP", "URI": "g"}]],
    "Queues": [["q"]], "Topics": [["t"]], "Broker": ["arn:broker", {"Ref": "Param"}],
    "DeadLetterConfig": [{"Type": "SQS"}, {"Type": "SQS", "QueueLogicalId": "Dead"}, {"Arn": "arn:queue"}],
    "DestinationConfig": [{"OnFailure": {"Type": "SQS", "Destination": "arn:q"}}, {"OnFailure": {"Type": "S3", "Destination": "arn:b"}},
                          {"OnFailure": {"Destination": "arn:t"}}],
    "VpcConfig": [{"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}], "RetentionPolicy": ["Retain", "delete", {"Ref": "Param"}],
    "CompatibleArchitectures": [["arm64"], ["x86_64", {"Ref": "Param"}]], "PermissionsBoundary": ["arn:boundary"],
    "AuthType": ["NONE", "AWS_IAM"], "Alarms": [[{"Ref": "Alarm"}], {"Fn::If": ["Yes", ["a"], ["b"]]}],
    "PreTraffic": [{"Ref": "Guard"}], "PostTraffic": [{"Ref": "Guard"}], "Resource": [{"Ref": "Queue"}],
    "MutualTlsAuthentication": [{"TruststoreUri": "u"}, {"TruststoreUri": "u", "TruststoreVersion": "v"}],
    "PassthroughCondition": [True, False, {"Ref": "Param"}], "IpAddressType": ["ipv4", "dualstack"],
    "Environment": [{"Variables": {"A": "b", "C": {"Ref": "Param"}}}], "BinaryMediaTypes": [["image~1png"], ["*~1*", "a/b"]],
    "Layers": [["arn:layer", {"Ref": "Param"}]], "AddDefaultAuthorizerToCorsPreflight": [True, False],
    "AlwaysDeploy": [True, False], "MergeDefinitions": [True, False], "Enabled": [True, False, {"Ref": "Param"}],
    "DataSource": ["Lam", "Dyn", "NONE"], "Pipeline": [["Fun"], []], "SchemaInline": ["type Query {a: Int}"],
}
OWN = {  # hints for one resource type
    ("Api", "DefinitionBody"): [SWAGGER, OPENAPI], ("HttpApi", "DefinitionBody"): [OPENAPI], ("Api", "Authorizers"): [AUTHORIZERS],
    ("HttpApi", "Authorizers"): [HTTP_AUTHORIZERS], ("Api", "DefinitionUri"): S3, ("HttpApi", "DefinitionUri"): S3,
    ("StateMachine", "DefinitionUri"): S3, ("Function", "Type"): PREFERENCES, ("Application", "Location"): ["https://s3/x"],
    ("GraphQLApi", "UserPool"): [{"UserPoolId": "p", "AwsRegion": "r", "DefaultAction": "ALLOW"}],
    ("GraphQLApi", "Runtime"): [{"Name": "APPSYNC_JS", "Version": "1.0.0"}],
    ("HttpApi", "EndpointConfiguration"): ["REGIONAL"], ("WebSocketApi", "EndpointConfiguration"): ["REGIONAL"],
    ("WebSocketApi", "MutualTlsAuthentication"): [None], ("Function", "DestinationConfig"): [
        {"OnSuccess": {"Type": "SQS"}, "OnFailure": {"Type": "SNS"}}, {"OnSuccess": {"Type": "Lambda", "Destination": "arn"}},
        {"OnFailure": {"Type": "SQS", "Destination": {"Fn::If": ["Yes", "arn", {"Ref": "AWS::NoValue"}]}}},
        {"OnSuccess": {"Type": "EventBridge", "Destination": "arn"}, "OnFailure": {"Type": "S3Bucket", "Destination": "arn"}}],
    ("Function", "FunctionUrlConfig"): [{"AuthType": "NONE"}, {"AuthType": "AWS_IAM", "InvokeMode": "RESPONSE_STREAM"}, {
        "AuthType": {"Ref": "Param"}, "Cors": {"AllowOrigins": ["a"], "AllowMethods": ["GET"], "MaxAge": 5, "AllowCredentials": True}}],
    ("Function", "AutoPublishCodeSha256"): ["0123456789abcdef", {"Ref": "Param"}], ("Function", "Cors"): [{"AllowOrigins": ["a"]}],
    ("GraphQLApi", "Type"): ["API_KEY", "AWS_IAM", "AWS_LAMBDA"], ("Function", "VersionDeletionPolicy"): ["Delete", "Retain"],
    ("WebSocketApi", "Routes"): [{"$connect": {"FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]}}, "$default": {"FunctionArn": "arn"}},
                                 {"$connect": {"FunctionArn": {"Fn::Sub": "${Guard.Arn}"}, "ApiKeyRequired": True,
                                               "IntegrationTimeout": 1000, "RouteResponseSelectionExpression": "$default"},
                                  "myroute": {"FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]}}}],
    ("WebSocketApi", "Auth"): [{"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}, {"AuthType": "CUSTOM", "AuthArn": {"Fn::GetAtt": ["Guard", "Arn"]}},
                               {"AuthType": "CUSTOM", "AuthArn": "a", "InvokeRole": "r", "IdentitySource": ["s"], "Name": "n"}],
    ("Function", "DeadLetterQueue"): [{"Type": "SQS", "TargetArn": "arn"}, {"Type": "SNS", "TargetArn": {"Ref": "Topic"}}],
}
RARE = {"DefinitionUri": 0.1, "DefinitionBody": 0.2, "ImageUri": 0.02, "ImageConfig": 0.02, "PackageType": 0.02, "TenancyConfig": 0.03,
        "CapacityProviderConfig": 0.05, "FunctionScalingConfig": 0.05, "VersionDeletionPolicy": 0.1, "InlineCode": 0.1,
        "ProvisionedConcurrencyConfig": 0.1, "OverrideApiAuth": 0.1, "SchemaUri": 0.1, "Id": 0.05, "Role": 0.1}
ANYTHING = ["text", 5, True, {"a": "b"}, ["x"], {"Ref": "Param"}, {"Fn::Sub": "${AWS::Region}"}, {"Fn::If": ["Yes", "a", "b"]}, 1.5]


class Sampler:
    def __init__(self, random, kind):
        self.random, self.kind = random, kind

    def field(self, name, annotation):
        hints = OWN.get((self.kind, name)) or HINTS.get(name)
        if hints and self.random.random() < 0.93:
            return self.random.choice(hints)
        return self.sample(annotation)

    def sample(self, annotation, depth=0):
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            return self.sample(self.random.choice([a for a in arguments if a is not type(None)]), depth + 1)
        if origin is typing.Literal:
            return self.random.choice(arguments)
        if origin is list:
            return [self.sample(arguments[0], depth + 1) for _ in range(self.random.choice((1, 1, 2)))]
        if origin is dict:
            intrinsic = arguments[1] is typing.Any and self.random.random() < 0.5
            return {"Ref": "Param"} if intrinsic else {"Key": self.sample(arguments[1], depth + 1)}
        if isinstance(annotation, type) and issubclass(annotation, Ref):
            return {"Ref": "Param"}
        if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel) and annotation is not PassThroughProp:
            return self.model(annotation, depth + 1)
        return {str: "text", int: 5, bool: True, float: 1.5}.get(annotation) or self.random.choice(ANYTHING)

    def model(self, model, depth=0, chance=0.3):
        made = {}
        for name, field in model.__fields__.items():
            wanted = field.required or self.random.random() < RARE.get(name, chance if depth == 0 else 0.5)
            value = self.field(name, field.outer_type_) if wanted and depth < 8 and name != "Events" else None
            if value is not None:
                made[name] = value
        return made


def policies(random):
    def one():
        if random.random() < 0.6:
            name = random.choice(sorted(TEMPLATES))
            return {name: {p: random.choice(["x", {"Ref": "Param"}]) for p in TEMPLATES[name]["Parameters"]}}
        return random.choice(["AmazonDynamoDBFullAccess", "arn:aws:iam::aws:policy/X", {"Ref": "Param"}, {"Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}]}, {"Fn::If": ["Yes", {"SQSPollerPolicy": {"QueueName": "q"}},
                                                                               {"Ref": "AWS::NoValue"}]}, "Unknown"])
    return one() if random.random() < 0.2 else [one() for _ in range(random.choice((1, 2, 3)))]


def events(random, kind):
    # The model lists each kind of event as a class with Type and Properties.
    module = RESOURCES[kind]
    known = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, pydantic.BaseModel)
             and {"Type", "Properties"} <= set(v.__fields__) and v.__name__ not in ("Resource",)]
    sampler, made = Sampler(random, "Event"), {}
    for name in random.sample(["One", "Two", "Three", "Four"], random.choice((1, 1, 2, 3))):
        model = random.choice(known)
        event = typing.get_args(model.__fields__["Type"].outer_type_)[0]
        model = model.__fields__["Properties"].outer_type_
        model = model if isinstance(model, type) else [a for a in typing.get_args(model) if a is not type(None)][0]
        made[name] = {"Type": event, "Properties": sampler.model(model, 0, 0.4)}
        if event in CLASSES[kind]:
            fit(sampler, event, kind, model, made[name]["Properties"])
    return made


def fit(sampler, kind, table, model, properties):
    """Tries again what the tables of the transform do not take, and adds what they require."""
    known = CLASSES[table][kind].property_types
    for name, property_type in known.items():
        for _ in range(8):
            value = properties.get(name)
            taken = value is None or property_type.validate is None or (
                property_type.supports_intrinsics and isinstance(value, dict) and len(value) == 1) or property_type.validate(value, False)
            if value is not None and taken or value is None and not property_type.required:
                break
            field = model.__fields__.get(name)
            properties[name] = sampler.field(name, field.outer_type_ if field else str)
        else:
            properties.pop(name, None)
    for name in set(properties) - set(known):
        del properties[name]


def resource(random, kind):
    module, sampler = RESOURCES[kind], Sampler(random, kind)
    properties = sampler.model(module.Properties)
    fit(sampler, f"AWS::Serverless::{kind}", "", module.Properties, properties)
    if kind == "Function":
        properties.setdefault("Runtime", "python3.12")
        properties.setdefault("Handler", "a.b")
        if "CodeUri" not in properties:
            properties.setdefault("InlineCode", "x")
    if {"DeploymentPreference", "ProvisionedConcurrencyConfig", "VersionDeletionPolicy", "UseAliasAsEventTarget"} & set(properties):
        properties.setdefault("AutoPublishAlias", "live")
    if kind == "Function" and isinstance(properties.get("DeploymentPreference"), dict):
        properties["DeploymentPreference"].setdefault("Type", random.choice(PREFERENCES))
    if "DefinitionUri" in properties:
        properties.pop("DefinitionBody", None)
    if "Policies" in properties:
        properties["Policies"] = policies(random)
    if kind in ("Function", "StateMachine") and random.random() < 0.7:
        properties["Events"] = events(random, kind)
    if kind == "StateMachine" and "DefinitionUri" not in properties:
        properties["Definition"] = HINTS["Definition"][0]
    if kind == "GraphQLApi":
        properties.setdefault("SchemaInline", "type Query {a: Int}")
        properties["DataSources"] = {"Lambda": {"Lam": {"FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]}}},
                                     "DynamoDb": {"Dyn": sampler.model(module.DynamoDBDataSource, 1)}}
        properties["Functions"] = {"Fun": sampler.model(module.Function, 1)}
    made = {"Type": f"AWS::Serverless::{kind}", "Properties": properties}
    for name in ("Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "IgnoreGlobals"):
        if random.random() < 0.1:
            made[name] = random.choice(HINTS[name])
    if random.random() < 0.1:
        made["Metadata"] = {"a": "b"}
    if random.random() < 0.1 and kind in ("Function", "StateMachine"):
        made["Connectors"] = {"To": {"Properties": {"Destination": random.choice(
            [{"Id": "Queue"}, {"Id": "Table"}, {"Id": "Guard"}, {"Type": "AWS::SNS::Topic", "Arn": "arn:t"},
             [{"Id": "Queue"}, {"Id": "Topic"}]]), "Permissions": random.choice(HINTS["Permissions"])}}}
    return made


def template(random):
    kind = random.choices(list(RESOURCES), [WEIGHTS.get(k, 1) for k in RESOURCES])[0]
    made = {"Transform": "AWS::Serverless-2016-10-31", **SECTIONS, "Resources": {**CONTEXT, "Own": resource(random, kind)}}
    if random.random() < 0.25:
        again = random.choices(list(RESOURCES), [WEIGHTS.get(k, 1) for k in RESOURCES])[0]
        made["Resources"]["Second"] = resource(random, again)
    if random.random() < 0.25 and hasattr(RESOURCES[kind], "Globals"):
        made["Globals"] = {kind: Sampler(random, kind).model(RESOURCES[kind].Globals, 0, 0.15)}
    return f"matrix {kind}", made


def connectors():
    """A template for every pair of types, named as resources and by their properties, in each combination of rights."""
    import json
    import pathlib

    import samtranslator.model.connector_profiles as package
    profiles = json.loads((pathlib.Path(package.__file__).parent / "profiles.json").read_text(encoding="utf-8"))["Permissions"]
    for source, destinations in profiles.items():
        for destination in destinations:
            for permissions in (["Read"], ["Write"], ["Read", "Write"]):
                ids = {"Resources": {"A": {"Type": source, "Properties": {"Role": {"Fn::GetAtt": ["R", "Arn"]}}},
                                     "B": {"Type": destination, "Properties": {"Role": {"Ref": "R"}}}}}
                ids["Resources"]["C"] = {"Type": "AWS::Serverless::Connector", "Properties": {
                    "Source": {"Id": "A"}, "Destination": {"Id": "B"}, "Permissions": permissions}}
                yield f"connector {source} {destination}", ids
                side = {"Arn": "arn", "RoleName": "role", "QueueUrl": "url", "ResourceId": "id", "Name": "name", "Qualifier": "q"}
                yield f"connector {source} {destination} by properties", {"Resources": {"C": {
                    "Type": "AWS::Serverless::Connector", "Properties": {"Source": {"Type": source, **side}, "Destination": {
                        "Type": destination, **side}, "Permissions": permissions}}}}


def policy_templates():
    """Every policy template, a few to a template."""
    names = sorted(TEMPLATES)
    for i in range(0, len(names), 9):
        policies = [{n: {p: {"Ref": "Param"} for p in TEMPLATES[n]["Parameters"]}} for n in names[i:i + 9]]
        yield f"policy templates from {names[i]}", {**SECTIONS, "Resources": {"Own": {
            "Type": "AWS::Serverless::Function", "Properties": {
                "Runtime": "python3.12", "Handler": "a.b", "InlineCode": "x", "Policies": policies}}}}
