#include <string.h>

#include "environments/sam/editor.h"

/* HttpApi events: a permission for the HTTP API, and the route in its definition. */

struct http_event {
    struct sam *sam;
    struct event *event;
    struct target *target;
    struct value *api_id, *api; /* text; the API's properties */
    struct value *path, *method;
};

static struct value *own(const struct http_event *http, const char *name)
{
    return value_get(http->event->properties, name);
}

static void fail(struct http_event *http, const struct value *at, const char *what)
{
    sam_fail(http->sam, at ? at : http->event->node, http->event->function_id, "event '%s': %s",
             http->event->relative, what);
}

/* Does "$default" lead to this function?  Then its permission covers every path. */
static bool covered_by_default(struct http_event *http)
{
    struct sam *sam = http->sam;
    struct value *body = value_get(http->api, "DefinitionBody");
    const char *wanted = text(sam, "${%s.Arn}", http->target->function->id);
    if (!is_truthy(body))
        return false;
    if (!editor_takes(body, true)) {
        sam_fail(
            sam, body, http->api_id->text.ptr,
            "'DefinitionBody' must be an OpenAPI document with a version and 'paths', as event '%s' of '%s' "
            "adds to it",
            http->event->relative, http->event->function_id);
        return false;
    }
    struct editor view = editor_view(sam, body, http->api_id->text.ptr, true);
    if (!editor_has_integration(&view, STR("$default"), STR(ANY_METHOD)))
        return false;
    struct value *items = conditional_contents(sam, value_get(view.paths, "$default"));
    for (size_t i = 0; i < items->count; i++) {
        struct value *methods = conditional_contents(sam, value_get(items->items[i], ANY_METHOD));
        for (size_t k = 0; k < methods->count; k++) {
            struct value *uris = value_path(methods->items[k], INTEGRATION, "uri", NULL);
            if (!value_is(uris, VALUE_MAP))
                return false;
            uris = conditional_contents(sam, uris);
            for (size_t u = 0; u < uris->count; u++)
                if (!str_contains(value_get_text(uris->items[u], "Fn::Sub"), wanted))
                    return false;
        }
    }
    return true;
}

