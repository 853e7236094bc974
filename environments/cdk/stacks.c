#include "environments/cdk/cdk.h"
#include "environments/cloudformation/template.h"

/* Stacks come in the order of the manifest, each after those that it depends on.  A dependency may lead
 * through artifacts that are no stacks: a stack's assets. */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct walk {
    const struct assembly *assembly;
    enum mark *marks;
    size_t *way, depth; /* positions of artifacts */
    size_t *order, count;
    struct front_end_result *result;
    size_t *places; /* of each stack of the result: the position of its artifact */
    bool *reached;  /* by one stack */
};

static size_t position_of(const struct assembly *assembly, const struct value_entry *artifact)
{
    return (size_t)(artifact - assembly->artifacts->entries);
}

static bool is_stack(const struct value_entry *artifact)
{
    return assembly_is(artifact->value, "aws:cloudformation:stack");
}

static struct str stack_name(const struct value_entry *artifact)
{
    struct str name = value_text(value_path(artifact->value, "properties", "stackName", NULL));
    return name.len ? name : artifact->key;
}

static bool each_of(const struct assembly *assembly, const struct value_entry *artifact,
                    const struct value *names,
                    bool (*each)(void *, const struct value_entry *, struct error *), void *self,
                    struct error *error)
{
    for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++) {
        struct str name = value_text(names->items[i]);
        const struct value_entry *found = value_entry(assembly->artifacts, name);
        if (!found)
            return value_error(names->items[i], error, ERROR_INVALID,
                               "artifact '%.*s' depends on '%.*s', which the cloud assembly does not have",
                               STR_ARG(artifact->key), STR_ARG(name));
        if (!each(self, found, error))
            return false;
    }
    return true;
}

bool assembly_dependencies(const struct assembly *assembly, const struct value_entry *artifact,
                           bool (*each)(void *self, const struct value_entry *, struct error *), void *self,
                           struct error *error)
{
    const struct value *more = value_path(artifact->value, "properties", "additionalDependencies", NULL);
    return each_of(assembly, artifact, value_get(artifact->value, "dependencies"), each, self, error) &&
           (!is_stack(artifact) || each_of(assembly, artifact, more, each, self, error));
}

static bool refuse_cycle(const struct walk *walk, size_t again, struct error *error)
{
    const struct value *artifacts = walk->assembly->artifacts;
    struct buf path = BUF_INIT(ERROR_MESSAGE_MAX);
    size_t from = 0;
    while (walk->way[from] != again)
        from++;
    for (size_t i = from; i < walk->depth; i++)
        buf_printf(&path, "%.*s -> ", STR_ARG(artifacts->entries[walk->way[i]].key));
    buf_add(&path, artifacts->entries[again].key);
    value_error(artifacts->entries[again].value, error, ERROR_INVALID,
                "artifacts of the cloud assembly depend on each other in a circle: %s", path.ptr);
    buf_release(&path);
    return false;
}

static bool visit(void *self, const struct value_entry *artifact, struct error *error)
{
    struct walk *walk = self;
    size_t at = position_of(walk->assembly, artifact);
    if (walk->marks[at] == MARK_DONE)
        return true;
    if (walk->marks[at] == MARK_OPEN)
        return refuse_cycle(walk, at, error);
    walk->marks[at] = MARK_OPEN;
    walk->way[walk->depth++] = at;
    if (!assembly_dependencies(walk->assembly, artifact, visit, walk, error))
        return false;
    walk->depth--;
    walk->marks[at] = MARK_DONE;
    walk->order[walk->count++] = at;
    return true;
}

static bool is_wanted(const struct value_entry *artifact, struct str wanted)
{
    struct str display = value_get_text(artifact->value, "displayName");
    size_t slash = str_find_last(display, '/');
    return !wanted.len || str_equal(artifact->key, wanted) || str_equal(display, wanted) ||
           str_equal(stack_name(artifact), wanted) ||
           (slash < display.len && str_equal(str_from_index(display, slash + 1), wanted));
}

static bool refuse_wanted(const struct assembly *assembly, size_t found, struct error *error)
{
    struct str wanted = assembly->options->stack;
    struct value *names = value_map(assembly->arena);
    for (size_t i = 0; i < assembly->artifacts->count; i++)
        if (is_stack(&assembly->artifacts->entries[i]))
            value_set(assembly->arena, names, stack_name(&assembly->artifacts->entries[i]),
                      value_null(assembly->arena));
    if (found > 1)
        return value_error(assembly->artifacts, error, ERROR_INVALID,
                           "more than one stack of the cloud assembly is named '%.*s': name it by its "
                           "artifact's id",
                           STR_ARG(wanted));
    if (wanted.len)
        return value_error(assembly->artifacts, error, ERROR_NOT_FOUND,
                           "the cloud assembly has no stack '%.*s'%s", STR_ARG(wanted),
                           nearest_key(assembly->arena, wanted, names));
    return value_error(assembly->artifacts, error, ERROR_INVALID, "the cloud assembly has no stacks");
}

