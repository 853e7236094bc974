#include <string.h>

#include "environments/sam/editor.h"

/* Api events: a permission for the REST API, and the method in its definition. */

struct api_event {
    struct sam *sam;
    struct event *event;
    struct target *target;
    struct value *api_id; /* text */
    struct value *api;    /* the API's properties */
    struct value *stage;
    struct value *path, *method; /* texts; the method small */
};

static void fail(struct api_event *api, const struct value *at, const char *what)
{
    sam_fail(api->sam, at ? at : api->event->node, api->event->function_id, "event '%s': %s",
             api->event->relative, what);
}

static struct value *own(const struct api_event *api, const char *name)
{
    return value_get(api->event->properties, name);
}

/* The API that the event names, and the suffix of the permission's id. */
bool link_rest_api(struct sam *sam, struct event *event, struct value **id, struct value **api,
                   struct value **stage)
{
    *id = api_id_of(value_get(event->properties, "RestApiId"));
    *api = NULL;
    *stage = make_text(sam, "AllStages");
    if (!value_is(*id, VALUE_STRING))
        return true;
    struct value *resource = value_get_str(sam->resources, (*id)->text);
    if (!value_is(resource, VALUE_MAP)) {
        sam_fail(sam, event->node, event->function_id,
                 "event '%s': 'RestApiId' must name an API of this template", event->relative);
        return false;
    }
    *api = value_get(resource, "Properties");
    *api = *api ? *api : value_map(sam->arena);
    if (!expect(sam, *api, resource, (*id)->text.ptr, "Properties", VALUE_MAP))
        return false;
    struct value *name = value_get(*api, "StageName");
    if (value_is(name, VALUE_STRING) && name->text.len == 0)
        sam_fail(sam, name, (*id)->text.ptr, "'StageName' cannot be empty");
    *stage = value_is(name, VALUE_STRING) ? name : make_text(sam, "Stage");
    return !sam->failed;
}

