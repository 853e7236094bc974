#ifndef PLUMB_RECONCILER_CLAIM_H
#define PLUMB_RECONCILER_CLAIM_H

/*
 * The right to write to one application's resources, held in the ledger: release.json in state "applying"
 * with a holder, an epoch and a lease.  Only its holder may call AWS to change anything, and only while the
 * lease runs; a process that was stopped and wakes up later finds its lease over and writes nothing more.
 *
 * claim_take, claim_renew and claim_release are for the thread that owns the ledger; claim_check may be
 * called from any worker.
 */

#include "base/clock.h"
#include "providers/aws/aws.h"
#include "reconciler/record.h"
#include "reconciler/trust.h"

enum { CLAIM_LEASE_MS = 120 * 1000, CLAIM_RENEW_MS = 60 * 1000, CLAIM_MARGIN_MS = 10 * 1000 };

/* The name of the errors (ERROR_CONFLICT) that tell of another instance: it has the application, or had it
 * meanwhile. */
#define CLAIM_OF_ANOTHER "ClaimOfAnother"

struct claim;

struct claim_options {
    struct ledger *ledger;
    const struct clock *clock;
    struct str region, environment, application;
    struct ledger_file also; /* written with the intent; without a path: nothing */
};

/* What the ledger is to hold of a commit that is trusted; the verdict may be NULL. */
struct ledger_file claim_trust(const struct trust_verdict *);

/* "host/pid/start time" of this process. */
struct str claim_holder(struct arena *);

/* Does nobody hold the release any more?  Its lease is over at `now_ms` (wall), or its holder was a process
 * of this host that is gone. */
bool claim_is_over(struct arena *, const struct release *, int64_t now_ms);

/* CLAIM_OF_ANOTHER where another instance is at it. */
WARN_UNUSED bool claim_is_free(struct arena *, const struct release *, int64_t now_ms, struct error *);

/* Writes `release` (state - RELEASE_ROLLING stays so -, holder, epoch and lease are filled in) as the intent.
 * CLAIM_OF_ANOTHER: another instance holds the application, or has moved it since `release` was read; its
 * name is in the message. */
WARN_UNUSED bool claim_take(const struct claim_options *, struct arena *, struct release *, struct claim **,
                            struct error *);

/* ERROR_CONFLICT when the lease has run out: nothing more may be written. */
WARN_UNUSED bool claim_check(struct claim *, struct error *);

/* The same for a handle of AWS, which then changes nothing once the lease has run out, in the middle of a
 * resource either.  It is taken from the handle before the claim is freed. */
struct aws_fence claim_fence(struct claim *);

/* Prolongs the lease by a ledger event when more than CLAIM_RENEW_MS have passed; else does nothing. */
WARN_UNUSED bool claim_renew(struct claim *, struct arena *, struct error *);

/* Writes how far the release is, with the inventory where it is not NULL, as the event `what`; prolongs the
 * lease.  The claim keeps the release that it was taken with: claim_renew is for those that record nothing.
 */
WARN_UNUSED bool claim_record(struct claim *, struct arena *, struct release *, const struct inventory *,
                              const char *what, struct error *);

/* As claim_record, at the end of a process that goes on with it no more: the lease is over at once, so that
 * an instance on another host need not wait for it.  Where the ledger has the end of the release already,
 * whose answer was cut off, that stands.  Not cancelled. */
WARN_UNUSED bool claim_hand_over(struct claim *, struct arena *, struct release *, struct error *);

/* Frees the claim and leaves the ledger as it is: whoever takes it over goes on from there. */
void claim_abandon(struct claim *);

/* Writes the end of the release and the inventory; frees the claim in any case. */
WARN_UNUSED bool claim_release(struct claim *, struct arena *, const struct release *,
                               const struct inventory *, struct error *);

#endif
