#ifndef PLUMB_PROVIDERS_CLOUDWATCH_ALARMS_H
#define PLUMB_PROVIDERS_CLOUDWATCH_ALARMS_H

/* The life that metric alarms and composite alarms share: one name for both, one Put that replaces the whole.
 */

#include "providers/cloudwatch/operations.h"
#include "providers/resource.h"
#include "providers/shape.h"

struct alarms {
    const struct resource_type *type;
    const struct shape *shape;
    const char *const *settings; /* what Put replaces as a whole, NULL-ended */
    const char *kind; /* "CompositeAlarm", which DescribeAlarms has to be asked for; NULL: metric alarms */
    const char *list; /* of its answer: "MetricAlarms" */
    const struct aws_operation *put;
    void (*normalize)(struct arena *, struct value *properties);
    /* The input of Put, but for tags; `live` is NULL at create. */
    struct value *(*input)(const struct resource_call *, struct str name, const struct value *target,
                           const struct value *live);
    bool (*differs)(const struct value *target, const struct value *live, const struct value *previous);
    resource_step write; /* the type's alarms_write */
};

WARN_UNUSED bool alarms_read(const struct alarms *, const struct resource_call *, struct str name,
                             struct resource_state *, struct error *);
/* One try of an update. */
WARN_UNUSED bool alarms_write(const struct alarms *, const struct resource_call *, struct resource_state *,
                              struct error *);
WARN_UNUSED bool alarms_create(const struct alarms *, const struct resource_call *, struct resource_state *,
                               struct error *);
WARN_UNUSED bool alarms_update(const struct alarms *, const struct resource_call *, struct resource_state *,
                               struct error *);
WARN_UNUSED bool alarms_remove(const struct resource_call *, struct error *);

/* Is there something to tell: no null, no empty list? */
bool alarms_says_something(const struct value *);

#endif
