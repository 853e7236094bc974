#include "providers/s3/bucket_parts.h"

#define MINIMUM_SIZE "TransitionDefaultMinimumObjectSize"

const struct hurdle bucket_hurdles[] = {
    {"OperationAborted", NULL},
    {"InvalidArgument", "Unable to validate the following destination configurations"},
    {"InvalidRequest", "not able to assume the replication role"},
    {NULL, NULL},
};

/* One setting.  What is taken away is deleted, or written as its default, or, where it has none, empty. */
struct setting {
    const char *property;
    const char *payload; /* the member of `put` that is its body */
    enum s3_operation get, put;
    enum s3_operation take_off; /* S3_OPERATION_COUNT: there is none */
    const char *absent;         /* the error that says that there is no such setting */
    bucket_reshape out, in;
};

/* In the order of writing: access before what it opens, versions before what needs them. */
static const struct setting settings[] = {
    {"OwnershipControls", "OwnershipControls", S3_GET_BUCKET_OWNERSHIP_CONTROLS,
     S3_PUT_BUCKET_OWNERSHIP_CONTROLS, S3_DELETE_BUCKET_OWNERSHIP_CONTROLS, "OwnershipControlsNotFoundError",
     NULL, NULL},
    {"PublicAccessBlockConfiguration", "PublicAccessBlockConfiguration", S3_GET_PUBLIC_ACCESS_BLOCK,
     S3_PUT_PUBLIC_ACCESS_BLOCK, S3_DELETE_PUBLIC_ACCESS_BLOCK, "NoSuchPublicAccessBlockConfiguration", NULL,
     NULL},
    {"BucketEncryption", "ServerSideEncryptionConfiguration", S3_GET_BUCKET_ENCRYPTION,
     S3_PUT_BUCKET_ENCRYPTION, S3_DELETE_BUCKET_ENCRYPTION, "ServerSideEncryptionConfigurationNotFoundError",
     NULL, NULL},
    {"VersioningConfiguration", "VersioningConfiguration", S3_GET_BUCKET_VERSIONING, S3_PUT_BUCKET_VERSIONING,
     S3_OPERATION_COUNT, NULL, NULL, NULL},
    {"ObjectLockEnabled", "ObjectLockConfiguration", S3_GET_OBJECT_LOCK_CONFIGURATION,
     S3_PUT_OBJECT_LOCK_CONFIGURATION, S3_OPERATION_COUNT, "ObjectLockConfigurationNotFoundError",
     object_lock_out, lock_enabled_in},
    {"ObjectLockConfiguration", "ObjectLockConfiguration", S3_GET_OBJECT_LOCK_CONFIGURATION,
     S3_PUT_OBJECT_LOCK_CONFIGURATION, S3_OPERATION_COUNT, "ObjectLockConfigurationNotFoundError",
     object_lock_out, NULL},
    {"LifecycleConfiguration", "LifecycleConfiguration", S3_GET_BUCKET_LIFECYCLE_CONFIGURATION,
     S3_PUT_BUCKET_LIFECYCLE_CONFIGURATION, S3_DELETE_BUCKET_LIFECYCLE, "NoSuchLifecycleConfiguration",
     lifecycle_out, lifecycle_in},
    {"CorsConfiguration", "CORSConfiguration", S3_GET_BUCKET_CORS, S3_PUT_BUCKET_CORS, S3_DELETE_BUCKET_CORS,
     "NoSuchCORSConfiguration", NULL, NULL},
    {"WebsiteConfiguration", "WebsiteConfiguration", S3_GET_BUCKET_WEBSITE, S3_PUT_BUCKET_WEBSITE,
     S3_DELETE_BUCKET_WEBSITE, "NoSuchWebsiteConfiguration", website_out, website_in},
    {"LoggingConfiguration", "BucketLoggingStatus", S3_GET_BUCKET_LOGGING, S3_PUT_BUCKET_LOGGING,
     S3_OPERATION_COUNT, NULL, logging_out, logging_in},
    {"AccelerateConfiguration", "AccelerateConfiguration", S3_GET_BUCKET_ACCELERATE_CONFIGURATION,
     S3_PUT_BUCKET_ACCELERATE_CONFIGURATION, S3_OPERATION_COUNT, NULL, NULL, NULL},
    {"NotificationConfiguration", "NotificationConfiguration", S3_GET_BUCKET_NOTIFICATION_CONFIGURATION,
     S3_PUT_BUCKET_NOTIFICATION_CONFIGURATION, S3_OPERATION_COUNT, NULL, notification_out, notification_in},
    {"AbacStatus", "AbacStatus", S3_GET_BUCKET_ABAC, S3_PUT_BUCKET_ABAC, S3_OPERATION_COUNT, NULL, abac_out,
     abac_in},
    {"ReplicationConfiguration", "ReplicationConfiguration", S3_GET_BUCKET_REPLICATION,
     S3_PUT_BUCKET_REPLICATION, S3_DELETE_BUCKET_REPLICATION, "ReplicationConfigurationNotFoundError", NULL,
     NULL},
};

