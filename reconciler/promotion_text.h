#ifndef PLUMB_RECONCILER_PROMOTION_TEXT_H
#define PLUMB_RECONCILER_PROMOTION_TEXT_H

/* What a pull request of a promotion says: Markdown, in which nothing that comes from the repository or from
 * AWS can be more than text. */

#include "reconciler/promotion.h"

struct promotion_text {
    struct str name;    /* "prod/orders" */
    struct str earlier; /* "gamma/orders" */
    const struct promotion *promotion;
    const struct promotion_verdict *verdict;
    const struct commit_facts *commits; /* the newest first */
    size_t commit_count;
    bool more;               /* there are others */
    struct subject *subject; /* as planned */
    struct plan *plan;
};

struct str promotion_text(struct arena *, const struct promotion_text *);

#endif
