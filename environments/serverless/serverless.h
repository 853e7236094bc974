#ifndef PLUMB_ENVIRONMENTS_SERVERLESS_SERVERLESS_H
#define PLUMB_ENVIRONMENTS_SERVERLESS_SERVERLESS_H

/*
 * The Serverless Framework (version 3), in two forms.
 *
 * Packaged: a directory that holds serverless-state.json, usually `.serverless`, as `serverless package`
 * writes it.  Its update template is the template; the create template (the deployment bucket) is part of it.
 * Zips of the directory become artifacts.  What the framework takes from the clock is replaced by content, so
 * that packaging again changes nothing.
 *
 * Native: serverless.yml, .yaml or .json, or another YAML or JSON file that has `service` and `provider` at
 * its top level.  The same template as the framework would package, for a service without plugins.
 */

#include "environments/front_end.h"

extern const struct front_end serverless_packaged, serverless_native;

#endif
