#include "environments/sam/editor.h"

/* Integrations of functions and state machines. */

/* The role of an AWS_IAM method: that of the event, else of the API; "NONE" for neither. */
static struct value *invoke_role(struct sam *sam, const struct value *method_auth,
                                 const struct value *api_auth)
{
    const struct value *auths[] = {method_auth, api_auth};
    struct value *role = NULL;
    bool iam =
        value_is_text(value_get(method_auth, "Authorizer"), "AWS_IAM") ||
        (value_is_text(value_get(api_auth, "DefaultAuthorizer"), "AWS_IAM") && !is_truthy(method_auth));
    if (!iam)
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(auths) && !role; i++) {
        struct value *own = value_get(auths[i], "InvokeRole");
        if (own)
            role = is_truthy(own) ? own : make_text(sam, "NONE");
    }
    if (value_is_text(role, "NONE"))
        return NULL;
    if (!role || value_is_text(role, "CALLER_CREDENTIALS"))
        return make_text(sam, text(sam, "arn:%s:iam::*:user/*", sam->partition));
    return role;
}

static void put(struct editor *editor, struct value *map, const char *key, struct value *value)
{
    if (value)
        python_put(editor->sam->arena, map, key, value);
}

static struct value *lambda_integration(struct editor *editor, struct value *uri, struct value *role,
                                        const struct value *mode)
{
    struct sam *sam = editor->sam;
    struct value *integration = python_dict(sam->arena);
    put(editor, integration, "type", make_text(sam, "aws_proxy"));
    put(editor, integration, "httpMethod", make_text(sam, "POST"));
    if (editor->http)
        put(editor, integration, "payloadFormatVersion", make_text(sam, "2.0"));
    put(editor, integration, "uri", uri);
    if (value_is_text(mode, "RESPONSE_STREAM"))
        put(editor, integration, "responseTransferMode", make_text(sam, "STREAM"));
    put(editor, integration, "credentials", role);
    return integration;
}

/* Puts the integration into the method, in every branch of the path. */
static void place(struct editor *editor, const struct value *path, struct str method,
                  struct value *integration, struct value *responses, struct value *condition)
{
    struct sam *sam = editor->sam;
    struct value *items = conditional_contents(sam, value_get_str(editor->paths, path->text));
    for (size_t i = 0; i < items->count && !sam->failed; i++) {
        struct value *definition = value_get_str(items->items[i], method);
        if (!value_is(definition, VALUE_MAP)) {
            definition = python_dict(sam->arena);
            python_set(sam->arena, items->items[i], method, false, definition);
        }
        put(editor, definition, INTEGRATION, i == 0 ? integration : python_deepcopy(sam->arena, integration));
        if (editor->http && str_is(path->text, "$default") && str_is(method, ANY_METHOD))
            put(editor, definition, "isDefaultRoute", value_bool(sam->arena, true));
        if (!value_get(definition, "responses"))
            put(editor, definition, "responses", responses);
        if (is_truthy(condition))
            python_set(sam->arena, items->items[i], method, false, make_if(sam, condition, definition, NULL));
    }
}

void editor_add_lambda(struct editor *editor, const struct value *path, const struct value *method,
                       struct value *uri, const struct value *method_auth, const struct value *api_auth,
                       struct value *condition, const struct value *mode)
{
    struct sam *sam = editor->sam;
    if (editor_has_integration(editor, path->text, method->text))
        return;
    editor_add_path(editor, path, method);
    if (is_truthy(condition))
        uri = make_if(sam, condition, uri, NULL);
    struct value *role = editor->http ? NULL : invoke_role(sam, method_auth, api_auth);
    place(editor, path, method_name(sam, method->text), lambda_integration(editor, uri, role, mode),
          python_dict(sam->arena), condition);
}

static struct value *statuses(struct editor *editor, const char *key, const char *good, const char *bad)
{
    struct sam *sam = editor->sam;
    struct value *map = python_dict(sam->arena);
    put(editor, map, "200", single(sam, key, false, make_text(sam, good)));
    put(editor, map, "400", single(sam, key, false, make_text(sam, bad)));
    return map;
}

void editor_add_machine(struct editor *editor, const struct value *path, const struct value *method,
                        struct value *uri, struct value *credentials, struct value *templates,
                        struct value *condition)
{
    struct sam *sam = editor->sam;
    struct value *integration = python_dict(sam->arena);
    editor_add_path(editor, path, method);
    if (is_truthy(condition))
        uri = make_if(sam, condition, uri, NULL);
    put(editor, integration, "type", make_text(sam, "aws"));
    put(editor, integration, "httpMethod", make_text(sam, "POST"));
    put(editor, integration, "uri", uri);
    put(editor, integration, "responses", statuses(editor, "statusCode", "200", "400"));
    put(editor, integration, "credentials", credentials);
    put(editor, integration, "requestTemplates", templates);
    place(editor, path, method_name(sam, method->text), integration,
          statuses(editor, "description", "OK", "Bad Request"), condition);
}

