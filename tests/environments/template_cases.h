#ifndef PLUMB_TESTS_ENVIRONMENTS_TEMPLATE_CASES_H
#define PLUMB_TESTS_ENVIRONMENTS_TEMPLATE_CASES_H

/*
 * Tables of templates and what they give.  The template is app/template.yaml beside the few files that the
 * source names; it is rendered for account 123456789012, eu-west-1, stack prod-orders.
 */

#include "environments/desired.h"

struct template_case {
    const char *template, *parameters; /* parameters: YAML, or NULL */
    /* Every resource in order: "id properties <- dependencies;", "kept" and "shot" for the removal policies
     * Retain and Snapshot, then the outputs; or the error. */
    const char *wanted;
};

/* One topic with one property, and what it gives. */
#define ONE(property) "Resources: {T: {Type: AWS::SNS::Topic, Properties: {P: " property "}}}"
#define IS(value) "T {\"P\":" value "};"
/* Positions in the template and in the parameters. */
#define HERE(position) " (app/template.yaml:" position ")"
#define AT(position) " (prod/orders.yaml:" position ")"

bool build_template(struct arena *, const char *template, const char *parameters, struct desired *,
                    struct error *);
void check_templates(const struct template_case *, size_t count);

#endif
