#ifndef PLUMB_PROVIDERS_SHAPE_H
#define PLUMB_PROVIDERS_SHAPE_H

/*
 * The properties of a resource type as a table: which there are, of what kind, and what AWS has where one is
 * taken away.  From it come the refusal of unknown names, the one form in which declared and live are
 * compared, the JSON kinds that requests need, and the resets of an update.
 *
 * A table that ends with the row {.facts = "AWS::X::Thing"} has that type's facts behind it: a path without a
 * row is what the published schema says, so that only what the schema does not say needs a row.
 *
 * A path names the members from the top, "VpcConfig.SubnetIds"; a list is passed through: the path of a
 * member of its items is the list's path and the member's name.
 */

#include "providers/facts.h"

enum shape_kind {
    SHAPE_TEXT,
    SHAPE_NUMBER,
    SHAPE_BOOL,
    SHAPE_MAP,   /* its members have rows of their own */
    SHAPE_TEXTS, /* a map of any names to texts */
    SHAPE_LIST,  /* in an order that means something */
    SHAPE_SET,   /* order means nothing: sorted by the member `key`, or whole */
    SHAPE_JSON,  /* a JSON text or what it says; members may be any, and only those with rows are looked at */
    SHAPE_POLICY, /* an IAM policy: see policy.h */
    SHAPE_TAGS,   /* a list of {Key, Value} or a map: becomes the list, sorted */
};

struct shape {
    const char *path; /* NULL ends the table (see `facts`) */
    enum shape_kind kind;
    const char *otherwise; /* JSON: AWS's default.  NULL: none; what is taken away is simply absent */
    const char *refused;   /* why it is not supported, as the end of a sentence; NULL: it is */
    const char *key;       /* of a set of maps */
    enum shape_kind items; /* of a list of scalars, or of the values of SHAPE_TEXTS */
    bool in_text;          /* SHAPE_JSON, SHAPE_POLICY: the API has it as a text */
    bool free;             /* SHAPE_MAP: its names are the user's, and stand as "_" in paths */
    const char *facts;     /* of the last row: the type that knows the rest */
};

/* The row of a path, NULL where there is none; `made` is room for one that the facts tell. */
const struct shape *shape_row(const struct shape *, const char *path, struct shape *made);
/* What knows the paths without rows, or NULL. */
const struct type_facts *shape_facts(const struct shape *);

/* Refuses unknown names (with the nearest known one) and those not supported, at any depth. */
WARN_UNUSED bool shape_check(const struct shape *, const char *type, const struct value *properties,
                             struct error *);

/* Brings properties, in place, to the one form: kinds as the table says ("256" is 256 where a number
 * stands), sets sorted, policies and JSON texts parsed, members that are null gone.  What does not fit its
 * kind stays as it is, for AWS or the comparison to complain about. */
void shape_normalize(const struct shape *, struct arena *, struct value *properties);

/* Gives every absent property at the top that has one its default. */
void shape_fill(const struct shape *, struct arena *, struct value *live);

/* What an update has to reach: a normalized copy of `properties`, and for what `previous` (may be NULL) has
 * and they have not, AWS's default, or VALUE_NULL where there is none. */
struct value *shape_target(const struct shape *, struct arena *, const struct value *properties,
                           const struct value *previous);

/* Is all that `declared` says so in `live`?  Both normalized.  Maps may have more members in live; lists must
 * match item by item; null, "" and empty lists and maps equal what is absent; a secret equals its text. */
bool shape_covers(const struct value *declared, const struct value *live);

/* Must `name` be written: `target` has it, and `live` differs? */
bool shape_differs(const struct value *target, const struct value *live, const char *name);

/* The same where all of it counts, as in a JSON document: more members in live are a difference. */
bool shape_differs_at_all(const struct value *target, const struct value *live, const char *name);

/* Marks with VALUE_NULL what `live`, a map of free names, has and `target` has not, so that a map that is
 * written as a whole differs where something was added to it. */
void map_exact(struct arena *, struct value *target, const struct value *live);

/* A copy without the members that are null: what a request carries. */
struct value *without_nulls(struct arena *, const struct value *);

/* Copies the members with these names (NULL ends them) that `from` has; those that are null are left out. */
void members_copy(struct arena *, struct value *to, const struct value *from, const char *const *names);

/* Orders a list by its items' member `key`, or by their whole text where key is NULL. */
void value_sort(struct arena *, struct value *list, const char *key);

#endif
