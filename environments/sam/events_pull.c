#include "environments/sam/transform.h"

/* Events that Lambda polls for: an event source mapping, and what the role needs to read the source. */

static const struct {
    const char *type, *source, *managed; /* property of the source's ARN, managed policy */
} pulls[] = {
    {"DocumentDB", "Cluster", NULL},
    {"DynamoDB", "Stream", "service-role/AWSLambdaDynamoDBExecutionRole"},
    {"Kinesis", "Stream", "service-role/AWSLambdaKinesisExecutionRole"},
    {"MQ", "Broker", NULL},
    {"MSK", "Stream", "service-role/AWSLambdaMSKExecutionRole"},
    {"SQS", "Queue", "service-role/AWSLambdaSQSQueueExecutionRole"},
    {"SelfManagedKafka", NULL, NULL},
};

#define KMS_KEY "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
#define RDS "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:"
#define NETWORK                                                                                              \
    "{'Action': ['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', "                            \
    "'ec2:DeleteNetworkInterface', 'ec2:DescribeVpcs', 'ec2:DescribeSubnets', "                              \
    "'ec2:DescribeSecurityGroups'], 'Effect': 'Allow', 'Resource': '*'}"

static size_t pull_of(const char *type)
{
    size_t i = 0;
    while (i < ARRAY_LENGTH(pulls) && !str_is(str_from(type), pulls[i].type))
        i++;
    return i;
}

bool is_pull_event(const char *type)
{
    return pull_of(type) < ARRAY_LENGTH(pulls);
}

static struct value *own(const struct event *event, const char *name)
{
    return value_get(event->properties, name);
}

static void fail(struct sam *sam, const struct event *event, const struct value *at, const char *what)
{
    sam_fail(sam, at ? at : event->node, event->function_id, "event '%s': %s", event->relative, what);
}

static struct value *read_secret(struct sam *sam, struct value *uri)
{
    return make(sam, "{'Action': ['secretsmanager:GetSecretValue'], 'Effect': 'Allow', 'Resource': %v}", uri);
}

static void add_key(struct sam *sam, struct event *event, struct value *statements, bool listed)
{
    struct value *key = own(event, "SecretsManagerKmsKeyId");
    if (!is_truthy(key))
        return;
    if (!value_is(key, VALUE_STRING)) {
        fail(sam, event, key, "'SecretsManagerKmsKeyId' must be a text");
        return;
    }
    struct value *action = listed ? make(sam, "['kms:Decrypt']") : make_text(sam, "kms:Decrypt");
    value_append(sam->arena, statements,
                 make(sam, "{'Action': %v, 'Effect': 'Allow', 'Resource': {'Fn::Sub': '" KMS_KEY "%s'}}",
                      action, key->text.ptr));
}

/* "arn:aws:glue:r:a:registry/name" gives "name". */
static struct str registry_name(struct str arn)
{
    struct str part = STR_EMPTY;
    if (!str_starts(arn, "arn"))
        return STR_EMPTY;
    for (size_t i = 0; i < 6; i++)
        if (!str_split(&arn, ':', &part))
            return STR_EMPTY;
    return str_starts(part, "registry/") ? str_from_index(part, 9) : STR_EMPTY;
}

