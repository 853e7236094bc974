#!/ usr / bin / env python3
"""Makes the C tables that the SAM transform needs from its published data files.

    generate_tables.py DATA_DIRECTORY

DATA_DIRECTORY holds policy_templates.json, aws_managed_policies.json and connector_profiles.json as
aws-sam-translator publishes them (Apache-2.0).  Writes policy_templates.c, managed_policies.c and
connector_profiles.c beside this script.
"""
import json
import os
import sys

PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-eusc"]
HEAD = "/* Made by generate_tables.py: do not edit. */\n\n#include \"environments/sam/transform.h\"\n\n"


def literal(text, indent):
    """TEXT as C string literals of at most 96 characters a line."""
    parts = [text[i:i + 90] for i in range(0, len(text), 90)]
    lines = ['"' + p.replace("\\", "\\\\").replace('"', '\\"') + '"' for p in parts]
    return ("\n" + " " * indent).join(lines)


def policy_templates(data):
    rows = []
    for name, template in sorted(data["Templates"].items()):
        kept = {"Parameters": {p: {} for p in template.get("Parameters", {})}, "Definition": template["Definition"]}
        rows.append('    {"%s",\n     %s},' % (name, literal(json.dumps(kept, separators=(",", ":")), 5)))
    return HEAD + """static const struct {
    const char *name, *json;
}
templates[] = { % s};

const char *policy_template(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(templates); i++)
        if (str_is(name, templates[i].name))
            return templates[i].json;
    return NULL;
}
""" % "\n".join(rows)


def managed_policies(data):
    """One row a policy: its path behind 'policy/', and the partitions that have it."""
    rows = {}
    for bit, partition in enumerate(PARTITIONS):
        for name, arn in data.get(partition, {}).items():
            path = arn.split(":policy/", 1)[1]
            assert path.rsplit("/", 1)[-1] == name, (name, arn)
            rows[(name, path)] = rows.get((name, path), 0) | 1 << bit
    lines = ['    {"%s", %d},' % (path, mask) for (name, path), mask in sorted(rows.items())]
    return HEAD + """/* Bits of the partitions that have the policy, in this order. */
static const char *const partitions[] = {%s};

static const struct {
    const char *path; /* behind "arn:PARTITION:iam::aws:policy/" */
    unsigned char partitions;
} policies[] = { % s};

const char *managed_policy(const char *partition, struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++) {
        struct str path = str_from(policies[i].path);
        size_t slash = str_find_last(path, '/');
        if (!str_equal(slash < path.len ? str_from_index(path, slash + 1) : path, name))
            continue;
        for (size_t p = 0; p < ARRAY_LENGTH(partitions); p++)
            if (str_is(str_from(partition), partitions[p]) && policies[i].partitions & 1u << p)
                return policies[i].path;
    }
    return NULL;
}
""" % (", ".join('"%s"' % p for p in PARTITIONS), "\n".join(lines))


def connector_profiles(data):
    text = json.dumps(data, separators=(",", ":"))
    pieces = [text[i:i + 3600] for i in range(0, len(text), 3600)]
    rows = ",\n".join("    " + literal(p, 4) for p in pieces)
    return HEAD + """/* In pieces, because C promises no more than 4,095 characters in a literal. */
static const char *const pieces[] = {
%s,
};

struct str connector_profiles(struct arena *arena)
{
    struct buf all = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++)
        buf_addz(&all, pieces[i]);
    struct str json = arena_str(arena, buf_str(&all));
    buf_release(&all);
    return json;
}
""" % rows


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    for name, source, make in (("policy_templates", "policy_templates", policy_templates),
                               ("managed_policies", "aws_managed_policies", managed_policies),
                               ("connector_profiles", "connector_profiles", connector_profiles)):
        with open(os.path.join(sys.argv[1], source + ".json"), encoding="utf-8") as f:
            data = json.load(f)
        with open(os.path.join(here, name + ".c"), "w", encoding="utf-8") as f:
            f.write(make(data))


if __name__ == "__main__":
    main()
