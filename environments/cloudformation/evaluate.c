#include "environments/cloudformation/template.h"

/* Later work, refused until then. */
static const char *const later_functions[][2] = {
    {"Fn::Transform", "write out what the macro would insert"},
};

static const char *const pseudo_parameters[] = {"AWS::AccountId", "AWS::NoValue",  "AWS::NotificationARNs",
                                                "AWS::Partition", "AWS::Region",   "AWS::StackId",
                                                "AWS::StackName", "AWS::URLSuffix"};

static bool is_function(struct str key)
{
    return str_is(key, "Ref") || str_starts(key, "Fn::");
}

struct value_entry *function_call(const struct value *value)
{
    return value_is(value, VALUE_MAP) && value->count == 1 && is_function(value->entries[0].key)
               ? &value->entries[0]
               : NULL;
}

static bool is_call(const struct value *value, const void *self)
{
    (void)self;
    return function_call(value);
}

const struct value *function_find(const struct value *value)
{
    return value_find(value, is_call, NULL);
}

bool scalar_text(const struct value *value, struct str *out)
{
    if (!value || value->kind == VALUE_NULL || value->kind == VALUE_LIST || value->kind == VALUE_MAP ||
        value->kind == VALUE_UNKNOWN)
        return false;
    *out = value->kind == VALUE_SECRET ? value->text : value_text(value);
    return true;
}

static bool count_node(struct evaluation *evaluation, const struct value *at, size_t bytes,
                       struct error *error)
{
    struct evaluation *root = evaluation->root;
    root->bytes += bytes;
    if (++root->nodes <= EVALUATION_NODES_MAX + root->values && root->bytes <= EVALUATION_BYTES_MAX)
        return true;
    return value_error(at, error, ERROR_OUT_OF_MEMORY,
                       "the template evaluates to %d values or %d MiB of text more than it has",
                       EVALUATION_NODES_MAX, EVALUATION_BYTES_MAX / 1024 / 1024);
}

bool evaluation_count(struct evaluation *evaluation, const struct value *tree, struct error *error)
{
    bool few = count_node(evaluation, tree, tree->text.len, error);
    for (size_t i = 0; value_is(tree, VALUE_LIST) && i < tree->count && few; i++)
        few = evaluation_count(evaluation, tree->items[i], error);
    for (size_t i = 0; value_is(tree, VALUE_MAP) && i < tree->count && few; i++)
        few = evaluation_count(evaluation, tree->entries[i].value, error);
    return few;
}

static bool put_in_place(struct evaluation *evaluation, const struct value *at, const struct value *known,
                         struct value **out, struct error *error)
{
    size_t before = evaluation->root->nodes;
    if (!evaluation_count(evaluation, known, error))
        return false;
    /* Nested stacks can double what they hand on, one after the other. */
    if (evaluation->root->nodes - before > PLACED_NODES_MAX)
        return value_error(at, error, ERROR_OUT_OF_MEMORY, "what this stands for has more than %d values",
                           PLACED_NODES_MAX);
    *out = value_at_position_of(value_copy(evaluation->arena, known), at);
    return true;
}

/* There is no stack; the id is made of what identifies the application, so that it never changes. */
struct value *stack_id(struct evaluation *evaluation)
{
    const struct template_options *options = evaluation->options;
    if (options->account.len == 0)
        return NULL;
    uint64_t high = str_hash(options->stack_name), low = str_hash(options->account) ^ high;
    return value_stringf(
        evaluation->arena, "arn:%.*s:cloudformation:%.*s:%.*s:stack/%.*s/%08x-%04x-%04x-%04x-%012llx",
        STR_ARG(partition_of_region(options->region)), STR_ARG(options->region), STR_ARG(options->account),
        STR_ARG(options->stack_name), (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xFFFF),
        (unsigned)(high & 0xFFFF), (unsigned)(low >> 48), (unsigned long long)(low & 0xFFFFFFFFFFFF));
}

