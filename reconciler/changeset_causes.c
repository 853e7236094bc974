#include "reconciler/changeset_private.h"

enum { DEPTH_MAX = 64 };

const struct value_entry *changeset_call(const struct value *value)
{
    if (!value_is(value, VALUE_MAP) || value->count != 1)
        return NULL;
    struct str key = value->entries[0].key;
    return str_is(key, "Ref") || str_starts(key, "Fn::") ? &value->entries[0] : NULL;
}

enum fate changeset_fate(const struct changeset_making *making, struct str logical_id)
{
    for (size_t i = 0; i < making->after->count; i++)
        if (str_equal(making->after->resources[i].logical_id, logical_id))
            return making->fates[i];
    return FATE_STAYS; /* a pseudo parameter */
}

static void add(struct changeset_causes *causes, struct changeset_cause cause)
{
    for (size_t i = 0; i < causes->count; i++)
        if (causes->items[i].source == cause.source && str_equal(causes->items[i].entity, cause.entity))
            return;
    if (causes->count < CHANGESET_CAUSES_MAX)
        causes->items[causes->count++] = cause;
}

/* What is left of a reference: a name, or a list of a name and an attribute. */
static void add_resource(const struct changeset_making *making, const struct value *argument,
                         struct changeset_causes *causes)
{
    bool attribute = value_is(argument, VALUE_LIST);
    struct str id = value_text(attribute ? value_at(argument, 0) : argument);
    enum fate fate = changeset_fate(making, id);
    if (fate == FATE_STAYS)
        return;
    if (attribute)
        id =
            arena_printf(making->arena, "%.*s.%.*s", STR_ARG(id), STR_ARG(value_text(value_at(argument, 1))));
    add(causes, (struct changeset_cause){
                    .source = attribute ? SOURCE_RESOURCE_ATTRIBUTE : SOURCE_RESOURCE_REFERENCE,
                    .entity = id,
                    .dynamic = fate == FATE_MAY_BE_NEW,
                });
}

void changeset_resource_causes(const struct changeset_making *making, const struct value *open,
                               struct changeset_causes *causes)
{
    const struct value_entry *call = changeset_call(open);
    if (call && (str_is(call->key, "Ref") || str_is(call->key, "Fn::GetAtt"))) {
        add_resource(making, call->value, causes);
        return;
    }
    for (size_t i = 0; value_is(open, VALUE_LIST) && i < open->count; i++)
        changeset_resource_causes(making, open->items[i], causes);
    for (size_t i = 0; value_is(open, VALUE_MAP) && i < open->count; i++)
        changeset_resource_causes(making, open->entries[i].value, causes);
}

/* Of what lies in SSM only the name is known. */
static bool same_parameter(const struct value *was, const struct value *now)
{
    if (value_is(was, VALUE_UNKNOWN) && value_is(now, VALUE_UNKNOWN))
        return str_equal(was->text, now->text);
    return was && value_equal(was, now);
}

bool changeset_parameters_change(const struct desired *before, const struct desired *after)
{
    const struct value *now = after->parameters;
    bool change = before->parameters && now && before->parameters->count != now->count;
    for (size_t i = 0; value_is(now, VALUE_MAP) && i < now->count && !change; i++)
        change =
            !same_parameter(value_get_str(before->parameters, now->entries[i].key), now->entries[i].value);
    return change;
}

static bool is_macro(const struct value *value, const void *self)
{
    (void)self;
    return value_get(value, "Fn::Transform");
}

bool changeset_holds_macro(const struct value *value)
{
    return value_find(value, is_macro, NULL);
}

static void add_parameter(const struct changeset_making *making, struct str name,
                          struct changeset_causes *causes)
{
    const struct value *now = value_get_str(making->after->parameters, name);
    const struct value *was = value_get_str(making->before->parameters, name);
    if (now && !same_parameter(was, now))
        add(causes, (struct changeset_cause){.source = SOURCE_PARAMETER_REFERENCE, .entity = name});
}

/* "${Name}" in the text of a Fn::Sub, unless it is one of its own variables. */
static void add_substituted(const struct changeset_making *making, struct str text,
                            const struct value *variables, struct changeset_causes *causes)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '$' || text.ptr[i + 1] != '{')
            continue;
        struct str rest = str_from_index(text, i + 2);
        struct str name = str_trim(str_slice(rest, 0, str_find(rest, '}')));
        if (!value_get_str(variables, name))
            add_parameter(making, name, causes);
    }
}

static void add_written(const struct changeset_making *making, const struct value *written, int depth,
                        struct changeset_causes *causes)
{
    written = changeset_branch(making, written);
    const struct value_entry *call = changeset_call(written);
    if (depth > DEPTH_MAX)
        return;
    if (call && str_is(call->key, "Ref"))
        add_parameter(making, value_text(call->value), causes);
    if (call && str_is(call->key, "Fn::Sub")) {
        bool pair = value_is(call->value, VALUE_LIST);
        add_substituted(making, value_text(pair ? value_at(call->value, 0) : call->value),
                        pair ? value_at(call->value, 1) : NULL, causes);
    }
    for (size_t i = 0; value_is(written, VALUE_LIST) && i < written->count; i++)
        add_written(making, written->items[i], depth + 1, causes);
    for (size_t i = 0; value_is(written, VALUE_MAP) && i < written->count; i++)
        add_written(making, written->entries[i].value, depth + 1, causes);
}

void changeset_parameter_causes(const struct changeset_making *making, const struct value *written,
                                struct changeset_causes *causes)
{
    add_written(making, written, 0, causes);
}

const struct value *changeset_branch(const struct changeset_making *making, const struct value *written)
{
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        const struct value *argument = value_get(changeset_call(written) ? written : NULL, "Fn::If");
        const struct value *holds =
            value_get_str(making->after->conditions, value_text(value_at(argument, 0)));
        if (!value_is(argument, VALUE_LIST) || argument->count != 3 || !value_is(holds, VALUE_BOOL))
            return written;
        written = argument->items[holds->boolean ? 1 : 2];
    }
    return written;
}
