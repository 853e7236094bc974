#include "tests/simulator/limits.h"

#include <stdlib.h>

#include "tests/simulator/service.h"

/*
 * From the service quotas pages of AWS; a burst that is not published is one second's worth.  IAM, STS, SQS,
 * SNS, S3, Logs and Tagging publish no rate and have no row.  A call takes from the row of its operation, or
 * else from the service's row without operation; rows `also` count for every operation.
 */
static const struct rate {
    const char *service, *operation, *shared_with; /* the bucket of another service's row */
    bool also;
    int64_t per_minute, burst;
} rates[] = {
    {"lambda", "GetFunction", NULL, false, 6000, 100},
    {"lambda", "GetPolicy", NULL, false, 900, 15},
    {"lambda", NULL, NULL, false, 900, 15},
    {"apigateway", NULL, NULL, true, 600, 40},
    {"apigatewayv2", NULL, "apigateway", true, 600, 40},
    {"apigateway", "CreateRestApi", NULL, false, 20, 1},
    {"apigateway", "ImportRestApi", NULL, false, 20, 1},
    {"apigateway", "DeleteRestApi", NULL, false, 2, 1},
    {"apigateway", "CreateDeployment", NULL, false, 12, 1},
    {"apigateway", "PutRestApi", NULL, false, 60, 1},
    {"apigateway", "GetResources", NULL, false, 150, 5},
    {"apigateway", "UpdateAccount", NULL, false, 3, 1},
    {"dynamodb", NULL, NULL, false, 150000, 2500},
    {"cloudwatch", "DescribeAlarms", NULL, false, 540, 9},
    {"cloudwatch", "PutMetricAlarm", NULL, false, 180, 3},
    {"cloudwatch", "DeleteAlarms", NULL, false, 180, 3},
    {"cloudwatch", "SetAlarmState", NULL, false, 180, 3},
    {"cloudwatch", "GetMetricData", NULL, false, 3000, 50},
    {"events", NULL, NULL, true, 3000, 50},
    {"states", "CreateStateMachine", NULL, false, 60, 100},
    {"states", "UpdateStateMachine", NULL, false, 60, 100},
    {"states", "DescribeStateMachine", NULL, false, 1200, 200},
    {"states", "ListStateMachines", NULL, false, 300, 100},
};

void limits_release(struct limits *limits)
{
    while (limits->buckets) {
        struct bucket *bucket = limits->buckets;
        limits->buckets = bucket->next;
        free(bucket);
    }
    limits->enabled = false;
}

static const struct rate *bucket_row(const struct rate *rate)
{
    for (size_t i = 0; rate->shared_with && i < ARRAY_LENGTH(rates); i++)
        if (!rates[i].operation && str_is(str_from(rates[i].service), rate->shared_with))
            return &rates[i];
    return rate;
}

static struct bucket *bucket_of(struct limits *limits, const struct rate *rate, const struct call *call)
{
    for (struct bucket *bucket = limits->buckets; bucket; bucket = bucket->next)
        if (bucket->row == rate && str_is(call->account, bucket->account) &&
            str_is(call->region, bucket->region))
            return bucket;
    struct bucket *bucket = memory_alloc(sizeof *bucket);
    snprintf(bucket->account, sizeof bucket->account, "%.*s", STR_ARG(call->account));
    snprintf(bucket->region, sizeof bucket->region, "%.*s", STR_ARG(call->region));
    bucket->row = rate;
    bucket->millitokens = rate->burst * 1000;
    bucket->filled = call->now;
    bucket->next = limits->buckets;
    limits->buckets = bucket;
    return bucket;
}

static bool take(struct limits *limits, const struct rate *rate, const struct call *call)
{
    struct bucket *bucket = bucket_of(limits, bucket_row(rate), call);
    int64_t gained = (call->now - bucket->filled) * rate->per_minute / 60, most = rate->burst * 1000;
    if (gained > 0) {
        bucket->millitokens = bucket->millitokens + gained < most ? bucket->millitokens + gained : most;
        bucket->filled = call->now;
    }
    if (bucket->millitokens < 1000)
        return false;
    bucket->millitokens -= 1000;
    return true;
}

