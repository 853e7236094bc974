#include "environments/sam/rest_api.h"

/* Auth of a REST API: authorizers, defaults, API keys and the resource policy. */

struct authorizer {
    struct rest_api *api;
    const char *name;
    bool iam;
    struct value *config; /* of the template, NULL for AWS_IAM */
};

static struct value *own(const struct authorizer *authorizer, const char *name)
{
    return value_get(authorizer->config, name);
}

static void fail(const struct authorizer *authorizer, const struct value *at, const char *what)
{
    sam_fail(authorizer->api->sam, at ? at : authorizer->config, authorizer->api->source->id,
             "authorizer '%s' %s", authorizer->name, what);
}

static const char *kind(const struct authorizer *authorizer)
{
    if (authorizer->iam)
        return "AWS_IAM";
    return is_truthy(own(authorizer, "UserPoolArn")) ? "COGNITO_USER_POOLS" : "LAMBDA";
}

static bool is_kind(const struct authorizer *authorizer, const char *name)
{
    return str_is(str_from(kind(authorizer)), name);
}

static bool is_request(const struct authorizer *authorizer)
{
    return value_is_text(own(authorizer, "FunctionPayloadType"), "REQUEST");
}

static bool lacks_identity(const struct authorizer *authorizer)
{
    static const char *const sources[] = {"Headers", "QueryStrings", "StageVariables", "Context"};
    const struct value *identity = own(authorizer, "Identity"),
                       *ttl = value_get(identity, "ReauthorizeEvery");
    int64_t seconds;
    if (!is_truthy(identity))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++)
        if (is_truthy(value_get(identity, sources[i])))
            return false;
    return is_none(ttl) || !value_to_int(ttl, &seconds) || seconds > 0;
}

static void check(const struct authorizer *authorizer)
{
    const struct value *payload = own(authorizer, "FunctionPayloadType"),
                       *identity = own(authorizer, "Identity");
    const struct value *scopes = own(authorizer, "AuthorizationScopes");
    const struct value *disable = own(authorizer, "DisableFunctionDefaultPermissions");
    if (!is_none(payload) && !value_is_text(payload, "TOKEN") && !value_is_text(payload, "REQUEST"))
        fail(authorizer, payload, "has an unknown 'FunctionPayloadType'");
    if (is_truthy(identity) && !value_is(identity, VALUE_MAP))
        fail(authorizer, identity, "needs a mapping as 'Identity'");
    else if (is_request(authorizer) && lacks_identity(authorizer))
        fail(authorizer, NULL, "needs 'Identity' with Headers, QueryStrings, StageVariables or Context");
    if (!is_none(scopes) && !value_is(scopes, VALUE_LIST))
        fail(authorizer, scopes, "needs a list as 'AuthorizationScopes'");
    if (!is_none(disable) && !value_is(disable, VALUE_BOOL))
        fail(authorizer, disable, "needs true or false as 'DisableFunctionDefaultPermissions'");
}

static struct value *identity_source(const struct authorizer *authorizer)
{
    static const char *const sources[][2] = {{"Headers", "method.request.header."},
                                             {"QueryStrings", "method.request.querystring."},
                                             {"StageVariables", "stageVariables."},
                                             {"Context", "context."}};
    struct sam *sam = authorizer->api->sam;
    struct buf out = BUF_INIT(BUF_SMALL);
    bool unicode = false;
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        const struct value *all = value_get(own(authorizer, "Identity"), sources[i][0]);
        if (is_truthy(all) && !value_is(all, VALUE_LIST))
            fail(authorizer, all, "needs lists of texts in 'Identity'");
        for (size_t k = 0; value_is(all, VALUE_LIST) && k < all->count; k++) {
            if (!value_is(all->items[k], VALUE_STRING))
                fail(authorizer, all->items[k], "needs lists of texts in 'Identity'");
            buf_printf(&out, "%s%s%.*s", out.len ? ", " : "", sources[i][1],
                       STR_ARG(value_text(all->items[k])));
            unicode = unicode || is_unicode(all->items[k]);
        }
    }
    struct value *source =
        unicode ? python_unicode(sam->arena, buf_str(&out)) : value_string(sam->arena, buf_str(&out));
    buf_release(&out);
    return source;
}

static void put(const struct authorizer *authorizer, struct value *map, const char *key, struct value *value)
{
    python_put(authorizer->api->sam->arena, map, key, value);
}

