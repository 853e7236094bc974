#ifndef PLUMB_PROVIDERS_CLOUDCONTROL_PERMISSIONS_H
#define PLUMB_PROVIDERS_CLOUDCONTROL_PERMISSIONS_H

/*
 * What the handlers of the types that Cloud Control manages call: Cloud Control makes these calls as whoever
 * calls it, so that he needs to be allowed all of them
 * (https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html).  From the registry's schemas.
 */

#include "base/compiler.h"
#include "base/str.h"

struct cloudcontrol_permissions {
    const char *type;
    const char *reading; /* "ecs:DescribeClusters,ListTags kms:Decrypt" */
    const char *writing; /* what creating, updating and deleting need besides */
};

extern const struct cloudcontrol_permissions cloudcontrol_permissions[]; /* sorted */
extern const size_t cloudcontrol_permissions_count;

/* NULL where Cloud Control does not manage the type. */
const struct cloudcontrol_permissions *cloudcontrol_permissions_find(struct str type);

#endif
