#include "providers/plain_private.h"

enum { GONE_TIMEOUT_MS = 10 * 60 * 1000 };

/* --- updating --- */

/* What a request says: `wanted` over what is live.  What others set beside the declared members stays; what
 * is not `declared` any more is AWS's default and takes the place of all that was there. */
static struct value *merged(struct arena *arena, const struct plain *plain, const char *path,
                            const struct value *wanted, const struct value *declared,
                            const struct value *live)
{
    struct shape made;
    const struct shape *row = *path ? shape_row(plain->rules, path, &made) : NULL;
    bool by_member = (!row || (row->kind == SHAPE_MAP && !row->free)) && value_is(wanted, VALUE_MAP);
    if (!by_member || !declared || !value_is(live, VALUE_MAP))
        return value_copy(arena, wanted);
    struct value *all = value_copy(arena, live);
    for (size_t i = 0; i < wanted->count; i++) {
        struct str name = wanted->entries[i].key;
        const char *below = arena_printf(arena, "%s%s%.*s", path, *path ? "." : "", STR_ARG(name)).ptr;
        value_set(arena, all, name,
                  merged(arena, plain, below, wanted->entries[i].value, value_get_str(declared, name),
                         value_get_str(live, name)));
    }
    return all;
}

/* Properties that update can carry. */
static bool is_written(const struct resource_call *call, struct str name)
{
    const struct plain *plain = plain_of(call);
    if (str_equal(name, plain_tag_property(call)) || plain_names_has(plain->apart, name) ||
        facts_is_create_only(plain_facts(call), name))
        return false;
    for (const struct plain_key *key = plain->keys; key && key->member; key++)
        if (key->from && str_is(name, key->from))
            return false;
    return true;
}

static bool is_whole(const struct plain *plain, struct arena *arena, struct str name)
{
    struct shape made;
    const struct shape *row = shape_row(plain->rules, arena_strz(arena, name), &made);
    return row && (row->kind == SHAPE_TEXTS || row->kind == SHAPE_JSON || row->kind == SHAPE_POLICY);
}

static bool differs(const struct resource_call *call, const struct value *target,
                    const struct resource_state *live, struct str name)
{
    const char *key = arena_strz(call->arena, name);
    return is_whole(plain_of(call), call->arena, name) ? shape_differs_at_all(target, live->properties, key)
                                                       : shape_differs(target, live->properties, key);
}

/* What an update has to say, in CloudFormation's names; empty: nothing. */
static struct value *update_of(const struct resource_call *call, const struct value *target,
                               const struct resource_state *live)
{
    const struct plain *plain = plain_of(call);
    struct arena *arena = call->arena;
    struct value *changes = value_map(arena), *all = value_map(arena);
    for (size_t i = 0; i < target->count; i++) {
        struct str name = target->entries[i].key;
        if (is_written(call, name) && differs(call, target, live, name))
            value_set(arena, changes, name, target->entries[i].value);
    }
    if (!changes->count)
        return changes;
    for (size_t i = 0; plain->updates_whole && i < live->properties->count; i++) {
        const struct value_entry *entry = &live->properties->entries[i];
        if (is_written(call, entry->key))
            value_set(arena, all, entry->key, entry->value);
    }
    const struct value *wanted = plain->updates_whole ? target : changes;
    for (size_t i = 0; i < wanted->count; i++) {
        struct str name = wanted->entries[i].key;
        if (is_written(call, name))
            value_set(arena, all, name,
                      merged(arena, plain, arena_strz(arena, name), wanted->entries[i].value,
                             value_get_str(call->properties, name), value_get_str(live->properties, name)));
    }
    return all;
}

static void add_body(const struct resource_call *call, struct value *input, const struct value *properties)
{
    const struct plain *plain = plain_of(call);
    const struct wire wire = plain_wire(plain);
    struct value *body = wire_out(&wire, call->arena, "", properties);
    if (plain->nested)
        value_setz(call->arena, input, plain->nested, body);
    for (size_t i = 0; !plain->nested && i < body->count; i++)
        value_set(call->arena, input, body->entries[i].key, body->entries[i].value);
}

static bool send_update(const struct resource_call *call, const struct value *target,
                        struct resource_state *live, struct error *error)
{
    const struct plain *plain = plain_of(call);
    const struct value *changes = update_of(call, target, live);
    if (!changes->count || !plain->update)
        return true;
    struct value *input = value_map(call->arena), *named = plain_input(call, plain->keys);
    add_body(call, input, changes);
    plain_add_keys(call, input, plain->keys);
    if (plain->send && !plain->send(call, target, live, input, error))
        return false;
    if (value_equal(input, named)) /* it would say nothing */
        return true;
    return call_over_hurdles(call->aws, plain->update, call->arena, input, plain->hurdles, plain->hurdles_ms,
                             NULL, error) &&
           (!plain->settling.member || plain_settle(call, live, error));
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct plain *plain = plain_of(call);
    struct value *target = shape_target(plain->rules, call->arena, call->properties, call->previous);
    if (!(plain->settling.member ? plain_settle_anyhow(call, state, error)
                                 : plain_read(call, state, error)) ||
        !send_update(call, target, state, error))
        return false;
    if (plain->tag_calls && state->tags &&
        !tags_write(call, plain->tag_calls, plain_tagged_id(call, state), state->tags, error))
        return false;
    return !plain->write_apart || plain->write_apart(call, target, state, error);
}

