/* The calls of a life, as plan_call and apply make them. */

#include "providers/facts.h"
#include "providers/lambda/inline_zip.h"
#include "reconciler/ownership.h"
#include "tests/providers/lives/lives.h"

/* Code by a digest is a zip that the digest's text makes. */
static bool give_zip(void *self, struct arena *arena, struct str digest, struct str *bytes,
                     struct error *error)
{
    (void)self;
    return inline_zip(arena, STR("python3.12"), digest, bytes, error);
}

static bool give_asset(void *self, struct arena *arena, struct str path, bool zip, struct str *bytes,
                       struct error *error)
{
    if (zip)
        return give_zip(self, arena, path, bytes, error);
    *bytes = path;
    return true;
}

static const struct artifact_source artifacts = {.self = NULL, .zip = give_zip, .asset = give_asset};

/* Each file is an application of its own, so that none stumbles over what another has left. */
static struct str application(struct life *life)
{
    struct str name = str_from(life->path);
    name = str_from_index(name, str_contains(name, "/") ? str_find_last(name, '/') + 1 : 0);
    char *text = arena_strz(life->arena, str_slice(name, 0, str_find(name, '.')));
    for (char *c = text; *c; c++)
        *c = *c == '_' ? '-' : *c;
    return str_from(text);
}

struct resource_call life_call(struct life *life, const struct resource_type *type, struct str logical_id)
{
    const struct owner owner = {.repository = STR("shop"),
                                .account = aws_account(life->account->aws),
                                .region = aws_region(life->account->aws),
                                .environment = STR("beta"),
                                .application = application(life)};
    struct arena *arena = life->arena;
    return (struct resource_call){
        .aws = life->account->aws,
        .arena = arena,
        .logical_id = logical_id,
        .type = str_from(type->name),
        .stack_id = STR("arn:aws:cloudformation:us-east-1:123456789012:stack/beta-lives/0123456789abcdef"),
        .physical_id = STR_EMPTY,
        .name = resource_name(arena, &owner, logical_id, 0, type),
        .token = idempotency_token(arena, &owner, logical_id, 0, STR("0123456789abcdef")),
        .tags = ownership_tags(arena, &owner, logical_id, 0),
        .artifacts = &artifacts,
        .sought = true,
    };
}

/* What a plan refuses before it asks AWS anything. */
static bool check(struct life *life, const char *step, const struct resource_type *type,
                  const struct value *properties)
{
    struct error error = ERROR_INIT;
    const struct type_facts *facts = facts_find(str_from(type->name));
    if ((facts && !facts_check(facts, properties, &error)) ||
        (type->check && !type->check(properties, &error)))
        return life_fail(life, step, "%s", error.message);
    return true;
}

const struct value *life_changed(struct life *life, const struct value *properties, struct str key,
                                 const struct value *value)
{
    struct value *copy = value_copy(life->arena, properties);
    struct str path;
    bool several = str_find(key, ',') < key.len;
    const struct value *resolved = value ? life_resolve(life, value) : NULL;
    if (value && !resolved)
        return NULL;
    for (size_t i = 0; str_split(&key, ',', &path); i++)
        life_set(life->arena, copy, str_trim(path), several ? value_at(resolved, i) : resolved);
    return check(life, "file", life->type, copy) ? copy : NULL;
}

/* The base is without what the account lacks, unless it cannot be left out. */
static struct value *without_lacks(struct life *life, struct value *properties)
{
    const struct value *lacks =
        life->account->simulated ? NULL : value_path(life->file, "Moto", "Properties", NULL);
    for (size_t i = 0; lacks && i < lacks->count; i++)
        if (!facts_is_required(life->facts, lacks->entries[i].key))
            life_set(life->arena, properties, lacks->entries[i].key, NULL);
    return properties;
}

