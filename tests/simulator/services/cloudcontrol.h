#ifndef PLUMB_SIMULATOR_CLOUDCONTROL_H
#define PLUMB_SIMULATOR_CLOUDCONTROL_H

/* Models of resources of any type, by the published schemas (providers/facts.h): what a handler would do to
 * them. */

#include "providers/facts.h"
#include "tests/simulator/service.h"

/* Why the model breaks its schema, or empty: unknown and missing members, what only AWS sets, wrong kinds. */
struct str sim_model_complaint(struct call *, const struct type_facts *, const struct value *model);

/* Gives what AWS sets: identifiers, ARNs, states. */
void sim_model_complete(struct call *, const struct type_facts *, struct value *model);

/* "a|b" of the primary identifier; empty where the model lacks a part. */
struct str sim_model_identifier(struct call *, const struct type_facts *, const struct value *model);
/* The members of the primary identifier alone. */
struct value *sim_model_of_identifier(struct call *, const struct type_facts *, const struct value *model);

/* A copy without what cannot be read back. */
struct value *sim_model_readable(struct call *, const struct type_facts *, const struct value *model);

/* Applies a JSON patch (RFC 6902: add, remove, replace, test) to a copy; NULL, and why. */
struct value *sim_model_patched(struct call *, const struct value *model, const struct value *patch,
                                struct str *why);

/* The first property that cannot be changed and differs, or empty. */
struct str sim_model_fixed_difference(struct call *, const struct type_facts *, const struct value *before,
                                      const struct value *after);

/* What must be unique besides the identifier: a name that cannot be changed; empty where there is none. */
struct str sim_model_name(const struct type_facts *, const struct value *model);

/* The code of "SIMULATOR_FAILS:CODE" in some text of the model, or empty. */
struct str sim_model_failure(const struct value *model);

#endif
