#include "providers/plain_private.h"

#include <string.h>

#include "base/xml.h"

enum { SEEN_TIMEOUT_MS = 60 * 1000 };

/* --- small things --- */

const struct plain *plain_of(const struct resource_call *call)
{
    return resource_type_find(call->type)->plain;
}

const struct value *plain_known(const struct resource_call *call)
{
    return call->properties ? call->properties : call->previous;
}

struct wire plain_wire(const struct plain *plain)
{
    return (struct wire){.shape = plain->rules,
                         .names = plain->names,
                         .small_letters = plain->small_letters,
                         .xml = plain->xml};
}

struct value *plain_member(const struct value *value, const char *path)
{
    struct str rest = str_from(path), part;
    uint64_t index;
    while (value && str_split(&rest, '.', &part)) {
        if (value_is(value, VALUE_LIST))
            value = str_to_uint(part, SIZE_MAX, &index) ? value_at(value, (size_t)index) : NULL;
        else
            value = value_get_str(value, part);
    }
    return (struct value *)(uintptr_t)value;
}

const struct value *plain_item(const struct plain *plain, const struct value *answer)
{
    return plain->item ? plain_member(answer, plain->item) : answer;
}

bool plain_names_has(const char *const *names, struct str name)
{
    for (; names && *names; names++)
        if (str_is(name, *names))
            return true;
    return false;
}

static bool is_word_of(struct str word, const char *words)
{
    struct str rest = str_from(words), one;
    while (words && str_split(&rest, ',', &one))
        if (str_equal(one, word))
            return true;
    return false;
}

static bool is_of_id(const struct plain_key *key)
{
    return !key->from || strcmp(key->from, "/") == 0;
}

static struct str key_of_id(const struct plain_key *key, struct str id)
{
    size_t slash = key->from ? str_find_last(id, '/') : id.len;
    return slash < id.len ? str_from_index(id, slash + 1) : id;
}

void plain_add_keys(const struct resource_call *call, struct value *input, const struct plain_key *keys)
{
    for (; keys && keys->member; keys++) {
        const struct value *value = is_of_id(keys) ? NULL : value_get(plain_known(call), keys->from);
        if (is_of_id(keys))
            and_with(call->arena, input, keys->member, key_of_id(keys, call->physical_id));
        else if (value && value->kind != VALUE_NULL)
            value_setz(call->arena, input, keys->member, value_copy(call->arena, value));
    }
}

struct value *plain_input(const struct resource_call *call, const struct plain_key *keys)
{
    struct value *input = value_map(call->arena);
    plain_add_keys(call, input, keys);
    return input;
}

const struct type_facts *plain_facts(const struct resource_call *call)
{
    return facts_find(call->type);
}

struct str plain_tag_property(const struct resource_call *call)
{
    struct str name = facts_tag_property(plain_facts(call));
    return name.len ? name : STR("Tags");
}

/* --- reading --- */

/* Properties that only AWS sets are what GetAtt gives. */
static void part_attributes(const struct resource_call *call, const struct value *item,
                            struct resource_state *state)
{
    const struct plain *plain = plain_of(call);
    struct arena *arena = call->arena;
    struct str path;
    state->attributes = value_map(arena);
    for (size_t i = 0; facts_path(plain_facts(call), FACTS_READ_ONLY, i, &path); i++) {
        struct value *value = plain_member(state->properties, arena_strz(arena, path));
        if (value)
            value_set(arena, state->attributes, path, value);
        if (value && !str_contains(path, "."))
            value_remove(state->properties, path);
    }
    for (const struct plain_attribute *row = plain->attributes; row && row->name; row++) {
        struct value *value = plain_member(item, row->member);
        if (value && value->kind != VALUE_NULL)
            value_setz(arena, state->attributes, row->name, value);
    }
}

struct str plain_tagged_id(const struct resource_call *call, const struct resource_state *state)
{
    const struct plain *plain = plain_of(call);
    if (plain->tagged_by)
        return plain->tagged_by(call, state->physical_id);
    return plain->tagged ? value_get_text(state->attributes, plain->tagged) : state->physical_id;
}

static struct value *tags_map(const struct resource_call *call, const struct value *holder, const char *path)
{
    const struct plain *plain = plain_of(call);
    struct value *tags = plain_member(holder, path);
    if (!plain->tag_key)
        return value_is(tags, VALUE_MAP) ? tags : value_map(call->arena);
    if (plain->xml)
        tags = xml_items(call->arena, tags, "member");
    return tags_as_map(call->arena, tags, plain->tag_key, plain->tag_value);
}

