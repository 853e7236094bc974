#include "tests/simulator/services/cloudcontrol.h"

#include <stdio.h>

#include "base/json.h"

static struct str below(struct call *call, struct str path, struct str name)
{
    return path.len ? arena_printf(call->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name)) : name;
}

static struct value *member(const struct value *model, struct str path)
{
    struct str part;
    while (model && str_split(&path, '.', &part))
        model = value_get_str(model, part);
    return (struct value *)model;
}

/* --- the schema --- */

static const char *kind_word(enum facts_kind kind)
{
    return kind == FACTS_STRING ? "String" : kind == FACTS_BOOLEAN ? "Boolean" : "Number";
}

static bool scalar_fits(enum facts_kind kind, const struct value *value)
{
    bool number = kind == FACTS_INTEGER || kind == FACTS_NUMBER;
    if (kind == FACTS_STRING)
        return value_is(value, VALUE_STRING);
    if (number)
        return value_is(value, VALUE_NUMBER);
    return kind != FACTS_BOOLEAN || value_is(value, VALUE_BOOL);
}

static struct str wrong_kind(struct call *, const struct type_facts *, struct str path, enum facts_kind,
                             const struct value *);

static struct str wrong_member(struct call *call, const struct type_facts *facts, struct str path,
                               const struct value *map)
{
    struct str why = STR_EMPTY;
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count && !why.len; i++) {
        struct str at = below(call, path, map->entries[i].key);
        enum facts_kind kind = facts_kind(facts, at);
        if (kind != FACTS_NO_PROPERTY)
            why = wrong_kind(call, facts, at, kind, map->entries[i].value);
    }
    return why;
}

/* A real handler is given the model as it is: "256" is no number there. */
static struct str wrong_kind(struct call *call, const struct type_facts *facts, struct str path,
                             enum facts_kind kind, const struct value *value)
{
    if (!scalar_fits(kind, value))
        return arena_printf(call->arena, "#/%.*s: expected type: %s", STR_ARG(path), kind_word(kind));
    struct str why = STR_EMPTY;
    enum facts_kind items = facts_item_kind(facts, path);
    if (kind == FACTS_OBJECT || kind == FACTS_OPEN_OBJECT)
        return wrong_member(call, facts, path, value);
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count && !why.len; i++)
        why = value_is(value->items[i], VALUE_MAP) ? wrong_member(call, facts, path, value->items[i])
              : scalar_fits(items, value->items[i])
                  ? STR_EMPTY
                  : arena_printf(call->arena, "#/%.*s/%zu: expected type: %s", STR_ARG(path), i,
                                 kind_word(items));
    return why;
}

struct str sim_model_complaint(struct call *call, const struct type_facts *facts, const struct value *model)
{
    struct error error = ERROR_INIT;
    if (!facts_check(facts, model, &error))
        return arena_printf(call->arena, "Model validation failed (%s)", error.message);
    struct str why = wrong_member(call, facts, STR_EMPTY, model);
    return why.len ? arena_printf(call->arena, "Model validation failed (%.*s)", STR_ARG(why)) : why;
}

/* --- identifiers --- */

struct str sim_model_identifier(struct call *call, const struct type_facts *facts, const struct value *model)
{
    struct str path, joined = STR_EMPTY;
    for (size_t i = 0; facts_path(facts, FACTS_PRIMARY_IDENTIFIER, i, &path); i++) {
        struct str part = value_text(member(model, path));
        if (!part.len)
            return STR_EMPTY;
        joined = i ? arena_printf(call->arena, "%.*s|%.*s", STR_ARG(joined), STR_ARG(part)) : part;
    }
    return joined;
}

static void put_at(struct call *call, struct value *model, struct str path, struct value *value)
{
    size_t dot = str_find(path, '.');
    struct str name = str_slice(path, 0, dot);
    if (dot == path.len) {
        if (!value_get_str(model, name))
            value_set(call->arena, model, name, value);
        return;
    }
    if (!value_get_str(model, name))
        value_set(call->arena, model, name, value_map(call->arena));
    if (value_is(value_get_str(model, name), VALUE_MAP))
        put_at(call, value_get_str(model, name), str_from_index(path, dot + 1), value);
}

struct value *sim_model_of_identifier(struct call *call, const struct type_facts *facts,
                                      const struct value *model)
{
    struct value *map = value_map(call->arena);
    struct str path;
    for (size_t i = 0; facts_path(facts, FACTS_PRIMARY_IDENTIFIER, i, &path); i++)
        put_at(call, map, path, member(model, path));
    return map;
}

