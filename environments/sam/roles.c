#include "base/json.h"
#include "environments/sam/transform.h"

/* Roles that SAM makes, from policy names, statements and templates. */

enum policy_type { POLICY_MANAGED, POLICY_STATEMENT, POLICY_TEMPLATE, POLICY_UNKNOWN };

struct value *managed_policy_arn(struct sam *sam, const char *name)
{
    return make_text(sam, text(sam, "arn:%s:iam::aws:policy/%s", sam->partition, name));
}

const char *xray_policy(struct sam *sam)
{
    return str_is(str_from(sam->partition), "aws") ? "AWSXrayWriteOnlyAccess" : "AWSXRayDaemonWriteAccess";
}

struct value *assume_role_of(struct sam *sam, const char *service)
{
    return make(sam,
                "{'Version': '2012-10-17', 'Statement': [{'Action': ['sts:AssumeRole'], 'Effect': 'Allow', "
                "'Principal': {'Service': ['%s']}}]}",
                service);
}

struct value *simple_policy(struct sam *sam, const char *name, const char *action, struct value *resource)
{
    return make(sam,
                "{'PolicyName': '%s', 'PolicyDocument': {'Statement': [{'Action': '%s', 'Effect': 'Allow', "
                "'Resource': %v}]}}",
                name, action, resource);
}

struct value *s3_payload_policy(struct sam *sam, struct value *arn, const char *id)
{
    return make(sam,
                "{'PolicyName': '%sS3Policy', 'PolicyDocument': {'Statement': [{'Action': 's3:PutObject', "
                "'Effect': 'Allow', 'Resource': {'Fn::Join': ['/', [%v, '*']]}}, {'Action': 's3:ListBucket', "
                "'Effect': 'Allow', 'Resource': %v}]}}",
                id, arn, arn);
}

static enum policy_type type_of(struct sam *sam, const char *id, const struct value *policy, bool templates)
{
    if (value_is(policy, VALUE_STRING))
        return POLICY_MANAGED;
    if (is_intrinsic_if(policy)) {
        const struct value *branches = policy->entries[0].value;
        if (!value_is(branches, VALUE_LIST) || branches->count != 3) {
            sam_fail(sam, policy, id, "'Fn::If' in 'Policies' needs a condition and two values");
            return POLICY_UNKNOWN;
        }
        enum policy_type then = type_of(sam, id, branches->items[1], templates);
        enum policy_type other = type_of(sam, id, branches->items[2], templates);
        if (then != other && !is_no_value(branches->items[1]) && !is_no_value(branches->items[2]))
            sam_fail(sam, policy, id,
                     "both values of 'Fn::If' in 'Policies' must be policies of the same kind");
        return is_no_value(branches->items[1]) ? other : then;
    }
    if (is_intrinsic(policy))
        return POLICY_MANAGED;
    if (value_get(policy, "Statement"))
        return POLICY_STATEMENT;
    if (templates && value_is(policy, VALUE_MAP) && policy->count == 1 &&
        policy_template(policy->entries[0].key))
        return POLICY_TEMPLATE;
    return POLICY_UNKNOWN;
}

/* {"Ref": parameter} becomes the parameter's value. */
static struct value *fill(struct sam *sam, const struct value *definition, const struct value *values)
{
    const struct value *ref =
        definition->kind == VALUE_MAP && definition->count == 1 ? value_get(definition, "Ref") : NULL;
    if (value_is(ref, VALUE_STRING) && value_get_str(values, ref->text))
        return value_get_str(values, ref->text);
    if (definition->kind == VALUE_LIST) {
        struct value *list = value_list(sam->arena);
        for (size_t i = 0; i < definition->count; i++)
            value_append(sam->arena, list, fill(sam, definition->items[i], values));
        return list;
    }
    if (definition->kind != VALUE_MAP)
        return (struct value *)definition;
    struct value *map = value_map(sam->arena);
    for (size_t i = 0; i < definition->count; i++)
        value_set(sam->arena, map, definition->entries[i].key,
                  fill(sam, definition->entries[i].value, values));
    return map;
}

static struct value *expand_template(struct sam *sam, const char *id, struct value *policy)
{
    struct value *template, *values = policy->entries[0].value;
    struct error ignored = ERROR_INIT;
    struct str name = policy->entries[0].key;
    const char *json = policy_template(name);
    if (!json || !json_read(sam->arena, STR_EMPTY, str_from(json), &template, &ignored)) {
        sam_fail(sam, policy, id, "there is no policy template '%.*s'", STR_ARG(name));
        return policy;
    }
    const struct value *parameters = value_get(template, "Parameters");
    if (!value_is(values, VALUE_MAP)) {
        sam_fail(sam, policy, id, "policy template '%.*s' needs a mapping of parameters", STR_ARG(name));
        return policy;
    }
    for (size_t i = 0; i < parameters->count; i++)
        if (!value_get_str(values, parameters->entries[i].key))
            sam_fail(sam, values, id, "policy template '%.*s' needs the parameter '%.*s'", STR_ARG(name),
                     STR_ARG(parameters->entries[i].key));
    struct value *known = value_map(sam->arena);
    for (size_t i = 0; i < values->count; i++)
        if (value_get_str(parameters, values->entries[i].key))
            value_set(sam->arena, known, values->entries[i].key, values->entries[i].value);
    return fill(sam, value_get(template, "Definition"), known);
}

