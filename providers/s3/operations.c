#include "providers/s3/operations.h"

const struct aws_service s3_service = {
    .name = "s3",
    .signing_name = "s3",
    .endpoint_prefix = "s3",
    .protocol = AWS_REST_XML,
    .api_version = "",
    .target_prefix = "",
    .xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/",
    .rate = 20,
    .burst = 40,
    .rate_unpublished = true,
};

/* Of one bucket; IAM's names of the actions are not those of the operations. */
#define ROW(NAME, SAFETY, METHOD, SUB, ACTION, ...)                                                          \
    {                                                                                                        \
        .service = &s3_service, .name = NAME, .safety = SAFETY, .method = METHOD, .path = "/{Bucket}" SUB,   \
        .iam_action = "s3:" ACTION,                                                                          \
        .iam_resource = "arn:{partition}:s3:::{Bucket}" __VA_OPT__(, ) __VA_ARGS__                           \
    }
#define BODY(ROOT) .xml_root = ROOT, .payload = ROOT
#define PAGES(ITEMS)                                                                                         \
    .query = "ContinuationToken=continuation-token", .page_in = "ContinuationToken",                         \
    .page_out = "NextContinuationToken", .page_items = ITEMS
#define BY_ID .query = "Id=id"
/* Of one object, whose bucket must be the account's own where ExpectedBucketOwner says so. */
#define OBJECT(NAME, SAFETY, METHOD, ACTION, HEADERS, ...)                                                   \
    {                                                                                                        \
        .service = &s3_service, .name = NAME, .safety = SAFETY, .method = METHOD,                            \
        .path = "/{Bucket}/{Key+}", .headers = "ExpectedBucketOwner=x-amz-expected-bucket-owner" HEADERS,    \
        .iam_action = "s3:" ACTION, .bucket = "objects", .rate = 1000, .burst = 1000,                        \
        .iam_resource = "arn:{partition}:s3:::{Bucket}/{Key}" __VA_OPT__(, ) __VA_ARGS__                     \
    }

