#include "environments/sam/transform.h"

/*
 * Models of mappings whose every part AWS's transform checks, and in part converts: "Name:type" with '!'
 * behind required ones.  A type is
 *     *     anything           s b i f  text, boolean, integer, number: what reads as one becomes one
 *     m     any mapping        @Name    a model
 *     [T    a list of T        {T       a mapping of T
 *     ?T    T, or a mapping (an intrinsic function) as it is
 *     %T    T, or a boolean    =A|B     one of the texts
 */

#define AUTHORIZER                                                                                           \
    "Type:=AWS_IAM|API_KEY|AWS_LAMBDA|OPENID_CONNECT|AMAZON_COGNITO_USER_POOLS! "                            \
    "LambdaAuthorizer:@LambdaAuthorizer OpenIDConnect:@OpenIDConnect UserPool:@UserPool"

static const struct {
    const char *name, *properties;
} models[] = {
    {"ApiKey", "ApiKeyId:* Description:* ExpiresOn:*"},
    {"Auth", AUTHORIZER " Additional:[@Authorizer"},
    {"Authorizer", AUTHORIZER},
    {"Cache", "ApiCachingBehavior:*! Ttl:*! Type:*! AtRestEncryptionEnabled:* TransitEncryptionEnabled:*"},
    {"Caching", "Ttl:*! CachingKeys:[*"},
    {"CapacityProvider",
     "CapacityProviderName:* VpcConfig:@VpcConfig! OperatorRole:* Tags:m PropagateTags:b "
     "InstanceRequirements:@InstanceRequirements ScalingConfig:@ScalingConfig KmsKeyArn:*"},
    {"CapacityProviderConfig", "Arn:?s! PerExecutionEnvironmentMaxConcurrency:?i "
                               "ExecutionEnvironmentMemoryGiBPerVCpu:?n"},
    {"ConflictHandler", "LambdaConflictHandlerArn:*!"},
    {"DataSources", "DynamoDb:{@DynamoDb Lambda:{@Lambda"},
    {"DeltaSync", "BaseTableTTL:*! DeltaSyncTableName:*! DeltaSyncTableTTL:*!"},
    {"DomainName", "CertificateArn:*! DomainName:*! Description:*"},
    {"DynamoDb",
     "TableName:*! ServiceRoleArn:* TableArn:* Permissions:[=Read|Write Name:* Description:* Region:* "
     "DeltaSync:@DeltaSync UseCallerCredentials:* Versioned:*"},
    {"Function",
     "DataSource:?s Runtime:@Runtime InlineCode:* CodeUri:* Description:* MaxBatchSize:* Name:s Id:* "
     "Sync:@Sync"},
    {"GraphQLApi", "Auth:@Auth! Tags:m Name:* XrayEnabled:b SchemaInline:* SchemaUri:* Logging:%@Logging "
                   "DataSources:@DataSources Functions:{@Function Resolvers:{{@Resolver ApiKeys:{@ApiKey "
                   "DomainName:@DomainName Cache:@Cache Visibility:* OwnerContact:* IntrospectionConfig:* "
                   "QueryDepthLimit:* ResolverCountLimit:*"},
    {"InstanceRequirements", "Architectures:?[?s AllowedTypes:?[?s ExcludedTypes:?[?s"},
    {"Lambda", "FunctionArn:*! ServiceRoleArn:* Name:* Description:*"},
    {"LambdaAuthorizer", "AuthorizerResultTtlInSeconds:* AuthorizerUri:*! IdentityValidationExpression:*"},
    {"Logging", "CloudWatchLogsRoleArn:* ExcludeVerboseContent:* FieldLogLevel:*"},
    {"OpenIDConnect", "AuthTTL:* ClientId:* IatTTL:* Issuer:*"},
    {"Resolver",
     "FieldName:s Caching:@Caching InlineCode:* CodeUri:* MaxBatchSize:* Pipeline:[s Runtime:@Runtime "
     "Sync:@Sync"},
    {"Runtime", "Name:*! Version:*!"},
    {"ScalingConfig", "MaxVCpuCount:?i AverageCPUUtilization:?f"},
    {"Sync", "ConflictDetection:*! ConflictHandler:* LambdaConflictHandlerConfig:@ConflictHandler"},
    {"UserPool", "AppIdClientRegex:* AwsRegion:* DefaultAction:* UserPoolId:*!"},
    {"VpcConfig", "SecurityGroupIds:?[?s SubnetIds:?[?s!"},
};

