#ifndef PLUMB_BASE_YAML_SCHEMA_H
#define PLUMB_BASE_YAML_SCHEMA_H

/* What scalars and tags of YAML mean.  Private to the YAML reader; see yaml_reader.h for the rules. */

#include "base/value.h"

/* The value of a plain scalar without a tag. */
struct value *yaml_plain(struct arena *, struct str text);

/* The same by YAML 1.1. */
struct value *yaml_plain_1_1(struct arena *, struct str text);

/* A plain scalar that stands for null. */
bool yaml_is_null(struct str text);

/* "!Sub" gives "Fn::Sub"; NULL for an unknown tag. */
const char *yaml_function(struct str tag);

/* The nearest known tag, or NULL: for "did you mean". */
const char *yaml_nearest_tag(struct str tag);

#endif
