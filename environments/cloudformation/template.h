#ifndef PLUMB_ENVIRONMENTS_CLOUDFORMATION_TEMPLATE_H
#define PLUMB_ENVIRONMENTS_CLOUDFORMATION_TEMPLATE_H

/*
 * The parts of a CloudFormation template and their evaluation; inside this room only.
 *
 * One struct evaluation carries a template through: parameters, then conditions, then properties.  Without a
 * resolver, what only the account knows stays in place as a function ("open"); with one, nothing stays open,
 * and what is not known yet is VALUE_UNKNOWN.
 */

#include "environments/front_end.h"

enum {
    TEMPLATE_BYTES_MAX = 1024 * 1024, /* as CloudFormation: a template in S3 */
    TEMPLATE_RESOURCES_MAX = 500,     /* the same page */
    TEMPLATE_PARAMETERS_MAX = 200,
    TEMPLATE_OUTPUTS_MAX = 200,
    TEMPLATE_MAPPINGS_MAX = 200,
    TEMPLATE_MAPPING_KEYS_MAX = 200,
    TEMPLATE_DESCRIPTION_MAX = 1024,
    /* https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
    TEMPLATE_VALUES_MAX = 120 * 1000,
    TEMPLATE_REFERENCES_MAX = 60, /* .../UserGuide/dynamic-references.html */
    /* Of all results together, beyond what the templates have: what functions make or put in the place of
       names. */
    EVALUATION_NODES_MAX = 60 * 1000,
    EVALUATION_BYTES_MAX = 4 * 1024 * 1024,
    PLACED_NODES_MAX = 5000, /* of one parameter's or output's value */
    EVALUATED_TEXT_MAX = 1024 * 1024,
    LOGICAL_ID_MAX = 255,
    APPLICATION_RESOURCES_MAX = 2500, /* with those of nested stacks */
    NESTED_DEPTH_MAX = 10,
    DEPENDENCIES_MAX = 1000 * 1000,
};

struct nested_stack;

/* The scope of one template: names in it are its own.  A nested stack has a scope of its own below its
 * parent's; what leaves a scope names resources by their ids in the application, which start with `prefix`.
 */
struct evaluation {
    struct arena *arena;
    const struct template_options *options; /* NULL in desired_resolve */
    const struct value *template;           /* after transforms; NULL in desired_resolve */
    struct value *parameters;               /* name -> value */
    struct value *conditions;               /* name -> boolean, or null while being evaluated */
    struct value *present;                  /* logical id -> boolean: does its Condition hold? */
    const struct resolver *resolver;        /* NULL while building */
    const char *before_resources;           /* "a condition": what cannot refer to resources; NULL: it may */
    size_t references;                      /* dynamic ones in the template of this scope */
    size_t nodes, bytes;                    /* of the root: evaluated in all scopes together */
    size_t values;                          /* of the root: in the templates of all scopes */
    struct evaluation *root;                /* of the application; may be this one */
    struct nested_stack *own;               /* the nested stack whose scope this is; NULL at the root */
    struct str prefix;                      /* of its resources' ids in the application */
    struct value *nested;                   /* logical id -> its nested stacks that are present (extra) */
    struct value *uses;                     /* nested stacks that the node under evaluation uses (extra) */
    struct value *outputs;                  /* name -> evaluated output; null while being evaluated */
    const struct value *tags;               /* of the stack and those around it: map to texts, or NULL */
    const struct front_end_result *source;  /* of the root, like what follows */
    struct nested_stack *opening;           /* the one that is being opened last */
    struct value *exports;                  /* name -> output of all open stacks */
    struct value *read;                     /* paths of the templates that were read */
    bool exports_known;                     /* of each scope: they are among them */
};

/* Parameters and what does not depend on resources, before the conditions and resources are evaluated; `what`
 * names in messages what cannot refer to resources. */
WARN_UNUSED bool evaluation_begin(struct arena *, const struct template_options *,
                                  const struct value *template, const char *what, struct evaluation **out,
                                  struct error *);

