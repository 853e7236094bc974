/* Versions and aliases. */

#include <stdlib.h>
#include <string.h>

#include "tests/simulator/services/lambda.h"

static struct value *last_version(const struct value *function, struct str *number)
{
    const struct value *versions = value_get(function, "versions");
    if (!versions->count)
        return NULL;
    *number = versions->entries[versions->count - 1].key; /* in the order of publishing */
    return versions->entries[versions->count - 1].value;
}

/* The description belongs to the version alone. */
static bool is_unchanged(struct call *call, const struct value *latest, const struct value *version)
{
    struct value *a = value_copy(call->arena, value_get(latest, "config"));
    struct value *b = value_copy(call->arena, value_get(version, "config"));
    (void)value_remove(a, STR("Description"));
    (void)value_remove(b, STR("Description"));
    return str_equal(value_get_text(latest, "sha256"), value_get_text(version, "sha256")) &&
           value_equal(a, b);
}

struct value *lambda_publish(struct call *call, struct value *function, struct str *version)
{
    struct value *latest = value_get(function, "latest"), *last = last_version(function, version);
    if (last && is_unchanged(call, latest, last))
        return last;
    int64_t number = value_get_int(function, "last", 0) + 1;
    state_int(call, function, "last", number);
    *version = arena_printf(call->arena, "%lld", (long long)number);
    struct value *record = state_put(call, value_get(function, "versions"), *version, latest);
    bool pending = value_get_int(latest, "until", 0) > call->now; /* published by the call that made it */
    struct value *until = value_copy(call->arena, value_get(latest, "until"));
    lambda_touch(call, record, "lambda.publish", true);
    if (pending)
        state_put(call, record, STR("until"), until);
    return record;
}

bool lambda_PublishVersion(struct call *call)
{
    struct lambda_target target;
    struct str digest = call_text(call, "CodeSha256"), version;
    if (!lambda_find(call, &target) || !lambda_is_settled(call, target.function, target.name))
        return false;
    struct value *latest = value_get(target.function, "latest"), *before = NULL;
    if (!lambda_revision(call, lambda_current_revision(call, latest), "GetFunction"))
        return false;
    if (digest.len && !str_equal(digest, value_get_text(latest, "sha256")))
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "CodeSHA256 (%.*s) is different from current CodeSHA256 in $LATEST (%.*s). Please try again "
            "with the CodeSHA256 in $LATEST.",
            STR_ARG(digest), STR_ARG(value_get_text(latest, "sha256")));
    before = last_version(target.function, &version);
    struct value *record = lambda_publish(call, target.function, &version);
    if (record != before && call_has(call, "Description"))
        state_member(call, value_get(record, "config"), "Description");
    call->output = lambda_configuration(call, target.function, record, version, version, LAMBDA_FULL);
    return true;
}

bool lambda_ListVersionsByFunction(struct call *call)
{
    struct lambda_target target;
    struct value *items = value_map(call->arena);
    struct str next;
    if (!lambda_find(call, &target))
        return false;
    value_setz(call->arena, items, "$LATEST",
               lambda_configuration(call, target.function, value_get(target.function, "latest"),
                                    STR("$LATEST"), STR("$LATEST"), LAMBDA_LISTED));
    const struct value *versions = value_get(target.function, "versions");
    for (size_t i = 0; i < versions->count; i++)
        value_set(call->arena, items, arena_printf(call->arena, "%010zu", i),
                  lambda_configuration(call, target.function, versions->entries[i].value,
                                       versions->entries[i].key, versions->entries[i].key, LAMBDA_LISTED));
    struct value *page = call_page(call, items, &lambda_paging, &next);
    if (!page)
        return false;
    put(call, call->output, "Versions", page);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}

