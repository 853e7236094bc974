#ifndef PLUMB_RECONCILER_PROMOTION_TEXT_H
#define PLUMB_RECONCILER_PROMOTION_TEXT_H

/* What a pull request of a promotion or rollback says: Markdown, in which nothing that comes from the
 * repository or from AWS can be more than text. */

#include "reconciler/promotion.h"

enum { PROMOTION_COMMITS_SHOWN = 30 };

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

/* The list of commits alone, and the plan alone. */
void promotion_text_commits(struct buf *, const struct commit_facts *, size_t count, bool more);
void promotion_text_plan(struct buf *, struct subject *, struct plan *);

#endif
