#ifndef PLUMB_ENVIRONMENTS_FRONT_END_H
#define PLUMB_ENVIRONMENTS_FRONT_END_H

/*
 * A front end reads what another tool writes or packages, and gives it as a template of CloudFormation;
 * inside this room only.  One directory a front end, environments/NAME/; one row of template.c registers it.
 */

#include "environments/desired.h"

struct front_end {
    /* Is the source at options->path of this kind?  Looks at names only. */
    bool (*takes)(const struct template_options *);
    /* The template, before the transforms that every template goes through (includes, packaging, SAM), with
     * positions that name the user's files. */
    bool (*read)(struct arena *, const struct template_options *, struct value **template, struct error *);
};

#endif
