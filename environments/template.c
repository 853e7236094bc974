#include "environments/cloudformation/template.h"
#include "base/yaml_reader.h"
#include "environments/cdk/cdk.h"
#include "environments/codedeploy.h"
#include "environments/front_end.h"
#include "environments/packaging.h"
#include "environments/sam/sam.h"
#include "environments/serverless/serverless.h"

static const struct {
    const char *prefix, *partition, *suffix;
} partitions[] = {
    {"cn-", "aws-cn", "amazonaws.com.cn"},       {"us-gov-", "aws-us-gov", "amazonaws.com"},
    {"us-iso-", "aws-iso", "c2s.ic.gov"},        {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov"}, {"us-isob-", "aws-iso-b", "sc2s.sgov.gov"},
    {"eusc-", "aws-eusc", "amazonaws.eu"},       {"", "aws", "amazonaws.com"},
};

static size_t partition_index(struct str region)
{
    size_t i = 0;
    while (!str_starts(region, partitions[i].prefix))
        i++;
    return i;
}

struct str partition_of_region(struct str region)
{
    return str_from(partitions[partition_index(region)].partition);
}

struct str url_suffix_of_region(struct str region)
{
    return str_from(partitions[partition_index(region)].suffix);
}

bool template_read(struct arena *arena, const struct template_options *options, struct value **out,
                   struct error *error)
{
    struct str bytes;
    if (!files_read(options->files, arena, options->path, TEMPLATE_BYTES_MAX, &bytes, error))
        return error_prefix(error, "template");
    if (!yaml_read_template(arena, options->path, bytes, out, error))
        return false;
    if (!value_is(*out, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "template '%.*s' must be a mapping with 'Resources', not %s",
                         STR_ARG(options->path), value_kind_name((*out)->kind));
    return true;
}

/* Where no front end knows the source it is a template of CloudFormation or SAM. */
static const struct front_end *const front_ends[] = {&cdk_assembly, &serverless_packaged, &serverless_native,
                                                     NULL};

static bool read_source(struct arena *arena, const struct template_options *options,
                        struct front_end_result *result, struct error *error)
{
    const struct front_end *taken = NULL;
    for (size_t i = 0; front_ends[i] && !taken; i++)
        taken = front_ends[i]->takes(options) ? front_ends[i] : NULL;
    *result = (struct front_end_result){.stack_count = 0};
    if (taken && taken->read_all)
        return taken->read_all(arena, options, result, error);
    result->stacks = arena_array(arena, 1, sizeof *result->stacks);
    result->stack_count = 1;
    return (taken ? taken->read : template_read)(arena, options, &result->stacks->template, error);
}

/* What was done to a template. */
struct transforms {
    struct arena *arena;
    const struct template_options *options;
    struct value *template;
    bool packaged, sam, extensions;
};

static bool run_sam(struct transforms *transforms, struct error *error)
{
    if (!transforms->extensions && !language_extensions_first(transforms->template, error))
        return false;
    if (!transforms->packaged &&
        !package_template(transforms->arena, transforms->options, transforms->template, error))
        return false;
    transforms->packaged = transforms->sam = true;
    return sam_transform(transforms->arena, transforms->options, &transforms->template, error);
}

/* One entry of 'Transform': a name, or {Name, Parameters}. */
static bool run_transform(struct transforms *transforms, const struct value *macro, struct error *error)
{
    const struct value *name = value_is(macro, VALUE_MAP) ? value_get(macro, "Name") : macro;
    if (!value_is(name, VALUE_STRING))
        return value_error(macro, error, ERROR_INVALID,
                           "'Transform' must be the name of a macro or a list of names");
    if (value_is(macro, VALUE_MAP) && str_is(name->text, "AWS::Include"))
        return include_sections(transforms->arena, transforms->options, transforms->template, macro, error);
    if (str_starts(name->text, "AWS::Serverless-2016-10-31")) /* test stages of it have a suffix */
        return transforms->sam || run_sam(transforms, error);
    const struct foreign_macros *foreign = transforms->options->foreign_macros;
    if (foreign && !str_starts(name->text, "AWS::")) {
        foreign->met(foreign->self, name->text);
        return true;
    }
    if (str_is(name->text, "AWS::Include"))
        return value_error(macro, error, ERROR_INVALID,
                           "AWS::Include needs 'Name' and 'Parameters' with a 'Location', and nothing else");
    if (!str_is(name->text, "AWS::LanguageExtensions"))
        return value_error(name, error, ERROR_INVALID,
                           "macro '%.*s' cannot be run here: only AWS::Include, AWS::LanguageExtensions and "
                           "AWS::Serverless-2016-10-31 are supported",
                           STR_ARG(name->text));
    transforms->extensions = true;
    return language_extensions(transforms->arena, transforms->options, transforms->template, error);
}

static bool run_transforms(struct transforms *transforms, struct error *error)
{
    const struct value *named = value_get(transforms->template, "Transform");
    value_remove(transforms->template, STR("Transform"));
    if (!include_nested(transforms->arena, transforms->options, transforms->template, error))
        return false;
    if (named && !value_is(named, VALUE_LIST) && !run_transform(transforms, named, error))
        return false;
    for (size_t i = 0; value_is(named, VALUE_LIST) && i < named->count; i++)
        if (!run_transform(transforms, named->items[i], error))
            return false;
    return true;
}

/* SAM's transform is also taken where only Globals or its resource types tell. */
static bool is_sam(const struct value *template)
{
    const struct value *resources = value_get(template, "Resources");
    bool sam = value_get(template, "Globals") != NULL;
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count && !sam; i++)
        sam = str_starts(value_get_text(resources->entries[i].value, "Type"), "AWS::Serverless::");
    return sam;
}

static bool run_all(struct transforms *transforms, struct error *error)
{
    if (!run_transforms(transforms, error))
        return false;
    if (!transforms->sam && is_sam(transforms->template))
        return run_sam(transforms, error);
    return transforms->packaged ||
           package_template(transforms->arena, transforms->options, transforms->template, error);
}

bool template_expand(struct arena *arena, const struct template_options *options, struct value **template,
                     bool strict, struct error *error)
{
    struct transforms transforms = {.arena = arena, .options = options, .template = *template};
    const struct source *file = (*template)->source;
    bool done = run_all(&transforms, error);
    *template = transforms.template;
    if (!done || !strict)
        return done;
    return package_complete(arena, options, *template, error) && include_check(options, *template, error) &&
           template_check_nulls(*template, file, error) &&
           (transforms.extensions || language_extensions_check(*template, error));
}

static void merge(struct arena *arena, struct value *into, const struct value *from, bool wins)
{
    for (size_t i = 0; from && i < from->count; i++)
        if (wins || !value_get_str(into, from->entries[i].key))
            value_set(arena, into, from->entries[i].key, from->entries[i].value);
}

struct template_options options_of_stack(struct arena *arena, const struct template_options *options,
                                         const struct front_end_stack *stack)
{
    struct template_options own = *options;
    struct value *shared = value_map(arena);
    own.path = stack->path.len ? stack->path : own.path;
    own.stack_name = stack->name.len ? stack->name : own.stack_name;
    own.region = options->region_assumed && stack->region.len ? stack->region : own.region;
    merge(arena, shared, options->shared_parameters, true);
    merge(arena, shared, stack->parameters, false);
    own.shared_parameters = shared;
    return own;
}

/* The root of several stacks declares nothing: the application's parameters are for those of them that
 * declare them, and win over the environment's. */
static struct template_options options_of_root(struct arena *arena, const struct template_options *options)
{
    struct template_options own = *options;
    struct value *shared = value_map(arena);
    merge(arena, shared, options->shared_parameters, true);
    merge(arena, shared, options->parameters, true);
    own.shared_parameters = shared;
    own.parameters = NULL;
    return own;
}

bool template_transform(struct arena *arena, const struct template_options *options, struct value **template,
                        struct error *error)
{
    struct front_end_result result;
    if (!read_source(arena, options, &result, error))
        return false;
    *template = value_map(arena);
    for (size_t i = 0; i < result.stack_count; i++) {
        struct front_end_stack *stack = &result.stacks[i];
        struct template_options own = options_of_stack(arena, options, stack);
        if (!template_expand(arena, &own, &stack->template, false, error))
            return false;
        value_set(arena, *template, value_get_str(*template, stack->name) ? stack->id : stack->name,
                  stack->template);
    }
    if (result.stack_count == 1)
        *template = result.stacks->template;
    return true;
}

bool evaluation_begin(struct arena *arena, const struct template_options *options,
                      const struct value *template, const char *what, struct evaluation **out,
                      struct error *error)
{
    struct evaluation *evaluation = arena_alloc(arena, sizeof *evaluation);
    *evaluation = (struct evaluation){.arena = arena,
                                      .options = options,
                                      .template = template,
                                      .root = evaluation,
                                      .conditions = value_map(arena),
                                      .before_resources = what};
    *out = evaluation;
    return parameters_evaluate(arena, template, options, &evaluation->parameters, error);
}

static void collect_artifacts(struct arena *arena, const struct value *value, struct value *found)
{
    struct value *artifact = value_get(value, "Plumb::Artifact");
    struct str digest = value_get_text(artifact, "Digest");
    if (artifact)
        value_set(arena, found, digest.len ? digest : value_get_text(artifact, "Path"), artifact);
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            collect_artifacts(arena, value->items[i], found);
    if (value_is(value, VALUE_MAP))
        for (size_t i = 0; i < value->count; i++)
            collect_artifacts(arena, value->entries[i].value, found);
}

static void list_artifacts(struct arena *arena, struct desired *desired)
{
    struct value *found = value_map(arena);
    for (size_t i = 0; i < desired->count; i++)
        collect_artifacts(arena, desired->resources[i].properties, found);
    desired->artifact_count = found->count;
    desired->artifacts = arena_array(arena, found->count + 1, sizeof *desired->artifacts);
    for (size_t i = 0; i < found->count; i++) {
        const struct value *artifact = found->entries[i].value;
        desired->artifacts[i] = (struct artifact){.path = value_get_text(artifact, "Path"),
                                                  .digest = value_get_text(artifact, "Digest"),
                                                  .patterns = value_get(artifact, "Patterns")};
    }
}

bool desired_build(struct arena *arena, const struct template_options *options, struct desired *desired,
                   struct error *error)
{
    struct front_end_result source;
    *desired = (struct desired){.count = 0};
    if (!read_source(arena, options, &source, error))
        return false;
    stacks_settle(arena, &source);
    struct template_options own = *options;
    struct evaluation evaluation = {.arena = arena, .options = &own, .root = &evaluation, .source = &source};
    if (source.stack_count == 1) {
        own = options_of_stack(arena, options, source.stacks);
        evaluation.tags = source.stacks->tags;
        desired->template = source.stacks->template;
        if (!template_expand(arena, &own, &desired->template, true, error) ||
            !codedeploy_rewrite(arena, &own, STR_EMPTY, &desired->template, error))
            return false;
    } else if (!stacks_join(arena, options, &source, &desired->template, error)) {
        return false;
    } else {
        own = options_of_root(arena, options);
    }
    evaluation.template = desired->template;
    if (!scope_open(&evaluation, error) || !resources_build(&evaluation, desired, error) ||
        !assets_build(&evaluation, desired, error))
        return false;
    desired->stack_id = value_text(stack_id(&evaluation));
    desired->parameters = evaluation.parameters;
    desired->conditions = evaluation.conditions;
    list_artifacts(arena, desired);
    return true;
}
