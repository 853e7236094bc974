#include "tests/providers/fake_aws.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/json.h"

enum { REQUESTS_MAX = 4 * 1024 * 1024 };

const struct fake_variable fake_keys[] = {
    {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
    {"AWS_SECRET_ACCESS_KEY", "secret"},
    {NULL, NULL},
};

const struct aws_service fake_things = {
    .name = "things",
    .signing_name = "things",
    .endpoint_prefix = "things",
    .protocol = AWS_JSON_1_1,
    .target_prefix = "Things",
    .rate = 10,
    .burst = 2,
};

static int64_t wall(void *self)
{
    return ((struct fake_aws *)self)->wall_ms;
}

static int64_t monotonic(void *self)
{
    return ((struct fake_aws *)self)->monotonic_ms;
}

static void pass(struct fake_aws *fake, int64_t milliseconds)
{
    fake->wall_ms += milliseconds;
    fake->monotonic_ms += milliseconds;
}

static void sleep_ms(void *self, int64_t milliseconds)
{
    struct fake_aws *fake = self;
    fake->slept_ms += milliseconds;
    pass(fake, milliseconds);
}

static void fill(void *self, void *bytes, size_t size)
{
    struct fake_aws *fake = self;
    for (size_t i = 0; i < size; i++) {
        fake->chance = fake->chance * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)bytes)[i] = (unsigned char)(fake->chance >> 56);
    }
}

static const char *variable(void *self, const char *name)
{
    const struct fake_aws *fake = self;
    for (const struct fake_variable *v = fake->variables; v && v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v->value;
    return NULL;
}

static void note(struct fake_aws *fake, const struct http_request *request)
{
    buf_printf(&fake->requests, "%.*s %.*s", STR_ARG(request->method), STR_ARG(request->url));
    for (size_t i = 0; i < request->header_count; i++)
        if (fake->show && str_equal_nocase(request->headers[i].name, str_from(fake->show)))
            buf_printf(&fake->requests, " [%.*s]", STR_ARG(request->headers[i].value));
    buf_printf(&fake->requests, "%s%.*s\n", request->body.len ? " " : "", STR_ARG(request->body));
}

static struct http_header *headers_of(struct arena *arena, const char *text, size_t *count)
{
    struct http_header *headers = arena_array(arena, 8, sizeof *headers);
    struct str rest = str_from(text), line;
    while (rest.len && str_split(&rest, '\n', &line)) {
        size_t colon = str_find(line, ':');
        headers[(*count)++] =
            (struct http_header){arena_str(arena, str_slice(line, 0, colon)),
                                 arena_str(arena, str_trim(str_from_index(line, colon + 1)))};
    }
    return headers;
}

static bool perform(void *self, struct arena *arena, const struct http_request *request,
                    struct http_response *response, struct error *error)
{
    struct fake_aws *fake = self;
    *response = (struct http_response){.status = 200, .body = STR_EMPTY};
    if (fake->account && str_starts(request->body, "Action=GetCallerIdentity")) {
        fake->identity_calls++;
        response->body =
            arena_printf(arena,
                         "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::%s:root</Arn>"
                         "<Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
                         fake->account, fake->account);
        return true;
    }
    note(fake, request);
    fake->timeout_ms = request->timeout_ms;
    if (fake->asked >= fake->answer_count)
        return error_set(error, ERROR_BUG, "the script has no more answers");
    const struct fake_answer *answer = &fake->answers[fake->asked++];
    pass(fake, answer->takes_ms);
    if (answer->cancels)
        atomic_store(&fake->cancelled, true);
    if (answer->lost)
        return error_set(error, answer->lost, "no answer");
    response->status = answer->status ? answer->status : 200;
    response->headers = headers_of(arena, answer->headers, &response->header_count);
    response->body = arena_str(arena, str_from(answer->body));
    return true;
}

void fake_init(struct fake_aws *fake)
{
    *fake = (struct fake_aws){.account = "111111111111",
                              .variables = fake_keys,
                              .wall_ms = (int64_t)FAKE_START * 1000,
                              .monotonic_ms = 1000,
                              .requests = BUF_INIT(REQUESTS_MAX)};
    fake->clock =
        (struct clock){.self = fake, .wall_ms = wall, .monotonic_ms = monotonic, .sleep_ms = sleep_ms};
    fake->http = (struct http){.self = fake, .perform = perform};
    fake->random = (struct random){.self = fake, .fill = fill};
    fake->log = (struct log){.fd = 2, .least = LOG_ERROR, .clock = &fake->clock};
    fake->arena = arena_new();
}

void fake_start(struct fake_aws *fake)
{
    fake->session = aws_session_new(&(struct aws_session_options){.http = &fake->http,
                                                                  .clock = &fake->clock,
                                                                  .random = &fake->random,
                                                                  .log = &fake->log,
                                                                  .environment = variable,
                                                                  .environment_self = fake,
                                                                  .cancelled = &fake->cancelled,
                                                                  .pacing = fake->pacing});
}

void fake_release(struct fake_aws *fake)
{
    aws_session_free(fake->session);
    arena_free(fake->arena);
    buf_release(&fake->requests);
}

void fake_script(struct fake_aws *fake, const struct fake_answer *answers, size_t count)
{
    fake->answers = answers;
    fake->answer_count = count;
    fake->asked = 0;
}

struct aws *fake_open(struct fake_aws *fake)
{
    struct error error = ERROR_INIT;
    struct aws *aws;
    if (!aws_open(fake->session, &(struct aws_target){.region = STR("us-east-1")}, &aws, &error))
        fail_msg("%s", error.message);
    return aws;
}

struct str fake_requests(struct fake_aws *fake)
{
    struct str text = arena_str(fake->arena, buf_str(&fake->requests));
    buf_clear(&fake->requests);
    return text;
}

struct str fake_outcome(struct fake_aws *fake, struct aws *aws, const struct aws_operation *operation)
{
    struct error error = ERROR_INIT;
    struct value *output;
    if (aws_call(aws, operation, fake->arena, NULL, &output, &error))
        return json_text(fake->arena, output, JSON_COMPACT);
    return arena_printf(fake->arena, "%s: %s", error_code_name(error.code), error.message);
}

struct value *fake_json(struct arena *arena, const char *text)
{
    struct error error = ERROR_INIT;
    struct value *value;
    char *copy = arena_strz(arena, str_from(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (!json_read(arena, STR_EMPTY, str_from(copy), &value, &error))
        fail_msg("%s in %s", error.message, text);
    return value;
}

void fake_unknowns(struct arena *arena, struct value *value)
{
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        fake_unknowns(arena, value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        fake_unknowns(arena, value->entries[i].value);
    if (value_is_text(value, "?"))
        *value = *value_unknown(arena, STR("Other.Arn"));
}

void assert_text(struct str got, const char *wanted)
{
    if (!str_is(got, wanted))
        fail_msg("\nwanted: %s\ngot:    %.*s", wanted, STR_ARG(got));
}
