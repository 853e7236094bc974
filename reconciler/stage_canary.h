#ifndef PLUMB_RECONCILER_STAGE_CANARY_H
#define PLUMB_RECONCILER_STAGE_CANARY_H

/*
 * The canary of an API's stage (AWS::ApiGateway::Stage) that a rollout makes.  Under `deployment:` of the
 * application file a `CanarySetting` that names no deployment, or the stage's own, says what the canary is
 * like: its variables and its cache.  Its share of the traffic is what the steps say, and when they are done
 * it is gone.  So it is no property that stands: it is taken out of the properties, and kept beside them.
 *
 * A CanarySetting with another deployment, or without `deployment:`, is a property like others.
 */

#include "environments/deployment.h"
#include "environments/desired.h"

/* Fills `canary` of the desired stages. */
void stage_canary_take(struct desired *, const struct deployment *);

#endif