/* Runs the transforms of a template that was read.  `strict`, for what is to be applied, also refuses macros
 * that are left, and what only AWS::LanguageExtensions allows where the template does not name that. */
WARN_UNUSED bool template_expand(struct arena *, const struct template_options *, struct value **template,
                                 bool strict, struct error *);

/* Replaces AWS::Include everywhere but at the top; one whose file is not there stays for include_check. */
WARN_UNUSED bool include_nested(struct arena *, const struct template_options *, struct value *template,
                                struct error *);
/* Adds the sections of the file that a macro at the top names. */
WARN_UNUSED bool include_sections(struct arena *, const struct template_options *, struct value *template,
                                  const struct value *macro, struct error *);
/* What becomes of a macro that is not to be run here: it is told of where that is enough, else refused. */
WARN_UNUSED bool include_left(const struct template_options *, const struct value *macro, struct error *);
/* Refuses the first macro that is left, or tells of those that may be. */
WARN_UNUSED bool include_check(const struct template_options *, const struct value *template, struct error *);

/* The transform AWS::LanguageExtensions (language_extensions.h). */
WARN_UNUSED bool language_extensions(struct arena *, const struct template_options *, struct value *template,
                                     struct error *);
/* Refuses what only the transform allows. */
WARN_UNUSED bool language_extensions_check(const struct value *template, struct error *);
/* Refuses loops that SAM would meet. */
WARN_UNUSED bool language_extensions_first(const struct value *template, struct error *);

/* Section names and their kinds; limits on counts. */
size_t template_count_values(const struct value *);
WARN_UNUSED bool template_check_nulls(const struct value *template, const struct source *file,
                                      struct error *);
WARN_UNUSED bool template_check_sections(const struct value *template, struct error *);

/* Values of all parameters that the template declares: given, else default.  Secret where NoEcho. */
WARN_UNUSED bool parameters_evaluate(struct arena *, const struct value *template,
                                     const struct template_options *, struct value **values, struct error *);

/* Evaluates every condition and remembers it; cycles are refused with their path. */
WARN_UNUSED bool conditions_evaluate(struct evaluation *, struct error *);
/* The named condition; `at` is where it is used. */
WARN_UNUSED bool condition_holds(struct evaluation *, const struct value *at, struct str name, bool *out,
                                 struct error *);
/* The branch of Fn::If's arguments that its condition takes. */
WARN_UNUSED bool condition_choose(struct evaluation *, const struct value *argument, const struct value **out,
                                  struct error *);

/* As Fn::Equals: scalars by their text, everything else as a tree. */
bool values_match(const struct value *, const struct value *);

/* Refuses parameters that an assertion of the section Rules does not allow. */
WARN_UNUSED bool rules_check(struct evaluation *, struct error *);

/* The value with its functions evaluated; NULL for AWS::NoValue. */
WARN_UNUSED bool evaluate(struct evaluation *, const struct value *, struct value **out, struct error *);

/* Counts a tree against the limits of the evaluation; before it is copied, or after it was made. */
WARN_UNUSED bool evaluation_count(struct evaluation *, const struct value *, struct error *);

/* The entry of a map that is a function call ("Ref", "Fn::..."), or NULL. */
struct value_entry *function_call(const struct value *);
/* The first function that is left somewhere in the value, or NULL. */
const struct value *function_find(const struct value *);
/* Text of a scalar or secret; false for other kinds. */
WARN_UNUSED bool scalar_text(const struct value *, struct str *out);

/* Functions of closed arguments (functions.c). */
struct pure_function {
    const char *name;
    bool (*call)(struct evaluation *, const struct value *argument, struct value **out, struct error *);
    /* Where that is enough: from an argument of which a part is open; NULL or false: not.  *out may be NULL
     * (AWS::NoValue). */
    bool (*early)(struct evaluation *, const struct value *argument, struct value **out);
    const char *literal; /* what the first item is called that must be written out; or NULL */
};
const struct pure_function *pure_function_find(struct str name);
/* Calls it with an evaluated argument, which may still be open: evaluating twice is wrong, because names that
 * have left their scope mean nothing in it. */
