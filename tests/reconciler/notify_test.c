#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/json.h"
#include "reconciler/rollout/notify.h"
#include "tests/providers/fake_aws.h"
#include "tests/reconciler/webhook_server.h"

#define TOPIC "arn:aws:sns:us-east-1:111111111111:told"

static struct notice notice_of(enum notice_kind kind)
{
    return (struct notice){.kind = kind,
                           .repository = STR("github.com/example/shop"),
                           .environment = STR("prod"),
                           .application = STR("orders"),
                           .account = STR("111111111111"),
                           .region = STR("us-east-1"),
                           .commit = STR("4f2c1e0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
                           .author = STR("Ann Example <ann@example.com>"),
                           .subject = STR("Add \"refunds\""),
                           .weight = 10,
                           .reason = STR("alarm OrderErrors is red"),
                           .time_ms = 1793391517123};
}

struct world {
    struct fake_aws fake;
    struct aws *aws;
    struct http http;
    struct error error;
    FILE *log;
};

static int setup(void **state)
{
    struct world *world = memory_alloc(sizeof *world);
    memset(world, 0, sizeof *world);
    fake_init(&world->fake);
    world->log = tmpfile();
    world->fake.log = (struct log){
        .fd = fileno(world->log), .least = LOG_WARN, .form = LOG_JSON, .clock = &world->fake.clock};
    fake_start(&world->fake);
    world->aws = fake_open(&world->fake);
    world->http = world->fake.http;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    aws_close(world->aws);
    fake_release(&world->fake);
    fclose(world->log);
    free(world);
    return 0;
}

static bool tell(struct world *world, const struct value *channels, const struct notice *notice)
{
    error_clear(&world->error);
    return notify(
        &(struct notify_options){
            .aws = world->aws, .http = &world->http, .log = &world->fake.log, .channels = channels},
        notice, &world->error);
}

/* Everything that was logged so far. */
static struct str logged(struct world *world)
{
    static char text[64 * 1024];
    ssize_t got = pread(fileno(world->log), text, sizeof text, 0);
    return (struct str){.ptr = text, .len = got < 0 ? 0 : (size_t)got};
}

/* The member of the form in "POST https://... A=b&C=d\n", decoded. */
static struct str form_member(struct arena *arena, struct str request, const char *name)
{
    struct str rest = str_trim(str_from_index(request, str_find_last(request, ' ') + 1)), part, key, text;
    while (str_split(&rest, '&', &part)) {
        str_split(&part, '=', &key);
        struct str decoded;
        if (uri_decode(arena, key, &decoded) && str_is(decoded, name))
            return uri_decode(arena, part, &text) ? text : STR("undecodable");
    }
    return STR("absent");
}

static struct value *parsed(struct arena *arena, struct str text)
{
    struct value *value;
    struct error error = ERROR_INIT;
    if (!json_read(arena, STR_EMPTY, text, &value, &error))
        fail_msg("%s in %.*s", error.message, STR_ARG(text));
    return value;
}

static const struct fake_answer published[] = {{.body = "<PublishResponse><PublishResult><MessageId>m"
                                                        "</MessageId></PublishResult></PublishResponse>"}};

#define DOCUMENT(KIND, WEIGHT)                                                                               \
    "\"kind\":\"" KIND "\",\"repository\":\"github.com/example/shop\",\"environment\":\"prod\","             \
    "\"application\":\"orders\",\"account\":\"111111111111\",\"region\":\"us-east-1\","                      \
    "\"commit\":\"4f2c1e0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","                                               \
    "\"author\":\"Ann Example <ann@example.com>\",\"subject\":\"Add \\\"refunds\\\"\",\"weight\":" WEIGHT    \
    ",\"reason\":\"alarm OrderErrors is red\",\"time\":\"2026-10-30T20:18:37Z\"}"

/* The document without its id, which is 32 hex digits. */
static void assert_document(struct str text, const char *rest)
{
    assert_true(str_starts(text, "{\"id\":\""));
    for (size_t i = 7; i < 39; i++)
        assert_non_null(strchr("0123456789abcdef", text.ptr[i]));
    assert_text(str_from_index(text, 7 + 32 + 2), rest);
}

static void tells_sns(void **state)
{
    static const char text[] = "prod/orders: rollout of 4f2c1e0 holds at 10%\n"
                               "alarm OrderErrors is red\n\n"
                               "Commit: 4f2c1e0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                               "Subject: Add \"refunds\"\n"
                               "Author: Ann Example <ann@example.com>\n"
                               "Repository: github.com/example/shop\n"
                               "Account: 111111111111\n"
                               "Region: us-east-1\n"
                               "Time: 2026-10-30T20:18:37Z\n";
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    const struct notice notice = notice_of(NOTICE_HOLD);
    fake_script(&world->fake, published, 1);
    assert_true(tell(world, fake_json(arena, "[{'sns':'" TOPIC "','on':['hold']}]"), &notice));
    struct str request = fake_requests(&world->fake);
    assert_true(str_starts(request, "POST https://sns.us-east-1.amazonaws.com/ Action=Publish&"));
    assert_text(form_member(arena, request, "TopicArn"), TOPIC);
    assert_text(form_member(arena, request, "Subject"), "prod/orders: rollout of 4f2c1e0 holds at 10%");
    assert_text(form_member(arena, request, "MessageStructure"), "json");
    assert_text(form_member(arena, request, "MessageGroupId"), "absent");
    assert_text(form_member(arena, request, "MessageAttributes.entry.1.Name"), "environment");
    assert_text(form_member(arena, request, "MessageAttributes.entry.1.Value.DataType"), "String");
    assert_text(form_member(arena, request, "MessageAttributes.entry.1.Value.StringValue"), "prod");
    assert_text(form_member(arena, request, "MessageAttributes.entry.2.Value.StringValue"), "orders");
    assert_text(form_member(arena, request, "MessageAttributes.entry.3.Name"), "kind");
    assert_text(form_member(arena, request, "MessageAttributes.entry.3.Value.StringValue"), "hold");
    struct value *message = parsed(arena, form_member(arena, request, "Message"));
    assert_int_equal(message->count, 3);
    assert_document(value_get_text(message, "default"), DOCUMENT("hold", "10"));
    assert_text(value_get_text(message, "email"), text);
    assert_text(value_get_text(message, "sms"), "prod/orders: rollout of 4f2c1e0 holds at 10%");
    assert_true(world->fake.timeout_ms <= NOTIFY_CHANNEL_MS);
}

static void tells_fifo_topics_elsewhere(void **state)
{
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    const struct notice notice = notice_of(NOTICE_START);
    fake_script(&world->fake, published, 1);
    assert_true(
        tell(world, fake_json(arena, "[{'sns':'arn:aws:sns:eu-west-1:111111111111:told.fifo'}]"), &notice));
    struct str request = fake_requests(&world->fake);
    assert_true(str_starts(request, "POST https://sns.eu-west-1.amazonaws.com/ Action=Publish&"));
    assert_int_equal(form_member(arena, request, "MessageGroupId").len, 64);
    struct value *message = parsed(arena, form_member(arena, request, "Message"));
    struct value *document = parsed(arena, value_get_text(message, "default"));
    assert_true(
        str_equal(form_member(arena, request, "MessageDeduplicationId"), value_get_text(document, "id")));
}

struct kind_case {
    enum notice_kind kind;
    const char *name, *event, *title;
};

static const struct kind_case kind_cases[] = {
    {NOTICE_START, "start", "Rollout Started", "prod/orders: rollout of 4f2c1e0 started"},
    {NOTICE_STEP, "step", "Rollout Step", "prod/orders: rollout of 4f2c1e0 goes on: 10% of the traffic"},
    {NOTICE_HOLD, "hold", "Rollout Held", "prod/orders: rollout of 4f2c1e0 holds at 10%"},
    {NOTICE_SUCCESS, "success", "Rollout Succeeded", "prod/orders: rollout of 4f2c1e0 succeeded"},
    {NOTICE_ROLLBACK, "rollback", "Rollout Rolled Back", "prod/orders: rollout of 4f2c1e0 rolled back"},
};

/* Each kind on two channels: one that wants it and one that wants all others. */
static void tells_event_buses(void **state)
{
    static const struct fake_answer taken[] = {
        {.body = "{\"FailedEntryCount\":0,\"Entries\":[{\"EventId\":\"e\"}]}"}};
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    for (size_t i = 0; i < ARRAY_LENGTH(kind_cases); i++) {
        const struct notice notice = notice_of(kind_cases[i].kind);
        struct value *channels = fake_json(arena, "[{'eventBus':'told','on':[]},{'eventBus':'not','on':[]}]");
        for (size_t k = 0; k < ARRAY_LENGTH(kind_cases); k++)
            value_append(arena, value_get(channels->items[k != i], "on"),
                         value_stringz(arena, kind_cases[k].name));
        fake_script(&world->fake, taken, 1);
        if (!tell(world, channels, &notice))
            fail_msg("%s", world->error.message);
        struct str request = fake_requests(&world->fake);
        const char *start = "POST https://events.us-east-1.amazonaws.com/ ";
        assert_true(str_starts(request, start));
        struct value *input = parsed(arena, str_trim(str_from_index(request, strlen(start))));
        struct value *entry = value_at(value_get(input, "Entries"), 0);
        assert_text(value_get_text(entry, "EventBusName"), "told");
        assert_text(value_get_text(entry, "Source"), "plumb");
        assert_text(value_get_text(entry, "DetailType"), kind_cases[i].event);
        assert_text(value_get_text(entry, "Time"), "1793391517");
        assert_text(value_get_text(parsed(arena, value_get_text(entry, "Detail")), "kind"),
                    kind_cases[i].name);
        fake_script(&world->fake, published, 1);
        assert_true(tell(world, fake_json(arena, "[{'sns':'" TOPIC "'}]"), &notice));
        assert_text(form_member(arena, fake_requests(&world->fake), "Subject"), kind_cases[i].title);
    }
}

static void an_event_that_was_not_taken_is_a_failure(void **state)
{
    static const struct {
        const char *body, *error;
    } cases[] = {
        {"{\"FailedEntryCount\":1,\"Entries\":[{\"ErrorCode\":\"InternalFailure\",\"ErrorMessage\":\"later\"}"
         "]}",
         "cannot tell eventBus 'told': the event was not taken: InternalFailure: later"},
        {"{}", "cannot tell eventBus 'told': the event was not taken: no reason: "},
    };
    struct world *world = *state;
    const struct notice notice = notice_of(NOTICE_HOLD);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct fake_answer answer = {.body = cases[i].body};
        fake_script(&world->fake, &answer, 1);
        assert_false(tell(world, fake_json(world->fake.arena, "[{'eventBus':'told'}]"), &notice));
        assert_string_equal(world->error.message, cases[i].error);
    }
}

