#include "providers/cloudcontrol/model.h"

#include "providers/cloudcontrol/types.h"
#include "providers/shape.h"

struct subject_type subject_of(const struct resource_call *call)
{
    struct subject_type subject = {.type = cloudcontrol_type_find(call->type),
                                   .facts = facts_find(call->type)};
    subject.tags = facts_tag_property(subject.facts);
    subject.tags_fixed = subject.tags.len && facts_is_create_only(subject.facts, subject.tags);
    return subject;
}

struct value *model_member(const struct value *model, struct str path)
{
    struct str part;
    while (model && str_split(&path, '.', &part))
        model = value_get_str(model, part);
    return (struct value *)model;
}

/* --- identifiers --- */

/* The part of the physical id that stands for a path: Ref may return several, with '|' between. */
static struct str part_of_reference(const struct resource_call *call, const struct type_facts *facts,
                                    struct str wanted)
{
    struct str path, rest = call->physical_id, part;
    bool several = facts_path(facts, FACTS_REF, 1, &path);
    for (size_t i = 0; facts_path(facts, FACTS_REF, i, &path); i++) {
        if (!several)
            part = rest;
        else if (!str_split(&rest, '|', &part))
            return STR_EMPTY;
        if (str_equal(path, wanted))
            return part;
    }
    return STR_EMPTY;
}

static struct str known_part(const struct resource_call *call, const struct subject_type *subject,
                             struct str path)
{
    struct str part = part_of_reference(call, subject->facts, path);
    if (!part.len)
        part = value_text(value_get_str(call->attributes, path));
    if (!part.len)
        part = value_text(model_member(call->previous, path));
    if (!part.len)
        part = value_text(model_member(call->properties, path));
    return part;
}

static struct str wanted_part(const struct resource_call *call, const struct subject_type *subject,
                              struct str path)
{
    const char *name = subject->type->name_property;
    if (name && str_is(path, name))
        return model_wanted_name(call, subject);
    return value_text(model_member(call->properties, path));
}

/* The parts with '|' between; false, with the path that is missing. */
static bool join_parts(const struct resource_call *call, const struct subject_type *subject,
                       struct str (*part_of)(const struct resource_call *, const struct subject_type *,
                                             struct str),
                       struct str *identifier, struct str *missing)
{
    struct str joined = STR_EMPTY;
    for (size_t i = 0; facts_path(subject->facts, FACTS_PRIMARY_IDENTIFIER, i, missing); i++) {
        struct str part = part_of(call, subject, *missing);
        if (!part.len)
            return false;
        joined = i ? arena_printf(call->arena, "%.*s|%.*s", STR_ARG(joined), STR_ARG(part)) : part;
    }
    *identifier = joined;
    return joined.len > 0;
}

bool model_identifier(const struct resource_call *call, const struct subject_type *subject,
                      struct str *identifier, struct error *error)
{
    struct str missing = STR_EMPTY;
    if (join_parts(call, subject, known_part, identifier, &missing))
        return true;
    return error_set(error, ERROR_INVALID,
                     "'%.*s' alone does not tell which %s it is: its '%.*s' is not known",
                     STR_ARG(call->physical_id), subject->type->name, STR_ARG(missing));
}

bool model_wanted_identifier(const struct resource_call *call, const struct subject_type *subject,
                             struct str *identifier)
{
    struct str missing;
    return join_parts(call, subject, wanted_part, identifier, &missing);
}

struct str model_wanted_name(const struct resource_call *call, const struct subject_type *subject)
{
    const char *name = subject->type->name_property;
    struct str given = name ? value_get_text(call->properties, name) : STR_EMPTY;
    return given.len || !subject->type->name_max ? given : call->name;
}

/* --- tags --- */

/* The same call, with the type's tags under the name by which providers/tags.c knows them. */
static struct resource_call with_tags(const struct resource_call *call, const struct subject_type *subject)
{
    struct resource_call same = *call;
    struct value *now = value_get_str(call->properties, subject->tags);
    struct value *before = value_get_str(call->previous, subject->tags);
    struct value *properties = value_map(call->arena), *previous = value_map(call->arena);
    if (now)
        value_setz(call->arena, properties, "Tags", now);
    if (before)
        value_setz(call->arena, previous, "Tags", before);
    same.properties = properties;
    same.previous = previous;
    return same;
}

static const struct value *tag_with(const struct value *list, struct str key)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "Key"), key))
            return list->items[i];
    return NULL;
}

/* Tags of Auto Scaling groups must say more than key and value. */
static struct value *new_tag(struct arena *arena, const struct subject_type *subject,
                             const struct value_entry *tag)
{
    static const char further[] = "PropagateAtLaunch";
    struct value *item = value_map(arena);
    struct str path = arena_printf(arena, "%.*s.%s", STR_ARG(subject->tags), further);
    value_setz(arena, item, "Key", value_string(arena, tag->key));
    value_setz(arena, item, "Value", value_copy(arena, tag->value));
    if (facts_is_required(subject->facts, path))
        value_setz(arena, item, further, value_bool(arena, false));
    return item;
}

/* A map of tags in the type's form; items that are declared, or else live, stay as they are. */
static struct value *tags_in_form(struct arena *arena, const struct subject_type *subject,
                                  const struct value *map, const struct value *declared,
                                  const struct value *live)
{
    if (facts_tags_are_map(subject->facts))
        return value_copy(arena, map);
    struct value *list = value_list(arena);
    for (size_t i = 0; i < map->count; i++) {
        const struct value *item = tag_with(declared, map->entries[i].key);
        if (!item)
            item = tag_with(live, map->entries[i].key);
        value_append(arena, list, item ? value_copy(arena, item) : new_tag(arena, subject, &map->entries[i]));
    }
    return list;
}