WARN_UNUSED bool pure_function_apply(struct evaluation *, const struct value *at,
                                     const struct pure_function *, struct value *given, struct value **out,
                                     struct error *);
WARN_UNUSED bool cidr_function(struct evaluation *, const struct value *argument, struct value **out,
                               struct error *);
/* What only the account or another application knows (dynamic_references.c, outside.c). */

/* Checks the form of every dynamic reference in the properties of a resource of that type. */
WARN_UNUSED bool outside_check(struct evaluation *, struct str type, const struct value *properties,
                               struct error *);
/* The next sound dynamic reference of a text from *at on, which moves behind it; false where there is none.
 */
bool reference_next(struct arena *, const struct value *text, size_t *at, struct outside_value *);
/* Gives the value with its dynamic references resolved, where there is somebody to ask. */
WARN_UNUSED bool outside_resolve(struct evaluation *, struct value *in, struct value **out, struct error *);
/* Does the function look into a text that is not there before its dynamic references are resolved? */
bool outside_is_needed(const struct evaluation *, struct str function, const struct value *argument);
/* Calls Fn::GetAZs, Fn::ImportValue or Fn::GetStackOutput; *known: the name is one of them. */
WARN_UNUSED bool outside_function(struct evaluation *, const struct value *at, struct str name,
                                  const struct value *argument, bool *known, struct value **out,
                                  struct error *);
WARN_UNUSED bool outside_ask(struct evaluation *, const struct value *at, const struct outside_value *,
                             struct value **out, struct error *);
/* Puts what SSM holds in the place of the names in `values`; VALUE_UNKNOWN where nobody can be asked. */
#define SSM_PARAMETER_TYPE "AWS::SSM::Parameter::Value<"
WARN_UNUSED bool ssm_parameters(struct arena *, const struct value *template, const struct template_options *,
                                struct value *values, struct error *);

/* {"Fn::Sub": text or [text, map]} as text, or as Fn::Join of what is left. */
WARN_UNUSED bool substitute(struct evaluation *, const struct value *argument, struct value **out,
                            struct error *);

/* The template of a file, as it is written. */
WARN_UNUSED bool template_read(struct arena *, const struct template_options *, struct value **template,
                               struct error *);
/* Leaves out what is not deployed: stacks without resources beside others, and the check of a version that
 * only the tool needs. */
void stacks_settle(struct arena *, struct front_end_result *);
/* The files that have to lie in S3, without the templates that were read; and the images that are used. */
WARN_UNUSED bool assets_build(struct evaluation *root, struct desired *, struct error *);
/* The root of an application of several stacks. */
WARN_UNUSED bool stacks_join(struct arena *, const struct template_options *, const struct front_end_result *,
                             struct value **template, struct error *);
/* The options with which one stack of a source is rendered. */
struct template_options options_of_stack(struct arena *, const struct template_options *,
                                         const struct front_end_stack *);
/* Makes a scope of evaluation->template: its parameters, conditions, and which resources are there. */
WARN_UNUSED bool scope_open(struct evaluation *, struct error *);

/* What stands beside a resource's Properties (attributes.c): the logical id, Type and unknown keys; the
 * removal policies; the members of UpdatePolicy and of the evaluated CreationPolicy, which may be NULL. */
WARN_UNUSED bool attributes_check(struct arena *, const struct value *resources, const struct value_entry *,
                                  struct error *);
WARN_UNUSED bool removal_evaluate(struct evaluation *, struct desired_resource *, struct error *);
WARN_UNUSED bool policies_check(struct arena *, const struct desired_resource *, const struct value *creation,
                                struct error *);
/* The key must be 1 to 255 letters and digits; `what` is it? */
WARN_UNUSED bool name_check(const struct value *section, const struct value_entry *, const char *what,
                            struct error *);

