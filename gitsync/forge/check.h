#ifndef PLUMB_GITSYNC_FORGE_CHECK_H
#define PLUMB_GITSYNC_FORGE_CHECK_H

/* Checks of what callers hand to a forge; ERROR_INVALID.  Private to gitsync/forge. */

#include "gitsync/forge/private.h"

enum { FORGE_REF_MAX = 255 };

WARN_UNUSED bool forge_check(const struct forge *, struct error *); /* is there a forge? */
WARN_UNUSED bool forge_check_pull(const struct forge *, int64_t number, struct error *);
WARN_UNUSED bool forge_check_ref(struct str, struct error *);
WARN_UNUSED bool forge_check_sha(struct str, struct error *);
WARN_UNUSED bool forge_check_text(const struct pull_text *, struct error *);
WARN_UNUSED bool forge_check_body(struct str, struct error *);

#endif
