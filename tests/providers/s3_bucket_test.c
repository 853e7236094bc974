/* What a bucket's settings look like on the wire, there and back: several of them no emulator knows. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "providers/s3/types.h"
#include "providers/shape.h"
#include "tests/providers/fake_aws.h"

#define NS " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

static const struct setting {
    const char *what;
    const char *properties; /* besides the name */
    const char *absent;     /* the error for what is not there yet; NULL: an empty answer */
    const char *query, *body;
    bool listed; /* the answer is a list of such bodies */
} settings[] = {
    {"AbacStatus", "'AbacStatus':'Enabled'", NULL, "abac",
     "<AbacStatus" NS "><Status>Enabled</Status></AbacStatus>", false},
    {"accelerate", "'AccelerateConfiguration':{'AccelerationStatus':'Enabled'}", NULL, "accelerate",
     "<AccelerateConfiguration" NS "><Status>Enabled</Status></AccelerateConfiguration>", false},
    {"analytics",
     "'AnalyticsConfigurations':[{'Id':'a','Prefix':'p/"
     "','TagFilters':[{'Key':'k','Value':'v'}],'StorageClassAnalysis':{'DataExport':{'OutputSchemaVersion':'"
     "V_1','Destination':{'BucketArn':'arn:aws:s3:::b','Format':'CSV'}}}}]",
     NULL, "analytics&id=a",
     "<AnalyticsConfiguration" NS "><Id>a</Id><StorageClassAnalysis><DataExport><OutputSchemaVersion>V_1</"
     "OutputSchemaVersion><Destination><S3BucketDestination><Bucket>arn:aws:s3:::b</Bucket><Format>CSV</"
     "Format></S3BucketDestination></Destination></DataExport></StorageClassAnalysis><Filter><And><Prefix>p/"
     "</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter></AnalyticsConfiguration>",
     true},
    {"encryption",
     "'BucketEncryption':{'ServerSideEncryptionConfiguration':[{'BucketKeyEnabled':'true','"
     "ServerSideEncryptionByDefault':{'SSEAlgorithm':'aws:kms','KMSMasterKeyID':'k'},'BlockedEncryptionTypes'"
     ":{'EncryptionType':['SSE-C']}}]}",
     "ServerSideEncryptionConfigurationNotFoundError", "encryption",
     "<ServerSideEncryptionConfiguration" NS "><Rule><BucketKeyEnabled>true</"
     "BucketKeyEnabled><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</"
     "SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></"
     "ApplyServerSideEncryptionByDefault><BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></"
     "BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>",
     false},
    {"cors",
     "'CorsConfiguration':{'CorsRules':[{'AllowedMethods':['PUT','GET'],'AllowedOrigins':['*'],'"
     "AllowedHeaders':['x'],'ExposedHeaders':['y'],'Id':'one','MaxAge':'60'}]}",
     "NoSuchCORSConfiguration", "cors",
     "<CORSConfiguration" NS
     "><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedOrigin>*</"
     "AllowedOrigin><AllowedHeader>x</AllowedHeader><ExposeHeader>y</ExposeHeader><ID>one</"
     "ID><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>",
     false},
    {"tiering",
     "'IntelligentTieringConfigurations':[{'Id':'t','Status':'Enabled','TagFilters':[{'Key':'k','Value':'v'}]"
     ",'Tierings':[{'AccessTier':'ARCHIVE_ACCESS','Days':90}]}]",
     NULL, "intelligent-tiering&id=t",
     "<IntelligentTieringConfiguration" NS
     "><Id>t</Id><Status>Enabled</Status><Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></"
     "Tiering><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter></IntelligentTieringConfiguration>",
     true},
    {"inventory",
     "'InventoryConfigurations':[{'Id':'i','Enabled':true,'IncludedObjectVersions':'All','ScheduleFrequency':"
     "'Daily','Prefix':'p','OptionalFields':['Size','ETag'],'Destination':{'BucketArn':'arn:aws:s3:::b','"
     "BucketAccountId':'111122223333','Format':'CSV'}}]",
     NULL, "inventory&id=i",
     "<InventoryConfiguration" NS "><Id>i</Id><IsEnabled>true</IsEnabled><IncludedObjectVersions>All</"
     "IncludedObjectVersions><Destination><S3BucketDestination><Bucket>arn:aws:s3:::b</"
     "Bucket><AccountId>111122223333</AccountId><Format>CSV</Format></S3BucketDestination></"
     "Destination><Filter><Prefix>p</Prefix></Filter><Schedule><Frequency>Daily</Frequency></"
     "Schedule><OptionalFields><Field>ETag</Field><Field>Size</Field></OptionalFields></"
     "InventoryConfiguration>",
     true},
    {"lifecycle",
     "'LifecycleConfiguration':{'Rules':[{'Id':'b','Status':'Enabled','Prefix':'p','TagFilters':[{'Key':'k','"
     "Value':'v'}],'ObjectSizeGreaterThan':5,'ExpirationInDays':9,'Transition':{'StorageClass':'Glacier','"
     "TransitionInDays':3},'NoncurrentVersionExpirationInDays':4,'AbortIncompleteMultipartUpload':{'"
     "DaysAfterInitiation':1}},{'Id':'a','Status':'Disabled','ExpirationDate':'2030-01-01','"
     "NoncurrentVersionTransitions':[{'StorageClass':'GLACIER','TransitionInDays':7,'NewerNoncurrentVersions'"
     ":2}]}]}",
     "NoSuchLifecycleConfiguration", "lifecycle",
     "<LifecycleConfiguration" NS
     "><Rule><ID>a</ID><Status>Disabled</Status><NoncurrentVersionTransition><StorageClass>GLACIER</"
     "StorageClass><NoncurrentDays>7</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions></"
     "NoncurrentVersionTransition><Expiration><Date>2030-01-01T00:00:00Z</Date></"
     "Expiration><Filter><Prefix></Prefix></Filter></Rule><Rule><ID>b</ID><Status>Enabled</"
     "Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></"
     "AbortIncompleteMultipartUpload><NoncurrentVersionExpiration><NoncurrentDays>4</NoncurrentDays></"
     "NoncurrentVersionExpiration><Transition><StorageClass>GLACIER</StorageClass><Days>3</Days></"
     "Transition><Expiration><Days>9</Days></Expiration><Filter><And><Prefix>p</Prefix><Tag><Key>k</"
     "Key><Value>v</Value></Tag><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></And></Filter></Rule></"
     "LifecycleConfiguration>",
     false},
    {"logging",
     "'LoggingConfiguration':{'DestinationBucketName':'logs','TargetObjectKeyFormat':{'PartitionedPrefix':{'"
     "PartitionDateSource':'EventTime'}}}",
     NULL, "logging",
     "<BucketLoggingStatus" NS "><LoggingEnabled><TargetBucket>logs</"
     "TargetBucket><TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>EventTime</"
     "PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat><TargetPrefix></TargetPrefix></"
     "LoggingEnabled></BucketLoggingStatus>",
     false},
    {"metrics", "'MetricsConfigurations':[{'Id':'all'}]", NULL, "metrics&id=all",
     "<MetricsConfiguration" NS "><Id>all</Id></MetricsConfiguration>", true},
    {"notifications",
     "'NotificationConfiguration':{'EventBridgeConfiguration':{'EventBridgeEnabled':'true'},'"
     "LambdaConfigurations':[{'Event':'s3:ObjectCreated:*','Function':'arn:f','Filter':{'S3Key':{'Rules':[{'"
     "Name':'Suffix','Value':'.pdf'},{'Name':'prefix','Value':'in/"
     "'}]}}}],'TopicConfigurations':[{'Event':'s3:ObjectRemoved:*','Topic':'arn:t'}]}",
     NULL, "notification",
     "<NotificationConfiguration" NS "><EventBridgeConfiguration></"
     "EventBridgeConfiguration><CloudFunctionConfiguration><Event>s3:ObjectCreated:*</"
     "Event><CloudFunction>arn:f</CloudFunction><Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</"
     "Value></FilterRule><FilterRule><Name>suffix</Name><Value>.pdf</Value></FilterRule></S3Key></Filter></"
     "CloudFunctionConfiguration><TopicConfiguration><Event>s3:ObjectRemoved:*</Event><Topic>arn:t</Topic></"
     "TopicConfiguration></NotificationConfiguration>",
     false},
    {"object lock",
     "'ObjectLockConfiguration':{'ObjectLockEnabled':'Enabled','Rule':{'DefaultRetention':{'Mode':'"
     "GOVERNANCE','Days':'1'}}}",
     "ObjectLockConfigurationNotFoundError", "object-lock",
     "<ObjectLockConfiguration" NS
     "><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></"
     "Rule><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
     false},
    {"object lock alone", "'ObjectLockEnabled':true", "ObjectLockConfigurationNotFoundError", "object-lock",
     "<ObjectLockConfiguration" NS
     "><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
     false},
    {"ownership", "'OwnershipControls':{'Rules':[{'ObjectOwnership':'BucketOwnerEnforced'}]}",
     "OwnershipControlsNotFoundError", "ownershipControls",
     "<OwnershipControls" NS
     "><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
     false},
    {"public access", "'PublicAccessBlockConfiguration':{'BlockPublicAcls':'true'}",
     "NoSuchPublicAccessBlockConfiguration", "publicAccessBlock",
     "<PublicAccessBlockConfiguration" NS
     "><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
     false},
    {"replication",
     "'ReplicationConfiguration':{'Role':'arn:r','Rules':[{'Id':'r','Status':'Enabled','Priority':1,'Filter':"
     "{'And':{'Prefix':'p','TagFilters':[{'Key':'k','Value':'v'}]}},'DeleteMarkerReplication':{'Status':'"
     "Disabled'},'Destination':{'Bucket':'arn:aws:s3:::b','ReplicationTime':{'Status':'Enabled','Time':{'"
     "Minutes':15}}}}]}",
     "ReplicationConfigurationNotFoundError", "replication",
     "<ReplicationConfiguration" NS "><Role>arn:r</Role><Rule><ID>r</ID><Status>Enabled</Status><Priority>1</"
     "Priority><Filter><And><Prefix>p</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></"
     "Filter><DeleteMarkerReplication><Status>Disabled</Status></"
     "DeleteMarkerReplication><Destination><Bucket>arn:aws:s3:::b</Bucket><ReplicationTime><Status>Enabled</"
     "Status><Time><Minutes>15</Minutes></Time></ReplicationTime></Destination></Rule></"
     "ReplicationConfiguration>",
     false},
    {"versions", "'VersioningConfiguration':{'Status':'Enabled'}", NULL, "versioning",
     "<VersioningConfiguration" NS "><Status>Enabled</Status></VersioningConfiguration>", false},
    {"website",
     "'WebsiteConfiguration':{'IndexDocument':'index.html','ErrorDocument':'error.html','RoutingRules':[{'"
     "RedirectRule':{'ReplaceKeyWith':'k'},'RoutingRuleCondition':{'HttpErrorCodeReturnedEquals':404}}]}",
     "NoSuchWebsiteConfiguration", "website",
     "<WebsiteConfiguration" NS
     "><ErrorDocument><Key>error.html</Key></ErrorDocument><IndexDocument><Suffix>index.html</Suffix></"
     "IndexDocument><RoutingRules><RoutingRule><Redirect><ReplaceKeyWith>k</ReplaceKeyWith></"
     "Redirect><Condition><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition></"
     "RoutingRule></RoutingRules></WebsiteConfiguration>",
     false},
};