static bool check_registry(struct sam *sam, struct event *event, const struct value *config)
{
    static const char *const required[] = {"SchemaRegistryURI", "EventRecordFormat",
                                           "SchemaValidationConfigs"};
    const struct value *format = value_get(config, "EventRecordFormat");
    const struct value *access = value_get(config, "AccessConfigs");
    if (!value_is(config, VALUE_MAP)) {
        fail(sam, event, config, "'SchemaRegistryConfig' must be a mapping");
        return false;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(required); i++)
        if (!value_get(config, required[i]))
            sam_fail(sam, config, event->function_id, "event '%s': 'SchemaRegistryConfig' needs '%s'",
                     event->relative, required[i]);
    if (!value_is_text(format, "JSON") && !value_is_text(format, "SOURCE"))
        fail(sam, event, format, "'EventRecordFormat' must be JSON or SOURCE");
    if (!value_is(value_get(config, "SchemaValidationConfigs"), VALUE_LIST))
        fail(sam, event, config, "'SchemaValidationConfigs' must be a list");
    if (is_truthy(access) && !value_is(access, VALUE_LIST))
        fail(sam, event, access, "'AccessConfigs' must be a list");
    for (size_t i = 0; value_is(access, VALUE_LIST) && i < access->count; i++)
        if (!value_get(access->items[i], "Type") || !value_get(access->items[i], "URI"))
            fail(sam, event, access->items[i], "an entry of 'AccessConfigs' needs 'Type' and 'URI'");
    return !sam->failed;
}

static void add_registry(struct sam *sam, struct event *event, struct value *statements)
{
    struct value *config = own(event, "SchemaRegistryConfig"), *uri = value_get(config, "SchemaRegistryURI");
    const struct value *access = value_get(config, "AccessConfigs");
    if (!is_truthy(config) || !check_registry(sam, event, config))
        return;
    for (size_t i = 0; value_is(access, VALUE_LIST) && i < access->count; i++)
        value_append(sam->arena, statements, read_secret(sam, value_get(access->items[i], "URI")));
    struct value *resolved = value_is(uri, VALUE_MAP)
                                 ? value_get(resolve_parameters(sam, python_copy(sam->arena, uri)), "Fn::Sub")
                                 : uri;
    struct str name = registry_name(value_text(resolved));
    if (name.len == 0)
        return;
    value_append(sam->arena, statements,
                 make(sam, "{'Action': ['glue:GetRegistry'], 'Effect': 'Allow', 'Resource': %v}", uri));
    value_append(sam->arena, statements,
                 make(sam,
                      "{'Action': ['glue:GetSchemaVersion'], 'Effect': 'Allow', 'Resource': [{'Fn::Sub': "
                      "'arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/%s/*'}]}",
                      arena_strz(sam->arena, name)));
}

/* The URI of the one access configuration of type BASIC_AUTH. */
static struct value *basic_auth(struct sam *sam, struct event *event, bool hosts)
{
    const struct value *all = own(event, "SourceAccessConfigurations");
    struct value *found = NULL;
    if (!is_truthy(all) || !value_is(all, VALUE_LIST)) {
        fail(sam, event, all, "'SourceAccessConfigurations' must be a list with a BASIC_AUTH entry");
        return NULL;
    }
    for (size_t i = 0; i < all->count; i++) {
        const struct value *type = value_get(all->items[i], "Type");
        bool basic = value_is_text(type, "BASIC_AUTH");
        if (!basic && !(hosts && value_is_text(type, "VIRTUAL_HOST")))
            fail(sam, event, all->items[i],
                 hosts ? "'Type' in 'SourceAccessConfigurations' must be BASIC_AUTH or VIRTUAL_HOST"
                       : "'Type' in 'SourceAccessConfigurations' must be BASIC_AUTH");
        if (basic && found)
            fail(sam, event, all->items[i], "'SourceAccessConfigurations' has more than one BASIC_AUTH");
        if (basic)
            found = value_get(all->items[i], "URI");
        if (basic && !is_truthy(found))
            fail(sam, event, all->items[i], "BASIC_AUTH in 'SourceAccessConfigurations' needs a 'URI'");
    }
    if (!found)
        fail(sam, event, all, "'SourceAccessConfigurations' needs a BASIC_AUTH entry");
    return found;
}

