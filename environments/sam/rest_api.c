#include "environments/sam/rest_api.h"

/* AWS::Serverless::Api: the API, its stage, and a deployment whose id follows from the definition. */

static void fail(struct rest_api *api, const struct value *at, const char *what)
{
    sam_fail(api->sam, at ? at : api->source->node, api->source->id, "%s", what);
}

struct value *api_own(const struct rest_api *api, const char *name)
{
    return value_get(api->source->properties, name);
}

struct editor *api_editor(struct rest_api *api)
{
    return editor_new(api->sam, api->body, api->source->id, false);
}

/* A property that edits the definition needs one that is written in the template. */
static bool needs_body(struct rest_api *api, const char *name)
{
    const struct value *value = api_own(api, name);
    if (!is_truthy(value))
        return false;
    if (!is_truthy(api->body) || !editor_takes(api->body, false))
        sam_fail(api->sam, value, api->source->id, "'%s' needs an OpenAPI document in 'DefinitionBody'",
                 name);
    return !api->sam->failed;
}

static void check(struct rest_api *api)
{
    const struct value *version = api_own(api, "OpenApiVersion");
    bool uri = is_truthy(api_own(api, "DefinitionUri"));
    if (uri && is_truthy(api->body))
        fail(api, NULL, "'DefinitionUri' and 'DefinitionBody' cannot both be set");
    if (uri && is_truthy(api_own(api, "MergeDefinitions")))
        fail(api, NULL, "'MergeDefinitions' cannot be used with 'DefinitionUri'");
    if (is_truthy(version) && !is_openapi_version(version))
        fail(api, version, "'OpenApiVersion' must be of the form '3.0.0'");
}

static void set_endpoint(struct rest_api *api, struct made *made, struct value *value)
{
    struct sam *sam = api->sam;
    struct value *type = value_get(value, "Type"), *configuration;
    struct value *old = value_get(value, "VPCEndpointIds"), *new = value_get(value, "VpcEndpointIds");
    bool map = is_truthy(type);
    if (map && old && new)
        fail(api, value, "'VPCEndpointIds' and 'VpcEndpointIds' cannot both be set");
    if (old && !new) /* Python's `old or new` of a key that is not there */
        new = value_null(sam->arena);
    value = map ? type : value;
    configuration = make(sam, "{'Types': [%v], 'VpcEndpointIds': %v, 'IpAddressType': %v}", value,
                         map ? is_truthy(old) ? old : new : NULL,
                         map ? value_get(api_own(api, "EndpointConfiguration"), "IpAddressType") : NULL);
    made_set(sam, made, "EndpointConfiguration", configuration);
    made_set(sam, made, "Parameters", make(sam, "{'endpointConfigurationTypes': %v}", value));
}

/* "image~1png" stands for "image/png". */
static struct value *replace_tilde(struct sam *sam, struct value *value)
{
    if (value_is(value, VALUE_LIST)) {
        struct value *list = value_list(sam->arena);
        for (size_t i = 0; i < value->count; i++)
            value_append(sam->arena, list, replace_tilde(sam, value->items[i]));
        return list;
    }
    if (value_is(value, VALUE_MAP)) {
        struct python_items all = python_items(sam->arena, value);
        struct value *map = python_dict(sam->arena);
        for (size_t i = 0; i < all.count; i++)
            python_set(sam->arena, map, all.items[i].key, true, replace_tilde(sam, all.items[i].value));
        return map;
    }
    if (!value_is(value, VALUE_STRING))
        return value;
    struct buf out = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < value->text.len; i++) {
        bool tilde = str_starts(str_from_index(value->text, i), "~1");
        buf_addc(&out, tilde ? '/' : value->text.ptr[i]);
        i += tilde;
    }
    struct value *replaced = python_unicode(sam->arena, buf_str(&out));
    buf_release(&out);
    return replaced;
}

static void add_binary_types(struct rest_api *api)
{
    struct value *types = api_own(api, "BinaryMediaTypes");
    if (!is_truthy(types) || !is_truthy(api->body))
        return;
    struct editor *editor = api_editor(api);
    if (!editor)
        return;
    python_put(api->sam->arena, editor->doc, "x-amazon-apigateway-binary-media-types",
               replace_tilde(api->sam, types));
    api->body = editor_result(editor);
}

