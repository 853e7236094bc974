#ifndef PLUMB_RECONCILER_ROLLOUT_WEBHOOK_H
#define PLUMB_RECONCILER_ROLLOUT_WEBHOOK_H

/* The channels of notify.h that are URLs; inside of notify only. */

#include "reconciler/rollout/notify.h"

WARN_UNUSED bool webhook_slack(const struct notify_options *, struct arena *, const struct value *url,
                               const struct notice *, struct error *);
/* Without a secret (NULL) it is not signed. */
WARN_UNUSED bool webhook_post(const struct notify_options *, struct arena *, const struct value *url,
                              const struct value *secret, const struct notice *, struct error *);

#endif
