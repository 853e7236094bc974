/* Topics and subscriptions on scripted answers: what the emulators do not show, and how AWS shows it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/json.h"
#include "providers/shape.h"
#include "providers/sns/types.h"
#include "tests/providers/fake_aws.h"

#define TOPIC "arn:aws:sns:us-east-1:111111111111:t.fifo"
#define SUBSCRIPTION TOPIC ":0a1b"
#define ENTRY(NAME, VALUE) "<entry><key>" NAME "</key><value>" VALUE "</value></entry>"
#define TOPIC_SHOWS(ENTRIES)                                                                                 \
    {                                                                                                        \
        .body = "<R><GetTopicAttributesResult><Attributes>" ENTRY("TopicArn", TOPIC) ENTRIES                 \
            "</Attributes></GetTopicAttributesResult></R>"                                                   \
    }
#define SUBSCRIPTION_SHOWS(ENTRIES)                                                                          \
    {                                                                                                        \
        .body = "<R><GetSubscriptionAttributesResult><Attributes>" ENTRY("TopicArn", TOPIC)                  \
            ENTRY("Protocol", "https") ENTRIES "</Attributes></GetSubscriptionAttributesResult></R>"         \
    }
#define LISTED(ARN, ENDPOINT)                                                                                \
    {                                                                                                        \
        .body = "<R><ListSubscriptionsByTopicResult><Subscriptions><member><SubscriptionArn>" ARN            \
                "</SubscriptionArn><Protocol>https</Protocol><Endpoint>" ENDPOINT                            \
                "</Endpoint></member></Subscriptions></ListSubscriptionsByTopicResult></R>"                  \
    }
#define NO_TAGS                                                                                              \
    {                                                                                                        \
        .body = "<R><ListTagsForResourceResult><Tags/></ListTagsForResourceResult></R>"                      \
    }
#define DONE                                                                                                 \
    {                                                                                                        \
        .body = "<R/>"                                                                                       \
    }

struct scene {
    const char *what;
    const struct resource_type *type;
    const char *id, *properties, *previous;
    struct fake_answer answers[12];
    const char *requests; /* without Version, decoded; "; " between; of writes alone */
    const char *read;     /* properties that the first answers show; NULL: not looked at */
};

static const struct scene scenes[] = {
    {"settings of a topic that no emulator shows",
     &sns_topic_type,
     TOPIC,
     "{'SignatureVersion':2,'TracingConfig':'Active','ArchivePolicy':{'MessageRetentionPeriod':30},"
     "'FifoThroughputScope':'MessageGroup','DeliveryStatusLogging':[{'Protocol':'http/s',"
     "'SuccessFeedbackRoleArn':'arn:r','SuccessFeedbackSampleRate':10}]}",
     NULL,
     {TOPIC_SHOWS(""), NO_TAGS, DONE, DONE, DONE, DONE, DONE, DONE},
     "ArchivePolicy={\"MessageRetentionPeriod\":\"30\"}; FifoThroughputScope=MessageGroup; "
     "SignatureVersion=2; TracingConfig=Active; HTTPSuccessFeedbackRoleArn=arn:r; "
     "HTTPSuccessFeedbackSampleRate=10",
     NULL},
    {"they are there already",
     &sns_topic_type,
     TOPIC,
     "{'SignatureVersion':2,'ArchivePolicy':{'MessageRetentionPeriod':30},'DeliveryStatusLogging':["
     "{'Protocol':'sqs','FailureFeedbackRoleArn':'arn:r'}]}",
     NULL,
     {TOPIC_SHOWS(ENTRY("SignatureVersion", "2") ENTRY("ArchivePolicy", "{&quot;MessageRetentionPeriod&quot;:"
                                                                        "&quot;30&quot;}")
                      ENTRY("SQSFailureFeedbackRoleArn", "arn:r") ENTRY("SQSSuccessFeedbackSampleRate", "0")),
      NO_TAGS},
     "",
     NULL},
    {"they are taken away",
     &sns_topic_type,
     TOPIC,
     "{}",
     "{'SignatureVersion':2,'ArchivePolicy':{'MessageRetentionPeriod':30},'DataProtectionPolicy':{'Name':'n'}"
     ","
     "'DeliveryStatusLogging':[{'Protocol':'sqs','FailureFeedbackRoleArn':'arn:r'}]}",
     {TOPIC_SHOWS(ENTRY("SignatureVersion", "2") ENTRY("ArchivePolicy", "{&quot;MessageRetentionPeriod&quot;:"
                                                                        "&quot;30&quot;}")
                      ENTRY("SQSFailureFeedbackRoleArn", "arn:r")),
      NO_TAGS,
      {.body = "<R><GetDataProtectionPolicyResult><DataProtectionPolicy>{&quot;Name&quot;:&quot;n&quot;}"
               "</DataProtectionPolicy></GetDataProtectionPolicyResult></R>"},
      DONE,
      DONE,
      DONE,
      DONE},
     "ArchivePolicy={}; SignatureVersion=1; SQSFailureFeedbackRoleArn=; PutDataProtectionPolicy=",
     NULL},
    {"a subscription as AWS shows it",
     &sns_subscription_type,
     SUBSCRIPTION,
     "{'TopicArn':'" TOPIC "','Protocol':'https','Endpoint':'https://me:secret@host/x',"
     "'DeliveryPolicy':{'healthyRetryPolicy':{'numRetries':'5'}}}",
     NULL,
     {SUBSCRIPTION_SHOWS(
         ENTRY("Endpoint", "https://me:****@host/x") ENTRY("RawMessageDelivery", "false")
             ENTRY("DeliveryPolicy", "{&quot;healthyRetryPolicy&quot;:{&quot;numRetries&quot;:5,"
                                     "&quot;backoffFunction&quot;:&quot;linear&quot;},"
                                     "&quot;sicklyRetryPolicy&quot;:null,&quot;guaranteed&quot;:false}"))},
     "",
     "{'TopicArn':'" TOPIC "','Protocol':'https','Endpoint':'https://me:****@host/x'}"},
    {"what a subscription loses",
     &sns_subscription_type,
     SUBSCRIPTION,
     "{'TopicArn':'" TOPIC "','Protocol':'https','Endpoint':'https://host/x'}",
     "{'RedrivePolicy':{'deadLetterTargetArn':'d'},'FilterPolicy':{'a':['b']},'ReplayPolicy':{'p':1}}",
     {SUBSCRIPTION_SHOWS(ENTRY("FilterPolicy", "{&quot;a&quot;:[&quot;b&quot;]}")
                             ENTRY("RedrivePolicy", "{&quot;deadLetterTargetArn&quot;:&quot;d&quot;}")
                                 ENTRY("ReplayPolicy", "{&quot;p&quot;:1}")),
      DONE, DONE, DONE},
     "FilterPolicy={}; RedrivePolicy; ReplayPolicy={}",
     NULL},
    {"what nobody has confirmed is not compared",
     &sns_subscription_type,
     "PendingConfirmation",
     "{'TopicArn':'" TOPIC
     "','Protocol':'https','Endpoint':'https://me:secret@host','FilterPolicy':{'a':[1]}}",
     NULL,
     {LISTED("PendingConfirmation", "https://me:****@host")},
     "",
     "{'FilterPolicy':{'a':[1]}}"},
    {"what was confirmed since is",
     &sns_subscription_type,
     "PendingConfirmation",
     "{'TopicArn':'" TOPIC "','Protocol':'https','Endpoint':'https://host','FilterPolicy':{'a':[1]}}",
     NULL,
     {LISTED(SUBSCRIPTION, "https://host"), SUBSCRIPTION_SHOWS(""), DONE},
     "FilterPolicy={\"a\":[1]}",
     NULL},
};

