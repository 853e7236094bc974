/*
 * AWS::S3::Bucket.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucket.html
 */

#include "base/xml.h"
#include "providers/s3/bucket_parts.h"
#include "providers/s3/types.h"

static const char *const unreadable[] = {"AccessControl", NULL};
/* Its schema calls it write-only. */
static const char *const readable[] = {"LifecycleConfiguration.Rules.ExpiredObjectDeleteMarker", NULL};

static struct value *bucket_input(const struct resource_call *call, struct str bucket)
{
    return input_with(call->arena, "Bucket", bucket);
}

/* --- reading --- */

/* Names are global: a bucket of another account is there, and forbidden. */
static bool head(const struct resource_call *call, struct str bucket, struct error *error)
{
    struct value *input = bucket_input(call, bucket);
    and_with(call->arena, input, "ExpectedBucketOwner", aws_account(call->aws));
    if (call_simply(call, &s3_operations[S3_HEAD_BUCKET], input, error))
        return true;
    if (error->code == ERROR_NOT_FOUND)
        return error_set(error, ERROR_NOT_FOUND, "bucket '%.*s' does not exist", STR_ARG(bucket));
    if (error->code == ERROR_DENIED)
        return error_prefix(error,
                            "bucket '%.*s' exists but is not open to account %.*s: it is another account's "
                            "(choose another name), or s3:ListBucket is missing",
                            STR_ARG(bucket), STR_ARG(aws_account(call->aws)));
    if (error->code == ERROR_INVALID) /* a redirection */
        return error_prefix(error, "bucket '%.*s' exists in another region than %.*s", STR_ARG(bucket),
                            STR_ARG(aws_region(call->aws)));
    return false;
}

static bool read_tags(const struct resource_call *call, struct str bucket, struct value **tags,
                      struct error *error)
{
    struct value *answer = NULL;
    if (!aws_call(call->aws, &s3_operations[S3_GET_BUCKET_TAGGING], call->arena, bucket_input(call, bucket),
                  &answer, error)) {
        if (!error_is(error, "NoSuchTagSet"))
            return false;
        error_clear(error);
        answer = NULL;
    }
    *tags =
        tags_as_map(call->arena, xml_items(call->arena, value_get(answer, "TagSet"), "Tag"), "Key", "Value");
    return true;
}

/* Regions whose website endpoint has a dash where all later ones have a dot.
 * https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints */
static const char *website_dash(struct str region)
{
    static const char *const dashed[] = {"us-east-1",      "us-west-1",      "us-west-2",
                                         "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
                                         "eu-west-1",      "sa-east-1",      "us-gov-west-1"};
    for (size_t i = 0; i < ARRAY_LENGTH(dashed); i++)
        if (str_is(region, dashed[i]))
            return "-";
    return ".";
}

static void give(const struct resource_call *call, struct str bucket, struct resource_state *state)
{
    struct arena *arena = call->arena;
    struct str region = aws_region(call->aws), suffix = aws_url_suffix(call->aws);
    struct value *attributes = state->attributes = value_map(arena);
    state->physical_id = bucket;
    value_setz(
        arena, attributes, "Arn",
        value_stringf(arena, "arn:%.*s:s3:::%.*s", STR_ARG(aws_partition(call->aws)), STR_ARG(bucket)));
    value_setz(arena, attributes, "DomainName",
               value_stringf(arena, "%.*s.s3.%.*s", STR_ARG(bucket), STR_ARG(suffix)));
    value_setz(arena, attributes, "DualStackDomainName",
               value_stringf(arena, "%.*s.s3.dualstack.%.*s.%.*s", STR_ARG(bucket), STR_ARG(region),
                             STR_ARG(suffix)));
    value_setz(arena, attributes, "RegionalDomainName",
               value_stringf(arena, "%.*s.s3.%.*s.%.*s", STR_ARG(bucket), STR_ARG(region), STR_ARG(suffix)));
    value_setz(arena, attributes, "WebsiteURL",
               value_stringf(arena, "http://%.*s.s3-website%s%.*s.%.*s", STR_ARG(bucket),
                             website_dash(region), STR_ARG(region), STR_ARG(suffix)));
}