/* A need that was made before gets other properties. */
static bool update_need(struct life *life, struct str name, const struct value *given)
{
    struct error error = ERROR_INIT;
    struct arena *arena = life->arena;
    struct value *made = value_get_str(life->needs, name), *properties;
    const struct resource_type *type = resource_type_find(value_get_text(made, "Type"));
    struct resource_state state = {.physical_id = STR_EMPTY};
    if (!type || !type->update)
        return life_fail(life, "needs", "'%.*s' cannot be updated", STR_ARG(name));
    struct resource_call call = life_call(life, type, name);
    call.previous = value_get(made, "Properties");
    call.properties = properties = value_copy(arena, call.previous);
    for (size_t i = 0; i < given->count; i++)
        life_set(arena, properties, given->entries[i].key, life_resolve(life, given->entries[i].value));
    call.physical_id = value_get_text(made, "Id");
    call.attributes = value_get(made, "Attributes");
    if (!type->update(&call, &state, &error))
        return life_fail(life, "needs", "update %.*s: %s", STR_ARG(name), error.message);
    value_setz(arena, made, "Properties", properties);
    return true;
}

static bool make_need(struct life *life, struct str name, const struct value *need)
{
    struct error error = ERROR_INIT;
    struct arena *arena = life->arena;
    struct resource_state state = {.physical_id = STR_EMPTY};
    const struct resource_type *type = resource_type_find(value_get_text(need, "Type"));
    if (!type)
        return life_fail(life, "needs", "no native type '%.*s'", STR_ARG(value_get_text(need, "Type")));
    struct resource_call call = life_call(life, type, name);
    const struct value *given = value_get(need, "Properties");
    call.properties = given ? life_resolve(life, given) : value_map(arena);
    if (!call.properties || !check(life, "needs", type, call.properties))
        return false;
    if (!type->create(&call, &state, &error))
        return life_fail(life, "needs", "%.*s: %s", STR_ARG(name), error.message);
    call.physical_id = state.physical_id;
    if (!type->read(&call, &state, &error))
        return life_fail(life, "needs", "%.*s: %s", STR_ARG(name), error.message);
    struct value *made = value_map(arena);
    value_setz(arena, made, "Type", value_stringz(arena, type->name));
    value_setz(arena, made, "Id", value_string(arena, call.physical_id));
    value_setz(arena, made, "Properties", value_copy(arena, call.properties));
    value_setz(arena, made, "Attributes",
               state.attributes ? value_copy(arena, state.attributes) : value_map(arena));
    value_set(arena, life->needs, name, made);
    return true;
}

bool life_make_needs(struct life *life)
{
    const struct value *needs = value_get(life->file, "Needs");
    const struct value *given = value_get(life->file, "Properties");
    life->needs = value_map(life->arena);
    for (size_t i = 0; needs && i < needs->count; i++) {
        const struct value *need = needs->entries[i].value;
        bool made = value_get(need, "Update")
                        ? update_need(life, value_get_text(need, "Update"), value_get(need, "Properties"))
                        : make_need(life, needs->entries[i].key, need);
        if (!made)
            return false;
    }
    struct value *base = given ? life_resolve(life, given) : value_map(life->arena);
    if (!base)
        return false;
    life->base = without_lacks(life, base);
    life->call = life_call(life, life->type, STR("Thing"));
    return check(life, "file", life->type, life->base);
}

bool life_remove_needs(struct life *life)
{
    struct error error = ERROR_INIT;
    for (size_t i = life->needs->count; i > 0; i--) {
        const struct value_entry *need = &life->needs->entries[i - 1];
        const struct resource_type *type = resource_type_find(value_get_text(need->value, "Type"));
        struct resource_call call = life_call(life, type, need->key);
        call.physical_id = value_get_text(need->value, "Id");
        call.previous = value_get(need->value, "Properties");
        call.attributes = value_get(need->value, "Attributes");
        if (!type->remove(&call, &error))
            return life_fail(life, "needs", "remove %.*s: %s", STR_ARG(need->key), error.message);
    }
    return true;
}
