#include "environments/serverless/compile.h"

/* Events of message brokers: `kafka`, `msk`, `activemq`, `rabbitmq`. */

/* Statements of one function, given to the role when its last event is behind. */
struct brokers {
    const char *kind;
    const struct sls_function *function;
    struct value *secrets, *sources;
    bool network;
};

static void allow_network(struct sls *sls)
{
    sls_allow(sls, form(sls, "{'Effect': 'Allow', 'Action': ['ec2:CreateNetworkInterface', "
                             "'ec2:DescribeNetworkInterfaces', 'ec2:DescribeVpcs', "
                             "'ec2:DeleteNetworkInterface', 'ec2:DescribeSubnets', "
                             "'ec2:DescribeSecurityGroups'], 'Resource': '*'}"));
}

static void allow_brokers(struct sls *sls, struct brokers *brokers)
{
    bool msk = str_is(str_from(brokers->kind), "msk");
    if (brokers->secrets && brokers->secrets->count)
        sls_allow(
            sls, form(sls, "{'Effect': 'Allow', 'Action': ['secretsmanager:GetSecretValue'], 'Resource': %v}",
                      brokers->secrets));
    if (brokers->sources && brokers->sources->count)
        sls_allow(sls, form(sls, "{'Effect': 'Allow', 'Action': %v, 'Resource': %v}",
                            msk ? form(sls, "['kafka:DescribeCluster', 'kafka:GetBootstrapBrokers']")
                                : form(sls, "['mq:DescribeBroker']"),
                            brokers->sources));
    if (brokers->network)
        allow_network(sls);
    brokers->secrets = value_list(sls->arena);
    brokers->sources = value_list(sls->arena);
    brokers->network = false;
}

static void enter(struct sls *sls, struct brokers *brokers, const struct sls_event *event)
{
    if (brokers->function != event->function)
        allow_brokers(sls, brokers);
    brokers->function = event->function;
}

static struct value *mapping(struct sls *sls, const struct sls_event *event, struct value *own)
{
    const struct value *given = event->value;
    struct value *properties = form(sls, "{'FunctionName': %v}", sls_target(sls, event->function));
    sls_merge(sls, properties, own);
    sls_merge(sls, properties,
              form(sls,
                   "{'BatchSize': %v, 'MaximumBatchingWindowInSeconds': %v, 'Enabled': %v, "
                   "'FilterCriteria': %v}",
                   if_truthy(value_get(given, "batchSize")),
                   if_truthy(value_get(given, "maximumBatchingWindow")),
                   if_given(value_get(given, "enabled")),
                   filter_criteria(sls, value_get(given, "filterPatterns"))));
    return form(sls, "{'Type': 'AWS::Lambda::EventSourceMapping', 'DependsOn': %v, 'Properties': %v}",
                mapping_depends_on(sls, event->function), properties);
}

static const char *clipped(struct sls *sls, struct str name, size_t max)
{
    return arena_strz(sls->arena, str_slice(str_from(name_alphanumeric(sls, name)), 0, max));
}

static void compile_queue(struct sls *sls, const struct sls_event *event, void *self)
{
    struct brokers *brokers = self;
    const struct value *given = event->value;
    bool rabbit = str_is(str_from(brokers->kind), "rabbitmq");
    struct value *host = if_truthy(value_get(given, "virtualHost")), *arn = value_get(given, "arn");
    struct value *secret = value_get(given, "basicAuthArn"), *queue = value_get(given, "queue");
    enter(sls, brokers, event);
    value_append(sls->arena, brokers->secrets, secret);
    value_append(sls->arena, brokers->sources, arn);
    brokers->network = true;
    sls_put(sls,
            textf(sls, "%sEventSourceMapping%s%s", event->function->id, rabbit ? "RabbitMQ" : "ActiveMQ",
                  clipped(sls, value_text(queue), 150)),
            mapping(sls, event,
                    form(sls,
                         "{'EventSourceArn': %v, 'Queues': [%v], 'SourceAccessConfigurations': [{'Type': "
                         "'BASIC_AUTH', 'URI': %v}, %v]}",
                         arn, queue, secret,
                         host ? form(sls, "{'Type': 'VIRTUAL_HOST', 'URI': %v}", host) : NULL)),
            given);
}

static struct value *position_of(struct sls *sls, const struct sls_event *event)
{
    struct value *position = value_get(event->value, "startingPosition");
    struct value *time = if_given(value_get(event->value, "startingPositionTimestamp"));
    if (value_is_text(position, "AT_TIMESTAMP") && !time)
        sls_fail(sls, event->value, "function '%s': AT_TIMESTAMP needs 'startingPositionTimestamp'",
                 event->function->key);
    return form(sls, "{'StartingPosition': %v, 'StartingPositionTimestamp': %v, 'Topics': [%v]}",
                truthy_or(position, form_text(sls, "TRIM_HORIZON")), time, value_get(event->value, "topic"));
}

static struct value *consumer_group(struct sls *sls, const struct sls_event *event)
{
    struct value *group = if_truthy(value_get(event->value, "consumerGroupId"));
    return group ? form(sls, "{'ConsumerGroupId': %v}", group) : NULL;
}

