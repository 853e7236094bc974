#include "environments/sam/http_api.h"

/* Authorizers of an HTTP API: JWT, Lambda and IAM. */

static bool is_jwt(const struct value *config)
{
    return is_truthy(value_get(config, "JwtConfiguration"));
}

static void fail(struct http_api *api, const struct value *at, const char *name, const char *what)
{
    sam_fail(api->sam, at, api->source->id, "authorizer '%s' %s", name, what);
}

static void check(struct http_api *api, const char *name, const struct value *config)
{
    static const char *const lambda_only[] = {"FunctionArn",
                                              "FunctionInvokeRole",
                                              "Identity",
                                              "AuthorizerPayloadFormatVersion",
                                              "EnableSimpleResponses",
                                              "EnableFunctionDefaultPermissions"};
    static const char *const jwt_only[] = {"AuthorizationScopes", "IdentitySource"};
    const struct value *scopes = value_get(config, "AuthorizationScopes"),
                       *jwt = value_get(config, "JwtConfiguration");
    const struct value *permit = value_get(config, "EnableFunctionDefaultPermissions");
    if (value_get(config, "OpenIdConnectUrl"))
        fail(api, config, name, "cannot have 'OpenIdConnectUrl' any more");
    if (is_truthy(jwt) && !value_is(jwt, VALUE_MAP))
        fail(api, jwt, name, "needs a mapping as 'JwtConfiguration'");
    if (!is_none(scopes) && !value_is(scopes, VALUE_LIST))
        fail(api, scopes, name, "needs a list as 'AuthorizationScopes'");
    for (size_t i = 0; is_jwt(config) && i < ARRAY_LENGTH(lambda_only); i++)
        if (!is_none(value_get(config, lambda_only[i])))
            fail(api, config, name,
                 text(api->sam, "cannot have '%s': it is for Lambda authorizers", lambda_only[i]));
    for (size_t i = 0; !is_jwt(config) && i < ARRAY_LENGTH(jwt_only); i++)
        if (!is_none(value_get(config, jwt_only[i])))
            fail(api, config, name,
                 text(api->sam, "cannot have '%s': it is for JWT authorizers", jwt_only[i]));
    if (is_jwt(config) && !is_truthy(value_get(config, "IdentitySource")))
        fail(api, config, name, "needs 'IdentitySource'");
    if (!is_jwt(config) && (!is_truthy(value_get(config, "FunctionArn")) ||
                            !is_truthy(value_get(config, "AuthorizerPayloadFormatVersion"))))
        fail(api, config, name, "needs 'FunctionArn' and 'AuthorizerPayloadFormatVersion'");
    if (!is_none(permit) && !value_is(permit, VALUE_BOOL))
        fail(api, permit, name, "needs true or false as 'EnableFunctionDefaultPermissions'");
}

/* Name -> configuration; null for AWS_IAM. */
static struct value *authorizers_of(struct http_api *api, const struct value *auth)
{
    struct sam *sam = api->sam;
    struct value *all = value_map(sam->arena);
    const struct value *iam = value_get(auth, "EnableIamAuthorizer"), *given = value_get(auth, "Authorizers");
    if (value_is(iam, VALUE_BOOL) && iam->boolean)
        value_setz(sam->arena, all, "AWS_IAM", value_null(sam->arena));
    if (!is_truthy(given) || !expect(sam, given, auth, api->source->id, "Auth.Authorizers", VALUE_MAP))
        return all;
    struct python_items items = python_items(sam->arena, given);
    for (size_t i = 0; i < items.count; i++) {
        if (!expect(sam, items.items[i].value, given, api->source->id, items.items[i].key.ptr, VALUE_MAP))
            return all;
        check(api, items.items[i].key.ptr, items.items[i].value);
        value_set(sam->arena, all, items.items[i].key, items.items[i].value);
    }
    return all;
}

