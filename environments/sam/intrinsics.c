#include <string.h>

#include "environments/sam/transform.h"

enum { RESOLVE_DEPTH_MAX = 160 };

bool is_intrinsic(const struct value *value)
{
    if (!value_is(value, VALUE_MAP) || value->count != 1)
        return false;
    struct str key = value->entries[0].key;
    return str_is(key, "Ref") || str_is(key, "Condition") || str_starts(key, "Fn::");
}

bool is_intrinsic_if(const struct value *value)
{
    return is_intrinsic(value) && str_is(value->entries[0].key, "Fn::If");
}

bool is_no_value(const struct value *value)
{
    return is_intrinsic(value) && value_is_text(value_get(value, "Ref"), "AWS::NoValue");
}

const char *id_of_intrinsic(struct sam *sam, const struct value *value)
{
    if (!is_intrinsic(value))
        return NULL;
    const struct value *ref = value_get(value, "Ref"), *attribute = value_get(value, "Fn::GetAtt");
    if (value_is(ref, VALUE_STRING))
        return ref->text.ptr;
    if (value_is(attribute, VALUE_LIST) && attribute->count == 2 &&
        value_is(attribute->items[0], VALUE_STRING))
        return attribute->items[0]->text.ptr;
    struct str path = value_is(attribute, VALUE_STRING) ? attribute->text : STR_EMPTY;
    size_t dot = str_find(path, '.');
    bool one = dot < path.len && str_find_last(path, '.') == dot;
    return one ? arena_strz(sam->arena, str_slice(path, 0, dot)) : NULL;
}

const char *shorthand(struct sam *sam, const struct value *value)
{
    const struct value *attribute = value_get(value, "Fn::GetAtt");
    if (!attribute)
        return text(sam, "${%.*s}", STR_ARG(value_get_text(value, "Ref")));
    return text(sam, "${%.*s.%.*s}", STR_ARG(value_text(value_at(attribute, 0))),
                STR_ARG(value_text(value_at(attribute, 1))));
}

/* What a resolution does with a reference "A" or "A.B"; NULL leaves it. */
struct resolution {
    struct sam *sam;
    struct value *(*ref)(struct resolution *, const struct value *name);
    struct value *(*variable)(struct resolution *, struct str reference); /* text for "${reference}" */
    void (*attribute)(struct resolution *, struct value *call);
    size_t depth;
};

static bool is_reference(struct str name)
{
    bool sound = name.len > 0;
    for (size_t i = 0; i < name.len; i++)
        sound = sound && (is_alphanumeric(str_slice(name, i, 1)) || name.ptr[i] == '.');
    return sound || (str_starts(name, "AWS::") && is_alphanumeric(str_from_index(name, 5)));
}

static struct value *substitute_all(struct resolution *resolution, struct value *in)
{
    struct buf out = BUF_INIT(BUF_LARGE);
    struct str rest = in->text;
    bool changed = false;
    while (rest.len > 0) {
        size_t dollar = str_find(rest, '$');
        buf_add(&out, str_slice(rest, 0, dollar));
        rest = str_from_index(rest, dollar);
        size_t end = str_starts(rest, "${") ? str_find(rest, '}') : rest.len;
        struct str name = end < rest.len ? str_slice(rest, 2, end - 2) : STR_EMPTY;
        struct value *found = is_reference(name) ? resolution->variable(resolution, name) : NULL;
        if (found) {
            buf_add(&out, found->text);
            rest = str_from_index(rest, end + 1);
            changed = true;
        } else if (rest.len > 0) {
            buf_addc(&out, '$');
            rest = str_from_index(rest, 1);
        }
    }
    struct value *result = in;
    if (changed) {
        result = value_at_position_of(value_string(resolution->sam->arena, buf_str(&out)), in);
        result->mark = in->mark;
    }
    buf_release(&out);
    return result;
}

static struct value *resolve(struct resolution *, struct value *);

