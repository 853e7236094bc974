#include "environments/cloudformation/template.h"
#include "base/yaml_reader.h"
#include "environments/front_end.h"
#include "environments/packaging.h"
#include "environments/sam/sam.h"
#include "environments/serverless/serverless.h"

static const struct {
    const char *prefix, *partition, *suffix;
} partitions[] = {
    {"cn-", "aws-cn", "amazonaws.com.cn"}, {"us-gov-", "aws-us-gov", "amazonaws.com"},
    {"us-iso-", "aws-iso", "c2s.ic.gov"},  {"us-isob-", "aws-iso-b", "sc2s.sgov.gov"},
    {"eusc-", "aws-eusc", "amazonaws.eu"}, {"", "aws", "amazonaws.com"},
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

static bool read_plain(struct arena *arena, const struct template_options *options, struct value **out,
                       struct error *error)
{
    struct str bytes;
    if (!files_read(options->files, arena, options->path, TEMPLATE_BYTES_MAX, &bytes, error))
        return error_prefix(error, "template");
    if (!yaml_read(arena, options->path, bytes, out, error))
        return false;
    if (!value_is(*out, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "template '%.*s' must be a mapping with 'Resources', not %s",
                         STR_ARG(options->path), value_kind_name((*out)->kind));
    return true;
}

/* Where no front end knows the source it is a template of CloudFormation or SAM. */
static const struct front_end *const front_ends[] = {&serverless_packaged, NULL};

static bool read_template(struct arena *arena, const struct template_options *options, struct value **out,
                          struct error *error)
{
    for (size_t i = 0; front_ends[i]; i++)
        if (front_ends[i]->takes(options))
            return front_ends[i]->read(arena, options, out, error);
    return read_plain(arena, options, out, error);
}

static bool check_transform(const struct value *name, bool *sam, struct error *error)
{
    if (value_is_text(name, "AWS::Serverless-2016-10-31")) {
        *sam = true;
        return true;
    }
    if (!value_is(name, VALUE_STRING))
        return value_error(name, error, ERROR_INVALID,
                           "'Transform' must be the name of a macro or a list of names");
    return value_error(name, error, ERROR_INVALID,
                       "macro '%.*s' cannot be run here: only AWS::Serverless-2016-10-31 is supported",
                       STR_ARG(name->text));
}

/* SAM's transform is also taken where only Globals or its resource types tell. */
static bool wants_sam(const struct value *template, bool *sam, struct error *error)
{
    const struct value *transform = value_get(template, "Transform");
    const struct value *resources = value_get(template, "Resources");
    *sam = value_get(template, "Globals") != NULL;
    for (size_t i = 0; value_is(transform, VALUE_LIST) && i < transform->count; i++)
        if (!check_transform(transform->items[i], sam, error))
            return false;
    if (transform && !value_is(transform, VALUE_LIST) && !check_transform(transform, sam, error))
        return false;
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count && !*sam; i++)
        *sam = str_starts(value_get_text(resources->entries[i].value, "Type"), "AWS::Serverless::");
    return true;
}

bool template_transform(struct arena *arena, const struct template_options *options, struct value **template,
                        struct error *error)
{
    bool sam;
    if (!read_template(arena, options, template, error) || !wants_sam(*template, &sam, error) ||
        !package_template(arena, options, *template, error))
        return false;
    return !sam || sam_transform(arena, options, template, error);
}

static void collect_artifacts(struct arena *arena, const struct value *value, struct value *found)
{
    const struct value *artifact = value_get(value, "Plumb::Artifact");
    if (artifact)
        value_set(arena, found, value_get_text(artifact, "Path"), value_get(artifact, "Digest"));
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
    for (size_t i = 0; i < found->count; i++)
        desired->artifacts[i] =
            (struct artifact){.path = found->entries[i].key, .digest = value_text(found->entries[i].value)};
}

bool desired_build(struct arena *arena, const struct template_options *options, struct desired *desired,
                   struct error *error)
{
    struct evaluation evaluation = {.arena = arena, .options = options};
    *desired = (struct desired){.count = 0};
    if (!template_transform(arena, options, &desired->template, error) ||
        !template_check_sections(desired->template, error) ||
        !parameters_evaluate(arena, value_get(desired->template, "Parameters"), options,
                             &evaluation.parameters, error))
        return false;
    evaluation.template = desired->template;
    if (!conditions_evaluate(&evaluation, error) || !resources_build(&evaluation, desired, error))
        return false;
    desired->parameters = evaluation.parameters;
    desired->conditions = evaluation.conditions;
    list_artifacts(arena, desired);
    return true;
}
