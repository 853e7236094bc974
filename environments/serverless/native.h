#ifndef PLUMB_ENVIRONMENTS_SERVERLESS_NATIVE_H
#define PLUMB_ENVIRONMENTS_SERVERLESS_NATIVE_H

/* The parts of reading serverless.yml; inside this directory only. */

#include "environments/desired.h"

#define SERVERLESS_ADVICE "run 'serverless package' and commit its folder .serverless as the template"

/* The service with its variables replaced, as service.h says; `taken`: the application's parameters that they
 * used. */
WARN_UNUSED bool native_read(struct arena *, const struct template_options *, struct value **service,
                             struct value **taken, struct error *);
/* A file of JavaScript or TypeScript. */
bool native_is_program(struct str path);

/* Names of the top level and of `provider`, plugins and the version: what is not known or not done here is
 * refused. */
WARN_UNUSED bool native_check(struct arena *, const struct value *service, struct error *);

/* Fn::Sub whose text is {"Fn::Join": ["", [...]]} of what only the account knows, as CloudFormation takes it.
 */
void native_mend_substitutions(struct arena *, struct value *);

#endif
