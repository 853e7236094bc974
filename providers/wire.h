#ifndef PLUMB_PROVIDERS_WIRE_H
#define PLUMB_PROVIDERS_WIRE_H

/*
 * Between CloudFormation's names and an API's, by the type's shape.  Where a path has no row of its own in
 * `names`, the API's name is CloudFormation's, with a small first letter where the API writes them so.
 */

#include "providers/shape.h"

struct wire_name {
    const char *path; /* as in the shape; NULL ends the table */
    const char *name; /* of its last member in the API; "": the API has it under another path */
};

struct wire {
    const struct shape *shape;
    const struct wire_name *names; /* or NULL */
    bool small_letters;            /* "Level" is "level" */
    bool xml;                      /* a list of one item comes as the item */
};

/* The API's name of the property at `path`. */
struct str wire_name(const struct wire *, struct arena *, const char *path);

/* The value of the property at `path` ("" for all properties) in the API's names; nulls are left out. */
struct value *wire_out(const struct wire *, struct arena *, const char *path, const struct value *);

/* The API's value in CloudFormation's names: what the shape knows of it.  NULL gives NULL. */
struct value *wire_in(const struct wire *, struct arena *, const char *path, const struct value *);

#endif