#define NO_TAGS "<Error><Code>NoSuchTagSet</Code><Message>none</Message></Error>"

static struct resource_call call_of(struct fake_aws *fake, struct aws *aws, const struct setting *setting)
{
    struct str text = arena_printf(fake->arena, "{'BucketName':'orders-1',%s}", setting->properties);
    return (struct resource_call){
        .aws = aws,
        .arena = fake->arena,
        .logical_id = STR("Bucket"),
        .physical_id = STR("orders-1"),
        .properties = fake_json(fake->arena, text.ptr),
    };
}

static struct str sent_line(struct fake_aws *fake)
{
    struct str all = fake_requests(fake), line, put = STR_EMPTY;
    while (str_split(&all, '\n', &line))
        if (str_starts(line, "PUT "))
            put = line;
    return put;
}

static void check_sent(struct fake_aws *fake, struct aws *aws, const struct setting *setting)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    struct resource_call call = call_of(fake, aws, setting);
    const char *none = setting->absent
                           ? arena_printf(fake->arena, "<Error><Code>%s</Code></Error>", setting->absent).ptr
                           : "<Nothing/>";
    const struct fake_answer answers[] = {{.body = NULL},
                                          {.status = 404, .body = NO_TAGS},
                                          {.status = setting->absent ? 404 : 200, .body = none},
                                          {.body = NULL}};
    fake_script(fake, answers, ARRAY_LENGTH(answers));
    if (!s3_bucket_type.update(&call, &state, &error))
        fail_msg("%s: %s", setting->what, error.message);
    assert_text(sent_line(fake),
                arena_printf(fake->arena, "PUT https://orders-1.s3.us-east-1.amazonaws.com/?%s %s",
                             setting->query, setting->body)
                    .ptr);
}

