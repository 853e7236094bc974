#ifndef PLUMB_ENVIRONMENTS_SCHEMA_H
#define PLUMB_ENVIRONMENTS_SCHEMA_H

/*
 * JSON Schemas (https://json-schema.org/draft/2020-12) of the files that plumb reads from a repository, for
 * editors.  They are made of the tables by which the readers check (environments/fields.h), so that both
 * refuse the same; what a schema cannot say (that a duration is long enough, that a template exists) plumb
 * alone refuses.
 */

#include "base/value.h"

struct schema {
    const char *name; /* "environment", as `plumb schema` takes it */
    const char *file; /* which files it is for: "environments/NAME/environment.yaml" */
};

enum { SCHEMA_COUNT = 3 };
extern const struct schema schemas[SCHEMA_COUNT];

/* The schema of that name; NULL where there is none. */
struct value *schema_make(struct arena *, struct str name);

#endif