static void add_permission(struct http_event *http, struct made_list *list)
{
    struct sam *sam = http->sam;
    struct str path = http->path->text;
    bool any = str_is(http->method->text, "any") || str_is(http->method->text, ANY_METHOD);
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (str_is(path, "$default"))
        path = STR_EMPTY;
    else if (covered_by_default(http) || sam->failed)
        return;
    char *upper = arena_strz(sam->arena, http->method->text);
    for (char *c = upper; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    bool plain = str_is(http->method->text, "any") && str_is(path, "/$default");
    struct made *permission =
        lambda_permission(sam, http->target, http->event->id, "", "apigateway.amazonaws.com");
    made_set(
        sam, permission, "SourceArn",
        make(sam,
             "{'Fn::Sub': ['arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/"
             "${__Stage__}%s%s%s', {'__ApiId__': %v, '__Stage__': '*'}]}",
             plain ? "" : "/",
             plain ? ""
             : any ? "*"
                   : upper,
             star_path(sam, path, false).ptr, own(http, "ApiId")));
    made_add(sam, list, permission);
}

static void set_timeout(void *self, struct str method, struct value *definition)
{
    struct http_event *http = self;
    (void)method;
    python_put(http->sam->arena, value_get(definition, INTEGRATION), "timeoutInMillis",
               own(http, "TimeoutInMillis"));
}

static void set_payload(void *self, struct str method, struct value *definition)
{
    struct http_event *http = self;
    (void)method;
    python_put(http->sam->arena, value_get(definition, INTEGRATION), "payloadFormatVersion",
               own(http, "PayloadFormatVersion"));
}

static void add_parameter(struct sam *sam, struct value *list, struct str name)
{
    struct value *parameter = NULL;
    for (size_t i = 0; i < list->count && !parameter; i++)
        if (str_equal(value_get_text(list->items[i], "name"), name))
            parameter = list->items[i];
    if (!parameter) {
        parameter = python_dict(sam->arena);
        python_put(sam->arena, parameter, "name", python_unicode(sam->arena, name));
        value_append(sam->arena, list, parameter);
    }
    python_put(sam->arena, parameter, "in", make_text(sam, "path"));
    python_put(sam->arena, parameter, "required", value_bool(sam->arena, true));
}

/* Every "{name}" of the path is a parameter of the method. */
static void set_path_parameters(void *self, struct str method, struct value *definition)
{
    struct http_event *http = self;
    struct value *list = value_get(definition, "parameters");
    struct str path = http->path->text;
    (void)method;
    if (!value_is(list, VALUE_LIST))
        list = value_list(http->sam->arena);
    for (size_t i = 0; i < path.len; i++) {
        size_t end = path.ptr[i] == '{' ? i + str_find(str_from_index(path, i), '}') : path.len;
        if (end >= path.len)
            continue;
        add_parameter(http->sam, list, str_slice(path, i + 1, end - i - 1));
        i = end;
    }
    python_put(http->sam->arena, definition, "parameters", list);
}

static void add_auth(struct http_event *http, struct editor *editor)
{
    struct sam *sam = http->sam;
    struct value *auth = own(http, "Auth"), *name = value_get(auth, "Authorizer");
    const struct value *api_auth = value_get(http->api, "Auth"),
                       *scopes = value_get(auth, "AuthorizationScopes");
    struct value *otherwise = value_get(api_auth, "DefaultAuthorizer");
    const struct value *iam = value_get(api_auth, "EnableIamAuthorizer");
    const struct value *authorizers = value_get(api_auth, "Authorizers");
    bool iam_on = value_is(iam, VALUE_BOOL) && iam->boolean;
    if (api_auth && !expect(sam, api_auth, auth, http->api_id->text.ptr, "Auth", VALUE_MAP))
        return;
    if (!is_truthy(name) && is_truthy(otherwise)) {
        name = otherwise;
        python_put(sam->arena, auth, "Authorizer", name);
    }
    if (!is_truthy(name))
        fail(http, auth, "'Auth' needs an 'Authorizer', or the API a 'DefaultAuthorizer'");
    else if (value_is_text(name, "NONE") && !is_truthy(otherwise))
        fail(http, name, "authorizer NONE needs a 'DefaultAuthorizer' of the API");
    else if (!value_is_text(name, "NONE") && !(value_is_text(name, "AWS_IAM") && iam_on) &&
             (!value_is(name, VALUE_STRING) || !is_truthy(value_get_str(authorizers, value_text(name)))))
        fail(http, name, "its authorizer is not defined in the API's 'Auth.Authorizers'");
    if (is_truthy(scopes) && !value_is(scopes, VALUE_LIST))
        fail(http, scopes, "'AuthorizationScopes' must be a list");
    if (!sam->failed)
        editor_add_method_auth(editor, http->path->text, http->method->text, auth, http->api);
}

static struct value *integration_uri(struct http_event *http)
{
    struct sam *sam = http->sam;
    struct value *attribute = value_get(http->target->arn, "Fn::GetAtt");
    struct value *arn = make_text(
        sam,
        text(
            sam,
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/%s/invocations",
            shorthand(sam, http->target->arn)));
    if (attribute && is_unicode(value_at(attribute, 0)))
        arn->mark = PYTHON_UNICODE;
    return single(sam, "Fn::Sub", false, arn);
}

static void add_route(struct http_event *http)
{
    struct sam *sam = http->sam;
    struct value *body = value_get(http->api, "DefinitionBody");
    struct str path = http->path->text, method = http->method->text;
    if (!body)
        return;
    struct editor *editor = editor_new(sam, body, http->api_id->text.ptr, true);
    if (!editor)
        return;
    if (is_truthy(value_get(http->api, "__MANAGE_SWAGGER")) && editor_has_integration(editor, path, method)) {
        sam_fail(sam, http->event->node, http->event->function_id,
                 "event '%s': API method '%.*s' is defined more than once for path '%.*s'",
                 http->event->relative, STR_ARG(method), STR_ARG(path));
        return;
    }
    editor_add_lambda(editor, http->path, http->method, integration_uri(http), own(http, "Auth"),
                      value_get(http->api, "Auth"),
                      value_get(http->target->function->attributes, "Condition"), NULL);
    if (is_truthy(own(http, "Auth")))
        add_auth(http, editor);
    if (sam->failed)
        return;
    if (is_truthy(own(http, "TimeoutInMillis")))
        editor_each(editor, path, method, set_timeout, http);
    if (str_find(path, '{') < path.len)
        editor_each(editor, path, method, set_path_parameters, http);
    if (is_truthy(own(http, "PayloadFormatVersion")))
        editor_each(editor, path, method, set_payload, http);
    python_put(sam->arena, http->api, "DefinitionBody", editor_result(editor));
}

/* The API that the event names. */
bool link_http_api(struct sam *sam, struct event *event, struct value **id, struct value **api)
{
    *id = api_id_of(value_get(event->properties, "ApiId"));
    const struct value *resource =
        value_is(*id, VALUE_STRING) ? value_get_str(sam->resources, (*id)->text) : NULL;
    if (!value_is(resource, VALUE_MAP)) {
        sam_fail(sam, event->node, event->function_id,
                 "event '%s': 'ApiId' must name an HTTP API of this template", event->relative);
        return false;
    }
    *api = value_get(resource, "Properties");
    *api = *api ? *api : value_map(sam->arena);
    return true;
}

void build_http_api_event(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    struct http_event http = {.sam = sam, .event = event, .target = target};
    struct value *method = own(&http, "Method");
    http.path = own(&http, "Path");
    if (!link_http_api(sam, event, &http.api_id, &http.api))
        return;
    if (!value_is(http.path, VALUE_STRING) || !value_is(method, VALUE_STRING)) {
        fail(&http, NULL, "'Path' and 'Method' must be texts");
        return;
    }
    char *small = arena_strz(sam->arena, method->text);
    for (char *c = small; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    http.method = make_text(sam, small);
    http.method->mark = method->mark;
    add_permission(&http, list);
    if (!sam->failed)
        add_route(&http);
}