static void compile_cluster(struct sls *sls, const struct sls_event *event, void *self)
{
    struct brokers *brokers = self;
    const struct value *given = event->value;
    struct value *arn = value_get(given, "arn"), *scram = if_given(value_get(given, "saslScram512"));
    struct value *import = value_get(arn, "Fn::ImportValue"), *properties = position_of(sls, event);
    struct str name = value_text(import ? import : value_get(arn, "Ref")), rest;
    enter(sls, brokers, event);
    if (value_is(arn, VALUE_STRING)) {
        rest = str_from_index(arn->text, str_find(arn->text, '/') + 1);
        name = str_slice(rest, 0, str_find(rest, '/'));
    }
    value_append(sls->arena, brokers->sources, arn);
    brokers->network = true;
    sls_merge(sls, properties,
              form(sls,
                   "{'EventSourceArn': %v, 'AmazonManagedKafkaEventSourceConfig': %v, "
                   "'SourceAccessConfigurations': %v}",
                   arn, consumer_group(sls, event),
                   scram ? form(sls, "[{'Type': 'SASL_SCRAM_512_AUTH', 'URI': %v}]", scram) : NULL));
    sls_put(sls,
            textf(sls, "%sEventSourceMappingMSK%s%s", event->function->id, clipped(sls, name, 79),
                  clipped(sls, value_get_text(given, "topic"), 79)),
            mapping(sls, event, properties), given);
}

static const struct {
    const char *key, *type, *prefix;
} accesses[] = {
    {"vpcSubnet", "VPC_SUBNET", "subnet:"},
    {"vpcSecurityGroup", "VPC_SECURITY_GROUP", "security_group:"},
    {"saslPlainAuth", "BASIC_AUTH", ""},
    {"saslScram256Auth", "SASL_SCRAM_256_AUTH", ""},
    {"saslScram512Auth", "SASL_SCRAM_512_AUTH", ""},
    {"clientCertificateTlsAuth", "CLIENT_CERTIFICATE_TLS_AUTH", ""},
    {"serverRootCaCertificate", "SERVER_ROOT_CA_CERTIFICATE", ""},
};

static void add_accesses(struct sls *sls, struct brokers *brokers, const struct value_entry *entry,
                         struct value *list)
{
    size_t row = 0;
    while (row < ARRAY_LENGTH(accesses) && !str_is(entry->key, accesses[row].key))
        row++;
    for (size_t i = 0; row < ARRAY_LENGTH(accesses) && i < entry->value->count; i++) {
        struct value *value = entry->value->items[i];
        if (*accesses[row].prefix)
            brokers->network = true;
        else
            value_append(sls->arena, brokers->secrets, value);
        value_append(sls->arena, list,
                     form(sls, "{'Type': '%s', 'URI': '%s%s'}", accesses[row].type, accesses[row].prefix,
                          text_of(sls, value)));
    }
}

static void compile_self_managed(struct sls *sls, const struct sls_event *event, void *self)
{
    struct brokers *brokers = self;
    const struct value *given = event->value, *access = value_get(given, "accessConfigurations");
    struct value *list = value_list(sls->arena), *properties = position_of(sls, event);
    enter(sls, brokers, event);
    if (truthy(value_get(access, "vpcSubnet")) != truthy(value_get(access, "vpcSecurityGroup")))
        sls_fail(sls, access, "event 'kafka' of function '%s' needs both 'vpcSubnet' and 'vpcSecurityGroup'",
                 event->function->key);
    for (size_t i = 0; i < access->count; i++)
        add_accesses(sls, brokers, &access->entries[i], list);
    sls_merge(sls, properties,
              form(sls,
                   "{'SelfManagedEventSource': {'Endpoints': {'KafkaBootstrapServers': %v}}, "
                   "'SourceAccessConfigurations': %v, 'SelfManagedKafkaEventSourceConfig': %v}",
                   value_get(given, "bootstrapServers"), list, consumer_group(sls, event)));
    sls_put(sls,
            textf(sls, "%sEventSourceMappingKafka%s", event->function->id,
                  clipped(sls, value_get_text(given, "topic"), 158)),
            mapping(sls, event, properties), given);
}

static void compile_kind(struct sls *sls, const char *kind,
                         void (*compile)(struct sls *, const struct sls_event *, void *))
{
    struct brokers brokers = {.kind = kind};
    allow_brokers(sls, &brokers);
    each_event(sls, kind, compile, &brokers);
    allow_brokers(sls, &brokers);
}

void compile_kafka(struct sls *sls)
{
    compile_kind(sls, "kafka", compile_self_managed);
}

void compile_activemq(struct sls *sls)
{
    compile_kind(sls, "activemq", compile_queue);
}

void compile_rabbitmq(struct sls *sls)
{
    compile_kind(sls, "rabbitmq", compile_queue);
}

void compile_msk(struct sls *sls)
{
    compile_kind(sls, "msk", compile_cluster);
}
