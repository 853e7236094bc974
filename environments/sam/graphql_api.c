#include "environments/sam/connector.h"

/* AWS::Serverless::GraphQLApi: an AppSync API with its schema, sources, functions and resolvers. */

struct graphql {
    struct sam *sam;
    struct source_resource *source;
    struct made_list *list;
    struct value *api_id;
    struct value *sources;   /* name -> value of the data source's name */
    struct value *functions; /* name -> value of the function's id */
    struct made *none;       /* the source of type NONE, once one is used */
};

static struct value *part(const struct value *map, const char *name)
{
    struct value *value = value_get(map, name);
    return is_none(value) ? NULL : value;
}

static struct value *own(const struct graphql *api, const char *name)
{
    return part(api->source->properties, name);
}

static struct value *truthy(const struct value *map, const char *name)
{
    struct value *value = value_get(map, name);
    return is_truthy(value) ? value : NULL;
}

static void fail(struct graphql *api, const struct value *at, const char *id, const char *what)
{
    sam_fail(api->sam, at ? at : api->source->node, id, "%s", what);
}

static struct made *add_made(struct graphql *api, const char *id, const char *type)
{
    struct made *made = made_new(api->sam, id, type, api->source->attributes);
    made->depends_on = value_get(api->source->node, "DependsOn");
    made_add(api->sam, api->list, made);
    return made;
}

static struct value *without_none(struct sam *sam, const struct value *map)
{
    struct value *kept = value_map(sam->arena);
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        if (!is_none(map->entries[i].value))
            value_set(sam->arena, kept, map->entries[i].key, map->entries[i].value);
    return kept;
}

static const struct {
    const char *type, *property, *cloudformation;
} authorizers[] = {
    {"AWS_LAMBDA", "LambdaAuthorizer", "LambdaAuthorizerConfig"},
    {"OPENID_CONNECT", "OpenIDConnect", "OpenIDConnectConfig"},
    {"AMAZON_COGNITO_USER_POOLS", "UserPool", "UserPoolConfig"},
};

/* {name of the property: configuration} of an authorizer; empty for keys and IAM. */
static struct value *authorizer(struct graphql *api, const struct value *auth, bool additional,
                                const char **name)
{
    struct sam *sam = api->sam;
    const struct value *type = value_get(auth, "Type");
    size_t given = 0;
    *name = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(authorizers); i++)
        given += part(auth, authorizers[i].property) != NULL;
    if (given > 1)
        fail(api, auth, api->source->id,
             "'Auth' has more than one authorizer: move the others to 'Additional'");
    for (size_t i = 0; i < ARRAY_LENGTH(authorizers) && !sam->failed; i++) {
        struct value *config = part(auth, authorizers[i].property);
        if (!value_is_text(type, authorizers[i].type))
            continue;
        if (!config) {
            sam_fail(sam, auth, api->source->id, "'%s' must be set where 'Type' is '%s'",
                     authorizers[i].property, authorizers[i].type);
            return NULL;
        }
        *name = authorizers[i].cloudformation;
        struct value *kept = without_none(sam, config);
        if (additional && i == 2)
            value_remove(kept, STR("DefaultAction"));
        return kept;
    }
    return NULL;
}

/* The API may call its Lambda authorizers. */
static void connect_authorizer(struct graphql *api, struct value *config, size_t number)
{
    struct sam *sam = api->sam;
    struct connector connector = {
        .id = text(sam, "%sToLambdaAuthConnector%zu", api->source->id, number),
        .at = api->source->node,
        .source = make(sam, "{'Type': 'AWS::AppSync::GraphQLApi', 'Arn': {'Ref': '%s'}, 'ResourceId': %v}",
                       api->source->id, api->api_id),
        .destination =
            make(sam, "{'Type': 'AWS::Lambda::Function', 'Arn': %v}", value_get(config, "AuthorizerUri")),
        .permissions = make(sam, "['Write']"),
    };
    build_connection(sam, &connector, api->list);
}

