"""AWS's own SAM transform (the package aws-sam-translator), called in this process.

transform(template, parameters, region) gives one of
    ("done", output), ("invalid", ids, message), ("crash", text) where it ended with an exception that is no verdict.
"""
import copy
import json
import logging
import re

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.plugins.application.serverless_app_plugin import ServerlessAppPlugin
from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor
from samtranslator.translator import arn_generator
from samtranslator.translator.transform import transform as aws_transform
from samtranslator.yaml_helper import yaml_parse

NAMED = re.compile(r"[Rr]esource with id \[([^\]]+)\]")


class Session:
    """What the transform asks of boto3: the region."""

    region_name = "us-east-1"

    def get_available_regions(self, service, partition_name=None):
        return [self.region_name]


class Applications:
    """The Serverless Application Repository: every application is there."""

    def create_cloud_formation_template(self, ApplicationId, SemanticVersion):
        return {"TemplateUrl": "https://repository", "Status": "ACTIVE", "ApplicationId": ApplicationId, "TemplateId": "1"}


class NoPolicies:
    """No managed policies but those that the package knows by itself."""

    def load(self):
        return {}


def prepare():
    logging.disable(logging.CRITICAL)
    session = Session()
    boto3.session.Session = lambda *args, **kwargs: session
    boto3.DEFAULT_SESSION = session
    # The package's own table is valid; to check it again for every template takes most of the time.
    PolicyTemplatesProcessor._is_valid_templates_dict = staticmethod(lambda *args: True)
    table = PolicyTemplatesProcessor.get_default_policy_templates_json()
    PolicyTemplatesProcessor.get_default_policy_templates_json = staticmethod(lambda: copy.deepcopy(table))
    ServerlessAppPlugin._sar_client = Applications()
    return session


session = prepare()


def read(path):
    """The template in a file, as the transform's service gets it."""
    with open(path, encoding="utf-8") as f:
        return json.loads(json.dumps(yaml_parse(f.read()), default=str))


def without_clock(template):
    """A copy without AlwaysDeploy, which hashes the clock; plumb takes the content, as where it is not set."""
    template = copy.deepcopy(template)
    resources, sections = template.get("Resources"), template.get("Globals")
    places = [r.get("Properties") for r in (resources.values() if isinstance(resources, dict) else ())
              if isinstance(r, dict) and r.get("Type") == "AWS::Serverless::Api"]
    places.append(sections.get("Api") if isinstance(sections, dict) else None)
    for properties in places:
        if isinstance(properties, dict) and properties.get("AlwaysDeploy") is True:
            properties["AlwaysDeploy"] = False
    return template


def transform(template, parameters, region):
    if session.region_name != region:
        session.region_name = region
        arn_generator._get_region_from_session.cache_clear()
        arn_generator._region_to_partition.cache_clear()
    try:
        output = aws_transform(without_clock(template), dict(parameters), NoPolicies())
        return "done", json.loads(json.dumps(output))
    except InvalidDocumentException as e:
        message = e.message + " " + " ".join(sorted(c.message for c in e.causes))
        return "invalid", set(NAMED.findall(message)), message
    except Exception as e:  # a mistake of the transform, or of the template in a way that it does not expect
        return "crash", f"{type(e).__name__}: {e}"