static const char *upper(struct sam *sam, struct str text)
{
    char *copy = arena_strz(sam->arena, text);
    for (char *c = copy; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return copy;
}

static struct value *lower_text(struct sam *sam, const struct value *value)
{
    char *copy = arena_strz(sam->arena, value_text(value));
    for (char *c = copy; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    struct value *small = value_at_position_of(value_stringz(sam->arena, copy), value);
    small->mark = value->mark;
    return small;
}

/* "/a/" gives "/a". */
static struct str without_slash(struct str path)
{
    return path.len > 1 && path.ptr[path.len - 1] == '/' ? str_slice(path, 0, path.len - 1) : path;
}

static void add_permission(struct api_event *api, struct made_list *list)
{
    struct sam *sam = api->sam;
    struct str path = star_path(sam, without_slash(api->path->text), true);
    bool any = str_is(api->method->text, "any");
    struct made *permission = lambda_permission(sam, api->target, api->event->id, value_text(api->stage).ptr,
                                                "apigateway.amazonaws.com");
    made_set(
        sam, permission, "SourceArn",
        make(sam,
             "{'Fn::Sub': ['arn:%s:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/"
             "%s%s', {'__ApiId__': %v, '__Stage__': '*'}]}",
             sam->partition, any ? "*" : upper(sam, api->method->text), path.ptr, own(api, "RestApiId")));
    made_add(sam, list, permission);
}

static struct value *integration_uri(struct api_event *api)
{
    struct sam *sam = api->sam;
    bool stream = value_is_text(own(api, "ResponseTransferMode"), "RESPONSE_STREAM");
    struct value *attribute = value_get(api->target->arn, "Fn::GetAtt");
    struct value *arn = make_text(
        sam, text(sam, "arn:%s:apigateway:${AWS::Region}:lambda:path/%s/functions/%s%s", sam->partition,
                  stream ? "2021-11-15" : "2015-03-31", shorthand(sam, api->target->arn),
                  stream ? "/response-streaming-invocations" : "/invocations"));
    if (attribute && is_unicode(value_at(attribute, 0)))
        arn->mark = PYTHON_UNICODE;
    return single(sam, "Fn::Sub", false, arn);
}

static void check_authorizer(struct api_event *api, const struct value *auth, const struct value *api_auth)
{
    const struct value *name = value_get(auth, "Authorizer"),
                       *authorizers = value_get(api_auth, "Authorizers");
    if (!is_truthy(name) || value_is_text(name, "AWS_IAM"))
        return;
    if (is_truthy(authorizers) && !value_is(authorizers, VALUE_MAP)) {
        sam_fail(api->sam, authorizers, api->api_id->text.ptr, "'Auth.Authorizers' must be a mapping");
        return;
    }
    if (value_is_text(name, "NONE")) {
        if (!is_truthy(value_get(api_auth, "DefaultAuthorizer")))
            fail(api, name, "authorizer NONE needs a 'DefaultAuthorizer' of the API");
        return;
    }
    if (!value_is(name, VALUE_STRING) || !is_truthy(value_get_str(authorizers, value_text(name))))
        fail(api, name, "its authorizer is not defined in the API's 'Auth.Authorizers'");
}

/* Shared with state machines' Api events. */
void add_event_auth(struct sam *sam, struct event *event, struct value *api, struct value *api_id,
                    struct value *path, struct value *method, struct value *stage, struct editor *editor)
{
    struct api_event all = {
        .sam = sam, .event = event, .api = api, .api_id = api_id, .path = path, .method = method};
    struct value *auth = value_get(event->properties, "Auth"), *api_auth = value_get(api, "Auth");
    struct value *scopes = value_get(auth, "AuthorizationScopes"), *key = value_get(auth, "ApiKeyRequired");
    struct value *policy = value_get(auth, "ResourcePolicy"), *name = value_get(auth, "Authorizer");
    api_auth = api_auth ? resolve_parameters(sam, api_auth) : NULL;
    check_authorizer(&all, auth, api_auth);
    if (is_truthy(scopes) && !value_is(scopes, VALUE_LIST))
        fail(&all, scopes, "'AuthorizationScopes' must be a list");
    if (is_truthy(scopes) && !is_truthy(name))
        fail(&all, scopes, "'AuthorizationScopes' needs an 'Authorizer'");
    if (!is_none(key) && !is_truthy(key) && !is_truthy(value_get(api_auth, "ApiKeyRequired")))
        fail(&all, key, "'ApiKeyRequired' false needs 'ApiKeyRequired' of the API");
    if (sam->failed)
        return;
    editor_add_method_auth(editor, path->text, method->text, auth, api);
    if (!is_truthy(policy) ||
        !expect(sam, policy, auth, event->function_id, "Auth.ResourcePolicy", VALUE_MAP))
        return;
    editor_add_resource_policy(editor, policy, path, stage);
    if (is_truthy(value_get(policy, "CustomStatements")))
        editor_add_custom_statements(editor, value_get(policy, "CustomStatements"));
}

static void set_timeout(void *self, struct str method, struct value *definition)
{
    struct api_event *api = self;
    (void)method;
    python_put(api->sam->arena, value_get(definition, INTEGRATION), "timeoutInMillis",
               own(api, "TimeoutInMillis"));
}

struct model_edit {
    struct api_event *api;
    struct editor *editor;
    struct value *name, *parameters;
    const char *validator;
};

static void set_model(void *self, struct str method, struct value *definition)
{
    struct model_edit *edit = self;
    struct sam *sam = edit->api->sam;
    struct value *required = value_get(own(edit->api, "RequestModel"), "Required");
    (void)method;
    if (value_get(edit->editor->doc, "swagger")) {
        struct value *list = value_get(definition, "parameters"), *parameter = python_dict(sam->arena);
        list = list ? list : value_list(sam->arena);
        python_put(sam->arena, parameter, "in", make_text(sam, "body"));
        python_put(sam->arena, parameter, "name", edit->name);
        python_put(sam->arena, parameter, "schema",
                   make(sam, "{'$ref': '#/definitions/%s'}", edit->name->text.ptr));
        if (!is_none(required))
            python_put(sam->arena, parameter, "required", required);
        value_append(sam->arena, list, parameter);
        python_put(sam->arena, definition, "parameters", list);
    } else if (is_openapi_3(value_get(edit->editor->doc, "openapi"))) {
        python_put(sam->arena, definition, "requestBody",
                   make(sam,
                        "{'content': {'application/json': {'schema': {'$ref': '#/components/schemas/%s'}}}, "
                        "'required': %v}",
                        edit->name->text.ptr, is_none(required) ? NULL : required));
    }
}

static void set_validator(void *self, struct str method, struct value *definition)
{
    struct model_edit *edit = self;
    (void)method;
    python_put(edit->api->sam->arena, definition, "x-amazon-apigateway-request-validator",
               make_text(edit->api->sam, edit->validator));
}

static void add_validator(struct model_edit *edit, const struct value *body, const struct value *parameters)
{
    static const char key[] = "x-amazon-apigateway-request-validators";
    struct sam *sam = edit->api->sam;
    struct value *validators = value_get(edit->editor->doc, key), *one = python_dict(sam->arena);
    bool of_body = is_truthy(body), of_parameters = is_truthy(parameters);
    if ((!is_none(body) && !value_is(body, VALUE_BOOL)) ||
        (!is_none(parameters) && !value_is(parameters, VALUE_BOOL))) {
        fail(edit->api, body ? body : parameters,
             "'ValidateBody' and 'ValidateParameters' must be true or false");
        return;
    }
    edit->validator = of_body && of_parameters ? "body-and-params"
                      : of_body                ? "body-only"
                      : of_parameters          ? "params-only"
                                               : "no-validation";
    python_put(sam->arena, one, "validateRequestBody", value_bool(sam->arena, of_body));
    python_put(sam->arena, one, "validateRequestParameters", value_bool(sam->arena, of_parameters));
    if (!is_truthy(validators)) {
        validators = python_dict(sam->arena);
        python_put(sam->arena, edit->editor->doc, key, validators);
    }
    if (!is_truthy(value_get(validators, edit->validator)))
        python_put(sam->arena, validators, edit->validator, one);
    editor_each(edit->editor, edit->api->path->text, edit->api->method->text, set_validator, edit);
}

static void add_model(struct api_event *api, struct editor *editor)
{
    struct sam *sam = api->sam;
    struct value *model = own(api, "RequestModel"), *name = value_get(model, "Model");
    const struct value *models = value_get(api->api, "Models");
    if (!is_truthy(model) || !expect(sam, model, NULL, api->event->function_id, "RequestModel", VALUE_MAP) ||
        !is_truthy(name))
        return;
    if (!value_is(models, VALUE_MAP) || !value_is(name, VALUE_STRING) ||
        !is_truthy(value_get_str(models, name->text))) {
        fail(api, name, "its 'RequestModel' is not defined in the API's 'Models'");
        return;
    }
    struct model_edit edit = {.api = api, .editor = editor, .name = lower_text(sam, name)};
    editor_each(editor, api->path->text, api->method->text, set_model, &edit);
    const struct value *body = value_get(model, "ValidateBody"),
                       *parameters = value_get(model, "ValidateParameters");
    if (!is_none(body) || !is_none(parameters))
        add_validator(&edit, body, parameters);
}

/* "method.request.header.Name" gives "header" and "Name". */
static bool cut_parameter(struct str name, struct str *location, struct str *rest)
{
    static const char *const locations[] = {"querystring", "path", "header"};
    if (!str_starts(name, "method.request."))
        return false;
    *rest = str_from_index(name, 15);
    if (!str_split(rest, '.', location))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(locations); i++)
        if (str_is(*location, locations[i]))
            return true;
    return false;
}

static struct value *parameter_settings(struct api_event *api, struct value *given, struct str *name,
                                        bool *unicode)
{
    const struct value *known;
    *unicode = is_unicode(given);
    *name = value_text(given);
    if (value_is(given, VALUE_STRING))
        return NULL;
    struct python_items all = python_items(api->sam->arena, given);
    if (all.count == 0 || !value_is(all.items[0].value, VALUE_MAP)) {
        fail(api, given,
             "'RequestParameters' must be texts or mappings, as in 'method.request.header.Name: {Required: "
             "true}'");
        return NULL;
    }
    known = all.items[0].value;
    for (size_t i = 0; i < known->count; i++)
        if (!str_is(known->entries[i].key, "Required") && !str_is(known->entries[i].key, "Caching"))
            fail(api, given, "'RequestParameters' take 'Required' and 'Caching'");
    *name = all.items[0].key;
    *unicode = all.items[0].unicode;
    return all.items[0].value;
}

static void set_parameters(void *self, struct str method, struct value *definition)
{
    struct model_edit *edit = self;
    struct api_event *api = edit->api;
    struct sam *sam = api->sam;
    const struct value *given = own(api, "RequestParameters");
    struct value *list = value_get(definition, "parameters");
    (void)method;
    list = list ? list : value_list(sam->arena);
    for (size_t i = 0; i < given->count; i++) {
        struct str name, location, rest;
        bool unicode;
        struct value *settings = parameter_settings(api, given->items[i], &name, &unicode);
        if (!cut_parameter(name, &location, &rest)) {
            fail(api, given->items[i],
                 "'RequestParameters' must begin with 'method.request.' and querystring, path or header");
            return;
        }
        struct value *required = value_get(settings, "Required"), *parameter = python_dict(sam->arena);
        struct value *(*made)(struct arena *, struct str) = unicode ? python_unicode : value_string;
        bool query = str_is(location, "querystring");
        python_put(sam->arena, parameter, "in", query ? make_text(sam, "query") : made(sam->arena, location));
        python_put(sam->arena, parameter, "name", made(sam->arena, rest));
        python_put(sam->arena, parameter, "required", required ? required : value_bool(sam->arena, false));
        python_put(sam->arena, parameter, "type", make_text(sam, "string"));
        value_append(sam->arena, list, parameter);
        if (is_truthy(value_get(settings, "Caching"))) {
            struct value *integration = value_get(definition, INTEGRATION);
            struct value *keys = value_get(integration, "cacheKeyParameters");
            keys = keys ? keys : value_list(sam->arena);
            value_append(sam->arena, keys, made(sam->arena, name));
            python_put(sam->arena, integration, "cacheKeyParameters", keys);
        }
    }
    python_put(sam->arena, definition, "parameters", list);
}

/* MergeDefinitions: the method that the event makes goes over the one that is written. */
static struct value *merged_definition(struct api_event *api, struct editor *editor)
{
    struct sam *sam = api->sam;
    struct value *body = python_copy(sam->arena, value_get(api->api, "DefinitionBody"));
    struct value *paths = value_get(body, "paths"), *result = editor_result(editor);
    struct value *made = value_get_str(value_get_str(value_get(result, "paths"), api->path->text),
                                       method_name(sam, api->method->text));
    struct value *item = value_get_str(paths, api->path->text);
    struct value *written = value_get_str(item, api->method->text), *merged = python_ordered_dict(sam->arena);
    if ((!is_none(paths) && !value_is(paths, VALUE_MAP)) || (item && !value_is(item, VALUE_MAP)) ||
        (is_truthy(written) && !value_is(written, VALUE_MAP))) {
        sam_fail(sam, body, api->api_id->text.ptr,
                 "'DefinitionBody' must have mappings for paths and methods");
        return body;
    }
    python_update(sam->arena, merged, written);
    python_update(sam->arena, merged, made);
    if (!is_truthy(paths)) /* Python's `or {}`: the method goes into a mapping of its own */
        return body;
    if (!item) {
        item = python_ordered_dict(sam->arena);
        python_set(sam->arena, paths, api->path->text, is_unicode(api->path), item);
    }
    python_set(sam->arena, item, api->method->text, is_unicode(api->method), merged);
    return body;
}

static void add_method(struct api_event *api)
{
    struct sam *sam = api->sam;
    struct value *body = value_get(api->api, "DefinitionBody"), *auth = own(api, "Auth");
    bool merge = is_truthy(value_get(api->api, "MergeDefinitions"));
    const struct value *api_auth = value_get(api->api, "Auth");
    if (!body)
        return;
    struct editor *editor =
        editor_new(sam, merge ? skeleton(sam, false) : body, api->api_id->text.ptr, false);
    if (!editor)
        return;
    if (editor_has_integration(editor, api->path->text, api->method->text))
        sam_fail(sam, api->event->node, api->event->function_id,
                 "event '%s': API method '%.*s' is defined more than once for path '%.*s'",
                 api->event->relative, STR_ARG(api->method->text), STR_ARG(api->path->text));
    if (is_truthy(api_auth) && !expect(sam, api_auth, body, api->api_id->text.ptr, "Auth", VALUE_MAP))
        return;
    struct value *condition = value_get(api->target->function->attributes, "Condition");
    editor_add_lambda(editor, api->path, api->method, integration_uri(api), auth, api_auth, condition,
                      own(api, "ResponseTransferMode"));
    if (is_truthy(auth))
        add_event_auth(sam, api->event, api->api, api->api_id, api->path, api->method, api->stage, editor);
    if (is_truthy(own(api, "TimeoutInMillis")))
        editor_each(editor, api->path->text, api->method->text, set_timeout, api);
    add_model(api, editor);
    struct model_edit parameters = {.api = api, .editor = editor};
    if (is_truthy(own(api, "RequestParameters")) &&
        expect(sam, own(api, "RequestParameters"), api->event->node, api->event->function_id,
               "RequestParameters", VALUE_LIST))
        editor_each(editor, api->path->text, api->method->text, set_parameters, &parameters);
    if (!sam->failed)
        python_put(sam->arena, api->api, "DefinitionBody",
                   merge ? merged_definition(api, editor) : editor_result(editor));
}

/* OverrideApiAuth: also for APIs whose definition is the user's own. */
static void override_auth(struct api_event *api)
{
    struct sam *sam = api->sam;
    struct value *body = value_get(api->api, "DefinitionBody"), *auth = own(api, "Auth");
    if (!is_truthy(body) || !is_truthy(auth) || !is_truthy(value_get(auth, "OverrideApiAuth")))
        return;
    if (!is_truthy(value_get(auth, "Authorizer")) && !is_truthy(value_get(auth, "ApiKeyRequired")) &&
        !is_truthy(value_get(auth, "ResourcePolicy"))) {
        fail(api, auth, "'OverrideApiAuth' needs 'Authorizer', 'ApiKeyRequired' or 'ResourcePolicy'");
        return;
    }
    struct editor *editor = editor_new(sam, body, api->api_id->text.ptr, false);
    if (!editor)
        return;
    add_event_auth(sam, api->event, api->api, api->api_id, api->path, api->method, api->stage, editor);
    python_put(sam->arena, api->api, "DefinitionBody", editor_result(editor));
}

void build_api_event(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    struct api_event api = {.sam = sam, .event = event, .target = target};
    if (!link_rest_api(sam, event, &api.api_id, &api.api, &api.stage))
        return;
    api.path = value_get(event->properties, "Path");
    if (!value_is(api.path, VALUE_STRING) ||
        !value_is(value_get(event->properties, "Method"), VALUE_STRING)) {
        fail(&api, NULL, "'Path' and 'Method' must be texts");
        return;
    }
    api.method = lower_text(sam, value_get(event->properties, "Method"));
    add_permission(&api, list);
    if (!api.api) {
        fail(&api, NULL, "'RestApiId' must name an API of this template");
        return;
    }
    if (is_truthy(value_get(api.api, "__MANAGE_SWAGGER")) ||
        is_truthy(value_get(api.api, "MergeDefinitions")))
        add_method(&api);
    if (!sam->failed)
        override_auth(&api);
}