static void add_auth(struct graphql *api, struct made *made)
{
    struct sam *sam = api->sam;
    const struct value *auth = own(api, "Auth"), *more = part(auth, "Additional");
    const char *name;
    size_t lambdas = 0;
    struct value *config = authorizer(api, auth, false, &name), *providers = value_list(sam->arena);
    made_set(sam, made, "AuthenticationType", value_get(auth, "Type"));
    if (config)
        made_set(sam, made, name, config);
    if (config && str_is(str_from(name), "LambdaAuthorizerConfig"))
        connect_authorizer(api, config, ++lambdas);
    for (size_t i = 0; more && i < more->count; i++) {
        struct value *provider = make(sam, "{'AuthenticationType': %v}", value_get(more->items[i], "Type"));
        config = authorizer(api, more->items[i], true, &name);
        if (config)
            value_setz(sam->arena, provider, name, config);
        if (config && str_is(str_from(name), "LambdaAuthorizerConfig"))
            connect_authorizer(api, config, ++lambdas);
        value_append(sam->arena, providers, provider);
    }
    if (providers->count > 0)
        made_set(sam, made, "AdditionalAuthenticationProviders", providers);
}

static struct value *logging_role(struct graphql *api)
{
    struct sam *sam = api->sam;
    struct made *role = add_made(api, text(sam, "%sCloudWatchRole", api->source->id), "AWS::IAM::Role");
    made_set(sam, role, "AssumeRolePolicyDocument", assume_role_of(sam, "appsync.amazonaws.com"));
    made_set(sam, role, "ManagedPolicyArns",
             make(sam, "[{'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/"
                       "AWSAppSyncPushToCloudWatchLogs'}]"));
    return make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", role->id);
}

static void add_logging(struct graphql *api, struct made *made)
{
    struct sam *sam = api->sam;
    struct value *logging = own(api, "Logging");
    if (value_is(logging, VALUE_BOOL) && !logging->boolean)
        return;
    bool map = value_is(logging, VALUE_MAP);
    struct value *level = map ? part(logging, "FieldLogLevel") : NULL;
    struct value *role = map ? truthy(logging, "CloudWatchLogsRoleArn") : NULL;
    made_set(sam, made, "LogConfig",
             make(sam, "{'ExcludeVerboseContent': %v, 'FieldLogLevel': %v, 'CloudWatchLogsRoleArn': %v}",
                  map ? truthy(logging, "ExcludeVerboseContent") : NULL,
                  level ? level : make_text(sam, "ALL"), role ? role : logging_role(api)));
}

static void add_api(struct graphql *api)
{
    static const char *const same[] = {"Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit",
                                       "ResolverCountLimit"};
    struct sam *sam = api->sam;
    struct made *made = add_made(api, api->source->id, "AWS::AppSync::GraphQLApi");
    struct value *tags = value_map(sam->arena), *name = own(api, "Name");
    if (own(api, "Tags"))
        python_update(sam->arena, tags, own(api, "Tags"));
    value_setz(sam->arena, tags, "graphqlapi:createdBy", make_text(sam, "SAM"));
    made_set(sam, made, "Name", is_truthy(name) ? name : make_text(sam, api->source->id));
    made_set(sam, made, "XrayEnabled", own(api, "XrayEnabled"));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        if (is_truthy(own(api, same[i])))
            made_set(sam, made, same[i], own(api, same[i]));
    made_set(sam, made, "Tags", tag_list(sam, tags));
    add_auth(api, made);
    if (!sam->failed)
        add_logging(api, made);
}

static void add_schema(struct graphql *api)
{
    struct sam *sam = api->sam;
    struct value *inline_text = own(api, "SchemaInline"), *uri = own(api, "SchemaUri");
    struct made *schema =
        add_made(api, text(sam, "%sSchema", api->source->id), "AWS::AppSync::GraphQLSchema");
    if (is_truthy(inline_text) == is_truthy(uri))
        fail(api, NULL, api->source->id, "either 'SchemaInline' or 'SchemaUri' must be set");
    made_set(sam, schema, "ApiId", api->api_id);
    made_set(sam, schema, "Definition", inline_text);
    made_set(sam, schema, "DefinitionS3Location", uri);
}

static void add_keys(struct graphql *api)
{
    struct sam *sam = api->sam;
    struct value *keys = own(api, "ApiKeys");
    for (size_t i = 0; keys && i < keys->count; i++) {
        const struct value *key = keys->entries[i].value;
        struct made *made = add_made(api, text(sam, "%s%.*s", api->source->id, STR_ARG(keys->entries[i].key)),
                                     "AWS::AppSync::ApiKey");
        made_set(sam, made, "ApiId", api->api_id);
        made_set(sam, made, "ApiKeyId", part(key, "ApiKeyId"));
        made_set(sam, made, "Description", part(key, "Description"));
        made_set(sam, made, "Expires", part(key, "ExpiresOn"));
    }
}