void editor_need_iam(struct editor *editor)
{
    struct sam *sam = editor->sam;
    if (value_get(editor->security, "AWS_IAM"))
        return;
    struct value *scheme = python_dict(sam->arena);
    put(editor, scheme, "x-amazon-apigateway-authtype", make_text(sam, "awsSigv4"));
    put(editor, scheme, "type", make_text(sam, "apiKey"));
    put(editor, scheme, "name", make_text(sam, "Authorization"));
    put(editor, scheme, "in", make_text(sam, "header"));
    python_update(sam->arena, editor->security, single(sam, "AWS_IAM", false, scheme));
}

void editor_need_key(struct editor *editor)
{
    struct sam *sam = editor->sam;
    if (!value_is(editor->security, VALUE_MAP)) {
        sam_fail(sam, editor->security, editor->id, "'securityDefinitions' must be a mapping");
        return;
    }
    if (value_get(editor->security, "api_key"))
        return;
    struct value *scheme = python_dict(sam->arena);
    put(editor, scheme, "type", make_text(sam, "apiKey"));
    put(editor, scheme, "name", make_text(sam, "x-api-key"));
    put(editor, scheme, "in", make_text(sam, "header"));
    python_update(sam->arena, editor->security, single(sam, "api_key", false, scheme));
}

struct method_auth {
    struct editor *editor;
    struct value *authorizer, *scopes;
    const struct value *authorizers;
    struct value *security; /* one entry */
};

static struct value *existing_security(struct editor *editor, const struct value *definition)
{
    struct value *existing = value_get(definition, "security");
    if (!existing)
        return value_list(editor->sam->arena);
    if (!value_is(existing, VALUE_LIST)) {
        sam_fail(editor->sam, existing, editor->id, "'security' of a method must be a list");
        return value_list(editor->sam->arena);
    }
    return python_copy(editor->sam->arena, existing);
}

static void add_security(void *self, struct str method, struct value *definition)
{
    struct method_auth *auth = self;
    struct value *security = existing_security(auth->editor, definition);
    (void)method;
    value_append(auth->editor->sam->arena, security, python_copy(auth->editor->sam->arena, auth->security));
    put(auth->editor, definition, "security", security);
    if (!auth->editor->http && value_get(security->items[0], "AWS_IAM"))
        editor_need_iam(auth->editor);
}

static struct value *scopes_of(struct editor *editor, const struct value *name,
                               const struct value *authorizers, struct value *scopes)
{
    struct sam *sam = editor->sam;
    struct value *authorizer = value_get_str(authorizers, value_text(name));
    bool without = value_is_text(name, "NONE") || (editor->http && value_is_text(name, "AWS_IAM"));
    if (without || !is_truthy(authorizers) || is_none(authorizer))
        return value_list(sam->arena);
    if (!value_is(authorizer, VALUE_MAP)) {
        sam_fail(sam, authorizer, editor->id, "authorizer '%.*s' must be a mapping",
                 STR_ARG(value_text(name)));
        return value_list(sam->arena);
    }
    bool given = editor->http ? is_truthy(scopes) : !is_none(scopes);
    struct value *own = given ? scopes : value_get(authorizer, "AuthorizationScopes");
    return (editor->http ? is_truthy(own) : !is_none(own)) ? own : value_list(sam->arena);
}

static void set_authorizer(struct editor *editor, struct str path, struct str method, struct value *name,
                           const struct value *authorizers, struct value *scopes)
{
    struct sam *sam = editor->sam;
    struct method_auth auth = {.editor = editor};
    struct value *granted = scopes_of(editor, name, authorizers, scopes);
    auth.security = editor->http ? make(sam, "{'%s': %v}", value_text(name).ptr, granted)
                                 : single(sam, value_text(name).ptr, is_unicode(name), granted);
    editor_each(editor, path, method, add_security, &auth);
}

static void set_key(struct editor *editor, struct str path, struct str method, bool required)
{
    struct sam *sam = editor->sam;
    struct method_auth auth = {.editor = editor};
    auth.security = single(sam, required ? "api_key" : "api_key_false", false, value_list(sam->arena));
    if (required)
        editor_need_key(editor);
    editor_each(editor, path, method, add_security, &auth);
}

void editor_add_method_auth(struct editor *editor, struct str path, struct str method,
                            const struct value *auth, const struct value *api)
{
    struct value *name = value_get(auth, "Authorizer"), *key = value_get(auth, "ApiKeyRequired");
    if (is_truthy(name))
        set_authorizer(editor, path, method, name, value_path(api, "Auth", "Authorizers", NULL),
                       value_get(auth, "AuthorizationScopes"));
    if (!editor->http && !is_none(key))
        set_key(editor, path, method, is_truthy(key));
}