bool plain_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct resource_type *type = resource_type_find(call->type);
    return shape_check(type->plain->rules, type->name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool update_found(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call there = plain_on(call, state->physical_id);
    return update_until_answered(update_once, &there, state, error);
}

/* --- creating --- */

static struct value *create_input(const struct resource_call *call, const struct value *target)
{
    const struct resource_type *type = resource_type_find(call->type);
    const struct plain *plain = type->plain;
    const struct wire wire = plain_wire(plain);
    struct arena *arena = call->arena;
    struct value *input = value_map(arena), *body = value_copy(arena, target);
    for (size_t i = body->count; i-- > 0;)
        if (plain_names_has(plain->apart, body->entries[i].key) ||
            str_equal(body->entries[i].key, plain_tag_property(call)))
            value_remove(body, body->entries[i].key);
    add_body(call, input, body);
    plain_add_keys(call, input, plain->inside);
    if (type->name_property || plain->name)
        and_with(arena, input, plain->name ? plain->name : wire_name(&wire, arena, type->name_property).ptr,
                 type->name_property ? wanted_name(call, type->name_property) : call->name);
    const struct value *tags = plain->tags ? resource_tags(call) : NULL;
    if (tags && tags->count)
        value_setz(arena, input, plain->tags,
                   plain->tag_key ? tags_as_list(arena, tags, plain->tag_key, plain->tag_value)
                                  : value_copy(arena, tags));
    if (plain->token)
        and_with(arena, input, plain->token, call->token);
    return input;
}

/* What create cannot carry. */
static bool finish(const struct resource_call *call, const struct value *target, struct resource_state *state,
                   struct error *error)
{
    const struct plain *plain = plain_of(call);
    if (plain->tag_calls && !plain->tags &&
        !tags_write(call, plain->tag_calls, plain_tagged_id(call, state), state->tags, error))
        return false;
    return !plain->write_apart || plain->write_apart(call, target, state, error);
}

static bool create_new(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct resource_type *type = resource_type_find(call->type);
    const struct plain *plain = type->plain;
    struct value *target = shape_target(plain->rules, call->arena, call->properties, NULL);
    struct value *input = create_input(call, target), *answer;
    if ((plain->send && !plain->send(call, target, NULL, input, error)) ||
        !create_once(call, type, plain->create, input, plain->hurdles, plain->hurdles_ms, &answer, error))
        return false;
    if (!answer)
        return type->find(call, state, error) && update_found(call, state, error);
    struct str id;
    if (!plain_identify(call, plain_item(plain, answer), &id, error))
        return false;
    if (!plain->id && !plain->identify)
        id = type->name_property ? wanted_name(call, type->name_property) : call->name;
    struct resource_call there = plain_on(call, arena_str(call->arena, id));
    state->physical_id = there.physical_id;
    return plain_settle(&there, state, error) && finish(&there, target, state, error);
}

/* A create that would overwrite in silence looks first. */
bool plain_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct resource_type *type = resource_type_find(call->type);
    bool found = false;
    if (!shape_check(type->plain->rules, type->name, call->properties, error) ||
        (type->plain->create->safety == AWS_NATURAL && !find_ours(call, type, state, &found, error)))
        return false;
    return found ? update_found(call, state, error) : create_new(call, state, error);
}

/* --- removing --- */

static bool probe_gone(void *self, bool *done, struct error *error)
{
    const struct value *item;
    *done = !plain_get_item(self, &item, error);
    if (*done && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

bool plain_remove(const struct resource_call *call, struct error *error)
{
    const struct plain *plain = plain_of(call);
    struct resource_call there = *call;
    if ((plain->clear && !plain->clear(call, error)) ||
        (plain->remove &&
         !call_over_hurdles(call->aws, plain->remove, call->arena, plain_input(call, plain->keys),
                            plain->hurdles, plain->hurdles_ms, NULL, error))) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    return !plain->waits_for_removal ||
           wait_until(call, arena_printf(call->arena, "the end of '%.*s'", STR_ARG(call->physical_id)).ptr,
                      GONE_TIMEOUT_MS, probe_gone, &there, error);
}
