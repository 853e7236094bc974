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

static bool is_reference(const struct value *value, const void *name)
{
    const struct value *ref = value_get(value, "Ref");
    return value_is(ref, VALUE_STRING) && str_equal(ref->text, *(const struct str *)name);
}

static bool refers_to(const struct value *value, struct str name)
{
    return value_find(value, is_reference, &name);
}

/* The parameter that takes the tool's version from SSM goes, with the rules that look at it. */
static void drop_version(struct value *template, struct str ssm_name)
{
    struct value *parameters = value_get(template, "Parameters"), *rules = value_get(template, "Rules");
    struct str name = STR_EMPTY;
    for (size_t i = 0; value_is(parameters, VALUE_MAP) && i < parameters->count && !name.len; i++) {
        const struct value *declared = parameters->entries[i].value;
        if (str_starts(value_get_text(declared, "Type"), SSM_PARAMETER_TYPE) && ssm_name.len &&
            str_equal(value_get_text(declared, "Default"), ssm_name))
            name = parameters->entries[i].key;
    }
    if (!name.len || refers_to(value_get(template, "Resources"), name) ||
        refers_to(value_get(template, "Outputs"), name) || refers_to(value_get(template, "Conditions"), name))
        return;
    for (size_t i = value_is(rules, VALUE_MAP) ? rules->count : 0; i > 0; i--)
        if (refers_to(rules->entries[i - 1].value, name))
            value_remove(rules, rules->entries[i - 1].key);
    value_remove(parameters, name);
}

static bool has_resources(const struct front_end_stack *stack)
{
    const struct value *resources = value_get(stack->template, "Resources");
    bool found = false;
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count && !found; i++)
        found = !resource_is_nothing(resources->entries[i].value);
    return found;
}

/* Where a stack came after one that is left out, it comes after what that came after. */
static void keep_order(struct arena *arena, const struct front_end_result *source, size_t at)
{
    struct front_end_stack *stack = &source->stacks[at];
    bool *earlier = arena_array(arena, source->stack_count + 1, sizeof *earlier);
    for (size_t i = 0; i < stack->after_count; i++) {
        const struct front_end_stack *before = &source->stacks[stack->after[i]];
        bool kept = has_resources(before);
        earlier[stack->after[i]] = kept;
        for (size_t k = 0; k < before->after_count && !kept; k++)
            earlier[before->after[k]] = true;
    }
    stack->after = arena_array(arena, source->stack_count + 1, sizeof *stack->after);
    stack->after_count = 0;
    for (size_t i = 0; i < source->stack_count; i++)
        if (earlier[i])
            stack->after[stack->after_count++] = i;
}

void stacks_settle(struct arena *arena, struct front_end_result *source)
{
    size_t *places = arena_array(arena, source->stack_count + 1, sizeof *places), count = 0;
    for (size_t i = 0; i < source->stack_count; i++) {
        drop_version(source->stacks[i].template, source->stacks[i].version_parameter);
        keep_order(arena, source, i);
        places[i] = count;
        count += has_resources(&source->stacks[i]);
    }
    if (!count)
        return;
    for (size_t i = 0; i < source->stack_count; i++) {
        struct front_end_stack stack = source->stacks[i];
        for (size_t k = 0; k < stack.after_count; k++)
            stack.after[k] = places[stack.after[k]];
        if (has_resources(&stack))
            source->stacks[places[i]] = stack;
    }
    source->stack_count = count;
}
