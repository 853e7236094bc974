/* What hangs on a table: time to live, recovery, tags, its resource policy. */

#include "base/digest.h"
#include "base/json.h"
#include "tests/simulator/services/dynamodb.h"

enum { RECOVERY_DAYS = 35 };

/* --- Time to live ------------------------------------------------------------------------------------- */

static bool ttl_changes(struct call *call, const struct value *table, const struct value *asked)
{
    const struct value *ttl = value_get(table, "ttl");
    bool enable = value_get_bool(asked, "Enabled", false), enabled = value_get_bool(ttl, "enabled", false);
    struct str attribute = value_get_text(asked, "AttributeName");
    if (!attribute.len)
        return dynamodb_invalid(
            call, "1 validation error detected: Value null at "
                  "'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member "
                  "must not be null");
    if (value_get_int(ttl, "until", 0) > call->now)
        return dynamodb_invalid(call,
                                "Time to live has been modified multiple times within a fixed interval");
    if (enabled && !str_equal(attribute, value_get_text(ttl, "attribute")))
        return call_fail(call, 400, "ValidationException",
                         "TimeToLive is active on a different AttributeName: current AttributeName is %.*s",
                         STR_ARG(value_get_text(ttl, "attribute")));
    return enable != enabled || dynamodb_invalid(call, enabled ? "TimeToLive is already enabled"
                                                               : "TimeToLive is already disabled");
}

bool dynamodb_UpdateTimeToLive(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    struct value *asked = value_get(call->input, "TimeToLiveSpecification");
    if (!table || !ttl_changes(call, table, asked))
        return false;
    struct value *ttl = state_put(call, table, STR("ttl"), value_map(call->arena));
    state_bool(call, ttl, "enabled", value_get_bool(asked, "Enabled", false));
    state_text(call, ttl, "attribute", value_get_text(asked, "AttributeName"));
    state_int(call, ttl, "until", call->now + call_delay(call, "dynamodb.ttl"));
    put(call, call->output, "TimeToLiveSpecification", asked);
    return true;
}

bool dynamodb_DescribeTimeToLive(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    struct value *description = value_map(call->arena);
    if (!table)
        return false;
    const struct value *ttl = value_get(table, "ttl");
    bool enabled = value_get_bool(ttl, "enabled", false);
    bool settled = value_get_int(ttl, "until", 0) <= call->now;
    put_text(call, description, "TimeToLiveStatus",
             settled   ? enabled ? STR("ENABLED") : STR("DISABLED")
               : enabled ? STR("ENABLING")
                       : STR("DISABLING"));
    if (enabled || !settled)
        put(call, description, "AttributeName", value_get(ttl, "attribute"));
    put(call, call->output, "TimeToLiveDescription", description);
    return true;
}

/* --- Point in time recovery --------------------------------------------------------------------------- */

static bool answer_backups(struct call *call, const struct value *table)
{
    struct value *backups = value_map(call->arena), *recovery = value_map(call->arena);
    const struct value *set = value_get(table, "recovery");
    bool enabled = value_get_bool(set, "PointInTimeRecoveryEnabled", false);
    put_text(call, backups, "ContinuousBackupsStatus", STR("ENABLED"));
    put_text(call, recovery, "PointInTimeRecoveryStatus", enabled ? STR("ENABLED") : STR("DISABLED"));
    if (enabled) {
        put_int(call, recovery, "RecoveryPeriodInDays",
                value_get_int(set, "RecoveryPeriodInDays", RECOVERY_DAYS));
        put_time(call, recovery, "EarliestRestorableDateTime", value_get_int(table, "recovery_since", 0));
        put_time(call, recovery, "LatestRestorableDateTime", call->now);
    }
    put(call, backups, "PointInTimeRecoveryDescription", recovery);
    put(call, call->output, "ContinuousBackupsDescription", backups);
    return true;
}

bool dynamodb_UpdateContinuousBackups(struct call *call)
{
    struct value *table = dynamodb_table(call, "TableNotFoundException");
    struct value *asked = value_get(call->input, "PointInTimeRecoverySpecification");
    int64_t days = value_get_int(asked, "RecoveryPeriodInDays", RECOVERY_DAYS);
    if (!table)
        return false;
    if (!value_get(asked, "PointInTimeRecoveryEnabled") || days < 1 || days > RECOVERY_DAYS)
        return dynamodb_invalid(call,
                                "PointInTimeRecoveryEnabled is required, RecoveryPeriodInDays is 1 to 35");
    if (str_is(dynamodb_status(call, table), "CREATING"))
        return call_fail(call, 400, "ContinuousBackupsUnavailableException",
                         "Backups are being enabled for the table: %.*s. Please retry later",
                         STR_ARG(value_get_text(table, "TableName")));
    state_put(call, table, STR("recovery"), asked);
    state_int(call, table, "recovery_since", call->now);
    return answer_backups(call, table);
}

