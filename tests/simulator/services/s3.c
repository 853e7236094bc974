/*
 * Amazon S3, as of its API reference: buckets and their configurations, and plain objects.  Names are global
 * over all accounts and regions.  A configuration is kept as the XML that was put.
 */

#include "tests/simulator/services/s3.h"

#include <string.h>

#include "base/digest.h"
#include "base/xml.h"

enum { PAGE = 1000, NAME_LEAST = 3, NAME_MOST = 63 };

/* Who owns a name, whatever the account: {name: "account"}. */
static struct value *owners(struct call *call, struct arena **keep)
{
    return call_state_of(call, "s3", STR("000000000000"), STR("us-east-1"), keep);
}

static struct value *buckets(struct call *call)
{
    return state_map(call, "buckets");
}

static bool no_such_bucket(struct call *call)
{
    return call_fail(call, 404, "NoSuchBucket", "The specified bucket does not exist");
}

/* The bucket of the path; NULL after call_fail. */
struct value *s3_bucket_of(struct call *call)
{
    struct arena *keep;
    struct str name = call_text(call, "Bucket");
    struct value *bucket = value_get_str(buckets(call), name);
    struct str expected = call_header(call, "x-amz-expected-bucket-owner");
    if (bucket && (!expected.len || str_equal(expected, call->account)))
        return bucket;
    struct str owner = value_get_text(owners(call, &keep), arena_strz(call->arena, name));
    if (owner.len && !str_equal(owner, call->account))
        call_fail(call, 403, "AccessDenied", "Access Denied");
    else
        no_such_bucket(call);
    return NULL;
}

static bool name_is_valid(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", name.ptr[i]))
            return false;
    return name.len >= NAME_LEAST && name.len <= NAME_MOST && name.ptr[0] != '-' && name.ptr[0] != '.' &&
           name.ptr[name.len - 1] != '-';
}

/* --- buckets --- */

static bool check_new(struct call *call, struct str name, struct str *location)
{
    struct arena *keep;
    struct error error = ERROR_INIT;
    struct value *body = NULL;
    struct str owner = value_get_text(owners(call, &keep), arena_strz(call->arena, name));
    if (!name_is_valid(name))
        return call_fail(call, 400, "InvalidBucketName", "The specified bucket is not valid.");
    if (call->request->body.len && !xml_read(call->arena, call->request->body, NULL, &body, &error))
        return call_fail(call, 400, "MalformedXML", "The XML you provided was not well-formed");
    *location = value_get_text(body, "LocationConstraint");
    struct str wanted = location->len ? *location : STR("us-east-1");
    if (!str_equal(wanted, call->region))
        return call_fail(call, 400, "IllegalLocationConstraintException",
                         "The %.*s location constraint is incompatible for the region specific endpoint this "
                         "request was sent to.",
                         STR_ARG(location->len ? *location : STR("unspecified")));
    if (owner.len && !str_equal(owner, call->account))
        return call_fail(call, 409, "BucketAlreadyExists", "The requested bucket name is not available.");
    if (owner.len && !str_is(call->region, "us-east-1"))
        return call_fail(
            call, 409, "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.");
    return true;
}

/* What every new bucket has
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html,
 * .../configuring-block-public-access-bucket.html, .../about-object-ownership.html). */
static void set_defaults(struct call *call, struct value *bucket)
{
    struct value *configurations = state_put(call, bucket, STR("configurations"), value_map(call->arena));
    state_text(call, configurations, "encryption",
               STR("<ServerSideEncryptionConfiguration xmlns=\"" S3_NAMESPACE "\"><Rule>"
                   "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
                   "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>"
                   "</ServerSideEncryptionConfiguration>"));
    state_text(call, configurations, "publicAccessBlock",
               STR("<PublicAccessBlockConfiguration xmlns=\"" S3_NAMESPACE
                   "\"><BlockPublicAcls>true</BlockPublicAcls>"
                   "<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>"
                   "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"));
    state_text(call, configurations, "ownershipControls",
               STR("<OwnershipControls xmlns=\"" S3_NAMESPACE "\"><Rule><ObjectOwnership>BucketOwnerEnforced"
                   "</ObjectOwnership></Rule></OwnershipControls>"));
}

