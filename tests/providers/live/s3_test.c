#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/s3/operations.h"
#include "providers/s3/types.h"
#include "providers/sqs/types.h"
#include "tests/providers/live/live.h"

static void drive(void **state, const struct resource_type *type, const struct live_step *steps, size_t count)
{
    live_drive(*state, &(struct live_run){.type = type, .name = "unnamed", .steps = steps, .count = count});
}

#define ENCRYPTED(BY)                                                                                        \
    "'BucketEncryption':{'ServerSideEncryptionConfiguration':[{'ServerSideEncryptionByDefault':{'"           \
    "SSEAlgorithm':'" BY "'}}]}"
#define RULE(ID, REST) "{'Id':'" ID "','Status':'Enabled'," REST "}"
#define NAME "'BucketName':'orders-123'"

/* moto has neither analytics, metrics, tiering, EventBridge notifications nor access by tags: what these look
 * like on the wire stands in tests/providers/s3_bucket_test.c. */
static void a_bucket_lives(void **state)
{
    static const struct live_step steps[] = {
        {"{" NAME ",'VersioningConfiguration':{'Status':'Enabled'}," ENCRYPTED(
             "AES256") ",'PublicAccessBlockConfiguration':{'BlockPublicAcls':true,'BlockPublicPolicy':'true',"
                       "'IgnorePublicAcls':true,'RestrictPublicBuckets':true},'LifecycleConfiguration':{'"
                       "Rules':[" RULE("old",
                                       "'NoncurrentVersionExpiration':{'NoncurrentDays':30}") "]},'Tags':[{'"
                                                                                              "Key':'app','"
                                                                                              "Value':'"
                                                                                              "orders'}]}",
         "{'Tags':[{'Key':'app','Value':'orders'}]}"},
        {"{" NAME ",'LifecycleConfiguration':{'Rules':[{'Status':'Enabled','Prefix':'in/"
         "','ExpirationInDays':'7'}," RULE(
             "big", "'TagFilters':[{'Key':'k','Value':'v'}],'Transitions':[{'StorageClass':'GLACIER','"
                    "TransitionInDays':1}]") "]},'VersioningConfiguration':{'Status':'Suspended'},'Tags':[{'"
                                             "Key':'tier','Value':'gold'}],'AccessControl':'Private','"
                                             "CorsConfiguration':{'CorsRules':[{'AllowedMethods':['GET'],'"
                                             "AllowedOrigins':['*'],'MaxAge':5}]},'WebsiteConfiguration':{'"
                                             "IndexDocument':'index.html'},'AccelerateConfiguration':{'"
                                             "AccelerationStatus':'Enabled'},'OwnershipControls':{'Rules':[{'"
                                             "ObjectOwnership':'BucketOwnerPreferred'}]}}",
         "{'Tags':[{'Key':'tier','Value':'gold'}]}"},
        {"{" NAME
         ",'VersioningConfiguration':{'Status':'Enabled'},'ObjectLockEnabled':true,'ObjectLockConfiguration':"
         "{'ObjectLockEnabled':'Enabled','Rule':{'DefaultRetention':{'Mode':'GOVERNANCE','Days':3}}}"
         "," ENCRYPTED("aws:kms") ",'NotificationConfiguration':{'QueueConfigurations':[{'Event':'s3:"
                                  "ObjectCreated:*','Queue':'arn:aws:sqs:us-east-1:123456789012:bell'}]}}",
         "{'Tags':[]}"},
    };
    live_make(*state, &sqs_queue_type, "bell", "{'QueueName':'bell'}");
    drive(state, &s3_bucket_type, steps, ARRAY_LENGTH(steps));
}

/* Where no notifications are declared, those that are there are extras. */
static void notifications_of_others_are_extras(void **state)
{
    struct live *live = *state;
    struct error error = ERROR_INIT;
    struct value *extras = NULL;
    struct resource_state made = live_make(live, &s3_bucket_type, "noticed", "{}");
    struct resource_call call = live_call(live, "noticed", made.physical_id, value_map(live->arena));
    live_ask(
        live, &s3_operations[S3_PUT_BUCKET_NOTIFICATION_CONFIGURATION],
        "{'Bucket':'noticed','NotificationConfiguration':{'QueueConfiguration':[{'Event':['s3:ObjectCreated:"
        "Put','s3:ObjectRemoved:*'],'Queue':'arn:aws:sqs:us-east-1:123456789012:bell'}]}}");
    assert_true(s3_bucket_type.extras(&call, &extras, &error));
    assert_string_equal(json_text(live->arena, extras, JSON_CANONICAL).ptr,
                        "[{\"Detail\":\"arn:aws:sqs:us-east-1:123456789012:bell\",\"Kind\":\"notification\","
                        "\"Name\":\"s3:ObjectCreated:Put\"},{\"Detail\":\"arn:aws:sqs:us-east-1:123456789012:"
                        "bell\",\"Kind\":\"notification\",\"Name\":\"s3:ObjectRemoved:*\"}]");
    call.properties = live_json(live, "{'NotificationConfiguration':{}}");
    extras = NULL;
    assert_true(s3_bucket_type.extras(&call, &extras, &error));
    assert_null(extras);
    live_unmake(live, &s3_bucket_type, made.physical_id, "{}");
}