static void check_read(struct fake_aws *fake, struct aws *aws, const struct setting *setting)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    struct resource_call call = call_of(fake, aws, setting);
    const char *body =
        setting->listed
            ? arena_printf(fake->arena, "<L>%s<IsTruncated>false</IsTruncated></L>", setting->body).ptr
            : setting->body;
    const struct fake_answer answers[] = {{.body = NULL}, {.status = 404, .body = NO_TAGS}, {.body = body}};
    fake_script(fake, answers, ARRAY_LENGTH(answers));
    if (!s3_bucket_type.read(&call, &state, &error))
        fail_msg("%s: %s", setting->what, error.message);
    struct value *declared = value_copy(fake->arena, call.properties);
    s3_bucket_type.normalize(fake->arena, declared);
    if (!shape_covers(declared, state.properties))
        fail_msg("%s: declared\n%s\nlive\n%s", setting->what,
                 json_text(fake->arena, declared, JSON_CANONICAL).ptr,
                 json_text(fake->arena, state.properties, JSON_CANONICAL).ptr);
}

static void settings_go_and_come_back(void **state)
{
    struct fake_aws fake;
    (void)state;
    fake_init(&fake);
    fake.account = "123456789012";
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
        check_sent(&fake, aws, &settings[i]);
        check_read(&fake, aws, &settings[i]);
    }
    aws_close(aws);
    fake_release(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_go_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
