/* Guards on what anybody can reach: buckets, function URLs, methods and routes of APIs. */

#include "reconciler/guards_private.h"

/* Where the guards say so; NULL: they do not. */
static const struct value *rule_node(const struct guards *guards, enum guard_rule rule)
{
    return rule == GUARD_BUCKETS ? guards->buckets : rule == GUARD_URLS ? guards->urls : guards->apis;
}

static void refuse(struct guard_look *look, enum guard_rule rule, const struct value *place, struct str value,
                   const char *what, const char *remedy)
{
    const struct guard_offence offence = {
        .rule = rule,
        .rule_node = rule_node(look->guards, rule),
        .place = place,
        .value = value,
        .what = what,
        .remedy = remedy,
    };
    guard_refuse(look, &offence);
}

/* --- buckets --- */

static void check_block(struct guard_look *look, const struct value *block)
{
    static const char *const settings[] = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls",
                                           "RestrictPublicBuckets"};
    if (!block) {
        refuse(look, GUARD_BUCKETS, NULL, look->change->logical_id,
               "a bucket that does not block public access:",
               "set all four of PublicAccessBlockConfiguration to true");
        return;
    }
    look->undecided = look->undecided || value_find_unknown(block);
    for (size_t i = 0; i < ARRAY_LENGTH(settings) && !value_is(block, VALUE_UNKNOWN); i++) {
        const struct value *setting = value_get(block, settings[i]);
        bool on;
        if (value_is(setting, VALUE_UNKNOWN) || (setting && value_to_bool(setting, &on) && on))
            continue;
        refuse(look, GUARD_BUCKETS, setting ? setting : block, str_from(settings[i]), "a bucket without",
               "set it to true in PublicAccessBlockConfiguration");
    }
}

/* https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
static void check_acl(struct guard_look *look, const struct value *acl)
{
    look->undecided = look->undecided || value_is(acl, VALUE_UNKNOWN);
    if (value_is_text(acl, "PublicRead") || value_is_text(acl, "PublicReadWrite") ||
        value_is_text(acl, "AuthenticatedRead"))
        refuse(look, GUARD_BUCKETS, acl, guard_shown(acl, false), "the access control list",
               "leave AccessControl out, and say in a bucket policy who may read");
}

static void check_bucket_statement(void *self, const struct statement *statement)
{
    struct guard_look *look = self;
    const struct value *which = NULL;
    enum reach reach = statement_is_public(statement, &which);
    look->undecided = look->undecided || reach == REACH_UNKNOWN;
    if (reach == REACH_YES)
        refuse(look, GUARD_BUCKETS, guard_place(statement, which),
               value_is(which, VALUE_LIST) ? STR("all but some") : guard_shown(which, statement->hidden),
               "a policy of a bucket for everybody, its principal",
               "name who needs it, or add a condition with fixed values that says who may ask");
}

static void check_bucket(struct guard_look *look)
{
    const struct value *properties = look->change->properties;
    check_block(look, value_get(properties, "PublicAccessBlockConfiguration"));
    check_acl(look, value_get(properties, "AccessControl"));
}

static void check_bucket_policy(struct guard_look *look)
{
    statements_each(look->arena, look->change->type_name, look->change->properties, check_bucket_statement,
                    look);
}

/* --- function URLs --- */

static void check_auth(struct guard_look *look, const struct value *type, const char *what)
{
    look->undecided = look->undecided || value_is(type, VALUE_UNKNOWN);
    if (value_is_text(type, "NONE"))
        refuse(look, GUARD_URLS, type, STR("NONE"), what, "set it to AWS_IAM");
}

static void check_url(struct guard_look *look)
{
    check_auth(look, value_get(look->change->properties, "AuthType"),
               "a function URL that anybody can call, AuthType");
}

static void check_permission(struct guard_look *look)
{
    check_auth(look, value_get(look->change->properties, "FunctionUrlAuthType"),
               "a permission for a function URL that anybody can call, FunctionUrlAuthType");
}

/* --- APIs --- */

#define OPEN_REMEDY "give it an authorizer, IAM authorization or an API key"

/* Browsers ask with OPTIONS before they may send credentials. */
static bool is_preflight(struct str method)
{
    return str_equal_nocase(method, STR("OPTIONS"));
}