static struct value *mq_policy(struct sam *sam, struct event *event)
{
    struct value *statements =
        make(sam, "[%v, {'Action': ['mq:DescribeBroker'], 'Effect': 'Allow', 'Resource': %v}]",
             read_secret(sam, basic_auth(sam, event, true)), own(event, "Broker"));
    bool dynamic = is_truthy(own(event, "DynamicPolicyName"));
    add_key(sam, event, statements, false);
    return make(sam, "{'PolicyName': '%s', 'PolicyDocument': {'Statement': %v}}",
                dynamic ? text(sam, "%sAMQPolicy", event->id) : "SamAutoGeneratedAMQPolicy", statements);
}

static struct value *document_db_policy(struct sam *sam, struct event *event)
{
    struct value *statements = make(
        sam,
        "[%v, {'Action': ['rds:DescribeDBClusterParameters'], 'Effect': 'Allow', 'Resource': {'Fn::Sub': "
        "'" RDS "cluster-pg:*'}}, {'Action': ['rds:DescribeDBSubnetGroups'], 'Effect': 'Allow', 'Resource': "
        "{'Fn::Sub': '" RDS "subgrp:*'}}, {'Action': ['rds:DescribeDBClusters'], 'Effect': 'Allow', "
        "'Resource': %v}, " NETWORK "]",
        read_secret(sam, basic_auth(sam, event, false)), own(event, "Cluster"));
    add_key(sam, event, statements, true);
    return make(sam,
                "{'PolicyName': 'SamAutoGeneratedDocumentDBPolicy', 'PolicyDocument': {'Statement': %v}}",
                statements);
}

static struct value *msk_policy(struct sam *sam, struct event *event)
{
    struct value *statements = value_list(sam->arena);
    const struct value *all = own(event, "SourceAccessConfigurations");
    add_registry(sam, event, statements);
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++)
        if (value_is_text(value_get(all->items[i], "Type"), "CLIENT_CERTIFICATE_TLS_AUTH") &&
            is_truthy(value_get(all->items[i], "URI")))
            value_append(sam->arena, statements, read_secret(sam, value_get(all->items[i], "URI")));
    if (statements->count == 0)
        return NULL;
    return make(sam, "{'PolicyName': 'MSKExecutionRolePolicy', 'PolicyDocument': {'Statement': %v}}",
                statements);
}

struct kafka_access {
    struct value *secret;
    bool certificate, subnet, group;
};

static void kafka_entry(struct sam *sam, struct event *event, const struct value *entry,
                        struct kafka_access *access)
{
    static const char *const mechanisms[] = {"SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "BASIC_AUTH",
                                             "CLIENT_CERTIFICATE_TLS_AUTH"};
    const struct value *type = value_get(entry, "Type");
    struct value *uri = value_get(entry, "URI");
    bool mechanism = false, subnet = value_is_text(type, "VPC_SUBNET");
    bool group = value_is_text(type, "VPC_SECURITY_GROUP"),
         certificate = value_is_text(type, "SERVER_ROOT_CA_CERTIFICATE");
    for (size_t i = 0; i < ARRAY_LENGTH(mechanisms); i++)
        mechanism = mechanism || value_is_text(type, mechanisms[i]);
    if (!mechanism && !subnet && !group && !certificate)
        fail(sam, event, entry, "'SourceAccessConfigurations' has an unknown 'Type'");
    else if (!is_truthy(uri) || (!value_is(uri, VALUE_STRING) && !is_intrinsic(uri)))
        fail(sam, event, entry, "an entry of 'SourceAccessConfigurations' needs a 'URI'");
    if (mechanism && access->secret)
        fail(sam, event, entry, "'SourceAccessConfigurations' has more than one authentication");
    access->secret = mechanism ? uri : access->secret;
    access->certificate = access->certificate || certificate;
    access->subnet = access->subnet || subnet;
    access->group = access->group || group;
}

