/*
 * AWS::S3::BucketPolicy.  A bucket has one policy, which has no name and no tags of its own.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucketpolicy.html
 */

#include "providers/policy.h"
#include "providers/resource.h"
#include "providers/s3/operations.h"
#include "providers/s3/types.h"
#include "providers/shape.h"

enum { PROPAGATION_MS = 60 * 1000 };

static const struct shape shape[] = {
    {.path = "Bucket"},
    {.path = "PolicyDocument", .kind = SHAPE_POLICY},
    {.path = NULL},
};

/* A new principal or bucket is not known everywhere at once. */
static const struct hurdle hurdles[] = {
    {"MalformedPolicy", "Invalid principal"},
    {"NoSuchBucket", NULL},
    {"OperationAborted", NULL},
    {NULL, NULL},
};

static struct str bucket_of(const struct resource_call *call)
{
    return call->physical_id.len ? call->physical_id : value_get_text(call->properties, "Bucket");
}

static struct value *bucket_input(const struct resource_call *call)
{
    return input_with(call->arena, "Bucket", bucket_of(call));
}

static void give(const struct resource_call *call, struct resource_state *state)
{
    state->physical_id = bucket_of(call);
    state->attributes = value_map(call->arena);
}

static bool bucket_policy_read(const struct resource_call *call, struct resource_state *state,
                               struct error *error)
{
    struct value *answer, *policy;
    if (!aws_call(call->aws, &s3_operations[S3_GET_BUCKET_POLICY], call->arena, bucket_input(call), &answer,
                  error) ||
        !json_of_answer(call->arena, value_get_text(answer, "Policy"), &policy, error))
        return false;
    give(call, state);
    state->properties = bucket_input(call);
    value_setz(call->arena, state->properties, "PolicyDocument", policy);
    shape_normalize(shape, call->arena, state->properties);
    return true;
}

static bool put(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *policy = value_get(call->properties, "PolicyDocument");
    struct value *input = bucket_input(call);
    if (!shape_check(shape, s3_bucket_policy_type.name, call->properties, error))
        return false;
    if (!policy || !bucket_of(call).len)
        return value_error(call->properties, error, ERROR_INVALID,
                           "a bucket policy needs a 'Bucket' and a 'PolicyDocument'");
    and_with(call->arena, input, "Policy", policy_text(call->arena, policy));
    if (!call_over_hurdles(call->aws, &s3_operations[S3_PUT_BUCKET_POLICY], call->arena, input, hurdles,
                           PROPAGATION_MS, NULL, error))
        return false;
    give(call, state);
    return true;
}

static bool bucket_policy_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &s3_operations[S3_DELETE_BUCKET_POLICY], bucket_input(call), error);
}

static void bucket_policy_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type s3_bucket_policy_type = {
    .name = "AWS::S3::BucketPolicy",
    .read = bucket_policy_read,
    .find = bucket_policy_read,
    .create = put,
    .update = put,
    .remove = bucket_policy_remove,
    .normalize = bucket_policy_normalize,
    .arn = "arn:{partition}:s3:::{Bucket}",
};
