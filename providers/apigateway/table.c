#include "providers/apigateway/table.h"

static struct wire wire_of(const struct table *table)
{
    return (struct wire){.shape = table->shape, .names = table->names, .small_letters = true};
}

void table_normalize(const struct table *table, struct arena *arena, struct value *properties)
{
    shape_normalize(table->shape, arena, properties);
    if (table->normalize)
        table->normalize(arena, properties);
}

static bool has_name(const char *const *names, struct str name)
{
    for (; names && *names; names++)
        if (str_is(name, *names))
            return true;
    return false;
}

/* The property as it is declared, or was. */
static const struct value *known(const struct resource_call *call, const char *property)
{
    const struct value *value = value_get(call->properties, property);
    return value ? value : value_get(call->previous, property);
}

bool table_input(const struct resource_call *call, const struct table_key *key, struct value **input,
                 struct error *error)
{
    *input = value_map(call->arena);
    for (; key && key->member; key++) {
        const struct value *from = key->property ? known(call, key->property) : NULL;
        struct str text = key->property ? value_text(from) : call->physical_id;
        if (value_is(from, VALUE_UNKNOWN))
            return error_set(error, ERROR_NOT_FOUND, "the '%s' of '%.*s' does not exist yet", key->property,
                             STR_ARG(call->logical_id));
        if (!text.len)
            return error_set(error, ERROR_INVALID, "'%s' of '%.*s' is missing",
                             key->property ? key->property : "physical id", STR_ARG(call->logical_id));
        and_with(call->arena, *input, key->member, text);
    }
    return true;
}

static struct str name_of(const struct table *table, const struct resource_call *call)
{
    struct str declared = value_get_text(call->properties, table->name);
    if (declared.len || !table->letters)
        return declared.len ? declared : call->name;
    struct buf name = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < call->name.len; i++)
        if (call->name.ptr[i] != '-' && call->name.ptr[i] != '_' && call->name.ptr[i] != '.')
            buf_addc(&name, call->name.ptr[i]);
    struct str text = arena_str(call->arena, buf_str(&name));
    buf_release(&name);
    return text;
}

/* What names it in read, update and remove. */
static bool input_of(const struct table *table, const struct resource_call *call, struct value **input,
                     struct error *error)
{
    if (!table_input(call, table->keys, input, error))
        return false;
    if (table->place)
        table->place(call, *input);
    return true;
}

/* --- reading --- */

static void keep_keys(const struct resource_call *call, const struct table_key *key, struct value *live)
{
    for (; key && key->member; key++)
        if (key->property && !value_get(live, key->property) && known(call, key->property))
            and_with(call->arena, live, key->property, value_text(known(call, key->property)));
}

static void give(const struct table *table, const struct resource_call *call, const struct value *answer,
                 struct resource_state *state)
{
    struct arena *arena = call->arena;
    const struct wire wire = wire_of(table);
    *state = (struct resource_state){.physical_id = value_get_text(answer, table->id)};
    state->attributes = value_map(arena);
    if (table->attribute)
        and_with(arena, state->attributes, table->attribute, state->physical_id);
    struct value *live = state->properties = wire_in(&wire, arena, "", answer);
    keep_keys(call, table->keys, live);
    keep_keys(call, table->inside, live);
    if (table->tagged) {
        state->tags = value_get(answer, "tags") ? value_get(answer, "tags") : value_map(arena);
        value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    }
    if (table->receive)
        table->receive(call, answer, state);
    shape_fill(table->shape, arena, live);
    table_normalize(table, arena, live);
}

bool table_read(const struct table *table, const struct resource_call *call, struct resource_state *state,
                struct error *error)
{
    struct value *input, *answer;
    if (!input_of(table, call, &input, error))
        return false;
    if (table->ask)
        table->ask(call, input);
    if (!aws_call(call->aws, &apigateway_operations[table->read], call->arena, input, &answer, error))
        return false;
    give(table, call, answer, state);
    return true;
}

/* --- finding --- */

static bool is_ours(const struct resource_call *call, const struct value *tags)
{
    bool owned = false;
    for (size_t i = 0; value_is(tags, VALUE_MAP) && i < tags->count; i++)
        owned = owned || str_starts(tags->entries[i].key, "plumb:");
    return owned && carries_our_tags(call, tags);
}

static bool is_same(const struct table *table, const struct resource_call *call,
                    const struct resource_state *state)
{
    if (!table->same)
        return is_ours(call, state->tags);
    struct value *wanted =
        call->properties ? value_copy(call->arena, call->properties) : value_map(call->arena);
    if (table->name)
        and_with(call->arena, wanted, table->name, name_of(table, call));
    table_normalize(table, call->arena, wanted);
    for (const char *const *name = table->same; *name; name++)
        if (!shape_covers(value_get(wanted, *name), value_get(state->properties, *name)) ||
            !shape_covers(value_get(state->properties, *name), value_get(wanted, *name)))
            return false;
    return !list_has(call->taken, state->physical_id);
}

