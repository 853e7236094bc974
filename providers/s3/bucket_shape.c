/* What a bucket can have, and what S3 calls it. */

#include "base/digest.h"
#include "base/json.h"
#include "providers/s3/bucket_parts.h"

#define SETTING_FILTER(LIST)                                                                                 \
    {.path = LIST ".Prefix"}, {.path = LIST ".TagFilters", .kind = SHAPE_SET, .key = "Key"},                 \
        {.path = LIST ".TagFilters.Key"},                                                                    \
    {                                                                                                        \
        .path = LIST ".TagFilters.Value"                                                                     \
    }
#define DESTINATION(MAP)                                                                                     \
    {.path = MAP, .kind = SHAPE_MAP}, {.path = MAP ".BucketAccountId"}, {.path = MAP ".BucketArn"},          \
        {.path = MAP ".Format"},                                                                             \
    {                                                                                                        \
        .path = MAP ".Prefix"                                                                                \
    }
#define LIFECYCLE "LifecycleConfiguration.Rules"
#define NOTIFICATION(LIST, TARGET)                                                                           \
    {.path = "NotificationConfiguration." LIST, .kind = SHAPE_SET},                                          \
        {.path = "NotificationConfiguration." LIST ".Event"},                                                \
        {.path = "NotificationConfiguration." LIST ".Filter", .kind = SHAPE_MAP},                            \
        {.path = "NotificationConfiguration." LIST ".Filter.S3Key", .kind = SHAPE_MAP},                      \
        {.path = "NotificationConfiguration." LIST ".Filter.S3Key.Rules", .kind = SHAPE_SET, .key = "Name"}, \
        {.path = "NotificationConfiguration." LIST ".Filter.S3Key.Rules.Name"},                              \
        {.path = "NotificationConfiguration." LIST ".Filter.S3Key.Rules.Value"},                             \
    {                                                                                                        \
        .path = "NotificationConfiguration." LIST "." TARGET                                                 \
    }
#define REPLICATION "ReplicationConfiguration.Rules"
#define NO_NAMESPACE "name the bucket with 'BucketName'"
#define NO_TABLES "it makes tables of its own in S3 Tables"

