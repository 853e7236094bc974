#include "environments/sam/transform.h"

/*
 * The properties of SAM's resources and events: "Name:kinds".  Kinds are s text, m mapping, l list, i
 * integer, b boolean, f number, * anything; m<..> and l<..> give the kinds of the items, {A|B} the only
 * texts; ! marks required ones, ~ those that take no intrinsic function.
 */

struct specification {
    const char *type, *properties;
};

#define PULL                                                                                                 \
    "BatchSize:i StartingPosition:* StartingPositionTimestamp:* Enabled:b "                                  \
    "MaximumBatchingWindowInSeconds:i MaximumRetryAttempts:i BisectBatchOnFunctionError:b "                  \
    "MaximumRecordAgeInSeconds:i DestinationConfig:m ParallelizationFactor:i Topics:l Queues:l "             \
    "SourceAccessConfigurations:l SecretsManagerKmsKeyId:s TumblingWindowInSeconds:i "                       \
    "FunctionResponseTypes:l KafkaBootstrapServers:l FilterCriteria:m KmsKeyArn:* ConsumerGroupId:s "        \
    "ScalingConfig:m ProvisionedPollerConfig:m SchemaRegistryConfig:m MetricsConfig:m "                      \
    "LoggingConfig:m "

static const struct specification resources[] = {
    {"AWS::Serverless::Api",
     "__MANAGE_SWAGGER:b Name:sm StageName:sm! Tags:m PropagateTags:b DefinitionBody:m "
     "DefinitionUri:sm MergeDefinitions:b~ CacheClusterEnabled:b CacheClusterSize:s Variables:m "
     "EndpointConfiguration:sm MethodSettings:l BinaryMediaTypes:l MinimumCompressionSize:i Cors:sm "
     "Auth:m GatewayResponses:m AccessLogSetting:m CanarySetting:m TracingEnabled:b OpenApiVersion:s "
     "Models:m Domain:m FailOnWarnings:b Description:s Mode:s DisableExecuteApiEndpoint:b "
     "ApiKeySourceType:s AlwaysDeploy:b~ Policy:sm SecurityPolicy:s EndpointAccessMode:s"},
    {"AWS::Serverless::Application",
     "Location:sm! TemplateUrl:s Parameters:m NotificationARNs:l<sm> Tags:m TimeoutInMinutes:i"},
    {"AWS::Serverless::CapacityProvider",
     "CapacityProviderName:sm~ VpcConfig:m!~ OperatorRole:sm~ Tags:m~ PropagateTags:b~ "
     "InstanceRequirements:m~ ScalingConfig:m~ KmsKeyArn:sm~"},
    {"AWS::Serverless::Connector", "Source:m! Destination:ml<m>! Permissions:l<s>!"},
    {"AWS::Serverless::Function",
     "FunctionName:sm Handler:* Runtime:* CodeUri:* ImageUri:* PackageType:* InlineCode:* "
     "DeadLetterQueue:m Description:* MemorySize:* Timeout:* VpcConfig:* Role:s "
     "AssumeRolePolicyDocument:m Policies:sml<sm> RolePath:* PermissionsBoundary:s Environment:m<m> "
     "Events:m<m> Tags:m PropagateTags:b Tracing:sm KmsKeyArn:* DeploymentPreference:m "
     "ReservedConcurrentExecutions:* Layers:l<sm> EventInvokeConfig:m EphemeralStorage:* "
     "AutoPublishAlias:s AutoPublishCodeSha256:s AutoPublishAliasAllProperties:b~ "
     "VersionDescription:* ProvisionedConcurrencyConfig:* FileSystemConfigs:* ImageConfig:* "
     "CodeSigningConfigArn:* Architectures:* SnapStart:m FunctionUrlConfig:m "
     "RuntimeManagementConfig:* LoggingConfig:* RecursiveLoop:* SourceKMSKeyArn:* "
     "CapacityProviderConfig:m FunctionScalingConfig:m VersionDeletionPolicy:{Delete|Retain} "
     "PublishToLatestPublished:* TenancyConfig:* DurableConfig:m"},
    {"AWS::Serverless::GraphQLApi",
     "Name:* Tags:m~ XrayEnabled:* Auth:m!~ SchemaInline:s~ SchemaUri:s~ Logging:mb~ DataSources:m~ "
     "Functions:m~ Resolvers:m~ ApiKeys:m~ DomainName:m~ Cache:m~ Visibility:* OwnerContact:* "
     "IntrospectionConfig:* QueryDepthLimit:* ResolverCountLimit:*"},
    {"AWS::Serverless::HttpApi",
     "__MANAGE_SWAGGER:b Name:* StageName:sm Tags:m PropagateTags:b DefinitionBody:m DefinitionUri:sm "
     "StageVariables:m CorsConfiguration:mb AccessLogSettings:m DefaultRouteSettings:m Auth:m "
     "RouteSettings:m Domain:m FailOnWarnings:b Description:s DisableExecuteApiEndpoint:b"},
    {"AWS::Serverless::LayerVersion",
     "LayerName:sm Description:s PublishLambdaVersion:b ContentUri:sm! CompatibleArchitectures:l<sm> "
     "CompatibleRuntimes:l<sm> LicenseInfo:s RetentionPolicy:s"},
    {"AWS::Serverless::SimpleTable",
     "PointInTimeRecoverySpecification:* PrimaryKey:m<s> ProvisionedThroughput:m<mi> TableName:sm "
     "Tags:m SSESpecification:m"},
    {"AWS::Serverless::StateMachine",
     "Definition:m DefinitionUri:sm Logging:m Role:s RolePath:* DefinitionSubstitutions:m Events:m<m> "
     "Name:s Type:s Tags:m PropagateTags:b Policies:sl<sm> Tracing:m PermissionsBoundary:s "
     "AutoPublishAlias:* DeploymentPreference:* UseAliasAsEventTarget:b~"},
    {"AWS::Serverless::WebSocketApi",
     "ApiKeySelectionExpression:s AccessLogSettings:m Auth:m DefaultRouteSettings:m Description:s "
     "DisableExecuteApiEndpoint:b Domain:m DisableSchemaValidation:b FailOnWarnings:b IpAddressType:s "
     "Name:s PropagateTags:b Routes:m! RouteSettings:m RouteSelectionExpression:s! StageName:sm "
     "StageVariables:m Tags:m"},
};