/* "aws://123456789012/eu-west-1"; what is not known while synthesising fits everywhere. */
static bool check_environment(const struct assembly *assembly, const struct value_entry *artifact,
                              struct error *error)
{
    const struct template_options *options = assembly->options;
    const struct value *environment = value_get(artifact->value, "environment");
    struct str rest = value_text(environment), account = STR_EMPTY, region;
    bool sound = str_starts(rest, "aws://");
    rest = str_from_index(rest, 6);
    if (!sound || !str_split(&rest, '/', &account) || !account.len || !rest.len || str_contains(rest, "/"))
        return value_error(environment ? environment : artifact->value, error, ERROR_INVALID,
                           "'environment' of stack '%.*s' must look like 'aws://ACCOUNT/REGION', not '%.*s'",
                           STR_ARG(artifact->key), STR_ARG(value_text(environment)));
    region = rest;
    bool here = str_is(account, "unknown-account") || str_equal(account, options->account);
    here = here && (str_is(region, "unknown-region") || str_equal(region, options->region));
    return here || !options->account.len ||
           value_error(environment, error, ERROR_INVALID,
                       "stack '%.*s' was synthesised for account %.*s, region %.*s, and the environment is "
                       "account %.*s, region %.*s: name the stack that belongs here with 'stack'",
                       STR_ARG(artifact->key), STR_ARG(account), STR_ARG(region), STR_ARG(options->account),
                       STR_ARG(options->region));
}

static bool read_stack(const struct assembly *assembly, const struct value_entry *artifact,
                       struct front_end_stack *out, struct error *error)
{
    struct template_options options = *assembly->options;
    if (!check_environment(assembly, artifact, error) ||
        !assembly_file(assembly, artifact, "templateFile", &out->path, error))
        return false;
    options.path = out->path;
    if (!template_read(assembly->arena, &options, &out->template, error))
        return error_prefix(error, "stack '%.*s'", STR_ARG(artifact->key));
    out->id = artifact->key;
    out->name = stack_name(artifact);
    struct str environment = value_get_text(artifact->value, "environment");
    struct str region = str_from_index(environment, str_find_last(environment, '/') + 1);
    out->region = str_is(region, "unknown-region") ? STR_EMPTY : region;
    out->tags = value_path(artifact->value, "properties", "tags", NULL);
    out->version_parameter =
        value_text(value_path(artifact->value, "properties", "bootstrapStackVersionSsmParameter", NULL));
    out->parameters = value_path(artifact->value, "properties", "parameters", NULL);
    return true;
}

/* Notes every stack that an artifact leads to without another stack between. */
static bool reach(void *self, const struct value_entry *artifact, struct error *error)
{
    struct walk *walk = self;
    size_t at = position_of(walk->assembly, artifact);
    if (walk->reached[at])
        return true;
    walk->reached[at] = true;
    return is_stack(artifact) || assembly_dependencies(walk->assembly, artifact, reach, walk, error);
}

static bool find_earlier(struct walk *walk, const struct value_entry *artifact, struct front_end_stack *stack,
                         struct error *error)
{
    struct arena *arena = walk->assembly->arena;
    walk->reached = arena_array(arena, walk->assembly->artifacts->count + 1, sizeof *walk->reached);
    if (!assembly_dependencies(walk->assembly, artifact, reach, walk, error))
        return false;
    stack->after = arena_array(arena, walk->result->stack_count + 1, sizeof *stack->after);
    for (size_t i = 0; i < walk->result->stack_count; i++)
        if (walk->reached[walk->places[i]])
            stack->after[stack->after_count++] = i;
    return true;
}

bool assembly_stacks(const struct assembly *assembly, struct front_end_result *result, struct error *error)
{
    struct arena *arena = assembly->arena;
    size_t count = assembly->artifacts->count;
    struct walk walk = {.assembly = assembly, .result = result};
    walk.marks = arena_array(arena, count + 1, sizeof *walk.marks);
    walk.way = arena_array(arena, count + 1, sizeof *walk.way);
    walk.order = arena_array(arena, count + 1, sizeof *walk.order);
    walk.places = arena_array(arena, count + 1, sizeof *walk.places);
    result->stacks = arena_array(arena, count + 1, sizeof *result->stacks);
    for (size_t i = 0; i < count; i++)
        if (!visit(&walk, &assembly->artifacts->entries[i], error))
            return false;
    for (size_t i = 0; i < count; i++) {
        const struct value_entry *artifact = &assembly->artifacts->entries[walk.order[i]];
        struct front_end_stack *stack = &result->stacks[result->stack_count];
        if (!is_stack(artifact) || !is_wanted(artifact, assembly->options->stack))
            continue;
        if (!read_stack(assembly, artifact, stack, error) || !find_earlier(&walk, artifact, stack, error))
            return false;
        walk.places[result->stack_count++] = walk.order[i];
    }
    bool one = !assembly->options->stack.len || result->stack_count == 1;
    return (one && result->stack_count) || refuse_wanted(assembly, result->stack_count, error);
}
