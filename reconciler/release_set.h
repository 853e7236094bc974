#ifndef PLUMB_RECONCILER_RELEASE_SET_H
#define PLUMB_RECONCILER_RELEASE_SET_H

/*
 * Which of a plan's changes move traffic, and in what order the rest goes: what only adds goes first, then
 * the traffic of all functions of the application moves as one, then what takes away.
 *
 * The alias is left as it is by apply; the rollout (rollout/rollout.h) moves it.  What waits for the traffic
 * is not carried out by the same release: once the traffic has moved the next plan shows it, and nothing
 * else.
 */

#include "reconciler/plan.h"

/* An alias of a function or state machine that is to point to another version, gradually or with hooks; a
 * stage whose canary is the rollout's (stage_canary.h) and that is to serve another deployment. */
bool release_set_moves(const struct plan *, const struct change *);

/* The properties that say where the traffic of such a resource goes; ends with NULL. */
const char *const *release_set_paths(const struct change *);

/* The version that such an alias points to now, and the one that Git wants: a number, a state machine
 * version's ARN, a deployment's id; empty where it is not known. */
void release_set_versions(const struct change *, struct str *live, struct str *wanted);

/* Does the plan move traffic at all? */
bool release_set_any(const struct plan *);

/* An update that only takes away, or sends events to another version: it waits until the traffic has moved.
 * False in a plan that moves none. */
bool release_set_waits(const struct plan *, const struct change *);

/* An update before the traffic moves that also takes away: the old version still runs then.  `what` is the
 * first path of that kind. */
bool release_set_is_unsafe(const struct plan *, const struct change *, struct str *what);

/*
 * The rollout that the plan comes to, before any of it has begun.  `applied`: the new versions exist and are
 * in it; else they are empty where they are not known.  The order of targets is that of the plan: what is
 * called before its callers.  Refused (ERROR_INVALID) with a position: a type that nobody knows, an alarm or
 * hook or synthetic function that is not there, a driver that cannot do it.
 */
WARN_UNUSED bool release_set_rollout(struct plan *, struct arena *, bool applied, struct rollout *,
                                     struct error *);

/* What Git asks for, as a digest: the rendered resources and the deployment.  What was rolled back is not
 * tried again until this changes. */
struct str release_set_key(struct arena *, const struct desired *, const struct application *);

#endif