static struct value *expand_policy(struct sam *sam, const char *id, struct value *policy)
{
    if (type_of(sam, id, policy, true) != POLICY_TEMPLATE || sam->failed)
        return policy;
    if (!is_intrinsic_if(policy))
        return expand_template(sam, id, policy);
    const struct value *branches = policy->entries[0].value;
    struct value *both[2];
    for (size_t i = 0; i < 2; i++)
        both[i] = is_no_value(branches->items[i + 1]) ? branches->items[i + 1]
                                                      : expand_template(sam, id, branches->items[i + 1]);
    return make(sam, "{'Fn::If': [%v, %v, %v]}", branches->items[0], both[0], both[1]);
}

void expand_policy_templates(struct sam *sam, struct source_resource *source)
{
    struct str type = value_get_text(source->node, "Type");
    struct value *policies = value_get(source->properties, "Policies"), *all = value_list(sam->arena);
    if ((!str_is(type, "AWS::Serverless::Function") && !str_is(type, "AWS::Serverless::StateMachine")) ||
        !is_truthy(policies))
        return;
    if (!value_is(policies, VALUE_LIST))
        policies = make(sam, "[%v]", policies);
    for (size_t i = 0; i < policies->count && !sam->failed; i++)
        value_append(sam->arena, all, expand_policy(sam, source->id, policies->items[i]));
    value_setz(sam->arena, source->properties, "Policies", value_at_position_of(all, policies));
}

static struct value *managed_arn(struct sam *sam, struct value *name)
{
    const char *path = managed_policy(sam->partition, value_text(name));
    return path ? managed_policy_arn(sam, path) : name;
}

/* Both branches of an Fn::If, where they are names. */
static struct value *managed_entry(struct sam *sam, struct value *policy)
{
    if (value_is(policy, VALUE_STRING))
        return managed_arn(sam, policy);
    if (!is_intrinsic_if(policy))
        return policy;
    const struct value *branches = policy->entries[0].value;
    struct value *both[2];
    for (size_t i = 0; i < 2; i++)
        both[i] = value_is(branches->items[i + 1], VALUE_STRING) ? managed_arn(sam, branches->items[i + 1])
                                                                 : branches->items[i + 1];
    return make(sam, "{'Fn::If': [%v, %v, %v]}", branches->items[0], both[0], both[1]);
}

static struct value *inline_policy(struct sam *sam, const char *role, size_t index, struct value *statement)
{
    if (is_no_value(statement))
        return statement;
    return make(sam, "{'PolicyName': '%s', 'PolicyDocument': %v}", text(sam, "%sPolicy%zu", role, index),
                statement);
}

static struct value *inline_entry(struct sam *sam, const char *role, size_t index, struct value *policy)
{
    if (!is_intrinsic_if(policy))
        return inline_policy(sam, role, index, policy);
    const struct value *branches = policy->entries[0].value;
    return make(sam, "{'Fn::If': [%v, %v, %v]}", branches->items[0],
                inline_policy(sam, role, index, branches->items[1]),
                inline_policy(sam, role, index, branches->items[2]));
}

static void append_once(struct sam *sam, struct value *list, struct value *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (value_equal(list->items[i], item))
            return;
    value_append(sam->arena, list, item);
}

struct made *build_role(struct sam *sam, const struct role_options *options)
{
    const char *id = text(sam, "%sRole", options->resource_id);
    struct made *role = made_new(sam, id, "AWS::IAM::Role", options->attributes);
    struct value *managed = options->managed ? options->managed : value_list(sam->arena);
    struct value *documents = options->documents ? options->documents : value_list(sam->arena);
    struct value *policies = options->policies;
    if (is_truthy(policies) && !value_is(policies, VALUE_LIST))
        policies = make(sam, "[%v]", policies);
    for (size_t i = 0; is_truthy(policies) && i < policies->count; i++) {
        enum policy_type type = type_of(sam, options->resource_id, policies->items[i], false);
        if (type == POLICY_STATEMENT)
            value_append(sam->arena, documents, inline_entry(sam, id, i, policies->items[i]));
        else if (type == POLICY_MANAGED)
            append_once(sam, managed, managed_entry(sam, policies->items[i]));
        else
            sam_fail(sam, policies->items[i], options->resource_id,
                     "policy %zu of 'Policies' is no policy%s%.*s", i,
                     value_is(policies->items[i], VALUE_MAP) && policies->items[i]->count == 1
                         ? ": there is no policy template "
                         : "",
                     STR_ARG(value_is(policies->items[i], VALUE_MAP) && policies->items[i]->count == 1
                                 ? policies->items[i]->entries[0].key
                                 : STR_EMPTY));
    }
    made_set(sam, role, "AssumeRolePolicyDocument", options->assume_role);
    made_set(sam, role, "ManagedPolicyArns", managed);
    made_set(sam, role, "Policies", documents->count ? documents : NULL);
    made_set(sam, role, "Path", options->path);
    made_set(sam, role, "PermissionsBoundary", options->boundary);
    made_set(sam, role, "Tags", options->tags);
    return role;
}