static struct value *lambda_part(const struct authorizer *authorizer)
{
    struct sam *sam = authorizer->api->sam;
    struct value *part =
        single(sam, "type", false, make_text(sam, is_request(authorizer) ? "request" : "token"));
    struct value *identity = own(authorizer, "Identity"), *every = value_get(identity, "ReauthorizeEvery");
    struct value *role = own(authorizer, "FunctionInvokeRole");
    put(authorizer, part, "authorizerUri",
        make(sam,
             "{'Fn::Sub': "
             "['arn:%s:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/"
             "invocations', {'__FunctionArn__': %v}]}",
             sam->partition,
             own(authorizer, "FunctionArn") ? own(authorizer, "FunctionArn") : value_null(sam->arena)));
    if (!is_none(every))
        put(authorizer, part, "authorizerResultTtlInSeconds", every);
    if (is_truthy(role) && !value_is_text(role, "NONE"))
        put(authorizer, part, "authorizerCredentials", role);
    struct value *source = is_request(authorizer) ? identity_source(authorizer) : NULL;
    if (is_truthy(source))
        put(authorizer, part, "identitySource", source);
    return part;
}

static struct value *cognito_part(const struct authorizer *authorizer)
{
    struct sam *sam = authorizer->api->sam;
    struct value *part = python_dict(sam->arena), *pools = own(authorizer, "UserPoolArn");
    put(authorizer, part, "type", make_text(sam, "cognito_user_pools"));
    put(authorizer, part, "providerARNs", value_is(pools, VALUE_LIST) ? pools : make(sam, "[%v]", pools));
    return part;
}

static struct value *security_scheme(const struct authorizer *authorizer)
{
    static const char key[] = "x-amazon-apigateway-authorizer";
    struct sam *sam = authorizer->api->sam;
    struct value *scheme = python_dict(sam->arena), *identity = own(authorizer, "Identity"), *part = NULL;
    bool lambda = is_kind(authorizer, "LAMBDA"), cognito = is_kind(authorizer, "COGNITO_USER_POOLS");
    struct value *header = value_get(identity, "Header"),
                 *expression = value_get(identity, "ValidationExpression");
    put(authorizer, scheme, "type", make_text(sam, "apiKey"));
    put(authorizer, scheme, "name",
        lambda && is_request(authorizer) ? make_text(sam, "Unused")
        : is_truthy(header)              ? header
                                         : make_text(sam, "Authorization"));
    put(authorizer, scheme, "in", make_text(sam, "header"));
    put(authorizer, scheme, "x-amazon-apigateway-authtype",
        make_text(sam, lambda    ? "custom"
                       : cognito ? "cognito_user_pools"
                                 : "awsSigv4"));
    if (lambda)
        part = lambda_part(authorizer);
    if (cognito)
        part = cognito_part(authorizer);
    if (part)
        put(authorizer, scheme, key, part);
    if ((cognito || (lambda && !is_request(authorizer))) && is_truthy(expression))
        put(authorizer, part, "identityValidationExpression", expression);
    return scheme;
}

/* The configured authorizers in Python's order, AWS_IAM among them where it is the default. */
static struct value *authorizers_of(struct rest_api *api, const struct value *configured,
                                    const struct value *otherwise)
{
    struct sam *sam = api->sam;
    struct value *all = python_dict(sam->arena);
    if (value_is_text(otherwise, "AWS_IAM"))
        python_set(sam->arena, all, STR("AWS_IAM"), is_unicode(otherwise), value_null(sam->arena));
    if (!is_truthy(configured))
        return all;
    if (!expect(sam, configured, NULL, api->source->id, "Auth.Authorizers", VALUE_MAP))
        return all;
    struct python_items items = python_items(sam->arena, configured);
    for (size_t i = 0; i < items.count; i++) {
        struct authorizer authorizer = {
            .api = api, .name = items.items[i].key.ptr, .config = items.items[i].value};
        if (!expect(sam, authorizer.config, configured, api->source->id, authorizer.name, VALUE_MAP))
            return all;
        check(&authorizer);
        python_set(sam->arena, all, items.items[i].key, items.items[i].unicode, authorizer.config);
    }
    return all;
}

struct defaults {
    struct rest_api *api;
    struct editor *editor;
    struct value *authorizers, *authorizer;
    bool preflight;
};

static bool names_one(const struct value *security, const struct value *authorizers)
{
    if (value_get(security, "AWS_IAM"))
        return true;
    for (size_t i = 0; i < security->count; i++)
        if (value_get_str(authorizers, security->entries[i].key))
            return true;
    return false;
}