/* A new bucket can have its tags from the start. */
static void set_tags(struct call *call, struct value *bucket)
{
    struct error ignored = ERROR_INIT;
    struct value *body, *tagging = value_map(call->arena);
    if (!call->request->body.len || !xml_read(call->arena, call->request->body, NULL, &body, &ignored) ||
        !value_is(value_get(body, "Tags"), VALUE_MAP))
        return;
    struct buf text = BUF_INIT(BUF_SMALL);
    value_setz(call->arena, tagging, "TagSet", value_get(body, "Tags"));
    xml_write(&text, "Tagging", S3_NAMESPACE, tagging);
    state_text(call, value_get(bucket, "configurations"), "tagging", buf_str(&text));
    buf_release(&text);
}

static bool create_bucket(struct call *call)
{
    struct str name = call_text(call, "Bucket"), location;
    struct arena *keep;
    if (!check_new(call, name, &location))
        return false;
    call_set_header(call, "Location", arena_printf(call->arena, "/%.*s", STR_ARG(name)));
    call_answer_raw(call, S3_XML, STR_EMPTY);
    if (value_get_str(buckets(call), name))
        return true; /* in us-east-1 AWS answers as the first time */
    struct value *bucket = state_put(call, buckets(call), name, value_map(call->arena));
    state_text(call, bucket, "name", name);
    state_text(call, bucket, "region", call->region);
    state_int(call, bucket, "created", call->now);
    state_put(call, bucket, STR("objects"), value_map(call->arena));
    set_defaults(call, bucket);
    set_tags(call, bucket);
    struct value *registry = owners(call, &keep);
    value_set(keep, registry, name, value_string(keep, call->account));
    return true;
}

