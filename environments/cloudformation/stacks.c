#include "base/digest.h"
#include "environments/cloudformation/template.h"

/* Letters and digits of the name, as a logical id has them. */
static struct str logical_id(struct arena *arena, struct str name)
{
    char *id = arena_alloc(arena, name.len + 1);
    size_t count = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            id[count++] = c;
    }
    return (struct str){.ptr = id, .len = count};
}

/* Two stacks whose names differ in other signs only are told apart by a digest. */
static struct str unique_id(struct arena *arena, const struct front_end_stack *stack,
                            const struct value *resources)
{
    struct str id = logical_id(arena, stack->name.len ? stack->name : stack->id);
    if (id.len && !value_get_str(resources, id))
        return id;
    struct str digest = sha1_hex(arena, stack->id);
    return arena_printf(arena, "%.*s%.8s", STR_ARG(id), digest.ptr);
}

/* Each parameter of the application must be declared by one stack at least. */
static bool check_parameters(struct arena *arena, const struct template_options *options,
                             const struct front_end_result *source, struct error *error)
{
    const struct value *given = options->parameters;
    struct value *declared = value_map(arena);
    for (size_t i = 0; i < source->stack_count; i++) {
        const struct value *parameters = value_get(source->stacks[i].template, "Parameters");
        for (size_t k = 0; value_is(parameters, VALUE_MAP) && k < parameters->count; k++)
            value_set(arena, declared, parameters->entries[k].key, parameters->entries[k].value);
    }
    for (size_t i = 0; given && i < given->count; i++)
        if (!value_get_str(declared, given->entries[i].key))
            return value_key_error(given, &given->entries[i], error, ERROR_INVALID,
                                   "no stack of '%.*s' has a parameter '%.*s'%s", STR_ARG(options->path),
                                   STR_ARG(given->entries[i].key),
                                   nearest_key(arena, given->entries[i].key, declared));
    return true;
}

bool stacks_join(struct arena *arena, const struct template_options *options,
                 const struct front_end_result *source, struct value **template, struct error *error)
{
    struct value *resources = value_map(arena);
    struct str *ids = arena_array(arena, source->stack_count + 1, sizeof *ids);
    if (!check_parameters(arena, options, source, error))
        return false;
    for (size_t i = 0; i < source->stack_count; i++) {
        const struct front_end_stack *stack = &source->stacks[i];
        struct value *node = value_at_position_of(value_map(arena), stack->template);
        struct value *after = value_list(arena);
        ids[i] = unique_id(arena, stack, resources);
        for (size_t k = 0; k < stack->after_count; k++)
            value_append(arena, after, value_string(arena, ids[stack->after[k]]));
        value_setz(arena, node, "Type", value_stringz(arena, "AWS::CloudFormation::Stack"));
        value_setz(arena, node, "DependsOn", after);
        value_set(arena, resources, ids[i], node);
    }
    *template = value_map(arena);
    value_setz(arena, *template, "Resources", resources);
    return true;
}
