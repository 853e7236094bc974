#ifndef PLUMB_PROVIDERS_FACTS_H
#define PLUMB_PROVIDERS_FACTS_H

/*
 * Facts about every CloudFormation resource type: what identifies it, which properties can be changed, read
 * back or must be given, how they nest, where the tags are and what Ref returns.
 *
 * The table is const and made by providers/generate_facts.py from the published registry schemas; nothing is
 * built at start-up, nothing needs to be freed, and every function may be called from any thread.
 *
 * A path names a property by its parts: "ProvisionedThroughput.ReadCapacityUnits".  Places in lists may be
 * written ("KeySchema.0.AttributeName", "KeySchema[0].AttributeName", "KeySchema.*.AttributeName") or left
 * out: the facts hold for all items of a list.
 */

#include "base/value.h"

struct type_facts;

/* NULL where CloudFormation has no such type. */
const struct type_facts *facts_find(struct str type);
/* The known type whose name is nearest, or NULL if none is near. */
const char *facts_nearest_type(struct str type);
/* Refuses a type that CloudFormation has not, at the node that asks for it: "unknown resource type
 * 'AWS::SQS::Que', did you mean 'AWS::SQS::Queue'?".  Always returns false. */
bool facts_refuse_type(struct str type, const struct value *node, struct error *);
/* "AWS::DynamoDB::Table" */
struct str facts_type(const struct type_facts *);

enum facts_set {
    FACTS_PRIMARY_IDENTIFIER,
    FACTS_CREATE_ONLY,             /* a change needs a new resource */
    FACTS_CONDITIONAL_CREATE_ONLY, /* some changes need a new resource */
    FACTS_READ_ONLY,               /* set by AWS, never given */
    FACTS_WRITE_ONLY,              /* given, never read back */
    FACTS_REF,                     /* what Ref returns: one property, or several joined by '|' */
};

/* The path at `index` of a set, in the schema's order for identifiers and Ref, else sorted; false past the
 * end. */
bool facts_path(const struct type_facts *, enum facts_set, size_t index, struct str *path);
/* Is the property, or one that it is a part of, in the set?  A property that only has parts in the set is
 * not: ask for each part that is there. */
bool facts_holds(const struct type_facts *, enum facts_set, struct str path);
bool facts_is_create_only(const struct type_facts *, struct str path);
bool facts_is_conditional_create_only(const struct type_facts *, struct str path);
bool facts_is_read_only(const struct type_facts *, struct str path);
bool facts_is_write_only(const struct type_facts *, struct str path);
/* Must the property be given wherever the map that holds it is given? */
bool facts_is_required(const struct type_facts *, struct str path);

enum facts_kind {
    FACTS_ANY, /* of free form, as policy documents are */
    FACTS_STRING,
    FACTS_INTEGER,
    FACTS_NUMBER,
    FACTS_BOOLEAN,
    FACTS_LIST,
    FACTS_UNORDERED_LIST, /* the order of its items means nothing */
    FACTS_MAP,            /* keys are the user's, values of one kind */
    FACTS_OBJECT,         /* keys are known */
    FACTS_OPEN_OBJECT,    /* some keys are known, others may be given */
    FACTS_NO_PROPERTY,    /* the type has no such property */
};

enum facts_kind facts_kind(const struct type_facts *, struct str path);
/* The known properties of what the path leads to (of the items, where it is a list; empty: of the type),
 * sorted by name; false past the end. */
bool facts_property(const struct type_facts *, struct str path, size_t index, struct str *name);
/* Of the items of a list or the values of a map; FACTS_NO_PROPERTY where it is neither. */
enum facts_kind facts_item_kind(const struct type_facts *, struct str path);
bool facts_list_is_unordered(const struct type_facts *, struct str path);

/* The expression (JSONata) by which AWS gives the property back in another form: see transform.h; false where
 * there is none. */
bool facts_transform(const struct type_facts *, struct str path, struct str *expression);

/* The top-level property with the tags, empty where there is none; a list of {Key, Value}, or a map. */
struct str facts_tag_property(const struct type_facts *);
bool facts_tags_are_map(const struct type_facts *);
/* Its deletion or replacement loses what a new one does not bring back: data, keys, names that others hold.
 */
bool facts_is_stateful(const struct type_facts *);
/* Where it is replaced, the old one has to go before the new one can be made. */
bool facts_deletes_first(const struct type_facts *);
/* CloudFormation refuses Ref to it. */
bool facts_ref_is_unsupported(const struct type_facts *);
/* What the registry can do with the type: any of "CRUDL"; none for types that it does not provision. */
bool facts_has_handler(const struct type_facts *, char letter);

/*
 * Checks the properties of a resource, before or after its functions were evaluated: refuses unknown and
 * missing properties and wrong kinds by name and position.  As tolerant as CloudFormation: numbers and
 * booleans may be strings and the other way round.  Functions ({"Ref": ...}, {"Fn::...": ...}), dynamic
 * references, artifacts, secrets and what is known after apply are accepted anywhere.  Lengths, patterns and
 * allowed values are left to AWS.
 */
WARN_UNUSED bool facts_check(const struct type_facts *, const struct value *properties, struct error *);

/*
 * Forms of properties.  Both give a copy, without members that are null; functions and secrets stay.
 *
 * facts_kinds: scalars as the schema has them, "256" as 256 where a number stands: what an API wants.
 * facts_normalize: the same, and JSON documents in one form, so that equal ones compare equal: those in texts
 * as canonical text, those of free form as trees, policies as policy.h says.
 */
struct value *facts_kinds(const struct type_facts *, struct arena *, const struct value *properties);
struct value *facts_normalize(const struct type_facts *, struct arena *, const struct value *properties);

#endif
