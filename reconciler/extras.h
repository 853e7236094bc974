#ifndef PLUMB_RECONCILER_EXTRAS_H
#define PLUMB_RECONCILER_EXTRAS_H

/*
 * What hangs on a resource that is ours and nobody declared: policies, permissions, URLs, triggers,
 * subscriptions, tags, environment variables.  What any application of the account's ledger declares, in any
 * environment of the region, is none, nor what the handler of a custom resource was asked to put there.
 *
 * Drift reports extras; a plan takes them away where the environment says `drift: {extras: remove}`.
 */

#include "reconciler/plan.h"

/* Adds to state->extras what the properties show and the declaration lacks: tags, variables.  The
 * environment's tags, and those that were put on last (NULL: not known), are none. */
void extras_of_properties(struct arena *, const struct resource_type *, const struct value *declared,
                          const struct value *environment_tags, const struct value *put_tags,
                          struct resource_state *);

/* Is that extra of the resource declared by one of these? */
bool extra_is_declared(const struct neighbours *, struct str physical_id, const struct value *extra);

/* Has a rollout that has not ended made it, for a hook? */
bool extra_is_of_rollout(const struct release *, const struct value *extra);

/* "permission.Invoke" */
struct str extra_path(struct arena *, const struct value *extra);

/* The environment's tags: those that are missing or another, and those that it had when they were put on,
 * become differences.  Of a resource that is ours. */
void extras_of_environment(const struct plan *, struct change *);

/* Lists the extras of everything in the plan that is ours, where the environment wants them removed, and
 * makes differences of them. */
WARN_UNUSED bool extras_plan(struct plan *, struct error *);

/* Is there something on it that goes? */
bool change_has_extras(const struct change *);

/* Of apply: removes them.  `previous` gets the properties that an update takes back: tags, variables. */
void extras_to_previous(const struct change *, struct value *previous);
WARN_UNUSED bool extras_remove(struct plan *, struct change *, struct error *);

#endif