/* "AttributeName=A&AttributeValue=B" of a line, decoded, as "A=B"; "" for a read. */
static struct str written(struct arena *arena, struct str line)
{
    struct str form = str_from_index(line, str_find_last(line, ' ') + 1), part, name = STR_EMPTY, text;
    struct buf out = BUF_INIT(BUF_SMALL);
    while (form.len && str_split(&form, '&', &part)) {
        struct str key = str_slice(part, 0, str_find(part, '='));
        assert_true(uri_decode(arena, str_from_index(part, key.len + 1), &text));
        if (str_is(key, "Action") && str_starts(text, "Put"))
            name = text;
        if (str_is(key, "AttributeName"))
            name = text;
        if (str_is(key, "AttributeName") || (str_is(key, "Action") && str_starts(text, "Put")))
            buf_add(&out, name);
        if (str_is(key, "AttributeValue") || str_is(key, "DataProtectionPolicy"))
            buf_printf(&out, "=%.*s", STR_ARG(text));
    }
    struct str all = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return all;
}

static struct str writes(struct arena *arena, struct str lines)
{
    struct str line, all = STR_EMPTY;
    while (lines.len && str_split(&lines, '\n', &line)) {
        struct str one = written(arena, line);
        if (one.len)
            all = arena_printf(arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "; " : "", STR_ARG(one));
    }
    return all;
}

static void play(const struct scene *scene)
{
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    size_t count = 0;
    fake_init(&fake);
    fake_start(&fake);
    while (count < ARRAY_LENGTH(scene->answers) && scene->answers[count].body)
        count++;
    struct aws *aws = fake_open(&fake);
    (void)fake_requests(&fake);
    fake_script(&fake, scene->answers, count);
    struct resource_call call = {
        .aws = aws,
        .arena = fake.arena,
        .physical_id = str_from(scene->id),
        .properties = fake_json(fake.arena, scene->properties),
        .previous = scene->previous ? fake_json(fake.arena, scene->previous) : NULL,
    };
    if (!scene->type->update(&call, &state, &error))
        fail_msg("%s: %s", scene->what, error.message);
    struct str got = writes(fake.arena, fake_requests(&fake));
    if (!str_is(got, scene->requests))
        fail_msg("%s: wrote\n%.*s\ninstead of\n%s", scene->what, STR_ARG(got), scene->requests);
    if (scene->read && !shape_covers(fake_json(fake.arena, scene->read), state.properties))
        fail_msg("%s: shows %s", scene->what, json_text(fake.arena, state.properties, JSON_CANONICAL).ptr);
    aws_close(aws);
    fake_release(&fake);
}

static void settings_travel(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(scenes); i++)
        play(&scenes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(settings_travel)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
