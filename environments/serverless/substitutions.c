#include "environments/serverless/native.h"

/*
 * A variable that only the account can answer makes its text {"Fn::Join": ["", [...]]}, which Fn::Sub does
 * not take as its template.  There, the parts become names: {"Fn::Sub": ["arn:${AWS::Region}:${Variable1}",
 * {"Variable1":
 * {...}}]}.
 */

static const struct value *joined(const struct value *text)
{
    const struct value *arguments = value_get(text, "Fn::Join");
    const struct value *parts = value_at(arguments, 1);
    return value_is_text(value_at(arguments, 0), "") && value_is(parts, VALUE_LIST) ? parts : NULL;
}

static void add_part(struct arena *arena, const struct value *part, struct buf *text, struct value *names)
{
    const struct value *parts = joined(part);
    if (value_is(part, VALUE_STRING)) {
        buf_add(text, part->text);
    } else if (parts) {
        for (size_t i = 0; i < parts->count; i++)
            add_part(arena, parts->items[i], text, names);
    } else if (value_is_text(value_get(part, "Ref"), "AWS::AccountId")) {
        buf_addz(text, "${AWS::AccountId}");
    } else {
        struct str name = arena_printf(arena, "Variable%zu", names->count + 1);
        buf_printf(text, "${%.*s}", STR_ARG(name));
        value_set(arena, names, name, value_copy(arena, part));
    }
}

/* The text with its names, in the place of what `slot` holds. */
static void mend(struct arena *arena, struct value **slot)
{
    struct value *old = *slot, *names = value_map(arena);
    const struct value *template = value_is(old, VALUE_LIST) ? value_at(old, 0) : old;
    if (!value_is(template, VALUE_MAP))
        return;
    const struct value *given = value_is(old, VALUE_LIST) ? value_at(old, 1) : NULL;
    for (size_t i = 0; value_is(given, VALUE_MAP) && i < given->count; i++)
        value_set(arena, names, given->entries[i].key, given->entries[i].value);
    struct buf text = BUF_INIT(BUF_LARGE);
    add_part(arena, template, &text, names);
    struct value *made = value_at_position_of(value_string(arena, buf_str(&text)), template);
    buf_release(&text);
    *slot = made;
    if (!names->count)
        return;
    *slot = value_at_position_of(value_list(arena), old);
    value_append(arena, *slot, made);
    value_append(arena, *slot, names);
}

void native_mend_substitutions(struct arena *arena, struct value *value)
{
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        native_mend_substitutions(arena, value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++) {
        native_mend_substitutions(arena, value->entries[i].value);
        if (str_is(value->entries[i].key, "Fn::Sub"))
            mend(arena, &value->entries[i].value);
    }
}
