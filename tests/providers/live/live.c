#include "tests/providers/live/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/json.h"
#include "providers/lambda/inline_zip.h"
#include "providers/resource.h"
#include "providers/shape.h"

static const struct log quiet = {
    .fd = 2, .least = LOG_WARN, .form = LOG_TEXT, .color = false, .clock = &system_clock};

struct world {
    struct live live;
    struct http_client *client;
    struct http http;
};

struct str live_zip(struct arena *arena, struct str digest)
{
    struct error error = ERROR_INIT;
    struct str zip;
    if (!inline_zip(arena, STR("python3.12"), digest, &zip, &error))
        fail_msg("%s", error.message);
    return zip;
}

static bool give_bytes(void *self, struct arena *arena, struct str digest, struct str *bytes,
                       struct error *error)
{
    (void)self;
    (void)error;
    *bytes = live_zip(arena, digest);
    return true;
}

static const struct artifact_source artifacts = {.self = NULL, .zip = give_bytes};

int live_open(void **state)
{
    struct error error = ERROR_INIT;
    struct world *world = memory_alloc(sizeof(*world));
    struct http_client_options options = {.plain_hosts = NULL};
    if (!getenv("AWS_ENDPOINT_URL"))
        fail_msg("AWS_ENDPOINT_URL is not set: run this by tests/providers/with_moto.py");
    world->live.arena = arena_new();
    if (!http_client_new(&options, &world->client, &error))
        fail_msg("%s", error.message);
    world->http = http_client_http(world->client);
    world->live.session = aws_session_new(&(struct aws_session_options){
        .http = &world->http, .clock = &system_clock, .random = &system_random, .log = &quiet});
    struct aws_target target = {
        .region = STR("us-east-1"), .role_arn = STR_EMPTY, .external_id = STR_EMPTY, .account = STR_EMPTY};
    if (!aws_open(world->live.session, &target, &world->live.aws, &error))
        fail_msg("%s", error.message);
    world->live.tags = live_json(&world->live, "{'plumb:environment':'beta','team':'orders'}");
    *state = &world->live;
    return 0;
}

int live_close(void **state)
{
    struct world *world = *state;
    aws_close(world->live.aws);
    aws_session_free(world->live.session);
    http_client_free(world->client);
    arena_free(world->live.arena);
    free(world);
    return 0;
}

