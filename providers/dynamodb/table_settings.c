#include "providers/dynamodb/table_parts.h"
#include "providers/policy.h"
#include "providers/shape.h"

enum { BACKUPS_MS = 60 * 1000, KINESIS_MS = 5 * 60 * 1000 };

static const struct hurdle backups_starting[] = {{"ContinuousBackupsUnavailableException", NULL},
                                                 {NULL, NULL}};
static const struct hurdle in_use[] = {{"ResourceInUseException", NULL}, {NULL, NULL}};

static struct value *named(const struct resource_call *call, struct str table)
{
    return input_with(call->arena, "TableName", table);
}

static bool is_on(const struct value *status)
{
    return value_is_text(status, "ENABLED") || value_is_text(status, "ENABLING") ||
           value_is_text(status, "ACTIVE") || value_is_text(status, "UPDATING");
}

/* --- time to live --- */

static bool read_ttl(const struct resource_call *call, struct str table, struct str arn, struct value *live,
                     struct error *error)
{
    static const char *const attribute[] = {"AttributeName", NULL};
    struct value *answer, *specification = value_map(call->arena);
    (void)arn;
    if (!aws_call(call->aws, &dynamodb_operations[DYNAMODB_DESCRIBE_TIME_TO_LIVE], call->arena,
                  named(call, table), &answer, error))
        return false;
    const struct value *ttl = value_get(answer, "TimeToLiveDescription");
    bool on = is_on(value_get(ttl, "TimeToLiveStatus"));
    value_setz(call->arena, specification, "Enabled", value_bool(call->arena, on));
    members_copy(call->arena, specification, ttl, attribute);
    value_setz(call->arena, live, "TimeToLiveSpecification", specification);
    return true;
}

static bool put_ttl(const struct resource_call *call, struct str table, struct str attribute, bool enabled,
                    struct error *error)
{
    struct value *input = named(call, table);
    struct value *specification = input_with(call->arena, "AttributeName", attribute);
    value_setz(call->arena, specification, "Enabled", value_bool(call->arena, enabled));
    value_setz(call->arena, input, "TimeToLiveSpecification", specification);
    return call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_UPDATE_TIME_TO_LIVE], call->arena,
                             input, in_use, BACKUPS_MS, NULL, error);
}

/* Another attribute needs the old one to be off first; AWS may let an hour pass between the two, and then
 * answers ValidationException, which a later pass overcomes. */
static bool write_ttl(const struct resource_call *call, struct str table, struct str arn,
                      const struct value *wanted, const struct value *live, struct error *error)
{
    struct str now = value_get_text(live, "AttributeName"), then = value_get_text(wanted, "AttributeName");
    (void)arn;
    bool on = value_get_bool(wanted, "Enabled", false);
    if (value_get_bool(live, "Enabled", false) && (!on || !str_equal(now, then)) &&
        !put_ttl(call, table, now, false, error))
        return false;
    return !on || put_ttl(call, table, then, true, error);
}

/* --- point in time recovery --- */

static bool read_recovery(const struct resource_call *call, struct str table, struct str arn,
                          struct value *live, struct error *error)
{
    static const char *const period[] = {"RecoveryPeriodInDays", NULL};
    struct value *answer, *specification = value_map(call->arena);
    (void)arn;
    if (!aws_call(call->aws, &dynamodb_operations[DYNAMODB_DESCRIBE_CONTINUOUS_BACKUPS], call->arena,
                  named(call, table), &answer, error))
        return false;
    const struct value *recovery =
        value_path(answer, "ContinuousBackupsDescription", "PointInTimeRecoveryDescription", NULL);
    bool on = is_on(value_get(recovery, "PointInTimeRecoveryStatus"));
    value_setz(call->arena, specification, "PointInTimeRecoveryEnabled", value_bool(call->arena, on));
    members_copy(call->arena, specification, recovery, period);
    value_setz(call->arena, live, "PointInTimeRecoverySpecification", specification);
    return true;
}

static bool write_recovery(const struct resource_call *call, struct str table, struct str arn,
                           const struct value *wanted, const struct value *live, struct error *error)
{
    struct value *input = named(call, table);
    (void)arn;
    (void)live;
    value_setz(call->arena, input, "PointInTimeRecoverySpecification", without_nulls(call->arena, wanted));
    return call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_UPDATE_CONTINUOUS_BACKUPS], call->arena,
                             input, backups_starting, BACKUPS_MS, NULL, error);
}

/* --- contributor insights --- */

static bool read_insights(const struct resource_call *call, struct str table, struct str arn,
                          struct value *live, struct error *error)
{
    struct value *answer, *specification = value_map(call->arena);
    (void)arn;
    if (!aws_call(call->aws, &dynamodb_operations[DYNAMODB_DESCRIBE_CONTRIBUTOR_INSIGHTS], call->arena,
                  named(call, table), &answer, error))
        return false;
    bool on = is_on(value_get(answer, "ContributorInsightsStatus"));
    value_setz(call->arena, specification, "Enabled", value_bool(call->arena, on));
    if (value_get(answer, "ContributorInsightsMode"))
        value_setz(call->arena, specification, "Mode", value_get(answer, "ContributorInsightsMode"));
    value_setz(call->arena, live, "ContributorInsightsSpecification", specification);
    return true;
}