struct fitting {
    struct sam *sam;
    const char *id;
    const struct value *at; /* the nearest value with a position */
};

static struct value *fit(struct fitting, struct value *, const char *path, struct str type);

static void refuse(const struct fitting *fitting, const char *path, const char *wanted)
{
    sam_fail(fitting->sam, fitting->at, fitting->id, "'%s' %s", path, wanted);
}

static bool reads_as_number(struct str text, bool whole)
{
    size_t digits = 0, points = 0;
    for (size_t i = text.len > 0 && text.ptr[0] == '-'; i < text.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        digits += digit;
        points += text.ptr[i] == '.';
        if (!digit && text.ptr[i] != '.')
            return false;
    }
    return digits > 0 && points <= !whole && text.ptr[text.len - 1] != '.' &&
           (text.ptr[0] != '0' || digits == 1 || points);
}

static struct value *fit_boolean(const struct fitting *fitting, struct value *value, const char *path)
{
    static const char *const words[][2] = {{"false", "true"}, {"0", "1"}, {"0.0", "1.0"}, {"off", "on"},
                                           {"no", "yes"},     {"n", "y"}, {"f", "t"}};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        for (size_t k = 0; k < 2; k++)
            if (str_equal_nocase(value_text(value), str_from(words[i][k])))
                return value_bool(fitting->sam->arena, k == 1);
    refuse(fitting, path, "must be true or false");
    return value;
}

/* An integer ('i'), a number with a point ('f'), or either ('n'). */
static struct value *fit_number(const struct fitting *fitting, struct value *value, const char *path,
                                char kind)
{
    struct str text = value_text(value);
    if (value->kind == VALUE_BOOL)
        text = value->boolean ? STR("1") : STR("0");
    else if (!value_is(value, VALUE_NUMBER) && !reads_as_number(text, kind == 'i')) {
        refuse(fitting, path, "must be a number");
        return value;
    }
    size_t point = str_find(text, '.');
    if (kind == 'i' || (kind == 'n' && value_is(value, VALUE_NUMBER)))
        text = str_slice(text, 0, point);
    if (kind == 'f' && point == text.len)
        text = arena_printf(fitting->sam->arena, "%.*s.0", STR_ARG(text));
    return value_number(fitting->sam->arena, text);
}

static struct value *fit_text(const struct fitting *fitting, struct value *value, const char *path)
{
    if (value->kind == VALUE_BOOL)
        return value_stringz(fitting->sam->arena, value->boolean ? "True" : "False");
    if (value->kind == VALUE_NUMBER)
        return value_string(fitting->sam->arena, value->text);
    if (value->kind != VALUE_STRING)
        refuse(fitting, path, "must be a text");
    return value;
}

static struct value *fit_choice(const struct fitting *fitting, struct value *value, const char *path,
                                struct str texts)
{
    struct str part, rest = texts;
    while (str_split(&rest, '|', &part))
        if (value_is(value, VALUE_STRING) && str_equal(value->text, part))
            return value;
    refuse(fitting, path, text(fitting->sam, "must be one of %.*s", STR_ARG(texts)));
    return value;
}

