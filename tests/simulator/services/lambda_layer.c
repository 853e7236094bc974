/* Layers and their versions. */

#include "base/json.h"
#include "tests/simulator/services/lambda.h"

static struct str layer_arn(struct call *call, struct str name, struct str version)
{
    return arn(call, "lambda", "layer:%.*s%s%.*s", STR_ARG(name), version.len ? ":" : "", STR_ARG(version));
}

static struct value *layers(struct call *call)
{
    return state_map(call, "layers");
}

static struct value *version_shape(struct call *call, struct str name, struct str number,
                                   const struct value *version)
{
    static const char *const members[] = {"Description", "CompatibleRuntimes", "LicenseInfo",
                                          "CompatibleArchitectures"};
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "LayerVersionArn", layer_arn(call, name, number));
    put(call, shape, "Version", value_number(call->arena, number));
    put_text(call, shape, "CreatedDate", lambda_time(call, value_get_int(version, "created", 0)));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(version, members[i]));
    return shape;
}

static void answer_version(struct call *call, struct str name, struct str number, const struct value *version)
{
    struct value *content = value_map(call->arena);
    put_textf(call, content, "Location", "http://%.*s/_simulator/blobs/%.*s",
              STR_ARG(call_header(call, "host")), STR_ARG(value_get_text(version, "digest")));
    put(call, content, "CodeSha256", value_get(version, "sha256"));
    put(call, content, "CodeSize", value_get(version, "size"));
    call->output = version_shape(call, name, number, version);
    put_text(call, call->output, "LayerArn", layer_arn(call, name, STR_EMPTY));
    put(call, call->output, "Content", content);
}

/* LayerName is the name or the layer's ARN. */
static struct str layer_name(struct call *call)
{
    struct str name = call_text(call, "LayerName"), prefix = layer_arn(call, STR_EMPTY, STR_EMPTY);
    return str_starts(name, prefix.ptr) ? str_from_index(name, prefix.len) : name;
}

bool lambda_PublishLayerVersion(struct call *call)
{
    static const char *const members[] = {"Description", "CompatibleRuntimes", "LicenseInfo",
                                          "CompatibleArchitectures"};
    struct lambda_code code;
    struct str name = layer_name(call);
    if (!lambda_code_read(call, value_get(call->input, "Content"), false, &code))
        return false;
    struct value *layer = value_get_str(layers(call), name);
    if (!layer) { /* where there was one of that name, the numbers go on */
        layer = state_put(call, layers(call), name, value_map(call->arena));
        state_put(call, layer, STR("versions"), value_map(call->arena));
        const struct value *last = value_get_str(state_map(call, "deletedLayers"), name);
        if (last)
            state_put(call, layer, STR("last"), last);
    }
    int64_t last = value_get_int(layer, "last", 0) + 1;
    struct str number = arena_printf(call->arena, "%lld", (long long)last);
    struct value *version = state_put(call, value_get(layer, "versions"), number, value_map(call->arena));
    state_int(call, layer, "last", last);
    lambda_code_apply(call, version, &code);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, version, members[i]);
    state_int(call, version, "created", call->now);
    answer_version(call, name, number, version);
    return true;
}

/* The version that LayerName and VersionNumber name, or NULL after call_fail. */
static struct value *find_version(struct call *call, struct str name, struct str number)
{
    struct value *layer = value_get_str(layers(call), name);
    struct value *version = value_get_str(value_get(layer, "versions"), number);
    struct str text = layer_arn(call, name, number);
    if (!version)
        call_fail(call, 404, LAMBDA_MISSING, "The resource you requested does not exist: %.*s",
                  STR_ARG(text));
    return version;
}

bool lambda_GetLayerVersion(struct call *call)
{
    struct str name = layer_name(call), number = call_text(call, "VersionNumber");
    struct value *version = find_version(call, name, number);
    if (version)
        answer_version(call, name, number, version);
    return version;
}

bool lambda_GetLayerVersionByArn(struct call *call)
{
    struct str prefix = layer_arn(call, STR_EMPTY, STR_EMPTY), text = call_text(call, "Arn");
    struct str rest = str_starts(text, prefix.ptr) ? str_from_index(text, prefix.len) : text;
    struct str name = str_slice(rest, 0, str_find(rest, ':'));
    struct str number = str_from_index(rest, name.len + 1);
    struct value *version = find_version(call, name, number);
    if (version)
        answer_version(call, name, number, version);
    return version;
}

/* A version that is gone is gone: no error; its number is not used again. */
bool lambda_DeleteLayerVersion(struct call *call)
{
    struct str name = layer_name(call);
    struct value *layer = value_get_str(layers(call), name), *versions = value_get(layer, "versions");
    if (!versions || !value_remove(versions, call_text(call, "VersionNumber")) || versions->count)
        return true;
    state_put(call, state_map(call, "deletedLayers"), name, value_get(layer, "last"));
    (void)value_remove(layers(call), name);
    return true;
}

