#include "reconciler/stage_canary.h"

static bool is_for_rollouts(const struct desired_resource *resource)
{
    const struct value *canary = value_get(resource->properties, "CanarySetting");
    const struct value *deployment = value_get(canary, "DeploymentId");
    return str_is(resource->type, "AWS::ApiGateway::Stage") && value_is(canary, VALUE_MAP) &&
           (!deployment || value_equal(deployment, value_get(resource->properties, "DeploymentId")));
}

void stage_canary_take(struct desired *desired, const struct deployment *deployment)
{
    for (size_t i = 0; deployment->present && i < desired->count; i++) {
        struct desired_resource *resource = &desired->resources[i];
        if (!is_for_rollouts(resource))
            continue;
        resource->canary = value_get(resource->properties, "CanarySetting");
        (void)value_remove(resource->properties, STR("CanarySetting"));
    }
}