/* NULL where the pseudo parameter stays open; *known tells whether the name is one. */
static struct value *pseudo_parameter(struct evaluation *evaluation, struct str name, bool *known)
{
    struct arena *arena = evaluation->arena;
    const struct template_options *options = evaluation->options;
    *known = false;
    for (size_t i = 0; i < ARRAY_LENGTH(pseudo_parameters); i++)
        *known = *known || str_is(name, pseudo_parameters[i]);
    if (!*known || !options)
        return NULL;
    if (str_is(name, "AWS::Region"))
        return value_string(arena, options->region);
    if (str_is(name, "AWS::Partition"))
        return value_string(arena, partition_of_region(options->region));
    if (str_is(name, "AWS::URLSuffix"))
        return value_string(arena, url_suffix_of_region(options->region));
    if (str_is(name, "AWS::StackName"))
        return value_string(arena, options->stack_name);
    if (str_is(name, "AWS::NotificationARNs"))
        return value_list(arena);
    if (str_is(name, "AWS::StackId"))
        return stack_id(evaluation);
    return options->account.len ? value_string(arena, options->account) : NULL;
}

static bool check_resource(struct evaluation *evaluation, const struct value *at, struct str id,
                           struct error *error)
{
    const struct value *resources = value_get(evaluation->template, "Resources");
    const struct value *present = value_get_str(evaluation->present, id);
    if (!value_get_str(resources, id)) {
        const char *nearest = nearest_key(evaluation->arena, id, resources);
        if (!*nearest)
            nearest = nearest_key(evaluation->arena, id, evaluation->parameters);
        return value_error(at, error, ERROR_INVALID, "'%.*s' is neither a parameter nor a resource%s",
                           STR_ARG(id), nearest);
    }
    if (evaluation->before_resources)
        return value_error(at, error, ERROR_INVALID, "%s cannot refer to the resource '%.*s'",
                           evaluation->before_resources, STR_ARG(id));
    if (value_is(present, VALUE_BOOL) && !present->boolean)
        return value_error(
            at, error, ERROR_INVALID,
            "'%.*s' is not created because its condition '%.*s' is false, so nothing can refer "
            "to it",
            STR_ARG(id), STR_ARG(value_text(value_path(value_get_str(resources, id), "Condition", NULL))));
    return true;
}

static struct value *call_node(struct evaluation *evaluation, const struct value *at, const char *name,
                               struct value *argument)
{
    struct value *map = value_at_position_of(value_map(evaluation->arena), at);
    value_setz(evaluation->arena, map, name, argument);
    return map;
}

static struct value *full_id(struct evaluation *evaluation, struct str id)
{
    return value_string(evaluation->arena, application_id(evaluation, id));
}

static bool look_up(struct evaluation *evaluation, const struct value *at, struct str id,
                    struct str attribute, struct value **out, struct error *error)
{
    const struct resolver *resolver = evaluation->resolver;
    if (!resolver->lookup(resolver->self, evaluation->arena, id, attribute, out, error))
        return error_prefix(error, "'%.*s%s%.*s'", STR_ARG(id), attribute.len ? "." : "", STR_ARG(attribute));
    if (!*out)
        return value_error(at, error, ERROR_BUG, "nothing is known of '%.*s'", STR_ARG(id));
    return true;
}

static bool ref(struct evaluation *evaluation, const struct value *at, const struct value *argument,
                struct value **out, struct error *error)
{
    bool pseudo;
    if (!value_is(argument, VALUE_STRING))
        return value_error(argument, error, ERROR_INVALID, "'Ref' needs a name");
    struct str name = argument->text;
    if (str_is(name, "AWS::NoValue")) {
        *out = NULL;
        return true;
    }
    struct value *known = pseudo_parameter(evaluation, name, &pseudo);
    if (!known)
        known = value_get_str(evaluation->parameters, name);
    bool open = value_is(known, VALUE_UNKNOWN); /* in SSM, and nobody can be asked */
    if (known && !open)
        return put_in_place(evaluation, at, known, out, error);
    if (!pseudo && !open && evaluation->template && !check_resource(evaluation, argument, name, error))
        return false;
    if (evaluation->resolver)
        return look_up(evaluation, at, name, STR_EMPTY, out, error);
    struct nested_stack *nested = nested_get(evaluation, name);
    if (nested)
        return nested_ref(evaluation, nested, out, error);
    *out = call_node(evaluation, at, "Ref",
                     pseudo ? value_string(evaluation->arena, name) : full_id(evaluation, name));
    return true;
}