struct value *live_json(struct live *live, const char *text)
{
    struct error error = ERROR_INIT;
    struct value *value;
    char *copy = arena_strz(live->arena, str_from(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    if (!json_read(live->arena, STR_EMPTY, str_from(copy), &value, &error))
        fail_msg("%s in %s", error.message, text);
    return value;
}

struct value *live_jsonf(struct live *live, const char *format, ...)
{
    char text[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return live_json(live, text);
}

struct value *live_ask(struct live *live, const struct aws_operation *operation, const char *input)
{
    struct error error = ERROR_INIT;
    struct value *answer = NULL;
    if (!aws_call(live->aws, operation, live->arena, live_json(live, input), &answer, &error))
        fail_msg("%s: %s", operation->name, error.message);
    return answer;
}

struct resource_call live_call(struct live *live, const char *name, struct str physical_id,
                               const struct value *properties)
{
    return (struct resource_call){
        .aws = live->aws,
        .arena = live->arena,
        .logical_id = STR("Thing"),
        .physical_id = physical_id,
        .name = str_from(name),
        .token = str_slice(sha256_hex(live->arena, str_from(name)), 0, 32),
        .properties = properties,
        .tags = live->tags,
        .artifacts = &artifacts,
    };
}

static struct value *normalized(struct live *live, const struct resource_type *type,
                                const struct value *properties)
{
    struct value *copy = value_copy(live->arena, properties);
    resource_normalize(type, live->arena, copy);
    return copy;
}

/* A property that cannot be read back, or a part of which cannot. */
static bool is_unreadable(const struct resource_type *type, struct str name)
{
    for (const char *const *path = type->unreadable; path && *path; path++) {
        struct str top = str_from(*path);
        if (str_equal(str_slice(top, 0, str_find(top, '.')), name))
            return true;
    }
    return false;
}

static void check_live(struct live *live, const struct resource_type *type, const char *what,
                       const struct value *declared, const struct value *found, bool whole)
{
    struct value *a = normalized(live, type, declared), *b = normalized(live, type, found);
    for (size_t i = 0; i < a->count; i++) {
        struct str key = a->entries[i].key;
        const struct value *wanted = a->entries[i].value, *has = value_get_str(b, key);
        if (is_unreadable(type, key))
            continue;
        if (whole ? !(has && value_equal(wanted, has)) : !shape_covers(wanted, has))
            fail_msg("%s: %s: '%.*s' should be\n%s\nand is\n%s", type->name, what, STR_ARG(key),
                     json_text(live->arena, wanted, JSON_CANONICAL).ptr,
                     has ? json_text(live->arena, has, JSON_CANONICAL).ptr : "absent");
    }
}

static void check_step(struct live *live, const struct live_run *run, size_t step,
                       const struct resource_call *made)
{
    struct error error = ERROR_INIT;
    struct resource_call call = *made;
    struct resource_state state = {.properties = NULL};
    char what[64];
    snprintf(what, sizeof(what), "read after step %zu", step);
    if (!run->type->read(&call, &state, &error))
        fail_msg("%s: %s: %s", run->type->name, what, error.message);
    check_live(live, run->type, what, call.properties, state.properties, false);
    if (run->steps[step].live)
        check_live(live, run->type, what, live_json(live, run->steps[step].live), state.properties, true);
    if (run->look)
        run->look(live, run, step, &state);
    struct str id = call.physical_id;
    call.physical_id = STR_EMPTY;
    state = (struct resource_state){.properties = NULL};
    if (!run->type->find(&call, &state, &error))
        fail_msg("%s: find after step %zu: %s", run->type->name, step, error.message);
    if (!str_equal(state.physical_id, id))
        fail_msg("%s: find gives '%.*s' instead of '%.*s'", run->type->name, STR_ARG(state.physical_id),
                 STR_ARG(id));
}

static void expect_absent(const struct resource_type *type, const char *what, bool found, struct error *error)
{
    if (found || error->code != ERROR_NOT_FOUND)
        fail_msg("%s: %s: should be not found: %s", type->name, what, found ? "is there" : error->message);
    error_clear(error);
}

void live_drive(struct live *live, const struct live_run *run)
{
    const struct resource_type *type = run->type;
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    struct resource_call call =
        live_call(live, run->name, STR_EMPTY, live_json(live, run->steps[0].properties));
    call.type = str_from(type->name);
    expect_absent(type, "find before create", type->find(&call, &state, &error), &error);
    if (!type->create(&call, &state, &error))
        fail_msg("%s: create: %s", type->name, error.message);
    if (!state.physical_id.len || !state.attributes)
        fail_msg("%s: create gives no physical id or no attributes", type->name);
    call.physical_id = state.physical_id;
    check_step(live, run, 0, &call);
    for (size_t i = 1; i < run->count; i++) {
        call.previous = call.properties;
        call.properties = live_json(live, run->steps[i].properties);
        state = (struct resource_state){.properties = NULL};
        if (!type->update(&call, &state, &error))
            fail_msg("%s: update to step %zu: %s", type->name, i, error.message);
        check_step(live, run, i, &call);
    }
    call.previous = call.properties;
    for (int i = 0; i < 2; i++) /* absent is success */
        if (!type->remove(&call, &error))
            fail_msg("%s: remove: %s", type->name, error.message);
    expect_absent(type, "read after remove", type->read(&call, &state, &error), &error);
    expect_absent(type, "find after remove", type->find(&call, &state, &error), &error);
}

struct resource_state live_make(struct live *live, const struct resource_type *type, const char *name,
                                const char *properties)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    struct resource_call call = live_call(live, name, STR_EMPTY, live_json(live, properties));
    call.type = str_from(type->name);
    if (!type->create(&call, &state, &error))
        fail_msg("%s: create: %s", type->name, error.message);
    return state;
}

void live_unmake(struct live *live, const struct resource_type *type, struct str physical_id,
                 const char *properties)
{
    struct error error = ERROR_INIT;
    struct resource_call call = live_call(live, "x", physical_id, live_json(live, properties));
    call.type = str_from(type->name);
    call.previous = call.properties;
    if (!type->remove(&call, &error))
        fail_msg("%s: remove: %s", type->name, error.message);
}

void live_refused(struct live *live, const struct resource_type *type, const char *properties,
                  const char *text)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.properties = NULL};
    struct resource_call call = live_call(live, "refused", STR_EMPTY, live_json(live, properties));
    call.type = str_from(type->name);
    if (type->create(&call, &state, &error))
        fail_msg("%s: created what should be refused: %s", type->name, properties);
    if (!str_contains(str_from(error.message), text))
        fail_msg("%s: says '%s' and should say '%s'", type->name, error.message, text);
}