/* `security` of a method without the entry that says NONE. */
static bool take_out(struct value *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (value_get(list->items[i], name)) {
            for (size_t k = i + 1; k < list->count; k++)
                list->items[k - 1] = list->items[k];
            list->count--;
            return true;
        }
    return false;
}

/* Splits the entries of a method by whether they name what `known` holds. */
static bool split_security(struct defaults *defaults, const struct value *definition, bool keys,
                           struct value **ours, struct value **others)
{
    struct sam *sam = defaults->api->sam;
    const struct value *existing = value_get(definition, "security");
    *ours = value_list(sam->arena);
    *others = value_list(sam->arena);
    if (existing && !expect(sam, existing, definition, defaults->api->source->id, "security", VALUE_LIST))
        return false;
    for (size_t i = 0; existing && i < existing->count; i++) {
        struct value *one = existing->items[i];
        if (!expect(sam, one, existing, defaults->api->source->id, "security", VALUE_MAP))
            return false;
        bool own_entry = keys ? value_get(one, "api_key") || value_get(one, "api_key_false")
                              : names_one(one, defaults->authorizers);
        value_append(sam->arena, own_entry ? *ours : *others, one);
    }
    return true;
}

static void default_authorizer(void *self, struct str method, struct value *definition)
{
    struct defaults *defaults = self;
    struct sam *sam = defaults->api->sam;
    struct value *ours, *others;
    if ((!defaults->preflight && str_is(method, "options")) ||
        !split_security(defaults, definition, false, &ours, &others))
        return;
    if (!take_out(others, "NONE")) {
        struct value *config = value_get_str(defaults->authorizers, defaults->authorizer->text);
        struct value *scopes = value_get(config, "AuthorizationScopes");
        if (ours->count > 0)
            append_all(sam, others, ours);
        else
            value_append(sam->arena, others,
                         single(sam, defaults->authorizer->text.ptr, is_unicode(defaults->authorizer),
                                is_none(scopes) ? value_list(sam->arena) : scopes));
    }
    if (others->count == 0)
        return;
    python_put(sam->arena, definition, "security", others);
    if (value_get(others->items[0], "AWS_IAM"))
        editor_need_iam(defaults->editor);
}

static void default_key(void *self, struct str method, struct value *definition)
{
    struct defaults *defaults = self;
    struct sam *sam = defaults->api->sam;
    struct value *ours, *others;
    if (!split_security(defaults, definition, true, &ours, &others))
        return;
    struct value *kept = python_copy(sam->arena, others);
    if (!take_out(ours, "api_key_false"))
        value_append(sam->arena, others, single(sam, "api_key", false, value_list(sam->arena)));
    if (str_is(method, "options") && !defaults->preflight)
        others = kept;
    struct value *existing = value_get(definition, "security");
    if (!value_equal(others, existing ? existing : value_list(sam->arena)))
        python_put(sam->arena, definition, "security", others);
}

static void each_path(struct defaults *defaults, void (*edit)(void *, struct str, struct value *))
{
    struct python_items paths = python_items(defaults->api->sam->arena, defaults->editor->paths);
    for (size_t i = 0; i < paths.count; i++)
        editor_each(defaults->editor, paths.items[i].key, STR_EMPTY, edit, defaults);
}

static bool is_on(const struct value *auth, const char *name)
{
    const struct value *value = value_get(auth, name);
    return !value || is_truthy(value);
}

static void set_defaults(struct rest_api *api, struct editor *editor, const struct value *auth)
{
    struct sam *sam = api->sam;
    struct defaults defaults = {
        .api = api, .editor = editor, .authorizer = value_get(auth, "DefaultAuthorizer")};
    defaults.authorizers = authorizers_of(api, value_get(auth, "Authorizers"), defaults.authorizer);
    if (defaults.authorizers->count > 0)
        expect(sam, editor->security, editor->doc, api->source->id, "securityDefinitions", VALUE_MAP);
    if (sam->failed)
        return;
    struct python_items all = python_items(sam->arena, defaults.authorizers);
    for (size_t i = 0; i < all.count; i++) {
        struct authorizer one = {.api = api,
                                 .name = all.items[i].key.ptr,
                                 .iam = is_none(all.items[i].value),
                                 .config = is_none(all.items[i].value) ? NULL : all.items[i].value};
        python_set(sam->arena, editor->security, all.items[i].key, all.items[i].unicode,
                   security_scheme(&one));
    }
    if (all.count > 0 && is_truthy(defaults.authorizer)) {
        if (!value_is(defaults.authorizer, VALUE_STRING)) {
            sam_fail(sam, defaults.authorizer, api->source->id, "'DefaultAuthorizer' must be a text");
            return;
        }
        if (!value_is_text(defaults.authorizer, "AWS_IAM") &&
            !value_get_str(defaults.authorizers, defaults.authorizer->text))
            sam_fail(sam, defaults.authorizer, api->source->id,
                     "'DefaultAuthorizer' names '%.*s', which 'Authorizers' does not define",
                     STR_ARG(defaults.authorizer->text));
        defaults.preflight = is_on(auth, "AddDefaultAuthorizerToCorsPreflight");
        each_path(&defaults, default_authorizer);
    }
    if (is_truthy(value_get(auth, "ApiKeyRequired"))) {
        editor_need_key(editor);
        defaults.preflight = is_on(auth, "AddApiKeyRequiredToCorsPreflight");
        each_path(&defaults, default_key);
    }
}

