#!/usr/bin/env python3
"""Makes two tables from the published schemas of CloudFormation's resource types.

    generate_facts.py SCHEMAS.tar.xz REF-DB.json > providers/facts_table.c
    generate_facts.py SCHEMAS.tar.xz REF-DB.json types > providers/cloudcontrol/types_table.c

SCHEMAS holds one registry schema a type (TYPE.json); REF-DB says what Ref returns where that is not the
primary identifier.  Both come from pulumi/pulumi-aws-native (Apache-2.0).  The same input gives the same bytes.

The properties of all types form a graph of nodes.  Equal nodes are merged across all types (also those that
refer to themselves), and what is left is written in the form that providers/facts_table.h describes.
"""
import json
import re
import sys
import tarfile

# The order of enum facts_set (providers/facts.h) and the bits of struct type_facts (providers/facts_table.h).
SETS = ["primaryIdentifier", "createOnlyProperties", "conditionalCreateOnlyProperties", "readOnlyProperties",
        "writeOnlyProperties"]
HANDLERS = ["create", "read", "update", "delete", "list"]
TAGS_ARE_MAP, STATEFUL, REF_UNSUPPORTED, DELETES_FIRST = 1, 2, 4, 8
# Node kinds; the first five are nodes without further numbers.
ANY, STRING, INTEGER, NUMBER, BOOLEAN, LIST, UNORDERED, MAP, OBJECT, OPEN_OBJECT = range(10)
SCALARS = {"string": STRING, "integer": INTEGER, "number": NUMBER, "boolean": BOOLEAN}
REQUIRED = 0x8000
PROPERTIES_MAX, TYPES_MAX = 512, 4096

# Types whose deletion or replacement loses something that a second creation does not bring back.
STATEFUL_TYPES = {
    "records and rows": """
        AWS::DynamoDB::GlobalTable AWS::DynamoDB::Table AWS::DAX::Cluster AWS::DSQL::Cluster
        AWS::RDS::DBCluster AWS::RDS::DBInstance AWS::RDS::GlobalCluster AWS::DocDB::DBCluster
        AWS::DocDB::DBInstance AWS::DocDBElastic::Cluster AWS::Neptune::DBCluster AWS::Neptune::DBInstance
        AWS::NeptuneGraph::Graph AWS::Cassandra::Keyspace AWS::Cassandra::Table AWS::Timestream::Database
        AWS::Timestream::InfluxDBInstance AWS::Timestream::Table AWS::QLDB::Ledger
        AWS::Redshift::Cluster AWS::RedshiftServerless::Namespace AWS::SDB::Domain AWS::Glue::Database
        AWS::Glue::Table AWS::Athena::DataCatalog AWS::LakeFormation::Resource AWS::HealthLake::FHIRDatastore
        AWS::HealthImaging::Datastore AWS::Omics::SequenceStore AWS::Omics::ReferenceStore
        AWS::Omics::VariantStore AWS::Omics::AnnotationStore""",
    "caches and indexes that are filled from outside": """
        AWS::ElastiCache::CacheCluster AWS::ElastiCache::ReplicationGroup AWS::ElastiCache::ServerlessCache
        AWS::ElastiCache::GlobalReplicationGroup AWS::MemoryDB::Cluster AWS::OpenSearchService::Domain
        AWS::OpenSearchServerless::Collection AWS::Elasticsearch::Domain AWS::Kendra::Index
        AWS::S3Vectors::Index AWS::S3Vectors::VectorBucket AWS::Bedrock::KnowledgeBase""",
    "files and objects": """
        AWS::S3::Bucket AWS::S3Express::DirectoryBucket AWS::S3Outposts::Bucket AWS::S3Tables::Namespace
        AWS::S3Tables::Table AWS::S3Tables::TableBucket AWS::EFS::FileSystem AWS::FSx::FileSystem
        AWS::FSx::Volume AWS::FSx::StorageVirtualMachine AWS::EC2::Volume AWS::ECR::PublicRepository
        AWS::ECR::Repository AWS::CodeArtifact::Domain AWS::CodeArtifact::Repository
        AWS::CodeCommit::Repository AWS::Backup::BackupVault AWS::Backup::LogicallyAirGappedBackupVault""",
    "messages that wait": """
        AWS::SQS::Queue AWS::Kinesis::Stream AWS::KinesisVideo::Stream AWS::MSK::Cluster
        AWS::MSK::ServerlessCluster AWS::AmazonMQ::Broker AWS::Events::Archive""",
    "the record of what happened": """
        AWS::Logs::LogGroup AWS::CloudTrail::EventDataStore AWS::APS::Workspace
        AWS::SecurityLake::DataLake""",
    "people and their credentials": """
        AWS::Cognito::IdentityPool AWS::Cognito::UserPool AWS::Cognito::UserPoolUser
        AWS::VerifiedPermissions::PolicyStore AWS::DirectoryService::MicrosoftAD
        AWS::DirectoryService::SimpleAD""",
    "keys and secrets, without which data elsewhere is lost": """
        AWS::KMS::Key AWS::KMS::ReplicaKey AWS::SecretsManager::Secret AWS::SSM::Parameter
        AWS::ACMPCA::CertificateAuthority AWS::PaymentCryptography::Key""",
    "names that others hold on to": """
        AWS::Route53::HostedZone AWS::EC2::EIP""",
}
STATEFUL_NAMES = {name for names in STATEFUL_TYPES.values() for name in names.split()}

