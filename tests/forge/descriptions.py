"""The APIs of the forges as others describe them, from packages of pinned versions.

GitHub: its OpenAPI description, from npm.  Gitea: its Swagger description, from its Go module.  GitLab: it publishes no
whole description, so the calls, options and answers of its own client for Go, from its Go module.

load(NAME) gives a Description: operations with their paths, parameters, bodies and answers, all schemas resolved.
"""
import json
import os
import re
import subprocess
import tarfile
import tempfile

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "plumb", "forge-descriptions")
GITHUB = "@octokit/openapi@23.0.2"
GITEA = "code.gitea.io/gitea@v1.26.0"
GITLAB = "gitlab.com/gitlab-org/api/client-go@v1.46.0"
TIMEOUT = 240


class Missing(Exception):
    """The package cannot be had here."""


def run(*command, cwd):
    try:
        return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=TIMEOUT).stdout
    except FileNotFoundError:
        raise Missing(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Missing(f"{command[0]} got no answer from its registry") from None
    except subprocess.CalledProcessError as error:
        raise Missing(f"{' '.join(command[:3])} failed: {(error.stdout + error.stderr).strip()[-200:]}") from None


def cached(name, make):
    """The text of a file in the cache, made by `make(folder)` where it is not there."""
    path = os.path.join(CACHE, name.replace("/", "+"))
    if not os.path.exists(path):
        os.makedirs(CACHE, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            text = make(work)
            with tempfile.NamedTemporaryFile("w", dir=CACHE, delete=False) as f:
                f.write(text)
        os.replace(f.name, path)
    with open(path) as f:
        return f.read()


def github_text(work):
    packed = run("npm", "pack", "--silent", GITHUB, cwd=work).split()[-1]
    with tarfile.open(os.path.join(work, packed)) as archive:
        return archive.extractfile("package/generated/api.github.com.json").read().decode()


def module_directory(module, work):
    return json.loads(run("go", "mod", "download", "-json", module, cwd=work))["Dir"]


def gitea_text(work):
    with open(os.path.join(module_directory(GITEA, work), "templates/swagger/v1_json.tmpl")) as f:
        return re.sub(r"\{\{.*?\}\}", "", f.read())


def gitlab_text(work):
    folder = module_directory(GITLAB, work)
    texts = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".go") and not name.endswith("_test.go"):
            with open(os.path.join(folder, name)) as f:
                texts.append(f.read())
    return "\n".join(texts)


class Operation:
    def __init__(self, method, template, query, body, answers):
        self.method, self.template, self.query, self.body, self.answers = method, template, query, body, answers
        self.pattern = re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(template)) + "$")
        # A path of a file may have slashes where the description has one part.
        self.deep = re.compile(re.sub(r"\\\{(filepath|path)\\\}", "(.+)", re.sub(
            r"\\\{(?!filepath|path)\w+\\\}", "([^/]+)", re.escape(template))) + "$")


class Description:
    def __init__(self, operations, resolve):
        self.operations, self.resolve = operations, resolve

    def find(self, method, path):
        """The operation of a path, by the template with the fewest variables."""
        for deep in (False, True):
            found = [o for o in self.operations if o.method == method and
                     (o.deep if deep else o.pattern).match(path)]
            if found:
                return min(found, key=lambda o: o.template.count("{"))
        return None


# --- OpenAPI 3 and Swagger 2 ------------------------------------------------------------------------------

def resolver(document):
    def resolve(node):
        while isinstance(node, dict) and "$ref" in node:
            target = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/")]
            node = target
        return node
    return resolve


def openapi_answer(resolve, response):
    """Schema and example of a response."""
    response = resolve(response)
    if "content" not in response:
        return response.get("schema"), None
    for kind, content in response["content"].items():
        if kind.endswith("json"):
            examples = [resolve(e) for e in content.get("examples", {}).values()]
            return content.get("schema"), examples[0]["value"] if examples else None
    return None, None


def openapi(text, base):
    document = json.loads(text)
    resolve = resolver(document)
    operations = []
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method == "parameters":
                continue
            parameters = [resolve(p) for p in shared + operation.get("parameters", [])]
            query = {p["name"]: (p.get("schema", p), p.get("required", False))
                     for p in parameters if p["in"] == "query"}
            body = next((p["schema"] for p in parameters if p["in"] == "body"), None)
            if "requestBody" in operation:
                content = resolve(operation["requestBody"])["content"]
                body = content["application/json"]["schema"] if "application/json" in content else None
            answers = {int(c): openapi_answer(resolve, r) for c, r in operation["responses"].items()
                       if c.isdigit() and c.startswith("2")}
            operations.append(Operation(method.upper(), base + path, query, body, answers))
    return Description(operations, resolve)


# --- GitLab's client --------------------------------------------------------------------------------------

GO_TYPES = {"string": "string", "bool": "boolean", "int": "integer", "int64": "integer", "float64": "number",
            "time.Time": "date-time", "ISOTime": "date"}


