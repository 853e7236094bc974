#include "environments/serverless/compile.h"

/* Events `alb`: target groups and rules of a listener that is there already. */

struct balanced {
    const struct sls_event *event;
    const struct value *given;
    const char *alb;   /* the load balancer's id, or the logical id of the listener */
    const char *group; /* logical id of the target group */
    bool multi;
};

/* arn:aws:elasticloadbalancing:...:listener/app/NAME/ALB/LISTENER */
static const char *alb_of(struct sls *sls, const struct sls_event *event)
{
    const struct value *arn = value_get(event->value, "listenerArn"), *ref = value_get(arn, "Ref");
    struct str rest = value_text(arn), part = STR_EMPTY;
    if (ref)
        return text_of(sls, ref);
    size_t slashes = 0;
    while (slashes < 4 && str_split(&rest, '/', &part))
        slashes++;
    if (!str_contains(value_text(arn), ":listener/app/") || slashes < 4 || !rest.ptr) {
        sls_fail(sls, arn, "event 'alb' of function '%s': 'listenerArn' is not one of a listener",
                 event->function->key);
        return "";
    }
    return arena_strz(sls->arena, part);
}

static const char *tag_value(struct sls *sls, const struct balanced *b, bool multi)
{
    return textf(sls, "%s-%s-%s-%s%s", sls->name, b->event->function->key, b->alb,
                 multi ? "multi-value-" : "", sls->stage);
}

static struct value *group_name(struct sls *sls, const struct balanced *b)
{
    struct value *given = value_get(b->given, "targetGroupName");
    struct value *prefix = value_path(sls->provider, "alb", "targetGroupPrefix", NULL);
    if (truthy(given) && truthy(prefix))
        sls_fail(sls, given, "'targetGroupName' does not go with 'alb.targetGroupPrefix'");
    if (truthy(given))
        return given;
    struct str name =
        str_from(textf(sls, "%s%s", text_of(sls, prefix), md5_of(sls, tag_value(sls, b, b->multi))));
    return value_string(sls->arena, str_slice(name, 0, 32));
}

static void set_health_check(struct sls *sls, const struct balanced *b, struct value *properties)
{
    static const struct {
        const char *given, *property, *otherwise;
    } rows[] = {
        {"path", "HealthCheckPath", "'/'"},
        {"intervalSeconds", "HealthCheckIntervalSeconds", "35"},
        {"timeoutSeconds", "HealthCheckTimeoutSeconds", "30"},
        {"healthyThresholdCount", "HealthyThresholdCount", "5"},
        {"unhealthyThresholdCount", "UnhealthyThresholdCount", "5"},
    };
    const struct value *given = value_get(b->given, "healthCheck");
    struct value *code = value_path(given, "matcher", "httpCode", NULL);
    value_setz(sls->arena, properties, "HealthCheckEnabled", value_bool(sls->arena, truthy(given)));
    for (size_t i = 0; truthy(given) && i < ARRAY_LENGTH(rows); i++) {
        struct value *value = if_given(value_get(given, rows[i].given));
        value_setz(sls->arena, properties, rows[i].property, value ? value : form(sls, rows[i].otherwise));
    }
    if (truthy(given))
        value_setz(sls->arena, properties, "Matcher",
                   form(sls, "{'HttpCode': %v}", truthy_or(code, form_text(sls, "200"))));
}

static void compile_group(struct sls *sls, const struct balanced *b)
{
    const struct sls_function *f = b->event->function;
    struct value *properties = form(
        sls,
        "{'TargetType': 'lambda', 'Targets': [{'Id': %v}], 'Name': %v, 'Tags': [{'Key': 'Name', 'Value': "
        "'%s'}], 'TargetGroupAttributes': [{'Key': 'lambda.multi_value_headers.enabled', 'Value': %v}]}",
        sls_target(sls, f), group_name(sls, b), tag_value(sls, b, false), value_bool(sls->arena, b->multi));
    set_health_check(sls, b, properties);
    sls_put(sls, b->group,
            form(sls,
                 "{'Type': 'AWS::ElasticLoadBalancingV2::TargetGroup', 'Properties': %v, 'DependsOn': "
                 "['%sLambdaPermissionRegisterTarget', %v]}",
                 properties, f->id, alias_of(sls, f)),
            b->given);
}

static struct value *authentication(struct sls *sls, const struct value *given, size_t order)
{
    bool cognito = value_is_text(value_get(given, "type"), "cognito");
    struct value *secret = if_truthy(value_get(given, "clientSecret"));
    struct value *config = form(
        sls,
        "{'UserPoolArn': %v, 'UserPoolClientId': %v, 'UserPoolDomain': %v, 'AuthorizationEndpoint': %v, "
        "'ClientId': %v, 'Issuer': %v, 'TokenEndpoint': %v, 'UserInfoEndpoint': %v, "
        "'OnUnauthenticatedRequest': %v, 'AuthenticationRequestExtraParams': %v, 'Scope': %v, "
        "'SessionCookieName': %v, 'SessionTimeout': %v, 'ClientSecret': %v, 'UseExistingClientSecret': %v}",
        value_get(given, "userPoolArn"), value_get(given, "userPoolClientId"),
        value_get(given, "userPoolDomain"), value_get(given, "authorizationEndpoint"),
        value_get(given, "clientId"), value_get(given, "issuer"), value_get(given, "tokenEndpoint"),
        value_get(given, "userInfoEndpoint"),
        truthy_or(value_get(given, "onUnauthenticatedRequest"), form_text(sls, "deny")),
        value_get(given, "requestExtraParams"), value_get(given, "scope"),
        value_get(given, "sessionCookieName"), value_get(given, "sessionTimeout"), cognito ? NULL : secret,
        cognito || secret ? NULL : value_bool(sls->arena, true));
    return form(sls, "{'Type': '%s', 'Order': %v, '%s': %v}",
                cognito ? "authenticate-cognito" : "authenticate-oidc", value_int(sls->arena, (int64_t)order),
                cognito ? "AuthenticateCognitoConfig" : "AuthenticateOidcConfig", config);
}