static const struct specification function_events[] = {
    {"AlexaSkill", "SkillId:s"},
    {"Api", "Path:s! Method:s! RestApiId:s! Stage:s Auth:m RequestModel:m RequestParameters:l "
            "TimeoutInMillis:i ResponseTransferMode:s"},
    {"CloudWatchEvent",
     "EventBusName:s RuleName:s Pattern:m DeadLetterConfig:m RetryPolicy:m Input:s InputPath:s "
     "Target:m Enabled:b State:s InputTransformer:m"},
    {"CloudWatchLogs", "LogGroupName:s! FilterPattern:s!"},
    {"Cognito", "UserPool:s! Trigger:sl<s>!~"},
    {"DocumentDB", PULL "Cluster:*! DatabaseName:*! CollectionName:* FullDocument:*"},
    {"DynamoDB", PULL "StartingPosition:*! Stream:*!"},
    {"EventBridgeRule",
     "EventBusName:s RuleName:s Pattern:m DeadLetterConfig:m RetryPolicy:m Input:s InputPath:s "
     "Target:m Enabled:b State:s InputTransformer:m"},
    {"HttpApi",
     "Path:s Method:s ApiId:s Stage:s Auth:m TimeoutInMillis:i RouteSettings:m PayloadFormatVersion:s"},
    {"IoTRule", "Sql:s! AwsIotSqlVersion:s"},
    {"Kinesis", PULL "StartingPosition:*! Stream:*!"},
    {"MQ", PULL "Broker:*! DynamicPolicyName:b~"},
    {"MSK", PULL "StartingPosition:*! Stream:*!"},
    {"S3", "Bucket:s! Events:sl<s>!~ Filter:m<s>"},
    {"SNS", "Topic:s! Region:s FilterPolicy:* FilterPolicyScope:* SqsSubscription:mb RedrivePolicy:m"},
    {"SQS", PULL "Queue:*!"},
    {"Schedule", "Schedule:s! RuleName:s Input:s Enabled:b State:s Name:s Description:s DeadLetterConfig:m "
                 "RetryPolicy:m"},
    {"ScheduleV2",
     "PermissionsBoundary:s ScheduleExpression:s! FlexibleTimeWindow:m Name:s State:s Description:s "
     "StartDate:s EndDate:s ScheduleExpressionTimezone:s GroupName:s KmsKeyArn:s Input:s RoleArn:s "
     "DeadLetterConfig:m RetryPolicy:m OmitName:b~"},
    {"SelfManagedKafka", PULL ""},
};