static bool read_tags(const struct resource_call *call, const struct value *item,
                      struct resource_state *state, struct error *error)
{
    const struct plain *plain = plain_of(call);
    struct arena *arena = call->arena;
    struct value *answer;
    if (plain->tags_read) {
        state->tags = tags_map(call, item, plain->tags_read);
    } else if (plain->list_tags) {
        struct value *input = tags_input(call, plain->tag_calls, plain_tagged_id(call, state));
        if (!aws_call(call->aws, plain->list_tags, arena, input, &answer, error))
            return false;
        state->tags = tags_map(call, answer, plain->list_tags_item);
    } else {
        return true;
    }
    value_set(arena, state->properties, plain_tag_property(call),
              tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    return true;
}

/* What stands above it is known from the declaration alone. */
static void add_parents(const struct resource_call *call, const struct plain_key *keys,
                        struct value *properties)
{
    for (; keys && keys->member; keys++) {
        const struct value *value = keys->from ? value_get(plain_known(call), keys->from) : NULL;
        if (value && !value_get(properties, keys->from))
            value_setz(call->arena, properties, keys->from, value_copy(call->arena, value));
    }
}

bool plain_identify(const struct resource_call *call, const struct value *item, struct str *id,
                    struct error *error)
{
    const struct plain *plain = plain_of(call);
    *id = plain->id ? value_text(plain_member(item, plain->id)) : STR_EMPTY;
    return !plain->identify || plain->identify(call, item, id, error);
}

static bool take_item(const struct resource_call *call, const struct value *item,
                      struct resource_state *state, struct error *error)
{
    const struct plain *plain = plain_of(call);
    const struct wire wire = plain_wire(plain);
    struct str id;
    if (!plain_identify(call, item, &id, error))
        return false;
    *state = (struct resource_state){.physical_id = arena_str(call->arena, id.len ? id : call->physical_id)};
    state->properties = wire_in(&wire, call->arena, "", item);
    part_attributes(call, item, state);
    add_parents(call, plain->keys, state->properties);
    add_parents(call, plain->inside, state->properties);
    value_remove(state->properties, plain_tag_property(call));
    if (!read_tags(call, item, state, error) || (plain->receive && !plain->receive(call, item, state, error)))
        return false;
    shape_fill(plain->rules, call->arena, state->properties);
    shape_normalize(plain->rules, call->arena, state->properties);
    return true;
}

static const struct plain_key *last_of(const struct plain_key *keys)
{
    while (keys[1].member)
        keys++;
    return keys;
}

/* The item of a list that the key names. */
static const struct value *picked(const struct plain *plain, const struct plain_key *key,
                                  const struct resource_call *call, const struct value *items)
{
    struct str wanted =
        is_of_id(key) ? key_of_id(key, call->physical_id) : value_get_text(plain_known(call), key->from);
    for (size_t i = 0; i < items->count; i++)
        if (str_equal(value_text(plain_member(items->items[i], plain->picked)), wanted))
            return items->items[i];
    return NULL;
}

/* Reads the whole list: the last key is for the items alone. */
static bool pick(const struct resource_call *call, const struct plain_key *keys, const struct value **item,
                 struct error *error)
{
    const struct plain *plain = plain_of(call);
    struct value *items, *input = plain_input(call, keys);
    value_remove(input, str_from(last_of(keys)->member));
    if (!aws_list(call->aws, plain->read, call->arena, input, &items, error))
        return false;
    *item = picked(plain, last_of(keys), call, items);
    return true;
}

/* The item as read gives it. */
bool plain_get_item(const struct resource_call *call, const struct value **item, struct error *error)
{
    const struct plain *plain = plain_of(call);
    struct value *answer;
    const struct plain_key *keys = plain->read_keys ? plain->read_keys : plain->keys;
    if (plain->picked) {
        if (!pick(call, keys, item, error))
            return false;
    } else if (aws_call(call->aws, plain->read, call->arena, plain_input(call, keys), &answer, error)) {
        *item = plain_item(plain, answer);
    } else {
        return false;
    }
    bool empty = value_is(*item, VALUE_MAP) && (*item)->count == 0;
    if (*item && (*item)->kind != VALUE_NULL && !(plain->item && empty))
        return true;
    return error_set(error, ERROR_NOT_FOUND, "there is no %.*s '%.*s'", STR_ARG(call->type),
                     STR_ARG(call->physical_id));
}

bool plain_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *item;
    return plain_get_item(call, &item, error) && take_item(call, item, state, error);
}

/* --- finding --- */

struct resource_call plain_on(const struct resource_call *call, struct str physical_id)
{
    struct resource_call there = *call;
    there.physical_id = physical_id;
    return there;
}

/* What the properties would be if nothing was named by default. */
static struct value *wanted_properties(const struct resource_call *call)
{
    const struct resource_type *type = resource_type_find(call->type);
    struct value *wanted = shape_target(type->plain->rules, call->arena, call->properties, NULL);
    if (type->name_property)
        and_with(call->arena, wanted, type->name_property, wanted_name(call, type->name_property));
    return wanted;
}