/* A channel that fails does not keep the others from being told; the first failure is the error. */
static void goes_on_after_a_failure(void **state)
{
    static const struct fake_answer answers[] = {
        {.status = 404,
         .body = "<ErrorResponse><Error><Code>NotFound</Code><Message>Topic does not exist"
                 "</Message></Error></ErrorResponse>"},
        {.status = 410, .body = "no_service /services/T0/B0/hush"},
        {.body = "{\"FailedEntryCount\":0,\"Entries\":[{}]}"},
    };
    struct world *world = *state;
    const struct notice notice = notice_of(NOTICE_ROLLBACK);
    fake_script(&world->fake, answers, ARRAY_LENGTH(answers));
    assert_false(tell(world,
                      fake_json(world->fake.arena, "[{'sns':'" TOPIC "'},"
                                                   "{'slack':'https://hooks.slack.com/services/T0/B0/hush'},"
                                                   "{'eventBus':'default'}]"),
                      &notice));
    assert_string_equal(world->error.message,
                        "cannot tell sns '" TOPIC "': sns Publish: NotFound: Topic does not exist");
    assert_int_equal(world->fake.asked, 3);
    assert_true(str_contains(logged(world), "cannot tell slack: it answers with status 410"));
    assert_true(str_contains(logged(world), "\"kind\":\"rollback\""));
    assert_false(str_contains(logged(world), "hush"));
    assert_false(str_contains(logged(world), "eventBus"));
}