static bool read_named(const struct resource_call *call, struct str bucket, const struct value *asked,
                       struct resource_state *state, struct error *error)
{
    struct value *live = state->properties = input_with(call->arena, "BucketName", bucket);
    if (!head(call, bucket, error) || !read_tags(call, bucket, &state->tags, error) ||
        !bucket_read_settings(call, bucket, asked, live, error))
        return false;
    value_setz(call->arena, live, "Tags",
               tags_as_list(call->arena, tags_of_user(call, state->tags), "Key", "Value"));
    bucket_normalize(call->arena, live);
    give(call, bucket, state);
    return true;
}

static bool bucket_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, call->properties, state, error);
}

static bool bucket_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, wanted_name(call, "BucketName"), call->properties, state, error);
}

/* --- writing --- */

/* S3 takes all tags or none, those of AWS itself among them. */
static bool write_tags(const struct resource_call *call, struct str bucket, const struct value *live_tags,
                       struct error *error)
{
    struct value *set, *gone, *all = value_map(call->arena), *tagging = value_map(call->arena);
    tags_compare(call, live_tags, &set, &gone);
    if (!set->count && !gone->count)
        return true;
    for (size_t i = 0; i < live_tags->count; i++)
        if (!list_has(gone, live_tags->entries[i].key))
            value_set(call->arena, all, live_tags->entries[i].key, live_tags->entries[i].value);
    for (size_t i = 0; i < set->count; i++)
        value_set(call->arena, all, set->entries[i].key, set->entries[i].value);
    struct value *list = value_map(call->arena), *input = bucket_input(call, bucket);
    if (!all->count)
        return call_or_absent(call, &s3_operations[S3_DELETE_BUCKET_TAGGING], input, error);
    value_setz(call->arena, list, "Tag", tags_as_list(call->arena, all, "Key", "Value"));
    value_setz(call->arena, tagging, "TagSet", list);
    value_setz(call->arena, input, "Tagging", tagging);
    return call_over_hurdles(call->aws, &s3_operations[S3_PUT_BUCKET_TAGGING], call->arena, input,
                             bucket_hurdles, BUCKET_BUSY_MS, NULL, error);
}

static struct value *target_of(const struct resource_call *call, const struct value *previous)
{
    struct value *properties =
        call->properties ? value_copy(call->arena, call->properties) : value_map(call->arena);
    struct value *old = previous ? value_copy(call->arena, previous) : NULL;
    bucket_normalize(call->arena, properties);
    if (old)
        bucket_normalize(call->arena, old);
    return shape_target(bucket_shape, call->arena, properties, old);
}

/* AWS gives the grants that a canned list stands for, but not its name: it is written where it is new. */
static bool write_access(const struct resource_call *call, const struct value *target, struct error *error)
{
    static const char *const lists[][2] = {
        {"AuthenticatedRead", "authenticated-read"},
        {"AwsExecRead", "aws-exec-read"},
        {"BucketOwnerFullControl", "bucket-owner-full-control"},
        {"BucketOwnerRead", "bucket-owner-read"},
        {"LogDeliveryWrite", "log-delivery-write"},
        {"Private", "private"},
        {"PublicRead", "public-read"},
        {"PublicReadWrite", "public-read-write"},
    };
    const struct value *wanted = value_get(target, "AccessControl");
    const struct value *old = value_get(call->previous, "AccessControl");
    struct value *input = bucket_input(call, call->physical_id);
    if (!wanted || (old && value_equal(wanted, old)))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        if (value_is_text(wanted, lists[i][0]))
            return call_over_hurdles(call->aws, &s3_operations[S3_PUT_BUCKET_ACL], call->arena,
                                     and_with(call->arena, input, "ACL", str_from(lists[i][1])),
                                     bucket_hurdles, BUCKET_BUSY_MS, NULL, error);
    return value_error(wanted, error, ERROR_INVALID, "'%.*s' is no access control list that S3 knows",
                       STR_ARG(value_text(wanted)));
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = target_of(call, call->previous);
    return read_named(call, call->physical_id, target, state, error) &&
           bucket_write_settings(call, call->physical_id, target, state->properties, error) &&
           write_access(call, target, error) && write_tags(call, call->physical_id, state->tags, error);
}