static bool read_setting(const struct resource_call *call, const struct setting *setting, struct str bucket,
                         struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer;
    if (!aws_call(call->aws, &s3_operations[setting->get], arena, input_with(arena, "Bucket", bucket),
                  &answer, error)) {
        if (!setting->absent || !error_is(error, setting->absent))
            return false;
        error_clear(error);
        return true;
    }
    if (setting->in)
        answer = setting->in(arena, answer);
    if (answer)
        value_setz(arena, live, setting->property, wire_in(&bucket_wire, arena, setting->property, answer));
    return true;
}

/* A setting that was asked for and that nobody ever made is AWS's default. */
bool bucket_read_settings(const struct resource_call *call, struct str bucket, const struct value *asked,
                          struct value *live, struct error *error)
{
    struct value *defaults = value_map(call->arena);
    shape_fill(bucket_shape, call->arena, defaults);
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        const char *property = settings[i].property;
        if (asked && !value_get(asked, property))
            continue;
        if (!read_setting(call, &settings[i], bucket, live, error))
            return false;
        if (shape_covers(NULL, value_get(live, property)) && value_get(defaults, property))
            value_setz(call->arena, live, property, value_get(defaults, property));
    }
    return bucket_read_lists(call, bucket, asked, live, error);
}

static bool write_setting(const struct resource_call *call, const struct setting *setting, struct str bucket,
                          const struct value *wanted, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "Bucket", bucket), *body = value_map(arena);
    bool nothing = shape_covers(NULL, wanted);
    if (nothing && setting->take_off != S3_OPERATION_COUNT)
        return call_or_absent(call, &s3_operations[setting->take_off], input, error);
    if (str_is(str_from(setting->property), "ObjectLockEnabled") &&
        !(value_is(wanted, VALUE_BOOL) && wanted->boolean))
        return error_set(error, ERROR_INVALID, "the object lock of bucket '%.*s' cannot be taken off again",
                         STR_ARG(bucket));
    if (!nothing)
        body = wire_out(&bucket_wire, arena, setting->property, wanted);
    if (setting->out)
        body = setting->out(arena, body);
    member_move(arena, body, MINIMUM_SIZE, input, MINIMUM_SIZE); /* a header */
    value_setz(arena, input, setting->payload, body);
    return call_over_hurdles(call->aws, &s3_operations[setting->put], arena, input, bucket_hurdles,
                             BUCKET_BUSY_MS, NULL, error);
}

bool bucket_write_settings(const struct resource_call *call, struct str bucket, const struct value *target,
                           const struct value *live, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        if (shape_differs(target, live, settings[i].property) &&
            !write_setting(call, &settings[i], bucket, value_get(target, settings[i].property), error))
            return false;
    return bucket_write_lists(call, bucket, target, live, error);
}