/* "AWS::EC2::SecurityGroup" is {"ec2", "securitygroup"}. */
static struct str small_word(struct call *call, const struct type_facts *facts, int index)
{
    struct str rest = facts_type(facts), part = STR_EMPTY;
    for (int i = 0; i <= index; i++) {
        str_split(&rest, ':', &part);
        if (i < index)
            rest = str_from_index(rest, 1);
    }
    char *text = arena_strz(call->arena, part);
    for (size_t i = 0; text[i]; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] - 'A' + 'a');
    return str_from(text);
}

/* "Name", or the name of the type's last word, as far as it ends so: "GroupName" of a SecurityGroup. */
static bool is_own_name(const struct type_facts *facts, struct str path)
{
    struct str type = facts_type(facts);
    if (!str_ends(path, "Name") || str_contains(path, "."))
        return false;
    struct str stem = str_slice(path, 0, path.len - 4);
    return str_equal(str_from_index(type, type.len - stem.len), stem);
}

struct str sim_model_name(const struct type_facts *facts, const struct value *model)
{
    struct str path, found = STR_EMPTY;
    for (size_t i = 0; facts_path(facts, FACTS_CREATE_ONLY, i, &path) && !found.len; i++)
        if (is_own_name(facts, path))
            found = value_text(value_get_str(model, path));
    return found;
}

static struct value *made_value(struct call *call, const struct type_facts *facts, struct str path,
                                struct str id)
{
    struct str name =
        str_from_index(path, str_find_last(path, '.') < path.len ? str_find_last(path, '.') + 1 : 0);
    struct str service = small_word(call, facts, 1), thing = small_word(call, facts, 2);
    enum facts_kind kind = facts_kind(facts, path);
    if (kind == FACTS_INTEGER || kind == FACTS_NUMBER)
        return value_int(call->arena, 1);
    if (kind == FACTS_BOOLEAN)
        return value_bool(call->arena, false);
    if (kind == FACTS_LIST || kind == FACTS_UNORDERED_LIST)
        return value_list(call->arena);
    if (kind != FACTS_STRING)
        return NULL;
    if (str_ends(name, "Arn") || str_ends(name, "ARN"))
        return value_string(call->arena, arn(call, arena_strz(call->arena, service), "%.*s/%.*s",
                                             STR_ARG(thing), STR_ARG(id)));
    if (str_ends(name, "Time") || str_ends(name, "At") || str_ends(name, "Date"))
        return value_string(call->arena, time_text(call, call->now));
    if (str_ends(name, "Status") || str_ends(name, "State"))
        return value_stringz(call->arena, "ACTIVE");
    if (str_ends(name, "Url") || str_ends(name, "Uri"))
        return value_stringf(call->arena, "https://%.*s.%.*s.%.*s.amazonaws.com", STR_ARG(id),
                             STR_ARG(service), STR_ARG(call->region));
    if (str_ends(name, "Endpoint") || str_ends(name, "DomainName") || str_ends(name, "DNSName"))
        return value_stringf(call->arena, "%.*s.%.*s.%.*s.amazonaws.com", STR_ARG(id), STR_ARG(service),
                             STR_ARG(call->region));
    if (str_ends(name, "Id") || str_ends(name, "ID"))
        return value_string(call->arena, id);
    return value_string(call->arena, id);
}

void sim_model_complete(struct call *call, const struct type_facts *facts, struct value *model)
{
    static const enum facts_set sets[] = {FACTS_PRIMARY_IDENTIFIER, FACTS_READ_ONLY, FACTS_REF};
    struct str path, random = call_id(call, "0123456789abcdef", 17), name = sim_model_name(facts, model);
    struct str id =
        arena_printf(call->arena, "%.*s-%.*s", STR_ARG(small_word(call, facts, 2)), STR_ARG(random));
    for (size_t set = 0; set < ARRAY_LENGTH(sets); set++)
        for (size_t i = 0; facts_path(facts, sets[set], i, &path); i++) {
            bool named = name.len && (str_ends(path, "Arn") || str_ends(path, "ARN"));
            struct value *value = made_value(call, facts, path, named ? name : id);
            if (value)
                put_at(call, model, path, value);
        }
}

/* --- what can be seen and changed --- */

static void strip(struct call *call, const struct type_facts *facts, struct str path, struct value *value)
{
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        strip(call, facts, path, value->items[i]);
    for (size_t i = value_is(value, VALUE_MAP) ? value->count : 0; i-- > 0;) {
        struct str at = below(call, path, value->entries[i].key);
        if (facts_is_write_only(facts, at))
            (void)value_remove(value, value->entries[i].key);
        else
            strip(call, facts, at, value->entries[i].value);
    }
}

struct value *sim_model_readable(struct call *call, const struct type_facts *facts, const struct value *model)
{
    struct value *copy = value_copy(call->arena, model);
    strip(call, facts, STR_EMPTY, copy);
    return copy;
}

