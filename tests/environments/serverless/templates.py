"""What two packagings of one service share: templates without what depends on code and clocks."""

import json, re


def canonical(template):
    text = json.dumps(template)
    text = re.sub(r"(LambdaVersion)[0-9A-Za-z]{38,44}\b", r"\1#", text)
    text = re.sub(r"\b(ApiGatewayDeployment)\d{13}\b", r"\1#", text)
    template = json.loads(text)
    for resource in template.get("Resources", {}).values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Version":
            properties["CodeSha256"] = "#"
        if resource["Type"] == "AWS::Lambda::Function" and "ImageUri" not in properties["Code"]:
            properties["Code"] = "#"
        if resource["Type"] == "AWS::Lambda::LayerVersion":
            properties["Content"] = "#"
    for name, output in template.get("Outputs", {}).items():
        if re.search(r"LambdaLayer(Hash|S3Key)$", name):
            output["Value"] = "#"
    return template


def differences(wanted, got, path=""):
    """Lines "Resources.X.Properties.Y: wanted ..., got ..."; the order of maps does not matter, that of lists does."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in list(wanted) + [key for key in got if key not in wanted]:
            if key not in got:
                yield f"{path}{key}: wanted {json.dumps(wanted[key])[:200]}, got nothing"
            elif key not in wanted:
                yield f"{path}{key}: wanted nothing, got {json.dumps(got[key])[:200]}"
            else:
                yield from differences(wanted[key], got[key], f"{path}{key}.")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for i, pair in enumerate(zip(wanted, got)):
            yield from differences(*pair, f"{path}{i}.")
    elif type(wanted) != type(got) or wanted != got:
        yield f"{path[:-1]}: wanted {json.dumps(wanted)[:300]}, got {json.dumps(got)[:300]}"