static void add_models(struct rest_api *api)
{
    struct sam *sam = api->sam;
    if (!needs_body(api, "Models"))
        return;
    struct editor *editor = api_editor(api);
    struct python_items all = python_items(sam->arena, api_own(api, "Models"));
    for (size_t i = 0; editor && i < all.count; i++) {
        if (!value_is(all.items[i].value, VALUE_MAP) || !is_truthy(value_get(all.items[i].value, "type"))) {
            fail(api, all.items[i].value, "'Models' must be mappings with a 'type'");
            return;
        }
        char *small = arena_strz(sam->arena, all.items[i].key);
        for (char *c = small; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        python_set(sam->arena, editor->definitions, str_from(small), all.items[i].unicode,
                   all.items[i].value);
    }
    if (editor)
        api->body = openapi_form(api, editor_result(editor));
}

static void add_gateway_responses(struct rest_api *api)
{
    struct sam *sam = api->sam;
    if (!needs_body(api, "GatewayResponses"))
        return;
    struct editor *editor = api_editor(api);
    struct python_items all = python_items(sam->arena, api_own(api, "GatewayResponses"));
    for (size_t i = 0; editor && i < all.count && !sam->failed; i++)
        python_set(sam->arena, editor->responses, all.items[i].key, all.items[i].unicode,
                   gateway_response(api, all.items[i].value));
    if (editor)
        api->body = editor_result(editor);
}

/* disableExecuteApiEndpoint, in every server of an OpenAPI 3 document. */
static void disable_endpoint(struct rest_api *api)
{
    static const char key[] = "x-amazon-apigateway-endpoint-configuration";
    struct sam *sam = api->sam;
    struct value *disable = api_own(api, "DisableExecuteApiEndpoint");
    if (is_none(disable))
        return;
    if (!is_truthy(api->body)) {
        fail(api, disable, "'DisableExecuteApiEndpoint' needs 'DefinitionBody'");
        return;
    }
    struct editor *editor = api_editor(api);
    if (!editor)
        return;
    bool servers =
        is_truthy(value_get(editor->doc, "openapi")) && is_openapi_3(value_get(editor->doc, "openapi"));
    struct value *list = value_get(editor->doc, "servers");
    if (!list)
        list = make(sam, "[%v]", python_dict(sam->arena));
    for (size_t i = 0; i < (servers ? list->count : 1); i++) {
        struct value *at = servers ? list->items[i] : editor->doc, *configuration = value_get(at, key);
        if (!value_is(at, VALUE_MAP) || (configuration && !value_is(configuration, VALUE_MAP))) {
            fail(api, at, "'servers' in 'DefinitionBody' must be mappings");
            return;
        }
        if (!configuration) {
            configuration = value_map(sam->arena);
            python_put(sam->arena, at, key, configuration);
        }
        python_put(sam->arena, configuration, "disableExecuteApiEndpoint", disable);
    }
    if (servers)
        python_put(sam->arena, editor->doc, "servers", list);
    api->body = editor_result(editor);
}

static struct value *body_location(struct rest_api *api, struct value *uri)
{
    struct sam *sam = api->sam;
    struct value *pointer = s3_pointer(sam, uri, api->source->id, "DefinitionUri");
    struct value *location = python_dict(sam->arena);
    static const char *const keys[] = {"Bucket", "Key", "Version"};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        struct value *part = value_get(pointer, keys[i]);
        if (part && value_is(uri, VALUE_STRING))
            part->mark = uri->mark;
        if (part)
            python_put(sam->arena, location, keys[i], part);
    }
    return location;
}

static struct made *construct_api(struct rest_api *api)
{
    static const char *const truthy[] = {
        "Name",           "Description",        "Mode",          "ApiKeySourceType", "Policy",
        "SecurityPolicy", "EndpointAccessMode", "FailOnWarnings"};
    struct sam *sam = api->sam;
    struct made *made = made_new(sam, api->source->id, "AWS::ApiGateway::RestApi", api->source->attributes);
    struct str partition = str_from(sam->partition);
    bool edge =
        str_is(partition, "aws") || (!str_starts(partition, "aws-iso") && !str_is(partition, "aws-us-gov") &&
                                     !str_is(partition, "aws-cn") && !str_is(partition, "aws-eusc"));
    made->depends_on = value_get(api->source->node, "DependsOn");
    made_set(sam, made, "BinaryMediaTypes", api_own(api, "BinaryMediaTypes"));
    made_set(sam, made, "MinimumCompressionSize", api_own(api, "MinimumCompressionSize"));
    if (is_truthy(api_own(api, "EndpointConfiguration")))
        set_endpoint(api, made, api_own(api, "EndpointConfiguration"));
    else if (!edge)
        set_endpoint(api, made, make_text(sam, "REGIONAL"));
    void (*const steps[])(struct rest_api *) = {api_add_cors,     api_add_auth, add_gateway_responses,
                                                add_binary_types, add_models,   disable_endpoint};
    for (size_t i = 0; i < ARRAY_LENGTH(steps) && !sam->failed; i++)
        steps[i](api);
    if (sam->failed)
        return made;
    if (is_truthy(api_own(api, "DefinitionUri"))) {
        made_set(sam, made, "BodyS3Location", body_location(api, api_own(api, "DefinitionUri")));
    } else if (is_truthy(api->body)) {
        api->body = openapi_form(api, api->body);
        made_set(sam, made, "Body", api->body);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(truthy); i++)
        if (is_truthy(api_own(api, truthy[i])))
            made_set(sam, made, truthy[i], api_own(api, truthy[i]));
    return made;
}

