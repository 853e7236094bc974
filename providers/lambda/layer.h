#ifndef PLUMB_PROVIDERS_LAMBDA_LAYER_H
#define PLUMB_PROVIDERS_LAMBDA_LAYER_H

/* Versions of layers by their ARNs: "arn:aws:lambda:eu-west-1:123456789012:layer:name:3". */

#include "providers/lambda/common.h"

/* {LayerName, VersionNumber}; ERROR_BUG where it is no such ARN. */
WARN_UNUSED bool layer_version_input(const struct resource_call *, struct str arn, struct value **input,
                                     struct error *);

#endif
