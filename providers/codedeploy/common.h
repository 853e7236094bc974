#ifndef PLUMB_PROVIDERS_CODEDEPLOY_COMMON_H
#define PLUMB_PROVIDERS_CODEDEPLOY_COMMON_H

/* What CodeDeploy's resource types share. */

#include "providers/codedeploy/operations.h"
#include "providers/plain.h"

extern const struct tag_calls codedeploy_tag_calls;

/* "arn:aws:codedeploy:REGION:ACCOUNT:KIND:NAME": no answer says it. */
struct str codedeploy_arn(const struct resource_call *, const char *kind, struct str name);

#endif