static void attributes_are_those_of_cloudformation(void **state)
{
    struct live *live = *state;
    struct resource_state made = live_make(live, &s3_bucket_type, "unnamed-bucket", "{}");
    assert_string_equal(made.physical_id.ptr, "unnamed-bucket");
    assert_string_equal(json_text(live->arena, made.attributes, JSON_CANONICAL).ptr,
                        "{\"Arn\":\"arn:aws:s3:::unnamed-bucket\",\"DomainName\":\"unnamed-bucket.s3."
                        "amazonaws.com\",\"DualStackDomainName\":\"unnamed-bucket.s3.dualstack.us-east-1."
                        "amazonaws.com\",\"RegionalDomainName\":\"unnamed-bucket.s3.us-east-1.amazonaws."
                        "com\",\"WebsiteURL\":\"http://unnamed-bucket.s3-website-us-east-1.amazonaws.com\"}");
    live_unmake(live, &s3_bucket_type, made.physical_id, "{}");
}

#define DENY(RESOURCE)                                                                                       \
    "'PolicyDocument':{'Version':'2012-10-17','Statement':[{'Sid':'OnlyByTls','Effect':'Deny','Principal':'" \
    "*','Action':'s3:*',"                                                                                    \
    "'Resource':" RESOURCE ",'Condition':{'Bool':{'aws:SecureTransport':'false'}}}]}"

static void a_bucket_policy_lives(void **state)
{
    struct live *live = *state;
    static const struct live_step steps[] = {
        {.properties = "{'Bucket':'guarded'," DENY("['arn:aws:s3:::guarded','arn:aws:s3:::guarded/*']") "}"},
        {.properties = "{'Bucket':'guarded'," DENY("'arn:aws:s3:::guarded'") "}"},
    };
    live_make(live, &s3_bucket_type, "guarded", "{}");
    drive(state, &s3_bucket_policy_type, steps, ARRAY_LENGTH(steps));
    live_unmake(live, &s3_bucket_type, STR("guarded"), "{}");
}

static void what_cannot_be_done_is_refused(void **state)
{
    struct live *live = *state;
    const struct resource_type *type = &s3_bucket_type;
    live_refused(
        live, type, "{'BucketNamePrefix':'x'}",
        "property 'BucketNamePrefix' of AWS::S3::Bucket is not supported: name the bucket with 'BucketName'");
    live_refused(live, type, "{'Versioning':{}}", "AWS::S3::Bucket has no property 'Versioning'");
    live_refused(live, type, "{'LifecycleConfiguration':{'Rules':[{'Expire':1}]}}",
                 "has no property 'LifecycleConfiguration.Rules.Expire'");
    live_refused(live, type, "{'AccessControl':'Public'}",
                 "'Public' is no access control list that S3 knows");
    live_unmake(live, type, STR("refused"), "{}");
}

/* In us-east-1 S3 would answer the second create with success. */
static void a_foreign_bucket_is_not_taken_over(void **state)
{
    struct live *live = *state;
    live_ask(live, &s3_operations[S3_CREATE_BUCKET], "{'Bucket':'foreign'}");
    live_refused(live, &s3_bucket_type, "{'BucketName':'foreign'}",
                 "bucket 'foreign' exists already and is not plumb's");
    live_unmake(live, &s3_bucket_type, STR("foreign"), "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_lives),
        cmocka_unit_test(notifications_of_others_are_extras),
        cmocka_unit_test(attributes_are_those_of_cloudformation),
        cmocka_unit_test(a_bucket_policy_lives),
        cmocka_unit_test(what_cannot_be_done_is_refused),
        cmocka_unit_test(a_foreign_bucket_is_not_taken_over),
    };
    return cmocka_run_group_tests(tests, live_open, live_close);
}