bool dynamodb_DescribeContinuousBackups(struct call *call)
{
    struct value *table = dynamodb_table(call, "TableNotFoundException");
    return table && answer_backups(call, table);
}

/* --- By ARN: tags and the resource policy -------------------------------------------------------------- */

/* The table whose ARN is ResourceArn, or NULL after call_fail. */
static struct value *table_by_arn(struct call *call)
{
    struct str resource = call_text(call, "ResourceArn"), prefix = dynamodb_arn(call, STR_EMPTY);
    struct value *table = NULL;
    if (str_starts(resource, prefix.ptr))
        table = value_get_str(dynamodb_tables(call), str_from_index(resource, prefix.len));
    if (table && dynamodb_status(call, table).len)
        return table;
    call_fail(call, 400, "ResourceNotFoundException",
              "Requested resource not found: ResourcArn: %.*s not found", STR_ARG(resource));
    return NULL;
}

bool dynamodb_TagResource(struct call *call)
{
    struct value *table = table_by_arn(call);
    struct value *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    if (!table)
        return false;
    size_t count = value_get(table, "tags")->count;
    for (size_t i = 0; i < tags->count; i++)
        count += !value_get_str(value_get(table, "tags"), tags->entries[i].key);
    if (count > DYNAMODB_TAGS_MAX)
        return dynamodb_invalid(call, "Too many tags: a table can have up to 50");
    state_merge(call, table, "tags", tags);
    return true;
}

bool dynamodb_UntagResource(struct call *call)
{
    struct value *table = table_by_arn(call);
    if (!table)
        return false;
    state_remove_keys(table, "tags", call_list(call, "TagKeys"));
    return true;
}

bool dynamodb_ListTagsOfResource(struct call *call)
{
    struct value *table = table_by_arn(call);
    if (!table)
        return false;
    put(call, call->output, "Tags", tags_to_list(call, value_get(table, "tags"), "Key", "Value"));
    return true;
}

static bool policy_revision_fits(struct call *call, const struct value *policy)
{
    struct str expected = call_text(call, "ExpectedRevisionId");
    bool none = str_is(expected, "NO_POLICY");
    if (!expected.len || (none ? !policy : str_equal(expected, value_get_text(policy, "revision"))))
        return true;
    return call_fail(call, 400, "PolicyNotFoundException",
                     "Resource-based policy not found due to RevisionId mismatch.");
}

static bool no_policy(struct call *call)
{
    return call_fail(
        call, 400, "PolicyNotFoundException",
        "Resource-based policy not found for the provided ResourceArn: Requested policy not found "
        "for resource %.*s",
        STR_ARG(call_text(call, "ResourceArn")));
}

bool dynamodb_policy_is_valid(struct call *call, struct str text)
{
    struct error error = ERROR_INIT;
    struct value *parsed = NULL;
    return json_read(call->arena, STR_EMPTY, text, &parsed, &error) ||
           dynamodb_invalid(call, "Invalid policy document: Syntax errors in policy.");
}

struct value *dynamodb_keep_policy(struct call *call, struct value *table, struct str text)
{
    struct value *policy = state_put(call, table, STR("policy"), value_map(call->arena));
    state_text(call, policy, "document", text);
    state_text(
        call, policy, "revision",
        arena_printf(call->arena, "%llu", (unsigned long long)call_random(call, UINT64_C(10000000000000))));
    return policy;
}

bool dynamodb_PutResourcePolicy(struct call *call)
{
    struct value *table = table_by_arn(call);
    struct str text = call_text(call, "Policy");
    if (!table || !policy_revision_fits(call, value_get(table, "policy")) ||
        !dynamodb_policy_is_valid(call, text))
        return false;
    put(call, call->output, "RevisionId", value_get(dynamodb_keep_policy(call, table, text), "revision"));
    return true;
}

bool dynamodb_GetResourcePolicy(struct call *call)
{
    struct value *table = table_by_arn(call);
    if (!table)
        return false;
    struct value *policy = value_get(table, "policy");
    if (!policy)
        return no_policy(call);
    put(call, call->output, "Policy", value_get(policy, "document"));
    put(call, call->output, "RevisionId", value_get(policy, "revision"));
    return true;
}

