/* Code signing configurations: {"id", "tags", "created", and what they were given}, by ARN. */

#include "tests/simulator/services/lambda.h"

enum { ID_LENGTH = 17, PUBLISHERS_MAX = 20 };

static struct value *configs(struct call *call)
{
    return state_map(call, "signing");
}

static struct value *config_of(struct call *call)
{
    struct str wanted = call_text(call, "CodeSigningConfigArn");
    struct value *config = value_get_str(configs(call), wanted);
    if (!config)
        call_fail(call, 404, LAMBDA_MISSING, "The code signing configuration cannot be found: %.*s",
                  STR_ARG(wanted));
    return config;
}

static struct value *shape_of(struct call *call, struct str config_arn, const struct value *config)
{
    static const char *const members[] = {"AllowedPublishers", "CodeSigningPolicies", "Description"};
    struct value *shape = value_map(call->arena);
    put(call, shape, "CodeSigningConfigId", value_get(config, "id"));
    put_text(call, shape, "CodeSigningConfigArn", config_arn);
    put_text(call, shape, "LastModified", lambda_time(call, value_get_int(config, "modified", 0)));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(config, members[i]));
    return shape;
}

static bool is_valid(struct call *call, bool fresh)
{
    const struct value *publishers =
        value_path(call->input, "AllowedPublishers", "SigningProfileVersionArns", NULL);
    struct str policy =
        value_text(value_path(call->input, "CodeSigningPolicies", "UntrustedArtifactOnDeployment", NULL));
    if (fresh || call_has(call, "AllowedPublishers"))
        if (!value_is(publishers, VALUE_LIST) || !publishers->count || publishers->count > PUBLISHERS_MAX)
            return call_fail(call, 400, LAMBDA_INVALID, "AllowedPublishers must hold 1 to 20 profiles");
    return !policy.len || str_is(policy, "Warn") || str_is(policy, "Enforce") ||
           call_fail(call, 400, LAMBDA_INVALID, "UntrustedArtifactOnDeployment must be Warn or Enforce");
}

static void take(struct call *call, struct value *config)
{
    state_member(call, config, "AllowedPublishers");
    state_member(call, config, "CodeSigningPolicies");
    state_member(call, config, "Description");
    state_int(call, config, "modified", call->now);
}

bool lambda_CreateCodeSigningConfig(struct call *call)
{
    if (!is_valid(call, true) || !lambda_tags_fit(call, NULL, value_get(call->input, "Tags")))
        return false;
    struct str random = call_id(call, "abcdefghijklmnopqrstuvwxyz0123456789", ID_LENGTH);
    struct str id = arena_printf(call->arena, "csc-%.*s", STR_ARG(random));
    struct str config_arn = arn(call, "lambda", "code-signing-config:%.*s", STR_ARG(id));
    struct value *config = state_put(call, configs(call), config_arn, value_map(call->arena));
    struct value *warns = value_map(call->arena);
    put_text(call, warns, "UntrustedArtifactOnDeployment", STR("Warn"));
    state_put(call, config, STR("CodeSigningPolicies"), warns);
    state_put(call, config, STR("tags"), value_map(call->arena));
    state_merge(call, config, "tags", value_get(call->input, "Tags"));
    state_text(call, config, "id", id);
    state_text(call, config, "Description", STR_EMPTY);
    take(call, config);
    put(call, call->output, "CodeSigningConfig", shape_of(call, config_arn, config));
    return true;
}

bool lambda_GetCodeSigningConfig(struct call *call)
{
    struct value *config = config_of(call);
    if (config)
        put(call, call->output, "CodeSigningConfig",
            shape_of(call, call_text(call, "CodeSigningConfigArn"), config));
    return config;
}

bool lambda_UpdateCodeSigningConfig(struct call *call)
{
    struct value *config = config_of(call);
    if (!config || !is_valid(call, false))
        return false;
    take(call, config);
    put(call, call->output, "CodeSigningConfig",
        shape_of(call, call_text(call, "CodeSigningConfigArn"), config));
    return true;
}

bool lambda_DeleteCodeSigningConfig(struct call *call)
{
    struct str wanted = call_text(call, "CodeSigningConfigArn");
    const struct value *functions = lambda_functions(call);
    if (!config_of(call))
        return false;
    for (size_t i = 0; i < functions->count; i++)
        if (str_equal(value_get_text(functions->entries[i].value, "signing"), wanted))
            return call_fail(call, 409, LAMBDA_CONFLICT,
                             "Code signing configuration %.*s is used by functions", STR_ARG(wanted));
    (void)value_remove(configs(call), wanted);
    return true;
}

bool lambda_ListCodeSigningConfigs(struct call *call)
{
    struct value *all = configs(call), *items = value_map(call->arena);
    struct str next;
    for (size_t i = 0; i < all->count; i++)
        value_set(call->arena, items, all->entries[i].key,
                  shape_of(call, all->entries[i].key, all->entries[i].value));
    struct value *page = call_page(call, items, &lambda_paging, &next);
    if (!page)
        return false;
    put(call, call->output, "CodeSigningConfigs", page);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}