const struct shape bucket_shape[] = {
    {.path = "AbacStatus", .otherwise = "\"Disabled\""},
    {.path = "AccelerateConfiguration",
     .kind = SHAPE_MAP,
     .otherwise = "{\"AccelerationStatus\":\"Suspended\"}"},
    {.path = "AccelerateConfiguration.AccelerationStatus", .otherwise = "\"Suspended\""},
    {.path = "AccessControl", .otherwise = "\"Private\""},
    {.path = "AnalyticsConfigurations", .kind = SHAPE_SET, .key = "Id"},
    {.path = "AnalyticsConfigurations.Id"},
    SETTING_FILTER("AnalyticsConfigurations"),
    {.path = "AnalyticsConfigurations.StorageClassAnalysis", .kind = SHAPE_MAP},
    {.path = "AnalyticsConfigurations.StorageClassAnalysis.DataExport", .kind = SHAPE_MAP},
    DESTINATION("AnalyticsConfigurations.StorageClassAnalysis.DataExport.Destination"),
    {.path = "AnalyticsConfigurations.StorageClassAnalysis.DataExport.OutputSchemaVersion"},
    {.path = "BucketEncryption", .kind = SHAPE_MAP},
    {.path = "BucketEncryption.ServerSideEncryptionConfiguration", .kind = SHAPE_LIST},
    {.path = "BucketEncryption.ServerSideEncryptionConfiguration.BlockedEncryptionTypes", .kind = SHAPE_MAP},
    {.path = "BucketEncryption.ServerSideEncryptionConfiguration.BlockedEncryptionTypes.EncryptionType",
     .kind = SHAPE_SET},
    {.path = "BucketEncryption.ServerSideEncryptionConfiguration.BucketKeyEnabled", .kind = SHAPE_BOOL},
    {.path = "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault",
     .kind = SHAPE_MAP},
    {.path =
         "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.KMSMasterKeyID"},
    {.path = "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm"},
    {.path = "BucketName"},
    {.path = "BucketNamePrefix", .refused = NO_NAMESPACE},
    {.path = "BucketNamespace", .refused = NO_NAMESPACE},
    {.path = "CorsConfiguration", .kind = SHAPE_MAP},
    {.path = "CorsConfiguration.CorsRules", .kind = SHAPE_LIST},
    {.path = "CorsConfiguration.CorsRules.AllowedHeaders", .kind = SHAPE_SET},
    {.path = "CorsConfiguration.CorsRules.AllowedMethods", .kind = SHAPE_SET},
    {.path = "CorsConfiguration.CorsRules.AllowedOrigins", .kind = SHAPE_SET},
    {.path = "CorsConfiguration.CorsRules.ExposedHeaders", .kind = SHAPE_SET},
    {.path = "CorsConfiguration.CorsRules.Id"},
    {.path = "CorsConfiguration.CorsRules.MaxAge", .kind = SHAPE_NUMBER},
    {.path = "IntelligentTieringConfigurations", .kind = SHAPE_SET, .key = "Id"},
    {.path = "IntelligentTieringConfigurations.Id"},
    SETTING_FILTER("IntelligentTieringConfigurations"),
    {.path = "IntelligentTieringConfigurations.Status"},
    {.path = "IntelligentTieringConfigurations.Tierings", .kind = SHAPE_SET, .key = "AccessTier"},
    {.path = "IntelligentTieringConfigurations.Tierings.AccessTier"},
    {.path = "IntelligentTieringConfigurations.Tierings.Days", .kind = SHAPE_NUMBER},
    {.path = "InventoryConfigurations", .kind = SHAPE_SET, .key = "Id"},
    DESTINATION("InventoryConfigurations.Destination"),
    {.path = "InventoryConfigurations.Enabled", .kind = SHAPE_BOOL},
    {.path = "InventoryConfigurations.Id"},
    {.path = "InventoryConfigurations.IncludedObjectVersions"},
    {.path = "InventoryConfigurations.OptionalFields", .kind = SHAPE_SET},
    {.path = "InventoryConfigurations.Prefix"},
    {.path = "InventoryConfigurations.ScheduleFrequency"},
    {.path = "LifecycleConfiguration", .kind = SHAPE_MAP},
    {.path = LIFECYCLE, .kind = SHAPE_SET, .key = "Id"},
    {.path = LIFECYCLE ".AbortIncompleteMultipartUpload", .kind = SHAPE_MAP},
    {.path = LIFECYCLE ".AbortIncompleteMultipartUpload.DaysAfterInitiation", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".ExpirationDate"},
    {.path = LIFECYCLE ".ExpirationInDays", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".ExpiredObjectDeleteMarker", .kind = SHAPE_BOOL},
    {.path = LIFECYCLE ".Id"},
    {.path = LIFECYCLE ".NoncurrentVersionExpiration", .kind = SHAPE_MAP},
    {.path = LIFECYCLE ".NoncurrentVersionExpiration.NewerNoncurrentVersions", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".NoncurrentVersionExpiration.NoncurrentDays", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".NoncurrentVersionExpirationInDays", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".NoncurrentVersionTransition", .kind = SHAPE_MAP},
    {.path = LIFECYCLE ".NoncurrentVersionTransition.NewerNoncurrentVersions", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".NoncurrentVersionTransition.StorageClass"},
    {.path = LIFECYCLE ".NoncurrentVersionTransition.TransitionInDays", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".NoncurrentVersionTransitions", .kind = SHAPE_SET},
    {.path = LIFECYCLE ".NoncurrentVersionTransitions.NewerNoncurrentVersions", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".NoncurrentVersionTransitions.StorageClass"},
    {.path = LIFECYCLE ".NoncurrentVersionTransitions.TransitionInDays", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".ObjectSizeGreaterThan"},
    {.path = LIFECYCLE ".ObjectSizeLessThan"},
    SETTING_FILTER(LIFECYCLE),
    {.path = LIFECYCLE ".Status"},
    {.path = LIFECYCLE ".Transition", .kind = SHAPE_MAP},
    {.path = LIFECYCLE ".Transition.StorageClass"},
    {.path = LIFECYCLE ".Transition.TransitionDate"},
    {.path = LIFECYCLE ".Transition.TransitionInDays", .kind = SHAPE_NUMBER},
    {.path = LIFECYCLE ".Transitions", .kind = SHAPE_SET},
    {.path = LIFECYCLE ".Transitions.StorageClass"},
    {.path = LIFECYCLE ".Transitions.TransitionDate"},
    {.path = LIFECYCLE ".Transitions.TransitionInDays", .kind = SHAPE_NUMBER},
    {.path = "LifecycleConfiguration.TransitionDefaultMinimumObjectSize"},
    {.path = "LoggingConfiguration", .kind = SHAPE_MAP},
    {.path = "LoggingConfiguration.DestinationBucketName"},
    {.path = "LoggingConfiguration.LogFilePrefix"},
    {.path = "LoggingConfiguration.TargetObjectKeyFormat", .kind = SHAPE_MAP},
    {.path = "LoggingConfiguration.TargetObjectKeyFormat.PartitionedPrefix", .kind = SHAPE_MAP},
    {.path = "LoggingConfiguration.TargetObjectKeyFormat.PartitionedPrefix.PartitionDateSource"},
    {.path = "LoggingConfiguration.TargetObjectKeyFormat.SimplePrefix", .kind = SHAPE_MAP},
    {.path = "MetadataConfiguration", .refused = NO_TABLES},
    {.path = "MetadataTableConfiguration", .refused = NO_TABLES},
    {.path = "MetricsConfigurations", .kind = SHAPE_SET, .key = "Id"},
    {.path = "MetricsConfigurations.AccessPointArn"},
    {.path = "MetricsConfigurations.Id"},
    SETTING_FILTER("MetricsConfigurations"),
    {.path = "NotificationConfiguration", .kind = SHAPE_MAP},
    {.path = "NotificationConfiguration.EventBridgeConfiguration", .kind = SHAPE_MAP},
    {.path = "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", .kind = SHAPE_BOOL},
    NOTIFICATION("LambdaConfigurations", "Function"),
    NOTIFICATION("QueueConfigurations", "Queue"),
    NOTIFICATION("TopicConfigurations", "Topic"),
    {.path = "ObjectLockConfiguration", .kind = SHAPE_MAP},
    {.path = "ObjectLockConfiguration.ObjectLockEnabled"},
    {.path = "ObjectLockConfiguration.Rule", .kind = SHAPE_MAP},
    {.path = "ObjectLockConfiguration.Rule.DefaultRetention", .kind = SHAPE_MAP},
    {.path = "ObjectLockConfiguration.Rule.DefaultRetention.Days", .kind = SHAPE_NUMBER},
    {.path = "ObjectLockConfiguration.Rule.DefaultRetention.Mode"},
    {.path = "ObjectLockConfiguration.Rule.DefaultRetention.Years", .kind = SHAPE_NUMBER},
    {.path = "ObjectLockEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "OwnershipControls", .kind = SHAPE_MAP},
    {.path = "OwnershipControls.Rules", .kind = SHAPE_LIST},
    {.path = "OwnershipControls.Rules.ObjectOwnership"},
    {.path = "PublicAccessBlockConfiguration", .kind = SHAPE_MAP},
    {.path = "PublicAccessBlockConfiguration.BlockPublicAcls", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "PublicAccessBlockConfiguration.BlockPublicPolicy", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "PublicAccessBlockConfiguration.IgnorePublicAcls", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "PublicAccessBlockConfiguration.RestrictPublicBuckets",
     .kind = SHAPE_BOOL,
     .otherwise = "false"},
    {.path = "ReplicationConfiguration", .kind = SHAPE_MAP},
    {.path = "ReplicationConfiguration.Role"},
    {.path = REPLICATION, .kind = SHAPE_SET, .key = "Id"},
    {.path = REPLICATION ".DeleteMarkerReplication", .kind = SHAPE_MAP},
    {.path = REPLICATION ".DeleteMarkerReplication.Status"},
    {.path = REPLICATION ".Destination", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Destination.AccessControlTranslation", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Destination.AccessControlTranslation.Owner"},
    {.path = REPLICATION ".Destination.Account"},
    {.path = REPLICATION ".Destination.Bucket"},
    {.path = REPLICATION ".Destination.EncryptionConfiguration", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Destination.EncryptionConfiguration.ReplicaKmsKeyID"},
    {.path = REPLICATION ".Destination.Metrics", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Destination.Metrics.EventThreshold", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Destination.Metrics.EventThreshold.Minutes", .kind = SHAPE_NUMBER},
    {.path = REPLICATION ".Destination.Metrics.Status"},
    {.path = REPLICATION ".Destination.ReplicationTime", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Destination.ReplicationTime.Status"},
    {.path = REPLICATION ".Destination.ReplicationTime.Time", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Destination.ReplicationTime.Time.Minutes", .kind = SHAPE_NUMBER},
    {.path = REPLICATION ".Destination.StorageClass"},
    {.path = REPLICATION ".Filter", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Filter.And", .kind = SHAPE_MAP},
    SETTING_FILTER(REPLICATION ".Filter.And"),
    {.path = REPLICATION ".Filter.Prefix"},
    {.path = REPLICATION ".Filter.TagFilter", .kind = SHAPE_MAP},
    {.path = REPLICATION ".Filter.TagFilter.Key"},
    {.path = REPLICATION ".Filter.TagFilter.Value"},
    {.path = REPLICATION ".Id"},
    {.path = REPLICATION ".Prefix"},
    {.path = REPLICATION ".Priority", .kind = SHAPE_NUMBER},
    {.path = REPLICATION ".SourceSelectionCriteria", .kind = SHAPE_MAP},
    {.path = REPLICATION ".SourceSelectionCriteria.ReplicaModifications", .kind = SHAPE_MAP},
    {.path = REPLICATION ".SourceSelectionCriteria.ReplicaModifications.Status"},
    {.path = REPLICATION ".SourceSelectionCriteria.SseKmsEncryptedObjects", .kind = SHAPE_MAP},
    {.path = REPLICATION ".SourceSelectionCriteria.SseKmsEncryptedObjects.Status"},
    {.path = REPLICATION ".Status"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "VersioningConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Status\":\"Suspended\"}"},
    {.path = "VersioningConfiguration.Status", .otherwise = "\"Suspended\""},
    {.path = "WebsiteConfiguration", .kind = SHAPE_MAP},
    {.path = "WebsiteConfiguration.ErrorDocument"},
    {.path = "WebsiteConfiguration.IndexDocument"},
    {.path = "WebsiteConfiguration.RedirectAllRequestsTo", .kind = SHAPE_MAP},
    {.path = "WebsiteConfiguration.RedirectAllRequestsTo.HostName"},
    {.path = "WebsiteConfiguration.RedirectAllRequestsTo.Protocol"},
    {.path = "WebsiteConfiguration.RoutingRules", .kind = SHAPE_LIST},
    {.path = "WebsiteConfiguration.RoutingRules.RedirectRule", .kind = SHAPE_MAP},
    {.path = "WebsiteConfiguration.RoutingRules.RedirectRule.HostName"},
    {.path = "WebsiteConfiguration.RoutingRules.RedirectRule.HttpRedirectCode"},
    {.path = "WebsiteConfiguration.RoutingRules.RedirectRule.Protocol"},
    {.path = "WebsiteConfiguration.RoutingRules.RedirectRule.ReplaceKeyPrefixWith"},
    {.path = "WebsiteConfiguration.RoutingRules.RedirectRule.ReplaceKeyWith"},
    {.path = "WebsiteConfiguration.RoutingRules.RoutingRuleCondition", .kind = SHAPE_MAP},
    {.path = "WebsiteConfiguration.RoutingRules.RoutingRuleCondition.HttpErrorCodeReturnedEquals"},
    {.path = "WebsiteConfiguration.RoutingRules.RoutingRuleCondition.KeyPrefixEquals"},
    {.path = NULL},
};

static const struct wire_name names[] = {
    {"AbacStatus", "Status"},
    {"AccelerateConfiguration.AccelerationStatus", "Status"},
    {"AnalyticsConfigurations.StorageClassAnalysis.DataExport.Destination.BucketArn", "Bucket"},
    {"BucketEncryption.ServerSideEncryptionConfiguration", "Rule"},
    {"BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault",
     "ApplyServerSideEncryptionByDefault"},
    {"CorsConfiguration.CorsRules", "CORSRule"},
    {"CorsConfiguration.CorsRules.AllowedHeaders", "AllowedHeader"},
    {"CorsConfiguration.CorsRules.AllowedMethods", "AllowedMethod"},
    {"CorsConfiguration.CorsRules.AllowedOrigins", "AllowedOrigin"},
    {"CorsConfiguration.CorsRules.ExposedHeaders", "ExposeHeader"},
    {"CorsConfiguration.CorsRules.Id", "ID"},
    {"CorsConfiguration.CorsRules.MaxAge", "MaxAgeSeconds"},
    {"IntelligentTieringConfigurations.Tierings", "Tiering"},
    {"InventoryConfigurations.Destination.BucketAccountId", "AccountId"},
    {"InventoryConfigurations.Destination.BucketArn", "Bucket"},
    {"InventoryConfigurations.Enabled", "IsEnabled"},
    {"LifecycleConfiguration.Rules", "Rule"},
    {LIFECYCLE ".Id", "ID"},
    {LIFECYCLE ".NoncurrentVersionTransition", ""}, /* joins the list */
    {LIFECYCLE ".NoncurrentVersionTransitions", "NoncurrentVersionTransition"},
    {LIFECYCLE ".NoncurrentVersionTransitions.TransitionInDays", "NoncurrentDays"},
    {LIFECYCLE ".Transition", ""},
    {LIFECYCLE ".Transitions", "Transition"},
    {LIFECYCLE ".Transitions.TransitionDate", "Date"},
    {LIFECYCLE ".Transitions.TransitionInDays", "Days"},
    {"LoggingConfiguration.DestinationBucketName", "TargetBucket"},
    {"LoggingConfiguration.LogFilePrefix", "TargetPrefix"},
    {"NotificationConfiguration.LambdaConfigurations", "CloudFunctionConfiguration"},
    {"NotificationConfiguration.LambdaConfigurations.Filter.S3Key.Rules", "FilterRule"},
    {"NotificationConfiguration.LambdaConfigurations.Function", "CloudFunction"},
    {"NotificationConfiguration.QueueConfigurations", "QueueConfiguration"},
    {"NotificationConfiguration.QueueConfigurations.Filter.S3Key.Rules", "FilterRule"},
    {"NotificationConfiguration.TopicConfigurations", "TopicConfiguration"},
    {"NotificationConfiguration.TopicConfigurations.Filter.S3Key.Rules", "FilterRule"},
    {"OwnershipControls.Rules", "Rule"},
    {"ReplicationConfiguration.Rules", "Rule"},
    {REPLICATION ".Filter.And.TagFilters", "Tag"},
    {REPLICATION ".Filter.TagFilter", "Tag"},
    {REPLICATION ".Id", "ID"},
    {"WebsiteConfiguration.RoutingRules.RedirectRule", "Redirect"},
    {"WebsiteConfiguration.RoutingRules.RoutingRuleCondition", "Condition"},
    {NULL, NULL},
};

const struct wire bucket_wire = {.shape = bucket_shape, .names = names, .xml = true};

/* --- one form --- */

static bool is_plain_date(struct str text)
{
    return text.len == 10 && text.ptr[4] == '-' && text.ptr[7] == '-';
}

/* "2030-01-01" and S3's "2030-01-01T00:00:00.000Z" are "2030-01-01T00:00:00Z". */
static void normalize_date(struct arena *arena, struct value *map, const char *name)
{
    struct str text = value_get_text(map, name);
    if (is_plain_date(text))
        and_with(arena, map, name, arena_printf(arena, "%.*sT00:00:00Z", STR_ARG(text)));
    else if (str_ends(text, ".000Z"))
        and_with(arena, map, name, arena_printf(arena, "%.*sZ", STR_ARG(str_slice(text, 0, text.len - 5))));
}

/* The old names of single transitions join the lists. */
static void normalize_transitions(struct arena *arena, struct value *rule, const char *one, const char *many)
{
    struct value *single = value_get(rule, one);
    struct value *list = value_get(rule, many);
    if (single) {
        if (!list)
            value_setz(arena, rule, many, list = value_list(arena));
        value_append(arena, list, single);
        value_remove(rule, str_from(one));
    }
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++) {
        normalize_date(arena, list->items[i], "TransitionDate");
        if (value_is_text(value_get(list->items[i], "StorageClass"), "Glacier"))
            and_with(arena, list->items[i], "StorageClass", STR("GLACIER"));
    }
}

static void normalize_lifecycle(struct arena *arena, struct value *rule)
{
    struct value *days = value_get(rule, "NoncurrentVersionExpirationInDays");
    if (days && !value_get(rule, "NoncurrentVersionExpiration")) {
        struct value *expiration = value_map(arena);
        value_setz(arena, expiration, "NoncurrentDays", days);
        value_setz(arena, rule, "NoncurrentVersionExpiration", expiration);
    }
    value_remove(rule, STR("NoncurrentVersionExpirationInDays"));
    normalize_transitions(arena, rule, "NoncurrentVersionTransition", "NoncurrentVersionTransitions");
    normalize_transitions(arena, rule, "Transition", "Transitions");
    normalize_date(arena, rule, "ExpirationDate");
    if (value_is_text(value_get(rule, "Prefix"), ""))
        value_remove(rule, STR("Prefix"));
}

/* S3 makes an id for a rule that has none; so that it can be told apart, it gets one from what it says. */
static void give_ids(struct arena *arena, struct value *rules)
{
    for (size_t i = 0; value_is(rules, VALUE_LIST) && i < rules->count; i++) {
        struct value *rule = rules->items[i];
        if (!value_is(rule, VALUE_MAP) || value_get(rule, "Id") || value_find_unknown(rule))
            continue;
        struct str digest = sha256_hex(arena, json_text(arena, rule, JSON_CANONICAL));
        and_with(arena, rule, "Id", str_slice(digest, 0, 32));
    }
}

/* S3 answers "Prefix" where "prefix" was asked. */
static void normalize_filters(struct arena *arena, struct value *configurations)
{
    for (size_t i = 0; value_is(configurations, VALUE_LIST) && i < configurations->count; i++) {
        struct value *rules = value_path(configurations->items[i], "Filter", "S3Key", "Rules", NULL);
        for (size_t k = 0; value_is(rules, VALUE_LIST) && k < rules->count; k++) {
            struct str name = value_get_text(rules->items[k], "Name");
            if (str_equal_nocase(name, STR("prefix")))
                and_with(arena, rules->items[k], "Name", STR("prefix"));
            else if (str_equal_nocase(name, STR("suffix")))
                and_with(arena, rules->items[k], "Name", STR("suffix"));
        }
    }
}

void bucket_normalize(struct arena *arena, struct value *properties)
{
    static const char *const notifications[] = {"LambdaConfigurations", "QueueConfigurations",
                                                "TopicConfigurations"};
    shape_normalize(bucket_shape, arena, properties);
    struct value *rules = value_path(properties, "LifecycleConfiguration", "Rules", NULL);
    for (size_t i = 0; value_is(rules, VALUE_LIST) && i < rules->count; i++)
        if (value_is(rules->items[i], VALUE_MAP))
            normalize_lifecycle(arena, rules->items[i]);
    give_ids(arena, rules);
    give_ids(arena, value_path(properties, "ReplicationConfiguration", "Rules", NULL));
    for (size_t i = 0; i < ARRAY_LENGTH(notifications); i++)
        normalize_filters(arena, value_path(properties, "NotificationConfiguration", notifications[i], NULL));
    shape_normalize(bucket_shape, arena, properties); /* sorted by what they are now */
}
