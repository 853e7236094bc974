"""New SAM templates from known ones: `mutants(pool, random)` yields (what was done, template) without end.

A pool is a list of templates.  All choices come from the given random generator, so that a seed repeats them.
"""
import copy

HELPERS = {
    "Parameters": {"Param": {"Type": "String", "Default": "live"}, "Count": {"Type": "Number", "Default": 3}},
    "Conditions": {"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
    "Mappings": {"Map": {"ap-southeast-1": {"Name": "mapped"}, "us-east-1": {"Name": "mapped"}}},
}
SECTIONS = ("Resources", "Globals", "Conditions", "Parameters", "Mappings")


def values(original, resources, random):
    """What a value is replaced with: other types, intrinsic functions, references to what is there and what is not."""
    resource = random.choice(resources) if resources else "Nothing"
    return random.choice([
        None, "", "text", 0, 7, 1.5, True, False, [], {}, ["a", "b"], {"a": "b"}, [{"a": "b"}], "*", "a-b_c", "${Param}",
        {"Ref": "Param"}, {"Ref": "Count"}, {"Ref": "AWS::NoValue"}, {"Ref": "AWS::Region"}, {"Ref": resource}, {"Ref": "Missing"},
        {"Fn::Sub": "${AWS::Region}-${Param}"}, {"Fn::Sub": ["${A}", {"A": {"Ref": "Param"}}]}, {"Fn::Sub": "${%s.Arn}" % resource},
        {"Fn::If": ["Yes", original, {"Ref": "AWS::NoValue"}]}, {"Fn::If": ["Yes", {"Ref": "AWS::NoValue"}, original]},
        {"Fn::If": ["Yes", original, original]}, {"Fn::GetAtt": [resource, "Arn"]}, {"Fn::GetAtt": f"{resource}.Arn"},
        {"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "Name"]}, {"Fn::FindInMap": ["Map", "nowhere", "Name"]},
        {"Fn::Join": ["-", ["a", {"Ref": "Param"}]]}, {"Fn::ImportValue": "x"}, {"Fn::Select": [0, ["a", "b"]]},
        [original], {"key": original},
    ])


def places(node, path=()):
    """The paths of all values below a node, but for the parameters' defaults: CloudFormation takes only single values."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if not path[:1] == ("Parameters",):
            yield path + (key,)
        yield from places(value, path + (key,))


def parent(template, path):
    for key in path[:-1]:
        template = template[key]
    return template


def general(template, path):
    """A path for people and for counting: types in place of logical ids and names of events."""
    words = list(path)
    if len(path) > 1 and path[0] == "Resources" and isinstance(template["Resources"].get(path[1]), dict):
        resource = template["Resources"][path[1]]
        words[1] = str(resource.get("Type")).replace("AWS::Serverless::", "")
        if len(path) > 4 and path[3] == "Events" and isinstance(parent(template, path[:6])[path[4]] if len(path) > 4 else 0, dict):
            words[4] = str(parent(template, path[:5])[path[4]].get("Type"))
    return ".".join("*" if isinstance(w, int) else str(w) for w in words)


class Pool:
    """Templates, and every property and event of a type that they have."""

    def __init__(self, templates):
        self.templates = templates
        self.properties, self.events, self.attributes = {}, [], {}
        for template in templates:
            for resource in template.get("Resources", {}).values():
                if isinstance(resource, dict) and isinstance(resource.get("Properties"), dict):
                    self.take(resource)

    def take(self, resource):
        kind = str(resource.get("Type"))
        for name, value in resource["Properties"].items():
            self.properties.setdefault(kind, []).append((name, value))
            if name == "Events" and isinstance(value, dict):
                self.events += [(kind, event) for event in value.items()]
        for name in set(resource) - {"Type", "Properties"}:
            self.attributes.setdefault(kind, []).append((name, resource[name]))


def resources_of(template, kind=None):
    return [i for i, r in template.get("Resources", {}).items()
            if isinstance(r, dict) and (kind is None or str(r.get("Type")).startswith(kind))]


def delete(template, pool, random):
    where = [p for p in places({k: template[k] for k in SECTIONS if k in template}) if len(p) > 1]
    if not where:
        return None
    path = random.choice(where)
    what = "delete " + general(template, path)
    del parent(template, path)[path[-1]]
    return what


def replace(template, pool, random):
    where = [p for p in places({k: template[k] for k in SECTIONS if k in template}) if len(p) > 1]
    if not where:
        return None
    path = random.choice(where)
    what = "replace " + general(template, path)
    holder = parent(template, path)
    holder[path[-1]] = copy.deepcopy(values(holder[path[-1]], resources_of(template), random))
    return f"{what} := {str(holder[path[-1]])[:60]}"


def splice(template, pool, random):
    """A property, attribute or event that another template has."""
    ids = resources_of(template, "AWS::Serverless::")
    if not ids:
        return None
    resource = template["Resources"][random.choice(ids)]
    kind = str(resource.get("Type"))
    properties = resource.setdefault("Properties", {})
    if not isinstance(properties, dict):
        return None
    if random.random() < 0.15 and pool.attributes.get(kind):
        name, value = random.choice(pool.attributes[kind])
        resource[name] = copy.deepcopy(value)
        return f"splice {kind}.{name}"
    if random.random() < 0.4 and kind.endswith(("Function", "StateMachine")):
        events = properties.setdefault("Events", {})
        name, event = random.choice([e for k, e in pool.events if k == kind])
        if isinstance(events, dict):
            events[name] = copy.deepcopy(event)
            return f"splice {kind}.Events.{event.get('Type') if isinstance(event, dict) else event}"
    if not pool.properties.get(kind):
        return None
    name, value = random.choice(pool.properties[kind])
    properties[name] = copy.deepcopy(value)
    return f"splice {kind}.{name}"


def globalise(template, pool, random):
    """A property moves into Globals."""
    ids = [i for i in resources_of(template, "AWS::Serverless::")
           if isinstance(template["Resources"][i].get("Properties"), dict) and template["Resources"][i]["Properties"]]
    if not ids:
        return None
    resource = template["Resources"][random.choice(ids)]
    kind = resource["Type"].split("::")[2]
    name = random.choice(list(resource["Properties"]))
    sections = template.setdefault("Globals", {})
    if not isinstance(sections, dict) or not isinstance(sections.setdefault(kind, {}), dict):
        return None
    value = resource["Properties"][name]
    if random.random() < 0.5:
        del resource["Properties"][name]
    elif pool.properties.get(resource["Type"]):
        others = [v for n, v in pool.properties[resource["Type"]] if n == name]
        value = random.choice(others or [value])
    sections[kind][name] = copy.deepcopy(value)
    return f"globalise {kind}.{name}"


def merge(template, pool, random):
    """All that another template has and this one has not."""
    other = random.choice(pool.templates)
    for section in ("Resources", "Parameters", "Conditions", "Mappings", "Globals"):
        mine, theirs = template.get(section), other.get(section)
        if isinstance(theirs, dict) and isinstance(mine or {}, dict):
            template[section] = {**copy.deepcopy(theirs), **(mine or {})}
    return "merge"


def reorder(template, pool, random):
    """The resources in another order, or one under another name."""
    resources = template.get("Resources")
    if not isinstance(resources, dict):
        return None
    items = list(resources.items())
    random.shuffle(items)
    template["Resources"] = dict(items)
    return "reorder"


OPERATIONS = [replace] * 8 + [splice] * 5 + [delete] * 2 + [globalise] * 2 + [merge, reorder]


def mutant(pool, random, steps=None):
    template = copy.deepcopy(random.choice(pool.templates))
    template["Transform"] = "AWS::Serverless-2016-10-31"
    for section, entries in HELPERS.items():
        if isinstance(template.setdefault(section, {}), dict):
            for name, entry in entries.items():
                template[section].setdefault(name, copy.deepcopy(entry))
    done = []
    for _ in range(steps or random.choice((1, 1, 2, 3))):
        try:
            done.append(random.choice(OPERATIONS)(template, pool, random))
        except (KeyError, TypeError, AttributeError, IndexError):
            pass  # an earlier step took away what this one needs
    return "; ".join(d for d in done if d), template
