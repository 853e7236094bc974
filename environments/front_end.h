#ifndef PLUMB_ENVIRONMENTS_FRONT_END_H
#define PLUMB_ENVIRONMENTS_FRONT_END_H

/*
 * A front end reads what another tool writes or packages, and gives it as templates of CloudFormation; inside
 * this room only.  One directory a front end, environments/NAME/; one row of template.c registers it.
 */

#include "environments/desired.h"

/* One stack, before the transforms that every template goes through (includes, packaging, SAM), with
 * positions that name the user's files. */
struct front_end_stack {
    struct str id;          /* the tool's name of it, unique; not needed where there is one stack */
    struct str name;        /* AWS::StackName; empty: the options' */
    struct str path;        /* of its template in the tree: local paths start there; empty: options->path */
    struct str region;      /* where nobody says another one; or empty */
    struct value *template; /* a map */
    struct str version_parameter;   /* an SSM parameter that only the tool's own deployment needs; or empty */
    const struct value *tags;       /* map to texts, for all of its resources; or NULL */
    const struct value *parameters; /* name -> value, where neither application nor environment has one */
    size_t *after;                  /* positions in the list of the stacks that it is deployed after */
    size_t after_count;
};

/* What a front end gives. */
struct front_end_result {
    /* At least one, in the order of deployment.  One is a template like any other.  Several become one
     * application: nested stacks of a root that nobody wrote (nested.c). */
    struct front_end_stack *stacks;
    size_t stack_count;
    /* Files that have to lie in S3.  Texts of bucket and key may hold "${AWS::AccountId}" and its like: they
     * are evaluated as by Fn::Sub.  The digest is filled in later. */
    struct desired_asset *assets;
    size_t asset_count;
    struct desired_image *images;
    size_t image_count;
    /* Templates of nested stacks that their TemplateURL names by a digest: hexadecimal -> path; or NULL. */
    struct value *nested;
};

struct front_end {
    /* Is the source at options->path of this kind?  Looks at names only. */
    bool (*takes)(const struct template_options *);
    /* The template of a source that is one stack and no more; else NULL. */
    bool (*read)(struct arena *, const struct template_options *, struct value **template, struct error *);
    /* All that the source gives.  *result is zeroed before. */
    bool (*read_all)(struct arena *, const struct template_options *, struct front_end_result *result,
                     struct error *);
};

#endif