static bool is_same(const struct resource_call *call, const struct value *wanted, const struct value *item)
{
    const struct resource_type *type = resource_type_find(call->type);
    const char *const by_name[] = {type->name_property, NULL};
    const char *const *same = type->plain->same ? type->plain->same : by_name;
    const struct wire wire = plain_wire(type->plain);
    struct value *listed = wire_in(&wire, call->arena, "", item);
    shape_fill(type->plain->rules, call->arena, listed);
    shape_normalize(type->plain->rules, call->arena, listed);
    for (; *same; same++)
        if (!shape_covers(value_get(wanted, *same), value_get(listed, *same)) ||
            !shape_covers(value_get(listed, *same), value_get(wanted, *same)))
            return false;
    return true;
}

/* Reads a listed one.  *ours: it is not to be passed over. */
static bool read_listed(const struct resource_call *call, const struct value *item,
                        struct resource_state *state, bool *ours, struct error *error)
{
    const struct resource_type *type = resource_type_find(call->type);
    struct str id;
    *ours = false;
    if (!plain_identify(call, item, &id, error))
        return false;
    struct resource_call there = plain_on(call, id);
    if (list_has(call->taken, id))
        return true;
    if (!plain_read(&there, state, error)) {
        bool gone = error->code == ERROR_NOT_FOUND;
        if (gone)
            error_clear(error);
        return gone;
    }
    *ours = !(type->plain->names_repeat && (type->traits & RESOURCE_TAGGED)) ||
            carries_our_tags(call, state->tags);
    return true;
}

static bool find_listed(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct plain *plain = plain_of(call);
    const struct value *wanted = wanted_properties(call);
    struct value *items, *input = plain_input(call, plain->inside);
    if (plain->page_member)
        value_setz(call->arena, input, plain->page_member, value_int(call->arena, plain->page_size));
    if (!aws_list(call->aws, plain->list, call->arena, input, &items, error))
        return false;
    for (size_t i = 0; i < items->count; i++) {
        bool ours;
        if (!is_same(call, wanted, items->items[i]))
            continue;
        if (!read_listed(call, items->items[i], state, &ours, error))
            return false;
        if (ours)
            return true;
    }
    return error_set(error, ERROR_NOT_FOUND, "there is no such %.*s", STR_ARG(call->type));
}

bool plain_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct resource_type *type = resource_type_find(call->type);
    if (type->plain->list)
        return find_listed(call, state, error);
    struct resource_call there =
        plain_on(call, type->name_property ? wanted_name(call, type->name_property) : call->name);
    return plain_read(&there, state, error);
}

/* --- waiting --- */

struct settling {
    const struct resource_call *call;
    const struct value *item;
    bool may_have_failed;
};

static bool probe_settled(void *self, bool *done, struct error *error)
{
    struct settling *wait = self;
    const struct plain_settling *settling = &plain_of(wait->call)->settling;
    *done = false;
    if (!plain_get_item(wait->call, &wait->item, error)) {
        bool unseen = error->code == ERROR_NOT_FOUND; /* reads may lag behind the create */
        if (unseen)
            error_clear(error);
        return unseen;
    }
    struct str word = settling->member ? value_text(plain_member(wait->item, settling->member)) : STR_EMPTY;
    *done = !settling->member || is_word_of(word, settling->ready) ||
            (wait->may_have_failed && is_word_of(word, settling->failed));
    if (!*done && is_word_of(word, settling->failed)) {
        struct str why =
            settling->reason ? value_text(plain_member(wait->item, settling->reason)) : STR_EMPTY;
        return error_set(error, ERROR_INVALID, "%.*s '%.*s' is %.*s%s%.*s", STR_ARG(wait->call->type),
                         STR_ARG(wait->call->physical_id), STR_ARG(word), why.len ? ": " : "", STR_ARG(why));
    }
    return true;
}

static bool settle(const struct resource_call *call, bool may_have_failed, struct resource_state *state,
                   struct error *error)
{
    const struct plain_settling *settling = &plain_of(call)->settling;
    struct settling wait = {.call = call, .may_have_failed = may_have_failed};
    const char *what =
        arena_printf(call->arena, "%.*s '%.*s'", STR_ARG(call->type), STR_ARG(call->physical_id)).ptr;
    int64_t limit = settling->timeout_ms ? settling->timeout_ms : SEEN_TIMEOUT_MS;
    return wait_until(call, what, limit, probe_settled, &wait, error) &&
           take_item(call, wait.item, state, error);
}

bool plain_settle(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return settle(call, false, state, error);
}

bool plain_settle_anyhow(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return settle(call, true, state, error);
}