static struct value *fit_items(const struct fitting *fitting, struct value *value, const char *path,
                               struct str type)
{
    struct sam *sam = fitting->sam;
    bool list = type.ptr[0] == '[';
    if (!value_is(value, list ? VALUE_LIST : VALUE_MAP)) {
        refuse(fitting, path, list ? "must be a list" : "must be a mapping");
        return value;
    }
    for (size_t i = 0; i < value->count && !sam->failed; i++) {
        struct value **item = list ? &value->items[i] : &value->entries[i].value;
        const char *below =
            list ? text(sam, "%s.%zu", path, i) : text(sam, "%s.%.*s", path, STR_ARG(value->entries[i].key));
        if (is_none(*item))
            refuse(fitting, below, "must have a value");
        else
            *item = fit(*fitting, *item, below, str_from_index(type, 1));
    }
    return value;
}

static const char *model_named(struct str name)
{
    size_t i = 0;
    while (!str_is(name, models[i].name)) /* the tables name only what there is */
        i++;
    return models[i].properties;
}

static bool names(const char *properties, struct str name)
{
    struct str rest = str_from(properties), word;
    while (str_split(&rest, ' ', &word))
        if (str_equal(str_slice(word, 0, str_find(word, ':')), name))
            return true;
    return false;
}

static struct value *fit_model(const struct fitting *fitting, struct value *value, const char *path,
                               const char *properties)
{
    struct sam *sam = fitting->sam;
    struct str rest = str_from(properties), word;
    if (!value_is(value, VALUE_MAP)) {
        refuse(fitting, path, "must be a mapping");
        return value;
    }
    for (size_t i = 0; i < value->count; i++)
        if (!names(properties, value->entries[i].key))
            sam_fail(sam, value->entries[i].value, fitting->id, "'%s' has no '%.*s'", path,
                     STR_ARG(value->entries[i].key));
    while (!sam->failed && str_split(&rest, ' ', &word)) {
        struct str name = str_slice(word, 0, str_find(word, ':')), type = str_from_index(word, name.len + 1);
        struct value_entry *entry = value_entry(value, name);
        bool required = str_ends(type, "!");
        const char *below = text(sam, "%s%s%.*s", path, *path ? "." : "", STR_ARG(name));
        if (required && (!entry || is_none(entry->value)))
            refuse(fitting, below, "must be set");
        else if (entry && !is_none(entry->value))
            entry->value = fit(*fitting, entry->value, below, str_slice(type, 0, type.len - required));
    }
    return value;
}

static struct value *fit_scalar(const struct fitting *fitting, struct value *value, const char *path,
                                char kind)
{
    if (kind == 's')
        return fit_text(fitting, value, path);
    return kind == 'b' ? fit_boolean(fitting, value, path) : fit_number(fitting, value, path, kind);
}

static struct value *fit(struct fitting fitting, struct value *value, const char *path, struct str type)
{
    bool empty =
        value_is(value, VALUE_LIST) ? value->count == 0 : value_is(value, VALUE_STRING) && !value->text.len;
    struct str rest = str_from_index(type, 1);
    fitting.at = value->source ? value : fitting.at;
    switch (type.ptr[0]) {
    case '*':
        return value;
    case '?': /* Python makes a mapping of what is empty */
        return empty                        ? value_map(fitting.sam->arena)
               : value_is(value, VALUE_MAP) ? value
                                            : fit(fitting, value, path, rest);
    case '%':
        return value_is(value, VALUE_BOOL) ? value : fit(fitting, value, path, rest);
    case '=':
        return fit_choice(&fitting, value, path, rest);
    case '@':
        return fit_model(&fitting, value, path, model_named(rest));
    case '[':
    case '{':
        return fit_items(&fitting, value, path, type);
    case 'm':
        if (!value_is(value, VALUE_MAP))
            refuse(&fitting, path, "must be a mapping");
        return value;
    default:
        return value_at_position_of(fit_scalar(&fitting, value, path, type.ptr[0]), value);
    }
}

void fit_to_model(struct sam *sam, const char *id, struct value *value, const struct value *at,
                  const char *path, const char *model)
{
    struct fitting fitting = {.sam = sam, .id = id, .at = value && value->source ? value : at};
    fit_model(&fitting, value, path, model_named(str_from(model)));
}