static const struct specification machine_events[] = {
    {"Api", "Path:s! Method:s! RestApiId:s! Stage:s Auth:m UnescapeMappingTemplate:b~"},
    {"CloudWatchEvent",
     "EventBusName:s RuleName:s Pattern:m Input:s InputPath:s DeadLetterConfig:m RetryPolicy:m "
     "State:s Target:m~ InputTransformer:m"},
    {"EventBridgeRule",
     "EventBusName:s RuleName:s Pattern:m Input:s InputPath:s DeadLetterConfig:m RetryPolicy:m "
     "State:s Target:m~ InputTransformer:m"},
    {"Schedule",
     "Schedule:s! Input:s Enabled:b State:s Name:s Description:s DeadLetterConfig:m RetryPolicy:m "
     "Target:m~ RoleArn:s~"},
    {"ScheduleV2",
     "PermissionsBoundary:s ScheduleExpression:s! FlexibleTimeWindow:m Name:s State:s Description:s "
     "StartDate:s EndDate:s ScheduleExpressionTimezone:s GroupName:s KmsKeyArn:s Input:s RoleArn:s "
     "DeadLetterConfig:m RetryPolicy:m OmitName:b~"},
};

static const struct specification linked[] = {
    {"AWS::Cognito::UserPool",
     "AccountRecoverySetting:* AdminCreateUserConfig:* AliasAttributes:* AutoVerifiedAttributes:* "
     "DeletionProtection:* DeviceConfiguration:* EmailAuthenticationMessage:* "
     "EmailAuthenticationSubject:* EmailConfiguration:* EmailVerificationMessage:* "
     "EmailVerificationSubject:* EnabledMfas:* LambdaConfig:* MfaConfiguration:* Policies:* Schema:* "
     "SmsAuthenticationMessage:* SmsConfiguration:* SmsVerificationMessage:* "
     "UserAttributeUpdateSettings:* UsernameAttributes:* UsernameConfiguration:* UserPoolAddOns:* "
     "UserPoolName:* UserPoolTags:* UserPoolTier:* VerificationMessageTemplate:* "
     "WebAuthnRelyingPartyID:* WebAuthnUserVerification:*"},
    {"AWS::S3::Bucket",
     "AccessControl:* AccelerateConfiguration:* AnalyticsConfigurations:* BucketEncryption:* "
     "BucketName:* CorsConfiguration:* IntelligentTieringConfigurations:* InventoryConfigurations:* "
     "LifecycleConfiguration:* LoggingConfiguration:* MetricsConfigurations:* "
     "NotificationConfiguration:* ObjectLockConfiguration:* ObjectLockEnabled:* OwnershipControls:* "
     "PublicAccessBlockConfiguration:* ReplicationConfiguration:* Tags:* VersioningConfiguration:* "
     "WebsiteConfiguration:*"},
};

static const char *find(const struct specification *all, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(str_from(type), all[i].type))
            return all[i].properties;
    return NULL;
}

const char *resource_properties(const char *type)
{
    return find(resources, ARRAY_LENGTH(resources), type);
}

const char *function_event_properties(const char *type)
{
    return find(function_events, ARRAY_LENGTH(function_events), type);
}

const char *machine_event_properties(const char *type)
{
    return find(machine_events, ARRAY_LENGTH(machine_events), type);
}

const char *linked_properties(const char *type)
{
    return find(linked, ARRAY_LENGTH(linked), type);
}

