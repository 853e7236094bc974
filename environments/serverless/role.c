#include "environments/serverless/compile.h"

/* Log groups, and the role that functions without one of their own share. */

static bool is_existing_role(const struct value *role)
{
    return value_is(role, VALUE_STRING) ||
           (value_is(role, VALUE_MAP) && role->count == 1 && str_contains(role->entries[0].key, "::"));
}

static struct value *iam_role(const struct sls *sls)
{
    return value_path(sls->provider, "iam", "role", NULL);
}

struct value *custom_role(const struct sls *sls, const struct sls_function *f)
{
    struct value *own = value_get(f->config, "role");
    if (truthy(own))
        return own;
    return is_existing_role(iam_role(sls)) ? iam_role(sls) : if_truthy(value_get(sls->provider, "role"));
}

static bool needs_default_role(struct sls *sls)
{
    if (!sls->function_count || is_existing_role(iam_role(sls)) || value_get(sls->provider, "role"))
        return false;
    for (struct sls_function *f = sls->functions; f < sls->functions + sls->function_count; f++)
        if (!value_get(f->config, "role"))
            return true;
    return false;
}

static struct value *log_arn(struct sls *sls, const char *function, const char *behind)
{
    return form(
        sls,
        "{'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"
        "%s%s'}",
        function, behind);
}

/* Functions with the usual name share one pattern; one without logs among them is denied by name. */
static void allow_logs(struct sls *sls)
{
    const char *prefix = textf(sls, "%s-%s", sls->name, sls->stage);
    struct value *create = value_get(sls->statements->items[0], "Resource");
    struct value *put = value_get(sls->statements->items[1], "Resource"), *denied = value_list(sls->arena);
    bool usual = false;
    for (struct sls_function *f = sls->functions; f < sls->functions + sls->function_count; f++) {
        bool silent = truthy(value_get(f->config, "disableLogs"));
        if (str_starts(str_from(f->name), prefix)) {
            usual = usual || !silent;
            if (silent)
                value_append(sls->arena, denied, log_arn(sls, f->name, ":*"));
        } else if (!silent) {
            value_append(sls->arena, create, log_arn(sls, f->name, ":*"));
            value_append(sls->arena, put, log_arn(sls, f->name, ":*:*"));
        }
    }
    if (!usual)
        return;
    value_append(sls->arena, create, log_arn(sls, prefix, "*:*"));
    value_append(sls->arena, put, log_arn(sls, prefix, "*:*:*"));
    if (denied->count)
        sls_allow(sls,
                  form(sls, "{'Effect': 'Deny', 'Action': 'logs:PutLogEvents', 'Resource': %v}", denied));
}

static bool uses_vpc(struct sls *sls)
{
    if (truthy(value_get(sls->provider, "vpc")))
        return true;
    for (struct sls_function *f = sls->functions; f < sls->functions + sls->function_count; f++)
        if (value_get(f->config, "vpc"))
            return true;
    return false;
}

static struct value *managed_policies(struct sls *sls)
{
    struct value *list = value_list(sls->arena);
    struct value *given = truthy_or(value_get(iam_role(sls), "managedPolicies"),
                                    value_get(sls->provider, "iamManagedPolicies"));
    for (size_t i = 0; value_is(given, VALUE_LIST) && i < given->count; i++)
        value_append(sls->arena, list, given->items[i]);
    if (uses_vpc(sls))
        value_append(sls->arena, list,
                     form(sls, "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, "
                               "':iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole']]}"));
    return list->count ? list : NULL;
}

static struct value *role_name(struct sls *sls)
{
    return truthy_or(value_get(iam_role(sls), "name"),
                     form(sls, "{'Fn::Join': ['-', ['%s', '%s', {'Ref': 'AWS::Region'}, 'lambdaRole']]}",
                          sls->name, sls->stage));
}

static void default_role(struct sls *sls)
{
    struct value *settings = iam_role(sls), *tags = value_get(settings, "tags");
    struct value *boundary =
        truthy_or(value_get(settings, "permissionsBoundary"),
                  truthy_or(value_get(settings, "permissionBoundary"),
                            if_truthy(value_get(sls->provider, "rolePermissionsBoundary"))));
    struct value *statements =
        truthy_or(value_get(settings, "statements"), value_get(sls->provider, "iamRoleStatements"));
    sls->statements = form(
        sls, "[{'Effect': 'Allow', 'Action': ['logs:CreateLogStream', 'logs:CreateLogGroup', "
             "'logs:TagResource'], 'Resource': []}, {'Effect': 'Allow', 'Action': ['logs:PutLogEvents'], "
             "'Resource': []}]");
    allow_logs(sls);
    for (size_t i = 0; value_is(statements, VALUE_LIST) && i < statements->count; i++)
        sls_allow(sls, statements->items[i]);
    sls_put(sls, "IamRoleLambdaExecution",
            form(sls,
                 "{'Type': 'AWS::IAM::Role', 'Properties': {'AssumeRolePolicyDocument': {'Version': "
                 "'2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': "
                 "['lambda.amazonaws.com']}, 'Action': ['sts:AssumeRole']}]}, 'Policies': [{'PolicyName': "
                 "{'Fn::Join': ['-', ['%s', '%s', 'lambda']]}, 'PolicyDocument': {'Version': '2012-10-17', "
                 "'Statement': %v}}], 'Path': %v, 'RoleName': %v, 'Tags': %v, 'PermissionsBoundary': %v, "
                 "'ManagedPolicyArns': %v}}",
                 sls->name, sls->stage, sls->statements,
                 truthy_or(value_get(settings, "path"), form_text(sls, "/")), role_name(sls),
                 truthy(tags) ? sls_tags(sls, tags) : NULL, boundary, managed_policies(sls)),
            sls->provider);
}

struct value *sls_role_services(const struct sls *sls)
{
    const struct value *statements = value_path(sls->resources, "IamRoleLambdaExecution", "Properties",
                                                "AssumeRolePolicyDocument", "Statement", NULL);
    return value_path(value_at(statements, 0), "Principal", "Service", NULL);
}

void compile_role(struct sls *sls)
{
    for (struct sls_function *f = sls->functions; f < sls->functions + sls->function_count; f++)
        if (!truthy(value_get(f->config, "disableLogs")))
            sls_put(sls, textf(sls, "%sLogGroup", f->id),
                    sls_log_group(sls, textf(sls, "/aws/lambda/%s", f->name), f->config), f->config);
    if (needs_default_role(sls))
        default_role(sls);
}