static void add_cache(struct graphql *api)
{
    static const char *const same[] = {"ApiCachingBehavior", "Type", "Ttl", "AtRestEncryptionEnabled",
                                       "TransitEncryptionEnabled"};
    struct sam *sam = api->sam;
    const struct value *cache = own(api, "Cache");
    if (!cache)
        return;
    struct made *made = add_made(api, text(sam, "%sApiCache", api->source->id), "AWS::AppSync::ApiCache");
    made_set(sam, made, "ApiId", api->api_id);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, made, same[i], part(cache, same[i]));
}

static void add_domain(struct graphql *api)
{
    struct sam *sam = api->sam;
    const struct value *domain = own(api, "DomainName");
    static const char *const same[] = {"CertificateArn", "DomainName", "Description"};
    if (!domain)
        return;
    struct made *made = add_made(api, text(sam, "%sDomainName", api->source->id), "AWS::AppSync::DomainName");
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, made, same[i], part(domain, same[i]));
    struct made *association = add_made(api, text(sam, "%sDomainNameApiAssociation", api->source->id),
                                        "AWS::AppSync::DomainNameApiAssociation");
    made_set(sam, association, "ApiId", api->api_id);
    made_set(sam, association, "DomainName", make(sam, "{'Ref': '%s'}", made->id));
}

/* A data source, and the role that lets it reach what it reads. */
static void add_source(struct graphql *api, struct str name, const struct value *given, bool table)
{
    struct sam *sam = api->sam;
    const char *id =
        text(sam, "%s%.*s%sDataSource", api->source->id, STR_ARG(name), table ? "DynamoDB" : "Lambda");
    struct made *made = add_made(api, id, "AWS::AppSync::DataSource");
    struct value *own_name = truthy(given, "Name"), *role = truthy(given, "ServiceRoleArn");
    struct value *region = truthy(given, "Region"), *permissions = truthy(given, "Permissions");
    region = region ? region : make(sam, "{'Ref': 'AWS::Region'}");
    made_set(sam, made, "Name", own_name ? own_name : value_string(sam->arena, name));
    made_set(sam, made, "Type", make_text(sam, table ? "AMAZON_DYNAMODB" : "AWS_LAMBDA"));
    made_set(sam, made, "ApiId", api->api_id);
    made_set(sam, made, "Description", part(given, "Description"));
    if (table)
        made_set(sam, made, "DynamoDBConfig",
                 make(sam,
                      "{'AwsRegion': %v, 'TableName': %v, 'UseCallerCredentials': %v, 'Versioned': %v, "
                      "'DeltaSyncConfig': %v}",
                      region, value_get(given, "TableName"), truthy(given, "UseCallerCredentials"),
                      truthy(given, "Versioned"), truthy(given, "DeltaSync")));
    else
        made_set(sam, made, "LambdaConfig",
                 make(sam, "{'LambdaFunctionArn': %v}", value_get(given, "FunctionArn")));
    value_set(sam->arena, api->sources, name, make(sam, "{'Fn::GetAtt': ['%s', 'Name']}", id));
    if (role) {
        made_set(sam, made, "ServiceRoleArn", role);
        return;
    }
    struct made *made_role = add_made(api, text(sam, "%sRole", id), "AWS::IAM::Role");
    made_set(sam, made_role, "AssumeRolePolicyDocument", assume_role_of(sam, "appsync.amazonaws.com"));
    made_set(sam, made, "ServiceRoleArn", make(sam, "{'Fn::GetAtt': ['%s', 'Arn']}", made_role->id));
    struct value *arn = table ? truthy(given, "TableArn") : value_get(given, "FunctionArn");
    if (!arn)
        arn = make(sam,
                   "{'Fn::Sub': ['arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/"
                   "${__TableName__}', {'__TableName__': %v, '__Region__': %v}]}",
                   value_get(given, "TableName"), region);
    struct connector connector = {
        .id = text(sam, "%sTo%sConnector", id, table ? "Table" : "Lambda"),
        .at = given,
        .source = make(sam,
                       "{'Type': 'AWS::AppSync::DataSource', 'Arn': {'Fn::GetAtt': ['%s', 'DataSourceArn']}, "
                       "'RoleName': {'Ref': '%s'}}",
                       id, made_role->id),
        .destination = make(sam, "{'Type': '%s', 'Arn': %v}",
                            table ? "AWS::DynamoDB::Table" : "AWS::Lambda::Function", arn),
        .permissions = !table        ? make(sam, "['Write']")
                       : permissions ? permissions
                                     : make(sam, "['Read', 'Write']"),
    };
    build_connection(sam, &connector, api->list);
}

