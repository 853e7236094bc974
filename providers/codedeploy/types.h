#ifndef PLUMB_PROVIDERS_CODEDEPLOY_TYPES_H
#define PLUMB_PROVIDERS_CODEDEPLOY_TYPES_H

/* The resource types of CodeDeploy; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type codedeploy_application_type;
extern const struct resource_type codedeploy_deployment_config_type;
extern const struct resource_type codedeploy_deployment_group_type;

#endif