/* --- hostile texts --- */

struct hostile_case {
    const char *subject;
    const char *shown; /* to people */
    const char *slack;
    const char *ascii; /* in SNS's subject, where it is the application's name */
};

static const struct hostile_case hostile_cases[] = {
    {"a\r\nSubject: forged", "a\\r\\nSubject: forged", "a\\r\\nSubject: forged", "a\\r\\nSubject: forged"},
    {"\x1b[31mred\x1b[0m\x07", "\\x1b[31mred\\x1b[0m\\x07", "\\x1b[31mred\\x1b[0m\\x07",
     "\\x1b[31mred\\x1b[0m\\x07"},
    {"<script>alert(1)</script>", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
     "<script>alert(1)</script>"},
    {"<!channel> & <https://evil.example|ok>", "<!channel> & <https://evil.example|ok>",
     "&lt;!channel&gt; &amp; &lt;https://evil.example|ok&gt;", "<!channel> & <https://evil.example|ok>"},
    {"@here ann@example.com", "@here ann@example.com", "@\xe2\x80\x8bhere ann@example.com",
     "@here ann@example.com"},
    {"&amp;", "&amp;", "&amp;amp;", "&amp;"},
    {"\xe2\x80\xaegnp.exe", "\\xe2\\x80\\xaegnp.exe", "\\xe2\\x80\\xaegnp.exe", "\\xe2\\x80\\xaegnp.exe"},
    {"caf\xc3\xa9 \xf0\x9f\x8e\x89", "caf\xc3\xa9 \xf0\x9f\x8e\x89", "caf\xc3\xa9 \xf0\x9f\x8e\x89",
     "caf? ?"},
    {"bad \xff\xc3 utf", "bad \\xff\\xc3 utf", "bad \\xff\\xc3 utf", "bad \\xff\\xc3 utf"},
    {"\"},\"kind\":\"success", "\"},\"kind\":\"success", "\"},\"kind\":\"success", "\"},\"kind\":\"success"},
};

