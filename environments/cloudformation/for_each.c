#include "environments/cloudformation/language_extensions.h"

/*
 * Fn::ForEach::Loop: [identifier, collection, {key: fragment}]: the fragment once an item, with ${identifier}
 * replaced by the item, &{identifier} by its letters and digits, and {"Ref": identifier} by the item, in keys
 * and values.  In Conditions, Outputs and Resources at any depth.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
 * and https://github.com/aws-cloudformation/cfn-language-discussion (RFC 9) for what names may not clash.
 */

/* Of all loops together; every turn counts as a value.  A template that large could not be deployed: its text
 * may be 1 MiB. */
enum { EXPANDED_VALUES_MAX = 100 * 1000, EXPANDED_BYTES_MAX = 2 * 1024 * 1024, LOOP_DEPTH_MAX = 5 };

/* What stands for the identifiers of the loops around. */
struct binding {
    const struct binding *outer;
    struct str identifier, item;
    size_t depth;
};

static const struct binding *bound(const struct binding *binding, struct str identifier)
{
    while (binding && !str_equal(binding->identifier, identifier))
        binding = binding->outer;
    return binding;
}

/* What stands outside of loops is not counted. */
static bool count(struct extension *extension, const struct value *at, const struct binding *bindings,
                  size_t bytes, struct error *error)
{
    if (!bindings)
        return true;
    extension->bytes += bytes;
    if (++extension->values <= EXPANDED_VALUES_MAX && extension->bytes <= EXPANDED_BYTES_MAX)
        return true;
    return value_error(at, error, ERROR_OUT_OF_MEMORY,
                       "Fn::ForEach makes more than %d values or %d MiB: a template cannot be that large",
                       EXPANDED_VALUES_MAX, EXPANDED_BYTES_MAX / 1024 / 1024);
}

static void add_item(struct buf *out, struct str item, bool plain)
{
    if (plain)
        buf_add(out, item);
    for (size_t i = 0; !plain && i < item.len; i++) {
        char c = item.ptr[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            buf_addc(out, c);
    }
}

/* The text with its identifiers replaced; the text itself where there are none. */
static bool replace(struct extension *extension, const struct value *at, struct str text,
                    const struct binding *bindings, struct str *out, struct error *error)
{
    *out = text;
    if (!bindings || (!str_contains(text, "${") && !str_contains(text, "&{")))
        return count(extension, at, bindings, text.len, error);
    struct buf replaced = BUF_INIT(EXPANDED_BYTES_MAX / 2);
    for (size_t i = 0; i < text.len && !replaced.overflow; i++) {
        struct str rest = str_from_index(text, i);
        bool plain = str_starts(rest, "${"), open = plain || str_starts(rest, "&{");
        size_t end = open ? str_find(rest, '}') : 0;
        const struct binding *found =
            open && end < rest.len ? bound(bindings, str_slice(rest, 2, end - 2)) : NULL;
        if (found) {
            add_item(&replaced, found->item, plain);
            i += end;
        } else {
            buf_addc(&replaced, text.ptr[i]);
        }
    }
    bool counted =
        count(extension, at, bindings, replaced.overflow ? EXPANDED_BYTES_MAX : replaced.len, error);
    if (counted)
        *out = arena_str(extension->arena, buf_str(&replaced));
    buf_release(&replaced);
    return counted;
}

static bool expand(struct extension *, const struct value *, const struct binding *, struct value **,
                   struct error *);
static bool expand_entries(struct extension *, const struct value *, const struct binding *, struct value *,
                           struct error *);

/* A new list of texts.  `bindings` are of the loops around this one. */
static bool collection_items(struct extension *extension, const struct value *node,
                             const struct binding *bindings, struct value **out, struct error *error)
{
    struct value *expanded, *items = NULL;
    if (!expand(extension, node, bindings, &expanded, error))
        return false;
    if (!extension_evaluate(extension, expanded, "the collection of Fn::ForEach", &items, error))
        return false;
    if (!value_is(items, VALUE_LIST))
        return value_error(node, error, ERROR_INVALID, "the collection of Fn::ForEach must be a list, not %s",
                           items ? value_kind_name(items->kind) : "AWS::NoValue");
    for (size_t i = 0; i < items->count; i++) {
        struct str ignored;
        if (value_is(items->items[i], VALUE_SECRET))
            return value_error(node, error, ERROR_INVALID,
                               "the collection of Fn::ForEach cannot be a parameter with NoEcho");
        if (!scalar_text(items->items[i], &ignored))
            return value_error(items->items[i], error, ERROR_INVALID,
                               "an item of Fn::ForEach's collection must be a text, not %s",
                               value_kind_name(items->items[i]->kind));
    }
    *out = items;
    return true;
}

static bool check_name(const struct extension *extension, const struct value *at, const char *what,
                       struct str name, struct error *error)
{
    bool sound = name.len > 0 && name.len <= 255;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        sound = sound && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    }
    if (!sound)
        return value_error(at, error, ERROR_INVALID, "%s '%.*s' must be 1 to 255 letters and digits", what,
                           STR_ARG(name));
    bool parameter = value_get_str(value_get(extension->template, "Parameters"), name);
    if (parameter || value_get_str(value_get(extension->template, "Resources"), name))
        return value_error(at, error, ERROR_INVALID, "%s '%.*s' is also the name of a %s: rename it", what,
                           STR_ARG(name), parameter ? "parameter" : "resource");
    return true;
}

