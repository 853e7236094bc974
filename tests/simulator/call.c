/* The helpers of service.h. */

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "tests/simulator/chance.h"
#include "tests/simulator/internal.h"

bool call_fail(struct call *call, int status, const char *code, const char *format, ...)
{
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call->status = status;
    call->error_code = code;
    call->error_message = arena_str(call->arena, str_from(message));
    return false;
}

struct str call_text(const struct call *call, const char *member)
{
    return value_get_text(call->input, member);
}

bool call_has(const struct call *call, const char *member)
{
    const struct value *value = value_get(call->input, member);
    return value && value->kind != VALUE_NULL;
}

struct value *list_of(const struct call *call, const struct value *value)
{
    if (value_is(value, VALUE_LIST))
        return (struct value *)value;
    struct value *list = value_list(call->arena);
    if (value && value->kind != VALUE_NULL && !value_is_text(value, ""))
        value_append(call->arena, list, (struct value *)value);
    return list;
}

struct value *call_list(const struct call *call, const char *member)
{
    return list_of(call, value_get(call->input, member));
}

bool call_need(struct call *call, const char *member, int status, const char *code)
{
    if (call_has(call, member) && !value_is_text(value_get(call->input, member), ""))
        return true;
    return call_fail(
        call, status, code,
        "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must "
        "not be null",
        member);
}

struct str call_header(const struct call *call, const char *name)
{
    return sim_header(call->request, name);
}

void put(struct call *call, struct value *map, const char *key, struct value *value)
{
    if (value)
        value_setz(call->arena, map, key, value);
}

void put_text(struct call *call, struct value *map, const char *key, struct str text)
{
    put(call, map, key, value_string(call->arena, text));
}

void put_textf(struct call *call, struct value *map, const char *key, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(call, map, key, value_stringz(call->arena, text));
}

void put_int(struct call *call, struct value *map, const char *key, int64_t number)
{
    put(call, map, key, value_int(call->arena, number));
}

void put_bool(struct call *call, struct value *map, const char *key, bool truth)
{
    put(call, map, key, value_bool(call->arena, truth));
}

struct str time_text(const struct call *call, int64_t ms)
{
    struct str seconds = time_iso8601(call->arena, ms);
    return arena_printf(call->arena, "%.*s.%03dZ", (int)seconds.len - 1, seconds.ptr, (int)(ms % 1000));
}

struct value *time_value(struct call *call, int64_t ms)
{
    if (call->protocol == SIM_QUERY || call->protocol == SIM_RESTXML)
        return value_string(call->arena, time_text(call, ms));
    return value_number(call->arena,
                        arena_printf(call->arena, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000)));
}

void put_time(struct call *call, struct value *map, const char *key, int64_t ms)
{
    put(call, map, key, time_value(call, ms));
}

void call_set_header(struct call *call, const char *name, struct str value)
{
    value_setz(call->arena, call->headers, name, value_string(call->arena, value));
}

void call_answer_raw(struct call *call, const char *content_type, struct str body)
{
    call->raw = true;
    call->raw_type = str_from(content_type);
    call->raw_body = body;
}

struct value *xml_map(struct call *call, const struct value *map)
{
    struct value *entries = value_list(call->arena), *out = value_map(call->arena);
    for (size_t i = 0; map && i < map->count; i++) {
        struct value *entry = value_map(call->arena);
        put_text(call, entry, "key", map->entries[i].key);
        put(call, entry, "value", map->entries[i].value);
        value_append(call->arena, entries, entry);
    }
    put(call, out, "entry", entries);
    return out;
}

struct value *state_put(struct call *call, struct value *map, struct str key, const struct value *value)
{
    struct value *copy = value_copy(call->keep, value);
    value_set(call->keep, map, key, copy);
    return copy;
}

struct value *state_map(struct call *call, const char *name)
{
    struct value *map = value_get(call->state, name);
    return map ? map : state_put(call, call->state, str_from(name), value_map(call->arena));
}

