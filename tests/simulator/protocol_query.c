/*
 * The query protocol: forms like "Tags.member.1.Key=a" to value trees, and trees to XML.
 *
 * Without a model the names alone decide: parts that are all numbers make a list, "member" around a list is
 * left out, and "entry" around a list of key and value makes a map.
 */

#include <string.h>

#include "base/xml.h"
#include "tests/simulator/internal.h"

enum { PAIRS_MAX = 20000, PARTS_MAX = 24, NUMBER_MAX = 10000 };

static bool add_pair(struct arena *arena, struct value *map, struct str name, struct value *text)
{
    struct str part;
    for (size_t depth = 0; str_split(&name, '.', &part); depth++) {
        if (depth == PARTS_MAX || map->kind != VALUE_MAP)
            return false;
        if (!name.len) {
            value_set(arena, map, part, text);
            return true;
        }
        struct value *next = value_get_str(map, part);
        if (!next || next->kind != VALUE_MAP) {
            next = value_map(arena);
            value_set(arena, map, part, next);
        }
        map = next;
    }
    return true;
}

/* {"1": a, "2": b} as a list in the order of the numbers; NULL where the keys are not numbers. */
static struct value *numbered(struct arena *arena, const struct value *map)
{
    struct value *list = value_list(arena);
    uint64_t number, most = 0;
    for (size_t i = 0; i < map->count; i++) {
        if (!str_to_uint(map->entries[i].key, NUMBER_MAX, &number) || number == 0)
            return NULL;
        most = number > most ? number : most;
    }
    for (number = 1; number <= most; number++) {
        struct value *item = value_get_str(map, arena_printf(arena, "%llu", (unsigned long long)number));
        if (item)
            value_append(arena, list, item);
    }
    return map->count ? list : NULL;
}

static struct value *entries_map(struct arena *arena, const struct value *list)
{
    struct value *map = value_map(arena);
    for (size_t i = 0; i < list->count; i++) {
        struct value *key = value_get(list->items[i], "key"), *item = value_get(list->items[i], "value");
        if (!key)
            return NULL;
        value_set(arena, map, value_text(key), item ? item : value_stringz(arena, ""));
    }
    return map;
}

static struct value *shaped(struct arena *arena, struct value *value)
{
    if (value->kind != VALUE_MAP)
        return value;
    for (size_t i = 0; i < value->count; i++)
        value->entries[i].value = shaped(arena, value->entries[i].value);
    struct value *list = numbered(arena, value);
    if (list)
        return list;
    struct value *only = value->count == 1 ? value->entries[0].value : NULL;
    if (value_is(only, VALUE_LIST) && str_is(value->entries[0].key, "member"))
        return only;
    if (value_is(only, VALUE_LIST) && str_is(value->entries[0].key, "entry")) {
        struct value *map = entries_map(arena, only);
        return map ? map : value;
    }
    return value;
}

struct value *decode_query(struct call *call, struct str form)
{
    struct value *pairs = query_parameters(call->arena, form), *map = value_map(call->arena);
    if (pairs->count > PAIRS_MAX)
        return NULL;
    for (size_t i = 0; i < pairs->count; i++)
        if (!add_pair(call->arena, map, pairs->entries[i].key, pairs->entries[i].value))
            return NULL;
    (void)value_remove(map, STR("Action"));
    (void)value_remove(map, STR("Version"));
    for (size_t i = 0; i < map->count; i++)
        map->entries[i].value = shaped(call->arena, map->entries[i].value);
    return map;
}

/* Lists become {"member": list}, but for "entry"; in EC2's dialect {"item": list}. */
static struct value *wrapped(struct arena *arena, const struct value *value, const char *item, bool entry)
{
    if (value->kind == VALUE_LIST) {
        struct value *list = value_list(arena), *map = value_map(arena);
        for (size_t i = 0; i < value->count; i++)
            value_append(arena, list, wrapped(arena, value->items[i], item, false));
        if (entry)
            return list;
        value_setz(arena, map, item, list);
        return map;
    }
    if (value->kind != VALUE_MAP)
        return (struct value *)value;
    struct value *map = value_map(arena);
    for (size_t i = 0; i < value->count; i++)
        value_set(arena, map, value->entries[i].key,
                  wrapped(arena, value->entries[i].value, item, str_is(value->entries[i].key, "entry")));
    return map;
}

static void encode_failure(struct call *call, struct buf *out)
{
    struct value *root = value_map(call->arena), *error = value_map(call->arena);
    put_text(call, error, "Type", call->status < 500 ? STR("Sender") : STR("Receiver"));
    put_text(call, error, "Code", str_from(call->error_code));
    put_text(call, error, "Message", call->error_message);
    if (call->service && call->service->ec2) {
        struct value *errors = value_map(call->arena);
        value_remove(error, STR("Type"));
        put(call, errors, "Error", error);
        put(call, root, "Errors", errors);
        put_text(call, root, "RequestID", call->request_id);
        xml_write(out, "Response", NULL, root);
        return;
    }
    put(call, root, "Error", error);
    put_text(call, root, "RequestId", call->request_id);
    xml_write(out, "ErrorResponse", call->service ? call->service->xml_namespace : NULL, root);
}

/* EC2's dialect: the answer's members beside the request's id. */
static void encode_ec2(struct call *call, struct buf *out)
{
    struct value *root = wrapped(call->arena, call->output, "item", false);
    put_text(call, root, "requestId", call->request_id);
    xml_write(out, arena_printf(call->arena, "%sResponse", call->operation->name).ptr,
              call->service->xml_namespace, root);
}

static bool is_silent(const struct call *call)
{
    for (const char *const *name = call->service->silent; name && *name; name++)
        if (strcmp(*name, call->operation->name) == 0)
            return true;
    return false;
}

void encode_query(struct call *call, bool succeeded, struct buf *out)
{
    if (!succeeded) {
        encode_failure(call, out);
        return;
    }
    if (call->service->ec2) {
        encode_ec2(call, out);
        return;
    }
    struct value *root = value_map(call->arena), *metadata = value_map(call->arena);
    const char *name = call->operation->name;
    put_text(call, metadata, "RequestId", call->request_id);
    if (!is_silent(call))
        put(call, root, arena_printf(call->arena, "%sResult", name).ptr,
            wrapped(call->arena, call->output, "member", false));
    put(call, root, "ResponseMetadata", metadata);
    xml_write(out, arena_printf(call->arena, "%sResponse", name).ptr, call->service->xml_namespace, root);
}