static struct value *kafka_policy(struct sam *sam, struct event *event)
{
    const struct value *all = own(event, "SourceAccessConfigurations"), *topics = own(event, "Topics");
    struct kafka_access access = {.secret = NULL};
    struct value *statements = value_list(sam->arena);
    if (!is_truthy(own(event, "KafkaBootstrapServers")))
        fail(sam, event, NULL, "a self managed Kafka needs 'KafkaBootstrapServers'");
    if (!is_truthy(topics) || topics->count != 1)
        fail(sam, event, topics, "a self managed Kafka needs one entry in 'Topics'");
    if (!is_truthy(all) || !value_is(all, VALUE_LIST))
        fail(sam, event, all, "a self managed Kafka needs a list 'SourceAccessConfigurations'");
    for (size_t i = 0; !sam->failed && i < all->count; i++)
        kafka_entry(sam, event, all->items[i], &access);
    if (access.subnet != access.group)
        fail(sam, event, all, "VPC_SUBNET and VPC_SECURITY_GROUP must be given together");
    if (access.secret)
        value_append(sam->arena, statements, read_secret(sam, access.secret));
    if (access.certificate) /* the reference grants the same secret again */
        value_append(sam->arena, statements,
                     read_secret(sam, access.secret ? access.secret : value_null(sam->arena)));
    if (access.subnet)
        value_append(sam->arena, statements, make(sam, NETWORK));
    add_key(sam, event, statements, true);
    add_registry(sam, event, statements);
    return make(sam,
                "{'PolicyDocument': {'Statement': %v, 'Version': '2012-10-17'}, "
                "'PolicyName': 'SelfManagedKafkaExecutionRolePolicy'}",
                statements);
}

static struct value *source_policy(struct sam *sam, struct event *event)
{
    struct str type = str_from(event->type);
    if (str_is(type, "MQ"))
        return mq_policy(sam, event);
    if (str_is(type, "DocumentDB"))
        return document_db_policy(sam, event);
    if (str_is(type, "MSK"))
        return msk_policy(sam, event);
    return str_is(type, "SelfManagedKafka") ? kafka_policy(sam, event) : NULL;
}

static struct value *destination_policy(struct sam *sam, struct event *event)
{
    struct value *config = own(event, "DestinationConfig");
    if (!is_truthy(config))
        return NULL;
    struct value *failure = value_get(config, "OnFailure");
    if (!expect(sam, failure, config, event->function_id, "DestinationConfig.OnFailure", VALUE_MAP))
        return NULL;
    struct value *type = value_get(failure, "Type"), *arn = value_get(failure, "Destination");
    if (!is_truthy(type))
        return NULL;
    python_remove(sam->arena, failure, STR("Type"));
    if (value_is_text(type, "SQS"))
        return simple_policy(sam, text(sam, "%sSQSPolicy", event->id), "sqs:SendMessage", arn);
    if (value_is_text(type, "SNS"))
        return simple_policy(sam, text(sam, "%sSNSPolicy", event->id), "sns:publish", arn);
    if (value_is_text(type, "S3"))
        return s3_payload_policy(sam, arn, event->id);
    if (!value_is_text(type, "Kafka"))
        fail(sam, event, type, "'Type' of 'OnFailure' must be SQS, SNS, S3 or Kafka");
    return NULL;
}

static void add_policy(struct sam *sam, struct made *role, struct value *policy)
{
    struct value *all = made_get(role, "Policies");
    if (!policy)
        return;
    if (!all) {
        all = value_list(sam->arena);
        made_set(sam, role, "Policies", all);
    }
    for (size_t i = 0; i < all->count; i++)
        if (value_equal(all->items[i], policy) ||
            value_equal(value_get(all->items[i], "PolicyDocument"), value_get(policy, "PolicyDocument")))
            return;
    value_append(sam->arena, all, policy);
}

static void link_policies(struct sam *sam, struct event *event, struct made *role, struct value *destination)
{
    const char *managed = pulls[pull_of(event->type)].managed;
    struct value *arns = made_get(role, "ManagedPolicyArns"),
                 *arn = managed ? managed_policy_arn(sam, managed) : NULL;
    for (size_t i = 0; arn && i < arns->count; i++)
        if (value_equal(arns->items[i], arn))
            arn = NULL;
    if (arn)
        value_append(sam->arena, arns, arn);
    add_policy(sam, role, source_policy(sam, event));
    add_policy(sam, role, destination);
}