static bool check_loop(const struct extension *extension, const struct value *map,
                       const struct value_entry *entry, const struct binding *bindings, struct error *error)
{
    const struct value *loop = entry->value, *identifier = value_at(loop, 0);
    if (!value_is(loop, VALUE_LIST) || loop->count != 3 || !value_is(identifier, VALUE_STRING) ||
        !value_is(loop->items[2], VALUE_MAP))
        return value_key_error(map, entry, error, ERROR_INVALID,
                               "'%.*s' needs a list of an identifier, a collection and a mapping",
                               STR_ARG(entry->key));
    if (bindings && bindings->depth >= LOOP_DEPTH_MAX)
        return value_key_error(map, entry, error, ERROR_INVALID,
                               "Fn::ForEach is nested deeper than %d levels", LOOP_DEPTH_MAX);
    if (bound(bindings, identifier->text))
        return value_error(identifier, error, ERROR_INVALID,
                           "the identifier '%.*s' is that of a loop around this one: rename it",
                           STR_ARG(identifier->text));
    return check_name(extension, identifier, "the identifier", identifier->text, error) &&
           check_name(extension, loop, "the loop's name", str_from_index(entry->key, sizeof FOR_EACH - 1),
                      error);
}

static bool expand_loop(struct extension *extension, const struct value *map, const struct value_entry *entry,
                        const struct binding *bindings, struct value *into, struct error *error)
{
    const struct value *loop = entry->value;
    struct value *items;
    if (!check_loop(extension, map, entry, bindings, error) ||
        !collection_items(extension, loop->items[1], bindings, &items, error))
        return false;
    for (size_t i = 0; i < items->count; i++) {
        struct binding inner = {.outer = bindings,
                                .identifier = loop->items[0]->text,
                                .depth = bindings ? bindings->depth + 1 : 1};
        if (!scalar_text(items->items[i], &inner.item) || !count(extension, loop, &inner, 0, error) ||
            !expand_entries(extension, loop->items[2], &inner, into, error))
            return false;
    }
    return true;
}

/* Adds the entries of `map`, expanded, to `into`. */
static bool expand_entries(struct extension *extension, const struct value *map,
                           const struct binding *bindings, struct value *into, struct error *error)
{
    for (size_t i = 0; i < map->count; i++) {
        struct value_entry entry = map->entries[i];
        struct value *value;
        if (str_starts(entry.key, FOR_EACH)) {
            if (!expand_loop(extension, map, &entry, bindings, into, error))
                return false;
            continue;
        }
        if (!replace(extension, entry.value, entry.key, bindings, &entry.key, error) ||
            !expand(extension, entry.value, bindings, &value, error))
            return false;
        const struct value_entry *first = value_entry(into, entry.key);
        if (first)
            return value_key_error(map, &entry, error, ERROR_INVALID,
                                   "Fn::ForEach makes '%.*s' twice: use its identifier in the key",
                                   STR_ARG(entry.key));
        value_set_entry(extension->arena, into, map, &entry, value);
    }
    return true;
}

/* In a loop, Fn::FindInMap is how turns differ: where its keys are plain it is replaced by what it finds, so
 * that what comes later (SAM) sees it.  What it does not find is left to the evaluation. */
static bool look_up(struct extension *extension, const struct binding *bindings, struct value **map,
                    struct error *error)
{
    const struct value_entry *call = function_call(*map);
    struct value *found = value_get(extension->template, "Mappings");
    if (!bindings || !call || !str_is(call->key, "Fn::FindInMap") || !value_is(call->value, VALUE_LIST))
        return true;
    for (size_t i = 0; i < 3 && found; i++)
        found = value_get_str(found, value_text(value_at(call->value, i)));
    struct value *otherwise = value_get(value_at(call->value, 3), "DefaultValue");
    bool plain = true;
    for (size_t i = 0; i < 3; i++)
        plain = plain && value_at(call->value, i) && !function_call(call->value->items[i]);
    if (!found && plain && otherwise && !function_find(otherwise))
        found = otherwise;
    if (!found || function_find(found))
        return true;
    extension->values += template_count_values(found);
    if (!count(extension, *map, bindings, 0, error))
        return false;
    *map = value_at_position_of(value_copy(extension->arena, found), *map);
    return true;
}

static bool expand_map(struct extension *extension, const struct value *map, const struct binding *bindings,
                       struct value **out, struct error *error)
{
    const struct value *name = value_get(map, "Ref");
    if (map->count == 1 && value_is(name, VALUE_STRING)) {
        const struct binding *binding = bound(bindings, name->text);
        if (binding) {
            *out = value_at_position_of(value_string(extension->arena, binding->item), map);
            return true;
        }
    }
    *out = value_at_position_of(value_map(extension->arena), map);
    return expand_entries(extension, map, bindings, *out, error) &&
           extension_resolve(extension, out, error) && look_up(extension, bindings, out, error);
}

static bool expand(struct extension *extension, const struct value *value, const struct binding *bindings,
                   struct value **out, struct error *error)
{
    if (value->kind == VALUE_MAP)
        return count(extension, value, bindings, 0, error) &&
               expand_map(extension, value, bindings, out, error);
    if (value->kind == VALUE_LIST) {
        *out = value_at_position_of(value_list(extension->arena), value);
        for (size_t i = 0; i < value->count; i++) {
            struct value *item;
            if (!expand(extension, value->items[i], bindings, &item, error))
                return false;
            value_append(extension->arena, *out, item);
        }
        return count(extension, value, bindings, 0, error);
    }
    struct str text;
    *out = bindings ? value_copy(extension->arena, value) : (struct value *)value;
    if (value->kind != VALUE_STRING)
        return count(extension, value, bindings, value->text.len, error);
    if (!replace(extension, value, value->text, bindings, &text, error))
        return false;
    (*out)->text = text;
    return true;
}

bool for_each_expand(struct extension *extension, const struct value *section, struct value **out,
                     struct error *error)
{
    return expand(extension, section, NULL, out, error);
}