static struct str slack_text(struct world *world, const struct notice *notice)
{
    static const struct fake_answer ok[] = {{.body = "ok"}};
    const char *start = "POST https://hooks.example.com/x ";
    fake_script(&world->fake, ok, 1);
    assert_true(
        tell(world, fake_json(world->fake.arena, "[{'slack':'https://hooks.example.com/x'}]"), notice));
    struct str request = fake_requests(&world->fake);
    assert_true(str_starts(request, start));
    struct value *body = parsed(world->fake.arena, str_trim(str_from_index(request, strlen(start))));
    assert_int_equal(body->count, 1);
    return value_get_text(body, "text");
}

static void escapes_hostile_texts(void **state)
{
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    struct value *sns = fake_json(arena, "[{'sns':'" TOPIC "'}]");
    for (size_t i = 0; i < ARRAY_LENGTH(hostile_cases); i++) {
        const struct hostile_case *c = &hostile_cases[i];
        struct notice notice = notice_of(NOTICE_HOLD);
        notice.subject = notice.reason = notice.application = str_from(c->subject);
        fake_script(&world->fake, published, 1);
        assert_true(tell(world, sns, &notice));
        struct str request = fake_requests(&world->fake);
        assert_text(form_member(arena, request, "Subject"),
                    arena_printf(arena, "prod/%s: rollout of 4f2c1e0 holds at 10%%", c->ascii).ptr);
        struct value *message = parsed(arena, form_member(arena, request, "Message"));
        struct str text = value_get_text(message, "email");
        assert_true(str_contains(text, arena_printf(arena, "\nSubject: %s\nAuthor: ", c->shown).ptr));
        assert_true(str_contains(text, arena_printf(arena, "10%%\n%s\n\nCommit: ", c->shown).ptr));
        struct value *document = parsed(arena, value_get_text(message, "default"));
        assert_text(value_get_text(document, "kind"), "hold");
        assert_int_equal(document->count, 13);
        text = slack_text(world, &notice);
        assert_true(str_contains(text, arena_printf(arena, "\nSubject: %s\nAuthor: ", c->slack).ptr));
    }
}

/* A subject's first line stays within SNS's limit whatever the names are; long texts are cut. */
static void bounds_texts(void **state)
{
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    char *longest = arena_alloc(arena, 100 * 1000 + 1);
    memset(longest, 'a', 100 * 1000);
    struct notice notice = notice_of(NOTICE_HOLD);
    notice.application = notice.subject = notice.reason = notice.author = str_from(longest);
    fake_script(&world->fake, published, 1);
    assert_true(tell(world, fake_json(arena, "[{'sns':'" TOPIC "'}]"), &notice));
    struct str request = fake_requests(&world->fake);
    assert_int_equal(form_member(arena, request, "Subject").len, 99);
    assert_true(form_member(arena, request, "Message").len < 16 * 1024);
}