static void kafka_config(struct sam *sam, struct event *event, struct made *mapping)
{
    struct value *group = own(event, "ConsumerGroupId"), *registry = own(event, "SchemaRegistryConfig");
    bool msk = str_is(str_from(event->type), "MSK"),
         own_kafka = str_is(str_from(event->type), "SelfManagedKafka");
    if (is_truthy(group) && !msk && !own_kafka)
        fail(sam, event, group, "'ConsumerGroupId' is for MSK and SelfManagedKafka events");
    if ((is_truthy(group) || is_truthy(registry)) && (msk || own_kafka))
        made_set(sam, mapping,
                 msk ? "AmazonManagedKafkaEventSourceConfig" : "SelfManagedKafkaEventSourceConfig",
                 make(sam, "{'ConsumerGroupId': %v, 'SchemaRegistryConfig': %v}",
                      is_truthy(group) ? group : NULL, is_truthy(registry) ? registry : NULL));
}

static void check_filter(struct sam *sam, struct event *event)
{
    const struct value *filter = own(event, "FilterCriteria");
    if (!is_truthy(filter) || is_intrinsic(filter))
        return;
    if (filter->count != 1 || !value_get(filter, "Filters"))
        fail(sam, event, filter, "'FilterCriteria' must hold 'Filters' and nothing else");
}

void build_pull_event(struct sam *sam, struct event *event, struct target *target, struct made_list *list)
{
    static const char *const same[] = {"StartingPosition",
                                       "StartingPositionTimestamp",
                                       "BatchSize",
                                       "Enabled",
                                       "MaximumBatchingWindowInSeconds",
                                       "MaximumRetryAttempts",
                                       "BisectBatchOnFunctionError",
                                       "MaximumRecordAgeInSeconds",
                                       "ParallelizationFactor",
                                       "Topics",
                                       "Queues",
                                       "SourceAccessConfigurations",
                                       "TumblingWindowInSeconds",
                                       "FunctionResponseTypes",
                                       "FilterCriteria",
                                       "KmsKeyArn",
                                       "ScalingConfig",
                                       "ProvisionedPollerConfig",
                                       "MetricsConfig",
                                       "LoggingConfig"};
    const char *source = pulls[pull_of(event->type)].source;
    struct made *mapping = made_new(sam, event->id, "AWS::Lambda::EventSourceMapping", target->attributes);
    struct value *servers = own(event, "KafkaBootstrapServers");
    made_set(sam, mapping, "FunctionName", target->name);
    made_set(sam, mapping, "EventSourceArn", source ? own(event, source) : NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, mapping, same[i], own(event, same[i]));
    check_filter(sam, event);
    if (is_truthy(servers))
        made_set(sam, mapping, "SelfManagedEventSource",
                 make(sam, "{'Endpoints': {'KafkaBootstrapServers': %v}}", servers));
    kafka_config(sam, event, mapping);
    struct value *destination = destination_policy(sam, event);
    if (is_truthy(own(event, "DestinationConfig")))
        made_set(sam, mapping, "DestinationConfig", own(event, "DestinationConfig"));
    if (str_is(str_from(event->type), "DocumentDB"))
        made_set(sam, mapping, "DocumentDBEventSourceConfig",
                 make(sam, "{'DatabaseName': %v, 'CollectionName': %v, 'FullDocument': %v}",
                      own(event, "DatabaseName"),
                      is_truthy(own(event, "CollectionName")) ? own(event, "CollectionName") : NULL,
                      is_truthy(own(event, "FullDocument")) ? own(event, "FullDocument") : NULL));
    made_add(sam, list, mapping);
    if (target->role && !sam->failed)
        link_policies(sam, event, target->role, destination);
}