static struct value *resolve_call(struct resolution *resolution, struct value *call)
{
    struct str name = call->entries[0].key;
    struct value *argument = call->entries[0].value;
    if (str_is(name, "Ref") && value_is(argument, VALUE_STRING)) {
        struct value *found = resolution->ref(resolution, argument);
        return found ? found : call;
    }
    if (str_is(name, "Fn::Sub") && value_is(argument, VALUE_STRING))
        call->entries[0].value = substitute_all(resolution, argument);
    if (str_is(name, "Fn::Sub") && value_is(value_at(argument, 0), VALUE_STRING))
        argument->items[0] = substitute_all(resolution, argument->items[0]);
    if (str_is(name, "Fn::GetAtt") && resolution->attribute)
        resolution->attribute(resolution, call);
    return call;
}

static struct value *resolve(struct resolution *resolution, struct value *value)
{
    if (!value || ++resolution->depth > RESOLVE_DEPTH_MAX)
        return value;
    if (value->kind == VALUE_MAP && value->count == 1)
        value = resolve_call(resolution, value);
    if (value->kind == VALUE_MAP)
        for (size_t i = 0; i < value->count; i++)
            value->entries[i].value = resolve(resolution, value->entries[i].value);
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->count; i++)
            value->items[i] = resolve(resolution, value->items[i]);
    resolution->depth--;
    return value;
}

static struct value *parameter_ref(struct resolution *resolution, const struct value *name)
{
    return value_get_str(resolution->sam->parameters, name->text);
}

static struct value *parameter_variable(struct resolution *resolution, struct str name)
{
    struct value *found = value_get_str(resolution->sam->parameters, name);
    if (found && found->kind != VALUE_STRING) {
        sam_fail(resolution->sam, NULL, "", "'${%.*s}' in 'Fn::Sub' must stand for a text", STR_ARG(name));
        return NULL;
    }
    return found;
}

struct value *resolve_parameters(struct sam *sam, struct value *value)
{
    struct resolution resolution = {.sam = sam, .ref = parameter_ref, .variable = parameter_variable};
    return resolve(&resolution, value);
}

struct value *resolve_mappings(struct sam *sam, struct value *value)
{
    if (!value_is(value, VALUE_MAP) || value->count != 1)
        return value;
    const struct value *keys = value_get(value, "Fn::FindInMap");
    if (!value_is(keys, VALUE_LIST) || keys->count != 3)
        return value;
    struct value *level = sam->mappings;
    for (size_t i = 0; i < 3 && level; i++)
        level = value_is(keys->items[i], VALUE_STRING) ? value_get_str(level, keys->items[i]->text) : NULL;
    return level ? level : value;
}

static struct value *changed_id_ref(struct resolution *resolution, const struct value *name)
{
    struct value *changed = value_get_str(resolution->sam->changed_ids, name->text);
    return changed ? make(resolution->sam, "{'Ref': %v}", changed) : NULL;
}

static struct value *changed_id_variable(struct resolution *resolution, struct str name)
{
    size_t dot = str_find(name, '.');
    struct value *changed = value_get_str(resolution->sam->changed_ids, str_slice(name, 0, dot));
    return changed ? value_stringf(resolution->sam->arena, "${%.*s%.*s}", STR_ARG(changed->text),
                                   STR_ARG(str_from_index(name, dot)))
                   : NULL;
}

static bool is_attribute_call(const struct value *argument)
{
    bool sound = value_is(argument, VALUE_LIST) && argument->count >= 2;
    for (size_t i = 0; sound && i < argument->count; i++)
        sound = value_is(argument->items[i], VALUE_STRING);
    return sound;
}

/* ["A", "B.C"] as "A.B.C". */
static struct str joined_attribute(struct sam *sam, const struct value *argument)
{
    struct str all = argument->items[0]->text;
    for (size_t i = 1; i < argument->count; i++)
        all = arena_printf(sam->arena, "%.*s.%.*s", STR_ARG(all), STR_ARG(argument->items[i]->text));
    return all;
}

