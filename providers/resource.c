#include "providers/resource.h"

#include <string.h>

#include "providers/plain.h"

enum { CREATE_ATTEMPTS = 4, UPDATE_ATTEMPTS = 3, STALE_PAUSE_MS = 1000 };

static bool is_hurdle(const struct error *error, const struct hurdle *hurdles)
{
    for (; hurdles && hurdles->name; hurdles++)
        if (error_is(error, hurdles->name) && (!hurdles->text || strstr(error->message, hurdles->text)))
            return true;
    return false;
}

struct hurdle_race {
    struct aws *aws;
    const struct aws_operation *operation;
    struct arena *arena;
    const struct value *input;
    const struct hurdle *hurdles;
    struct value **output;
    struct error last;
};

static bool run_race(void *self, bool *done, struct error *error)
{
    struct hurdle_race *race = self;
    error_clear(&race->last);
    *done = aws_call(race->aws, race->operation, race->arena, race->input, race->output, &race->last);
    if (*done || is_hurdle(&race->last, race->hurdles))
        return true;
    *error = race->last;
    return false;
}

bool call_over_hurdles(struct aws *aws, const struct aws_operation *operation, struct arena *arena,
                       const struct value *input, const struct hurdle *hurdles, int64_t timeout_ms,
                       struct value **output, struct error *error)
{
    struct hurdle_race race = {.aws = aws,
                               .operation = operation,
                               .arena = arena,
                               .input = input,
                               .hurdles = hurdles,
                               .output = output,
                               .last = ERROR_INIT};
    if (!hurdles)
        return aws_call(aws, operation, arena, input, output, error);
    if (aws_wait(aws, operation->name, timeout_ms, run_race, &race, error))
        return true;
    if (is_hurdle(&race.last, hurdles)) /* the wait's own "timed out" says less */
        *error = race.last;
    return false;
}

bool carries_our_tags(const struct resource_call *call, const struct value *live_tags)
{
    for (size_t i = 0; value_is(call->tags, VALUE_MAP) && i < call->tags->count; i++) {
        const struct value_entry *tag = &call->tags->entries[i];
        if (str_starts(tag->key, "plumb:") && !value_equal(tag->value, value_get_str(live_tags, tag->key)))
            return false;
    }
    return true;
}

bool find_ours(const struct resource_call *call, const struct resource_type *type,
               struct resource_state *state, bool *found, struct error *error)
{
    *found = type->find(call, state, error);
    if (!*found && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    if (*found && (type->traits & RESOURCE_TAGGED) && !carries_our_tags(call, state->tags))
        return error_set(error, ERROR_CONFLICT, "%s '%.*s' exists already and is not plumb's", type->name,
                         STR_ARG(state->physical_id));
    return true;
}

bool create_once(const struct resource_call *call, const struct resource_type *type,
                 const struct aws_operation *operation, const struct value *input,
                 const struct hurdle *hurdles, int64_t timeout_ms, struct value **output, struct error *error)
{
    bool lost = false, found = false;
    for (int attempt = 1;; attempt++) {
        if (call_over_hurdles(call->aws, operation, call->arena, input, hurdles, timeout_ms, output, error))
            return true;
        lost = lost || error->code == ERROR_TIMEOUT;
        bool unsure = error->code == ERROR_TIMEOUT || (lost && error->code == ERROR_CONFLICT);
        if (!unsure || attempt == CREATE_ATTEMPTS)
            return false;
        error_clear(error);
        struct resource_state state = {.physical_id = STR_EMPTY};
        if (!find_ours(call, type, &state, &found, error))
            return false;
        if (found) {
            *output = NULL;
            return true;
        }
        clock_sleep(aws_clock(call->aws), STALE_PAUSE_MS * attempt); /* a list may lag behind the create */
    }
}

bool update_until_answered(resource_step update, const struct resource_call *call,
                           struct resource_state *state, struct error *error)
{
    for (int attempt = 1; attempt < UPDATE_ATTEMPTS; attempt++) {
        if (update(call, state, error))
            return true;
        if (error->code != ERROR_TIMEOUT)
            return false;
        error_clear(error);
    }
    return update(call, state, error);
}

bool wait_until(const struct resource_call *call, const char *what, int64_t timeout_ms,
                bool (*probe)(void *self, bool *done, struct error *), void *self, struct error *error)
{
    if (aws_wait(call->aws, what, timeout_ms, probe, self, error))
        return true;
    if (error->code == ERROR_TIMEOUT)
        error->code = ERROR_UNAVAILABLE;
    return false;
}

bool call_simply(const struct resource_call *call, const struct aws_operation *operation,
                 const struct value *input, struct error *error)
{
    return aws_call(call->aws, operation, call->arena, input, NULL, error);
}

bool call_or_absent(const struct resource_call *call, const struct aws_operation *operation,
                    const struct value *input, struct error *error)
{
    if (call_simply(call, operation, input, error))
        return true;
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

struct value *and_with(struct arena *arena, struct value *map, const char *name, struct str text)
{
    value_setz(arena, map, name, value_string(arena, text));
    return map;
}

struct value *input_with(struct arena *arena, const char *name, struct str text)
{
    return and_with(arena, value_map(arena), name, text);
}

struct str wanted_name(const struct resource_call *call, const char *name_property)
{
    struct str name = value_get_text(call->properties, name_property);
    return name.len ? name : call->name;
}

void resource_normalize(const struct resource_type *type, struct arena *arena, struct value *properties)
{
    if (type->plain)
        shape_normalize(type->plain->rules, arena, properties);
    if (type->traits & RESOURCE_BY_FACTS)
        *properties = *facts_normalize(facts_find(str_from(type->name)), arena, properties);
    if (type->normalize)
        type->normalize(arena, properties);
}

struct value *resource_kept(const struct resource_type *type, struct arena *arena, struct value *properties)
{
    if (!type || !type->hide || !properties)
        return properties;
    struct value *kept = value_copy(arena, properties);
    type->hide(arena, kept);
    return kept;
}

bool resource_check(const struct resource_type *type, const struct value *properties, struct error *error)
{
    return (!type->plain || shape_check(type->plain->rules, type->name, properties, error)) &&
           (!type->check || type->check(properties, error));
}

void extra_is(struct arena *arena, struct value *extra, struct str physical_id)
{
    and_with(arena, extra, "Id", physical_id);
}

void extra_stays(struct arena *arena, struct value *extra)
{
    value_setz(arena, extra, "Stays", value_bool(arena, true));
}

struct value *add_extra(struct arena *arena, struct value **extras, const char *kind, struct str name,
                        struct str detail)
{
    if (!*extras)
        *extras = value_list(arena);
    struct value *extra = value_map(arena);
    value_setz(arena, extra, "Kind", value_stringz(arena, kind));
    and_with(arena, and_with(arena, extra, "Name", name), "Detail", detail);
    value_append(arena, *extras, extra);
    return extra;
}

struct value *keys_of(struct arena *arena, const struct value *map)
{
    struct value *keys = value_list(arena);
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        value_append(arena, keys, value_string(arena, map->entries[i].key));
    return keys;
}

bool list_has(const struct value *list, struct str text)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_text(list->items[i]), text))
            return true;
    return false;
}

