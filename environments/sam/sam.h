#ifndef PLUMB_ENVIRONMENTS_SAM_SAM_H
#define PLUMB_ENVIRONMENTS_SAM_SAM_H

/*
 * The SAM transform (AWS::Serverless-2016-10-31), value tree to value tree: the same CloudFormation as AWS's
 * own transform makes, down to the hashes in logical ids, so that a team that moves to plumb sees no
 * resource replaced.  One thing is not the same: where AWS's would take the clock (`AlwaysDeploy` of an API,
 * which makes a new deployment at every run) the content is taken, so that rendering one commit again changes
 * nothing. https://github.com/aws/serverless-application-model/tree/develop/versions
 */

#include "environments/desired.h"

/* Rewrites *template in the arena.  Local code has become artifacts before (see environments/packaging.h). */
WARN_UNUSED bool sam_transform(struct arena *, const struct template_options *, struct value **template,
                               struct error *);

#endif