bool limits_take(struct limits *limits, const struct call *call)
{
    const struct rate *chosen = NULL;
    bool taken = true;
    for (size_t i = 0; limits->enabled && i < ARRAY_LENGTH(rates); i++) {
        const struct rate *rate = &rates[i];
        if (!str_is(str_from(rate->service), call->service->name))
            continue;
        bool exact = rate->operation && str_is(str_from(rate->operation), call->operation->name);
        if (rate->also)
            taken = take(limits, rate, call) && taken;
        else if (exact || (!rate->operation && !chosen))
            chosen = rate;
    }
    return (!chosen || take(limits, chosen, call)) && taken;
}

/* Short, so that tests are quick; a test that wants AWS's own times sets them. */
static const struct delay {
    const char *name;
    int64_t ms;
} delays[] = {
    {"codedeploy.created", 20}, /* a deployment is Created, then Queued */
    {"codedeploy.queued", 20},
    {"cloudformation.creating", 20},
    {"cloudformation.deleting", 20},
    {"cloudformation.updating", 20},
    {"cloudcontrol.pending", 20}, /* a request IN_PROGRESS */
    {"apigateway.domain", 20},    /* DomainNameStatus UPDATING */
    {"apigateway.link", 20},      /* CreateVpcLink to status AVAILABLE */
    {"apigatewayv2.link", 20},    /* CreateVpcLink to VpcLinkStatus AVAILABLE */
    {"lambda.pending", 20},       /* CreateFunction to State Active */
    {"lambda.update", 20},        /* LastUpdateStatus InProgress */
    {"lambda.publish", 0},        /* a version's State Pending */
    {"lambda.mapping", 20},     /* event source mappings: Creating, Updating, Deleting, Enabling, Disabling */
    {"lambda.concurrency", 20}, /* provisioned concurrency IN_PROGRESS */
    {"kinesis.creating", 20},   /* streams and consumers */
    {"kinesis.updating", 5},    /* every change of a stream */
    {"kinesis.deleting", 20},   /* streams */
    {"iam.propagation", 20},    /* a new role or policy is not known to other services yet */
    {"dynamodb.creating", 20},
    {"dynamodb.updating", 20},
    {"dynamodb.deleting", 20},
    {"dynamodb.index", 20},     /* an index CREATING or DELETING */
    {"dynamodb.ttl", 0},        /* ENABLING, DISABLING */
    {"appsync.schema", 20},     /* a schema is PROCESSING */
    {"cognito.domain", 20},     /* a domain of one's own is CREATING */
    {"events.connection", 20},  /* CREATING, UPDATING, AUTHORIZING, DEAUTHORIZING, DELETING */
    {"pipes.settling", 20},     /* CREATING, UPDATING, STARTING, STOPPING, DELETING */
    {"scheduler.deleting", 20}, /* a group that is deleted */
    {"route53.change", 20},     /* PENDING to INSYNC */
    {"sqs.poll", 250},          /* how long at most an empty queue is waited for */
    {"sqs.deleted", 0},         /* AWS: 60000, in which the name cannot be used again */
};

void delays_reset(struct delays *values)
{
    for (size_t i = 0; i < DELAYS_MAX; i++)
        values->ms[i] = -1;
}

int64_t delays_get(const struct delays *values, const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(delays); i++)
        if (str_is(str_from(name), delays[i].name))
            return values->ms[i] >= 0 ? values->ms[i] : delays[i].ms;
    return 0;
}

static bool set_one(struct delays *values, const struct value_entry *entry, struct error *error)
{
    int64_t ms;
    if (!value_to_int(entry->value, &ms) || ms < 0 || ms > INT64_C(86400000))
        return error_set(error, ERROR_INVALID, "the delay '%.*s' must be 0 to 86400000 ms",
                         STR_ARG(entry->key));
    for (size_t i = 0; i < ARRAY_LENGTH(delays); i++)
        if (str_is(entry->key, delays[i].name)) {
            values->ms[i] = ms;
            return true;
        }
    return error_set(error, ERROR_INVALID, "unknown delay '%.*s'", STR_ARG(entry->key));
}

bool delays_set(struct delays *values, const struct value *map, struct error *error)
{
    if (!value_is(map, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "delays must be a mapping of names to milliseconds");
    for (size_t i = 0; i < map->count; i++)
        if (!set_one(values, &map->entries[i], error))
            return false;
    return true;
}

struct value *delays_value(struct arena *arena, const struct delays *values)
{
    struct value *map = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(delays); i++)
        value_setz(arena, map, delays[i].name, value_int(arena, delays_get(values, delays[i].name)));
    return map;
}