/* Without a policy there is nothing to do, and no error. */
bool dynamodb_DeleteResourcePolicy(struct call *call)
{
    struct value *table = table_by_arn(call);
    if (!table || !policy_revision_fits(call, value_get(table, "policy")))
        return false;
    put(call, call->output, "RevisionId", value_get(value_get(table, "policy"), "revision"));
    (void)value_remove(table, STR("policy"));
    return true;
}

/* --- Kinesis streams that follow a table -------------------------------------------------------------- */

static struct value *destination_shape(struct call *call, const struct value *destination)
{
    struct value *shape = value_map(call->arena);
    put(call, shape, "StreamArn", value_get(destination, "stream"));
    put(call, shape, "DestinationStatus", value_get(destination, "status"));
    put(call, shape, "ApproximateCreationDateTimePrecision", value_get(destination, "precision"));
    return shape;
}

bool dynamodb_DescribeKinesisStreamingDestination(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException"), *list = value_list(call->arena);
    if (!table)
        return false;
    const struct value *destinations = value_get(table, "kinesis");
    for (size_t i = 0; destinations && i < destinations->count; i++)
        value_append(call->arena, list, destination_shape(call, destinations->entries[i].value));
    put(call, call->output, "TableName", value_get(table, "TableName"));
    put(call, call->output, "KinesisDataStreamDestinations", list);
    return true;
}

static bool answer_destination(struct call *call, const struct value *table, const char *status)
{
    put(call, call->output, "TableName", value_get(table, "TableName"));
    put(call, call->output, "StreamArn", value_get(call->input, "StreamArn"));
    put_text(call, call->output, "DestinationStatus", str_from(status));
    return true;
}

/* Done at once, though the answer says that it begins. */
bool dynamodb_EnableKinesisStreamingDestination(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    struct str stream = call_text(call, "StreamArn");
    if (!table)
        return false;
    struct value *destinations = value_get(table, "kinesis");
    if (!destinations)
        destinations = state_put(call, table, STR("kinesis"), value_map(call->arena));
    if (value_is_text(value_get(value_get_str(destinations, stream), "status"), "ACTIVE"))
        return dynamodb_invalid(call, "Table is not in a valid state to enable Kinesis Streaming "
                                      "Destination: EnableKinesisStreamingDestination must be DISABLED or "
                                      "ENABLE_FAILED to perform ENABLE operation.");
    struct str precision = value_get_text(value_get(call->input, "EnableKinesisStreamingConfiguration"),
                                          "ApproximateCreationDateTimePrecision");
    struct value *destination = state_put(call, destinations, stream, value_map(call->arena));
    state_text(call, destination, "stream", stream);
    state_text(call, destination, "status", STR("ACTIVE"));
    state_text(call, destination, "precision", precision.len ? precision : STR("MILLISECOND"));
    return answer_destination(call, table, "ENABLING");
}

bool dynamodb_DisableKinesisStreamingDestination(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    if (!table)
        return false;
    struct value *destination = value_get_str(value_get(table, "kinesis"), call_text(call, "StreamArn"));
    if (!value_is_text(value_get(destination, "status"), "ACTIVE"))
        return dynamodb_invalid(call, "Table is not in a valid state to disable Kinesis Streaming "
                                      "Destination: KinesisStreamingDestination must be ACTIVE to perform "
                                      "DISABLE operation.");
    state_text(call, destination, "status", STR("DISABLED"));
    return answer_destination(call, table, "DISABLING");
}

/* --- Contributor insights ------------------------------------------------------------------------------ */

static bool answer_insights(struct call *call, const struct value *table)
{
    const struct value *insights = value_get(table, "insights");
    put(call, call->output, "TableName", value_get(table, "TableName"));
    put_text(call, call->output, "ContributorInsightsStatus",
             insights ? value_get_text(insights, "status") : STR("DISABLED"));
    put(call, call->output, "ContributorInsightsMode", value_get(insights, "mode"));
    return true;
}

bool dynamodb_DescribeContributorInsights(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    return table && answer_insights(call, table);
}

bool dynamodb_UpdateContributorInsights(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    struct str action = call_text(call, "ContributorInsightsAction");
    struct str mode = call_text(call, "ContributorInsightsMode");
    if (!table)
        return false;
    bool on = str_is(action, "ENABLE");
    if (!on && !str_is(action, "DISABLE"))
        return dynamodb_invalid(call, "ContributorInsightsAction must be ENABLE or DISABLE");
    struct value *insights = state_put(call, table, STR("insights"), value_map(call->arena));
    state_text(call, insights, "status", on ? STR("ENABLED") : STR("DISABLED"));
    state_text(call, insights, "mode", mode.len ? mode : STR("ACCESSED_AND_THROTTLED_KEYS"));
    return answer_insights(call, table);
}
