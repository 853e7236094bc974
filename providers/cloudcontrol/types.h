#ifndef PLUMB_PROVIDERS_CLOUDCONTROL_TYPES_H
#define PLUMB_PROVIDERS_CLOUDCONTROL_TYPES_H

/*
 * Every resource type that AWS Cloud Control API can create, read and delete, by the facts
 * (providers/facts.h) and nothing else.  providers/registry.c gives a type from here where plumb has none of
 * its own.
 *
 * What Ref returns is the physical id.  Cloud Control addresses a resource by its primary identifier, which
 * may have several parts: they are found again in the physical id, in the attributes (all parts are among
 * them) or in the properties.  A type without an update handler has no `update`: every change is a new one.
 *
 * Whatever changes something carries a token made of the call's token and of what is asked, so that a lost
 * answer or a release that was cut off leads to the same request.  Where that request is an old one that
 * failed, or whose effect is gone, a next token is taken.
 *
 * https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations.html
 */

#include "providers/resource_type.h"

/* NULL where Cloud Control cannot manage the type. */
const struct resource_type *cloudcontrol_type_find(struct str name);

/* "create", "read" or "delete", comma between: the handlers that a type lacks for that. */
struct str cloudcontrol_missing(struct arena *, struct str name);

#endif
