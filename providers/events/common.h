#ifndef PLUMB_PROVIDERS_EVENTS_COMMON_H
#define PLUMB_PROVIDERS_EVENTS_COMMON_H

/* What EventBridge's resource types share. */

#include "providers/plain.h"

enum { EVENTS_BUSY_MS = 60 * 1000 };

/* Two changes of one resource at a time. */
extern const struct hurdle events_hurdles[];
extern const struct tag_calls events_tag_calls;

/* A bus is given by its name or its ARN, ".../event-bus/name"; empty is the default one. */
struct str events_bus_name(struct str given);

/* The attributes Arn and, without the id at its end, ArnForPolicy. */
void events_arn_for_policy(const struct resource_call *, struct resource_state *, struct str arn);

#endif