void state_text(struct call *call, struct value *map, const char *key, struct str text)
{
    value_setz(call->keep, map, key, value_string(call->keep, text));
}

void state_int(struct call *call, struct value *map, const char *key, int64_t number)
{
    value_setz(call->keep, map, key, value_int(call->keep, number));
}

void state_bool(struct call *call, struct value *map, const char *key, bool truth)
{
    value_setz(call->keep, map, key, value_bool(call->keep, truth));
}

bool state_member(struct call *call, struct value *map, const char *member)
{
    if (!call_has(call, member))
        return false;
    state_put(call, map, str_from(member), value_get(call->input, member));
    return true;
}

struct value *call_state_of(struct call *call, const char *service, struct str account, struct str region,
                            struct arena **keep)
{
    struct store *store = stores_of(&call->simulator->stores, str_from(service), account, region);
    if (keep)
        *keep = store->arena;
    return store->root;
}

void state_merge(struct call *call, struct value *map, const char *name, const struct value *tags)
{
    struct value *there = value_get(map, name);
    if (!there)
        there = state_put(call, map, str_from(name), value_map(call->arena));
    for (size_t i = 0; tags && i < tags->count; i++)
        state_put(call, there, tags->entries[i].key, tags->entries[i].value);
}

void state_remove_keys(struct value *map, const char *name, const struct value *keys)
{
    struct value *there = value_get(map, name);
    for (size_t i = 0; there && i < keys->count; i++)
        (void)value_remove(there, value_text(keys->items[i]));
}

struct value *tags_to_map(struct call *call, const struct value *list, const char *key, const char *value)
{
    struct value *map = value_map(call->arena);
    for (size_t i = 0; list && i < list->count; i++)
        value_set(call->arena, map, value_get_text(list->items[i], key),
                  value_string(call->arena, value_get_text(list->items[i], value)));
    return map;
}

struct value *tags_to_list(struct call *call, const struct value *map, const char *key, const char *value)
{
    struct value *list = value_list(call->arena);
    for (size_t i = 0; map && i < map->count; i++) {
        struct value *tag = value_map(call->arena);
        put_text(call, tag, key, map->entries[i].key);
        put(call, tag, value, map->entries[i].value);
        value_append(call->arena, list, tag);
    }
    return list;
}

bool blob_put(struct call *call, struct str bytes, struct str *digest_hex)
{
    *digest_hex = sha256_hex(call->arena, bytes);
    return blobs_put(&call->simulator->blobs, *digest_hex, bytes);
}

bool blob_get(struct call *call, struct str digest_hex, struct str *bytes)
{
    return blobs_get(&call->simulator->blobs, digest_hex, bytes);
}

uint64_t call_random(struct call *call, uint64_t below)
{
    return chance_next(&call->simulator->random) % below;
}

struct str call_id(struct call *call, const char *alphabet, size_t length)
{
    size_t letters = strlen(alphabet);
    char *text = arena_alloc(call->arena, length + 1);
    for (size_t i = 0; i < length; i++)
        text[i] = alphabet[call_random(call, letters)];
    return (struct str){.ptr = text, .len = length};
}

struct str call_uuid(struct call *call)
{
    uint64_t high = chance_next(&call->simulator->random), low = chance_next(&call->simulator->random);
    return arena_printf(call->arena, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
                        (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
                        (unsigned)(low >> 48 & 0x3fff) | 0x8000,
                        (unsigned long long)(low & UINT64_C(0xffffffffffff)));
}

int64_t call_delay(const struct call *call, const char *name)
{
    return delays_get(&call->simulator->delays, name);
}

struct str arn(const struct call *call, const char *service, const char *format, ...)
{
    char rest[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(rest, sizeof rest, format, arguments);
    va_end(arguments);
    struct str region = str_is(str_from(service), "iam") ? STR_EMPTY : call->region;
    return arena_printf(call->arena, "arn:aws:%s:%.*s:%.*s:%s", service, STR_ARG(region),
                        STR_ARG(call->account), rest);
}