struct str sim_model_fixed_difference(struct call *call, const struct type_facts *facts,
                                      const struct value *before, const struct value *after)
{
    static const enum facts_set sets[] = {FACTS_CREATE_ONLY, FACTS_READ_ONLY};
    struct value *old = sim_model_readable(call, facts, before);
    struct str path;
    for (size_t set = 0; set < ARRAY_LENGTH(sets); set++)
        for (size_t i = 0; facts_path(facts, sets[set], i, &path); i++) {
            const struct value *was = member(old, path), *is = member(after, path);
            if (!facts_is_write_only(facts, path) && (was || is) && (!was || !is || !value_equal(was, is)))
                return path;
        }
    return STR_EMPTY;
}

struct str sim_model_failure(const struct value *model)
{
    struct str code = STR_EMPTY, marker = STR("SIMULATOR_FAILS:");
    if (value_is(model, VALUE_STRING) && str_starts(model->text, "SIMULATOR_FAILS:"))
        return str_from_index(model->text, marker.len);
    for (size_t i = 0; value_is(model, VALUE_LIST) && i < model->count && !code.len; i++)
        code = sim_model_failure(model->items[i]);
    for (size_t i = 0; value_is(model, VALUE_MAP) && i < model->count && !code.len; i++)
        code = sim_model_failure(model->entries[i].value);
    return code;
}

/* --- patches --- */

static struct str unescaped(struct call *call, struct str part)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < part.len; i++) {
        bool escape = part.ptr[i] == '~' && i + 1 < part.len;
        buf_addc(&text, !escape ? part.ptr[i] : part.ptr[i + 1] == '1' ? '/' : '~');
        i += escape;
    }
    struct str result = arena_str(call->arena, buf_str(&text));
    buf_release(&text);
    return result;
}

/* The container of what the pointer names, and its last part. */
static struct value *parent_of(struct call *call, struct value *model, struct str pointer, struct str *last)
{
    struct str part;
    if (!str_starts(pointer, "/"))
        return NULL;
    pointer = str_from_index(pointer, 1);
    while (model && str_split(&pointer, '/', &part)) {
        *last = unescaped(call, part);
        if (!pointer.len)
            return model;
        uint64_t index;
        if (value_is(model, VALUE_LIST))
            model = str_to_uint(*last, model->count, &index) ? value_at(model, index) : NULL;
        else
            model = value_get_str(model, *last);
    }
    return NULL;
}

static bool list_operation(struct call *call, struct value *list, struct str op, struct str last,
                           struct value *value)
{
    uint64_t index = list->count;
    if (!str_is(last, "-") && !str_to_uint(last, list->count, &index))
        return false;
    if (str_is(op, "add")) {
        value_append(call->arena, list, value);
        for (size_t i = list->count - 1; i > index; i--)
            list->items[i] = list->items[i - 1];
        list->items[index] = value;
        return true;
    }
    if (index >= list->count)
        return false;
    if (str_is(op, "replace")) {
        list->items[index] = value;
        return true;
    }
    for (size_t i = index; i + 1 < list->count; i++)
        list->items[i] = list->items[i + 1];
    list->count--;
    return true;
}

static bool apply(struct call *call, struct value *model, const struct value *operation)
{
    struct str op = value_get_text(operation, "op"), last = STR_EMPTY;
    struct value *value = value_get(operation, "value");
    struct value *parent = parent_of(call, model, value_get_text(operation, "path"), &last);
    bool removes = str_is(op, "remove");
    if (!parent || (!removes && !value) || !(removes || str_is(op, "add") || str_is(op, "replace")))
        return false;
    value = value ? value_copy(call->arena, value) : NULL;
    if (value_is(parent, VALUE_LIST))
        return list_operation(call, parent, op, last, value);
    if (!value_is(parent, VALUE_MAP) || (!str_is(op, "add") && !value_get_str(parent, last)))
        return false;
    if (removes)
        return value_remove(parent, last);
    value_set(call->arena, parent, last, value);
    return true;
}

struct value *sim_model_patched(struct call *call, const struct value *model, const struct value *patch,
                                struct str *why)
{
    struct value *copy = value_copy(call->arena, model);
    *why = STR("the patch is no list of operations");
    if (!value_is(patch, VALUE_LIST) || !patch->count)
        return NULL;
    for (size_t i = 0; i < patch->count; i++)
        if (!apply(call, copy, patch->items[i])) {
            *why = arena_printf(call->arena, "[%.*s] cannot be applied",
                                STR_ARG(json_text(call->arena, patch->items[i], JSON_COMPACT)));
            return NULL;
        }
    return copy;
}