static void add_sources(struct graphql *api)
{
    static const char *const kinds[] = {"DynamoDb", "Lambda"};
    const struct value *all = own(api, "DataSources");
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        const struct value *sources = part(all, kinds[k]);
        for (size_t i = 0; sources && i < sources->count; i++)
            add_source(api, sources->entries[i].key, sources->entries[i].value, k == 0);
    }
}

static struct value *runtime_of(struct graphql *api, const struct value *given, const char *name)
{
    const struct value *runtime = part(given, "Runtime");
    if (!runtime) {
        fail(api, given, name, "'Runtime' must be set");
        return NULL;
    }
    return make(api->sam, "{'Name': %v, 'RuntimeVersion': %v}", value_get(runtime, "Name"),
                value_get(runtime, "Version"));
}

/* The name of the source that a function uses: of this API, NONE, or a reference. */
static struct value *source_name(struct graphql *api, const struct value *given, const char *name)
{
    struct sam *sam = api->sam;
    struct value *source = truthy(given, "DataSource");
    if (!source)
        fail(api, given, name, "'DataSource' must be set");
    if (!value_is(source, VALUE_STRING))
        return source;
    if (str_equal_nocase(source->text, STR("none"))) {
        if (!api->none) {
            api->none = made_new(sam, text(sam, "%sNoneDataSource", api->source->id),
                                 "AWS::AppSync::DataSource", api->source->attributes);
            api->none->depends_on = value_get(api->source->node, "DependsOn");
            made_set(sam, api->none, "ApiId", api->api_id);
            made_set(sam, api->none, "Name", make_text(sam, api->none->id));
            made_set(sam, api->none, "Type", make_text(sam, "NONE"));
        }
        return make(sam, "{'Fn::GetAtt': ['%s', 'Name']}", api->none->id);
    }
    if (!value_get_str(api->sources, source->text))
        sam_fail(sam, source, name, "there is no '%.*s' in 'DataSources'", STR_ARG(source->text));
    return value_get_str(api->sources, source->text);
}

static void set_code(struct graphql *api, struct made *made, const struct value *given, const char *name,
                     bool needed)
{
    struct value *inline_code = truthy(given, "InlineCode"), *uri = truthy(given, "CodeUri");
    if (inline_code && uri)
        fail(api, given, name, "'InlineCode' and 'CodeUri' cannot both be set");
    if (needed && !inline_code && !uri)
        fail(api, given, name, "one of 'InlineCode' and 'CodeUri' must be set");
    made_set(api->sam, made, "Code", inline_code);
    made_set(api->sam, made, "CodeS3Location", uri);
}

static void add_function(struct graphql *api, const struct value_entry *entry)
{
    struct sam *sam = api->sam;
    const struct value *given = entry->value, *sync = part(given, "Sync");
    const char *name = entry->key.ptr;
    if (truthy(given, "Id")) {
        if (without_none(sam, given)->count != 1)
            fail(api, given, name, "'Id' cannot be set with other properties");
        value_set(sam->arena, api->functions, entry->key, value_get(given, "Id"));
        return;
    }
    struct made *made =
        add_made(api, text(sam, "%s%s", api->source->id, name), "AWS::AppSync::FunctionConfiguration");
    struct value *own_name = truthy(given, "Name");
    made_set(sam, made, "ApiId", api->api_id);
    made_set(sam, made, "Name", own_name ? own_name : make_text(sam, name));
    set_code(api, made, given, name, true);
    made_set(sam, made, "DataSourceName", source_name(api, given, name));
    made_set(sam, made, "MaxBatchSize", part(given, "MaxBatchSize"));
    made_set(sam, made, "Description", part(given, "Description"));
    made_set(sam, made, "Runtime", runtime_of(api, given, name));
    if (is_truthy(sync))
        made_set(sam, made, "SyncConfig", without_none(sam, sync));
    value_set(sam->arena, api->functions, entry->key,
              make(sam, "{'Fn::GetAtt': ['%s', 'FunctionId']}", made->id));
}