# The schema demands them, CloudFormation does not.
NOT_REQUIRED = {("AWS::CloudFormation::Stack", "StackName")}
# Create-only by the user guide, which the schema does not say.
CREATE_ONLY = {"AWS::Glue::Table": ["/properties/TableInput/Name"]}
# What Ref returns, where REF-DB does not know it: see the type's page in the CloudFormation user guide.
REF_RETURNS = {"AWS::Batch::JobDefinition": ["JobDefinitionArn"]}
# Takes what its function understands, though its schema says otherwise.
OPEN_TYPES = {"AWS::CloudFormation::CustomResource"}


def mend(document):
    """Removes what the schema says against itself or against CloudFormation."""
    document["required"] = [name for name in document.get("required", [])
                            if (document["typeName"], name) not in NOT_REQUIRED]
    tagging = document.get("tagging", {})
    tags = tagging.get("tagProperty", "/properties/Tags")
    if tagging.get("taggable") and tagging.get("tagUpdatable") is False and tags[12:] in document["properties"]:
        document["createOnlyProperties"] = sorted({*document.get("createOnlyProperties", []), tags})
    document["createOnlyProperties"] = sorted({*document.get("createOnlyProperties", []),
                                               *CREATE_ONLY.get(document["typeName"], [])})
    given = set(document.get("createOnlyProperties", [])) | {f"/properties/{n}" for n in document["required"]}
    document["readOnlyProperties"] = [p for p in document.get("readOnlyProperties", []) if p not in given]
    document["additionalProperties"] = document["typeName"] in OPEN_TYPES
    return document


class Graph:
    """Nodes (kind, properties, children): properties are (name, is required) of the children of an object."""

    def __init__(self):
        self.nodes = [(kind, (), ()) for kind in (ANY, STRING, INTEGER, NUMBER, BOOLEAN)]

    def reserve(self):
        self.nodes.append(None)
        return len(self.nodes) - 1

    def add(self, kind, properties=(), children=()):
        at = self.reserve()
        self.nodes[at] = (kind, tuple(properties), tuple(children))
        return at

    def merge_equal(self):
        """Gives every node the number of its class; equal nodes get the same (partition refinement)."""
        def number(keys):
            seen = {}
            return [seen.setdefault(key, len(seen)) for key in keys], len(seen)
        classes, count = number((kind, properties) for kind, properties, _ in self.nodes)
        while True:
            finer, finer_count = number((classes[at], tuple(classes[child] for child in node[2]))
                                        for at, node in enumerate(self.nodes))
            if finer_count == count:
                return classes
            classes, count = finer, finer_count