static void check_method(struct guard_look *look)
{
    const struct value *properties = look->change->properties,
                       *type = value_get(properties, "AuthorizationType"),
                       *key = value_get(properties, "ApiKeyRequired");
    bool needs_key;
    look->undecided = look->undecided || value_is(type, VALUE_UNKNOWN) || value_is(key, VALUE_UNKNOWN);
    if ((type && !value_is_text(type, "NONE")) || is_preflight(value_get_text(properties, "HttpMethod")) ||
        value_is(key, VALUE_UNKNOWN) || (key && value_to_bool(key, &needs_key) && needs_key))
        return;
    refuse(look, GUARD_APIS, type, look->change->logical_id, "a method that anybody can call:", OPEN_REMEDY);
}

/* Only the route by which a socket is opened can be authorized. */
static bool is_message_route(struct str key)
{
    return str_find(key, ' ') == key.len && !str_is(key, "$connect") && !str_is(key, "$default");
}

static void check_route(struct guard_look *look)
{
    const struct value *properties = look->change->properties,
                       *type = value_get(properties, "AuthorizationType");
    struct str key = value_get_text(properties, "RouteKey");
    look->undecided = look->undecided || value_is(type, VALUE_UNKNOWN);
    if ((type && !value_is_text(type, "NONE")) || is_message_route(key) || str_starts(key, "OPTIONS "))
        return;
    refuse(look, GUARD_APIS, type ? type : value_get(properties, "RouteKey"),
           key.len ? key : look->change->logical_id, "a route that anybody can call:", OPEN_REMEDY);
}

static bool is_verb(struct str key)
{
    static const char *const verbs[] = {"get",   "put",  "post",  "delete",
                                        "patch", "head", "trace", "x-amazon-apigateway-any-method"};
    for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++)
        if (str_equal_nocase(key, str_from(verbs[i])))
            return true;
    return false;
}

/* An empty list, or an empty alternative in it, asks for nothing. */
static bool asks_who(const struct value *security)
{
    bool asks = value_is(security, VALUE_LIST) && security->count;
    for (size_t i = 0; asks && i < security->count; i++)
        asks = security->items[i]->count > 0;
    return asks || value_is(security, VALUE_UNKNOWN);
}

/* What is said of a method replaces what is said of the whole. */
static bool is_open(const struct value *body, const struct value *operation)
{
    const struct value *security = value_get(operation, "security");
    const struct value *auth = value_path(operation, "x-amazon-apigateway-auth", "type", NULL);
    if (auth && !str_equal_nocase(value_text(auth), STR("NONE")))
        return false;
    return !asks_who(security ? security : value_get(body, "security"));
}

static void check_body(struct guard_look *look)
{
    const struct value *body = value_get(look->change->properties, "Body"), *paths = value_get(body, "paths");
    const struct value *kinds = value_path(look->change->properties, "EndpointConfiguration", "Types", NULL);
    look->undecided = look->undecided || value_find_unknown(body);
    if (value_is_text(value_at(kinds, 0), "PRIVATE"))
        return;
    for (size_t i = 0; value_is(paths, VALUE_MAP) && i < paths->count; i++) {
        const struct value_entry *path = &paths->entries[i];
        for (size_t k = 0; value_is(path->value, VALUE_MAP) && k < path->value->count; k++) {
            const struct value_entry *method = &path->value->entries[k];
            if (is_verb(method->key) && is_open(body, method->value))
                refuse(look, GUARD_APIS, method->value,
                       arena_printf(look->arena, "%.*s %.*s", STR_ARG(method->key), STR_ARG(path->key)),
                       "a method that anybody can call:", OPEN_REMEDY);
        }
    }
}

static const struct {
    const char *type;
    enum guard_rule rule;
    void (*check)(struct guard_look *);
} checks[] = {
    {"AWS::ApiGateway::Method", GUARD_APIS, check_method},
    {"AWS::ApiGateway::RestApi", GUARD_APIS, check_body},
    {"AWS::ApiGatewayV2::Api", GUARD_APIS, check_body},
    {"AWS::ApiGatewayV2::Route", GUARD_APIS, check_route},
    {"AWS::Lambda::Permission", GUARD_URLS, check_permission},
    {"AWS::Lambda::Url", GUARD_URLS, check_url},
    {"AWS::S3::AccessPoint", GUARD_BUCKETS, check_bucket_policy},
    {"AWS::S3::Bucket", GUARD_BUCKETS, check_bucket},
    {"AWS::S3::BucketPolicy", GUARD_BUCKETS, check_bucket_policy},
};

void guard_public(struct guard_look *look)
{
    for (size_t i = 0; i < ARRAY_LENGTH(checks); i++)
        if (rule_node(look->guards, checks[i].rule) && str_is(look->change->type_name, checks[i].type))
            checks[i].check(look);
}