/* Of a type that makes nothing: CDK tells AWS with it, in every stack, which constructs are used. */
bool resource_is_nothing(const struct value *resource);
/* Resources in dependency order (resources.c, graph.c). */
WARN_UNUSED bool resources_build(struct evaluation *, struct desired *, struct error *);
WARN_UNUSED bool graph_order(struct arena *, struct desired *, struct error *);

/* A nested stack: a resource of type AWS::CloudFormation::Stack whose template is in the repository
 * (nested.c).  It is opened when something first needs it. */
enum nested_state { NESTED_CLOSED, NESTED_OPENING, NESTED_OPEN };

struct nested_stack {
    struct str id; /* in the application */
    const struct value_entry *entry;
    struct evaluation *parent;
    struct evaluation scope;
    struct template_options options;
    enum nested_state state;
    size_t depth;                        /* 1: a child of the root */
    bool retain;                         /* its DeletionPolicy, or that of a stack around it */
    const struct front_end_stack *stack; /* one of a source's several; or NULL */
    const struct nested_stack *waits;    /* while opening: for which one */
    struct value *given;                 /* its parameters, evaluated in the parent's scope */
    struct value *uses;                  /* nested stacks whose outputs these use (extra) */
    size_t first, end; /* its resources and those of stacks below it, in order of building */

    /* Of dependencies.c: what it comes after, its resources that come first and last. */
    struct indexes *outside, *starts, *ends;
    bool outside_known, linked;
};

/* The id in the application of a scope's resource.  Where it would be too long it ends with a digest. */
struct str application_id(struct evaluation *, struct str logical_id);
/* The nested stacks of a scope; called when it is known which resources are present. */
WARN_UNUSED bool nested_find_all(struct evaluation *, struct error *);
/* The one of that logical id, or NULL. */
struct nested_stack *nested_get(const struct evaluation *, struct str logical_id);
WARN_UNUSED bool nested_open(struct nested_stack *, struct error *);
/* Ref and GetAtt of a nested stack: an id that is made up, and the value of an output. */
WARN_UNUSED bool nested_ref(struct evaluation *, struct nested_stack *, struct value **out, struct error *);
WARN_UNUSED bool nested_attribute(struct evaluation *, struct nested_stack *, const struct value *at,
                                  struct str attribute, struct value **out, struct error *);
/* The value of its output of that name, and the note that the scope's node uses the stack. */
WARN_UNUSED bool nested_output(struct evaluation *, struct nested_stack *, const struct value *at,
                               struct str name, struct value **out, struct error *);
void nested_note_use(struct evaluation *, struct nested_stack *);
/* Fn::ImportValue and Fn::GetStackOutput of another stack of the application; *out is NULL for what none of
 * them has, and for other functions (imports.c). */
WARN_UNUSED bool import_function(struct evaluation *, struct str name, const struct value *argument,
                                 struct value **out, struct error *);
/* A scope's output, evaluated once; *out is NULL where its condition is false (outputs.c). */
WARN_UNUSED bool output_evaluate(struct evaluation *, const struct value_entry *, struct value **out,
                                 struct error *);
/* The outputs of an application: those of the root, and what nested stacks export. */
WARN_UNUSED bool outputs_build(struct evaluation *root, struct desired *, struct error *);
/* The made-up id of the scope's stack; NULL while the account is not known. */
struct value *stack_id(struct evaluation *);

struct indexes {
    size_t *items, count, capacity;
};

/* The resources of an application while they are collected. */
struct build {
    struct evaluation *root;
    struct desired *desired;
    struct built {
        struct evaluation *scope;
        const struct value_entry *entry;
        struct value *uses; /* as in struct evaluation */
        struct indexes edges;
    } * built; /* one for each of desired->resources */
    size_t capacity;
    struct value *numbers; /* id -> index */
};

/* Fills depends_on: DependsOn, references, and the order of whole stacks (dependencies.c). */
WARN_UNUSED bool dependencies_link(struct build *, struct error *);

/* ", did you mean 'X'?" for the nearest key of the map, or "". */
const char *nearest_key(struct arena *, struct str name, const struct value *map);
const char *nearest_name(struct arena *, struct str name, const char *const *known, size_t count);

#endif
