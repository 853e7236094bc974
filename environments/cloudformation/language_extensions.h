#ifndef PLUMB_ENVIRONMENTS_CLOUDFORMATION_LANGUAGE_EXTENSIONS_H
#define PLUMB_ENVIRONMENTS_CLOUDFORMATION_LANGUAGE_EXTENSIONS_H

/*
 * The transform AWS::LanguageExtensions: Fn::ForEach is written out, and functions inside Ref, Fn::GetAtt and
 * a resource's Condition are replaced by the name that they give.  Fn::Length, Fn::ToJsonString, the default
 * of Fn::FindInMap and functions in DeletionPolicy are left to the evaluation.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
 */

#include "environments/cloudformation/template.h"

#define FOR_EACH "Fn::ForEach::"

struct extension {
    struct arena *arena;
    const struct template_options *options;
    struct value *template;
    struct evaluation *evaluation; /* made when something has to be evaluated */
    size_t values, bytes;          /* that loops have made */
};

/* The value of what must be known before any resource is; `what` for messages. */
WARN_UNUSED bool extension_evaluate(struct extension *, const struct value *, const char *what,
                                    struct value **out, struct error *);
/* Replaces functions in the arguments of a Ref or Fn::GetAtt. */
WARN_UNUSED bool extension_resolve(struct extension *, struct value **, struct error *);
/* The section with its loops written out; a new tree. */
WARN_UNUSED bool for_each_expand(struct extension *, const struct value *section, struct value **out,
                                 struct error *);

#endif