class Go:
    def __init__(self, text):
        self.structs = dict(re.findall(r"^\s*(?:type )?(\w+) struct \{\n(.*?)^\t?\}", text, re.M | re.S))
        self.names = dict(re.findall(r"^\s*(?:type )?(\w+) (string|int64|int|map\[string\]string)$", text, re.M))
        self.aliases = dict(re.findall(r"^\s*(?:type )?(\w+) = (\w+)$", text, re.M))

    def schema(self, kind):
        """A reference where the type is a struct, so that nesting without an end does no harm."""
        kind = kind.lstrip("*")
        if kind.startswith("[]"):
            return {"type": "array", "items": self.schema(kind[2:])}
        if kind in GO_TYPES:
            t = GO_TYPES[kind]
            return {"type": "string", "format": t} if t.startswith("date") else {"type": t}
        if kind in self.aliases:
            return self.schema(self.aliases[kind])
        if kind in self.structs:
            return {"$go": kind}
        if kind in self.names:
            return self.schema(self.names[kind])
        if kind in ("Labels", "LabelOptions"):
            return {"type": "array", "items": {"type": "string"}}
        return {}

    def resolve(self, node):
        if isinstance(node, dict) and "$go" in node:
            fields, required = self.fields(node["$go"])
            return {"type": "object", "properties": fields, "required": required}
        return node

    def fields(self, name):
        fields, required = {}, []
        for line in self.structs[name].splitlines():
            embedded = re.fullmatch(r"\t+\*?(\w+)", line)
            if embedded and embedded[1] in self.structs:
                inner, more = self.fields(embedded[1])
                fields.update(inner)
                required += more
            plain = re.fullmatch(r"\t+([A-Z][a-z]+)\s+(\S+)", line)  # encoding/json reads it in any case
            if plain:
                fields[plain[1].lower()] = self.schema(plain[2])
            field = re.match(r'\t+\w+\s+(\S+(?: struct \{)?)\s+`.*?(?:json|url):"(\w+)(,omitempty)?', line)
            if field:
                fields[field[2]] = self.schema(field[1])
        return fields, required


CALL = re.compile(r"^func \(s \*\w+\) \w+\((.*?)\) \((.*?)\*Response, error\) \{\n(.*?)^\}", re.M | re.S)
ANCHOR = {"MethodPost": "POST", "MethodPut": "PUT", "MethodPatch": "PATCH", "MethodDelete": "DELETE"}


def gitlab(text):
    go, operations = Go(text), []
    for arguments, results, body in CALL.findall(text):
        path = re.search(r'withPath\(\s*"(.*?)"', body)
        if not path:
            continue
        method = re.search(r"withMethod\(http\.(\w+)\)", body)
        method = ANCHOR.get(method[1], "GET") if method else "GET"
        options = re.search(r"opt \*(\w+)", arguments)
        count = iter(range(100))
        template = re.sub(r"%[sdv]", lambda _: "{p%d}" % next(count), path[1])
        schema = go.resolve({"$go": options[1]}) if options and options[1] in go.structs else \
            {"type": "object", "properties": {}}
        query = {}
        if method == "GET":
            query = {n: (s, False) for n, s in schema["properties"].items()}
        answer = go.schema(results.strip().rstrip(",")) if results.strip() else None
        operations.append(Operation(method, "/api/v4/" + template, query, None if method == "GET" else schema,
                                    {200: (answer, None)}))
    return Description(operations, go.resolve)


def load(name):
    if name == "github":
        return openapi(cached(GITHUB, github_text), "")
    if name == "gitea":
        return openapi(cached(GITEA, gitea_text), "/api/v1")
    return gitlab(cached(GITLAB, gitlab_text))


# --- Checking and making values ---------------------------------------------------------------------------

TYPES = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "array": list, "object": dict}


def faults(description, schema, value, where=""):
    """What is wrong with a value that is sent: types, names that are not there, required ones that are missing."""
    schema = description.resolve(schema) or {}
    for word in ("oneOf", "anyOf"):
        if word in schema:
            tried = [list(faults(description, s, value, where)) for s in schema[word]]
            if all(tried):
                yield from min(tried, key=len)
            if "properties" not in schema:
                return
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds] if kinds else []
    if kinds and not any(isinstance(value, TYPES[k]) and not (k in ("integer", "number") and isinstance(value, bool))
                         for k in kinds if k != "null"):
        yield f"{where or 'body'}: {value!r} is not of type {kinds}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, list):
        for item in value:
            yield from faults(description, schema.get("items", {}), item, where + "[]")
    if isinstance(value, dict) and "properties" in schema:
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}: '{name}' is required"
        for name, item in value.items():
            if name in schema["properties"]:
                yield from faults(description, schema["properties"][name], item, f"{where}.{name}")
            elif not schema.get("additionalProperties"):
                yield f"{where}: '{name}' is not described"


SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
NAMED = {"sha": SHA, "commit_id": SHA, "head_commit_sha": SHA, "merge_commit_sha": SHA, "start_sha": SHA,
         "username": "octocat", "login": "octocat", "encoding": "base64", "content": "aGVsbG8=", "size": 5}


def example(description, schema, name="", depth=0):
    """A value of a schema."""
    schema = description.resolve(schema) or {}
    if name in NAMED:
        return NAMED[name]
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return example(description, schema[word][0], name, depth)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object" or "properties" in schema:
        if depth > 4:
            return None
        return {n: example(description, s, n, depth + 1) for n, s in schema.get("properties", {}).items()}
    if kind == "array":
        item = example(description, schema.get("items", {}), "", depth + 1)
        return [] if item is None else [item]
    if kind == "string":
        return "2026-11-27T11:00:00Z" if str(schema.get("format", "")).startswith("date") else f"some {name or 'text'}"
    return {"boolean": False, "integer": 7, "number": 7}.get(kind)
