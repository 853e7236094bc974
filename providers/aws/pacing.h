#ifndef PLUMB_PROVIDERS_AWS_PACING_H
#define PLUMB_PROVIDERS_AWS_PACING_H

/*
 * How fast to ask: a token bucket for every account, region and rate bucket of a service, and the retry quota
 * of every account, region and service.  One account's throttling slows nobody else.
 *
 * A throttled answer halves the bucket's rate (down to 1/32) and empties it; each second without one gives a
 * twentieth of the nominal rate back.  It also halves how many calls may be under way at once, from
 * PACE_WINDOW down to one, and each answer that was not throttled gives a part of a place back: additive
 * increase, multiplicative decrease.
 *
 * Where AWS publishes no rate (operation.h), the rate to begin with grows while calls wait for it and none is
 * throttled: by half each second until the first throttling, by a twentieth of the beginning from then on,
 * and up to 32 times the beginning.
 *
 * Who reads in the background takes a share of each bucket at most: the rest is there for releases, and for
 * others who use the account.  Buckets are made at first use and live as long as the pacing.  Safe from any
 * thread; nothing here waits.
 */

#include "base/clock.h"
#include "providers/aws/operation.h"

struct pacing;

struct pacing *pacing_new(const struct clock *);
void pacing_free(struct pacing *);

struct pace;

/* Of the operation's bucket; valid as long as the pacing. */
struct pace *pacing_of(struct pacing *, struct str account, struct str region, const struct aws_operation *);

/* Takes one token and gives the milliseconds to wait before the request may be sent.  `share` is above 0 and
 * at most 1. */
int64_t pace_take(struct pace *, double share);

enum { PACE_WINDOW = 16 }; /* as many as there are workers */

/* Begins a call, unless too many are under way: then ask again a little later.  *round is for pace_leave. */
WARN_UNUSED bool pace_enter(struct pace *, uint32_t *round);
/* Ends it.  Throttled calls that were under way together count once. */
void pace_leave(struct pace *, uint32_t round, bool throttled);

enum { RETRY_QUOTA = 500, RETRY_COST = 5, RETRY_COST_TIMEOUT = 10 };

/* Takes the price of a retry off the quota; false where it is used up. */
bool pace_pay(struct pace *, int cost);
/* Success: gives back what the call paid, or 1 where it paid nothing. */
void pace_refund(struct pace *, int paid);

#endif