static struct value *actions_of(struct sls *sls, const struct balanced *b)
{
    const struct value *names = value_get(b->given, "authorizer");
    struct value *actions = value_list(sls->arena);
    size_t order = 0;
    for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++) {
        const struct value *given =
            value_get_str(value_path(sls->provider, "alb", "authorizers", NULL), value_text(names->items[i]));
        if (!given) {
            sls_fail(sls, names->items[i], "there is no authorizer '%.*s' in 'provider.alb.authorizers'",
                     STR_ARG(value_text(names->items[i])));
            return actions;
        }
        value_append(sls->arena, actions, authentication(sls, given, ++order));
    }
    value_append(sls->arena, actions,
                 form(sls, "{'Type': 'forward', 'TargetGroupArn': {'Ref': '%s'}, 'Order': %v}", b->group,
                      order ? value_int(sls->arena, (int64_t)order + 1) : NULL));
    return actions;
}

static void add_headers(struct sls *sls, struct value *list, const struct value *header)
{
    const struct value *all = value_is(header, VALUE_MAP) ? form(sls, "[%v]", header) : header;
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++)
        value_append(
            sls->arena, list,
            form(sls, "{'Field': 'http-header', 'HttpHeaderConfig': {'HttpHeaderName': %v, 'Values': %v}}",
                 value_get(all->items[i], "name"), value_get(all->items[i], "values")));
}

static void add_query(struct sls *sls, struct value *list, const struct value *query)
{
    if (truthy(query))
        value_append(sls->arena, list,
                     form(sls, "{'Field': 'query-string', 'QueryStringConfig': {'Values': %v}}",
                          sls_tags(sls, query)));
}

static struct value *conditions_of(struct sls *sls, const struct balanced *b)
{
    static const struct {
        const char *name, *shape;
    } rows[] = {
        {"path", "{'Field': 'path-pattern', 'Values': %v}"},
        {"host", "{'Field': 'host-header', 'HostHeaderConfig': {'Values': %v}}"},
        {"method", "{'Field': 'http-request-method', 'HttpRequestMethodConfig': {'Values': %v}}"},
        {"header", NULL},
        {"query", NULL},
        {"ip", "{'Field': 'source-ip', 'SourceIpConfig': {'Values': %v}}"},
    };
    const struct value *given = value_get(b->given, "conditions");
    struct value *list = value_list(sls->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct value *one = value_get(given, rows[i].name);
        if (str_is(str_from(rows[i].name), "header"))
            add_headers(sls, list, one);
        else if (str_is(str_from(rows[i].name), "query"))
            add_query(sls, list, one);
        else if (truthy(one))
            value_append(sls->arena, list, form(sls, rows[i].shape, one));
    }
    if (!list->count)
        sls_fail(sls, b->given, "event 'alb' of function '%s' needs a condition", b->event->function->key);
    return list;
}

static struct balanced balanced_of(struct sls *sls, const struct sls_event *event)
{
    struct balanced b = {.event = event, .given = event->value, .alb = alb_of(sls, event)};
    b.multi = truthy(value_get(b.given, "multiValueHeaders"));
    b.group = textf(sls, "%sAlb%sTargetGroup%s", event->function->id, b.multi ? "MultiValue" : "", b.alb);
    return b;
}

static void compile_target(struct sls *sls, const struct sls_event *event, void *self)
{
    struct balanced b = balanced_of(sls, event);
    (void)self;
    if (!sls->failed)
        compile_group(sls, &b);
}

static void compile_rule(struct sls *sls, const struct sls_event *event, void *self)
{
    struct balanced b = balanced_of(sls, event);
    struct value *priority = value_get(b.given, "priority");
    (void)self;
    const char *id = textf(sls, "%sAlbListenerRule%s", event->function->id, text_of(sls, priority));
    if (sls_has(sls, id))
        sls_fail(sls, priority, "event 'alb' of function '%s': its priority is there twice",
                 event->function->key);
    sls_put(sls, id,
            form(sls,
                 "{'Type': 'AWS::ElasticLoadBalancingV2::ListenerRule', 'Properties': {'Actions': %v, "
                 "'Conditions': %v, 'ListenerArn': %v, 'Priority': %v}}",
                 actions_of(sls, &b), conditions_of(sls, &b), value_get(b.given, "listenerArn"), priority),
            b.given);
}

static void permit(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    struct balanced b = balanced_of(sls, event);
    static const char *const names[] = {"Alb", "RegisterTarget"};
    (void)self;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct value *permission = sls_permission(sls, f, "elasticloadbalancing.amazonaws.com",
                                                  i == 0 ? form(sls, "{'Ref': '%s'}", b.group) : NULL);
        if (f->alias)
            value_setz(sls->arena, permission, "DependsOn", form(sls, "['%s']", f->alias));
        sls_add(sls, textf(sls, "%sLambdaPermission%s", f->id, names[i]), permission, b.given);
    }
}

void compile_alb(struct sls *sls)
{
    each_event(sls, "alb", compile_target, NULL);
    each_event(sls, "alb", compile_rule, NULL);
    if (!sls->failed)
        each_event(sls, "alb", permit, NULL);
}