static void add_policy(struct rest_api *api, struct editor *editor, const struct value *policy)
{
    struct sam *sam = api->sam;
    if (!is_truthy(policy) || !expect(sam, policy, NULL, api->source->id, "Auth.ResourcePolicy", VALUE_MAP))
        return;
    struct python_items paths = python_items(sam->arena, editor->paths);
    for (size_t i = 0; i < paths.count; i++) {
        struct value *path = paths.items[i].unicode ? python_unicode(sam->arena, paths.items[i].key)
                                                    : value_string(sam->arena, paths.items[i].key);
        editor_add_resource_policy(editor, policy, path, api_own(api, "StageName"));
    }
    if (is_truthy(value_get(policy, "CustomStatements")))
        editor_add_custom_statements(editor, value_get(policy, "CustomStatements"));
}

void api_add_auth(struct rest_api *api)
{
    static const char *const known[] = {"Authorizers",
                                        "DefaultAuthorizer",
                                        "InvokeRole",
                                        "AddDefaultAuthorizerToCorsPreflight",
                                        "AddApiKeyRequiredToCorsPreflight",
                                        "ApiKeyRequired",
                                        "ResourcePolicy",
                                        "UsagePlan"};
    struct sam *sam = api->sam;
    const struct value *auth = api_own(api, "Auth");
    if (!is_truthy(auth) || !expect(sam, auth, api->source->node, api->source->id, "Auth", VALUE_MAP))
        return;
    for (size_t i = 0; i < auth->count; i++) {
        bool found = false;
        for (size_t k = 0; k < ARRAY_LENGTH(known); k++)
            found = found || str_is(auth->entries[i].key, known[k]);
        if (!found)
            sam_fail(sam, auth->entries[i].value, api->source->id, "'Auth' has no '%.*s'",
                     STR_ARG(auth->entries[i].key));
    }
    if (!is_truthy(api->body) || !editor_takes(api->body, false))
        sam_fail(sam, auth, api->source->id, "'Auth' needs an OpenAPI document in 'DefinitionBody'");
    struct editor *editor = sam->failed ? NULL : api_editor(api);
    if (!editor)
        return;
    set_defaults(api, editor, auth);
    add_policy(api, editor, value_get(auth, "ResourcePolicy"));
    if (!sam->failed)
        api->body = openapi_form(api, editor_result(editor));
}

void api_add_permissions(struct rest_api *api)
{
    struct sam *sam = api->sam;
    const struct value *auth = api_own(api, "Auth");
    struct python_items all =
        python_items(sam->arena, authorizers_of(api, value_get(auth, "Authorizers"), NULL));
    for (size_t i = 0; is_truthy(auth) && i < all.count; i++) {
        struct value *arn = value_get(all.items[i].value, "FunctionArn");
        if (!is_truthy(arn) || is_truthy(value_get(all.items[i].value, "DisableFunctionDefaultPermissions")))
            continue;
        struct made *permission =
            made_new(sam, text(sam, "%s%.*sAuthorizerPermission", api->source->id, STR_ARG(all.items[i].key)),
                     "AWS::Lambda::Permission", api->passthrough);
        made_set(sam, permission, "Action", make_text(sam, "lambda:InvokeFunction"));
        made_set(sam, permission, "FunctionName", arn);
        made_set(sam, permission, "Principal", make_text(sam, "apigateway.amazonaws.com"));
        made_set(sam, permission, "SourceArn",
                 make(sam,
                      "{'Fn::Sub': "
                      "['arn:%s:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*', "
                      "{'__ApiId__': {'Ref': '%s'}}]}",
                      sam->partition, api->source->id));
        made_add(sam, api->list, permission);
    }
}
