#include "environments/cloudformation/template.h"
#include "environments/serverless/native.h"
#include "environments/serverless/service.h"

/* Names that a service may have at its top level and in `provider`, as version 3.40 of the framework knows
 * them. */

enum meaning {
    USED,
    IDLE,   /* says nothing about the template */
    ABSENT, /* of another program: what it would do is not done here */
};

struct key {
    const char *name;
    enum meaning meaning;
};

static const struct key top_level[] = {
    {"service", USED},
    {"provider", USED},
    {"functions", USED},
    {"layers", USED},
    {"resources", USED},
    {"package", USED},
    {"custom", USED},
    {"params", USED},
    {"plugins", USED},
    {"frameworkVersion", USED},
    {"app", IDLE},
    {"org", IDLE},
    {"tenant", IDLE},
    {"console", IDLE},
    {"dashboard", IDLE},
    {"configValidationMode", IDLE},
    {"deprecationNotificationMode", IDLE},
    {"disabledDeprecations", IDLE},
    {"projectDir", IDLE},
    {"useDotenv", IDLE},
    {"unresolvedVariablesNotificationMode", IDLE},
    {"variablesResolutionMode", IDLE},
    {"outputs", ABSENT},
    {"constructs", ABSENT},
    {"stepFunctions", ABSENT},
    {"build", ABSENT},
    {"stages", ABSENT},
};

static const struct key provider_keys[] = {
    {"name", USED},
    {"alb", USED},
    {"apiGateway", USED},
    {"apiName", USED},
    {"architecture", USED},
    {"cloudFront", USED},
    {"deploymentBucket", USED},
    {"deploymentPrefix", USED},
    {"ecr", USED},
    {"endpointType", USED},
    {"environment", USED},
    {"eventBridge", USED},
    {"httpApi", USED},
    {"iam", USED},
    {"iamManagedPolicies", USED},
    {"iamRoleStatements", USED},
    {"kinesis", USED},
    {"kmsKeyArn", USED},
    {"lambdaHashingVersion", USED},
    {"layers", USED},
    {"logDataProtectionPolicy", USED},
    {"logRetentionInDays", USED},
    {"logs", USED},
    {"memorySize", USED},
    {"region", USED},
    {"role", USED},
    {"rolePermissionsBoundary", USED},
    {"runtime", USED},
    {"runtimeManagement", USED},
    {"s3", USED},
    {"stackName", USED},
    {"stackTags", USED},
    {"stage", USED},
    {"tags", USED},
    {"timeout", USED},
    {"tracing", USED},
    {"versionFunctions", USED},
    {"vpc", USED},
    {"vpcEndpointIds", USED},
    {"websocket", USED},
    {"websocketsApiName", USED},
    {"websocketsApiRouteSelectionExpression", USED},
    {"websocketsDescription", USED},
    {"cfnRole", IDLE},
    {"deploymentMethod", IDLE},
    {"disableRollback", IDLE},
    {"notificationArns", IDLE},
    {"profile", IDLE},
    {"rollbackConfiguration", IDLE},
    {"stackParameters", USED},
    {"stackPolicy", IDLE},
};

/* Plugins for work on one's own machine, or behind a deployment: the template is the same without them. */
static const char *const idle_plugins[] = {
    "serverless-offline",           "serverless-offline-sns",    "serverless-offline-sqs",
    "serverless-offline-kinesis",   "serverless-offline-lambda", "serverless-offline-dynamodb-streams",
    "serverless-offline-scheduler", "serverless-dynamodb",       "serverless-dynamodb-local",
    "serverless-s3-local",          "serverless-prune-plugin",
};

static bool check_keys(struct arena *arena, const struct value *map, const char *what, const struct key *keys,
                       size_t count, struct error *error)
{
    const char *names[64];
    for (size_t k = 0; k < count; k++)
        names[k] = keys[k].name;
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        size_t k = 0;
        while (k < count && !str_is(entry->key, keys[k].name))
            k++;
        if (k == count && str_starts(entry->key, "x-")) /* by custom, what holds anchors only */
            continue;
        if (k == count)
            return value_key_error(map, entry, error, ERROR_INVALID,
                                   "%s has the unknown key '%.*s'%s: take it away, or " SERVERLESS_ADVICE,
                                   what, STR_ARG(str_clip(entry->key, 100)),
                                   nearest_name(arena, entry->key, names, count));
        if (keys[k].meaning == ABSENT)
            return value_key_error(
                map, entry, error, ERROR_INVALID,
                "'%s' is of a plugin or another version of the framework: " SERVERLESS_ADVICE, keys[k].name);
    }
    return true;
}

