#ifndef PLUMB_RECONCILER_ORDERS_H
#define PLUMB_RECONCILER_ORDERS_H

/*
 * What people say to a rollout: `plumb rollout abort|promote|pause|resume`.  An order is a file of its own in
 * the ledger, beside release.json, so that it can be given from anywhere, also while another instance holds
 * the application; whoever holds it obeys within ROLLOUT_LISTEN_MS.  The next order takes its place.
 */

#include "base/clock.h"
#include "gitsync/ledger.h"

struct order {
    int64_t number;  /* grows by one with each; 0: none was ever given */
    struct str word; /* "abort", "promote", "pause", "resume" */
    struct str by;   /* "Ann Example <ann@example.com>" */
    struct str time; /* ISO 8601 */
};

/* Of the ledger as it was last refreshed. */
WARN_UNUSED bool order_load(struct ledger *, struct arena *, struct str region, struct str environment,
                            struct str application, struct order *, struct error *);

/* Gives an order; number and time are filled in. */
WARN_UNUSED bool order_give(struct ledger *, const struct clock *, struct arena *, struct str region,
                            struct str environment, struct str application, struct order *, struct error *);

#endif
