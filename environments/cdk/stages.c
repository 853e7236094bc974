#include "environments/cdk/cdk.h"

/*
 * A Stage of CDK is an assembly inside an assembly.  It is the environment's if its artifact's id, directory
 * or display name is the environment's stage or name, whatever the case, without "assembly-" in front, the
 * stages around it and "Stage" behind.
 */

/* "assembly-Shop-ProdStage", "Shop/ProdStage" and "prod" give "ProdStage", "ProdStage" and "prod". */
static struct str bare(struct str name)
{
    size_t slash = str_find_last(name, '/');
    if (slash < name.len)
        name = str_from_index(name, slash + 1);
    if (str_starts(name, "assembly-"))
        name = str_from_index(name, 9);
    return name;
}

static struct str without_stage(struct str name)
{
    enum { LENGTH = 5 };
    bool ends = name.len > LENGTH && str_equal_nocase(str_from_index(name, name.len - LENGTH), STR("Stage"));
    name.len -= ends ? LENGTH : 0;
    while (ends && name.len > 1 && (name.ptr[name.len - 1] == '-' || name.ptr[name.len - 1] == '_'))
        name.len--;
    return name;
}

static bool same_name(struct str artifact, struct str wanted)
{
    return artifact.len && wanted.len &&
           (str_equal_nocase(artifact, wanted) || str_equal_nocase(bare(artifact), wanted) ||
            str_equal_nocase(without_stage(bare(artifact)), without_stage(wanted)));
}

static bool is_named(const struct value_entry *artifact, struct str wanted)
{
    const struct value *properties = value_get(artifact->value, "properties");
    return same_name(artifact->key, wanted) ||
           same_name(value_get_text(artifact->value, "displayName"), wanted) ||
           same_name(value_get_text(properties, "displayName"), wanted) ||
           same_name(value_get_text(properties, "directoryName"), wanted);
}

static struct str shown_name(const struct value_entry *artifact)
{
    struct str display = value_path(artifact->value, "properties", "displayName", NULL)
                             ? value_text(value_path(artifact->value, "properties", "displayName", NULL))
                             : value_get_text(artifact->value, "displayName");
    return display.len ? display : bare(artifact->key);
}

struct level {
    size_t stages, stacks, named;
    const struct value_entry *first, *chosen;
    struct buf names;
};

static void look(const struct assembly *assembly, struct level *level)
{
    const struct template_options *options = assembly->options;
    for (size_t i = 0; i < assembly->artifacts->count; i++) {
        const struct value_entry *artifact = &assembly->artifacts->entries[i];
        level->stacks += assembly_is(artifact->value, "aws:cloudformation:stack");
        if (!assembly_is(artifact->value, "cdk:cloud-assembly"))
            continue;
        level->first = level->first ? level->first : artifact;
        buf_printf(&level->names, "%s'%.*s'", level->stages++ ? ", " : "", STR_ARG(shown_name(artifact)));
        if (!is_named(artifact, options->stage) && !is_named(artifact, options->environment))
            continue;
        level->chosen = artifact;
        level->named++;
    }
}

static bool refuse(const struct assembly *assembly, const struct level *level, struct error *error)
{
    struct str wanted =
        assembly->options->stage.len ? assembly->options->stage : assembly->options->environment;
    if (level->named > 1)
        return value_error(assembly->artifacts, error, ERROR_INVALID,
                           "more than one stage of the cloud assembly is named '%.*s': there are %s",
                           STR_ARG(wanted), level->names.ptr);
    if (wanted.len)
        return value_error(assembly->artifacts, error, ERROR_NOT_FOUND,
                           "no stage of the cloud assembly is named '%.*s': there are %s; set the "
                           "environment's 'stage' to one of them",
                           STR_ARG(wanted), level->names.ptr);
    return value_error(assembly->artifacts, error, ERROR_INVALID,
                       "the cloud assembly has the stages %s: name one with --stage", level->names.ptr);
}

/* Of the stages on one level the one that is named.  Where none is, the stacks of the level itself are taken
 * if nobody asked for a stage, or if a stack is asked for by its name: pipelines lie beside their stages. */
static bool choose(const struct assembly *assembly, struct level *level, bool outermost, struct error *error)
{
    const struct template_options *options = assembly->options;
    bool asked = options->stage.len || options->environment.len;
    if (!level->stages || level->named == 1)
        return true;
    if (level->named > 1)
        return refuse(assembly, level, error);
    if (level->stacks && (!asked || !outermost || options->stack.len))
        return true;
    if (level->stages == 1 && (!asked || !outermost)) {
        level->chosen = level->first;
        return true;
    }
    return refuse(assembly, level, error);
}

bool assembly_choose_stage(struct assembly *assembly, struct error *error)
{
    for (size_t depth = 0;; depth++) {
        struct level level = {.names = BUF_INIT(512)};
        struct str directory;
        look(assembly, &level);
        bool chosen = choose(assembly, &level, depth == 0, error);
        buf_release(&level.names);
        if (!chosen || !level.chosen)
            return chosen;
        if (depth == CDK_STAGES_DEPTH_MAX)
            return value_error(level.chosen->value, error, ERROR_OUT_OF_MEMORY,
                               "the stages of the cloud assembly are nested more than %d deep",
                               CDK_STAGES_DEPTH_MAX);
        if (!assembly_file(assembly, level.chosen, "directoryName", &directory, error) ||
            !assembly_read(assembly->arena, assembly->options, directory, assembly, error))
            return error_prefix(error, "stage '%.*s'", STR_ARG(level.chosen->key));
    }
}
