/* What calls ask of IAM: https://docs.aws.amazon.com/service-authorization/latest/reference/ . */

#include <string.h>

#include "base/digest.h"

#include "tests/simulator/internal.h"
#include "tests/simulator/permissions.h"

/* Actions that are not called as the operation is. */
static const struct {
    const char *operation, *action;
} s3_actions[] = {
    {"DeleteBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
    {"DeleteBucketCors", "PutBucketCORS"},
    {"DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"DeleteBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
    {"DeleteBucketInventoryConfiguration", "PutInventoryConfiguration"},
    {"DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"DeleteBucketMetricsConfiguration", "PutMetricsConfiguration"},
    {"DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
    {"DeleteBucketReplication", "PutReplicationConfiguration"},
    {"DeleteBucketTagging", "PutBucketTagging"},
    {"DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
    {"GetBucketCors", "GetBucketCORS"},
    {"GetBucketEncryption", "GetEncryptionConfiguration"},
    {"GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    {"GetBucketNotificationConfiguration", "GetBucketNotification"},
    {"GetBucketReplication", "GetReplicationConfiguration"},
    {"GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    {"GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    {"HeadBucket", "ListBucket"},
    {"HeadObject", "GetObject"},
    {"ListBucketAnalyticsConfigurations", "GetAnalyticsConfiguration"},
    {"ListBucketIntelligentTieringConfigurations", "GetIntelligentTieringConfiguration"},
    {"ListBucketInventoryConfigurations", "GetInventoryConfiguration"},
    {"ListBucketMetricsConfigurations", "GetMetricsConfiguration"},
    {"ListObjectsV2", "ListBucket"},
    {"PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"},
    {"PutBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
    {"PutBucketCors", "PutBucketCORS"},
    {"PutBucketEncryption", "PutEncryptionConfiguration"},
    {"PutBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
    {"PutBucketInventoryConfiguration", "PutInventoryConfiguration"},
    {"PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
    {"PutBucketMetricsConfiguration", "PutMetricsConfiguration"},
    {"PutBucketNotificationConfiguration", "PutBucketNotification"},
    {"PutBucketReplication", "PutReplicationConfiguration"},
    {"PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
    {"PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
};

static bool of(const struct call *call, const char *service)
{
    return strcmp(call->service->name, service) == 0;
}

static bool does(const struct call *call, const char *operation)
{
    return strcmp(call->operation->name, operation) == 0;
}

static const char *prefix_of(const struct call *call)
{
    const char *name = call->service->signing_name ? call->service->signing_name : call->service->name;
    return strcmp(name, "monitoring") == 0 ? "cloudwatch" : name;
}

static struct str action_of(struct call *call)
{
    const char *name = call->operation->name;
    for (size_t i = 0; of(call, "s3") && i < ARRAY_LENGTH(s3_actions); i++)
        if (does(call, s3_actions[i].operation))
            name = s3_actions[i].action;
    if (strcmp(prefix_of(call), "apigateway") == 0)
        return arena_printf(call->arena, "apigateway:%.*s", STR_ARG(call->request->method));
    if (of(call, "lambda") && does(call, "Invoke"))
        name = "InvokeFunction";
    if (does(call, "DeleteMessageBatch"))
        name = "DeleteMessage";
    return arena_printf(call->arena, "%s:%s", prefix_of(call), name);
}

/* --- resources --- */

/* On which resource a call is allowed: by the first member that it has.  "{}" is the member's text, or what
 * stands behind the account of an ARN and behind the last slash of a URL; NULL: the text is an ARN, and it.
 */
static const struct {
    const char *service, *member, *form;
} places[] = {
    {"sqs", "QueueUrl", "sqs:{region}:{account}:{}"},
    {"sqs", "QueueName", "sqs:{region}:{account}:{}"},
    {"sns", "ResourceArn", NULL},
    {"sns", "TopicArn", NULL},
    {"sns", "SubscriptionArn", NULL},
    {"sns", "Name", "sns:{region}:{account}:{}"},
    {"lambda", "Resource", NULL},
    {"lambda", "UUID", "lambda:{region}:{account}:event-source-mapping:{}"},
    {"lambda", "FunctionName", "lambda:{region}:{account}:function:{}"},
    {"dynamodb", "ResourceArn", NULL},
    {"dynamodb", "TableName", "dynamodb:{region}:{account}:table/{}"},
    {"events", "ResourceARN", NULL},
    {"events", "Rule", "events:{region}:{account}:rule/{}"},
    {"events", "Name", "events:{region}:{account}:rule/{}"},
    {"iam", "RoleName", "iam::{account}:role/{}"},
    {"iam", "UserName", "iam::{account}:user/{}"},
    {"iam", "GroupName", "iam::{account}:group/{}"},
    {"iam", "PolicyArn", NULL},
    {"iam", "PolicyName", "iam::{account}:policy/{}"},
    {"logs", "resourceArn", NULL},
    {"logs", "logGroupIdentifier", "logs:{region}:{account}:log-group:{}:*"},
    {"logs", "logGroupName", "logs:{region}:{account}:log-group:{}:*"},
    {"states", "stateMachineArn", NULL},
    {"states", "resourceArn", NULL},
    {"states", "name", "states:{region}:{account}:stateMachine:{}"},
    {"cloudwatch", "ResourceARN", NULL},
    {"cloudwatch", "AlarmName", "cloudwatch:{region}:{account}:alarm:{}"},
    {"cloudwatch", "AlarmNames", "cloudwatch:{region}:{account}:alarm:{}"},
    {"ssm", "Name", "ssm:{region}:{account}:parameter/{}"},
    {"ssm", "Names", "ssm:{region}:{account}:parameter/{}"},
    {"secretsmanager", "SecretId", "secretsmanager:{region}:{account}:secret:{}-AbCdEf"},
};

/* Calls that IAM allows on all resources only. */
static const char *const on_all[] = {
    "ListEventSourceMappings", "CreateEventSourceMapping",  "DescribeLogGroups", "DescribeIndexPolicies",
    "PutIndexPolicy",          "DeleteIndexPolicy",         "PutResourcePolicy", "DeleteResourcePolicy",
    "ListSubscriptions",       "DescribeAvailabilityZones", "ListExports",       "DescribeResourcePolicies",
};

static struct str own_part(struct str text, bool parameter)
{
    struct str rest = text, part;
    if (str_contains(text, "://"))
        return str_from_index(text, str_find_last(text, '/') + 1);
    if (parameter && str_starts(text, "/"))
        return str_from_index(text, 1);
    if (!str_starts(text, "arn:"))
        return text;
    for (int i = 0; i < 6 && str_split(&rest, ':', &part); i++)
        ;
    return rest.len ? rest : part;
}

static struct str fill(struct call *call, const char *form, struct str text)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    const struct {
        const char *name;
        struct str text;
    } all[] = {
        {"{region}", call->region}, {"{account}", call->account}, {"{}", own_part(text, of(call, "ssm"))}};
    buf_addz(&out, "arn:aws:");
    for (struct str rest = str_from(form); rest.len;) {
        size_t used = 0;
        for (size_t i = 0; i < ARRAY_LENGTH(all) && !used; i++)
            if (str_starts(rest, all[i].name)) {
                buf_add(&out, all[i].text);
                used = strlen(all[i].name);
            }
        if (!used)
            buf_addc(&out, rest.ptr[0]);
        rest = str_from_index(rest, used ? used : 1);
    }
    struct str result = arena_str(call->arena, buf_str(&out));
    buf_release(&out);
    return result;
}

/* Roles and policies are made below a path; rules on a bus; functions are named with a version or alias. */
static struct str text_of(struct call *call, const char *member, struct str text)
{
    struct str path = call_text(call, "Path"), bus = call_text(call, "EventBusName");
    struct str qualifier = call_text(call, "Qualifier");
    if (of(call, "iam") && path.len > 1)
        return arena_printf(call->arena, "%.*s%.*s", STR_ARG(str_from_index(path, 1)), STR_ARG(text));
    if (of(call, "events") && bus.len && !str_is(bus, "default"))
        return arena_printf(call->arena, "%.*s/%.*s", STR_ARG(bus), STR_ARG(text));
    if (strcmp(member, "FunctionName") == 0 && qualifier.len)
        return arena_printf(call->arena, "%.*s:%.*s", STR_ARG(own_part(text, false)), STR_ARG(qualifier));
    return text;
}

static void add(struct asked *list, size_t *count, struct str action, struct str resource,
                const char *passed_to)
{
    if (*count < ASKED_MAX)
        list[(*count)++] =
            (struct asked){.action = action, .resource = resource, .passed_to = str_from(passed_to)};
}

static bool is_on_all(const struct call *call)
{
    for (size_t i = 0; i < ARRAY_LENGTH(on_all); i++)
        if (does(call, on_all[i]) && !of(call, "dynamodb"))
            return true;
    return false;
}

static struct str decoded_path(struct call *call)
{
    struct str decoded;
    return uri_decode(call->arena, call->request->path, &decoded) ? decoded : call->request->path;
}

static void add_resources(struct call *call, struct str action, struct asked *list, size_t *count)
{
    if (is_on_all(call)) {
        add(list, count, action, STR("*"), NULL);
        return;
    }
    if (of(call, "s3")) {
        struct str key = call_text(call, "Key");
        add(list, count, action,
            arena_printf(call->arena, "arn:aws:s3:::%.*s%s%.*s", STR_ARG(call_text(call, "Bucket")),
                         key.len ? "/" : "", STR_ARG(key)),
            NULL);
        return;
    }
    if (strcmp(prefix_of(call), "apigateway") == 0) {
        add(list, count, action,
            arena_printf(call->arena, "arn:aws:apigateway:%.*s::%.*s", STR_ARG(call->region),
                         STR_ARG(decoded_path(call))),
            NULL);
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        if (!of(call, places[i].service) || !call_has(call, places[i].member))
            continue;
        struct value *texts = call_list(call, places[i].member);
        for (size_t k = 0; k < texts->count; k++) {
            struct str text = text_of(call, places[i].member, value_text(texts->items[k]));
            add(list, count, action, places[i].form ? fill(call, places[i].form, text) : text, NULL);
        }
        return;
    }
    add(list, count, action, STR_EMPTY, NULL);
}

/* --- what is asked besides --- */

static void pass(struct call *call, struct str role, const char *service, struct asked *list, size_t *count)
{
    if (role.len)
        add(list, count, STR("iam:PassRole"), role,
            arena_printf(call->arena, "%s.amazonaws.com", service).ptr);
}

static void add_passed(struct call *call, struct asked *list, size_t *count)
{
    const char *service = prefix_of(call);
    if (does(call, "CreateFunction") || does(call, "UpdateFunctionConfiguration"))
        pass(call, call_text(call, "Role"), service, list, count);
    if (does(call, "CreateStateMachine") || does(call, "UpdateStateMachine"))
        pass(call, call_text(call, "roleArn"), service, list, count);
    struct value *targets = does(call, "PutTargets") ? call_list(call, "Targets") : value_list(call->arena);
    for (size_t i = 0; i < targets->count; i++)
        pass(call, value_get_text(targets->items[i], "RoleArn"), service, list, count);
}

/* Who makes something with tags must be allowed to tag it. */
static void add_tagging(struct call *call, struct asked *list, size_t *count)
{
    static const struct {
        const char *operation, *member, *action;
    } makers[] = {
        {"CreateQueue", "tags", "sqs:TagQueue"},
        {"CreateTopic", "Tags", "sns:TagResource"},
        {"CreateFunction", "Tags", "lambda:TagResource"},
        {"CreateTable", "Tags", "dynamodb:TagResource"},
        {"PutRule", "Tags", "events:TagResource"},
        {"CreateRole", "Tags", "iam:TagRole"},
        {"CreatePolicy", "Tags", "iam:TagPolicy"},
        {"CreateLogGroup", "tags", "logs:TagResource"},
        {"CreateStateMachine", "tags", "states:TagResource"},
        {"PutMetricAlarm", "Tags", "cloudwatch:TagResource"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(makers); i++)
        if (does(call, makers[i].operation) && call_has(call, makers[i].member))
            add_resources(call, str_from(makers[i].action), list, count);
    if (does(call, "CreateBucket") && str_contains(call->request->body, "<Tags>"))
        add_resources(call, STR("s3:TagResource"), list, count);
}

size_t permissions_asked(struct call *call, struct asked list[ASKED_MAX])
{
    size_t count = 0;
    if (of(call, "sts"))
        return 0;
    add_resources(call, action_of(call), list, &count);
    add_tagging(call, list, &count);
    add_passed(call, list, &count);
    return count;
}