/* --- webhooks --- */

#define SECRET "whsec_7f\xff\n"

struct receiver {
    struct world *world;
    struct webhook_server server;
    struct http_client *client;
};

static int setup_receiver(void **state)
{
    struct receiver *receiver = memory_alloc(sizeof *receiver);
    setup((void **)&receiver->world);
    webhook_server_start(&receiver->server);
    assert_true(http_client_new(&(struct http_client_options){.loopback_is_public = true}, &receiver->client,
                                &receiver->world->error));
    receiver->world->http = http_client_http(receiver->client);
    *state = receiver;
    return 0;
}

static int teardown_receiver(void **state)
{
    struct receiver *receiver = *state;
    http_client_free(receiver->client);
    webhook_server_stop(&receiver->server);
    teardown((void **)&receiver->world);
    free(receiver);
    return 0;
}

/* Both secret; the URL ends in a line feed, as such are often stored. */
static struct value *secret_channel(struct receiver *receiver, bool signs)
{
    struct arena *arena = receiver->world->fake.arena;
    struct value *channels = value_list(arena), *channel = value_map(arena);
    struct str url = arena_printf(arena, "http://127.0.0.1:%d/hook/hush\n", receiver->server.port);
    value_setz(arena, channel, "webhook", value_secret(arena, url));
    if (signs)
        value_setz(arena, channel, "secret", value_secret(arena, STR(SECRET)));
    value_append(arena, channels, channel);
    return channels;
}

/* By OpenSSL's own HMAC. */
static struct str independent_signature(struct arena *arena, const char *seconds, struct str body)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    struct str text = arena_printf(arena, "%s.%.*s", seconds, STR_ARG(body));
    assert_non_null(HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1, (const unsigned char *)text.ptr, text.len,
                         digest, &size));
    struct buf out = BUF_INIT(BUF_SMALL);
    buf_printf(&out, "t=%s,v1=", seconds);
    for (unsigned i = 0; i < size; i++)
        buf_printf(&out, "%02x", digest[i]);
    struct str signature = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return signature;
}

static void signs_webhooks(void **state)
{
    struct receiver *receiver = *state;
    struct webhook_server *server = &receiver->server;
    struct world *world = receiver->world;
    const struct notice notice = notice_of(NOTICE_STEP);
    if (!tell(world, secret_channel(receiver, true), &notice))
        fail_msg("%s", world->error.message);
    assert_string_equal(server->method, "POST");
    assert_string_equal(server->path, "/hook/hush");
    assert_document(buf_str(&server->body), DOCUMENT("step", "10"));
    assert_string_equal(webhook_server_header(server, "Content-Type"), "application/json");
    assert_string_equal(webhook_server_header(server, "X-Plumb-Event"), "step");
    struct value *document = parsed(world->fake.arena, buf_str(&server->body));
    assert_text(value_get_text(document, "id"), webhook_server_header(server, "X-Plumb-Delivery"));
    assert_text(independent_signature(world->fake.arena, "1440938160", buf_str(&server->body)),
                webhook_server_header(server, "X-Plumb-Signature"));
    assert_true(tell(world, secret_channel(receiver, false), &notice));
    assert_string_equal(webhook_server_header(server, "X-Plumb-Signature"), "");
    assert_int_equal(server->hits, 2);
}

/* The same notice has the same id, however often it is told; any other has another. */
static void ids_tell_doubles(void **state)
{
    struct receiver *receiver = *state;
    struct value *channels = secret_channel(receiver, true);
    struct notice notices[6];
    char ids[ARRAY_LENGTH(notices)][64];
    for (size_t i = 0; i < ARRAY_LENGTH(notices); i++)
        notices[i] = notice_of(NOTICE_STEP);
    notices[2].weight = 20;
    notices[3].time_ms += 1;
    notices[4].reason = STR("another");
    notices[5].kind = NOTICE_HOLD;
    for (size_t i = 0; i < ARRAY_LENGTH(notices); i++) {
        assert_true(tell(receiver->world, channels, &notices[i]));
        receiver->world->fake.wall_ms += 60 * 1000;
        snprintf(ids[i], sizeof ids[i], "%s", webhook_server_header(&receiver->server, "X-Plumb-Delivery"));
        for (size_t k = 0; k < i; k++)
            assert_int_equal(strcmp(ids[i], ids[k]) == 0, k == 0 && i == 1);
    }
}

