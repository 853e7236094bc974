#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fake.h"
#include "repositories.h"

static int64_t wall(void *self)
{
    return ((struct fake *)self)->wall_ms;
}

static int64_t monotonic(void *self)
{
    return ((struct fake *)self)->monotonic_ms;
}

static void sleep_ms(void *self, int64_t milliseconds)
{
    struct fake *fake = self;
    fake->wall_ms += milliseconds;
    fake->monotonic_ms += milliseconds;
    if (fake->cancel_in_sleep)
        atomic_store(&fake->cancelled, true);
}

static void fill(void *self, void *bytes, size_t size)
{
    (void)self;
    memset(bytes, 7, size);
}

/* "repos/acme/orders/pulls" as "pulls", "user" as "/user". */
static struct str below_project(struct arena *arena, struct str url)
{
    static const char *const fronts[] = {"https://api.github.com/", "https://gitlab.com/api/v4/",
                                         "https://codeberg.org/api/v1/"};
    static const char *const projects[] = {"repos/acme/orders/", "projects/acme%2Fteam%2Forders/"};
    for (size_t i = 0; i < ARRAY_LENGTH(fronts); i++)
        if (str_starts(url, fronts[i]))
            url = str_from_index(url, str_from(fronts[i]).len);
    for (size_t i = 0; i < ARRAY_LENGTH(projects); i++)
        if (str_starts(url, projects[i]))
            return str_from_index(url, str_from(projects[i]).len);
    return arena_printf(arena, "/%.*s", STR_ARG(url));
}

static void note(struct fake *fake, const struct http_request *request)
{
    *fake->authorization = '\0';
    for (size_t i = 0; i < request->header_count; i++)
        if (str_is(request->headers[i].name, "Authorization"))
            snprintf(fake->authorization, sizeof fake->authorization, "%.*s",
                     STR_ARG(request->headers[i].value));
    snprintf(fake->url, sizeof fake->url, "%.*s", STR_ARG(request->url));
}

static void add_headers(struct arena *arena, const char *text, struct http_response *response)
{
    struct str rest = str_from(text), line;
    response->headers = arena_array(arena, 8, sizeof *response->headers);
    while (str_split(&rest, '\n', &line)) {
        size_t colon = str_find(line, ':');
        response->headers[response->header_count++] =
            (struct http_header){str_slice(line, 0, colon), str_trim(str_from_index(line, colon + 1))};
    }
}

static bool perform(void *self, struct arena *arena, const struct http_request *request,
                    struct http_response *response, struct error *error)
{
    struct fake *fake = self;
    struct str asked = arena_printf(arena, "%.*s %.*s", STR_ARG(request->method),
                                    STR_ARG(below_project(arena, request->url)));
    note(fake, request);
    if (fake->next >= fake->length)
        fail_msg("asked for more than the script has: %.*s", STR_ARG(asked));
    const struct exchange *now = &fake->script[fake->next++];
    assert_string_equal(asked.ptr, now->request);
    if (now->sent && !str_contains(request->body, now->sent))
        fail_msg("%s: '%s' is not in the body: %.*s", now->request, now->sent, STR_ARG(request->body));
    if (now->fault == FAKE_LOST)
        return error_set(error, ERROR_TIMEOUT, "the connection was reset");
    if (now->fault == FAKE_NO_CONNECTION)
        return error_set(error, ERROR_UNAVAILABLE, "no connection");
    response->status = now->status ? now->status : 200;
    response->body = str_from(now->body);
    add_headers(arena, now->headers, response);
    return true;
}

static struct forge_options begin(struct fake *fake, const char *url)
{
    *fake = (struct fake){.arena = arena_new(), .wall_ms = (int64_t)FAKE_NOW_S * 1000, .monotonic_ms = 5000};
    fake->http = (struct http){.self = fake, .perform = perform};
    fake->clock =
        (struct clock){.self = fake, .wall_ms = wall, .monotonic_ms = monotonic, .sleep_ms = sleep_ms};
    fake->random = (struct random){.self = fake, .fill = fill};
    return (struct forge_options){.repository = str_from(url),
                                  .http = &fake->http,
                                  .clock = &fake->clock,
                                  .random = &fake->random,
                                  .cancelled = &fake->cancelled};
}

void forge_fake_open(struct fake *fake, const char *url)
{
    struct error error = ERROR_INIT;
    struct forge_options options = begin(fake, url);
    options.token = STR("t0ken");
    DONE(forge_open(&options, &fake->forge, &error));
}

void forge_fake_open_app(struct fake *fake, const char *private_key)
{
    struct error error = ERROR_INIT;
    struct forge_options options = begin(fake, "https://github.com/acme/orders");
    options.app_id = STR("12345");
    options.private_key = str_from(private_key);
    DONE(forge_open(&options, &fake->forge, &error));
}

void forge_fake_close(struct fake *fake)
{
    assert_int_equal(fake->next, fake->length);
    forge_free(fake->forge);
    arena_free(fake->arena);
}

void forge_fake_script(struct fake *fake, const struct exchange *script, size_t length)
{
    assert_int_equal(fake->next, fake->length);
    struct exchange *copy = arena_array(fake->arena, length, sizeof *copy);
    memcpy(copy, script, length * sizeof *copy);
    fake->script = copy;
    fake->length = length;
    fake->next = 0;
}

const char *forge_fake_pull(struct fake *fake, int number, const char *head, const char *sha,
                            const char *more)
{
    return arena_printf(
               fake->arena,
               "{\"number\":%d,\"title\":\"Promote\",\"body\":\"words\",\"state\":\"open\",\"mergeable\":"
               "true,"
               "\"user\":{\"login\":\"ann\"},\"head\":{\"ref\":\"%s\",\"sha\":\"%s\",\"repo\":{\"id\":1}},"
               "\"base\":{\"ref\":\"main\",\"sha\":\"" SHA_C "\",\"repo\":{\"id\":1}},"
               "\"updated_at\":\"2026-11-27T11:00:00Z\"%s}",
               number, head, sha, more)
        .ptr;
}