static bool bucket_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(bucket_shape, s3_bucket_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static struct value *create_input(const struct resource_call *call, struct str bucket)
{
    struct arena *arena = call->arena;
    struct value *input = bucket_input(call, bucket), *configuration = value_map(arena),
                 *tags = value_map(arena);
    if (!str_is(aws_region(call->aws), "us-east-1"))
        and_with(arena, configuration, "LocationConstraint", aws_region(call->aws));
    value_setz(arena, tags, "Tag", tags_as_list(arena, resource_tags(call), "Key", "Value"));
    if (value_get(tags, "Tag")->count)
        value_setz(arena, configuration, "Tags", tags);
    if (configuration->count)
        value_setz(arena, input, "CreateBucketConfiguration", configuration);
    if (value_get_bool(call->properties, "ObjectLockEnabled", false))
        value_setz(arena, input, "ObjectLockEnabledForBucket", value_bool(arena, true));
    return input;
}

/* Looks first: in us-east-1 S3 answers the create of a bucket that one has already with success. */
static bool make(const struct resource_call *call, struct str bucket, struct error *error)
{
    struct value *tags, *answer;
    if (head(call, bucket, error)) {
        if (!read_tags(call, bucket, &tags, error))
            return false;
        return carries_our_tags(call, tags) ||
               error_set(error, ERROR_CONFLICT, "bucket '%.*s' exists already and is not plumb's",
                         STR_ARG(bucket));
    }
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    if (create_once(call, &s3_bucket_type, &s3_operations[S3_CREATE_BUCKET], create_input(call, bucket),
                    bucket_hurdles, BUCKET_BUSY_MS, &answer, error))
        return true;
    if (error_is(error, "BucketAlreadyExists"))
        return error_set(
            error, ERROR_CONFLICT,
            "bucket name '%.*s' is taken by another account: names are global, choose another one",
            STR_ARG(bucket));
    return false;
}

static bool bucket_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call made = *call;
    made.physical_id = wanted_name(call, "BucketName");
    made.previous = NULL;
    return shape_check(bucket_shape, s3_bucket_type.name, call->properties, error) &&
           make(call, made.physical_id, error) && update_until_answered(update_once, &made, state, error);
}

/* Notifications where none are declared; where some are, the others are a difference. */
static bool bucket_extras(const struct resource_call *call, struct value **extras, struct error *error)
{
    static const struct {
        const char *list, *target;
    } kinds[] = {{"LambdaConfigurations", "Function"},
                 {"QueueConfigurations", "Queue"},
                 {"TopicConfigurations", "Topic"}};
    struct value *asked = value_map(call->arena), *live = value_map(call->arena);
    if (value_get(call->properties, "NotificationConfiguration"))
        return true;
    value_setz(call->arena, asked, "NotificationConfiguration", value_map(call->arena));
    if (!bucket_read_settings(call, call->physical_id, asked, live, error))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        const struct value *list = value_path(live, "NotificationConfiguration", kinds[i].list, NULL);
        for (size_t k = 0; value_is(list, VALUE_LIST) && k < list->count; k++)
            add_extra(call->arena, extras, "notification", value_get_text(list->items[k], "Event"),
                      value_get_text(list->items[k], kinds[i].target));
    }
    return true;
}

static bool bucket_remove(const struct resource_call *call, struct error *error)
{
    if (call_or_absent(call, &s3_operations[S3_DELETE_BUCKET], bucket_input(call, call->physical_id), error))
        return true;
    if (error_is(error, "BucketNotEmpty"))
        return error_set(
            error, ERROR_CONFLICT,
            "bucket '%.*s' cannot be deleted because it holds objects or versions of objects: empty "
            "it first",
            STR_ARG(call->physical_id));
    return false;
}

const struct resource_type s3_bucket_type = {
    .name = "AWS::S3::Bucket",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "BucketName",
    .name_max = 63,
    .name_lowercase = true,
    .unreadable = unreadable,
    .readable = readable,
    .read = bucket_read,
    .find = bucket_find,
    .create = bucket_create,
    .update = bucket_update,
    .remove = bucket_remove,
    .extras = bucket_extras,
    .normalize = bucket_normalize,
    .arn = "arn:{partition}:s3:::{BucketName}",
};
