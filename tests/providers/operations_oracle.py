#!/usr/bin/env python3
"""Compares every row of the call table with AWS's published models in botocore: operations_oracle.py PROGRAM

PROGRAM prints the rows as JSON.  Each finding is one line; none is success.  Exit status 77 says that botocore
is not installed.
"""
import gzip
import json
import os
import re
import subprocess
import sys

try:
    import botocore
    import botocore.session
except ImportError:
    print("SKIPPED: needs botocore", file=sys.stderr)
    sys.exit(77)

DATA = os.path.join(os.path.dirname(botocore.__file__), "data")
READ = re.compile("(Get|List|Describe|Head|BatchGet|Lookup|Query|Scan|Simulate|Validate|AssumeRole|Filter|Test)")
TOKENS = ("ClientToken", "ClientRequestToken", "IdempotencyToken", "CreatorRequestId", "CallerReference",
          "CreationToken", "token")
OWN_PLACES = {"partition", "region", "account"}


def key_of(service_id):
    return re.sub("[ -]", "_", service_id.lower())


def load(path):
    for name, opener in ((path + ".gz", gzip.open), (path, open)):
        if os.path.exists(name):
            with opener(name, "rt", encoding="utf-8") as file:
                return json.load(file)
    return None


def newest_model_folders():
    """Service key -> folder of its newest model; only the beginning of each file is read for that."""
    found = {}
    for service in sorted(os.listdir(DATA)):
        folder = os.path.join(DATA, service)
        versions = [v for v in sorted(os.listdir(folder)) if re.match(r"\d{4}-", v)] if os.path.isdir(folder) else []
        if not versions:
            continue
        newest = os.path.join(folder, versions[-1])
        path = os.path.join(newest, "service-2.json")
        opener = gzip.open if os.path.exists(path + ".gz") else open
        with opener(path + ".gz" if opener is gzip.open else path, "rt", encoding="utf-8") as file:
            service_id = re.search(r'"serviceId"\s*:\s*"([^"]+)"', file.read(4096))
        if service_id:
            found[key_of(service_id.group(1))] = newest
    return found


def wire_name(name, member):
    return member.get("locationName", name)


def bindings(text):
    return [tuple(part.split("=", 1)) for part in text.split(",")] if text else []