static bool get_att(struct evaluation *evaluation, const struct value *at, const struct value *argument,
                    struct value **out, struct error *error)
{
    struct str id, attribute;
    if (value_is(argument, VALUE_STRING)) {
        size_t dot = str_find(argument->text, '.');
        id = str_slice(argument->text, 0, dot);
        attribute = str_from_index(argument->text, dot + 1);
    } else {
        struct value *second = NULL;
        if (!value_is(argument, VALUE_LIST) || argument->count != 2 ||
            !value_is(argument->items[0], VALUE_STRING))
            return value_error(argument, error, ERROR_INVALID,
                               "'Fn::GetAtt' needs a resource's name and an attribute, as in 'Table.Arn'");
        id = argument->items[0]->text;
        if (!evaluate(evaluation, argument->items[1], &second, error))
            return false;
        attribute = value_text(second);
    }
    if (!id.len || !attribute.len)
        return value_error(argument, error, ERROR_INVALID,
                           "'Fn::GetAtt' needs a resource's name and an attribute, as in 'Table.Arn'");
    if (evaluation->template && !check_resource(evaluation, argument, id, error))
        return false;
    if (evaluation->resolver)
        return look_up(evaluation, at, id, attribute, out, error);
    struct nested_stack *nested = nested_get(evaluation, id);
    if (nested) {
        struct value *output;
        return nested_attribute(evaluation, nested, argument, attribute, &output, error) &&
               put_in_place(evaluation, at, output, out, error);
    }
    struct value *list = value_list(evaluation->arena);
    value_append(evaluation->arena, list, full_id(evaluation, id));
    value_append(evaluation->arena, list, value_string(evaluation->arena, attribute));
    *out = call_node(evaluation, at, "Fn::GetAtt", list);
    return true;
}

static void make_secret(struct value *value)
{
    if (value_is(value, VALUE_STRING))
        value->kind = VALUE_SECRET;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        make_secret(value->items[i]);
}

bool pure_function_apply(struct evaluation *evaluation, const struct value *at,
                         const struct pure_function *function, struct value *given, struct value **out,
                         struct error *error)
{
    if (function->early && function->early(evaluation, given, out))
        return !*out || evaluation_count(evaluation, *out, error);
    if (function_find(given)) {
        *out = call_node(evaluation, at, function->name, given);
        return true;
    }
    const struct value *unknown = value_find_unknown(given);
    if (unknown) {
        *out = value_at_position_of(value_unknown(evaluation->arena, unknown->text), at);
        return true;
    }
    if (outside_is_needed(evaluation, str_from(function->name), given)) {
        if (!evaluation->resolver) {
            *out = call_node(evaluation, at, function->name, given);
            return true;
        }
        if (!outside_resolve(evaluation, given, &given, error))
            return false;
    }
    if (!function->call(evaluation, given, out, error))
        return false;
    if (!*out) /* AWS::NoValue */
        return true;
    if (value_find_secret(given)) /* what a secret went into is secret */
        make_secret(*out);
    value_at_position_of(*out, at);
    return true;
}

static bool call_pure(struct evaluation *evaluation, const struct value *at,
                      const struct pure_function *function, const struct value *argument, struct value **out,
                      struct error *error)
{
    struct value *given;
    if (function->literal && function_call(value_at(argument, 0)))
        return value_error(argument->items[0], error, ERROR_INVALID, "the %s of '%s' cannot be a function",
                           function->literal, function->name);
    if (!evaluate(evaluation, argument, &given, error))
        return false;
    if (!given)
        return value_error(argument, error, ERROR_INVALID, "'%s' cannot take AWS::NoValue", function->name);
    return pure_function_apply(evaluation, at, function, given, out, error);
}