class Schema:
    """One type's schema, turned into nodes of the graph."""

    def __init__(self, document, graph):
        self.document, self.graph, self.seen = document, graph, {}
        self.root = self.object_node(document)

    def target(self, pointer):
        node = self.document
        for part in pointer.removeprefix("#/").split("/"):
            node = node[part]
        return node

    def node(self, schema):
        if not isinstance(schema, dict):
            return ANY
        if "$ref" in schema:
            pointer = schema["$ref"]
            if pointer not in self.seen:
                self.seen[pointer] = at = self.graph.reserve()
                made = self.node(self.target(pointer))
                self.graph.nodes[at] = self.graph.nodes[made] or (ANY, (), ())
            return self.seen[pointer]
        branches = self.branches(schema)
        if len(branches) == 1 and not set(schema) & {"type", "properties", "items"}:
            return self.node(branches[0])
        kinds = self.kinds(schema)
        if kinds == {"array"}:
            kind = UNORDERED if schema.get("insertionOrder") is False else LIST
            return self.graph.add(kind, (), [self.node(schema.get("items", True))])
        if kinds == {"object"}:
            return self.object_node(schema)
        if kinds and kinds <= set(SCALARS):
            return SCALARS[kinds.pop()] if len(kinds) == 1 else STRING
        return ANY

    def kinds(self, schema):
        """The JSON types that the schema allows; empty where it does not say."""
        if "$ref" in schema:
            return self.kinds(self.target(schema["$ref"]))
        if "type" in schema:
            kinds = schema["type"]
            return ({kinds} if isinstance(kinds, str) else set(kinds)) - {"null"}
        if "properties" in schema or "patternProperties" in schema:
            return {"object"}
        if "items" in schema:
            return {"array"}
        kinds = [self.kinds(branch) for branch in self.branches(schema)]
        return set().union(*kinds) if all(kinds) else set()

    @staticmethod
    def branches(schema):
        """The alternatives that say something of the form; a bare object beside others only allows functions."""
        branches = [branch for word in ("oneOf", "anyOf", "allOf") for branch in schema.get(word, [])
                    if set(branch) - {"required", "description"}]
        return [branch for branch in branches if branch != {"type": "object"} or len(branches) == 1]

    def properties(self, schema, depth=0):
        """All properties that some branch of the schema knows: name -> list of their schemas."""
        found = {name: [child] for name, child in schema.get("properties", {}).items()}
        for branch in self.branches(schema):
            if "$ref" in branch:
                branch = self.target(branch["$ref"])
            for name, children in (self.properties(branch, depth + 1) if depth < 8 else {}).items():
                found.setdefault(name, []).extend(c for c in children if c and c not in found.get(name, []))
        return found

    def object_node(self, schema):
        properties = self.properties(schema)
        patterns = list(schema.get("patternProperties", {}).values())
        others = schema.get("additionalProperties")
        if not properties:
            values = patterns or ([others] if isinstance(others, dict) else [])
            return self.graph.add(MAP, (), [self.node(values[0])]) if len(values) == 1 else ANY
        demanding = [schema, *schema.get("allOf", [])]
        required = {name for each in demanding for name in each.get("required", [])}
        names = sorted(properties, key=str.encode)
        assert len(names) <= PROPERTIES_MAX, names
        children = [self.node(properties[n][0]) if len(properties[n]) == 1 else ANY for n in names]
        kind = OPEN_OBJECT if patterns or others else OBJECT
        return self.graph.add(kind, [(name, name in required) for name in names], children)


def dotted(pointer):
    """'/properties/Rules/*/Prefix' as 'Rules.Prefix': the place in a list says nothing."""
    parts = pointer.removeprefix("/properties/").split("/")
    return ".".join(part for part in parts if part not in ("*", "properties", "items"))


