#include "environments/sam/transform.h"

/* AWS::Serverless::CapacityProvider. */

static struct value *own(const struct source_resource *source, const char *name)
{
    struct value *value = value_get(source->properties, name);
    return is_none(value) ? NULL : value;
}

static struct value *part(const struct value *map, const char *name)
{
    struct value *value = value_get(map, name);
    return is_none(value) ? NULL : value;
}

static void check(struct sam *sam, const struct source_resource *source)
{
    const struct value *requirements = own(source, "InstanceRequirements");
    fit_to_model(sam, source->id, source->properties, source->node, "", "CapacityProvider");
    if (part(requirements, "AllowedTypes") && part(requirements, "ExcludedTypes"))
        sam_fail(sam, requirements, source->id, "'AllowedTypes' and 'ExcludedTypes' cannot be used together");
}

/* Later tags win. */
static struct value *tags_of(struct sam *sam, const struct value *given, const struct value *more)
{
    struct value *all = value_map(sam->arena);
    if (given)
        python_update(sam->arena, all, given);
    value_setz(sam->arena, all, "lambda:createdBy", make_text(sam, "SAM"));
    if (more)
        python_update(sam->arena, all, more);
    return tag_list(sam, all);
}

static struct value *scaling_config(struct sam *sam, const struct value *given)
{
    struct value *usage = part(given, "AverageCPUUtilization");
    struct value *policies = usage
                                 ? make(sam,
                                        "[{'PredefinedMetricType': "
                                        "'LambdaCapacityProviderAverageCPUUtilization', 'TargetValue': %v}]",
                                        usage)
                                 : NULL;
    return make(sam, "{'MaxVCpuCount': %v, 'ScalingMode': '%s', 'ScalingPolicies': %v}",
                part(given, "MaxVCpuCount"), usage ? "Manual" : "Auto", policies);
}

static struct made *operator_role(struct sam *sam, struct source_resource *source, const struct value *more)
{
    struct made *role = made_new(sam, text(sam, "%sOperatorRole", source->id), "AWS::IAM::Role",
                                 passthrough_attributes(sam, source->attributes));
    made_set(sam, role, "AssumeRolePolicyDocument", assume_role_of(sam, "lambda.amazonaws.com"));
    made_set(sam, role, "ManagedPolicyArns",
             make(sam, "[%v]", managed_policy_arn(sam, "AWSLambdaManagedEC2ResourceOperator")));
    made_set(sam, role, "Tags", tags_of(sam, NULL, more));
    return role;
}

void build_capacity_provider(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct value *vpc = own(source, "VpcConfig"), *role = own(source, "OperatorRole"),
                 *tags = own(source, "Tags");
    struct value *requirements = own(source, "InstanceRequirements"), *scaling = own(source, "ScalingConfig");
    const struct value *more = is_truthy(own(source, "PropagateTags")) ? tags : NULL;
    struct made *made = made_new(sam, source->id, "AWS::Lambda::CapacityProvider", source->attributes);
    check(sam, source);
    if (sam->failed)
        return;
    made->depends_on = value_get(source->node, "DependsOn");
    if (!is_truthy(role)) {
        struct made *operator= operator_role(sam, source, more);
        made_add(sam, list, operator);
        role = make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", operator->id);
    }
    made_set(sam, made, "CapacityProviderName", own(source, "CapacityProviderName"));
    made_set(sam, made, "VpcConfig",
             make(sam, "{'SubnetIds': %v, 'SecurityGroupIds': %v}", part(vpc, "SubnetIds"),
                  part(vpc, "SecurityGroupIds")));
    made_set(sam, made, "PermissionsConfig", make(sam, "{'CapacityProviderOperatorRoleArn': %v}", role));
    made_set(sam, made, "Tags", tags_of(sam, tags, more));
    if (is_truthy(requirements))
        made_set(sam, made, "InstanceRequirements",
                 make(sam, "{'Architectures': %v, 'AllowedInstanceTypes': %v, 'ExcludedInstanceTypes': %v}",
                      part(requirements, "Architectures"), part(requirements, "AllowedTypes"),
                      part(requirements, "ExcludedTypes")));
    if (is_truthy(scaling))
        made_set(sam, made, "CapacityProviderScalingConfig", scaling_config(sam, scaling));
    if (is_truthy(own(source, "KmsKeyArn")))
        made_set(sam, made, "KmsKeyArn", own(source, "KmsKeyArn"));
    made_add(sam, list, made);
}