static struct value *pipeline(struct graphql *api, const struct value *given, const char *name)
{
    struct sam *sam = api->sam;
    const struct value *names = truthy(given, "Pipeline");
    struct value *ids = value_list(sam->arena);
    if (!names || !value_is(names, VALUE_LIST)) {
        fail(api, given, name, "a resolver needs a 'Pipeline': unit resolvers are resources of AppSync");
        return ids;
    }
    for (size_t i = 0; i < names->count; i++) {
        struct value *id = value_get_str(api->functions, value_text(names->items[i]));
        if (!id)
            sam_fail(sam, names->items[i], name, "there is no '%.*s' in 'Functions'",
                     STR_ARG(value_text(names->items[i])));
        else
            value_append(sam->arena, ids, id);
    }
    return ids;
}

static void add_resolver(struct graphql *api, struct str type, const struct value_entry *entry)
{
    static const char pass_through[] =
        "\nexport function request(ctx) {\n    return {};\n}\n\nexport function response(ctx) {\n    return "
        "ctx.prev.result;\n}\n";
    struct sam *sam = api->sam;
    const struct value *given = entry->value, *caching = part(given, "Caching");
    const char *name = entry->key.ptr;
    struct made *made =
        add_made(api, text(sam, "%s%.*s%s", api->source->id, STR_ARG(type), name), "AWS::AppSync::Resolver");
    struct value *field = truthy(given, "FieldName");
    made->depends_on = make(sam, "['%sSchema']", api->source->id);
    set_code(api, made, given, name, false);
    if (!made_get(made, "Code") && !made_get(made, "CodeS3Location")) {
        made_set(sam, made, "Code", make_text(sam, pass_through));
        made_set(sam, made, "Runtime", make(sam, "{'Name': 'APPSYNC_JS', 'RuntimeVersion': '1.0.0'}"));
    } else {
        made_set(sam, made, "Runtime", runtime_of(api, given, name));
    }
    made_set(sam, made, "ApiId", api->api_id);
    made_set(sam, made, "FieldName", field ? field : make_text(sam, name));
    made_set(sam, made, "TypeName", value_string(sam->arena, type));
    made_set(sam, made, "Kind", make_text(sam, "PIPELINE"));
    made_set(sam, made, "PipelineConfig", make(sam, "{'Functions': %v}", pipeline(api, given, name)));
    if (is_truthy(caching))
        made_set(sam, made, "CachingConfig", without_none(sam, caching));
    made_set(sam, made, "MaxBatchSize", truthy(given, "MaxBatchSize"));
}

static void add_resolvers(struct graphql *api)
{
    const struct value *types = own(api, "Resolvers");
    for (size_t i = 0; types && i < types->count; i++) {
        const struct value *fields = types->entries[i].value;
        for (size_t k = 0; k < fields->count; k++)
            add_resolver(api, types->entries[i].key, &fields->entries[k]);
    }
}

void build_graphql_api(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct graphql api = {.sam = sam,
                          .source = source,
                          .list = list,
                          .api_id = make(sam, "{'Fn::GetAtt': ['%s', 'ApiId']}", source->id),
                          .sources = value_map(sam->arena),
                          .functions = value_map(sam->arena)};
    fit_to_model(sam, source->id, source->properties, source->node, "", "GraphQLApi");
    void (*const steps[])(struct graphql *) = {add_api,   add_schema,  add_keys,
                                               add_cache, add_sources, add_domain};
    for (size_t i = 0; i < ARRAY_LENGTH(steps) && !sam->failed; i++)
        steps[i](&api);
    const struct value *functions = own(&api, "Functions");
    for (size_t i = 0; functions && i < functions->count && !sam->failed; i++)
        add_function(&api, &functions->entries[i]);
    if (!sam->failed)
        add_resolvers(&api);
    made_add(sam, list, api.none);
}