static struct value *alias_shape(struct call *call, const struct lambda_target *target, struct str name,
                                 const struct value *alias)
{
    struct value *shape = value_map(call->arena), *routing = value_map(call->arena);
    put_text(call, shape, "AliasArn", lambda_arn(call, target->name, name));
    put_text(call, shape, "Name", name);
    put(call, shape, "FunctionVersion", value_get(alias, "FunctionVersion"));
    put(call, shape, "Description", value_get(alias, "Description"));
    put(call, routing, "AdditionalVersionWeights", value_get(alias, "weights"));
    if (value_get(alias, "weights")->count)
        put(call, shape, "RoutingConfig", routing);
    put(call, shape, "RevisionId", value_get(alias, "revision"));
    return shape;
}

/* 0 to 1, written as JSON writes numbers. */
static bool weight_is_valid(const struct value *weight)
{
    char text[64], *end;
    if (!value_is(weight, VALUE_NUMBER) || weight->text.len >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", STR_ARG(weight->text));
    double number = strtod(text, &end);
    return *end == '\0' && number >= 0 && number <= 1;
}

static bool same_role(const struct value *function, struct str a, struct str b)
{
    struct str version;
    return str_equal(value_text(value_path(lambda_record(function, a, &version), "config", "Role", NULL)),
                     value_text(value_path(lambda_record(function, b, &version), "config", "Role", NULL)));
}

static bool weights_are_valid(struct call *call, const struct lambda_target *target, struct str version,
                              const struct value *weights)
{
    if (!weights || !weights->count)
        return true;
    struct str other = weights->entries[0].key;
    if (weights->count > 1)
        return call_fail(call, 400, LAMBDA_INVALID,
                         "Number of items in AdditionalVersionWeights cannot be greater than 1");
    if (!lambda_is_number(other) || !weight_is_valid(weights->entries[0].value))
        return call_fail(
            call, 400, "ValidationException",
            "1 validation error detected: Value at 'routingConfig.additionalVersionWeights' failed to "
            "satisfy constraint: keys must be versions, values must be from 0.0 to 1.0");
    if (str_is(version, "$LATEST"))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "$LATEST is not supported for an alias pointing to more than 1 version");
    if (str_equal(other, version))
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Invalid function version %.*s. Function version %.*s is already included in routing "
            "configuration.",
            STR_ARG(other), STR_ARG(other));
    if (!lambda_has_qualifier(target->function, other))
        return lambda_not_found(call, target->name, other);
    return same_role(target->function, version, other) ||
           call_fail(call, 400, LAMBDA_INVALID,
                     "Alias must point to versions with the same execution role and dead letter queue");
}

/* The target of an alias is $LATEST or a version that is there. */
static bool version_is_valid(struct call *call, const struct lambda_target *target, struct str version)
{
    if (!str_is(version, "$LATEST") && !lambda_is_number(version))
        return call_fail(call, 400, "ValidationException",
                         "1 validation error detected: Value '%.*s' at 'functionVersion' failed to satisfy "
                         "constraint: Member must satisfy regular expression pattern: (\\$LATEST|[0-9]+)",
                         STR_ARG(version));
    return lambda_has_qualifier(target->function, version) || lambda_not_found(call, target->name, version);
}

static bool alias_name_is_valid(struct call *call, struct str name)
{
    bool valid = name.len > 0 && name.len <= 128 && !lambda_is_number(name);
    for (size_t i = 0; i < name.len; i++)
        valid =
            valid && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", name.ptr[i]);
    return valid ||
           call_fail(call, 400, "ValidationException",
                     "1 validation error detected: Value '%.*s' at 'name' failed to satisfy constraint: "
                     "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
                     STR_ARG(name));
}

static const struct value *given_weights(const struct call *call)
{
    return value_path(call->input, "RoutingConfig", "AdditionalVersionWeights", NULL);
}