struct value *model_live_tags(struct arena *arena, const struct subject_type *subject,
                              const struct value *model)
{
    struct value *tags = subject->tags.len ? value_get_str(model, subject->tags) : NULL;
    if (value_is(tags, VALUE_LIST))
        return tags_as_map(arena, tags, "Key", "Value");
    return value_is(tags, VALUE_MAP) ? tags : value_map(arena);
}

struct value *model_tags(const struct resource_call *call, const struct subject_type *subject,
                         const struct value *model)
{
    struct arena *arena = call->arena;
    if (!subject->tags.len || subject->tags_fixed)
        return NULL;
    struct resource_call same = with_tags(call, subject);
    const struct value *live = value_get_str(model, subject->tags);
    struct value *map = value_map(arena), *set, *gone;
    const struct value *now = model_live_tags(arena, subject, model);
    tags_compare(&same, now, &set, &gone);
    for (size_t i = 0; i < now->count; i++)
        if (!str_starts(now->entries[i].key, "aws:") && !list_has(gone, now->entries[i].key))
            value_set(arena, map, now->entries[i].key, now->entries[i].value);
    for (size_t i = 0; i < set->count; i++)
        value_set(arena, map, set->entries[i].key, set->entries[i].value);
    struct value *wanted =
        tags_in_form(arena, subject, map, value_get_str(call->properties, subject->tags), live);
    bool same_items = !set->count && !gone->count;
    for (size_t i = 0; same_items && value_is(wanted, VALUE_LIST) && i < wanted->count; i++)
        same_items = shape_covers(wanted->items[i], tag_with(live, value_get_text(wanted->items[i], "Key")));
    return same_items ? NULL : wanted;
}

/* --- states --- */

struct value *model_desired(const struct resource_call *call, const struct subject_type *subject)
{
    struct arena *arena = call->arena;
    struct value *none = value_map(arena);
    struct value *desired = facts_kinds(subject->facts, arena, call->properties ? call->properties : none);
    struct str name = model_wanted_name(call, subject);
    if (subject->type->name_property && name.len)
        value_setz(arena, desired, subject->type->name_property, value_string(arena, name));
    if (!subject->tags.len)
        return desired;
    struct resource_call same = with_tags(call, subject);
    struct value *tags =
        tags_in_form(arena, subject, resource_tags(&same), value_get_str(desired, subject->tags), NULL);
    if (tags->count)
        value_set(arena, desired, subject->tags, tags);
    return desired;
}

/* A member and its own members, by the names that Fn::GetAtt uses: "Endpoint.Address". */
static void add_attribute(struct arena *arena, struct value *attributes, struct str path, struct value *value)
{
    if (!value || value->kind == VALUE_NULL)
        return;
    value_set(arena, attributes, path, value);
    for (size_t i = 0; value->kind == VALUE_MAP && i < value->count; i++)
        add_attribute(arena, attributes,
                      arena_printf(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(value->entries[i].key)),
                      value->entries[i].value);
}

static struct value *attributes_in(struct arena *arena, const struct subject_type *subject,
                                   const struct value *model)
{
    static const enum facts_set sets[] = {FACTS_READ_ONLY, FACTS_PRIMARY_IDENTIFIER, FACTS_REF,
                                          FACTS_CREATE_ONLY};
    struct value *attributes = value_map(arena);
    struct str path;
    for (size_t set = 0; set < ARRAY_LENGTH(sets); set++)
        for (size_t i = 0; facts_path(subject->facts, sets[set], i, &path); i++) {
            struct value *value = model_member(model, path);
            if (sets[set] != FACTS_CREATE_ONLY || value_text(value).len)
                add_attribute(arena, attributes, path, value);
        }
    return attributes;
}

static struct str reference_in(struct arena *arena, const struct subject_type *subject,
                               const struct value *model)
{
    struct str path, joined = STR_EMPTY;
    for (size_t i = 0; facts_path(subject->facts, FACTS_REF, i, &path); i++) {
        struct str part = value_text(model_member(model, path));
        joined = i ? arena_printf(arena, "%.*s|%.*s", STR_ARG(joined), STR_ARG(part)) : part;
    }
    return joined;
}

/* The tags that belong to the properties: those of plumb and of AWS are taken out. */
static void keep_tags_of_user(const struct resource_call *call, const struct subject_type *subject,
                              struct resource_state *state)
{
    struct resource_call same = with_tags(call, subject);
    const struct value *live = value_get_str(state->properties, subject->tags);
    struct value *map = tags_of_user(&same, state->tags);
    if (live)
        value_set(call->arena, state->properties, subject->tags,
                  tags_in_form(call->arena, subject, map, NULL, live));
}

void model_state(const struct resource_call *call, const struct subject_type *subject,
                 const struct value *model, struct resource_state *state)
{
    struct arena *arena = call->arena;
    struct str path;
    state->properties = value_copy(arena, model);
    for (size_t i = 0; facts_path(subject->facts, FACTS_READ_ONLY, i, &path); i++)
        (void)value_remove(state->properties, path);
    state->attributes = attributes_in(arena, subject, model);
    state->physical_id = reference_in(arena, subject, model);
    if (subject->type->traits & RESOURCE_TAGGED)
        state->tags = model_live_tags(arena, subject, model);
    if (state->tags)
        keep_tags_of_user(call, subject, state);
}