/* What a new deployment follows from: the definition as Python 2.7 prints it, the version, domain and names
 * of the functions.  AlwaysDeploy would take the clock; here, too, only a change deploys. */
static void name_deployment(struct rest_api *api, struct made *deployment, const struct value *definition)
{
    struct sam *sam = api->sam;
    struct buf data = BUF_INIT(BUF_LARGE);
    struct value *version = api_own(api, "OpenApiVersion"), *names;
    python_repr(sam->arena, &data, definition);
    if (is_truthy(version)) {
        buf_addz(&data, "||");
        buf_add(&data, value_text(version));
    }
    if (is_truthy(api->domain)) {
        buf_addz(&data, "||");
        python_dumps(sam->arena, &data, api->domain, 0);
    }
    names = value_get(sam->function_names, api->source->id);
    if (is_truthy(names)) {
        buf_addz(&data, "||");
        buf_add(&data, names->text);
    }
    const char *digest = sha1_digits(sam, buf_str(&data), 40);
    deployment->id = text(sam, "%s%.10s", deployment->id, digest);
    made_set(sam, deployment, "Description", make_text(sam, text(sam, "RestApi deployment id: %s", digest)));
    buf_release(&data);
}

static struct made *construct_stage(struct rest_api *api, struct made *rest, struct made *deployment)
{
    static const char *const same[] = {"CacheClusterEnabled", "CacheClusterSize", "Variables",
                                       "MethodSettings",      "AccessLogSetting", "CanarySetting",
                                       "TracingEnabled"};
    struct sam *sam = api->sam;
    struct value *name = api_own(api, "StageName"), *definition = made_get(rest, "Body");
    struct str prefix = value_is(name, VALUE_STRING) ? name->text : STR_EMPTY;
    const char *id = is_alphanumeric(prefix) ? text(sam, "%s%.*sStage", api->source->id, STR_ARG(prefix))
                                             : hashed_id(sam, text(sam, "%sStage", api->source->id),
                                                         value_string(sam->arena, prefix));
    struct made *stage = made_new(sam, id, "AWS::ApiGateway::Stage", api->passthrough);
    definition = definition ? definition : made_get(rest, "BodyS3Location");
    if (is_truthy(definition))
        name_deployment(api, deployment, definition);
    made_set(sam, stage, "RestApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    made_set(sam, stage, "DeploymentId", make(sam, "{'Ref': '%s'}", deployment->id));
    made_set(sam, stage, "StageName", name);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, stage, same[i], api_own(api, same[i]));
    if (!is_none(api_own(api, "Tags")))
        made_set(sam, stage, "Tags", tag_list(sam, api_own(api, "Tags")));
    return stage;
}

static struct made *construct_deployment(struct rest_api *api)
{
    struct sam *sam = api->sam;
    struct made *deployment = made_new(sam, text(sam, "%sDeployment", api->source->id),
                                       "AWS::ApiGateway::Deployment", api->passthrough);
    made_set(sam, deployment, "RestApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    if (!is_truthy(api_own(api, "OpenApiVersion")))
        made_set(sam, deployment, "StageName", make_text(sam, "Stage"));
    return deployment;
}

static void resolve_property(struct sam *sam, struct source_resource *source, const char *name)
{
    struct value_entry *entry = value_entry(source->properties, str_from(name));
    if (entry)
        entry->value = resolve_parameters(sam, entry->value);
}

void build_api(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct rest_api api = {.sam = sam,
                           .source = source,
                           .list = list,
                           .passthrough = passthrough_attributes(sam, source->attributes)};
    resolve_property(sam, source, "BinaryMediaTypes");
    resolve_property(sam, source, "Domain");
    resolve_property(sam, source, "Auth");
    api.body = value_get(source->properties, "DefinitionBody");
    api.domain = value_get(source->properties, "Domain");
    check(&api);
    if (sam->failed)
        return;
    struct made *rest = construct_api(&api);
    made_add(sam, list, rest);
    struct made_list domain = {.count = 0};
    if (!sam->failed)
        api_build_domain(&api, &domain);
    if (sam->failed)
        return;
    struct made *deployment = construct_deployment(&api);
    struct made *stage = construct_stage(&api, rest, deployment);
    made_add(sam, list, deployment);
    made_add(sam, list, stage);
    api_add_permissions(&api);
    for (size_t i = 0; i < domain.count; i++)
        made_add(sam, list, domain.items[i]);
    api_build_usage_plan(&api, stage);
    propagate_tags(sam, list, api_own(&api, "Tags"), is_truthy(api_own(&api, "PropagateTags")));
}
