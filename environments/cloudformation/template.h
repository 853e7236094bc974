#ifndef PLUMB_ENVIRONMENTS_CLOUDFORMATION_TEMPLATE_H
#define PLUMB_ENVIRONMENTS_CLOUDFORMATION_TEMPLATE_H

/*
 * The parts of a CloudFormation template and their evaluation; inside this room only.
 *
 * One struct evaluation carries a template through: parameters, then conditions, then properties.  Without a
 * resolver, what only the account knows stays in place as a function ("open"); with one, nothing stays open,
 * and what is not known yet is VALUE_UNKNOWN.
 */

#include "environments/desired.h"

enum {
    TEMPLATE_BYTES_MAX = 1024 * 1024, /* as CloudFormation: a template in S3 */
    TEMPLATE_RESOURCES_MAX = 500,     /* the same page */
    TEMPLATE_PARAMETERS_MAX = 200,
    TEMPLATE_OUTPUTS_MAX = 200,
    /* https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
    EVALUATION_NODES_MAX = 500 * 1000, /* of all results together */
    EVALUATED_TEXT_MAX = 1024 * 1024,
};

struct evaluation {
    struct arena *arena;
    const struct template_options *options; /* NULL in desired_resolve */
    const struct value *template;           /* after transforms; NULL in desired_resolve */
    struct value *parameters;               /* name -> value */
    struct value *conditions;               /* name -> boolean, or null while being evaluated */
    struct value *present;                  /* logical id -> boolean: does its Condition hold? */
    const struct resolver *resolver;        /* NULL while building */
    const char *before_resources;           /* "a condition": what cannot refer to resources; NULL: it may */
    size_t nodes;
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
/* Says why a macro cannot be run; always false. */
bool include_refuse(const struct template_options *, const struct value *macro, struct error *);
/* Refuses the first macro that is left. */
WARN_UNUSED bool include_check(const struct template_options *, const struct value *template, struct error *);

/* The transform AWS::LanguageExtensions (language_extensions.h). */
WARN_UNUSED bool language_extensions(struct arena *, const struct template_options *, struct value *template,
                                     struct error *);
/* Refuses what only the transform allows. */
WARN_UNUSED bool language_extensions_check(const struct value *template, struct error *);
/* Refuses loops that SAM would meet. */
WARN_UNUSED bool language_extensions_first(const struct value *template, struct error *);

/* Section names and their kinds; limits on counts. */
WARN_UNUSED bool template_check_sections(const struct value *template, struct error *);

/* Values of all declared parameters: given, else default.  Secret where NoEcho. */
WARN_UNUSED bool parameters_evaluate(struct arena *, const struct value *declared,
                                     const struct template_options *, struct value **values, struct error *);

/* A pattern of CloudFormation, for regcomp with REG_EXTENDED; false for what has no such form (pattern.c). */
enum { PATTERN_REPEAT_MAX = 4096 };
WARN_UNUSED bool pattern_to_posix(struct str pattern, struct buf *out);

/* Evaluates every condition and remembers it; cycles are refused with their path. */
WARN_UNUSED bool conditions_evaluate(struct evaluation *, struct error *);
/* The named condition; `at` is where it is used. */
WARN_UNUSED bool condition_holds(struct evaluation *, const struct value *at, struct str name, bool *out,
                                 struct error *);

/* The value with its functions evaluated; NULL for AWS::NoValue. */
WARN_UNUSED bool evaluate(struct evaluation *, const struct value *, struct value **out, struct error *);

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
};
const struct pure_function *pure_function_find(struct str name);
WARN_UNUSED bool cidr_function(struct evaluation *, const struct value *argument, struct value **out,
                               struct error *);
/* What only the account or another application knows (dynamic_references.c, outside.c). */

/* Checks the form of every dynamic reference in the properties of a resource of that type. */
WARN_UNUSED bool outside_check(struct evaluation *, struct str type, const struct value *properties,
                               struct error *);
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
WARN_UNUSED bool ssm_parameters(struct arena *, const struct value *declared, const struct template_options *,
                                struct value *values, struct error *);

/* {"Fn::Sub": text or [text, map]} as text, or as Fn::Join of what is left. */
WARN_UNUSED bool substitute(struct evaluation *, const struct value *argument, struct value **out,
                            struct error *);

/* Resources in dependency order (resources.c, graph.c). */
WARN_UNUSED bool resources_build(struct evaluation *, struct desired *, struct error *);
WARN_UNUSED bool graph_order(struct arena *, struct desired *, struct error *);

/* ", did you mean 'X'?" for the nearest key of the map, or "". */
const char *nearest_key(struct arena *, struct str name, const struct value *map);
const char *nearest_name(struct arena *, struct str name, const char *const *known, size_t count);

#endif
