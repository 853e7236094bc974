#include "base/digest.h"
#include "base/json.h"
#include "environments/cloudformation/template.h"
#include "environments/serverless/service.h"

/*
 * The framework names an API's deployment by the clock: "ApiGatewayDeployment1795372624580", a new one with
 * each packaging.  Here the digits are a digest of what the deployment makes live, so that the same API keeps
 * its deployment and another one gets a new one.  They stay 13 digits: the id is no longer than the
 * framework's.
 */

static const char prefix[] = "ApiGatewayDeployment";
enum { CLOCK_DIGITS_MIN = 10, DEPLOYMENTS_MAX = 16 /* the framework makes one */ };

static bool is_clocked(const struct value_entry *resource)
{
    struct str digits = resource->key;
    if (!str_starts(digits, prefix) ||
        !value_is_text(value_get(resource->value, "Type"), "AWS::ApiGateway::Deployment"))
        return false;
    digits = str_from_index(digits, sizeof prefix - 1);
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
    return digits.len >= CLOCK_DIGITS_MIN;
}

/* What belongs to an API and is served only once it is deployed. */
static const char *const deployed_types[] = {
    "Authorizer", "GatewayResponse", "Method", "Model", "RequestValidator", "Resource", "RestApi",
};

static bool is_deployed(const struct value_entry *resource, const struct value *api)
{
    struct str type = value_get_text(resource->value, "Type");
    if (!str_starts(type, "AWS::ApiGateway::"))
        return false;
    type = str_from_index(type, sizeof "AWS::ApiGateway::" - 1);
    bool known = false;
    for (size_t i = 0; i < ARRAY_LENGTH(deployed_types); i++)
        known = known || str_is(type, deployed_types[i]);
    if (str_is(type, "RestApi"))
        return value_is(value_get(api, "Ref"), VALUE_STRING) &&
               str_equal(value_get(api, "Ref")->text, resource->key);
    return known && value_equal(value_path(resource->value, "Properties", "RestApiId", NULL), api);
}

/* A function that is renamed gets another ARN, which its methods serve only after a deployment. */
static const struct value *name_of_function(const struct value_entry *resource)
{
    return value_is_text(value_get(resource->value, "Type"), "AWS::Lambda::Function")
               ? value_path(resource->value, "Properties", "FunctionName", NULL)
               : NULL;
}

static struct str content_id(struct arena *arena, const struct value *resources,
                             const struct value *deployment)
{
    const struct value *properties = value_get(deployment, "Properties");
    const struct value *api = value_get(properties, "RestApiId");
    struct value *content = value_map(arena);
    value_setz(arena, content, "", value_copy(arena, properties ? properties : value_map(arena)));
    for (size_t i = 0; i < resources->count; i++) {
        const struct value_entry *resource = &resources->entries[i];
        const struct value *part = is_deployed(resource, api) ? resource->value : name_of_function(resource);
        if (part)
            value_set(arena, content, resource->key, value_copy(arena, part));
    }
    unsigned char digest[SHA256_SIZE];
    sha256(json_text(arena, content, JSON_CANONICAL), digest);
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof number; i++)
        number = number << 8 | digest[i];
    return arena_printf(arena, "%s%013llu", prefix, (unsigned long long)(number % 10000000000000));
}

/* In every text of the tree: `from` is nothing that a person would write. */
void serverless_replace_text(struct arena *arena, struct value *value, struct str from, struct str to)
{
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            serverless_replace_text(arena, value->items[i], from, to);
    if (value_is(value, VALUE_MAP))
        for (size_t i = 0; i < value->count; i++)
            serverless_replace_text(arena, value->entries[i].value, from, to);
    if (!value_is(value, VALUE_STRING) || !str_contains(value->text, from.ptr))
        return;
    struct buf text = BUF_INIT(BUF_LARGE);
    for (struct str rest = value->text; rest.len;) {
        bool here = str_starts(rest, from.ptr);
        buf_add(&text, here ? to : str_slice(rest, 0, 1));
        rest = str_from_index(rest, here ? from.len : 1);
    }
    value->text = arena_str(arena, buf_str(&text));
    buf_release(&text);
}

static void rename_resource(struct arena *arena, struct value *template, struct str from, struct str to)
{
    struct value *resources = value_get(template, "Resources"), *renamed = value_map(arena);
    for (size_t i = 0; i < resources->count; i++) {
        const struct value_entry *entry = &resources->entries[i];
        struct str key = str_equal(entry->key, from) ? to : entry->key;
        value_set(arena, renamed, key, entry->value);
        value_entry(renamed, key)->line = entry->line;
        value_entry(renamed, key)->column = entry->column;
    }
    value_setz(arena, template, "Resources", value_at_position_of(renamed, resources));
    serverless_replace_text(arena, template, from, to);
}

bool serverless_settle(struct arena *arena, struct value *template, struct error *error)
{
    const struct value *resources = value_get(template, "Resources");
    size_t found = 0;
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count; i++) {
        const struct value_entry *deployment = &resources->entries[i];
        if (!is_clocked(deployment))
            continue;
        if (++found > DEPLOYMENTS_MAX)
            return value_key_error(resources, deployment, error, ERROR_INVALID,
                                   "more than %d deployments named by the clock", DEPLOYMENTS_MAX);
        struct str id = content_id(arena, resources, deployment->value);
        if (str_equal(id, deployment->key))
            continue;
        if (value_get_str(resources, id))
            return value_key_error(resources, deployment, error, ERROR_INVALID,
                                   "'%.*s' deploys what another deployment of its API does",
                                   STR_ARG(deployment->key));
        rename_resource(arena, template, deployment->key, id);
        resources = value_get(template, "Resources");
    }
    return true;
}