class Row:
    """One row beside its model."""

    def __init__(self, row, model, paginators):
        self.row, self.model = row, model
        self.shapes = model["shapes"]
        self.operation = model["operations"].get(row["name"])
        self.paginator = paginators.get(row["name"], {})
        self.findings = []
        self.rest = row["service"]["protocol"].startswith("rest")

    def say(self, text):
        self.findings.append(f"{self.row['service']['name']} {self.row['name']}: {text}")

    def same(self, what, wanted):
        if (self.row.get(what) or None) != (wanted or None):
            self.say(f"{what} is {self.row.get(what)!r}, the model says {wanted!r}")

    def shape(self, side):
        return self.shapes[self.operation[side]["shape"]] if side in self.operation else {"members": {}}

    def member(self, shape, name):
        """The member that goes by this name on the wire, or in the model."""
        members = shape.get("members", {})
        for own, member in members.items():
            if wire_name(own, member) == name:
                return member
        return members.get(name)

    def check(self):
        if not self.operation:
            return self.say("the model knows no such operation")
        if self.rest:
            self.check_request_line()
            self.check_bindings("query", "querystring")
            self.check_bindings("headers", "header")
            self.check_payload()
            self.check_answer()
        if self.row["service"]["protocol"] == "query":
            self.check_form()
        self.check_paging()
        self.check_safety()
        self.check_policy()

    def check_request_line(self):
        """Members in the path may go by their name on the wire or in the model: neither is sent."""
        self.same("method", self.operation["http"]["method"])
        members = self.shape("input")["members"]
        wanted = self.operation["http"]["requestUri"]
        path = re.sub(r"{(\w+)", lambda m: "{" + wire_name(m[1], members.get(m[1], {})), self.row["path"] or "")
        if path != wanted:
            self.say(f"path is {self.row['path']}, the model says {wanted}")

    def check_bindings(self, what, location):
        """Bound members are what the model says; required ones are bound."""
        members = {name: wire_name(name, m) for name, m in self.shape("input")["members"].items()
                   if m.get("location") == location}
        bound = bindings(self.row.get(what))
        for member, name in bound:
            wires = {wire.lower() for own, wire in members.items() if member in (own, wire)}
            if name.lower() not in wires:
                self.say(f"{what} binds {member}={name}, the model has {sorted(members.items())}")
        wires = {name.lower() for _, name in bound}
        for required in self.shape("input").get("required", []):
            if required in members and members[required].lower() not in wires:
                self.say(f"{what} does not bind {required}, which is required")

    def check_payload(self):
        payload = self.shape("input").get("payload")
        self.same("payload", payload)
        member = self.shape("input")["members"].get(payload, {})
        kind = self.shapes[member["shape"]]["type"] if member else None
        xml = self.row["service"]["protocol"] == "rest-xml"
        whole = self.operation.get("input", {}) if xml and not payload else {}  # the root stands for all that is no payload
        self.same("xml_root", member.get("locationName") if xml and kind == "structure" else whole.get("locationName"))
        namespace = (member or whole).get("xmlNamespace", {}).get("uri")
        if xml and namespace and namespace != self.row["service"].get("xml_namespace"):
            self.say(f"xml_namespace of the service is not {namespace}")

    def check_answer(self):
        output = self.shape("output")
        payload = output.get("payload")
        kind = self.shapes[output["members"][payload]["shape"]]["type"] if payload else None
        self.same("answer_payload", payload if kind in ("blob", "string") else None)
        for member, header in bindings(self.row.get("answer_headers")):
            known = output["members"].get(member, {})
            if known.get("location") != "header" or known["locationName"].lower() != header.lower():
                self.say(f"answer_headers reads {member} from {header}, the model from {known.get('locationName')}")

    def check_form(self):
        """Everything in the input is one of the forms that codec_query.c writes."""
        maps = set()
        self.walk_form("", self.operation.get("input", {}).get("shape"), maps, [])
        self.same("maps", ",".join(sorted(maps)))

    def walk_form(self, path, name, maps, above):
        if name is None or name in above:
            return
        shape = self.shapes[name]
        if shape["type"] == "structure":
            for own, member in shape["members"].items():
                self.walk_form(f"{path}.{wire_name(own, member)}".lstrip("."), member["shape"], maps, above + [name])
        elif shape["type"] == "map":
            names = shape["key"].get("locationName", "key") + "/" + shape["value"].get("locationName", "value")
            maps.add(path if names == "key/value" else f"{path}={names}")
            if shape.get("flattened"):
                self.say(f"{path} is a map of a form that is not encoded")
            self.walk_form(f"{path}.entry.{names.split('/')[1]}", shape["value"]["shape"], maps, above + [name])
        elif shape["type"] == "list":
            if shape.get("flattened") or shape["member"].get("locationName", "member") != "member":
                self.say(f"{path} is a list of a form that is not encoded")
            self.walk_form(f"{path}.member", shape["member"]["shape"], maps, above + [name])

    def resolve(self, shape, path):
        """The shape at a dotted path of wire names."""
        for part in path.split("."):
            if shape.get("type") == "list" and part == shape["member"].get("locationName", "member"):
                shape = self.shapes[shape["member"]["shape"]]
                continue
            member = self.member(shape, part)
            if member is None:
                return None
            shape = self.shapes[member["shape"]]
        return shape

    def check_paging(self):
        row = self.row
        if not row.get("page_items"):
            if row.get("page_in") or row.get("page_out"):
                self.say("has a page token, but no page_items")
            elif self.paginator and isinstance(self.paginator["input_token"], str) and \
                    row["name"].startswith("List"):
                self.say(f"is a list without paging: {self.paginator}")
            return
        output = self.shape("output")
        for path in row["page_items"].split(","):
            items = self.resolve(output, path)
            if items is None or (items["type"] != "list" and not self.is_flat_item(path)):
                self.say(f"page_items {path} is no list in the answer")
        if row.get("page_in"):
            member = self.member(self.shape("input"), row["page_in"])
            if member is None:
                self.say(f"page_in {row['page_in']} is no member of the input")
            elif member.get("location") == "querystring" and \
                    row["page_in"] not in [own for own, _ in bindings(row.get("query"))]:
                self.say(f"page_in {row['page_in']} is not bound in query")
            if self.resolve(output, row.get("page_out") or "-") is None:
                self.say(f"page_out {row.get('page_out')} is not in the answer")
        elif self.paginator:
            self.say("pages in the model, but has no page_in")
        self.compare_paginator(output)

    def is_flat_item(self, path):
        """rest-xml names the repeated element itself."""
        parent, _, last = path.rpartition(".")
        shape = self.resolve(self.shape("output"), parent) if parent else None
        return bool(shape and shape["type"] == "list" and shape["member"].get("locationName", "member") == last)

    def compare_paginator(self, output):
        token = self.paginator.get("input_token")
        if not isinstance(token, str) or not self.row.get("page_in"):
            return
        member = self.shape("input")["members"].get(token)
        if member and self.row["page_in"] not in (token, wire_name(token, member)):
            self.say(f"page_in is {self.row['page_in']}, the paginator says {token}")

    def check_safety(self):
        reads = bool(READ.match(self.row["name"]))
        if reads != (self.row["safety"] == "read"):
            self.say(f"safety is '{self.row['safety']}', by its name it is {'a read' if reads else 'a write'}")
        members = self.shape("input")["members"]
        tokens = [name for name, m in members.items() if m.get("idempotencyToken") or name in TOKENS]
        if self.row["safety"] == "token" and not tokens:
            self.say("safety is 'token', but the input has none")

    def check_policy(self):
        resource = self.row.get("iam_resource")
        if not resource:
            return self.say("iam_resource is missing")
        members = self.shape("input")["members"]
        known = OWN_PLACES | set(members) | {wire_name(name, m) for name, m in members.items()}
        for place in re.findall(r"{([^}]*)}", resource):
            if place not in known:
                self.say(f"iam_resource names {{{place}}}, which is no member of the input")