static struct value *identity_source(struct http_api *api, const char *name, const struct value *identity)
{
    static const char *const sources[][2] = {{"$request.header.", "Headers"},
                                             {"$request.querystring.", "QueryStrings"},
                                             {"$stageVariables.", "StageVariables"},
                                             {"$context.", "Context"}};
    struct sam *sam = api->sam;
    struct value *list = value_list(sam->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        const struct value *all = value_get(identity, sources[i][1]);
        if (is_truthy(all) && !value_is(all, VALUE_LIST))
            fail(api, all, name, "needs lists of texts in 'Identity'");
        for (size_t k = 0; value_is(all, VALUE_LIST) && k < all->count; k++) {
            if (!value_is(all->items[k], VALUE_STRING))
                fail(api, all->items[k], name, "needs lists of texts in 'Identity'");
            value_append(
                sam->arena, list,
                value_stringf(sam->arena, "%s%.*s", sources[i][0], STR_ARG(value_text(all->items[k]))));
        }
    }
    return list;
}

static struct value *lambda_scheme(struct http_api *api, const char *name, const struct value *config)
{
    struct sam *sam = api->sam;
    struct value *role = value_get(config, "FunctionInvokeRole"), *identity = value_get(config, "Identity");
    struct value *every = value_get(identity, "ReauthorizeEvery"),
                 *simple = value_get(config, "EnableSimpleResponses");
    bool with_role = is_truthy(role) && !value_is_text(role, "NONE");
    if (is_truthy(identity) && !value_is(identity, VALUE_MAP))
        fail(api, identity, name, "needs a mapping as 'Identity'");
    struct value *uri =
        make(sam,
             "{'Fn::Sub': ['arn:%s:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
             "${__FunctionArn__}/invocations', {'__FunctionArn__': %v}]}",
             sam->partition, value_get(config, "FunctionArn"));
    return make(
        sam,
        "{'type': 'apiKey', 'name': 'Unused', 'in': 'header', 'x-amazon-apigateway-authorizer': {'type': "
        "'request', 'authorizerUri': %v, 'authorizerCredentials': %v, 'authorizerResultTtlInSeconds': %v, "
        "'identitySource': %v, 'authorizerPayloadFormatVersion': %v, 'enableSimpleResponses': %v}}",
        uri, with_role ? role : NULL, is_none(every) ? NULL : every,
        is_truthy(identity) ? identity_source(api, name, identity) : NULL,
        value_get(config, "AuthorizerPayloadFormatVersion"), is_truthy(simple) ? simple : NULL);
}

