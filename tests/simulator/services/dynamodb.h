#ifndef PLUMB_SIMULATOR_DYNAMODB_H
#define PLUMB_SIMULATOR_DYNAMODB_H

/*
 * What the files of DynamoDB share.
 *
 * A table is its members as they are answered ("KeySchema", "StreamSpecification", ...), and "mode"
 * (billing), "throughput", "indexes": {NAME: {members, "doing", "until"}}, "doing" and "until" (what it is
 * being, and until when), "created", "tags", "ttl", "recovery", "policy", "kinesis", "insights".
 */

#include "tests/simulator/service.h"

enum { DYNAMODB_INDEXES_MAX = 20, DYNAMODB_LOCAL_INDEXES_MAX = 5, DYNAMODB_TAGS_MAX = 50 };

struct value *dynamodb_tables(struct call *);
/* The table that TableName (a name or an ARN) names; or NULL after call_fail with `code`. */
struct value *dynamodb_table(struct call *, const char *code);
/* "CREATING", "ACTIVE", ...; "" where the deletion has ended. */
struct str dynamodb_status(const struct call *, const struct value *thing);
void dynamodb_begin(struct call *, struct value *thing, const char *doing, const char *delay);
struct value *dynamodb_description(struct call *, const struct value *table);
void dynamodb_sweep(struct call *, struct value *things);
struct str dynamodb_arn(struct call *, struct str table);

/* The resource policy of a table: JSON, or the call fails; kept with a new revision. */
bool dynamodb_policy_is_valid(struct call *, struct str text);
struct value *dynamodb_keep_policy(struct call *, struct value *table, struct str text);

bool dynamodb_invalid(struct call *, const char *message);
/* Key schema, definitions and throughput of a table and its indexes, each as AWS judges them. */
bool dynamodb_keys_are_valid(struct call *, const struct value *schema, const struct value *definitions);
bool dynamodb_definitions_are_used(struct call *, const struct value *definitions,
                                   const struct value *table_keys, const struct value *local,
                                   const struct value *global);
bool dynamodb_throughput_is_valid(struct call *, bool on_demand, const struct value *throughput);
bool dynamodb_index_is_valid(struct call *, const struct value *index, const struct value *definitions,
                             bool on_demand);
bool dynamodb_has_key(const struct value *schema, struct str attribute);

#define DYNAMODB_OPERATIONS(X)                                                                               \
    X(CreateTable, SIM_WRITE)                                                                                \
    X(DeleteResourcePolicy, SIM_WRITE)                                                                       \
    X(DeleteTable, SIM_WRITE)                                                                                \
    X(DescribeContinuousBackups, SIM_READ)                                                                   \
    X(DescribeContributorInsights, SIM_READ)                                                                 \
    X(DescribeKinesisStreamingDestination, SIM_READ)                                                         \
    X(DescribeTable, SIM_READ)                                                                               \
    X(DescribeTimeToLive, SIM_READ)                                                                          \
    X(DisableKinesisStreamingDestination, SIM_WRITE)                                                         \
    X(EnableKinesisStreamingDestination, SIM_WRITE)                                                          \
    X(GetResourcePolicy, SIM_READ)                                                                           \
    X(ListTables, SIM_READ)                                                                                  \
    X(ListTagsOfResource, SIM_READ)                                                                          \
    X(PutResourcePolicy, SIM_WRITE)                                                                          \
    X(TagResource, SIM_WRITE)                                                                                \
    X(UntagResource, SIM_WRITE)                                                                              \
    X(UpdateContinuousBackups, SIM_WRITE)                                                                    \
    X(UpdateContributorInsights, SIM_WRITE)                                                                  \
    X(UpdateTable, SIM_WRITE)                                                                                \
    X(UpdateTimeToLive, SIM_WRITE)

#define DYNAMODB_DECLARE(name, effect) bool dynamodb_##name(struct call *);
DYNAMODB_OPERATIONS(DYNAMODB_DECLARE)
#undef DYNAMODB_DECLARE

#endif