bool lambda_CreateAlias(struct call *call)
{
    struct lambda_target target;
    struct str name = call_text(call, "Name"), version = call_text(call, "FunctionVersion");
    if (!lambda_find(call, &target) || !alias_name_is_valid(call, name) ||
        !version_is_valid(call, &target, version) ||
        !weights_are_valid(call, &target, version, given_weights(call)))
        return false;
    struct value *aliases = value_get(target.function, "aliases");
    if (value_get_str(aliases, name)) {
        struct str text = lambda_arn(call, target.name, name);
        return call_fail(call, 409, LAMBDA_CONFLICT, "Alias already exists: %.*s", STR_ARG(text));
    }
    struct value *alias = state_put(call, aliases, name, value_map(call->arena));
    const struct value *weights = given_weights(call);
    state_text(call, alias, "FunctionVersion", version);
    state_text(call, alias, "Description", call_text(call, "Description"));
    state_put(call, alias, STR("weights"), weights ? weights : value_map(call->arena));
    state_text(call, alias, "revision", call_uuid(call));
    call->output = alias_shape(call, &target, name, alias);
    return true;
}

static struct value *find_alias(struct call *call, struct lambda_target *target)
{
    struct str name = call_text(call, "Name");
    if (!lambda_find(call, target))
        return NULL;
    struct value *alias = value_get_str(value_get(target->function, "aliases"), name);
    struct str text = lambda_arn(call, target->name, name);
    if (!alias)
        call_fail(call, 404, LAMBDA_MISSING, "Cannot find alias arn: %.*s", STR_ARG(text));
    return alias;
}

bool lambda_GetAlias(struct call *call)
{
    struct lambda_target target;
    struct value *alias = find_alias(call, &target);
    if (!alias)
        return false;
    call->output = alias_shape(call, &target, call_text(call, "Name"), alias);
    return true;
}

bool lambda_UpdateAlias(struct call *call)
{
    struct lambda_target target;
    struct value *alias = find_alias(call, &target);
    if (!alias || !lambda_revision(call, value_get_text(alias, "revision"), "GetAlias"))
        return false;
    struct str version =
        value_get_text(call_has(call, "FunctionVersion") ? call->input : alias, "FunctionVersion");
    const struct value *weights =
        call_has(call, "RoutingConfig") ? given_weights(call) : value_get(alias, "weights");
    if (!version_is_valid(call, &target, version) || !weights_are_valid(call, &target, version, weights))
        return false;
    weights = value_copy(call->arena, weights ? weights : value_map(call->arena));
    state_text(call, alias, "FunctionVersion", version);
    state_member(call, alias, "Description");
    state_put(call, alias, STR("weights"), weights);
    state_text(call, alias, "revision", call_uuid(call));
    call->output = alias_shape(call, &target, call_text(call, "Name"), alias);
    return true;
}

/* What hangs on an alias goes with it. */
bool lambda_DeleteAlias(struct call *call)
{
    static const char *const maps[] = {"aliases", "policies", "urls", "invoke", "provisioned"};
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(maps); i++) {
        struct value *map = value_get(target.function, maps[i]);
        if (map)
            (void)value_remove(map, call_text(call, "Name"));
    }
    return true;
}

bool lambda_ListAliases(struct call *call)
{
    struct lambda_target target;
    struct value *items = value_map(call->arena);
    struct str version = call_text(call, "FunctionVersion"), next;
    if (!lambda_find(call, &target))
        return false;
    const struct value *aliases = value_get(target.function, "aliases");
    for (size_t i = 0; i < aliases->count; i++) {
        const struct value *alias = aliases->entries[i].value;
        if (version.len && !str_equal(version, value_get_text(alias, "FunctionVersion")) &&
            !value_get_str(value_get(alias, "weights"), version))
            continue;
        value_set(call->arena, items, aliases->entries[i].key,
                  alias_shape(call, &target, aliases->entries[i].key, alias));
    }
    struct value *page = call_page(call, items, &lambda_paging, &next);
    if (!page)
        return false;
    put(call, call->output, "Aliases", page);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}