static bool check_plugin(const struct value *plugin, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(idle_plugins); i++)
        if (value_is_text(plugin, idle_plugins[i]))
            return true;
    return serverless_unsupported(plugin, error, "plugin '%.*s' is not run",
                                  STR_ARG(str_clip(value_text(plugin), 100)));
}

static bool check_plugins(const struct value *plugins, struct error *error)
{
    const struct value *list = value_is(plugins, VALUE_MAP) ? value_get(plugins, "modules") : plugins;
    if (!list || value_is(list, VALUE_NULL))
        return true;
    if (!value_is(list, VALUE_LIST))
        return value_error(list, error, ERROR_INVALID, "'plugins' must be a list, not %s",
                           value_kind_name(list->kind));
    for (size_t i = 0; i < list->count; i++)
        if (!check_plugin(list->items[i], error))
            return false;
    return true;
}

/* The first number of "3.1.x"; false for "*". */
static bool major_of(struct str version, uint64_t *out, bool *alone)
{
    struct str number;
    bool found = str_split(&version, '.', &number) && str_to_uint(number, UINT32_MAX, out);
    *alone = !version.len;
    return found;
}

/* A comparison of a range, ">=" with "2.1.0": may version 3 fulfil it? */
static bool allows_three(struct str comparison, struct str version)
{
    uint64_t major;
    bool alone;
    if (!major_of(version, &major, &alone))
        return true;
    if (str_starts(comparison, ">"))
        return major <= 3;
    if (str_starts(comparison, "<"))
        return major > 3 || (major == 3 && (str_is(comparison, "<=") || !alone));
    return major == 3;
}

static size_t find_text(struct str text, const char *wanted)
{
    size_t at = 0;
    while (at < text.len && !str_starts(str_from_index(text, at), wanted))
        at++;
    return at;
}

/* What stands between "||": "2.0.0 - 4.0.0", or comparisons that all hold. */
static bool all_allow_three(struct str all)
{
    struct str part, comparison = STR_EMPTY;
    bool allowed = true;
    size_t dash = find_text(all, " - ");
    if (dash < all.len)
        return allows_three(STR(">="), str_slice(all, 0, dash)) &&
               allows_three(STR("<="), str_from_index(all, dash + 3));
    while (str_split(&all, ' ', &part)) {
        size_t start = 0;
        while (start < part.len && (part.ptr[start] < '0' || part.ptr[start] > '9'))
            start++;
        comparison = start ? str_slice(part, 0, start) : comparison;
        if (start == part.len)
            continue;
        allowed = allowed && allows_three(comparison, str_from_index(part, start));
        comparison = STR_EMPTY;
    }
    return allowed;
}

static bool check_version(const struct value *range, struct error *error)
{
    struct str rest = value_text(range);
    bool any = rest.len == 0;
    while (!any && rest.len) {
        size_t bar = find_text(rest, "||");
        any = all_allow_three(str_trim(str_slice(rest, 0, bar)));
        rest = str_from_index(rest, bar + 2);
    }
    return any || serverless_unsupported(range, error,
                                         "frameworkVersion '%.*s' is not 3, the version that is read here",
                                         STR_ARG(str_clip(value_text(range), 100)));
}

static bool check_provider(struct arena *arena, const struct value *provider, struct error *error)
{
    if (!value_is(provider, VALUE_MAP))
        return value_error(provider, error, ERROR_INVALID, "'provider' must be a mapping, not %s",
                           value_kind_name(provider->kind));
    const struct value *name = value_get(provider, "name");
    if (!value_is_text(name, "aws"))
        return value_error(name ? name : provider, error, ERROR_INVALID,
                           "the provider must have the name 'aws', not '%.*s'",
                           STR_ARG(str_clip(value_text(name), 100)));
    return check_keys(arena, provider, "'provider'", provider_keys, ARRAY_LENGTH(provider_keys), error);
}

bool native_check(struct arena *arena, const struct value *service, struct error *error)
{
    const struct value *name = value_get(service, "service");
    if (!value_is(name, VALUE_STRING) || !name->text.len)
        return value_error(name ? name : service, error, ERROR_INVALID,
                           "'service' must be the name of the service, as a text");
    return check_keys(arena, service, "the service", top_level, ARRAY_LENGTH(top_level), error) &&
           check_version(value_get(service, "frameworkVersion"), error) &&
           check_plugins(value_get(service, "plugins"), error) &&
           check_provider(arena, value_get(service, "provider"), error);
}