static bool head_bucket(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    if (!bucket)
        return false;
    call_set_header(call, "x-amz-bucket-region", value_get_text(bucket, "region"));
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

static bool delete_bucket(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    struct arena *keep;
    if (!bucket)
        return false;
    if (value_get(bucket, "objects")->count)
        return call_fail(call, 409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
    struct str name = arena_str(call->arena, call_text(call, "Bucket"));
    (void)value_remove(buckets(call), name);
    (void)value_remove(owners(call, &keep), name);
    call->status = 204;
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

static bool get_bucket_location(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    if (!bucket)
        return false;
    struct str region = value_get_text(bucket, "region");
    if (str_is(region, "us-east-1"))
        region = STR_EMPTY;
    call_answer_raw(call, S3_XML,
                    arena_printf(call->arena,
                                 "<LocationConstraint xmlns=\"" S3_NAMESPACE "\">%.*s"
                                 "</LocationConstraint>",
                                 STR_ARG(region)));
    return true;
}

static bool list_buckets(struct call *call)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    struct value *all = buckets(call);
    buf_printf(&text,
               "<ListAllMyBucketsResult xmlns=\"" S3_NAMESPACE "\"><Owner><ID>%.*s</ID></Owner><Buckets>",
               STR_ARG(call->account));
    for (size_t i = 0; i < all->count; i++)
        buf_printf(&text, "<Bucket><Name>%.*s</Name><CreationDate>%.*s</CreationDate></Bucket>",
                   STR_ARG(all->entries[i].key),
                   STR_ARG(time_text(call, value_get_int(all->entries[i].value, "created", 0))));
    buf_addz(&text, "</Buckets></ListAllMyBucketsResult>");
    call_answer_raw(call, S3_XML, arena_str(call->arena, buf_str(&text)));
    buf_release(&text);
    return true;
}

/* --- configurations --- */

static const struct configuration {
    const char *name; /* of the query parameter */
    const char *root; /* element that must be put */
    const char *code; /* of the error where there is none; NULL: `empty` is the answer */
    const char *message;
    int put_status;
} configurations[] = {
    {"abac", "AbacStatus", NULL, NULL, 200},
    {"accelerate", "AccelerateConfiguration", NULL, NULL, 200},
    {"cors", "CORSConfiguration", "NoSuchCORSConfiguration", "The CORS configuration does not exist", 200},
    {"encryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError",
     "The server side encryption configuration was not found", 200},
    {"lifecycle", "LifecycleConfiguration", "NoSuchLifecycleConfiguration",
     "The lifecycle configuration does not exist", 200},
    {"logging", "BucketLoggingStatus", NULL, NULL, 200},
    {"notification", "NotificationConfiguration", NULL, NULL, 200},
    {"object-lock", "ObjectLockConfiguration", "ObjectLockConfigurationNotFoundError",
     "Object Lock configuration does not exist for this bucket", 200},
    {"ownershipControls", "OwnershipControls", "OwnershipControlsNotFoundError",
     "The bucket ownership controls were not found", 200},
    {"policy", NULL, "NoSuchBucketPolicy", "The bucket policy does not exist", 204},
    {"publicAccessBlock", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration",
     "The public access block configuration was not found", 200},
    {"replication", "ReplicationConfiguration", "ReplicationConfigurationNotFoundError",
     "The replication configuration was not found", 200},
    {"tagging", "Tagging", "NoSuchTagSet", "The TagSet does not exist", 204},
    {"versioning", "VersioningConfiguration", NULL, NULL, 200},
    {"website", "WebsiteConfiguration", "NoSuchWebsiteConfiguration",
     "The specified bucket does not have a website configuration", 200},
};

/* The configuration that the operation is about: its path ends in "?name". */
static const struct configuration *configuration_of(const struct call *call)
{
    struct str path = str_from(call->operation->path);
    struct str name = str_from_index(path, str_find(path, '?') + 1);
    for (size_t i = 0; i < ARRAY_LENGTH(configurations); i++)
        if (str_is(name, configurations[i].name))
            return &configurations[i];
    return NULL;
}

static bool put_configuration(struct call *call)
{
    const struct configuration *configuration = configuration_of(call);
    struct value *bucket = s3_bucket_of(call), *parsed;
    struct error error = ERROR_INIT;
    struct str root;
    if (!bucket)
        return false;
    if (configuration->root && (!xml_read(call->arena, call->request->body, &root, &parsed, &error) ||
                                !str_is(root, configuration->root)))
        return call_fail(
            call, 400, "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema");
    if (!configuration->root && !call->request->body.len)
        return call_fail(call, 400, "MalformedPolicy", "Policies must be valid JSON");
    state_text(call, value_get(bucket, "configurations"), configuration->name, call->request->body);
    call->status = configuration->put_status;
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

static bool get_configuration(struct call *call)
{
    const struct configuration *configuration = configuration_of(call);
    struct value *bucket = s3_bucket_of(call);
    if (!bucket)
        return false;
    struct str text = value_get_text(value_get(bucket, "configurations"), configuration->name);
    if (!text.len && configuration->code)
        return call_fail(call, 404, configuration->code, "%s", configuration->message);
    if (!text.len)
        text = arena_printf(call->arena, "<%s xmlns=\"" S3_NAMESPACE "\"/>", configuration->root);
    call_answer_raw(call, configuration->root ? S3_XML : "application/json", text);
    return true;
}

static bool delete_configuration(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    if (!bucket)
        return false;
    (void)value_remove(value_get(bucket, "configurations"), str_from(configuration_of(call)->name));
    call->status = 204;
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

/* --- objects --- */

/* What the sender says that the body's SHA-256 is. */
static bool checksum_fits(struct call *call)
{
    unsigned char digest[SHA256_SIZE];
    struct str told = call_header(call, "x-amz-checksum-sha256");
    sha256(call->request->body, digest);
    struct str real =
        base64_encode(call->arena, (struct str){.ptr = (const char *)digest, .len = sizeof digest});
    return !told.len || str_equal(told, real) ||
           call_fail(call, 400, "BadDigest",
                     "The SHA256 you specified did not match the calculated checksum.");
}

static bool put_object(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    struct str digest;
    if (!bucket || !checksum_fits(call))
        return false;
    if (!blob_put(call, call->request->body, &digest))
        return call_fail(call, 503, "SlowDown", "the simulator holds no more bytes");
    struct value *object =
        state_put(call, value_get(bucket, "objects"), call_text(call, "Key"), value_map(call->arena));
    state_text(call, object, "digest", digest);
    state_int(call, object, "size", (int64_t)call->request->body.len);
    state_int(call, object, "modified", call->now);
    call_set_header(call, "ETag", arena_printf(call->arena, "\"%.*s\"", STR_ARG(str_slice(digest, 0, 32))));
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

static struct value *object_of(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    struct value *object =
        bucket ? value_get_str(value_get(bucket, "objects"), call_text(call, "Key")) : NULL;
    if (bucket && !object)
        call_fail(call, 404, "NoSuchKey", "The specified key does not exist.");
    return object;
}

/* "bytes=0-99": the first bytes, the only range that anybody asks for here. */
static bool take_range(struct call *call, struct str *bytes)
{
    uint64_t last;
    struct str range = call_header(call, "range");
    if (!str_starts(range, "bytes=0-") || !str_to_uint(str_from_index(range, 8), INT32_MAX, &last))
        return true;
    if (!bytes->len)
        return call_fail(call, 416, "InvalidRange", "The requested range is not satisfiable");
    size_t all = bytes->len;
    *bytes = str_slice(*bytes, 0, (size_t)last + 1);
    call->status = 206;
    call_set_header(call, "Content-Range", arena_printf(call->arena, "bytes 0-%zu/%zu", bytes->len - 1, all));
    return true;
}

static bool get_object(struct call *call)
{
    struct value *object = object_of(call);
    struct str bytes;
    if (!object)
        return false;
    if (!blob_get(call, value_get_text(object, "digest"), &bytes))
        return call_fail(call, 500, "InternalError", "the simulator lost the bytes");
    if (!take_range(call, &bytes))
        return false;
    call_set_header(
        call, "ETag",
        arena_printf(call->arena, "\"%.*s\"", STR_ARG(str_slice(value_get_text(object, "digest"), 0, 32))));
    call_answer_raw(call, "binary/octet-stream", str_is(call->request->method, "HEAD") ? STR_EMPTY : bytes);
    return true;
}

static bool delete_object(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    if (!bucket)
        return false;
    (void)value_remove(value_get(bucket, "objects"), call_text(call, "Key"));
    call->status = 204;
    call_answer_raw(call, S3_XML, STR_EMPTY);
    return true;
}

static bool list_objects(struct call *call)
{
    struct value *bucket = s3_bucket_of(call);
    struct str prefix = call_text(call, "prefix");
    struct buf text = BUF_INIT(BUF_LARGE);
    if (!bucket)
        return false;
    struct value *objects = value_get(bucket, "objects");
    size_t count = 0;
    buf_printf(&text, "<ListBucketResult xmlns=\"" S3_NAMESPACE "\"><Name>%.*s</Name>",
               STR_ARG(call_text(call, "Bucket")));
    for (size_t i = 0; i < objects->count && count < PAGE; i++) {
        if (!str_equal(str_slice(objects->entries[i].key, 0, prefix.len), prefix))
            continue;
        count++;
        buf_addz(&text, "<Contents><Key>");
        xml_escape(&text, objects->entries[i].key);
        buf_printf(&text, "</Key><Size>%lld</Size></Contents>",
                   (long long)value_get_int(objects->entries[i].value, "size", 0));
    }
    buf_printf(&text, "<KeyCount>%zu</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>", count);
    call_answer_raw(call, S3_XML, arena_str(call->arena, buf_str(&text)));
    buf_release(&text);
    return true;
}

#define CONFIGURATION(NAME, QUERY)                                                                           \
    {.name = "Put" NAME,                                                                                     \
     .effect = SIM_WRITE,                                                                                    \
     .method = "PUT",                                                                                        \
     .path = "/{Bucket}?" QUERY,                                                                             \
     .handle = put_configuration,                                                                            \
     .raw_input = true},                                                                                     \
        {.name = "Get" NAME,                                                                                 \
         .effect = SIM_READ,                                                                                 \
         .method = "GET",                                                                                    \
         .path = "/{Bucket}?" QUERY,                                                                         \
         .handle = get_configuration},

#define DELETABLE(NAME, QUERY)                                                                               \
    {.name = "Delete" NAME,                                                                                  \
     .effect = SIM_WRITE,                                                                                    \
     .method = "DELETE",                                                                                     \
     .path = "/{Bucket}?" QUERY,                                                                             \
     .handle = delete_configuration},

#define LISTED(NAME, QUERY)                                                                                  \
    {.name = "PutBucket" NAME "Configuration",                                                               \
     .effect = SIM_WRITE,                                                                                    \
     .method = "PUT",                                                                                        \
     .path = "/{Bucket}?" QUERY "&id",                                                                       \
     .handle = s3_put_listed,                                                                                \
     .raw_input = true},                                                                                     \
        {.name = "ListBucket" NAME "Configurations",                                                         \
         .effect = SIM_READ,                                                                                 \
         .method = "GET",                                                                                    \
         .path = "/{Bucket}?" QUERY,                                                                         \
         .handle = s3_list_listed},                                                                          \
    {                                                                                                        \
        .name = "DeleteBucket" NAME "Configuration", .effect = SIM_WRITE, .method = "DELETE",                \
        .path = "/{Bucket}?" QUERY "&id", .handle = s3_delete_listed                                         \
    }

static const struct sim_operation operations[] = {
    {.name = "CreateBucket",
     .effect = SIM_WRITE,
     .method = "PUT",
     .path = "/{Bucket}",
     .handle = create_bucket,
     .raw_input = true},
    {.name = "DeleteBucket",
     .effect = SIM_WRITE,
     .method = "DELETE",
     .path = "/{Bucket}",
     .handle = delete_bucket},
    {.name = "HeadBucket", .effect = SIM_READ, .method = "HEAD", .path = "/{Bucket}", .handle = head_bucket},
    {.name = "ListBuckets", .effect = SIM_READ, .method = "GET", .path = "/", .handle = list_buckets},
    {.name = "GetBucketLocation",
     .effect = SIM_READ,
     .method = "GET",
     .path = "/{Bucket}?location",
     .handle = get_bucket_location},
    {.name = "ListObjectsV2",
     .effect = SIM_READ,
     .method = "GET",
     .path = "/{Bucket}?list-type=2",
     .handle = list_objects},
    {.name = "PutObject",
     .effect = SIM_WRITE,
     .method = "PUT",
     .path = "/{Bucket}/{Key+}",
     .handle = put_object,
     .raw_input = true},
    {.name = "GetObject",
     .effect = SIM_READ,
     .method = "GET",
     .path = "/{Bucket}/{Key+}",
     .handle = get_object},
    {.name = "HeadObject",
     .effect = SIM_READ,
     .method = "HEAD",
     .path = "/{Bucket}/{Key+}",
     .handle = get_object},
    {.name = "DeleteObject",
     .effect = SIM_WRITE,
     .method = "DELETE",
     .path = "/{Bucket}/{Key+}",
     .handle = delete_object},
    {.name = "PutBucketAcl",
     .effect = SIM_WRITE,
     .method = "PUT",
     .path = "/{Bucket}?acl",
     .handle = s3_put_acl,
     .raw_input = true},
    /* clang-format off */
    CONFIGURATION("BucketAbac", "abac")
    CONFIGURATION("BucketAccelerateConfiguration", "accelerate")
    CONFIGURATION("BucketCors", "cors")
    CONFIGURATION("BucketEncryption", "encryption")
    CONFIGURATION("BucketLifecycleConfiguration", "lifecycle")
    CONFIGURATION("BucketLogging", "logging")
    CONFIGURATION("BucketNotificationConfiguration", "notification")
    CONFIGURATION("ObjectLockConfiguration", "object-lock")
    CONFIGURATION("BucketOwnershipControls", "ownershipControls")
    CONFIGURATION("BucketPolicy", "policy")
    CONFIGURATION("PublicAccessBlock", "publicAccessBlock")
    CONFIGURATION("BucketReplication", "replication")
    CONFIGURATION("BucketTagging", "tagging")
    CONFIGURATION("BucketVersioning", "versioning")
    CONFIGURATION("BucketWebsite", "website")
    DELETABLE("BucketCors", "cors")
    DELETABLE("BucketEncryption", "encryption")
    DELETABLE("BucketLifecycle", "lifecycle")
    DELETABLE("BucketOwnershipControls", "ownershipControls")
    DELETABLE("BucketPolicy", "policy")
    DELETABLE("PublicAccessBlock", "publicAccessBlock")
    DELETABLE("BucketReplication", "replication")
    DELETABLE("BucketTagging", "tagging")
    DELETABLE("BucketWebsite", "website")
    /* clang-format on */
    LISTED("Analytics", "analytics"),
    LISTED("IntelligentTiering", "intelligent-tiering"),
    LISTED("Inventory", "inventory"),
    LISTED("Metrics", "metrics"),
};

const struct sim_service sim_s3 = {
    .name = "s3",
    .global = true,
    .xml_namespace = S3_NAMESPACE,
    .rest = true,
    .rest_protocol = SIM_RESTXML,
    .throttle_status = 503,
    .throttle_code = "SlowDown",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