static void repeats_what_passes(void **state)
{
    static const struct {
        int statuses[WEBHOOK_STATUSES];
        int hits;
        const char *error;
    } cases[] = {
        {{204}, 1, ""},
        {{503, 200}, 2, ""},
        {{429, 202}, 2, ""},
        {{500, 502, 200}, 2, "cannot tell webhook: it answers with status 502"},
        {{404, 200}, 1, "cannot tell webhook: it answers with status 404"},
        {{302, 200}, 1, "cannot tell webhook: it answers with status 302"},
    };
    struct receiver *receiver = *state;
    const struct notice notice = notice_of(NOTICE_SUCCESS);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        memcpy(receiver->server.statuses, cases[i].statuses, sizeof cases[i].statuses);
        receiver->server.hits = 0;
        assert_int_equal(tell(receiver->world, secret_channel(receiver, true), &notice), !*cases[i].error);
        assert_string_equal(receiver->world->error.message, cases[i].error);
        assert_int_equal(receiver->server.hits, cases[i].hits);
    }
    assert_false(str_contains(logged(receiver->world), "hush"));
    assert_false(str_contains(logged(receiver->world), "whsec"));
    assert_false(str_contains(logged(receiver->world), "never look"));
}

/* What keeps a webhook from being asked at all, without a word of what is secret. */
static void refuses_private_places(void **state)
{
    static const struct {
        const char *url, *error;
    } cases[] = {
        {"https://169.254.169.254/hush", "POST 'https://169.254.169.254': refused, because its address "
                                         "169.254.169.254 is not a public one"},
        {"https://[fd00:ec2::23]/hush", "POST 'https://[fd00:ec2::23]': refused, because its address "
                                        "fd00:ec2::23 is not a public one"},
        {"http://hooks.example.com/hush",
         "'http://hooks.example.com' is not allowed: use https (plain http is "
         "for loopback addresses only)"},
        {"file:///hush", "URL is malformed: it must look like 'https://host/path'"},
        {"https://x:hush@hooks.example.com/",
         "URL of 'https://hooks.example.com' holds credentials: pass them "
         "another way"},
        {"https://hooks.example.com/hu sh", "URL holds a character that must be percent-encoded"},
        {"", "its URL is empty"},
    };
    struct receiver *receiver = *state;
    struct arena *arena = receiver->world->fake.arena;
    const struct notice notice = notice_of(NOTICE_HOLD);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value *channels = secret_channel(receiver, true);
        value_setz(arena, channels->items[0], "webhook", value_secret(arena, str_from(cases[i].url)));
        assert_false(tell(receiver->world, channels, &notice));
        assert_string_equal(receiver->world->error.message,
                            arena_printf(arena, "cannot tell webhook: %s", cases[i].error).ptr);
    }
    assert_false(str_contains(logged(receiver->world), "hush"));
    assert_int_equal(receiver->server.hits, 0);
}

static void an_unread_secret_is_a_failure(void **state)
{
    struct receiver *receiver = *state;
    struct arena *arena = receiver->world->fake.arena;
    const struct notice notice = notice_of(NOTICE_HOLD);
    struct value *channels = secret_channel(receiver, true);
    value_setz(arena, channels->items[0], "secret", value_secret_unread(arena, STR("{{resolve:ssm:/x}}")));
    assert_false(tell(receiver->world, channels, &notice));
    assert_string_equal(receiver->world->error.message, "cannot tell webhook: its secret could not be read");
    assert_int_equal(receiver->server.hits, 0);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define WEBHOOK(function) cmocka_unit_test_setup_teardown(function, setup_receiver, teardown_receiver)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(tells_sns),
        CASE(tells_fifo_topics_elsewhere),
        CASE(tells_event_buses),
        CASE(an_event_that_was_not_taken_is_a_failure),
        CASE(goes_on_after_a_failure),
        CASE(escapes_hostile_texts),
        CASE(bounds_texts),
        WEBHOOK(signs_webhooks),
        WEBHOOK(ids_tell_doubles),
        WEBHOOK(repeats_what_passes),
        WEBHOOK(refuses_private_places),
        WEBHOOK(an_unread_secret_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