static bool has_kind(struct str kinds, const struct value *value)
{
    if (is_none(value))
        return false;
    switch (value->kind) {
    case VALUE_STRING:
        return str_find(kinds, 's') < kinds.len;
    case VALUE_MAP:
        return str_find(kinds, 'm') < kinds.len;
    case VALUE_LIST:
        return str_find(kinds, 'l') < kinds.len;
    case VALUE_BOOL: /* Python's booleans are integers */
        return str_find(kinds, 'b') < kinds.len || str_find(kinds, 'i') < kinds.len;
    default:
        return str_find(kinds, 'f') < kinds.len ||
               (str_find(kinds, 'i') < kinds.len && str_find(value->text, '.') == value->text.len);
    }
}

/* "sml<sm>": the kinds and, behind the kind of the value, those of its items. */
static bool fits(struct str kinds, const struct value *value)
{
    struct str own = str_slice(kinds, 0, str_find(kinds, '<'));
    if (own.len < kinds.len && own.len > 0) {
        char container = kinds.ptr[own.len - 1];
        struct str items = str_from_index(kinds, own.len + 1);
        items = str_slice(items, 0, str_find(items, '>'));
        bool same = (container == 'm' && value_is(value, VALUE_MAP)) ||
                    (container == 'l' && value_is(value, VALUE_LIST));
        for (size_t i = 0; same && i < value->count; i++)
            if (!has_kind(items, container == 'm' ? value->entries[i].value : value->items[i]))
                return false;
    }
    return has_kind(own, value);
}

static bool fits_texts(struct str texts, const struct value *value)
{
    struct str part;
    texts = str_slice(texts, 1, str_find(texts, '}') - 1);
    while (value_is(value, VALUE_STRING) && str_split(&texts, '|', &part))
        if (str_equal(part, value->text))
            return true;
    return false;
}

static bool find_property(const char *specification, struct str name, struct str *kinds)
{
    struct str rest = str_from(specification), word;
    while (str_split(&rest, ' ', &word)) {
        size_t colon = str_find(word, ':');
        if (str_equal(str_slice(word, 0, colon), name)) {
            *kinds = str_from_index(word, colon + 1);
            return true;
        }
    }
    return false;
}

static void check_one(struct sam *sam, const char *id, const struct value_entry *entry, struct str kinds)
{
    const struct value *value = entry->value;
    bool plain = str_find(kinds, '~') < kinds.len;
    if (is_none(value) || str_starts(kinds, "*") || (!plain && value->kind == VALUE_MAP && value->count == 1))
        return;
    if (str_starts(kinds, "{") ? fits_texts(kinds, value) : fits(kinds, value))
        return;
    bool map = str_starts(kinds, "m"), string = str_starts(kinds, "s") && !has_kind(kinds, sam->parameters);
    sam_fail(sam, value, id, "property '%.*s' %s", STR_ARG(entry->key),
             map      ? "must be a mapping with values of the right kind"
             : string ? "must be a text"
                      : "has a value of the wrong kind");
}

bool check_properties(struct sam *sam, const struct value *at, const char *id, const char *type,
                      const char *specification, const struct value *properties)
{
    struct str kinds, rest = str_from(specification), word;
    for (size_t i = 0; value_is(properties, VALUE_MAP) && i < properties->count; i++) {
        if (!find_property(specification, properties->entries[i].key, &kinds))
            sam_fail(sam, properties->entries[i].value, id, "property '%.*s' is not defined for '%s'",
                     STR_ARG(properties->entries[i].key), type);
    }
    while (!sam->failed && str_split(&rest, ' ', &word)) {
        struct str name = str_slice(word, 0, str_find(word, ':'));
        const struct value_entry *entry = value_entry(properties, name);
        kinds = str_from_index(word, name.len + 1);
        if (str_find(kinds, '!') < kinds.len && (!entry || is_none(entry->value)))
            sam_fail(sam, at, id, "the required property '%.*s' is missing", STR_ARG(name));
        else if (entry)
            check_one(sam, id, entry, kinds);
    }
    return !sam->failed;
}

bool expect(struct sam *sam, const struct value *value, const struct value *at, const char *id,
            const char *path, enum value_kind kind)
{
    if (value_is(value, kind))
        return true;
    sam_fail(sam, value && value->source ? value : at, id, "property '%s' must be %s", path,
             value_kind_name(kind));
    return false;
}