static bool put_page(struct call *call, const char *name, struct value *items)
{
    struct str next;
    struct value *page = call_page(call, items, &lambda_paging, &next);
    if (!page)
        return false;
    put(call, call->output, name, page);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}

bool lambda_ListLayers(struct call *call)
{
    struct value *all = layers(call), *items = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        const struct value *versions = value_get(all->entries[i].value, "versions");
        struct str name = all->entries[i].key;
        if (!versions->count)
            continue;
        const struct value_entry *last = &versions->entries[versions->count - 1];
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "LayerName", name);
        put_text(call, shape, "LayerArn", layer_arn(call, name, STR_EMPTY));
        put(call, shape, "LatestMatchingVersion", version_shape(call, name, last->key, last->value));
        value_set(call->arena, items, name, shape);
    }
    return put_page(call, "Layers", items);
}

bool lambda_ListLayerVersions(struct call *call)
{
    struct str name = layer_name(call);
    const struct value *versions = value_get(value_get_str(layers(call), name), "versions");
    struct value *items = value_map(call->arena);
    for (size_t i = 0; versions && i < versions->count; i++) /* the newest first */
        value_set(call->arena, items, arena_printf(call->arena, "%010zu", versions->count - i),
                  version_shape(call, name, versions->entries[i].key, versions->entries[i].value));
    return put_page(call, "LayerVersions", items);
}

/* --- Who may use a version ---------------------------------------------------------------------------- */

static struct value *permission_shape(struct call *call)
{
    struct value *statement = value_map(call->arena), *principal = value_map(call->arena);
    struct str who = call_text(call, "Principal"), organization = call_text(call, "OrganizationId");
    put_text(call, statement, "Sid", call_text(call, "StatementId"));
    put_text(call, statement, "Effect", STR("Allow"));
    put_textf(call, principal, "AWS", "arn:aws:iam::%.*s:root", STR_ARG(who));
    put(call, statement, "Principal", str_is(who, "*") ? value_string(call->arena, who) : principal);
    put_text(call, statement, "Action", call_text(call, "Action"));
    put_text(call, statement, "Resource",
             layer_arn(call, layer_name(call), call_text(call, "VersionNumber")));
    if (organization.len) {
        struct value *condition = value_map(call->arena), *test = value_map(call->arena);
        put_text(call, test, "aws:PrincipalOrgID", organization);
        put(call, condition, "StringEquals", test);
        put(call, statement, "Condition", condition);
    }
    return statement;
}

bool lambda_AddLayerVersionPermission(struct call *call)
{
    struct value *version = find_version(call, layer_name(call), call_text(call, "VersionNumber"));
    if (!version || !lambda_revision(call, value_get_text(version, "revision"), "GetLayerVersionPolicy"))
        return false;
    struct value *policy = lambda_map(call, version, "policy");
    if (value_get_str(policy, call_text(call, "StatementId")))
        return call_fail(
            call, 409, LAMBDA_CONFLICT,
            "The statement id (%.*s) provided already exists. Please provide a new statement id, or "
            "remove the existing statement.",
            STR_ARG(call_text(call, "StatementId")));
    struct value *statement = permission_shape(call);
    state_put(call, policy, call_text(call, "StatementId"), statement);
    state_text(call, version, "revision", call_uuid(call));
    put_text(call, call->output, "Statement", json_text(call->arena, statement, JSON_COMPACT));
    put(call, call->output, "RevisionId", value_get(version, "revision"));
    return true;
}

bool lambda_GetLayerVersionPolicy(struct call *call)
{
    struct value *version = find_version(call, layer_name(call), call_text(call, "VersionNumber"));
    if (!version)
        return false;
    const struct value *policy = value_get(version, "policy");
    if (!policy || !policy->count)
        return call_fail(call, 404, LAMBDA_MISSING, "No policy is associated with the given resource.");
    struct value *document = value_map(call->arena), *list = value_list(call->arena);
    for (size_t i = 0; i < policy->count; i++)
        value_append(call->arena, list, policy->entries[i].value);
    put_text(call, document, "Version", STR("2012-10-17"));
    put_text(call, document, "Id", STR("default"));
    put(call, document, "Statement", list);
    put_text(call, call->output, "Policy", json_text(call->arena, document, JSON_COMPACT));
    put(call, call->output, "RevisionId", value_get(version, "revision"));
    return true;
}

bool lambda_RemoveLayerVersionPermission(struct call *call)
{
    struct value *version = find_version(call, layer_name(call), call_text(call, "VersionNumber"));
    if (!version || !lambda_revision(call, value_get_text(version, "revision"), "GetLayerVersionPolicy"))
        return false;
    struct value *policy = value_get(version, "policy");
    if (!policy || !value_remove(policy, call_text(call, "StatementId")))
        return call_fail(call, 404, LAMBDA_MISSING, "Statement %.*s is not found in resource policy.",
                         STR_ARG(call_text(call, "StatementId")));
    state_text(call, version, "revision", call_uuid(call));
    return true;
}
