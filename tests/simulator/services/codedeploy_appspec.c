/*
 * Revisions of Lambda deployments: an AppSpec in YAML or JSON, as a String or as AppSpecContent.
 *
 * [guide] reference-appspec-file-structure-resources and -hooks: version 0.0, one resource with the required
 * Name, Alias, CurrentVersion and TargetVersion, hooks BeforeAllowTraffic and AfterAllowTraffic.  These pages
 * write the keys in lower case, the page of examples capitalised: both are read.  Assumed: what cannot be
 * read as such is refused by CreateDeployment; whether the function, its alias and versions fit is found out
 * when the deployment begins.
 */

#include "base/digest.h"
#include "base/json.h"
#include "base/yaml_reader.h"
#include "tests/simulator/services/codedeploy.h"

static bool invalid(struct call *call, const char *what)
{
    return call_fail(call, 400, "InvalidRevisionException", "The revision is not valid: %s", what);
}

static struct value *member(const struct value *map, const char *name)
{
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        if (str_equal_nocase(map->entries[i].key, str_from(name)))
            return map->entries[i].value;
    return NULL;
}

/* A list with one entry, which is a map with one key: its value. */
static struct value *only_resource(const struct value *resources)
{
    const struct value *first = value_is(resources, VALUE_LIST) ? value_at(resources, 0) : NULL;
    bool single = first && resources->count == 1 && value_is(first, VALUE_MAP) && first->count == 1;
    return single ? first->entries[0].value : NULL;
}

static bool read_function(struct call *call, const struct value *spec, struct codedeploy_revision *out)
{
    const struct value *resource = only_resource(member(spec, "Resources"));
    const struct value *properties = member(resource, "Properties");
    if (!resource)
        return invalid(call, "Resources must name one function");
    if (!str_is(value_text(member(resource, "Type")), "AWS::Lambda::Function"))
        return invalid(call, "the Type of the resource must be AWS::Lambda::Function");
    out->function = value_text(member(properties, "Name"));
    out->alias = value_text(member(properties, "Alias"));
    out->current = value_text(member(properties, "CurrentVersion"));
    out->target = value_text(member(properties, "TargetVersion"));
    return (out->function.len && out->alias.len && out->current.len && out->target.len) ||
           invalid(call, "Name, Alias, CurrentVersion and TargetVersion are required");
}

static bool read_hook(struct call *call, const struct value *hook, struct codedeploy_revision *out)
{
    for (size_t i = 0; value_is(hook, VALUE_MAP) && i < hook->count; i++) {
        struct str name = hook->entries[i].key, function = value_text(hook->entries[i].value);
        bool before = str_equal_nocase(name, STR(CODEDEPLOY_BEFORE));
        if (!before && !str_equal_nocase(name, STR(CODEDEPLOY_AFTER)))
            return invalid(call, "hooks are BeforeAllowTraffic and AfterAllowTraffic");
        if (!function.len)
            return invalid(call, "a hook must name a function");
        *(before ? &out->before : &out->after) = function;
    }
    return value_is(hook, VALUE_MAP) || invalid(call, "Hooks must be a list of mappings");
}

static bool read_spec(struct call *call, struct codedeploy_revision *out)
{
    struct error error = ERROR_INIT;
    struct value *spec;
    if (!yaml_read(call->arena, STR_EMPTY, out->content, &spec, &error))
        return invalid(call, error.message);
    if (!str_is(value_text(member(spec, "version")), "0.0"))
        return invalid(call, "the version of an AppSpec must be 0.0");
    if (!read_function(call, spec, out))
        return false;
    const struct value *hooks = member(spec, "Hooks");
    if (hooks && !value_is(hooks, VALUE_LIST) && !value_is(hooks, VALUE_NULL))
        return invalid(call, "Hooks must be a list of mappings");
    for (size_t i = 0; value_is(hooks, VALUE_LIST) && i < hooks->count; i++)
        if (!read_hook(call, hooks->items[i], out))
            return false;
    return true;
}

/* The AppSpec of an S3 revision is not fetched. */
static const struct value *location(struct call *call, const struct value *revision)
{
    struct str type = value_get_text(revision, "revisionType");
    const struct value *found = str_is(type, "String")           ? value_get(revision, "string")
                                : str_is(type, "AppSpecContent") ? value_get(revision, "appSpecContent")
                                                                 : NULL;
    if (str_is(type, "S3"))
        call_fail(call, 400, "UnknownOperationException", "the simulator reads no revisions from S3");
    else if (!found)
        invalid(call, "a Lambda deployment needs a String or AppSpecContent");
    return found;
}

bool codedeploy_revision_read(struct call *call, struct codedeploy_revision *out)
{
    const struct value *revision = value_get(call->input, "revision"), *from;
    *out = (struct codedeploy_revision){.type = value_get_text(revision, "revisionType")};
    if (!value_is(revision, VALUE_MAP))
        return call_fail(call, 400, "RevisionRequiredException", "revision is required");
    from = location(call, revision);
    if (!from)
        return false;
    out->content = value_get_text(from, "content");
    out->sha256 = sha256_hex(call->arena, out->content);
    struct str told = value_get_text(from, "sha256");
    if (!out->content.len)
        return invalid(call, "it has no content");
    if (told.len && !str_equal_nocase(told, out->sha256))
        return invalid(call, "its content has another SHA-256"); /* that it is checked is assumed */
    return read_spec(call, out);
}

void codedeploy_revision_write(struct call *call, struct codedeploy_revision *revision)
{
    struct value *spec = value_map(call->arena), *resources = value_list(call->arena);
    struct value *named = value_map(call->arena), *resource = value_map(call->arena);
    struct value *properties = value_map(call->arena);
    put_text(call, properties, "Name", revision->function);
    put_text(call, properties, "Alias", revision->alias);
    put_text(call, properties, "CurrentVersion", revision->current);
    put_text(call, properties, "TargetVersion", revision->target);
    put_text(call, resource, "Type", STR("AWS::Lambda::Function"));
    put(call, resource, "Properties", properties);
    value_set(call->arena, named, revision->function, resource);
    value_append(call->arena, resources, named);
    put(call, spec, "version", value_number(call->arena, STR("0.0")));
    put(call, spec, "Resources", resources);
    revision->content = json_text(call->arena, spec, JSON_COMPACT);
    revision->sha256 = sha256_hex(call->arena, revision->content);
}