def check_service(service, model, resolver):
    meta = model["metadata"]
    protocols = {f"json {meta['jsonVersion']}" if p == "json" else p
                 for p in meta.get("protocols", [meta["protocol"]]) if p != "json" or "jsonVersion" in meta}
    wanted = {
        "signing_name": meta.get("signingName", meta["endpointPrefix"]),
        "endpoint_prefix": meta["endpointPrefix"],
    }
    if service["protocol"] in ("query", "ec2"):
        wanted["api_version"] = meta["apiVersion"]
    if service["protocol"].startswith("json"):
        wanted["target_prefix"] = meta["targetPrefix"]
    findings = [f"{service['name']}: {key} is {service.get(key)!r}, the model says {text!r}"
                for key, text in wanted.items() if service.get(key) != text]
    if service["protocol"] not in protocols:
        findings.append(f"{service['name']}: protocol is {service['protocol']}, the model says {sorted(protocols)}")
    if not service["paced"]:
        findings.append(f"{service['name']}: rate and burst are missing")
    for region, got in service["endpoints"].items():
        partition = resolver.get_partition_for_region(region)
        known = resolver.construct_endpoint(meta["endpointPrefix"], region, partition)
        place = f"{known['hostname']} {known.get('credentialScope', {}).get('region', region)}"
        if got != place:
            findings.append(f"{service['name']} in {region}: asked at {got}, botocore says {place}")
    return findings


def check_buckets(rows):
    paces, findings = {}, []
    for row in rows:
        key = (row["service"]["name"], row.get("bucket"))
        if key[1] and paces.setdefault(key, row["pace"]) != row["pace"]:
            findings.append(f"{key[0]} {row['name']}: bucket '{key[1]}' has two paces")
    return findings


def main(program):
    rows = json.loads(subprocess.run([program], capture_output=True, text=True, check=True).stdout)
    folders = newest_model_folders()
    resolver = botocore.session.get_session().get_component("endpoint_resolver")
    models, findings = {}, check_buckets(rows)
    for row in rows:
        name = row["service"]["name"]
        if key_of(name) not in folders:
            findings.append(f"{name}: no AWS service has this id")
            continue
        if name not in models:
            folder = folders[key_of(name)]
            pages = load(os.path.join(folder, "paginators-1.json")) or {}
            models[name] = load(os.path.join(folder, "service-2.json")), pages.get("pagination", {})
            findings += check_service(row["service"], models[name][0], resolver)
        checked = Row(row, *models[name])
        checked.check()
        findings += checked.findings
    print("\n".join(findings))
    print(f"{len(rows)} operations of {len(models)} services, {len(findings)} findings")
    return 1 if findings or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
