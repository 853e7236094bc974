#ifndef PLUMB_PROVIDERS_EVENTS_TARGETS_H
#define PLUMB_PROVIDERS_EVENTS_TARGETS_H

/*
 * The targets of a rule.  `rule` is an input that names it: {"Rule", "EventBusName"}.  Targets are in
 * CloudFormation's names, normalized.
 */

#include "providers/resource.h"

/* All of them, whoever put them there. */
WARN_UNUSED bool targets_read(const struct resource_call *, const struct value *rule, struct value **targets,
                              struct error *);

/* The one with this id, or NULL; `list` may be NULL. */
const struct value *target_with(const struct value *list, struct str id);

/* Puts those of `wanted` that are not in `live` or were declared otherwise in `previous`, then removes those
 * of `previous` that are not wanted.  Each may be NULL. */
WARN_UNUSED bool targets_write(const struct resource_call *, const struct value *rule,
                               const struct value *wanted, const struct value *live,
                               const struct value *previous, const struct hurdle *, int64_t timeout_ms,
                               struct error *);

WARN_UNUSED bool targets_remove(const struct resource_call *, const struct value *rule,
                                const struct value *ids, struct error *);

#endif