def tag_property(schema, graph):
    """The top-level property that has the tags, and whether it is a map."""
    document = schema.document
    tagging = document.get("tagging", {})
    name = tagging.get("tagProperty", "/properties/Tags").removeprefix("/properties/")
    if tagging.get("taggable") is False or name not in document["properties"]:
        return "", 0
    kind, _, children = graph.nodes[schema.node(document["properties"][name])]
    if kind in (LIST, UNORDERED):
        keys = {key for key, _ in graph.nodes[children[0]][1]}
        return (name if {"Key", "Value"} <= keys else "", 0)
    return (name, TAGS_ARE_MAP) if kind in (MAP, ANY) else ("", 0)


def ref_paths(entry):
    """What Ref returns, as property names; None where the primary identifier is it."""
    returns = entry.get("refReturns", {})
    assert returns.get("delimiter", "|") == "|", returns
    return returns.get("properties") or ([returns["property"]] if "property" in returns else None)


class Table:
    """The numbers and strings that are written."""

    def __init__(self, schemas, graph, refs):
        self.schemas, self.graph, self.refs = schemas, graph, refs
        self.classes = graph.merge_equal()
        self.strings = self.collect_strings()
        self.index = {text: at for at, text in enumerate(self.strings)}
        assert len(self.strings) < REQUIRED
        self.number_nodes()

    def paths(self, schema):
        """The path lists of a type, in the order of SETS and then Ref."""
        document = schema.document
        lists = [sorted({dotted(p) for p in document.get(key, [])}) if key != "primaryIdentifier"
                 else [dotted(p) for p in document[key]] for key in SETS]
        ref = REF_RETURNS.get(document["typeName"]) or ref_paths(self.refs.get(document["typeName"], {}))
        return lists + [ref or lists[0]]

    def transforms(self, schema):
        """(path, expression) of the properties that AWS gives back in another form."""
        return [(dotted("/" + pointer.lstrip("/")), expression) for pointer, expression in
                sorted(schema.document.get("propertyTransform", {}).items())]

    def transform_rows(self):
        return [(self.index[schema.document["typeName"]], self.index[path], self.index[expression])
                for schema in self.schemas for path, expression in self.transforms(schema)]

    def collect_strings(self):
        strings = {""}
        for schema in self.schemas:
            strings.update(text for pair in self.transforms(schema) for text in pair)
            strings.add(schema.document["typeName"])
            strings.update(path for paths in self.paths(schema) for path in paths)
        strings.update(name for _, properties, _ in self.graph.nodes for name, _ in properties)
        return sorted(strings, key=str.encode)

    def number_nodes(self):
        """One number a class: its first node stands for it.  Only nodes that a type reaches are kept."""
        first = {}
        for at, number in enumerate(self.classes):
            first.setdefault(number, self.graph.nodes[at])
        self.number = {self.classes[leaf]: leaf for leaf in range(LIST)}
        order = []
        pending = [self.classes[schema.root] for schema in self.schemas]
        for node in pending:
            if node not in self.number:
                self.number[node] = LIST + len(order)
                order.append(first[node])
                pending.extend(self.classes[child] for child in first[node][2])
        assert LIST + len(order) < 0x10000
        self.starts, self.stream = [], []
        for kind, properties, children in order:
            self.starts.append(len(self.stream))
            self.stream.append(kind)
            if kind in (OBJECT, OPEN_OBJECT):
                self.stream.append(len(properties))
            for at, child in enumerate(children):
                if properties:
                    name, required = properties[at]
                    self.stream.append(self.index[name] | (REQUIRED if required else 0))
                self.stream.append(self.number[self.classes[child]])

    def type_rows(self):
        """One row a type, and the list of all their paths: a count and the names, for every set in turn."""
        rows, lists = [], []
        for schema in self.schemas:
            document = schema.document
            name = document["typeName"]
            known = document.get("handlers", {})
            handlers = sum(1 << bit for bit, word in enumerate(HANDLERS) if word in known)
            tags, traits = tag_property(schema, self.graph)
            traits |= STATEFUL if name in STATEFUL_NAMES else 0
            unsupported = self.refs.get(name, {}).get("refReturns", {}).get("notSupported")
            traits |= REF_UNSUPPORTED if unsupported else 0
            traits |= DELETES_FIRST if document.get("replacementStrategy") == "delete_then_create" else 0
            rows.append((self.index[name], self.number[self.classes[schema.root]], self.index[tags], handlers,
                         traits, len(lists)))
            for paths in self.paths(schema):
                lists += [len(paths)] + [self.index[path] for path in paths]
        return rows, lists