void tags_compare(const struct resource_call *call, const struct value *live_tags, struct value **set,
                  struct value **gone)
{
    struct arena *arena = call->arena;
    const struct value *wanted = resource_tags(call);
    const struct value *old = value_get(call->previous, tag_property(call));
    if (value_is(old, VALUE_LIST))
        old = tags_as_map(arena, old, "Key", "Value");
    *set = value_map(arena);
    *gone = value_list(arena);
    for (size_t i = 0; value_is(wanted, VALUE_MAP) && i < wanted->count; i++) {
        const struct value_entry *tag = &wanted->entries[i];
        const struct value *now = value_get_str(live_tags, tag->key);
        if (!now || !str_equal(value_text(now), value_text(tag->value)))
            value_set(arena, *set, tag->key, tag->value);
    }
    for (size_t i = 0; value_is(old, VALUE_MAP) && i < old->count; i++) {
        struct str key = old->entries[i].key;
        if (!value_get_str(wanted, key) && value_get_str(live_tags, key))
            value_append(arena, *gone, value_string(arena, key));
    }
}

struct value *tags_input(const struct resource_call *call, const struct tag_calls *calls, struct str resource)
{
    struct value *input = input_with(call->arena, calls->resource, resource);
    return calls->kind ? and_with(call->arena, input, calls->kind, str_from(calls->kind_is)) : input;
}

bool tags_send(const struct resource_call *call, const struct tag_calls *calls, struct str resource,
               const struct value *set, const struct value *gone, struct error *error)
{
    struct arena *arena = call->arena;
    if (set->count) {
        struct value *input = tags_input(call, calls, resource);
        value_setz(arena, input, calls->tags,
                   calls->key ? tags_as_list(arena, set, calls->key, calls->value) : value_copy(arena, set));
        if (!call_simply(call, calls->tag, input, error))
            return false;
    }
    if (!gone->count)
        return true;
    struct value *input = tags_input(call, calls, resource);
    value_setz(arena, input, calls->names, value_copy(arena, gone));
    return call_simply(call, calls->untag, input, error);
}

bool tags_write(const struct resource_call *call, const struct tag_calls *calls, struct str resource,
                const struct value *live_tags, struct error *error)
{
    struct value *set, *gone;
    tags_compare(call, live_tags, &set, &gone);
    return tags_send(call, calls, resource, set, gone, error);
}