/* Fn::GetAtt of the new id and of what is left of the dotted name, one item a part. */
static void set_attribute_call(struct sam *sam, struct value *call, struct value *id, struct str rest)
{
    struct value *list = make(sam, "[%v]", id);
    struct str part;
    while (rest.len > 0 && str_split(&rest, '.', &part))
        value_append(sam->arena, list, value_string(sam->arena, part));
    call->entries[0].value = list;
}

static void changed_id_attribute(struct resolution *resolution, struct value *call)
{
    if (!is_attribute_call(call->entries[0].value))
        return;
    struct str name = joined_attribute(resolution->sam, call->entries[0].value);
    size_t dot = str_find(name, '.');
    struct value *changed = value_get_str(resolution->sam->changed_ids, str_slice(name, 0, dot));
    if (changed)
        set_attribute_call(resolution->sam, call, changed, str_from_index(name, dot + 1));
}

/* "Function.Alias": the id of the resource that the property stands for. */
static struct value *referred(struct sam *sam, struct str name, size_t *used)
{
    size_t dot = str_find(name, '.');
    struct str rest = str_from_index(name, dot + 1);
    size_t second = str_find(rest, '.');
    *used = dot + 1 + second;
    return value_get_str(value_get_str(sam->references, str_slice(name, 0, dot)), str_slice(rest, 0, second));
}

static struct value *reference_ref(struct resolution *resolution, const struct value *name)
{
    size_t used;
    struct value *found = referred(resolution->sam, name->text, &used);
    return found && used == name->text.len ? make(resolution->sam, "{'Ref': %v}", found) : NULL;
}

static struct value *reference_variable(struct resolution *resolution, struct str name)
{
    size_t used;
    struct value *found = referred(resolution->sam, name, &used);
    return found ? value_stringf(resolution->sam->arena, "${%.*s%.*s}", STR_ARG(found->text),
                                 STR_ARG(str_from_index(name, used)))
                 : NULL;
}

static void reference_attribute(struct resolution *resolution, struct value *call)
{
    size_t used;
    if (!is_attribute_call(call->entries[0].value))
        return;
    struct str name = joined_attribute(resolution->sam, call->entries[0].value);
    struct value *found = referred(resolution->sam, name, &used);
    if (found)
        set_attribute_call(resolution->sam, call, found, str_from_index(name, used + 1));
}

static void resolve_depends_on(struct sam *sam, struct value *value)
{
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            resolve_depends_on(sam, value->items[i]);
    if (!value_is(value, VALUE_MAP))
        return;
    struct value_entry *entry = value_entry(value, STR("DependsOn"));
    for (size_t i = 0; entry && value_is(entry->value, VALUE_LIST) && i < entry->value->count; i++) {
        struct value *changed = value_get_str(sam->changed_ids, value_text(entry->value->items[i]));
        entry->value->items[i] = changed ? changed : entry->value->items[i];
    }
    if (entry && value_is(entry->value, VALUE_STRING)) {
        struct value *changed = value_get_str(sam->changed_ids, entry->value->text);
        entry->value = changed ? changed : entry->value;
    }
    for (size_t i = 0; i < value->count; i++)
        resolve_depends_on(sam, value->entries[i].value);
}

void resolve_references(struct sam *sam, struct value *template)
{
    struct resolution ids = {.sam = sam,
                             .ref = changed_id_ref,
                             .variable = changed_id_variable,
                             .attribute = changed_id_attribute};
    struct resolution properties = {
        .sam = sam, .ref = reference_ref, .variable = reference_variable, .attribute = reference_attribute};
    if (sam->changed_ids->count > 0) {
        resolve_depends_on(sam, template);
        resolve(&ids, template);
    }
    if (sam->references->count > 0)
        resolve(&properties, template);
}