static bool write_insights(const struct resource_call *call, struct str table, struct str arn,
                           const struct value *wanted, const struct value *live, struct error *error)
{
    struct value *input = named(call, table);
    struct str mode = value_get_text(wanted, "Mode");
    (void)arn;
    (void)live;
    bool on = value_get_bool(wanted, "Enabled", false);
    and_with(call->arena, input, "ContributorInsightsAction", on ? STR("ENABLE") : STR("DISABLE"));
    if (on && mode.len)
        and_with(call->arena, input, "ContributorInsightsMode", mode);
    return call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_UPDATE_CONTRIBUTOR_INSIGHTS],
                             call->arena, input, in_use, BACKUPS_MS, NULL, error);
}

/* --- Kinesis --- */

static bool read_kinesis(const struct resource_call *call, struct str table, struct str arn,
                         struct value *live, struct error *error)
{
    static const char *const same[] = {"StreamArn", "ApproximateCreationDateTimePrecision", NULL};
    struct value *answer;
    (void)arn;
    if (!aws_call(call->aws, &dynamodb_operations[DYNAMODB_DESCRIBE_KINESIS_STREAMING_DESTINATION],
                  call->arena, named(call, table), &answer, error))
        return false;
    const struct value *all = value_get(answer, "KinesisDataStreamDestinations");
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        if (!is_on(value_get(all->items[i], "DestinationStatus")))
            continue;
        struct value *specification = value_map(call->arena);
        members_copy(call->arena, specification, all->items[i], same);
        value_setz(call->arena, live, "KinesisStreamSpecification", specification);
    }
    return true;
}

static bool write_kinesis(const struct resource_call *call, struct str table, struct str arn,
                          const struct value *wanted, const struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    struct str old = value_get_text(live, "StreamArn"), new = value_get_text(wanted, "StreamArn");
    (void)arn;
    if (old.len &&
        !call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_DISABLE_KINESIS_STREAMING_DESTINATION],
                           arena, and_with(arena, named(call, table), "StreamArn", old), in_use, KINESIS_MS,
                           NULL, error))
        return false;
    if (!new.len)
        return true;
    struct value *input = and_with(arena, named(call, table), "StreamArn", new);
    struct str precision = value_get_text(wanted, "ApproximateCreationDateTimePrecision");
    if (precision.len)
        value_setz(arena, input, "EnableKinesisStreamingConfiguration",
                   input_with(arena, "ApproximateCreationDateTimePrecision", precision));
    return call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_ENABLE_KINESIS_STREAMING_DESTINATION],
                             arena, input, in_use, KINESIS_MS, NULL, error);
}

/* --- the table's policy --- */

static bool read_policy(const struct resource_call *call, struct str table, struct str arn,
                        struct value *live, struct error *error)
{
    struct value *answer, *policy, *part = value_map(call->arena);
    (void)table;
    if (!aws_call(call->aws, &dynamodb_operations[DYNAMODB_GET_RESOURCE_POLICY], call->arena,
                  input_with(call->arena, "ResourceArn", arn), &answer, error)) {
        if (error->code != ERROR_NOT_FOUND && !error_is(error, "PolicyNotFoundException"))
            return false;
        error_clear(error);
        return true;
    }
    if (!json_of_answer(call->arena, value_get_text(answer, "Policy"), &policy, error))
        return false;
    value_setz(call->arena, part, "PolicyDocument", policy);
    value_setz(call->arena, live, "ResourcePolicy", part);
    return true;
}

static bool write_policy(const struct resource_call *call, struct str table, struct str arn,
                         const struct value *wanted, const struct value *live, struct error *error)
{
    const struct value *policy = value_get(wanted, "PolicyDocument");
    struct value *input = input_with(call->arena, "ResourceArn", arn);
    (void)table;
    (void)live;
    if (!policy)
        return call_or_absent(call, &dynamodb_operations[DYNAMODB_DELETE_RESOURCE_POLICY], input, error);
    and_with(call->arena, input, "Policy", policy_text(call->arena, policy));
    return call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_PUT_RESOURCE_POLICY], call->arena,
                             input, in_use, BACKUPS_MS, NULL, error);
}

static const struct setting {
    const char *property;
    bool (*read)(const struct resource_call *, struct str table, struct str arn, struct value *live,
                 struct error *);
    /* `wanted` and `live` are the property's; live may be NULL. */
    bool (*write)(const struct resource_call *, struct str table, struct str arn, const struct value *wanted,
                  const struct value *live, struct error *);
} settings[] = {
    {"ContributorInsightsSpecification", read_insights, write_insights},
    {"KinesisStreamSpecification", read_kinesis, write_kinesis},
    {"PointInTimeRecoverySpecification", read_recovery, write_recovery},
    {"ResourcePolicy", read_policy, write_policy},
    {"TimeToLiveSpecification", read_ttl, write_ttl},
};

bool table_read_settings(const struct resource_call *call, struct str table, struct str arn,
                         const struct value *asked, struct value *live, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        if (value_get(asked, settings[i].property) && !settings[i].read(call, table, arn, live, error))
            return false;
    return true;
}

bool table_write_settings(const struct resource_call *call, struct str table, struct str arn,
                          const struct value *target, const struct value *live, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        const char *name = settings[i].property;
        if (shape_differs(target, live, name) &&
            !settings[i].write(call, table, arn, value_get(target, name), value_get(live, name), error))
            return false;
    }
    return true;
}