const struct aws_operation s3_operations[S3_OPERATION_COUNT] = {
    [S3_CREATE_BUCKET] =
        ROW("CreateBucket", AWS_READ_BACK, "PUT", "", "CreateBucket,s3:TagResource",
            BODY("CreateBucketConfiguration"),
            .headers = "ACL=x-amz-acl,ObjectLockEnabledForBucket=x-amz-bucket-object-lock-enabled,"
                       "ObjectOwnership=x-amz-object-ownership"),
    [S3_DELETE_BUCKET] = ROW("DeleteBucket", AWS_NATURAL, "DELETE", "", "DeleteBucket"),
    [S3_DELETE_BUCKET_ANALYTICS_CONFIGURATION] =
        ROW("DeleteBucketAnalyticsConfiguration", AWS_NATURAL, "DELETE", "?analytics",
            "PutAnalyticsConfiguration", BY_ID),
    [S3_DELETE_BUCKET_CORS] = ROW("DeleteBucketCors", AWS_NATURAL, "DELETE", "?cors", "PutBucketCORS"),
    [S3_DELETE_BUCKET_ENCRYPTION] =
        ROW("DeleteBucketEncryption", AWS_NATURAL, "DELETE", "?encryption", "PutEncryptionConfiguration"),
    [S3_DELETE_BUCKET_INTELLIGENT_TIERING_CONFIGURATION] =
        ROW("DeleteBucketIntelligentTieringConfiguration", AWS_NATURAL, "DELETE", "?intelligent-tiering",
            "PutIntelligentTieringConfiguration", BY_ID),
    [S3_DELETE_BUCKET_INVENTORY_CONFIGURATION] =
        ROW("DeleteBucketInventoryConfiguration", AWS_NATURAL, "DELETE", "?inventory",
            "PutInventoryConfiguration", BY_ID),
    [S3_DELETE_BUCKET_LIFECYCLE] =
        ROW("DeleteBucketLifecycle", AWS_NATURAL, "DELETE", "?lifecycle", "PutLifecycleConfiguration"),
    [S3_DELETE_BUCKET_METRICS_CONFIGURATION] = ROW("DeleteBucketMetricsConfiguration", AWS_NATURAL, "DELETE",
                                                   "?metrics", "PutMetricsConfiguration", BY_ID),
    [S3_DELETE_BUCKET_OWNERSHIP_CONTROLS] = ROW("DeleteBucketOwnershipControls", AWS_NATURAL, "DELETE",
                                                "?ownershipControls", "PutBucketOwnershipControls"),
    [S3_DELETE_BUCKET_POLICY] =
        ROW("DeleteBucketPolicy", AWS_NATURAL, "DELETE", "?policy", "DeleteBucketPolicy"),
    [S3_DELETE_BUCKET_REPLICATION] =
        ROW("DeleteBucketReplication", AWS_NATURAL, "DELETE", "?replication", "PutReplicationConfiguration"),
    [S3_DELETE_BUCKET_TAGGING] =
        ROW("DeleteBucketTagging", AWS_NATURAL, "DELETE", "?tagging", "PutBucketTagging"),
    [S3_DELETE_BUCKET_WEBSITE] =
        ROW("DeleteBucketWebsite", AWS_NATURAL, "DELETE", "?website", "DeleteBucketWebsite"),
    [S3_DELETE_PUBLIC_ACCESS_BLOCK] = ROW("DeletePublicAccessBlock", AWS_NATURAL, "DELETE",
                                          "?publicAccessBlock", "PutBucketPublicAccessBlock"),
    [S3_DELETE_OBJECT] = OBJECT("DeleteObject", AWS_NATURAL, "DELETE", "DeleteObject", ""),
    [S3_GET_BUCKET_ABAC] = ROW("GetBucketAbac", AWS_READ, "GET", "?abac", "GetBucketAbac"),
    [S3_GET_BUCKET_ACCELERATE_CONFIGURATION] =
        ROW("GetBucketAccelerateConfiguration", AWS_READ, "GET", "?accelerate", "GetAccelerateConfiguration"),
    [S3_GET_BUCKET_CORS] = ROW("GetBucketCors", AWS_READ, "GET", "?cors", "GetBucketCORS"),
    [S3_GET_BUCKET_ENCRYPTION] =
        ROW("GetBucketEncryption", AWS_READ, "GET", "?encryption", "GetEncryptionConfiguration"),
    [S3_GET_BUCKET_LIFECYCLE_CONFIGURATION] = ROW(
        "GetBucketLifecycleConfiguration", AWS_READ, "GET", "?lifecycle", "GetLifecycleConfiguration",
        .answer_headers = "TransitionDefaultMinimumObjectSize=x-amz-transition-default-minimum-object-size"),
    [S3_GET_BUCKET_LOGGING] = ROW("GetBucketLogging", AWS_READ, "GET", "?logging", "GetBucketLogging"),
    [S3_GET_BUCKET_NOTIFICATION_CONFIGURATION] =
        ROW("GetBucketNotificationConfiguration", AWS_READ, "GET", "?notification", "GetBucketNotification"),
    [S3_GET_BUCKET_OWNERSHIP_CONTROLS] = ROW("GetBucketOwnershipControls", AWS_READ, "GET",
                                             "?ownershipControls", "GetBucketOwnershipControls"),
    [S3_GET_BUCKET_POLICY] =
        ROW("GetBucketPolicy", AWS_READ, "GET", "?policy", "GetBucketPolicy", .answer_payload = "Policy"),
    [S3_GET_BUCKET_REPLICATION] =
        ROW("GetBucketReplication", AWS_READ, "GET", "?replication", "GetReplicationConfiguration"),
    [S3_GET_BUCKET_TAGGING] = ROW("GetBucketTagging", AWS_READ, "GET", "?tagging", "GetBucketTagging"),
    [S3_GET_BUCKET_VERSIONING] =
        ROW("GetBucketVersioning", AWS_READ, "GET", "?versioning", "GetBucketVersioning"),
    [S3_GET_BUCKET_WEBSITE] = ROW("GetBucketWebsite", AWS_READ, "GET", "?website", "GetBucketWebsite"),
    [S3_GET_OBJECT] = OBJECT("GetObject", AWS_READ, "GET", "GetObject", ",Range=Range",
                             .query = "VersionId=versionId", .answer_payload = "Body"),
    [S3_GET_OBJECT_LOCK_CONFIGURATION] = ROW("GetObjectLockConfiguration", AWS_READ, "GET", "?object-lock",
                                             "GetBucketObjectLockConfiguration"),
    [S3_GET_PUBLIC_ACCESS_BLOCK] =
        ROW("GetPublicAccessBlock", AWS_READ, "GET", "?publicAccessBlock", "GetBucketPublicAccessBlock"),
    [S3_HEAD_BUCKET] = ROW("HeadBucket", AWS_READ, "HEAD", "", "ListBucket",
                           .headers = "ExpectedBucketOwner=x-amz-expected-bucket-owner"),
    [S3_HEAD_OBJECT] = OBJECT("HeadObject", AWS_READ, "HEAD", "GetObject", ""),
    [S3_LIST_BUCKET_ANALYTICS_CONFIGURATIONS] =
        ROW("ListBucketAnalyticsConfigurations", AWS_READ, "GET", "?analytics", "GetAnalyticsConfiguration",
            PAGES("AnalyticsConfiguration")),
    [S3_LIST_BUCKET_INTELLIGENT_TIERING_CONFIGURATIONS] =
        ROW("ListBucketIntelligentTieringConfigurations", AWS_READ, "GET", "?intelligent-tiering",
            "GetIntelligentTieringConfiguration", PAGES("IntelligentTieringConfiguration")),
    [S3_LIST_BUCKET_INVENTORY_CONFIGURATIONS] =
        ROW("ListBucketInventoryConfigurations", AWS_READ, "GET", "?inventory", "GetInventoryConfiguration",
            PAGES("InventoryConfiguration")),
    [S3_LIST_BUCKET_METRICS_CONFIGURATIONS] =
        ROW("ListBucketMetricsConfigurations", AWS_READ, "GET", "?metrics", "GetMetricsConfiguration",
            PAGES("MetricsConfiguration")),
    [S3_LIST_OBJECTS_V2] =
        ROW("ListObjectsV2", AWS_READ, "GET", "?list-type=2", "ListBucket",
            .headers = "ExpectedBucketOwner=x-amz-expected-bucket-owner",
            .query = "Prefix=prefix,ContinuationToken=continuation-token", .page_in = "ContinuationToken",
            .page_out = "NextContinuationToken", .page_items = "Contents"),
    [S3_PUT_BUCKET_ABAC] =
        ROW("PutBucketAbac", AWS_NATURAL, "PUT", "?abac", "PutBucketAbac", BODY("AbacStatus")),
    [S3_PUT_BUCKET_ACCELERATE_CONFIGURATION] =
        ROW("PutBucketAccelerateConfiguration", AWS_NATURAL, "PUT", "?accelerate",
            "PutAccelerateConfiguration", BODY("AccelerateConfiguration")),
    [S3_PUT_BUCKET_ACL] = ROW("PutBucketAcl", AWS_NATURAL, "PUT", "?acl", "PutBucketAcl",
                              BODY("AccessControlPolicy"), .headers = "ACL=x-amz-acl"),
    [S3_PUT_BUCKET_ANALYTICS_CONFIGURATION] =
        ROW("PutBucketAnalyticsConfiguration", AWS_NATURAL, "PUT", "?analytics", "PutAnalyticsConfiguration",
            BODY("AnalyticsConfiguration"), BY_ID),
    [S3_PUT_BUCKET_CORS] =
        ROW("PutBucketCors", AWS_NATURAL, "PUT", "?cors", "PutBucketCORS", BODY("CORSConfiguration")),
    [S3_PUT_BUCKET_ENCRYPTION] = ROW("PutBucketEncryption", AWS_NATURAL, "PUT", "?encryption",
                                     "PutEncryptionConfiguration", BODY("ServerSideEncryptionConfiguration")),
    [S3_PUT_BUCKET_INTELLIGENT_TIERING_CONFIGURATION] =
        ROW("PutBucketIntelligentTieringConfiguration", AWS_NATURAL, "PUT", "?intelligent-tiering",
            "PutIntelligentTieringConfiguration", BODY("IntelligentTieringConfiguration"), BY_ID),
    [S3_PUT_BUCKET_INVENTORY_CONFIGURATION] =
        ROW("PutBucketInventoryConfiguration", AWS_NATURAL, "PUT", "?inventory", "PutInventoryConfiguration",
            BODY("InventoryConfiguration"), BY_ID),
    [S3_PUT_BUCKET_LIFECYCLE_CONFIGURATION] =
        ROW("PutBucketLifecycleConfiguration", AWS_NATURAL, "PUT", "?lifecycle", "PutLifecycleConfiguration",
            BODY("LifecycleConfiguration"),
            .headers = "TransitionDefaultMinimumObjectSize=x-amz-transition-default-minimum-object-size"),
    [S3_PUT_BUCKET_LOGGING] = ROW("PutBucketLogging", AWS_NATURAL, "PUT", "?logging", "PutBucketLogging",
                                  BODY("BucketLoggingStatus")),
    [S3_PUT_BUCKET_METRICS_CONFIGURATION] =
        ROW("PutBucketMetricsConfiguration", AWS_NATURAL, "PUT", "?metrics", "PutMetricsConfiguration",
            BODY("MetricsConfiguration"), BY_ID),
    [S3_PUT_BUCKET_NOTIFICATION_CONFIGURATION] =
        ROW("PutBucketNotificationConfiguration", AWS_NATURAL, "PUT", "?notification",
            "PutBucketNotification", BODY("NotificationConfiguration")),
    [S3_PUT_BUCKET_OWNERSHIP_CONTROLS] =
        ROW("PutBucketOwnershipControls", AWS_NATURAL, "PUT", "?ownershipControls",
            "PutBucketOwnershipControls", BODY("OwnershipControls")),
    [S3_PUT_BUCKET_POLICY] =
        ROW("PutBucketPolicy", AWS_NATURAL, "PUT", "?policy", "PutBucketPolicy", .payload = "Policy"),
    [S3_PUT_BUCKET_REPLICATION] = ROW("PutBucketReplication", AWS_NATURAL, "PUT", "?replication",
                                      "PutReplicationConfiguration", BODY("ReplicationConfiguration")),
    [S3_PUT_BUCKET_TAGGING] =
        ROW("PutBucketTagging", AWS_NATURAL, "PUT", "?tagging", "PutBucketTagging", BODY("Tagging")),
    [S3_PUT_BUCKET_VERSIONING] = ROW("PutBucketVersioning", AWS_NATURAL, "PUT", "?versioning",
                                     "PutBucketVersioning", BODY("VersioningConfiguration")),
    [S3_PUT_BUCKET_WEBSITE] = ROW("PutBucketWebsite", AWS_NATURAL, "PUT", "?website", "PutBucketWebsite",
                                  BODY("WebsiteConfiguration")),
    [S3_PUT_OBJECT] = OBJECT("PutObject", AWS_NATURAL, "PUT", "PutObject",
                             ",ContentType=Content-Type,ChecksumSHA256=x-amz-checksum-sha256",
                             .payload = "Body", .timeout_ms = 5 * 60 * 1000),
    [S3_PUT_OBJECT_LOCK_CONFIGURATION] =
        ROW("PutObjectLockConfiguration", AWS_NATURAL, "PUT", "?object-lock",
            "PutBucketObjectLockConfiguration", BODY("ObjectLockConfiguration")),
    [S3_PUT_PUBLIC_ACCESS_BLOCK] = ROW("PutPublicAccessBlock", AWS_NATURAL, "PUT", "?publicAccessBlock",
                                       "PutBucketPublicAccessBlock", BODY("PublicAccessBlockConfiguration")),
};
