#ifndef PLUMB_PROVIDERS_EC2_ZONES_H
#define PLUMB_PROVIDERS_EC2_ZONES_H

#include "providers/aws/aws.h"

/*
 * The availability zones of the region that can be used now, sorted: a list of strings, as Fn::GetAZs gives
 * them.  Local and wavelength zones are none.  CloudFormation leaves out zones without a default subnet where
 * the region's default VPC has subnets in some only; that is not looked at.
 */
WARN_UNUSED bool zones_read(struct aws *, struct arena *, struct value **names, struct error *);

#endif