/* A macro of the account, where its caller can go without its result (template_options.foreign_macros). */
static bool foreign_macro(struct evaluation *evaluation, const struct value *at, const struct value *argument,
                          struct value **out, struct error *error)
{
    struct value *given;
    if (!evaluate(evaluation, argument, &given, error))
        return false;
    *out = evaluation->resolver ? value_unknown(evaluation->arena, STR("Fn::Transform"))
                                : call_node(evaluation, at, "Fn::Transform", given);
    return true;
}

static bool call(struct evaluation *evaluation, const struct value *at, struct str name,
                 const struct value *argument, struct value **out, struct error *error)
{
    const struct value *chosen;
    if (str_is(name, "Ref"))
        return ref(evaluation, at, argument, out, error);
    if (str_is(name, "Fn::GetAtt"))
        return get_att(evaluation, at, argument, out, error);
    if (str_is(name, "Fn::If"))
        return condition_choose(evaluation, argument, &chosen, error) &&
               evaluate(evaluation, chosen, out, error);
    if (str_is(name, "Fn::Sub"))
        return substitute(evaluation, argument, out, error);
    const struct pure_function *function = pure_function_find(name);
    if (function)
        return call_pure(evaluation, at, function, argument, out, error);
    struct value *imported;
    bool known;
    if (!import_function(evaluation, name, argument, &imported, error))
        return false;
    if (imported)
        return put_in_place(evaluation, at, imported, out, error);
    if (!outside_function(evaluation, at, name, argument, &known, out, error))
        return false;
    if (known)
        return true;
    if (str_is(name, "Fn::Transform") && (evaluation->resolver || evaluation->options->foreign_macros))
        return foreign_macro(evaluation, at, argument, out, error);
    for (size_t i = 0; i < ARRAY_LENGTH(later_functions); i++)
        if (str_is(name, later_functions[i][0]))
            return value_error(at, error, ERROR_INVALID, "function '%.*s' is not supported yet: %s",
                               STR_ARG(name), later_functions[i][1]);
    if (str_is(name, "Fn::And") || str_is(name, "Fn::Or") || str_is(name, "Fn::Not") ||
        str_is(name, "Fn::Equals"))
        return value_error(at, error, ERROR_INVALID, "function '%.*s' belongs into the section 'Conditions'",
                           STR_ARG(name));
    return value_error(at, error, ERROR_INVALID, "unknown function '%.*s'", STR_ARG(name));
}

static bool evaluate_list(struct evaluation *evaluation, const struct value *in, struct value **out,
                          struct error *error)
{
    *out = value_at_position_of(value_list(evaluation->arena), in);
    for (size_t i = 0; i < in->count; i++) {
        struct value *item;
        if (!evaluate(evaluation, in->items[i], &item, error))
            return false;
        if (item)
            value_append(evaluation->arena, *out, item);
    }
    return true;
}

static bool evaluate_map(struct evaluation *evaluation, const struct value *in, struct value **out,
                         struct error *error)
{
    *out = value_at_position_of(value_map(evaluation->arena), in);
    for (size_t i = 0; i < in->count; i++) {
        struct value *item;
        if (!evaluate(evaluation, in->entries[i].value, &item, error))
            return false;
        if (!item)
            continue;
        value_set_entry(evaluation->arena, *out, in, &in->entries[i], item);
    }
    return true;
}

bool evaluate(struct evaluation *evaluation, const struct value *in, struct value **out, struct error *error)
{
    const struct value_entry *function = function_call(in);
    if (!count_node(evaluation, in, 0, error))
        return false;
    if (function)
        return call(evaluation, in, function->key, function->value, out, error);
    if (value_is(in, VALUE_LIST))
        return evaluate_list(evaluation, in, out, error);
    if (value_is(in, VALUE_MAP))
        return evaluate_map(evaluation, in, out, error);
    *out = (struct value *)in;
    return true;
}

bool desired_resolve(struct arena *arena, const struct value *value, const struct resolver *resolver,
                     struct value **out, struct error *error)
{
    struct evaluation evaluation = {.arena = arena, .resolver = resolver, .root = &evaluation};
    evaluation.values = template_count_values(value);
    if (!evaluate(&evaluation, value, out, error))
        return false;
    if (!*out)
        *out = value_null(arena);
    return outside_resolve(&evaluation, *out, out, error);
}
