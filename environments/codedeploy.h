#ifndef PLUMB_ENVIRONMENTS_CODEDEPLOY_H
#define PLUMB_ENVIRONMENTS_CODEDEPLOY_H

/*
 * What an application file says about CodeDeploy, put into a template after its transforms; inside this room
 * only.
 *
 * An alias that has an UpdatePolicy for CodeDeploy already gets the file's type, steps, alarms and hooks in
 * the place of the template's; with `driver: codedeploy` one that has none gets what SAM makes of a
 * DeploymentPreference: an application and a role for the template (PlumbDeploymentApplication,
 * PlumbDeploymentRole), a group for the alias (PlumbDeploymentGroup and its id), a configuration for steps
 * that AWS has none for, and a policy for hooks that AWS's lets the role not invoke (PlumbDeploymentHooks).
 * Where plumb moves the traffic (`driver: plumb`, or `steps` and no driver) nothing of the template's is
 * touched.
 *
 * With `hooks: {report: codedeploy}` an alias without a policy gets the same, for its hooks alone, where
 * CodeDeploy does not move it: a group without alarms that moves at once, and a policy that names no hooks,
 * so that a hook may refer to the alias.  Traffic is not moved by it (deployment_group_is_added).
 *
 * Hooks and alarms that are logical ids of the template become references; others stay the names they are.
 */

#include "environments/deployment.h"
#include "environments/desired.h"

/* `prefix`: of the template's resources in the application, which a logical id may start with.  *template is
 * replaced; what it was made of stays as it is. */
WARN_UNUSED bool codedeploy_rewrite(struct arena *, const struct template_options *, struct str prefix,
                                    struct value **template, struct error *);

#endif