static struct value *scheme(struct http_api *api, const char *name, const struct value *config)
{
    struct sam *sam = api->sam;
    if (is_none(config))
        return make(sam, "{'type': 'apiKey', 'name': 'Authorization', 'in': 'header', "
                         "'x-amazon-apigateway-authtype': 'awsSigv4'}");
    if (!is_jwt(config))
        return lambda_scheme(api, name, config);
    struct python_items jwt = python_items(sam->arena, value_get(config, "JwtConfiguration"));
    struct value *small = value_map(sam->arena);
    for (size_t i = 0; i < jwt.count; i++) {
        char *key = arena_strz(sam->arena, jwt.items[i].key);
        for (char *c = key; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        value_setz(sam->arena, small, key, jwt.items[i].value);
    }
    return make(
        sam,
        "{'type': 'oauth2', 'x-amazon-apigateway-authorizer': {'jwtConfiguration': %v, 'identitySource': %v, "
        "'type': 'jwt'}}",
        small, value_get(config, "IdentitySource"));
}

static void default_method(struct http_api *api, struct value *method, const char *name, struct value *scopes)
{
    struct value *contents = conditional_contents(api->sam, method);
    for (size_t i = 0; i < contents->count; i++) {
        struct value *definition = contents->items[i];
        if (!expect(api->sam, definition, method, api->source->id, "DefinitionBody.paths", VALUE_MAP))
            return;
        if (is_truthy(value_get(definition, INTEGRATION)) && !is_truthy(value_get(definition, "security")))
            python_put(api->sam->arena, definition, "security", make(api->sam, "[{'%s': %v}]", name, scopes));
    }
}

static void set_default(struct http_api *api, struct editor *editor, const struct value *name,
                        const struct value *authorizers)
{
    struct sam *sam = api->sam;
    if (!is_truthy(name) || is_no_value(name) ||
        !expect(sam, name, NULL, api->source->id, "Auth.DefaultAuthorizer", VALUE_STRING))
        return;
    const struct value *config = value_get_str(authorizers, name->text);
    struct value *scopes = value_get(config, "AuthorizationScopes");
    if (!config) {
        sam_fail(sam, name, api->source->id,
                 "'DefaultAuthorizer' names '%.*s', which 'Authorizers' does not define",
                 STR_ARG(name->text));
        return;
    }
    for (size_t i = 0; i < editor->paths->count; i++) {
        struct value *items = conditional_contents(sam, editor->paths->entries[i].value);
        for (size_t k = 0; k < items->count; k++) {
            struct value *item = items->items[k];
            if (!expect(sam, item, editor->paths, api->source->id, "DefinitionBody.paths", VALUE_MAP))
                return;
            for (size_t m = 0; m < item->count; m++) {
                struct str method = method_name(sam, item->entries[m].key);
                if (str_is(method, "options") || str_is(method, "parameters"))
                    continue;
                if (!value_get_str(item, method))
                    sam_fail(sam, item, api->source->id, "path '%.*s' must call its method '%.*s'",
                             STR_ARG(editor->paths->entries[i].key), STR_ARG(method));
                default_method(api, item->entries[m].value, name->text.ptr,
                               is_none(scopes) ? value_list(sam->arena) : scopes);
            }
        }
    }
}

void http_add_auth(struct http_api *api)
{
    static const char *const known[] = {"Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"};
    struct sam *sam = api->sam;
    const struct value *auth = http_own(api, "Auth");
    if (!is_truthy(auth))
        return;
    for (size_t i = 0; i < auth->count; i++)
        if (!str_is(auth->entries[i].key, known[0]) && !str_is(auth->entries[i].key, known[1]) &&
            !str_is(auth->entries[i].key, known[2]))
            sam_fail(sam, auth->entries[i].value, api->source->id, "'Auth' has no '%.*s'",
                     STR_ARG(auth->entries[i].key));
    if (!is_truthy(api->body) || !editor_takes(api->body, true))
        sam_fail(sam, auth, api->source->id, "'Auth' needs an OpenAPI document in 'DefinitionBody'");
    struct value *authorizers = authorizers_of(api, auth);
    struct editor *editor = sam->failed ? NULL : editor_new(sam, api->body, api->source->id, true);
    if (!editor)
        return;
    for (size_t i = 0; i < authorizers->count; i++)
        python_set(sam->arena, editor->security, authorizers->entries[i].key, true,
                   scheme(api, authorizers->entries[i].key.ptr, authorizers->entries[i].value));
    set_default(api, editor, value_get(auth, "DefaultAuthorizer"), authorizers);
    if (!sam->failed)
        api->body = editor_result(editor);
}

struct made *authorizer_permission(struct http_api *api, const char *id, struct value *function)
{
    struct sam *sam = api->sam;
    struct made *permission = made_new(sam, id, "AWS::Lambda::Permission", api->passthrough);
    made_set(sam, permission, "Action", make_text(sam, "lambda:InvokeFunction"));
    made_set(sam, permission, "FunctionName", function);
    made_set(sam, permission, "Principal", make_text(sam, "apigateway.amazonaws.com"));
    made_set(
        sam, permission, "SourceArn",
        make(sam,
             "{'Fn::Sub': ['arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/"
             "authorizers/*', {'__ApiId__': {'Ref': '%s'}}]}",
             api->source->id));
    return permission;
}

void http_add_permissions(struct http_api *api)
{
    struct sam *sam = api->sam;
    const struct value *auth = http_own(api, "Auth");
    struct value *authorizers = is_truthy(auth) ? authorizers_of(api, auth) : value_map(sam->arena);
    for (size_t i = 0; i < authorizers->count; i++) {
        const struct value *config = authorizers->entries[i].value;
        if (!is_truthy(value_get(config, "FunctionArn")) ||
            !is_truthy(value_get(config, "EnableFunctionDefaultPermissions")))
            continue;
        const char *id =
            text(sam, "%s%.*sAuthorizerPermission", api->source->id, STR_ARG(authorizers->entries[i].key));
        made_add(sam, api->list, authorizer_permission(api, id, value_get(config, "FunctionArn")));
    }
}