# What names a resource, where its schema says too little: the longest name.
NAME_LIMITS = {"AWS::OpenSearchService::Domain": 28, "AWS::Elasticsearch::Domain": 28}
NAME_IN_SMALL_LETTERS = set(NAME_LIMITS)
NAME_MAX, NAME_MAX_UNSAID, NAME_LEAST = 64, 32, 20


class Naming:
    """By which property a type's resources are named, and whether plumb can give one a name of its own."""

    def __init__(self, document):
        self.document = document
        self.read_only = {dotted(p) for p in document.get("readOnlyProperties", [])}
        self.create_only = {dotted(p) for p in document.get("createOnlyProperties", [])}
        self.property = self.find()
        self.length, self.lower = self.own() if self.property else (0, False)

    def is_text(self, name):
        schema = self.document["properties"].get(name, {})
        while "$ref" in schema:
            schema = self.document["definitions"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema if schema.get("type") == "string" and "enum" not in schema else None

    def find(self):
        identifiers = [dotted(p) for p in self.document["primaryIdentifier"]]
        settable = [name for name in identifiers if name not in self.read_only and self.is_text(name)]
        if len(settable) < len(identifiers):
            settable = [name for name in self.create_only if self.is_text(name) and self.looks_like(name)]
        elif len(settable) > 1:
            free = [name for name in settable if name not in self.document["required"]]
            settable = free or [name for name in settable if self.looks_like(name)]
        return settable[0] if len(settable) == 1 else None

    def looks_like(self, name):
        """Name, ThingName: and no name of something else."""
        own = self.document["typeName"].rsplit("::", 1)[-1]
        return name in ("Name", own + "Name") or (name.endswith("Name") and own.endswith(name[:-4]))

    def own(self):
        """The longest name of plumb's form that the schema allows, and whether it must be in small letters."""
        schema = self.is_text(self.property)
        if self.property in self.document["required"]:
            return 0, False
        unsaid = NAME_LIMITS.get(self.document["typeName"], NAME_MAX_UNSAID)
        longest = min(schema.get("maxLength", unsaid), NAME_MAX)
        transform = self.document.get("propertyTransform", {}).get("/properties/" + self.property, "")
        for name in ["beta-shop-Thing-0123456789ab", "beta-shop-thing-0123456789ab"]:
            name = (name.replace("-", "-thing-", 1) + "c" * longest)[:longest]
            if longest >= NAME_LEAST and self.fits(schema.get("pattern", ""), name):
                small = name.islower() or transform.startswith("$lowercase")
                return longest, small or self.document["typeName"] in NAME_IN_SMALL_LETTERS
        return 0, False

    @staticmethod
    def fits(pattern, name):
        try:
            return re.search(pattern, name) is not None
        except re.error:
            return False


def write_types(schemas, graph):
    """One row for every type that Cloud Control can create, read and delete."""
    print("/* Made by providers/generate_facts.py from the published schemas of CloudFormation's resource types")
    print(" * (pulumi/pulumi-aws-native, Apache-2.0).  Not to be edited: run the script again. */")
    print("/* clang-format off */\n")
    print('#include "providers/cloudcontrol/types_table.h"\n')
    print("const struct resource_type cloudcontrol_types[] = {")
    count = 0
    for schema in schemas:
        document = schema.document
        if not {"create", "read", "delete"} <= set(document.get("handlers", {})):
            continue
        tags, _ = tag_property(schema, graph)
        tagged = tags and "/properties/" + tags not in document.get("writeOnlyProperties", [])
        naming = Naming(document)
        words = [f'"{document["typeName"]}"', "RESOURCE_TAGGED" if tagged else "0",
                 f'"{naming.property}"' if naming.property else "NULL", str(naming.length),
                 "true" if naming.lower else "false",
                 "cloudcontrol_update" if "update" in document["handlers"] else "NULL"]
        print(f"    CLOUDCONTROL_TYPE({', '.join(words)}),")
        count += 1
    print("};\n\nconst size_t cloudcontrol_type_count = sizeof(cloudcontrol_types) / sizeof(cloudcontrol_types[0]);")
    print(f"{count} types", file=sys.stderr)


def write_lines(words, separator):
    """The words in lines of at most 110 columns."""
    line = ""
    for word in words:
        if line and len(line) + len(word) + len(separator) > 110:
            print(line)
            line = ""
        line += word + separator
    if line:
        print(line)


def escaped(text):
    """As the inside of a literal of C."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("?", "\\?")


def write_numbers(name, kind, numbers):
    print(f"\nconst {kind} {name}[] = {{")
    write_lines(map(str, numbers), ",")
    print("};")


def write_table(table):
    rows, lists = table.type_rows()
    offsets, size = [], 0
    for text in table.strings:
        offsets.append(size)
        size += len(text.encode()) + 1
    print("/* Made by providers/generate_facts.py from the published schemas of CloudFormation's resource types")
    print(" * (pulumi/pulumi-aws-native, Apache-2.0).  Not to be edited: run the script again. */")
    print("/* clang-format off */\n")
    print('#include "providers/facts_table.h"\n')
    print("const char facts_text[] =")
    write_lines((f'"{escaped(text)}\\0"' for text in table.strings), "")
    print(";")
    write_numbers("facts_strings", "uint32_t", offsets)
    write_numbers("facts_nodes", "uint16_t", table.stream)
    write_numbers("facts_node_starts", "uint32_t", table.starts)
    write_numbers("facts_paths", "uint16_t", lists)
    print("\nconst struct facts_transform facts_transforms[] = {")
    write_lines(("{" + ",".join(map(str, row)) + "}" for row in table.transform_rows()), ",")
    print("};\n\nconst size_t facts_transform_count = sizeof(facts_transforms) / sizeof(facts_transforms[0]);")
    print("\nconst struct type_facts facts_types[] = {")
    write_lines(("{" + ",".join(map(str, row)) + "}" for row in rows), ",")
    print("};\n\nconst size_t facts_type_count = sizeof(facts_types) / sizeof(facts_types[0]);")
    numbers = 4 * len(offsets) + 4 * len(table.starts) + 2 * len(table.stream) + 2 * len(lists) + 12 * len(rows)
    print(f"{len(rows)} types, {len(table.starts)} nodes, {size + numbers} bytes", file=sys.stderr)


def main():
    if len(sys.argv) != 3 and sys.argv[3:] != ["types"]:
        sys.exit(__doc__)
    with tarfile.open(sys.argv[1]) as archive:
        documents = [mend(json.load(archive.extractfile(member))) for member in archive
                     if member.name.endswith(".json")]
    with open(sys.argv[2], encoding="utf-8") as file:
        refs = json.load(file)["resources"]
    documents.sort(key=lambda document: document["typeName"].encode())
    unknown = STATEFUL_NAMES - {document["typeName"] for document in documents}
    if unknown:
        sys.exit(f"stateful, but no type: {' '.join(sorted(unknown))}")
    assert len(documents) <= TYPES_MAX
    graph = Graph()
    schemas = [Schema(document, graph) for document in documents]
    if len(sys.argv) == 4:
        write_types(schemas, graph)
    else:
        write_table(Table(schemas, graph, refs))


if __name__ == "__main__":
    main()