static bool find_listed(const struct table *table, const struct resource_type *type,
                        const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *input, *items;
    if (!table_input(call, table->listed, &input, error))
        return false;
    value_setz(call->arena, input, "limit", value_int(call->arena, 500));
    if (!aws_list(call->aws, &apigateway_operations[*table->list], call->arena, input, &items, error))
        return false;
    for (size_t i = 0; i < items->count; i++) {
        give(table, call, items->items[i], state);
        if (is_same(table, call, state))
            return true;
    }
    return error_set(error, ERROR_NOT_FOUND, "there is no %s that is '%.*s'", type->name,
                     STR_ARG(call->logical_id));
}

bool table_find(const struct table *table, const struct resource_type *type, const struct resource_call *call,
                struct resource_state *state, struct error *error)
{
    if (table->list)
        return find_listed(table, type, call, state, error);
    struct resource_call named = *call;
    named.physical_id = table->name ? name_of(table, call) : STR_EMPTY;
    return table_read(table, &named, state, error);
}

/* --- writing --- */

static bool create_input(const struct table *table, const struct resource_call *call,
                         const struct value *target, struct value **input, struct error *error)
{
    struct arena *arena = call->arena;
    const struct wire wire = wire_of(table);
    struct value *made = value_map(arena);
    for (size_t i = 0; i < target->count; i++)
        if (!has_name(table->not_in_create, target->entries[i].key) &&
            !str_is(target->entries[i].key, "Tags"))
            value_set(arena, made, target->entries[i].key, target->entries[i].value);
    if (table->name)
        and_with(arena, made, table->name, name_of(table, call));
    if (!table_input(call, table->inside, input, error))
        return false;
    struct value *body = wire_out(&wire, arena, "", made);
    for (size_t i = 0; i < body->count; i++)
        value_set(arena, *input, body->entries[i].key, body->entries[i].value);
    if (table->tagged)
        value_setz(arena, *input, "tags", resource_tags(call));
    if (table->send)
        table->send(call, *input);
    return true;
}

static const struct hurdle *hurdles_of(const struct table *table)
{
    return table->hurdles ? table->hurdles : apigateway_busy;
}

static int64_t hurdles_ms(const struct table *table)
{
    return table->hurdles_ms ? table->hurdles_ms : APIGATEWAY_BUSY_MS;
}

bool table_create(const struct table *table, const struct resource_type *type,
                  const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *input, *answer;
    if (!shape_check(table->shape, type->name, call->properties, error))
        return false;
    struct value *target = shape_target(table->shape, call->arena, call->properties, NULL);
    if (table->normalize)
        table->normalize(call->arena, target);
    if (!create_input(table, call, target, &input, error) ||
        !create_once(call, type, &apigateway_operations[table->create], input, hurdles_of(table),
                     hurdles_ms(table), &answer, error))
        return false;
    if (answer)
        give(table, call, answer, state);
    else if (!table_find(table, type, call, state, error))
        return false;
    return !table->settle || table->settle(call, state, error);
}

static bool update_once(const struct table *table, const struct resource_call *call,
                        struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(table->shape, call->arena, call->properties, call->previous);
    struct value *input;
    if (table->normalize)
        table->normalize(call->arena, target);
    if (!table_read(table, call, state, error) || (table->settle && !table->settle(call, state, error)) ||
        !input_of(table, call, &input, error))
        return false;
    struct value *live = state->properties;
    if (table->aim)
        table->aim(call, target, live);
    struct value *patch =
        table->patch ? patch_between(call->arena, table->patch, target, live) : value_list(call->arena);
    if (table->more)
        table->more(call, target, live, patch);
    if (!patch_send(call, table->update, input, patch, error))
        return false;
    struct str path =
        arena_printf(call->arena, "%s%.*s", table->tagged ? table->tagged : "", STR_ARG(call->physical_id));
    return !table->write_tags ||
           table->write_tags(call, apigateway_arn(call, path), state->tags, NULL, error);
}

bool table_update(const struct table *table, const struct resource_type *type,
                  const struct resource_call *call, struct resource_state *state, struct error *error)
{
    enum { ATTEMPTS = 3 };
    if (!shape_check(table->shape, type->name, call->properties, error))
        return false;
    for (int attempt = 1; !update_once(table, call, state, error); attempt++) {
        if (error->code != ERROR_TIMEOUT || attempt == ATTEMPTS)
            return false;
        error_clear(error); /* an answer was lost: what is live now tells the rest */
    }
    return !table->settle || (table_read(table, call, state, error) && table->settle(call, state, error));
}

bool table_remove(const struct table *table, const struct resource_call *call, struct error *error)
{
    struct value *input;
    return input_of(table, call, &input, error) && (!table->clear || table->clear(call, error)) &&
           (call_over_hurdles(call->aws, &apigateway_operations[table->remove], call->arena, input,
                              hurdles_of(table), hurdles_ms(table), NULL, error) ||
            (error->code == ERROR_NOT_FOUND && (error_clear(error), true)));
}
